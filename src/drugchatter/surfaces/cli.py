"""The command line. stdout is data, stderr is progress and errors.

Only cyclopts is imported here; what a command needs is imported by it, so that `--help` stays fast.
Exit codes: 0 answered, 1 failure, 2 usage, 3 declined, 4 upstream, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

from cyclopts import App, CycloptsError, Parameter

from drugchatter.errors import DataError, DrugChatterError, StoreError, UsageError

if TYPE_CHECKING:
    from drugchatter.engine import Engine, Progress
    from drugchatter.evals.run import Report
    from drugchatter.exclusivity.protection import Protection
    from drugchatter.settings import Settings
    from drugchatter.types import Answer, Question, Source

DECLINED = 3
INTERRUPTED = 130
# More turns than a conversation needs to find the drug it is about.
_TURNS_KEPT = 20


def _version() -> str:
    from drugchatter import __version__

    return f"drugchatter {__version__}"


app = App(
    help_format="plaintext",  # markdown would import a parser and cost a fifth of the start-up
    name="drugchatter",
    help="Concise, cited answers about drugs from official documents, every sentence checked.",
    help_epilogue="Exit codes: 0 answered, 1 failure, 2 usage, 3 declined, 4 upstream.",
    version=_version,
    default_parameter=Parameter(negative=(), show_default=False),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

AsJson = Annotated[bool, Parameter(name="--json", help="Print JSON.")]
Plain = Annotated[bool, Parameter(help="Use the words written for patients.")]
Offline = Annotated[bool, Parameter(help="Open no connection, whatever the settings say.")]


class _NotHeldError(UsageError):
    """Asked for data that no edition holds: a refusal, not a mistake in the call."""

    exit_code = DECLINED


def main(tokens: Sequence[str] | None = None) -> int:
    """Run one command (`tokens`, else the process's arguments) and return its exit code."""
    _forgive_narrow_streams()
    try:
        code = app(tokens, exit_on_error=False, print_error=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except DrugChatterError as error:
        return _fail(error)
    except CycloptsError as error:
        return _fail(UsageError(str(error), "drugchatter --help lists the commands, drugchatter COMMAND --help one"))
    except BrokenPipeError:
        # The reader of our output has seen enough. Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _drop_unwritten_output()
        named = f"{error.filename}: " if error.filename else ""
        return _fail(
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


def _fail(error: DrugChatterError) -> int:
    from drugchatter.surfaces.terminal import safe

    print(f"drugchatter: {safe(error.message)}", file=sys.stderr)
    if error.hint:
        print(safe(error.hint), file=sys.stderr)
    return error.exit_code


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
    model: Annotated[str | None, Parameter(help="Let this language model write the answer.")] = None,
) -> int:
    """Answer one question."""
    _refuse_what_is_not_there(as_of, model)
    if jsonl is not None:
        if question:
            raise UsageError(
                "--jsonl reads its questions from lines, not from the command line", "leave one of them out"
            )
        return _ask_lines(jsonl, _engine(offline), plain)
    if not any(word.strip() for word in question):
        raise UsageError("the question is empty", 'ask something, for example: drugchatter ask "Kesimpta half-life?"')
    from drugchatter.types import Question

    answer = _engine(offline).ask(Question(" ".join(question), plain=plain))
    _show_json_answer(answer) if as_json else _show_answer(answer)
    return DECLINED if answer.declined else 0


def _refuse_what_is_not_there(as_of: date | None, model: str | None) -> None:
    if model is not None:
        raise UsageError(
            f"--model {model}: language models are not available in this version",
            "leave --model out: answers are then quotations from the documents, chosen without a model",
        )
    if as_of is not None:
        raise _NotHeldError(
            f"--as-of {as_of.isoformat()}: documents of past days are not held, so this is not answered",
            "leave --as-of out: the answer shows the date of each document it cites",
        )


def _ask_lines(place: str, engine: Engine, plain: bool) -> int:
    """Answer the lines of `place`; 2 when some were not text, else 1 when some were bad, else 0."""
    from drugchatter.surfaces.answer_json import dumps
    from drugchatter.surfaces.batch import NotTextError, answer_lines

    code = 0
    with _opened(place) as stream:
        for outcome in answer_lines(stream, engine.ask, plain=plain):
            print(dumps(outcome.line, sys.stdout.encoding), flush=True)
            if outcome.error:
                _fail(outcome.error)
                code = max(code, 2 if isinstance(outcome.error, NotTextError) else 1)
    return code


@contextmanager
def _opened(place: str) -> Iterator[BinaryIO]:
    if place == "-":
        yield _stdin()
        return
    with _existing(Path(place)).open("rb") as stream:
        yield stream


def _stdin() -> BinaryIO:
    if sys.stdin is None:  # closed by the caller
        raise UsageError("there is no input to read: stdin is closed", "give it a file or a pipe")
    return sys.stdin.buffer


def _existing(file: Path) -> Path:
    """`file`, which may also be a pipe. Raises UsageError when there is nothing to read there."""
    if not file.exists() or file.is_dir():
        raise UsageError(f"{file} is {'a folder' if file.is_dir() else 'not there'}", "give a file of questions")
    return file


def _engine(offline: bool = False) -> Engine:
    """The engine on the current edition; says so on stderr when the starter edition has to be built first."""
    from drugchatter.engine import open_engine
    from drugchatter.store.editions import current

    settings = _load_settings(offline)
    if current(settings.editions) is None:
        print(f"drugchatter: first use, building the starter data in {settings.home}", file=sys.stderr)
    return open_engine(settings)


def _load_settings(offline: bool) -> Settings:
    from dataclasses import replace

    from drugchatter.settings import load_settings

    settings = load_settings()
    if not offline:
        return settings
    origins = tuple((name, "--offline" if name == "offline" else origin) for name, origin in settings.origins)
    return replace(settings, offline=True, origins=origins)


def _show_json_answer(answer: Answer) -> None:
    from drugchatter.surfaces.answer_json import answer_to_dict

    _show_json(answer_to_dict(answer))


def _show_json(value: Any) -> None:
    from drugchatter.surfaces.answer_json import dumps

    print(dumps(value, sys.stdout.encoding, indent=2))


def _show_answer(answer: Answer) -> None:
    from drugchatter.surfaces.terminal import make_console, print_answer

    print_answer(answer, make_console(sys.stdout))


# ------------------------------------------------------------------------------------------------------------- chat


@app.command
def chat(*, plain: Plain = False, offline: Offline = False) -> int:
    """Ask one question after another; "and in pregnancy?" is understood. /new forgets, /quit ends."""
    from drugchatter.types import Question

    engine = _engine(offline)
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
        _fail(error)
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
def sources(
    drug: Annotated[str, Parameter(name="DRUG", help="A drug: show the labels held for it.")] = "",
    *,
    as_json: AsJson = False,
) -> int:
    """Show which documents the current edition holds, and of when they are; for a drug, its labels."""
    engine = _engine()
    if drug:
        return _show_labels(engine, drug, as_json)
    edition = engine.index.edition
    documents = [{"source": source, "documents": count} for source, count in edition.documents]
    if as_json:
        held = {"edition": edition.id, "built": edition.built, "released": edition.released or None}
        _show_json({**held, "content_hash": edition.content_hash, "path": edition.path, "sources": documents})
        return 0
    _show_pairs(
        [
            ("edition", edition.id),
            ("built", edition.built),
            ("released", edition.released or "with the program (starter data)"),
            ("content hash", edition.content_hash),
            *((source, f"{count:,} documents") for source, count in edition.documents),
            ("file", edition.path),
        ]
    )
    return 0


def _show_labels(engine: Engine, drug: str, as_json: bool) -> int:
    labels = engine.labels(drug)
    if not labels:
        raise UsageError(f"no drug named {drug!r} in the edition {engine.index.edition.id}", "check the spelling")
    if as_json:
        _show_json(labels)
        return 0
    for label in labels:
        chosen = f"quoted from: {label['why']}" if label["reference"] else "also held"
        _show_pairs(
            [
                (str(label["drug"]), f"{label['document']} · {label['labeler']}"),
                ("", f"version {label['version']} of {label['date']}, set id {label['set_id']}"),
                ("", f"{chosen} ({label['source']})"),
            ]
        )
    return 0


@app.command
def protection(
    drug: Annotated[str, Parameter(name="DRUG", help="A brand, an ingredient, or an application number (N021995).")],
    *,
    listed: Annotated[str, Parameter(help="The listings of that edition (YYYY-MM-DD) instead of the newest.")] = "",
    as_json: AsJson = False,
    timeline: Annotated[bool, Parameter(help="Draw the rights as bars over the years.")] = False,
    svg: Annotated[Path | None, Parameter(help="Write the same picture to this file, as SVG.")] = None,
) -> int:
    """Show what the Orange and Purple Books list for a drug: patents, exclusivity, generics or biosimilars."""
    from drugchatter.exclusivity.protection import protection_json

    engine = _engine()
    found = engine.protection(drug, listed or None)
    if found is None:
        print(f"drugchatter: no row of the loaded Orange and Purple Books names {drug!r}", file=sys.stderr)
        return DECLINED
    if timeline or svg:
        _show_timeline(engine, found, svg)
        return 0
    fields = protection_json(found)
    if as_json:
        _show_json(fields)
        return 0
    _show_pairs(list(_protection_pairs(fields)))
    return 0


def _show_timeline(engine: Engine, found: Protection, svg: Path | None) -> None:
    from datetime import UTC, datetime

    from drugchatter.exclusivity.timeline import timeline
    from drugchatter.surfaces.terminal import safe
    from drugchatter.surfaces.timeline import as_svg, as_text

    drawn = timeline(found, engine.books().newest, datetime.now(UTC).date())
    if svg:
        svg.write_text(as_svg(drawn), "utf-8")
        print(f"drugchatter: wrote {svg}", file=sys.stderr)
        return
    for line in as_text(drawn).split("\n"):
        print(safe(line))


@app.command(name="list")
def list_(  # noqa: PLR0913 - each is an option of the command
    *,
    loses_protection: Annotated[int | None, Parameter(help="Whose listed protection ends in this year.")] = None,
    first_generic_since: Annotated[str, Parameter(help="First generics approved since a day (YYYY-MM-DD).")] = "",
    new_patents_since: Annotated[str, Parameter(help="Patents not yet listed in that edition (YYYY-MM-DD).")] = "",
    applicant: Annotated[str, Parameter(help="What is listed of this applicant, or of a year's list only that.")] = "",
    ingredient: Annotated[str, Parameter(help="The same of this ingredient, alone or combined.")] = "",
    kind: Annotated[str, Parameter(help="The same, `drug` or `biologic`.")] = "",
    as_csv: Annotated[bool, Parameter(name="--csv", help="Print CSV.")] = False,
    as_ics: Annotated[
        bool, Parameter(name="--ics", help="Print a calendar of the days on which protection ends.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List over all rows of the Orange and Purple Books: who loses protection, first generics, new patents."""
    from drugchatter.surfaces import lists

    ends = bool(loses_protection or applicant or ingredient or kind)
    if sum([ends, bool(first_generic_since), bool(new_patents_since)]) != 1 or (as_ics and not ends):
        options = "--loses-protection YEAR, --first-generic-since DATE or --new-patents-since EDITION"
        raise UsageError(
            "one list at a time", f"give one of {options}; --applicant, --kind and --ics go with the first"
        )
    books = _engine().books()
    if ends:
        lines = lists.losing_lines(books, loses_protection, applicant, ingredient, kind)
        if as_ics:
            print(lists.losing_calendar(books, lines), end="")
            return 0
        heads, rows = lists.losing(lines)
    elif first_generic_since:
        heads, rows = lists.first_generics(books, first_generic_since)
    else:
        heads, rows = lists.patents_since(books, new_patents_since)
    if as_json:
        _show_json({"count": len(rows), "rows": [dict(zip(heads, row, strict=True)) for row in rows]})
    elif as_csv:
        print(lists.as_csv(heads, rows), end="")
    else:
        from drugchatter.surfaces.terminal import make_console, print_table

        last = (f"{len(rows)} in all", *("" for _ in heads[1:]))
        print_table(heads, rows, last, make_console(sys.stdout))
    return 0


_SHOWN_AS_TABLES = ("patents", "by_application", "generics_by_application", "products_differ")


def _protection_pairs(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field that says something, a line each; tables stay with `--json`."""
    for name, value in fields.items():
        if value in (None, [], {}, "") or name in _SHOWN_AS_TABLES:
            continue
        if isinstance(value, dict):
            inner = "; ".join(f"{key} {item}" for key, item in value.items() if item not in (None, [], {}, ""))
            yield name.replace("_", " "), inner
        elif isinstance(value, list):
            yield name.replace("_", " "), "; ".join(str(item) for item in value)
        else:
            yield name.replace("_", " "), str(value)


@app.command
def doctor(*, as_json: AsJson = False) -> int:
    """Check the installation, the settings and the data; say how to mend what is wrong."""
    from drugchatter.surfaces.doctor import examine

    checks = list(examine())
    well = all(check.ok for check in checks)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "found": c.found, "mend": c.mend or None} for c in checks]
        _show_json({"ok": well, "checks": rows})
    else:
        _show_pairs([(c.name, f"ok: {c.found}" if c.ok else f"problem: {c.found}; {c.mend}") for c in checks])
    return 0 if well else 1


@app.command
def cite(
    passage_id: Annotated[str, Parameter(name="ID", help="The `passage_id` of a source.")], *, as_json: AsJson = False
) -> int:
    """Show the whole passage with an id, and the document it stands in."""
    source = _cited(_engine(), passage_id)
    if as_json:
        from drugchatter.surfaces.answer_json import source_to_dict

        shown = source_to_dict(source)
        text = shown.pop("quote")
        # A passage has no number in an answer and, being whole, no single row.
        _show_json({**{key: shown[key] for key in shown if key not in ("n", "row")}, "text": text})
        return 0
    from drugchatter.surfaces.terminal import make_console, print_passage

    print_passage(source, make_console(sys.stdout))
    return 0


def _cited(engine: Engine, passage_id: str) -> Source:
    source = engine.cite(passage_id)
    if source is None:
        raise StoreError(
            f"no passage {passage_id!r} in the edition {engine.index.edition.id}",
            "take a `passage_id` from the sources of `drugchatter ask --json`",
        )
    return source


def _show_pairs(pairs: list[tuple[str, str]]) -> None:
    from drugchatter.surfaces.terminal import make_console, print_pairs

    print_pairs(pairs, make_console(sys.stdout))


# ------------------------------------------------------------------------------------------------------------- sync


@app.command
def sync(
    *, folder: Annotated[Path | None, Parameter(name="--from", help="The folder with the publishers' files.")] = None
) -> int:
    """Load the publishers' files of a folder into a new edition, and let it serve."""
    if folder is None:
        raise UsageError(
            "fetching from the network arrives with a later version",
            "fetch the files of https://open.fda.gov/apis/drug/label/download/, then: drugchatter sync --from FOLDER",
        )
    from drugchatter.engine import sync as load
    from drugchatter.store.embedded import EmbeddedIndex

    settings = _load_settings(offline=False)
    with _progress() as progress:
        edition_id = load(settings, folder, progress)
    index = EmbeddedIndex(settings.editions / edition_id)
    documents = [(source, f"{count:,} documents") for source, count in index.edition.documents]
    counts = [(table, f"{count:,}") for table, count in index.counts().items()]
    _show_pairs([("edition", edition_id), *documents, *counts])
    return 0


@contextmanager
def _progress() -> Iterator[Progress]:
    """A function that shows how far something is: a bar where someone watches, else a line for each tenth."""
    if not sys.stderr.isatty():
        yield _progress_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            bar.update(tasks[name], completed=done, total=total)

        yield show


def _progress_lines() -> Callable[[str, int, int | None], None]:
    def show(name: str, done: int, total: int | None) -> None:
        step = max(1, total // 10) if total else 500
        if done % step == 0 or done == total:
            print(f"{name}: {done:,} of {total:,}" if total else f"{name}: {done:,}", file=sys.stderr, flush=True)

    return show


# ------------------------------------------------------------------------------------------------------------- eval


@app.command(name="eval")
def evaluate(
    *files: Annotated[Path, Parameter(name="FILE", help="Questions with gold, as JSON lines.")],
    save: Annotated[Path, Parameter(name="--save", help="Folder for the results.")] = Path("eval-results"),
    as_json: AsJson = False,
) -> int:
    """Ask the questions of files, judge the answers, print a table by intent and save the results."""
    if not files:
        raise UsageError("no file of questions was given", "drugchatter eval FILE…")
    if len({file.stem for file in files}) < len(files):
        raise UsageError(
            "two of the files have the same name, so one result would overwrite the other", "run them apart"
        )
    engine = _engine()
    reports = [(file, *_evaluated(file, engine, save / f"{file.stem}.json")) for file in files]
    if as_json:
        _show_json([_report_dict(file, report, saved) for file, report, saved in reports])
    else:
        for file, report, saved in reports:
            _show_report(file, report, saved)
    return 0


def _evaluated(file: Path, engine: Engine, target: Path) -> tuple[Report, Path]:
    from drugchatter.evals import run

    try:
        cases = run.read_cases(_existing(file))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not text (byte {error.start} is not UTF-8)", "give a file of JSON lines"
        ) from error
    if not cases:
        raise DataError(f"{file} holds no question", "give a file of JSON lines")
    with _progress() as progress:
        done = 0

        def task(question: Question) -> Answer:
            nonlocal done
            done += 1
            progress(file.name, done, len(cases))
            return engine.ask(question)

        report = run.run(cases, task)
    run.save(report, target)
    return report, target


def _report_dict(file: Path, report: Report, saved: Path) -> dict[str, Any]:
    from drugchatter.evals.run import by_group

    return {"file": str(file), "totals": report.totals, "groups": dict(by_group(report)), "saved": str(saved)}


# Head of a column, and the figure of `evals.run` that stands in it.
_COLUMNS = (
    ("questions", "questions"),
    ("lead", "lead_hit"),
    ("hit", "hit"),
    ("right", "right"),
    ("wrong", "wrong"),
    ("declined", "declined"),
    ("defects", "citation_defects"),
    ("words", "median_words"),
    ("p50 ms", "p50_ms"),
    ("p95 ms", "p95_ms"),
)


def _show_report(file: Path, report: Report, saved: Path) -> None:
    from drugchatter.evals.run import by_group
    from drugchatter.surfaces.terminal import make_console, print_table

    def row(name: str, figures: dict[str, Any]) -> list[str]:
        return [name, *(_figure(figures[key]) for _, key in _COLUMNS)]

    heads = ["intent", *(head for head, _ in _COLUMNS)]
    rows = [row(name, figures) for name, figures in by_group(report)]
    print_table(heads, rows, row("all", report.totals), make_console(sys.stdout))
    _show_pairs([(str(file), f"saved as {saved}")])


def _figure(value: float) -> str:
    return f"{value:g}"
