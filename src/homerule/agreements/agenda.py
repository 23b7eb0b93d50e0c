"""Days to keep: ends and renewals of agreements, the last day to give notice, reviews, and what statutes set, as a list and as a calendar."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from homerule.agreements.exit import acts_of, terms_of
from homerule.agreements.kinds import kinds
from homerule.agreements.model import ENDED, PENDING, Agreement
from homerule.agreements.templates import shelf
from homerule.conditions.words import in_words
from homerule.corpus import Reach
from homerule.corpus.model import Norm
from homerule.errors import InputError
from homerule.reasoning.decide import Engine, Request, engine, read_day
from homerule.survey.timeline import events

__all__ = ["Agenda", "DueDay", "calendar", "deadlines"]

_BINDING = ("require", "forbid", "duty", "permit")


class DueDay(NamedTuple):
    """One day. `what` is one of `ends`, `last notice`, `review`, `statute`, `begins`, `may begin`, `law ends`, `overdue`.

    `id` is stable: the same matter on the same day has the same one. `known` is the day on which its source was last checked.
    """

    date: dt.date
    what: str
    title: str
    text: str
    place: str
    agreement: str = ""
    norm: str = ""
    citation: str = ""
    doubt: str = ""
    known: dt.date | None = None

    @property
    def id(self) -> str:
        day = "" if self.what == "overdue" else self.date.isoformat()  # which is shown on the first day asked about
        held = "|".join((day, self.what, self.place, self.agreement, self.norm, self.title + self.text if not self.norm else ""))
        return sha256(held.encode()).hexdigest()[:24]

    def as_data(self) -> dict[str, Any]:
        """The day as JSON data."""
        return {"id": self.id} | {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in zip(self._fields, self)}


class Agenda(NamedTuple):
    """The days from `first` to `last`, in order, and `undated`: duties whose clock starts with an event that is not known here."""

    first: dt.date
    last: dt.date
    days: tuple[DueDay, ...]
    undated: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """The agenda as JSON data."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "deadlines": [d.as_data() for d in self.days], "undated": list(self.undated)}


def deadlines(
    agreements: Iterable[Agreement] = (), *, place: str = "", first: dt.date | str | None = None, last: dt.date | str | None = None, law: Iterable[str] = (), use: Engine | None = None
) -> Agenda:
    """What falls due from ``first`` (today) to ``last`` (a year later), both included.

    ``agreements``: those of the registry; with ``place`` only the ones of that place (of any body in it, where it is a state) count, and
    only the law that reaches it. Raises InputError for an unknown place or days in the wrong order.
    """
    chosen = use or engine(tuple(law))
    start = read_day(first)
    end = read_day(last) if last else start + dt.timedelta(days=365)
    if end < start:
        raise InputError(f"{end.isoformat()} lies before {start.isoformat()}", where="--to", help="Give the later day in --to")
    home = chosen.find(place) if place else None
    held = [a for a in agreements if not home or a.place == home.id or (home.kind in ("state", "nation") and (a.state == home.state or not home.state))]
    norms = _norms(chosen, home)
    days: list[DueDay] = []
    for a in held:
        days += _of_agreement(a, start, end)
        days += _forced(chosen, a, norms, start, end)
    for e in events([n for n in norms if n.effect in _BINDING], start, end):
        if e.kind != "deadline" and e.norm.effect not in ("require", "forbid"):
            continue
        days.append(_of_norm(chosen, e.date, e.kind, e.norm, home.id if home else ""))
    undated = [f"{n.place}: {n.says} ({n.authority.citation}; {_clock(n)})" for n in norms if home and n.effect in ("duty", "require") and n.deadline and not n.deadline.by and n.period_on(start)]
    unique = {d.id: d for d in days}
    return Agenda(start, end, tuple(sorted(unique.values(), key=lambda d: (d.date, d.what, d.place, d.title))), tuple(dict.fromkeys(undated)))


def _acts() -> frozenset[str]:
    return frozenset(a for k in kinds().kinds for a in acts_of(k)[:2] if a)


def _norms(chosen: Engine, home: Any) -> list[Norm]:
    """The norms about entering, holding and leaving agreements that reach the place, or all."""
    acts = frozenset(a for k in kinds().kinds if acts_of(k).leave for a in acts_of(k)[:2] if a)
    if home:
        reach = Reach(home.id, home.chain, home.circuit)
        found = [n for s in chosen.corpus.shards(reach.chain) for n in s.norms if (reach.covers(n) or (home.kind == "state" and n.place.startswith(home.id + "/")))]
    else:
        found = chosen.corpus.all_norms()
    return [n for n in found if acts.intersection(n.acts)]


