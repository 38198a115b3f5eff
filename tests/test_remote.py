"""Plans and syncs against a small FDA that holds a file of each publisher."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drugchatter.errors import UsageError
from drugchatter.sources.download import Patience, alone, fetch
from drugchatter.sources.openfda_label import export_date, find_parts
from drugchatter.sources.remote import (
    PUBLISHERS,
    Outcome,
    Plan,
    dailymed_history,
    dailymed_label,
    dailymed_version,
    download_all,
    plan,
)
from drugchatter.sources.web import Web, check_address
from drugchatter.testing import Fault, SmallFda

QUICK = Patience(attempts=3, first_wait=0.002, longest_wait=0.01, longest_retry_after=1.0, total=10.0)
INDEX = "/api.fda.gov/download.json"
ORANGE = "/www.fda.gov/media/76860/download"
SHORTAGES = "/www.accessdata.fda.gov/scripts/drugshortages/Drugshortages.cfm"
SET_ID = "6f3a2f1e-8a0b-4f0a-9b1c-0a1b2c3d4e5f"


def zipped(**entries: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(zipfile.ZipInfo(name.replace("_", ".")), text)
    return held.getvalue()


def part(endpoint: str, number: int, of: int) -> str:
    return f"/download.open.fda.gov/drug/{endpoint}/drug-{endpoint}-{number:04}-of-{of:04}.json.zip"


def publish_openfda(fda: SmallFda, parts: dict[str, int], day: str = "2026-11-01") -> None:
    """An index with so many parts of each endpoint; beside them an endpoint of no interest that makes it long."""
    drug = {}
    for endpoint, count in parts.items():
        partitions = []
        for number in range(1, count + 1):
            body = zipped(part_json=json.dumps({"results": [{"endpoint": endpoint, "n": number, "day": day}]}))
            fda.put(part(endpoint, number, count), body)
            url = f"https:/{part(endpoint, number, count)}"
            partitions.append({"file": url, "records": 1, "size_mb": f"{len(body) / 1e6:.2f}", "display_name": "x"})
        drug[endpoint] = {"export_date": day, "total_records": count, "partitions": partitions}
    events = [{"file": f"https://download.open.fda.gov/drug/event/{n}.zip", "records": n} for n in range(3000)]
    index = {"meta": {"last_updated": day}, "results": {"drug": {**drug, "event": {"partitions": events}}}}
    fda.put(INDEX, json.dumps(index).encode())


def purple_path(months_ago: int) -> str:
    day = datetime.now(UTC).date().replace(day=15)
    for _ in range(months_ago):
        day = day.replace(day=1) - timedelta(days=1)
    return f"/purplebooksearch.fda.gov/files/{day.year}/purplebook-search-{day:%B}-data-download.csv".lower()


@pytest.fixture
def fda(tmp_path: Path) -> Iterator[SmallFda]:
    with SmallFda(tmp_path / "fda") as server:
        publish_openfda(server, {"label": 3, "enforcement": 1, "shortages": 1})
        server.put(ORANGE, zipped(products_txt="Ingredient~DF;Route\r\n"))
        server.names[ORANGE] = "EOBZIP_2026_10.zip"
        server.put(purple_path(2), b"Purple Book\r\nN/R/U,Applicant,BLA Number\r\n")
        server.put("/www.fda.gov/media/89850/download", zipped(Products_txt="ApplNo\r\n"))
        server.put("/www.accessdata.fda.gov/cder/ndctext.zip", zipped(product_txt="PRODUCTID\r\n"))
        server.put(SHORTAGES, b"\r\nGeneric Name,Company Name\r\n" + b'"Acetylcysteine","A Company"\r\n' * 1000)
        server.put("/download.nlm.nih.gov/rxnorm/RxNorm_full_prescribe_current.zip", zipped(RXNCONSO_RRF="1|ENG|\n"))
        for name in ("rx_part1", "rx_part2", "otc_part1"):
            path = f"/dailymed-data.nlm.nih.gov/public-release-files/dm_spl_release_human_{name}.zip"
            server.put(path, zipped(one_zip=name))
        yield server


@pytest.fixture
def web(fda: SmallFda) -> Iterator[Web]:
    with Web(fda.url, read_seconds=2.0) as way:
        yield way


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


def made(web: Web, mirror: Path, *sources: str) -> tuple[Plan, tuple[Outcome, ...]]:
    todo = plan(sources or PUBLISHERS, web, mirror, patience=QUICK)
    return todo, download_all(todo, mirror, web, patience=QUICK)


def held(mirror: Path) -> list[str]:
    """Publishers' files in the mirror, without what the program keeps beside them."""
    files = (p for p in mirror.rglob("*") if p.is_file() and p.suffix != ".origin" and p.name != ".lock")
    return sorted(p.relative_to(mirror).as_posix() for p in files)


