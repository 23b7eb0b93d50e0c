"""The corpus: which norms are in force for a place, an actor and an act on a day."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from homerule.corpus.compiled import Shard, State, content_hash, pack, read_or_make, state_of
from homerule.corpus.model import Authority, Example, Layer, Norm
from homerule.errors import CorpusError, InputError, nearest, shorten
from homerule.vocabulary import Vocabulary, fact_from_data

Folder = str | os.PathLike[str]


def law_folder() -> str:
    """The law that comes with the package: beside the code when installed, at the top of a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for folder in (os.path.join(here, "law"), os.path.join(os.path.dirname(os.path.dirname(here)), "law")):
        if os.path.isfile(os.path.join(folder, "vocabulary.toml")):
            return folder
    raise CorpusError("the law folder that comes with the package is missing", help="Install the package again")


class Corpus:
    """The law of ``folder`` and of any folders from outside. Jurisdictions are read when first asked for."""

    def __init__(self, folder: Folder | None = None, extra: Iterable[Folder] = (), *, lenient: bool = False) -> None:
        """``lenient`` leaves out files that cannot be read instead of refusing to answer: only for the checks, which report them."""
        self.lenient = lenient
        self.folder = os.path.realpath(folder or law_folder())
        self.extra = tuple(os.path.realpath(e) for e in extra)
        for e in self.extra:
            if not os.path.isdir(e):
                raise InputError(f"the law folder `{e}` is not a folder", where="--law", help="Name a folder of TOML files")
        if not os.path.isfile(os.path.join(self.folder, "vocabulary.toml")):
            raise CorpusError(f"`{self.folder}` holds no vocabulary.toml", help="Name the law folder of the package")
        self._shards: dict[str, Shard | None] = {}
        self._vocabularies: dict[tuple[str, ...], Vocabulary] = {}

    # ------------------------------------------------------------------ reading

    @cached_property
    def _root(self) -> State:
        """The state of the files that every jurisdiction's law is read with."""
        out: State = []
        for name in ("vocabulary.toml", "corpus.toml"):
            try:
                s = os.stat(os.path.join(self.folder, name))
            except OSError:
                raise CorpusError(f"`{self.folder}` holds no {name}", help="Name the law folder of the package") from None
            out.append([name, s.st_size, s.st_mtime_ns])
        return out

    @cached_property
    def _words(self) -> dict[str, Any]:
        def make() -> dict[str, Any]:
            import tomllib

            out = {}
            for name in ("vocabulary", "corpus"):
                path = os.path.join(self.folder, f"{name}.toml")
                try:
                    with open(path, "rb") as file:
                        out[name] = tomllib.load(file)
                except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                    raise CorpusError(f"cannot be read: {error}", where=path, help="Mend the file") from None
            return {"words": out["vocabulary"], "corpus": out["corpus"]["corpus"]}

        return read_or_make("words", self.folder, self._root, make)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words every jurisdiction shares."""
        return Vocabulary.from_data(self._words["words"])

    @property
    def version(self) -> str:
        return str(self._words["corpus"]["version"])

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The jurisdictions that have a folder: ``us`` and the states."""
        with os.scandir(self.folder) as entries:
            return tuple(sorted(e.name for e in entries if e.is_dir() and len(e.name) == 2))

    def shard(self, top: str) -> Shard | None:
        """The compiled law of one state or of ``us``; None where it has no folder."""
        if top not in self._shards:
            self._shards[top] = self._open(top, os.path.join(self.folder, top), own=True) if top in self.tops else None
        return self._shards[top]

    @cached_property
    def outside(self) -> tuple[Shard, ...]:
        """The law of the folders from outside."""
        return tuple(self._open(os.path.basename(e), e, own=False) for e in self.extra)

    def _open(self, name: str, folder: str, *, own: bool) -> Shard:
        state = state_of(folder)
        stamp = [*self._root, *state]

        def read() -> Loaded:
            from pathlib import Path

            from homerule.corpus.load import load

            vocabulary = self.vocabulary
            if not own:
                facts = {n: fact_from_data(n, d) for top in self.tops if (s := self.shard(top)) for n, d in s.facts.items()}
                vocabulary = vocabulary.with_facts(facts)
            return load(Path(folder), vocabulary, label=name, own=own)

        def make() -> dict[str, Any]:
            law = read()
            read_or_make(f"examples-{name}", folder, stamp, lambda: {"examples": [pack(e) for e in law.examples]})
            return {
                "problems": [{"file": p.file, "line": p.line, "message": p.message} for p in law.problems],
                "hash": content_hash(folder, state),
                "authorities": {a.id: pack(a) for a in law.authorities},
                "norms": [pack(n) for n in sorted(law.norms, key=lambda n: (-n.rank, n.id))],
                "layers": [pack(x) for x in law.layers],
                "facts": {n: _fact_data(f) for n, f in law.facts.items()},
            }

        def examples() -> dict[str, Any]:
            return read_or_make(f"examples-{name}", folder, stamp, lambda: {"examples": [pack(e) for e in read().examples]})

        return Shard(read_or_make(f"law-{name}", folder, stamp, make), examples)

    # ------------------------------------------------------------------ asking

    def shards(self, ids: Iterable[str]) -> list[Shard]:
        """The shards that hold law of these places, those from outside last. Raises CorpusError where one cannot be read."""
        tops = dict.fromkeys(i.partition("/")[0] for i in ids)
        found = [s for top in tops if (s := self.shard(top))] + list(self.outside)
        if not self.lenient:
            for s in found:
                s.refuse_problems()
        return found

    def vocabulary_for(self, ids: Iterable[str]) -> Vocabulary:
        """The shared words and the facts that these places' law adds."""
        tops = tuple(dict.fromkeys(i.partition("/")[0] for i in ids))
        if tops not in self._vocabularies:
            more = {n: fact_from_data(n, d) for s in self.shards(tops) for n, d in s.facts.items()}
            self._vocabularies[tops] = self.vocabulary.with_facts(more) if more else self.vocabulary
        return self._vocabularies[tops]

    def layer(self, id: str) -> Layer | None:
        """What the corpus holds of one place's own law; None where it holds nothing."""
        top = self.shard(id.partition("/")[0])
        if top and id in top.layers:
            return top.layers[id]
        for s in self.outside:
            if id in s.layers:
                return s.layers[id]
        return None

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Every place with law of its own in the corpus."""
        found = {i: x for top in self.tops if (s := self.shard(top)) for i, x in s.layers.items()}
        for s in self.outside:
            found |= s.layers
        return found

    def norms_in_reach(self, reach: Reach, actor: str, act: str) -> list[Norm]:
        """The norms on this actor and act that reach the place, whatever their time, strongest level first."""
        self.vocabulary.actor(actor)
        found = [n for s in self.shards(reach.chain) for n in s.norms_on(actor, act) if reach.covers(n)]
        found.sort(key=lambda n: (-n.rank, n.id))
        return found

    def all_norms(self) -> list[Norm]:
        return [n for s in self.all_shards() for n in s.norms]

    def all_authorities(self) -> list[Authority]:
        return [a for s in self.all_shards() for a in s.authorities]

    def all_examples(self) -> list[Example]:
        return [e for s in self.all_shards() for e in s.examples]

    def all_shards(self) -> list[Shard]:
        return list(self._every_shard())

    def _every_shard(self) -> Iterator[Shard]:
        for top in self.tops:
            if s := self.shard(top):
                yield s
        yield from self.outside

    def find(self, id: str) -> Norm | Authority:
        """A norm or an authority by id. Raises InputError with near ids."""
        loaded = [s for s in self._shards.values() if s]
        for s in chain(loaded, self._every_shard()):
            if found := s.authority(id) or s.norm(id):
                return found
        known = [*(n.id for n in self.all_norms()), *(a.id for a in self.all_authorities())]
        raise InputError(f"nothing in the corpus is called `{shorten(id)}`", help=nearest(id, known))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of every jurisdiction's law files, and of the folders from outside."""
        return self.hash_of(self.tops)

    def hash_of(self, ids: Iterable[str]) -> str:
        """SHA-256 of the law files that an answer for these places can rest on, by jurisdiction: ``ca:… us:…``."""
        tops = sorted({i.partition("/")[0] for i in ids})
        parts = [f"{t}:{s.hash}" for t in tops if (s := self.shard(t))] + [f"+:{s.hash}" for s in self.outside]
        return " ".join(parts)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from homerule.corpus.load import Loaded


