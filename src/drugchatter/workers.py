"""Splitting labels on all cores: one process streams the files, the others split; the order is kept."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from drugchatter.passages import split
from drugchatter.rows import Row
from drugchatter.types import Origin, Passage, Record, SetAside

_BATCH = 8
_FEW = 32

Split = tuple[Record, list[Passage]]
Other = Origin | SetAside | Row


def split_all(items: Iterable[Record | Other]) -> Iterator[Split | Other]:
    """Every record of `items` as (record without its sections, passages), and whatever else is in it as it is, in
    order and in constant memory. A few records are split here: processes are worth their start only for more."""
    batches, records = _batches(items), 0
    for batch in batches:
        records += sum(isinstance(item, Record) for item in batch)
        yield from split_batch(batch)
        if records >= _FEW:
            yield from _split_by_others(batches)


def _split_by_others(batches: Iterator[list[Record | Other]]) -> Iterator[Split | Other]:
    workers = max(1, min(os.cpu_count() or 1, 8))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Split | Other]] | list[Other]] = deque()
        for batch in batches:
            others = [item for item in batch if not isinstance(item, Record)]
            waiting.append(others or pool.submit(split_batch, batch))
            # Rows need no work of their own, so what waits is counted in batches of either kind.
            while len(waiting) > 2 * workers + 1:
                yield from _done(waiting.popleft())
        while waiting:
            yield from _done(waiting.popleft())


def _done(batch: Future[list[Split | Other]] | list[Other]) -> Iterable[Split | Other]:
    return batch if isinstance(batch, list) else batch.result()


def _batches(items: Iterable[Record | Other]) -> Iterator[list[Record | Other]]:
    """Neighbours of one kind, records or others, a few at a time."""
    batch: list[Record | Other] = []
    for item in items:
        if batch and (len(batch) == _BATCH or isinstance(batch[0], Record) != isinstance(item, Record)):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def split_batch(batch: list[Record | Other]) -> list[Split | Other]:
    return [(replace(item, sections=()), list(split(item))) if isinstance(item, Record) else item for item in batch]
