"""A question over the whole edition: criteria × scope → members, each with what shows that it belongs.

A criterion is a small value. Over labels it gives the labels that meet it, each with its proof; over the rows of one
table the columns whose values meet it. Several are joined by "and": over one table where all of them can be asked of
it, else over labels, to which rows are joined by the codes that labels print. Nothing here reads words of a question;
`set_words` does.

Sources of rules: a pharmacologic class is assigned by FDA to the active moiety (FDA, "Established Pharmacologic Class
Text Phrases"; 21 CFR 201.57(a)(6)), so a label is of a class also by what another row says of its single ingredient.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any, ClassVar, Literal

from drugchatter import lexicon
from drugchatter.identity import display_name, ingredients_of
from drugchatter.joins import application_number, ndc_product
from drugchatter.protocols import Index
from drugchatter.row_citations import cite_placed
from drugchatter.rows import (
    BiologicRow,
    FdaProductRow,
    NdcProductRow,
    Placed,
    ProductRow,
    ShortageRow,
    SubmissionRow,
)
from drugchatter.text import fold, words
from drugchatter.types import Drug, Label, Passage, RowCitation

Scope = Literal["labels", "ndc", "shortages", "approvals"]
SectionKind = Literal["indication", "boxed_warning", "contraindication", "interaction", "adverse_reaction", "warning"]
ApprovalKind = Literal["drug", "generic", "biologic"]
Values = dict[str, list[str]]

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
_CLASS_FIELDS = ("indications_and_usage", "description")
_SELF_FIELDS = (*_CLASS_FIELDS, "mechanism_of_action")
_KIND_END = re.compile(r"(?<=\]),")
_EPC = " [EPC]"
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
_AROUND = 10


# ------------------------------------------------------------------------------------------------------------ values


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
class FoundSet:
    """`total` is how many the scope holds, where that is known; `as_of` the dates of the files; `set_aside` the labels
    that name an indication otherwise than as theirs (see `Says.indicated`); `tried` the scopes
    in which none was found before this one; `missing` the table that is not loaded, if any."""

    criteria: tuple[Criterion, ...]
    scope: Scope
    members: tuple[Member, ...]
    as_of: str
    total: int | None = None
    set_aside: tuple[Member, ...] = ()
    tried: tuple[Scope, ...] = ()
    missing: str = ""


@lru_cache(maxsize=8192)
def established(text: str) -> tuple[str, ...]:
    """The established pharmacologic classes in an NDC row's list: of `Sampline [EPC],Sampline Effect [MoA]` one."""
    return tuple(part.strip().removesuffix(_EPC) for part in _KIND_END.split(text) if part.endswith(_EPC))


# ----------------------------------------------------------------------------------------------------------- phrases


def forms(phrase: str) -> tuple[str, ...]:
    """A phrase with its last word in the singular and the plural."""
    *before, last = words(phrase.replace("-", " ")) or [""]
    return tuple(dict.fromkeys(" ".join((*before, form)) for form in (last, *_other_number(last)) if len(form) > 1))


def _other_number(word: str) -> tuple[str, ...]:
    """The singular of a plural, the plural of a singular."""
    if word.endswith("ies"):
        return (f"{word[:-3]}y",)
    if word.endswith(("sis", "ss", "us")):
        return (f"{word[:-2]}es",) if word.endswith("sis") else (f"{word}es",)
    if word.endswith(("ses", "xes", "ches")):
        return (word[:-2], word[:-1], f"{word[:-2]}is")
    if word.endswith("s"):
        return (word[:-1],)
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return (f"{word[:-1]}ies",)
    return (f"{word}es",) if word.endswith(("x", "ch")) else (f"{word}s",)


_OR = re.compile(r"\s+or\s+|\s*/\s*")
_LINKS = frozenset("the a an of in and to for with on by from risk patients people those who".split())


def runs_of(topic: str) -> tuple[tuple[str, ...], ...]:
    """A topic as runs, each the phrases of which one must stand in the text: the lexicon's words for what readers say
    otherwise than labels, else the words as said, singular and plural. "or" joins alternatives."""
    said = [part for part in _OR.split(fold(topic)) if part]
    if len(said) > 1:
        return (tuple(phrase for part in said for phrase in _phrases(part)),)
    if lexicon.table().get(" ".join(words(topic))):
        return (_phrases(topic),)
    runs: list[list[str]] = [[]]
    for token in words(topic.replace("-", " ")):
        if token in _LINKS:
            runs.append([])
        else:
            runs[-1].append(token)
    return tuple(_phrases(" ".join(run)) for run in runs if run)


