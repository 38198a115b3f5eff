"""A code → Draft: the product, application, label, concept or substance that it stands for, each sentence with its row.

A code that stands nowhere is refused by its kind, with the file that was searched and its date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from drugchatter.codes import AskedCode, Kind
from drugchatter.identity import display_name
from drugchatter.joins import ndc_product
from drugchatter.row_citations import cite_placed
from drugchatter.rows import (
    ApplicationRow,
    BiologicRow,
    FdaProductRow,
    NdcPackageRow,
    NdcProductRow,
    Placed,
    ProductRow,
    RxConceptRow,
    SubmissionRow,
)
from drugchatter.sets import World, around
from drugchatter.text import words
from drugchatter.types import (
    Claim,
    Coverage,
    Declined,
    Draft,
    DraftSection,
    Evidence,
    Label,
    Reading,
    RowCitation,
    Support,
)

_MOST = 6
_NAMES: dict[Kind, str] = {
    "ndc": "NDC",
    "labeler": "Labeler code",
    "application": "Application",
    "set_id": "Set id",
    "rxcui": "RxCUI",
    "unii": "UNII",
    "imprint": "Imprint",
}
_IMPRINT_FIELDS = ("how_supplied", "dosage_forms_and_strengths", "description", "spl_product_data_elements")
_IMPRINTED = re.compile(r"\b(?:imprint|deboss|engrav|emboss|print|mark|stamp|inscri|logo|side)", re.IGNORECASE)


def write_code(reading: Reading, code: AskedCode, world: World) -> Draft:
    """The draft of a question about one code."""
    page = _Page(world)
    sections = _WRITERS[code.kind](code, page)
    if not page.claims:
        text = _unknown(code, world)
        coverage = Coverage(code.kind, world.index.edition.id, text, code.said, "empty")
        return Draft(Evidence(reading, (), (coverage,)), None, (), (), Declined("not_in_sources", text), ())
    headline = page.claims[0]
    kept = tuple(DraftSection(heading, claims) for heading, claims in sections if claims)
    evidence = Evidence(reading, (), (), rows=tuple(page.rows.values()))
    return Draft(evidence, headline, kept, (), None, ())


Sections = list[tuple[str, tuple[Claim, ...]]]


class _Page:
    """Claims as they are written, the headline first, with the rows that they cite."""

    def __init__(self, world: World) -> None:
        self.world, self.index = world, world.index
        self.rows: dict[str, RowCitation] = {}
        self.claims: list[Claim] = []

    def row(self, text: str, *placed: Placed[Any]) -> Claim:
        """A computed sentence over rows."""
        return self._claim(text, [cite_placed(one) for one in placed])

    def label(self, label: Label, text: str) -> Claim:
        """A sentence on what a label's record tells."""
        return self._claim(text, [self.world.record(label, text)], label.document.drug_id)

    def _claim(self, text: str, cited: Iterable[RowCitation], drug_id: str = "") -> Claim:
        supports = []
        for row in cited:
            self.rows[row.passage.id] = row
            supports.append(Support(row.passage.id, row.passage.text))
        claim = Claim(text, tuple(supports), "computed", drug_id)
        self.claims.append(claim)
        return claim

    def labels(self, kind: str, value: str) -> tuple[Claim, ...]:
        """The loaded labels that print a code."""
        found = [self.world.labels[set_id] for set_id in self.world.by_code.get((kind, value), ())]
        return tuple(self.label(label, f"{_label(label)}.") for label in found[:_MOST])


def _label(label: Label) -> str:
    document = label.document
    return (
        f"{document.title}, label of {document.labeler}, version {document.version} of "
        f"{document.effective_date.isoformat()}, set id {document.set_id}"
    )


# --------------------------------------------------------------------------------------------------------------- NDC


