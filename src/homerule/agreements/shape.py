"""One agreement out of its rows and records, and how the agreements of one body stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from homerule.agreements.kinds import kinds
from homerule.agreements.listing import Listing
from homerule.agreements.model import ENDED, GONE, LISTED, PENDING, RECORDED, Addendum, Agreement, Approval, Cost, Event, Exit, Fact, Period
from homerule.agreements.placing import place_of
from homerule.agreements.records import Record
from homerule.agreements.same import Spelling
from homerule.agreements.timeline import Line, Point, day, draw

__all__ = ["agreement_of", "related"]

_SWITCH_WITHIN = timedelta(days=366)


def agreement_of(
    rows: list[Spelling], records: list[Record], kind: str, model: str, points: list[Point], waits: list[Point], force: list[Listing], wait: list[Listing], body: list[Spelling]
) -> Agreement:  # fmt: skip
    """The agreement that `rows` (of one kind and model) and `records` tell of; `body` are all rows of its agency. The id is left empty."""
    line = _line(rows, points)
    best = _speller(body or [])
    newest = max(rows, key=lambda s: (s.lists[-1] if s.lists else -1, s.waiting[-1] if s.waiting else -1, s.signed or date.min, s.row), default=None)
    facts: list[Fact] = []
    doubts = list(line.doubts)
    state = best.state if best else records[-1].state
    agency = best.row.agency if best else records[-1].agency
    county = next((s.row.county for s in _newest_first(rows) if s.row.county), "")
    support = newest.row.support if newest else ""
    link = next((s.row.link for s in _newest_first(rows) if s.row.link), "")
    addenda: list[Addendum] = []
    place, place_doubt = None, ""
    if newest:
        source, on = _source(newest, points, waits, force, wait)
        row = newest.row
        for field, said in (("agency", row.agency), ("state", row.state), ("body", row.body), ("county", row.county), ("model", row.support), ("signed", row.signed), ("link", row.link or row.link_text)):
            if said:
                facts.append(Fact(field, said, source, on))
        spelt = {s.row.agency: s for s in sorted(rows, key=lambda s: s.row) if s.row.agency != row.agency}
        facts += [Fact("agency", text, *_source(s, points, waits, force, wait)) for text, s in sorted(spelt.items())]
        doubts += [d for d in newest.doubts if d]
        linked = sorted({s.row.addendum for s in rows if s.row.addendum})
        addenda = [Addendum("addendum", url, source=source) for url in linked]
        if not linked and row.addendum_text:
            addenda = [Addendum("addendum (link pending)", source=source)]
        place, place_doubt = _place(rows, body)
    events = list(line.events)
    pending = sorted({i for s in rows for i in s.waiting})
    pending_gone = None
    if pending:
        first, last = waits[pending[0]], waits[pending[-1]]
        events.append(Event(first.on, "pending", f"on the pending list of {day(first.on)}", first.name, True))
        pending_gone = next((p for p in waits[pending[-1] + 1 :] if p.whole), None)
        if pending_gone and line.listed_last is None:
            events.append(Event(last.on, "last listed", f"last on a pending list on {day(last.on)}", last.name, True))
            events.append(Event(pending_gone.on, "not listed", f"not on the pending list of {day(pending_gone.on)}, and on no list of agreements in force", pending_gone.name, True))
    absent = line.absent_from or (pending_gone.on if pending_gone and line.listed_last is None else None)
    status = RECORDED
    if line.listed_last is not None:
        status = LISTED if line.absent_from is None else GONE
    if pending and status != LISTED:
        later = line.listed_last is None or waits[pending[-1]].on > line.listed_last
        status = PENDING if later and pending_gone is None else GONE
    made = Agreement(
        "", agency, place, state, kind, model, status, signed=line.signed, listed_first=line.listed_first, listed_last=line.listed_last, absent_from=absent,
        pending_first=waits[pending[0]].on if pending else None, pending_last=waits[pending[-1]].on if pending else None, link=link, addenda=tuple(addenda),
        periods=line.periods, events=tuple(events), facts=tuple(facts), doubts=tuple(doubts), federal_agency=kinds().kinds[kind].federal_agency if kind in kinds().kinds else "",
        county=county, support=support, body=kinds().body(newest.row.body) if newest and newest.row.body else "",
    )  # fmt: skip
    if records:
        made = _told(made, records)
    if made.place is None and not rows:
        placed = place_of(made.agency, made.state, made.county, "")
        made, place_doubt = made._replace(place=placed.id), placed.doubt
    held = [*made.doubts, *([place_doubt] if place_doubt and not any(f.field == "place" for f in made.facts) else [])]
    if not made.model and kinds().kinds[kind].models:
        held.append("the list does not say which model this is")
    return made._replace(doubts=tuple(dict.fromkeys(held)), events=tuple(sorted(made.events, key=lambda e: (e.on, _ORDER.get(e.what, 5), e.text))))


_ORDER = {"pending": 0, "signed": 1, "listed": 2, "last listed": 6, "not listed": 7, "listed again": 8, "ended": 9}


def _line(rows: list[Spelling], points: list[Point]) -> Line:
    shown: dict[int, date | None] = {}
    links: dict[int, str] = {}
    for s in sorted(rows, key=lambda s: (s.signed or date.min, s.row)):
        for i in s.lists:
            if s.signed is None or shown.get(i) is None or s.signed >= (shown[i] or date.min):
                shown[i] = s.signed or shown.get(i)
                links[i] = s.row.link
    return draw(points, shown, links)


def _speller(body: list[Spelling]) -> Spelling | None:
    """The row whose spelling of the agency is shown: one that names a known place, of these the newest."""
    return max(body, key=lambda s: (s.place.known and not s.place.doubt, s.lists[-1] if s.lists else -1, len(s.lists), s.waiting[-1] if s.waiting else -1, s.row), default=None)


def _newest_first(rows: Iterable[Spelling]) -> list[Spelling]:
    return sorted(rows, key=lambda s: (s.lists[-1] if s.lists else -1, s.waiting[-1] if s.waiting else -1, s.row), reverse=True)


def _place(rows: list[Spelling], body: list[Spelling]) -> tuple[str | None, str]:
    """The place of a body: by the reading least in doubt, of these the newest."""
    best = max(body or rows, key=lambda s: (s.place.id is not None, s.place.known, not s.place.doubt, "/" in (s.place.id or ""), s.lists[-1] if s.lists else -1, s.row))
    return best.place.id, best.place.doubt


def _source(s: Spelling, points: list[Point], waits: list[Point], force: list[Listing], wait: list[Listing]) -> tuple[str, date]:
    """File and row of the newest list that shows a row as printed, and the day of that list."""
    lists, at, point = (force, s.lists[-1], points) if s.lists else (wait, s.waiting[-1], waits)
    held = lists[at]
    return f"{held.name}, row {held.at_rows[held.rows.index(s.row)]}", point[at].on


def _told(made: Agreement, records: Sequence[Record]) -> Agreement:
    """`made` with what records say: documents first, then persons, each in order of entry."""
    said: dict[str, tuple[Any, Record]] = {}
    for r in sorted(records, key=lambda r: (r.origin == "hand", r.at, r.digest)):
        for field, value in r.facts:
            if value is None:
                said.pop(field, None)
            else:
                said[field] = (value, r)
    get = {f: v for f, (v, _) in said.items()}
    days = {f: date.fromisoformat(get[f]) for f in ("signed", "signed_local", "signed_federal", "effective", "ends", "ended") if f in get}
    signed = days.get("signed") or max((days[f] for f in ("signed_local", "signed_federal") if f in days), default=None)
    doubts = [*made.doubts, *get.get("doubts", ())]
    if signed and made.signed and signed != made.signed:
        doubts.append(f"the newest list gives {made.signed} as the signing date, {said.get('signed', said.get('signed_federal', said.get('signed_local', (0, records[-1]))))[1].source} {signed}")
    ended = days.get("ended")
    events = list(made.events)
    for f, what in (("signed_local", "signed by the local body"), ("signed_federal", "signed by the federal agency"), ("signed", "signed"), ("effective", "in effect"), ("ended", "ended")):
        if f in days and not any(e.what == "signed" and e.on == days[f] and f == "signed" for e in events):
            events.append(Event(days[f], "signed" if f.startswith("signed") else f, f"{what} on {day(days[f])}", said[f][1].source))
    status = made.status
    if ended:
        status = ENDED
        if made.listed_last and made.listed_last > ended and made.absent_from is None:
            status = LISTED
            doubts.append(f"recorded as ended on {ended}, and still listed on {made.listed_last}")
    periods = made.periods
    start = days.get("effective") or signed
    if not periods and (start or ended):
        periods = (Period(start, ended, signed, None, None, records[-1].source),)
    elif periods and ended:
        periods = (*periods[:-1], periods[-1]._replace(end=ended))
    exit_source = next((said[f][1].source for f in ("exit_words", "local_notice_days", "federal_notice_days", "notice_to", "notice_how") if f in said), "")
    exit_ = Exit(
        get.get("local_notice_days"), get.get("federal_notice_days"), get.get("notice_to", ""), get.get("notice_how", ""), get.get("exit_words", ""),
        get.get("exit_certainty", "confirmed" if exit_source else "unread"), get.get("exit_doubt", ""), get.get("exit_source", exit_source),
    )  # fmt: skip
    of_document = max((date.fromisoformat(v) for f, (v, r) in said.items() if f in ("signed_local", "signed_federal") and r.origin == "document"), default=None)
    if exit_.words and of_document and made.signed and made.signed > of_document + timedelta(days=45):
        older = f"this was read in a document signed on {of_document}; the list gives a later signature of {made.signed}, whose own terms were not read"
        exit_ = exit_._replace(doubt="; ".join(d for d in (exit_.doubt, older) if d))
    parties = tuple(get.get("parties", ()))
    return made._replace(
        status=status, signed=max((d for d in (signed, made.signed) if d), default=None) if made.periods and "signed" not in days else signed or made.signed,
        effective=days.get("effective"), ends=ended or days.get("ends"), term=get.get("term", ""), renewal=get.get("renewal", ""), exit=exit_,
        link=get.get("link", made.link), document_hash=get.get("document_hash", ""), place=get.get("place", made.place), county=get.get("county", made.county),
        federal_agency=get.get("federal_agency", made.federal_agency), parties=parties, template=get.get("template", ""), note=get.get("note", ""),
        approvals=tuple(Approval(a["by"], date.fromisoformat(a["on"]) if a.get("on") else None, a.get("instrument") or "", said["approvals"][1].source) for a in get.get("approvals", ())),
        costs=tuple(Cost(c["what"], c.get("dollars"), c.get("per") or "", said["costs"][1].source) for c in get.get("costs", ())),
        addenda=(*made.addenda, *(Addendum(a["title"], a.get("link") or "", date.fromisoformat(a["signed"]) if a.get("signed") else None, source=said["addenda"][1].source) for a in get.get("addenda", ()))),
        periods=periods, events=(*events, *([] if made.listed_first or made.pending_first else _recorded(records))),
        facts=(*made.facts, *(Fact(f, _plain(v), r.source, None) for f, (v, r) in said.items() if f != "doubts")), doubts=tuple(dict.fromkeys(doubts)),
    )  # fmt: skip


def _recorded(records: Sequence[Record]) -> list[Event]:
    r = records[0]
    return [Event(date.fromisoformat(r.at[:10]), "recorded", f"recorded from {r.source}", r.source, True)]


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(" | ".join(str(x) for x in v.values() if x is not None) if isinstance(v, dict) else str(v) for v in value)
    return str(value)


def related(group: list[Agreement]) -> list[Agreement]:
    """The agreements of one body with their additions and switches."""
    out = []
    for a in group:
        events = list(a.events)
        for b in group:
            if b is a or b.kind != a.kind or a.listed_first is None or b.listed_first is None or not a.model or not b.model:
                continue
            new_listing = a.listed_first
            if b.listed_first < new_listing and (b.absent_from is None or b.absent_from > new_listing):
                events.append(Event(new_listing, "addition", f"added while the {kinds().label(b.kind, b.model)} stood", _at(a, new_listing), True))
            elif b.listed_first < new_listing and b.absent_from and b.absent_from <= new_listing <= b.absent_from + _SWITCH_WITHIN and b.signed != a.signed:
                events.append(Event(new_listing, "switch", f"switched from the {kinds().label(b.kind, b.model)}, which was last listed on {day(b.listed_last or b.absent_from)}", _at(a, new_listing), True))
        out.append(a._replace(events=tuple(sorted(set(events), key=lambda e: (e.on, _ORDER.get(e.what, 5), e.text)))))
    return out


def _at(a: Agreement, on: date) -> str:
    return next((e.source for e in a.events if e.what == "listed" and e.on == on), "")
