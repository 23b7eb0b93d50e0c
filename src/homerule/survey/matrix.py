"""Jurisdictions by acts: the verdict on each standard question, what decides it, and one number a jurisdiction.

Every cell is a decision of the engine on the standard facts (`homerule.survey.questions`), at the level of the state: no county's or city's
rule bears on it.

The **index** of a jurisdiction says how far its law compels (+1) or forbids (-1) help with federal enforcement. It is the weighted mean,
over the cells that count, of direction × value. A cell's value is +1 required, -1 prohibited, 0 permitted; where the answer
depends, or is contested, the mean over the verdicts that are reachable or read. A verdict that federal law alone decides has the value 0: the
state adds nothing to it. What is not in the corpus, or needs a lawyer's eye, is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from homerule import __version__
from homerule.corpus.model import COMMANDS, Norm
from homerule.errors import InputError, nearest, shorten
from homerule.places import Gazetteer, Place
from homerule.reasoning import build
from homerule.reasoning.decide import Engine, Request, read_day
from homerule.reasoning.finding import NOTICE
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import STATE_CEILING, VERDICTS, Outcome, bits
from homerule.survey.questions import Column, Profile, Questions, read_questions
from homerule.vocabulary import NOTHING, Value, plain

NOT_IN_CORPUS = "not_in_corpus"
#: What a cell can be said to be, finer than its verdict, in the order of a legend, and in words.
CATEGORIES = {
    "required": "Required by state law",
    "required_federal": "Required, by federal law alone",
    "limits_barred": "Permitted; local limits are barred",
    "express": "Permitted by state law",
    "not_reached": "Permitted; the state's rule does not reach this case",
    "silence": "Permitted; no statewide rule found",
    "prohibited_federal": "Prohibited, by federal law alone",
    "prohibited": "Prohibited by state law",
    "conflict": "Conflict: two commands that nothing ranks",
    "depends": "Depends on facts not given",
    "unsettled": "Unsettled: contested law",
    NOT_IN_CORPUS: "Not in the corpus",
}
_LOCAL = frozenset({"county", "city", "agency-policy"})
_WORTH = {"required": 1.0, "prohibited": -1.0}
_EFFECT = {"required": ("require",), "prohibited": ("forbid",), "conflict": COMMANDS, "depends": COMMANDS, "unsettled": COMMANDS, "permitted": ("permit",)}


class Doubt(NamedTuple):
    """Why a cell is unsettled. ``reason``: contested, not_in_corpus or untranslated."""

    reason: str
    authorities: tuple[str, ...]
    if_stands: str
    if_falls: str
    words: str


class Cell(NamedTuple):
    """One answer.

    ``basis``: ``norm``; for `permitted`: ``limits_barred`` (state law also makes local limits void), ``express`` (state law says so),
    ``not_reached`` (the state has a command on the act, which these facts do not bring in) or ``silence`` (no statewide rule found; federal
    law may speak); ``facts``, ``contested``, ``not_in_corpus``, ``untranslated``. ``decided_by``: state, federal, both, or empty.
    ``authorities``: ids of what decides. ``reachable``: the verdicts that are open. ``depends_on``: the facts that decide between them.
    ``value``: what it counts in the index before the act's direction, or None where it is left out.
    """

    question: str
    act: str
    actor: str
    verdict: str
    basis: str
    decided_by: str
    authorities: tuple[str, ...]
    reachable: tuple[str, ...]
    depends_on: tuple[str, ...]
    unsettled: tuple[Doubt, ...]
    value: float | None

    @property
    def category(self) -> str:
        """One of `CATEGORIES`."""
        if self.basis == NOT_IN_CORPUS:
            return NOT_IN_CORPUS
        if self.verdict in ("required", "prohibited"):
            return f"{self.verdict}_federal" if self.decided_by == "federal" else self.verdict
        return self.basis if self.verdict == "permitted" else self.verdict


class Row(NamedTuple):
    """One jurisdiction: its cells in the order of the columns, the facts of its own law that they turn on, and its index (``score``)."""

    place: Place
    cells: tuple[Cell, ...]
    facts: Mapping[str, Value]
    score: float | None

    @property
    def counts(self) -> dict[str, int]:
        """Cells by verdict; what is not in the corpus is counted apart from what is unsettled."""
        out = dict.fromkeys((*VERDICTS, NOT_IN_CORPUS), 0)
        for c in self.cells:
            out[NOT_IN_CORPUS if c.basis == NOT_IN_CORPUS else c.verdict] += 1
        return out


class Matrix(NamedTuple):
    """Rows by columns on one day. ``facts``: the profile's with those given; ``turns_on``: for each column the shared facts that some rule asks."""

    on: dt.date
    profile: Profile
    facts: Mapping[str, Value]
    given: Mapping[str, str]
    columns: tuple[Column, ...]
    turns_on: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    corpus: str
    corpus_hash: str

    def as_data(self) -> dict[str, Any]:
        """The matrix as JSON data, as `docs/how-to/matrix-and-map.md` describes it."""
        return {
            "on": self.on.isoformat(),
            "profile": {"id": self.profile.id, "title": self.profile.title, "says": self.profile.says, "facts": {k: plain(v) for k, v in self.facts.items()}, "given": dict(self.given)},
            "columns": [_column_data(c, t) for c, t in zip(self.columns, self.turns_on)],
            "jurisdictions": [_row_data(r) for r in self.rows],
            "receipt": {"engine": __version__, "corpus": self.corpus, "corpus_hash": self.corpus_hash},
            "notice": NOTICE,
        }


