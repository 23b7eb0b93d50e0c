"""Regimes as a small table for Spark, and the masks of every row as expressions over it.

A *form* is what one act asks under one law on the days of one regime: the conditions of every body that a row's place may mean, each in 63-bit
words of `bits`. Its row in the table holds, for each fact that has a column, one array: for each code of the fact the words it surely lets
through, those that it may, and the number of its kind. Facts without a column are in ``base``. The words of a row are then ANDs of elements of
these arrays. Rows of one form with the same words have the same outcome where nothing is left open, and with the same kinds besides where
something is: so one resolution serves each key, and the outcomes come back as another small table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.replay.bits import WORD, Compiled
from homerule.replay.known import Known, pieces
from homerule.replay.law import Laws, Under

_CUT = (1 << WORD) - 1
_ROOM = 1 << 62  # what one number of a key may hold


class Form(NamedTuple):
    """One form as a row of the table: ``base`` words, and an array for each fact with a column."""

    base: tuple[int, ...]
    arrays: tuple[tuple[int, ...], ...]


class Said(NamedTuple):
    """What the rows can say: the facts with columns, for each what its codes mean, and what rows of each request say besides (index: request)."""

    facts: tuple[str, ...]
    known: Mapping[tuple[int, str], Sequence[Known]]  # (request, fact) → what each code means for it
    always: Sequence[Mapping[str, Known]]  # what every row of a request says of facts without a column


class Forms:
    """The forms of one act (under one draft) that a table of rows needs. ``of``: (law counted from 1, day, request) → the form's number."""

    def __init__(self, laws: Laws, act: str, draft: int, said: Said) -> None:
        self.laws, self.act, self.draft, self.said = laws, act, draft, said
        self._made: list[tuple[tuple[tuple[Compiled, Under], ...], int]] = []
        self._number: dict[Any, int] = {}

    def of(self, law: int, day: dt.date, request: int) -> int:
        each = tuple((self.laws.compiled(u, day, self.act, self.draft), u) for u in self.laws.bodies[law - 1])
        key = (request, tuple((id(c), repr(sorted(u.assumed.items(), key=str)), u.bounds) for c, u in each))
        found = self._number.get(key)
        if found is None:
            found = self._number[key] = len(self._made)
            self._made.append((each, request))
        return found

    def rows(self) -> tuple[int, list[Form]]:
        """How many words the widest form has, and every form in that many words."""
        words = max((sum(c.words for c, _ in each) for each, _ in self._made), default=1)
        return words, [self._form(each, request, words) for each, request in self._made]

    def _form(self, each: Sequence[tuple[Compiled, Under]], request: int, words: int) -> Form:
        facts, always = self.said.facts, self.said.always[request]
        base: list[list[int]] = [[], []]
        held: dict[str, list[list[list[int]]]] = {f: [[[], []] for _ in self.said.known[request, f]] for f in facts}  # fact → code → side → words
        kinds: dict[str, list[list[Any]]] = {f: [[] for _ in self.said.known[request, f]] for f in facts}
        pinned: set[str] = set()
        for compiled, under in each:
            loose = {n for n, _ in under.bounds}  # assumed only as long as another fact does not bound them
            pinned |= {x for pair in under.bounds if pair[0] in compiled.facts for x in pair}

            def known(f: str, given: Known, under: Under = under, loose: set[str] = loose) -> Known:
                return given if given is not None else None if f in loose else under.assumed.get(f)

            must = may = compiled._full
            for f in compiled.facts:
                if f not in facts:
                    m, y = compiled.masks_of(f, known(f, always.get(f)))
                    must, may = must & m, may & y
            for side, mask in enumerate((must, may)):
                base[side] += _words(mask, compiled.words)
            for f in facts:
                for code, given in enumerate(self.said.known[request, f]):
                    value = known(f, given)
                    masks = compiled.masks_of(f, value) if f in compiled.facts else (compiled._full, compiled._full)
                    for side, mask in enumerate(masks):
                        held[f][code][side] += _words(mask, compiled.words)
                    kinds[f][code].append((masks, tuple(pieces(v, value) for v in compiled.order if v.fact == f)))
        arrays = []
        for f in facts:
            seen: dict[Any, int] = {}
            flat: list[int] = []
            for code, (sides, kind) in enumerate(zip(held[f], kinds[f])):
                number = code + 1 if f in pinned else seen.setdefault(repr(kind), len(seen)) + 1
                flat += [*_padded(sides[0], words), *_padded(sides[1], words), number if f in pinned else 0, number]
            arrays.append(tuple(flat))
        return Form((*_padded(base[0], words), *_padded(base[1], words)), tuple(arrays))


def _words(mask: int, words: int) -> list[int]:
    return [mask >> (WORD * w) & _CUT for w in range(words)]


def _padded(words: Sequence[int], count: int) -> list[int]:
    return [*words, *([0] * (count - len(words)))]


def keys(facts: int, words: int, sizes: Sequence[int]) -> tuple[list[str], list[str]]:
    """SQL for the key of a row: (expressions of the words, named ``must_0`` … ``may_0`` …; expressions over these for the kinds, ``kind_0`` …).

    The row holds the codes ``f_0`` …, ``base`` and ``a_0`` … of its form. ``sizes``: how many codes each fact has.
    """
    stride = 2 * words + 2

    def at(f: int, offset: int) -> str:
        return f"element_at(a_{f}, f_{f} * {stride} + {offset + 1})"

    masks = []
    for side, name in enumerate(("must", "may")):
        for w in range(words):
            terms = [f"element_at(base, {side * words + w + 1})", *(at(f, side * words + w) for f in range(facts))]
            masks.append(f"{' & '.join(terms)} AS {name}_{w}")
    open_ = " OR ".join(f"must_{w} <> may_{w}" for w in range(words))
    groups: list[list[int]] = []
    room = 0
    for f in range(facts):
        if not groups or room * (sizes[f] + 2) >= _ROOM:
            groups.append([])
            room = 1
        groups[-1].append(f)
        room *= sizes[f] + 2
    out = []
    for n, group in enumerate(groups):
        term = "CAST(0 AS BIGINT)"
        for f in group:
            term = f"({term}) * {sizes[f] + 2} + CASE WHEN {open_} THEN {at(f, 2 * words + 1)} ELSE {at(f, 2 * words)} END"
        out.append(f"{term} AS kind_{n}")
    return masks, out
