"""Adverse reactions, drug against placebo, as a label's own table prints them.

A picture is drawn only of a table that leaves nothing to guess: two columns of figures, one headed by placebo and the
other by the drug's name; shares that are printed as such; every row readable; and counts that agree with the number of
patients in the heading. Any other table is left to be read in its section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from drugchatter.surfaces.web import pictures
from drugchatter.surfaces.web.pictures import Rate
from drugchatter.surfaces.web.views.values import Cell, Figure, Panel, Table, source_path
from drugchatter.text import words
from drugchatter.types import Drug, Passage
from drugchatter.vocabulary import SECTIONS, section_label

_FEWEST, _DRAWN = 3, 15
_LONGEST_HEAD = 120
# "n (%)", "No. (%)": the share stands in brackets behind a count.
_COUNTED = re.compile(r"\b(?:n|no\.?|number)\s*\(\s*%\s*\)", re.IGNORECASE)
_PATIENTS = re.compile(r"\bn\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)", re.IGNORECASE)
_COUNT_AND_SHARE = re.compile(r"(\d+)\s*\(\s*(<?)\s*(\d+(?:\.\d+)?)\s*(%?)\s*\)")
_SHARE = re.compile(r"(<?)\s*(\d+(?:\.\d+)?)\s*(%?)")


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rows of (name, rate with the drug, rate with placebo) of one table of a label, in its order."""

    passage: Passage
    caption: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, Rate, Rate], ...]


def rates_panel(drug: Drug, passages: Iterable[Passage]) -> Panel | None:
    """The first table of the label's adverse reactions that can be drawn; None where there is none."""
    tables = (p for p in passages if p.kind == "table" and p.field.startswith("adverse_reactions"))
    found = next((table for passage in tables if (table := read_rates(passage, drug))), None)
    if found is None:
        return None
    label = drug.reference
    section = section_label(found.passage.field, found.passage.heading) if found.passage.field in SECTIONS else ""
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


def read_rates(passage: Passage, drug: Drug) -> RateTable | None:
    """The table of `passage` as rates of the drug and of placebo; None unless all of it can be read as such.

    Cells carry their column headings (see `passages.read_table`); the first line is the caption, which may be empty.
    """
    caption, *lines = passage.lines()
    read = [_row(line) for line in lines]
    heads = {row[1] for row in read if row}
    if len(heads) != 1 or None in read:
        return None
    order = _drug_first(next(iter(heads)), drug)
    if order is None:
        return None
    heads_ = tuple(next(iter(heads))[place] for place in order)
    rows = [(row[0], *(_rate(row[2][place], row[1][place]) for place in order)) for row in read if row]
    if len(rows) < _FEWEST or any(rate is None for row in rows for rate in row[1:]):
        return None
    return RateTable(passage, caption, heads_, tuple(rows))  # type: ignore[arg-type]


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
    if len(placebo) != 1:
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
