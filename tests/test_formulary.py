"""The starter formulary: the shape of its files, and the check that compares them with the labels they name."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drugchatter.errors import DataError
from drugchatter.formulary import read_formulary
from drugchatter.vocabulary import SECTIONS, intents
from label_files import NO_SHARED, SET_A, SET_B, SHARED, part_json, raw_label, write_part, write_release

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools" / "check_formulary.py"
FILES = sorted((ROOT / "src" / "drugchatter" / "formulary" / "drugs").glob("*.toml"))
NAMING = {"brand", "generic", "names", "title", "labeler", "application_numbers", "route", "pharm_class"}
KEYS = NAMING | {"set_id", "version", "effective_date", "facts"}


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_formulary", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_formulary"] = module
    spec.loader.exec_module(module)
    return module


check_formulary = tool()


# ------------------------------------------------------------------------------------------------ shape of the files


def drug(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def texts(value: object) -> list[str]:
    """Every string of a file, however deep."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in inner for text in texts(item)]


def test_there_are_at_least_sixty_drugs_each_once() -> None:
    assert len(FILES) >= 60
    assert len({drug(path)["set_id"] for path in FILES}) == len(FILES)
    assert len({drug(path)["brand"] for path in FILES}) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_the_agreed_shape(path: Path) -> None:
    raw = drug(path)
    assert set(raw) - {"ingredients"} == KEYS
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", raw["set_id"])
    assert re.fullmatch(r"\d+", raw["version"])
    assert type(raw["effective_date"]) is date
    assert date(2005, 1, 1) < raw["effective_date"] < date(2028, 1, 1)
    for key in ("brand", "generic", "title", "labeler"):
        assert raw[key].strip() == raw[key] != ""
    for key in ("names", "application_numbers", "route", "pharm_class"):
        assert all(isinstance(value, str) and value for value in raw[key])
    assert len({fact["intent"] for fact in raw["facts"]}) >= 14
    for fact in raw["facts"]:
        assert set(fact) == {"intent", "section", "text"}
        assert fact["section"] in SECTIONS
        assert fact["intent"] in intents()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_written_in_our_words(path: Path) -> None:
    """No addresses, nobody addressed, no marks of the label's typography left over, no fact twice."""
    raw = drug(path)
    assert [text for text in texts(raw) if re.search(r"https?:|www\.|\.(?:com|gov|org)\b", text)] == []
    facts = [fact["text"] for fact in raw["facts"]]
    assert [text for text in facts if re.search(r"\byou(?:rs?|rself)?\b", text, re.IGNORECASE)] == []
    assert [text for text in facts if re.search(r"[®™•\n\t]|\s{2}|\[see|\(\s*\d+\.\d+\s*\)", text)] == []
    assert [text for text in facts if not re.search(r"[.)]$", text) or not re.match(r"m?[A-Z0-9]", text)] == []
    assert [text for text in facts if len(text.split()) > 80] == []
    assert [pair for pair, count in Counter((f["intent"], f["text"]) for f in raw["facts"]).items() if count > 1] == []


def test_the_package_reads_every_file() -> None:
    records = list(read_formulary())
    assert len(records) == len(FILES)
    assert {record.kind for record in records} == {"summary"}
    assert all(record.ingredients and record.names for record in records)
    assert sum(len(record.sections) for record in records) == sum(len(drug(path)["facts"]) for path in FILES)


# ---------------------------------------------------------------------------------------------- the check, on our own

SHEET = """
brand = "Examplin"
generic = "exampline"
set_id = "{set_id}"
version = "3"
effective_date = {day}
"""
INTENTS = sorted(intents())[:14]
LABEL = raw_label(
    version="3",
    effective="20240102",
    dosage_and_administration=[
        "2 DOSAGE AND ADMINISTRATION Adults start with 5, 10 or 20 mg by mouth once daily, at most 1,000 mg in 7 days, "
        "when the count is above 1.5 x 10 9 /L. Below < 3 years of age it is not to be given, nor with strong blockers."
    ],
    dosage_and_administration_table=[
        "<table><tr><td>Kidney</td><td>Dose (mg/kg)</td></tr><tr><td>worst</td><td>0.25</td></tr></table>"
    ],
)
RIGHT = (
    "Adults take 10 mg a day (up to 1000 mg a week of 7 days) if the count exceeds 1.5 × 10^9/L; 0.25 mg/kg at worst."
)


