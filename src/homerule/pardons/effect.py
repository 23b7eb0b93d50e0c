"""The effect engine: lists of rules, read from the top, as decision diagrams over the facts that the conditions mention.

A list is turned once into a diagram whose leaves are its rules. A case with every fact walks it; one with unknown facts gets exactly the
rules that some completion of those facts leads to. `homerule.pardons.oracle` says the same slowly, by the definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from homerule.conditions.tree import FALSE, TRUE, All, Const, Node, Not, Some, Test, conj, negate
from homerule.pardons.load import Law
from homerule.pardons.model import DOUBT, FAIL, PASS, QUALIFIES, Ground, Rule
from homerule.reasoning import diagram as dg
from homerule.vocabulary import Fact, Value

_NO_RULE = 1 << 20


class RuleList:
    """One list of rules over the facts that its conditions mention."""

    def __init__(self, rules: Sequence[Rule], conditions: Sequence[Node], facts: Mapping[str, Fact]) -> None:
        """``conditions``: those of ``rules``, with derived facts already replaced. A list without a last resort gets none: see `complete`."""
        self.rules = tuple(rules)
        self.builder = dg.Builder(dg.variables([c for c in conditions if not isinstance(c, Const)], facts), facts)
        self.order = self.builder.order
        root: Any = _NO_RULE
        for index in reversed(range(len(rules))):
            condition = self.builder.condition(conditions[index])
            root = self.builder.combine(condition, root, _pick(index), _shortcut(index))
        self.root = root
        self._walk = dg.walkable(root, self.order)
        self._known: dict[Any, tuple[Rule, ...]] = {}

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts that can make a difference."""
        return dg.support(self.root, self.order)

    @property
    def complete(self) -> bool:
        """Whether some rule decides in every case."""
        return _NO_RULE not in dg.reachable(self.root, self.order, {})

    def possible(self, facts: Mapping[str, Value]) -> tuple[Rule, ...]:
        """The rules that may decide, in their order; one where the known facts settle it."""
        key = tuple([facts.get(name) for name in self.facts])
        found = self._known.get(key)
        if found is None:
            if None in key:
                leaves = sorted(i for i in dg.reachable(self.root, self.order, facts) if i != _NO_RULE)
            else:
                leaf = dg.walk(self._walk, facts)
                leaves = [leaf] if leaf != _NO_RULE else []
            found = tuple([self.rules[i] for i in leaves])
            if len(self._known) < 100_000:
                self._known[key] = found
        return found

    def deciding(self, facts: Mapping[str, Value]) -> tuple[str, ...]:
        """The unknown facts that can still make a difference."""
        return dg.support(dg.restrict(self.builder, self.root, facts), self.order)


def _pick(index: int) -> Any:
    return lambda truth, rest: index if truth else rest


def _shortcut(index: int) -> Any:
    return lambda truth, rest: index if truth is True else rest if truth is False else None


def replace(node: Node, given: Mapping[str, Mapping[Any, Node]]) -> Node:
    """``node`` with each test of a fact in ``given`` replaced by the condition for the value tested."""
    if isinstance(node, Test):
        values = given.get(node.fact)
        if values is None:
            return node
        wanted = node.value if node.op == "in" else (True,) if node.op == "is" else (node.value,)
        return some(*[values.get(v, FALSE) for v in wanted])
    if isinstance(node, All):
        return conj(*[replace(i, given) for i in node.items])
    if isinstance(node, Some):
        return some(*[replace(i, given) for i in node.items])
    return negate(replace(node.item, given)) if isinstance(node, Not) else node


def some(*items: Node) -> Node:
    """One of ``items``, constants folded."""
    kept = tuple(i for i in items if i != FALSE)
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Some(kept) if kept else FALSE


def first_matches(rules: Sequence[Rule]) -> list[Node]:
    """For each rule the condition under which it is the first that holds."""
    out: list[Node] = []
    before: list[Node] = []
    for rule in rules:
        out.append(conj(*[negate(b) for b in before], rule.condition))
        before.append(rule.condition)
    return out


def qualifies_conditions(law: Law) -> dict[str, Node]:
    """For each thing that the tests can come to together, the condition under which they do."""
    fails: list[Node] = []
    doubts: dict[str, list[Node]] = {PASS: [], FAIL: []}
    for test in law.tests:
        for rule, condition in zip(law.rules[test], first_matches(law.rules[test])):
            if rule.result == FAIL:
                fails.append(condition)
            elif rule.result == DOUBT:
                doubts[PASS if rule.lean == PASS else FAIL].append(condition)
    fail, against, for_ = some(*fails), some(*doubts[FAIL]), some(*doubts[PASS])
    return {
        "fail": fail,
        "unsettled_fail": conj(negate(fail), against),
        "unsettled_pass": conj(negate(fail), negate(against), for_),
        "pass": conj(negate(fail), negate(against), negate(for_)),
    }


