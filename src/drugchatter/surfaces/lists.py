"""Lists as rows of text: over the Orange and Purple Books who loses protection, first generics, new patents; over all
labels and rows what meets the criteria of a set."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from drugchatter.errors import UsageError
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.listing_changes import Change
from drugchatter.exclusivity.losing import (
    Line,
    by_applicant,
    by_ingredient,
    first_generic_since,
    losing_protection,
    new_patents,
    of_kind,
    protected,
    protected_biologics,
)
from drugchatter.exclusivity.protection import Kind
from drugchatter.rows import PEDIATRIC, RowRef
from drugchatter.sets import (
    GIVEN,
    ApprovalKind,
    ApprovedIn,
    Contains,
    Criterion,
    FoundSet,
    InShortage,
    MadeBy,
    Says,
    SectionKind,
    World,
    class_of,
    given,
    scheduled,
)
from drugchatter.surfaces.calendar import Event, as_calendar

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
_UNNAMED = "(no name in the products file)"


def losing_lines(books: Books, year: int | None, applicant: str, ingredient: str, kind: str) -> tuple[Line, ...]:
    """All whose listed protection, or twelve years, ends in `year`; without a year, all that is listed still.

    `applicant` and `ingredient` are words to search for, `kind` is `drug` or `biologic`; empty means any. Raises
    UsageError for another kind.
    """
    lines: tuple[Line, ...]
    if year is None:
        all_lines = (*protected(books.newest), *(protected_biologics(books.purple) if books.purple else ()))
        lines = tuple(line for line in all_lines if line.after.on.isoformat() >= books.newest.listings_edition)
    else:
        lines = losing_protection(books.newest, year, books.purple)
    if applicant:
        lines = by_applicant(lines, applicant)
    if ingredient:
        lines = by_ingredient(lines, ingredient)
    return of_kind(lines, _kind(kind)) if kind else lines


def _kind(text: str) -> Kind:
    kinds: dict[str, Kind] = {"drug": "NDA", "nda": "NDA", "biologic": "BLA", "bla": "BLA"}
    if text.lower() not in kinds:
        raise UsageError(f"{text!r} is no kind", "write --kind drug or --kind biologic")
    return kinds[text.lower()]


def losing(lines: Iterable[Line]) -> Rows:
    """(heads, rows) of lines: who, until when, by what."""
    heads = ("name", "application", "applicant", "ends after", "by", "without carve-outs")
    rows: list[tuple[str, ...]] = [
        (
            _named(line),
            line.application,
            " / ".join(line.applicants[:1]),
            line.after.on.isoformat(),
            ", ".join(line.after.items[:3]) if line.kind == "NDA" else line.basis.split(":")[0],
            line.hard.on.isoformat() if line.hard else "",
        )
        for line in lines
    ]
    return heads, rows


def losing_calendar(books: Books, lines: Iterable[Line]) -> str:
    """The lines as a calendar (RFC 5545): on the last day of each protection, with what sets it and what it is not."""
    edition = books.newest.listings_edition
    limits = (
        f"Orange Book listings of {edition}. A ceiling of what is listed, no launch date: court rulings, settlements "
        "and licences are not in these files."
    )
    events = [
        Event(
            uid=f"{line.application}-last-listed-protection@drugchatter",
            day=line.after.on,
            summary=f"{_named(line)} ({line.application}): last day of listed protection",
            description=f"{', '.join(line.after.items[:3])}; {line.basis}. {limits}",
        )
        for line in lines
    ]
    return as_calendar("Listed protection ends", events, date.fromisoformat(edition))


def _named(line: Line) -> str:
    named = [name for name in line.names if name != "N/A"]
    return " / ".join(named) or (" / ".join(line.ingredients) if line.kind == "BLA" else _UNNAMED)


def first_generics(books: Books, since: str) -> Rows:
    """(heads, rows) of the NDAs whose first generic of the same strength was approved on `since` or later."""
    found = first_generic_since(books.newest, _day(since))
    heads = ("name", "application", "first generic", "by")
    return heads, [(" / ".join(f.names), f.application, f.approved.on.isoformat(), f.by) for f in found]


def patents_since(books: Books, edition: str) -> Rows:
    """(heads, rows) of patents listed now and not in `edition`. Raises UsageError when that edition is not loaded."""
    if edition not in books.listed:
        raise UsageError(f"no Orange Book listings of {edition!r} are loaded", f"loaded: {', '.join(books.listed)}")
    heads = ("name", "application", "patent", "expires", "products", "delist requested")
    return heads, [
        (
            " / ".join(p.names) or _UNNAMED,
            p.application,
            p.number,
            p.expiry.isoformat() if p.expiry else "",
            " ".join(p.products),
            "yes" if p.delisted else "",
        )
        for p in new_patents(books.newest, books.listed[edition])
    ]


def listing_rows(changes: Iterable[Change]) -> Rows:
    """(heads, rows) of the changes of a drug's listings, with the row of either edition that shows each."""
    heads = ("between", "and", "application", "right", "what", "was", "now", "products", "rows")
    return heads, [
        (
            change.before,
            change.after,
            change.application,
            change.right,
            change.what,
            change.was.isoformat() if change.was else "",
            change.now.isoformat() if change.now else "",
            " ".join(change.products),
            "; ".join(_place(change, rows) for rows in (change.rows_before, change.rows_after) if rows),
        )
        for change in changes
    ]


