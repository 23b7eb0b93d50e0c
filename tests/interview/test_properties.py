"""What must hold of an interview over any law and any answers."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.conditions.tree import tests as leaves
from homerule.interview import Interview
from homerule.interview.cases import Cases
from homerule.interview.plan import GREEDY, Plan
from homerule.interview.session import to_text
from homerule.reasoning import oracle
from tests.interview.desk import Desk, all_facts, desks
from tests.strategies import FACTS

CASES = settings(max_examples=120, deadline=None)
FEW = settings(max_examples=50, deadline=None)


@CASES
@given(st.data(), desks(7))
def test_it_ends_with_the_verdicts_that_all_facts_together_give(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    interview = desk.run(facts)
    wanted = desk.finding(facts)
    assert tuple(v for v in interview.decision) == tuple(frozenset({v}) for v in wanted)
    assert tuple(interview.verdicts.values()) == tuple((v,) for v in wanted)
    assert interview.question is None
    asked = [name for name, _ in interview.session.answers]
    assert len(asked) == len(set(asked)) <= len(FACTS)


@FEW
@given(st.data(), desks())
def test_it_never_asks_what_cannot_change_a_finding_and_never_stops_early(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    interview = desk.begin()
    known: dict[str, Any] = {}
    while True:
        open_ = {name for name in FACTS if name not in known and desk.matters(name, known)}
        assert set(interview.open_facts) == open_
        if interview.finished:
            break
        question = interview.question
        assert question is not None and question.fact in open_ and question.at_most == len(open_)
        known[question.fact] = facts[question.fact]
        interview = interview.answer(facts[question.fact])


@FEW
@given(st.data(), desks())
def test_what_is_said_of_each_answer_is_true(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    interview = desk.begin()
    known: dict[str, Any] = {}
    while (question := interview.question) is not None:
        for choice in question.choices:
            if not question.several:
                reached = {act: oracle.verdicts(r.contest, {**known, question.fact: choice.value}, FACTS) for act, r in desk.regimes.items()}
                assert {act: set(v) for act, v in choice.leads.items()} == reached
        if question.several:  # sets that agree in the ticks that matter lead to the same
            matter = {c.value for c in question.choices if c.matters}
            ends: dict[frozenset[str], Any] = {}
            for value in desk.values[question.fact]:
                left = interview.answer(value).state
                assert ends.setdefault(value & matter, left) == left
        for why in question.why:
            norm = next(n for n in desk.law[why.act] if n.id == why.norm)
            asked = [t.fact for t in leaves(norm.condition)]
            assert question.fact in asked
            if len(set(asked)) == len(asked):  # else a condition may be settled in a way that three-valued logic does not see
                assert desk.turns(norm, why.act, question.fact, known)
        assert bool(question.why) and set(question.acts) == {act for act in desk.law if desk.matters(question.fact, known, act)}
        known[question.fact] = facts[question.fact]
        interview = interview.answer(facts[question.fact])


@CASES
@given(st.data(), desks())
def test_what_is_not_known_is_left_open_and_asked_once(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    told = {name: value for name, value in facts.items() if data.draw(st.booleans())}
    interview = desk.begin()
    while not interview.finished:
        question = interview.question
        assert question is not None and question.fact not in dict(interview.session.answers)
        before = interview.decision
        after = [interview.answer(value) for value in desk.values[question.fact]]
        assert len({_findings(desk, i) for i in after}) > 1, "no two answers lead to different findings"
        interview = interview.answer(told.get(question.fact))
        assert all(a <= b for a, b in zip(interview.decision, before))
    answered = {name: facts[name] for name, value in interview.session.answers if value is not None}
    slow = tuple(frozenset(oracle.verdicts(r.contest, answered, FACTS)) for r in desk.regimes.values())
    assert interview.decision == slow
    assert tuple(map(frozenset, interview.verdicts.values())) == slow


def _findings(desk: Desk, interview: Interview) -> Any:
    """What an interview can still find, case by case of the facts that are open and not left unknown."""
    from itertools import product

    known = dict(interview.known)
    free = [n for n in FACTS if n not in known and n not in interview.unknown]
    out = []
    for case in product(*[desk.values[n] for n in free]):
        facts = {**known, **dict(zip(free, case))}
        out.append(tuple(frozenset(r.reachable_verdicts(facts)) for r in desk.regimes.values()))
    return tuple(out)


@CASES
@given(st.data(), desks(7))
def test_going_back_and_forth_is_as_answering_afresh(data: st.DataObject, desk: Desk) -> None:
    first, second = data.draw(all_facts(desk)), data.draw(all_facts(desk))
    path = [desk.begin()]
    while not path[-1].finished:
        path.append(path[-1].answer(first[path[-1].question.fact]))  # type: ignore[union-attr]
    back = path[-1]
    for step in reversed(path[:-1]):
        back = back.back()
        assert back == step and back.question == step.question
    steps = data.draw(st.integers(0, len(path) - 1))
    here = path[-1]
    for _ in range(steps):
        here = here.back()
    assert desk.run(first, here) == path[-1]
    # another answer to an earlier question: the verdicts are those of a fresh interview, and what no longer matters is gone
    answers = path[-1].session.answers
    if answers:
        name = answers[data.draw(st.integers(0, len(answers) - 1))][0]
        changed = desk.run(first, path[-1].change(name, second[name]))
        facts = {**first, name: second[name]}
        assert changed.decision == desk.run(facts).decision == tuple(frozenset({v}) for v in desk.finding(facts))
        known: dict[str, Any] = {}
        for fact, value in changed.session.answers:
            assert value == to_text(facts[fact])
            assert fact in desk.begin(facts=tuple((n, to_text(v)) for n, v in known.items())).open_facts
            known[fact] = facts[fact]


@CASES
@given(st.data(), desks())
def test_a_session_is_a_plain_value(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    interview = desk.begin(facts=(("told", "true"),), ask_assumed=data.draw(st.booleans()), thorough=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(0, 4))):
        if (question := interview.question) is not None:
            interview = interview.answer(facts[question.fact] if data.draw(st.booleans()) else None)
    import json

    again = Interview.from_url_query(interview.to_url_query(), engine=desk)  # type: ignore[arg-type]
    other = Interview.from_data(json.loads(json.dumps(interview.to_data())), engine=desk)  # type: ignore[arg-type]
    fresh = Interview.of(interview.session, engine=Desk(desk.law))  # type: ignore[arg-type]
    assert again.session == other.session == interview.session
    assert again.question == other.question == interview.question == fresh.question


@CASES
@given(desks(5, acts=2))
def test_the_exact_order_is_the_best_there_is_and_greedy_no_better(desk: Desk) -> None:
    cases = Cases(list(desk.regimes.values()))
    exact, greedy = Plan(cases), Plan(cases, most_states=0)
    solution = exact.solution(cases.root)
    assert solution is not None
    best = solution[cases.root].rest if cases.support(cases.root) else 0.0
    assert abs(best - _cheapest(desk)) < 1e-9
    assert best <= _expected(greedy, cases.root) + 1e-9
    assert abs(best - _expected(exact, cases.root)) < 1e-9


def _expected(plan: Plan, state: Any) -> float:
    """The expected cost of the interviews that a plan leads to."""
    choice = plan.next(plan.cases.root, state)
    if choice is None:
        return 0.0
    groups = plan.cases.groups(state, choice.level)
    assert abs(sum(chance for chance, _ in groups) - 1) < 1e-9
    return plan.cost[choice.level] + sum(chance * _expected(plan, plan.cases.after(state, choice.level, c)) for chance, c in groups)


def _cheapest(desk: Desk) -> float:
    """The least expected cost, by trying every order over the table of cases."""
    names = list(FACTS)
    classes: list[dict[Any, int]] = []  # each value to its class
    for at, name in enumerate(names):
        seen: dict[Any, int] = {}
        of = {}
        for value in desk.values[name]:
            column = tuple(finding for case, finding in desk.table.items() if case[at] == value)
            of[value] = seen.setdefault(column, len(seen))
        classes.append(of)
    table = {tuple(classes[i][v] for i, v in enumerate(case)): finding for case, finding in desk.table.items()}
    sizes = [len(set(c.values())) for c in classes]
    memo: dict[Any, float] = {}

    def best(fixed: tuple[int, ...]) -> float:
        if fixed not in memo:
            left = {f for case, f in table.items() if all(x in (-1, c) for x, c in zip(fixed, case))}
            if len(left) == 1:
                memo[fixed] = 0.0
            else:
                options = [i for i, x in enumerate(fixed) if x < 0 and sizes[i] > 1]
                memo[fixed] = min(FACTS[names[i]].cost + sum(best((*fixed[:i], c, *fixed[i + 1 :])) for c in range(sizes[i])) / sizes[i] for i in options)
        return memo[fixed]

    return best((-1,) * len(names))


@CASES
@given(st.data(), desks(6))
def test_greedy_interviews_end_right_too(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    cases = Cases(list(desk.regimes.values()))
    plan, state = Plan(cases, most_states=0), cases.root
    asked: list[str] = []
    while (choice := plan.next(cases.root, state)) is not None:
        assert choice.how == GREEDY
        classes = cases.facts[choice.level]
        assert classes.fact.name not in asked
        asked.append(classes.fact.name)
        state = cases.after(state, choice.level, classes.of(facts[classes.fact.name]))
    value = 0
    for node in state[: cases.heads]:
        value |= node.value
    from homerule.interview.diagrams import BITS
    from homerule.reasoning.resolve import VERDICTS

    assert value == sum(1 << (BITS * k + VERDICTS.index(v)) for k, v in enumerate(desk.finding(facts)))


@FEW
@given(st.data(), desks(5))
def test_a_thorough_interview_leaves_nothing_that_stands_open(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    interview = desk.run(facts, desk.begin(thorough=True))
    known = dict(interview.known)
    free = {n: v for n, v in desk.values.items() if n not in known}
    wanted = desk.finding(facts, thorough=True)
    for _ in range(25):
        other = {n: data.draw(st.sampled_from(v)) for n, v in free.items()}
        assert desk.finding({**known, **other}, thorough=True) == wanted
    shorter = desk.run(facts)
    assert set(shorter.verdicts.items()) == set(interview.verdicts.items())


@FEW
@given(st.data(), desks(4, acts=1))
def test_a_thorough_interview_asks_only_what_changes_what_stands(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    table = {case: desk.finding(dict(zip(FACTS, case)), thorough=True) for case in desk.table}
    desk.__dict__["table"] = table
    interview = desk.begin(thorough=True)
    known: dict[str, Any] = {}
    while True:
        open_ = {name for name in FACTS if name not in known and desk.matters(name, known)}
        assert set(interview.open_facts) == open_
        if (question := interview.question) is None:
            break
        assert question.why
        known[question.fact] = facts[question.fact]
        interview = interview.answer(facts[question.fact])


@CASES
@given(st.data(), desks())
def test_assumed_facts_are_not_asked_unless_wanted(data: st.DataObject, desk: Desk) -> None:
    facts = data.draw(all_facts(desk))
    assumed = {name: data.draw(st.sampled_from(desk.values[name])) for name in ("sure", "record")}
    other = Desk(desk.law, assumed)
    interview = other.run(facts)
    taken = {**facts, **assumed}
    assert not {"sure", "record"} & {n for n, _ in interview.session.answers}
    assert interview.decision == tuple(frozenset({v}) for v in desk.finding(taken))
    for name in interview.assumptions:
        known = {n: v for n, v in interview.known.items() if n != name}
        assert name in assumed and desk.matters(name, known)
    asked = other.run(facts, other.begin(ask_assumed=True))
    assert asked.decision == tuple(frozenset({v}) for v in desk.finding(facts))
    # not knowing an assumed fact leaves it at its ordinary value
    unsure = other.run({n: v for n, v in facts.items() if n not in assumed}, other.begin(ask_assumed=True))
    assert unsure.decision == interview.decision and unsure.verdicts == interview.verdicts
    # and an assumption can be changed
    changed = other.run(facts, interview.change("sure", not assumed["sure"]))
    assert changed.decision == tuple(frozenset({v}) for v in desk.finding({**taken, "sure": not assumed["sure"]}))
    assert changed.change("sure", None).session.facts == ()
