"""Orange Book exclusivity codes in words (FDA, "Orange Book preface", section 1.8; rules, section 4)."""

from __future__ import annotations

CODES = {
    "NCE": "new chemical entity",
    "NCE*": "new chemical entity (enantiomer)",
    "NP": "new product",
    "NDF": "new dosage form",
    "NS": "new strength",
    "NC": "new combination",
    "NR": "new route",
    "NE": "new ester or salt",
    "NPP": "new patient population",
    "I": "new indication",
    "D": "new dosing schedule",
    "M": "labelling change",
    "ODE": "orphan drug",
    "ODE*": "orphan drug",
    "GAIN": "antibiotic incentive",
    "PED": "pediatric extension",
    "RTO": "switch from prescription",
    "W": "waived",
    "PC": "patent challenge",
    "CGT": "competitive generic therapy",
}


def in_words(code: str) -> str:
    """`ODE-373` → `ODE-373 (orphan drug)`; a code that is not known stays as printed."""
    words = CODES.get(code) or CODES.get(code.split("-", maxsplit=1)[0])
    return f"{code} ({words})" if words else code
