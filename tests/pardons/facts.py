"""Whole sets of facts, drawn at random."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from homerule.pardons.load import Law

DAYS = [dt.date(1955, 5, 1), dt.date(1970, 1, 1), dt.date(1988, 12, 1), dt.date(1995, 6, 1), dt.date(2003, 6, 30), dt.date(2003, 7, 1), dt.date(2018, 6, 1), dt.date(2019, 10, 25),
        dt.date(2019, 10, 26), dt.date(2020, 5, 21), dt.date(2021, 3, 23), dt.date(2023, 8, 8), dt.date(2024, 8, 21), dt.date(2024, 8, 22), dt.date(2026, 11, 1)]  # fmt: skip
_OURS = ("ground", "derived")


def names(law: Law) -> list[str]:
    """The facts that a case can give."""
    return [n for n, a in law.about.items() if a not in _OURS]


def value(law: Law, name: str) -> st.SearchStrategy[Any]:
    """Any value of a fact, near the points where rules turn."""
    fact = law.facts[name]
    if fact.type == "bool":
        return st.booleans()
    if fact.type == "enum":
        return st.sampled_from(fact.values)
    return st.sampled_from(DAYS) if fact.type == "date" else st.sampled_from([0, 1, 180, 181, 364, 365, 366, 1824, 1825, 5000])


def complete(law: Law) -> st.SearchStrategy[dict[str, Any]]:
    """Every fact."""
    return st.fixed_dictionaries({n: value(law, n) for n in names(law)})
