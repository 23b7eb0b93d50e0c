"""The interview: which fact to ask next, until nothing that could be answered changes a finding."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from homerule.corpus import Corpus
from homerule.errors import InputError, shorten
from homerule.interview.cases import Cases, State
from homerule.interview.classes import Node
from homerule.interview.plan import Choice, Plan
from homerule.interview.question import Question, question
from homerule.interview.session import Said, Session, to_text
from homerule.reasoning import Case, Decision, Engine, Request
from homerule.reasoning import engine as shared_engine
from homerule.reasoning.decide import read_day
from homerule.vocabulary import NOTHING, Value

if TYPE_CHECKING:
    from homerule.interview.form import Form

_KEEP = 64  # plans kept an engine
_plans: WeakKeyDictionary[Engine, OrderedDict[tuple[Any, ...], Plan]] = WeakKeyDictionary()


def plan_for(engine: Engine, case: Case, *, thorough: bool) -> Plan:
    """The plan of a request's regimes, made once and kept."""
    regimes = [engine.regime(case, act) for act in case.acts]
    kept = _plans.setdefault(engine, OrderedDict())
    key = (thorough, *map(id, regimes))
    plan = kept.get(key)
    if plan is None:
        plan = kept[key] = Plan(Cases(regimes, thorough=thorough))  # which holds the regimes, so that their ids stay theirs
        if len(kept) > _KEEP:
            kept.popitem(last=False)
    else:
        kept.move_to_end(key)
    return plan


