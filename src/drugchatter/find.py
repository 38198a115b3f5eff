"""Reading → Evidence: route to sections, rank the lines inside them, and record what was searched.

With the drug and the section given, plain overlap of words finds the right sentence; so the drug is resolved first, the
intent picks the sections, and ranking is by what the line says: the shape of the asked value, the reader's own words
(weighted by how rare they are in this label), and the headings it stands under. No model is asked.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from drugchatter.lexicon import class_terms, pattern, table
from drugchatter.measures import asked_measures
from drugchatter.protocols import Index
from drugchatter.text import fold, words
from drugchatter.types import Concept, Coverage, Drug, DrugMatch, Evidence, Finding, Hit, Passage, Reading
from drugchatter.vocabulary import PATIENT_FIELDS, SECTIONS, Intent, Route, intents

_TOP = 12
_ANIMAL = re.compile(r"\b(?:rats?|rabbits?|mice|mouse|monkeys?|dogs?|animals?|in vitro|hamsters?)\b")
_POINTER = re.compile(
    r"^(?:\(?see |refer to |for (?:further|more|complete) |see )|full prescribing information|^table \d|\bare (?:shown|presented|listed|summarized|described) in\b|\bsee instructions for use\b|^to report suspected|patient labeling|discussed in (?:greater|more) detail|widely varying conditions|not always possible to reliably"
)
_WANTS_NUMBER = re.compile(
    r"\bhow (?:many|much|common|often|likely|long|soon|fast|late|old)\b|\bpercent|\brate\b|\bmedian\b|\bodds\b|\bnumbers\b|%|\bcutoff\b|\bratio\b|\bmax|\bvs\b|\bversus\b|\bshare\b|\bresults?\b"
)
_WANTS_PERCENT = re.compile(
    r"\bpercent|%|\bhow (?:common|often|likely|many people|many patients)\b|\brate\b|\bincidence\b|\bshare\b|\bodds\b"
)
_QUANTITY = re.compile(r"\d[\d.,]*\s?(?:%|mg|mcg|g\b|units?|ml|hours?|days?|weeks?|months?|minutes?|years?|kg)")
_DIGIT = re.compile(r"\d")
# What tells how a study was made up, not how it came out.
_DESIGN = re.compile(
    r"\b(?:mean|median) age\b|\bmean of \d+ years|% (?:were )?(?:women|men|females?|males?|white|caucasian|black|asian)\b|"
    r"\b(?:was|were) (?:assessed|evaluated|studied|demonstrated|established|randomi[sz]ed|enrolled|excluded|eligible)\b|"
    r"\bhistory of\b|\bnumber of (?:subjects|patients)\b|\bstratified\b"
)
_AT_THE_START = re.compile(r"\bbaseline\b|\bdemographic")
_AS_IT_CAME_OUT = re.compile(r"\b(?:change|reduc\w+|differen\w+|improv\w+|increas\w+|decreas\w+|compared)\b")
_NO_NUMBER = 1.5
_NAMED = 2.0
_NO_RESULT = 1.0
_TITLE_OF_BOX = 2.2
_MEASURED = frozenset({"efficacy", "side_effects", "does_x_cause_y", "general"})
# Items that one introducing line ("… in patients with:") is carried over at most.
_LONGEST_LIST = 8
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|should|must|may|can|do|does|has|have|had|will|administer|take|start|initiate|increase|reduce)\b"
)
_BEYOND = 0.3
_GOES_ON = 1.0
# Parts lines that are folded together; folding leaves it.
_MARK = " \x01 "
# An intent with a smaller share of the likeliest one's score was searched in doubt; so is the whole label then.
_DOUBT = 0.5
# What is added unasked must be a good answer of its own.
_WORTH_MORE = 4.6
_EXTRA = 2
# Words from which on a line is the worse the longer it is.
_LONG_LINE = 30
# "Is it …?", "does it …?": the word asked about weighs more than the shape of an answer.
_ASKS_IF = re.compile(r"^(?:is|are|does|do|can|could|was|has|will)\b")
_ASKED_IF = 1.8
# A plain answer looks further down the ranking, and in all that is written for patients.
_TOP_PLAIN = 80
_FOR_PATIENTS = 0.5
# A word that names the intent weighs this much of one that does not.
_HINT = 0.35
_READABLE = tuple(
    field
    for field in SECTIONS
    if field
    not in {
        "spl_product_data_elements",
        "package_label_principal_display_panel",
        "recent_major_changes",
        "references",
        "nonclinical_toxicology",
        "carcinogenesis_and_mutagenesis_and_impairment_of_fertility",
        "animal_pharmacology_and_or_toxicology",
        "spl_unclassified_section",
    }
)
# A starter fact is written for one intent; these questions are answered by facts written for others.
_ALSO = {
    "time_in_system": {"half_life"},
    "off_label": {"indication", "contraindications"},
    "does_x_cause_y": {"side_effects", "serious_risks", "boxed_warning"},
    "interaction_pair": {"interactions", "contraindications", "alcohol", "food"},
    "how_supplied": {"forms_strengths", "appearance"},
    "injection_site": {"administration"},
    "swallowing": {"administration"},
    "abuse": {"controlled_substance", "boxed_warning"},
    "drug_class": {"overview", "mechanism"},
    "overview": {"indication", "drug_class"},
}
_DOSES = frozenset({"dose", "max_dose"})
# As many labels as must name a word as what they are for, before it counts as a use.
_USES_AT_LEAST = 2
_PEOPLE = frozenset("pediatric children child adult adults elderly geriatric pregnan pregnancy infant".split())
_USES_AND_DOSES = ("indications_and_usage", "purpose", "dosage_and_administration")
_OTHER_WAY = frozenset({"dose", "max_dose", "administration"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line ready for ranking: `low` is its text folded, `around` its headings, `before` the line above it."""

    passage: Passage
    text: str
    low: str
    around: str
    before: str
    sub: str
    lead: str
    order: int


