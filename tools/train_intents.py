"""Train the model of intents from training/questions.tsv and write src/drugchatter/data/intent_model.json.

    make train        (installs scikit-learn, which nothing else needs)

Prints the accuracy in five-fold cross-validation. Deterministic: the same questions give the same file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from drugchatter.classify import DRUG, features
from drugchatter.text import words

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "training" / "questions.tsv"
MODEL = ROOT / "src" / "drugchatter" / "data" / "intent_model.json"
_SMALLEST = 0.12


def read_questions() -> list[tuple[str, list[str]]]:
    """(intent, words) of every training question, drug names as `drugx`."""
    rows = []
    for line in QUESTIONS.read_text("utf-8").splitlines()[1:]:
        intent, text = line.split("\t")
        rows.append((intent, words(text.replace("{drug}", DRUG).replace("{other}", DRUG))))
    return rows


def main() -> int:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    rows = read_questions()
    labels = [intent for intent, _ in rows]
    samples = [dict.fromkeys(sorted(features(tokens)), 1.0) for _, tokens in rows]
    pipeline = make_pipeline(DictVectorizer(), LogisticRegression(C=4.0, max_iter=400))
    accuracy = cross_val_score(pipeline, samples, labels, cv=5).mean()
    pipeline.fit(samples, labels)
    vectorizer, classifier = pipeline.named_steps["dictvectorizer"], pipeline.named_steps["logisticregression"]
    weights: dict[str, list[tuple[int, float]]] = {}
    for column, feature in enumerate(vectorizer.get_feature_names_out()):
        kept = [
            (index, round(float(value), 2))
            for index, value in enumerate(classifier.coef_[:, column])
            if abs(value) >= _SMALLEST
        ]
        if kept:
            weights[str(feature)] = kept
    model = {
        "classes": [str(name) for name in classifier.classes_],
        "bias": [round(float(value), 3) for value in classifier.intercept_],
        "weights": weights,
    }
    MODEL.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(rows)} questions, {len(classifier.classes_)} classes, {len(weights)} features kept")
    print(f"accuracy in five-fold cross-validation: {accuracy:.3f}; model {MODEL.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
