"""What of an edition joins to nothing: counted by its codes, with the first examples, so that no gap stays unseen.

A gap is no fault: files of different dates do not know the same products. Each question is one query over indexed
columns; it is asked only when both sides of the join are loaded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from drugchatter.joins import ndc_product
from drugchatter.store.build import DATABASE

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Unjoined:
    """`count` of `total` things `what` says, and the first of them by name. `total` is None where a side of the join is
    not loaded, and `count` then 0."""

    what: str
    count: int
    total: int | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Join:
    """`sides`: the tables of either side; of several joined by `|` one is enough. `all` gives a line for each thing,
    its name and whether it joins."""

    what: str
    sides: tuple[str, ...]
    all: str


# Purple Book numbers are not padded; the Orange Book splits type and number.
_KNOWN_APPLICATION = """
  EXISTS (SELECT 1 FROM row_application a WHERE a.application = c.value)
  OR EXISTS (SELECT 1 FROM row_product p WHERE p.appl_no = substr(c.value, -6)
             AND p.appl_type = CASE WHEN c.value LIKE 'NDA%' THEN 'N' WHEN c.value LIKE 'ANDA%' THEN 'A' END)
  OR (c.value LIKE 'BLA%' AND EXISTS (SELECT 1 FROM row_biologic b
      WHERE b.bla IN (substr(c.value, 4), ltrim(substr(c.value, 4), '0'))))"""


def _labels(kind: str, known: str) -> str:
    """Labels with a code of `kind`; one joins when any of its codes is `known`."""
    return f"""SELECT min(d.title || ' (' || c.value || ')'), max({known}) FROM code c
      JOIN document d ON d.set_id = c.set_id AND d.source = c.source AND d.kind = 'verbatim'
      WHERE c.kind = '{kind}' GROUP BY c.set_id ORDER BY 1"""  # noqa: S608 - both are constants of this module


_LISTED = """SELECT DISTINCT l.appl_type || l.appl_no || ' product ' || l.product_no,
  EXISTS (SELECT 1 FROM row_product p WHERE p.appl_no = l.appl_no AND p.appl_type = l.appl_type
          AND p.product_no = l.product_no) FROM {table} l ORDER BY 1"""

_JOINS = (
    _Join(
        "labels whose application is in neither Drugs@FDA, the Orange Book nor the Purple Book",
        ("code", "row_application|row_product|row_biologic"),
        _labels("application", _KNOWN_APPLICATION),
    ),
    _Join(
        "labels none of whose NDCs is in the NDC directory",
        ("code", "row_ndc_product"),
        _labels("ndc", "EXISTS (SELECT 1 FROM row_ndc_product n WHERE n.ndc = c.value)"),
    ),
    _Join(
        "labels none of whose RxCUIs is in RxNorm's loaded concepts",
        ("code", "row_rx_concept"),
        _labels("rxcui", "EXISTS (SELECT 1 FROM row_rx_concept r WHERE r.rxcui = c.value)"),
    ),
    _Join(
        "applications of the NDC directory that are not in Drugs@FDA",
        ("row_ndc_product", "row_application"),
        """SELECT n.application, EXISTS (SELECT 1 FROM row_application a WHERE a.application = n.application)
           FROM (SELECT DISTINCT application FROM row_ndc_product WHERE application <> '') n ORDER BY 1""",
    ),
    _Join(
        "products of Drugs@FDA without an application there",
        ("row_fda_product", "row_application"),
        """SELECT n.application, EXISTS (SELECT 1 FROM row_application a WHERE a.application = n.application)
           FROM (SELECT DISTINCT application FROM row_fda_product) n ORDER BY 1""",
    ),
    _Join(
        "packages of the NDC directory without a product there",
        ("row_ndc_package", "row_ndc_product"),
        """SELECT k.ndc, EXISTS (SELECT 1 FROM row_ndc_product n WHERE n.ndc = k.ndc)
           FROM (SELECT DISTINCT ndc FROM row_ndc_package) k ORDER BY 1""",
    ),
    _Join(
        "products with Orange Book patents that are not in its products file",
        ("row_patent", "row_product"),
        _LISTED.format(table="row_patent"),
    ),
    _Join(
        "products with Orange Book exclusivities that are not in its products file",
        ("row_exclusivity", "row_product"),
        _LISTED.format(table="row_exclusivity"),
    ),
    _Join(
        "licences of the Purple Book that are not in Drugs@FDA",
        ("row_biologic", "row_application"),
        """SELECT 'BLA ' || b.bla, EXISTS (SELECT 1 FROM row_application a
             WHERE a.application = 'BLA' || substr('000000' || b.bla, -6))
           FROM (SELECT DISTINCT bla FROM row_biologic) b ORDER BY 1""",
    ),
)


def unjoined(folder: Path) -> Iterator[Unjoined]:
    """What does not join in the edition in `folder`, one line for each kind of join."""
    with closing(sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro&immutable=1", uri=True)) as sql:
        for join in _JOINS:
            if all(any(_holds(sql, table) for table in side.split("|")) for side in join.sides):
                yield _counted(join.what, ((name, bool(joins)) for name, joins in sql.execute(join.all)))
            else:
                yield Unjoined(join.what, 0, None, ())
        yield _shortages(sql)


def _shortages(sql: sqlite3.Connection) -> Unjoined:
    """A shortage names a package, whose product the directory may know though not the package."""
    what = "presentations in shortage whose NDC is not printed or not in the NDC directory"
    if not (_holds(sql, "row_shortage") and _holds(sql, "row_ndc_product")):
        return Unjoined(what, 0, None, ())
    known = {ndc for (ndc,) in sql.execute("SELECT DISTINCT ndc FROM row_ndc_product")}
    rows = sql.execute("SELECT DISTINCT ndc, presentation FROM row_shortage ORDER BY ndc = '', ndc")
    return _counted(what, ((ndc or presentation, ndc_product(ndc) in known) for ndc, presentation in rows))


def _holds(sql: sqlite3.Connection, table: str) -> bool:
    return sql.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None  # noqa: S608 - own table names


def _counted(what: str, found: Iterator[tuple[str, bool]]) -> Unjoined:
    lost, total = [], 0
    for name, joins in found:
        total += 1
        if not joins:
            lost.append(name)
    return Unjoined(what, len(lost), total, tuple(lost[:_EXAMPLES]))