def _column_data(c: Column, turns_on: tuple[str, ...]) -> dict[str, Any]:
    q = c.question
    return {
        "question": q.id, "words": c.text, "act": q.act, "actor": c.actor, "request": q.request, "facts": dict(q.facts), "turns_on": list(turns_on),
        "weight": q.weight, "direction": q.direction,
    }  # fmt: skip


def _row_data(r: Row) -> dict[str, Any]:
    cells = [
        {**c._asdict(), "authorities": list(c.authorities), "reachable": list(c.reachable), "depends_on": list(c.depends_on),
         "unsettled": [{**d._asdict(), "authorities": list(d.authorities)} for d in c.unsettled]}
        for c in r.cells
    ]  # fmt: skip
    p = r.place
    return {"id": p.id, "name": p.name, "fips": p.fips, "facts": {k: plain(v) for k, v in r.facts.items()}, "index": r.score, "counts": r.counts, "cells": cells}


# ---------------------------------------------------------------- making it


def matrix(
    engine: Engine, *, on: dt.date | str | None = None, profile: str = "standard", acts: Sequence[str] = (), actors: Sequence[str] = (),
    facts: Mapping[str, str] = NOTHING, places: Iterable[str] = (), tick: Callable[[int, int], None] | None = None,
) -> Matrix:  # fmt: skip
    """The matrix on a day (today if None). ``facts`` override the profile's; ``tick`` is called with rows done and rows in all.

    Raises InputError on an unknown word, CorpusError where the questions or the law cannot be read.
    """
    questions = read_questions(engine.corpus)
    chosen = questions.profile(profile)
    day = read_day(on)
    columns = questions.columns(engine.corpus.vocabulary, chosen, acts, actors)
    where = _places(engine, places)
    shared = engine.corpus.vocabulary_for(("us",)).facts
    known = set(shared).union(*(engine.corpus.vocabulary_for(p.chain).facts for p in where))
    for name in facts:
        if name not in known:
            raise InputError(f"no fact is called `{shorten(name)}`", where="--fact", help=nearest(name, sorted(known)))
    asked: list[set[str]] = [set() for _ in columns]
    rows = []
    for place in where:
        rows.append(_row(engine, questions, chosen, columns, place, day, facts, asked))
        if tick:
            tick(len(rows), len(where))
    merged = {**chosen.facts, **{k: v for k, v in facts.items() if k in shared}}
    turns_on = tuple(tuple(f for f in shared if f in names and f in {**merged, **c.question.facts}) for c, names in zip(columns, asked))
    corpus = engine.corpus
    return Matrix(day, chosen, {k: shared[k].parse(v) for k, v in merged.items()}, dict(facts), columns, turns_on, tuple(rows), corpus.version, corpus.hash)


def _places(engine: Engine, names: Iterable[str]) -> list[Place]:
    given = []
    for name in names:
        try:
            given.append(engine.find(name))
        except InputError as error:
            raise InputError(error.message, where="--places", help=error.help) from None
    for place in given:
        if "/" in place.id or place.id == "us":
            raise InputError(f"`{place.name}` is no state, district or territory", where="--places", help="The matrix has a row for each of those: ca, TX, Puerto Rico")
    return list(dict.fromkeys(given)) or Gazetteer().states()


def _row(
    engine: Engine, questions: Questions, profile: Profile, columns: Sequence[Column], place: Place, day: dt.date, facts: Mapping[str, str], asked: list[set[str]]
) -> Row:
    words = engine.corpus.vocabulary_for(place.chain).facts
    cells = []
    own: dict[str, Value] = {}
    for column, everywhere in zip(columns, asked):
        names: set[str] = set()
        given = {k: v for k, v in {**questions.facts_of(profile, column, place.id), **facts}.items() if k in words}
        q = column.question
        cells.append(_cell(engine, q.id, Request(place.id, questions.actor_at(place.id, column), q.request, day, given, acts=(q.act,)), names))
        own |= {k: words[k].parse(v) for k, v in given.items() if k in names and words[k].place != "us"}
        everywhere |= names
    return Row(place, tuple(cells), own, index_of(columns, cells))