class Interview:
    """An interview at one point. It never changes: `answer`, `back` and `change` return the interview after that.

    It asks a fact only if two of its answers can lead to different findings. A finding is the verdict of each act; with ``thorough``
    also what stands: norms, duties, risks. Facts that have an ordinary value are taken at it and not asked, unless ``ask_assumed``.
    """

    def __init__(
        self, place: str, actor: str, request: str, on: Any = None, facts: Mapping[str, Any] = NOTHING, *, acts: Iterable[str] = (), at: str | None = None,
        ask_assumed: bool = False, thorough: bool = False, corpus: Corpus | None = None, law: Iterable[str] = (), engine: Engine | None = None,
    ) -> None:  # fmt: skip
        """Begin an interview. The arguments are those of `Request`; ``corpus``, ``law`` or ``engine`` choose the law, as for `decide`.

        Raises InputError where the request cannot be read.
        """
        chosen = engine or (Engine(corpus) if corpus else shared_engine(tuple(str(x) for x in law)))
        told = tuple((str(name), to_text(value)) for name, value in facts.items())
        day = read_day(on).isoformat()
        self._begin(Session(place, actor, request, day, told, (), tuple(acts), at or "", ask_assumed, thorough, chosen.corpus.version), chosen)

    @classmethod
    def of(cls, session: Session, *, engine: Engine | None = None) -> Interview:
        """The interview at the point that ``session`` tells."""
        out = cls.__new__(cls)
        out._begin(session, engine or shared_engine(()))
        return out

    def _begin(self, session: Session, engine: Engine) -> None:
        self.session = session
        self.engine = engine
        given: dict[str, str] = {}
        for name, value in (*session.facts, *session.answers):
            if name in given:
                raise InputError(f"the fact `{shorten(name)}` is given twice", where="session", help="Give it once")
            given[name] = value or ""
        told = {name: value for name, value in (*session.facts, *session.answers) if value is not None}
        self.request = Request(session.place, session.actor, session.request, session.on, told, session.at or None, session.acts)
        self.case = engine.read(self.request)
        self.unknown = tuple(name for name, value in session.answers if value is None)
        for name in self.unknown:
            self.case.vocabulary.fact(name)
        self.plan = plan_for(engine, self.case, thorough=session.thorough)

    def __repr__(self) -> str:
        return f"Interview({self.session.to_url_query()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interview) and self.session == other.session and self.engine is other.engine

    def __hash__(self) -> int:
        return hash(self.session)

    # ------------------------------------------------------------------ where it stands

    def _known(self, case: Case, unknown: Iterable[str]) -> dict[str, Value]:
        """The facts that are not asked: those given, those taken at their ordinary value, and those that a given one bounds."""
        if self.session.ask_assumed:
            left = set(unknown)
            known = {n: v for n, v in case.facts.items() if n in case.given or n in left}
        else:
            known = dict(case.facts)
        for name, upper in case.bounds.items():
            users = [r for r in self.plan.cases.regimes if name in r.facts]
            if all(name in r.bound(NOTHING, {name: upper}) for r in users):
                known[name] = upper
        return known

    @cached_property
    def known(self) -> Mapping[str, Value]:
        """The facts that the interview goes by: told, answered, assumed."""
        return self._known(self.case, self.unknown)

    def _left(self, nodes: tuple[Node, ...], known: Mapping[str, Value], unknown: Iterable[str]) -> tuple[Node, ...]:
        """What is open of some diagrams."""
        cases = self.plan.cases
        for name, value in known.items():
            level = cases.level.get(name)
            if level is not None:
                choice = cases.facts[level].of(value)
                nodes = tuple([cases.fix(n, level, choice) for n in nodes])
        for name in unknown:
            level = cases.level.get(name)
            if level is not None and name not in known:
                nodes = tuple([cases.leave(n, level) for n in nodes])
        return nodes

    @cached_property
    def state(self) -> State:
        """What is open of the request's diagrams."""
        return self.plan.cases.state(self._left(self.plan.cases.root, self.known, self.unknown))

    @cached_property
    def _start(self) -> State:
        """The state before the first answer."""
        if not self.session.answers:
            return self.state
        case = self.engine.read(self.request._replace(facts=dict(self.session.facts)))
        return self.plan.cases.state(self._left(self.plan.cases.root, self._known(case, ()), ()))

    @cached_property
    def left_by_act(self) -> tuple[Node, ...]:
        """What is open of each act's own diagram, in the order of the acts."""
        return self._left(self.plan.cases.acts, self.known, self.unknown)

    @cached_property
    def chosen(self) -> Choice | None:
        """The fact to ask next, as the plan has it; None where the interview is finished."""
        return self.plan.next(self._start, self.state)

    @cached_property
    def question(self) -> Question | None:
        """The next question; None where the interview is finished."""
        if self.chosen is None:
            return None
        return question(self.plan.cases, self.state, self.left_by_act, self.chosen.level, self.known, self.chosen.how)

    @property
    def finished(self) -> bool:
        """Whether nothing that could still be answered changes a finding."""
        return not self.plan.cases.support(self.state)

    @property
    def open_facts(self) -> tuple[str, ...]:
        """The facts that can still change a finding, in order of name."""
        mask = self.plan.cases.support(self.state)
        return tuple(sorted(name for name, level in self.plan.cases.level.items() if mask >> level & 1))

    @cached_property
    def verdicts(self) -> Mapping[str, tuple[str, ...]]:
        """The verdicts that each act can still get."""
        return {r.act: self.plan.cases.possible(k, node) for k, (r, node) in enumerate(zip(self.plan.cases.regimes, self.left_by_act))}

    @property
    def decision(self) -> Decision:
        """The decision on what is known so far; definite on every act once the interview is finished and nothing was left unknown."""
        return self.engine.decide(self.request)

    @cached_property
    def assumptions(self) -> Mapping[str, Value]:
        """The facts taken at their ordinary value that could change a finding if they were otherwise. `change` changes them."""
        out = {}
        for name, value in self.known.items():
            level = self.plan.cases.level.get(name)
            if name in self.case.given or level is None:
                continue
            freed = {n: v for n, v in self.known.items() if n != name}
            if self.plan.cases.support(self._left(self.plan.cases.root, freed, self.unknown)) >> level & 1:
                out[name] = value
        return out

    def form(self) -> Form:
        """Every question that could matter, at once."""
        from homerule.interview.form import form

        return form(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about the session beside the decision's own notes."""
        was, now = self.session.corpus, self.engine.corpus.version
        return (f"the interview began with version {was} of the corpus and goes on with version {now}",) if was and was != now else ()

    # ------------------------------------------------------------------ answering

    def answer(self, value: Any, fact: str | None = None) -> Interview:
        """The interview after an answer to the question, or to the one about ``fact``. None says "I don't know".

        Raises InputError where the value does not fit the fact, or nothing is open.
        """
        if fact is None:
            if self.chosen is None:
                raise InputError("the interview is finished: nothing is asked", help="Use `change` to change an answer")
            fact = self.plan.cases.facts[self.chosen.level].fact.name
        if fact not in self.open_facts:
            return self.change(fact, value)
        return self._with(self.session.facts, (*self.session.answers, (fact, self._text(fact, value))))

    def dont_know(self) -> Interview:
        """The interview after "I don't know": the fact stays open, or at its ordinary value, and is not asked again."""
        return self.answer(None)

    def back(self) -> Interview:
        """The interview before the last answer. Raises InputError where there is none."""
        if not self.session.answers:
            raise InputError("there is no answer to take back", help="Answer the question, or change a fact by its name")
        return self._with(self.session.facts, self.session.answers[:-1])

    def change(self, fact: str, value: Any) -> Interview:
        """The interview with another answer to ``fact``, or another value for one that was told or assumed.

        Later answers are kept where they can still change a finding, and dropped where they cannot: the session is as if only the
        questions that matter had been asked. None as the value of a fact that was told or assumed takes it back.
        """
        text = self._text(fact, value)
        names = [name for name, _ in self.session.answers]
        if fact in names:
            at = names.index(fact)
            return self._keep(self._with(self.session.facts, (*self.session.answers[:at], (fact, text))), self.session.answers[at + 1 :])
        told: tuple[Said, ...] = tuple((n, v) for n, v in self.session.facts if n != fact)
        if text is not None:
            told = (*told, (fact, text))
        return self._keep(self._with(told, ()), self.session.answers)

    def _keep(self, interview: Interview, later: Iterable[tuple[str, str | None]]) -> Interview:
        for name, value in later:
            if name in interview.open_facts:
                interview = interview._with(interview.session.facts, (*interview.session.answers, (name, value)))
        return interview

    def _text(self, fact: str, value: Any) -> str | None:
        known = self.case.vocabulary.fact(fact)
        return None if value is None else to_text(known.parse(value))

    def _with(self, facts: tuple[Said, ...], answers: tuple[tuple[str, str | None], ...]) -> Interview:
        return Interview.of(self.session._replace(facts=facts, answers=answers), engine=self.engine)

    # ------------------------------------------------------------------ as a value

    def to_url_query(self) -> str:
        """The session as the query of a URL."""
        return self.session.to_url_query()

    @classmethod
    def from_url_query(cls, text: str, *, engine: Engine | None = None) -> Interview:
        """The interview that `to_url_query` wrote. Raises InputError where it cannot be read."""
        return cls.of(Session.from_url_query(text), engine=engine)

    def to_data(self) -> dict[str, Any]:
        """The session as JSON data."""
        return self.session.to_data()

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, engine: Engine | None = None) -> Interview:
        """The interview that `to_data` wrote. Raises InputError where it cannot be read."""
        return cls.of(Session.from_data(data), engine=engine)
