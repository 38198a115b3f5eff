"""What the pages of one server share: the answers, the lists, what is kept, and the templates."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from drugchatter import __version__
from drugchatter.engine import Engine
from drugchatter.surfaces.answering import Answering
from drugchatter.surfaces.web.catalog import Catalog
from drugchatter.surfaces.web.keep import Keep
from drugchatter.surfaces.web.views.changes import Versions
from drugchatter.surfaces.web.views.lists import Calendar
from drugchatter.surfaces.web.views.supply import Supply
from drugchatter.surfaces.web.views.values import ask_path, shown_day

# When this process took up serving.
STARTED = datetime.now(UTC)
STATIC = {
    "style.css": "text/css; charset=utf-8",
    "script.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@cache
def static_file(name: str) -> bytes:
    return (resources.files("drugchatter.surfaces.web") / "static" / name).read_bytes()


@cache
def static_path(name: str) -> str:
    """The address of a static file; it changes with its content, so browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256(static_file(name)).hexdigest()[:12]}"


def ticked(text: str) -> Markup:
    """Text with what stands between backticks as code, its dates on one line each; all of it escaped.

    >>> print(ticked("run `drugchatter sync` <now>"))
    run <code>drugchatter sync</code> &lt;now&gt;
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return unbroken(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(piece) if place % 2 else unbroken(piece) for place, piece in enumerate(pieces))


_TELEPHONE = re.compile(r"(1-\d{3}-\d{3}-\d{4}|\b(?:911|988)\b)")
_DATE = re.compile(r"(\b\d{4}-\d{2}-\d{2}\b)")


def phones(text: str) -> Markup:
    """Text whose emergency numbers can be called by a touch; all of it escaped.

    >>> print(phones("call 911 <now>"))
    call <a href="tel:911">911</a> &lt;now&gt;
    """
    return _within(text, _TELEPHONE, Markup('<a href="tel:{0}">{0}</a>'))


def unbroken(text: str) -> Markup:
    """Text whose dates stay on one line; all of it escaped.

    >>> print(unbroken("until 2031-08-24 <"))
    until <span class="date">2031-08-24</span> &lt;
    """
    return _within(text, _DATE, Markup('<span class="date">{0}</span>'))


def _within(text: str, pattern: re.Pattern[str], markup: Markup) -> Markup:
    """`text` escaped, with `markup` around what the one group of `pattern` finds."""
    pieces = pattern.split(text)
    return Markup("").join(markup.format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces))


def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("drugchatter.surfaces.web"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=shown_day, phones=phones, ticked=ticked, unbroken=unbroken)
    made.globals.update(static=static_path, ask_path=ask_path, version=__version__)
    return made


@dataclass(frozen=True)
class Site:
    """`token` is the operator's."""

    answering: Answering
    catalog: Catalog
    calendar: Calendar
    versions: Versions
    supply: Supply
    keep: Keep
    token: str
    templates: Environment

    @property
    def engine(self) -> Engine:
        return self.answering.engine

    def page(self, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.html(template, **values), status)

    def html(self, template: str, /, **values: Any) -> str:
        return self.templates.get_template(template).render(values)

    def warm(self) -> None:
        """Do now what the first reader would otherwise wait for."""
        self.catalog.warm()
        _ = self.calendar.lines

    def close(self) -> None:
        """Give the edition back, after the answers that are being worked on; nothing is left to be used.

        FastAPI never forgets a route, and so what that refers to: a hundred megabytes for each edition.
        """
        self.answering.close(wait=True)
        self.engine.close()
        self.answering.forget()
        vars(self).clear()

    def is_operator(self, token: str | None) -> bool:
        return token is not None and secrets.compare_digest(token.encode(), self.token.encode())


def make_site(answering: Answering, keep: Keep, token: str) -> Site:
    catalog = Catalog(answering.engine.index)
    engine = answering.engine
    calendar, versions, supply = Calendar(engine, catalog), Versions(engine), Supply(engine)
    return Site(answering, catalog, calendar, versions, supply, keep, token, _templates())
