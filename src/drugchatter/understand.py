"""Question → Reading: which drugs, what about them, what kind of question; safety first.

By rules over words, no model: the cues of each intent are in `intents.py`, readers' words in `data/lexicon.tsv`. Text of
the question is data; nothing in it can change what the program does.
"""

from __future__ import annotations

import re
from dataclasses import replace

from drugchatter.classify import DRUG, probabilities
from drugchatter.danger import Safety, about_animal, asks_amount, certain, danger
from drugchatter.intents import NOT_IN_SOURCES
from drugchatter.lexicon import concepts, masked
from drugchatter.names import Found, NameIndex, preferred
from drugchatter.text import fold, language_of, words
from drugchatter.types import Concept, DrugMatch, Question, QuestionKind, Reading
from drugchatter.vocabulary import intents

_STOP = frozenset(
    """a an the of and or to for in on at by with without from as is are was were be been being am do does did doing
    done can could may might must shall should will would i me my mine we us our you your u yr he him his she her
    it its they them their this that these those there here what whats which who whom whose when where why how if
    so than then too very just only also not no yes any some all each every both either neither one two first
    while during after before until about into over under between out up down off again more most much many few
    less least other another same such own get gets got getting give gives given giving take takes taken taking
    took use uses used using have has had having make makes made need needs want wants go goes going went come
    comes know tell say says said mean means like please drug drugs medicine medicines medication medications med
    meds product products label labels labeling brand generic pill pills tablet tablets capsule capsules dose
    doses dosage dosing mg mcg ml thing things stuff way ways lot okay ok safe safely good bad best better
    possible recommended recommend advised allowed normal usual usually really actually ever still already yet now
    today day days week weeks month months year years hour hours time times long often patient patients people
    person ppl someone anyone everybody adult adults because since due cause causes caused causing effect effects
    help helps put let off w hi hello thanks does vs versus info information question answer list name names
    happen happens happened work works working start starting stop stopping amp much right there's its it's i'm im
    i've ive don't dont cant can't wont isn't doesnt doesn't shouldn't whats what's el la los las de del en un una
    para por que es se con cual cuales como puedo puede y o al su mi tomar toma una stay stays system body leave
    wear last percent percentage risk risks concern concerns fast quickly late idea mom dad son daughter wife
    husband kid doctor doc told gave handed worry worried huge question questions pt pts someone's guy lady
    supposed going wondering heard read think taper lose cut number numbers rate rates""".split()
)

