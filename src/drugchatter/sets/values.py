"""The values of a set question: a criterion, what shows that a member meets it, the members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from drugchatter.row_citations import cite_placed
from drugchatter.rows import Placed
from drugchatter.sets.world import World
from drugchatter.types import RowCitation

Scope = Literal["labels", "ndc", "shortages", "approvals"]
SectionKind = Literal["indication", "boxed_warning", "contraindication", "interaction", "adverse_reaction", "warning"]
ApprovalKind = Literal["drug", "generic", "biologic"]
Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a member belongs: words of a passage (`quoted`), or what `said` tells of a row or a record."""

    source: RowCitation | Placed[Any]
    said: str
    quoted: bool = False

    @property
    def citation(self) -> RowCitation:
        """Made when it is asked for: a set may have thousands of rows, an answer shows a few."""
        return cite_placed(self.source) if isinstance(self.source, Placed) else self.source

    @property
    def passage_id(self) -> str:
        return self.source.place.passage_id if isinstance(self.source, Placed) else self.source.passage.id


@dataclass(frozen=True, slots=True)
class Member:
    """One of a set: `by` is its labeler, company or applicant; `code` its set id, NDC or application; `on` the day of
    an approval, else of its document (YYYY-MM-DD)."""

    name: str
    ingredients: str
    by: str
    code: str
    on: str
    proofs: tuple[Proof, ...]
    drug_id: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """`flag` is the option of `drugchatter list` that says the same."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels",)

    @property
    def flag(self) -> str:
        raise NotImplementedError

    def of_labels(self, world: World) -> str:
        """What labels that meet it do: `carry a boxed warning`."""
        raise NotImplementedError

    def of_rows(self, world: World) -> str:
        """What rows that meet it are: `of labeler “Acme”`."""
        return self.of_labels(world)

    def labels(self, world: World) -> dict[str, Proof]:
        """The labels that meet it, by set id."""
        raise NotImplementedError

    def where(self, world: World, scope: Scope) -> Values:
        """Columns of the scope's table with the values that meet it."""
        return {}


@dataclass(frozen=True, slots=True)
class FoundSet:
    """`total` is how many the scope holds, where that is known; `as_of` the dates of the files; `set_aside` the labels
    that name an indication otherwise than as theirs (see `Says.indicated`); `tried` the scopes in which none was found
    before this one; `missing` the table that is not loaded, if any."""

    criteria: tuple[Criterion, ...]
    scope: Scope
    members: tuple[Member, ...]
    as_of: str
    total: int | None = None
    set_aside: tuple[Member, ...] = ()
    tried: tuple[Scope, ...] = ()
    missing: str = ""
