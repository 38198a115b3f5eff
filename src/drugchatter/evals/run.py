"""Ask cases and judge the answers: what `drugchatter eval FILE` prints and saves.

Measures, as ../shared/eval/README.md defines them. *Lead hit*: every `must` group stands in the headline or the first
section. *Hit*: anywhere in the statements. *Wrong*: a `must_not` string is shown. *Citation defect*: a statement
without a source, or with a number that no cited quotation holds. Ours: *confused*, an answer that cites another drug
(`confusion`); *ease*, Flesch reading ease of the statements (`readability`); *terms*, the share of a free gold answer's
key terms (`key_terms`). What a case has no gold for is None, and counts in no share.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from drugchatter.evals.cases import Case
from drugchatter.evals.confusion import strangers
from drugchatter.evals.key_terms import share_held
from drugchatter.evals.match import holds, holds_all
from drugchatter.readability import reading_ease
from drugchatter.text import numbers
from drugchatter.types import Answer, Question

Task = Callable[[Question], Answer]
Dimension = Literal["intent", "kind", "audience"]
DIMENSIONS: tuple[Dimension, ...] = ("intent", "kind", "audience")

# What a case may expect instead of an answer; the share of these that are right is told apart.
REFUSALS = frozenset({"abstain", "out_of_scope", "refuse", "emergency", "clarify_or_cover"})
# Flesch's own mark for plain English.
PLAIN_EASE = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """How one answer was judged. `defects` and `strangers` say what is wrong with its citations and which other drugs
    it cites."""

    id: str
    intent: str
    kind: str
    audience: str
    expect: str
    question: str
    lead: bool | None
    hit: bool | None
    right: bool | None
    wrong: bool
    answered: bool
    declined: str
    defects: tuple[str, ...]
    strangers: tuple[str, ...]
    terms: float | None
    ease: float | None
    words: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    case: Case
    answer: Answer
    result: Result


@dataclass(frozen=True, slots=True)
class Report:
    judged: tuple[Judged, ...]
    totals: dict[str, Any]

    @property
    def results(self) -> tuple[Result, ...]:
        return tuple(judged.result for judged in self.judged)


def run(cases: Iterable[Case], task: Task) -> Report:
    """Ask every case and judge the answers."""
    judged = tuple(_judged(case, task(case.question)) for case in cases)
    return Report(judged, totals(judged_one.result for judged_one in judged))


def _judged(case: Case, answer: Answer) -> Judged:
    lead, shown = lead_and_all(answer)
    told = f"{shown} {beside(answer)}"
    gold = bool(case.must)
    hit = holds_all(shown, case.must) if gold else None
    wrong = any(holds(told, phrase) for phrase in case.must_not)
    right = _right(case, answer, hit, holds_all(told, case.must) if gold else None)
    answered = any(statement.basis != "absence" for statement in answer.statements()) and answer.declined is None
    result = Result(
        id=case.id,
        intent=case.intent,
        kind=case.kind,
        audience=case.audience,
        expect=case.expect,
        question=case.question.text,
        lead=holds_all(lead, case.must) if gold else None,
        hit=hit,
        right=None if right is None else right and not wrong,
        wrong=wrong,
        answered=answered,
        declined=answer.declined.kind if answer.declined else "",
        defects=tuple(citation_defects(answer)),
        strangers=tuple(strangers(case, answer)),
        terms=share_held(case.gold, told) if case.gold and answered else None,
        ease=reading_ease(shown),
        words=answer.words(),
        milliseconds=answer.elapsed_ms,
    )
    return Judged(case, answer, result)


def _right(case: Case, answer: Answer, hit: bool | None, hit_anywhere: bool | None) -> bool | None:
    """Whether the answer does what the case expects; `hit_anywhere` counts refusal and notices too."""
    declined = answer.declined
    if case.expect == "abstain":
        return bool(declined) or any(statement.basis == "absence" for statement in answer.statements())
    if case.expect == "out_of_scope":
        return bool(declined)
    if case.expect == "clarify_or_cover":
        return bool(hit) or bool(declined and declined.kind == "ambiguous")
    return hit if case.expect in ("answer", "list") else hit_anywhere


def lead_and_all(answer: Answer) -> tuple[str, str]:
    """(headline and first section, all statements), a statement a line."""
    head = [answer.headline.text] if answer.headline else []
    first = [statement.text for section in answer.sections[:1] for statement in section.statements]
    return "\n".join(head + first), "\n".join(statement.text for statement in answer.statements())


def beside(answer: Answer) -> str:
    """What an answer says besides its statements: the refusal and the notices."""
    return " ".join([answer.declined.text if answer.declined else "", *(n.text for n in answer.notices)])


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


# ---------------------------------------------------------------------------------------------------------- totals


def totals(results: Iterable[Result]) -> dict[str, Any]:
    """The measures of some results; a share of nothing is None."""
    rows = list(results)
    times = sorted(row.milliseconds for row in rows) or [0.0]
    eases = [row.ease for row in rows if row.ease is not None]
    return {
        "questions": len(rows),
        "answered": _share(row.answered for row in rows),
        "lead_hit": _share(row.lead for row in rows),
        "hit": _share(row.hit for row in rows),
        "right": _share(row.right for row in rows),
        "refusals": sum(row.expect in REFUSALS for row in rows),
        "refusals_right": _share(row.right for row in rows if row.expect in REFUSALS),
        "wrong": sum(row.wrong for row in rows),
        "declined": sum(bool(row.declined) for row in rows),
        "declined_by_type": dict(sorted(Counter(row.declined for row in rows if row.declined).items())),
        "citation_defects": sum(len(row.defects) for row in rows),
        "confused": sum(bool(row.strangers) for row in rows),
        "key_terms": _share(row.terms for row in rows),
        "median_words": statistics.median([row.words for row in rows if row.words] or [0]),
        "ease": round(statistics.median(eases), 1) if eases else None,
        "easy": _share(ease >= PLAIN_EASE for ease in eases),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
    }


def _share(values: Iterable[float | bool | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 3) if known else None


def by(report: Report, dimension: Dimension) -> dict[str, dict[str, Any]]:
    """Totals by intent, kind or audience, by name; results that have none are left out."""
    groups: dict[str, list[Result]] = {}
    for result in report.results:
        groups.setdefault(getattr(result, dimension), []).append(result)
    return {name: totals(rows) for name, rows in sorted(groups.items()) if name}


def report_dict(report: Report) -> dict[str, Any]:
    """Totals, and the same by intent, kind and audience."""
    return {"totals": report.totals, "groups": {dimension: by(report, dimension) for dimension in DIMENSIONS}}


def save(report: Report, path: Path) -> None:
    """Write totals, groups and every result as JSON."""
    content = {**report_dict(report), "results": [asdict(result) for result in report.results]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