_COMPARE = re.compile(
    r"\b(?:vs|versus|compar\w+|each|both|which (?:one|of)|difference|different|or|better|worse|stronger|safer|higher|lower|same(?: thing)? as|similar to|than|rather than|instead of)\b"
)
_TOGETHER = re.compile(
    r"\b(?:with|and|together|interact\w*|combin\w*|mix\w*|plus|while|along|alongside|on|at the same time|mess)\b|\+|&"
)
_YES_NO = re.compile(
    r"^(?:so |and |but |also )?(?:does|do|did|can|could|is|are|was|were|will|would|should|has|have|may|might|am|es|puede|puedo)\b|\b(?:right|correct|isn't it|true|safe|ok|okay|problem)\s*\?*$"
)
_LIST = re.compile(
    r"\b(?:which|what|list|name|show|all|any|every|each|give me|how many) (?:\w+ ){0,3}?(?:products?\b|drugs|medicines|medications|meds|products|agents|labels|brands|biologics|treatments|pills|antibiotics|vaccines|insulins|statins|injections)\b|^(?:list|show)\b|\b(?:drugs|medicines|medications|agents|products) (?:with|that|which|for|approved|indicated|used|licensed|contraindicated|having|carrying|whose)\b|\bwhose (?:boxed warning|box|label|labels)\b|\ball of them\b"
)
_OVERVIEW = re.compile(r"^(?:what(?:'s| is| are)|tell me about|about|info on|que es|explain)?\s*")
_IDENTITY = re.compile(
    r"\b(?:generic (?:name|brand|for|of|version of)|brand ?names?|name brand|other names?|trade ?names?|also (?:called|known)|active ingredient|same as|ndc|what is .{1,30} called|sold as|generic equivalent)\b"
)
_ABSENT_PREMISE = {"withdrawn": re.compile(NOT_IN_SOURCES["withdrawn"][0])}
_FOLLOW_UP = re.compile(
    r"^(?:and|what about|how about|same (?:question|thing|for)|also|ok(?:ay)?|so|y )\b|\b(?:it|that one|this one|that drug|this drug|that medicine|the same|them)\b"
)
_SAME_QUESTION = re.compile(r"\b(?:same (?:question|thing)?|what about|how about|and (?:for|with)?)\b")
_FOR_USE = re.compile(
    r"\b(?:for|to (?=slim|lose|calm|sleep|boost|grow|quit|prevent|clear|cure|fight|relax|focus|study|get rid)|to treat|to help(?: with)?|to cure|to manage|used to|used in|used as|in patients with|against)\b (.+)$"
)
_ABOUT_RIGHTS = re.compile(r"\b(?:patents?|paten|exclusiv\w+|generics?|biosimilars?)\b")
_RIGHTS = re.compile(r"\b(?:patents?|paten|exclusiv\w+|biosimilars?)\b")
# Questions in which "generic" only names the product.
_PLAIN_ELSE = frozenset(
    """half_life onset time_in_system missed_dose lactation pregnancy alcohol boxed_warning swallowing injection_site max_dose
    renal_dose storage stopping""".split()
)
# What a combination's label says of these does not hold for one of its ingredients alone.
_OF_THE_WHOLE = frozenset(
    """dose max_dose administration renal_dose hepatic_dose missed_dose forms_strengths how_supplied indication off_label
    swallowing injection_site appearance""".split()
)
_DOSE_LIKE = frozenset({"dose", "max_dose", "administration", "forms_strengths"})
# Another country comes first: what the US files say of patents or prices does not hold there.
_OUT_OF_SOURCE_ORDER = ("abroad", *(topic for topic in NOT_IN_SOURCES if topic != "abroad"))
_NOT_IN_SOURCES = {topic: re.compile(pattern) for topic, (pattern, _, _) in NOT_IN_SOURCES.items()}


def understand(question: Question, names: NameIndex) -> Reading:
    """Read one question, in the light of the turns before it. Pure: the same question gives the same Reading."""
    text = fold(question.text)
    found = names.find(question.text)
    earlier = _earlier(question, names)
    matches, context = _with_context(text, found, earlier)
    tokens = words(question.text)
    known = concepts(tokens, found.taken, _STOP)
    asked, named = (text, found) if not context else _asked(question, text, tokens, found, names)
    guess = probabilities(words(masked(" ".join(unnamed(words(asked), named)))))
    shares = _with_clauses(_intents(masked(asked), guess), asked, named)
    chosen = tuple(shares)
    safety = _safety(question, found, asked, named, names)
    caution = None
    # "I missed a dose, do I take two?" is answered: by what the label says of a missed dose.
    of_missing = safety == "overdose" and chosen[:1] == ("missed_dose",)
    if of_missing or (safety and not question.turns and not certain(question.text, unnamed(tokens, found))):
        safety, caution = None, (safety if safety in _EMERGENCIES and safety != "misuse" else None)
    topic_wanted = None if safety in _EMERGENCIES else _missing_topic(text, guess)
    if chosen[:1] and chosen[0] in _OF_THE_WHOLE:
        matches, found = _without_parts(matches, found)
    kind = _kind(text, tokens, found, matches, chosen, topic_wanted, safety, guess)
    elsewhere = tuple(pair for pair in found.elsewhere)
    focus = tuple(c for c, sure in known if sure or not _says_intent(c.said, chosen))
    if kind == "lookup" and len(matches) > 1:
        focus += tuple(Concept(m.drug.name, (m.drug.name, *m.drug.ingredients)) for m in matches[1:])
        matches = matches[:1]
    if kind == "interaction":
        focus = tuple(concept for concept in focus if not _is_cue(concept.said))
    return Reading(
        question=question,
        kind=kind,
        intents=chosen,
        shares=tuple(shares.values()),
        drugs=matches,
        focus=focus,
        hints=tuple(c for c, _ in known if c not in focus),
        topic=_topic(text, found, known, chosen),
        use=_use(text),
        agents=elsewhere if matches else (),
        unknown=_unknown(question.text, found, names) if not matches else (),
        known_elsewhere=elsewhere,
        candidates=tuple(names.name_of(p) for _, near in found.doubts for p in near) if not matches else (),
        safety=safety,
        caution=caution,
        premise=topic_wanted,
        language=language_of(question.text),
    )


