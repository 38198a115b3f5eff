"""What every request passes before it reaches a page: host and origin, rate, size of body; and the headers that every
response carries.

A server on loopback is reachable by every page that its user opens: a name that resolves to 127.0.0.1 (DNS rebinding)
is refused by its Host, a form on another site by its Origin or Sec-Fetch-Site.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drugchatter.surfaces.answering import Limits
from drugchatter.surfaces.api import problem

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types drugchatter",
    )
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # Other sites learn nothing. `no-referrer` would make browsers send our own forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_BODY_SECONDS = 10.0
_MOST_CLIENTS = 10_000


class Guard:
    """ASGI middleware. `hosts`: the names, without port, under which the server may be addressed."""

    def __init__(self, app: ASGIApp, limits: Limits, hosts: frozenset[str], rate: Rate) -> None:
        self._app, self._limits, self._hosts, self._rate = app, limits, hosts, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        # A websocket is left without an answer, which the server closes as refused.

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = _with_headers(send)
        refused = self._refused(scope)
        if refused:
            await refused(scope, receive, send)
        else:
            await self._app(scope, self._bounded(receive), send)

    def _refused(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if not self._own(f"http://{headers.get('host', '')}"):
            return problem(403, "this server is not addressed by that name")
        origin = headers.get("origin")
        if origin is not None and not self._own(origin):
            return problem(403, "requests from other sites are not answered")
        following_a_link = scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not following_a_link:
            return problem(403, "requests from other sites are not answered")
        if (length := headers.get("content-length", "0")).isdigit() and int(length) > self._limits.body_bytes:
            return problem(413, "the body is too large")
        if not scope["path"].startswith("/static/") and (wait := self._rate.wait(_client(scope))):
            return problem(429, "too many requests", **{"Retry-After": str(wait)})
        return None

    def _own(self, address: str) -> bool:
        try:
            return urlsplit(address).hostname in self._hosts
        except ValueError:
            return False

    def _bounded(self, receive: Receive) -> Receive:
        """`receive` that counts the bytes of the body and does not wait for them for ever.

        Raises FastAPI's HTTPException, the one kind of error that its reading of a body lets pass.
        """
        taken, complete = 0, False

        async def bounded() -> Message:
            nonlocal taken, complete
            if complete:
                return await receive()  # waits for the client to hang up
            try:
                message = await asyncio.wait_for(receive(), _BODY_SECONDS)
            except TimeoutError as error:
                raise HTTPException(408, "The body did not arrive in time.") from error
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > self._limits.body_bytes:
                raise HTTPException(413, "The body is too large.")
            return message

        return bounded


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _client(scope: Scope) -> str:
    """The address of the connection, never of a header; an IPv6 client is its /64, which one machine may own."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return str(ipaddress.ip_network((host, 64), strict=False)) if address.version == 6 else host


class Rate:
    """A bucket of `per_minute` requests for each client, refilled evenly; the longest unseen clients are forgotten."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, now: float | None = None) -> int:
        """0 when the request may go on, else the seconds after which the next one may."""
        now = time.monotonic() if now is None else now
        left, seen = self._buckets.pop(client, (self._size, now))
        left = min(self._size, left + (now - seen) * self._size / 60)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        while len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * 60 / self._size))
