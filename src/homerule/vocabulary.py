"""The words: actors, groups, acts, request kinds and facts, read from the law folder's ``vocabulary.toml``.

Nothing here knows a particular word. A jurisdiction may declare further facts in its own ``facts.toml``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from homerule.errors import InputError, nearest, shorten

Value = bool | str | int | dt.date | frozenset[str]
FACT_TYPES = ("bool", "enum", "set", "int", "date")
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Actor(NamedTuple):
    """Who is asked. ``level`` is the kind of government it answers to: county, city, state, or any."""

    name: str
    words: str
    level: str


class Act(NamedTuple):
    """What the body would do. ``crime`` marks acts that are prohibited to everybody."""

    name: str
    words: str
    noun: str
    crime: bool = False


class RequestKind(NamedTuple):
    """A form or a question, and the acts it asks for."""

    name: str
    words: str
    acts: tuple[str, ...]


class Fact(NamedTuple):
    """A typed question. ``assumed`` is used when no answer is given and is then shown in the answer."""

    name: str
    type: str
    question: str
    help: str = ""
    values: tuple[str, ...] = ()
    implies: Mapping[str, tuple[str, ...]] = NOTHING
    labels: Mapping[str, str] = NOTHING
    words: str = ""
    words_no: str = ""
    unit: str = ""
    min: int = 0
    max: int = 1_000_000
    assumed: Any = None
    cost: int = 2
    no_more_than: str = ""  # a fact whose value is never smaller than this one's
    place: str = "us"

    def parse(self, given: object) -> Value:
        """``given`` (text, or a Python value) as a value of this fact.

        Raises InputError naming the fact, what was given and what would do.
        """
        value: Value = _PARSERS[self.type](self, given)
        return self.close(value) if isinstance(value, frozenset) else value

    def close(self, value: frozenset[str]) -> frozenset[str]:
        """A set with everything that its members imply."""
        out = set(value)
        for member in value:
            out.update(self.implies.get(member, ()))
        return frozenset(out)

    def show(self, value: object) -> str:
        """``value`` in words."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, frozenset):
            return " and ".join(self.label(v) for v in self.values if v in value)
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, int):
            return f"{value} {self.unit}".strip()
        return self.label(str(value))

    def label(self, value: str) -> str:
        return self.labels.get(value, value.replace("_", " "))

    def _refuse(self, given: object, want: str) -> InputError:
        help = want if want.startswith(("Did", "Known")) else f"Give {want}"
        return InputError(f"`{shorten(str(given))}` is no value of the fact `{self.name}`", help=help)


