"""Two versions of a label → what changed, in the labels' own words: nothing is interpreted.

A version's passages are laid out again as lines (a sentence, a list item, a table row), each in its place: the
section's field and the heading it stands under. Then, in this order:

1. places   a place of the same field and heading is the same; one that is gone and one that is new are one, renumbered
            or retitled, when title or number say so or when half of the words of one stand in the other; a place that
            only gave or took half of its words was split or merged
2. same     lines of the same words: in their order (longest common subsequence), then out of order, then joined or cut
            differently, then in another place
3. alike    what is left is paired by likeness, best pair first: the share of words two lines have in common, in order
4. the rest is removed, or new

Words are what counts: capitals, punctuation, white space, list marks and pointers to other sections ("[see … (5.1)]")
are formatting. Signs that carry meaning (<, ≥, %, a minus) are words. For speed each word becomes one character, a line
a short string.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq

from drugchatter.text import level, negations, numbers, words
from drugchatter.types import Passage
from drugchatter.vocabulary import SECTIONS

Kind = Literal["new", "removed", "reworded", "moved", "renumbered", "retitled", "split", "merged", "formatting"]
Touch = Literal["number", "unit", "negation", "drug"]
Place = tuple[str, str]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabelVersion:
    """One version of a label: `passages` as `passages.split` yields them."""

    version: str
    date: date
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that differs: its column's heading (empty where it has none) and both contents."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` and `after` are the labels' words, a line a sentence or row; None where there is none.

    `field` and `heading` say where it stands now (where it stood, if it is gone), `before_field` and `before_heading`
    where it stood (None if it is new). `of` says what changed: for `heading`, `before` and `after` are headings.
    `touches` names what a rewording changed besides words; `before_marks` and `after_marks` are the offsets of the
    words that differ.
    """

    field: str
    heading: str
    kind: Kind
    of: Literal["sentence", "row", "heading"]
    before: str | None
    after: str | None
    before_field: str | None = None
    before_heading: str | None = None
    touches: tuple[Touch, ...] = ()
    before_marks: tuple[Span, ...] = ()
    after_marks: tuple[Span, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one version to the next, what matters most first."""

    old_version: str
    old_date: date
    new_version: str
    new_date: date
    changes: tuple[Change, ...]


def timeline(versions: Iterable[LabelVersion], drug_words: frozenset[str] = frozenset()) -> tuple[Comparison, ...]:
    """Each version compared with the one before it, oldest first; versions may come in any order."""
    ordered = sorted(versions, key=lambda v: (int(v.version) if v.version.isdecimal() else 0, v.date))
    return tuple(compare(old, new, drug_words) for old, new in pairwise(ordered))


def compare(old: LabelVersion, new: LabelVersion, drug_words: frozenset[str] = frozenset()) -> Comparison:
    """All changes from `old` to `new`. `drug_words`: levelled single words that name drugs, for `touches`.

    The comparison is made in one direction, chosen by the texts, and mirrored for the other, so that both always agree.
    """
    read = _Reader(_section_numbers(old) | _section_numbers(new), drug_words)
    before, after = (list(_lines(version, read)) for version in (old, new))
    if [line.text for line in after] < [line.text for line in before]:
        changes = [_mirrored(change) for change in _changes(after, before, read)]
    else:
        changes = list(_changes(before, after, read))
    return Comparison(old.version, old.date, new.version, new.date, tuple(sorted(changes, key=_rank)))


# ------------------------------------------------------------------------------------------------- lines and words


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, list item or table row.

    `same` is equal for equal words, however they are spaced; `key` holds a character a word; `name` is the key of the
    words that name a row.
    """

    place: Place
    text: str
    same: str
    key: str
    name: str

    @property
    def row(self) -> bool:
        return bool(self.name)


_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Letters and digits apart ("5th" is "5 th"). A minus stands before a number and after a space or a bracket; a dash
# between two numbers is a range.
_WORD = re.compile(
    r"(?:(?<!\w)\.)?\d+(?:\.\d+)*|[^\W\d_]+|[<>≤≥±%°×^/=+]|(?<![^\s(\[])(?<!\d )(?<!% )(?<!°[cf] )-(?=\d)"
)
_ONE_FORM = (("™", ""), ("℠", ""), ("²", "2"), ("³", "3"), ("µ", "μ"), (">=", "≥"), ("<=", "≤"))
_SEE = re.compile(r"[\[(]\s?[Ss]ee [^\])]{0,80}\(\s?\d{1,2}(?:\.\d{1,2})?[^\]]{0,200}\]|\[\s?[Ss]ee [^\]]{0,300}\]")
_POINTER = re.compile(
    r"\(\s?(?:see )?(\d{1,2}(?:\.\d{1,2})?(?:\s?[,-]\s?\d{1,2}(?:\.\d{1,2})?)*)\s?\)(?=\W*(?:$|[A-Z]))"
)
_LIST_MARK = re.compile(r"(?:^|(?<=\s))[•●▪◦■□‣*†‡]\s*|^o\s+(?=[A-Z])")
_SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})?")


