"""Claim → Statement, or a rejection: nothing is shown before it has passed. Cheapest checks first.

1. passage    every support names a passage of this edition, of the drug that the claim is about
2. verbatim   every quotation stands in its passage character by character
3. carried    the text says no more and no less: its numbers with their units and its negations are those of the
              quotations; unless a model wrote it, it is the quotations word for word, references and the drug's own
              names left aside
4. absence    a claim without quotation must be an absence, and the search behind it must have come back empty
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from drugchatter.protocols import Index
from drugchatter.text import negations, numbers, without_references, words
from drugchatter.types import Claim, Document, Evidence, Passage, Rejection


@dataclass(frozen=True, slots=True)
class Passed:
    """A claim with the passages and documents that its supports resolved to, in order."""

    claim: Claim
    passages: tuple[Passage, ...]
    documents: tuple[Document, ...]


def check_claim(claim: Claim, evidence: Evidence, index: Index) -> Passed | Rejection:
    """Pass `claim` or say which check refused it and why."""
    if not claim.supports:
        return _check_absence(claim, evidence)
    passages: list[Passage] = []
    documents: list[Document] = []
    for support in claim.supports:
        row = evidence.row(support.passage_id)
        found = (row.passage, row.document) if row else index.passage(support.passage_id)
        if found is None:
            return Rejection(claim, "passage", f"no passage {support.passage_id!r} in this edition")
        passage, document = found
        if document.drug_id != claim.drug_id:
            return Rejection(claim, "drug", f"the passage is of {document.drug_id!r}, the claim of {claim.drug_id!r}")
        if claim.fields and passage.field not in claim.fields:
            return Rejection(claim, "section", f"the passage is of {passage.field!r}, the claim cites {claim.fields}")
        if not support.quote.strip() or support.quote not in passage.text:
            return Rejection(claim, "verbatim", "the quotation does not stand in the passage")
        passages.append(passage)
        documents.append(document)
    reason = _not_computed_from(claim) if claim.basis == "computed" else not_carried(claim, index)
    if reason:
        return Rejection(claim, *reason)
    return Passed(claim, tuple(passages), tuple(documents))


def _check_absence(claim: Claim, evidence: Evidence) -> Passed | Rejection:
    if claim.basis != "absence":
        return Rejection(claim, "support", "a claim without a quotation that is not an absence")
    empty = {
        finding.drug.id
        for finding, coverage in zip(evidence.findings, evidence.coverage, strict=False)
        if coverage.outcome == "empty"
    }
    if claim.drug_id not in empty:
        return Rejection(claim, "absence", "no search of this drug's label came back empty")
    return Passed(claim, (), ())


def not_carried(claim: Claim, index: Index) -> tuple[str, str] | None:
    """(check, reason) when the claim's text says what its quotations do not; None when it is carried."""
    names = _own_names(claim, index)
    text = _without_names(without_references(claim.text), names)
    quotes = _without_names(without_references(" ".join(support.quote for support in claim.supports)), names)
    if reason := _numbers_differ(text, quotes):
        return reason
    if reason := _negations_differ(text, quotes):
        return reason
    if claim.basis != "model" and words(text) != words(quotes):
        return "carried", "the text is not its quotations, word for word and in their order"
    return None


def _not_computed_from(claim: Claim) -> tuple[str, str] | None:
    """A computed sentence is in our words; every number and date in it must stand in a cited row (or in what the
    citation says was computed from it)."""
    held = {number.value for support in claim.supports for number in numbers(support.quote)}
    strange = [number.value for number in numbers(claim.text) if number.value not in held]
    return ("number", f"{', '.join(strange)} stands in no cited row") if strange else None


def _own_names(claim: Claim, index: Index) -> tuple[str, ...]:
    drug = index.drug(claim.drug_id)
    return (drug.name, drug.generic, *drug.ingredients)


def _without_names(text: str, names: tuple[str, ...]) -> str:
    """`text` without the drug's own names, which may hold digits ("Xultophy 100/3.6")."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _numbers_differ(text: str, quotes: str) -> tuple[str, str] | None:
    """Every number of the text, with its unit, must stand in a quotation; a bare number may not gain a unit."""
    held = Counter(numbers(quotes))
    values = {number.value for number in held}
    for number in numbers(text):
        if number.value not in values:
            return "number", f"{number.value} stands in no quotation"
        if number not in held:
            return "unit", f"{number.value} {number.unit} stands in no quotation with that unit"
    return None


def _negations_differ(text: str, quotes: str) -> tuple[str, str] | None:
    said, held = Counter(negations(text)), Counter(negations(quotes))
    if said != held:
        differs = sorted((said - held) | (held - said))
        return "negation", f"the text and its quotations differ in: {', '.join(differs)}"
    return None
