"""Lists over both Books: equal to an independent computation, filtered, as CSV and as a calendar."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drugchatter.errors import UsageError
from drugchatter.evals.loe import load
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.losing import losing_protection
from drugchatter.surfaces.calendar import Event, as_calendar
from drugchatter.surfaces.lists import as_csv, losing, losing_calendar, losing_lines
from losing_apart import losers
from test_exclusivity import alpha, book, licence, purple, steady

SHARED = Path(__file__).parents[2] / "shared"


def books() -> Books:
    patents = ["N~900001~001~1111111~Jan 5, 2027~Y~~~~", "N~900002~001~2222222~Dec 31, 2027~~~U-1~~"]
    patents.append("N~900003~001~3333333~Jan 5, 2030~Y~~~~")
    other = alpha(appl="900002").replace("ACME", "BIGCO").replace("ALPHATINIB", "BETAFORMIN; GAMMAB")
    orange = book([alpha(), other], patents)
    return Books({"2026-06-10": orange}, purple([licence("125387", "N/A", "18-Nov-15")]))


def applications(*criteria: str, year: int | None = 2027) -> list[str]:
    applicant, ingredient, kind = (*criteria, "", "", "")[:3]
    return [line.application for line in losing_lines(books(), year, applicant, ingredient, kind)]


def test_a_year_is_filtered_by_applicant_ingredient_and_kind() -> None:
    assert applications() == ["N900001", "N900002", "BLA125387"]
    assert applications("bigco") == ["N900002"]
    assert applications("", "gammab") == ["N900002"]
    assert applications("", "", "biologic") == ["BLA125387"]
    assert applications("", "", "drug", year=None) == ["N900001", "N900002", "N900003"]
    with pytest.raises(UsageError, match="no kind"):
        applications("", "", "vaccine")


def test_a_line_without_a_name_is_shown_by_what_is_known() -> None:
    rows = losing(losing_lines(books(), None, "", "", ""))[1]
    assert {row[0] for row in rows} == {
        "ALPHAZ",
        "(no name in the products file)",
        "alphamab",
        "fillermab",
        "Filler",
    } - {"fillermab"}


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_holds_an_event_a_line_on_the_last_day() -> None:
    text = losing_calendar(books(), losing_lines(books(), 2027, "", "", ""))
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == 3
    assert "DTSTART;VALUE=DATE:20270105" in lines and "DTEND;VALUE=DATE:20270106" in lines
    assert "SUMMARY:ALPHAZ (N900001): last day of listed protection" in lines
    assert text == losing_calendar(books(), losing_lines(books(), 2027, "", "", ""))


printable = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def shown(text: str) -> str:
    """`text` as a calendar can hold it: line ends as one, no control characters."""
    one = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in one if char in "\n\t" or (char >= " " and char != "\x7f"))


@steady
@given(printable, st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_text_stays_one_value_in_short_lines(text: str, day: date) -> None:
    made = as_calendar(text, [Event("a@b", day, text, text)], date(2026, 6, 10))
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))
    lines = unfolded(made)
    names = "BEGIN VERSION PRODID CALSCALE X-WR-CALNAME BEGIN UID DTSTAMP DTSTART;VALUE=DATE DTEND;VALUE=DATE SUMMARY "
    assert [line.split(":")[0] for line in lines] == [*f"{names}DESCRIPTION TRANSP END END".split(), ""]
    value = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    assert re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value) == shown(text)


@steady
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60))
def test_a_calendar_is_read_back_by_a_parser(text: str) -> None:
    icalendar = pytest.importorskip("icalendar", reason="the development dependencies hold a calendar parser")
    made = as_calendar("all", [Event("a@b", date(2027, 1, 5), text, "told")], date(2026, 6, 10))
    event = icalendar.Calendar.from_ical(made).walk("VEVENT")[0]
    assert event["DTSTART"].dt == date(2027, 1, 5)
    assert str(event["SUMMARY"]) == shown(text)


@steady
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30), min_size=1))
def test_no_cell_of_a_csv_is_a_formula(cells: list[str]) -> None:
    row = list(csv.reader(io.StringIO(as_csv(["head"] * len(cells), [cells]), newline="")))[1]
    for before, after in zip(cells, row, strict=True):
        assert after.lstrip()[:1] not in tuple("=+-@\t\r＝＋－＠")
        assert after in (before, f"'{before}")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the publishers' files of ../shared")
def test_the_lists_equal_an_independent_computation_to_the_name() -> None:
    held = load(SHARED / "data")
    for year in (2025, 2026, 2027, 2028, 2030, 2032, 2036):
        ours = {
            (line.application, line.names, line.after.on) for line in losing_protection(held.newest, year, held.purple)
        }
        assert ours == set(losers(SHARED / "data", year)), year
