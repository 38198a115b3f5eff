"""Files of questions → cases: our own sets with gold, plain questions one a line, public sets that are given by path.

A line of our own is JSON as docs/evaluation.md describes it. Public sets are tables (CSV, TSV) or JSON lines with a
question and a free answer, among them MedicationQA (Ben Abacha et al. 2019, "Bridging the Gap Between Consumers'
Medication Questions and Trusted Answers"), known by the names of their columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drugchatter.engine import LONGEST_QUESTION
from drugchatter.errors import DataError
from drugchatter.identity import ingredients_of, phrase
from drugchatter.types import Question

_MOST_BYTES = 50_000_000
_HINT = "see docs/evaluation.md"


@dataclass(frozen=True, slots=True)
class GoldDrugs:
    """The drugs a case is about: set ids, looked-up names, and each one's active ingredients. Empty when not told."""

    set_ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    ingredients: frozenset[tuple[str, ...]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.set_ids or self.names)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its gold. `must` and `must_not` are wordings; `gold` is a public set's free answer; `expect` what
    a right answer does (`answer`, `list`, `abstain`, `refuse`, …); `section` where the gold was read."""

    id: str
    question: Question
    audience: str
    intent: str
    kind: str
    expect: str
    must: list[list[str]]
    must_not: list[str]
    drugs: GoldDrugs
    section: str
    gold: str


def read_cases(path: Path) -> list[Case]:
    """The cases of a file: a table by its suffix (.csv, .tsv), else JSON lines or plain questions.

    Raises DataError naming file and line; UnicodeDecodeError when it is not UTF-8 text.
    """
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise DataError(f"{path} is a spreadsheet", "save it as CSV (UTF-8) and give that file")
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise DataError(f"{path} is larger than {_MOST_BYTES // 10**6} MB", "give a file of questions, or split it")
    text = raw.decode("utf-8-sig")
    rows = _table_rows(text, path) if path.suffix.lower() in (".csv", ".tsv") else _line_rows(text, path)
    cases = []
    for number, row in rows:
        try:
            cases.append(_case(row, f"{path.stem}-{number:03}"))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise DataError(f"{path}, line {number} is not a question ({error})", _HINT) from error
    return cases


def _line_rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    # Not `splitlines`: a line of JSON may hold the line ends that only some readers know.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line) if line.lstrip().startswith("{") else {"question": line.strip()}
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number} is not a question ({error})", _HINT) from error
        yield number, row


# Our field, and what the columns of public sets are called.
_COLUMNS = {
    "question": ("question", "questions", "consumer question", "query"),
    "answer": ("answer", "answers", "response"),
    "drug_brand": ("focus (drug)", "focus", "drug", "drug name"),
    "intent": ("question type", "type", "intent", "category"),
    "gold_sections": ("section title", "section", "url", "source"),
    "id": ("id", "question id", "qid"),
}


def _table_rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a table under our names of its columns. A row without a question is no question, and left out."""
    separator = "\t" if path.suffix.lower() == ".tsv" else max(",;", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        heads = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
        columns = {
            ours: heads[theirs] for ours, names in _COLUMNS.items() if (theirs := _first(names, heads)) is not None
        }
        if "question" not in columns:
            raise DataError(f"{path} has no column of questions", f"name one of its columns “Question”; {_HINT}")
        for row in reader:
            fields = {ours: (row[theirs] or "").strip() for ours, theirs in columns.items()}
            if fields["question"]:
                yield reader.line_num, {ours: value for ours, value in fields.items() if value}
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num} is not a row of a table ({error})", _HINT) from error


def _first(names: Iterable[str], heads: dict[str, str]) -> str | None:
    return next((name for name in names if name in heads), None)


def _case(raw: dict[str, Any], default_id: str) -> Case:
    turns = raw.get("turns") or [raw["question"]]
    texts = [turn["question"] if isinstance(turn, dict) else turn for turn in turns]
    if not all(isinstance(text, str) and 0 < len(text) <= LONGEST_QUESTION for text in texts):
        raise ValueError(f"a question is text of 1 to {LONGEST_QUESTION} characters")
    sections = raw.get("gold_sections") or []
    return Case(
        id=str(raw.get("id", default_id)),
        question=Question(texts[-1], tuple(texts[:-1])),
        audience=raw.get("audience") or "",
        intent=raw.get("intent") or "",
        kind=raw.get("kind") or "",
        # A set of questions that public data cannot answer gives the reason instead of an expectation.
        expect=raw.get("expect") or ("abstain" if raw.get("reason") else "answer"),
        must=raw.get("must") or [],
        must_not=raw.get("must_not") or [],
        drugs=_gold_drugs(raw),
        section=sections if isinstance(sections, str) else ", ".join(sections),
        gold=str(raw.get("answer") or ""),
    )


def _gold_drugs(raw: dict[str, Any]) -> GoldDrugs:
    """Several drugs stand as `A | B`, in brands and generics alike."""
    brands, generics = (_parted(raw.get(key)) for key in ("drug_brand", "drug_generic"))
    set_ids = [*(raw.get("set_ids") or []), *([raw["set_id"]] if raw.get("set_id") else [])]
    return GoldDrugs(
        frozenset(set_ids),
        frozenset(phrase(name) for name in (*brands, *generics)),
        frozenset(ingredients_of([], generic) for generic in generics),
    )


def _parted(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split("|") if name.strip()]
