"""Engine values → plain values for the templates: one small function a page, no HTML, no requests.

A page is made of blocks that templates know how to show: an answer (`answer_view`), a table (`Table`), a list of links.
What the engine learns to tell becomes one more block here and nothing new there.
"""

from __future__ import annotations

import calendar
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from drugchatter.engine import Engine
from drugchatter.errors import StoreError
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.losing import (
    Line,
    by_applicant,
    by_ingredient,
    of_kind,
    protected,
    protected_biologics,
)
from drugchatter.exclusivity.protection import Protection, protection_json
from drugchatter.surfaces.answer_json import answer_to_dict, external_profiles, source_to_dict
from drugchatter.surfaces.web.catalog import Catalog, Group
from drugchatter.text import fold, slug, without_references
from drugchatter.types import Answer, Document, Drug, Passage, Question, Source, Statement
from drugchatter.vocabulary import SECTIONS, intents, section_label

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, and where it leads."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `note` says where its rows come from, `empty` what is said when there are none."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    empty: str = "Nothing is listed."


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page under its own heading. `figure` is an SVG made by us, shown above the table that it draws."""

    id: str
    title: str
    lead: str = ""
    tables: tuple[Table, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    figure: str = ""
    links: tuple[Cell, ...] = field(default=())


def ask_path(question: str, turns: Iterable[str] = ()) -> str:
    """The address of the answer to a question (for links that we make; forms send theirs in the body)."""
    return f"/ask?{urlencode([('q', question), *(('turn', turn) for turn in turns)])}"


# ----------------------------------------------------------------------------------------------------------- answer


_ORIGIN = {
    "verbatim": "label’s own words",
    "summary": "our summary of the label",
    "row": "row of the publisher’s table",
}
_FIRST_NOTICES = ("emergency", "boxed_warning", "stale")
_LABELS = "https://dailymed.nlm.nih.gov/"


def answer_view(answer: Answer, engine: Engine) -> View:
    """All that the answer's page shows: the documented JSON, and for each source its words in their context."""
    shown = answer_to_dict(answer)
    sources = [source_view(source, engine) for source in answer.sources]
    verify = _verify(answer, sources)
    quotes = {source.n: source.quote for source in answer.sources}
    return {
        **shown,
        "headline": statement_view(answer.headline, quotes) if answer.headline else None,
        "sections": [
            {"heading": section.heading, "statements": [statement_view(one, quotes) for one in section.statements]}
            for section in answer.sections
        ],
        "turns": list(answer.reading.question.turns),
        "plain": answer.reading.question.plain,
        "sources": sources,
        "first_notices": [n for n in shown["notices"] if n["kind"] in _FIRST_NOTICES],
        "last_notices": [n for n in shown["notices"] if n["kind"] not in _FIRST_NOTICES],
        "declined_text": _without(shown["declined"]["text"], shown["notices"]) if shown["declined"] else "",
        "verify": verify,
        "drugs": [_drug_card(match.drug) for match in answer.reading.drugs],
        "related": [{"text": text, "href": ask_path(text)} for text in answer.related],
        "dates": _span_of_dates(answer),
    }


def _span_of_dates(answer: Answer) -> list[str]:
    """The date of the sources, or the oldest and the newest; without sources, the edition's."""
    dates = sorted({source.date for source in answer.sources})
    return dates[:1] + dates[1:][-1:] or [answer.edition.released or answer.edition.built[:10]]


def statement_view(statement: Statement, quotes: Mapping[int, str]) -> View:
    """A statement with `lines`: its text, broken where the quotations it is made of are broken in their document."""
    lines = [without_references(line) for n in statement.citations for line in quotes.get(n, "").split("\n")]
    joined = " ".join(lines)
    before = statement.text.removesuffix(joined) if statement.text.endswith(joined) else None
    whole = [statement.text] if before is None or len(lines) == 1 else [before + lines[0], *lines[1:]]
    return {"lines": whole, "text": statement.text, "citations": statement.citations, "basis": statement.basis}


def _without(text: str, notices: list[dict[str, str]]) -> str:
    """A refusal without the notice that stands above it already."""
    for notice in notices:
        text = text.replace(notice["text"], "")
    return text.strip()


