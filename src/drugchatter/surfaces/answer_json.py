"""An Answer as the JSON that every surface returns (schema_version 1): the same keys, in the same order, always."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from drugchatter.text import words
from drugchatter.types import (
    Answer,
    AnswerSection,
    Declined,
    Drug,
    DrugMatch,
    Opening,
    Reading,
    Source,
    Stated,
    Statement,
)

SCHEMA_VERSION = 1

# Inside JSON these can only stand in a string, where `\uXXXX` means the same: control characters that a terminal obeys,
# marks that turn the direction of writing, line ends that only some readers of JSON lines know, halves of surrogates.
_UNSAFE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """The answer as plain values, in the order of the documented schema."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": answer.id,
        "question": answer.reading.question.text,
        "reading": reading_to_dict(answer.reading),
        "headline": _headline(answer.headline),
        "sections": [_section(section) for section in answer.sections],
        "sources": [source_to_dict(source) for source in answer.sources],
        "profile": _profile(answer.reading),
        "related": list(answer.related),
        **opening_to_dict(Opening(answer.notices, answer.declined)),
        "generated_by": answer.draft.generated_by,
        "data": [
            {"source": source, "edition": answer.edition.id, "documents": count}
            for source, count in answer.edition.documents
        ],
        "elapsed_ms": answer.elapsed_ms,
    }


def dumps(value: Any, encoding: str | None = "utf-8", indent: int | None = None) -> str:
    """JSON text that is safe to print: nothing in it steers a terminal, and it survives a stream of `encoding`."""
    ascii_only = not (encoding or "").lower().replace("_", "-").startswith("utf")
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """How the question was read."""
    return {
        "kind": reading.kind,
        "intents": list(reading.intents),
        "as_of": reading.question.as_of.isoformat() if reading.question.as_of else None,
        "drugs": [_drug(match) for match in reading.drugs],
    }


def _drug(match: DrugMatch) -> dict[str, Any]:
    return {
        "id": match.drug.id,
        "name": match.drug.name,
        "generic": match.drug.generic,
        "matched": match.matched,
        "how": match.how,
    }


def _headline(headline: Statement | None) -> dict[str, Any] | None:
    return {"text": headline.text, "citations": list(headline.citations)} if headline else None


def _section(section: AnswerSection) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "statements": [_statement(statement) for statement in section.statements],
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "citations": list(statement.citations), "basis": statement.basis}


def source_to_dict(source: Source) -> dict[str, Any]:
    """One source with all its keys."""
    return {
        "n": source.n,
        "passage_id": source.passage_id,
        "publisher": source.publisher,
        "document": source.document,
        "drug": source.drug,
        "set_id": source.set_id,
        "version": source.version,
        "section": source.section,
        "loinc": source.loinc,
        "table": source.table,
        "row": source.row,
        "date": source.date,
        "edition": source.edition,
        "url": source.url,
        "quote": source.quote,
        "kind": source.kind,
    }


def opening_to_dict(opening: Opening) -> dict[str, Any]:
    """What is said before the first statement."""
    return {
        "notices": [{"kind": notice.kind, "text": notice.text} for notice in opening.notices],
        "declined": _declined(opening.declined) if opening.declined else None,
    }


def stated_to_dict(stated: Stated) -> dict[str, Any]:
    """One statement of an answer that is being written."""
    return {
        "section": stated.section,
        "heading": stated.heading,
        **_statement(stated.statement),
        "sources": [source_to_dict(source) for source in stated.sources],
    }


def _declined(declined: Declined) -> dict[str, Any]:
    return {"kind": declined.kind, "text": declined.text, "suggestions": list(declined.suggestions)}


# ---------------------------------------------------------------------------------------------------------- profile


def _profile(reading: Reading) -> dict[str, Any] | None:
    """Where more about the first drug stands; None when no drug was read."""
    if not reading.drugs:
        return None
    drug = reading.drugs[0].drug
    return {"drug": drug.name, "path": f"/drug/{drug.id}", "external": external_profiles(drug)}


def external_profiles(drug: Drug) -> list[dict[str, str]]:
    """The outside profile, by the two forms of its address that are known to exist, and only for a brand of an NDA or
    BLA: for anything else there is no form, and an address is never made up."""
    folder = {"NDA": "p/tradename", "BLA": "p/biologics/tradename"}.get(drug.reference.holder)
    if folder is None or not _is_brand(drug):
        return []
    name = quote(drug.name.upper(), safe="")
    return [{"name": "DrugPatentWatch", "url": f"https://www.drugpatentwatch.com/{folder}/{name}"}]


def _is_brand(drug: Drug) -> bool:
    """Whether the name says more than the generic name does ("Fluoxetine" of fluoxetine hydrochloride does not)."""
    generic = set(words(" ".join((drug.generic, *drug.ingredients))))
    return not set(words(drug.name)) <= generic | {"and"}
