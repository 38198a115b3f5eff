"""Labels on their shelf: which version of which label is current, which are past, and which labels make one drug.

Everything is kept in the edition's own tables, so memory does not grow with the number of labels, and nothing depends
on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, literal, select, text, update

from drugchatter.identity import Named, Synonym, display_name, drug_slug, merge_labels, name_rows, once, route_class
from drugchatter.store import tables
from drugchatter.types import Code, Passage, Record

# The publisher whose text keeps a label's structure: of one version from two, its text is taken.
_STRUCTURED = "dailymed"
_BATCH = 1000
# Passages that go into the keyword index together: each time it writes a segment, which costs less the fewer there are.
_INDEXED_TOGETHER = 10_000
_BETWEEN = "\x1e"


class Shelf:
    """Takes labels in any order; `finish` makes drugs, names and the rest of the keyword index of what is current.

    The index grows while labels come, in the time in which this process waits for them to be split.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = {tables.passage.name: 0, tables.past_passage.name: 0}
        self._indexed = 0
        # The rest is given to the driver as it is: SQLAlchemy's work on each passage would double the time of all.
        self._insert_passage = {
            lines.name: str(insert(lines).compile(connection)) for lines in (tables.passage, tables.past_passage)
        }
        for statement in _KEYWORD_INDEX:
            connection.execute(text(statement))

    def add(self, record: Record, passages: Sequence[Passage]) -> None:
        """Put a label, or a starter's summary, where it belongs.

        The newest version (by version number, then effective date) of a set id is current, others are past; the same
        version twice is one label. Of summaries only the newest is kept: they have no history of their own.
        """
        held = self._current(record)
        if held is None:
            self._insert(tables.document, record, passages)
        elif held.version == record.version or record.kind != "verbatim":
            self._unite(tables.document, held, record, passages)
        elif _age(record.version, record.effective_date.isoformat()) > _age(held.version, held.effective_date):
            self._retire(held)
            self._insert(tables.document, record, passages)
        else:
            self.add_past(record, passages)

    def add_if_listed(self, record: Record, passages: Sequence[Passage]) -> None:
        """Put a version of a label that may no longer be listed: without a current label it is a past one."""
        (self.add if self._current(record) is not None else self.add_past)(record, passages)

    def add_past(self, record: Record, passages: Sequence[Passage]) -> None:
        """Put a label version among the past ones, unless it is the current one."""
        current = self._current(record)
        if current is not None and current.version == record.version:
            return
        held = self._past(record.set_id, record.version)
        if held is None:
            self._insert(tables.past_document, record, passages)
        else:
            self._unite(tables.past_document, held, record, passages)

    def enrich(self, earlier: Record) -> None:
        """Give the current label of this version the facts that an earlier copy of it tells and it does not."""
        held = self._current(earlier)
        record = _record_of(held)
        passages = list(_passages_of(self._connection, tables.document, held))
        self._remove(tables.document, held)
        record = replace(
            record,
            names=once((*record.names, *earlier.names)),
            pharm_classes=record.pharm_classes or earlier.pharm_classes,
            original_packager=record.original_packager or earlier.original_packager,
            codes=tuple(sorted({*record.codes, *earlier.codes})),
        )
        self._insert(tables.document, record, passages)

    def lists(self, set_id: str, version: str) -> bool:
        """Whether this version of a label is the current one."""
        current = tables.document.c
        query = select(literal(1)).where(
            current.set_id == set_id, current.version == version, current.kind == "verbatim"
        )
        return self._connection.execute(query).first() is not None

    def holds(self, set_id: str, version: str) -> bool:
        """Whether this version of a label is here, current or past."""
        return self.lists(set_id, version) or self._past(set_id, version) is not None

    # ------------------------------------------------------------------------------------------------ one label

    def _current(self, record: Record) -> Any:
        column = tables.document.c
        query = select(tables.document).where(column.set_id == record.set_id, column.kind == record.kind)
        return self._connection.execute(query).first()

    def _past(self, set_id: str, version: str) -> Any:
        column = tables.past_document.c
        query = select(tables.past_document).where(column.set_id == set_id, column.version == version)
        return self._connection.execute(query).first()

    def _unite(self, table: Table, held: Any, record: Record, passages: Sequence[Passage]) -> None:
        """One label of two that are the same version of a set id.

        Two publishers' are merged. Of two by one publisher the later effective date counts, then the greater digest,
        so that order does not; with the same text, the one that knows more codes.
        """
        if held.source == record.source:
            if _standing(held._mapping) >= _standing(_document_row(record, passages)):
                return
        elif record.kind == "verbatim":
            if held.source == _STRUCTURED:
                passages = list(_passages_of(self._connection, table, held))
            record = merge_labels(_record_of(held), record)
        self._remove(table, held)
        self._insert(table, record, passages)

    def _insert(self, table: Table, record: Record, passages: Sequence[Passage]) -> None:
        lines = _passages_table(table)
        first = self._rows[lines.name] + 1
        row = _document_row(record, passages) | {"first_row": first, "last_row": first + len(passages) - 1}
        self._connection.execute(insert(table), [row])
        if passages:
            numbered = enumerate(passages, first)
            cells = [_passage_cells(n, record.source, p) for n, p in numbered]
            self._connection.exec_driver_sql(self._insert_passage[lines.name], cells)
        self._rows[lines.name] += len(passages)
        if self._rows[tables.passage.name] - self._indexed >= _INDEXED_TOGETHER:
            self._index()

    def _index(self) -> None:
        """Put the current labels' passages that came since the last time into the keyword index."""
        last = self._rows[tables.passage.name]
        self._connection.execute(text(_INDEX_PASSAGES), {"first": self._indexed + 1, "last": last})
        self._indexed = last

    def _remove(self, table: Table, held: Any) -> None:
        lines = _passages_table(table)
        if lines is tables.passage:
            indexed = {"first": held.first_row, "last": min(held.last_row, self._indexed)}
            self._connection.execute(text(_UNINDEX_PASSAGES), indexed)
        self._connection.execute(delete(lines).where(lines.c.row.between(held.first_row, held.last_row)))
        where = (table.c.set_id == held.set_id, table.c.source == held.source, table.c.version == held.version)
        self._connection.execute(delete(table).where(*where))

    def _retire(self, held: Any) -> None:
        record, passages = _record_of(held), list(_passages_of(self._connection, tables.document, held))
        self._remove(tables.document, held)
        self.add_past(record, passages)

    # ------------------------------------------------------------------------------------------------ all labels

    def finish(self, synonyms: Sequence[Synonym]) -> None:
        """Group labels into drugs, choose each drug's reference label, write drugs, names, codes, keyword index."""
        self._group()
        named: dict[Named, None] = {}
        batch: list[dict[str, Any]] = []
        for drug_id, rows in groupby(self._by_drug(), key=lambda row: row.drug_id):
            labels = list(rows)
            batch.append(_drug_row(drug_id, labels))
            named.update((_named(row), None) for row in labels)
            if len(batch) == _BATCH:
                self._connection.execute(insert(tables.drug), batch)
                batch = []
        if batch:
            self._connection.execute(insert(tables.drug), batch)
        names = [{"phrase": p, "drug_id": d, "kind": k} for p, d, k in name_rows(named, synonyms)]
        self._connection.execute(insert(tables.name), names)
        self._write_codes()
        self._index()
        for statement in _INDEXES:
            self._connection.execute(text(statement))

    def _group(self) -> None:
        """Labels by drug: same name, same active ingredients, same kind of route.

        The best-ranked group of a name gets the plain name as its id; others get their ingredients and route added. A
        starter summary goes with the label it was written from.
        """
        connection, document = self._connection, tables.document.c
        connection.execute(text(_SUMMARIES_WITH_THEIR_LABELS))
        connection.execute(text("CREATE INDEX document_group ON document (slug, group_key)"))
        best = func.max(document.rank)
        query = (
            select(document.slug, document.group_key)
            .group_by(document.slug, document.group_key)
            .order_by(document.slug, best.desc(), document.group_key.desc())
        )
        place = update(tables.document).where(
            document.slug == bindparam("s"), document.group_key == bindparam("g")
        ).values(drug_id=bindparam("d"))  # fmt: skip
        ids = []
        for slug, groups in groupby(connection.execute(query).all(), key=lambda row: row.slug):
            for index, group in enumerate(groups):
                ingredients, _, route = group.group_key.partition(_BETWEEN)
                drug_id = slug if index == 0 else drug_slug(f"{slug} {ingredients} {route}")
                ids.append({"s": slug, "g": group.group_key, "d": drug_id})
        connection.execute(place, ids)
        connection.execute(text("DROP INDEX document_group"))
        connection.execute(text("CREATE INDEX document_drug ON document (drug_id)"))

    def _by_drug(self) -> Iterator[Any]:
        document = tables.document.c
        query = select(tables.document).order_by(document.drug_id, document.rank.desc(), document.kind.desc())
        yield from self._connection.execute(query, execution_options={"yield_per": _BATCH})

    def _write_codes(self) -> None:
        document = tables.document.c
        query = select(document.set_id, document.source, document.codes).where(document.codes != "")
        for rows in self._connection.execute(query, execution_options={"yield_per": _BATCH}).partitions():
            cells = [
                {"kind": code.kind, "value": code.value, "set_id": row.set_id, "source": row.source}
                for row in rows
                for code in unpack_codes(row.codes)
            ]
            self._connection.execute(insert(tables.code), cells)


