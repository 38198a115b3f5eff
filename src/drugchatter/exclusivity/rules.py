"""When does the listed protection of a drug end? Pure functions over official rows; the same rows give the same dates.

Marks behind a rule say where it comes from: [FDA page] "Orange Book Data Files"; [pediatric FAQ] FDA on section 505A of
the Food, Drug, and Cosmetic Act; [rows] seen in the publisher's rows and counted; [unconfirmed] knowledge of the field
that no document at hand confirms. "Section N" is the section of the project's rules on loss of exclusivity.

What comes out is a ceiling of what is listed. It is no launch date: court rulings, settlements, 30-month stays,
tentative approvals and authorised generics are in none of these files (section 8).
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from drugchatter.exclusivity import biologics
from drugchatter.exclusivity.biologics import PurpleBook, add_years
from drugchatter.exclusivity.generics import generics_of
from drugchatter.exclusivity.listings import WAIVED, OrangeBook, resolve
from drugchatter.exclusivity.protection import (
    ApplicationDates,
    Counts,
    Dated,
    Dates,
    Driver,
    Exclusivity,
    Generics,
    LastExclusivity,
    Level,
    Patent,
    ProductDates,
    Protection,
    merged_rows,
    number_order,
    protection_json,
)
from drugchatter.exclusivity.remarks import notes_on, notes_on_biologic
from drugchatter.rows import PEDIATRIC, BiologicRow, ExclusivityRow, PatentRow, RowRef

Row = TypeVar("Row", PatentRow, ExclusivityRow)
Right = TypeVar("Right", Patent, Exclusivity)
Key = TypeVar("Key", str, tuple[str, str])

__all__ = ["dates_of", "exclusivities_of", "patents_of", "protection", "protection_json", "protection_of"]

# Section 4: an ODE protects one use; I, D, M and NPP one part of the label. A generic's label can leave them out.
_CARVEABLE = re.compile(r"(?:ODE(?:\*|-\d+)?|[IDM]-\d+|NPP)")
_PED = "PED"
_NEW_ENTITY = frozenset({"NCE", "NCE*"})
_PEDIATRIC_MONTHS = 6

# ------------------------------------------------------------------------------------------------------- rows → rights


def patents_of(rows: Iterable[PatentRow], edition: str, as_of: date) -> tuple[Patent, ...]:
    """The patents of each product, one a (application, product, number): use codes joined, `*PED` attached.

    Section 3. A `*PED` row is no patent but the pediatric exclusivity attached to it [pediatric FAQ][rows: 0 of 2,244
    have flags]: its printed date is used, never computed. The delist request is printed on the base rows only [rows:
    on 0 of 134 *PED rows] and the *PED row inherits it. A *PED row that outlived its base row still counts [rows].
    """
    groups: dict[tuple[str, str, str], list[PatentRow]] = defaultdict(list)
    for row in rows:
        groups[row.application, row.product_no, row.base].append(row)
    return tuple(_patent(key, groups[key], edition, as_of) for key in sorted(groups))


def _patent(key: tuple[str, str, str], group: list[PatentRow], edition: str, as_of: date) -> Patent:
    application, product, number = key
    base = [row for row in group if row.patent_no == number]
    pediatric = [row for row in group if row.patent_no != number] if len(base) < len(group) else []
    codes = {row.use_code for row in base if row.use_code}
    expiry = _last_day(base)
    with_ped = _last_day(pediatric) or expiry
    return Patent(
        application=application,
        number=number,
        expiry=expiry,
        expiry_with_ped=with_ped,
        substance=any(row.drug_substance for row in base),
        product=any(row.drug_product for row in base),
        use_codes=tuple(codes) if len(codes) < 2 else tuple(sorted(codes, key=_code_order)),
        pediatric=bool(pediatric),
        delisted=any(row.delist_requested for row in base),
        products=(product,),
        expired=with_ped is not None and with_ped < as_of,
        expiries=(expiry,) if expiry else (),
        # The rows of a group differ in use code only, so one reference finds them all.
        rows=(base[0].ref(edition),) if base else (),
        pediatric_rows=(pediatric[0].ref(edition),) if pediatric else (),
    )


def _last_day(rows: list[PatentRow]) -> date | None:
    if len(rows) == 1:
        return rows[0].expiry
    return max((row.expiry for row in rows if row.expiry), default=None)


def _code_order(code: str) -> tuple[int, str]:
    """Use codes by their number: U-493 before U-2139."""
    digits = code.removeprefix("U-")
    return (int(digits) if digits.isdigit() else 0, code)


def exclusivities_of(rows: Iterable[ExclusivityRow], edition: str) -> tuple[Exclusivity, ...]:
    """The exclusivities of each product, exact duplicates once.

    Section 4. Only an NDA's rows: 180 days of a generic (PC, CGT on Appl_Type A) bind other generics. A product may
    hold one code with several dates [rows: 84 cases], so the key is (product, code, date). PED extends the codes of the
    same product that end six months before it [rows: all 323]. A row without a date cannot set one and is left out.
    """
    until: dict[tuple[str, str], set[tuple[str, date]]] = defaultdict(set)
    for row in rows:
        if row.appl_type == "N" and row.until:
            until[row.application, row.product_no].add((row.code, row.until))
    found = []
    for (application, product), codes in sorted(until.items()):
        for code, day in sorted(codes, key=lambda pair: (pair[1], pair[0])):
            ref = RowRef("exclusivity.txt", edition, application, product, code)
            found.append(Exclusivity(application, product, code, day, _extended(code, day, codes), (ref,)))
    return tuple(found)


def _extended(code: str, day: date, codes: set[tuple[str, date]]) -> tuple[str, ...]:
    if code != _PED:
        return ()
    return tuple(sorted(c for c, until in codes if c != _PED and add_months(until, _PEDIATRIC_MONTHS) == day))


def add_months(day: date, months: int) -> date:
    """Calendar months later, clipped at the month's end: 30 August + 6 is 28 February [rows: 22 of 2,244]."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def can_be_carved_out(exclusivity: Exclusivity) -> bool:
    """Whether a generic's label can leave out what this exclusivity protects.

    Section 4; for ODE by FDA's policy of use-by-use scope (Federal Register, 24 January 2023). A PED row can when all
    that it extends can; when nothing of what it extends is printed, it is taken to block.
    """
    if exclusivity.code == _PED:
        return bool(exclusivity.extends) and all(_CARVEABLE.fullmatch(code) for code in exclusivity.extends)
    return bool(_CARVEABLE.fullmatch(exclusivity.code))


