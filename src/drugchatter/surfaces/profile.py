"""A drug's profile for a terminal and as JSON: the first facts of each group with their citations, all when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from drugchatter.profile import Citation, Fact, Group, Profile
from drugchatter.surfaces.terminal import Page, safe
from drugchatter.types import Coverage

_MOST_FACTS = 5
_MOST_CHARACTERS = 400


def print_profile(found: Profile, console: Console, *, everything: bool = False) -> None:
    """Print `found`: unless `everything`, the first facts of each group and the first words of long ones."""
    page = Page(console)
    sources = _Sources()
    page.paragraph(Text(safe(f"{found.drug.name} ({found.drug.generic})"), style="bold"))
    if found.also:
        others = found.also if everything else found.also[:_MOST_FACTS]
        more = f" and {len(found.also) - len(others)} more" if len(found.also) > len(others) else ""
        page.paragraph(Text(safe(f"Also held of the same ingredients: {', '.join(others)}{more}"), style="italic"))
    for group in found.groups:
        page.gap()
        _print_group(page, group, sources, everything)
    page.gap()
    page.paragraph(Text("Sources", style="bold cyan"))
    for number, line in sources.lines():
        page.paragraph(Text(safe(line)), f"  [{number}] ", "      ")
    page.paragraph(Text(safe(f"Edition {found.edition} · a source in full: drugchatter cite ID"), style="dim"))


class _Sources:
    """Numbers the documents and files of a page in the order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}

    def mark(self, citation: Citation) -> str:
        """`[2 NDC 0001-0002 · 1f2e…]`: the number, and for a passage its place and id."""
        key = (citation.publisher, citation.document, citation.date)
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        return f" [{number} {citation.place} · {citation.passage_id}]" if citation.passage_id else f" [{number}]"

    def lines(self) -> Iterator[tuple[int, str]]:
        for (publisher, document, day), number in self._numbers.items():
            yield number, f"{publisher} · {document} · {day}"


def _print_group(page: Page, group: Group, sources: _Sources, everything: bool) -> None:
    shown = group.facts if everything else group.facts[:_MOST_FACTS]
    more = f" ({len(shown)} of {len(group.facts)}; --all shows more)" if len(shown) < len(group.facts) else ""
    page.paragraph(Text(f"{group.heading}{more}", style="bold cyan"))
    for fact in shown:
        page.paragraph(_said(fact, sources, everything), "  - ", "    ")
    for coverage in group.searched:
        if coverage.outcome != "found":
            page.paragraph(Text(safe(_not_found(coverage)), style="dim"), "  · ", "    ")


def _said(fact: Fact, sources: _Sources, everything: bool) -> Text:
    cut = not everything and len(fact.text) > _MOST_CHARACTERS
    text = f"{fact.text[:_MOST_CHARACTERS]} …" if cut else fact.text
    line = Text(safe(f"“{text}”" if fact.quoted else text))
    return line.append(safe("".join(map(sources.mark, fact.citations))), style="dim")


def _not_found(coverage: Coverage) -> str:
    if coverage.outcome == "unavailable":
        return f"{coverage.document}: not loaded"
    return f"none found in {coverage.document} of {coverage.edition} (searched: {coverage.searched})"


# ------------------------------------------------------------------------------------------------------------ JSON


def profile_json(found: Profile) -> dict[str, Any]:
    """All facts with their citations; `searched` says how each source came out (`found`, `empty`, `unavailable`)."""
    return {
        "schema_version": 1,
        "drug": {"id": found.drug.id, "name": found.drug.name, "generic": found.drug.generic},
        "also": list(found.also),
        "edition": found.edition,
        "groups": [
            {
                "heading": group.heading,
                "facts": [
                    {
                        "text": fact.text,
                        "quoted": fact.quoted,
                        "citations": [asdict(citation) for citation in fact.citations],
                    }
                    for fact in group.facts
                ],
                "searched": [asdict(coverage) for coverage in group.searched],
            }
            for group in found.groups
        ],
    }
