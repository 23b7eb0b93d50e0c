"""What would change a result: the smallest changes of the instrument that waive a ground, else whether a grant at its best would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from homerule.conditions import evaluate
from homerule.conditions.words import given
from homerule.pardons.model import GONE, NOTHING, UNSETTLED
from homerule.vocabulary import Value

if TYPE_CHECKING:
    from homerule.pardons.assessment import Work
    from homerule.pardons.result import Row

_MOST_SHOWN = 4
_MOST_AT_ONCE = 2
_ANOTHER_PAPER = ("instrument", "grantor")  # changed only by a grant of another kind: see the ideals


def with_changes(work: Work, rows: Sequence[Row]) -> list[Row]:
    """The rows, each with what would change it."""
    return [r._replace(would_change=tuple(_changes(work, r))) for r in rows]


def _changes(work: Work, row: Row) -> list[str]:
    ground = work.law.grounds[row.ground]
    if set(row.outcomes) <= GONE or ground.family == "conduct" or row.outcomes == (NOTHING,):
        return []
    out: list[str] = []
    for size in range(1, _MOST_AT_ONCE + 1):
        for moves in _moves(work, row, size):
            results = _results(work, row, moves)
            if results <= GONE:
                out.append(f"if {' and '.join(given(work.law.facts[n], v) for n, v in moves.items())}: {_word(results)}")
        if out:
            return list(dict.fromkeys(out))[:_MOST_SHOWN]
    return _ideals(work, row)


def _facts(work: Work, row: Row) -> Mapping[str, Value]:
    """The facts of the first conviction that the row rests on, under its first instrument."""
    return work.pairs[(row.convictions or tuple(work.convictions))[0]][0].facts


def _moves(work: Work, row: Row, size: int) -> Iterator[dict[str, Value]]:
    """Every way of making ``size`` facts of the instruments otherwise, where they can matter."""
    if not work.case.instruments:
        return
    asked, now = work.effect.ground(work.law.grounds[row.ground].family).facts, _facts(work, row)
    one = len(row.convictions or tuple(work.convictions)) == 1 and len(work.case.instruments) == 1
    names = [n for n in work.law.changeable if n in asked and n not in _ANOTHER_PAPER]
    values = {n: [v for v in ((True, False) if work.law.facts[n].type == "bool" else work.law.facts[n].values) if not one or v != now.get(n)] for n in names}
    for chosen in combinations(names, size):
        some: list[dict[str, Value]] = [{}]
        for name in chosen:
            some = [{**s, name: v} for s in some for v in values[name]]
        yield from some


def _results(work: Work, row: Row, moved: Mapping[str, Value]) -> set[str]:
    """The outcomes of the row's ground with ``moved`` facts."""
    resting = [work.convictions[c] for c in row.convictions or tuple(work.convictions)]
    rules, _ = work.together(work.law.grounds[row.ground], resting, work.charge_of(row.ground), moved)
    return {r.result for r in rules}


def _open(work: Work, row: Row, moved: Mapping[str, Value]) -> list[str]:
    """The facts that leave the outcome with ``moved`` open."""
    resting = [work.convictions[c] for c in row.convictions or tuple(work.convictions)]
    return work.together(work.law.grounds[row.ground], resting, work.charge_of(row.ground), moved)[1]


def _ideals(work: Work, row: Row) -> list[str]:
    """What a grant at its best, or a vacatur, would do; and that no pardon would, where none does."""
    out, pardons, helped = [], 0, False
    now = _facts(work, row)
    by = work.law.grounds[row.ground].convicted_by
    known = {"convicted_by": by[0], **now} if len(by) == 1 else now
    for ideal in work.law.ideals:
        if evaluate(ideal.condition, known) is False:
            continue
        supposed = {n: v for n, v in ideal.suppose.items() if n not in known}
        results = _results(work, row, {**supposed, **ideal.facts})  # type: ignore[dict-item]
        pardon = ideal.facts.get("instrument") == "pardon"
        pardons += pardon
        if results <= GONE or (results == {UNSETTLED} and row.outcomes != (UNSETTLED,)):
            helped = helped or pardon
            out.append(f"{ideal.words}: {'unsettled' if results == {UNSETTLED} else _word(results)}")
        elif results <= {*GONE, UNSETTLED} and UNSETTLED not in row.outcomes:
            out.append(f"{ideal.words}: {_word(results - {UNSETTLED})}, or unsettled ({', '.join(work.law.facts[n].words for n in _open(work, row, {**supposed, **ideal.facts}))})")  # type: ignore[dict-item]
    if pardons and not helped:
        out.insert(0, "no pardon, however it is worded, waives this ground for certain" if UNSETTLED in row.outcomes else "no pardon that this conviction can get waives this ground")
    return out


def _word(results: set[str]) -> str:
    return "waived" if results == {"WAIVED"} else "no conviction that counts" if results == {"NOT_A_CONVICTION"} else "gone"