class Finder:
    """Finds in one edition. Keeps prepared lines of the labels asked about last."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lines = lru_cache(maxsize=1024)(self._prepare)
        self._whole = lru_cache(maxsize=1024)(self._folded)
        self._is_a_use = lru_cache(maxsize=1024)(self._indicated_somewhere)

    def find(self, reading: Reading) -> Evidence:
        reading = self._of_an_effect(self._for_the_use(reading))
        findings: list[Finding] = []
        coverage: list[Coverage] = []
        for match in reading.drugs:
            for intent_id, share in _intents_for(reading).items():
                finding, searched = self._one(reading, match, intent_id)
                findings.append(replace(finding, share=share))
                coverage.append(searched)
        return Evidence(
            reading=reading,
            findings=tuple(findings),
            coverage=tuple(coverage),
            extra=tuple(self._extra(reading)),
            boxed=tuple(m.drug for m in reading.drugs if self._has(m.drug, "boxed_warning")),
            available=tuple(self._available(reading.drugs[0].drug)) if reading.drugs else (),
            unsaid=self._unsaid(reading),
        )

    # ------------------------------------------------------------------------------------------------- one drug

    def _one(self, reading: Reading, match: DrugMatch, intent_id: str) -> tuple[Finding, Coverage]:
        drug, intent = match.drug, intents()[intent_id]
        focus = self._focus(reading, match, intent_id)
        lines = [
            (line, route) for route in intent.routes for line in self._lines(drug, route.field) if _admits(route, line)
        ]
        if focus and intent_id != "boxed_warning":
            lines.extend(self._beyond(drug, intent, focus))
        # What the label does not say to professionals it does not say: such lines only word it otherwise.
        if reading.question.plain and lines and intent_id != "boxed_warning":
            lines.extend(self._for_patients(drug, intent))
        hits = _rank(lines, intent, focus, reading)
        if match.part:
            hits = _of_the_part(hits, match, intent)
        if not any(_tells(intent, hit) for hit in hits[:_TOP]):
            hits = ()
        supported = bool(hits)
        searched = intent_id.replace("_", " ")
        if topic := self._topic(reading, intent_id):
            effect = intent_id == "does_x_cause_y"
            limits = () if effect else _limits(hits, topic)
            hits = _speaking_of(hits, topic) if effect else (*limits, *(hit for hit in hits if hit not in limits))
            supported, searched = bool(limits) or self._supports(drug, reading, topic), topic.said
        elif missing := self._not_in_it(reading, drug, intent_id):
            supported, searched = False, missing
        elif intent_id == "general" and focus:
            supported = any(
                pattern(c).search(f"{fold(hit.line)} {fold(hit.sub)}") for c in focus for hit in hits[:_TOP]
            )
            searched = ", ".join(dict.fromkeys(c.said for c in focus))
        elif intent_id == "interaction_pair":
            hits = tuple(
                hit for hit in hits if any(pattern(c).search(f"{fold(hit.line)} {fold(hit.sub)}") for c in focus)
            )
            supported, searched = bool(hits), ", ".join(dict.fromkeys(c.said for c in focus))
        coverage = Coverage(
            source=drug.reference.source,
            edition=self._index.edition.id,
            document=drug.reference.title,
            searched=searched,
            outcome="found" if supported else "empty",
        )
        return Finding(drug, intent_id, hits[: _TOP_PLAIN if reading.question.plain else _TOP], supported), coverage

    def _for_patients(self, drug: Drug, intent: Intent) -> list[tuple[Line, Route]]:
        """Lines written for patients that read like an answer to the intent, though it is not looked for there."""
        routed = {route.field for route in intent.routes if route.within is None}
        shapes = [p for p in (intent.prime, intent.value, *(route.within for route in intent.routes)) if p]
        return [
            (line, Route(field, _FOR_PATIENTS, None))
            for field in PATIENT_FIELDS
            if field not in routed
            for line in self._lines(drug, field)
            if any(shape.search(line.low) or shape.search(line.around) for shape in shapes)
        ]

    def _beyond(self, drug: Drug, intent: Intent, focus: tuple[Concept, ...]) -> list[tuple[Line, Route]]:
        """Lines outside the intent's sections that hold the reader's own words: the route is a prior, not a wall."""
        routed = {route.field for route in intent.routes if route.within is None}
        said = re.compile("|".join(pattern(concept).pattern for concept in focus))
        return [
            (line, Route(field, _BEYOND, None))
            for field in _READABLE
            if field not in routed and said.search(self._whole(drug, field))
            for line in self._lines(drug, field)
            if said.search(line.low)
        ]

    def _focus(self, reading: Reading, match: DrugMatch, intent_id: str) -> tuple[Concept, ...]:
        if intent_id != "interaction_pair":
            return (*reading.focus, *(_agent(a) for a in reading.agents))
        others = [c for o in reading.drugs if o.drug.id != match.drug.id for c in (_by_name(o), _as_agent(o.drug))]
        agents = tuple(_agent(agent) for agent in reading.agents)
        return (*others, *agents, *(() if others or agents else reading.focus))

    def _topic(self, reading: Reading, intent_id: str) -> Concept | None:
        asked = reading.topic is not None and intent_id == reading.intents[0]
        return (
            reading.topic if asked and intent_id in {"off_label", "does_x_cause_y", "indication", *_OTHER_WAY} else None
        )

    def _supports(self, drug: Drug, reading: Reading, topic: Concept) -> bool:
        """Whether the label speaks of the topic where it would have to: anywhere for an effect, in the indications (or
        the dosage section) for a use."""
        groups = topic_groups(topic)
        effect = reading.intents[0] == "does_x_cause_y"
        fields = (
            tuple(SECTIONS)
            if effect
            else ("indications_and_usage", "purpose", "dosage_and_administration", "spl_medguide")
        )
        if reading.intents[0] in ("off_label", "indication"):
            fields = ("indications_and_usage", "purpose")
        needed = len(groups) if len(groups) <= 2 and not effect else math.ceil(len(groups) * 0.5)
        for field in fields:
            for line in self._lines(drug, field):
                if sum(1 for group in groups if group.search(f"{line.low} {line.around}")) >= needed:
                    return True
        return False

    def _not_in_it(self, reading: Reading, drug: Drug, intent_id: str) -> str | None:
        """What a yes/no question on the contents names (kosher, gluten) and the label nowhere says, if anything."""
        if intent_id != "ingredients" or reading.intents[:1] != ("ingredients",) or reading.kind != "yes_no":
            return None
        named = [concept for concept in reading.focus if concept.said in table()]
        if not named or any(pattern(c).search(self._whole(drug, field)) for c in named for field in SECTIONS):
            return None
        return ", ".join(dict.fromkeys(concept.said for concept in named))

    def _for_the_use(self, reading: Reading) -> Reading:
        """A dose question for a use that is not this label's, as the question it comes to: is that among the uses?"""
        drug = reading.drugs[0].drug if reading.drugs else None
        unsaid = self._unsaid_concepts(reading)
        if drug is None or drug.reference.kind == "summary":
            return reading
        use = next(
            (c for c in unsaid if any(self._is_a_use(term) for term in (c.said, *c.terms[:3]) if term not in _PEOPLE)),
            None,
        )
        if use is None:
            return reading
        topic = Concept(use.said, ("\x1f".join((*use.terms, use.said)),))
        return replace(_led_by("off_label", reading, _DOSES), topic=topic)

    def _of_an_effect(self, reading: Reading) -> Reading:
        """A question for a rate that names a row of this label's tables of adverse reactions asks for that, too."""
        rate = reading.intents[:1] == ("efficacy",) and _WANTS_NUMBER.search(fold(reading.question.text))
        if not rate or not reading.drugs:
            return reading
        drug, named = reading.drugs[0].drug, [pattern(concept) for concept in reading.focus]
        rows = [line for line in self._lines(drug, "adverse_reactions") if line.passage.kind == "table"]
        cells = [cell for line in rows for cell in line.low.split(" | ")[:2] if not _DIGIT.search(cell)]
        if not any(asked.match(cell) for asked in named for cell in cells):
            return reading
        return _led_by("does_x_cause_y", reading)

    def _indicated_somewhere(self, term: str) -> bool:
        """Whether labels name `term` as what a drug is for."""
        named = re.compile(
            rf"\b(?:treat\w*|prevent\w*|prophyla\w*|manag\w*|relie\w+|reduc\w+)\b.{{0,60}}\b{re.escape(fold(term))}"
        )
        found = self._index.search([term], ["indications_and_usage"], limit=20)
        return sum(bool(named.search(fold(passage.text))) for passage, _ in found) >= _USES_AT_LEAST

    def _unsaid(self, reading: Reading) -> tuple[str, ...]:
        """What a dose question names and the label does not, for a notice."""
        unsaid = self._unsaid_concepts(reading) if _DOSES.intersection(reading.intents[:1]) else ()
        return tuple(dict.fromkeys(concept.said for concept in unsaid))

    def _unsaid_concepts(self, reading: Reading) -> tuple[Concept, ...]:
        """Terms of the lexicon that a dose question names, or any question as the use, and that neither the uses nor the
        doses of the label say. Other words are left out: a label words those in its own way."""
        if not reading.drugs or reading.kind not in ("lookup", "yes_no") or reading.topic:
            return ()
        asked = reading.focus if _DOSES.intersection(reading.intents[:1]) else (reading.use,) if reading.use else ()
        drug = reading.drugs[0].drug
        fields = tuple(SECTIONS) if drug.reference.kind == "summary" else _USES_AND_DOSES
        said = " ".join(self._whole(drug, field) for field in fields)
        known = (concept for concept in asked if concept.said in table())
        return tuple(concept for concept in known if not pattern(concept).search(said))

    # ---------------------------------------------------------------------------------------------------- extra

    def _extra(self, reading: Reading) -> list[Finding]:
        """What a reader asks next, and other products of the same ingredient where a fact may differ by product."""
        if not reading.drugs or reading.kind in ("dangerous", "compare", "interaction"):
            return []
        main = reading.drugs[0]
        asked = tuple(_intents_for(reading))
        findings = []
        if asked and set(asked) & {"dose", "administration", "forms_strengths", "max_dose"} and _names_ingredient(main):
            for sibling in _other_products(main)[:2]:
                findings.append(self._one(reading, DrugMatch(sibling, main.matched, main.how), asked[0])[0])
        for intent_id in dict.fromkeys(then for a in asked[:2] for then in intents()[a].then):
            if intent_id not in asked and len(findings) < _EXTRA:
                plain = Reading(reading.question, "lookup", (intent_id,), (main,))
                finding, _ = self._one(plain, main, intent_id)
                prime = intents()[intent_id].prime
                best = finding.hits[0] if finding.hits else None
                if best and best.score > _WORTH_MORE and (prime is None or prime.search(fold(best.line))):
                    findings.append(finding)
        return findings

    def _has(self, drug: Drug, field: str) -> bool:
        return bool(self._lines(drug, field))

    def _available(self, drug: Drug) -> list[str]:
        """Intents that this drug's label can answer: its first route has text."""
        fields = {p.field for p in self._index.passages(drug.reference.set_id, drug.reference.source)}
        told = {p.intent for p in self._index.passages(drug.reference.set_id, drug.reference.source)}
        return [
            i.id
            for i in intents().values()
            if i.id not in ("interaction_pair", "general")
            and (i.id in told if told != {None} else i.routes[0].field in fields)
        ]

    # -------------------------------------------------------------------------------------------------- prepare

    def _folded(self, drug: Drug, field: str) -> str:
        """All text of one field, folded: to see at once whether a word stands anywhere in it."""
        passages = self._index.passages(drug.reference.set_id, drug.reference.source)
        return fold(" ".join(p.text.replace("\n", " ") for p in passages if p.field == field))

    def _prepare(self, drug: Drug, field: str) -> tuple[Line, ...]:
        lines: list[Line] = []
        for passage in self._index.passages(drug.reference.set_id, drug.reference.source):
            if passage.field != field:
                continue
            sub = lead = ""
            rows = passage.lines()
            if passage.kind == "table" and len(rows) > 1:
                sub, rows = rows[0], rows[1:]
            before, items, title = "", 0, passage.heading.partition(" ")[2]
            for text, low in zip(rows, _fold_all(rows), strict=True):
                if text == title or (
                    _is_heading(text) and not (field == "boxed_warning" and low.startswith("warning"))
                ):
                    sub, lead = text, ""
                    continue
                if text.endswith(":"):
                    lead, items = text, 0
                listed = bool(lead) and text != lead and items < _LONGEST_LIST and _is_item(text, lead)
                items += listed
                around = fold(f"{passage.heading} {sub}")
                led = lead if listed else ""
                lines.append(Line(passage, text, low, around, before, sub, led, len(lines)))
                before = low
        return tuple(lines)