_SUMMARIES_WITH_THEIR_LABELS = """
UPDATE document AS summary SET (slug, group_key) = (SELECT slug, group_key FROM document AS label
  WHERE label.set_id = summary.set_id AND label.kind = 'verbatim')
WHERE kind = 'summary' AND EXISTS (SELECT 1 FROM document AS label
  WHERE label.set_id = summary.set_id AND label.kind = 'verbatim')"""
_INDEXES = (
    "CREATE INDEX passage_id ON passage (id)",
    "CREATE INDEX past_passage_id ON past_passage (id)",
    "CREATE INDEX code_value ON code (kind, value)",
    "CREATE INDEX drug_ingredients ON drug (ingredients)",
    "INSERT INTO passage_fts(passage_fts) VALUES('optimize')",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(passage_fts, 'row')",
)
# `hashsize`: bytes of the index that are kept in memory until the statement ends; as many segments as there are such
# statements are merged by sixteens (`crisismerge`), which costs half of merging them by fours as they come.
_KEYWORD_INDEX = (
    "CREATE VIRTUAL TABLE passage_fts USING fts5(text, heading, content='passage', content_rowid='row')",
    "INSERT INTO passage_fts(passage_fts, rank) VALUES('hashsize', 67108864)",
    "INSERT INTO passage_fts(passage_fts, rank) VALUES('automerge', 0)",
)
_INDEX_PASSAGES = """
INSERT INTO passage_fts(rowid, text, heading)
  SELECT row, text, heading FROM passage WHERE row BETWEEN :first AND :last ORDER BY row"""