# ------------------------------------------------------------------------------------------------------ rights → dates

_NOTHING_LISTED = Dates(None, None, None, None, None, None, None, "")


def dates_of(patents: Iterable[Patent], exclusivities: Iterable[Exclusivity], as_of: date) -> Dates:
    """The dates of any set of products: of one, of an application, of a brand (section 5; the higher level is the max).

    Patents with a delist request stay apart: they are listed still, but only because a first applicant may keep its
    180 days [FDA page]. Expired rows that are still printed count in the printed file; `clear` tells them.
    """
    patents, exclusivities = tuple(patents), tuple(exclusivities)
    if not patents and not exclusivities:
        return _NOTHING_LISTED
    listed = [p for p in patents if not p.delisted]
    apart = [p for p in patents if p.delisted]
    counting = [e for e in exclusivities if e.code != WAIVED]
    with_ped = _last_with_ped(listed)
    last = last_exclusivity(counting)
    ceiling = _later(with_ped, _ending_last(counting))
    hard_patents = [p for p in listed if not p.use_only]
    hard = [e for e in counting if not can_be_carved_out(e)]
    nothing_left_out = len(hard_patents) == len(listed) and len(hard) == len(counting)
    return Dates(
        last_patent=_latest((p.expiry, p.number, p.rows) for p in listed),
        last_patent_with_ped=with_ped,
        next_expiry=_next(listed, as_of),
        last_exclusivity=last,
        ceiling=ceiling,
        hard=ceiling if nothing_left_out else _later(_last_with_ped(hard_patents), _ending_last(hard)),
        delisted_last_with_ped=_last_with_ped(apart),
        driver=_driver(with_ped, ceiling),
    )


