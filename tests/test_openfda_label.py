"""Reading openFDA's bulk files: what is right is read; what is not names its file and leaves the store as it was."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.errors import DataError, UsageError
from drugchatter.passages import split
from drugchatter.sources.openfda_label import (
    INDEX,
    SOURCE,
    Part,
    export_date,
    find_parts,
    parse_record,
    parse_results,
    promises,
    read_part,
    recognise,
    verify,
)
from drugchatter.store.build import build_edition
from drugchatter.store.editions import current, publish
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import sync
from drugchatter.types import Code, Record, SetAside
from label_files import (
    NO_SHARED,
    SET_A,
    SET_B,
    SHARED,
    loaded,
    part_json,
    raw_label,
    record,
    scratch_folders,
    settings,
    write_index,
    write_part,
    write_release,
    write_zip,
)


def read(path: Path, records: int | None = None) -> list[Record]:
    """The records of a part in which all are labels, as a loader gets them: verified first."""
    verify(Part(path, records))
    found = list(read_part(Part(path, records)))
    assert not [one for one in found if isinstance(one, SetAside)]
    return [one for one in found if isinstance(one, Record)]


def one(**changes: object) -> Record | SetAside:
    """What becomes of one label with `changes`."""
    (found,) = parse_results(part_json([raw_label(**changes)]), "answer")  # type: ignore[arg-type]
    return found


def section(read: Record, field: str) -> tuple[str, ...]:
    return next(s.texts for s in read.sections if s.field == field)


# -------------------------------------------------------------------------------------------------- what is right


def test_a_release_is_read_with_its_date_and_counts(tmp_path: Path) -> None:
    folder = write_release(tmp_path, [raw_label()], [raw_label(SET_B)])
    parts, aside = find_parts(folder)
    assert export_date(folder) == "2026-01-02"
    assert promises(folder) == {"drug-label-0001-of-0002.json": 1, "drug-label-0002-of-0002.json": 1}
    assert [part.records for part in parts] == [1, 1]
    assert aside == []
    assert [verify(part) for part in parts] == [1, 1]
    assert [r.set_id for part in parts for r in read(part.path)] == [SET_A, SET_B]


def test_parts_are_found_without_download_json(tmp_path: Path) -> None:
    path = write_part(tmp_path, part_json([raw_label()]))
    assert find_parts(tmp_path) == ([Part(path, None)], [])
    assert (export_date(tmp_path), promises(tmp_path)) == ("", {})


def test_a_part_that_is_missing_or_of_another_release_is_set_aside_alone(tmp_path: Path) -> None:
    here = write_part(tmp_path, part_json([raw_label()]), 1, 2)
    write_part(tmp_path, part_json([raw_label(SET_B)]), 3, 7)
    write_index(tmp_path, [1, 1])
    parts, aside = find_parts(tmp_path)
    assert parts == [Part(here, 1)]
    assert [(one.source, one.file, one.item, one.harmless) for one in aside] == [
        (SOURCE, "drug-label-0003-of-0007.json.zip", "", True),
        (SOURCE, "drug-label-0002-of-0002.json", "", False),
    ]
    assert "not in the folder" in aside[1].reason


def test_label_files_are_known_by_name_or_by_what_they_hold(tmp_path: Path) -> None:
    label, other = part_json([raw_label()]), b'{"results": [{"recall_number": "D-1", "openfda": {}}]}'
    files: dict[str, tuple[bytes, bool]] = {
        "drug-label-0001-of-0009.json": (b"damaged", True),
        f"{SET_A}.json": (label, True),
        "saved answer.json": (label, True),
        "faulty.json": (part_json([raw_label(set_id=None)]), True),
        "recalls.json": (other, False),
        "list.json": (b"[1]", False),
        "damaged.json": (b"{", False),
        "empty.json": (b"", False),
        "label.txt": (label, False),
        INDEX: (b'{"results": {"drug": {"label": {"partitions": [], "export_date": "2026-01-02"}}}}', False),
    }
    for name, (content, expected) in files.items():
        (tmp_path / name).write_bytes(content)
        assert recognise(tmp_path / name) is expected, name
    for name, content, expected in (("a.json.zip", label, True), ("b.json.zip", other, False), ("c.zip", label, False)):
        write_zip(tmp_path / name, {"x.json": content})
        assert recognise(tmp_path / name) is expected, name
    assert len(find_parts(tmp_path)[0]) == 5


def test_versions_of_one_label_are_records_of_their_own(tmp_path: Path) -> None:
    path = write_zip(
        tmp_path / f"{SET_A}.json.zip",
        {f"{SET_A}.json": part_json([raw_label(version=str(v), effective=f"202{v}0101") for v in range(1, 6)])},
    )
    assert [(r.set_id, r.version, r.effective_date.year) for r in read(path)] == [
        (SET_A, str(v), 2020 + v) for v in range(1, 6)
    ]


def test_a_record_keeps_names_numbers_sections_and_tables(tmp_path: Path) -> None:
    table = "<table><tr><td>A</td><td>1</td></tr></table>"
    path = write_part(tmp_path, part_json([raw_label(dosage_and_administration_table=[table], unknown_note=["no"])]))
    (label,) = read(path)
    assert (label.set_id, label.version, label.effective_date.isoformat()) == (SET_A, "1", "2024-01-02")
    assert (label.brand, label.generic, label.labeler) == ("EXAMPLIN", "EXAMPLINE", "Sample Works")
    assert label.ingredients == ("exampline",)
    assert label.application_numbers == ("NDA000001",)
    assert (label.routes, label.pharm_classes) == (("oral",), ("Sample Receptor Blocker",))
    assert label.original_packager
    assert label.title == "EXAMPLIN (exampline), oral"
    assert section(label, "mechanism_of_action")[0].endswith("in the gut wall.")
    assert next(s.tables for s in label.sections if s.field == "dosage_and_administration") == (table,)
    assert "unknown_note" not in {s.field for s in label.sections}
    assert not any(s.field.endswith("_table") for s in label.sections)


def test_an_empty_openfda_block_takes_the_name_from_the_product_data(tmp_path: Path) -> None:
    (label,) = read(write_part(tmp_path, part_json([raw_label(openfda={})])))
    assert (label.brand, label.generic) == ("Examplin", "Examplin")
    assert label.ingredients == ("examplin",)
    assert (label.routes, label.application_numbers, label.original_packager) == ((), (), False)


def test_a_missing_openfda_block_and_no_product_data_still_give_a_record(tmp_path: Path) -> None:
    (label,) = read(write_part(tmp_path, part_json([raw_label(openfda=None, spl_product_data_elements=None)])))
    assert label.set_id == SET_A


def test_a_part_may_come_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "drug-label-0001-of-0001.json"
    path.write_bytes(part_json([raw_label()]))
    assert [label.set_id for label in read(path, 1)] == [SET_A]


def test_codes_are_normalised_and_sorted_and_each_is_there_once() -> None:
    block = {
        "application_number": ["nda21995", "NDA021995", "BLA 125326", "ANDA 76-543", "NDA000021995", "M017"],
        "product_ndc": [" 0078-1007", "0078-1007", "12345-678", "no code"],
        "rxcui": ["1012895", "12"],
        "unii": ["m95kg522r0"],
    }
    found = one(openfda=block)
    assert isinstance(found, Record)
    assert found.codes == (
        Code("application", "ANDA076543"),
        Code("application", "BLA125326"),
        Code("application", "NDA021995"),
        Code("ndc", "0078-1007"),
        Code("ndc", "12345-678"),
        Code("rxcui", "1012895"),
        Code("rxcui", "12"),
        Code("unii", "M95KG522R0"),
    )
    assert found.application_numbers[4:] == ("NDA000021995", "M017"), "as printed, though they join to nothing"
    assert one(openfda={}).codes == ()  # type: ignore[union-attr]


def test_a_text_may_stand_where_a_list_of_one_is_usual() -> None:
    found = one(mechanism_of_action="Exampline blocks it.", openfda={"brand_name": "Examplin", "route": "ORAL"})
    assert isinstance(found, Record)
    assert section(found, "mechanism_of_action") == ("Exampline blocks it.",)
    assert (found.brand, found.routes) == ("Examplin", ("oral",))


def test_an_answer_of_the_api_is_read_by_the_same_code(tmp_path: Path) -> None:
    data = part_json([raw_label(), raw_label(SET_B)])
    assert parse_results(data, "answer") == read(write_part(tmp_path, data))
    for nothing in (b'{"error": {"code": "NOT_FOUND"}}', b'{"results": []}'):
        with pytest.raises(DataError, match=r"^answer holds no labels"):
            parse_results(nothing, "answer")
    with pytest.raises(DataError, match=r"^answer: is not complete JSON"):
        parse_results(data[:-5], "answer")


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first record arrives before the damage behind it is met: a part is not read into memory as a whole."""
    content = part_json([raw_label(), raw_label(SET_B)] + [raw_label(description=["Words. " * 2000])] * 40)
    path = tmp_path / "drug-label-0001-of-0001.json"
    path.write_bytes(content[:-100])
    stream = read_part(Part(path, None))
    first = next(stream)
    assert isinstance(first, Record)
    assert first.set_id == SET_A
    with pytest.raises(DataError):
        list(stream)


