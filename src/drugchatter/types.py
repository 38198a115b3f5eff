"""Every value that travels through the rooms, in the order in which it travels.

All are frozen; each step's value contains the one before it, so that one `Answer` is the whole record of how it
came about. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Basis = Literal["quote", "row", "computed", "absence", "model"]
SourceKind = Literal["verbatim", "summary", "row"]
DeclineKind = Literal[
    "unknown_drug",
    "ambiguous",
    "not_in_sources",
    "out_of_scope",
    "personal_medical",
    "unsafe",
    "stale",
    "not_understood",
]
NoticeKind = Literal["emergency", "boxed_warning", "stale", "offline", "starter_data", "ai_disclosure", "reading"]
QuestionKind = Literal[
    "lookup",
    "yes_no",
    "overview",
    "interaction",
    "compare",
    "list",
    "computed",
    "identity",
    "change",
    "not_answerable",
    "dangerous",
    "out_of_scope",
]

# ---------------------------------------------------------------------------------------------------------- build


@dataclass(frozen=True, slots=True)
class Part:
    """What a publisher that gives the structure prints under one heading of a section, without its subsections.

    `heading` is where a reader finds it on the label ("2.1 Recommended Dosage"), empty for the section's own title;
    `above` the unnumbered titles under that heading which stand over all of it; `lines` its paragraphs and list items
    (these with "• ") in order; `tables` as HTML.
    """

    heading: str
    above: tuple[str, ...]
    lines: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a label as its publisher gives it.

    `field` is openFDA's name of the section; `texts` the publisher's strings; `tables` the tables as HTML;
    `intent` is set only on facts of the starter formulary, which are written for one intent. `parts`, where the
    publisher gives the structure, is what `texts` and `tables` hold, each thing once: nothing that another section has.
    """

    field: str
    texts: tuple[str, ...]
    tables: tuple[str, ...] = ()
    intent: str | None = None
    parts: tuple[Part, ...] = ()


CodeKind = Literal["application", "ndc", "rxcui", "unii"]


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code that joins a label to other publishers' rows.

    `application` as `NDA021995`, `ANDA076543`, `BLA125326`; `ndc` as the labeler-product code with its hyphen
    (`0078-1007`); `rxcui` and `unii` as printed.
    """

    kind: CodeKind
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one label, parsed from a publisher's file but not yet split."""

    source: str
    publisher: str
    set_id: str
    version: str
    effective_date: date
    title: str
    brand: str
    generic: str
    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    labeler: str
    application_numbers: tuple[str, ...]
    routes: tuple[str, ...]
    pharm_classes: tuple[str, ...]
    original_packager: bool
    sections: tuple[Section, ...]
    kind: SourceKind = "verbatim"
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file, or one document or row of it, that could not be loaded: which, and why. Its neighbours load.

    `item` is empty when the whole file is set aside. `harmless` marks what is rightly not loaded (a document that is no
    label, an older copy): it is shown, but does not make a sync fail.
    """

    source: str
    file: str
    item: str
    reason: str
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of one section: its id is a hash of content and place, without the edition.

    `text` holds one sentence, list item or table row a line. `kind` says which.
    """

    id: str
    set_id: str
    version: str
    field: str
    heading: str
    kind: Literal["text", "table", "fact"]
    text: str
    intent: str | None = None

    def lines(self) -> list[str]:
        return self.text.split("\n")


# The source of everything that comes with the program.
STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Origin:
    """A publisher's file; what follows it in a stream of things to load comes from it.

    `edition` is the file's own date (YYYY-MM-DD, empty when it has none), `sha256` that of its bytes. `past` marks a
    file of earlier versions: a label of which only they are held is no current label.
    """

    source: str
    file: str
    edition: str
    sha256: str = ""
    past: bool = False


# ---------------------------------------------------------------------------------------------------------- store


@dataclass(frozen=True, slots=True)
class Document:
    """A label version in an edition, without its text."""

    set_id: str
    version: str
    effective_date: date
    source: str
    publisher: str
    title: str
    labeler: str
    application_numbers: tuple[str, ...]
    routes: tuple[str, ...]
    kind: SourceKind
    drug_id: str

    @property
    def holder(self) -> Literal["NDA", "BLA", "ANDA", "other"]:
        """Kind of application the label is marketed under (21 CFR 314, 601); `other` for monograph and unapproved."""
        for number in self.application_numbers:
            for kind in ("ANDA", "NDA", "BLA"):
                if number.upper().startswith(kind):
                    return kind
        return "other"


