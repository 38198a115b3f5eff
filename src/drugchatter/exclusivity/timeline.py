"""Protection → Timeline: the rights of a drug as bars on one axis of days, before anyone draws them.

The files print when a right ends, never when it begins; so a bar without `start` comes from the picture's left edge.
Rights that end on one day and are of one kind share a bar, or a drug with fifty patents would be a wall.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from drugchatter.exclusivity.biologics import add_years
from drugchatter.exclusivity.codes import in_words
from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.exclusivity.protection import Biologic, Patent, Protection
from drugchatter.identity import display_name

BarKind = Literal["patent", "exclusivity", "delist requested"]
_ORDER: tuple[BarKind, ...] = ("exclusivity", "patent", "delist requested")
_MOST_BARS = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One or more rights that end together. `extended` is the end with the pediatric months, None without them;
    `start` None when the files do not say."""

    label: str
    kind: BarKind
    start: date | None
    end: date
    extended: date | None

    @property
    def last(self) -> date:
        return self.extended or self.end


@dataclass(frozen=True, slots=True)
class Mark:
    label: str
    day: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars in the order of their ends, exclusivities before patents; `notes` is what a reader has to know of them."""

    title: str
    source: str
    first: date
    last: date
    today: date
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]


def timeline(found: Protection, book: OrangeBook, today: date) -> Timeline:
    """The rights of `found` that are in force on `today` or, where all have ended, all that is still printed."""
    bars = _biologic_bars(found.bla) if found.bla else [*_exclusivity_bars(found), *_patent_bars(found)]
    alive = [bar for bar in bars if found.bla or bar.last >= today]
    ended = len(bars) - len(alive)
    shown = sorted(alive or bars, key=lambda bar: (_ORDER.index(bar.kind), bar.last, bar.label))
    kept = shown if len(shown) <= _MOST_BARS else sorted(shown, key=lambda bar: bar.last)[-_MOST_BARS:]
    kept = [bar for bar in shown if bar in kept]
    marks = _biologic_marks(found.bla) if found.bla else _approval(found, book)
    days = [today, *(mark.day for mark in marks), *(bar.last for bar in kept), *(b.start for b in kept if b.start)]
    return Timeline(
        title=f"{display_name(found.drug.upper())}: listed protection",
        source=_source(found),
        first=date(min(days).year, 1, 1),
        last=date(max(days).year + 1, 1, 1),
        today=today,
        bars=tuple(kept),
        marks=tuple(marks),
        notes=tuple(_notes(found, bool(kept), ended if alive else 0, len(shown) - len(kept))),
    )


def _patent_bars(found: Protection) -> Iterable[Bar]:
    groups: dict[tuple[date | None, date, str, BarKind], set[str]] = defaultdict(set)
    for patent in (*found.patents, *found.delisted):
        if last := patent.expiry_with_ped:
            end = patent.expiry if patent.expiry != last else None
            kind: BarKind = "delist requested" if patent.delisted else "patent"
            groups[end, last, _claims(patent), kind].add(patent.number)
    for (end, last, claims, kind), numbers in groups.items():
        first = min(numbers)
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        asked = ", delist asked" if kind == "delist requested" else ""
        yield Bar(f"US {first}{more}{claims}{asked}", kind, None, end or last, last if end else None)


def _claims(patent: Patent) -> str:
    named = (("substance", patent.substance), ("product", patent.product), ("use", bool(patent.use_codes)))
    held = [word for word, flag in named if flag]
    return f" ({', '.join(held)})" if held else ""


def _exclusivity_bars(found: Protection) -> Iterable[Bar]:
    for code, dated in found.exclusivity_by_code:
        yield Bar(in_words(code), "exclusivity", None, dated.on, None)


def _biologic_bars(bla: Biologic) -> list[Bar]:
    bars = []
    if bla.twelve_year:
        start = bla.first_licensure or bla.same_substance_first or bla.bla_first_approval
        computed = "" if bla.reference_until else ", computed"
        since = start.on if start else add_years(bla.twelve_year.on, -12)
        bars.append(Bar(f"reference product, 12 years{computed}", "exclusivity", since, bla.twelve_year.on, None))
    if bla.orphan_until:
        bars.append(Bar("orphan drug (a use)", "exclusivity", None, bla.orphan_until.on, None))
    return bars


def _approval(found: Protection, book: OrangeBook) -> list[Mark]:
    days = [row.approval_date for a in found.applications for row in book.products.get(a, ()) if row.approval_date]
    generic = found.generics.first_approval_same_strength if found.generics else None
    marks = [Mark("approved", min(days))] if days else []
    return [*marks, *([Mark("first generic approved", generic.on)] if generic else [])]


def _biologic_marks(bla: Biologic) -> list[Mark]:
    first, brand = bla.bla_first_approval, bla.brand_first_approval
    marks = [Mark("first licensed", first.on)] if first else []
    if brand and first and brand.on != first.on:
        marks.append(Mark("this brand", brand.on))
    licensed = [one.licensed.on for one in bla.biosimilars if one.licensed and one.available]
    return [*marks, *([Mark("first biosimilar licensed", min(licensed))] if licensed else [])]


def _source(found: Protection) -> str:
    if found.bla:
        return f"FDA Purple Book to {found.listed}"
    return f"FDA Orange Book: listings of {found.listed}, products of {found.products_file}"


def _notes(found: Protection, any_bar: bool, ended: int, left_out: int) -> Iterable[str]:
    if not any_bar:
        nothing = "period of exclusivity is printed or computed" if found.bla else "patent or exclusivity is listed"
        yield f"No {nothing} in these files."
    if found.bla:
        yield "Patents of biologics are not in the Orange Book; twelve years run from the first licensure."
    if any_bar and not (found.bla and found.bla.orphan_until is None):
        what = "The orphan bar begins" if found.bla else "Bars begin"
        yield f"{what} at the left edge: the files print only when such a right ends."
    if ended:
        yield f"Not drawn: {ended} that ended before today."
    if left_out:
        yield f"Not drawn: {left_out} that end earlier than those shown."
    yield "A ceiling of what is listed, not a launch date: courts, settlements and licences are not in these files."
