"""Splitting: what the publisher's flattening tore apart is mended, and nothing is lost, invented or said twice."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from drugchatter.passages import clean, read_table, split
from drugchatter.sources.openfda_label import find_parts, read_part
from drugchatter.types import Passage, Record, Section
from label_files import NO_SHARED, SET_B, SHARED, record


def passages(*sections: Section, **changes: Any) -> list[Passage]:
    return list(split(record(sections=sections, **changes)))


def text_of(field: str, text: str, *tables: str) -> list[Passage]:
    return passages(Section(field, (text,), tables))


def body(passage: Passage) -> list[str]:
    """A passage's lines without the title of its subsection, which stands above each passage of it."""
    number, _, title = passage.heading.partition(" ")
    above = title and "." in number and passage.lines()[0] == title
    return passage.lines()[1:] if above else passage.lines()


def lines(found: list[Passage]) -> list[str]:
    return [line for passage in found for line in body(passage)]


# ------------------------------------------------------------------------------------------- signs, units, raised


@pytest.mark.parametrize(
    ("flattened", "mended"),
    [
        ("a count of 1.5 x 10 9 /L was", "a count of 1.5 x 10^9/L was"),
        ("2 × 10 6 cells", "2 × 10^6 cells"),
        ("platelets (10 9 /L)", "platelets (10^9/L)"),
        ("neutrophils below 0.5×10 9 /L", "neutrophils below 0.5×10^9/L"),
        ("counts less than 0.2x10 9 /L", "counts less than 0.2x10^9/L"),
        ("at least 150,000 X 10 9 /L", "at least 150,000 X 10^9/L"),
        ("a platelet count of 10 9 /L", "a platelet count of 10^9/L"),
        ("75 mg/m 2 once daily", "75 mg/m² once daily"),
        ("on a mg/ m 2 basis", "on a mg/ m² basis"),
        ("30 mL/min/1.73 m 2 .", "30 mL/min/1.73 m²."),
        ("of 5 mL/min/1.73 m 2 to 105 mL/min/1.73 m 2 was", "of 5 mL/min/1.73 m² to 105 mL/min/1.73 m² was"),
        ("below 30 mL/min/1.73m 2 should", "below 30 mL/min/1.73m² should"),
        ("a patch of 5 cm 2 ,", "a patch of 5 cm²,"),
        ("200 cells/mm 3 .", "200 cells/mm³."),
        ("C max rose, T max did not, C min fell", "Cmax rose, Tmax did not, Cmin fell"),
        ("an AUC 0-24 of 5", "an AUC0-24 of 5"),
        ("the t 1/2 is", "the t1/2 is"),
        ("an IC 50 of 3 nM and FEV 1 of 2", "an IC50 of 3 nM and FEV1 of 2"),
        ("Examplin ® ( exampline ) , 5 mg .", "Examplin® (exampline), 5 mg."),
    ],
)
def test_what_flattening_tore_off_is_put_back(flattened: str, mended: str) -> None:
    assert clean(flattened) == mended


@pytest.mark.parametrize(
    "text",
    [
        "≥ 40 kg and <3 µg or ≤5 °C, ±2 mcg",
        "20 to 25 °C (68 to 77 °F)",
        "10 5 mg tablets",
        "every 10 12-hour periods",
        "doses of 10 20 and 30 mg",
        "6 m 2 times a day",
        "Study 1, 10 patients",
        "E 5 and C 3 of the list",
        "α-blocker, naïve, −20 °C",
    ],
)
def test_signs_and_plain_numbers_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_signs_survive_the_whole_way_to_the_lines() -> None:
    text = "Store at ≥ 2 °C and < 8 °C. Give 5 µg at ≤ 0.5 x 10 9 /L per 75 mg/m 2 dose."
    assert lines(text_of("how_supplied", text)) == [
        "Store at ≥ 2 °C and < 8 °C.",
        "Give 5 µg at ≤ 0.5 x 10^9/L per 75 mg/m² dose.",
    ]


# ------------------------------------------------------------------------------------------ parents and children

MECHANISM = "12.1 Mechanism of Action Exampline blocks the sample receptor in the gut wall of 12 volunteers."
KINETICS = "12.3 Pharmacokinetics The half-life is 16 days in adults whose kidneys work as they should."


