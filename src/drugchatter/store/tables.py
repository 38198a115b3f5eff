"""The tables of an edition, in SQLAlchemy Core, the same on SQLite and PostgreSQL.

Lists are stored as text with `\\x1f` between their items (no item contains it): they are read whole, never searched.
Indexes are made when a table is full: filling a sorted tree costs a fraction of growing one row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

from drugchatter.rows import Row

# Raised whenever a table or what stands in it changes; an edition of another version is rebuilt, never guessed at.
SCHEMA_VERSION = 2

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))


def _document_columns() -> tuple[Column[Any], ...]:
    """A label version: who it is, and in `first_row` to `last_row` where its passages stand (none: 0 and -1).

    `name`, `slug`, `group_key` and `rank` are worked out once from the rest, so that grouping labels into drugs is a
    sorted read. `digest` is a hash over the passages.
    """
    return (
        Column("version", String, nullable=False),
        Column("effective_date", String, nullable=False),
        Column("publisher", String, nullable=False),
        Column("title", Text, nullable=False),
        Column("brand", Text, nullable=False),
        Column("generic", Text, nullable=False),
        Column("names", Text, nullable=False),
        Column("ingredients", Text, nullable=False),
        Column("labeler", Text, nullable=False),
        Column("application_numbers", Text, nullable=False),
        Column("routes", Text, nullable=False),
        Column("pharm_classes", Text, nullable=False),
        Column("original_packager", Integer, nullable=False),
        Column("codes", Text, nullable=False),
        Column("kind", String, nullable=False),
        Column("drug_id", String, nullable=False),
        Column("name", Text, nullable=False),
        Column("slug", Text, nullable=False),
        Column("group_key", Text, nullable=False),
        Column("rank", Text, nullable=False),
        Column("digest", String, nullable=False),
        Column("first_row", Integer, nullable=False),
        Column("last_row", Integer, nullable=False),
    )


# Current labels: one a set id, and beside it the starter's summary of that set id, if there is one.
document = Table(
    "document",
    metadata,
    Column("set_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    *_document_columns(),
)

# Superseded versions of labels, and labels that their publisher no longer lists.
past_document = Table(
    "past_document",
    metadata,
    Column("set_id", String, primary_key=True),
    Column("source", String, nullable=False),
    *(column for column in _document_columns() if column.name != "version"),
    Column("version", String, primary_key=True),
)

# Codes of current labels, to join other publishers' rows by.
code = Table(
    "code",
    metadata,
    Column("kind", String, nullable=False),
    Column("value", String, nullable=False),
    Column("set_id", String, nullable=False),
    Column("source", String, nullable=False),
)

drug = Table(
    "drug",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("generic", Text, nullable=False),
    Column("ingredients", Text, nullable=False, index=True),
    Column("pharm_classes", Text, nullable=False),
    Column("reference_set_id", String, nullable=False),
    Column("reference_source", String, nullable=False),
    Column("why_reference", Text, nullable=False),
    Column("labels", Integer, nullable=False),
)

# kind: brand, generic, ingredient (the drug is a combination that holds it), synonym, elsewhere (drug_id is then the
# generic name of a drug that readers ask for and the edition does not hold).
name = Table(
    "name",
    metadata,
    Column("phrase", String, primary_key=True),
    Column("drug_id", String, primary_key=True),
    Column("kind", String, nullable=False),
)


def _passage_columns() -> tuple[Column[Any], ...]:
    return (
        Column("row", Integer, primary_key=True),
        Column("id", String, nullable=False),
        Column("set_id", String, nullable=False),
        Column("source", String, nullable=False),
        Column("version", String, nullable=False),
        Column("field", String, nullable=False),
        Column("heading", Text, nullable=False),
        Column("kind", String, nullable=False),
        Column("intent", String),
        Column("text", Text, nullable=False),
    )


passage = Table("passage", metadata, *_passage_columns())
past_passage = Table("past_passage", metadata, *_passage_columns())

# A publisher's file that went into the edition; `edition` is the file's own date, `loaded` counts documents or rows.
origin = Table(
    "origin",
    metadata,
    Column("source", String, primary_key=True),
    Column("file", String, primary_key=True),
    Column("edition", String, primary_key=True),
    Column("loaded", Integer, nullable=False),
    Column("sha256", String, nullable=False),
)

# ----------------------------------------------------------------------------------------------- rows of other tables

_SQL_TYPES = {str: Text, int: Integer, bool: Integer, date: String}


@cache
def row_table(row_type: type) -> Table:
    """The table of one kind of publisher's row: its fields, with the edition and file they stand in and the id of the
    passage they make."""
    hints = get_type_hints(row_type)
    return Table(
        _table_name(row_type),
        metadata,
        Column("row", Integer, primary_key=True),
        Column("passage_id", String, nullable=False),
        Column("source", String, nullable=False),
        Column("file", String, nullable=False),
        Column("edition", String, nullable=False),
        *(Column(field.name, _sql_type(hints[field.name]), nullable=True) for field in fields(row_type)),
    )


def _table_name(row_type: type) -> str:
    """`PatentRow` → `row_patent`."""
    return "row_" + "".join(
        f"_{char.lower()}" if char.isupper() and i else char.lower()
        for i, char in enumerate(row_type.__name__.removesuffix("Row"))
    )


def _sql_type(hint: Any) -> type[Text] | type[Integer] | type[String]:
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    return _SQL_TYPES[kinds[0]]


def row_cells(row: Row) -> tuple[Any, ...]:
    """A row's fields, in order, as cells: dates as ISO text, flags as 0 and 1."""
    row_type: type = type(row)
    get, others = _cell_readers(row_type)
    cells = list(get(row))
    for place in others:
        cells[place] = _cell(cells[place])
    return tuple(cells)


@cache
def _cell_readers(row_type: type) -> tuple[Callable[[Row], tuple[Any, ...]], tuple[int, ...]]:
    """What gives the fields of a row, and the places of those that are no text: worked out once, used for each row."""
    hints = get_type_hints(row_type)
    names = [field.name for field in fields(row_type)]
    return attrgetter(*names), tuple(i for i, name in enumerate(names) if hints[name] is not str)


def _cell(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


@cache
def _readers(row_type: type) -> tuple[Any, ...]:
    hints = get_type_hints(row_type)
    readers = []
    for field in fields(row_type):
        kinds = get_args(hints[field.name]) or (hints[field.name],)
        readers.append(date.fromisoformat if date in kinds else bool if bool in kinds else None)
    return tuple(readers)


def row_of(row_type: type, cells: Any) -> Row:
    """The row whose fields, in order, are `cells`."""
    values = (
        reader(cell) if reader and cell is not None else cell
        for reader, cell in zip(_readers(row_type), cells, strict=True)
    )
    made: Row = row_type(*values)
    return made


def all_row_tables() -> Iterator[tuple[type[Row], Table]]:
    for row_type in get_args(Row):
        yield row_type, row_table(row_type)


SEPARATOR = "\x1f"


def pack(values: tuple[str, ...]) -> str:
    return SEPARATOR.join(values)


def unpack(value: str) -> tuple[str, ...]:
    return tuple(value.split(SEPARATOR)) if value else ()
