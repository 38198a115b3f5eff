"""Labels on demand against a small FDA: what is asked, how often, and how long an answer may take."""

from __future__ import annotations

import json
import logging
import multiprocessing
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from drugchatter.errors import DrugChatterError, NoSpaceError, OfflineError, UpstreamError, UsageError
from drugchatter.settings import Settings
from drugchatter.sources.openfda_api import Limits, OpenFda
from drugchatter.sources.openfda_label import Part, read_part
from drugchatter.sources.web import Web
from drugchatter.testing import Fault, SmallFda

PATH = "/api.fda.gov/drug/label.json"
SECRET = "canary0key0of0openfda0canary"  # noqa: S105
QUICK = Limits(seconds=1.0, pause=0.4)


def label(brand: str, generic: str, effective: str = "20260101", original: bool = True, **more: Any) -> dict[str, Any]:
    number = abs(hash((brand, generic, effective, original))) % 10**12
    return {
        "set_id": f"00000000-0000-4000-8000-{number:012}",
        "version": "1",
        "effective_time": effective,
        "indications_and_usage": [f"{brand} is for this test."],
        "openfda": {
            "brand_name": [brand],
            "generic_name": [generic],
            "substance_name": [generic.upper()],
            **({"is_original_packager": [True]} if original else {}),
        },
        **more,
    }


LABELS = [
    label("Zyntabrel", "abrelimab-xyzz"),
    label("METFORMIN", "METFORMIN HYDROCHLORIDE", "20260901", original=False),
    label("Metformin", "METFORMIN HYDROCHLORIDE", "20250101"),
    label("Metformin", "METFORMIN HYDROCHLORIDE", "20260301"),
    label("Glumetza", "METFORMIN HYDROCHLORIDE", "20260501"),
    label("Repackit", "REPACKIN", "20240101", original=False),
    label('Odd "quoted" \\ name', "ODDIN"),
]


@pytest.fixture
def fda(tmp_path: Path) -> Iterator[SmallFda]:
    with SmallFda(tmp_path / "fda", LABELS) as server:
        yield server


