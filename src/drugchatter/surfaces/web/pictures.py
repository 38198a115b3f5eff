"""Pictures in a page: SVG that keeps its letters at reading size on any screen, legible without colour.

Places across are per cent of the width, sizes down are pixels, so nothing is scaled. Fills are classes of the one
stylesheet, or a pattern inside the picture: no style attribute, no script, every text escaped. A picture is hidden from
screen readers but for what it says in one sentence; its numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from drugchatter.exclusivity.timeline import Bar, Timeline
from drugchatter.surfaces.web.views.values import shown_day

# How a thing is filled: told apart in black and white, the second by its stripes, the third by its outline alone.
TONES = ("solid", "striped", "open")
_LONGEST_NAME = 46


def _svg(name: str, said: str, height: int, parts: Sequence[Markup]) -> Markup:
    """The picture `name` (a word of its own in its page), `height` pixels high."""
    stripes = Markup(
        '<defs><pattern id="stripes-{}" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="ground" width="5" height="5"/>'
        '<rect class="solid" width="2" height="5"/></pattern></defs>'
    ).format(name)
    opened = Markup('<svg class="picture" width="100%" height="{}" role="img" aria-label="{}">').format(height, said)
    return opened + stripes + Markup("").join(parts) + Markup("</svg>")


def _block(name: str, tone: str, x: float, y: float, wide: float, high: float) -> Markup:
    """A filled rectangle: `x` and `wide` in per cent, `y` and `high` in pixels."""
    fill = Markup(' fill="url(#stripes-{})"').format(name) if tone == "striped" else Markup("")
    return Markup('<rect class="{}"{} x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}"/>').format(
        tone, fill, x, y, wide, high
    )


def _text(text: str, x: float, y: float, anchor: str = "start", shift: int = 0, tone: str = "") -> Markup:
    """Text whose `anchor` lies `shift` pixels to the right of `x` per cent."""
    return Markup('<text class="{}" x="{:.2f}%" dx="{}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        tone, x, shift, y, anchor, text
    )


def _line(tone: str, x: tuple[float, float], y: tuple[float, float]) -> Markup:
    return Markup('<line class="{}" x1="{:.2f}%" x2="{:.2f}%" y1="{:.1f}" y2="{:.1f}"/>').format(tone, *x, *y)


def key(name: str, labels: Sequence[str], tones: Sequence[str] = TONES) -> Markup:
    """What the fills of the picture `name` mean."""
    swatch = Markup('<svg width="22" height="12" aria-hidden="true">{}</svg>')
    items = [
        Markup("<li>{}{}</li>").format(swatch.format(_swatch(name, tone)), label)
        for label, tone in zip(labels, tones, strict=False)
    ]
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))


def _swatch(name: str, tone: str) -> Markup:
    fill = Markup(' fill="url(#stripes-{})"').format(name) if tone == "striped" else Markup("")
    return Markup('<rect class="{}"{} x="1" y="1" width="20" height="10"/>').format(tone, fill)


# -------------------------------------------------------------------------------------------------------- columns

_PLOT, _ABOVE, _BELOW, _SCALE = 120, 18, 22, 7.0
# A count of one is no taller, and a column among few no wider (in per cent), or they would be towers.
_UNIT, _WIDEST = 30, 12.0
# Up to so many columns have their number above them; more have a scale. So many letters fit below on a telephone.
_FEW, _LETTERS, _NAMED = 13, 44, 6


def columns(name: str, said: str, names: Sequence[str], series: Sequence[Sequence[int]]) -> Markup:
    """Counts as columns, those of the later `series` upon those of the first; `names` stand below."""
    stacks = list(zip(*series, strict=True))
    most = max([*map(sum, stacks), 1])
    high = min(_PLOT, _UNIT * most) / most
    few = len(names) <= _FEW
    left = 0.0 if few else _SCALE
    wide = min(_WIDEST, (100 - left) / max(len(names), 1))
    floor = _ABOVE + most * high
    parts = [] if few else [_line("grid", (left, 100), (_ABOVE, _ABOVE)), _text(str(most), 0, _ABOVE + 4)]
    for place, counts in enumerate(stacks):
        middle = left + (place + 0.5) * wide
        parts += _stack(name, counts, (middle, wide), floor, high)
        if few:
            parts.append(_text(str(sum(counts)), middle, floor - high * sum(counts) - 4, "middle"))
    parts.append(_line("axis", (left, left + wide * len(names)), (floor, floor)))
    for place in range(0, len(names), _step(names)):
        parts.append(_text(names[place], left + (place + 0.5) * wide, floor + 16, "middle"))
    return _svg(name, said, round(floor) + _BELOW, parts)


def _stack(name: str, counts: Sequence[int], place: tuple[float, float], floor: float, high: float) -> Iterator[Markup]:
    """One column about the middle and of the width of `place` (in per cent), `high` pixels a count."""
    middle, wide = place
    for tone, count in zip(TONES, counts, strict=False):
        floor -= high * count
        if count:
            yield _block(name, tone, middle - 0.35 * wide, floor, 0.7 * wide, high * count)


def _step(names: Sequence[str]) -> int:
    """One name in how many can be written below."""
    longest = max(map(len, names), default=0)
    if len(names) <= _FEW:
        return 1 if longest * len(names) <= _LETTERS else 2
    return -(-len(names) // _NAMED)


# ----------------------------------------------------------------------------------------------------------- rates


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in per cent as its publisher prints it; `value` None where the print is no exact number (`<1`)."""

    printed: str
    value: float | None


