"""Train the model of dangerous and personal questions and write src/drugchatter/data/danger_model.json.

    make train        (installs scikit-learn, which nothing else needs)

Dangerous are the frames of `training/danger_frames.txt` under their classes; safe are its frames under `safe`, all
questions of `questions.tsv` and those made of `frames.txt`, except what the rules of `danger.py` find dangerous: it
takes the rule's class, so that both layers hold the same things dangerous. Some questions get a name that no model
knows, as a drug that is not loaded has. Prints recall and false alarms on frames that the model had not seen (five
folds, split by frame). Deterministic: the same files give the same model.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from drugchatter.classify import DRUG
from drugchatter.danger import ORDER, features_of, plain, rule_of
from train_intents import FRAMES, ROOT, Row, Trainer, made_questions, read_questions

DANGERS = ROOT / "training" / "danger_frames.txt"
MODEL = ROOT / "src" / "drugchatter" / "data" / "danger_model.json"
SAFE = "safe"
_UNKNOWN = 0.15
# There are far more safe questions, and one missed emergency is worse than several false alarms.
_A_FRAME = 30
_STRENGTH = 5.0
_WEIGHTS: dict[str, float] = {SAFE: 1.0, **dict.fromkeys(ORDER, 1.5)}
_FOLDS = 3
_TRIED = (0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7)


def rows_by_frame() -> list[list[Row]]:
    """(class, words) of all questions, in groups that stay together when the model is tried."""
    chance = random.Random(1)  # noqa: S311 - training data, no secret
    ordinary = [[row] for row in read_questions()] + made_questions(FRAMES)
    groups = [[(rule_of(plain(" ".join(tokens))) or SAFE, tokens) for _, tokens in rows] for rows in ordinary]
    groups += made_questions(DANGERS, _A_FRAME)
    return [[(kind, _unnamed(tokens, chance)) for kind, tokens in rows] for rows in groups if rows]


def _unnamed(tokens: list[str], chance: random.Random) -> list[str]:
    return [token for token in tokens if token != DRUG] if chance.random() < _UNKNOWN else tokens


def main() -> int:
    groups = rows_by_frame()
    trainer = Trainer((row for rows in groups for row in rows), features_of, _STRENGTH)
    chance = random.Random(2)  # noqa: S311 - which frame is in which fold
    folds = [chance.randrange(_FOLDS) for _ in groups]
    found: list[tuple[str, float, bool]] = []
    for fold in range(_FOLDS):
        held = [row for rows, its in zip(groups, folds, strict=True) if its == fold for row in rows]
        others = [row for rows, its in zip(groups, folds, strict=True) if its != fold for row in rows]
        model = trainer.fitted(others, _WEIGHTS)
        safe = list(model.classes_).index(SAFE)
        guesses = model.predict_proba(trainer.samples(held))
        for (kind, tokens), guess in zip(held, guesses, strict=True):
            found.append((kind, 1.0 - float(guess[safe]), rule_of(plain(" ".join(tokens))) is not None))
    counts = Counter(kind for kind, _, _ in found)
    print("frames not seen: share held dangerous by the model, and by model or rules, from each threshold on")
    for threshold in _TRIED:
        alone = Counter(kind for kind, share, _ in found if share >= threshold)
        both = Counter(kind for kind, share, rule in found if rule or share >= threshold)
        shares = (f"{kind} {alone[kind] / counts[kind]:.3f} {both[kind] / counts[kind]:.3f}" for kind in counts)
        print(threshold, *shares, sep="  ")
    rows = [row for group in groups for row in group]
    print(f"{len(rows)} questions {dict(counts)}; {trainer.write(rows, MODEL, _WEIGHTS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
