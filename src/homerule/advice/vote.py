"""The memo for a vote: what follows from yes and from no, with the authority and certainty of each, and what would change the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from homerule import __version__
from homerule.advice.lever import Lever, Pull
from homerule.advice.option import Option, bodies, grouped, kind_of, option, said
from homerule.advice.playbooks import DRAFT, INSTEAD, NOT_ADVISED, Base, agreement_words, bases, find
from homerule.advice.question import measure, who_can
from homerule.advice.reading import Condition, Reader, Reading, ref_data
from homerule.advice.short import dates
from homerule.advice.status import BLOCKS, MAKES, OTHERS
from homerule.errors import InputError, shorten
from homerule.places import Place
from homerule.reasoning.decide import Engine, read_day
from homerule.reasoning.decide import engine as default_engine
from homerule.reasoning.explain import listed
from homerule.reasoning.finding import NOTICE, Duty, NormRef, Risk, as_data
from homerule.vocabulary import NOTHING, plain

VOTES = ("yes", "no")
_ON = {
    "yes": {"makes": "does what the law already orders", "blocks": "goes against the law", "open": "is within what the law leaves open"},
    "no": {"makes": "leaves undone what the law orders", "blocks": "keeps to the law", "open": "is within what the law leaves open"},
}


class Side(NamedTuple):
    """One side of the vote. ``verdict`` sums it up in a sentence; ``law``: what the law says of each act; ``person``, ``money``, ``other``: risks by whom
    they touch (one risk may stand in two); ``shields``: what protects."""

    vote: str
    verdict: str
    law: tuple[str, ...]
    person: tuple[Risk, ...]
    money: tuple[Risk, ...]
    other: tuple[Risk, ...]
    shields: tuple[Risk, ...]
    duties: tuple[Duty, ...]


class Memo(NamedTuple):
    """The counsel memo. ``sides``: the one asked for first. ``bodies``: every body here that can take the step, with its status."""

    lever: Lever
    asked: str
    place: Place
    actor: str
    body: str
    on: dt.date
    facts: Mapping[str, Any]
    case: str
    option: Option
    bodies: tuple[Option, ...]
    sides: tuple[Side, Side]
    authorities: tuple[NormRef, ...]
    bases: tuple[Base, ...]
    conditions: tuple[Condition, ...]
    dates: tuple[str, ...]
    agreements: tuple[Any, ...]
    notes: tuple[str, ...]
    corpus: str
    corpus_hash: str

    def side(self, vote: str) -> Side:
        """The side called ``yes`` or ``no``."""
        return next(s for s in self.sides if s.vote == vote)

    @property
    def receipt(self) -> str:
        """Corpus version and hash, engine, and the day the law was read for."""
        short = ", ".join(f"{top} {digest[:10]}" for top, _, digest in (p.partition(":") for p in self.corpus_hash.split()))
        return f"Corpus {self.corpus} ({short}), engine {__version__}, law as of {self.on.isoformat()}."

    def as_data(self) -> dict[str, Any]:
        """The memo as JSON data, as `docs/how-to/advise.md` describes it."""
        return {
            "question": self.asked, "lever": self.lever.id, "title": self.lever.title, "place": self.place.as_dict(), "actor": self.actor, "on": self.on.isoformat(),
            "facts": {k: plain(v) for k, v in self.facts.items()}, "case": self.case, "status": self.option.status, "why": self.option.why,
            "bodies": [{"actor": o.actor, "place": o.place.id, "instrument": o.instrument, "status": o.status, "why": o.why} for o in self.bodies],
            "sides": [{"vote": s.vote, "verdict": s.verdict, "law": list(s.law), **{n: as_data(getattr(s, n)) for n in ("person", "money", "other", "shields", "duties")}} for s in self.sides],
            "readings": [r.as_data() for r in self.option.readings], "authorities": [ref_data(r) for r in self.authorities], "bases": [b._asdict() for b in self.bases],
            "would_change": [c._asdict() for c in self.conditions], "dates": list(self.dates),
            "steps": list(self.lever.steps), "approvals": self.lever.approvals, "time": self.lever.time, "limits": self.lever.limits, "counter_position": self.lever.counter,
            "documents": list(self.lever.documents), "agreements": [agreement_words(a) for a in self.agreements], "notes": list(self.notes), "not_advised": f"{NOT_ADVISED} {INSTEAD}",
            "receipt": {"engine": __version__, "corpus": self.corpus, "corpus_hash": self.corpus_hash, "as_of": self.on.isoformat()}, "notice": f"{DRAFT} {NOTICE}",
        }  # fmt: skip


def vote_memo(
    place: str, question: str, vote: str = "yes", actor: str | None = None, on: dt.date | str | None = None, engine: Engine | None = None, *,
    facts: Mapping[str, Any] = NOTHING, agreements: Iterable[Any] = (),
) -> Memo:  # fmt: skip
    """The memo for a vote of a body of ``place`` on ``question``: a lever or act by id, or plain words. Both sides are in it, ``vote`` first.

    ``actor``: the body that votes; the first of the place's bodies that can take the step if not given. ``facts`` replace those of the standard case.
    Raises InputError where the question is unclear (with candidates), or where the body cannot take the step (with who can).
    """
    chosen = engine or default_engine()
    reader = Reader(chosen, read_day(on), facts)
    words = chosen.corpus.vocabulary
    if vote not in VOTES:
        raise InputError(f"`{shorten(vote)}` is no vote", where="--vote", help="Give yes or no")
    home = find(chosen, place)
    if home.kind == "nation":
        raise InputError("a memo is for a state, a county or a city", where="PLACE", help='For instance "Fort Myers, FL"')
    lever, asked = measure(reader.book, words, question)
    here = bodies(reader.book, home)
    if actor:
        words.actor(actor)
        home = chosen.body(home.id, actor)[0]
        if not any(actor in p.by for p in lever.pull):
            raise InputError(f"{words.actor(actor).words} cannot take the step “{lever.title}”", where="--actor", help=f"Who can: {listed(tuple(who_can(lever, words)), 'or')}")
    able = [(a, p) for a in here for p in lever.pull if a in p.by]
    voter = next(((actor, p) for p in lever.pull if actor in p.by), None) if actor else next(iter(able), None)
    if voter is None:
        raise InputError(f"no body of {home.short} can take the step “{lever.title}”", where="QUESTION", help=f"Who can: {listed(tuple(who_can(lever, words)), 'or')}. Name another place, or --actor")
    who, pull = str(voter[0]), voter[1]
    mine = option(reader, lever, pull, who, home)
    if mine.status == OTHERS:
        raise InputError(f"{words.actor(who).words} of {home.short} cannot take the step “{lever.title}”", where="--actor", help=mine.why)
    others = [option(reader, lever, p, a, home) for a, p in able if len(lever.pull) > 1 or a != who] if lever.id not in words.acts else []
    sides = [_side(reader, lever, pull, mine, who, home, v) for v in (vote, *(v for v in VOTES if v != vote))]
    conditions = tuple(dict.fromkeys(c for r in mine.readings for c in r.conditions))
    held = tuple(a for a in agreements if getattr(a, "place", None) == home.id)
    return Memo(
        lever, asked, home, who, words.actor(who).words, reader.on, dict(facts), reader.questions.profiles["standard"].says, mine, (mine, *(o for o in others if o.actor != who)),
        (sides[0], sides[1]), _authorities(mine), bases(reader, lever), conditions, dates([mine, *others]), held, chosen.body(home.id, who)[4],
        chosen.corpus.version, chosen.corpus.hash_of(home.chain),
    )  # fmt: skip


def _authorities(o: Option) -> tuple[NormRef, ...]:
    """What decides first, then what stands beside it, then what fell."""
    rows = {r.norm: r for r in o.authorities}
    for x in o.readings:
        rows |= {r.norm: r for r in x.finding.stands if r.effect in ("require", "forbid", "permit", "untranslated") and r.norm not in rows}
    return tuple(rows.values())[:12]


def _side(reader: Reader, lever: Lever, pull: Pull, mine: Option, who: str, home: Place, vote: str) -> Side:
    pulled = vote == "yes"
    acts = reader.engine.corpus.vocabulary.acts
    law = [_weighed(g, vote, acts) for g in grouped(mine.readings)]
    extra = []
    kind = kind_of(reader.book, home)
    for also in (a for a in lever.also if a.side == vote):
        for subject in reader.book.subjects(also.conduct, who, kind)[:1]:
            r = reader.read(home, subject, also.act, "do", also.facts, rule=False, home=home, rank=0, fixed=pull.facts)
            if also.act == "limit_cooperation" and r.verdict == "permitted":
                continue
            law.append(f"{also.words}: {said([r], acts)}")
            if also.act == "limit_cooperation":
                extra += [x for x in r.finding.exposure.doing if x.effect == "expose"]
    risks = mine.using if pulled else mine.leaving
    exposed = [x for x in risks if x.effect == "expose"]
    exposed += [x for x in extra if x.norm not in {y.norm for y in exposed}]
    person, money = (tuple(x for x in exposed if _speaks_of(reader, kind, x)) for kind in ("person", "money"))
    other = tuple(x for x in exposed if x not in person and x not in money)
    shields = tuple(x for x in risks if x.effect == "protect")
    duties = mine.duties if pulled else tuple(d for d in mine.duties if d.deadline and not d.deadline.cap)
    return Side(vote, _verdict(mine, vote), tuple(dict.fromkeys(law)), person, money, other, shields, duties)


def _speaks_of(reader: Reader, kind: str, x: Risk) -> bool:
    text = f"{x.says} {x.penalty}".lower()
    return any(w in text for w in reader.book.risk_words.get(kind, ()))


def _verdict(o: Option, vote: str) -> str:
    """One sentence from a fixed table, the same for both sides."""
    kinds = {_kind(r) for r in o.readings}
    name = f"A {vote} vote"
    if not kinds:
        return f"{name}: the corpus has no act for this step, so nothing is computed; ask counsel."
    if "blocks" in kinds and "makes" in kinds:
        return f"{name} meets orders that point opposite ways; see each below."
    for kind in ("blocks", "makes"):
        if kind in kinds:
            rest = " in part; for the rest the answer is not settled" if "unsure" in kinds else ""
            return f"{name} {_ON[vote][kind]}{rest}."
    if "unsure" in kinds:
        tails = next((t for r in o.readings if (t := _either(r, vote))), "")
        return f"{name} turns on what is contested: {tails}." if tails else f"{name} turns on facts not yet known, or on what is not settled: see each reading below."
    return f"{name} {_ON[vote]['open']}."


def _either(r: Reading, vote: str) -> str:
    """What a vote is on each reading of contested law; empty where the verdict is settled."""
    if not r.finding.unsettled:
        return ""
    u = r.finding.unsettled[0]
    kinds = {BLOCKS[r.stance]: "blocks", MAKES[r.stance]: "makes", "permitted": "open"}
    return "; ".join(f"{when}, it {_ON[vote][kinds[v]]}" for v, when in ((u.if_stands, "if the contested rule stands"), (u.if_falls, "if it falls")) if v in kinds)


def _kind(r: Reading) -> str:
    if r.barred_by:
        return "blocks"
    return {BLOCKS[r.stance]: "blocks", MAKES[r.stance]: "makes", "permitted": "open"}.get(r.verdict, "unsure")


def _weighed(group: list[Reading], vote: str, acts: Any) -> str:
    """What the law says of one act, and what the vote then is."""
    text, kind = said(group, acts), _kind(group[0])
    if kind == "unsure":
        tails = _either(group[0], vote)
        return f"{text} A {vote} vote: {tails}." if tails else text
    return f"{text} A {vote} vote {_ON[vote][kind]}."