def _ndc(code: AskedCode, page: _Page) -> Sections:
    packages = page.index.rows(NdcPackageRow, package=code.spellings)
    named = {placed.row.ndc for placed in packages} or {ndc_product(form) or form for form in code.spellings}
    products = page.index.rows(NdcProductRow, ndc=named)
    for placed in products[:1]:
        page.row(f"{_ndc_line(placed.row)}.", placed)
    more = tuple(page.row(f"{_ndc_line(placed.row)}.", placed) for placed in products[1:_MOST])
    # A product code asks for all of its packages, a package's code for that one.
    shown = packages or page.index.rows(NdcPackageRow, ndc={placed.row.ndc for placed in products})
    boxes = tuple(page.row(f"NDC {p.row.package}: {p.row.description}{_since(p.row)}.", p) for p in shown[:_MOST])
    labels = [claim for ndc in sorted(named) for claim in page.labels("ndc", ndc)]
    quoted = () if products else _printed(code, page, named)
    if not products and labels:
        page.claims.insert(0, _of_label_alone(sorted(named), page))
    return [
        ("Which other products have it?", more),
        ("In which package?", boxes),
        ("What does the label say of it?", quoted),
        ("Which loaded label prints it?", tuple(labels)),
    ]


def _of_label_alone(products: list[str], page: _Page) -> Claim:
    """The headline where a loaded label prints the product's code and the directory has no row of it."""
    product = next(ndc for ndc in products if ("ndc", ndc) in page.world.by_code)
    label = page.world.labels[page.world.by_code["ndc", product][0]]
    dates = [origin.edition for origin, _ in page.index.origins() if origin.source == "ndc"]
    lacking = f"the NDC directory of {max(dates)} has no row of it" if dates else "no NDC directory is loaded"
    return page.label(label, f"NDC {product} is a product of the label {label.document.title}; {lacking}.")


def _labeler(code: AskedCode, page: _Page) -> Sections:
    """Products of one labeler code whose active ingredient or name is in the question."""
    asked = [word for word in words(code.rest) if len(word) > 3]
    values = sorted({value for word in asked for value in page.world.holding(NdcProductRow, "substances", word)})
    rows = page.index.rows(NdcProductRow, substances=values) if values else []
    own = [placed for placed in rows if placed.row.ndc.partition("-")[0] == code.said]
    for placed in own[:_MOST]:
        page.row(f"{_ndc_line(placed.row)}.", placed)
    return [(f"Which other products has labeler {code.said}?", tuple(page.claims[1:]))]


def _ndc_line(row: NdcProductRow) -> str:
    name = " ".join(part for part in (display_name(row.trade_name), row.trade_name_suffix) if part)
    held = row.strengths or row.substances or row.generic_name
    parts = [f"NDC {row.ndc} is {name} ({held})", row.dosage_form.lower(), row.route.lower(), f"labeler {row.labeler}"]
    parts += [row.application_number, row.marketing_category if not row.application else ""]
    parts += [f"DEA schedule {row.dea_schedule}" if row.dea_schedule else ""]
    return ", ".join(part for part in parts if part).rstrip(".") + _since(row)


def _since(row: NdcProductRow | NdcPackageRow) -> str:
    since = f", marketed since {row.marketing_start.isoformat()}" if row.marketing_start else ""
    return since + (f" until {row.marketing_end.isoformat()}" if row.marketing_end else "")


def _printed(code: AskedCode, page: _Page, products: set[str]) -> tuple[Claim, ...]:
    """The lines of labels in which the code stands, where the directory does not know it."""
    claims = []
    for form in code.spellings:
        said = re.compile(re.escape(form))
        for passage in page.index.said(
            ((form.replace("-", " "),),), ("how_supplied", "package_label_principal_display_panel")
        ):
            label = page.world.of_label(passage)
            line = next((line for line in passage.lines() if said.search(line)), None)
            if label and line and products & {c.value for c in label.codes}:
                quote = around(line, said)
                claims.append(Claim(quote, (Support(passage.id, quote),), "quote", label.document.drug_id))
    return tuple(claims[:2])


# ------------------------------------------------------------------------------------------------------- application