def _last_with_ped(patents: Iterable[Patent]) -> Dated | None:
    """The last day of patents with their pediatric months; it can be another patent's than the last expiry's."""
    return _latest((p.expiry_with_ped, _printed_number(p), p.pediatric_rows or p.rows) for p in patents)


def _printed_number(patent: Patent) -> str:
    return patent.number + PEDIATRIC if patent.pediatric else patent.number


def _next(patents: Iterable[Patent], as_of: date) -> Dated | None:
    """The next day, from `as_of` on, on which a patent or its pediatric months end."""
    own = [(p.expiry, p.number, p.rows) for p in patents]
    extended = [(p.expiry_with_ped, _printed_number(p), p.pediatric_rows) for p in patents if p.pediatric]
    ahead = [right for right in own + extended if right[0] and right[0] >= as_of]
    day = min((day for day, _, _ in ahead if day), default=None)
    return _together(day, [right for right in ahead if right[0] == day])


def last_exclusivity(exclusivities: Iterable[Exclusivity]) -> LastExclusivity | None:
    """The exclusivity that ends last, with what it extends when it is pediatric. Waived ones (W) count for nothing."""
    counting = [e for e in exclusivities if e.code != WAIVED]
    if not counting:
        return None
    day = max(e.until for e in counting)
    at = [e for e in counting if e.until == day]
    extends = sorted({code for e in at for code in e.extends})
    return LastExclusivity("/".join(sorted({e.code for e in at})), day, tuple(extends), merged_rows(e.rows for e in at))


def _ending_last(exclusivities: Iterable[Exclusivity]) -> Dated | None:
    return _latest((e.until, e.code, e.rows) for e in exclusivities)


def _later(one: Dated | None, other: Dated | None) -> Dated | None:
    if one is None or other is None:
        return one or other
    if one.on != other.on:
        return max(one, other, key=lambda dated: dated.on)
    return Dated(one.on, one.items + other.items, merged_rows((one.rows, other.rows)))


def _driver(with_ped: Dated | None, ceiling: Dated | None) -> Driver:
    if ceiling is None:
        return ""
    return "patent" if with_ped and with_ped.on == ceiling.on else "exclusivity"


_Right = tuple[date | None, str, tuple[RowRef, ...]]


def _latest(rights: Iterable[_Right]) -> Dated | None:
    latest, ending = None, []
    for right in rights:
        day = right[0]
        if day and (latest is None or day > latest):
            latest, ending = day, [right]
        elif day and day == latest:
            ending.append(right)
    return _together(latest, ending)


def _together(day: date | None, ending: list[_Right]) -> Dated | None:
    """What ends on `day`, as one `Dated`. Most often it is one right, whose rows are in order already."""
    if day is None:
        return None
    if len(ending) == 1:
        return Dated(day, (ending[0][1],), ending[0][2])
    items = tuple(sorted({item for _, item, _ in ending}, key=number_order))
    return Dated(day, items, merged_rows(rows for _, _, rows in ending))


def by_code(exclusivities: Iterable[Exclusivity]) -> tuple[tuple[str, Dated], ...]:
    """The last date of each code, in the order of these dates."""
    groups: dict[str, list[Exclusivity]] = defaultdict(list)
    for e in exclusivities:
        groups[e.code].append(e)
    dated = [(code, found) for code, group in groups.items() if (found := _ending_last(group))]
    return tuple(sorted(dated, key=lambda pair: (pair[1].on, pair[0])))


def nce_minus_1(exclusivities: Iterable[Exclusivity], patents: Iterable[Patent]) -> Dated | None:
    """The day from which a generic with a paragraph IV certification may be filed: NCE less one year, no day of entry.

    Section 4; NCE* (enantiomer, section 505(u)) counts alike [unconfirmed]. Without a listed patent there is nothing to
    certify against, hence no such day.
    """
    last = _ending_last(e for e in exclusivities if e.code in _NEW_ENTITY)
    if last is None or not any(True for _ in patents):
        return None
    return Dated(add_years(last.on, -1), last.items, last.rows)


# ------------------------------------------------------------------------------------------------------------ for show


