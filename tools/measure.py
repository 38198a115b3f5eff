"""Measure the figures of docs/measurements.md on this machine.

python tools/measure.py [--data DIR] [--eval DIR]   all of them, as Markdown
python tools/measure.py --limits                    those that need no data; exit 1 when one is over its limit
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "drugchatter"


def timed(arguments: list[str], home: str, runs: int) -> float:
    """Median seconds of whole processes, after one run that is not counted."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        done = subprocess.run(
            [str(PROGRAM), *arguments], env={**os.environ, "DRUGCHATTER_HOME": home}, capture_output=True, check=False
        )
        times.append(time.perf_counter() - started)
        if done.returncode not in (0, 3):
            raise SystemExit(f"drugchatter {' '.join(arguments)} failed: {done.stderr.decode()}")
    return statistics.median(times[1:])


def needed() -> list[str]:
    """Distributions that the installed drugchatter needs, itself included, without extras."""
    found: dict[str, str] = {}
    waiting = ["drugchatter"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found[name] = name
        for line in metadata.requires(name) or []:
            requirement, _, marker = line.partition(";")
            if "extra ==" not in marker and not ("python_version" in marker and "<" in marker):
                waiting.append(re.split(r"[ <>=!~\[;(]", requirement.strip())[0])
    return sorted(found)


def megabytes(names: list[str]) -> float:
    """Installed size of distributions."""
    total = 0
    for name in names:
        for file in metadata.files(name) or []:
            path = Path(str(file.locate()))
            total += path.stat().st_size if path.is_file() else 0
    package = Path(__file__).parent.parent / "src" / "drugchatter"
    total += sum(p.stat().st_size for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return total / 1e6


def small_figures() -> list[tuple[str, float, float, str]]:
    """(what, measured, limit, unit) of all that needs no data."""
    with tempfile.TemporaryDirectory() as home:
        from drugchatter.settings import Settings
        from drugchatter.sync import build_starter

        started = time.perf_counter()
        build_starter(Settings(Path(home), offline=True, origins=()))
        built = time.perf_counter() - started
        question = ["ask", "Kesimpta mechanism of action?"]
        cold, helped = timed(question, home, 7), timed(["--help"], home, 9)
    distributions = needed()
    return [
        ("starter edition built", built, 3.0, "s"),
        ("`drugchatter --help`, whole process, median of 9", helped, 0.4, "s"),
        ("cold `drugchatter ask`, whole process, median of 7", cold, 1.5, "s"),
        ("distributions the first answer needs", len(distributions), 60, ""),
        ("their installed size", megabytes(distributions), 300, "MB"),
    ]


_LOAD = """
import json, resource, sys, time
from pathlib import Path
from drugchatter.sync import sync
from drugchatter.settings import Settings

if __name__ == "__main__":
    started = time.perf_counter()
    sync(Settings(Path(sys.argv[1]), True, ()), Path(sys.argv[2]))
    peaks = [resource.getrusage(who).ru_maxrss / 1e3 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([time.perf_counter() - started, *peaks]))
"""


def load_and_ask(data: Path, questions: Path) -> list[tuple[str, float, float, str]]:
    """Loading all files in a process of its own, then warm answers in one process."""
    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "load.py"
        script.write_text(_LOAD, "utf-8")
        done = subprocess.run(
            [sys.executable, str(script), home, str(data)], capture_output=True, check=True, text=True
        )
        seconds, parent, child = json.loads(done.stdout)
        times = warm(Path(home), questions)
    workers = min(os.cpu_count() or 1, 8)
    return [
        ("all the publishers' files loaded", seconds, 240, "s"),
        (
            f"memory while loading (main process and {workers} workers, peaks added)",
            parent + workers * child,
            1000,
            "MB",
        ),
        ("warm answer, p50", statistics.median(times), 40, "ms"),
        ("warm answer, p95", sorted(times)[int(len(times) * 0.95)], 150, "ms"),
    ]


def protection_figures(data: Path) -> list[tuple[str, float, float, str]]:
    """Dates of one drug and the list of one year, warm, over the publishers' own files."""
    from drugchatter.evals.loe import load
    from drugchatter.exclusivity.losing import losing_protection

    books = load(data)
    brands = sorted({row.trade_name for rows in books.newest.products.values() for row in rows if row.appl_type == "N"})
    substances = books.newest.substances
    widest = sorted(substances, key=lambda name: len(substances[name]), reverse=True)
    drugs = [_milliseconds(lambda name=name: books.protection(name)) for name in brands[::20]]  # type: ignore[misc]
    wide = [_milliseconds(lambda name=name: books.protection(name)) for name in widest[:100]]  # type: ignore[misc]
    years = [_milliseconds(lambda year=year: losing_protection(books.newest, year, books.purple)) for year in _YEARS]  # type: ignore[misc]
    return [
        (f"a drug's protection, p95 of {len(drugs)} brands", sorted(drugs)[int(len(drugs) * 0.95)], 5, "ms"),
        ("a drug's protection, slowest of these", max(drugs), 5, "ms"),
        (f"an ingredient's, slowest of the {len(wide)} with the most NDAs", max(wide), 5, "ms"),
        (f"list of a year, slowest of {len(years)}", max(years), 500, "ms"),
    ]


_YEARS = range(2025, 2041)


def _milliseconds(work: Callable[[], object]) -> float:
    """Processor time, the median of five runs after one that is not counted."""
    times = []
    for _ in range(6):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times[1:])


def warm(home: Path, questions: Path) -> list[float]:
    """Milliseconds of each question, asked in one process; every question once before the clock runs."""
    from drugchatter.engine import open_engine
    from drugchatter.evals.cases import read_cases
    from drugchatter.settings import Settings

    engine = open_engine(Settings(home, offline=True, origins=()))
    cases = read_cases(questions)
    for case in cases[:10]:
        engine.ask(case.question)
    times = []
    for case in cases:
        started = time.perf_counter()
        engine.ask(case.question)
        times.append((time.perf_counter() - started) * 1000)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--eval", type=Path, default=Path("../shared/eval"))
    options = parser.parse_args()
    rows = small_figures()
    if not options.limits:
        if not options.data.is_dir():
            raise SystemExit(f"{options.data} is missing: name the publishers' files with --data, or use --limits")
        rows += protection_figures(options.data)
        rows += load_and_ask(options.data, options.eval / "dev.jsonl")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| figure | measured | at most |\n|---|---|---|")
    for what, measured, limit, unit in rows:
        print(f"| {what} | {measured:.3g} {unit} | {limit:g} {unit} |")
    over = [what for what, measured, limit, _ in rows if measured > limit]
    if over:
        print(f"over the limit: {'; '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
