"""Who meets a criterion, counted a second time straight from the publishers' files.

Written from the rules alone and importing nothing of ours, so that `drugchatter list` can be compared with it to the
set id, the NDC and the application: `python tests/sets_apart.py FOLDER says indications_and_usage hypertension`.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

from losing_apart import orange_day, purple_day, purple_rows, table

HL7 = "{urn:hl7-org:v3}"
LOINC = {
    "34066-1": "boxed_warning",
    "34067-9": "indications_and_usage",
    "34070-3": "contraindications",
    "34084-4": "adverse_reactions",
    "48780-1": "spl_product_data_elements",
    "50570-1": "do_not_use",
    "51727-6": "inactive_ingredient",
    "55105-1": "purpose",
    "55106-9": "active_ingredient",
}


@dataclass
class Label:
    """A label as its publisher gives it: texts by openFDA's field names; `by` is the labeler."""

    set_id: str
    version: int
    by: str
    classes: list[str]
    texts: dict[str, str]


def openfda_labels(folder: Path) -> Iterator[Label]:
    for file in sorted(folder.glob("drug-label-*.json.zip")):
        with zipfile.ZipFile(file) as archive:
            for record in json.loads(archive.read(archive.namelist()[0]))["results"]:
                known = record.get("openfda", {})
                texts = {name: "\n".join(value) for name, value in record.items() if is_texts(value)}
                by = (known.get("manufacturer_name") or [""])[0]
                classes = [name.removesuffix(" [EPC]") for name in known.get("pharm_class_epc", [])]
                yield Label(record["set_id"].lower(), int(record["version"]), by, classes, texts)


def is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def dailymed_labels(folder: Path) -> Iterator[Label]:
    for file in sorted(folder.glob("*.zip")):
        for content in xml_files(file.read_bytes()):
            root = ElementTree.fromstring(content)  # noqa: S314 - the file of ../shared
            if not root.findall(f".//{HL7}section/{HL7}text"):
                continue
            kind = root.find(f"{HL7}code")
            if kind is None or "LABEL" not in kind.get("displayName", "").upper():
                continue
            yield spl_label(root)


