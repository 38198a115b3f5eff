"""Two versions of a label: nothing missed, nothing invented, moved told apart from new. All words here are ours."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.history import Change, Comparison, LabelVersion, compare, timeline
from drugchatter.passages import split
from drugchatter.sources.openfda_label import Part, find_parts, read_part
from drugchatter.types import Passage, Record
from label_files import NO_SHARED, SHARED

GOLDEN = Path(__file__).parent / "golden" / "kesimpta_changes.jsonl"
KESIMPTA = "6a8a3f53-2062-48ff-9dbe-b939df133ca3"
DRUGS = frozenset({"kesimpta", "ofatumumab", "teriflunomide"})

Sections = list[tuple[str, str, list[str]]]


def version(number: int, sections: Sections, tables: Sections = []) -> LabelVersion:  # noqa: B006
    """A version of a label from (field, heading, lines)."""
    kinds = [("text", section) for section in sections] + [("table", section) for section in tables]
    passages = tuple(
        Passage(f"p{number}-{n}", "set", str(number), field, heading, kind, "\n".join(lines))  # type: ignore[arg-type]
        for n, (kind, (field, heading, lines)) in enumerate(kinds)
        if lines
    )
    return LabelVersion(str(number), date(2020, 1, number), passages)


def one(before: str, after: str, field: str = "warnings") -> tuple[Change, ...]:
    kept = "This sentence stays as it was for years."
    return compare(
        version(1, [(field, "Warnings", [kept, before])]),
        version(2, [(field, "Warnings", [kept, after])]),
        frozenset({"examplin", "samplin"}),
    ).changes


def kinds(changes: Iterable[Change]) -> list[str]:
    return [change.kind for change in changes]


# --------------------------------------------------------------------------------------------------- one sentence


@pytest.mark.parametrize(
    ("before", "after", "touches"),
    [
        ("Give it to adults at most 5 times a week.", "Give it to adults at most 6 times a week.", ("number",)),
        ("Give it to adults for two weeks at home.", "Give it to adults for three weeks at home.", ("number",)),
        ("Stop when the count is < 5 at any visit.", "Stop when the count is ≥ 5 at any visit.", ("number",)),
        ("Keep it frozen at 20 °C in the dark box.", "Keep it frozen at -20 °C in the dark box.", ("number",)),
        ("Give adults half of .5 mg with a meal.", "Give adults half of 5 mg with a meal.", ("number",)),
        ("A single dose is 5 mg for every adult.", "A single dose is 5 mcg for every adult.", ("unit",)),
        ("A single dose is 5 mg for every adult.", "A single dose is 5 µg for every adult.", ("unit",)),
        ("It is safe to take it while pregnant.", "It is not safe to take it while pregnant.", ("negation",)),
        ("Do not take it with Examplin at night.", "Do not take it with Samplin at night.", ("drug",)),
        ("The rash mostly fades within the week.", "The rash mostly vanishes within the week.", ()),
    ],
)
def test_a_reworded_sentence_says_what_it_touches(before: str, after: str, touches: tuple[str, ...]) -> None:
    (change,) = one(before, after)
    assert (change.kind, change.before, change.after, change.touches) == ("reworded", before, after, touches)


@pytest.mark.parametrize(
    "after",
    [
        "• Watch the patient, for 14 days [see Warnings and Precautions (5.2)].",
        "Watch the patient for 14 days. (5.9)",
        "Watch  the patient for 14days.",
        "WATCH the patient for 14 days",
    ],
)
def test_marks_spaces_capitals_and_pointers_are_formatting(after: str) -> None:
    before = "Watch the patient for 14 days [see Warnings and Precautions (5.1)]."
    places: Sections = [
        ("warnings", "5.2 Burns", ["Burns", "Burns heal."]),
        ("warnings", "5.9 Itch", ["Itch", "It itches."]),
    ]
    old, new = (version(n, [*places, ("warnings", "Warnings", [text])]) for n, text in ((1, before), (2, after)))
    assert kinds(compare(old, new).changes) == ["formatting"]


def test_a_number_in_brackets_that_points_to_no_section_is_a_number() -> None:
    (change,) = one("Headache was seen in most of them (21.1)", "Headache was seen in most of them (22.1)")
    assert (change.kind, change.touches) == ("reworded", ("number",))


def test_the_words_that_differ_are_marked() -> None:
    (change,) = one("Take one tablet with water at noon.", "Take two tablets with water at noon.")
    assert [(change.before or "")[a:b] for a, b in change.before_marks] == ["one tablet"]
    assert [(change.after or "")[a:b] for a, b in change.after_marks] == ["two tablets"]


def test_a_mere_pointer_is_no_new_sentence() -> None:
    old = version(1, [("warnings", "Warnings", ["Watch the eyes."])])
    new = version(2, [("warnings", "Warnings", ["Watch the eyes.", "[see Overdosage (10)]"])])
    assert kinds(compare(old, new).changes) == kinds(compare(new, old).changes) == ["formatting"]


def test_unrelated_sentences_are_removed_and_new() -> None:
    changes = one("The kidney clears most of the drug.", "Tell your doctor about any rash on your arms.")
    assert sorted(kinds(changes)) == ["new", "removed"]


def test_a_sentence_cut_in_two_is_formatting_and_with_other_words_a_rewording() -> None:
    whole = "Wash your hands and then press the pen firmly to the skin of the thigh"
    parts = ["Wash your hands and then", "press the pen firmly to the skin of the thigh"]
    old = version(1, [("warnings", "Warnings", [whole])])
    assert kinds(compare(old, version(2, [("warnings", "Warnings", parts)])).changes) == ["formatting"]
    parts[1] = "press the pen softly to the skin of the thigh"
    (change,) = compare(old, version(2, [("warnings", "Warnings", parts)])).changes
    assert (change.kind, change.after) == ("reworded", "\n".join(parts))


# --------------------------------------------------------------------------------------------------------- places

FIRST = [
    "The liver may be harmed by it.",
    "Test the liver before the first dose.",
    "Stop it when the eyes turn yellow.",
]
SECOND = ["The heart may beat out of step.", "Record an ECG after each rise in dose.", "Faints call for a doctor."]


def test_a_renumbered_subsection_is_one_change() -> None:
    old = version(1, [("warnings_and_cautions", "5.1 Liver", FIRST), ("warnings_and_cautions", "5.2 Heart", SECOND)])
    new = version(2, [("warnings_and_cautions", "5.1 Heart", SECOND), ("warnings_and_cautions", "5.2 Liver", FIRST)])
    assert kinds(compare(old, new).changes) == ["renumbered", "renumbered"]


def test_a_retitled_subsection_keeps_its_sentences() -> None:
    old = version(1, [("warnings_and_cautions", "5.1 Liver", FIRST)])
    new = version(2, [("warnings_and_cautions", "5.3 Harm to the Bile", FIRST)])
    (change,) = compare(old, new).changes
    assert (change.kind, change.of, change.before, change.after) == (
        "retitled",
        "heading",
        "5.1 Liver",
        "5.3 Harm to the Bile",
    )


@pytest.mark.parametrize(
    "there", [("pregnancy", "8.1 Pregnancy and Birth"), ("use_in_specific_populations", "8.1 Pregnancy AND Birth")]
)
def test_a_heading_in_capitals_or_filed_under_another_field_is_formatting(there: tuple[str, str]) -> None:
    old = version(1, [("use_in_specific_populations", "8.1 Pregnancy and Birth", FIRST)])
    assert kinds(compare(old, version(2, [(*there, FIRST)])).changes) == ["formatting"]


def test_a_split_subsection_and_back_a_merged_one() -> None:
    old = version(1, [("warnings_and_cautions", "5.1 Liver", [*FIRST, *SECOND])])
    new = version(2, [("warnings_and_cautions", "5.1 Liver", FIRST), ("warnings_and_cautions", "5.2 Heart", SECOND)])
    (change,) = compare(old, new).changes
    assert (change.kind, change.heading, change.before_heading) == ("split", "5.2 Heart", "5.1 Liver")
    assert kinds(compare(new, old).changes) == ["merged"]


def test_a_sentence_in_another_section_is_moved_not_new() -> None:
    old = version(1, [("warnings", "Warnings", [*FIRST, SECOND[0]]), ("overdosage", "Overdosage", SECOND[1:])])
    new = version(2, [("warnings", "Warnings", FIRST), ("overdosage", "Overdosage", [*SECOND[1:], SECOND[0]])])
    (change,) = compare(old, new).changes
    assert (change.kind, change.field, change.before_field) == ("moved", "overdosage", "warnings")


def test_a_sentence_in_another_order_is_moved() -> None:
    old = version(1, [("warnings", "Warnings", [*FIRST, *SECOND])])
    new = version(2, [("warnings", "Warnings", [*FIRST[1:], *SECOND, FIRST[0]])])
    assert [(c.kind, c.after) for c in compare(old, new).changes] == [("moved", FIRST[0])]


def test_the_title_above_each_piece_is_no_sentence() -> None:
    old = version(1, [("warnings_and_cautions", "5.1 Liver", ["Liver", *FIRST, *SECOND])])
    pieces: Sections = [("warnings_and_cautions", "5.1 Liver", ["Liver", *part]) for part in (FIRST, SECOND)]
    assert compare(old, version(2, pieces)).changes == ()


# --------------------------------------------------------------------------------------------------------- tables

ROWS = [
    "Table 1: Events",
    "Headache | Drug N = 90 %: 13 | Placebo N = 88 %: 9",
    "Nausea | Drug N = 90 %: 7 | Placebo N = 88 %: 5",
]


def table(number: int, rows: list[str]) -> LabelVersion:
    return version(number, [], [("adverse_reactions", "Adverse Reactions", rows)])


def test_a_changed_cell_is_shown_with_its_column() -> None:
    (change,) = compare(table(1, ROWS), table(2, [*ROWS[:2], ROWS[2].replace(": 7", ": 8")])).changes
    assert (change.kind, change.of, change.touches) == ("reworded", "row", ("number",))
    assert [(cell.column, cell.before, cell.after) for cell in change.cells] == [("Drug N = 90 %", "7", "8")]


def test_a_changed_column_heading_is_one_change() -> None:
    (change,) = compare(table(1, ROWS), table(2, [row.replace("N = 90", "N = 91") for row in ROWS])).changes
    assert (change.kind, change.touches) == ("retitled", ("number",))
    assert [(cell.before, cell.after) for cell in change.cells] == [("Drug N = 90 %", "Drug N = 91 %")]


def test_a_new_row_is_new_whatever_the_other_rows_say() -> None:
    (change,) = compare(table(1, ROWS), table(2, [*ROWS, "Rash | Drug N = 90 %: 7 | Placebo N = 88 %: 5"])).changes
    assert (change.kind, change.of) == ("new", "row")


# ---------------------------------------------------------------------------------------------------------- order


def test_what_touches_numbers_and_the_sections_of_safety_stand_first() -> None:
    def label(number: int, dose: str, extra: list[str]) -> LabelVersion:
        return version(
            number,
            [
                ("overdosage", "Overdosage", ["Call the poison line at once, day or night.", *extra]),
                ("clinical_studies", "Clinical Studies", [f"In the trial they took {dose} mg once every day."]),
                ("boxed_warning", "Boxed Warning", ["Deaths were seen in elderly people.", *extra]),
            ],
        )

    changes = compare(label(1, "5", []), label(2, "6", ["Nobody should drive after a dose of it."])).changes
    assert [change.field for change in changes] == ["boxed_warning", "clinical_studies", "overdosage"]


def test_a_timeline_compares_each_version_with_the_one_before() -> None:
    versions = [version(n, [("warnings", "Warnings", FIRST[: n + 1])]) for n in (2, 1)]
    (comparison,) = timeline([versions[0], versions[1]])
    assert (comparison.old_version, comparison.new_version, kinds(comparison.changes)) == ("1", "2", ["new"])


# ----------------------------------------------------------------------------------------------------- invariants

WORDS = ["dose", "renal", "not", "5", "mg", "stop", "the", "drug", "rash", "≥", "twice", "daily", "see", "liver"]
LINES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), max_size=8)
HEADINGS = st.sampled_from(["5.1 Liver", "5.2 Heart", "5.3 Liver", "Warnings"])
LABELS = st.lists(st.tuples(st.sampled_from(["warnings", "boxed_warning"]), HEADINGS, LINES), max_size=4)


def levelled(lines: Iterable[str]) -> Counter[str]:
    """Lines by their words alone."""
    return Counter("".join(re.findall(r"[a-z0-9≥]+", line.lower())) for line in lines)


def lines_of(label: LabelVersion) -> list[str]:
    """A label's lines without the titles and captions that stand above its passages again."""
    found: list[str] = []
    caption = ("", "", "")
    for passage in label.passages:
        title = passage.heading.partition(" ")[2]
        lines = passage.lines()
        first = (passage.field, passage.heading, lines[0])
        if passage.kind == "table":
            again, caption = first == caption, first if " | " not in lines[0] else ("", "", "")
        else:
            again = bool(title) and "." in passage.heading.split()[0] and lines[0] == title
        found += lines[1:] if again else lines
    return found