def plain(value: object) -> Any:
    """A value as JSON holds it: sets become sorted lists, dates ISO text."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _parse_bool(fact: Fact, given: object) -> bool:
    if isinstance(given, bool):
        return given
    word = str(given).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise fact._refuse(given, "true or false")


def _parse_enum(fact: Fact, given: object) -> str:
    word = str(given).strip()
    if word not in fact.values:
        raise fact._refuse(given, nearest(word, fact.values).rstrip("."))
    return word


def _parse_set(fact: Fact, given: object) -> frozenset[str]:
    parts: Iterable[object] = str(given).replace("+", ",").split(",") if isinstance(given, str) else given  # type: ignore[assignment]
    if not isinstance(parts, (list, tuple, set, frozenset)):
        raise fact._refuse(given, "one or more of its values, separated by commas")
    words = [str(p).strip() for p in parts if str(p).strip()]
    for word in words:
        if word not in fact.values:
            raise fact._refuse(word, nearest(word, fact.values).rstrip("."))
    if not words:
        raise fact._refuse(given, "at least one value; `none` where there is none")
    if "none" in words and len(set(words)) > 1:
        raise fact._refuse(given, "either `none` or the classes that apply, not both")
    return frozenset(words)


def _parse_int(fact: Fact, given: object) -> int:
    if isinstance(given, bool):
        raise fact._refuse(given, f"a whole number of {fact.unit or 'units'}")
    text = str(given).strip()
    sign = text[1:] if text[:1] in "+-" else text
    if len(text) > 9 or not (sign.isascii() and sign.isdigit()):
        raise fact._refuse(given, f"a whole number of {fact.unit or 'units'} from {fact.min} to {fact.max}")
    number = int(text)
    if not fact.min <= number <= fact.max:
        raise fact._refuse(given, f"a whole number of {fact.unit or 'units'} from {fact.min} to {fact.max}")
    return number


def _parse_date(fact: Fact, given: object) -> dt.date:
    if isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(str(given).strip())
    except ValueError:
        raise fact._refuse(given, "a day as YYYY-MM-DD") from None


_PARSERS: dict[str, Callable[[Fact, object], Value]] = {"bool": _parse_bool, "enum": _parse_enum, "set": _parse_set, "int": _parse_int, "date": _parse_date}


class Vocabulary(NamedTuple):
    """All words, by name."""

    actors: Mapping[str, Actor]
    groups: Mapping[str, frozenset[str]]
    acts: Mapping[str, Act]
    requests: Mapping[str, RequestKind]
    facts: Mapping[str, Fact]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Vocabulary":
        """From the parsed TOML (or its compiled JSON)."""
        actors = {n: Actor(n, a["words"], a["level"]) for n, a in data["actors"].items()}
        return cls(
            actors=actors,
            groups={n: frozenset(m) for n, m in data["groups"].items()} | {"all": frozenset(actors)},
            acts={n: Act(n, a["words"], a["noun"], a.get("crime", False)) for n, a in data["acts"].items()},
            requests={n: RequestKind(n, r["words"], tuple(r["acts"])) for n, r in data["requests"].items()},
            facts={n: fact_from_data(n, f) for n, f in data["facts"].items()},
        )

    def with_facts(self, more: Mapping[str, Fact]) -> "Vocabulary":
        return Vocabulary(self.actors, self.groups, self.acts, self.requests, {**self.facts, **more})

    def bound(self, names: Iterable[str]) -> frozenset[str]:
        """The actors that ``binds`` names, groups unfolded. Raises InputError on an unknown word."""
        out: set[str] = set()
        for name in names:
            if name in self.groups:
                out |= self.groups[name]
            elif name in self.actors:
                out.add(name)
            else:
                raise InputError(f"`{shorten(name)}` is neither an actor nor a group", help=nearest(name, [*self.actors, *self.groups]))
        return frozenset(out)

    def actor(self, name: str) -> Actor:
        if name not in self.actors:
            raise InputError(f"no actor is called `{shorten(name)}`", help=nearest(name, list(self.actors)))
        return self.actors[name]

    def act(self, name: str) -> Act:
        if name not in self.acts:
            raise InputError(f"no act is called `{shorten(name)}`", help=nearest(name, list(self.acts)))
        return self.acts[name]

    def asked(self, name: str) -> RequestKind:
        """The request kind called ``name``; a bare act counts as a request for that act."""
        if name in self.requests:
            return self.requests[name]
        if name in self.acts:
            return RequestKind(name, f"the question whether to {self.acts[name].words}", (name,))
        raise InputError(f"no request kind or act is called `{shorten(name)}`", help=nearest(name, [*self.requests, *self.acts]))

    def fact(self, name: str) -> Fact:
        if name not in self.facts:
            raise InputError(f"no fact is called `{shorten(name)}`", help=nearest(name, list(self.facts)))
        return self.facts[name]


def fact_from_data(name: str, data: Mapping[str, Any], place: str = "us") -> Fact:
    """One ``[facts.NAME]`` table as a Fact."""
    known = {**data, "name": name, "place": data.get("place", place)}
    known["values"] = tuple(data.get("values", ()))
    known["implies"] = {k: tuple(v) for k, v in data.get("implies", {}).items()}
    fact = Fact(**known)
    return fact if fact.assumed is None else fact._replace(assumed=fact.parse(fact.assumed))
