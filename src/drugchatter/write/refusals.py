"""Typed refusals and safety notices: what is said when an answer would be a guess, or would do harm.

US numbers: Poison Help 1-800-222-1222 (HRSA), 911, 988 Suicide & Crisis Lifeline, SAMHSA 1-800-662-4357.
"""

from __future__ import annotations

from drugchatter.identity import base_ingredient
from drugchatter.intents import NOT_IN_SOURCES
from drugchatter.protocols import Index
from drugchatter.types import Declined, Drug, Evidence, Notice, Reading
from drugchatter.write.spanish import notice_of

_EMERGENCY = (
    "If someone has collapsed, has a seizure, cannot be woken or has trouble breathing, call 911. For any overdose or "
    "accidental ingestion call Poison Help at 1-800-222-1222 now (US, free, day and night), even without symptoms. If "
    "it was on purpose, call or text 988 as well. For an animal call a veterinarian or an animal poison line."
)
_CRISIS = (
    "If you are thinking about harming yourself, call or text 988 now (US, free, day and night); in immediate danger, "
    "or if something was taken already, call 911 or Poison Help at 1-800-222-1222."
)
_MISUSE = (
    "Misuse can cause overdose and death. In an emergency call 911 or Poison Help, 1-800-222-1222. For help with "
    "substance use: SAMHSA helpline, 1-800-662-4357 (US, free, day and night); in a crisis call or text 988."
)
_POISON_HELP = (
    "For an overdose that has happened or is suspected: Poison Help, 1-800-222-1222 (US, free, day and night, for "
    "professionals too); if someone has collapsed or has trouble breathing, 911."
)


def safety_notices(reading: Reading) -> tuple[Notice, ...]:
    """The notice that stands before anything else when a question is dangerous, or about overdose as such."""
    texts = {"overdose": _EMERGENCY, "self_harm": _CRISIS, "misuse": _MISUSE, "poison_help": _POISON_HELP}
    name = reading.safety or reading.caution or ("poison_help" if reading.intents[:1] == ("overdose",) else "")
    if name not in texts:
        return ()
    return (Notice("emergency", notice_of(name) if reading.language == "es" else texts[name]),)


def decline(evidence: Evidence, index: Index) -> Declined | None:
    """The typed refusal for this evidence, or None when it can be answered."""
    reading = evidence.reading
    if reading.safety in ("self_harm", "misuse"):
        return Declined("unsafe", _refusal(reading, _CRISIS if reading.safety == "self_harm" else _MISUSE))
    if reading.safety == "overdose":
        return Declined("personal_medical", _refusal(reading, _EMERGENCY))
    if reading.safety == "personal" and reading.kind == "dangerous":
        return Declined("personal_medical", _refusal(reading, "", "animal"))
    if not reading.drugs:
        return _without_drug(evidence, index)
    if reading.kind == "not_answerable" and reading.premise:
        return _not_in_sources(reading, reading.premise)
    if reading.safety == "personal":
        return Declined("personal_medical", _refusal(reading, ""))
    return _nothing_found(evidence)


_REFUSED = {
    "self_harm": "This program cannot help with what amount would harm.",
    "misuse": "This program cannot help with ways of misuse.",
    "overdose": "This cannot be judged from a label.",
    "personal": "A dose for one person cannot be worked out here; a pharmacist or the prescriber can. What the label "
    "says for everyone stands below.",
    "animal": "These are labels for people, so no dose for an animal is given: many medicines for people are poisonous "
    "to animals. Ask a veterinarian.",
}


def _refusal(reading: Reading, emergency: str, kind: str = "") -> str:
    """The sentence that refuses, then where help is; in Spanish where the question is."""
    kind = kind or reading.safety or ""
    if reading.language != "es":
        return f"{_REFUSED[kind]} {emergency}".strip()
    return f"{notice_of(f'refused_{kind}')} {notice_of(kind) if emergency else ''}".strip()


