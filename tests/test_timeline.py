"""The picture of a drug's rights: as text for a terminal, as SVG with its table."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.exclusivity.rules import protection
from drugchatter.exclusivity.timeline import Bar, Mark, Timeline, timeline
from drugchatter.surfaces.cli import main
from drugchatter.surfaces.timeline import as_svg, as_text
from test_exclusivity import alpha, bla, book, generic, licence, steady
from test_protection import loaded

TODAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    "N~900001~001~1111111~Feb 24, 2031~~Y~~~",
    "N~900001~001~1111111*PED~Aug 24, 2031~~~~~",
    "N~900001~001~2222222~May 6, 2030~Y~~U-1~~",
    "N~900001~001~3333333~May 6, 2030~Y~~U-2~~",
    "N~900001~001~4444444~May 6, 2033~~Y~~Y~",
    "N~900001~001~5555555~May 6, 2020~~Y~~~",
]


def drawn(orange: OrangeBook | None = None) -> Timeline:
    orange = orange or book([alpha(), generic("070001", "Jul 9, 2020")], ROWS, ["N~900001~001~ODE-9~Dec 1, 2028"])
    found = protection("alphaz", orange)
    assert found is not None
    return timeline(found, orange, TODAY)


def parsed(line: Timeline) -> ET.Element:
    return ET.fromstring(as_svg(line))  # noqa: S314 - our own output


def test_rights_that_end_together_share_a_bar_and_ended_ones_are_counted() -> None:
    line = drawn()
    assert [(bar.label, bar.kind, str(bar.end), bar.extended and str(bar.extended)) for bar in line.bars] == [
        ("ODE-9 (orphan drug)", "exclusivity", "2028-12-01", None),
        ("US 2222222 and 1 more (substance, use)", "patent", "2030-05-06", None),
        ("US 1111111 (product)", "patent", "2031-02-24", "2031-08-24"),
        ("US 4444444 (product), delist asked", "delist requested", "2033-05-06", None),
    ]
    assert [mark.label for mark in line.marks] == ["approved", "first generic approved"]
    assert any("1 that ended before today" in note for note in line.notes)
    assert (line.first, line.last) == (date(2015, 1, 1), date(2034, 1, 1))


def test_a_biologics_twelve_years_begin_with_its_first_licensure() -> None:
    found = bla("Refer", [licence("125057", "Refer", "31-Dec-02", orphan="24-Feb-28")])
    line = timeline(found, book(), TODAY)
    assert [(bar.start, str(bar.end)) for bar in line.bars] == [
        (date(2002, 12, 31), "2014-12-31"),
        (None, "2028-02-24"),
    ]


def test_nothing_listed_is_said() -> None:
    line = drawn(book([alpha()]))
    assert line.bars == () and line.notes[0] == "No patent or exclusivity is listed in these files."
    assert line.notes[0] in as_text(line) and line.notes[0] in as_svg(line)


def test_the_text_shows_every_bar_and_today_in_a_hundred_columns() -> None:
    lines = as_text(drawn()).split("\n")
    assert max(map(len, lines)) <= 100
    row = next(line for line in lines if "1111111" in line)
    assert "█" in row and "+" in row and row.endswith("2031-02-24  +2031-08-24")
    assert any(line.startswith("today") and line.endswith("2026-11-22") for line in lines)


def test_the_svg_holds_its_table() -> None:
    root = parsed(drawn())
    assert root.findtext(f"{SVG}title") == "Alphaz: listed protection"
    rows = [row for row in root.iter(f"{SVG}g") if row.get("role") == "row"]
    cells = [[cell.text for cell in row.findall(f"{SVG}text")] for row in rows]
    assert ["US 1111111 (product)", "2031-02-24, pediatric 2031-08-24"] in cells and cells[-1] == [
        "today",
        "2026-11-22",
    ]


days = st.dates(date(1950, 1, 1), date(2090, 1, 1))


@steady
@given(st.text(max_size=80), days, days)
def test_any_text_and_any_days_make_a_wellformed_picture_inside_its_frame(text: str, one: date, other: date) -> None:
    first, last = sorted((one, other))
    bars = (Bar(text, "patent", None, first, last), Bar(text, "delist requested", first, last, None))
    years = date(first.year, 1, 1), date(last.year + 1, 1, 1)
    line = Timeline(text, text, *years, first, bars, (Mark(text, last),), (text,))
    root = parsed(line)
    placed = [(float(r.get("x", "0")), float(r.get("width", "0"))) for r in root.iter(f"{SVG}rect") if r.get("x")]
    assert all(x >= 0 and x + width <= 990 for x, width in placed)
    assert all(element.tag.startswith(SVG) and element.tag != f"{SVG}script" for element in root.iter())
    plain = replace(
        line, title="t", source="s", notes=(), marks=(), bars=tuple(replace(bar, label="b") for bar in bars)
    )
    assert max(map(len, as_text(plain).split("\n"))) <= 100


def test_a_hostile_name_is_only_text() -> None:
    line = replace(drawn(), title='</title><script>alert(1)</script>"')
    root = parsed(line)
    assert not list(root.iter(f"{SVG}script")) and root.findtext(f"{SVG}title") == line.title


def test_the_command_draws_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(tmp_path)
    monkeypatch.setenv("DRUGCHATTER_HOME", str(tmp_path / "home"))
    assert main(["protection", "examplin", "--svg", str(tmp_path / "picture.svg")]) == 0
    assert "7000001" in (tmp_path / "picture.svg").read_text("utf-8")
    assert main(["protection", "examplin", "--timeline"]) == 0
    assert "7000001" in capsys.readouterr().out
    assert main(["protection", "examplin", "--svg", str(tmp_path / "nowhere" / "x.svg")]) == 1
