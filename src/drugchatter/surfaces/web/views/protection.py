"""What the Orange and Purple Books list for a drug, as a panel of its page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.protection import Protection, protection_json
from drugchatter.surfaces.lists import starter_notice
from drugchatter.surfaces.web.views.values import Cell, Panel, Table, View
from drugchatter.types import Drug


def protection_panel(books: Books | None, drug: Drug) -> Panel:
    """Patents, exclusivity, generics or biosimilars as the books list them; a word on why there is nothing."""
    if books is None:
        return Panel("protection", "Protection", "No Orange or Purple Book is loaded in this edition.")
    found = next((p for name in (drug.name, *drug.ingredients) if (p := books.protection(name))), None)
    partial = starter_notice(books) or ""
    if found is None:
        lead = f"No row of the loaded Orange and Purple Books names this drug. {partial}"
        return Panel("protection", "Protection", lead.strip())
    apart = "A listed date is no launch date: rulings, settlements and licences are not in them."
    lead = f"From FDA’s books. {apart} {partial}"
    return Panel("protection", "Protection", lead.strip(), _tables(found), _dates(protection_json(found)))


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


def _tables(found: Protection) -> tuple[Table, ...]:
    return _biosimilars(found) if found.bla else (_patents(found), _exclusivities(found))


def _patents(found: Protection) -> Table:
    rows = [
        (
            Cell(patent.number),
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


def _exclusivities(found: Protection) -> Table:
    rows = [
        (
            Cell(one.code),
            Cell(one.until.isoformat()),
            Cell(", ".join(one.extends)),
            Cell(f"{one.application} / {one.product}"),
        )
        for one in sorted(found.exclusivities, key=lambda one: (one.until, one.code, one.product))
    ]
    heads = ("Code", "Until", "Extends", "Application / product")
    note = f"FDA Orange Book, exclusivity.txt of {found.listed}"
    return Table("Regulatory exclusivity", heads, rows, note, "No exclusivity is listed.")


def _biosimilars(found: Protection) -> tuple[Table, ...]:
    assert found.bla is not None  # noqa: S101 - asked by the caller
    rows = [
        (
            Cell(" / ".join(one.names) or one.suffix_name),
            Cell(one.applicant),
            Cell(_day(one.licensed.on if one.licensed else None)),
            Cell("interchangeable" if one.interchangeable else "biosimilar"),
            Cell(", ".join(one.licence)),
            Cell(f"BLA{one.bla}"),
        )
        for one in found.bla.biosimilars
    ]
    heads = ("Name", "Applicant", "Licensed", "Rank", "Licence", "Application")
    note = f"FDA Purple Book, newest approval {found.bla.edition}; a licence is no launch"
    return (Table("Biosimilars", heads, rows, note, "No biosimilar is licensed."),)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not printed"
