"""Concise, cited answers about drugs from official documents, every sentence checked.

    from drugchatter import open_engine
    answer = open_engine().ask("Kesimpta mechanism of action?")

The names below are loaded at first use, so that `import drugchatter` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drugchatter.engine import open_engine
    from drugchatter.types import Question

    __version__: str

__all__ = ["Question", "__version__", "open_engine"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("drugchatter")
    if name == "open_engine":
        from drugchatter.engine import open_engine

        return open_engine
    if name == "Question":
        from drugchatter.types import Question

        return Question
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
