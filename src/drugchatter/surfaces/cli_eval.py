"""The command that asks questions with gold and judges the answers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from drugchatter.errors import DataError, UsageError
from drugchatter.surfaces.app import AsJson, Plain, app, existing, opened_engine, show_json, show_pairs, shown_progress

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.evals.cases import Case
    from drugchatter.evals.run import Report
    from drugchatter.types import Answer, Question


@app.command(name="eval")
def evaluate(
    *files: Annotated[
        Path, Parameter(name="FILE", help="Questions with gold: JSON lines, or a public set as CSV or TSV.")
    ],
    save: Annotated[Path, Parameter(name="--save", help="Folder for the results.")] = Path("eval-results"),
    html: Annotated[Path | None, Parameter(name="--html", help="Write a page to read the answers on.")] = None,
    repeat: Annotated[int, Parameter(name="--repeat", help="Ask all again N times; answers must not differ.")] = 0,
    plain: Plain = False,
    as_json: AsJson = False,
) -> int:
    """Ask the questions of files, judge the answers, print tables by intent, kind and audience, save the results."""
    if not files:
        raise UsageError("no file of questions was given", "drugchatter eval FILE…")
    if len({file.stem for file in files}) < len(files):
        raise UsageError(
            "two of the files have the same name, so one result would overwrite the other", "run them apart"
        )
    from drugchatter.evals import repeat as repeats
    from drugchatter.evals import review, run

    engine = opened_engine()
    reports: list[tuple[Path, Report, Path]] = []
    changing: dict[Path, list[str]] = {}
    for file in files:
        cases = [replace(case, question=replace(case.question, plain=plain)) for case in _cases(file)]
        report, saved = _run(file.name, cases, engine), save / f"{file.stem}.json"
        run.save(report, saved)
        reports.append((file, report, saved))
        if repeat:
            differing = repeats.differing([case.question for case in cases], repeat)
            changing[file] = [cases[position].id for position in differing]
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(review.review_page((file.name, report) for file, report, _ in reports), "utf-8")
    if as_json:
        show_json([_report_dict(file, report, saved, changing) for file, report, saved in reports])
    else:
        for file, report, saved in reports:
            _show_report(file, report, saved, changing)
    return 0


def _cases(file: Path) -> list[Case]:
    from drugchatter.evals.cases import read_cases

    try:
        cases = read_cases(existing(file))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not text (byte {error.start} is not UTF-8)", "give a file of JSON lines, or a table as CSV"
        ) from error
    if not cases:
        raise DataError(f"{file} holds no question", "give a file of JSON lines, or a table as CSV")
    return cases


def _run(name: str, cases: list[Case], engine: Engine) -> Report:
    from drugchatter.evals import run

    with shown_progress() as progress:
        done = 0

        def task(question: Question) -> Answer:
            nonlocal done
            done += 1
            progress(name, done, len(cases))
            return engine.ask(question)

        return run.run(cases, task)


def _report_dict(file: Path, report: Report, saved: Path, changing: dict[Path, list[str]]) -> dict[str, Any]:
    from drugchatter.evals.run import report_dict

    repeated = {"changing": changing[file]} if file in changing else {}
    return {"file": str(file), **report_dict(report), **repeated, "saved": str(saved)}


# Head of a column, and the figure of `evals.run` that stands in it.
_COLUMNS = (
    ("questions", "questions"),
    ("lead", "lead_hit"),
    ("hit", "hit"),
    ("right", "right"),
    ("wrong", "wrong"),
    ("declined", "declined"),
    ("defects", "citation_defects"),
    ("confused", "confused"),
    ("words", "median_words"),
    ("ease", "ease"),
    ("p50 ms", "p50_ms"),
    ("p95 ms", "p95_ms"),
)
# What only a public set's free answers have.
_TERMS = (("answered", "answered"), ("terms", "key_terms"))


def _show_report(file: Path, report: Report, saved: Path, changing: dict[Path, list[str]]) -> None:
    from drugchatter.evals.run import DIMENSIONS, by
    from drugchatter.surfaces.terminal import make_console, print_table

    columns = [*_COLUMNS, *(_TERMS if report.totals["key_terms"] is not None else ())]

    def row(name: str, figures: dict[str, Any]) -> list[str]:
        return [name, *(_figure(figures[key]) for _, key in columns)]

    groups = {dimension: by(report, dimension) for dimension in DIMENSIONS}
    for dimension, figures in {d: g for d, g in groups.items() if g or d == DIMENSIONS[0]}.items():
        rows = [row(name, values) for name, values in figures.items()]
        heads = [dimension, *(head for head, _ in columns)]
        print_table(heads, rows, row("all", report.totals), make_console(sys.stdout))
    declined = ", ".join(f"{kind} {count}" for kind, count in report.totals["declined_by_type"].items())
    pairs = [(str(file), f"saved as {saved}"), ("declined", declined or "none")]
    if file in changing:
        pairs.append(("not the same each time", ", ".join(changing[file]) or "none"))
    show_pairs(pairs)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
