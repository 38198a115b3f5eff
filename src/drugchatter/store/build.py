"""Build an edition beside the old ones: a stream of labels and rows in, one finished SQLite file out.

A build writes to a scratch folder and is published by one rename; whatever interrupts it leaves the published editions
as they were. The content hash does not depend on the order in which files or records arrived.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.exc import DatabaseError

from drugchatter.errors import NoSpaceError, StoreError
from drugchatter.identity import Synonym
from drugchatter.row_text import row_text
from drugchatter.rows import Row
from drugchatter.store import tables
from drugchatter.store.shelf import Shelf, carried
from drugchatter.types import STARTER, Origin, Passage, Record

DATABASE = "edition.sqlite"
_BATCH = 2000

Loaded = Origin | Row | tuple[Record, Sequence[Passage]]
Step = Callable[[str], None]

# EEXIST: a file stands where the folder should be.
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


@contextmanager
def space_errors(place: Path) -> Iterator[None]:
    """Turn 'no space' and 'not writable' of any layer into one error that names the place."""
    try:
        yield
    except (OSError, DatabaseError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error)
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "full" in reason
        readonly = getattr(error, "errno", None) in _NOT_WRITABLE
        if full:
            free = shutil.disk_usage(place if place.exists() else Path("/")).free
            raise NoSpaceError(
                f"no space left under {place} ({free // 2**20} MB free)",
                "free some space, or set DRUGCHATTER_HOME to another disk; published data are unchanged",
            ) from error
        # SQLite calls a quota or a limit on file size "disk I/O error".
        if readonly or any(words in reason for words in ("readonly", "unable to open", "disk I/O error")):
            raise NoSpaceError(
                f"{place} cannot be written ({reason})",
                "make it writable, or set DRUGCHATTER_HOME to another folder; published data are unchanged",
            ) from error
        raise


@dataclass(frozen=True, slots=True)
class Before:
    """The edition that a new one follows, and the sources that the new one brings anew.

    Labels of a brought source that are not brought again become past versions, and its tables are replaced; whatever
    is of other sources stays as it is, but for the starter's rows: where they still stand in, they are loaded anew.
    """

    folder: Path
    brought: frozenset[str] = frozenset()


def build_edition(
    editions: Path,
    loaded: Iterable[Loaded],
    synonyms: Iterable[Synonym],
    *,
    released: str,
    label: str,
    before: Before | None = None,
    accept: Callable[[Path], None] = lambda _: None,
    step: Step = lambda _: None,
) -> str:
    """Write an edition from `loaded`, on top of the one `before`, and put it under `editions`; returns its id,
    `<label>-<hash>`. `accept` sees the finished folder and may refuse it by raising.

    Raises StoreError when there is nothing to load, NoSpaceError when the disk is full or not writable; then, and
    whenever anything fails, `editions` holds what it held before.
    """
    with space_errors(editions):
        editions.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".build-", dir=editions))
    try:
        with space_errors(editions):
            content = _write(scratch / DATABASE, loaded, list(synonyms), released, before, step)
            _flush(scratch / DATABASE)
        accept(scratch)
        edition_id = f"{label}-{content[:12]}"
        target = editions / edition_id
        if not target.exists():
            with space_errors(editions):
                scratch.rename(target)
                _flush(editions)
        return edition_id
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have the disk hold what was written, so that a name never stands for less after a power cut."""
    if os.name == "nt" and path.is_dir():
        return  # a folder cannot be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(
    path: Path, loaded: Iterable[Loaded], synonyms: list[Synonym], released: str, before: Before | None, step: Step
) -> str:
    for _ in tables.all_row_tables():  # a table is known to the metadata once it has been asked for
        pass
    engine = _scratch_engine(path)
    try:
        with engine.begin() as connection:
            tables.metadata.create_all(connection)
            desk = _Desk(connection, Shelf(connection))
            step("load")
            desk.take(loaded)
            if before:
                step("carry over")
                _carry(desk, before)
            if not desk.anything():
                raise StoreError("there is nothing to load", "check the folder given to --from")
            step("index")
            desk.shelf.finish(synonyms)
            _index_rows(connection)
            content = _content_hash(connection)
            _write_meta(connection, released, content)
    finally:
        engine.dispose()
    return content


