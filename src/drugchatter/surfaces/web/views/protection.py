"""What the Orange and Purple Books list for a drug, as a panel of its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from drugchatter.engine import Engine
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.generics import makers_of
from drugchatter.exclusivity.protection import Maker, Protection, protection_json
from drugchatter.exclusivity.timeline import Timeline, timeline
from drugchatter.rows import BiologicRow, ExclusivityRow, PatentRow, ProductRow, RowRef
from drugchatter.surfaces.lists import starter_notice
from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.views.values import Cell, Figure, Panel, Table, View, source_path
from drugchatter.types import Drug

_ID, _TITLE = "protection", "Protection"


def protection_panel(engine: Engine, books: Books | None, drug: Drug) -> Panel:
    """Patents, exclusivity, generics or biosimilars as the books list them; a word on why there is nothing."""
    if books is None:
        return Panel(_ID, _TITLE, "No Orange or Purple Book is loaded in this edition.")
    found = next((p for name in (drug.name, *drug.ingredients) if (p := books.protection(name))), None)
    partial = starter_notice(books) or ""
    if found is None:
        lead = f"No row of the loaded Orange and Purple Books names this drug. {partial}"
        return Panel(_ID, _TITLE, lead.strip())
    apart = "A listed date is no launch date: rulings, settlements and licences are not in them."
    lead = f"From FDA’s books. {apart} {partial}"
    makers = () if found.bla else makers_of(books.newest, found.applications)
    rows = _Rows(engine, found, makers)
    tables = (_biosimilars(found, rows),) if found.bla else _listings(found, makers, rows)
    drawn = timeline(found, books.newest, datetime.now(UTC).date())
    figure = _figure(drawn) if drawn.bars else None
    return Panel(_ID, _TITLE, lead.strip(), tables, _dates(protection_json(found)), figure)


class _Rows:
    """The pages of the rows that print a drug's rights and its rivals."""

    def __init__(self, engine: Engine, found: Protection, makers: Iterable[Maker]) -> None:
        index, numbers = engine.index, {application[1:] for application in found.applications}
        if found.bla:
            biologics = {one.bla for one in found.bla.biosimilars}
            placed = index.rows(BiologicRow, bla={form for n in biologics for form in (n, n.lstrip("0"), n.zfill(6))})
            self._pages = {one.row.application: one.place.passage_id for one in reversed(placed)}
            return
        rivals = {ref.application[1:] for maker in makers for ref in maker.rows}
        refs = [(p.row.ref(p.place.edition), p.place.passage_id) for p in index.rows(PatentRow, appl_no=numbers)]
        refs += [(p.row.ref(p.place.edition), p.place.passage_id) for p in index.rows(ExclusivityRow, appl_no=numbers)]
        refs += [(p.row.ref(p.place.edition), p.place.passage_id) for p in index.rows(ProductRow, appl_no=rivals)]
        self._pages = {_key(ref): passage_id for ref, passage_id in refs}

    def page(self, refs: Iterable[RowRef]) -> str:
        """The page of the first row; empty when none is loaded."""
        return next((source_path(self._pages[_key(ref)]) for ref in refs if _key(ref) in self._pages), "")

    def licence(self, application: str) -> str:
        """The page of a biologic's first row."""
        found = self._pages.get(application) or self._pages.get(f"BLA{application[3:].lstrip('0')}")
        return source_path(found) if found else ""


def _key(ref: RowRef) -> str:
    item = "" if ref.file == "products.txt" else ref.item
    return "|".join((ref.file, ref.edition, ref.application, ref.product, item))


def _figure(drawn: Timeline) -> Figure:
    """The rights as bars, and as a table."""
    rows = [(Cell(bar.label), Cell(bar.kind), _ends(bar.end), _ends(bar.extended)) for bar in drawn.bars]
    rows += [(Cell(mark.label), Cell("approval"), _ends(mark.day), Cell("")) for mark in drawn.marks]
    kinds = {bar.kind for bar in drawn.bars}
    outlined = ["delist requested"] * ("delist requested" in kinds)
    outlined += ["pediatric months"] * any(bar.extended for bar in drawn.bars)
    keys = [("patent", "solid")] * ("patent" in kinds) + [("exclusivity", "striped")] * ("exclusivity" in kinds)
    keys += [(f"outline: {' or '.join(outlined)}", "open")] * bool(outlined)
    note = " ".join((f"{drawn.source}.", *drawn.notes))
    return Figure(
        drawn.title,
        pictures.protection_line(_ID, drawn),
        pictures.key(_ID, [label for label, _ in keys], [tone for _, tone in keys]),
        Table(drawn.title, ("Right", "Kind", "Ends", "With pediatric months"), rows, note),
    )


