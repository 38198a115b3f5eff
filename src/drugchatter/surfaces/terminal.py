"""An Answer laid out for a terminal: what may save a life first, then the answer, then where it comes from.

Colour and links appear only on a terminal; elsewhere the same words stand as plain text. Every string that came from a
question or a document passes `safe` before it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Console
from rich.measure import Measurement
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from drugchatter.types import Answer, Declined, DrugMatch, Source, Statement

_WIDEST = 100
_NARROWEST = 24
_KINDS = {
    "verbatim": "label's own words",
    "summary": "our summary of the label",
    "row": "row of the publisher's table",
}

_SPACES = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks without width that turn the direction of writing or hide among letters.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_ADDRESS = re.compile(r"https?://[!-~]+")


def safe(text: str) -> str:
    """`text` as one line that cannot steer a terminal: control characters (escape sequences begin with one) become
    U+FFFD, line ends become spaces, invisible and direction marks go."""
    return _INVISIBLE.sub("", _CONTROLS.sub("\ufffd", _SPACES.sub(" ", text)))


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the caller, who ends the program; rich would end it here, as a failure."""
        raise  # noqa: PLE0704 - called while the BrokenPipeError is being handled


def make_console(file: TextIO) -> Console:
    """A console on `file` that prints strings as they are, without markup, emoji codes or guessed highlights."""
    return _Console(file=file, markup=False, emoji=False, highlight=False)


def print_answer(answer: Answer, console: Console) -> None:
    """Print `answer`, wrapped to the console's width but never wider than 100 columns."""
    page = Page(console)
    emergency = [notice.text for notice in answer.notices if notice.kind == "emergency"]
    if emergency:
        page.box("Emergency", emergency)
    _print_reading(page, answer)
    if answer.declined:
        _print_declined(page, answer.declined, emergency)
    _print_statements(page, answer)
    _print_notices(page, answer)
    _print_sources(page, answer)
    _print_other_questions(page, answer)
    _print_origin(page, answer)


