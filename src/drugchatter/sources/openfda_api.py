"""Labels on demand from openFDA's API. Only a drug's name or a set id leaves the machine, never a question.

Query syntax: https://open.fda.gov/apis/query-syntax/; limits and keys: https://open.fda.gov/apis/authentication/ (240
requests a minute; 1,000 a day, 120,000 with a key). What was asked is counted in one file of the home, which all
processes share.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from drugchatter.errors import NoSpaceError, OfflineError, UpstreamError, UsageError
from drugchatter.settings import Settings

if TYPE_CHECKING:
    from drugchatter.sources.web import Response, Web

_ADDRESS = "https://api.fda.gov/drug/label.json"
_FIELDS = ("openfda.brand_name", "openfda.generic_name", "openfda.substance_name")
_LIMIT = 5
_LARGEST = 32 * 2**20
_LONGEST_NAME = 200
_A_MINUTE, _A_DAY = 60.0, 86_400.0
_NO_KEY = "a free key from https://open.fda.gov/apis/authentication/ in DRUGCHATTER_OPENFDA_API_KEY allows more"


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds`: the deadline of one look-up, resolving included; `pause`: how long not to try after no connection."""

    a_minute: int = 240
    a_day: int = 1_000
    a_day_with_key: int = 120_000
    seconds: float = 6.0
    pause: float = 60.0


_LIMITS = Limits()


class OpenFda:
    """The API as one process sees it: keep one for as long as questions are answered. Safe for several threads."""

    def __init__(self, settings: Settings, limits: Limits = _LIMITS, web: Web | None = None) -> None:
        """`web` is for tests; by default each look-up opens its own way, as the settings allow."""
        self._settings = settings
        self._limits = limits
        self._web = web
        a_day = limits.a_day_with_key if settings.openfda_api_key else limits.a_day
        self._count = _Count(settings.home / "openfda_requests.sqlite", limits.a_minute, a_day)
        self._lock = Lock()
        self._failed: tuple[float, str] | None = None

    def find_label(self, name: str) -> bytes | None:
        """The API's answer (JSON, up to five labels) for a brand, generic or substance name, or None.

        The most fitting label is first: whose name it is, from its original packager, the newest. Raises UsageError
        for no name at all, OfflineError when there is no network (or was none a minute ago), UpstreamError when the
        API fails, does not answer in time or has no request left, NoSpaceError when the count cannot be kept.
        """
        cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:_LONGEST_NAME]
        if not cleaned:
            raise UsageError("no name to look for", "give the name of a drug")
        with self._lookup() as (web, until):
            for search in _searches(cleaned):
                if found := self._ask(web, search, until):
                    return _ordered(found, cleaned)
        return None

    def label(self, set_id: str) -> bytes | None:
        """The API's answer for one set id, or None. Raises as `find_label` does; UsageError when it is no UUID."""
        try:
            uuid = UUID(set_id)
        except ValueError as error:
            raise UsageError(f"{set_id!r} is not a set id", "copy it from the label") from error
        with self._lookup() as (web, until):
            found = self._ask(web, f'set_id:"{uuid}"', until)
        return json.dumps(found).encode() if found else None

    @contextmanager
    def _lookup(self) -> Iterator[tuple[Web, float]]:
        """A way to the API and its deadline, unless there was no connection a moment ago."""
        from drugchatter.sources.web import ConnectError, Web

        with self._lock:
            if self._failed and time.monotonic() - self._failed[0] < self._limits.pause:
                raise OfflineError(
                    f"{self._failed[1]}; not tried again within {self._limits.pause:.0f} s", "check the network"
                )
        until = time.monotonic() + self._limits.seconds
        try:
            if self._web:
                yield self._web, until
            else:
                with Web.of(self._settings) as web:
                    yield web, until
        except (OfflineError, ConnectError, _TooSlowError) as error:
            with self._lock:
                self._failed = (time.monotonic(), error.message)
            raise

    def _ask(self, web: Web, search: str, until: float) -> dict[str, Any] | None:
        from drugchatter.sources.web import BrokenError

        self._count.take()
        url = f"{_ADDRESS}?{urlencode({'search': search, 'sort': 'effective_time:desc', 'limit': _LIMIT})}"
        left = until - time.monotonic()
        try:
            if left <= 0:
                raise BrokenError("the deadline has passed")
            with web.ask("GET", url, self._headers(), seconds=left) as response:
                return self._read(response)
        except BrokenError as error:
            if time.monotonic() >= until:
                raise _TooSlowError(
                    f"api.fda.gov did not answer within {self._limits.seconds:.0f} s", "try again later"
                ) from error
            raise

    def _headers(self) -> dict[str, str]:
        """The key goes into a header, so that no address, log line or message can hold it."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if key := self._settings.openfda_api_key:
            headers["Authorization"] = f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
        return headers

    def _read(self, response: Response) -> dict[str, Any] | None:
        if response.status == 429:
            self._count.wait_for(response.retry_after or _A_MINUTE)
            raise UpstreamError("openFDA allows no more requests for now", _NO_KEY)
        found = _parsed(response)
        error = found.get("error") if found else None
        if response.status == 404 and isinstance(error, dict) and error.get("code") == "NOT_FOUND":
            return None
        results = found.get("results") if found else None
        if response.status != 200 or not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
            raise UpstreamError(f"openFDA answered with status {response.status} and no labels", "try again later")
        return found if results else None


class _TooSlowError(UpstreamError):
    pass


def _searches(name: str) -> Iterator[str]:
    """Whole names first, of the original packager, then of any; then names that contain the words.

    Exact fields keep the publisher's capitals, hence the spellings.
    """
    spellings = dict.fromkeys((name, name.upper(), name.lower(), name.title(), name.capitalize()))
    exact = " ".join(f"{field}.exact:{_quoted(spelling)}" for field in _FIELDS for spelling in spellings)
    yield f"({exact}) AND openfda.is_original_packager:true"
    yield exact
    yield " ".join(f"{field}:{_quoted(name)}" for field in _FIELDS)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _parsed(response: Response) -> dict[str, Any] | None:
    """The answer's JSON object, or None when it is none. Raises UpstreamError when it is larger than any answer."""
    decoder = zlib.decompressobj(wbits=31) if response.headers.get("content-encoding") == "gzip" else None
    content = bytearray()
    try:
        for piece in response.body:
            content += decoder.decompress(piece, _LARGEST) if decoder else piece
            if len(content) > _LARGEST:
                raise UpstreamError(f"openFDA's answer is larger than {_LARGEST:,} bytes", "try a more exact name")
        if decoder and not decoder.eof:
            return None
        found = json.loads(content)
    except (ValueError, RecursionError, zlib.error):
        return None
    return found if isinstance(found, dict) else None