def _phrases(said: str) -> tuple[str, ...]:
    told = " ".join(words(said))
    known = lexicon.table().get(told, ())
    level = {" ".join(words(term)) for term in known}
    if " " not in told and (stem := next((term for term in _stems() if told.startswith(term)), "")):
        return (f"{stem}*",)
    # What labels say as the reader does is searched as said: the lexicon's other words are wider.
    if not known or level.intersection(forms(told)):
        return forms(said)
    other = sorted(term for term in level if term not in told.split())
    return (*forms(said), *(f"{term}*" for term in other))


@cache
def _stems() -> tuple[str, ...]:
    """The lexicon's terms that are beginnings of words ("suicid"), the longest first."""
    terms = {term for known in lexicon.table().values() for term in known if term.isalpha() and term.islower()}
    begun = {
        term
        for term in terms
        if len(term) > 5 and any(phrase.startswith(term) and phrase != term for phrase in lexicon.table())
    }
    return tuple(sorted((term for term in begun if term not in lexicon.table()), key=lambda term: (-len(term), term)))


@cache
def pattern_of(run: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for phrase in run:
        inner = r"\W+".join(re.escape(word) for word in words(phrase.rstrip("*").replace("-", " ")))
        parts.append(inner + (r"\w*" if phrase.endswith("*") else ""))
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE)


def around(line: str, wanted: re.Pattern[str]) -> str:
    """About ten words of `line` around what is wanted; the whole of a short one."""
    tokens = [(m.start(), m.end()) for m in re.finditer(r"\S+", line)]
    if len(tokens) <= _AROUND:
        return line
    found = wanted.search(line)
    at = next((i for i, (_, end) in enumerate(tokens) if found and end > found.start()), 0)
    start, stop = max(0, at - 3), min(len(tokens), at + 7)
    return line[tokens[start][0] : tokens[stop - 1][1]]


# ------------------------------------------------------------------------------------------------------------- world


class World:
    """What criteria are asked of: one index, with what is the same for all questions read once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._distinct: dict[tuple[type, tuple[str, ...]], list[tuple[str, ...]]] = {}
        self._spaced: dict[tuple[type, str], list[tuple[str, str]]] = {}

    @cached_property
    def labels(self) -> dict[str, Label]:
        """By set id."""
        return {label.document.set_id: label for label in self.index.labels()}

    def distinct(self, row_type: type, *columns: str) -> list[tuple[str, ...]]:
        key = (row_type, columns)
        if key not in self._distinct:
            self._distinct[key] = self.index.distinct(row_type, *columns)
        return self._distinct[key]

    def values(self, row_type: type, column: str) -> list[str]:
        return [value for value, _ in self.distinct(row_type, column)]

    def holding(self, row_type: type, column: str, name: str) -> list[str]:
        """The values of a column in which the words of `name` stand as a phrase."""
        key = (row_type, column)
        if key not in self._spaced:
            self._spaced[key] = [(value, f" {' '.join(words(value))} ") for value in self.values(row_type, column)]
        wanted = f" {' '.join(words(name))} "
        return [value for value, spaced in self._spaced[key] if wanted in spaced]

    def drug(self, label: Label) -> Drug:
        return self.index.drug(label.document.drug_id)

    def of_label(self, passage: Passage) -> Label | None:
        """The current label that a passage stands in; None for a passage of a summary beside it or an older copy."""
        label = self.labels.get(passage.set_id)
        if label is None or label.document.version != passage.version:
            return None
        return label if (passage.kind == "fact") == (label.document.kind == "summary") else None

    @cached_property
    def by_code(self) -> dict[tuple[str, str], list[str]]:
        """(kind, code) → set ids."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for set_id, label in self.labels.items():
            for code in label.codes:
                found[code.kind, code.value].append(set_id)
            for printed in label.document.application_numbers:
                number = application_number(printed)
                if number and set_id not in found["application", number]:
                    found["application", number].append(set_id)
        return found

    def record(self, label: Label, told: str) -> RowCitation:
        """What a label's record tells outside its text, cited by the label's first passage."""
        first = self.index.passages(label.document.set_id, label.document.source)[0]
        return derived(RowCitation(first, label.document, self.drug(label).name), told)

    @cached_property
    def classes(self) -> dict[str, str]:
        """Folded name → name of every established class that a label's record or an NDC row prints."""
        own = (name for label in self.labels.values() for name in label.pharm_classes)
        rows = (name for text in self.class_texts for name in established(text))
        return {fold(name): name.strip() for name in (*rows, *own)}

    @cached_property
    def class_words(self) -> dict[str, str]:
        """Folded name of every class → its words with a space on either side."""
        return {name: f" {' '.join(words(name.replace('-', ' ')))} " for name in self.classes}

    @cached_property
    def class_texts(self) -> list[str]:
        """What the NDC directory prints as classes, each text once."""
        pairs = self.distinct(NdcProductRow, "pharm_classes", "substances")
        return list(dict.fromkeys(classes for classes, _, _ in pairs))

    @cached_property
    def moieties(self) -> dict[str, dict[str, str]]:
        """Folded class → the active ingredients that NDC rows of one substance give it, each with the passage id of the
        first such row."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for classes, substances, passage_id in self.distinct(NdcProductRow, "pharm_classes", "substances"):
            base = ingredients_of([substances], "")
            if ";" not in substances and len(base) == 1:
                for name in established(classes):
                    found[fold(name)].setdefault(base[0], passage_id)
        return found

    @cached_property
    def licences(self) -> dict[str, list[Placed[BiologicRow]]]:
        """The rows of the Purple Book by application, as `BLA125326`."""
        found: dict[str, list[Placed[BiologicRow]]] = defaultdict(list)
        for placed in self.index.rows(BiologicRow):
            found["BLA" + placed.row.bla.zfill(6)].append(placed)
        return found

    @cached_property
    def makers(self) -> tuple[str, ...]:
        """Every labeler, company and applicant, its words with a space on either side."""
        names = {label.document.labeler for label in self.labels.values()}
        names.update(self.values(NdcProductRow, "labeler"), self.values(ProductRow, "applicant_full_name"))
        names.update(self.values(BiologicRow, "applicant"), self.values(ShortageRow, "company"))
        return tuple(f" {' '.join(words(name))} " for name in names)

    def is_maker(self, name: str, begins: bool = False) -> bool:
        """Whether the words of `name` stand in a maker's name, or begin one."""
        wanted = f" {' '.join(words(name))} "
        if not wanted.strip():
            return False
        return any(maker.startswith(wanted) if begins else wanted in maker for maker in self.makers)


