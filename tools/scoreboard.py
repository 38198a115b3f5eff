"""Measure every set of questions and hold the results against the floor (`eval/floor.json`): exit 1 when a row fell.

python tools/scoreboard.py             all sets; writes docs/scoreboard.md, adds a line to docs/scoreboard.jsonl
python tools/scoreboard.py --check     for CI: the starter set, the others only where --home is loaded; writes nothing
python tools/scoreboard.py --accept    … and makes what was measured the floor

The starter set is asked of a starter edition built on the spot. The others need the publishers' files: they are loaded
from --data into --home first, unless --check is given. No connection is opened.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from drugchatter.engine import Engine, open_engine
from drugchatter.errors import StoreVersionError
from drugchatter.evals import loe, names
from drugchatter.evals.cases import read_cases
from drugchatter.evals.repeat import TIMES, differing
from drugchatter.evals.run import run
from drugchatter.evals.scoreboard import (
    Asked,
    Measures,
    Setting,
    accepted,
    fallen,
    floor_text,
    history_line,
    page,
    read_floor,
    rows_of,
)
from drugchatter.settings import load_settings
from drugchatter.store.editions import current
from drugchatter.sync import sync

ROOT = Path(__file__).resolve().parent.parent
OWN, FLOOR = ROOT / "eval", ROOT / "eval" / "floor.json"
PAGE, HISTORY = ROOT / "docs" / "scoreboard.md", ROOT / "docs" / "scoreboard.jsonl"
STARTER = OWN / "starter.jsonl"


def opened(home: Path) -> Engine:
    """The engine on a home, for this process and those it starts; without network, warmed up."""
    os.environ.update({"DRUGCHATTER_HOME": str(home), "DRUGCHATTER_OFFLINE": "1"})
    engine = open_engine()
    for question in ("Kesimpta patent expiry?", "Eliquis half-life?", "drugs with a boxed warning for suicidality"):
        engine.ask(question)
    return engine


def asked(file: Path, group: str, engine: Engine, times: int) -> Asked:
    """A set asked as it stands, for patients, and again `times` times."""
    print(f"{file.name} …", file=sys.stderr, flush=True)
    cases = read_cases(file)
    plainly = [replace(case, question=replace(case.question, plain=True)) for case in cases]
    changing = len(differing([case.question for case in cases], times)) if times else None
    return Asked(file.stem, group, run(cases, engine.ask), run(plainly, engine.ask), changing)


def name_row(engine: Engine) -> Measures:
    named, all_names = names.measure_names(engine)
    right, slips, wrong = names.measure_slips(engine)
    taken = names.mistaken(engine, names.sentences(1000))
    return {
        "names": all_names,
        "recognised": round(named / all_names, 4),
        "misspelled": round(right / slips, 4),
        "read_as_another": len(wrong),
        "words_taken": len(taken),
    }


def loe_row(data: Path, gold: Path) -> Measures:
    compared = loe.run(data, gold)
    return {"values": len(compared), "equal": round(sum(c.equal for c in compared) / len(compared), 4)}


def setting(editions: list[str]) -> Setting:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return Setting(f"{datetime.now(UTC):%Y-%m-%d}", commit.stdout.strip() or "no repository", machine, tuple(editions))


def loaded(options: argparse.Namespace) -> bool:
    """Whether the home holds the publishers' labels; they are loaded into it when this is no check."""
    if not options.check and options.data.is_dir():
        sync(replace(load_settings(), home=options.home, offline=True), options.data)
    return current(options.home / "editions") is not None


def full_sets(options: argparse.Namespace) -> list[tuple[Path, str]]:
    """The sets that need the publishers' labels, with the group under which their tables stand."""
    shared = sorted([*options.eval.glob("*.jsonl"), *options.eval.glob("*.txt")])
    own = sorted(file for file in OWN.glob("*.jsonl") if file != STARTER)
    development = [(file, "Development sets") for file in shared if not file.name.startswith("loe")]
    return development + [(file, "Sets of this repository") for file in own]


def measured(options: argparse.Namespace) -> tuple[list[Asked], dict[str, Measures], list[str]]:
    """(sets, other rows, editions)."""
    sets: list[Asked] = []
    others: dict[str, Measures] = {}
    times = 2 if options.check else TIMES
    with tempfile.TemporaryDirectory() as scratch:
        engine = opened(Path(scratch))
        editions = [f"starter edition {engine.index.edition.id}"]
        sets.append(asked(STARTER, "Starter set", engine, times))
        others["starter names"] = name_row(engine)
    if not loaded(options):
        print(f"{options.home} holds no labels: only the starter set was asked", file=sys.stderr)
        return sets, others, editions
    try:
        engine = opened(options.home)
    except StoreVersionError as error:
        print(f"{error.message}: only the starter set was asked", file=sys.stderr)
        return sets, others, editions
    editions.append(f"labels of {engine.index.edition.id}")
    sets += [asked(file, group, engine, 0 if options.check else times) for file, group in full_sets(options)]
    others["names"] = name_row(engine)
    if not options.check and (options.eval / "loe_dev.jsonl").exists():
        others["patents and exclusivity"] = loe_row(options.data, options.eval / "loe_dev.jsonl")
    return sets, others, editions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--eval", type=Path, default=ROOT / "../shared/eval")
    parser.add_argument("--home", type=Path, default=ROOT / ".venv" / "scoreboard-home")
    options = parser.parse_args()
    sets, others, editions = measured(options)
    rows, floor = rows_of(sets, others), read_floor(FLOOR)
    fell = fallen(floor, rows)
    if options.accept:
        FLOOR.write_text(floor_text(accepted(floor, rows)), "utf-8")
    if not options.check:
        where = setting(editions)
        PAGE.write_text(page(where, sets, others, [] if options.accept else fell), "utf-8")
        with HISTORY.open("a", encoding="utf-8") as history:
            history.write(history_line(where, rows))
    for line in fell:
        print(f"fell: {line}", file=sys.stderr)
    print(f"{len(rows)} rows measured, {len(set(floor) & set(rows))} of them have a floor, {len(fell)} figures fell")
    return int(bool(fell) and not options.accept)


if __name__ == "__main__":
    sys.exit(main())
