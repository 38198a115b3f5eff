"""The narrative of SPL: the block of text in a section → lines, and tables as simple HTML.

Its elements: FDA, "SPL Implementation Guide", chapter "Text": paragraph, list, table, content, sup, sub, footnote,
renderMultiMedia. A superscript is written out (10^9/L, m², ^1 for a mark of reference) and a subscript joined (Cmax),
as `passages.clean` writes them. Unknown elements give their text; attributes other than those read here nothing.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

NS = "{urn:hl7-org:v3}"

_BREAK = "\0"
_TWO_BREAKS = re.compile(r"\0 ?\0")
_BULLET = re.compile(r"[•●▪◦■□‣·]\s*")
_SPACE = re.compile(r"\s+")
# The order in which FDA's stylesheet marks footnotes.
_MARKS = "*†‡§¶#"
_TEN_BEFORE = re.compile(r"(?<![\d.,])10$")
_UNIT_BEFORE = re.compile(r"(?<![A-Za-z])[cmkµμ]?m$")
_POWER = re.compile(r"[-–−+]?\d{1,2}")
_REFERENCE = re.compile(r"[\d,–-]{1,8}|[a-z]")
_SIGNS = {"TM": "™", "SM": "℠", "R": "®"}


def plain(element: Any) -> str:
    """All text of an element on one line, as it stands; empty without one."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def one_line(element: Any) -> str:
    """The text of an element on one line, superscripts and subscripts written out; empty without one."""
    if element is None:
        return ""
    narrative = Narrative({}, layout=True)
    narrative.read(element)
    return " ".join(narrative.done()[0])


def media_texts(root: Any) -> dict[str, str]:
    """What the document says of each of its pictures, by the picture's ID."""
    return {str(found.get("ID")): plain(found.find(f"{NS}text")) for found in root.iter(f"{NS}observationMedia")}


def raised(before: str, text: str) -> str:
    """`before` with a superscript after it: 10^9, m², 1st, ™; a mark of reference after a word or number as `^1`, so
    that it never reads as a digit of it."""
    close = before.rstrip(" ")
    if _POWER.fullmatch(text) and _TEN_BEFORE.search(close):
        return f"{close}^{text}"
    if text in ("2", "3") and _UNIT_BEFORE.search(close):
        return close + ("²" if text == "2" else "³")
    if _REFERENCE.fullmatch(text) and re.search(r"[\w%)]$", before):
        return f"{before}^{text}"
    return before + _SIGNS.get(text, text)


def lowered(before: str, text: str) -> str:
    """`before` with a subscript joined to it: Cmax, CO2; two numbers stay apart."""
    return f"{before}_{text}" if before[-1:].isdigit() and text[:1].isdigit() else before + text


