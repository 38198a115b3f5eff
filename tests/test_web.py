"""The HTTP surfaces without a browser: the API, the pages, and what guards them."""

from __future__ import annotations

import doctest
import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from drugchatter.engine import Engine, open_engine
from drugchatter.errors import UsageError
from drugchatter.store import editions
from drugchatter.store.build import DATABASE
from drugchatter.surfaces import api
from drugchatter.surfaces.answer_json import answer_to_dict
from drugchatter.surfaces.answering import Limits
from drugchatter.surfaces.web import server, site, start
from drugchatter.surfaces.web.app import create_app
from drugchatter.surfaces.web.guard import Rate
from drugchatter.surfaces.web.permalinks import question_of
from drugchatter.surfaces.web.views import answers, drugs, values
from drugchatter.sync import served, sync
from drugchatter.types import Question, Step
from label_files import settings, write_release
from web_site import EXAMPLIN, ROOMY, SAMPLEX, TOKEN, made_engine, running, running_app

BASE = "http://127.0.0.1"
PAGES = (
    "/",
    "/about",
    "/calendar",
    "/calendar?year=2041",
    "/class/sample-receptor-blocker",
    "/classes",
    "/companies",
    "/company/sample-works",
    "/compare",
    "/compare?d=examplin&d=samplex",
    "/drug/examplin",
    "/drug/examplin?find=liver",
    "/drug/examplin/approvals",
    "/drug/examplin/changes",
    "/drug/examplin/changes?old=1&new=3",
    "/drug/examplin/label/contraindications",
    "/drug/samplex/approvals",
    "/drug/samplex/changes",
    "/drugs",
    "/q/examplin-mechanism",
    "/q/examplin-protection",
    "/sources",
    "/status",
    "/ask?q=Examplin+half-life",
    "/ask?q=zelvorast+half+life",
    "/ask?q=I+took+30+examplin+tablets",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_engine(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files"))


@pytest.fixture
def client(world: Engine, tmp_path: Path) -> Iterator[TestClient]:
    with client_of(world, tmp_path, ROOMY) as made:
        yield made


def client_of(engine: Engine, home: Path, limits: Limits) -> TestClient:
    app = create_app(engine, home, limits=limits, token=TOKEN)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, client=("127.0.0.1", 50_000))


# -------------------------------------------------------------------------------------------------------------- API


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "elapsed_ms"}


def test_get_and_post_give_the_documented_answer(client: TestClient, world: Engine) -> None:
    expected = without_time(answer_to_dict(world.ask("Examplin half-life?")))
    got = client.get("/api/answer", params={"q": "Examplin half-life?"})
    posted = client.post("/api/answer", json={"question": "Examplin half-life?"})
    assert (got.status_code, posted.status_code) == (200, 200)
    assert without_time(got.json()) == without_time(posted.json()) == expected
    assert "16 days" in expected["headline"]["text"]


def test_turns_keep_the_drug(client: TestClient) -> None:
    body = {"question": "and in pregnancy?", "turns": ["What is Examplin?"]}
    for answer in (
        client.post("/api/answer", json=body).json(),
        client.get("/api/answer", params={"q": body["question"], "turn": body["turns"]}).json(),
    ):
        assert answer["reading"]["drugs"][0]["how"] == "context"
        assert "fetus" in answer["headline"]["text"]


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        event, *data = block.split("\n")
        found.append((event.removeprefix("event: "), json.loads("\n".join(d.removeprefix("data: ") for d in data))))
    return found