def sheet(folder: Path, *facts: str, set_id: str = SET_A, day: str = "2024-01-02", section: str = "") -> Path:
    """A drug file with the facts, and as many others as make the number of intents right."""
    folder.mkdir(exist_ok=True)
    more = ["It is given once a day."] * len(INTENTS)
    blocks = [
        f'[[facts]]\nintent = "{intent}"\nsection = "{section or "dosage_and_administration"}"\ntext = "{text}"\n'
        for intent, text in zip(INTENTS * 2, [*facts, *more], strict=False)
    ]
    path = folder / "examplin.toml"
    path.write_text(SHEET.format(set_id=set_id, day=day) + "\n".join(blocks), "utf-8")
    return folder


def problems(tmp_path: Path, *facts: str, **changes: str) -> list[str]:
    write_release(tmp_path / "data" / "openfda", [raw_label(SET_B), LABEL])
    (outcome,) = check_formulary.check(sheet(tmp_path / "drugs", *facts, **changes), tmp_path / "data")
    return list(outcome.problems)


def test_facts_that_agree_with_their_section_pass(tmp_path: Path) -> None:
    assert problems(tmp_path, RIGHT) == []
    (outcome,) = check_formulary.check(tmp_path / "drugs", tmp_path / "data")
    assert (outcome.publisher, outcome.numbers, outcome.with_units, outcome.copied) == ("openFDA", 5, 4, 0)


@pytest.mark.parametrize(
    ("forged", "named"),
    [
        (RIGHT.replace("10 mg", "40 mg"), "40 mg is not in dosage_and_administration"),
        (RIGHT.replace("10 mg", "10 g"), "10 never has the unit 'g'"),
        (RIGHT.replace("10 mg", "10 mcg"), "10 never has the unit 'mcg'"),
        (RIGHT.replace("1000 mg", "10000 mg"), "10000 mg is not in"),
        (RIGHT.replace("1000 mg", "1000 mg/kg"), "1000 never has the unit 'mg/kg'"),
        (RIGHT.replace("7 days", "7 hours"), "7 never has the unit 'hour'"),
        (RIGHT.replace("10^9", "10^6"), "1.5e6 is not in"),
        (RIGHT.replace("0.25", "0.2"), "0.2 mg/kg is not in"),
        (RIGHT.replace("0.25 mg/kg", "0.25 mL"), "0.25 never has the unit 'ml'"),
        ("Adults: by mouth once daily, at most 1,000 mg in 7 days, when the count is above", "the label's own words"),
    ],
)
def test_a_forged_fact_is_caught(tmp_path: Path, forged: str, named: str) -> None:
    (problem,) = problems(tmp_path, forged)
    assert named in problem
    assert problem.startswith(f"examplin.toml fact 1 ({INTENTS[0]})")


