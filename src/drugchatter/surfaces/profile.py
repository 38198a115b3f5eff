"""A drug's profile for a terminal and as JSON: the first facts of each group with their citations, all when asked."""

from __future__ import annotations

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
    page.paragraph(Text(safe(f"{found.drug.name} ({found.drug.generic})"), style="bold"))
    if found.also:
        others = found.also if everything else found.also[:_MOST_FACTS]
        more = f" and {len(found.also) - len(others)} more" if len(found.also) > len(others) else ""
        page.paragraph(Text(safe(f"Also held of the same ingredients: {', '.join(others)}{more}"), style="italic"))
    for group in found.groups:
        page.gap()
        _print_group(page, group, everything)
    page.gap()
    page.paragraph(Text(safe(f"Edition {found.edition} · a whole source: drugchatter cite ID"), style="dim"))


def _print_group(page: Page, group: Group, everything: bool) -> None:
    shown = group.facts if everything else group.facts[:_MOST_FACTS]
    more = f" ({len(shown)} of {len(group.facts)}; --all shows more)" if len(shown) < len(group.facts) else ""
    page.paragraph(Text(f"{group.heading}{more}", style="bold cyan"))
    for fact in shown:
        page.paragraph(_said(fact, everything), "  - ", "    ")
    for coverage in group.searched:
        if coverage.outcome != "found":
            page.paragraph(Text(safe(_not_found(coverage)), style="dim"), "  · ", "    ")


def _said(fact: Fact, everything: bool) -> Text:
    cut = not everything and len(fact.text) > _MOST_CHARACTERS
    text = f"{fact.text[:_MOST_CHARACTERS]} …" if cut else fact.text
    line = Text(safe(f"“{text}”" if fact.quoted else text))
    return line.append(safe("".join(f" [{_place(c)}]" for c in fact.citations)), style="dim")


def _place(citation: Citation) -> str:
    parts = (citation.document, citation.place, citation.date, citation.passage_id)
    return " · ".join(part for part in parts if part)


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
