"""FDA's NDC directory: the daily zip of product.txt and package.txt, tab-separated.

Format: FDA, "NDC Product File Definitions" and "NDC Package File Definitions". Several values of a column are joined by
`; ` (classes by `,`); what labelers list is not verified by FDA. A start of 1900-01-01 is no date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from drugchatter.errors import DataError
from drugchatter.joins import application_number, ndc_package, ndc_product
from drugchatter.rows import NdcPackageRow, NdcProductRow, RowFile
from drugchatter.sources.archives import Archive, open_archive, split_rows
from drugchatter.sources.row_files import ENCODINGS, Account, R, RowRelease, built, day, member, newest, table

SOURCE = "ndc"

_PRODUCTS, _PACKAGES = "product.txt", "package.txt"
_COLUMNS = {
    _PRODUCTS: (
        "PRODUCTID", "PRODUCTNDC", "PRODUCTTYPENAME", "PROPRIETARYNAME", "PROPRIETARYNAMESUFFIX",
        "NONPROPRIETARYNAME", "DOSAGEFORMNAME", "ROUTENAME", "STARTMARKETINGDATE", "ENDMARKETINGDATE",
        "MARKETINGCATEGORYNAME", "APPLICATIONNUMBER", "LABELERNAME", "SUBSTANCENAME", "ACTIVE_NUMERATOR_STRENGTH",
        "ACTIVE_INGRED_UNIT", "PHARM_CLASSES", "DEASCHEDULE", "NDC_EXCLUDE_FLAG", "LISTING_RECORD_CERTIFIED_THROUGH",
    ),
    _PACKAGES: (
        "PRODUCTID", "PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION", "STARTMARKETINGDATE", "ENDMARKETINGDATE",
        "NDC_EXCLUDE_FLAG", "SAMPLE_PACKAGE",
    ),
}  # fmt: skip


def recognise(path: Path) -> bool:
    """Whether this is the zip of the NDC directory: by its two tables and the first bytes of one."""
    try:
        with open_archive(path) as archive:
            products = member(archive, _PRODUCTS)
            if not products or not member(archive, _PACKAGES):
                return False
            with archive.open(products) as stream:
                return stream.readline(4096).lstrip(b"\xef\xbb\xbf").startswith(b"PRODUCTID\tPRODUCTNDC\t")
    except DataError:
        return False


def edition_of(path: Path) -> str:
    """The newest start of marketing of a product that is not in the future: labelers list products as they launch them,
    and the directory holds no date of its own. Raises DataError when the zip is damaged or no such day is in it."""
    with open_archive(path) as archive:
        place = f"{path.name}/{_PRODUCTS}"
        return newest((cells[8] for _, cells in _lines(archive, _PRODUCTS, place, Account(SOURCE))), place)


def read(path: Path) -> RowRelease:
    """Products and packages of the zip, as rows to be streamed.

    Raises DataError when the zip is damaged, or a table or a column of one is missing.
    """
    account = Account(SOURCE)
    edition = edition_of(path)
    with open_archive(path) as archive:
        next(_lines(archive, _PACKAGES, f"{path.name}/{_PACKAGES}", Account(SOURCE)), None)
    files = (
        RowFile(SOURCE, "ndc/product.txt", edition, NdcProductRow, _rows(path, _PRODUCTS, _product, account)),
        RowFile(SOURCE, "ndc/package.txt", edition, NdcPackageRow, _rows(path, _PACKAGES, _package, account)),
    )
    return RowRelease(SOURCE, edition, files, account)


def _lines(archive: Archive, name: str, place: str, account: Account) -> Iterator[tuple[int, list[str]]]:
    found = member(archive, name)
    if not found:
        raise archive.refused(f"holds no {name}")
    with archive.open(found) as stream:
        yield from table(split_rows(stream, place, "\t", ENCODINGS), _COLUMNS[name], place, account)


def _rows(path: Path, name: str, build: Callable[[list[str]], R], account: Account) -> Iterator[R]:
    place = f"{path.name}/{name}"
    with open_archive(path) as archive:
        yield from built(_lines(archive, name, place, account), build, place, account)


def _product(cells: list[str]) -> NdcProductRow:
    (
        product_id, ndc, kind, trade, suffix, generic, form, route, start, end, category, application, labeler,
        substances, numbers, units, classes, schedule, exclude, certified,
    ) = cells  # fmt: skip
    return NdcProductRow(
        product_id, _product_code(ndc), kind, trade, suffix, generic, form, route, day(start), day(end), category,
        application, application_number(application) or "", labeler, substances,
        _strengths(substances, numbers, units), classes, schedule, exclude, day(certified),
    )  # fmt: skip


def _package(cells: list[str]) -> NdcPackageRow:
    product_id, ndc, package, description, start, end, exclude, sample = cells
    if ndc_package(package) is None or ndc_product(package) != ndc:
        raise ValueError(f"not a package code of product {ndc[:20]!r}: {package[:20]!r}")
    if sample not in {"Y", "N", ""}:
        raise ValueError(f"not a value of SAMPLE_PACKAGE: {sample[:20]!r}")
    return NdcPackageRow(product_id, ndc, package, description, day(start), day(end), exclude, sample == "Y")


def _product_code(text: str) -> str:
    if ndc_package(text) or ndc_product(text) != text:
        raise ValueError(f"not a product code: {text[:20]!r}")
    return text


def _strengths(substances: str, numbers: str, units: str) -> str:
    """`SUBSTANCE 10 mg/1; SUBSTANCE .5 mg/mL`; without the names where their number differs (a name may hold the
    separator itself), and all as printed where strengths and units do not pair either."""
    names, amounts, measures = (text.split("; ") if text else [] for text in (substances, numbers, units))
    if len(amounts) != len(measures):
        return " ".join(filter(None, (numbers, units)))
    pairs = [f"{amount} {measure}" for amount, measure in zip(amounts, measures, strict=True)]
    if len(names) == len(pairs):
        pairs = [f"{name} {pair}" for name, pair in zip(names, pairs, strict=True)]
    return "; ".join(pairs)