# -------------------------------------------------------------------------------------------------- what is not


FAULTS: dict[str, tuple[object, str]] = {
    "a text": ("a label", "not an object"),
    "a number": (7, "not an object"),
    "null": (None, "not an object"),
    "a list": ([raw_label()], "not an object"),
    "empty": ({}, "lacks"),
    "a set id that is none": (raw_label("../../etc/passwd"), "its set_id cannot be"),
    "a set id in a list": (raw_label() | {"set_id": [SET_A]}, "its set_id cannot be"),
    "a version that is none": (raw_label(version="1.2"), "its version cannot be '1.2'"),
    "month 13": (raw_label(effective="20241301"), "its effective_time cannot be '20241301'"),
    "a year only": (raw_label(effective="2024"), "its effective_time cannot be '2024'"),
    "a word for a date": (raw_label(effective="yesterday"), "its effective_time cannot be"),
    "the year 0": (raw_label(effective="00000101"), "its effective_time cannot be"),
    "a list for the openfda block": (raw_label(openfda=["x"]), "its openfda block is not an object"),
    "a number for a name": (raw_label(openfda={"brand_name": [7]}), "its brand_name is not a list of texts"),
    "a section of numbers": (raw_label(dosage_and_administration=[1]), "its dosage_and_administration is not a list"),
    "a section in a section": (raw_label(boxed_warning=[["x"]]), "its boxed_warning is not a list of texts"),
    "an object for a section": (raw_label(overdosage={"text": "x"}), "its overdosage is not a list of texts"),
    "a table of nulls": (raw_label(overdosage=["x"], overdosage_table=[None]), "its overdosage_table is not a list"),
    **{
        f"{field} {value!r}": (raw_label() | {field: value}, f"it lacks {field}")
        for field in ("set_id", "version", "effective_time")
        for value in (None, "", " ")
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_record_is_set_aside_and_its_neighbours_load(tmp_path: Path, fault: str) -> None:
    raw, reason = FAULTS[fault]
    content = json.dumps({"results": [raw_label(), raw, raw_label(SET_B)]}).encode()
    part = Part(write_part(tmp_path, content), 3)
    assert verify(part) == 3
    before, aside, after = read_part(part)
    assert [one.set_id for one in (before, after) if isinstance(one, Record)] == [SET_A, SET_B]
    assert isinstance(aside, SetAside)
    assert (aside.source, aside.file, aside.harmless) == (SOURCE, part.path.name, False)
    assert aside.item in ("record 2", SET_A)
    assert reason in aside.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from([*raw_label(), "boxed_warning", "overdosage_table", "my_section", "package_ndc"])
BLOCK = st.dictionaries(st.sampled_from([*raw_label()["openfda"], "product_ndc", "rxcui", "unii"]), JSON, max_size=4)


@given(st.dictionaries(FIELDS, JSON, max_size=4), BLOCK | JSON)
@examples(max_examples=400, deadline=None, derandomize=True)
def test_a_record_of_any_shape_is_a_label_that_splits_or_is_set_aside(
    changes: dict[str, object], block: object
) -> None:
    raw = raw_label() | {"openfda": block} | changes
    try:
        found = parse_record(raw)
    except ValueError as error:
        assert str(error).startswith(("it ", "its "))
        assert str(error).isprintable()
        return
    assert isinstance(found.effective_date, date)
    assert all(passage.text and passage.set_id == SET_A for passage in split(found))
    assert all(type(text) is str for text in (found.brand, found.generic, found.labeler, *found.names, *found.routes))


def test_a_broken_record_says_so_in_one_line_that_steers_no_terminal() -> None:
    aside = one(set_id="\x1b[2J\n" * 50)
    assert isinstance(aside, SetAside)
    assert aside.reason.isprintable()
    assert len(aside.reason) < 200


@pytest.mark.parametrize(
    "content", [b"{}", b"[]", b'{"results": []}', b'{"error": {"code": "NOT_FOUND"}}', b'"a label"']
)
def test_json_without_labels_is_refused_even_when_nothing_was_promised(tmp_path: Path, content: bytes) -> None:
    path = write_part(tmp_path, content)
    with pytest.raises(DataError, match=path.name):
        read(path)


def test_every_truncation_of_the_zip_is_noticed(tmp_path: Path) -> None:
    path = write_part(tmp_path, part_json([raw_label()]))
    whole = path.read_bytes()
    assert len(read(path)) == 1
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=path.name):
            read(path)


def test_json_truncated_at_200_places_is_noticed_before_anything_is_loaded(tmp_path: Path) -> None:
    whole = part_json([raw_label(), raw_label(SET_B, description=["A table. " * 900]), raw_label(SET_B)])
    path = tmp_path / "drug-label-0001-of-0001.json"
    places = random.Random(20261122).sample(range(len(whole)), 200)  # noqa: S311 - repeatable
    noticed = 0
    for length in places:
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=path.name):
            verify(Part(path, None))
        noticed += 1
    assert noticed == 200


