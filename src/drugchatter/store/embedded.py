"""The embedded index: one edition's SQLite file, opened read-only and immutable.

Measured on the 1,153 labels of ../shared/data, SQLite's own FTS5 answers a question without a drug within budget, so an
edition is one file and needs no second index to keep in step (see docs/decisions.md).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    ColumnElement,
    Connection,
    ExceptionContext,
    Table,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.pool import StaticPool

from drugchatter.errors import StoreError, StoreVersionError
from drugchatter.rows import Placed, Row, RowPlace
from drugchatter.store import tables
from drugchatter.store.build import DATABASE
from drugchatter.store.shelf import unpack_codes
from drugchatter.types import Code, Document, Drug, Edition, Label, Origin, Passage

R = TypeVar("R")

_DRUG = (
    select(tables.drug, tables.document)
    .join_from(
        tables.drug,
        tables.document,
        (tables.document.c.set_id == tables.drug.c.reference_set_id)
        & (tables.document.c.source == tables.drug.c.reference_source),
    )
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)


class EmbeddedIndex:
    """Reads one edition. Thread-safe; never writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / DATABASE
        self._sql = _open(self._path)
        self.edition = self._read_edition(folder.name)
        self.drug = lru_cache(maxsize=4096)(self._drug)
        self.passages = lru_cache(maxsize=64)(self._passages)
        self.passage = lru_cache(maxsize=4096)(self._passage)

    def close(self) -> None:
        self._sql.dispose()

    # -------------------------------------------------------------------------------------------------- edition

    def _read_edition(self, edition_id: str) -> Edition:
        with self._sql.connect() as connection:
            values: dict[str, str] = {row.key: row.value for row in connection.execute(select(tables.meta))}
        if (found := values.get("schema_version")) != str(tables.SCHEMA_VERSION):
            raise StoreVersionError(
                f"{self._path} is of another version of DrugChatter (schema {found}, not {tables.SCHEMA_VERSION})",
                "run `drugchatter sync` to rebuild it; the old edition is left as it is",
            )
        documents = tuple(
            (source, int(count)) for source, count in (i.split("=") for i in tables.unpack(values["documents"]))
        )
        return Edition(
            edition_id, str(self._path), values["built"], values["released"], documents, values["content_hash"]
        )

    def edition_of(self, document: Document) -> Edition:
        """The edition that a document of this index stands in: this one."""
        return self.edition

    def counts(self) -> dict[str, int]:
        """Rows by table, for `doctor`."""
        with self._sql.connect() as connection:
            return {
                table.name: connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()  # noqa: S608 - own table names
                for table in (tables.document, tables.past_document, tables.drug, tables.name, tables.passage)
            }

    def origins(self) -> list[tuple[Origin, int]]:
        """The publishers' files that the edition was made from, each with the documents or rows it gave."""
        table = tables.origin
        with self._sql.connect() as connection:
            rows = connection.execute(select(table).order_by(table.c.source, table.c.edition, table.c.file))
            return [(Origin(row.source, row.file, row.edition, row.sha256), row.loaded) for row in rows]

    # ---------------------------------------------------------------------------------------------------- drugs

    def names(self) -> list[tuple[str, str, str]]:
        """All (phrase, drug id, kind)."""
        with self._sql.connect() as connection:
            return [(row.phrase, row.drug_id, row.kind) for row in connection.execute(select(tables.name))]

    def _drug(self, drug_id: str) -> Drug:
        with self._sql.connect() as connection:
            row = connection.execute(_DRUG.where(tables.drug.c.id == drug_id)).one()
        return _to_drug(row)

    def drugs(self) -> list[Drug]:
        """All drugs with their reference labels, by name."""
        with self._sql.connect() as connection:
            return [_to_drug(row) for row in connection.execute(_DRUG.order_by(tables.drug.c.name))]

    def family(self, ingredients: tuple[str, ...]) -> list[Drug]:
        """All drugs with exactly these active ingredients, by id."""
        query = _DRUG.where(tables.drug.c.ingredients == tables.pack(ingredients)).order_by(tables.drug.c.id)
        with self._sql.connect() as connection:
            return [_to_drug(row) for row in connection.execute(query)]

    def documents(self, drug_id: str) -> list[Document]:
        query = select(tables.document).where(tables.document.c.drug_id == drug_id)
        with self._sql.connect() as connection:
            return [_to_document(row._mapping, "") for row in connection.execute(query)]

    # ------------------------------------------------------------------------------------------------- passages

    def _passages(self, set_id: str, source: str) -> tuple[Passage, ...]:
        """All passages of one label, in its order."""
        table = tables.document.c
        query = select(table.first_row, table.last_row).where(table.set_id == set_id, table.source == source)
        with self._sql.connect() as connection:
            place = connection.execute(query).first()
            return self._lines(connection, tables.passage, place) if place else ()

    @staticmethod
    def _lines(connection: Connection, table: Table, place: Any) -> tuple[Passage, ...]:
        query = select(table).where(table.c.row.between(place.first_row, place.last_row)).order_by(table.c.row)
        return tuple(_to_passage(row) for row in connection.execute(query))

    def versions(self, set_id: str) -> list[Document]:
        """All versions held of a label, the newest last; a starter's summary is none."""
        current, past = tables.document, tables.past_document
        with self._sql.connect() as connection:
            found = [
                *connection.execute(select(past).where(past.c.set_id == set_id)),
                *connection.execute(select(current).where(current.c.set_id == set_id, current.c.kind == "verbatim")),
            ]
            drug_id = self._drug_of(connection, set_id)
        documents = [replace(_to_document(row._mapping, ""), drug_id=drug_id) for row in found]
        return sorted(documents, key=lambda d: (d.effective_date, int(d.version) if d.version.isdigit() else 0))

    def version_passages(self, set_id: str, version: str) -> tuple[Passage, ...]:
        """All passages of one version of a label, current or past, in its order."""
        with self._sql.connect() as connection:
            for table, lines in ((tables.document, tables.passage), (tables.past_document, tables.past_passage)):
                where = (table.c.set_id == set_id, table.c.version == version, table.c.kind == "verbatim")
                if place := connection.execute(select(table).where(*where)).first():
                    return self._lines(connection, lines, place)
        return ()

    def _passage(self, passage_id: str) -> tuple[Passage, Document] | None:
        """The passage with this id and its document, or None."""
        with self._sql.connect() as connection:
            for lines, table in ((tables.passage, tables.document), (tables.past_passage, tables.past_document)):
                row = connection.execute(select(lines).where(lines.c.id == passage_id).limit(1)).first()
                if row is not None:
                    where = (table.c.set_id == row.set_id, table.c.source == row.source, table.c.version == row.version)
                    found = connection.execute(select(table).where(*where)).one()
                    document = _to_document(found._mapping, "")
                    drug_id = document.drug_id or self._drug_of(connection, row.set_id)
                    return _to_passage(row), replace(document, drug_id=drug_id)
        return None

    @staticmethod
    def _drug_of(connection: Connection, set_id: str) -> str:
        """The drug that a label's versions are of: that of the current one, or none when it is listed no more."""
        table = tables.document.c
        query = select(table.drug_id).where(table.set_id == set_id, table.kind == "verbatim")
        return connection.execute(query).scalar() or ""

    # ------------------------------------------------------------------------------------- codes and other tables

    def codes(self, set_id: str, source: str) -> tuple[Code, ...]:
        """The codes that join a current label to other publishers' rows."""
        table = tables.document.c
        query = select(table.codes).where(table.set_id == set_id, table.source == source)
        with self._sql.connect() as connection:
            return unpack_codes(connection.execute(query).scalar() or "")

    def rows(self, row_type: Callable[..., R], **where: str | Collection[str]) -> list[Placed[R]]:
        """The rows of one kind, in their publisher's order, whose columns equal `where` (a collection: any of it)."""
        table = tables.row_table(cast(type, row_type))
        with self._sql.connect() as connection:
            found = connection.execute(select(table).where(*_conditions(table, where)).order_by(table.c.row))
            return [_to_placed(row_type, row) for row in found]

    def has_rows(self, row_type: type, **where: str | Collection[str]) -> bool:
        """Whether the edition holds any row of this kind whose columns equal `where`."""
        table = tables.row_table(row_type)
        with self._sql.connect() as connection:
            return connection.execute(select(table).where(*_conditions(table, where)).limit(1)).first() is not None

    def distinct(self, row_type: type, *columns: str) -> list[tuple[str, ...]]:
        """Each combination of what `columns` print of the rows of one kind, where all print something, sorted; behind
        it the passage id of the first row that prints it."""
        table = tables.row_table(row_type)
        cells = [table.c[column] for column in columns]
        # SQLite takes a bare column from the row that has the least (its documentation, "SELECT", section 2.5).
        query = select(*cells, table.c.passage_id, func.min(table.c.row)).where(*(cell != "" for cell in cells))
        with self._sql.connect() as connection:
            return [tuple(row[:-1]) for row in connection.execute(query.group_by(*cells).order_by(*cells))]

    def row(self, passage_id: str) -> Placed[Row] | None:
        """The row whose passage has this id, of the newest edition that prints it."""
        with self._sql.connect() as connection:
            for row_type, table in tables.all_row_tables():
                query = select(table).where(table.c.passage_id == passage_id).order_by(table.c.edition.desc()).limit(1)
                if row := connection.execute(query).first():
                    return _to_placed(row_type, row)
        return None

    def search(self, phrases: Iterable[str], fields: Iterable[str], limit: int = 2000) -> list[tuple[Passage, str]]:
        """(passage, drug id) of the reference labels' passages in `fields` that hold every one of `phrases`."""
        match = " AND ".join(_quoted(phrase) for phrase in phrases)
        wanted = [field for field in fields if re.fullmatch(r"[a-z_]+", field)]
        if not match or not wanted:
            return []
        query = text(
            "SELECT p.*, d.id AS drug_id FROM passage_fts f JOIN passage p ON p.row = f.rowid"
            " JOIN drug d ON d.reference_set_id = p.set_id AND d.reference_source = p.source"
            " WHERE passage_fts MATCH :match AND p.field IN (SELECT value FROM json_each(:fields))"
            " ORDER BY d.name, p.row LIMIT :limit"
        )
        import json

        with self._sql.connect() as connection:
            rows = connection.execute(query, {"match": match, "fields": json.dumps(wanted), "limit": limit})
            return [(_to_passage(row), row.drug_id) for row in rows]

    def labels(self) -> list[Label]:
        """All current labels; a starter's summary where no label of its set id is held."""
        table = tables.document.c
        query = select(tables.document).order_by(table.set_id, table.kind)
        with self._sql.connect() as connection:
            # `verbatim` sorts after `summary`, so it is the one that stays.
            rows = {row["set_id"]: row for row in connection.execute(query).mappings()}
        return [
            Label(
                _to_document(row, ""),
                tables.unpack(row["ingredients"]),
                tables.unpack(row["pharm_classes"]),
                unpack_codes(row["codes"]),
            )
            for row in rows.values()
        ]

    def said(self, runs: Iterable[Iterable[str]], fields: Iterable[str]) -> list[Passage]:
        """The passages of current labels in `fields` that hold, for each of `runs`, one of its phrases; all of them
        without runs. A phrase that ends in `*` may go on within its last word."""
        wanted = [field for field in fields if re.fullmatch(r"[a-z_]+", field)]
        match = " AND ".join(f"({' OR '.join(_quoted(p) + '*' * p.endswith('*') for p in run)})" for run in runs)
        query = text(
            "SELECT p.* FROM passage_fts f JOIN passage p ON p.row = f.rowid WHERE passage_fts MATCH :match"
            " AND p.field IN (SELECT value FROM json_each(:fields)) ORDER BY p.row"
            if match
            else "SELECT * FROM passage WHERE field IN (SELECT value FROM json_each(:fields)) ORDER BY row"
        )
        import json

        with self._sql.connect() as connection:
            rows = connection.execute(query, {"fields": json.dumps(wanted), **({"match": match} if match else {})})
            return [_to_passage(row) for row in rows]

    def knows_word(self, word: str) -> bool:
        """Whether `word` stands in at least three passages of the edition (fewer may be a label's own misprint)."""
        with self._sql.connect() as connection:
            query = text("SELECT 1 FROM vocabulary WHERE term = :w AND doc >= 3")
            return connection.execute(query, {"w": word}).first() is not None


