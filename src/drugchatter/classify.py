"""What a question is about, by a small linear model: the second opinion beside the cues of `intents.py`.

The model is multinomial logistic regression over words, pairs of words and word beginnings. It is trained by
`tools/train_intents.py` on `training/questions.tsv` (written for it, none of them evaluation questions), runs in
plain Python in well under a millisecond and needs no library. Why this and no sentence encoder: docs/decisions.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

DRUG = "drugx"


@dataclass(frozen=True, slots=True)
class Model:
    """`weights`: feature → (class index, weight) pairs; `bias` one a class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, tuple[tuple[int, float], ...]]


@cache
def load_model() -> Model:
    raw = json.loads((resources.files("drugchatter") / "data" / "intent_model.json").read_text("utf-8"))
    weights = {feature: tuple((int(i), float(w)) for i, w in pairs) for feature, pairs in raw["weights"].items()}
    return Model(tuple(raw["classes"]), tuple(raw["bias"]), weights)


def features(tokens: list[str]) -> set[str]:
    """Features of a question's words; drug names stand in them as `drugx`."""
    found = set(tokens)
    found.update(f"{a} {b}" for a, b in zip(["^", *tokens], [*tokens, "$"], strict=True))
    found.update(f"{token[:5]}*" for token in tokens if len(token) > 5)
    return found


def probabilities(tokens: Iterable[str]) -> dict[str, float]:
    """Probability of each class for a question's words (drug names already replaced by `drugx`)."""
    model = load_model()
    totals = list(model.bias)
    for feature in features(list(tokens)):
        for index, weight in model.weights.get(feature, ()):
            totals[index] += weight
    top = max(totals)
    scaled = [math.exp(total - top) for total in totals]
    whole = sum(scaled)
    return {name: value / whole for name, value in zip(model.classes, scaled, strict=True)}
