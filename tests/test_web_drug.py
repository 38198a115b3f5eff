"""A drug's page and what hangs on it, without a browser: every fact from a row or a passage, pictures only of what is
printed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drugchatter.engine import Engine, open_engine
from drugchatter.surfaces.web.app import create_app
from drugchatter.surfaces.web.pictures import Rate, columns, cut
from drugchatter.surfaces.web.site import static_file
from drugchatter.surfaces.web.views.rates import first_rates, read_rates
from drugchatter.types import Drug, Passage
from label_files import settings
from web_site import ROOMY, TOKEN, made_engine

# A page's transfer, with the stylesheet and the script.
_HEAVIEST = 60_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_engine(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files"))


@pytest.fixture
def client(world: Engine, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(world, tmp_path, limits=ROOMY, token=TOKEN)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as made:
        yield made


def words(client: TestClient, path: str) -> str:
    """The text of a page, without markup."""
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(re.sub("<[^>]+>", " ", response.text).split())


def test_the_page_tells_what_the_rows_tell(client: TestClient) -> None:
    text = words(client, "/drug/examplin")
    for told in (
        "US 7000001 (substance)",
        "24 Feb 2041",
        "Approved generics",
        "Original approvals and the latest supplements under NDA300001",
        "All 10 submissions",
        "Exampline Tablets, 20 mg",
        "Examplin 0, Acme, Inc.: Current",
        "3 versions are held, from version 1 of 2 Jan 2023 to version 3 of 4 Mar 2025.",
        "Table 1: Adverse reactions in the sample trial",
    ):
        assert told in text, told


def test_every_row_on_the_page_has_a_page_of_its_own(client: TestClient, world: Engine) -> None:
    html = client.get("/drug/examplin").text + client.get("/drug/examplin/approvals").text
    cited = set(re.findall(r"/source/([0-9a-f]+)\"", html))
    assert len(cited) >= 15
    for passage_id in cited:
        source = world.cite(passage_id)
        assert source is not None
        shown = words(client, f"/source/{passage_id}")
        assert source.publisher in shown and f"edition {world.index.edition.id}" in shown


def test_a_passage_that_is_no_row_and_no_line_is_not_found(client: TestClient) -> None:
    assert client.get("/source/" + "0" * 20).status_code == 404


def test_what_is_not_held_is_said(client: TestClient) -> None:
    text = words(client, "/drug/samplex")
    assert "Only one version of this label is held" in text
    assert "None found in Drug shortages list" in text
    assert "Adverse reactions in the sample trial" not in text
    assert "nothing to compare" in words(client, "/drug/samplex/changes")
    assert "submissions approved: nothing is listed" in words(client, "/drug/samplex/approvals").lower()


def test_two_wordings_stand_as_the_command_line_gives_them(client: TestClient, world: Engine) -> None:
    found = world.history("examplin")
    assert found is not None
    for comparison in found[1]:
        text = words(client, f"/drug/examplin/changes?old={comparison.old_version}&new={comparison.new_version}")
        for change in comparison.changes:
            for wording in (change.before, change.after):
                assert wording is None or wording.replace(" ", "") in text.replace(" ", "")
    html = client.get("/drug/examplin/changes").text
    assert "<del>10</del>" in html and "<ins>20</ins>" in html and "touches a number" in html


@pytest.mark.parametrize("query", ["old=1", "new=3", "old=1&new=9", "old=2&new=2", "old=x&new=<b>"])
def test_versions_that_are_not_held_are_not_found(client: TestClient, query: str) -> None:
    assert client.get(f"/drug/examplin/changes?{query}").status_code == 404


def test_a_page_beyond_the_last_change_is_empty_not_broken(client: TestClient) -> None:
    assert "<ins>" not in client.get("/drug/examplin/changes?page=900").text


def test_related_drugs_are_told_by_class_and_by_maker(client: TestClient) -> None:
    html = client.get("/drug/examplin").text
    related = html[html.index('id="same-class"') :]
    assert 'href="/drug/samplex"' in related and 'href="/class/sample-receptor-blocker"' in related
    assert "No other such drug is held." in related  # of Sample Works


def test_every_section_can_be_asked_about(client: TestClient) -> None:
    html = client.get("/drug/examplin").text
    sections = re.findall(r'href="/drug/examplin/label/([a-z_]+)">', html)
    asked = re.findall(r'class="ask-of" href="([^"]+)"', html)
    assert len(asked) == len(set(sections)) >= 8
    for href in asked:
        assert client.get(href.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/drug/examplin", "/drug/examplin/approvals", "/drug/examplin/changes", "/calendar?year=2041"]
)
def test_a_page_weighs_little(client: TestClient, path: str) -> None:
    page = gzip.compress(client.get(path).content, 5)
    static = sum(len(gzip.compress(static_file(name), 5)) for name in ("style.css", "script.js"))
    assert len(page) + static < _HEAVIEST


@pytest.mark.parametrize("path", ["/drug/examplin", "/drug/examplin/changes", "/calendar?year=2041"])
def test_no_page_brings_a_style_or_a_script_of_its_own(client: TestClient, path: str) -> None:
    html = client.get(path).text
    assert "<svg" in html
    assert " style=" not in html and "<style" not in html and html.count("<script") == 1


def test_the_starter_has_these_pages_too(starter_home: Path, tmp_path: Path) -> None:
    engine = open_engine(settings(starter_home))
    assert engine.profile("kesimpta") is not None
    app = create_app(engine, tmp_path, limits=ROOMY, token=TOKEN)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as starter:
        assert "FDA Purple Book" in words(starter, "/drug/kesimpta")
        for drug in engine.index.drugs():
            assert starter.get(f"/drug/{drug.id}").status_code == 200


# ----------------------------------------------------------------------------------------------------------- rates


def passage(*lines: str, caption: str = "Table 2: Adverse reactions") -> Passage:
    text = "\n".join([caption, *lines] if caption else lines)
    return Passage("a" * 20, "s", "1", "adverse_reactions", "Adverse Reactions", "table", text)


def table(drug: str = "EXAMPLIN (N = 200) %", placebo: str = "Placebo (N = 100) %", *cells: tuple[str, str]) -> Passage:
    cells = cells or (("12", "7"), ("8.5", "<1"), ("3", "0"))
    return passage(*(f"Sign {place} | {drug}: {a} | {placebo}: {b}" for place, (a, b) in enumerate(cells)))


@pytest.fixture(scope="module")
def drug(world: Engine) -> Drug:
    return world.index.drug("examplin")


def test_rates_are_read_as_printed(drug: Drug) -> None:
    found = read_rates([table()], drug)
    assert found is not None
    assert found.rows[1] == ("Sign 1", Rate("8.5", 8.5), Rate("<1", None))


def test_placebo_may_come_first_and_counts_have_their_shares_in_brackets(drug: Drug) -> None:
    cells = (("7 (7)", "24 (12)"), ("0", "2 (1)"), ("1 (<1)", "20 (10.0)"))
    found = read_rates([table("Placebo N=100 n (%)", "Exampline N=200 n (%)", *cells)], drug)
    assert found is not None
    assert found.heads == ("Exampline N=200 n (%)", "Placebo N=100 n (%)")
    assert found.rows[0][1:] == (Rate("24 (12)", 12.0), Rate("7 (7)", 7.0))


@pytest.mark.parametrize(
    "wrong",
    [
        table("Other drug (N = 200) %"),
        table("EXAMPLIN (N = 200) %", "Active control (N = 100) %"),
        table("EXAMPLIN + Placebo %", "Placebo %"),
        table("EXAMPLIN %", "Comparator/placebo %"),
        table("EXAMPLIN (N = 200)", "Placebo (N = 100)"),
        table("EXAMPLIN N=200 n (%)", "Placebo N=100 n (%)"),
        table("EXAMPLIN (N = 200) %", "Placebo (N = 100) %", ("12", "7"), ("20 3", "1"), ("3", "1")),
        table("EXAMPLIN (N = 200) %", "Placebo (N = 100) %", ("200", "100"), ("12", "7"), ("3", "1")),
        table("EXAMPLIN N=200 n (%)", "Placebo N=100 n (%)", ("12 (12)", "7 (7)"), ("2 (1)", "1 (1)"), ("2 (1)", "0")),
        table("EXAMPLIN (N = 200) %", "Placebo (N = 100) %", ("12", "7"), ("3", "1")),
        passage("A | EXAMPLIN 5 mg %: 1 | Other: 2 | Placebo %: 3", *["B | EXAMPLIN 5 mg %: 1 | Placebo %: 1"] * 3),
        passage("A | EXAMPLIN %: 1 | Placebo %: 2", "B | EXAMPLIN %: 1", *["C | EXAMPLIN %: 1 | Placebo %: 1"] * 3),
        passage(*["A | EXAMPLIN %: 1 | Placebo %: 2"] * 3, caption="Table 3: Laboratory abnormalities"),
    ],
)  # fmt: skip
def test_a_table_that_leaves_something_to_guess_is_not_drawn(wrong: Passage, drug: Drug) -> None:
    assert read_rates([wrong], drug) is None


def test_a_table_without_a_caption_in_several_pieces_is_not_drawn(drug: Drug) -> None:
    piece = passage(*["A | EXAMPLIN %: 1 | Placebo %: 2"] * 3, caption="")
    assert read_rates([piece], drug) is not None
    assert read_rates([piece, piece], drug) is None


def test_the_pieces_of_one_table_are_drawn_together_or_not_at_all(drug: Drug) -> None:
    broken = passage("A | EXAMPLIN %: 1 and 2 | Placebo %: 2")
    found = first_rates(drug, [table(), table()])
    assert found is not None and len(found.rows) == 6
    assert first_rates(drug, [table(), broken]) is None


def test_a_summary_in_our_words_has_no_rates(drug: Drug) -> None:
    summary = replace(drug, reference=replace(drug.reference, kind="summary"))
    assert first_rates(summary, [table()]) is None


# ------------------------------------------------------------------------------------------------------- pictures


def test_pictures_keep_to_their_scale_and_escape_what_they_say() -> None:
    svg = columns("x", 'a "<b>"', ["<i>"] * 40, [[0] * 39 + [3], [1] * 40])
    assert "<b>" not in svg and "<i>" not in svg and "&lt;i&gt;" in svg
    heights = [float(high) for high in re.findall(r'<rect class="(?:solid|striped)".*?height="([\d.]+)"/>', svg)]
    assert max(heights) <= 120
    assert cut("x" * 80).endswith("…") and len(cut("x" * 80)) <= 46


def test_no_column_at_all_is_no_fault() -> None:
    assert "<svg" in columns("x", "nothing", [], [[], []])
