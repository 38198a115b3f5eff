"""Which editions there are and which one serves: a folder each, and a one-line file `current`, replaced atomically."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from drugchatter.errors import StoreError
from drugchatter.store.build import DATABASE, space_errors


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
            f"the edition {edition_id!r} named in {editions / 'current'} is missing",
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
            scratch.replace(editions / "current")
        finally:
            scratch.unlink(missing_ok=True)
