"""Builders of hostile files: zips written byte by byte, JSON, XML. Run as a program it reads all of one kind and prints
what came of each, so that a test can measure processor time and memory of a fresh process.
"""

from __future__ import annotations

import bz2
import io
import json
import lzma
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any, BinaryIO, cast

from drugchatter.errors import DataError
from drugchatter.sources.archives import json_items, open_archive, parse_xml

MB = 1024**2

# ---------------------------------------------------------------------------------------------------------------- zip


@dataclass(frozen=True)
class Entry:
    """One member; what is not given is computed from `data`, so that each lie is told alone."""

    name: bytes
    data: bytes = b""
    packed: bytes | None = None
    method: int = 8
    flags: int = 0
    size: int | None = None
    packed_size: int | None = None
    crc: int | None = None
    own_name: bytes | None = None
    at: int | None = None
    attributes: int = 0
    extra: bytes = b""
    fields: tuple[int, int, int] = field(init=False)
    body: bytes = field(init=False)

    def __post_init__(self) -> None:
        body = self.packed if self.packed is not None else deflated(self.data) if self.method == 8 else self.data
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        size = len(self.data) if self.size is None else self.size
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "fields", (crc, len(body) if self.packed_size is None else self.packed_size, size))

    def local(self) -> bytes:
        name = self.name if self.own_name is None else self.own_name
        return (
            struct.pack("<4s5H3L2H", b"PK\3\4", 20, self.flags, self.method, 0, 33, *self.fields, len(name), 0) + name
        )

    def listed(self, start: int) -> bytes:
        return (
            struct.pack(
                "<4s6H3L5H2L",
                *(
                    b"PK\1\2",
                    20,
                    20,
                    self.flags,
                    self.method,
                    0,
                    33,
                    *self.fields,
                    len(self.name),
                    len(self.extra),
                    0,
                    0,
                    0,
                ),
                *(self.attributes, start if self.at is None else self.at),
            )
            + self.name
            + self.extra
        )


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def zip_of(*entries: Entry, count: int | None = None, hidden: bytes = b"") -> bytes:
    """A zip of `entries`; an entry with `at` is listed only. `hidden` stands in the directory, `count` is its claim."""
    body, listed = b"", b""
    for entry in entries:
        listed += entry.listed(len(body))
        if entry.at is None:
            body += entry.local() + entry.body
    listed += hidden
    claimed = len(entries) if count is None else count
    return body + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, claimed, claimed, len(listed), len(body), 0)


def zip64_of(claimed: int, directory: bytes, body: bytes = b"") -> bytes:
    """A zip of `body` and a directory, with a zip64 end record that claims that many members."""
    size, start = len(directory), len(body)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, claimed, claimed, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + directory + record + locator + end