def test_the_stream_is_the_pipeline(client: TestClient, world: Engine) -> None:
    response = client.get("/api/answer", params={"q": "Examplin half-life?"}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    names = [name for name, _ in told]
    assert names[:2] == ["reading", "evidence"]
    assert names[-1] == "answer"
    assert names.count("statement") == len(list(world.ask("Examplin half-life?").statements()))
    assert without_time(told[-1][1]) == without_time(answer_to_dict(world.ask("Examplin half-life?")))
    assert told[3][1]["text"] == told[-1][1]["headline"]["text"]


@pytest.mark.parametrize(
    "question",
    [
        "Examplin half-life?",
        "What is Examplin?",
        "examplin or samplex dose?",
        "I took 30 examplin",
        "zelvorast",
        "hello",
    ],
)
def test_the_answer_is_what_was_streamed(client: TestClient, question: str) -> None:
    told = events(client.post("/api/answer", json={"question": question, "stream": True}).text)
    (opening,) = (data for name, data in told if name == "opening")
    stated = [data for name, data in told if name == "statement"]
    answer = told[-1][1]
    assert opening == {"notices": answer["notices"], "declined": answer["declined"]}
    assert [source for one in stated for source in one["sources"]] == answer["sources"]
    shown = [(None, "", answer["headline"])] if answer["headline"] else []
    for place, section in enumerate(answer["sections"]):
        shown += [(place, section["heading"], statement) for statement in section["statements"]]
    assert [(one["section"], one["heading"], one["text"], one["citations"]) for one in stated] == [
        (place, heading, statement["text"], statement["citations"]) for place, heading, statement in shown
    ]
    cited: set[int] = set()
    for one in stated:
        cited |= {source["n"] for source in one["sources"]}
        assert set(one["citations"]) <= cited


def test_a_statement_is_sent_before_the_next_is_checked(world: Engine, tmp_path: Path) -> None:
    slow = _Slow(world, 0.15)
    with running(slow, tmp_path) as base:  # type: ignore[arg-type]
        came: list[tuple[str, float]] = []
        with httpx.stream(
            "GET", f"{base}/api/answer", params={"q": "When does protection of Examplin end?", "stream": True}
        ) as response:
            for line in response.iter_lines():
                if line.startswith("event: "):
                    came.append((line.removeprefix("event: "), time.monotonic()))
    statements = [when for name, when in came if name == "statement"]
    assert len(statements) >= 3
    assert all(later - sooner > 0.1 for sooner, later in pairwise(statements))


def test_an_error_in_the_stream_is_its_last_event(client: TestClient) -> None:
    response = client.post("/api/answer", json={"question": "\x01\x02", "stream": True})
    ((name, told),) = events(response.text)
    assert name == "error"
    assert told["status"] == 400


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (("GET", "/api/answer", {}), 422),
        (("GET", "/api/answer", {"params": {"q": "x" * 4001}}), 422),
        (("GET", "/api/answer", {"params": {"q": "  "}}), 400),
        (("GET", "/api/answer", {"params": {"q": "\x01"}}), 400),
        (("POST", "/api/answer", {"json": {"question": "x", "turns": ["y"] * 21}}), 422),
        (("POST", "/api/answer", {"json": {"question": "x", "unknown": 1}}), 422),
        (("POST", "/api/answer", {"content": b"{"}), 422),
        (("POST", "/api/answer", {"content": b"\xff" * 70_000}), 413),
        (("DELETE", "/api/answer", {}), 405),
        (("GET", "/api/nothing", {}), 404),
    ],
)
def test_errors_are_problem_details(client: TestClient, request_: tuple[str, str, Any], status: int) -> None:
    method, path, more = request_
    response = client.request(method, path, **more)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "Content-Security-Policy" in response.headers


def test_a_body_of_unknown_length_is_counted(client: TestClient) -> None:
    chunks = (b"x" * 10_000 for _ in range(10))
    assert client.post("/api/answer", content=chunks).status_code == 413


def test_names_are_suggested(client: TestClient) -> None:
    found = client.get("/api/suggest", params={"q": "exam"}).json()
    assert found[0] == {"name": "Examplin", "generic": "exampline", "path": "/drug/examplin"}
    assert client.get("/api/suggest", params={"q": "e"}).json() == []


