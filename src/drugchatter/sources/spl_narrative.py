"""The narrative of SPL: the block of text in a section → lines, and tables as simple HTML.

Its elements: FDA, "SPL Implementation Guide", chapter "Text": paragraph, list, table, content, sup, sub, footnote,
renderMultiMedia. A superscript is written out (10^9/L, m², ^1 for a mark of reference) and a subscript joined (Cmax),
as `passages.clean` writes them; a space that was lost after a styled word is put back. Unknown elements give their
text; attributes other than those read here nothing.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

NS = "{urn:hl7-org:v3}"

_BREAK = "\0"
_TWO_BREAKS = re.compile(r"\0\s*\0")
_BULLET = re.compile(r"[•●▪◦■□‣·]\s*")
_FILE_NAME = re.compile(r"\S*[\d._]\S*|.{0,200}\.(?:jpe?g|png|gif|tiff?|bmp)", re.I)
_MARKS = "*†‡§¶#"
_TEN_BEFORE = re.compile(r"(?<![\d.,])10$")
_UNIT_BEFORE = re.compile(r"(?<![A-Za-z])[cmkµμ]?m$")
_POWER = re.compile(r"[-–−+]?\d{1,2}")
_REFERENCE = re.compile(r"[\d,–-]{1,8}|[a-z]")
# The end of what a mark of reference is set to: its punctuation, after a word, number, percent sign or parenthesis.
_REFERRING = re.compile(r"(?<=[\w%)])(?:[.,;:]\s{0,40})?$")
# Characters before a superscript that tell what it is: "× 10", "mm", a word's end.
_ENOUGH = 16
_LETTER = re.compile(r"[a-z]")
_SIGNS = {"TM": "™", "SM": "℠", "R": "®"}


def plain(element: Any) -> str:
    """All text of an element on one line, as it stands; empty without one."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def one_line(element: Any) -> str:
    """The text of an element on one line, superscripts and subscripts written out; empty without one."""
    if element is None:
        return ""
    narrative = Narrative()
    narrative.read(element)
    return " ".join(narrative.done()[0])


class Shown:
    """What a document shows in its text besides words: captions of pictures by ID, tables as HTML, each made once."""

    def __init__(self, root: Any) -> None:
        self.captions = {str(p.get("ID")): plain(p.find(f"{NS}text")) for p in root.iter(f"{NS}observationMedia")}
        self._tables: dict[Any, str] = {}

    def table(self, element: Any) -> str:
        if element not in self._tables:
            self._tables[element] = Table(element).html()
        return self._tables[element]


def raised(before: str, text: str, after: str = "") -> str:
    """`before` with a superscript after it: 10^9, m², 1st, ™; a mark of reference as `^1` after the word or number, in
    front of its full stop, so that it reads neither as a digit of it nor as the next sentence's first word. `after` is
    the next character: before a capital a number that stands alone belongs to that (14C)."""
    close = before.rstrip()
    if _POWER.fullmatch(text) and _TEN_BEFORE.search(close):
        return f"{close}^{text}"
    if text in ("2", "3") and _UNIT_BEFORE.search(close):
        return close + ("²" if text == "2" else "³")
    alone = before[-1:].isspace() and after.isupper()
    if _REFERENCE.fullmatch(text) and not alone and (word := _REFERRING.search(before)):
        return f"{before[: word.start()]}^{text}{word[0]}"
    if _LETTER.fullmatch(text):
        return f"{before}^{text}"
    return before + _SIGNS.get(text, text)


def _lost_space(kind: str, text: str, after: str) -> bool:
    """Whether a space is missing between an inline element and the letter `after` it. Some authoring tools drop it; of
    32 labels none styles a part of a word. Formulas and isotopes (H2O, 99mTc) have none."""
    if not text:
        return False
    if kind == "sub":
        return after.islower()
    if kind == "sup":
        return after.islower() or not text[0].isdigit()
    return kind in ("content", "linkHtml") and len(text) > 1 and (text[-1].isalnum() or text[-1] in ")].,;:%")


