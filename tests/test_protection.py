"""Patents and exclusivity from books that `sync` has loaded: the command, and answers with the rows behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drugchatter.engine import Engine, open_engine
from drugchatter.errors import StoreError, UsageError
from drugchatter.exclusivity.protection import protection_json
from drugchatter.settings import Settings
from drugchatter.surfaces.cli import main
from drugchatter.surfaces.lists import as_csv
from drugchatter.sync import sync

SHARED = Path(__file__).parent.parent.parent / "shared"
PRODUCTS = "Ingredient~DF;Route~Trade_Name~Applicant~Strength~Appl_Type~Appl_No~Product_No~TE_Code~Approval_Date~RLD~RS~Type~Applicant_Full_Name\r\n"  # noqa: E501 - the publisher's header
PATENTS = "Appl_Type~Appl_No~Product_No~Patent_No~Patent_Expire_Date_Text~Drug_Substance_Flag~Drug_Product_Flag~Patent_Use_Code~Delist_Flag~Submission_Date\r\n"  # noqa: E501 - the publisher's header
EXCLUSIVITY = "Appl_Type~Appl_No~Product_No~Exclusivity_Code~Exclusivity_Date\r\n"
BRAND = "EXAMPLINUM~TABLET;ORAL~EXAMPLIN~ACME~10MG~N~300001~001~~Jan 2, 2020~Yes~Yes~RX~ACME LABS INC\r\n"
GENERIC = "EXAMPLINUM~TABLET;ORAL~EXAMPLINUM~OTHER~10MG~A~400001~001~~Mar 4, 2025~No~No~RX~OTHER LABS INC\r\n"
FIRST = "N~300001~001~7000001~Feb 24, 2041~Y~~~~Jan 5, 2020\r\n"
SECOND = "N~300001~001~7000002~May 6, 2039~~Y~U-1~~Jan 5, 2020\r\n"
ORPHAN = "N~300001~001~NCE~Jan 2, 2030\r\n"


def books(folder: Path, *, generic: bool = False, exclusivity: str = ORPHAN) -> Path:
    place = folder / "orangebook" / "2026-01-31"
    place.mkdir(parents=True)
    (place / "products.txt").write_text(PRODUCTS + BRAND + (GENERIC if generic else ""), newline="")
    (place / "patent.txt").write_text(PATENTS + FIRST + SECOND, newline="")
    (place / "exclusivity.txt").write_text(EXCLUSIVITY + exclusivity, newline="")
    return folder


def loaded(tmp_path: Path, **kinds: bool) -> Engine:
    settings = Settings(tmp_path / "home", False, ())
    sync(settings, books(tmp_path / "files", **kinds))  # type: ignore[arg-type]
    return open_engine(settings)


def test_dates_come_from_the_rows(tmp_path: Path) -> None:
    found = loaded(tmp_path).protection("examplin")
    assert found is not None
    fields = protection_json(found)
    assert fields["last_patent_expiry"] == "2041-02-24"
    assert fields["last_patent_no"] == ["7000001"]
    assert fields["nothing_listed_blocks_after"] == "2041-02-24"
    assert fields["exclusivity_by_code"] == {"NCE": "2030-01-02"}


def test_an_answer_names_the_day_and_the_rows(tmp_path: Path) -> None:
    engine = loaded(tmp_path)
    answer = engine.ask("when does the examplin patent expire")
    assert answer.declined is None and answer.headline is not None
    assert "2041-02-24" in answer.headline.text and "7000001" in answer.headline.text
    assert answer.headline.basis == "computed" and answer.rejected == ()
    rows = {source.quote for source in answer.sources}
    assert "N300001 product 001, patent 7000001, expires 2041-02-24 (drug substance)" in rows
    assert {source.kind for source in answer.sources} == {"row"}
    assert {source.date for source in answer.sources} == {"2026-01-31"}


def test_an_approved_generic_comes_first(tmp_path: Path) -> None:
    answer = loaded(tmp_path, generic=True).ask("is there a generic of examplin")
    assert answer.headline is not None
    assert "2025-03-04" in answer.headline.text and "A400001" in answer.headline.text


def test_the_same_files_in_another_folder_make_the_same_edition(tmp_path: Path) -> None:
    home = Settings(tmp_path / "home", False, ())
    first = sync(home, books(tmp_path / "one")).edition
    assert sync(home, books(tmp_path / "two")).edition == first
    assert sync(home, books(tmp_path / "three", generic=True)).edition != first


def test_a_listing_without_its_other_half_is_set_aside_and_the_old_one_stays(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", False, ())
    sync(settings, books(tmp_path / "files"))
    before = open_engine(settings).index.edition.id
    broken = books(tmp_path / "broken")
    (broken / "orangebook" / "2026-01-31" / "exclusivity.txt").unlink()
    outcome = sync(settings, broken)
    assert not outcome.well
    assert any("exclusivity.txt" in aside.reason for aside in outcome.aside)
    assert open_engine(settings).index.edition.id == before


def test_without_a_whole_book_the_question_is_declined_and_the_command_says_how(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", False, ())
    folder = books(tmp_path / "files")
    (folder / "orangebook" / "2026-01-31" / "products.txt").unlink()
    sync(settings, folder)
    engine = open_engine(settings)
    answer = engine.ask("Eliquis patent expiry?")
    assert answer.declined is not None and answer.declined.kind == "not_in_sources"
    with pytest.raises(StoreError) as caught:
        engine.protection("Eliquis")
    assert "sync" in caught.value.hint


def test_an_edition_that_is_not_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2019-01-01") as caught:
        loaded(tmp_path).protection("examplin", "2019-01-01")
    assert "2026-01-31" in caught.value.hint


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the publishers' files of ../shared")
def test_real_questions_get_a_day_and_a_row_or_a_typed_reason(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", False, ())
    sync(settings, SHARED / "data" / "orangebook")
    engine = open_engine(settings)
    for row in (SHARED / "eval" / "loe_dev.jsonl").read_text("utf-8").splitlines()[:3]:
        drug = json.loads(row)
        if drug["kind"] == "NDA":
            answer = engine.ask(f"when does the {drug['drug']} patent expire?")
            assert answer.headline is not None and answer.sources
            assert all(source.kind == "row" for source in answer.sources)


def test_who_loses_protection_in_a_year_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(tmp_path, generic=True)
    monkeypatch.setenv("DRUGCHATTER_HOME", str(tmp_path / "home"))
    assert main(["list", "--loses-protection", "2041", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["count"] == 1
    assert listed["rows"][0]["application"] == "N300001" and listed["rows"][0]["ends after"] == "2041-02-24"
    assert main(["list", "--loses-protection", "2040", "--csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["list", "--first-generic-since", "2025-01-01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["by"] == "A400001"
    assert main(["list"]) == 2
    assert main(["list", "--first-generic-since", "yesterday"]) == 2
    assert main(["list", "--new-patents-since", "2001-01-01"]) == 2


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-A1", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_a_formula_in_a_cell_is_made_inert(cell: str) -> None:
    assert f'"\'{cell}"' in as_csv(("name",), [(cell,)])
