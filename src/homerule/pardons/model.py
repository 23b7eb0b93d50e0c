"""What the law of pardons is made of: authorities, tests, rules, grounds, classes of offence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from homerule.conditions.tree import Node

WAIVED, NOT_WAIVED, UNSETTLED = "WAIVED", "NOT_WAIVED", "UNSETTLED"
NOTHING, NOT_QUALIFYING, NOT_A_CONVICTION = "NOTHING_TO_ACT_ON", "NOT_A_QUALIFYING_PARDON", "NOT_A_CONVICTION"
#: Every outcome of a ground, from the best for the person to the worst.
OUTCOMES = (WAIVED, NOT_A_CONVICTION, UNSETTLED, NOTHING, NOT_QUALIFYING, NOT_WAIVED)
#: Outcomes after which nobody can be removed on the ground.
GONE = frozenset({WAIVED, NOT_A_CONVICTION})
PASS, FAIL, SKIP, DOUBT = "pass", "fail", "skip", "unsettled"
#: What the tests of an instrument come to together.
QUALIFIES = ("pass", "fail", "unsettled_pass", "unsettled_fail")


class Source(NamedTuple):
    """An authority of the pardon files."""

    id: str
    citation: str
    title: str
    source: str
    certainty: str


class Rule(NamedTuple):
    """One rule of a list. The first rule of a list whose condition holds decides."""

    id: str
    of: str
    result: str
    lean: str
    condition: Node
    says: str
    readings: tuple[str, ...]
    authority: tuple[str, ...]
    certainty: str
    line: int = 1


class Question(NamedTuple):
    """A matter beside the grounds (naturalisation, travel …) with a list of rules of its own. ``stage``: relief or adjacent."""

    id: str
    stage: str
    name: str
    relevant: Node


class Number(NamedTuple):
    """A number that a ground had: ``code`` as written, its ``parts``, and the days from ``start`` up to but not including ``end``."""

    code: str
    parts: tuple[str, ...]
    start: dt.date
    end: dt.date | None

    def covers(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Ground(NamedTuple):
    """A ground of removal. ``arises``: what must be shown (None where only a charge brings it up); ``fails``: what takes a case out; ``needed``: how many convictions."""

    id: str
    title: str
    side: str
    family: str
    needs: str
    arises: Node | None
    fails: Node
    needed: int
    convicted_by: tuple[str, ...]
    numbers: tuple[Number, ...]
    authority: tuple[str, ...]
    certainty: str
    note: str
    line: int = 1

    def number(self, day: dt.date) -> Number:
        """Its number on ``day``; the newest where it had none then."""
        return next((n for n in self.numbers if n.covers(day)), self.numbers[0])

    def stands(self, day: dt.date) -> bool:
        """Whether the ground was law on ``day``."""
        return any(n.covers(day) for n in self.numbers)


class Offence(NamedTuple):
    """A class of offence and the elements that it sets: a condition each, or None where the class does not say."""

    id: str
    title: str
    convicted_by: tuple[str, ...]
    sets: Mapping[str, Node | None]
    line: int = 1


class Clause(NamedTuple):
    """The pardon clause under one of its numbers."""

    start: dt.date
    end: dt.date | None
    cite: str
    ina: str
    certainty: str


class Clock(NamedTuple):
    """A deadline of ``days`` from the day that the case gives as ``start``."""

    id: str
    start: str
    days: int
    says: str
    authority: tuple[str, ...]
    certainty: str


class Cap(NamedTuple):
    """A state's law that caps misdemeanours below a year, and the first day on which that is sure."""

    state: str
    start: dt.date
    doubtful: dt.date | None
    certainty: str


class Ideal(NamedTuple):
    """A grant at its best, to say what would change a result. ``suppose``: facts to take where they are not known."""

    words: str
    condition: Node
    suppose: Mapping[str, object]
    facts: Mapping[str, object]
