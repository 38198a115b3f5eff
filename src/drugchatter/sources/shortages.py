"""FDA's list of drug shortages and discontinuations: its own CSV, or openFDA's JSON (`drug/shortages`).

The CSV is not RFC 4180's: it begins with an empty line, the header is unquoted and its titles have odd spaces, every
other cell is quoted, and a quotation mark inside a cell is not doubled (`20 G x 1 1/2"`). The NDC stands in the text of
the presentation.
Sources: FDA, "Drug Shortages" (download); openFDA, "Drug Shortages API, searchable fields".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from drugchatter.errors import DataError
from drugchatter.joins import ndc_package, ndcs_in
from drugchatter.rows import RowFile, ShortageRow
from drugchatter.sources.archives import text_lines
from drugchatter.sources.openfda_rows import block, exported, holds, records, rows, text
from drugchatter.sources.row_files import ENCODINGS, Account, RowRelease, built, day, newest, table

SOURCE = "shortages"

_COLUMNS = (
    "Generic Name", "Company Name", "Contact Info", "Presentation", "Type of Update", "Date of Update",
    "Availability Information", "Related Information", "Related Info Link", "Resolved Note", "Reason for Shortage",
    "Therapeutic Category", "Status", "Change Date", "Date Discontinued", "Initial Posting Date",
)  # fmt: skip
# Addresses and notes that no line of the list fills (one holds a telephone number); not worth a column each.
_UNUSED = (
    "Generic Name Note", "Generic Name Link", "Company Info Link", "Availability Link", "Resolved Note Link",
    "Discontinued Note Link",
)  # fmt: skip
# A row has two or three lines at most; one that never ends must not gather the rest of a large file.
_MOST_LINES = 20
_FIELDS = frozenset(
    "package_ndc generic_name proprietary_name company_name contact_info presentation update_type availability"
    " related_info related_info_link resolved_note shortage_reason therapeutic_category dosage_form strength status"
    " update_date change_date discontinued_date initial_posting_date openfda".split()
)


def recognise(path: Path) -> bool:
    """Whether this is FDA's CSV of shortages, or openFDA's JSON of them or a zip of one."""
    if path.suffix.lower() != ".csv":
        return holds(path, "presentation", "initial_posting_date", "company_name")
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except OSError:
        return False
    return all(title in start for title in (b"Generic Name", b"Type of Update", b"Initial Posting Date"))


def edition_of(path: Path) -> str:
    """The newest update of a presentation that is not in the future (FDA updates the list every working day); for JSON
    the day of the export that openFDA prints. Raises DataError when the file is damaged or tells neither."""
    if path.suffix.lower() == ".csv":
        return newest((cells[5] for _, cells in _lines(path, Account(SOURCE))), path.name)
    return exported(path) or newest(
        (str(record.get("update_date", "")) for _, record in records(path) if isinstance(record, dict)), path.name
    )


def read(path: Path) -> RowRelease:
    """The presentations of the list, as rows to be streamed. Raises DataError when the file is damaged or a column is
    missing."""
    account = Account(SOURCE)
    edition = edition_of(path)
    if path.suffix.lower() == ".csv":
        found = built(_lines(path, account), _line, path.name, account)
    else:
        found = rows(path, _record, _FIELDS, account)
    return RowRelease(SOURCE, edition, (RowFile(SOURCE, "shortages", edition, ShortageRow, found),), account)


def _lines(path: Path, account: Account) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open("rb") as stream:
            yield from table(_cells(stream, path.name), _COLUMNS, path.name, account, _UNUSED)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}", "check the file") from error


def _cells(stream: BinaryIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its last line, cells) of the header and of each row; a row that is not quoted has one cell."""
    lines = enumerate(text_lines(stream, name, ENCODINGS), 1)
    header = next(((number, line) for number, line in lines if line.strip()), None)
    if not header:
        return
    yield header[0], header[1].split(",")
    width = header[1].count(",") + 1
    row: list[str] = []
    last = 0
    for number, line in lines:
        if row and (len(row) == _MOST_LINES or _ended("\n".join(row), line, width)):
            yield last, _unquoted("\n".join(row))
            row = []
        if row or line:
            row.append(line)
            last = number
    if row:
        yield last, _unquoted("\n".join(row))


def _ended(row: str, following: str, width: int) -> bool:
    """Whether a row is whole: it ends with a quotation mark, and has all its cells or is followed by another row. What
    does not begin as a row is never continued, so that it spoils no other."""
    if not row.startswith('"'):
        return True
    return row.endswith('"') and (not following or following.startswith('"') or row.count('","') + 1 == width)


def _unquoted(row: str) -> list[str]:
    if len(row) < 2 or not (row.startswith('"') and row.endswith('"')):
        return [row]
    return [cell.replace('""', '"') for cell in row[1:-1].split('","')]


def _line(cells: list[str]) -> ShortageRow:
    (
        generic, company, contact, presentation, update, updated, availability, info, link, note, reason, category,
        status, changed, discontinued, posted,
    ) = cells  # fmt: skip
    if not generic or not presentation:
        raise ValueError("it names no drug or no presentation")
    return ShortageRow(
        generic, "", company, contact, presentation, _only(ndcs_in(presentation)), update, day(updated), availability,
        info, link, note, reason, category, status, day(changed), day(discontinued), day(posted),
    )  # fmt: skip


def _record(record: dict[str, Any]) -> ShortageRow:
    generic, presentation = text(record, "generic_name"), text(record, "presentation")
    if not generic or not presentation:
        raise ValueError("it names no drug or no presentation")
    return ShortageRow(
        generic_name=generic,
        trade_name=text(record, "proprietary_name") or text(block(record), "brand_name"),
        company=text(record, "company_name"),
        contact=text(record, "contact_info"),
        presentation=presentation,
        ndc=ndc_package(text(record, "package_ndc")) or _only(ndcs_in(presentation)),
        update_type=text(record, "update_type"),
        updated=day(text(record, "update_date")),
        availability=text(record, "availability"),
        related_info=text(record, "related_info"),
        related_info_link=text(record, "related_info_link"),
        resolved_note=text(record, "resolved_note"),
        reason=text(record, "shortage_reason"),
        therapeutic_category=text(record, "therapeutic_category"),
        status=text(record, "status"),
        changed=day(text(record, "change_date")),
        discontinued=day(text(record, "discontinued_date")),
        initial_posting=day(text(record, "initial_posting_date")),
    )


def _only(codes: tuple[str, ...]) -> str:
    """The code, when a presentation prints exactly one."""
    return codes[0] if len(codes) == 1 else ""
