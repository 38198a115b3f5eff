"""A question in Spanish: the drug is recognised, headings and notices are Spanish, the quotation stays English."""

from __future__ import annotations

from drugchatter.engine import Engine
from drugchatter.vocabulary import intents
from drugchatter.write.spanish import heading_of


def test_headings_and_notices_are_spanish_and_the_quotation_english(engine: Engine) -> None:
    answer = engine.ask("¿Cuál es la vida media de Kesimpta?")
    assert answer.reading.language == "es"
    assert [match.drug.name for match in answer.reading.drugs] == ["Kesimpta"]
    assert answer.headline is not None
    assert "16 days" in answer.headline.text
    assert any("está en inglés" in notice.text for notice in answer.notices)
    assert all(section.heading.startswith("¿") for section in answer.sections)


def test_an_emergency_in_spanish_is_met_in_spanish(engine: Engine) -> None:
    answer = engine.ask("¿tomé 20 pastillas de Eliquis, sobredosis? I swallowed 20 tablets")
    assert "llame" in answer.notices[0].text
    assert "1-800-222-1222" in answer.notices[0].text


def test_every_intent_has_a_spanish_heading() -> None:
    assert all("Kesimpta" in heading_of(ident, "Kesimpta", "es") for ident in intents())


def test_an_english_question_keeps_its_english_headings(engine: Engine) -> None:
    answer = engine.ask("Kesimpta half-life?")
    assert not any(section.heading.startswith("¿") for section in answer.sections)
