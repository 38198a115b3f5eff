"""Words → drugs: exact phrase, synonym, then spelling; look-alikes are asked back, English words do not hijack.

A name is taken from a question only if it stands there as whole words. A misspelling is read as a name only when one
name, and one alone, is near; when the name it would become is commonly confused with another near one, the reader is
asked (ISMP's list of confused drug names is the kind of pair meant; the table is `data/lookalikes.tsv`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from drugchatter.identity import DISTINCT_SALTS, FORM_WORDS, base_ingredient
from drugchatter.protocols import Index
from drugchatter.text import fold, language_of, words
from drugchatter.types import Drug, DrugMatch

_LONGEST = 6
_JOINED = re.compile(r"[a-z0-9][\w-]*(?: ?[/+] ?[a-z0-9][\w-]*)+")
# Second words of biologics' names (INN): the first word alone is what people say.
_GREEK = frozenset("alfa alpha beta gamma delta epsilon zeta theta kappa lambda omega pegol".split())


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a question: matches, the word positions they took, names known but not loaded, and doubts."""

    matches: tuple[DrugMatch, ...]
    taken: frozenset[int]
    elsewhere: tuple[tuple[str, str], ...] = ()
    doubts: tuple[tuple[str, tuple[str, ...]], ...] = ()


@cache
def _lines(name: str) -> tuple[str, ...]:
    return tuple((resources.files("drugchatter") / "data" / name).read_text("utf-8").splitlines())


@cache
def english() -> frozenset[str]:
    """Phrases that are drug names and everyday words; they count as names only when the question holds nothing else."""
    return frozenset(" ".join(words(line)) for line in _lines("english.txt"))


@cache
def lookalikes() -> dict[str, frozenset[str]]:
    """Name → names it is confused with, both ways."""
    pairs: dict[str, set[str]] = {}
    for row in _lines("lookalikes.tsv")[1:]:
        a, b, *_ = row.split("\t")
        first, second = " ".join(words(a)), " ".join(words(b))
        pairs.setdefault(first, set()).add(second)
        pairs.setdefault(second, set()).add(first)
    return {name: frozenset(others) for name, others in pairs.items()}