def test_the_api_is_documented(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {"/api/answer", "/api/suggest", "/api/status"}
    answer = document["components"]["schemas"]["AnswerModel"]
    shown = client.get("/api/answer", params={"q": "Examplin half-life?"}).json()
    assert set(answer["required"]) == set(shown)
    schemas = document["components"]["schemas"]
    assert set(schemas["SourceModel"]["required"]) == set(shown["sources"][0])
    streamed = dict(events(client.get("/api/answer", params={"q": "Examplin half-life?", "stream": True}).text))
    models = ("StreamedReading", "EvidenceModel", "OpeningModel", "StatedModel", "AnswerModel")
    for (name, data), model in zip(streamed.items(), models, strict=True):
        assert set(schemas[model]["required"]) == set(data), name


# ------------------------------------------------------------------------------------------------------------ pages


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_small_and_load_nothing_foreign(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert response.num_bytes_downloaded <= 60 * 1024
    loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+?(?:src|href)="([^"]+)"', response.text)
    assert loaded and all(address.startswith("/") for address in loaded)
    assert " style=" not in response.text and " onclick" not in response.text


def test_page_with_its_style_and_script_fits_in_60_kb(client: TestClient) -> None:
    page = client.get("/ask?q=What+is+Examplin", headers={"Accept": "text/html"})
    assets = [client.get(path) for path in re.findall(r'="(/static/[^"]+)"', page.text)]
    assert len(assets) == 3
    assert sum(response.num_bytes_downloaded for response in (page, *assets)) <= 60 * 1024
    assert all("immutable" in asset.headers["cache-control"] for asset in assets)


def test_an_answer_shows_its_sources_in_context(client: TestClient, world: Engine) -> None:
    page = client.get("/ask", params={"q": "Examplin half-life?"}).text
    source = world.ask("Examplin half-life?").sources[0]
    assert f"<mark>{source.quote}</mark>" in page
    link = re.search(rf'href="(/source/{source.passage_id}\?at=[^"]+)"', page)
    assert link
    assert f'<mark id="marked">{source.quote}</mark>' in client.get(link[1]).text
    assert "#:~:text=The%20half%2Dlife%20of%20exampline" in page


def test_a_danger_stands_before_everything(client: TestClient) -> None:
    page = client.get("/ask", params={"q": "I took 30 examplin tablets"}).text
    main = page[page.index("<main") :]
    assert 'class="notice emergency" role="alert"' in main
    assert main.index("emergency") < main.index('class="follow"')
    assert '<a href="tel:911">911</a>' in main
    boxed = client.get("/ask", params={"q": "Examplin dose"}).text
    assert boxed.index('class="notice boxed_warning"') < boxed.index('class="headline')


def test_a_form_without_script_asks_and_follows_up(client: TestClient) -> None:
    page = client.post("/ask", data={"q": "What is Examplin?"}).text
    assert '<input type="hidden" name="turn" value="What is Examplin?">' in page
    follow = client.post("/ask", data={"q": "and in pregnancy?", "turn": "What is Examplin?"}).text
    assert "may harm the fetus" in follow


def test_empty_question_leads_home(client: TestClient) -> None:
    for response in (
        client.get("/ask", follow_redirects=False),
        client.post("/ask", data={"q": " "}, follow_redirects=False),
    ):
        assert (response.status_code, response.headers["location"]) == (303, "/")


def test_unknown_things_are_not_found(client: TestClient) -> None:
    for path in (
        "/drug/none",
        "/class/none",
        "/company/none",
        "/q/none",
        "/q/examplin-none",
        "/q/examplin-cause-a.b",
        "/source/none",
        "/x",
    ):
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == 404
        assert "<h1>Not found</h1>" in response.text


def test_a_drug_page_holds_all_blocks(client: TestClient) -> None:
    page = client.get("/drug/examplin?find=liver+failure").text
    for words in ("NDA300001", "Sample Receptor Blocker", "7000001", "24 Feb 2041", "NCE", "Samplex", "1 line with"):
        assert words in page, words
    assert "<mark>liver</mark>" in page
    assert '<a href="/q/examplin-pregnancy">' in page


