"""Settings are read once, into one frozen value; `drugchatter doctor` prints each with where it came from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drugchatter.errors import UsageError

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`home`: the data folder; `offline`: never open a connection; `origins`: where each value came from."""

    home: Path
    offline: bool
    origins: tuple[tuple[str, str], ...]

    @property
    def editions(self) -> Path:
        """Editions of publishers' data."""
        return self.home / "editions"

    @property
    def fetched(self) -> Path:
        """Editions of labels fetched on demand."""
        return self.home / "fetched"

    @property
    def own(self) -> Path:
        """Editions of the reader's own files."""
        return self.home / "own"

    @property
    def mirror(self) -> Path:
        """Publishers' files as they were fetched."""
        return self.home / "mirror"


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise UsageError(f"{name}={environ[name]!r} is neither yes nor no", f"set {name} to 1 or 0, or unset it")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises UsageError when a value is not of its kind.
    """
    environ = os.environ if environ is None else environ
    if home := environ.get("DRUGCHATTER_HOME"):
        path, origin = Path(home).expanduser().absolute(), "DRUGCHATTER_HOME"
    else:
        # Imported here because a caller that names the folder does not need it.
        from platformdirs import user_data_path

        path, origin = user_data_path("drugchatter", appauthor=False), "the platform's data folder"
    origins = (
        ("home", origin),
        ("offline", "DRUGCHATTER_OFFLINE" if "DRUGCHATTER_OFFLINE" in environ else "default"),
    )
    return Settings(home=path, offline=_flag(environ, "DRUGCHATTER_OFFLINE"), origins=origins)