_UNINDEX_PASSAGES = """
INSERT INTO passage_fts(passage_fts, rowid, text, heading)
  SELECT 'delete', row, text, heading FROM passage WHERE row BETWEEN :first AND :last"""


def _age(version: str, day: str) -> tuple[int, str]:
    return (int(version) if version.isdigit() else 0, day)


def _standing(row: Any) -> tuple[int, str, str, str]:
    return (*_age(row["version"], row["effective_date"]), row["digest"], row["codes"])


def _passages_table(table: Table) -> Table:
    return tables.passage if table is tables.document else tables.past_passage


# --------------------------------------------------------------------------------------------- values ↔ table rows


def _document_row(record: Record, passages: Sequence[Passage]) -> dict[str, Any]:
    name = display_name(record.brand)
    ingredients = tables.pack(record.ingredients)
    return {
        "set_id": record.set_id,
        "source": record.source,
        "version": record.version,
        "effective_date": record.effective_date.isoformat(),
        "publisher": record.publisher,
        "title": record.title,
        "brand": record.brand,
        "generic": record.generic,
        "names": tables.pack(record.names),
        "ingredients": ingredients,
        "labeler": record.labeler,
        "application_numbers": tables.pack(record.application_numbers),
        "routes": tables.pack(record.routes),
        "pharm_classes": tables.pack(record.pharm_classes),
        "original_packager": int(record.original_packager),
        "codes": tables.pack(tuple(f"{code.kind}:{code.value}" for code in record.codes)),
        "kind": record.kind,
        "drug_id": "",
        "name": name,
        "slug": drug_slug(name),
        "group_key": f"{ingredients}{_BETWEEN}{route_class(record.routes)}",
        "rank": _rank(record),
        "digest": sha256("\n".join(p.id for p in passages).encode()).hexdigest()[:16],
    }


