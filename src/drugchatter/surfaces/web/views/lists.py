"""Pages over many drugs: the first page, comparison, the expiry calendar, a class, a company."""

from __future__ import annotations

import calendar
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

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
from drugchatter.exclusivity.protection import Kind
from drugchatter.surfaces.lists import starter_notice
from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.catalog import Catalog, Group
from drugchatter.surfaces.web.views.answers import source_view
from drugchatter.surfaces.web.views.values import Cell, Figure, Table, View, ask_path, drug_card, permalink
from drugchatter.text import slug
from drugchatter.types import Answer, Drug, Question
from drugchatter.vocabulary import intents

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
    return {"drugs": [drug_card(drug) for drug in drugs], "rows": rows}


def _compared(engine: Engine, drug: Drug, answer: Answer, intent: str) -> View:
    statement = next(answer.statements(), None)
    own = [match.drug.id for match in answer.reading.drugs] == [drug.id]
    if statement is None or not own:
        return {"text": "", "sources": [], "href": ""}
    cited = [source_view(source, engine) for source in answer.sources if source.n in statement.citations]
    return {"text": statement.text, "sources": cited, "href": permalink(drug, intent).href}


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
            "figure": _by_month(year, lines, self.note) if lines else None,
            "ahead": self._by_year(year) if self.lines else None,
            "loaded": self.books is not None,
        }

    def _by_year(self, year: int) -> Figure:
        """How many end in each year from the newest listings on, whatever the filters."""
        ends = [(line.after.on.year, line.kind) for line in self.lines if line.after.on.year >= self.first_year]
        years = range(self.first_year, max([*(end for end, _ in ends), year]) + 1)
        names = [(str(one), f"/calendar?year={one}") for one in years]
        return _figure("years", "Ends of listed protection by year", "Year", names, _counted(ends, years), self.note)

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
        partial = starter_notice(self.books) if self.books else None
        told = [f"FDA {dates}. Listing ceilings, not launch dates." if dates else "", partial or ""]
        return " ".join(text for text in told if text)

    def _drug_path(self, line: Line) -> str:
        drug = next((slug(name) for name in line.names if slug(name) in self._catalog.drugs), "")
        return f"/drug/{drug}" if drug else ""


def _by_month(year: int, lines: Iterable[Line], note: str) -> Figure:
    """How many of `lines`, all of one year, end in each month."""
    counts = _counted([(line.after.on.month, line.kind) for line in lines], range(1, 13))
    names = [(calendar.month_abbr[month], "") for month in range(1, 13)]
    return _figure("months", f"Ends of listed protection in {year} by month", "Month", names, counts, note)


def _counted(ends: Iterable[tuple[int, Kind]], places: Iterable[int]) -> list[list[int]]:
    """Drugs, then biologics, at each of `places`."""
    counts = Counter(ends)
    places = list(places)
    return [[counts[place, kind] for place in places] for kind in ("NDA", "BLA")]


def _figure(
    name: str, title: str, head: str, names: Sequence[tuple[str, str]], series: Sequence[Sequence[int]], note: str
) -> Figure:
    """Drugs and biologics as columns under `names` (text, where it leads), and as a table."""
    rows = [
        (Cell(*named), Cell(str(drugs)), Cell(str(biologics)))
        for named, drugs, biologics in zip(names, *series, strict=True)
        if drugs or biologics
    ]
    said = f"{title}: {sum(series[0])} drugs, {sum(series[1])} biologics."
    return Figure(
        title,
        pictures.columns(name, said, [text for text, _ in names], series),
        pictures.key(name, ("drugs", "biologics")),
        Table(title, (head, "Drugs", "Biologics"), rows, note),
    )


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
