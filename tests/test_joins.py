"""Codes that join: one spelling each, and None where a spelling would be a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drugchatter.joins import (
    application_number,
    is_monograph,
    ndc_forms,
    ndc_package,
    ndc_product,
    ndcs_in,
    padded_ndc,
)


@pytest.mark.parametrize(
    ("text", "appl_type", "joined"),
    [
        ("NDA021995", "", "NDA021995"),
        ("NDA 21-995", "", "NDA021995"),
        ("nda21995", "", "NDA021995"),
        ("N021995", "", "NDA021995"),
        ("A076543", "", "ANDA076543"),
        ("21995", "NDA", "NDA021995"),
        ("021995", "N", "NDA021995"),
        ("000004", "NDA", "NDA000004"),
        ("BLA125326", "", "BLA125326"),
        ("BLA 125326", "BLA", "BLA125326"),
        ("020563", "BLA", "BLA020563"),
        ("ANDA #076543", "", "ANDA076543"),
    ],
)
def test_an_application_number_has_one_spelling(text: str, appl_type: str, joined: str) -> None:
    assert application_number(text, appl_type) == joined


@pytest.mark.parametrize(
    ("text", "appl_type"),
    [
        ("021995", ""),
        ("NDA021995", "ANDA"),
        ("NDA0123456", ""),
        ("BN811104", ""),
        ("BA740193", ""),
        ("part352", ""),
        ("352", ""),
        ("NOT_SPECIFIED", ""),
        ("", "NDA"),
        ("021995", "IND"),
        ("NDA021995/S-003", ""),
        ("A5", ""),
    ],
)
def test_what_cannot_be_an_application_is_none(text: str, appl_type: str) -> None:
    assert application_number(text, appl_type) is None


def test_monographs_are_told_apart() -> None:
    for text in ("part341", "part333E", "part310.545", "part352,part347", "333E", "M012", "505G(a)(3)"):
        assert is_monograph(text), text
    for text in ("NDA021995", "BN811104", "", "NOT_SPECIFIED", "part"):
        assert not is_monograph(text), text


@pytest.mark.parametrize(
    ("package", "product", "padded"),
    [
        ("0078-1007-68", "0078-1007", "00078100768"),
        ("60951-602-70", "60951-602", "60951060270"),
        ("10096-0241-3", "10096-0241", "10096024103"),
    ],
)
def test_a_package_code_tells_its_product_and_its_eleven_digits(package: str, product: str, padded: str) -> None:
    assert ndc_package(f" {package} ") == package
    assert ndc_product(package) == ndc_product(product) == product
    assert padded_ndc(package) == padded_ndc(padded) == padded
    assert package in ndc_forms(padded)
    assert package in ndc_forms(package.replace("-", ""))
    assert padded_ndc(f"{padded[:5]}-{padded[5:9]}-{padded[9:]}") == padded


def test_eleven_digits_are_turned_back_only_where_one_code_pads_to_them() -> None:
    assert ndc_forms("60951060270") == ("60951-602-70",)
    assert ndc_product("60951060270") == "60951-602"
    assert ndc_forms("00002080001") == ("0002-0800-01", "00002-800-01", "00002-0800-1")
    assert ndc_product("00002080001") is None
    assert ndc_forms("12345678912") == ()


def test_ten_bare_digits_are_three_codes() -> None:
    assert ndc_forms("0078100768") == ("0078-1007-68", "00781-007-68", "00781-0076-8")
    assert padded_ndc("0078100768") is None
    assert ndc_product("0078100768") is None


@pytest.mark.parametrize("text", ["", "0078-1007-681", "078-1007-68", "0078-10O7-68", "60951-60-702", "800-828-9393"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert (ndc_package(text), ndc_product(text), padded_ndc(text), ndc_forms(text)) == (None, None, None, ())


@given(st.integers(0, 10**10 - 1), st.sampled_from([(4, 8), (5, 8), (5, 9)]))
def test_every_code_is_among_the_forms_of_its_eleven_digits(number: int, cuts: tuple[int, int]) -> None:
    digits = f"{number:010}"
    code = "-".join((digits[: cuts[0]], digits[cuts[0] : cuts[1]], digits[cuts[1] :]))
    padded = padded_ndc(code)
    assert padded is not None
    assert code in ndc_forms(padded)
    assert all(padded_ndc(form) == padded for form in ndc_forms(padded))


def test_codes_are_found_in_running_text() -> None:
    text = "Bottles of 30 (NDC 0008-4117-01) and of 100 (NDC 0008-4117-02), again 0008-4117-01; call 1-800-321-1335"
    assert ndcs_in(text) == ("0008-4117-01", "0008-4117-02")
