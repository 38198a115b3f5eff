"""An answer, its sources in their context, and one passage, for the templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from drugchatter.engine import Engine
from drugchatter.surfaces.answer_json import answer_to_dict, source_to_dict
from drugchatter.surfaces.web.views.values import LABELS, View, ask_path, drug_card
from drugchatter.text import without_references
from drugchatter.types import Answer, Notice, Opening, Passage, Source, Statement

_ORIGIN = {
    "verbatim": "label’s own words",
    "summary": "our summary of the label",
    "row": "row of the publisher’s table",
}
_FIRST_NOTICES = ("emergency", "boxed_warning", "stale")


def answer_view(answer: Answer, engine: Engine) -> View:
    """All that the answer's page shows: the documented JSON, and for each source its words in their context."""
    shown = answer_to_dict(answer)
    sources = [source_view(source, engine) for source in answer.sources]
    verify = _verify(answer, sources)
    quotes = {source.n: source.quote for source in answer.sources}
    return {
        **shown,
        "headline": statement_view(answer.headline, quotes) if answer.headline else None,
        "sections": [
            {"heading": section.heading, "statements": [statement_view(one, quotes) for one in section.statements]}
            for section in answer.sections
        ],
        "turns": list(answer.reading.question.turns),
        "plain": answer.reading.question.plain,
        "sources": sources,
        **opening_view(Opening(answer.notices, answer.declined)),
        "last_notices": [notice for notice in answer.notices if notice.kind not in _FIRST_NOTICES],
        "verify": verify,
        "drugs": [drug_card(match.drug) for match in answer.reading.drugs],
        "related": [{"text": text, "href": ask_path(text)} for text in answer.related],
        "dates": _span_of_dates(answer),
    }


def opening_view(opening: Opening) -> View:
    """What stands above the statements."""
    declined = opening.declined
    return {
        "first_notices": [notice for notice in opening.notices if notice.kind in _FIRST_NOTICES],
        "declined_text": _without(declined.text, opening.notices) if declined else "",
        "suggestions": declined.suggestions if declined else (),
    }


def _span_of_dates(answer: Answer) -> list[str]:
    """The date of the sources, or the oldest and the newest; without sources, the edition's."""
    dates = sorted({source.date for source in answer.sources})
    return dates[:1] + dates[1:][-1:] or [answer.edition.released or answer.edition.built[:10]]


def statement_view(statement: Statement, quotes: Mapping[int, str]) -> View:
    """A statement with `lines`: its text, broken where the quotations it is made of are broken in their document."""
    lines = [without_references(line) for n in statement.citations for line in quotes.get(n, "").split("\n")]
    joined = " ".join(lines)
    before = statement.text.removesuffix(joined) if statement.text.endswith(joined) else None
    whole = [statement.text] if before is None or len(lines) == 1 else [before + lines[0], *lines[1:]]
    return {"lines": whole, "text": statement.text, "citations": statement.citations, "basis": statement.basis}


def _without(text: str, notices: Iterable[Notice]) -> str:
    """A refusal without the notice that stands above it already."""
    for notice in notices:
        text = text.replace(notice.text, "")
    return text.strip()


def _verify(answer: Answer, sources: list[View]) -> View | None:
    """The source of the first statement: where a reader would check first."""
    first: Statement | None = next(answer.statements(), None)
    return next((source for source in sources if first and source["n"] in first.citations), None)


def source_view(source: Source, engine: Engine) -> View:
    """A source with the words around its quotation, and where both can be read."""
    found = engine.index.passage(source.passage_id) if source.quote and source.kind != "row" else None
    before, after, at = _around(found[0], source.quote) if found else ("", "", None)
    return {
        **source_to_dict(source),
        "origin": _ORIGIN[source.kind],
        "before": before,
        "after": after,
        "context": f"/source/{source.passage_id}?at={at}" if at else "",
        "url": publisher_url(source),
    }


