"""The answer as JSON: the documented keys in the documented order, and nothing that steers a terminal."""

from __future__ import annotations

import json
from datetime import date

import pytest

from answers import SET_ID, URL, make_answer, make_drug, make_match, make_source
from drugchatter.engine import Engine
from drugchatter.surfaces.answer_json import answer_to_dict, dumps
from drugchatter.types import Declined, DrugMatch, Notice

KEYS = [
    *("schema_version", "id", "question", "reading", "headline", "sections", "sources", "profile", "related"),
    *("notices", "declined", "generated_by", "data", "elapsed_ms"),
]
SOURCE_KEYS = [
    *("n", "passage_id", "publisher", "document", "drug", "set_id", "version", "section", "loinc", "table", "row"),
    *("date", "edition", "url", "quote", "kind"),
]


def test_keys_stand_in_the_documented_order() -> None:
    shown = answer_to_dict(make_answer())
    assert list(shown) == KEYS
    assert list(shown["reading"]) == ["kind", "intents", "as_of", "drugs"]
    assert list(shown["reading"]["drugs"][0]) == ["id", "name", "generic", "matched", "how"]
    assert list(shown["headline"]) == ["text", "citations"]
    assert list(shown["sections"][0]) == ["heading", "statements"]
    assert list(shown["sections"][0]["statements"][0]) == ["text", "citations", "basis"]
    assert [list(source) for source in shown["sources"]] == [SOURCE_KEYS, SOURCE_KEYS]
    assert list(shown["profile"]) == ["drug", "path", "external"]
    assert [list(row) for row in shown["data"]] == [["source", "edition", "documents"]] * 2


def test_values_of_a_whole_answer() -> None:
    shown = answer_to_dict(make_answer(as_of=date(2026, 1, 31), notices=(Notice("stale", "Old."),)))
    assert shown["schema_version"] == 1
    assert shown["question"] == "zorvexa half life"
    assert shown["reading"]["as_of"] == "2026-01-31"
    assert shown["headline"] == {"text": "The half-life of zorvexumab is about 16 days.", "citations": [1]}
    assert shown["sections"][0]["statements"][0]["citations"] == [1, 2]
    assert shown["sources"][0] | {"quote": ""} == {
        **{"n": 1, "passage_id": f"{1:020x}", "publisher": "FDA label", "document": "ZORVEXA (zorvexumab) injection"},
        **{"drug": "Zorvexa", "set_id": SET_ID, "version": "7", "section": "12.3 Pharmacokinetics"},
        **{"loinc": "43682-4", "table": None, "row": None, "date": "2026-04-01"},
        **{"edition": "2026-07-23-0123456789ab", "url": URL, "quote": "", "kind": "verbatim"},
    }
    assert shown["notices"] == [{"kind": "stale", "text": "Old."}]
    assert shown["declined"] is None
    assert shown["generated_by"] == "extractive"
    edition = "2026-07-23-0123456789ab"
    assert shown["data"][0] == {"source": "openfda_label", "edition": edition, "documents": 1153}
    assert shown["elapsed_ms"] == 12.3


def test_declined_and_empty_answers_keep_every_key() -> None:
    declined = Declined("unknown_drug", "No such drug.", ("Zorvexa",))
    shown = answer_to_dict(make_answer(drugs=(), headline=None, sections=(), sources=(), related=(), declined=declined))
    assert list(shown) == KEYS
    assert shown["headline"] is None
    assert shown["profile"] is None
    assert shown["sources"] == shown["sections"] == []
    assert shown["declined"] == {"kind": "unknown_drug", "text": "No such drug.", "suggestions": ["Zorvexa"]}


PATENTS = "https://www.drugpatentwatch.com"


@pytest.mark.parametrize(
    ("name", "generic", "application", "url"),
    [
        ("Zorvexa", "zorvexumab", "BLA999999", f"{PATENTS}/p/biologics/tradename/ZORVEXA"),
        ("Zorvexa", "zorvexine", "NDA999999", f"{PATENTS}/p/tradename/ZORVEXA"),
        ("Zorvexa ODT", "zorvexine", "NDA999999", f"{PATENTS}/p/tradename/ZORVEXA%20ODT"),
        ("Zor/vexa?", "zorvexine", "NDA999999", f"{PATENTS}/p/tradename/ZOR%2FVEXA%3F"),
        ("Zorvexa", "zorvexine", "ANDA999999", None),
        ("Zorvexa", "zorvexine", "part341", None),
        ("Zorvexa", "zorvexine", "", None),
        ("Zorvexine", "zorvexine hydrochloride", "NDA999999", None),
        ("Zorvexine Hydrochloride", "ZORVEXINE hydrochloride", "NDA999999", None),
        ("Alpha and Beta", "alpha, beta", "NDA999999", None),
    ],
)
def test_outside_profile_only_by_known_forms(name: str, generic: str, application: str, url: str | None) -> None:
    match = DrugMatch(make_drug(name, generic, application), name, "exact")
    profile = answer_to_dict(make_answer(drugs=(match,)))["profile"]
    assert profile["drug"] == name
    assert profile["path"] == f"/drug/{match.drug.id}"
    assert profile["external"] == ([{"name": "DrugPatentWatch", "url": url}] if url else [])


def test_profile_is_that_of_the_first_drug() -> None:
    answer = make_answer(drugs=(make_match(), make_match(name="Other", generic="otherine")))
    assert answer_to_dict(answer)["profile"]["drug"] == "Zorvexa"


HOSTILE = "a\x1b[31mb\x7f\x9b1m\u202ec\u2066\u200b\u2028d\x85\ud800 ≥ 5 °C é"


def test_text_is_safe_to_print_and_reads_back_as_it_was() -> None:
    text = dumps({"quote": HOSTILE})
    assert not set(text) & set("\x1b\x7f\x9b\u202e\u2066\u200b\u2028\x85\ud800")
    assert len(text.splitlines()) == 1
    assert "≥ 5 °C é" in text
    assert json.loads(text) == {"quote": HOSTILE}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", None])
def test_narrow_streams_get_ascii(encoding: str | None) -> None:
    text = dumps({"quote": HOSTILE}, encoding)
    assert text.isascii()
    assert json.loads(text) == {"quote": HOSTILE}


def test_a_summary_keeps_its_kind() -> None:
    shown = answer_to_dict(make_answer(sources=(make_source(kind="summary"),)))
    assert shown["sources"][0]["kind"] == "summary"


def test_answers_of_the_engine_read_back(engine: Engine) -> None:
    for question in ("kesimpta half life", "zelvorast dose", "what is the fatal dose of tramadol"):
        answer = engine.ask(question)
        shown = json.loads(dumps(answer_to_dict(answer)))
        assert list(shown) == KEYS
        assert shown["question"] == question
        numbers = {source["n"] for source in shown["sources"]}
        cited = {n for section in shown["sections"] for s in section["statements"] for n in s["citations"]}
        assert cited <= numbers
        assert [(row["source"], row["documents"]) for row in shown["data"]] == list(answer.edition.documents)
