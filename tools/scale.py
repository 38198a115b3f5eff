"""Load many labels, made of the real ones with other set ids, and report time and memory for each label.

    python tools/scale.py --data ../shared/data --labels 1000 10000

Prints a line for each number of labels: seconds, labels a second, processor time for each label (of all processes; it
hardly moves when others use the machine too), peak memory of the main process and of the largest worker. Memory should
not grow with the number, nor should the time for each label.

The same 1,153 real labels come again and again. That makes none of them cheaper: what a worker remembers of words,
table cells and ends of sentences is bounded, and forgotten before a label returns (measured: 21.0, 21.5 and 19.8 ms to
split one at its first, second and third coming).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from drugchatter.sources.archives import json_items, open_archive
from drugchatter.sources.openfda_label import find_parts

_IN_A_PART = 5000

_LOAD = """
import json, resource, sys, time
from pathlib import Path
from drugchatter.settings import Settings
from drugchatter.sync import sync

if __name__ == "__main__":
    started = time.perf_counter()
    sync(Settings(Path(sys.argv[1]), True, ()), Path(sys.argv[2]))
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps([seconds, processor, *(one.ru_maxrss / 1e3 for one in used)]))
"""


def real_labels(data: Path) -> Iterator[dict[str, Any]]:
    """The raw records of the labels in `data`, again and again."""
    parts, _ = find_parts(data / "openfda")
    for part in cycle(parts):
        with open_archive(part.path) as archive, archive.open(archive.members[0]) as stream:
            yield from json_items(stream, "results.item", part.path.name)


def write_parts(data: Path, labels: int, folder: Path) -> None:
    """So many labels as openFDA would distribute them; every one has a set id of its own."""
    numbers = range(0, labels, _IN_A_PART)
    raws = islice(real_labels(data), labels)
    for number, start in enumerate(numbers, 1):
        name = f"drug-label-{number:04}-of-{len(numbers):04}.json"
        with (
            zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open(name, "w", force_zip64=True) as out,
        ):
            out.write(b'{"results": [')
            for index, raw in enumerate(islice(raws, _IN_A_PART)):
                raw["set_id"] = str(uuid.UUID(int=start + index, version=4))
                out.write((b"," if index else b"") + json.dumps(raw).encode())
            out.write(b"]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--labels", type=int, nargs="+", default=[1000, 10_000])
    options = parser.parse_args()
    print("| labels | seconds | labels/s | processor ms/label | main process MB | largest worker MB | edition MB |")
    print("|---|---|---|---|---|---|---|")
    for labels in options.labels:
        with tempfile.TemporaryDirectory() as scratch:
            folder, home = Path(scratch) / "in", Path(scratch) / "home"
            folder.mkdir()
            write_parts(options.data, labels, folder)
            done = subprocess.run(
                [sys.executable, "-c", _LOAD, str(home), str(folder)], capture_output=True, text=True, check=True
            )
            seconds, processor, mine, worker = json.loads(done.stdout)
            edition = sum(path.stat().st_size for path in home.rglob("edition.sqlite")) / 1e6
        cells = f"{labels:,} | {seconds:.1f} | {labels / seconds:.1f} | {processor / labels * 1e3:.1f}"
        print(f"| {cells} | {mine:.0f} | {worker:.0f} | {edition:.0f} |")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
