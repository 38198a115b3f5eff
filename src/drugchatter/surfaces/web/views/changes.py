"""The versions held of a label and what changed between two of them, for the templates."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from drugchatter.engine import Engine
from drugchatter.history import Change, Comparison, Span, compare
from drugchatter.surfaces.changes import KINDS, TOUCHED, place_before, row_name, summary
from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.views.values import LABELS, Cell, Figure, Panel, Table, View, drug_card, shown_day
from drugchatter.types import Document, Drug
from drugchatter.vocabulary import SECTIONS, section_label

_DRAWN, _LISTED, _A_PAGE = 12, 6, 40
_KEPT_PAIRS, _KEPT_COUNTS = 16, 4096
Pair = tuple[Document, Document]


class Versions:
    """Compares versions of labels; keeps the last comparisons, and how many changes each made had."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._pairs: OrderedDict[tuple[str, str, str, str], Comparison] = OrderedDict()
        self._counts: OrderedDict[tuple[str, str, str, str], tuple[int, int]] = OrderedDict()

    def held(self, drug: Drug) -> list[Document]:
        """The versions of the label that answers quote, the newest last."""
        return self._engine.index.versions(drug.reference.set_id)

    def compared(self, pair: Pair) -> Comparison:
        """What changed from the first to the second. May take a second."""
        key = self._key(pair)
        with self._lock:
            if key not in self._pairs:
                old, new = (self._engine.label_version(document) for document in pair)
                self._pairs[key] = compare(old, new, self._engine.names.drug_words)
            self._pairs.move_to_end(key)
            while len(self._pairs) > _KEPT_PAIRS:
                self._pairs.popitem(last=False)
            return self._pairs[key]

    def counted(self, pair: Pair) -> tuple[int, int]:
        """(changes that touch a number, a unit, a negation or a drug's name; the others), formatting left out."""
        key = self._key(pair)
        if key not in self._counts:
            told = _told(self.compared(pair))
            touching = sum(1 for change in told if change.touches)
            self._counts[key] = touching, len(told) - touching
            while len(self._counts) > _KEPT_COUNTS:
                self._counts.popitem(last=False)
        return self._counts[key]

    def _key(self, pair: Pair) -> tuple[str, str, str, str]:
        return self._engine.index.edition.id, pair[0].set_id, pair[0].version, pair[1].version


def _told(comparison: Comparison) -> list[Change]:
    return [change for change in comparison.changes if change.kind != "formatting"]


# ------------------------------------------------------------------------------------------------- the drug's page


def versions_panel(versions: Versions, drug: Drug) -> Panel:
    """The newest versions held, each with the way to what changed in it."""
    held = versions.held(drug)
    if len(held) < 2:
        only = "Only one version of this label is held, so there is nothing to compare."
        return Panel("versions", "Versions of the label", only)
    newest = list(pairwise(held))[-_LISTED:]
    rows = [
        (
            Cell(f"Version {new.version}"),
            Cell(new.effective_date.isoformat()),
            Cell("What changed", _path(drug, (old, new))),
        )
        for old, new in reversed(newest)
    ]
    first, last = held[0], held[-1]
    since, until = (shown_day(one.effective_date.isoformat()) for one in (first, last))
    lead = (
        f"{len(held)} versions are held, from version {first.version} of {since} to version {last.version} of {until}."
    )
    table = Table("The newest versions", ("Version", "Dated", ""), rows, f"{last.publisher}, set id {last.set_id}")
    more = Cell("All versions, and changes over time", f"/drug/{drug.id}/changes")
    return Panel("versions", "Versions of the label", lead, (table,), more=more)


def _path(drug: Drug, pair: Pair) -> str:
    return f"/drug/{drug.id}/changes?old={pair[0].version}&new={pair[1].version}"


# ------------------------------------------------------------------------------------------------ the changes' page


def changes_view(versions: Versions, drug: Drug, old: str, new: str, page: int) -> View | None:
    """What changed from version `old` to `new` (default: the two newest), `page` of it (from 1), and the changes over
    time; None when a version is not held."""
    held = versions.held(drug)
    pair = _chosen(held, old, new)
    if pair is None and (old or new):
        return None
    shown = _compared_view(versions, drug, pair, page) if pair else None
    return {
        "drug": drug_card(drug),
        "versions": [{"version": one.version, "date": one.effective_date.isoformat()} for one in reversed(held)],
        "set_id": drug.reference.set_id,
        "url": f"{LABELS}dailymed/drugInfo.cfm?setid={drug.reference.set_id}" if held else "",
        "compared": shown,
        "figure_": _over_time(versions, drug, held) if len(held) > 2 else None,
    }