# --------------------------------------------------------------------------------------------------------- context


def _earlier(question: Question, names: NameIndex) -> tuple[DrugMatch, ...]:
    """The drugs of the latest earlier turn that named any."""
    for turn in reversed(question.turns):
        if matches := names.find(turn).matches:
            return matches
    return ()


def _asked(question: Question, text: str, tokens: list[str], found: Found, names: NameIndex) -> tuple[str, Found]:
    """The folded words that tell what is asked, with the drugs named in them: those of the turn before for a bare "same
    for X" or "what about X"."""
    content = [t for i, t in enumerate(tokens) if i not in found.taken and t not in _STOP]
    if question.turns and not content and _SAME_QUESTION.search(text) and not score_intents(masked(text)):
        return fold(question.turns[-1]), names.find(question.turns[-1])
    return text, found


def _with_context(text: str, found: Found, earlier: tuple[DrugMatch, ...]) -> tuple[tuple[DrugMatch, ...], bool]:
    """The question's drugs, or those of the turn before when it names none."""
    if found.matches:
        matches = tuple(_of_the_form(match, text) for match in _without_own_ingredients(found.matches, text))
        distinct: dict[tuple[str, ...], DrugMatch] = {}
        for match in matches:
            if match.drug.ingredients not in distinct or match.how == "exact" != distinct[match.drug.ingredients].how:
                distinct[match.drug.ingredients] = match
        same_family = len(distinct) < len(matches) and not _COMPARE.search(text)
        return (tuple(distinct.values()) if same_family else matches), bool(earlier)
    if found.elsewhere or found.doubts or not earlier:
        return (), False
    carried = tuple(DrugMatch(m.drug, m.matched, "context", m.siblings) for m in earlier)
    return carried, True


def _without_parts(matches: tuple[DrugMatch, ...], found: Found) -> tuple[tuple[DrugMatch, ...], Found]:
    """Without drugs that were named by one ingredient of a combination: they count as not loaded."""
    parts = tuple((match.matched, match.matched) for match in matches if match.part)
    return tuple(m for m in matches if not m.part), replace(found, elsewhere=found.elsewhere + parts)


def _without_own_ingredients(matches: tuple[DrugMatch, ...], text: str) -> tuple[DrugMatch, ...]:
    """The matches without ingredients that only say what another drug of the question consists of ("Bijuva progesterone
    component"); a question about taking or comparing both keeps them."""
    if len(matches) < 2 or _TOGETHER.search(text) or _COMPARE.search(text):
        return matches
    whole = [set(match.drug.ingredients) for match in matches]
    said = [
        any(
            set(words(match.matched)) <= set(words(i))
            for i in match.drug.ingredients
            if len(match.drug.ingredients) == 1
        )
        for match in matches
    ]
    return tuple(match for n, match in enumerate(matches) if not (said[n] and any(whole[n] < other for other in whole)))


