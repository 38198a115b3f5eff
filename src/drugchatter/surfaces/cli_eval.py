"""The command that asks questions with gold and judges the answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from drugchatter.errors import DataError, UsageError
from drugchatter.surfaces.app import AsJson, app, existing, opened_engine, show_json, show_pairs, shown_progress

if TYPE_CHECKING:
    from drugchatter.engine import Engine
    from drugchatter.evals.run import Report
    from drugchatter.types import Answer, Question


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
    engine = opened_engine()
    reports = [(file, *_evaluated(file, engine, save / f"{file.stem}.json")) for file in files]
    if as_json:
        show_json([_report_dict(file, report, saved) for file, report, saved in reports])
    else:
        for file, report, saved in reports:
            _show_report(file, report, saved)
    return 0


def _evaluated(file: Path, engine: Engine, target: Path) -> tuple[Report, Path]:
    from drugchatter.evals import run

    try:
        cases = run.read_cases(existing(file))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not text (byte {error.start} is not UTF-8)", "give a file of JSON lines"
        ) from error
    if not cases:
        raise DataError(f"{file} holds no question", "give a file of JSON lines")
    with shown_progress() as progress:
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
    show_pairs([(str(file), f"saved as {saved}")])


def _figure(value: float) -> str:
    return f"{value:g}"
