"""One question of a lever put to `decide`: the verdict, what decides, and what the body that asks could change itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from homerule.advice.lever import Book, levers
from homerule.advice.status import ALREADY, BARRED, DEPENDS, status_of
from homerule.conditions.parse import parse
from homerule.corpus.model import COMMANDS, LEVELS, LOCAL_LEVELS, Authority, Norm
from homerule.errors import InputError
from homerule.places import Place
from homerule.proof.matter import Matter
from homerule.reasoning import build
from homerule.reasoning.decide import Case, Engine, Request
from homerule.reasoning.finding import Finding, NormRef
from homerule.reasoning.regime import Regime
from homerule.survey.questions import Questions, read_questions
from homerule.vocabulary import NOTHING, Value, Vocabulary, plain

#: What a body can make and so can change; orders of courts and holdings on the constitution are not among them.
MADE = frozenset({"statute", "regulation", "case", "ag-opinion", "executive-order", "directive", "ordinance", "resolution", "policy", "agreement", "guidance"})
_OPEN = frozenset({"approved_by_governing_body"})  # of the standard case: what a body has voted for is asked, never supposed
_RULE = "the rule"


class Condition(NamedTuple):
    """A change of facts, in words, and the verdict that it leads to."""

    words: str
    verdict: str


class Reading(NamedTuple):
    """The answer to one question.

    ``role``: conduct or adoption. ``who``: the actor in words. ``facts``: those of the standard case with the lever's own. ``reachable``: the verdicts of every case the lever is about.
    ``barred_by``: norms that make void a local rule on the act. ``amends``: citations of what stands in the way and the body could itself change; the status is of the law as it stands.
    ``meets``: where a rule meets the law above it, in words. ``missing``: a layer of law is not in the corpus.
    """

    role: str
    act: str
    actor: str
    who: str
    place: Place
    stance: str
    verdict: str
    reachable: tuple[str, ...]
    status: str
    facts: Mapping[str, Value]
    finding: Finding
    authorities: tuple[NormRef, ...]
    conditions: tuple[Condition, ...]
    barred_by: tuple[NormRef, ...] = ()
    amends: tuple[str, ...] = ()
    meets: str = ""
    missing: bool = False

    def as_data(self) -> dict[str, Any]:
        """The reading as JSON data; `homerule decide` on the same facts gives the whole finding."""
        return {
            "role": self.role, "act": self.act, "actor": self.actor, "place": self.place.id, "stance": self.stance, "verdict": self.verdict,
            "reachable": list(self.reachable), "status": self.status, "facts": {k: plain(v) for k, v in sorted(self.facts.items())}, "answer": self.finding.answer,
            "authorities": [ref_data(r) for r in self.authorities], "barred_by": [ref_data(r) for r in self.barred_by],
            "conditions": [c._asdict() for c in self.conditions], "amends": list(self.amends), "meets": self.meets,
        }  # fmt: skip


def ref_data(r: NormRef) -> dict[str, Any]:
    """An authority as JSON data."""
    return {"norm": r.norm, "authority": r.authority, "citation": r.cite, "effect": r.effect, "says": r.says, "level": r.level, "weight": r.weight, "status": r.status, "certainty": r.certainty, "checked": r.checked.isoformat(), "doubt": r.doubt}


class Reader:
    """Puts the levers' questions to one engine on one day, and keeps the answers."""

    def __init__(self, engine: Engine, on: dt.date, given: Mapping[str, Any] = NOTHING) -> None:
        """``given``: facts that replace those of the standard case, where the place's law knows them."""
        self.engine, self.on, self.given = engine, on, given
        self.book: Book = levers(engine.corpus)
        self.questions: Questions = read_questions(engine.corpus)
        self._kept: dict[Any, tuple[Case, Finding]] = {}
        for name in given:
            if not any(name in engine.corpus.vocabulary_for((top,)).facts for top in ("us", *engine.corpus.tops)):
                engine.corpus.vocabulary.fact(name)

    # ------------------------------------------------------------------ facts

    def standard(self, state: str, own: Mapping[str, Any], *, adoption: bool = False, fixed: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
        """The standard case in the words of a state's law, with the facts of the lever laid over it."""
        profile = self.questions.profiles["standard"]
        place = {} if adoption else {**self.questions.facts_at.get(state, {}), **profile.places.get(state, {})}
        merged = {**{k: v for k, v in profile.facts.items() if k not in _OPEN}, **place, **own, **self.given, **fixed}
        return self._known(state, merged)

    def _known(self, state: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        known = self.engine.corpus.vocabulary_for(("us", state) if state else ("us",)).facts
        return {k: v for k, v in facts.items() if k in known}

    def finding(self, place: str, actor: str, act: str, facts: Mapping[str, Any]) -> tuple[Case, Finding]:
        """The case and the finding, as `decide` gives it."""
        key = (place, actor, act, tuple(sorted((k, str(v)) for k, v in facts.items())))
        if key not in self._kept:
            case = self.engine.read(Request(place, actor, act, self.on, facts))
            self._kept[key] = case, self.engine.finding(case, act)
        return self._kept[key]

    def verdict(self, place: str, actor: str, act: str, facts: Mapping[str, Any]) -> str:
        """The verdict alone, which costs less than a finding."""
        case = self.engine.read(Request(place, actor, act, self.on, facts))
        regime = self.engine.regime(case, act)
        return regime.verdict(regime.bound(case.facts, case.bounds) if case.bounds else case.facts)

    # ------------------------------------------------------------------ reading

    def read(self, place: Place, actor: str, act: str, stance: str, own: Mapping[str, Any], *, rule: bool, home: Place, rank: int, role: str = "conduct", fixed: Mapping[str, Any] = NOTHING) -> Reading:
        """Put one question. ``home`` and ``rank``: the body that pulls the lever, and how high what it makes stands; ``fixed``: facts that pulling it makes true."""
        adoption = role == "adoption"
        case, found = self.finding(place.id, actor, act, self.standard(place.state, own, adoption=adoption, fixed=fixed))
        scope = {**self._known(place.state, {**own, **self.given, **fixed})}
        wide_case = self.engine.read(Request(place.id, actor, act, self.on, scope))
        regime = self.engine.regime(case, act)
        reachable = regime.reachable_verdicts(_bound(regime, wide_case))
        missing = bool(regime.missing)
        status = status_of(stance, rule, found.verdict, reachable, missing)
        void: tuple[NormRef, ...] = ()
        if rule and not adoption and stance == "decline" and home.kind != "state":
            mine_to_be = self._rule(home, actor, act, stance, {}, rank, case.vocabulary)
            voiding = {n.id for n in regime.norms if n.voids and any(v.matches(mine_to_be, act) for v in n.voids)}
            void = tuple(r for r in found.stands if r.applies == "certain" and r.norm in voiding)
            if void and status != ALREADY:
                status = BARRED
        amends: tuple[str, ...] = ()
        if status in (BARRED, DEPENDS) and (mine := self._own(regime, home, rank)):
            amends = self._changeable(regime, mine, case, wide_case, stance, rule, status, void)
        meets = ""
        if rule and not adoption and status == DEPENDS:
            meets = self._meets(regime, self._rule(home, actor, act, stance, scope, rank, case.vocabulary))
        return Reading(
            role, act, actor, self.engine.corpus.vocabulary.actor(actor).words, case.place, stance, found.verdict, tuple(sorted(reachable)), status, case.given, found,
            deciding(found), _conditions(found, own), void, amends, meets, missing,
        )  # fmt: skip

    def _rule(self, home: Place, actor: str, act: str, stance: str, scope: Mapping[str, Any], rank: int, words: Vocabulary) -> Norm:
        """The rule that the lever would make, as a norm: what it says in the cases of ``scope``, on the level of what it is made with."""
        level = next((n for n, r in LEVELS.items() if r == rank), "agency-policy")
        text = " and ".join(_tested(n, v) for n, v in scope.items()) or "True"
        source = Authority(_RULE, _RULE, "", "ordinance" if level in LOCAL_LEVELS else "policy", level, home.id, (), "settled", "confirmed", "", self.on)
        effect = "forbid" if stance == "decline" else "require"
        return Norm(_RULE, source, "", frozenset({actor}), (act,), effect, parse(text, words), text, "", "", level, home.id, ())

    def _own(self, regime: Regime, home: Place, rank: int) -> list[Norm]:
        """The commands that the body made, or that stand no higher than what it can make, at its own place."""
        return [n for n in regime.norms if n.place == home.id and n.rank <= rank and n.authority.kind in MADE and (n.effect in COMMANDS or n.effect == "untranslated" or n.voids)]

    def _changeable(self, regime: Regime, mine: list[Norm], case: Case, wide: Case, stance: str, rule: bool, now: str, void: tuple[NormRef, ...]) -> tuple[str, ...]:
        """The body's own law that stands in the way, where the step would be open without it; empty where something else does too."""
        gone = {n.id for n in mine}
        if any(r.norm not in gone for r in void):
            return ()
        rest = Regime(
            [n for n in regime.norms if n.id not in gone], regime.act, regime.vocabulary, start=regime.start, end=regime.end,
            doubtful=regime.doubtful - gone, missing=regime.missing, persuasive=regime.persuasive - gone,
        )  # fmt: skip
        after = status_of(stance, rule, rest.verdict(_bound(rest, case)), rest.reachable_verdicts(_bound(rest, wide)), bool(rest.missing))
        blocking = {n.id for n in mine if n.effect == {"do": "forbid", "decline": "require"}[stance] or n.voids or n.effect == "untranslated"}
        if after in (BARRED, now) or not blocking:
            return ()
        possible = build.reach(regime, _bound(regime, case)).possible
        acting = {n.id for i, n in enumerate(regime.norms) if possible >> i & 1} & blocking or blocking
        return tuple(dict.fromkeys(n.authority.citation for n in mine if n.id in acting))

    def _meets(self, regime: Regime, rule: Norm) -> str:
        """In which cases a rule falls to the law above it, in words: the same proof as `homerule check`."""
        law = Regime([n for n in regime.norms if n.rank > rule.rank], regime.act, regime.vocabulary, start=regime.start, end=regime.end, doubtful=regime.doubtful, missing=regime.missing)
        try:
            region = (matter := Matter(law, (rule,))).region(lambda mask: matter.opposed(mask, 0) == "conflict")
        except InputError:
            return ""
        return region.words if region and region.words != "always" else ""


def _bound(regime: Regime, case: Case) -> Mapping[str, Value]:
    return regime.bound(case.facts, case.bounds) if case.bounds else case.facts


def _tested(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return " and ".join(f"{str(v)!r} in {name}" for v in value)
    return f"{name} == {value!r}"


_BEHIND = {"required": ("require",), "prohibited": ("forbid",), "conflict": COMMANDS, "depends": (*COMMANDS, "untranslated"), "unsettled": (*COMMANDS, "untranslated")}


def deciding(found: Finding, most: int = 4) -> tuple[NormRef, ...]:
    """The norms that a verdict rests on, certain ones first; for `permitted` what says so in words."""
    if found.verdict != "permitted":
        named = {n for u in found.unsettled for n in u.norms}
        rows = [r for r in found.stands if r.effect in _BEHIND[found.verdict] or r.norm in named]
    else:
        rows = [r for r in found.stands if r.effect == "permit"]
        state = [r for r in rows if LEVELS[r.level] <= LEVELS["state-constitution"]]
        rows = state or [r for r in found.stands if r.authority and r.effect == "define" and r.weight == "no authority found"] or rows
    return tuple(sorted(rows, key=lambda r: r.applies != "certain")[:most])


def _conditions(found: Finding, own: Mapping[str, Any]) -> tuple[Condition, ...]:
    """What would move the verdict, leaving out the facts that define the lever."""
    rows = [Condition(c.words, c.verdict) for c in found.would_change if not set(c.facts) & set(own) and c.verdict != found.verdict]
    for q in found.depends_on:
        telling = [a for a in q.answers if set(a.verdicts) != set(found.reachable) and len(a.verdicts) == 1]
        rows += [Condition(f"{q.question} {a.words}", a.verdicts[0]) for a in telling[:4]]
    return tuple(dict.fromkeys(rows))
