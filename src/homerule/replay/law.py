"""The law that each body stands under, and what follows from it: worked out once for each body's law, day on which it changes, and knowledge.

Bodies under the same norms share one `law`. Where a facility's name leaves several bodies open, what follows is what follows for any of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from homerule.corpus import Reach
from homerule.corpus.model import Norm
from homerule.proof.draft import Draft
from homerule.reasoning.decide import Engine
from homerule.reasoning.regime import Regime
from homerule.replay.bits import Compiled, Resolved, norm_ids
from homerule.replay.facilities import Body
from homerule.replay.known import Known, exact


class Follows(NamedTuple):
    """What follows on one act. ``reachable`` has several verdicts where the verdict is ``depends``. ``stands``: ids of the norms that
    surely stand; ``may_stand`` those that stand if an open fact brings them in; ``fell`` those that surely fall. ``deciding``: those of
    ``stands`` that can move a verdict. ``turns_on``: where it depends, the facts that could still decide."""

    act: str
    verdict: str
    reachable: tuple[str, ...]
    basis: str
    deciding: tuple[str, ...]
    stands: tuple[str, ...]
    may_stand: tuple[str, ...]
    fell: tuple[str, ...]
    turns_on: tuple[str, ...]

    @property
    def id(self) -> str:
        """A short hash of the content: the same in every run over the same law."""
        return hashlib.blake2b(repr(tuple(self)).encode(), digest_size=8).hexdigest()


class Under(NamedTuple):
    """One body's law: how far its places reach, the actor, and what is assumed of facts there."""

    body: Body
    reach: Reach
    assumed: Mapping[str, Any]
    bounds: tuple[tuple[str, str], ...]  # an assumed fact, and the fact that is never smaller
    receipt: str


