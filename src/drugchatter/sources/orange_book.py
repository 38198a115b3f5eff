"""FDA Orange Book data files: products.txt, patent.txt, exclusivity.txt, alone or in the monthly EOBZIP zip.

Format: FDA, "Orange Book Data Files" (fields, `~` as separator, dates as text). Read the rows' own way: never as quoted
CSV, months by a table of our own and not by the machine's locale, numbers as zero-padded strings. A line that is not
what its file promises raises DataError naming file and line; no row is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from drugchatter.errors import DataError
from drugchatter.rows import ExclusivityRow, ListingsFile, PatentRow, ProductRow, ProductsFile
from drugchatter.sources.archives import open_archive

SOURCE = "orange_book"
PRODUCTS, PATENTS, EXCLUSIVITIES = "products.txt", "patent.txt", "exclusivity.txt"
BEFORE_1982 = "Approved Prior to Jan 1, 1982"

_HEADERS = {
    PRODUCTS: "Ingredient~DF;Route~Trade_Name~Applicant~Strength~Appl_Type~Appl_No~Product_No~TE_Code~Approval_Date"
    "~RLD~RS~Type~Applicant_Full_Name",
    PATENTS: "Appl_Type~Appl_No~Product_No~Patent_No~Patent_Expire_Date_Text~Drug_Substance_Flag~Drug_Product_Flag"
    "~Patent_Use_Code~Delist_Flag~Submission_Date",
    EXCLUSIVITIES: "Appl_Type~Appl_No~Product_No~Exclusivity_Code~Exclusivity_Date",
}
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DATE = re.compile(r"([A-Z][a-z]{2}) (\d{1,2}), (\d{4})")
_FOLDER_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# The largest of the three files has 7 MB; far more is not an Orange Book.
_MAX_BYTES = 100 * 1024**2
_HINT = "fetch the file again from FDA; nothing was loaded"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Release:
    """What a folder or zip holds: `products` is None where only patents and exclusivity were published, and so on."""

    edition: str
    products: ProductsFile | None
    listings: ListingsFile | None


def loose_files(folder: Path) -> tuple[Path, ...]:
    """Those of the three files that lie in `folder` outside a zip."""
    return tuple(folder / name for name in _HEADERS if (folder / name).is_file())


def recognise(path: Path) -> bool:
    """Whether a file is the Orange Book's zip: by its name, or by the names of the tables in it."""
    if path.suffix.lower() != ".zip":
        return False
    if path.name.upper().startswith("EOBZIP"):
        return True
    try:
        with open_archive(path) as archive:
            return {PATENTS, EXCLUSIVITIES} <= {member.name.rpartition("/")[2].lower() for member in archive.members}
    except DataError:
        return False


def read_release(path: Path) -> Release:
    """The Orange Book in `path`: a folder with the three files or with an EOBZIP zip, or such a zip itself.

    Raises DataError when none of the files is there, when patent.txt comes without exclusivity.txt (a listing read
    from one of them alone would be wrong), or when a file is damaged.
    """
    files = dict(_files(path))
    if not files:
        raise DataError(f"{path} holds no products.txt, patent.txt or exclusivity.txt", "give the folder or the zip")
    if (PATENTS in files) != (EXCLUSIVITIES in files):
        missing = EXCLUSIVITIES if PATENTS in files else PATENTS
        raise DataError(f"{path} holds no {missing}", "patents and exclusivity belong together; fetch both")
    patents = parse_patents(files[PATENTS], f"{path}/{PATENTS}") if PATENTS in files else ()
    products = parse_products(files[PRODUCTS], f"{path}/{PRODUCTS}") if PRODUCTS in files else None
    edition = edition_date(path, patents, products or ())
    listings = None
    if EXCLUSIVITIES in files:
        exclusivities = parse_exclusivities(files[EXCLUSIVITIES], f"{path}/{EXCLUSIVITIES}")
        listings = ListingsFile(edition, patents, exclusivities)
    return Release(edition, ProductsFile(edition, products) if products is not None else None, listings)


def edition_date(path: Path, patents: tuple[PatentRow, ...] = (), products: tuple[ProductRow, ...] = ()) -> str:
    """The date of an edition: the folder's name if it is a date, else the newest date that the rows print.

    The files carry no date of their own; patents are submitted every working day, so the latest submission is at most
    some days older than the file. Raises DataError when neither is there.
    """
    for name in (path.name, path.parent.name):
        if _FOLDER_DATE.fullmatch(name):
            try:
                return date.fromisoformat(name).isoformat()
            except ValueError:
                continue
    dates = [row.submitted for row in patents if row.submitted] or [
        p.approval_date for p in products if p.approval_date
    ]
    if not dates:
        raise DataError(f"{path}: no row tells the edition's date", "put the files in a folder named YYYY-MM-DD")
    return max(dates).isoformat()


