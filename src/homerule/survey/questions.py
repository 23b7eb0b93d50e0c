"""The standard questions of the matrix: whom each act is asked of, on which facts. They are data, in ``matrix.toml`` of the law folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.corpus import Corpus
from homerule.errors import CorpusError, HomeruleError, InputError, nearest, shorten

FILE = "matrix.toml"
Facts = Mapping[str, Any]


class Question(NamedTuple):
    """How one act is asked. ``actors``: whom the question makes sense to, the standing one first; ``head``: a column's head, a line each.

    ``weight`` (0 or more) and ``direction`` (+1: doing the act helps federal enforcement; -1: doing it limits that help) say how it counts in the index.
    """

    act: str
    actors: tuple[str, ...]
    request: str
    head: tuple[str, ...]
    text: str
    facts: Facts
    weight: float
    direction: int


class Profile(NamedTuple):
    """A standard case: its words, its acts in order, the facts of every cell, and those that one place's law adds."""

    id: str
    title: str
    says: str
    acts: tuple[str, ...]
    facts: Facts
    places: Mapping[str, Facts]


class Questions(NamedTuple):
    """All of ``matrix.toml``. ``actors_at`` names who answers where the usual body does not exist: place, usual actor, actor."""

    profiles: Mapping[str, Profile]
    acts: Mapping[str, Question]
    actors_at: Mapping[str, Mapping[str, str]]
    facts_at: Mapping[str, Facts]

    def profile(self, name: str) -> Profile:
        """The profile called ``name``. Raises InputError."""
        if name not in self.profiles:
            raise InputError(f"no profile is called `{shorten(name)}`", where="--profile", help=nearest(name, list(self.profiles)))
        return self.profiles[name]

    def question(self, act: str) -> Question:
        """How ``act`` is asked. Raises InputError."""
        if act not in self.acts:
            raise InputError(f"the matrix has no question for the act `{shorten(act)}`", where="--acts", help=nearest(act, list(self.acts)))
        return self.acts[act]

    def columns(self, profile: Profile, acts: Sequence[str] = (), actors: Sequence[str] = ()) -> tuple["Column", ...]:
        """The columns for these acts (the profile's if none) and actors (the standing one of each act if none).

        Actors without acts give the acts that name one of them. Raises InputError where nothing is left.
        """
        if acts or not actors:
            pairs = [(self.question(a), w) for a in (acts or profile.acts) for w in (actors or self.question(a).actors[:1])]
        else:
            pairs = [(q, w) for a in profile.acts for w in actors if w in (q := self.question(a)).actors]
        if not pairs:
            raise InputError(f"none of the standard questions is asked of {', '.join(f'`{shorten(a)}`' for a in actors)}", where="--actors", help="Name the acts too, with --acts")
        return tuple(Column(q, w, standing=not actors) for q, w in dict.fromkeys((q.act, w) for q, w in pairs) for q in (self.acts[q],))

    def actor_at(self, place: str, column: "Column") -> str:
        """Who answers a column at ``place``."""
        other = self.actors_at.get(place, {}).get(column.actor, "") if column.standing else ""
        return other if other in column.question.actors else column.actor

    def facts_of(self, profile: Profile, column: "Column", place: str) -> dict[str, Any]:
        """The facts of one cell, as `matrix.toml` gives them."""
        return {**profile.facts, **column.question.facts, **self.facts_at.get(place, {}), **profile.places.get(place, {})}


class Column(NamedTuple):
    """One question put to one actor. ``standing``: the actor is the question's own, and may be another body in some places."""

    question: Question
    actor: str
    standing: bool


def read_questions(corpus: Corpus) -> Questions:
    """The standard questions of a corpus. Raises CorpusError naming file and entry."""
    path = os.path.join(corpus.folder, FILE)
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
        return _read(data, corpus)
    except FileNotFoundError:
        raise CorpusError(f"`{corpus.folder}` holds no {FILE}", help="Name the law folder of the package, or write the file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot be read: {error}", where=path, help="Mend the file") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CorpusError(f"an entry has the wrong shape: {what}", where=path, help="Look at the entries beside it") from None
    except HomeruleError as error:
        raise CorpusError(error.message, where=path, help=error.help) from None


def _read(data: Mapping[str, Any], corpus: Corpus) -> Questions:
    words = corpus.vocabulary_for(("us",))
    acts = {}
    for name, d in data["acts"].items():
        words.act(name)
        for actor in d["actors"]:
            words.actor(actor)
        if name not in words.asked(d["request"]).acts:
            raise InputError(f"acts.{name}: the request `{d['request']}` does not ask this act", help="Name a request kind that does, or the act itself")
        if d["direction"] not in (1, -1) or d["weight"] < 0 or not d["actors"]:
            raise InputError(f"acts.{name}: direction is 1 or -1, weight is 0 or more, and there is at least one actor", help="Mend the entry")
        _check_facts(d.get("facts", {}), f"acts.{name}", words.facts)
        acts[name] = Question(name, tuple(d["actors"]), d["request"], tuple(d["head"]), d["question"], d.get("facts", {}), float(d["weight"]), d["direction"])
    profiles: dict[str, Profile] = {}
    for name, d in data["profiles"].items():
        if d.get("like", name) not in data["profiles"]:
            raise InputError(f"profiles.{name}: no profile is called `{d['like']}`", help=nearest(d["like"], list(data["profiles"])))
        base = profiles.get(d.get("like", ""), Profile("", "", "", (), {}, {}))
        for act in d.get("acts", ()):
            if act not in acts:
                raise InputError(f"profiles.{name}: there is no question for the act `{act}`", help=nearest(act, list(acts)))
        _check_facts(d.get("facts", {}), f"profiles.{name}", words.facts)
        places = {p: {**base.places.get(p, {}), **d.get("places", {}).get(p, {})} for p in {**base.places, **d.get("places", {})}}
        profiles[name] = Profile(name, d["title"], d["says"], tuple(d.get("acts", base.acts)), {**base.facts, **d.get("facts", {})}, places)
    places = data.get("places", {})
    for place, d in places.items():
        for usual, other in d.get("actors", {}).items():
            words.actor(usual), words.actor(other)
    for place, facts in [*((p, d.get("facts", {})) for p, d in places.items()), *((p, f) for x in profiles.values() for p, f in x.places.items())]:
        if corpus.shard(place):  # a corpus may hold only some places
            _check_facts(facts, f"places.{place}", corpus.vocabulary_for(("us", place)).facts)
    return Questions(profiles, acts, {p: d["actors"] for p, d in places.items() if "actors" in d}, {p: d["facts"] for p, d in places.items() if "facts" in d})


def _check_facts(facts: Facts, where: str, known: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if name not in known:
            raise InputError(f"{where}: no fact is called `{shorten(name)}`", help=nearest(name, list(known)))
        known[name].parse(value)
