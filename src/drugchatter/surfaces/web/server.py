"""`serve`: the page on an address of this machine, until it is stopped.

Nothing is logged of what is asked. A client that does not finish its request is hung up on.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from drugchatter.engine import open_engine
from drugchatter.errors import UsageError
from drugchatter.settings import Settings, load_settings
from drugchatter.surfaces.answering import Limits
from drugchatter.surfaces.web import PORT
from drugchatter.surfaces.web.app import LOOPBACK, create_app
from drugchatter.surfaces.web.following import Following
from drugchatter.surfaces.web.guard import Rate
from drugchatter.sync import ensure_edition, served

_STOPPING_SECONDS = 5
# A thread that works on an answer holds the interpreter this long before the one that sends may go on, which happens
# at every send; Python's own 5 ms would make readers of finished answers wait for those being written.
_TURN_SECONDS = 0.0005
_IDLE_SECONDS = 10.0


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    names: tuple[str, ...] = (),
    settings: Settings | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve until interrupted. `port` 0 takes a free one; `names` are further host names it may be addressed by.

    Raises UsageError when the address cannot be taken, StoreError when the edition cannot be read.
    """
    settings = settings or load_settings()
    listening = _listen(host, port)
    limits = limits or Limits()
    sys.setswitchinterval(_TURN_SECONDS)
    token = secrets.token_urlsafe(18)
    hosts = LOOPBACK | {host.strip("[]"), *names}
    config = uvicorn.Config(
        followed(settings, limits, hosts, token),
        http=_Protocol,
        ws="none",
        access_log=False,
        log_level="critical",  # its errors carry values of requests; ours, in app.py, do not
        server_header=False,
        proxy_headers=False,
        limit_concurrency=2 * limits.streams,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_STOPPING_SECONDS,
    )
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}/"
    print(f"DrugChatter is at {address}  (Ctrl+C stops it)", flush=True)
    print(f"readers' reports, for you alone: {address}reports?token={token}", file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt):  # the usual way to stop it, and no failure
        uvicorn.Server(config).run(sockets=[listening])


def followed(settings: Settings, limits: Limits, hosts: frozenset[str], token: str) -> Following:
    """The web application on whichever edition of `settings.home` serves. Raises StoreError when it cannot be read."""
    rate = Rate(limits.per_minute)

    def made() -> FastAPI:
        return create_app(open_engine(settings), settings.home, limits=limits, hosts=hosts, token=token, rate=rate)

    ensure_edition(settings)
    return Following(made, lambda: served(settings))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen()  # who connects as soon as the address is printed waits, and is not refused
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror}",
            "name another port with --port, or 0 for a free one",
        ) from error
    return listening


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Protocol(H11Protocol):
    """HTTP/1.1 that does not wait for ever for a request to be complete: uvicorn has no time limit on headers."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._unfinished: object = None
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._watching.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        self._watching: asyncio.TimerHandle = self.loop.call_later(_IDLE_SECONDS, self._look)

    def _look(self) -> None:
        """Hang up when the connection was without a running request at the last look too."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if not answering and self._unfinished == (self.cycle,):
            self.transport.close()
            return
        self._unfinished = None if answering else (self.cycle,)
        self._watch()