class Page:
    """Prints paragraphs of at most the page's width, one blank line between blocks."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = max(_NARROWEST, min(console.width, _WIDEST))
        self._begun = False

    def gap(self) -> None:
        """An empty line, unless nothing was printed yet."""
        if self._begun:
            self._console.print()

    def box(self, title: str, texts: Iterable[str]) -> None:
        body = Text("\n".join(safe(text) for text in texts), style="bold")
        self._console.print(Panel(body, title=title, border_style="red", width=self._width))
        self._begun = True

    def paragraph(self, text: Text, first: str = "", rest: str = "") -> None:
        """`text` wrapped, its first line after `first`, the others after `rest`."""
        for number, line in enumerate(text.wrap(self._console, self._width - len(rest))):
            line.rstrip()
            self._line(Text.assemble(rest if number else first, line))

    def address(self, url: str, indent: str) -> None:
        """An address on a line of its own, whole even where it is longer than the page."""
        self._line(Text.assemble(indent, (safe(url), _link(url))))

    def _line(self, line: Text) -> None:
        # Wrapped already: the console must not break it again.
        self._console.print(line, soft_wrap=True)
        self._begun = True


def _link(url: str, style: str = "") -> Style:
    """A style whose text a terminal opens on a click; without the link when `url` is not a plain web address."""
    return Style.parse(style) + Style(link=url) if _ADDRESS.fullmatch(url) else Style.parse(style)


def _marked(text: str, citations: Iterable[int], style: str = "") -> Text:
    """A statement followed by the numbers of its sources."""
    marked = Text(safe(text), style=style)
    marks = "".join(f"[{n}]" for n in citations)
    return marked.append(f" {marks}", style="not bold cyan") if marks else marked


# ------------------------------------------------------------------------------------------------ before the answer


def _print_reading(page: Page, answer: Answer) -> None:
    """How the question was read, where a name was not simply found as written."""
    notes = [notice.text for notice in answer.notices if notice.kind == "reading"]
    for match in answer.reading.drugs:
        if match.how != "exact" and not any(match.matched in note for note in notes):
            notes.append(_read_as(match))
    for note in notes:
        page.paragraph(Text(safe(note), style="italic"))
    if notes:
        page.gap()


def _read_as(match: DrugMatch) -> str:
    named = f"{match.drug.name} ({match.drug.generic})"
    if match.how == "context":
        return f"Read as a question about {named}, from the question before."
    return f"“{match.matched}” was read as {named}."


def _print_declined(page: Page, declined: Declined, emergency: list[str]) -> None:
    text = declined.text
    for notice in emergency:
        text = text.replace(notice, "")  # it stands in the box already
    if text.strip():
        page.paragraph(Text(safe(text.strip()), style="yellow"))
    if declined.suggestions:
        page.paragraph(Text("Perhaps: " + safe(" · ".join(declined.suggestions))), rest="  ")
    page.gap()


def _print_statements(page: Page, answer: Answer) -> None:
    if answer.headline:
        page.paragraph(_marked(answer.headline.text, answer.headline.citations, "bold"))
        page.gap()
    for section in answer.sections:
        page.paragraph(Text(safe(section.heading), style="bold cyan"))
        for statement in section.statements:
            page.paragraph(_marked(statement.text, statement.citations), "  - ", "    ")
        page.gap()


def _print_notices(page: Page, answer: Answer) -> None:
    notices = [notice for notice in answer.notices if notice.kind not in ("emergency", "reading")]
    for notice in notices:
        bold = "bold " if notice.kind == "boxed_warning" else ""
        page.paragraph(Text(safe(notice.text), style=f"{bold}yellow"), "! ", "  ")
    if notices:
        page.gap()


# ---------------------------------------------------------------------------------------------------------- sources


def _print_sources(page: Page, answer: Answer) -> None:
    if not answer.sources:
        return
    page.paragraph(Text("Sources", style="bold cyan"))
    previous = ""
    for source in answer.sources:
        _print_source(page, source, previous)
        previous = source.url
    page.gap()
    if verify := _to_verify(answer):
        page.paragraph(Text("Where to verify", style="bold cyan"))
        section = "" if _found_nothing(verify) else f"section “{verify.section}”"
        page.paragraph(_joined(verify.document, section, *_edition_of(verify), url=verify.url), "  ", "  ")
        page.address(verify.url, "  ")
        drug = next((m.drug for m in answer.reading.drugs if m.drug.reference.set_id == verify.set_id), None)
        if drug is not None and drug.labels > 1:
            page.paragraph(Text(f"label chosen: {safe(drug.why_reference)}", style="dim"), "  ", "  ")
        page.gap()


def _print_source(page: Page, source: Source, previous: str) -> None:
    """One numbered source; its address is left out where the source above has the same."""
    number = f"  [{source.n}] "
    indent = " " * len(number)
    if _found_nothing(source):
        place = _joined(source.publisher, source.document, *_edition_of(source), url=source.url)
        page.paragraph(place, number, indent)
        page.paragraph(Text("searched, nothing found"), indent, indent)
    else:
        place = _joined(source.publisher, source.document, source.section, *_edition_of(source), url=source.url)
        page.paragraph(place, number, indent)
        quoted = Text.assemble(f"{_KINDS[source.kind]}: ", (f"“{safe(source.quote)}”", "dim"))
        page.paragraph(quoted, indent, indent)
    if source.url != previous:
        page.address(source.url, indent)


def _joined(*parts: str, url: str) -> Text:
    return Text(safe(" · ".join(part for part in parts if part)), style=_link(url))


def _edition_of(source: Source) -> tuple[str, str]:
    return f"version {source.version}", source.date


def _found_nothing(source: Source) -> bool:
    return not source.quote


def _to_verify(answer: Answer) -> Source | None:
    """The source of the headline, or of the first statement where there is no headline."""
    first: Statement | None = next(answer.statements(), None)
    return next((s for s in answer.sources if first and s.n in first.citations), None)


# -------------------------------------------------------------------------------------------------- after the answer


def _print_other_questions(page: Page, answer: Answer) -> None:
    if answer.related:
        page.paragraph(Text("Other questions", style="bold cyan"))
        for question in answer.related:
            page.paragraph(Text(safe(question)), "  - ", "    ")
        page.gap()


def _print_origin(page: Page, answer: Answer) -> None:
    """One dim line: which data, of when, written by what, in what time."""
    edition = answer.edition
    dated = f"data of {edition.released}" if edition.released else f"built {edition.built[:10]}"
    by = answer.draft.generated_by
    how = "extractive, no model" if by == "extractive" else by
    origin = f"Edition {edition.id} · {dated} · {how} · {answer.elapsed_ms:.0f} ms"
    page.paragraph(Text(safe(origin), style="dim"))
    if {source for source, _ in edition.documents} == {"starter"}:
        page.paragraph(Text("How to go on: drugchatter chat · drugchatter sync", style="dim"))


# ------------------------------------------------------------------------------------------- other things to be shown


def print_passage(source: Source, console: Console) -> None:
    """One whole passage (`source.quote`, a line each) under the place it comes from."""
    page = Page(console)
    place = _joined(source.publisher, source.document, *_edition_of(source), url=source.url)
    page.paragraph(place)
    loinc = f" (LOINC {source.loinc})" if source.loinc else ""
    page.paragraph(Text(safe(f"{source.section}{loinc}"), style="bold"))
    page.address(source.url, "")
    page.gap()
    page.paragraph(Text(f"{_KINDS[source.kind]}:", style="dim"))
    for line in source.quote.split("\n"):
        page.paragraph(Text(safe(line)), "  ", "  ")


def print_pairs(pairs: Iterable[tuple[str, str]], console: Console) -> None:
    """Names and values in two columns; a value is wrapped on a terminal, and one line elsewhere."""
    page = Page(console)
    held = [(safe(name), safe(value)) for name, value in pairs]
    indent = max((len(name) for name, _ in held), default=0) + 2
    for name, value in held:
        if console.is_terminal:
            page.paragraph(Text(value), name.ljust(indent), " " * indent)
        else:
            console.print(name.ljust(indent) + value, soft_wrap=True)


def print_table(heads: Iterable[str], rows: Iterable[Iterable[str]], totals: Iterable[str], console: Console) -> None:
    """A table whose first column is a name and the others are figures, with a last row of totals."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(safe(head), justify="right" if number else "left")
    for row in _with_last(rows, totals):
        table.add_row(*(safe(cell) for cell in row))
    if not console.is_terminal:
        # A file or a pipe has no width that figures should be cut to.
        roomy = console.options.update(max_width=1000)
        console.width = max(console.width, Measurement.get(console, roomy, table).maximum)
    console.print(table)


def _with_last(rows: Iterable[Iterable[str]], last: Iterable[str]) -> Iterator[Iterable[str]]:
    yield from rows
    yield last
