"""No small number is shown, and none can be worked out from what is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.replay.suppress import suppress


def settled(counts: dict[Any, int], sums: list[list[Any]], hidden: set[Any]) -> set[Any]:
    """The hidden numbers that exact elimination finds."""
    order = sorted(hidden, key=str)
    rows = [[Fraction((-1 if k == line[0] else 1) if k in line else 0) for k in order] for line in sums]
    pivots: dict[int, list[Fraction]] = {}
    for row in rows:
        for p, other in pivots.items():
            if row[p]:
                row = [a - row[p] * b for a, b in zip(row, other)]
        lead = next((i for i, x in enumerate(row) if x), None)
        if lead is None:
            continue
        row = [x / row[lead] for x in row]
        pivots = {p: [a - o[lead] * b for a, b in zip(o, row)] for p, o in pivots.items()}
        pivots[lead] = row
    return {order[p] for p, row in pivots.items() if sum(bool(x) for x in row) == 1}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.one_of(st.integers(0, 15), st.integers(0, 400)), min_size=3, max_size=3), min_size=1, max_size=6), st.integers(2, 20))
def test_two_way_tables_with_totals(table: list[list[int]], least: int) -> None:
    counts: dict[Any, int] = {}
    for i, row in enumerate(table):
        for j, n in enumerate(row):
            counts[i, j] = n
        counts[i, "all"] = sum(row)
    for j in (0, 1, 2, "all"):
        counts["all", j] = sum(counts[i, j] for i in range(len(table)))
    sums = [[(i, "all"), *((i, j) for j in range(3))] for i in (*range(len(table)), "all")] + [[("all", j), *((i, j) for i in range(len(table)))] for j in (0, 1, 2, "all")]
    hidden = suppress(counts, sums, least)
    small = {k for k, n in counts.items() if 0 < n < least}
    assert small <= hidden
    found = settled(counts, sums, hidden) & small
    if found:  # only where everything that could hide it is hidden already
        assert all(set(line) <= hidden | {k for k in line if counts[k] == 0} for line in sums if found & set(line))


def test_a_lone_small_number_takes_another_with_it() -> None:
    counts = {"all": 105, "a": 5, "b": 40, "c": 60}
    assert suppress(counts, [["all", "a", "b", "c"]], 11) == {"a", "b"}
    assert suppress(counts, [["all", "a", "b", "c"]], 5) == set()


def test_two_small_numbers_whose_sum_is_small_take_a_third() -> None:
    counts = {"all": 106, "a": 2, "b": 4, "c": 100}
    assert suppress(counts, [["all", "a", "b", "c"]], 11) == {"a", "b", "c"}
