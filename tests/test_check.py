"""Forged claims of every kind are caught; true ones pass. On a real edition of hand-written labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drugchatter.check import Passed, check_claim
from drugchatter.store.build import build_edition
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.types import Claim, Coverage, Evidence, Finding, Question, Reading, Record, Rejection, Section, Support
from label_files import loaded, record

DOSE = "Take Examplin 10 mg twice daily with food for 14 days. Do not exceed 40 mg/day in adults."
LAB = "Withhold Examplin when platelets fall below 50 x 10 9 /L; the risk was 0.5% with Examplin and 2.0% with placebo."


def label(brand: str, generic: str, set_id: str, text: str) -> Record:
    return record(
        set_id,
        title=f"{brand} ({generic})",
        brand=brand,
        generic=generic,
        names=(brand, generic),
        ingredients=(generic,),
        sections=(
            Section("dosage_and_administration", (text,)),
            Section("warnings_and_cautions", (LAB.replace("Examplin", brand),)),
        ),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    folder: Path = tmp_path_factory.mktemp("editions")
    records = [
        label("Examplin", "examplinum", "set-a", DOSE),
        label("Otherol", "otherolum", "set-b", "Take Otherol 25 mg once daily without food."),
    ]
    name = build_edition(folder, loaded(*records), [], released="2026-01-02", label="test")
    return EmbeddedIndex(folder / name)


@pytest.fixture
def evidence(index: EmbeddedIndex) -> Evidence:
    """A search in Examplin's label that found something."""
    return Evidence(
        Reading(Question("?"), "lookup", ("dose",), ()),
        (Finding(index.drug("examplin"), "dose", ()),),
        (Coverage("openfda_label", "e", "Examplin", "dose", "found"),),
    )


def claim(index: EmbeddedIndex, field: str, start: str, drug: str = "examplin") -> Claim:
    """A true claim: the line of `field` that starts with `start`."""
    set_id = index.drug(drug).reference.set_id
    for passage in index.passages(set_id, "openfda_label"):
        for line in passage.lines():
            if passage.field == field and line.startswith(start):
                return Claim(line, (Support(passage.id, line),), "quote", drug, (field,))
    raise AssertionError(f"no line of {field} starts with {start!r}")


def test_true_claims_pass(index: EmbeddedIndex, evidence: Evidence) -> None:
    for field, start in (
        ("dosage_and_administration", "Take Examplin"),
        ("dosage_and_administration", "Do not exceed"),
        ("warnings_and_cautions", "Withhold Examplin"),
    ):
        assert isinstance(check_claim(claim(index, field, start), evidence, index), Passed)


def test_own_name_and_references_may_be_set_aside(index: EmbeddedIndex, evidence: Evidence) -> None:
    true = claim(index, "dosage_and_administration", "Do not exceed")
    assert isinstance(check_claim(replace(true, text=f"Examplin: {true.text}"), evidence, index), Passed)


Forge = Callable[[Claim], Claim]
FORGERIES: dict[str, tuple[str, Forge]] = {
    "unknown passage": ("passage", lambda c: replace(c, supports=(Support("f" * 20, c.supports[0].quote),))),
    "words that are not there": (
        "verbatim",
        lambda c: replace(c, supports=(Support(c.supports[0].passage_id, c.supports[0].quote + " safely"),)),
    ),
    "case changed in the quotation": (
        "verbatim",
        lambda c: replace(c, supports=(Support(c.supports[0].passage_id, c.supports[0].quote.lower()),)),
    ),
    "empty quotation": ("verbatim", lambda c: replace(c, supports=(Support(c.supports[0].passage_id, " "),))),
    "no support at all": ("support", lambda c: replace(c, supports=())),
    "another drug": ("drug", lambda c: replace(c, drug_id="otherol")),
    "another section": ("section", lambda c: replace(c, fields=("overdosage",))),
    "number": ("number", lambda c: replace(c, text=c.text.replace("10 mg", "100 mg"))),
    "decimal point": ("number", lambda c: replace(c, text=c.text.replace("10 mg", "1.0 mg"))),
    "unit": ("unit", lambda c: replace(c, text=c.text.replace("10 mg", "10 mcg"))),
    "duration": ("unit", lambda c: replace(c, text=c.text.replace("14 days", "14 weeks"))),
    "words exchanged": ("carried", lambda c: replace(c, text=c.text.replace("with food", "food with"))),
    "word added": ("carried", lambda c: replace(c, text=c.text.replace("daily", "daily indefinitely"))),
    "condition dropped": ("carried", lambda c: replace(c, text=c.text.replace(" with food", ""))),
    "negation added": ("negation", lambda c: replace(c, text=c.text.replace("Take", "Never take"))),
    "restriction added": ("negation", lambda c: replace(c, text=c.text.replace("with food", "without food"))),
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_forged_claims_are_refused(kind: str, index: EmbeddedIndex, evidence: Evidence) -> None:
    expected, forge = FORGERIES[kind]
    result = check_claim(forge(claim(index, "dosage_and_administration", "Take Examplin")), evidence, index)
    assert isinstance(result, Rejection)
    assert result.check == expected


def test_negation_removed(index: EmbeddedIndex, evidence: Evidence) -> None:
    true = claim(index, "dosage_and_administration", "Do not exceed")
    result = check_claim(replace(true, text=true.text.replace("Do not exceed", "Do exceed")), evidence, index)
    assert isinstance(result, Rejection) and result.check == "negation"


def test_power_of_ten_is_not_flattened(index: EmbeddedIndex, evidence: Evidence) -> None:
    true = claim(index, "warnings_and_cautions", "Withhold Examplin")
    assert "50 x 10^9/L" in true.text
    result = check_claim(replace(true, text=true.text.replace("10^9", "109")), evidence, index)
    assert isinstance(result, Rejection)


def test_rates_of_two_arms_exchanged(index: EmbeddedIndex, evidence: Evidence) -> None:
    true = claim(index, "warnings_and_cautions", "Withhold Examplin")
    swapped = true.text.replace("0.5%", "#").replace("2.0%", "0.5%").replace("#", "2.0%")
    result = check_claim(replace(true, text=swapped), evidence, index)
    assert isinstance(result, Rejection) and result.check == "carried"


def test_absence_needs_an_empty_search(index: EmbeddedIndex, evidence: Evidence) -> None:
    absence = Claim("The Examplin label does not mention hair loss.", (), "absence", "examplin")
    refused = check_claim(absence, evidence, index)
    assert isinstance(refused, Rejection) and refused.check == "absence"
    empty = replace(evidence, coverage=(replace(evidence.coverage[0], outcome="empty"),))
    assert isinstance(check_claim(absence, empty, index), Passed)
    unavailable = replace(evidence, coverage=(replace(evidence.coverage[0], outcome="unavailable"),))
    assert isinstance(check_claim(absence, unavailable, index), Rejection)


def test_a_models_sentence_is_held_to_numbers_and_negations(index: EmbeddedIndex, evidence: Evidence) -> None:
    true = claim(index, "dosage_and_administration", "Do not exceed")
    prose = replace(true, basis="model", text="Adults should not exceed 40 mg/day.")
    assert isinstance(check_claim(prose, evidence, index), Passed)
    for text in ("Adults should not exceed 400 mg/day.", "Adults may exceed 40 mg/day."):
        assert isinstance(check_claim(replace(prose, text=text), evidence, index), Rejection)
