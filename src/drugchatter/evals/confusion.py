"""Whether an answer about one drug quotes another: every source is held against the drugs that the case names.

A source is the case's own when it is one of its labels, bears one of its names, or has the active ingredients of one of
its drugs, so another maker's label of the same ingredient is no confusion; nor is a drug that the reader named, by its
own name or another, as the partner of an interaction.
"""

from __future__ import annotations

from drugchatter.evals.cases import Case, GoldDrugs
from drugchatter.identity import phrase
from drugchatter.types import Answer, Drug, Source


def strangers(case: Case, answer: Answer) -> list[str]:
    """The drugs, by name and in order, whose documents or rows the answer cites though the case is about others; empty
    for a case that names none, and for those that several products answer (a list, an ambiguous name)."""
    if not case.drugs or case.expect in ("list", "clarify_or_cover"):
        return []
    drugs = {drug.name: drug for drug in _drugs_of(answer)}
    named = {match.drug.name for match in answer.reading.drugs if match.how in ("exact", "synonym")}
    asked = f" {phrase(case.question.text)} "
    foreign = (s.drug for s in answer.sources if not _own(s, drugs.get(s.drug), case.drugs))
    return [name for name in dict.fromkeys(foreign) if name not in named and f" {phrase(name)} " not in asked]


def _drugs_of(answer: Answer) -> list[Drug]:
    """Every drug that the record of the answer holds."""
    evidence = answer.draft.evidence
    read = [drug for match in answer.reading.drugs for drug in (match.drug, *match.siblings)]
    return [*read, *(finding.drug for finding in (*evidence.findings, *evidence.extra))]


def _own(source: Source, drug: Drug | None, gold: GoldDrugs) -> bool:
    if source.set_id in gold.set_ids or phrase(source.drug) in gold.names:
        return True
    return drug is not None and (drug.ingredients in gold.ingredients or phrase(drug.generic) in gold.names)
