"""The bit-vector form of a regime: for each fact a table value → mask of the alternatives that it lets through; AND them.

One bit stands for one alternative of one norm's condition (see `alternatives`); 63 bits make a word, so that the same masks are signed numbers
in SQL. Where a fact is known only in part or not at all, it has two masks: of what it *may* let through, and of what it *must*. The masks then
say which cases are alike; the verdicts that are still open are read off the regime's diagram, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from homerule.conditions.tree import FALSE, TRUE
from homerule.reasoning import diagram as dg
from homerule.reasoning import oracle
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import Outcome, bits, mask_of
from homerule.replay.alternatives import Alternatives, Rule
from homerule.replay.cells import CHUNK, DENSE, Coded, Columns, Ints, compact, smallest
from homerule.replay.known import Known, agrees, exact, pieces, reachable, turns

WORD = 63
Words = npt.NDArray[np.uint64]
_BUNDLE = 1 << 16  # combinations of values that one joint table may hold


class Resolved(NamedTuple):
    """What follows for one cell. ``reachable``: every verdict that the facts leave open, sorted; ``sure`` and ``possible`` are masks of the
    norms that stand in every such case, or in some; ``fell`` those that fall in every one; ``applying`` those that surely apply, ``may`` those
    that may besides. ``turns_on``: where several verdicts are reachable, the facts that can still decide between them."""

    verdict: str
    reachable: tuple[str, ...]
    basis: str
    sure: int
    possible: int
    fell: int
    applying: int
    may: int
    turns_on: tuple[str, ...] = ()


class Compiled:
    """The bit-vector form of one regime. Facts that the regime does not ask are ignored; facts that are not given are unknown."""

    def __init__(self, regime: Regime) -> None:
        self.regime = regime
        self.conditional = [i for i, n in enumerate(regime.norms) if n.condition not in (TRUE, FALSE)]
        conditions = [regime.norms[i].condition for i in self.conditional]
        self.order = dg.variables(conditions, regime.fact_types)
        self.always = mask_of(i for i, n in enumerate(regime.norms) if n.condition == TRUE)
        self.alternatives = Alternatives(conditions, self.order)
        self.rules: list[tuple[int, Rule]] = list(zip(self.conditional, self.alternatives.rules))
        self.words = max(1, -(-len(self.alternatives.cubes) // WORD))
        self.facts = tuple(dict.fromkeys(v.fact for v in self.order))
        self._full = (1 << len(self.alternatives.cubes)) - 1
        self._norms: dict[tuple[int, int], tuple[int, int]] = {}
        self._resolved: dict[Any, Resolved] = {}
        self._masks: dict[Any, tuple[int, int]] = {}

    # ------------------------------------------------------------------ tables

    def masks_of(self, fact: str, known: Known) -> tuple[int, int]:
        """The alternatives that this knowledge of a fact surely lets through, and those that it may."""
        key = (fact, known.__class__, known)
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = self._masks_of(fact, known)
        return found

    def _masks_of(self, fact: str, known: Known) -> tuple[int, int]:
        allowed = {i: frozenset(pieces(v, known)) for i, v in enumerate(self.order) if v.fact == fact}
        must = may = 0
        for b, cube in enumerate(self.alternatives.cubes):
            asked = [(cube[i], allowed[i]) for i in allowed if i in cube]
            must |= all(a <= c for c, a in asked) << b
            may |= all(a & c for c, a in asked) << b
        return must, may

    def table(self, fact: str, values: Sequence[Known]) -> tuple[Words, Words]:
        """(must, may) tables of one fact, each of shape (values, words)."""
        masks = [self.masks_of(fact, v) for v in values]
        return _split([m for m, _ in masks], self.words), _split([m for _, m in masks], self.words)

    def masks(self, columns: Columns, rows: int) -> tuple[Words, Words]:
        """(must, may) masks of every row, each of shape (words, rows): the plain form, without numbering cells."""
        out = [_split([self._full], self.words)[0][:, None].repeat(rows, axis=1) for _ in (0, 1)]
        for fact in self.facts:
            column = columns.get(fact) or Coded(np.zeros(rows, np.uint8), [None])
            for side, table in enumerate(self.table(fact, column.values)):
                for w in range(self.words):
                    if not (table[:, w] == out_full(self._full, self.words)[w]).all():
                        out[side][w] &= table[:, w].take(column.codes)
        return out[0], out[1]

    # ------------------------------------------------------------------ one cell

    def norms(self, must: int, may: int) -> tuple[int, int]:
        """From alternatives to norms: those that surely apply, and those that may besides."""
        found = self._norms.get((must, may))
        if found is None:
            sure, open_ = self.always, 0
            for i, rule in self.rules:
                truth = rule.truth(must, may)
                if truth:
                    sure |= 1 << i
                elif truth is None:
                    open_ |= 1 << i
            found = self._norms[(must, may)] = (sure, open_)
        return found

    def resolve(self, facts: Mapping[str, Known], must: int | None = None, may: int | None = None) -> Resolved:
        """What follows from what is known. One resolution serves every case with the same masks or the same knowledge."""
        if must is None or may is None:
            must = may = self._full
            for fact in self.facts:
                m, y = self.masks_of(fact, facts.get(fact))
                must, may = must & m, may & y
        key: Any = (must, may)
        if must != may:
            key = tuple(pieces(v, facts.get(v.fact)) for v in self.order)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._resolve(facts, must, may)
        return found

    def _resolve(self, facts: Mapping[str, Known], must: int, may: int) -> Resolved:
        sure, open_ = self.norms(must, may)
        contest = self.regime.contest
        if not open_:
            outcomes = [contest.resolve(sure)]
        elif not open_ & contest.core:
            outcomes = [contest.resolve(sure | open_)]
        else:
            attached = (sure | open_) & ~contest.core
            outcomes = [contest.resolve(leaf | attached) for leaf in sorted(self._cores(facts))]
        found = combine(outcomes, sure, open_)
        return found._replace(turns_on=self._turns_on(facts)) if found.verdict == "depends" else found

    def _turns_on(self, facts: Mapping[str, Known]) -> tuple[str, ...]:
        """The facts that are not settled and that some verdict still turns on."""
        try:
            return tuple(f for f in self.regime.deciding_facts if not exact(facts.get(f)) and turns(self.regime.verdicts, self.regime.core[1], facts, f))
        except dg.TooWide:
            return ()

    def _cores(self, facts: Mapping[str, Known]) -> set[int]:
        """The sets of verdict-moving norms that some case agreeing with the facts makes apply."""
        try:
            root, order = self.regime.core
        except dg.TooWide:
            core = self.regime.contest.core
            norms = [n for i, n in enumerate(self.regime.norms) if core >> i & 1]
            known = {f: v for f, v in facts.items() if v is not None and exact(v)}
            fits = (c for c in oracle.completions(norms, known, self.regime.fact_types) if all(agrees(facts.get(f), v) for f, v in c.items()))  # type: ignore[arg-type]
            return {oracle.applying(self.regime.norms, {**c, **_any(self.regime, c)}) & core for c in fits}
        return reachable(root, order, facts)

    # ------------------------------------------------------------------ many rows

    def outcomes(self, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        """For each row the index of what follows, and the list of what follows."""
        return Plan(self, columns).run(columns, rows)


def combine(outcomes: Sequence[Outcome], sure: int, open_: int) -> Resolved:
    """What several reachable outcomes have in common, and where they part."""
    everywhere, somewhere, fell = -1, 0, -1
    for o in outcomes:
        everywhere &= o.stands
        somewhere |= o.stands
        fell &= o.applying & ~o.stands
    verdicts = tuple(sorted({o.verdict for o in outcomes}))
    bases = {o.basis for o in outcomes}
    one = len(verdicts) == 1
    basis = "facts" if not one else bases.pop() if len(bases) == 1 else "silence" if "silence" in bases else "norm"
    return Resolved(verdicts[0] if one else "depends", verdicts, basis, everywhere & ~open_, somewhere, fell & ~open_, sure, open_)


def _any(regime: Regime, given: Mapping[str, Any]) -> dict[str, Any]:
    """Some value for each fact of the regime that is not given."""
    return {f: next(iter(oracle.values(regime.fact_types[f], regime.norms))) for f in regime.facts if f not in given}


def _split(masks: Sequence[int], words: int) -> Words:
    cut = (1 << WORD) - 1
    return np.array([[m >> (WORD * w) & cut for w in range(words)] for m in masks], np.uint64).reshape(len(masks), words)


def out_full(full: int, words: int) -> list[int]:
    """The mask with every alternative, word by word."""
    return [full >> (WORD * w) & ((1 << WORD) - 1) for w in range(words)]


def joined(words: Sequence[Any]) -> int:
    """Words as one mask."""
    out = 0
    for w, part in enumerate(words):
        out |= int(part) << (WORD * w)
    return out


class _Bundle(NamedTuple):
    """Facts whose codes are joined into one number, and a table from it to the class of its cases."""

    facts: tuple[str, ...]
    sizes: tuple[int, ...]
    table: Ints  # joint code → class times the bundle's stride
    classes: tuple[tuple[int, ...], ...]  # class → a joint code of each fact that has it
    dtype: Any


class Plan:
    """How the columns of one table are worked: their facts in bundles, the classes of each bundle, and what follows from each combination.

    Kept while further batches have the same values (``fits``), it does only arithmetic and gathers a row.
    """

    def __init__(self, compiled: Compiled, columns: Columns) -> None:
        self.compiled = compiled
        self.values = {f: tuple(columns[f].values) for f in compiled.facts if f in columns}
        self.results: list[Resolved] = []
        self._index: dict[Resolved, int] = {}
        self.bundles = self._bundles()
        self.total = 1
        for b in self.bundles:
            self.total *= len(b.classes)
        self.outcome: Ints = np.full(self.total if self.total <= DENSE else 0, -1, np.int32)
        self._sparse: dict[int, int] = {}

    def fits(self, columns: Columns) -> bool:
        """Whether the plan was made for these values."""
        return all(tuple(columns[f].values) == v for f, v in self.values.items())

    def _bundles(self) -> list[_Bundle]:
        found: list[list[str]] = []
        for fact in sorted(self.values, key=lambda f: -len(self.values[f])):
            for group in found:
                if len(self.values[fact]) * int(np.prod([len(self.values[f]) for f in group])) <= _BUNDLE:
                    group.append(fact)
                    break
            else:
                found.append([fact])
        out: list[_Bundle] = []
        stride = 1
        for group in found:
            bundle = self._bundle(tuple(group), stride)
            stride *= len(bundle.classes)
            out.append(bundle)
        return out

    def _bundle(self, facts: tuple[str, ...], stride: int) -> _Bundle:
        """Two combinations are of one class when their masks are, where every fact is known; else when the same is known of every variable."""
        compiled = self.compiled
        sizes = tuple(len(self.values[f]) for f in facts)
        kinds: list[list[int]] = []  # fact by fact first: values that no condition tells apart are one
        for f in facts:
            seen: dict[Any, int] = {}
            row = []
            for v in self.values[f]:
                must, may = compiled.masks_of(f, v)
                key = (must, may) if must == may else tuple(pieces(x, v) for x in compiled.order if x.fact == f)
                row.append(seen.setdefault(key, len(seen)))
            kinds.append(row)
        total = int(np.prod(sizes))
        joint = np.zeros(total, np.int64)
        grid = np.indices(sizes).reshape(len(sizes), total)
        for row, codes in zip(kinds, grid):
            joint = joint * (max(row) + 1) + np.array(row)[codes]
        _, first, back = np.unique(joint, return_index=True, return_inverse=True)
        back, members = self._alike(facts, grid, first, back)
        classes = tuple(tuple(int(grid[k][m]) for k in range(len(facts))) for m in members)
        table = (back.astype(np.int64) * stride).astype(np.intp)
        return _Bundle(facts, sizes, table, classes, smallest(total))

    def _alike(self, facts: tuple[str, ...], grid: Ints, first: Ints, back: Ints) -> tuple[Ints, list[int]]:
        """Join classes whose masks are equal and leave nothing open: their joint masks are all that the rest of the work sees."""
        compiled = self.compiled
        tables = [[compiled.masks_of(f, v) for v in self.values[f]] for f in facts]
        seen: dict[Any, int] = {}
        new = np.empty(len(first), np.int64)
        members: list[int] = []
        for c, at in enumerate(first):
            must = may = compiled._full
            for k in range(len(facts)):
                m, y = tables[k][grid[k][at]]
                must, may = must & m, may & y
            key: Any = (must, may) if must == may else ("open", c)
            if key not in seen:
                seen[key] = len(seen)
                members.append(int(at))
            new[c] = seen[key]
        return new[back], members

    # ------------------------------------------------------------------ running

    def run(self, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        """Each row's index into the results."""
        cells = self.cells(columns, rows)
        if self.total > DENSE:
            found, back = compact(cells)
            return np.array([self._find(int(c)) for c in found], np.int32)[back], self.results
        out = self.outcome.take(cells)
        if rows and out.min() < 0:
            for c in np.unique(cells[out < 0]):
                self.outcome[c] = self._find(int(c))
            out = self.outcome.take(cells)
        return out, self.results

    def cells(self, columns: Columns, rows: int) -> Ints:
        """Each row's combination of classes, as one number below ``total``."""
        out = np.zeros(rows, np.intp)
        for start in range(0, rows, CHUNK):
            part = slice(start, min(rows, start + CHUNK))
            for n, b in enumerate(self.bundles):
                codes = [columns[f].codes[part] for f in b.facts]
                joint = codes[0].astype(b.dtype, copy=False)
                for c, size in zip(codes[1:], b.sizes[1:]):
                    joint = joint * b.dtype(size) + c.astype(b.dtype, copy=False)
                if n:
                    out[part] += b.table.take(joint, mode="clip")
                else:
                    b.table.take(joint, out=out[part], mode="clip")
        return out

    def facts_of(self, cell: int) -> dict[str, Known]:
        """What is known in one cell."""
        out: dict[str, Known] = {}
        for b in self.bundles:
            cell, c = divmod(cell, len(b.classes))
            for f, code in zip(b.facts, b.classes[c]):
                out[f] = self.values[f][code]
        return out

    def _find(self, cell: int) -> int:
        found = self._sparse.get(cell)
        if found is None:
            result = self.compiled.resolve(self.facts_of(cell))
            found = self._index.get(result)
            if found is None:
                found = self._index[result] = len(self.results)
                self.results.append(result)
            self._sparse[cell] = found
        return found


def norm_ids(regime: Regime, mask: int) -> tuple[str, ...]:
    """The ids of the norms in a mask."""
    return tuple(regime.norms[i].id for i in bits(mask))