class Narrative:
    """Reads block elements, in order, into lines and tables.

    `media` are the captions of pictures by ID. `layout`: tables only lay out text, so their cells are lines too.
    `markup`: the lines are HTML with `sup` and `sub`, tables within are text.
    """

    def __init__(self, media: dict[str, str], *, layout: bool = False, markup: bool = False) -> None:
        self.notes: list[str] = []
        self._media, self._layout, self._markup = media, layout, markup
        self._line = self._bullet = ""
        self._lines: list[str] = []
        self._tables: list[str] = []
        self._shown: set[str] = set()
        self._marks: dict[str, str] = {}

    def read(self, element: Any) -> None:
        """A block element and all in it."""
        self._end_line()
        self._inside(element)
        self._end_line()

    def figures(self, section: Any) -> None:
        """Captions of the section's pictures that its text does not show."""
        for found in section.iterfind(f"{NS}component/{NS}observationMedia"):
            if found.get("ID") not in self._shown:
                self._figure(plain(found.find(f"{NS}text")))

    def done(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(lines, tables): paragraphs and list items ("• "), then footnotes; tables as HTML."""
        return (*self._lines, *self.notes), tuple(self._tables)

    def cell(self, cell: Any) -> str:
        """One cell of a table as HTML; its footnotes are added to `notes`."""
        self._lines = []
        self.read(cell)
        return "<br/>".join(self._lines)

    # ------------------------------------------------------------------------------------------------ the line

    def _add(self, text: str | None) -> None:
        if text:
            spaced = _SPACE.sub(" ", text)
            self._line += escape(spaced, quote=False) if self._markup else spaced

    def _end_line(self) -> None:
        """A line break ends a line only before a bullet or another break: else it may part a sentence."""
        text, self._line = self._line, ""
        lines: list[str] = []
        for block in _TWO_BREAKS.split(text):
            start = len(lines)
            for piece in filter(None, (" ".join(piece.split()) for piece in block.split(_BREAK))):
                if len(lines) > start and not _BULLET.match(piece):
                    lines[-1] += f" {piece}"
                else:
                    lines.append(piece)
        for line in lines:
            own = _BULLET.match(line)
            if rest := line[own.end() :] if own else line:
                bullet, self._bullet = self._bullet, ""
                self._lines.append(f"{bullet or ('• ' if own else '')}{rest}")

    # ------------------------------------------------------------------------------------------------ elements

    def _inside(self, element: Any) -> None:
        self._add(element.text)
        for child in element:
            self._element(child)
            self._add(child.tail)

    def _element(self, child: Any) -> None:
        match child.tag.removeprefix(NS):
            case "paragraph" | "caption":
                self.read(child)
            case "br":
                self._line += _BREAK
            case "sup" | "sub" as kind:
                self._shift(kind, plain(child))
            case "list":
                self._list(child)
            case "table":
                self._table(child)
            case "renderMultiMedia":
                shown = child.get("referencedObject", "")
                self._shown.add(shown)
                self._figure(one_line(child.find(f"{NS}caption")) or self._media.get(shown, ""))
            case "footnote":
                self._footnote(child)
            case "footnoteRef":
                self._mark(self._marks.get(child.get("IDREF", ""), ""))
            case _:
                self._inside(child)

    def _shift(self, kind: str, text: str) -> None:
        if not text:
            return
        if self._markup:
            self._line += f"<{kind}>{escape(text, quote=False)}</{kind}>"
        else:
            self._line = (raised if kind == "sup" else lowered)(self._line, text)

    def _figure(self, caption: str) -> None:
        self._end_line()
        if caption:
            self._add(f"[Figure: {caption}]")
            self._end_line()

    def _footnote(self, child: Any) -> None:
        times, index = divmod(len(self.notes), len(_MARKS))
        mark = _MARKS[index] * (times + 1)
        self._marks[child.get("ID", "")] = mark
        self._mark(mark)
        self.notes.append(f"{mark} {one_line(child)}")

    def _mark(self, mark: str) -> None:
        self._line += f"<sup>{mark}</sup>" if self._markup and mark else mark

    def _list(self, child: Any) -> None:
        """Items as lines. What counts an item, a number or letters of its caption, follows the bullet."""
        for number, item in enumerate(child.iterfind(f"{NS}item"), 1):
            self._end_line()
            if number == 1:
                for caption in child.iterfind(f"{NS}caption"):
                    self.read(caption)
            printed = plain(item.find(f"{NS}caption"))
            if child.get("listType") == "ordered" and not printed:
                printed = f"{_ordinal(number, child.get('styleCode', ''))}."
            self._bullet = f"• {printed} " if re.search(r"\w", printed) and printed != "o" else "• "
            self._add(item.text)
            for inner in item:
                if inner.tag != f"{NS}caption":
                    self._element(inner)
                self._add(inner.tail)
            self._end_line()
            self._bullet = ""

    def _table(self, child: Any) -> None:
        self._end_line()
        table = Table(child, self._media)
        if self._markup:
            self._add(plain(child))
        elif self._layout or not table.has_columns():
            self._laid_out(table)
        else:
            self._tables.append(table.html())

    def _laid_out(self, table: Table) -> None:
        """A table that lays out text: cells of one line side by side are a line, else their lines follow each other."""
        if caption := table.caption():
            self._lines.append(caption)
        for row in table.rows("thead", "tbody", "", "tfoot"):
            cells = []
            for cell in row:
                inner = Narrative(self._media, layout=True)
                inner.read(cell)
                cells.append(inner.done()[0])
            if all(len(lines) <= 1 for lines in cells):
                cells = [tuple(filter(None, [" ".join(line for lines in cells for line in lines)]))]
            self._lines.extend(line for lines in cells for line in lines)


def _ordinal(number: int, style: str) -> str:
    """The number of an item in an ordered list, in the list's style code: Arabic, LittleAlpha, BigRoman …"""
    kind = style.lower()
    shown = str(number)
    if "alpha" in kind and number <= 26:
        shown = chr(ord("a") + number - 1)
    elif "roman" in kind and number < 40:
        shown = "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
    return shown.upper() if "big" in kind else shown


# ---------------------------------------------------------------------------------------------------------- tables

_MOST_SPANNED = 100


class Table:
    """A table of the narrative as simple HTML: caption, head, body, foot and spans; no other of its attributes."""

    def __init__(self, table: Any, media: dict[str, str]) -> None:
        self._element, self._media = table, media

    def caption(self) -> str:
        return one_line(self._element.find(f"{NS}caption"))

    def rows(self, *groups: str) -> list[Any]:
        """The rows of the named groups (thead, tbody, tfoot; empty for rows outside of all), in that order."""
        found: list[Any] = []
        for name in groups:
            places = self._element.iterfind(f"{NS}{name}") if name else [self._element]
            found.extend(row for place in places for row in place.iterfind(f"{NS}tr"))
        return found

    def has_columns(self) -> bool:
        """Whether it holds data: two rows and two columns at least, outside of its foot."""
        rows = [row for row in self.rows("thead", "tbody", "") if plain(row)]
        return len(rows) > 1 and max(sum(_span(cell, "colspan") for cell in _cells(row)) for row in rows) > 1

    def html(self) -> str:
        """The table; footnotes of its cells are rows of its foot."""
        cells = Narrative(self._media, markup=True)
        caption = escape(self.caption(), quote=False)
        groups = [("thead", self._html("thead", cells)), ("tbody", self._html("tbody", cells) + self._html("", cells))]
        foot = self._html("tfoot", cells)
        foot += "".join(f"<tr><td>{escape(note, quote=False)}</td></tr>" for note in cells.notes)
        parts = (("caption", caption), *groups, ("tfoot", foot))
        return f"<table>{''.join(f'<{name}>{inner}</{name}>' for name, inner in parts if inner)}</table>"

    def _html(self, group: str, cells: Narrative) -> str:
        return "".join(
            "<tr>" + "".join(_cell(cell, cells.cell(cell)) for cell in _cells(row)) + "</tr>" for row in self.rows(group)
        )


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in (f"{NS}td", f"{NS}th")]


def _cell(cell: Any, inner: str) -> str:
    name = cell.tag.removeprefix(NS)
    spans = "".join(f' {kind}="{n}"' for kind in ("colspan", "rowspan") if (n := _span(cell, kind)) > 1)
    return f"<{name}{spans}>{inner}</{name}>"


def _span(cell: Any, kind: str) -> int:
    value = cell.get(kind, "1").strip()
    return max(1, min(int(value), _MOST_SPANNED)) if re.fullmatch(r"[0-9]{1,4}", value) else 1
