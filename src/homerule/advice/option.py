"""One lever in the hands of one body: its status, why, what it risks either way, and what is coming."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from homerule.advice.lever import Book, Lever, Pull, norms_named
from homerule.advice.reading import Reader, Reading, ref_data
from homerule.advice.status import ALREADY, AVAILABLE, BARRED, BLOCKS, CONTESTED, DEPENDS, MANDATED, OTHERS, SAYS, UNKNOWN, strictest, together, with_adoption
from homerule.corpus import Reach
from homerule.corpus.model import Norm
from homerule.places import Place
from homerule.reasoning.explain import VERDICT_PHRASE, listed
from homerule.reasoning.finding import Coming, Duty, NormRef, Risk, as_data, cite


class Option(NamedTuple):
    """``using`` and ``leaving``: what is risked, and what protects, in pulling the lever and in not pulling it."""

    actor: str
    body: str
    place: Place
    instrument: str
    status: str
    why: str
    readings: tuple[Reading, ...]
    authorities: tuple[NormRef, ...] = ()
    using: tuple[Risk, ...] = ()
    leaving: tuple[Risk, ...] = ()
    duties: tuple[Duty, ...] = ()
    coming: tuple[Coming, ...] = ()
    cautions: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The option as JSON data."""
        return {
            "actor": self.actor, "body": self.body, "place": self.place.id, "instrument": self.instrument, "status": self.status, "why": self.why,
            "authorities": [ref_data(r) for r in self.authorities], "readings": [r.as_data() for r in self.readings],
            "using": as_data(self.using), "leaving": as_data(self.leaving), "duties": as_data(self.duties), "coming": as_data(self.coming), "cautions": list(self.cautions),
        }  # fmt: skip


def kind_of(book: Book, place: Place) -> str:
    """The kind of government that a place is, as ``levers.toml`` knows it."""
    return book.bodies_at.get(place.id, place.kind)


def bodies(book: Book, place: Place) -> tuple[str, ...]:
    """The bodies of a place, in the order in which they are shown."""
    return tuple(book.bodies.get(kind_of(book, place), ()))


def option(reader: Reader, lever: Lever, pull: Pull, actor: str, place: Place) -> Option:
    """``lever`` in the hands of ``actor`` at ``place``."""
    book, words = reader.book, reader.engine.corpus.vocabulary
    home = reader.engine.body(place.id, actor)[0]
    kind = kind_of(book, home)
    body = words.actor(actor).words
    instrument = book.instruments[pull.instrument].words
    if belongs := _elsewhere(reader, home, kind, actor, lever, pull):
        return Option(actor, body, home, instrument, OTHERS, belongs, ())
    rank = book.rank(pull.instrument, kind)
    readings, statuses = [], []
    by_act: dict[str, list[str]] = {}
    for probe in lever.probes_of(pull):
        for subject in book.subjects(probe.conduct, actor, kind):
            who = _standing(reader, home, subject, probe.conduct)
            found = reader.read(home, who, probe.act, probe.stance, probe.facts, rule=pull.rule, home=home, rank=rank, fixed=pull.facts)
            readings.append(found)
            by_act.setdefault(probe.act, []).append(found.status)
    statuses = [strictest(s) for s in by_act.values()]
    status = together(statuses) if statuses else UNKNOWN
    if statuses and (adopts := lever.adoption(pull)):
        found = reader.read(home, actor, adopts, "do", {"limits_status_sharing": False, **lever.adopt_facts} if adopts == "limit_cooperation" else {}, rule=True, home=home, rank=rank, role="adoption")
        adoption = MANDATED if found.verdict == "required" else found.status
        readings.append(found)
        status = with_adoption(status, adoption)
    cautions: list[str] = []
    named = _named(reader, lever, home)
    if blocking := named["blocked"]:
        if status in (AVAILABLE, DEPENDS, CONTESTED, MANDATED):
            status = BARRED
            cautions += [f"{cite(n.authority.citation, n.pinpoint)}: {n.says}" for n in blocking]
    elif named["doubted"] and status in (AVAILABLE, DEPENDS):
        status = CONTESTED
        cautions += [f"{n.authority.citation}: {n.says} It binds other circuits." for n in named["doubted"]]
    enacted = named["enacted"] if not lever.probes_of(pull) else []
    if enacted:
        status = ALREADY
    refs = {r.norm: r for r in (*map(_as_ref, enacted or named["blocked"] or named["doubted"]), *_authorities(readings, status))}
    built = Option(actor, body, home, instrument, status, "", tuple(readings), tuple(refs.values()), cautions=tuple(cautions))
    built = built._replace(
        why=_why(built, enacted, named["blocked"] or named["doubted"], words.acts), using=_risks(readings, pulled=True), leaving=_risks(readings, pulled=False), duties=_duties(readings), coming=_coming(readings)
    )
    guard(built)
    return built


