"""Answers over the Orange and Purple Books: what was asked comes first, every line names its rows."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from drugchatter.engine import Engine, open_engine
from drugchatter.exclusivity.generics import makers_of
from drugchatter.settings import Settings
from drugchatter.sync import sync
from drugchatter.types import Answer, Question, Reading
from drugchatter.write.losing import Wanted, wanted
from drugchatter.write.page import firm
from drugchatter.write.protection import ProtectionWriter, asked_for
from test_exclusivity import COLUMNS, EXCLUSIVITIES, PATENTS, PRODUCTS, licence, text

SHARED = Path(__file__).parent.parent.parent / "shared"
TODAY = date(2026, 11, 22)
BRAND = (
    "ALPHATINIB MESYLATE~{form};ORAL~ALPHAZ~ACME~{strength}~N~{appl}~{product}~{te}~Jan 2, 2015~Yes~Yes~{type}"
    "~ACME PHARMS INC"
)
GENERIC = (
    "ALPHATINIB MESYLATE~TABLET;ORAL~ALPHATINIB~{firm}~{strength}~A~{appl}~001~{te}~{approved}~No~No~{type}~{firm} LTD"
)


def brand(product: str = "001", *, appl: str = "900001", strength: str = "10MG", te: str = "AB", **more: str) -> str:
    return BRAND.format(
        **{"form": "TABLET", "type": "RX", **more}, appl=appl, product=product, strength=strength, te=te
    )


def generic(appl: str, firm: str, approved: str, *, te: str = "AB", type_: str = "RX", strength: str = "10MG") -> str:
    return GENERIC.format(appl=appl, firm=firm, approved=approved, te=te, type=type_, strength=strength)


LATER = ["N~900001~001~1111111~Feb 24, 2041~Y~~~~", "N~900001~001~2222222~May 6, 2099~~~U-1~~"]
THREE = [
    brand(),
    generic("070001", "OLDCO", "Mar 4, 2012", te="", type_="DISCN"),
    generic("070002", "NEWCO", "Mar 4, 2020"),
    generic("070003", "THIRDCO", "Mar 5, 2021", te="BX"),
]


def engine(
    tmp_path: Path,
    products: list[str],
    patents: list[str] = LATER,
    exclusivities: list[str] | None = None,
    licences: list[str] | None = None,
) -> Engine:
    place = tmp_path / "files" / "orangebook" / "2026-06-10"
    place.mkdir(parents=True)
    (place / "products.txt").write_bytes(text(PRODUCTS, products))
    (place / "patent.txt").write_bytes(text(PATENTS, patents))
    (place / "exclusivity.txt").write_bytes(text(EXCLUSIVITIES, exclusivities or []))
    if licences:
        lines = "\r\n".join([COLUMNS, licence("125999", "Filler", "14-Mar-25", proper="fillermab"), *licences, ""])
        (tmp_path / "files" / "purplebook.csv").write_bytes(("\ufeff" + lines).encode())
    settings = Settings(tmp_path / "home", False, ())
    sync(settings, tmp_path / "files")
    return open_engine(settings)


def told(answer: Answer) -> str:
    assert answer.declined is None and answer.headline is not None
    assert answer.rejected == ()
    assert all(statement.citations for statement in answer.statements())
    return " | ".join(statement.text for statement in answer.statements())


def headline(answer: Answer) -> str:
    told(answer)
    assert answer.headline is not None
    return answer.headline.text


def test_applicants_are_counted_with_rating_first_approval_and_the_files_date(tmp_path: Path) -> None:
    answer = engine(tmp_path, THREE).ask("who makes generic alphaz?")
    assert "3 applicants" in headline(answer) and "2 active (1 rated AB)" in headline(answer)
    assert "2012-03-04 (A070001, Oldco Ltd" in headline(answer) and "2026-06-10" in headline(answer)
    all_of_it = told(answer)
    assert "Newco Ltd (A070002): rated AB, approved 2020-03-04." in all_of_it
    assert "Thirdco Ltd (A070003): not rated as substitutable" in all_of_it
    assert "discontinued (not or no longer sold): Oldco Ltd" in all_of_it


@pytest.mark.parametrize(
    ("products", "start"),
    [
        (THREE, "Yes: 1 applicant has a generic rated AB"),
        ([brand(te="")], "No: no generic is rated"),
        ([brand(te="", type="DISCN"), THREE[2]], "The file of 2026-06-10 cannot tell: Alphaz is discontinued"),
    ],
)
def test_a_question_for_a_rated_generic_gets_yes_no_or_cannot_tell(
    tmp_path: Path, products: list[str], start: str
) -> None:
    assert headline(engine(tmp_path, products).ask("is there an AB-rated generic of Alphaz?")).startswith(start)


def test_a_date_question_names_right_kind_strengths_delist_requests_and_what_is_not_known(tmp_path: Path) -> None:
    rows = [*LATER, "N~900001~001~3333333~Jan 1, 2098~~Y~~Y~", "N~900001~002~1111111~Feb 24, 2041~Y~~~~"]
    products = [brand(), brand("002", strength="20MG")]
    answer = engine(tmp_path, products, rows, ["N~900001~001~ODE-9~Dec 1, 2090"]).ask("when does alphaz go generic?")
    all_of_it = told(answer)
    assert "after 2099-05-06: patent 2222222 (use)" in headline(answer)
    assert "10MG until 2099-05-06; 20MG until 2041-02-24" in all_of_it
    assert "ODE-9 (orphan drug), until 2090-12-01" in all_of_it
    assert "2041-02-24, patent 1111111 (substance)" in all_of_it
    assert "holder asked FDA to delist: patent 3333333 (until 2098-01-01)" in all_of_it
    assert "no generic (ANDA) is approved in the products file of 2026-06-10" in all_of_it
    assert "court rulings, settlements" in all_of_it


def test_nothing_listed_is_said_and_never_left_out(tmp_path: Path) -> None:
    answer = engine(tmp_path, [brand(te="")], ["N~900009~001~1111111~Feb 24, 2041~Y~~~~"]).ask("alphaz patent expiry?")
    assert "no patent or exclusivity is listed for it in the Orange Book of 2026-06-10" in headline(answer)


def test_ended_protection_is_said_of_the_listings_day_and_not_of_today(tmp_path: Path) -> None:
    ended = ["N~900001~001~1111111~Feb 24, 2020~Y~~~~", "N~900001~001~2222222~Feb 24, 2021~Y~~~Y~"]
    answer = engine(tmp_path, [brand()], ended).ask("has alphaz lost exclusivity?")
    assert headline(answer).startswith("Yes, by these listings. Alphaz: the last listed protection, patent 1111111")
    assert "ended on 2020-02-24; nothing listed on 2026-06-10 blocks a generic now" in headline(answer)
    assert "2222222" not in told(answer)


def test_a_strength_newer_than_the_products_file_is_told(tmp_path: Path) -> None:
    rows = [*LATER, "N~900001~003~3333333~Jan 1, 2100~~Y~~~"]
    assert "strengths newer than the products file until 2100-01-01" in told(
        engine(tmp_path, [brand()], rows).ask("when does alphaz expire?")
    )


def test_a_brand_that_left_the_file_is_not_answered_for_in_silence(tmp_path: Path) -> None:
    held = engine(tmp_path, [brand()])
    reading = Reading(Question("oldbrand patents?"), "lookup", (), (), known_elsewhere=(("oldbrand", "alphatinib"),))
    draft = ProtectionWriter(held.books(), TODAY).write(reading)
    assert draft is not None and draft.headline is not None
    assert draft.headline.text.startswith("Oldbrand itself is not in the products file of 2026-06-10")


def test_an_ingredients_latest_application_does_not_speak_for_the_others(tmp_path: Path) -> None:
    products = [brand(), brand(appl="900002", form="CAPSULE"), brand(appl="900003", form="SOLUTION")]
    answer = engine(tmp_path, products, [*LATER, "N~900002~001~7777777~Feb 24, 2050~Y~~~~"]).ask(
        "when does alphatinib mesylate go off patent?"
    )
    assert "2 of its 3 applications have something listed, the last until 2099-05-06" in headline(answer)
    assert "Alphaz capsule (N900002): 2050-02-24" in told(answer)
    assert "Nothing in force is listed for Alphaz solution (N900003)." in told(answer)


def test_patents_are_listed_one_a_line(tmp_path: Path) -> None:
    answer = engine(tmp_path, [brand()]).ask("which patents protect alphaz?")
    assert headline(answer).startswith("Alphaz: 2 patents in force are listed, the last until 2099-05-06")
    assert "1111111 (substance): 2041-02-24." in told(answer)


def test_biosimilars_are_counted_named_and_dated(tmp_path: Path) -> None:
    licences = [
        licence("125057", "Refer", "31-Dec-02"),
        licence("761001", "Simi", "1-May-20", kind="351(k) Biosimilar", reference="Refer", proper="alphamab-aaaa"),
        licence(
            "761002", "Inter", "1-May-21", kind="351(k) Interchangeable", reference="Refer", proper="alphamab-bbbb"
        ),
        licence("761003", "Gone", "1-May-22", kind="351(k) Biosimilar", reference="Refer", licensure="Revoked"),
    ]
    held = engine(tmp_path, [brand()], licences=licences)
    answer = held.ask("biosimilars of refer")
    assert headline(answer).startswith("Refer: 2 biosimilar licences, 1 of them interchangeable")
    assert "Simi (Acme): biosimilar, licensed 2020-05-01, listed as Rx." in told(answer)
    assert "Inter (Acme): interchangeable, licensed 2021-05-01" in told(answer) and "Gone" not in told(answer)
    dated = held.ask("when does refer go off patent?")
    assert "ended 2014-12-31 (computed, not an FDA determination)" in headline(dated)
    assert "Its patents are not in these files" in dated.sections[0].statements[0].text


def test_a_supplement_of_an_older_licence_starts_no_twelve_years(tmp_path: Path) -> None:
    licences = [licence("125326", "Older", "26-Oct-09"), licence("125326", "Newer", "20-Aug-20", product="3")]
    answer = engine(tmp_path, [brand()], licences=licences).ask("newer loss of exclusivity?")
    assert "first licensed 2009-10-26 as Older" in headline(answer) and "2021-10-26" in headline(answer)
    assert "Its own approval, 2020-08-20" in told(answer)


def test_a_list_question_is_counted_named_and_tells_the_command(tmp_path: Path) -> None:
    rows = ["N~900001~001~1111111~Feb 24, 2041~Y~~~~", "N~900002~001~2222222~May 6, 2041~Y~~~~"]
    held = engine(tmp_path, [brand(), brand(appl="900002")], rows)
    answer = held.ask("which drugs lose exclusivity in 2041?")
    assert headline(answer).startswith("2 drug applications lose the last listed protection in 2041")
    assert "`drugchatter list --loses-protection 2041`" in headline(answer)
    assert "Alphaz (N900001, Acme Pharms Inc): after 2041-02-24, patent 1111111." in told(answer)
    assert held.ask("which drugs lose exclusivity in 2042?").declined is not None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which drugs lose exclusivity in 2027", Wanted(2027, 2027, "", None)),
        ("upcoming patent expirations for acme", Wanted(2026, 2031, "acme", None)),
        ("brands going generic next year", Wanted(2027, 2027, "", "NDA")),
        ("what biologics lose exclusivity between 2028 and 2030", Wanted(2028, 2030, "", "BLA")),
        ("upcoming patent expirations for nobody", None),
        ("when does alphaz expire", None),
    ],
)
def test_criteria_of_a_list_question(question: str, expected: Wanted | None) -> None:
    assert wanted(question, frozenset({"acme"}), TODAY) == expected


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("who makes generic apixaban", "makers"),
        ("Levothyroxine generics?", "makers"),
        ("is there an AB-rated generic of Synthroid", "rated"),
        ("which Humira biosimilars are interchangeable", "biosimilars"),
        ("which patents protect Ibrance", "patents"),
        ("What is generic ozempic?", "name"),
        ("When can eliquis go generic?", "timing"),
        ("Pfizer ibrance patent expiration?", "timing"),
    ],
)
def test_what_a_question_wants_first(question: str, first: str) -> None:
    assert asked_for(question) == first


def test_firms_are_written_as_readers_write_them() -> None:
    assert firm("ACTAVIS LABS FL INC AN INDIRECT WHOLLY OWNED SUB OF TEVA") == "Actavis Labs Fl Inc"
    assert firm("Teva USA") == "Teva USA"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the publishers' files of ../shared")
def test_real_timing_questions_get_a_dated_answer_with_rows(tmp_path: Path) -> None:
    """Every real question about timing: nothing rejected, days in the headline or counted applicants, few words."""
    for book in ("orangebook", "purplebook"):
        shutil.copytree(SHARED / "data" / book, tmp_path / "books" / book)
    sync(Settings(tmp_path / "home", False, ()), tmp_path / "books")
    held = open_engine(Settings(tmp_path / "home", False, ()))
    words = []
    for question in (SHARED / "eval" / "timing_dev.txt").read_text("utf-8").splitlines():
        answer = held.ask(question)
        if answer.declined:
            assert answer.declined.kind == "unknown_drug", question
            continue
        assert answer.rejected == (), question
        assert {source.kind for source in answer.sources} == {"row"}, question
        words.append(answer.words())
    assert sorted(words)[len(words) // 2] <= 120
    makers = makers_of(held.books().newest, ("N202155",))
    assert {maker.active for maker in makers} == {True, False}
