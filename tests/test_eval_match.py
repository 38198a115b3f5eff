"""The rules by which gold is looked for in an answer: as ../shared/eval/README.md words them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.errors import DataError
from drugchatter.evals.cases import read_cases
from drugchatter.evals.match import holds, holds_all, levelled

EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The half-life is   about\n16 days.", "about 16 days"),
        ("ONCE daily", "once Daily"),
        ("B\u2011cell depletion", "b-cell"),
        ("from 2\u20138 \u00baC", "2-8 °C"),
        ("every 12 hours", "12-hour"),
        ("a 12-hour interval", "12 hours"),
        ("every 12 h", "12 hours"),
        ("every 12 hours", "12 h"),
        ("within 12 hrs", "12 hour"),
        ("for 7-day courses", "7 days"),
        ("6 wks", "6 weeks"),
        ("3 months", "3-month"),
        ("2 yr", "2 years"),
        ("30 min before", "30 minutes"),
        ("10 mg once", "10mg"),
        ("10mg once", "10 mg"),
        ("5 mL of it", "5mL"),
        ("13 % of patients", "13%"),
        ("13 percent", "13%"),
        ("2 to 4 tablets", "2-4 tablets"),
        ("2-4 tablets", "2 to 4"),
        ("2 – 4 tablets", "2 to 4"),
        ("1,000 mg", "1000 mg"),
        ("1000 mg", "1,000 mg"),
        ("150,000/mm³", "150000"),
        ("0.5 × 10^9/L", "0.5 × 10⁹/L"),
        ("Schedule II drug", "Schedule II"),
        ("It is a schedule iv drug.", "Schedule IV"),
        ("CrCl < 30 mL/min", "< 30"),
        ("dose: 10 mg.", "10 mg"),
        ("a (10 mg) dose", "10 mg"),
        ("it’s contraindicated", "it's contraindicated"),
        ("costs $5 (a+b)", "$5 (a+b)"),
    ],
)
def test_equal_wordings_are_found(text: str, wanted: str) -> None:
    assert holds(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("16 days", "6 days"),
        ("61 days", "6 days"),
        ("0.6 days", "6 days"),
        ("100 mg", "10 mg"),
        ("110 mg", "10 mg"),
        ("2.10 mg", "10 mg"),
        ("120 hours", "12 hours"),
        ("a dose of 105", "a dose of 10"),
        ("a dose of 10.5", "a dose of 10"),
        ("1,000 mg", "000 mg"),
        ("11,000 mg", "1,000 mg"),
        ("2-40 tablets", "2 to 4"),
        ("12-4 tablets", "2 to 4"),
        ("Schedule III drug", "Schedule II"),
        ("Schedule II drug", "Schedule I"),
        ("Schedule IV drug", "Schedule I"),
        ("10 mg", "10 mcg"),
        ("12 hours", "12 days"),
        ("once daily", "twice daily"),
        ("", "10 mg"),
    ],
)
def test_other_wordings_are_not(text: str, wanted: str) -> None:
    assert not holds(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("10 mg/kg", "10 mg"), ("10 mg/day", "10mg"), ("10 hours later", "10 hour")],
)
def test_a_unit_may_go_on(text: str, wanted: str) -> None:
    """Only numbers and Roman numerals are guarded: gold that must exclude `mg/kg` says so with a `must_not`."""
    assert holds(text, wanted)


def test_every_group_needs_one_of_its_wordings() -> None:
    text = "Take 10 mg twice a day with food."
    assert holds_all(text, [["10 mg", "ten mg"], ["twice daily", "twice a day"]])
    assert not holds_all(text, [["10 mg"], ["once daily"]])
    assert holds_all(text, [])
    assert not holds_all(text, [[]])


@given(st.text(max_size=200))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_levelling_twice_changes_nothing(text: str) -> None:
    assert levelled(levelled(text)) == levelled(text)


_WORDS = st.sampled_from(
    [
        "the",
        "dose",
        "is",
        "10",
        "mg",
        "daily",
        "for",
        "2",
        "to",
        "4",
        "weeks",
        "in",
        "adults",
        "12-hour",
        "1,000",
        "%",
        "of",
        "patients",
        "(max)",
    ]
)
_PHRASE = st.lists(_WORDS, min_size=1, max_size=8).map(" ".join)


@given(_PHRASE, _PHRASE, _PHRASE)
@examples(max_examples=200, deadline=None, derandomize=True)
def test_a_phrase_is_found_where_it_stands_among_words(before: str, wanted: str, after: str) -> None:
    assert holds(f"{before}; {wanted}; {after}", wanted)


@pytest.mark.parametrize("text", ["1" * 100_000, "1 " * 50_000, "1,000," * 16_000, "2 to " * 20_000, "- " * 50_000])
def test_long_texts_take_linear_time(text: str) -> None:
    levelled.cache_clear()
    started = time.perf_counter()
    holds(text, "10 mg every 2 to 4 hours")
    assert time.perf_counter() - started < 2


@pytest.mark.shared
@pytest.mark.skipif(not EVAL.is_dir(), reason=f"the questions are not at {EVAL}")
@pytest.mark.parametrize("name", ["dev.jsonl", "hard_dev.jsonl"])
def test_every_gold_wording_is_found_in_itself(name: str) -> None:
    cases = read_cases(EVAL / name)
    assert len(cases) >= 40
    wordings = [w for case in cases for group in [*case.must, case.must_not] for w in group]
    assert wordings
    assert [w for w in wordings if not holds(f"See: {w}; so it is.", w)] == []


# ------------------------------------------------------------------------------------------------ files of questions


def test_cases_are_read_from_json_lines_and_plain_lines(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    rows = [
        json.dumps(
            {"id": "a", "question": "Half-life?", "intent": "half_life", "must": [["16 days"]], "expect": "answer"}
        ),
        "",
        json.dumps({"id": "b", "turns": [{"question": "Kesimpta?"}, {"question": "And in pregnancy?"}]}),
        "what is Kesimpta",
    ]
    path.write_text("\n".join(rows), "utf-8")
    first, second, third = read_cases(path)
    assert (first.id, first.intent, first.must, first.expect) == ("a", "half_life", [["16 days"]], "answer")
    assert (second.question.text, second.question.turns) == ("And in pregnancy?", ("Kesimpta?",))
    assert (third.question.text, third.id) == ("what is Kesimpta", "set-004")


@pytest.mark.parametrize("row", ["{", '{"id": "x"}', '{"turns": []}', '{"turns": [{}]}'])
def test_a_row_that_is_no_question_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(f'{{"question": "ok?"}}\n{row}\n', "utf-8")
    with pytest.raises(DataError, match=r"set\.jsonl, line 2"):
        read_cases(path)
