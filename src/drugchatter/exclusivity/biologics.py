"""Biologics by their own law, from the Purple Book. The Orange Book lists no patents for them.

Law: PHS Act section 351(k)(7): a biosimilar may be approved twelve years after the date of first licensure of its
reference product; a supplement, or a later application of the same sponsor for another indication, route, form or
strength, starts no such period. Former NDAs became BLAs on 23 March 2020 ("deemed") and have no twelve years of their
own [FDA's lists of the transition; FDA's position]. Section 351(k)(6): the first interchangeable's exclusivity stands
only against later findings of interchangeability.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from drugchatter.exclusivity.protection import Biologic, Biosimilar, Dated, Level, merged_rows
from drugchatter.rows import BiologicRow, BiologicsFile

REFERENCE = "351(a)"
INTERCHANGEABLE = "351(k) Interchangeable"

_APPROVAL, _FIRST = "Approval Date", "Date of First Licensure"
_UNTIL, _ORPHAN = "Ref. Product Exclusivity Exp. Date", "Orphan Exclusivity Exp. Date"
# Numbers that FDA's biologics centres gave themselves; a BLA with any other number was an NDA until 2020.
_BORN_BLA = re.compile(r"1[0-2]\d{4}|76\d{4}")
_SUFFIX = re.compile(r"-[a-z]{4}$")


@dataclass(frozen=True, slots=True)
class PurpleBook:
    """Rows by what they are looked up by: BLA number, brand and proper name (of 351(a)) in lower case, and the proper
    name of the reference product (of 351(k))."""

    edition: str
    by_bla: Mapping[str, tuple[BiologicRow, ...]]
    by_brand: Mapping[str, tuple[BiologicRow, ...]]
    by_proper_name: Mapping[str, tuple[BiologicRow, ...]]
    by_reference: Mapping[str, tuple[BiologicRow, ...]]


def purple_book(file: BiologicsFile) -> PurpleBook:
    """Index the rows of a file; done once, lookups are by key."""
    reference = [row for row in file.rows if row.type == REFERENCE]
    biosimilar = [row for row in file.rows if row.type != REFERENCE]
    return PurpleBook(
        file.edition,
        _index(file.rows, lambda row: (row.bla,)),
        _index(file.rows, brands),
        _index(reference, lambda row: (_plain(row.proper_name),)),
        _index(biosimilar, lambda row: (_plain(row.reference_proper_name),)),
    )


def _index(
    rows: Iterable[BiologicRow], keys: Callable[[BiologicRow], Iterable[str]]
) -> dict[str, tuple[BiologicRow, ...]]:
    found: dict[str, list[BiologicRow]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            found[key].append(row)
    return {key: tuple(group) for key, group in found.items()}


def resolve(book: PurpleBook, name: str) -> tuple[Level, tuple[BiologicRow, ...]] | None:
    """The rows that `name` means: a brand exactly (`Eylea` is not `Eylea HD`), else a brand that begins with it, else a
    proper name with or without its four-letter suffix; None when there is none. Only rows of 351(a) for a proper name.
    """
    wanted = _plain(name)
    if not wanted:
        return None
    if wanted in book.by_brand:
        return "brand", book.by_brand[wanted]
    longer = [row for brand, rows in book.by_brand.items() if brand.startswith(wanted + " ") for row in rows]
    if longer:
        return "brand", tuple(dict.fromkeys(longer))
    named = [row for name, rows in book.by_proper_name.items() if wanted in _proper(name) for row in rows]
    return ("ingredient", tuple(named)) if named else None


def brands(row: BiologicRow) -> frozenset[str]:
    """The brand names of a row, lower case: `Epogen/Procrit` and `prolastin,prolastin-c` are lists, `N/A` is none."""
    return _brands(row.proprietary_name)


@lru_cache(maxsize=16384)
def _brands(names: str) -> frozenset[str]:
    if _plain(names) == "n/a":
        return frozenset()
    return frozenset(_plain(part) for part in re.split(r"[,/]", names) if part.strip())


def biologic(book: PurpleBook, rows: Iterable[BiologicRow]) -> Biologic:
    """What the Purple Book says of the brand or substance whose rows are `rows`.

    The date of first licensure is taken over all rows of the BLA, not of the brand: KESIMPTA of 2020 is a supplement to
    ARZERRA's BLA of 2009.
    """
    rows = tuple(rows)
    numbers = sorted({row.bla for row in rows})
    of_bla = [row for number in numbers for row in book.by_bla[number]]
    proper = sorted({row.proper_name for row in rows})
    same = _same_substance_and_sponsor(book, of_bla)
    first = _earliest(same, book)
    first_row = next((row for row in same if first and row.ref(book.edition, _APPROVAL) in first.rows), None)
    licensure = _least(book, ((row.first_licensure, row) for row in of_bla), _FIRST)
    until = _most(book, ((row.reference_until, row) for row in of_bla), _UNTIL)
    references = {row.bla for row in of_bla if row.type == REFERENCE}
    deemed = any(not _BORN_BLA.fullmatch(number) for number in references)
    twelve, basis = _twelve_years(deemed, until, first, own_period=bool(references))
    return Biologic(
        edition=book.edition,
        bla_numbers=tuple(numbers),
        proper_names=tuple(proper),
        brand_first_approval=_earliest(rows, book),
        bla_first_approval=_earliest(of_bla, book),
        same_substance_first=first,
        first_bla=first_row.bla if first_row else "",
        first_name=first_row.proprietary_name if first_row else "",
        first_licensure=licensure,
        reference_until=until,
        deemed=deemed,
        twelve_year=twelve,
        twelve_year_basis=basis,
        orphan_until=_most(book, ((row.orphan_until, row) for row in of_bla), _ORPHAN),
        marketing=tuple(Counter(row.marketing for row in rows).items()),
        licensure=tuple(sorted({row.licensure for row in rows})),
        biosimilars=biosimilars(book, proper),
    )


def _twelve_years(
    deemed: bool, printed: Dated | None, first: Dated | None, *, own_period: bool
) -> tuple[Dated | None, str]:
    """FDA's own date if it prints one (with six pediatric months, or of another length: as printed), else computed."""
    if printed:
        return printed, "Purple Book column"
    if deemed:
        return None, "none: deemed BLA of 23 Mar 2020, no 12-year period of its own"
    if not own_period:
        return None, "none: licensed under 351(k), which starts no 12-year period"
    if first is None:
        return None, "none: no approval date is printed"
    computed = Dated(add_years(first.on, 12), first.items, first.rows)
    basis = "computed: first 351(a) approval of the same proper name and sponsor + 12 years; FDA column is blank"
    return computed, basis


