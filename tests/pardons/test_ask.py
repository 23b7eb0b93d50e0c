"""The interview on a pardon asks what matters, and comes to what an assessment says."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from homerule.errors import InputError
from homerule.pardons.ask import PardonInterview
from homerule.pardons.effect import effect_of
from homerule.pardons.load import Law

ON = dt.date(2026, 11, 1)


def outcomes_of(interview: PardonInterview) -> dict[str, tuple[str, ...]]:
    """What the assessment says of each ground that the interview looks at; nothing where it cannot be charged now."""
    return {r.section: tuple(sorted(r.outcomes)) for r in interview.assessment.grounds if r.when == "now" and r.chargeable == "yes"}


@pytest.mark.parametrize("seed", range(12))
def test_it_ends_where_the_assessment_is_and_each_question_matters(law: Law, seed: int) -> None:
    dice = random.Random(seed)
    interview = PardonInterview(law, ON)
    asked = 0
    while question := interview.question:
        fact = law.facts[question.fact]
        assert question.fact not in interview.given and question.choices
        values = [c.value for c in question.choices]
        after = {str(interview.answer(v).state) for v in (values if fact.type != "enum" or len(values) < 12 else dice.sample(values, 12))}
        if len(values) < 12:
            assert len(after) > 1, question.fact
        interview = interview.answer(dice.choice(values))
        asked += 1
        assert asked < 40
    ended = {s: o for s, o in interview.outcomes.items() if o != ("NOT_CHARGEABLE",)}
    assert all(len(o) == 1 for o in ended.values())
    said = outcomes_of(interview)
    for section, outcomes in ended.items():
        assert said.get(section) == outcomes, (section, interview.text)


def test_few_questions_settle_a_plain_case(law: Law) -> None:
    truth = {"status": "lpr", "posture": "in_proceedings", "offence": "drug_possession", "instrument": "pardon", "grantor": "governor", "convicted_by": "state", "full": True, "conditions": "none"}
    interview = PardonInterview(law, ON)
    while question := interview.question:
        interview = interview.answer(truth[question.fact])
    assert len(interview.answers) <= 6
    assert interview.outcomes["237(a)(2)(B)(i)"] == ("NOT_WAIVED",)


def test_unknown_back_and_resume(law: Law) -> None:
    first = PardonInterview(law, ON)
    second = first.answer("lpr").dont_know()
    assert second.question and second.question.fact not in dict(second.answers)
    assert second.back().question == first.answer("lpr").question
    again = PardonInterview(law, ON, {}, second.answers)
    assert again.question == second.question and again.text == second.text
    while second.question:
        second = second.dont_know()
    assert second.finished and second.assessment.still_removable.answer in ("depends", "no", "unsettled", "yes")


def test_every_question_says_why(law: Law) -> None:
    interview = PardonInterview(law, ON)
    dice = random.Random(3)
    while question := interview.question:
        assert question.why and all(w.words and w.citation for w in question.why), question.fact
        interview = interview.answer(dice.choice([c.value for c in question.choices]))


def test_wrong_answers_are_refused(law: Law) -> None:
    with pytest.raises(InputError, match="no value of the fact"):
        PardonInterview(law, ON).answer("nobody")
    with pytest.raises(InputError, match="no fact is called"):
        PardonInterview(law, ON, {"family": "listed"})
    with pytest.raises(InputError, match="not encoded"):
        PardonInterview(law, dt.date(1940, 1, 1))


def test_the_plan_knows_every_fact_that_the_rules_ask(law: Law) -> None:
    asked = set(PardonInterview(law, ON).plan.cases.level)
    for family in law.facts["family"].values:
        if any(g.family == family and g.arises is not None and g.needed == 1 for g in law.grounds.values()):
            assert set(effect_of(law).ground(family).facts) <= asked