def guard(option: Option) -> None:
    """The invariant: nothing is advised that `decide` prohibits. Raises AssertionError."""
    if option.status not in (AVAILABLE, MANDATED):
        return
    for r in option.readings:
        against = {BLOCKS[r.stance], "conflict"}
        if r.verdict in against or against & set(r.reachable) or r.barred_by:
            raise AssertionError(f"{option.actor} at {option.place.id} would be advised on `{r.act}`, which is {r.verdict}")


def _standing(reader: Reader, home: Place, subject: str, conduct: str) -> str:
    """Whose conduct it is where the usual body does not exist."""
    instead = reader.questions.actors_at.get(home.state, {}).get(subject, subject) if conduct != "own" else subject
    if instead == subject:
        return subject
    return "police" if conduct == "street" else instead if home.kind == "state" else subject


def _elsewhere(reader: Reader, home: Place, kind: str, actor: str, lever: Lever, pull: Pull) -> str:
    """Why the step is another body's although this one could pull it elsewhere: where the state itself runs the jails."""
    moved = reader.questions.actors_at.get(home.state, {})
    if home.kind == "state" or not moved:
        return ""
    held = {s for p in lever.probes_of(pull) if p.conduct in ("custody", "beds") for s in reader.book.subjects(p.conduct, actor, kind)}
    if (actor in ("jail", "sheriff") and "sheriff" in moved and held) or held & {"jail", "sheriff", "county_board"} & {*moved, "jail"}:
        return f"Here {reader.engine.corpus.vocabulary.actor(moved.get('sheriff', moved.get('county_board', 'corrections'))).words} of the state runs the jails."
    return ""


def _named(reader: Reader, lever: Lever, home: Place) -> dict[str, list[Norm]]:
    """The norms that ``levers.toml`` names for a lever and that reach this body on the day."""
    reach = Reach(home.id, home.chain, home.circuit)
    tops = [i for i in home.chain if "/" not in i]

    def live(ids: Iterable[str], *, persuasive: bool) -> list[Norm]:
        found = [n for n in norms_named(reader.engine.corpus, ids, tops) if n.period_on(reader.on) and n.place in reach.covering and n.authority.status not in ("enjoined", "pending", "not_enacted", "repealed")]
        return [n for n in found if reach.covers(n) and not reach.persuasive_here(n)] if not persuasive else [n for n in found if reach.persuasive_here(n) and n.effect in ("permit", "define")]

    doubted = list({n.authority.id: n for n in live(lever.doubted_by, persuasive=True)}.values())
    return {"enacted": live(lever.enacted_by, persuasive=False), "blocked": live(lever.blocked_by, persuasive=False), "doubted": doubted}


def _authorities(readings: Iterable[Reading], status: str) -> tuple[NormRef, ...]:
    """What decides, those of the readings that made the status first."""
    rows = sorted(readings, key=lambda r: (r.status != status, r.role != "conduct"))
    refs = {a.norm: a for r in rows for a in (*r.barred_by, *r.authorities)}
    return tuple(refs.values())[:6]


def _as_ref(n: Norm) -> NormRef:
    a = n.authority
    return NormRef(n.id, a.id, a.citation, n.pinpoint, n.effect, n.says, n.level, a.base_weight, "contested" if n.doubted else a.status, a.certainty, a.checked, doubt=n.contested)


def _cites(refs: Iterable[NormRef]) -> str:
    return listed(tuple(dict.fromkeys(r.cite for r in refs)), "and")


def _why(o: Option, enacted: list[Norm], named: list[Norm], acts: Any) -> str:
    """One or two sentences from fixed templates, the same for both sides."""
    if enacted:
        cites = listed(tuple(dict.fromkeys(cite(n.authority.citation, n.pinpoint) for n in enacted)), "and")
        return f"Already done by {cites}."
    if not o.readings:
        return "No act of the corpus's vocabulary is this step, and no rule named for it is in force here: nothing was computed. Ask counsel."
    if named and o.status in (BARRED, CONTESTED) and not any(r.status == o.status for r in o.readings):
        return listed(tuple(dict.fromkeys(n.authority.citation for n in named)), "and") + (" stands in the way." if o.status == BARRED else " makes it doubtful: it binds elsewhere, and no ruling here was found.")
    rows = sorted(o.readings, key=lambda r: (r.status != o.status, _TELLING.index(r.status)))
    return " ".join(dict.fromkeys(said(g, acts) for g in grouped(rows)[:3])) or SAYS[o.status]


