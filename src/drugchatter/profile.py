"""One drug on one page: what each loaded source says of it, every fact with its file, the file's date and its passage.

Nothing is worked out here that a row or a label does not print; dates of protection come from the rules, through the
draft that the engine hands in. What was searched without result, or is not loaded, is said as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from drugchatter.drug_rows import DrugRows
from drugchatter.identity import display_name
from drugchatter.protocols import Index
from drugchatter.row_citations import PUBLISHERS, cite_placed
from drugchatter.row_text import row_heading, row_text
from drugchatter.rows import (
    ApplicationRow,
    BiologicRow,
    FdaProductRow,
    NdcProductRow,
    Placed,
    ProductRow,
    RecallRow,
    RxConceptRow,
    ShortageRow,
    SubmissionRow,
)
from drugchatter.types import Coverage, Document, Drug, Passage, RowCitation
from drugchatter.vocabulary import SECTIONS, section_label

_LATEST = 3
_SENTENCES = 2
# A list of presentations in short supply is put before those that are over.
_CURRENT = ("current", "to be discontinued")


# The source and the file in which each kind of row stands.
_FILES: dict[type, tuple[str, str]] = {
    ProductRow: ("orange_book", "products.txt"),
    BiologicRow: ("purple_book", "purplebook.csv"),
    ApplicationRow: ("drugs_at_fda", "drugsatfda/Applications.txt"),
    FdaProductRow: ("drugs_at_fda", "drugsatfda/Products.txt"),
    SubmissionRow: ("drugs_at_fda", "drugsatfda/Submissions.txt"),
    NdcProductRow: ("ndc", "ndc/product.txt"),
    ShortageRow: ("shortages", "shortages"),
    RecallRow: ("enforcement", "enforcement"),
    RxConceptRow: ("rxnorm", "rxnorm/concepts"),
}
# What rows of an application are searched by, and those that can be another brand's.
_CODES = "the labels' applications"
_NAMED = "the labels' applications, under this name"
_LISTED = "the labels' NDCs, and applications under this name"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a fact stands: the passage (empty for what a label's record says outside its text), the publisher's
    document or file, the place in it, and the document's or file's own date (YYYY-MM-DD)."""

    passage_id: str
    publisher: str
    document: str
    place: str
    date: str


