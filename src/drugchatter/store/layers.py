"""Several editions read as one: publishers' data, labels fetched on demand, and a reader's own files, kept apart.

The base comes first in everything. A fetched label counts where the base does not hold its set id; a reader's own
drugs carry ids of their own, and are named only where no publisher's label has the name or the ingredients, or where
the reader asks for their own files first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from drugchatter.rows import Placed, Row
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.types import Code, Document, Drug, Edition, Label, Origin, Passage

R = TypeVar("R")

OWN = "own"
OWN_PUBLISHER = "your own file"
_OWN_ID = "own-"


class LayeredIndex:
    """A base with fetched labels and own files over it; the base's edition is the one that answers name.

    `own_first`: a name that both know means the reader's own file.
    """

    def __init__(
        self,
        base: EmbeddedIndex,
        fetched: EmbeddedIndex | None = None,
        own: EmbeddedIndex | None = None,
        own_first: bool = False,
    ) -> None:
        self.base, self._fetched, self._own, self._own_first = base, fetched, own, own_first
        self.edition = base.edition
        self._fetched_ids = self._new_drugs()

    def _new_drugs(self) -> frozenset[str]:
        """Fetched drugs whose label the base has not got since."""
        if self._fetched is None:
            return frozenset()
        held = {drug.id for drug in self.base.drugs()}
        return frozenset(
            drug.id
            for drug in self._fetched.drugs()
            if drug.id not in held and not self.base.versions(drug.reference.set_id)
        )

    def _layers(self) -> list[EmbeddedIndex]:
        return [layer for layer in (self.base, self._fetched, self._own) if layer]

    def edition_of(self, document: Document) -> Edition:
        """The edition that a document of this index stands in."""
        if document.source == OWN and self._own:
            return self._own.edition
        if self._fetched and document.drug_id in self._fetched_ids:
            return self._fetched.edition
        return self.base.edition

    # ------------------------------------------------------------------------------------------------------- drugs

    def names(self) -> list[tuple[str, str, str]]:
        base = self.base.names()
        fetched = self._fetched.names() if self._fetched else []
        new = [(phrase, drug_id, kind) for phrase, drug_id, kind in fetched if drug_id in self._fetched_ids]
        known = {phrase for phrase, _, _ in new}
        publishers = [row for row in base if not (row[2] == "elsewhere" and row[0] in known)] + new
        own = [(p, _OWN_ID + d, k) for p, d, k in self._own.names() if k != "elsewhere"] if self._own else []
        if not own:
            return publishers
        if not self._own_first:
            taken = {phrase for phrase, _, kind in publishers if kind != "elsewhere"}
            known = {i for phrase, i, _ in own if phrase in taken or self.family(self.drug(i).ingredients)}
            own = [row for row in own if row[1] not in known]
        here = {phrase for phrase, _, _ in own}
        return [row for row in publishers if row[0] not in here] + own

    def drug(self, drug_id: str) -> Drug:
        if self._own and drug_id.startswith(_OWN_ID):
            return _owned(self._own.drug(drug_id.removeprefix(_OWN_ID)))
        if self._fetched and drug_id in self._fetched_ids:
            return self._fetched.drug(drug_id)
        return self.base.drug(drug_id)

    def drugs(self) -> list[Drug]:
        fetched = [drug for drug in self._fetched.drugs() if drug.id in self._fetched_ids] if self._fetched else []
        own = [_owned(drug) for drug in self._own.drugs()] if self._own else []
        return sorted([*self.base.drugs(), *fetched, *own], key=lambda drug: drug.name)

    def family(self, ingredients: tuple[str, ...]) -> list[Drug]:
        """Publishers' drugs only: what a reader's own file says never stands in for a sibling."""
        fetched = self._fetched.family(ingredients) if self._fetched else []
        return [*self.base.family(ingredients), *(drug for drug in fetched if drug.id in self._fetched_ids)]

    def documents(self, drug_id: str) -> list[Document]:
        if self._own and drug_id.startswith(_OWN_ID):
            return [replace(d, drug_id=drug_id) for d in self._own.documents(drug_id.removeprefix(_OWN_ID))]
        return (self._fetched if self._fetched and drug_id in self._fetched_ids else self.base).documents(drug_id)

    # ---------------------------------------------------------------------------------------------------- passages

    def passages(self, set_id: str, source: str) -> tuple[Passage, ...]:
        layers = [self._own] if source == OWN else [self.base, self._fetched]
        return next((found for layer in layers if layer and (found := layer.passages(set_id, source))), ())

    def passage(self, passage_id: str) -> tuple[Passage, Document] | None:
        for layer in self._layers():
            if found := layer.passage(passage_id):
                passage, document = found
                return passage, _owned_document(document) if layer is self._own else document
        return None

    def versions(self, set_id: str) -> list[Document]:
        for layer in self._layers():
            if found := layer.versions(set_id):
                return [_owned_document(d) for d in found] if layer is self._own else found
        return []

    def version_passages(self, set_id: str, version: str) -> tuple[Passage, ...]:
        return next((found for layer in self._layers() if (found := layer.version_passages(set_id, version))), ())

    def rows(self, row_type: Callable[..., R], **where: str | Collection[str]) -> list[Placed[R]]:
        return self.base.rows(row_type, **where)

    def has_rows(self, row_type: type, **where: str | Collection[str]) -> bool:
        return self.base.has_rows(row_type, **where)

    def row(self, passage_id: str) -> Placed[Row] | None:
        return self.base.row(passage_id)

    def origins(self) -> list[tuple[Origin, int]]:
        return self.base.origins()

    def codes(self, set_id: str, source: str) -> tuple[Code, ...]:
        return next((found for layer in self._layers() if (found := layer.codes(set_id, source))), ())

    def search(self, phrases: Iterable[str], fields: Iterable[str], limit: int = 2000) -> list[tuple[Passage, str]]:
        """Publishers' labels only, for the reason given at `family`."""
        wanted, places = list(phrases), list(fields)
        found = self.base.search(wanted, places, limit)
        if self._fetched:
            found += [row for row in self._fetched.search(wanted, places, limit) if row[1] in self._fetched_ids]
        return found

    def labels(self) -> list[Label]:
        """Publishers' labels only."""
        fetched = self._fetched.labels() if self._fetched else []
        return self.base.labels() + [label for label in fetched if label.document.drug_id in self._fetched_ids]

    def said(self, runs: Iterable[Iterable[str]], fields: Iterable[str]) -> list[Passage]:
        """Publishers' labels only; of a fetched one also where the base holds it now, which `labels` tells."""
        wanted, places = [list(run) for run in runs], list(fields)
        fetched = self._fetched.said(wanted, places) if self._fetched else []
        return self.base.said(wanted, places) + fetched

    def distinct(self, row_type: type, *columns: str) -> list[tuple[str, ...]]:
        return self.base.distinct(row_type, *columns)

    def knows_word(self, word: str) -> bool:
        return any(layer.knows_word(word) for layer in self._layers())

    def close(self) -> None:
        for layer in self._layers():
            layer.close()


def _owned(drug: Drug) -> Drug:
    return replace(drug, id=_OWN_ID + drug.id, reference=_owned_document(drug.reference))


def _owned_document(document: Document) -> Document:
    return replace(document, drug_id=_OWN_ID + document.drug_id)