def test_another_number_of_records_than_promised_is_noticed(tmp_path: Path) -> None:
    path = write_part(tmp_path, part_json([raw_label(), raw_label(SET_B)]))
    assert verify(Part(path, 2)) == verify(Part(path, None)) == 2
    for promised in (1, 3):
        with pytest.raises(DataError, match=f"holds 2 labels, download.json promises {promised}"):
            verify(Part(path, promised))


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_flipped_byte_is_noticed_or_harmless(tmp_path: Path, mask: int) -> None:
    """Zip has no checksum over its headers, so some flips change nothing that is read; none may change a record."""
    path = write_part(tmp_path, part_json([raw_label()]))
    whole = path.read_bytes()
    right = read(path)
    noticed = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= mask
        path.write_bytes(bytes(damaged))
        try:
            assert read(path) == right, place
        except DataError as error:
            assert path.name in error.message
            noticed += 1
    assert noticed > len(whole) * 0.6


def bomb(path: Path) -> None:
    write_zip(path, {"drug-label-0001-of-0001.json": b'{"results":[]}' + b" " * 40_000_000})


def html_in_zip(path: Path) -> None:
    write_zip(path, {"drug-label-0001-of-0001.json": b"<!DOCTYPE html><html><body>Not found</body></html>"})


def two_files(path: Path) -> None:
    write_zip(path, {"a.json": part_json([raw_label()]), "b.json": part_json([raw_label(SET_B)])})