def _chosen(held: Sequence[Document], old: str, new: str) -> Pair | None:
    """The two versions asked for; the two newest where none is."""
    by_version = {one.version: one for one in held}
    if not old and not new:
        return (held[-2], held[-1]) if len(held) > 1 else None
    if old not in by_version or new not in by_version or old == new:
        return None
    return by_version[old], by_version[new]


def _compared_view(versions: Versions, drug: Drug, pair: Pair, page: int) -> View:
    comparison = versions.compared(pair)
    told = _told(comparison)
    start = (page - 1) * _A_PAGE
    shown = told[start : start + _A_PAGE]
    return {
        "old": _side(pair[0]),
        "new": _side(pair[1]),
        "summary": summary(comparison.changes),
        "sections": [
            {"title": title, "changes": [_change_view(change) for change in changes]}
            for title, changes in groupby(shown, key=_section)
        ],
        "first": start + 1,
        "last": start + len(shown),
        "total": len(told),
        "before": f"{_path(drug, pair)}&page={page - 1}" if page > 1 else "",
        "after": f"{_path(drug, pair)}&page={page + 1}" if start + _A_PAGE < len(told) else "",
    }


def _side(document: Document) -> View:
    return {
        "version": document.version,
        "date": document.effective_date.isoformat(),
        "title": document.title,
        "publisher": document.publisher,
    }


def _section(change: Change) -> str:
    if change.heading or change.field not in SECTIONS:
        return change.heading or change.field
    return section_label(change.field, change.heading)


def _change_view(change: Change) -> View:
    """One change: its kind in words, what it touches, and both wordings in pieces, each with whether it differs."""
    came = place_before(change)
    moved = change.kind == "moved" and change.of != "heading"
    before = None if moved or change.cells else change.before
    after = None if change.cells else change.after
    return {
        "kind": f"{KINDS[change.kind]}{f', from {came}' if came else ''}",
        "touches": " and ".join(TOUCHED[touch] for touch in change.touches),
        "row": row_name(change) if change.cells else "",
        "cells": [(cell.column, cell.before, cell.after) for cell in change.cells],
        "before": _parts(before, change.before_marks),
        "after": _parts(after, () if moved else change.after_marks),
    }


def _parts(wording: str | None, marks: Iterable[Span]) -> list[tuple[str, bool]]:
    """`wording` in pieces, each with whether it is marked; nothing for no wording."""
    if wording is None:
        return []
    parts, end = [], 0
    for start, stop in marks:
        parts += [(wording[end:start], False), (wording[start:stop], True)]
        end = stop
    return [part for part in (*parts, (wording[end:], False)) if part[0]]


def _over_time(versions: Versions, drug: Drug, held: Sequence[Document]) -> Figure:
    """How many changes each of the newest versions brought."""
    pairs = list(pairwise(held))
    drawn = pairs[-_DRAWN:]
    counts = [versions.counted(pair) for pair in drawn]
    title = "Changes by version"
    labels = ("that touch a number, a unit, a negation or a drug’s name", "other changes of the text")
    names = [f"v{new.version}" for _, new in drawn]
    span = f"{drawn[0][1].effective_date.isoformat()} to {drawn[-1][1].effective_date.isoformat()}"
    rows = [
        (
            Cell(f"Version {new.version}", _path(drug, (old, new))),
            Cell(new.effective_date.isoformat()),
            Cell(str(touching)),
            Cell(str(others)),
        )
        for (old, new), (touching, others) in zip(reversed(drawn), reversed(counts), strict=True)
    ]
    rows += [
        (
            Cell(f"Version {new.version}", _path(drug, (old, new))),
            Cell(new.effective_date.isoformat()),
            Cell(""),
            Cell(""),
        )
        for old, new in reversed(pairs[:-_DRAWN])
    ]
    note = f"{held[-1].publisher}, set id {held[-1].set_id}; formatting is not counted."
    if len(pairs) > _DRAWN:
        note += f" Counted and drawn: the newest {_DRAWN} of {len(pairs)}."
    years = Counter(new.effective_date.year for _, new in pairs)
    by_year = ", ".join(f"{year}: {count}" for year, count in sorted(years.items()))
    return Figure(
        title,
        pictures.columns("changes", f"{title}, {span}.", names, list(zip(*counts, strict=True))),
        pictures.key("changes", labels),
        Table(
            title,
            ("Version", "Dated", "Touching figures or names", "Other"),
            rows,
            f"{note} Versions a year: {by_year}.",
        ),
    )
