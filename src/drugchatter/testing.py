"""What tests of this package, and of those who build on it, need: a small FDA on loopback that can misbehave.

    with SmallFda(folder, labels=[{...}]) as fda:
        fda.misbehave("/download.open.fda.gov/drug/label/part.zip", Fault("reset", at=1000))
        settings = load_settings({"DRUGCHATTER_HOME": "…", "DRUGCHATTER_PUBLISHERS_URL": fda.url})

`folder` holds files by host and path, as in `folder/api.fda.gov/download.json`; they are served with entity tag, date,
ranges, conditions and gzip, as the publishers do. `drug/label.json` answers searches over `labels`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import socket
import ssl
import struct
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

_SEARCH_PATH = "/api.fda.gov/drug/label.json"
_PIECE = 16 * 1024
_TYPES = {".zip": "application/zip", ".json": "application/json", ".csv": "text/csv", ".xml": "text/xml"}
_WEB_PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>We are down for maintenance.</body></html>"

FaultKind = Literal[
    "reset",  # the connection is reset after `at` bytes of the body
    "close",  # the connection ends in peace after `at` bytes of the body
    "length",  # Content-Length is wrong by `at` (may be negative); the body has as many bytes as it says, or all
    "ignore_range",  # the whole file with status 200, whatever part was asked for
    "refuse_range",  # 416 for any range
    "wrong_range",  # another part than was asked for
    "ignore_condition",  # a part although If-Range names another version
    "change",  # after `at` bytes the file becomes `body`, with another entity tag, and the connection is reset
    "status",  # the status `at`, with Retry-After `value` if there is one
    "page",  # a web page with status 200
    "page_as_file",  # the same under the content type of the file
    "gzip",  # Content-Encoding gzip, whose stream ends after `at` bytes, although all else is in order
    "drip",  # `at` bytes (at least one) each `seconds`
    "drip_head",  # the same from the first byte of the answer on
    "hang",  # nothing for `seconds`, then the end
    "endless",  # a body of `body` again and again, without a length
    "redirect",  # 302 to `value`
]


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    at: int = 0
    value: str = ""
    body: bytes = b""
    seconds: float = 0.0


@dataclass(slots=True)
class Seen:
    """A request: `path` with its query, `at` (monotonic seconds) when it came; then `status` and body bytes sent."""

    method: str
    path: str
    headers: dict[str, str]
    at: float
    status: int = 0
    sent: int = 0


class SmallFda:
    """Serves `folder` and `labels` at `url` while it is entered, over TLS with `tls`; `seen` is what was asked.

    `names`: the file name that Content-Disposition gives to a path. A file whose name holds a query answers just that
    query; without one any query gets the file of the path.
    """

    def __init__(self, folder: Path, labels: Sequence[dict[str, Any]] = (), tls: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        self.labels = list(labels)
        self.seen: list[Seen] = []
        self.connections = 0
        self.names: dict[str, str] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fda = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> SmallFda:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def moved(self) -> int:
        """Bytes of bodies sent so far."""
        return sum(seen.sent for seen in self.seen)

    def misbehave(self, path: str, *faults: Fault) -> None:
        """The next requests for `path` (without query) meet these faults, one each; those after them none."""
        with self._lock:
            self._faults.setdefault(path, deque()).extend(faults)

    def behave(self) -> None:
        """Forget all faults still to come, and what was asked."""
        with self._lock:
            self._faults.clear()
            self.seen.clear()
            self.connections = 0

    def put(self, path: str, body: bytes, modified: float | None = None) -> Path:
        """Publish a file under `/host/path`; `modified` is its date in seconds since 1970, by default now."""
        file = self.folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        if modified is not None:
            os.utime(file, (modified, modified))
        return file

    def _next_fault(self, path: str) -> Fault | None:
        with self._lock:
            waiting = self._faults.get(path)
            return waiting.popleft() if waiting else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    fda: SmallFda

    def get_request(self) -> tuple[socket.socket, Any]:
        self.fda.connections += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what these tests are about; nothing to print."""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    etag: str
    modified: str
    content_type: str
    coding: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._seen = Seen(self.command, self.path, headers, time.monotonic())
        self.server.fda.seen.append(self._seen)
        path = unquote(urlsplit(self.path).path)
        try:
            self._answer(path, self.server.fda._next_fault(path))
        except OSError:
            self.close_connection = True

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""

    # -------------------------------------------------------------------------------------------------- what is served

    def _answer(self, path: str, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if fault and kind in ("status", "redirect", "page", "hang", "drip_head", "endless"):
            self._answer_without_file(fault)
            return
        file = self._search() if path == _SEARCH_PATH else self._file(path)
        if file is None:
            body = json.dumps({"error": {"code": "NOT_FOUND", "message": "No matches found!"}}).encode()
            self._send(404, {"Content-Type": "application/json"}, body)
            return
        if fault and kind == "page_as_file":
            file = _File(_WEB_PAGE, file.etag, file.modified, file.content_type)
        if fault and kind == "gzip":
            file = _File(gzip.compress(file.body, 1)[: fault.at], file.etag, file.modified, file.content_type, "gzip")
        self._serve(file, fault, path)

    def _answer_without_file(self, fault: Fault) -> None:
        if fault.kind == "status":
            headers = {"Content-Type": "text/plain"} | ({"Retry-After": fault.value} if fault.value else {})
            self._send(fault.at, headers, b"not now")
        elif fault.kind == "redirect":
            self._send(302, {"Location": fault.value}, b"")
        elif fault.kind == "page":
            self._send(200, {"Content-Type": "text/html; charset=utf-8"}, _WEB_PAGE)
        elif fault.kind == "hang":
            time.sleep(fault.seconds)
            self.close_connection = True
        elif fault.kind == "drip_head":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100_000, fault.seconds)
        else:
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            while True:
                self._write(fault.body)

    def _file(self, path: str) -> _File | None:
        folder = self.server.fda.folder.resolve()
        places = [(folder / place.lstrip("/")).resolve() for place in (unquote(self.path), path)]
        file = next((place for place in places if folder in place.parents and place.is_file()), None)
        if file is None:
            return None
        modified = formatdate(file.stat().st_mtime, usegmt=True)
        kind = _TYPES.get(file.suffix, "application/octet-stream")
        return self._coded(file.read_bytes(), modified, kind)

    def _coded(self, body: bytes, modified: str, content_type: str) -> _File:
        etag = hashlib.sha256(body).hexdigest()[:16]
        if "gzip" in self.headers.get("Accept-Encoding", "") and content_type != "application/zip":
            return _File(gzip.compress(body, 1, mtime=0), f'"{etag}-gzip"', modified, content_type, "gzip")
        return _File(body, f'"{etag}"', modified, content_type)

    def _search(self) -> _File | None:
        asked = parse_qs(urlsplit(self.path).query)
        limit = int(asked.get("limit", ["1"])[0])
        found = [label for label in self.server.fda.labels if _matches(label, asked.get("search", [""])[0])]
        if asked.get("sort") == ["effective_time:desc"]:
            found.sort(key=lambda label: str(label.get("effective_time", "")), reverse=True)
        if not found:
            return None
        meta = {"results": {"skip": 0, "limit": limit, "total": len(found)}}
        body = json.dumps({"meta": meta, "results": found[:limit]}).encode()
        return self._coded(body, formatdate(usegmt=True), "application/json")

    # ------------------------------------------------------------------------------------------------- how it is served

    def _serve(self, file: _File, fault: Fault | None, path: str) -> None:
        kind = fault.kind if fault else ""
        headers = {"Content-Type": file.content_type, "ETag": file.etag, "Last-Modified": file.modified}
        if file.coding:
            headers["Content-Encoding"] = file.coding
        if name := self.server.fda.names.get(path):
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        if self._unchanged(file):
            self._send(304, headers, b"")
            return
        headers["Accept-Ranges"] = "bytes"
        start, stop, status = self._range(file, kind)
        if status == 416:
            self._send(416, {"Content-Range": f"bytes */{len(file.body)}"}, b"")
            return
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(file.body)}"
        self._send(status, headers, file.body[start:stop], fault, path)

    def _unchanged(self, file: _File) -> bool:
        if tags := self.headers.get("If-None-Match"):
            return file.etag in tags
        return self.headers.get("If-Modified-Since") == file.modified

    def _range(self, file: _File, kind: str) -> tuple[int, int, int]:
        """First byte, end and status of the answer to the Range of the request."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        stale = condition is not None and condition not in (file.etag, file.modified)
        if not asked or kind == "ignore_range" or (stale and kind != "ignore_condition"):
            return 0, len(file.body), 200
        start = int(asked[1])
        stop = min(len(file.body), int(asked[2]) + 1 if asked[2] else len(file.body))
        if start >= stop or kind == "refuse_range":
            return 0, 0, 416
        return (max(0, start - 7) if kind == "wrong_range" else start), stop, 206

    def _send(
        self, status: int, headers: dict[str, str], body: bytes, fault: Fault | None = None, path: str = ""
    ) -> None:
        kind = fault.kind if fault else ""
        length = len(body) + (fault.at if fault and kind == "length" else 0)
        self._seen.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(max(0, length)))
        self.end_headers()
        if self.command == "HEAD" or status == 304:
            return
        if fault and kind == "drip":
            self._drip(body, fault.seconds, max(1, fault.at))
            return
        cut = fault.at if fault and kind in ("reset", "close", "change") else min(len(body), length)
        for start in range(0, min(cut, len(body)), _PIECE):
            self._write(body[start : min(start + _PIECE, cut)])
        if fault and kind == "change":
            self.server.fda.put(path, fault.body)
        if kind in ("reset", "change"):
            self._reset()
        if kind in ("close", "length"):
            self.close_connection = True

    def _write(self, piece: bytes) -> None:
        self._seen.sent += len(piece)
        self.wfile.write(piece)

    def _drip(self, body: bytes, seconds: float, many: int = 1) -> None:
        for start in range(0, len(body), many):
            self._write(body[start : start + many])
            time.sleep(seconds)

    def _reset(self) -> None:
        """End the connection by RST once the other side has had time to take what was sent."""
        time.sleep(0.005)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


# --------------------------------------------------------------------------------------------------- openFDA's searches


def _matches(label: dict[str, Any], search: str) -> bool:
    """The part of openFDA's query syntax that is used: clauses, joined by AND or by a space for OR, in brackets."""
    groups = re.split(r"\s+AND\s+", search)
    return all(any(_holds(label, clause) for clause in _clauses(group)) for group in groups)


def _clauses(group: str) -> Iterator[tuple[str, str]]:
    for field, quoted, bare in re.findall(r'([a-z_.]+):(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))', group):
        yield field, re.sub(r"\\(.)", r"\1", quoted) if quoted else bare


def _holds(label: dict[str, Any], clause: tuple[str, str]) -> bool:
    field, value = clause
    values = [str(found) for found in _values(label, field.removesuffix(".exact").split("."))]
    if field.endswith(".exact"):
        return value in values
    return any(f" {_words(value)} " in f" {_words(found)} " for found in values)


def _values(place: object, path: list[str]) -> Iterable[object]:
    for key in path:
        place = place.get(key) if isinstance(place, dict) else None
    if place is None:
        return []
    return place if isinstance(place, list) else [place]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
