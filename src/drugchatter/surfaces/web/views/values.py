"""What views are made of: cells, tables and panels, and the links that every page makes."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from drugchatter.surfaces.answer_json import external_profiles
from drugchatter.text import slug
from drugchatter.types import Drug
from drugchatter.vocabulary import intents

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
class Figure:
    """A picture of our own making, already escaped, with the key to its fills and the table that it draws."""

    title: str
    picture: Markup
    key: Markup
    table: Table


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a source, and the links to where it stands."""

    text: str
    sources: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page under its own heading; `more` leads to the rest of it on a page of its own, `searched` says
    what was looked through without result."""

    id: str
    title: str
    lead: str = ""
    tables: tuple[Table, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    figure: Figure | None = None
    links: tuple[Cell, ...] = ()
    said: tuple[Said, ...] = ()
    more: Cell | None = None
    searched: tuple[str, ...] = ()


def ask_path(question: str, turns: Iterable[str] = ()) -> str:
    """The address of the answer to a question (for links that we make; forms send theirs in the body)."""
    return f"/ask?{urlencode([('q', question), *(('turn', turn) for turn in turns)])}"


def shown_day(text: str) -> str:
    """An ISO date as people read it; anything else as it is.

    >>> shown_day("2026-04-01")
    '1 Apr 2026'
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {month_abbr[day.month]} {day.year}"


def source_path(passage_id: str) -> str:
    """The page of a passage or of a row."""
    return f"/source/{passage_id}"


LABELS = "https://dailymed.nlm.nih.gov/"


def drug_card(drug: Drug) -> View:
    return {
        "name": drug.name,
        "generic": drug.generic,
        "path": f"/drug/{drug.id}",
        "external": external_profiles(drug),
        "why": drug.why_reference if drug.labels > 1 else "",
    }


def distinct(names: Iterable[str]) -> list[str]:
    """Names that differ by more than case and punctuation."""
    return list({slug(name): name for name in reversed(list(names))}.values())[::-1]


def permalink(drug: Drug, intent: str) -> Cell:
    return Cell(intents()[intent].ask.format(drug=drug.name), f"/q/{drug.id}-{intent.replace('_', '-')}")
