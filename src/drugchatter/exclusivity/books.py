"""The books of one edition: each vintage of Orange Book listings with the newest products file, and the Purple Book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from drugchatter.exclusivity.biologics import PurpleBook, purple_book
from drugchatter.exclusivity.listings import OrangeBook, orange_book
from drugchatter.exclusivity.protection import Protection
from drugchatter.exclusivity.rules import protection
from drugchatter.rows import BiologicsFile, ListingsFile, ProductsFile


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