def _application(code: AskedCode, page: _Page) -> Sections:
    (number,) = code.spellings
    index = page.index
    sponsors = index.rows(ApplicationRow, application=number)
    products = index.rows(FdaProductRow, application=number)
    digits = number.lstrip("ABDLN")
    orange = [p for p in index.rows(ProductRow, appl_no=digits) if _same(p.row.appl_type, number)]
    purple = index.rows(BiologicRow, bla={digits, digits.lstrip("0")}) if number.startswith("BLA") else []
    first = _first_approval(page, number)
    if sponsors:
        approved = f", first approved on {first.row.status_date.isoformat()}" if first else ""
        printed = [placed.row.trade_name for placed in products] + [placed.row.trade_name for placed in orange]
        named = _names(printed + [placed.row.proprietary_name or placed.row.proper_name for placed in purple])
        told = f"is {named}: sponsor" if named else "has no product in the files: sponsor"
        text = f"{_spaced(number)} {told} {sponsors[0].row.sponsor}{approved}."
        page.row(text, sponsors[0], *([first] if first else []), *products[:2], *orange[:1], *purple[:4])
    lines = [page.row(f"{_fda_line(p.row)}.", p) for p in products[:_MOST]]
    others = [page.row(f"{_orange_line(p.row)}.", p) for p in orange[:_MOST]]
    others += [page.row(f"{_purple_line(p.row)}.", p) for p in purple[:_MOST]]
    labels = list(page.labels("application", number))
    if not sponsors:
        for group in (others, labels):
            if group:
                page.claims.insert(0, group.pop(0))
                break
    return [
        ("Which products does Drugs@FDA list?", tuple(lines)),
        ("What do the Orange and Purple Books list?", tuple(others)),
        ("Which loaded label prints it?", tuple(labels)),
    ]


def _same(appl_type: str, number: str) -> bool:
    return {"N": "NDA", "A": "ANDA"}.get(appl_type) == number.rstrip("0123456789")


def _spaced(number: str) -> str:
    return re.sub(r"(?<=[A-Z])(?=\d)", " ", number)


def _first_approval(page: _Page, number: str) -> Placed[Any] | None:
    found = page.index.rows(SubmissionRow, application=number, type="ORIG", status="AP")
    dated = [placed for placed in found if placed.row.status_date]
    return min(dated, key=lambda placed: placed.row.status_date or date.max) if dated else None


def _names(names: Iterable[str]) -> str:
    return " / ".join(list(dict.fromkeys(display_name(name) for name in names))[:4])


def _fda_line(row: FdaProductRow) -> str:
    status = f", {row.marketing_status.lower()}" if row.marketing_status else ""
    return (
        f"{display_name(row.trade_name)} ({row.ingredient.lower()}), {row.form_route.lower()}, {row.strength}{status}"
    )


def _orange_line(row: ProductRow) -> str:
    approved = "before 1982" if row.before_1982 else row.approval_date.isoformat() if row.approval_date else "no date"
    applicant = row.applicant_full_name or row.applicant
    return f"{display_name(row.trade_name)} {row.strength}, {applicant}, approved {approved}"


def _purple_line(row: BiologicRow) -> str:
    name = row.proprietary_name or row.proper_name
    return f"{name} ({row.proper_name}), {row.applicant}, {row.licensure.lower()}, marketing {row.marketing}"


# ------------------------------------------------------------------------------------------------- labels and others


def _set_id(code: AskedCode, page: _Page) -> Sections:
    if label := page.world.labels.get(code.spellings[0]):
        page.label(label, f"Set id {label.document.set_id} is {_label(label).rpartition(', set id')[0]}.")
    return []


def _rxcui(code: AskedCode, page: _Page) -> Sections:
    concepts = page.index.rows(RxConceptRow, rxcui=code.spellings)
    if concepts:
        page.row(f"RxCUI {code.spellings[0]} is {concepts[0].row.name} ({concepts[0].row.tty}).", concepts[0])
    labels = list(page.labels("rxcui", code.spellings[0]))
    return _of_labels(labels, page, bool(concepts))


def _unii(code: AskedCode, page: _Page) -> Sections:
    found = [page.world.labels[set_id] for set_id in page.world.by_code.get(("unii", code.spellings[0]), ())]
    alone = sorted({label.ingredients[0] for label in found if len(label.ingredients) == 1})
    if found:
        what = alone[0] if len(alone) == 1 else "an ingredient"
        first = next((label for label in found if len(label.ingredients) == 1), found[0])
        count = "1 loaded label that prints it" if len(found) == 1 else f"{len(found)} loaded labels that print it"
        page.label(first, f"UNII {code.spellings[0]} is {what}, by {count}.")
    return _of_labels(list(page.labels("unii", code.spellings[0])), page, headed=bool(found))