def half_of_it(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(bytes(content))


def half_of_the_json(path: Path) -> None:
    content = part_json([raw_label()])
    write_zip(path, {"drug-label-0001-of-0001.json": content[: len(content) // 2]})


def an_error_page(path: Path) -> None:
    write_zip(path, {"drug-label-0001-of-0001.json": json.dumps({"error": {"code": "NOT_FOUND"}}).encode()})


def not_objects(path: Path) -> None:
    write_zip(path, {"drug-label-0001-of-0001.json": b'{"results": ["label", 7]}'})


def no_set_id(path: Path) -> None:
    write_zip(path, {"drug-label-0001-of-0001.json": part_json([raw_label(set_id=None)])})


def fewer_than_promised(path: Path) -> None:
    write_index(path.parent, [2])


def gone(path: Path) -> None:
    write_index(path.parent, [1, 1])


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated zip": half_of_it,
    "empty file": lambda path: path.write_bytes(b""),
    "flipped byte": flipped,
    "HTML instead of the zip": lambda path: path.write_bytes(b"<html>Sign in</html>"),
    "HTML in the zip": html_in_zip,
    "truncated JSON": half_of_the_json,
    "an error instead of results": an_error_page,
    "records that are no objects": not_objects,
    "a record without set id": no_set_id,
    "two JSON files": two_files,
    "no JSON file": lambda path: write_zip(path, {"readme.txt": b"hello"}),
    "a zip bomb": bomb,
    "a folder in its place": a_folder,
    "fewer records than promised": fewer_than_promised,
    "a part missing": gone,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_names_the_file_and_leaves_the_old_edition_serving(tmp_path: Path, damage: str) -> None:
    home = settings(tmp_path / "home")
    old = build_edition(home.editions, loaded(record()), [], released="2025-01-01", label="old")
    publish(home.editions, old)
    folder = write_release(tmp_path / "in", [raw_label()])
    DAMAGES[damage](folder / "drug-label-0001-of-0001.json.zip")
    with pytest.raises(DataError) as caught:
        sync(home, folder)
    assert str(folder) in caught.value.message
    assert "drug-label-000" in caught.value.message
    assert "\n" not in caught.value.message, "one line on the screen"
    assert caught.value.hint
    assert current(home.editions) == old
    assert scratch_folders(home.editions) == []
    assert [p.name for p in home.editions.iterdir() if p.is_dir()] == [old]
    assert EmbeddedIndex(home.editions / old).drug("examplin").name == "Examplin"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"results": {}}',
        '{"results": {"drug": {"label": {}}}}',
        '{"results": {"drug": {"label": 7}}}',
        '{"results": {"drug": {"label": {"partitions": [7], "export_date": "2026-01-02"}}}}',
        '{"results": {"drug": {"label": {"partitions": [], "export_date": "some day"}}}}',
    ],
)
def test_a_download_json_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    folder = write_release(tmp_path, [raw_label()])
    (folder / INDEX).write_text(content, "utf-8")
    for reading in (find_parts, promises, export_date):
        with pytest.raises(DataError, match=r"download\.json"):
            reading(folder)


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.write_text("x", "utf-8")], ids=["nothing", "a file"])
def test_a_path_that_is_no_folder_is_a_wrong_call(tmp_path: Path, make: Callable[[Path], object]) -> None:
    place = tmp_path / "somewhere"
    make(place)
    with pytest.raises(UsageError, match="somewhere"):
        sync(settings(tmp_path / "home"), place)