def _fold_all(rows: list[str]) -> list[str]:
    """Each row folded; all at once, which is faster, unless a row holds the mark itself."""
    together = fold(_MARK.join(rows)).split(_MARK)
    return together if len(together) == len(rows) else [fold(row) for row in rows]


def _is_item(text: str, lead: str) -> bool:
    """Whether a line belongs to the list that `lead` opens. A full sentence never does: the introduction of one
    population's dose must not be read with another's."""
    if text.startswith("•") or text[:1].islower():
        return True
    return bool(re.search(r"\b(?:following|indicated|contraindicated)\b", lead.lower())) and not _SENTENCE.search(
        text.lower()
    )


_ASKED = re.compile(r"^(?:what|how|who|when|where|why|can|should|is|are|do|does)\b")


def _is_heading(text: str) -> bool:
    """A line that says nothing itself: a title, or a patient leaflet's question ("What should I do if I miss a dose?")."""
    low = text.lower().lstrip("• ")
    if len(text) < 130 and _ASKED.match(low) and (text.endswith("?") or low.startswith("what to do")):
        return True
    return (
        len(text) < 100
        and text[-1:] not in ".;?)]:%"
        and " | " not in text
        and not text.startswith("•")
        and not any(char.isdigit() for char in text)
        and len(text.split()) <= 9
    )


