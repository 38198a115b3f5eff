"""Measures of a patient that a question gives (kidney function, weight, age), and whether a line's range holds them.

"crcl 20" is answered by the line on "CrCl 15-30 mL/min" and by no other; "a 50 kg teen" not by the dose of those under
45 kg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_UNDER = r"(<|under|below|less than|lower than)?\s?"
_CLEARANCE = "(?:crcl|clcr|cl cr|egfr|gfr|creatinine clearance|ccr)"
_ASKED = (
    (
        "ml/min",
        re.compile(rf"\b{_CLEARANCE}\b(?: of| is| at|:)? ?{_UNDER}(\d{{1,3}})(?![\d.])"),
    ),
    ("ml/min", re.compile(rf"{_UNDER}\b(\d{{1,3}}) ?ml ?/ ?min")),
    ("kg", re.compile(rf"{_UNDER}\b(\d{{1,3}}) ?(?:kg|kilos?|kilograms?)\b(?!/)")),
    ("years", re.compile(rf"{_UNDER}\b(\d{{1,2}})[ -]?(?:years?|yrs?|y/?o)\b")),
)
_UNITS = {
    "ml/min": r"m[lL] ?/ ?min\S*(?: ?/ ?1\.73 ?m.?)?",
    "kg": r"kg\b(?!/)",
    "years": r"years?\b(?: of age)?(?: old)?",
}
_LESS = r"<|less than|below|under|≤|up to|not more than|younger than"
_MORE = r">|≥|at least|greater than|more than|above|over|older than"
# Beyond this a range is open.
_OPEN = 1000.0
_INSIDE, _OUTSIDE = 1.6, -1.2


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` in `unit` (ml/min, kg or years)."""

    unit: str
    value: float

    def fits(self, line: str) -> float:
        """What a folded line gains when one of its ranges of this unit holds the value, loses when none does; 0 when it
        has none."""
        found = _ranges(self.unit, line)
        if not found:
            return 0.0
        return _INSIDE if any(low <= self.value <= high for low, high in found) else _OUTSIDE


def asked_measures(question: str) -> tuple[Measure, ...]:
    """The measures that a folded question names; "under 30" counts as just below."""
    found: dict[str, Measure] = {}
    for unit, pattern in _ASKED:
        if match := pattern.search(question):
            found.setdefault(unit, Measure(unit, float(match[2]) - (0.5 if match[1] else 0.0)))
    return tuple(found.values())


@lru_cache(maxsize=4)
def _patterns(unit: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    printed = _UNITS[unit]
    span = re.compile(
        rf"(\d{{1,3}})(?: ?(?:{printed}))?(?:,? (?:to|and|through|or more (?:to|and)) |-| - )"
        rf"(?:{_LESS})? ?(\d{{1,3}}) ?(?:{printed})"
    )
    before = re.compile(rf"({_LESS}|{_MORE}) ?(\d{{1,3}}) ?(?:{printed})")
    after = re.compile(
        rf"(\d{{1,3}}) ?(?:{printed}),? (?:and|or) "
        "(above|older|over|greater|more|higher|heavier|younger|less|below|under|lower)"
    )
    return span, before, after


@lru_cache(maxsize=20_000)
def _ranges(unit: str, line: str) -> tuple[tuple[float, float], ...]:
    if not any(char.isdigit() for char in line):
        return ()
    span, before, after = _patterns(unit)
    found = [(float(m[1]), float(m[2])) for m in span.finditer(line)]
    rest = span.sub(" ", line)
    for match in before.finditer(rest):
        edge = float(match[2])
        found.append((0.0, edge) if re.fullmatch(_LESS, match[1]) else (edge, _OPEN))
    for match in after.finditer(rest):
        edge = float(match[1])
        found.append((0.0, edge) if match[2] in ("younger", "less", "below", "under", "lower") else (edge, _OPEN))
    return tuple(found)
