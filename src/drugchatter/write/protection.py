"""Reading → Draft over the loaded books: when protection ends, which patents, who makes a generic or a biosimilar.

The sentence that answers what was asked comes first, then the others, then what these files cannot know. Every sentence
is computed from rows and names them; a date of a file stands with the rows, since listings and products may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.citations import cite_row
from drugchatter.exclusivity.generics import makers_of
from drugchatter.exclusivity.listings import OrangeBook, moieties
from drugchatter.exclusivity.protection import Biologic, Dated, Maker, Protection
from drugchatter.identity import base_ingredient, display_name
from drugchatter.names import english
from drugchatter.rows import RowRef
from drugchatter.text import fold, slug
from drugchatter.types import Claim, Document, Draft, DraftSection, Drug, Evidence, Reading, RowCitation
from drugchatter.write import rights, rivals
from drugchatter.write.losing import list_draft
from drugchatter.write.page import Page, listed_names, several

Asked = Literal["timing", "patents", "makers", "rated", "biosimilars", "name"]

# What a question wants first. Tried in this order; without any of these cues it is the date.
_CUES: tuple[tuple[Asked, str], ...] = (
    ("rated", r"\b(?:ab|a).?rat(?:ed|ing)|\bte codes?\b|\bsubstitut\w+|\btherapeutic(?:ally)? equivalen\w+"),
    ("biosimilars", r"\bbiosimilars?\b|\binterchangeab\w+"),
    ("name", r"\bwhat(?:'s| is| are) (?:the )?generic\b|\bgeneric (?:brand|name|drug)\b"),
    (
        "makers",
        r"\bwho (?:makes?|sells?|has|have|manufactur\w+|markets?)\b|\b(?:makers?|manufacturers?|applicants?) of\b"
        r"|\bhow many generics?\b|\bgenerics of\b|\bgenerics\?*$|\bgeneric (?:makers?|manufacturers?|versions)\b"
        r"|\bwhich companies\b|\b(?:is|are) there (?:a |an |any )?generics?\b|\bgeneric\?*$|\bgeneric available",
    ),
    (
        "patents",
        r"\b(?:which|what|list|all|how many)\b.{0,20}\bpatents?\b|\bpatents\?*$"
        r"|\bpatents? (?:list|numbers?|portfolio|protect\w*|cover\w*)",
    ),
)
_CUE_PATTERNS = tuple((asked, re.compile(pattern)) for asked, pattern in _CUES)
_WHEN = re.compile(r"\bwhen\b|\bhow (?:long|soon)\b|\bdate\b|\bexpir\w+")
_HAS_IT = re.compile(
    r"^(?:has|have|did|is)\b.{0,60}\b(?:lost|lose|expired?|off.?patent|ended|over|gone)\b|\bexpired\?*$"
)
_COURTS = re.compile(r"\b(?:lawsuits?|litigation|settle\w*|courts?|sued?|suing|judg\w+)\b")
# Of a biologic, neither patents nor lawsuits are in these files.
_NOT_HERE = re.compile(rf"{_COURTS.pattern}|\bpatents?\b")
_EXTENSION = re.compile(r"\bextension\b")


def asked_for(text: str) -> Asked:
    """What a question about protection wants to know first."""
    folded = fold(text)
    cued: Asked = next((asked for asked, pattern in _CUE_PATTERNS if pattern.search(folded)), "timing")
    return "timing" if _WHEN.search(folded) and cued not in ("rated", "biosimilars") else cued


class ProtectionWriter:
    """Answers questions about patents, exclusivity, generics and biosimilars from loaded books."""

    def __init__(self, books: Books, today: date) -> None:
        self._books, self._today = books, today

    def write(self, reading: Reading) -> Draft | None:
        """The draft for the first of the question's names that a row knows, or for all drugs where it names none and
        asks for a list; None when no row answers it."""
        if not reading.drugs and (draft := list_draft(reading, self._books, self._today)):
            return draft
        names = _asked_names(reading)
        for name in names:
            if found := self._books.protection(name, today=self._today):
                return self._draft(reading, found, names[0])
        return None

    def _draft(self, reading: Reading, found: Protection, said: str) -> Draft | None:
        named = reading.drugs[0].drug if reading.drugs else _drug_of(found)
        drug = replace(named, name=display_name(found.drug.upper()))

        def cite(ref: RowRef, derived: str) -> RowCitation:
            return cite_row(ref, drug, self._books.newest, self._books.purple, derived)

        page, text = Page(drug, cite), fold(reading.question.text)
        answer = _Biologic(found, found.bla, page) if found.bla else _Listed(found, self._books.newest, page)
        parts = answer.parts(asked_for(text), text)
        if not parts:
            return None
        missing = _not_in_file(found, said, answer, page, reading)
        headline, *rest = [*missing, *parts[0]]
        headings = (f"What is listed for {drug.name}?", *answer.headings(drug.name))
        sections = [
            DraftSection(heading, tuple(claims)) for heading, claims in zip(headings, (rest, *parts[1:]), strict=True)
        ]
        evidence = Evidence(reading=reading, findings=(), coverage=(), rows=tuple(page.rows.values()))
        return Draft(evidence, headline, tuple(s for s in sections if s.claims), (), None, ())


def _asked_names(reading: Reading) -> list[str]:
    """Names to look up in the books: as the reader said it, then the label's brand, then the ingredient."""
    said = [name for m in reading.drugs for name in (m.matched, m.drug.name, *m.drug.ingredients)]
    elsewhere = [name for pair in reading.known_elsewhere for name in pair]
    return [*said, *elsewhere] or [concept.said for concept in reading.focus if concept.said not in english()]