# ---------------------------------------------------------------------------------------------------------- ranking


def _admits(route: Route, line: Line) -> bool:
    return route.within is None or bool(route.within.search(line.low) or route.within.search(line.around))


def _rank(
    lines: list[tuple[Line, Route]], intent: Intent, focus: tuple[Concept, ...], reading: Reading
) -> tuple[Hit, ...]:
    """Lines by score, best first; of equal scores the earlier line."""
    question = fold(reading.question.text)
    total = len(lines)
    asked_if = bool(_ASKS_IF.search(question))
    wants_number, wants_percent = bool(_WANTS_NUMBER.search(question)), bool(_WANTS_PERCENT.search(question))
    measures = asked_measures(question)
    weighted = []
    for concepts, weight in ((focus, _ASKED_IF if asked_if else 1.0), (reading.hints, _HINT)):
        for compiled in {pattern(concept): None for concept in concepts}:
            looked = _Looked(compiled)
            frequency = sum(1 for line, _ in lines if looked.holds(line.low))
            rarity = math.log((total + 1) / (frequency + 0.5)) / math.log(total + 2) if frequency else 0.3
            weighted.append((looked, rarity * weight))
    hits: dict[tuple[str, str], Hit] = {}
    for order, (line, route) in enumerate(lines):
        score = _score(line, route, intent, weighted)
        if wants_number and _QUANTITY.search(line.low):
            score += 0.7 + 0.6 * (wants_percent and "%" in line.low)
        elif wants_number and intent.id in _MEASURED and not _DIGIT.search(line.low):
            score -= _NO_NUMBER
        if intent.id == "efficacy" and _tells_of_design(line):
            score -= _NO_RESULT
        if intent.id == "boxed_warning" and line.low.startswith("warning"):
            score += _TITLE_OF_BOX
        for measure in measures:
            score += measure.fits(line.low) or measure.fits(line.around)
        if wants_number and line.passage.kind == "table" and intent.id in _MEASURED:
            score += 0.8
        key = (line.passage.id, line.text)
        if key not in hits or score > hits[key].score:
            hits[key] = Hit(line.passage, line.text, score, line.sub, line.lead, order)
    ranked = sorted(hits.values(), key=_by_score)
    return tuple(sorted((_beside(hit, ranked[0]) for hit in ranked), key=_by_score))


