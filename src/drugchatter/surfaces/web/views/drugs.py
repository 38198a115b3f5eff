"""A drug's page and one section of its label, for the templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from drugchatter.engine import Engine
from drugchatter.surfaces.web.catalog import Catalog, Group
from drugchatter.surfaces.web.views.answers import answer_view
from drugchatter.surfaces.web.views.rates import rates_panel
from drugchatter.surfaces.web.views.values import (
    LABELS,
    Cell,
    Panel,
    Said,
    Table,
    View,
    distinct,
    drug_card,
    permalink,
)
from drugchatter.text import fold, slug
from drugchatter.types import Answer, Document, Drug, Passage
from drugchatter.vocabulary import SECTIONS, intents, section_label

_ASKED = (
    "indication mechanism dose administration side_effects boxed_warning contraindications interactions pregnancy "
    "lactation pediatric renal_dose half_life storage"
).split()
_NOT_READ = frozenset({"spl_product_data_elements", "package_label_principal_display_panel", "route", "components"})
_ORDER = {field: place for place, field in enumerate(SECTIONS)}


def drug_view(
    engine: Engine, catalog: Catalog, drug: Drug, answer: Answer, find: str, of_rows: Sequence[Panel]
) -> View:
    """A drug's page; `answer` is that to "What is …?", `find` the words searched for in its label, `of_rows` what
    publishers' tables and the label's versions tell."""
    passages = engine.index.passages(drug.reference.set_id, drug.reference.source)
    panels = (
        rates_panel(drug, passages),
        *of_rows,
        _labels_panel(engine, drug),
        _related_panel("class", "Same class", _of_class(catalog, drug), drug),
        _related_panel("company", "Same labeler", _of_maker(catalog, drug), drug),
    )
    return {
        "drug": drug_card(drug),
        "id": drug.id,
        "facts": _identity(drug, catalog),
        "answer": answer_view(answer, engine) if drug.id in {m.drug.id for m in answer.reading.drugs} else None,
        "sections": _sections(drug, passages),
        "label": _document(drug.reference),
        "find": find,
        "hits": _search(drug, passages, find) if find else [],
        "panels": [panel for panel in panels if panel],
        "questions": [permalink(drug, intent) for intent in _ASKED if _can_answer(intent, passages)],
        "context": f"What is {drug.name}?",
    }


def _identity(drug: Drug, catalog: Catalog) -> list[tuple[str, list[Cell]]]:
    reference = drug.reference
    facts = [
        ("Active ingredient", [Cell(", ".join(drug.ingredients) or drug.generic)]),
        ("Class", [Cell(name, f"/class/{slug(name)}") for name in distinct(drug.pharm_classes)]),
        ("Labeler", [Cell(reference.labeler, f"/company/{slug(reference.labeler)}")] if reference.labeler else []),
        ("Application", [Cell(number) for number in reference.application_numbers]),
        ("Route", [Cell(", ".join(reference.routes))] if reference.routes else []),
    ]
    return [(name, cells) for name, cells in facts if cells]


def _document(document: Document) -> View:
    return {
        "title": document.title,
        "publisher": document.publisher,
        "version": document.version,
        "date": document.effective_date.isoformat(),
        "set_id": document.set_id,
        "url": f"{LABELS}dailymed/drugInfo.cfm?setid={document.set_id}" if document.set_id else "",
        "summary": document.kind == "summary",
    }


def _title(field: str) -> str:
    return SECTIONS[field].title if field in SECTIONS else field.replace("_", " ").title()


def _sections(drug: Drug, passages: Iterable[Passage]) -> list[View]:
    """The sections of a label in the order of labels, each with its address and size."""
    words: dict[str, int] = {}
    held = list(passages)
    for passage in held:
        if passage.field not in _NOT_READ:
            words[passage.field] = words.get(passage.field, 0) + len(passage.text.split())
    return [
        {
            "title": _title(name),
            "href": f"/drug/{drug.id}/label/{name}",
            "words": words[name],
            "ask": _ask_path(drug, name, held),
        }
        for name in sorted(words, key=lambda name: _ORDER.get(name, len(_ORDER)))
    ]


def _ask_path(drug: Drug, field_name: str, passages: Sequence[Passage]) -> str:
    """The answer that this section gives first; where it gives none, the place to ask about it."""
    asked = next((intent for intent in _answered_by(field_name) if _can_answer(intent, passages)), None)
    return permalink(drug, asked).href if asked else f"/drug/{drug.id}/label/{field_name}#ask"


_MOST_HITS = 40


def _search(drug: Drug, passages: Iterable[Passage], find: str) -> list[View]:
    """Lines that hold all words of `find`, in the label's order, with the place to read each in."""
    wanted = fold(find).split()
    hits: list[View] = []
    for passage in passages:
        place = 0
        for line in passage.lines():
            folded = fold(line)
            if wanted and all(word in folded for word in wanted) and passage.field not in _NOT_READ:
                context = f"/source/{passage.id}?at={place}-{place + len(line)}"
                parts = marked_parts(line, wanted)
                hits.append({"section": section_label(passage.field, passage.heading), "parts": parts, "href": context})
            place += len(line) + 1
        if len(hits) >= _MOST_HITS:
            break
    return hits[:_MOST_HITS]


