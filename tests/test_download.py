"""The downloader against a small FDA that misbehaves: the final file is right, or the old one stays."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from drugchatter.errors import (
    DataError,
    DrugChatterError,
    NoSpaceError,
    OfflineError,
    StoreError,
    UpstreamError,
    UsageError,
)
from drugchatter.settings import load_settings
from drugchatter.sources.download import Fetched, Kind, Patience, Wanted, alone, fetch
from drugchatter.sources.web import Web, check_address
from drugchatter.testing import Fault, SmallFda

QUICK = Patience(
    attempts=6, first_wait=0.002, longest_wait=0.01, longest_retry_after=2.0, slowest=20_000, window=0.15, total=20.0
)
PATH = "/download.open.fda.gov/drug/label/file"
OFFSETS = 20


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same faults in every run


def zipped(seed: int, size: int = 150_000) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("labels.json"), chance(seed).randbytes(size))
        archive.writestr(zipfile.ZipInfo("readme.txt"), "Written for this test. " * 50)
    return held.getvalue()


def text_of(kind: Kind, seed: int) -> bytes:
    dice = chance(seed)
    words = [f"{n} {dice.random()}" for n in range(2500)]
    if kind == "json":
        return json.dumps({"words": words}).encode()
    if kind == "xml":
        return ("<?xml version='1.0'?>\n<document>" + "".join(f"<w>{w}</w>" for w in words) + "</document>\n").encode()
    return ("word,number\r\n" + "".join(f'"{word}","1,5"\r\n' for word in words)).encode()


def content(kind: Kind, seed: int = 1) -> bytes:
    return zipped(seed) if kind == "zip" else text_of(kind, seed)


@pytest.fixture
def fda(tmp_path: Path) -> Iterator[SmallFda]:
    with SmallFda(tmp_path / "fda") as server:
        yield server


@pytest.fixture
def web(fda: SmallFda) -> Iterator[Web]:
    with Web(fda.url, read_seconds=3.0) as way:
        yield way


def wanted(kind: Kind = "zip", sha256: str = "") -> Wanted:
    return Wanted("openfda_label", f"https:/{PATH}.{kind}", f"file.{kind}", kind, sha256=sha256)


class Case:
    """A published file, a folder to fetch it into, and what stands there before."""

    def __init__(self, fda: SmallFda, web: Web, folder: Path, kind: Kind = "zip") -> None:
        self.fda, self.web, self.kind = fda, web, kind
        self.path = f"{PATH}.{kind}"
        self.target = folder / f"file.{kind}"
        self.body = content(kind)
        fda.put(self.path, self.body)

    def start(self, *faults: Fault, old: bool = False) -> None:
        self.fda.behave()
        for path in self.target.parent.glob("file*"):
            path.unlink()
        if old:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.target.write_bytes(b"the old file")
        self.fda.misbehave(self.path, *faults)

    def fetch(self, patience: Patience = QUICK) -> Fetched:
        return fetch(wanted(self.kind), self.target, self.web, patience=patience)

    def is_right(self, fetched: Fetched, body: bytes | None = None) -> None:
        body = self.body if body is None else body
        assert self.target.read_bytes() == body
        assert fetched.sha256 == hashlib.sha256(body).hexdigest()
        assert sorted(p.name for p in self.target.parent.iterdir()) == [
            ".lock",
            self.target.name,
            f"{self.target.name}.origin",
        ]

    def sent_length(self) -> int:
        """Bytes of the file as the server sends them."""
        return len(self.body if self.kind == "zip" else gzip.compress(self.body, 1, mtime=0))

    def offsets(self, seed: int) -> list[int]:
        length = self.sent_length()
        return [0, 1, 3, length - 1, *chance(seed).sample(range(length), OFFSETS)]


@pytest.fixture
def case(fda: SmallFda, web: Web, tmp_path: Path) -> Callable[[Kind], Case]:
    return lambda kind: Case(fda, web, tmp_path / "mirror", kind)


KINDS: tuple[Kind, ...] = ("zip", "json", "csv", "xml")

# ------------------------------------------------------------------------------------------------------------- plainly


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_comes_once(case: Callable[[Kind], Case], kind: Kind) -> None:
    it = case(kind)
    first = it.fetch()
    it.is_right(first)
    assert (first.new, first.moved, first.requests) == (True, it.sent_length(), 1)
    assert "drugchatter/" in it.fda.seen[0].headers["user-agent"]
    second = it.fetch()
    it.is_right(second)
    assert (second.new, second.moved) == (False, 0)
    assert it.fda.seen[-1].status == 304


def test_a_new_release_takes_the_place_of_the_old(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.fetch()
    newer = zipped(2)
    it.fda.put(it.path, newer)
    fetched = it.fetch()
    assert fetched.new
    it.is_right(fetched, newer)


def test_a_file_that_was_damaged_on_disk_comes_again(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.fetch()
    it.target.write_bytes(it.body[:-1] + b"?")
    it.is_right(it.fetch())


def test_a_copied_mirror_is_not_fetched_again(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.fetch()
    os.utime(it.target, (1, 1))
    assert it.fetch().moved == 0


def test_progress_is_told(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    told: list[tuple[int, int | None]] = []
    fetch(wanted(), it.target, it.web, patience=QUICK, progress=lambda _, done, total: told.append((done, total)))
    assert told[-1] == (len(it.body), len(it.body))
    assert told == sorted(told)


# -------------------------------------------------------------------------------------- cut off at any byte, and worse


@pytest.mark.parametrize(
    ("kind", "cut"), [("zip", "reset"), ("json", "reset"), ("csv", "reset"), ("xml", "close"), ("zip", "close")]
)
def test_cut_off_anywhere(case: Callable[[Kind], Case], kind: Kind, cut: str) -> None:
    it = case(kind)
    for at in it.offsets(1):
        it.start(Fault(cut, at=at), old=True)  # type: ignore[arg-type]
        fetched = it.fetch()
        it.is_right(fetched)
        assert fetched.moved <= 1.1 * it.sent_length(), at
        assert fetched.requests == 2


def test_cut_off_again_and_again(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    for seed in range(OFFSETS):
        cuts = chance(seed).sample(range(1, 40_000), 5)
        it.start(*(Fault("reset", at=at) for at in cuts))
        fetched = it.fetch()
        it.is_right(fetched)
        assert fetched.moved <= 1.1 * len(it.body)


# What the second request meets after the first was cut off.
SECOND = {
    "the whole file instead of a part": Fault("ignore_range"),
    "no range": Fault("refuse_range"),
    "another part": Fault("wrong_range"),
    "a web page": Fault("page"),
    "an error": Fault("status", at=503),
}


@pytest.mark.parametrize("second", SECOND)
def test_cut_off_and_then(case: Callable[[Kind], Case], second: str) -> None:
    it = case("zip")
    for at in it.offsets(2):
        it.start(Fault("reset", at=at), SECOND[second], old=True)
        it.is_right(it.fetch())


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_changes_while_it_comes(case: Callable[[Kind], Case], kind: Kind) -> None:
    it = case(kind)
    newer = content(kind, seed=2)
    for at in it.offsets(3):
        it.start(Fault("change", at=at, body=newer))
        it.fda.put(it.path, it.body)
        it.is_right(it.fetch(), newer)


def test_the_file_changes_and_the_server_goes_on_with_a_part_all_the_same(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    newer = zipped(2)
    for at in it.offsets(4):
        it.start(Fault("change", at=at, body=newer), Fault("ignore_condition"))
        it.fda.put(it.path, it.body)
        it.is_right(it.fetch(), newer)


@pytest.mark.parametrize("kind", KINDS)
def test_the_length_is_wrong_once(case: Callable[[Kind], Case], kind: Kind) -> None:
    it = case(kind)
    length = it.sent_length()
    for by in [*(-at for at in it.offsets(5) if at), *it.offsets(6)[1:8]]:
        it.start(Fault("length", at=by), old=True)
        fetched = it.fetch()
        it.is_right(fetched)
        if by > 0:
            assert fetched.moved <= 1.1 * length


@pytest.mark.parametrize("kind", KINDS)
def test_the_length_is_always_too_small(case: Callable[[Kind], Case], kind: Kind) -> None:
    """A range names the full length; what comes without one is found out by its own end. Never half a file."""
    it = case(kind)
    for at in it.offsets(7)[4:]:
        it.start(*[Fault("length", at=-at)] * 20, old=True)
        try:
            it.is_right(it.fetch())
        except UpstreamError:
            assert it.target.read_bytes() == b"the old file"


@pytest.mark.parametrize("kind", ["json", "csv", "xml"])
def test_a_compressed_transfer_that_ends_early(case: Callable[[Kind], Case], kind: Kind) -> None:
    it = case(kind)
    for at in it.offsets(8):
        it.start(Fault("gzip", at=at), old=True)
        it.is_right(it.fetch())
    it.start(*[Fault("gzip", at=at)] * 9, old=True)
    with pytest.raises(UpstreamError, match=r"gzip|does not begin like|nothing came"):
        it.fetch()
    assert it.target.read_bytes() == b"the old file"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", ["page", "page_as_file"])
def test_a_web_page_instead_of_the_file(case: Callable[[Kind], Case], kind: Kind, page: str) -> None:
    it = case(kind)
    fault = Fault(page)  # type: ignore[arg-type]
    it.start(fault, old=True)
    it.is_right(it.fetch())
    it.start(*[fault] * 9, old=True)
    with pytest.raises(UpstreamError, match=r"web page|does not begin like") as caught:
        it.fetch()
    assert caught.value.hint
    assert it.target.read_bytes() == b"the old file"
    assert len(it.fda.seen) == 2, "a page is asked for once more, not nine times"


def test_damaged_zips(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    good = it.body
    for at in chance(9).sample(range(100, 150_000), OFFSETS):
        bad = bytearray(good)
        bad[at] ^= 0x10
        it.fda.put(it.path, bytes(bad))
        it.start(old=True)
        with pytest.raises(UpstreamError, match="damaged"):
            it.fetch()
        assert it.target.read_bytes() == b"the old file"


def test_a_zip_that_unpacks_beyond_measure(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(30_000_000))
    it.fda.put(it.path, held.getvalue())
    with pytest.raises(UpstreamError, match="is not read"):
        it.fetch()


def test_a_transfer_that_unpacks_beyond_measure(case: Callable[[Kind], Case]) -> None:
    it = case("json")
    it.fda.put(it.path, b'{"zeros": "' + b"0" * 70_000_000 + b'"}')
    with Web(it.fda.url) as web, pytest.raises(UpstreamError, match="unpacks to more"):
        fetch(wanted("json"), it.target, web, patience=QUICK)
    assert not it.target.exists()


def test_text_with_holes(case: Callable[[Kind], Case]) -> None:
    it = case("csv")
    it.fda.put(it.path, it.body[:1000] + bytes(4096) + it.body[5096:])
    with pytest.raises(UpstreamError, match="zero bytes"):
        it.fetch()


def test_another_digest_than_was_promised(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    with pytest.raises(UpstreamError, match="SHA-256"):
        fetch(wanted(sha256="0" * 64), it.target, it.web, patience=QUICK)
    right = wanted(sha256=hashlib.sha256(it.body).hexdigest())
    it.is_right(fetch(right, it.target, it.web, patience=QUICK))


def test_a_reader_may_refuse_what_came(case: Callable[[Kind], Case]) -> None:
    def refuse(path: Path) -> None:
        assert path.read_bytes() == it.body
        raise DataError("the columns are others", "tell the authors")

    it = case("csv")
    it.start(old=True)
    with pytest.raises(UpstreamError, match="the columns are others"):
        fetch(wanted("csv"), it.target, it.web, patience=QUICK, validate=refuse)
    assert it.target.read_bytes() == b"the old file"


# ------------------------------------------------------------------------------------------------ patience and manners


@pytest.mark.parametrize("status", [404, 403, 400, 401])
def test_what_is_not_there_is_not_asked_again(case: Callable[[Kind], Case], status: int) -> None:
    it = case("zip")
    it.start(Fault("status", at=status), old=True)
    with pytest.raises(UpstreamError, match=str(status)):
        it.fetch()
    assert len(it.fda.seen) == 1
    assert it.target.read_bytes() == b"the old file"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_waits_grow(case: Callable[[Kind], Case], status: int) -> None:
    it = case("zip")
    it.start(*[Fault("status", at=status)] * 4)
    patience = Patience(attempts=6, first_wait=0.04, longest_wait=0.16)
    it.is_right(it.fetch(patience))
    gaps = [later.at - earlier.at for earlier, later in zip(it.fda.seen, it.fda.seen[1:], strict=False)]
    for gap, least in zip(gaps, (0.02, 0.04, 0.08, 0.08), strict=True):
        assert gap >= least


def test_attempts_end(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(*[Fault("status", at=503)] * 50, old=True)
    with pytest.raises(UpstreamError, match="503, after 6 requests"):
        it.fetch()
    assert len(it.fda.seen) == 6


@pytest.mark.parametrize("as_date", [False, True])
def test_a_server_that_says_when(case: Callable[[Kind], Case], as_date: bool) -> None:
    it = case("zip")
    # A date has whole seconds: two from now is at least one.
    value = formatdate(time.time() + 2, usegmt=True) if as_date else "1"
    it.start(Fault("status", at=429, value=value))
    it.is_right(it.fetch(Patience(attempts=3, first_wait=0.001, longest_retry_after=5)))
    assert it.fda.seen[1].at - it.fda.seen[0].at >= 0.9


def test_a_server_that_asks_for_a_day(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(Fault("status", at=429, value="86400"))
    with pytest.raises(UpstreamError, match="left alone for 86400 s"):
        it.fetch()
    assert len(it.fda.seen) == 1


def test_a_slow_drip(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(Fault("drip", at=600, seconds=0.06))
    it.is_right(it.fetch())
    it.start(*[Fault("drip", at=600, seconds=0.06)] * 20, old=True)
    with pytest.raises(UpstreamError, match="bytes a second"):
        it.fetch(Patience(attempts=3, first_wait=0.001, slowest=100_000, window=0.1))
    assert it.target.read_bytes() == b"the old file"


def test_silence_and_a_dripping_head(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(Fault("hang", seconds=1.0))
    with Web(it.fda.url, read_seconds=0.3) as hasty:
        it.is_right(fetch(wanted(), it.target, hasty, patience=QUICK))
    it.start(Fault("drip_head", seconds=0.05))
    began = time.monotonic()
    with pytest.raises(UpstreamError):
        it.fetch(Patience(total=0.6, first_wait=0.01))
    assert time.monotonic() - began < 2


def test_an_endless_stream(case: Callable[[Kind], Case]) -> None:
    it = case("xml")
    it.start(Fault("endless", body=b"<w>again</w>" * 5_000), old=True)
    with pytest.raises(UpstreamError, match="more came than"):
        it.fetch()
    assert it.target.read_bytes() == b"the old file"
    assert sorted(p.name for p in it.target.parent.iterdir()) == [".lock", "file.xml"]


def test_a_length_beyond_all_measure(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(Fault("length", at=10**13), old=True)
    with pytest.raises(UpstreamError, match="more than a zip file may have"):
        it.fetch()


# ------------------------------------------------------------------------------------------ other processes, and disks

DOWNLOAD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from drugchatter.sources.download import Wanted, fetch
    from drugchatter.sources.web import Web
    with Web(sys.argv[1]) as web:
        print("ready", flush=True)
        fetch(Wanted("x", "https:/PATH.zip", "file.zip", "zip"), Path(sys.argv[2]), web)
    """.replace("PATH", PATH)
)