@dataclass(frozen=True, slots=True)
class Label:
    """A current label with what joins and groups it: active ingredients (base names, sorted), pharmacologic classes as
    its record prints them, and codes."""

    document: Document
    ingredients: tuple[str, ...]
    pharm_classes: tuple[str, ...]
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug as readers know it: a brand, or a generic name. Its family is the set of its active ingredients."""

    id: str
    name: str
    generic: str
    ingredients: tuple[str, ...]
    pharm_classes: tuple[str, ...]
    reference: Document
    why_reference: str
    labels: int


@dataclass(frozen=True, slots=True)
class Edition:
    """What an edition holds: `documents` counts labels by source; `released` is the newest publisher date."""

    id: str
    path: str
    built: str
    released: str
    documents: tuple[tuple[str, int], ...]
    content_hash: str


# ------------------------------------------------------------------------------------------------------------ ask


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks; `turns` are the earlier questions of the same conversation, oldest first."""

    text: str
    turns: tuple[str, ...] = ()
    as_of: date | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class DrugMatch:
    """A drug found in the question: which words matched, and how."""

    drug: Drug
    matched: str
    how: Literal["exact", "synonym", "spelling", "context"]
    siblings: tuple[Drug, ...] = ()
    part: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked about besides drug and intent: the reader's words, and the words a label may use instead."""

    said: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The question as understood. `shares` says how likely each of `intents` is, as a share of the likeliest; `hints`
    are words that name the intent itself and so count for little."""

    question: Question
    kind: QuestionKind
    intents: tuple[str, ...]
    drugs: tuple[DrugMatch, ...]
    shares: tuple[float, ...] = ()
    focus: tuple[Concept, ...] = ()
    hints: tuple[Concept, ...] = ()
    topic: Concept | None = None
    use: Concept | None = None
    agents: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    known_elsewhere: tuple[tuple[str, str], ...] = ()
    candidates: tuple[str, ...] = ()
    safety: Literal["overdose", "self_harm", "misuse", "personal"] | None = None
    caution: Literal["overdose", "self_harm", "misuse", "personal"] | None = None
    premise: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched and how it came out. Only an `empty` search lets an answer say that something is absent."""

    source: str
    edition: str
    document: str
    searched: str
    outcome: Literal["found", "empty", "unavailable"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a passage with its score; `sub` is the heading it stands under, `lead` its list's first line."""

    passage: Passage
    line: str
    score: float
    sub: str = ""
    lead: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """The ranked lines of one drug for one intent; `share` says how likely it was asked for."""

    drug: Drug
    intent: str
    hits: tuple[Hit, ...]
    supported: bool = True
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class RowCitation:
    """A row of a publisher's table as a passage, with the file it stands in and the drug it is about."""

    passage: Passage
    document: Document
    drug: str


@dataclass(frozen=True, slots=True)
class Evidence:
    reading: Reading
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    extra: tuple[Finding, ...] = ()
    boxed: tuple[Drug, ...] = ()
    available: tuple[str, ...] = ()
    rows: tuple[RowCitation, ...] = ()
    unsaid: tuple[str, ...] = ()

    def row(self, passage_id: str) -> RowCitation | None:
        """The cited row with this passage id, if it was read for this answer."""
        return next((row for row in self.rows if row.passage.id == passage_id), None)


@dataclass(frozen=True, slots=True)
class Support:
    """Words of a passage that carry a claim. `quote` must stand in the passage character by character."""

    passage_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A drafted sentence with the supports it names; not to be shown before `check` has passed it."""

    text: str
    supports: tuple[Support, ...]
    basis: Basis
    drug_id: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftSection:
    heading: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """A typed refusal, for the reader (errors are for the operator)."""

    kind: DeclineKind
    text: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    evidence: Evidence
    headline: Claim | None
    sections: tuple[DraftSection, ...]
    notices: tuple[Notice, ...]
    declined: Declined | None
    related: tuple[str, ...]
    generated_by: str = "extractive"


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source of an answer, as shown."""

    n: int
    passage_id: str
    publisher: str
    document: str
    drug: str
    set_id: str
    version: str
    section: str
    loinc: str | None
    date: str
    edition: str
    url: str
    quote: str
    kind: SourceKind
    table: str | None = None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A checked sentence with the numbers of its sources."""

    text: str
    citations: tuple[int, ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Opening:
    """What an answer says before its first statement: its notices and, where it declines, the refusal."""

    notices: tuple[Notice, ...]
    declined: Declined | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of an answer that is being written: the place of its section among those shown, counted from 0, with
    its heading (None and "" for the headline), and the sources that it is the first to cite."""

    statement: Statement
    section: int | None
    heading: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class AnswerSection:
    heading: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A claim that a check refused, and why; kept in the record, never shown."""

    claim: Claim
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer and, in `draft`, everything that led to it."""

    id: str
    draft: Draft
    headline: Statement | None
    sections: tuple[AnswerSection, ...]
    sources: tuple[Source, ...]
    notices: tuple[Notice, ...]
    declined: Declined | None
    related: tuple[str, ...]
    rejected: tuple[Rejection, ...]
    edition: Edition
    elapsed_ms: float

    @property
    def reading(self) -> Reading:
        return self.draft.evidence.reading

    def statements(self) -> Iterator[Statement]:
        """All statements in reading order, the headline first."""
        if self.headline:
            yield self.headline
        for section in self.sections:
            yield from section.statements

    def words(self) -> int:
        return sum(len(statement.text.split()) for statement in self.statements())


# An answer as it is written: what was read and found, then all that is shown, in reading order, then all of it as one.
Step = Reading | Evidence | Opening | Stated | Answer
