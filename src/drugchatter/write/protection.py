"""Protection → Draft: dates with the rows behind them, in the order of the rules: the date after which nothing listed
blocks, what ends before it, exclusivities, then who else is approved. Every sentence is `computed` and names its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.citations import DEEMED, cite_row, twelve_years
from drugchatter.exclusivity.protection import Biologic, Dated, Dates, Generics, LastExclusivity, Protection
from drugchatter.identity import display_name
from drugchatter.names import english
from drugchatter.rows import RowRef
from drugchatter.text import slug
from drugchatter.types import Claim, Document, Draft, DraftSection, Drug, Evidence, Reading, RowCitation, Support

Cite = Callable[[RowRef, str], RowCitation]
_MOST_ROWS = 4
_MOST_BIOSIMILARS = 6
_MOST_APPLICATIONS = 5

# Orange Book exclusivity codes in words (FDA, "Orange Book preface", section 1.8; rules, section 4).
CODES = {
    "NCE": "new chemical entity",
    "NCE*": "new chemical entity (enantiomer)",
    "NP": "new product",
    "NDF": "new dosage form",
    "NS": "new strength",
    "NC": "new combination",
    "NR": "new route",
    "NE": "new ester or salt",
    "NPP": "new patient population",
    "I": "new indication",
    "D": "new dosing schedule",
    "M": "labelling change",
    "ODE": "orphan drug",
    "GAIN": "antibiotic incentive",
    "PED": "pediatric extension",
    "RTO": "switch from prescription",
    "PC": "patent challenge",
    "CGT": "competitive generic therapy",
}


@dataclass
class _Page:
    """Claims of one answer as they are written, with the rows they cite."""

    drug: Drug
    cite: Cite
    rows: dict[str, RowCitation] = field(default_factory=dict)

    def claim(self, text: str, refs: Iterable[RowRef], derived: str = "") -> Claim:
        """A computed sentence with the rows it rests on: one row for each patent or code, then others, a few in all."""
        supports = []
        for ref in _a_few(refs):
            row = self.cite(ref, derived)
            self.rows[row.passage.id] = row
            supports.append(Support(row.passage.id, row.passage.text))
        return Claim(text, tuple(supports), "computed", self.drug.id)


def _a_few(refs: Iterable[RowRef]) -> list[RowRef]:
    ordered = sorted(set(refs))
    one_an_item = list({(ref.file, ref.item): ref for ref in reversed(ordered)}.values())[::-1]
    others = [ref for ref in ordered if ref not in one_an_item]
    return (one_an_item + others)[: max(_MOST_ROWS, len(one_an_item))]


class ProtectionWriter:
    """Answers questions about patents, exclusivity, generics and biosimilars from loaded books."""

    def __init__(self, books: Books, today: date) -> None:
        self._books, self._today = books, today

    def write(self, reading: Reading) -> Draft | None:
        """The draft for the first of the question's names that a row knows; None when none does or none is listed."""
        for name in _asked_names(reading):
            if found := self._books.protection(name, today=self._today):
                return self._draft(reading, found)
        return None

    def _draft(self, reading: Reading, found: Protection) -> Draft | None:
        named = reading.drugs[0].drug if reading.drugs else _drug_of(found)
        drug = replace(named, name=display_name(found.drug.upper()))

        def cite(ref: RowRef, derived: str) -> RowCitation:
            return cite_row(ref, drug, self._books.newest, self._books.purple, derived)

        page = _Page(drug, cite)
        claims = _biologic(found, found.bla, page) if found.bla else _listed(found, page)
        others = _biosimilars(found.bla, page) if found.bla else _generics(found.generics, page)
        # Rules, section 5: where a generic is already approved, lead with that.
        ordered = others + claims if others and not found.bla else claims + others
        if not ordered:
            return None
        first, rest = ordered[0], ordered[1:]
        kind = "Are there biosimilars of" if found.bla else "Is there a generic of"
        sections = (
            DraftSection(f"When does protection of {drug.name} end?", tuple(c for c in rest if c in claims)),
            DraftSection(f"{kind} {drug.name}?", tuple(c for c in rest if c in others)),
        )
        evidence = Evidence(reading=reading, findings=(), coverage=(), rows=tuple(page.rows.values()))
        return Draft(evidence, first, tuple(s for s in sections if s.claims), (), None, ())


