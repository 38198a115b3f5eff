"""What the sources of rows share: a release opened but not read, an account of its lines, tables, days.

Rows stream: a release of any size takes the memory of its look-ups, and up to 200 bytes a row to know a repeated one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from drugchatter.errors import DataError
from drugchatter.rows import RowFile
from drugchatter.sources.archives import Archive, Member, check_columns
from drugchatter.types import SetAside

R = TypeVar("R")

# FDA's tab files are Windows-1252 (2019) and may turn to UTF-8; a line that is both says the same in both.
ENCODINGS = ("utf-8", "cp1252")
# A damaged table can hold a bad row in every line: the first ones are named, the others counted.
LISTED = 10_000
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<dash>-?)(?P<m>\d\d)(?P=dash)(?P<d>\d\d)(?: 00:00:00(?:\.0+)?)?"
    r"|(?P<m2>\d{1,2})/(?P<d2>\d{1,2})/(?P<y2>\d{4})",
    re.ASCII,
)
# The empty date of FDA's database; no drug of these tables was approved, listed or reported on that day.
_NO_DAY = date(1900, 1, 1)


class Harmless(ValueError):
    """A row that is rightly not loaded: it says nothing that can be cited, and no new download mends it."""


class Account:
    """What became of every line of a release: loaded or set aside. Complete only when its rows have been read.

    `lines[file]` is always `loaded[file] + aside[file]` then. Headers and empty lines are no lines here.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._named: list[SetAside] = []
        self._counted: Counter[tuple[str, str, bool]] = Counter()
        self._seen: dict[str, set[bytes]] = {}
        self.loaded: Counter[str] = Counter()
        self.aside: Counter[str] = Counter()

    @property
    def lines(self) -> Counter[str]:
        return self.loaded + self.aside

    def load(self, file: str) -> None:
        self.loaded[file] += 1

    def set_aside(self, file: str, item: str, reason: str, harmless: bool = False) -> None:
        """One line that is not loaded, named by `item`."""
        self.aside[file] += 1
        if len(self._named) < LISTED:
            self._named.append(SetAside(self._source, file, item, reason, harmless))
        else:
            self._counted[file, reason, harmless] += 1

    def count(self, file: str, reason: str) -> None:
        """One line that is rightly not loaded, of a kind so common that only the number is of interest."""
        self.aside[file] += 1
        self._counted[file, reason, True] += 1

    def note(self, file: str, item: str, reason: str) -> None:
        """What is rightly not read and is no line: a column, a whole table."""
        self._named.append(SetAside(self._source, file, item, reason, harmless=True))

    def repeated(self, file: str, key: str) -> bool:
        """Whether `key` was asked for before; then the line is counted as a repetition."""
        mark = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        seen = self._seen.setdefault(file, set())
        if mark in seen:
            self.count(file, "repeats another line; kept once")
            return True
        seen.add(mark)
        return False

    def report(self) -> tuple[SetAside, ...]:
        """Everything that was set aside so far, in the order of the files' lines, then what was only counted."""
        counted = (
            SetAside(self._source, file, f"{number} lines", reason, harmless)
            for (file, reason, harmless), number in self._counted.items()
        )
        return (*self._named, *counted)


@dataclass(frozen=True, slots=True)
class RowRelease:
    """One release of one publisher: read the rows of `files` in their order, each once, then ask `account` what was not
    loaded. Reading may raise DataError when the file turns out to be damaged.
    """

    source: str
    edition: str
    files: tuple[RowFile[Any], ...]
    account: Account


# --------------------------------------------------------------------------------------------------------------- tables


def table(
    rows: Iterable[tuple[int, list[str]]],
    columns: Sequence[str],
    file: str,
    account: Account,
    known: Sequence[str] = (),
) -> Iterator[tuple[int, list[str]]]:
    """(line number, the cells of `columns` in that order, without spaces around them) of a table with a header.

    A line with too few or too many cells is set aside; cells beyond the header that are all empty are no fault. Columns
    that are neither wanted nor `known` are noted. Raises DataError when a wanted column is missing.
    """
    lines = iter(rows)
    found = [cell.strip() for cell in next(lines, (0, []))[1]]
    check_columns(found, columns, file)
    for extra in sorted({*found} - {*columns, *known, ""}):
        account.note(file, f"column {extra}", "a column that is not read")
    places = [found.index(column) for column in columns]
    for number, cells in lines:
        if len(cells) < len(found) or any(cell.strip() for cell in cells[len(found) :]):
            account.set_aside(file, f"line {number}", f"{len(cells)} cells, {len(found)} expected")
        else:
            yield number, [cells[place].strip() for place in places]


def built(
    lines: Iterable[tuple[int, list[str]]],
    build: Callable[[list[str]], R],
    file: str,
    account: Account,
    key: Callable[[list[str]], str] = "\t".join,
) -> Iterator[R]:
    """The rows that `build` makes of lines, each kept once; where it raises ValueError, the line is set aside with that
    reason (as harmless if it is Harmless). `key` tells which lines say the same."""
    for number, cells in lines:
        try:
            row = build(cells)
        except ValueError as error:
            account.set_aside(file, f"line {number}", str(error), isinstance(error, Harmless))
            continue
        if not account.repeated(file, key(cells)):
            account.load(file)
            yield row


def member(archive: Archive, name: str) -> Member | None:
    """The member with this file name in any folder of the archive, in any case; the first if there are several."""
    return next((m for m in archive.members if m.name.rpartition("/")[2].lower() == name.lower()), None)


# ----------------------------------------------------------------------------------------------------------------- days


@lru_cache(maxsize=65_536)
def day(text: str) -> date | None:
    """`20190702`, `2019-07-02`, `2019-07-02 00:00:00` and `07/02/2019` as a date; None for nothing and 1900-01-01, the
    empty date of FDA's database. Raises ValueError for anything else."""
    if not text:
        return None
    match = _DAY.fullmatch(text)
    if not match:
        raise ValueError(f"not a date: {text[:40]!r}")
    year, month, number = match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"]
    try:
        found = date(int(year), int(month), int(number))
    except ValueError as error:
        raise ValueError(f"not a date: {text[:40]!r}") from error
    return None if found == _NO_DAY else found


def newest(texts: Iterable[str], name: str) -> str:
    """The newest of these days that is not in the future, as YYYY-MM-DD; what is no date is passed over, since it is
    set aside when the rows are read. Raises DataError when none is left."""
    today = datetime.now(UTC).date()
    best = date.min
    for text in texts:
        try:
            found = day(text)
        except ValueError:
            continue
        if found and best < found <= today:
            best = found
    if best == date.min:
        raise DataError(f"{name}: no row tells the edition's date", "fetch it again from its publisher")
    return best.isoformat()


def dated_name(path: Path) -> str | None:
    """The date (YYYY-MM-DD) in a file's own name or its folder's, if there is one."""
    for name in (path.name, path.parent.name):
        for match in re.finditer(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", name):
            try:
                return date.fromisoformat(match[0]).isoformat()
            except ValueError:
                continue
    return None
