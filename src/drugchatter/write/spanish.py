"""Headings and notices in Spanish, for questions asked in it; what is quoted stays in English, as its source is."""

from __future__ import annotations

from functools import cache
from importlib import resources

from drugchatter.vocabulary import intents


@cache
def _table() -> dict[str, str]:
    rows = (resources.files("drugchatter") / "data" / "spanish.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (row.partition("\t") for row in rows)
    return {key: text for key, _, text in pairs}


def heading_of(intent_id: str, drug: str, language: str) -> str:
    """The heading of a section on `intent_id`: in Spanish for `es`, else in English."""
    heading = _table()[intent_id] if language == "es" else intents()[intent_id].heading
    return heading.format(drug=drug)


def notice_of(name: str, drug: str = "") -> str:
    """The Spanish notice `name`: quoted, boxed_warning, a kind of danger, poison_help or refused_ and a kind."""
    return _table()[f"notice:{name}"].format(drug=drug)
