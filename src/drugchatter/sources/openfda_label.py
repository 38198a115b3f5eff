"""openFDA drug/label: bulk parts (`drug-label-NNNN-of-NNNN.json.zip` with `download.json`), files of one label's
versions, and answers of the API. All hold the same `results`.

Parsing streams one record at a time, so memory does not grow with the file. Field names: openFDA's "drug/label
searchable fields". A file that is not what it claims raises DataError naming the file; a record that is not is set
aside and its neighbours load. Nothing is guessed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from drugchatter.errors import DataError
from drugchatter.identity import ingredients_of, label_title
from drugchatter.joins import application_number
from drugchatter.sources.archives import json_items, open_archive
from drugchatter.types import Code, CodeKind, Record, Section, SetAside
from drugchatter.vocabulary import SECTIONS

SOURCE = "openfda_label"
INDEX = "download.json"
_PART = re.compile(r"drug-label-\d{4}-of-\d{4}\.json(?:\.zip)?")
# Fields that only drug/label has of all that openFDA publishes.
_OF_A_LABEL = frozenset({"set_id", "effective_time", "spl_product_data_elements"})
_NOT_FOR_READERS = {"spl_indexing_data_elements"}
_HINT = "fetch it again from openFDA; nothing of it was loaded"


# ---------------------------------------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read: `records` is the number that `download.json` promises, or None when it is not there."""

    path: Path
    records: int | None


def recognise(path: Path) -> bool:
    """Whether a file holds label results: it is named like a bulk part, or is JSON (zipped or not) that begins so."""
    if _PART.fullmatch(path.name):
        return True
    if not path.name.endswith((".json", ".json.zip")):
        return False
    try:
        first = next(_results(path), None)
    except DataError:
        return False
    return isinstance(first, dict) and not _OF_A_LABEL.isdisjoint(first)


def holds_versions(path: Path) -> bool:
    """Whether a file that is no bulk part holds several versions of one label, as a history does."""
    if _PART.fullmatch(path.name):
        return False
    first, second = (next(found, None) for found in [_results(path)] * 2)
    return isinstance(second, dict) and isinstance(first, dict) and first.get("set_id") == second.get("set_id")


def export_date(folder: Path) -> str:
    """The publisher's date (YYYY-MM-DD) in the folder's download.json, empty without one. Raises DataError."""
    return _index(folder)[0]


def promises(folder: Path) -> dict[str, int]:
    """Records by part (`drug-label-0001-of-0003.json`) as the folder's download.json promises them, empty without one.

    Raises DataError when download.json is damaged or another.
    """
    return _index(folder)[1]


def _index(folder: Path) -> tuple[str, dict[str, int]]:
    path = folder / INDEX
    if not path.is_file():
        return "", {}
    try:
        with path.open("rb") as stream:
            label: Any = next(json_items(stream, "results.drug.label", str(path)), {})
        promised = {Path(p["file"]).name.removesuffix(".zip"): int(p["records"]) for p in label["partitions"]}
        return date.fromisoformat(label["export_date"]).isoformat(), promised
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not openFDA's download.json ({error})", _HINT) from error


def find_parts(folder: Path) -> tuple[list[Part], list[SetAside]]:
    """The label files directly in `folder`, and what is set aside: parts that download.json promises but that are not
    there, and parts of another release, which it does not name. Raises DataError when download.json is damaged."""
    promised = promises(folder)
    parts, aside = [], []
    found = [path for path in sorted(folder.iterdir()) if path.name != INDEX and recognise(path)]
    for path in found:
        if promised and _PART.fullmatch(path.name) and path.name.removesuffix(".zip") not in promised:
            aside.append(SetAside(SOURCE, path.name, "", "download.json does not name it", harmless=True))
        else:
            parts.append(Part(path, promised.get(path.name.removesuffix(".zip"))))
    held = {path.name.removesuffix(".zip") for path in found}
    aside += [
        SetAside(SOURCE, name, "", "download.json names it, but it is not in the folder")
        for name in sorted(promised.keys() - held)
    ]
    return parts, aside


# --------------------------------------------------------------------------------------------------------- records


def verify(part: Part) -> int:
    """Read the whole part once and return how many records it holds; to be called before anything of it is loaded.

    Raises DataError when the zip or the JSON is damaged, ends early, holds nothing, or another number than promised.
    """
    count = sum(1 for _ in _results(part.path))
    if not count:
        raise DataError(f"{part.path} holds no labels", _HINT)
    if part.records is not None and count != part.records:
        raise DataError(f"{part.path} holds {count} labels, download.json promises {part.records}", _HINT)
    return count


def read_part(part: Part) -> Iterator[Record | SetAside]:
    """Yield the records of a part in its order, one that is no label as a SetAside. Raises DataError where the file
    turns out to be damaged; `verify` tells so beforehand."""
    for number, raw in enumerate(_results(part.path), 1):
        yield _record_or_aside(raw, part.path.name, number)


def parse_results(data: bytes, name: str) -> list[Record | SetAside]:
    """The records of an answer of the API (`/drug/label.json?search=…`). Raises DataError when it holds none."""
    raws = list(json_items(io.BytesIO(data), "results.item", name))
    if not raws:
        raise DataError(f"{name} holds no labels", _HINT)
    return [_record_or_aside(raw, name, number) for number, raw in enumerate(raws, 1)]