@pytest.fixture
def settings(fda: SmallFda, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", False, (), publishers_url=fda.url)


def results(answer: bytes | None) -> list[dict[str, Any]]:
    assert answer is not None
    found = json.loads(answer)["results"]
    assert isinstance(found, list)
    return found


def searches(fda: SmallFda) -> list[str]:
    return [parse_qs(urlsplit(seen.path).query)["search"][0] for seen in fda.seen]


# ------------------------------------------------------------------------------------------------------ what is found


@pytest.mark.parametrize(
    "name", ["Zyntabrel", "zyntabrel", "ZYNTABREL", "abrelimab-xyzz", "Abrelimab-XYZZ", " zyntabrel\n"]
)
def test_by_brand_generic_or_substance(fda: SmallFda, settings: Settings, name: str) -> None:
    assert [found["set_id"] for found in results(OpenFda(settings).find_label(name))] == [LABELS[0]["set_id"]]
    assert len(fda.seen) == 1


def test_the_loader_reads_the_answer(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(OpenFda(settings).find_label("zyntabrel") or b"")
    (record,) = read_part(Part(file, None))
    assert (record.brand, record.generic) == ("Zyntabrel", "abrelimab-xyzz")


def test_the_most_fitting_is_first(settings: Settings) -> None:
    found = results(OpenFda(settings).find_label("metformin"))
    assert [(f["openfda"]["brand_name"], f["effective_time"]) for f in found] == [
        (["Metformin"], "20260301"),
        (["Metformin"], "20250101"),
    ]
    by_generic = results(OpenFda(settings).find_label("metformin hydrochloride"))
    assert by_generic[0]["openfda"]["brand_name"] == ["Glumetza"], "the newest of an original packager"


def test_a_repackager_is_better_than_none(fda: SmallFda, settings: Settings) -> None:
    assert len(results(OpenFda(settings).find_label("repackin"))) == 1
    assert len(fda.seen) == 2


def test_words_within_a_name(fda: SmallFda, settings: Settings) -> None:
    assert results(OpenFda(settings).find_label("hydrochloride"))
    assert len(fda.seen) == 3


def test_what_is_not_there(fda: SmallFda, settings: Settings) -> None:
    assert OpenFda(settings).find_label("nosuchdrug") is None
    assert OpenFda(settings).label("00000000-0000-4000-8000-000000000000") is None


def test_by_set_id(settings: Settings) -> None:
    set_id = LABELS[0]["set_id"]
    assert [found["set_id"] for found in results(OpenFda(settings).label(set_id.upper()))] == [set_id]
    for bad in ("", "x", f'{set_id}" OR "1'):
        with pytest.raises(UsageError):
            OpenFda(settings).label(bad)


@pytest.mark.parametrize(
    "name",
    [
        *(
            'a" AND set_id:"x',
            "x\\",
            '\\"',
            "* OR *",
            "a:b",
            "a&limit=1000&count=x",
            "a#b",
            "a\x00b\x1b[2J",
            "%22",
            "é" * 500,
        ),
        *("(", "openfda.brand_name:*", "a\r\nHost: evil.example"),
    ],
)
def test_a_name_stays_one_quoted_name(fda: SmallFda, settings: Settings, name: str) -> None:
    assert OpenFda(settings).find_label(name) is None
    for seen in fda.seen:
        asked = parse_qs(urlsplit(seen.path).query)
        assert set(asked) == {"search", "sort", "limit"}
        assert asked["limit"] == ["5"]
        assert seen.headers["host"] == urlsplit(fda.url).netloc
        assert len(seen.path) < 30_000
    clauses = re.fullmatch(_THREE_CLAUSES, searches(fda)[2])
    assert clauses, searches(fda)[2]
    assert clauses[1] == clauses[2] == clauses[3], "all that was typed stands inside the quotation marks"


_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_THREE_CLAUSES = f"openfda.brand_name:{_QUOTED} openfda.generic_name:{_QUOTED} openfda.substance_name:{_QUOTED}"


def test_an_odd_name_is_found(settings: Settings) -> None:
    assert len(results(OpenFda(settings).find_label('odd "quoted" \\ name'))) == 1


def test_no_name(fda: SmallFda, settings: Settings) -> None:
    for name in ("", "  ", "\x00\n"):
        with pytest.raises(UsageError):
            OpenFda(settings).find_label(name)
    assert fda.seen == []


# ---------------------------------------------------------------------------------------------------------- what fails


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", at=500),
        Fault("status", at=404),
        Fault("page"),
        Fault("page_as_file"),
        Fault("reset", at=10),
        Fault("close", at=10),
        Fault("gzip", at=30),
        Fault("redirect", value="http://169.254.169.254/"),
        Fault("length", at=-5),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_bad_answer_is_an_error_and_never_nothing_found(fda: SmallFda, settings: Settings, fault: Fault) -> None:
    fda.misbehave(PATH, fault)
    api = OpenFda(settings)
    with pytest.raises(UpstreamError) as caught:
        api.find_label("zyntabrel")
    assert caught.value.hint
    assert len(fda.seen) == 1
    assert api.find_label("zyntabrel"), "the next question is asked anew"


@pytest.mark.parametrize(
    "fault", [Fault("hang", seconds=3), Fault("drip", seconds=0.1), Fault("drip_head", seconds=0.1)]
)
def test_no_answer_in_time(fda: SmallFda, settings: Settings, fault: Fault) -> None:
    fda.misbehave(PATH, fault)
    api = OpenFda(settings, QUICK)
    began = time.monotonic()
    with pytest.raises(UpstreamError, match="did not answer within"):
        api.find_label("zyntabrel")
    assert time.monotonic() - began < 2.0
    began = time.monotonic()
    with pytest.raises(OfflineError, match="not tried again"):
        api.find_label("zyntabrel")
    assert time.monotonic() - began < 0.3
    assert len(fda.seen) == 1
    time.sleep(QUICK.pause)
    assert api.find_label("zyntabrel")


def test_the_deadline_is_of_the_whole_lookup(fda: SmallFda, settings: Settings) -> None:
    fda.misbehave(PATH, Fault("drip", at=20, seconds=0.05), Fault("drip", at=1, seconds=0.05))
    began = time.monotonic()
    with pytest.raises(UpstreamError):
        OpenFda(settings, QUICK).find_label("repackin")
    assert time.monotonic() - began < 2.0


def test_nobody_is_there(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    api = OpenFda(replace(settings, publishers_url=f"http://127.0.0.1:{port}"), QUICK)
    with pytest.raises(UpstreamError, match="no connection"):
        api.find_label("zyntabrel")
    with pytest.raises(OfflineError, match="not tried again"):
        api.find_label("zyntabrel")


def test_a_resolver_that_hangs(settings: Settings) -> None:
    ended = threading.Event()
    asked: list[str] = []

    def hangs(host: str, port: int) -> list[str]:
        asked.append(host)
        ended.wait(5)
        return []

    api = OpenFda(settings, QUICK, Web(resolve=hangs))
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(OfflineError):
            api.find_label("zyntabrel")
    assert time.monotonic() - began < 2.0
    assert asked == ["api.fda.gov"]
    ended.set()


def test_offline(fda: SmallFda, settings: Settings) -> None:
    with pytest.raises(OfflineError, match="offline"):
        OpenFda(replace(settings, offline=True)).find_label("zyntabrel")
    assert fda.connections == 0


# ---------------------------------------------------------------------------------------------------------- the limits


def test_the_limit_of_a_minute(fda: SmallFda, settings: Settings) -> None:
    api = OpenFda(settings, Limits(a_minute=5))
    for _ in range(5):
        api.find_label("zyntabrel")
    with pytest.raises(UpstreamError, match="5 requests a minute") as caught:
        api.find_label("zyntabrel")
    assert "DRUGCHATTER_OPENFDA_API_KEY" in caught.value.hint
    assert len(fda.seen) == 5
    _move_clock(settings, 61)
    assert api.find_label("zyntabrel")


def test_the_limit_of_a_day(fda: SmallFda, settings: Settings) -> None:
    limits = Limits(a_day=3, a_day_with_key=6)
    for _ in range(3):
        OpenFda(settings, limits).find_label("zyntabrel")
    _move_clock(settings, 3600)
    with pytest.raises(UpstreamError, match="3 requests a day"):
        OpenFda(settings, limits).find_label("zyntabrel")
    with_key = OpenFda(replace(settings, openfda_api_key=SECRET), limits)
    for _ in range(3):
        with_key.find_label("zyntabrel")
    with pytest.raises(UpstreamError, match="6 requests a day"):
        with_key.find_label("zyntabrel")
    _move_clock(settings, 86_400)
    assert OpenFda(settings, limits).find_label("zyntabrel")


def test_a_clock_that_was_set_back(settings: Settings) -> None:
    api = OpenFda(settings, Limits(a_minute=1))
    api.find_label("zyntabrel")
    _move_clock(settings, -7200)
    assert api.find_label("zyntabrel")


def _move_clock(settings: Settings, seconds: float) -> None:
    """Make everything that was counted so many seconds older."""
    with sqlite3.connect(settings.home / "openfda_requests.sqlite") as connection:
        connection.execute("UPDATE asked SET at = at - ?", (seconds,))
        connection.execute("UPDATE closed SET until = until - ?", (seconds,))
    connection.close()


def test_the_real_limits() -> None:
    assert (Limits().a_minute, Limits().a_day, Limits().a_day_with_key, Limits().seconds) == (240, 1_000, 120_000, 6.0)


def _ask_often(settings: Settings, limits: Limits, times: int) -> None:
    api = OpenFda(settings, limits)
    for _ in range(times):
        _quietly(api)


def test_two_processes_share_the_limit(fda: SmallFda, settings: Settings) -> None:
    limits = Limits(a_minute=20)
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_ask_often, args=(settings, limits, 15)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(fda.seen) == 20


def test_many_threads_share_the_limit(fda: SmallFda, settings: Settings) -> None:
    api = OpenFda(settings, Limits(a_minute=12))
    threads = [threading.Thread(target=_quietly, args=(api,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fda.seen) == 12


def _quietly(api: OpenFda) -> None:
    with suppress(UpstreamError):
        api.find_label("zyntabrel")


def test_a_server_that_says_no_more(fda: SmallFda, settings: Settings) -> None:
    fda.misbehave(PATH, Fault("status", at=429, value="120"))
    with pytest.raises(UpstreamError, match="no more requests"):
        OpenFda(settings).find_label("zyntabrel")
    with pytest.raises(UpstreamError, match=r"for another 1[12]\d s"):
        OpenFda(settings).find_label("zyntabrel")
    assert len(fda.seen) == 1
    _move_clock(settings, 121)
    assert OpenFda(settings).find_label("zyntabrel")


def test_a_count_that_cannot_be_kept(fda: SmallFda, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoSpaceError, match="cannot be kept"):
        OpenFda(replace(settings, home=tmp_path / "file" / "home")).find_label("zyntabrel")
    settings.home.mkdir()
    (settings.home / "openfda_requests.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(NoSpaceError, match="not a database") as caught:
        OpenFda(settings).find_label("zyntabrel")
    assert "delete it" in caught.value.hint
    assert fda.seen == []


# ------------------------------------------------------------------------------------------------------------- the key


def test_the_key_is_sent_and_never_shown(
    fda: SmallFda, settings: Settings, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = replace(settings, openfda_api_key=SECRET)
    api = OpenFda(settings, QUICK)
    shown = [repr(settings), str(settings), repr(api)]
    assert api.find_label("zyntabrel")
    assert fda.seen[0].headers["authorization"].startswith("Basic ")
    assert SECRET not in fda.seen[0].path
    faults = [
        Fault("status", at=500),
        Fault("page"),
        Fault("reset", at=1),
        Fault("redirect", value="https://x.example/"),
    ]
    for fault in [*faults, Fault("status", at=429, value="60"), Fault("hang", seconds=1)]:
        fda.misbehave(PATH, fault)
        with pytest.raises(DrugChatterError) as caught:
            api.find_label("zyntabrel")
        error: BaseException | None = caught.value
        while error:
            shown.append(f"{error!r} {error} {getattr(error, 'hint', '')}")
            error = error.__cause__
    captured = capsys.readouterr()
    text = "\n".join([*shown, caplog.text, captured.out, captured.err])
    encoded = fda.seen[0].headers["authorization"].removeprefix("Basic ")
    assert SECRET not in text
    assert encoded not in text


def test_the_key_stays_with_openfda(fda: SmallFda, settings: Settings) -> None:
    fda.put("/www.fda.gov/label.json", b"{}")
    fda.misbehave(PATH, Fault("redirect", value="https://www.fda.gov/label.json"))
    with pytest.raises(UpstreamError):
        OpenFda(replace(settings, openfda_api_key=SECRET)).find_label("zyntabrel")
    assert ["authorization" in seen.headers for seen in fda.seen] == [True, False]
