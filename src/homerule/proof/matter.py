"""One act of one actor: the draft and the law above it in one pair diagram, and what each leaf of it means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from homerule.corpus.model import COMMANDS, Norm
from homerule.proof.cover import cover, in_words
from homerule.reasoning import diagram as dg
from homerule.reasoning import oracle
from homerule.reasoning.pair import leaves
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import Contest, bits, mask_of
from homerule.vocabulary import Value

STANCES = ("required", "prohibited", "permitted", "conflict", "silent")


class Region(NamedTuple):
    """A set of cases: in words, one smallest case, and how many of all cases it holds."""

    words: str
    facts: Mapping[str, Value]
    cases: int
    by: tuple[str, ...]


class Matter:
    """``draft`` norms against ``law`` (a regime with only the norms that rank above the draft)."""

    def __init__(self, law: Regime, draft: tuple[Norm, ...], others: tuple[Norm, ...] = ()) -> None:
        """``others``: the norms of a second draft, to be compared with the first."""
        self.law, self.draft, self.others = law, draft, others
        # with the draft in: a rule that only voids local rules opposes nothing in the law by itself
        whole = Contest((*law.norms, *draft, *others), law.act, doubtful=law.doubtful, missing=law.missing)
        core = tuple(n for i, n in enumerate(law.norms) if whole.core >> i & 1)
        self.norms = (*core, *draft)
        self.act = law.act
        self.contest = Contest(self.norms, law.act, doubtful=law.doubtful, missing=law.missing)
        self.above = Contest(core, law.act, doubtful=law.doubtful, missing=law.missing)
        self.alone = Contest(draft, law.act)
        self.second = Contest(others, law.act)
        self.shift = len(core)
        self.law_mask = (1 << self.shift) - 1
        self.contested = self.contest.contested & self.law_mask
        conditions = [n.condition for n in (*self.norms, *others)]
        self.builder = dg.Builder(dg.variables(conditions, law.fact_types), law.fact_types)
        self.wide = False
        try:
            root = self.builder.possible()
            for i, condition in enumerate(conditions):
                root = dg.add_bit(self.builder, root, self.builder.condition(condition), 1 << i)
            self.root = root
        except dg.TooWide:
            self.wide = True  # the solver lists what can apply together; no counts and no general description

    # ------------------------------------------------------------------ what a leaf means

    def verdict(self, mask: int) -> str:
        """What the law above says by itself."""
        return self.above.resolve(mask & self.law_mask).verdict

    def stance(self, mask: int) -> str:
        """What the draft says by itself."""
        return _stance(self.alone, mask >> self.shift & ((1 << len(self.draft)) - 1))

    def other_stance(self, mask: int) -> str:
        return _stance(self.second, mask >> (self.shift + len(self.draft)))

    def opposed(self, mask: int, index: int) -> str:
        """How the ``index``-th draft norm meets the law in this leaf: ``""`` agrees, ``conflict``, or ``contested``."""
        bit = 1 << (self.shift + index)
        if not mask & bit:
            return ""
        mask &= self.law_mask | bit  # each rule of the draft is held against the law, not against the draft's other rules
        norm = self.draft[index]
        if norm.effect in COMMANDS:
            falls = not self.contest.standing(mask) & bit
            falls_without = not self.contest.standing(mask & ~self.contested) & bit
        elif norm.effect == "permit":
            falls = self._decided(mask)
            falls_without = self._decided(mask & ~self.contested)
        else:
            return ""
        return "conflict" if falls and falls_without else "contested" if falls or falls_without else ""

    def _decided(self, mask: int) -> bool:
        return self.above.settle(mask & self.law_mask)[0] in ("required", "prohibited", "conflict")

    def against(self, mask: int, index: int) -> int:
        """The norms of the law that oppose a draft norm in this leaf."""
        bit = self.shift + index
        norm = self.draft[index]
        mask &= self.law_mask | 1 << bit
        if norm.effect == "permit":
            return self.above.standing(mask & self.law_mask) & (self.above.require | self.above.forbid)
        return self.contest.attackers[bit] & self.contest.standing(mask) & self.law_mask

    # ------------------------------------------------------------------ regions

    def region(self, test: Any, by: Any = None) -> Region | None:
        """The cases whose leaf meets ``test``; ``by`` names norms of the law for each such leaf."""
        if self.wide:
            met = [(mask, facts) for mask, facts, _ in self.all_leaves if test(mask)]
            if not met:
                return None
            named = 0
            for mask, _ in met:
                named |= by(mask) if by is not None else 0
            return Region("the case below holds, among others", min((f for _, f in met), key=len), len(met), tuple(self.norms[i].id for i in bits(named)))
        truth = self.builder.map(self.root, lambda m: dg.IMPOSSIBLE if m == dg.IMPOSSIBLE else bool(test(m)))
        found = [(facts, cases) for leaf, facts, cases in leaves(self.builder, truth) if leaf is True]
        if not found:
            return None
        cubes = cover(self.builder, truth)
        named = 0
        if by is not None:
            for mask, _, _ in self.all_leaves:
                if test(mask):
                    named |= by(mask)
        return Region(in_words(self.builder, cubes), min((f for f, _ in found), key=len), sum(c for _, c in found), tuple(self.norms[i].id for i in bits(named)))

    @cached_property
    def all_leaves(self) -> list[tuple[int, dict[str, Value], int]]:
        """Every set of norms that can apply together, a smallest case of it, and in how many cases it does."""
        if self.wide:
            from homerule.proof.solver import applying_sets

            found = applying_sets([n.condition for n in (*self.norms, *self.others)], self.law.fact_types)
            return [(mask, facts, 1) for mask, facts in found.items()]
        return leaves(self.builder, self.root)

    @property
    def cases(self) -> int:
        """How many cases the diagram tells apart."""
        return sum(c for _, _, c in self.all_leaves)

    # ------------------------------------------------------------------ the second look

    def confirm(self, facts: Mapping[str, Value]) -> tuple[dict[str, Value], int]:
        """A smallest case filled up to a whole one, and what applies in it by the oracle. Raises AssertionError if the diagram was wrong."""
        norms = (*self.norms, *self.others)
        full = dict(facts)
        for name in sorted({v.fact for v in self.builder.order} - set(facts)):
            full[name] = next(iter(oracle.values(self.law.fact_types[name], norms)))
        mask = oracle.applying(norms, full)
        if self.wide:
            return full, mask
        node = self.root
        while type(node) is tuple:
            variable = self.builder.order[node[0]]
            node = node[1][variable.piece(full[variable.fact])]
        assert node == mask, "the pair diagram differs from the oracle"
        return full, mask


def _stance(contest: Contest, mask: int) -> str:
    commands = mask & (contest.require | contest.forbid)
    if not commands and not mask & mask_of(i for i, n in enumerate(contest.norms) if n.effect == "permit"):
        return "silent"
    return contest.settle(mask)[0]