def _scratch_engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _fast(connection: Any, _: Any) -> None:
        # The file is not published before it is complete, so a crash loses nothing that durability would save.
        # SQLite sorts in as much memory as its cache may take, so a large one would grow with the labels.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000")

    return engine


@dataclass
class _Desk:
    """Sorts a stream onto its shelf and tables, and counts what came from which file."""

    connection: Connection
    shelf: Shelf
    counts: dict[Origin, int] = field(default_factory=dict)
    waiting: dict[type, list[tuple[Any, ...]]] = field(default_factory=dict)
    origin: Origin | None = None

    def take(self, loaded: Iterable[Loaded]) -> None:
        for item in loaded:
            if isinstance(item, Origin):
                self.origin = item
                self.counts.setdefault(item, 0)
            elif isinstance(item, tuple):
                past = self.origin is not None and self.origin.past
                (self.shelf.add_if_listed if past else self.shelf.add)(*item)
                self._count(Origin(item[0].source, "", ""))
            else:
                self._row(item)
        for row_type in list(self.waiting):
            self._insert_rows(row_type)
        if self.counts:
            cells = [_origin_cells(origin, count) for origin, count in self.counts.items()]
            self.connection.execute(insert(tables.origin), cells)

    def anything(self) -> bool:
        held = (tables.document, *(table for _, table in tables.all_row_tables()))
        return any(self.connection.execute(select(table).limit(1)).first() for table in held)

    def _count(self, unnamed: Origin) -> None:
        origin = self.origin or unnamed
        self.counts[origin] = self.counts.get(origin, 0) + 1

    def _row(self, row: Row) -> None:
        assert self.origin is not None  # noqa: S101 - a row without a file could not be cited
        self._count(self.origin)
        origin = self.origin
        identity = _row_identity(row, origin.file)
        batch = self.waiting.setdefault(type(row), [])
        batch.append((identity, origin.source, origin.file, origin.edition, *tables.row_cells(row)))
        if len(batch) == _BATCH:
            self._insert_rows(type(row))

    def _insert_rows(self, row_type: type) -> None:
        if batch := self.waiting.pop(row_type, []):
            table = tables.row_table(row_type)
            columns = [column.name for column in table.c if column.name != "row"]
            # Given to the driver as it is: SQLAlchemy's work on each row would double the time of all of them.
            statement = insert(table).compile(self.connection, column_keys=columns)
            self.connection.exec_driver_sql(str(statement), batch)


def _row_identity(row: Row, file: str) -> str:
    """Hash of content and place, without the edition, as for passages of labels."""
    return hashlib.sha256(f"{file}\x1f{row_text(row)}".encode()).hexdigest()[:20]


def _origin_cells(origin: Origin, loaded: int) -> dict[str, Any]:
    return {
        "source": origin.source,
        "file": origin.file,
        "edition": origin.edition,
        "loaded": loaded,
        "sha256": origin.sha256,
    }


# ------------------------------------------------------------------------------------------- what an edition follows

# Of a label that two publishers give, the one whose copy tells facts from other registers beside the text.
_TELLS_FACTS = frozenset({"openfda_label"})
# Sources whose earlier vintages stay readable beside the newest: what was listed when is a question of its own.
KEEPS_VINTAGES = frozenset({"orange_book"})


def carries(source: str, brought: Collection[str]) -> bool:
    """Whether rows of `source` go on from one edition to the next, which brings those of `brought` anew."""
    return source in KEEPS_VINTAGES or (source != STARTER and source not in brought)


def carried_sources(before: Before) -> frozenset[str]:
    """The sources whose documents or rows the next edition takes over."""
    with _reading(before.folder / DATABASE) as old:
        held = old.execute(select(tables.origin.c.source).where(tables.origin.c.loaded > 0).distinct()).scalars()
        return frozenset(source for source in held if carries(source, before.brought))


