"""Loss of exclusivity against gold: every field of every drug, compared exactly.

    python -m drugchatter.evals.loe FOLDER_OF_DATA GOLD.jsonl

`FOLDER_OF_DATA` holds `orangebook/YYYY-MM-DD/` and `purplebook/*.csv` as their publishers distribute them. Prints a
table of fields right and wrong, then each difference. Patents, numbers and codes are compared as sets. Of the notes
only the kinds that follow from the rows are compared (`_COMPUTED`); the gold's others are its author's remarks.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.exclusivity.books import Books, gather_books
from drugchatter.exclusivity.protection import protection_json
from drugchatter.rows import BiologicRow, ExclusivityRow, PatentRow, ProductRow
from drugchatter.sources.intake import survey
from drugchatter.types import Origin, SetAside

# Of the gold's top level, what is no value of a drug's protection: who wrote the row, and the editions below it.
_NOT_COMPARED = frozenset({"quoted_in_rules", "vintages", "notes"})
_COMPUTED = (
    "several applications under one name;",
    "delist-requested patents kept apart:",
    "a delist-requested patent has a *PED row",
    "strengths/products of one application end",
    "listed for a product newer than",
    "file still prints",
    "reissue (RE) patent",
    "answer moved between vintages:",
    "ANDA approved before the last listed date",
    "newer NDA(s) in patent.txt",
    "Orange Book does not apply;",
)


@dataclass(frozen=True, slots=True)
class Compared:
    drug: str
    field: str
    gold: Any
    got: Any

    @property
    def equal(self) -> bool:
        return bool(_plain(self.gold) == _plain(self.got))


def load(folder: Path) -> Books:
    """The books under `folder`. Raises DataError when there is no products file, or a file is damaged."""
    edition, rows = "", []
    for item in survey(folder, ("orange_book", "purple_book")).items():
        if isinstance(item, SetAside) and not item.harmless:
            raise DataError(f"{item.file}: {item.reason}", "fetch it again from FDA")
        if isinstance(item, Origin):
            edition = item.edition
        elif isinstance(item, ProductRow | PatentRow | ExclusivityRow | BiologicRow):
            rows.append((edition, item))
    books = gather_books(rows)
    if books is None:
        raise DataError(f"{folder} holds no products file of the Orange Book", "give the folder that holds orangebook/")
    return books


def compare(gold: dict[str, Any], books: Books) -> Iterator[Compared]:
    """Each field of one gold row beside what the program says."""
    name = gold["drug"]
    got = _answer(name, books)
    for key, value in gold.items():
        if key not in _NOT_COMPARED:
            yield Compared(name, key, value, got.get(key, "missing"))
    yield Compared(name, "notes that are computed", _computed(gold["notes"]), _computed(got["notes"]))
    for edition, fields in gold.get("vintages", {}).items():
        old = _answer(name, books, edition)
        for key, value in fields.items():
            yield Compared(name, f"{edition} {key}", value, old.get(key, "missing"))
        if "products_differ" not in fields:
            yield Compared(name, f"{edition} products_differ", None, old.get("products_differ"))


def _computed(notes: list[str]) -> list[str]:
    return [note for note in notes if note.startswith(_COMPUTED)]


def _answer(name: str, books: Books, edition: str | None = None) -> dict[str, Any]:
    found = books.protection(name, edition)
    return protection_json(found) if found else {"notes": []}


def _plain(value: Any) -> Any:
    """Lists of numbers and of patents as sets: their order is nobody's statement."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(json.dumps(_plain(item), sort_keys=True) for item in value)
    return value


def table(compared: list[Compared]) -> Iterator[str]:
    """Lines of a table: field, drugs right, drugs wrong, and which."""
    right: Counter[str] = Counter(c.field for c in compared if c.equal)
    wrong: dict[str, list[str]] = defaultdict(list)
    for c in compared:
        if not c.equal:
            wrong[c.field].append(c.drug)
    yield f"{'field':58} {'right':>5} {'wrong':>5}"
    for field in dict.fromkeys(c.field for c in compared):
        yield f"{field:58} {right[field]:5} {len(wrong[field]):5}  {', '.join(wrong[field])}".rstrip()
    drugs = {c.drug for c in compared}
    whole = drugs - {c.drug for c in compared if not c.equal}
    equal = f"{sum(right.values())} of {len(compared)} values equal"
    yield f"{equal}; every field equal for {len(whole)} of {len(drugs)} drugs"


def run(folder: Path, gold: Path) -> list[Compared]:
    """All comparisons of a gold file."""
    books = load(folder)
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines() if line.strip()]
    return [compared for row in rows for compared in compare(row, books)]


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    compared = run(Path(arguments[0]), Path(arguments[1]))
    print("\n".join(table(compared)))
    for c in compared:
        if not c.equal:
            print(f"\n{c.drug}, {c.field}\n  gold {json.dumps(c.gold)}\n  got  {json.dumps(c.got)}")
    return 0 if all(c.equal for c in compared) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