def _not_in_file(
    found: Protection, said: str, answer: _Listed | _Biologic, page: Page, reading: Reading
) -> list[Claim]:
    """That the brand asked for is not in the file, where its ingredient is answered for instead."""
    misspelt = any(match.how == "spelling" for match in reading.drugs)
    if found.level != "ingredient" or misspelt or not (refs := answer.refs()):
        return []
    wanted = base_ingredient(said)
    known = base_ingredient(found.drug)
    if wanted == known or wanted in moieties(found.drug) or wanted in known or known in wanted:
        return []
    text = (
        f"{display_name(said.upper())} itself is not in the products file of {found.products_file}: no longer listed, "
    )
    text += f"or newer than it. What follows is of {page.drug.name}."
    return [page.claim(text, refs[:1], f"no product named {said}, file of {found.products_file}")]


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


class _Listed:
    """The parts of an answer about drugs of the Orange Book."""

    def __init__(self, found: Protection, book: OrangeBook, page: Page) -> None:
        self.found, self.book, self.page = found, book, page
        self.makers: tuple[Maker, ...] = makers_of(book, found.applications)
        ceiling = found.dates.ceiling if found.dates else None
        self.ceiling = ceiling
        self.ahead = ceiling is not None and ceiling.on >= found.as_of

    def refs(self) -> list[RowRef]:
        return rivals.brand_rows(self.found, self.book)

    def headings(self, name: str) -> tuple[str, str]:
        return f"Is there a generic of {name}?", "What can these files not tell?"

    def parts(self, asked: Asked, text: str) -> list[list[Claim]]:
        """[what was asked, then dates], [generics], [limits]: the first claim of the first list is the headline."""
        limits = [claim for claim in (self._limits(), self._extensions(text)) if claim]
        counts_first = asked in ("makers", "name")
        told = rivals.state(self.found, self.makers, self.book, self.page, with_first=asked != "timing")
        head = self._headline(text, lead=not counts_first)
        first: list[Claim | None]
        if asked == "rated":
            answer = rivals.rated_yes_or_no(self.found, self.makers, self.book, self.page)
            first, second = [answer, head], list(rivals.maker_lines(self.makers, self.page))
        elif asked in ("makers", "name"):
            first = [self._name() if asked == "name" else None, told, head]
            second = list(rivals.maker_lines(self.makers, self.page)) if asked == "makers" else []
        elif asked == "patents":
            lines = list(rights.patent_lines(self.found, self.page))
            asked_off = rights.delist_requests(self.found, self.page)
            first = [self._patent_count(), *lines, *asked_off, head] if lines else [head, *asked_off]
            second = [told] if told else []
        else:
            first, second = [head, *self._dates()], [told] if told else []
        if _COURTS.search(text) and limits:
            first, limits = [first[0], limits[0], *first[1:]], limits[1:]
        kept = [claim for claim in first if claim]
        return [kept, [claim for claim in second if claim not in kept], limits] if kept else []

    def _many(self) -> bool:
        """An ingredient with several applications: one of them must not speak for all."""
        return self.found.level == "ingredient" and len(self.found.by_application) > 1

    def _dates(self) -> Iterable[Claim]:
        yield from rights.each_application(self.found, self.book, self.page)
        yield from rights.by_strength(self.found, self.book, self.page)
        if not self._many():
            yield from rights.dated_lines(self.found, self.page)
        else:
            yield from rights.delist_requests(self.found, self.page)

    def _headline(self, text: str, *, lead: bool) -> Claim | None:
        """The date after which nothing listed blocks; where generics are approved that comes first, unless it was said
        (`lead` is False)."""
        name, found = self.page.drug.name, self.found
        has_it = bool(_HAS_IT.search(text))
        first, rows = rivals.first_generic(found, self.book) if lead else ("", [])
        approved = f"generics are approved, {first}; " if first else ""
        if self.ceiling is None or not self.ahead:
            answer = "Yes, by these listings. " if has_it else ""
            return self._nothing_ahead(f"{answer}{name}: {approved}", rows)
        answer = "No, not by these listings. " if has_it else ""
        cause = rights.until(self.ceiling, found)
        if self._many():
            held = sum(1 for one in found.by_application if one.dates.ceiling and one.dates.ceiling.on >= found.as_of)
            total = len(found.by_application)
            own = f"{held} of its {several(total, 'application')} {'has' if held == 1 else 'have'} something listed, "
            tail = f"{own}the last until {self.ceiling.on}: {cause}."
            derived = f"{held} of {total} applications with something in force"
            return self.page.claim(
                f"{answer}{name}: {approved}{tail}", [*rights.shown(self.ceiling, self.found), *rows], derived
            )
        more = ", the latest of its applications" if len(found.by_application) > 1 else ""
        what = "nothing listed blocks one" if first else "nothing listed blocks a generic"
        tail = f"{what} with the full label after {self.ceiling.on}{more}: {cause}."
        return self.page.claim(f"{answer}{name}: {approved}{tail}", [*rights.shown(self.ceiling, self.found), *rows])

    def _nothing_ahead(self, start: str, rows: list[RowRef]) -> Claim | None:
        if self.ceiling:
            cause = rights.until(self.ceiling, self.found)
            ended = f"the last listed protection, {cause}, ended on {self.ceiling.on}"
            text = f"{start}{ended}; nothing listed on {self.found.listed} blocks a generic now."
            listings = f"nothing later in the listings of {self.found.listed}"
            return self.page.claim(text, [*rights.shown(self.ceiling, self.found), *rows], listings)
        if not (refs := self.refs()):
            return None
        apart = ", apart from patents whose holder asked to delist them" if self.found.delisted else ""
        text = f"{start}no patent or exclusivity is listed for it in the Orange Book of {self.found.listed}{apart}."
        absent = f"no counting row in patent.txt or exclusivity.txt of {self.found.listed}"
        return self.page.claim(text, [*refs[:1], *rows], absent)

    def _patent_count(self) -> Claim | None:
        last = self.found.dates.last_patent_with_ped if self.found.dates else None
        if last is None:
            return None
        living = len({patent.number for patent in self.found.patents if not patent.expired})
        listed = f"{several(living, 'patent')} in force {'is' if living == 1 else 'are'} listed"
        which = rights.until(last, self.found).removeprefix("patent ")
        text = f"{self.page.drug.name}: {listed}, the last until {last.on}: {which}."
        return self.page.claim(text, rights.shown(last, self.found), f"one of {living} patent numbers in force")

    def _name(self) -> Claim | None:
        rows = [row for application in self.found.applications for row in self.book.products.get(application, ())]
        if not rows:
            return None
        brands = list(
            dict.fromkeys(
                display_name(row.trade_name) for row in rows if not _is_generic_name(row.trade_name, row.ingredient)
            )
        )
        ingredient = rows[0].ingredient.lower()
        refs = [row.ref(self.book.products_edition) for row in rows]
        if self.found.level == "ingredient":
            sold = f"; brands of it: {listed_names(brands, 3)}" if brands else ""
            named = list({ref.item: ref for ref in reversed(refs) if display_name(ref.item) in brands[:3]}.values())
            named = named or refs[:1]
            return self.page.claim(f"{self.page.drug.name} is an ingredient's name, the generic name{sold}.", named)
        return self.page.claim(f"{self.page.drug.name} is a brand; the generic name is {ingredient}.", refs[:1])

    def _limits(self) -> Claim | None:
        refs: list[RowRef] = list(self.ceiling.rows[:1]) if self.ceiling else []
        refs = [*refs, *self.refs()[:1]]
        if not refs:
            return None
        text = (
            "Expiry or approval is not a launch; court rulings, settlements, licences and tentative approvals are in "
        )
        text += f"neither file (listings of {self.found.listed}, products of {self.found.products_file})."
        return self.page.claim(text, refs, f"listings of {self.found.listed}, products of {self.found.products_file}")

    def _extensions(self, text: str) -> Claim | None:
        if not _EXTENSION.search(text) or not self.ceiling:
            return None
        told = (
            "A patent term extension is part of the printed date and not shown apart; a pediatric one is (*PED rows)."
        )
        return self.page.claim(told, self.ceiling.rows[:1])