def _of_the_form(match: DrugMatch, text: str) -> DrugMatch:
    """The product of the form that the question names ("risperidone shot") where the name alone means another. A brand that
    is not loaded keeps the generic it was read as: another brand never answers for it."""
    if match.how == "synonym":
        return match
    name = re.escape(fold(match.matched))
    beside = re.search(rf"(?P<before>\S+)? ?(?:of |form of )?{name}(?P<after>(?: [^\s,;.?]+){{0,2}})", text)
    near = f"{beside['before'] or ''} {beside['after']}" if beside else ""
    wanted = next((routes for said, routes in _FORMS if said.search(near)), None)
    given = {route.lower() for route in match.drug.reference.routes}
    if wanted is None or not given or wanted & given or not match.siblings:
        return match
    fitting = [drug for drug in match.siblings if wanted & {route.lower() for route in drug.reference.routes}]
    if not fitting:
        return match
    chosen = preferred(fitting)
    others = tuple(drug for drug in (match.drug, *match.siblings) if drug.id != chosen.id)
    return DrugMatch(chosen, match.matched, match.how, others)


_FORMS = tuple(
    (re.compile(rf"\b(?:{said})\b"), frozenset(routes.split(",")))
    for said, routes in (
        (
            r"shots?|injections?|injectable|inject(?:ing|ed)?|infusions?|iv|im|vials?",
            "intravenous,intramuscular,subcutaneous,parenteral",
        ),
        (r"eye ?drops?|ophthalmic|eye ointment", "ophthalmic"),
        (r"ear ?drops?|otic", "auricular (otic)"),
        (r"inhalers?|nebuli[sz]er|inhaled|puffs?|inhalation", "respiratory (inhalation)"),
        (r"nasal(?: spray)?|nose spray", "nasal"),
        (r"patch(?:es)?|transdermal", "transdermal"),
        (r"creams?|ointments?|lotions?|topical|foam", "topical"),
        (r"suppositor(?:y|ies)|enemas?|rectal", "rectal"),
        (r"vaginal(?:ly)?", "vaginal"),
        (r"tablets?|pills?|capsules?|by mouth|oral(?:ly)?", "oral"),
    )
)


# --------------------------------------------------------------------------------------------------------- intents


def score_intents(text: str) -> list[tuple[str, float]]:
    """(intent, score) of the intents whose cues `text` holds, best first; ties in the order of the table."""
    scores = []
    for order, intent in enumerate(intents().values()):
        score = sum(weight for pattern, weight in intent.cues if pattern.search(text))
        if score:
            scores.append((intent.id, score, order))
    return [(ident, score) for ident, score, _ in sorted(scores, key=lambda row: (-row[1], row[2]))]


# Cues and model together: a cue that settles the matter weighs five or six and counts at most _CUES_MOST, so that the
# model can outvote it; _LEAST is the smallest sum that counts at all, and what the model holds likely (_LIKELY) is searched
# too. Set on development questions, see docs/decisions.md.
_MODEL_WEIGHT = 7.0
_CUES_MOST = 4.0
_LEAST = 1.2
_SHARE = 0.5
_SURE = 0.6
# Below _CLEAR the question was not understood for sure: up to _DOUBTED intents of at least the score _AT_ALL are searched.
_CLEAR = 6.0
_DOUBTED = 4
_AT_ALL = 0.4
# A rate "vs placebo" may be one of efficacy or of an adverse reaction: both are searched from this likelihood on.
_RATE_OF_WHAT = 0.08
_TWO_PARTS = re.compile(r"\b(?:and|also|plus)\b|[&,;]|\?.+\w")


def unnamed(tokens: list[str], found: Found) -> list[str]:
    """The question's words with each run of words that name a drug as one `drugx`."""
    kept: list[str] = []
    for position, token in enumerate(tokens):
        if position not in found.taken:
            kept.append(token)
        elif not (kept and kept[-1] == DRUG and position - 1 in found.taken):
            kept.append(DRUG)
    return kept


