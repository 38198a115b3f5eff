"""The back-test: who is followed, how an outcome is judged, and that the published table is what the files give."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drugchatter.evals.loe import load
from test_exclusivity import alpha, book, generic

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT / "tools"))

import backtest  # noqa: E402 - a tool, not a package

PATENT = ["N~900001~001~1111111~Jan 5, 2024~Y~~~~", "N~900001~001~2222222~Jan 5, 2026~~~U-1~~"]


def judged(*generics: str, patents: list[str] = PATENT, gone: frozenset[backtest.Place] = frozenset()) -> list[str]:
    found, out = backtest.cases(book([alpha(), *generics], patents, edition="2022-12-07"), set(gone))
    return [f"{case.outcome} {case.after_hard}" for case in found] or [reason for reason, count in out.items() if count]


def test_an_outcome_is_judged_by_the_last_listed_day() -> None:
    assert judged() == ["none yet False"]
    assert judged(generic("070001", "Jun 1, 2023")) == ["early False"]
    assert judged(generic("070001", "Jun 1, 2024")) == ["early True"]
    assert judged(generic("070001", "Jan 5, 2026")) == ["on time True"]
    assert judged(generic("070001", "Jun 1, 2027")) == ["late True"]
    assert judged(generic("070001", "Jun 1, 2023", strength="99MG")) == ["none yet False"]


def test_whoever_had_a_generic_or_no_protection_is_left_out_with_the_reason() -> None:
    assert judged(generic("070001", "Jun 1, 2020"), generic("070002", "Jun 1, 2023")) == [
        "a generic of one of its strengths was approved already"
    ]
    assert judged(generic("070001", "Approved Prior to Jan 1, 1982"))[0].startswith("a generic of one")
    assert judged(patents=["N~900001~001~1111111~Jan 5, 2020~Y~~~~"]) == ["nothing in force on the vintage's date"]
    assert judged(gone=frozenset({("ALPHATINIB", "TABLET;ORAL", "10MG")})) == [backtest._GONE]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the publishers' files of ../shared")
def test_the_published_table_is_what_the_files_give() -> None:
    books = load(SHARED / "data" / "orangebook")
    text, picture = backtest.report(books, SHARED / "data" / "drugsatfda" / "drugsatfda.zip")
    assert text == (ROOT / "docs" / "backtest.md").read_text("utf-8")
    assert picture == (ROOT / "docs" / "backtest.svg").read_text("utf-8")