def _tells_of_design(line: Line) -> bool:
    """Whether a line says who was studied and how, or how they were at the start."""
    if _DESIGN.search(line.low):
        return True
    return bool(_AT_THE_START.search(f"{line.low} {line.around}")) and not _AS_IT_CAME_OUT.search(line.low)


class _Looked:
    """A concept's pattern that remembers where it was found: headings and neighbours are looked at many times."""

    def __init__(self, compiled: re.Pattern[str]) -> None:
        self._compiled = compiled
        self._memory: dict[str, bool] = {}

    def holds(self, text: str) -> bool:
        found = self._memory.get(text)
        if found is None:
            found = self._memory[text] = bool(self._compiled.search(text))
        return found


def _by_score(hit: Hit) -> tuple[float, int]:
    return -round(hit.score, 6), hit.order


def _beside(hit: Hit, best: Hit) -> Hit:
    """A line right after the best one mostly goes on about the same thing."""
    goes_on = hit.passage.id == best.passage.id and hit.order == best.order + 1 and hit.score > 0.4 * best.score
    return replace(hit, score=min(hit.score + _GOES_ON, best.score)) if goes_on else hit


def _score(line: Line, route: Route, intent: Intent, weighted: list[tuple[_Looked, float]]) -> float:
    score = 3.0 * route.weight - min(line.order, 60) * 0.006
    if intent.value and intent.value.search(line.low):
        score += 1.2
    if intent.prime and intent.prime.search(line.low):
        score += 1.2
    if route.within:
        score += 0.7 * bool(route.within.search(line.low)) + 0.5 * bool(route.within.search(line.around))
    held = 0
    # A starter fact is one thought: if it holds the reader's word it is most likely the one that was asked for.
    by_word = 4.5 if line.passage.kind == "fact" else 2.8
    for looked, rarity in weighted:
        if looked.holds(line.low):
            score += by_word * rarity
            held += 1
        elif looked.holds(line.around):
            score += 1.5 * rarity
            held += 1
        elif looked.holds(line.before):
            score += 0.9 * rarity
    if held > 1:
        score += 0.6 * (held - 1)
    if line.passage.kind == "fact":
        intent_of_fact = line.passage.intent
        score += 2.5 if intent_of_fact == intent.id else 1.5 if intent_of_fact in _ALSO.get(intent.id, ()) else -1.0
    return score - _faults(line.low)


