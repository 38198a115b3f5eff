"""Write docs/how-it-works.md: one question followed through every room, from a real run on the starter edition.

python tools/how_it_works.py           write it
python tools/how_it_works.py --check   exit 1 when the file is not what the code does today
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from drugchatter.check import check_claim
from drugchatter.engine import Engine
from drugchatter.find import Finder
from drugchatter.names import NameIndex
from drugchatter.settings import Settings
from drugchatter.store.embedded import EmbeddedIndex
from drugchatter.sync import build_starter
from drugchatter.types import Claim, Question, Support
from drugchatter.understand import score_intents, understand
from drugchatter.vocabulary import intents
from drugchatter.write.extractive import ExtractiveWriter

TARGET = Path(__file__).parent.parent / "docs" / "how-it-works.md"
QUESTION = "how long does kesempta stay in your system"


def page(index: EmbeddedIndex) -> str:
    """The whole page as Markdown."""
    engine = Engine(index)
    question = Question(QUESTION)
    reading = understand(question, NameIndex(index))
    evidence = Finder(index).find(reading)
    draft = ExtractiveWriter(index).write(evidence)
    answer = engine.ask(question)
    match = reading.drugs[0]
    intent = intents()[reading.intents[0]]
    hit = evidence.findings[0].hits[0]
    assert draft.headline is not None  # noqa: S101 - the page is about an answered question
    forged = Claim(
        draft.headline.text.replace("16 days", "61 days"), draft.headline.supports, "quote", draft.headline.drug_id
    )
    stranger = Claim(draft.headline.text, (Support("0" * 20, hit.line),), "quote", draft.headline.drug_id)
    parts = [
        "# How it works: one question through every room",
        "Made by `python tools/how_it_works.py` from a run on the starter edition; CI fails when it is out of date. "
        "`engine.py` is the only file that knows this order.",
        "## 0. Build (once)",
        f"The starter formulary ({index.counts()['document']} drugs) is read by `formulary`, split by `passages` and "
        f"written by `store` into an edition of {index.counts()['passage']:,} passages: one SQLite file, never changed "
        "afterwards. `drugchatter sync` does the same with the labels of openFDA.",
        "## 1. The question",
        f"> {QUESTION}",
        "## 2. `understand`: Question → Reading",
        _table(
            [
                ("drug", f"{match.drug.name} ({match.drug.generic}), from “{match.matched}”, by {match.how}"),
                ("intents scored", ", ".join(f"{name} {score:.1f}" for name, score in score_intents(QUESTION)[:4])),
                ("intents chosen", ", ".join(reading.intents)),
                ("kind", reading.kind),
                ("reader's other words", ", ".join(c.said for c in reading.focus) or "none that carry content"),
            ]
        ),
        "## 3. `find`: Reading → Evidence",
        f"The intent `{intent.id}` names the sections to look in, most specific first: "
        + ", ".join(f"`{route.field}` ({route.weight:g})" for route in intent.routes[:4])
        + ". Lines are ranked by section, by the shape of the asked value, by the reader's own words. The best three:",
        _table([(f"{h.score:.2f}", f"{h.line} (`{h.passage.field}`)") for h in evidence.findings[0].hits[:3]]),
        "What was searched is kept, found or not: "
        + "; ".join(f"{c.searched} in {c.document}: {c.outcome}" for c in evidence.coverage)
        + ".",
        "## 4. `write`: Evidence → Draft",
        "Sentences are taken as they stand. Each claim names the passage and the words that carry it:",
        "```\n" + _claim(draft.headline) + "\n```",
        "## 5. `check`: Claim → Statement, or nothing",
        "The same claim with two digits exchanged, and with a passage that does not exist:",
        _table([(_verdict(c, index, evidence), c.text) for c in (draft.headline, forged, stranger)]),
        "What fails is not shown, and the answer says less.",
        "## 6. The answer",
        _answer(answer),
    ]
    return "\n\n".join(parts) + "\n"


def _verdict(claim: Claim, index: EmbeddedIndex, evidence: object) -> str:
    result = check_claim(claim, evidence, index)  # type: ignore[arg-type]
    reason = asdict(result)
    return f"refused by `{reason['check']}`: {reason['reason']}" if "reason" in reason else "passed"


def _claim(claim: Claim) -> str:
    rows = [f"text      {claim.text}", f"basis     {claim.basis}"]
    rows += [f"support   passage {s.passage_id}\n          “{s.quote}”" for s in claim.supports]
    return "\n".join(rows)


def _answer(answer: object) -> str:
    from drugchatter.types import Answer

    assert isinstance(answer, Answer)  # noqa: S101 - narrowed for the type checker
    rows = [f"**{answer.headline.text}** {list(answer.headline.citations)}" if answer.headline else ""]
    for section in answer.sections:
        rows.append(f"*{section.heading}*")
        rows += [f"- {statement.text} {list(statement.citations)}" for statement in section.statements]
    rows += [
        f"{s.n}. {s.publisher}: {s.document}, {s.section}, version {s.version} of {s.date} ({s.kind})"
        for s in answer.sources
    ]
    rows += [f"Notice ({notice.kind}): {notice.text}" for notice in answer.notices]
    return "\n\n".join(rows)


def _table(rows: list[tuple[str, str]]) -> str:
    body = "\n".join(f"| {a.replace('|', '/')} | {b.replace('|', '/')} |" for a, b in rows)
    return f"| | |\n|---|---|\n{body}"


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(Path(home), offline=True, origins=())
        index = EmbeddedIndex(settings.editions / build_starter(settings))
        made = page(index)
        index.close()
    if "--check" not in sys.argv[1:]:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(made, "utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text("utf-8") == made:
        return 0
    print(f"{TARGET} is out of date: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
