"""The page that answers over rows are written on: a sentence in our words, with the rows it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from drugchatter.rows import RowRef
from drugchatter.types import Claim, Drug, RowCitation, Support

Cite = Callable[[RowRef, str], RowCitation]


@dataclass
class Page:
    """Claims of one answer as they are written, with the rows they cite."""

    drug: Drug
    cite: Cite
    rows: dict[str, RowCitation] = field(default_factory=dict)

    def claim(self, text: str, refs: Iterable[RowRef], derived: str = "") -> Claim:
        """A computed sentence with the rows it rests on: one for each patent, code or product that it names.

        `derived` says what was computed (a count, a file's date) and stands with the first row.
        """
        supports = []
        for place, ref in enumerate(_one_each(refs)):
            row = self.cite(ref, "" if place else derived)
            self.rows[row.passage.id] = row
            supports.append(Support(row.passage.id, row.passage.text))
        return Claim(text, tuple(supports), "computed", self.drug.id)


def _one_each(refs: Iterable[RowRef]) -> list[RowRef]:
    """One row of each item of an application: its other products print the same. Rows of products are items each."""
    found: dict[tuple[str, str, str, str], RowRef] = {}
    for ref in refs:
        product = ref.product if ref.file == "products.txt" else ""
        found.setdefault((ref.file, ref.application, ref.item, product), ref)
    return list(found.values())


_FIRM_ENDS = (" AN INDIRECT", " A WHOLLY", " A DIV", " A SUB", " DBA ")
_CAPITALS = frozenset("USA US UK LLC LP LLP PLC SA AG NV BV AB AS II III IV V GSK".split())


def firm(name: str) -> str:
    """An applicant as a reader writes it: `MICRO LABS LTD` → `Micro Labs Ltd`, without whose subsidiary it is."""
    for end in _FIRM_ENDS:
        name = name.split(end, 1)[0]
    if not name.isupper():
        return name
    return " ".join(word if word in _CAPITALS else word.capitalize() for word in name.split())


def several(count: int, one: str, many: str = "") -> str:
    """`1 patent`, `2 patents`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed_names(names: Iterable[str], most: int) -> str:
    """`A, B, C and others`: at most `most` of them."""
    names = list(names)
    return ", ".join(names[:most]) + (" and others" if len(names) > most else "")
