"""Finding in one label: patient wording, sentences that lean, populations; on a real edition of one label."""

from __future__ import annotations

from pathlib import Path

import pytest

from drugchatter.engine import Engine
from drugchatter.store.build import build_edition
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.types import Question, Section
from label_files import loaded, record

DOSING = (
    "2 DOSAGE AND ADMINISTRATION 2.1 Adults The recommended dose of Examplin is 40 mg once daily. "
    "2.2 Pediatric Patients The recommended dose of Examplin is based on body weight. "
    "For patients below 50 kg, the recommended dose is 7 mg once daily. "
    "2.3 Missed Dose If a dose of Examplin is missed, it should be administered as soon as possible on the same day."
)
USES = "1 INDICATIONS AND USAGE Examplin is indicated for the treatment of chronic migraine in adults."
GUIDE = "What should I do if I miss a dose? If you miss a dose of Examplin, take it as soon as you remember that day."


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("editions")
    label = record(
        sections=(
            Section("indications_and_usage", (USES,)),
            Section("dosage_and_administration", (DOSING,)),
            Section("spl_medguide", (GUIDE,)),
        )
    )
    name = build_edition(folder, loaded(label), [], released="2026-01-02", label="test")
    return Engine(EmbeddedIndex(folder / name))


def headline(engine: Engine, question: Question) -> str:
    answer = engine.ask(question)
    assert answer.headline is not None
    return answer.headline.text


def test_patients_get_the_words_written_for_them(labelled: Engine) -> None:
    asked = "what if I miss a dose of examplin"
    assert headline(labelled, Question(asked)).startswith("If a dose of Examplin is missed")
    assert headline(labelled, Question(asked, plain=True)).startswith("If you miss a dose of Examplin")


def test_a_weight_band_never_stands_without_its_population(labelled: Engine) -> None:
    answer = labelled.ask("examplin dose for patients below 50 kg")
    bands = [statement.text for statement in answer.statements() if "7 mg" in statement.text]
    assert bands
    for text in bands:
        assert "Pediatric Patients" in text and "based on body weight" in text


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("pcos examplin dose", "“pcos”"),
        ("weight loss examplin dosage", "“weight loss”"),
        ("migraine examplin dose", None),
        ("examplin dose kids", None),
        ("examplin dose", None),
    ],
)
def test_a_dose_says_when_the_label_is_silent_on_its_purpose(
    question: str, unsaid: str | None, labelled: Engine
) -> None:
    answer = labelled.ask(question)
    notes = [notice.text for notice in answer.notices if notice.kind == "reading"]
    assert len(notes) == (unsaid is not None)
    if unsaid:
        assert unsaid in notes[0] and "may not be meant for that" in notes[0]


def test_every_quotation_stands_in_the_store(labelled: Engine) -> None:
    answer = labelled.ask("examplin dose")
    assert answer.sources
    for source in answer.sources:
        found = labelled.index.passage(source.passage_id)
        assert found is not None and source.quote in found[0].text
        assert source.kind == "verbatim"
