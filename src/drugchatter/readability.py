"""How easily a text is read: Flesch reading ease (Flesch 1948, "A new readability yardstick"); from 60 on it is plain.

Syllables are counted by spelling. `textstat` does that by a dictionary of hyphenation and brings eight distributions
for it; docs/scoreboard.md says how often the count is wrong.
"""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n+")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?|\d[\d,.]*")
_VOWELS = re.compile(r"[aeiouy]+")
# A final e is mute, but not that of "ta-ble"; so is that of -es and -ed after most consonants.
_MUTE = re.compile(r"(?:[^aeiouyl]e|[aeiouy]l(?:e|es|ed)|[^aeiouydtl]ed|[^aeiouylscxzhg]es)$")
# Neighbouring vowels that are two syllables: "me-di-a", "di-et", "re-act", "cre-ate", "vi-de-o", "us-u-al".
_PARTED = re.compile(r"i(?:a(?!l$|n$|lly$)|o(?!us|n)|um|et)|react|creat|eo(?!n|p)|ua(?!l$|lly$)|ying|ii|sm$")


def syllables(word: str) -> int:
    """Syllables of an English word in lower case, by its spelling; one for a number. At least one."""
    if not word[:1].isalpha():
        return 1
    count = len(_VOWELS.findall(word)) + len(_PARTED.findall(word)) - bool(_MUTE.search(word))
    return max(count, 1)


def reading_ease(text: str) -> float | None:
    """Flesch reading ease of `text`, a line or a sentence each a sentence; None when it holds no word."""
    sentences = [_WORD.findall(part) for part in _SENTENCE_END.split(text.lower())]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    count = sum(1 for sentence in sentences if sentence)
    return 206.835 - 1.015 * len(words) / count - 84.6 * sum(map(syllables, words)) / len(words)