def _verify(answer: Answer, sources: list[View]) -> View | None:
    """The source of the first statement: where a reader would check first."""
    first: Statement | None = next(answer.statements(), None)
    return next((source for source in sources if first and source["n"] in first.citations), None)


def _drug_card(drug: Drug) -> View:
    return {
        "name": drug.name,
        "generic": drug.generic,
        "path": f"/drug/{drug.id}",
        "external": external_profiles(drug),
        "why": drug.why_reference if drug.labels > 1 else "",
    }


def source_view(source: Source, engine: Engine) -> View:
    """A source with the words around its quotation, and where both can be read."""
    found = engine.index.passage(source.passage_id) if source.quote and source.kind != "row" else None
    before, after, at = _around(found[0], source.quote) if found else ("", "", None)
    return {
        **source_to_dict(source),
        "origin": _ORIGIN[source.kind],
        "before": before,
        "after": after,
        "context": f"/source/{source.passage_id}?at={at}" if at else "",
        "url": publisher_url(source),
    }


def _around(passage: Passage, quoted: str) -> tuple[str, str, str | None]:
    """The line before and the line after a quotation, and its place in the passage ("start-end")."""
    start = passage.text.find(quoted)
    if start < 0:
        return "", "", None
    end = start + len(quoted)
    before = passage.text[:start].rstrip("\n").rpartition("\n")[2]
    after = passage.text[end:].lstrip("\n").partition("\n")[0]
    return _clipped(before, last=True), _clipped(after), f"{start}-{end}"


_MOST_AROUND = 220


def _clipped(text: str, last: bool = False) -> str:
    """At most about 220 characters, cut at a word."""
    if len(text) <= _MOST_AROUND:
        return text
    if last:
        return "… " + text[-_MOST_AROUND:].partition(" ")[2]
    return text[:_MOST_AROUND].rpartition(" ")[0] + " …"


def publisher_url(source: Source) -> str:
    """The publisher's page, opened at the sentence by a text fragment where the page holds these very words."""
    if source.kind != "verbatim" or not source.quote or not source.url.startswith(_LABELS):
        return source.url
    return source.url + text_fragment(source.quote)


_ENDS = 5


def text_fragment(quoted: str) -> str:
    """`#:~:text=` for a quotation: whole when short, else its first and last words (WICG Text Fragments). It stays
    within one line or cell and clear of brackets, which pages set apart.

    >>> text_fragment("Store at 2-8 °C.")
    '#:~:text=Store%20at%202%2D8%20%C2%B0C.'
    """
    found = max(re.split(r"\n| \| |\s*[\[(][^\])]*[\])]", quoted), key=len).split()
    if len(found) <= 2 * _ENDS:
        return f"#:~:text={_escaped(found)}"
    return f"#:~:text={_escaped(found[:_ENDS])},{_escaped(found[-_ENDS:])}"


def _escaped(found: list[str]) -> str:
    """Percent-encoded; a hyphen too, since it separates the parts of a text directive."""
    return quote(" ".join(found), safe="").replace("-", "%2D")


# ------------------------------------------------------------------------------------------------------- one source


def passage_view(engine: Engine, passage_id: str, at: str) -> View | None:
    """A whole passage, with the characters `at` ("start-end") marked; None when it is not held."""
    found = engine.index.passage(passage_id)
    if found is None:
        return None
    passage, document = found
    start, end = _span(at, len(passage.text))
    source = engine.cite(passage_id)
    assert source is not None  # noqa: S101 - the passage is held
    drug = engine.index.drug(document.drug_id)
    return {
        **source_to_dict(source),
        "origin": _ORIGIN[document.kind],
        "before": passage.text[:start],
        "marked": passage.text[start:end],
        "after": passage.text[end:],
        "rows": [line.split(" | ") for line in passage.lines()] if passage.kind == "table" else [],
        "drug_path": f"/drug/{drug.id}",
        "section_path": f"/drug/{drug.id}/label/{passage.field}" if document == drug.reference else "",
        "url": publisher_url(source) if start == end else _url_at(source, passage.text[start:end]),
    }


def _url_at(source: Source, quoted: str) -> str:
    return source.url + text_fragment(quoted) if source.kind == "verbatim" else source.url


def _span(at: str, length: int) -> tuple[int, int]:
    """The asked span within a text of `length`; nothing for anything else."""
    match = re.fullmatch(r"(\d{1,7})-(\d{1,7})", at)
    if not match:
        return length, length
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end <= length else (length, length)