def test_a_parent_does_not_repeat_its_children() -> None:
    found = passages(
        Section(
            "clinical_pharmacology", (f"12 CLINICAL PHARMACOLOGY {MECHANISM} {KINETICS} A word of the parent's own.",)
        ),
        Section("mechanism_of_action", (MECHANISM,)),
        Section("pharmacokinetics", (KINETICS,)),
    )
    shown = "\n".join(lines(found))
    assert shown.count("blocks the sample receptor") == 1
    assert shown.count("half-life is 16 days") == 1
    assert shown.count("A word of the parent's own.") == 1
    assert {p.field for p in found if "half-life" in p.text} == {"pharmacokinetics"}


def test_a_parent_without_children_keeps_its_words() -> None:
    found = passages(Section("clinical_pharmacology", (f"12 CLINICAL PHARMACOLOGY {MECHANISM} {KINETICS}",)))
    assert [p.heading for p in found] == ["12.1 Mechanism of Action", "12.3 Pharmacokinetics"]


def test_a_section_given_twice_is_kept_once() -> None:
    assert len(passages(Section("mechanism_of_action", (MECHANISM, MECHANISM)))) == 1


def test_an_unclassified_section_does_not_repeat_what_stands_elsewhere() -> None:
    found = passages(
        Section("mechanism_of_action", (MECHANISM,)),
        Section("spl_unclassified_section", (MECHANISM, "Words that stand nowhere else on this label.")),
    )
    assert [p.text for p in found if p.field == "spl_unclassified_section"] == [
        "Words that stand nowhere else on this label."
    ]


# --------------------------------------------------------------------------------------------------- subsections


def test_numbered_subsections_get_their_headings() -> None:
    found = text_of(
        "dosage_and_administration",
        "2 DOSAGE AND ADMINISTRATION 2.1 Recommended Dosage Take 20 mg once daily with food. "
        "2.2 Dosage in Renal Impairment The dose is 10 mg. 2.3 Missed Dose Skip the missed dose.",
    )
    assert [(p.heading, " ".join(body(p))) for p in found] == [
        ("2.1 Recommended Dosage", "Take 20 mg once daily with food."),
        ("2.2 Dosage in Renal Impairment", "The dose is 10 mg."),
        ("2.3 Missed Dose", "Skip the missed dose."),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Give 2 Tablets a day.",
        "Give 2.5 Grams a day.",
        "Give 20 Capsules at most.",
        "Give half as much as in 2.1 Patients know of.",
        "See Table 2 Dosage for the rest.",
        "The dose follows from weight ( 2.3 ).",
        "Look up Warnings [see Dosage and Administration (2.2)].",
    ],
)
def test_a_dose_or_a_reference_before_a_capital_opens_no_subsection(sentence: str) -> None:
    text = f"2.1 Recommended Dosage Take it once daily. {sentence} 2.2 Missed Dose Skip it then."
    found = text_of("dosage_and_administration", text)
    assert [p.heading for p in found] == ["2.1 Recommended Dosage", "2.2 Missed Dose"]
    assert sentence.replace("( ", "(").replace(" )", ")") in found[0].text


def test_a_subsection_s_title_stands_above_each_of_its_passages() -> None:
    """A dose means nothing without the population that only the heading names."""
    text = " ".join(f"Sentence number {n} says a few more words than it would have to say." for n in range(1, 60))
    found = text_of("use_in_specific_populations", f"8.6 Renal Impairment {text}")
    assert len(found) > 1
    assert {(p.heading, p.lines()[0]) for p in found} == {("8.6 Renal Impairment", "Renal Impairment")}


def test_a_number_of_another_chapter_opens_no_subsection() -> None:
    found = text_of("overdosage", "10 OVERDOSAGE Call for help. 11.1 Other Things are not of this chapter.")
    assert {p.heading.removeprefix("10 ") for p in found} == {"Overdosage"}
    assert "11.1 Other Things" in " ".join(lines(found))


def test_a_long_heading_loses_no_word() -> None:
    heading = (
        "2.2 Recommended Dosage for Patients 6 Years to Less Than 12 Years of Age With Concomitant Use of "
        "CYP3A4 Inhibitors or CYP2D6 Inhibitors"
    )
    text = f"2.1 Recommended Dosage Take 20 mg once daily. {heading} The dose is 10 mg once daily."
    found = text_of("dosage_and_administration", text)
    shown = headed(found).split()
    assert [word for word in heading.split() if word not in shown] == []


def test_references_stay_with_their_sentence() -> None:
    text = (
        "Stop it before surgery. ( 5.1 , 5.2 ) Do not restart it at once. "
        "[see Warnings and Precautions (5.3)] Watch the patient."
    )
    assert lines(text_of("boxed_warning", text)) == [
        "Stop it before surgery. (5.1, 5.2)",
        "Do not restart it at once. [see Warnings and Precautions (5.3)]",
        "Watch the patient.",
    ]


