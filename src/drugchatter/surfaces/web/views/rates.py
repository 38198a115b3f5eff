"""Adverse reactions, drug against placebo, as a label's own table prints them.

A picture is drawn only of a table that leaves nothing to guess: two columns of figures, one headed by placebo and the
other by the drug's name; shares that are printed as such; every row readable; and counts that agree with the number of
patients in the heading. Any other table is left to be read in its section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.pictures import Rate
from drugchatter.surfaces.web.views.values import Cell, Figure, Panel, Table, source_path
from drugchatter.text import words
from drugchatter.types import Drug, Passage
from drugchatter.vocabulary import section_label

_FEWEST, _DRAWN = 3, 15
_LONGEST_HEAD = 120
# "n (%)", "No. (%)": the share stands in brackets behind a count.
_COUNTED = re.compile(r"\b(?:n|no\.?)\s*\(\s*%\s*\)|\bnumber\b", re.IGNORECASE)
_PATIENTS = re.compile(r"\bn\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)", re.IGNORECASE)
_COUNT_AND_SHARE = re.compile(r"(\d+)\s*\(\s*(<?)\s*(\d+(?:\.\d+)?)\s*(%?)\s*\)")
_SHARE = re.compile(r"(<?)\s*(\d+(?:\.\d+)?)\s*(%?)")


# What a caption says of a table of adverse reactions, and of those that are about something else.
_ADVERSE = re.compile(r"adverse|side effect|reaction|event", re.IGNORECASE)
_OTHER = re.compile(r"laborator|abnormalit|discontinu|bleeding|vital sign", re.IGNORECASE)
# "Enoxaparin/placebo" is no placebo.
_MIXED = re.compile(r"/\s*placebo|placebo\s*/|\bor placebo|placebo or\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rows of (name, rate with the drug, rate with placebo) of one table of a label, in its order; `caption` may be
    empty."""

    passage: Passage
    caption: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, Rate, Rate], ...]


def rates_panel(drug: Drug, passages: Iterable[Passage]) -> Panel | None:
    """The first table of the label's adverse reactions that can be drawn; None where there is none."""
    found = first_rates(drug, passages)
    if found is None:
        return None
    label = drug.reference
    section = section_label(found.passage.field, found.passage.heading)
    note = f"{label.title}, version {label.version} of {label.effective_date.isoformat()}, {section}"
    return Panel(
        "rates",
        "Adverse reactions against placebo",
        "One trial table of the label, as printed; rates of different trials cannot be compared.",
        figure=_figure(found, note),
        links=(
            Cell("This table in its words", source_path(found.passage.id)),
            Cell("The whole section", f"/drug/{drug.id}/label/{found.passage.field}"),
        ),
    )


def first_rates(drug: Drug, passages: Iterable[Passage]) -> RateTable | None:
    """The first of the label's tables that `read_rates` can read; nothing of a summary in our words."""
    if drug.reference.kind != "verbatim":
        return None
    tables = [p for p in passages if p.kind == "table" and p.field == "adverse_reactions"]
    pieces = (list(found) for _, found in groupby(tables, key=lambda p: (p.heading, _caption(p))))
    return next((table for found in pieces if (table := read_rates(found, drug))), None)


def _caption(passage: Passage) -> str:
    """The first line, where it is no row."""
    first = passage.lines()[0]
    return "" if " | " in first else first


def _figure(found: RateTable, note: str) -> Figure:
    drawn = found.rows[:_DRAWN]
    title = found.caption or "Adverse reactions, per cent of patients"
    more = f" Drawn: the first {_DRAWN} of {len(found.rows)} rows." if len(found.rows) > _DRAWN else ""
    rows = [(Cell(name), Cell(drug.printed), Cell(placebo.printed)) for name, drug, placebo in found.rows]
    return Figure(
        title,
        pictures.rates("rates", f"{title}: {found.heads[0]} and {found.heads[1]}.", [(n, (d, p)) for n, d, p in drawn]),
        pictures.key("rates", found.heads, ("solid", "striped")),
        Table(title, ("Adverse reaction", *found.heads), rows, f"{note}.{more}"),
    )


def read_rates(pieces: Sequence[Passage], drug: Drug) -> RateTable | None:
    """The table that `pieces` (the passages of one caption) hold, as rates of the drug and of placebo; None unless all
    of its rows can be read as such.

    Cells carry their column headings (see `passages.read_table`). Lines of one cell are group titles and footnotes.
    """
    caption = _caption(pieces[0])
    if (caption and not _ADVERSE.search(caption)) or _OTHER.search(caption) or (not caption and len(pieces) > 1):
        return None  # about something else, or not certain to be one table
    read = [_row(line) for piece in pieces for line in piece.lines() if " | " in line]
    heads = {row[1] for row in read if row}
    order = _drug_first(next(iter(heads)), drug) if len(heads) == 1 and None not in read else None
    if order is None or len(read) < _FEWEST:
        return None
    rows: list[tuple[str, Rate, Rate]] = []
    for name, printed, values in filter(None, read):
        ours, placebo = (_rate(values[place], printed[place]) for place in order)
        if ours is None or placebo is None:
            return None
        rows.append((name, ours, placebo))
    pair = next(iter(heads))
    return RateTable(pieces[0], caption, (pair[order[0]], pair[order[1]]), tuple(rows))


_Pair = tuple[str, str]


def _row(line: str) -> tuple[str, _Pair, _Pair] | None:
    """(name, headings, values) of a row that ends in two cells with headings; None for any other."""
    pieces = line.split(" | ")
    if len(pieces) < 3:
        return None
    (first, _, one), (second, _, two) = (piece.rpartition(": ") for piece in pieces[-2:])
    if not first or not second or first == second or max(len(first), len(second)) > _LONGEST_HEAD:
        return None
    if any(_SHARE.search(piece.rpartition(": ")[2]) and ": " in piece for piece in pieces[:-2]):
        return None  # a third column of figures
    return ": ".join(pieces[:-2]), (first, second), (one, two)


def _drug_first(heads: _Pair, drug: Drug) -> tuple[int, int] | None:
    """The places of the drug's column and of placebo's; None unless the headings say which is which."""
    placebo = [place for place, head in enumerate(heads) if "placebo" in words(head)]
    if len(placebo) != 1 or any(map(_MIXED.search, heads)):
        return None
    own = 1 - placebo[0]
    names = {word for name in (drug.name, drug.generic, *drug.ingredients) for word in words(name) if len(word) > 3}
    return (own, placebo[0]) if names & set(words(heads[own])) else None


def _rate(cell: str, head: str) -> Rate | None:
    """A cell as a share; None where it is not certain to be one."""
    if match := _COUNT_AND_SHARE.fullmatch(cell):
        count, below, share, percent = match.groups()
        certain = (percent or "%" in head) and _agrees(int(count), float(share), below, head)
        return _made(cell, below, share) if certain else None
    match = _SHARE.fullmatch(cell)
    if not match:
        return None
    below, share, percent = match.groups()
    if percent or float(share) == 0 or ("%" in head and not _COUNTED.search(head)):
        return _made(cell, below, share)
    return None


def _made(cell: str, below: str, share: str) -> Rate | None:
    return Rate(cell, None if below else float(share)) if float(share) <= 100 else None


def _agrees(count: int, share: float, below: str, head: str) -> bool:
    """Whether a count makes its share of the patients that the heading counts, as far as the heading does."""
    match = _PATIENTS.search(head)
    if not match or below:
        return True
    patients = int(match[1].replace(",", ""))
    return patients > 0 and abs(100 * count / patients - share) <= 1
