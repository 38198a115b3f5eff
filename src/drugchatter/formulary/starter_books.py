"""Books that hold the starter's rows: they answer for the names whose rows they hold in full, and for no others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.protection import Level, Protection
from drugchatter.formulary.book_rows import read_starter_rows
from drugchatter.identity import base_ingredient
from drugchatter.protocols import Index
from drugchatter.rows import BiologicRow, ProductRow
from drugchatter.types import STARTER, Notice

ORANGE, PURPLE = "orange_book", "purple_book"


@dataclass(frozen=True, slots=True)
class StarterBooks(Books):
    """Books of which the Orange one (`orange`), the Purple one (`biologics`), or both hold the starter's rows only."""

    orange: bool
    biologics: bool
    answered: frozenset[str]

    def protection(self, name: str, edition: str | None = None, today: date | None = None) -> Protection | None:
        """As of `Books`, but None too for a name that these rows know in part: of a combination's other ingredients
        they hold some products and no patents."""
        found = Books.protection(self, name, edition, today)
        if found is None or not (self.biologics if found.kind == "BLA" else self.orange):
            return found
        return found if lookup_key(name, found.level) in self.answered else None

    def notice(self, sources: Collection[str] = (ORANGE, PURPLE)) -> Notice | None:
        """That what was told from the rows of `sources` rests on the starter's, and of when these are; None where it
        does not."""
        held = []
        if self.orange and ORANGE in sources:
            dates = sorted({*self.listed, self.newest.products_edition})
            held.append(f"the Orange Book of {' and '.join(dates)}")
        if self.biologics and self.purple and PURPLE in sources:
            held.append(f"the Purple Book up to {self.purple.edition}")
        if not held:
            return None
        return Notice(
            "starter_data",
            f"From the starter data, which hold the rows of their own drugs only: {', '.join(held)}. "
            "`drugchatter sync` loads the whole files.",
        )


def lookup_key(name: str, level: Level) -> str:
    """What a name is looked up by: an ingredient without its salt, else the name in lower case."""
    return base_ingredient(name) if level == "ingredient" else " ".join(name.lower().split())


def among_starter(books: Books, index: Index) -> Books:
    """`books`, read from `index`, as StarterBooks where it holds the starter's rows of one of them."""
    orange, biologics = (index.has_rows(kind, source=STARTER) for kind in (ProductRow, BiologicRow))
    if not orange and not biologics:
        return books
    return StarterBooks(books.listed, books.purple, orange, biologics, read_starter_rows().answered)