def test_a_long_section_is_cut_between_lines() -> None:
    text = " ".join(f"Sentence number {n} says a few more words than it would have to say." for n in range(1, 101))
    found = text_of("description", text)
    assert len(found) > 3
    assert all(len(p.text) < 1400 for p in found)
    assert lines(found) == [
        f"Sentence number {n} says a few more words than it would have to say." for n in range(1, 101)
    ]


# -------------------------------------------------------------------------------------------------------- tables

TABLE = (
    "<table><caption>Table 1. Reactions</caption><thead>"
    '<tr><th rowspan="2">Reaction</th><th colspan="2">Examplin</th><th>Placebo</th></tr>'
    "<tr><th>20 mg</th><th>40 mg</th><th>N = 90</th></tr></thead><tbody>"
    "<tr><td>Headache</td><td>13 %</td><td>15 %</td><td>9 %</td></tr>"
    '<tr><td rowspan="2">Rash</td><td>1</td><td>2</td><td>&lt; 1</td></tr>'
    "<tr><td>3</td><td>≥ 4</td><td>2 x 10<sup>9</sup>/L</td></tr>"
    "<tr><td>Dose</td><td>5 mg/m<sup>2</sup></td><td>6 µg<sup>a</sup></td><td>C<sub>max</sub></td></tr>"
    "</tbody></table>"
)
FLAT = (
    "Table 1. Reactions Reaction Examplin Placebo 20 mg 40 mg N = 90 Headache 13 % 15 % 9 % Rash 1 2 < 1 "
    "3 ≥ 4 2 x 10 9 /L Dose 5 mg/m 2 6 µg a C max"
)


def test_a_table_keeps_rows_and_both_header_rows_and_fills_its_spans() -> None:
    found = text_of("adverse_reactions", f"6 ADVERSE REACTIONS The list follows. {FLAT} That was the list.", TABLE)
    (table,) = [p for p in found if p.kind == "table"]
    assert table.lines() == [
        "Table 1. Reactions",
        "Headache | Examplin 20 mg: 13 % | Examplin 40 mg: 15 % | Placebo N = 90: 9 %",
        "Rash | Examplin 20 mg: 1 | Examplin 40 mg: 2 | Placebo N = 90: < 1",
        "Rash | Examplin 20 mg: 3 | Examplin 40 mg: ≥ 4 | Placebo N = 90: 2 x 10^9/L",
        "Dose | Examplin 20 mg: 5 mg/m² | Examplin 40 mg: 6 µg | Placebo N = 90: Cmax",
    ]


def test_a_table_is_taken_out_of_the_running_text() -> None:
    found = text_of("adverse_reactions", f"6 ADVERSE REACTIONS The list follows. {FLAT} That was the list.", TABLE)
    text = [line for p in found if p.kind == "text" for line in p.lines()]
    assert text == ["The list follows.", "That was the list."]


def test_two_header_rows_are_known_without_thead() -> None:
    html = (
        '<table><tr><td></td><td colspan="2">Examplin</td><td colspan="2">Placebo</td></tr>'
        "<tr><td>Reaction</td><td>Any</td><td>Severe</td><td>Any</td><td>Severe</td></tr>"
        "<tr><td>Nausea</td><td>8</td><td>1</td><td>4</td><td>0</td></tr></table>"
    )
    _, rows = read_table(html)
    assert rows[1:] == ["Nausea | Examplin Any: 8 | Examplin Severe: 1 | Placebo Any: 4 | Placebo Severe: 0"]


def test_a_long_table_repeats_its_caption_in_each_piece() -> None:
    rows = "".join(f"<tr><td>Reaction {n} of the long list</td><td>{n} %</td></tr>" for n in range(1, 200))
    head = "<caption>Table 2. Long</caption><thead><tr><th>Reaction</th><th>Examplin</th></tr></thead>"
    html = f"<table>{head}{rows}</table>"
    found = [p for p in text_of("adverse_reactions", "The list follows.", html) if p.kind == "table"]
    assert len(found) > 1
    assert {p.lines()[0] for p in found} == {"Table 2. Long"}
    assert [line for p in found for line in p.lines()[1:]] == [
        f"Reaction {n} of the long list | Examplin: {n} %" for n in range(1, 200)
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>Read this leaflet first.</td></tr><tr><td>Keep it for later.</td></tr></table>",
        "<table><tr><td>Read this leaflet first.</td><td>Keep it for later.</td></tr></table>",
        "<table><tr><td>Read this leaflet first.<td>Keep it for < 5 days later.</tr>",
        "",
    ],
    ids=["one column", "one row", "not well-formed", "empty"],
)
def test_a_table_that_only_lays_out_stays_in_the_text(html: str) -> None:
    found = text_of("description", "Read this leaflet first. Keep it for later.", html)
    assert {p.kind for p in found} == {"text"}
    assert lines(found) == ["Read this leaflet first.", "Keep it for later."]