def xml_files(content: bytes) -> Iterator[bytes]:
    """The documents of a release (a zip of zips) or of a single label."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".zip"):
                yield from xml_files(archive.read(name))
            elif name.endswith(".xml"):
                yield archive.read(name)


def spl_label(root: ElementTree.Element) -> Label:
    texts: dict[str, str] = defaultdict(str)
    for section in root.iter(f"{HL7}section"):
        code = section.find(f"{HL7}code")
        field = LOINC.get(code.get("code", "") if code is not None else "")
        if field:
            texts[field] += " ".join(section.itertext()) + "\n"
    by = root.find(f"{HL7}author/{HL7}assignedEntity/{HL7}representedOrganization/{HL7}name")
    set_id, version = root.find(f"{HL7}setId"), root.find(f"{HL7}versionNumber")
    assert set_id is not None and version is not None
    named = (by.text if by is not None else "") or ""
    return Label(set_id.get("root", "").lower(), int(version.get("value", "0")), named, [], texts)


def labels(data: Path) -> dict[str, Label]:
    """The newest version of each label; of one version held twice DailyMed's text and openFDA's facts."""
    found: dict[str, Label] = {}
    for label in openfda_labels(data / "openfda"):
        if label.set_id not in found or found[label.set_id].version < label.version:
            found[label.set_id] = label
    for label in dailymed_labels(data / "dailymed"):
        other = found.get(label.set_id)
        if other and other.version == label.version:
            label.by, label.classes = other.by or label.by, other.classes
        if not other or other.version <= label.version:
            found[label.set_id] = label
    return found


def says(held: dict[str, Label], fields: tuple[str, ...], phrases: tuple[str, ...]) -> set[str]:
    """The labels in whose `fields` one of the phrases stands, as words; one that ends in `*` may go on."""
    parts = [r"\W+".join(map(re.escape, p.rstrip("*").split())) + (r"\w*" if p.endswith("*") else "") for p in phrases]
    wanted = re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})(?![^\W_])", re.IGNORECASE)
    return {
        set_id for set_id, label in held.items() if any(wanted.search(label.texts.get(field, "")) for field in fields)
    }


def has(held: dict[str, Label], field: str) -> set[str]:
    return {set_id for set_id, label in held.items() if label.texts.get(field, "").strip()}


def by_labeler(held: dict[str, Label], name: str) -> set[str]:
    wanted = re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", re.IGNORECASE)
    return {set_id for set_id, label in held.items() if wanted.search(label.by)}


def of_class(held: dict[str, Label], name: str) -> set[str]:
    return {set_id for set_id, label in held.items() if name.lower() in (own.lower() for own in label.classes)}


# ---------------------------------------------------------------------------------------------------------------- rows


def tab_table(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    head, *lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    names = head.split("\t")
    return [dict(zip(names, (cell.strip().strip('"') for cell in line.split("\t")), strict=False)) for line in lines]


def ndc_rows(data: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(data / "ndc" / "ndctext.zip") as archive:
        return tab_table(archive.read("product.txt"))


def shortage_rows(data: Path) -> list[dict[str, str]]:
    text = (data / "shortages" / "Drugshortages.csv").read_bytes().decode("utf-8-sig").lstrip()
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    names = [name.strip() for name in head]
    # A line that stands there twice is one.
    once = dict.fromkeys(tuple(cell.strip() for cell in row) for row in rows if row)
    return [dict(zip(names, row, strict=False)) for row in once]


def approved(data: Path, year: int, kinds: tuple[str, ...]) -> set[str]:
    """The applications whose first approval lies in `year`: Drugs@FDA's earliest approved original submission, else the
    Orange Book's earliest product, else the Purple Book's earliest licence."""
    with zipfile.ZipFile(data / "drugsatfda" / "drugsatfda.zip") as archive:
        types = {row["ApplNo"]: row["ApplType"] for row in tab_table(archive.read("Applications.txt"))}
        submissions = tab_table(archive.read("Submissions.txt"))
    first: dict[str, date] = {}

    def put(number: str, day: date, into: dict[str, date]) -> None:
        into[number] = min(day, into.get(number, day))

    for row in submissions:
        if (
            row["ApplNo"] in types
            and row["SubmissionType"].strip() == "ORIG"
            and row["SubmissionStatus"] == "AP"
            and row["SubmissionStatusDate"]
        ):
            day = datetime.fromisoformat(row["SubmissionStatusDate"].split()[0]).date()
            put(types[row["ApplNo"]] + row["ApplNo"], day, first)
    orange: dict[str, date] = {}
    before: set[str] = set()
    with zipfile.ZipFile(data / "orangebook" / "2024-11-08" / "EOBZIP_2024_11.zip") as archive:
        rows = table(archive.read("products.txt"))
    for row in rows:
        number = {"N": "NDA", "A": "ANDA"}[row["Appl_Type"]] + row["Appl_No"].zfill(6)
        if row["Approval_Date"].startswith("Approved"):
            before.add(number)
        elif found := orange_day(row["Approval_Date"]):
            put(number, found, orange)
    purple: dict[str, date] = {}
    for row in purple_rows(data / "purplebook" / "purplebook.csv"):
        if found := purple_day(row["Approval Date"], 26):
            put("BLA" + row["BLA Number"].zfill(6), found, purple)
    for number, day in (*orange.items(), *purple.items()):
        if number not in before:
            first.setdefault(number, day)
    return {number for number, day in first.items() if day.year == year and number.rstrip("0123456789") in kinds}


if __name__ == "__main__":
    all_labels = labels(Path(sys.argv[1]))
    for one in sorted(says(all_labels, (sys.argv[3],), tuple(sys.argv[4:]))):
        print(one)