def _clock(n: Norm) -> str:
    d = n.deadline
    assert d is not None
    return d.words or (f"{d.hours} hours after the {d.since}" if d.hours else f"{d.days} days after the {d.since}")


def _of_norm(chosen: Engine, day: dt.date, kind: str, n: Norm, place: str) -> DueDay:
    verb = {"require": "required", "forbid": "prohibited", "permit": "permitted", "duty": "a duty"}[n.effect]
    vocabulary = chosen.corpus.vocabulary_for([n.place])
    acts = "; ".join(vocabulary.acts[a].noun for a in n.acts if a in _acts())
    what = {"deadline": "statute", "ends": "law ends"}.get(kind, kind)
    title = f"{acts[0].upper()}{acts[1:]}: " + ({"deadline": f"{verb}, deadline", "begins": f"{verb} from this day", "may begin": f"{verb}, perhaps from this day", "ends": f"no longer {verb}"}[kind])
    when = in_words(n.condition, vocabulary) if n.when or n.unless else ""
    doubts = [n.contested] if n.contested else []
    doubts += ["contested"] if n.authority.status == "contested" and not n.contested else []
    doubts += [f"status: {n.authority.status}"] if n.authority.status in ("pending", "enjoined") else []
    doubts += [] if n.authority.certainty == "confirmed" else [f"{n.authority.certainty}: check the source before relying on it"]
    bound = sorted(vocabulary.actors[x].words for x in n.actors)
    text = n.says + f" Binds {', '.join(bound[:6])}{' and others' if len(bound) > 6 else ''}." + (f" Applies when {when}." if when else "") + (f" ({n.deadline.words})" if kind == "deadline" and n.deadline and n.deadline.words else "")
    return DueDay(day, what, title, text, place or n.place, "", n.id, n.authority.citation + (f", at {n.pinpoint}" if n.pinpoint and n.pinpoint not in n.authority.citation else ""), "; ".join(d.rstrip(".") for d in doubts), n.authority.checked)


def _of_agreement(a: Agreement, start: dt.date, end: dt.date) -> list[DueDay]:
    """The end, the last day for notice before it, and the reviews of one agreement."""
    if a.status in (ENDED, PENDING):
        return []
    out = []
    label = f"{a.agency}, {kinds().label(a.kind, a.model)}"
    where = a.place or a.state
    terms, template = terms_of(a)
    known = _known(a)
    if a.ends and start <= a.ends <= end:
        out.append(DueDay(a.ends, "ends", f"{label}: ends", "Its term ends on this day." + (f" Renewal: {a.renewal}." if a.renewal else " The registry holds no rule on renewal: read the copy."), where, a.id, known=known))
    if a.ends and terms.local_notice_days:
        last = a.ends - dt.timedelta(days=terms.local_notice_days)
        if start <= last <= end:
            text = f"{terms.local_notice_days} days of notice before {a.ends.isoformat()}: notice received after this day no longer ends it before its term does" + (f", or before it renews ({a.renewal})" if a.renewal else "") + "."
            out.append(DueDay(last, "last notice", f"{label}: last day for notice before its end", text, where, a.id, doubt=terms.doubt, known=known))
    began = a.effective or a.signed
    if template and began:
        for review in template.reviews:
            for day in _every(began, int(review["months"]), start, end):
                if not a.in_force(day):
                    continue
                doubt = f"counted from {'its effective day' if a.effective else 'the signing day on record'}, {began.isoformat()}; the words are those of {template.label}" + ("" if a.exit.certainty == "confirmed" else ", and the signed copy was not read here")
                out.append(DueDay(day, "review", f"{label}: review", f"{review['words'][0].upper()}{review['words'][1:]}.", where, a.id, doubt=doubt, known=known))
    return out


def _known(a: Agreement) -> dt.date | None:
    return max((e.on for e in a.events), default=a.listed_last or a.signed)


def _every(began: dt.date, step: int, start: dt.date, end: dt.date) -> list[dt.date]:
    out, count = [], 1
    while (day := _after(began, step * count)) <= end and count < 200:
        if day >= start:
            out.append(day)
        count += 1
    return out


