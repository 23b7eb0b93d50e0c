"""What the corpus is made of: authorities, norms, examples, untranslated rules."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from homerule.conditions.tree import Node

#: Where a norm ranks; a greater number prevails over a smaller one.
LEVELS: Mapping[str, int] = {
    "constitution": 90,
    "federal-statute": 80,
    "federal-regulation": 75,
    "federal-executive": 70,
    "state-constitution": 60,
    "state-statute": 50,
    "state-executive": 40,
    "county": 30,
    "city": 25,
    "agency-policy": 20,
    "agreement": 10,
}
#: Levels that only explain or expose: they never command a state or local body.
NO_COMMAND = frozenset({"federal-executive"})
LOCAL_LEVELS = frozenset({"county", "city"})

#: What an authority weighs, said of its kind. A case is binding or persuasive by place.
WEIGHTS: Mapping[str, str] = {
    "constitution": "constitution",
    "statute": "statute",
    "regulation": "regulation",
    "case": "binding holding",
    "order": "court order",
    "interim-order": "interim order",
    "ag-opinion": "attorney general opinion",
    "executive-order": "executive order",
    "directive": "directive",
    "ordinance": "ordinance",
    "resolution": "resolution",
    "policy": "agency policy",
    "agreement": "agreement",
    "form": "official form",
    "guidance": "guidance",
    "bill": "bill, not law",
    "event": "reported event",
    "none": "no authority found",
}
PERSUASIVE = "persuasive holding"

COMMANDS = ("require", "forbid")
EFFECTS = ("require", "forbid", "permit", "duty", "expose", "protect", "define", "untranslated")
STATUSES = ("settled", "contested", "enjoined", "pending", "not_enacted", "repealed")


class Period(NamedTuple):
    """Days in force: from ``start`` up to but not including ``end``. Between ``start`` and ``sure`` the start is doubtful."""

    start: dt.date
    end: dt.date | None = None
    sure: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Authority(NamedTuple):
    """A source of law."""

    id: str
    citation: str
    title: str
    kind: str
    level: str
    place: str
    in_force: tuple[Period, ...]
    status: str
    certainty: str
    source: str
    checked: dt.date
    weight: str = ""
    note: str = ""
    lean: str = ""
    file: str = ""
    line: int = 0

    @property
    def base_weight(self) -> str:
        if self.weight:
            return self.weight
        return "pending suit" if self.kind == "case" and self.status == "pending" else WEIGHTS[self.kind]


class Selector(NamedTuple):
    """Names norms to be voided: by id, or by every property given."""

    id: str = ""
    effect: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    place: str = ""

    def matches(self, norm: "Norm", act: str | None = None) -> bool:
        if self.id:
            return norm.id == self.id
        return (
            (not self.effect or norm.effect in self.effect)
            and (not self.level or norm.level in self.level)
            and (not self.acts or (act in self.acts if act else any(a in self.acts for a in norm.acts)))
            and (not self.kind or norm.authority.kind in self.kind)
            and (not self.basis or norm.basis in self.basis)
            and (not self.place or norm.place == self.place or norm.place.startswith(self.place + "/"))
        )


class Deadline(NamedTuple):
    """A clock (hours or days from an event) or a day. ``cap`` marks an outer limit, not a thing to do."""

    hours: int | None = None
    days: int | None = None
    counts: str = "clock"
    since: str = "release"
    by: dt.date | None = None
    cap: bool = False
    words: str = ""


class Norm(NamedTuple):
    """One rule that an authority states, with its reach folded in."""

    id: str
    authority: Authority
    pinpoint: str
    actors: frozenset[str]
    acts: tuple[str, ...]
    effect: str
    condition: Node
    when: str
    unless: str
    says: str
    level: str
    place: str
    periods: tuple[Period, ...]
    circuits: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    except_places: tuple[str, ...] = ()
    persuasive_elsewhere: bool = False
    voids: tuple[Selector, ...] = ()
    prevails_over: frozenset[str] = frozenset()
    preempts: frozenset[str] = frozenset()
    upholds: frozenset[str] = frozenset()
    basis: str = "command"
    side: str = ""
    contested: str = ""
    deadline: Deadline | None = None
    approval: str = ""
    penalty: str = ""
    reason: str = ""
    line: int = 0

    @property
    def rank(self) -> int:
        return LEVELS[self.level]

    @property
    def doubted(self) -> bool:
        """Contested on its own or through its authority."""
        return bool(self.contested) or self.authority.status == "contested"

    def period_on(self, day: dt.date) -> Period | None:
        for period in self.periods:
            if period.covers(day):
                return period
        return None

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Norm) and other.id == self.id

    def __ne__(self, other: object) -> bool:
        return not self == other


class Example(NamedTuple):
    """A worked case with its right answer."""

    place: str
    actor: str
    request: str
    on: dt.date
    facts: Mapping[str, Any]
    expect: Mapping[str, str]
    because: tuple[str, ...] = ()
    fell: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    clash: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    basis: Mapping[str, str] = MappingProxyType({})
    note: str = ""
    file: str = ""
    line: int = 0


class Layer(NamedTuple):
    """What the corpus holds of one place's own law. ``coverage``: encoded, or partial."""

    id: str
    name: str
    kind: str
    coverage: str
    checked: dt.date | None = None
    open_points: tuple[str, ...] = ()
    fips: str = ""
    counties: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
