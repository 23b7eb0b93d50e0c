"""A desk that interviews over made-up law: what an engine does, without places and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from itertools import product
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from homerule.conditions import evaluate
from homerule.conditions.tree import tests
from homerule.corpus.model import Norm
from homerule.interview import Interview, Session
from homerule.reasoning import oracle
from homerule.reasoning.regime import Regime
from homerule.vocabulary import NOTHING
from tests.strategies import DAY, FACTS, VOCABULARY, laws

Finding = tuple[Any, ...]


class Desk:
    """Decides over a few acts, each with norms of its own. ``assumed``: facts with an ordinary value."""

    def __init__(self, law: Mapping[str, list[Norm]], assumed: Mapping[str, Any] = NOTHING) -> None:
        self.law = law
        self.assumed = assumed
        self.corpus = SimpleNamespace(version="1")
        self.regimes = {act: Regime(norms, act, VOCABULARY, start=dt.date.min, end=None) for act, norms in law.items()}
        self.norms = [n for norms in law.values() for n in norms]

    # ------------------------------------------------------------------ as an engine

    def read(self, request: Any) -> Any:
        given = {name: FACTS[name].parse(value) for name, value in request.facts.items()}
        return SimpleNamespace(
            acts=tuple(self.law), given=given, facts={**self.assumed, **given}, bounds={}, vocabulary=SimpleNamespace(facts=FACTS, fact=FACTS.__getitem__), on=DAY,
        )  # fmt: skip

    def regime(self, case: Any, act: str) -> Regime:
        return self.regimes[act]

    def decide(self, request: Any) -> Finding:
        facts = self.read(request).facts
        return tuple(frozenset(r.reachable_verdicts(facts)) for r in self.regimes.values())

    # ------------------------------------------------------------------ the truth, slowly

    @cached_property
    def values(self) -> dict[str, list[Any]]:
        return {name: list(oracle.values(fact, self.norms)) for name, fact in FACTS.items()}

    def finding(self, facts: Mapping[str, Any], thorough: bool = False) -> Finding:
        """What the oracle finds when every fact is known."""
        outcomes = [oracle.outcome(r.contest, facts) for r in self.regimes.values()]
        return tuple((o.verdict, o.stands) if thorough else o.verdict for o in outcomes)

    @cached_property
    def table(self) -> dict[tuple[Any, ...], Finding]:
        """The finding in every case that the law could tell apart."""
        return {case: self.finding(dict(zip(FACTS, case))) for case in product(*self.values.values())}

    def matters(self, fact: str, known: Mapping[str, Any], act: str | None = None) -> bool:
        """Whether two values of ``fact`` lead to different findings (on ``act``) in some case that agrees with ``known``."""
        which = None if act is None else list(self.law).index(act)
        at = list(FACTS).index(fact)
        seen: dict[tuple[Any, ...], Any] = {}
        for case, finding in self.table.items():
            if all(case[i] == known[name] for i, name in enumerate(FACTS) if name in known):
                rest = case[:at] + case[at + 1 :]
                found = finding if which is None else finding[which]
                if seen.setdefault(rest, found) != found:
                    return True
        return False

    def turns(self, norm: Norm, act: str, fact: str, known: Mapping[str, Any]) -> bool:
        """Whether, in some case, another value of ``fact`` both brings ``norm`` in or leaves it out and moves the verdict on ``act``."""
        at, which = list(FACTS).index(fact), list(self.law).index(act)
        seen: dict[tuple[Any, ...], set[tuple[Any, Any]]] = {}
        for case, finding in self.table.items():
            facts = dict(zip(FACTS, case))
            if all(facts[n] == v for n, v in known.items()):
                seen.setdefault(case[:at] + case[at + 1 :], set()).add((evaluate(norm.condition, facts), finding[which]))
        return any(a[0] != b[0] and a[1] != b[1] for pairs in seen.values() for a in pairs for b in pairs)

    def begin(self, **more: Any) -> Interview:
        return Interview.of(Session("here", "sheriff", "all", DAY.isoformat(), corpus="1", **more), engine=self)  # type: ignore[arg-type]

    def run(self, facts: Mapping[str, Any], interview: Interview | None = None) -> Interview:
        """The interview answered by ``facts`` to its end; what they do not hold is not known."""
        interview = interview or self.begin()
        while not interview.finished:
            asked = interview.question
            assert asked is not None
            interview = interview.answer(facts.get(asked.fact))
        return interview


def desks(most: int = 5, acts: int = 2) -> st.SearchStrategy[Desk]:
    """Random law for one, two or three acts."""
    names = ["hold", "tell", "hand"][:acts]
    return st.lists(laws(most).filter(_plain), min_size=1, max_size=acts).map(lambda law: Desk(dict(zip(names, law))))


def _plain(norms: list[Norm]) -> bool:
    """Whether a record that holds nothing the law mentions is possible wherever the regime's diagram takes it to be."""
    mentioned = {t.value for n in norms for t in tests(n.condition) if t.fact == "record"}
    return mentioned != set(FACTS["record"].values) - {"grave"}


def all_facts(desk: Desk) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in desk.values.items()})
