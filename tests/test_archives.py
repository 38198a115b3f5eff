"""Reading hostile and damaged files: what is right is read exactly, what is not is refused, quickly, by name."""

from __future__ import annotations

import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import hostile_files
from drugchatter.errors import DataError
from drugchatter.sources import archives
from drugchatter.sources.archives import (
    check_columns,
    csv_rows,
    json_items,
    open_archive,
    parse_xml,
    split_rows,
    text_lines,
)
from hostile_files import JSONS, XMLS, ZIPS, Entry, read_zip, zip_of
from label_files import NO_SHARED, SHARED

Outcomes = dict[str, tuple[str, float, int]]
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)

# ------------------------------------------------------------------------------------------------------------- bombs


def outcomes(kind: str, folder: Path) -> Outcomes:
    """What came of each hostile file of a kind, in a process of its own: (message, seconds, peak MB)."""
    run = subprocess.run(
        [sys.executable, hostile_files.__file__, kind, str(folder)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: Outcomes = json.loads(run.stdout)
    return found


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes("zip", tmp_path_factory.mktemp("zips"))


@pytest.fixture(scope="module")
def jsons(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes("json", tmp_path_factory.mktemp("jsons"))


@pytest.fixture(scope="module")
def xmls(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes("xml", tmp_path_factory.mktemp("xmls"))


@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused_at_once_in_little_memory(zips: Outcomes, name: str) -> None:
    message, seconds, peak = zips[name]
    assert f"{list(ZIPS).index(name)}.zip: " in message
    assert seconds < 2
    assert peak < 200


@pytest.mark.parametrize("name", JSONS)
def test_hostile_json_is_refused_at_once_in_little_memory(jsons: Outcomes, name: str) -> None:
    message, seconds, peak = jsons[name]
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert seconds < 2
    assert peak < 200


@pytest.mark.parametrize("name", XMLS)
def test_hostile_xml_is_refused_at_once_in_little_memory(xmls: Outcomes, name: str) -> None:
    message, seconds, peak = xmls[name]
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert seconds < 0.5
    assert peak < 200


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("one deflate stream, 1,029 to 1", "more than 200 times"),
        ("unpacks to more than is claimed", "holds more than"),
        ("unpacks to less than is claimed", "holds less than"),
        ("one kernel, listed 1,000 times", "overlaps another member"),
        ("quoted overlap", "overlaps another member"),
        ("members that overlap by one byte", "overlaps another member"),
        ("a bomb in a zip", "inner.zip: bomb.json: unpacks"),
        ("250,000 members", "lists 250000 members"),
        ("a member of 3 GB", "a: unpacks to 3221225472 bytes"),
        ("25 GB in all", "unpacks to 27262976000 bytes"),
        ("bzip2", "method 12"),
        ("encrypted", "a.json: is encrypted"),
        ("a name twice", "a.json: this name stands in the directory twice"),
        ("a wrong checksum", "a.json: is damaged"),
        ("no zip", "is not a zip"),
    ],
)
def test_the_message_says_what_is_wrong_with_which_member(zips: Outcomes, name: str, reason: str) -> None:
    assert reason in zips[name][0]


# ------------------------------------------------------------------------------------------------- names and damage

NAMES = (
    "../escaped.txt", "../../escaped.txt", "a/../../escaped.txt", "..\\escaped.txt", "C:\\escaped.txt", "C:escaped.txt",
    "/escaped.txt", "//host/share/escaped.txt", "\\\\host\\share\\escaped.txt", "/dev/null", "CON", "nul.txt",
    "aux.json:stream", "a\0escaped.txt", "a\nescaped.txt", "\x1b[2J.txt", "~/escaped.txt", "$HOME/escaped.txt", ".",
    "\u202etxt.exe", "x" * 60_000,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=[repr(name[:30]) for name in NAMES])
def test_a_hostile_name_is_a_label_and_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    raw = name.encode().replace(b"/escaped", str(tmp_path / "escaped").encode() if name[0] == "/" else b"/escaped")
    (folder / "a.zip").write_bytes(zip_of(Entry(raw, b"content", flags=0x800)))
    assert read_zip(folder / "a.zip") == {raw.decode(): b"content"}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "a.zip"]
    (folder / "a.zip").write_bytes(zip_of(Entry(raw, b"content", flags=0x800, crc=1)))
    with pytest.raises(DataError, match="damaged") as caught:
        read_zip(folder / "a.zip")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < len(str(folder)) + 300


def test_a_symlink_in_a_zip_is_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_of(Entry(b"link", b"/etc/passwd", attributes=0o120777 << 16)))
    assert read_zip(path) == {"link": b"/etc/passwd"}
    assert list(tmp_path.iterdir()) == [path]