def _intents(text: str, guess: dict[str, float]) -> dict[str, float]:
    """The intents asked for, the likeliest first, each with its share of the likeliest one's score: by cues and model
    together. In doubt, what is hardly likely is named too, with its small share."""
    cued = dict(score_intents(text))
    known = [ident for ident in intents() if ident != "general"]
    scored = {ident: min(cued.get(ident, 0.0), _CUES_MOST) + _MODEL_WEIGHT * guess.get(ident, 0.0) for ident in known}
    ranked = sorted(known, key=lambda ident: -scored[ident])
    best = scored[ranked[0]]
    chosen = [ident for ident in ranked[:3] if scored[ident] >= max(_LEAST, best * _SHARE)]
    if _TWO_PARTS.search(text):
        chosen += [ident for ident in ranked if ident not in chosen and cued.get(ident, 0.0) >= _CUES_MOST][
            : 3 - len(chosen)
        ]
    if (
        chosen[:1] == ["efficacy"]
        and guess.get("does_x_cause_y", 0.0) + guess.get("side_effects", 0.0) >= _RATE_OF_WHAT
    ):
        chosen.append("does_x_cause_y")
    chosen = list(dict.fromkeys(chosen))
    if chosen[:1] in (["pediatric"], ["geriatric"]) and cued.get("dose"):
        chosen = [chosen[0], "dose", *(ident for ident in chosen[1:2] if ident != "dose")]
    asked = frozenset(chosen[:3])
    if best < _CLEAR:
        chosen += [ident for ident in ranked[:_DOUBTED] if ident not in chosen and scored[ident] >= _AT_ALL]
    return {ident: max(scored[ident] / best, _SHARE if ident in asked else 0.0) for ident in chosen}


# A clause of a question of several: "…, is heart function checked?", "… and what if i throw up".
_CLAUSE = re.compile(
    r"[?;:]|[,.] |\b(?:and|but|also)\b(?= (?:what|how|can|is|are|do|does|did|should|when|where|who|which|why|will|if)\b)| - "
)
_CLAUSE_SURE = 0.55
_CLAUSE_WORDS = 3


def _with_clauses(shares: dict[str, float], text: str, found: Found) -> dict[str, float]:
    """The intents, and that of each clause of its own that the whole was not read for."""
    clauses = [clause for clause in _CLAUSE.split(text) if len(clause.split()) >= _CLAUSE_WORDS]
    if len(clauses) < 2:
        return shares
    added = dict(shares)
    for clause in clauses:
        told = [DRUG if token in _drug_words(found) else token for token in words(masked(clause))]
        guess = probabilities(told)
        likely = max(guess, key=lambda ident: guess[ident])
        if guess[likely] >= _CLAUSE_SURE and likely in intents() and added.get(likely, 0.0) < _SHARE:
            added[likely] = _SHARE
    return dict(sorted(added.items(), key=lambda pair: -pair[1]))


def _drug_words(found: Found) -> frozenset[str]:
    return frozenset(word for match in found.matches for word in words(match.matched))


def _says_intent(word: str, chosen: tuple[str, ...]) -> bool:
    """Whether `word` only names one of the chosen intents ("overdose", "boxed"): it then adds nothing to the ranking."""
    return any(ident in chosen for ident, _ in score_intents(word))


def _missing_topic(text: str, guess: dict[str, float]) -> str | None:
    """Which topic that no loaded source answers the question is about (`intents.NOT_IN_SOURCES`), if any."""
    strong = score_intents(text)[:1]
    settled = (
        bool(strong)
        and strong[0][1] >= 4.4
        and (
            (strong[0][0] in {"storage", "stopping", "half_life"} and not _ABOUT_RIGHTS.search(text))
            or (strong[0][0] in _PLAIN_ELSE and guess.get(strong[0][0], 0.0) >= 0.3 and not _RIGHTS.search(text))
        )
    )
    if not settled:
        for topic in _OUT_OF_SOURCE_ORDER:
            if _NOT_IN_SOURCES[topic].search(text):
                return topic
    sure = [topic for topic in _OUT_OF_SOURCE_ORDER if guess.get(topic, 0.0) >= _SURE]
    return sure[0] if sure and not strong else None


_EMERGENCIES: frozenset[Safety | None] = frozenset({"self_harm", "overdose", "misuse"})


