"""Whether a gold string stands in an answer: white space, case, dashes and degree signs levelled, numbers whole.

Rules of ../shared/eval/README.md: a number is not matched inside a longer one ("6 days" is not in "16 days");
"12 hours", "12-hour" and "12 h" are equal, so are "10 mg" and "10mg", "2 to 4" and "2-4"; Schedule II is not in
Schedule III.
"""

from __future__ import annotations

import re
from functools import lru_cache

from drugchatter.text import level

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# In this order: what joins a number to its unit comes after what is spelled out and grouped has been levelled.
_UNITS = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"\bpercent\b"), "%"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:hours|hour|hrs|hr|h)\b"), " hour"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:days|day)\b"), " day"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:weeks|week|wks|wk)\b"), " week"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:months|month)\b"), " month"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:years|year|yrs|yr)\b"), " year"),
    (re.compile(r"(?<=\d)\s*-?\s*(?:minutes|minute|mins|min)\b"), " minute"),
    (re.compile(r"(?<=\d)\s+(?=(?:mg|mcg|g|ml|kg|units?|%|l|iu|meq|°)\b|%|°)"), ""),
    (re.compile(r"(?<=\d)\s*(?:to|-)\s*(?=\d)"), "-"),
)


@lru_cache(maxsize=20000)
def levelled(text: str) -> str:
    """`text` in the form in which gold and answer are compared."""
    text = level(text).translate(_SUPERSCRIPTS).replace("^", "")
    for pattern, instead in _UNITS:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


@lru_cache(maxsize=20000)
def _pattern(wanted: str) -> re.Pattern[str]:
    text = re.escape(levelled(wanted)).replace(r"\ ", r"\s*").replace(r"\-", r"[\s\-]*")
    before = r"(?<![\d.])" if wanted[:1].isdigit() else ""
    after = r"(?![\d]|\.\d)" if wanted[-1:].isdigit() else r"(?![iv])" if re.search(r"\b[iv]+$", wanted.lower()) else ""
    return re.compile(before + text + after)


def holds(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text`."""
    return bool(_pattern(wanted).search(levelled(text)))


def holds_all(text: str, groups: list[list[str]]) -> bool:
    """Whether every group has at least one of its strings in `text`."""
    return all(any(holds(text, wanted) for wanted in group) for group in groups)
