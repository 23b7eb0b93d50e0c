"""The interview on a pardon: the planner of `homerule.interview`, over what a pardon does to each ground instead of the verdict on each act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from homerule.conditions import evaluate
from homerule.conditions import facts as facts_of
from homerule.conditions.tree import TRUE, Const, Node, Test, conj, negate
from homerule.errors import InputError, shorten
from homerule.interview.cases import Cases, State
from homerule.interview.classes import Node as Leaf
from homerule.interview.diagrams import BITS, MOST_NODES
from homerule.interview.plan import Choice, Plan
from homerule.interview.question import Question, Why, question
from homerule.interview.session import to_text
from homerule.pardons.assessment import assess
from homerule.pardons.case import Case, Conviction, Instrument, elements_of
from homerule.pardons.effect import Effect, effect_of, replace, some
from homerule.pardons.load import Law
from homerule.pardons.model import OUTCOMES, Ground, Rule
from homerule.pardons.result import Assessment
from homerule.reasoning import diagram as dg
from homerule.vocabulary import Value

ANSWERS = (*OUTCOMES, "NOT_CHARGEABLE")
_NONE = len(OUTCOMES)
_MOST_REASONS = 4
Said = tuple[tuple[str, str | None], ...]


class Subject(NamedTuple):
    """A ground, in the place that an act has in an interview about a request."""

    act: str


def written_out(law: Law) -> dict[str, Mapping[Any, Node]]:
    """Each element as a condition over the class of offence; where the class does not say, or is another one, over the element itself."""
    out: dict[str, Mapping[Any, Node]] = {}
    for element in [n for n, a in law.about.items() if a == "element"]:
        itself = Test(element, "is", True)
        arms: list[Node] = []
        for offence in law.offences.values():
            value = offence.sets[element]
            chosen = Test("offence", "in", (offence.id,))
            arms.append(conj(chosen, itself if value is None else value))
        out[element] = {True: some(*arms)}
    return out


class PardonCases(Cases):
    """The cases that the rules on one conviction and one instrument tell apart, over all grounds that can be charged on it."""

    def __init__(self, law: Law, effect: Effect, on: dt.date) -> None:
        self.law = law
        self.thorough = False
        self.facts, self.level, self.reasons = [], {}, {}
        self._asking, self._unique, self._fixed, self._merged = {}, {}, {}, {}
        self.grounds = [g for g in law.grounds.values() if g.arises is not None and g.needed == 1 and g.stands(on)]
        self.regimes = cast(Any, tuple([Subject(g.number(on).code) for g in self.grounds]))
        elements = written_out(law)
        self.charging = [replace(_charging(g, law, on), elements) for g in self.grounds]
        self.deciding = {f: [(r, replace(c, elements)) for r, c in zip(law.rules["ground"], effect.conditions(f))] for f in {g.family for g in self.grounds}}
        conditions = [c for c in self.charging if not isinstance(c, Const)] + [c for rows in self.deciding.values() for _, c in rows if not isinstance(c, Const)]
        builder = dg.Builder(dg.variables(conditions, law.facts), law.facts)
        self.heads = 1
        found = [self._root(builder, k, g) for k, g in enumerate(self.grounds)]
        roots = found
        try:
            joint: Any = found[0]
            for root in found[1:]:
                joint = builder.combine(joint, root, lambda x, y: x | y)
                if dg.size(joint) > MOST_NODES:
                    raise dg.TooWide("too wide")
            roots = [joint]
        except dg.TooWide:
            self.heads = len(found)
        made = self._convert(builder, [*found, *roots])
        self.acts = tuple(made[: len(found)])
        self.root = self.state(made[len(found) :])

    def _root(self, builder: dg.Builder, number: int, ground: Ground) -> Any:
        """The diagram of one ground: its outcome as a bit, or that it cannot be charged."""
        shift = number * BITS
        root: Any = 1 << (shift + _NONE)
        for rule, condition in reversed(self.deciding[ground.family]):
            root = builder.combine(builder.condition(condition), root, _choose(1 << (shift + OUTCOMES.index(rule.result))))
        return builder.combine(builder.condition(self.charging[number]), root, _only(1 << (shift + _NONE)))

    def possible(self, act: int, node: Leaf) -> tuple[str, ...]:
        """The outcomes on the ground numbered ``act`` that its diagram leaves possible."""
        value = node.value >> (act * BITS)
        return tuple(sorted(word for i, word in enumerate(ANSWERS) if value >> i & 1))


def _choose(leaf: int) -> Any:
    return lambda truth, rest: leaf if truth else rest


def _only(none: int) -> Any:
    return lambda truth, rest: rest if truth else none


def _charging(ground: Ground, law: Law, on: dt.date) -> Node:
    """Whether a ground can be charged now, as one condition with the day filled in."""
    parts = [ground.arises or TRUE, law.sides[ground.side]]
    if facts_of(ground.fails) <= facts_of(ground.arises or TRUE):
        parts.append(negate(ground.fails))
    if ground.convicted_by:
        parts.append(Test("convicted_by", "in", ground.convicted_by))
    return conj(*parts)


_plans: dict[tuple[int, dt.date], tuple[Law, Plan]] = {}


def plan_for(law: Law, on: dt.date) -> Plan:
    """The plan of the questions, made once for a day."""
    found = _plans.get((id(law), on))
    if found is None or found[0] is not law:
        if len(_plans) > 4:
            _plans.clear()
        found = _plans[id(law), on] = (law, Plan(PardonCases(law, effect_of(law), on)))
    return found[1]


class PardonInterview:
    """An interview at one point, about one conviction and one instrument. It never changes: `answer` and `back` return the one after that."""

    def __init__(self, law: Law, on: dt.date | None = None, told: Mapping[str, Any] = {}, answers: Said = (), *, ask_assumed: bool = False) -> None:
        """``told``: facts known at the start; ``answers``: those given since, None for "I don't know". Raises InputError."""
        self.law, self.on, self.ask_assumed = law, on or dt.date.today(), ask_assumed
        if self.on < law.first_day:
            raise InputError(f"the law before {law.first_day.isoformat()} is not encoded", where="--on", help="Give a later day")
        self.told = {n: to_text(v) for n, v in told.items()}
        self.answers = tuple(answers)
        self.given: dict[str, Value] = {"on": self.on}
        for name, value in (*self.told.items(), *self.answers):
            if law.about.get(name) in (None, "ground", "derived") or name == "on":
                raise InputError(f"no fact is called `{shorten(name)}`", where="the answers", help="`homerule pardon assess --words` lists them")
            if value is not None:
                self.given[name] = law.facts[name].parse(value)
        self.unknown = tuple(n for n, v in self.answers if v is None)
        self.plan = plan_for(law, self.on)

    @cached_property
    def known(self) -> Mapping[str, Value]:
        """What the interview goes by: told, answered, taken as usual."""
        usual = {n: f.assumed for n, f in self.law.facts.items() if f.assumed is not None and (not self.ask_assumed or n in self.unknown)}
        return {**usual, **self.given}

    def _left(self, nodes: Iterable[Leaf]) -> tuple[Leaf, ...]:
        cases, out = self.plan.cases, tuple(nodes)
        for name, value in self.known.items():
            level = cases.level.get(name)
            if level is not None:
                choice = cases.facts[level].of(value)
                out = tuple([cases.fix(n, level, choice) for n in out])
        for name in self.unknown:
            level = cases.level.get(name)
            if level is not None and name not in self.known:
                out = tuple([cases.leave(n, level) for n in out])
        return out

    @cached_property
    def state(self) -> State:
        """What is open."""
        return self.plan.cases.state(self._left(self.plan.cases.root))

    @cached_property
    def by_ground(self) -> tuple[Leaf, ...]:
        """What is open of each ground."""
        return self._left(self.plan.cases.acts)

    @cached_property
    def chosen(self) -> Choice | None:
        """The next fact to ask; None at the end. Greedy: the cases are many."""
        return self.plan.greedy(self.state) if self.plan.cases.support(self.state) else None

    @cached_property
    def question(self) -> Question | None:
        """The next question; None at the end."""
        if self.chosen is None:
            return None
        cases = self.plan.cases
        return question(cases, self.state, self.by_ground, self.chosen.level, self.known, self.chosen.how, self.why(cases.facts[self.chosen.level].fact.name))

    def why(self, fact: str) -> list[Why]:
        """The rules that turn on a fact and are still open: tests of the instrument first, then the effect, then what a ground needs."""
        cases = self.plan.cases
        assert isinstance(cases, PardonCases)
        bit = 1 << cases.level[fact]
        touched = [k for k, n in enumerate(self.by_ground) if n.support & bit]
        rules: list[Rule] = [r for test in self.law.tests for r in self.law.rules[test] if fact in facts_of(r.condition) and evaluate(r.condition, self.known) is None]
        families = dict.fromkeys(cases.grounds[k].family for k in touched)
        rules += [r for f in families for r in self.law.rules["ground"] if fact in facts_of(r.condition) and evaluate(r.condition, {**self.known, "family": f}) is None]
        rules.sort(key=lambda r: r.certainty)  # confirmed ones first
        out = [Why("", r.id, self.law.sources[r.authority[0]].citation, "", "", "", f"{self.law.sources[r.authority[0]].citation}: {r.says[0].lower()}{r.says[1:].rstrip('.')}") for r in rules]
        if not out:
            out = [Why(cases.regimes[k].act, g.id, self.law.sections.cite(g.number(self.on).code), "", "", "", f"{self.law.sections.cite(g.number(self.on).code)}: {g.title}") for k in touched if (g := cases.grounds[k])]
        return list({w.words: w for w in out}.values())[:_MOST_REASONS]

    @property
    def finished(self) -> bool:
        """Whether no answer can change an outcome any more."""
        return self.chosen is None

    @property
    def outcomes(self) -> dict[str, tuple[str, ...]]:
        """What each ground can still come to."""
        cases = self.plan.cases
        return {r.act: cases.possible(k, node) for k, (r, node) in enumerate(zip(cases.regimes, self.by_ground))}

    # ------------------------------------------------------------------ answering

    def answer(self, value: Any, fact: str | None = None) -> PardonInterview:
        """The interview after an answer to the question, or about ``fact``; None says "I don't know"."""
        if fact is None:
            if self.chosen is None:
                raise InputError("the interview is finished: nothing is asked")
            fact = self.plan.cases.facts[self.chosen.level].fact.name
        text = None if value is None else to_text(self.law.facts[fact].parse(value)) if fact in self.law.facts else str(value)
        return self._with((*((n, v) for n, v in self.answers if n != fact), (fact, text)))

    def change(self, fact: str, value: Any) -> PardonInterview:
        """The same, whether the fact was asked or not."""
        return self.answer(value, fact)

    def dont_know(self) -> PardonInterview:
        """The interview after "I don't know"."""
        return self.answer(None)

    def back(self) -> PardonInterview:
        """The interview before the last answer. Raises InputError where there is none."""
        if not self.answers:
            raise InputError("there is no answer to take back", help="Answer the question")
        return self._with(self.answers[:-1])

    def _with(self, answers: Sequence[tuple[str, str | None]]) -> PardonInterview:
        return PardonInterview(self.law, self.on, self.told, tuple(answers), ask_assumed=self.ask_assumed)

    # ------------------------------------------------------------------ the end

    @property
    def text(self) -> str:
        """The answers so far, as ``--answers`` takes them."""
        return "&".join(n if v is None else f"{n}={v}" for n, v in self.answers)

    def case(self) -> Case:
        """The case that the answers make."""
        facts: dict[str, dict[str, Value]] = {}
        for name, value in self.given.items():
            facts.setdefault(self.law.about[name], {})[name] = value
        case = {**facts.get("case", {}), "on": self.on}
        if case.get("posture") == "visa":
            case = {"visa_day": self.on, **case, "at_consulate": True}
        own = {**facts.get("conviction", {}), **facts.get("element", {})}
        offence = own.get("offence")
        classes = ((str(offence), "certain"),) if offence else ()
        unsure: dict[str, str] = {}
        for element, (truth, why) in elements_of(classes, {**case, **own}, self.law).items():
            if element not in own and truth is not None:
                own[element] = truth
            elif element not in own:
                unsure[element] = why
        papers = facts.get("instrument", {})
        kind = str(papers.get("instrument", "instrument"))
        return Case(self.on, case, (Conviction("1", "", None, classes, own, unsure),), (Instrument("1", kind, "", None, None, papers),), (), {}, None, ())

    @property
    def assessment(self) -> Assessment:
        """The assessment on what is known so far."""
        return assess(self.case(), self.law)


__all__ = ["ANSWERS", "PardonCases", "PardonInterview", "plan_for"]
