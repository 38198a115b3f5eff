"""Criteria that rows of the NDC directory and of the shortages list meet; labels meet them by the codes they print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from drugchatter.joins import ndc_product
from drugchatter.row_citations import cite_placed, derived
from drugchatter.rows import NdcProductRow, Placed, ShortageRow
from drugchatter.sets.label_criteria import on_record, quotes
from drugchatter.sets.phrases import forms, pattern_of, quoted
from drugchatter.sets.values import Criterion, Proof, Scope, Values
from drugchatter.sets.world import World
from drugchatter.text import fold


@dataclass(frozen=True, slots=True)
class RowCriterion(Criterion):
    """What rows tell; labels meet it by the codes that they print."""

    def rows(self, world: World) -> list[Placed[Any]]:
        """The rows that meet it, of products that loaded labels print."""
        printed = [code for kind, code in world.by_code if kind == "ndc"]
        return world.index.rows(NdcProductRow, ndc=printed, **self.where(world, "ndc"))

    def labels(self, world: World) -> dict[str, Proof]:
        found: dict[str, Proof] = {}
        for placed in self.rows(world):
            for set_id in world.by_code.get(("ndc", ndc_product(placed.row.ndc) or ""), ()):
                if set_id not in found:
                    drug = world.drug(world.labels[set_id])
                    cited = derived(cite_placed(placed, drug), f"an NDC of the label of {drug.name}")
                    found[set_id] = Proof(cited, self.told(placed.row))
        return found

    def told(self, row: Any) -> str:
        """What a row that meets it says, with the code that joins it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Scheduled(RowCriterion):
    """In one of these DEA schedules (CI to CV) by the NDC directory."""

    scopes: ClassVar[tuple[Scope, ...]] = ("ndc", "labels")
    schedules: tuple[str, ...]

    @property
    def flag(self) -> str:
        return f"--schedule {'any' if len(self.schedules) > 1 else self.schedules[0].removeprefix('C')}"

    def of_labels(self, world: World) -> str:
        return (
            f"are in DEA schedule {' or '.join(self.schedules)} by their text or by an NDC of theirs in the directory"
        )

    def labels(self, world: World) -> dict[str, Proof]:
        """By what the label says of itself, and by its NDCs."""
        numbers = [schedule.removeprefix("C") for schedule in self.schedules]
        run = tuple(form for number in numbers for form in (f"schedule {number}", f"c {number}", f"c{number}"))
        itself = re.compile(
            rf"\b(?:contains?|is|are|as)\b[^.;]{{0,120}}\b(?:schedule (?:c-?)?|c-?)(?:{'|'.join(numbers)})\b"
            r"(?! (?:and|or|through|to) )",
            re.IGNORECASE,
        )
        found = quotes(world, (run,), ("controlled_substance", "drug_abuse_and_dependence"), itself, pattern_of(run))
        return RowCriterion.labels(self, world) | found

    def of_rows(self, world: World) -> str:
        return f"in DEA schedule {' or '.join(self.schedules)}"

    def where(self, world: World, scope: Scope) -> Values:
        return {"dea_schedule": list(self.schedules)}

    def told(self, row: Any) -> str:
        return f"NDC {row.ndc}, DEA schedule {row.dea_schedule}"


@dataclass(frozen=True, slots=True)
class Given(RowCriterion):
    """Of a dosage form that begins so (`PATCH`), or given by one of these routes, as the NDC directory prints them."""

    scopes: ClassVar[tuple[Scope, ...]] = ("ndc", "labels")
    said: str
    forms: tuple[str, ...]
    routes: tuple[str, ...]

    @property
    def flag(self) -> str:
        return f"--form {quoted(self.said)}"

    def of_labels(self, world: World) -> str:
        if self.routes and not self.forms:
            return f"are for {_list_of(self.routes)} use"
        return f"print an NDC that the directory lists {self.of_rows(world)}"

    def of_rows(self, world: World) -> str:
        said = [f"as {' or '.join(self.forms)}"] if self.forms else []
        said += [f"for the route {' or '.join(self.routes)}"] if self.routes else []
        return " ".join(said)

    def where(self, world: World, scope: Scope) -> Values:
        found: Values = {}
        if self.forms:
            printed = world.values(NdcProductRow, "dosage_form")
            found["dosage_form"] = [form for form in printed if form.startswith(self.forms)]
        if self.routes:
            printed = world.values(NdcProductRow, "route")
            found["route"] = [route for route in printed if set(self.routes) & set(route.split("; "))]
        return found

    def labels(self, world: World) -> dict[str, Proof]:
        if self.forms:
            return RowCriterion.labels(self, world)
        asked = {route.lower() for route in self.routes}
        found = {}
        for set_id, label in world.labels.items():
            if asked & {route.lower() for route in label.document.routes}:
                found[set_id] = on_record(world, label, f"route: {', '.join(label.document.routes)}")
        return found

    def told(self, row: Any) -> str:
        return f"NDC {row.ndc}, {row.dosage_form}, {row.route}"


