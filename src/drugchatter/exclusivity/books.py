"""The books of one edition: each vintage of Orange Book listings with the newest products file, and the Purple Book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from drugchatter.exclusivity.biologics import PurpleBook, purple_book
from drugchatter.exclusivity.listings import OrangeBook, orange_book
from drugchatter.exclusivity.protection import Protection
from drugchatter.exclusivity.rules import protection
from drugchatter.protocols import Index
from drugchatter.rows import (
    BiologicRow,
    BiologicsFile,
    ExclusivityRow,
    ListingsFile,
    PatentRow,
    Placed,
    ProductRow,
    ProductsFile,
)

BookRow = ProductRow | PatentRow | ExclusivityRow | BiologicRow
Approved = TypeVar("Approved", ProductRow, BiologicRow)


@dataclass(frozen=True, slots=True)
class Books:
    """`listed`: an indexed Orange Book by edition of its listings (YYYY-MM-DD), all with the newest products file."""

    listed: Mapping[str, OrangeBook]
    purple: PurpleBook | None

    @property
    def newest(self) -> OrangeBook:
        return self.listed[max(self.listed)]

    @property
    def of_one_date(self) -> OrangeBook | None:
        """The listings of the products file's own date, if loaded: the earlier vintage that notes compare with."""
        return self.listed.get(self.newest.products_edition)

    def protection(self, name: str, edition: str | None = None, today: date | None = None) -> Protection | None:
        """What the listings of `edition` (default: the newest) say about `name`; None when no row names it.

        As of `today`, but never before the listings' own date, which is also the default. Raises KeyError when that
        edition is not loaded.
        """
        book = self.listed[edition] if edition else self.newest
        earlier = self.of_one_date if book is self.newest else None
        listed = date.fromisoformat(book.listings_edition)
        return protection(name, book, self.purple, as_of=max(today, listed) if today else None, earlier=earlier)


def index_books(
    products: tuple[ProductsFile, ...], listings: tuple[ListingsFile, ...], biologics: BiologicsFile | None
) -> Books | None:
    """Index parsed files; None when there is no products file or no listings to join."""
    if not products or not listings:
        return None
    newest = max(products, key=lambda file: file.edition)
    listed = {file.edition: orange_book(newest, file) for file in sorted(listings, key=lambda f: f.edition)}
    return Books(listed, purple_book(biologics) if biologics else None)


def holds_books(index: Index) -> bool:
    """Whether an edition holds an Orange Book: products, and listings to join to them."""
    return index.has_rows(ProductRow) and index.has_rows(PatentRow)


def read_books(index: Index, day: date | None = None) -> Books | None:
    """The Orange and Purple Books of an edition; with a `day`, as far as they told by then: later listings, products
    and licences are left out. None when there is no products file or no listings to join."""
    rows: tuple[list[Placed[Any]], ...] = tuple(
        index.rows(kind) for kind in (ProductRow, PatentRow, ExclusivityRow, BiologicRow)
    )
    return gather_books(((placed.place.edition, placed.row) for found in rows for placed in found), day)


def gather_books(rows: Iterable[tuple[str, BookRow]], day: date | None = None) -> Books | None:
    """The same of (edition, row) pairs in any order of kinds."""
    held: dict[type, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for edition, row in rows:
        held[type(row)][edition].append(row)
    listings = tuple(
        ListingsFile(edition, tuple(patents), tuple(held[ExclusivityRow][edition]))
        for edition, patents in sorted(held[PatentRow].items())
        if day is None or edition <= day.isoformat()
    )
    products = tuple(ProductsFile(edition, _until(found, day)) for edition, found in held[ProductRow].items())
    biologics = held[BiologicRow]
    newest = max(biologics, default="")
    return index_books(products, listings, BiologicsFile(newest, _until(biologics[newest], day)) if newest else None)


def _until(rows: list[Approved], day: date | None) -> tuple[Approved, ...]:
    """Rows approved by `day`; those without a date were approved long before."""
    return tuple(row for row in rows if day is None or row.approval_date is None or row.approval_date <= day)
