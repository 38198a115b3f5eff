"""The one downloader: resumes after any interruption, is polite, and never leaves half a file under its name.

Beside `<name>` stand `<name>.part` (the bytes received so far), `<name>.part.origin` (where they come from) and, once
complete, `<name>.origin` (for conditional requests). What is complete is verified before one atomic rename; until
then the old file stays. HTTP's rules: RFC 9110, sections 8.8 (validators), 13 (conditions), 14 (ranges).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import shutil
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from drugchatter.errors import DataError, NoSpaceError, OfflineError, StoreError, UpstreamError

if TYPE_CHECKING:
    from drugchatter.sources.web import Response, Web

Kind = Literal["zip", "json", "csv", "xml"]

_GB = 2**30
_LARGEST: dict[Kind, int] = {"zip": 20 * _GB, "json": 64 * 2**20, "csv": 256 * 2**20, "xml": 50 * 2**20}
_MOST_ENTRIES = 200_000
_MOST_UNPACKED = 20 * _GB
# What deflate reaches on text is far below; a single stream of zeros reaches 1,029.
_MOST_RATIO = 200
_TROUBLE = "the publisher may have trouble or a new format; the old file is kept"
_SNIFFED = 512
_LONGEST_VALIDATOR = 200
# An attempt that brought as much was worth making.
_PROGRESS = 64 * 1024
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of a publisher. `size`: bytes as the publisher's index or a HEAD request says, or None."""

    source: str
    url: str
    name: str
    kind: Kind
    size: int | None = None
    records: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """`new`: not what was held before; `moved`: bytes of bodies received; `requests`: how many were needed."""

    path: Path
    new: bool
    size: int
    sha256: str
    moved: int
    requests: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on, in seconds unless said otherwise.

    `attempts` in a row that bring hardly anything, `most_attempts` altogether; waits double from `first_wait` up to
    `longest_wait`, less a random part; a server that asks for more than `longest_retry_after` is left alone; slower
    than `slowest` bytes a second over a `window` counts as broken; `total` is the deadline of one file.
    """

    attempts: int = 8
    most_attempts: int = 100
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_retry_after: float = 300.0
    slowest: int = 1024
    window: float = 30.0
    total: float = 6 * 3600.0


Progress = Callable[[Wanted, int, int | None], None]
Validator = Callable[[Path], None]
_PATIENCE = Patience()


def fetch(
    wanted: Wanted,
    target: Path,
    web: Web,
    *,
    patience: Patience = _PATIENCE,
    progress: Progress | None = None,
    validate: Validator | None = None,
    held: Path | None = None,
) -> Fetched:
    """Bring `target` up to date with the publisher's file.

    `held` is the file of an earlier release elsewhere: where it is still current, nothing is fetched and its path
    returned.
    `progress(wanted, bytes so far, bytes in all or None)` is called for each piece; `validate(path)` may raise
    DataError to refuse what came. Raises UpstreamError when the publisher fails or sends something else (OfflineError
    when there is no network at all), NoSpaceError when the disk is full or not writable, StoreError when another
    process fetches into the same folder. Then the old file, if there was one, stands as before.
    """
    transfer = _Transfer(wanted, target, held, web, patience, progress, validate)
    with _disk_errors(transfer):
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone(target.parent):
            return transfer.run()


# -------------------------------------------------------------------------------------------------------- one file


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where bytes come from. `coding`: "" or "gzip", as they were sent; the last three are of the finished file."""

    url: str
    etag: str
    modified: str
    length: int | None
    coding: str
    sha256: str = ""
    size: int = 0
    mtime_ns: int = 0

    @property
    def validator(self) -> str:
        """What `If-Range` takes: a strong entity tag or a date, or "" when these bytes cannot be continued."""
        return self.modified if self.etag.startswith("W/") or not self.etag else self.etag

    def conditions(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value}

    def is_of(self, path: Path) -> bool:
        """Whether `path` is the finished file this was written for; its digest is taken only when its time differs."""
        if not self.sha256 or not path.is_file():
            return False
        found = path.stat()
        return found.st_size == self.size and (found.st_mtime_ns == self.mtime_ns or _sha256(path) == self.sha256)


