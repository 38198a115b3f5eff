"""Pure functions over text that several rooms need: levelling, words, stems, numbers with units.

Every regular expression here is linear in its input: bounded repeats, no nested quantifiers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# One kind of dash, degree sign and quotation mark; a chain of `replace` is several times faster than `translate`.
_LEVEL = (
    *((dash, "-") for dash in "\u2013\u2014\u2010\u2011\u2012\u2212\ufe63\uff0d"),
    ("\u00ba", "°"),
    ("\u02da", "°"),
    ("\u2019", "'"),
    ("\u2018", "'"),
    ("\u00b4", "'"),
    ("\u201c", '"'),
    ("\u201d", '"'),
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")


def level(text: str) -> str:
    """Lower case, NFC, one kind of dash, quote and degree sign, single spaces, no invisible characters."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        for sign, plain in _LEVEL:
            text = text.replace(sign, plain)
    return " ".join(text.replace("`", "'").lower().split())


def fold(text: str) -> str:
    """`level`, and accents removed: for comparing what readers type."""
    levelled = level(text)
    if levelled.isascii():
        return levelled
    return _COMBINING.sub("", unicodedata.normalize("NFKD", levelled))


def words(text: str) -> list[str]:
    """Words of `text`, levelled and without accents; hyphens and plus signs separate."""
    return _WORD.findall(fold(text))


_SUFFIXES = (
    ("ically", "ic"),
    ("ations", "at"),
    ("ation", "at"),
    ("ating", "at"),
    ("ated", "at"),
    ("ates", "at"),
    ("ate", "at"),
    ("ities", "it"),
    ("ity", "it"),
    ("ness", ""),
    ("ments", "ment"),
    ("ies", "y"),
    ("ing", ""),
    ("edly", ""),
    ("ed", ""),
    ("es", ""),
    ("ly", ""),
    ("s", ""),
    ("e", ""),
)


def stem(word: str) -> str:
    """A light suffix stripper for ranking: both sides of a comparison pass through it, so it need only be consistent."""
    if len(word) <= 4 or not word.isalpha():
        return word[:-1] if len(word) == 4 and word.endswith("s") and not word.endswith("ss") else word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            root = word[: -len(suffix)] + instead
            return root[:-1] if len(root) > 4 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return word


def stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


# ------------------------------------------------------------------------------------------------ numbers and units

_NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:\s*(?:x|×)\s*10\^(\d+))?")
_UNIT = re.compile(
    r"\s*-?\s*("
    r"mg/kg/day|mg/kg/hour|mg/kg/week|mg/kg|mg/m[2²]|mg/ml|mg/day|mg/dl|mg/hour|mcg/kg/min|mcg/kg|mcg/ml|mcg/day|mcg|mg|ng/ml|ng|"
    r"ml/min|ml|grams?|g/day|g/dl|g|kg/m[2²]|kg|l/hour|l|msec|ms|meq|mmol|units?/kg|units?|iu|%|percent|"
    r"hours?|hrs?|h|minutes?|mins?|seconds?|days?|weeks?|wks?|months?|years?|yrs?|"
    r"tablets?|capsules?|doses?|puffs?|drops?|times|fold|°c|°f"
    r")(?![a-z])"
)
_SAME_UNIT = {
    "hrs": "hour",
    "hr": "hour",
    "h": "hour",
    "hours": "hour",
    "mins": "minute",
    "min": "minute",
    "wk": "week",
    "wks": "week",
    "yr": "year",
    "yrs": "year",
    "gram": "g",
    "grams": "g",
    "percent": "%",
    "mg/m²": "mg/m2",
    "kg/m²": "kg/m2",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, without thousands separators; `unit` is singular, or empty; `power` of ten if printed."""

    value: str
    unit: str = ""


def _unit(raw: str) -> str:
    raw = _SAME_UNIT.get(raw, raw)
    return raw[:-1] if raw.endswith("s") and raw not in {"ms", "times"} else raw


def numbers(text: str) -> list[Number]:
    """All numbers of `text` with the unit that follows each, in order.

    Trailing zeros stay, since "1.0" and "1" are different statements about precision; "1,000" equals "1000".
    """
    found = []
    levelled = level(text)
    for match in _NUMBER.finditer(levelled):
        value = match[1].replace(",", "") + (match[2] or "")
        if match[3]:
            value += f"e{match[3]}"
        unit = _UNIT.match(levelled, match.end())
        found.append(Number(value, _unit(unit[1]) if unit else ""))
    return found


_ORDINARY_NEGATION = re.compile(
    r"\b(?:not|no|never|without|neither|nor|cannot|can't|don't|doesn't|isn't|aren't|shouldn't|won't|none|avoid|"
    r"contraindicated|except|unless|only|discontinue|discontinued|failed|fails)\b"
)


def negations(text: str) -> list[str]:
    """The words of `text` that turn or restrict its meaning, in order."""
    return _ORDINARY_NEGATION.findall(level(text))


_REFERENCES = re.compile(
    r"\s*(?:\[\s?[Ss]ee [^\]]{0,300}\]|\((?:[Ss]ee )?\d{1,2}(?:\.\d{1,2})?(?:,\s*\d{1,2}(?:\.\d{1,2})?)*\))(?=[\s.,;:)]|$)"
)
_MARKS = re.compile(r"(^|\s)[•*†‡]\s*|^o\s+(?=[A-Za-z])")
_SPACED = re.compile(r"\s+([.,;:])")


def without_references(text: str) -> str:
    """`text` without what points to other sections ("[see …]", "(2.1)") and without list marks; no word is changed."""
    text = _SPACED.sub(r"\1", _REFERENCES.sub("", " ".join(text.split())))
    return " ".join(_MARKS.sub(lambda mark: mark[1] or "", text).split()).replace("..", ".")


_LANGUAGES = (
    (
        "es",
        re.compile(
            r"[¿¡]|\b(?:cual|cuales|dosis|para que|efectos|embarazo|puedo|puede|como se|como actua|medicamento|cuant[oa]s?|sirve|"
            r"tomar|vida media|cuando|donde|olvid[oe]|sobredosis|lactancia|contraindicaciones|pastillas|ninos|tomo|tome|tomado|"
            r"conservar|guardar|funciona|quiero|morir\w*|matar(?:me|se)|despertar|hij[oa]|perr[oa]|gat[oa]|trag[oue]\w{0,2}|"
            r"comprimidos?|sin receta|por error|sin querer|respira|drogar\w*|debo|deberia)\b"
        ),
    ),
    ("pl", re.compile(r"\b(?:czy|jak|lek|dawka|dawkowanie|skutki|ciaz\w{0,6}|mozna|jakie)\b")),
)


def language_of(text: str) -> str:
    """ISO 639-1 code of the language a question is most likely in: `es`, `pl`, else `en`."""
    folded = fold(text)
    return next((code for code, pattern in _LANGUAGES if pattern.search(folded)), "en")


def slug(text: str) -> str:
    """An address part: lower-case letters, digits and single hyphens."""
    return "-".join(words(text))