class Laws:
    """Numbers the laws that occur, and works out what follows under each."""

    def __init__(self, engine: Engine, acts: Sequence[str], drafts: Sequence[Draft] = (), *, assume: bool = True) -> None:
        self.engine = engine
        self.acts = tuple(acts)
        self.drafts: tuple[Draft | None, ...] = (None, *drafts)
        self.assume = assume
        self.bodies: list[tuple[Under, ...]] = []
        self._ids: dict[Any, int] = {}
        self._of_bodies: dict[tuple[Body, ...], int] = {}
        self._under: dict[Body, tuple[Under, Any]] = {}
        self._days: set[dt.date] = set()
        self._compiled: dict[Any, Compiled] = {}
        self._follows: dict[Any, Follows] = {}
        self._by_content: dict[Any, Compiled] = {}
        self._kept: list[Regime] = []  # so that no other regime gets the id of one that is known

    def law(self, bodies: tuple[Body, ...]) -> int:
        """The number of the law that these bodies stand under."""
        found = self._of_bodies.get(bodies)
        if found is None:
            each = [self._of(b) for b in bodies]
            key = tuple(sorted({k for _, k in each}, key=repr))
            found = self._ids.get(key)
            if found is None:
                found = self._ids[key] = len(self.bodies)
                kept = {k: u for u, k in reversed(each)}
                self.bodies.append(tuple(kept.values()))
            self._of_bodies[bodies] = found
        return found

    def days(self) -> list[dt.date]:
        """The days on which some law met so far changes, in order."""
        return sorted(self._days)

    def _of(self, body: Body) -> tuple[Under, Any]:
        found = self._under.get(body)
        if found is None:
            place, reach, vocabulary, assumed, _ = self.engine.body(body.place, body.actor)
            corpus = self.engine.corpus
            receipt = corpus.hash_of(place.chain)
            bounds = tuple((n, by) for n in assumed if (by := vocabulary.facts[n].no_more_than))
            norms = []
            for act in self.acts:
                breaks, line, _, _ = self.engine.regimes.line(reach, body.actor, act)
                self._days.update(breaks)
                norms.append((tuple(n.id for n in line), *(tuple(n.id for n in self._of_draft(d, body, reach, act)) for d in self.drafts if d)))
            key = (tuple(norms), reach.circuit, self.engine.regimes.missing(reach), tuple(sorted((k, repr(v)) for k, v in assumed.items())))
            found = self._under[body] = (Under(body, reach, assumed if self.assume else {}, bounds if self.assume else (), receipt), key)
        return found

    def receipt(self, bodies: tuple[Body, ...]) -> str:
        """The hashes of the law files that an answer for these bodies can rest on."""
        return "; ".join(dict.fromkeys(self._of(b)[0].receipt for b in bodies))

    @staticmethod
    def _of_draft(draft: Draft, body: Body, reach: Reach, act: str) -> list[Norm]:
        return [n for n in draft.norms if body.actor in n.actors and act in n.acts and reach.covers(n)]

    def covers(self, draft: Draft, bodies: Iterable[Body]) -> bool:
        """Whether a draft binds any of these bodies in any act replayed."""
        return any(self._of_draft(draft, b, self._of(b)[0].reach, act) for b in bodies for act in self.acts)

    def follows(self, law: int, day: dt.date, facts: Mapping[str, Known], act: str, draft: int = 0) -> Follows:
        """What follows on an act under a law on a day. ``draft`` 0 is the law as it is; else the draft of that number is added to it."""
        results = [self._one(u, day, facts, act, draft) for u in self.bodies[law]]
        key = (act, tuple((r, id(c)) for c, r in results))
        found = self._follows.get(key)
        if found is None:
            found = self._follows[key] = _together(act, results)
        return found

    def _one(self, under: Under, day: dt.date, given: Mapping[str, Known], act: str, draft: int) -> tuple[Compiled, Resolved]:
        compiled = self.compiled(under, day, act, draft)
        facts: dict[str, Known] = {**under.assumed, **{k: v for k, v in given.items() if v is not None}}
        for name, by in under.bounds:
            if given.get(name) is None and exact(upper := given.get(by)):
                facts.pop(name, None)
                facts.update(compiled.regime.bound({}, {name: upper}))  # type: ignore[dict-item]
        return compiled, compiled.resolve({f: facts.get(f) for f in compiled.facts})

    def compiled(self, under: Under, day: dt.date, act: str, draft: int = 0) -> Compiled:
        """The form of one body's law on one act and day, with the draft of that number added."""
        regime = self.engine.regimes.regime(under.reach, under.body.actor, act, day)
        compiled = self._compiled.get((id(regime), draft))
        if compiled is None:
            compiled = self._compiled[id(regime), draft] = self._compile(self._with(regime, self.drafts[draft], under, act))
            self._kept.append(regime)
        return compiled

    def _compile(self, regime: Regime) -> Compiled:
        """One form for all regimes that hold the same norms: most places of a state do."""
        key = (regime.act, tuple(n.id for n in regime.norms), regime.doubtful, regime.missing, regime.persuasive)
        found = self._by_content.get(key)
        if found is None:
            found = self._by_content[key] = Compiled(regime)
        return found

    def _with(self, regime: Regime, draft: Draft | None, under: Under, act: str) -> Regime:
        more = self._of_draft(draft, under.body, under.reach, act) if draft else []
        if not more:
            return regime
        norms = sorted([*regime.norms, *more], key=lambda n: (-n.rank, n.id))
        return Regime(
            norms, act, self.engine.corpus.vocabulary_for(self.engine.corpus.tops), start=regime.start, end=regime.end,
            doubtful=regime.doubtful, missing=regime.missing, persuasive=regime.persuasive,
        )  # fmt: skip


def _together(act: str, results: Sequence[tuple[Compiled, Resolved]]) -> Follows:
    """What several bodies' answers have in common, and where they part."""
    verdicts = tuple(sorted({v for _, r in results for v in r.reachable}))
    sure = [set(norm_ids(c.regime, r.sure)) for c, r in results]
    stands = set.intersection(*sure)
    somewhere = set().union(*(norm_ids(c.regime, r.possible) for c, r in results))
    fell = set.intersection(*(set(norm_ids(c.regime, r.fell)) for c, r in results))
    core = set().union(*(norm_ids(c.regime, r.sure & (c.regime.contest.core | c.regime.contest.permit)) for c, r in results))
    bases = {r.basis for _, r in results}
    one = len(verdicts) == 1
    basis = "facts" if not one else bases.pop() if len(bases) == 1 else "norm"
    return Follows(
        act, verdicts[0] if one else "depends", verdicts, basis, tuple(sorted(stands & core)), tuple(sorted(stands)), tuple(sorted(somewhere - stands)), tuple(sorted(fell)),
        tuple(sorted({f for _, r in results for f in r.turns_on})) if not one else (),
    )  # fmt: skip