def _same_substance_and_sponsor(book: PurpleBook, of_bla: list[BiologicRow]) -> list[BiologicRow]:
    """The 351(a) rows with a proper name of these, under the same BLA or of the same applicant."""
    found: dict[BiologicRow, None] = {}
    for name in sorted({_plain(row.proper_name) for row in of_bla}):
        own = {key for row in of_bla if _plain(row.proper_name) == name for key in (row.bla, row.applicant)}
        rows = book.by_proper_name.get(name, ())
        found.update((row, None) for row in rows if row.bla in own or row.applicant in own)
    return list(found)


def biosimilars(book: PurpleBook, proper_names: Iterable[str]) -> tuple[Biosimilar, ...]:
    """The 351(k) licences whose reference product has one of `proper_names`, oldest first."""
    by_bla: dict[str, list[BiologicRow]] = defaultdict(list)
    for name in sorted({_plain(name) for name in proper_names}):
        for row in book.by_reference.get(name, ()):
            by_bla[row.bla].append(row)
    found = [_biosimilar(book, rows) for rows in by_bla.values()]
    return tuple(sorted(found, key=lambda b: (b.licensed.on if b.licensed else date.max, b.bla)))


def _biosimilar(book: PurpleBook, rows: list[BiologicRow]) -> Biosimilar:
    """One BLA may hold two brands (Jubbonti, Wyost) and both types; the date of interchangeability is not printed."""
    return Biosimilar(
        bla=rows[0].bla,
        names=tuple(sorted({row.proprietary_name for row in rows})),
        suffix_name=rows[0].proper_name,
        applicant=rows[0].applicant,
        licensed=_earliest(rows, book),
        interchangeable=any(row.type == INTERCHANGEABLE for row in rows),
        undecided=any(row.interchangeable_undecided for row in rows),
        marketing=tuple(sorted({row.marketing for row in rows})),
        licence=tuple(sorted({row.licensure for row in rows})),
        first_interchangeable_until=tuple(
            sorted({row.interchangeable_until for row in rows if row.interchangeable_until})
        ),
        references=tuple(sorted({row.reference_name for row in rows if row.reference_name})),
    )


# -------------------------------------------------------------------------------------------------------------- dates


def add_years(day: date, years: int) -> date:
    """The same day `years` later (or earlier); 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _earliest(rows: Iterable[BiologicRow], book: PurpleBook) -> Dated | None:
    """Some rows print no approval date; they are passed over."""
    return _least(book, ((row.approval_date, row) for row in rows), _APPROVAL)


def _least(book: PurpleBook, dated: Iterable[tuple[date | None, BiologicRow]], column: str) -> Dated | None:
    return _pick(book, [(day, row) for day, row in dated if day], column, least=True)


def _most(book: PurpleBook, dated: Iterable[tuple[date | None, BiologicRow]], column: str) -> Dated | None:
    return _pick(book, [(day, row) for day, row in dated if day], column, least=False)


def _pick(book: PurpleBook, dated: list[tuple[date, BiologicRow]], column: str, *, least: bool) -> Dated | None:
    if not dated:
        return None
    day = min(day for day, _ in dated) if least else max(day for day, _ in dated)
    rows = [row for on, row in dated if on == day]
    items = tuple(sorted({row.application for row in rows}))
    return Dated(day, items, merged_rows((row.ref(book.edition, column),) for row in rows))


@lru_cache(maxsize=16384)
def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _proper(name: str) -> frozenset[str]:
    plain = _plain(name)
    return frozenset({plain, _SUFFIX.sub("", plain)})
