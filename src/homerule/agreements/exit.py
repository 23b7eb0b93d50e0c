"""The way out of an agreement, and the way into one: steps in order, who must approve, the earliest day, and what the law says of either.

What the law says is `decide`'s answer and nothing else. Where leaving is prohibited no step of leaving is given; the plan then says
what stands in the way and what the body may still do.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from os.path import join
from typing import Any, NamedTuple

from homerule.agreements.kinds import kinds
from homerule.agreements.model import ENDED, GONE, PENDING, Agreement, Exit
from homerule.agreements.templates import Template, shelf
from homerule.corpus.corpus import law_folder
from homerule.errors import InputError
from homerule.reasoning.decide import Engine, Request, engine, read_day
from homerule.reasoning.explain import VERDICT_PHRASE, long_date
from homerule.reasoning.finding import NOTICE, Exposure, Finding, Risk, as_data

__all__ = ["Acts", "Plan", "Side", "Step", "acts_of", "exit_plan", "join_plan", "terms_of"]

_CLOSED = frozenset({"prohibited", "conflict"})


class Acts(NamedTuple):
    """The acts of the vocabulary that entering and leaving a kind of agreement are; empty where the corpus has none."""

    enter: str
    leave: str
    facts: Mapping[str, str]
    usual_body: Mapping[str, str]


class Side(NamedTuple):
    """What the law says of one act. `finding` is None where the corpus has no such act."""

    act: str
    verdict: str
    answer: str
    authorities: tuple[str, ...]
    doubts: tuple[str, ...]
    finding: Finding | None = None


class Step(NamedTuple):
    """One thing to do. `source` is the document, rule or template that it rests on."""

    title: str
    text: str
    source: str = ""
    doubt: str = ""


class Plan(NamedTuple):
    """A way out (`direction` leave) or in (join).

    `open` is false where the law prohibits the act, or orders it both ways: then no step of it is given. `first` is the sentence to read
    before all others. `earliest` is the first day out, None where it is not known; `by` a day by which the law wants it done.
    """

    direction: str
    agreement: Agreement | None
    kind: str
    model: str
    place: str
    place_id: str
    actor: str
    on: dt.date
    open: bool
    first: str
    leaving: Side
    holding: Side
    exit: Exit
    earliest: dt.date | None
    earliest_words: str
    by: dt.date | None
    steps: tuple[Step, ...]
    exposure: Mapping[str, Exposure]
    coming: tuple[str, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    receipt: Any
    notice: str = NOTICE

    def as_data(self) -> dict[str, Any]:
        """The plan as JSON data."""
        from homerule.agreements.plain import as_dict

        out: dict[str, Any] = {n: as_data(v) for n, v in zip(self._fields, self) if n not in ("agreement", "leaving", "holding")}
        out["agreement"] = as_dict(self.agreement) if self.agreement else None
        for name in ("leaving", "holding"):
            side: Side = getattr(self, name)
            out[name] = {n: as_data(v) for n, v in zip(side._fields, side)}
        return out


@cache
def _acts() -> dict[str, tuple[str, str, dict[str, dict[str, str]], dict[str, str]]]:
    with open(join(law_folder(), "agreements", "kinds.toml"), "rb") as file:
        data = tomllib.load(file)
    return {k["id"]: (k.get("act_enter", ""), k.get("act_leave", ""), {m["id"]: m.get("facts", {}) for m in k.get("model", ())}, k.get("usual_body", {})) for k in data["kind"]}


def acts_of(kind: str, model: str = "") -> Acts:
    """The acts that entering and leaving an agreement of this kind are, and what holding the model says to the law."""
    enter, leave, models, bodies = _acts().get(kind, ("", "", {}, {}))
    return Acts(enter, leave, models.get(model, {}), bodies)


def terms_of(agreement: Agreement) -> tuple[Exit, Template | None]:
    """How an agreement may be left: as read in its own document, else as its template is known to say, marked so."""
    year = agreement.signed.year if agreement.signed else None
    named = shelf().template(agreement.template.split(" ")[0]) if agreement.template else None
    template = named or shelf().for_model(agreement.kind, agreement.model, year)
    held = agreement.exit
    if held.local_notice_days is not None or held.words:
        return held, template
    if template is None:
        return held, None
    doubt = f"the signed copy was not read here: this is what {template.label} says, and a copy can differ"
    if year is not None and template.years and year not in template.years:
        doubt += f"; no copy signed in {year} was read for this template"
    return Exit(template.local_notice_days, template.federal_notice_days, template.to, template.how, template.words, "recalled", doubt, f"template {template.id}: {template.source}"), template


# ---------------------------------------------------------------------- leaving


def exit_plan(
    agreement: Agreement, *, on: dt.date | str | None = None, actor: str = "", place: str = "", facts: Mapping[str, Any] | None = None, law: Iterable[str] = (), use: Engine | None = None
) -> Plan:
    """How the local body may leave an agreement, as of a day.

    ``actor``, ``place``: where the agreement's own do not say. ``facts``: for the law, by the vocabulary's names. ``law``: folders of
    further rules. Raises InputError where the body has no place or actor that the corpus knows.
    """
    chosen = use or engine(tuple(law))
    day = read_day(on)
    where, who = _body(chosen, agreement.agency, place or agreement.place or "", agreement.state, actor, acts_of(agreement.kind))
    acts = acts_of(agreement.kind, agreement.model)
    given = {**acts.facts, **(facts or {})}
    leaving = _side(chosen, where, who, acts.leave, day, given)
    # keeping it is the question whether the body may have entered it: the same facts, but with no agreement yet
    holding = _side(chosen, where, who, acts.enter, day, {**given, **{k: "none" for k in acts.facts if k not in (facts or {})}})
    terms, template = terms_of(agreement)
    by = _by(leaving)
    earliest, words = _earliest(terms, day)
    label = kinds().label(agreement.kind, agreement.model)
    place_name = _place_name(chosen, where)
    barred = leaving.verdict in _CLOSED
    first = _first_words(leaving, holding, label, place_name, day, by)
    doubts = [*([terms.doubt] if terms.doubt else []), *leaving.doubts, *(d for d in holding.doubts if d not in leaving.doubts), *agreement.doubts]
    notes = []
    if agreement.status == ENDED and agreement.ends and agreement.ends <= day:
        notes.append(f"a document ended this agreement on {agreement.ends.isoformat()}: there is nothing left to leave")
    elif agreement.status == GONE:
        notes.append(f"lists no longer show it (not listed from {agreement.absent_from}); no document held here ends it, so ask the federal field office in writing whether it stands")
    elif agreement.status == PENDING:
        notes.append("it is on a pending list only: it may not have been signed by both sides, and an offer can be taken back before that")
    if by and earliest and earliest > by >= day:
        notes.append(f"the law's day ({by.isoformat()}) comes before the clause's earliest day ({earliest.isoformat()}): ask counsel which gives way, and give notice now")
    if by and by < day:
        notes.append(f"the day by which the law wanted it ended, {by.isoformat()}, has passed")
    if agreement.ends and agreement.ends > day:
        notes.append(f"it ends of itself on {agreement.ends.isoformat()}" + (f"; renewal: {agreement.renewal}" if agreement.renewal else ""))
    steps = _no_way(leaving, holding, terms) if barred else _steps(agreement, terms, template, leaving, holding, chosen, day, earliest, words)
    return Plan(
        "leave", agreement, agreement.kind, agreement.model, place_name, where, who, day, not barred, first, leaving, holding, terms, None if barred else earliest,
        "no day is given, since the law as the corpus holds it does not allow leaving" if barred else words, by, steps,
        _exposure(leaving, holding), _coming(leaving, holding), tuple(dict.fromkeys(d for d in doubts if d)), tuple(notes), _receipt(chosen, where, who, acts.leave or acts.enter, day, given),
    )  # fmt: skip


def _body(chosen: Engine, agency: str, place: str, state: str, actor: str, acts: Acts) -> tuple[str, str]:
    """The place and the actor. Raises InputError saying what to give."""
    if not place:
        if not state:
            raise InputError(f"it is not known where {agency or 'the body'} is", where="--place", help="Give its place")
        place = state
    found = chosen.find(place)
    who = actor or shelf().actor_of(agency, "state" if found.kind == "state" else "local")
    if not who and not agency:
        who = acts.usual_body.get("county" if found.kind == "city-county" else found.kind, "")
    if not who:
        raise InputError(f"it is not clear what kind of body {agency or 'this'} is", where="--actor", help="Give one of: " + ", ".join(sorted(chosen.corpus.vocabulary.actors)))
    chosen.corpus.vocabulary.actor(who)
    return found.id, who


def _place_name(chosen: Engine, place: str) -> str:
    return chosen.find(place).name


def _side(chosen: Engine, place: str, actor: str, act: str, day: dt.date, facts: Mapping[str, Any]) -> Side:
    if not act:
        return Side("", "unknown", "the corpus has no rules on this act for agreements of this kind", (), ("what the law says of it was not looked up: the corpus has no such act for this kind of agreement",))
    known = chosen.corpus.vocabulary_for(chosen.find(place).chain).facts
    decision = chosen.decide(Request(place, actor, act, day, {k: v for k, v in facts.items() if k in known}))
    f = decision[act]
    deciding = [n for n in f.stands if n.effect in ("require", "forbid", "untranslated")] or [n for n in f.stands if n.effect == "permit"]
    cites = tuple(dict.fromkeys(f"{n.cite}: {n.says} [{n.weight}; {n.status}; {n.certainty}; checked {n.checked.isoformat()}]" for n in deciding))
    doubts = [u.words for u in f.unsettled] + [f"{n.cite}: {n.doubt.rstrip('.')}" for n in deciding if n.doubt]
    doubts += [f"the answer turns on: {q.question}" for q in f.depends_on]
    doubts += [f"supposed: {a.words} (else {' or '.join(VERDICT_PHRASE[v] for v in a.otherwise)})" for a in f.assumed if a.otherwise]
    doubts += [n for n in decision.notes]
    return Side(act, f.verdict, f.answer, cites, tuple(dict.fromkeys(doubts)), f)


def _by(side: Side) -> dt.date | None:
    days = [d.deadline.at for d in side.finding.duties if d.deadline and d.deadline.at and d.norm in {n.norm for n in side.finding.stands}] if side.finding and side.verdict == "required" else []
    found = []
    for text in days:
        try:
            found.append(dt.date.fromisoformat(text[:10]))
        except ValueError:
            continue
    return min(found, default=None)


def _earliest(terms: Exit, day: dt.date) -> tuple[dt.date | None, str]:
    days = terms.local_notice_days
    if days is None:
        return None, "not known: the period of notice was not read; the signed copy says it"
    if days == 0:
        return day, f"{long_date(day)}, if written notice is received that day: the terms ask for no period"
    out = day + dt.timedelta(days=days)
    return out, f"{long_date(out)}, if notice is received on {long_date(day)}: {days} calendar days run from receipt, the day of receipt not counted"


def _first_words(leaving: Side, holding: Side, label: str, place: str, day: dt.date, by: dt.date | None) -> str:
    """The sentence to read before all others."""
    about = f"the {label}" if not label[0].isupper() and not label[0].isdigit() else f"the {label} agreement" if "agreement" not in label else f"the {label}"
    match leaving.verdict:
        case "prohibited":
            text = f"In {place} the law, as the corpus holds it on {long_date(day)}, prohibits this body to end {about}. This plan gives no steps for leaving; what would change the answer is named below."
        case "required":
            text = f"In {place} the law requires this body to end {about}" + (f", by {long_date(by)}" if by else "") + "."
        case "conflict":
            text = f"In {place} two laws that nothing ranks order opposite things about ending {about}. This plan gives no steps for leaving until counsel or a court has said which holds."
        case "unsettled":
            text = f"In {place} the law gives no settled answer on whether this body may end {about}: take the doubt below to counsel before any notice goes out."
        case "depends":
            text = f"In {place} it depends on facts not yet given whether this body may end {about}: answer the questions below first."
        case "permitted":
            text = f"In {place} the law permits this body to end {about}, and does not require it."
        case _:
            text = f"The corpus holds no rules on ending {about}."
    if holding.verdict == "required" and leaving.verdict not in _CLOSED:
        text += " But the law also requires this body to seek or hold such an agreement: after leaving, that duty stands."
    elif holding.verdict == "prohibited" and leaving.verdict != "required":
        text += " The law prohibits entering such an agreement here, so one that is left cannot be entered or renewed again."
    return text


def _approvals(*sides: Side) -> list[Step]:
    out: dict[str, Step] = {}
    for side in sides:
        for d in side.finding.duties if side.finding else ():
            if d.approval:
                out.setdefault(d.approval, Step("Approval", f"{d.approval[0].upper()}{d.approval[1:]}. {d.says}" + (" (if the facts bring the rule in)" if d.applies != "certain" else ""), d.citation))
    return list(out.values())


def _steps(agreement: Agreement, terms: Exit, template: Template | None, leaving: Side, holding: Side, chosen: Engine, day: dt.date, earliest: dt.date | None, words: str) -> tuple[Step, ...]:
    out = [Step("Read the clause in your signed copy", terms.words or "Its words were not legible or not read here. Nothing below replaces reading them.", terms.source, terms.doubt)]
    approvals = _approvals(leaving)
    entering = [a for a in _approvals(holding) if a.text not in {b.text for b in approvals}]
    out += [a._replace(title="Get the approval that the law asks for") for a in approvals]
    if not approvals:
        recorded = "; ".join(f"{a.by}{f' on {a.on}' if a.on else ''}{f' ({a.instrument})' if a.instrument else ''}" for a in agreement.approvals)
        text = "No rule on who must approve ending it was found in the corpus for this place. Look at the body's own rules (charter, ordinance, resolution) and at what approved the signing"
        text += f": {recorded}." if recorded else "; a body that approved it by vote usually ends it by vote. Ask counsel."
        if entering:
            text += f" For entering one the law asks: {entering[0].text}"
        out.append(Step("Settle who decides", text, entering[0].source if entering else ""))
    out += _open_question(leaving)
    to = terms.to or "the federal side's officer that the clause names"
    how = terms.how or "in writing"
    out.append(Step("Give notice", f"To {to}, {how}. Say that the agreement is ended under its own clause, name the agreement and both signing dates, and ask for a dated receipt. Send it so that the day of receipt can be proved, even where the clause does not ask for it.", terms.source, "" if terms.to else "the copy's words on whom to notify were not read"))
    out.append(Step("Count the days", words[0].upper() + words[1:] + ".", terms.source, "weekends and holidays are counted; the clause was read as calendar days" if terms.local_notice_days else ""))
    if template and template.suspension:
        out.append(Step("Know what the federal side may do meanwhile", template.suspension[0].upper() + template.suspension[1:] + ".", f"template {template.id}"))
    out += [Step("Afterwards", a.says, a.source, "" if a.certainty == "confirmed" else "recalled, not confirmed against a source") for a in shelf().following(agreement.kind, agreement.model)]
    return tuple(out)


def _cites(side: Side) -> str:
    """The deciding authorities without what they say."""
    stands = side.finding.stands if side.finding else ()
    deciding = [n.cite for n in stands if n.effect in ("require", "forbid", "untranslated")]
    return "; ".join(dict.fromkeys(deciding))


def _open_question(side: Side) -> list[Step]:
    """The step that comes before notice or signature where the law leaves the answer open."""
    if side.verdict == "depends" and side.finding:
        asked = " ".join(q.question for q in side.finding.depends_on) or side.answer
        return [Step("Answer first what the law turns on", f"{asked} Give the answers with --fact, and read the plan again.", _cites(side))]
    if side.verdict in ("unsettled", "unknown"):
        why = side.doubts[0] if side.doubts else side.answer
        return [Step("Take the open question to counsel before anything goes out", f"{why[0].upper()}{why[1:].rstrip('.')}.", _cites(side))]
    return []


def _no_way(leaving: Side, holding: Side, terms: Exit) -> tuple[Step, ...]:
    out = [Step("What stands in the way", leaving.answer.rstrip(".") + ".", _cites(leaving))]
    if leaving.finding:
        out += [Step("What would change that", f"{c.words}: {VERDICT_PHRASE[c.verdict]}.") for c in leaving.finding.would_change[:3]]
    out.append(Step("What stays open", "The federal side may end or suspend it by its own clause. The body may ask counsel or the attorney general for an opinion, ask a court, or ask the legislature to change the law.", terms.source))
    return tuple(out)


def _exposure(leaving: Side, holding: Side) -> dict[str, Exposure]:
    """Risks and protections of leaving and of staying, from both findings. Doing one is declining the other."""

    def merge(*groups: tuple[Risk, ...]) -> tuple[Risk, ...]:
        return tuple({(r.norm, r.effect): r for g in groups for r in g}.values())

    nothing = Exposure()
    left = leaving.finding.exposure if leaving.finding else nothing
    held = holding.finding.exposure if holding.finding else nothing
    return {"leaving": Exposure(merge(left.doing, held.declining)), "staying": Exposure(merge(left.declining, held.doing))}


def _coming(*sides: Side) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.words for s in sides if s.finding for c in s.finding.coming))


def _receipt(chosen: Engine, place: str, actor: str, act: str, day: dt.date, facts: Mapping[str, Any]) -> Any:
    if not act:
        return None
    known = chosen.corpus.vocabulary_for(chosen.find(place).chain).facts
    return as_data(chosen.decide(Request(place, actor, act, day, {k: v for k, v in facts.items() if k in known})).receipt)


# ---------------------------------------------------------------------- joining


def join_plan(
    model: str, place: str, *, actor: str = "", agency: str = "", on: dt.date | str | None = None, facts: Mapping[str, Any] | None = None, law: Iterable[str] = (), use: Engine | None = None
) -> Plan:
    """How a body without such an agreement may enter one, as of a day. ``model``: a kind or model by any of its spellings.

    Raises InputError for an unknown model, place or actor.
    """
    chosen = use or engine(tuple(law))
    day = read_day(on)
    kind, of = kinds().kind(model, "--join")
    acts = acts_of(kind, of)
    found = chosen.find(place)
    where, who = _body(chosen, agency, place, found.state, actor, acts)
    given = {**{k: "none" for k in acts.facts}, **(facts or {})}
    entering = _side(chosen, where, who, acts.enter, day, given)
    leaving = _side(chosen, where, who, acts.leave, day, {**acts.facts, **(facts or {})})
    template = shelf().for_model(kind, of, None)
    name, label = _place_name(chosen, where), kinds().label(kind, of)
    by = _by(entering)
    barred = entering.verdict in _CLOSED
    first = {
        "prohibited": f"In {name} the law, as the corpus holds it on {long_date(day)}, prohibits this body to enter an agreement of this kind. This plan gives no steps for it.",
        "required": f"In {name} the law requires this body to seek an agreement of this kind" + (f", by {long_date(by)}" if by else "") + ".",
        "conflict": f"In {name} two laws that nothing ranks order opposite things about entering an agreement of this kind. This plan gives no steps until counsel or a court has said which holds.",
        "unsettled": f"In {name} the law gives no settled answer on whether this body may enter an agreement of this kind: take the doubt below to counsel first.",
        "depends": f"In {name} it depends on facts not yet given whether this body may enter an agreement of this kind.",
        "permitted": f"In {name} the law permits this body to enter an agreement of this kind, and does not require it.",
    }.get(entering.verdict, "The corpus holds no rules on entering an agreement of this kind.")
    if not barred and leaving.verdict == "prohibited":
        first += " Once it is entered, the law here prohibits this body to end it."
    steps: list[Step] = []
    if barred:
        steps = list(_no_way(entering, leaving, Exit()))[:-1]
    else:
        steps += _open_question(entering)
        steps.append(Step("Read the federal side's form", f"{label}. {template.words if template else 'No form of it was read here.'}", f"template {template.id}" if template else "", "" if template and template.certainty == "confirmed" else "known at second hand" if template else "the form was not read"))
        approvals = _approvals(entering)
        steps += [a._replace(title="Get the approval that the law asks for") for a in approvals] or [Step("Settle who may sign", "No rule on who must approve it was found in the corpus for this place. Whoever signs declares to have the power to: look at the body's own rules on contracts, and ask counsel.")]
        steps += [Step("Duty", d.says, d.citation) for d in (entering.finding.duties if entering.finding else ()) if not d.approval]
        if template and template.roles:
            steps.append(Step("Sign", f"For the two sides sign {' and '.join(template.roles)}. It takes effect when both have signed: write each date where it belongs.", f"template {template.id}"))
        steps.append(Step("Record it", "Import the signed copy into the registry (`homerule agreements import`) with the vote that approved it.", ""))
    terms = Exit(template.local_notice_days, template.federal_notice_days, template.to, template.how, template.words, "recalled", "what the form says; a signed copy can differ", f"template {template.id}") if template else Exit()
    doubts = (*entering.doubts, *(d for d in leaving.doubts if d not in entering.doubts))
    return Plan(
        "join", None, kind, of, name, where, who, day, not barred, first, leaving, entering, terms, None, "", by, tuple(steps),
        {"entering": _exposure(entering, leaving)["leaving"], "declining": _exposure(entering, leaving)["staying"]}, _coming(entering, leaving), tuple(dict.fromkeys(doubts)), (),
        _receipt(chosen, where, who, acts.enter or acts.leave, day, given),
    )  # fmt: skip