CONTENT = {
    "label.json": b'{"results": ["' + b"Take one tablet by mouth once daily. " * 40 + b'"]}',
    "images/a.jpg": bytes(n * n % 251 for n in range(3000)),
    "empty.txt": b"",
}


def a_zip(comment: bytes = b"") -> bytes:
    """As publishers make them: deflated text, a stored image, a folder, an empty file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("images")
        for name, content in CONTENT.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name.endswith("jpg") else zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return made.getvalue()


@pytest.mark.parametrize("comment", [b"", b"made by a publisher"])
def test_a_right_zip_is_read_exactly_and_in_order(comment: bytes) -> None:
    with open_archive(io.BytesIO(a_zip(comment)), "a.zip") as archive:
        assert [member.name for member in archive.members] == list(CONTENT)
        assert [member.size for member in archive.members] == [len(content) for content in CONTENT.values()]
        for member in archive.members:
            with archive.open(member) as stream:
                assert b"".join(iter(lambda stream=stream: stream.read(7), b"")) == CONTENT[member.name]


def test_a_zip_written_to_a_pipe_is_read() -> None:
    """Its sizes and checksums stand behind the data (bit 3), and in the directory."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.held += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"one" * 100)
        archive.writestr("b.txt", b"two")
    assert read_zip(io.BytesIO(pipe.held)) == {"a.txt": b"one" * 100, "b.txt": b"two"}


def test_a_zip64_is_read() -> None:
    one, two = Entry(b"a.txt", b"text" * 100), Entry(b"b.txt", b"two")
    body = one.local() + one.body + two.local() + two.body
    sizes = struct.pack("<2H2Q", 1, 16, len(two.data), len(two.body))
    wide = replace(two, size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=sizes)
    whole = hostile_files.zip64_of(2, one.listed(0) + wide.listed(len(one.local() + one.body)), body)
    assert read_zip(io.BytesIO(whole)) == {"a.txt": b"text" * 100, "b.txt": b"two"}
    with pytest.raises(DataError, match="directory is damaged"):
        read_zip(io.BytesIO(hostile_files.zip64_of(1, replace(wide, extra=sizes[:12]).listed(0), body)))


def test_flipped_bits_are_refused_or_do_no_harm(tmp_path: Path) -> None:
    """Zip has no checksum over dates and the like; a flip there changes nothing that is read."""
    whole, refused = a_zip(), 0
    for place in random.Random(20261122).sample(range(len(whole) * 8), 800):  # noqa: S311 - repeatable
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        try:
            assert read_zip(io.BytesIO(bytes(damaged)), "a.zip") == CONTENT, place
        except DataError as error:
            assert error.message.startswith("a.zip: ")
            refused += 1
    assert refused > 700


def test_truncations_are_refused() -> None:
    whole = a_zip()
    for length in random.Random(20261122).sample(range(len(whole)), 200):  # noqa: S311 - repeatable
        with pytest.raises(DataError, match=r"^a\.zip: "):
            read_zip(io.BytesIO(whole[:length]), "a.zip")


@given(st.binary(max_size=400))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_any_bytes_at_all_are_a_zip_or_refused(data: bytes) -> None:
    for candidate in (data, b"PK\3\4" + data, data + zip_of(Entry(b"a", b"a"))[-22:]):
        with pytest.raises(DataError):
            read_zip(io.BytesIO(candidate), "a.zip")