def applied(label: LabelVersion, comparison: Comparison) -> Counter[str]:
    """The old lines with the changes made to them."""
    lines = levelled(lines_of(label))
    for change in comparison.changes:
        if change.of != "heading":
            for wording, sign in ((change.before, -1), (change.after, 1)):
                for line, count in levelled((wording or "").split("\n") if wording is not None else []).items():
                    lines[line] += sign * count
    return +lines if all(count >= 0 for count in lines.values()) else Counter({"taken twice": 1})


@given(LABELS, LABELS)
@examples(max_examples=300, deadline=None)
def test_the_changes_make_the_new_label_of_the_old(before: Sections, after: Sections) -> None:
    old, new = version(1, before), version(2, after)
    assert applied(old, compare(old, new)) == levelled(lines_of(new))


@given(LABELS)
@examples(deadline=None)
def test_a_version_does_not_differ_from_itself(sections: Sections) -> None:
    assert compare(version(1, sections), version(2, sections)).changes == ()


MIRROR = {"new": "removed", "removed": "new", "split": "merged", "merged": "split"}


@given(LABELS, LABELS)
@examples(max_examples=200, deadline=None)
def test_the_other_way_round_is_the_mirror_image(before: Sections, after: Sections) -> None:
    old, new = version(1, before), version(2, after)
    there = Counter((MIRROR.get(c.kind, c.kind), c.after, c.before, c.touches) for c in compare(old, new).changes)
    back = Counter((c.kind, c.before, c.after, c.touches) for c in compare(new, old).changes)
    assert there == back


