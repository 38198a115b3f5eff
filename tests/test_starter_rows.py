"""The starter's rows of the Orange and Purple Books: the same answers as FDA's whole files, and none beside them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drugchatter.engine import Engine, open_engine
from drugchatter.errors import DataError
from drugchatter.exclusivity.books import Books
from drugchatter.exclusivity.listings import orange_book
from drugchatter.exclusivity.losing import losing_protection
from drugchatter.exclusivity.protection import protection_json
from drugchatter.formulary import read_formulary
from drugchatter.formulary.book_rows import FILE, Block, StarterRows, parse, read_starter_rows, written
from drugchatter.formulary.starter_books import StarterBooks
from drugchatter.rows import BiologicRow, ExclusivityRow, PatentRow, ProductRow
from drugchatter.settings import Settings
from drugchatter.sources.orange_book import read_release
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.surfaces.cli import main
from drugchatter.sync import build_starter, sync
from drugchatter.types import Question
from label_files import NO_SHARED, SHARED, raw_label, write_release
from test_protection import books

ROOT = Path(__file__).resolve().parents[1]
STARTER_FILE = ROOT / "src" / "drugchatter" / "formulary" / FILE
KINDS = (ProductRow, PatentRow, ExclusivityRow, BiologicRow)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)


@cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("starter_rows", ROOT / "tools" / "starter_rows.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["starter_rows"] = module
    spec.loader.exec_module(module)
    return module


# --------------------------------------------------------------------------------------------------------- the layout


def exclusivity(product: str, code: str) -> ExclusivityRow:
    return ExclusivityRow("N", "300001", product, code, None)


def starter(*rows: ExclusivityRow) -> StarterRows:
    return StarterRows((Block("orange_book", "exclusivity.txt", "2026-01-31", "ab", rows),), frozenset({"examplin"}))


def test_what_is_written_is_read_back() -> None:
    made = starter(exclusivity("001", "NCE"), exclusivity("001", "I-1"), exclusivity("002", "I-1"))
    text = written(made, ("A comment.", ""))
    assert parse(text) == made
    assert 'N\t300001\t001\tNCE\t\n"\t"\t"\tI-1\t\n"\t"\t002\t"\t\n' in text


def test_the_file_in_the_package_is_read_back_and_small() -> None:
    text = STARTER_FILE.read_text("utf-8")
    made = read_starter_rows()
    assert written(made, ()).split("\n") == [line for line in text.split("\n") if not line.startswith("#")]
    assert len(zlib.compress(text.encode())) < 150_000
    assert [type(block.rows[0]) for block in made.blocks] == list(KINDS)


@pytest.mark.parametrize("cell", ['"', "#", "@names", "a\tb", "a\nb"])
def test_a_cell_that_would_be_read_as_something_else_is_not_written(cell: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        written(starter(exclusivity("001", cell)), ())


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [
        ("exclusivity.txt", "elsewhere.txt"),
        ("appl_no", "number"),
        ("\tNCE\t\n", "\tNCE\n"),
        ("\tNCE\t\n", "\tNCE\tJan 2, 2030\n"),
        ("\tab\n", "\n"),
    ],
)
def test_a_damaged_file_is_named(whole: str, damaged: str) -> None:
    text = written(starter(exclusivity("001", "NCE")), ())
    assert whole in text
    with pytest.raises(DataError, match=FILE):
        parse(text.replace(whole, damaged))


# ---------------------------------------------------------------------------------------------------- a fresh machine


@pytest.mark.parametrize(
    ("question", "number", "book", "other"),
    [
        ("Kesimpta loss of exclusivity?", "125326", "Purple Book", "Orange Book"),
        ("Eliquis patent expiry?", "N202155", "Orange Book", "Purple Book"),
    ],
)
def test_a_fresh_machine_answers_with_dates_rows_and_a_notice(
    engine: Engine, question: str, number: str, book: str, other: str
) -> None:
    answer = engine.ask(question)
    assert answer.headline is not None and answer.declined is None and answer.rejected == ()
    assert any(number in source.quote for source in answer.sources)
    assert {source.kind for source in answer.sources} == {"row"}
    (notice,) = [notice for notice in answer.notices if notice.kind == "starter_data"]
    dates = {block.edition for block in read_starter_rows().blocks}
    assert book in notice.text and other not in notice.text
    assert {source.date for source in answer.sources} <= {date for date in dates if date in notice.text}


def test_a_name_whose_rows_are_held_in_part_is_not_answered(engine: Engine) -> None:
    """Linagliptin stands in the starter's rows as a partner of metformin and empagliflozin only."""
    held = engine.books()
    assert isinstance(held, StarterBooks)
    assert Books.protection(held, "linagliptin") is not None
    assert engine.protection("linagliptin") is None
    assert engine.protection("Janumet") is not None
    assert engine.protection("  ELIQUIS ") is not None
    assert engine.protection("apixaban") is not None