def grouped(readings: Iterable[Reading]) -> list[list[Reading]]:
    """Readings that say the same of several bodies, together."""
    groups: dict[tuple[Any, ...], list[Reading]] = {}
    for r in readings:
        groups.setdefault((r.role, r.act, r.verdict, r.status, _sure(r)[:1], bool(r.barred_by), r.amends), []).append(r)
    return list(groups.values())


_TELLING = (BARRED, CONTESTED, UNKNOWN, DEPENDS, MANDATED, AVAILABLE, ALREADY)


def _sure(r: Reading) -> tuple[NormRef, ...]:
    return tuple(a for a in r.authorities if a.applies == "certain") or r.authorities


def said(group: Sequence[Reading], acts: Any) -> str:
    """What the law says of one act to the bodies of ``group``, in one sentence."""
    r = group[0]
    own = f" It rests on law that this body could itself change: {listed(r.amends, 'and')}." if r.amends else ""
    return _said(group, acts) + own


def _said(group: Sequence[Reading], acts: Any) -> str:
    r = group[0]
    act, who = acts[r.act].words, listed(tuple(dict.fromkeys(x.who for x in group)), "and")
    refs = _sure(r)
    cites = f": {_cites(refs[:2])}" if refs else ""
    if r.barred_by:
        return f"A local rule against it is void{': ' + _cites(r.barred_by[:2])}."
    if r.verdict == "required":
        return f"The law requires {who} to {act}{cites}{_otherwise(r)}."
    if r.verdict == "prohibited":
        return f"The law prohibits {who} to {act}{cites}{_otherwise(r)}."
    if r.verdict == "permitted":
        silent = r.finding.basis == "silence"
        source = "; no statewide rule found" if silent else cites
        return f"The law permits {who} to {act}, and does not require it{source}{_otherwise(r)}."
    if r.verdict == "conflict":
        return f"Two laws that nothing ranks order {who} opposite ways on whether to {act}{cites}."
    if r.verdict == "unsettled":
        return f"Whether {who} must, may or must not {act} is not settled. " + " ".join(u.words for u in r.finding.unsettled[:2])
    reach = listed(tuple(VERDICT_PHRASE[v] for v in r.finding.reachable), "or")
    turns = " ".join(q.question for q in r.finding.depends_on[:3])
    return f"Whether {who} must, may or must not {act} depends on further facts ({reach}). {turns}"


def _otherwise(r: Reading) -> str:
    if r.status != DEPENDS:
        return ""
    if r.meets:
        return f"; the rule would fall to the law above it when {r.meets}"
    closed = [c.words for c in r.conditions if c.verdict == BLOCKS[r.stance]][:2]
    return f"; it is {VERDICT_PHRASE[BLOCKS[r.stance]]} if {listed(tuple(closed), 'or if')}" if closed else f"; in other cases it is {VERDICT_PHRASE[BLOCKS[r.stance]]}"


def _risks(readings: Iterable[Reading], *, pulled: bool) -> tuple[Risk, ...]:
    """The risks of one side: of doing or declining each act, as the stance says; what is exposed to first, the state's before the nation's."""
    rows: dict[str, Risk] = {}
    for r in readings:
        doing = (r.stance == "do") == pulled
        for x in r.finding.exposure.doing if doing else r.finding.exposure.declining:
            if x.norm not in rows or x.applies == "certain":
                rows[x.norm] = x
    return tuple(sorted(rows.values(), key=lambda x: (x.effect != "expose", x.applies != "certain", x.norm.startswith("us-"), not x.penalty)))


def _duties(readings: Iterable[Reading]) -> tuple[Duty, ...]:
    rows = {d.norm: d for r in readings for d in r.finding.duties if not (d.deadline and d.deadline.cap and r.verdict == "prohibited")}
    return tuple(sorted(rows.values(), key=lambda d: (d.applies != "certain", d.deadline is None)))


def _coming(readings: Iterable[Reading]) -> tuple[Coming, ...]:
    rows = {(c.date, c.kind, c.norms): c for r in readings for c in r.finding.coming}
    return tuple(sorted(rows.values(), key=lambda c: (c.date, c.kind)))