@given(LABELS, st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), st.randoms())
@examples(deadline=None)
def test_one_sentence_more_is_one_new_sentence(sections: Sections, sentence: str, chance: random.Random) -> None:
    full = [section for section in sections if section[2]]
    if not full:
        return
    chosen = chance.randrange(len(full))
    field, heading, lines = full[chosen]
    place = chance.randint(0, len(lines))
    longer = [*full[:chosen], (field, heading, [*lines[:place], sentence, *lines[place:]]), *full[chosen + 1 :]]
    (change,) = compare(version(1, full), version(2, longer)).changes
    assert (change.kind, levelled([change.after or ""])) == ("new", levelled([sentence]))


# ------------------------------------------------------------------------------------------------------ real data

shared = pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)


@cache
def history_of(set_id: str) -> tuple[LabelVersion, ...]:
    path = SHARED / "openfda-history" / f"{set_id}.json.zip"
    records = read_part(Part(path, None))
    found = [LabelVersion(r.version, r.effective_date, tuple(split(r))) for r in records if isinstance(r, Record)]
    return tuple(sorted(found, key=lambda one: int(one.version)))


@cache
def current(set_id: str) -> LabelVersion:
    parts, _ = find_parts(SHARED / "openfda")
    read = (r for part in parts for r in read_part(part))
    record = next(r for r in read if isinstance(r, Record) and r.set_id == set_id)
    return LabelVersion(record.version, record.effective_date, tuple(split(record)))


