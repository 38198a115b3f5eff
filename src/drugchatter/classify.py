"""What a question is about, by small linear models: the second opinion beside the cues of `intents.py` and the rules of
`danger.py`.

A model is multinomial logistic regression over words, pairs of words and runs of four letters, weighted by how rare
they are. The models are trained by `tools/train_intents.py` and `tools/train_danger.py` on what stands in `training/`
(written for it, none of them evaluation questions), run in plain Python in well under a millisecond and need no
library. Why this and no sentence encoder: docs/decisions.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

DRUG = "drugx"
INTENTS = "intent_model.json"


@dataclass(frozen=True, slots=True)
class Model:
    """`features`: feature → (rarity, weights), weights as (class index, weight) pairs; `bias` one a class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    features: dict[str, tuple[float, tuple[tuple[int, float], ...]]]


@cache
def load_model(name: str) -> Model:
    raw = json.loads((resources.files("drugchatter") / "data" / name).read_text("utf-8"))
    return Model(tuple(raw["classes"]), tuple(raw["bias"]), raw["features"])


def features(tokens: list[str]) -> set[str]:
    """Features of a question's words; drug names stand in them as `drugx`."""
    found = set(tokens)
    found.update(f"{a} {b}" for a, b in zip(["^", *tokens], [*tokens, "$"], strict=True))
    for token in tokens:
        edged = f"<{token}>"
        found.update(f"#{edged[start : start + 4]}" for start in range(len(edged) - 3))
    return found


def probabilities(tokens: Iterable[str]) -> dict[str, float]:
    """Probability of each intent for a question's words (drug names already replaced by `drugx`)."""
    return likelihoods(features(list(tokens)), INTENTS)


def likelihoods(found: set[str], name: str) -> dict[str, float]:
    """Probability of each class of the model `name` for the features of a question."""
    model = load_model(name)
    known = [model.features[feature] for feature in sorted(found) if feature in model.features]
    length = math.sqrt(sum(rarity * rarity for rarity, _ in known)) or 1.0
    totals = list(model.bias)
    for rarity, weights in known:
        for index, weight in weights:
            totals[index] += weight * rarity / length
    top = max(totals)
    scaled = [math.exp(total - top) for total in totals]
    whole = sum(scaled)
    return {name: value / whole for name, value in zip(model.classes, scaled, strict=True)}
