"""Orange Book dates as sentences: what ends last and next, what a generic's label can leave out, strength by strength.

The order is that of the rules: the date after which nothing listed blocks, what ends before it, exclusivities, delist
requests apart. Nothing here computes a date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from drugchatter.exclusivity.codes import in_words
from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.exclusivity.protection import (
    ApplicationDates,
    Dated,
    Exclusivity,
    LastExclusivity,
    Patent,
    ProductDates,
    Protection,
)
from drugchatter.identity import display_name
from drugchatter.rows import PEDIATRIC, RowRef
from drugchatter.types import Claim
from drugchatter.write.page import Page, listed_names, several

_MOST_ITEMS = 3
_MOST_APPLICATIONS = 4
_MOST_GROUPS = 4
_MOST_PATENTS = 8


def until(dated: Dated, found: Protection) -> str:
    """What ends on a day: `patent 9326945 (product) with its pediatric extension`, `exclusivity NP (new product)`."""
    patents = {patent.number: patent for patent in (*found.patents, *found.delisted)}
    numbers = [item for item in dated.items if item.removesuffix(PEDIATRIC) in patents]
    codes = [item for item in dated.items if item not in numbers]
    parts = []
    if numbers:
        named = [_with_kind(patents[number.removesuffix(PEDIATRIC)]) for number in numbers]
        extended = " with pediatric extension" if any(PEDIATRIC in number for number in numbers) else ""
        parts.append(f"patent {listed_names(named, _MOST_ITEMS)}{extended}")
    if codes:
        parts.append(f"exclusivity {listed_names([_code(code, dated, found) for code in codes], _MOST_ITEMS)}")
    return " and ".join(parts)


def _code(code: str, dated: Dated, found: Protection) -> str:
    """A code in words; a pediatric extension (PED) with what it extends."""
    extended = sorted({base.code for base in _bases(dated, found)}) if code == "PED" else []
    return f"{in_words(code)} of {', '.join(extended)}" if extended else in_words(code)


def _bases(dated: Dated, found: Protection) -> list[Exclusivity]:
    """What the pediatric extensions that end on this day extend, on the same products."""
    own = {(ref.application, ref.product) for ref in dated.rows if ref.item == "PED"}
    named = {
        code
        for one in found.exclusivities
        if one.code == "PED" and one.until == dated.on and (one.application, one.product) in own
        for code in one.extends
    }
    return [one for one in found.exclusivities if one.code in named and (one.application, one.product) in own]


def _with_kind(patent: Patent) -> str:
    kinds = [
        word
        for word, held in (("substance", patent.substance), ("product", patent.product), ("use", patent.use_codes))
        if held
    ]
    return f"{patent.number} ({', '.join(kinds)})" if kinds else patent.number


def shown(dated: Dated, found: Protection) -> list[RowRef]:
    """The rows of all that `until` names."""
    named = dated.items[:_MOST_ITEMS]
    rows = [ref for ref in dated.rows if ref.item in named] or list(dated.rows)
    return [*rows, *(ref for one in _bases(dated, found) for ref in one.rows)]


# ------------------------------------------------------------------------------------------------------- many of a name


def each_application(found: Protection, book: OrangeBook, page: Page) -> Iterator[Claim]:
    """A line for each application with something listed, latest first, then how many have nothing."""
    if len(found.by_application) < 2:
        return
    ending = [one for one in found.by_application if _lasts(one, found)]
    if not ending:
        return
    ending.sort(key=lambda one: one.dates.ceiling.on if one.dates.ceiling else found.as_of, reverse=True)
    for one in ending[:_MOST_APPLICATIONS]:
        assert one.dates.ceiling is not None  # noqa: S101 - `_lasts` looked
        name = _called(one, book)
        rows = shown(one.dates.ceiling, found)
        if any(char.isdigit() for char in name.replace(one.application, "")):
            rows += _product_rows(book, one.application)
        yield page.claim(f"{name}: {one.dates.ceiling.on}, {until(one.dates.ceiling, found)}.", rows)
    rest = [one for one in found.by_application if not _lasts(one, found)]
    if 0 < len(rest) <= _MOST_ITEMS:
        names = ", ".join(_called(one, book) for one in rest)
        yield page.claim(
            f"Nothing in force is listed for {names}.",
            [ref for one in rest for ref in _product_rows(book, one.application)],
        )
    elif rest:
        text = f"{several(len(rest), 'other application')} of this name {_have(rest)} nothing in force listed"
        refs = [ref for one in rest for ref in _product_rows(book, one.application)]
        yield page.claim(f"{text}.", refs[:1], f"one of {len(rest)} without a patent or exclusivity in force")
    if len(ending) > _MOST_APPLICATIONS:
        more = len(ending) - _MOST_APPLICATIONS
        refs = [ref for one in ending[_MOST_APPLICATIONS:] if one.dates.ceiling for ref in one.dates.ceiling.rows]
        text = f"{several(more, 'further application')} with earlier dates: `drugchatter protection` shows them."
        yield page.claim(text, refs[:1], f"one of {more} further applications")


def _have(rest: list[ApplicationDates]) -> str:
    return "has" if len(rest) == 1 else "have"


def _lasts(one: ApplicationDates, found: Protection) -> bool:
    return one.dates.ceiling is not None and one.dates.ceiling.on >= found.as_of


def _called(one: ApplicationDates, book: OrangeBook) -> str:
    """`Ibrance tablet (N212436)`: the form tells two applications of one brand apart."""
    forms = {row.form_route.split(";")[0].split(",")[0].lower() for row in book.products.get(one.application, ())}
    brand = " / ".join(display_name(name) for name in one.brands) or "not yet named"
    return f"{brand} {' / '.join(sorted(forms))} ({one.application})".replace("  ", " ")


def _product_rows(book: OrangeBook, application: str) -> list[RowRef]:
    return [row.ref(book.products_edition) for row in book.products.get(application, ())[:1]]


def by_strength(found: Protection, book: OrangeBook, page: Page) -> Iterator[Claim]:
    """Where the strengths of an application end on different days: each day with its strengths, latest first."""
    for application in found.by_application:
        own = [product for product in found.by_product if product.application == application.application]
        groups: dict[str, list[ProductDates]] = defaultdict(list)
        for product in own:
            groups[str(product.dates.ceiling.on) if product.dates.ceiling else ""].append(product)
        if len(groups) < 2 or len(found.by_application) > _MOST_ITEMS:
            continue
        ordered = sorted(groups.items(), reverse=True)[:_MOST_GROUPS]
        parts = [f"{_strengths(group)} {f'until {day}' if day else 'nothing listed'}" for day, group in ordered]
        refs = [ref for _, group in ordered for ref in _of_group(group, book)]
        yield page.claim(f"By strength ({application.application}): {'; '.join(parts)}.", refs)


def _strengths(group: list[ProductDates]) -> str:
    known = [product.strength.split("**")[0].strip() for product in group if product.strength]
    newer = ["strengths newer than the products file"] if len(known) < len(group) else []
    return " and ".join([*([listed_names(known, _MOST_ITEMS)] if known else []), *newer])


def _of_group(group: list[ProductDates], book: OrangeBook) -> Iterator[RowRef]:
    for product in group[:_MOST_ITEMS]:
        if row := book.known(product.application, product.product):
            yield row.ref(book.products_edition)
    if ceiling := group[0].dates.ceiling:
        yield ceiling.rows[0]


# --------------------------------------------------------------------------------------------------------- of one name


def dated_lines(found: Protection, page: Page) -> Iterator[Claim]:
    """Last and next patent, last exclusivity, what remains without carve-outs, delist requests apart."""
    dates = found.dates
    assert dates is not None  # noqa: S101 - an NDA has them
    if dates.last_patent and dates.last_patent.on >= found.as_of:
        yield _last_patent(found, dates.last_patent, dates.last_patent_with_ped, page)
    if dates.next_expiry and dates.ceiling and dates.next_expiry.on != dates.ceiling.on:
        text = f"Next to end: {until(dates.next_expiry, found)}, on {dates.next_expiry.on}."
        yield page.claim(text, shown(dates.next_expiry, found))
    if dates.last_exclusivity:
        yield _last_exclusivity(found, dates.last_exclusivity, page)
    if dates.ceiling and dates.ceiling.on >= found.as_of:
        yield from _without_carve_outs(found, page)
    yield from delist_requests(found, page)


def _last_patent(found: Protection, last: Dated, extended: Dated | None, page: Page) -> Claim:
    text, rows = (
        f"Last listed patent: {until(last, found).removeprefix('patent ')}, expires {last.on}",
        shown(last, found),
    )
    if extended and extended.on != last.on:
        same = {item.removesuffix(PEDIATRIC) for item in extended.items} == set(last.items)
        of = "" if same else f" (patent {listed_names(extended.items, _MOST_ITEMS)})"
        text += f"; with pediatric extension {extended.on}{of}"
        rows = [*rows, *shown(extended, found)]
    return page.claim(f"{text}.", rows)


def _last_exclusivity(found: Protection, last: LastExclusivity, page: Page) -> Claim:
    named = " / ".join(in_words(code) for code in last.code.split("/"))
    of = f" of {', '.join(in_words(code) for code in last.extends)}" if last.extends else ""
    ends = "until" if last.on >= found.as_of else "ended on"
    text = f"Last regulatory exclusivity: {named}{of}, {ends} {last.on}."
    extended = _bases(Dated(last.on, tuple(last.code.split("/")), last.rows), found)
    return page.claim(text, [*last.rows, *(ref for one in extended for ref in one.rows)])


def _without_carve_outs(found: Protection, page: Page) -> Iterator[Claim]:
    dates = found.dates
    assert dates is not None  # noqa: S101 - as above
    assert dates.ceiling is not None  # noqa: S101 - the caller looked
    what = "patents on uses only, exclusivities of a use"
    if dates.hard is None:
        text = f"All of it is what a generic's label may be able to leave out ({what})."
        yield page.claim(text, shown(dates.ceiling, found))
    elif dates.hard.on != dates.ceiling.on:
        text = f"Without what a generic's label may be able to leave out ({what}): {dates.hard.on}, "
        yield page.claim(f"{text}{until(dates.hard, found)}.", shown(dates.hard, found))


def delist_requests(found: Protection, page: Page) -> Iterator[Claim]:
    """Patents whose holder asked FDA to take them off: listed still, in no date above."""
    asked_off = [patent for patent in found.delisted if not patent.expired]
    if not asked_off:
        return
    named = [
        f"{patent.number} (until {patent.expiry_with_ped})" if patent.expiry_with_ped else patent.number
        for patent in asked_off
    ]
    refs = [ref for patent in asked_off[:_MOST_ITEMS] for ref in (*patent.rows[:1], *patent.pediatric_rows[:1])]
    text = f"Not counted, since the holder asked FDA to delist: patent {listed_names(named, _MOST_ITEMS)}."
    yield page.claim(text, refs)


def patent_lines(found: Protection, page: Page) -> Iterator[Claim]:
    """One line a patent number, the last to end first; then how many more there are."""
    groups: dict[str, list[Patent]] = defaultdict(list)
    for patent in found.patents:
        if not patent.expired:
            groups[patent.number].append(patent)
    ordered = sorted(groups.values(), key=_last_day, reverse=True)
    for group in ordered[:_MOST_PATENTS]:
        yield _patent_line(group, page, several_applications=len(found.by_application) > 1)
    if len(ordered) > _MOST_PATENTS:
        more = len(ordered) - _MOST_PATENTS
        first = ordered[_MOST_PATENTS][0]
        text = f"{several(more, 'further patent')} {'ends' if more == 1 else 'end'} earlier or on the same day."
        yield page.claim(f"{text}", [*first.rows, *first.pediatric_rows][:1], f"one of {more} further patents")


def _last_day(group: list[Patent]) -> tuple[str, str]:
    return max(str(patent.expiry_with_ped or "") for patent in group), group[0].number


def _patent_line(group: list[Patent], page: Page, *, several_applications: bool) -> Claim:
    last = max(group, key=lambda patent: str(patent.expiry_with_ped or ""))
    where = f", {', '.join(sorted({p.application for p in group}))}" if several_applications else ""
    text = f"{_with_kind(last)}{where}: {last.expiry or 'patent itself no longer printed'}"
    if last.pediatric:
        text += f", with pediatric extension {last.expiry_with_ped}"
    rows: Iterable[RowRef] = [ref for patent in group for ref in (*patent.rows[:1], *patent.pediatric_rows[:1])]
    return page.claim(f"{text}.", rows)