def _section_numbers(version: LabelVersion) -> frozenset[str]:
    """Numbers of the chapters and subsections that this version has: only these can be pointed to."""
    found = {match[0] for p in version.passages if (match := _SECTION_NUMBER.match(p.heading))}
    return frozenset(found | {str(chapter) for chapter in range(1, 18)})


class _Reader:
    """Reads what counts of a text: its words, levelled, and its signs; no pointers to other sections, no list marks.

    `text.words` would not do: it drops the signs, and with them the difference between "< 5 %" and "≥ 5".
    """

    def __init__(self, numbered: frozenset[str], drug_words: frozenset[str]) -> None:
        self._numbered, self.drug_words = numbered, drug_words
        self._codes: dict[str, str] = {}
        self._read: dict[str, tuple[str, str]] = {}

    def plain(self, text: str) -> str:
        """`text` levelled, without list marks and without what points to sections that the labels have."""
        text = _LIST_MARK.sub("", _POINTER.sub(self._pointer, _SEE.sub(" ", text)))
        for sign, instead in _ONE_FORM:
            text = text.replace(sign, instead)
        return _COMMA.sub("", level(text))

    def _pointer(self, match: re.Match[str]) -> str:
        return " " if self._numbered.issuperset(_SECTION_NUMBER.findall(match[1])) else match[0]

    def read(self, text: str) -> tuple[str, str]:
        """(the words run together, a number sign before each number; a character for each word) of `text`.

        The private area and beyond holds a million characters and no surrogates; further words share the last, which
        only makes lines look more alike.
        """
        if (known := self._read.get(text)) is None:
            codes = self._codes
            found = _WORD.findall(self.plain(text))
            same = "".join(["#" + word if word[-1].isdigit() else word for word in found])
            known = same, "".join([codes.setdefault(word, chr(min(0xE000 + len(codes), 0x10FFFF))) for word in found])
            self._read[text] = known
        return known

    def same(self, text: str) -> str:
        return self.read(text)[0]


def _lines(version: LabelVersion, read: _Reader) -> Iterator[_Line]:
    """The lines of a version without the title or caption that `passages.split` sets above each of its pieces."""
    above: tuple[Place, str] | None = None
    for passage in version.passages:
        place = (passage.field, passage.heading)
        lines = passage.lines()
        table = passage.kind == "table"
        if table and above == (place, lines[0]):
            lines = lines[1:]
        elif table:
            above = (place, lines[0]) if _CELL not in lines[0] else None
        elif lines[0] == _title(passage.heading) and "." in passage.heading.split()[0]:
            lines = lines[1:]
        for text in lines:
            name = read.read(" ".join(_cells(text)[0]))[1] or "-" if table and _CELL in text else ""
            yield _Line(place, text, *read.read(text), name)


def _title(heading: str) -> str:
    number, _, title = heading.partition(" ")
    return title if number[:1].isdigit() else heading


# ---------------------------------------------------------------------------------------------------------- places


