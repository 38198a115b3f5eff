"""The rules on loss of exclusivity: properties over invented rows, one test for each pitfall, and the gold.

All rows here are invented; only their shapes are those of the publishers' files.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drugchatter.errors import DataError
from drugchatter.evals import loe
from drugchatter.exclusivity import biologics
from drugchatter.exclusivity.biologics import PurpleBook, purple_book
from drugchatter.exclusivity.generics import generics_of, makers_of
from drugchatter.exclusivity.listings import OrangeBook, listed_until, moieties, orange_book, resolve
from drugchatter.exclusivity.losing import (
    by_applicant,
    by_ingredient,
    first_generic_since,
    losing_protection,
    new_patents,
    of_kind,
    protected,
    protected_biologics,
)
from drugchatter.exclusivity.protection import Protection
from drugchatter.exclusivity.rules import (
    add_months,
    dates_of,
    exclusivities_of,
    patents_of,
    protection,
    protection_json,
)
from drugchatter.rows import ExclusivityRow, ListingsFile, PatentRow, ProductsFile
from drugchatter.sources.orange_book import (
    edition_date,
    parse_date,
    parse_exclusivities,
    parse_patents,
    parse_products,
    read_release,
)
from drugchatter.sources.purple_book import parse_purple_book

SHARED = Path(__file__).parents[2] / "shared"
# A busy machine is no reason to fail, and the same examples every time.
steady = settings(deadline=None, derandomize=True)
TODAY = date(2026, 6, 10)

PRODUCTS = (
    "Ingredient~DF;Route~Trade_Name~Applicant~Strength~Appl_Type~Appl_No~Product_No~TE_Code~Approval_Date~RLD~RS~Type"
    "~Applicant_Full_Name"
)
PATENTS = (
    "Appl_Type~Appl_No~Product_No~Patent_No~Patent_Expire_Date_Text~Drug_Substance_Flag~Drug_Product_Flag"
    "~Patent_Use_Code~Delist_Flag~Submission_Date"
)
EXCLUSIVITIES = "Appl_Type~Appl_No~Product_No~Exclusivity_Code~Exclusivity_Date"
ALPHA = "ALPHATINIB~TABLET;ORAL~ALPHAZ~ACME~{strength}~N~{appl}~{product}~~Jan 2, 2015~Yes~Yes~RX~ACME PHARMS INC"


def alpha(product: str = "001", *, appl: str = "900001", strength: str = "10MG") -> str:
    return ALPHA.format(appl=appl, product=product, strength=strength)


def text(header: str, lines: Iterable[str]) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode()


def book(
    products: Iterable[str] = (),
    patents: Iterable[str] = (),
    exclusivities: Iterable[str] = (),
    edition: str = "2026-06-10",
) -> OrangeBook:
    """Lines as the publisher prints them, parsed and indexed; the products file is of 2024-11-08."""
    listings = ListingsFile(
        edition, parse_patents(text(PATENTS, patents)), parse_exclusivities(text(EXCLUSIVITIES, exclusivities))
    )
    return orange_book(ProductsFile("2024-11-08", parse_products(text(PRODUCTS, products))), listings)


def asked(
    name: str = "Alphaz",
    *,
    products: Iterable[str] = (alpha(),),
    patents: Iterable[str] = (),
    exclusivities: Iterable[str] = (),
) -> Protection:
    found = protection(name, book(products, patents, exclusivities))
    assert found is not None
    return found


def day(dated: object) -> str | None:
    return str(dated.on) if dated else None  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------------------- properties

APPLICATIONS, NUMBERS = ("900001", "900002"), ("1111111", "2222222", "3333333", "RE44444")
days = st.dates(date(2024, 1, 1), date(2045, 12, 31))
flags = st.booleans()


@st.composite
def patents(draw: st.DrawFn, number: str | None = None) -> list[PatentRow]:
    """One patent of one product: rows by use code, perhaps with its pediatric row."""
    appl, product = draw(st.sampled_from(APPLICATIONS)), draw(st.sampled_from(("001", "002")))
    number = number or draw(st.sampled_from(NUMBERS))
    codes = draw(st.lists(st.sampled_from(("U-1", "U-20", "U-300")), max_size=2, unique=True)) or [""]
    expiry, delist = draw(days), draw(flags)
    substance, drug = draw(flags), draw(flags)
    rows = [PatentRow("N", appl, product, number, expiry, substance, drug, code, delist, None) for code in codes]
    if draw(flags):
        pediatric = add_months(expiry, 6)
        rows.append(PatentRow("N", appl, product, number + "*PED", pediatric, False, False, "", False, None))
    return rows


@st.composite
def rights(draw: st.DrawFn) -> ExclusivityRow:
    code = draw(
        st.sampled_from(("NCE", "NP", "NPP", "I-900", "D-12", "M-7", "ODE-300", "ODE*", "PED", "W", "GAIN", "NEW?"))
    )
    return ExclusivityRow(
        "N", draw(st.sampled_from(APPLICATIONS)), draw(st.sampled_from(("001", "002"))), code, draw(days)
    )


listed = st.lists(patents(), max_size=8).map(lambda groups: [row for group in groups for row in group])
granted = st.lists(rights(), max_size=6)


def of_rows(
    rows: Iterable[PatentRow], exclusivities: Iterable[ExclusivityRow] = (), edition: str = "2026-06-10"
) -> Protection:
    """The protection of ALPHAZ, which is two NDAs."""
    products = parse_products(text(PRODUCTS, [alpha(appl=a, product=p) for a in APPLICATIONS for p in ("001", "002")]))
    listings = ListingsFile(edition, tuple(rows), tuple(exclusivities))
    found = protection("Alphaz", orange_book(ProductsFile("2024-11-08", products), listings), as_of=TODAY)
    assert found is not None
    return found


def ceiling(found: Protection) -> date:
    assert found.dates is not None
    return found.dates.ceiling.on if found.dates.ceiling else date.min


@steady
@given(listed, granted, patents(number="9999999"))
def test_adding_a_patent_never_moves_the_date_earlier(
    rows: list[PatentRow], exclusivities: list[ExclusivityRow], more: list[PatentRow]
) -> None:
    before, after = of_rows(rows, exclusivities), of_rows([*rows, *more], exclusivities)
    assert ceiling(after) >= ceiling(before)


@steady
@given(listed, granted, st.sampled_from(NUMBERS))
def test_delisting_never_moves_the_date_later(
    rows: list[PatentRow], exclusivities: list[ExclusivityRow], number: str
) -> None:
    asked_off = [
        replace(row, delist_requested=True) if row.base == number and not row.pediatric else row for row in rows
    ]
    before, after = of_rows(rows, exclusivities), of_rows(asked_off, exclusivities)
    assert ceiling(after) <= ceiling(before)


@steady
@given(listed, granted, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    rows: list[PatentRow], exclusivities: list[ExclusivityRow], order: random.Random
) -> None:
    shuffled, mixed = list(rows), list(exclusivities)
    order.shuffle(shuffled)
    order.shuffle(mixed)
    assert of_rows(shuffled, mixed) == of_rows(rows, exclusivities)


@steady
@given(listed, granted)
def test_two_editions_of_the_same_rows_agree(rows: list[PatentRow], exclusivities: list[ExclusivityRow]) -> None:
    one = protection_json(of_rows(rows, exclusivities, "2026-06-10"))
    two = protection_json(of_rows(rows, exclusivities, "2025-08-07"))
    assert {**one, "listed": ""} == {**two, "listed": ""}


@steady
@given(listed, granted)
def test_duplicate_rows_change_nothing(rows: list[PatentRow], exclusivities: list[ExclusivityRow]) -> None:
    assert of_rows([*rows, *rows], [*exclusivities, *exclusivities]) == of_rows(rows, exclusivities)


@steady
@given(listed, granted)
def test_a_level_is_the_latest_of_the_level_below_and_hard_is_never_after_the_ceiling(
    rows: list[PatentRow], exclusivities: list[ExclusivityRow]
) -> None:
    found = of_rows(rows, exclusivities)
    assert found.dates is not None
    for parts in (found.by_application, found.by_product):
        lower = [part.dates.ceiling.on for part in parts if part.dates.ceiling]
        assert max(lower, default=date.min) == ceiling(found)
    if found.dates.hard:
        assert found.dates.hard.on <= ceiling(found)


@steady
@given(listed, granted)
def test_the_quick_ceiling_equals_the_one_with_rows(rows: list[PatentRow], exclusivities: list[ExclusivityRow]) -> None:
    listings = ListingsFile("2026-06-10", tuple(rows), tuple(exclusivities))
    indexed = orange_book(ProductsFile("2024-11-08", ()), listings)
    for application in {row.application for row in (*rows, *exclusivities)}:
        slow = dates_of(
            patents_of(indexed.patents.get(application, ()), "2026-06-10", TODAY),
            exclusivities_of(indexed.exclusivities.get(application, ()), "2026-06-10"),
            TODAY,
        ).ceiling
        assert listed_until(indexed, application) == (slow.on if slow else None)


@steady
@given(listed, granted)
def test_every_date_names_rows_that_were_put_in(rows: list[PatentRow], exclusivities: list[ExclusivityRow]) -> None:
    found = of_rows(rows, exclusivities)
    given_rows = {row.ref("2026-06-10") for row in (*rows, *exclusivities)}
    assert set(found.rows()) <= given_rows
    assert found.dates is not None
    assert all(dated.rows for dated in (found.dates.ceiling, found.dates.hard, found.dates.last_patent) if dated)


@steady
@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_six_months_on_stays_within_the_sixth_month(start: date) -> None:
    later = add_months(start, 6)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == 6
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


# ------------------------------------------------------------------------------------- pitfalls of the Orange Book rows


def test_01_the_pediatric_row_inherits_the_delist_request() -> None:
    found = asked(
        patents=[
            "N~900001~001~1111111~May 4, 2027~~~U-5~Y~Apr 15, 2014",
            "N~900001~001~1111111*PED~Nov 4, 2027~~~~~",
            "N~900001~001~2222222~Feb 1, 2027~Y~~~~Apr 15, 2014",
        ]
    )
    assert day(found.dates and found.dates.ceiling) == "2027-02-01"
    assert day(found.dates and found.dates.delisted_last_with_ped) == "2027-11-04"
    assert [p.number for p in found.delisted] == ["1111111"]
    assert "a delist-requested patent has a *PED row without the flag; the flag is inherited" in found.notes


def test_02_nothing_blocks_when_every_patent_is_asked_off() -> None:
    found = asked(patents=["N~900001~001~1111111~May 11, 2034~~Y~~Y~Apr 15, 2014"])
    assert found.dates is not None
    assert (found.dates.ceiling, found.dates.last_patent, found.already_clear) == (None, None, True)
    assert found.counts is not None
    assert (found.counts.patents, found.counts.delist_requested) == (0, 1)


def test_03_the_last_patent_with_pediatric_months_can_be_another() -> None:
    found = asked(
        patents=[
            "N~900001~001~1111111~Nov 29, 2030~~Y~~~",
            "N~900001~001~2222222~Oct 11, 2030~Y~~~~",
            "N~900001~001~2222222*PED~Apr 11, 2031~~~~~",
        ]
    )
    assert found.dates is not None
    assert found.dates.last_patent is not None
    assert found.dates.last_patent_with_ped is not None
    assert (found.dates.last_patent.items, day(found.dates.last_patent)) == (("1111111",), "2030-11-29")
    assert found.dates.last_patent_with_ped.items == ("2222222*PED",)
    assert day(found.dates.ceiling) == "2031-04-11"


def test_04_the_printed_pediatric_date_is_used_and_clips_at_the_end_of_a_month() -> None:
    assert add_months(date(2026, 8, 30), 6) == date(2027, 2, 28)
    found = asked(patents=["N~900001~001~1111111~Aug 30, 2026~Y~~~~", "N~900001~001~1111111*PED~Feb 27, 2027~~~~~"])
    assert day(found.dates and found.dates.ceiling) == "2027-02-27"


def test_05_one_patent_may_end_on_two_days_in_one_application() -> None:
    found = asked(
        products=[alpha("001"), alpha("002", strength="20MG")],
        patents=["N~900001~001~1111111~Sep 27, 2027~Y~~~~", "N~900001~002~1111111~Sep 29, 2027~Y~~~~"],
    )
    patent = protection_json(found)["patents"][0]
    assert (patent["expiry"], patent["expiry_varies"]) == ("2027-09-29", ["2027-09-27", "2027-09-29"])
    assert found.products_differ
    assert found.counts is not None
    assert found.counts.patents == 1


def test_06_one_patent_may_end_on_two_days_in_two_applications() -> None:
    found = asked(
        products=[alpha(), alpha(appl="900002")],
        patents=["N~900001~001~1111111~Nov 24, 2026~Y~~~~", "N~900002~001~1111111~Apr 11, 2026~Y~~~~"],
    )
    by_application = {part.application: day(part.dates.ceiling) for part in found.by_application}
    assert by_application == {"N900001": "2026-11-24", "N900002": "2026-04-11"}
    assert "several applications under one name; report per application, headline is the latest" in found.notes


def test_06b_a_patent_of_two_applications_is_counted_once_as_the_newest_lists_it() -> None:
    found = asked(
        products=[alpha(), alpha(appl="900002")],
        patents=["N~900001~001~1111111~Nov 24, 2027~Y~~U-1~~", "N~900002~001~1111111~Nov 24, 2027~~Y~~~"],
    )
    assert found.counts is not None
    assert (found.counts.patents, found.counts.ds, found.counts.dp, found.counts.with_use_code) == (1, 0, 1, 0)


def test_07_expired_rows_are_told_apart() -> None:
    found = asked(
        patents=["N~900001~001~1111111~Aug 28, 2024~Y~~~~", "N~900001~001~2222222~Aug 28, 2026~Y~~~~"],
        exclusivities=["N~900001~001~M-187~Dec 4, 2023"],
    )
    assert [p.expired for p in found.patents] == [True, False]
    assert day(found.dates and found.dates.next_expiry) == "2026-08-28"
    assert found.already_clear is False
    late = protection("Alphaz", book([alpha()], ["N~900001~001~1111111~Aug 28, 2024~Y~~~~"]))
    assert late is not None
    assert late.already_clear is True


def test_07b_a_pediatric_row_that_outlived_its_patent_still_counts() -> None:
    found = asked(patents=["N~900001~001~1111111*PED~Oct 1, 2026~~~~~"])
    assert (found.patents[0].expiry, found.patents[0].pediatric) == (None, True)
    assert day(found.dates and found.dates.ceiling) == "2026-10-01"
    assert found.dates is not None
    assert found.dates.last_patent is None


def test_08_a_strength_may_have_nothing_listed_while_others_run_on() -> None:
    found = asked(
        products=[alpha("001"), alpha("004", strength="2.5MG")], patents=["N~900001~001~1111111~Feb 17, 2034~~~U-9~~"]
    )
    differ = protection_json(found)["products_differ"]
    assert differ["N900001/001"]["nothing_listed_blocks_after"] == "2034-02-17"
    assert differ["N900001/004"] == {
        "strength": "2.5MG",
        "type": "RX",
        "last_patent_expiry_with_ped": None,
        "nothing_listed_blocks_after": None,
    }


def test_09_a_product_newer_than_the_products_file_is_reported_not_dropped() -> None:
    found = asked(exclusivities=["N~900001~003~NS~Apr 17, 2028"])
    assert found.products_not_in_products_file == ("N900001/003",)
    assert found.by_product[-1].type == "not in products 2024-11"
    assert any(note.startswith("listed for a product newer") for note in found.notes)
    assert (found.listed, found.products_file) == ("2026-06-10", "2024-11-08")


def test_09b_an_application_that_the_products_file_cannot_name_is_found_by_its_patent() -> None:
    rows = ["N~900001~001~1111111~Feb 17, 2034~Y~~~~", "N~990000~001~1111111~Feb 17, 2034~Y~~~~"]
    rows += ["N~990000~001~2222222~May 22, 2041~~Y~~~"]
    found = asked(patents=rows)
    assert any("N990000 (shares 1 patent(s), own last listed date 2041-05-22)" in note for note in found.notes)
    assert day(found.dates and found.dates.ceiling) == "2034-02-17"
    assert resolve(book(patents=rows), "N990000") is not None


def test_10_a_use_exclusivity_may_end_last_and_can_be_carved_out() -> None:
    found = asked(
        patents=["N~900001~001~1111111~Dec 12, 2028~Y~~~~"],
        exclusivities=["N~900001~001~ODE-373~Sep 22, 2028", "N~900001~001~PED~Mar 22, 2029"],
    )
    assert found.dates is not None
    assert (day(found.dates.ceiling), found.dates.driver) == ("2029-03-22", "exclusivity")
    assert day(found.dates.hard) == "2028-12-12"
    assert found.dates.last_exclusivity is not None
    assert found.dates.last_exclusivity.extends == ("ODE-373",)


def test_10b_a_pediatric_extension_of_a_broad_exclusivity_cannot_be_carved_out() -> None:
    found = asked(
        exclusivities=["N~900001~001~NP~Dec 20, 2027", "N~900001~001~NPP~Dec 20, 2027", "N~900001~001~PED~Jun 20, 2028"]
    )
    assert day(found.dates and found.dates.hard) == "2028-06-20"


def test_10c_a_patent_without_flags_and_use_code_is_taken_to_block() -> None:
    found = asked(patents=["N~900001~001~1111111~Dec 12, 2028~~~~~", "N~900001~001~2222222~Dec 12, 2030~~~U-4~~"])
    assert (day(found.dates and found.dates.hard), day(found.dates and found.dates.ceiling)) == (
        "2028-12-12",
        "2030-12-12",
    )


def test_11_duplicate_rows_count_once() -> None:
    rows = [f"N~900001~001~1111111~Feb 17, 2034~Y~Y~U-{code}~~" for code in (20, 3, 100)]
    found = asked(patents=rows, exclusivities=["N~900001~001~PED~Jun 8, 2031"] * 2)
    assert found.counts is not None
    assert (found.counts.patents, found.counts.distinct_use_codes, found.counts.rows_exclusivity) == (1, 3, 1)
    assert found.patents[0].use_codes == ("U-3", "U-20", "U-100")


def test_11b_one_code_may_have_two_dates_and_ties_are_joined() -> None:
    found = asked(
        exclusivities=[
            "N~900001~001~ODE-2~May 28, 2027",
            "N~900001~001~ODE-1~May 28, 2027",
            "N~900001~001~ODE-1~May 28, 2025",
        ]
    )
    assert found.dates is not None
    assert found.dates.last_exclusivity is not None
    assert found.dates.last_exclusivity.code == "ODE-1/ODE-2"
    assert {code: day(dated) for code, dated in found.exclusivity_by_code} == {
        "ODE-1": "2027-05-28",
        "ODE-2": "2027-05-28",
    }


def test_12_an_ingredient_means_every_application_of_it_and_combinations_stay_apart() -> None:
    combination = alpha(appl="900003").replace("ALPHATINIB", "ALPHATINIB; BETAFORMIN").replace("ALPHAZ", "BETALPHA")
    salt = alpha(appl="900002").replace("ALPHATINIB", "ALPHATINIB MESYLATE").replace("ALPHAZ", "ALPHEX")
    named = resolve(book([alpha(), salt, combination]), "alphatinib")
    assert named is not None
    assert (named.level, named.applications, named.combinations) == ("ingredient", ("N900001", "N900002"), ("N900003",))


def test_13_a_name_may_go_on_and_an_application_may_hold_two_names() -> None:
    names = [
        alpha("001").replace("ALPHAZ", "ALPHAZ 100/50"),
        alpha("002").replace("ALPHAZ", "ALPHAZ (COPACKAGED)"),
        alpha(appl="900002").replace("ALPHAZ", "ALPHAZOLE"),
    ]
    named = resolve(book(names), "alphaz")
    assert named is not None
    assert (named.level, named.applications) == ("brand", ("N900001",))
    found = protection("Alphaz", book(names))
    assert found is not None
    assert found.by_application[0].brands == ("ALPHAZ (COPACKAGED)", "ALPHAZ 100/50")


GENERIC = "ALPHATINIB~TABLET;ORAL~{name}~{firm}~{strength}~A~{appl}~001~{te}~{approved}~No~No~{type}~{firm} LTD"


def generic(appl: str, approved: str, te: str = "AB", strength: str = "10MG", **more: str) -> str:
    cells = {"name": "ALPHATINIB", "firm": "GENCO", "type": "RX", **more}
    return GENERIC.format(appl=appl, approved=approved, te=te, strength=strength, **cells)


def test_14_the_first_generic_of_the_string_need_not_be_the_brands() -> None:
    brand = alpha().replace("~~Jan 2, 2015", "~AB~Jan 2, 2000")
    found = generics_of(
        book(
            [
                brand,
                generic("070001", "Jun 1, 1988", te="", strength="99MG", name="OTHERBRAND"),
                generic("070002", "Jul 9, 2013", te="BX"),
                generic("070003", "Oct 21, 2016"),
                generic("070004", "Oct 22, 2016", firm="THIRD", type="DISCN", te=""),
            ]
        ),
        ("N900001",),
    )
    assert day(found.first_approval) == "1988-06-01"
    assert found.first_approval_by == "A070001 GENCO"
    assert day(found.first_approval_same_strength) == "2013-07-09"
    assert day(found.first_approval_te_linked) == "2016-10-21"
    assert (found.n_anda_applications_all, found.n_anda_applications_marketed) == (4, 3)
    assert (found.n_anda_applicants, found.n_te_linked_applications) == (1, 1)


def test_15_codes_are_split_and_notes_are_no_strength() -> None:
    brand = alpha(strength="10MG **Federal Register determination that product was not discontinued**")
    brand = brand.replace("~~Jan 2, 2015", "~AB1,AB2~Jan 2, 2015")
    found = generics_of(
        book([brand, generic("070001", "Jul 9, 2020", te="AB2"), generic("070002", "Jul 9, 2021")]), ("N900001",)
    )
    assert (found.n_te_linked_applications, found.brand_te_codes) == (1, ("AB1,AB2",))
    assert day(found.first_approval_same_strength) == "2020-07-09"


def test_16_an_approval_before_1982_has_no_date_and_is_never_the_newest() -> None:
    old = alpha().replace("Jan 2, 2015", "Approved Prior to Jan 1, 1982")
    rows = parse_products(text(PRODUCTS, [old]))
    assert (rows[0].approval_date, rows[0].before_1982) == (None, True)
    found = asked(
        products=[old, generic("070001", "Approved Prior to Jan 1, 1982")],
        exclusivities=["N~900001~001~RTO~Jul 13, 2026"],
    )
    assert found.generics is not None
    assert (found.generics.first_approval, found.generics.any_pre1982_anda) == (None, True)
    assert found.dates is not None
    assert (day(found.dates.ceiling), day(found.dates.hard)) == ("2026-07-13", "2026-07-13")


def test_17_a_component_may_hold_separators() -> None:
    assert moieties("ALPHA SODIUM,BETA,GAMMA ACETATE; ALPHA SODIUM") == {"alpha", "beta", "gamma"}


def test_18_a_generics_180_days_are_no_date_of_the_brand() -> None:
    found = asked(exclusivities=["A~900001~001~PC~Aug 29, 2026", "N~900001~001~W~Aug 29, 2030"])
    assert found.dates is not None
    assert (found.dates.ceiling, found.dates.last_exclusivity) == (None, None)
    assert "an exclusivity is waived (W): shown, not counted" in found.notes


def test_nce_less_one_year_needs_a_listed_patent() -> None:
    rights_only = asked(exclusivities=["N~900001~001~NCE*~Feb 29, 2028"])
    assert rights_only.nce_minus_1 is None
    both = asked(patents=["N~900001~001~1111111~Feb 17, 2034~Y~~~~"], exclusivities=["N~900001~001~NCE~Feb 29, 2028"])
    assert day(both.nce_minus_1) == "2027-02-28"


def test_missing_dates_and_unknown_codes_are_told() -> None:
    found = asked(
        patents=["N~900001~001~1111111~~Y~~~~", "N~900001~001~2222222~Feb 17, 2034~~~U-1~~"],
        exclusivities=["N~900001~001~XYZ~Mar 1, 2030", "N~900001~001~NP~"],
    )
    assert any(note.startswith("no expiry date is printed for: 1111111") for note in found.notes)
    assert any(note.startswith("an exclusivity row has no date") for note in found.notes)
    assert (day(found.dates and found.dates.hard), day(found.dates and found.dates.ceiling)) == (
        "2030-03-01",
        "2034-02-17",
    )


def test_a_reissue_patent_is_a_patent_of_its_own_and_sorts_last() -> None:
    found = asked(
        patents=["N~900001~001~RE44444~Mar 5, 2034~Y~~~~", "N~900001~001~9999999~Mar 5, 2034~Y~~~~"],
        exclusivities=[],
    )
    assert found.dates is not None and found.dates.last_patent is not None
    assert found.dates.last_patent.items == ("9999999", "RE44444")
    assert found.counts is not None and found.counts.patents == 2
    assert "reissue (RE) patent listed" in found.notes


def test_a_discontinued_reference_product_has_generics_by_strength_and_none_by_rating() -> None:
    brand = alpha().replace("~RX~", "~DISCN~")
    found = generics_of(book([brand, generic("070001", "Jul 9, 2020"), generic("070002", "Jul 9, 2021")]), ("N900001",))
    assert (day(found.first_approval_same_strength), found.first_approval_te_linked) == ("2020-07-09", None)
    assert (found.brand_types, found.brand_te_codes) == ((("DISCN", 1),), ())
    makers = makers_of(
        book([brand, generic("070001", "Jul 9, 2020"), generic("070002", "Jul 9, 2021", firm="X")]), ("N900001",)
    )
    assert [(maker.codes, maker.own_codes, maker.active) for maker in makers] == [((), ("AB",), True)] * 2


def test_25_a_name_that_no_file_knows_is_none() -> None:
    assert protection("Nowhere", book([alpha()]), purple([])) is None
    assert protection("", book([alpha()]), purple([])) is None


# ------------------------------------------------------------------------------------- pitfalls of the Purple Book rows

COLUMNS = (
    "N/R/U,Applicant,BLA Number,Proprietary Name,Proper Name,BLA Type,Strength,Dosage Form,Route of Administration,"
    "Product Presentation,Marketing Status,Licensure,Approval Date,Ref. Product Proper Name,"
    "Ref. Product Proprietary Name,Supplement Number,Submission Type,License Number,Product Number,Center,"
    "Date of First Licensure,"
    "Exclusivity Expiration Date,First Interchangeable Exclusivity Exp. Date,Ref. Product Exclusivity Exp. Date,"
    "Orphan Exclusivity Exp. Date"
)


def licence(
    bla: str,
    name: str,
    approved: str,
    *,
    proper: str = "alphamab",
    kind: str = "351(a)",
    product: str = "1",
    firm: str = "Acme",
    marketing: str = "Rx",
    licensure: str = "Licensed",
    reference: str = "",
    first: str = "",
    interchangeable: str = "",
    until: str = "",
    orphan: str = "",
) -> str:
    named = '"' + name + '"'
    referred = f"alphamab,{reference}" if reference else ","
    return (
        f",{firm},{bla},{named},{proper},{kind},1MG,Injection,Intravenous,Vial,{marketing},{licensure},{approved},"
        f"{referred},0,Original,1,{product},CDER,{first},,{interchangeable},{until},{orphan}"
    )


def purple(lines: Iterable[str]) -> PurpleBook:
    filler = licence("125999", "Filler", "14-Mar-25", proper="fillermab", firm="Filler Inc")
    return purple_book(parse_purple_book("\r\n".join(["\ufeff" + COLUMNS, filler, *lines, ""]).encode()))


def bla(name: str, lines: Iterable[str]) -> Protection:
    found = protection(name, book(), purple(lines))
    assert found is not None
    assert found.bla is not None
    return found


def test_19_twelve_years_run_from_the_first_licensure_of_the_bla() -> None:
    found = bla(
        "Newer",
        [
            licence("125326", "Older", "26-Oct-09", orphan="19-Jan-23"),
            licence("125326", "Newer", "20-Aug-20", product="3"),
        ],
    )
    assert found.bla is not None
    assert (day(found.bla.brand_first_approval), day(found.bla.bla_first_approval)) == ("2020-08-20", "2009-10-26")
    assert (day(found.bla.twelve_year), day(found.bla.orphan_until)) == ("2021-10-26", "2023-01-19")
    assert found.bla.first_name == "Older"
    assert any("starts no 12 years" in note for note in found.notes)


def test_20_a_new_bla_of_the_same_sponsor_starts_no_new_period() -> None:
    lines = [licence("125387", "Alphea", "18-Nov-11"), licence("761355", "Alphea HD", "18-Aug-23")]
    assert bla("Alphea", lines).applications == ("BLA125387",)
    high = bla("alphea hd", lines).bla
    assert high is not None
    assert day(high.twelve_year) == "2023-11-18"


def test_20b_another_sponsors_licence_is_its_own() -> None:
    lines = [licence("125387", "Alphea", "18-Nov-11"), licence("761355", "Rival", "18-Aug-13", firm="Rival Inc")]
    rival = bla("Rival", lines).bla
    assert rival is not None
    assert day(rival.twelve_year) == "2025-08-18"


def test_21_a_former_nda_has_no_twelve_years_of_its_own() -> None:
    found = bla("Insulia", [licence("21081", "Insulia", "20-Apr-00")]).bla
    assert found is not None
    assert (found.deemed, found.twelve_year) == (True, None)


def test_22_the_printed_exclusivity_is_shown_as_printed_and_flagged() -> None:
    found = bla("Granul", [licence("125294", "Granul", "29-Aug-12", first="29-Aug-12", until="29-Feb-24")])
    assert found.bla is not None
    assert (day(found.bla.twelve_year), found.bla.twelve_year_basis) == ("2024-02-29", "Purple Book column")
    assert any("not 12 years" in note for note in found.notes)


def test_23_biosimilars_are_one_a_licence_and_a_licence_is_no_launch() -> None:
    lines = [
        licence("125057", "Refer", "31-Dec-02"),
        licence("761059", "Bravo", "23-Jul-19", proper="alphamab-bbbb", kind="351(k) Biosimilar", reference="Refer"),
        licence(
            "761058", "Zulu", "25-Aug-17", proper="alphamab-aaaa", kind="351(k) Interchangeable", reference="Refer",
            marketing="Disc", interchangeable="15-Apr-23",
        ),
        licence(
            "761058", "Able", "13-Jul-18", proper="alphamab-aaaa", kind="351(k) Biosimilar", reference="Other",
            product="2", interchangeable="Date TBD",
        ),
        licence(
            "761060", "Gone", "23-Jul-16", proper="alphamab-cccc", kind="351(k) Biosimilar", reference="Refer",
            licensure="Voluntarily Revoked",
        ),
    ]  # fmt: skip
    found = protection_json(bla("Refer", lines))["bla"]
    first = found["biosimilars"][1]
    assert (first["bla"], first["name"], first["licensed"]) == ("761058", "Able", "2017-08-25")
    assert (first["interchangeable"], first["first_interch_excl"], first["ref"]) == (
        True,
        ["2023-04-15"],
        ["Other", "Refer"],
    )
    assert first["marketing"] == ["Disc", "Rx"]
    assert (found["n_biosimilar_blas"], found["n_interchangeable_blas"]) == (2, 1)


def test_23b_a_biosimilar_has_no_twelve_years() -> None:
    own = bla("Bravo", [licence("761059", "Bravo", "23-Jul-19", kind="351(k) Biosimilar", reference="Refer")]).bla
    assert own is not None
    assert (own.twelve_year, own.deemed) == (None, False)


def test_24_names_may_be_lists_or_missing() -> None:
    lines = [licence("103234", "Epic/Procure", "1-Jun-89"), licence("103235", "N/A", "1-Jun-90", proper="betamab")]
    assert bla("procure", lines).applications == ("BLA103234",)
    assert bla("betamab", lines).level == "ingredient"
    assert biologics.resolve(purple(lines), "N/A") is None


def test_26_an_nda_stays_an_nda_and_a_biologic_has_no_orange_book_fields() -> None:
    both = protection("Alphaz", book([alpha()]), purple([licence("125057", "Alphaz", "31-Dec-02")]))
    assert both is not None
    assert both.kind == "NDA"
    found = protection_json(bla("Refer", [licence("125057", "Refer", "31-Dec-02")]))
    assert [found[key] for key in ("patents", "counts", "last_patent_expiry", "generics")] == [None] * 4


@pytest.mark.parametrize(
    ("approved", "until", "years"), [("11-Jul-30", "8-Feb-30", (1930, 2030)), ("2-Dec-87", "2-Dec-94", (1987, 1994))]
)
def test_two_digit_years_have_a_pivot_for_each_column(approved: str, until: str, years: tuple[int, int]) -> None:
    rows = parse_purple_book(f"{COLUMNS}\n{licence('101377', 'Old', approved, orphan=until)}\n".encode()).rows
    assert rows[0].approval_date and rows[0].orphan_until
    assert (rows[0].approval_date.year, rows[0].orphan_until.year) == years


def test_of_several_lists_the_newest_wins_and_preambles_are_passed_over() -> None:
    old, new = licence("101377", "Old", "2-Dec-87", firm="Before"), licence("101377", "Old", "2-Dec-87", firm="After")
    parts = ["Purple Book monthly list", "", COLUMNS, old, "Purple Book, next month", COLUMNS, new, ""]
    file = parse_purple_book("\r\n".join(parts).encode())
    assert [row.applicant for row in file.rows] == ["After"]
    assert file.edition == "1987-12-02"


# -------------------------------------------------------------------------------------------------------------- files


def test_numbers_are_padded_strings_and_a_byte_order_mark_and_bare_line_ends_are_read() -> None:
    rows = parse_patents(("\ufeff" + PATENTS + "\nN~761~1~1111111~Jan 5, 2030~Y~~~~\n").encode())
    assert (rows[0].application, rows[0].product_no, rows[0].expiry) == ("N000761", "001", date(2030, 1, 5))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("N~900001~001~1111111~Jan 5, 2030~Y~~~", "line 3: 9 fields, 10 expected"),
        ("N~900001~001~1111111~05.01.2030~Y~~~~", "line 3: not a date"),
        ("N~900001~001~1111111~Feb 30, 2030~Y~~~~", "line 3: day is out of range"),
        ("N~90x~001~1111111~Jan 5, 2030~Y~~~~", "line 3: not a number"),
        ("B~900001~001~1111111~Jan 5, 2030~Y~~~~", "line 3: not an application type"),
        ("N~900001~001~~Jan 5, 2030~Y~~~~", "line 3: no patent number"),
    ],
)
def test_a_malformed_line_is_an_error_that_names_file_and_line(line: str, reason: str) -> None:
    good = "N~900001~001~1111111~Jan 5, 2030~Y~~~~"
    with pytest.raises(DataError, match=f"patent.txt.*{reason}"):
        parse_patents(text(PATENTS, [good, line]))


def test_another_file_under_the_name_is_an_error() -> None:
    with pytest.raises(DataError, match="header"):
        parse_products(text(PATENTS, []))
    with pytest.raises(DataError, match="not text"):
        parse_products(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="header"):
        parse_purple_book(b"a,b,c\n")
    with pytest.raises(DataError, match="line 2: not a date"):
        parse_purple_book(f"{COLUMNS}\n{licence('101377', 'Old', '1987')}\n".encode())


@steady
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_rows_or_a_data_error(content: bytes) -> None:
    for parse in (parse_patents, parse_products, parse_exclusivities, parse_purple_book):
        with pytest.raises(DataError):
            parse(content)


@steady
@given(days)
def test_dates_are_read_without_the_machines_locale(some_day: date) -> None:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    assert parse_date(f"{months[some_day.month - 1]} {some_day.day}, {some_day.year}") == some_day


def test_a_release_is_read_from_a_folder_or_a_zip_and_dated(tmp_path: Path) -> None:
    files = {
        "products.txt": text(PRODUCTS, [alpha()]),
        "patent.txt": text(PATENTS, ["N~900001~001~1111111~Jan 5, 2030~Y~~~~Nov 6, 2024"]),
        "exclusivity.txt": text(EXCLUSIVITIES, ["N~900001~001~NP~Jan 5, 2028"]),
    }
    folder = tmp_path / "2024-11-08"
    folder.mkdir()
    with zipfile.ZipFile(folder / "EOBZIP_2024_11.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    loose = tmp_path / "loose"
    loose.mkdir()
    for name, content in files.items():
        (loose / name).write_bytes(content)
    zipped, plain = read_release(folder), read_release(loose)
    assert (zipped.edition, plain.edition) == ("2024-11-08", "2024-11-06")
    assert zipped.listings and plain.listings and zipped.products
    assert zipped.listings.patents == plain.listings.patents
    assert len(zipped.products.rows) == 1


def test_half_a_release_and_a_damaged_zip_are_errors(tmp_path: Path) -> None:
    (tmp_path / "patent.txt").write_bytes(text(PATENTS, []))
    with pytest.raises(DataError, match=r"no exclusivity\.txt"):
        read_release(tmp_path)
    (tmp_path / "EOBZIP.zip").write_bytes(b"PK no zip")
    with pytest.raises(DataError, match="is not a zip"):
        read_release(tmp_path / "EOBZIP.zip")
    with pytest.raises(DataError, match="holds no"):
        read_release(tmp_path / "nowhere")
    with pytest.raises(DataError, match="edition"):
        edition_date(tmp_path)


# -------------------------------------------------------------------------------------------------------------- lists


def lists() -> OrangeBook:
    beta = alpha(appl="900002").replace("ALPHATINIB", "BETAFORMIN").replace("ALPHAZ", "BETAX").replace("ACME", "BIGCO")
    patents = ["N~900001~001~1111111~Jan 5, 2027~Y~~~~", "N~900002~001~2222222~Dec 31, 2027~~~U-1~~"]
    patents += ["N~990000~001~3333333~Jul 1, 2027~Y~~~~", "N~900002~001~4444444~Jan 1, 2028~Y~~~Y~"]
    return book([alpha(), beta, generic("070001", "Jul 9, 2020")], patents)


def test_the_list_of_a_year_holds_the_unnamed_too_and_delisted_patents_do_not_move_it() -> None:
    found = losing_protection(lists(), 2027)
    assert [line.application for line in found] == ["N900001", "N990000", "N900002"]
    assert [line.names for line in found] == [("ALPHAZ",), (), ("BETAX",)]
    assert found[-1].hard is None
    assert found == tuple(line for line in protected(lists()) if line.after.on.year == 2027)
    assert losing_protection(lists(), 2028) == ()


def test_lists_by_applicant_ingredient_and_kind() -> None:
    biologic = protected_biologics(
        purple([licence("125387", "Alphea", "18-Nov-15"), licence("21081", "Old", "20-Apr-00")])
    )
    assert [line.application for line in biologic] == ["BLA125387", "BLA125999"]
    lines = (*protected(lists()), *biologic)
    assert [line.application for line in by_applicant(lines, "bigco pharms")] == ["N900002"]
    assert [line.application for line in by_ingredient(lines, "Alphatinib")] == ["N900001"]
    assert of_kind(lines, "BLA") == biologic
    with_biologics = losing_protection(lists(), 2027, purple([licence("125387", "Alphea", "18-Nov-15")]))
    assert with_biologics[-1].application == "BLA125387"


def test_first_generics_and_new_patents() -> None:
    assert [g.application for g in first_generic_since(lists(), date(2020, 1, 1))] == ["N900001"]
    assert first_generic_since(lists(), date(2021, 1, 1)) == ()
    before = book([alpha()], ["N~900001~001~1111111~Jan 5, 2027~Y~~~~"])
    new = {(patent.application, patent.number, patent.delisted) for patent in new_patents(lists(), before)}
    assert new == {("N900002", "2222222", False), ("N900002", "4444444", True), ("N990000", "3333333", False)}


# ---------------------------------------------------------------------------------------------------------------- gold


@pytest.mark.shared
def test_every_field_of_the_gold_is_equal() -> None:
    gold = SHARED / "eval" / "loe_dev.jsonl"
    if not gold.is_file():
        pytest.skip("the publishers' files and the gold are not beside this project (../shared)")
    compared = loe.run(SHARED / "data", gold)
    assert compared
    wrong = [f"{c.drug} {c.field}: {json.dumps(c.gold)} != {json.dumps(c.got)}" for c in compared if not c.equal]
    assert not wrong, "\n".join(wrong)
