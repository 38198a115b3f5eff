"""A question's kidney function, weight or age, and the line whose range holds it."""

from __future__ import annotations

import pytest

from drugchatter.measures import Measure, asked_measures


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("examplin crcl 20", (Measure("ml/min", 20.0),)),
        ("examplin dose egfr <30", (Measure("ml/min", 29.5),)),
        ("creatinine clearance 45 ml/min", (Measure("ml/min", 45.0),)),
        ("a 50 kg teen", (Measure("kg", 50.0),)),
        ("can a 9 year old take it", (Measure("years", 9.0),)),
        ("examplin 20 mg dose", ()),
        ("5 mg/kg examplin", ()),
    ],
)
def test_measures_of_a_question(question: str, expected: tuple[Measure, ...]) -> None:
    assert asked_measures(question) == expected


@pytest.mark.parametrize(
    ("line", "gains"),
    [
        ("crcl 15-30 ml/min: 75 mg twice daily", True),
        ("creatinine clearance 15 ml/min/1.73 m2 to 29 ml/min/1.73 m2: 9 mg", True),
        ("creatinine clearance less than 30 ml/min: 5 mg", True),
        ("patients with crcl > 30 ml/min: 150 mg twice daily", False),
        ("creatinine clearance of 50 ml/min or greater: no change", False),
        ("creatinine clearance 30 ml/min to 50 ml/min: 5 mg", False),
    ],
)
def test_a_line_for_another_kidney_function_loses(line: str, gains: bool) -> None:
    assert (Measure("ml/min", 20.0).fits(line) > 0) is gains


def test_a_line_without_a_range_neither_gains_nor_loses() -> None:
    assert Measure("ml/min", 20.0).fits("reduce the dose in renal impairment") == 0.0
    assert Measure("years", 9.0).fits("the dose is 10 mg/kg") == 0.0
