"""What clemency does to each ground of removal of a case, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from homerule import __version__
from homerule.pardons.case import Case, Charge, Conviction, Instrument, own_convictions
from homerule.pardons.effect import effect_of
from homerule.pardons.load import Law
from homerule.pardons.model import GONE, OUTCOMES, UNSETTLED, WAIVED, Ground, Rule
from homerule.pardons.relief import adjacent, matters
from homerule.pardons.result import NOTICE, Assessment, Cited, Paper, Row, Tested, left
from homerule.pardons.time import time_left
from homerule.vocabulary import Value

NOTHING_MOVED: Mapping[str, Value] = {}
_MOST = 4096  # combinations of open outcomes that are looked at one by one


class Pair(NamedTuple):
    """A conviction under one instrument (or none), and all facts known of it."""

    conviction: Conviction
    instrument: Instrument | None
    facts: dict[str, Value]


class Work:
    """One assessment being made."""

    def __init__(self, case: Case, law: Law) -> None:
        self.case, self.law, self.effect = case, law, effect_of(law)
        self.assumable = {n: f.assumed for n, f in law.facts.items() if f.assumed is not None}
        self.used: set[str] = set()
        convictions = case.convictions or (Conviction("1", "", None, (), {}, {}),)
        self.pairs = {c.id: [Pair(c, i, self._facts(c, i)) for i in case.instruments] or [Pair(c, None, self._facts(c, None))] for c in convictions}
        self.convictions = {c.id: c for c in convictions}
        self.charges = tuple(self._narrowed(c) for c in case.charges)

    def _facts(self, c: Conviction, i: Instrument | None) -> dict[str, Value]:
        facts = dict(self.assumable)
        if c.day and i and i.day:
            facts["timing"] = "before" if i.day < c.day else "after"
        facts |= {**self.case.facts, **c.facts}
        if i is None:
            return facts | {"instrument": "none"}
        facts |= i.facts
        if i.covers is not None:
            facts["covers"] = c.id in i.covers
        if i.state and c.state and "same_sovereign" not in i.facts:
            facts["same_sovereign"] = i.state == c.state
        return facts

    def _narrowed(self, charge: Charge) -> Charge:
        """A charge that names several grounds, with those alone that the convictions described can bring; as it is where that leaves none."""
        if len(charge.grounds) == 1 or not self.case.convictions:
            return charge
        some = [self.law.grounds[g] for g in charge.grounds]
        some = [g for g in some if g.needed <= len(self.convictions)]
        truths = {g.id: [self.chargeable(g, c) for c in self.case.convictions] for g in some}
        kept = [g.id for g in some if any(t is not False for t in truths[g.id]) and (g.family != "conduct" or True in truths[g.id])]
        sure = [i for i in kept if True in truths[i] and self.law.grounds[i].needed == 1]
        return charge._replace(grounds=tuple(kept if sure or len(kept) == 1 else [g.id for g in some if g.family != "conduct"] if kept else charge.grounds))

    # ------------------------------------------------------------------ the papers

    def paper(self, pair: Pair) -> Paper:
        """The tests of one instrument against one conviction."""
        assert pair.instrument is not None
        facts, law = pair.facts, self.law
        relief = {r.result for r in self.effect.test("I9").possible(facts)} == {"skip"}
        tested = []
        for test, name in law.tests.items():
            rules = self.effect.test(test).possible(facts)
            results = tuple(dict.fromkeys(r.result for r in rules))
            open_ = self.effect.test(test).deciding(facts) if len(results) > 1 else ()
            tested.append(
                Tested(
                    test, name, results, next((r.lean for r in rules if r.lean), ""), tuple(r.says for r in rules), tuple(x for r in rules for x in r.readings),
                    tuple(dict.fromkeys(a for r in rules for a in r.authority)), _certainty(rules), open_, tuple(r.id for r in rules),
                )
            )
            self._use(self.effect.test(test), facts)
        if relief:
            return Paper(pair.instrument.id, pair.instrument.kind, pair.conviction.id, "not_clemency", "", (), (), (), (), tuple(t for t in tested if t.results == ("skip",)))
        each = {t.test: t.results for t in tested}
        found = {r.result for r in self.effect.qualifies.possible(facts)}
        word, lean = _word(found)
        return Paper(
            pair.instrument.id, pair.instrument.kind, pair.conviction.id, word, lean,
            tuple(t for t, r in each.items() if r == ("pass",)), tuple(t for t, r in each.items() if r == ("fail",)),
            tuple(t for t, r in each.items() if r == ("unsettled",)), tuple(t for t, r in each.items() if len(r) > 1), tuple(tested),
        )  # fmt: skip

    def _use(self, rules: Any, facts: Mapping[str, Value]) -> None:
        """Notes the assumed facts without which something else could come out."""
        taken = [n for n in self.assumable if n in rules.facts and facts.get(n) == self.assumable[n] and n not in self.used]
        for name in taken:
            if len(rules.possible({k: v for k, v in facts.items() if k != name})) > 1:
                self.used.add(name)

    # ------------------------------------------------------------------ grounds

    def chargeable(self, ground: Ground, c: Conviction) -> bool | None:
        """Whether the ground can be charged on a conviction (on the person, where it needs none)."""
        return self.effect.arises(ground, self.pairs[c.id][0].facts) if ground.stands(self.case.on) else False

    def rules(self, ground: Ground, c: Conviction, charge: Charge | None, moved: Mapping[str, Value] = NOTHING_MOVED) -> tuple[list[Rule], list[str]]:
        """The rules that may decide on a ground for one conviction, over all instruments, and the facts that are open.

        ``moved``: facts to take otherwise than they were given.
        """
        some: list[tuple[Rule, ...]] = []
        open_: list[str] = []
        for pair in self.pairs[c.id]:
            facts = {**pair.facts, **(charge.facts if charge else {}), **moved}
            if len(ground.convicted_by) == 1:
                facts.setdefault("convicted_by", ground.convicted_by[0])
            if ground.family == "finding" and "rests_on_conviction" not in facts and self.case.convictions:
                facts["rests_on_conviction"] = self.chargeable(ground, c) is not False or bool(charge and charge.convictions)
            if self.effect.fails(ground, facts) and ground.family != "conduct":
                return [self.law.rules["element"][0]], []
            rules = self.effect.ground(ground.family)
            found = rules.possible(facts)
            if not moved:
                self._use(rules, facts)
            some.append(found)
            if len({r.result for r in found}) > 1:
                open_ += rules.deciding(facts)
        best: dict[Rule, None] = {}
        for combination in product(*some) if _size(some) <= _MOST else [tuple(r for s in some for r in s)]:
            best[min(combination, key=_rank)] = None
        return list(best), list(dict.fromkeys(open_))

    def row(self, ground: Ground, charges: Sequence[Charge], when: str) -> Row | None:
        """The row of a ground; None where it is neither charged nor chargeable."""
        charge = next(iter(charges), None)
        every = list(self.convictions.values())
        truths = {c.id: self.chargeable(ground, c) for c in every}
        resting = [c for c in every if charge and c.id in charge.convictions] or [c for c in every if truths[c.id] is not False]
        if ground.family == "conduct":
            chargeable: bool | None = True if True in truths.values() else None if None in truths.values() else False
        else:
            known = sum(t is True for t in truths.values())
            perhaps = known + sum(t is None and bool(c.classes or c.unsure) for c, t in zip(every, truths.values()))
            chargeable = True if known >= ground.needed else None if perhaps >= ground.needed else False
        if not charge and (chargeable is False or when == "never" or (ground.family == "conduct" and chargeable is None)):
            return None  # what needs no conviction is named only where the facts say so: a note says what was not looked at
        if not resting:
            resting = own_convictions(ground, every) or every
        if ground.family == "conduct":
            resting = resting[:1]
        rules, open_ = self.together(ground, resting, charge)
        results = tuple(o for o in OUTCOMES if any(r.result == o for r in rules))
        number = ground.number(self.case.on)
        papers = [self.paper(p) for c in resting for p in self.pairs[c.id] if p.instrument] if ground.family != "conduct" else []
        return Row(
            ground.id, number.code, self.law.sections.cite(number.code), ground.title, ground.side,
            "no" if charge is None else "yes" if len(charge.grounds) == 1 else "one_of", "yes" if chargeable else "possible" if chargeable is None else "no", when,
            results[0] if len(results) == 1 else None, results, _lean(rules), tuple(dict.fromkeys(r.says for r in rules)), tuple(dict.fromkeys(x for r in rules if r.result == UNSETTLED for x in r.readings)),
            tuple(dict.fromkeys(r.id for r in rules)), tuple(dict.fromkeys(a for r in rules for a in r.authority)), _certainty(rules), tuple(open_),
            tuple(c.id for c in resting) if self.case.convictions and ground.family != "conduct" else (),
            tuple(dict.fromkeys(why for c in resting for why in c.unsure.values())) if chargeable is None and ground.family != "conduct" else (),
            _together_word(papers), tuple(dict.fromkeys(t for p in papers for t in p.fails)),
        )  # fmt: skip

    def together(self, ground: Ground, resting: Sequence[Conviction], charge: Charge | None, moved: Mapping[str, Value] = NOTHING_MOVED) -> tuple[list[Rule], list[str]]:
        """The rules on a ground over all the convictions that it rests on."""
        some, open_ = [], []
        for c in resting:
            rules, facts = self.rules(ground, c, charge, moved)
            some.append(rules)
            open_ += facts
        out: dict[Rule, None] = {}
        for combination in product(*some) if _size(some) <= _MOST else [tuple(r for s in some for r in s)]:
            out[self._counted(ground, combination)] = None
        return list(out), list(dict.fromkeys(open_))

    def _counted(self, ground: Ground, rules: Sequence[Rule]) -> Rule:
        """What one outcome for each conviction comes to, for a ground that needs ``count`` of them."""
        needed = ground.needed if len(rules) >= ground.needed else 1
        left = [r for r in rules if r.result not in GONE]
        if not left:
            return max(rules, key=lambda r: (r.result == WAIVED, _rank(r)))
        if len(left) < needed:
            return self.law.rules["count"][0]
        sure = [r for r in left if r.result != UNSETTLED]
        if len(sure) < needed:
            return next(r for r in left if r.result == UNSETTLED)
        return max(sure, key=_rank)

    # ------------------------------------------------------------------ all of it

    def rows(self) -> list[Row]:
        """Every ground charged or chargeable: charged ones first, those tested now before those that are not."""
        by_ground: dict[str, list[Charge]] = {}
        for charge in self.charges:
            for name in charge.grounds:
                by_ground.setdefault(name, []).append(charge)
        sides = {self.law.grounds[g].side for g in by_ground if all(len(c.grounds) == 1 or _one_side(self.law, c) for c in by_ground[g])}
        facts = {**self.assumable, **self.case.facts}
        out = []
        for ground in self.law.grounds.values():
            truth = self.effect.tested(ground.side, facts)
            if by_ground:
                truth = ground.side in sides
            when = "now" if truth or ground.id in by_ground else "possible" if truth is None else "later" if ground.side == "inadmissible" else "never"
            row = self.row(ground, by_ground.get(ground.id, ()), when)
            if row:
                out.append(row)
        order = {"now": 0, "possible": 1, "later": 2}
        return sorted(out, key=lambda r: (order[r.when], r.charged == "no", r.chargeable != "yes"))

    def charge_of(self, ground: str) -> Charge | None:
        """The first charge that names a ground."""
        return next((c for c in self.charges if ground in c.grounds), None)


def _one_side(law: Law, charge: Charge) -> bool:
    return len({law.grounds[g].side for g in charge.grounds}) == 1


def _size(some: Sequence[Sequence[Any]]) -> int:
    out = 1
    for s in some:
        out *= max(1, len(s))
    return out


def _rank(rule: Rule) -> tuple[int, int]:
    """Better for the person first."""
    return OUTCOMES.index(rule.result), OUTCOMES.index(rule.lean) if rule.lean in OUTCOMES else 0


def _certainty(rules: Iterable[Rule]) -> str:
    return "recalled" if any(r.certainty == "recalled" for r in rules) else "confirmed"


def _lean(rules: Iterable[Rule]) -> str:
    leans = list(dict.fromkeys(r.lean for r in rules if r.result == UNSETTLED))
    return leans[0] if len(leans) == 1 else ""


def _word(found: set[str]) -> tuple[str, str]:
    if found <= {"unsettled_pass", "unsettled_fail"}:
        return "unsettled", next(iter(found)).removeprefix("unsettled_") if len(found) == 1 else ""
    return (next(iter(found)), "") if len(found) == 1 else ("depends", "")


def _together_word(papers: Sequence[Paper]) -> str:
    words = {p.result for p in papers}
    return next(iter(words)) if len(words) == 1 else "mixed" if words else ""


def assess(case: Case, law: Law) -> Assessment:
    """What the instruments of ``case`` do to every ground charged or chargeable."""
    from homerule.pardons.change import with_changes

    work = Work(case, law)
    rows = with_changes(work, work.rows())
    papers = tuple(work.paper(p) for pairs in work.pairs.values() for p in pairs if p.instrument)
    listed, more = _for_questions(work, rows)
    relief, other = matters(work.effect, listed, more), adjacent(work.effect, listed, more)
    notes = list(case.notes)
    if "status" not in case.facts and not case.charges:
        notes.append("how the person was admitted was not given: grounds that need no conviction (no admission, an overstay) are not looked at")
    if not case.convictions:
        notes.append("no conviction was described: what else could be charged is not known")
    elif any(not c.classes and not c.facts.keys() & {n for n, a in law.about.items() if a == "element"} for c in case.convictions):
        notes.append("the class of a conviction was not given: what else could be charged on it is not known")
    if len(case.convictions) == 1:
        notes.append("the conviction given is taken as the only one")
    if any(r.charged == "one_of" for r in rows):
        notes.append("a charge names several grounds (a heading, or a number that older law used otherwise): each is shown, and it counts as one of them")
    used = dict.fromkeys(a for x in (*papers,) for t in x.tests for a in t.authorities)
    used |= dict.fromkeys(a for r in rows for a in r.authorities) | dict.fromkeys(a for m in (*relief, *other) for a in m.authorities)
    cited = tuple(Cited(a, law.sources[a].citation, law.sources[a].title, law.sources[a].certainty) for a in used)
    posture = case.facts.get("posture")
    assumed = tuple(f"{law.facts[n].words if law.facts[n].assumed is True else law.facts[n].words_no or f'{law.facts[n].words} is {law.facts[n].show(law.facts[n].assumed)}'} [{n}]" for n in work.assumable if n in work.used)
    return Assessment(
        case.on, law.clause(case.on).cite, case.facts, papers, tuple(rows), left(rows, work.charges), relief, other,
        (law.steps[str(posture)],) if posture in law.steps else (), time_left(case, law), assumed, law.untouched, tuple(notes), cited,
        {"engine": __version__, "law": law.hash[:16], "checked": law.checked.isoformat(), "as_of": case.on.isoformat()}, NOTICE,
    )  # fmt: skip


def _for_questions(work: Work, rows: Sequence[Row]) -> tuple[list[Mapping[str, Value]], dict[str, Value]]:
    """The facts of every pair, for the questions beside the grounds, and what follows from the rows."""
    now = [r for r in rows if r.when != "later" and r.side == "deportable" and work.law.grounds[r.ground].needs != "no"]
    more: dict[str, Value] = {}
    if now and all(r.outcome in GONE for r in now if r.charged != "no" or r.chargeable == "yes"):
        if not [r for r in now if r.chargeable == "possible" and not set(r.outcomes) <= GONE]:
            more["triggers_waived"] = True
    elif any(not set(r.outcomes) & {*GONE, UNSETTLED} for r in now):
        more["triggers_waived"] = False
    unlisted = [r for r in now if work.law.grounds[r.ground].family != "listed" and not set(r.outcomes) <= GONE]
    more["unlisted_left"] = bool([r for r in unlisted if r.charged != "no" or r.chargeable == "yes"])
    return [p.facts for pairs in work.pairs.values() for p in pairs], more


__all__ = ["Assessment", "Row", "Work", "assess"]
