"""Claim → Statement, or a rejection: nothing is shown before it has passed. Cheapest checks first.

1. passage    every support names a passage of this edition, of the drug that the claim is about
2. verbatim   every quotation stands in its passage character by character
3. carried    a quotation's words are shown as they are: the text is the quotation, references left out, or (for a
              model's sentence) its numbers with units, negations and drug names all stand in the quotations
4. absence    a claim without quotation must be an absence, and the search behind it must have come back empty
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from drugchatter.protocols import Index
from drugchatter.text import level, negations, numbers, words
from drugchatter.types import Claim, Document, Evidence, Passage, Rejection


@dataclass(frozen=True, slots=True)
class Passed:
    """A claim with the passages and documents that its supports resolved to, in order."""

    claim: Claim
    passages: tuple[Passage, ...]
    documents: tuple[Document, ...]


_REFERENCES = re.compile(r"\[see [^\]]*\]|\((?:see )?\d{1,2}(?:\.\d{1,2})?(?:,\s*\d{1,2}(?:\.\d{1,2})?)*\)")


def check_claim(claim: Claim, evidence: Evidence, index: Index) -> Passed | Rejection:
    """Pass `claim` or say which check refused it and why."""
    if not claim.supports:
        return _check_absence(claim, evidence)
    passages: list[Passage] = []
    documents: list[Document] = []
    for support in claim.supports:
        found = index.passage(support.passage_id)
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
    if reason := not_carried(claim, index):
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
    quotes = " ".join(support.quote for support in claim.supports)
    names = _own_names(claim, index)
    if reason := _numbers_differ(_without_names(claim.text, names), _without_names(quotes, names)):
        return reason
    if reason := _negations_differ(claim.text, quotes):
        return reason
    own = {word for name in _own_names(claim, index) for word in words(name)}
    if claim.basis == "model":
        return None
    said = [word for word in words(_plain(claim.text)) if word not in own]
    held = Counter(word for word in words(quotes))
    strange = [word for word, count in Counter(said).items() if count > held[word]]
    return ("carried", f"words that no quotation holds: {', '.join(strange[:5])}") if strange else None


def _own_names(claim: Claim, index: Index) -> tuple[str, ...]:
    drug = index.drug(claim.drug_id)
    return (drug.name, drug.generic, *drug.ingredients)


def _without_names(text: str, names: tuple[str, ...]) -> str:
    """`text` without the drug's own names, which may hold digits ("Xultophy 100/3.6")."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _plain(text: str) -> str:
    return _REFERENCES.sub(" ", level(text))


def _numbers_differ(text: str, quotes: str) -> tuple[str, str] | None:
    """Every number of the text, with its unit, must stand in a quotation; a bare number may not gain a unit."""
    held = Counter(numbers(quotes))
    values = {number.value for number in held}
    for number in numbers(_plain(text)):
        if number.value not in values:
            return "number", f"{number.value} stands in no quotation"
        if number not in held:
            return "unit", f"{number.value} {number.unit} stands in no quotation with that unit"
    return None


def _negations_differ(text: str, quotes: str) -> tuple[str, str] | None:
    said, held = Counter(negations(_plain(text))), Counter(negations(_plain(quotes)))
    if said != held:
        differs = sorted((said - held) | (held - said))
        return "negation", f"the text and its quotations differ in: {', '.join(differs)}"
    return None