def test_a_past_day_before_the_listings_is_not_answered_from_them(engine: Engine) -> None:
    answer = engine.ask(Question("Eliquis patent expiry?", (), date(2025, 1, 1)))
    assert answer.headline is None
    assert answer.declined is not None and "2025-01-01" in answer.declined.text


def test_a_past_day_after_the_listings_is_answered_with_the_notice(engine: Engine) -> None:
    answer = engine.ask(Question("Eliquis patent expiry?", (), date(2026, 7, 1)))
    assert answer.headline is not None
    assert "starter_data" in {notice.kind for notice in answer.notices}


@pytest.fixture
def run(
    starter_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, str]]:
    def run(*tokens: str) -> tuple[str, str]:
        monkeypatch.setenv("DRUGCHATTER_HOME", str(starter_home))
        assert main(list(tokens)) == 0
        shown = capsys.readouterr()
        return shown.out, shown.err

    return run


def test_a_list_says_that_it_is_of_the_starters_drugs_only(run: Callable[..., tuple[str, str]]) -> None:
    out, err = run("list", "--loses-protection", "2028")
    assert "N021880" in out and "REVLIMID" in out
    assert "of their own drugs only" in err and "of their own drugs only" not in out
    listed = json.loads(run("list", "--loses-protection", "2028", "--json")[0])
    assert "of their own drugs only" in listed["notice"]
    assert "of their own drugs only" in run("protection", "eliquis")[1]


def test_sources_name_the_starters_rows_with_their_dates(run: Callable[..., tuple[str, str]]) -> None:
    states = {state["source"]: state for state in json.loads(run("sources", "--json")[0])["sources"]}
    for block in read_starter_rows().blocks:
        state = states[f"starter {block.file}"]
        assert (state["edition"], state["documents"]) == (block.edition, len(block.rows))
    assert states["starter"]["documents"] == len(list(read_formulary()))


# --------------------------------------------------------------------------------------------- beside publishers' files


def home(tmp_path: Path, name: str = "home") -> Settings:
    return Settings(tmp_path / name, False, ())


def held(settings: Settings) -> dict[str, set[str]]:
    """Publisher by table."""
    index = open_engine(settings).index
    return {kind.__name__: {placed.place.source for placed in index.rows(kind)} for kind in KINDS}  # type: ignore[arg-type]


STARTER_ONLY = {kind.__name__: {"starter"} for kind in KINDS}
ORANGE_BOOK = {"ProductRow": {"orange_book"}, "PatentRow": {"orange_book"}, "ExclusivityRow": {"orange_book"}}


def test_labels_leave_the_starters_rows_and_the_orange_book_replaces_them(tmp_path: Path) -> None:
    settings = home(tmp_path)
    labels = write_release(tmp_path / "labels", [raw_label()])
    build_starter(settings)
    assert held(settings) == STARTER_ONLY

    sync(settings, labels)
    assert held(settings) == STARTER_ONLY
    answer = open_engine(settings).ask("Eliquis patent expiry?")
    assert answer.headline is not None
    assert "starter_data" in {notice.kind for notice in answer.notices}

    outcome = sync(settings, books(tmp_path / "books"))
    assert held(settings) == STARTER_ONLY | ORANGE_BOOK
    assert outcome.changed is not None
    assert ("row_product", 0, 1) in outcome.changed.rows, "the starter's rows count for none"
    engine = open_engine(settings)
    assert engine.protection("eliquis") is None
    answer = engine.ask("when does the examplin patent expire")
    assert answer.headline is not None and "2041-02-24" in answer.headline.text
    assert "starter_data" not in {notice.kind for notice in answer.notices}
    assert engine.protection("kesimpta") is not None, "the Purple Book is still the starter's"

    sync(settings, write_release(tmp_path / "more", [raw_label(version="9")]))
    assert held(settings) == STARTER_ONLY | ORANGE_BOOK