def marked_parts(line: str, wanted: Sequence[str]) -> list[tuple[str, bool]]:
    """`line` in pieces, each with whether it is one of the `wanted` words; letters only differ in case.

    >>> marked_parts("Keep dry. KEEP cool.", ["keep"])
    [('Keep', True), (' dry. ', False), ('KEEP', True), (' cool.', False)]
    """
    pattern = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
    pieces = re.split(f"({pattern})", line, flags=re.IGNORECASE)
    return [(piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece]


def _can_answer(intent: str, passages: Sequence[Passage]) -> bool:
    routes = {route.field for route in intents()[intent].routes}
    return any(p.intent == intent if p.intent else p.field in routes for p in passages)


def _labels_panel(engine: Engine, drug: Drug) -> Panel:
    """The label that is quoted, and the others of the same ingredients."""
    family = {other.id: other for other in (drug, *engine.index.family(drug.ingredients))}
    held = [(other, doc) for other in family.values() for doc in engine.index.documents(other.id)]
    rows = [
        (
            Cell(other.name, "" if other.id == drug.id else f"/drug/{other.id}"),
            Cell(doc.title, str(_document(doc)["url"])),
            Cell(doc.labeler),
            Cell(f"version {doc.version}, {doc.effective_date.isoformat()}"),
            Cell("quoted here" if doc == drug.reference else ""),
        )
        for other, doc in sorted(held, key=lambda pair: (pair[1] != drug.reference, pair[0].name, pair[1].title))
    ]
    lead = f"The label quoted on this page: {drug.why_reference}."
    return Panel(
        "labels",
        "All labels",
        lead,
        (Table("Labels held for this ingredient", ("Drug", "Label", "Labeler", "Version", ""), rows),),
    )


_MOST_RELATED = 24


def _of_class(catalog: Catalog, drug: Drug) -> list[Group]:
    slugs = dict.fromkeys(slug(name) for name in drug.pharm_classes)
    return [catalog.classes[one] for one in slugs if one in catalog.classes]


def _of_maker(catalog: Catalog, drug: Drug) -> list[Group]:
    made = catalog.makers.get(slug(drug.reference.labeler))
    return [made] if made else []


def _related_panel(folder: str, title: str, groups: Sequence[Group], drug: Drug) -> Panel:
    """The other drugs of `groups`, and the way to each whole group, whose pages stand in `folder`."""
    others = {other.id: other for group in groups for other in group.drugs if other.id != drug.id}
    if not others:
        return Panel(f"same-{folder}", title, "No other such drug is held.")
    links = tuple(Cell(other.name, f"/drug/{other.id}") for other in list(others.values())[:_MOST_RELATED])
    whole = tuple(Cell(f"{group.title}, {len(group.drugs)} held", f"/{folder}/{group.slug}") for group in groups)
    return Panel(f"same-{folder}", title, links=links, said=(Said("", whole),))


def section_view(engine: Engine, drug: Drug, field_name: str) -> View | None:
    """One section of a drug's reference label with all its passages; None when the label lacks it."""
    passages = [p for p in engine.index.passages(drug.reference.set_id, drug.reference.source) if p.field == field_name]
    if not passages or field_name in _NOT_READ:
        return None
    return {
        "drug": drug_card(drug),
        "title": _title(field_name),
        "loinc": SECTIONS[field_name].loinc if field_name in SECTIONS else None,
        "label": _document(drug.reference),
        "passages": [_passage(passage) for passage in passages],
        "questions": [permalink(drug, i) for i in _answered_by(field_name) if _can_answer(i, passages)],
        "context": f"What is {drug.name}?",
    }


_NEAR = 0.9


def _answered_by(field_name: str) -> list[str]:
    """Intents that look into this section first; where none does, those that look into it nearly first."""
    first = [intent for intent in _ASKED if intents()[intent].routes[0].field == field_name]
    return first or [
        intent
        for intent in _ASKED
        if any(route.field == field_name and route.weight >= _NEAR for route in intents()[intent].routes)
    ]


def _passage(passage: Passage) -> View:
    table = passage.kind == "table"
    return {
        "id": passage.id,
        "heading": passage.heading,
        "lines": [] if table else passage.lines(),
        "rows": [line.split(" | ") for line in passage.lines()] if table else [],
    }
