"""One request in, one decision out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule import __version__
from homerule.corpus import Corpus, Reach, load_corpus
from homerule.errors import InputError, shorten
from homerule.places import Gazetteer, Place, PlaceError, actor_home
from homerule.reasoning import build, clock
from homerule.reasoning.explain import VERDICT_PHRASE, listed, sentence
from homerule.reasoning.finding import Coming, Decision, Due, Duty, Finding, Receipt
from homerule.reasoning.regime import Regime, Regimes
from homerule.vocabulary import NOTHING, RequestKind, Value, Vocabulary, plain

SOON = dt.timedelta(days=90)
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
_ANNOUNCED = frozenset({"require", "forbid", "permit", "duty", "untranslated"})  # a change of these is news even where the verdict stays
_KEEP = 20_000  # findings kept a regime


class Request(NamedTuple):
    """What is asked, of whom, where and when.

    ``place``: a name ("Cook County, IL"), a FIPS code or a place id. ``request``: a request kind, or a single act. ``on``: the day asked about,
    default today. ``facts``: by the vocabulary's names, as text or as Python values. ``at``: the time of release, for clock times
    ("14:30" or "2026-11-06T14:30"). ``acts``: only these acts of the request.
    """

    place: str
    actor: str
    request: str
    on: dt.date | str | None = None
    facts: Mapping[str, Any] = NOTHING
    at: str | None = None
    acts: tuple[str, ...] = ()


class Case(NamedTuple):
    """A request that has been read: everything in it is known to the corpus."""

    place: Place
    actor: str
    request: RequestKind
    acts: tuple[str, ...]
    on: dt.date
    given: Mapping[str, Value]
    facts: Mapping[str, Value]
    bounds: Mapping[str, Value]
    release: dt.datetime | None
    reach: Reach
    vocabulary: Vocabulary
    notes: tuple[str, ...]


class Engine:
    """Decides requests over one corpus. Keeps what it has compiled, so that the second answer costs microseconds."""

    def __init__(self, corpus: Corpus | None = None) -> None:
        self.corpus = corpus or load_corpus()
        self.regimes = Regimes(self.corpus)
        self._tables: Gazetteer | None = None
        self._gazetteer: Gazetteer | None = None
        self._hashes: dict[tuple[str, ...], str] = {}
        self._places: dict[tuple[str, str], tuple[Place, Reach, Vocabulary, Mapping[str, Value], tuple[str, ...]]] = {}

    def find(self, text: str) -> Place:
        """The place that ``text`` names. The names that the corpus adds are read only where the tables do not know it.

        Raises InputError with candidates.
        """
        if self._tables is None:
            self._tables = Gazetteer()
        try:
            found = self._tables.find(text)
            if found.known:
                return found
        except PlaceError:
            pass
        if self._gazetteer is None:
            self._gazetteer = Gazetteer({i: {n: getattr(x, n) for n in ("id", "name", "kind", "fips", "counties", "aliases")} for i, x in self.corpus.layers.items()})
        try:
            return self._gazetteer.find(text)
        except PlaceError as error:
            raise PlaceError(str(error), where="--place", candidates=error.candidates) from None

    # ------------------------------------------------------------------ reading the request

    def body(self, text: str, actor: str) -> tuple[Place, Reach, Vocabulary, Mapping[str, Value], tuple[str, ...]]:
        """The body asked: its place, what law reaches it, its vocabulary, the facts assumed there, and notes."""
        key = (text, actor)
        found = self._places.get(key)
        if found is None:
            level = self.corpus.vocabulary.actor(actor).level
            place, note = actor_home(self.find(text), level, self.corpus.vocabulary.actor(actor).words)
            notes = [note] if note else []
            if not place.known:
                notes.append(f"{place.name} is in no place table: the answer is that of {place.state.upper()}, with no local rule")
            reach = Reach(place.id, place.chain, place.circuit)
            vocabulary = self.corpus.vocabulary_for(place.chain)
            assumed = {n: f.assumed for n, f in vocabulary.facts.items() if f.assumed is not None}
            if "/" in place.id and self.corpus.layer(place.id) is None:
                notes.append(f"no ordinance or policy of {place.name} is in the corpus: check the local rules too")
            elif "/" in place.id and self.corpus.layer(place.id).coverage == "partial":  # type: ignore[union-attr]
                notes.append(f"the corpus holds only part of the rules of {place.name}: check the local rules too")
            for layer_id in place.chain:
                layer = self.corpus.layer(layer_id) if layer_id in reach.covering else None
                if layer and layer.open_points and "/" in layer_id:
                    notes.extend(f"open point for {layer.name}: {p}" for p in layer.open_points)
            found = (place, reach, vocabulary, assumed, tuple(notes))
            if len(self._places) > _KEEP:
                self._places.clear()
            self._places[key] = found
        return found

    def read(self, request: Request) -> Case:
        """Check a request and look up its words. Raises InputError with one clear sentence."""
        asked = self.corpus.vocabulary.asked(request.request)
        self.corpus.vocabulary.actor(request.actor)
        place, reach, vocabulary, assumed, notes = self.body(request.place, request.actor)
        day = read_day(request.on)
        given = {name: vocabulary.fact(name).parse(value) for name, value in request.facts.items()}
        for act in request.acts:
            if act not in asked.acts:
                raise InputError(f"the request `{asked.name}` does not ask the act `{shorten(act)}`", where="--act", help=f"It asks {', '.join(asked.acts)}")
        release = clock.parse_moment(request.at, day) if request.at else None
        bounds = {n: given[b] for n in assumed if n not in given and (b := vocabulary.facts[n].no_more_than) in given}
        if bounds:
            assumed = {n: v for n, v in assumed.items() if n not in bounds}
        return Case(place, request.actor, asked, request.acts or asked.acts, day, given, {**assumed, **given}, bounds, release, reach, vocabulary, notes)

    # ------------------------------------------------------------------ deciding

    def decide(self, request: Request) -> Decision:
        """The decision on ``request``: a finding for each act it asks."""
        case = self.read(request)
        findings = tuple(self.finding(case, act) for act in case.acts)
        norms = tuple(dict.fromkeys(r.norm for f in findings for r in (*f.stands, *f.fell)))
        receipt = Receipt(__version__, self.corpus.version, self._hash(case.reach.chain), "1.0", case.on, self.corpus.version, norms)
        echo = {
            "place": {"id": case.place.id, "name": case.place.name, "kind": case.place.kind, "fips": case.place.fips},
            "actor": case.actor, "request": case.request.name, "acts": list(case.acts), "on": case.on.isoformat(),
            "at": case.release.isoformat(timespec="minutes") if case.release else None,
            "facts": {k: plain(v) for k, v in sorted(case.given.items())},
        }  # fmt: skip
        return Decision(echo, findings, receipt, case.notes)

    def _hash(self, chain: tuple[str, ...]) -> str:
        if chain not in self._hashes:
            self._hashes[chain] = self.corpus.hash_of(chain)
        return self._hashes[chain]

    def regime(self, case: Case, act: str) -> Regime:
        return self.regimes.regime(case.reach, case.actor, act, case.on)

    def finding(self, case: Case, act: str) -> Finding:
        """The finding on one act. Shared between requests whose facts the regime cannot tell apart."""
        regime = self.regime(case, act)
        facts = regime.bound(case.facts, case.bounds) if case.bounds else case.facts
        key = tuple([facts.get(f) for f in regime.facts])
        assumed = tuple([f for f in regime.facts if f in case.facts and f not in case.given])
        full_key = (case.on, key, assumed)
        found = regime.findings.get(full_key)
        if found is None:
            found = build.finding(regime, {f: v for f, v in zip(regime.facts, key) if v is not None}, assumed)
            actor = case.vocabulary.actor(case.actor)
            answer = sentence(found.verdict, found.basis, case.vocabulary.act(act), actor, case.place.name, case.on, found.reachable, regime.missing)
            found = found._replace(answer=answer, coming=self.coming(case, act, regime, found))
            if len(regime.findings) >= _KEEP:
                regime.findings.clear()
            regime.findings[full_key] = found
        return self._timed(found, regime, case) if found.duties else found

    def _timed(self, found: Finding, regime: Regime, case: Case) -> Finding:
        """The duties with clock times, where the moment they count from is known."""
        timed: list[Duty] = []
        deadlines = {n.id: n for n in regime.norms if n.deadline}
        changed = False
        for duty in found.duties:
            norm = deadlines.get(duty.norm)
            if norm is None or norm.deadline is None or (case.release is None and norm.deadline.since != "request"):
                timed.append(duty)
                continue
            due = clock.due(norm.deadline, level=norm.level, state=case.place.state, release=case.release, asked=case.on)
            changed = changed or due != duty.deadline
            timed.append(duty._replace(deadline=due))
        if not changed:
            return found
        caps = [d.deadline.at for d in timed if d.deadline and d.deadline.cap and "T" in d.deadline.at]
        if len(caps) > 1:
            first = min(caps)
            timed = [d._replace(deadline=_earliest(d.deadline)) if d.deadline and d.deadline.cap and d.deadline.at == first else d for d in timed]
        return found._replace(duties=tuple(timed))

    def coming(self, case: Case, act: str, regime: Regime, found: Finding) -> tuple[Coming, ...]:
        """Changes of the law and fixed deadlines within ninety days after the day asked about."""
        last = case.on + SOON
        out: list[Coming] = []
        now, here = regime, {n.id for n in regime.norms}
        while now.end is not None and now.end <= last:
            after = self.regimes.regime(case.reach, case.actor, act, now.end)
            there = {n.id for n in after.norms}
            verdict = after.verdict(after.bound(case.facts, case.bounds))
            moved = verdict != now.verdict(now.bound(case.facts, case.bounds))
            for kind, ids in (("begins", there - here), ("ends", here - there)):
                norms = [n for n in (after if kind == "begins" else now).norms if n.id in ids and (moved or n.effect in _ANNOUNCED or n.voids)]
                if norms:
                    cites = listed(tuple(dict.fromkeys(n.authority.citation for n in norms)), "and")
                    same = "still" if verdict == found.verdict else "then"
                    words = f"{cites} {'takes effect' if kind == 'begins' else 'ceases to be in force'} on {now.end.isoformat()}; on the same facts the act is {same} {VERDICT_PHRASE[verdict]}"
                    out.append(Coming(now.end, kind, tuple(n.id for n in norms), verdict, words))
            now, here = after, there
        standing = {r.norm for r in found.stands}
        for n in regime.norms:
            if n.id in standing and n.deadline and n.deadline.by and case.on <= n.deadline.by <= last:
                days = (n.deadline.by - case.on).days
                out.append(Coming(n.deadline.by, "deadline", (n.id,), found.verdict, f"{n.authority.citation}: deadline {n.deadline.by.isoformat()}, {days} day{'' if days == 1 else 's'} from the day asked about"))
        return tuple(sorted(out, key=lambda c: (c.date, c.kind, c.norms)))


def _earliest(due: Due) -> Due:
    return due._replace(earliest=True)


def read_day(on: dt.date | str | None) -> dt.date:
    """The day asked about; today where none is given. Raises InputError outside 1990 to 2100."""
    if on is None:
        return dt.date.today()
    if isinstance(on, dt.datetime):
        on = on.date()
    if not isinstance(on, dt.date):
        try:
            on = dt.date.fromisoformat(str(on).strip())
        except ValueError:
            raise InputError(f"`{shorten(str(on))}` is no day", where="--on", help="Give it as YYYY-MM-DD") from None
    if not FIRST_DAY <= on < LAST_DAY:
        raise InputError(f"the day {on.isoformat()} is outside what the corpus can answer", where="--on", help="Give a day from 1990 to 2099")
    return on


@lru_cache(maxsize=4)
def engine(law: tuple[str, ...] = ()) -> Engine:
    """The engine over the package's corpus with the law folders ``law`` added."""
    return Engine(load_corpus(law=law))


def decide(request: Request, *, corpus: Corpus | None = None, law: Iterable[str] = ()) -> Decision:
    """Decide one request. ``corpus`` or ``law`` (folders to add) replace the default corpus.

    Raises InputError where the request cannot be read, CorpusError where the law it needs cannot.
    """
    return (Engine(corpus) if corpus else engine(tuple(str(x) for x in law))).decide(request)
