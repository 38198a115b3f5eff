"""Which editions there are and which one serves: a folder each, and a one-line file `current`, replaced atomically."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drugchatter.errors import StoreError, UsageError
from drugchatter.store.build import DATABASE, space_errors


@dataclass(frozen=True, slots=True)
class Held:
    """An edition on disk; `bytes` is its size there."""

    id: str
    built: float
    bytes: int
    serving: bool


def current(editions: Path) -> str | None:
    """Id of the edition that serves, or None when there is none yet."""
    try:
        edition_id = (editions / "current").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{editions / 'current'} cannot be read ({error.strerror})", "check its permissions"
        ) from error
    if not (editions / edition_id / DATABASE).is_file():
        raise StoreError(
            f"the edition {edition_id!r} named by {editions / 'current'} is missing",
            f"delete {editions / 'current'} to start afresh, or run `drugchatter sync`",
        )
    return edition_id


def publish(editions: Path, edition_id: str) -> None:
    """Make `edition_id` serve, by one atomic rename; readers of the old edition keep it."""
    with space_errors(editions):
        handle, name = tempfile.mkstemp(prefix=".current-", dir=editions)
        scratch = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{edition_id}\n")
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(editions / "current")
        finally:
            scratch.unlink(missing_ok=True)


def held(editions: Path) -> list[Held]:
    """The finished editions, the newest first."""
    serving = current(editions)
    folders = [path.parent for path in editions.glob(f"*/{DATABASE}") if not path.parent.name.startswith(".")]
    found = [
        Held(folder.name, (folder / DATABASE).stat().st_mtime, _size(folder), folder.name == serving)
        for folder in folders
    ]
    return sorted(found, key=lambda edition: (edition.built, edition.id), reverse=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def known(editions: Path, edition_id: str) -> Path:
    """The folder of an edition, which may be named by the start of its id. Raises UsageError when none or several
    have it."""
    ids = [edition.id for edition in held(editions)] if editions.is_dir() else []
    found = [i for i in ids if i == edition_id] or [i for i in ids if i.startswith(edition_id)]
    if len(found) != 1:
        problem = "is no edition" if not found else f"may be any of {', '.join(sorted(found))}"
        raise UsageError(f"{edition_id!r} {problem}", "`drugchatter editions` lists them")
    return editions / found[0]


def prune(editions: Path, keep: int) -> list[Held]:
    """Remove all but the `keep` newest editions; the one that serves always stays. Returns what was removed."""
    if keep < 1:
        raise UsageError(f"--keep {keep}: at least one edition stays", "give 1 or more")
    gone = [edition for edition in held(editions)[keep:] if not edition.serving]
    for edition in gone:
        # Renamed first: a half-removed edition must not be found under its name.
        doomed = editions / f".gone-{edition.id}"
        (editions / edition.id).rename(doomed)
        shutil.rmtree(doomed)
    return gone


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """The right to write to `home`, held by one process at a time and given back whatever ends it; what an earlier
    writer left unfinished is cleared away.

    Raises StoreError when another process is writing.
    """
    from filelock import FileLock, Timeout

    with space_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "sync.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(f"another process is writing to {home}", "wait until it has ended") from error
    try:
        for leftover in home.glob("*/.*-*"):
            if leftover.name.startswith((".build-", ".gone-")):
                shutil.rmtree(leftover, ignore_errors=True)
            elif leftover.name.startswith(".current-"):
                leftover.unlink(missing_ok=True)
        yield
    finally:
        lock.release()