def test_sections_show_the_whole_text(client: TestClient) -> None:
    page = client.get("/drug/examplin/label/contraindications").text
    assert "Examplin is contraindicated in adults with liver failure." in page
    assert client.get("/drug/examplin/label/spl_product_data_elements").status_code == 404


def test_compare_puts_labels_side_by_side(client: TestClient) -> None:
    page = client.get("/compare", params={"d": ["examplin", "Samplex", "nobody"]}).text
    assert "blocks the sample receptor" in page and "opens the sample channel" in page
    assert "Not held: nobody" in page
    assert client.get("/compare", params={"d": ["x"] * 6}).status_code == 422


def test_the_calendar_narrows_and_exports(client: TestClient) -> None:
    assert "EXAMPLIN" in client.get("/calendar?year=2041").text
    assert "EXAMPLIN" in client.get("/calendar?year=2041&applicant=acme&kind=drug").text
    assert "EXAMPLIN" not in client.get("/calendar?year=2041&kind=biologic").text
    export = client.get("/calendar.csv?year=2041")
    assert export.headers["content-type"].startswith("text/csv")
    assert '"2041-02-24","EXAMPLIN"' in export.text
    assert client.get("/calendar?year=99999").status_code == 422


def test_pages_of_the_starter_say_that_its_books_are_not_whole(engine: Engine, tmp_path: Path) -> None:
    with client_of(engine, tmp_path, ROOMY) as starter:
        assert "rows of their own drugs only" in starter.get("/calendar").text
        assert "rows of their own drugs only" in starter.get("/drug/kesimpta").text
        assert "starter data" in starter.get("/").text


# ------------------------------------------------------------------------------------------------------- permalinks


@pytest.mark.parametrize(
    "wording", ["How does Examplin work?", "examplin mechanism of action", "EXAMPLIN moa?", "exampline mechanism"]
)
def test_one_question_has_one_address(client: TestClient, wording: str) -> None:
    assert 'rel="canonical" href="/q/examplin-mechanism"' in client.get("/ask", params={"q": wording}).text


@pytest.mark.parametrize(
    "question", ["examplin mechanism in children with sample disease", "examplin or samplex dose", "hello"]
)
def test_a_question_of_its_own_has_none(client: TestClient, question: str) -> None:
    assert 'rel="canonical"' not in client.get("/ask", params={"q": question}).text


def test_side_effects_and_protection_have_addresses(client: TestClient) -> None:
    for question in ("does examplin cause hair loss?", "Does Examplin cause alopecia?"):
        assert "/q/examplin-cause-alopecia" in client.get("/ask", params={"q": question}).text
    for question in ("examplin patent expiry", "is there a generic of Examplin?"):
        assert "/q/examplin-protection" in client.get("/ask", params={"q": question}).text


def test_every_address_leads_to_itself(client: TestClient, world: Engine) -> None:
    page = client.get("/drug/examplin").text
    slugs = set(re.findall(r'href="/q/([^"]+)"', page))
    assert len(slugs) >= 6
    held = {drug.id: drug for drug in world.index.drugs()}
    for slug in slugs:
        assert question_of(slug, held)
        assert f'rel="canonical" href="/q/{slug}"' in client.get(f"/q/{slug}").text