INDEX_COPY = ".index/openfda-download.index"
ALL = [
    INDEX_COPY,
    "dailymed_otc/dm_spl_release_human_otc_part1.zip",
    "dailymed_rx/dm_spl_release_human_rx_part1.zip",
    "dailymed_rx/dm_spl_release_human_rx_part2.zip",
    "drugs_at_fda/drugsatfda.zip",
    "ndc/ndctext.zip",
    "openfda_enforcement/download.json",
    "openfda_enforcement/drug-enforcement-0001-of-0001.json.zip",
    "openfda_label/download.json",
    "openfda_label/drug-label-0001-of-0003.json.zip",
    "openfda_label/drug-label-0002-of-0003.json.zip",
    "openfda_label/drug-label-0003-of-0003.json.zip",
    "openfda_shortages/download.json",
    "openfda_shortages/drug-shortages-0001-of-0001.json.zip",
    "orange_book/EOBZIP_2026_10.zip",
    f"purple_book/{purple_path(2).rpartition('/')[2]}",
    "rxnorm/RxNorm_full_prescribe_current.zip",
    "shortages/Drugshortages.csv",
]


def test_everything_comes_once(fda: SmallFda, web: Web, mirror: Path) -> None:
    todo, outcomes = made(web, mirror)
    assert todo.failed == ()
    assert [o for o in outcomes if o.result != "new"] == []
    assert held(mirror) == ALL
    fda.behave()
    began = time.monotonic()
    _, outcomes = made(web, mirror)
    assert time.monotonic() - began < 5
    assert fda.moved < 100_000
    assert fda.moved == 0, "with entity tags nothing moves at all"
    assert [o for o in outcomes if o.result != "unchanged" or o.moved] == []
    assert held(mirror) == ALL


def test_a_plan_moves_no_release(fda: SmallFda, web: Web, mirror: Path) -> None:
    todo = plan(PUBLISHERS, web, mirror, patience=QUICK)
    assert held(mirror) == [INDEX_COPY]
    assert {wanted.source for wanted in todo.wanted} == set(PUBLISHERS)
    sizes = {wanted.source: wanted.size for wanted in todo.wanted}
    assert sizes["ndc"] == len(zipped(product_txt="PRODUCTID\r\n"))
    assert sizes["openfda_label"] is not None
    assert todo.size == sum(wanted.size or 0 for wanted in todo.wanted)
    assert {(w.source, w.records) for w in todo.wanted if w.source == "openfda_label"} == {("openfda_label", 1)}
    assert {seen.method for seen in fda.seen if seen.path != INDEX} == {"HEAD"}


def test_the_loader_reads_what_came(web: Web, mirror: Path) -> None:
    made(web, mirror, "openfda_label")
    parts, aside = find_parts(mirror / "openfda_label")
    assert (export_date(mirror / "openfda_label"), aside) == ("2026-11-01", [])
    assert [part.records for part in parts] == [1, 1, 1]


def test_an_unknown_source(web: Web, mirror: Path) -> None:
    with pytest.raises(UsageError, match="martindale") as caught:
        plan(["orange_book", "martindale"], web, mirror)
    assert "orange_book" in caught.value.hint


# ------------------------------------------------------------------------------------------------------ what goes wrong


def test_one_publisher_fails_and_the_others_come(fda: SmallFda, web: Web, mirror: Path) -> None:
    fda.misbehave(INDEX, *[Fault("status", at=500)] * 20)
    fda.misbehave(SHORTAGES, *[Fault("page")] * 20)
    fda.misbehave("/download.nlm.nih.gov/rxnorm/RxNorm_full_prescribe_current.zip", *[LOGIN] * 20)
    todo, outcomes = made(web, mirror)
    failed = {o.source: o for o in outcomes if o.result == "failed"}
    assert {f.source for f in todo.failed} == {"openfda_label", "openfda_enforcement", "openfda_shortages"}
    assert set(failed) == {"openfda_label", "openfda_enforcement", "openfda_shortages", "shortages", "rxnorm"}
    assert "500" in failed["openfda_label"].reason
    assert "web page" in failed["shortages"].reason
    assert "uts.nlm.nih.gov" in failed["rxnorm"].reason
    assert all(o.reason and o.hint for o in failed.values())
    assert [o.source for o in outcomes if o.result == "new"] == [
        *("orange_book", "purple_book", "drugs_at_fda", "ndc", "dailymed_rx", "dailymed_rx", "dailymed_otc")
    ]