class Reach:
    """Which norms can reach a body: its own place, its state, its circuit and the nation.

    A county's ordinances do not govern a city in it, nor a state body; where a city lies over its counties, the city's law reaches them.
    """

    __slots__ = ("chain", "circuit", "covering", "place", "state")

    def __init__(self, place: str, chain: tuple[str, ...], circuit: int) -> None:
        self.place, self.chain, self.circuit = place, chain, circuit
        self.state = chain[1] if len(chain) > 1 else ""
        after = chain[chain.index(place) + 1 :] if place in chain else ()
        self.covering = frozenset([*(i for i in chain if "/" not in i), place, *after])

    def covers(self, norm: Norm) -> bool:
        """Whether the norm reaches this body, whatever the day."""
        if norm.place not in self.covering:
            return False
        if norm.places and not self.covering.intersection(norm.places):
            return False
        if norm.except_places and self.covering.intersection(norm.except_places):
            return False
        if norm.circuits and self.circuit not in norm.circuits:
            return norm.persuasive_elsewhere and norm.effect in ("expose", "protect", "define")
        return True

    def persuasive_here(self, norm: Norm) -> bool:
        return bool(norm.circuits) and self.circuit not in norm.circuits


def _fact_data(fact: Any) -> dict[str, Any]:
    usual = fact._field_defaults
    return pack({n: v for n, v in zip(fact._fields, fact) if n != "name" and (n not in usual or v != usual[n])})  # type: ignore[no-any-return]


def load_corpus(folder: Folder | None = None, *, law: Iterable[Folder] = (), lenient: bool = False) -> Corpus:
    """The corpus of the package, or of ``folder``, with the law folders ``law`` added.

    Folders named in the environment variable ``HOMERULE_LAW`` (separated as in PATH) are added too.
    """
    named = [p for p in os.environ.get("HOMERULE_LAW", "").split(os.pathsep) if p]
    return Corpus(folder, [*named, *law], lenient=lenient)


def in_force(norms: Iterable[Norm], day: dt.date) -> list[Norm]:
    """Those in force on ``day``."""
    return [n for n in norms if n.period_on(day)]
