"""The criterion of the year of approval, by what Drugs@FDA, the Orange and the Purple Book date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from drugchatter.identity import display_name
from drugchatter.row_citations import cite_placed, derived
from drugchatter.rows import ApplicationRow, FdaProductRow, Placed, ProductRow, SubmissionRow
from drugchatter.sets.phrases import quoted
from drugchatter.sets.values import ApprovalKind, Criterion, Proof, Scope
from drugchatter.sets.world import World

_TYPES = {"N": "NDA", "A": "ANDA"}


@dataclass(frozen=True, slots=True)
class Approval:
    """When an application was first approved, by which row, with what its rows call the product."""

    application: str
    on: date
    placed: Placed[Any]
    name: str
    ingredients: str
    applicant: str


@dataclass(frozen=True, slots=True)
class ApprovedIn(Criterion):
    """First approved in a year: by the earliest approved original submission that Drugs@FDA lists; where it lists none,
    by the earliest product of the Orange Book, or licence of the Purple Book."""

    scopes: ClassVar[tuple[Scope, ...]] = ("approvals", "labels")
    year: int
    kind: ApprovalKind = "drug"

    @property
    def flag(self) -> str:
        return f"--approved-in {quoted(f'{self.year} {self.kind}' if self.kind != 'drug' else str(self.year))}"

    def of_labels(self, world: World) -> str:
        return f"are of an application first approved in {self.year}"

    def of_rows(self, world: World) -> str:
        return f"first approved in {self.year}"

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return {"drug": ("NDA", "BLA"), "generic": ("ANDA",), "biologic": ("BLA",)}[self.kind]

    def approvals(self, world: World) -> list[Approval]:
        """By day, then by number."""
        found = [*_submitted(world, self.year), *_in_orange_book(world, self.year), *_in_purple_book(world, self.year)]
        return sorted(
            (one for one in found if one.application.startswith(self._prefixes)),
            key=lambda one: (one.on, one.application),
        )

    def labels(self, world: World) -> dict[str, Proof]:
        found: dict[str, Proof] = {}
        for one in self.approvals(world):
            for set_id in world.by_code.get(("application", one.application), ()):
                drug = world.drug(world.labels[set_id])
                told = f"{one.application} first approved on {one.on.isoformat()}"
                cited = derived(cite_placed(one.placed, drug), f"{drug.name}: {told}")
                found.setdefault(set_id, Proof(cited, told))
        return found


def _days(world: World, row_type: type, column: str, year: int) -> list[str]:
    return [day for day in world.values(row_type, column) if day.startswith(f"{year}-")]


def _submitted(world: World, year: int) -> Iterator[Approval]:
    original = {"type": "ORIG", "status": "AP"}
    rows = world.index.rows(SubmissionRow, **original, status_date=_days(world, SubmissionRow, "status_date", year))
    first: dict[str, Placed[SubmissionRow]] = {}
    for placed in world.index.rows(SubmissionRow, **original, application={placed.row.application for placed in rows}):
        known = first.get(placed.row.application)
        day = placed.row.status_date
        if day and (known is None or day < (known.row.status_date or day)):
            first[placed.row.application] = placed
    kept = {
        number: placed
        for number, placed in first.items()
        if placed.row.status_date and placed.row.status_date.year == year
    }
    products: dict[str, list[FdaProductRow]] = defaultdict(list)
    for product in world.index.rows(FdaProductRow, application=set(kept)):
        products[product.row.application].append(product.row)
    sponsors = _sponsors(world, set(kept))
    for number, placed in kept.items():
        assert placed.row.status_date  # noqa: S101 - kept for its day
        named = products[number]
        names = " / ".join(dict.fromkeys(display_name(row.trade_name) for row in named)) or number
        held = "; ".join(dict.fromkeys(row.ingredient.lower() for row in named))
        yield Approval(number, placed.row.status_date, placed, names, held, sponsors.get(number, ""))


def _sponsors(world: World, numbers: set[str]) -> dict[str, str]:
    return {
        placed.row.application: placed.row.sponsor for placed in world.index.rows(ApplicationRow, application=numbers)
    }


def _in_drugs_at_fda(world: World, numbers: Iterable[str]) -> set[str]:
    """Those of `numbers` whose original approval Drugs@FDA lists with a day."""
    rows = world.index.rows(SubmissionRow, type="ORIG", status="AP", application=set(numbers))
    return {placed.row.application for placed in rows if placed.row.status_date}


def _in_orange_book(world: World, year: int) -> Iterator[Approval]:
    rows = world.index.rows(ProductRow, approval_date=_days(world, ProductRow, "approval_date", year))
    products: dict[str, list[Placed[ProductRow]]] = defaultdict(list)
    for placed in world.index.rows(ProductRow, appl_no={placed.row.appl_no for placed in rows}):
        products[_TYPES.get(placed.row.appl_type, "") + placed.row.appl_no].append(placed)
    older = {number for number, group in products.items() if any(placed.row.before_1982 for placed in group)}
    for number, first, day in _first_in(world, year, products, older):
        group = [placed.row for placed in products[number]]
        names = " / ".join(dict.fromkeys(display_name(row.trade_name) for row in group))
        held = "; ".join(dict.fromkeys(row.ingredient.lower() for row in group))
        yield Approval(number, day, first, names, held, first.row.applicant_full_name)


def _in_purple_book(world: World, year: int) -> Iterator[Approval]:
    for number, first, day in _first_in(world, year, world.licences, set()):
        group = [placed.row for placed in world.licences[number]]
        names = " / ".join(dict.fromkeys(row.proprietary_name or row.proper_name for row in group))
        held = "; ".join(dict.fromkeys(row.proper_name for row in group))
        yield Approval(number, day, first, names, held, first.row.applicant)


def _first_in(
    world: World, year: int, groups: Mapping[str, list[Placed[Any]]], without: set[str]
) -> list[tuple[str, Placed[Any], date]]:
    """The applications whose earliest row is of `year`, with it; not those that Drugs@FDA gives a day to."""
    found = []
    for number, group in groups.items():
        dated = [placed for placed in group if placed.row.approval_date]
        first = min(dated, key=lambda placed: (placed.row.approval_date, placed.row.product_no), default=None)
        if first and first.row.approval_date.year == year and number not in without:
            found.append((number, first, first.row.approval_date))
    known = _in_drugs_at_fda(world, [number for number, _, _ in found])
    return [one for one in found if one[0] not in known]
