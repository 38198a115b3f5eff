"""Train the model of intents from training/questions.tsv and write src/drugchatter/data/intent_model.json.

    make train        (installs scikit-learn, which nothing else needs)

Prints the accuracy in five-fold cross-validation. Deterministic: the same questions give the same file.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from drugchatter.classify import DRUG, features
from drugchatter.text import words

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "training" / "questions.tsv"
MODEL = ROOT / "src" / "drugchatter" / "data" / "intent_model.json"
# Weights smaller than this, and features seen in fewer questions, are left out: they hardly change the result.
_SMALLEST = 0.4
_FEWEST = 2


def read_questions() -> list[tuple[str, list[str]]]:
    """(intent, words) of every training question, drug names as `drugx`."""
    rows = []
    for line in QUESTIONS.read_text("utf-8").splitlines()[1:]:
        intent, text = line.split("\t")
        rows.append((intent, words(text.replace("{drug}", DRUG).replace("{other}", DRUG))))
    return rows


def main() -> int:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    rows = read_questions()
    labels = [intent for intent, _ in rows]
    counts = Counter(feature for _, tokens in rows for feature in features(tokens))
    samples = [{f: 1.0 for f in sorted(features(tokens)) if counts[f] >= _FEWEST} for _, tokens in rows]
    pipeline = make_pipeline(DictVectorizer(), TfidfTransformer(), LogisticRegression(C=30.0, max_iter=400))
    accuracy = cross_val_score(pipeline, samples, labels, cv=5, n_jobs=-1).mean()
    pipeline.fit(samples, labels)
    vectorizer, rarity, classifier = (step for _, step in pipeline.steps)
    kept: dict[str, tuple[float, list[tuple[int, float]]]] = {}
    for column, feature in enumerate(vectorizer.get_feature_names_out()):
        weights = [
            (index, round(float(value), 1))
            for index, value in enumerate(classifier.coef_[:, column])
            if abs(value) >= _SMALLEST
        ]
        kept[str(feature)] = (round(float(rarity.idf_[column]), 2), weights)
    model = {
        "classes": [str(name) for name in classifier.classes_],
        "bias": [round(float(value), 3) for value in classifier.intercept_],
        "features": kept,
    }
    MODEL.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(rows)} questions, {len(classifier.classes_)} classes, {len(kept)} features kept")
    print(f"accuracy in five-fold cross-validation: {accuracy:.3f}; model {MODEL.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
