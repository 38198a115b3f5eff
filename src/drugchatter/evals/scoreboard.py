"""Measured rows → the page of docs/scoreboard.md, a line of its history, and what fell below the floor.

A row is a set of questions, asked normally or for patients, or a measure of names or of dates. The floor
(`eval/floor.json`) holds, by row and measure, what was reached when it was last accepted; times are not in it, since
they are the machine's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.evals.run import DIMENSIONS, Report, by

Measures = Mapping[str, float | None]
Floor = dict[str, dict[str, float]]

# What may not fall, and what may not rise.
_HIGHER = ("lead_hit", "hit", "right", "refusals_right", "ease", "recognised", "misspelled", "equal")
_LOWER = ("wrong", "citation_defects", "confused", "changing", "read_as_another", "words_taken")


@dataclass(frozen=True, slots=True)
class Asked:
    """A set asked once as it stands and once for patients; `changing` counts questions whose answer was not the same
    each time."""

    name: str
    group: str
    report: Report
    plain: Report
    changing: int | None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when was measured."""

    date: str
    commit: str
    machine: str
    editions: tuple[str, ...]


def rows_of(asked: Iterable[Asked], others: Mapping[str, Measures]) -> dict[str, Measures]:
    """The rows by name: two a set, then the others."""
    rows: dict[str, Measures] = {}
    for one in asked:
        # How easily a normal answer reads is no aim, so only the answers for patients have a row for it.
        figures = {key: value for key, value in one.report.totals.items() if key not in ("ease", "easy")}
        rows[one.name] = figures if one.changing is None else {**figures, "changing": one.changing}
        rows[f"{one.name}, plain"] = one.plain.totals
    return {**rows, **others}


# ----------------------------------------------------------------------------------------------------------- floor


def read_floor(path: Path) -> Floor:
    """The accepted floor, empty when there is none yet. Raises DataError when the file is not one."""
    if not path.exists():
        return {}
    try:
        floor: Floor = json.loads(path.read_text("utf-8"))
        return {row: {key: float(value) for key, value in measures.items()} for row, measures in floor.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise DataError(f"{path} is not a floor ({error})", "`make scoreboard ACCEPT=--accept` writes it") from error


def fallen(floor: Floor, rows: Mapping[str, Measures]) -> list[str]:
    """What is worse than the floor allows, a line each. What was not measured this time is not judged; what was, and
    has nothing left to count, fell."""
    lines = []
    for name in (row for row in floor if row in rows):
        for measure, mark in ((measure, mark) for measure, mark in floor[name].items() if measure in rows[name]):
            now = rows[name][measure]
            if now is None or (now > mark if measure in _LOWER else now < mark):
                lines.append(f"{name}: {measure} is {'without a case' if now is None else f'{now:g}'}, was {mark:g}")
    return lines


def accepted(floor: Floor, rows: Mapping[str, Measures]) -> Floor:
    """The floor with what was measured in place of its own."""
    measured = {name: marks for name, measures in rows.items() if (marks := _marks(measures))}
    return {**floor, **{name: {**floor.get(name, {}), **marks} for name, marks in measured.items()}}


def _marks(measures: Measures) -> dict[str, float]:
    """Reading ease moves with every word, so its floor is the whole number below it."""
    kept = {key: measures.get(key) for key in (*_HIGHER, *_LOWER)}
    return {key: math.floor(value) if key == "ease" else value for key, value in kept.items() if value is not None}


def floor_text(floor: Floor) -> str:
    return json.dumps(floor, indent=1, sort_keys=True) + "\n"


# ------------------------------------------------------------------------------------------------ page and history


def history_line(setting: Setting, rows: Mapping[str, Measures]) -> str:
    """One run as one line of JSON."""
    content = {"commit": setting.commit, "date": setting.date, "machine": setting.machine}
    return json.dumps({**content, "editions": setting.editions, "rows": rows}, ensure_ascii=False) + "\n"


_SETS = (
    ("questions", "questions"),
    ("answered", "answered"),
    ("lead", "lead_hit"),
    ("hit", "hit"),
    ("right", "right"),
    ("refusals", "refusals"),
    ("… right", "refusals_right"),
    ("wrong", "wrong"),
    ("defects", "citation_defects"),
    ("confused", "confused"),
    ("words", "median_words"),
    ("p50 ms", "p50_ms"),
    ("p95 ms", "p95_ms"),
)
_PLAIN = (("questions", "questions"), ("lead", "lead_hit"), ("hit", "hit"), ("ease", "ease"), ("60 and more", "easy"))
_GROUPS = tuple(pair for pair in _SETS if pair[0] not in ("answered", "refusals", "… right", "p95 ms"))

_HEAD = """# Scoreboard

Written by `make scoreboard`: do not edit. What each column counts: [evaluation.md](evaluation.md). Each run adds a line
to [scoreboard.jsonl](scoreboard.jsonl); no row may fall below [`eval/floor.json`](../eval/floor.json).
"""
_EASE_NOTE = """Flesch reading ease of the statements, median and share at 60 and more. Syllables are counted by
spelling (`readability.py`): of the words of these answers that the CMU dictionary has, one in eighteen is counted
otherwise, and two syllables in a hundred words are missed. A sentence ends at a full stop or a line, not at a colon.
"""


def page(setting: Setting, asked: list[Asked], others: Mapping[str, Measures], fell: list[str]) -> str:
    """docs/scoreboard.md."""
    consumers = [(one.name, by(one.plain, "audience").get("consumer")) for one in asked]
    parts = [
        _HEAD,
        f"{setting.date}, {setting.commit}; {setting.machine}; {'; '.join(setting.editions)}.\n",
        "Below the floor: " + "; ".join(fell) + ".\n" if fell else "No row is below the floor.\n",
        "## Sets\n",
        _table("set", _SETS, ((one.name, one.report.totals) for one in asked)),
        "## Declined, by type\n",
        _lines((one.name, one.report.totals["declined_by_type"]) for one in asked),
        "## For patients (`--plain`)\n",
        _EASE_NOTE,
        _table("set", _PLAIN, ((one.name, one.plain.totals) for one in asked)),
        "Questions of patients and carers alone:\n",
        _table("set", _PLAIN, ((name, totals) for name, totals in consumers if totals)),
        "## The same answer each time\n",
        _lines((one.name, {"questions that changed": one.changing}) for one in asked if one.changing is not None),
    ]
    if others:
        parts += ["## Names, patents and exclusivity\n", _lines(others.items())]
    for group in dict.fromkeys(one.group for one in asked):
        merged = _merged([one.report for one in asked if one.group == group])
        for dimension in reversed(DIMENSIONS):
            if found := by(merged, dimension):
                parts += [f"## {group}, by {dimension}\n", _table(dimension, _GROUPS, found.items())]
    return "\n".join(parts)


def _merged(reports: list[Report]) -> Report:
    return Report(tuple(judged for report in reports for judged in report.judged), {})


def _table(
    first: str, columns: Iterable[tuple[str, str]], rows: Iterable[tuple[str, Mapping[str, float | None]]]
) -> str:
    columns = tuple(columns)
    lines = [f"| {first} | {' | '.join(head for head, _ in columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(_figure(figures[key]) for _, key in columns)} |" for name, figures in rows]
    return "\n".join(lines) + "\n"


def _lines(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    told = []
    for name, figures in rows:
        values = [f"{key.replace('_', ' ')} {_figure(value)}" for key, value in figures.items()]
        told.append(f"- {name}: {', '.join(values) or 'none'}")
    return "\n".join(told) + "\n"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