def test_a_leaflet_s_layout_table_stays_in_the_text() -> None:
    html = "<table><tr><td>Do</td><td>Read it.</td></tr><tr><td>Do not</td><td>Lose it.</td></tr></table>"
    found = text_of("spl_medguide", "Do Read it. Do not Lose it.", html)
    assert {p.kind for p in found} == {"text"}
    assert "Lose it." in " ".join(lines(found))


def test_hostile_table_markup_is_harmless() -> None:
    """An external entity is not fetched, and a span of a billion columns is not filled in."""
    entity = (
        '<!DOCTYPE table [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        "<table><tr><td>&x;</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>"
    )
    assert all("/" not in line for line in read_table(entity)[1])
    wide = '<table><tr><td colspan="1000000000">a</td></tr><tr><td>b</td><td rowspan="99999999999">2</td></tr></table>'
    assert sum(map(len, read_table(wide)[1])) < 10_000


# ----------------------------------------------------------------------------------------------------------- ids


def test_ids_outlive_a_new_version_of_the_same_words() -> None:
    old = passages(Section("mechanism_of_action", (MECHANISM,)))
    new = passages(Section("mechanism_of_action", (MECHANISM,)), version="9", effective_date=date(2030, 1, 1))
    assert [p.id for p in old] == [p.id for p in new]
    assert [p.version for p in new] == ["9"]


def test_ids_do_not_depend_on_what_stands_around() -> None:
    alone = passages(Section("mechanism_of_action", (MECHANISM,)))
    among = passages(Section("overdosage", ("Call for help.",)), Section("mechanism_of_action", (MECHANISM,)))
    assert alone[0].id in {p.id for p in among}


@pytest.mark.parametrize(
    "other",
    [
        record(set_id=SET_B),
        record(publisher="another publisher"),
        record(kind="summary"),
        record(sections=(Section("overdosage", record().sections[0].texts),)),
        record(sections=(Section("mechanism_of_action", ("Exampline blocks the sample receptor in the gut.",)),)),
    ],
    ids=["set id", "publisher", "kind", "section", "words"],
)
def test_ids_tell_words_and_places_apart(other: Record) -> None:
    assert {p.id for p in split(record())}.isdisjoint(p.id for p in split(other))


def test_ids_are_unique_within_a_label() -> None:
    found = passages(Section("mechanism_of_action", (MECHANISM, KINETICS)), Section("pharmacokinetics", (KINETICS,)))
    assert len({p.id for p in found}) == len(found)


def test_a_fact_stays_one_passage_with_its_intent() -> None:
    fact = Section("pharmacokinetics", ("The half-life is 16 days. It is longer in the old.",), intent="half_life")
    (passage,) = passages(fact, kind="summary")
    assert (passage.kind, passage.intent, passage.text) == ("fact", "half_life", fact.texts[0])


# ------------------------------------------------------------------------------------- nothing lost, nothing invented

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def digits(text: str) -> Counter[str]:
    """The digit strings of a text; raised digits count as digits, since mending raises them."""
    return Counter(re.findall(r"\d+", text.translate(_RAISED)))


def letters(text: str) -> str:
    """The text without what splitting may change: white space, list marks, signs of raising."""
    return re.sub(r"[\s•●▪◦■□‣^]", "", text.translate(_RAISED))


def headed(found: list[Passage]) -> str:
    """All the words of the passages, each heading once though every piece of a subsection carries it."""
    return "\n".join([*dict.fromkeys(p.heading for p in found), *lines(found)])


_PLAIN = [
    "the",
    "dose",
    "of",
    "a",
    "patient",
    "with",
    "rash",
    "and",
    "fever",
    "may",
    "be",
    "raised",
    "in",
    "adults",
    "who",
    "weigh",
    "less",
    "than",
    "others",
]
_NUMBERS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.decimals(0, 999, places=2).map(str),
    st.sampled_from(
        [
            "1,000 mg",
            "≥ 40 kg",
            "<3 µg",
            "37 °C",
            "1.5 x 10 9 /L",
            "75 mg/m 2",
            "C max",
            "( 2.1 )",
            "10%",
            "5-HT 3",
            "IC 50",
        ]
    ),
    st.sampled_from(["[see Warnings and Precautions (5.1)]", "Table 2", "• one item", "1-800-222-1222", "CYP3A4"]),
)
_SENTENCE = st.builds(
    lambda first, rest, end: " ".join([first.capitalize(), *rest]) + end,
    st.sampled_from(_PLAIN),
    st.lists(st.one_of(st.sampled_from(_PLAIN), _NUMBERS), min_size=2, max_size=25),
    st.sampled_from([".", ".", ".", "?", ":", " ;"]),
)
_BODY = st.lists(_SENTENCE, min_size=1, max_size=12).map(" ".join)


