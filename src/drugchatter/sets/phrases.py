"""Words of a question as phrases to search labels for, and the words of a label around what was found."""

from __future__ import annotations

import re
from functools import cache

from drugchatter import lexicon
from drugchatter.text import fold, words

_OR = re.compile(r"\s+or\s+|\s*/\s*")
_LINKS = frozenset("the a an of in and to for with on by from risk patients people those who".split())
_AROUND = 10


def forms(phrase: str) -> tuple[str, ...]:
    """A phrase with its last word in the singular and the plural."""
    *before, last = words(phrase.replace("-", " ")) or [""]
    return tuple(dict.fromkeys(" ".join((*before, form)) for form in (last, *_other_number(last)) if len(form) > 1))


def _other_number(word: str) -> tuple[str, ...]:
    """The singular of a plural, the plural of a singular."""
    if word.endswith("ies"):
        return (f"{word[:-3]}y",)
    if word.endswith(("sis", "ss", "us")):
        return (f"{word[:-2]}es",) if word.endswith("sis") else (f"{word}es",)
    if word.endswith(("ses", "xes", "ches")):
        return (word[:-2], word[:-1], f"{word[:-2]}is")
    if word.endswith("s"):
        return (word[:-1],)
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return (f"{word[:-1]}ies",)
    return (f"{word}es",) if word.endswith(("x", "ch")) else (f"{word}s",)


def runs_of(topic: str) -> tuple[tuple[str, ...], ...]:
    """A topic as runs, each the phrases of which one must stand in the text: the lexicon's words for what readers say
    otherwise than labels, else the words as said, singular and plural. "or" joins alternatives."""
    said = [part for part in _OR.split(fold(topic)) if part]
    if len(said) > 1:
        return (tuple(phrase for part in said for phrase in _phrases(part)),)
    if lexicon.table().get(" ".join(words(topic))):
        return (_phrases(topic),)
    runs: list[list[str]] = [[]]
    for token in words(topic.replace("-", " ")):
        if token in _LINKS:
            runs.append([])
        else:
            runs[-1].append(token)
    return tuple(_phrases(" ".join(run)) for run in runs if run)


def _phrases(said: str) -> tuple[str, ...]:
    told = " ".join(words(said))
    known = lexicon.table().get(told, ())
    level = {" ".join(words(term)) for term in known}
    if " " not in told and (stem := next((term for term in _stems() if told.startswith(term)), "")):
        return (f"{stem}*",)
    # What labels say as the reader does is searched as said: the lexicon's other words are wider.
    if not known or level.intersection(forms(told)):
        return forms(said)
    other = sorted(term for term in level if term not in told.split())
    return (*forms(said), *(f"{term}*" for term in other))


@cache
def _stems() -> tuple[str, ...]:
    """The lexicon's terms that are beginnings of words ("suicid"), the longest first."""
    terms = {term for known in lexicon.table().values() for term in known if term.isalpha() and term.islower()}
    begun = {
        term
        for term in terms
        if len(term) > 5 and any(phrase.startswith(term) and phrase != term for phrase in lexicon.table())
    }
    return tuple(sorted((term for term in begun if term not in lexicon.table()), key=lambda term: (-len(term), term)))


@cache
def pattern_of(run: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for phrase in run:
        inner = r"\W+".join(re.escape(word) for word in words(phrase.rstrip("*").replace("-", " ")))
        parts.append(inner + (r"\w*" if phrase.endswith("*") else ""))
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE)


def around(line: str, wanted: re.Pattern[str]) -> str:
    """About ten words of `line` around what is wanted; the whole of a short one."""
    tokens = [(m.start(), m.end()) for m in re.finditer(r"\S+", line)]
    if len(tokens) <= _AROUND:
        return line
    found = wanted.search(line)
    at = next((i for i, (_, end) in enumerate(tokens) if found and end > found.start()), 0)
    start, stop = max(0, at - 3), min(len(tokens), at + 7)
    return line[tokens[start][0] : tokens[stop - 1][1]]


def quoted(text: str) -> str:
    """As one word of a command line."""
    return f'"{text}"' if " " in text else text
