"""A question over all drugs → Draft: whose listed protection ends in a year, of an applicant, drugs or biologics.

The answer says how many there are and by what criteria, names the first ten and the command that lists all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.citations import cite_row
from drugchatter.exclusivity.codes import in_words
from drugchatter.exclusivity.losing import Line, by_applicant, losing_protection, of_kind
from drugchatter.exclusivity.protection import Kind
from drugchatter.identity import display_name
from drugchatter.rows import RowRef
from drugchatter.text import fold, words
from drugchatter.types import Claim, Document, Draft, DraftSection, Drug, Evidence, Reading, RowCitation
from drugchatter.write.page import Page, firm, several

_MOST_LINES = 10
_LONGEST_SPAN = 10
_ALL = re.compile(
    r"\b(?:drugs|medicines|medications|brands|products|biologics|blockbusters|companies|(?:which|what|list|any|all)\b.{0,25}\b"
    r"(?:lose|losing|expir\w+|go(?:ing)? (?:generic|off))|expirations|expiries|patent cliffs?)\b"
)
_YEAR = re.compile(r"\b(20[2-5]\d)\b")
_AHEAD = re.compile(r"\bnext (\d|two|three|four|five|ten) years\b")
_COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_OF_WHOM = re.compile(r"\b(?:for|by|from|of|at) (?:the )?([a-z][\w.&-]+)")
_BIOLOGICS = re.compile(r"\bbiologics?\b|\bbiosimilars?\b|\bpurple book\b")
_BRANDS = re.compile(r"\bgenerics?\b|\bsmall molecules?\b|\borange book\b|\bndas?\b")
# First words of applicants that are ordinary words of such questions.
_ORDINARY = frozenset(
    """general american international global central day life first health new us united national advanced all family
    foundation dow harm hope hill horizon journey alliance insight heritage harmony impact royal summit sun the and for
    next this year years drug drugs product products generic generics patent patents brand brands company companies
    expiration expirations exclusivity list market big pharma pharmaceutical pharmaceuticals""".split()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question over all drugs asks for: the years from `first` to `last`, an applicant's word, one kind."""

    first: int
    last: int
    applicant: str
    kind: Kind | None

    @property
    def command(self) -> str:
        applicant = f" --applicant {self.applicant}" if self.applicant else ""
        kind = f" --kind {'biologic' if self.kind == 'BLA' else 'drug'}" if self.kind else ""
        return f"`drugchatter list --loses-protection {self.first}{applicant}{kind}`"


def wanted(text: str, applicants: frozenset[str], today: date) -> Wanted | None:
    """The criteria of a question over all drugs; None when it is none, or names someone who is no applicant.

    Without a year, what lies ahead is meant: this year and the next, of one applicant five years.
    """
    if not _ALL.search(text):
        return None
    company = next((word for word in words(text) if word in applicants and word not in _ORDINARY), "")
    named = [word for word in _OF_WHOM.findall(text) if word not in _ORDINARY and not word.isdigit()]
    if named and not company and not _ALL.search(named[0]):
        return None
    kind: Kind | None = "BLA" if _BIOLOGICS.search(text) else "NDA" if _BRANDS.search(text) else None
    return Wanted(*_years(text, today, 5 if company else 1), company, kind)


def _years(text: str, today: date, ahead_if_none: int) -> tuple[int, int]:
    if years := sorted({int(year) for year in _YEAR.findall(text)}):
        return years[0], min(years[-1], years[0] + _LONGEST_SPAN)
    if "next year" in text:
        return today.year + 1, today.year + 1
    if "this year" in text:
        return today.year, today.year
    if ahead := _AHEAD.search(text):
        return today.year, today.year + (_COUNTED.get(ahead[1]) or int(ahead[1]))
    return today.year, today.year + ahead_if_none


def list_draft(reading: Reading, books: Books, today: date) -> Draft | None:
    """The answer to a question over all drugs; None when it is none or no row fits (then it is declined elsewhere)."""
    if reading.known_elsewhere:
        return None
    asked = wanted(fold(reading.question.text), _first_words(books), today)
    if asked is None:
        return None
    lines = [
        line
        for year in range(asked.first, asked.last + 1)
        for line in losing_protection(books.newest, year, books.purple)
    ]
    lines = list(by_applicant(lines, asked.applicant)) if asked.applicant else lines
    lines = list(of_kind(lines, asked.kind)) if asked.kind else lines
    if "year" not in fold(reading.question.text) and not _YEAR.search(reading.question.text):
        lines = [line for line in lines if line.after.on >= today]
    if not lines:
        return None
    lines.sort(key=lambda line: (line.after.on, line.application))
    return _draft(reading, asked, lines, books)


