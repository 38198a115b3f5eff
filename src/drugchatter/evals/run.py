"""Run a file of questions and report by intent: what `drugchatter eval FILE` prints and saves.

Measures, as ../shared/eval/README.md defines them. *Lead hit*: every `must` group stands in the headline or the first
section. *Hit*: anywhere in the statements. *Wrong*: a `must_not` string is shown. *Citation defect*: a statement
without a source, or with a number that no cited quotation holds.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.evals.match import holds, holds_all
from drugchatter.text import numbers
from drugchatter.types import Answer, Question

Task = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    question: Question
    group: str
    must: list[list[str]]
    must_not: list[str]
    expect: str


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    group: str
    expect: str
    question: str
    lead: bool
    hit: bool
    right: bool
    wrong: bool
    declined: str
    defects: int
    words: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Report:
    results: tuple[Result, ...]
    totals: dict[str, Any] = field(default_factory=dict)


def read_cases(path: Path) -> list[Case]:
    """Cases of a JSON-lines file, or one question a line of a text file. Raises DataError naming file and line."""
    cases = []
    for number, row in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not row.strip():
            continue
        try:
            raw = json.loads(row) if row.lstrip().startswith("{") else {"question": row}
            cases.append(_case(raw, f"{path.stem}-{number:03}"))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise DataError(f"{path}, line {number} is not a question ({error})", "see docs/evaluation.md") from error
    return cases


def _case(raw: dict[str, Any], default_id: str) -> Case:
    turns = raw.get("turns") or [raw["question"]]
    texts = [turn["question"] if isinstance(turn, dict) else turn for turn in turns]
    return Case(
        id=raw.get("id", default_id),
        question=Question(texts[-1], tuple(texts[:-1])),
        group=raw.get("kind") or raw.get("intent") or "all",
        must=raw.get("must") or [],
        must_not=raw.get("must_not") or [],
        expect=raw.get("expect") or "answer",
    )


def run(cases: Iterable[Case], task: Task) -> Report:
    """Ask every case and judge the answers."""
    results = tuple(_judge(case, task(case.question)) for case in cases)
    return Report(results, _totals(results))


def _judge(case: Case, answer: Answer) -> Result:
    lead, shown = _texts(answer)
    beside = " ".join([answer.declined.text if answer.declined else "", *(n.text for n in answer.notices)])
    hit, hit_anywhere = holds_all(shown, case.must), holds_all(f"{shown} {beside}", case.must)
    absent = any(statement.basis == "absence" for statement in answer.statements())
    wrong = any(holds(f"{shown} {beside}", phrase) for phrase in case.must_not)
    right = {
        "answer": hit,
        "list": hit,
        "clarify_or_cover": hit or bool(answer.declined and answer.declined.kind == "ambiguous"),
        "abstain": bool(answer.declined) or absent,
        "out_of_scope": bool(answer.declined),
    }.get(case.expect, hit_anywhere)
    return Result(
        id=case.id,
        group=case.group,
        expect=case.expect,
        question=case.question.text,
        lead=holds_all(lead, case.must),
        hit=hit,
        right=right and not wrong,
        wrong=wrong,
        declined=answer.declined.kind if answer.declined else "",
        defects=len(citation_defects(answer)),
        words=answer.words(),
        milliseconds=answer.elapsed_ms,
    )


def _texts(answer: Answer) -> tuple[str, str]:
    """(headline and first section, all statements)."""
    head = [answer.headline.text] if answer.headline else []
    first = [statement.text for section in answer.sections[:1] for statement in section.statements]
    return "\n".join(head + first), "\n".join(statement.text for statement in answer.statements())


def citation_defects(answer: Answer) -> list[str]:
    """Statements without a source, or with a number that no cited quotation holds (absences carry no quotation)."""
    sources = {source.n: source for source in answer.sources}
    defects = []
    for statement in answer.statements():
        cited = [sources[n] for n in statement.citations if n in sources]
        if not cited:
            defects.append(f"no source: {statement.text}")
        elif statement.basis != "absence":
            held = {number.value for source in cited for number in numbers(source.quote)}
            # A list's lines begin with the drug's own name, which may hold digits ("Xultophy 100/3.6").
            held |= {number.value for source in cited for number in numbers(f"{source.drug} {source.document}")}
            if missing := {number.value for number in numbers(statement.text)} - held:
                defects.append(f"numbers {sorted(missing)} in no quotation: {statement.text}")
    return defects


def _totals(results: tuple[Result, ...]) -> dict[str, Any]:
    count = len(results) or 1
    times = sorted(result.milliseconds for result in results) or [0.0]
    return {
        "questions": len(results),
        "lead_hit": round(sum(r.lead for r in results) / count, 3),
        "hit": round(sum(r.hit for r in results) / count, 3),
        "right": round(sum(r.right for r in results) / count, 3),
        "wrong": sum(r.wrong for r in results),
        "declined": sum(bool(r.declined) for r in results),
        "citation_defects": sum(r.defects for r in results),
        "median_words": statistics.median([r.words for r in results] or [0]),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
    }


def by_group(report: Report) -> list[tuple[str, dict[str, Any]]]:
    """Totals by intent (or kind), by name."""
    groups: dict[str, list[Result]] = {}
    for result in report.results:
        groups.setdefault(result.group, []).append(result)
    return [(name, _totals(tuple(rows))) for name, rows in sorted(groups.items())]


def save(report: Report, path: Path) -> None:
    """Write totals, groups and every result as JSON."""
    content = {
        "totals": report.totals,
        "groups": dict(by_group(report)),
        "results": [asdict(result) for result in report.results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
