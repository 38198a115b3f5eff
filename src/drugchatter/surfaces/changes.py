"""What changed between versions of a label, for a terminal and as JSON: the newest comparison first.

The words that differ stand in brackets, and in colour where there is colour. Formatting is left out unless asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from drugchatter.history import Change, Comparison, Span
from drugchatter.surfaces.terminal import Page, safe
from drugchatter.vocabulary import section_label

KINDS = {
    "new": "new",
    "removed": "removed",
    "reworded": "reworded",
    "moved": "moved",
    "renumbered": "renumbered",
    "retitled": "retitled",
    "split": "split off",
    "merged": "merged into another",
    "formatting": "formatting",
}
TOUCHED = {"number": "a number", "unit": "a unit", "negation": "a negation", "drug": "the name of a drug"}
# About a screenful.
_SHOWN = 12


def print_changes(name: str, comparisons: Sequence[Comparison], console: Console, *, everything: bool = False) -> None:
    """Print `comparisons` (oldest first, as `history.timeline` gives them) newest first.

    Unless `everything`, no formatting is shown, and at most a screenful of each comparison.
    """
    page = Page(console)
    page.paragraph(Text(safe(f"{name}: what changed between versions of its label"), style="bold"))
    if not comparisons:
        page.paragraph(Text("Only one version of this label is held, so there is nothing to compare."))
    for comparison in reversed(comparisons):
        page.gap()
        _print_comparison(page, comparison, everything)


def _print_comparison(page: Page, comparison: Comparison, everything: bool) -> None:
    versions = (
        f"Version {comparison.old_version} ({comparison.old_date}) → {comparison.new_version} ({comparison.new_date})"
    )
    page.paragraph(Text(safe(versions), style="bold cyan"))
    told = [change for change in comparison.changes if everything or change.kind != "formatting"]
    page.paragraph(Text(summary(comparison.changes)), "  ", "  ")
    shown = told if everything else told[:_SHOWN]
    previous = ""
    for change in shown:
        section = section_label(change.field, change.heading) if change.heading else change.field
        if section != previous:
            page.paragraph(Text(safe(section), style="bold"), "  ", "  ")
            previous = section
        _print_change(page, change)
    if len(told) > len(shown):
        page.paragraph(Text(f"and {len(told) - len(shown)} more: --all", style="dim"), "  ", "  ")


def summary(changes: Iterable[Change]) -> str:
    """How many changes there are of each kind, in words."""
    counts = Counter(change.kind for change in changes)
    hidden = counts.pop("formatting", 0)
    said = [f"{counts[kind]} {KINDS[kind]}" for kind in KINDS if counts[kind]]  # type: ignore[index]
    only = f"{hidden} of formatting only" if hidden else ""
    return " · ".join([*(said or ["no change of the text"]), *([only] if only else [])])


def _print_change(page: Page, change: Change) -> None:
    touched = " and ".join(TOUCHED[touch] for touch in change.touches)
    came = place_before(change)
    what = f"{KINDS[change.kind]}{f', from {came}' if came else ''}" + (f" · touches {touched}" if touched else "")
    page.paragraph(Text(safe(what), style="yellow" if touched else "italic"), "  * ", "    ")
    if change.kind == "moved" and change.of != "heading":
        _print_wording(page, "  ", change.after, (), "")
        return
    if change.cells:
        page.paragraph(Text(safe(row_name(change))), "    ", "    ")
        for cell in change.cells:
            column = f"{cell.column}: " if cell.column else ""
            page.paragraph(
                Text(safe(f"{column}{cell.before or '(none)'} → {cell.after or '(none)'}")), "      ", "      "
            )
        return
    _print_wording(page, "- ", change.before, change.before_marks, "red")
    _print_wording(page, "+ ", change.after, change.after_marks, "green")


def place_before(change: Change) -> str:
    """The heading under which it stood, where that is another than now; else nothing."""
    moved = (change.before_field, change.before_heading) != (change.field, change.heading)
    return change.before_heading or "" if moved else ""


def row_name(change: Change) -> str:
    """What to call the table row, or the headings, whose cells differ."""
    if change.kind == "retitled":
        return "headings of columns"
    return f"table row {(change.after or '').partition(': ')[0].rpartition(' | ')[0] or 'column'}"


def _print_wording(page: Page, sign: str, wording: str | None, marks: Sequence[Span], style: str) -> None:
    if wording is not None:
        page.paragraph(_marked(wording, marks, style), f"    {sign}", "      ")


def _marked(wording: str, marks: Sequence[Span], style: str) -> Text:
    """`wording` with the marked stretches in brackets."""
    text = Text()
    end = 0
    for start, stop in marks:
        text.append(safe(wording[end:start])).append(f"[{safe(wording[start:stop])}]", style=f"bold {style}")
        end = stop
    return text.append(safe(wording[end:]))


# ------------------------------------------------------------------------------------------------------------ JSON


def changes_json(name: str, set_id: str, comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Everything, formatting too, newest comparison first; dates as YYYY-MM-DD, marks as [start, end) offsets."""
    return {
        "schema_version": 1,
        "drug": name,
        "set_id": set_id,
        "comparisons": [
            {
                "old": {"version": one.old_version, "date": one.old_date.isoformat()},
                "new": {"version": one.new_version, "date": one.new_date.isoformat()},
                "changes": [_change_json(change) for change in one.changes],
            }
            for one in reversed(comparisons)
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "of": change.of,
        "field": change.field,
        "heading": change.heading,
        "before_field": change.before_field,
        "before_heading": change.before_heading,
        "before": change.before,
        "after": change.after,
        "touches": list(change.touches),
        "before_marks": [list(span) for span in change.before_marks],
        "after_marks": [list(span) for span in change.after_marks],
        "cells": [{"column": cell.column, "before": cell.before, "after": cell.after} for cell in change.cells],
    }