# NLM has been seen to send readers without a licence here.
LOGIN = Fault("redirect", value="https://uts.nlm.nih.gov/uts/login")


@pytest.mark.parametrize(
    ("index", "why"),
    [
        ("[]", "lists no drug/label"),
        ('{"results": {"drug": {}}}', "lists no drug/label"),
        ('{"results": {"drug": {"label": {"partitions": []}}}}', "other parts"),
        ('{"results": {"drug": {"label": {"partitions": [{"file": 1}]}}}}', "lists no drug/label"),
        (
            '{"results": {"drug": {"label": {"partitions": [{"file": "https://x/../../etc/passwd", "records": 1, '
            '"size_mb": "1"}]}}}}',
            "other parts",
        ),
    ],
)
def test_an_index_of_another_form(fda: SmallFda, web: Web, mirror: Path, index: str, why: str) -> None:
    fda.put(INDEX, index.encode())
    todo = plan(["openfda_label"], web, mirror, patience=QUICK)
    assert todo.wanted == ()
    assert why in todo.failed[0].reason


def test_an_index_that_names_another_host(fda: SmallFda, web: Web, mirror: Path) -> None:
    index = (fda.folder / INDEX[1:]).read_text().replace("download.open.fda.gov", "download.open.fda.gov.example.org")
    fda.put(INDEX, index.encode())
    _, outcomes = made(web, mirror, "openfda_label")
    assert all(o.result == "failed" and "not an address of FDA or NLM" in o.reason for o in outcomes)
    assert {seen.path for seen in fda.seen} == {INDEX}


def test_the_size_may_stay_unknown(fda: SmallFda, web: Web, mirror: Path) -> None:
    fda.misbehave(ORANGE, *[Fault("status", at=405)])
    todo, outcomes = made(web, mirror, "orange_book")
    assert [(w.size, w.name) for w in todo.wanted] == [(None, "EOBZIP.zip")]
    assert [o.result for o in outcomes] == ["new"]


def test_a_hostile_file_name_is_not_taken(fda: SmallFda, web: Web, mirror: Path) -> None:
    for name in ("../../EOBZIP_2026_10.zip", "/etc/passwd", "EOBZIP_2026_10.zip.exe", "x" * 5000):
        fda.names[ORANGE] = name
        todo = plan(["orange_book"], web, mirror, patience=QUICK)
        assert todo.wanted[0].name in ("EOBZIP.zip", "EOBZIP_2026_10.zip")


def test_the_newest_purple_book_that_is_there(fda: SmallFda, web: Web, mirror: Path) -> None:
    # For a month to come the site shows a web page.
    fda.misbehave(purple_path(0), Fault("page"))
    assert plan(["purple_book"], web, mirror, patience=QUICK).wanted[0].url == f"https:/{purple_path(2)}"
    (fda.folder / purple_path(2)[1:]).unlink()
    assert "no Purple Book" in plan(["purple_book"], web, mirror, patience=QUICK).failed[0].reason


def test_no_dailymed_release_at_all(fda: SmallFda, web: Web, mirror: Path) -> None:
    (fda.folder / "dailymed-data.nlm.nih.gov/public-release-files/dm_spl_release_human_otc_part1.zip").unlink()
    todo = plan(["dailymed_otc"], web, mirror, patience=QUICK)
    assert todo.wanted == ()
    assert "404" in todo.failed[0].reason


# --------------------------------------------------------------------------------------------------------- new releases