def test_killed_at_any_moment(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.fda.put(it.path, body := zipped(3, 400_000))
    moments = chance(4)
    killed = 0
    for _ in range(8):
        it.start(Fault("drip", at=16_384, seconds=0.01), old=True)
        process = subprocess.Popen([sys.executable, "-c", DOWNLOAD, it.fda.url, str(it.target)], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(moments.uniform(0.0, 0.35))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert it.target.read_bytes() in (b"the old file", body)
        held = sum(p.stat().st_size for p in it.target.parent.glob("file.zip.part"))
        fetched = it.fetch()
        it.is_right(fetched, body)
        assert fetched.moved + held <= 1.1 * len(body)
    assert killed >= 4


def test_killed_between_the_two_renames(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.fetch()
    origin = it.target.with_name("file.zip.origin")
    origin.rename(it.target.with_name("file.zip.part.origin"))
    fetched = it.fetch()
    it.is_right(fetched)
    assert fetched.moved == 0


def test_a_broken_sidecar_only_costs_a_download(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    for text in ("", "{", "[]", '{"url": 1}', json.dumps({"url": wanted().url}), "null"):
        it.start()
        it.fetch()
        for name in ("file.zip.origin", "file.zip.part.origin"):
            it.target.with_name(name).write_text(text)
        it.target.with_name("file.zip.part").write_bytes(it.body[:999])
        it.is_right(it.fetch())


def test_two_processes_do_not_write_one_file(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.target.parent.mkdir()
    with alone(it.target.parent), pytest.raises(StoreError, match="another process"):
        it.fetch()
    it.is_right(it.fetch())


FULL_DISK = textwrap.dedent(
    """
    import resource, sys
    from pathlib import Path
    from drugchatter.errors import NoSpaceError
    from drugchatter.sources.download import Wanted, fetch
    from drugchatter.sources.web import Web
    target, size = Path(sys.argv[2]), int(sys.argv[3])
    wanted = Wanted("x", "https:/PATH.zip", "file.zip", "zip")
    with Web(sys.argv[1]) as web:
        for percent in (1, 10, 50, 90, 99):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size * percent // 100, resource.RLIM_INFINITY))
            try:
                fetch(wanted, target, web)
            except NoSpaceError as error:
                print(percent, target.read_bytes() == b"the old file", error.message)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(fetch(wanted, target, web).moved)
    """.replace("PATH", PATH)
)


def test_a_full_disk(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(old=True)
    size = len(it.body)
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, it.fda.url, str(it.target), str(size)],
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, moved = run.stdout.splitlines()
    assert len(lines) == 5
    for line, percent in zip(lines, (1, 10, 50, 90, 99), strict=True):
        needed = size - size * percent // 100
        assert line.startswith(f"{percent} True {it.target}: {needed:,} bytes more are needed")
    assert int(moved) == size - size * 99 // 100, "what came before the disk was full is not fetched again"
    assert it.target.read_bytes() == it.body


def test_a_folder_that_cannot_be_made(web: Web, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((NoSpaceError, OSError)) as caught:
        fetch(wanted(), tmp_path / "file" / "deeper" / "file.zip", web, patience=QUICK)
    assert isinstance(caught.value, NoSpaceError)
    assert "cannot be written" in caught.value.message


# --------------------------------------------------------------------------------------------- where it may connect to

FOREIGN = [
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://0/",
    "https://2130706433/",
    "https://017700000001/",
    "https://localhost/",
    "https://127.0.0.1:8443/",
    "https://api.fda.gov@169.254.169.254/",
    "https://api.fda.gov:443@127.0.0.1/",
    "https://user@api.fda.gov/",
    "https://user:secret@api.fda.gov/",
    "https://api.fda.gov.example.org/",
    "https://api.fda.gov./",
    "https://evil.example/api.fda.gov/",
    "https://example.org#api.fda.gov/",
    "https://example.org?api.fda.gov/",
    "https://example.org\\api.fda.gov/",
    "https://api.fda.gov\\@example.org/",
    "https://api.fda.gov%2eexample.org/",
    "https://api.fda.gov%00.example.org/",
    "https://api.fda.gov\t.example.org/",
    "https://api.fda.gov\n.example.org/",
    "https://\u0430pi.fda.gov/",
    "https://xn--pi-7lc.fda.gov/",
    "https://api.fda\u3002gov/",
    "https://API.FDA.GOV/",
    "https://api.fda.gov:8080/",
    "https://api.fda.gov:22/",
    "http://api.fda.gov/",
    "ftp://api.fda.gov/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "data:text/plain,hello",
    "//169.254.169.254/",
    "https:/api.fda.gov/",
    "https:///api.fda.gov/",
    "https://uts.nlm.nih.gov/uts/login",
    "javascript:alert(1)",
    "",
]


def test_only_addresses_of_fda_and_nlm_are_asked(tmp_path: Path) -> None:
    resolved: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    assert len(FOREIGN) >= 40
    with Web(resolve=resolve) as web:
        for url in FOREIGN:
            with pytest.raises(UpstreamError, match="not an address of FDA or NLM"):
                fetch(Wanted("x", url, "x", "zip"), tmp_path / "x", web, patience=QUICK)
    assert resolved == []
    assert check_address("https://api.fda.gov/drug/label.json?search=x") == "api.fda.gov"


def test_no_redirect_leads_elsewhere(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.05)
        own = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        for location in [*(url for url in FOREIGN if url and url.isascii() and url.isprintable()), own]:
            if location == "https:/api.fda.gov/":
                continue  # relative to the address that was asked, so it stays there
            it.start(Fault("redirect", value=location), old=True)
            with pytest.raises(UpstreamError, match="not an address of FDA or NLM"):
                it.fetch()
            assert len(it.fda.seen) == 1, location
            assert it.target.read_bytes() == b"the old file"
        with pytest.raises(TimeoutError):
            trap.accept()


@pytest.mark.parametrize(
    "location",
    [
        "https://www.fda.gov/new/place.zip",
        "/www.fda.gov/new/place.zip",
        "../../../www.fda.gov/new/place.zip",
        "BASE/www.fda.gov/new/place.zip",
    ],
)
def test_redirects_between_publishers_are_followed(case: Callable[[Kind], Case], location: str) -> None:
    it = case("zip")
    it.fda.put("/www.fda.gov/new/place.zip", it.body)
    it.start(Fault("redirect", value=location.replace("BASE", it.fda.url)))
    it.is_right(it.fetch())
    assert [seen.status for seen in it.fda.seen] == [302, 200]


def test_redirects_end(case: Callable[[Kind], Case]) -> None:
    it = case("zip")
    it.start(*[Fault("redirect", value=f"https:/{it.path}")] * 20)
    with pytest.raises(UpstreamError, match="redirects"):
        it.fetch()
    assert len(it.fda.seen) == 6


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "::1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),  # noqa: S104
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "224.0.0.1", "255.255.255.255", "::"),
    ],
)
def test_a_name_that_leads_inside_is_not_connected_to(tmp_path: Path, address: str) -> None:
    with Web(resolve=lambda host, port: [address]) as web, pytest.raises(UpstreamError, match="public address"):
        fetch(wanted(), tmp_path / "x.zip", web, patience=QUICK)


def test_a_mirror_on_this_machine_stays_on_this_machine(tmp_path: Path) -> None:
    with (
        Web("http://localhost:9", resolve=lambda host, port: ["93.184.216.34"]) as web,
        pytest.raises(UpstreamError, match="public address"),
    ):
        fetch(wanted(), tmp_path / "x.zip", web, patience=QUICK)


@pytest.mark.parametrize(
    "base",
    [
        *("http://example.org", "http://10.0.0.1:8000", "http://169.254.169.254", "http://127.1:80", "http://0x7f.1"),
        *("http://localhost.example.org", "http://127.0.0.1@example.org", "https://user:pw@example.org", "ftp://x"),
        *("https://", "https://example.org/?x=", "https://example.org/#x", "file:///tmp", "example.org", "http://["),
        *("http://127.0.0.1:99999", "https://ex\u0430mple.org", "https://example.org\\x", "http://127.0.0.1 .x.org"),
    ],
)
def test_a_base_address_is_https_or_this_machine(base: str) -> None:
    with pytest.raises(DrugChatterError) as caught:
        load_settings({"DRUGCHATTER_HOME": "/x", "DRUGCHATTER_PUBLISHERS_URL": base})
    assert caught.value.exit_code == 2
    assert "pw" not in str(caught.value)
    with pytest.raises(DrugChatterError):
        Web(base)


def test_base_addresses_that_are_right() -> None:
    for base in ("https://mirror.example.org/fda", "http://127.0.0.1:8000/", "http://localhost", "http://[::1]:80"):
        settings = load_settings({"DRUGCHATTER_HOME": "/x", "DRUGCHATTER_PUBLISHERS_URL": base})
        assert settings.publishers_url == base.rstrip("/")


def test_no_network(tmp_path: Path) -> None:
    def fails(host: str, port: int) -> list[str]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    with Web(resolve=fails) as web, pytest.raises(OfflineError, match="cannot be resolved") as caught:
        fetch(wanted(), tmp_path / "x.zip", web)
    assert "--from" in caught.value.hint


def test_a_resolver_that_hangs_is_left_behind(tmp_path: Path) -> None:
    ended = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        ended.wait(5)
        return []

    began = time.monotonic()
    with Web(resolve=hangs) as web, pytest.raises(OfflineError, match="not resolved"):
        fetch(wanted(), tmp_path / "x.zip", web, patience=Patience(total=0.3))
    assert time.monotonic() - began < 2
    ended.set()


def test_offline_opens_nothing() -> None:
    with pytest.raises(OfflineError):
        Web.of(load_settings({"DRUGCHATTER_HOME": "/x", "DRUGCHATTER_OFFLINE": "1"}))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key with a certificate for 127.0.0.1, made for this run."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs the program openssl to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    made = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run(
        [openssl, "req", "-x509", *made, "-keyout", str(file), "-out", f"{file}.crt"], check=True, capture_output=True
    )
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


def test_over_tls_only_with_a_trusted_certificate(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    target = tmp_path / "mirror" / "file.zip"
    with SmallFda(tmp_path / "fda", tls=context) as server:
        server.put(f"{PATH}.zip", zipped(1))
        with Web(server.url) as web, pytest.raises(UpstreamError, match=r"certificate .* is not trusted") as caught:
            fetch(wanted(), target, web, patience=QUICK)
        assert "SSL_CERT_FILE" in caught.value.hint
        assert server.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
        other_name = server.url.replace("127.0.0.1", "localhost")
        with Web(other_name) as web, pytest.raises(UpstreamError, match=r"certificate .* is not trusted"):
            fetch(wanted(), target, web, patience=QUICK)
        assert server.seen == []
        server.misbehave(f"{PATH}.zip", Fault("reset", at=70_000))
        with Web(server.url) as web:
            fetched = fetch(wanted(), target, web, patience=QUICK)
    assert fetched.path.read_bytes() == zipped(1)
    assert fetched.moved == len(zipped(1))


def test_a_proxy_of_another_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    with Web() as web, pytest.raises(UsageError, match="HTTPS_PROXY"):
        fetch(wanted(), tmp_path / "x.zip", web, patience=QUICK)


def test_the_proxy_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for the publisher by name, so that it can decide; what it refuses is an error with a reason."""
    asked: list[bytes] = []

    def proxy(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            asked.append(connection.recv(4096))
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=proxy, args=(server,))
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with Web() as web, pytest.raises(UpstreamError) as caught:
            fetch(wanted(), tmp_path / "x.zip", web, patience=Patience(attempts=1))
        thread.join()
    assert asked[0].startswith(b"CONNECT download.open.fda.gov:443 ")
    assert b"Proxy-Authorization: Basic " in asked[0]
    assert "403" in caught.value.message
    assert "secret" not in caught.value.message