# ------------------------------------------------------------------------------------------------------------- home


_EXAMPLES = (
    ("kesimpta", "mechanism"),
    ("eliquis", "interactions"),
    ("ozempic", "boxed_warning"),
    ("keytruda", "half_life"),
    ("humira", "storage"),
    ("lipitor", "pregnancy"),
    ("warfarin-sodium", "monitoring"),
    ("jardiance", "renal_dose"),
)
_MOST_EXAMPLES = 5


def home_view(engine: Engine, catalog: Catalog, books: list[tuple[str, str]]) -> View:
    """What is loaded, of when (`books`: file and date of each book), and questions that it answers."""
    edition = engine.index.edition
    examples = [
        intents()[intent].ask.format(drug=catalog.drugs[drug].name)
        for drug, intent in _EXAMPLES
        if drug in catalog.drugs and intent in intents()
    ]
    return {
        "examples": [{"text": text, "href": ask_path(text)} for text in examples[:_MOST_EXAMPLES]],
        "labels": sum(count for _, count in edition.documents),
        "drugs": len(catalog.drugs),
        "data_date": edition.released or edition.built[:10],
        "starter": {source for source, _ in edition.documents} == {"starter"},
        "books": books,
    }


# ------------------------------------------------------------------------------------------------------------- drug


_ASKED = (
    "indication mechanism dose administration side_effects boxed_warning contraindications interactions pregnancy "
    "lactation pediatric renal_dose half_life storage"
).split()
_NOT_READ = frozenset({"spl_product_data_elements", "package_label_principal_display_panel", "route", "components"})
_ORDER = {field: place for place, field in enumerate(SECTIONS)}


def drug_view(engine: Engine, catalog: Catalog, books: Books | None, drug: Drug, answer: Answer, find: str) -> View:
    """A drug's page; `answer` is that to "What is …?", `find` the words searched for in its label."""
    passages = engine.index.passages(drug.reference.set_id, drug.reference.source)
    return {
        "drug": _drug_card(drug),
        "id": drug.id,
        "facts": _identity(drug, catalog),
        "answer": answer_view(answer, engine) if drug.id in {m.drug.id for m in answer.reading.drugs} else None,
        "sections": _sections(drug, passages),
        "label": _document(drug.reference),
        "find": find,
        "hits": _search(drug, passages, find) if find else [],
        "panels": [_protection_panel(books, drug), _labels_panel(engine, drug), _related_panel(catalog, drug)],
        "questions": [_permalink(drug, intent) for intent in _ASKED if _can_answer(intent, passages)],
        "context": f"What is {drug.name}?",
    }


def _identity(drug: Drug, catalog: Catalog) -> list[tuple[str, list[Cell]]]:
    reference = drug.reference
    facts = [
        ("Active ingredient", [Cell(", ".join(drug.ingredients) or drug.generic)]),
        ("Class", [Cell(name, f"/class/{slug(name)}") for name in _distinct(drug.pharm_classes)]),
        ("Labeler", [Cell(reference.labeler, f"/company/{slug(reference.labeler)}")] if reference.labeler else []),
        ("Application", [Cell(number) for number in reference.application_numbers]),
        ("Route", [Cell(", ".join(reference.routes))] if reference.routes else []),
    ]
    return [(name, cells) for name, cells in facts if cells]


def _distinct(names: Iterable[str]) -> list[str]:
    """Names that differ by more than case and punctuation."""
    return list({slug(name): name for name in reversed(list(names))}.values())[::-1]


def _document(document: Document) -> View:
    return {
        "title": document.title,
        "publisher": document.publisher,
        "version": document.version,
        "date": document.effective_date.isoformat(),
        "set_id": document.set_id,
        "url": f"{_LABELS}dailymed/drugInfo.cfm?setid={document.set_id}" if document.set_id else "",
        "summary": document.kind == "summary",
    }


def _title(field: str) -> str:
    return SECTIONS[field].title if field in SECTIONS else field.replace("_", " ").title()


