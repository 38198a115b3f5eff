"""From publishers' files to a serving edition: everything that may come between, against a small FDA on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from drugchatter.engine import open_engine
from drugchatter.errors import DataError, StoreError, UpstreamError, UsageError
from drugchatter.settings import Settings
from drugchatter.store import editions
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import Log, add_own, build_starter, sync
from drugchatter.testing import Fault, SmallFda
from drugchatter.types import Question
from label_files import (
    SET_A,
    SET_B,
    SET_C,
    part_json,
    raw_label,
    scratch_folders,
    write_index,
    write_release,
    write_zip,
)

PART = "/download.open.fda.gov/drug/label/drug-label-0001-of-0001.json.zip"


def home(tmp_path: Path, **more: Any) -> Settings:
    return Settings(tmp_path / "home", False, (), fetch=False, **more)


def labels(count: int, version: str = "1", effective: str = "20240102") -> list[dict[str, Any]]:
    """Labels of as many drugs, each with names and ingredients of its own."""
    made = []
    for number in range(count):
        word = "".join(chr(ord("a") + int(digit)) for digit in str(number + 10))
        block = raw_label()["openfda"] | {
            "brand_name": [f"BRAND{word}".upper()],
            "generic_name": [f"generic{word}"],
            "substance_name": [f"GENERIC{word}".upper()],
        }
        set_id = f"00000000-0000-4000-8000-{number:012}"
        made.append(
            raw_label(
                set_id,
                version,
                effective,
                openfda=block,
                dosage_and_administration=[
                    f"2 DOSAGE AND ADMINISTRATION Take {number + 1} mg once daily, version {version}."
                ],
            )
        )
    return made


def content(settings: Settings) -> str:
    serving = editions.current(settings.editions)
    assert serving
    return EmbeddedIndex(settings.editions / serving).edition.content_hash


# ----------------------------------------------------------------------------------------------------- the network


@pytest.fixture
def fda(tmp_path: Path) -> Iterator[SmallFda]:
    with SmallFda(tmp_path / "fda", labels=[raw_label(SET_C)]) as server:
        publish(server, labels(12))
        yield server


def publish(server: SmallFda, records: list[dict[str, Any]], released: str = "2026-01-02") -> None:
    """Put a release of openFDA labels on the server."""
    scratch = server.folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    name = "drug-label-0001-of-0001.json"
    server.put(PART, write_zip(scratch / f"{name}.zip", {name: part_json(records)}).read_bytes())
    server.put("/api.fda.gov/download.json", write_index(scratch, [len(records)], released).read_bytes())


def test_a_sync_fetches_and_the_second_one_moves_next_to_nothing(tmp_path: Path, fda: SmallFda) -> None:
    settings = home(tmp_path, publishers_url=fda.url)
    first = sync(settings, sources=("openfda_label",))
    assert first.well and first.changed is not None
    assert len(first.changed.new) == 12
    fda.behave()
    started = time.monotonic()
    second = sync(settings, sources=("openfda_label",))
    assert (second.edition, second.changed) == (first.edition, None)
    assert fda.moved < 100_000
    assert time.monotonic() - started < 5


def test_a_new_release_is_told_by_what_changed(tmp_path: Path, fda: SmallFda) -> None:
    settings = home(tmp_path, publishers_url=fda.url)
    sync(settings, sources=("openfda_label",))
    newer = [*labels(11), raw_label(SET_A)]
    newer[0] = labels(1, "2", "20250303")[0]
    publish(fda, newer, "2026-02-03")
    changed = sync(settings, sources=("openfda_label",)).changed
    assert changed is not None
    assert [set_id for set_id, _ in changed.new] == [SET_A]
    assert [set_id[-2:] for set_id, _ in changed.updated] == ["00"]
    assert [set_id[-2:] for set_id, _ in changed.gone] == ["11"]


@pytest.mark.parametrize("fault", [Fault("page"), Fault("status", at=404), Fault("page_as_file")], ids=lambda f: f.kind)
def test_a_publisher_in_trouble_leaves_the_old_edition_serving(tmp_path: Path, fda: SmallFda, fault: Fault) -> None:
    settings = home(tmp_path, publishers_url=fda.url)
    first = sync(settings, sources=("openfda_label",))
    publish(fda, labels(13), "2026-02-03")
    fda.misbehave(PART, *[fault] * 20)
    with pytest.raises(UpstreamError):
        sync(settings, sources=("openfda_label",))
    assert editions.current(settings.editions) == first.edition
    state = Log(settings.home).read()["sources"]["openfda_label"]
    assert state["failure"] and state["succeeded"]
    fda.behave()
    assert sync(settings, sources=("openfda_label",)).edition != first.edition


def test_without_network_a_sync_says_so_and_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", True, ())
    with pytest.raises(UpstreamError, match="offline"):
        sync(settings)
    assert not settings.editions.exists()


def test_a_drug_that_is_lacking_is_fetched_and_kept(tmp_path: Path, fda: SmallFda) -> None:
    settings = replace(home(tmp_path, publishers_url=fda.url), fetch=True)
    build_starter(settings)
    answer = open_engine(settings).ask("what is the dose of examplin?")
    assert answer.declined is None and answer.headline is not None
    assert "20 mg" in answer.headline.text
    assert answer.sources[0].set_id == SET_C
    assert any("fetched from openFDA" in notice.text for notice in answer.notices)
    asked = len(fda.seen)
    again = open_engine(settings).ask("examplin dose")
    assert again.declined is None and not any("fetched" in notice.text for notice in again.notices)
    assert len(fda.seen) == asked, "it is held now"
    assert again.sources[0].edition.startswith("fetched-")


def test_only_the_name_leaves_the_machine(tmp_path: Path, fda: SmallFda) -> None:
    settings = replace(home(tmp_path, publishers_url=fda.url), fetch=True)
    build_starter(settings)
    open_engine(settings).ask("my husband has gout, may he take zyxwvutin with beer?")
    assert fda.seen
    assert not any(word in seen.path for seen in fda.seen for word in ("husband", "gout", "beer"))


def test_help_in_an_emergency_does_not_wait_for_a_look_up(tmp_path: Path, fda: SmallFda) -> None:
    settings = replace(home(tmp_path, publishers_url=fda.url), fetch=True)
    build_starter(settings)
    answer = open_engine(settings).ask("my son swallowed a whole bottle of zyxwvutin, what now?")
    assert "emergency" in {notice.kind for notice in answer.notices}
    assert fda.seen == []


def test_no_network_is_a_notice_and_the_question_is_declined(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", True, ())
    build_starter(settings)
    answer = open_engine(settings).ask("what is the dose of zyxwvutin?")
    assert answer.declined is not None and answer.declined.kind == "unknown_drug"
    assert [notice.kind for notice in answer.notices] == ["offline"]


# --------------------------------------------------------------------------------------------------------- editions


def test_sources_that_a_sync_does_not_bring_are_carried_over(tmp_path: Path) -> None:
    one, two = home(tmp_path / "one"), home(tmp_path / "two")
    release = write_release(tmp_path / "in" / "labels", labels(3))
    other = write_release(tmp_path / "more" / "labels", [raw_label(SET_A)], [raw_label(SET_B, brand="x")])
    sync(one, release)
    assert sync(one, other, force=True).changed is not None
    sync(two, other)
    assert EmbeddedIndex(one.editions / (editions.current(one.editions) or "")).drug("examplin")
    assert EmbeddedIndex(two.editions / (editions.current(two.editions) or "")).drug("examplin")


def test_a_superseded_version_stays_as_history(tmp_path: Path) -> None:
    settings = home(tmp_path)
    sync(settings, write_release(tmp_path / "a", labels(3)))
    sync(settings, write_release(tmp_path / "b", labels(3, "2", "20250303")))
    index = EmbeddedIndex(settings.editions / (editions.current(settings.editions) or ""))
    versions = index.versions("00000000-0000-4000-8000-000000000000")
    assert [d.version for d in versions] == ["1", "2"]
    old = index.version_passages(versions[0].set_id, "1")
    assert any("version 1" in passage.text for passage in old)
    assert index.counts()["past_document"] == 3


def test_a_question_as_of_a_day_is_answered_from_the_version_then_in_force(tmp_path: Path) -> None:
    settings = home(tmp_path)
    sync(settings, write_release(tmp_path / "a", labels(3)))
    sync(settings, write_release(tmp_path / "b", labels(3, "2", "20250303")))
    engine = open_engine(settings)
    then = engine.ask(Question("brandba dose", as_of=date(2024, 6, 1)))
    now = engine.ask("brandba dose")
    assert then.headline and now.headline
    assert "version 1" in then.headline.text and then.sources[0].version == "1"
    assert "version 2" in now.headline.text and now.sources[0].version == "2"
    assert any(notice.kind == "stale" and "2024-06-01" in notice.text for notice in then.notices)
    before = engine.ask(Question("brandba dose", as_of=date(2019, 1, 1)))
    assert before.declined is not None and before.declined.kind == "not_in_sources"
    assert "2024-01-02" in before.declined.text


def test_versions_that_are_not_held_are_told_of(tmp_path: Path) -> None:
    settings = home(tmp_path)
    sync(settings, write_release(tmp_path / "a", labels(3)))
    sync(settings, write_release(tmp_path / "b", labels(3, "5", "20250303")))
    answer = open_engine(settings).ask(Question("brandba dose", as_of=date(2024, 6, 1)))
    assert any("not held" in notice.text for notice in answer.notices)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (labels(30), labels(20), "labels fall from 30 to 20"),
        (labels(30, "2", "20250303"), labels(30), "older than"),
    ],
    ids=["a tenth is lost", "an older release"],
)
def test_a_bad_release_is_refused_unless_it_is_forced(
    tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], said: str
) -> None:
    settings = home(tmp_path)
    first = sync(settings, write_release(tmp_path / "a", before))
    worse = write_release(tmp_path / "b", after)
    if said == "older than":
        write_index(worse, [len(after)], "2025-01-01")
    with pytest.raises(DataError, match=said):
        sync(settings, worse)
    assert editions.current(settings.editions) == first.edition
    assert scratch_folders(settings.editions) == []
    forced = sync(settings, worse, force=True)
    assert any(said in reason for reason in forced.forced)
    assert forced.edition != first.edition


def test_a_widely_used_drug_that_vanishes_or_loses_its_name_is_missed(tmp_path: Path) -> None:
    settings = home(tmp_path)
    common = [raw_label(f"99999999-0000-4000-8000-{n:012}") for n in range(6)]
    sync(settings, write_release(tmp_path / "a", [*labels(80), *common]))
    with pytest.raises(DataError, match="widely used drugs vanish: exampline"):
        sync(settings, write_release(tmp_path / "b", labels(80)))
    nameless = [
        record | {"openfda": record["openfda"] | {"brand_name": ["Q"], "generic_name": ["Q"]}} for record in common
    ]
    with pytest.raises(DataError, match="lose their names: exampline"):
        sync(settings, write_release(tmp_path / "c", [*labels(80), *nameless]))


def test_going_back_and_forth_between_editions(tmp_path: Path) -> None:
    settings = home(tmp_path)
    first = sync(settings, write_release(tmp_path / "a", labels(3))).edition
    second = sync(settings, write_release(tmp_path / "b", labels(3, "2", "20250303"))).edition
    assert {held.id for held in editions.held(settings.editions)} >= {first, second}
    editions.publish(settings.editions, editions.known(settings.editions, first[:-2]).name)
    assert editions.current(settings.editions) == first
    assert [held.id for held in editions.prune(settings.editions, 1)] != [first]
    assert editions.current(settings.editions) == first
    with pytest.raises(UsageError, match="no edition"):
        editions.known(settings.editions, "nothing")


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    settings = home(tmp_path)
    with editions.writing(settings.home), pytest.raises(StoreError, match="another process"):
        sync(settings, write_release(tmp_path / "a", labels(3)))


def test_the_same_files_in_any_order_and_twice_give_one_content(tmp_path: Path) -> None:
    one, two, three = (home(tmp_path / name) for name in ("one", "two", "three"))
    old, new = labels(6), labels(6, "2", "20250303")
    whole = write_release(tmp_path / "whole", [*new])
    write_zip(whole / "history.json.zip", {"history.json": part_json([old[0], new[0]])})
    sync(one, whole)
    shuffled = write_release(tmp_path / "shuffled", [*new[3:], *new[:3]])
    write_zip(shuffled / "another.json.zip", {"history.json": part_json([new[0], old[0]])})
    sync(two, shuffled)
    assert content(one) == content(two)
    sync(three, write_release(tmp_path / "first", [old[0], *new[1:]]))
    sync(three, write_release(tmp_path / "then", new))
    assert content(three) == content(one)
    assert sync(three, whole).edition == editions.current(three.editions)
    assert content(three) == content(one)


def test_a_history_file_makes_no_label_current(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folder = write_release(tmp_path / "in", labels(3))
    versions = [raw_label(SET_A, "1"), raw_label(SET_A, "2", "20250303")]
    write_zip(folder / f"{SET_A}.json.zip", {f"{SET_A}.json": part_json(versions)})
    outcome = sync(settings, folder)
    index = EmbeddedIndex(settings.editions / outcome.edition)
    assert outcome.well
    assert [d.version for d in index.versions(SET_A)] == ["1", "2"]
    assert dict(index.edition.documents)["openfda_label"] == 3


# ------------------------------------------------------------------------------------------------- set aside


def test_a_bad_file_is_set_aside_and_its_neighbours_load(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folder = write_release(tmp_path / "in", labels(3))
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no zip at all")
    (folder / "notes.md").write_text("nothing of a publisher")
    outcome = sync(settings, folder)
    assert not outcome.well
    assert [a.file for a in outcome.aside if not a.harmless] == ["broken.zip"]
    assert [a.file for a in outcome.aside if a.harmless] == ["notes.md"]
    assert outcome.changed is not None and len(outcome.changed.new) == 3
    assert Log(settings.home).aside() == outcome.aside


def test_one_bad_record_does_not_lose_the_others(tmp_path: Path) -> None:
    settings = home(tmp_path)
    outcome = sync(settings, write_release(tmp_path / "in", [*labels(3), raw_label(None)]))
    assert [a.reason for a in outcome.aside] == ["it lacks set_id"]
    assert outcome.changed is not None and len(outcome.changed.new) == 3


# ------------------------------------------------------------------------------------------------------- own files


def test_own_files_are_kept_apart_and_marked(tmp_path: Path) -> None:
    settings = home(tmp_path)
    sync(settings, write_release(tmp_path / "in", labels(3)))
    file = tmp_path / "mine.json"
    file.write_bytes(part_json([raw_label(SET_A)]))
    added, aside = add_own(settings, (file,))
    assert [record.set_id for record in added] == [SET_A] and not aside
    answer = open_engine(settings).ask("examplin dose")
    assert answer.headline is not None and "20 mg" in answer.headline.text
    assert {source.publisher for source in answer.sources} == {"your own file"}
    assert all(source.edition.startswith("own-") for source in answer.sources)


def test_an_own_file_never_answers_for_a_drug_that_publishers_hold(tmp_path: Path) -> None:
    settings = home(tmp_path)
    sync(settings, write_release(tmp_path / "in", [raw_label(SET_B), *labels(3)]))
    false = raw_label(
        SET_A, dosage_and_administration=["2 DOSAGE AND ADMINISTRATION Take Examplin 9000 mg once daily."]
    )
    file = tmp_path / "mine.json"
    file.write_bytes(part_json([false]))
    add_own(settings, (file,))
    default = open_engine(settings).ask("examplin dose")
    assert default.headline is not None and "20 mg" in default.headline.text
    asked_for = open_engine(settings, own_first=True).ask("examplin dose")
    assert asked_for.headline is not None and "9000 mg" in asked_for.headline.text
    assert {source.publisher for source in asked_for.sources} == {"your own file"}


def test_an_own_file_that_holds_no_label_is_named(tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_text("no label")
    with pytest.raises(DataError, match=r"poem\.txt"):
        add_own(home(tmp_path), (file,))


# ------------------------------------------------------------------------------------------------------ interruption

_STEPS = ("look", "verify", "load", "carry over", "index", "check", "publish")


def _running(settings: Settings, folder: Path) -> subprocess.Popen[str]:
    env = os.environ | {"DRUGCHATTER_HOME": str(settings.home), "DRUGCHATTER_FETCH": "0"}
    command = [sys.executable, "-m", "drugchatter", "sync", "--from", str(folder)]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


@pytest.mark.parametrize("step", _STEPS)
def test_killed_at_any_step_the_old_edition_serves_and_the_next_run_ends_alike(tmp_path: Path, step: str) -> None:
    settings, undisturbed = home(tmp_path / "killed"), home(tmp_path / "undisturbed")
    first, second = write_release(tmp_path / "a", labels(3)), write_release(tmp_path / "b", labels(3, "2", "20250303"))
    for each in (settings, undisturbed):
        sync(each, first)
    sync(undisturbed, second)
    serving = editions.current(settings.editions)
    running = _running(settings, second)
    assert running.stderr is not None
    for line in running.stderr:
        if line.strip() == f"sync: {step}":
            running.send_signal(signal.SIGKILL)
            break
    assert running.wait() in (-signal.SIGKILL, 0)
    running.stderr.close()
    assert editions.current(settings.editions) in (serving, editions.current(undisturbed.editions))
    EmbeddedIndex(settings.editions / (editions.current(settings.editions) or "")).drugs()
    sync(settings, second)
    assert content(settings) == content(undisturbed)
    assert scratch_folders(settings.editions) == []


def test_sync_prints_json_and_tells_by_its_exit_code(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folder = write_release(tmp_path / "in", labels(3))
    (folder / "broken.zip").write_bytes(b"no zip")
    env = os.environ | {"DRUGCHATTER_HOME": str(settings.home)}
    command = [sys.executable, "-m", "drugchatter", "sync", "--from", str(folder), "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert len(told["changed"]["labels"]["new"]) == 3
    assert told["set_aside"][0]["file"] == "broken.zip"
    assert "broken.zip" in done.stderr
