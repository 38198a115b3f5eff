"""One address for one question of one drug, however it is worded: slug ↔ question.

A slug is the drug's id and the name of an intent (`kesimpta-mechanism`), `protection` for patents and exclusivity, or
`cause` and a side effect (`eliquis-cause-alopecia`). It names the plainest wording of the question; a question has that
address only if it asks for nothing that the plain wording does not ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from drugchatter.engine import Engine
from drugchatter.text import slug as slugged
from drugchatter.types import Drug, Question, Reading
from drugchatter.vocabulary import intents

_PROTECTION = "protection"
_CAUSE = "-cause-"
# Their plain wording asks for something else, so they have no address.
_WITHOUT = frozenset({"general", "does_x_cause_y", "interaction_pair", "off_label"})


@cache
def _intents_by_slug() -> dict[str, str]:
    return {intent.replace("_", "-"): intent for intent in intents() if intent not in _WITHOUT}


def question_of(slug: str, drugs: Mapping[str, Drug]) -> str | None:
    """The plain wording of the question that `slug` names of one of `drugs` (by id), or None when it names none."""
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


def slug_of(reading: Reading, engine: Engine, drugs: Mapping[str, Drug]) -> str | None:
    """The address of what `reading` asks, or None when it is a question of its own."""
    if len(reading.drugs) != 1 or reading.safety or reading.question.plain or reading.unknown or reading.agents:
        return None
    slug = _candidate(reading)
    question = slug and question_of(slug, drugs)
    if not question:
        return None
    plain = next(iter(engine.stream(Question(question))))
    assert isinstance(plain, Reading)  # noqa: S101 - a stream begins with the reading
    return slug if _asks_no_more(reading, plain) else None


def _candidate(reading: Reading) -> str | None:
    drug = reading.drugs[0].drug.id
    if reading.premise == "exclusivity":
        return f"{drug}-{_PROTECTION}"
    if reading.intents and reading.intents[0] not in _WITHOUT:
        return f"{drug}-{reading.intents[0].replace('_', '-')}"
    if len(reading.focus) == 1 and (effect := slugged(reading.focus[0].terms[0])):
        return f"{drug}{_CAUSE}{effect}"
    return None


def _asks_no_more(reading: Reading, plain: Reading) -> bool:
    """Whether `reading` is of the same drug and intents as `plain`, and of no further thing."""
    if [m.drug.id for m in reading.drugs] != [m.drug.id for m in plain.drugs] or reading.premise != plain.premise:
        return False
    if reading.premise == "exclusivity":
        return True
    said = {term for concept in reading.focus for term in concept.terms}
    known = {term for concept in plain.focus for term in concept.terms}
    same = reading.intents == plain.intents or (not reading.intents and bool(said))
    return same and said <= known
