"""An edition: what goes in comes out, the newest counts, and whatever fails leaves the published ones as they were."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import text

from drugchatter.errors import DataError, NoSpaceError, StoreError, StoreVersionError
from drugchatter.identity import Synonym
from drugchatter.store import shelf, tables
from drugchatter.store.build import DATABASE, build_edition
from drugchatter.store.editions import current, publish
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import build_starter
from drugchatter.types import Passage, Record, Section
from label_files import SET_A, SET_B, SET_C, loaded, record, scratch_folders, settings

GENERIC = record(
    SET_B,
    title="Exampline tablets, oral",
    brand="Exampline",
    generic="Exampline",
    names=("Exampline",),
    application_numbers=("ANDA000002",),
    sections=(
        Section("indications_and_usage", ("Exampline is for sample disease.",)),
        Section("overdosage", ("Call for help. Keep the airway open.",)),
    ),
)


def build(editions: Path, *records: Record, label: str = "test", synonyms: tuple[Synonym, ...] = ()) -> str:
    edition_id = build_edition(editions, loaded(*records), synonyms, released="2026-01-02", label=label)
    publish(editions, edition_id)
    return edition_id


def index_of(editions: Path, *records: Record, synonyms: tuple[Synonym, ...] = ()) -> EmbeddedIndex:
    return EmbeddedIndex(editions / build(editions, *records, synonyms=synonyms))


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    return index_of(tmp_path, record(), GENERIC, synonyms=(Synonym("Otherbrand", "exampline", "brand", ("oral",)),))


# ------------------------------------------------------------------------------------------- what goes in comes out


def test_an_edition_gives_back_what_was_built(index: EmbeddedIndex) -> None:
    assert index.edition.documents == (("openfda_label", 2),)
    assert index.edition.released == "2026-01-02"
    assert [drug.id for drug in index.drugs()] == ["examplin", "exampline"]
    drug = index.drug("examplin")
    assert (drug.name, drug.generic, drug.ingredients) == ("Examplin", "exampline", ("exampline",))
    assert drug.reference.title == record().title
    assert (drug.reference.holder, drug.reference.effective_date) == ("NDA", date(2024, 1, 2))
    assert [d.id for d in index.family(("exampline",))] == ["examplin", "exampline"]
    assert index.counts() == {
        "document": 2,
        "past_document": 0,
        "drug": 2,
        "name": len(index.names()),
        "passage": 3,
    }


def test_passages_come_back_whole_and_in_order(index: EmbeddedIndex) -> None:
    (_, built) = loaded(GENERIC)[0]
    assert list(index.passages(SET_B, "openfda_label")) == built
    found = index.passage(built[0].id)
    assert found is not None
    assert (found[0], found[1].set_id, found[1].drug_id) == (built[0], SET_B, "exampline")
    assert index.passage("no such id") is None
    assert index.passages("no such label", "openfda_label") == ()


def test_names_lead_to_drugs(index: EmbeddedIndex) -> None:
    names = {(phrase, drug_id): kind for phrase, drug_id, kind in index.names()}
    assert names["examplin", "examplin"] == "brand"
    assert names["otherbrand", "exampline"] == "synonym"
    assert ("otherbrand", "examplin") not in names


def test_search_wants_every_phrase_in_the_fields(index: EmbeddedIndex) -> None:
    def search(*phrases: str, fields: tuple[str, ...] = ("overdosage", "indications_and_usage")) -> list[str]:
        return [passage.field for passage, _ in index.search(phrases, fields)]

    assert search("airway") == ["overdosage"]
    assert search("Keep the airway", "help") == ["overdosage"]
    assert search("airway", "sample disease") == []
    assert search("airway", fields=("description",)) == []
    assert search("airway", fields=()) == []
    assert search() == []


def test_a_word_is_known_when_three_passages_hold_it(tmp_path: Path) -> None:
    sections = tuple(
        Section(field, (f"The airway stays open in {field}. {extra}",))
        for field, extra in (("overdosage", "Rare."), ("description", "Rare."), ("warnings", ""))
    )
    index = index_of(tmp_path, record(sections=sections))
    assert index.knows_word("airway")
    assert not index.knows_word("rare")
    assert not index.knows_word("zebra")


# ------------------------------------------------------------------------------------------------ reference label


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        ({}, {"kind": "summary", "source": "starter", "set_id": SET_C}, "of 2 labels, the one from the publisher"),
        (
            {"effective_date": date(2020, 1, 1), "application_numbers": ("ANDA000009",)},
            {"original_packager": False, "effective_date": date(2025, 1, 1)},
            "of 2 labels, the original packager's",
        ),
        (
            {"application_numbers": ("BLA000001",), "effective_date": date(2020, 1, 1)},
            {"application_numbers": ("ANDA000009",)},
            "of 2 labels, of the NDA or BLA holder",
        ),
        ({"effective_date": date(2024, 1, 3)}, {}, "of 2 labels, the newest"),
        ({"set_id": SET_C}, {}, "of 2 equal labels, the last by set id"),
    ],
    ids=["publisher", "packager", "holder", "newest", "tie"],
)
def test_one_label_speaks_for_a_drug_and_the_choice_is_explained(
    tmp_path: Path, better: dict[str, Any], worse: dict[str, Any], why: str
) -> None:
    best, other = record(**better), replace(record(SET_B), **worse)
    drugs = [index_of(tmp_path, *order).drug("examplin") for order in ((best, other), (other, best))]
    assert {drug.reference.set_id for drug in drugs} == {best.set_id}
    assert {drug.why_reference for drug in drugs} == {why}
    assert {drug.labels for drug in drugs} == {2}


def test_the_only_label_says_so(tmp_path: Path) -> None:
    assert index_of(tmp_path, record()).drug("examplin").why_reference == "the only label loaded for this drug"


def test_a_starter_summary_stands_behind_the_label_it_was_written_from(tmp_path: Path) -> None:
    fact = Section("overdosage", ("Overdose is treated by its signs.",), intent="overdose")
    summary = record(kind="summary", source="starter", brand="Examplin tablets", sections=(fact,))
    index = index_of(tmp_path, summary, record())
    assert [drug.id for drug in index.drugs()] == ["examplin"]
    assert index.drug("examplin").reference.source == "openfda_label"
    assert index.drug("examplin").labels == 1


def test_one_name_given_by_two_routes_is_two_drugs(tmp_path: Path) -> None:
    index = index_of(tmp_path, record(), record(SET_B, routes=("topical",)))
    assert len(index.drugs()) == 2
    assert {drug.reference.routes for drug in index.drugs()} == {("oral",), ("topical",)}


# ----------------------------------------------------------------------------------------------- versions and order


def test_the_newest_version_wins_in_whatever_order_it_comes(tmp_path: Path) -> None:
    versions = [
        record(version=v, effective_date=day, sections=(Section("overdosage", (f"Call number {v} for help.",)),))
        for v, day in (("2", date(2022, 1, 1)), ("9", date(2023, 1, 1)), ("10", date(2021, 1, 1)))
    ]
    ids = set()
    for order in permutations(versions):
        index = index_of(tmp_path, *order)
        ids.add(index.edition.id)
        assert [p.text for p in index.passages(SET_A, "openfda_label")] == ["Call number 10 for help."]
        assert index.drug("examplin").reference.version == "10"
        assert index.edition.documents == (("openfda_label", 1),)
        assert not index.search(["number 9"], ["overdosage"])
    assert len(ids) == 1


@pytest.mark.parametrize("together", [1, 3, 10_000])
def test_the_keyword_index_holds_the_current_passages_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(shelf, "_INDEXED_TOGETHER", together)
    versions = [
        record(SET_A, version=v, sections=(Section("overdosage", (f"Call {word} at once.",)), *GENERIC.sections))
        for v, word in (("1", "firstword"), ("3", "lastword"), ("2", "pastword"))
    ]
    edition = tmp_path / build(tmp_path, versions[0], GENERIC, *versions[1:])
    with sqlite3.connect(edition / DATABASE) as sql:
        terms = dict(sql.execute("SELECT term, doc FROM vocabulary"))
        sql.execute("INSERT INTO passage_fts(passage_fts, rank) VALUES('integrity-check', 1)")
        held = [line for (line,) in sql.execute("SELECT text FROM passage")]
    assert terms["lastword"] == 1
    assert terms["airway"] == sum("airway" in line for line in held) == 2
    assert not {"firstword", "pastword"} & terms.keys()


def test_shuffled_and_repeated_loading_gives_the_same_content_hash(tmp_path: Path) -> None:
    records = [record(f"{n:08}-0000-4000-8000-000000000000", version=str(n % 3 + 1)) for n in range(12)] + [GENERIC]
    first = index_of(tmp_path, *records).edition
    for seed in range(4):
        mixed = records * (1 + seed % 2)
        random.Random(seed).shuffle(mixed)  # noqa: S311 - an order, not a secret
        assert index_of(tmp_path / str(seed), *mixed).edition.content_hash == first.content_hash
    assert build(tmp_path, *records) == first.id
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("test-")) == [first.id]


@pytest.mark.parametrize(
    "change",
    [
        {"sections": (Section("overdosage", ("Other words.",)),)},
        {"version": "2"},
        {"effective_date": date(2024, 1, 3)},
        {"labeler": "Other Works"},
        {"names": ("EXAMPLIN", "EXAMPLINE", "EXA")},
    ],
    ids=["words", "version", "date", "labeler", "names"],
)
def test_other_content_gives_another_hash(tmp_path: Path, change: dict[str, Any]) -> None:
    assert build(tmp_path, record()) != build(tmp_path, record(**change))


# ------------------------------------------------------------------------------------------------------- publishing


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()
    }


def test_nothing_serves_before_the_first_publication(tmp_path: Path) -> None:
    assert current(tmp_path / "editions") is None
    edition_id = build_edition(tmp_path, loaded(record()), [], released="", label="x")
    assert current(tmp_path) is None
    publish(tmp_path, edition_id)
    assert current(tmp_path) == edition_id


@pytest.mark.parametrize(
    "failure", [DataError("bad file"), KeyboardInterrupt(), MemoryError()], ids=lambda e: type(e).__name__
)
def test_a_build_that_fails_leaves_everything_as_it_was(tmp_path: Path, failure: BaseException) -> None:
    build(tmp_path, record())
    before = snapshot(tmp_path)

    def interrupted() -> Iterator[tuple[Record, list[Passage]]]:
        yield from loaded(GENERIC)
        raise failure

    with pytest.raises(type(failure)):
        build_edition(tmp_path, interrupted(), [], released="", label="new")
    assert scratch_folders(tmp_path) == []
    assert snapshot(tmp_path) == before


def test_an_edition_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to load"):
        build_edition(tmp_path, [], [], released="", label="x")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_keeps_its_edition_while_another_is_published(tmp_path: Path) -> None:
    old = index_of(tmp_path, record())
    new = index_of(tmp_path, record(version="2", sections=(Section("overdosage", ("New words.",)),)))
    assert current(tmp_path) == new.edition.id != old.edition.id
    assert old.passages(SET_A, "openfda_label")[0].text == loaded(record())[0][1][0].text


def test_a_current_that_names_a_missing_edition_says_how_to_go_on(tmp_path: Path) -> None:
    build(tmp_path, record())
    (tmp_path / "current").write_text("gone-123\n", "utf-8")
    with pytest.raises(StoreError, match="gone-123") as caught:
        current(tmp_path)
    assert "sync" in caught.value.hint


# ----------------------------------------------------------------------------------- no space, no right to write

# Run in a process of its own, since a limit on file size, once set, holds for the whole process.
FILL = """
import sys
from dataclasses import replace
from pathlib import Path
from label_files import loaded, record
from drugchatter.errors import NoSpaceError
from drugchatter.store.build import build_edition
from drugchatter.store.editions import publish

