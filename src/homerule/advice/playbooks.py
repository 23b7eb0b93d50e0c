"""The playbook of one government: every lever, computed by `decide` for this place and day, in both directions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from homerule import __version__
from homerule.advice.lever import Lever
from homerule.advice.neighbours import Neighbours, neighbours
from homerule.advice.option import Option, bodies, option
from homerule.advice.reading import Reader
from homerule.advice.short import Point, in_short
from homerule.advice.status import OTHERS, STATUSES, UNKNOWN, together
from homerule.corpus.model import Norm
from homerule.errors import InputError, nearest, shorten
from homerule.places import Place
from homerule.reasoning.decide import Engine, read_day
from homerule.reasoning.decide import engine as default_engine
from homerule.reasoning.finding import NOTICE
from homerule.vocabulary import NOTHING, plain

SIDES = ("limiting", "cooperating", "both")
NOT_ADVISED = "Not advised: to obstruct, conceal, give false information, destroy records, or warn a particular person of a particular operation. Federal law makes these crimes."
INSTEAD = "A body may decline what is voluntary, ask for a judge's warrant, write down what it did, and go to court."
DRAFT = "This is a draft for counsel and not legal advice."


class Base(NamedTuple):
    """A legal footing of a lever, in words, with its status and certainty."""

    authority: str
    citation: str
    status: str
    certainty: str


class Entry(NamedTuple):
    """One lever for this government. ``options``: by the bodies here that can pull it; ``owners``: who else can, in words."""

    lever: Lever
    status: str
    options: tuple[Option, ...]
    owners: tuple[str, ...]
    bases: tuple[Base, ...]
    neighbours: Neighbours | None

    def as_data(self) -> dict[str, Any]:
        """The entry as JSON data."""
        x = self.lever
        return {
            "id": x.id, "title": x.title, "side": x.side, "topic": x.topic, "mirror": x.mirror, "says": x.says, "presumes": x.presumes, "status": self.status,
            "options": [o.as_data() for o in self.options], "owners": list(self.owners), "steps": list(x.steps), "approvals": x.approvals, "time": x.time,
            "limits": x.limits, "counter_position": x.counter, "documents": list(x.documents), "requests": list(x.requests),
            "bases": [b._asdict() for b in self.bases], "neighbours": self.neighbours.as_data() if self.neighbours else None,
        }  # fmt: skip


class Playbook(NamedTuple):
    """What one government can do on one day. ``short`` is the first page; ``entries`` stand in the order of their statuses."""

    place: Place
    actor: str
    body: str
    topic: str
    side: str
    on: dt.date
    facts: Mapping[str, Any]
    case: str
    short: tuple[Point, ...]
    entries: tuple[Entry, ...]
    agreements: tuple[Any, ...]
    notes: tuple[str, ...]
    corpus: str
    corpus_hash: str

    def of(self, *statuses: str) -> tuple[Entry, ...]:
        """The entries of these statuses."""
        return tuple(e for e in self.entries if e.status in statuses)

    def __getitem__(self, id: Any) -> Any:
        """``playbook["L01"]`` is the entry of that lever; a number is a field, as of any tuple. Raises KeyError."""
        if not isinstance(id, str):
            return tuple.__getitem__(self, id)
        for e in self.entries:
            if e.lever.id == id:
                return e
        raise KeyError(id)

    @property
    def receipt(self) -> str:
        """Corpus version and hash, engine, and the day the law was read for."""
        short = ", ".join(f"{top} {digest[:10]}" for top, _, digest in (p.partition(":") for p in self.corpus_hash.split()))
        return f"Corpus {self.corpus} ({short}), engine {__version__}, law as of {self.on.isoformat()}."

    def as_data(self) -> dict[str, Any]:
        """The playbook as JSON data, as `docs/how-to/advise.md` describes it."""
        return {
            "place": self.place.as_dict(), "actor": self.actor or None, "topic": self.topic or None, "side": self.side, "on": self.on.isoformat(),
            "facts": {k: plain(v) for k, v in self.facts.items()}, "case": self.case,
            "in_short": [p._asdict() | {"items": list(p.items)} for p in self.short],
            "levers": [e.as_data() for e in self.entries],
            "counts": {s: sum(e.status == s for e in self.entries) for s in STATUSES},
            "agreements": [agreement_words(a) for a in self.agreements], "notes": list(self.notes), "not_advised": f"{NOT_ADVISED} {INSTEAD}",
            "receipt": {"engine": __version__, "corpus": self.corpus, "corpus_hash": self.corpus_hash, "as_of": self.on.isoformat()}, "notice": f"{DRAFT} {NOTICE}",
        }  # fmt: skip


def playbook(
    place: str, actor: str | None = None, topic: str | None = None, on: dt.date | str | None = None, engine: Engine | None = None, *,
    side: str = "both", facts: Mapping[str, Any] = NOTHING, agreements: Iterable[Any] = (), elsewhere: bool = True, tick: Callable[[int, int], None] | None = None,
) -> Playbook:  # fmt: skip
    """The playbook of the government of ``place`` on a day (today if None), or of one ``actor`` there.

    ``topic`` keeps one topic of ``levers.toml``; ``side`` one side; ``facts`` replace those of the standard case. ``agreements``: values of
    `homerule.agreements`, of which those of this place are shown. ``elsewhere``: ask the neighbours too. ``tick`` is called with levers done and levers in all.
    Raises InputError on an unknown place, actor, topic, side or fact.
    """
    chosen = engine or default_engine()
    reader = Reader(chosen, read_day(on), facts)
    book = reader.book
    if side not in SIDES:
        raise InputError(f"no side is called `{shorten(side)}`", where="--side", help=nearest(side, SIDES))
    if topic and topic not in book.topics:
        raise InputError(f"no topic is called `{shorten(topic)}`", where="--topic", help=nearest(topic, list(book.topics)))
    home = find(chosen, place)
    if home.kind == "nation":
        raise InputError("a playbook is for a state, a county or a city", where="PLACE", help='For instance "Ramsey County, MN"')
    if actor:
        chosen.corpus.vocabulary.actor(actor)
        home = chosen.body(home.id, actor)[0]
    wanted = [x for x in book.lever if (side == "both" or x.side in (side, "both")) and (not topic or x.topic == topic)]
    entries = []
    for x in wanted:
        entries.append(_entry(reader, x, home, actor or "", elsewhere))
        if tick:
            tick(len(entries), len(wanted))
    order = list(STATUSES)
    entries.sort(key=lambda e: order.index(e.status))
    mine = tuple(a for a in agreements if getattr(a, "place", None) in {home.id, *(o.place.id for e in entries for o in e.options)})
    words = chosen.corpus.vocabulary
    notes = tuple(dict.fromkeys(n for o in ([actor] if actor else bodies(book, home)[:2]) for n in chosen.body(home.id, o)[4]))
    profile = reader.questions.profiles["standard"]
    body = words.actor(actor).words if actor else f"the government of {home.short}"
    return Playbook(
        home, actor or "", body, topic or "", side, reader.on, dict(facts), profile.says, in_short(reader, entries, home), tuple(entries), mine, notes,
        chosen.corpus.version, chosen.corpus.hash_of(home.chain),
    )  # fmt: skip


def find(engine: Engine, text: str) -> Place:
    """The place that ``text`` names. Raises InputError with candidates."""
    try:
        return engine.find(text)
    except InputError as error:
        raise InputError(error.message, where="PLACE", help=error.help) from None


def _entry(reader: Reader, lever: Lever, home: Place, actor: str, elsewhere: bool) -> Entry:
    here = (actor,) if actor else bodies(reader.book, home)
    words = reader.engine.corpus.vocabulary
    options = tuple(option(reader, lever, pull, who, home) for who in here for pull in lever.pull if who in pull.by)
    owners = tuple(dict.fromkeys(f"{words.actor(a).words} ({reader.book.instruments[p.instrument].words})" for p in lever.pull for a in p.by if a not in here))
    told = [o.status for o in options if o.status not in (OTHERS, UNKNOWN)]
    status = together(told) if told else UNKNOWN if any(o.status == UNKNOWN for o in options) else OTHERS
    near = None
    pulled = next((o for o in options if o.readings), None)
    if elsewhere and pulled and status != OTHERS:
        first = pulled.readings[0]
        probe = next(p for pull in lever.pull if pulled.actor in pull.by for p in lever.probes_of(pull))
        near = neighbours(reader, first.place, first.actor, first.act, probe.facts)
    return Entry(lever, status, options, owners, bases(reader, lever), near)


def bases(reader: Reader, lever: Lever) -> tuple[Base, ...]:
    """The legal footings of a lever as they stand in the corpus."""
    out = []
    for b in lever.bases:
        if b.authority:
            found = reader.engine.corpus.find(b.authority)
            source = found.authority if isinstance(found, Norm) else found
            out.append(Base(b.authority, source.citation, source.status, source.certainty))
        else:
            out.append(Base("", b.citation, "", b.certainty or "recalled"))
    return tuple(out)


def agreement_words(a: Any) -> str:
    """An agreement of the register in one line, whatever of it is known."""
    kind = " ".join(x for x in (str(getattr(a, "kind", "")), str(getattr(a, "model", "") or "")) if x)
    parts = [f"{getattr(a, 'agency', '')}: {kind}, {getattr(a, 'status', '')}"]
    if signed := getattr(a, "signed", None):
        parts.append(f"signed {signed.isoformat()}")
    leave = getattr(a, "exit", None)
    days, sure = getattr(leave, "local_notice_days", None), getattr(leave, "certainty", "")
    if days is not None:
        parts.append("no notice period" if days == 0 else f"{days} days' notice to leave" + (f" ({sure})" if sure else ""))
    elif leave is not None:
        parts.append("exit clause not read: see the document")
    return "; ".join(parts)