def _first_words(books: Books) -> frozenset[str]:
    """The first word of every applicant of an NDA or a biologic, as readers name a company."""
    orange = (
        row.applicant_full_name for rows in books.newest.products.values() for row in rows if row.appl_type == "N"
    )
    purple = (row.applicant for rows in books.purple.by_bla.values() for row in rows) if books.purple else ()
    return frozenset(first[0] for name in (*orange, *purple) if (first := words(name)[:1]) and len(first[0]) > 2)


def _draft(reading: Reading, asked: Wanted, lines: list[Line], books: Books) -> Draft:
    drug = _all_drugs(books)

    def cite(ref: RowRef, derived: str) -> RowCitation:
        return cite_row(ref, drug, books.newest, books.purple, derived)

    page = Page(drug, cite)
    headline = page.claim(*_count(asked, lines, books))
    shown = _shown(lines)
    named = tuple(_line(line, books, page) for line in shown)
    more = _criteria(asked, lines, shown, books, page)
    sections = (
        DraftSection(f"Which are the first {len(named)}?" if len(named) < len(lines) else "Which are they?", named),
        DraftSection("How was this counted?", more),
    )
    evidence = Evidence(reading=reading, findings=(), coverage=(), rows=tuple(page.rows.values()))
    return Draft(evidence, headline, sections, (), None, ())


def _shown(lines: list[Line]) -> list[Line]:
    """The first ten by date, those that the products files list as active before the others."""
    first = sorted(lines, key=lambda line: not (line.marketed and line.names))[:_MOST_LINES]
    return sorted(first, key=lambda line: (line.after.on, line.application))


def _span(asked: Wanted) -> str:
    return str(asked.first) if asked.first == asked.last else f"{asked.first} to {asked.last}"


def _count(asked: Wanted, lines: list[Line], books: Books) -> tuple[str, tuple[RowRef, ...], str]:
    drugs, biologics = (sum(line.kind == kind for line in lines) for kind in ("NDA", "BLA"))
    parts = [several(drugs, "drug application")] if drugs else []
    parts += [several(biologics, "biologic licence")] if biologics else []
    of = f" of {asked.applicant.title()}" if asked.applicant else ""
    lose = "loses" if len(lines) == 1 else "lose"
    text = f"{' and '.join(parts)}{of} {lose} the last listed protection in {_span(asked)}, by the listings of "
    how = "all of them" if asked.first == asked.last else "year by year"
    text += f"{books.newest.listings_edition}; {how}: {asked.command}."
    derived = (
        f"{drugs} NDAs and {biologics} BLAs counted for {_span(asked)}, listings of {books.newest.listings_edition}"
    )
    return text, lines[0].after.rows[:1], derived


def _line(line: Line, books: Books, page: Page) -> Claim:
    named = [name for name in line.names if name != "N/A"] or [*line.ingredients] or ["not yet named"]
    name = " / ".join(display_name(name) for name in named[:2])
    refs = list(line.after.rows[:1])
    refs += [row.ref(books.newest.products_edition) for row in books.newest.products.get(line.application, ())[:1]]
    what = (
        f"patent {line.after.items[0]}" if line.driver == "patent" else f"exclusivity {in_words(line.after.items[0])}"
    )
    derived = ""
    if line.kind == "BLA":
        computed = line.basis.startswith("computed")
        what = "twelve years, computed" if computed else "twelve years as FDA prints them"
        derived = f"twelve years: {line.after.on}"
    holder = f", {firm(max(line.applicants, key=len))}" if line.applicants else ""
    return page.claim(f"{name} ({line.application}{holder}): after {line.after.on}, {what}.", refs, derived)


def _criteria(asked: Wanted, lines: list[Line], shown: list[Line], books: Books, page: Page) -> tuple[Claim, ...]:
    book = books.newest
    text = (
        "Counted: the last day of all patents (with pediatric extension, without delist requests) and exclusivities "
        "of an application; of a biologic, twelve years. No launch date: generics may be approved already; settlements "
        f"and court rulings are not in these files (products of {book.products_edition})."
    )
    claims = [page.claim(text, shown[0].after.rows[:1], f"products of {book.products_edition}")]
    if asked.first <= int(book.listings_edition[:4]):
        told = (
            f"Rows that ended before {book.listings_edition} leave FDA's files, so what ended earlier is not complete."
        )
        claims.append(page.claim(told, shown[0].after.rows[:1], f"listings of {book.listings_edition}"))
    return tuple(claims)


def _all_drugs(books: Books) -> Drug:
    """What an answer over all rows is about."""
    edition = books.newest.listings_edition
    document = Document(
        set_id="orange-book",
        version=edition,
        effective_date=date.fromisoformat(edition),
        source="orange_book",
        publisher="FDA Orange Book",
        title="all applications",
        labeler="",
        application_numbers=(),
        routes=(),
        kind="row",
        drug_id="all-applications",
    )
    return Drug("all-applications", "all applications", "", (), (), document, "a list over all rows", 0)
