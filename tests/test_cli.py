"""The command line, run as its users run it: every command, every exit code, every kind of bad input."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import drugchatter
from drugchatter.engine import Engine
from drugchatter.errors import UpstreamError
from drugchatter.surfaces import app, cli
from drugchatter.surfaces.batch import answer_lines

PROGRAM = (sys.executable, "-m", "drugchatter")
ANSWERED, FAILED, USAGE, DECLINED, UPSTREAM = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


# What the surroundings of a test run may say, and no test should hear.
_NOT_OURS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "DRUGCHATTER_OFFLINE", "PYTHONIOENCODING")


def environment(home: Path, **more: str) -> dict[str, str]:
    """For a process of its own, which is to run the code under test from any folder, where a relative path leads to
    another copy or to none."""
    kept = {key: value for key, value in os.environ.items() if key not in _NOT_OURS}
    code = str(Path(cli.__file__).parents[2])
    return {**kept, "PYTHONPATH": code, "DRUGCHATTER_HOME": str(home), "DRUGCHATTER_FETCH": "0", **more}


Program = Callable[..., Run]


@pytest.fixture
def program(
    starter_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """`main` in this process, in a folder of its own, on the starter edition unless `home` is given."""

    def run(*tokens: str | bytes, stdin: bytes = b"", home: Path = starter_home, **more: str) -> Run:
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            for name in _NOT_OURS:
                patch.delenv(name, raising=False)
            for name, value in {"DRUGCHATTER_HOME": str(home), "DRUGCHATTER_FETCH": "0", **more}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            capsys.readouterr()
            code = cli.main([os.fsdecode(token) for token in tokens])
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def process(starter_home: Path, tmp_path: Path) -> Program:
    """The same as `program`, but in a process of its own, as a shell starts it."""

    def run(*tokens: str | bytes, stdin: bytes = b"", home: Path = starter_home, **more: str) -> Run:
        env = environment(home, **more)
        done = subprocess.run([*PROGRAM, *tokens], input=stdin, capture_output=True, env=env, cwd=tmp_path, check=False)
        result = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err, result.err
        return result

    return run


@pytest.fixture
def copied_home(starter_home: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(starter_home, home)
    return home


def database(home: Path) -> Path:
    return next((home / "editions").glob("*/edition.sqlite"))


# ------------------------------------------------------------------------------------------------- help and version


def test_help_imports_nothing_but_the_parser() -> None:
    # A time would depend on the machine; what costs it does not.
    code = (
        "import sys, drugchatter.surfaces.cli\n"
        "heavy = {'sqlalchemy', 'rich.console', 'lxml', 'ijson', 'nupunkt', 'rapidfuzz', 'drugchatter.engine'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_lists_every_command(program: Program) -> None:
    for tokens in ((), ("--help",)):
        run = program(*tokens)
        assert run.code == 0
        for name in ("ask", "chat", "cite", "doctor", "eval", "sources", "sync", "Exit codes"):
            assert re.search(rf"\b{name}\b", run.out)


def test_every_option_of_ask_is_explained(program: Program) -> None:
    text = program("ask", "--help", COLUMNS="200").out
    for option in ("--json", "--jsonl", "--plain", "--offline", "--as-of", "--model"):
        assert re.search(rf"{option}\b.*  [A-Z]", text), option
    assert "--no-" not in text


def test_version(process: Program) -> None:
    assert process("--version").out == f"drugchatter {drugchatter.__version__}\n"


def test_public_names() -> None:
    assert drugchatter.Question("x").text == "x"
    assert callable(drugchatter.open_engine)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = drugchatter.nonsense


# -------------------------------------------------------------------------------------------------------------- ask


def test_ask_joins_words_and_answers(process: Program) -> None:
    run = process("ask", "Kesimpta", "mechanism", "of", "action?")
    assert run.code == ANSWERED
    assert run.err == ""
    assert "[1]" in run.out
    assert "Sources" in run.out
    assert "\x1b" not in run.out


def test_ask_json(program: Program, engine: Engine) -> None:
    run = program("ask", "--json", "kesimpta half life")
    assert run.code == ANSWERED
    assert run.json["schema_version"] == 1
    assert run.json["question"] == "kesimpta half life"
    assert run.json["id"] == engine.ask("kesimpta half life").id
    assert run.json["headline"]["citations"] == [1]


def test_declined_is_3_and_still_says_why(process: Program) -> None:
    run = process("ask", "zelvorast half life")
    assert run.code == DECLINED
    assert "zelvorast" in run.out
    run = process("ask", "zelvorast half life", "--json")
    assert run.code == DECLINED
    assert run.json["declined"]["kind"] == "unknown_drug"


@pytest.mark.parametrize("tokens", [("ask",), ("ask", ""), ("ask", " ", "\t")])
def test_an_empty_question_is_a_usage_error(process: Program, tokens: tuple[str, ...]) -> None:
    run = process(*tokens)
    assert (run.code, run.out) == (USAGE, "")
    assert "the question is empty" in run.err
    assert "drugchatter ask" in run.err, "the hint"


def test_an_over_long_question(program: Program) -> None:
    run = program("ask", "kesimpta " * 1111)
    assert (run.code, run.out) == (USAGE, "")
    assert re.search(r"99\d\d characters", run.err)


def test_binary_words(process: Program) -> None:
    for word in (b"kesimpta \xff\xfe", b"kesimpta \x1b[31m half life"):
        run = process("ask", word)
        assert (run.code, run.out) == (USAGE, "")
        assert "not text" in run.err
        assert "\x1b" not in run.err


def test_as_of_a_day_of_which_nothing_is_held_is_declined(program: Program) -> None:
    run = program("ask", "--as-of", "2020-01-31", "kesimpta half life")
    assert run.code == DECLINED
    assert "in force on 2020-01-31" in run.out


def test_a_model_is_not_available_yet(program: Program) -> None:
    run = program("ask", "--model", "some-model", "kesimpta half life")
    assert (run.code, run.out) == (USAGE, "")
    assert "some-model" in run.err


def test_unknown_words_of_the_call(program: Program) -> None:
    for tokens in (("aks", "x"), ("ask", "x", "--colour"), ("cite",), ("ask", "x", "--jsonl"), ("\x1b[31mx",)):
        run = program(*tokens)
        assert (run.code, run.out) == (USAGE, "")
        assert "--help" in run.err
        assert "\x1b" not in run.err


def test_plain_and_offline_reach_their_places(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    asked: list[Any] = []

    class Listening:
        def ask(self, question: Any) -> Any:
            asked.append(question)
            return engine.ask(question)

    opened: list[bool] = []
    monkeypatch.setattr(cli, "opened_engine", lambda offline=False, own=False: (opened.append(offline), Listening())[1])
    assert cli.main(["ask", "kesimpta", "dose", "--plain", "--offline", "--json"]) == ANSWERED
    assert cli.main(["ask", "kesimpta", "dose", "--json"]) == ANSWERED
    assert [question.plain for question in asked] == [True, False]
    assert opened == [True, False]


def test_offline_is_a_setting_with_an_origin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRUGCHATTER_HOME", str(tmp_path))
    monkeypatch.delenv("DRUGCHATTER_OFFLINE", raising=False)
    settings = app.loaded_settings(offline=True)
    assert settings.offline
    assert settings.origins[:2] == (("home", "DRUGCHATTER_HOME"), ("offline", "--offline"))
    assert not app.loaded_settings(offline=False).offline


def test_width_and_no_color(program: Program) -> None:
    for columns, widest in (("60", 60), ("120", 100)):
        lines = program("ask", "kesimpta mechanism", COLUMNS=columns).out.splitlines()
        longest = max(len(line) for line in lines if "https://" not in line)
        assert widest - 12 < longest <= widest
    assert "\x1b" not in program("ask", "kesimpta mechanism", NO_COLOR="1").out


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_and_links_on_a_terminal(starter_home: Path, more: dict[str, str], coloured: bool) -> None:
    main_end, its_end = pty.openpty()
    env = environment(starter_home, TERM="xterm-256color", **more)
    with subprocess.Popen([*PROGRAM, "ask", "kesimpta half life"], stdout=its_end, env=env) as process:
        os.close(its_end)
        text = _drained(main_end)
    assert process.returncode == ANSWERED
    assert "\x1b]8;id=" in text
    assert bool(re.search(r"\x1b\[[\d;]*3[0-7]m", text)) is coloured


def _drained(terminal: int) -> str:
    """All that a terminal shows until its program ends (Linux then raises EIO)."""
    chunks = []
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(terminal)
    return b"".join(chunks).decode()


def test_a_narrow_encoding_is_no_reason_to_fail(process: Program) -> None:
    run = process("ask", "keytrudda in pregnancy", PYTHONIOENCODING="ascii")
    assert run.code == ANSWERED
    assert r"\u201ckeytrudda\u201d" in run.out
    assert process("ask", "--json", "keytrudda in pregnancy", PYTHONIOENCODING="ascii").json["headline"]


# ------------------------------------------------------------------------------------------------------------ jsonl


def test_jsonl_answers_line_by_line(program: Program) -> None:
    lines = [
        b"\xef\xbb\xbfkesimpta half life",
        b"",
        b'{"id": "b", "question": "eliquis missed dose"}',
        b'{"id": 7, "turns": ["what is brilinta for", {"question": "and in pregnancy?"}]}',
        b'{"question": "zelvorast dose"}',
    ]
    run = program("ask", "--jsonl", "-", stdin=b"\r\n".join(lines))
    assert run.code == ANSWERED
    assert [line["input_id"] for line in run.lines] == ["line-1", "b", 7, "line-5"]
    assert [list(line)[:2] for line in run.lines] == [["input_id", "schema_version"]] * 4
    assert [line["reading"]["drugs"][0]["how"] for line in run.lines[:3]] == ["exact", "exact", "context"]
    assert run.lines[3]["declined"]["kind"] == "unknown_drug"


BAD_LINES = [
    (b'{"id": "x", "question": ', "line-1", "not JSON"),
    (b'{"id": "x"}', "x", "no question"),
    (b'{"id": "x", "question": 5}', "x", "no question"),
    (b'{"id": "x", "turns": []}', "x", "turns"),
    (b'{"id": "x", "turns": "eliquis dose"}', "x", "turns"),
    (b'{"id": "x", "turns": ["eliquis", 5]}', "x", "no question"),
    (b'{"id": "x", "turns": ["' + b"a" * 5000 + b'", "dose"]}', "x", "5000 characters"),
    (b'{"id": ["x"], "question": "eliquis dose"}', "line-1", "id"),
    (b'{"id": true, "question": "eliquis dose"}', "line-1", "id"),
    (b'{"id": "x", "question": ""}', "x", "empty"),
    (b'{"id": "x", "question": "' + b"eliquis " * 1250 + b'"}', "x", "characters"),
    (b'{"id": "x", "question": "a\\u0000b"}', "x", "not text"),
    (b'{"id": "x", "question": "\\ud800"}', "x", "not text"),
    (b'{"a":' * 100_000, "line-1", "not JSON"),
    (b"kesimpta dose " * 100_000, "line-1", "longer than"),
]


@pytest.mark.parametrize(("bad", "input_id", "said"), BAD_LINES)
def test_a_bad_line_is_named_and_the_next_is_answered(engine: Engine, bad: bytes, input_id: str, said: str) -> None:
    first, second = answer_lines(io.BytesIO(bad + b"\nkesimpta half life\n"), engine.ask)
    assert list(first.line) == ["input_id", "schema_version", "error"]
    assert first.line["input_id"] == input_id
    assert said in first.line["error"]["message"]
    assert first.line["error"]["hint"]
    assert (second.error, second.line["input_id"]) == (None, "line-2")
    assert second.line["headline"]


def test_a_bad_line_makes_the_whole_a_failure(program: Program) -> None:
    run = program("ask", "--jsonl", "-", stdin=b'{"id": "x", "question": \nkesimpta half life\n')
    assert run.code == FAILED
    assert [line["input_id"] for line in run.lines] == ["line-1", "line-2"]
    assert "line 1 is not JSON" in run.lines[0]["error"]["message"]
    assert run.lines[1]["headline"]
    assert "line 1 is not JSON" in run.err


def test_binary_lines_are_told_apart(process: Program) -> None:
    run = process("ask", "--jsonl", "-", stdin=b"\x89PNG\xff\n\x00\xfe\x01\nkesimpta half life\n")
    assert run.code == USAGE
    assert [bool(line.get("error")) for line in run.lines] == [True, True, False]
    assert "not text" in run.err


def test_jsonl_reads_files_too(program: Program, tmp_path: Path) -> None:
    (tmp_path / "questions.txt").write_text("kesimpta half life\n", "utf-8")
    assert program("ask", "--jsonl", "questions.txt").lines[0]["input_id"] == "line-1"
    for missing in ("nowhere.txt", str(tmp_path)):
        run = program("ask", "--jsonl", missing)
        assert (run.code, run.out) == (USAGE, "")
        assert missing in run.err


def test_jsonl_and_words_exclude_each_other(program: Program) -> None:
    assert program("ask", "--jsonl", "-", "kesimpta").code == USAGE


# ------------------------------------------------------------------------------------------------------------- chat


def test_chat_keeps_the_drug_until_new(program: Program) -> None:
    run = program(
        "chat", stdin=b"kesimpta half life\nand in pregnancy?\n/new\nand in pregnancy?\n/what\n/quit\neliquis\n"
    )
    assert run.code == ANSWERED
    assert "Read as a question about Kesimpta (ofatumumab)" in run.out
    assert run.out.count("Edition starter-") == 3
    assert "Which drug is meant?" in run.out
    assert "Eliquis" not in run.out
    assert run.err == "drugchatter: the commands are /new and /quit\n"


def test_chat_goes_on_after_a_bad_question(program: Program) -> None:
    run = program("chat", stdin=b"kesimpta dose\n" + b"a" * 10_000 + b"\n\n  \nand storage?\n")
    assert run.code == ANSWERED
    assert "10000 characters" in run.err
    assert run.out.count("Edition starter-") == 2
    assert "Kesimpta (ofatumumab), from the question before" in run.out


def test_chat_refuses_binary_input(process: Program) -> None:
    run = process("chat", stdin=b"kesimpta half life\n\xff\xfe\x00\n")
    assert run.code == USAGE
    assert run.out.count("Edition starter-") == 1
    assert "not text" in run.err


def test_chat_ends_cleanly_on_an_interrupt(starter_home: Path) -> None:
    command = [*PROGRAM, "chat"]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(starter_home), **streams) as process:  # type: ignore[call-overload]
        process.stdin.write(b"kesimpta half life\n")
        process.stdin.flush()
        while not process.stdout.readline().startswith(b"How to go on"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert err.strip() == b""


def test_chat_prompts_on_stderr_where_someone_types(starter_home: Path) -> None:
    main_end, its_end = pty.openpty()
    streams = {"stdin": its_end, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*PROGRAM, "chat"], env=environment(starter_home), **streams) as process:  # type: ignore[call-overload]
        os.write(main_end, b"kesimpta half life\n/quit\n")
        out, err = process.communicate(timeout=20)
    os.close(main_end)
    os.close(its_end)
    assert process.returncode == 0
    assert err == b"> > "
    assert b"> " not in out


def test_a_closed_stdin_is_named(starter_home: Path) -> None:
    for tokens in ("chat", "ask --jsonl -"):
        line = f'"{sys.executable}" -m drugchatter {tokens} <&-'
        done = subprocess.run(
            ["sh", "-c", line], env=environment(starter_home), capture_output=True, text=True, check=False
        )
        assert done.returncode == USAGE
        assert "stdin is closed" in done.stderr
        assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------- what is held, and where


def test_sources(program: Program, engine: Engine) -> None:
    edition = engine.index.edition
    text = program("sources").out
    for part in (edition.id, edition.built, edition.content_hash, f"{edition.documents[0][1]} documents"):
        assert part in text
    shown = program("sources", "--json").json
    assert list(shown) == ["edition", "built", "released", "content_hash", "path", "sources"]
    assert shown["released"] is None
    assert {s["source"].partition(" ")[0] for s in shown["sources"]} == {"starter"}
    assert shown["sources"][0]["documents"] == edition.documents[0][1]


def test_a_fresh_home_is_filled_at_first_use(program: Program, tmp_path: Path) -> None:
    run = program("sources", "--json", home=tmp_path / "new" / "home")
    assert run.code == 0
    assert "building the starter data" in run.err
    assert run.json["path"].startswith(str(tmp_path / "new"))
    assert program("sources", home=tmp_path / "new" / "home").err == ""


def test_doctor_finds_all_well(program: Program, engine: Engine) -> None:
    run = program("doctor")
    assert run.code == 0
    assert "problem" not in run.out
    assert engine.index.edition.id in run.out
    shown = program("doctor", "--json", DRUGCHATTER_OFFLINE="1").json
    assert shown["ok"] is True
    found = {check["name"]: check["found"] for check in shown["checks"]}
    assert {"version", "python", "sqlite", "setting home", "home", "disk", "edition", "tables"} <= set(found)
    assert found["setting offline"] == "True (from DRUGCHATTER_OFFLINE)"
    assert found["setting fetch"] == "False (from DRUGCHATTER_FETCH)"
    assert found["setting publishers_url"] == "none (from default)"
    assert found["setting openfda_api_key"] == "not set (from default)"
    assert "FTS5" in found["sqlite"]
    assert "in passage" in found["tables"]
    assert all(list(check) == ["name", "ok", "found", "mend"] for check in shown["checks"])


def test_doctor_shows_no_key(program: Program, engine: Engine) -> None:
    key = "canary0key"
    mirror = "http://127.0.0.1:8000"
    run = program("doctor", DRUGCHATTER_OPENFDA_API_KEY=key, DRUGCHATTER_PUBLISHERS_URL=mirror, DRUGCHATTER_FETCH="off")
    assert run.code == 0
    assert key not in run.out + run.err
    assert "set (from DRUGCHATTER_OPENFDA_API_KEY)" in run.out
    assert f"{mirror} (from DRUGCHATTER_PUBLISHERS_URL)" in run.out
    assert "False (from DRUGCHATTER_FETCH)" in run.out
    bad = problems(program("doctor", "--json", DRUGCHATTER_PUBLISHERS_URL="http://me:secret@example.org"))
    assert "DRUGCHATTER_PUBLISHERS_URL" in bad["settings"]
    assert "secret" not in bad["settings"]


def test_doctor_builds_nothing(program: Program, tmp_path: Path) -> None:
    home = tmp_path / "new"
    run = program("doctor", home=home)
    assert run.code == 0
    assert "will be made at first use" in run.out
    assert not home.exists()


def problems(run: Run) -> dict[str, str]:
    assert run.code == FAILED
    assert run.json["ok"] is False
    assert all(check["mend"] for check in run.json["checks"] if not check["ok"])
    return {check["name"]: check["found"] for check in run.json["checks"] if not check["ok"]}


def test_doctor_names_a_bad_setting(program: Program) -> None:
    assert "maybe" in problems(program("doctor", "--json", DRUGCHATTER_OFFLINE="maybe"))["settings"]
    assert program("ask", "kesimpta", DRUGCHATTER_OFFLINE="maybe").code == USAGE


def test_a_home_that_cannot_be_written(program: Program, tmp_path: Path, release: Path) -> None:
    # Below a regular file: that holds for root too, whom permissions do not stop.
    (tmp_path / "file").write_text("", "utf-8")
    home = tmp_path / "file" / "home"
    for tokens in (("ask", "kesimpta dose"), ("sources",), ("chat",), ("sync", "--from", str(release))):
        run = program(*tokens, home=home)
        assert (run.code, run.out) == (FAILED, ""), tokens
        assert str(tmp_path / "file") in run.err
        assert len(run.err.splitlines()) == 2, "message and hint"
    assert "not a folder" in problems(program("doctor", "--json", home=home))["home"]


def test_a_read_only_home(program: Program, tmp_path: Path) -> None:
    # Permissions do not bind root, but nobody makes folders in the kernel's own file system.
    home = tmp_path / "home" if os.geteuid() else Path("/sys/drugchatter")
    if os.geteuid():
        home.mkdir(mode=0o500)
    run = program("ask", "kesimpta dose", home=home)
    assert (run.code, run.out) == (FAILED, "")
    assert str(home) in run.err
    # For root the folder counts as writable, but it has no room.
    assert ("home" if os.geteuid() else "disk") in problems(program("doctor", "--json", home=home))


def test_a_store_of_another_version(process: Program, copied_home: Path) -> None:
    store = database(copied_home)
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    connection.close()
    before = hashlib.sha256(store.read_bytes()).hexdigest()
    run = process("ask", "kesimpta dose", home=copied_home)
    assert (run.code, run.out) == (FAILED, "")
    assert "another version" in run.err
    assert "drugchatter sync" in run.err
    assert "another version" in problems(process("doctor", "--json", home=copied_home))["edition"]
    assert hashlib.sha256(store.read_bytes()).hexdigest() == before


def test_a_store_that_is_no_store(program: Program, copied_home: Path) -> None:
    database(copied_home).write_bytes(b"not a database, " * 1000)
    run = program("ask", "kesimpta dose", home=copied_home)
    assert (run.code, run.out) == (FAILED, "")
    assert str(database(copied_home)) in run.err
    assert "edition" in problems(program("doctor", "--json", home=copied_home))


def test_a_store_with_damaged_pages(program: Program, copied_home: Path) -> None:
    store = database(copied_home)
    content = bytearray(store.read_bytes())
    content[20_000:-20_000] = b"\xaa" * (len(content) - 40_000)
    store.write_bytes(content)
    for tokens in (("ask", "kesimpta dose"), ("cite", "0" * 20)):
        run = program(*tokens, home=copied_home)
        assert (run.code, run.out) == (FAILED, "")
        assert str(store) in run.err
    assert "edition" in problems(program("doctor", "--json", home=copied_home))


def test_a_store_that_is_gone(program: Program, copied_home: Path) -> None:
    database(copied_home).unlink()
    run = program("ask", "kesimpta dose", home=copied_home)
    assert (run.code, run.out) == (FAILED, "")
    assert "missing" in run.err


# ------------------------------------------------------------------------------------------------------------- cite


def test_cite_shows_the_passage_of_a_source(program: Program, engine: Engine) -> None:
    source = engine.ask("kesimpta half life").sources[0]
    shown = program("cite", source.passage_id, "--json").json
    assert list(shown) == [
        *("passage_id", "publisher", "document", "drug", "set_id", "version", "section", "loinc", "table"),
        *("date", "edition", "url", "kind", "text"),
    ]
    assert shown["passage_id"] == source.passage_id
    assert source.quote in shown["text"]
    assert shown["url"] == source.url
    text = program("cite", source.passage_id).out
    for part in (source.document, source.section, f"LOINC {source.loinc}", source.date, source.url):
        assert part in " ".join(text.split())
    assert "our summary of the label" in text


@pytest.mark.parametrize("unknown", ["0" * 20, "' OR 1=1 --", "\x1b[31m", "ü" * 5000])
def test_an_unknown_id(program: Program, unknown: str) -> None:
    run = program("cite", unknown)
    assert (run.code, run.out) == (FAILED, "")
    assert "no passage" in run.err
    assert "\x1b" not in run.err


# ------------------------------------------------------------------------------------------------------------- sync

# An invented label in the publisher's format; the text is ours.
LABEL = {
    "set_id": "00000000-0000-4000-8000-00000000abcd",
    "version": "3",
    "effective_time": "20260105",
    "indications_and_usage": [
        "1 INDICATIONS AND USAGE Zorvexa is indicated for adults with restless example syndrome."
    ],
    "pharmacokinetics": ["12.3 Pharmacokinetics Elimination The elimination half-life of zorvexumab is 41 days."],
    "openfda": {
        "brand_name": ["ZORVEXA"],
        "generic_name": ["ZORVEXUMAB"],
        "substance_name": ["ZORVEXUMAB"],
        "manufacturer_name": ["Example Laboratories"],
        "application_number": ["BLA999999"],
        "route": ["SUBCUTANEOUS"],
        "is_original_packager": [True],
    },
}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "drug-label-0001-of-0001.json").write_text(json.dumps({"meta": {}, "results": [LABEL]}), "utf-8")
    return folder


def test_sync_from_a_folder_then_ask(process: Program, copied_home: Path, release: Path) -> None:
    run = process("sync", "--from", str(release), home=copied_home)
    assert run.code == 0, run.err
    assert re.search(r"^edition +labels-[0-9a-f]{12}$", run.out, re.MULTILINE)
    assert re.search(r"^openfda_label +1 documents$", run.out, re.MULTILINE)
    assert "labels: 1" not in run.out, "progress is not data"
    answer = process("ask", "--json", "zorvexa half life", home=copied_home)
    assert answer.code == ANSWERED
    assert "41 days" in answer.json["headline"]["text"]
    first = answer.json["sources"][0]
    assert first["kind"] == "verbatim"
    assert answer.json["profile"]["external"][0]["url"].endswith("/p/biologics/tradename/ZORVEXA")
    text = process("ask", "zorvexa half life", home=copied_home).out
    assert "label's own words: “" in text
    assert "How to go on" not in text
    assert "41 days" in process("cite", first["passage_id"], home=copied_home).out


def test_sync_without_a_network_says_so(program: Program, tmp_path: Path) -> None:
    run = program("sync", DRUGCHATTER_OFFLINE="1", home=tmp_path / "home")
    assert (run.code, run.out) == (UPSTREAM, "")
    assert "offline" in run.err
    assert program("sync", "nonsense").code == USAGE
    assert program("sync", "--from", str(tmp_path / "nowhere")).code == USAGE


def test_a_bad_release_leaves_the_old_edition(
    process: Program, copied_home: Path, release: Path, tmp_path: Path
) -> None:
    serving = (copied_home / "editions" / "current").read_text("utf-8")
    (release / "drug-label-0001-of-0001.json").write_text('{"results": [{"set_id": "x"', "utf-8")
    (tmp_path / "empty").mkdir()
    for folder in (release, tmp_path / "empty"):
        run = process("sync", "--from", str(folder), home=copied_home)
        assert (run.code, run.out) == (FAILED, "")
        assert str(folder) in run.err
    assert (copied_home / "editions" / "current").read_text("utf-8") == serving
    assert sorted(p.name for p in (copied_home / "editions").iterdir()) == sorted([serving.strip(), "current"])
    assert process("ask", "kesimpta half life", home=copied_home).code == ANSWERED


def test_progress_lines_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    show = app.progress_lines()
    for done in range(1, 1154):
        show("labels", done, 1153)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 12
    assert lines[-1] == "labels: 1,153 of 1,153"
    for done in range(1, 1001):
        show("labels", done, None)
    assert capsys.readouterr().err.splitlines() == ["labels: 500", "labels: 1,000"]


# ------------------------------------------------------------------------------------------------------------- eval

CASES = (
    '{"id": "a", "question": "kesimpta half life", "intent": "half_life", "must": [["16 days"]]}\n'
    '{"id": "b", "question": "kesimpta half life", "intent": "half_life", "must": [["99 fortnights"]]}\n'
    '{"id": "c", "question": "zelvorast dose", "intent": "unknown", "must": [], "expect": "abstain"}\n'
)


def test_eval_prints_and_saves_a_table(program: Program, tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text(CASES, "utf-8")
    run = program("eval", "cases.jsonl")
    assert run.code == 0
    heads, *rows = [line.split() for line in run.out.splitlines()[:4]]
    assert heads[:4] == ["intent", "questions", "lead", "hit"]
    assert [row[0] for row in rows] == ["half_life", "unknown", "all"]
    assert rows[0][1:5] == ["2", "0.5", "0.5", "0.5"]
    saved = json.loads((tmp_path / "eval-results" / "cases.json").read_text("utf-8"))
    assert saved["totals"]["questions"] == 3
    assert [result["id"] for result in saved["results"]] == ["a", "b", "c"]


def test_eval_json_and_folder(program: Program, tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        (tmp_path / name).write_text(CASES, "utf-8")
    reports = program("eval", "one.jsonl", "two.jsonl", "--save", "kept", "--json").json
    assert [list(report) for report in reports] == [["file", "totals", "groups", "saved"]] * 2
    assert reports[0]["groups"]["intent"]["half_life"]["questions"] == 2
    assert all((tmp_path / report["saved"]).is_file() for report in reports)


def test_eval_of_bad_files(program: Program, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(CASES + "{broken\n", "utf-8")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty.jsonl").write_text("\n", "utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "bad.jsonl").write_text(CASES, "utf-8")
    for tokens, code, said in (
        (("bad.jsonl",), FAILED, "line 4"),
        (("empty.jsonl",), FAILED, "no question"),
        (("binary.jsonl",), USAGE, "binary.jsonl"),
        (("nowhere.jsonl",), USAGE, "nowhere.jsonl"),
        (("bad.jsonl", "more/bad.jsonl"), USAGE, "same name"),
        ((), USAGE, "no file"),
    ):
        run = program("eval", *tokens)
        assert (run.code, run.out) == (code, ""), tokens
        assert said in run.err
    assert not (tmp_path / "eval-results").exists()


# ------------------------------------------------------------------------------------------------- ends of the pipe


def test_a_reader_who_leaves_ends_it_quietly(starter_home: Path) -> None:
    command = [*PROGRAM, "ask", "kesimpta half life"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(starter_home), **streams) as process:  # type: ignore[call-overload]
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_stdout(starter_home: Path) -> None:
    for option in ("--plain", "--json"):
        with Path("/dev/full").open("wb") as full:
            command = [*PROGRAM, "ask", option, "kesimpta half life"]
            env = environment(starter_home)
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, text=True, check=False)
        assert done.returncode == FAILED
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(offline: bool = False, own: bool = False) -> Engine:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "opened_engine", interrupted)
    assert cli.main(["ask", "kesimpta"]) == 130


def test_an_upstream_failure_is_4(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(offline: bool = False, own: bool = False) -> Engine:
        raise UpstreamError("the service \x1b[31mfailed", "try again")

    monkeypatch.setattr(cli, "opened_engine", failing)
    assert cli.main(["ask", "kesimpta"]) == 4
    assert capsys.readouterr().err == "drugchatter: the service \ufffd[31mfailed\ntry again\n"


def test_sources_of_a_drug_tell_which_label_is_quoted_and_why(program: Program) -> None:
    labels = program("sources", "apixaban", "--json").json
    assert [(label["drug"], label["reference"]) for label in labels] == [("Eliquis", True)]
    assert labels[0]["why"] == "the only label loaded for this drug"
    assert labels[0]["set_id"] in program("sources", "apixaban").out


def test_sources_of_an_unknown_drug(program: Program) -> None:
    run = program("sources", "zelvorast")
    assert run.code == USAGE
    assert "zelvorast" in run.err