def derived(citation: RowCitation, told: str) -> RowCitation:
    """`citation` with what was worked out from it behind its own text; its id goes on accordingly."""
    from drugchatter.exclusivity.citations import _mark

    passage = citation.passage
    made = replace(passage, id=passage.id + _mark(told), kind="fact", text=f"{passage.lines()[0]}; {told}")
    return replace(citation, passage=made)


# ---------------------------------------------------------------------------------------------------------- criteria


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
class Says(Criterion):
    """A section of the label names a topic; without one, the label has the section."""

    section: SectionKind
    topic: str = ""

    @property
    def flag(self) -> str:
        return f"--{self.section.replace('_', '-')} {_quoted(self.topic or 'any')}"

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
class InClass(Criterion):
    """Of any of the established pharmacologic classes `names`, which readers call `said`."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc", "shortages")
    said: str
    names: tuple[str, ...]

    @property
    def flag(self) -> str:
        return f"--class {_quoted(self.said)}"

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
                told = f"class in the label's record: {name}"
                found[set_id] = Proof(world.record(label, f"{world.drug(label).name}: {told}"), told)
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
        return self._by_text(world, found)

    def _by_text(self, world: World, found: dict[str, Proof]) -> dict[str, Proof]:
        run = tuple(dict.fromkeys(form for said in (self.said, *self.names) for form in forms(said)))
        is_one = re.compile(
            rf"\b(?:is|are) (?:an? )?(?:(?!\bnot\b)[^.;]){{0,90}}{pattern_of(run).pattern}", re.IGNORECASE
        )
        for passage in world.index.said((run,), _CLASS_FIELDS):
            label = world.of_label(passage)
            if label is None or passage.set_id in found:
                continue
            if line := next((line for line in passage.lines() if is_one.search(line)), None):
                citation = RowCitation(passage, label.document, world.drug(label).name)
                found[passage.set_id] = Proof(citation, around(line, pattern_of(run)), quoted=True)
        return found


@dataclass(frozen=True, slots=True)
class Called(Criterion):
    """Of a class that no record or row names, by what labels say of themselves: "X is an inhibitor of
    Bruton's tyrosine kinase" is found by "bruton kinase inhibitors", all its words behind "is a"."""

    said: str

    @property
    def flag(self) -> str:
        return f"--class {_quoted(self.said)}"

    def of_labels(self, world: World) -> str:
        return f"say that the drug is one of the “{self.said}”"

    def labels(self, world: World) -> dict[str, Proof]:
        *before, last = words(self.said.replace("-", " "))
        wanted = [*((word,) for word in before), forms(last)]
        held = "".join(rf"(?=[^.;]{{0,140}}\b(?:{'|'.join(map(re.escape, run))}))" for run in wanted)
        is_one = re.compile(rf"\b(?:is|are) an? (?!.{{0,20}}\bnot\b){held}", re.IGNORECASE)
        found: dict[str, Proof] = {}
        for passage in world.index.said([[f"{form}*" for form in run] for run in wanted], _SELF_FIELDS):
            label = world.of_label(passage)
            line = next((line for line in passage.lines() if is_one.search(line)), None)
            if label and line and passage.set_id not in found:
                citation = RowCitation(passage, label.document, world.drug(label).name)
                found[passage.set_id] = Proof(citation, around(line, is_one), quoted=True)
        return found


