"""Who is who: salts and suffixes fall away, combinations stay together, and no brand answers for another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.formulary import read_formulary
from drugchatter.identity import (
    Named,
    Synonym,
    base_ingredient,
    display_name,
    drug_slug,
    ingredients_of,
    load_synonyms,
    name_rows,
    phrase,
    phrases_of,
    route_class,
)

BRAND = Named("examplin", "Examplin", "exampline", ("EXAMPLIN", "EXAMPLINE"), ("exampline",), ("oral",))
GENERIC = Named("exampline", "Exampline", "exampline", ("EXAMPLINE",), ("exampline",), ("oral",))
DUO = Named("duoplin", "Duoplin", "exampline and samplide", ("DUOPLIN",), ("exampline", "samplide"), ("oral",))
SOLO = Named("samplide", "Samplide", "samplide", ("SAMPLIDE",), ("samplide",), ("intravenous",))


def meaning(rows: Sequence[tuple[str, str, str]], text: str) -> set[tuple[str, str]]:
    """(drug id, kind) of a phrase."""
    return {(drug_id, kind) for found, drug_id, kind in rows if found == text}


# ---------------------------------------------------------------------------------------------------- ingredients


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("METOPROLOL SUCCINATE", "metoprolol"),
        ("metoprolol tartrate", "metoprolol"),
        ("SERTRALINE HYDROCHLORIDE", "sertraline"),
        ("Amlodipine Besylate", "amlodipine"),
        ("AMOXICILLIN TRIHYDRATE", "amoxicillin"),
        ("MYCOPHENOLATE MOFETIL HYDROCHLORIDE", "mycophenolate"),
        ("WARFARIN SODIUM", "warfarin"),
        ("adalimumab-adaz", "adalimumab"),
        ("ADO-TRASTUZUMAB EMTANSINE", "trastuzumab emtansine"),
        ("ESTRADIOL VALERATE", "estradiol"),
        ("  Insulin   glargine ", "insulin glargine"),
        ("POTASSIUM CHLORIDE", "potassium chloride"),
        ("SODIUM BICARBONATE", "sodium bicarbonate"),
        ("MAGNESIUM SULFATE HEPTAHYDRATE", "magnesium sulfate"),
        ("CALCIUM ACETATE", "calcium acetate"),
        ("LITHIUM CARBONATE", "lithium"),
        ("sodium", "sodium"),
        ("", ""),
    ],
)
def test_salts_hydrates_forms_and_suffixes_fall_away(name: str, base: str) -> None:
    assert base_ingredient(name) == base


_WORDS = st.sampled_from(
    ["metoprolol", "SODIUM", "potassium", "hydrochloride", "Dihydrate,", "chloride", "tablets", "insulin", "mofetil"]
)


@given(st.lists(_WORDS, min_size=1, max_size=5).map(" ".join))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_a_base_name_is_stable_and_never_empty(name: str) -> None:
    base = base_ingredient(name)
    assert base
    assert base_ingredient(base) == base


@pytest.mark.parametrize(
    ("substances", "generic", "found"),
    [
        (["SAMPLIDE SODIUM", "EXAMPLINE MALEATE"], "whatever", ("exampline", "samplide")),
        ([], "exampline and samplide", ("exampline", "samplide")),
        ([], "Exampline, Samplide, and Testol", ("exampline", "samplide", "testol")),
        ([], "exampline/samplide", ("exampline", "samplide")),
        ([], "Exampline with Samplide", ("exampline", "samplide")),
        ([], "exampline; samplide", ("exampline", "samplide")),
        (["EXAMPLINE", "EXAMPLINE HYDROCHLORIDE"], "", ("exampline",)),
    ],
)
def test_a_combination_is_its_sorted_ingredients(substances: list[str], generic: str, found: tuple[str, ...]) -> None:
    assert ingredients_of(substances, generic) == found


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("KESIMPTA", "Kesimpta"),
        ("NURTEC ODT", "Nurtec ODT"),
        ("WELLBUTRIN XL", "Wellbutrin XL"),
        ("METFORMIN HYDROCHLORIDE", "Metformin Hydrochloride"),
        ("Levothyroxine Sodium", "Levothyroxine Sodium"),
        ("EnBrel", "EnBrel"),
        ("DHE", "DHE"),
    ],
)
def test_a_name_is_shown_as_readers_write_it(printed: str, shown: str) -> None:
    assert display_name(printed) == shown


def test_routes_tell_products_of_one_ingredient_apart() -> None:
    assert route_class(["ORAL"]) == route_class(["oral", "sublingual"]) == "oral"
    assert route_class(["TOPICAL"]) != route_class(["OPHTHALMIC"])
    assert route_class(["intravenous", "Intramuscular"]) == route_class(["INTRAMUSCULAR", "INTRAVENOUS"])


@pytest.mark.parametrize(("name", "slug"), [("Nurtec ODT", "nurtec-odt"), ("Naïve/2", "naive-2"), ("®", "unnamed")])
def test_an_address_part_is_plain(name: str, slug: str) -> None:
    assert drug_slug(name) == slug


# -------------------------------------------------------------------------------------------------------- phrases


def test_a_drug_is_found_by_brand_generic_and_ingredient() -> None:
    rows = name_rows([BRAND], [])
    assert meaning(rows, "examplin") == {("examplin", "brand")}
    assert meaning(rows, "exampline") == {("examplin", "generic")}


def test_form_words_at_the_end_need_not_be_typed() -> None:
    named = Named("x", "Examplin Delayed Release Tablets", "exampline sodium", ("EXAMPLIN XR 20",), ("exampline",))
    texts = {text for text, _ in phrases_of(named)}
    assert {"examplin", "examplin xr", "examplin delayed", "exampline", "exampline sodium"} <= texts


def test_a_biologic_is_found_without_its_suffix() -> None:
    named = Named("hymoz", "Hymoz", "adalimumab-adaz", ("HYMOZ",), ("adalimumab",))
    texts = {text for text, _ in phrases_of(named)}
    assert {"adalimumab adaz", "adalimumab"} <= texts


def test_a_combination_is_found_in_any_order_and_its_ingredients_only_as_such() -> None:
    rows = name_rows([DUO, GENERIC], [])
    for text in ("exampline and samplide", "samplide and exampline", "samplide exampline"):
        assert meaning(rows, text) == {("duoplin", "generic")}
    assert meaning(rows, "samplide") == {("duoplin", "ingredient")}
    assert meaning(rows, "exampline") == {("duoplin", "ingredient"), ("exampline", "generic")}


def test_rows_do_not_depend_on_the_order_of_the_drugs() -> None:
    synonyms = [Synonym("Otherbrand", "exampline", "brand"), Synonym("exa", "exampline", "abbreviation")]
    found = {tuple(name_rows(order, synonyms)) for order in permutations([BRAND, GENERIC, DUO, SOLO])}
    assert len(found) == 1


def test_the_strongest_kind_counts() -> None:
    """`exampline` is the generic's brand-like product name and its generic name: one row, not two."""
    rows = name_rows([GENERIC], [Synonym("exampline", "exampline", "former")])
    assert meaning(rows, "exampline") == {("exampline", "generic")}