def digest(wording: str | None) -> str | None:
    return hashlib.sha256(wording.encode()).hexdigest()[:12] if wording is not None else None


@pytest.mark.shared
@shared
def test_kesimpta_is_as_read_by_hand() -> None:
    """Every line of the golden file was checked against the six versions; it holds hashes of the wordings, no text."""
    golden = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    for comparison in timeline((*history_of(KESIMPTA), current(KESIMPTA)), DRUGS):
        versions = [comparison.old_version, comparison.new_version]
        wanted = [row for row in golden if row["versions"] == versions]
        found = [
            [c.field, c.heading, c.kind, c.of, digest(c.before), digest(c.after), list(c.touches)]
            for c in comparison.changes
        ]
        keys = ("field", "heading", "kind", "of", "before", "after", "touches")
        assert sorted(map(str, found)) == sorted(str([row[key] for key in keys]) for row in wanted), versions


@pytest.mark.shared
@shared
@pytest.mark.parametrize("set_id", ["101fc347-d0ad-4aee-8b06-9feb187fd741", KESIMPTA])
def test_real_labels_keep_the_invariants(set_id: str) -> None:
    for old, new in pairwise(history_of(set_id)):
        there, back = compare(old, new), compare(new, old)
        assert Counter((MIRROR.get(c.kind, c.kind), c.after) for c in there.changes) == Counter(
            (c.kind, c.before) for c in back.changes
        )
        assert compare(old, replace(old, version="x")).changes == ()
        assert applied(old, there) == levelled(lines_of(new))