@lru_cache(maxsize=20_000)
def _faults(low: str) -> float:
    """What makes a line a poor answer whatever is asked: a pointer elsewhere, animal data, a fragment, a wall of text."""
    count = len(low.split())
    faults = 0.0
    if _POINTER.search(low):
        faults += 2.5
    if _ANIMAL.search(low):
        faults += 1.2
    if count < 4:
        faults += 1.0
    if count > _LONG_LINE:
        faults += (count - _LONG_LINE) / 60
    if low.startswith(("figure ", "table ")):
        faults += 2.0
    if low.startswith("warning:"):
        faults += 1.0
    if "excluded from" in low:
        faults += 1.2
    if "p-value" in low or "| n/n" in low:
        faults += 1.2
    return faults


# ---------------------------------------------------------------------------------------------------------- reading


# The nearest thing known where the sources do not hold what was asked.
_NEAREST = {"buy": ("manufacturer",), "price": ("manufacturer",), "guideline": ("indication",)}


def _led_by(intent_id: str, reading: Reading, without: frozenset[str] = frozenset()) -> Reading:
    """The reading with this intent before all others, and without some."""
    left_out = without | {intent_id}
    others = [(i, share) for i, share in zip(reading.intents, reading.shares, strict=True) if i not in left_out]
    return replace(reading, intents=(intent_id, *(i for i, _ in others)), shares=(1.0, *(share for _, share in others)))


