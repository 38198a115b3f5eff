"""The profile of a drug over a small edition whose labels and rows are all invented, and what does not join in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from drugchatter.drug_rows import bears, names_ingredients
from drugchatter.engine import Engine
from drugchatter.profile import Fact, Group, Profile
from drugchatter.rows import (
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
    ShortageRow,
    SubmissionRow,
)
from drugchatter.store.build import build_edition
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.store.unjoined import unjoined
from drugchatter.surfaces.profile import print_profile, profile_json
from drugchatter.types import Code, Origin, Section
from drugchatter.write.records import topic_of
from label_files import SET_B, SET_C, loaded, record

LABEL = record(
    codes=(
        Code("application", "NDA000001"),
        Code("ndc", "0001-0002"),
        Code("rxcui", "77"),
        Code("unii", "ABCDEFGHIJ"),
    ),
    sections=(
        Section(
            "boxed_warning", ("WARNING: SAMPLE HARM Examplin may harm the sample organ. Watch it weekly. And more.",)
        ),
        Section("indications_and_usage", ("1 INDICATIONS AND USAGE Examplin is for sample disease in adults.",)),
    ),
)
BIOLOGIC = record(
    SET_B,
    title="GAMMAB (gammamab), injection",
    brand="GAMMAB",
    generic="gammamab",
    names=("GAMMAB",),
    ingredients=("gammamab",),
    application_numbers=("BLA012345",),
    codes=(Code("application", "BLA012345"),),
)
STRANGER = record(
    SET_C,
    title="STRANGIN (strangine), oral",
    brand="STRANGIN",
    generic="strangine",
    names=("STRANGIN",),
    ingredients=("strangine",),
    application_numbers=("NDA000009",),
    codes=(Code("application", "NDA000009"), Code("ndc", "0009-0009"), Code("rxcui", "9")),
)


def ndc(code: str, name: str, application: str, **changes: str) -> NdcProductRow:
    row = NdcProductRow(
        f"{code}_x", code, "HUMAN PRESCRIPTION DRUG", name, "", "exampline", "TABLET", "ORAL", date(2020, 3, 4), None,
        "NDA", application, application, "Sample Works", "EXAMPLINE", "EXAMPLINE 20 mg/1", "Sample Blocker [EPC]", "",
        "N", None,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def shortage(code: str, generic: str, status: str, updated: date) -> ShortageRow:
    presentation = f"{generic}, 20 mg (NDC {code})"
    return ShortageRow(
        generic, "", "Sample Works", "", presentation, code, "Revised", updated, "Unavailable", "", "", "",
        "Demand increase", "", status, None, None, None,
    )  # fmt: skip


def recall(number: str, ndcs: str, names: str, text: str) -> RecallRow:
    row = RecallRow(number, *[""] * 15, date(2025, 5, 6), None, None, None, *[""] * 6)
    return replace(
        row, ndcs=ndcs, generic_names=names, product_description=text, reason="Sample fault", status="Ongoing"
    )


ROWS: dict[str, tuple[str, str, tuple[Row, ...]]] = {
    "drugsatfda/Applications.txt": (
        "drugs_at_fda", "2026-02-01", (ApplicationRow("NDA000001", "SAMPLE SPONSOR", ""),),
    ),
    "drugsatfda/Products.txt": (
        "drugs_at_fda", "2026-02-01",
        (
            FdaProductRow("NDA000001", "001", "EXAMPLIN", "EXAMPLINE", "TABLET;ORAL", "20MG", "Yes", "Yes",
                          "Prescription", "AB"),
            FdaProductRow("BLA012345", "001", "OLDMAB", "GAMMAMAB", "INJECTABLE;INJECTION", "1MG", "No", "",
                          "Prescription", ""),
        ),
    ),
    "drugsatfda/Submissions.txt": (
        "drugs_at_fda", "2026-02-01",
        (
            SubmissionRow("NDA000001", "SUPPL", 7, "AP", date(2024, 8, 9), "Labeling", "STANDARD", False, ""),
            SubmissionRow("NDA000001", "ORIG", 1, "AP", date(2019, 1, 2), "Type 1", "PRIORITY", True, ""),
            SubmissionRow("BLA012345", "ORIG", 1, "AP", date(2009, 1, 2), "", "PRIORITY", False, ""),
        ),
    ),
    "ndc/product.txt": (
        "ndc", "2026-03-01",
        (
            ndc("0001-0002", "Examplin", "NDA000001", dea_schedule="CIV"),
            ndc("0001-0003", "Examplin Forte", "NDA000001"),
            ndc("0001-0004", "Otherbrand", "NDA000001"),
        ),
    ),
    "ndc/package.txt": (
        "ndc", "2026-03-01",
        (NdcPackageRow("x", "0001-0002", "0001-0002-30", "30 TABLET in 1 BOTTLE", None, None, "N", False),),
    ),
    "products.txt": (
        "orange_book", "2026-01-31",
        (ProductRow("EXAMPLINE", "TABLET;ORAL", "EXAMPLIN", "SAMPLE", "20MG", "N", "000001", "001", "",
                    date(2019, 1, 2), False, True, True, "RX", "SAMPLE APPLICANT"),),
    ),
    "patent.txt": (
        "orange_book", "2026-01-31",
        (
            PatentRow("N", "000001", "001", "7000001", date(2041, 2, 24), True, False, "U-1", False, None),
            PatentRow("N", "000001", "001", "7000001", date(2041, 2, 24), True, False, "U-2", False, None),
            PatentRow("N", "000008", "001", "7000008", date(2041, 2, 24), True, False, "", False, None),
        ),
    ),
    "exclusivity.txt": ("orange_book", "2026-01-31", (ExclusivityRow("N", "000001", "001", "NCE", date(2024, 1, 2)),)),
    "purplebook.csv": (
        "purple_book", "2026-01-15",
        tuple(
            BiologicRow("Gamma Bio", bla, name, proper, "351(a)", "1MG", "Injection", "Intravenous", "Vial",
                        "Rx", "Licensed", approved, "", "", "Original", "001", "CDER", first, None, False, None, None)
            for bla, name, proper, approved, first in (
                ("12345", "Oldmab", "gammamab", date(2009, 1, 2), date(2009, 1, 2)),
                ("12345", "Gammab", "gammamab", date(2020, 8, 20), date(2009, 1, 2)),
                ("125999", "Deltab", "deltamab", date(2015, 5, 6), date(2015, 5, 6)),
            )
        ),
    ),
    "shortages": (
        "shortages", "2026-05-01",
        (
            shortage("0001-0002-30", "Exampline Tablet", "Resolved", date(2026, 4, 1)),
            shortage("0001-0002-60", "Exampline Tablet", "Current", date(2025, 4, 1)),
            shortage("0007-0002-60", "Exampline Sodium Tablet, Extended Release", "Current", date(2025, 4, 1)),
            shortage("0007-0003-60", "Exampline; Sampline Tablet", "Current", date(2025, 4, 1)),
        ),
    ),
    "enforcement": (
        "enforcement", "2026-05-02",
        (
            recall("D-1-2025", "0001-0002-30", "", "A box of something"),
            recall("D-2-2025", "0007-0002-60", "", "Exampline Tablets, USP 20 mg, 30-count bottle"),
            recall("D-3-2025", "0007-0003-60", "EXAMPLINE AND SAMPLINE", "Exampline and Sampline Tablets"),
        ),
    ),
    "rxnorm/concepts": ("rxnorm", "2026-04-01", (RxConceptRow("77", "examplin", "BN"),)),
}  # fmt: skip


def engine_of(editions: Path, without: Iterable[str] = ()) -> Engine:
    """An engine over the labels and all rows but those of the sources `without`."""
    items: list[object] = list(loaded(LABEL, BIOLOGIC, STRANGER))
    for file, (source, edition, rows) in ROWS.items():
        if source not in without:
            items += [Origin(source, file, edition), *rows]
    edition_id = build_edition(editions, items, (), released="2026-01-02", label="test")  # type: ignore[arg-type]
    return Engine(EmbeddedIndex(editions / edition_id))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("profile"))


def profile_of(engine: Engine, name: str = "Examplin") -> Profile:
    found = engine.profile(name)
    assert found is not None
    return found


def group(found: Profile, heading: str) -> Group:
    return next(one for one in found.groups if one.heading == heading)


def texts(engine: Engine, heading: str, name: str = "Examplin") -> list[str]:
    return [fact.text for fact in group(profile_of(engine, name), heading).facts]


def test_every_fact_names_its_file_and_date_and_every_row_can_be_cited(engine: Engine) -> None:
    facts = [fact for one in profile_of(engine).groups for fact in one.facts]
    assert len(facts) > 20
    for fact in facts:
        assert fact.citations
        for citation in fact.citations:
            assert citation.publisher and citation.document and citation.place
            date.fromisoformat(citation.date)
            if citation.passage_id:
                source = engine.cite(citation.passage_id)
                assert source is not None
                assert (source.publisher, source.date) == (citation.publisher, citation.date)


def test_codes_come_from_the_label_and_names_from_rxnorm(engine: Engine) -> None:
    assert {"Application: NDA000001", "NDC product code: 0001-0002", "RxCUI: 77", "UNII: ABCDEFGHIJ"} <= set(
        texts(engine, "Names and codes")
    )
    assert "examplin (RxCUI 77; BN, brand name)" in texts(engine, "Names and codes")


def test_makers_are_told_apart_by_what_they_are(engine: Engine) -> None:
    assert texts(engine, "Maker") == [
        "Sample Works: labeler of the label",
        "Sample Works: labeler in the NDC directory",
        "SAMPLE SPONSOR: sponsor of NDA 000001",
        "SAMPLE APPLICANT: applicant of N000001",
    ]


def test_an_original_approval_comes_with_priority_and_orphan_before_supplements(engine: Engine) -> None:
    said = texts(engine, "Approvals")
    assert said[0] == "Examplin 20MG, N000001 product 001: approved 2019-01-02"
    assert said[1].startswith("NDA 000001 ORIG 1, approved (AP) on 2019-01-02")
    assert "PRIORITY" in said[1] and "orphan drug: yes" in said[1]
    assert "2024-08-09" in said[2]


def test_another_brand_of_the_same_licence_keeps_its_own_dates(engine: Engine) -> None:
    said = texts(engine, "Approvals", "Gammab")
    assert said[0] == "Gammab, BLA 12345: licensed 2020-08-20 (351(a), Licensed)"
    assert said[1].startswith("BLA 012345 ORIG 1, approved (AP) on 2009-01-02")
    assert said[1].endswith("[in that file for Oldmab]")
    assert not any(text.startswith("Oldmab") for text in said)


def test_forms_are_those_of_the_name_only(engine: Engine) -> None:
    said = " ".join(texts(engine, "Forms and strengths"))
    assert "0001-0002" in said and "0001-0003" in said
    assert "0001-0004" not in said


def test_key_sections_are_the_labels_own_sentences(engine: Engine) -> None:
    facts = group(profile_of(engine), "Key sections").facts
    assert all(fact.quoted for fact in facts)
    for fact in facts:
        source = engine.cite(fact.citations[0].passage_id)
        assert source is not None
        assert fact.text in source.quote.replace("\n", " ")
    assert "Examplin is for sample disease in adults." in facts[-1].text


def test_current_shortages_stand_first_and_other_products_say_so(engine: Engine) -> None:
    said = texts(engine, "Shortages")
    assert [("Current" in text, text.startswith("Same ingredient")) for text in said] == [
        (True, False),
        (False, False),
        (True, True),
    ]
    assert "0007-0003-60" not in " ".join(said)


def test_recalls_join_by_ndc_or_by_ingredient(engine: Engine) -> None:
    said = texts(engine, "Recalls")
    assert [text.partition(" (")[0] for text in said] == ["D-1-2025", "Same ingredient, another product: D-2-2025"]


def test_schedule_and_protection(engine: Engine) -> None:
    assert texts(engine, "DEA schedule") == ["DEA schedule CIV"]
    (line,) = texts(engine, "Protection")
    assert "2041-02-24" in line and "7000001" in line


def test_what_is_empty_and_what_is_not_loaded_are_told_apart(engine: Engine, tmp_path: Path) -> None:
    def outcomes(engine: Engine, heading: str) -> list[tuple[str, str, str]]:
        searched = group(profile_of(engine, "Strangin"), heading).searched
        return [(one.source, one.edition, one.outcome) for one in searched]

    assert outcomes(engine, "Shortages") == [("shortages", "2026-05-01", "empty")]
    assert outcomes(engine, "Protection") == [("orange_book", "2026-01-31", "empty")]
    bare = engine_of(tmp_path, without=("shortages", "orange_book", "purple_book"))
    assert outcomes(bare, "Shortages") == [("shortages", "", "unavailable")]
    assert outcomes(bare, "Protection") == [("orange_book", "", "unavailable")]


def test_no_label_no_profile(engine: Engine) -> None:
    assert engine.profile("nothing of the kind") is None


# ---------------------------------------------------------------------------------------------------------- surfaces


def shown(found: Profile, *, everything: bool = False) -> str:
    out = io.StringIO()
    print_profile(found, Console(file=out, width=90, markup=False, emoji=False, highlight=False), everything=everything)
    return out.getvalue()


def test_the_terminal_shows_a_few_of_many_and_all_on_request(engine: Engine) -> None:
    found = profile_of(engine)
    cited = found.groups[0].facts[0].citations
    many = Group("Many", tuple(Fact(f"fact {n} \x1b[31m", cited) for n in range(9)), ())
    few, every = (shown(replace(found, groups=(many,)), everything=everything) for everything in (False, True))
    assert "5 of 9; --all" in few and "fact 5" not in few
    assert "fact 8" in every and "--all" not in every
    assert "\x1b" not in few + every


def test_the_terminal_says_what_was_not_found_and_what_is_not_loaded(engine: Engine, tmp_path: Path) -> None:
    flat = " ".join(shown(profile_of(engine, "Strangin")).split())
    assert "none found in Drug shortages list of 2026-05-01" in flat
    bare = engine_of(tmp_path, without=("shortages",))
    assert "Drug shortages list: not loaded" in " ".join(shown(profile_of(bare)).split())


def test_a_name_that_was_read_as_another_is_said(engine: Engine) -> None:
    found = profile_of(engine)
    said = shown(replace(found, match=replace(found.match, matched="otherbrand", how="synonym")))
    assert "“otherbrand” was read as Examplin" in " ".join(said.split())
    assert "was read as" not in shown(found)


def test_json_holds_every_fact(engine: Engine) -> None:
    found = profile_of(engine)
    told = json.loads(json.dumps(profile_json(found)))
    assert [len(one["facts"]) for one in told["groups"]] == [len(one.facts) for one in found.groups]
    assert told["groups"][-1]["facts"][0]["citations"][0]["date"] == "2026-01-31"


# ----------------------------------------------------------------------------------------------------------- answers


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Is Examplin in shortage?", ("On FDA's list of drug shortages", "0001-0002-60", "Current", "2025-04-01")),
        ("Has Examplin been recalled?", ("enforcement reports", "D-1-2025", "Sample fault")),
        ("When was Examplin approved?", ("Examplin 20MG", "approved 2019-01-02")),
        ("When was Gammab approved?", ("Gammab", "licensed 2020-08-20")),
        ("What is the NDC of Examplin?", ("NDC 0001-0002", "TABLET")),
    ],
)
def test_rows_answer_and_are_cited(engine: Engine, question: str, words: tuple[str, ...]) -> None:
    answer = engine.ask(question)
    assert answer.declined is None and answer.headline is not None and answer.rejected == ()
    assert all(word in answer.headline.text for word in words)
    assert {source.kind for source in answer.sources} == {"row"}
    for source in answer.sources:
        cited = engine.cite(source.passage_id)
        assert cited is not None
        assert (cited.quote, cited.date) == (source.quote, source.date)


def test_another_brands_approval_is_no_answer(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, without=("purple_book",))
    answer = engine.ask("When was Gammab approved?")
    assert answer.declined is not None
    assert not any("2009-01-02" in statement.text for statement in answer.statements())


def test_an_ingredients_approval_is_not_told_from_one_product(engine: Engine) -> None:
    assert engine.ask("When was exampline approved?").declined is not None


def test_a_drug_that_stands_for_another_is_not_asked_for_rows(engine: Engine) -> None:
    reading = engine.ask("What is the NDC of Examplin?").reading
    other = replace(reading.drugs[0], matched="otherbrand", how="synonym")
    assert topic_of(reading) == "ndc"
    assert topic_of(replace(reading, drugs=(other,))) is None
    assert topic_of(replace(reading, drugs=(replace(other, how="exact"),))) is None


def test_an_empty_list_is_named_with_its_date_and_one_not_loaded_is_declined(engine: Engine, tmp_path: Path) -> None:
    declined = engine.ask("Is Strangin in shortage?").declined
    assert declined is not None and "of 2026-05-01 names Strangin" in declined.text
    bare = engine_of(tmp_path, without=("shortages",))
    declined = bare.ask("Is Strangin in shortage?").declined
    assert declined is not None and "do not contain shortages" in declined.text


# ------------------------------------------------------------------------------------------------------- cite, joins


def test_rows_cited_together_are_found_by_their_id(engine: Engine) -> None:
    (fact,) = group(profile_of(engine), "Protection").facts
    source = engine.cite(fact.citations[0].passage_id)
    assert source is not None
    assert "use code U-1; use code U-2" in source.quote
    assert (source.kind, source.date) == ("row", "2026-01-31")
    assert engine.cite("0" * 20) is None


def test_a_row_with_what_is_computed_from_it_is_found_as_the_row(engine: Engine) -> None:
    answer = engine.ask("When does Deltab lose exclusivity?")
    assert any("2027-05-06" in source.quote for source in answer.sources)
    for source in answer.sources:
        cited = engine.cite(source.passage_id)
        assert cited is not None
        assert source.quote.startswith(cited.quote)
        assert "2027-05-06" not in cited.quote and cited.date == source.date


def test_what_does_not_join_is_counted_with_examples(engine: Engine) -> None:
    found = {gap.what: gap for gap in unjoined(Path(engine.index.edition.path).parent)}
    gaps = {what: (gap.count, gap.total, gap.examples) for what, gap in found.items() if gap.count}
    assert gaps == {
        "labels whose application is in neither Drugs@FDA, the Orange Book nor the Purple Book": (
            1, 3, ("STRANGIN (strangine), oral (NDA000009)",),
        ),
        "labels none of whose NDCs is in the NDC directory": (1, 2, ("STRANGIN (strangine), oral (0009-0009)",)),
        "labels none of whose RxCUIs is in RxNorm's loaded concepts": (1, 2, ("STRANGIN (strangine), oral (9)",)),
        "products of Drugs@FDA without an application there": (1, 2, ("BLA012345",)),
        "products with Orange Book patents that are not in its products file": (1, 2, ("N000008 product 001",)),
        "licences of the Purple Book that are not in Drugs@FDA": (2, 2, ("BLA 12345", "BLA 125999")),
        "presentations in shortage whose NDC is not printed or not in the NDC directory": (
            2, 4, ("0007-0002-60", "0007-0003-60"),
        ),
    }  # fmt: skip


def test_a_join_with_one_side_missing_is_not_counted(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, without=("ndc",))
    gaps = [gap for gap in unjoined(Path(engine.index.edition.path).parent) if "NDC directory" in gap.what]
    assert gaps and all(gap.total is None and not gap.count for gap in gaps)


@pytest.mark.parametrize(
    ("text", "ingredients", "same"),
    [
        ("Exampline Sodium Tablet, Extended Release", ("exampline",), True),
        ("Exampline Gel; Gel, Metered", ("exampline",), True),
        ("Exampline; Sampline Tablet", ("exampline",), False),
        ("Exampline, Sampline Injection", ("exampline", "sampline"), True),
        ("Exampline and Sampline Injection", ("exampline", "sampline"), True),
        ("Exampline Tablet", ("exampline", "sampline"), False),
        ("Examplinester Tablet", ("exampline",), False),
        ("Exampline Aspartate, Exampline Sulfate Tablet", ("exampline",), True),
        ("", (), False),
    ],
)
def test_a_name_means_exactly_its_ingredients(text: str, ingredients: tuple[str, ...], same: bool) -> None:
    assert names_ingredients(text, ingredients) is same


@pytest.mark.parametrize(
    ("name", "own"),
    [("EXAMPLIN", True), ("Examplin Forte", True), ("Examplinum", False), ("Otherbrand", False), ("", False)],
)
def test_a_row_is_the_drugs_by_its_name(engine: Engine, name: str, own: bool) -> None:
    assert bears(name, engine.drugs("Examplin")[0]) is own