def _safety(question: Question, found: Found, asked: str, named: Found, names: NameIndex) -> Safety | None:
    """The danger of a question: its own, that of the turn whose question it repeats, or that of an earlier turn that
    spoke of harm, for a question that asks for an amount after it."""
    own = _danger_of(question.text, found)
    if own in _EMERGENCIES or not question.turns:
        return own
    repeated = _danger_of(asked, named) if named is not found else None
    if repeated is None and asks_amount(question.text):
        earlier = (_danger_of(turn, names.find(turn)) for turn in reversed(question.turns))
        repeated = next((kind for kind in earlier if kind in ("self_harm", "misuse")), None)
    return repeated or own


def _danger_of(text: str, found: Found) -> Safety | None:
    return danger(text, unnamed(words(text), found))


# ------------------------------------------------------------------------------------------------------------ kind


def _kind(
    text: str,
    tokens: list[str],
    found: Found,
    matches: tuple[DrugMatch, ...],
    chosen: tuple[str, ...],
    missing: str | None,
    safety: Safety | None,
    guess: dict[str, float],
) -> QuestionKind:
    if safety in _EMERGENCIES or (safety == "personal" and about_animal(text)):
        return "dangerous"
    if not matches:
        return _kind_without_drug(text, found, chosen, missing, guess)
    if missing:
        return "not_answerable"
    if len(matches) > 1:
        return _kind_of_several(text, chosen, guess)
    if "interactions" in chosen[:1] and (found.elsewhere or _agent_words(tokens, found)):
        return "interaction"
    if found.elsewhere and _TOGETHER.search(text) and not _COMPARE.search(text) and chosen[:1] != ("efficacy",):
        return "interaction"
    if _IDENTITY.search(text) or guess.get("identity", 0.0) >= _SURE:
        return "identity"
    content = [t for i, t in enumerate(tokens) if i not in found.taken and t not in _STOP]
    if found.elsewhere and not content:
        return "interaction"
    if (not chosen and not content) or chosen[:1] == ("overview",):
        return "overview"
    return "yes_no" if _YES_NO.search(text) else "lookup"


_SIDE_BY_SIDE = re.compile(
    r"\b(?:vs|versus|compar\w+|differences?|differ|or|same|each|both|which (?:one|of)|better|stronger|safer|longer|higher|lower)\b"
)


def _kind_of_several(text: str, chosen: tuple[str, ...], guess: dict[str, float]) -> QuestionKind:
    """Two drugs: compared when the question says so or asks for one fact of each, else taken together. A trial of one
    against the other stands in the label of the first."""
    if chosen[:1] == ("efficacy",):
        return "lookup"
    if _SIDE_BY_SIDE.search(text):
        return "compare"
    likely = max(guess, key=lambda ident: guess[ident])
    one_fact = likely not in _TAKEN_TOGETHER and guess[likely] >= _SURE and chosen[:1] == (likely,)
    told = chosen[:1] and chosen[0] not in _TAKEN_TOGETHER and guess.get(chosen[0], 0.0) >= _LIKELY_ENOUGH
    each = told and not _TAKEN.search(text)
    return "compare" if each or (one_fact and _JOINED.search(text)) else "interaction"


_LIKELY_ENOUGH = 0.4
_TAKEN = re.compile(
    r"\b(?:with|together|while|mix\w*|combin\w*|interact\w*|tak(?:e|es|ing|en)|on|add\w*|plus|same time|switch\w*|safe)\b|\+"
)
_JOINED = re.compile(r"\b(?:and)\b|[&,/+]")
_TAKEN_TOGETHER = frozenset(
    {
        "interactions",
        "contraindications",
        "serious_risks",
        "does_x_cause_y",
        "alcohol",
        "food",
        "none",
        "monitoring",
        "off_label",
    }
)


def _kind_without_drug(
    text: str, found: Found, chosen: tuple[str, ...], missing: str | None, guess: dict[str, float]
) -> QuestionKind:
    if found.elsewhere or found.doubts:
        return "lookup"
    if _LIST.search(text):
        return "list"
    if missing and missing not in ("buy", "price"):
        return "not_answerable"
    return "lookup" if chosen and guess.get("none", 0.0) < _SURE else "out_of_scope"