def merged(patents: Iterable[Patent]) -> tuple[Patent, ...]:
    """Patents of several products as a reader counts them: one a (application, number), by the day they end.

    A patent can be delist-requested for one product and not for another; then it stands in both lists.
    """
    groups: dict[tuple[str, str, bool], list[Patent]] = defaultdict(list)
    for patent in patents:
        groups[patent.application, patent.number, patent.delisted].append(patent)
    found = [_merge(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda p: (p.application, p.expiry_with_ped or date.max, number_order(p.number))))


def _merge(group: list[Patent]) -> Patent:
    expiries = sorted({p.expiry for p in group if p.expiry})
    extended = [p.expiry_with_ped for p in group if p.expiry_with_ped]
    return Patent(
        application=group[0].application,
        number=group[0].number,
        expiry=expiries[-1] if expiries else None,
        expiry_with_ped=max(extended, default=None),
        substance=any(p.substance for p in group),
        product=any(p.product for p in group),
        use_codes=tuple(sorted({code for p in group for code in p.use_codes}, key=_code_order)),
        pediatric=any(p.pediatric for p in group),
        delisted=group[0].delisted,
        products=tuple(sorted({product for p in group for product in p.products})),
        expired=all(p.expired for p in group),
        expiries=tuple(expiries),
        rows=merged_rows(p.rows for p in group),
        pediatric_rows=merged_rows(p.pediatric_rows for p in group),
    )


def count(patents: Iterable[Patent], exclusivities: Iterable[Exclusivity]) -> Counts:
    """Distinct patent numbers by kind (section 3: 21,807 rows are 6,367 patents [rows]); delist-requested ones apart.

    `patents` are `merged`, hence in the order of application numbers. A number that several NDAs list is counted once,
    with the flags and use codes of the newest of them (the highest number): NDAs may list one patent differently.
    """
    patents = tuple(patents)
    by_number = {p.number: p for p in patents if not p.delisted}
    listed = by_number.values()
    return Counts(
        patents=len(listed),
        ds=sum(p.substance for p in listed),
        dp=sum(p.product for p in listed),
        use_only=sum(p.use_only for p in listed),
        with_use_code=sum(bool(p.use_codes) for p in listed),
        distinct_use_codes=len({code for p in listed for code in p.use_codes}),
        with_ped=sum(p.pediatric for p in listed),
        expired_still_printed=sum(p.expired for p in listed),
        delist_requested=len({p.number for p in patents if p.delisted}),
        rows_exclusivity=len({(e.application, e.code, e.until) for e in exclusivities}),
    )


# ------------------------------------------------------------------------------------------------------------- answers


def protection(
    name: str,
    book: OrangeBook,
    purple: PurpleBook | None = None,
    *,
    as_of: date | None = None,
    earlier: OrangeBook | None = None,
) -> Protection | None:
    """The protection of the drug that readers call `name`: a brand, an ingredient, or an application number.

    `as_of` is the day asked about, by default that of the listings; `earlier` an older edition, for the note of what
    moved since. None when no file knows the name: "no longer listed" or "never listed", which these rows cannot tell.
    """
    named = resolve(book, name)
    if named:
        return protection_of(
            book, named.applications, name=name, level=named.level, combinations=named.combinations, as_of=as_of,
            earlier=earlier,
        )  # fmt: skip
    found = biologics.resolve(purple, name) if purple else None
    return _biologic(purple, name, *found, as_of) if purple and found else None