def _is_generic_name(trade_name: str, ingredient: str) -> bool:
    return bool(moieties(trade_name.replace(" AND ", "; ")) & moieties(ingredient))


# ------------------------------------------------------------------------------------------------------ Purple Book


class _Biologic:
    """The parts of an answer about a biologic."""

    def __init__(self, found: Protection, bla: Biologic, page: Page) -> None:
        self.found, self.bla, self.page = found, bla, page

    def refs(self) -> list[RowRef]:
        anchor = self.bla.brand_first_approval or self.bla.bla_first_approval
        return list(anchor.rows) if anchor else []

    def headings(self, name: str) -> tuple[str, str]:
        return f"Are there biosimilars of {name}?", "What can these files not tell?"

    def parts(self, asked: Asked, text: str) -> list[list[Claim]]:
        """[what was asked, then dates], [biosimilars], [limits]."""
        told, lines = rivals.biosimilar_state(self.bla, self.page), list(rivals.biosimilar_lines(self.bla, self.page))
        dates = [claim for claim in (self._headline(), *self._more()) if claim]
        limits = [claim for claim in (self._limits(),) if claim]
        if asked in ("biosimilars", "makers", "rated", "name") and told:
            kept = [told, *dates]
            return [kept, lines, limits]
        if _NOT_HERE.search(text) and dates:
            dates, limits = [dates[0], *limits, *dates[1:]], []
        if not dates:
            return []
        if len(lines) > rivals.MOST_IN_PASSING:
            lines = []
        return [dates, [claim for claim in (told, *lines) if claim], limits]

    def _headline(self) -> Claim | None:
        bla, name = self.bla, self.page.drug.name
        if bla.reference_until:
            ends = "until" if bla.reference_until.on >= self.found.as_of else "that ended on"
            text = f"{name}: FDA's Purple Book prints reference product exclusivity {ends} {bla.reference_until.on}."
            return self.page.claim(text, bla.reference_until.rows)
        if bla.twelve_year:
            return self._twelve_years(bla.twelve_year)
        if bla.deemed and bla.bla_first_approval:
            first = bla.bla_first_approval
            text = (
                f"{name}: first approved {first.on} as a drug, deemed a biologics licence on 23 March 2020; it has no "
            )
            derived = "an NDA until 23 March 2020, hence no twelve years of its own"
            return self.page.claim(f"{text}twelve years of exclusivity of its own.", first.rows, derived)
        if bla.brand_first_approval:
            first = bla.brand_first_approval
            text = f"{name} is itself a biosimilar, licensed {first.on}; it starts no twelve years of exclusivity."
            return self.page.claim(text, first.rows)
        return None

    def _twelve_years(self, end: Dated) -> Claim:
        bla, name = self.bla, self.page.drug.name
        first = bla.first_licensure or bla.same_substance_first or bla.bla_first_approval
        ends = "end" if end.on >= self.found.as_of else "ended"
        derived = f"plus twelve years (PHS Act 351(k)(7)), computed and not an FDA determination: {end.on}"
        start = f"first licensed {first.on}" if first else "first licensed"
        brand = bla.brand_first_approval
        if first and brand and first.on < brand.on:
            own = (
                f" as {display_name(bla.first_name)}"
                if bla.first_name and bla.first_name.lower() != name.lower()
                else ""
            )
            start = f"its substance was first licensed {first.on}{own}"
        text = f"{name}: {start}; twelve years of reference product exclusivity from then {ends} {end.on} (computed, "
        return self.page.claim(f"{text}not an FDA determination).", first.rows if first else end.rows, derived)

    def _more(self) -> Iterable[Claim]:
        bla, brand = self.bla, self.bla.brand_first_approval
        first = bla.same_substance_first or bla.bla_first_approval
        if brand and first and first.on < brand.on and (bla.twelve_year or bla.reference_until):
            text = f"Its own approval, {brand.on}, is later under the same sponsor and starts no new twelve years."
            yield self.page.claim(text, brand.rows)
        if bla.orphan_until:
            ends = "until" if bla.orphan_until.on >= self.found.as_of else "ended on"
            text = f"Orphan exclusivity, which protects a use and not the product: {ends} {bla.orphan_until.on}."
            yield self.page.claim(text, bla.orphan_until.rows)

    def _limits(self) -> Claim | None:
        if not (refs := self.refs()):
            return None
        text = (
            "Its patents are not in these files, since the Orange Book lists none of biologics; nor are settlements, "
        )
        text += f"court rulings and launch dates (Purple Book to {self.bla.edition})."
        return self.page.claim(text, refs[:1], f"Purple Book to {self.bla.edition}")
