"""The pages: each asks the engine, makes a view, and renders a template. All work without JavaScript."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Form, Header, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from drugchatter.engine import LONGEST_QUESTION
from drugchatter.surfaces.answer_json import answer_to_dict
from drugchatter.surfaces.api import EVENTS, MOST_TURNS, Text, event_stream, frames
from drugchatter.surfaces.lists import as_csv
from drugchatter.surfaces.web.permalinks import question_of, slug_of
from drugchatter.surfaces.web.site import STARTED, STATIC, Site, static_file
from drugchatter.surfaces.web.views.answers import (
    answer_view,
    changes,
    opening_view,
    passage_view,
    source_view,
    statement_view,
)
from drugchatter.surfaces.web.views.approvals import approvals_panel, approvals_view
from drugchatter.surfaces.web.views.changes import changes_view, versions_panel
from drugchatter.surfaces.web.views.drugs import drug_view, section_view
from drugchatter.surfaces.web.views.lists import (
    MOST_COMPARED,
    class_view,
    compare_view,
    comparison,
    home_view,
    maker_view,
)
from drugchatter.surfaces.web.views.protection import protection_panel
from drugchatter.surfaces.web.views.values import Table, View
from drugchatter.types import Answer, Drug, Evidence, Opening, Question, Reading, Source, Stated, Step

_FOREVER = "public, max-age=31536000, immutable"
_COOKIE = "operator"

Asked = Annotated[str, Query(max_length=LONGEST_QUESTION)]
Turns = Annotated[list[Text], Query(max_length=MOST_TURNS)]
Short = Annotated[str, Query(max_length=120)]
Version = Annotated[str, Query(max_length=20)]
PageNumber = Annotated[int, Query(ge=1, le=1000)]
Year = Annotated[int, Query(ge=1990, le=2100)]
Kind = Annotated[str, Query(pattern="^(drug|biologic|)$")]


def make_pages(site: Site) -> APIRouter:
    """All pages of `site`, none of them in the OpenAPI document."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for add in (_add_static, _add_answers, _add_drugs, _add_lists, _add_about, _add_operator):
        add(router, site)
    return router


def _add_static(router: APIRouter, site: Site) -> None:
    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404)
        return Response(static_file(name), media_type=STATIC[name], headers={"Cache-Control": _FOREVER})

    @router.get("/robots.txt")
    async def robots() -> Response:
        """Only what was published is to be found; questions are nobody's business."""
        allowed = "".join(f"Allow: /q/{slug}$\n" for slug, _ in site.keep.all_published())
        return PlainTextResponse(f"User-agent: *\n{allowed}Disallow: /\n")

    @router.get("/sitemap.xml")
    async def sitemap(request: Request) -> Response:
        xml = site.html("sitemap.xml", base=str(request.base_url), published=site.keep.all_published())
        return Response(xml, media_type="application/xml")


# ---------------------------------------------------------------------------------------------------------- answers


