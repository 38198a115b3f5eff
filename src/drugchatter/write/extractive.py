"""Evidence → Draft without a model: sentences of the label, chosen and trimmed, never reworded.

A claim's text is its quotation with references ("[see …]", "( 2.1 )") left out; `check` holds it to that. The first
claim is the headline; the first section answers the question; one or two more give what its reader asks next.
"""

from __future__ import annotations

import re
from collections import Counter

from drugchatter.protocols import Index
from drugchatter.text import fold, stems, without_references
from drugchatter.types import (
    Claim,
    Declined,
    Draft,
    DraftSection,
    Drug,
    DrugMatch,
    Evidence,
    Finding,
    Hit,
    Notice,
    Reading,
    Support,
)
from drugchatter.vocabulary import intents
from drugchatter.write.plain import easier_first, easy, in_plain_words
from drugchatter.write.refusals import decline, safety_notices
from drugchatter.write.spanish import heading_of, notice_of

# An answer is read in a minute: words of the first section, of each further one, and statements in the first.
_FIRST_WORDS = 110
_NEXT_WORDS = 26
_NEXT_SECTIONS = 1
_NEXT_SECTIONS_PLAIN = 3
_NEAR_BEST = 0.6
_SPREAD = 0.5
# Two statements that share this much of their words say the same.
_SAME = 0.6
_FIRST_STATEMENTS = 5
# Rows of one table that begin alike.
_ROWS_ALIKE = 2
# What a line of an intent that was hardly asked for must be better by; an intent asked for gets at least one line.
_UNLIKELY = 2.5
_ASKED = 0.5


class ExtractiveWriter:
    """The built-in writer."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def write(self, evidence: Evidence) -> Draft:
        reading = evidence.reading
        declined = decline(evidence, self._index)
        untold = declined and declined.kind in ("unknown_drug", "ambiguous", "not_understood", "unsafe")
        headline, sections = (None, ()) if untold else self._answer(evidence, declined)
        return Draft(
            evidence=evidence,
            headline=headline,
            sections=sections,
            notices=(*safety_notices(reading), *_notices(evidence)),
            declined=declined,
            related=_related(evidence),
        )

    # --------------------------------------------------------------------------------------------------- answer

    def _answer(self, evidence: Evidence, declined: Declined | None) -> tuple[Claim | None, tuple[DraftSection, ...]]:
        reading = evidence.reading
        if reading.kind in ("compare", "interaction"):
            return _side_by_side(evidence)
        findings = [f for f in evidence.findings if f.hits]
        absent = _absence(evidence)
        if not findings and not absent:
            return None, ()
        used: set[tuple[str, str]] = set()
        main = _first_section(evidence, findings, used, absent)
        headline = absent or (main.claims[0] if main and main.claims else None)
        sections = [main] if main and main.claims else []
        if headline and main and not absent:
            sections = [DraftSection(main.heading, main.claims[1:])] if len(main.claims) > 1 else []
        room = _NEXT_SECTIONS_PLAIN if reading.question.plain else _NEXT_SECTIONS
        sections.extend(_further(evidence, used, room=1 if declined else room))
        return headline, tuple(section for section in sections if section.claims)


def _first_section(
    evidence: Evidence, findings: list[Finding], used: set[tuple[str, str]], absent: Claim | None
) -> DraftSection | None:
    """The answer to what was asked: the best lines of each asked intent in turn, then, where what was asked is in doubt,
    of those that may have been."""
    if not findings:
        return None
    if absent and findings[0].intent == "does_x_cause_y":
        # What the label does list comes after it, as its side effects.
        return None
    if absent:
        findings = [f for f in findings if f.intent in ("indication", "off_label")] or findings[:1]
    if evidence.reading.question.plain:
        plain = in_plain_words(findings, _UNLIKELY, lambda hit, f, room: _take([hit], f, used, room))
        return _section_of(plain, evidence.reading) if plain else None
    limit = _FIRST_STATEMENTS
    ranked = sorted(
        ((hit.score - _UNLIKELY * (1.0 - f.share), -n, hit, f) for n, f in enumerate(findings) for hit in _spread(f)),
        key=lambda row: row[:2],
        reverse=True,
    )
    best = ranked[0][0]
    words = 0
    taken: list[tuple[Claim, Finding]] = []
    rows: Counter[tuple[str, str]] = Counter()
    queue = [(hit, f) for score, _, hit, f in ranked if score >= _NEAR_BEST * best]
    firsts = {f.intent: (hit, f) for hit, f in reversed(queue) if f.share >= _ASKED}
    for hit, finding in [queue[0], *firsts.values(), *queue]:
        if len(taken) >= limit or words >= _FIRST_WORDS:
            break
        row = (hit.passage.id, hit.line.partition(" | ")[0])
        if hit.passage.kind == "table" and rows[row] >= _ROWS_ALIKE:
            continue
        if claim := _take([hit], finding, used, _FIRST_WORDS + 25 - words):
            rows[row] += 1
            taken.append((claim, finding))
            words += len(claim.text.split())
    return _section_of(taken, evidence.reading) if taken else None


def _section_of(taken: list[tuple[Claim, Finding]], reading: Reading) -> DraftSection:
    """Claims under the question that the first of them answers."""
    first = taken[0][1]
    heading = heading_of(first.intent, first.drug.name, reading.language)
    return DraftSection(heading, tuple(claim for claim, _ in taken))


def _spread(finding: Finding) -> list[Hit]:
    """The hits of a finding, best first, without those far below the best."""
    best = finding.hits[0].score
    return [hit for hit in finding.hits if hit.score >= best * _SPREAD]


def _take(queue: list[Hit], finding: Finding, used: set[tuple[str, str]], room: int) -> Claim | None:
    """The next hit of `queue` that fits and says something new, as a claim."""
    while queue:
        hit = queue.pop(0)
        claim = claim_of(hit, finding.drug)
        if claim is None or (hit.passage.id, hit.line) in used:
            continue
        said = _gist(claim.text)
        if any(_alike(said, other) for _, other in _gists(used)):
            continue
        if len(claim.text.split()) > max(room, 30) and used:
            continue
        used.add((hit.passage.id, hit.line))
        used.add(("gist", " ".join(sorted(said))))
        return claim
    return None


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether `one` adds nothing to `other`: it stands within it, or they share four words of five."""
    return one <= other or len(one & other) >= _SAME * len(one | other)