def _agent_words(tokens: list[str], found: Found) -> bool:
    """Whether the question names a substance that is not a drug of the store (antacid, grapefruit, lithium)."""
    return any(known for _, known in concepts(tokens, found.taken, _STOP))


_CUE_WORDS = frozenset("interaction interactions interact combined combine together mix mixed mess concomitant".split())


def _is_cue(word: str) -> bool:
    return word in _CUE_WORDS


# ----------------------------------------------------------------------------------------------------------- topic

_CAUSE = re.compile(
    r"\b(?:cause[sd]?|causing|making|makes?|made|gives?|giving|lead to|trigger|induce|produce)\b(?: (?:me|you|your|people|my|him|her|a|an|any|patients?))* (.+)$"
)


def _topic(text: str, found: Found, known: list[tuple[Concept, bool]], chosen: tuple[str, ...]) -> Concept | None:
    """What a yes/no or "for what" question asks about: the words behind "for", "cause" and the like, as one concept."""
    match = None
    if "does_x_cause_y" in chosen[:2]:
        match = _CAUSE.search(text)
    if match is None and chosen[:1] == ("does_x_cause_y",):
        return _effect_named(known)
    if match is None and ({"off_label", "indication"} & set(chosen[:2]) or (_DOSE_LIKE & set(chosen[:2]))):
        match = _FOR_USE.search(text)
    if match is None:
        return None
    names = {word for m in found.matches for word in words(m.matched)}
    names |= {word for said, _ in found.elsewhere for word in words(said)}
    tail = [t for t in words(re.split(r"[:;.,?!]| and | but ", match[1])[0]) if t not in names]
    named = concepts(tail, frozenset(), _STOP | _TOPIC_STOP)
    sure = [concept for concept, is_known in named if is_known]
    # A dose is asked "for" a condition, a person or an hour: only a word known as a condition is looked for.
    doubtful = () if match.re is _FOR_USE and _DOSE_LIKE & set(chosen[:1]) else tuple(c for c, _ in named)
    return _as_topic(tuple(sure) or doubtful)


def _use(text: str) -> Concept | None:
    """What the drug is said to be taken for, where the lexicon knows it ("… for acid reflux after dinner")."""
    match = _FOR_USE.search(text)
    if match is None:
        return None
    named = concepts(words(re.split(r"[:;.,?!]", match[1])[0]), frozenset(), _STOP | _TOPIC_STOP)
    return next((concept for concept, sure in named if sure), None)


def _effect_named(known: list[tuple[Concept, bool]]) -> Concept | None:
    """The effect that a question of this intent is about when no verb leads to it ("hair shedding w cetrotide?")."""
    sure = tuple(concept for concept, is_known in known if is_known and concept.said not in _TOPIC_STOP)
    return _as_topic(sure[:1] or tuple(concept for concept, _ in known if concept.said not in _TOPIC_STOP))


def _as_topic(found: tuple[Concept, ...]) -> Concept | None:
    """One concept of up to three; None for none or more."""
    if not 0 < len(found) <= 3:
        return None
    return Concept(" ".join(c.said for c in found), tuple("\x1f".join((*c.terms, c.said)) for c in found))


_TOPIC_STOP = frozenset(
    """adults adult patients patient kids children child women men elderly dose dosage max maximum mg daily first
    week starting treatment approved indicated pass me mom dad son daughter wife husband free long term use
    conditions condition disease diseases uses symptoms severe mild moderate prophylaxis treating weight kg old
    age aged hours days weeks months years minutes""".split()
)


def _unknown(text: str, found: Found, names: NameIndex) -> tuple[str, ...]:
    """Words that neither the store nor everyday language knows: most likely a drug that is not loaded."""
    language = language_of(text)
    return tuple(
        token
        for position, token in enumerate(words(text))
        if position not in found.taken and names.is_unknown(token, language) and token not in _STOP
    )
