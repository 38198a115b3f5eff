"""What `drugchatter doctor` looks at: each check says what it found and, if it is a problem, how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drugchatter import __version__
from drugchatter.errors import DrugChatterError, UsageError
from drugchatter.settings import Settings, load_settings
from drugchatter.store.editions import current
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.store.tables import SCHEMA_VERSION
from drugchatter.store.unjoined import unjoined

# A new edition is built beside the old one: room for two of 1,153 labels (about 100 MB each) and some air.
_ROOM_MB = 300
_SECRET = {"openfda_api_key"}


@dataclass(frozen=True, slots=True)
class Check:
    """`mend` is empty when all is well."""

    name: str
    found: str
    mend: str = ""

    @property
    def ok(self) -> bool:
        return not self.mend


def examine() -> Iterator[Check]:
    """Yield all checks; changes nothing, and builds no edition. Raises nothing that a check can report."""
    yield Check("version", f"drugchatter {__version__}")
    yield Check("python", f"{platform.python_version()} ({platform.system()} {platform.machine()})")
    yield _sqlite()
    try:
        settings = load_settings()
    except UsageError as error:
        yield Check("settings", error.message, error.hint)
        return
    yield from _settings(settings)
    yield _writable(settings.home)
    yield _room(settings.home)
    yield from _edition(settings)


def _sqlite() -> Check:
    found = f"SQLite {sqlite3.sqlite_version}"
    try:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.Error as error:
        return Check("sqlite", f"{found} without FTS5 ({error})", "use a Python whose SQLite has FTS5")
    return Check("sqlite", f"{found} with FTS5")


def _settings(settings: Settings) -> Iterator[Check]:
    for name, origin in settings.origins:
        value = getattr(settings, name)
        if name in _SECRET:
            value = "set" if value else "not set"
        yield Check(f"setting {name}", f"{value if value != '' else 'none'} (from {origin})")


def _nearest(place: Path) -> Path:
    """`place`, or the nearest folder above it that exists."""
    return next(path for path in (place, *place.absolute().parents) if path.exists())


def _writable(home: Path) -> Check:
    mend = "make it writable, or set DRUGCHATTER_HOME to another folder"
    place = _nearest(home)
    if not place.is_dir():
        return Check("home", f"{place} is not a folder, so {home} cannot be made", mend)
    if place != home:
        allowed = os.access(place, os.W_OK | os.X_OK)
        found = f"{home} will be made at first use" if allowed else f"{home} cannot be made: {place} is not writable"
        return Check("home", found, "" if allowed else mend)
    try:
        # Only writing tells: permissions do not know of read-only disks.
        with tempfile.TemporaryFile(dir=home):
            return Check("home", f"{home} is writable")
    except OSError as error:
        return Check("home", f"{home} cannot be written ({error.strerror})", mend)


def _room(home: Path) -> Check:
    free = shutil.disk_usage(_nearest(home)).free // 2**20
    mend = "" if free >= _ROOM_MB else f"free {_ROOM_MB} MB, or set DRUGCHATTER_HOME to another disk"
    return Check("disk", f"{free:,} MB free", mend)


def _edition(settings: Settings) -> Iterator[Check]:
    try:
        edition_id = current(settings.editions)
        if edition_id is None:
            yield Check("edition", "none yet; the starter edition is built at the first question")
            return
        index = EmbeddedIndex(settings.editions / edition_id)
        counts = ", ".join(f"{count:,} in {table}" for table, count in index.counts().items())
        yield Check("edition", f"{edition_id} (schema {SCHEMA_VERSION}), built {index.edition.built}")
        yield Check("tables", counts)
        index.close()
        yield from _joins(settings.editions / edition_id)
    except DrugChatterError as error:
        yield Check("edition", error.message, error.hint or "run `drugchatter sync`")


def _joins(folder: Path) -> Iterator[Check]:
    """What joins to no other source: told, not a problem, since files of different dates know different products."""
    for gap in unjoined(folder):
        if gap.total is None or not gap.count:
            continue
        examples = ", ".join(gap.examples) + (" …" if gap.count > len(gap.examples) else "")
        yield Check("does not join", f"{gap.count:,} of {gap.total:,} {gap.what}: {examples}")
