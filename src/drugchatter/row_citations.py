"""A loaded row as a citable passage: who published it, in which file of which date, where it stands, what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from drugchatter.row_text import row_heading, row_text
from drugchatter.rows import Placed, Row
from drugchatter.types import Document, Drug, Passage, RowCitation

# Characters of a row's id, and of the mark behind it.
ROW_ID, _MARK = 20, 8


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a source of rows, what its table is called, and the page on which readers look it up."""

    name: str
    title: str
    page: str


PUBLISHERS = {
    "orange_book": Publisher("FDA Orange Book", "Orange Book", "https://www.accessdata.fda.gov/scripts/cder/ob/"),
    "purple_book": Publisher("FDA Purple Book", "Purple Book", "https://purplebooksearch.fda.gov/"),
    "drugs_at_fda": Publisher("FDA Drugs@FDA", "Drugs@FDA", "https://www.accessdata.fda.gov/scripts/cder/daf/"),
    "ndc": Publisher("FDA NDC directory", "NDC directory", "https://www.accessdata.fda.gov/scripts/cder/ndc/"),
    "shortages": Publisher(
        "FDA drug shortages", "Drug shortages list", "https://www.accessdata.fda.gov/scripts/drugshortages/"
    ),
    "enforcement": Publisher(
        "FDA enforcement reports", "Enforcement reports (recalls)", "https://www.accessdata.fda.gov/scripts/ires/"
    ),
    "rxnorm": Publisher("NLM RxNorm", "RxNorm", "https://mor.nlm.nih.gov/RxNav/"),
}


# The starter's rows are of the books whose files they name.
_BOOKS = {
    "products.txt": "orange_book",
    "patent.txt": "orange_book",
    "exclusivity.txt": "orange_book",
    "purplebook.csv": "purple_book",
}


def table_title(source: str, file: str) -> str:
    """`Drugs@FDA (drugsatfda/Products.txt)`; without the file where the source is one table."""
    title = PUBLISHERS[source].title
    return f"{title} ({file})" if "." in file or "/" in file else title


def cite_placed(placed: Placed[Row], drug: Drug | None = None) -> RowCitation:
    """`placed` as a passage with its file as the document; `drug` is what it is cited for, where that is known."""
    place, row = placed.place, placed.row
    heading = row_heading(row)
    source = place.source if place.source in PUBLISHERS else _BOOKS[place.file]
    passage = Passage(place.passage_id, "", place.edition, _table(row), heading, "fact", row_text(row))
    return cited(passage, source, table_title(source, place.file), drug)


def cited(passage: Passage, source: str, title: str, drug: Drug | None) -> RowCitation:
    """A row's passage with its file as the document; its set id, where it has one, is the row's application."""
    document = Document(
        set_id=passage.set_id,
        version=passage.version,
        effective_date=date.fromisoformat(passage.version),
        source=source,
        publisher=PUBLISHERS[source].name,
        title=title,
        labeler="",
        application_numbers=(passage.set_id,) if passage.set_id else (),
        routes=(),
        kind="row",
        drug_id=drug.id if drug else "",
    )
    return RowCitation(passage, document, drug.name if drug else "")


def derived(citation: RowCitation, told: str) -> RowCitation:
    """`citation` with what was worked out from it behind the first line of its text; its id goes on accordingly."""
    passage = citation.passage
    made = replace(passage, id=passage.id + mark_of(told), kind="fact", text=f"{passage.lines()[0]}; {told}")
    return replace(citation, passage=made)


def mark_of(told: str) -> str:
    """What lengthens a row's id where something worked out stands with it; nothing for nothing."""
    return hashlib.sha256(told.encode()).hexdigest()[:_MARK] if told else ""


def row_id(passage_id: str) -> str:
    """The id of the row itself, where something worked out stands with it."""
    return passage_id[:ROW_ID] if len(passage_id) == ROW_ID + _MARK else passage_id


def _table(row: Row) -> str:
    """`NdcProductRow` → `ndc product`."""
    name = type(row).__name__.removesuffix("Row")
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
