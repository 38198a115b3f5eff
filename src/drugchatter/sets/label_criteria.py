"""Criteria that the text or the record of a label meets: what a section says, what it contains, who makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from drugchatter.rows import NdcProductRow, ShortageRow
from drugchatter.sets.phrases import around, forms, pattern_of, quoted, runs_of
from drugchatter.sets.values import Criterion, Proof, Scope, SectionKind, Values
from drugchatter.sets.world import World
from drugchatter.text import fold, words
from drugchatter.types import Label, RowCitation

# Where a label would say it, and how that is put.
SECTIONS_OF: dict[SectionKind, tuple[tuple[str, ...], str]] = {
    "indication": (("indications_and_usage", "purpose"), "under Indications and Usage"),
    "boxed_warning": (("boxed_warning",), "in the Boxed Warning"),
    "contraindication": (("contraindications", "do_not_use"), "under Contraindications"),
    "interaction": (("drug_interactions",), "under Drug Interactions"),
    "adverse_reaction": (("adverse_reactions",), "under Adverse Reactions"),
    "warning": (("warnings_and_cautions", "warnings"), "under Warnings"),
}
_INGREDIENT_FIELDS = ("spl_product_data_elements", "inactive_ingredient", "active_ingredient")
# Indications also say what the drug is not for.
_NOT_FOR = re.compile(
    r"\b(?:not (?:indicated|recommended|approved|intended|for|been (?:established|studied|shown|evaluated))"
    r"|limitations? of use|should not be used|is no substitute|contraindicated)\b",
    re.IGNORECASE,
)
# Words before a condition's name that make it another condition; they count where the reader says them.
_ANOTHER = frozenset("pulmonary portal intracranial ocular intraocular respiratory gestational neonatal".split())
_BEFORE = re.compile(r"(\w+)(?:\W+arterial)?\W+$", re.IGNORECASE)
_EXAMPLE = re.compile(r"\([^()]{0,30}\be\.g\.[^()]*$")


def quotes(
    world: World,
    runs: Iterable[Sequence[str]],
    fields: tuple[str, ...],
    telling: re.Pattern[str],
    shown: re.Pattern[str],
) -> dict[str, Proof]:
    """Of each label, by set id, the first line that `telling` matches in passages of `fields` that hold all `runs`: the
    words of it around what `shown` matches."""
    found: dict[str, Proof] = {}
    for passage in world.index.said(runs, fields):
        label = world.of_label(passage)
        line = next((line for line in passage.lines() if telling.search(line)), None)
        if label and line and passage.set_id not in found:
            citation = RowCitation(passage, label.document, world.drug(label).name)
            found[passage.set_id] = Proof(citation, around(line, shown), quoted=True)
    return found


def on_record(world: World, label: Label, told: str) -> Proof:
    """What a label's record tells outside its text."""
    return Proof(world.record(label, f"{world.drug(label).name}: {told}"), told)


@dataclass(frozen=True, slots=True)
class Says(Criterion):
    """A section of the label names a topic; without one, the label has the section."""

    section: SectionKind
    topic: str = ""

    @property
    def flag(self) -> str:
        return f"--{self.section.replace('_', '-')} {quoted(self.topic or 'any')}"

    def of_labels(self, world: World) -> str:
        if not self.topic:
            return "carry a boxed warning" if self.section == "boxed_warning" else f"have text {self._place}"
        asked = " and ".join(_either(run) for run in runs_of(self.topic))
        return f"name {asked} {self._place}"

    @property
    def _place(self) -> str:
        return SECTIONS_OF[self.section][1]

    def labels(self, world: World) -> dict[str, Proof]:
        return self.split(world)[0]

    def split(self, world: World) -> tuple[dict[str, Proof], dict[str, Proof]]:
        """(labels that name the topic, labels that name an indication but nowhere as theirs)."""
        runs = runs_of(self.topic)
        wanted = pattern_of(runs[0]) if runs else re.compile("")
        found: dict[str, Proof] = {}
        against: dict[str, Proof] = {}
        for passage in world.index.said(runs, SECTIONS_OF[self.section][0]):
            label = world.of_label(passage)
            if label is None or passage.set_id in found:
                continue
            naming = [line for line in passage.lines() if wanted.search(line)]
            fitting = [line for line in naming if self.section != "indication" or self.indicated(line, wanted)]
            line = (fitting or naming or passage.lines())[0]
            citation = RowCitation(passage, label.document, world.drug(label).name)
            place = against if naming and not fitting else found
            place.setdefault(passage.set_id, Proof(citation, around(line, wanted), quoted=True))
        return found, {set_id: proof for set_id, proof in against.items() if set_id not in found}

    def indicated(self, line: str, wanted: re.Pattern[str]) -> bool:
        """Whether a line under Indications names the condition as one the drug is for: not in a limitation of use, not
        as an example of something else, not within the name of another condition."""
        if _NOT_FOR.search(line):
            return False
        said = set(words(self.topic))
        return any(
            not _EXAMPLE.search(line[: match.start()])
            and not ((before := _BEFORE.search(line[: match.start()])) and fold(before[1]) in _ANOTHER - said)
            for match in wanted.finditer(line)
        )


def _either(run: tuple[str, ...]) -> str:
    """The words that are counted, a word's number aside: `“high blood pressure” or “hypertens…”`."""
    told: list[str] = []
    for phrase in run:
        if phrase.endswith("*"):
            told.append(f"“{phrase[:-1]}…”")
        elif not any(f"“{other}”" in told for other in forms(phrase)):
            told.append(f"“{phrase}”")
    return " or ".join(told)


@dataclass(frozen=True, slots=True)
class Contains(Criterion):
    """An ingredient's name holds these words: of labels any ingredient, active or not; of NDC rows active ones."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc")
    name: str

    @property
    def flag(self) -> str:
        return f"--contains {quoted(self.name)}"

    def of_labels(self, world: World) -> str:
        return f"name an ingredient, active or inactive, with “{self.name}” in its name"

    def of_rows(self, world: World) -> str:
        return f"with “{self.name}” in the name of an active ingredient"

    def where(self, world: World, scope: Scope) -> Values:
        return {"substances": world.holding(NdcProductRow, "substances", self.name)}

    def labels(self, world: World) -> dict[str, Proof]:
        run = (" ".join(words(self.name)),)
        return quotes(world, (run,), _INGREDIENT_FIELDS, pattern_of(run), pattern_of(run))


@dataclass(frozen=True, slots=True)
class MadeBy(Criterion):
    """Of a labeler (company, applicant) whose name holds these words."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc", "shortages", "approvals")
    name: str

    @property
    def flag(self) -> str:
        return f"--labeler {quoted(self.name)}"

    def of_labels(self, world: World) -> str:
        return f"name “{self.name}” as labeler"

    def of_rows(self, world: World) -> str:
        return f"of “{self.name}”"

    def where(self, world: World, scope: Scope) -> Values:
        row_type, column = (ShortageRow, "company") if scope == "shortages" else (NdcProductRow, "labeler")
        return {column: world.holding(row_type, column, self.name)}

    def fits(self, name: str) -> bool:
        return f" {' '.join(words(self.name))} " in f" {' '.join(words(name))} "

    def labels(self, world: World) -> dict[str, Proof]:
        found = {}
        for set_id, label in world.labels.items():
            if self.fits(label.document.labeler):
                found[set_id] = on_record(world, label, f"labeler: {label.document.labeler}")
        return found