def parse_products(content: bytes, name: str = PRODUCTS) -> tuple[ProductRow, ...]:
    """The rows of products.txt; `name` is what errors call it. Raises DataError on a malformed line."""
    return tuple(_rows(content, PRODUCTS, name, _product))


def parse_patents(content: bytes, name: str = PATENTS) -> tuple[PatentRow, ...]:
    """The rows of patent.txt, one for each use code. Raises DataError on a malformed line."""
    return tuple(_rows(content, PATENTS, name, _patent))


def parse_exclusivities(content: bytes, name: str = EXCLUSIVITIES) -> tuple[ExclusivityRow, ...]:
    """The rows of exclusivity.txt, duplicates as printed. Raises DataError on a malformed line."""
    return tuple(_rows(content, EXCLUSIVITIES, name, _exclusivity))


# ---------------------------------------------------------------------------------------------------------- one line


def _product(cells: list[str]) -> ProductRow:
    ingredient, form, trade, applicant, strength, kind, number, product, te, approved, rld, rs, type_, full = cells
    old = approved == BEFORE_1982
    return ProductRow(
        ingredient, form, trade, applicant, strength, _appl_type(kind), _digits(number, 6), _digits(product, 3), te,
        None if old else parse_date(approved), old, _yes(rld), _yes(rs), type_, full,
    )  # fmt: skip


def _patent(cells: list[str]) -> PatentRow:
    kind, number, product, patent, expiry, substance, drug, use, delist, submitted = cells
    if not patent:
        raise ValueError("no patent number")
    return PatentRow(
        _appl_type(kind), _digits(number, 6), _digits(product, 3), patent, parse_date(expiry), substance == "Y",
        drug == "Y", use, delist == "Y", parse_date(submitted),
    )  # fmt: skip


def _exclusivity(cells: list[str]) -> ExclusivityRow:
    kind, number, product, code, until = cells
    if not code:
        raise ValueError("no exclusivity code")
    return ExclusivityRow(_appl_type(kind), _digits(number, 6), _digits(product, 3), code, parse_date(until))


def parse_date(text: str) -> date | None:
    """`Apr 5, 2028` as a date, empty as None. Raises ValueError for anything else."""
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if not match or match[1] not in _MONTHS:
        raise ValueError(f"not a date: {text!r}")
    return date(int(match[3]), _MONTHS[match[1]], int(match[2]))


def _appl_type(text: str) -> str:
    if text not in {"N", "A"}:
        raise ValueError(f"not an application type: {text!r}")
    return text


def _digits(text: str, width: int) -> str:
    if not text.isascii() or not text.isdigit() or len(text) > width:
        raise ValueError(f"not a number of at most {width} digits: {text!r}")
    return text.zfill(width)


def _yes(text: str) -> bool:
    return text == "Yes"


# -------------------------------------------------------------------------------------------------------------- files


def _rows(content: bytes, kind: str, name: str, parse: Callable[[list[str]], Row]) -> Iterator[Row]:
    header = _HEADERS[kind]
    fields = header.count("~") + 1
    try:
        # ASCII so far; a stray accent must not stop the load, so the superset of it is read.
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not text in UTF-8 (byte {error.start})", _HINT) from error
    if lines[0].rstrip("\r") != header:
        raise DataError(f"{name}: line 1 is not the header of FDA's {kind}", _HINT)
    for number, line in enumerate(lines[1:], 2):
        if not (line := line.rstrip("\r")):
            continue
        cells = [cell.strip() for cell in line.split("~")]
        if len(cells) != fields:
            raise DataError(f"{name}, line {number}: {len(cells)} fields, {fields} expected", _HINT)
        try:
            yield parse(cells)
        except ValueError as error:
            raise DataError(f"{name}, line {number}: {error}", _HINT) from error


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the Orange Book's files in a folder or zip; loose files go before a zip beside them."""
    if path.is_file():
        yield from _unzipped(path)
        return
    if not path.is_dir():
        return
    for file in loose_files(path):
        yield file.name, file.read_bytes()
    archives = sorted(p for p in path.iterdir() if p.suffix.lower() == ".zip" and p.name.upper().startswith("EOBZIP"))
    if not loose_files(path) and archives:
        yield from _unzipped(archives[-1])


def _unzipped(path: Path) -> Iterator[tuple[str, bytes]]:
    with open_archive(path) as archive:
        for member in archive.members:
            name = member.name.rpartition("/")[2].lower()
            if name in _HEADERS:
                yield name, archive.read(member, _MAX_BYTES)