_RATE_ROW, _RATE_BAR, _RATE_WIDE = 48, 10, 78.0


def rates(name: str, said: str, rows: Sequence[tuple[str, Sequence[Rate]]]) -> Markup:
    """Rows of a name and its rates, one bar beneath the other, on one scale from nought."""
    most = max((rate.value or 0.0 for _, found in rows for rate in found), default=0.0) or 1.0
    parts: list[Markup] = []
    for place, (label, found) in enumerate(rows):
        top = place * _RATE_ROW
        parts.append(_text(cut(label), 0, top + 14, tone="name"))
        for nth, (tone, rate) in enumerate(zip(TONES, found, strict=False)):
            y = top + 19 + nth * (_RATE_BAR + 2)
            wide = _RATE_WIDE * (rate.value or 0.0) / most
            parts.append(_block(name, tone, 0, y, wide, _RATE_BAR))
            parts.append(_text(rate.printed, wide, y + 9, shift=6, tone="value"))
    return _svg(name, said, len(rows) * _RATE_ROW, parts)


def cut(label: str) -> str:
    """A name that fits on a telephone."""
    return label if len(label) <= _LONGEST_NAME else f"{label[: _LONGEST_NAME - 1]}…"


# -------------------------------------------------------------------------------------------------------- timeline

_AXIS, _ROW, _TOP = 75.0, 38, 26
_KINDS = {"patent": "solid", "exclusivity": "striped", "delist requested": "open"}


def protection_line(name: str, line: Timeline) -> Markup:
    """The rights of a drug as bars to the day they end; pediatric months as an outline at the end of the bar."""
    rows = len(line.bars) + len(line.marks)
    floor = _TOP + rows * _ROW
    parts = [*_grid(line, floor)]
    parts += [part for place, bar in enumerate(line.bars) for part in _bar(name, bar, line, _TOP + place * _ROW)]
    for place, mark in enumerate(line.marks, len(line.bars)):
        y = _TOP + place * _ROW
        dot = Markup('<circle class="solid" cx="{:.2f}%" cy="{}" r="5"/>').format(_x(mark.day, line), y + 25)
        parts += [
            _text(mark.label, 0, y + 14, tone="name"),
            dot,
            _text(shown_day(mark.day.isoformat()), 100, y + 29, "end"),
        ]
    said = f"{line.title}: {len(line.bars)} bars from {line.first.year} to {line.last.year}."
    return _svg(name, said, floor + _BELOW, parts)


def _x(day: date, line: Timeline) -> float:
    """Where a day lies, in per cent."""
    return _AXIS * (day - line.first).days / (line.last - line.first).days


def _grid(line: Timeline, floor: int) -> Iterator[Markup]:
    span = line.last.year - line.first.year
    step = next(step for step in (1, 2, 5, 10, 20, 50, 1000) if span / step <= _NAMED)
    for year in range(-(-line.first.year // step) * step, line.last.year + 1, step):
        x = _x(date(year, 1, 1), line)
        yield _line("grid", (x, x), (_TOP - 8, floor))
        yield _text(str(year), x, 12, "middle" if x > 4 else "start")
    today = _x(line.today, line)
    yield _line("today", (today, today), (_TOP - 8, floor))
    yield _text("today", today, floor + 14, "middle" if today > 4 else "start")


def _bar(name: str, bar: Bar, line: Timeline, y: int) -> Iterator[Markup]:
    start, end, last = (_x(day, line) for day in (bar.start or line.first, bar.end, bar.last))
    yield _text(cut(bar.label), 0, y + 14, tone="name")
    yield _block(name, _KINDS[bar.kind], start, y + 19, max(0.6, end - start), 12)
    if last > end:
        yield _block(name, "open", end, y + 19, last - end, 12)
    yield _text(shown_day(bar.last.isoformat()), 100, y + 29, "end")
