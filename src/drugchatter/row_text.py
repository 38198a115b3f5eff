"""A row as one citable line: one small template a row type, in which every value stands as its publisher printed it.

Labels and order are ours; dates are ISO; runs of spaces and line ends become one space. `patents_text` and its like are
for citations that say one thing of several rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import singledispatch

from drugchatter.joins import is_monograph
from drugchatter.rows import (
    ApplicationDocRow,
    ApplicationRow,
    BiologicRow,
    ExclusivityRow,
    FdaProductRow,
    NdcPackageRow,
    NdcProductRow,
    PatentRow,
    ProductRow,
    RecallRow,
    Row,
    RxConceptRow,
    RxRelationRow,
    ShortageRow,
    SubmissionRow,
)

# RxNorm Technical Documentation, Appendix 5 (term types).
TERM_TYPES = {
    "IN": "ingredient",
    "PIN": "precise ingredient",
    "MIN": "multiple ingredients",
    "BN": "brand name",
    "DF": "dose form",
    "DFG": "dose form group",
    "SCD": "semantic clinical drug",
    "SCDC": "semantic clinical drug component",
    "SCDF": "semantic clinical drug form",
    "SCDFP": "semantic clinical drug form precise",
    "SCDG": "semantic clinical dose form group",
    "SCDGP": "semantic clinical dose form group precise",
    "SBD": "semantic branded drug",
    "SBDC": "semantic branded drug component",
    "SBDF": "semantic branded drug form",
    "SBDFP": "semantic branded drug form precise",
    "SBDG": "semantic branded dose form group",
    "GPCK": "generic pack",
    "BPCK": "brand name pack",
    "PSN": "prescribable name",
    "SY": "synonym",
    "TMSY": "tall man lettering synonym",
    "ET": "entry term",
}
# Drugs@FDA's glossary.
_STATUSES = {"AP": "approved", "TA": "tentatively approved"}
# Notes of Drugs@FDA hold links in HTML.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_PREFIX = re.compile(r"(NDA|ANDA|BLA)(?=\d)")


@singledispatch
def row_text(row: Row) -> str:
    """What the row says, in one line without a full stop."""
    raise TypeError(f"no template for {type(row).__name__}")


@singledispatch
def row_heading(row: Row) -> str:
    """The short name under which the row is found again: `NDA 021995 product 001`."""
    raise TypeError(f"no heading for {type(row).__name__}")


# --------------------------------------------------------------------------------------------- Orange and Purple Book


@row_heading.register
def _(row: ProductRow | PatentRow | ExclusivityRow | BiologicRow) -> str:
    return f"{row.application} product {row.product_no}".strip()


@row_text.register
def product_text(row: ProductRow) -> str:
    approved = "before Jan 1, 1982" if row.before_1982 else _day(row.approval_date)
    rated = f", TE code {row.te_code}" if row.te_code else ""
    return (
        f"{row.trade_name} ({row.ingredient}; {row.form_route}; {row.strength}), {row.application} product "
        f"{row.product_no}, {row.applicant_full_name or row.applicant}, {row.type}{rated}, approved {approved}"
    )


@row_text.register
def _(row: PatentRow) -> str:
    return patents_text([row])


@row_text.register
def _(row: ExclusivityRow) -> str:
    return exclusivities_text([row])


@row_text.register
def _(row: BiologicRow) -> str:
    return biologic_text(row, "Approval Date")


def patents_text(rows: Sequence[PatentRow]) -> str:
    """The rows of one patent of one product: it has one for each use code."""
    first = rows[0]
    claims = [
        name for name, flag in (("drug substance", first.drug_substance), ("drug product", first.drug_product)) if flag
    ]
    claims += sorted({f"use code {row.use_code}" for row in rows if row.use_code})
    marks = "; ".join([*claims, *(["delist requested"] if any(r.delist_requested for r in rows) else [])])
    place = f"{first.application} product {first.product_no}, patent {first.patent_no}"
    return f"{place}, expires {_day(first.expiry)}" + (f" ({marks})" if marks else "")


def exclusivities_text(rows: Sequence[ExclusivityRow]) -> str:
    """The rows of one exclusivity code of one product."""
    first = rows[0]
    days = ", ".join(sorted({_day(row.until) for row in rows}))
    return f"{first.application} product {first.product_no}, exclusivity {first.code} until {days}"


BIOLOGIC_DATES = {
    "Approval Date": "approval_date",
    "Date of First Licensure": "first_licensure",
    "Ref. Product Exclusivity Exp. Date": "reference_until",
    "Orphan Exclusivity Exp. Date": "orphan_until",
    "First Interchangeable Exclusivity Exp. Date": "interchangeable_until",
}


def biologic_text(row: BiologicRow, column: str) -> str:
    """A biologic with the date that stands in `column` of the Purple Book."""
    name = row.proprietary_name or row.proper_name
    return (
        f"{name} ({row.proper_name}), BLA {row.bla} product {row.product_no}, {row.type}, {row.applicant}, "
        f"{row.licensure}, marketing {row.marketing}; {column}: {_day(biologic_date(row, column))}"
    )


def biologic_date(row: BiologicRow, column: str) -> date | None:
    """The date in a column of the Purple Book; that of the approval for a column without dates."""
    value = getattr(row, BIOLOGIC_DATES.get(column, "approval_date"))
    return value if isinstance(value, date) else None


# ----------------------------------------------------------------------------------------------------------- Drugs@FDA


@row_heading.register
def _(row: ApplicationRow) -> str:
    return _application(row.application)


@row_text.register
def _(row: ApplicationRow) -> str:
    return _line(f"{_application(row.application)}, sponsor {row.sponsor}", ("note", _TAG.sub("", row.public_notes)))


@row_heading.register
def _(row: FdaProductRow) -> str:
    return f"{_application(row.application)} product {row.product_no}"


@row_text.register
def _(row: FdaProductRow) -> str:
    return _line(
        f"{row.trade_name} ({row.ingredient}; {row.form_route}; {row.strength}), {row_heading(row)}",
        ("marketing status", row.marketing_status),
        ("reference listed drug", row.reference_drug),
        ("reference standard", row.reference_standard),
        ("TE code", row.te_code),
    )


@row_heading.register
def _(row: SubmissionRow) -> str:
    return f"{_application(row.application)} {row.type} {row.number}"


@row_text.register
def _(row: SubmissionRow) -> str:
    status = f"{_STATUSES[row.status]} ({row.status})" if row.status in _STATUSES else f"status {row.status}"
    return _line(
        f"{row_heading(row)}, {status}{_on(row.status_date)}",
        ("class", row.submission_class),
        ("review priority", row.review_priority),
        ("orphan drug", "yes" if row.orphan else ""),
        ("note", _TAG.sub("", row.public_notes)),
    )


@row_heading.register
def _(row: ApplicationDocRow) -> str:
    return f"{_application(row.application)} {row.submission_type} {row.submission_number} {row.type}"


@row_text.register
def _(row: ApplicationDocRow) -> str:
    return _line(f"{row_heading(row)}{_on(row.dated)}", ("title", row.title), ("address", row.url))


# ------------------------------------------------------------------------------------------------------- NDC directory


@row_heading.register
def _(row: NdcProductRow) -> str:
    return f"NDC {row.ndc}"


@row_text.register
def _(row: NdcProductRow) -> str:
    number = "monograph" if is_monograph(row.application_number) else "application"
    return _line(
        f"NDC {row.ndc}, {' '.join(filter(None, (row.trade_name, row.trade_name_suffix)))} ({row.generic_name})",
        ("dosage form", row.dosage_form),
        ("route", row.route),
        ("active ingredients", row.strengths or row.substances),
        ("labeler", row.labeler),
        ("product type", row.type),
        ("marketing category", row.marketing_category),
        (number, row.application_number),
        ("marketing start", row.marketing_start),
        ("marketing end", row.marketing_end),
        ("DEA schedule", row.dea_schedule),
        ("pharmacologic classes", row.pharm_classes),
        ("exclude flag", row.exclude_flag if row.exclude_flag != "N" else ""),
        ("listing certified through", row.certified_through),
    )


@row_heading.register
def _(row: NdcPackageRow) -> str:
    return f"NDC {row.package}"


@row_text.register
def _(row: NdcPackageRow) -> str:
    return _line(
        f"NDC {row.package} of product {row.ndc}, {row.description}",
        ("marketing start", row.marketing_start),
        ("marketing end", row.marketing_end),
        ("sample package", "yes" if row.sample else ""),
        ("exclude flag", row.exclude_flag if row.exclude_flag != "N" else ""),
    )


# ------------------------------------------------------------------------------------------------ shortages and recalls


@row_heading.register
def _(row: ShortageRow) -> str:
    return _line(f"Shortage list: {row.generic_name}", ("NDC", row.ndc))


@row_text.register
def _(row: ShortageRow) -> str:
    return _line(
        ", ".join(filter(None, (row.generic_name, row.company))),
        ("status", row.status),
        ("presentation", row.presentation),
        ("brand", row.trade_name),
        ("availability", row.availability),
        ("related information", row.related_info),
        ("resolved note", row.resolved_note),
        ("reason", row.reason),
        ("therapeutic category", row.therapeutic_category),
        ("first posted", row.initial_posting),
        (f"update ({row.update_type})" if row.update_type else "update", row.updated),
        ("changed", row.changed),
        ("discontinued", row.discontinued),
        ("contact", row.contact),
        ("link", row.related_info_link),
    )


@row_heading.register
def _(row: RecallRow) -> str:
    return f"Recall {row.recall_number}"


@row_text.register
def _(row: RecallRow) -> str:
    return _line(
        ", ".join(filter(None, (row_heading(row), row.classification, row.status))),
        ("firm", ", ".join(filter(None, (row.firm, row.city, row.state, row.country)))),
        ("product", row.product_description),
        ("brand names", row.brand_names),
        ("generic names", row.generic_names),
        ("reason", row.reason),
        ("quantity", row.product_quantity),
        ("distribution", row.distribution),
        ("codes", row.code_info),
        ("more codes", row.more_code_info),
        ("initiated", row.initiated),
        ("classified", row.classified),
        ("reported", row.reported),
        ("terminated", row.terminated),
        ("initiative", row.voluntary_mandated),
        ("first notice by", row.initial_notification),
        ("event", row.event_id),
    )


# -------------------------------------------------------------------------------------------------------------- RxNorm


@row_heading.register
def _(row: RxConceptRow | RxRelationRow) -> str:
    return f"RxCUI {row.rxcui}"


@row_text.register
def _(row: RxConceptRow) -> str:
    return _concept(row.rxcui, row.name, row.tty)


@row_text.register
def _(row: RxRelationRow) -> str:
    one, other = (
        _concept(row.rxcui, row.name, row.tty),
        _concept(row.related_rxcui, row.related_name, row.related_tty),
    )
    return f"{one} {row.relation} {other}"


def _concept(rxcui: str, name: str, tty: str) -> str:
    if not name:
        return f"RxCUI {rxcui}"
    kind = f"{tty}, {TERM_TYPES[tty]}" if tty in TERM_TYPES else tty
    return " ".join(f"{name} (RxCUI {rxcui}; {kind})".split())


# --------------------------------------------------------------------------------------------------------------- parts


def _line(start: str, *facts: tuple[str, str | date | None]) -> str:
    """`start; label: value; …` with the facts that are there, in one line."""
    parts = [start] + [
        f"{label}: {value.isoformat() if isinstance(value, date) else value}" for label, value in facts if value
    ]
    return " ".join("; ".join(parts).split())


def _application(text: str) -> str:
    """`NDA021995` as it is read: `NDA 021995`."""
    return _PREFIX.sub(r"\1 ", text)


def _on(day: date | None) -> str:
    return f" on {day.isoformat()}" if day else ", no date printed"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not printed"
