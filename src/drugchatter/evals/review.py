"""A report as one page to read fifty answers on in ten minutes: question, answer, gold and evidence side by side.

The page asks nothing of anyone: no script, no font, no foreign address is loaded. Every word on it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from drugchatter.evals.match import holds
from drugchatter.evals.run import Judged, Report, beside, lead_and_all
from drugchatter.types import Source, Statement

# The worst first: a reader who stops early has seen what matters.
VERDICTS = {
    "wrong": "Wrong: says what it must not, cites badly, or cites another drug",
    "missed": "Missed: not what the question expects",
    "late": "Late: the gold stands in the answer, but not in its lead",
    "right": "Right",
    "unjudged": "Without gold: to be read",
}

_STYLE = """
body{font:15px/1.4 system-ui,sans-serif;margin:0 auto;max-width:110rem;padding:1rem;color:#1b1b1b;background:#fff}
nav{position:sticky;top:0;background:#fff;padding:.5rem 0;border-bottom:2px solid #555}
nav a{margin-right:1.2rem}
article{border-top:1px solid #999;padding:.6rem 0 1rem}
article h3{margin:.2rem 0 .5rem;font-size:1.05rem}
.side{display:grid;grid-template-columns:5fr 3fr 5fr;gap:1.4rem}
.side h4{margin:0 0 .2rem;font-size:.8rem;text-transform:uppercase;color:#555}
.side p,.side ul{margin:.2rem 0 .5rem}
.headline{font-weight:600}
.about{color:#555;font-size:.85rem}
.bad{color:#a40000}.good{color:#00601c}
blockquote{margin:.2rem 0 .8rem;padding-left:.6rem;border-left:3px solid #bbb;white-space:pre-line}
@media(max-width:60rem){.side{grid-template-columns:1fr}}
"""
_CSP = "default-src 'none'; style-src 'unsafe-inline'"
# Control characters, and the marks that turn the direction of writing.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST_QUOTE = 900


def verdict(judged: Judged) -> str:
    """The key of VERDICTS under which a case is read."""
    result = judged.result
    if result.wrong or result.defects or result.strangers:
        return "wrong"
    if result.right is None:
        return "unjudged"
    if not result.right:
        return "missed"
    return "late" if result.expect == "answer" and not result.lead else "right"


def review_page(reports: Iterable[tuple[str, Report]]) -> str:
    """The page of some named reports, as HTML."""
    found: dict[str, list[str]] = {name: [] for name in VERDICTS}
    for name, report in reports:
        for judged in report.judged:
            found[verdict(judged)].append(_article(name, judged))
    links = "".join(f'<a href="#{name}">{name} ({len(cases)})</a>' for name, cases in found.items() if cases)
    sections = "".join(
        f'<section id="{name}"><h2>{_text(VERDICTS[name])} ({len(cases)})</h2>{"".join(cases)}</section>'
        for name, cases in found.items()
        if cases
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Answers to read</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        '<meta name="viewport" content="width=device-width"><style>'
        f"{_STYLE}</style></head><body><h1>Answers to read</h1><nav>{links}</nav>"
        f"<main>{sections}</main></body></html>\n"
    )


def _article(name: str, judged: Judged) -> str:
    case, result = judged.case, judged.result
    told = (name, result.intent, result.kind, result.audience, f"expects {result.expect}", f"{result.words} words")
    about = " · ".join(part for part in told if part)
    earlier = "".join(f'<p class="about">before: {_text(turn)}</p>' for turn in case.question.turns)
    return (
        f"<article><h3>{_text(result.id)}: {_text(result.question)}</h3>{earlier}"
        f'<p class="about">{_text(about)}</p><div class="side">'
        f"<div><h4>Answer</h4>{_answer(judged)}</div>"
        f"<div><h4>Gold</h4>{_gold(judged)}</div>"
        f"<div><h4>Evidence</h4>{''.join(map(_source, judged.answer.sources))}</div></div></article>"
    )


def _answer(judged: Judged) -> str:
    answer = judged.answer
    parts = [f'<p class="about">{_text(notice.kind)}: {_text(notice.text)}</p>' for notice in answer.notices]
    if answer.declined:
        parts.append(f"<p><strong>declined, {_text(answer.declined.kind)}:</strong> {_text(answer.declined.text)}</p>")
    if answer.headline:
        parts.append(f'<p class="headline">{_statement(answer.headline)}</p>')
    for section in answer.sections:
        items = "".join(f"<li>{_statement(statement)}</li>" for statement in section.statements)
        parts.append(f"<p><em>{_text(section.heading)}</em></p><ul>{items}</ul>")
    return "".join(parts)


def _statement(statement: Statement) -> str:
    return f"{_text(statement.text)} {''.join(f'[{n}]' for n in statement.citations)}"


def _gold(judged: Judged) -> str:
    case, result = judged.case, judged.result
    lead, shown = lead_and_all(judged.answer)
    told = f"{shown} {beside(judged.answer)}"
    items = [_wanted(group, lead, told) for group in case.must]
    items += [_item(f"says “{w}”, which it must not", "bad") for w in case.must_not if holds(told, w)]
    items += [_item(defect, "bad") for defect in result.defects]
    items += [_item(f"cites {drug}, another drug", "bad") for drug in result.strangers]
    barred = f'<p class="about">must not say: {_text(" / ".join(case.must_not))}</p>' if case.must_not else ""
    where = f'<p class="about">read in: {_text(case.section)}</p>' if case.section else ""
    gold = f"<blockquote>{_text(_short(case.gold))}</blockquote>" if case.gold else ""
    return f"<ul>{''.join(items)}</ul>{barred}{where}{gold}"


def _wanted(group: list[str], lead: str, told: str) -> str:
    wording = " / ".join(group)
    if any(holds(lead, wanted) for wanted in group):
        return _item(f"in the lead: {wording}", "good")
    if any(holds(told, wanted) for wanted in group):
        return _item(f"further down: {wording}", "good")
    return _item(f"missing: {wording}", "bad")


def _item(text: str, looks: str) -> str:
    return f'<li class="{looks}">{_text(text)}</li>'


def _source(source: Source) -> str:
    parts = (f"[{source.n}] {source.document}", source.section, f"version {source.version}", source.date)
    return f'<p class="about">{_text(" · ".join(parts))}</p><blockquote>{_text(_short(source.quote))}</blockquote>'


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]} …"


def _text(text: str) -> str:
    return escape(_UNSAFE.sub("", text))