@dataclass(frozen=True, slots=True)
class _Link:
    """A place of the old version and the one of the new that goes on from it, wholly or in part."""

    old: Place
    new: Place
    kind: Literal["same", "split", "merged"]


def _links(old: Sequence[_Line], new: Sequence[_Line]) -> list[_Link]:
    """How the places of both versions belong together. Each place is in at least one link, or is gone or new."""
    before, after = _sizes(old), _sizes(new)
    links = [_Link(place, place, "same") for place in before if place in after]
    gone = [place for place in before if place not in after]
    born = [place for place in after if place not in before]
    if not gone and not born:
        return links
    for likeness in (_same_title, _same_number):
        for p in list(gone):
            if q := next((q for q in born if q[0] == p[0] and likeness(p[1], q[1])), None):
                links.append(_Link(p, q, "same"))
                gone.remove(p)
                born.remove(q)
    for (p, q), flow in sorted(_flows(old, new).items(), key=lambda item: (-item[1], item[0])):
        leaves, comes = p in gone and flow * 2 >= before[p], q in born and flow * 2 >= after[q]
        if p in gone and q in born and (leaves or comes):
            links.append(_Link(p, q, "same"))
        elif leaves:
            links.append(_Link(p, q, "merged"))
        elif comes:
            links.append(_Link(p, q, "split"))
        else:
            continue
        gone = [place for place in gone if place != p]
        born = [place for place in born if place != q]
    return links


def _sizes(lines: Iterable[_Line]) -> dict[Place, int]:
    sizes: dict[Place, int] = defaultdict(int)
    for line in lines:
        sizes[line.place] += len(line.key)
    return sizes


def _same_title(a: str, b: str) -> bool:
    return "".join(words(_title(a))) == "".join(words(_title(b)))


def _same_number(a: str, b: str) -> bool:
    """The same number and most words of the title: another subsection may have taken over the number."""
    number, other = a.partition(" ")[0], b.partition(" ")[0]
    return number == other and number[:1].isdigit() and Indel.normalized_similarity(words(a), words(b)) > 0.5


def _flows(old: Iterable[_Line], new: Iterable[_Line]) -> dict[tuple[Place, Place], int]:
    """Words of the lines that stand once in each version, by old and new place."""
    places: dict[str, tuple[list[_Line], list[_Line]]] = defaultdict(lambda: ([], []))
    for side, lines in enumerate((old, new)):
        for line in lines:
            places[line.same][side].append(line)
    flows: dict[tuple[Place, Place], int] = defaultdict(int)
    for here, there in places.values():
        if len(here) == len(there) == 1 and here[0].place != there[0].place:
            flows[here[0].place, there[0].place] += len(here[0].key)
    return flows


