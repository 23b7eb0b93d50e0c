"""Columns as codes, and the cell of each row: rows that nothing tells apart are one cell, worked out once.

A column of facts is a `Coded`: a small number a row, and what each number means. `number` gives each row the number of its cell; any outcome
that is a function of the columns is then one table over the cells and one gather over the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from homerule.replay.known import Known

Ints = npt.NDArray[Any]
T = TypeVar("T")
#: Cells up to this many are numbered by arithmetic alone; beyond, those that occur are counted.
DENSE = 1 << 20
_WIDE = 1 << 24  # the same, where the rows are many: cheaper than hashing them
CHUNK = 1 << 15  # rows worked on at a time, so that what is in between stays in the processor's cache


class Coded(NamedTuple, Generic[T]):
    """One column: ``codes[row]`` is an index into ``values``."""

    codes: Ints
    values: Sequence[T]


Columns = Mapping[str, Coded[Known]]


class Numbered(NamedTuple):
    """``of[row]`` is the number of the row's cell; ``codes[column][cell]`` is what the cell holds there."""

    of: Ints
    codes: Mapping[str, Ints]

    @property
    def cells(self) -> int:
        return len(next(iter(self.codes.values()))) if self.codes else 1


def smallest(count: int) -> Any:
    """The smallest unsigned type that counts up to ``count``."""
    return np.uint8 if count <= 1 << 8 else np.uint16 if count <= 1 << 16 else np.uint32


def coded(values: Sequence[T]) -> Coded[T]:
    """A column given as plain values."""
    index: dict[Any, int] = {}
    kinds: list[T] = []
    codes = np.empty(len(values), np.int64)
    for i, v in enumerate(values):
        key = (v.__class__, v)
        if key not in index:
            index[key] = len(kinds)
            kinds.append(v)
        codes[i] = index[key]
    return Coded(codes.astype(smallest(len(kinds))), kinds)


def number(columns: Mapping[str, tuple[Ints, int]], rows: int) -> Numbered:
    """The cell of each row. ``columns``: name → (codes, how many codes there are)."""
    of: Ints = np.zeros(rows, np.intp)
    count = 1
    held: dict[str, Ints] = {}
    for name, (codes, kinds) in columns.items():
        if kinds <= 1:
            held[name] = np.zeros(count, np.intp)
            continue
        of *= kinds
        of += codes
        present, of = distinct(of, count * kinds)
        held = {n: h[present // kinds] for n, h in held.items()}
        held[name] = present % kinds
        count = len(present)
    return Numbered(of, held)


def distinct(of: Ints, below: int) -> tuple[Ints, Ints]:
    """The numbers that occur, ascending, and each row's position among them. All are smaller than ``below``."""
    if below > (_WIDE if len(of) > DENSE >> 4 else DENSE):
        return compact(of)
    seen = np.zeros(below, bool)
    seen[of] = True
    present = np.flatnonzero(seen)
    if len(present) == below:
        return present, of
    table = np.empty(below, np.int32)
    table[present] = np.arange(len(present), dtype=np.int32)
    return present, table.take(of).astype(np.intp)


def compact(of: Ints) -> tuple[Ints, Ints]:
    """The numbers that occur, ascending, and each row's position among them."""
    if find_spec("pyarrow") is None:
        present, back = np.unique(of, return_inverse=True)
        return present, back
    encoded = import_module("pyarrow").array(of).dictionary_encode()
    values = encoded.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(values)
    rank = np.empty(len(values), np.intp)
    rank[order] = np.arange(len(values))
    return values[order], rank[encoded.indices.to_numpy(zero_copy_only=False)]
