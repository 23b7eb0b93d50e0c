"""The levers: what a government can do, as data. Read from ``levers.toml`` of the law folder and checked against the corpus.

A lever holds no law. Its probes name the questions whose verdicts decide what the law says of it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from homerule.corpus import Corpus
from homerule.corpus.model import LEVELS, Norm
from homerule.errors import CorpusError, HomeruleError, InputError, nearest, shorten
from homerule.vocabulary import Vocabulary

FILE = "levers.toml"
Side = Literal["limiting", "cooperating", "both"]
Certainty = Literal["confirmed", "recalled"]
KINDS = ("state", "county", "city", "city-county")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(Strict):
    """A legal footing: an authority of the corpus, or a citation with its certainty."""

    authority: str = ""
    citation: str = ""
    certainty: Certainty | None = None


class Probe(Strict):
    """One question to `decide`. ``stance``: the lever does the act, or declines it. ``conduct``: the table that says whose act it is."""

    act: str
    stance: Literal["do", "decline"]
    conduct: str = "own"
    facts: dict[str, Any] = {}


class Also(Strict):
    """A further question that a memo answers on one side of the vote."""

    side: Literal["yes", "no"]
    act: str
    conduct: str = "own"
    facts: dict[str, Any] = {}
    words: str


class Pull(Strict):
    """Who can pull a lever, and with what. ``rule``: by adopting a rule, whose adoption is asked as well (``adopts`` names that act, or ``none``)."""

    by: list[str]
    instrument: str
    rule: bool = False
    adopts: str = ""
    facts: dict[str, Any] = {}
    probes: list[Probe] | None = None


class Lever(Strict):
    """One thing that a government can do. The keys are explained at the head of ``levers.toml``."""

    id: str
    title: str
    side: Side
    topic: str
    mirror: str = ""
    says: str
    presumes: str = ""
    keywords: list[str] = []
    requests: list[str] = []
    steps: list[str]
    approvals: str
    time: str
    limits: str
    counter: str
    documents: list[str] = []
    bases: list[Basis]
    enacted_by: list[str] = []
    blocked_by: list[str] = []
    doubted_by: list[str] = []
    adopt_facts: dict[str, Any] = {}
    probe: list[Probe] = []
    pull: list[Pull]
    also: list[Also] = []

    def probes_of(self, pull: Pull) -> list[Probe]:
        """The questions that decide when ``pull`` pulls it."""
        return self.probe if pull.probes is None else pull.probes

    def adoption(self, pull: Pull) -> str:
        """The act of adopting the rule; empty where there is none to ask."""
        if not pull.rule or pull.adopts == "none":
            return ""
        return pull.adopts or ("mandate_cooperation" if self.side == "cooperating" else "limit_cooperation")


class Instrument(Strict):
    """What a lever is pulled with, in words, and by the level of the body the level of law on which it stands."""

    words: str
    state: str = ""
    county: str = ""
    city: str = ""


class Book(Strict):
    """All of ``levers.toml``."""

    format: Literal["1.0"]
    topics: dict[str, str]
    instruments: dict[str, Instrument]
    documents: dict[str, str]
    bodies: dict[str, list[str]]
    bodies_at: dict[str, str]
    conducts: dict[str, dict[str, Any]]
    risk_words: dict[str, list[str]]
    lever: list[Lever]

    def get(self, id: str) -> Lever:
        """The lever called ``id``. Raises InputError with near ids."""
        for lever in self.lever:
            if lever.id == id.upper():
                return lever
        raise InputError(f"no lever is called `{shorten(id)}`", help=nearest(id, [x.id for x in self.lever]))

    def subjects(self, conduct: str, actor: str, kind: str) -> tuple[str, ...]:
        """Whose conduct a decision of ``actor`` is about, in a place of this kind: the actor's own where the table says nothing."""
        table = self.conducts.get(conduct, {})
        found = table.get(kind, {}).get(actor) or table.get(actor)
        return tuple(found) if found else (actor,)

    def rank(self, instrument: str, kind: str) -> int:
        """The rank on which what is made with ``instrument`` in a place of this kind stands; 0 where such places have none."""
        made = self.instruments[instrument]
        level = made.state if kind == "state" else made.city or made.county if kind in ("city", "city-county") else made.county
        return LEVELS[level] if level else 0


class Candidate(NamedTuple):
    """A lever that a question may mean, and how well it fits (0 to 1)."""

    lever: Lever
    score: float


def levers(corpus: Corpus) -> Book:
    """The levers of a corpus, checked. Raises CorpusError naming file, line and entry for each thing that is not known."""
    return _read(corpus.folder, os.stat(_path(corpus.folder)).st_mtime_ns if os.path.isfile(_path(corpus.folder)) else 0, corpus)


def _path(folder: str) -> str:
    return os.path.join(folder, FILE)


@lru_cache(maxsize=4)
def _read(folder: str, stamp: int, corpus: Corpus) -> Book:
    path = _path(folder)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise CorpusError(f"`{folder}` holds no {FILE}", help="Name the law folder of the package, or write the file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot be read: {error}", where=path, help="Mend the file") from None
    return parse(data, text, path, corpus.vocabulary)


def parse(data: Mapping[str, Any], text: str, path: str, words: Vocabulary) -> Book:
    """``data`` (the parsed ``text``) as a checked Book. Raises CorpusError listing every problem with its line."""
    lines = text.splitlines()
    try:
        book = Book.model_validate(data)
    except ValidationError as error:
        rows = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a misspelt key explains the missing one
        problems = []
        for e in rows:
            entry, key = _entry(data, e["loc"]), str(e["loc"][-1])
            said = {"extra_forbidden": f"`{key}` is no key here", "missing": f"`{key}` is missing"}.get(e["type"], f"`{key}`: {e['msg']}")
            problems.append(f"{path}:{_line(lines, entry, key)}: {entry or '.'.join(map(str, e['loc']))}: {said}")
        raise _refuse(problems) from None
    wrong = [f"{path}:{_line(lines, entry, word)}: {entry}: {message}" for entry, word, message in _problems(book, words)]
    if wrong:
        raise _refuse(wrong)
    return book