# ------------------------------------------------------------------------------------------------------- synonyms


def test_a_brand_without_a_label_is_answered_by_its_generic_never_by_another_brand() -> None:
    other = Synonym("Otherbrand", "exampline", "brand", ("oral",))
    assert meaning(name_rows([BRAND, GENERIC], [other]), "otherbrand") == {("exampline", "synonym")}
    assert meaning(name_rows([BRAND], [other]), "otherbrand") == {("exampline", "elsewhere")}


def test_a_brand_given_otherwise_is_known_to_stand_elsewhere() -> None:
    injected = Synonym("Otherbrand", "exampline", "brand", ("subcutaneous",))
    assert meaning(name_rows([GENERIC], [injected]), "otherbrand") == {("exampline", "elsewhere")}


@pytest.mark.parametrize(
    ("brand", "label", "same"),
    [
        (("oral",), ("oral",), True),
        (("intravenous",), ("subcutaneous",), True),
        (("respiratory (inhalation)",), ("oral",), False),
        (("topical",), ("ophthalmic",), False),
        (("topical",), ("oral",), False),
        (("oral", "intravenous"), ("intramuscular",), True),
        ((), ("oral",), True),
        (("oral",), (), True),
    ],
)
def test_routes_decide_whether_a_generic_stands_for_a_brand(
    brand: tuple[str, ...], label: tuple[str, ...], same: bool
) -> None:
    generic = Named("exampline", "Exampline", "exampline", (), ("exampline",), label)
    rows = name_rows([generic], [Synonym("Otherbrand", "exampline", "brand", brand)])
    assert meaning(rows, "otherbrand") == {("exampline", "synonym" if same else "elsewhere")}


def test_an_abbreviation_points_to_the_brand_too() -> None:
    rows = name_rows([BRAND], [Synonym("EXA", "exampline", "abbreviation")])
    assert meaning(rows, "exa") == {("examplin", "synonym")}


def test_a_name_that_a_label_prints_as_its_brand_is_no_synonym_of_another() -> None:
    rows = name_rows([BRAND, SOLO], [Synonym("Examplin", "samplide", "brand")])
    assert meaning(rows, "examplin") == {("examplin", "brand")}


def test_a_combination_s_synonym_does_not_point_to_one_of_its_parts() -> None:
    rows = name_rows([GENERIC, SOLO], [Synonym("Otherduo", "exampline / samplide", "brand")])
    assert meaning(rows, "otherduo") == {("exampline / samplide", "elsewhere")}


def test_no_brand_of_the_built_in_table_points_to_another_brand_of_the_starter() -> None:
    drugs = [
        Named(drug_slug(r.brand), display_name(r.brand), r.generic, r.names, r.ingredients, r.routes)
        for r in read_formulary()
    ]
    by_id = {drug.drug_id: drug for drug in drugs}
    synonyms = load_synonyms()
    brands = {phrase(s.name) for s in synonyms if s.kind == "brand"} - {
        phrase(s.name) for s in synonyms if s.kind != "brand"
    }
    pointed = [
        (text, by_id[drug_id])
        for text, drug_id, kind in name_rows(drugs, synonyms)
        if kind == "synonym" and text in brands
    ]
    assert len(pointed) > 20
    for text, drug in pointed:
        generic_words = set(phrase(f"{drug.generic} {' '.join(drug.ingredients)}").split())
        assert set(phrase(drug.name).split()) & generic_words, f"{text} is answered by the brand {drug.name}"


def test_the_built_in_table_is_well_formed() -> None:
    synonyms = load_synonyms()
    assert len(synonyms) > 3000
    for synonym in synonyms:
        assert phrase(synonym.name), synonym
        assert synonym.generic.strip() == synonym.generic != "", synonym
        assert all(route == route.strip() for route in synonym.routes), synonym
