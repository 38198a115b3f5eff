"""Criteria → members: over one table where all of them can be asked of it, else over labels, to which rows are joined
by the codes that labels print."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drugchatter.identity import display_name
from drugchatter.rows import BiologicRow, NdcProductRow, Placed, ProductRow, ShortageRow, SubmissionRow
from drugchatter.sets.approvals import ApprovedIn
from drugchatter.sets.label_criteria import Contains, MadeBy, Says
from drugchatter.sets.values import Criterion, FoundSet, Member, Proof, Scope
from drugchatter.sets.world import World
from drugchatter.text import fold

_TABLES: dict[Scope, tuple[type, str]] = {
    "ndc": (NdcProductRow, "NDC directory"),
    "shortages": (ShortageRow, "FDA drug shortages list"),
    "approvals": (SubmissionRow, "Drugs@FDA, the Orange and the Purple Book"),
}


def find_set(world: World, criteria: tuple[Criterion, ...]) -> FoundSet:
    """The members of the set: of one criterion in its first scope that has any; of several in the table that one of
    them is first asked of, if all can be, else over labels."""
    scopes = criteria[0].scopes if len(criteria) == 1 else _common(criteria)
    found = [_find(world, criteria, scopes[0])]
    while not found[-1].members and len(found) < len(scopes):
        found.append(_find(world, criteria, scopes[len(found)]))
    if not found[-1].members:
        return found[0]
    return replace(found[-1], tried=tuple(one.scope for one in found[:-1]))


def _common(criteria: tuple[Criterion, ...]) -> tuple[Scope, ...]:
    """The scopes that all criteria can be asked in, a table first; labels first where an ingredient may be inactive."""
    native: list[Scope] = [criterion.scopes[0] for criterion in criteria if criterion.scopes[0] != "labels"]
    ordered: list[Scope] = (
        ["labels", *native] if any(isinstance(c, Contains) for c in criteria) else [*native, "labels"]
    )
    return tuple(dict.fromkeys(scope for scope in ordered if all(scope in one.scopes for one in criteria)))


def _find(world: World, criteria: tuple[Criterion, ...], scope: Scope) -> FoundSet:
    if scope == "labels":
        return _over_labels(world, criteria)
    row_type, title = _TABLES[scope]
    if scope == "approvals":
        return _over_approvals(world, criteria)
    if not world.index.has_rows(row_type):
        return FoundSet(criteria, scope, (), "", missing=title)
    where: dict[str, list[str]] = {}
    for criterion in criteria:
        for column, values in criterion.where(world, scope).items():
            where[column] = [value for value in values if value in where.get(column, values)]
    placed = world.index.rows(row_type, **where)
    dates = sorted({one.place.edition for one in placed})
    return FoundSet(criteria, scope, tuple(_row_member(one) for one in placed), ", ".join(dates))


def _row_member(placed: Placed[Any]) -> Member:
    row = placed.row
    if isinstance(row, ShortageRow):
        said = f"{row.company}, NDC {row.ndc}" if row.ndc else row.company
        return Member(
            row.generic_name, fold(row.generic_name), row.company, row.ndc, placed.place.edition, (Proof(placed, said),)
        )
    said = f"{display_name(row.trade_name)}, NDC {row.ndc}, {row.labeler}"
    held = fold(row.substances or row.generic_name)
    return Member(
        display_name(row.trade_name), held, row.labeler, row.ndc, placed.place.edition, (Proof(placed, said),)
    )


def _over_approvals(world: World, criteria: tuple[Criterion, ...]) -> FoundSet:
    approved = next(criterion for criterion in criteria if isinstance(criterion, ApprovedIn))
    makers = [criterion for criterion in criteria if isinstance(criterion, MadeBy)]
    titles = {SubmissionRow: "Drugs@FDA", ProductRow: "Orange Book", BiologicRow: "Purple Book"}
    loaded = [
        f"{title} of {_edition(world, row_type)}"
        for row_type, title in titles.items()
        if world.index.has_rows(row_type)
    ]
    if not loaded:
        return FoundSet(criteria, "approvals", (), "", missing=_TABLES["approvals"][1])
    members = tuple(
        Member(
            one.name,
            one.ingredients,
            one.applicant,
            one.application,
            one.on.isoformat(),
            (Proof(one.placed, f"{one.application}, {one.on.isoformat()}"),),
        )
        for one in approved.approvals(world)
        if all(maker.fits(one.applicant) for maker in makers)
    )
    return FoundSet(criteria, "approvals", members, ", ".join(loaded))


def _edition(world: World, row_type: type) -> str:
    files = {"drugs_at_fda": SubmissionRow, "orange_book": ProductRow, "purple_book": BiologicRow}
    names = ("submissions.txt", "products.txt", "purplebook.csv")
    dates = [
        origin.edition
        for origin, _ in world.index.origins()
        if files.get(origin.source) is row_type and origin.file.lower().endswith(names)
    ]
    return max(dates, default="no date")


def _over_labels(world: World, criteria: tuple[Criterion, ...]) -> FoundSet:
    proofs = [criterion.labels(world) for criterion in criteria]
    kept = [set_id for set_id in proofs[0] if all(set_id in others for others in proofs[1:])]
    members = [_label_member(world, set_id, tuple(found[set_id] for found in proofs)) for set_id in kept]
    against: dict[str, Proof] = {}
    if len(criteria) == 1 and isinstance(criteria[0], Says) and criteria[0].section == "indication":
        against = criteria[0].split(world)[1]
    aside = tuple(_label_member(world, set_id, (proof,)) for set_id, proof in against.items())
    ordered = tuple(sorted(members, key=lambda member: (member.name.lower(), member.code)))
    return FoundSet(criteria, "labels", ordered, world.index.edition.id, len(world.labels), aside)


def _label_member(world: World, set_id: str, proofs: tuple[Proof, ...]) -> Member:
    label = world.labels[set_id]
    drug, document = world.drug(label), label.document
    return Member(
        drug.name,
        "; ".join(label.ingredients),
        document.labeler,
        set_id,
        document.effective_date.isoformat(),
        proofs,
        drug.id,
    )
