"""How well drug names are recognised: `python -m drugchatter.evals.names` measures the loaded edition.

Every brand and generic name it holds, one-edit misspellings of those of six letters or more, and a thousand ordinary
sentences in which no word may be taken for a drug. Exits with 1 when a mark is missed: 0.99, 0.95, none.
"""

from __future__ import annotations

import random
import sys

from drugchatter.engine import Engine, open_engine
from drugchatter.names import NameIndex
from drugchatter.text import words
from drugchatter.types import Drug

_NAMES_MARK, _SLIPS_MARK = 0.99, 0.95
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WHO = (
    "my sister|the teacher|our neighbour|a young farmer|the whole team|his boss|the old captain|nobody here|the driver|"
    "everyone in the office|the baker|two students|the mayor|her cousin|the gardener|"
    "a tired nurse|the manager|some tourists"
).split("|")
_DID = (
    "painted|forgot|bought|repaired|cleaned|borrowed|carried|opened|found|sold|photographed|measured|hid|described|"
    "ordered|moved|washed|lost|built|noticed|admired|packed|returned|broke"
).split("|")
_WHAT = (
    "the wooden bridge|a yellow bicycle|the kitchen table|an old newspaper|"
    "the red umbrella|a bag of apples|the garden fence|"
    "fresh bread|the last ticket|a heavy suitcase|the village church|some warm socks|the silver spoon|a broken window|"
    "the school bus|a pot of honey|the morning paper|a letter from France|the longest rope|a quiet room"
).split("|")
_WHEN = (
    "yesterday|before sunrise|after the concert|in the middle of winter|on the way home|during the storm|last weekend|"
    "without saying a word|for the first time|in spite of the rain|"
    "at the end of the month|near the river|with great care|"
    "because the train was late|while the children slept|as soon as the shop opened|every other day|since the accident"
).split("|")
_SAY = (
    "how do i bake a good {0} cake for {1} people|"
    "what is the fastest way from {2} to {3} by train|can you tell me where "
    "{4} {5} {6}|is it true that {4} {5} {6} {7}|"
    "why does my {8} make a strange noise in the {9}|which {8} should i buy for a "
    "small {10}|please remind {4} about the {11} on {12}|the {8} in the {10} stopped working {7}|i would like to learn "
    "{13} in the {9}|what time does the {14} close on {12}|the {11} was moved to {12} at noon|write a short poem about "
    "{4} and {6}|does anybody know who {5} {6} {7}|we walked to the {14} and {5} {6}|"
    "they promised that {4} never {5} {6}"
).split("|")
_MORE: tuple[tuple[str, ...], ...] = (
    ("lemon", "carrot", "chocolate", "banana", "walnut", "cherry"),
    ("four", "ten", "twelve", "thirty"),
    ("Paris", "Boston", "Lisbon", "Oslo", "Denver"),
    ("Rome", "Chicago", "Madrid", "Vienna", "Seattle"),
    ("washing machine", "laptop", "printer", "guitar", "car engine", "lamp", "camera"),
    ("evening", "summer", "garden", "garage", "spring"),
    ("kitchen", "apartment", "workshop", "balcony", "library", "classroom"),
    ("meeting", "picnic", "exam", "wedding", "football match", "parade"),
    ("Monday", "Tuesday", "Friday", "the holiday", "Thursday"),
    ("Spanish", "to swim", "carpentry", "the piano", "chess", "to sail"),
    ("museum", "bakery", "station", "market", "harbour", "cinema"),
)


def sentences(count: int, seed: int = 11) -> list[str]:
    """Ordinary sentences without a drug in them, no two alike; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - test data
    made: dict[str, None] = {}
    while len(made) < count:
        if chance.random() < 0.5:
            text = " ".join(chance.choice(part) for part in (_WHO, _DID, _WHAT, _WHEN))
        else:
            said = [chance.choice(part) for part in (_WHO, _DID, _WHAT, _WHEN)]
            more = [chance.choice(part) for part in _MORE]
            text = chance.choice(_SAY).format(*more[:4], *said, *more[4:])
        made.setdefault(text)
    return list(made)


def drugs(engine: Engine) -> list[Drug]:
    """The drugs whose brand or generic name the edition holds, by id."""
    held = {drug_id for _, drug_id, kind in engine.index.names() if kind in ("brand", "generic")}
    return [engine.index.drug(drug_id) for drug_id in sorted(held)]


def finds(names: NameIndex, text: str, drug: Drug) -> bool:
    """Whether `text` is read as naming `drug` or another product of one of its ingredients."""
    return any(
        match.drug.id == drug.id or set(match.drug.ingredients) & set(drug.ingredients)
        for match in names.find(text).matches
    )


def one_edit(word: str, chance: random.Random) -> str:
    """`word` with a letter lost, added, changed or swapped, never the first."""
    at = chance.randrange(1, len(word))
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + chance.choice(_LETTERS) + word[at:],
            word[:at] + chance.choice(_LETTERS) + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )


def measure_names(engine: Engine) -> tuple[int, int]:
    """(recognised, asked): each brand and generic name in a question."""
    asked = [(name, drug) for drug in drugs(engine) for name in (drug.name, drug.generic)]
    return sum(finds(engine.names, f"what is the dose of {name}", drug) for name, drug in asked), len(asked)


def measure_slips(engine: Engine, seed: int = 3) -> tuple[int, int, list[tuple[str, str]]]:
    """(recognised, asked, those read as another drug: what was typed, what was meant) of one-edit misspellings."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    single: dict[str, Drug] = {}
    for drug in drugs(engine):
        for name in (drug.name, drug.generic):
            if name.isalpha() and len(name) >= 6:
                single.setdefault("".join(words(name)), drug)
    slips = [(typed, name, drug) for name, drug in single.items() if (typed := one_edit(name, chance)) != name]
    right, wrong = 0, []
    for typed, name, drug in slips:
        question = f"side effects of {typed}"
        if finds(engine.names, question, drug):
            right += 1
        elif engine.names.find(question).matches:
            wrong.append((typed, name))
    return right, len(slips), wrong


def mistaken(engine: Engine, texts: list[str]) -> list[tuple[str, str]]:
    """(sentence, word) of the sentences in which a word is taken for a drug."""
    found = ((text, engine.names.find(text).matches) for text in texts)
    return [(text, matches[0].matched) for text, matches in found if matches]


def main() -> int:
    engine = open_engine()
    named, names = measure_names(engine)
    right, slips, wrong = measure_slips(engine)
    taken = mistaken(engine, sentences(1000))
    print(f"names: {named} of {names} recognised ({named / names:.3f})")
    print(
        f"one-edit misspellings: {right} of {slips} recognised ({right / slips:.3f}), {len(wrong)} read as another drug"
    )
    print(f"ordinary sentences with a word taken for a drug: {len(taken)} of 1000")
    for line in (*wrong, *taken):
        print("  ", *line)
    return int(named < _NAMES_MARK * names or right < _SLIPS_MARK * slips or bool(taken))


if __name__ == "__main__":
    sys.exit(main())
