"""Answers built by hand, for tests of what shows them: no room of the engine takes part."""

from __future__ import annotations

from datetime import date
from typing import Any

from drugchatter.types import (
    Answer,
    AnswerSection,
    Document,
    Draft,
    Drug,
    DrugMatch,
    Edition,
    Evidence,
    Question,
    Reading,
    Source,
    Statement,
)

SET_ID = "00000000-0000-4000-8000-000000000001"
URL = f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={SET_ID}"
STARTER = (("starter", 70),)
LABELS = (("openfda_label", 1153), ("starter", 70))


def make_drug(name: str = "Zorvexa", generic: str = "zorvexumab", application: str = "BLA999999") -> Drug:
    """An invented drug whose reference label has the given application number."""
    reference = Document(
        set_id=SET_ID,
        version="7",
        effective_date=date(2026, 4, 1),
        source="openfda_label",
        publisher="FDA label",
        title=f"{name.upper()} ({generic}) injection",
        labeler="Example Laboratories",
        application_numbers=(application,) if application else (),
        routes=("subcutaneous",),
        kind="verbatim",
        drug_id=name.lower(),
    )
    return Drug(name.lower().replace(" ", "-"), name, generic, (generic,), (), reference, "the only label", 1)


def make_match(how: str = "exact", matched: str = "zorvexa", **drug: str) -> DrugMatch:
    return DrugMatch(make_drug(**drug), matched, how)  # type: ignore[arg-type]


def make_source(n: int = 1, **changes: Any) -> Source:
    values: dict[str, Any] = {
        "n": n,
        "passage_id": f"{n:020x}",
        "publisher": "FDA label",
        "document": "ZORVEXA (zorvexumab) injection",
        "drug": "Zorvexa",
        "set_id": SET_ID,
        "version": "7",
        "section": "12.3 Pharmacokinetics",
        "loinc": "43682-4",
        "date": "2026-04-01",
        "edition": "2026-07-23-0123456789ab",
        "url": URL,
        "quote": "The half-life of zorvexumab is about 16 days.",
        "kind": "verbatim",
    }
    return Source(**{**values, **changes})


def make_answer(
    *,
    question: str = "zorvexa half life",
    drugs: tuple[DrugMatch, ...] | None = None,
    documents: tuple[tuple[str, int], ...] = LABELS,
    as_of: date | None = None,
    **changes: Any,
) -> Answer:
    """An answer about the half-life of Zorvexa with one section and one source; `changes` replace its fields."""
    matches = (make_match(),) if drugs is None else drugs
    reading = Reading(Question(question, as_of=as_of), "lookup", ("half_life",), matches)
    values: dict[str, Any] = {
        "id": "a_0123456789abcdef",
        "draft": Draft(Evidence(reading, (), ()), None, (), (), None, ()),
        "headline": Statement("The half-life of zorvexumab is about 16 days.", (1,), "quote"),
        "sections": (AnswerSection("How is Zorvexa given?", (Statement("It is injected.", (1, 2), "quote"),)),),
        "sources": (make_source(1), make_source(2, quote="It is injected.", section="2 Dosage", loinc=None)),
        "notices": (),
        "declined": None,
        "related": ("What is Zorvexa used for?",),
        "rejected": (),
        "edition": Edition(
            "2026-07-23-0123456789ab", "/data", "2026-07-24T00:00:00+00:00", "2026-07-23", documents, "00"
        ),
        "elapsed_ms": 12.3,
    }
    return Answer(**{**values, **changes})