def _place(change: Change, rows: tuple[RowRef, ...]) -> str:
    """The row that shows it: the pediatric one prints the last day, but only the patent's own a delist request."""
    pediatric = next((ref for ref in rows if ref.item.endswith(PEDIATRIC)), rows[0])
    ref = rows[0] if change.what.startswith("delist") else pediatric
    return f"{ref.file} {ref.edition} {ref.application}/{ref.product} {ref.item}"


_SETS: dict[str, SectionKind] = {
    "indication": "indication",
    "boxed_warning": "boxed_warning",
    "contraindication": "contraindication",
    "interaction": "interaction",
    "adverse_reaction": "adverse_reaction",
    "warning": "warning",
}


def criteria_of(world: World, flags: Mapping[str, str]) -> tuple[Criterion, ...]:
    """The criteria that options name (`class`, `schedule`, …; empty ones left aside), the same as those of questions.

    Raises UsageError for a value that is none of its kind.
    """
    found: list[Criterion] = []
    for flag, value in flags.items():
        if not value:
            continue
        criterion = _criterion(world, flag, value)
        if criterion is None:
            raise UsageError(f"{value!r} is no {flag} that the loaded data name", _HINTS[flag])
        found.append(criterion)
    return tuple(found)


_HINTS = {
    "class": "write it as labels do, `Benzodiazepine`, or as people say, `statins`",
    "schedule": "write II, III, IV, V or any",
    "form": f"one of: {', '.join(sorted(GIVEN))}",
    "labeler": "write a word of the company's name",
    "approved_in": "write a year, 2019, or 2019 generic, 2019 biologic",
    "in_shortage": "it takes no value",
}


def _criterion(world: World, flag: str, value: str) -> Criterion | None:
    if section := _SETS.get(flag):
        return Says(section, "" if value == "any" else value)
    if flag == "class":
        return class_of(world, value)
    if flag == "contains":
        return Contains(value)
    if flag == "labeler":
        return MadeBy(value) if world.is_maker(value) else None
    if flag == "approved_in":
        year, _, kind = value.partition(" ")
        kinds: dict[str, ApprovalKind] = {"": "drug", "drug": "drug", "generic": "generic", "biologic": "biologic"}
        return ApprovedIn(int(year), kinds[kind]) if year.isdigit() and kind in kinds else None
    return InShortage() if flag == "in_shortage" else scheduled(value) if flag == "schedule" else given(value)


def members(found: FoundSet) -> Rows:
    """(heads, rows) of a set: every member with the passage that shows that it belongs."""
    heads = ("name", "active ingredients", "by", "code", "date", "evidence", "passage")
    return heads, [
        (
            member.name,
            member.ingredients,
            member.by,
            member.code,
            member.on,
            "; ".join(proof.said for proof in member.proofs),
            " ".join(proof.passage_id for proof in member.proofs),
        )
        for member in found.members
    ]


def starter_notice(books: Books) -> str | None:
    """What to say beside a list of drugs that is no list of all drugs; None where the books are FDA's whole ones."""
    from drugchatter.formulary.starter_books import StarterBooks

    notice = books.notice() if isinstance(books, StarterBooks) else None
    return notice.text if notice else None


def as_csv(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """RFC 4180 text, all cells quoted; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(heads)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.strip()[:1] in ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠") else cell


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date", "write it as YYYY-MM-DD") from error
