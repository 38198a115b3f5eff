"""Compare every fact of the starter formulary with the label it names.

    .venv/bin/python tools/check_formulary.py [--data DIR] [--drugs DIR]

A fact names a section of one label version (set id, version, effective date). Every number of the fact must stand in
that section, with the same unit; and no run of twelve words may be the label's own, since facts are in our words.
Labels come from openFDA's bulk files (`openfda/*.json.zip`) or DailyMed's release (`dailymed/*.zip`, zips of SPL XML),
one label in memory at a time. Exit code 0 when all is well or there are no data, 1 when a problem is named.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from drugchatter.errors import DataError, DrugChatterError
from drugchatter.passages import clean
from drugchatter.sources.openfda_label import find_parts, read_part
from drugchatter.text import Number, level, numbers, words
from drugchatter.types import Record
from drugchatter.vocabulary import SECTIONS

ROOT = Path(__file__).resolve().parents[1]
DRUGS = ROOT / "src" / "drugchatter" / "formulary" / "drugs"
DATA = ROOT.parent / "shared" / "data"
FEWEST_INTENTS = 14
LONGEST_RUN = 12

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    place: str
    intent: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drug's file: the label version it was written from, and its facts."""

    file: str
    key: Key
    effective_date: date
    facts: tuple[Fact, ...]

    @property
    def intents(self) -> set[str]:
        return {fact.intent for fact in self.facts}


@dataclass(frozen=True, slots=True)
class Label:
    """One label version as its publisher gives it: text by section (openFDA's field names)."""

    key: Key
    effective_date: date
    publisher: str
    bodies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comparing one sheet gave; `copied` counts facts with a run of the label's words."""

    file: str
    publisher: str
    facts: int
    intents: int
    numbers: int
    with_units: int
    copied: int
    problems: tuple[str, ...]


# ----------------------------------------------------------------------------------------------------------- reading


def read_sheets(folder: Path) -> list[Sheet]:
    """All drug files of `folder`. Raises DataError naming a file that is not one."""
    sheets = []
    for path in sorted(folder.glob("*.toml")):
        try:
            sheets.append(_sheet(path.name, tomllib.loads(path.read_text("utf-8"))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise DataError(f"{path} is not a file of facts ({error})", "compare it with its neighbours") from error
    return sheets


def _sheet(file: str, raw: dict[str, Any]) -> Sheet:
    facts = tuple(
        Fact(f"{file} fact {number} ({fact['intent']})", fact["intent"], fact["section"], fact["text"])
        for number, fact in enumerate(raw["facts"], 1)
    )
    return Sheet(file, (raw["set_id"], raw["version"]), raw["effective_date"], facts)


def labels(data: Path, wanted: set[Key]) -> Iterator[Label]:
    """The wanted label versions that `data` holds, openFDA's first; one may come from both publishers."""
    yield from _openfda(data / "openfda", wanted)
    yield from _dailymed(data / "dailymed", wanted)


def _openfda(folder: Path, wanted: set[Key]) -> Iterator[Label]:
    parts, _ = find_parts(folder) if folder.is_dir() else ([], [])
    for part in parts:
        for record in read_part(part):
            if isinstance(record, Record) and (record.set_id, record.version) in wanted:
                yield _from_record(record)


def _from_record(record: Record) -> Label:
    bodies = {section.field: _plain([*section.texts, *section.tables]) for section in record.sections}
    return Label((record.set_id, record.version), record.effective_date, "openFDA", bodies)


def _plain(texts: list[str]) -> str:
    """Text and table HTML without tags. Only what is surely a tag goes: a `<` before a number is a sign."""
    return _mended(html.unescape(re.sub(r"</?[A-Za-z][^>]*>", " ", "\n".join(texts))))


def _mended(text: str) -> str:
    """Degree signs that stand apart from their letter ("46° F") joined to it."""
    return re.sub(r"(?<=[°º])\s(?=[CF]\b)", "", text)


def _dailymed(folder: Path, wanted: set[Key]) -> Iterator[Label]:
    """Labels of DailyMed's zips; a release is a zip of one zip a label, each with one XML and its images."""
    for path in sorted(folder.glob("*.zip")):
        try:
            with zipfile.ZipFile(path) as outer:
                for name in outer.namelist():
                    if name.endswith(".zip"):
                        with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
                            yield from _spl_files(inner, wanted)
                yield from _spl_files(outer, wanted)
        except zipfile.BadZipFile as error:
            raise DataError(f"{path} is damaged: {error}", "fetch it again") from error


def _spl_files(archive: zipfile.ZipFile, wanted: set[Key]) -> Iterator[Label]:
    for name in archive.namelist():
        if name.endswith(".xml"):
            try:
                label = _spl(archive.read(name))
            except (etree.XMLSyntaxError, ValueError) as error:
                raise DataError(
                    f"{name} of {archive.filename} is not an SPL label ({error})", "fetch it again"
                ) from error
            if label.key in wanted:
                yield label


def _spl(xml: bytes) -> Label:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(xml, parser)
    v = "{urn:hl7-org:v3}"
    fields = {name.loinc: name.field for name in SECTIONS.values() if name.loinc}
    bodies: dict[str, str] = {}
    for section in root.iter(f"{v}section"):
        if field := fields.get(_attribute(section, f"{v}code", "code")):
            text = " ".join(part.strip() for part in map(str, section.itertext()) if part.strip())
            bodies[field] = f"{bodies.get(field, '')}\n{_mended(text)}".strip()
    key = _attribute(root, f"{v}setId", "root"), _attribute(root, f"{v}versionNumber", "value")
    stamp = _attribute(root, f"{v}effectiveTime", "value")
    return Label(key, date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8])), "DailyMed", bodies)


