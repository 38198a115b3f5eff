"""FDA Purple Book, monthly CSV download; several downloads one after another are read as one, the newest wins.

A download begins with a preamble of free lines and a header line; a list without one may follow directly on the list
before it. Years have two digits and need a pivot for each column (see `_approved` and `_until`). A malformed line
raises DataError naming file and line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from drugchatter.errors import DataError
from drugchatter.rows import BiologicRow, BiologicsFile

SOURCE = "purple_book"
UNDECIDED = "Date TBD"

_FIRST = "N/R/U"
_COLUMNS = (
    "N/R/U", "Applicant", "BLA Number", "Proprietary Name", "Proper Name", "BLA Type", "Strength", "Dosage Form",
    "Route of Administration", "Product Presentation", "Marketing Status", "Licensure", "Approval Date",
    "Ref. Product Proper Name", "Ref. Product Proprietary Name", "Supplement Number", "Submission Type",
    "License Number", "Product Number", "Center", "Date of First Licensure", "Exclusivity Expiration Date",
    "First Interchangeable Exclusivity Exp. Date", "Ref. Product Exclusivity Exp. Date",
    "Orphan Exclusivity Exp. Date",
)  # fmt: skip
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DATE = re.compile(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{2}|\d{4})")
_MAX_BYTES = 100 * 1024**2
_HINT = "fetch the Purple Book again from FDA; nothing was loaded"


def recognise(path: Path) -> bool:
    """Whether a CSV file calls itself the Purple Book or has its columns."""
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as stream:
        start = stream.read(4096)
    return b"Purple Book" in start or b"BLA Number" in start


def read_purple_book(path: Path) -> BiologicsFile:
    """The Purple Book of a CSV file. Raises DataError when it is too large to be one or malformed."""
    with path.open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise DataError(f"{path} has more than {_MAX_BYTES} bytes", "it is not a Purple Book download")
    return parse_purple_book(content, str(path))


def parse_purple_book(content: bytes, name: str = "purplebook.csv") -> BiologicsFile:
    """The distinct rows, keyed by BLA, product number and type; of two the later in the file stands.

    FDA's downloads are put together oldest first, so the later one is the newer list. Raises DataError.
    """
    newest: dict[tuple[str, str, str], BiologicRow] = {}
    for row in _rows(content, name):
        newest[row.bla, row.product_no, row.type] = row
    dates = [row.approval_date for row in newest.values() if row.approval_date]
    if not dates:
        raise DataError(f"{name} holds no dated row of a Purple Book", _HINT)
    return BiologicsFile(max(dates).isoformat(), tuple(newest.values()))


def _rows(content: bytes, name: str) -> Iterator[BiologicRow]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not text in UTF-8 (byte {error.start})", _HINT) from error
    columns: dict[str, int] | None = None
    reader = csv.reader(io.StringIO(text, newline=""))
    for line in reader:
        cells = [cell.strip().removeprefix("\ufeff") for cell in line]
        if cells and cells[0] == _FIRST:
            columns = _header(cells, f"{name}, line {reader.line_num}")
        elif columns is None or not _is_row(cells, columns):
            if columns is not None and len([cell for cell in cells if cell]) > 5:
                raise DataError(f"{name}, line {reader.line_num}: {len(cells)} fields, {len(columns)} expected", _HINT)
        else:
            try:
                yield _row(cells, columns)
            except ValueError as error:
                raise DataError(f"{name}, line {reader.line_num}: {error}", _HINT) from error
    if columns is None:
        raise DataError(f"{name} has no header line of a Purple Book", _HINT)


def _header(cells: list[str], place: str) -> dict[str, int]:
    columns = {title: index for index, title in enumerate(cells)}
    if missing := [title for title in _COLUMNS if title not in columns]:
        raise DataError(f"{place}: column {missing[0]!r} is missing", _HINT)
    return columns


def _is_row(cells: list[str], columns: dict[str, int]) -> bool:
    """A preamble between two lists has few filled cells; a row has them all, and a BLA number in its place."""
    return len(cells) == len(columns) and cells[columns["BLA Number"]].isdigit()


def _row(cells: list[str], columns: dict[str, int]) -> BiologicRow:
    def cell(title: str) -> str:
        return cells[columns[title]]

    interchangeable = cell("First Interchangeable Exclusivity Exp. Date")
    undecided = interchangeable == UNDECIDED
    return BiologicRow(
        applicant=cell("Applicant"),
        # Not padded: the numbers of former NDAs have five digits here, and that is how they are told apart.
        bla=cell("BLA Number"),
        proprietary_name=cell("Proprietary Name"),
        proper_name=cell("Proper Name"),
        type=cell("BLA Type"),
        strength=cell("Strength"),
        dosage_form=cell("Dosage Form"),
        route=cell("Route of Administration"),
        presentation=cell("Product Presentation"),
        marketing=cell("Marketing Status"),
        licensure=cell("Licensure"),
        approval_date=_dated(cell("Approval Date"), _approved),
        reference_proper_name=cell("Ref. Product Proper Name"),
        reference_name=cell("Ref. Product Proprietary Name"),
        submission_type=cell("Submission Type"),
        product_no=cell("Product Number"),
        center=cell("Center"),
        first_licensure=_dated(cell("Date of First Licensure"), _approved),
        interchangeable_until=None if undecided else _dated(interchangeable, _until),
        interchangeable_undecided=undecided,
        reference_until=_dated(cell("Ref. Product Exclusivity Exp. Date"), _until),
        orphan_until=_dated(cell("Orphan Exclusivity Exp. Date"), _until),
    )


def _dated(text: str, century: Callable[[int], int]) -> date | None:
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if not match or match[2] not in _MONTHS:
        raise ValueError(f"not a date: {text!r}")
    year = int(match[3])
    return date(year if len(match[3]) == 4 else century(year), _MONTHS[match[2]], int(match[1]))


def _approved(year: int) -> int:
    """An approval lies in the past: `11-Jul-30` is 1930 (allergenics, first licensed from the 1930s on)."""
    return 1900 + year if year > 26 else 2000 + year


def _until(year: int) -> int:
    """An exclusivity may lie ahead, and none ended before 1980: `8-Feb-30` is 2030, `2-Dec-94` is 1994."""
    return 1900 + year if year >= 80 else 2000 + year
