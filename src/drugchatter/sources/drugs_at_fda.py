"""Drugs@FDA: the weekly zip of tab files on applications, products, submissions and the documents of each.

Format: FDA, "Drugs@FDA Data Files" (tables, columns, keys). The type of an application stands in Applications.txt
alone; every other table has its six digits, so a line whose application is not there names nothing that can be cited.
Codes are padded with spaces, `Null` and a title `0` stand for nothing, 1900-01-01 for no date.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drugchatter.errors import DataError
from drugchatter.joins import application_number
from drugchatter.rows import ApplicationDocRow, ApplicationRow, FdaProductRow, RowFile, SubmissionRow
from drugchatter.sources.archives import Archive, open_archive, split_rows
from drugchatter.sources.row_files import ENCODINGS, Account, Harmless, RowRelease, built, day, member, newest, table

SOURCE = "drugs_at_fda"

_APPLICATIONS, _PRODUCTS, _SUBMISSIONS = "Applications.txt", "Products.txt", "Submissions.txt"
_DOCS, _DOC_TYPES, _CLASSES = "ApplicationDocs.txt", "ApplicationsDocsType_Lookup.txt", "SubmissionClass_Lookup.txt"
_STATUSES, _STATUS_WORDS = "MarketingStatus.txt", "MarketingStatus_Lookup.txt"
_RATINGS, _PROPERTIES = "TE.txt", "SubmissionPropertyType.txt"
_COLUMNS = {
    _APPLICATIONS: ("ApplNo", "ApplType", "SponsorName", "ApplPublicNotes"),
    _PRODUCTS: (
        "ApplNo", "ProductNo", "DrugName", "ActiveIngredient", "Form", "Strength", "ReferenceDrug", "ReferenceStandard",
    ),
    _SUBMISSIONS: (
        "ApplNo", "SubmissionType", "SubmissionNo", "SubmissionStatus", "SubmissionStatusDate",
        "SubmissionClassCodeID", "ReviewPriority", "SubmissionsPublicNotes",
    ),
    _DOCS: (
        "ApplNo", "SubmissionType", "SubmissionNo", "ApplicationDocsTypeID", "ApplicationDocsTitle",
        "ApplicationDocsDate", "ApplicationDocsURL",
    ),
    _DOC_TYPES: ("ApplicationDocsType_Lookup_ID", "ApplicationDocsType_Lookup_Description"),
    _CLASSES: ("SubmissionClassCodeID", "SubmissionClassCode", "SubmissionClassCodeDescription"),
    _STATUSES: ("ApplNo", "ProductNo", "MarketingStatusID"),
    _STATUS_WORDS: ("MarketingStatusID", "MarketingStatusDescription"),
    _RATINGS: ("ApplNo", "ProductNo", "TECode"),
    _PROPERTIES: ("ApplNo", "SubmissionType", "SubmissionNo", "SubmissionPropertyTypeCode"),
}  # fmt: skip
# Keys that only link tables or number lines.
_KNOWN = ("ApplicationDocsID", "MarketingStatusID", "SubmissionPropertyTypeID")
_REFERENCE = {"0": "No", "1": "Yes", "2": "TBD", "": ""}
_SIX_DIGITS = re.compile(r"\d{6}", re.ASCII)
_NULL = {"Null", "NULL"}
_URL = re.compile(r"https?://\S.*", re.IGNORECASE)


def recognise(path: Path) -> bool:
    """Whether this is the zip of Drugs@FDA: by the names of its tables."""
    try:
        with open_archive(path) as archive:
            return all(member(archive, name) for name in (_APPLICATIONS, _SUBMISSIONS, _DOCS))
    except DataError:
        return False


def edition_of(path: Path) -> str:
    """The newest day of a submission's status that is not in the future: FDA enters decisions every working day, so the
    file is at most some days younger. Raises DataError when the zip is damaged or no such day is in it."""
    with _opened(path) as release:
        lines = release.lines(_SUBMISSIONS, Account(SOURCE))
        return newest((cells[4] for _, cells in lines), release.place(_SUBMISSIONS))


def read(path: Path) -> RowRelease:
    """Applications, products, submissions and documents of the zip, as rows to be streamed.

    Raises DataError when the zip is damaged, or a table or a column of one is missing.
    """
    account = Account(SOURCE)
    edition = edition_of(path)
    with _opened(path) as release:
        for name in _COLUMNS:
            next(release.lines(name, Account(SOURCE)), None)
        unread = [m.name for m in release.archive.members if m.name.rpartition("/")[2] not in _COLUMNS]
        for name in unread:
            account.note(f"{path.name}/{name}", "", "a table that is not read")
        types = _types(release)
    tables = (
        (ApplicationRow, "drugsatfda/Applications.txt", _applications(path, account)),
        (FdaProductRow, "drugsatfda/Products.txt", _products(path, types, account)),
        (SubmissionRow, "drugsatfda/Submissions.txt", _submissions(path, types, account)),
        (ApplicationDocRow, "drugsatfda/ApplicationDocs.txt", _documents(path, types, account)),
    )
    files = tuple(RowFile(SOURCE, file, edition, row_type, rows) for row_type, file, rows in tables)
    return RowRelease(SOURCE, edition, files, account)


@dataclass(frozen=True, slots=True)
class _Release:
    """The open zip; `name` is what its tables are shown under."""

    archive: Archive
    name: str

    def place(self, table_name: str) -> str:
        return f"{self.name}/{table_name}"

    def lines(self, name: str, account: Account) -> Iterator[tuple[int, list[str]]]:
        """(line number, cells of `_COLUMNS`) of a table. Raises DataError when it is missing or malformed."""
        found = member(self.archive, name)
        if not found:
            raise self.archive.refused(f"holds no {name}")
        place = self.place(name)
        with self.archive.open(found) as stream:
            rows = split_rows(stream, place, "\t", ENCODINGS)
            yield from table(rows, _COLUMNS[name], place, account, _KNOWN)


@contextmanager
def _opened(path: Path) -> Iterator[_Release]:
    with open_archive(path) as archive:
        yield _Release(archive, path.name)


# -------------------------------------------------------------------------------------------------------------- tables


def _applications(path: Path, account: Account) -> Iterator[ApplicationRow]:
    with _opened(path) as release:
        lines = release.lines(_APPLICATIONS, account)
        yield from built(lines, _application, release.place(_APPLICATIONS), account)


def _application(cells: list[str]) -> ApplicationRow:
    number, kind, sponsor, notes = cells
    if not (application := _typed(number, kind)):
        raise ValueError(f"not an application: {kind[:20]!r} {number[:20]!r}")
    return ApplicationRow(application, sponsor, notes)


def _products(path: Path, types: dict[str, str], account: Account) -> Iterator[FdaProductRow]:
    with _opened(path) as release:
        words = {key: word for _, (key, word) in _look_up(release, _STATUS_WORDS, account)}
        statuses = _by_product(release, _STATUSES, account, words)
        ratings = _by_product(release, _RATINGS, account)

        def build(cells: list[str]) -> FdaProductRow:
            number, product, name, ingredient, form, strength, reference, standard = cells
            key = (number, product)
            return FdaProductRow(
                _known(types, number), _digits(product), _named(name), ingredient, form, strength,
                _flag(reference, "ReferenceDrug"), _flag(standard, "ReferenceStandard"),
                "; ".join(statuses.of(key)), "; ".join(ratings.of(key)),
            )  # fmt: skip

        lines = release.lines(_PRODUCTS, account)
        yield from built(lines, build, release.place(_PRODUCTS), account)
        statuses.settle("its product is not among those loaded", account)
        ratings.settle("its product is not among those loaded", account)


def _submissions(path: Path, types: dict[str, str], account: Account) -> Iterator[SubmissionRow]:
    with _opened(path) as release:
        classes = {key: words or code for _, (key, code, words) in _look_up(release, _CLASSES, account)}
        orphans = _orphans(release, account)

        def build(cells: list[str]) -> SubmissionRow:
            number, kind, submission, status, status_day, class_id, priority, notes = cells
            if class_id and class_id not in classes:
                raise ValueError(f"its class {class_id[:20]!r} is not in {_CLASSES}")
            return SubmissionRow(
                _known(types, number), _named(kind), int(_digits(submission)), status, day(status_day),
                classes.get(class_id, ""), priority, bool(orphans.of((number, kind, submission))), notes,
            )  # fmt: skip

        lines = release.lines(_SUBMISSIONS, account)
        yield from built(lines, build, release.place(_SUBMISSIONS), account)
        orphans.settle("its submission is not among those loaded", account)


def _documents(path: Path, types: dict[str, str], account: Account) -> Iterator[ApplicationDocRow]:
    with _opened(path) as release:
        doc_types = {key: words for _, (key, words) in _look_up(release, _DOC_TYPES, account)}

        def build(cells: list[str]) -> ApplicationDocRow:
            number, kind, submission, type_id, title, dated, url = cells
            if type_id not in doc_types:
                raise ValueError(f"its document type {type_id[:20]!r} is not in {_DOC_TYPES}")
            if not _URL.fullmatch(url):
                raise ValueError(f"its address is no URL: {url[:80]!r}")
            return ApplicationDocRow(
                _known(types, number), _named(kind), int(_digits(submission)), doc_types[type_id],
                "" if title == "0" else title, day(dated), url,
            )  # fmt: skip

        lines = release.lines(_DOCS, account)
        yield from built(lines, build, release.place(_DOCS), account)


# ------------------------------------------------------------------------------------------------------------ look-ups


class _Joined:
    """Lines of a second table, waiting for the rows they belong to: (line number, value) by the key of the row."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._lines: defaultdict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        self._asked: set[tuple[str, ...]] = set()

    def add(self, key: list[str], line: int, value: str, account: Account) -> None:
        self._lines[tuple(key)].append((line, value))
        account.load(self.place)

    def of(self, key: tuple[str, ...]) -> list[str]:
        """The values of a key, each once."""
        self._asked.add(key)
        return list(dict.fromkeys(value for _, value in self._lines.get(key, ())))

    def settle(self, reason: str, account: Account) -> None:
        """Set aside the lines that no row asked for."""
        for line in (line for key, lines in self._lines.items() if key not in self._asked for line, _ in lines):
            account.loaded[self.place] -= 1
            account.set_aside(self.place, f"line {line}", reason, harmless=True)