def _of_labels(labels: list[Claim], page: _Page, headed: bool) -> Sections:
    """The labels that print a code; the first is the headline where nothing else is."""
    if labels and not headed:
        labels = labels[1:]
    return [("Which loaded labels print it?" if headed else "Which other labels print it?", tuple(labels))]


# ----------------------------------------------------------------------------------------------------------- imprint


def _imprint(code: AskedCode, page: _Page) -> Sections:
    """Lines that print the marks in their order, in the product data or beside a word for an imprint; those that also
    name the colour and shape asked for first."""
    marks = [re.escape(mark) for mark in code.spellings]
    together = re.compile(r"\b" + r"\s*;?\s*".join(marks) + r"\b", re.IGNORECASE)
    apart = re.compile(r"\b" + r"\b.{0,60}?\b".join(marks) + r"\b", re.IGNORECASE)
    also = set(re.findall(r"[a-z]{4,}", code.rest.lower()))
    found: dict[str, tuple[int, Claim]] = {}
    for passage in page.index.said([(mark,) for mark in code.spellings], _IMPRINT_FIELDS):
        label = page.world.of_label(passage)
        data = passage.field == "spl_product_data_elements"
        for line in passage.lines() if label else ():
            if not (together.search(line) if data else apart.search(line) and _IMPRINTED.search(line)):
                continue
            assert label  # noqa: S101 - else there is no line
            name = page.world.drug(label).name
            quote = around(line, together if data else apart)
            claim = Claim(f"{name}: “{quote}”", (Support(passage.id, quote),), "quote", label.document.drug_id)
            told = sum(word in f"{line} {label.document.title}".lower() for word in also) + (not data)
            if passage.set_id not in found or told > found[passage.set_id][0]:
                found[passage.set_id] = (told, claim)
    claims = tuple(claim for _, claim in sorted(found.values(), key=lambda pair: (-pair[0], pair[1].text)))
    page.claims += claims
    return [("Which other labels print these marks?", claims[1:_MOST])]


_WRITERS: dict[Kind, Callable[[AskedCode, _Page], Sections]] = {
    "ndc": _ndc,
    "labeler": _labeler,
    "application": _application,
    "set_id": _set_id,
    "rxcui": _rxcui,
    "unii": _unii,
    "imprint": _imprint,
}

# ----------------------------------------------------------------------------------------------------------- refusal

_SOURCES: dict[Kind, tuple[tuple[str, str], ...]] = {
    "ndc": (("NDC directory", "ndc"),),
    "labeler": (("NDC directory", "ndc"),),
    "application": (("Drugs@FDA", "drugs_at_fda"), ("Orange Book", "orange_book"), ("Purple Book", "purple_book")),
    "rxcui": (("RxNorm", "rxnorm"),),
}


def _unknown(code: AskedCode, world: World) -> str:
    """Where the code was searched, and of what date that is."""
    dates: dict[str, str] = {}
    for origin, _ in world.index.origins():
        dates[origin.source] = max(dates.get(origin.source, ""), origin.edition)
    files = [f"{title} of {dates[source]}" for title, source in _SOURCES.get(code.kind, ()) if source in dates]
    missing = [title for title, source in _SOURCES.get(code.kind, ()) if source not in dates]
    labels = f"{len(world.labels):,} labels loaded"
    places = f"the {', the '.join(files)}, nor in the {labels}" if files else f"the {labels}"
    tried = f" (tried as {', '.join(code.spellings)})" if code.kind == "ndc" and len(code.spellings) > 1 else ""
    text = f"{_NAMES[code.kind]} {code.said}{tried} was not found in {places}."
    return text + (f" Not loaded: {', '.join(missing)}." if missing else "")


def drug_of(code: AskedCode, world: World) -> str:
    """The name of the drug whose loaded label or NDC row prints a code; empty where none does."""
    kind = code.kind
    for spelling in code.spellings:
        key = (ndc_product(spelling) or spelling) if kind == "ndc" else spelling
        for set_id in [spelling] if kind == "set_id" else world.by_code.get((kind, key), ()):
            if label := world.labels.get(set_id):
                return world.drug(label).name
        if kind == "ndc" and (rows := world.index.rows(NdcProductRow, ndc=key)):
            return display_name(rows[0].row.trade_name)
    return ""
