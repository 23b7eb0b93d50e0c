"""Small numbers are not published, nor numbers from which they could be worked out.

A table with totals is a set of sums: in each, the parts add up to a whole. When one member of a sum is hidden, another must be, or it could be
got back by subtraction; `suppress` hides more until no hidden small number can be worked out from those shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)


def suppress(counts: Mapping[Key, int], sums: Sequence[Sequence[Key]], least: int, also: Iterable[Key] = ()) -> set[Key]:
    """The keys whose numbers are to be hidden.

    ``counts``: every number shown, totals included. ``sums``: each lists a whole and its parts, the whole first; what is not in ``counts`` is
    0 and known to be. ``also`` are hidden for another reason. A number from 1 to ``least`` - 1 is hidden; then others, the smallest first, until
    none of those can be worked out.
    """
    keys = list(counts)
    at = {k: i for i, k in enumerate(keys)}
    numbers = [counts[k] for k in keys]
    lines = [[at[k] for k in line if k in at] for line in sums if line[0] in at]
    work = _Work(numbers, [line for line in lines if len(line) > 1], least)
    work.hide(i for i, n in enumerate(numbers) if 0 < n < least)
    work.hide(at[k] for k in also if k in at)
    work.balance(range(len(work.lines)))
    while exposed := work.exposed():
        chosen = {work.cheapest(work.of[k]) for k in exposed} - {-1}
        lines_ = {i for k in exposed for i in work.of[k]}
        while not chosen:  # their sums are hidden whole: go on to the sums that share a member with them
            wider = lines_ | {j for i in lines_ for m in work.lines[i] for j in work.of[m]}
            if wider == lines_:
                break
            lines_ = wider
            chosen = {work.cheapest(lines_)} - {-1}
        if not chosen:
            break
        work.hide(chosen)
        work.balance({i for k in chosen for i in work.of[k]})
    return {k for k, h in zip(keys, work.hidden) if h}


class _Work:
    """The numbers by index, the sums they stand in, and which are hidden."""

    def __init__(self, numbers: Sequence[int], lines: Sequence[list[int]], least: int) -> None:
        self.numbers, self.lines, self.least = numbers, lines, least
        self.hidden = [False] * len(numbers)
        self.of: list[list[int]] = [[] for _ in numbers]
        for i, line in enumerate(lines):
            for k in line:
                self.of[k].append(i)

    def hide(self, which: Iterable[int]) -> None:
        for k in which:
            self.hidden[k] = True

    def balance(self, start: Iterable[int]) -> None:
        """Hide more until no sum has exactly one hidden member, or hidden parts that come to fewer than ``least``."""
        todo = list(start)
        while todo:
            i = todo.pop()
            line = self.lines[i]
            inside = [k for k in line if self.hidden[k]]
            if not inside:
                continue
            whole = line[0]
            parts = sum(self.numbers[k] for k in inside if k != whole)
            if len(inside) == 1 or (not self.hidden[whole] and parts < self.least):
                chosen = self.one_more(i)
                if chosen is not None:
                    todo.extend(self.of[chosen])

    def one_more(self, i: int) -> int | None:
        """Hide the smallest number still shown in a sum: one that is not 0, where there is one, and the whole last."""
        left = [k for k in self.lines[i] if not self.hidden[k]]
        if not left:
            return None
        chosen = min([k for k in left if self.numbers[k]] or left, key=lambda k: (k == self.lines[i][0], self.numbers[k], k))
        self.hidden[chosen] = True
        return chosen

    def cheapest(self, lines: Iterable[int]) -> int:
        """The number that costs least to hide in any of some sums; -1 where all are hidden."""
        left = {k for i in lines for k in self.lines[i] if not self.hidden[k]}
        wholes = {self.lines[i][0] for i in lines}
        return min([k for k in left if self.numbers[k]] or left, key=lambda k: (k in wholes, self.numbers[k], k), default=-1)

    def exposed(self) -> list[int]:
        """Hidden small numbers that the sums settle: those on which every solution of the sums agrees.

        A random vector is projected on the directions that the sums leave free; a number that no free direction touches is settled.
        """
        order = [k for k, h in enumerate(self.hidden) if h]
        index = {k: i for i, k in enumerate(order)}
        small = [k for k in order if 0 < self.numbers[k] < self.least]
        if not small:
            return []
        rows: list[int] = []
        columns: list[int] = []
        signs: list[float] = []
        equations = 0
        for line in self.lines:
            inside = [k for k in line if self.hidden[k]]
            if inside:
                rows += [equations] * len(inside)
                columns += [index[k] for k in inside]
                signs += [-1.0 if k == line[0] else 1.0 for k in inside]
                equations += 1
        free = _projected(np.array(rows, np.intp), np.array(columns, np.intp), np.array(signs), equations, len(order))
        return [k for k in small if abs(free[index[k]]) < 1e-6]


def _projected(rows: Any, columns: Any, signs: Any, m: int, n: int) -> Any:
    """A random vector's part in the null space of a sparse matrix, by conjugate gradients on least squares."""

    def times(x: Any) -> Any:
        return np.bincount(rows, signs * x[columns], m)

    def back(y: Any) -> Any:
        return np.bincount(columns, signs * y[rows], n)

    left = np.random.default_rng(7).standard_normal(n)
    if not len(rows):
        return left
    slope = times(left)
    step = slope.copy()
    size = float(slope @ slope)
    for _ in range(20 * (m + n) + 100):
        if size < 1e-20:
            break
        moved = back(step)
        along = size / float(moved @ moved)
        left = left - along * moved
        slope = times(left)
        new = float(slope @ slope)
        step = slope + new / size * step
        size = new
    return left
