"""A row of the books as a citable passage: one small template a file, cited by file, row key and edition."""

from __future__ import annotations

import hashlib
from datetime import date

from drugchatter.exclusivity.biologics import PurpleBook
from drugchatter.exclusivity.listings import OrangeBook
from drugchatter.rows import BiologicRow, ExclusivityRow, PatentRow, ProductRow, RowRef
from drugchatter.types import Document, Drug, Passage, RowCitation

_FIELDS = {
    "patent.txt": ("patent", "Orange Book patent listings"),
    "exclusivity.txt": ("exclusivity", "Orange Book exclusivity listings"),
    "products.txt": ("product", "Orange Book products"),
    "purplebook.csv": ("biologic", "Purple Book"),
}


def cite_row(ref: RowRef, drug: Drug, book: OrangeBook, purple: PurpleBook | None, derived: str = "") -> RowCitation:
    """The row that `ref` names, as a passage of its file's edition; `derived` says what was computed from it.

    Raises KeyError when the row is not in the books.
    """
    text = _text(ref, book, purple) + (f"; {derived}" if derived else "")
    field, title = _FIELDS[ref.file]
    identity = hashlib.sha256(f"{ref.file}\x1f{text}".encode()).hexdigest()[:20]
    heading = f"{ref.application} product {ref.product}".strip()
    passage = Passage(identity, ref.application, ref.edition, field, heading, "fact", text)
    document = Document(
        set_id=ref.application,
        version=ref.edition,
        effective_date=date.fromisoformat(ref.edition),
        source="orange_book" if ref.file != "purplebook.csv" else "purple_book",
        publisher=f"FDA {title.split(' Book')[0]} Book",
        title=f"{title} ({ref.file})",
        labeler="",
        application_numbers=(ref.application,),
        routes=(),
        kind="row",
        drug_id=drug.id,
    )
    return RowCitation(passage, document, drug.name)


def _text(ref: RowRef, book: OrangeBook, purple: PurpleBook | None) -> str:
    place = f"{ref.application} product {ref.product}"
    if ref.file == "patent.txt":
        patents = [r for r in book.patents[ref.application] if (r.product_no, r.patent_no) == (ref.product, ref.item)]
        return f"{place}, patent {ref.item}, {_patent(patents)}"
    if ref.file == "exclusivity.txt":
        found: list[ExclusivityRow] = [
            r for r in book.exclusivities[ref.application] if (r.product_no, r.code) == (ref.product, ref.item)
        ]
        days = ", ".join(sorted({_day(r.until) for r in found}))
        return f"{place}, exclusivity {ref.item} until {days}"
    if ref.file == "products.txt":
        return _product(_known_product(ref, book))
    assert purple is not None  # noqa: S101 - a reference to it comes from it
    rows = [r for r in purple.by_bla[ref.application.removeprefix("BLA")] if r.product_no == ref.product]
    return _biologic(max(rows, key=lambda row: _value(row, ref.item) is not None), ref.item)


def _patent(rows: list[PatentRow]) -> str:
    first = rows[0]
    claims = [
        name for name, flag in (("drug substance", first.drug_substance), ("drug product", first.drug_product)) if flag
    ]
    claims += sorted({f"use code {row.use_code}" for row in rows if row.use_code})
    marks = "; ".join([*claims, *(["delist requested"] if any(r.delist_requested for r in rows) else [])])
    return f"expires {_day(first.expiry)}" + (f" ({marks})" if marks else "")


def _known_product(ref: RowRef, book: OrangeBook) -> ProductRow:
    rows = [*book.products.get(ref.application, ()), *(r for group in book.anda.values() for r in group)]
    return next(r for r in rows if r.application == ref.application and r.product_no == ref.product)


def _product(row: ProductRow) -> str:
    approved = "before Jan 1, 1982" if row.before_1982 else _day(row.approval_date)
    rated = f", TE code {row.te_code}" if row.te_code else ""
    return (
        f"{row.trade_name} ({row.ingredient}; {row.form_route}; {row.strength}), {row.application} product "
        f"{row.product_no}, {row.applicant_full_name or row.applicant}, {row.type}{rated}, approved {approved}"
    )


_COLUMNS = {
    "Approval Date": "approval_date",
    "Date of First Licensure": "first_licensure",
    "Ref. Product Exclusivity Exp. Date": "reference_until",
    "Orphan Exclusivity Exp. Date": "orphan_until",
    "First Interchangeable Exclusivity Exp. Date": "interchangeable_until",
}


def _biologic(row: BiologicRow, column: str) -> str:
    name = row.proprietary_name or row.proper_name
    value = _value(row, column)
    return (
        f"{name} ({row.proper_name}), BLA {row.bla} product {row.product_no}, {row.type}, {row.applicant}, "
        f"{row.licensure}, marketing {row.marketing}; {column}: {_day(value)}"
    )


def _value(row: BiologicRow, column: str) -> date | None:
    value = getattr(row, _COLUMNS.get(column, "approval_date"))
    return value if isinstance(value, date) else None


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not printed"
