"""Every question that could matter, at once: a form for somebody who knows the case."""

from __future__ import annotations

from typing import NamedTuple

from homerule.conditions.words import given
from homerule.interview.interview import Interview
from homerule.interview.question import Question, question
from homerule.vocabulary import Value

_TITLES = {1: "On the papers, or known at once", 2: "From the file, or by asking", 3: "To be looked up"}


class Assumed(NamedTuple):
    """A fact taken at its ordinary value."""

    fact: str
    value: Value
    words: str
    question: str


class Group(NamedTuple):
    """The questions that cost the same to answer, in the order of the vocabulary's costs."""

    title: str
    questions: tuple[Question, ...]


class Form(NamedTuple):
    """The questions that could matter to a request, grouped by what they cost to answer, and what is taken as usual."""

    groups: tuple[Group, ...]
    assumed: tuple[Assumed, ...]


def form(interview: Interview) -> Form:
    """The form of an interview as it stands: what is answered or told is left out."""
    cases = interview.plan.cases
    open_ = cases.support(interview.state)
    by_cost: dict[int, list[Question]] = {}
    for level, classes in enumerate(cases.facts):
        if open_ >> level & 1:
            asked = question(cases, interview.state, interview.left_by_act, level, interview.known, "")
            by_cost.setdefault(min(max(classes.fact.cost, 1), 3), []).append(asked)
    return Form(tuple(Group(_TITLES[cost], tuple(by_cost[cost])) for cost in sorted(by_cost)), assumed(interview))


def assumed(interview: Interview) -> tuple[Assumed, ...]:
    """The facts taken at their ordinary value that could change a finding if they were otherwise."""
    facts = interview.case.vocabulary.facts
    return tuple(Assumed(name, value, given(facts[name], value), facts[name].question) for name, value in sorted(interview.assumptions.items()))
