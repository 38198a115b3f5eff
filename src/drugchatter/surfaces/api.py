"""The HTTP API: an answer as JSON, or as server-sent events of the engine's own steps; drug names; problem details.

Documented by the OpenAPI document that FastAPI derives from this module. The models describe `answer_to_dict`, which
stays the only maker of the JSON.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from drugchatter.engine import LONGEST_QUESTION
from drugchatter.errors import DrugChatterError, UsageError
from drugchatter.surfaces.answer_json import answer_to_dict, dumps, opening_to_dict, reading_to_dict, stated_to_dict
from drugchatter.surfaces.answering import Answering
from drugchatter.types import Answer, Evidence, Opening, Question, Reading, Stated, Step

MOST_TURNS = 20
EVENTS = "text/event-stream"
PROBLEM = "application/problem+json"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]


class Asked(BaseModel):
    """A question as JSON; `turns` are the earlier questions of the same conversation, oldest first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"question": "Kesimpta half-life?"}]})

    question: Text
    turns: list[Text] = Field(default=[], max_length=MOST_TURNS)
    plain: bool = Field(default=False, description="Prefer the words written for patients.")
    stream: bool = Field(default=False, description="Answer with server-sent events.")


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class StatementModel(BaseModel):
    text: str
    citations: list[int] = Field(description="Numbers of `sources`.")


class BasedStatement(StatementModel):
    basis: str = Field(description="quote, row, computed, absence or model")


class SectionModel(BaseModel):
    heading: str
    statements: list[BasedStatement]


class DrugModel(BaseModel):
    id: str
    name: str
    generic: str
    matched: str
    how: str = Field(description="exact, synonym, spelling or context")


class ReadingModel(BaseModel):
    kind: str
    intents: list[str]
    as_of: str | None
    drugs: list[DrugModel]


class SourceModel(BaseModel):
    n: int
    passage_id: str
    publisher: str
    document: str
    drug: str
    set_id: str
    version: str
    section: str
    loinc: str | None
    table: str | None
    row: str | None
    date: str
    edition: str
    url: str
    quote: str = Field(description="Exact words of the passage; empty where a search found nothing.")
    kind: str = Field(description="verbatim, summary or row")


class NoticeModel(BaseModel):
    kind: str
    text: str


class DeclinedModel(BaseModel):
    kind: str
    text: str
    suggestions: list[str]


class ExternalModel(BaseModel):
    name: str
    url: str


class ProfileModel(BaseModel):
    drug: str
    path: str
    external: list[ExternalModel]


class DataModel(BaseModel):
    source: str
    edition: str
    documents: int


class AnswerModel(BaseModel):
    """schema_version 1; further keys may be added."""

    schema_version: int
    id: str
    question: str
    reading: ReadingModel
    headline: StatementModel | None
    sections: list[SectionModel]
    sources: list[SourceModel]
    profile: ProfileModel | None
    related: list[str]
    notices: list[NoticeModel]
    declined: DeclinedModel | None
    generated_by: str
    data: list[DataModel]
    elapsed_ms: float


class StreamedReading(ReadingModel):
    safety: str | None = Field(description="overdose, self_harm, misuse or personal")


class FindingModel(BaseModel):
    drug: str
    intent: str
    lines: int


class SearchedModel(BaseModel):
    source: str
    document: str
    searched: str
    outcome: str = Field(description="found, empty or unavailable")


class EvidenceModel(BaseModel):
    """What was found, counted, and what was searched."""

    findings: list[FindingModel]
    rows: int
    searched: list[SearchedModel]


class OpeningModel(BaseModel):
    """What an answer says before its first statement."""

    notices: list[NoticeModel]
    declined: DeclinedModel | None


class StatedModel(BasedStatement):
    """A statement of an answer that is being written; those of a section follow each other."""

    section: int | None = Field(description="Place of its section in `sections` of the answer; null for the headline.")
    heading: str = Field(description="Heading of its section; empty for the headline.")
    sources: list[SourceModel] = Field(description="The sources that it is the first to cite.")


class SuggestionModel(BaseModel):
    name: str
    generic: str
    path: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in {
        400: "Not a question, or not HTTP as it should be",
        403: "Host or origin not allowed",
        413: "Body too large",
        422: "A field is missing, too long, or of another kind",
        429: "Too many requests; Retry-After says when",
        503: "Too many answers at once, too slow, or the edition cannot be read",
    }.items()
}
# What the data of an event are; nothing but the stream has them.
STREAMED = (StreamedReading, EvidenceModel, OpeningModel, StatedModel)
_FRAME = {
    "type": "object",
    "description": "One server-sent event. In this order: `reading`, `evidence` (what was found, counted), `opening`, "
    "each `statement` as soon as it is checked, and the whole `answer`, which says nothing that they did not; or, at "
    "any place and last, `error`.",
    "properties": {
        "event": {"type": "string", "enum": ["reading", "evidence", "opening", "statement", "answer", "error"]},
        "data": {
            "type": "string",
            "description": "JSON: a StreamedReading, an EvidenceModel, an OpeningModel, a StatedModel, an AnswerModel, "
            "a Problem.",
        },
    },
    "required": ["event", "data"],
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `Accept: text/event-stream` or `stream`, its steps as they are made.",
        "model": AnswerModel,
        "content": {EVENTS: {"schema": _FRAME}},
    },
    **_PROBLEMS,
}