def index_of(columns: Sequence[Column], cells: Sequence[Cell]) -> float | None:
    """The index of one row: from -1 (its law forbids everything asked) to +1 (compels everything); None where no cell counts."""
    counted = [(c.question.weight, c.question.direction * cell.value) for c, cell in zip(columns, cells) if cell.value is not None and c.question.weight]
    return round(sum(w * v for w, v in counted) / sum(w for w, _ in counted), 4) + 0.0 if counted else None


def _cell(engine: Engine, question: str, request: Request, names: set[str]) -> Cell:
    case = engine.read(request)
    act = case.acts[0]
    regime = engine.regime(case, act)
    facts = regime.bound(case.facts, case.bounds) if case.bounds else case.facts
    names.update(v.fact for v in regime.core[1])
    r = build.reach(regime, facts)
    verdict = r.verdicts[0] if len(r.verdicts) == 1 else "depends"
    depends_on: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    reachable = r.verdicts
    if verdict in ("depends", "unsettled"):
        found = engine.finding(case, act)
        depends_on = tuple(q.fact for q in found.depends_on)
        doubts = tuple(Doubt(u.reason, u.authorities, u.if_stands, u.if_falls, u.words) for u in found.unsettled)
        read = {v for d in doubts for v in (d.if_stands, d.if_falls) if v and d.reason == "contested"}
        reachable = tuple(sorted((set(reachable) - {"unsettled"} if read else set(reachable)) | read))
    basis, deciding = _deciding(regime, r.outcomes, verdict, doubts)
    by = {"federal" if n.rank > STATE_CEILING else "state" for n in deciding}
    decided_by = "" if basis == "not_reached" else "both" if len(by) == 2 else by.pop() if by else ""
    authorities = tuple(dict.fromkeys([*(a for d in doubts for a in d.authorities if d.reason != NOT_IN_CORPUS), *(n.authority.id for n in deciding)]))
    return Cell(question, act, request.actor, verdict, basis, decided_by, authorities, reachable, depends_on, doubts, _value(regime, r.outcomes))


def _deciding(regime: Regime, outcomes: Sequence[Outcome], verdict: str, doubts: Sequence[Doubt]) -> tuple[str, list[Norm]]:
    """The basis of a cell, and the norms that it rests on."""
    somewhere, everywhere = 0, -1
    for o in outcomes:
        somewhere |= o.stands
        everywhere &= o.stands
    norms = regime.norms
    if verdict != "permitted":
        if verdict == "depends":
            basis = "facts"
        else:
            basis = next((o.basis for o in outcomes if o.verdict == verdict), "norm")
        return basis, [norms[i] for i in bits(somewhere) if norms[i].effect in _EFFECT[verdict] or (basis == "untranslated" and norms[i].effect == basis)]
    standing = [norms[i] for i in bits(everywhere)]
    state = [n for n in standing if n.rank <= STATE_CEILING and n.authority.kind != "none"]
    if bars := [n for n in state if bars_limits(n, regime.act)]:
        return "limits_barred", bars
    if permits := [n for n in state if n.effect == "permit"]:
        return "express", permits
    if idle := [n for i, n in enumerate(norms) if n.effect in COMMANDS and n.rank <= STATE_CEILING and not somewhere >> i & 1]:
        return "not_reached", idle
    records = [n for n in standing if n.authority.kind == "none"]
    return "silence", [*records, *(n for n in standing if n.effect == "permit")]


def bars_limits(norm: Norm, act: str) -> bool:
    """Whether a norm of the state makes void what counties, cities or agencies forbid on this act, as a class."""
    return any(
        not s.id and (not s.effect or "forbid" in s.effect) and _LOCAL.intersection(s.level) and (not s.acts or act in s.acts) and not (s.kind or s.basis)
        for s in norm.voids
    )  # fmt: skip


def _value(regime: Regime, outcomes: Sequence[Outcome]) -> float | None:
    if regime.missing:
        return None
    reached: dict[str, set[float]] = {}
    for o in outcomes:
        value = _outcome_value(regime, o)
        if value is not None:
            reached.setdefault(o.verdict, set()).add(value)
    return _mean(_mean(v) for v in reached.values()) if reached else None


def _outcome_value(regime: Regime, o: Outcome) -> float | None:
    """What one outcome counts: for contested law the mean of its readings."""
    if o.basis in (NOT_IN_CORPUS, "untranslated"):
        return None
    contest = regime.contest
    readings = {o.settled_as: _worth(regime, o.settled_as, o.stands)}
    for mask, verdict in o.readings:
        if verdict != "unsettled":
            readings.setdefault(verdict, _worth(regime, verdict, contest.settle(o.applying & ~mask)[2]))
    return _mean(readings.values())


def _worth(regime: Regime, verdict: str, stands: int) -> float:
    """+1, -1 or 0; 0 too where no law of the state is among what decides."""
    commands = [n for i in bits(stands) if (n := regime.norms[i]).effect in _EFFECT.get(verdict, ())]
    return _WORTH.get(verdict, 0.0) if any(n.rank <= STATE_CEILING for n in commands) else 0.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
