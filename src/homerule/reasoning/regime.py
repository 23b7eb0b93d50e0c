"""A regime: the norms in force on one act of one actor in one place, between two days on which anything changes.

Its diagrams are built once and kept. The verdict's own diagram holds only norms that can move the verdict; what merely attaches to the
answer (duties, exposure, protections, definitions, bare permits) stands in further diagrams, so that neither swells the other.
"""

from __future__ import annotations

import datetime as dt
import gc
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from homerule.conditions import evaluate, tests
from homerule.conditions import facts as facts_of
from homerule.conditions.tree import FALSE, TRUE
from homerule.corpus import Corpus, Reach
from homerule.corpus.model import Norm
from homerule.reasoning import diagram as dg
from homerule.reasoning.resolve import Contest, Outcome, mask_of
from homerule.vocabulary import Fact, Value, Vocabulary

_PART = 400  # nodes that one diagram of attached norms may grow to


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: building makes many nodes at once, all of them kept."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Regime:
    """The law of one act on the days from ``start`` up to ``end``."""

    def __init__(
        self, norms: Sequence[Norm], act: str, vocabulary: Vocabulary, *, start: dt.date, end: dt.date | None,
        doubtful: frozenset[str] = frozenset(), missing: tuple[str, ...] = (), persuasive: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.norms = tuple(norms)
        self.act = act
        self.vocabulary = vocabulary
        self.start, self.end = start, end
        self.doubtful, self.missing, self.persuasive = doubtful, missing, persuasive
        self.contest = Contest(norms, act, doubtful=doubtful, missing=missing)
        self.findings: dict[Any, Any] = {}
        self._verdict_of: dict[int, str] = {}

    @property
    def fact_types(self) -> Mapping[str, Fact]:
        return self.vocabulary.facts

    # ------------------------------------------------------------------ diagrams

    @cached_property
    def _core(self) -> tuple[Any, dg.Builder]:
        """The diagram of the norms that can move the verdict; leaves are masks."""
        return self._build([i for i in range(len(self.norms)) if self.contest.core >> i & 1])

    def _build(self, indexes: Sequence[int]) -> tuple[Any, dg.Builder]:
        with _uncollected():
            return self._built(indexes)

    def _built(self, indexes: Sequence[int]) -> tuple[Any, dg.Builder]:
        conditional = [i for i in indexes if self.norms[i].condition not in (TRUE, FALSE)]
        builder = dg.Builder(dg.variables([self.norms[i].condition for i in conditional], self.fact_types), self.fact_types)
        root = builder.possible()
        always = mask_of(i for i in indexes if self.norms[i].condition == TRUE)
        if always:
            root = builder.map(root, lambda m: m if m == dg.IMPOSSIBLE else m | always)
        for i in conditional:
            root = dg.add_bit(builder, root, builder.condition(self.norms[i].condition), 1 << i)
        return root, builder

    @cached_property
    def attached(self) -> list[tuple[Any, dg.Builder]]:
        """The diagrams of the norms that only attach to the answer, grouped by the facts they share."""
        parts: list[tuple[list[int], frozenset[str]]] = []
        always: list[int] = []
        for i, norm in enumerate(self.norms):
            if self.contest.core >> i & 1:
                continue
            used = facts_of(norm.condition)
            if not used:
                always.append(i)
                continue
            for k, (indexes, facts) in enumerate(parts):
                if used & facts and len(used | facts) <= 4:
                    parts[k] = ([*indexes, i], facts | used)
                    break
            else:
                parts.append(([i], used))
        built = [self._build(always)] if always else []
        for indexes, _ in parts:
            try:
                root, builder = self._build(indexes)
                if dg.size(root) > _PART and len(indexes) > 1:
                    raise dg.TooWide("")
                built.append((root, builder))
            except dg.TooWide:
                built.extend(self._build([i]) for i in indexes)
        return built

    @property
    def core(self) -> tuple[Any, list[dg.Variable]]:
        root, builder = self._core
        return root, builder.order

    @cached_property
    def verdicts(self) -> Any:
        """The core diagram with its leaves mapped to verdicts: every node left in it matters to some verdict."""
        root, builder = self._core
        return builder.map(root, lambda m: m if m == dg.IMPOSSIBLE else self.contest.resolve(m).verdict)

    @cached_property
    def deciding_facts(self) -> tuple[str, ...]:
        """The facts that some verdict turns on."""
        return dg.support(self.verdicts, self._core[1].order)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that any norm of the regime asks for."""
        return tuple(dict.fromkeys(f for n in self.norms for f in sorted(facts_of(n.condition))))

    # ------------------------------------------------------------------ reading answers off the diagrams

    @cached_property
    def _walks(self) -> tuple[int, tuple[Any, ...]]:
        """The mask that always applies, and the diagrams of the rest in the form that is walked."""
        walks = [dg.walkable(root, builder.order) for root, builder in (self._core, *self.attached)]
        always = 0
        for w in walks:
            always |= w if type(w) is int else 0
        return always, tuple(w for w in walks if type(w) is tuple)

    def applying(self, facts: Mapping[str, Value]) -> int:
        """The mask of the norms that apply when every fact is known. Raises KeyError at a missing fact."""
        mask, walks = self._walks
        for node in walks:
            while type(node) is tuple:
                node = node[1][facts[node[0]]]
            mask |= node
        return mask

    def decide(self, facts: Mapping[str, Value]) -> tuple[str, int]:
        """The verdict and the mask of applying norms when every fact is known. Raises KeyError at a missing fact."""
        mask, walks = self._walks
        for node in walks:
            while type(node) is tuple:
                node = node[1][facts[node[0]]]
            mask |= node
        try:
            return self._verdict_of[mask], mask
        except KeyError:
            verdict = self._verdict_of[mask] = self.contest.resolve(mask).verdict
            return verdict, mask

    def verdict(self, facts: Mapping[str, Value]) -> str:
        """The verdict under ``facts``: a definite one, or ``depends`` where what is unknown could still change it."""
        reached = self.reachable_verdicts(facts)
        return next(iter(reached)) if len(reached) == 1 else "depends"

    @cached_property
    def _verdict_walk(self) -> Any:
        return dg.walkable(self.verdicts, self._core[1].order)

    def reachable_verdicts(self, facts: Mapping[str, Value]) -> set[str]:
        """The verdicts that some completion of the unknown facts reaches."""
        try:
            return {dg.walk(self._verdict_walk, facts)}
        except KeyError:
            return dg.reachable(self.verdicts, self._core[1].order, facts)

    def left_open(self, facts: Mapping[str, Value]) -> Any:
        """The verdict diagram of what ``facts`` leave open."""
        return dg.restrict(self._core[1], self.verdicts, facts)

    def reachable_cores(self, facts: Mapping[str, Value]) -> set[int]:
        """The masks of verdict-moving norms that some completion of the unknown facts makes apply."""
        return dg.reachable(self._core[0], self._core[1].order, facts)

    def attached_masks(self, facts: Mapping[str, Value]) -> tuple[int, int]:
        """Attached norms that surely apply, and those that may.

        Worked out condition by condition: what is sure is right, and a condition that only looks open counts as possible.
        """
        sure = may = 0
        for i, norm in enumerate(self.norms):
            if not self.contest.core >> i & 1:
                truth = evaluate(norm.condition, facts)
                if truth:
                    sure |= 1 << i
                elif truth is None:
                    may |= 1 << i
        return sure, may

    def bound(self, facts: Mapping[str, Value], bounds: Mapping[str, Value]) -> Mapping[str, Value]:
        """``facts`` with those of which only an upper bound is known, where the regime cannot tell the bound from the least value."""
        known = dict(facts)
        for name, upper in bounds.items():
            cuts = [t.value + (t.op == "le") for n in self.norms for t in tests(n.condition) if t.fact == name]
            if all(cut > upper or cut <= self.fact_types[name].min for cut in cuts):
                known[name] = upper
        return known

    def outcome(self, applying: int) -> Outcome:
        return self.contest.resolve(applying)


class Regimes:
    """The regimes of a corpus, compiled when first asked for and kept, least recently used thrown out first."""

    def __init__(self, corpus: Corpus, *, keep: int = 4096) -> None:
        self.corpus = corpus
        self.keep = keep
        self._lines: dict[tuple[Any, ...], tuple[list[dt.date], list[Norm], list[Regime | None], Reach]] = {}

    def line(self, reach: Reach, actor: str, act: str) -> tuple[list[dt.date], list[Norm], list[Regime | None], Reach]:
        """The days on which the law of this act changes here, and its regimes between them as far as they are compiled."""
        key = (reach.place, actor, act)
        found = self._lines.get(key)
        if found is None:
            norms = self.corpus.norms_in_reach(reach, actor, act)
            days = {dt.date.min}
            for n in norms:
                for p in n.periods:
                    days.update(d for d in (p.start, p.end, p.sure) if d)
            breaks = sorted(days)
            found = (breaks, norms, [None] * len(breaks), reach)
            if len(self._lines) >= self.keep:
                self._lines.pop(next(iter(self._lines)))
        else:
            del self._lines[key]  # put back at the end: most recently used
        self._lines[key] = found
        return found

    def regime(self, reach: Reach, actor: str, act: str, day: dt.date) -> Regime:
        """The regime of ``act`` on ``day``."""
        breaks, norms, made, _ = self.line(reach, actor, act)
        i = bisect_right(breaks, day) - 1
        regime = made[i]
        if regime is None:
            regime = made[i] = self._make(norms, act, reach, breaks[i], breaks[i + 1] if i + 1 < len(breaks) else None)
        return regime

    def _make(self, norms: list[Norm], act: str, reach: Reach, start: dt.date, end: dt.date | None) -> Regime:
        live, doubtful = [], set()
        for n in norms:
            if period := n.period_on(start):
                # a persuasive holding is shown, but commands and voids nothing here
                live.append(n._replace(voids=(), upholds=frozenset(), prevails_over=frozenset()) if reach.persuasive_here(n) else n)
                if period.sure and start < period.sure:
                    doubtful.add(n.id)
        return Regime(
            live, act, self.corpus.vocabulary_for(reach.chain), start=start, end=end, doubtful=frozenset(doubtful), missing=self.missing(reach),
            persuasive=frozenset(n.id for n in live if reach.persuasive_here(n)),
        )  # fmt: skip

    def missing(self, reach: Reach) -> tuple[str, ...]:
        """The layers above the body whose law is not in the corpus: its state, where that is not encoded in full."""
        out = []
        for place in reach.chain:
            if "/" not in place:
                layer = self.corpus.layer(place)
                if layer is None or layer.coverage != "encoded":
                    out.append(place)
        return tuple(out)
