"""Answers for many readers at once: the synchronous engine behind a few threads, with limits on time and on numbers.

An edition never changes, so a finished answer is kept for a while and given again; only in memory, and only a few.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ParamSpec, TypeVar

from drugchatter.engine import Engine
from drugchatter.errors import DrugChatterError
from drugchatter.types import Answer, Question, Step

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client, and all together, may ask of the server.

    `body_bytes` of one request; `per_minute` requests of one client; `seconds` for one answer; `streams` that may be
    open at once; `threads` that work on answers; `kept` answers in memory.
    """

    body_bytes: int = 64 * 1024
    per_minute: int = 240
    seconds: float = 20.0
    streams: int = 500
    threads: int = 2
    kept: int = 256


class BusyError(DrugChatterError):
    """More answers are being written than the server takes on."""

    exit_code = 4


class SlowError(DrugChatterError):
    """An answer took longer than its time limit."""

    exit_code = 4


class Answering:
    """Runs `engine` for many clients; every use of the engine by the web surfaces goes through here."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self.engine, self.limits = engine, limits
        self.open = 0
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="answer")
        self._kept: OrderedDict[tuple[Question, str, date], tuple[Step, ...]] = OrderedDict()

    def close(self, wait: bool = False) -> None:
        """Take no more work; `wait` for what is being worked on."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def forget(self) -> None:
        """Let go of the engine and of its answers, for good."""
        self._kept.clear()
        del self.engine

    async def answer(self, question: Question) -> Answer:
        """The answer. Raises what `steps` raises."""
        last = [steps async for steps in self.steps(question)][-1][-1]
        assert isinstance(last, Answer)  # noqa: S101 - a stream ends with the answer
        return last

    async def steps(self, question: Question) -> AsyncIterator[tuple[Step, ...]]:
        """The engine's own steps as soon as they are made, those that are ready together as one, since what costs most
        is to send; the work stops when the reader has gone.

        Raises UsageError for a question that is not one, BusyError, SlowError.
        """
        key = (question, self.engine.index.edition.id, datetime.now(UTC).date())
        if key in self._kept:
            self._kept.move_to_end(key)
            yield self._kept[key]
            return
        made: list[Step] = []
        async for steps in self._streamed(question):
            made += steps
            yield steps
        self._kept[key] = tuple(made)
        while len(self._kept) > self.limits.kept:
            self._kept.popitem(last=False)

    async def _streamed(self, question: Question) -> AsyncIterator[tuple[Step, ...]]:
        loop = asyncio.get_running_loop()
        made: asyncio.Queue[Step | Exception] = asyncio.Queue()
        gone = threading.Event()

        def tell(item: Step | Exception) -> None:
            if not gone.is_set():
                loop.call_soon_threadsafe(made.put_nowait, item)

        def work() -> None:
            try:
                for step in self.engine.stream(question):
                    if gone.is_set():
                        return
                    tell(step)
            except Exception as error:
                tell(error)

        with self._place():
            deadline = loop.time() + self.limits.seconds
            future = self._pool.submit(work)
            try:
                last: Step | None = None
                while not isinstance(last, Answer):
                    steps = await self._ready(made, deadline - loop.time())
                    last = steps[-1]
                    yield steps
            finally:
                gone.set()
                future.cancel()

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(*args)` in the threads of the answers, under the same limits."""
        with self._place():
            future = asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))
            try:
                return await asyncio.wait_for(future, self.limits.seconds)
            except TimeoutError as error:
                raise self._slow() from error

    async def _ready(self, made: asyncio.Queue[Step | Exception], seconds: float) -> tuple[Step, ...]:
        """All that has been made, at least one; an error takes the place of what came with it."""
        try:
            item = await asyncio.wait_for(made.get(), max(seconds, 0.0))
        except TimeoutError as error:
            raise self._slow() from error
        steps = []
        while True:
            if isinstance(item, Exception):
                raise item
            steps.append(item)
            if made.empty():
                return tuple(steps)
            item = made.get_nowait()

    def _slow(self) -> SlowError:
        return SlowError(
            f"this took longer than {self.limits.seconds:g} seconds", "ask again, or ask one thing at a time"
        )

    def _place(self) -> _Place:
        if self.open >= self.limits.streams:
            raise BusyError(f"{self.open} answers are being written already", "try again in a few seconds")
        return _Place(self)


class _Place:
    """One of the places for answers that are being written."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def __enter__(self) -> None:
        self._answering.open += 1

    def __exit__(self, *_: object) -> None:
        self._answering.open -= 1
