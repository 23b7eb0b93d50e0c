"""What an assessment is made of, and the roll-up over its grounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.pardons.case import Charge
from homerule.pardons.model import GONE, UNSETTLED
from homerule.pardons.relief import Adjacent, Matter
from homerule.pardons.time import Time
from homerule.vocabulary import Value

NOTICE = "Not legal advice. This is the effect of the instrument on the facts given, never a finding that somebody is safe from removal."


class Cited(NamedTuple):
    """An authority as a result names it."""

    id: str
    citation: str
    title: str
    certainty: str


class Tested(NamedTuple):
    """One test of an instrument. ``results``: pass, fail, unsettled or skip; several where facts are missing."""

    test: str
    name: str
    results: tuple[str, ...]
    lean: str
    says: tuple[str, ...]
    readings: tuple[str, ...]
    authorities: tuple[str, ...]
    certainty: str
    depends_on: tuple[str, ...]
    rules: tuple[str, ...]


class Paper(NamedTuple):
    """An instrument held against one conviction. ``result``: pass, fail, unsettled, depends, or not_clemency where it is tested by other rules."""

    instrument: str
    kind: str
    conviction: str
    result: str
    lean: str
    passes: tuple[str, ...]
    fails: tuple[str, ...]
    unsettled: tuple[str, ...]
    depends: tuple[str, ...]
    tests: tuple[Tested, ...]


class Row(NamedTuple):
    """One ground. ``outcome`` is None where facts are missing: then ``outcomes`` lists those that are possible and ``depends_on`` what decides.

    ``charged``: yes, one_of (the charge names several grounds) or no. ``chargeable``: yes, possible or no, on the classes and facts given.
    ``when``: now, possible (it is not known which side is tested) or later (only on travel, admission or an application).
    """

    ground: str
    section: str
    cite: str
    title: str
    side: str
    charged: str
    chargeable: str
    when: str
    outcome: str | None
    outcomes: tuple[str, ...]
    lean: str
    says: tuple[str, ...]
    readings: tuple[str, ...]
    rules: tuple[str, ...]
    authorities: tuple[str, ...]
    certainty: str
    depends_on: tuple[str, ...]
    convictions: tuple[str, ...]
    unsure: tuple[str, ...]
    instrument: str
    fails: tuple[str, ...]
    would_change: tuple[str, ...] = ()


class Left(NamedTuple):
    """Whether removal is still possible: yes, no, unsettled or depends, and on which grounds (for sure, perhaps)."""

    answer: str
    on: tuple[str, ...]
    perhaps: tuple[str, ...]
    words: str


class Assessment(NamedTuple):
    """A whole assessment."""

    on: dt.date
    clause: str
    facts: Mapping[str, Value]
    papers: tuple[Paper, ...]
    grounds: tuple[Row, ...]
    still_removable: Left
    relief: tuple[Matter, ...]
    adjacent: tuple[Adjacent, ...]
    steps: tuple[str, ...]
    time: tuple[Time, ...]
    assumed: tuple[str, ...]
    untouched: str
    notes: tuple[str, ...]
    authorities: tuple[Cited, ...]
    receipt: Mapping[str, str]
    notice: str

    def as_data(self) -> dict[str, Any]:
        """The assessment as JSON data; the keys are described in docs/how-to/pardons.md."""
        from homerule.reasoning.finding import as_data

        return {name: as_data(value) for name, value in zip(self._fields, self)}

    def outcome(self, ground: str) -> str | None:
        """The outcome of a ground by its id; None where it is open or not among the rows."""
        return next((r.outcome for r in self.grounds if r.ground == ground), None)


def left(rows: Sequence[Row], charges: Sequence[Charge]) -> Left:
    """The roll-up over the grounds tested now. A charge counts as proven; a ground that is only chargeable counts where the facts bring it in.

    A charge that names several grounds counts as one of them: it is left for sure only where each of them is.
    """
    sure, unsettled, depends = [], [], []
    shared = {g: c for c in charges if len(c.grounds) > 1 for g in c.grounds}
    by_name = {r.ground: r for r in rows}
    for r in rows:
        outcomes = set(r.outcomes)
        if r.ground in shared:
            outcomes |= {o for g in shared[r.ground].grounds if g in by_name for o in by_name[g].outcomes}
        if r.when == "later" or set(r.outcomes) <= GONE:
            continue
        if r.when == "possible" or (r.charged == "no" and r.chargeable != "yes") or outcomes & GONE:
            depends.append(r)
        elif UNSETTLED in outcomes:
            unsettled.append(r)
        else:
            sure.append(r)
    perhaps = tuple(dict.fromkeys(r.section for r in (*unsettled, *depends)))
    if sure:
        return Left("yes", tuple(dict.fromkeys(r.section for r in sure)), perhaps, "What the instrument does elsewhere does not change that.")
    if unsettled:
        return Left("unsettled", (), perhaps, "Whether the person is still removable turns on a question that is not settled.")
    if depends:
        return Left("depends", (), perhaps, "Whether the person is still removable turns on facts that are not known, or on charges that may be brought.")
    if all(r.when == "later" for r in rows):
        return Left("no", (), (), "On the facts given no ground of removal is charged, and none tested now can be charged on these convictions.")
    return Left("no", (), (), "On these facts no ground named here is left. That is the effect of the instrument, not a finding that the person is safe.")
