"""A draft held against the law above it: conflicts, gaps, contradictions, dead rules, slack, and what begins or ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from homerule.corpus.model import COMMANDS, Norm
from homerule.proof.draft import Draft
from homerule.proof.matter import STANCES, Matter, Region
from homerule.reasoning.build import reach
from homerule.reasoning.decide import Case, Engine, Request
from homerule.reasoning.regime import Regime
from homerule.vocabulary import Value, plain

YEAR = dt.timedelta(days=366)
DECIDING = (*COMMANDS, "permit")


class Issue(NamedTuple):
    """One thing found. ``when`` is the most general description of its cases; ``case`` a smallest one, confirmed by the oracle."""

    kind: str  # conflict | contested | adoption | contradiction | dead | gap | soon
    act: str
    actors: tuple[str, ...]
    norms: tuple[str, ...]
    sections: tuple[str, ...]
    against: tuple[str, ...]
    when: str
    case: Mapping[str, Value]
    cases: int
    of: int
    line: int
    words: str

    def as_data(self) -> dict[str, Any]:
        data = self._asdict()
        data["case"] = {k: plain(v) for k, v in self.case.items()}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}


class Slack(NamedTuple):
    """How many cases of an act the law decides or leaves open, and what the draft says in them."""

    act: str
    actor: str
    law: str
    draft: str
    cases: int


class Difference(NamedTuple):
    """Where the draft and a model say different things."""

    act: str
    actors: tuple[str, ...]
    draft: str
    model: str
    when: str
    case: Mapping[str, Value]
    cases: int


class Report(NamedTuple):
    """Everything found. ``cases`` is the number of finite cases covered, exactly."""

    draft: Draft
    place: str
    on: dt.date
    actors: tuple[str, ...]
    issues: tuple[Issue, ...]
    slack: tuple[Slack, ...]
    differences: tuple[Difference, ...]
    compared_with: str
    cases: int
    matters: int
    requests: tuple[str, ...]

    def of_kind(self, *kinds: str) -> tuple[Issue, ...]:
        return tuple(i for i in self.issues if i.kind in kinds)

    @property
    def clean(self) -> bool:
        """No conflict, contradiction or dead rule."""
        return not self.of_kind("conflict", "adoption", "contradiction", "dead")


def check(
    engine: Engine, draft: Draft, *, place: str = "", actors: Iterable[str] = (), on: dt.date | None = None, requests: Iterable[str] = (), model: Draft | None = None, ahead: dt.timedelta = YEAR
) -> Report:
    """Hold ``draft`` against the law of ``place`` (the draft's own if not given) on a day.

    ``actors``: only these (all that the draft binds). ``requests``: the checklist for gaps (the request kinds whose acts the draft speaks of).
    ``model``: a second draft to compare with. Raises InputError for words that are not known.
    """
    day = on or dt.date.today()
    vocabulary = engine.corpus.vocabulary
    where = place or draft.place
    bound = list(actors) or sorted({a for n in draft.norms for a in n.actors})
    for actor in bound:
        vocabulary.actor(actor)
    spoken = {a for n in draft.norms for a in n.acts if n.effect in DECIDING}
    kinds = [vocabulary.asked(r) for r in requests] or [r for r in vocabulary.requests.values() if spoken & set(r.acts)]
    acts = list(dict.fromkeys([*(a for a in vocabulary.acts if a in spoken), *(a for k in kinds for a in k.acts)]))
    found: list[Issue] = []
    slack: list[Slack] = []
    differences: list[Difference] = []
    cases = matters = 0
    for actor in bound:
        case = engine.read(Request(where, actor, "detainer", day))
        for act in acts:
            mine = _of(draft, actor, act)
            theirs = _of(model, actor, act) if model else ()
            if not mine and not theirs and not any(actor in n.actors for n in draft.norms):
                continue
            matter = _matter(engine, case, actor, act, day, draft, mine, theirs)
            matters += 1
            cases += matter.cases
            found += _conflicts(matter, actor)
            found += _inside(matter, actor)
            if any(act in k.acts for k in kinds):
                found += _gaps(matter, actor)
            slack += _slack(matter, actor)
            if model:
                differences += _differences(matter, actor)
        found += _soon(engine, case, actor, acts, day, day + ahead, draft)
    found += _adoption(engine, draft, where, bound, day, slack)
    order = {k: i for i, k in enumerate(("conflict", "adoption", "contested", "contradiction", "dead", "gap", "soon"))}
    issues = sorted(_merge(found), key=lambda i: (order[i.kind], i.line, i.act, i.words))
    return Report(draft, case.place.name if bound else where, day, tuple(bound), tuple(issues), tuple(slack), tuple(_merge_differences(differences)), model.name if model else "", cases, matters, tuple(k.name for k in kinds))


def _of(draft: Draft | None, actor: str, act: str) -> tuple[Norm, ...]:
    return tuple(n for n in draft.norms if actor in n.actors and act in n.acts) if draft else ()


def _above(engine: Engine, case: Case, actor: str, act: str, day: dt.date, rank: int) -> Regime:
    """The regime of the norms that rank above the draft."""
    whole = engine.regimes.regime(case.reach, actor, act, day)
    above = [n for n in whole.norms if n.rank > rank]
    return Regime(above, act, whole.vocabulary, start=whole.start, end=whole.end, doubtful=whole.doubtful, missing=whole.missing)


def _matter(engine: Engine, case: Case, actor: str, act: str, day: dt.date, draft: Draft, mine: tuple[Norm, ...], theirs: tuple[Norm, ...] = ()) -> Matter:
    return Matter(_above(engine, case, actor, act, day, draft.rank), mine, theirs)


# ------------------------------------------------------------------ conflicts


def _conflicts(matter: Matter, actor: str) -> Iterator[Issue]:
    for index, norm in enumerate(matter.draft):
        for kind in ("conflict", "contested"):
            region = matter.region(lambda m, i=index, k=kind: matter.opposed(m, i) == k, lambda m, i=index: matter.against(m, i))
            if region:
                _, mask = matter.confirm(region.facts)
                assert matter.opposed(mask, index) == kind
                yield _issue(kind, matter, actor, (norm,), region, _conflict_words(matter, norm, kind, region))


def _conflict_words(matter: Matter, norm: Norm, kind: str, region: Region) -> str:
    says = {"require": "requires", "forbid": "forbids", "permit": "permits"}[norm.effect]
    law = [n for n in matter.norms if n.id in region.by]
    against = "; ".join(dict.fromkeys(f"{n.authority.citation}{', at ' + n.pinpoint if n.pinpoint and n.pinpoint not in n.authority.citation else ''} ({_does(n)})" for n in law)) or "the law above"
    when = "always" if region.words == "always" else f"when {region.words}"
    if kind == "conflict":
        return f"{_section(norm)} {says} `{matter.act}` {when}; {against} stands above it"
    doubted = [n for n in law if n.doubted] or [n for i, n in enumerate(matter.norms) if matter.contested >> i & 1]
    cites = " or ".join(dict.fromkeys(n.authority.citation for n in doubted))
    return f"{_section(norm)} {says} `{matter.act}` {when}; whether it may turns on {cites}, which is contested: compliant on one reading, in conflict on the other"


def _does(norm: Norm) -> str:
    return {"require": "requires it", "forbid": "prohibits it"}.get(norm.effect, "makes such a rule void")


def _section(norm: Norm) -> str:
    if not norm.pinpoint:
        return norm.id
    return f"section {norm.pinpoint}" if norm.pinpoint[0].isdigit() else norm.pinpoint  # which has its own sign


# ------------------------------------------------------------------ inside the draft


def _inside(matter: Matter, actor: str) -> Iterator[Issue]:
    region = matter.region(lambda m: matter.stance(m) == "conflict")
    if region:
        _, mask = matter.confirm(region.facts)
        standing = matter.alone.standing(mask >> matter.shift & ((1 << len(matter.draft)) - 1))
        norms = tuple(n for i, n in enumerate(matter.draft) if standing >> i & 1 and n.effect in COMMANDS)
        words = f"{' and '.join(_section(n) for n in norms)} order opposite things on `{matter.act}` when {region.words}"
        yield _issue("contradiction", matter, actor, norms, region, words)
    for index, norm in enumerate(matter.draft):
        bit = 1 << (matter.shift + index)
        if not any(m & bit for m, _, _ in matter.all_leaves):
            yield _dead(matter, actor, norm, f"{_section(norm)} can never apply: its conditions exclude each other")
        elif norm.effect in DECIDING and not norm.voids and all(matter.stance(m) == matter.stance(m & ~bit) for m, _, _ in matter.all_leaves):
            yield _dead(matter, actor, norm, f"{_section(norm)} never decides anything on `{matter.act}`: wherever it applies, the draft's other rules say the same or prevail")


def _dead(matter: Matter, actor: str, norm: Norm, words: str) -> Issue:
    return Issue("dead", matter.act, (actor,), (norm.id,), (norm.pinpoint,), (), "", {}, 0, matter.cases, norm.line, words)


def _gaps(matter: Matter, actor: str) -> Iterator[Issue]:
    region = matter.region(lambda m: matter.stance(m) == "silent" and matter.verdict(m) in ("permitted", "unsettled"))
    if region:
        words = f"the draft says nothing on `{matter.act}` {'at all' if region.words == 'always' else 'when ' + region.words}, and the law above leaves it open"
        yield _issue("gap", matter, actor, (), region, words)


def _slack(matter: Matter, actor: str) -> Iterator[Slack]:
    count: dict[tuple[str, str], int] = {}
    for mask, _, cases in matter.all_leaves:
        key = (matter.verdict(mask), matter.stance(mask))
        count[key] = count.get(key, 0) + cases
    for (law, stance), cases in sorted(count.items()):
        yield Slack(matter.act, actor, law, stance, cases)


def _differences(matter: Matter, actor: str) -> Iterator[Difference]:
    for left in STANCES:
        for right in STANCES:
            if left != right:
                region = matter.region(lambda m, a=left, b=right: (matter.stance(m), matter.other_stance(m)) == (a, b))
                if region:
                    yield Difference(matter.act, (actor,), left, right, region.words, region.facts, region.cases)


# ------------------------------------------------------------------ around the draft


_ADOPTERS = {"county": ("county_board",), "city": ("council",)}


def _adoption(engine: Engine, draft: Draft, place: str, bound: list[str], day: dt.date, slack: list[Slack]) -> Iterator[Issue]:
    """Whether the body may adopt such a rule at all: asked where the draft forbids or orders more than the law above does itself."""
    vocabulary = engine.corpus.vocabulary
    for effect, stance, act in (("forbid", "prohibited", "limit_cooperation"), ("require", "required", "mandate_cooperation")):
        biting = {s.act for s in slack if s.draft == stance and s.law not in (stance, "unsettled") and not vocabulary.acts[s.act].crime} - {"honor_judicial_warrant"}
        norms = tuple(n for n in draft.norms if n.effect == effect and biting & set(n.acts))
        if not norms or act not in vocabulary.acts:
            continue
        sharing = {"limits_status_sharing": "share_status" in biting} if "limits_status_sharing" in vocabulary.facts else {}
        for adopter in _ADOPTERS.get(draft.level, tuple(bound)):
            case = engine.read(Request(place, adopter, act, day, sharing))
            regime = _above(engine, case, adopter, act, day, draft.rank)
            facts = {k: v for k, v in case.facts.items() if k in regime.facts}
            verdict = regime.verdict(facts)
            if verdict not in ("prohibited", "unsettled"):
                continue
            possible = reach(regime, facts).possible
            law = [n for i, n in enumerate(regime.norms) if possible >> i & 1 and n.effect == "forbid"]
            word = "limits" if effect == "forbid" else "orders"
            cites = "; ".join(dict.fromkeys(n.authority.citation for n in law))
            words = f"the draft {word} cooperation beyond what the law above does itself ({', '.join(sorted(biting))}); adopting such a rule is {verdict} here ({cites})"
            ids = tuple(n.id for n in law)
            yield Issue("adoption" if verdict == "prohibited" else "contested", act, (adopter,), tuple(n.id for n in norms), tuple(n.pinpoint for n in norms), ids, "", {}, 0, 0, norms[0].line, words)


def _soon(engine: Engine, case: Case, actor: str, acts: list[str], day: dt.date, last: dt.date, draft: Draft) -> Iterator[Issue]:
    for act in acts:
        mine = _of(draft, actor, act)
        breaks, *_ = engine.regimes.line(case.reach, actor, act)
        ahead = [d for d in breaks if day < d <= last]
        if not mine or not ahead:
            continue
        now = _opposed(_matter(engine, case, actor, act, day, draft, mine))
        for d in ahead:
            matter = _matter(engine, case, actor, act, d, draft, mine)
            then = _opposed(matter)
            for norm in mine:
                if now.get(norm.id) != then.get(norm.id):
                    kinds = f"{now.get(norm.id) or 'no conflict'} now, {then.get(norm.id) or 'no conflict'} then"
                    yield Issue("soon", act, (actor,), (norm.id,), (norm.pinpoint,), (), "", {}, 0, matter.cases, norm.line, f"from {d.isoformat()} the law on `{act}` meets {_section(norm)} differently: {kinds}")
            now = then


def _opposed(matter: Matter) -> dict[str, str]:
    out = {}
    for i, norm in enumerate(matter.draft):
        kinds = {matter.opposed(m, i) for m, _, _ in matter.all_leaves}
        out[norm.id] = "conflict" if "conflict" in kinds else "contested" if "contested" in kinds else ""
    return out


# ------------------------------------------------------------------ putting together


def _issue(kind: str, matter: Matter, actor: str, norms: tuple[Norm, ...], region: Region, words: str) -> Issue:
    return Issue(kind, matter.act, (actor,), tuple(n.id for n in norms), tuple(n.pinpoint for n in norms), region.by, region.words, region.facts, region.cases, matter.cases, norms[0].line if norms else 0, words)


def _merge(issues: Iterable[Issue]) -> list[Issue]:
    """One issue where several actors meet the same."""
    out: dict[tuple[Any, ...], Issue] = {}
    for i in issues:
        key = (i.kind, i.act, i.norms, i.words)
        out[key] = out[key]._replace(actors=tuple(dict.fromkeys((*out[key].actors, *i.actors)))) if key in out else i
    return list(out.values())


def _merge_differences(found: Iterable[Difference]) -> list[Difference]:
    out: dict[tuple[Any, ...], Difference] = {}
    for d in found:
        key = (d.act, d.draft, d.model, d.when)
        out[key] = out[key]._replace(actors=tuple(dict.fromkeys((*out[key].actors, *d.actors)))) if key in out else d
    return list(out.values())