_MEND = "delete its folder, then run `drugchatter sync`"


def _cut_short(path: Path) -> bool:
    """Whether the file has fewer pages than its header says (SQLite's file format, section 1.3); SQLite itself looks
    only at the pages that it reads."""
    with path.open("rb") as stream:
        header = stream.read(100)
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        return False  # no database at all, which SQLite says
    page = int.from_bytes(header[16:18], "big")
    return path.stat().st_size < (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _open(path: Path) -> SqlEngine:
    if not path.is_file():
        raise StoreError(f"there is no edition at {path}", "run `drugchatter sync`, or ask without a store of your own")
    if _cut_short(path):
        raise StoreError(f"{path} is not a readable edition (it is cut short)", _MEND)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        connection.execute("PRAGMA query_only=ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "handle_error")
    def _unreadable(context: ExceptionContext) -> None:
        # A damaged page shows itself only when it is read, which may be long after opening.
        if isinstance(context.original_exception, sqlite3.DatabaseError):
            raise StoreError(
                f"{path} is not a readable edition ({context.original_exception})",
                _MEND,
            ) from context.original_exception

    return engine


def _quoted(phrase: str) -> str:
    """A phrase as an FTS5 string: only words and spaces, quoted, so that nothing in it is an operator."""
    found = " ".join(re.findall(r"\w+", phrase))
    return f'"{found}"' if found else '""'


def _to_passage(row: Any) -> Passage:
    return Passage(row.id, row.set_id, row.version, row.field, row.heading, row.kind, row.text, row.intent)


_PLACE = 5  # row, passage_id, source, file and edition stand before a row's own cells


def _conditions(table: Table, where: Mapping[str, str | Collection[str]]) -> list[ColumnElement[bool]]:
    """A column equals a text, or is any of a collection."""
    return [
        table.c[name] == value if isinstance(value, str) else table.c[name].in_(sorted(value))
        for name, value in where.items()
    ]


def _to_placed(row_type: Callable[..., R], row: Any) -> Placed[R]:
    place = RowPlace(row.passage_id, row.source, row.file, row.edition)
    return Placed(place, cast(R, tables.row_of(cast(type, row_type), row[_PLACE:])))


def _to_document(row: Any, prefix: str) -> Document:
    def value(key: str) -> Any:
        return row[f"{prefix}{key}"]

    return Document(
        set_id=value("set_id"),
        version=value("version"),
        effective_date=date.fromisoformat(value("effective_date")),
        source=value("source"),
        publisher=value("publisher"),
        title=value("title"),
        labeler=value("labeler"),
        application_numbers=tables.unpack(value("application_numbers")),
        routes=tables.unpack(value("routes")),
        kind=value("kind"),
        drug_id=value("drug_id"),
    )


def _to_drug(row: Any) -> Drug:
    values = row._mapping
    return Drug(
        id=values["drug_id"],
        name=values["drug_name"],
        generic=values["drug_generic"],
        ingredients=tables.unpack(values["drug_ingredients"]),
        pharm_classes=tables.unpack(values["drug_pharm_classes"]),
        reference=_to_document(values, "document_"),
        why_reference=values["drug_why_reference"],
        labels=values["drug_labels"],
    )
