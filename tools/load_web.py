"""Load on the page: many streams at once for a while, on a server of its own; fails where a figure is missed.

    DRUGCHATTER_HOME=… python tools/load_web.py [--streams 200] [--seconds 120] [--fresh]

Each of the streams asks, reads to the end, and asks again at once. The questions are a drug's usual ones, over some
drugs, in an order of their own for each stream. `--fresh` adds a word to each, so that no answer was given before.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import quote

from drugchatter.engine import open_engine
from drugchatter.vocabulary import intents

_INTENTS = ("mechanism", "dose", "side_effects", "interactions", "pregnancy", "storage", "half_life", "indication")


@dataclass
class Figures:
    """Seconds to the first byte and to the first statement of each answer; what went wrong."""

    first_byte: list[float] = field(default_factory=list)
    first_statement: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def questions(drugs: int) -> list[str]:
    names = [drug.name for drug in open_engine().index.drugs()]
    chosen = random.Random(1).sample(names, min(drugs, len(names)))  # noqa: S311 - the same choice every time
    return [intents()[intent].ask.format(drug=name) for name in chosen for intent in _INTENTS]


async def ask(port: int, question: str, path: str, figures: Figures) -> None:
    """One request on a connection of its own, timed."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path}{quote(question)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        figures.first_byte.append(time.perf_counter() - started)
        if b" 200 " not in head.split(b"\r\n")[0]:
            figures.errors.append(head.split(b"\r\n")[0].decode())
        seen = b""
        while chunk := await reader.read(65536):
            if b"event: statement" not in seen:
                seen = seen[-20:] + chunk
                if b"event: statement" in seen:
                    figures.first_statement.append(time.perf_counter() - started)
            if b"event: error" in chunk:
                figures.errors.append("an error event")
        figures.whole.append(time.perf_counter() - started)
    except (OSError, asyncio.IncompleteReadError) as error:
        figures.errors.append(type(error).__name__)
    finally:
        writer.close()


async def stream(port: int, asked: list[str], until: float, fresh: bool, number: int, figures: Figures) -> None:
    own = random.Random(number)  # noqa: S311 - an order, no secret
    turn = 0
    while time.perf_counter() < until:
        turn += 1
        question = own.choice(asked) + (f" x{number}x{turn}" if fresh else "")
        await ask(port, question, "/api/answer?stream=true&q=", figures)


async def load(port: int, pid: int, options: argparse.Namespace) -> bool:
    asked = questions(options.drugs)
    page = Figures()
    for question in asked[:1] + asked[:100]:
        await ask(port, question, "/ask?q=", page)
    warm = Figures()
    for question in asked[:100]:
        await ask(port, question, "/ask?q=", warm)
    figures, memory = Figures(), []
    until = time.perf_counter() + options.seconds
    streams = [
        asyncio.create_task(stream(port, asked, until, options.fresh, number, figures))
        for number in range(options.streams)
    ]
    while time.perf_counter() < until:
        memory.append(resident(pid))
        await asyncio.sleep(1)
    await asyncio.gather(*streams)
    half = memory[len(memory) // 2]
    growth = (memory[-1] / half - 1) * 100
    told = [
        ("distinct questions", f"{len(figures.whole) if options.fresh else len(asked)}"),
        ("answers", f"{len(figures.whole)} ({len(figures.whole) / options.seconds:.0f} a second)"),
        ("errors", f"{len(figures.errors)} {sorted(set(figures.errors))[:3]}"),
        ("first statement p50, p95", f"{at(figures.first_statement, 50)}, {at(figures.first_statement, 95)} ms"),
        ("whole answer p95", f"{at(figures.whole, 95)} ms"),
        (
            "answer page, first byte p95",
            f"{at(warm.first_byte, 95)} ms warm, {at(page.first_byte, 95)} ms at first",
        ),
        ("memory at half time, at the end", f"{half >> 10}, {memory[-1] >> 10} MB ({growth:+.1f} %)"),
    ]
    for name, value in told:
        print(f"{name:36}{value}")
    return not figures.errors and at(figures.first_statement, 95) < 1000 and growth < 5


def at(values: list[float], percent: int) -> int:
    """The percentile, in milliseconds."""
    return round(sorted(values)[min(len(values) - 1, len(values) * percent // 100)] * 1000) if values else -1


def resident(pid: int) -> int:
    """Resident memory in KB (Linux)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123 - no file on disk
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])  # type: ignore[index]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--drugs", type=int, default=25)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    # The limit on one client's requests is not what is measured.
    code = (
        "from drugchatter.surfaces.web.server import Limits, serve; serve(port=0, limits=Limits(per_minute=10_000_000))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout  # noqa: S101 - a pipe was asked for
        port = int(re.search(r":(\d+)/", server.stdout.readline())[1])  # type: ignore[index]
        try:
            return 0 if asyncio.run(load(port, server.pid, options)) else 1
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
