"""A row of the books as a citable passage: one small template a file, cited by file, row key and edition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from drugchatter.exclusivity.biologics import PurpleBook
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.row_citations import ROW_ID, cited, mark_of
from drugchatter.row_text import (
    BIOLOGIC_DATES,
    biologic_date,
    biologic_text,
    exclusivities_text,
    patents_text,
    row_text,
)
from drugchatter.rows import ProductRow, RowRef
from drugchatter.types import Drug, Passage, RowCitation

_FIELDS = {
    "patent.txt": ("patent", "Orange Book patent listings"),
    "exclusivity.txt": ("exclusivity", "Orange Book exclusivity listings"),
    "products.txt": ("product", "Orange Book products"),
    "purplebook.csv": ("biologic", "Purple Book"),
}


def cite_row(
    ref: RowRef, drug: Drug | None, book: OrangeBook, purple: PurpleBook | None, derived: str = ""
) -> RowCitation:
    """The row that `ref` names, as a passage of its file's edition; `drug` is what it is cited for, where that is
    known; `derived` says what was computed from it, and lengthens the id of the row (see `row_citations.row_id`).

    Raises KeyError when the row is not in the books.
    """
    row = _text(ref, book, purple)
    text = row + (f"; {derived}" if derived else "")
    field, title = _FIELDS[ref.file]
    heading = f"{ref.application} product {ref.product}".strip()
    passage = Passage(
        _identity(ref.file, row) + mark_of(derived), ref.application, ref.edition, field, heading, "fact", text
    )
    source = "orange_book" if ref.file != "purplebook.csv" else "purple_book"
    return cited(passage, source, f"{title} ({ref.file})", drug)


def _identity(file: str, text: str) -> str:
    """The id of a row's passage, as the store makes it."""
    return hashlib.sha256(f"{file}\x1f{text}".encode()).hexdigest()[:ROW_ID]


def find_citation(passage_id: str, books: Books) -> RowCitation | None:
    """The rows that answers cite together under `passage_id`, of the newest edition that prints them so; None for any
    other id."""
    for book in (books.listed[edition] for edition in sorted(books.listed, reverse=True)):
        for ref in _refs(book, books.purple):
            if _identity(ref.file, _text(ref, book, books.purple)) == passage_id:
                return cite_row(ref, None, book, books.purple)
    return None


def _refs(book: OrangeBook, purple: PurpleBook | None) -> Iterator[RowRef]:
    """What can be cited otherwise than row by row: patents and exclusivities, and each date of a biologic."""
    for patents in book.patents.values():
        yield from {row.ref(book.listings_edition) for row in patents}
    for exclusivities in book.exclusivities.values():
        yield from {row.ref(book.listings_edition) for row in exclusivities}
    if purple:
        for biologics in purple.by_bla.values():
            yield from (row.ref(purple.edition, column) for row in biologics for column in BIOLOGIC_DATES)


def _text(ref: RowRef, book: OrangeBook, purple: PurpleBook | None) -> str:
    if ref.file == "patent.txt":
        patents = [r for r in book.patents[ref.application] if (r.product_no, r.patent_no) == (ref.product, ref.item)]
        return patents_text(patents)
    if ref.file == "exclusivity.txt":
        return exclusivities_text(
            [r for r in book.exclusivities[ref.application] if (r.product_no, r.code) == (ref.product, ref.item)]
        )
    if ref.file == "products.txt":
        return row_text(_known_product(ref, book))
    assert purple is not None  # noqa: S101 - a reference to it comes from it
    rows = [r for r in purple.by_bla[ref.application.removeprefix("BLA")] if r.product_no == ref.product]
    return biologic_text(max(rows, key=lambda row: biologic_date(row, ref.item) is not None), ref.item)


def _known_product(ref: RowRef, book: OrangeBook) -> ProductRow:
    rows = [*book.products.get(ref.application, ()), *(r for group in book.anda.values() for r in group)]
    return next(r for r in rows if r.application == ref.application and r.product_no == ref.product)
