"""Reading openFDA's bulk files: what is right is read; what is not names its file and leaves the store as it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from drugchatter.errors import DataError, UsageError
from drugchatter.sources.openfda_label import Part, find_release, read_part
from drugchatter.store.build import build_edition
from drugchatter.store.editions import current, publish
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import sync
from drugchatter.types import Record
from label_files import (
    SET_A,
    SET_B,
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
    return list(read_part(Part(path, records)))


def section(read: Record, field: str) -> tuple[str, ...]:
    return next(s.texts for s in read.sections if s.field == field)


# -------------------------------------------------------------------------------------------------- what is right


def test_a_release_is_read_with_its_date_and_counts(tmp_path: Path) -> None:
    folder = write_release(tmp_path, [raw_label()], [raw_label(SET_B)])
    release = find_release(folder)
    assert release is not None
    assert release.released == "2026-01-02"
    assert [part.records for part in release.parts] == [1, 1]
    assert [r.set_id for part in release.parts for r in read_part(part)] == [SET_A, SET_B]


def test_a_release_is_found_one_folder_down_and_without_download_json(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    path = write_part(tmp_path / "mirror", part_json([raw_label()]))
    release = find_release(tmp_path)
    assert release is not None
    assert (release.released, release.parts) == ("", (Part(path, None),))


def test_a_folder_without_parts_holds_no_release(tmp_path: Path) -> None:
    (tmp_path / "drug-event-0001-of-0001.json.zip").write_bytes(b"")
    assert find_release(tmp_path) is None


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


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first record arrives before the damage behind it is met: a part is not read into memory as a whole."""
    content = part_json([raw_label(), raw_label(SET_B)] + [raw_label(description=["Words. " * 2000])] * 40)
    path = tmp_path / "drug-label-0001-of-0001.json"
    path.write_bytes(content[:-100])
    stream = read_part(Part(path, None))
    assert next(stream).set_id == SET_A
    with pytest.raises(DataError):
        list(stream)


# -------------------------------------------------------------------------------------------------- what is not


@pytest.mark.parametrize("field", ["set_id", "version", "effective_time"])
@pytest.mark.parametrize("value", ["absent", None, "", " "])
def test_a_record_without_its_identity_is_refused(tmp_path: Path, field: str, value: str | None) -> None:
    raw = raw_label() | {field: value}
    if value == "absent":
        del raw[field]
    path = write_part(tmp_path, part_json([raw]))
    with pytest.raises(DataError, match=path.name):
        read(path)


@pytest.mark.parametrize(
    "content", [b"{}", b"[]", b'{"results": []}', b'{"error": {"code": "NOT_FOUND"}}', b'"a label"']
)
def test_json_without_labels_is_refused_even_when_nothing_was_promised(tmp_path: Path, content: bytes) -> None:
    path = write_part(tmp_path, content)
    with pytest.raises(DataError, match=path.name):
        read(path)


@pytest.mark.parametrize("stamp", ["20241301", "2024", "yesterday"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, stamp: str) -> None:
    path = write_part(tmp_path, part_json([raw_label(effective=stamp)]))
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


def test_every_truncation_of_the_json_is_noticed(tmp_path: Path) -> None:
    whole = part_json([raw_label()])
    path = tmp_path / "drug-label-0001-of-0001.json"
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError, match=path.name):
            read(path)


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


@pytest.mark.parametrize("content", ["", "{", "[]", '{"results": {}}', '{"results": {"drug": {"label": {}}}}'])
def test_a_download_json_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    folder = write_release(tmp_path, [raw_label()])
    (folder / "download.json").write_text(content, "utf-8")
    with pytest.raises(DataError, match=r"download\.json"):
        find_release(folder)


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