def test_old_parts_go_when_the_new_ones_are_complete(fda: SmallFda, web: Web, mirror: Path) -> None:
    made(web, mirror, "openfda_label", "orange_book")
    mine = mirror / "openfda_label" / "notes.txt"
    mine.write_text("a reader's own file")
    publish_openfda(fda, {"label": 2}, "2026-12-01")
    fda.names[ORANGE] = "EOBZIP_2026_11.zip"

    fda.misbehave(part("label", 2, 2), *[Fault("status", at=503)] * 3)
    _, outcomes = made(web, mirror, "openfda_label", "orange_book")
    assert [o.result for o in outcomes] == ["new", "failed", "new"]
    old = export_date(mirror / "openfda_label")
    assert {p.name for p in (mirror / "openfda_label").glob("*-of-0003.json.zip")} == {
        f"drug-label-000{n}-of-0003.json.zip" for n in (1, 2, 3)
    }
    assert old == "2026-11-01", "the index is of the release that is complete"

    _, outcomes = made(web, mirror, "openfda_label", "orange_book")
    assert [(o.result, o.moved > 0) for o in outcomes] == [("new", False), ("new", True), ("unchanged", False)]
    assert held(mirror) == [
        INDEX_COPY,
        "openfda_label/download.json",
        "openfda_label/drug-label-0001-of-0002.json.zip",
        "openfda_label/drug-label-0002-of-0002.json.zip",
        "openfda_label/notes.txt",
        "orange_book/EOBZIP_2026_11.zip",
    ]
    assert export_date(mirror / "openfda_label") == "2026-12-01"


def test_two_releases_never_stand_mixed(fda: SmallFda, web: Web, mirror: Path) -> None:
    made(web, mirror, "openfda_label")
    before = {p.name: p.read_bytes() for p in (mirror / "openfda_label").glob("*.zip")}
    publish_openfda(fda, {"label": 3}, "2026-12-01")
    for number in (1, 2, 3):
        fda.misbehave(part("label", number, 3), *[Fault("status", at=404)])
        _, outcomes = made(web, mirror, "openfda_label")
        assert [o.result for o in outcomes].count("failed") == 1
        assert {p.name: p.read_bytes() for p in (mirror / "openfda_label").glob("*.zip")} == before
    fda.behave()
    _, outcomes = made(web, mirror, "openfda_label")
    assert [(o.result, o.moved) for o in outcomes] == [("new", 0)] * 3, "what came in the runs that failed was kept"
    after = {p.name: p.read_bytes() for p in (mirror / "openfda_label").glob("*.zip")}
    assert all(after[name] != before[name] for name in before)


def test_two_syncs_at_once(fda: SmallFda, web: Web, mirror: Path) -> None:
    (mirror / "ndc").mkdir(parents=True)
    with alone(mirror / "ndc"):
        _, outcomes = made(web, mirror, "ndc", "rxnorm")
    assert [(o.source, o.result) for o in outcomes] == [("ndc", "failed"), ("rxnorm", "new")]
    assert "another process" in outcomes[0].reason


def test_a_mirror_that_cannot_be_made(fda: SmallFda, web: Web, mirror: Path) -> None:
    mirror.mkdir()
    (mirror / "ndc").write_text("a file where a folder should be")
    _, outcomes = made(web, mirror, "ndc", "rxnorm")
    assert [(o.source, o.result) for o in outcomes] == [("ndc", "failed"), ("rxnorm", "new")]
    assert "cannot be written" in outcomes[0].reason


def test_one_label_of_dailymed(fda: SmallFda, web: Web, tmp_path: Path) -> None:
    base = "/dailymed.nlm.nih.gov/dailymed"
    fda.put(f"{base}/services/v2/spls/{SET_ID}.xml", b'<?xml version="1.0"?><document><title>x</title></document>')
    fda.put(f"{base}/services/v2/spls/{SET_ID}/history.json", b'{"data": {"history": []}}')
    for version in (1, 2):
        fda.put(f"{base}/getFile.cfm?setid={SET_ID}&type=zip&version={version}", zipped(label_xml=str(version)))
    for wanted in (dailymed_label(SET_ID.upper()), dailymed_history(SET_ID), dailymed_version(SET_ID, 2)):
        assert check_address(wanted.url)
        fetched = fetch(wanted, tmp_path / "labels" / wanted.name, web, patience=QUICK)
        assert fetched.path.name.startswith(SET_ID)
    assert zipfile.ZipFile(fetched.path).read("label.xml") == b"2"
    for bad in ("", "../../etc", "kesimpta", f"{SET_ID}/../x"):
        with pytest.raises(UsageError):
            dailymed_label(bad)
