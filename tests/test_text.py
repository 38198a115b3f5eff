"""Levelling, words, stems, numbers with units, negations; and none of them slow or surprised by any text."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.text import Number, fold, level, negations, numbers, slug, stem, stems, without_references, words


def pairs(text: str) -> list[tuple[str, str]]:
    return [(number.value, number.unit) for number in numbers(text)]


# ------------------------------------------------------------------------------------------------ level, fold, words


@pytest.mark.parametrize(
    ("text", "levelled"),
    [
        ("  Two\n\tWords  ", "two words"),
        ("a\u2010b\u2011c\u2012d\u2013e\u2014f\u2212g", "a-b-c-d-e-f-g"),
        ("20 \u00baC and 25 \u02daC", "20 °c and 25 °c"),
        ("\u201cDon\u2019t\u201d", '"don\'t"'),
        ("don`t", "don't"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("non\u00a0breaking\u202fspaces", "non breaking spaces"),
        ("cafe\u0301", "caf\u00e9"),
        ("10\u2075 x m\u00b2", "10\u2075 x m\u00b2"),
    ],
)
def test_level(text: str, levelled: str) -> None:
    assert level(text) == levelled


def test_fold_also_removes_accents() -> None:
    assert fold("Naïve ÉTUDE m²") == "naive etude m2"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B-cell", ["b", "cell"]),
        ("don't stop", ["don't", "stop"]),
        ("0.5 mg", ["0.5", "mg"]),
        ("Xultophy 100/3.6", ["xultophy", "100", "3.6"]),
        ("CD19+ cells", ["cd19", "cells"]),
        ("Crème brûlée.", ["creme", "brulee"]),
        ("...", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_slug() -> None:
    assert slug("Nurtec ODT® 75 mg") == "nurtec-odt-75-mg"


# ---------------------------------------------------------------------------------------------------------- stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("reactions", "reaction"),
        ("infusions", "infusion"),
        ("pregnancies", "pregnancy"),
        ("indicated", "indication"),
        ("contraindicated", "contraindications"),
        ("stopping", "stopped"),
        ("tablets", "tablet"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("hypotension", "hypertension"), ("liver", "live"), ("mass", "mas")])
def test_different_words_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_names_and_codes_keep_their_digits() -> None:
    assert stems("CYP3A4 inhibitors 1,000") == ["cyp3a4", stem("inhibitors"), "1", "000"]


# -------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20 mg", [("20", "mg")]),
        ("20mg", [("20", "mg")]),
        ("a 20-mg tablet", [("20", "mg")]),
        ("20 MG", [("20", "mg")]),
        ("1,000 mg", [("1000", "mg")]),
        ("12,345.5 mg", [("12345.5", "mg")]),
        ("0.5 mcg", [("0.5", "mcg")]),
        ("1.0 mg", [("1.0", "mg")]),
        ("2 to 4 mg", [("2", ""), ("4", "mg")]),
        ("2-4 mg", [("2", ""), ("4", "mg")]),
        ("2–4 mg", [("2", ""), ("4", "mg")]),
        ("10 mg/kg/day", [("10", "mg/kg/day")]),
        ("10 mg/kg", [("10", "mg/kg")]),
        ("75 mg/m²", [("75", "mg/m2")]),
        ("75 mg/m2", [("75", "mg/m2")]),
        ("30 mL/min", [("30", "ml/min")]),
        ("20 mg/0.4 mL", [("20", "mg"), ("0.4", "ml")]),
        ("12 hours", [("12", "hour")]),
        ("12-hour", [("12", "hour")]),
        ("12 hrs", [("12", "hour")]),
        ("12 h", [("12", "hour")]),
        ("30 min", [("30", "minute")]),
        ("7 days", [("7", "day")]),
        ("2 grams", [("2", "g")]),
        ("2 g", [("2", "g")]),
        ("13 %", [("13", "%")]),
        ("13%", [("13", "%")]),
        ("13 percent", [("13", "%")]),
        ("100 units/kg", [("100", "units/kg")]),
        ("8 °C", [("8", "°c")]),
        ("8ºC", [("8", "°c")]),
        ("twice, 3 times", [("3", "times")]),
        ("10-fold", [("10", "fold")]),
        ("1.5 x 10^9/L", [("1.5e9", "")]),
        ("1.5 × 10^9/L", [("1.5e9", "")]),
        ("<3", [("3", "")]),
        ("≥3 mg", [("3", "mg")]),
        ("(5.1)", [("5.1", "")]),
        ("3 million", [("3", "")]),
        ("CYP3A4, B12, IgG1", []),
        ("no number", []),
    ],
)
def test_numbers_with_their_units(text: str, found: list[tuple[str, str]]) -> None:
    assert pairs(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10 mg", "10 mcg"),
        ("10 mg", "10 g"),
        ("10 mg", "100 mg"),
        ("10 mg", "1.0 mg"),
        ("10 mg", "10 mg/kg"),
        ("10 hours", "10 days"),
        ("1.5 x 10^9/L", "1.5 x 10^6/L"),
        ("1.5 x 10^9/L", "1.5"),
        ("10 mg", "10"),
    ],
)
def test_numbers_that_differ_are_told_apart(one: str, other: str) -> None:
    assert numbers(one) != numbers(other)


def test_equal_amounts_are_equal_values() -> None:
    assert numbers("1,000-mg") == numbers("1000 mg") == [Number("1000", "mg")]


# ------------------------------------------------------------------------------------------------------ negations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Do NOT take it", ["not"]),
        ("Don’t take it", ["don't"]),
        ("It cannot be used unless needed", ["cannot", "unless"]),
        ("Neither this nor that", ["neither", "nor"]),
        ("Another notable knot", []),
        ("Contraindicated in adults; avoid in children", ["contraindicated", "avoid"]),
        ("Take it", []),
    ],
)
def test_negations(text: str, found: list[str]) -> None:
    assert negations(text) == found


# ----------------------------------------------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Stop it [see Warnings and Precautions (5.1)].", "Stop it."),
        ("Stop it. [see Warnings and Precautions (5.1, 5.2)]", "Stop it."),
        ("Stop it (5.1, 5.2).", "Stop it."),
        ("• Stop it (see 2.1)", "Stop it"),
        ("Give 2 tablets (10 mg) of it", "Give 2 tablets (10 mg) of it"),
        ("In 3 of 5 (60%) patients", "In 3 of 5 (60%) patients"),
    ],
)
def test_references_are_dropped_and_no_amount_is(text: str, plain: str) -> None:
    assert without_references(text) == plain


# --------------------------------------------------------------------------------------------------- any text at all

EVERYTHING: list[Callable[[str], object]] = [level, fold, words, stems, numbers, negations, slug, without_references]


@given(st.text(max_size=300))
@examples(max_examples=300, deadline=None, derandomize=True)
def test_any_text_is_taken(text: str) -> None:
    for function in EVERYTHING:
        function(text)
    assert level(level(text)) == level(text)
    assert all(value and set(value) <= set("0123456789.e") for value, _ in pairs(text))


_UNITS = st.sampled_from(["mg", "mcg", "mL", "hours", "days", "%", "mg/kg", "tablets"])


@given(st.lists(st.tuples(st.integers(0, 10**7), _UNITS), min_size=1, max_size=8))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_every_number_written_is_read_back(amounts: list[tuple[int, str]]) -> None:
    plain = "; ".join(f"{value} {unit}" for value, unit in amounts)
    grouped = ", then ".join(f"{value:,}-{unit}" for value, unit in amounts)
    assert [value for value, _ in pairs(plain)] == [str(value) for value, _ in amounts]
    assert numbers(plain) == numbers(grouped)


_HEAVY = [
    "1" * 100_000,
    "1," * 50_000,
    "1,000" * 20_000,
    "1 " * 50_000,
    "1 x 10^" * 15_000,
    "x " * 50_000,
    "a" * 100_000,
    "a'" * 50_000,
    "a." * 50_000,
    " " * 100_000,
    "not " * 25_000,
    "\u0301" * 100_000,
    "\u200b" * 100_000,
    "1 -" * 33_000,
    "ﷺ" * 20_000,
]


@pytest.mark.parametrize("function", EVERYTHING, ids=lambda f: f.__name__)
def test_a_hundred_thousand_characters_take_linear_time(function: Callable[[str], object]) -> None:
    """Quadratic work on such texts takes minutes; a second each is generous on a loaded machine."""
    for text in _HEAVY:
        started = time.perf_counter()
        function(text)
        assert time.perf_counter() - started < 1, text[:10]
