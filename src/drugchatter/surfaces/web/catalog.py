"""All drugs of an edition by name, class and maker, for the pages that list and for names suggested while typing."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from drugchatter.protocols import Index
from drugchatter.text import fold, slug, words
from drugchatter.types import Drug

_MOST_SUGGESTED = 8
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Drugs of one class, or with labels of one maker; `slug` is its part of an address."""

    slug: str
    title: str
    drugs: tuple[Drug, ...]


class Catalog:
    """Made once for an index; everything in it is computed when it is first asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def drugs(self) -> dict[str, Drug]:
        """By id, in the order of their names."""
        return {drug.id: drug for drug in sorted(self._index.drugs(), key=lambda drug: fold(drug.name))}

    @cached_property
    def classes(self) -> dict[str, Group]:
        return _groups((name, drug) for drug in self.drugs.values() for name in drug.pharm_classes)

    @cached_property
    def makers(self) -> dict[str, Group]:
        return _groups((drug.reference.labeler, drug) for drug in self.drugs.values() if drug.reference.labeler)

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """(phrase, drug id) of every name of a drug that is held, sorted."""
        return sorted({(phrase, drug) for phrase, drug, _ in self._index.names() if drug in self.drugs})

    def warm(self) -> None:
        """Compute everything now."""
        _ = self.drugs, self.classes, self.makers, self._names

    def suggest(self, typed: str) -> list[Drug]:
        """Drugs one of whose names begins with `typed`, those called so first."""
        start = " ".join(words(typed))
        if len(start) < _SHORTEST:
            return []
        found: dict[str, None] = {}
        for phrase, drug_id in self._names[bisect_left(self._names, (start, "")) :]:
            if not phrase.startswith(start) or len(found) >= 5 * _MOST_SUGGESTED:
                break
            found.setdefault(drug_id)
        named = sorted(
            (self.drugs[i] for i in found), key=lambda drug: (not fold(drug.name).startswith(start), drug.name)
        )
        return named[:_MOST_SUGGESTED]


def _groups(pairs: Iterable[tuple[str, Drug]]) -> dict[str, Group]:
    """Groups by slug, in the order of their titles; names that differ only in case or punctuation are one."""
    drugs: dict[str, dict[str, Drug]] = defaultdict(dict)
    titles: dict[str, str] = {}
    for title, drug in pairs:
        if address := slug(title):
            titles.setdefault(address, title)
            drugs[address][drug.id] = drug
    ordered = sorted(titles.items(), key=lambda item: fold(item[1]))
    return {address: Group(address, title, tuple(drugs[address].values())) for address, title in ordered}
