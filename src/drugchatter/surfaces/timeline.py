"""A Timeline as text for a terminal and as a standalone SVG: legible without colour, no script, every text escaped.

In the SVG the written columns are a table for screen readers (roles row and cell), the drawn bars are hidden from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

from drugchatter.exclusivity.timeline import Bar, Timeline

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# ------------------------------------------------------------------------------------------------------------- terminal

_WIDEST, _LABEL, _CHART = 100, 36, 38
_FILLED = {"patent": "█", "exclusivity": "▒", "delist requested": "·"}


def as_text(line: Timeline) -> str:
    """Lines of at most 100 columns: label, bar, day of the end; `+` for pediatric months, `|` for today."""
    today = _column(line.today, line)
    rows = [_cut(line.title, _WIDEST), _cut(line.source, _WIDEST), ""]
    if line.bars:
        rows.append(f"{'':{_LABEL}}{_years(line)}")
    rows += [f"{_cut(bar.label, _LABEL - 1):{_LABEL}}{_drawn(bar, line, today)}  {_ends(bar)}" for bar in line.bars]
    rows += [f"{_cut(mark.label, _LABEL - 1):{_LABEL}}{_pointed(mark.day, line)}  {mark.day}" for mark in line.marks]
    rows.append(f"{'today':{_LABEL}}{_pointed(line.today, line)}  {line.today}")
    legend = "█ patent  ▒ exclusivity  · delist requested  + pediatric months  | today"
    return "\n".join(row.rstrip() for row in (*rows, "", *([legend] if line.bars else []), *_wrapped(line.notes)))


def _column(day: date, line: Timeline) -> int:
    return min(_CHART - 1, int(_share(day, line) * _CHART))


def _share(day: date, line: Timeline) -> float:
    """Where a day lies between the first and the last day, 0 to 1."""
    return (day - line.first).days / (line.last - line.first).days


def _drawn(bar: Bar, line: Timeline, today: int) -> str:
    start, end = _column(bar.start or line.first, line), _column(bar.end, line)
    last = _column(bar.last, line)
    cells = [" "] * _CHART
    cells[start : end + 1] = _FILLED[bar.kind] * (end + 1 - start)
    if bar.extended:
        extra = max(1, last - end)
        cells[last + 1 - extra : last + 1] = "+" * extra
    if cells[today] == " ":
        cells[today] = "|"
    return "".join(cells)


def _pointed(day: date, line: Timeline) -> str:
    column = _column(day, line)
    return f"{' ' * column}^{' ' * (_CHART - column - 1)}"


def _years(line: Timeline) -> str:
    cells = [" "] * _CHART
    free = 0
    for year in _ticks(line):
        column = _column(date(year, 1, 1), line)
        if free <= column <= _CHART - 4:
            cells[column : column + 4] = str(year)
            free = column + 5
    return "".join(cells)


def _ticks(line: Timeline) -> range:
    """Round years, eight at most."""
    span = line.last.year - line.first.year
    step = next(step for step in (1, 2, 5, 10, 20, 50, 1000) if span / step <= 8)
    return range(-(-line.first.year // step) * step, line.last.year + 1, step)


def _ends(bar: Bar) -> str:
    return f"{bar.end}  +{bar.extended}" if bar.extended else str(bar.end)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _wrapped(notes: tuple[str, ...]) -> Iterator[str]:
    import textwrap

    for note in notes:
        yield from textwrap.wrap(note, _WIDEST)


# ------------------------------------------------------------------------------------------------------------------ SVG

_LEFT, _WIDE, _RIGHT, _ROW, _TOP = 300, 460, 230, 26, 96
_STYLE = """
text{font-family:system-ui,"Segoe UI",Helvetica,Arial,sans-serif;font-size:13px;fill:#1f2933}
.title{font-size:19px;font-weight:600}.quiet{fill:#52606d;font-size:12px}.grid{stroke:#e4e7eb}
.patent{fill:#334e68}.exclusivity{fill:#9fb3c8}.delist{fill:none;stroke:#334e68;stroke-dasharray:3 3}
.pediatric{fill:url(#h);stroke:#334e68}
.today{stroke:#ba2525;stroke-width:1.5;stroke-dasharray:5 3}.mark{fill:#1f2933}
"""


def as_svg(line: Timeline) -> str:
    """A standalone picture; what it shows also stands in it as a table."""
    rows = len(line.bars) + len(line.marks) + 1
    floor = _TOP + rows * _ROW
    height = floor + 52 + 18 * len(line.notes)
    width = _LEFT + _WIDE + _RIGHT
    told = f"{len(line.bars)} bars from {line.first.year} to {line.last.year}. {' '.join(line.notes)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="figure" aria-labelledby="t d">',
        f'<title id="t">{_safe(line.title)}</title><desc id="d">{_safe(told)}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="5" height="5" fill="#fff"/><rect width="2" height="5" fill="#334e68"/></pattern></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="20" y="34">{_safe(line.title)}</text>',
        f'<text class="quiet" x="20" y="55">{_safe(line.source)}</text>',
        *_grid(line, floor),
        f'<g role="table" aria-label="{_safe(line.title)}">',
        *(_row(bar, line, _TOP + place * _ROW) for place, bar in enumerate(line.bars)),
        *_points(line, _TOP + len(line.bars) * _ROW),
        "</g>",
        *_legend(line, floor + 26),
        *(
            f'<text class="quiet" x="20" y="{floor + 52 + 18 * place}">{_safe(note)}</text>'
            for place, note in enumerate(line.notes)
        ),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _x(day: date, line: Timeline) -> float:
    return round(_LEFT + _share(day, line) * _WIDE, 1)


def _grid(line: Timeline, floor: int) -> Iterator[str]:
    yield '<g aria-hidden="true">'
    for year in _ticks(line):
        x = _x(date(year, 1, 1), line)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{floor}"/>'
        yield f'<text class="quiet" x="{x}" y="{_TOP - 14}" text-anchor="middle">{year}</text>'
    x = _x(line.today, line)
    yield f'<line class="today" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{floor}"/></g>'


def _row(bar: Bar, line: Timeline, y: int) -> str:
    start, end, last = (_x(day, line) for day in (bar.start or line.first, bar.end, bar.last))
    name = {"delist requested": "delist"}.get(bar.kind, bar.kind)
    drawn = f'<rect class="{name}" x="{start}" y="{y + 5}" width="{max(2, round(end - start, 1))}" height="14" rx="2"/>'
    if last > end:
        wide = round(last - end, 1)
        drawn += f'<rect class="pediatric" x="{end}" y="{y + 5}" width="{wide}" height="14"/>'
    ends = f"{bar.end}, pediatric {bar.extended}" if bar.extended else str(bar.end)
    return (
        f'<g role="row"><text role="cell" x="20" y="{y + 17}">{_safe(_cut(bar.label, 44))}</text>'
        f'<g aria-hidden="true">{drawn}</g>'
        f'<text role="cell" x="{_LEFT + _WIDE + 14}" y="{y + 17}">{_safe(ends)}</text></g>'
    )


def _points(line: Timeline, y: int) -> Iterator[str]:
    for place, (label, day) in enumerate([*((mark.label, mark.day) for mark in line.marks), ("today", line.today)]):
        row, x = y + place * _ROW, _x(day, line)
        yield (
            f'<g role="row"><text role="cell" x="20" y="{row + 17}">{_safe(label)}</text>'
            f'<path class="mark" aria-hidden="true" d="M{x} {row + 6}l5 12h-10z"/>'
            f'<text role="cell" x="{_LEFT + _WIDE + 14}" y="{row + 17}">{day}</text></g>'
        )


def _legend(line: Timeline, y: int) -> Iterator[str]:
    """Only what the picture holds."""
    kinds = {bar.kind for bar in line.bars}
    known = (
        ("patent", 'class="patent"', "patent" in kinds),
        ("pediatric months", 'class="pediatric"', any(bar.extended for bar in line.bars)),
        ("exclusivity", 'class="exclusivity"', "exclusivity" in kinds),
        ("delist requested", 'class="delist"', "delist requested" in kinds),
    )
    x = 20
    for label, drawn, held in known:
        if held:
            yield f'<rect {drawn} x="{x}" y="{y - 10}" width="22" height="12" aria-hidden="true"/>'
            yield f'<text class="quiet" x="{x + 28}" y="{y}">{label}</text>'
            x += 56 + 7 * len(label)


def _safe(text: str) -> str:
    """Text for XML, in content and in quoted attributes; characters that XML cannot hold are left out."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})
