"""Train the model of intents from training/ and write src/drugchatter/data/intent_model.json.

    make train        (installs scikit-learn, which nothing else needs)

Two sources: the questions of `questions.tsv`, and the frames of `frames.txt`, expanded here with lay and professional
words, lost function words, slips of the finger and opening or closing remarks. Prints the accuracy in five-fold
cross-validation over `questions.tsv`, with the expanded frames always among the training questions. Deterministic: the
same files give the same model.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from drugchatter.classify import DRUG, features
from drugchatter.text import words

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "training" / "questions.tsv"
FRAMES = ROOT / "training" / "frames.txt"
MODEL = ROOT / "src" / "drugchatter" / "data" / "intent_model.json"
# Weights smaller than this, and features seen in fewer questions, are left out: they hardly change the result.
_SMALLEST = 0.3
_FEWEST = 2
# Questions made of one frame at most; strength of the fit. Chosen by the table of docs/decisions.md.
_A_FRAME = 12
_C = 10.0

Row = tuple[str, list[str]]


def read_questions() -> list[Row]:
    """(intent, words) of every question of questions.tsv, drug names as `drugx`."""
    rows = []
    for line in QUESTIONS.read_text("utf-8").splitlines()[1:]:
        intent, text = line.split("\t")
        rows.append((intent, words(text.replace("{drug}", DRUG).replace("{other}", DRUG))))
    return rows


# ----------------------------------------------------------------------------------------------------------- frames

_CHOICE = re.compile(r"\{([^{}\[\]]*)\}|\[([^{}\[\]]*)\]")
_LIST = re.compile(r"<(\w+)>")
_DROPPED = frozenset("the a an is are do does i of to for my be it can you".split())
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BEFORE = (
    "quick question: ", "hi, ", "pls help ", "my doctor put me on DRUG. ", "for my mom: ", "pharmacist here, ",
    "question about DRUG: ", "starting DRUG tomorrow, ", "i take DRUG, ", "on DRUG since may: ", "re DRUG - ",
    "pt on DRUG. ", "just wondering ",
)  # fmt: skip
_AFTER = (
    " thanks", " please", " pls", " asap", " (adult)", " in adults", " for a class project", " according to the label",
    " per the pi", " any info", " i am confused", " for a woman", " for my patient", " tia",
)  # fmt: skip
# Too short to be changed without becoming something else.
_AS_WRITTEN = frozenset({"none", "overview"})


def made_questions(frames: Path = FRAMES, most: int = _A_FRAME, seed: int = 1) -> list[list[Row]]:
    """(intent, words) of the questions made from each frame of a file, at most `most` a frame; the same for the same
    seed."""
    chance = random.Random(seed)  # noqa: S311 - training data, no secret
    lists: dict[str, list[str]] = {}
    intent = ""
    rows: list[list[Row]] = []
    for line in frames.read_text("utf-8").splitlines():
        if line.startswith("#intent "):
            intent = line.removeprefix("#intent ")
        elif line.startswith("="):
            name, _, items = line[1:].partition(": ")
            lists[name] = items.split("|")
        elif line and not line.startswith("#"):
            wanted = min(most, max(3, 3 * line.count("|") + 8 * line.count("<")))
            made = {_one(line, lists, chance, intent) for _ in range(wanted)}
            texts = [text.replace("DRUG", DRUG).replace("OTHER", DRUG) for text in sorted(made) if text]
            rows.append([(intent, words(text)) for text in texts])
    return rows


def _one(frame: str, lists: dict[str, list[str]], chance: random.Random, intent: str) -> str:
    """One question of a frame, most of them changed a little as hurried people do."""
    text = " ".join(_expanded(frame, lists, chance).split())
    if intent in _AS_WRITTEN:
        return text
    if chance.random() < 0.12:
        text = _terse(text)
    if chance.random() < 0.15:
        text = _slip(text, chance)
    turn = chance.random()
    if turn < 0.10:
        before = chance.choice(_BEFORE)
        return before + (text.replace("DRUG", "it") if "DRUG" in before and chance.random() < 0.6 else text)
    return text + chance.choice(_AFTER) if turn < 0.18 else text


def _expanded(frame: str, lists: dict[str, list[str]], chance: random.Random) -> str:
    def named(match: re.Match[str]) -> str:
        return chance.choice(lists[match[1]])

    text = _LIST.sub(named, frame)
    while found := _CHOICE.search(text):
        options = found[1].split("|") if found[1] is not None else [*found[2].split("|"), ""]
        text = text[: found.start()] + chance.choice(options) + text[found.end() :]
        text = _LIST.sub(named, text)
    return text


def _terse(text: str) -> str:
    kept = [word for word in text.split() if word not in _DROPPED]
    return " ".join(kept) if len(kept) > 1 else text


def _slip(text: str, chance: random.Random) -> str:
    """`text` with a letter lost, swapped, changed or doubled in one longer word."""
    tokens = text.split()
    long = [i for i, word in enumerate(tokens) if len(word) > 4 and word.isalpha() and word not in ("DRUG", "OTHER")]
    if not long:
        return text
    place = chance.choice(long)
    word = tokens[place]
    at = chance.randrange(1, len(word) - 1)
    tokens[place] = chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + chance.choice(_LETTERS) + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
    return " ".join(tokens)


# --------------------------------------------------------------------------------------------------------- training


class Trainer:
    """Fits models on rows by the features `of` their words; what is seen too seldom among `rows`, all there are, is no
    feature."""

    def __init__(
        self, rows: Iterable[Row], of: Callable[[list[str]], set[str]] = features, strength: float = _C
    ) -> None:
        self._of, self._strength = of, strength
        self._counts = Counter(feature for _, tokens in rows for feature in of(tokens))

    def samples(self, rows: Iterable[Row]) -> list[dict[str, float]]:
        return [{f: 1.0 for f in sorted(self._of(tokens)) if self._counts[f] >= _FEWEST} for _, tokens in rows]

    def fitted(self, rows: list[Row], weights: dict[str, float] | None = None) -> Any:
        """The pipeline fitted on `rows`; a class counts as often as `weights` says, once by default."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.feature_extraction.text import TfidfTransformer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        regression = LogisticRegression(C=self._strength, max_iter=60, tol=1e-3, class_weight=weights)
        pipeline = make_pipeline(DictVectorizer(), TfidfTransformer(), regression)
        return pipeline.fit(self.samples(rows), [intent for intent, _ in rows])

    def write(self, rows: list[Row], path: Path, weights: dict[str, float] | None = None) -> str:
        """Fit on `rows`, write the model to `path`; what was written, in words."""
        vectorizer, rarity, classifier = (step for _, step in self.fitted(rows, weights).steps)
        kept: dict[str, tuple[float, list[tuple[int, float]]]] = {}
        for column, feature in enumerate(vectorizer.get_feature_names_out()):
            counted = [
                (index, round(float(value), 1))
                for index, value in enumerate(classifier.coef_[:, column])
                if abs(value) >= _SMALLEST
            ]
            kept[str(feature)] = (round(float(rarity.idf_[column]), 2), counted)
        model = {
            "classes": [str(name) for name in classifier.classes_],
            "bias": [round(float(value), 3) for value in classifier.intercept_],
            "features": kept,
        }
        path.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
        return f"{len(classifier.classes_)} classes, {len(kept)} kept, {path.stat().st_size // 1024} KB"


def main() -> int:
    from sklearn.model_selection import KFold

    written, made = read_questions(), [row for rows in made_questions() for row in rows]
    trainer = Trainer((*written, *made))
    right = 0
    for train, test in KFold(5, shuffle=True, random_state=1).split(written):
        held = [written[i] for i in test]
        guessed = trainer.fitted([*(written[i] for i in train), *made]).predict(trainer.samples(held))
        right += sum(intent == guess for (intent, _), guess in zip(held, guessed, strict=True))
    print(f"{len(written)} questions, {len(made)} made of frames; {trainer.write([*written, *made], MODEL)}")
    print(f"accuracy in five-fold cross-validation: {right / len(written):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
