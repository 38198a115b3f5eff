"""One address for one question of one drug, however it is worded: slug ↔ question.

A slug is the drug's id and the name of an intent (`kesimpta-mechanism`), `protection` for patents and exclusivity, or
`cause` and a side effect (`eliquis-cause-alopecia`). It names the plainest wording of the question; a question has that
address only if it asks for nothing that the plain wording does not ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from drugchatter.text import level, words
from drugchatter.text import slug as slugged
from drugchatter.types import Drug, Reading
from drugchatter.vocabulary import SECTIONS, intents

_PROTECTION = "protection"
_CAUSE = "-cause-"
# A slug is also the name of a file (see `keep`).
_SLUG = re.compile(r"[\w-]{3,200}")
# Their plain wording asks for something else, so they have no address.
_WITHOUT = frozenset({"general", "does_x_cause_y", "interaction_pair", "off_label"})


@cache
def _intents_by_slug() -> dict[str, str]:
    return {intent.replace("_", "-"): intent for intent in intents() if intent not in _WITHOUT}


def question_of(slug: str, drugs: Mapping[str, Drug]) -> str | None:
    """The plain wording of the question that `slug` names of one of `drugs` (by id), or None when it names none."""
    if not _SLUG.fullmatch(slug):
        return None
    ends = [place for place, char in enumerate(slug) if char == "-"]
    for end in reversed(ends):
        drug = drugs.get(slug[:end])
        if drug and (question := _worded(drug, slug[end:])):
            return question
    return None


def _worded(drug: Drug, rest: str) -> str | None:
    if rest == f"-{_PROTECTION}":
        return f"When does protection of {drug.name} end?"
    if rest.startswith(_CAUSE) and (effect := rest.removeprefix(_CAUSE)):
        return f"Does {drug.name} cause {effect.replace('-', ' ')}?"
    intent = _intents_by_slug().get(rest.removeprefix("-"))
    return intents()[intent].ask.format(drug=drug.name) if intent else None


def slug_of(reading: Reading, drugs: Mapping[str, Drug]) -> str | None:
    """The address of what `reading` asks, or None when it is a question of its own."""
    if len(reading.drugs) != 1 or reading.safety or reading.question.plain or reading.unknown or reading.agents:
        return None
    rest = _asked(reading)
    slug = f"{reading.drugs[0].drug.id}{rest}" if rest else None
    return slug if slug and question_of(slug, drugs) else None


def _asked(reading: Reading) -> str | None:
    """What is asked of the drug, as the end of a slug."""
    if reading.premise:
        return f"-{_PROTECTION}" if reading.premise == "exclusivity" else None
    if reading.intents in ((), ("does_x_cause_y",)) and len(reading.focus) == 1:
        effect = slugged(reading.focus[0].terms[0])
        return f"{_CAUSE}{effect}" if effect else None
    if len(reading.intents) == 1 and reading.intents[0] not in _WITHOUT and not _asks_more(reading):
        return f"-{reading.intents[0].replace('_', '-')}"
    return None


def _asks_more(reading: Reading) -> bool:
    """Whether the question holds a thing besides the drug and the words that show its intent: the intent's cues, its
    plain wording, the titles of the sections that answer it."""
    intent = intents()[reading.intents[0]]
    left = level(reading.question.text)
    for cue, _ in intent.cues:
        left = cue.sub(" ", left)
    titles = (SECTIONS[route.field].title for route in intent.routes)
    own = " ".join((intent.ask, *titles, *(match.matched for match in reading.drugs)))
    remaining = set(words(left)) - set(words(own))
    return any(set(words(concept.said)) & remaining for concept in reading.focus)
