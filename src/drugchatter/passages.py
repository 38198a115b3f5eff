"""Record → passages: the only place where structured data turn into citable sentences.

A label's text comes in one line a section: headings, highlights, lists and flattened tables run together. Here they are
taken apart again: subsections by their numbers, parents without what their children repeat, tables as rows that carry
their column headings, one sentence a line. A passage is a few lines of one subsection (at most about 1,200 characters).

What is changed against the publisher's string, and nothing else: white space, spaces before punctuation, superscripts
that the flattening tore off (`10 9 /L` → `10^9/L`, `m 2` → `m²`), subscripts (`C max` → `Cmax`), NFC.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from drugchatter.errors import DataError
from drugchatter.sources.archives import parse_xml
from drugchatter.text import words
from drugchatter.types import Part, Passage, Record, Section
from drugchatter.vocabulary import CHILDREN, LAYOUT_TABLES, SECTIONS

_LIMIT = 1200
_WORD, _SIGNS = re.compile(r"\S+"), re.compile(r"\W")

# ---------------------------------------------------------------------------------------------------------- clean

# What to mend: where one of the strings stands in a text, the patterns are tried (looking for a string costs nothing).
# White space is single spaces by then. A pattern begins with what is seldom seen and looks back from there: one that
# begins with looking back stops the engine at every place of a text.
_Instead = str | Callable[[re.Match[str]], str]
_REPAIRS: tuple[tuple[tuple[str, ...], tuple[tuple[re.Pattern[str], _Instead], ...]], ...] = tuple(
    (signs, tuple((re.compile(pattern), instead) for pattern, instead in repairs))
    for signs, repairs in (
        (
            ("10 ",),
            (
                (r"10(?<=[xX×] 10) (\d{1,2})(?= ?/| |[),;.])", r"10^\1"),
                (r"10(?<=[xX×]10) (\d{1,2})(?= ?/| |[),;.])", r"10^\1"),
                (r"10(?<!\w10) (\d{1,2})(?= ?/ ?(?:L|mcL|µL|mm|mL)\b)", r"10^\1"),
                (r"\(10 (\d{1,2})(?= ?/ ?(?:L|mcL|µL|mm|mL))", r"(10^\1"),
            ),
        ),
        (("^",), ((r"(\^\d{1,2}) /(?= ?[A-Za-zµ])", r"\1/"),)),
        (
            ("m 2",),
            (
                (r"1\.73 m 2(?=\W|$)", "1.73 m²"),
                (r"1\.73m 2(?=\W|$)", "1.73m²"),
                (r"/ m 2(?=\W|$)", "/ m²"),
                (r"/m 2(?![\d.]\d)(?=\W|$)", "/m²"),
                (r" m(?<=\d m) 2(?= ?[/).,;]|$| (?!times|to|or|tablets|capsules|doses))", " m²"),
            ),
        ),
        (
            ("m 2", "m 3"),
            ((r"m(?<=[/\d ][cm]m) ([23])(?= ?[/).,;]|$)", lambda m: "m²" if m[1] == "2" else "m³"),),
        ),
        (
            (" max", " min", " trough", " avg", " ss"),
            ((r"([CTE])(?<!\w.) (max|min|trough|avg|ss)\b", r"\1\2"),),
        ),
        (("AUC ",), ((r"AUC(?<!\wAUC) (0-|0–|inf|tau|last|ss|∞|τ)", r"AUC\1"),)),
        ((" 1/2", " ½"), ((r"([Tt])(?<!\w.) (1/2|½)", r"\1\2"),)),
        (
            ("IC ", "EC ", "ED ", "LD ", "GI ", "FEV ", "SpO ", "CO ", "IgG "),
            ((r"\b(IC|EC|ED|LD|GI|FEV|SpO|CO|IgG) (\d{1,2})(?=\W|$)", r"\1\2"),),
        ),
    )
)
_STOP_APART = re.compile(r" ([.,;:])(?= |$)")
# Most strings are short table cells with nothing to mend; this spares them the list above.
_MAY_NEED_REPAIR = re.compile(
    r" [.,;:)®™†‡]|\( | [23](?=\W|$)|10 \d|[CTEt] (?:m|t|a|s|1|½)|AUC |(?:IC|EC|ED|LD|GI|FEV|SpO|CO|IgG) \d"
)


def clean(text: str) -> str:
    """One publisher string as stored: see the module's docstring for all that is changed."""
    return _mended(" ".join(text.split()))


