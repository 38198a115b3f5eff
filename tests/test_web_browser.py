"""The page in Debian's Chromium: every page and flow as a reader meets them, with and without script, light and dark.

Skipped by name where no Chromium is found; DRUGCHATTER_CHROMIUM names another.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from drugchatter.engine import Engine
from drugchatter.types import Question, Step
from hostile import PAYLOADS
from label_files import raw_label
from web_site import EXAMPLIN, SAMPLEX, TOKEN, made_engine, running

CHROMIUM = os.environ.get("DRUGCHATTER_CHROMIUM") or shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: apt-get install chromium, or set DRUGCHATTER_CHROMIUM"),
]
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# What a page may not do unseen: show a dialog, break its policy, shift what is being read.
_WATCH = """
window.hits = []; window.shift = 0;
document.addEventListener('securitypolicyviolation', (e) => window.hits.push(`${e.violatedDirective} ${e.blockedURI}`));
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => window.hits.push(name);
new PerformanceObserver((list) => { for (const e of list.getEntries()) window.shift += e.value; })
  .observe({ type: 'layout-shift', buffered: true });
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_engine(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def site(world: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(world, tmp_path_factory.mktemp("kept")) as base:
        yield base


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Open]:
    """Opens a page of `site` in a context of its own; at the end nothing foreign was asked for and no policy broken."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def open_(path: str = "/", base: str = site, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        foreign: list[str] = []
        contexts.append((context, foreign))
        context.on("request", lambda r: None if r.url.startswith((base, "data:")) else foreign.append(r.url))
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("dialog", lambda dialog: (foreign.append("a dialog"), dialog.dismiss()))
        if options.get("java_script_enabled", True):
            context.add_init_script(_WATCH)
        page.goto(base + path)
        return page

    yield open_
    for context, foreign in contexts:
        assert foreign == []
        context.close()


def hits(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.hits")
    return found


# ------------------------------------------------------------------------------------------------------------ flows


def test_a_question_is_typed_answered_and_followed(opened: Open) -> None:
    page = opened()
    page.get_by_label("Your question").fill("Examplin half-life?")
    page.keyboard.press("Enter")
    page.locator(".answer-page[data-question]").wait_for()
    assert page.url.endswith("/ask?q=Examplin+half-life%3F")
    assert "16 days" in page.locator(".headline").inner_text()
    assert page.evaluate("document.activeElement.className") == "question"
    page.get_by_label("A further question about Examplin").fill("and in pregnancy?")
    page.locator(".follow button[type=submit]").click()
    page.locator(".headline", has_text="harm the fetus").wait_for()
    assert page.get_by_role("link", name="Examplin half-life?").is_visible()
    page.go_back()
    page.locator(".headline", has_text="16 days").wait_for()
    assert hits(page) == []


def test_the_streamed_page_is_the_page_the_server_renders(opened: Open, site: str) -> None:
    for question in (
        "Examplin half-life?",
        "Examplin dose",
        "examplin or samplex dose?",
        "zelvorast",
        "I took 30 examplin",
    ):
        streamed = opened()
        streamed.get_by_label("Your question").fill(question)
        streamed.keyboard.press("Enter")
        streamed.locator(".answer-page[data-question]").wait_for()
        rendered = opened(f"/ask?q={question.replace('?', '%3F').replace(' ', '+')}")
        parts = [page.locator(".answer-page").inner_html() for page in (streamed, rendered)]
        streamed_, rendered_ = (re.sub(r"\s+(?=<)|(?<=>)\s+", "", part) for part in parts)
        # How long each took is all that differs.
        assert re.sub(r"\d+ ms", "ms", streamed_) == re.sub(r"\d+ ms", "ms", rendered_)


class _Slow:
    """An engine that takes its time between steps, as a language model would."""

    def __init__(self, engine: Engine, seconds: float = 0.7) -> None:
        self._engine, self._seconds = engine, seconds
        self.index, self.books = engine.index, engine.books

    def stream(self, question: Question) -> Iterator[Step]:
        for step in self._engine.stream(question):
            yield step
            time.sleep(self._seconds)


def test_an_answer_arrives_in_steps_without_moving_what_is_read(opened: Open, world: Engine, tmp_path: Path) -> None:
    with running(_Slow(world), tmp_path) as base:  # type: ignore[arg-type]
        # Two wordings, since an answer that was given is given again at once.
        for width, question in ((360, "How does Samplex work?"), (1280, "Samplex: how does it work?")):
            page = opened("/", base, viewport={"width": width, "height": 800})
            page.get_by_label("Your question").fill(question)
            page.evaluate("window.shift = 0")
            page.keyboard.press("Enter")
            page.locator(".byline", has_text="Reading about Samplex").wait_for()
            page.locator(".asking .headline").wait_for()
            before = page.locator(".headline").bounding_box()
            page.locator(".answer-page[data-question]").wait_for()
            page.wait_for_timeout(300)
            assert page.locator(".headline").bounding_box() == before
            assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_sections_appear_one_by_one_and_stay(opened: Open, world: Engine, tmp_path: Path, width: int) -> None:
    question = "When does protection of Examplin end?"
    whole = world.ask(question)
    assert len(whole.sections) == 3
    with running(_Slow(world, 0.3), tmp_path) as base:  # type: ignore[arg-type]
        page = opened("/", base, viewport={"width": width, "height": 800})
        page.get_by_label("Your question").fill(question)
        page.evaluate("window.shift = 0")
        page.keyboard.press("Enter")
        page.locator(".asking .statements li").first.wait_for()
        assert page.locator(".statements li").count() < sum(len(section.statements) for section in whole.sections)
        assert page.locator(".evidence").is_visible() == (width == 1280)
        page.evaluate("document.querySelector('.headline').mark = document.querySelector('h2').mark = true")
        page.locator(".headline .cite").first.click()
        page.locator(".source.shown mark, .inline-source mark").first.wait_for()
        page.evaluate("window.shift = 0")
        page.locator(".answer-page[data-question]").wait_for()
        page.wait_for_timeout(300)
        assert page.evaluate("document.querySelector('.headline').mark && document.querySelector('h2').mark")
        assert page.locator(".source.shown mark, .inline-source mark").first.is_visible()
        assert page.evaluate("window.shift") == 0
        assert page.locator(".statements > li:not(.inline-source)").count() == sum(
            len(s.statements) for s in whole.sections
        )


def test_a_warning_is_read_before_the_first_statement(opened: Open, world: Engine, tmp_path: Path) -> None:
    with running(_Slow(world), tmp_path) as base:  # type: ignore[arg-type]
        page = opened("/", base)
        page.get_by_label("Your question").fill("Examplin dose")
        page.keyboard.press("Enter")
        page.locator(".asking .notice.boxed_warning").wait_for()
        assert page.locator(".headline").count() == 0
        page.locator(".notice + .headline").wait_for()


def test_an_interrupted_stream_is_told(opened: Open, world: Engine, tmp_path: Path) -> None:
    with running(_Slow(world), tmp_path) as base:  # type: ignore[arg-type]
        page = opened("/", base)
        page.get_by_label("Your question").fill("How does Samplex work?")
        page.keyboard.press("Enter")
        page.locator(".byline", has_text="Reading about Samplex").wait_for()
    page.locator(".byline", has_text="Interrupted").wait_for()
    assert "Reload the page" in page.get_by_role("alert").inner_text()


def test_a_citation_opens_the_words_beside_the_text(opened: Open) -> None:
    page = opened("/ask?q=Examplin+mechanism")
    page.locator(".headline .cite").first.click()
    shown = page.locator(".evidence .source.shown")
    assert "blocks the sample receptor" in shown.locator("mark").inner_text()
    text, card = page.locator(".headline").bounding_box(), shown.bounding_box()
    assert text and card and card["x"] > text["x"] + text["width"]
    link = shown.get_by_role("link", name="At the publisher")
    assert "#:~:text=" in (link.get_attribute("href") or "")
    shown.get_by_role("link", name="Read in context").click()
    assert "blocks the sample receptor" in page.locator("mark#marked").inner_text()


def test_on_a_phone_a_citation_opens_beneath_its_sentence(opened: Open) -> None:
    page = opened("/ask?q=Examplin+mechanism", viewport={"width": 360, "height": 780})
    cite = page.locator(".headline .cite").first
    cite.click()
    assert page.locator(".headline + .inline-source mark").is_visible()
    assert cite.get_attribute("aria-expanded") == "true"
    cite.click()
    assert page.locator(".inline-source").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_names_are_suggested_while_typing_by_keyboard_alone(opened: Open) -> None:
    page = opened()
    page.keyboard.type("dose of exam")
    page.get_by_role("option").first.wait_for()
    assert page.get_by_role("combobox").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.get_by_label("Your question").input_value() == "dose of Examplin "
    page.keyboard.type("samp")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("option").count() == 0


def test_keyboard_alone_reaches_an_answer_and_its_source(opened: Open) -> None:
    page = opened()
    page.keyboard.type("Examplin mechanism?")
    page.keyboard.press("Enter")
    page.locator(".answer-page[data-question]").wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "cite":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "source-1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Read in context"


def test_history_stays_in_this_browser(opened: Open) -> None:
    page = opened("/ask?q=Examplin+mechanism")
    assert page.goto(page.url.split("/ask")[0] + "/")
    entry = page.locator("#history a")
    assert entry.inner_text() == "Examplin mechanism"
    entry.click()
    page.wait_for_url("**/q/examplin-mechanism")
    page.go_back()
    page.get_by_role("button", name="Forget them").click()
    assert page.locator("#history").is_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_an_answer_is_copied_with_its_citations(opened: Open) -> None:
    page = opened("/ask?q=Examplin+half-life", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy with citations").click()
    page.get_by_role("button", name="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "about 16 days. [1]" in text
    assert "[1] EXAMPLIN" in text and "dailymed" in text and "“The half-life of exampline is about 16 days.”" in text


def test_without_script_everything_is_there(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    page.get_by_label("Your question").fill("Examplin mechanism?")
    page.get_by_role("button", name="Ask").click()
    assert "sample receptor" in page.locator(".headline").inner_text()
    page.locator(".headline .cite").first.click()
    assert page.url.endswith("#source-1")
    assert page.locator("#source-1 mark").is_visible()
    page.get_by_label("A further question about Examplin").fill("and in pregnancy?")
    page.locator(".follow button[type=submit]").click()
    assert "fetus" in page.locator(".headline").inner_text()
    assert page.get_by_role("button", name="Copy with citations").count() == 0
    page.locator("summary", has_text="Report an error").click()
    page.get_by_label("What is wrong?").fill("the tense")
    page.get_by_role("button", name="Send").click()
    assert "Your report is kept" in page.inner_text("main")


def test_print_leaves_the_answer_and_its_sources(opened: Open) -> None:
    page = opened("/ask?q=Examplin+mechanism")
    page.emulate_media(media="print")
    assert page.locator(".headline").is_visible()
    assert page.locator(".evidence blockquote").first.is_visible()
    for gone in (".top nav", ".follow", "[data-print]"):
        assert page.locator(gone).first.is_hidden()


def test_the_operator_publishes_and_reads_reports(opened: Open) -> None:
    page = opened(f"/reports?token={TOKEN}")
    assert page.url.endswith("/reports")
    page.goto(page.url.replace("/reports", "/q/samplex-mechanism"))
    page.get_by_role("button", name="Publish this answer").click()
    assert "Nothing has changed" in page.inner_text(".published")
    page.get_by_role("button", name="Withdraw from publication").click()
    assert page.locator(".published").count() == 0


def test_compare_and_calendar_work_by_their_forms(opened: Open) -> None:
    page = opened("/compare")
    page.get_by_label("Drug 1").fill("examplin")
    page.get_by_label("Drug 2").fill("samplex")
    page.get_by_role("button", name="Compare").click()
    assert page.get_by_role("rowheader", name="How it works").is_visible()
    page.goto(page.url.split("/compare")[0] + "/calendar?year=2041")
    page.get_by_label("Kind").select_option("biologic")
    page.get_by_role("button", name="Show").click()
    assert "0 applications" in page.inner_text("main")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_drugs_page_shows_its_pictures_and_their_tables(opened: Open, script: bool, width: int) -> None:
    page = opened("/drug/examplin", java_script_enabled=script, viewport={"width": width, "height": 800})
    for part, said in (("rates", "Headache"), ("protection", "US 7000001 (substance)"), ("approvals", "2012")):
        picture = page.locator(f"#{part} figure svg.picture")
        box = picture.bounding_box()
        assert box and 150 < box["width"] <= width and box["height"] > 60
        assert said in (picture.text_content() or "")
        table = page.locator(f"#{part} figure table")
        assert table.is_hidden()
        page.locator(f"#{part} figure summary").click()
        assert table.is_visible() and said.split(" (")[0] in table.inner_text()
    # Letters keep their size whatever the width.
    assert page.locator("#rates svg .name").first.bounding_box()["height"] > 12  # type: ignore[index]


def test_the_fills_of_a_picture_differ_without_colour(opened: Open) -> None:
    page = opened("/drug/examplin")
    fills = page.evaluate(
        "['solid', 'striped'].map((tone) => document.querySelector(`#rates svg.picture > .${tone}`))"
        ".map((bar) => getComputedStyle(bar).fill)"
    )
    assert fills[0].startswith("rgb") and "#stripes-rates" in fills[1]


@pytest.mark.parametrize("script", [True, False])
def test_two_versions_are_chosen_and_compared(opened: Open, script: bool) -> None:
    page = opened("/drug/examplin", java_script_enabled=script)
    page.get_by_role("link", name="All versions, and changes over time").click()
    assert page.locator("del").first.inner_text() == "10" or page.locator("ins").first.is_visible()
    page.get_by_label("From", exact=True).select_option("1")
    page.get_by_label("To", exact=True).select_option("2")
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith("/drug/examplin/changes?old=1&new=2")
    assert "Version 1 of 2 Jan 2023 to version 2 of 2 Jan 2024" in page.inner_text("main")
    assert "Keep Examplin tablets dry." in page.inner_text(".change")
    assert page.locator("svg.picture").is_visible()


def test_a_row_is_read_on_its_own_page(opened: Open) -> None:
    page = opened("/drug/examplin")
    page.locator("#approvals").get_by_role("link", name="ORIG 1").click()
    assert "NDA 300001 ORIG 1, approved (AP) on 2012-03-04" in page.inner_text("blockquote")
    assert "Drugs@FDA (drugsatfda/Submissions.txt)" in page.inner_text("main")


def test_a_section_is_searched_and_asked_about(opened: Open) -> None:
    page = opened("/drug/examplin")
    page.get_by_role("link", name="Ask about Contraindications").click()
    page.locator(".headline", has_text="liver failure").wait_for()
    page.goto(page.url.split("/q/")[0] + "/drug/examplin/label/pregnancy")
    page.get_by_label("Find in the label").fill("fetus")
    page.get_by_role("button", name="Find").click()
    assert page.locator(".hits mark").first.inner_text() == "fetus"


def test_the_calendar_is_drawn_by_month_and_by_year(opened: Open) -> None:
    page = opened("/calendar?year=2041", java_script_enabled=False, viewport={"width": 320, "height": 700})
    assert page.locator("svg.picture").count() == 2
    page.locator("summary").last.click()
    page.get_by_role("link", name="2041").last.click()
    assert page.url.endswith("/calendar?year=2041")


def test_pages_weigh_at_most_sixty_kilobytes(opened: Open) -> None:
    page = opened("/about")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[int] = []
    session.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    base = page.url.removesuffix("/about")
    for path in ("/drug/examplin", "/drug/examplin/changes", "/drug/examplin/approvals", "/calendar?year=2041"):
        received.clear()
        page.goto(base + path, wait_until="networkidle")
        assert 1_000 < sum(received) <= 60_000, (path, received)


# ------------------------------------------------------------------------------------------------------------- looks

PAGES = (
    "/",
    "/about",
    "/ask?q=Examplin+dose",
    "/ask?q=I+took+30+examplin+tablets",
    "/ask?q=zelvorast+half+life",
    "/calendar?year=2041",
    "/class/sample-receptor-blocker",
    "/classes",
    "/company/sample-works",
    "/compare?d=examplin&d=samplex",
    "/drug/examplin",
    "/drug/examplin?find=liver",
    "/drug/examplin/approvals",
    "/drug/examplin/changes",
    "/drug/samplex/changes",
    "/drug/examplin/label/boxed_warning",
    "/drugs",
    "/nothing-here",
    "/q/examplin-protection",
    "/sources",
    "/status",
)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened: Open, scheme: str, width: int) -> None:
    page = opened("/", color_scheme=scheme, viewport={"width": width, "height": 800})
    base = page.url.rstrip("/")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for path in PAGES:
        page.goto(base + path)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = Axe().run(page, options=rules)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert hits(page) == [], path


# ----------------------------------------------------------------------------------------------------------- hostile


def test_what_runs_in_a_page_would_be_seen(opened: Open) -> None:
    page = opened()
    page.evaluate("document.body.append(Object.assign(new Image(), { src: '/x:y', id: 'made' }))")
    page.evaluate("try { document.getElementById('made').setAttribute('onerror', 'alert(1)') } catch {}")
    page.evaluate("try { document.body.innerHTML = '<b>x</b>' } catch {}")
    page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: '/about' }))")
    page.wait_for_function("window.hits.length === 3")
    assert [hit.split()[0] for hit in hits(page)] == ["require-trusted-types-for"] * 2 + ["frame-src"]


def _hostile_rates(number: int, payload: str) -> str:
    """A table that is drawn, with the payload where a picture writes."""
    told = escape(payload)
    rows = "".join(f"<tr><td>{told} {n}</td><td>{n}</td><td>{n}</td></tr>" for n in range(3, 6))
    heads = f"<tr><td></td><td>evilin{number} % {told}</td><td>Placebo % {told}</td></tr>"
    return f"<table><caption>Adverse reactions {told}</caption><tbody>{heads}{rows}</tbody></table>"


def hostile_label(number: int, payload: str, version: str = "2") -> dict[str, Any]:
    """A label whose every shown field carries `payload`."""
    named = f"Evil{number} {payload}"
    label = raw_label(
        set_id=f"{number:08}-1111-4111-8111-111111111111",
        spl_product_data_elements=[f"{named} evilin{number}"],
        mechanism_of_action=[f"12.1 Mechanism {payload} Evilin{number} blocks {payload} the receptor."],
        boxed_warning=[f"WARNING: {payload}"],
        adverse_reactions_table=[_hostile_rates(number, payload)],
        version=version,
        dosage_and_administration=[f"2 DOSAGE {payload} Take Evilin{number} {version}0 mg {payload}."],
        adverse_reactions=[f"6 ADVERSE REACTIONS {payload} headache {payload}."],
    )
    label["openfda"] |= {
        "brand_name": [named],
        "generic_name": [f"evilin{number} {payload}"],
        "manufacturer_name": [f"Works {payload}"],
        "substance_name": [f"EVILIN{number}"],
        "pharm_class_epc": [f"Class {payload} [EPC]"],
        "application_number": [f"NDA9{number:05}"],
    }
    return label


def test_hostile_strings_do_nothing_anywhere(
    opened: Open, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    assert len(PAYLOADS) == 120
    payloads = PAYLOADS if os.environ.get("DRUGCHATTER_ALL_HOSTILE") else PAYLOADS[::5]
    labels = [EXAMPLIN, SAMPLEX]
    labels += [hostile_label(n, payload, version) for n, payload in enumerate(payloads) for version in ("1", "2", "3")]
    engine = made_engine(tmp_path, tmp_path_factory.mktemp("files"), *labels)
    drugs = [drug.id for drug in engine.index.drugs() if drug.id.startswith("evil")]
    assert len(drugs) >= len(payloads) * 0.8
    with running(engine, tmp_path) as base:
        page = opened("/", base)
        page.request.get(f"{base}/reports", params={"token": TOKEN})
        for payload in payloads:
            page.request.post(f"{base}/report", form={"note": payload, "question": payload, "answer": "a"})
        wrong: list[str] = []

        def look(path: str) -> None:
            page.goto(base + path)
            if found := hits(page):
                wrong.append(f"{path}: {found}")

        for path in ("/reports", "/drugs", "/classes", "/companies"):
            look(path)
        groups = _links(page, base, "/classes", "/class/")[:8] + _links(page, base, "/companies", "/company/")[:8]
        for group in groups:
            look(group)
        drawn = 0
        for drug, payload in zip(drugs, payloads, strict=False):
            look(f"/drug/{drug}?find={quote(payload)}")
            drawn += page.locator("#rates svg.picture").count()
            look(f"/drug/{drug}/changes")
            assert page.locator("ins, del").count(), drug
            look(f"/drug/{drug}/changes?old={quote(payload[:20])}&new=1")
        for number, payload in enumerate(payloads):
            look(f"/ask?q=evil{number}%20mechanism%20{quote(payload)}&turn={quote(payload)}")
            _type(page, base, payload, number)
            if found := hits(page):
                wrong.append(f"typed {payload}: {found}")
        for few in (payloads[start : start + 4] for start in range(0, len(payloads), 4)):
            names = "&d=".join(quote(payload) for payload in few)
            look(f"/compare?d=examplin&d={names}")
            look(f"/calendar?year=2041&applicant={quote((few[0] + few[1])[:120])}&ingredient={quote(few[2])}")
        assert wrong == []
        assert drawn > len(payloads) / 2


# As many shortages and recalls as a page shows.
_SHOWN = 20


def test_hostile_rows_do_nothing_on_a_drugs_page(opened: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    batches = [PAYLOADS[start : start + _SHOWN] for start in range(0, len(PAYLOADS), _SHOWN)]
    for batch in batches if os.environ.get("DRUGCHATTER_ALL_HOSTILE") else [PAYLOADS[::6]]:
        home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
        with running(made_engine(home, files, EXAMPLIN, SAMPLEX, words=batch), home) as base:
            page = opened("/drug/examplin", base)
            said = page.locator("#supply li").all_inner_texts()
            assert len(said) == 2 * len(batch)
            links = page.locator("#supply a, #approvals table a").all()
            paths = [link.get_attribute("href") or "" for link in links]
            assert hits(page) == [], batch
            for path in ["/drug/examplin/approvals", *paths]:
                page.goto(base + path)
                assert hits(page) == [], (path, batch)


def _links(page: Page, base: str, path: str, start: str) -> list[str]:
    page.goto(base + path)
    found: list[str] = page.evaluate(
        "(start) => [...document.querySelectorAll('main a')].map((a) => a.pathname).filter((p) => p.startsWith(start))",
        start,
    )
    return found


def _type(page: Page, base: str, payload: str, number: int) -> None:
    """Ask by script, so that the answer streams in, the history keeps the question, and the names are suggested."""
    page.goto(base)
    page.get_by_label("Your question").fill(f"{payload} evil{number}")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.locator(".answer-page[data-question]").wait_for()
    page.locator(".cite").first.click() if page.locator(".cite").count() else None