def lowered(before: str, text: str) -> str:
    """`before` with a subscript joined to it, since none begins a word: Cmax, CO2; two numbers stay apart."""
    close = _base(before)
    return f"{close}_{text}" if close[-1:].isdigit() and text[:1].isdigit() else close + text


def _base(before: str) -> str:
    """`before` without the space that parts a subscript from the letter or digit it belongs to."""
    close = before.rstrip()
    return close if close[-1:].isalnum() else before


class Narrative:
    """Reads block elements, in order, into lines and tables.

    `shown` is the document's, None where only words are wanted. `layout`: tables only lay out text, so their cells are
    lines too.
    `markup`: the lines are HTML with `sup` and `sub`, tables within are text.
    """

    def __init__(self, shown: Shown | None = None, *, layout: bool = False, markup: bool = False) -> None:
        self.notes: list[str] = []
        self._document, self._layout, self._markup = shown, layout or shown is None, markup
        self._line: list[str] = []
        self._blank, self._titled, self._bullet = True, False, ""
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
        if not len(cell):
            return escape(" ".join((cell.text or "").split()), quote=False)
        self._lines = []
        self.read(cell)
        return "<br/>".join(self._lines)

    # ------------------------------------------------------------------------------------------------ the line

    def _add(self, text: str | None) -> None:
        if text:
            self._line.append(escape(text, quote=False) if self._markup else text)
            if not text.isspace():
                self._blank = self._titled = False

    def _end_line(self) -> None:
        """A line break ends a line only before a bullet or another break: else it may part a sentence."""
        if self._blank:
            self._line = []
            return
        text, self._line, self._blank, self._titled = "".join(self._line), [], True, False
        for block in _TWO_BREAKS.split(text) if _BREAK in text else [text]:
            pieces = [" ".join(piece.split()) for piece in block.split(_BREAK)]
            starts = [i for i, piece in enumerate(pieces) if i == 0 or _BULLET.match(piece)]
            for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True):
                self._keep(" ".join(filter(None, pieces[start:end])))

    def _keep(self, line: str) -> None:
        own = _BULLET.match(line)
        if rest := line[own.end() :] if own else line:
            bullet, self._bullet = self._bullet, ""
            self._lines.append(f"{bullet or ('• ' if own else '')}{rest}")

    def _end(self) -> str:
        """Taken off the line: its last characters, which tell what a raised or lowered digit belongs to."""
        end = self._line.pop() if self._line else ""
        if len(end) < _ENOUGH and self._line:
            end = self._line.pop() + end
        if len(end) > 2 * _ENOUGH:
            self._line.append(end[: -2 * _ENOUGH])
        return end[-2 * _ENOUGH :]

    # ------------------------------------------------------------------------------------------------ elements

    def _inside(self, element: Any) -> None:
        self._add(element.text)
        for child in element:
            self._element(child)
            self._after(child)

    def _after(self, child: Any) -> None:
        tail = child.tail
        if tail and tail[0].isalpha() and _lost_space(child.tag.removeprefix(NS), plain(child), tail[0]):
            self._add(" ")
        self._add(tail)

    def _element(self, child: Any) -> None:
        match child.tag.removeprefix(NS):
            case "paragraph" | "caption":
                self.read(child)
            case "br":
                self._break()
            case "content" if child.get("styleCode"):
                opens = self._blank
                self._inside(child)
                self._titled = opens and not self._blank
            case "sup" | "sub" as kind:
                self._shift(kind, plain(child), (child.tail or "")[:1])
            case "list":
                self._list(child)
            case "table":
                self._table(child)
            case "renderMultiMedia":
                shown = child.get("referencedObject", "")
                self._shown.add(shown)
                captions = self._document.captions if self._document else {}
                self._figure(one_line(child.find(f"{NS}caption")) or captions.get(shown, ""))
            case "footnote":
                self._footnote(child)
            case "footnoteRef":
                self._mark(self._marks.get(child.get("IDREF", ""), ""))
            case _:
                self._inside(child)

    def _break(self) -> None:
        """After words that are styled from the line's start on, a break ends a run-in title."""
        if self._titled:
            self._end_line()
        else:
            self._line.append(_BREAK)

    def _shift(self, kind: str, text: str, after: str) -> None:
        if not text:
            return
        before, self._blank = self._end(), False
        if self._markup:
            before = _base(before) if kind == "sub" else before
            self._line.append(f"{before}<{kind}>{escape(text, quote=False)}</{kind}>")
        else:
            self._line.append(raised(before, text, after) if kind == "sup" else lowered(before, text))

    def _figure(self, caption: str) -> None:
        """A caption as a line; the name of the picture's file is none."""
        self._end_line()
        if caption and not _FILE_NAME.fullmatch(caption):
            self._add(f"[Figure: {caption}]")
            self._end_line()

    def _footnote(self, child: Any) -> None:
        times, index = divmod(len(self.notes), len(_MARKS))
        mark = _MARKS[index] * (times + 1) if times < 4 else f"[{len(self.notes) + 1}]"
        self._marks[child.get("ID", "")] = mark
        self._mark(mark)
        self.notes.append(f"{mark} {one_line(child)}")

    def _mark(self, mark: str) -> None:
        self._line.append(f"<sup>{mark}</sup>" if self._markup and mark else mark)

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
                self._after(inner)
            self._end_line()
            self._bullet = ""

    def _table(self, child: Any) -> None:
        self._end_line()
        table = Table(child)
        if self._markup:
            self._add(plain(child))
        elif self._document and not self._layout and table.has_columns():
            self._tables.append(self._document.table(child))
        else:
            self._laid_out(table)

    def _laid_out(self, table: Table) -> None:
        """A table that lays out text: cells of one line side by side are a line, else their lines follow each other."""
        if caption := table.caption():
            self._lines.append(caption)
        for row in table.rows("thead", "tbody", "", "tfoot"):
            cells = []
            for cell in row:
                inner = Narrative(self._document, layout=True)
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

    def __init__(self, table: Any) -> None:
        self._element = table

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
        cells = Narrative(markup=True)
        caption = escape(self.caption(), quote=False)
        groups = [("thead", self._html("thead", cells)), ("tbody", self._html("tbody", cells) + self._html("", cells))]
        foot = "".join(f"<tr>{''.join(map(_foot_cell, _cells(row)))}</tr>" for row in self.rows("tfoot"))
        foot += "".join(f"<tr><td>{escape(note, quote=False)}</td></tr>" for note in cells.notes)
        parts = (("caption", caption), *groups, ("tfoot", foot))
        return f"<table>{''.join(f'<{name}>{inner}</{name}>' for name, inner in parts if inner)}</table>"

    def _html(self, group: str, cells: Narrative) -> str:
        return "".join(
            "<tr>" + "".join(_cell(cell, cells.cell(cell)) for cell in _cells(row)) + "</tr>"
            for row in self.rows(group)
        )


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in (f"{NS}td", f"{NS}th")]


def _cell(cell: Any, inner: str) -> str:
    name = cell.tag.removeprefix(NS)
    spans = "".join(f' {kind}="{n}"' for kind in ("colspan", "rowspan") if (n := _span(cell, kind)) > 1)
    return f"<{name}{spans}>{inner}</{name}>"


def _foot_cell(cell: Any) -> str:
    """A cell of the foot: its marks are text, since they open what they mean."""
    narrative = Narrative()
    narrative.read(cell)
    return f"<td>{'<br/>'.join(escape(line, quote=False) for line in narrative.done()[0])}</td>"


def _span(cell: Any, kind: str) -> int:
    value = cell.get(kind)
    return max(1, min(int(value), _MOST_SPANNED)) if value and re.fullmatch(r"[0-9]{1,4}", value) else 1