def _add_answers(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def home() -> Response:
        view = await site.answering.run(home_view, site.engine, site.catalog, site.calendar.dates())
        return site.page("home.html", **view)

    @router.get("/ask")
    async def ask(q: Asked = "", turn: Turns = [], plain: bool = False) -> Response:  # noqa: B006
        if not q.strip():
            return RedirectResponse("/", 303)
        return await _answer_page(site, Question(q, tuple(turn), plain=plain))

    @router.post("/ask")
    async def ask_by_form(
        q: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
        turn: Annotated[list[Text], Form(max_length=MOST_TURNS)] = [],  # noqa: B006
        plain: Annotated[bool, Form()] = False,
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        question = Question(q, tuple(turn), plain=plain)
        if EVENTS in accept:
            return event_stream(frames(_fragments(site, question)))
        return await _answer_page(site, question) if q.strip() else RedirectResponse("/", 303)

    @router.get("/q/{slug}")
    async def permalink(slug: str, operator: Annotated[str | None, Cookie()] = None) -> Response:
        question = question_of(slug, site.catalog.drugs)
        if question is None:
            raise HTTPException(404, "No question has this address.")
        answer = await site.answering.answer(Question(question))
        published = site.keep.published(slug)
        shown = answer_to_dict(answer)
        return site.page(
            "answer.html",
            **(await _answer_view(site, answer) | {"slug": slug}),
            published=published,
            changes=changes(published["answer"], shown) if published else [],
            structured=_structured(shown) if published and not answer.rejected else None,
            operator=site.is_operator(operator),
        )

    @router.get("/source/{passage_id}")
    async def source(passage_id: str, at: Annotated[str, Query(max_length=20)] = "") -> Response:
        view = None
        if re.fullmatch(r"[0-9a-f]{16,64}", passage_id):
            view = await site.answering.run(passage_view, site.engine, passage_id, at)
        if view is None:
            raise HTTPException(404, "This edition does not hold that passage.")
        return site.page("source.html", source=view)

    @router.post("/report")
    async def report(
        note: Annotated[str, Form(max_length=4000)] = "",
        question: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
        answer: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        await site.answering.run(site.keep.report, question, answer, site.engine.index.edition.id, note)
        return site.page("reported.html")


async def _answer_page(site: Site, question: Question) -> Response:
    view = await _answer_view(site, await site.answering.answer(question))
    return site.page("answer.html", **view, published=None, changes=[], structured=None, operator=False)


async def _answer_view(site: Site, answer: Answer) -> dict[str, Any]:
    view = await site.answering.run(answer_view, answer, site.engine)
    return {**view, "slug": slug_of(answer.reading, site.catalog.drugs)}


def _structured(shown: dict[str, Any]) -> dict[str, Any]:
    """schema.org's description of a page with one question and its answer."""
    text = " ".join(statement["text"] for statement in _statements(shown))
    answer = {"@type": "Answer", "text": text, "citation": sorted({source["url"] for source in shown["sources"]})}
    entity = {"@type": "Question", "name": shown["question"], "acceptedAnswer": answer}
    return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": entity}


def _statements(shown: dict[str, Any]) -> list[dict[str, Any]]:
    headline = [shown["headline"]] if shown["headline"] else []
    return [*headline, *(s for section in shown["sections"] for s in section["statements"])]


async def _fragments(site: Site, question: Question) -> AsyncIterator[list[tuple[str, str]]]:
    """The engine's steps as parts of the page: `progress` (words); `answer`, `statements` and `sources` (markup that
    goes to the end of what has that class); `end` (what stands around all that)."""
    written = _Written(site, question.text.strip())
    async for steps in site.answering.steps(question):
        parts = [part for step in steps for part in written.parts(step)]
        if isinstance(last := steps[-1], Answer):
            parts.append(("end", site.html("_end.html", **await _answer_view(site, last))))
        yield parts


class _Written:
    """An answer to `asked` as far as it stands on the page."""

    def __init__(self, site: Site, asked: str) -> None:
        self._site, self._asked = site, asked
        self._section: int | None = None
        self._quotes: dict[int, str] = {}

    def parts(self, step: Step) -> Iterator[tuple[str, str]]:
        """What a step adds to the page."""
        if isinstance(step, Reading):
            yield "progress", _reading_about(step)
        elif isinstance(step, Evidence):
            lines = sum(len(finding.hits) for finding in step.findings) + len(step.rows)
            yield "progress", f"Checking against {lines} lines of the documents"
        elif isinstance(step, Opening):
            yield "answer", self._site.html("_opening.html", **opening_view(step))
        elif isinstance(step, Stated):
            if step.sources:
                yield "sources", self._cards(step.sources)
            into, template, shown = _placed(step, statement_view(step.statement, self._quotes), self._section)
            yield into, self._site.html(template, question=self._asked, **shown)
            self._section = step.section

    def _cards(self, sources: Sequence[Source]) -> str:
        self._quotes |= {source.n: source.quote for source in sources}
        # Their passages have just been read to check the statement, so nobody waits for them here.
        return self._site.html("_sources.html", sources=[source_view(one, self._site.engine) for one in sources])


def _placed(stated: Stated, one: View, section: int | None) -> tuple[str, str, View]:
    """Where the next statement goes when the last was of `section`, in which template, and what that is to show."""
    if stated.section is None:
        return "answer", "_headline.html", {"headline": one}
    if stated.section == section:
        return "statements", "_statement.html", {"one": one}
    return "answer", "_section.html", {"section": {"heading": stated.heading, "statements": [one]}}


def _reading_about(reading: Reading) -> str:
    names = ", ".join(match.drug.name for match in reading.drugs)
    return f"Reading about {names}" if names else "Reading the question"


# ------------------------------------------------------------------------------------------------------------ drugs


def _add_drugs(router: APIRouter, site: Site) -> None:
    def known(drug_id: str) -> Drug:
        drug = site.catalog.drugs.get(drug_id)
        if drug is None:
            raise HTTPException(404, "No drug of this name is held.")
        return drug

    @router.get("/drugs")
    async def drugs(starts: Annotated[str, Query(max_length=1)] = "") -> Response:
        held = site.catalog.drugs.values()
        letters = sorted({drug.name[:1].upper() for drug in held})
        shown = [drug for drug in held if not starts or drug.name[:1].upper() == starts.upper()]
        return site.page("drugs.html", drugs=shown, letters=letters, starts=starts.upper())

    @router.get("/drug/{drug_id}")
    async def drug_page(drug_id: str, find: Short = "") -> Response:
        drug = known(drug_id)
        answer = await site.answering.answer(Question(f"What is {drug.name}?"))
        view = await site.answering.run(_drug_view, site, drug, answer, find.strip())
        return site.page("drug.html", **view)

    @router.get("/drug/{drug_id}/label/{field}")
    async def section(drug_id: str, field: str) -> Response:
        view = await site.answering.run(section_view, site.engine, known(drug_id), field)
        if view is None:
            raise HTTPException(404, "The label has no such section.")
        return site.page("section.html", **view)

    @router.get("/drug/{drug_id}/approvals")
    async def approvals(drug_id: str) -> Response:
        view = await site.answering.run(approvals_view, site.engine, known(drug_id))
        return site.page("approvals.html", **view)

    @router.get("/drug/{drug_id}/changes")
    async def label_changes(drug_id: str, old: Version = "", new: Version = "", page: PageNumber = 1) -> Response:
        view = await site.answering.run(changes_view, site.versions, known(drug_id), old, new, page)
        if view is None:
            raise HTTPException(404, "These two versions of the label are not held.")
        return site.page("changes.html", **view)

    @router.get("/compare")
    async def compare(d: Annotated[list[Short], Query(max_length=MOST_COMPARED)] = []) -> Response:  # noqa: B006
        chosen, unknown = _chosen(site, d)
        view: dict[str, Any] = {"drugs": [], "rows": []}
        if len(chosen) > 1:
            rows = comparison(chosen)
            answers = [await asyncio.gather(*(site.answering.answer(question) for question in row)) for row in rows]
            view = await site.answering.run(compare_view, site.engine, chosen, answers)
        return site.page("compare.html", **view, chosen=chosen, unknown=unknown, most=MOST_COMPARED)


def _drug_view(site: Site, drug: Drug, answer: Answer, find: str) -> dict[str, Any]:
    of_rows = (
        protection_panel(site.engine, site.calendar.books, drug),
        approvals_panel(site.engine, drug),
        site.supply.panel(drug),
        versions_panel(site.versions, drug),
    )
    return drug_view(site.engine, site.catalog, drug, answer, find, of_rows)


def _chosen(site: Site, names: Sequence[str]) -> tuple[list[Drug], list[str]]:
    """The drugs that `names` (ids, or names as typed) mean, each once, and the names that mean none."""
    chosen: dict[str, Drug] = {}
    unknown: list[str] = []
    for name in (name.strip() for name in names if name.strip()):
        drug = site.catalog.drugs.get(name) or next(iter(site.catalog.suggest(name)), None)
        if drug:
            chosen[drug.id] = drug
        else:
            unknown.append(name)
    return list(chosen.values()), unknown


# ------------------------------------------------------------------------------------------------------------ lists


def _add_lists(router: APIRouter, site: Site) -> None:
    @router.get("/calendar")
    async def calendar(
        year: Year | None = None, kind: Kind = "", applicant: Short = "", ingredient: Short = ""
    ) -> Response:
        asked = (year or datetime.now(UTC).year, kind, applicant.strip(), ingredient.strip())
        return site.page("calendar.html", **await site.answering.run(site.calendar.view, *asked))

    @router.get("/calendar.csv")
    async def calendar_csv(year: Year, kind: Kind = "", applicant: Short = "", ingredient: Short = "") -> Response:
        view = await site.answering.run(site.calendar.view, year, kind, applicant.strip(), ingredient.strip())
        table: Table = view["table"]
        text = as_csv(table.heads, ([cell.text for cell in row] for row in table.rows))
        named = {"Content-Disposition": f'attachment; filename="listed-protection-{year}.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=named)

    @router.get("/classes")
    async def classes() -> Response:
        return site.page("groups.html", title="Classes", folder="class", groups=site.catalog.classes.values())

    @router.get("/companies")
    async def companies() -> Response:
        return site.page("groups.html", title="Companies", folder="company", groups=site.catalog.makers.values())

    @router.get("/class/{slug}")
    async def class_page(slug: str) -> Response:
        if slug not in site.catalog.classes:
            raise HTTPException(404, "No drug of this class is held.")
        view = await site.answering.run(class_view, site.catalog.classes[slug], site.calendar)
        return site.page("group.html", **view, of="Class")

    @router.get("/company/{slug}")
    async def company(slug: str) -> Response:
        if slug not in site.catalog.makers:
            raise HTTPException(404, "No label of this company is held.")
        view = await site.answering.run(maker_view, site.catalog.makers[slug], site.calendar)
        return site.page("group.html", **view, of="Company")


# ------------------------------------------------------------------------------------------- about, and the operator


def _add_about(router: APIRouter, site: Site) -> None:
    @router.get("/about")
    async def about() -> Response:
        return site.page("about.html")

    @router.get("/sources")
    async def sources() -> Response:
        return site.page("sources.html", edition=site.engine.index.edition, books=site.calendar.dates())

    @router.get("/status")
    async def status() -> Response:
        return site.page(
            "status.html",
            edition=site.engine.index.edition,
            books=site.calendar.dates(),
            started=STARTED,
            open=site.answering.open,
            limits=site.answering.limits,
        )


def _add_operator(router: APIRouter, site: Site) -> None:
    """Pages for the one who runs the server: on loopback, with the token that `serve` prints."""

    def admit(request: Request, token: str | None) -> None:
        if not _is_loopback(request) or not site.is_operator(token):
            raise HTTPException(403, "This page is the operator’s. The server printed its address when it started.")

    @router.get("/reports")
    async def reports(
        request: Request, token: Short = "", operator: Annotated[str | None, Cookie()] = None
    ) -> Response:
        if token:
            admit(request, token)
            entered = RedirectResponse("/reports", 303)
            entered.set_cookie(_COOKIE, token, httponly=True, samesite="strict")
            return entered
        admit(request, operator)
        return site.page("reports.html", reports=site.keep.reports(), published=site.keep.all_published())

    @router.post("/q/{slug}/publish")
    async def publish(
        request: Request,
        slug: str,
        withdraw: Annotated[bool, Form()] = False,
        operator: Annotated[str | None, Cookie()] = None,
    ) -> Response:
        admit(request, operator)
        question = question_of(slug, site.catalog.drugs)
        if question is None:
            raise HTTPException(404, "No question has this address.")
        answer = await site.answering.answer(Question(question))
        if withdraw:
            site.keep.withdraw(slug)
        elif answer.rejected or answer.declined or not any(answer.statements()):
            raise HTTPException(409, "Only an answer whose every sentence passed its checks can be published.")
        else:
            site.keep.publish(slug, answer_to_dict(answer))
        return RedirectResponse(f"/q/{slug}", 303)


def _is_loopback(request: Request) -> bool:
    try:
        return bool(request.client and ipaddress.ip_address(request.client.host).is_loopback)
    except ValueError:
        return False
