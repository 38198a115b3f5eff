"""Plain answers: what is kept whatever its words, what is added because it reads easily, and what never changes."""

from __future__ import annotations

from answers import make_drug
from drugchatter.engine import Engine
from drugchatter.readability import reading_ease
from drugchatter.types import Claim, Finding, Hit, Passage, Question, Support
from drugchatter.write.plain import easier_first, easy, in_plain_words

HARD = (
    "Concomitant administration of zorvexumab necessitates individualized reconsideration of immunosuppressive therapy."
)
FAIR = "The recommended dose of zorvexumab for most adults is 20 mg, and it is given under the skin once a month."
EASY = ("Take it once a day.", "Do not take two doses at once.", "Call your doctor if you feel sick.")


def make_hit(line: str, score: float, field: str = "dosage_and_administration") -> Hit:
    return Hit(Passage(f"{field}-{line[:9]}", "s", "1", field, "", "text", line), line, score)


def make_finding(*hits: Hit, intent: str = "dose", share: float = 1.0) -> Finding:
    return Finding(make_drug(), intent, hits, share=share)


def told(*findings: Finding) -> list[str]:
    """The lines chosen; as in the writer, none is taken twice."""
    said: set[str] = set()

    def take(hit: Hit, finding: Finding, room: int) -> Claim | None:
        if hit.line in said:
            return None
        said.add(hit.line)
        return Claim(hit.line, (Support(hit.passage.id, hit.line),), "quote", finding.drug.id)

    return [claim.text for claim, _ in in_plain_words(list(findings), 2.5, take)]


def test_the_best_lines_stay_however_hard_they_read() -> None:
    second = HARD.replace("zorvexumab", "it")
    lines = told(make_finding(make_hit(HARD, 9.0), make_hit(second, 8.0), make_hit(HARD + " So.", 7.0)))
    assert lines == [HARD, second]
    assert (reading_ease(HARD) or 0) < 40


def test_easy_lines_for_patients_are_added_in_the_order_of_their_scores() -> None:
    leaflet = [make_hit(line, 4.2 - n * 0.1, "spl_medguide") for n, line in enumerate(EASY)]
    finding = make_finding(make_hit(FAIR, 9.0), make_hit(HARD, 8.0), make_hit(HARD + " So.", 4.0), *leaflet)
    assert told(finding) == [FAIR, HARD, *EASY]
    assert all(easy(hit) for hit in leaflet)


def test_an_easy_line_leads_only_where_it_says_as_much() -> None:
    best = make_hit("If a dose is missed, it should be administered within 12 hours.", 9.0)
    whole = make_hit("If you miss a dose, take it within 12 hours.", 8.0, "spl_medguide")
    assert told(make_finding(best, whole)) == [whole.line, best.line]
    without_value = make_hit("If you miss a dose, take it soon.", 8.0, "spl_medguide")
    assert told(make_finding(best, without_value)) == [best.line, without_value.line]
    worse = make_hit("Take it within 12 hours.", 5.0, "spl_medguide")
    assert told(make_finding(best, worse)) == [best.line, worse.line]


def test_what_is_far_off_is_not_added_for_its_easy_words() -> None:
    finding = make_finding(make_hit(FAIR, 9.0), make_hit(HARD, 8.0), make_hit(EASY[0], 2.0, "spl_medguide"))
    assert told(finding) == [FAIR, HARD]


def test_each_thing_asked_is_told_and_what_was_hardly_asked_comes_later() -> None:
    dose = make_finding(make_hit(FAIR, 9.0), make_hit(HARD, 8.0))
    other = HARD.replace("zorvexumab", "it")
    assert other in told(dose, make_finding(make_hit(other, 5.0), intent="storage"))
    doubtful = make_finding(make_hit(other, 9.5), intent="storage", share=0.1)
    assert told(dose, doubtful)[0] == FAIR


def test_the_best_line_leads_and_patients_words_follow_it() -> None:
    hits = [make_hit(HARD, 9.0), make_hit(FAIR, 8.0), make_hit(EASY[0], 7.0, "spl_medguide")]
    assert [hit.line for hit in easier_first(hits)] == [HARD, EASY[0], FAIR]


def test_a_plain_answer_gives_the_same_value(engine: Engine) -> None:
    for question, value in (("kesimpta half life", "16 days"), ("eliquis missed dose", "same day")):
        plain = engine.ask(Question(question, plain=True))
        assert plain.headline is not None
        assert value in plain.headline.text
        assert not plain.rejected


def test_patients_words_do_not_stand_for_a_section_that_is_missing(engine: Engine) -> None:
    """Whether a label has a boxed warning does not turn on the wording that was asked for."""
    for drug in ("jardiance", "eliquis", "skyrizi"):
        bases = [
            {statement.basis for statement in engine.ask(Question(f"{drug} boxed warning", plain=plain)).statements()}
            for plain in (False, True)
        ]
        assert ("absence" in bases[0]) == ("absence" in bases[1]), drug
