"""Which lines a reader gets who asked for plain words: the same facts, then what the label says of them to patients.

Statements are quotations, so plain wording is found, never made. The best lines stay whatever their words, since they
hold the asked value, and so does the best of each thing asked; after them a line counts the more the easier it
reads, and easy lines of the Medication Guide and the patient information are added. They stand in the order of their
scores, as in any answer, but for an easy line that says as much as the best one: it leads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from drugchatter.readability import reading_ease
from drugchatter.text import numbers
from drugchatter.types import Claim, Finding, Hit
from drugchatter.vocabulary import PATIENT_FIELDS

# A line's score, the line, and what it answers.
Row = tuple[float, Hit, Finding]
Taken = tuple[float, Claim, Finding]
# Makes a claim of a line if it says something new in so many words.
Take = Callable[[Hit, Finding, int], Claim | None]

# Chosen on the questions of patients, and by reading the answers: easy lines from further down the ranking would raise
# the reading ease by seven points more, but they answer something else.
_KEPT, _EASIER, _LEAFLET = 3, 4, 7
_EASIER_WORDS, _ALL_WORDS = 70, 130
_EASE_WEIGHT = 0.05
_NOT_HARD, _EASY = 40.0, 60.0
# Shares of the best score: of a line that is kept, or leads; of one that still answers; of an easy one for patients.
_AS_GOOD, _RELATED, _RELATED_EASY = 0.8, 0.5, 0.4
# The likelihood from which on something was asked for.
_ASKED = 0.5
_SPARE = 25


def in_plain_words(findings: list[Finding], unlikely: float, take: Take) -> list[tuple[Claim, Finding]]:
    """The claims of the first section with what each answers, best first; a line of a finding that was hardly asked for
    loses up to `unlikely` of its score."""
    rows = sorted(
        ((hit.score - unlikely * (1.0 - f.share), hit, f) for f in findings for hit in f.hits if _related(hit, f)),
        key=lambda row: -row[0],
    )
    taken: list[Taken] = []
    leaflet: set[str] = set()

    def add(some: Iterable[Row], most: int, room: int) -> None:
        for score, hit, finding in some:
            words = sum(len(claim.text.split()) for _, claim, _ in taken)
            if len(taken) >= most or words >= room:
                return
            if claim := take(hit, finding, room + _SPARE - words):
                taken.append((score, claim, finding))
                if easy(hit):
                    leaflet.add(claim.text)

    asked = {(f.drug.id, f.intent): row for row in reversed(rows) if (f := row[2]).share >= _ASKED}
    kept = [row for row in rows[:_KEPT] if row[0] >= _AS_GOOD * rows[0][0]]
    add([*kept, *asked.values()], _KEPT + len(asked), _EASIER_WORDS)
    easier = (row for row in rows if _ease(row[1].line) >= _NOT_HARD)
    add(sorted(easier, key=lambda row: -row[0] - _bonus(row[1])), _EASIER, _EASIER_WORDS)
    add((row for row in rows if easy(row[1])), len(taken) + _LEAFLET, _ALL_WORDS)
    taken.sort(key=lambda row: -row[0])
    if lead := next((row for row in taken if row[1].text in leaflet and _says_as_much(row, taken[0])), None):
        taken = [lead, *(row for row in taken if row is not lead)]
    return [(claim, finding) for _, claim, finding in taken]


def easier_first(hits: list[Hit]) -> list[Hit]:
    """The best line, then what is said to patients in easy words, then the others."""
    return [*hits[:1], *sorted(hits[1:], key=lambda hit: not easy(hit))]


def easy(hit: Hit) -> bool:
    """Whether a line is written for patients, and reads easily."""
    return hit.passage.field in PATIENT_FIELDS and _ease(hit.line) >= _EASY


def _says_as_much(one: Taken, best: Taken) -> bool:
    """Whether a line scores nearly as high as the best one, answers the same, and lacks none of its numbers."""
    same = one[2] is best[2] and one[0] >= _AS_GOOD * best[0]
    return same and set(numbers(best[1].text)) <= set(numbers(one[1].text))


def _related(hit: Hit, finding: Finding) -> bool:
    """Whether a line still answers: easy ones are looked for further down the ranking."""
    return hit.score >= (_RELATED_EASY if easy(hit) else _RELATED) * finding.hits[0].score


def _bonus(hit: Hit) -> float:
    return _EASE_WEIGHT * max(-30.0, min(_ease(hit.line), 80.0))


@lru_cache(maxsize=20_000)
def _ease(line: str) -> float:
    return reading_ease(line) or 0.0