def problem(status: int, title: str, detail: str = "", **headers: str) -> Response:
    """Problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(dumps(body), status, headers, media_type=PROBLEM)


def status_of(error: DrugChatterError) -> int:
    """The HTTP status of an error: the reader's mistake, or a server without room, time or readable data."""
    return 400 if isinstance(error, UsageError) else 503


def json_response(value: Any) -> Response:
    return Response(dumps(value), media_type="application/json")


def make_api(answering: Answering, suggest: Callable[[str], Sequence[dict[str, str]]]) -> APIRouter:
    """The routes under `/api`; `suggest` gives the drugs whose names begin with some letters."""
    router = APIRouter(prefix="/api")

    @router.get("/answer", responses=_ANSWERS, response_model=None, summary="Answer a question")
    async def get_answer(
        q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, description="The question.")],
        turn: Annotated[list[Text], Query(max_length=MOST_TURNS, description="Earlier questions.")] = [],  # noqa: B006
        plain: Annotated[bool, Query(description="Prefer the words written for patients.")] = False,
        stream: Annotated[bool, Query(description="Answer with server-sent events.")] = False,
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        return await _respond(answering, Question(q, tuple(turn), plain=plain), stream or EVENTS in accept)

    @router.post("/answer", responses=_ANSWERS, response_model=None, summary="Answer a question that no log should see")
    async def post_answer(asked: Annotated[Asked, Body()], accept: Annotated[str, Header()] = "") -> Response:
        question = Question(asked.question, tuple(asked.turns), plain=asked.plain)
        return await _respond(answering, question, asked.stream or EVENTS in accept)

    @router.get(
        "/suggest",
        response_model=list[SuggestionModel],
        responses={status: _PROBLEMS[status] for status in (403, 422, 429)},
        summary="Drugs whose name begins so",
    )
    async def get_suggestions(q: Annotated[str, Query(max_length=80)]) -> Response:
        return json_response(list(suggest(q)))

    return router


async def _respond(answering: Answering, question: Question, stream: bool) -> Response:
    if not stream:
        return json_response(answer_to_dict(await answering.answer(question)))
    return event_stream(frames([_event(step) for step in steps] async for steps in answering.steps(question)))


def event_stream(body: AsyncIterator[str]) -> StreamingResponse:
    """Server-sent events, which no cache and no proxy should hold back."""
    return StreamingResponse(body, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


async def frames(events: AsyncIterator[Iterable[tuple[str, str]]]) -> AsyncIterator[str]:
    """Each (event, data) as a frame, those that are ready together in one piece; an error is a frame too, and the last
    one."""
    try:
        async for ready in events:
            yield "".join(frame(event, data) for event, data in ready)
    except DrugChatterError as error:
        told = {"type": "about:blank", "title": error.message, "status": status_of(error), "detail": error.hint}
        yield frame("error", dumps(told))


def frame(event: str, data: str) -> str:
    r"""One server-sent event; every line of `data` is a field of its own, and CR, LF, CRLF all end a line.

    >>> frame("answer", "one\ntwo")
    'event: answer\ndata: one\ndata: two\n\n'
    """
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"event: {event}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"


_EVENT: dict[type, str] = {
    Reading: "reading",
    Evidence: "evidence",
    Opening: "opening",
    Stated: "statement",
    Answer: "answer",
}


def _event(step: Step) -> tuple[str, str]:
    return _EVENT[type(step)], dumps(step_to_dict(step))


def step_to_dict(step: Step) -> dict[str, Any]:
    """One step of the stream as plain values."""
    if isinstance(step, Reading):
        return {**reading_to_dict(step), "safety": step.safety}
    if isinstance(step, Evidence):
        return evidence_to_dict(step)
    if isinstance(step, Opening):
        return opening_to_dict(step)
    if isinstance(step, Stated):
        return stated_to_dict(step)
    return answer_to_dict(step)


def evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    """What was found, counted, and what was searched."""
    return {
        "findings": [{"drug": f.drug.name, "intent": f.intent, "lines": len(f.hits)} for f in evidence.findings],
        "rows": len(evidence.rows),
        "searched": [
            {"source": c.source, "document": c.document, "searched": c.searched, "outcome": c.outcome}
            for c in evidence.coverage
        ],
    }