def test_publishing_is_the_operators_and_shows_what_changed(client: TestClient, tmp_path: Path) -> None:
    assert client.post("/q/examplin-mechanism/publish").status_code == 403
    assert "/q/" not in client.get("/sitemap.xml").text
    assert "noindex" in client.get("/q/examplin-mechanism").text
    client.get("/reports", params={"token": TOKEN})
    shown = client.post("/q/examplin-mechanism/publish").text
    assert "Nothing has changed." in shown and "noindex" not in shown
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', shown)[1])  # type: ignore[index]
    assert "sample receptor" in data["mainEntity"]["acceptedAnswer"]["text"]
    assert f"<loc>{BASE}/q/examplin-mechanism</loc>" in client.get("/sitemap.xml").text
    assert "Allow: /q/examplin-mechanism$" in client.get("/robots.txt").text
    kept = tmp_path / "web" / "published" / "examplin-mechanism.json"
    kept.write_text(kept.read_text().replace("in the gut wall", "in the skin"), "utf-8")
    changed = client.get("/q/examplin-mechanism").text
    assert re.search(r"<strong>Then:</strong>[^<]+in the skin", changed)
    assert re.search(r"<strong>Now:</strong>[^<]+in the gut wall", changed)
    client.post("/q/examplin-mechanism/publish", data={"withdraw": "true"})
    assert "/q/" not in client.get("/sitemap.xml").text


def test_what_was_not_answered_is_not_published(client: TestClient) -> None:
    client.get("/reports", params={"token": TOKEN})
    assert client.post("/q/samplex-half-life/publish").status_code == 409


# ---------------------------------------------------------------------------------------------------------- reports


def test_reports_are_kept_for_the_operator_alone(client: TestClient, tmp_path: Path) -> None:
    sent = {"note": "wrong <b>dose</b>", "question": "Examplin dose", "answer": "a_1"}
    assert client.post("/report", data=sent).status_code == 200
    assert client.post("/report", data={"note": " "}).status_code == 400
    file = tmp_path / "web" / "reports.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    for refused in (client.get("/reports"), client.get("/reports", params={"token": "guess"})):
        assert refused.status_code == 403 and "Examplin dose" not in refused.text
    page = client.get("/reports", params={"token": TOKEN}).text
    assert "Examplin dose" in page and "wrong &lt;b&gt;dose" in page
    assert (
        "httponly"
        in client.get("/reports", params={"token": TOKEN}, follow_redirects=False).headers["set-cookie"].lower()
    )


def test_the_operator_is_on_this_machine(world: Engine, tmp_path: Path) -> None:
    app = create_app(world, tmp_path, limits=ROOMY, token=TOKEN)
    with TestClient(app, base_url=BASE, client=("192.0.2.7", 50_000)) as far:
        assert far.get("/reports", params={"token": TOKEN}).status_code == 403


PUBLIC = {
    "/", "/about", "/api/answer", "/api/status", "/api/suggest", "/ask", "/calendar", "/calendar.csv",
    "/class/{slug}", "/classes", "/companies", "/company/{slug}", "/compare", "/drug/{drug_id}",
    "/drug/{drug_id}/approvals", "/drug/{drug_id}/changes", "/drug/{drug_id}/label/{field}",
    "/drugs", "/openapi.json", "/q/{slug}", "/report", "/robots.txt",
    "/sitemap.xml", "/source/{passage_id}", "/sources", "/static/{name}", "/status",
}  # fmt: skip
OPERATORS = {"/reports", "/q/{slug}/publish"}


def routes(app: Any) -> set[str]:
    from fastapi.routing import iter_route_contexts

    return {context.path for context in iter_route_contexts(app.routes) if hasattr(context, "path")}


def test_every_route_is_public_on_purpose(world: Engine, tmp_path: Path) -> None:
    app = create_app(world, tmp_path)
    assert routes(app) == PUBLIC | OPERATORS


# ------------------------------------------------------------------------------------------------------------ guard


def test_every_response_carries_the_policy(client: TestClient) -> None:
    for path in ("/", "/static/style.css", "/api/status", "/nothing", "/reports"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


FOREIGN: list[dict[str, str]] = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "evil.example:8642"},
    {"Host": ""},
    {"Host": "169.254.169.254"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_sites_are_refused(client: TestClient, method: str) -> None:
    for headers in FOREIGN:
        response = client.request(method, "/api/answer", params={"q": "x"}, headers=headers)
        assert response.status_code == 403, headers
        assert "access-control-allow-origin" not in response.headers


def test_a_link_from_another_site_may_be_followed_but_no_form_sent(client: TestClient) -> None:
    following = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=following).status_code == 200
    assert client.post("/report", data={"note": "x"}, headers=following).status_code == 403
    assert client.get("/", headers={"Origin": "http://localhost:8642", "Host": "localhost:8642"}).status_code == 200


