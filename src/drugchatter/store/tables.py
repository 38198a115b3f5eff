"""The tables of an edition, in SQLAlchemy Core, the same on SQLite and PostgreSQL.

Lists are stored as text with `\\x1f` between their items (no item contains it): they are read whole, never searched.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

# Raised whenever a table or what stands in it changes; an edition of another version is rebuilt, never guessed at.
SCHEMA_VERSION = 1

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

document = Table(
    "document",
    metadata,
    Column("set_id", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("effective_date", String, nullable=False),
    Column("publisher", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("generic", Text, nullable=False),
    Column("ingredients", Text, nullable=False),
    Column("labeler", Text, nullable=False),
    Column("application_numbers", Text, nullable=False),
    Column("routes", Text, nullable=False),
    Column("pharm_classes", Text, nullable=False),
    Column("original_packager", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("drug_id", String, nullable=False, index=True),
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

passage = Table(
    "passage",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False, index=True),
    Column("set_id", String, nullable=False),
    Column("source", String, nullable=False),
    Column("version", String, nullable=False),
    Column("field", String, nullable=False),
    Column("heading", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("intent", String),
    Column("text", Text, nullable=False),
    Index("passage_place", "set_id", "source", "field"),
)

SEPARATOR = "\x1f"


def pack(values: tuple[str, ...]) -> str:
    return SEPARATOR.join(values)


def unpack(value: str) -> tuple[str, ...]:
    return tuple(value.split(SEPARATOR)) if value else ()
