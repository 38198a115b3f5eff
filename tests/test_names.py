"""Names: ordinary sentences hold none, a slip of the finger is read as the name meant. On the starter edition;
`python -m drugchatter.evals.names` measures the same on all loaded labels."""

from __future__ import annotations

from drugchatter.engine import Engine
from drugchatter.evals.names import measure_names, measure_slips, mistaken, sentences


def test_every_name_of_the_edition_is_recognised(engine: Engine) -> None:
    found, asked = measure_names(engine)
    assert asked > 100
    assert found >= 0.99 * asked


def test_a_slip_of_the_finger_is_read_as_the_name_meant_and_never_as_another(engine: Engine) -> None:
    right, asked, wrong = measure_slips(engine)
    assert asked > 50
    assert right >= 0.95 * asked
    assert not wrong


def test_no_word_of_a_thousand_ordinary_sentences_is_taken_for_a_drug(engine: Engine) -> None:
    texts = sentences(1000)
    assert len(set(texts)) == 1000
    assert mistaken(engine, texts) == []


def test_a_name_inside_an_ordinary_sentence_is_found(engine: Engine) -> None:
    assert mistaken(engine, ["my sister painted the bridge on Kesimpta before sunrise"]) != []