def _without_drug(evidence: Evidence, index: Index) -> Declined | None:
    reading = evidence.reading
    if reading.candidates:
        names = " or ".join(dict.fromkeys(reading.candidates))
        return Declined(
            "ambiguous",
            f"Which drug is meant: {names}? These names are close, and a wrong drug would be "
            "worse than a question back.",
            tuple(dict.fromkeys(reading.candidates)),
        )
    if reading.known_elsewhere:
        return _not_loaded(reading, index)
    if reading.kind == "list" and reading.premise == "exclusivity":
        return Declined(
            "not_in_sources",
            "A list over patents and exclusivity is computed from the Orange and Purple Books, not from labels: "
            "`drugchatter list --loses-protection YEAR` prints it once they are loaded.",
        )
    if reading.kind == "out_of_scope" and not reading.unknown:
        return Declined(
            "out_of_scope",
            "This program answers questions about drugs from official US documents (labels); no drug or topic was "
            "found in the question.",
            ("Kesimpta mechanism of action?", "Eliquis missed dose?"),
        )
    if reading.unknown:
        named = ", ".join(f"“{word}”" for word in reading.unknown)
        return Declined(
            "unknown_drug",
            f"No drug named {named} was found in the loaded labels: it is not in the loaded sources. Check the name, "
            "or load more labels with `drugchatter sync`.",
        )
    if reading.kind == "not_answerable" and reading.premise:
        return _not_in_sources(reading, reading.premise)
    return Declined(
        "not_understood",
        "Which drug is meant? The answer depends on it, and no drug of the loaded labels was named.",
        ("Kesimpta mechanism of action?",),
    )


def _not_loaded(reading: Reading, index: Index) -> Declined:
    said, generic = reading.known_elsewhere[0]
    ingredients = tuple(sorted(part.strip() for part in generic.split(" / ")))
    family = index.family(ingredients) or _holding(ingredients, index)
    shown = said.removesuffix("'s").title()
    named = shown if said == generic else f"{shown} ({generic})"
    text = f"No label of {named} is loaded: it is not in the loaded sources, so it is not answered."
    if family:
        names = ", ".join(drug.name for drug in family[:4])
        text += f" Loaded with the same active ingredient, as other products whose doses and uses can differ: {names}."
    else:
        text += " `drugchatter sync` loads more labels."
    return Declined("unknown_drug", text, tuple(drug.name for drug in family[:4]))


def _holding(ingredients: tuple[str, ...], index: Index) -> list[Drug]:
    """The combinations that hold all of these ingredients and others."""
    wanted = {base_ingredient(name) for name in ingredients}
    return [drug for drug in index.drugs() if wanted < set(drug.ingredients)]


def _not_in_sources(reading: Reading, topic: str) -> Declined:
    _, what, where = NOT_IN_SOURCES[topic]
    name = reading.drugs[0].drug.name if reading.drugs else "this drug"
    if topic == "withdrawn":
        text = (
            f"The loaded sources hold no record that {name} was withdrawn; its label of "
            f"{reading.drugs[0].drug.reference.effective_date.isoformat()} does not say so. {where}"
            if reading.drugs
            else f"The loaded sources do not contain {what}. {where}"
        )
        return Declined("not_in_sources", text)
    return Declined(
        "not_in_sources", f"The loaded sources do not contain {what}, so this is not answered for {name}. {where}"
    )


def _nothing_found(evidence: Evidence) -> Declined | None:
    reading = evidence.reading
    if reading.kind in ("compare", "interaction") or not evidence.coverage:
        return None
    first = evidence.coverage[0]
    if first.outcome != "empty":
        return None
    if reading.intents[:1] in (("boxed_warning",), ("controlled_substance",)):
        return None
    drug = reading.drugs[0].drug
    held = "starter data on" if drug.reference.kind == "summary" else "label of"
    return Declined(
        "not_in_sources",
        f"The {held} {drug.name} held here does not mention this: {first.searched} was not found."
        if held == "label of"
        else f"The {held} {drug.name} hold nothing on this: {first.searched} was not found.",
    )
