"""Facts of a profile for the templates: each with links to the rows or passages that it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from drugchatter.profile import Citation, Fact
from drugchatter.surfaces.web.views.values import Cell, Said, shown_day, source_path
from drugchatter.types import Coverage


def said(fact: Fact) -> Said:
    return Said(fact.text, tuple(map(_cited, fact.citations)))


def _cited(citation: Citation) -> Cell:
    text = f"{citation.document}, {shown_day(citation.date)}"
    return Cell(text, source_path(citation.passage_id) if citation.passage_id else "")


def not_found(searched: Iterable[Coverage]) -> tuple[str, ...]:
    """What was looked through without result, or is not loaded."""
    return tuple(_told(coverage) for coverage in searched if coverage.outcome != "found")


def _told(coverage: Coverage) -> str:
    if coverage.outcome == "unavailable":
        return f"{coverage.document}: not loaded."
    return f"None found in {coverage.document} of {coverage.edition} (searched: {coverage.searched})."