def test_the_right_number_in_another_section_does_not_count(tmp_path: Path) -> None:
    found = problems(tmp_path, "It is 20 mg.", section="mechanism_of_action")
    assert "20 mg is not in mechanism_of_action" in found[0]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"set_id": "99999999-9999-4999-8999-999999999999"}, "is not in the data"),
        ({"set_id": SET_B}, "version 3 is not in the data"),
        ({"day": "2024-01-03"}, "dated 2024-01-03, the label is of 2024-01-02"),
        ({"section": "overdosage"}, "the label has no section overdosage"),
    ],
)
def test_a_fact_of_no_such_label_date_or_section_is_caught(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    found = problems(tmp_path, RIGHT, **changes)
    assert any(named in problem for problem in found)


def test_too_few_intents_are_a_problem(tmp_path: Path) -> None:
    write_release(tmp_path / "data" / "openfda", [LABEL])
    path = sheet(tmp_path / "drugs") / "examplin.toml"
    path.write_text(path.read_text("utf-8").replace(f'"{INTENTS[1]}"', f'"{INTENTS[0]}"'), "utf-8")
    (outcome,) = check_formulary.check(tmp_path / "drugs", tmp_path / "data")
    assert outcome.problems == ("examplin.toml: 13 intents, at least 14 are wanted",)


SPL = f"""<?xml version="1.0"?>
<!DOCTYPE document [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<document xmlns="urn:hl7-org:v3">
 <effectiveTime value="20240102"/><setId root="{SET_A}"/><versionNumber value="3"/>
 <component><section><code code="34068-7"/><title>2 Dosage &secret;</title>
  <text>Adults take <b>10</b> mg.</text>
  <component><section><code code="42229-5"/><text>At most 1000 mg in 7 days; 0.25 mg/kg if
   the count is below 1.5 x 10 <sup>9</sup> /L</text></section></component>
 </section></component>
</document>"""


def test_a_label_that_only_dailymed_holds_is_read_with_its_subsections(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "dailymed"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "label.zip", "w") as inner:
        inner.writestr("label.xml", SPL)
        inner.writestr("picture.jpg", b"\xff\xd8")
    with zipfile.ZipFile(folder / "dm_spl_release_human_rx_part1.zip", "w") as outer:
        outer.write(tmp_path / "label.zip", "prescription/20240102_label.zip")
    (outcome,) = check_formulary.check(sheet(tmp_path / "drugs", RIGHT), tmp_path / "data")
    assert (outcome.publisher, outcome.problems) == ("DailyMed", ())
    (label,) = check_formulary.labels(tmp_path / "data", {(SET_A, "3")})
    assert Path("/etc/hostname").read_text("utf-8").strip() not in label.bodies["dosage_and_administration"]


# ------------------------------------------------------------------------------------------------------- the command


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def test_without_data_it_says_skipped_and_is_content(tmp_path: Path) -> None:
    done = run("--data", tmp_path / "nowhere")
    assert done.returncode == 0
    assert "skipped" in done.stdout
    assert str(tmp_path / "nowhere") in done.stdout


def test_exit_codes_tell_clean_wrong_and_damaged_apart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_release(data / "openfda", [LABEL])
    clean = run("--data", data, "--drugs", sheet(tmp_path / "clean", RIGHT))
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "numbers with units compared: 4" in clean.stdout
    assert "problems: 0" in clean.stdout
    forged = run("--data", data, "--drugs", sheet(tmp_path / "forged", RIGHT.replace("10 mg", "40 mg")))
    assert forged.returncode == 1
    assert "40 mg is not in" in forged.stdout
    part = write_part(data / "openfda", part_json([LABEL])[:-40])
    damaged = run("--data", data, "--drugs", tmp_path / "clean")
    assert damaged.returncode == 1
    assert part.name in damaged.stderr
    assert "Traceback" not in damaged.stderr


def test_a_drug_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("brand = ", "utf-8")
    with pytest.raises(DataError, match=r"broken\.toml"):
        check_formulary.read_sheets(tmp_path)


# ------------------------------------------------------------------------------------------- the check, on real labels


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
def test_every_fact_agrees_with_its_label_and_a_changed_dose_is_caught(tmp_path: Path) -> None:
    """One run over the real labels: all the package's files, and beside them one with a single dose changed."""
    for path in FILES:
        shutil.copy(path, tmp_path / path.name)
    text = (tmp_path / "kesimpta.toml").read_text("utf-8")
    assert "Kesimpta dosage is 20 mg injected" in text
    forged = text.replace("Kesimpta dosage is 20 mg injected", "Kesimpta dosage is 25 mg injected")
    (tmp_path / "kesimpta-forged.toml").write_text(forged, "utf-8")
    outcomes = {outcome.file: outcome for outcome in check_formulary.check(tmp_path, SHARED)}
    (problem,) = outcomes.pop("kesimpta-forged.toml").problems
    assert "25 mg is not in dosage_and_administration" in problem
    assert [problem for outcome in outcomes.values() for problem in outcome.problems] == []
    assert len(outcomes) == len(FILES)
    assert sum(outcome.numbers for outcome in outcomes.values()) > 3000
    assert sum(outcome.with_units for outcome in outcomes.values()) > 2000
    assert sum(outcome.copied for outcome in outcomes.values()) == 0