@given(st.lists(_BODY, min_size=1, max_size=4))
@examples(max_examples=120, deadline=None, derandomize=True)
def test_no_digit_is_lost_or_invented_and_words_keep_their_order(bodies: list[str]) -> None:
    headings = ["2.1 Recommended Dosage", "2.2 Renal Impairment", "2.3 Missed Dose"]
    text = bodies[0] + "".join(f" {heading} {body}" for heading, body in zip(headings, bodies[1:], strict=False))
    found = text_of("dosage_and_administration", text)
    assert digits(headed(found)) == digits(text)
    source, place = letters(text), 0
    for line in lines(found):
        place = source.find(letters(line), place)
        assert place >= 0, line


@given(st.text(max_size=400))
@examples(max_examples=150, deadline=None, derandomize=True)
def test_any_text_at_all_is_split_without_a_crash_or_an_invented_digit(text: str) -> None:
    found = text_of("description", text)
    assert not digits(headed(found)) - digits(text)
    assert all(p.text.strip() and len(p.id) == 20 for p in found)


SPANS = st.sampled_from(
    ["", ' colspan="2"', ' rowspan="3"', ' colspan="0"', ' rowspan="²"', ' colspan="-1"', ' colspan="x"']
)
CELLS = st.tuples(st.sampled_from(["td", "th"]), SPANS, st.text("aZ 5%<&;é²\0", max_size=6)).map(
    lambda c: f"<{c[0]}{c[1]}>{c[2]}</{c[0]}>"
)
ROWS = st.lists(CELLS, max_size=4).map(lambda cells: f"<tr>{''.join(cells)}</tr>")
BROKEN = st.sampled_from(["", "<tr>", "</td>", "<tbody/>", "<!-- x -->", "<?x y?>", "&nbsp;", "<thead><tr/></thead>"])


@given(st.lists(ROWS | BROKEN, max_size=5).map(lambda rows: f"<table>{''.join(rows)}</table>"))
@examples(max_examples=300, deadline=None, derandomize=True)
def test_any_table_at_all_is_read_or_left_in_the_text(table: str) -> None:
    flat, lines = read_table(table)
    assert bool(lines) <= bool(flat)
    assert digits("\n".join(lines)).keys() <= digits(table).keys()


@pytest.mark.parametrize("span", ['colspan="40" rowspan="400"', f'colspan="{"9" * 5000}"', f'rowspan="{"9" * 9}"'])
def test_a_table_whose_spans_explode_costs_nothing(span: str) -> None:
    row = f"<tr>{f'<td {span}>5 mg</td>' * 20}</tr>"
    table = f"<table>{row * 400}</table>"
    started = time.process_time()
    read_table(table)
    assert time.process_time() - started < 2


def test_a_document_type_in_a_table_is_not_followed() -> None:
    table = "<table><tr><td>Dose</td><td>&a; mg</td></tr><tr><td>1</td><td>2</td></tr></table>"
    assert read_table(table.replace("&a;", "9"))[1]
    assert read_table(f'<!DOCTYPE t [<!ENTITY a "9">]>{table}') == ("", [])


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NO_SHARED)
def test_real_sections_lose_and_invent_no_digit() -> None:
    """Sections of real labels one by one, without tables; a chapter's own number ("6 ADVERSE REACTIONS") may go."""
    parts, _ = find_parts(SHARED / "openfda")
    wrong, compared = [], 0
    for number, label in enumerate(read_part(parts[0])):
        assert isinstance(label, Record)
        for section in label.sections if number % 12 == 0 else ():
            text = section.texts[0]
            chapter = re.match(r"\d{1,2}(?=\.?\s+[A-Z]{2})", text)
            allowed = digits(chapter[0]) if chapter else Counter()
            found = list(split(replace(label, sections=(Section(section.field, (text,)),))))
            got, wanted = digits(headed(found)), digits(text)
            compared += 1
            if got - wanted or (wanted - got) - allowed:
                wrong.append((label.set_id, section.field, dict(wanted - got), dict(got - wanted)))
    assert compared > 500
    assert wrong == []