def _settled(text: str) -> str:
    """`clean` for a string whose superscripts and subscripts are in their places already."""
    return _spaced(unicodedata.normalize("NFC", " ".join(text.split())))


def _mended(text: str) -> str:
    """`clean` for a string whose white space is single spaces."""
    text = unicodedata.normalize("NFC", text)
    if not _MAY_NEED_REPAIR.search(text):
        return text
    for signs, repairs in _REPAIRS:
        for sign in signs:
            if sign in text:
                for pattern, instead in repairs:
                    text = pattern.sub(instead, text)
                break
    return _spaced(text)


def _spaced(text: str) -> str:
    """`text` without the spaces before and after signs where none belongs."""
    for sign in "®™†‡":
        text = text.replace(f" {sign}", sign)
    if " ." in text or " ," in text or " ;" in text or " :" in text:
        text = _STOP_APART.sub(r"\1", text)
    return text.replace("( ", "(").replace(" )", ")")


# ------------------------------------------------------------------------------------------------ record → passages


def split(record: Record) -> Iterator[Passage]:
    """Yield the passages of a record, in the label's order. Facts of the starter formulary stay one passage each."""
    own_names = {word for name in (record.brand, record.generic, *record.names) for word in words(name)}
    sections = _without_repeats(record.sections) if record.kind == "verbatim" else record.sections
    seen: set[str] = set()
    for section in sections:
        for heading, kind, text in _pieces(section, own_names):
            passage_id = _identity(record, section, heading, text)
            if text and passage_id not in seen:
                seen.add(passage_id)
                yield Passage(
                    id=passage_id,
                    set_id=record.set_id,
                    version=record.version,
                    field=section.field,
                    heading=heading,
                    kind=kind,  # type: ignore[arg-type]
                    text=text,
                    intent=section.intent,
                )


def _identity(record: Record, section: Section, heading: str, text: str) -> str:
    """Hash of content and place, without version or edition: a link lives on when the label is re-issued unchanged."""
    place = "\x1f".join((record.publisher, record.kind, record.set_id, section.field, section.intent or "", heading))
    return hashlib.sha256(f"{place}\x1f{text}".encode()).hexdigest()[:20]


