"""Make `formulary/protection.tsv`, the starter's rows of the Orange and Purple Books, from FDA's files.

    python tools/starter_rows.py --data ../shared/data            # write it
    python tools/starter_rows.py --data ../shared/data --check    # compare; 1 when it differs

Which rows: the NDAs that the starter's names mean, with their patents and exclusivities; the generics of their
ingredient, form and route; the products of combinations with their ingredients; NDAs that only the newer listings know
and that share a patent; the BLAs of the starter's biologics, of the same substances, and their biosimilars. Then every
name that these rows can be asked by is asked here and of the whole files, and those with the same answer in every field
are written down: only for them will the starter's rows answer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drugchatter.exclusivity import biologics
from drugchatter.exclusivity.biologics import PurpleBook, purple_book
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.listings import OrangeBook, orange_book, resolve
from drugchatter.exclusivity.protection import protection_json
from drugchatter.formulary import read_formulary
from drugchatter.formulary.book_rows import FILE, Block, StarterRows, written
from drugchatter.formulary.starter_books import lookup_key
from drugchatter.rows import BiologicsFile, ListingsFile, ProductsFile
from drugchatter.sources.orange_book import EXCLUSIVITIES, PATENTS, PRODUCTS, read_release
from drugchatter.sources.purple_book import read_purple_book

TARGET = Path(__file__).resolve().parents[1] / "src" / "drugchatter" / "formulary" / FILE
ORANGE, PURPLE = "orange_book", "purple_book"
# The newest edition of each file; FDA no longer publishes a newer products.txt where the listings come from.
PRODUCTS_EDITION, LISTINGS_EDITION = "2024-11-08", "2026-06-10"
COMMENT = (
    "Facts from FDA's Orange and Purple Books: the rows of the starter's drugs, made by tools/starter_rows.py.",
    "https://www.fda.gov/drugs/drug-approvals-and-databases/orange-book-data-files",
    "https://purplebooksearch.fda.gov/downloads",
    "Each block: publisher, file, date of the file, SHA-256 of the file; columns; rows, in which a ditto mark repeats",
    "the cell above. Last, the names that these rows answer for as the whole files do.",
)


@dataclass(frozen=True, slots=True)
class Files:
    """FDA's files as read, and the SHA-256 of each one's bytes by its name."""

    products: ProductsFile
    listings: ListingsFile
    biologics: BiologicsFile
    digests: dict[str, str]

    def books(self) -> Books:
        return Books({self.listings.edition: orange_book(self.products, self.listings)}, purple_book(self.biologics))


def read_files(data: Path) -> Files:
    """FDA's files in a folder with `orangebook/<date>` and `purplebook`. Raises DataError."""
    old, new = data / "orangebook" / PRODUCTS_EDITION, data / "orangebook" / LISTINGS_EDITION
    products, listings = read_release(old).products, read_release(new).listings
    if products is None or listings is None:
        raise SystemExit(f"{old} holds no products, or {new} no listings")
    purple = data / "purplebook" / "purplebook.csv"
    bytes_of = {PRODUCTS: next(old.iterdir()), PATENTS: new / PATENTS, EXCLUSIVITIES: new / EXCLUSIVITIES}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in bytes_of.items()}
    digests[purple.name] = hashlib.sha256(purple.read_bytes()).hexdigest()
    return Files(products, listings, read_purple_book(purple), digests)


def excerpt(files: Files) -> Files:
    """The starter's part of FDA's files, each row in its place."""
    whole = files.books()
    assert whole.purple is not None  # noqa: S101 - it was read
    products, listed = orange_applications(whole.newest, starter_names())
    forms = {(row.ingredient, row.form_route) for a in listed for row in whole.newest.products.get(a, ())}
    numbers = biologic_numbers(whole.purple, starter_names())
    return Files(
        ProductsFile(
            files.products.edition,
            tuple(
                row
                for row in files.products.rows
                if row.application in products or (row.appl_type == "A" and (row.ingredient, row.form_route) in forms)
            ),
        ),
        ListingsFile(
            files.listings.edition,
            tuple(row for row in files.listings.patents if row.application in listed),
            tuple(row for row in files.listings.exclusivities if row.application in listed),
        ),
        BiologicsFile(files.biologics.edition, tuple(row for row in files.biologics.rows if row.bla in numbers)),
        files.digests,
    )


