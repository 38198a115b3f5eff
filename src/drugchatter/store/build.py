"""Build an edition beside the old ones: records and their passages in, one finished SQLite file out.

A build writes to a scratch folder and is published by one rename; whatever interrupts it leaves the published editions
as they were. The content hash does not depend on the order in which files or records arrived.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, bindparam, create_engine, event, insert, text, update
from sqlalchemy.exc import DatabaseError

from drugchatter.errors import NoSpaceError, StoreError
from drugchatter.identity import Named, Synonym, display_name, drug_slug, name_rows, route_class
from drugchatter.store import tables
from drugchatter.types import Passage, Record

DATABASE = "edition.sqlite"
BOOKS = "books"
_FTS = "CREATE VIRTUAL TABLE passage_fts USING fts5(text, heading, content='passage', content_rowid='row')"
_VOCABULARY = "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(passage_fts, 'row')"


@dataclass
class _Tally:
    """What a build has seen so far: one line a document, one hash a passage; text is not kept."""

    documents: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    passages: int = 0


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


def build_edition(
    editions: Path,
    loaded: Iterable[tuple[Record, list[Passage]]],
    synonyms: Iterable[Synonym],
    *,
    released: str,
    label: str,
    kept: tuple[tuple[str, Path], ...] = (),
) -> str:
    """Write an edition from `loaded` and publish it under `editions`; returns its id, `<label>-<hash>`.

    `kept` are publishers' files that are read as they are (place in the edition's `books` folder, file): they are
    copied beside the database and count in the hash.

    Of several versions of one set id from one source the newest counts. Raises StoreError when there is nothing to
    load, NoSpaceError when the disk is full or not writable; then nothing is published.
    """
    with space_errors(editions):
        editions.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".build-", dir=editions))
    try:
        with space_errors(editions):
            held = _keep(scratch / BOOKS, kept)
            content = _write(scratch / DATABASE, loaded, list(synonyms), released, held)
        edition_id = f"{label}-{content[:12]}"
        target = editions / edition_id
        if not target.exists():
            with space_errors(editions):
                scratch.rename(target)
        return edition_id
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _keep(folder: Path, kept: tuple[tuple[str, Path], ...]) -> str:
    """Copy files into the edition; returns a digest of their places and contents, empty when there are none."""
    digest = hashlib.sha256()
    for place, file in sorted(kept):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        digest.update(f"{place}\x1f{hashlib.sha256(target.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest() if kept else ""


def _write(
    path: Path, loaded: Iterable[tuple[Record, list[Passage]]], synonyms: list[Synonym], released: str, held: str
) -> str:
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _fast(connection: Any, _: Any) -> None:
        # The file is not published before it is complete, so a crash loses nothing that durability would save.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32000")

    try:
        with engine.begin() as connection:
            tables.metadata.create_all(connection)
            tally = _Tally()
            for record, passages in loaded:
                _add(connection, tally, record, passages)
            if not tally.documents:
                raise StoreError("there is nothing to load", "check the folder given to --from")
            _finish(connection, tally, synonyms)
            content = _content_hash(connection, held)
            _write_meta(connection, tally, released, content)
    finally:
        engine.dispose()
    return content


def _add(connection: Connection, tally: _Tally, record: Record, passages: list[Passage]) -> None:
    key = (record.set_id, record.source)
    row = _document_row(record)
    if (held := tally.documents.get(key)) is not None:
        if _age(held) >= _age(row):
            return
        for table in (tables.document, tables.passage):
            connection.execute(table.delete().where(table.c.set_id == record.set_id, table.c.source == record.source))
    tally.documents[key] = row
    connection.execute(insert(tables.document), [row])
    if passages:
        connection.execute(insert(tables.passage), [_passage_row(record, passage) for passage in passages])
        tally.passages += len(passages)


def _age(row: dict[str, Any]) -> tuple[int, str]:
    version = row["version"]
    return (int(version) if version.isdigit() else 0, row["effective_date"])


def _document_row(record: Record) -> dict[str, Any]:
    return {
        "set_id": record.set_id,
        "source": record.source,
        "version": record.version,
        "effective_date": record.effective_date.isoformat(),
        "publisher": record.publisher,
        "title": record.title,
        "brand": record.brand,
        "generic": record.generic,
        "ingredients": tables.pack(record.ingredients),
        "labeler": record.labeler,
        "application_numbers": tables.pack(record.application_numbers),
        "routes": tables.pack(record.routes),
        "pharm_classes": tables.pack(record.pharm_classes),
        "original_packager": int(record.original_packager),
        "kind": record.kind,
        "drug_id": "",
        "names": record.names,
        "name": display_name(record.brand),
    }


def _passage_row(record: Record, passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "set_id": passage.set_id,
        "source": record.source,
        "version": passage.version,
        "field": passage.field,
        "heading": passage.heading,
        "kind": passage.kind,
        "intent": passage.intent,
        "text": passage.text,
    }


# ------------------------------------------------------------------------------------------- drugs and references


def _finish(connection: Connection, tally: _Tally, synonyms: list[Synonym]) -> None:
    """Group labels into drugs, choose each drug's reference label, write drugs and names, build the keyword index."""
    groups = _group(sorted(tally.documents.values(), key=lambda r: (r["set_id"], r["source"])))
    connection.execute(insert(tables.drug), [_drug_row(drug_id, rows) for drug_id, rows in groups.items()])
    connection.execute(
        update(tables.document)
        .where(tables.document.c.set_id == bindparam("s"), tables.document.c.source == bindparam("o"))
        .values(drug_id=bindparam("d")),
        [{"s": row["set_id"], "o": row["source"], "d": drug_id} for drug_id, rows in groups.items() for row in rows],
    )
    named = [
        Named(
            drug_id, row["name"], row["generic"], row["names"], *map(tables.unpack, (row["ingredients"], row["routes"]))
        )
        for drug_id, rows in groups.items()
        for row in rows
    ]
    names = name_rows(named, synonyms)
    connection.execute(insert(tables.name), [{"phrase": p, "drug_id": d, "kind": k} for p, d, k in names])
    connection.execute(text(_FTS))
    connection.execute(text("INSERT INTO passage_fts(passage_fts) VALUES('rebuild')"))
    connection.execute(text("INSERT INTO passage_fts(passage_fts) VALUES('optimize')"))
    connection.execute(text(_VOCABULARY))


