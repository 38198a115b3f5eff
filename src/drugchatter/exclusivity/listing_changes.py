"""What changed in a drug's listings from one edition to the next: listed, removed, moved, asked off, exclusivities.

Every change names the rows of both editions that show it (one side is empty where the right is new or gone). FDA takes
rows that ended out of its files late and without a word, so a row that is gone after its last day has `ended`, and only
one that is gone before it was `removed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal, TypeVar

from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.listings import OrangeBook, resolve
from drugchatter.exclusivity.protection import Exclusivity, Patent, merged_rows
from drugchatter.exclusivity.rules import exclusivities_of, patents_of
from drugchatter.rows import RowRef

What = Literal[
    "listed",
    "removed",
    "ended",
    "extended",
    "shortened",
    "listed for more products",
    "removed for some products",
    "delist requested",
    "delist request withdrawn",
]
Right = TypeVar("Right", Patent, Exclusivity)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one right between two editions. `was` and `now` are its last day, None where it is not listed.

    `right` is `patent 9326945` or `exclusivity ODE-373`; `products` the product numbers that the change is about.
    """

    before: str
    after: str
    application: str
    what: What
    right: str
    was: date | None
    now: date | None
    products: tuple[str, ...]
    rows_before: tuple[RowRef, ...]
    rows_after: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A right of an application in one edition, its products taken together."""

    last: date | None
    products: frozenset[str]
    delisted: bool
    rows: tuple[RowRef, ...]


def listing_changes(books: Books, name: str, since: str = "") -> tuple[Change, ...] | None:
    """The changes of the drug `name` between the loaded editions, oldest first, from edition `since` on.

    None when no Orange Book row knows the name (biologics have no listings there). One loaded edition has no changes.
    """
    named = resolve(books.newest, name)
    if named is None:
        return None
    editions = [books.listed[edition] for edition in sorted(books.listed) if edition >= since]
    return tuple(
        change for before, after in pairwise(editions) for change in between(before, after, named.applications)
    )


def between(before: OrangeBook, after: OrangeBook, applications: Iterable[str]) -> Iterator[Change]:
    """The changes of some applications from one edition to another: patents first, then exclusivities."""
    for application in applications:
        for name, rights in (("patent", _patents), ("exclusivity", _exclusivities)):
            held, now = rights(before, application), rights(after, application)
            for item in sorted({*held, *now}):
                made = _Maker(before.listings_edition, after.listings_edition, application, f"{name} {item}")
                yield from made.changes(held.get(item), now.get(item))


@dataclass(frozen=True, slots=True)
class _Maker:
    before: str
    after: str
    application: str
    right: str

    def changes(self, was: _Held | None, now: _Held | None) -> Iterator[Change]:
        if was is None and now is not None:
            yield self._change("listed", was, now, now.products)
        elif was is not None and now is None:
            ended = was.last is not None and was.last.isoformat() <= self.after
            yield self._change("ended" if ended else "removed", was, now, was.products)
        elif was is not None and now is not None:
            yield from self._kept(was, now)

    def _kept(self, was: _Held, now: _Held) -> Iterator[Change]:
        if was.last != now.last:
            later = now.last is not None and (was.last is None or now.last > was.last)
            yield self._change("extended" if later else "shortened", was, now, now.products)
        if more := now.products - was.products:
            yield self._change("listed for more products", was, now, more)
        if fewer := was.products - now.products:
            yield self._change("removed for some products", was, now, fewer)
        if was.delisted != now.delisted:
            asked = now.delisted
            yield self._change("delist requested" if asked else "delist request withdrawn", was, now, now.products)

    def _change(self, what: What, was: _Held | None, now: _Held | None, products: Iterable[str]) -> Change:
        return Change(
            before=self.before,
            after=self.after,
            application=self.application,
            what=what,
            right=self.right,
            was=was.last if was else None,
            now=now.last if now else None,
            products=tuple(sorted(products)),
            rows_before=was.rows if was else (),
            rows_after=now.rows if now else (),
        )


def _patents(book: OrangeBook, application: str) -> dict[str, _Held]:
    """By patent number; its last day includes the pediatric months."""
    edition = book.listings_edition
    found = patents_of(book.patents.get(application, ()), edition, date.fromisoformat(edition))
    return {
        number: _Held(
            last=max((p.expiry_with_ped for p in group if p.expiry_with_ped), default=None),
            products=frozenset(product for p in group for product in p.products),
            delisted=any(p.delisted for p in group),
            rows=merged_rows(rows for p in group for rows in (p.rows, p.pediatric_rows)),
        )
        for number, group in _grouped(found, lambda patent: patent.number).items()
    }


def _exclusivities(book: OrangeBook, application: str) -> dict[str, _Held]:
    """By code. A product may hold one code with several dates; then the last of them counts."""
    found = exclusivities_of(book.exclusivities.get(application, ()), book.listings_edition)
    return {
        code: _Held(
            last=max(one.until for one in group),
            products=frozenset(one.product for one in group),
            delisted=False,
            rows=merged_rows(one.rows for one in group),
        )
        for code, group in _grouped(found, lambda one: one.code).items()
    }


def _grouped(rights: Iterable[Right], key: Callable[[Right], str]) -> dict[str, list[Right]]:
    found: dict[str, list[Right]] = {}
    for right in rights:
        found.setdefault(key(right), []).append(right)
    return found


def change_json(change: Change) -> dict[str, Any]:
    """A change with its rows of both editions, dates as YYYY-MM-DD."""

    def row(ref: RowRef) -> dict[str, str]:
        return {"file": ref.file, "edition": ref.edition, "application": ref.application, "product": ref.product,
                "item": ref.item}  # fmt: skip

    return {
        "from": change.before,
        "to": change.after,
        "application": change.application,
        "what": change.what,
        "right": change.right,
        "was": change.was.isoformat() if change.was else None,
        "now": change.now.isoformat() if change.now else None,
        "products": list(change.products),
        "rows_before": [row(ref) for ref in change.rows_before],
        "rows_after": [row(ref) for ref in change.rows_after],
    }
