"""openFDA drug/label, bulk format: `download.json` and `drug-label-NNNN-of-NNNN.json.zip`.

Parsing streams one record at a time, so memory does not grow with the file. Field names: openFDA's "drug/label
searchable fields". A file that is not what it claims raises DataError naming the file; nothing is guessed.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from drugchatter.errors import DataError
from drugchatter.identity import ingredients_of
from drugchatter.sources.labels import title
from drugchatter.types import Record, Section
from drugchatter.vocabulary import SECTIONS

SOURCE = "openfda_label"
_PART = re.compile(r"drug-label-\d{4}-of-\d{4}\.json(?:\.zip)?$")
_NOT_FOR_READERS = {"spl_indexing_data_elements"}
# A bulk part of openFDA unpacks to some hundred MB; far more, or a ratio beyond what text reaches, is a bomb.
_MAX_UNPACKED = 2 * 1024**3
_MAX_RATIO = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read: `records` is the number that `download.json` promises, or None when it is not there."""

    path: Path
    records: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """`released`: the publisher's export date (YYYY-MM-DD) or empty when no download.json came with the parts."""

    released: str
    parts: tuple[Part, ...]


def find_release(folder: Path) -> Release | None:
    """The openFDA label release in `folder` or one level below it; None when there is none.

    Raises DataError when download.json names parts that are missing.
    """
    places = [folder, *sorted(p for p in folder.iterdir() if p.is_dir())]
    for place in places:
        parts = {p.name.removesuffix(".zip"): p for p in sorted(place.iterdir()) if _PART.search(p.name)}
        if not parts:
            continue
        index = place / "download.json"
        return _indexed(index, parts) if index.is_file() else Release("", tuple(Part(p, None) for p in parts.values()))
    return None


def _indexed(index: Path, parts: dict[str, Path]) -> Release:
    try:
        label = json.loads(index.read_text("utf-8"))["results"]["drug"]["label"]
        promised = {Path(p["file"]).name.removesuffix(".zip"): int(p["records"]) for p in label["partitions"]}
        released = date.fromisoformat(label["export_date"]).isoformat()
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{index} is not openFDA's download.json ({error})", "fetch it again from openFDA") from error
    if missing := sorted(set(promised) - set(parts)):
        raise DataError(
            f"{index} names parts that are not in the folder: {', '.join(missing)}", "copy the whole release"
        )
    return Release(released, tuple(Part(parts[name], count) for name, count in sorted(promised.items())))


def read_part(part: Part) -> Iterator[Record]:
    """Yield the records of one part.

    Raises DataError when the zip or the JSON is damaged, ends early, or holds another number of records than promised.
    """
    count = 0
    try:
        with _open(part.path) as stream:
            for raw in _results(stream, part.path):
                count += 1
                yield parse_record(raw, part.path)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        # RuntimeError is zipfile's word for an entry that is encrypted or compressed in a way it does not know.
        raise DataError(f"{part.path} is damaged: {error}", "fetch it again; the store is unchanged") from error
    except OSError as error:
        raise DataError(f"{part.path} cannot be read: {error.strerror or error}", "check the file") from error
    if not count:
        raise DataError(f"{part.path} holds no labels", "it is not an openFDA part; fetch it again")
    if part.records is not None and count != part.records:
        raise DataError(
            f"{part.path} holds {count} labels, download.json promises {part.records}", "fetch the release again"
        )