def _ends(day: date | None) -> Cell:
    return Cell(day.isoformat() if day else "")


def _dates(shown: View) -> tuple[tuple[str, str], ...]:
    """The dates that matter, in words."""
    last, bla = shown["last_exclusivity"], shown["bla"]
    named = [
        ("Nothing listed blocks a generic after", shown["nothing_listed_blocks_after"]),
        ("Without what a label can leave out", shown["ceiling_without_carveable"]),
        ("Last listed patent", shown["last_patent_expiry"]),
        ("… with pediatric extension", shown["last_patent_expiry_with_ped"]),
        (f"Last exclusivity ({last['code']})" if last else "", last and last["date"]),
        ("Reference product exclusivity", bla and bla["fda_ref_product_exclusivity"]),
        ("Twelve years from first licensure", bla and bla["twelve_year_date"]),
        ("Orphan exclusivity", bla and bla["orphan_exclusivity"]),
        ("As listed on", shown["listed"]),
        ("Products of", shown["products_file"] if shown["kind"] == "NDA" else None),
    ]
    return tuple((name, value) for name, value in named if value)


def _listings(found: Protection, makers: tuple[Maker, ...], rows: _Rows) -> tuple[Table, ...]:
    return _patents(found, rows), _exclusivities(found, rows), _generics(found, makers, rows)


def _patents(found: Protection, links: _Rows) -> Table:
    rows = [
        (
            Cell(patent.number, links.page((*patent.rows, *patent.pediatric_rows))),
            Cell(_day(patent.expiry)),
            Cell(_day(patent.expiry_with_ped) if patent.pediatric else ""),
            Cell(_claims(patent.substance, patent.product, patent.use_codes)),
            Cell("delist requested" if patent.delisted else "expired" if patent.expired else "listed"),
            Cell(f"{patent.application} / {', '.join(patent.products)}"),
        )
        for patent in sorted((*found.patents, *found.delisted), key=lambda p: (p.expiry_with_ped or date.max, p.number))
    ]
    heads = ("Patent", "Expires", "With pediatric extension", "Claims", "Status", "Application / products")
    return Table(
        "Listed patents", heads, rows, f"FDA Orange Book, patent.txt of {found.listed}", "No patent is listed."
    )


def _claims(substance: bool, product: bool, use_codes: Iterable[str]) -> str:
    claims = [*(["substance"] if substance else []), *(["product"] if product else []), *use_codes]
    return ", ".join(claims) or "not stated"


def _exclusivities(found: Protection, links: _Rows) -> Table:
    rows = [
        (
            Cell(one.code, links.page(one.rows)),
            Cell(one.until.isoformat()),
            Cell(", ".join(one.extends)),
            Cell(f"{one.application} / {one.product}"),
        )
        for one in sorted(found.exclusivities, key=lambda one: (one.until, one.code, one.product))
    ]
    heads = ("Code", "Until", "Extends", "Application / product")
    note = f"FDA Orange Book, exclusivity.txt of {found.listed}"
    return Table("Regulatory exclusivity", heads, rows, note, "No exclusivity is listed.")


def _generics(found: Protection, makers: Iterable[Maker], links: _Rows) -> Table:
    """Who holds approved generics of its strengths: rated as substitutable first."""
    rows = [
        (
            Cell(maker.applicant),
            Cell(maker.first.on.isoformat() if maker.first else "not printed"),
            Cell(f"rated {', '.join(maker.codes)}" if maker.codes else "not rated equivalent"),
            Cell("listed" if maker.active else "discontinued"),
            Cell(", ".join(maker.applications), links.page(maker.rows)),
        )
        for maker in makers
    ]
    heads = ("Applicant", "First approved", "Rating", "Standing", "Application")
    note = f"FDA Orange Book, products.txt of {found.products_file}; an approval is no launch"
    return Table("Approved generics", heads, rows, note, "No generic of its strengths is approved.")


def _biosimilars(found: Protection, links: _Rows) -> Table:
    assert found.bla is not None  # noqa: S101 - asked by the caller
    rows = [
        (
            Cell(" / ".join(one.names) or one.suffix_name),
            Cell(one.applicant),
            Cell(_day(one.licensed.on if one.licensed else None)),
            Cell("interchangeable" if one.interchangeable else "biosimilar"),
            Cell(", ".join(one.licence)),
            Cell(f"BLA{one.bla}", links.licence(f"BLA{one.bla}")),
        )
        for one in found.bla.biosimilars
    ]
    heads = ("Name", "Applicant", "Licensed", "Rank", "Licence", "Application")
    note = f"FDA Purple Book, newest approval {found.bla.edition}; a licence is no launch"
    return Table("Biosimilars", heads, rows, note, "No biosimilar is licensed.")


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not printed"
