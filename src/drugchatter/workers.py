"""Splitting labels on all cores: one process streams the files, the others split; the order is kept."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context

from drugchatter.passages import split
from drugchatter.rows import Row
from drugchatter.types import Origin, Passage, Record, SetAside

_BATCH = 4
_FEW = 32
# Labels differ a hundredfold in length: so many batches wait for each worker that one long label holds up no other.
_WAITING = 8

Split = tuple[Record, list[Passage]]
Other = Origin | SetAside | Row
Batch = list[Record | Other]
# What a row is not; asked of each of millions, and rows are of many types.
_NO_ROWS = (Record, Origin, SetAside)


def split_all(items: Iterable[Record | Other]) -> Iterator[Split | Other]:
    """Every record of `items` as (record without its sections, passages), and whatever else is in it as it is, in
    order and in constant memory. A few records are split here: processes are worth their start only for more."""
    stream = iter(items)
    for batch in _batches(stream, _FEW):
        if len(batch) == _FEW and not _rows(batch):
            yield from _split_by_others(_batches(chain(batch, stream), _BATCH))
        else:
            yield from split_batch(batch)


def _split_by_others(batches: Iterator[Batch]) -> Iterator[Split | Other]:
    workers = max(1, min(os.cpu_count() or 1, 8))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Split | Other]] | Batch] = deque()
        for batch in batches:
            waiting.append(batch if _rows(batch) else pool.submit(split_batch, batch))
            # Rows need no work of their own, so what waits is counted in batches of either kind.
            while len(waiting) > _WAITING * workers:
                yield from _done(waiting.popleft())
        while waiting:
            yield from _done(waiting.popleft())


def _done(batch: Future[list[Split | Other]] | Batch) -> Iterable[Split | Other]:
    return split_batch(batch) if isinstance(batch, list) else batch.result()


def _rows(batch: Batch) -> bool:
    return not isinstance(batch[0], _NO_ROWS)


def _batches(items: Iterable[Record | Other], size: int) -> Iterator[Batch]:
    """Neighbours of one kind, rows or no rows, at most `size` at a time; none is held back behind what is yielded."""
    batch: Batch = []
    for item in items:
        if batch and _rows(batch) == isinstance(item, _NO_ROWS):
            yield batch
            batch = []
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def split_batch(batch: Batch) -> list[Split | Other]:
    return [(replace(item, sections=()), list(split(item))) if isinstance(item, Record) else item for item in batch]