def test_a_book_that_could_not_be_read_leaves_the_starters_rows(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folder = books(write_release(tmp_path / "in", [raw_label()]))
    (folder / "orangebook" / "2026-01-31" / "exclusivity.txt").unlink()
    assert not sync(settings, folder).well
    assert held(settings) == STARTER_ONLY


def test_the_order_of_syncs_does_not_matter_to_what_is_held(tmp_path: Path) -> None:
    labels, book = write_release(tmp_path / "labels", [raw_label()]), books(tmp_path / "books")
    hashes = set()
    for name, order in (("one", (labels, book)), ("two", (book, labels))):
        for folder in order:
            sync(home(tmp_path, name), folder)
        hashes.add(open_engine(home(tmp_path, name)).index.edition.content_hash)
    assert len(hashes) == 1


def test_two_fresh_machines_hold_the_same_edition(tmp_path: Path, starter_home: Path) -> None:
    assert build_starter(home(tmp_path)) == (starter_home / "editions" / "current").read_text("utf-8").strip()


def test_the_sources_of_a_carried_edition_name_each_file_once(tmp_path: Path, starter_home: Path) -> None:
    shutil.copytree(starter_home, tmp_path / "home")
    settings = home(tmp_path)
    for name in ("one", "two"):
        sync(settings, write_release(tmp_path / name, [raw_label(brand=name)]))
    serving = (settings.editions / "current").read_text("utf-8").strip()
    origins = [(origin.file, origin.edition) for origin, _ in EmbeddedIndex(settings.editions / serving).origins()]
    starters = [(block.file, block.edition) for block in read_starter_rows().blocks]
    assert sorted(pair for pair in origins if pair in starters) == sorted(starters)


# ------------------------------------------------------------------------------------------------- against FDA's files


@pytest.fixture(scope="module")
def whole() -> Books:
    files = tool().read_files(SHARED)
    found: Books = files.books()
    return found


def fields(books: Books, name: str) -> dict[str, Any] | None:
    found = books.protection(name)
    return protection_json(found) if found else None


@pytest.mark.shared
@needs_shared
def test_the_file_is_what_fdas_files_make() -> None:
    assert tool().starter_text(SHARED) == STARTER_FILE.read_text("utf-8")


@pytest.mark.shared
@needs_shared
def test_every_starter_drug_has_the_same_fields_as_from_the_whole_files(engine: Engine, whole: Books) -> None:
    """By each of its names, and each of its ingredients' names, for which the whole files have an answer."""
    part = engine.books()
    answered = set()
    for record in read_formulary():
        for name in (record.brand, record.generic, *record.names, *record.ingredients):
            expected = fields(whole, name)
            assert fields(part, name) == expected, name
            if expected:
                answered.add(record.brand)
    assert answered >= {record.brand for record in read_formulary()} - {"Trexall"}


@pytest.mark.shared
@needs_shared
def test_the_starters_rows_never_say_other_than_the_whole_files(engine: Engine, whole: Books) -> None:
    """Any name that the rows know: the same fields or no answer. The same for the lists' lines."""
    part = engine.books()
    names = list(tool().askable(Books(part.listed, part.purple)))
    assert len(names) > 1000
    for name in names:
        found = fields(part, name)
        assert found is None or found == fields(whole, name), name
    for year in range(2024, 2045):
        lines = losing_protection(part.newest, year, part.purple)
        assert set(lines) <= set(losing_protection(whole.newest, year, whole.purple))


@pytest.mark.shared
@needs_shared
def test_an_older_listing_beside_the_newest_adds_one_note_only(engine: Engine, whole: Books) -> None:
    """The whole Orange Book of 2024 holds listings too, with which the note on what moved compares; the starter has
    the newest listings alone."""
    old = read_release(SHARED / "orangebook" / "2024-11-08")
    assert old.products is not None and old.listings is not None
    both = replace(whole, listed={**whole.listed, old.edition: orange_book(old.products, old.listings)})
    part = engine.books()
    for record in read_formulary():
        expected = fields(both, record.brand)
        if expected:
            expected["notes"] = [note for note in expected["notes"] if not note.startswith("answer moved between")]
        assert fields(part, record.brand) == expected
