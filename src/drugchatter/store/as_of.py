"""An index as it would have read on a past day: each label in the version that was in force then.

A version is in force from its effective date until that of the next one. Where versions between two that are held are
missing, the earlier one may have been superseded before the day asked for; `doubt` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from drugchatter.protocols import Index
from drugchatter.rows import Placed, Row
from drugchatter.types import Code, Document, Drug, DrugMatch, Edition, Label, Origin, Passage

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class InForce:
    """The version in force on a day, and the next one held after it, if any; `sure` when none between is missing."""

    document: Document
    next: Document | None
    sure: bool


def in_force(versions: list[Document], day: date) -> InForce | None:
    """The version of a label in force on `day`, of `versions` in order of date; None when all are later."""
    earlier = [document for document in versions if document.effective_date <= day]
    later = [document for document in versions if document.effective_date > day]
    if not earlier:
        return None
    held, following = earlier[-1], later[0] if later else None
    sure = following is None or _number(following) <= _number(held) + 1
    return InForce(held, following, sure)


def _number(document: Document) -> int:
    return int(document.version) if document.version.isdigit() else 0


class AsOfIndex:
    """The documents of `index` as of `day`. A drug none of whose labels was in force then keeps its reference label's
    identity, and has no passages."""

    def __init__(self, index: Index, day: date) -> None:
        self._index, self.day = index, day
        self.edition: Edition = index.edition

    def names(self) -> list[tuple[str, str, str]]:
        return self._index.names()

    def in_force(self, set_id: str) -> InForce | None:
        return in_force(self._index.versions(set_id), self.day)

    def drug(self, drug_id: str) -> Drug:
        return self.as_of(self._index.drug(drug_id))

    def drugs(self) -> list[Drug]:
        return [self.as_of(drug) for drug in self._index.drugs()]

    def as_of(self, drug: Drug) -> Drug:
        """`drug` with the document that spoke for it on the day: its reference label then, else another label of it."""
        found = self.in_force(drug.reference.set_id) or next(
            (held for document in self._index.documents(drug.id) if (held := self.in_force(document.set_id))), None
        )
        if found is None:
            return drug
        why = f"in force on {self.day.isoformat()}"
        return replace(drug, reference=replace(found.document, drug_id=drug.id), why_reference=why)

    def matched(self, match: DrugMatch) -> DrugMatch:
        return replace(match, drug=self.as_of(match.drug), siblings=tuple(self.as_of(d) for d in match.siblings))

    def family(self, ingredients: tuple[str, ...]) -> list[Drug]:
        return [self.as_of(drug) for drug in self._index.family(ingredients)]

    def documents(self, drug_id: str) -> list[Document]:
        found = (self.in_force(document.set_id) for document in self._index.documents(drug_id))
        return [held.document for held in found if held]

    def versions(self, set_id: str) -> list[Document]:
        return [document for document in self._index.versions(set_id) if document.effective_date <= self.day]

    def version_passages(self, set_id: str, version: str) -> tuple[Passage, ...]:
        return self._index.version_passages(set_id, version)

    def passages(self, set_id: str, source: str) -> tuple[Passage, ...]:
        found = self.in_force(set_id)
        return self._index.version_passages(set_id, found.document.version) if found else ()

    def passage(self, passage_id: str) -> tuple[Passage, Document] | None:
        """The passage, in the version that was in force where the same words stand in several."""
        found = self._index.passage(passage_id)
        if found is None:
            return None
        held = self.in_force(found[1].set_id)
        if held is None:
            return found
        passages = self._index.version_passages(found[1].set_id, held.document.version)
        same = next((passage for passage in passages if passage.id == passage_id), None)
        return (same, replace(held.document, drug_id=found[1].drug_id)) if same else found

    def search(self, phrases: Iterable[str], fields: Iterable[str], limit: int = 2000) -> list[tuple[Passage, str]]:
        """Nothing: past versions are not searched across drugs."""
        return []

    def labels(self) -> list[Label]:
        """None, for the same reason."""
        return []

    def said(self, runs: Iterable[Iterable[str]], fields: Iterable[str]) -> list[Passage]:
        return []

    def distinct(self, row_type: type, *columns: str) -> list[tuple[str, ...]]:
        return self._index.distinct(row_type, *columns)

    def knows_word(self, word: str) -> bool:
        return self._index.knows_word(word)

    def edition_of(self, document: Document) -> Edition:
        return self._index.edition_of(document)

    def rows(self, row_type: Callable[..., R], **where: str | Collection[str]) -> list[Placed[R]]:
        return self._index.rows(row_type, **where)

    def has_rows(self, row_type: type, **where: str | Collection[str]) -> bool:
        return self._index.has_rows(row_type, **where)

    def row(self, passage_id: str) -> Placed[Row] | None:
        return self._index.row(passage_id)

    def origins(self) -> list[tuple[Origin, int]]:
        return self._index.origins()

    def codes(self, set_id: str, source: str) -> tuple[Code, ...]:
        return self._index.codes(set_id, source)

    def close(self) -> None:
        self._index.close()
