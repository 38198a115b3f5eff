"""openFDA's JSON of rows: the envelope that recalls and shortages share, in a bulk zip, a bulk JSON or an API answer.

Format: https://open.fda.gov/apis/: `meta.last_updated` is the day of the export, `results` the list of records; a value
is a text or a list of texts. Bulk files are zips of one JSON each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.sources.archives import json_items, open_archive
from drugchatter.sources.row_files import Account, Harmless, R, day

_START = 256 * 1024


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The JSON at `path` or in the zip there. Raises DataError when it cannot be read or the zip holds not just one."""
    if path.suffix.lower() == ".zip":
        with open_archive(path) as archive:
            found = [m for m in archive.members if m.name.lower().endswith(".json")]
            if len(found) != 1:
                raise archive.refused(f"holds {len(found)} JSON files, one is expected")
            with archive.open(found[0]) as stream:
                yield stream
        return
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}", "check the file") from error


def holds(path: Path, *fields: str) -> bool:
    """Whether a JSON or zip of openFDA begins with records of these fields; reads its first 256 KB only."""
    if not path.name.lower().endswith((".json", ".json.zip")):
        return False
    try:
        with opened(path) as stream:
            start = stream.read(_START)
    except DataError:
        return False
    return b'"results"' in start and all(f'"{field}"'.encode() in start for field in fields)


def exported(path: Path) -> str | None:
    """The day of the export (YYYY-MM-DD), or None when the envelope tells none. Raises DataError on damage."""
    with opened(path) as stream:
        found = next(json_items(stream, "meta.last_updated", path.name), None)
    try:
        last = day(found) if isinstance(found, str) else None
    except ValueError:
        return None
    return last.isoformat() if last else None


def records(path: Path) -> Iterator[tuple[int, Any]]:
    """(number from 1 on, record) of `results`. Raises DataError when the JSON is damaged."""
    with opened(path) as stream:
        yield from enumerate(json_items(stream, "results.item", path.name), 1)


def rows(path: Path, build: Callable[[dict[str, Any]], R], known: frozenset[str], account: Account) -> Iterator[R]:
    """The row that `build` makes of each record, kept once; a record where it raises ValueError is set aside with that
    reason. Fields that are not `known` are noted once."""
    noted: set[str] = set()
    for number, record in records(path):
        try:
            if not isinstance(record, dict):
                raise ValueError("not a record")
            row = build(record)
        except ValueError as error:
            account.set_aside(path.name, f"record {number}", str(error), isinstance(error, Harmless))
            continue
        for field in sorted(record.keys() - known - noted):
            noted.add(field)
            account.note(path.name, f"field {field[:60]}", "a field that is not read")
        if not account.repeated(path.name, repr(row)):
            account.load(path.name)
            yield row


def text(record: dict[str, Any], field: str) -> str:
    """A field's text, several joined by `; `; empty when it is missing. Raises ValueError for any other value."""
    value = record.get(field)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(item, str) and "\0" not in item for item in values):
        raise ValueError(f"{field} is not text")
    return "; ".join(stripped for item in values if (stripped := item.strip()))


def block(record: dict[str, Any]) -> dict[str, Any]:
    """What openFDA joined to a record; often empty. Raises ValueError when it is no object."""
    value = record.get("openfda") or {}
    if not isinstance(value, dict):
        raise ValueError("openfda is no object")
    return value
