"""Reading and splitting labels on all cores: one process streams the file, the others split; order is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from drugchatter.passages import split
from drugchatter.sources.openfda_label import Part, read_part
from drugchatter.types import Passage, Record, SetAside

_BATCH = 8


Split = tuple[Record, list[Passage]]


def split_all(parts: Iterable[Part]) -> Iterator[Split | SetAside]:
    """(record without its sections, passages) of every label of `parts`, in order, in constant memory; what is no label
    comes as it was set aside."""
    workers = max(1, min(os.cpu_count() or 1, 8))
    batches = _batches(record for part in parts for record in read_part(part))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[list[Split | SetAside]]] = []
        for batch in batches:
            waiting.append(pool.submit(split_batch, batch))
            if len(waiting) > workers * 2:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


def _batches(records: Iterable[Record | SetAside]) -> Iterator[list[Record | SetAside]]:
    batch: list[Record | SetAside] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def split_batch(records: list[Record | SetAside]) -> list[Split | SetAside]:
    from dataclasses import replace

    return [
        record if isinstance(record, SetAside) else (replace(record, sections=()), list(split(record)))
        for record in records
    ]
