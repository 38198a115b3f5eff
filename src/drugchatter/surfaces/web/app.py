"""`create_app`: the routes, the guard before them, and errors as pages or as problem details."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from drugchatter import __version__
from drugchatter.engine import Engine
from drugchatter.errors import DrugChatterError
from drugchatter.surfaces.answering import Answering, Limits
from drugchatter.surfaces.api import STREAMED, Problem, make_api, problem, status_of
from drugchatter.surfaces.web.guard import Guard, Rate
from drugchatter.surfaces.web.keep import Keep
from drugchatter.surfaces.web.pages import make_pages
from drugchatter.surfaces.web.site import Site, make_site

_LOG = logging.getLogger("drugchatter.web")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


# FastAPI would hand addresses with their questions to whatever OpenTelemetry provider the process has, and with one
# variable of the environment send them away.
_UNTOLD: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def create_app(
    engine: Engine,
    home: Path,
    *,
    limits: Limits | None = None,
    hosts: frozenset[str] = LOOPBACK,
    token: str | None = None,
    rate: Rate | None = None,
) -> FastAPI:
    """The web application on `engine`. `home` is where reports and published answers are kept; `hosts` the names under
    which it may be addressed; `token` lets the operator in (default: a new random one); `rate` is what clients have
    asked so far (default: nothing)."""
    limits = limits or Limits()
    site = make_site(Answering(engine, limits), Keep(home / "web"), token or secrets.token_urlsafe(18))
    app = FastAPI(
        title="DrugChatter",
        version=__version__,
        description="Concise, cited answers about drugs from official documents, every sentence checked.",
        lifespan=_lifespan(site),
        telemetry=_UNTOLD,
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = site
    app.include_router(make_api(site.answering, lambda q: [_suggestion(site, i) for i in site.catalog.suggest(q)]))
    app.include_router(make_pages(site))
    _add_status(app, site)
    _add_errors(app, site)
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    app.add_middleware(Guard, limits=limits, hosts=hosts, rate=rate or Rate(limits.per_minute))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _suggestion(site: Site, drug: Any) -> dict[str, str]:
    return {"name": drug.name, "generic": drug.generic, "path": f"/drug/{drug.id}"}


def _lifespan(site: Site) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # What the first readers would wait for is read while the server already answers.
        warming = asyncio.create_task(asyncio.to_thread(site.warm))
        yield
        warming.cancel()
        site.answering.close()

    return lifespan


def _add_status(app: FastAPI, site: Site) -> None:
    @app.get("/api/status", summary="What is loaded, and whether the server is well")
    async def status() -> dict[str, Any]:
        edition = site.engine.index.edition
        return {
            "version": __version__,
            "edition": edition.id,
            "built": edition.built,
            "released": edition.released,
            "documents": dict(edition.documents),
            "open_answers": site.answering.open,
        }


# ----------------------------------------------------------------------------------------------------------- errors


def _add_errors(app: FastAPI, site: Site) -> None:
    def shown(request: Request, status: int, title: str, detail: str = "") -> Response:
        if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", "text/html"):
            return problem(status, title, detail)
        return site.page("error.html", status, status=status, title=title, detail=detail)

    @app.exception_handler(DrugChatterError)
    async def _ours(request: Request, error: DrugChatterError) -> Response:
        made = shown(request, status_of(error), _sentence(error.message), _sentence(error.hint))
        if made.status_code == 503:
            made.headers["Retry-After"] = "5"
        return made

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()[:5])
        return shown(request, 422, "The request is not as it should be", wrong)

    @app.exception_handler(StarletteHTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return shown(request, error.status_code, _TITLES.get(error.status_code, "This did not work"), str(error.detail))

    @app.exception_handler(Exception)
    async def _defect(request: Request, error: Exception) -> Response:
        # The path's shape tells where; the question, the body and the values stay out of the log.
        route = request.scope.get("route")
        _LOG.error("a defect at %s: %s", getattr(route, "path", "?"), type(error).__name__)
        return shown(request, 500, "Something is broken here", "The fault is ours. Please report it.")


_TITLES = {403: "Not for you", 404: "Not found", 405: "Not possible this way", 409: "Not possible now"}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document with problem details as errors really come, and what the events of a stream hold."""
    if not app.openapi_schema:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made["components"]["schemas"]
        for model in (Problem, *STREAMED):
            described = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(described.pop("$defs", {}), **{model.__name__: described})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