def _attribute(element: etree._Element, child: str, name: str) -> str:
    """Attribute `name` of the first `child`, or nothing where either is missing."""
    found = element.find(child)
    return "" if found is None else found.get(name, "")


# --------------------------------------------------------------------------------------------------------- comparing


def compare(sheet: Sheet, label: Label) -> Outcome:
    """Compare one sheet's facts with the label version they name."""
    problems = []
    if sheet.effective_date != label.effective_date:
        problems.append(f"{sheet.file}: dated {sheet.effective_date}, the label is of {label.effective_date}")
    if len(sheet.intents) < FEWEST_INTENTS:
        problems.append(f"{sheet.file}: {len(sheet.intents)} intents, at least {FEWEST_INTENTS} are wanted")
    cited = {fact.section for fact in sheet.facts}
    held = {field: _held(body) for field, body in label.bodies.items() if field in cited}
    runs = _runs(label)
    counted = with_units = copied = 0
    for fact in sheet.facts:
        found = numbers(fact.text)
        counted += len(found)
        with_units += sum(bool(number.unit) for number in found)
        problems += _number_problems(fact, found, held.get(fact.section))
        if run := _copied(fact.text, runs):
            copied += 1
            problems.append(f"{fact.place}: the label's own words: {run!r}")
    return Outcome(
        sheet.file, label.publisher, len(sheet.facts), len(sheet.intents), counted, with_units, copied, tuple(problems)
    )


def _held(body: str) -> dict[str, set[str]]:
    """The numbers of a section, each with its units.

    A bare number also takes the unit of the next number that has one ("20, 40 or 80 mg"), at most five numbers on, and
    the units that head a table (they stand apart from any number). Superscripts that the publisher's flattening tore
    off are mended first.
    """
    held: dict[str, set[str]] = {}
    heads = _units_apart(body)
    found = numbers(clean(body))
    for index, number in enumerate(found):
        units = held.setdefault(number.value, set())
        units.add(number.unit)
        if not number.unit:
            units |= heads | {n.unit for n in found[index + 1 : index + 6] if n.unit}
    return held


_APART = re.compile(r"(?<!\d)(?<!\d[\s-])(?<![\w/])(?:%|[a-z°][a-z/°²\d]*)")
_COUNT = re.compile(r"\bn\s?=\s?[\d,]+")


