"""What all commands share: the app they register with, how they open the engine, how they print and how they fail.

Only cyclopts is imported here; what a command needs is imported by it, so that `--help` stays fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from drugchatter.errors import DrugChatterError, UsageError

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.settings import Settings
    from drugchatter.sync import Progress

DECLINED = 3


def version() -> str:
    from drugchatter import __version__

    return f"drugchatter {__version__}"


app = App(
    help_format="plaintext",  # markdown would import a parser and cost a fifth of the start-up
    name="drugchatter",
    help="Concise, cited answers about drugs from official documents, every sentence checked.",
    help_epilogue="Exit codes: 0 answered, 1 failure, 2 usage, 3 declined, 4 upstream.",
    version=version,
    default_parameter=Parameter(negative=(), show_default=False),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

AsJson = Annotated[bool, Parameter(name="--json", help="Print JSON.")]
Plain = Annotated[bool, Parameter(help="Use the words written for patients.")]
Own = Annotated[bool, Parameter(help="Where you have added a label file of a drug, answer from that.")]
Offline = Annotated[bool, Parameter(help="Open no connection, whatever the settings say.")]


def fail(error: DrugChatterError) -> int:
    from drugchatter.surfaces.terminal import safe

    print(f"drugchatter: {safe(error.message)}", file=sys.stderr)
    if error.hint:
        print(safe(error.hint), file=sys.stderr)
    return error.exit_code


def existing(file: Path) -> Path:
    """`file`, which may also be a pipe. Raises UsageError when there is nothing to read there."""
    if not file.exists() or file.is_dir():
        raise UsageError(f"{file} is {'a folder' if file.is_dir() else 'not there'}", "give a file of questions")
    return file


def opened_engine(offline: bool = False, own: bool = False) -> Engine:
    """The engine on the current edition; says so on stderr when the starter edition has to be built first."""
    from drugchatter.engine import open_engine
    from drugchatter.store.editions import current

    settings = loaded_settings(offline)
    if current(settings.editions) is None:
        print(f"drugchatter: first use, building the starter data in {settings.home}", file=sys.stderr)
    return open_engine(settings, own_first=own)


def loaded_settings(offline: bool) -> Settings:
    from dataclasses import replace

    from drugchatter.settings import load_settings

    settings = load_settings()
    if not offline:
        return settings
    origins = tuple((name, "--offline" if name == "offline" else origin) for name, origin in settings.origins)
    return replace(settings, offline=True, origins=origins)


def show_json(value: Any) -> None:
    from drugchatter.surfaces.answer_json import dumps

    print(dumps(value, sys.stdout.encoding, indent=2))


def show_pairs(pairs: list[tuple[str, str]]) -> None:
    from drugchatter.surfaces.terminal import make_console, print_pairs

    print_pairs(pairs, make_console(sys.stdout))


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A function that shows how far something is: a bar where someone watches, else a line for each tenth."""
    if not sys.stderr.isatty():
        yield progress_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield show


def progress_lines() -> Callable[[str, int, int | None], None]:
    def show(name: str, done: int, total: int | None) -> None:
        step = max(1, total // 10) if total else 500
        if done % step == 0 or done == total:
            print(f"{name}: {done:,} of {total:,}" if total else f"{name}: {done:,}", file=sys.stderr, flush=True)

    return show