@dataclass(frozen=True, slots=True)
class Fact:
    """`quoted` marks a publisher's own sentences; else the values are the publisher's and their order is ours."""

    text: str
    citations: tuple[Citation, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one kind, those that matter most first, and how each search for them came out."""

    heading: str
    facts: tuple[Fact, ...]
    searched: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """`also` names the other drugs held with the same active ingredients."""

    drug: Drug
    also: tuple[str, ...]
    edition: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ProtectionLine:
    """What the rules say of a drug's protection, drafted elsewhere: one sentence with the rows that carry it."""

    text: str
    rows: tuple[RowCitation, ...]


def profile(index: Index, drug: Drug, protection: ProtectionLine | None = None) -> Profile:
    """All groups of the profile of `drug`, in reading order; `protection` is None when no loaded row tells of it."""
    desk = _Desk(index, drug)
    groups = (
        _names(desk),
        _classes(desk),
        _makers(desk),
        _approvals(desk),
        _forms(desk),
        _labels(desk),
        _sections(desk),
        _shortages(desk),
        _recalls(desk),
        _schedule(desk),
        _protection(desk, protection),
    )
    also = tuple(dict.fromkeys(d.name for d in index.family(drug.ingredients) if d.id != drug.id))
    return Profile(drug, also, index.edition.id, groups)


class _Desk:
    """What every group needs: the drug, its rows, and which sources are loaded, of which date."""

    def __init__(self, index: Index, drug: Drug) -> None:
        self.index, self.drug, self.rows = index, drug, DrugRows(index, drug)
        self._dates: dict[str, str] = {}
        for origin, _ in index.origins():
            self._dates[origin.file] = max(origin.edition, self._dates.get(origin.file, ""))

    def searched(self, row_type: type, what: str, found: Sequence[object]) -> Coverage:
        """How the search of one kind of row came out."""
        source, file = _FILES[row_type]
        title = f"{PUBLISHERS[source].title} ({file})"
        if not self.index.has_rows(row_type):
            return Coverage(source, "", title, what, "unavailable")
        return Coverage(source, self._dates.get(file, ""), title, what, "found" if found else "empty")

    def books(self, wanted: str) -> Iterator[Coverage]:
        """How the search of the book came out that the drug's kind of licence stands in."""
        rows, kinds = self.rows, {number[:3] for number in self.rows.codes.applications}
        if "BLA" in kinds:
            yield self.searched(BiologicRow, wanted, rows.biologics)
        if kinds - {"BLA"}:
            yield self.searched(ProductRow, wanted, rows.orange)

    def of_label(self, what: str, found: bool) -> Coverage:
        label = self.drug.reference
        day = label.effective_date.isoformat()
        return Coverage(label.source, day, label.title, what, "found" if found else "empty")

    def label(self, document: Document | None = None) -> Citation:
        """A label's record, as openFDA or DailyMed gives it beside the text."""
        label = document or self.drug.reference
        place = f"set id {label.set_id}, version {label.version}"
        return Citation("", label.publisher, label.title, place, label.effective_date.isoformat())


def _from(*placed: Placed[Any]) -> tuple[Citation, ...]:
    return tuple(_row_citation(cite_placed(one)) for one in placed)


def _row_citation(row: RowCitation) -> Citation:
    document, passage = row.document, row.passage
    return Citation(passage.id, document.publisher, document.title, passage.heading, document.version)


def _distinct(found: Iterable[Placed[Any]], text: Callable[[Any], str]) -> list[Fact]:
    """A fact for each text that the rows give, cited by the first row that gives it."""
    facts: dict[str, Fact] = {}
    for placed in found:
        if (said := text(placed.row)) and said not in facts:
            facts[said] = Fact(said, _from(placed))
    return list(facts.values())


# ------------------------------------------------------------------------------------------------ who it is, whose


def _names(desk: _Desk) -> Group:
    codes, label = desk.rows.codes, desk.drug.reference
    facts = [Fact(f"{desk.drug.name} ({desk.drug.generic}): {label.title}", (desk.label(),))]
    for name, values in (
        ("Set id", (label.set_id,)),
        ("Application", codes.applications),
        ("NDC product code", codes.ndcs),
        ("RxCUI", codes.rxcuis),
        ("UNII", codes.uniis),
    ):
        if values:
            facts.append(Fact(f"{name}: {', '.join(values)}", (desk.label(),)))
    concepts = desk.rows.concepts
    facts += _distinct(concepts, row_text)
    return Group("Names and codes", tuple(facts), (desk.searched(RxConceptRow, "the labels' RxCUIs", concepts),))


def _classes(desk: _Desk) -> Group:
    names = {name.lower(): name for name in reversed(desk.drug.pharm_classes)}  # labels differ in capitals
    facts = [Fact(f"{name} (established pharmacologic class)", (desk.label(),)) for name in reversed(names.values())]
    facts += _distinct(desk.rows.ndc, lambda row: row.pharm_classes)
    return Group("Class", tuple(facts), (desk.of_label("a pharmacologic class", bool(desk.drug.pharm_classes)),))


def _makers(desk: _Desk) -> Group:
    rows, labeler = desk.rows, desk.drug.reference.labeler
    facts = [Fact(f"{labeler}: labeler of the label", (desk.label(),))] if labeler else []
    facts += _distinct(rows.ndc, lambda row: f"{row.labeler}: labeler in the NDC directory")
    facts += _distinct(rows.applications, lambda row: f"{row.sponsor}: sponsor of {row_heading(row)}")
    facts += _distinct(
        rows.orange, lambda row: f"{row.applicant_full_name or row.applicant}: applicant of {row.application}"
    )
    facts += _distinct(rows.biologics, lambda row: f"{row.applicant}: applicant of BLA {row.bla}")
    return Group(
        "Maker",
        tuple(facts),
        (
            desk.searched(NdcProductRow, _LISTED, rows.ndc),
            desk.searched(ApplicationRow, _CODES, rows.applications),
        ),
    )


# ------------------------------------------------------------------------------------------------------- approvals


def _approvals(desk: _Desk) -> Group:
    rows = desk.rows
    licensed = _distinct(sorted(rows.biologics, key=lambda p: p.row.approval_date or date.max), _licence)
    approved = _distinct(sorted(rows.orange, key=lambda p: p.row.approval_date or date.min), _approval)
    return Group(
        "Approvals",
        (*licensed, *approved, *_submissions(desk)),
        (
            desk.searched(SubmissionRow, _CODES, rows.submissions),
            *desk.books(_NAMED),
        ),
    )


def _licence(row: BiologicRow) -> str:
    approved = f"licensed {row.approval_date}" if row.approval_date else "no date of approval printed"
    first = f", date of first licensure {row.first_licensure}" if row.first_licensure else ""
    name = display_name(row.proprietary_name or row.proper_name)
    return f"{name}, BLA {row.bla}: {approved}{first} ({row.type}, {row.licensure})"


def _approval(row: ProductRow) -> str:
    approved = "before 1982" if row.before_1982 else str(row.approval_date or "on a day that is not printed")
    place = f"{row.application} product {row.product_no}"
    return f"{display_name(row.trade_name)} {row.strength}, {place}: approved {approved}"


def _submissions(desk: _Desk) -> Iterator[Fact]:
    """The original approval of each application, then its latest supplements."""
    held = sorted(desk.rows.submissions, key=lambda p: (p.row.application, p.row.type != "ORIG", p.row.number))
    for placed in held:
        if placed.row.type == "ORIG":
            yield Fact(f"{row_text(placed.row)}{_other_names(desk, placed.row.application)}", _from(placed))
    supplements = [placed for placed in held if placed.row.type != "ORIG" and placed.row.status_date]
    for placed in sorted(supplements, key=lambda p: p.row.status_date or date.min, reverse=True)[:_LATEST]:
        yield Fact(row_text(placed.row), _from(placed))


def _other_names(desk: _Desk, application: str) -> str:
    """What an application's products are called in Drugs@FDA where none bears the drug's name: its dates are not then
    the drug's own."""
    names = {display_name(p.row.trade_name) for p in desk.rows.application_products if p.row.application == application}
    own = any(p.row.application == application for p in desk.rows.fda_products)
    return f" [in that file for {', '.join(sorted(names))}]" if names and not own else ""


# ------------------------------------------------------------------------------------------------------------ forms


def _forms(desk: _Desk) -> Group:
    rows = desk.rows
    facts = _distinct(rows.ndc, _ndc_form) + _distinct(rows.orange, _orange_form)
    facts += _distinct(rows.fda_products, _fda_form)
    return Group(
        "Forms and strengths",
        tuple(facts),
        (
            desk.searched(NdcProductRow, _LISTED, rows.ndc),
            *(coverage for coverage in desk.books(_NAMED) if coverage.source == "orange_book"),
            desk.searched(FdaProductRow, _NAMED, rows.fda_products),
        ),
    )


def _ndc_form(row: NdcProductRow) -> str:
    since = f", marketed since {row.marketing_start}" if row.marketing_start else ""
    end = f", marketing ends {row.marketing_end}" if row.marketing_end else ""
    return f"NDC {row.ndc}: {row.dosage_form}, {row.route}, {row.strengths or row.substances}{since}{end}"


def _orange_form(row: ProductRow) -> str:
    rated = f", TE code {row.te_code}" if row.te_code else ""
    listed = "reference listed drug, " if row.rld else ""
    return f"{row.application} product {row.product_no}: {row.form_route}, {row.strength} ({listed}{row.type}{rated})"


def _fda_form(row: FdaProductRow) -> str:
    return f"{row_heading(row)}: {row.form_route}, {row.strength} ({row.marketing_status or 'no marketing status'})"


# ------------------------------------------------------------------------------------------------------------ label


def _labels(desk: _Desk) -> Group:
    """The labels held, the one that answers first, then the newest."""
    drug = desk.drug
    held = (d for d in desk.index.documents(drug.id) if d.kind == "verbatim")
    documents = sorted(held, key=lambda d: d.effective_date, reverse=True)
    facts = [Fact(f"{_label(drug.reference)}; answers quote this one: {drug.why_reference}", (desk.label(),))]
    facts += [Fact(_label(d), (desk.label(d),)) for d in documents if d != drug.reference]
    return Group("Labels held", tuple(facts), ())


def _label(document: Document) -> str:
    labeler = f", {document.labeler}" if document.labeler else ""
    return f"{document.title}{labeler}, version {document.version} of {document.effective_date.isoformat()}"


def _sections(desk: _Desk) -> Group:
    """The first sentences of the sections that a reader looks for first."""
    label = desk.drug.reference
    passages = desk.index.passages(label.set_id, label.source)
    facts: list[Fact] = []
    searched = []
    for field in ("boxed_warning", "indications_and_usage"):
        quotes = list(_opening(desk, [p for p in passages if p.field == field]))
        facts += quotes
        searched.append(desk.of_label(SECTIONS[field].title, bool(quotes)))
    return Group("Key sections", tuple(facts), tuple(searched))


def _opening(desk: _Desk, passages: Sequence[Passage]) -> Iterator[Fact]:
    """The first sentences of a section, in one fact; titles that stand above them are left out."""
    for passage in passages:
        lines = [line for line in passage.lines() if not _is_title(line, passage)]
        if passage.kind != "table" and lines:
            section = section_label(passage.field, passage.heading)
            place = replace(desk.label(), passage_id=passage.id, place=section)
            yield Fact(" ".join(lines[:_SENTENCES]), (place,), quoted=True)
            return


def _is_title(line: str, passage: Passage) -> bool:
    return line.isupper() or line == passage.heading.partition(" ")[2]


# --------------------------------------------------------------------------------------- shortages, recalls, schedule


def _shortages(desk: _Desk) -> Group:
    own, kin = desk.rows.shortages
    facts = [
        *(Fact(_shortage(p.row), _from(p)) for p in sorted(own, key=_by_need)),
        *(Fact(f"Same ingredient, another product: {_shortage(p.row)}", _from(p)) for p in sorted(kin, key=_by_need)),
    ]
    what = "its NDCs, and rows that begin with its active ingredients"
    return Group("Shortages", tuple(facts), (desk.searched(ShortageRow, what, facts),))


def _by_need(placed: Placed[ShortageRow]) -> tuple[bool, int]:
    row = placed.row
    day = row.changed or row.updated or row.initial_posting
    return row.status.lower() not in _CURRENT, -(day.toordinal() if day else 0)


def _shortage(row: ShortageRow) -> str:
    parts = (row.status, row.availability, f"updated {row.updated}" if row.updated else "", row.reason)
    return f"{row.presentation}, {row.company}: {', '.join(part for part in parts if part)}"


def _recalls(desk: _Desk) -> Group:
    own, kin = (sorted(found, key=_by_report) for found in desk.rows.recalls)
    facts = [
        *(Fact(_recall(p.row), _from(p)) for p in own),
        *(Fact(f"Same ingredient, another product: {_recall(p.row)}", _from(p)) for p in kin),
    ]
    what = "its NDCs, and rows that name its active ingredients"
    return Group("Recalls", tuple(facts), (desk.searched(RecallRow, what, facts),))


def _by_report(placed: Placed[RecallRow]) -> tuple[bool, int]:
    row = placed.row
    day = row.initiated or row.reported
    return row.status.lower() != "ongoing", -(day.toordinal() if day else 0)


def _recall(row: RecallRow) -> str:
    day = f"initiated {row.initiated}" if row.initiated else f"reported {row.reported or 'on no printed day'}"
    what = " ".join(row.product_description.split())
    said = ", ".join(part for part in (row.classification, row.status, day) if part)
    return f"{row.recall_number} ({said}), {row.firm}: {row.reason}. Product: {what}"


def _schedule(desk: _Desk) -> Group:
    label, rows = desk.drug.reference, desk.rows.ndc
    passages = desk.index.passages(label.set_id, label.source)
    said = list(_opening(desk, [p for p in passages if p.field == "controlled_substance"]))
    scheduled = _distinct(rows, lambda row: f"DEA schedule {row.dea_schedule}" if row.dea_schedule else "")
    return Group(
        "DEA schedule",
        (*scheduled, *said),
        (
            desk.searched(NdcProductRow, f"a DEA schedule in its {len(rows)} rows", scheduled),
            desk.of_label(SECTIONS["controlled_substance"].title, bool(said)),
        ),
    )


def _protection(desk: _Desk, protection: ProtectionLine | None) -> Group:
    """The line that was handed in; where there is none, whether the book it would come from is loaded."""
    if protection:
        return Group("Protection", (Fact(protection.text, tuple(map(_row_citation, protection.rows))),), ())
    unsaid = (coverage for coverage in desk.books("protection under its names"))
    return Group("Protection", (), tuple(replace(c, outcome="empty") if c.outcome == "found" else c for c in unsaid))
