"""Recalls: FDA's enforcement reports on drugs, from openFDA (`drug/enforcement`), in bulk or from its API.

Format: openFDA, "Drug Recall Enforcement Reports API, searchable fields". The endpoints for food and devices have the
same fields; `product_type` tells them apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drugchatter.joins import application_number, ndcs_in
from drugchatter.rows import RecallRow, RowFile
from drugchatter.sources.openfda_rows import block, exported, holds, records, rows, text
from drugchatter.sources.row_files import Account, Harmless, RowRelease, day, newest

SOURCE = "enforcement"

_KNOWN = frozenset(
    "recall_number event_id status classification product_type recalling_firm address_1 address_2 city state country"
    " postal_code voluntary_mandated initial_firm_notification distribution_pattern product_description"
    " product_quantity product_code reason_for_recall code_info more_code_info recall_initiation_date"
    " center_classification_date report_date termination_date openfda".split()
)


def recognise(path: Path) -> bool:
    """Whether this is a JSON of enforcement reports, or a zip of one."""
    return holds(path, "recall_number", "recalling_firm", "reason_for_recall")


def edition_of(path: Path) -> str:
    """The day of the export that openFDA prints, else the newest report that is not in the future. Raises DataError."""
    return exported(path) or newest(
        (str(record.get("report_date", "")) for _, record in records(path) if isinstance(record, dict)), path.name
    )


def read(path: Path) -> RowRelease:
    """The recalled drugs of the file, as rows to be streamed. Raises DataError when it is damaged."""
    account = Account(SOURCE)
    edition = edition_of(path)
    found = rows(path, _recall, _KNOWN, account)
    return RowRelease(SOURCE, edition, (RowFile(SOURCE, "enforcement", edition, RecallRow, found),), account)


def _recall(record: dict[str, Any]) -> RecallRow:
    if (kind := text(record, "product_type")) not in {"Drugs", ""}:
        raise Harmless(f"no drug: its product type is {kind[:20]!r}")
    if not (number := text(record, "recall_number")):
        raise ValueError("it has no recall number")
    joined = block(record)
    description, codes = text(record, "product_description"), text(record, "code_info")
    applications = (application_number(item) for item in text(joined, "application_number").split("; "))
    return RecallRow(
        recall_number=number,
        event_id=text(record, "event_id"),
        status=text(record, "status"),
        classification=text(record, "classification"),
        firm=text(record, "recalling_firm"),
        city=text(record, "city"),
        state=text(record, "state"),
        country=text(record, "country"),
        voluntary_mandated=text(record, "voluntary_mandated"),
        initial_notification=text(record, "initial_firm_notification"),
        distribution=text(record, "distribution_pattern"),
        product_description=description,
        product_quantity=text(record, "product_quantity"),
        reason=text(record, "reason_for_recall"),
        code_info=codes,
        more_code_info=text(record, "more_code_info"),
        initiated=day(text(record, "recall_initiation_date")),
        classified=day(text(record, "center_classification_date")),
        reported=day(text(record, "report_date")),
        terminated=day(text(record, "termination_date")),
        brand_names=text(joined, "brand_name"),
        generic_names=text(joined, "generic_name"),
        applications="; ".join(filter(None, applications)),
        ndcs=text(joined, "package_ndc") or "; ".join(ndcs_in(f"{description} {codes}")),
        rxcuis=text(joined, "rxcui"),
        uniis=text(joined, "unii"),
    )
