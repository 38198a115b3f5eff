"""Codes in a question: NDC, application number, set id, RxCUI, UNII, imprint; recognised by their shape.

A code is read only where the question asks for nothing else, or calls it by its kind: "1000-2000 mg" is no NDC. Which
spelling was meant is settled by looking each up. Shapes: 21 CFR 207.33 (NDC); RFC 4122 (set ids are UUIDs); FDA,
"UNII" (ten letters and digits); RxNorm Technical Documentation (RxCUI, up to eight digits).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from drugchatter.joins import application_number, ndc_forms
from drugchatter.text import fold

Kind = Literal["ndc", "labeler", "application", "set_id", "rxcui", "unii", "imprint"]
_FEWEST, _MOST_MARKS = 2, 3


@dataclass(frozen=True, slots=True)
class AskedCode:
    """`said` as the reader wrote it, `spellings` what to look up (of an imprint its parts in order); `rest` the other
    words of the question. `labeler` is the first segment of an NDC."""

    kind: Kind
    said: str
    spellings: tuple[str, ...]
    rest: str = ""


_NDC_WORD = re.compile(r"\bndcs?\b|\bnational drug codes?\b", re.IGNORECASE)
_HYPHENED = re.compile(r"(?<![\w-])\d{4,5}-\d{3,4}-\d{1,2}(?![\w-])")
_PRODUCT = re.compile(r"(?<![\w-])\d{4,5}-\d{3,4}(?![\w-])(?! ?(?:mg|mcg|g|ml|units?|iu|kcal)\b)", re.IGNORECASE)
_LABELER = re.compile(r"\bndcs? (?P<code>\d{4,5})(?![\w-])(?! ?(?:mg|mcg|g|ml|units?)\b)", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w-])\d[\d ]{7,12}\d(?![\w-])")
_APPLICATION = re.compile(
    r"\b(?:(?P<type>s?nda|anda|bla)[ #:-]{0,3}(?P<number>\d{2,3}-\d{3}|\d{5,6})|(?P<short>[na]\d{6}))\b", re.IGNORECASE
)
_SET_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_RXCUI = re.compile(r"\b(?:rx ?cui|rxnorm(?: (?:id|code|concept))?)\W{0,3}(\d{2,8})\b", re.IGNORECASE)
_UNII = re.compile(r"\bunii\W{0,3}([0-9a-z]{10})\b", re.IGNORECASE)
_ALONE_RXCUI = re.compile(r"\d{4,8}")
_ALONE_UNII = re.compile(r"(?=.*\d)(?=.*[A-Z])[0-9A-Z]{10}")
# A pill is told by its marks either in so many words, or as one "with" them.
_IMPRINT = re.compile(r"\b(?:imprint(?:ed)?|debossed|engraved|stamped|markings?)\b", re.IGNORECASE)
_PILL_WITH = re.compile(
    r"\b(?:pills?|tablets?|capsules?|caplets?)\b.{0,40}?\b(?:with|marked|saying|says|reads)"
    r"(?: (?:the|an?|numbers?|letters?|code|on it))* (?=(?:[A-Za-z]{1,4} )?[A-Za-z]{0,4}\d)",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?<![\w.])(?=[A-Za-z]{0,4}\d|[A-Z]{1,4}\b)[A-Za-z]{0,4}\d{0,4}[A-Za-z]{0,2}(?![\w.%])"
    r"(?! ?(?:mg|mcg|g|ml|units?|%|minutes?|hours?|days?|weeks?|times|years?|oz|ounces?|glass(?:es)?|of)\b)"
)
_PILL_WORDS = frozenset("i a an the is it on in of or and to at nda ndc mg".split())
# Words with which a code is asked for itself.
_ASKING = re.compile(
    r"\b(?:what|which|who|whose|is|are|was|the|a|an|of|for|this|that|it|drug|medicine|medication|product|package|pack|label"
    r"|ndcs?|national|code|codes?|number|application|nda|anda|bla|set|id|setid|rxcui|unii|makes?|made|by|holds?|owns?|applicant"
    r"|sponsor|labeler|manufacturer|does|belongs?|to|identify|look|up|lookup|find|tell|me|about|mean|means|info|information"
    r"|on|company|strength|name|s|please|show)\b"
)


def read_code(text: str) -> AskedCode | None:
    """The code that a question names, if any; of several the first in the order NDC, application, set id, RxCUI, UNII,
    imprint."""
    for read in (_ndc, _application, _plain):
        if found := read(text):
            return found
    return _imprint(text)


def asks_only(code: AskedCode) -> bool:
    """Whether the question asks for nothing but what the code stands for."""
    if code.kind in ("imprint", "labeler"):
        return True
    return not re.sub(r"\W+", "", _ASKING.sub(" ", fold(code.rest)))


def named_as(code: AskedCode, text: str, name: str) -> str:
    """`text` with the code, and the word for its kind before it, replaced by a name."""
    return re.sub(
        rf"(?:\b(?:ndc|rx ?cui|unii|set ?id|application)\b[ :#]{{0,3}})?{re.escape(code.said)}",
        name,
        text,
        flags=re.IGNORECASE,
    )


def _rest(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _ndc(text: str) -> AskedCode | None:
    named = bool(_NDC_WORD.search(text))
    if match := _HYPHENED.search(text):
        return AskedCode("ndc", match[0], ndc_forms(match[0]) or (match[0],), _rest(text, match))
    if match := _PRODUCT.search(text):
        found = AskedCode("ndc", match[0], _products(match[0]), _rest(text, match))
        return found if named or asks_only(found) else None
    if match := _BARE.search(text):
        digits = match[0].replace(" ", "")
        found = AskedCode("ndc", match[0], ndc_forms(digits), _rest(text, match))
        alone = " " not in match[0] and asks_only(found)
        return found if found.spellings and (named or alone) else None
    if match := _LABELER.search(text):
        return AskedCode("labeler", match["code"], (match["code"],), _rest(text, match))
    return None


def _products(code: str) -> tuple[str, ...]:
    """A product code as written, and without the zero that may pad either segment to five and four digits."""
    labeler, product = code.split("-")
    found = [code]
    if len(labeler) == 5 and len(product) == 4:
        found += [f"{labeler[1:]}-{product}"] if labeler.startswith("0") else []
        found += [f"{labeler}-{product[1:]}"] if product.startswith("0") else []
    return tuple(found)


def _application(text: str) -> AskedCode | None:
    match = _APPLICATION.search(text)
    number = application_number(match["short"] or f"{match['type'].lstrip('sS')}{match['number']}") if match else None
    return AskedCode("application", match[0], (number,), _rest(text, match)) if match and number else None


def _plain(text: str) -> AskedCode | None:
    if match := _SET_ID.search(text):
        return AskedCode("set_id", match[0], (match[0].lower(),), _rest(text, match))
    if match := _RXCUI.search(text):
        return AskedCode("rxcui", match[1], (match[1],), _rest(text, match))
    if match := _UNII.search(text):
        return AskedCode("unii", match[1], (match[1].upper(),), _rest(text, match))
    alone = text.strip(" ?!.")
    if _ALONE_RXCUI.fullmatch(alone):
        return AskedCode("rxcui", alone, (alone,))
    return AskedCode("unii", alone, (alone,)) if _ALONE_UNII.fullmatch(alone) else None


def _imprint(text: str) -> AskedCode | None:
    match = _IMPRINT.search(text)
    told = text if match else text[found.end() :] if (found := _PILL_WITH.search(text)) else ""
    marks = [mark[0] for mark in _MARK.finditer(told) if mark[0].lower() not in _PILL_WORDS]
    if (
        len("".join(marks)) < _FEWEST
        or len(marks) > _MOST_MARKS
        or not any(char.isdigit() for mark in marks for char in mark)
    ):
        return None
    return AskedCode("imprint", " ".join(marks), tuple(mark.upper() for mark in marks), _MARK.sub(" ", text))


# ---------------------------------------------------------------------------------------------------------- strengths

_STRENGTH = re.compile(
    r"(?<![\w.-])(?P<many>\d{0,7}(?:,\d{3})*\.?\d{1,6}) ?(?P<unit>mg|mcg|ug|g|ml|units?|\[?iu\]?|meq|%)"
    r"(?: ?/ ?(?P<per>\d{0,5}\.?\d{0,3}) ?(?P<of>ml|l|hr?|hour|actuation|1)?)?(?![\w])",
    re.IGNORECASE,
)
_UNITS = {"ug": "mcg", "unit": "units", "iu": "units", "[iu]": "units", "hr": "h", "hour": "h", "1": ""}


@dataclass(frozen=True, slots=True)
class Strength:
    """`many` `unit` in `per` `of`; `of` is empty where it is each tablet, or not said."""

    many: Decimal
    unit: str
    per: Decimal
    of: str


def strengths_in(text: str) -> tuple[Strength, ...]:
    """The strengths that a text prints: `5 mg`, `0.5 mg/ml`, as the NDC directory writes them `5 mg/1`, `.5 mg/mL`."""
    found = []
    for match in _STRENGTH.finditer(text):
        unit, of = match["unit"].lower(), (match["of"] or "").lower()
        per = Decimal(match["per"]) if (match["per"] or "").strip(".") else Decimal(1)
        many = Decimal(match["many"].replace(",", ""))
        found.append(Strength(many, _UNITS.get(unit, unit), per, _UNITS.get(of, of)))
    return tuple(found)


def is_of_strength(printed: str, asked: tuple[Strength, ...]) -> bool:
    """Whether a row's strengths hold every one asked for; one asked for without "per what" is met by any."""
    held = strengths_in(printed)
    return all(
        any(
            (one.many, one.unit) == (wanted.many, wanted.unit)
            if not wanted.of
            else one.unit == wanted.unit and one.of == wanted.of and one.many * wanted.per == wanted.many * one.per
            for one in held
        )
        for wanted in asked
    )