@dataclass(frozen=True, slots=True)
class InShortage(RowCriterion):
    """On FDA's list of shortages with the status Current."""

    scopes: ClassVar[tuple[Scope, ...]] = ("shortages", "labels")

    @property
    def flag(self) -> str:
        return "--in-shortage"

    def of_labels(self, world: World) -> str:
        return "print an NDC that FDA's shortage list marks Current"

    def of_rows(self, world: World) -> str:
        return "marked Current"

    def where(self, world: World, scope: Scope) -> Values:
        return {"status": ["Current"]}

    def rows(self, world: World) -> list[Placed[Any]]:
        return world.index.rows(ShortageRow, **self.where(world, "shortages"))

    def told(self, row: Any) -> str:
        return f"NDC {row.ndc}, status {row.status}"


_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}


def scheduled(said: str) -> Scheduled | None:
    """DEA schedule `II`, `2`, `CII`; `any` for all of them; None for another word."""
    told = fold(said).removeprefix("c").strip("- ")
    if fold(said) == "any":
        return Scheduled(("CI", "CII", "CIII", "CIV", "CV"))
    number = _ROMAN.get(told, told.upper())
    return Scheduled((f"C{number}",)) if number in _ROMAN.values() else None


# Readers' words → (how NDC dosage forms begin, NDC routes).
GIVEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "injectable": (("INJECT",), ()),
    "injection": (("INJECT",), ()),
    "transdermal patch": (("PATCH",), ("TRANSDERMAL",)),
    "patch": (("PATCH",), ()),
    "tablet": (("TABLET",), ()),
    "capsule": (("CAPSULE",), ()),
    "suppository": (("SUPPOSITORY",), ()),
    "cream": (("CREAM",), ()),
    "ointment": (("OINTMENT",), ()),
    "gel": (("GEL",), ()),
    "lozenge": (("LOZENGE",), ()),
    "inhaler": (("AEROSOL", "INHALANT", "POWDER, METERED"), ("RESPIRATORY (INHALATION)",)),
    "nasal spray": (("SPRAY",), ("NASAL",)),
    "eye drop": (("SOLUTION/ DROPS", "SUSPENSION/ DROPS", "SOLUTION", "SUSPENSION"), ("OPHTHALMIC",)),
    "ear drop": (("SOLUTION/ DROPS", "SUSPENSION/ DROPS", "SOLUTION", "SUSPENSION"), ("AURICULAR (OTIC)",)),
    "implant": (("IMPLANT",), ()),
    "oral": ((), ("ORAL",)),
    "transdermal": ((), ("TRANSDERMAL",)),
    "topical": ((), ("TOPICAL",)),
    "inhaled": ((), ("RESPIRATORY (INHALATION)",)),
    "intravenous": ((), ("INTRAVENOUS",)),
    "iv": ((), ("INTRAVENOUS",)),
    "subcutaneous": ((), ("SUBCUTANEOUS",)),
    "intramuscular": ((), ("INTRAMUSCULAR",)),
    "ophthalmic": ((), ("OPHTHALMIC",)),
    "intravitreal": ((), ("INTRAVITREAL",)),
    "rectal": ((), ("RECTAL",)),
    "vaginal": ((), ("VAGINAL",)),
    "sublingual": ((), ("SUBLINGUAL",)),
    "nasal": ((), ("NASAL",)),
    "intrathecal": ((), ("INTRATHECAL",)),
}


def given(said: str) -> Given | None:
    """A dosage form or route in readers' words; None when it is none."""
    key = next((form for form in forms(said) if form in GIVEN), None)
    return Given(key, *GIVEN[key]) if key else None


def _list_of(names: Iterable[str]) -> str:
    return " or ".join(name.lower() for name in names)