def _gist(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9.%]+", fold(text)))


def _gists(used: set[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    return [(tag, frozenset(value.split())) for tag, value in used if tag == "gist"]


def claim_of(hit: Hit, drug: Drug) -> Claim | None:
    """One line as a claim, with what it cannot be understood without: the list's introduction, the items it introduces,
    the sentence it leans on, the heading that names its population. None when that would be too long to show."""
    passage = hit.passage
    if passage.kind == "fact":
        quotes = [hit.line]
    elif passage.kind == "table":
        quotes = _cells(hit.line) if len(hit.line.split()) > _LONG_ROW else [hit.line]
    elif hit.line.endswith(":"):
        quotes = [*_context(hit), _with_items(hit)]
    else:
        whole = _with_antecedent(hit)
        if whole is None:
            return None
        quotes = [*_context(hit), *([hit.lead] if hit.lead and hit.lead not in whole else []), whole]
    shown = [without_references(quote) for quote in quotes]
    if len(shown) > 1 and quotes[0] == hit.sub:
        shown[0] += ":"
    basis = "row" if passage.kind == "table" else "quote"
    supports = tuple(Support(passage.id, quote) for quote in quotes)
    return Claim(" ".join(shown), supports, basis, drug.id, (passage.field,))  # type: ignore[arg-type]


# A sentence that opens like this says nothing safe alone: of which patients, which dose, which study?
_LEANS = re.compile(
    r"^(?:(?:in|by) contrast|similarly|conversely|for (?:some |those |these |other |such )?patients|in (?:these|those|such|this|both|addition)|these|those|this|such|they|it|"
    r"thereafter|then|therefore|however|alternatively|if (?:a |the )?(?:patient|dose|response|needed|tolerated|inadequate|necessary)|"
    r"the (?:dose|dosage|rate|same|latter|former|difference|remaining)\b(?! of \w)|"
    r"doses? (?:may|can|should)|dosage (?:may|can|should)|otherwise|also|additionally|continue|repeat|subsequent|"
    r"(?:increase|reduce|decrease|titrate)\b|(?:without|with) an? |adults?:|pediatric)\b",
    re.IGNORECASE,
)
_MOST_LINES, _MOST_WORDS = 4, 85


def _with_antecedent(hit: Hit) -> str | None:
    """The line, led by the one it leans on, as they stand together; None when no short block makes it whole."""
    lines = hit.passage.lines()
    end = lines.index(hit.line)
    start = end
    while start > 0 and _LEANS.match(lines[start]) and lines[start - 1] != hit.sub:
        start -= 1
    block = lines[start : end + 1]
    if len(block) > _MOST_LINES or (len(block) > 1 and len(" ".join(block).split()) > _MOST_WORDS):
        return None if hit.passage.field in _BY_POPULATION else hit.line
    return "\n".join(block)


# Sections in which a sentence belongs to the population, indication or form that its heading names.
_BY_POPULATION = frozenset(
    {"dosage_and_administration", "use_in_specific_populations", "pediatric_use", "geriatric_use"}
)
_BY_TOPIC = _BY_POPULATION | {"warnings_and_cautions", "warnings", "drug_interactions"}
_PLAIN_HEADING = re.compile(
    r"^(?:recommended|general|important|overview|usual|basic|dos(?:age|ing)|administration|instructions?|information|"
    r"considerations?|risk summary|data|human data|clinical considerations|and|for|of|the|with|guidelines|method|"
    r"preparation|missed|doses?|\s|:)+$"
)


def _context(hit: Hit) -> list[str]:
    """The heading a sentence stands under, where it names whom or what the sentence is about and the sentence does not."""
    sub = hit.sub
    if not sub or hit.passage.field not in _BY_TOPIC or hit.passage.kind != "text" or len(sub.split()) > 14:
        return []
    if _PLAIN_HEADING.match(fold(sub)) or sub not in hit.passage.text:
        return []
    line = fold(hit.line)
    if _YOUNG.search(fold(sub)):
        return [] if _YOUNG.search(line) else [sub]
    if _OWN_POPULATION.search(line):
        return []
    told = {stem for stem in stems(sub) if len(stem) > 3} & set(stems(hit.line)) - _SAYS_LITTLE
    return [] if told else [sub]


_SAYS_LITTLE = frozenset(
    stems("patients dose doses dosage dosing recommended use treatment administration adult adults")
)
_YOUNG = re.compile(r"\b(?:pediatric|child|adolescent|infant|neonat|years|weigh)")
_OWN_POPULATION = re.compile(
    r"\b(?:patients? with|adults?|pediatric|children|renal|hepatic|elderly|geriatric|women|wom[ae]n|males?|females?|pregnan\w+)\b"
)


_LONG_ROW = 60
_LIST_WORDS = 70


def _with_items(hit: Hit) -> str:
    """The introducing line and the lines after it, as they stand, up to about seventy words."""
    lines = hit.passage.lines()
    start = lines.index(hit.line)
    end, count = start + 1, len(hit.line.split())
    while end < len(lines) and count + len(lines[end].split()) <= _LIST_WORDS and not lines[end].endswith(":"):
        count += len(lines[end].split())
        end += 1
    return "\n".join(lines[start:end])


def _cells(row: str) -> list[str]:
    """The first cell of a long row and those after it that tell what to do, else as many as fit."""
    label, *cells = row.split(" | ")
    doing = [
        cell for cell in cells if cell.lower().startswith(("intervention", "prevention", "recommend", "management"))
    ]
    kept, count = [label], len(label.split())
    for cell in doing or cells:
        if count + len(cell.split()) > _LONG_ROW + 20:
            break
        kept.append(cell)
        count += len(cell.split())
    return kept


def _further(evidence: Evidence, used: set[tuple[str, str]], room: int) -> list[DraftSection]:
    """Sections after the first: what may have been asked as well and was not shown, else what is asked next."""
    sections: list[DraftSection] = []
    shown = {passage for passage, _ in used}
    perhaps = [
        finding
        for finding in evidence.findings
        if finding.intent != "general" and finding.hits and not any(h.passage.id in shown for h in finding.hits[:3])
    ]
    others = [finding for finding in evidence.extra if finding.drug.id != evidence.reading.drugs[0].drug.id]
    for finding in (*others, *perhaps, *(finding for finding in evidence.extra if finding not in others)):
        if len(sections) >= room:
            break
        main = evidence.reading.drugs[0].drug
        queue = _spread(finding)
        if evidence.reading.question.plain and finding.drug.id == main.id:
            queue = [hit for hit in queue if easy(hit)]
        claim = _take(queue, finding, used, _NEXT_WORDS)
        if claim is None or len(claim.text.split()) > _NEXT_WORDS * 2:
            continue
        heading = heading_of(finding.intent, finding.drug.name, evidence.reading.language)
        sections.append(DraftSection(heading, (claim,)))
        room += finding.drug.id != main.id
    return sections


# ---------------------------------------------------------------------------------------------------------- absence


def _absence(evidence: Evidence) -> Claim | None:
    """A claim that the label does not say a thing, from a search that came back empty."""
    reading = evidence.reading
    if not reading.drugs or reading.kind in ("dangerous", "not_answerable", "compare", "interaction"):
        return None
    empty = [c for f, c in zip(evidence.findings, evidence.coverage, strict=True) if c.outcome == "empty"]
    if not evidence.findings or evidence.coverage[0].outcome != "empty":
        return None
    return absence_claim(evidence.findings[0], reading, empty[0].searched)


def absence_claim(finding: Finding, reading: Reading, searched: str) -> Claim:
    """ "The label of X does not …", worded by what was searched; carries no quotation, and `check` knows it by basis."""
    drug = finding.drug
    if drug.reference.kind == "summary":
        text = (
            f"The starter data on {drug.name} hold nothing on {searched}; they are a summary, and the label itself may."
        )
        if finding.intent == "boxed_warning":
            text = (
                f"The starter data on {drug.name} hold no boxed warning: none was found when its label was summarized."
            )
        return Claim(text, (), "absence", drug.id)
    label = f"The {drug.name} label of {drug.reference.effective_date.isoformat()}"
    if finding.intent == "boxed_warning":
        text = f"{label} has no boxed warning section: {drug.name} does not have a boxed warning there."
    elif finding.intent == "controlled_substance":
        text = f"{label} has no controlled-substance statement."
    elif finding.intent == "interaction_pair":
        text = f"{label} does not mention {searched}, by name or by class; that is no proof of safety together."
    elif reading.topic and finding.intent in ("off_label", "indication", "dose", "max_dose", "administration"):
        text = f"{label} does not list {searched} among its indications: it is not mentioned there."
    elif reading.topic or finding.intent == "general":
        text = f"{label} does not mention {searched}."
    else:
        text = f"{label} does not state this: nothing on {searched} was found in it."
    return Claim(text, (), "absence", drug.id)


# ----------------------------------------------------------------------------------------------------- side by side


def _side_by_side(evidence: Evidence) -> tuple[Claim | None, tuple[DraftSection, ...]]:
    """Comparison and interaction: the same question put to each label, each statement under its drug's name."""
    reading = evidence.reading
    by_intent: dict[str, list[Finding]] = {}
    searched = {f.drug.id: c.searched for f, c in zip(evidence.findings, evidence.coverage, strict=True)}
    for finding in evidence.findings:
        by_intent.setdefault(finding.intent, []).append(finding)
    sections: list[DraftSection] = []
    used: set[tuple[str, str]] = set()
    for intent_id, findings in by_intent.items():
        claims: list[Claim] = []
        for finding in findings:
            queue = _spread(finding) if finding.hits else []
            queue = easier_first(queue) if reading.question.plain else queue
            per_drug = 3 if len(findings) == 1 else 2
            for _ in range(per_drug):
                claim = _take(queue, finding, used, 45)
                if claim:
                    claims.append(_named(claim, finding.drug))
            if not finding.hits and intent_id == "interaction_pair":
                claims.append(absence_claim(finding, reading, searched[finding.drug.id]))
        sections.append(DraftSection(_pair_heading(intent_id, reading, findings), tuple(claims)))
    sections = [section for section in sections if section.claims]
    quoted = next((c for s in sections for c in s.claims if c.basis != "absence"), None)
    if reading.kind == "interaction" and quoted:
        rest = tuple(c for c in sections[0].claims if c is not quoted)
        return quoted, (DraftSection(sections[0].heading, rest), *sections[1:])
    return None, tuple(sections)


def _named(claim: Claim, drug: Drug) -> Claim:
    if fold(drug.name) in fold(claim.text):
        return claim
    return Claim(f"{drug.name}: {claim.text}", claim.supports, claim.basis, claim.drug_id, claim.fields)


def _pair_heading(intent_id: str, reading: Reading, findings: list[Finding]) -> str:
    names = [m.drug.name for m in reading.drugs]
    if reading.language == "es":
        return heading_of(intent_id, " y ".join(finding.drug.name for finding in findings), "es")
    if intent_id == "interaction_pair":
        other = [*names[1:], *(said for said, _ in reading.agents)] or [c.said for c in reading.focus[:2]]
        return f"Can {names[0]} be taken with {' and '.join(other)}?" if other else f"What interacts with {names[0]}?"
    both = " and ".join(finding.drug.name for finding in findings)
    return heading_of(intent_id, both, "en")


# ---------------------------------------------------------------------------------------------------------- notices


def _notices(evidence: Evidence) -> list[Notice]:
    reading = evidence.reading
    notices = []
    bearing = {
        "dose",
        "serious_risks",
        "pregnancy",
        "overview",
        "stopping",
        "interaction_pair",
        "interactions",
        "off_label",
    }
    shown = {f.intent for f in evidence.findings}
    if reading.language == "es" and evidence.findings:
        notices.append(Notice("reading", notice_of("quoted")))
    for drug in evidence.boxed:
        if shown & bearing and "boxed_warning" not in reading.intents:
            text = f"The {drug.name} label carries a boxed warning."
            notices.append(
                Notice("boxed_warning", notice_of("boxed_warning", drug.name) if reading.language == "es" else text)
            )
    for match in reading.drugs:
        if match.how == "synonym":
            notices.append(Notice("reading", _product_note(match.matched, match.drug)))
        elif match.how == "spelling":
            notices.append(
                Notice("reading", f"“{match.matched}” was read as {match.drug.name} ({match.drug.generic}).")
            )
    if reading.kind != "interaction":
        notices += [Notice("reading", _not_told(said, generic, reading)) for said, generic in reading.agents]
    notices += [Notice("reading", _part_note(match)) for match in reading.drugs if match.part]
    if evidence.unsaid:
        notices.append(Notice("reading", _unsaid_note(reading.drugs[0].drug, evidence.unsaid)))
    answering = [*(match.drug for match in reading.drugs), *(finding.drug for finding in evidence.findings)]
    if any(drug.reference.kind == "summary" for drug in answering):
        notices.append(
            Notice(
                "starter_data",
                "From the starter data: short summaries of labels, not their own words. "
                "`drugchatter sync` loads the labels.",
            )
        )
    return notices


def _not_told(said: str, generic: str, reading: Reading) -> str:
    named = said if said == generic else f"{said} ({generic})"
    told = " and ".join(match.drug.name for match in reading.drugs)
    return f"No label of {named} is loaded: what follows is on {told} only."


def _part_note(match: DrugMatch) -> str:
    return (
        f"“{match.matched}” alone is not loaded; the label quoted is that of {match.drug.name}, of which it is one "
        "ingredient."
    )


def _unsaid_note(drug: Drug, unsaid: tuple[str, ...]) -> str:
    said = ", ".join(f"“{term}”" for term in unsaid)
    if drug.reference.kind == "summary":
        where = f"The starter data on {drug.name} do not mention {said}"
    else:
        where = f"Neither the uses nor the doses of the {drug.name} label mention {said}"
    return f"{where}: a dose given here may not be meant for that."


def _product_note(said: str, drug: Drug) -> str:
    routes = f", {', '.join(drug.reference.routes)}" if drug.reference.routes else ""
    return (
        f"“{said}” was read as {drug.generic}; the label quoted is that of {drug.name} "
        f"({drug.reference.labeler}{routes}). Other products of it may differ in strength, form and use."
    )


# ---------------------------------------------------------------------------------------------------------- related


def _related(evidence: Evidence) -> tuple[str, ...]:
    """Other questions about the first drug that its label can answer, never the one just asked."""
    reading = evidence.reading
    if not reading.drugs or reading.kind == "dangerous":
        return ()
    name = reading.drugs[0].drug.name
    asked = {f.intent for f in (*evidence.findings, *evidence.extra)}
    wanted = [then for a in reading.intents for then in intents()[a].then]
    order = [
        *wanted,
        "indication",
        "dose",
        "side_effects",
        "interactions",
        "pregnancy",
        "half_life",
        "storage",
        "mechanism",
    ]
    able = [i for i in dict.fromkeys(order) if i in evidence.available and i not in asked]
    return tuple(intents()[i].ask.format(drug=name) for i in able[:4])