def quoted_overlap() -> bytes:
    """Each member's data is a stored block that quotes the next member's header, so that all share one kernel."""
    kernel = Entry(b"k", bytes(MB // 2))
    tail, members = kernel.local() + kernel.body, [kernel]
    for number in range(20):
        head = tail[: len(members[0].local())]
        packed = b"\0" + struct.pack("<2H", len(head), len(head) ^ 0xFFFF) + tail
        outer = Entry(b"q%d" % number, packed=packed, size=len(head) + members[0].fields[2], crc=0)
        tail = outer.local() + packed
        members.insert(0, outer)
    starts = [len(tail) - len(member.local()) - len(member.body) for member in members]
    listed = b"".join(member.listed(start) for member, start in zip(members, starts, strict=True))
    return tail + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *(len(members),) * 2, len(listed), len(tail), 0)


def nested() -> bytes:
    inner = zip_of(Entry(b"bomb.json", bytes(50 * MB)))
    return zip_of(Entry(b"inner.zip", inner, method=0))


_PLAIN = Entry(b"a.json", b"{}")

ZIPS: dict[str, Callable[[], bytes]] = {
    "one deflate stream, 1,029 to 1": lambda: zip_of(Entry(b"a.json", bytes(100 * MB))),
    "unpacks to more than is claimed": lambda: zip_of(Entry(b"a.json", bytes(20 * MB), size=5000)),
    "unpacks to less than is claimed": lambda: zip_of(Entry(b"a.json", b"[1]" * 500, size=1501)),
    "one kernel, listed 1,000 times": lambda: zip_of(
        Entry(b"k", bytes(MB)), *(Entry(b"k%d" % n, packed=b"", size=MB, packed_size=1000, at=0) for n in range(1000))
    ),
    "quoted overlap": quoted_overlap,
    "members that overlap by one byte": lambda: zip_of(
        Entry(b"a", b"aa", method=0), Entry(b"b", b"bb", method=0, packed_size=3, size=3), _PLAIN
    ),
    "a bomb in a zip": nested,
    "250,000 members": lambda: zip64_of(250_000, Entry(b"a").listed(0) * 250_000),
    "ten million members claimed": lambda: zip64_of(10_000_000, _PLAIN.listed(0)),
    "a million members behind a claim of one": lambda: zip64_of(1, Entry(b"").listed(0) * 1_000_000),
    "a member of 3 GB": lambda: zip_of(Entry(b"a", size=3 * 1024 * MB, packed_size=100 * MB)),
    "25 GB in all": lambda: zip_of(*(Entry(b"%d" % n, size=2000 * MB, packed_size=100 * MB) for n in range(13))),
    "bzip2": lambda: zip_of(Entry(b"a", bytes(MB), packed=bz2.compress(bytes(MB)), method=12)),
    "LZMA": lambda: zip_of(Entry(b"a", bytes(MB), packed=lzma.compress(bytes(MB)), method=14)),
    "encrypted": lambda: zip_of(replace(_PLAIN, flags=1)),
    "a name twice": lambda: zip_of(_PLAIN, _PLAIN),
    "another name in its own header": lambda: zip_of(replace(_PLAIN, own_name=b"b.json")),
    "data that reach into the directory": lambda: zip_of(Entry(b"a", b"aa", method=0, packed_size=20, size=20)),
    "a wrong checksum": lambda: zip_of(replace(_PLAIN, crc=1)),
    "something behind it": lambda: zip_of(_PLAIN) + b"more",
    "a name that is not UTF-8": lambda: zip_of(replace(_PLAIN, name=b"\xff", flags=0x800)),
    "a place beyond all files": lambda: zip_of(replace(_PLAIN, at=0xFFFFFFF0)),
    "no zip": lambda: b"<html>Sign in</html>",
    "nothing": lambda: b"",
}


def read_zip(source: Path | BinaryIO, name: str = "", depth: int = 2) -> dict[str, bytes]:
    """Every member's content, those of zips in it included, as a loader reads them."""
    contents: dict[str, bytes] = {}
    with open_archive(source, name) as archive:
        for member in archive.members:
            contents[member.name] = archive.read(member, 30 * MB) if member.size <= 30 * MB else b""
            if depth > 1 and member.name.endswith(".zip"):
                inner = read_zip(io.BytesIO(contents[member.name]), f"{archive.name}: {member.name}", depth - 1)
                contents |= {f"{member.name}/{name}": content for name, content in inner.items()}
    return contents


# --------------------------------------------------------------------------------------------------------------- JSON


class Endless(io.RawIOBase):
    """A long stream made as it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._held = self._held or next(self._pieces, b"")
        chunk, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def stream(head: bytes, piece: bytes = b"", times: int = 0, tail: bytes = b"") -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, io.BufferedReader(Endless(chain([head], repeat(piece, times), [tail]))))


JSONS: dict[str, Callable[[], BinaryIO]] = {
    "100,000 lists deep": stream(b'{"results":[', b"[" * 1000, 100),
    "100,000 objects deep": stream(b'{"results":[', b'{"a":' * 1000, 100),
    "a string of 1 GB": stream(b'{"results":["', b"x" * MB, 1024, b'"]}'),
    "a key of 1 GB": stream(b'{"results":[{"', b"x" * MB, 1024, b'":1}]}'),
    "1 GB of spaces": stream(b'{"results":[', b" " * MB, 1024, b"]}"),
    "a number of 100,000 digits": stream(b'{"results":[', b"9" * 1000, 100, b"]}"),
    "a number of 1 GB": stream(b'{"results":[', b"9" * MB, 1024, b"]}"),
    "a number beyond all floats": stream(b'{"results":[1e999]}'),
    "NaN": stream(b'{"results":[NaN]}'),
    "Infinity": stream(b'{"results":[-Infinity]}'),
    "a key twice": stream(b'{"results":[{"set_id":"a","set_id":"b"}]}'),
    "the results twice": stream(b'{"results":[1],"results":[2]}'),
    "a billion empty lists in one item": stream(b'{"results":[[0', b",[]" * 100_000, 10_000, b"]]}"),
    "a gigabyte of short strings in one item": stream(b'{"results":[["a"', b',"' + b"x" * MB + b'"', 1024, b"]]}"),
    "a million keys": stream(b'{"results":[{', b"", 0, b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}]}"),
    "a million keys beside the results": stream(b'{"0":0', b"", 0, b"".join(b',"%d":1' % n for n in range(1, 10**6))),
    "two documents": stream(b'{"results":[1]}{"results":[2]}'),
    "cut short": stream(b'{"results":[{"set_id":"a"},'),
    "not UTF-8": stream(b'{"results":["\xff"]}'),
    "UTF-16": stream('{"results":[1]}'.encode("utf-16")),
    "nothing": stream(b""),
}

# ---------------------------------------------------------------------------------------------------------------- XML

_LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><l>&a9;</l>"
)

XMLS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": _LAUGHS.encode,
    "laughs in an attribute": lambda: _LAUGHS.replace("<l>&a9;</l>", '<l a="&a9;"/>').encode(),
    "laughs in UTF-16": lambda: _LAUGHS.encode("utf-16"),
    "laughs in UTF-16 without its mark": lambda: ('<?xml version="1.0"?>' + _LAUGHS).encode("utf-16-le"),
    "laughs in UTF-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>' + _LAUGHS.replace("<!", "+ADwAIQ-").encode(),
    "UTF-7 declared far behind": lambda: b'<?xml version="1.0"' + b" " * 300 + b'encoding="UTF-7"?><a/>',
    "quadratic blow-up": f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 50_000}</a>'.encode,
    "a file by entity": lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a host by entity": lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
    "a DTD from a host": lambda: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "an entity by parameter": lambda: b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><a/>',
    "an entity nobody declared": lambda: b"<a>&laugh;</a>",
    "100,000 elements deep": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "an attribute of 30 MB": lambda: b'<a b="' + b"x" * (30 * MB) + b'"/>',
    "a name of 30 MB": lambda: b"<" + b"x" * (30 * MB) + b"/>",
    "a comment of 30 MB": lambda: b"<a><!--" + b"x" * (30 * MB) + b"--></a>",
    "12 million elements": lambda: b"<a>" + b"<b/>" * (12 * 10**6) + b"</a>",
    "two million attributes": lambda: b"<a " + b" ".join(b'a%d=""' % n for n in range(2 * 10**6)) + b"/>",
    "51 MB": lambda: b"<a>" + b" " * (51 * MB) + b"</a>",
    "an attribute twice": lambda: b'<a b="1" b="2"/>',
    "a NUL": lambda: b"<a>\0</a>",
    "cut short": lambda: b"<a><b></b>",
    "HTML": lambda: b"<html><br></html>",
    "nothing": lambda: b"",
}

# ------------------------------------------------------------------------------------------------------------ program


def attempts(kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """(name, attempt) of each hostile file of a kind; what an attempt needs is made before it is timed."""
    if kind == "zip":
        for number, (name, make) in enumerate(ZIPS.items()):
            path = folder / f"{number}.zip"
            path.write_bytes(make())
            yield name, lambda path=path: read_zip(path)
    elif kind == "json":
        for name, opened in JSONS.items():
            yield name, lambda o=opened, n=name: list(json_items(o(), "results.item", n))
    else:
        for name, make in XMLS.items():
            data = make()
            yield name, lambda data=data, name=name: parse_xml(data, name)


def peak_mb() -> int:
    """The most memory that this process has had, in MB. Not ru_maxrss: that counts its parent's before exec too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main(kind: str, folder: str) -> None:
    outcomes: dict[str, tuple[str, float]] = {}
    for name, attempt in attempts(kind, Path(folder)):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        before = time.process_time()
        try:
            attempt()
            outcome = ""
        except DataError as error:
            outcome = error.message
        outcomes[name] = (outcome, time.process_time() - before, peak_mb())
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
