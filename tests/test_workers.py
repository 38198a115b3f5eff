"""Splitting on all cores gives what splitting here gives, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drugchatter import workers
from drugchatter.rows import ApplicationDocRow
from drugchatter.types import Origin, Record, SetAside
from drugchatter.workers import Other, split_all, split_batch
from label_files import record

ROW = ApplicationDocRow("NDA000001", "ORIG", 1, "Letter", "", None, "https://example.org/letter")


def labels(count: int) -> list[Record]:
    return [record(f"{n:08}-0000-4000-8000-000000000000") for n in range(count)]


def mixed() -> list[Record | Other]:
    """Labels and rows as files give them: one after another, with what was set aside between them."""
    aside = SetAside("openfda_label", "a part", "record 3", "it lacks version")
    origin = Origin("openfda_label", "a part", "2026-01-02")
    return [origin, ROW, *labels(3), aside, ROW, ROW, origin, *labels(50), aside, *labels(7), ROW, *labels(1)]


def test_other_processes_split_as_this_one_does_and_in_order() -> None:
    assert list(split_all(mixed())) == split_batch(mixed())


def test_a_few_labels_need_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ProcessPoolExecutor", None)
    few = [*labels(20), ROW, *labels(20)]
    assert list(split_all(few)) == split_batch(few)


def test_only_so_much_is_read_ahead() -> None:
    read = 0

    def counted() -> Iterator[Record]:
        nonlocal read
        for one in labels(600):
            read += 1
            yield one

    for done, _ in enumerate(split_all(counted()), 1):
        assert read - done < 400
    assert read == 600
