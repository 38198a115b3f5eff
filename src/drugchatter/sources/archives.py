"""Reading publishers' files, which may be damaged or hostile: zips, tables of text, JSON, XML.

Everything is streamed under caps and nothing is written to disk. What breaks a rule raises one DataError that names the
file, the member of it where there is one, and what is wrong. Names inside a zip are labels, never paths.

The zip reader is our own because `zipfile` (3.11) holds a whole directory in memory before it can be judged, sees no
overlapping members, does not compare sizes with what is unpacked, and unpacks bzip2 and LZMA without bound. Format:
PKWARE APPNOTE 6.3.10; of its methods publishers use two, stored and deflate.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from drugchatter.errors import DataError

MAX_ENTRY = 2 * 1024**3
MAX_TOTAL = 20 * 1024**3
MAX_ENTRIES = 200_000
MAX_XML = 50 * 1024**2
# Publishers' text packs 17:1 at best (measured); deflate's own limit is 1,032:1. Small members may pack better.
MAX_RATIO = 200
_RATIO_FLOOR = 1024**2
# 200,000 entries of a name, the fixed part and a few extra fields.
_MAX_DIRECTORY = 64 * 1024**2
_CHUNK = 64 * 1024
_HINT = "fetch it again from its publisher; nothing of it was loaded"


def _refused(name: str, reason: str) -> DataError:
    return DataError(f"{name}: {reason}", _HINT)


def _shown(name: str) -> str:
    """A name from inside a file as it may stand in a message: one line, nothing that steers a terminal, not long."""
    return repr(name[:200])[1:-1]


# ---------------------------------------------------------------------------------------------------------------- zip

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip: its name (a label, as printed), its size unpacked and packed in bytes."""

    name: str
    size: int
    compressed: int
    crc: int
    method: int
    start: int


