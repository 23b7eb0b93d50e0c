"""A session of an interview as a plain value: it fits in a URL, and two that are equal ask the same question next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from homerule.errors import InputError, nearest, shorten
from homerule.vocabulary import Value

Said = tuple[str, str]  # a fact and its value, as text
MOST_CHARACTERS = 20_000
_KEYS = ("place", "actor", "request", "on", "act", "at", "fact", "answer", "ask_assumed", "thorough", "corpus")


class Session(NamedTuple):
    """Who is asked what, where and when, and what has been answered.

    ``on``: the day asked about, as YYYY-MM-DD. ``facts``: what was told without being asked. ``answers``: in the order given, with None
    for "I don't know". Values are text, as the command line takes them. ``corpus``: the version of the law that the session began with.
    """

    place: str
    actor: str
    request: str
    on: str
    facts: tuple[Said, ...] = ()
    answers: tuple[tuple[str, str | None], ...] = ()
    acts: tuple[str, ...] = ()
    at: str = ""
    ask_assumed: bool = False
    thorough: bool = False
    corpus: str = ""

    def to_url_query(self) -> str:
        """The session as the query of a URL, without the question mark. An answer without ``=`` is "I don't know"."""
        pairs = [("place", self.place), ("actor", self.actor), ("request", self.request), ("on", self.on)]
        pairs += [("act", act) for act in self.acts]
        pairs += [("at", self.at)] * bool(self.at)
        pairs += [("fact", f"{name}={value}") for name, value in self.facts]
        pairs += [("answer", name if value is None else f"{name}={value}") for name, value in self.answers]
        pairs += [(option, "1") for option in ("ask_assumed", "thorough") if getattr(self, option)]
        pairs += [("corpus", self.corpus)] * bool(self.corpus)
        return urlencode(pairs, safe=",:")

    @classmethod
    def from_url_query(cls, text: str) -> Session:
        """The session that `to_url_query` wrote. Raises InputError where it cannot be read."""
        if len(text) > MOST_CHARACTERS:
            raise InputError(f"the session has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read", where="session", help="Begin again")
        try:
            pairs = parse_qsl(text.strip().removeprefix("?"), keep_blank_values=True, strict_parsing=True, max_num_fields=400)
        except ValueError:
            raise InputError(f"`{shorten(text)}` is no session", where="session", help="Give the text that an earlier step printed, whole") from None
        one: dict[str, str] = {}
        many: dict[str, list[str]] = {"act": [], "fact": [], "answer": []}
        for key, value in pairs:
            if key in many:
                many[key].append(value)
            elif key not in _KEYS:
                raise InputError(f"a session has no `{shorten(key)}`", where="session", help=nearest(key, _KEYS))
            elif key in one:
                raise InputError(f"the session gives `{key}` twice", where="session", help="Give it once")
            else:
                one[key] = value
        facts = read_said(many["fact"])
        if gap := next((name for name, value in facts if value is None), None):
            raise InputError(f"the fact `{shorten(gap)}` has no value", where="session", help="Write fact=NAME=VALUE")
        _need(one)
        return cls(
            one["place"], one["actor"], one["request"], one["on"], tuple((n, v) for n, v in facts if v is not None), read_said(many["answer"]),
            tuple(many["act"]), one.get("at", ""), one.get("ask_assumed", "") == "1", one.get("thorough", "") == "1", one.get("corpus", ""),
        )  # fmt: skip

    def to_data(self) -> dict[str, Any]:
        """The session as JSON data. An answer whose value is null is "I don't know"."""
        return {
            "place": self.place, "actor": self.actor, "request": self.request, "on": self.on, "acts": list(self.acts), "at": self.at or None,
            "facts": dict(self.facts), "answers": [{"fact": name, "value": value} for name, value in self.answers],
            "ask_assumed": self.ask_assumed, "thorough": self.thorough, "corpus": self.corpus,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Session:
        """The session that `to_data` wrote. Raises InputError where it cannot be read."""
        if not isinstance(data, Mapping):
            raise InputError("a session is an object with place, actor, request and on", where="session")
        _need(data)
        try:
            facts = tuple((str(name), to_text(value)) for name, value in dict(data.get("facts") or {}).items())
            answers = tuple((str(a["fact"]), None if a["value"] is None else to_text(a["value"])) for a in data.get("answers") or ())
            acts = tuple(str(act) for act in data.get("acts") or ())
        except (TypeError, KeyError, ValueError):
            raise InputError("the facts or answers of the session cannot be read", where="session", help="Give what an earlier step printed, whole") from None
        return cls(
            str(data["place"]), str(data["actor"]), str(data["request"]), str(data["on"]), facts, answers, acts, str(data.get("at") or ""),
            data.get("ask_assumed") is True, data.get("thorough") is True, str(data.get("corpus") or ""),
        )  # fmt: skip


def _need(data: Mapping[str, Any]) -> None:
    for name in ("place", "actor", "request", "on"):
        if not data.get(name):
            raise InputError(f"the session does not say `{name}`", where="session", help="A session has place, actor, request and on")


def read_said(parts: list[str]) -> tuple[tuple[str, str | None], ...]:
    """``NAME=VALUE`` texts; one without ``=`` says that the value is not known."""
    return tuple((name, value if mark else None) for name, mark, value in (p.partition("=") for p in parts))


def to_text(value: Value | list[str]) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (frozenset, set, list, tuple)):
        return ",".join(sorted(map(str, value)))
    return value.isoformat() if isinstance(value, dt.date) else str(value)
