"""Which files of a folder are the Orange and Purple Books, and their rows; for `sync` and for reading an edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drugchatter.rows import BiologicsFile, ListingsFile, ProductsFile
from drugchatter.sources.orange_book import read_release
from drugchatter.sources.purple_book import read_purple_book

_DEEPEST = 3
_LOOSE = ("products.txt", "patent.txt", "exclusivity.txt")


@dataclass(frozen=True, slots=True)
class BookFiles:
    """Parsed files, and in `kept` each publisher's file with the place it takes in an edition."""

    products: tuple[ProductsFile, ...]
    listings: tuple[ListingsFile, ...]
    biologics: BiologicsFile | None
    kept: tuple[tuple[str, Path], ...]


def read_books(folder: Path) -> BookFiles | None:
    """Every vintage of the Orange Book and the newest Purple Book in `folder` or up to three levels below it.

    None when there is neither. Raises DataError when a file is damaged or a listing is incomplete.
    """
    kept: list[tuple[str, Path]] = []
    products: list[ProductsFile] = []
    listings: list[ListingsFile] = []
    for place in _folders(folder, _DEEPEST):
        files = _orange(place)
        if not files:
            continue
        release = read_release(place)
        products.extend([release.products] if release.products else [])
        listings.extend([release.listings] if release.listings else [])
        kept.extend((f"orangebook/{release.edition}/{file.name}", file) for file in files)
    purple = [(read_purple_book(file), file) for place in _folders(folder, _DEEPEST) for file in _purple(place)]
    newest = max(purple, key=lambda pair: pair[0].edition) if purple else None
    if newest:
        kept.append((f"purplebook/{newest[1].name}", newest[1]))
    if not kept:
        return None
    return BookFiles(tuple(products), tuple(listings), newest[0] if newest else None, tuple(kept))


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    yield folder
    if depth:
        for inner in sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink()):
            yield from _folders(inner, depth - 1)


def _orange(place: Path) -> list[Path]:
    loose = [place / name for name in _LOOSE if (place / name).is_file()]
    zips = sorted(p for p in place.iterdir() if p.suffix.lower() == ".zip" and p.name.upper().startswith("EOBZIP"))
    return loose or zips[-1:]


def _purple(place: Path) -> list[Path]:
    """CSV files that call themselves the Purple Book or have its first columns."""
    found = []
    for file in sorted(place.glob("*.csv")):
        with file.open("rb") as stream:
            start = stream.read(4096)
        if b"Purple Book" in start or b"BLA Number" in start:
            found.append(file)
    return found