class Archive:
    """An open zip whose directory has been checked as a whole; `members` in the directory's order, without folders.

    Not for several threads at once.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self._stream = stream
        self.length = stream.seek(0, io.SEEK_END)
        entries = _directory(self)
        self.members = tuple(member for member in entries if not member.name.endswith("/"))

    def open(self, member: Member) -> io.BufferedReader:
        """The unpacked bytes of a member. Reading raises DataError where they are not what the directory promised; its
        checksum is compared as soon as the last byte is read."""
        return io.BufferedReader(_Unpacked(self, member), _CHUNK)

    def read(self, member: Member, limit: int) -> bytes:
        """The whole member. Raises DataError when it has more than `limit` bytes or is damaged."""
        if member.size > limit:
            raise self.refused(f"unpacks to {member.size} bytes, at most {limit} are expected", member.name)
        with self.open(member) as stream:
            return stream.read(member.size + 1)

    def refused(self, reason: str, member: str = "") -> DataError:
        return _refused(f"{self.name}: {_shown(member)}" if member else self.name, reason)

    def at(self, place: int, size: int) -> bytes:
        """Exactly `size` packed bytes from `place` on. Raises DataError when the file ends before."""
        try:
            found = self._stream.read(size) if self._stream.seek(min(place, self.length)) == place else b""
        except OSError as error:
            raise self.refused(f"cannot be read: {error.strerror or error}") from error
        if len(found) != size:
            raise self.refused("is cut short")
        return found

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_archive(source: Path | BinaryIO, name: str = "") -> Archive:
    """Open a zip and check its directory; a zip inside a zip is opened from `io.BytesIO(archive.read(member, limit))`.

    `name` is what errors call it, the path by default. Raises DataError when it is no zip, is cut short, encrypted,
    packed in another way than deflate, or breaks a cap: entries, sizes, ratio, overlapping members, a name twice.
    """
    if not isinstance(source, Path):
        return Archive(source, name)
    try:
        stream = source.open("rb")
    except OSError as error:
        raise _refused(name or str(source), f"cannot be read: {error.strerror or error}") from error
    try:
        return Archive(stream, name or str(source))
    except BaseException:
        stream.close()
        raise


def _directory(archive: Archive) -> list[Member]:
    """Every entry of the directory in its order, folders included; all rules are checked here."""
    count, size, start = _end(archive)
    if count > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise archive.refused(f"lists {count} members in {size} bytes, at most {MAX_ENTRIES} members are read")
    entries = list(_entries(archive, archive.at(start, size), count))
    if (total := sum(entry.size for _, entry in entries)) > MAX_TOTAL:
        raise archive.refused(f"unpacks to {total} bytes, at most {MAX_TOTAL} are read")
    seen: set[str] = set()
    for _, entry in entries:
        if entry.name in seen:
            raise archive.refused("this name stands in the directory twice", entry.name)
        seen.add(entry.name)
    placed = _placed(archive, entries, start)
    return [placed[entry.name] for _, entry in entries]


def _end(archive: Archive) -> tuple[int, int, int]:
    """(entries, bytes, place) of the directory, from the record at the end of the file.

    The directory must reach up to that record and the record's comment up to the end of the file, as publishers write
    them, so that no other reading of the same bytes is possible.
    """
    length = archive.length
    reach = min(length, 65_535 + _END.size + _END64_LOCATOR.size)
    tail = archive.at(length - reach, reach)
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) - found < _END.size:
        raise archive.refused("is cut short" if archive.at(0, min(length, 4)) == b"PK\3\4" else "is not a zip")
    _, _, _, here, count, size, start, comment = _END.unpack_from(tail, found)
    place = length - reach + found
    if place + _END.size + comment != length:
        raise archive.refused("is cut short, or something follows it")
    locator = tail[max(found - _END64_LOCATOR.size, 0) : found]
    if len(locator) == _END64_LOCATOR.size and locator.startswith(b"PK\6\7"):
        _, _, place, _ = _END64_LOCATOR.unpack(locator)
        sign, _, _, _, _, _, here, count, size, start = _END64.unpack(archive.at(place, _END64.size))
        if sign != b"PK\6\6":
            raise archive.refused("its directory is damaged")
    if start + size != place or here != count:
        raise archive.refused("its directory is damaged")
    return count, size, start


def _entries(archive: Archive, directory: bytes, count: int) -> Iterator[tuple[bytes, Member]]:
    """(name in bytes, member) of each entry; its `start` is still that of the local header."""
    place = 0
    for _ in range(count):
        if len(directory) - place < _ENTRY.size:
            raise archive.refused("its directory is damaged")
        (sign, _, _, flags, method, _, _, crc, packed, size, *lengths, _, _, _, start) = _ENTRY.unpack_from(
            directory, place
        )
        of_name, of_extra, of_comment = lengths
        after = place + _ENTRY.size + of_name
        raw, extra = directory[place + _ENTRY.size : after], directory[after : after + of_extra]
        place = after + of_extra + of_comment
        if sign != b"PK\1\2" or place > len(directory):
            raise archive.refused("its directory is damaged")
        name = _decoded(archive, raw, flags)
        size, packed, start = _wide(archive, extra, (size, packed, start))
        _judge(archive, name, flags, method, size, packed)
        yield raw, Member(name, size, packed, crc, method, start)
    if place != len(directory):
        raise archive.refused("its directory is damaged")


def _decoded(archive: Archive, raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise archive.refused("a name in it is not UTF-8") from error


def _wide(archive: Archive, extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Size, packed size and place: those that do not fit 32 bits stand in the zip64 extra field, in that order."""
    if 0xFFFFFFFF not in values:
        return values
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            wide = iter(struct.iter_unpack("<Q", extra[place + 4 : place + 4 + length // 8 * 8]))
            size, packed, start = (next(wide, (-1,))[0] if value == 0xFFFFFFFF else value for value in values)
            if -1 not in (size, packed, start):
                return size, packed, start
        place += 4 + length
    raise archive.refused("its directory is damaged")


def _judge(archive: Archive, name: str, flags: int, method: int, size: int, packed: int) -> None:
    if flags & _ENCRYPTED:
        raise archive.refused("is encrypted", name)
    if method not in (_STORED, _DEFLATED):
        raise archive.refused(f"is packed in a way that is not read (method {method})", name)
    if size > MAX_ENTRY:
        raise archive.refused(f"unpacks to {size} bytes, at most {MAX_ENTRY} are read", name)
    if size > max(_RATIO_FLOOR, MAX_RATIO * packed):
        raise archive.refused(f"unpacks {packed} bytes to {size}, more than {MAX_RATIO} times as many", name)
    if method == _STORED and size != packed:
        raise archive.refused("its sizes contradict each other", name)


def _placed(archive: Archive, entries: list[tuple[bytes, Member]], directory: int) -> dict[str, Member]:
    """Members by name with the place of their data. Refuses members that overlap, or whose own header differs."""
    placed = {}
    end = 0
    for raw, entry in sorted(entries, key=lambda pair: pair[1].start):
        if entry.start < end:
            raise archive.refused("overlaps another member", entry.name)
        header = archive.at(entry.start, _LOCAL.size + len(raw))
        sign, _, flags, method, *_, of_name, of_extra = _LOCAL.unpack_from(header)
        same = (sign, method, of_name, header[_LOCAL.size :]) == (b"PK\3\4", entry.method, len(raw), raw)
        if not same or flags & _ENCRYPTED:
            raise archive.refused("its own header differs from the directory", entry.name)
        start = entry.start + _LOCAL.size + of_name + of_extra
        end = start + entry.compressed
        if end > directory:
            raise archive.refused("overlaps the directory", entry.name)
        placed[entry.name] = Member(entry.name, entry.size, entry.compressed, entry.crc, entry.method, start)
    return placed


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of one member: never more than the directory promised, and refused when they are fewer."""

    def __init__(self, archive: Archive, member: Member) -> None:
        self._archive, self._member = archive, member
        self._place, self._packed_left = member.start, member.compressed
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
        self._left, self._crc = member.size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._more(min(len(buffer), self._left)) if self._left else b""
        if self._left and not chunk:
            raise self._refused("holds less than the directory promises")
        self._left -= len(chunk)
        self._crc = zlib.crc32(chunk, self._crc)
        if not self._left:
            self._finish()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _more(self, size: int) -> bytes:
        """At most `size` bytes more; none at the end of the data."""
        if self._unpacker is None:
            return self._packed(size)
        while not self._unpacker.eof:
            data = self._unpacker.unconsumed_tail or self._packed(_CHUNK)
            try:
                chunk = self._unpacker.decompress(data, size)
            except zlib.error as error:
                raise self._refused(f"is damaged ({error})") from error
            if chunk or not data:
                return chunk
        return b""

    def _packed(self, size: int) -> bytes:
        chunk = self._archive.at(self._place, min(size, self._packed_left))
        self._place += len(chunk)
        self._packed_left -= len(chunk)
        return chunk

    def _finish(self) -> None:
        """The data end where the directory says, and their checksum is right."""
        if self._more(1):
            raise self._refused("holds more than the directory promises")
        unpacker = self._unpacker
        if self._packed_left or (unpacker and (not unpacker.eof or unpacker.unused_data)):
            raise self._refused("its packed size is not what the directory promises")
        if self._crc != self._member.crc:
            raise self._refused("is damaged: its checksum differs")

    def _refused(self, reason: str) -> DataError:
        return self._archive.refused(reason, self._member.name)


# ------------------------------------------------------------------------------------------------------ tables of text

_LONGEST_LINE = 1024**2


def text_lines(stream: BinaryIO, name: str, encodings: Sequence[str] = ("utf-8",)) -> Iterator[str]:
    """The lines of a text without their ends (LF or CRLF) and without a byte order mark.

    Each line is read in the first of `encodings` that fits it: give ("utf-8", "cp1252") for a publisher whose files
    hold Windows' signs. Raises DataError for a NUL byte, a line over 1 MB, or bytes that fit none.
    """
    number = 0
    while line := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise _refused(name, f"line {number} has more than {_LONGEST_LINE} bytes")
        if b"\0" in line:
            raise _refused(name, f"line {number} holds a NUL byte; it is not text in {' or '.join(encodings)}")
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        yield _read_line(
            line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, encodings, f"{name}, line {number}"
        )


def _read_line(line: bytes, encodings: Sequence[str], place: str) -> str:
    for encoding in encodings:
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(place, f"not text in {' or '.join(encodings)}")


def split_rows(
    stream: BinaryIO, name: str, delimiter: str, encodings: Sequence[str] = ("utf-8",)
) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each line of a table without quoting, such as FDA's tab and tilde files; empty lines are
    left out. Raises DataError as `text_lines` does."""
    for number, line in enumerate(text_lines(stream, name, encodings), 1):
        if line:
            yield number, line.split(delimiter)


def csv_rows(stream: BinaryIO, name: str, encodings: Sequence[str] = ("utf-8",)) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each row of a CSV (RFC 4180); the number is that of its last line, empty lines are left
    out. Raises DataError for wrong quoting, a cell over 128 KB, and as `text_lines` does."""
    reader = csv.reader((f"{line}\n" for line in text_lines(stream, name, encodings)), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise _refused(f"{name}, line {reader.line_num}", str(error)) from error


def check_columns(found: Iterable[str], wanted: Iterable[str], name: str) -> None:
    """Raises DataError naming the wanted columns that are not among those found."""
    held = set(found)
    if missing := [column for column in wanted if column not in held]:
        raise _refused(name, f"these columns are missing: {', '.join(missing)}")


# --------------------------------------------------------------------------------------------------------------- JSON

# The largest of 2,022 labels has 1 million characters and 380 values in 4 levels.
_DEEPEST = 64
_LONGEST_TOKEN = 4 * 1024**2
_MOST_KEYS = 100_000
_MOST_VALUES = 500_000
_MOST_CHARACTERS = 16 * 1024**2


def json_items(stream: BinaryIO, prefix: str, name: str) -> Iterator[Any]:
    """Stream the values at `prefix`: `results.item` is each value of the list under `results`, empty is all of it.

    Raises DataError when the JSON is not complete or breaks a rule: nothing after the document, no NaN or Infinity, no
    whole number beyond 64 bits, no key twice in one object; at most 64 levels, 4 MB for one token, 16 million
    characters and 500,000 values in one item.
    """
    import ijson

    levels = len(prefix.split(".")) if prefix else 0
    try:
        source = _Counted(stream, name)
        events = _guarded(ijson.basic_parse(source, buf_size=_CHUNK, use_float=True), source, levels, name)
        yield from ijson.items(ijson.parse(events), prefix)
    except (ijson.JSONError, ValueError) as error:
        raise _refused(name, f"is not complete JSON: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """What a parser complains of, without the picture of the place that it draws below or the value it quotes whole."""
    reason = error.args[0] if error.args else ""
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return _shown(text.partition("\n")[0])


class _Counted:
    """A stream that refuses to feed the parser on and on while no token ends."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name = stream, name
        self.fed = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.fed += len(chunk)
        if self.fed > _LONGEST_TOKEN:
            raise _refused(self._name, f"holds a value of more than {_LONGEST_TOKEN} bytes")
        return chunk


def _guarded(events: Iterable[tuple[str, Any]], source: _Counted, levels: int, name: str) -> Iterator[tuple[str, Any]]:
    """The parser's events, counted: depth, and the keys, values and characters of each item below `levels`."""
    keys: list[set[str]] = []
    values = characters = 0
    for kind, value in events:
        source.fed = 0
        if kind in ("start_map", "start_array"):
            keys.append(set())
            if len(keys) > _DEEPEST:
                raise _refused(name, f"is nested more than {_DEEPEST} levels deep")
        elif kind in ("end_map", "end_array"):
            keys.pop()
        elif kind == "map_key":
            if value in keys[-1] or len(keys[-1]) >= _MOST_KEYS:
                raise _refused(name, f"an object holds the key {_shown(value)} twice, or more than {_MOST_KEYS} keys")
            keys[-1].add(value)
        values += 1
        if isinstance(value, str):
            characters += len(value)
        if len(keys) <= levels and kind != "map_key":
            values = characters = 0
        if values > _MOST_VALUES or characters > _MOST_CHARACTERS:
            raise _refused(name, f"one item holds more than {_MOST_VALUES} values or {_MOST_CHARACTERS} characters")
        yield kind, value


# ---------------------------------------------------------------------------------------------------------------- XML

_MOST_NODES = 1_000_000
# All of these leave `<` and `=` as they are in ASCII, so that counting bytes counts markup.
_XML_ENCODINGS = {b"utf-8", b"us-ascii", b"iso-8859-1", b"windows-1252"}
_XML_DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,100}?\?>|\s{0,64}<(?!\?xml\s)""")
_XML_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']{1,40})""")


def parse_xml(data: bytes, name: str) -> Any:
    """The root element of a document. Nothing outside of `data` is read: no DTD, no entities, no network.

    Raises DataError when it is not well-formed, has more than 50 MB or a million elements and attributes, is nested
    deeper than the parser allows, holds a DOCTYPE or entity, or is in another encoding than UTF-8, ASCII, Latin 1 or
    Windows 1252.
    """
    from lxml import etree

    if len(data) > MAX_XML:
        raise _refused(name, f"has {len(data)} bytes, at most {MAX_XML} are read")
    start = _XML_DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    encoding = _XML_ENCODING.search(start[0]) if start else None
    if not start or b"\0" in data or (encoding and encoding[1].lower() not in _XML_ENCODINGS):
        raise _refused(name, "is not XML, or not in an encoding that labels are written in")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused(name, "holds a document type or an entity; labels have none")
    if data.count(b"<") + data.count(b"=") > _MOST_NODES:
        raise _refused(name, f"holds more than {_MOST_NODES} elements and attributes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(name, f"is not well-formed XML: {_first_line(error)}") from error
