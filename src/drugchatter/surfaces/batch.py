"""Many questions, one a line: JSON lines in, JSON lines out, in constant memory.

A bad line gives a line that says what is wrong with it, and the next line is read. What is no text at all is told apart
(`NotTextError`), since it means that the wrong file was given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from drugchatter.engine import LONGEST_QUESTION
from drugchatter.errors import DrugChatterError, UsageError
from drugchatter.surfaces.answer_json import SCHEMA_VERSION, answer_to_dict
from drugchatter.types import Answer, Question

# Room for a conversation of many turns; more on one line is not a question, and is not kept in memory.
LONGEST_LINE = 1_000_000
_HINT = 'a line is a question, or {"id": …, "question": …}, or {"id": …, "turns": [ … ]}'


class NotTextError(UsageError):
    """The bytes are not UTF-8 text."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of output; `error` is what was wrong with the line of input, if anything."""

    line: dict[str, Any]
    error: DrugChatterError | None = None


def decoded(raw: bytes, what: str) -> str:
    """`raw` as text. Raises NotTextError, naming `what`, when it is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTextError(f"{what} is not text (byte {error.start} is not UTF-8)", "send UTF-8 text") from error


_PLAINLY = Question("")


def answer_lines(stream: BinaryIO, ask: Callable[[Question], Answer], asked: Question = _PLAINLY) -> Iterator[Outcome]:
    """Ask each line of `stream`, as of the day and in the words that `asked` wants; yield its answer, or what is wrong
    with it, under its id (else `line-N`)."""
    for number, raw in enumerate(bounded_lines(stream), 1):
        if not raw.strip():
            continue
        input_id: str | int = f"line-{number}"
        try:
            fields = _fields(raw, number)
            input_id = _input_id(fields, number)
            answer = ask(_question(fields, number, asked))
            yield Outcome({"input_id": input_id, **answer_to_dict(answer)})
        except DrugChatterError as error:
            said = {"message": error.message, "hint": error.hint}
            yield Outcome({"input_id": input_id, "schema_version": SCHEMA_VERSION, "error": said}, error)


def bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of at most LONGEST_LINE bytes and one more, by which an over-long line is known; its rest is dropped."""
    while raw := stream.readline(LONGEST_LINE + 1):
        rest = raw
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield raw


def _fields(raw: bytes, number: int) -> dict[str, Any]:
    text = decoded(raw, f"line {number}").strip()
    if len(raw) > LONGEST_LINE:
        raise UsageError(f"line {number} is longer than {LONGEST_LINE} bytes", _HINT)
    if not text.startswith("{"):
        return {"question": text}
    try:
        fields: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"line {number} is not JSON ({error})", _HINT) from error
    return fields


def _input_id(fields: dict[str, Any], number: int) -> str | int:
    input_id = fields.get("id", f"line-{number}")
    if isinstance(input_id, bool) or not isinstance(input_id, str | int):
        raise UsageError(f"line {number}: its id is neither text nor a whole number", _HINT)
    return input_id


def _question(fields: dict[str, Any], number: int, asked: Question) -> Question:
    """The last turn as the question, the others before it. A turn may also be an object with a `question`."""
    turns = fields["turns"] if "turns" in fields else [fields.get("question")]
    if not isinstance(turns, list) or not turns:
        raise UsageError(f"line {number}: its turns are not a list of questions", _HINT)
    *earlier, text = [_turn(turn, number) for turn in turns]
    return replace(asked, text=text, turns=tuple(earlier))


def _turn(turn: object, number: int) -> str:
    text = turn.get("question") if isinstance(turn, dict) else turn
    if not isinstance(text, str):
        raise UsageError(f"line {number} holds no question", _HINT)
    # The engine measures the question itself; the turns before it are only read for their drugs.
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"line {number}: a turn has {len(text)} characters; {LONGEST_QUESTION} are the most", _HINT)
    return text