def _intents_for(reading: Reading) -> dict[str, float]:
    """Which intents to search for this kind of question, each with its share."""
    fixed: dict[str, tuple[str, ...]] = {
        "dangerous": ("overdose",) if reading.safety == "overdose" else (),
        "overview": ("overview", "indication"),
        "identity": ("overview", "drug_class"),
        "interaction": ("interaction_pair",),
        "not_answerable": _NEAREST.get(reading.premise or "", ()),
        "compare": reading.intents[:2] or ("indication", "mechanism"),
    }
    if reading.kind in fixed:
        return dict.fromkeys(fixed[reading.kind], 1.0)
    shares = dict(zip(reading.intents, reading.shares, strict=True))
    if not shares or min(shares.values()) < _DOUBT:
        shares["general"] = _DOUBT
    return shares


def _of_the_part(hits: tuple[Hit, ...], match: DrugMatch, intent: Intent) -> tuple[Hit, ...]:
    """The lines of a combination's label that can be told of the one ingredient that was asked about: those that name
    it, and where none of these holds the asked value, those that name no other one after them."""
    said, asked = [(hit, fold(f"{hit.sub} {hit.line}")) for hit in hits], fold(match.matched)
    named = [replace(hit, score=hit.score + _NAMED) for hit, low in said if asked in low]
    if intent.prime and any(intent.prime.search(fold(hit.line)) for hit in named):
        return tuple(named)
    others = [fold(name) for name in match.drug.ingredients if fold(name) not in asked and asked not in fold(name)]
    neither = [hit for hit, low in said if asked not in low and not any(name in low for name in others)]
    return tuple(sorted((*named, *neither), key=_by_score))


