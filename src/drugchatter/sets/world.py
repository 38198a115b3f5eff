"""What criteria are asked of: the labels and rows of one index, with what is the same for all questions read once."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache

from drugchatter.identity import ingredients_of
from drugchatter.joins import application_number
from drugchatter.protocols import Index
from drugchatter.row_citations import derived
from drugchatter.rows import BiologicRow, NdcProductRow, Placed, ProductRow, ShortageRow
from drugchatter.text import fold, words
from drugchatter.types import Drug, Label, Passage, RowCitation

_KIND_END = re.compile(r"(?<=\]),")
_EPC = " [EPC]"


@lru_cache(maxsize=8192)
def established(text: str) -> tuple[str, ...]:
    """The established pharmacologic classes in an NDC row's list: of `Sampline [EPC],Sampline Effect [MoA]` one."""
    return tuple(part.strip().removesuffix(_EPC) for part in _KIND_END.split(text) if part.endswith(_EPC))


class World:
    """One index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._distinct: dict[tuple[type, tuple[str, ...]], list[tuple[str, ...]]] = {}
        self._spaced: dict[tuple[type, str], list[tuple[str, str]]] = {}

    @cached_property
    def labels(self) -> dict[str, Label]:
        """By set id."""
        return {label.document.set_id: label for label in self.index.labels()}

    def distinct(self, row_type: type, *columns: str) -> list[tuple[str, ...]]:
        key = (row_type, columns)
        if key not in self._distinct:
            self._distinct[key] = self.index.distinct(row_type, *columns)
        return self._distinct[key]

    def values(self, row_type: type, column: str) -> list[str]:
        return [value for value, _ in self.distinct(row_type, column)]

    def holding(self, row_type: type, column: str, name: str) -> list[str]:
        """The values of a column in which the words of `name` stand as a phrase."""
        key = (row_type, column)
        if key not in self._spaced:
            self._spaced[key] = [(value, f" {' '.join(words(value))} ") for value in self.values(row_type, column)]
        wanted = f" {' '.join(words(name))} "
        return [value for value, spaced in self._spaced[key] if wanted in spaced]

    def drug(self, label: Label) -> Drug:
        return self.index.drug(label.document.drug_id)

    def of_label(self, passage: Passage) -> Label | None:
        """The current label that a passage stands in; None for a passage of a summary beside it or an older copy."""
        label = self.labels.get(passage.set_id)
        if label is None or label.document.version != passage.version:
            return None
        return label if (passage.kind == "fact") == (label.document.kind == "summary") else None

    @cached_property
    def by_code(self) -> dict[tuple[str, str], list[str]]:
        """(kind, code) → set ids."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for set_id, label in self.labels.items():
            for code in label.codes:
                found[code.kind, code.value].append(set_id)
            for printed in label.document.application_numbers:
                number = application_number(printed)
                if number and set_id not in found["application", number]:
                    found["application", number].append(set_id)
        return found

    def record(self, label: Label, told: str) -> RowCitation:
        """What a label's record tells outside its text, cited by the label's first passage."""
        first = self.index.passages(label.document.set_id, label.document.source)[0]
        return derived(RowCitation(first, label.document, self.drug(label).name), told)

    @cached_property
    def classes(self) -> dict[str, str]:
        """Folded name → name of every established class that a label's record or an NDC row prints."""
        own = (name for label in self.labels.values() for name in label.pharm_classes)
        rows = (name for text in self.class_texts for name in established(text))
        return {fold(name): name.strip() for name in (*rows, *own)}

    @cached_property
    def class_words(self) -> dict[str, str]:
        """Folded name of every class → its words with a space on either side."""
        return {name: f" {' '.join(words(name.replace('-', ' ')))} " for name in self.classes}

    @cached_property
    def class_texts(self) -> list[str]:
        """What the NDC directory prints as classes, each text once."""
        pairs = self.distinct(NdcProductRow, "pharm_classes", "substances")
        return list(dict.fromkeys(classes for classes, _, _ in pairs))

    @cached_property
    def moieties(self) -> dict[str, dict[str, str]]:
        """Folded class → the active ingredients that NDC rows of one substance give it, each with the passage id of the
        first such row."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for classes, substances, passage_id in self.distinct(NdcProductRow, "pharm_classes", "substances"):
            base = ingredients_of([substances], "")
            if ";" not in substances and len(base) == 1:
                for name in established(classes):
                    found[fold(name)].setdefault(base[0], passage_id)
        return found

    @cached_property
    def licences(self) -> dict[str, list[Placed[BiologicRow]]]:
        """The rows of the Purple Book by application, as `BLA125326`."""
        found: dict[str, list[Placed[BiologicRow]]] = defaultdict(list)
        for placed in self.index.rows(BiologicRow):
            found["BLA" + placed.row.bla.zfill(6)].append(placed)
        return found

    @cached_property
    def makers(self) -> tuple[str, ...]:
        """Every labeler, company and applicant, its words with a space on either side."""
        names = {label.document.labeler for label in self.labels.values()}
        names.update(self.values(NdcProductRow, "labeler"), self.values(ProductRow, "applicant_full_name"))
        names.update(self.values(BiologicRow, "applicant"), self.values(ShortageRow, "company"))
        return tuple(f" {' '.join(words(name))} " for name in names)

    def is_maker(self, name: str, begins: bool = False) -> bool:
        """Whether the words of `name` stand in a maker's name, or begin one."""
        wanted = f" {' '.join(words(name))} "
        if not wanted.strip():
            return False
        return any(maker.startswith(wanted) if begins else wanted in maker for maker in self.makers)
