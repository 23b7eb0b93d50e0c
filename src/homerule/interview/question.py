"""One question as a reader meets it: its answers, what each leads to, and which rules turn on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from homerule.conditions import evaluate
from homerule.conditions import facts as facts_of
from homerule.conditions.tree import All, Not, Some, conj, negate
from homerule.conditions.tree import Node as Condition
from homerule.conditions.words import in_words
from homerule.interview.cases import Cases, State
from homerule.interview.classes import Node
from homerule.reasoning.explain import listed
from homerule.reasoning.finding import cite
from homerule.reasoning.resolve import mask_of
from homerule.vocabulary import Fact, Value

MOST_REASONS = 4  # an act, shown
_LOOKS = 3  # places in a diagram where reasons are looked for
_SHORT = 240  # characters of a condition that is quoted
_EFFECT = {
    "require": "requires", "forbid": "prohibits", "permit": "permits", "untranslated": "speaks to", "protect": "protects in", "define": "sets what counts in",
    "duty": "sets a duty in", "expose": "sets a risk in",
}  # fmt: skip


class Choice(NamedTuple):
    """One answer. ``leads``: the verdicts that each act could still get (empty for the ticks of a set, which go together).

    ``matters``: whether, at this point, this value can lead elsewhere than another one does; for a number, the words name a range.
    """

    value: Value
    words: str
    matters: bool
    leads: Mapping[str, tuple[str, ...]]


class Why(NamedTuple):
    """A rule that turns on the question."""

    act: str
    norm: str
    citation: str
    pinpoint: str
    effect: str
    when: str
    words: str


class Question(NamedTuple):
    """A fact that can still change a finding.

    ``several``: the choices are ticks, and an answer names all that apply. ``acts``: those whose verdict can turn on it (none where only
    what stands does). ``how``: exact or greedy, how the order was found. ``at_most``: the questions left at most, this one counted.
    """

    fact: str
    type: str
    question: str
    help: str
    unit: str
    min: int | None
    max: int | None
    several: bool
    choices: tuple[Choice, ...]
    acts: tuple[str, ...]
    why: tuple[Why, ...]
    cost: int
    how: str
    at_most: int

    @property
    def because(self) -> str:
        """Why it is asked, as one sentence; empty where no rule could be named."""
        cites = tuple(dict.fromkeys(cite(w.citation, w.pinpoint) for w in self.why))
        return f"{listed(cites[:3], 'and')} {'turns' if len(cites) == 1 else 'turn'} on this" if cites else ""


def question(cases: Cases, state: State, acts: Sequence[Node], level: int, known: Mapping[str, Value], how: str, reasons: Sequence[Why] | None = None) -> Question:
    """The question about the fact at ``level``. ``acts``: what is open of each act's own diagram; ``known``: the facts that are known.

    ``reasons``: the rules that turn on it, where they are no norms and the caller knows them.
    """
    classes = cases.facts[level]
    fact, bit = classes.fact, 1 << level
    touched = [k for k, node in enumerate(acts) if node.support & bit]
    why = list(reasons) if reasons is not None else [w for k in touched for w in _reasons(cases, k, acts[k], level, known)] or _attached(cases, fact.name, known)
    order = fact.type in ("int", "date")
    return Question(
        fact=fact.name, type=fact.type, question=fact.question, help=fact.help, unit=fact.unit,
        min=fact.min if fact.type == "int" else None, max=fact.max if fact.type == "int" else None, several=fact.type == "set",
        choices=tuple(_ranges(cases, state, acts, level) if order else _ticks(cases, state, level) if fact.type == "set" else _values(cases, acts, level)),
        acts=tuple(cases.regimes[k].act for k in touched), why=tuple(why), cost=fact.cost, how=how, at_most=cases.support(state).bit_count(),
    )  # fmt: skip


# ------------------------------------------------------------------ answers


def _leads(cases: Cases, acts: Sequence[Node], level: int, choice: int) -> dict[str, tuple[str, ...]]:
    return {r.act: cases.possible(k, cases.fix(acts[k], level, choice)) for k, r in enumerate(cases.regimes)}


def _values(cases: Cases, acts: Sequence[Node], level: int) -> Iterator[Choice]:
    """The values of a yes-or-no fact or of one with a list of values."""
    classes = cases.facts[level]
    for value in (True, False) if classes.fact.type == "bool" else classes.fact.values:
        yield Choice(value, classes.fact.show(value), True, _leads(cases, acts, level, classes.of(value)))


def _ticks(cases: Cases, state: State, level: int) -> Iterator[Choice]:
    """Every member of a set, those that matter first: an answer should hold all that is true, for other rules may ask for it."""
    classes = cases.facts[level]
    fact = classes.fact
    matter = classes.mattering(cases.partition(state, level)) | {"none"}
    for value in sorted(fact.values, key=lambda v: (v not in matter, v == "other")):
        yield Choice(value, fact.label(value), value in matter, {})


def _ranges(cases: Cases, state: State, acts: Sequence[Node], level: int) -> Iterator[Choice]:
    """The ranges of a number or day that lead to different states."""
    classes = cases.facts[level]
    fact, starts = classes.fact, classes.variables[0].pieces
    keys = cases.partition(state, level)
    cuts = [s for i, s in enumerate(starts) if i == 0 or keys[classes.of(s)] != keys[classes.of(starts[i - 1])]]
    for start, end in zip(cuts, [*cuts[1:], None]):
        value = start if isinstance(start, int) or start != dt.date.min else end - dt.timedelta(days=1)
        yield Choice(value, _range(fact, start, end), True, _leads(cases, acts, level, classes.of(start)))


def _range(fact: Fact, start: int | dt.date, end: int | dt.date | None) -> str:
    """A range in words, from ``start`` up to but not including ``end``."""
    if isinstance(start, dt.date):
        if end is None:
            return f"on {start.isoformat()} or later"
        return f"before {end.isoformat() if isinstance(end, dt.date) else end}" if start == dt.date.min else f"from {start.isoformat()} to {(end - dt.timedelta(days=1)).isoformat()}"  # type: ignore[operator]
    if end is None:
        return f"{fact.show(start)} or more"
    assert isinstance(end, int)
    if start == fact.min:
        return f"under {fact.show(end)}"
    return fact.show(start) if end == start + 1 else f"{start} to {fact.show(end - 1)}"


# ------------------------------------------------------------------ why it is asked


def _reasons(cases: Cases, act: int, root: Node, level: int, known: Mapping[str, Value]) -> list[Why]:
    """The rules that two answers bring in or leave out in cases where the verdict on the act moves with them."""
    regime, classes = cases.regimes[act], cases.facts[level]
    name = classes.fact.name
    asking = cases.asking(act, name)
    turning: dict[int, bool] = {}
    for above, node, other in _pairs(root, level):
        if len(turning) == len(asking):
            break
        case = {**above, **_difference(node.kids[0], node.kids[other])}
        facts = {**known, **{cases.facts[i].fact.name: cases.facts[i].values[choice] for i, choice in case.items()}}
        rest = mask_of(i for i in cases.moving(act) if i not in asking and evaluate(regime.norms[i].condition, facts) is True)
        truths = []
        for kid in (0, other):
            facts[name] = classes.values[node.of.index(kid)]
            truths.append([evaluate(regime.norms[i].condition, facts) for i in asking])
        first, second = (regime.contest.standing(rest | mask_of(i for i, t in zip(asking, truth) if t)) for truth in truths)
        for i, before, after in zip(asking, *truths):
            if before != after:
                turning[i] = turning.get(i, False) or bool((first ^ second) >> i & 1)
    best = sorted(turning, key=lambda i: (not turning[i], -regime.norms[i].rank, regime.norms[i].id))
    return [_why(cases, act, i, name) for i in best[:MOST_REASONS]]


def _pairs(root: Node, level: int) -> Iterator[tuple[dict[int, int], Node, int]]:
    """Places where the fact at ``level`` is asked, a way there, and a second answer that leads elsewhere than the first."""
    for way, node in _asked_at(root, level):
        for other in range(1, len(node.kids)):
            yield way, node, other


def _asked_at(root: Node, level: int) -> list[tuple[dict[int, int], Node]]:
    """Nodes of the fact at ``level`` below ``root``, each with a way to it (classes by level)."""
    out: list[tuple[dict[int, int], Node]] = []
    bit = 1 << level
    seen: set[Node] = set()
    stack: list[tuple[dict[int, int], Node]] = [({}, root)]
    while stack and len(out) < _LOOKS:
        way, node = stack.pop()
        if node in seen or not node.support & bit:
            continue
        seen.add(node)
        if node.level == level:
            out.append((way, node))
        else:
            stack.extend([({**way, node.level: node.of.index(i)}, kid) for i, kid in enumerate(node.kids)])
    return out


def _difference(a: Node, b: Node) -> dict[int, int]:
    """Classes of further facts under which two different diagrams come to different leaves."""
    if not a.kids and not b.kids:
        return {}
    level = min(a.level, b.level)
    of = a.of if a.level == level else b.of
    for choice in range(len(of)):
        left = a.kids[a.of[choice]] if a.level == level else a
        right = b.kids[b.of[choice]] if b.level == level else b
        if left is not right:
            return {level: choice, **_difference(left, right)}
    raise AssertionError("two nodes with the same kids are one node")


def _attached(cases: Cases, name: str, known: Mapping[str, Value]) -> list[Why]:
    """The rules that ask for the fact and are still open, where no verdict turns on it."""
    out = [
        _why(cases, act, i, name)
        for act, regime in enumerate(cases.regimes)
        for i, n in enumerate(regime.norms)
        if name in facts_of(n.condition) and evaluate(n.condition, known) is None
    ]
    return out[:MOST_REASONS]


def _why(cases: Cases, act: int, index: int, name: str) -> Why:
    """Built once and kept, since the words of a long condition take long to put together."""
    key = (act, index, name)
    if key not in cases.reasons:
        regime = cases.regimes[act]
        n = regime.norms[index]
        part, whole = _part(n.condition, name)
        when = in_words(part, regime.vocabulary)
        tail = f"when {when}{'' if whole else ', and on further conditions'}" if len(when) <= _SHORT else "on a combination of conditions, this one among them"
        noun = regime.vocabulary.acts[regime.act].noun if regime.act in regime.vocabulary.acts else regime.act
        words = f"{cite(n.authority.citation, n.pinpoint)} {_EFFECT[n.effect]} {noun} {tail}"
        if (act, index) not in cases.reasons:
            cases.reasons[act, index] = in_words(n.condition, regime.vocabulary)
        cases.reasons[key] = Why(regime.act, n.id, n.authority.citation, n.pinpoint, n.effect, cases.reasons[act, index], words)
    found: Why = cases.reasons[key]
    return found


def _part(node: Condition, name: str) -> tuple[Condition, bool]:
    """The part of a condition that asks for the fact ``name``, and whether that is the whole of it."""
    if isinstance(node, Not) and isinstance(node.item, Some):
        node = All(tuple(negate(i) for i in node.item.items))
    if isinstance(node, All):
        mine = [i for i in node.items if name in facts_of(i)]
        if len(mine) == 1:
            part, whole = _part(mine[0], name)
            return part, whole and len(node.items) == 1
        return conj(*mine), len(mine) == len(node.items)
    return node, True