def _units_apart(body: str) -> set[str]:
    """Units that do not follow a number, as in a table's heading: `n (%)`, `N = 946 %`, `percentage`, `mL/min`."""
    tokens = set(_APART.findall(_COUNT.sub(" ", level(body)).replace("percentage", "percent")))
    return {_as_unit(token) for token in tokens} - {""}


@cache
def _as_unit(token: str) -> str:
    return next((number.unit for number in numbers(f"1 {token}")), "")


def _number_problems(fact: Fact, found: list[Number], held: dict[str, set[str]] | None) -> Iterator[str]:
    if held is None:
        yield f"{fact.place}: the label has no section {fact.section}"
        return
    for number in found:
        if number.value not in held:
            yield f"{fact.place}: {number.value} {number.unit}".rstrip() + f" is not in {fact.section}"
        elif number.unit and number.unit not in held[number.value]:
            yield f"{fact.place}: {number.value} never has the unit {number.unit!r} in {fact.section}"


def _runs(label: Label) -> set[tuple[str, ...]]:
    return {run for body in label.bodies.values() for run in _windows(words(body))}


def _windows(of: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(of[i : i + LONGEST_RUN]) for i in range(len(of) - LONGEST_RUN + 1))


def _copied(text: str, runs: set[tuple[str, ...]]) -> str:
    return next((" ".join(run) for run in _windows(words(text)) if run in runs), "")


def check(drugs: Path, data: Path) -> list[Outcome]:
    """One outcome a drug file, by file name. Raises DataError when a file is not what it claims."""
    sheets = read_sheets(drugs)
    outcomes: dict[str, Outcome] = {}
    for label in labels(data, {sheet.key for sheet in sheets}):
        for sheet in sheets:
            if sheet.key == label.key and sheet.file not in outcomes:
                outcomes[sheet.file] = compare(sheet, label)
    return [outcomes.get(sheet.file) or _missing(sheet) for sheet in sheets]


def _missing(sheet: Sheet) -> Outcome:
    problem = f"{sheet.file}: set id {sheet.key[0]} version {sheet.key[1]} is not in the data"
    return Outcome(sheet.file, "", len(sheet.facts), len(sheet.intents), 0, 0, 0, (problem,))


# --------------------------------------------------------------------------------------------------------- reporting


def report(outcomes: list[Outcome]) -> str:
    """The outcomes as lines: each problem, then the counts."""
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    intents = sorted(outcome.intents for outcome in outcomes) or [0]
    publishers = sorted({outcome.publisher for outcome in outcomes if outcome.publisher})
    origin = ", ".join(f"{sum(o.publisher == name for o in outcomes)} from {name}" for name in publishers)
    rows = (
        ("drugs", f"{len(outcomes)} ({origin or 'no label found'})"),
        ("facts", sum(o.facts for o in outcomes)),
        ("intents per drug", f"{intents[0]} to {intents[-1]}, median {intents[len(intents) // 2]}"),
        ("numbers compared", sum(o.numbers for o in outcomes)),
        ("numbers with units compared", sum(o.with_units for o in outcomes)),
        (f"facts with {LONGEST_RUN} or more of the label's words in a row", sum(o.copied for o in outcomes)),
        ("problems", len(problems)),
    )
    return "\n".join([*problems, *(f"{name}: {value}" for name, value in rows)])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare the starter formulary with the labels it names.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with openfda/ and dailymed/ (%(default)s)")
    parser.add_argument("--drugs", type=Path, default=DRUGS, help="folder with the drug files (%(default)s)")
    options = parser.parse_args(argv)
    if not options.data.is_dir():
        print(f"skipped: there are no labels at {options.data}; name their folder with --data")
        return 0
    try:
        outcomes = check(options.drugs, options.data)
    except DrugChatterError as error:
        print(f"{error.message}\nhint: {error.hint}", file=sys.stderr)
        return 1
    print(report(outcomes))
    return 1 if not outcomes or any(outcome.problems for outcome in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