def _asked_names(reading: Reading) -> list[str]:
    """Names to look up in the books: as the reader said it, then the label's brand, then the ingredient."""
    said = [name for m in reading.drugs for name in (m.matched, m.drug.name, *m.drug.ingredients)]
    elsewhere = [name for pair in reading.known_elsewhere for name in pair]
    return [*said, *elsewhere] or [concept.said for concept in reading.focus if concept.said not in english()]


def _drug_of(found: Protection) -> Drug:
    """The drug an answer is about where no label of it is held, made of the rows."""
    document = Document(
        set_id=found.applications[0],
        version=found.listed,
        effective_date=date.fromisoformat(found.listed),
        source="orange_book",
        publisher="FDA Orange Book",
        title=found.drug,
        labeler="",
        application_numbers=found.applications,
        routes=(),
        kind="row",
        drug_id=slug(found.drug),
    )
    return Drug(slug(found.drug), found.drug.title(), found.drug.lower(), (), (), document, "no label is held", 0)


# ------------------------------------------------------------------------------------------------------ Orange Book


def _listed(found: Protection, page: _Page) -> list[Claim]:
    dates, name = found.dates, page.drug.name
    if dates is None or dates.ceiling is None:
        return []
    claims = [page.claim(_ceiling(found, dates.ceiling, dates.driver, name), _shown(dates.ceiling))]
    if len(found.by_application) > 1:
        claims.extend(_each_application(found, page))
    claims.extend(_patent_lines(dates, page))
    if dates.last_exclusivity:
        last = dates.last_exclusivity
        rows = [*last.rows, *_extended(last, found)]
        claims.append(page.claim(f"Last regulatory exclusivity: {_exclusivity(last)}, until {last.on}.", rows))
    if dates.hard and dates.hard.on != dates.ceiling.on:
        what = "patents on uses, exclusivities of a use"
        text = f"Without what a generic's label can leave out ({what}): {dates.hard.on}."
        claims.append(page.claim(text, dates.hard.rows))
    for patent in found.delisted[:2]:
        claims.append(page.claim(f"The holder asked to delist patent {patent.number}.", patent.rows))
    return claims


def _ceiling(found: Protection, ceiling: Dated, driver: str, name: str) -> str:
    """The date after which nothing listed blocks, said as past or to come, of one application or the latest of many."""
    whose = f"{name}, the latest of its applications" if len(found.by_application) > 1 else name
    cause = _items(ceiling.items, driver)
    if found.already_clear:
        return (
            f"{whose}: the last listed protection ended on {ceiling.on} ({cause}); nothing listed blocks a generic now."
        )
    return (
        f"{whose}: nothing listed blocks a generic with the full label after {ceiling.on} ({cause}). This is a listing "
        "ceiling, not a launch date: court rulings, settlements and licences are not in these files."
    )


def _each_application(found: Protection, page: _Page) -> Iterable[Claim]:
    ending = [a for a in found.by_application if a.dates.ceiling and a.dates.ceiling.on >= found.as_of]
    for one in sorted(ending, key=lambda a: a.application)[:_MOST_APPLICATIONS]:
        assert one.dates.ceiling is not None  # noqa: S101 - filtered above
        brand = " / ".join(display_name(name) for name in one.brands)
        text = (
            f"{brand} ({one.application}): {one.dates.ceiling.on}, {_items(one.dates.ceiling.items, one.dates.driver)}."
        )
        yield page.claim(text, one.dates.ceiling.rows[:2])


def _patent_lines(dates: Dates, page: _Page) -> Iterable[Claim]:
    if dates.next_expiry:
        text = f"Next listed expiry: {dates.next_expiry.on} ({_items(dates.next_expiry.items, 'patent')})."
        yield page.claim(text, _shown(dates.next_expiry))
    if dates.last_patent:
        last, extended = dates.last_patent, dates.last_patent_with_ped
        text = f"Last listed patent: {_some(last.items)}, expires {last.on}"
        rows = _shown(last)
        if extended and extended.on != last.on:
            text += f"; with pediatric extension {extended.on} ({_some(extended.items)})"
            rows = [*rows, *_shown(extended)]
        yield page.claim(f"{text}.", rows)


_MOST_ITEMS = 3


def _some(items: tuple[str, ...]) -> str:
    more = " and others" if len(items) > _MOST_ITEMS else ""
    return f"{', '.join(items[:_MOST_ITEMS])}{more}"


