"""What `drugchatter eval` and the scoreboard count, on answers built by hand and on the starter edition."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from answers import make_answer, make_drug, make_match, make_source
from drugchatter.engine import Engine
from drugchatter.errors import DataError, StoreError
from drugchatter.evals import repeat
from drugchatter.evals.cases import Case, GoldDrugs, read_cases
from drugchatter.evals.confusion import strangers
from drugchatter.evals.key_terms import share_held
from drugchatter.evals.match import holds
from drugchatter.evals.review import VERDICTS, review_page, verdict
from drugchatter.evals.run import Report, by, run
from drugchatter.evals.scoreboard import Asked, Setting, accepted, fallen, history_line, page, read_floor, rows_of
from drugchatter.formulary import read_formulary
from drugchatter.readability import reading_ease, syllables
from drugchatter.surfaces.cli_eval import evaluate
from drugchatter.types import Answer, AnswerSection, Declined, Evidence, Finding, Question, Statement

STARTER = Path(__file__).resolve().parents[1] / "eval" / "starter.jsonl"


def make_case(tmp_path: Path, **row: object) -> Case:
    path = tmp_path / "case.jsonl"
    path.write_text(json.dumps({"question": "zorvexa half life", **row}), "utf-8")
    return read_cases(path)[0]


def report_of(tmp_path: Path, answer: Answer, **row: object) -> Report:
    return run([make_case(tmp_path, **row)], lambda _: answer)


# ------------------------------------------------------------------------------------------------------ public sets

# Written for this test in the columns of MedicationQA.
TABLE = (
    "Question,Focus (Drug),Question Type,Answer,Section Title,URL\n"
    'how long does kesimpta stay,Kesimpta,half life,"Its half-life is about 16 days, they say.",Pharmacology,https://x\n'
    ",,,an answer that belongs to nobody,,\n"
    '"what is ""zelvorast"", please",zelvorast,information,It is not known.,,\n'
)


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "public.csv"
    path.write_text("\ufeff" + TABLE, "utf-8")
    first, second = read_cases(path)
    assert (first.question.text, first.intent) == ("how long does kesimpta stay", "half life")
    assert first.gold == "Its half-life is about 16 days, they say."
    assert first.drugs.names == {"kesimpta"}
    assert (second.question.text, second.gold) == ('what is "zelvorast", please', "It is not known.")


def test_other_shapes_of_public_sets(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("QUERY\tanswer\nhow much, and when?\tonce\n", "utf-8")
    (tmp_path / "b.csv").write_text("question;answer\nhow much, and when?;once\n", "utf-8")
    (tmp_path / "c.jsonl").write_text('{"question": "how much, and when?", "answer": "once"}\n', "utf-8")
    for name in ("a.tsv", "b.csv", "c.jsonl"):
        (case,) = read_cases(tmp_path / name)
        assert (case.question.text, case.gold, case.must) == ("how much, and when?", "once", []), name


def test_public_answers_are_covered_by_their_key_terms(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "public.csv"
    path.write_text(TABLE, "utf-8")
    totals = run(read_cases(path), engine.ask).totals
    assert (totals["questions"], totals["answered"]) == (2, 0.5)
    assert totals["declined_by_type"] == {"unknown_drug": 1}
    assert 0 < totals["key_terms"] <= 1
    assert (totals["hit"], totals["right"]) == (None, None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04", "spreadsheet"),
        ("a.csv", b"name,answer\nx,y\n", "no column of questions"),
        ("a.csv", b"question\n" + b"x" * 4001, "line 2"),
        ("a.csv", b'question\n"' + b"x" * 140_000 + b'"\n', "line"),
        ("a.jsonl", b'{"question": ["x"]}', "line 1"),
        ("a.jsonl", b'{"question": "x", "set_ids": 5}', "line 1"),
        ("a.jsonl", b'{"question":' * 100_000, "line 1"),
    ],
)
def test_a_file_that_is_no_set_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        read_cases(tmp_path / name)
    assert name in caught.value.message
    assert caught.value.hint


def test_key_terms_are_content_words_and_numbers() -> None:
    gold = "You should take 20 mg with water."
    assert share_held(gold, "20 mg, and some water") == 1
    assert share_held(gold, "Take it with water") == 0.5
    assert share_held("So it is.", "anything") is None


# ------------------------------------------------------------------------------------------------------ readability


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1),
        ("take", 1),
        ("table", 2),
        ("tablets", 2),
        ("doses", 2),
        ("needed", 2),
        ("stopped", 1),
        ("medicine", 3),
        ("doctor", 2),
        ("pregnancy", 3),
        ("people", 2),
        ("reaction", 3),
        ("diabetes", 4),
        ("every", 3),
        ("16", 1),
        ("hmm", 1),
    ],
)
def test_syllables(word: str, count: int) -> None:
    # "diabetes" and "every" are the two here on which the dictionaries and a count by spelling part.
    assert abs(syllables(word) - count) <= (word in ("diabetes", "every"))


def test_reading_ease_is_fleschs() -> None:
    assert reading_ease("The cat sat on the mat.") == pytest.approx(206.835 - 1.015 * 6 - 84.6)
    assert reading_ease("The cat sat.\nThe dog ran") == pytest.approx(206.835 - 1.015 * 3 - 84.6)
    assert reading_ease("It is 0.5 mg.") == reading_ease("It is 5 mg.")
    assert reading_ease(" … ") is None
    easy, hard = reading_ease("Take it once a day."), reading_ease("Administration is subcutaneous.")
    assert easy is not None
    assert hard is not None
    assert easy > 60 > hard


# -------------------------------------------------------------------------------------------------------- confusion


def test_another_drugs_source_is_a_confusion(tmp_path: Path) -> None:
    case = make_case(tmp_path, drug_brand="Zorvexa", drug_generic="zorvexumab", set_id="other")
    assert strangers(case, make_answer()) == []
    swapped = make_answer(sources=(make_source(drug="Zervoxa"), make_source(2)))
    assert strangers(case, swapped) == ["Zervoxa"]
    assert strangers(replace(case, drugs=GoldDrugs()), swapped) == []
    assert strangers(replace(case, expect="list"), swapped) == []


def test_what_is_no_confusion(tmp_path: Path) -> None:
    case = make_case(tmp_path, drug_brand="Zorvexa", drug_generic="zorvexumab hydrochloride", set_id="0")
    foreign = (make_source(drug="Zervoxa", set_id="1"),)
    maker = replace(make_drug("Zervoxa", "zorvexumab"), ingredients=("zorvexumab",))
    answer = make_answer(sources=foreign)
    evidence = Evidence(answer.reading, (Finding(maker, "half_life", ()),), ())
    of_another_maker = replace(answer, draft=replace(answer.draft, evidence=evidence))
    assert strangers(case, of_another_maker) == []
    partner = make_match(name="Zervoxa", generic="zervoxamab")
    assert strangers(case, make_answer(drugs=(make_match(), partner), sources=foreign)) == []
    said = make_case(tmp_path, question="zorvexa or zervoxa?", drug_brand="Zorvexa")
    assert strangers(said, make_answer(sources=foreign)) == []
    guessed = make_match(how="spelling", name="Zervoxa", generic="zervoxamab")
    assert strangers(case, make_answer(drugs=(guessed,), sources=foreign)) == ["Zervoxa"]
    assert strangers(case, make_answer(sources=(make_source(drug="Zervoxa", set_id="0"),))) == []


# ----------------------------------------------------------------------------------------------------------- totals


def test_measures_by_intent_kind_and_audience(tmp_path: Path) -> None:
    rows = (
        {"id": "a", "audience": "consumer", "intent": "half_life", "must": [["16 days"]]},
        {"id": "b", "audience": "clinician", "intent": "half_life", "must": [["17 days"]]},
        {"id": "c", "audience": "consumer", "kind": "unknown_drug", "expect": "abstain"},
        {"id": "d", "audience": "consumer", "intent": "storage"},
    )
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(json.dumps({"question": "zorvexa half life", **row}) for row in rows), "utf-8")
    report = run(read_cases(path), lambda _: make_answer())
    totals = report.totals
    assert (totals["lead_hit"], totals["hit"], totals["right"]) == (0.5, 0.5, 0.333)
    assert (totals["refusals"], totals["refusals_right"], totals["answered"]) == (1, 0.0, 1.0)
    assert {name: figures["questions"] for name, figures in by(report, "intent").items()} == {
        "half_life": 2,
        "storage": 1,
    }
    assert list(by(report, "kind")) == ["unknown_drug"]
    assert by(report, "audience")["clinician"]["hit"] == 0.0
    assert by(report, "audience")["consumer"]["hit"] == 1.0


def test_a_refusal_is_no_answer(tmp_path: Path) -> None:
    answer = make_answer(headline=None, sections=(), declined=Declined("unknown_drug", "No such drug."))
    totals = report_of(tmp_path, answer, expect="abstain").totals
    assert (totals["answered"], totals["refusals_right"], totals["ease"]) == (0.0, 1.0, None)
    assert totals["declined_by_type"] == {"unknown_drug": 1}


# ---------------------------------------------------------------------------------------------------- repeatability


def test_a_digest_leaves_out_the_time_alone() -> None:
    answer = make_answer()
    assert repeat.digest(answer) == repeat.digest(replace(answer, elapsed_ms=99.0))
    assert repeat.digest(answer) != repeat.digest(replace(answer, related=()))


def test_an_answer_that_depends_on_what_was_asked_before_is_found() -> None:
    """Each pass asks in its own order, so an answer that counts the questions comes out otherwise."""
    questions = [Question(f"q{n}") for n in range(6)]
    passes = []
    for seed in (1, 2):
        asked: list[Question] = []

        def task(question: Question, asked: list[Question] = asked) -> Answer:
            asked.append(question)
            return make_answer(related=(str(len(asked)),))

        passes.append(repeat.digests(questions, task, seed))
    assert passes[0] != passes[1]
    assert repeat.digests(questions, lambda q: make_answer(question=q.text), 1) == repeat.digests(
        questions, lambda q: make_answer(question=q.text), 2
    )


def test_the_engine_repeats_itself_in_fresh_processes(starter_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUGCHATTER_HOME", str(starter_home))
    monkeypatch.setenv("DRUGCHATTER_OFFLINE", "1")
    questions = [Question("kesimpta half life"), Question("and in pregnancy?", ("eliquis dose",), plain=True)]
    assert repeat.differing(questions, 2) == []
    monkeypatch.setenv("DRUGCHATTER_HOME", "/dev/null/nowhere")
    with pytest.raises(StoreError):
        repeat.differing(questions, 1)


# ------------------------------------------------------------------------------------------------------ review page


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "srcset")]


HOSTILE = '<script src="https://evil.example/x.js">alert(1)</script><img src=x onerror=alert(1)>\u202e'


def test_the_review_page_is_whole_in_itself(tmp_path: Path) -> None:
    answer = make_answer(
        headline=Statement(HOSTILE, (1,), "quote"),
        sections=(AnswerSection(HOSTILE, (Statement("16 days", (1,), "quote"),)),),
        sources=(make_source(quote=HOSTILE, document=HOSTILE, section=HOSTILE),),
        declined=Declined("not_in_sources", HOSTILE),
    )
    row = {"id": HOSTILE, "question": HOSTILE, "must": [[HOSTILE]], "must_not": [HOSTILE], "answer": HOSTILE}
    report = run([make_case(tmp_path, **row)], lambda _: answer)
    html = review_page([(HOSTILE, report)])
    read = _Page()
    read.feed(html)
    assert {"html", "article", "nav"} <= set(read.tags)
    assert not {"script", "img", "link", "iframe"} & set(read.tags)
    assert [address for address in read.addresses if not re.fullmatch(r"#[a-z]+", address)] == []
    assert "\u202e" not in html
    assert html.count("&lt;script") >= 8


@pytest.mark.parametrize(
    ("row", "changes", "wanted"),
    [
        ({"must": [["16 days"]]}, {}, "right"),
        ({"must": [["given twice"]]}, {}, "missed"),
        ({"must": [["late words"]]}, {"later": "late words"}, "late"),
        ({"must": [["16 days"]], "must_not": ["injected"]}, {}, "wrong"),
        (
            {"question": "zorvexxa", "must": [["16 days"]], "drug_brand": "Other"},
            {"drugs": (make_match(how="spelling"),)},
            "wrong",
        ),
        ({"must": [["16 days"]]}, {"headline": Statement("It is 16 days.", (), "quote")}, "wrong"),
        ({}, {}, "unjudged"),
    ],
)
def test_verdicts(tmp_path: Path, row: dict[str, object], changes: dict[str, object], wanted: str) -> None:
    answer = make_answer(**{key: value for key, value in changes.items() if key != "later"})
    if "later" in changes:
        section = AnswerSection("And then?", (Statement(str(changes["later"]), (1,), "quote"),))
        answer = replace(answer, sections=(*answer.sections, section))
    report = report_of(tmp_path, answer, **row)
    assert verdict(report.judged[0]) == wanted
    assert f'<section id="{wanted}">' in review_page([("set", report)])
    assert wanted in VERDICTS


def test_the_command_repeats_asks_plainly_and_writes_the_page(
    starter_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRUGCHATTER_HOME", str(starter_home))
    monkeypatch.setenv("DRUGCHATTER_OFFLINE", "1")
    (tmp_path / "public.csv").write_text(TABLE, "utf-8")
    page = tmp_path / "new" / "review.html"
    assert evaluate(tmp_path / "public.csv", save=tmp_path, html=page, repeat=1, plain=True, as_json=True) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["changing"], report["totals"]["questions"]) == ([], 2)
    assert report["groups"]["intent"]["half life"]["answered"] == 1.0
    assert "how long does kesimpta stay" in page.read_text("utf-8")
    assert evaluate(tmp_path / "public.csv", save=tmp_path, repeat=1) == 0
    shown = capsys.readouterr().out
    for expected in ("terms", "unknown_drug 1", "not the same each time"):
        assert expected in shown


# ------------------------------------------------------------------------------------------------------- scoreboard


def test_a_fallen_row_is_told_and_a_risen_one_is_not() -> None:
    floor = {"dev": {"hit": 0.9, "wrong": 0.0, "changing": 0.0}, "not here": {"hit": 1.0}}
    assert fallen(floor, {"dev": {"hit": 0.9, "wrong": 0}}) == []
    assert fallen(floor, {"dev": {"hit": 0.95, "wrong": 0}, "new": {"hit": 0.1}}) == []
    assert fallen(floor, {"dev": {"hit": 0.899, "wrong": 1}}) == [
        "dev: hit is 0.899, was 0.9",
        "dev: wrong is 1, was 0",
    ]
    assert fallen(floor, {"dev": {"hit": None}}) == ["dev: hit is without a case, was 0.9"]


def test_accepting_keeps_what_was_not_measured() -> None:
    floor = {"dev": {"hit": 0.9, "changing": 0.0}, "other": {"hit": 1.0}}
    rows = {"dev": {"hit": 0.8, "p50_ms": 12.0, "ease": 61.9, "right": None}}
    assert accepted(floor, rows) == {"dev": {"hit": 0.8, "changing": 0.0, "ease": 61}, "other": {"hit": 1.0}}


def test_a_damaged_floor_is_told(tmp_path: Path) -> None:
    path = tmp_path / "floor.json"
    assert read_floor(path) == {}
    for text in ("{", "[]", '{"dev": 5}', '{"dev": {"hit": "much"}}'):
        path.write_text(text, "utf-8")
        with pytest.raises(DataError, match=r"floor\.json"):
            read_floor(path)


def test_the_page_and_the_history_hold_every_set(tmp_path: Path) -> None:
    report = report_of(tmp_path, make_answer(), intent="half_life", audience="consumer", must=[["16 days"]])
    asked = [Asked("dev", "Development sets", report, report, 0)]
    setting = Setting("2026-01-02", "abc1234", "a machine", ("an edition",))
    rows = rows_of(asked, {"names": {"recognised": 0.99}})
    text = page(setting, asked, {"names": {"recognised": 0.99}}, ["dev: hit is 0.8, was 0.9"])
    for expected in (
        "| dev | 1 | 1 | 1 |",
        "## Development sets, by audience",
        "recognised 0.99",
        "was 0.9",
        "abc1234",
    ):
        assert expected in text
    line = json.loads(history_line(setting, rows))
    assert line["rows"]["dev"]["changing"] == 0
    assert set(line["rows"]) == {"dev", "dev, plain", "names"}


def test_the_check_fails_when_a_row_falls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of CI, on a set of one question, against a floor that is met and one that is not."""
    monkeypatch.syspath_prepend(str(STARTER.parents[1] / "tools"))
    import scoreboard

    monkeypatch.setenv("DRUGCHATTER_HOME", "")
    monkeypatch.setenv("DRUGCHATTER_OFFLINE", "")
    (tmp_path / "starter.jsonl").write_text('{"question": "kesimpta half life", "must": [["16 days"]]}\n', "utf-8")
    monkeypatch.setattr(scoreboard, "STARTER", tmp_path / "starter.jsonl")
    monkeypatch.setattr(scoreboard, "FLOOR", tmp_path / "floor.json")
    monkeypatch.setattr("sys.argv", ["scoreboard.py", "--check", "--home", str(tmp_path / "nothing")])
    (tmp_path / "floor.json").write_text('{"starter": {"hit": 1.0, "wrong": 0}}', "utf-8")
    assert scoreboard.main() == 0
    (tmp_path / "starter.jsonl").write_text('{"question": "kesimpta half life", "must": [["17 days"]]}\n', "utf-8")
    assert scoreboard.main() == 1


# ------------------------------------------------------------------------------------------------------ starter set


def test_the_gold_of_the_starter_set_stands_in_the_formulary() -> None:
    facts = {r.set_id: "\n".join(text for s in r.sections for text in s.texts) for r in read_formulary()}
    cases = read_cases(STARTER)
    assert len(cases) >= 60
    assert len({case.id for case in cases}) == len(cases)
    judged = [case for case in cases if case.expect in ("answer", "correct_premise") and case.drugs.set_ids]
    assert len(judged) >= 45
    for case in judged:
        text = "\n".join(facts[set_id] for set_id in case.drugs.set_ids)
        assert [group for group in case.must if not any(holds(text, wanted) for wanted in group)] == [], case.id
