"""The standard questions of the matrix: whom each act is asked of, on which facts. They are data, in ``matrix.toml`` of the law folder."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.corpus import Corpus
from homerule.errors import CorpusError, HomeruleError, InputError, nearest, shorten
from homerule.vocabulary import Vocabulary

FILE = "matrix.toml"
Facts = Mapping[str, Any]


class Question(NamedTuple):
    """How one act is asked in one setting. ``actors``: whom the question makes sense to, the standing one first; ``head``: a column's head, a line each.

    ``weight`` (0 or more) and ``direction`` (+1: doing the act helps federal enforcement; -1: doing it limits that help) say how it counts in the index.
    """

    id: str
    act: str
    actors: tuple[str, ...]
    request: str
    head: tuple[str, ...]
    text: str
    facts: Facts
    weight: float
    direction: int


class Profile(NamedTuple):
    """A standard case: its words, its questions in order, the facts of every cell, and those that one place's law adds."""

    id: str
    title: str
    says: str
    questions: tuple[str, ...]
    facts: Facts
    places: Mapping[str, Facts]


class Column(NamedTuple):
    """One question put to one actor. ``standing``: the actor is the question's own, and may be another body in some places."""

    question: Question
    actor: str
    standing: bool
    text: str


class Questions(NamedTuple):
    """All of ``matrix.toml``. ``actors_at`` names who answers where the usual body does not exist: place, usual actor, actor."""

    profiles: Mapping[str, Profile]
    questions: Mapping[str, Question]
    actors_at: Mapping[str, Mapping[str, str]]
    facts_at: Mapping[str, Facts]

    def profile(self, name: str) -> Profile:
        """The profile called ``name``. Raises InputError."""
        if name not in self.profiles:
            raise InputError(f"no profile is called `{shorten(name)}`", where="--profile", help=nearest(name, list(self.profiles)))
        return self.profiles[name]

    def question(self, name: str) -> Question:
        """The question of this name: an act's own, or a setting of an act. Raises InputError."""
        if name not in self.questions:
            raise InputError(f"the matrix asks no question called `{shorten(name)}`", where="--acts", help=nearest(name, list(self.questions)))
        return self.questions[name]

    def columns(self, words: Vocabulary, profile: Profile, acts: Sequence[str] = (), actors: Sequence[str] = ()) -> tuple[Column, ...]:
        """The columns for these questions (the profile's if none) and actors (the standing one of each if none).

        Actors without questions give those that make sense to one of them. Raises InputError where nothing is left.
        """
        for actor in actors:
            words.actor(actor)
        asked = [self.question(a) for a in dict.fromkeys(acts or profile.questions)]
        found = [
            Column(q, w, not actors, f"May {words.actor(w).words} {words.act(q.act).words}?" if actors else q.text)
            for q in asked for w in (dict.fromkeys(actors) or q.actors[:1]) if acts or not actors or w in q.actors
        ]  # fmt: skip
        if not found:
            raise InputError(f"none of the standard questions is asked of {', '.join(f'`{shorten(a)}`' for a in actors)}", where="--actors", help="Name the acts too, with --acts")
        return tuple(found)

    def actor_at(self, place: str, column: Column) -> str:
        """Who answers a column at ``place``."""
        other = self.actors_at.get(place, {}).get(column.actor, "") if column.standing else ""
        return other if other in column.question.actors else column.actor

    def facts_of(self, profile: Profile, column: Column, place: str) -> dict[str, Any]:
        """The facts of one cell, as ``matrix.toml`` gives them."""
        return {**profile.facts, **column.question.facts, **self.facts_at.get(place, {}), **profile.places.get(place, {})}


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
    questions = {name: _question(name, d, words) for name, d in data["questions"].items()}
    profiles: dict[str, Profile] = {}
    for name, d in data["profiles"].items():
        like = d.get("like", "")
        if like and like not in profiles:
            raise InputError(f"profiles.{name}: no profile above it is called `{shorten(like)}`", help=nearest(like, list(profiles)))
        base = profiles[like] if like else Profile("", "", "", (), {}, {})
        for asked in d.get("questions", ()):
            if asked not in questions:
                raise InputError(f"profiles.{name}: there is no question `{shorten(asked)}`", help=nearest(asked, list(questions)))
        _check_facts(d.get("facts", {}), f"profiles.{name}", words.facts)
        own = d.get("places", {})
        places = {p: {**base.places.get(p, {}), **own.get(p, {})} for p in {**base.places, **own}}
        profiles[name] = Profile(name, d["title"], d["says"], tuple(d.get("questions", base.questions)), {**base.facts, **d.get("facts", {})}, places)
    at = data.get("places", {})
    for place, d in at.items():
        for usual, other in d.get("actors", {}).items():
            words.actor(usual)
            words.actor(other)
        _check_place(corpus, place, d.get("facts", {}))
    for profile in profiles.values():
        for place, facts in profile.places.items():
            _check_place(corpus, place, facts)
    return Questions(profiles, questions, {p: d["actors"] for p, d in at.items() if "actors" in d}, {p: d["facts"] for p, d in at.items() if "facts" in d})


def _question(name: str, d: Mapping[str, Any], words: Vocabulary) -> Question:
    act = d.get("act", name)
    words.act(act)
    for actor in d["actors"]:
        words.actor(actor)
    if act not in words.asked(d["request"]).acts:
        raise InputError(f"questions.{name}: the request `{shorten(d['request'])}` does not ask the act `{act}`", help="Name a request kind that does, or the act itself")
    if d["direction"] not in (1, -1) or d["weight"] < 0 or not d["actors"]:
        raise InputError(f"questions.{name}: direction is 1 or -1, weight is 0 or more, and there is at least one actor", help="Mend the entry")
    _check_facts(d.get("facts", {}), f"questions.{name}", words.facts)
    return Question(name, act, tuple(d["actors"]), d["request"], tuple(d["head"]), d["question"], d.get("facts", {}), float(d["weight"]), d["direction"])


def _check_place(corpus: Corpus, place: str, facts: Facts) -> None:
    if corpus.shard(place):  # a corpus may hold only some places
        _check_facts(facts, f"places.{place}", corpus.vocabulary_for(("us", place)).facts)


def _check_facts(facts: Facts, where: str, known: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if name not in known:
            raise InputError(f"{where}: no fact is called `{shorten(name)}`", help=nearest(name, list(known)))
        known[name].parse(value)