def _group(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Labels by drug: same name, same active ingredients, same kind of route.

    The best-ranked group of a name gets the plain name as its id; others get their ingredients and route added. A
    starter summary goes with the label it was written from.
    """
    key_of_label = {row["set_id"]: _group_key(row) for row in rows if row["kind"] == "verbatim"}
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(key_of_label.get(row["set_id"], _group_key(row)), []).append(row)
    by_slug: dict[str, list[tuple[str, str, str]]] = {}
    for key in sorted(groups, key=lambda k: (max(map(reference_rank, groups[k])), k), reverse=True):
        by_slug.setdefault(key[0], []).append(key)
    named: dict[str, list[dict[str, Any]]] = {}
    for name, keys in sorted(by_slug.items()):
        for index, key in enumerate(keys):
            drug_id = name if index == 0 else drug_slug(f"{name} {key[1]} {key[2]}")
            named.setdefault(drug_id, []).extend(groups[key])
    return named


def _group_key(row: dict[str, Any]) -> tuple[str, str, str]:
    return drug_slug(row["name"]), row["ingredients"], route_class(tables.unpack(row["routes"]))


_REASONS = ("from the publisher", "the original packager's", "of the NDA or BLA holder", "the newest")


def reference_rank(row: dict[str, Any]) -> tuple[bool, bool, bool, str, str]:
    """Order of preference for a drug's reference label: a publisher's label before the starter's summary, the original
    packager before a repackager, NDA or BLA before ANDA, then the newest. The set id settles ties."""
    numbers = tables.unpack(row["application_numbers"])
    return (
        row["kind"] == "verbatim",
        bool(row["original_packager"]),
        any(number.upper().startswith(("NDA", "BLA")) for number in numbers),
        row["effective_date"],
        row["set_id"],
    )


def _drug_row(drug_id: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    ranked = sorted(rows, key=reference_rank, reverse=True)
    best = ranked[0]
    held = {row["set_id"] for row in ranked if row["kind"] == "verbatim"}
    return {
        "id": drug_id,
        "name": best["name"],
        "generic": best["generic"].lower(),
        "ingredients": best["ingredients"],
        "pharm_classes": tables.pack(
            tuple(dict.fromkeys(c for r in ranked for c in tables.unpack(r["pharm_classes"])))
        ),
        "reference_set_id": best["set_id"],
        "reference_source": best["source"],
        "why_reference": _why([row for row in ranked if row["kind"] == "verbatim" or row["set_id"] not in held]),
        "labels": len({row["set_id"] for row in rows}),
    }


def _why(ranked: list[dict[str, Any]]) -> str:
    if len(ranked) == 1:
        return "the only label loaded for this drug"
    best, other = reference_rank(ranked[0]), reference_rank(ranked[1])
    for index, reason in enumerate(_REASONS):
        if best[index] != other[index]:
            return f"of {len(ranked)} labels, the one {reason}" if index == 0 else f"of {len(ranked)} labels, {reason}"
    return f"of {len(ranked)} equal labels, the last by set id"


# ------------------------------------------------------------------------------------------------------------- meta


def _content_hash(connection: Connection, held: str) -> str:
    """SHA-256 over documents, drugs, names and passages in a canonical order, and over `held`, the digest of the files
    kept beside them: the same data give the same hash."""
    digest = hashlib.sha256(held.encode())
    queries = (
        "SELECT set_id, source, version, effective_date, title, labeler, drug_id FROM document ORDER BY set_id, source",
        "SELECT id, name, reference_set_id, reference_source FROM drug ORDER BY id",
        "SELECT phrase, drug_id, kind FROM name ORDER BY phrase, drug_id",
        "SELECT set_id, source, id FROM passage ORDER BY set_id, source, row",
    )
    for query in queries:
        for row in connection.execute(text(query)):
            digest.update("\x1f".join(row).encode())
            digest.update(b"\n")
    return digest.hexdigest()


def _write_meta(connection: Connection, tally: _Tally, released: str, content: str) -> None:
    counts: dict[str, int] = {}
    for _, source in tally.documents:
        counts[source] = counts.get(source, 0) + 1
    rows = {
        "schema_version": str(tables.SCHEMA_VERSION),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "released": released,
        "content_hash": content,
        "documents": tables.pack(tuple(f"{source}={count}" for source, count in sorted(counts.items()))),
        "passages": str(tally.passages),
    }
    connection.execute(insert(tables.meta), [{"key": key, "value": value} for key, value in rows.items()])