class NameIndex:
    """All names of one edition. Built once; `find` is a pure function of the question."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._phrases: dict[str, list[tuple[str, str]]] = {}
        for phrase, drug_id, kind in index.names():
            self._phrases.setdefault(phrase, []).append((drug_id, kind))
        self._stems = self._stems_of_biologics()
        self._openings = self._words_of_several()
        self._spellable = [p for p in self._phrases if len(p) >= 5 and p not in english()]

    @property
    def drug_words(self) -> frozenset[str]:
        """The single words that name drugs and are no everyday words."""
        return frozenset(phrase for phrase in self._phrases if " " not in phrase) - english()

    def _stems_of_biologics(self) -> dict[str, str]:
        """ "efgartigimod" → "efgartigimod alfa": first words that open the name of one substance only."""
        opened: dict[str, set[str]] = {}
        for phrase in self._phrases:
            first, _, rest = phrase.partition(" ")
            if rest.partition(" ")[0] in _GREEK and first not in self._phrases:
                opened.setdefault(first, set()).add(rest.partition(" ")[0])
        stems = {}
        for phrase in sorted(self._phrases, key=len, reverse=True):
            first = phrase.partition(" ")[0]
            if len(opened.get(first, ())) == 1:
                stems[first] = phrase
        return stems

    def _words_of_several(self) -> dict[str, tuple[str, ...]]:
        """ "insulin" → "insulin aspart", "insulin glargine" …: first words of the names of two substances or more that
        are no name themselves."""
        opened: dict[str, dict[str, set[str]]] = {}
        for phrase, targets in self._phrases.items():
            first, _, rest = phrase.partition(" ")
            if not rest or " " in rest or first in self._phrases or rest in self._phrases or rest in FORM_WORDS:
                continue
            held = {drug_id for drug_id, kind in targets if kind == "generic"}
            if held and not any(held & other for other in opened.get(first, {}).values()):
                opened.setdefault(first, {})[phrase] = held
        return {first: tuple(sorted(names)) for first, names in opened.items() if len(names) > 1}

    def find(self, text: str) -> Found:
        """The drugs that `text` names, in the order of the words."""
        tokens, language = words(text), language_of(text)
        spans = self._exact(tokens)
        strong = [span for span in spans if " ".join(tokens[span[0] : span[1]]) not in english()]
        spans = strong or self._alone(tokens, spans)
        combined = self._combinations(text)
        spans = [span for span in spans if not any(start <= span[0] < end for start, end, _ in combined)]
        taken = {i for start, end in spans for i in range(start, end)}
        matches: list[tuple[int, DrugMatch]] = []
        elsewhere: list[tuple[str, str]] = []
        doubts: list[tuple[str, tuple[str, ...]]] = []
        for start, end, drugs in combined:
            taken.update(range(start, end))
            matches.append((start, self._match(drugs, " ".join(tokens[start:end]))))
        for start, end in spans:
            phrase = " ".join(tokens[start:end])
            salt = tokens[end] if end < len(tokens) and tokens[end] in DISTINCT_SALTS else ""
            if salt and self._is_of_another_salt(phrase, salt):
                elsewhere.append((f"{phrase} {salt}", phrase))
                taken.add(end)
            else:
                self._resolve(phrase, phrase, "exact", start, matches, elsewhere)
        for position, token in enumerate(tokens):
            if position not in taken and token in self._stems:
                taken.add(position)
                self._resolve(self._stems[token], token, "exact", position, matches, elsewhere)
        for position, token in enumerate(tokens):
            if position in taken or not self._misspellable(token, language):
                continue
            near = self._near(token)
            if len(near) == 1:
                taken.add(position)
                self._resolve(near[0], token, "spelling", position, matches, elsewhere)
            elif near:
                taken.add(position)
                doubts.append((token, tuple(near)))
        if not matches and not elsewhere and not doubts:
            doubts += [(token, self._openings[token]) for token in tokens if token in self._openings][:1]
        ordered = [match for _, match in sorted(matches, key=lambda pair: pair[0])]
        unique = list({match.drug.id: match for match in reversed(ordered)}.values())[::-1]
        held = {ingredient for match in unique for ingredient in match.drug.ingredients}
        lacking = tuple(pair for pair in elsewhere if not any(base_ingredient(pair[1]) in name for name in held))
        return Found(tuple(unique), frozenset(taken), lacking, tuple(doubts))

    # ------------------------------------------------------------------------------------------------- exact names

    def _exact(self, tokens: list[str]) -> list[tuple[int, int]]:
        """Non-overlapping spans of known phrases, longest first at each place."""
        spans = []
        position = 0
        while position < len(tokens):
            for end in range(min(len(tokens), position + _LONGEST), position, -1):
                if " ".join(tokens[position:end]) in self._phrases:
                    spans.append((position, end))
                    position = end
                    break
            else:
                position += 1
        return spans

    def _combinations(self, text: str) -> list[tuple[int, int, list[Drug]]]:
        """Ingredients that strokes join ("emtricitabine/rilpivirine/TDF") as the one product that holds just these: its
        first word, the word after its last, and the labels of that combination."""
        folded = fold(text)
        found = []
        for joined in _JOINED.finditer(folded):
            parts = [self._ingredients(" ".join(words(part))) for part in re.split(r"[/+]", joined[0])]
            family = tuple(sorted({ingredient for part in parts for ingredient in part}))
            drugs = self._index.family(family) if all(parts) and len(family) > 1 else []
            if drugs:
                start = len(words(folded[: joined.start()]))
                found.append((start, start + len(words(joined[0])), drugs))
        return found

    def _ingredients(self, phrase: str) -> frozenset[str]:
        """The ingredients that a phrase names; nothing for a brand or a word that names none."""
        named: set[str] = set()
        for target, kind in self._phrases.get(phrase, self._phrases.get(self._stems.get(phrase, ""), [])):
            if kind == "elsewhere":
                named.update(base_ingredient(part) for part in target.split(" / "))
            elif kind == "ingredient":
                named.add(base_ingredient(self._stems.get(phrase, phrase)))
            elif kind in ("generic", "synonym"):
                named.update(self._index.drug(target).ingredients)
        return frozenset(named)

    def _alone(self, tokens: list[str], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Everyday words count as names only when they are all the question has ("today?")."""
        return [span for span in spans if span[1] - span[0] >= len(tokens) - 1][:1]

    def _is_of_another_salt(self, phrase: str, salt: str) -> bool:
        """Whether all products that `phrase` means are of a salt other than the one that was said after it: metoprolol
        tartrate is not answered from the label of metoprolol succinate."""
        held = [self._index.drug(i).generic.lower() for i, kind in self._phrases[phrase] if kind != "elsewhere"]
        salts = [set(words(generic)) & DISTINCT_SALTS for generic in held]
        return bool(salts) and all(found and salt not in found for found in salts)

    def _resolve(
        self,
        phrase: str,
        said: str,
        how: Literal["exact", "spelling"],
        place: int,
        matches: list[tuple[int, DrugMatch]],
        elsewhere: list[tuple[str, str]],
    ) -> None:
        targets = self._phrases[phrase]
        loaded = [(drug_id, kind) for drug_id, kind in targets if kind != "elsewhere"]
        if not loaded:
            elsewhere.extend((said, generic) for generic, _ in targets[:1])
            return
        first = min(loaded, key=lambda pair: ("brand", "generic", "synonym", "ingredient").index(pair[1]))[1]
        drugs = [self._index.drug(drug_id) for drug_id, kind in loaded if kind == first]
        chosen = preferred(drugs)
        drugs += [self._index.drug(drug_id) for drug_id, kind in loaded if kind == "ingredient" != first]
        siblings = self._siblings(chosen, drugs) if first != "brand" else tuple(d for d in drugs if d.id != chosen.id)
        as_read: Literal["exact", "synonym", "spelling"] = (
            "spelling" if how == "spelling" else "synonym" if first == "synonym" else "exact"
        )
        matches.append((place, DrugMatch(chosen, said, as_read, siblings, part=first == "ingredient")))

    def _match(self, drugs: list[Drug], said: str) -> DrugMatch:
        chosen = preferred(drugs)
        return DrugMatch(chosen, said, "exact", self._siblings(chosen, drugs))

    def _siblings(self, chosen: Drug, drugs: list[Drug]) -> tuple[Drug, ...]:
        family = {drug.id: drug for drug in (*drugs, *self._index.family(chosen.ingredients))}
        family.pop(chosen.id, None)
        return tuple(family[key] for key in sorted(family))

    # ---------------------------------------------------------------------------------------------------- spelling

    def _misspellable(self, token: str, language: str) -> bool:
        return (
            len(token) >= 5
            and not token.isdigit()
            and token not in english()
            and not self._index.knows_word(token)
            and not is_everyday(token, language)
        )

    def is_unknown(self, token: str, language: str) -> bool:
        """Whether neither the edition's text nor everyday language knows `token`."""
        return self._misspellable(token, language) and token not in self._phrases

    def _near(self, token: str) -> list[str]:
        """Names at the least distance from `token`: one edit, two where the word is long and starts alike; several when
        in doubt. An invented name is often two edits from a real one, but seldom behind the same letters."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(token, self._spellable, scorer=OSA.distance, score_cutoff=2, limit=12)
        alike = 2 if len(token) >= 8 else 4
        scored = [(p, d) for p, d, _ in found if d <= 1 or (len(token) >= 6 and p[:alike] == token[:alike])]
        if not scored:
            return []
        least = scored[0][1]
        near = self._one_a_drug([phrase for phrase, distance in scored if distance == least])
        confused = lookalikes().get(near[0], frozenset()) if len(near) == 1 else frozenset()
        rivals = [p for p, d in scored if p in confused and d <= least + 1]
        return near + rivals

    def _one_a_drug(self, phrases: list[str]) -> list[str]:
        kept: dict[frozenset[str], str] = {}
        for phrase in sorted(phrases):
            kept.setdefault(frozenset(self._family(phrase)), phrase)
        return list(kept.values())

    def _family(self, phrase: str) -> list[str]:
        return [
            generic if kind == "elsewhere" else " / ".join(self._index.drug(generic).ingredients)
            for generic, kind in self._phrases[phrase]
        ]

    def name_of(self, phrase: str) -> str:
        """How to show a phrase when asking back."""
        target, kind = self._phrases[phrase][0]
        return phrase.title() if kind in ("elsewhere", "synonym") else self._index.drug(target).name


def preferred(drugs: list[Drug]) -> Drug:
    """The drug a name most likely means: single ingredient, taken by mouth, NDA or BLA, a biologic's reference product
    before its biosimilars (which alone carry a suffix), then the newest label."""

    def rank(drug: Drug) -> tuple[bool, bool, bool, bool, bool, str, str]:
        reference = drug.reference
        return (
            len(drug.ingredients) == 1,
            drug.generic in drug.ingredients or reference.holder != "BLA",
            "oral" in reference.routes,
            reference.kind == "verbatim",
            reference.holder in ("NDA", "BLA"),
            reference.effective_date.isoformat(),
            drug.id,
        )

    return max(drugs, key=rank)


@cache
def _dictionary(language: str) -> Mapping[str, int]:
    """Everyday words of a language with how often they stand in a corpus, so that none is taken for a misspelt drug;
    loaded at the first doubtful word."""
    from spellchecker import SpellChecker

    found: Mapping[str, int] = SpellChecker(language=language).word_frequency.dictionary
    return found


def is_everyday(word: str, language: str) -> bool:
    """Whether `word` is a dictionary word of English or of the question's `language`."""
    return word in _dictionary("en") or (language == "es" and word in _dictionary("es"))


# The dictionary counts names it has from a list as this often.
_NAMED = 50


def is_common(word: str) -> bool:
    """Whether `word` is an ordinary word of English, and no name that a dictionary also holds (Novartis)."""
    return _dictionary("en").get(word, 0) > _NAMED
