"""Established pharmacologic classes: which one a reader's words name, and which labels and rows are of it.

FDA assigns a class to the active moiety (FDA, "Established Pharmacologic Class Text Phrases"; 21 CFR 201.57(a)(6)), so
a label is of a class also by what another row says of its single ingredient.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

from drugchatter.row_citations import cite_placed, derived
from drugchatter.rows import ShortageRow
from drugchatter.sets.label_criteria import on_record, quotes
from drugchatter.sets.phrases import forms, pattern_of, quoted
from drugchatter.sets.values import Criterion, Proof, Scope, Values
from drugchatter.sets.world import World, established
from drugchatter.text import fold, words
from drugchatter.types import RowCitation

_CLASS_FIELDS = ("indications_and_usage", "description")
_SELF_FIELDS = (*_CLASS_FIELDS, "mechanism_of_action")


@dataclass(frozen=True, slots=True)
class InClass(Criterion):
    """Of any of the established pharmacologic classes `names`, which readers call `said`."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc", "shortages")
    said: str
    names: tuple[str, ...]

    @property
    def flag(self) -> str:
        return f"--class {quoted(self.said)}"

    def of_labels(self, world: World) -> str:
        return f"are {self._named}"

    @property
    def _named(self) -> str:
        more = f" and {len(self.names) - 2} more" if len(self.names) > 3 else ""
        return f"of the class {' or '.join(self.names[:2] if more else self.names)}{more}"

    def of_rows(self, world: World) -> str:
        return self._named

    def where(self, world: World, scope: Scope) -> Values:
        asked = {fold(name) for name in self.names}
        if scope == "shortages":
            held = {tuple(words(name)) for one in asked for name in world.moieties.get(one, {})}
            names = world.values(ShortageRow, "generic_name")
            return {"generic_name": [name for name in names if _begins_with(name, held)]}
        return {"pharm_classes": [t for t in world.class_texts if asked & {fold(name) for name in established(t)}]}

    def own(self, world: World) -> dict[str, Proof]:
        """The labels whose own record names the class."""
        asked = {fold(name) for name in self.names}
        found = {}
        for set_id, label in world.labels.items():
            if name := next((name for name in label.pharm_classes if fold(name) in asked), None):
                found[set_id] = on_record(world, label, f"class in the label's record: {name}")
        return found

    def labels(self, world: World) -> dict[str, Proof]:
        """By the label's own record; by what a row or another label says of one of its active ingredients; by what it
        says of itself under Indications or Description."""
        found = self.own(world)
        told: dict[str, str] = {}
        for name in self.names:
            told |= world.moieties.get(fold(name), {})
        for set_id, label in world.labels.items():
            held = next((name for name in label.ingredients if name in told), None)
            if held and set_id not in found:
                row = world.index.row(told[held])
                assert row is not None  # noqa: S101 - the index gave its id
                drug = world.drug(label)
                cited = cite_placed(row, drug)
                said = f"{held} is of this class by the {_place(cited)}"
                found[set_id] = Proof(derived(cited, f"{drug.name}: {said}"), said)
        return self._by_text(world) | found

    def _by_text(self, world: World) -> dict[str, Proof]:
        run = tuple(dict.fromkeys(form for said in (self.said, *self.names) for form in forms(said)))
        is_one = re.compile(
            rf"\b(?:is|are) (?:an? )?(?:(?!\bnot\b)[^.;]){{0,90}}{pattern_of(run).pattern}", re.IGNORECASE
        )
        return quotes(world, (run,), _CLASS_FIELDS, is_one, pattern_of(run))


@dataclass(frozen=True, slots=True)
class Called(Criterion):
    """Of a class that no record or row names, by what labels say of themselves: "X is an inhibitor of
    Bruton's tyrosine kinase" is found by "bruton kinase inhibitors", all its words behind "is a"."""

    said: str

    @property
    def flag(self) -> str:
        return f"--class {quoted(self.said)}"

    def of_labels(self, world: World) -> str:
        return f"say that the drug is one of the “{self.said}”"

    def labels(self, world: World) -> dict[str, Proof]:
        *before, last = words(self.said.replace("-", " "))
        wanted = [*((word,) for word in before), forms(last)]
        held = "".join(rf"(?=[^.;]{{0,140}}\b(?:{'|'.join(map(re.escape, run))}))" for run in wanted)
        is_one = re.compile(rf"\b(?:is|are) an? (?!.{{0,20}}\bnot\b){held}", re.IGNORECASE)
        return quotes(world, [[f"{form}*" for form in run] for run in wanted], _SELF_FIELDS, is_one, is_one)


def _begins_with(text: str, ingredients: set[tuple[str, ...]]) -> bool:
    """Whether a part of a shortage's generic name (`Examplin Sodium; Sampline Tablet`) begins with an ingredient."""
    parts = (tuple(words(part)) for part in re.split(r"[;,/]| and ", text.lower()))
    return any(part[:many] in ingredients for part in parts for many in range(1, len(part) + 1))


def _place(citation: RowCitation) -> str:
    return f"{citation.document.title} of {citation.document.version}"


@cache
def class_words() -> dict[str, tuple[str, ...]]:
    """What readers call classes, singular and plural → FDA's names of them; `* Vaccine` is every one that ends so."""
    rows = (resources.files("drugchatter") / "data" / "drug_classes.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (row.split("\t") for row in rows)
    return {
        form: tuple(name.strip() for name in names.split(";"))
        for said, names in pairs
        for one in said.split(",")
        for form in forms(one)
    }


def class_of(world: World, said: str) -> InClass | None:
    """The classes that readers call `said`: by the table of common words, by a class's own name, or by words that stand
    in the names of several; None when no loaded class is called so."""
    told = " ".join(words(said.replace("-", " ")))
    if not told:
        return None
    known = world.classes
    if names := class_words().get(told):
        every = {last for name in names if (last := name.removeprefix("* ")) != name}
        held = tuple(known[fold(name)] for name in names if fold(name) in known)
        held += tuple(sorted(name for name in known.values() if name.split()[-1] in every))
        return InClass(said, held or names)
    asked = [f" {form} " for form in forms(told)]
    exact = {name for name, spaced in world.class_words.items() if spaced in asked}
    near = exact or {n for n, spaced in world.class_words.items() if any(form in spaced for form in asked)}
    return InClass(said, tuple(sorted(known[name] for name in near))) if near else None