def _groups(old: Sequence[_Line], new: Sequence[_Line], links: Iterable[_Link]) -> list[tuple[list[int], list[int]]]:
    """Indexes of the lines of places that are linked, by group, in the labels' order."""
    root: dict[tuple[int, Place], tuple[int, Place]] = {}

    def find(node: tuple[int, Place]) -> tuple[int, Place]:
        while node in root:
            node = root[node]
        return node

    for link in links:
        a, b = find((0, link.old)), find((1, link.new))
        if a != b:
            root[b] = a
    groups: dict[tuple[int, Place], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, lines in enumerate((old, new)):
        for index, line in enumerate(lines):
            groups[find((side, line.place))][side].append(index)
    return list(groups.values())


# -------------------------------------------------------------------------------------------------------- matching


@dataclass(frozen=True, slots=True)
class _Pair:
    """Lines of both versions that belong together, by index; `ordered` when they kept their order among the others."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    ordered: bool = True


# Below this share of common words two lines are different statements: of the pairs of real labels between 0.50 and 0.55
# about a quarter had nothing to do with each other, between 0.55 and 0.60 one in ten, above hardly any.
_ALIKE = 0.55
# A sentence of some length whose words nearly all stand in the other, in order, was lengthened or cut.
_LEAST, _HELD, _SOME_LENGTH = 0.33, 0.85, 6
# Across subsections of a section a coincidence is likelier.
_ALIKE_ELSEWHERE = 0.7
# Fewer words than this stand in two places by chance ("Nausea", "Figure C").
_FEW_WORDS = 4
_NEAR = 3
# A row's columns count less than what names it.
_ROW_NAMES = 0.6


class _Matcher:
    """Holds which lines are still free while the steps of the matching take theirs."""

    def __init__(self, old: Sequence[_Line], new: Sequence[_Line]) -> None:
        self.old, self.new = old, new
        self.pairs: list[_Pair] = []
        self.free_old, self.free_new = set(range(len(old))), set(range(len(new)))

    def take(self, pair: _Pair) -> None:
        self.pairs.append(pair)
        self.free_old.difference_update(pair.old)
        self.free_new.difference_update(pair.new)

    def free(self, group: tuple[list[int], list[int]]) -> tuple[list[int], list[int]]:
        return [i for i in group[0] if i in self.free_old], [j for j in group[1] if j in self.free_new]

    def in_order(self, group: tuple[list[int], list[int]]) -> None:
        here, there = group
        keys = [self.old[i].same for i in here], [self.new[j].same for j in there]
        for step in LCSseq.opcodes(*keys):
            if step.tag == "equal":
                for offset in range(step.src_end - step.src_start):
                    self.take(_Pair((here[step.src_start + offset],), (there[step.dest_start + offset],)))

    def same_words(self, group: tuple[list[int], list[int]], least: int = 0) -> None:
        """Lines of the same words, at least `least` of them, whatever their order."""
        here, there = self.free(group)
        waiting: dict[str, list[int]] = defaultdict(list)
        for j in reversed(there):
            waiting[self.new[j].same].append(j)
        for i in here:
            line = self.old[i]
            if len(line.key) >= least and waiting[line.same]:
                self.take(_Pair((i,), (waiting[line.same].pop(),), ordered=False))

    def joined(self, group: tuple[list[int], list[int]]) -> None:
        """A line of one version that is, or holds for the most part, several lines of the other."""
        here, there = self.free(group)
        for run, j in _joins(self.old, here, self.new, there):
            self.take(_Pair(run, (j,)))
        here, there = self.free(group)
        for run, i in _joins(self.new, there, self.old, here):
            self.take(_Pair((i,), run))

    def alike(self, group: tuple[list[int], list[int]], least: float) -> None:
        """Pairs of the most alike lines, the best first; then each takes the free lines that continue it."""
        begin = len(self.pairs)
        for _, _, i, j in sorted(_candidates(self.old, self.new, self.free(group), least)):
            if i in self.free_old and j in self.free_new:
                self.take(_Pair((i,), (j,)))
        here, there = self.free(group)
        for place in range(begin, len(self.pairs)):
            for side, free in enumerate((here, there)):
                for index in list(free):
                    if longer := self._with(self.pairs[place], side, index):
                        self.pairs[place] = longer
                        free.remove(index)
        for pair in self.pairs[begin:]:
            self.free_old.difference_update(pair.old)
            self.free_new.difference_update(pair.new)

    def _with(self, pair: _Pair, side: int, index: int) -> _Pair | None:
        """`pair` with one more line: where a sentence was cut in two, or two were joined.

        The line must stand near and have six tenths of its words in what the other side has over, or complete it.
        """
        line, indexes = (self.old, self.new)[side][index], (pair.old, pair.new)[side]
        if line.row or self.old[pair.old[0]].row or not line.key:
            return None
        longer = tuple(sorted((*indexes, index)))
        grown = replace(pair, old=longer) if side == 0 else replace(pair, new=longer)
        if min(abs(index - other) for other in indexes) > _NEAR:
            before, after = ("".join([line.same for line in lines]) for lines in self._sides(grown))
            return grown if before == after else None
        return grown if self._common(grown) - self._common(pair) >= 0.6 * len(line.key) else None

    def _sides(self, pair: _Pair) -> tuple[list[_Line], list[_Line]]:
        return [self.old[i] for i in pair.old], [self.new[j] for j in pair.new]

    def _common(self, pair: _Pair) -> int:
        return int(LCSseq.similarity(*("".join([line.key for line in lines]) for lines in self._sides(pair))))


def _joins(
    parts: Sequence[_Line], here: list[int], wholes: Sequence[_Line], there: list[int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    """(free parts that stand close together, the free whole that holds their words in that order and little else)."""
    free = [i for i in here if parts[i].same and not parts[i].row]
    for j in there:
        whole = wholes[j].same
        runs = [_run_in(whole, parts, free, n) for n, i in enumerate(free) if parts[i].same in whole]
        covered, run = max(runs, default=(0, ()))
        if len(run) > 1 and covered * 2 >= len(whole):
            free = [i for i in free if i not in run]
            yield run, j


def _run_in(whole: str, parts: Sequence[_Line], free: list[int], begin: int) -> tuple[int, tuple[int, ...]]:
    """(characters covered, the lines) of the run that begins with `free[begin]`, as far as `whole` holds it."""
    run: list[int] = []
    at = covered = 0
    for n in range(begin, len(free)):
        if run and free[n] - run[-1] > _NEAR:
            break
        same = parts[free[n]].same
        if (found := whole.find(same, at)) >= 0:
            run.append(free[n])
            at, covered = found + len(same), covered + len(same)
    return covered, tuple(run)


def _candidates(
    old: Sequence[_Line], new: Sequence[_Line], free: tuple[list[int], list[int]], least: float
) -> Iterator[tuple[float, int, int, int]]:
    """(−likeness, distance in their group, i, j) of free lines that are alike; rows only with rows."""
    for row in (False, True):
        here, there = [i for i in free[0] if old[i].row is row], [j for j in free[1] if new[j].row is row]
        keys = [new[j].key for j in there]
        for position, i in enumerate(here):
            found = process.extract(old[i].key, keys, scorer=Indel.normalized_similarity, score_cutoff=_LEAST, limit=12)
            for _, likeness, choice in found:
                score = (_row_likeness if row else _likeness)(old[i], new[there[choice]], likeness)
                if score >= least:
                    yield -score, abs(position - choice), i, there[choice]


def _likeness(old: _Line, new: _Line, whole: float) -> float:
    shorter = min(len(old.key), len(new.key))
    held = whole * (len(old.key) + len(new.key)) / 2 >= _HELD * shorter
    return max(whole, _ALIKE) if held and shorter >= _SOME_LENGTH else whole


# ------------------------------------------------------------------------------------------------------ table rows


_CELL = " | "


def _cells(row: str) -> tuple[list[str], list[tuple[str, str]]]:
    """(what names the row, its cells with their column's heading) of a row as `passages.read_table` writes it."""
    parts = row.split(_CELL)
    first = next((n for n, part in enumerate(parts) if ": " in part), 1)
    cells = []
    for part in parts[first:]:
        column, colon, cell = part.partition(": ")
        cells.append((column, cell) if colon else ("", part))
    return parts[:first], cells


def _row_likeness(old: _Line, new: _Line, whole: float) -> float:
    """Rows share their columns' headings; what tells them apart is what names them."""
    names = Indel.normalized_similarity(old.name, new.name)
    return (names + whole) / 2 if names >= _ROW_NAMES else 0.0


def _cells_changed(old: str, new: str, read: _Reader) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """(cells that differ in words, headings of columns that differ) of the same row in both versions."""
    (names, before), (other_names, after) = _cells(old), _cells(new)
    changed, renamed = [], []
    if read.same(" ".join(names)) != read.same(" ".join(other_names)):
        changed.append(Cell("", _CELL.join(names), _CELL.join(other_names)))
    if len(before) == len(after):
        for (column, cell), (other, instead) in zip(before, after, strict=True):
            if read.same(cell) != read.same(instead):
                changed.append(Cell(other, cell, instead))
            if read.same(column) != read.same(other):
                renamed.append(Cell("", column, other))
        return tuple(changed), tuple(renamed)
    held, now = dict(before), dict(after)
    for column in dict.fromkeys((*held, *now)):
        was, is_now = held.get(column), now.get(column)
        if was is None or is_now is None or read.same(was) != read.same(is_now):
            changed.append(Cell(column, was, is_now))
    return tuple(changed), ()


# --------------------------------------------------------------------------------------------------------- changes


def _changes(old: Sequence[_Line], new: Sequence[_Line], read: _Reader) -> Iterator[Change]:
    links = _links(old, new)
    yield from _heading_changes(links)
    pairs, gone, born = _match(old, new, links)
    linked = {(link.old, link.new) for link in links}
    yield from _pair_changes(old, new, pairs, linked, read)
    for i in gone:
        yield _lone(old[i], "removed")
    for j in born:
        yield _lone(new[j], "new")


def _match(old: Sequence[_Line], new: Sequence[_Line], links: list[_Link]) -> tuple[list[_Pair], list[int], list[int]]:
    matcher = _Matcher(old, new)
    groups = _groups(old, new, links)
    everything = list(range(len(old))), list(range(len(new)))
    steps: tuple[Callable[[tuple[list[int], list[int]]], None], ...] = (
        matcher.in_order,
        matcher.same_words,
        matcher.joined,
    )
    for step in steps:
        for group in groups:
            step(group)
    matcher.same_words(everything, _FEW_WORDS)
    for group in groups:
        matcher.alike(group, _ALIKE)
    for field in dict.fromkeys(line.place[0] for line in old):
        matcher.alike(
            (
                [i for i in sorted(matcher.free_old) if old[i].place[0] == field],
                [j for j in sorted(matcher.free_new) if new[j].place[0] == field],
            ),
            _ALIKE_ELSEWHERE,
        )
    return matcher.pairs, sorted(matcher.free_old), sorted(matcher.free_new)


def _lone(line: _Line, kind: Literal["new", "removed"]) -> Change:
    """A line that only one version has; one without words (a mere pointer) is formatting."""
    of: Literal["row", "sentence"] = "row" if line.row else "sentence"
    shown: Kind = kind if line.same else "formatting"
    if kind == "new":
        return Change(*line.place, shown, of, None, line.text)
    return Change(*line.place, shown, of, line.text, None, *line.place)


def _heading_changes(links: Iterable[_Link]) -> Iterator[Change]:
    for link in links:
        if link.old != link.new:
            yield Change(*link.new, _heading_kind(link), "heading", link.old[1], link.new[1], *link.old)


def _heading_kind(link: _Link) -> Kind:
    """A subsection of the same number and title that its publisher files under another field has not moved."""
    (field, heading), (other_field, other) = link.old, link.new
    if link.kind != "same":
        return link.kind
    numbered = heading[:1].isdigit() and heading.partition(" ")[0] == other.partition(" ")[0]
    if _same_title(heading, other) and (numbered or (field == other_field and words(heading) == words(other))):
        return "formatting"
    if field != other_field:
        return "moved"
    return "renumbered" if _same_title(heading, other) else "retitled"


def _pair_changes(
    old: Sequence[_Line],
    new: Sequence[_Line],
    pairs: Iterable[_Pair],
    linked: set[tuple[Place, Place]],
    read: _Reader,
) -> Iterator[Change]:
    renamed: dict[tuple[Place, Place, tuple[Cell, ...]], list[tuple[str, str]]] = defaultdict(list)
    for pair in sorted(pairs, key=lambda pair: pair.old):
        here, there = [old[i] for i in pair.old], [new[j] for j in pair.new]
        before, after = ("\n".join(line.text for line in lines) for lines in (here, there))
        places = here[0].place, there[0].place
        same = "".join([line.same for line in here]) == "".join([line.same for line in there])
        away = (places not in linked or not pair.ordered) and len(here[0].key) >= _FEW_WORDS
        of: Literal["row", "sentence"] = "row" if here[0].row and there[0].row else "sentence"
        change = Change(*places[1], "moved", of, before, after, *places[0])
        if same and away:
            yield change
        elif same and (before != after or not pair.ordered or places not in linked):
            yield replace(change, kind="formatting")
        elif not same:
            cells, columns = _cells_changed(before, after, read) if of == "row" else ((), ())
            if columns and not cells:
                renamed[*places, columns].append((before, after))
            else:
                yield _reworded(change, cells, read)
    for (was, is_now, columns), rows in renamed.items():
        before, after = ("\n".join(row[side] for row in rows) for side in (0, 1))
        yield _reworded(Change(*is_now, "retitled", "row", before, after, *was), columns, read)


def _reworded(change: Change, cells: tuple[Cell, ...], read: _Reader) -> Change:
    before, after = change.before or "", change.after or ""
    marks = _marks(before, after)
    return replace(
        change,
        kind="reworded" if change.kind == "moved" else change.kind,
        touches=_touches(read.plain(before), read.plain(after), read.drug_words),
        before_marks=marks[0],
        after_marks=marks[1],
        cells=cells,
    )


# Numbers that labels spell out, and the signs that set a limit.
_COUNTS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve once twice half < > ≤ ≥ ± -".split()
)


def _touches(before: str, after: str, drug_words: frozenset[str]) -> tuple[Touch, ...]:
    """What differs besides words: numbers (spelt out too, and limits), their units, negations, names of drugs."""
    first, second = numbers(before), numbers(after)
    said, says = (_WORD.findall(text) for text in (before, after))
    touched: list[Touch] = []
    values = Counter(n.value for n in first) != Counter(n.value for n in second)
    if values or _only(said, _COUNTS) != _only(says, _COUNTS):
        touched.append("number")
    elif Counter(first) != Counter(second):
        touched.append("unit")
    if Counter(negations(before)) != Counter(negations(after)):
        touched.append("negation")
    if _only(said, drug_words) != _only(says, drug_words):
        touched.append("drug")
    return tuple(touched)


def _only(said: Iterable[str], these: frozenset[str]) -> Counter[str]:
    return Counter(word for word in said if word in these)


# Sign for sign, so that offsets stay those of the text as printed.
_SIGNS = str.maketrans("’‘–—‐‑‒−²³µ", "''------23μ")


def _marks(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Offsets of the words that the other wording does not have at that place; neighbours run together."""
    tokens = [list(_WORD.finditer(text.translate(_SIGNS))) for text in (before, after)]
    spans: tuple[list[Span], list[Span]] = ([], [])
    for step in Indel.opcodes(*([token[0].lower() for token in side] for side in tokens)):
        for side, start, end in ((0, step.src_start, step.src_end), (1, step.dest_start, step.dest_end)):
            if step.tag != "equal" and end > start:
                spans[side].append((tokens[side][start].start(), tokens[side][end - 1].end()))
    return tuple(spans[0]), tuple(spans[1])


def _mirrored(change: Change) -> Change:
    """The same change read from the newer version to the older."""
    opposite: dict[Kind, Kind] = {"new": "removed", "removed": "new", "split": "merged", "merged": "split"}
    field, heading = change.before_field or change.field, change.before_heading or change.heading
    kind = opposite.get(change.kind, change.kind)
    return replace(
        change,
        field=field,
        heading=heading,
        kind=kind,
        before=change.after,
        after=change.before,
        before_field=None if kind == "new" else change.field,
        before_heading=None if kind == "new" else change.heading,
        before_marks=change.after_marks,
        after_marks=change.before_marks,
        cells=tuple(replace(cell, before=cell.after, after=cell.before) for cell in change.cells),
    )


_FIRST = ("boxed_warning", "contraindications", "dosage_and_administration")
_ORDER = {field: n for n, field in enumerate((*_FIRST, *(field for field in SECTIONS if field not in _FIRST)))}
_TIERS: dict[Kind, int] = {"moved": 2, "renumbered": 2, "retitled": 2, "split": 2, "merged": 2, "formatting": 3}


def _rank(change: Change) -> tuple[int, int]:
    """What touches a number, unit, negation or drug, or a section that decides on safety, stands first."""
    tier = _TIERS.get(change.kind, 1)
    if change.touches or (tier == 1 and change.field in _FIRST):
        tier = 0
    return tier, _ORDER.get(change.field, len(_ORDER))
