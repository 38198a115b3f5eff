"""How much of a free gold answer stands in ours: its content words and numbers, for public sets without key phrases."""

from __future__ import annotations

from drugchatter.text import numbers, stem, words

_LITTLE = frozenset(
    """about after also because been before being between both call could does during each else ever every from have
    having here html http https into itself just like make many more most much must only other over same should some
    such take tell than that their them then there these they this those through under until very want well were what
    when where which while will with without would your yours""".split()
)


def key_terms(gold: str) -> frozenset[str]:
    """Stems of the words of four letters and more that say something, and the numbers as written."""
    content = {stem(word) for word in words(gold) if len(word) > 3 and word.isalpha() and word not in _LITTLE}
    return frozenset(content | {number.value for number in numbers(gold)})


def share_held(gold: str, text: str) -> float | None:
    """The share of the key terms of `gold` that `text` holds; None when gold has none."""
    wanted = key_terms(gold)
    return len(wanted & key_terms(text)) / len(wanted) if wanted else None
