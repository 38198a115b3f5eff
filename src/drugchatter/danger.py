"""Question → is it dangerous or personal? Two layers, joined by `danger`: rules of small parts, and a linear model.

The rules read the structure (who, took what, how much, what followed; an amount and an end) and are sure of what they
find. The model (`tools/train_danger.py`, written frames in `training/danger_frames.txt`) knows wordings that no rule
foresaw. Where both are in doubt, a question that asks for an amount is held to be the dangerous one.
"""

# ruff: noqa: E501 - a pattern read as a whole is easier to check than one broken over lines

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import combinations
from typing import Literal

from drugchatter.classify import DRUG, features, likelihoods
from drugchatter.text import fold, words

Safety = Literal["self_harm", "overdose", "misuse", "personal"]
# The first that applies holds.
ORDER: tuple[Safety, ...] = ("self_harm", "overdose", "misuse", "personal")

MODEL = "danger_model.json"
# From this sum of the dangerous classes on a question is dangerous; the lower one where it asks for an amount. Set on
# frames that the model had not seen (docs/decisions.md).
LIKELY = 0.5
LIKELY_AMOUNT = 0.45
# In such doubt, a graver kind of this likelihood goes before a likelier one.
PERHAPS = 0.25
# From this sum on the model alone settles it; below, help is shown beside the answer.
SURE = 0.9


def danger(text: str, tokens: Sequence[str]) -> Safety | None:
    """What kind of danger a question holds, None for an ordinary one.

    `text`: the question as typed; `tokens`: its words with each drug name as `drugx` (`understand.unnamed`).
    """
    said, named = plain(text), plain(" ".join(tokens))
    by_rule = rule_of(said, named) if named != said else rule_of(said)
    if by_rule == ORDER[0]:
        return by_rule
    guess = likelihoods(features_of(tokens), MODEL)
    sure = next((kind for kind in ORDER if kind == by_rule or guess[kind] >= LIKELY), None)
    if sure or 1.0 - guess["safe"] < (LIKELY_AMOUNT if _AMOUNT_ASKED.search(said) else LIKELY):
        return sure
    likeliest = max(ORDER, key=lambda kind: guess[kind])
    return next((kind for kind in ORDER if guess[kind] >= PERHAPS), likeliest)


def certain(text: str, tokens: Sequence[str]) -> bool:
    """Whether the danger found in a question is beyond doubt, or an amount is asked for, so that it is not answered:
    else the help is shown with the answer, since the model alone mistakes some ordinary questions."""
    said, named = plain(text), plain(" ".join(tokens))
    if rule_of(said, named) or _AMOUNT_ASKED.search(said):
        return True
    return 1.0 - likelihoods(features_of(tokens), MODEL)["safe"] >= SURE


def about_animal(text: str) -> bool:
    """Whether a question is about an animal in somebody's care (not about studies in animals)."""
    return bool(_OWN_ANIMAL.search(plain(text)))


def asks_amount(text: str) -> bool:
    """Whether a question asks for an amount: what is not told after a turn that spoke of harm."""
    return bool(_AMOUNT_ASKED.search(plain(text)))


def plain(text: str) -> str:
    """The words of `text` in one line, folded, without apostrophes: "I don't" and "i dont" are one."""
    return " ".join(words(_OD_D.sub("overdosed", fold(text)))).replace("'", "")


def rule_of(*texts: str) -> Safety | None:
    """What the rules alone find in any of `texts`, each made `plain`."""
    said = [_CANNOT_SWALLOW.sub(" ", text) for text in texts]
    return next((kind for kind, pattern in _RULES if any(pattern.search(text) for text in said)), None)


_CANNOT_SWALLOW = re.compile(
    r"\b(?:cant|cannot|can not|unable to|hard to|trouble|difficulty|problems?|wont|refuses to|hates) swallow(?:ing)?\b"
)


# --------------------------------------------------------------------------------------------------------- features


