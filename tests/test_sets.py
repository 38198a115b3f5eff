"""Sets over all labels and rows, and codes: on a small edition of invented labels and rows, and against a count made
apart from the publishers' files."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import sets_apart
from drugchatter.codes import AskedCode, asks_only, is_of_strength, read_code, strengths_in
from drugchatter.engine import Engine, open_engine
from drugchatter.errors import UsageError
from drugchatter.evals.run import citation_defects
from drugchatter.sets import (
    ApprovalKind,
    ApprovedIn,
    Contains,
    Criterion,
    InClass,
    InShortage,
    MadeBy,
    Says,
    Scheduled,
    SectionKind,
    World,
    find_set,
    forms,
    given,
    scheduled,
)
from drugchatter.sets.reading import NotASet, SetQuestion, read_set
from drugchatter.settings import Settings
from drugchatter.store.build import build_edition
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.surfaces import lists
from drugchatter.sync import sync
from drugchatter.types import Answer, Code, Origin, Question, Record, Section
from label_files import NO_SHARED, SET_A, SET_B, SET_C, SHARED, loaded, record
from test_profile import ROWS, ndc

DIURETOL = "55555555-5555-4555-8555-555555555555"


def label(set_id: str, name: str, ingredient: str, sections: dict[str, str], **changes: object) -> Record:
    made = record(
        set_id,
        title=f"{name.upper()} ({ingredient})",
        brand=name,
        generic=ingredient,
        names=(name,),
        ingredients=(ingredient,),
        application_numbers=(),
        codes=(),
        pharm_classes=(),
        sections=tuple(Section(field, (text,)) for field, text in sections.items()),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


LABELS = (
    label(
        SET_A,
        "Examplin",
        "exampline",
        {
            "boxed_warning": "WARNING: SAMPLE HARM Examplin may harm the sample organ.",
            "indications_and_usage": "1 INDICATIONS AND USAGE Examplin is indicated for sample fever in adults.",
            "contraindications": "4 CONTRAINDICATIONS Examplin is contraindicated in pregnant women.",
            "how_supplied": "16 HOW SUPPLIED Examplin tablets are round and white, debossed with EX on one side and 77"
            " on the other. NDC 0001-0002-30.",
            "spl_product_data_elements": "Examplin exampline EXAMPLINE LACTOSE MONOHYDRATE",
        },
        labeler="Sample Works Inc.",
        pharm_classes=("Sample Receptor Blocker",),
        application_numbers=("NDA000001",),
        codes=(Code("application", "NDA000001"), Code("ndc", "0001-0002"), Code("unii", "ABCDE12345")),
    ),
    label(
        SET_B,
        "Gammab",
        "gammamab",
        {
            "indications_and_usage": "1 INDICATIONS AND USAGE Gammab is a sample receptor blocker indicated for gout."
            " Limitations of Use: Gammab is not indicated for sample fever.",
            "contraindications": "4 CONTRAINDICATIONS None.",
        },
        labeler="Gamma Bio",
        codes=(Code("application", "BLA012345"),),
        application_numbers=("BLA012345",),
    ),
    label(
        SET_C,
        "Otherol",
        "exampline",
        {"indications_and_usage": "1 INDICATIONS AND USAGE Otherol is indicated for pulmonary sample ache."},
        labeler="Other Labs",
    ),
    label(
        DIURETOL,
        "Strangin 20/12.5",
        "strangine",
        {
            "indications_and_usage": "1 INDICATIONS AND USAGE Strangin is indicated for sample fevers of children.",
            "boxed_warning": "WARNING: STRANGE HARM Strangin may cause strange harm.",
            "controlled_substance": "9.1 Controlled Substance Strangin contains strangine, a Schedule II controlled"
            " substance.",
        },
        labeler="Other Labs",
    ),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    items: list[object] = list(loaded(*LABELS))
    extra = (
        ndc("0007-0001", "Plainex", "ANDA000007", pharm_classes="Sample Receptor Blocker [EPC]", labeler="Gamma Bio"),
        ndc("0007-0002", "Patchex", "ANDA000007", dosage_form="PATCH", route="TRANSDERMAL", dea_schedule="CII"),
    )
    for file, (source, edition, rows) in ROWS.items():
        items += [Origin(source, file, edition), *rows, *(extra if file == "ndc/product.txt" else ())]
    editions = tmp_path_factory.mktemp("sets")
    name = build_edition(editions, items, (), released="2026-01-02", label="test")  # type: ignore[arg-type]
    return Engine(EmbeddedIndex(editions / name))


def criteria(engine: Engine, question: str) -> tuple[Criterion, ...]:
    read = read_set(question, engine.world)
    assert isinstance(read, SetQuestion), read
    return read.criteria


def shown(answer: Answer) -> str:
    return "\n".join(statement.text for statement in answer.statements())


def codes(engine: Engine, *asked: Criterion) -> list[str]:
    return [member.code for member in find_set(engine.world, asked).members]


# ----------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which drugs have a boxed warning for sample harm?", (Says("boxed_warning", "sample harm"),)),
        ("which drugs carry a sample harm boxed warning", (Says("boxed_warning", "sample harm"),)),
        ("how many labels carry a boxed warning?", (Says("boxed_warning"),)),
        ("what medications are used to treat sample fever", (Says("indication", "sample fever"),)),
        ("drugs for sample fever", (Says("indication", "sample fever"),)),
        ("Which drugs are contraindicated in pregnancy?", (Says("contraindication", "pregnancy"),)),
        ("which drugs cause hair loss", (Says("adverse_reaction", "hair loss"),)),
        ("which drugs contain lactose?", (Contains("lactose"),)),
        ("what drugs does Gamma Bio make?", (MadeBy("gamma bio"),)),
        ("which products are made by Other Labs and carry a boxed warning",
         (MadeBy("other labs"), Says("boxed_warning"))),
        ("which drugs are schedule II?", (Scheduled(("CII",)),)),
        ("schedule 2 drugs in shortage", (Scheduled(("CII",)), InShortage())),
        ("which drugs are in shortage right now?", (InShortage(),)),
        ("which drugs were approved in 2019?", (ApprovedIn(2019),)),
        ("which generics were approved in 2018?", (ApprovedIn(2018, "generic"),)),
        ("list sample receptor blockers", (InClass("sample receptor blockers", ("Sample Receptor Blocker",)),)),
        ("which sample receptor blockers are contraindicated in pregnancy?",
         (InClass("sample receptor blockers", ("Sample Receptor Blocker",)), Says("contraindication", "pregnancy"))),
    ],
)  # fmt: skip
def test_a_question_is_read_as_criteria(question: str, expected: tuple[Criterion, ...], engine: Engine) -> None:
    assert criteria(engine, question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "what is the dose of Examplin?",
        "is Examplin safe in pregnancy",
        "what drug interacts with Examplin",
        "how many mg of Examplin a day",
        "sample receptor",
        "which is better, Examplin or Gammab?",
    ],
)
def test_a_question_about_one_drug_is_no_set(question: str, engine: Engine) -> None:
    assert engine.ask(question).reading.kind != "list"


@pytest.mark.parametrize("question", ["which drugs are blue?", "list all drugs", "which drugs are made by Acmecorp?"])
def test_words_that_are_no_criterion_are_named_and_never_read_as_one(question: str, engine: Engine) -> None:
    assert isinstance(read_set(question, engine.world), NotASet)
    answer = engine.ask(question)
    assert answer.declined is not None and answer.declined.kind == "not_understood" and shown(answer) == ""
    assert "Lists go by" in answer.declined.text


@pytest.mark.parametrize(
    "question", ["which drugs are blue?", "list all of them", "which drugs are good for quokka fever"]
)
def test_a_list_without_a_criterion_is_refused_after_other_questions_too(question: str, engine: Engine) -> None:
    answer = engine.ask(Question(question, ("hello there",)))
    assert answer.declined is not None and "Lists go by" in answer.declined.text and shown(answer) == ""


def test_a_list_about_a_person_is_asked_back(engine: Engine) -> None:
    answer = engine.ask("which drugs should i stop before surgery")
    assert answer.reading.safety == "personal" and shown(answer) == ""
    assert answer.declined is not None and answer.declined.text.startswith("Which drug is meant?")


def test_a_word_is_counted_in_the_singular_and_the_plural() -> None:
    assert set(forms("tendon rupture")) == {"tendon rupture", "tendon ruptures"}
    assert set(forms("toxicities")) == {"toxicities", "toxicity"}
    assert set(forms("lactic acidosis")) == {"lactic acidosis", "lactic acidoses"}
    assert "abscess" in forms("abscess") and "absces" not in forms("abscess")


# ---------------------------------------------------------------------------------------------------------- answering


def test_a_count_names_its_scope_and_every_line_its_words(engine: Engine) -> None:
    answer = engine.ask("how many drugs have a boxed warning?")
    assert answer.headline is not None and answer.declined is None and answer.rejected == ()
    assert answer.headline.text.startswith("Of 4 labels loaded, 2 carry a boxed warning: 2 active ingredients")
    assert "Strangin 20/12.5" in shown(answer) and citation_defects(answer) == []
    assert all(engine.cite(source.passage_id) for source in answer.sources)


def test_an_indication_is_no_limitation_of_use_and_no_other_condition(engine: Engine) -> None:
    answer = engine.ask("which drugs are indicated for sample fever?")
    found = find_set(engine.world, (Says("indication", "sample fever"),))
    assert [member.code for member in found.members] == [SET_A, DIURETOL]
    assert [member.code for member in found.set_aside] == [SET_B]
    assert "1 more label names it there only in a limitation of use" in shown(answer) and "Gammab" in shown(answer)
    assert citation_defects(answer) == [] and answer.rejected == ()
    assert codes(engine, Says("indication", "sample ache")) == []
    assert codes(engine, Says("indication", "pulmonary sample ache")) == [SET_C]


def test_a_class_is_of_the_ingredient_and_of_the_labels_own_words(engine: Engine) -> None:
    answer = engine.ask("list sample receptor blockers")
    assert codes(engine, *criteria(engine, "list sample receptor blockers")) == [SET_A, SET_B, SET_C]
    assert "class in the label's record" in shown(answer) and "of this class by the NDC directory" in shown(answer)
    assert "“Gammab is a sample receptor blocker" in shown(answer)
    assert answer.rejected == () and citation_defects(answer) == []


def test_criteria_of_one_table_are_asked_of_it_and_of_several_over_labels(engine: Engine) -> None:
    two = (MadeBy("gamma bio"), given("tablets"))
    assert all(two) and find_set(engine.world, (MadeBy("sample works"), Scheduled(("CII",)))).scope == "ndc"
    assert codes(engine, MadeBy("sample works"), Scheduled(("CII",))) == ["0007-0002"]
    found = find_set(engine.world, (Scheduled(("CIV",)), Says("boxed_warning")))
    assert found.scope == "labels" and [member.code for member in found.members] == [SET_A]
    assert codes(engine, Scheduled(("CII",)), Says("boxed_warning")) == [DIURETOL]
    assert codes(engine, InShortage(), Says("boxed_warning")) == [SET_A]
    assert codes(engine, ApprovedIn(2019), Says("boxed_warning")) == [SET_A]


def test_rows_are_listed_with_their_file_and_its_date(engine: Engine) -> None:
    answer = engine.ask("which drugs are schedule IV?")
    assert answer.headline is not None
    assert (
        answer.headline.text
        == "The NDC directory of 2026-03-01 lists 1 product in DEA schedule CIV: 1 active ingredient."
    )
    assert codes(engine, ApprovedIn(2019)) == ["NDA000001"] and codes(engine, ApprovedIn(2009)) == ["BLA012345"]
    assert codes(engine, ApprovedIn(2015, "biologic")) == ["BLA125999"]
    short = engine.ask("which drugs are in shortage?")
    assert (
        short.headline and "of 2026-05-01 lists 3 presentations marked Current: 3 generic names" in short.headline.text
    )
    assert short.rejected == () and citation_defects(short) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("which drugs are schedule V?", "Nothing in DEA schedule CV was found in the NDC directory"),
        ("which drugs contain peanut?", "none were found that name an ingredient"),
        ("sample receptor blocker drugs for gout and with a boxed warning", "Taken alone: 3 are of the class"),
    ],
)
def test_nothing_found_is_a_refusal_that_says_what_was_counted(question: str, said: str, engine: Engine) -> None:
    answer = engine.ask(question)
    assert answer.declined is not None and answer.declined.kind == "not_in_sources" and said in answer.declined.text


def test_a_table_that_is_not_loaded_is_named(tmp_path: Path) -> None:
    name = build_edition(tmp_path, list(loaded(*LABELS)), (), released="2026-01-02", label="test")
    bare = Engine(EmbeddedIndex(tmp_path / name))
    answer = bare.ask("which drugs are in shortage?")
    assert answer.declined is not None and "which is not loaded" in answer.declined.text


def test_options_give_the_set_of_the_question(engine: Engine) -> None:
    flags = {"class": "sample receptor blockers", "contraindication": "pregnancy"}
    asked = lists.criteria_of(engine.world, flags)
    assert set(asked) == set(criteria(engine, "which sample receptor blockers are contraindicated in pregnancy?"))
    heads, rows = lists.members(find_set(engine.world, asked))
    assert heads[3] == "code" and [row[3] for row in rows] == [SET_A]
    assert all(engine.cite(passage) for row in rows for passage in row[6].split())
    for flag, value in (("class", "blue"), ("schedule", "VII"), ("form", "blue"), ("approved_in", "soon")):
        with pytest.raises(UsageError, match=value):
            lists.criteria_of(engine.world, {flag: value})


# --------------------------------------------------------------------------------------------------------------- codes


@pytest.mark.parametrize(
    ("text", "kind", "spelling"),
    [
        ("NDC 0001-0002-30", "ndc", "0001-0002-30"),
        ("what is ndc 00001000230?", "ndc", "0001-0002-30"),
        ("ndc 0001-0002", "ndc", "0001-0002"),
        ("0001-0002", "ndc", "0001-0002"),
        ("ndc 00001-0002", "ndc", "0001-0002"),
        ("ndc 00010002 30", "ndc", "0001-0002-30"),
        ("NDA 000001", "application", "NDA000001"),
        ("who holds BLA012345?", "application", "BLA012345"),
        ("anda 76-477", "application", "ANDA076477"),
        (SET_A, "set_id", SET_A),
        ("rxcui 77", "rxcui", "77"),
        ("197591", "rxcui", "197591"),
        ("UNII abcde12345", "unii", "ABCDE12345"),
        ("ABCDE12345", "unii", "ABCDE12345"),
        ("white round pill with EX 77", "imprint", "EX"),
        ("E56 imprint", "imprint", "E56"),
    ],
)
def test_a_code_is_recognised_by_its_shape(text: str, kind: str, spelling: str) -> None:
    code = read_code(text)
    assert code is not None and code.kind == kind and spelling in code.spellings and asks_only(code)


@pytest.mark.parametrize(
    "text",
    [
        "is 1000-2000 mg ok for metformin?",
        "can I take 2 tablets with 8 ounces of water",
        "tablets with 30 mg",
        "which drugs were approved in 2019?",
        "call 8002221222 for help with my dose",
        "N-acetylcysteine 600",
    ],
)
def test_a_number_is_no_code(text: str) -> None:
    code = read_code(text)
    assert code is None or not asks_only(code)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("NDC 0001-0002-30", "NDC 0001-0002 is Examplin (EXAMPLINE 20 mg/1), tablet, oral, labeler Sample Works"),
        ("ndc 00010002 30", "NDC 0001-0002-30: 30 TABLET in 1 BOTTLE"),
        ("NDA 000001", "NDA 000001 is Examplin: sponsor SAMPLE SPONSOR, first approved on 2019-01-02"),
        ("BLA012345", "Gammab (gammamab), Gamma Bio, licensed, marketing Rx."),
        (SET_A, f"Set id {SET_A} is EXAMPLIN (exampline)"),
        ("rxcui 77", "RxCUI 77 is examplin (BN)"),
        ("ABCDE12345", "UNII ABCDE12345 is exampline, by 1 loaded label that prints it"),
        ("round pill with EX 77", "debossed with EX on one side and 77"),
        ("ndc 0007 exampline", "NDC 0007-0001 is Plainex"),
    ],
)
def test_a_code_is_answered_with_its_row(question: str, said: str, engine: Engine) -> None:
    answer = engine.ask(question)
    assert answer.declined is None and answer.reading.kind == "identity" and answer.rejected == ()
    assert said in shown(answer) and citation_defects(answer) == []
    assert all(engine.cite(source.passage_id) for source in answer.sources)


@pytest.mark.parametrize("code", ["NDC 9999-9999-99", "NDA 999999", "rxcui 999999", "ZZZZZ99999", "imprint ZQ 99"])
def test_an_unknown_code_is_named_with_what_was_searched(code: str, engine: Engine) -> None:
    answer = engine.ask(code)
    assert answer.declined is not None and answer.declined.kind == "not_in_sources"
    assert code.split(" ", 1)[-1] in answer.declined.text and "4 labels loaded" in answer.declined.text
    if code.startswith("NDC"):
        assert "NDC directory of 2026-03-01" in answer.declined.text


def test_a_drug_named_by_a_code_is_asked_about(engine: Engine) -> None:
    answer = engine.ask("is NDC 0001-0002 contraindicated in pregnancy?")
    assert [match.drug.name for match in answer.reading.drugs] == ["Examplin"]
    assert any("was read as Examplin" in notice.text for notice in answer.notices)


def test_a_strength_picks_the_rows_of_it(engine: Engine) -> None:
    assert is_of_strength("X .5 mg/mL; Y 2 mg/mL", strengths_in("0.5 mg/ml"))
    assert is_of_strength("X 5 mg/1", strengths_in("5mg")) and not is_of_strength("X 2.5 mg/1", strengths_in("5 mg"))
    assert is_of_strength("X 100 mg/10mL", strengths_in("10 mg/ml")) and strengths_in("5 days") == ()
    assert "EXAMPLINE 20 mg/1" in shown(engine.ask("NDC for Examplin 20 mg"))
    refused = engine.ask("NDC for Examplin 7 mg").declined
    assert refused is not None and "of that strength" in refused.text and "20 mg/1" in refused.text


# ---------------------------------------------------------------------------------- equal to a count of the raw files


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An edition of all that the lists are counted over."""
    files, home = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("home")
    for name in ("openfda", "dailymed", "ndc", "drugsatfda", "purplebook", "shortages", "orangebook/2024-11-08"):
        shutil.copytree(SHARED / name, files / name)
    settings = Settings(home, False, (), fetch=False)
    sync(settings, files)
    return open_engine(settings).world


