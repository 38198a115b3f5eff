"""The drug that is answered is the drug that was asked about: combinations, forms, names of several, and what the label
of another use, another ingredient or no drug at all must not answer. Over labels made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from drugchatter.engine import Engine
from drugchatter.identity import Synonym
from drugchatter.store.build import build_edition
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.types import Answer, Record, Section
from label_files import loaded, record


def label(number: int, brand: str, ingredients: tuple[str, ...], texts: dict[str, str], route: str = "oral") -> Record:
    generic = " and ".join(ingredients)
    made = record(f"{number:08}-1111-4111-8111-111111111111", brand=brand, generic=generic, ingredients=ingredients)
    sections = tuple(Section(field, (text,)) for field, text in texts.items())
    return replace(made, names=(brand, generic), routes=(route,), sections=sections)


USE = "1 INDICATIONS AND USAGE {} is indicated for the treatment of {}."
DOSE = "2 DOSAGE AND ADMINISTRATION The recommended dose of {} is {} once daily."
LABELS = (
    label(
        1,
        "Duoplex",
        ("sampline", "testoval"),
        {
            "indications_and_usage": USE.format("Duoplex", "hypertension"),
            "dosage_and_administration": DOSE.format("Duoplex", "20 mg/10 mg"),
            "pharmacokinetics": "The half-life of sampline is 9 hours. The half-life of testoval is 30 hours.",
        },
    ),
    label(
        2,
        "Plainol",
        ("plainine",),
        {
            "indications_and_usage": USE.format("Plainol", "migraine in adults")
            + " Limitations of Use: Plainol is not indicated for the preventive treatment of cluster headache.",
            "dosage_and_administration": DOSE.format("Plainol", "50 mg"),
            "clinical_pharmacology": "12 CLINICAL PHARMACOLOGY Plainine lowers sample pressure in the gut wall.",
            "adverse_reactions": "6 ADVERSE REACTIONS The most common adverse reactions were nausea and headache."
            " Ringing in the ears (tinnitus) has been reported.",
        },
    ),
    label(3, "Otherol", ("otherine",), {"indications_and_usage": USE.format("Otherol", "epilepsy")}),
    label(4, "Fitol", ("fitine",), {"indications_and_usage": USE.format("Fitol", "epilepsy and migraine")}),
    label(5, "Formex Tablets", ("formine",), {"dosage_and_administration": DOSE.format("Formex Tablets", "5 mg")}),
    label(
        6,
        "Formex Depot",
        ("formine",),
        {"dosage_and_administration": DOSE.format("Formex Depot", "400 mg")},
        route="intramuscular",
    ),
    label(7, "insulin exampart", ("insulin exampart",), {"dosage_and_administration": DOSE.format("It", "4 units")}),
    label(9, "Exampletin", ("exampletinib",), {"dosage_and_administration": DOSE.format("Exampletin", "7 mg")}),
    label(8, "insulin samplin", ("insulin samplin",), {"dosage_and_administration": DOSE.format("It", "9 units")}),
)
SYNONYMS = (
    Synonym("TVL", "testoval", "abbreviation"),
    Synonym("Bothex", "plainine / absentine", "brand"),
    Synonym("Gonex", "absentine", "brand"),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    editions: Path = tmp_path_factory.mktemp("right")
    name = build_edition(editions, loaded(*LABELS), SYNONYMS, released="2026-01-02", label="test")
    return Engine(EmbeddedIndex(editions / name))


def shown(answer: Answer) -> str:
    return "\n".join(statement.text for statement in answer.statements())


def notices(answer: Answer) -> str:
    return "\n".join(notice.text for notice in answer.notices)


@pytest.mark.parametrize("said", ["testoval/sampline dose", "sampline+testoval dose", "TVL/sampline dose"])
def test_ingredients_joined_by_strokes_are_the_combination_of_just_these(said: str, engine: Engine) -> None:
    answer = engine.ask(said)
    assert [match.drug.name for match in answer.reading.drugs] == ["Duoplex"]
    assert "20 mg/10 mg" in shown(answer)


def test_a_combination_that_is_not_loaded_is_not_answered_from_one_of_its_ingredients(engine: Engine) -> None:
    for question in ("absentine plainine dose", "plainine and absentine dose", "bothex dose"):
        answer = engine.ask(question)
        assert answer.declined is not None and answer.declined.kind == "unknown_drug", question
        assert "50 mg" not in shown(answer)


def test_one_ingredient_of_a_combination_gets_no_dose_of_it(engine: Engine) -> None:
    answer = engine.ask("sampline dose")
    assert answer.declined is not None and "Duoplex" in answer.declined.text
    assert "20 mg" not in shown(answer)


def test_one_ingredient_of_a_combination_is_told_by_the_lines_that_name_it(engine: Engine) -> None:
    answer = engine.ask("half life of testoval")
    assert "30 hours" in shown(answer) and "9 hours" not in shown(answer)
    assert "“testoval” alone is not loaded" in notices(answer)


def test_an_ingredient_known_but_not_loaded_is_named(engine: Engine) -> None:
    answer = engine.ask("absentine half life")
    assert answer.declined is not None and "No label of Absentine is loaded" in answer.declined.text


def test_a_drug_that_is_not_loaded_is_told_beside_one_that_is(engine: Engine) -> None:
    assert "No label of gonex (absentine) is loaded: what follows is on Plainol only." in notices(
        engine.ask("plainol vs gonex for headache, which has more nausea")
    )


@pytest.mark.parametrize(
    ("question", "name"), [("formine shot dose", "Formex Depot"), ("formine tablets dose", "Formex")]
)
def test_the_form_named_beside_it_chooses_the_product(question: str, name: str, engine: Engine) -> None:
    assert engine.ask(question).reading.drugs[0].drug.name.startswith(name)


def test_a_word_that_opens_several_names_is_asked_back(engine: Engine) -> None:
    answer = engine.ask("insulin dose")
    assert answer.declined is not None and answer.declined.kind == "ambiguous"
    assert "exampart" in answer.declined.text and "samplin" in answer.declined.text
    assert engine.ask("insulin samplin dose").declined is None


def test_two_slips_are_read_only_behind_the_same_letters(engine: Engine) -> None:
    assert [match.how for match in engine.ask("exampeltan dose").reading.drugs] == ["spelling"]
    invented = engine.ask("oxampletan dose")
    assert invented.declined is not None and invented.declined.kind == "unknown_drug"


def test_a_dose_for_a_use_of_other_labels_is_not_given(engine: Engine) -> None:
    answer = engine.ask("plainol epilepsy dose")
    assert answer.headline is not None and "does not list epilepsy among its indications" in answer.headline.text
    assert "50 mg" not in shown(answer)
    assert "50 mg" in shown(engine.ask("plainol migraine dose"))


def test_what_the_drug_is_not_for_comes_first(engine: Engine) -> None:
    answer = engine.ask("is plainol approved for cluster headache")
    assert answer.headline is not None and "not indicated for the preventive treatment" in answer.headline.text


def test_an_effect_is_told_by_the_line_that_names_it_or_said_to_be_absent(engine: Engine) -> None:
    told = engine.ask("ringing in the ears w plainol?")
    assert told.headline is not None and "tinnitus" in told.headline.text
    absent = engine.ask("hair shedding w plainol?")
    assert absent.headline is not None and "does not mention hair shedding" in absent.headline.text


def test_a_section_without_the_asked_value_is_no_answer(engine: Engine) -> None:
    answer = engine.ask("plainol half life")
    assert answer.declined is not None and answer.declined.kind == "not_in_sources"
    assert "gut wall" not in shown(answer)


def test_the_best_drug_for_one_person_and_guidelines_are_declined_with_the_labelled_uses(engine: Engine) -> None:
    answer = engine.ask("which is better for me, plainol or otherol?")
    assert answer.declined is not None and "guidelines" in answer.declined.text
    assert "migraine" in shown(answer)


@pytest.mark.parametrize(
    "question",
    [
        "how many people lost weight in the study vs placebo",
        "what percent responded?",
        "dose for migraine",
        "does it cause tinnitus",
        "what is it for",
        "tablets or shot",
        "how common is nausea",
    ],
)
def test_a_question_without_a_drug_is_asked_back(question: str, engine: Engine) -> None:
    answer = engine.ask(question)
    assert answer.declined is not None and shown(answer) == ""
