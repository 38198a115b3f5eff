"""Lists over all drugs: who loses protection in a year, by applicant, by ingredient, biologics, first generics, new
patents. Pure functions over the loaded books; every line names its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from drugchatter.exclusivity import biologics
from drugchatter.exclusivity.biologics import PurpleBook
from drugchatter.exclusivity.generics import first_of_same_strength
from drugchatter.exclusivity.listings import OrangeBook, listed_until, moieties
from drugchatter.exclusivity.protection import Dated, Dates, Driver, Kind
from drugchatter.exclusivity.rules import dates_of, exclusivities_of, patents_of
from drugchatter.identity import base_ingredient
from drugchatter.rows import BiologicRow, PatentRow


@dataclass(frozen=True, slots=True)
class Line:
    """One application with the last day of its listed protection.

    `names` is empty when the products file does not know the application yet (its name is unknown, it is not dropped).
    `after` is the ceiling of an NDA, the twelve-year date of a biologic; `hard` only NDAs have. `marketed` is whether a
    product of it is sold by prescription or over the counter according to the products file.
    """

    kind: Kind
    application: str
    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    applicants: tuple[str, ...]
    marketed: bool
    after: Dated
    hard: Dated | None
    driver: Driver
    basis: str


@dataclass(frozen=True, slots=True)
class FirstGeneric:
    """An NDA whose first generic of one of its strengths was approved on `approved`, `by` that application."""

    application: str
    names: tuple[str, ...]
    approved: Dated
    by: str


@dataclass(frozen=True, slots=True)
class NewPatent:
    """A patent number that an application lists now and did not list in the earlier edition."""

    application: str
    names: tuple[str, ...]
    number: str
    expiry: date | None
    products: tuple[str, ...]
    delisted: bool


def protected(book: OrangeBook, year: int | None = None) -> tuple[Line, ...]:
    """Every NDA with something listed, by the day its protection ends, then by number; of one year if given."""
    day = date.fromisoformat(book.listings_edition)
    listed = sorted({a for a in (*book.patents, *book.exclusivities) if a.startswith("N")})
    ending = [a for a in listed if (end := listed_until(book, a)) and year in {None, end.year}]
    lines = [line for a in ending if (line := _line(book, a, _dates(book, a, day)))]
    return tuple(sorted(lines, key=lambda line: (line.after.on, line.application)))


def _dates(book: OrangeBook, application: str, day: date) -> Dates:
    patents = patents_of(book.patents.get(application, ()), book.listings_edition, day)
    return dates_of(patents, exclusivities_of(book.exclusivities.get(application, ()), book.listings_edition), day)


def _line(book: OrangeBook, application: str, dates: Dates) -> Line | None:
    if dates.ceiling is None:
        return None
    rows = book.products.get(application, ())
    return Line(
        kind="NDA",
        application=application,
        names=tuple(sorted({row.trade_name for row in rows})),
        ingredients=tuple(sorted({row.ingredient for row in rows})),
        applicants=tuple(sorted({name for row in rows for name in (row.applicant, row.applicant_full_name)})),
        marketed=any(row.type in {"RX", "OTC"} for row in rows),
        after=dates.ceiling,
        hard=dates.hard,
        driver=dates.driver,
        basis="listed in the Orange Book",
    )


def protected_biologics(book: PurpleBook) -> tuple[Line, ...]:
    """Every BLA of a reference product that has a twelve-year date, printed by FDA or computed (`basis` says which)."""
    lines = []
    for bla, all_rows in book.by_bla.items():
        rows = [row for row in all_rows if row.type == biologics.REFERENCE]
        if not rows:
            continue
        found = biologics.biologic(book, rows)
        if found.twelve_year and any("evoked" not in row.licensure for row in rows):
            lines.append(_biologic_line(bla, rows, found.twelve_year, found.twelve_year_basis))
    return tuple(sorted(lines, key=lambda line: (line.after.on, line.application)))


def _biologic_line(bla: str, rows: list[BiologicRow], after: Dated, basis: str) -> Line:
    return Line(
        kind="BLA",
        application=f"BLA{bla}",
        names=tuple(sorted({row.proprietary_name for row in rows if row.proprietary_name})),
        ingredients=tuple(sorted({row.proper_name for row in rows})),
        applicants=tuple(sorted({row.applicant for row in rows})),
        marketed=any(row.marketing in {"Rx", "OTC"} for row in rows),
        after=after,
        hard=None,
        driver="exclusivity",
        basis=basis,
    )


def losing_protection(book: OrangeBook, year: int, purple: PurpleBook | None = None) -> tuple[Line, ...]:
    """What is listed up to a day of `year` and no longer: the NDAs, and after them the biologics if `purple` is given.

    An NDA's day is its ceiling in these listings; a biologic's the end of its twelve years.
    """
    ending = [line for line in protected_biologics(purple) if line.after.on.year == year] if purple else []
    return (*protected(book, year), *ending)


def by_applicant(lines: Iterable[Line], applicant: str) -> tuple[Line, ...]:
    """The lines of an applicant; FDA's short and full names are both searched for the words given, in any case."""
    wanted = " ".join(applicant.lower().split())
    return tuple(line for line in lines if wanted and any(wanted in name.lower() for name in line.applicants))


def by_ingredient(lines: Iterable[Line], ingredient: str) -> tuple[Line, ...]:
    """The lines that hold an ingredient, alone or combined, in any salt."""
    wanted = base_ingredient(ingredient)
    return tuple(line for line in lines if any(wanted in moieties(held) for held in line.ingredients))


def of_kind(lines: Iterable[Line], kind: Kind) -> tuple[Line, ...]:
    """NDA or BLA only."""
    return tuple(line for line in lines if line.kind == kind)


def first_generic_since(book: OrangeBook, since: date) -> tuple[FirstGeneric, ...]:
    """NDAs whose first generic of the same strength was approved on `since` or later. Approval is no launch."""
    found = []
    for application, rows in book.products.items():
        first = first_of_same_strength(book, application) if application.startswith("N") else None
        if first and first.on >= since:
            names = tuple(sorted({row.trade_name for row in rows}))
            found.append(FirstGeneric(application, names, first, first.items[0]))
    return tuple(sorted(found, key=lambda generic: (generic.approved.on, generic.application)))


def new_patents(now: OrangeBook, before: OrangeBook) -> tuple[NewPatent, ...]:
    """Patents that an application lists in `now` and did not in `before`, delist-requested ones marked."""
    found = []
    for application, rows in sorted(now.patents.items()):
        old = {row.base for row in before.patents.get(application, ())}
        names = tuple(sorted({row.trade_name for row in now.products.get(application, ())}))
        groups: dict[str, list[PatentRow]] = defaultdict(list)
        for row in rows:
            if row.base not in old:
                groups[row.base].append(row)
        found += [_new(application, names, number, group) for number, group in sorted(groups.items())]
    return tuple(found)


def _new(application: str, names: tuple[str, ...], number: str, rows: list[PatentRow]) -> NewPatent:
    base = [row for row in rows if not row.pediatric]
    expiry = max((row.expiry for row in base if row.expiry), default=None)
    products = tuple(sorted({row.product_no for row in rows}))
    return NewPatent(application, names, number, expiry, products, all(row.delist_requested for row in base))