def _tells(intent: Intent, hit: Hit) -> bool:
    """Whether a line can tell the asked fact at all: a starter fact was written for it."""
    if intent.needs is None or hit.passage.kind == "fact":
        return True
    return bool(intent.needs.search(fold(hit.line)) or intent.needs.search(fold(f"{hit.passage.heading} {hit.sub}")))


_NOT_FOR = re.compile(
    r"\bnot (?:indicated|approved|recommended|intended|effective|for (?:the )?(?:use|treatment)|to be used|been (?:established|studied|shown))\b|"
    r"\blimitations? of use\b|\bshould not be used\b|\bcontraindicated\b"
)


def _speaking_of(hits: tuple[Hit, ...], topic: Concept) -> tuple[Hit, ...]:
    """The lines that name the effect asked about; all of them where none does."""
    groups = topic_groups(topic)
    said = [(hit, fold(f"{hit.sub} {hit.line}")) for hit in hits]
    return tuple(hit for hit, low in said if any(group.search(low) for group in groups)) or hits


def _limits(hits: tuple[Hit, ...], topic: Concept) -> tuple[Hit, ...]:
    """The lines that say the drug is not for the topic: they answer at once, and come first."""
    groups = topic_groups(topic)
    said = [(hit, fold(hit.line)) for hit in hits]
    return tuple(hit for hit, low in said if _NOT_FOR.search(low) and all(group.search(low) for group in groups))[:2]


def topic_groups(topic: Concept) -> list[re.Pattern[str]]:
    """One pattern for each concept of a topic."""
    groups = []
    for packed in topic.terms:
        terms = tuple(packed.split("\x1f"))
        groups.append(pattern(Concept(terms[0], terms)))
    return groups


def _agent(agent: tuple[str, str]) -> Concept:
    """A substance that is not in the store, by its own names and the classes that labels call it by."""
    said, generic = agent
    parts = (said, *generic.split(" / "))
    terms = [term for part in parts for term in (part, *table().get(" ".join(words(part)), ()))]
    return Concept(said, tuple(dict.fromkeys((*terms, *class_terms(parts)))))


def _by_name(match: DrugMatch) -> Concept:
    """Another drug by its names alone, an ingredient by its own: a line that names it outranks one about its class."""
    drug = match.drug
    said = (match.matched,) if _names_ingredient(match) else (drug.name, *drug.ingredients)
    return Concept(drug.name, said)


def _as_agent(drug: Drug) -> Concept:
    """Another drug of the question, by brand, ingredients and classes."""
    known = [term for name in drug.ingredients for term in table().get(" ".join(words(name)), ())]
    classes = [re.sub(r"\b(?:drug|agent)s?$", "", name, flags=re.I).strip() for name in drug.pharm_classes]
    terms = (drug.name, *drug.ingredients, *known, *classes, *class_terms((*drug.ingredients, *drug.pharm_classes)))
    return Concept(drug.name, tuple(dict.fromkeys(term for term in terms if len(term) > 2)))


def _names_ingredient(match: DrugMatch) -> bool:
    """Whether the reader said an ingredient rather than a brand, so that other products of it are meant as well."""
    said = set(words(match.matched))
    return any(said & set(words(ingredient)) for ingredient in match.drug.ingredients)


def _other_products(match: DrugMatch) -> list[Drug]:
    """Siblings that are given differently or sold under another brand, one for each."""
    seen = {match.drug.name.lower()}
    found = []
    for sibling in match.siblings:
        other_route = set(sibling.reference.routes) != set(match.drug.reference.routes)
        if sibling.name.lower() not in seen and other_route and sibling.reference.holder in ("NDA", "BLA"):
            seen.add(sibling.name.lower())
            found.append(sibling)
    return found