@given(st.lists(st.tuples(st.integers(0, 3600), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
@examples(max_examples=200, deadline=None, derandomize=True)
def test_overwritten_bytes_are_refused_or_do_no_harm(changes: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(a_zip())
    for place, written in changes:
        damaged[place : place + len(written)] = written
    try:
        found = read_zip(io.BytesIO(bytes(damaged)), "a.zip")
    except DataError:
        return
    assert found == CONTENT


def test_a_file_that_is_gone_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.zip"):
        with pytest.raises(DataError, match="cannot be read"):
            open_archive(path)


def test_a_limit_is_kept_before_anything_is_unpacked() -> None:
    with (
        open_archive(io.BytesIO(a_zip()), "a.zip") as archive,
        pytest.raises(DataError, match="at most 100 are expected"),
    ):
        archive.read(archive.members[0], 100)


def test_a_small_member_may_pack_well() -> None:
    assert read_zip(io.BytesIO(zip_of(Entry(b"a.txt", b" " * 500_000)))) == {"a.txt": b" " * 500_000}


@pytest.mark.shared
@needs_shared
def test_every_zip_of_the_publishers_is_read_as_zipfile_reads_it() -> None:
    paths = sorted(SHARED.rglob("*.zip"))
    members = 0
    for path in paths:
        with open_archive(path) as archive, zipfile.ZipFile(path) as other:
            assert [m.name for m in archive.members] == [i.filename for i in other.infolist() if not i.is_dir()]
            for member in archive.members:
                assert member.size < max(1024**2, 20 * member.compressed), "far from the cap"
                if member.size < 1024**2:
                    assert archive.read(member, member.size) == other.read(member.name)
                members += 1
    assert len(paths) > 100
    assert members > 1000


# --------------------------------------------------------------------------------------------------- tables of text


def lines(data: bytes, *encodings: str) -> list[str]:
    return list(text_lines(io.BytesIO(data), "a.txt", encodings or ("utf-8",)))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_come_without_ends_and_mark(end: bytes, mark: bytes, last: bool) -> None:
    assert lines(mark + b"a~b" + end + end + "5 µg".encode() + end * last) == ["a~b", "", "5 µg"]


def test_another_encoding_is_read_only_where_it_was_named() -> None:
    data = "Roche’s".encode("cp1252") + b"\n" + "µg".encode()
    assert lines(data, "utf-8", "cp1252") == ["Roche’s", "µg"]
    with pytest.raises(DataError, match=r"^a\.txt, line 1: not text in utf-8$"):
        lines(data)
    with pytest.raises(DataError, match=r"^a\.txt, line 2: not text in utf-8 or cp1252$"):
        lines(b"a\n\x81\n", "utf-8", "cp1252")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a\nb\0c\n", "line 2 holds a NUL"),
        ("a\n".encode("utf-16"), "line 1"),
        (b"a\n" + b"x" * 1024**2 + b"y", "line 2 has"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        lines(data, "utf-8", "cp1252")


def test_rows_without_quoting_keep_their_quotes() -> None:
    rows = list(split_rows(io.BytesIO(b'A\tB\n"x\ty"\n\n1\t\n'), "a.txt", "\t"))
    assert rows == [(1, ["A", "B"]), (2, ['"x', 'y"']), (4, ["1", ""])]


def test_csv_rows_follow_the_rules_of_csv() -> None:
    data = b'\xef\xbb\xbfA,B\r\n\r\n"x, ""y""","two\r\nlines"\r\n1,\r\n'
    assert list(csv_rows(io.BytesIO(data), "a.csv")) == [(1, ["A", "B"]), (4, ['x, "y"', "two\nlines"]), (5, ["1", ""])]


@pytest.mark.parametrize("data", [b'A\n"x"y\n', b'A\n"never closed\n', b'"' + b"x" * 200_000 + b'"\n'])
def test_csv_that_breaks_them_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"^a\.csv, line \d"):
        list(csv_rows(io.BytesIO(data), "a.csv"))


def test_missing_columns_are_named() -> None:
    check_columns(["A", "B", "C"], ["B", "A"], "a.csv")
    with pytest.raises(DataError, match=r"^a\.csv: these columns are missing: D, E$"):
        check_columns(["A", "B"], ["A", "D", "E"], "a.csv")


# ------------------------------------------------------------------------------------------------------ JSON and XML


def items(data: bytes, prefix: str = "results.item") -> list[Any]:
    return list(json_items(io.BytesIO(data), prefix, "a.json"))


JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
JSON_VALUES = st.recursive(
    JSON_LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(JSON_VALUES, max_size=4))
@examples(max_examples=150, deadline=None, derandomize=True)
def test_json_is_read_as_the_standard_library_reads_it(values: list[Any]) -> None:
    assert items(json.dumps({"meta": {"item": [1]}, "results": values}).encode()) == values
    assert items(json.dumps(values).encode(), "item") == values
    assert items(json.dumps(values).encode(), "") == [values]


@pytest.mark.parametrize("cut", range(1, 60))
def test_json_cut_short_anywhere_is_refused(cut: int) -> None:
    whole = b'{"meta": {"a": [1, 2.5]}, "results": [{"a": null}, {"b": "\\u00b5g"}]}'
    with pytest.raises(DataError, match=r"^a\.json: is not complete JSON"):
        items(whole[:-cut])


def test_depth_and_size_below_the_caps_are_read() -> None:
    deep = "[" * 62 + "]" * 62
    assert items(f'{{"results":[{deep}]}}'.encode()) == [json.loads(deep)]
    with pytest.raises(DataError, match="64 levels"):
        items(f'{{"results":[[{deep}]]}}'.encode())
    many = json.dumps({"results": [["x" * 1000] * 1000] * 20})
    assert len(items(many.encode())) == 20, "the caps are for one item, not for the file"


def test_xml_is_read_with_its_text_and_processing_instructions() -> None:
    root = parse_xml(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="file:///etc/passwd"?>\n'
        b'<a xmlns="urn:hl7-org:v3"><b c="1">5 \xc2\xb5g &amp; more &#181;</b></a>',
        "a.xml",
    )
    assert root.tag == "{urn:hl7-org:v3}a"
    assert root[0].text == "5 µg & more µ"


def test_what_a_document_points_to_is_not_opened(tmp_path: Path) -> None:
    """A FIFO blocks whoever opens it, and a listening socket keeps the calls that nobody took."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        for place in (fifo.as_uri(), f"http://127.0.0.1:{server.getsockname()[1]}/a"):
            pointing = (
                f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{place}"?>'
                '<a xmlns:i="http://www.w3.org/2001/XInclude" xmlns:s="http://www.w3.org/2001/XMLSchema-instance" '
                f's:schemaLocation="urn:a {place}" xml:base="{place}"><i:include href="{place}" parse="text"/></a>'
            )
            assert "".join(parse_xml(pointing.encode(), "a.xml").itertext()) == ""
            with pytest.raises(DataError):
                parse_xml(f'<!DOCTYPE a SYSTEM "{place}" [<!ENTITY x SYSTEM "{place}">]><a>&x;</a>'.encode(), "a.xml")
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.shared
@needs_shared
def test_every_spl_of_the_publisher_is_far_from_the_caps() -> None:
    parsed = 0
    with open_archive(SHARED / "dailymed" / "dm_spl_release_human_rx_part1.zip") as release:
        for zipped in release.members:
            with open_archive(io.BytesIO(release.read(zipped, 100 * 1024**2)), zipped.name) as archive:
                for member in archive.members:
                    if member.name.endswith(".xml"):
                        data = archive.read(member, archives.MAX_XML)
                        assert data.count(b"<") + data.count(b"=") < len(data) / 20, (
                            "50 MB of it would just be too much"
                        )
                        assert parse_xml(data, member.name).tag == "{urn:hl7-org:v3}document"
                        parsed += 1
    assert parsed == 32
