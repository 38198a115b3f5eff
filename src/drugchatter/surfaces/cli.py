"""The command line. stdout is data, stderr is progress and errors.

Only cyclopts is imported here; what a command needs is imported by it, so that `--help` stays fast.
Exit codes: 0 answered, 1 failure, 2 usage, 3 declined, 4 upstream, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from cyclopts import CycloptsError, Parameter

from drugchatter.errors import DrugChatterError, StoreError, UsageError
from drugchatter.surfaces import cli_data, cli_eval, cli_patents  # noqa: F401 - their commands register themselves
from drugchatter.surfaces.app import (
    DECLINED,
    AsJson,
    Offline,
    Own,
    Plain,
    app,
    existing,
    fail,
    opened_engine,
    show_json,
    show_pairs,
)

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.types import Answer, Question

INTERRUPTED = 130
# More turns than a conversation needs to find the drug it is about.
_TURNS_KEPT = 20


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command (`tokens`, else the process's arguments) and return its exit code."""
    _forgive_narrow_streams()
    try:
        code = app(tokens, exit_on_error=False, print_error=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except DrugChatterError as error:
        return fail(error)
    except CycloptsError as error:
        return fail(UsageError(str(error), "drugchatter --help lists the commands, drugchatter COMMAND --help one"))
    except BrokenPipeError:
        # The reader of our output has seen enough. Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _drop_unwritten_output()
        named = f"{error.filename}: " if error.filename else ""
        return fail(
            StoreError(f"{named}{error.strerror or error}", "check the file, its permissions and the free space")
        )
    except KeyboardInterrupt:
        return INTERRUPTED


def _forgive_narrow_streams() -> None:
    """A character that the terminal's encoding lacks is printed as its escape, not as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_unwritten_output() -> None:
    """What stdout could not take (a full disk) would raise again when Python closes it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# -------------------------------------------------------------------------------------------------------------- ask


@app.command
def ask(
    *question: Annotated[str, Parameter(help="The question; quotation marks are not needed.")],
    as_json: AsJson = False,
    jsonl: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True,
            help="Many questions, one a line, from a file or `-` (stdin): text or JSON. Prints an answer a line.",
        ),
    ] = None,
    plain: Plain = False,
    offline: Offline = False,
    as_of: Annotated[date | None, Parameter(help="Answer from the documents of that day (YYYY-MM-DD).")] = None,
    own: Own = False,
    model: Annotated[str | None, Parameter(help="Let this language model write the answer.")] = None,
) -> int:
    """Answer one question."""
    from drugchatter.types import Question

    _refuse_a_model(model)
    if jsonl is not None:
        if question:
            raise UsageError(
                "--jsonl reads its questions from lines, not from the command line", "leave one of them out"
            )
        return _ask_lines(jsonl, opened_engine(offline, own), Question("", as_of=as_of, plain=plain))
    if not any(word.strip() for word in question):
        raise UsageError("the question is empty", 'ask something, for example: drugchatter ask "Kesimpta half-life?"')
    answer = opened_engine(offline, own).ask(Question(" ".join(question), as_of=as_of, plain=plain))
    _show_json_answer(answer) if as_json else _show_answer(answer)
    return DECLINED if answer.declined else 0


def _refuse_a_model(model: str | None) -> None:
    if model is not None:
        raise UsageError(
            f"--model {model}: language models are not available in this version",
            "leave --model out: answers are then quotations from the documents, chosen without a model",
        )


def _ask_lines(place: str, engine: Engine, asked: Question) -> int:
    """Answer the lines of `place` in the manner of `asked`; 2 when some were no text, else 1 when some were bad."""
    from drugchatter.surfaces.answer_json import dumps
    from drugchatter.surfaces.batch import NotTextError, answer_lines

    code = 0
    with _opened(place) as stream:
        for outcome in answer_lines(stream, engine.ask, asked):
            print(dumps(outcome.line, sys.stdout.encoding), flush=True)
            if outcome.error:
                fail(outcome.error)
                code = max(code, 2 if isinstance(outcome.error, NotTextError) else 1)
    return code


@contextmanager
def _opened(place: str) -> Iterator[BinaryIO]:
    if place == "-":
        yield _stdin()
        return
    with existing(Path(place)).open("rb") as stream:
        yield stream


def _stdin() -> BinaryIO:
    if sys.stdin is None:  # closed by the caller
        raise UsageError("there is no input to read: stdin is closed", "give it a file or a pipe")
    return sys.stdin.buffer


def _show_json_answer(answer: Answer) -> None:
    from drugchatter.surfaces.answer_json import answer_to_dict

    show_json(answer_to_dict(answer))


def _show_answer(answer: Answer) -> None:
    from drugchatter.surfaces.terminal import make_console, print_answer

    print_answer(answer, make_console(sys.stdout))


# ------------------------------------------------------------------------------------------------------------- chat


@app.command
def chat(*, plain: Plain = False, offline: Offline = False, own: Own = False) -> int:
    """Ask one question after another; "and in pregnancy?" is understood. /new forgets, /quit ends."""
    from drugchatter.types import Question

    engine = opened_engine(offline, own)
    turns: list[str] = []
    try:
        for text in _typed_lines():
            if text == "/quit":
                break
            if text == "/new":
                turns.clear()
            elif text.startswith("/"):
                print("drugchatter: the commands are /new and /quit", file=sys.stderr)
            elif _answered(engine, Question(text, tuple(turns[-_TURNS_KEPT:]), plain=plain)):
                turns.append(text)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _answered(engine: Engine, question: Question) -> bool:
    """Show the answer, or what was wrong with the question: a conversation goes on after a mistake."""
    try:
        _show_answer(engine.ask(question))
    except UsageError as error:
        fail(error)
        return False
    print(flush=True)
    return True


def _typed_lines() -> Iterator[str]:
    """Lines of stdin without blank ones; the prompt goes to stderr, and only where someone types."""
    from drugchatter.surfaces.batch import bounded_lines, decoded

    stdin = _stdin()
    lines = bounded_lines(stdin)
    while True:
        print("> " if stdin.isatty() else "", end="", file=sys.stderr, flush=True)
        raw = next(lines, None)
        if raw is None:
            return
        if text := decoded(raw, "the line").strip():
            yield text


# ------------------------------------------------------------------------------------------- what is held, and where


@app.command
def doctor(*, as_json: AsJson = False) -> int:
    """Check the installation, the settings and the data; say how to mend what is wrong."""
    from drugchatter.surfaces.doctor import examine

    checks = list(examine())
    well = all(check.ok for check in checks)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "found": c.found, "mend": c.mend or None} for c in checks]
        show_json({"ok": well, "checks": rows})
    else:
        show_pairs([(c.name, f"ok: {c.found}" if c.ok else f"problem: {c.found}; {c.mend}") for c in checks])
    return 0 if well else 1


# ------------------------------------------------------------------------------------------------------------ serve


@app.command
def serve(
    *,
    host: Annotated[
        str, Parameter(help="The address to listen on; only this machine can reach the default.")
    ] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes a free one.")] = 8642,
    name: Annotated[tuple[str, ...], Parameter(help="A further host name under which it may be addressed.")] = (),
) -> int:
    """Serve the web page and the HTTP API until interrupted; prints its address."""
    from drugchatter.surfaces.web import start

    start(host, port, name)
    return 0
