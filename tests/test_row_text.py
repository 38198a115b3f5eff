"""Rows as citable lines: what the templates do beyond the examples in the tests of the sources and of exclusivity."""

from __future__ import annotations

from datetime import date

import pytest

from drugchatter.row_text import row_heading, row_text
from drugchatter.rows import (
    ApplicationRow,
    BiologicRow,
    ExclusivityRow,
    PatentRow,
    ProductRow,
    RecallRow,
    RxConceptRow,
    SubmissionRow,
)

PRODUCT = ProductRow(
    "EXEMPLIN", "TABLET;ORAL", "EXEMPLA", "ACME", "10MG", "N", "021995", "001", "AB", date(2006, 10, 16), False, True,
    True, "RX", "ACME PHARMS INC",
)  # fmt: skip
BIOLOGIC = BiologicRow(
    "Gamma Bio", "125326", "Gammab", "gammamab", "351(a)", "100MG/5ML", "Injection", "Intravenous", "Vial", "Rx",
    "Licensed", date(2009, 10, 26), "", "", "Original", "001", "CDER", date(2009, 10, 26), None, False, None, None,
)  # fmt: skip


def test_rows_of_the_orange_and_purple_book() -> None:
    patent = PatentRow("N", "021995", "001", "6699871*PED", date(2023, 1, 26), True, False, "U-493", True, None)
    exclusivity = ExclusivityRow("N", "021995", "001", "NCE", None)
    assert [row_text(row) for row in (PRODUCT, patent, exclusivity, BIOLOGIC)] == [
        "EXEMPLA (EXEMPLIN; TABLET;ORAL; 10MG), N021995 product 001, ACME PHARMS INC, RX, TE code AB, approved "
        "2006-10-16",
        "N021995 product 001, patent 6699871*PED, expires 2023-01-26 (drug substance; use code U-493; delist "
        "requested)",
        "N021995 product 001, exclusivity NCE until not printed",
        "Gammab (gammamab), BLA 125326 product 001, 351(a), Gamma Bio, Licensed, marketing Rx; Approval Date: "
        "2009-10-26",
    ]
    assert [row_heading(row) for row in (PRODUCT, patent, exclusivity, BIOLOGIC)] == [
        "N021995 product 001",
        "N021995 product 001",
        "N021995 product 001",
        "BLA125326 product 001",
    ]


def test_a_note_loses_its_tags_and_keeps_its_words() -> None:
    note = 'Please see <a href="https://example.test/">example.test</a> for  doses <5 mg and >2 mg.'
    row = SubmissionRow("NDA021995", "SUPPL", 3, "WD", date(2020, 2, 29), "Labeling", "", False, note)
    assert row_text(row) == (
        "NDA 021995 SUPPL 3, status WD on 2020-02-29; class: Labeling; note: Please see example.test for doses <5 mg "
        "and >2 mg."
    )
    assert row_text(ApplicationRow("ANDA076543", "BETA", "")) == "ANDA 076543, sponsor BETA"


def test_a_recall_with_little_printed_has_no_empty_labels() -> None:
    row = RecallRow("D-1-2026", *[""] * 15, None, None, date(2026, 4, 22), None, *[""] * 6)
    assert row_text(row) == "Recall D-1-2026; reported: 2026-04-22"
    assert row_heading(row) == "Recall D-1-2026"


def test_an_unknown_term_type_stands_as_printed() -> None:
    assert row_text(RxConceptRow("7", "seven", "NEW")) == "seven (RxCUI 7; NEW)"


def test_what_is_no_row_has_no_template() -> None:
    with pytest.raises(TypeError):
        row_text("a text")
