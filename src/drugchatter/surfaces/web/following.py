"""The application on the edition that serves, also when another one is published while the server runs.

An edition never changes, so all that the server has made of one (its lists, the answers it keeps) goes with it: each
edition gets an application of its own. A request ends on the edition that it began with.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from drugchatter.errors import StoreError
from drugchatter.surfaces.web.site import Site

_LOG = logging.getLogger("drugchatter.web")
# Between two looks at which edition serves.
_SECONDS = 1.0


class Following:
    """ASGI. `make` gives the application (of `create_app`) on the edition that serves at the moment; `serving` says
    which that is, and is asked about once a second. An edition that cannot be read is told in the log and not taken up.
    """

    def __init__(self, make: Callable[[], FastAPI], serving: Callable[[], object]) -> None:
        self._make, self._serving = make, serving
        self._edition = serving()
        self.app = make()
        self._requests: Counter[FastAPI] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        app = self.app
        self._requests[app] += 1
        try:
            await app(scope, receive, send)
        finally:
            self._requests[app] -= 1
            self._give_back(app)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start of the server to its end."""
        await receive()
        # What the first readers would wait for is read while the server already answers.
        warming = asyncio.create_task(asyncio.to_thread(_site(self.app).warm))
        watching = asyncio.create_task(self._watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        warming.cancel()
        watching.cancel()
        _site(self.app).answering.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            serving = await asyncio.to_thread(self._looked)
            if serving == self._edition:
                continue
            self._edition = serving
            try:
                fresh = await asyncio.to_thread(self._made)
            except Exception as error:
                _LOG.error("the new edition is not taken up: %s: %s", type(error).__name__, error)
            else:
                before, self.app = self.app, fresh
                self._give_back(before)

    def _looked(self) -> object:
        """Which edition serves, or why that cannot be told."""
        try:
            return self._serving()
        except StoreError as error:
            return error.message

    def _made(self) -> FastAPI:
        """An application that keeps its first reader no longer waiting than the next."""
        app = self._make()
        _site(app).warm()
        return app

    def _give_back(self, app: FastAPI) -> None:
        """Close the edition of an application that another has replaced, after its last request."""
        if app is not self.app and not self._requests[app]:
            del self._requests[app]
            asyncio.get_running_loop().run_in_executor(None, _site(app).close)


def _site(app: FastAPI) -> Site:
    site: Site = app.state.site
    return site
