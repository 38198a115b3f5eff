"""Readers' words → label words ("hair falling out" → alopecia): the table `data/lexicon.tsv`, and matching by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources

from drugchatter.text import fold, stem, words
from drugchatter.types import Concept


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Phrase as looked up → terms that labels use for it."""
    rows = (resources.files("drugchatter") / "data" / "lexicon.tsv").read_text("utf-8").splitlines()[1:]
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        said, label, *_ = row.split("\t")
        terms = tuple(term.strip() for term in label.split(","))
        for phrase in said.split(","):
            found[" ".join(words(phrase))] = terms
    return found


@cache
def _classes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = (resources.files("drugchatter") / "data" / "classes.tsv").read_text("utf-8").splitlines()[1:]
    return tuple((key, tuple(t.strip() for t in label.split(","))) for key, label in (row.split("\t") for row in rows))


def class_terms(names: Iterable[str]) -> tuple[str, ...]:
    """Words by which labels speak of a drug's class in interaction sections ("sertraline" → serotonergic, SSRI …).

    `names`: its ingredients and pharmacologic classes. Used to search with, never to answer with.
    """
    folded = [fold(name) for name in names]
    found = [term for key, terms in _classes() if any(key in name for name in folded) for term in terms]
    return tuple(dict.fromkeys(found))


@cache
def _masks() -> re.Pattern[str]:
    rows = (resources.files("drugchatter") / "data" / "lexicon.tsv").read_text("utf-8").splitlines()[1:]
    phrases = [said.strip() for row in rows if row.endswith("\tmask") for said in row.split("\t")[0].split(",")]
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(phrases, key=len, reverse=True))) + r")\b")


def masked(text: str) -> str:
    """`text` without conditions whose names hold a word of another meaning: "kidney stones" is no renal dosing."""
    return _masks().sub("xxx", text)


@cache
def _longest() -> int:
    return max(len(phrase.split()) for phrase in table())


def concepts(tokens: list[str], skip: frozenset[int], stop: frozenset[str]) -> list[tuple[Concept, bool]]:
    """Concepts that `tokens` name, in order, with whether the lexicon knows them.

    Positions in `skip` belong to drug names; words in `stop` carry no content of their own but may stand in a phrase.
    """
    found: list[tuple[Concept, bool]] = []
    position = 0
    while position < len(tokens):
        if position in skip:
            position += 1
            continue
        for end in range(min(len(tokens), position + _longest()), position, -1):
            phrase = " ".join(tokens[position:end])
            known = table().get(phrase) or table().get(phrase.removesuffix("s"))
            if known and not skip.intersection(range(position, end)):
                found.append((Concept(phrase, known), True))
                position = end
                break
        else:
            token = tokens[position]
            if token not in stop and (len(token) > 2 or token.isdigit()):
                found.append((Concept(token, (token,)), False))
            position += 1
    return found


def _inflected(word: str) -> str:
    """A word in its inflections; a short stem takes only endings, so that "hearing" does not find "heart"."""
    if not word.isalpha() or len(word) <= 3:
        return re.escape(word)
    root = re.escape(stem(word))
    return rf"{root}\w{{0,8}}" if len(root) > 4 or word == root else rf"{root}(?:e?s|e?d|ing|e|y|er|ers|ings)?\b"


@lru_cache(maxsize=4096)
def pattern(concept: Concept) -> re.Pattern[str]:
    """A pattern over levelled text that finds the concept in any of its wordings, inflected."""
    return re.compile("|".join(_term(term) for term in (*concept.terms, concept.said)))


def _term(term: str) -> str:
    parts = [_inflected(word) for word in words(fold(term))]
    return r"\b" + r"[\s\-'/,]{1,3}".join(parts) + ("" if parts and parts[-1].endswith(("}", r"\b")) else r"\b")