def _ordered(found: dict[str, Any], name: str) -> bytes:
    """The answer with its labels in order of fitness."""

    def key(label: dict[str, Any]) -> tuple[bool, bool, bool, str]:
        block = label["openfda"] if isinstance(label.get("openfda"), dict) else {}
        named = [name.casefold() in _folded(block.get(field.removeprefix("openfda."))) for field in _FIELDS]
        original = block.get("is_original_packager") in (True, [True])
        return any(named), original, named[0], str(label.get("effective_time", ""))

    return json.dumps({**found, "results": sorted(found["results"], key=key, reverse=True)}).encode()


def _folded(values: object) -> set[str]:
    entries: Iterable[object] = values if isinstance(values, list) else ()
    return {str(entry).casefold() for entry in entries}


class _Count:
    """How many requests went out, in a file that all processes of this home share."""

    def __init__(self, path: Path, a_minute: int, a_day: int) -> None:
        self._path, self._a_minute, self._a_day = path, a_minute, a_day

    def take(self) -> None:
        """Count one request that is about to be sent. Raises UpstreamError when none is left."""
        with self._transaction() as connection:
            now = time.time()
            # A clock that was set back must not lock the door until it is right again.
            connection.execute("DELETE FROM asked WHERE at < ? OR at > ?", (now - _A_DAY, now + _A_MINUTE))
            (until,) = connection.execute("SELECT coalesce(max(until), 0) FROM closed").fetchone()
            if now < until <= now + _A_DAY:
                raise UpstreamError(f"openFDA asked not to be asked for another {until - now:.0f} s", _NO_KEY)
            counted = "SELECT count(*), min(at) FROM asked WHERE at > ?"
            for seconds, most, span in ((_A_MINUTE, self._a_minute, "minute"), (_A_DAY, self._a_day, "day")):
                count, oldest = connection.execute(counted, (now - seconds,)).fetchone()
                if count >= most:
                    wait = oldest + seconds - now
                    raise UpstreamError(
                        f"the {most:,} requests a {span} that openFDA allows are used up; "
                        f"the next may be sent in {wait:.0f} s",
                        _NO_KEY,
                    )
            connection.execute("INSERT INTO asked VALUES (?)", (now,))

    def wait_for(self, seconds: float) -> None:
        """Let no process ask again before `seconds` have passed."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM closed")
            connection.execute("INSERT INTO closed VALUES (?)", (time.time() + min(seconds, _A_DAY),))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=2.0, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("CREATE TABLE IF NOT EXISTS asked (at REAL)")
                connection.execute("CREATE INDEX IF NOT EXISTS asked_at ON asked (at)")
                connection.execute("CREATE TABLE IF NOT EXISTS closed (until REAL)")
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise NoSpaceError(
                f"{self._path} cannot be kept ({error}), so openFDA is not asked",
                "free some space, make it writable, or delete it if it is damaged",
            ) from error