def _refuse(problems: list[str]) -> CorpusError:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    where, _, message = problems[0].rpartition(": ") if problems[0].count(": ") < 2 else problems[0].partition(": ")
    return CorpusError(f"{message.rstrip('.?')}{more}", where=where, help="Mend the entry", problems=tuple(problems))


def _entry(data: Mapping[str, Any], loc: tuple[Any, ...]) -> str:
    if len(loc) > 1 and loc[0] == "lever" and isinstance(loc[1], int):
        found = data["lever"][loc[1]]
        return str(found.get("id", f"lever {loc[1] + 1}")) if isinstance(found, dict) else f"lever {loc[1] + 1}"
    return ""


def _line(lines: list[str], entry: str, word: str) -> int:
    """The line that speaks of ``word`` in the entry of this id; its first line where none does."""
    start = next((i for i, line in enumerate(lines) if entry and re.fullmatch(rf'id = "{re.escape(entry)}"', line.strip())), 0)
    for i in range(start, len(lines)):
        if i > start and lines[i].startswith("[[lever]]"):
            break
        if word and word in lines[i]:
            return i + 1
    return start + 1


def _problems(book: Book, words: Vocabulary) -> Iterable[tuple[str, str, str]]:
    ids = [x.id for x in book.lever]
    for twice in {i for i in ids if ids.count(i) > 1}:
        yield twice, twice, "this id is given twice"
    for kind in KINDS:
        if kind not in book.bodies:
            yield "bodies", kind, f"the bodies of a {kind} are not given"
    for name in (a for kind in book.bodies.values() for a in kind):
        yield from _known(name, words.actors, "bodies", "actor")
    for conduct, table in book.conducts.items():
        for actor, value in table.items():
            rows = value.items() if isinstance(value, dict) else [(actor, value)]
            for who, subjects in rows:
                for name in (who, *subjects):
                    yield from _known(name, words.actors, f"conducts.{conduct}", "actor")
    for made in book.instruments.values():
        for level in (made.state, made.county, made.city):
            if level:
                yield from _known(level, LEVELS, "instruments", "level")
    for x in book.lever:
        yield from _known(x.topic, book.topics, x.id, "topic")
        for d in x.documents:
            yield from _known(d, book.documents, x.id, "draft kind")
        for r in x.requests:
            yield from _known(r, words.requests, x.id, "request kind")
        if x.mirror:
            yield from _known(x.mirror, ids, x.id, "lever")
        for b in x.bases:
            if bool(b.authority) == bool(b.citation) or (b.citation and b.certainty is None):
                yield x.id, b.authority or b.citation, "a basis names an authority, or a citation and its certainty"
        for p in x.pull:
            yield from _known(p.instrument, book.instruments, x.id, "instrument")
            yield from _facts(p.facts, words, x.id)
            for actor in p.by:
                yield from _known(actor, words.actors, x.id, "actor")
            if p.adopts and p.adopts != "none":
                yield from _known(p.adopts, words.acts, x.id, "act")
        asked: list[Probe | Also] = [*x.probe, *(q for p in x.pull for q in p.probes or ()), *x.also]
        for q in asked:
            yield from _known(q.act, words.acts, x.id, "act")
            if q.act in words.acts and words.acts[q.act].crime:
                yield x.id, q.act, f"`{q.act}` is a crime: no lever does it or plays with it"
            yield from _known(q.conduct, book.conducts, x.id, "conduct")
            yield from _facts(q.facts, words, x.id)


def _known(name: str, known: Iterable[str], entry: str, what: str) -> Iterable[tuple[str, str, str]]:
    names = list(known)
    if name not in names:
        yield entry, name, f"no {what} is called `{shorten(name)}`. {nearest(name, names)}"


def _facts(facts: Mapping[str, Any], words: Vocabulary, entry: str) -> Iterable[tuple[str, str, str]]:
    for name, value in facts.items():
        try:
            words.fact(name).parse(value)
        except HomeruleError as error:
            yield entry, value if isinstance(value, str) and name in words.facts else name, str(error)


def check_ids(book: Book, corpus: Corpus) -> list[str]:
    """A sentence for each authority or norm that a lever names and the corpus does not hold. Reads every jurisdiction."""
    known = {a.id for a in corpus.all_authorities()} | {n.id for n in corpus.all_norms()}
    facts = {name for top in corpus.tops for name in corpus.vocabulary_for((top,)).facts}
    out: list[str] = []
    for x in book.lever:
        for id in [*(b.authority for b in x.bases if b.authority), *x.enacted_by, *x.blocked_by, *x.doubted_by]:
            if id not in known:
                out.append(f"{FILE}: {x.id}: nothing in the corpus is called `{id}`. {nearest(id, sorted(known))}")
        out += [f"{FILE}: {x.id}: no fact of any jurisdiction is called `{name}`. {nearest(name, sorted(facts))}" for name in x.adopt_facts if name not in facts]
    return out


def norms_named(corpus: Corpus, ids: Iterable[str], tops: Iterable[str]) -> list[Norm]:
    """The norms that ``ids`` (of norms or authorities) name in the law of these jurisdictions."""
    wanted = set(ids)
    return [n for s in corpus.shards(tops) for n in s.norms if n.id in wanted or n.authority.id in wanted] if wanted else []