def _shown(dated: Dated) -> list[RowRef]:
    """The rows of the items that `_some` names."""
    return [ref for ref in dated.rows if ref.item in dated.items[:_MOST_ITEMS]] or list(dated.rows)


def _items(items: tuple[str, ...], driver: str) -> str:
    return f"{'patent' if driver == 'patent' else 'exclusivity'} {_some(items)}"


def _extended(last: LastExclusivity, found: Protection) -> list[RowRef]:
    """The rows of the exclusivities that a pediatric extension prolongs."""
    products = {(ref.application, ref.product) for ref in last.rows}
    return [
        row
        for one in found.exclusivities
        if one.code in last.extends and (one.application, one.product) in products
        for row in one.rows
    ]


def _exclusivity(last: LastExclusivity) -> str:
    def words(code: str) -> str:
        return CODES.get(code, CODES.get(code.split("-", maxsplit=1)[0], ""))

    named = " / ".join(f"{code} ({words(code)})" if words(code) else code for code in last.code.split("/"))
    return f"{named} on {', '.join(last.extends)}" if last.extends else named


def _generics(generics: Generics | None, page: _Page) -> list[Claim]:
    """The first approval of a generic, most closely tied to the brand first; nothing where the file lists none."""
    if generics is None:
        return []
    name = page.drug.name
    if linked := generics.first_approval_te_linked:
        one_code = len(generics.brand_te_codes) == 1
        rated = f" (TE {generics.brand_te_codes[0]})" if one_code else ""
        text = (
            f"{name}: a generic rated as substitutable{rated} is approved since {linked.on} ({', '.join(linked.items)})"
        )
        return [page.claim(f"{text}; approval is not launch.", linked.rows)]
    if same := generics.first_approval_same_strength:
        text = f"{name}: a generic of the same strength is approved since {same.on} ({', '.join(same.items)})"
        return [page.claim(f"{text}, not rated as substitutable in this file; approval is not launch.", same.rows)]
    if first := generics.first_approval:
        text = f"A generic of this ingredient, form and route is approved since {first.on} ({', '.join(first.items)})"
        return [page.claim(f"{text}, in another strength or of another reference; approval is not launch.", first.rows)]
    return []


# ------------------------------------------------------------------------------------------------------ Purple Book


def _biologic(found: Protection, bla: Biologic, page: _Page) -> list[Claim]:
    name = page.drug.name
    claims = []
    if bla.reference_until:
        text = f"{name}: FDA's Purple Book prints reference product exclusivity until {bla.reference_until.on}."
        claims.append(page.claim(text, bla.reference_until.rows))
    elif bla.twelve_year:
        first, until = bla.first_licensure or bla.same_substance_first or bla.bla_first_approval, bla.twelve_year.on
        start = f"first licensed {first.on}" if first else "first licensed"
        text = (
            f"{name}: {start}; twelve years of reference product exclusivity from then end {until} (computed, not an "
            "FDA determination)."
        )
        rows = first.rows if first else bla.twelve_year.rows
        claims.append(page.claim(text, rows, twelve_years(until)))
    elif bla.deemed and bla.bla_first_approval:
        text = f"{name} is an approval deemed a biologics licence in March 2020; it has no twelve years of its own."
        claims.append(page.claim(text, bla.bla_first_approval.rows, DEEMED))
    if bla.orphan_until:
        text = f"Orphan exclusivity, which protects a use and not the product: until {bla.orphan_until.on}."
        claims.append(page.claim(text, bla.orphan_until.rows))
    if bla.brand_first_approval:
        text = (
            f"First approval under this name: {bla.brand_first_approval.on}. Biologics are not in the Orange Book; "
            "their patents, and settlements, are not in these files."
        )
        claims.append(page.claim(text, bla.brand_first_approval.rows))
    return claims


def _biosimilars(bla: Biologic, page: _Page) -> list[Claim]:
    dated: list[tuple[Dated, str]] = []
    for one in bla.biosimilars:
        if one.licensed and one.available:
            rank = "interchangeable" if one.interchangeable else "biosimilar"
            dated.append((one.licensed, f"{' / '.join(one.names) or one.suffix_name} ({one.applicant}), {rank}"))
    seen: dict[str, Claim] = {}
    for licensed, what in sorted(dated, key=lambda pair: pair[0].on):
        seen.setdefault(what, page.claim(f"{what}, licensed {licensed.on}; a licence is no launch.", licensed.rows))
    return list(seen.values())[:_MOST_BIOSIMILARS]
