"""What changed, on a terminal and as JSON: newest first, differing words marked, a screenful unless all is asked."""

from __future__ import annotations

import io
import json
from datetime import date

from rich.console import Console

from drugchatter.history import Comparison, LabelVersion, timeline
from drugchatter.surfaces.changes import changes_json, print_changes
from drugchatter.types import Passage


def version(number: int, lines: list[str], rows: list[str]) -> LabelVersion:
    text = Passage(f"t{number}", "set", str(number), "warnings", "Warnings", "text", "\n".join(lines))
    table = Passage(f"r{number}", "set", str(number), "adverse_reactions", "", "table", "\n".join(rows))
    return LabelVersion(str(number), date(2021, 1, number), (text, table))


def comparisons() -> tuple[Comparison, ...]:
    rows = ["Table 1", "Headache | Drug N = 90: 13 | Placebo: 9"]
    lines = ["Take one tablet with water at noon.", "The rash goes away, it seems."]
    second = ["Take two tablets with water at noon.", "The rash goes away it seems."]
    third = [*second, *(f"Fact number {n} is told here and nowhere else \x1b[31m." for n in range(20))]
    return timeline(
        [version(1, lines, rows), version(2, second, [rows[0], rows[1].replace("13", "14")]), version(3, third, rows)]
    )


def shown(*, everything: bool = False, some: tuple[Comparison, ...] | None = None) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80, markup=False, emoji=False, highlight=False)
    print_changes("Examplin", comparisons() if some is None else some, console, everything=everything)
    return out.getvalue()


def test_the_newest_comparison_stands_first_with_its_dates() -> None:
    text = shown()
    places = [text.index(v) for v in ("Version 2 (2021-01-02) → 3 (2021-01-03)", "Version 1 (2021-01-01) → 2")]
    assert places == sorted(places)


def test_the_words_that_differ_stand_in_brackets_and_cells_with_their_column() -> None:
    text = shown()
    assert "reworded · touches a number" in text
    assert "- Take [one tablet] with water at noon." in text
    assert "+ Take [two tablets] with water at noon." in text
    assert "table row Headache" in text
    assert "Drug N = 90: 13 → 14" in text


def test_a_screenful_and_no_formatting_unless_all_is_asked_for() -> None:
    assert "and 9 more: --all" in shown()
    assert "1 of formatting only" in shown()
    assert "* formatting" not in shown()
    assert "* formatting" in shown(everything=True)
    assert "more: --all" not in shown(everything=True)


def test_a_label_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in shown(everything=True)


def test_a_single_version_says_so() -> None:
    assert "nothing to compare" in shown(some=())


def test_json_holds_everything_and_marks_that_fit() -> None:
    found = json.loads(json.dumps(changes_json("Examplin", "set", comparisons())))
    newest, oldest = found["comparisons"]
    assert newest["new"] == {"version": "3", "date": "2021-01-03"}
    assert [change["kind"] for change in oldest["changes"]] == ["reworded", "reworded", "formatting"]
    pill = next(change for change in oldest["changes"] if change["field"] == "warnings")
    assert [pill["after"][start:end] for start, end in pill["after_marks"]] == ["two tablets"]
    row = next(change for change in oldest["changes"] if change["of"] == "row")
    assert row["cells"] == [{"column": "Drug N = 90", "before": "13", "after": "14"}]
