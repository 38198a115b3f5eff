"""A set → Draft: how many of how many meet which criteria, who they are with what shows it, and how all are printed.

A count over labels or rows cites the first of what was counted, with the count behind it; every line its own row or
its own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drugchatter.row_citations import derived
from drugchatter.sets import Criterion, FoundSet, Member, Proof, World
from drugchatter.text import without_references
from drugchatter.types import (
    Claim,
    Coverage,
    Declined,
    Draft,
    DraftSection,
    Evidence,
    Notice,
    Reading,
    RowCitation,
    Support,
)
from drugchatter.write.page import listed_names, several

_SHOWN = 10
_SHOWN_OF_COUNT = 4
_KNOWN = (
    "indicated for a condition, boxed warning (for a topic), contraindicated in a condition, side effect, class, "
    "ingredient, maker, DEA schedule, dosage form or route, in shortage, approved in a year, loses protection in a year"
)
_SCOPES = {
    "ndc": ("NDC directory", "product", "active ingredient"),
    "shortages": ("FDA's drug shortages list", "presentation", "generic name"),
    "approvals": ("", "application", ""),
}


def command(criteria: Iterable[Criterion]) -> str:
    """The command that lists the same set."""
    return f"`drugchatter list {' '.join(criterion.flag for criterion in criteria)}`"


def count_text(found: FoundSet, world: World) -> str:
    """The count with the criteria and the scope in words, without a full stop."""
    many = len(found.members)
    if found.scope == "labels":
        verbs = _verbs(found.criteria, world, many)
        held = several(
            len({member.ingredients for member in found.members}),
            "active ingredient or combination",
            "active ingredients or combinations",
        )
        return f"Of {found.total:,} labels loaded, {many:,} {verbs}: {held}"
    said = " ".join(criterion.of_rows(world) for criterion in found.criteria)
    title, one, group = _SCOPES[found.scope]
    if found.scope == "approvals":
        return f"{_several(many, one)} {said}, by {found.as_of}"
    held = _several(len({member.ingredients for member in found.members}), group)
    none = f"No label of the {len(world.labels):,} loaded does. " if "labels" in found.tried else ""
    return none + f"The {title} of {found.as_of} lists {_several(many, one)} {said}: {held}".replace(
        "The FDA's", "FDA's"
    )


_SINGULAR = {"are": "is", "have": "has", "carry": "carries", "name": "names", "print": "prints"}


def _verbs(criteria: Iterable[Criterion], world: World, many: int) -> str:
    """What labels that meet the criteria do; of one label in the singular."""
    told = [criterion.of_labels(world).partition(" ") for criterion in criteria]
    return " and ".join(f"{_SINGULAR[verb] if many == 1 else verb} {rest}" for verb, _, rest in told)


def _several(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


def write_set(reading: Reading, found: FoundSet, world: World, counted: bool) -> Draft:
    """The draft of a question over all drugs; a typed refusal where nothing meets the criteria."""
    if not found.members:
        return _nothing(reading, found, world)
    page = _Page()
    first = found.members[0]
    lines = _one_a_drug(found)
    one = "label" if found.scope == "labels" else _SCOPES[found.scope][1]
    shown = lines[: _SHOWN_OF_COUNT if counted else _SHOWN]
    total = count_text(found, world)
    more = (
        f" The first {len(shown)} stand below; {command(found.criteria)} prints all." if len(shown) < len(lines) else ""
    )
    headline = page.computed(f"{total}.{more}", first, f"counted: {total}; {len(shown)} shown")
    claims = tuple(page.line(member, many, one) for member, many in shown)
    heading = "Which are they?" if len(shown) == len(lines) else f"Which are the first {len(shown)}?"
    sections = [DraftSection(heading, claims)]
    if found.set_aside:
        told = _left_out(found.set_aside)
        sections.append(DraftSection("What was left out?", (page.computed(told, first, f"left out: {told}"),)))
    coverage = Coverage(
        found.scope,
        world.index.edition.id,
        count_text(found, world),
        "; ".join(c.of_labels(world) for c in found.criteria),
        "found",
    )
    evidence = Evidence(reading, (), (coverage,), rows=tuple(page.rows.values()))
    return Draft(evidence, headline, tuple(sections), _notices(found), None, ())


def _left_out(aside: tuple[Member, ...]) -> str:
    """Labels that name the condition otherwise than as their indication."""
    names = listed_names(sorted({member.name for member in aside}, key=str.lower), 5)
    which = "label names" if len(aside) == 1 else "labels name"
    return (
        f"{len(aside)} more {which} it there only in a limitation of use, as an example or within another condition's "
        f"name: {names}."
    )


def _one_a_drug(found: FoundSet) -> list[tuple[Member, int]]:
    """One member for each drug (over rows: for each set of active ingredients, the most numerous first), with how many
    there are of it."""
    by_name = found.scope in ("labels", "approvals")
    groups: dict[str, list[Member]] = {}
    for member in found.members:
        groups.setdefault((member.drug_id or member.name) if by_name else member.ingredients, []).append(member)
    pairs = [(group[0], len(group)) for group in groups.values()]
    return pairs if by_name else sorted(pairs, key=lambda pair: (-pair[1], pair[0].ingredients))


class _Page:
    """Claims as they are written, with the rows that they cite."""

    def __init__(self) -> None:
        self.rows: dict[str, RowCitation] = {}

    def computed(self, text: str, member: Member, told: str) -> Claim:
        cited = self._cite(member, member.proofs[0], told)
        return Claim(text, (Support(cited.passage.id, cited.passage.text),), "computed", member.drug_id)

    def line(self, member: Member, many: int, one: str) -> Claim:
        """A member with what shows that it belongs; of `many` like it the first stands for all."""
        if member.drug_id and all(proof.quoted for proof in member.proofs):
            said = " … ".join(f"“{without_references(proof.said)}”" for proof in member.proofs)
            supports = tuple(Support(proof.citation.passage.id, proof.said) for proof in member.proofs)
            return Claim(f"{_named(member)}: {said}", supports, "quote", member.drug_id)
        if member.drug_id:
            said = "; ".join(f"“{proof.said}”" if proof.quoted else proof.said for proof in member.proofs)
        else:
            said = f"{_several(many, one)}, the first {member.proofs[0].said}" if many > 1 else member.proofs[0].said
        name = _short(member.ingredients) if many > 1 and not member.drug_id else _named(member)
        text = f"{name}: {said.rstrip('.')}."
        cited = [
            self._cite(member, proof, f"{_named(member)}, {_several(many, one)}: {proof.said}")
            for proof in member.proofs
        ]
        return Claim(
            text, tuple(Support(row.passage.id, row.passage.text) for row in cited), "computed", member.drug_id
        )

    def _cite(self, member: Member, proof: Proof, told: str) -> RowCitation:
        document = replace(proof.citation.document, drug_id=member.drug_id)
        cited = derived(replace(proof.citation, document=document, drug=proof.citation.drug or member.name), told)
        self.rows[cited.passage.id] = cited
        return cited


def _named(member: Member) -> str:
    held = (
        member.ingredients
        if len(member.ingredients) < 90
        else f"{member.ingredients[:80].rsplit(';', 1)[0]} and others"
    )
    return member.name if member.name.lower() == held.lower() or not held else f"{member.name} ({held.lower()})"


def _short(ingredients: str) -> str:
    return ingredients if len(ingredients) < 90 else f"{ingredients[:80].rsplit('; ', 1)[0]} and others"


def _notices(found: FoundSet) -> tuple[Notice, ...]:
    if found.scope == "labels" and any(_is_summary(proof) for member in found.members for proof in member.proofs):
        return (
            Notice("starter_data", "Among these are starter data: this program's summaries of labels, not the labels."),
        )
    return ()


def _is_summary(proof: Proof) -> bool:
    return isinstance(proof.source, RowCitation) and proof.source.document.kind == "summary"


def nothing_text(found: FoundSet, world: World) -> str:
    """That nothing meets the criteria, and how many meet each; or what is not loaded."""
    if found.missing:
        return f"This list is counted in the {found.missing}, which is not loaded; `drugchatter sync` loads it."
    if found.scope != "labels":
        rows = " ".join(criterion.of_rows(world) for criterion in found.criteria)
        title = _SCOPES[found.scope][0] or found.as_of
        return f"Nothing {rows} was found in the {title} that is loaded.".replace("the FDA's", "FDA's")
    said = " and ".join(criterion.of_labels(world) for criterion in found.criteria)
    text = f"Of {found.total:,} labels loaded, none were found that {said}."
    if len(found.criteria) > 1:
        each = "; ".join(
            f"{len(criterion.labels(world)):,} {criterion.of_labels(world)}" for criterion in found.criteria
        )
        text += f" Taken alone: {each}."
    return text


def _nothing(reading: Reading, found: FoundSet, world: World) -> Draft:
    text = nothing_text(found, world)
    said = "; ".join(criterion.of_labels(world) for criterion in found.criteria)
    coverage = Coverage(found.scope, world.index.edition.id, text, said, "unavailable" if found.missing else "empty")
    return Draft(Evidence(reading, (), (coverage,)), None, (), (), Declined("not_in_sources", text), ())


def not_a_set(reading: Reading, left: str) -> Draft:
    """The refusal of a question over all drugs by words that are no criterion."""
    what = (
        f"“{left}” is no criterion by which the loaded data can be listed, nor a class, maker or form named in them."
        if left
        else "A list needs a criterion."
    )
    text = f"{what} Lists go by: {_KNOWN}."
    suggestions = ("Which drugs have a boxed warning for suicidality?", "List SGLT2 inhibitors")
    return Draft(Evidence(reading, (), ()), None, (), (), Declined("not_understood", text, suggestions), ())