def _results(path: Path) -> Iterator[Any]:
    if path.suffix == ".zip":
        with open_archive(path) as archive:
            entries = [member for member in archive.members if member.name.endswith(".json")]
            if len(entries) != 1:
                raise archive.refused("is not an openFDA part: expected one JSON file in it")
            with archive.open(entries[0]) as stream:
                yield from json_items(stream, "results.item", str(path))
        return
    try:
        with path.open("rb") as stream:
            yield from json_items(stream, "results.item", str(path))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}", "check the file") from error


def _record_or_aside(raw: Any, file: str, number: int) -> Record | SetAside:
    try:
        return parse_record(raw)
    except ValueError as error:
        named = raw.get("set_id") if isinstance(raw, dict) else None
        item = named if isinstance(named, str) and _SET_ID.fullmatch(named) else f"record {number}"
        return SetAside(SOURCE, file, item, str(error))


# ------------------------------------------------------------------------------------------------------ one record

_SET_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_VERSION = re.compile(r"[0-9]{1,9}")
_STAMP = re.compile(r"[0-9]{8}")
_CODES: dict[CodeKind, tuple[str, re.Pattern[str]]] = {
    "ndc": ("product_ndc", re.compile(r"[0-9]{4,6}-[0-9A-Z]{3,4}")),
    "rxcui": ("rxcui", re.compile(r"[0-9]{1,10}")),
    "unii": ("unii", re.compile(r"[0-9A-Z]{10}")),
}


def parse_record(raw: object) -> Record:
    """One openFDA result as a Record.

    Raises ValueError saying what is wrong: no object, no set id, version or date, or a field that is not text.
    """
    if not isinstance(raw, dict):
        raise ValueError("it is not an object")
    block = raw.get("openfda") or {}
    if not isinstance(block, dict):
        raise ValueError("its openfda block is not an object")
    brand, generic = _names(raw, block)
    return Record(
        source=SOURCE,
        publisher="FDA label",
        set_id=_matching(raw, "set_id", _SET_ID).lower(),
        version=_matching(raw, "version", _VERSION),
        effective_date=_date(_matching(raw, "effective_time", _STAMP)),
        title=label_title(brand, generic, _texts(block, "route")),
        brand=brand,
        generic=generic,
        names=tuple(dict.fromkeys(n for n in (*_texts(block, "brand_name"), *_texts(block, "generic_name")) if n)),
        ingredients=ingredients_of(_texts(block, "substance_name"), generic or brand),
        labeler=_first(block, "manufacturer_name"),
        application_numbers=tuple(_texts(block, "application_number")),
        routes=tuple(route.lower() for route in _texts(block, "route")),
        pharm_classes=tuple(re.sub(r"\s*\[EPC\]$", "", name) for name in _texts(block, "pharm_class_epc")),
        original_packager=block.get("is_original_packager") in (True, [True]),
        sections=tuple(_sections(raw)),
        codes=_codes(block),
    )


def _matching(raw: dict[str, Any], key: str, wanted: re.Pattern[str]) -> str:
    value = raw.get(key)
    if value is None or not (text := str(value).strip()):
        raise ValueError(f"it lacks {key}")
    if not isinstance(value, str | int) or not wanted.fullmatch(text):
        raise ValueError(f"its {key} cannot be {text[:40]!r}")
    return text


def _date(stamp: str) -> date:
    try:
        return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:]))
    except ValueError as error:
        raise ValueError(f"its effective_time cannot be {stamp!r}") from error


def _texts(block: dict[str, Any], key: str) -> list[str]:
    """The texts of a field without the space around them; openFDA gives lists, and an only text may stand alone."""
    return [text.strip() for text in _as_printed(block, key) or ()]


def _as_printed(block: dict[str, Any], key: str) -> list[str] | None:
    value = block.get(key)
    texts = [value] if isinstance(value, str) else value
    if texts is not None and not (isinstance(texts, list) and all(isinstance(text, str) for text in texts)):
        raise ValueError(f"its {key} is not a list of texts")
    return texts


def _first(block: dict[str, Any], key: str) -> str:
    return next(iter(_texts(block, key)), "")


def _codes(block: dict[str, Any]) -> tuple[Code, ...]:
    numbers = (application_number(text) for text in _texts(block, "application_number"))
    found = {Code("application", number) for number in numbers if number}
    for kind, (field, wanted) in _CODES.items():
        found |= {Code(kind, text.upper()) for text in _texts(block, field) if wanted.fullmatch(text.upper())}
    return tuple(sorted(found))


def _names(raw: dict[str, Any], block: dict[str, Any]) -> tuple[str, str]:
    """Brand and generic name; where the openfda block is empty, the first words of the product data elements."""
    brand, generic = _first(block, "brand_name"), _first(block, "generic_name")
    if not brand and not generic:
        elements = _first(raw, "spl_product_data_elements").split()
        brand = elements[0] if elements else ""
    return brand or generic, generic or brand


def _sections(raw: dict[str, Any]) -> Iterator[Section]:
    for field in raw:
        if field.endswith("_table") or field in _NOT_FOR_READERS:
            continue
        if field not in SECTIONS and not field.endswith("_section"):
            continue
        texts = _as_printed(raw, field)
        if texts is not None:
            yield Section(field, tuple(texts), tuple(_as_printed(raw, f"{field}_table") or ()))
