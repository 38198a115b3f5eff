"""Codes that join one publisher's rows to another's: application numbers and National Drug Codes, in one spelling each.

Pure functions from text to text; None says that the text cannot be joined on, and is then kept as printed only.

Sources. Application numbers: FDA, "Drugs@FDA Glossary" (six digits; NDA, ANDA, BLA) and "NDC Product File Definitions"
(there a monograph's part of 21 CFR stands in the same column). NDC: 21 CFR 207.33 (ten digits in three segments:
labeler, product, package) and FDA, "National Drug Code Database Background Information" (configurations 4-4-2, 5-3-2,
5-4-1; payers pad the short segment with a zero to eleven digits, 5-4-2).
"""

from __future__ import annotations

import re
from functools import lru_cache

_TYPES = {"N": "NDA", "NDA": "NDA", "A": "ANDA", "ANDA": "ANDA", "BLA": "BLA", "": ""}
_APPLICATION = re.compile(r"(NDA|ANDA|BLA|N|A)?[ #:-]{0,3}(\d{2,3}-\d{3}|\d{3,6})", re.ASCII)
# Parts of 21 CFR, and since 2021 the numbers of over-the-counter monographs (M012) and 505G of the Act.
_MONOGRAPH = re.compile(r"part *\d{3}.*|\d{3}[A-Z]|M\d{3}|505G\(a\)\(3\)", re.IGNORECASE)
_PACKAGE = re.compile(r"\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d", re.ASCII)
_PRODUCT = re.compile(r"\d{4}-\d{4}|\d{5}-\d{3,4}", re.ASCII)
_PADDED = re.compile(r"(\d{5})(-?)(\d{4})\2(\d{2})", re.ASCII)
_BARE = re.compile(r"\d{10}", re.ASCII)
_IN_TEXT = re.compile(r"(?<![\d-])(\d{4,5}-\d{3,4}-\d{1,2})(?![\d-])", re.ASCII)


@lru_cache(maxsize=65_536)
def application_number(text: str, appl_type: str = "") -> str | None:
    """`NDA021995` for `NDA 21-995`, `N021995`, or `21995` with `appl_type` NDA; so for ANDA and BLA, six digits always.

    None without a type, with two that differ, for a monograph, for CBER's old numbers (`BN811104`), and for more than
    six digits: none of them is an application in Drugs@FDA, and a guessed one would join to a stranger.
    """
    match = _APPLICATION.fullmatch(text.strip().upper())
    outer = _TYPES.get(appl_type.strip().upper())
    if not match or outer is None:
        return None
    inner = _TYPES[match[1] or ""]
    kind = inner or outer
    if not kind or (inner and outer and inner != outer):
        return None
    return kind + match[2].replace("-", "").zfill(6)


def is_monograph(text: str) -> bool:
    """Whether the column of application numbers names an over-the-counter monograph (`part341`, `M012`) instead."""
    return bool(_MONOGRAPH.fullmatch(text.strip()))


def ndc_package(text: str) -> str | None:
    """A ten-digit package code with its hyphens (`0078-1007-68`), as printed; None for any other writing."""
    text = text.strip()
    return text if _PACKAGE.fullmatch(text) else None


def ndc_product(text: str) -> str | None:
    """The labeler-product code (`0078-1007`) of a package or product code with hyphens; None where it is not certain.

    An eleven-digit code is certain only if a single ten-digit one pads to it.
    """
    text = text.strip()
    if _PRODUCT.fullmatch(text):
        return text
    forms = (text,) if _PACKAGE.fullmatch(text) else ndc_forms(text)
    return forms[0].rpartition("-")[0] if len(forms) == 1 else None


def ndc_forms(text: str) -> tuple[str, ...]:
    """The ten-digit codes with hyphens that a code can stand for, in the order 4-4-2, 5-3-2, 5-4-1.

    One for a code with hyphens, three for ten bare digits, one to three for eleven (with or without hyphens, 5-4-2): a
    segment's leading zero may be padding or its own. None for anything else.
    """
    text = text.strip()
    if _PACKAGE.fullmatch(text):
        return (text,)
    if _BARE.fullmatch(text):
        return tuple(f"{text[:a]}-{text[a:b]}-{text[b:]}" for a, b in ((4, 8), (5, 8), (5, 9)))
    if not (match := _PADDED.fullmatch(text)):
        return ()
    labeler, _, product, package = match.groups()
    padded = (
        (labeler, f"{labeler[1:]}-{product}-{package}"),
        (product, f"{labeler}-{product[1:]}-{package}"),
        (package, f"{labeler}-{product}-{package[1:]}"),
    )
    return tuple(form for segment, form in padded if segment.startswith("0"))


def padded_ndc(text: str) -> str | None:
    """The eleven digits of a package code, as payers write it: the spelling that two writings of one package share.

    None for ten bare digits, which may be three different packages, and for anything that is no package code.
    """
    text = text.strip()
    if _PADDED.fullmatch(text):
        return text.replace("-", "")
    if not _PACKAGE.fullmatch(text):
        return None
    labeler, product, package = text.split("-")
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def ndcs_in(text: str) -> tuple[str, ...]:
    """The package codes with hyphens in a running text, each once, in its order; `Tablet, 5 mg (NDC 0008-4117-01)`."""
    found = (ndc_package(match[1]) for match in _IN_TEXT.finditer(text))
    return tuple(dict.fromkeys(code for code in found if code))
