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

Split = tuple[Record, list[Passage]]
Other = Origin | SetAside | Row


def split_all(items: Iterable[Record | Other]) -> Iterator[Split | Other]:
    """Every record of `items` as (record without its sections, passages), and whatever else is in it as it is, in
    order and in constant memory. No process is started where there is no record."""
    with ProcessPoolExecutor(max(1, min(os.cpu_count() or 1, 8)), mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Split]] | list[Other]] = deque()
        for batch in _batches(items):
            records = [item for item in batch if isinstance(item, Record)]
            others = [item for item in batch if not isinstance(item, Record)]
            waiting.append(pool.submit(split_batch, records) if records else others)
            # Rows need no work of their own, so what waits is counted in batches of either kind.
            while len(waiting) > 2 * (os.cpu_count() or 1) + 1:
                yield from _done(waiting.popleft())
        while waiting:
            yield from _done(waiting.popleft())


def _done(batch: Future[list[Split]] | list[Other]) -> list[Split] | list[Other]:
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


def split_batch(records: list[Record]) -> list[Split]:
    return [(replace(record, sections=()), list(split(record))) for record in records]
