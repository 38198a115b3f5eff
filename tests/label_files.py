"""Builders of tiny openFDA labels, parts and releases, in the publisher's format; every word in them is ours."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from drugchatter.passages import split
from drugchatter.settings import Settings
from drugchatter.types import Passage, Record, Section

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NO_SHARED = f"the publishers' files are not at {SHARED}"

SET_A = "11111111-1111-4111-8111-111111111111"
SET_B = "22222222-2222-4222-8222-222222222222"
SET_C = "33333333-3333-4333-8333-333333333333"


def raw_label(
    set_id: str | None = SET_A, version: str = "1", effective: str = "20240102", **changes: Any
) -> dict[str, Any]:
    """One openFDA result; `changes` replace or add fields, and a field given as None is left out."""
    raw = {
        "set_id": set_id,
        "id": "44444444-4444-4444-8444-444444444444",
        "version": version,
        "effective_time": effective,
        "spl_product_data_elements": ["Examplin exampline EXAMPLINE LACTOSE"],
        "mechanism_of_action": ["12.1 Mechanism of Action Exampline blocks the sample receptor in the gut wall."],
        "dosage_and_administration": ["2 DOSAGE AND ADMINISTRATION Take Examplin 20 mg by mouth once daily."],
        "openfda": {
            "brand_name": ["EXAMPLIN"],
            "generic_name": ["EXAMPLINE"],
            "manufacturer_name": ["Sample Works"],
            "substance_name": ["EXAMPLINE"],
            "application_number": ["NDA000001"],
            "route": ["ORAL"],
            "pharm_class_epc": ["Sample Receptor Blocker [EPC]"],
            "is_original_packager": [True],
        },
    }
    return {key: value for key, value in (raw | changes).items() if value is not None}


def part_json(records: Iterable[dict[str, Any]]) -> bytes:
    """The JSON of a bulk part."""
    return json.dumps({"meta": {"last_updated": "2026-01-02"}, "results": list(records)}).encode()


def write_zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def write_part(folder: Path, content: bytes, number: int = 1, of: int = 1) -> Path:
    """A part named as openFDA names it, with `content` as its one JSON file."""
    name = f"drug-label-{number:04}-of-{of:04}.json"
    return write_zip(folder / f"{name}.zip", {name: content})


def write_index(folder: Path, records: list[int], released: str = "2026-01-02") -> Path:
    """A download.json that promises one part for each number of `records`."""
    parts = [
        {
            "file": f"https://download.open.fda.gov/drug/label/drug-label-{n:04}-of-{len(records):04}.json.zip",
            "records": c,
            "size_mb": "0.01",
        }
        for n, c in enumerate(records, 1)
    ]
    index = {"results": {"drug": {"label": {"export_date": released, "partitions": parts}}}}
    path = folder / "download.json"
    path.write_text(json.dumps(index), "utf-8")
    return path


def write_release(folder: Path, *parts: list[dict[str, Any]]) -> Path:
    """A whole release: the parts and a download.json that tells the truth about them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, records in enumerate(parts, 1):
        write_part(folder, part_json(records), number, len(parts))
    write_index(folder, [len(records) for records in parts])
    return folder


def record(set_id: str = SET_A, **changes: Any) -> Record:
    """One parsed label; `changes` replace its attributes."""
    return replace(
        Record(
            source="openfda_label",
            publisher="FDA label",
            set_id=set_id,
            version="1",
            effective_date=date(2024, 1, 2),
            title="EXAMPLIN (exampline), oral",
            brand="EXAMPLIN",
            generic="EXAMPLINE",
            names=("EXAMPLIN", "EXAMPLINE"),
            ingredients=("exampline",),
            labeler="Sample Works",
            application_numbers=("NDA000001",),
            routes=("oral",),
            pharm_classes=("Sample Receptor Blocker",),
            original_packager=True,
            sections=(Section("mechanism_of_action", ("Exampline blocks the sample receptor in the gut wall.",)),),
        ),
        **changes,
    )


def loaded(*records: Record) -> list[tuple[Record, list[Passage]]]:
    """Records with their passages, as a store is built from."""
    return [(one, list(split(one))) for one in records]


def settings(home: Path) -> Settings:
    return Settings(home=home, offline=True, origins=())


def scratch_folders(editions: Path) -> list[str]:
    """What an interrupted build or publication would leave behind."""
    return sorted(p.name for p in editions.iterdir() if p.name.startswith("."))
