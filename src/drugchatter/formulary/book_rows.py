"""Rows of the Orange and Purple Books for the starter's own drugs, so that a fresh machine tells when protection ends.

`protection.tsv` holds them in a layout of our own, made by `tools/starter_rows.py` from FDA's files: a block for each
file of FDA's with its date, in it a line for each row, and then the names that these rows answer for. A cell that
repeats the one above it is a ditto mark.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from itertools import groupby
from typing import Any, get_args, get_type_hints

from drugchatter.errors import DataError
from drugchatter.rows import BiologicRow, ExclusivityRow, PatentRow, ProductRow, Row
from drugchatter.types import STARTER, Origin

FILE = "protection.tsv"
_BLOCK, _NAMES, _DITTO, _YES = "@", "@names", '"', "Y"
_ROW_TYPES: dict[str, type[Row]] = {
    "products.txt": ProductRow,
    "patent.txt": PatentRow,
    "exclusivity.txt": ExclusivityRow,
    "purplebook.csv": BiologicRow,
}


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one file of `publisher` (`orange_book`, `purple_book`), in its order; `edition` is the file's date
    (YYYY-MM-DD), `sha256` that of its bytes."""

    publisher: str
    file: str
    edition: str
    sha256: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class StarterRows:
    """`answered`: the names, in lower case, for which these rows say the same as FDA's whole files."""

    blocks: tuple[Block, ...]
    answered: frozenset[str]


def read_starter_rows() -> StarterRows:
    """The rows in the package. Raises DataError when the file is not what it should be; the package is then damaged."""
    return parse(resources.files("drugchatter").joinpath("formulary", FILE).read_text("utf-8"))


def loadable(held: Collection[str]) -> Iterator[Origin | Row]:
    """The rows, each block after its origin, but for the books of the publishers in `held`: rows of FDA's whole files
    and of the starter's excerpt, of whatever dates, never stand beside each other in one book."""
    for block in read_starter_rows().blocks:
        if block.publisher not in held:
            yield Origin(STARTER, block.file, block.edition, block.sha256)
            yield from block.rows


# --------------------------------------------------------------------------------------------------------- the layout


def parse(text: str) -> StarterRows:
    """What `written` wrote. Raises DataError."""
    blocks: list[Block] = []
    answered: frozenset[str] = frozenset()
    lines = (line for line in text.split("\n") if line and not line.startswith("#"))
    groups = groupby(_numbered(lines), key=lambda pair: pair[0])
    try:
        for _, group in groups:
            head, *body = (line for _, line in group)
            if head == _NAMES:
                answered = frozenset(body)
            else:
                publisher, file, edition, sha256 = head.removeprefix(_BLOCK).split("\t")
                blocks.append(Block(publisher, file, edition, sha256, tuple(_rows(_ROW_TYPES[file], body))))
    except (ValueError, KeyError) as error:
        raise DataError(f"the starter file {FILE} is damaged ({error})", "reinstall drugchatter") from error
    return StarterRows(tuple(blocks), answered)


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Each line with the number of the block it stands in."""
    number = 0
    for line in lines:
        number += line.startswith(_BLOCK)
        yield number, line


def _rows(row_type: type[Row], lines: list[str]) -> Iterator[Row]:
    head, *body = lines
    readers = _readers(row_type)
    if head.split("\t") != list(readers):
        raise ValueError(f"other columns than those of {row_type.__name__}")
    above = [""] * len(readers)
    make: Callable[..., Row] = row_type
    for line in body:
        cells = line.split("\t")
        above = [before if cell == _DITTO else cell for cell, before in zip(cells, above, strict=True)]
        yield make(*[read(cell) if read else cell for read, cell in zip(readers.values(), above, strict=True)])


def _readers(row_type: type[Row]) -> dict[str, Callable[[str], Any] | None]:
    hints = get_type_hints(row_type)
    kinds = {field.name: get_args(hints[field.name]) or (hints[field.name],) for field in fields(row_type)}
    return {name: _date if date in kind else _flag if bool in kind else None for name, kind in kinds.items()}


def _date(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _flag(cell: str) -> bool:
    return cell == _YES


def written(starter: StarterRows, comment: Iterable[str]) -> str:
    """The text of the file, which `parse` reads back; `comment` are lines for whoever opens it."""
    lines = [f"# {line}".rstrip() for line in comment]
    for block in starter.blocks:
        row_type = _ROW_TYPES[block.file]
        lines += [
            "\t".join((_BLOCK + block.publisher, block.file, block.edition, block.sha256)),
            "\t".join(_readers(row_type)),
        ]
        above = [""] * len(fields(row_type))
        for row in block.rows:
            cells = [_cell(getattr(row, field.name)) for field in fields(row)]
            # An empty cell is as short as a ditto mark, and plainer.
            lines.append("\t".join(_DITTO if c and c == before else c for c, before in zip(cells, above, strict=True)))
            above = cells
    return "\n".join([*lines, _NAMES, *sorted(starter.answered), ""])


def _cell(value: str | date | bool | None) -> str:
    if isinstance(value, bool):
        return _YES if value else ""
    text = value.isoformat() if isinstance(value, date) else value or ""
    if text == _DITTO or text.startswith((_BLOCK, "#")) or any(sign in text for sign in "\t\n"):
        raise ValueError(f"{text!r} cannot be written in this layout")
    return text
