"""Lists over the Orange and Purple Books as rows of text: who loses protection, first generics, new patents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from drugchatter.errors import UsageError
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.losing import (
    Line,
    by_applicant,
    by_ingredient,
    first_generic_since,
    losing_protection,
    new_patents,
    of_kind,
)

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
_UNNAMED = "(no name in the products file)"


def losing(books: Books, year: int, applicant: str, ingredient: str, kind: str) -> Rows:
    """(heads, rows) of all whose listed protection, or twelve years, ends in `year`; `kind`: NDA, BLA or empty."""
    lines: tuple[Line, ...] = losing_protection(books.newest, year, books.purple)
    if applicant:
        lines = by_applicant(lines, applicant)
    if ingredient:
        lines = by_ingredient(lines, ingredient)
    if kind:
        lines = of_kind(lines, "BLA" if kind.lower() in ("bla", "biologic") else "NDA")
    heads = ("name", "application", "applicant", "ends after", "by", "without carve-outs")
    rows: list[tuple[str, ...]] = [
        (
            " / ".join(line.names) or _UNNAMED,
            line.application,
            " / ".join(line.applicants[:1]),
            line.after.on.isoformat(),
            ", ".join(line.after.items[:3]),
            line.hard.on.isoformat() if line.hard else "",
        )
        for line in lines
    ]
    return heads, rows


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
