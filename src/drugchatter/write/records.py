"""Records → Draft: shortages, recalls, approvals and NDCs from their publishers' rows, each sentence cited by its row.

Where the source is not loaded, the question is left to whoever declines it. Where it is loaded and has no row, that is
said with its date, as a refusal: a list without a row is no proof that nothing happened.
"""

from __future__ import annotations

import re
from dataclasses import replace

from drugchatter.codes import Strength, is_of_strength, strengths_in
from drugchatter.identity import ingredients_of
from drugchatter.profile import Fact, Group, Topic, group_of
from drugchatter.protocols import Index
from drugchatter.row_citations import cite_placed
from drugchatter.rows import NdcProductRow
from drugchatter.text import words
from drugchatter.types import (
    Claim,
    Declined,
    Draft,
    DraftSection,
    Drug,
    DrugMatch,
    Evidence,
    Notice,
    Reading,
    RowCitation,
    Support,
)

_MOST_ROWS = 6
_PREMISES: dict[str, Topic] = {"shortage": "shortage", "recall": "recall", "approval": "approval"}
_NDC = re.compile(r"\bndcs?\b|\bnational drug codes?\b", re.IGNORECASE)
# What a row is said to stand in, and the heading of the rows after the first.
_SAID: dict[Topic, tuple[str, str]] = {
    "shortage": ("On FDA's list of drug shortages: ", "What does FDA's list of shortages say of {}?"),
    "recall": ("In FDA's enforcement reports: ", "Which recalls of {} does FDA report?"),
    "approval": ("", "What was approved under the name {}?"),
    "ndc": ("", "Which products named {} does the NDC directory list?"),
}


def topic_of(reading: Reading) -> Topic | None:
    """What rows a question asks for; None when it asks for something else, of several drugs, of one that is read as
    another, as of a past day, or about a danger."""
    if reading.safety or reading.question.as_of or len(reading.drugs) != 1:
        return None
    match = reading.drugs[0]
    if match.how not in ("exact", "context"):
        return None
    if reading.kind == "not_answerable":
        topic = _PREMISES.get(reading.premise or "")
        return topic if topic != "approval" or _is_brand(match) else None
    wants_ndc = reading.kind == "identity" and _NDC.search(reading.question.text)
    return "ndc" if wants_ndc and _asked(match) == match.drug.name else None


def _is_brand(match: DrugMatch) -> bool:
    """Whether the reader named a brand of an NDA or BLA: when an ingredient was first approved is not what the rows of
    one of its products tell."""
    drug = match.drug
    is_brand = ingredients_of([], drug.name) != drug.ingredients
    return is_brand and drug.reference.holder in ("NDA", "BLA") and _asked(match) == drug.name


def _asked(match: DrugMatch) -> str:
    """The drug's name where the reader said it or its beginning; else what the reader said."""
    said = words(match.matched)
    return match.drug.name if words(match.drug.name)[: len(said)] == said else match.matched


def write_records(reading: Reading, topic: Topic, index: Index) -> Draft | None:
    """The draft of a question about `topic`; None when no source of it is loaded, or a question on identity has no
    row."""
    drug = reading.drugs[0].drug
    group = group_of(index, drug, topic)
    if all(coverage.outcome == "unavailable" for coverage in group.searched):
        return None
    if topic == "ndc" and group.facts and (asked := strengths_in(reading.question.text)):
        every, group = group, replace(group, facts=tuple(f for f in group.facts if _is_of(f, asked, index)))
        if not group.facts:
            return _no_such_strength(reading, every)
    if not group.facts:
        return _nothing(reading, topic, group)
    rows: dict[str, RowCitation] = {}
    first, *rest = [_claim(fact, drug, index, rows) for fact in group.facts[:_MOST_ROWS]]
    before, heading = _SAID[topic]
    headline = Claim(before + first.text, first.supports, "computed", drug.id)
    sections = (DraftSection(heading.format(_asked(reading.drugs[0])), tuple(rest)),) if rest else ()
    evidence = Evidence(reading, (), group.searched, rows=tuple(rows.values()))
    return Draft(evidence, headline, sections, tuple(_more(group, drug)), None, ())


def _is_of(fact: Fact, asked: tuple[Strength, ...], index: Index) -> bool:
    placed = index.row(fact.citations[0].passage_id)
    return placed is not None and isinstance(placed.row, NdcProductRow) and is_of_strength(placed.row.strengths, asked)


def _no_such_strength(reading: Reading, group: Group) -> Draft:
    coverage = group.searched[0]
    text = (
        f"No product named {_asked(reading.drugs[0])} of that strength stands in the {coverage.document} of "
        f"{coverage.edition}; it lists: {'; '.join(fact.text for fact in group.facts[:_MOST_ROWS])}."
    )
    return Draft(Evidence(reading, (), group.searched), None, (), (), Declined("not_in_sources", text), ())


def _claim(fact: Fact, drug: Drug, index: Index, rows: dict[str, RowCitation]) -> Claim:
    """A fact as a computed sentence; its rows are added to `rows`."""
    supports = []
    for citation in fact.citations:
        placed = index.row(citation.passage_id)
        assert placed is not None  # noqa: S101 - the fact was made from it
        row = rows[citation.passage_id] = cite_placed(placed, drug)
        supports.append(Support(row.passage.id, row.passage.text))
    return Claim(f"{fact.text}.", tuple(supports), "computed", drug.id)


def _more(group: Group, drug: Drug) -> list[Notice]:
    if len(group.facts) <= _MOST_ROWS:
        return []
    text = f"{_MOST_ROWS} of {len(group.facts)} rows are shown; `drugchatter profile {drug.name} --all` shows them all."
    return [Notice("reading", text)]


def _nothing(reading: Reading, topic: Topic, group: Group) -> Draft | None:
    if topic not in ("shortage", "recall"):
        return None
    coverage = group.searched[0]
    place, asked = f"{coverage.document} of {coverage.edition}", _asked(reading.drugs[0])
    text = (
        f"No row of {place} names {asked} (searched: {coverage.searched}). What FDA has published since then is "
        "not loaded."
    )
    return Draft(Evidence(reading, (), group.searched), None, (), (), Declined("not_in_sources", text), ())
