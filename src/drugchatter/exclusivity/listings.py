"""Orange Book rows brought together by application, and names brought to applications.

A products file and a listings file of different dates are joined on application type, number and product number; what
one of them does not know is kept and reported, never dropped. The work is done once, lookups are by key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from drugchatter.exclusivity.protection import Level
from drugchatter.identity import base_ingredient
from drugchatter.rows import ExclusivityRow, ListingsFile, PatentRow, ProductRow, ProductsFile

# Section 4 of the rules: a waived exclusivity stands in place of one that would block, and blocks nothing.
WAIVED = "W"

Row = TypeVar("Row", ProductRow, PatentRow, ExclusivityRow)


@dataclass(frozen=True, slots=True)
class OrangeBook:
    """Rows by application. `anda` holds the generics by (ingredient, form and route),
    the first approved first; `listing` the applications that
    list a patent number; `names` the (trade name, application) pairs by the first word of the name in capitals;
    `substances` the applications of an ingredient.
    """

    products_edition: str
    listings_edition: str
    products: Mapping[str, tuple[ProductRow, ...]]
    patents: Mapping[str, tuple[PatentRow, ...]]
    exclusivities: Mapping[str, tuple[ExclusivityRow, ...]]
    anda: Mapping[tuple[str, str], tuple[ProductRow, ...]]
    listing: Mapping[str, frozenset[str]]
    names: Mapping[str, frozenset[tuple[str, str]]]
    substances: Mapping[str, frozenset[str]]

    def product_numbers(self, application: str) -> tuple[str, ...]:
        """Every product of `application` that any of the three files knows."""
        rows = (self.products, self.patents, self.exclusivities)
        return tuple(sorted({row.product_no for table in rows for row in table.get(application, ())}))

    def known(self, application: str, product: str) -> ProductRow | None:
        """The products file's row, None when it does not know the product."""
        return next((row for row in self.products.get(application, ()) if row.product_no == product), None)


def orange_book(products: ProductsFile, listings: ListingsFile) -> OrangeBook:
    """Index the rows of two files, whose dates may differ. Only NDAs are asked about; ANDAs are kept as generics."""
    anda: dict[tuple[str, str], list[ProductRow]] = defaultdict(list)
    listing: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[tuple[str, str]]] = defaultdict(set)
    substances: dict[str, set[str]] = defaultdict(set)
    for row in products.rows:
        if row.appl_type == "A":
            anda[row.ingredient, row.form_route].append(row)
            continue
        trade_name = " ".join(row.trade_name.split())
        names[_first_word(trade_name)].add((trade_name, row.application))
        for moiety in moieties(row.ingredient):
            substances[moiety].add(row.application)
    for patent in listings.patents:
        listing[patent.base].add(patent.application)
    return OrangeBook(
        products.edition,
        listings.edition,
        _by_application(products.rows),
        _by_application(listings.patents),
        _by_application(listings.exclusivities),
        {key: tuple(sorted(rows, key=by_approval)) for key, rows in anda.items()},
        {number: frozenset(found) for number, found in listing.items()},
        {name: frozenset(found) for name, found in names.items()},
        {name: frozenset(found) for name, found in substances.items()},
    )


def by_approval(row: ProductRow) -> tuple[date, str, str]:
    """The order of approval, of equal dates the lowest number first; rows without a date stand last."""
    return row.approval_date or date.max, row.application, row.product_no


def _by_application(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.application].append(row)
    return {application: tuple(group) for application, group in found.items()}


def listed_until(book: OrangeBook, application: str) -> date | None:
    """The last day of anything listed for an application: the ceiling alone, without its rows, for passing over many.

    Same rule as `exclusivity.dates_of`, which gives the rows too; a test holds the two together.
    """
    own: dict[tuple[str, str], date] = {}
    extended: dict[tuple[str, str], date] = {}
    delisted = set()
    for row in book.patents.get(application, ()):
        key = row.product_no, row.base
        if row.delist_requested and not row.pediatric:
            delisted.add(key)
        if row.expiry:
            dates = extended if row.pediatric else own
            dates[key] = max(row.expiry, dates.get(key, row.expiry))
    ends = [day for key, day in {**own, **extended}.items() if key not in delisted]
    rights = book.exclusivities.get(application, ())
    ends += [row.until for row in rights if row.until and row.code != WAIVED and row.appl_type == "N"]
    return max(ends, default=None)


# -------------------------------------------------------------------------------------------------------------- names


@lru_cache(maxsize=4096)
def moieties(ingredient: str) -> frozenset[str]:
    """The active moieties of an Ingredient field, lower case and without salts.

    Components are separated by `;`, and inside one co-packaged unit by `,` (`ELAGOLIX SODIUM,ESTRADIOL; ELAGOLIX
    SODIUM`). A salt in capitals is a different string but the same moiety: `SITAGLIPTIN PHOSPHATE`, `SITAGLIPTIN`.
    """
    parts = (part.strip() for part in re.split(r"[;,]", ingredient))
    return frozenset(base_ingredient(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Named:
    """The applications that a name means: `combinations` hold the ingredient together with others, to be told apart."""

    level: Level
    applications: tuple[str, ...]
    combinations: tuple[str, ...] = ()


def resolve(book: OrangeBook, name: str) -> Named | None:
    """The NDAs that `name` means, None when the products file knows none.

    An ingredient's name means every NDA of that moiety, in any salt, and alone; where all are combinations, these. An
    application number (`N021995`) means itself, even when the products file does not know it. Else a trade name means
    all NDAs that carry it, exactly or followed by something other than a letter or digit (`ADVAIR DISKUS 100/50`);
    never one, since one brand may sit in several NDAs.
    """
    wanted = " ".join(name.split())
    if re.fullmatch(r"N\d{6}", wanted.upper()):
        application = wanted.upper()
        known = application in book.products or application in book.patents or application in book.exclusivities
        return Named("application", (application,)) if known else None
    substance = book.substances.get(base_ingredient(wanted)) if wanted else None
    if substance:
        alone = {a for a in substance if any(len(moieties(row.ingredient)) == 1 for row in book.products[a])}
        return Named("ingredient", tuple(sorted(alone or substance)), tuple(sorted(substance - alone if alone else ())))
    pairs = book.names.get(_first_word(wanted), frozenset())
    found = {application for trade_name, application in pairs if carries(trade_name, wanted)}
    return Named("brand", tuple(sorted(found))) if found else None


def _first_word(name: str) -> str:
    """The letters and digits a name begins with: names that begin with one another share them."""
    return next(iter(re.findall(r"^[^\W_]+", name.upper())), "")


def carries(trade_name: str, name: str) -> bool:
    """Whether a trade name is `name`, or begins with it and goes on with neither letter nor digit."""
    trade_name, name = trade_name.upper(), name.upper()
    rest = trade_name.removeprefix(name)
    return bool(name) and (trade_name == name or (trade_name.startswith(name) and not rest[:1].isalnum()))