def protection_of(
    book: OrangeBook,
    applications: Iterable[str],
    *,
    name: str,
    level: Level = "application",
    combinations: tuple[str, ...] = (),
    as_of: date | None = None,
    earlier: OrangeBook | None = None,
) -> Protection:
    """The protection of `applications` taken together, with every lower level beside it.

    The higher level is the maximum of the lower ones (section 2, rule 4): never show an ingredient's as a brand's.
    """
    applications = tuple(applications)
    day = as_of or date.fromisoformat(book.listings_edition)
    patents = patents_of(_of(book.patents, applications), book.listings_edition, day)
    exclusivities = exclusivities_of(_of(book.exclusivities, applications), book.listings_edition)
    dates = dates_of(patents, exclusivities, day)
    shown = merged(patents)
    found = Protection(
        drug=name,
        kind="NDA",
        level=level,
        applications=applications,
        listed=book.listings_edition,
        products_file=book.products_edition,
        as_of=day,
        dates=dates,
        counts=count(shown, exclusivities),
        exclusivity_by_code=by_code(exclusivities),
        nce_minus_1=nce_minus_1(exclusivities, patents),
        already_clear=dates.ceiling is None or dates.ceiling.on < day,
        patents=tuple(p for p in shown if not p.delisted),
        delisted=tuple(p for p in shown if p.delisted),
        exclusivities=exclusivities,
        by_application=tuple(_applications(book, applications, patents, exclusivities, day)),
        by_product=tuple(_products(book, applications, patents, exclusivities, day)),
        products_not_in_products_file=tuple(
            f"{a}/{p}" for a in applications for p in book.product_numbers(a) if not book.known(a, p)
        ),
        combinations=combinations,
        generics=generics_of(book, applications),
        generics_by_application=_each(book, applications),
        bla=None,
        notes=(),
    )
    return replace(found, notes=notes_on(found, book, earlier))


def _each(book: OrangeBook, applications: tuple[str, ...]) -> tuple[tuple[str, Generics], ...]:
    if len(applications) == 1:
        return ()
    return tuple((application, generics_of(book, (application,))) for application in applications)


def _of(table: Mapping[str, tuple[Row, ...]], applications: Iterable[str]) -> Iterator[Row]:
    for application in applications:
        yield from table.get(application, ())


def _applications(
    book: OrangeBook,
    applications: tuple[str, ...],
    patents: tuple[Patent, ...],
    exclusivities: tuple[Exclusivity, ...],
    day: date,
) -> Iterator[ApplicationDates]:
    own = _grouped((p.application, p) for p in patents)
    rights = _grouped((e.application, e) for e in exclusivities)
    for application in applications:
        brands = sorted({row.trade_name for row in book.products.get(application, ())})
        dates = dates_of(own.get(application, ()), rights.get(application, ()), day)
        yield ApplicationDates(application, tuple(brands), dates)


def _products(
    book: OrangeBook,
    applications: tuple[str, ...],
    patents: tuple[Patent, ...],
    exclusivities: tuple[Exclusivity, ...],
    day: date,
) -> Iterator[ProductDates]:
    """Every strength with its own dates; one that the products file does not know is shown as such (section 2)."""
    unknown = f"not in products {book.products_edition[:7]}"
    own = _grouped(((p.application, p.products[0]), p) for p in patents)
    rights = _grouped(((e.application, e.product), e) for e in exclusivities)
    for application in applications:
        known = {row.product_no: row for row in book.products.get(application, ())}
        for product in book.product_numbers(application):
            row, key = known.get(product), (application, product)
            yield ProductDates(
                application=application,
                product=product,
                trade_name=row.trade_name if row else None,
                strength=row.strength if row else None,
                type=row.type if row else unknown,
                dates=dates_of(own.get(key, ()), rights.get(key, ()), day),
            )


def _grouped(pairs: Iterable[tuple[Key, Right]]) -> dict[Key, list[Right]]:
    found: dict[Key, list[Right]] = defaultdict(list)
    for key, right in pairs:
        found[key].append(right)
    return found


def _biologic(
    purple: PurpleBook, name: str, level: Level, rows: tuple[BiologicRow, ...], as_of: date | None
) -> Protection:
    """A biologic has no Orange Book fields: they are empty, not "nothing listed"."""
    bla = biologics.biologic(purple, rows)
    return Protection(
        drug=name,
        kind="BLA",
        level=level,
        applications=tuple(f"BLA{number}" for number in bla.bla_numbers),
        listed=purple.edition,
        products_file=purple.edition,
        as_of=as_of or date.fromisoformat(purple.edition),
        dates=None,
        counts=None,
        exclusivity_by_code=(),
        nce_minus_1=None,
        already_clear=None,
        patents=(),
        delisted=(),
        exclusivities=(),
        by_application=(),
        by_product=(),
        products_not_in_products_file=(),
        combinations=(),
        generics=None,
        generics_by_application=(),
        bla=bla,
        notes=notes_on_biologic(bla),
    )