@pytest.fixture(scope="module")
def held() -> dict[str, sets_apart.Label]:
    return sets_apart.labels(SHARED)


# (section, as asked, the words to count)
SAID: tuple[tuple[SectionKind, str, tuple[str, ...]], ...] = (
    ("boxed_warning", "suicidality", ("suicid*",)),
    ("boxed_warning", "thyroid c-cell tumors", ("thyroid c cell tumor", "thyroid c cell tumors")),
    ("boxed_warning", "hepatotoxicity", ("hepatotoxicity",)),
    ("boxed_warning", "nephrogenic systemic fibrosis", ("nephrogenic systemic fibrosis",)),
    ("boxed_warning", "serious infections", ("serious infection", "serious infections")),
    ("boxed_warning", "respiratory depression", ("respiratory depression",)),
    ("boxed_warning", "lactic acidosis", ("lactic acidosis",)),
    ("indication", "hypertension", ("hypertension",)),
    ("indication", "heart failure", ("heart failure",)),
    ("indication", "schizophrenia", ("schizophrenia",)),
    ("indication", "multiple sclerosis", ("multiple sclerosis",)),
    ("indication", "psoriatic arthritis", ("psoriatic arthritis",)),
    ("indication", "breast cancer", ("breast cancer", "breast cancers")),
    ("contraindication", "pregnancy", ("pregnan*",)),
    ("contraindication", "severe hepatic impairment", ("severe hepatic impairment",)),
    ("contraindication", "asthma", ("asthma",)),
    ("contraindication", "sulfonamides", ("sulfonamide", "sulfonamides")),
    (
        "contraindication",
        "monoamine oxidase inhibitors",
        ("monoamine oxidase inhibitor", "monoamine oxidase inhibitors"),
    ),
    ("adverse_reaction", "alopecia", ("alopecia",)),
    ("adverse_reaction", "agranulocytosis", ("agranulocytosis",)),
)
FIELDS = {
    "boxed_warning": ("boxed_warning",),
    "indication": ("indications_and_usage", "purpose"),
    "contraindication": ("contraindications", "do_not_use"),
    "adverse_reaction": ("adverse_reactions",),
}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
def test_labels_of_a_criterion_equal_a_count_of_the_raw_files(whole: World, held: dict[str, sets_apart.Label]) -> None:
    assert {code.lower() for code in whole.labels} == set(held)

    def found(criterion: Criterion) -> set[str]:
        return {code.lower() for code in criterion.labels(whole)}

    for section, topic, phrases in SAID:
        own, aside = Says(section, topic).split(whole)
        ours = {code.lower() for code in (*own, *aside)}
        assert ours == sets_apart.says(held, FIELDS[section], phrases), (section, topic)
    assert found(Says("boxed_warning")) == sets_apart.has(held, "boxed_warning")
    places = ("spl_product_data_elements", "inactive_ingredient", "active_ingredient")
    for name in ("lactose", "gelatin", "polysorbate 80", "benzyl alcohol", "aspartame", "soybean", "apixaban"):
        assert found(Contains(name)) == sets_apart.says(held, places, (name,)), name
    for name in ("novartis", "pfizer", "teva", "sandoz", "remedyrepack", "genentech"):
        assert found(MadeBy(name)) == sets_apart.by_labeler(held, name), name
    for name in ("Benzodiazepine", "Kinase Inhibitor", "Sodium-Glucose Cotransporter 2 Inhibitor", "Corticosteroid"):
        own_class = {code.lower() for code in InClass(name, (name,)).own(whole)}
        assert own_class == sets_apart.of_class(held, name), name


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
def test_rows_of_a_criterion_equal_a_count_of_the_raw_files(whole: World) -> None:
    directory = sets_apart.ndc_rows(SHARED)

    def ours(*asked: Criterion | None) -> Counter[str]:
        assert all(asked)
        return Counter(member.code for member in find_set(whole, tuple(one for one in asked if one)).members)

    for number in ("II", "III", "IV", "V"):
        counted = Counter(row["PRODUCTNDC"] for row in directory if row["DEASCHEDULE"] == f"C{number}")
        assert ours(scheduled(number)) == counted, number
    by_mylan = Counter(
        row["PRODUCTNDC"] for row in directory if row["DEASCHEDULE"] == "CII" and "mylan" in row["LABELERNAME"].lower()
    )
    assert ours(MadeBy("mylan"), scheduled("II")) == by_mylan
    for said, form, route in (
        ("transdermal patches", "PATCH", "TRANSDERMAL"),
        ("suppositories", "SUPPOSITORY", ""),
        ("injectable", "INJECT", ""),
        ("nasal spray", "SPRAY", "NASAL"),
        ("vaginal", "", "VAGINAL"),
        ("intrathecal", "", "INTRATHECAL"),
    ):
        counted = Counter(
            row["PRODUCTNDC"]
            for row in directory
            if row["DOSAGEFORMNAME"].startswith(form) and (not route or route in row["ROUTENAME"].split("; "))
        )
        assert ours(given(said)) == counted, said
    short = Counter(row["Generic Name"] for row in sets_apart.shortage_rows(SHARED) if row["Status"] == "Current")
    assert Counter(member.name for member in find_set(whole, (InShortage(),)).members) == short
    kinds: dict[ApprovalKind, tuple[str, ...]] = {"drug": ("NDA", "BLA"), "generic": ("ANDA",), "biologic": ("BLA",)}
    for year in (1985, 1996, 2009, 2018, 2019, 2021, 2024):
        for kind, types in kinds.items():
            assert set(ours(ApprovedIn(year, kind))) == sets_apart.approved(SHARED, year, types), (year, kind)


def test_the_list_command_prints_the_set(
    capsys: pytest.CaptureFixture[str], starter_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from drugchatter.surfaces.cli import main

    monkeypatch.setenv("DRUGCHATTER_HOME", str(starter_home))
    monkeypatch.setenv("DRUGCHATTER_FETCH", "0")
    assert main(["list", "--boxed-warning", "tendon rupture", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["count"] == len(printed["rows"]) == 1 and printed["rows"][0]["name"] == "Ciprofloxacin"
    assert main(["list", "--boxed-warning", "tendon rupture", "--csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 2


def test_a_code_keeps_what_the_reader_wrote() -> None:
    assert read_code("ndc 00010002 30") == AskedCode(
        "ndc", "00010002 30", ("0001-0002-30", "00010-002-30", "00010-0023-0"), "ndc  "
    )