editions = Path(sys.argv[1])
publish(editions, build_edition(editions, loaded(record()), [], released="", label="old"))
before = {p: p.stat().st_mtime_ns for p in editions.rglob("*")}
if limit := int(sys.argv[2]):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
passage = loaded(record())[0][1][0]
many = [replace(passage, id=f"{n:020}", text=f"{n} words that nobody needs fill the disk") for n in range(20_000)]
try:
    build_edition(editions, [(record(version="2"), many)], [], released="", label="new")
except NoSpaceError as error:
    assert {p: p.stat().st_mtime_ns for p in editions.rglob("*") if p != editions} == before
    print(error.message, "|", error.hint)
"""


def fill(folder: Path, limit: int = 0, *before: str) -> str:
    """What the process that fills `folder` prints; `before` are words of a command that runs it."""
    child = [sys.executable, "-c", FILL, str(folder), str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([*before, *child], capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_that_fills_up_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file system of one megabyte, mounted where only this test's process sees it."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=1m none "$0" && exec "$@"', str(place)]
    if not shutil.which("unshare") or subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no test mount a small file system of its own")
    said = fill(place, 0, *mounted)
    assert f"no space left under {place}" in said
    assert "DRUGCHATTER_HOME" in said
    assert "unchanged" in said


def test_a_limit_on_file_size_is_met_like_a_full_disk(tmp_path: Path) -> None:
    said = fill(tmp_path, 300_000)
    assert str(tmp_path) in said
    assert "DRUGCHATTER_HOME" in said


@pytest.mark.parametrize("blocked", ["home", "editions"])
def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path, blocked: str) -> None:
    home = tmp_path / "home"
    if blocked == "editions":
        home.mkdir()
    (home if blocked == "home" else home / "editions").write_text("", "utf-8")
    with pytest.raises(NoSpaceError, match="home") as caught:
        build_starter(settings(home))
    assert "DRUGCHATTER_HOME" in caught.value.hint


def test_a_read_only_home_is_named(tmp_path: Path) -> None:
    # Permissions do not bind root, but nobody makes folders in the kernel's own file system.
    place = tmp_path if os.geteuid() else Path("/sys")
    tmp_path.chmod(0o500)
    with pytest.raises(NoSpaceError, match="cannot be written"):
        build_starter(settings(place / "home"))


def test_a_publication_without_space_leaves_the_old_edition_serving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = build(tmp_path, record())
    new = build_edition(tmp_path, loaded(GENERIC), [], released="", label="new")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NoSpaceError):
        publish(tmp_path, new)
    monkeypatch.undo()
    assert current(tmp_path) == old
    assert scratch_folders(tmp_path) == []


# ---------------------------------------------------------------------------------------- files that are not right


def another_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    connection.close()


def another_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE something (x)")
    connection.close()


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 500)


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (another_version, StoreVersionError),
        (another_database, StoreError),
        (overwritten, StoreError),
        (lambda path: path.write_bytes(b""), StoreError),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), StoreError),
        (lambda path: path.write_bytes(path.read_bytes()[:6000]), StoreError),
        (lambda path: path.unlink(), StoreError),
    ],
    ids=["another version", "another database", "overwritten", "empty", "first bytes only", "truncated", "gone"],
)
def test_a_file_that_is_no_edition_is_named_with_the_way_on(
    tmp_path: Path, damage: Callable[[Path], object], error: type[StoreError]
) -> None:
    folder = tmp_path / build(tmp_path, record(), GENERIC)
    damage(folder / DATABASE)
    before = snapshot(tmp_path)
    with pytest.raises(error) as caught:
        EmbeddedIndex(folder)
    assert str(folder) in caught.value.message
    assert "sync" in caught.value.hint
    assert snapshot(tmp_path) == before


def read_all(folder: Path) -> None:
    index = EmbeddedIndex(folder)
    index.names()
    for drug in index.drugs():
        index.passages(drug.reference.set_id, drug.reference.source)
    index.search(["sample"], ["mechanism_of_action", "overdosage", "indications_and_usage"])
    index.knows_word("sample")


@pytest.mark.parametrize("part", [0.2, 0.4, 0.6, 0.8, 0.99])
def test_an_edition_cut_short_is_named_when_it_is_read(tmp_path: Path, part: float) -> None:
    folder = tmp_path / build(tmp_path, record(), GENERIC)
    whole = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(StoreError, match="not a readable edition"):
        read_all(folder)


def test_a_damaged_page_gives_an_error_of_ours_or_is_not_met(tmp_path: Path) -> None:
    folder = tmp_path / build(tmp_path, record(), GENERIC)
    whole = (folder / DATABASE).read_bytes()
    noticed = 0
    for start in range(0, len(whole), 4096):
        (folder / DATABASE).write_bytes(whole[:start] + b"\xff" * 4096 + whole[start + 4096 :])
        try:
            read_all(folder)
        except StoreError:
            noticed += 1
    assert noticed > 5


def test_an_edition_of_another_version_names_both_versions(tmp_path: Path) -> None:
    folder = tmp_path / build(tmp_path, record())
    another_version(folder / DATABASE)
    with pytest.raises(StoreVersionError, match=rf"schema 999\b.*\b{tables.SCHEMA_VERSION}\b"):
        EmbeddedIndex(folder)


def test_reading_changes_nothing_on_disk_and_cannot_write(tmp_path: Path) -> None:
    folder = tmp_path / build(tmp_path, record(), GENERIC)
    before = snapshot(tmp_path)
    index = EmbeddedIndex(folder)
    index.names()
    index.search(["airway"], ["overdosage"])
    index.passages(SET_A, "openfda_label")
    with index._sql.connect() as connection, pytest.raises(StoreError, match="readonly"):
        connection.execute(text("DELETE FROM passage"))
    index.close()
    assert snapshot(tmp_path) == before


def test_an_edition_under_a_folder_with_odd_characters_opens(tmp_path: Path) -> None:
    place = tmp_path / "a ?b#c%20 ü"
    assert index_of(place, record()).drug("examplin").name == "Examplin"


# --------------------------------------------------------------------------------------- search is not a language

HOSTILE = [
    '"',
    '""',
    '" OR "a',
    "airway OR zebra",
    "NEAR(a b, 2)",
    "text:airway",
    "heading : airway",
    "air*",
    "^airway",
    "a AND",
    "NOT airway",
    "'; DROP TABLE passage; --",
    "(((",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "🜁 💊",
    "- -",
    "a" * 20_000,
    "a " * 5_000,
]


@pytest.mark.parametrize("phrase", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_phrases_and_fields_are_only_words(index: EmbeddedIndex, phrase: str) -> None:
    found = index.search([phrase], ["overdosage", phrase])
    assert all(passage.field == "overdosage" for passage, _ in found)
    assert index.search([phrase, "airway"], ["overdosage') OR 1=1 --"]) == []
    assert index.knows_word(phrase) is False
    assert index.counts()["passage"] == 3


def test_operators_are_words_like_others(index: EmbeddedIndex) -> None:
    assert index.search(["airway OR zebra"], ["overdosage"]) == []
    assert index.search(["NOT zebra"], ["overdosage"]) == []


_SHARED_INDEX: list[EmbeddedIndex] = []


@given(st.lists(st.text(max_size=40), max_size=3), st.lists(st.text(max_size=20), max_size=2))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_no_text_makes_a_search_fail(
    tmp_path_factory: pytest.TempPathFactory, phrases: list[str], fields: list[str]
) -> None:
    if not _SHARED_INDEX:
        _SHARED_INDEX.append(index_of(tmp_path_factory.mktemp("hostile"), record(), GENERIC))
    _SHARED_INDEX[0].search(phrases, [*fields, "overdosage"])
