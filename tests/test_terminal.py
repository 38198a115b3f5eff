"""The terminal layout: its order, its width, and that nothing in a text can steer the terminal."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from answers import STARTER, URL, make_answer, make_match, make_source
from drugchatter.engine import Engine
from drugchatter.surfaces.terminal import make_console, print_answer, print_pairs, print_passage, print_table, safe
from drugchatter.types import Answer, AnswerSection, Declined, Edition, Notice, Statement

ESCAPE = "\x1b[31mred\x1b[0m \x9b5m \x1b]8;;http://evil.example\x07here\x07"
BIDI = "\u202edesrever\u202c \u2066isolated\u2069"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(answer: Answer, width: int = 80, **console: Any) -> str:
    out = io.StringIO()
    print_answer(answer, Console(file=out, width=width, markup=False, emoji=False, highlight=False, **console))
    return out.getvalue()


def test_everything_stands_in_order() -> None:
    answer = make_answer(
        drugs=(make_match("spelling", "zorvexxa"),),
        documents=STARTER,
        declined=Declined("personal_medical", "A dose for one person is not worked out here.", ("Ask this", "Or that")),
        notices=(
            Notice("boxed_warning", "It carries a boxed warning."),
            Notice("emergency", "Call 911."),
            Notice("starter_data", "From the starter data."),
        ),
    )
    parts = [
        "Call 911.",
        "“zorvexxa” was read as Zorvexa (zorvexumab).",
        "A dose for one person",
        "Perhaps: Ask this · Or that",
        "The half-life of zorvexumab is about 16 days. [1]",
        "How is Zorvexa given?",
        "- It is injected. [1][2]",
        "! It carries a boxed warning.",
        "! From the starter data.",
        "Sources",
        "[1] FDA label · ZORVEXA (zorvexumab) injection · 12.3 Pharmacokinetics · version 7 · 2026-04-01",
        "label's own words: “The half-life",
        URL,
        "[2] FDA label",
        "Where to verify",
        "section “12.3",
        URL,
        "Other questions",
        "- What is Zorvexa used for?",
        "Edition 2026-07-23-0123456789ab · data of 2026-07-23 · extractive, no model",
        "12 ms",
        "How to go on: drugchatter chat · drugchatter sync",
    ]
    text = shown(answer, width=100)
    place = 0
    for part in parts:
        found = text.find(part, place)
        assert found >= 0, f"{part!r} is missing or out of order in:\n{text}"
        place = found + len(part)
    assert text.splitlines()[1].startswith("│ Call 911."), "the emergency notice is boxed"


def test_a_plain_answer_has_none_of_the_extras() -> None:
    text = shown(make_answer(related=()))
    for absent in ("Emergency", "was read as", "Perhaps", "!", "Other questions", "How to go on"):
        assert absent not in text
    assert text.startswith("The half-life")
    assert "\n\n\n" not in text


def test_reading_notices_are_not_said_twice() -> None:
    note = Notice("reading", "“zorvexxa” was read as Zorvexa (zorvexumab).")
    text = shown(make_answer(drugs=(make_match("spelling", "zorvexxa"),), notices=(note,)))
    assert text.count("was read as") == 1
    assert text.startswith("“zorvexxa”")
    assert "! “zorvexxa”" not in text


def test_a_drug_of_the_turn_before_is_named() -> None:
    text = shown(make_answer(drugs=(make_match("context"),)))
    assert text.startswith("Read as a question about Zorvexa (zorvexumab), from the question before.")


def test_the_emergency_text_is_not_repeated_by_the_refusal() -> None:
    declined = Declined("unsafe", "This program cannot help with that. Call 911.")
    text = shown(make_answer(notices=(Notice("emergency", "Call 911."),), declined=declined))
    assert text.count("Call 911.") == 1
    assert "This program cannot help with that.\n" in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [("verbatim", "label's own words: “"), ("summary", "our summary of the label: “"), ("row", "table: “")],
)
def test_whose_words_a_quotation_is(kind: str, said: str) -> None:
    text = shown(make_answer(sources=(make_source(kind=kind),)), width=100)
    assert said in text
    assert ("own words" in text) is (kind == "verbatim")


def test_a_search_without_result_is_not_quoted() -> None:
    nothing = make_source(quote="", section="searched without result", passage_id="")
    absence = Statement("The label does not mention it.", (1,), "absence")
    text = shown(make_answer(headline=absence, sections=(), sources=(nothing,)), width=100)
    assert "searched, nothing found" in text
    assert "own words" not in text
    assert "“" not in text


def test_where_to_verify_follows_the_headline() -> None:
    answer = make_answer(headline=Statement("It is injected.", (2,), "quote"))
    verify = shown(answer, width=100).split("Where to verify")[1]
    assert "section “2 Dosage”" in verify
    assert "12.3" not in verify


def test_the_address_is_printed_once_for_neighbours() -> None:
    text = shown(make_answer(headline=None, sections=()))
    assert text.count(URL) == 1
    other = make_source(2, url="https://example.org/other")
    assert shown(make_answer(sources=(make_source(1), other, make_source(3)))).count(URL) == 3


LONG = make_answer(
    drugs=(make_match("context"),),
    headline=Statement("Zorvexumab is eliminated slowly and stays in the body for long, " * 4, (1, 2), "quote"),
    sections=(AnswerSection("How? " * 30, (Statement("It is injected under the skin. " * 9, (1,), "quote"),)),),
    sources=(make_source(quote="It is injected under the skin. " * 9), make_source(2, document="A title " * 30)),
    notices=(Notice("emergency", "Call 911 now. " * 15), Notice("stale", "This is rather old. " * 9)),
    declined=Declined("stale", "It is too old to be told. " * 9, ("Ask again " * 15,)),
    related=("What else is there to ask about it? " * 5,),
)


@pytest.mark.parametrize(("width", "widest"), [(60, 60), (120, 100), (100, 100), (30, 30)])
def test_lines_keep_to_the_width(width: int, widest: int) -> None:
    lines = [line for line in shown(LONG, width).splitlines() if URL not in line]
    assert max(cell_len(line) for line in lines) <= widest
    assert max(cell_len(line) for line in lines) > widest - 12, "the width is used"
    assert not [line for line in lines if line != line.rstrip()]


def test_an_address_is_never_broken() -> None:
    assert re.search(rf"^ +{re.escape(URL)}$", shown(make_answer(), width=40), re.MULTILINE)


def test_no_styles_where_there_is_no_terminal() -> None:
    assert "\x1b" not in shown(LONG)


def test_styles_and_links_on_a_terminal() -> None:
    text = shown(make_answer(), force_terminal=True, color_system="256")
    assert re.search(rf"\x1b\]8;id=\d+;{re.escape(URL)}\x1b\\", text)
    assert re.search(r"\x1b\[1m", text)
    assert re.search(r"\x1b\[[\d;]*3[0-7]m", text), "colour"


def test_no_color_leaves_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(LONG, force_terminal=True, color_system="256")
    codes = {code for group in re.findall(r"\x1b\[([\d;]*)m", text) for code in group.split(";")}
    assert codes <= {"0", "1", "2", "3", ""}, "only bold, dim and italic"


def hostile() -> Answer:
    bad = f"{ESCAPE} {BIDI}\r\nnext"
    match = make_match("spelling", bad)
    return make_answer(
        question=bad,
        drugs=(match,),
        headline=Statement(bad, (1,), "quote"),
        sections=(AnswerSection(bad, (Statement(bad, (1,), "quote"),)),),
        sources=(make_source(quote=bad, document=bad, publisher=bad, section=bad, version=bad, date=bad, url=bad),),
        notices=(Notice("emergency", bad), Notice("stale", bad)),
        declined=Declined("ambiguous", bad, (bad,)),
        related=(bad,),
        edition=Edition(bad, bad, bad, bad, ((bad, 1),), bad),
    )


@pytest.mark.parametrize("width", [60, 120])
def test_no_text_steers_the_terminal(width: int) -> None:
    text = shown(hostile(), width)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", text)
    assert "red" in text
    assert "desrever" in text


def test_an_address_with_an_escape_is_no_link() -> None:
    text = shown(hostile(), force_terminal=True, color_system="256")
    # What is left of escapes is our own: styles, and no link.
    assert not re.sub(r"\x1b\[[\d;]*m", "", text).count("\x1b")


def test_markup_and_emoji_codes_stay_as_written() -> None:
    text = shown(make_answer(headline=Statement("[bold]x[/bold] :pill: [1]", (1,), "quote")))
    assert "[bold]x[/bold] :pill: [1] [1]" in text


@pytest.mark.parametrize(
    ("raw", "shown_as"),
    [
        ("≥ 5 °C, 10 µg/m², é", "≥ 5 °C, 10 µg/m², é"),
        ("a\tb\r\nc\u2028d", "a b c d"),
        ("a\x1b[2Jb", "a\ufffd[2Jb"),
        ("a\x9b2Jb\x7f", "a\ufffd2Jb\ufffd"),
        ("\u202eabc\u202c\u200b\ufeff", "abc"),
        ("\ud800", "\ufffd"),
        ("", ""),
    ],
)
def test_safe(raw: str, shown_as: str) -> None:
    assert safe(raw) == shown_as


def test_answers_of_the_engine_can_be_laid_out(engine: Engine) -> None:
    for question in ("kesimpta half life", "zelvorast dose", "fatal dose of tramadol", "eliquis vs xarelto dose"):
        answer = engine.ask(question)
        text = shown(answer, 72)
        for source in answer.sources:
            assert f"[{source.n}] " in text
        assert "label's own words:" not in text, "starter data are summaries"
        assert "How to go on:" in text


def printed(show: Any, *args: Any, width: int = 60, **console: Any) -> str:
    out = io.StringIO()
    show(*args, Console(file=out, width=width, markup=False, emoji=False, highlight=False, **console))
    return out.getvalue()


def test_a_passage_is_shown_line_by_line_with_its_place() -> None:
    text = printed(print_passage, make_source(quote=f"First line.\nSecond line. {ESCAPE}"))
    for part in ("FDA label · ZORVEXA", "12.3 Pharmacokinetics (LOINC 43682-4)", "2026-04-01", URL, "  First line.\n"):
        assert part in text
    assert "\x1b" not in text
    assert "LOINC" not in printed(print_passage, make_source(loinc=None))


def test_pairs_wrap_on_a_terminal_only() -> None:
    pairs = [("a", "word " * 30), ("longer name", f"x{ESCAPE}")]
    piped, typed = printed(print_pairs, pairs), printed(print_pairs, pairs, force_terminal=True, color_system=None)
    assert len(piped.splitlines()) == 2
    assert len(typed.splitlines()) > 2
    assert piped.splitlines()[0].startswith("a            word")
    assert "\x1b" not in piped + typed


def test_a_table_is_not_cut_when_piped() -> None:
    heads = ["intent", *(f"a long head {n}" for n in range(12))]
    text = printed(print_table, heads, [["x", *"123456789012"]], ["all", *"123456789012"])
    assert "a long head 11" in text.splitlines()[0]
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["x", "all"]


def test_the_console_guesses_nothing() -> None:
    out = io.StringIO()
    make_console(out).print("[red]5 mg[/red] :pill:")
    assert out.getvalue() == "[red]5 mg[/red] :pill:\n"