def unpack_codes(packed: str) -> tuple[Code, ...]:
    pairs = (code.partition(":") for code in tables.unpack(packed))
    return tuple(Code(kind, value) for kind, _, value in pairs)  # type: ignore[arg-type]


def _record_of(row: Any) -> Record:
    """The record of a document row, without its sections."""
    return Record(
        source=row.source,
        publisher=row.publisher,
        set_id=row.set_id,
        version=row.version,
        effective_date=date.fromisoformat(row.effective_date),
        title=row.title,
        brand=row.brand,
        generic=row.generic,
        names=tables.unpack(row.names),
        ingredients=tables.unpack(row.ingredients),
        labeler=row.labeler,
        application_numbers=tables.unpack(row.application_numbers),
        routes=tables.unpack(row.routes),
        pharm_classes=tables.unpack(row.pharm_classes),
        original_packager=bool(row.original_packager),
        sections=(),
        kind=row.kind,
        codes=unpack_codes(row.codes),
    )


def _passages_of(connection: Connection, table: Table, row: Any) -> Iterator[Passage]:
    lines = _passages_table(table)
    query = select(lines).where(lines.c.row.between(row.first_row, row.last_row)).order_by(lines.c.row)
    for line in connection.execute(query):
        yield Passage(line.id, line.set_id, line.version, line.field, line.heading, line.kind, line.text, line.intent)


def carried(connection: Connection) -> Iterator[tuple[Record, bool, Iterable[Passage]]]:
    """Everything on an edition's shelf, to be put on another: (record without sections, whether it is current,
    passages, which are read only when asked for). Starter summaries stay behind."""
    for table in (tables.document, tables.past_document):
        query = select(table).where(table.c.kind == "verbatim")
        for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
            yield _record_of(row), table is tables.document, _passages_of(connection, table, row)


def _passage_cells(number: int, source: str, passage: Passage) -> tuple[Any, ...]:
    """A row of a table of passages, its columns in order."""
    return (
        number,
        passage.id,
        passage.set_id,
        source,
        passage.version,
        passage.field,
        passage.heading,
        passage.kind,
        passage.intent,
        passage.text,
    )


# --------------------------------------------------------------------------------------------- reference labels

_REASONS = ("from the publisher", "the original packager's", "of the NDA or BLA holder", "the newest")


def _rank(record: Record) -> str:
    """Order of preference for a drug's reference label, as text that sorts: a publisher's label before the starter's
    summary, the original packager before a repackager, NDA or BLA before ANDA, then the newest. The set id settles
    ties."""
    parts = (
        str(int(record.kind == "verbatim")),
        str(int(record.original_packager)),
        str(int(any(number.upper().startswith(("NDA", "BLA")) for number in record.application_numbers))),
        record.effective_date.isoformat(),
        record.set_id,
    )
    return "|".join(parts)


def _named(row: Any) -> Named:
    names, ingredients, routes = map(tables.unpack, (row.names, row.ingredients, row.routes))
    return Named(row.drug_id, row.name, row.generic, names, ingredients, routes)


def _drug_row(drug_id: str, ranked: list[Any]) -> dict[str, Any]:
    best = ranked[0]
    held = {row.set_id for row in ranked if row.kind == "verbatim"}
    return {
        "id": drug_id,
        "name": best.name,
        "generic": best.generic.lower(),
        "ingredients": best.ingredients,
        "pharm_classes": tables.pack(tuple(dict.fromkeys(c for r in ranked for c in tables.unpack(r.pharm_classes)))),
        "reference_set_id": best.set_id,
        "reference_source": best.source,
        "why_reference": _why([row for row in ranked if row.kind == "verbatim" or row.set_id not in held]),
        "labels": len({row.set_id for row in ranked}),
    }


def _why(ranked: list[Any]) -> str:
    if len(ranked) == 1:
        return "the only label loaded for this drug"
    best, other = (row.rank.split("|") for row in ranked[:2])
    for index, reason in enumerate(_REASONS):
        if best[index] != other[index]:
            return f"of {len(ranked)} labels, the one {reason}" if index == 0 else f"of {len(ranked)} labels, {reason}"
    return f"of {len(ranked)} equal labels, the last by set id"