def _begins_with(text: str, ingredients: set[tuple[str, ...]]) -> bool:
    """Whether a part of a shortage's generic name (`Examplin Sodium; Sampline Tablet`) begins with an ingredient."""
    parts = (tuple(words(part)) for part in re.split(r"[;,/]| and ", text.lower()))
    return any(part[:many] in ingredients for part in parts for many in range(1, len(part) + 1))


def _place(citation: RowCitation) -> str:
    return f"{citation.document.title} of {citation.document.version}"


@dataclass(frozen=True, slots=True)
class Contains(Criterion):
    """An ingredient's name holds these words: of labels any ingredient, active or not; of NDC rows active ones."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc")
    name: str

    @property
    def flag(self) -> str:
        return f"--contains {_quoted(self.name)}"

    def of_labels(self, world: World) -> str:
        return f"name an ingredient, active or inactive, with “{self.name}” in its name"

    def of_rows(self, world: World) -> str:
        return f"with “{self.name}” in the name of an active ingredient"

    def where(self, world: World, scope: Scope) -> Values:
        return {"substances": world.holding(NdcProductRow, "substances", self.name)}

    def labels(self, world: World) -> dict[str, Proof]:
        run = (" ".join(words(self.name)),)
        found: dict[str, Proof] = {}
        for passage in world.index.said((run,), _INGREDIENT_FIELDS):
            label = world.of_label(passage)
            line = next((line for line in passage.lines() if pattern_of(run).search(line)), None)
            if label and line and passage.set_id not in found:
                citation = RowCitation(passage, label.document, world.drug(label).name)
                found[passage.set_id] = Proof(citation, around(line, pattern_of(run)), quoted=True)
        return found


@dataclass(frozen=True, slots=True)
class MadeBy(Criterion):
    """Of a labeler (company, applicant) whose name holds these words."""

    scopes: ClassVar[tuple[Scope, ...]] = ("labels", "ndc", "shortages", "approvals")
    name: str

    @property
    def flag(self) -> str:
        return f"--labeler {_quoted(self.name)}"

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
                told = f"labeler: {label.document.labeler}"
                found[set_id] = Proof(world.record(label, f"{world.drug(label).name}: {told}"), told)
        return found


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
        found: dict[str, Proof] = {}
        for passage in world.index.said((run,), ("controlled_substance", "drug_abuse_and_dependence")):
            label = world.of_label(passage)
            line = next((line for line in passage.lines() if itself.search(line)), None)
            if label and line and passage.set_id not in found:
                citation = RowCitation(passage, label.document, world.drug(label).name)
                found[passage.set_id] = Proof(citation, around(line, pattern_of(run)), quoted=True)
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
        return f"--form {_quoted(self.said)}"

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
                told = f"route: {', '.join(label.document.routes)}"
                found[set_id] = Proof(world.record(label, f"{world.drug(label).name}: {told}"), told)
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
        return f"--approved-in {_quoted(f'{self.year} {self.kind}' if self.kind != 'drug' else str(self.year))}"

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
    from drugchatter.rows import ApplicationRow

    return {
        placed.row.application: placed.row.sponsor for placed in world.index.rows(ApplicationRow, application=numbers)
    }


def _in_drugs_at_fda(world: World, numbers: Iterable[str]) -> set[str]:
    """Those of `numbers` whose original approval Drugs@FDA lists with a day."""
    rows = world.index.rows(SubmissionRow, type="ORIG", status="AP", application=set(numbers))
    return {placed.row.application for placed in rows if placed.row.status_date}


_TYPES = {"N": "NDA", "A": "ANDA"}


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


# ------------------------------------------------------------------------------------------------------------ finding

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


# --------------------------------------------------------------------------------------------------- words to values


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


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
