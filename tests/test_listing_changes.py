"""What changed in a drug's listings between editions: each change with the rows of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from drugchatter.evals.loe import load
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.citations import cite_row
from drugchatter.exclusivity.listing_changes import between, change_json, listing_changes
from drugchatter.exclusivity.listings import orange_book
from drugchatter.rows import ExclusivityRow, ListingsFile, PatentRow, ProductsFile
from drugchatter.surfaces.lists import listing_rows
from drugchatter.types import Document, Drug
from test_exclusivity import alpha, book, granted, listed, steady

SHARED = Path(__file__).parents[2] / "shared"


def changes(
    before: Iterable[str], after: Iterable[str], held: Iterable[str] = (), now: Iterable[str] = ()
) -> list[tuple[str, str, str, str]]:
    old, new = book([alpha()], before, held, "2024-11-08"), book([alpha()], after, now, "2026-06-10")
    found = listing_changes(Books({"2024-11-08": old, "2026-06-10": new}, None), "alphaz")
    assert found is not None
    return [(change.right, change.what, str(change.was), str(change.now)) for change in found]


ONE = "N~900001~001~1111111~Jan 5, 2030~Y~~~~"


def test_a_patent_is_listed_removed_or_ended() -> None:
    ended = "N~900001~001~2222222~Jan 5, 2025~Y~~~~"
    assert changes([], [ONE]) == [("patent 1111111", "listed", "None", "2030-01-05")]
    assert changes([ONE, ended], []) == [
        ("patent 1111111", "removed", "2030-01-05", "None"),
        ("patent 2222222", "ended", "2025-01-05", "None"),
    ]
    assert changes([ONE], [ONE]) == []


def test_a_date_that_moved_pediatric_months_included() -> None:
    later = ONE.replace("2030", "2031")
    assert changes([ONE], [later]) == [("patent 1111111", "extended", "2030-01-05", "2031-01-05")]
    assert changes([later], [ONE]) == [("patent 1111111", "shortened", "2031-01-05", "2030-01-05")]
    extended = changes([ONE], [ONE, "N~900001~001~1111111*PED~Jul 5, 2030~~~~~"])
    assert extended == [("patent 1111111", "extended", "2030-01-05", "2030-07-05")]


def test_delist_requests_and_strengths() -> None:
    other = ONE.replace("~001~", "~002~")
    asked = "N~900001~001~1111111~Jan 5, 2030~Y~~~Y~"
    assert [what for _, what, _, _ in changes([ONE], [asked])] == ["delist requested"]
    assert [what for _, what, _, _ in changes([asked], [ONE])] == ["delist request withdrawn"]
    assert [what for _, what, _, _ in changes([ONE], [ONE, other])] == ["listed for more products"]
    assert [what for _, what, _, _ in changes([ONE, other], [ONE])] == ["removed for some products"]


def test_exclusivities_are_added_extended_and_ended() -> None:
    held, now = ["N~900001~001~NCE~Jan 5, 2025", "N~900001~001~NP~Jan 5, 2027"], ["N~900001~001~ODE-9~Jan 5, 2033"]
    assert changes([], [], held, now) == [
        ("exclusivity NCE", "ended", "2025-01-05", "None"),
        ("exclusivity NP", "removed", "2027-01-05", "None"),
        ("exclusivity ODE-9", "listed", "None", "2033-01-05"),
    ]


def test_one_edition_has_no_changes_and_an_unknown_name_none() -> None:
    books = Books({"2026-06-10": book([alpha()], [ONE])}, None)
    assert listing_changes(books, "alphaz") == ()
    assert listing_changes(books, "nowhere") is None


@steady
@given(listed, granted, listed, granted)
def test_every_change_names_rows_of_its_editions_and_turns_round(
    rows: list[PatentRow], rights: list[ExclusivityRow], later: list[PatentRow], granted_later: list[ExclusivityRow]
) -> None:
    products = ProductsFile("2024-11-08", ())
    old = orange_book(products, ListingsFile("2024-11-08", tuple(rows), tuple(rights)))
    new = orange_book(products, ListingsFile("2026-06-10", tuple(later), tuple(granted_later)))
    applications = sorted({row.application for row in (*rows, *rights, *later, *granted_later)})
    found = list(between(old, new, applications))
    for change in found:
        assert change.rows_before or change.rows_after
        assert {ref.edition for ref in change.rows_before} <= {"2024-11-08"}
        assert {ref.edition for ref in change.rows_after} <= {"2026-06-10"}
    turned = replace(new, listings_edition="1990-01-01"), replace(old, listings_edition="1991-01-01")
    back = list(between(*turned, applications))
    assert len(back) == len(found)
    assert {(c.right, c.was, c.now) for c in found} == {(c.right, c.now, c.was) for c in back}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the publishers' files of ../shared")
def test_a_real_listing_that_shrank_is_told_with_citable_rows() -> None:
    books = load(SHARED / "data" / "orangebook")
    found = listing_changes(books, "Xarelto")
    assert found is not None
    gone = [c for c in found if c.right == "patent 10828310" and "004" in c.products and c.what.startswith("removed")]
    assert gone
    heads, rows = listing_rows(found)
    assert all(len(row) == len(heads) for row in rows)
    assert change_json(gone[0])["rows_before"][0]["edition"] < "2026-06-10"
    document = Document("", "", date(2026, 6, 10), "orange_book", "FDA", "Xarelto", "", (), (), "row", "xarelto")
    drug = Drug("xarelto", "Xarelto", "rivaroxaban", (), (), document, "", 0)
    for change in found:
        for ref in (*change.rows_before, *change.rows_after):
            assert ref.item.split("*")[0] in cite_row(ref, drug, books.listed[ref.edition], None).passage.text
