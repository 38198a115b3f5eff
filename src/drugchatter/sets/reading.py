"""Question → the criteria of a set: which drugs, labels or products, by what. Strict: words that are no criterion are
never read as one, they are named in a refusal.

Clauses are taken out of the question one after the other, those of a fixed shape first, so that a topic ends where the
next clause begins; what is left must be a class, a form or a maker, or little words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from drugchatter.names import is_common
from drugchatter.sets import (
    ApprovedIn,
    Called,
    Contains,
    Criterion,
    Given,
    InClass,
    InShortage,
    MadeBy,
    Says,
    Scheduled,
    SectionKind,
    World,
    class_of,
    class_words,
    given,
    scheduled,
)
from drugchatter.text import fold, words


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """`counted`: "how many", so that fewer members are shown."""

    criteria: tuple[Criterion, ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class NotASet:
    """A question over all drugs of which these words are no criterion that is known."""

    left: str


_NOUNS = (
    r"(?:(?:prescription |otc |marketed |loaded )?(?:drugs?|medicines?|medications?|meds|products?|agents?|labels?"
    r"|brands?|brand[- ]names?|biologics?|generics|treatments?|therap(?:y|ies)|pills))"
)
_LEAD = re.compile(
    r"^(?:please |can you |could you |i need )?"
    r"(?P<lead>(?:list|show|name|give|find|count|tell)\b(?: me)?|which|what|how many|are there|any|all|every)\b"
    r"(?: of the| all| any| every| other| the| a list of| list of)*\s+"
)
# "PML in the boxed warning: which labels", "…, all of them please".
_AFTERWARDS = re.compile(
    rf"\s*[:,;-]\s*(?:which|what) {_NOUNS}(?: (?:are|is) (?:they|there|that|it))?$"
    r"|\s*,?\s*(?:all|every one) of (?:them|those)(?: please)?$"
)
_WITH_NOUN = re.compile(rf"(?:[\w-]+ ){{0,4}}?{_NOUNS}\b")
# "ACE inhibitors contraindicated in pregnancy" is one without a noun.
_CUED = re.compile(
    r"\b(?:contraindicated|boxed|black box|box (?:mentions|warns|says|on)|shortages?|schedule|approved in"
    r"|indicated for)\b"
)
_VERBS = r"(?:are|is|have|has|were|was|with|in|carry|contain\w*|made|by|contraindicated|approved)"
_END = (
    rf"(?=\s*(?:;|,|\?|$)|\s+(?:and|but)\s+(?:that |which |who )?{_VERBS}\b"
    r"|\s+(?:that|which|whose|with an?|with a)\s)"
)
_ANY = r"[a-z0-9][^;?]{0,120}?"
_TOPIC = rf"(?:the |an? |any )?(?P<topic>{_ANY}){_END}"
_NAME = rf"(?P<name>[a-z0-9][^;?,]{{0,80}}?){_END}"
_BY_FDA = r"(?: by the fda| by fda)?"
_NOW = r"(?: (?:right )?now| currently| today| at the moment)?"
_SUBSTANCE = r"(?: controlled)?(?: (?:substance|drug|narcotic)s?)?"
_BOX = r"(?:boxed|black[- ]box|box)(?: warnings?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ABOUT = (
    r"(?:for|about|of|on|regarding|concerning|mentions?|mentioning|names?|naming|warns? (?:of|about)|related to"
    r"|includes?)"
)
_PEOPLE = r"(?:patients with |people with |someone with )?"
_TO_TREAT = (
    r"(?:for(?: the treatment of| treating| treatment of)?|to (?:treat|prevent|manage)"
    r"|in(?: the treatment of)?|against)"
)
_DANGLING = re.compile(r"(?:\s+(?:and|but|or|that|which|who|are|is|were|with|in|by))+$")

_LITTLE = frozenset(
    """which what that who whose are is was were be been do does did have has had having with and or but also both
    either the a an of in on by to from there any all some currently now today right still fda us usa united states
    approved available loaded carry me list show give please drug drugs medicine medicines medication medications meds
    product products agent agents label labels labelled labeled brand brands names name biologic biologics treatment
    treatments therapy therapies pills prescription marketed generics generic new newly ones it its how many count
    number total they listed made make makes manufactured sold sell sells produced""".split()
)

Make = Callable[[re.Match[str], World], Criterion | None]


def _part(match: re.Match[str], name: str) -> str:
    return _DANGLING.sub("", (match[name] or "").strip())


# Whom a drug is for is no condition.
_POPULATIONS = frozenset(
    """use children child kids pediatric paediatric infants babies teens adolescents adults elderly seniors women men
    pregnancy pregnant patients people humans animals pets dogs cats me everyone anyone sale long short term""".split()
)


def _says(section: SectionKind) -> Make:
    def make(match: re.Match[str], _: World) -> Criterion | None:
        topic = _part(match, "topic")
        told = set(words(topic)) - _LITTLE
        nobody = section == "indication" and told <= _POPULATIONS
        return None if nobody or not told else Says(section, topic)

    return make


def _boxed(match: re.Match[str], _: World) -> Criterion:
    before = re.sub(r"^(?:an?|any|the)\b", "", _part(match, "before")).strip()
    return Says("boxed_warning", _part(match, "topic") or before)


def _maker(match: re.Match[str], world: World) -> Criterion | None:
    name = _part(match, "name").removesuffix("'s")
    return MadeBy(name) if world.is_maker(name) else None


def _schedule(match: re.Match[str], _: World) -> Criterion | None:
    return scheduled(match["number"] or "any")


def _approved(match: re.Match[str], _: World) -> Criterion:
    text = match.string
    if re.search(r"\b(?:generics?|andas?)\b", text):
        return ApprovedIn(int(match["year"]), "generic")
    return ApprovedIn(int(match["year"]), "biologic" if re.search(r"\bbiologics?\b|\bblas?\b", text) else "drug")


_CLAUSES: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (
            r"\b(?:on |in )?(?:fda's |the )?(?:current |active |national )?(?:drug )?"
            rf"(?:shortages?(?: list)?|short supply)\b{_NOW}",
            lambda _, __: InShortage(),
        ),
        (rf"\b(?:dea )?schedule[sd]? (?:c-?)?(?P<number>ii|iii|iv|v|i|[1-5])\b{_SUBSTANCE}", _schedule),
        (rf"\bc-?(?P<number>ii|iii|iv|v)\b{_SUBSTANCE}", _schedule),
        (r"\b(?P<number>)(?:controlled substances?|controlled drugs)\b", _schedule),
        (
            r"\b(?:first |originally |newly )*(?:approv\w+|licen[sc]\w+)"
            rf"{_BY_FDA} (?:in|during) (?:the year )?{_YEAR}\b",
            _approved,
        ),
        (rf"\b{_YEAR} (?:new )?(?:drug )?approvals?\b", _approved),
        (
            r"\b(?:carry|carries|carrying|have|has|having|with|bear\w*|whose)\b"
            r"(?P<before>(?: (?!that|which|and|are)[\w'-]+){0,6}?) (?:boxed|black[- ]box|box) warnings?\b"
            rf"(?: {_ABOUT} {_TOPIC})?",
            _boxed,
        ),
        (rf"\b(?:with|having) (?:an? )?{_BOX} {_ABOUT} {_TOPIC}", _says("boxed_warning")),
        (rf"\b(?:whose )?{_BOX}(?:ed)? (?:{_ABOUT}) {_TOPIC}", _says("boxed_warning")),
        (
            rf"(?:^|\b(?:with|having|have|has) )(?P<topic>{_ANY}) in (?:the|its|their|a) {_BOX}\b",
            _says("boxed_warning"),
        ),
        (rf"\bcontraindicated (?:in|for|with|during|by|when) {_PEOPLE}{_TOPIC}", _says("contraindication")),
        (
            rf"\b(?:with|have|list\w*|has) (?P<topic>{_ANY}) (?:listed )?as an? (?:common )?"
            r"(?:side effect|adverse (?:reaction|effect|event))s?\b",
            _says("adverse_reaction"),
        ),
        (rf"\b(?:cause|causes|causing) {_TOPIC}", _says("adverse_reaction")),
        (rf"\bwarn(?:s|ing)? (?:about|of|against|for) {_TOPIC}", _says("warning")),
        (
            rf"\b(?:that |which )?contain(?:s|ing)? (?:the (?:active |inactive )?ingredient )?{_NAME}",
            lambda match, _: Contains(_part(match, "name")),
        ),
        (rf"\b(?:made|manufactured|marketed|sold|produced|distributed|labell?ed|owned) by {_NAME}", _maker),
        (r"\b(?:do|does|did) (?P<name>[a-z0-9][^;?,]{0,80}?) (?:make|manufacture|market|sell|produce|have)\b", _maker),
        (
            rf"\b(?:indicated|approved|used|labell?ed|licensed|prescribed){_BY_FDA} {_TO_TREAT} {_PEOPLE}{_TOPIC}",
            _says("indication"),
        ),
        (rf"\b(?:treats?|treating|to treat|for treating|for the treatment of) {_TOPIC}", _says("indication")),
        (rf"\b(?:from|by|of) {_NAME}", _maker),
        (rf"\bfor {_TOPIC}", _says("indication")),
    )
)
# What interacts with a drug is a question to its own label, unless labels that name it are asked for.
_INTERACTING = re.compile(
    rf"\b(?:interact\w* with|name|mention) (?P<topic>{_ANY}) (?:as an interaction|under (?:drug )?interactions)\b"
)
# What is read first when the criteria are said.
_ORDER = (InClass, Called, MadeBy, Given, Scheduled, Contains, InShortage, ApprovedIn, Says)


def read_set(text: str, world: World, about_drug: bool = False) -> SetQuestion | NotASet | None:
    """The criteria that a question over all drugs names; what of it is no criterion; None when it is no such
    question. `text` is as typed; `about_drug` whether it names a drug."""
    asked = _AFTERWARDS.sub("", fold(text).strip(" ?!."))
    trailing = asked != fold(text).strip(" ?!.")
    lead = _LEAD.match(asked)
    rest = asked[lead.end() :] if lead else asked
    with_noun = _WITH_NOUN.match(rest)
    if with_noun and not lead and not with_noun[0].endswith("s"):
        with_noun = None  # "generic brand for X" asks for one
    if not lead and not with_noun and not trailing and not _CUED.search(asked):
        return None
    asks_what = about_drug or (lead is not None and lead["lead"] in ("which", "what"))
    if not with_noun and asks_what and not _names_class(rest):
        return None
    criteria, left = _taken(rest, world)
    if left:
        named, left = _named(left, world)
        criteria += named
    if (
        not lead
        and not with_noun
        and not trailing
        and not any(isinstance(criterion, (InClass, Called)) for criterion in criteria)
    ):
        return None
    if left or not criteria:
        return NotASet(left) if lead and with_noun else None
    ordered = sorted(dict.fromkeys(criteria), key=lambda criterion: _ORDER.index(type(criterion)))
    return SetQuestion(tuple(ordered), bool(lead and lead["lead"] in ("how many", "count")))


# Most names of classes end so; the others are in the table of common words.
_CLASS_HEAD = re.compile(
    r"\b\w*(?:inhibitor|blocker|agonist|antagonist|modulator|analog|agent|antibacterial|antifungal|antimicrobial|chelator"
    r"|vaccine|diuretic|steroid|stimulant|relaxant|anesthetic|activator|binder|derivative|engager|extract|retinoid)s\b"
)
_LONGEST_CLASS = 5


def _names_class(rest: str) -> bool:
    """Whether the first words name a class, by what can be known without reading rows: most questions are about one
    drug, and need not wait for them."""
    first = rest.split()[:_LONGEST_CLASS]
    runs = (" ".join(words(" ".join(first[:many]).replace("-", " "))) for many in range(1, len(first) + 1))
    return any(run in class_words() for run in runs) or bool(_CLASS_HEAD.search(" ".join(first)))


def _taken(rest: str, world: World) -> tuple[list[Criterion], str]:
    """The criteria of the clauses in `rest`, and the words that are left, without little ones at either end."""
    criteria: list[Criterion] = []
    if match := _INTERACTING.search(rest):
        criteria.append(Says("interaction", match["topic"].strip()))
        rest = f"{rest[: match.start()]} ; {rest[match.end() :]}"
    for pattern, make in _CLAUSES:
        match = pattern.search(rest)
        if match and (criterion := make(match, world)):
            criteria.append(criterion)
            rest = f"{rest[: match.start()]} ; {rest[match.end() :]}"
    parts = (_trimmed(part) for part in re.split(r"[;,]| and ", rest))
    return criteria, " ; ".join(part for part in parts if part)


def _trimmed(text: str) -> str:
    tokens = [token for token in re.findall(r"[\w'/-]+", text) if token not in _LITTLE]
    return " ".join(tokens)


def _named(left: str, world: World) -> tuple[list[Criterion], str]:
    """Classes, forms and makers that the words left name; and what they do not."""
    found: list[Criterion] = []
    unknown: list[str] = []
    for part in left.split(" ; "):
        criteria, other = _one(part, world)
        found += criteria
        unknown += [other] if other else []
    return found, " ".join(unknown)


def _one(part: str, world: World) -> tuple[list[Criterion], str]:
    if criterion := class_of(world, part) or given(part):
        return [criterion], ""
    tokens = part.split()
    for cut in range(1, min(len(tokens), _LONGEST_CLASS + 1)):
        before, after = " ".join(tokens[:cut]), " ".join(tokens[cut:])
        for form, other in ((before, after), (after, before)):
            if (shape := given(form)) and (rest := class_of(world, other) or given(other) or _company(other, world)):
                return [shape, rest], ""
    if company := _company(part, world):
        return [company], ""
    if re.fullmatch(rf"(?:[\w'-]+ ){{1,4}}{_CLASS_HEAD.pattern}", part):
        return [Called(part)], ""
    return [], part


def _company(part: str, world: World) -> Criterion | None:
    """A maker named without "made by": one whose name begins so, and no everyday word."""
    name = part.removesuffix("'s")
    named = words(name)
    if not named or len(name) < 3 or is_common(named[0]) or not world.is_maker(name, begins=True):
        return None
    return MadeBy(name)