def test_a_folder_without_labels_says_what_it_looked_for(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(DataError, match="no file that can be loaded"):
        sync(settings(tmp_path / "home"), tmp_path / "in")
    assert not (tmp_path / "home" / "editions").exists()


def test_a_path_inside_the_zip_is_not_followed(tmp_path: Path) -> None:
    """Entries are read as streams and never unpacked, so a name that climbs out of the folder writes nothing."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = folder / "drug-label-0001-of-0001.json.zip"
    write_zip(path, {"../../escaped.json": part_json([raw_label()])})
    read(path)
    assert not list(tmp_path.rglob("escaped.json"))


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    """The encryption bit is set in both headers of the entry."""
    path = write_part(tmp_path, part_json([raw_label()]))
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[start + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=path.name):
        read(path)


# ---------------------------------------------------------------------------------------------------------- sync


def test_a_sync_publishes_the_labels_above_the_starter(tmp_path: Path) -> None:
    home = settings(tmp_path / "home")
    folder = write_release(tmp_path / "in", [raw_label()], [raw_label(SET_B, brand="x")])
    seen: list[tuple[str, int, int | None]] = []
    edition = sync(home, folder, progress=lambda *step: seen.append(step)).edition
    assert current(home.editions) == edition
    assert edition.startswith("2026-01-02-")
    assert seen == [("labels", 1, 2), ("labels", 2, 2)]
    index = EmbeddedIndex(home.editions / edition)
    counts = dict(index.edition.documents)
    assert counts["openfda_label"] == 2
    assert counts["starter"] >= 60
    assert index.drug("examplin").reference.source == "openfda_label"


def test_the_same_files_give_the_same_edition(tmp_path: Path) -> None:
    home = settings(tmp_path / "home")
    folder = write_release(tmp_path / "in", [raw_label()])
    first = sync(home, folder)
    again = sync(home, folder)
    assert (again.edition, again.changed) == (first.edition, None)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
def test_every_version_of_every_label_of_the_publisher_is_read() -> None:
    parts, aside = find_parts(SHARED / "openfda-history")
    versions = [one for part in parts for one in read(part.path)]
    assert (len(parts), aside, len(versions)) == (110, [], 869)
    assert len({(one.set_id, one.version) for one in versions}) == 869
    kesimpta = sorted(int(one.version) for one in versions if one.brand.upper() == "KESIMPTA")
    assert kesimpta == [2, 3, 4, 5, 6]
    assert all(one.sections and one.codes for one in versions)