def _types(release: _Release) -> dict[str, str]:
    """Application number by the six digits that the other tables have; lines that are wrong are set aside by
    `_applications`."""
    types = {}
    for _, (number, kind, *_) in release.lines(_APPLICATIONS, Account(SOURCE)):
        if joined := _typed(number, kind):
            types[number] = joined
    return types


def _look_up(release: _Release, name: str, account: Account) -> Iterator[tuple[int, list[str]]]:
    for number, cells in release.lines(name, account):
        account.load(release.place(name))
        yield number, cells


def _by_product(release: _Release, name: str, account: Account, words: dict[str, str] | None = None) -> _Joined:
    """(line number, value) of a table by application and product: TE codes, or marketing statuses in `words`."""
    joined = _Joined(release.place(name))
    for line, (*key, value) in release.lines(name, account):
        if words is not None and value not in words:
            reason = f"its status {value[:20]!r} is not in {_STATUS_WORDS}"
            account.set_aside(joined.place, f"line {line}", reason)
        else:
            joined.add(key, line, words[value] if words is not None else value, account)
    return joined


def _orphans(release: _Release, account: Account) -> _Joined:
    """The lines that call a submission an orphan drug's; all others say Null."""
    joined = _Joined(release.place(_PROPERTIES))
    for line, (*key, value) in release.lines(_PROPERTIES, account):
        if not value or value in _NULL:
            account.count(joined.place, "a property Null; carries nothing")
        elif value != "Orphan":
            account.set_aside(joined.place, f"line {line}", f"not a property that is known: {value[:40]!r}")
        else:
            joined.add(key, line, value, account)
    return joined


# --------------------------------------------------------------------------------------------------------------- cells


def _typed(number: str, kind: str) -> str | None:
    return application_number(number, kind) if _SIX_DIGITS.fullmatch(number) else None


def _known(types: dict[str, str], number: str) -> str:
    if not _SIX_DIGITS.fullmatch(number):
        raise ValueError(f"not an application number: {number[:20]!r}")
    if number not in types:
        raise Harmless(f"its application is not in {_APPLICATIONS}, which alone tells the type")
    return types[number]


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"not a number: {text[:20]!r}")
    return text


def _named(text: str) -> str:
    if not text:
        raise ValueError("a name that every line has is empty")
    return text


def _flag(text: str, column: str) -> str:
    if text not in _REFERENCE:
        raise ValueError(f"not a value of {column}: {text[:20]!r}")
    return _REFERENCE[text]