def _without_repeats(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Sections with what a child, or another string of the same field, prints as well taken out of the parent."""
    by_field = {section.field: section for section in sections}
    everything = [t for s in sections if s.field != "spl_unclassified_section" for t in s.texts]
    for section in sections:
        if section.parts:
            yield section
            continue
        children = [t for f in CHILDREN.get(section.field, ()) if f in by_field for t in by_field[f].texts]
        texts = []
        for whole in section.texts:
            text = whole
            inner = [other for other in section.texts if len(other) < len(text)]
            for child in sorted({*children, *inner}, key=len, reverse=True):
                if len(child) > 40 and len(child) < len(text):
                    text = text.replace(child, " ")
            texts.append(text)
        if section.field == "spl_unclassified_section":
            texts = [text for text in texts if not any(text in other for other in everything)]
        if texts:
            yield Section(section.field, tuple(texts), section.tables, section.intent)


def _pieces(section: Section, own_names: set[str]) -> Iterator[tuple[str, str, str]]:
    """(heading, kind, text) of each passage of a section."""
    if section.intent:
        yield "", "fact", "\n".join(clean(text) for text in section.texts)
        return
    if section.parts:
        for part in section.parts:
            yield from _of_part(part, section.field)
        return
    tables = () if section.field in LAYOUT_TABLES else section.tables
    rendered = []
    texts = [" ".join(text.split()) for text in section.texts]
    for table in tables:
        flat, lines = read_table(table)
        if lines:
            texts = [_cut(text, flat) for text in texts]
            rendered.append(lines)
    for text in texts:
        for heading, body in subsections(text, section.field, own_names):
            above = _title_above(heading)
            for block in _blocks(sentences(body, own_names)):
                yield heading, "text", above + block
    title = SECTIONS[section.field].title if section.field in SECTIONS else ""
    for lines in rendered:
        for block in _blocks(lines[1:], _LIMIT * 2):
            yield title, "table", f"{lines[0]}\n{block}" if lines[0] else block


def _title_above(heading: str) -> str:
    """A subsection's title as the line above each of its passages: a dose means nothing without its population."""
    number, _, title = heading.partition(" ")
    return f"{title}\n" if title and number[:1].isdigit() and "." in number else ""


def _of_part(part: Part, field: str) -> Iterator[tuple[str, str, str]]:
    """(heading, kind, text) of what stands under one heading of a label whose structure is known."""
    title = SECTIONS[field].title if field in SECTIONS else ""
    printed = _settled(part.heading)
    heading = title if printed.lower() in ("", title.lower()) else _tidy(printed, title)
    opening = _title_above(heading).strip() if heading[:1].isdigit() else "" if heading == title else heading
    above = [line for line in (opening, *map(_settled, part.above)) if line]
    lines = [line for printed in part.lines for line in _lines_of(_settled(printed))]
    for block in _blocks(lines, leads=True):
        yield heading, "text", "\n".join([*above, block])
    for table in part.tables:
        caption, *rows = read_table(table)[1] or [""]
        # A table without a caption is told by the title it stands under.
        named = [caption or above[-1]] if caption or above else []
        for block in _blocks([*rows, *_foot(table)] if rows else [_plain(table)], _LIMIT * 2):
            yield heading, "table" if rows else "text", "\n".join([*named, block])


def _lines_of(printed: str) -> list[str]:
    """The sentences of a paragraph; a list item stays one line unless it is long."""
    if not any(sign in printed[:-1] for sign in ".?!"):
        return [printed]
    if not printed.startswith("• "):
        return sentences(printed, None)
    if len(printed) <= _LONG:
        return [printed]
    first, *others = sentences(printed[2:], None) or [""]
    return [f"• {first}", *others]


def _blocks(lines: list[str], limit: int = _LIMIT, *, leads: bool = False) -> Iterator[str]:
    """Lines in blocks of at most about `limit` characters. With `leads`, the line that opens a list ("… in patients
    with:") stands above each block of its items."""
    block: list[str] = []
    size = 0
    lead = ""
    for line in lines:
        if block and size + len(line) > limit:
            carried = [lead] if lead and line.startswith("•") else []
            if len(block) > 1 and (is_heading(block[-1]) or block[-1] == lead):
                carried = [block.pop()]
            yield "\n".join(block)
            block, size = carried, sum(map(len, carried))
        block.append(line)
        size += len(line)
        if leads and (line.endswith(":") or not line.startswith("•")):
            lead = line if line.endswith(":") else ""
    if block:
        yield "\n".join(block)


# ----------------------------------------------------------------------------------------------------- subsections

_ALL_CAPS = re.compile(r"^(?:\d{1,2}\.?\s+)?(?:[A-Z][A-Z/&,()-]*\s+){1,8}(?=[A-Z][a-z]|[A-Z]{2,}\b|\d|[•(])")


def subsections(text: str, field: str, own_names: set[str]) -> list[tuple[str, str]]:
    """Split one section's string, in which all white space is spaces, at its numbered headings: [(heading, body)], the
    part before the first included.

    Only numbers of this section's own chapter, in rising order, open a subsection; a dose that happens to stand before
    a capital letter does not.
    """
    name = SECTIONS.get(field)
    title = name.title if name else ""
    numbered = re.match(r"(\d{1,2})(\.\d{1,2})*\s", text)
    chapter = numbered[1] if numbered else (name.number.split(".")[0] if name and name.number else None)
    cuts = _cuts(text, chapter) if chapter else []
    heads: list[tuple[int, int, str]] = []
    for start, end, number in cuts:
        length = heading_length(text[end : end + 300], own_names, _known_title(number)) or _title_run(
            text[end : end + 200]
        )
        heads.append((start, end + length, f"{number} {' '.join(text[end : end + length].split())}".strip()))
    first = heads[0][0] if heads else len(text)
    pieces = [(title, _strip_caps(text[:first]))]
    for index, (_, body_start, heading) in enumerate(heads):
        end = heads[index + 1][0] if index + 1 < len(heads) else len(text)
        pieces.append((_tidy(heading, title), text[body_start:end]))
    return [(heading, _mended(_single(body))) for heading, body in pieces if body.strip()]


def _single(text: str) -> str:
    """`text`, in which all white space is spaces, with single ones."""
    return " ".join(text.split()) if "  " in text else text.strip()


# A subsection's number follows the last one closely, so that "2.5 Grams" opens none; except in chapters whose other
# subsections openFDA keeps as fields of their own (8.1 Pregnancy, 12.1 Mechanism …).
_GAPPED = frozenset({"8", "12", "13"})
_WIDEST_GAP = 3


@lru_cache(maxsize=128)
def _numbered(chapter: str) -> re.Pattern[str]:
    """A number that opens a subsection of a chapter: not inside a reference ("( 2.1 )", "see 5.1"), followed by a
    capital. The engine looks for the chapter's number first, and back from there."""
    before = rf"(?<![^\s.)]{chapter})"
    return re.compile(rf"({chapter}{before}(?:\.\d{{1,2}}){{0,2}})\s+(?=[A-Z][A-Za-z(-])")


def _cuts(text: str, chapter: str) -> list[tuple[int, int, str]]:
    cuts: list[tuple[int, int, str]] = []
    last: tuple[int, ...] = (0,)
    for match in _numbered(chapter).finditer(text):
        number = tuple(int(part) for part in match[1].split("."))
        gap = 0 if match.start() == 0 or chapter in _GAPPED else number[-1] - last[-1]
        if number <= last or gap > _WIDEST_GAP:
            continue
        if len(number) == 1 and match.start() != 0:
            continue
        cuts.append((match.start(), match.end(), match[1]))
        last = number
    return cuts


def _title_run(text: str) -> int:
    """Characters of the capitalised words that `text` starts with, less the last, which opens the sentence."""
    tokens = [(m.start(), m[0]) for m in _WORD.finditer(text)]
    end = next((i for i, (_, token) in enumerate(tokens) if not _title_word(token)), 0)
    while end > 1 and tokens[end - 1][1].lower() in _SMALL:
        end -= 1
    return tokens[end - 1][0] if end > 1 else 0


def _known_title(number: str) -> str | None:
    return next((s.title for s in SECTIONS.values() if s.number == number), None)


def _tidy(heading: str, title: str) -> str:
    """A heading of one line: capitals as in the standard title."""
    number, _, rest = heading.partition(" ")
    if rest.isupper() and rest.lower() == title.lower():
        rest = title
    return " ".join([number, *rest.split()]).strip(" :.")


def _strip_caps(text: str) -> str:
    return _ALL_CAPS.sub("", text, count=1) if re.match(r"\d{1,2}\.?\s+[A-Z]{3}", text) else text


# --------------------------------------------------------------------------------------------------------- headings

_SMALL = frozenset(
    """of and in with the for to or on from a an by due at as during after before than other per into its
""".split()
)
_STARTERS = frozenset(
    """a about administer administration advise after all allow although always among an animal apply as assess at
    available avoid based because before begin both but carefully cases clinical closely coadministration common
    concomitant concurrent consider consult data dermatologic discontinue do dosage dosing each elderly ensure
    evaluate females following for foods gently give healthcare hypersensitivity if in increase inform inject
    initiate instruct interrupt it keep limited males manage many measure median monitor most no not obtain of
    once one only other over overall part patients per perform permanently physicians prescribers prior pregnant
    protect reduce reported safety screen select serious should similar since single some start stop store studies
    such symptoms take tell temporarily test the there these this those though thus to treat treatment two under
    unless until upon use usual various verify very when whenever where while with withhold without women you your
    store swallow administered although approximately available""".split()
)


_VERBS = frozenset(
    """administer advise apply assess avoid consider consult continue discontinue do ensure evaluate give increase
    inform inject initial initiate instruct interrupt keep limit manage measure monitor obtain perform permanently
    protect reduce resume select screen store swallow take tell temporarily test the this treat use withhold no
    not in for if when while since""".split()
)


def heading_length(text: str, own_names: set[str], known: str | None = None) -> int:
    """Characters of the run-in heading that `text` starts with; 0 if it starts with a sentence.

    A heading is a run of capitalised words (small words between them allowed); the sentence after it starts at the last
    word of that run which commonly starts sentences, or is the drug's name.
    """
    if known and text[: len(known)].lower() == known.lower():
        return len(known)
    opening = text[:80].split(None, 2)
    if len(opening) == 3 and not (_title_word(opening[0]) and _title_word(opening[1])):
        return 0  # as most sentences; no run of two words
    tokens: list[tuple[int, str]] = []
    for word in _WORD.finditer(text, 0, 240):
        if not _title_word(word[0]):
            break
        tokens.append((word.start(), word[0]))
    else:
        if len(text) > 240:
            return 0
    for index in range(len(tokens) - 1, 0, -1):
        start, token = tokens[index]
        before = tokens[index - 1][1]
        if before.lower() in _SMALL or before.endswith((",", ".", "(")):
            continue
        plain = _SIGNS.sub("", token).lower()
        if plain in own_names and (_SIGNS.sub("", before).lower() in _VERBS | own_names):
            continue
        opens = token[:1].isupper() and not token.endswith(":") and (plain in _STARTERS or plain in own_names)
        alone = index == 1 and _SIGNS.sub("", before).lower() in _VERBS
        if opens and not alone:
            return start
    return 0


def is_heading(line: str) -> bool:
    """Whether a stored line is a run-in heading rather than a sentence or a list item."""
    return (
        len(line) < 120
        and not line.startswith("•")
        and line[-1:] not in ".;?)]"
        and " | " not in line
        and all(_title_word(token) for token in line.split())
    )


@lru_cache(maxsize=65_536)
def _title_word(token: str) -> bool:
    core = token.strip("(),.:;–-/[]®™†*")
    if token.endswith((".", ";")):
        return False
    return not core or core[0].isupper() or core.lower() in _SMALL or (core.isdigit() and len(core) <= 2)


# -------------------------------------------------------------------------------------------------------- sentences

_REFERENCE = re.compile(
    r"^(?:\[[Ss]ee [^\]]{1,200}\]|\(\s*\d{1,2}(?:\.\d{1,2})?(?:\s*,\s*\d{1,2}(?:\.\d{1,2})?)*\s*\))[.,]?\s*"
)
# A full stop to which the next sentence is glued; the second finds out quickly whether there is any.
_BREAK = re.compile(r"(?<=[a-z)\]%]\.)(?=[A-Z][a-z]+ [a-z])")
_HAS_BREAK = re.compile(r"\.(?<=[a-z)\]%]\.)(?=[A-Z][a-z]+ [a-z])")
_BULLET = re.compile(r"\s*[•●▪◦■□‣]\s*|(?<=[:;.])\s+o\s+(?=[A-Z])")
_QUESTION = re.compile(r"(?<=\?)\s+")
_LONG = 420


def sentences(body: str, own_names: set[str] | None) -> list[str]:
    """The lines of a subsection: sentences, list items and run-in headings, in order.

    `own_names` are the words of the drug's names; None where run-in headings are lines of their own
    already. References that follow a sentence's full stop ("( 2.2 )") stay with their sentence.
    """
    from nupunkt import sent_tokenize

    lines: list[str] = []
    breaks = _HAS_BREAK.search(body)
    for part in _QUESTION.split(body) if "?" in body else [body]:
        for raw in _whole([str(sentence) for sentence in sent_tokenize(part)]):
            for sentence in _BREAK.split(raw) if breaks else [raw]:
                _add(lines, sentence.strip(), own_names)
    return lines


def _whole(parts: list[str]) -> Iterator[str]:
    """Sentences again, where the tokenizer cut inside a parenthesis ("(max. 300 mg)")."""
    held = ""
    for part in parts:
        held = f"{held} {part}".strip()
        if held.count("(") <= held.count(")") or len(held) > 600:
            yield held
            held = ""
    if held:
        yield held


def _add(lines: list[str], sentence: str, own_names: set[str] | None) -> None:
    while lines and (reference := _REFERENCE.match(sentence)):
        lines[-1] = f"{lines[-1]} {reference[0].strip()}"
        sentence = sentence[reference.end() :]
    if not sentence.strip(" .•"):
        return
    length = 0 if own_names is None else heading_length(sentence, own_names)
    if length and len(sentence) - length > 20:
        lines.append(sentence[:length].strip())
        sentence = sentence[length:].strip()
    items = [item.strip() for item in _BULLET.split(sentence)] if len(sentence) > _LONG else []
    if len(items) > 1:
        if items[0]:
            lines.append(items[0])
        lines.extend(f"• {item}" for item in items[1:] if item)
    else:
        lines.append(sentence)


# ----------------------------------------------------------------------------------------------------------- tables


def read_table(html: str) -> tuple[str, list[str]]:
    """(text as the publisher flattened it, lines): the caption first (may be empty), then a line a row.

    A row's cells carry their column headings ("Headache | KESIMPTA N = 946 %: 13 | …"); rowspan and colspan are filled
    in; super- and subscripts survive. A table that is not well-formed, has a single column, or spans far more cells than
    a page can show gives no lines: its words stay in the section's text.
    """
    root = _parsed(html)
    if root is None:
        return "", []
    flat = " ".join(text for part in root.itertext() if (text := str(part).strip()))
    rows, header_rows = _grid(root)
    width = max((len(row) for row in rows), default=0)
    if width < 2 or len(rows) < 2:
        return "", []
    caption = clean(" ".join(str(root.xpath("string(caption)")).split()))
    return flat, [caption, *_row_lines(rows, header_rows, width)]


def _parsed(html: str) -> Any:
    """The root of a table, or None when it is not well-formed."""
    try:
        return parse_xml(html.encode(), "a table")
    except DataError:
        return None


def _plain(html: str) -> str:
    """All words of a table on one line."""
    root = _parsed(html)
    return clean(" ".join(root.itertext())) if root is not None else ""


def _foot(html: str) -> list[str]:
    """The lines of a table's foot: what its marks mean."""
    root = _parsed(html)
    texts = (text for cell in root.iterfind("tfoot/tr/*") for text in cell.itertext()) if root is not None else ()
    return [line for text in texts if (line := _settled(text))]


# The largest of 29,125 tables of labels has 1,476; spans over spans can make millions of a few bytes.
_MOST_CELLS = 100_000


def _grid(root: object) -> tuple[list[list[str]], int]:
    """Cells by row with spans filled in; and how many rows are headings. Nothing for a table of too many cells."""
    rows: list[list[str]] = []
    header = size = 0
    pending: dict[int, tuple[int, str]] = {}
    for tr in root.iter("tr"):  # type: ignore[attr-defined]
        above = tr.getparent()
        place = above.tag if above is not None else ""
        if place == "tfoot":
            continue
        row: list[str] = []
        cells = [cell for cell in tr if cell.tag in ("td", "th")]
        for cell in cells:
            _fill(row, pending)
            text = _cell(cell)
            rows_below = _span(cell.get("rowspan"), 400) - 1
            for _ in range(_span(cell.get("colspan"), 40)):
                if rows_below > 0:
                    pending[len(row)] = (rows_below, text)
                row.append(text)
        _fill(row, pending)
        size += len(row)
        if size > _MOST_CELLS:
            return [], 0
        if any(row):
            heads = place == "thead" or (cells and all(cell.tag == "th" for cell in cells))
            if header == len(rows) and heads:
                header += 1
            rows.append(row)
    if header == 0 and rows and _looks_like_header(rows):
        header = 1
        while header < min(4, len(rows) - 1) and _goes_on(rows[header - 1], rows[header]):
            header += 1
    return rows, header


def _span(value: str | None, most: int) -> int:
    """How many columns or rows a cell takes; 1 where its attribute is missing or no number."""
    return min(int(value), most) if value and re.fullmatch(r"[0-9]{1,9}", value) else 1


def _goes_on(above: list[str], row: list[str]) -> bool:
    """A second heading row: it parts cells that the row above spans, and none of its cells starts with a number."""
    spans = any(a == b for a, b in pairwise(above[1:]))
    return spans and len(set(row[1:])) > 1 and not any(re.match(r"[<≥>≤~]?\s*\d", cell) for cell in row[1:])


def _fill(row: list[str], pending: dict[int, tuple[int, str]]) -> None:
    while len(row) in pending:
        left, text = pending.pop(len(row))
        if left > 1:
            pending[len(row)] = (left - 1, text)
        row.append(text)


def _looks_like_header(rows: list[list[str]]) -> bool:
    """A first row is a heading if its first cell is empty or the row below holds numbers where it holds none."""
    first, second = rows[0], rows[1] if len(rows) > 1 else []
    digits = [bool(re.match(r"[<≥>≤~]?\s*\d", cell)) for cell in first[1:]]
    below = [bool(re.match(r"[<≥>≤~]?\s*\d", cell)) for cell in second[1:]]
    return len(set(first)) > 1 and (not first[0] or (not any(digits) and (any(below) or len(first) > 2)))


_SUPERSCRIPT = {"sup", "sub"}


def _cell(cell: Any) -> str:
    if not len(cell):
        return _clean_cell(cell.text or "")
    parts: list[str] = []
    for element in cell.iter():
        if isinstance(element.tag, str):
            if element.text:
                raised = element.tag == "sup" and re.search(r"(?:\b10|[\d ]x 10)$", "".join(parts).rstrip())
                if element.tag == "sup" and not raised and re.fullmatch(r"[a-z*†‡§¶#,\d]{1,4}", element.text.strip()):
                    square = re.search(r"(?:/m|mm|cm)$", "".join(parts)) and element.text.strip() in {"2", "3"}
                    parts.append({"2": "²", "3": "³"}[element.text.strip()] if square else "")
                else:
                    parts.append(f"^{element.text.strip()}" if raised else element.text)
            if element.tag in ("br", "paragraph", "item", "p"):
                parts.append(" ")
        if element.tail and element is not cell:
            parts.append(element.tail if element.tag in _SUPERSCRIPT else f"{element.tail}")
    return _clean_cell("".join(parts))


# Cells say the same few things again and again ("0", "<1", "Placebo").
_clean_cell = lru_cache(maxsize=32_768)(clean)


def _row_lines(rows: list[list[str]], header: int, width: int) -> Iterator[str]:
    """A line a row; a row that spans the table names the group of those below it."""
    heads = [" ".join(dict.fromkeys(row[i] for row in rows[:header] if i < len(row) and row[i])) for i in range(width)]
    group = ""
    block: list[str] = []
    for row in rows[header:]:
        distinct = list(dict.fromkeys(cell for cell in row if cell))
        if len(distinct) == 1:
            yield from _joined(group, block)
            block, group = [], distinct[0] if len(distinct[0]) <= 90 else ""
            if not group:
                yield distinct[0]
            continue
        label, *cells = row
        named = []
        for index, cell in enumerate(cells, 1):
            if cell and not (index > 1 and cell == row[index - 1] and heads[index] == heads[index - 1]):
                named.append(f"{heads[index]}: {cell}" if heads[index] else cell)
        if not named:
            continue
        if width == 2 and len(label) < 40 and _FACET.match(label):
            block.append(f"{label} {named[0]}" if label.endswith(":") else f"{label}: {named[0]}")
        else:
            yield from _joined(group, block)
            block = []
            yield " | ".join([*([group] if group else []), *([label] if label else []), *named])
    yield from _joined(group, block)


# Rows of an interaction table that say one thing together ("Clinical Impact", "Intervention", "Examples").
_FACET = re.compile(
    r"(?:clinical (?:impact|implications?|effect)|intervention|examples?|prevention|management|effect|recommend|mechanism)",
    re.I,
)


def _joined(group: str, block: list[str]) -> Iterator[str]:
    if block:
        yield " | ".join([*([group] if group else []), *block])


def _cut(text: str, flat: str) -> str:
    """`text` without the flattened table; compared without white space, since publishers join cells either way."""
    if flat and flat in text:
        return text.replace(flat, " ", 1)
    wanted, words_ = "".join(flat.split()), text.split(" ")
    found = "".join(words_).find(wanted) if len(wanted) > 20 else -1
    if found < 0:
        return text
    # How many characters that are no spaces stand before the end of each word.
    before = list(accumulate(map(len, words_)))
    first, last = bisect_right(before, found), bisect_right(before, found + len(wanted) - 1)
    return f"{text[: found + first]} {text[found + len(wanted) + last :]}"