def _carry(desk: _Desk, before: Before) -> None:
    with _reading(before.folder / DATABASE) as old:
        for record, is_current, passages in carried(old):
            if is_current and record.source not in before.brought:
                desk.shelf.add(record, list(passages))
            elif is_current and desk.shelf.lists(record.set_id, record.version):
                if before.brought.isdisjoint(_TELLS_FACTS):
                    desk.shelf.enrich(record)
            elif not desk.shelf.holds(record.set_id, record.version):
                desk.shelf.add_past(record, list(passages))
        here = {(o.source, o.file, o.edition) for o in desk.counts}
        for _, table in tables.all_row_tables():
            _carry_rows(desk.connection, old, table, before.brought, here)
        kept = [
            row._asdict()
            for row in old.execute(select(tables.origin))
            if carries(row.source, before.brought) and (row.source, row.file, row.edition) not in here
        ]
        if kept:
            desk.connection.execute(insert(tables.origin), kept)


def _carry_rows(
    connection: Connection, old: Connection, table: Any, brought: Collection[str], here: set[tuple[str, str, str]]
) -> None:
    places = old.execute(select(table.c.source, table.c.file, table.c.edition).distinct()).all()
    for place in places:
        if not carries(place.source, brought) or tuple(place) in here:
            continue
        columns = [column for column in table.c if column.name != "row"]
        where = (table.c.source == place.source, table.c.file == place.file, table.c.edition == place.edition)
        query = select(*columns).where(*where).order_by(table.c.row)
        for rows in old.execute(query, execution_options={"yield_per": _BATCH}).partitions():
            connection.execute(insert(table), [row._asdict() for row in rows])


@contextmanager
def _reading(path: Path) -> Iterator[Connection]:
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


# ------------------------------------------------------------------------------------------------ rows, hash, meta


_INDEXED = frozenset(("passage_id", "application", "appl_no", "bla", "ndc", "package", "rxcui", "related_rxcui"))


def _index_rows(connection: Connection) -> None:
    """An index on the passage id, and on each code that other publishers' rows share."""
    for _, table in tables.all_row_tables():
        for name in (column.name for column in table.c if column.name in _INDEXED):
            connection.execute(text(f"CREATE INDEX {table.name}_{name} ON {table.name} ({name})"))


def _content_hash(connection: Connection) -> str:
    """SHA-256 over documents with their passages' digests, drugs, names and rows, in a canonical order: the same data
    give the same hash, however they came."""
    digest = hashlib.sha256()
    label = "set_id, source, version, effective_date, title, labeler, drug_id, codes, digest"
    queries = [
        f"SELECT {label} FROM document ORDER BY set_id, source",  # noqa: S608 - own column names
        f"SELECT {label} FROM past_document ORDER BY set_id, version",  # noqa: S608 - own column names
        "SELECT id, name, reference_set_id, reference_source FROM drug ORDER BY id",
        "SELECT phrase, drug_id, kind FROM name ORDER BY phrase, drug_id",
        *(
            f"SELECT source, file, edition, passage_id FROM {table.name} ORDER BY file, edition, passage_id"  # noqa: S608 - own table names
            for _, table in tables.all_row_tables()
        ),
    ]
    for query in queries:
        for row in connection.execute(text(query), execution_options={"yield_per": _BATCH}):
            digest.update("\x1f".join(row).encode())
            digest.update(b"\n")
        digest.update(b"\x1d")
    return digest.hexdigest()


def _write_meta(connection: Connection, released: str, content: str) -> None:
    counts = connection.execute(text("SELECT source, count(*) FROM document GROUP BY source ORDER BY source"))
    rows = {
        "schema_version": str(tables.SCHEMA_VERSION),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "released": released,
        "content_hash": content,
        "documents": tables.pack(tuple(f"{source}={count}" for source, count in counts)),
    }
    connection.execute(insert(tables.meta), [{"key": key, "value": value} for key, value in rows.items()])