def _around(passage: Passage, quoted: str) -> tuple[str, str, str | None]:
    """The line before and the line after a quotation, and its place in the passage ("start-end")."""
    start = passage.text.find(quoted)
    if start < 0:
        return "", "", None
    end = start + len(quoted)
    before = passage.text[:start].rstrip("\n").rpartition("\n")[2]
    after = passage.text[end:].lstrip("\n").partition("\n")[0]
    return _clipped(before, last=True), _clipped(after), f"{start}-{end}"


_MOST_AROUND = 220


def _clipped(text: str, last: bool = False) -> str:
    """At most about 220 characters, cut at a word."""
    if len(text) <= _MOST_AROUND:
        return text
    if last:
        return "… " + text[-_MOST_AROUND:].partition(" ")[2]
    return text[:_MOST_AROUND].rpartition(" ")[0] + " …"


def publisher_url(source: Source) -> str:
    """The publisher's page, opened at the sentence by a text fragment where the page holds these very words."""
    if source.kind != "verbatim" or not source.quote or not source.url.startswith(LABELS):
        return source.url
    return source.url + text_fragment(source.quote)


_ENDS = 5


def text_fragment(quoted: str) -> str:
    """`#:~:text=` for a quotation: whole when short, else its first and last words (WICG Text Fragments). It stays
    within one line or cell and clear of brackets, which pages set apart.

    >>> text_fragment("Store at 2-8 °C.")
    '#:~:text=Store%20at%202%2D8%20%C2%B0C.'
    """
    found = max(re.split(r"\n| \| |\s*[\[(][^\])]*[\])]", quoted), key=len).split()
    if len(found) <= 2 * _ENDS:
        return f"#:~:text={_escaped(found)}"
    return f"#:~:text={_escaped(found[:_ENDS])},{_escaped(found[-_ENDS:])}"


def _escaped(found: list[str]) -> str:
    """Percent-encoded; a hyphen too, since it separates the parts of a text directive."""
    return quote(" ".join(found), safe="").replace("-", "%2D")


def passage_view(engine: Engine, passage_id: str, at: str) -> View | None:
    """A whole passage, with the characters `at` ("start-end") marked; None when it is not held."""
    found = engine.index.passage(passage_id)
    if found is None:
        return _row_view(engine, passage_id)
    passage, document = found
    start, end = _span(at, len(passage.text))
    source = engine.cite(passage_id)
    assert source is not None  # noqa: S101 - the passage is held
    drug = engine.index.drug(document.drug_id)
    return {
        **source_to_dict(source),
        "origin": _ORIGIN[document.kind],
        "before": passage.text[:start],
        "marked": passage.text[start:end],
        "after": passage.text[end:],
        "rows": [line.split(" | ") for line in passage.lines()] if passage.kind == "table" else [],
        "drug_path": f"/drug/{drug.id}",
        "section_path": f"/drug/{drug.id}/label/{passage.field}" if document == drug.reference else "",
        "url": publisher_url(source) if start == end else _url_at(source, passage.text[start:end]),
    }


def _row_view(engine: Engine, passage_id: str) -> View | None:
    """A loaded row of a publisher's table; None when it is not held."""
    source = engine.cite(passage_id) if engine.index.row(passage_id) else None
    if source is None:
        return None
    whole = {"before": source.quote, "marked": "", "after": "", "rows": [], "drug_path": "", "section_path": ""}
    return {**source_to_dict(source), **whole, "origin": _ORIGIN["row"], "url": source.url}


def _url_at(source: Source, quoted: str) -> str:
    return source.url + text_fragment(quoted) if source.kind == "verbatim" else source.url


def _span(at: str, length: int) -> tuple[int, int]:
    """The asked span within a text of `length`; nothing for anything else."""
    match = re.fullmatch(r"(\d{1,7})-(\d{1,7})", at)
    if not match:
        return length, length
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end <= length else (length, length)


def changes(before: View, now: View) -> list[tuple[str, str]]:
    """("gone" | "new", statement) between two answers in the documented JSON."""
    old, new = _statements(before), _statements(now)
    return [*(("gone", text) for text in old if text not in new), *(("new", text) for text in new if text not in old)]


def _statements(answer: View) -> list[str]:
    headline = [answer["headline"]["text"]] if answer["headline"] else []
    return [*headline, *(s["text"] for section in answer["sections"] for s in section["statements"])]