def test_a_client_that_asks_too_fast_waits(world: Engine, tmp_path: Path) -> None:
    with client_of(world, tmp_path, Limits(per_minute=5)) as hasty:
        codes = [
            hasty.get("/about", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code for number in range(8)
        ]
        assert codes == [200] * 5 + [429] * 3
        assert int(hasty.get("/about").headers["retry-after"]) >= 1
        assert hasty.get("/static/style.css").status_code == 200


def test_rate_refills_and_forgets() -> None:
    rate = Rate(60)
    assert [rate.wait("a", now=0.0) for _ in range(60)] == [0] * 60
    assert rate.wait("a", now=0.0) == 1
    assert rate.wait("b", now=0.0) == 0
    assert rate.wait("a", now=1.1) == 0


class _Slow:
    """The world's engine, but its stream stops for a while after the reading."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine, self._seconds = engine, seconds
        self.index, self.books = engine.index, engine.books
        self.finished = 0

    def stream(self, question: Question) -> Iterator[Step]:
        for step in self._engine.stream(question):
            yield step
            time.sleep(self._seconds)
        self.finished += 1


def test_an_answer_has_a_time_limit(world: Engine, tmp_path: Path) -> None:
    with client_of(_Slow(world, 0.5), tmp_path, Limits(seconds=0.2)) as slow:  # type: ignore[arg-type]
        response = slow.get("/api/answer", params={"q": "Examplin dose"})
        assert response.status_code == 503
        assert "longer than 0.2 seconds" in response.json()["title"]


def test_places_for_answers_are_counted(world: Engine, tmp_path: Path) -> None:
    with client_of(world, tmp_path, Limits(streams=0)) as full:
        response = full.get("/api/answer", params={"q": "Examplin dose"})
        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"


def test_the_work_stops_when_the_reader_has_gone(world: Engine, tmp_path: Path) -> None:
    slow = _Slow(world, 0.1)
    with running(slow, tmp_path, Limits(per_minute=10_000)) as base:  # type: ignore[arg-type]
        port = int(base.rpartition(":")[2])
        for number in range(20):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(
                    f"GET /api/answer?q=Examplin+dose+{number}&stream=true HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
                )
                assert b"event: reading" in connection.recv(4096) + connection.recv(4096)
        deadline = time.monotonic() + 5
        while httpx.get(f"{base}/api/status").json()["open_answers"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert httpx.get(f"{base}/api/status").json()["open_answers"] == 0
        assert slow.finished < 20


TRAVERSALS = [
    prefix + target
    for prefix in ("/static/", "/source/", "/drug/", "/q/", "/drug/examplin/label/")
    for target in (
        "../pyproject.toml",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "/etc/passwd",
        "%00",
        "..%5c..%5cwindows%5cwin.ini",
        "file:%2f%2f%2fetc%2fpasswd",
        "style.css%00.html",
        "%c0%ae%c0%ae/etc/passwd",
        "~root/.bashrc",
        "x' OR 1=1 --",
    )
]


def test_no_path_leads_to_a_file(client: TestClient) -> None:
    assert len(TRAVERSALS) == 60
    for path in TRAVERSALS:
        response = client.get(path)
        assert response.status_code in (404, 422), path
        assert "root:" not in response.text and "[project]" not in response.text


# ---------------------------------------------------------------------------------------------------------- privacy


def test_no_question_is_kept_or_logged(world: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    canary = "quokkabird"
    with running(world, tmp_path) as base:
        for path in ("/ask", "/api/answer"):
            httpx.get(f"{base}{path}", params={"q": f"examplin {canary}"})
        httpx.post(f"{base}/ask", data={"q": f"examplin {canary}"})
        httpx.post(f"{base}/api/answer", json={"question": f"{canary}\x01"})
        httpx.get(f"{base}/{canary}")
    out = capfd.readouterr()
    assert canary not in out.out + out.err
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and canary in file.read_text("utf-8", "ignore")]
    assert kept == []


def test_no_telemetry_sees_a_question(world: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI tells each address to the process's OpenTelemetry provider, if there is one."""
    trace = pytest.importorskip("opentelemetry.trace")

    class Provider(trace.TracerProvider):  # type: ignore[misc,name-defined]
        def get_tracer(self, *_: Any, **__: Any) -> Any:
            pytest.fail("a span would carry the question")

    monkeypatch.setattr(trace, "get_tracer_provider", Provider)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with client_of(world, tmp_path, ROOMY) as client:
        assert client.get("/ask", params={"q": "Examplin dose"}).status_code == 200


def test_a_defect_is_told_without_the_question(world: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(_Slow):
        def stream(self, question: Question) -> Iterator[Step]:
            raise RuntimeError(question.text)

    with client_of(Broken(world, 0), tmp_path, ROOMY) as broken:  # type: ignore[arg-type]
        response = broken.get("/api/answer", params={"q": "quokkabird"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "quokkabird" not in response.text + caplog.text
    assert "RuntimeError" in caplog.text


# ------------------------------------------------------------------------------------------------------------ serve


SERVE = [sys.executable, "-m", "drugchatter.surfaces.web", "0"]


def test_serve_prints_its_address_answers_and_stops(starter_home: Path) -> None:
    env = {**os.environ, "DRUGCHATTER_HOME": str(starter_home)}
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout and process.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address

        answer = httpx.get(f"{address[0]}api/answer", params={"q": "Kesimpta half-life?"}, timeout=30).json()
        assert "16 days" in answer["headline"]["text"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        assert "half-life" not in process.stdout.read() + process.stderr.read()


def test_a_taken_port_is_told(starter_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be listened on"):
            server.serve(port=taken.getsockname()[1], settings=settings(starter_home))


def test_a_request_that_never_ends_is_hung_up_on(
    world: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.2)
    with running(world, tmp_path, http=server._Protocol) as base:
        with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2]))) as connection:
            connection.settimeout(5)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            assert connection.recv(100) == b""
        assert httpx.get(base).status_code == 200


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "drugchatter.surfaces.web.server")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(UsageError, match="uvicorn") as refused:
        start()
    assert "drugchatter[web]" in refused.value.hint


@pytest.mark.parametrize("module", [api, answers, drugs, site, values])
def test_examples_of_the_docstrings_hold(module: ModuleType) -> None:
    tried = doctest.testmod(module)
    assert tried.attempted and not tried.failed


def test_the_starter_edition_is_enough(starter_home: Path, tmp_path: Path) -> None:
    with client_of(open_engine(settings(starter_home)), tmp_path, ROOMY) as client:
        assert "How does Kesimpta work?" in client.get("/").text
        assert "B lymphocytes" in client.get("/q/kesimpta-mechanism").text


# ------------------------------------------------------------------------------------------------------ new editions


HALF_LIVES = ("about 16 days", "about 21 days")
LONG = Limits(per_minute=1_000_000, seconds=60)


class _Held(_Slow):
    """An engine whose answer to one question is held back until it is let go."""

    def __init__(self, engine: Engine, go: threading.Event) -> None:
        super().__init__(engine, 0)
        self.close, self._go = engine.close, go

    def stream(self, question: Question) -> Iterator[Step]:
        for step in self._engine.stream(question):
            yield step
            assert "patiently" not in question.text or self._go.wait(60)


@pytest.fixture
def published(tmp_path: Path) -> tuple[Path, Path]:
    """(home, the folder of the publishers' files) with the first edition, of HALF_LIVES[0]."""
    home, files = tmp_path / "home", tmp_path / "files"
    files.mkdir()
    made_engine(home, files).close()
    return home, files


def publish(home: Path, files: Path) -> str:
    """Let an edition of HALF_LIVES[1] serve; returns its id."""
    told = f"12.3 Pharmacokinetics The half-life of exampline is {HALF_LIVES[1]}."
    write_release(files, [EXAMPLIN | {"pharmacokinetics": [told], "version": "4"}, SAMPLEX])
    return sync(settings(home), files, force=True).edition


def told(base: str, question: str = "Examplin half-life?") -> tuple[str, str]:
    """(edition, headline) of an answer."""
    answer = httpx.get(f"{base}/api/answer", params={"q": question}, timeout=30).raise_for_status().json()
    return answer["data"][0]["edition"], answer["headline"]["text"]


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_new_edition_is_taken_up_while_fifty_ask(published: tuple[Path, Path]) -> None:
    following = server.followed(settings(published[0]), ROOMY, frozenset({"127.0.0.1"}), TOKEN)
    enough = threading.Event()
    with running_app(following) as base, ThreadPoolExecutor(50) as readers:
        first, said = told(base)
        assert HALF_LIVES[0] in said
        old = weakref.ref(following.app.state.site.engine.index)

        def read(number: int) -> set[tuple[str, str]]:
            found = set()
            for turn in count():
                # In other words each time, so that no answer is at hand.
                found.add(told(base, f"Examplin half-life? x{number}x{turn}"))
                if enough.is_set():
                    return found
            raise AssertionError

        reading = [readers.submit(read, number) for number in range(50)]
        second = publish(*published)
        wait_for(lambda: following.app.state.site.engine.index.edition.id == second)
        now = told(base)
        enough.set()
        seen = set().union(*(one.result() for one in reading))
        assert now[0] == second and HALF_LIVES[1] in now[1]
        assert {edition for edition, _ in seen} == {first, second}
        assert all(HALF_LIVES[edition == second] in said for edition, said in seen)
        assert second in httpx.get(f"{base}/status").text
        # Nothing of the old edition stays in memory.
        wait_for(lambda: gc.collect() >= 0 and old() is None)


def test_an_answer_ends_on_the_edition_it_began_with(
    published: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, closed, own = threading.Event(), list[str](), settings(published[0])
    close = Engine.close
    monkeypatch.setattr(Engine, "close", lambda self: (closed.append(self.index.edition.id), close(self)))

    def made() -> Any:
        return create_app(_Held(open_engine(own), go), tmp_path, limits=LONG, token=TOKEN)  # type: ignore[arg-type]

    with running_app(server.Following(made, lambda: served(own))) as base, ThreadPoolExecutor(1) as readers:
        first, _ = told(base)
        begun = readers.submit(told, base, "Examplin half-life, patiently?")
        wait_for(lambda: httpx.get(f"{base}/api/status").json()["open_answers"] == 1)
        second = publish(*published)
        wait_for(lambda: told(base)[0] == second)
        assert closed == []
        go.set()
        edition, said = begun.result()
        assert edition == first and HALF_LIVES[0] in said
        wait_for(lambda: closed == [first])
        assert told(base)[0] == second


def test_an_edition_that_cannot_be_read_is_not_taken_up(
    published: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    home, files = published
    editions_ = settings(home).editions
    with running_app(server.followed(settings(home), ROOMY, frozenset({"127.0.0.1"}), TOKEN)) as base:
        first, _ = told(base)
        (editions_ / "broken").mkdir()
        (editions_ / "broken" / DATABASE).write_bytes(b"no database")
        editions.publish(editions_, "broken")
        wait_for(lambda: "the new edition is not taken up: StoreError" in caplog.text)
        (editions_ / "current").write_text("nowhere\n", "utf-8")
        wait_for(lambda: "'nowhere'" in caplog.text)
        assert told(base)[0] == first
        editions.publish(editions_, first)
        second = publish(home, files)
        wait_for(lambda: told(base)[0] == second)
        assert caplog.text.count("not taken up") == 2