class _Entry:
    """The one JSON file of an open zip, refusing more bytes than the cap whatever the directory claims."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes], path: Path) -> None:
        self._archive, self._stream, self._path, self._seen = archive, stream, path, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._seen += len(chunk)
        if self._seen > _MAX_UNPACKED:
            raise DataError(f"{self._path} unpacks to more than {_MAX_UNPACKED} bytes", "it is not an openFDA part")
        return chunk

    def __enter__(self) -> _Entry:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._archive.close()


def _open(path: Path) -> _Entry | IO[bytes]:
    if path.suffix != ".zip":
        return path.open("rb")
    archive = zipfile.ZipFile(path)
    entries = [info for info in archive.infolist() if info.filename.endswith(".json")]
    if len(entries) != 1 or entries[0].file_size > _MAX_RATIO * max(entries[0].compress_size, 1):
        archive.close()
        raise DataError(f"{path} is not an openFDA part: expected one JSON file in it", "fetch it again")
    return _Entry(archive, archive.open(entries[0]), path)


def _results(stream: Any, path: Path) -> Iterator[dict[str, Any]]:
    import ijson

    try:
        for raw in ijson.items(stream, "results.item", use_float=True):
            if not isinstance(raw, dict):
                raise DataError(f"{path}: a record is not an object", "fetch the file again")
            yield raw
    except ijson.JSONError as error:
        # The parser draws a picture of the place below its first line; an error here is one line.
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} is not complete JSON: {reason}", "fetch the file again") from error


# ------------------------------------------------------------------------------------------------------ one record


def _filled(raw: dict[str, Any], key: str) -> str:
    if raw[key] is None or not (value := str(raw[key]).strip()):
        raise ValueError(f"{key} is empty")
    return value


def _first(block: dict[str, Any], key: str) -> str:
    values = block.get(key)
    return str(values[0]).strip() if isinstance(values, list) and values else ""


def _all(block: dict[str, Any], key: str) -> list[str]:
    values = block.get(key)
    return [str(value).strip() for value in values] if isinstance(values, list) else []


def parse_record(raw: dict[str, Any], path: Path) -> Record:
    """One openFDA result as a Record. Raises DataError when it lacks its identity (set_id, version, date)."""
    try:
        set_id, version, stamp = (_filled(raw, key) for key in ("set_id", "version", "effective_time"))
        effective = date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))
    except (KeyError, ValueError) as error:
        raise DataError(f"{path}: a record lacks set_id, version or effective_time ({error})", "not a label") from error
    block = raw["openfda"] if isinstance(raw.get("openfda"), dict) else {}
    brand, generic = _names(raw, block)
    return Record(
        source=SOURCE,
        publisher="FDA label",
        set_id=set_id,
        version=version,
        effective_date=effective,
        title=title(brand, generic, _all(block, "route")),
        brand=brand,
        generic=generic,
        names=tuple(dict.fromkeys(n for n in (*_all(block, "brand_name"), *_all(block, "generic_name")) if n)),
        ingredients=ingredients_of(_all(block, "substance_name"), generic or brand),
        labeler=_first(block, "manufacturer_name"),
        application_numbers=tuple(_all(block, "application_number")),
        routes=tuple(route.lower() for route in _all(block, "route")),
        pharm_classes=tuple(re.sub(r"\s*\[EPC\]$", "", name) for name in _all(block, "pharm_class_epc")),
        original_packager=block.get("is_original_packager") in (True, [True]),
        sections=tuple(_sections(raw)),
    )


def _names(raw: dict[str, Any], block: dict[str, Any]) -> tuple[str, str]:
    """Brand and generic name; where the openfda block is empty, the first words of the product data elements."""
    brand, generic = _first(block, "brand_name"), _first(block, "generic_name")
    if not brand and not generic:
        elements = _first(raw, "spl_product_data_elements").split()
        brand = elements[0] if elements else ""
    return brand or generic, generic or brand


def _sections(raw: dict[str, Any]) -> Iterator[Section]:
    for field, values in raw.items():
        if field.endswith("_table") or not isinstance(values, list) or field in _NOT_FOR_READERS:
            continue
        if field not in SECTIONS and not field.endswith("_section"):
            continue
        tables = raw.get(f"{field}_table")
        yield Section(
            field=field,
            texts=tuple(str(value) for value in values),
            tables=tuple(str(table) for table in tables) if isinstance(tables, list) else (),
        )