def _after(day: dt.date, count: int) -> dt.date:
    """The day `count` months later; the last of the month where that month is shorter."""
    year, month = divmod(day.month - 1 + count, 12)
    year += day.year
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _forced(chosen: Engine, a: Agreement, norms: Sequence[Norm], start: dt.date, end: dt.date) -> list[DueDay]:
    """A statutory day by which this agreement must be ended: the last day for notice before it, and whether it has passed."""
    leave = acts_of(a.kind, a.model).leave
    if a.status in (ENDED, PENDING) or not leave or not (a.place or a.state):
        return []
    out = []
    for n in norms:
        if n.effect != "require" or leave not in n.acts or n.deadline is None or n.deadline.by is None or n.place.partition("/")[0] != a.state:
            continue
        due = n.deadline.by
        body = shelf().actor_of(a.agency, "state" if a.place == a.state else "local")
        if (body and body not in n.actors) or not _required(chosen, a, body or next(iter(sorted(n.actors))), leave, n, due):
            continue
        terms, _ = terms_of(a)
        label = f"{a.agency}, {kinds().label(a.kind, a.model)}"
        if terms.local_notice_days:
            last = due - dt.timedelta(days=terms.local_notice_days)
            if start <= last <= end:
                out.append(DueDay(last, "last notice", f"{label}: last day for notice before the law's day", f"{n.says} Its clause asks {terms.local_notice_days} days of notice before {due.isoformat()}.", a.place or a.state, a.id, n.id, n.authority.citation, terms.doubt, n.authority.checked))
        if due < start and a.in_force(start) is not False:
            seen = "" if a.in_force(start) else f"; lists last show it on {a.listed_last}, and no document held here ends it"
            out.append(DueDay(start, "overdue", f"{label}: the law's day to end it was {due.isoformat()}", n.says, a.place or a.state, a.id, n.id, n.authority.citation, f"whether it still stands is to be checked{seen}", n.authority.checked))
    return out


def _required(chosen: Engine, a: Agreement, actor: str, act: str, n: Norm, day: dt.date) -> bool:
    try:
        decision = chosen.decide(Request(a.place or a.state, actor, act, day, dict(acts_of(a.kind, a.model).facts)))
    except InputError:
        return False
    return any(r.norm == n.id for r in decision[act].stands) and decision[act].verdict in ("required", "unsettled", "depends")


def calendar(agenda: Agenda, *, corpus_day: dt.date, name: str = "Agreements with federal agencies") -> bytes:
    """The agenda as an iCalendar file (RFC 5545): all-day events with stable ids and alarms 30 and 7 days ahead.

    The same agenda makes the same bytes: the stamp of an event is the day its source was last checked, else ``corpus_day``.
    Raises InputError where the package is missing.
    """
    try:
        from icalendar import Alarm, Calendar, Event
    except ImportError:
        raise InputError("writing a calendar needs a package that is not installed", where="--ics", help="Run: pip install 'homerule[agreements]'") from None
    out = Calendar()
    out.add("prodid", "-//Homerule//agreements//EN")
    out.add("version", "2.0")
    out.add("calscale", "GREGORIAN")
    out.add("method", "PUBLISH")
    out.add("x-wr-calname", name)
    for d in agenda.days:
        event = Event()
        event.add("uid", f"{d.id}@homerule")
        event.add("dtstamp", dt.datetime.combine(d.known or corpus_day, dt.time(), dt.UTC))
        event.add("dtstart", d.date)
        event.add("dtend", d.date + dt.timedelta(days=1))
        event.add("summary", d.title)
        lines = [d.text, f"Place: {d.place}"]
        lines += [f"Authority: {d.citation}"] if d.citation else []
        lines += [f"Agreement: {d.agreement}"] if d.agreement else []
        lines += [f"Doubt: {d.doubt}"] if d.doubt else []
        event.add("description", "\n".join(lines))
        event.add("categories", [d.what])
        event.add("transp", "TRANSPARENT")
        event.add("status", "TENTATIVE" if d.doubt else "CONFIRMED")
        for ahead in (30, 7):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"In {ahead} days: {d.title}")
            alarm.add("trigger", dt.timedelta(days=-ahead))
            event.add_component(alarm)
        out.add_component(event)
    return bytes(out.to_ical())