class _Transfer:
    def __init__(
        self,
        wanted: Wanted,
        target: Path,
        elsewhere: Path | None,
        web: Web,
        patience: Patience,
        progress: Progress | None,
        validate: Validator | None,
    ) -> None:
        self.wanted, self.target, self._web = wanted, target, web
        self._places = [target, elsewhere] if elsewhere else [target]
        self._patience, self._progress, self._validate = patience, progress, validate
        self.part = _beside(target, ".part")
        self._part_origin = _beside(target, ".part.origin")
        self._origin = _beside(target, ".origin")
        self._until = time.monotonic() + patience.total
        self._held: _Origin | None = None
        self._held_at = target
        self._moved = self._requests = self._refused = 0
        self.length: int | None = wanted.size

    def run(self) -> Fetched:
        from drugchatter.sources.web import BrokenError

        self._end_interrupted_rename()
        for place in reversed(self._places):
            origin = _read_origin(_beside(place, ".origin"))
            if origin and origin.url == self.wanted.url and origin.is_of(place):
                self._held, self._held_at = origin, place
        fruitless = 0
        while True:
            before = self._moved
            try:
                return self._attempt()
            except OfflineError:
                if not self._moved:
                    raise
                fruitless, error = fruitless + 1, BrokenError("the network went away")
            except BrokenError as broken:
                fruitless = 1 if self._moved - before >= _PROGRESS else fruitless + 1
                error = broken
            self._wait(fruitless, error.message, error.retry_after)

    def _end_interrupted_rename(self) -> None:
        """A process killed between the two renames of `_publish` leaves the new file without its origin in place."""
        origin = _read_origin(self._part_origin)
        if origin and not self.part.exists() and origin.is_of(self.target):
            self._part_origin.replace(self._origin)

    def _wait(self, fruitless: int, reason: str, retry_after: float | None) -> None:
        """Wait before the next attempt, or raise UpstreamError when there is to be none."""
        plan = self._patience
        seconds = min(plan.longest_wait, plan.first_wait * 2 ** (fruitless - 1)) * random.uniform(0.5, 1)  # noqa: S311 - no secret
        if retry_after is not None:
            if retry_after > plan.longest_retry_after:
                self._fail(f"{reason}; it asks to be left alone for {retry_after:.0f} s")
            seconds = max(seconds, retry_after)
        if fruitless >= plan.attempts or self._requests >= plan.most_attempts:
            self._fail(f"{reason}, after {self._requests} requests")
        if time.monotonic() + seconds >= self._until:
            self._fail(f"{reason}, and the {plan.total:.0f} s for one file are over")
        time.sleep(seconds)

    def _fail(self, reason: str, hint: str = "try again later; what was fetched so far is kept") -> NoReturn:
        raise UpstreamError(f"{self.wanted.url}: {reason}", hint)

    def _refuse(self, reason: str) -> NoReturn:
        """Something else than the wanted file came: worth a second try, not a third."""
        from drugchatter.sources.web import BrokenError

        self._refused += 1
        if self._refused > 1:
            self._fail(reason, _TROUBLE)
        raise BrokenError(reason)

    # ------------------------------------------------------------------------------------------- request and answer

    def _attempt(self) -> Fetched:
        have, origin = self._partial()
        seconds = max(0.0, self._until - time.monotonic())
        self._requests += 1
        with self._web.ask("GET", self.wanted.url, self._headers(have, origin), seconds=seconds) as response:
            if response.status == 304 and self._held:
                self._drop()
                return Fetched(self._held_at, False, self._held.size, self._held.sha256, self._moved, self._requests)
            if response.status == 416 and origin and response.headers.get("content-range") == f"bytes */{have}":
                # All had come already, before a process was killed or with a wrong length promised.
                return self._finish(origin)
            origin = self._accept(response, have, origin)
            if origin.length is None or origin.length > self._size():
                self._receive(response, origin)
        if origin.length is not None and self._size() < origin.length:
            self._break("the answer ended early")
        return self._finish(origin)

    def _headers(self, have: int, origin: _Origin | None) -> dict[str, str]:
        headers = self._held.conditions() if self._held else {}
        if have and origin:
            headers |= {"Range": f"bytes={have}-", "If-Range": origin.validator}
        elif self.wanted.kind == "csv":
            # Nothing in a CSV tells that its end is missing, but the answer to a range names the full length.
            headers["Range"] = "bytes=0-"
        if self.wanted.kind != "zip":
            # Ranges count the bytes as sent, so what was begun in one coding is continued in it.
            coding = origin.coding or "identity" if have and origin else "gzip"
            headers["Accept-Encoding"] = coding
        return headers

    def _accept(self, response: Response, have: int, origin: _Origin | None) -> _Origin:
        """The origin of the bytes to come, with `.part` ready to be continued by them."""
        if response.status in _TEMPORARY:
            self._break(f"status {response.status}", response.retry_after)
        if response.status == 416:
            self._drop()
            self._break("the range was refused")
        if response.status not in (200, 206):
            hint = "the publisher may have moved the file; the old one is kept"
            self._fail(f"status {response.status}", hint)
        if "html" in response.headers.get("content-type", "").lower():
            self._refuse("a web page came instead of the file")
        start, total = _placed(response)
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            self._refuse(f"an answer came in the coding {coding[:20]!r}, which was not asked for")
        headers = response.headers
        new = _Origin(
            url=self.wanted.url,
            etag=_echoable(headers.get("etag", "")),
            modified=_echoable(headers.get("last-modified", "")),
            length=total,
            coding="gzip" if "gzip" in coding else "",
        )
        if total is not None and total > _LARGEST[self.wanted.kind]:
            self._fail(f"{total:,} bytes are more than a {self.wanted.kind} file may have", _TROUBLE)
        if start and (origin is None or start != have or not _continues(new, origin)):
            self._drop()
            self._break("another part of the file came than was asked for, or of another version")
        self._need(total, start)
        if not start:
            self._drop()
            write_durably(self._part_origin, json.dumps(asdict(new)).encode())
        self.length = total
        return origin if start and origin else new

    def _need(self, total: int | None, start: int) -> None:
        free = shutil.disk_usage(self.target.parent).free
        if total is not None and total - start > free:
            raise self.no_space(free)

    def no_space(self, free: int) -> NoSpaceError:
        needed = "an unknown number of" if self.length is None else f"{max(self.length - self._size(), 1):,}"
        return NoSpaceError(
            f"{self.target}: {needed} bytes more are needed, {free:,} are free",
            "free some space and run it again: it goes on where it stopped; the old file is kept",
        )

    def _receive(self, response: Response, origin: _Origin) -> None:
        body = self._paced(response.body)
        start = b""
        while len(start) < _SNIFFED and (piece := next(body, b"")):
            start += piece
        with self.part.open("ab") as file:
            if not file.tell() and not _looks_like(self.wanted.kind, _plain_start(start, origin.coding)):
                self._refuse(f"what came does not begin like a {self.wanted.kind} file")
            for piece in _chained(start, body):
                file.write(piece)
                done = file.tell()
                if done > _LARGEST[self.wanted.kind] or (origin.length is not None and done > origin.length):
                    self._drop()
                    most = origin.length or _LARGEST[self.wanted.kind]
                    self._fail(f"more came than the {most:,} bytes it may have", _TROUBLE)
                if self._progress:
                    self._progress(self.wanted, done, origin.length)

    def _paced(self, body: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces of the body. Raises BrokenError when fewer come than the slowest line that is put up with."""
        since, seen = time.monotonic(), 0
        for piece in body:
            self._moved += len(piece)
            seen += len(piece)
            yield piece
            passed = time.monotonic() - since
            if passed >= self._patience.window:
                if seen < self._patience.slowest * passed:
                    self._break(f"only {seen / passed:.0f} bytes a second came")
                since, seen = time.monotonic(), 0

    def _break(self, reason: str, retry_after: float | None = None) -> NoReturn:
        from drugchatter.sources.web import BrokenError

        raise BrokenError(reason, retry_after)

    # ------------------------------------------------------------------------------------------------------- on disk

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _partial(self) -> tuple[int, _Origin | None]:
        """Bytes that can be continued and their origin; what cannot be is dropped."""
        origin = _read_origin(self._part_origin)
        have = self._size()
        if origin and origin.url == self.wanted.url and have and origin.validator:
            return have, origin
        self._drop()
        return 0, None

    def _drop(self) -> None:
        for path in (self.part, self._part_origin):
            path.unlink(missing_ok=True)

    def _finish(self, origin: _Origin) -> Fetched:
        """Verify what came; only then does it take the place of the old file."""
        plain = _beside(self.target, ".part.plain") if origin.coding else self.part
        try:
            if not self._size():
                raise ValueError("nothing came")
            if origin.coding:
                _unpack_gzip(self.part, plain, _LARGEST[self.wanted.kind])
            _verify(plain, self.wanted)
            if self._validate:
                self._validate(plain)
        except (ValueError, DataError) as error:
            self._drop()
            plain.unlink(missing_ok=True)
            self._refuse(f"what came is not right: {error}")
        return self._publish(plain, origin)

    def _publish(self, plain: Path, origin: _Origin) -> Fetched:
        _to_disk(plain)
        found, digest = plain.stat(), _sha256(plain)
        final = replace(origin, sha256=digest, size=found.st_size, mtime_ns=found.st_mtime_ns)
        new = self._held is None or self._held.sha256 != digest
        write_durably(self._part_origin, json.dumps(asdict(final)).encode())
        plain.replace(self.target)
        self._part_origin.replace(self._origin)
        self.part.unlink(missing_ok=True)
        return Fetched(self.target, new, final.size, digest, self._moved, self._requests)


def _placed(response: Response) -> tuple[int, int | None]:
    """Where the body begins, and the full length as sent, as far as the answer says."""
    if response.status == 206:
        match = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", response.headers.get("content-range", ""))
        if not match:
            return -1, None
        return int(match[1]), None if match[2] == "*" else int(match[2])
    length = response.headers.get("content-length", "")
    return 0, int(length) if re.fullmatch(r"\d{1,18}", length) else None


def _echoable(value: str) -> str:
    """A validator as it may be sent back; one of odd characters or of great length counts as none."""
    return value if value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""


def _continues(new: _Origin, origin: _Origin) -> bool:
    """Whether an answer continues the version that was begun: what it says of itself must agree."""
    return (
        (not new.etag or new.etag == origin.etag)
        and (not new.modified or new.modified == origin.modified)
        and (None in (new.length, origin.length) or new.length == origin.length)
        and new.coding == origin.coding
    )


def _chained(start: bytes, body: Iterator[bytes]) -> Iterator[bytes]:
    if start:
        yield start
    yield from body


# ----------------------------------------------------------------------------------------------------- what it must be


def _plain_start(start: bytes, coding: str) -> bytes:
    if not coding:
        return start
    try:
        return zlib.decompressobj(wbits=31).decompress(start, _SNIFFED)
    except zlib.error:
        return b""


def _looks_like(kind: Kind, start: bytes) -> bool:
    """Whether a file that begins so can be of this kind; a web page is none of them."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind == "zip":
        return start.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if kind == "json":
        return text.startswith((b"{", b"["))
    if kind == "xml":
        return text.startswith(b"<") and not re.match(rb"(?i)<(!doctype\s+html|html)\b", text)
    return bool(text) and not text.startswith((b"<", b"{", b"PK\x03\x04"))


def _verify(path: Path, wanted: Wanted) -> None:
    """Raise ValueError, saying what is wrong, unless the file is whole and of the wanted kind."""
    with path.open("rb") as file:
        if not _looks_like(wanted.kind, file.read(_SNIFFED)):
            raise ValueError(f"it does not begin like a {wanted.kind} file")
    if wanted.sha256 and _sha256(path) != wanted.sha256:
        raise ValueError("its SHA-256 is another one")
    if wanted.kind == "zip":
        _verify_zip(path)
        return
    text = path.read_bytes()
    if b"\0" in text:
        # A file system that lost power fills a hole with zeros; no text holds any.
        raise ValueError("it holds zero bytes")
    if wanted.kind == "json":
        try:
            json.loads(text)
        except RecursionError:
            raise ValueError("it is nested too deep") from None
    elif wanted.kind == "xml":
        root = re.search(rb"<([A-Za-z_][\w.:-]*)", text)
        if not root or not re.search(rb"</%b\s*>\s*\Z" % re.escape(root[1]), text[-_SNIFFED:]):
            raise ValueError("its end is missing")


def _verify_zip(path: Path) -> None:
    """Every entry by its CRC; what would unpack beyond all measure is refused before it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            most = min(_MOST_UNPACKED, _MOST_RATIO * path.stat().st_size)
            if len(entries) > _MOST_ENTRIES or unpacked > most:
                raise ValueError(f"a zip of {len(entries):,} entries and {unpacked:,} bytes is not read")
            damaged = archive.testzip()
    # RuntimeError is zipfile's word for encryption, NotImplementedError (one of its kind) for unknown compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise ValueError(f"the zip is damaged ({error})") from error
    if damaged:
        raise ValueError(f"the zip is damaged at its entry {damaged[:100]!r}")


def _unpack_gzip(packed: Path, plain: Path, largest: int) -> None:
    """Undo the coding of the transfer. Raises ValueError when it is damaged, incomplete or too large."""
    decoder = zlib.decompressobj(wbits=31)
    written = 0
    with packed.open("rb") as source, plain.open("wb") as target:
        while not decoder.eof:
            rest = decoder.unconsumed_tail or source.read(2**20)
            try:
                piece = decoder.decompress(rest, 2**20)
            except zlib.error as error:
                raise ValueError(f"its gzip coding is damaged ({error})") from error
            if not rest and not piece:
                raise ValueError("its gzip coding ends early")
            written += target.write(piece)
            if written > largest:
                raise ValueError(f"it unpacks to more than {largest:,} bytes")
        if decoder.unused_data or source.read(1):
            raise ValueError("something follows the end of its gzip coding")


# ---------------------------------------------------------------------------------------------------------------- disk


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(target.name + suffix)


def is_own(path: Path) -> bool:
    """Whether `path` is a finished file that this module put there."""
    return _beside(path, ".origin").is_file()


def digest_of(path: Path) -> str:
    """SHA-256 of a finished file that this module put there, or ""."""
    origin = _read_origin(_beside(path, ".origin"))
    return origin.sha256 if origin and origin.is_of(path) else ""


def move(path: Path, target: Path) -> None:
    """Give a finished file another place; killed in between, it is fetched again."""
    path.replace(target)
    _beside(path, ".origin").replace(_beside(target, ".origin"))


def forget(path: Path) -> None:
    """Delete a finished file with all that stands beside it."""
    for suffix in ("", ".part", ".part.plain", ".part.origin", ".origin"):
        _beside(path, suffix).unlink(missing_ok=True)


def _read_origin(path: Path) -> _Origin | None:
    """What stands in a sidecar; None when there is none, or nothing that can be used."""
    try:
        found = json.loads(path.read_bytes())
        origin = _Origin(**found)
        numbers = (origin.length or 0, origin.size, origin.mtime_ns)
        texts = (origin.url, origin.etag, origin.modified, origin.coding, origin.sha256)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    sound = all(isinstance(n, int) for n in numbers) and all(isinstance(t, str) for t in texts)
    return origin if sound else None


def write_durably(path: Path, content: bytes) -> None:
    """Put `content` under its name by one rename, after it has reached the disk."""
    scratch = _beside(path, ".new")
    scratch.write_bytes(content)
    _to_disk(scratch)
    scratch.replace(path)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with the process. Raises StoreError when another process holds it."""
    with (folder / ".lock").open("ab") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(
                f"another process is fetching into {folder}", "wait until it has ended, or end it"
            ) from error
        yield


@contextmanager
def _disk_errors(transfer: _Transfer) -> Iterator[None]:
    folder = transfer.target.parent
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise transfer.no_space(shutil.disk_usage(folder).free) from error
        if error.errno in _NOT_WRITABLE:
            raise NoSpaceError(
                f"{folder} cannot be written ({error.strerror})", "make it writable, or name another folder"
            ) from error
        raise