def _sections(drug: Drug, passages: Iterable[Passage]) -> list[View]:
    """The sections of a label in the order of labels, each with its address and size."""
    words: dict[str, int] = {}
    for passage in passages:
        if passage.field not in _NOT_READ:
            words[passage.field] = words.get(passage.field, 0) + len(passage.text.split())
    return [
        {"title": _title(name), "href": f"/drug/{drug.id}/label/{name}", "words": words[name]}
        for name in sorted(words, key=lambda name: _ORDER.get(name, len(_ORDER)))
    ]


_MOST_HITS = 40


def _search(drug: Drug, passages: Iterable[Passage], find: str) -> list[View]:
    """Lines that hold all words of `find`, in the label's order, with the place to read each in."""
    wanted = fold(find).split()
    hits: list[View] = []
    for passage in passages:
        place = 0
        for line in passage.lines():
            folded = fold(line)
            if wanted and all(word in folded for word in wanted) and passage.field not in _NOT_READ:
                context = f"/source/{passage.id}?at={place}-{place + len(line)}"
                parts = marked_parts(line, wanted)
                hits.append({"section": section_label(passage.field, passage.heading), "parts": parts, "href": context})
            place += len(line) + 1
        if len(hits) >= _MOST_HITS:
            break
    return hits[:_MOST_HITS]