class Effect:
    """The compiled lists of one law: the tests, the effect on each family of grounds, the other questions."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._qualifies = qualifies_conditions(law)
        self._families: dict[str, RuleList] = {}
        self._lists: dict[str, RuleList] = {}
        assert set(self._qualifies) == set(QUALIFIES)

    def test(self, name: str) -> RuleList:
        """The list of one test of the instrument."""
        return self._list(name)

    def question(self, name: str) -> RuleList:
        """The list of one question beside the grounds, with the tests written out."""
        return self._list(name)

    def _list(self, name: str) -> RuleList:
        if name not in self._lists:
            rules = self.law.rules[name]
            self._lists[name] = RuleList(rules, [replace(r.condition, {"qualifies": self._qualifies}) for r in rules], self.law.facts)
        return self._lists[name]

    def conditions(self, family: str) -> list[Node]:
        """The conditions of the rules on a ground of ``family``, over plain facts."""
        given: dict[str, Mapping[Any, Node]] = {"family": {family: TRUE}, "qualifies": self._qualifies}
        return [replace(r.condition, given) for r in self.law.rules["ground"]]

    def ground(self, family: str) -> RuleList:
        """The list of the rules on a ground of ``family``."""
        if family not in self._families:
            conditions = self.conditions(family)
            kept = [i for i, c in enumerate(conditions) if c != FALSE]
            self._families[family] = RuleList([self.law.rules["ground"][i] for i in kept], [conditions[i] for i in kept], self.law.facts)
        return self._families[family]

    def truth(self, name: str, condition: Node, facts: Mapping[str, Value]) -> bool | None:
        """Whether a condition called ``name`` holds: exactly so, None only where some completion of the unknown facts decides each way."""
        found = {r.result for r in self.yes_no(name, condition).possible(facts)}
        return None if len(found) > 1 else "yes" in found

    def yes_no(self, name: str, condition: Node) -> RuleList:
        """A condition as a list of two rules."""
        if name not in self._lists:
            rules = [Rule(word, name, word, "", node, "", (), (), "") for word, node in (("yes", condition), ("no", TRUE))]
            self._lists[name] = RuleList(rules, [condition, TRUE], self.law.facts)
        return self._lists[name]

    def lists_of(self, ground: Ground) -> tuple[RuleList, ...]:
        """The lists that say whether a ground can be charged now."""
        return (
            self.yes_no(f"arises {ground.id}", ground.arises or FALSE), self.yes_no(f"fails {ground.id}", ground.fails),
            self.yes_no(f"side {ground.side}", self.law.sides[ground.side]),
        )  # fmt: skip

    def arises(self, ground: Ground, facts: Mapping[str, Value]) -> bool | None:
        """Whether a ground can be charged on a conviction with these facts (on the person, where it needs none)."""
        if ground.arises is None:
            return False
        if ground.convicted_by and facts.get("convicted_by", ground.convicted_by[0]) not in ground.convicted_by:
            return False
        return False if self.fails(ground, facts) else self.truth(f"arises {ground.id}", ground.arises, facts)

    def fails(self, ground: Ground, facts: Mapping[str, Value]) -> bool:
        """Whether the facts surely take the case out of a ground."""
        return self.truth(f"fails {ground.id}", ground.fails, facts) is True

    def tested(self, side: str, facts: Mapping[str, Value]) -> bool | None:
        """Whether the grounds of a side are tested now."""
        return self.truth(f"side {side}", self.law.sides[side], facts)

    @cached_property
    def qualifies(self) -> RuleList:
        """What the tests come to together, as a list whose rules have the results of `QUALIFIES`."""
        rules = [Rule(name, "qualifies", name, "", TRUE, "", (), (), "confirmed") for name in QUALIFIES]
        return RuleList(rules, [self._qualifies[name] for name in QUALIFIES], self.law.facts)


_by_id: dict[int, tuple[Law, Effect]] = {}


def effect_of(law: Law) -> Effect:
    """The compiled lists of ``law``, made once."""
    found = _by_id.get(id(law))
    if found is None or found[0] is not law:
        if len(_by_id) > 8:
            _by_id.clear()
        found = _by_id[id(law)] = (law, Effect(law))
    return found[1]