def starter_names() -> set[str]:
    """What the starter's drugs are called: brands, generic names, ingredients, NDA numbers (`N021995`)."""
    names: set[str] = set()
    for record in read_formulary():
        names |= {record.brand, record.generic, *record.names, *record.ingredients}
        names |= {n.replace("NDA", "N") for n in record.application_numbers if n.startswith("NDA")}
    return names


def orange_applications(book: OrangeBook, names: Iterable[str]) -> tuple[set[str], set[str]]:
    """(applications whose products, applications whose patents and exclusivities) the starter holds."""
    found = [named for name in sorted(names) if (named := resolve(book, name))]
    own = {a for named in found for a in named.applications}
    combined = {a for named in found for a in named.combinations}
    numbers = {row.base for a in own for row in book.patents.get(a, ())}
    newer = {a for number in numbers for a in book.listing[number] if a not in book.products}
    return own | combined, own | newer


def biologic_numbers(book: PurpleBook, names: Iterable[str]) -> set[str]:
    """The BLAs that `names` mean, those of the same substances, and of their biosimilars, until none is added."""
    found = [rows for name in sorted(names) if (rows := biologics.resolve(book, name))]
    numbers = {row.bla for _, rows in found for row in rows}
    while True:
        proper = {row.proper_name.lower() for number in numbers for row in book.by_bla[number]}
        tables = (book.by_proper_name, book.by_reference)
        more = {row.bla for table in tables for name in proper for row in table.get(" ".join(name.split()), ())}
        if more <= numbers:
            return numbers
        numbers |= more


def answered(whole: Books, part: Books) -> frozenset[str]:
    """The names by which `part` can be asked, and for which it says what `whole` says."""
    found = set()
    for name in askable(part):
        own = part.protection(name)
        if own is not None and protection_json(own) == fields_of(whole, name):
            found.add(lookup_key(name, own.level))
    return frozenset(found)


def fields_of(books: Books, name: str) -> dict[str, Any] | None:
    found = books.protection(name)
    return protection_json(found) if found else None


def askable(books: Books) -> Iterator[str]:
    """Every name that the books resolve, in lower case: application numbers, ingredients, and trade names with all that
    they begin with."""
    orange, purple = books.newest, books.purple
    names = {*orange.products, *orange.patents, *orange.exclusivities}
    names |= {pair[0] for pairs in orange.names.values() for pair in pairs}
    names |= set(orange.substances)
    if purple:
        names |= {*purple.by_brand, *purple.by_proper_name}
        names |= {name.rpartition("-")[0] for name in purple.by_proper_name}
    plain = {" ".join(name.lower().split()) for name in names}
    begun = {name[:end].rstrip() for name in plain for end in range(1, len(name)) if not name[end].isalnum()}
    yield from sorted((plain | begun) - {""})


def starter_text(data: Path) -> str:
    """The file's text, made from FDA's files in `data`."""
    files = read_files(data)
    part = excerpt(files)
    held = (
        (ORANGE, PRODUCTS, part.products.edition, part.products.rows),
        (ORANGE, PATENTS, part.listings.edition, part.listings.patents),
        (ORANGE, EXCLUSIVITIES, part.listings.edition, part.listings.exclusivities),
        (PURPLE, "purplebook.csv", part.biologics.edition, part.biologics.rows),
    )
    blocks = tuple(Block(source, file, edition, files.digests[file], rows) for source, file, edition, rows in held)
    return written(StarterRows(blocks, answered(files.books(), part.books())), COMMENT)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the starter's rows of the Orange and Purple Books.")
    parser.add_argument("--data", type=Path, required=True, help="folder with orangebook/<date>/ and purplebook/")
    parser.add_argument("--check", action="store_true", help="compare with the file in the package; write nothing")
    options = parser.parse_args()
    made = starter_text(options.data)
    if options.check:
        same = TARGET.read_text("utf-8") == made
        print(f"{TARGET}: {'as FDA files make it' if same else 'differs from what FDA files make'}")
        return 0 if same else 1
    TARGET.write_text(made, "utf-8")
    print(f"{TARGET}: {len(made.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