def marked_parts(line: str, wanted: Sequence[str]) -> list[tuple[str, bool]]:
    """`line` in pieces, each with whether it is one of the `wanted` words; letters only differ in case.

    >>> marked_parts("Keep dry. KEEP cool.", ["keep"])
    [('Keep', True), (' dry. ', False), ('KEEP', True), (' cool.', False)]
    """
    pattern = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
    pieces = re.split(f"({pattern})", line, flags=re.IGNORECASE)
    return [(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece]


def _can_answer(intent: str, passages: Sequence[Passage]) -> bool:
    routes = {route.field for route in intents()[intent].routes}
    return any(p.intent == intent if p.intent else p.field in routes for p in passages)


def _permalink(drug: Drug, intent: str) -> Cell:
    return Cell(intents()[intent].ask.format(drug=drug.name), f"/q/{drug.id}-{intent.replace('_', '-')}")


def _labels_panel(engine: Engine, drug: Drug) -> Panel:
    """The label that is quoted, and the others of the same ingredients."""
    family = {other.id: other for other in (drug, *engine.index.family(drug.ingredients))}
    held = [(other, doc) for other in family.values() for doc in engine.index.documents(other.id)]
    rows = [
        (
            Cell(other.name, "" if other.id == drug.id else f"/drug/{other.id}"),
            Cell(doc.title, str(_document(doc)["url"])),
            Cell(doc.labeler),
            Cell(f"version {doc.version}, {doc.effective_date.isoformat()}"),
            Cell("quoted here" if doc == drug.reference else ""),
        )
        for other, doc in sorted(held, key=lambda pair: (pair[1] != drug.reference, pair[0].name, pair[1].title))
    ]
    lead = f"The label quoted on this page: {drug.why_reference}."
    return Panel(
        "labels",
        "Labels",
        lead,
        (Table("Labels held for this ingredient", ("Drug", "Label", "Labeler", "Version", ""), rows),),
    )


_MOST_RELATED = 24


def _related_panel(catalog: Catalog, drug: Drug) -> Panel:
    """Drugs of the same classes."""
    groups = [catalog.classes[slug(name)] for name in _distinct(drug.pharm_classes) if slug(name) in catalog.classes]
    others = {other.id: other for group in groups for other in group.drugs if other.id != drug.id}
    links = tuple(Cell(other.name, f"/drug/{other.id}") for other in list(others.values())[:_MOST_RELATED])
    lead = "" if links else "No other drug of this class is held."
    return Panel("related", "Drugs of the same class", lead, links=links)


def section_view(engine: Engine, drug: Drug, field_name: str) -> View | None:
    """One section of a drug's reference label with all its passages; None when the label lacks it."""
    passages = [p for p in engine.index.passages(drug.reference.set_id, drug.reference.source) if p.field == field_name]
    if not passages or field_name in _NOT_READ:
        return None
    return {
        "drug": _drug_card(drug),
        "title": _title(field_name),
        "loinc": SECTIONS[field_name].loinc if field_name in SECTIONS else None,
        "label": _document(drug.reference),
        "passages": [_passage(passage) for passage in passages],
        "questions": [_permalink(drug, i) for i in _answered_by(field_name) if _can_answer(i, passages)],
        "context": f"What is {drug.name}?",
    }


def _answered_by(field_name: str) -> list[str]:
    """Intents that look into this section first."""
    return [intent for intent in _ASKED if intents()[intent].routes[0].field == field_name]


def _passage(passage: Passage) -> View:
    table = passage.kind == "table"
    return {
        "id": passage.id,
        "heading": passage.heading,
        "lines": [] if table else passage.lines(),
        "rows": [line.split(" | ") for line in passage.lines()] if table else [],
    }


# ------------------------------------------------------------------------------------------------------- protection


def _protection_panel(books: Books | None, drug: Drug) -> Panel:
    """Patents, exclusivity, generics or biosimilars as the books list them; a word on why there is nothing."""
    if books is None:
        return Panel("protection", "Protection", "No Orange or Purple Book is loaded in this edition.")
    found = next((p for name in (drug.name, *drug.ingredients) if (p := books.protection(name))), None)
    if found is None:
        return Panel("protection", "Protection", "No row of the loaded Orange and Purple Books names this drug.")
    lead = "From FDA’s books. A listed date is no launch date: rulings, settlements and licences are not in them."
    return Panel("protection", "Protection", lead, _tables(found), _dates(protection_json(found)))


def _dates(shown: View) -> tuple[tuple[str, str], ...]:
    """The dates that matter, in words."""
    last, bla = shown["last_exclusivity"], shown["bla"]
    named = [
        ("Nothing listed blocks a generic after", shown["nothing_listed_blocks_after"]),
        ("Without what a label can leave out", shown["ceiling_without_carveable"]),
        ("Last listed patent", shown["last_patent_expiry"]),
        ("… with pediatric extension", shown["last_patent_expiry_with_ped"]),
        (f"Last exclusivity ({last['code']})" if last else "", last and last["date"]),
        ("Reference product exclusivity", bla and bla["fda_ref_product_exclusivity"]),
        ("Twelve years from first licensure", bla and bla["twelve_year_date"]),
        ("Orphan exclusivity", bla and bla["orphan_exclusivity"]),
        ("As listed on", shown["listed"]),
        ("Products of", shown["products_file"] if shown["kind"] == "NDA" else None),
    ]
    return tuple((name, value) for name, value in named if value)


def _tables(found: Protection) -> tuple[Table, ...]:
    return _biosimilars(found) if found.bla else (_patents(found), _exclusivities(found))


def _patents(found: Protection) -> Table:
    rows = [
        (
            Cell(patent.number),
            Cell(_day(patent.expiry)),
            Cell(_day(patent.expiry_with_ped) if patent.pediatric else ""),
            Cell(_claims(patent.substance, patent.product, patent.use_codes)),
            Cell("delist requested" if patent.delisted else "expired" if patent.expired else "listed"),
            Cell(f"{patent.application} / {', '.join(patent.products)}"),
        )
        for patent in sorted((*found.patents, *found.delisted), key=lambda p: (p.expiry_with_ped or date.max, p.number))
    ]
    heads = ("Patent", "Expires", "With pediatric extension", "Claims", "Status", "Application / products")
    return Table(
        "Listed patents", heads, rows, f"FDA Orange Book, patent.txt of {found.listed}", "No patent is listed."
    )


def _claims(substance: bool, product: bool, use_codes: Iterable[str]) -> str:
    claims = [*(["substance"] if substance else []), *(["product"] if product else []), *use_codes]
    return ", ".join(claims) or "not stated"


def _exclusivities(found: Protection) -> Table:
    rows = [
        (
            Cell(one.code),
            Cell(one.until.isoformat()),
            Cell(", ".join(one.extends)),
            Cell(f"{one.application} / {one.product}"),
        )
        for one in sorted(found.exclusivities, key=lambda one: (one.until, one.code, one.product))
    ]
    heads = ("Code", "Until", "Extends", "Application / product")
    note = f"FDA Orange Book, exclusivity.txt of {found.listed}"
    return Table("Regulatory exclusivity", heads, rows, note, "No exclusivity is listed.")


def _biosimilars(found: Protection) -> tuple[Table, ...]:
    assert found.bla is not None  # noqa: S101 - asked by the caller
    rows = [
        (
            Cell(" / ".join(one.names) or one.suffix_name),
            Cell(one.applicant),
            Cell(_day(one.licensed.on if one.licensed else None)),
            Cell("interchangeable" if one.interchangeable else "biosimilar"),
            Cell(", ".join(one.licence)),
            Cell(f"BLA{one.bla}"),
        )
        for one in found.bla.biosimilars
    ]
    heads = ("Name", "Applicant", "Licensed", "Rank", "Licence", "Application")
    note = f"FDA Purple Book, newest approval {found.bla.edition}; a licence is no launch"
    return (Table("Biosimilars", heads, rows, note, "No biosimilar is licensed."),)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not printed"


# ------------------------------------------------------------------------------------------------- lists and compare


COMPARED = {
    "indication": "What it is for",
    "mechanism": "How it works",
    "dose": "Dose",
    "boxed_warning": "Boxed warning",
    "contraindications": "Who should not take it",
    "side_effects": "Side effects",
    "interactions": "Interactions",
    "pregnancy": "Pregnancy",
}
MOST_COMPARED = 5


def comparison(drugs: Sequence[Drug]) -> list[list[Question]]:
    """The questions whose answers stand side by side: one row an intent, one column a drug."""
    return [[Question(intents()[intent].ask.format(drug=drug.name)) for drug in drugs] for intent in COMPARED]


def compare_view(engine: Engine, drugs: Sequence[Drug], answers: Sequence[Sequence[Answer]]) -> View:
    """The first statement of each answer, under its drug; an answer about another drug is not shown."""
    rows = [
        {
            "title": title,
            "cells": [_compared(engine, drug, answer, intent) for drug, answer in zip(drugs, row, strict=True)],
        }
        for (intent, title), row in zip(COMPARED.items(), answers, strict=True)
    ]
    return {"drugs": [_drug_card(drug) for drug in drugs], "rows": rows}


def _compared(engine: Engine, drug: Drug, answer: Answer, intent: str) -> View:
    statement = next(answer.statements(), None)
    own = [match.drug.id for match in answer.reading.drugs] == [drug.id]
    if statement is None or not own:
        return {"text": "", "sources": [], "href": ""}
    cited = [source_view(source, engine) for source in answer.sources if source.n in statement.citations]
    return {"text": statement.text, "sources": cited, "href": _permalink(drug, intent).href}


class Calendar:
    """The books of an edition, read once, and everything whose listed protection ends on some day."""

    def __init__(self, engine: Engine, catalog: Catalog) -> None:
        self._engine, self._catalog = engine, catalog
        self._reading = threading.Lock()
        self._books: tuple[Books | None, ...] = ()

    @property
    def books(self) -> Books | None:
        """The loaded books, None where the edition holds none. The first call may take seconds."""
        with self._reading:
            if not self._books:
                try:
                    self._books = (self._engine.books(),)
                except StoreError:
                    self._books = (None,)
        return self._books[0]

    def dates(self) -> list[tuple[str, str]]:
        """(file, date of its rows) of each book; nothing while they are being read."""
        books = self._books[0] if self._books else None
        if books is None:
            return []
        listed, products = books.newest.listings_edition, books.newest.products_edition
        dates = [("Orange Book patents and exclusivity", listed), ("Orange Book products", products)]
        return [*dates, ("Purple Book", books.purple.edition)] if books.purple else dates

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All lines by the day they end."""
        books = self.books
        if books is None:
            return ()
        biologics = protected_biologics(books.purple) if books.purple else ()
        return tuple(sorted((*protected(books.newest), *biologics), key=lambda line: (line.after.on, line.application)))

    def of_applications(self, numbers: Iterable[str]) -> list[Line]:
        """The lines of applications as labels write them (NDA021995, BLA125326)."""
        wanted = {number.replace("NDA", "N") if number.startswith("NDA") else number for number in numbers}
        return [line for line in self.lines if line.application in wanted]

    def view(self, year: int, kind: str, applicant: str, ingredient: str) -> View:
        """The lines of one year, narrowed; and the years there are."""
        lines = tuple(line for line in self.lines if line.after.on.year == year)
        lines = of_kind(lines, "BLA" if kind == "biologic" else "NDA") if kind else lines
        lines = by_applicant(lines, applicant) if applicant else lines
        lines = by_ingredient(lines, ingredient) if ingredient else lines
        return {
            "year": year,
            "years": sorted(
                {line.after.on.year for line in self.lines if line.after.on.year >= self.first_year} | {year}
            ),
            "kind": kind,
            "applicant": applicant,
            "ingredient": ingredient,
            "table": self.table(lines, f"Listed protection that ends in {year}"),
            "count": len(lines),
            "months": _by_month(lines),
            "loaded": self.books is not None,
        }

    def table(self, lines: Iterable[Line], caption: str) -> Table:
        rows = [
            (
                Cell(line.after.on.isoformat()),
                Cell(" / ".join(line.names) or "(not in the products file)", self._drug_path(line)),
                Cell(", ".join(line.ingredients).lower()),
                Cell(line.applicants[0] if line.applicants else ""),
                Cell(
                    f"{line.driver or 'twelve years'}: {', '.join(line.after.items[:2])}"
                    if line.kind == "NDA"
                    else line.basis
                ),
                Cell(line.hard.on.isoformat() if line.hard and line.hard.on != line.after.on else ""),
                Cell(line.application),
            )
            for line in lines
        ]
        heads = ("Ends after", "Name", "Ingredient", "Applicant", "By", "Without carve-outs", "Application")
        return Table(caption, heads, rows, self.note, "Nothing is listed for this.")

    @property
    def first_year(self) -> int:
        """The year of the newest listings; what ended before is history."""
        books = self.books
        return int(books.newest.listings_edition[:4]) if books else date.min.year

    @property
    def note(self) -> str:
        dates = "; ".join(f"{name} of {day}" for name, day in self.dates())
        return f"FDA {dates}. Listing ceilings, not launch dates." if dates else ""

    def _drug_path(self, line: Line) -> str:
        drug = next((slug(name) for name in line.names if slug(name) in self._catalog.drugs), "")
        return f"/drug/{drug}" if drug else ""


def _by_month(lines: Iterable[Line]) -> list[tuple[str, int]]:
    counts = [0] * 12
    for line in lines:
        counts[line.after.on.month - 1] += 1
    return [(calendar.month_abbr[month], count) for month, count in enumerate(counts, 1)]


def class_view(group: Group, calendar_of: Calendar) -> View:
    """Drugs of one class, with their labelers."""
    return _group_view(group, calendar_of, "Labeler", lambda drug: (drug.reference.labeler, "company"))


def maker_view(group: Group, calendar_of: Calendar) -> View:
    """Drugs with a label of one maker, with their classes."""
    return _group_view(group, calendar_of, "Class", lambda drug: (next(iter(drug.pharm_classes), ""), "class"))


def _group_view(group: Group, calendar_of: Calendar, head: str, linked: Callable[[Drug], tuple[str, str]]) -> View:
    """The drugs of a group, with what the books list of their applications; `linked` gives the third column's text and
    the folder of its page."""
    lines = calendar_of.of_applications(n for drug in group.drugs for n in drug.reference.application_numbers)
    rows = [
        (
            Cell(drug.name, f"/drug/{drug.id}"),
            Cell(drug.generic),
            Cell(text, f"/{folder}/{slug(text)}" if slug(text) else ""),
            Cell(drug.reference.effective_date.isoformat()),
        )
        for drug in group.drugs
        for text, folder in [linked(drug)]
    ]
    held = Table("Drugs held", ("Drug", "Generic name", head, "Label of"), rows)
    tables = (held, calendar_of.table(lines, "Listed protection")) if lines else (held,)
    compare = urlencode([("d", drug.id) for drug in group.drugs[:MOST_COMPARED]])
    return {
        "title": group.title,
        "count": len(group.drugs),
        "tables": tables,
        "compare": f"/compare?{compare}" if len(group.drugs) > 1 else "",
    }


def changes(before: View, now: View) -> list[tuple[str, str]]:
    """("gone" | "new", statement) between two answers in the documented JSON."""
    old, new = _statements(before), _statements(now)
    return [*(("gone", text) for text in old if text not in new), *(("new", text) for text in new if text not in old)]


def _statements(answer: View) -> list[str]:
    headline = [answer["headline"]["text"]] if answer["headline"] else []
    return [*headline, *(s["text"] for section in answer["sections"] for s in section["statements"])]