@cache
def _concepts() -> dict[str, str]:
    """Word → what it stands for (`data/danger_words.tsv`), a word of two meanings for the first."""
    rows = (resources.files("drugchatter") / "data" / "danger_words.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (row.split("\t") for row in rows)
    found: dict[str, str] = {}
    for concept, said in pairs:
        for word in said.split():
            found.setdefault(word, f"@{concept}")
    return found


def features_of(tokens: Sequence[str]) -> set[str]:
    """Features of a question for the model: its words, and what they stand for, alone, in pairs wherever they stand, and
    as the line of all of them; so a wording not seen is known by its parts."""
    said = [token.replace("'", "") for token in tokens]
    meant = [_number(word) or _concepts().get(word, word) for word in said]
    kept = [word for word in meant if word[0] == "@" or word == DRUG]
    pairs = {f"{one}+{other}" for one, other in combinations(sorted(set(kept)), 2)}
    line = {f"{one}>{other}" for one, other in zip(["^", *kept], [*kept, "$"], strict=True)}
    triples = {f"{a}>{b}>{c}" for a, b, c in zip(kept, kept[1:], kept[2:], strict=False)}
    return features(said) | set(kept) | pairs | line | triples


_WRITTEN = {
    **dict.fromkeys(("one", "once", "una", "un"), "@one"),
    **dict.fromkeys(("two", "three", "dos", "tres", "couple", "several", "few"), "@few"),
    **dict.fromkeys(
        ("four five six seven eight nine ten eleven twelve dozen dozens fifteen twenty thirty forty fifty sixty ninety "
         "hundred cuatro cinco seis siete ocho nueve diez doce quince veinte treinta").split(),
        "@many",
    ),
}  # fmt: skip


def _number(word: str) -> str | None:
    if not word[0].isdigit():
        return _WRITTEN.get(word)
    if not word.isdigit():
        return "@measure"
    return "@one" if word == "1" else "@few" if word in ("2", "3") else "@many" if len(word) < 3 else "@hundreds"


# ------------------------------------------------------------------------------------------------------------ words
# Parts of the rules, over text made `plain`. Every repeat is bounded.


def _gap(most: int) -> str:
    """Up to `most` words, and the space after them."""
    return rf"(?:\S+ ){{0,{most}}}?"


_OD_D = re.compile(r"\bo\.?d'?(?:'d|'ed|ed)\b")
_KIN = (
    r"(?:moms?|mums?|mothers?|dads?|fathers?|parents?|wife|husband|hubby|spouse|partners?|boyfriend|girlfriend|bf|gf|fiancee?|brother|"
    r"sister|bro|sis|grandm\w+|grandpa\w*|granny|gran|nana|uncle|aunt\w*|cousin|friends?|roommate|neighbou?r|coworker|boss|mil|fil)"
)
_CHILD = (
    r"(?:kids?|kiddos?|child|children|bab(?:y|ies)|newborn|toddlers?|infant|sons?|daughters?|boys?|girls?|little (?:one|boy|girl|guy)|"
    r"grand(?:son|daughter|child|kid|baby)s?|nieces?|nephews?|preschooler|teens?|teenagers?|twins?|lo|\d+ ?(?:year|yr|month|mo|week) ?olds?|\d+ ?y ?o|\d+mo)"
)
_ANIMAL = r"(?:dogs?|doggo|doggy|pupp(?:y|ies)|pups?|cats?(?! scan)|kitt(?:y|en|ens)|pets?|pooch|horse|pony|rabbit|bunny|hamster|ferret|parrot|goat|(?:golden )?retriever|lab(?:rador)?(?= (?:ate|got|chewed|swallowed))|chihuahua|poodle|husky)"
_FOUR_ON = (
    r"(?:[4-9]|[1-9]\d{1,2}|four|five|six|seven|eight|nine|ten|eleven|twelve|a dozen|dozens?(?: of)?|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|ninety|(?:a|one|two|three)? ?hundred)"
)
_TWO_ON = rf"(?:[23]|two|three|{_FOUR_ON})"
_PIECE = r"(?:pills?|tablets?|tabs?|capsules?|caps|patch(?:es)?|pens?|bars?|gummies|lozenges|suppositories|sachets|ampoules|vials?)"
_GIVEN = r"(?:shots?|injections?|doses?|puffs?|sprays?|units|syringes?)"
_NO_PIECE = (
    r"(?:mg|mcg|ml|g|gm|grams?|milligrams?|percent|times|(?:minute|min|hour|hr|day|night|week|wk|month|year|yr)s?|oz|ounces?|other|different|"
    r"or|to|and|of|a|am|pm|per|in|drugs|med\w*|daily|weekly|more|people|patients|kg|lbs?|pounds|for|at|with|x|cups?|glass(?:es)?)"
)
_VESSEL = r"(?:bottles?|packs?|packets?|box|boxes|strips?|blisters?|sheet|jar|vials?|pens?|container|organi[sz]er|pill ?box|script|prescription|refill|supply|stash|tube|syringe|inhaler|month|week)"
_ALL = rf"(?:(?:the |a |my |his |her |their )?(?:whole|entire|full|rest of|(?:half|quarter|most|all) (?:of )?(?:a|the|my|his|her|that|our)) (?:\S+ ){{0,3}}?{_VESSEL})"
_SWALLOWED = (
    r"(?:swal+o?w?e?d|swal+owing|swollowed|ate|eaten|drank|drunk|ingested|consumed|popped|downed|chugged|gulped|gobbled|guzzled|"
    r"chewed(?: up| on)?|munched(?: on)?|nibbled|lick(?:ed|ing)|got(?:ten)? (?:in ?to|ahold of|hold of|his hands on|her hands on)|sucked on)"
)
_NO_MEAL = r"(?! (?:break|lunch|dinner|supper|food|before|with|after|a (?:big|light|large|fatty|full)|milk|water|juice|alcohol|wine|beers?|coffee|grapefruit|something|nothing|cheese))"
_TOOK = rf"(?:took|tooken|takin|has taken|have taken|had taken|ive taken|been taking|taken|{_SWALLOWED}|injected|shot|dosed|applied|slapped on|put on|gave|given|administered|inhaled)"
_I_TOOK = rf"(?:took|(?:have|has|had|ive|hes|shes|already|just|i|he|she|accidentally) (?:\S+ )?(?:taken|given|did|done|had)|{_SWALLOWED}|injected|gave|administered|did|used|put on|applied|got)"
_MISTAKE = (
    r"(?:ac+ident\w*|acc?idental\w*|by (?:mistake|error|accident)|in error|mistaken\w*|unintentional\w*|inadvertently|oops|whoops|"
    r"stupidly|without (?:realizing|thinking|remembering)|not realizing|didnt realize|forgetting)"
)
_NOT = r"(?:dont|do not|doesnt|does not|didnt|wont|will not|wouldnt|would not|never|not|cant|cannot|no longer|nvr)"
_WAKE = (
    r"(?:wak(?:e|es|ing|en)(?: up)?|wake up|get up (?:again|ever)|be (?:here|around|alive)|being (?:here|around|alive)|exist(?:ing)?|"
    r"see (?:tomorrow|the (?:morning|sun\w*)|another)|make it (?:to|till|til|until|through)|come back|go on(?: living)?|keep (?:going|living)|"
    r"live(?: (?:anymore|any ?more|like|through|this|with))?|have to (?:feel|be|wake)|feel (?:anything|a thing) (?:ever|again|any ?more)|survive)"
)
_FOREVER = (
    r"(?:forever|for ?ever|for good|permanently|4ever|eternally|for eternity|and (?:never|not) \S+|without waking)"
)
_SOMEONE = rf"(?:me|myself|him|her|them|you|u|someone|somebody|anyone|an? (?:adult|person|human|man|woman|kid|child|dog|cat|grown \S+|\d\S* \S+)|people|humans|my \S+|yourself|himself|herself|{_KIN})"
_END = (
    rf"(?:die(?:s|d)?\b|be dead|drop dead|kill(?:s|ing)?(?: off)?(?: {_SOMEONE}\b|$)|off (?:me|myself)|end (?:it|me|things|everything|my\b|all|him|her|the pain)|"
    rf"ends (?:it|everything|me|all)|finish(?:es)? (?:me|it|him|her|myself|the job)|do(?:es)? (?:the job|it for good|me in)|"
    rf"(?:sleep|asleep|slumber|rest|out|gone|under|peace) {_FOREVER}|(?:forever|eternal|permanent|final|last|long) (?:sleep|nap|rest|goodnight)|"
    rf"{_NOT} (?:\S+ ){{0,3}}?{_WAKE}|stop (?:my|the|a|his|her|your) (?:heart|breathing)|pass away|slip away|fade (?:away|out)|"
    rf"(?:be |im |disappear|gone) ?(?:gone|all over|over with) ?{_FOREVER}?|check out|peaceful(?:ly)?|painless(?:ly)?|be (?:done|finished) with (?:it|life|everything)|"
    rf"(?:its|it is|it|everything|everythings|life|lifes|all) (?:all )?(?:is )?(?:over|finished)\b|curtains|lights out|game over|(?:one way|no) (?:trip|return|morning|tomorrow)|(?:pass|go|die|slip off) in (?:my|your|their|his|her|the) sleep|heart (?:gives|stops|giving)|(?:nobody|no one|noone) (?:recovers|survives|comes back|can save)|"
    rf"coma\b|meet (?:god|my maker|jesus)|join (?:my|him|her) |unalive|be fatal|be lethal|is (?:lethal|fatal|deadly)|overdose|od\b|guarantee\w* (?:it|death))"
)
_COUNTED = r"(?:people|patients?|pts?|subjects?|deaths?|kids|children|women|men|users|folks|participants|cases|reports|(?:day|week|hour|minute|month|year|time)s?|trials|studies|cells|bacteria|died?|did|does (?:it|drugx) (?:lower|reduce|cut))"
_HOW_MUCH = (
    rf"(?:how (?:much|many|mch|mny)(?! {_COUNTED})|(?:what|which|wat|wht) (?:amount|dose|dosage|quantity|number|combo|combination|mg)|"
    rf"(?:amount|dose|dosage|quantity|number) (?:of|that|to|needed|required|it)|enough|cuant[oa]s?|que (?:dosis|cantidad)|hm(?:uch)?\b|hmw|mg of)"
)
_AMOUNT_ASKED = re.compile(
    r"\b(?:how (?:much|many|mch|mny|high|strong)|dos(?:e|es|age|ing)|amounts?|quantit\w+|milligrams?|mgs?|mls?|max(?:imum)?|enough|"
    r"pills?|tablets?|cuant[oa]s?|dosis|cantidad|limit|strengths?)\b"
)
_HIGH = (
    r"(?:(?:(?:get(?:ting|s)?|got|be(?:ing)?|feel(?:ing)?|make (?:me|you|u|us|him|her)|makes?) (?:\S+ ){0,2}?|(?:an?|good|best|better|stronger|bigger|cheap|legal|body|head|nice|strong|the|my|same|for) )"
    r"high(?= ?(?:$|off|on|from|with|and|if|as|fast|quick|without|by|using|but|tonight|again|please|pls|lol|now|of|at|effect|feeling|b4|before|than|like))|"
    r"wasted|stoned|buzz(?:ed)?|fuck\w* up|fkd up|f\w?cked|zooted|zonked|blitzed|hammered|tripp(?:ing|y)|trip\b(?! to)|rush\b|euphori\w+|nod(?:ding)?(?: off| out)?|"
    r"recreational\w*|feel (?:really |super |so )?(?:floaty|numb|amazing)|geeked|rolling|faded|barred out|loopy)"
)
_SELF_OR_HOW = (
    rf"(?:{_HOW_MUCH}|how (?:to|do|can|would|should|long)|best|way|ways|tips?|trick|want|wanna|trying|try|need|can (?:i|we|u|you)|could (?:i|we)|"
    r"will (?:it|i|this|that|drugx)|would (?:it|i|this|drugx)|i|me|us|we|im|ive|party|weekend|tonight|friends|first time)"
)
_OWN = r"(?:i|we|me and \S+)"
_FOR_WHOM = (
    rf"(?:i|we|he|she|they|my (?:\S+ ){{0,2}}?(?:{_KIN}|{_CHILD}|{_ANIMAL})|our (?:\S+ )?(?:{_KIN}|{_CHILD}|{_ANIMAL}))"
)
_WEIGHT = r"\d{1,3}(?:\.\d)? ?(?:lbs?|pounds?|pds|kgs?|kilos?|kilograms?|stone)"
_BODY = (
    rf"(?:(?:i|he|she|we|they|my (?:\S+ ){{1,3}}?|{_CHILD} |{_ANIMAL} ) ?(?:only )?weigh(?:s|ing)?(?: \S+)? \d+|(?:im|i am|hes|shes|he is|she is|my (?:\S+ ){{1,3}}?(?:is|at)) (?:\S+ ){{0,3}}?{_WEIGHT}|"
    rf"my (?:body ?)?weight(?: is)?(?: \S+)? \d+|at my (?:weight|age|size|height)|for (?:my|his|her) (?:weight|age|size|height|body\w*)|(?:peso|pesa) \d+)"
)
_AGE = rf"(?:(?:im|i am|hes|shes|he is|she is|my (?:\S+ ){{0,2}}?(?:{_KIN}|{_CHILD}) (?:is|who is|turned)) (?:\S+ )?\d{{1,2}}\b(?! ?(?:mg|mcg|weeks?|wks?|months? (?:pregnant|post)|days? (?:late|post)|ml)))"
_LABS = (
    r"(?:my (?:\S+ )?(?:e?gfr|creatinine|crcl|cr|kidney function|clearance|a1c|inr|potassium|tsh|t4|ldl|blood pressure|bp|(?:blood )?sugars?|glucose|"
    r"alt|ast|liver (?:enzymes|numbers|tests)|platelets|bmi|heart rate|levels?|testosterone|ferritin|hemoglobin|psa|cholesterol) (?:\S+ ){0,3}?\d\S*)"
)
_ASKS_DOSE = r"(?:how (?:much|many)|dose|dosage|dosing|what mg|\d+ ?mg (?:or|vs)|should (?:i|we|he|she)|right (?:amount|dose)|puffs|mls?\b|start (?:me|myself)|go up|go down|cuant[oa]s?|dosis)"
_GIVE = r"(?:take|takes|be taking|give|giving|inject|have|use|need|needs|be on|put|start|go (?:up|down|to|with|on)|get|dose|apply|do|increase|swallow|try)"

_OWN_ANIMAL = re.compile(
    rf"\b(?:my|our|the|a|his|her|this|neighbou?rs|moms|friends|\d+ ?(?:lbs?|pounds?|kg|pound|kilo)|(?:small|big|old|little|large|senior)) (?:\S+ ){{0,4}}?{_ANIMAL}\b(?! (?:stud|model|dander|allerg|bite|scratch|hair|scan))|"
    r"\b(?:for|to|give) (?:dogs?|cats?|puppies|kittens)\b|\b(?:mi|el|al|a la|la) (?:perr[oa]|gat[oa]|mascota|cachorro)\b|\b(?:canine|feline|vet(?:erinary)? dos\w+)\b"
)

# ------------------------------------------------------------------------------------------------------------ rules

_SELF_HARM = (
    r"kill (?:my|him|her|your|our|them) ?sel(?:f|ves)|kms\b|unaliv\w+|off (?:myself|himself|herself)|(?:self )?sewerslide|"
    r"(?:commit\w*|attempt\w*|do|doing|for|by|want|plan\w*|thinking (?:of|about)|considering) suicide(?! (?:warning|risk|thought|idea|box|attempts? in))|suicide (?:dose|pills?|method|by|with|note|plan|amount|pact)|sui(?:cide)?\b (?:dose|method)",
    r"(?:im|i am|i feel|i felt|ive been|been|feeling) (?:\S+ ){0,2}?suicidal|(?:have|having) (?:a )?(?:suicide plan|plan to (?:die|kill|end))",
    rf"(?:want(?:s|ed|ing)?|wanna|wish|ready|plan\w*|trying|tried|hop(?:e|ing)|decided|like|deserve|about to|need to) (?:to |2 |i (?:was |were |could )?)?(?:just |finally |really )?(?:die\b|be dead|dead\b|end (?:it|my life|everything|things|all)|disappear|{_NOT} (?:\S+ )?{_WAKE}|"
    rf"(?:go to )?sleep {_FOREVER}|be gone|be done with (?:life|everything|living)|od\b|overdose|leave this (?:world|life|earth)|check out)",
    rf"{_NOT} (?:\S+ )?(?:want|wanna|wish|care|plan) (?:to |2 )?(?:\S+ )?{_WAKE}(?! (?:up )?(?:at|all night|in the night|during|tired|so|early|groggy|with a|needing))",
    rf"(?:fall|go|drift|going) (?:to |2 )?(?:a)?sleep (?:and )?(?:\S+ ){{0,2}}?(?:never|not|dont|{_FOREVER})",
    r"(?:end(?:ing)?|take|taking|ends) (?:my|his|her) (?:own )?(?:life|pain forever|suffering)|end(?:ing)? it (?:all|for good|tonight|now|with|using|by)|(?:gonna|going to|about to|how to|want to|ready to) end it|exit bag|self exit",
    r"(?:tired|sick|done) (?:of|with) (?:living|life|being alive|existing|being here)|(?:no|any) (?:reason|point) (?:to|in) (?:liv\w+|go(?:ing)? on)|better off (?:dead|without me|if i)|cant (?:do this|go on|take (?:it|this|life)) any ?more|life (?:isnt|is not|not) worth|nobody (?:would|will) miss me",
    r"(?:wrote|writing|write|left|leave|leaving|written) (?:\S+ ){0,3}?(?:goodbye|suicide|farewell|last) ?(?:note|letters?|message)?\b|(?:said|say(?:ing)?|my|final|last) (?:\S+ ){0,2}?goodbyes?\b|goodbye (?:world|everyone|all|letter|note)",
    rf"{_HOW_MUCH} {_gap(14)}{_END}",
    r"(?:lethal|fatal|deadly|suicidal|killing) (?:\S+ )?(?:dose|dosage|doses|amount|quantity|level|combo|combination|mix|number|mg|threshold)|ld ?50|(?:dose|amount|quantity|number|combo) (?:\S+ ){0,4}?(?:lethal|fatal|deadly)|minimum to (?:die|kill)",
    r"(?:painless(?:ly)?|peaceful(?:ly)?|easiest|quickest|least painful|gentle) (?:\S+ ){0,3}?(?:way (?:out|to (?:go|die|end))|exit|death|end|method|suicide|od|overdose)|(?:die|death|exit|overdose|dying) (?:\S+ ){0,4}?(?:painless|peaceful|in (?:my|your) sleep|quickly)",
    r"(?:overdos\w+|od|odd?ing|took|take|taking|swallowed|taken|them) (?:\S+ ){0,8}?(?:on purpose|intentionally|deliberately|to (?:die|end (?:it|my)|kill my))|(?:purposely|intentionally|deliberately) (?:\S+ )?(?:overdos\w+|od\b|take|took|swallow\w*)|how (?:to|do i|can i|would i|should i|2) (?:\S+ ){0,2}?(?:od|overdose|die)\b|(?:gonna|going to|want to|wanna|planning to|about to) (?:\S+ )?(?:od\b|overdose|take (?:them all|(?:the |a )?(?:whole|entire|rest|all)|all (?:of )?(?:my|the|these)))",
    r"(?:kill|poison|murder|get rid of|finish off) (?:my|him|her|someone|somebody|a person|them|an? (?:person|man|woman)|you|people)\b(?! (?:cancer|infection|fungus|lice|pain|acne|tumou?r|appetite|bacteria|worms|buzz|sex|libido|headache|stomach|vibe|cough|cold|skin|nails?|mood|sleep))|(?:untraceable|undetect\w+ (?:poison|way|murder|by)|(?:wont|not|doesnt) show (?:up )?(?:in|on) (?:an )?autopsy|look like (?:an accident|natural|a heart))",
    r"(?:would|will|could|can|does|is|are) (?:\S+ ){0,8}?kill (?:me|him|her)\b|(?:be|is) (?:\S+ )?enough (?:to (?:die|kill|end|od|overdose|not)|for me to (?:die|go|not))|surely? (?:die|kill)",
    r"die from (?:taking|swallowing|an?|overdos\w+)|to die (?:by|with|using|taking)|(?:can i|could i|will i|would i) (?:just )?die (?:if|by|from (?:taking|swallowing|an?|too|\d+|all))|(?:make|making) (?:me|myself) (?:die|sleep forever)",
    r"(?:is|are|would|will|was) (?:\S+ ){0,4}?(?:supply|bottle|bottles|pack|\d+ (?:of|\S+s)|all (?:of )?my \S+) (?:\S+ ){0,4}?(?:fatal|lethal|deadly)|(?:cannot|cant|dont want to) face (?:another|tomorrow|life|it|this|the)|to check out$|(?:who|i|just|and) wants? out$|(?:ultimate|final|last|terminal|goodbye) dose (?:of|to)",
    r"(?:pass|go|die|dying|slip) (?:away |off )?in (?:my|your|their|ur) sleep|to stop (?:my |someones |the |your |his |her |a )?heart\b|stop (?:someones|my|his|her|your) heart|drink(?:ing)? (?:antifreeze|bleach)|point of no return|means? curtains|(?:id|i would|would) rather (?:be dead|die)",
    r"(?:no|ya no|nunca) (?:me )?despiert[oe]\b (?:verdad|mas|nunca|nunca mas)|no despertar|matar(?:me|se|lo|la)|quitar(?:me|se) la vida|suicidar\w+|(?:quiero|quisiera|ganas de) (?:\S+ )?(?:morir\w*|desaparecer|dormir para siempre|acabar|terminar con)|no (?:quiero|quisiera) (?:\S+ )?(?:vivir|despertar\w*|seguir|existir|estar aqui)|(?:para|y) (?:no|nunca|jamas) (?:\S+ )?(?:despertar\w*|desperte|vivir)|acabar con (?:todo|mi vida)|terminar con (?:todo|mi vida)|dosis (?:letal|mortal)|para (?:morir\w*|matar\w*)|dormir(?:me)? para siempre|sin dolor (?:morir|para)|morir(?:me)? (?:sin|con|rapido)|ya no (?:quiero|puedo) (?:vivir|mas)",
)
_OVERDOSE = (
    rf"(?:{_CHILD}|{_ANIMAL})(?: \S+){{0,8}}? (?:{_SWALLOWED}|swallows?|eats|ingests|drinks|chews|(?:might|may|could|must) (?:have|of) (?:taken|{_SWALLOWED})|(?:has|had|with|put|got|found|stuffed) (?:\S+ ){{0,5}}?in (?:his|her|its|their|the) mouth|found (?:my|the|our|grand\S*|some|an?) (?:\S+ )?(?:pills?|meds|medicine|bottle|drugx|tablets?)){_NO_MEAL}",
    rf"(?:{_CHILD}|{_ANIMAL}) {_gap(3)}(?:took|taken|drink) (?:some|my|our|one of|grand\S+|his (?:\S+ )?(?:sisters|brothers|grand\S+|moms|dads)|her (?:\S+ )?(?:sisters|brothers)|{_TWO_ON}|a (?:bunch|lot|handful)|dads|moms|the)(?! (?:drugx )?(?:as prescribed|first))",
    rf"{_SWALLOWED} (?:\S+ ){{0,6}}?(?:{_CHILD}|{_ANIMAL})\b|(?:bottle|blister|pack|strip|box|pill ?box|container) (?:is |was |found |now |completely |totally |lying )*(?:empty|gone)|empty (?:bottle|blister|pack|strip|box|packets?)|(?:pills?|tablets?|some|of them|several) (?:are |is |were )?(?:missing|gone) from",
    rf"{_TOOK} {_gap(5)}(?:like |about |around |over |maybe |roughly |almost |probably |at least |up to )?{_FOUR_ON}(?! {_NO_PIECE}\b) (?:\S+ ){{0,4}}?(?:{_PIECE}|{DRUG}s?)\b",
    rf"{_TOOK} {_gap(3)}{_FOUR_ON} (?:\d+ ?(?:mg|mcg|milligrams?) |(?:of|x) (?:the |my |his |her |those |these )?)(?!(?:a|an|each|every)\b)(?:\S+ ){{0,3}}?(?:{_PIECE}|{DRUG}|them)",
    rf"(?:took|taken|popped|downed|swallowed|swallow|take) (?:like |about |around |over |maybe |all )*{_FOUR_ON}(?! {_NO_PIECE}\b)(?: of (?:them|those|these|my))?(?:$| (?:\w{{4,}}s?\b|at once|in one|all|tonight|today|yesterday|already|earlier|an hour|within|now|last|and|together))(?!(?: \S+)? (?:times|doses? (?:so|a)|a (?:day|week)))",
    rf"{_I_TOOK} {_gap(4)}{_TWO_ON} {_gap(4)}(?:at once|at the same time|in one go|in a row|back to back|(?:with)?in (?:an?|one|two|2|a few) (?:hours?|minutes?)|together|instead of (?:one|1|the one|half|a half)|too close|on top of (?:each|one))",
    rf"{_TOOK} {_gap(6)}(?:{_ALL}|(?:a|the|one|another) (?:\S+ )?{_VESSEL} of|(?:two|three|2|3|4|5) (?:bottles|packs|boxes|strips|pens)|(?:a )?(?:whole |big |huge |small )*(?:handfuls?|fistful|bunch|buttload|shitload|tons?|loads?|pile|mouthful)\b|all (?:of )?(?:my|the|his|her|their|our|them|those|these|it)\b(?! (?:antibiotics|course|doses))|everything in|every (?:single )?(?:pill|tablet|one)|too (?:many|much)|to (?:many|much)\b|"
    r"way (?:too|more|over)|a lot of|lots of|(?:more|much) than (?:i|he|she|was|the|prescribed|my|we|supposed|recommended)|double (?:the|my|his|her|dose|her)|triple|quadruple|(?:an? )?extra (?:dose|one|pill|tablet|shot|drugx|injection|\d+)|another (?:dose|one) (?:too|by|already)|(?:two|three|four|five|ten|2|3|4|5|6|8|10)(?:x| times)? (?:times |x )?(?:the|my|his|her|as much) (?:\S+ )?(?:dose|amount|usual|normal|prescribed)?|tenfold|ten fold|10 ?fold|10x|twice (?:the|my|his|her|as))",
    rf"{_I_TOOK} {_gap(6)}(?:twice|two times|three times|3 times|2x|3x)(?! (?:a|per|daily|weekly|each|every|monthly|the (?:day|week)|in the past|last year|before)\b)",
    rf"(?:took|taken|given|gave|injected|had) {_gap(6)}(?:it again|again (?:today|by|this|tonight|an hour)|second (?:one|dose|shot|pill|time))\b(?! (?:dose )?(?:is|in) (?:due|\d))",
    rf"{_MISTAKE} {_gap(12)}(?:took|taken|take|takin|did|swallow\w*|inject\w*|doubl\w+|two|2|twice|too (?:many|much)|extra|gave|given|drank|ate|used|applied|ingested|dosed|had|put|got|overdosed|administered|squirted|sprayed in)\b(?! (?:it |my \S+ |\S+ )?(?:out of the|out in|in the car|off|late))",
    rf"(?:took|taken|gave|given|give|injected|swallowed|had|did|doubled|drank|ate|ingested|used|put|dosed|swallow|got) {_gap(12)}{_MISTAKE}\b",
    r"overdosed|oded|(?:taking|took|taken|had) (?:\S+ ){0,2}?(?:[6-9]|[1-9]\d) ?g(?:rams?|m)?\b(?: of)? (?:drugx |tylenol |\S+ )?(?:daily|a day|today|per day|at once|every day)|double (?:dosed|does'?d)|doubled (?:up|my|his|her|the|it|dose)|(?:im|am i|is|he|she|hes|shes|i think|might be|maybe|friend|could be) (?:\S+ ){0,3}?(?:overdosing|oding|od ing)|(?:took|had|having|have|survived|is this|is it|this) (?:an )?(?:overdose|od)$|i (?:just )?od\b",
    r"(?:not|isnt|wont|wouldnt|cant|cannot|hard to|couldnt|doesnt) (?:\S+ ){0,2}?(?:waking(?: up)?|wake (?:him|her|them|my \S+|up)|be woken|rouse|respond(?:ing)?)\b(?! (?:me|all|in the|at|for the|early|refreshed))|(?:hes|shes|he|she|is|found|went|friend|\S+d|now|and|was|who) (?:is |was |has |gone |totally |lying |completely |almost )*(?:unconscious|unresponsive|passed out|blacked out|limp|lifeless|comatose|collapsed)\b|(?:not|barely|stopped|hardly|isnt|isnt really) breathing|breathing (?:is )?(?:really |very |so |super )?(?:slow|shallow|weird|funny)|(?:turning|turned|lips|going|lips are|fingers are|face) (?:\S+ )?(?:blue|purple|grey|gray)\b(?= ?(?:lips|$|and|what|after|help|from|now|took))|(?:is|hes|shes|started|keeps|now|been|having) (?:\S+ )?(?:seizing|convulsing|foaming|a seizure|seizures)\b(?! (?:disorder|med|drug|control))|foaming at|gurgling",
    r"(?:throat (?:is |feels? )?(?:closing|swelling|closed)|i cant breathe?|(?:he|she) cant breathe?|(?:tongue|face|lips) (?:is |are )?(?:swelling|swollen up) (?:up )?(?:fast|now|and))",
    r"(?<!when )(?:should|do|need|shall|must) (?:i|we|he|she) (?:\S+ ){0,2}?(?:call|go to|take (?:him|her|them) to|rush|bring (?:him|her) to|phone) (?:\S+ ){0,3}?(?:poison|911|ambulance|er\b|emergency|hospital|the er)|(?:should|need|have) (?:i|we|to) (?:\S+ )?(?:make|get) (?:him|her|it|them|myself|the \S+) (?:to )?(?:throw up|vomit|puke)",
    rf"(?:if|that|suppose) {_OWN} (?:\S+ )?(?:take|took|swallow(?:ed)?|eat|ate|inject(?:ed)?|drink|drank|had|popp?(?:ed)?|down(?:ed)?) {_gap(3)}(?:{_FOUR_ON}(?! {_NO_PIECE}\b)|{_ALL}|all (?:of )?(?:my|the|them|these)|(?:a )?handful|too (?:many|much)|way|(?:\d+|ten|two|three|double) ?(?:x|times) )",
    rf"(?:ate|swallowed|drank|took|got into|into) {_gap(3)}(?:{_KIN}s?|his|her|my|someone elses|another patients|the wrong (?:persons|patients)|the (?:dog|cat)s) (?:\S+ ){{0,2}}?(?:by mistake|instead|pills|drugx|meds|medication|tablets?)(?= (?:by|instead|and|what|help|thinking|$)) ?(?:by|instead|thinking)",
    r"(?:took|swallowed|given|gave|injected|grabbed|got) (?:\S+ ){0,4}?(?:the )?wrong (?:pills?|meds?|medicine|medication|dose|dosage|bottle|tablets?|insulin|pen|syringe|drug|amount|patient|persons?|strength)|(?:10|ten) ?(?:x|times|fold) (?:\S+ )?(?:dos\w+ )?(?:error|mistake|too much)",
    rf"(?:tome|tomo|tomado|tomaron|trago|trague|tragado|comio|comi|ingirio|ingeri|bebio|bebi|inyecte|puse|di|dimos|dio|tomaste) {_gap(5)}(?:demasiad\w+|tod[oa]s?\b(?! los dias)|frasco|caja|bote|muchas?|muchos|un (?:monton|punado)|de mas|el doble|dosis doble|doble dosis|dos veces|otra vez|{_FOUR_ON} (?:\S+ ){{0,3}}?(?:pastillas?|tabletas?|capsulas?|comprimidos?|dosis|parches|drugx|de)|(?:tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta) (?:\S+ ){{0,2}}?(?:pastillas?|tabletas?|capsulas?|comprimidos?|drugx|de))",
    rf"(?:hij[oa]|bebe|nin[oa]|perr[oa]|gat[oa]|niet[oa]|sobrin[oa]|herman\w+|nene|chiquit\w+) {_gap(5)}(?:trago|tragado|comio|tomo|ingirio|bebio|chupo|mordio|tragaron)",
    rf"(?:por error|por accidente|sin querer|accidentalmente|por equivocacion|me equivoque) {_gap(8)}(?:tom\w+|di\b|dimos|inyect\w+|trag\w+|comi\w*|bebi\w*|puse|puso)|(?:tom\w+|di\b|inyect\w+|trag\w+|comi\w+|bebi\w+|puse) {_gap(8)}(?:por error|por accidente|sin querer|accidentalmente|por equivocacion)|me pase (?:de|con)|(?:creo|tuve|tuvo|tiene|tengo) (?:\S+ ){{0,4}}?sobredosis|no (?:se )?(?:despierta|respira|reacciona|responde)|inconsciente|convulsionando|se desmayo",
)
_MISUSE = (
    rf"{_SELF_OR_HOW}\b {_gap(12)}{_HIGH}\b|(?:feel|get|getting|gets|catch|for|chase|best|better|bigger|good|strong\w*|nice|more|intense|mellow|clean) (?:\S+ ){{0,2}}?(?:a |the )?(?:{_HIGH})$|(?:combo|mix\w*|stack\w*|combin\w+) {_gap(8)}(?:high|buzz|trip|nod|euphoria)\b(?! (?:blood|bp|dose|risk))",
    rf"snort\w*|insufflat\w*|boof\w*|parachuting|(?:sniff|rail|hoover|bump)(?:ing|ed)? (?:\S+ ){{0,2}}?(?:{DRUG}|pills?|lines?|it|them|crushed)\b|up (?:my|the|your|his) nose (?:\S+ ){{0,4}}?(?:crush|powder)|crush\w* {_gap(8)}(?:up (?:my|the|your|his) nose|inject|iv\b|shoot)|lines? of drugx",
    rf"(?:inject|shoot|shooting|slam|slamming|iv|iving|mainline|mainlining|bang|banging)(?:ing|ed)? (?:up )?(?:\S+ ){{0,4}}?(?:pills?|tablets?|tabs|capsules?|patch(?:es)?|gel caps|crushed|dissolved|suboxone strips?|opana)\b|(?:be|get|been) (?:cooked|shot) up|cook(?:ed|ing)? (?:it |drugx |them )?up (?:and|to|for)|shoot(?:ing)? (?:up )?(?:it|drugx|my own|some|heroin|oxy\w*|with)\b|(?:pill|tablet|capsule|patch)s?\b {_gap(6)}(?:for|be|to|into) (?:inject\w*|iv use|shoot\w*|my vein)|plug(?:ging)? (?:it|drugx|my|them|pills)|rectally (?:for|hit|to get)|stuff (?:it|drugx|pills?|\S+ tabs?) up",
    rf"(?:smok(?:e|ing)|vap(?:e|ing)|freebas(?:e|ing)|chase|foil) (?:a |an |the |my |some |this |these |those |crushed |half |bits of |of )*(?:it\b|them\b|{DRUG}(?! (?:interact|use|and|together|patient|safe|cessation))|pills?|tabs?|tablets?|patch(?:es)?|gel)|(?:drugx|pills?|patch) (?:be )?(?:smoked|vaped)|(?:chew|suck|lick|eat|boil|scrape|squeez)(?:ing|e|ed)? {_gap(4)}(?:patch(?:es)?\b|gel (?:from|out))",
    r"(?:to|how do (?:i|you|u)|can i|should i|what) (?:make|makes|get|have) (?:it|them|this|drugx|my \S+|the \S+) (?:\S+ ){0,2}?(?:hit (?:\S+ )?(?:harder|faster|stronger|quicker|more|all)|stronger|more (?:intense|potent|fun)|kick in (?:all at once|harder|instantly))|(?:ways?|how|best|easy|easiest|fun) (?:to|do i|do you|do u) (?:ab|mis)use|(?:intensify|chaser (?:for|to)) (?:\S+ )?(?:drugx|my|the high|it)$|hits? (?:me |you )?(?:harder|different\w*|like a truck)|(?:sprite|soda|jolly rancher\w*) (?:ratio|recipe)|(?:to|and) roll (?:best|harder|better)|clubbing|(?:how (?:to|do i|can i|do you|do u)|best (?:way to|thing to)|to|want to|what) potentiat\w+|potentiat(?:e|or|ors|ing) (?:my|the|a|your|for|it)? ?(?:high|buzz|effects?|drugx|it|dose)?$|(?:boost|enhance|intensify|amplify|increase|prolong|extend) (?:the |my |a |its )?(?:high|buzz|euphoria|nod|trip)|(?:whole|instant|full) (?:effect|hit|rush|dose) (?:at once|in one go|right away)",
    r"(?:defeat|bypass|beat|get (?:around|past|rid of|through)|getting (?:around|past)|crack|peel|strip|disable|remove|break(?:ing)?(?: down)?|destroy|circumvent|trick|override|cheat|wash off|turn) (?:\S+ ){0,6}?(?:time ?release\w*|extended ?release|slow ?release|sustained ?release|er (?:coating|layer|form\w*|mechanism)|xr (?:coating|layer|beads|form\w*)|coating|abuse|tamper|deterrent|gel(?:ling)? (?:coat\w*|stuff)|naloxone (?:part|in|from)|anti abuse|instant release|immediate release|into (?:instant|immediate))",
    rf"(?:buy\w*|get(?:ting)?|order\w*|score|find|obtain\w*|purchas\w+|where|online|cop|import\w*|acquire|need|want|i|me) {_gap(9)}(?:without|w o|no) (?:a |an |any |my |having a )?(?:valid )?(?:prescription|script|perscription|presc\w+|rx|doctors? (?:knowing|note|visit))\b|no (?:rx|script|prescription) (?:online|needed)",
    r"(?:fake|forge|forging|alter|photoshop|make (?:up )?a|write (?:my|a) own|edit|copy|print|steal|stolen|use someone elses) (?:\S+ ){0,3}?(?:prescriptions?|scripts?|rx pad|perscription)|(?:fake|faking|pretend\w*|act like i have|what symptoms (?:to|should i|do i)|lie (?:to|about)|trick|con|manipulate|fool|convince|what (?:to|do i|should i) (?:say|tell)) (?:\S+ ){0,6}?(?:to get (?:\S+ )?(?:prescribed|a script|drugx|more|them|it)|so (?:they|he|she|my \S+|the \S+|doc\S*) (?:\S+ )?(?:prescribes?|gives?|writes?)|into (?:prescribing|giving|writing)|for (?:a )?(?:drugx|script))|doctor shop\w*",
    r"(?:pass|beat|cheat|fool|trick|fake|clean for|get around|clear|dilute) (?:\S+ ){0,4}?(?:drug|urine|pee|piss|ua|hair|saliva|swab|probation|work)(?: drug)? ?(?:test|screen|check|panel|ua)|synthetic urine|(?:fool|cheat|beat|trick|pass|fake) (?:a |my |the )?pill counts?|(?:dark ?(?:web|net)|street dealer|my (?:dealer|plug)|silk road|telegram seller)|(?:i sell|to sell|selling|sell my|flip|trade) (?:my |some |these |extra |leftover |the |a few )*(?:drugx|pills?|tabs|meds|them|script)|buy (?:\S+ ){0,4}?(?:off the street|on the street|from a dealer|illegally|under the table|off (?:a|my) (?:friend|guy))",
    rf"(?:slip|sneak|slipp?ing|sneaking|spik(?:e|ing)|roofie|roofy|lac(?:e|ing)) {_gap(9)}(?:drink|food|coffee|tea|beer|wine|water|juice|cocktail|meal|dinner|soup|smoothie|soda|cup|glass|vodka|someone|him|her|them|drugx|my \S+)|(?:dissolve|put|hid(?:e|ing)|mix|crush|drop|pour|grind|give|add|taste\w*|detect) {_gap(10)}(?:(?:without|w o) (?:\S+ ){{0,4}}?(?:know\w*|notic\w*|tast\w*|tell\w*|realiz\w*|find\w*|detect\w*)|secretly|unnotic\w*|(?:cant|wont|doesnt|never|not) (?:\S+ ){{0,2}}?(?:know|notice|taste|tell|find out|realize)|(?:someones|somebodys|a girls|girls|dates|roommates|bosss?|exs?|ex|coworkers|strangers|teachers|bfs|gfs|boyfriends|girlfriends|victims) (?:drink|food|coffee|tea|beer|wine|water|juice|cup|glass|soda))|(?:secretly|covertly) (?:give|put|dose|drug|medicate|slip|feed|crush|mix)",
    rf"date rape|roofi\w+|(?:to|and|gonna|just|secretly|just to) drug (?:him|her|them|someone|somebody|a |my (?!doc|pharm|insur|plan|list|test))|drugging (?:my|him|her|someone|a )|knock(?:s|ing)? (?:him|her|them|someone|somebody|my \S+|an? \S+|the \S+|{_KIN}|{_CHILD}) (?:\S+ )?out\b(?! of)|(?:make|get|keep|put|knock) (?:him|her|them|someone|somebody|a (?:girl|guy|person|kid|baby)|the (?:kids|baby|dog)|my (?:\S+ ){{0,2}}?(?:{_CHILD}|{_KIN}|{_ANIMAL})) (?:\S+ ){{0,3}}?(?:to sleep|sleep\b|asleep|drowsy|pass(?:ed)? out|quiet|sedated|unconscious|compliant|drunk|docile|calm (?:on|for|during) (?:the|a|our))|sedate (?:my|him|her|someone|a|them)",
    rf"(?:extract|isolate|purify)(?:ing)? (?:the |just the |only the |out the )?{_gap(3)}(?:from|out of|in cold)|cold water extraction|cwe\b|(?:cook|synthesi[sz]e|make|turn\w*|convert\w*) {_gap(6)}(?:meth|crack|lean|purple drank|into (?:a )?(?:drug|powder to|shootable))\b|how much (?:can i|do i|could i) sell|street (?:price|deal)",
    r"(?:colocar(?:me|se)|drogar(?:me|se|lo|la)|para (?:drogar|viajar|un buen viaje)|esnif\w+|inhalar (?:\S+ ){0,3}?(?:pastillas?|polvo|triturad\w*|machacad\w*)|ponerme (?:high|bien loco|a volar)|sin receta|receta falsa|falsificar|en (?:su|la) (?:bebida|comida) sin que|sin que (?:se )?(?:de cuenta|entere|note)|dormir a (?:alguien|mi|una chica)|inyectar(?:me)? (?:las |la )?(?:pastillas?|tabletas?))",
)
_PERSONAL = (
    rf"how (?:much|many|mch)(?: \S+){{0,6}}? (?:should|shall|must|ought|shud|shld|sould) {_FOR_WHOM} (?:\S+ ){{0,3}}?{_GIVE}\b",
    rf"how (?:much|many|mch)(?: \S+){{0,6}}? (?:do|can|could|would|may|will|to) (?:i |we |u |you )?(?:safely )?(?:give|inject|feed|put|start|dose|get) (?:to )?(?:my|him|her|our|myself|me|a (?:\S+ ){{0,3}}?(?:{_CHILD}|{_ANIMAL})|the (?:{_CHILD}|{_ANIMAL}))",
    rf"(?:what|wat|which|whats|what is) (?:the |my |a )?(?:right |best |correct |safe |good |starting |max |proper )?(?:dose|dosage|amount|mg|strength|quantity)(?: \S+){{0,5}}? (?:should|shall|do|must|can|would|shud|to) (?:{_FOR_WHOM} )(?:\S+ ){{0,2}}?{_GIVE}\b|(?:whats|what is|calculate|work out|figure out|tell me|give me|need|adjust) my (?:\S+ )?(?:dose|dosage|dosing|amount)",
    rf"{_ASKS_DOSE} {_gap(14)}(?:for (?:me\b|my (?:\S+ ){{0,3}}?(?:{_KIN}|{_CHILD}|{_ANIMAL})|our (?:{_CHILD}|{_ANIMAL}))|{_BODY}|{_LABS})",
    rf"(?:{_BODY}|{_LABS}) {_gap(14)}{_ASKS_DOSE}",
    rf"(?:{_CHILD}) {_gap(5)}(?:\d+ ?(?:months?|mo|weeks?|lbs?|kg|pounds) )(?:\S+ ){{0,3}}?(?:mls?|how much|dose|dosage|amount)$",
    rf"{_AGE} {_gap(12)}(?:what dose|dosage|dose (?:for|should|is|do)|how (?:much|many))",
    rf"(?:{_CHILD}|{_KIN}) {_gap(8)}(?:{_HOW_MUCH}|what dose) (?:\S+ ){{0,3}}?(?:can|should|do|to|could) (?:i |we )?(?:give|safely give|dose)|(?:{_ANIMAL}) {_gap(10)}(?:{_HOW_MUCH}|what dose|give (?:him|her|it|them)|dose\b|dosage|safe)",
    rf"(?:can|could|may|should|ok to|okay to|safe to|fine to) (?:i |we |u |you )?(?:give|feed|use)(?: \S+){{0,5}}? (?:to |for )?(?:my|our|the|a|an old|his|her) (?:\S+ ){{0,4}}?{_ANIMAL}\b(?! (?:scan|allerg))|{_HOW_MUCH} {_gap(6)}(?:for|to|per|give|in) (?:an? |the |my |our |\d+ ?\S* )?(?:\S+ ){{0,3}}?{_ANIMAL}\b(?! (?:stud|model|scan))|\b(?:dose|dosage|dosing) (?:for|in) (?:an? |my |the )(?:\S+ ){{0,3}}?{_ANIMAL}\b",
    r"(?:put|start|wean|taper|dose|medicate|prescribe|titrate|treat|inject) myself (?:on|off|with|up|to|some)?\b|personali[sz]ed (?:\S+ )?(?:dose|dosage|dosing)|(?:pressure|sugars?|bp|glucose|inr|pain) (?:is|was|at|still) (?:\S+ )?\d+ (?:\S+ ){0,3}?(?:take|give|have) (?:a second|another|an extra|more|two|one more)|self (?:dose|dosing|medicat\w+|prescrib\w+|adjust\w*|titrat\w*)|(?:right|best|correct|safe|good|proper|ideal|enough) (?:dose|amount|dosage|mg) (?:\S+ ){0,3}?for (?:me|my|him|her)\b",
    r"should i (?:\S+ )?(?:increase|decrease|double(?! up)|change|stop|quit|start|switch|skip|cut|up|raise|lower|reduce|bump|come off|go (?:up|down|off|back)|drop|add|wean|taper|halve|take (?:more|less|another|extra|an extra|\d|two|half|one or))|(?:can|could|may) i (?:just |safely )?(?:increase|double|lower|change|up|raise|reduce|bump|adjust|halve|cut) (?:my|the|it|up my) (?:own )?(?:\S+ )?(?:dose|dosage|drugx|meds?|medication|mg)|is it time (?:for me )?to (?:up|increase|raise)",
    r"(?:is|are|would|will) (?:\S+ ){0,5}?(?:\d+ ?(?:mg|mcg|units|ml|pills|tablets)|this dose|my dose) (?:\S+ ){0,4}?(?:enough|too (?:much|little|high|low|strong)|ok|okay|right|safe|good|a lot) (?:\S+ )?for (?:me|my|him|her|someone my|a (?:\S+ )?\d+ ?(?:lb|pound|kg|year))",
    rf"(?:take|use|try|borrow|taking|using) (?:some of |one of |a few of )?(?:my|a) (?:{_KIN}|{_CHILD})s (?:\S+ ){{0,2}}?(?:{DRUG}|pills?|meds?|medication|prescription|script|tablets?|cream|inhaler)",
    r"(?:cuant[oa]s?|que (?:dosis|cantidad)) (?:\S+ ){0,5}?(?:debo|deberia|tengo que|le doy|le puedo|debe|necesito|me (?:tomo|pongo|inyecto)|podria) ?(?:\S+ ){0,2}?(?:tomar(?:me)?|darle|dar|usar|ponerme|inyectar\w*|doy|a mi|mi (?:hij\w|perr\w|gat\w|bebe|mama))|(?:debo|deberia|puedo) (?:\S+ )?(?:dejar|aumentar|subir|bajar|doblar|suspender|cambiar) (?:de |la |mi |el )|(?:peso|pesa) \d+ (?:\S+ ){0,8}?(?:cuant|dosis)|(?:cuant\w+|dosis) (?:\S+ ){0,8}?(?:peso|pesa|a mi (?:hij\w|perr\w|gat\w|bebe))",
)
_RULES: tuple[tuple[Safety, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(r"\b(?:" + "|".join(parts) + ")"))
    for kind, parts in zip(ORDER, (_SELF_HARM, _OVERDOSE, _MISUSE, _PERSONAL), strict=True)
)
