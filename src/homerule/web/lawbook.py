"""The corpus as pages and API look through it: found by words and filters, and what takes long kept for the next reader."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.corpus.model import Authority, Norm
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.places import Place
    from homerule.reasoning.decide import Engine
    from homerule.survey.coverage import Coverage
    from homerule.survey.matrix import Matrix
    from homerule.survey.search import Index
    from homerule.survey.timeline import Event, Moved
    from homerule.vocabulary import Vocabulary
    from homerule.web.office import Office

#: What a rule does, as a reader sees it.
DOES = {"require": "Requires", "forbid": "Forbids", "permit": "Permits", "duty": "Adds a duty", "expose": "Exposes", "protect": "Protects", "define": "Explains", "untranslated": "Not translated"}
KEPT = 48  # matrices, differences and the like


class Change(NamedTuple):
    """What differs between two days at a place: norms that began and ended, verdicts that moved."""

    place: Place
    first: dt.date
    last: dt.date
    began: tuple[Norm, ...]
    ended: tuple[Norm, ...]
    moved: tuple[Moved, ...]


class Lawbook:
    """Looks through the corpus of one engine. May be asked from many threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._working: dict[Hashable, threading.Lock] = {}

    def keep(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made once while others that want the same wait for it. The oldest goes first."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            working = self._working.setdefault(key, threading.Lock())
        with working:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
            finally:
                with self._lock:
                    self._working.pop(key, None)
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return made

    # Entries

    @cached_property
    def norms(self) -> tuple[Norm, ...]:
        """Every norm, by place and authority."""
        return tuple(sorted(self.engine.corpus.all_norms(), key=lambda n: (n.place != "us", n.place, n.authority.id, n.line)))

    @cached_property
    def authorities(self) -> dict[str, Authority]:
        return {a.id: a for a in self.engine.corpus.all_authorities()}

    @cached_property
    def by_id(self) -> dict[str, Norm]:
        return {n.id: n for n in self.norms}

    @cached_property
    def index(self) -> Index:
        from homerule.survey.search import Index

        return Index(self.engine.corpus)

    @cached_property
    def words(self) -> Vocabulary:
        """The words of every jurisdiction together."""
        corpus = self.engine.corpus
        found = corpus.vocabulary
        for top in corpus.tops:
            found = found.with_facts(corpus.vocabulary_for((top,)).facts)
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {}

    def name(self, place: str) -> str:
        """The name of a place by its id; the id where no table has it."""
        found = self._names.get(place)
        if found is None:
            try:
                found = self.engine.find(place).name
            except InputError:
                found = place
            self._names[place] = found
        return found

    def tops(self) -> list[tuple[str, str]]:
        """The nation, the states, the District and the territories: id and name."""
        from homerule.places import Gazetteer

        table = Gazetteer()
        made: list[tuple[str, str]] = self.keep("tops", lambda: [(p.id, p.name) for p in (table.nation, *table.states())])
        return made

    def select(self, words: str = "", *, place: str = "", act: str = "", actor: str = "", effect: str = "", on: dt.date | None = None) -> list[Norm]:
        """The norms that fit all of what is given: best match first where ``words`` are, else by place. ``place`` is an id: that jurisdiction's own rules and
        those of the localities in it. Raises InputError for an unknown word."""
        vocabulary = self.engine.corpus.vocabulary
        if act:
            vocabulary.act(act)
        if actor:
            vocabulary.actor(actor)
        found: Iterable[Norm] = self.norms if not words.strip() else (self.by_id[h.id] for h in self.index.search(words, place=place, limit=5000) if h.entry == "norm" and h.id in self.by_id)
        return [
            n for n in found
            if (not act or act in n.acts) and (not actor or actor in n.actors) and (not effect or n.effect == effect)
            and (not place or n.place == place or n.place.startswith(place + "/")) and (on is None or n.period_on(on))
        ]  # fmt: skip

    def sources(self, words: str, *, place: str = "", limit: int = 8) -> list[Authority]:
        """The authorities whose citation, title or note the words are in, best first."""
        hits = self.index.search(words, place=place, limit=400) if words.strip() else []
        return [self.authorities[h.id] for h in hits if h.entry == "authority" and h.id in self.authorities][:limit]

    # Over places and time

    def matrix(self, on: dt.date, profile: str, questions: tuple[str, ...] = ()) -> Matrix:
        from homerule.survey.matrix import matrix

        made: Matrix = self.keep(("matrix", on, profile, questions), lambda: matrix(self.engine, on=on, profile=profile, acts=questions))
        return made

    def coverage(self) -> Coverage:
        from homerule.survey.coverage import survey

        made: Coverage = self.keep("coverage", lambda: survey(self.engine.corpus))
        return made

    def change(self, place: str, first: dt.date, last: dt.date, actors: tuple[str, ...] = (), acts: tuple[str, ...] = ()) -> Change:
        """What changed at a place between two days. Raises InputError where they are not in order."""
        from homerule.survey.timeline import in_force, moved

        if first >= last:
            raise InputError(f"the first day {first} is not before the last day {last}", where="from", help="Give the earlier day first")

        def make() -> Change:
            where, before = in_force(self.engine, place, first, actors, acts)
            _, after = in_force(self.engine, place, last, actors, acts)
            had, has = {n.id for n in before}, {n.id for n in after}
            found = moved(self.engine, where.id, first, last, actors, acts)
            return Change(where, first, last, tuple(n for n in after if n.id not in had), tuple(n for n in before if n.id not in has), tuple(found))

        made: Change = self.keep(("change", self.engine.find(place).id, first, last, actors, acts), make)
        return made

    def upcoming(self, on: dt.date, days: int, place: str = "") -> list[Event]:
        """What begins, ends or falls due in the ``days`` after ``on``: anywhere, or for the bodies of one place."""
        from homerule.corpus import Reach
        from homerule.survey.timeline import events

        norms: Iterable[Norm] = self.norms
        if place:
            found = self.engine.find(place)
            reach = Reach(found.id, found.chain, found.circuit)
            norms = [n for n in self.norms if reach.covers(n)]
        return events(norms, on + dt.timedelta(days=1), on + dt.timedelta(days=days))


def lawbook(office: Office) -> Lawbook:
    """The lawbook of an office."""
    found: Lawbook | None = office.__dict__.get("lawbook")
    if found is None:
        found = office.__dict__.setdefault("lawbook", Lawbook(office.engine))
    return found


def status_of(n: Norm) -> str:
    """Contested where the norm or its authority is, else the authority's status."""
    return "contested" if n.doubted else n.authority.status


def brief(n: Norm) -> dict[str, Any]:
    """A norm as lists show it."""
    return {
        "norm": n.id, "authority": n.authority.id, "citation": n.authority.citation, "pinpoint": n.pinpoint, "place": n.place, "level": n.level, "effect": n.effect,
        "acts": list(n.acts), "says": n.says, "status": status_of(n), "certainty": n.authority.certainty, "checked": n.authority.checked.isoformat(),
    }  # fmt: skip
