"""The doors between rooms, for those who bring their own index or writer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from drugchatter.types import Document, Draft, Drug, Edition, Evidence, Passage


class Index(Protocol):
    """What reading an edition offers; `store.embedded.EmbeddedIndex` is the built-in one."""

    edition: Edition

    def names(self) -> list[tuple[str, str, str]]: ...

    def drug(self, drug_id: str) -> Drug: ...

    def drugs(self) -> list[Drug]: ...

    def family(self, ingredients: tuple[str, ...]) -> list[Drug]: ...

    def documents(self, drug_id: str) -> list[Document]: ...

    def passages(self, set_id: str, source: str) -> tuple[Passage, ...]: ...

    def passage(self, passage_id: str) -> tuple[Passage, Document] | None: ...

    def search(self, phrases: Iterable[str], fields: Iterable[str], limit: int = 2000) -> list[tuple[Passage, str]]: ...

    def knows_word(self, word: str) -> bool: ...


class Writer(Protocol):
    """Evidence in, a draft out: every claim names its supports; nothing of it is shown before it is checked."""

    def write(self, evidence: Evidence) -> Draft: ...
