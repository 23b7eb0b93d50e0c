"""Which of the applying norms prevail on one act, and what verdict follows.

The norms of one act form a graph of attacks; those that stand are its grounded extension (Dung 1995): a norm stands when everything
that attacks it has fallen. Sets of norms are bit masks over a `Contest`, so that one resolution serves every request with the same set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from homerule.corpus.model import COMMANDS, LEVELS, Norm

VERDICTS = ("required", "prohibited", "permitted", "conflict", "depends", "unsettled")
#: A layer that is missing from the corpus could hold anything that ranks at or below this.
STATE_CEILING = LEVELS["state-constitution"]
_OPPOSITE = {"require": "forbid", "forbid": "require"}
_EVERY_COMBINATION = 8  # contested norms up to this many are tried in every combination


class Outcome(NamedTuple):
    """What follows from one set of applying norms.

    ``stands`` and ``applying`` are masks; ``fell`` pairs each fallen norm with the standing norms that felled it; ``clash`` pairs a fallen
    command with the higher opposed command that it fell to; ``readings`` lists, for contested law, which norms would have to fall (a
    mask) for another verdict.
    """

    verdict: str
    basis: str
    stands: int
    applying: int
    fell: tuple[tuple[int, tuple[int, ...]], ...]
    clash: tuple[tuple[int, int], ...]
    readings: tuple[tuple[int, str], ...]
    settled_as: str


class Contest:
    """The norms of one act in one regime, with who attacks whom worked out once."""

    def __init__(self, norms: Sequence[Norm], act: str, *, doubtful: frozenset[str] = frozenset(), missing: tuple[str, ...] = ()) -> None:
        """``doubtful``: ids contested on this day beyond what the norms say of themselves; ``missing``: layers not in the corpus."""
        self.norms = tuple(norms)
        self.act = act
        self.missing = missing
        self.attackers = _attackers(norms, act)
        self.require = mask_of(i for i, n in enumerate(norms) if n.effect == "require")
        self.forbid = mask_of(i for i, n in enumerate(norms) if n.effect == "forbid")
        #: Permits that speak for the body's own state or locality, or displace its rules: higher permission alone leaves the matter to silence.
        self.permit = mask_of(i for i, n in enumerate(norms) if n.effect == "permit" and (n.rank <= STATE_CEILING or n.preempts))
        self.untranslated = mask_of(i for i, n in enumerate(norms) if n.effect == "untranslated")
        self.contested = mask_of(i for i, n in enumerate(norms) if n.doubted or n.id in doubtful)
        index = {n.id: i for i, n in enumerate(norms)}
        self.upholds = [(i, mask_of(index[u] for u in n.upholds if u in index)) for i, n in enumerate(norms) if n.upholds]
        attacking = 0
        for a in self.attackers:
            attacking |= a
        #: Norms that can move a verdict: the commands, what attacks or is attacked for them, and what cannot be translated.
        self.core = self.require | self.forbid | self.untranslated | attacking | mask_of(i for i, _ in self.upholds)
        self._cache: dict[int, Outcome] = {}

    def standing(self, applying: int) -> int:
        """The grounded extension of the applying norms, as a mask."""
        attackers = self.attackers
        stands = fallen = 0
        open_ = applying
        while open_:
            new_in = new_out = 0
            for i in bits(open_):
                live = attackers[i] & applying
                if live & stands:
                    new_out |= 1 << i
                elif not live & ~fallen:
                    new_in |= 1 << i
            if not new_in | new_out:
                break  # a circle of attacks: nothing in it stands
            stands |= new_in
            fallen |= new_out
            open_ &= ~(new_in | new_out)
        return stands

    def settle(self, applying: int) -> tuple[str, str, int]:
        """Verdict, basis and standing norms, taking contested law as it is written."""
        stands = self.standing(applying)
        require, forbid = stands & self.require, stands & self.forbid
        top = max((self.norms[i].rank for i in bits(require | forbid)), default=0)
        if self.missing and top <= STATE_CEILING:
            return "unsettled", "not_in_corpus", stands
        unread = stands & self.untranslated
        if unread and top <= max(self.norms[i].rank for i in bits(unread)):
            return "unsettled", "untranslated", stands
        if require and forbid:
            return "conflict", "norm", stands
        if require:
            return "required", "norm", stands
        if forbid:
            return "prohibited", "norm", stands
        return "permitted", "express" if stands & self.permit else "silence", stands

    def resolve(self, applying: int) -> Outcome:
        """What follows from the norms in ``applying``."""
        known = self._cache.get(applying)
        if known is None:
            known = self._cache[applying] = self._resolve(applying)
        return known

    def _resolve(self, applying: int) -> Outcome:
        verdict, basis, stands = self.settle(applying)
        readings = self.readings(applying, stands, verdict, basis)
        settled_as = verdict
        if readings:
            verdict, basis = "unsettled", "contested"
        fell = []
        clash = []
        for i in bits(applying & ~stands):
            by = tuple(bits(self.attackers[i] & stands))
            fell.append((i, by))
            norm = self.norms[i]
            if not any(voids(self.norms[j], norm, self.act) for j in by):  # what is void was never a command
                clash += [(i, j) for j in by if self.norms[j].effect == _OPPOSITE.get(norm.effect) and self.norms[j].rank > norm.rank]
        return Outcome(verdict, basis, stands, applying, tuple(fell), tuple(clash), readings, settled_as)

    def readings(self, applying: int, stands: int, verdict: str, basis: str) -> tuple[tuple[int, str], ...]:
        """The smallest sets of contested norms whose fall changes the verdict, with the verdict then reached."""
        if basis in ("not_in_corpus", "untranslated"):
            return ()
        doubted = applying & self.contested & self.core
        for i, upheld in self.upholds:
            if stands >> i & 1:
                doubted &= ~upheld
        if not doubted:
            return ()
        found: list[tuple[int, str]] = []
        each = list(bits(doubted))
        sizes = range(1, len(each) + 1) if len(each) <= _EVERY_COMBINATION else (1, 2, len(each))
        for size in sizes:
            for some in combinations(each, size):
                mask = mask_of(some)
                other, _, _ = self.settle(applying & ~mask)
                if other == verdict:
                    continue
                if not any(mask & seen == seen and other == already for seen, already in found):
                    found.append((mask, other))
        return tuple(found)


def _attackers(norms: Sequence[Norm], act: str) -> list[int]:
    """For each norm the mask of those that attack it. Most norms can attack nothing and are passed over."""
    out = [0] * len(norms)
    commands = [(i, n) for i, n in enumerate(norms) if n.effect in COMMANDS]
    every = list(enumerate(norms))
    for j, m in every:
        if m.voids or m.prevails_over:
            targets = every
        elif m.effect in COMMANDS or m.preempts:
            targets = commands
        else:
            continue
        for i, n in targets:
            if i != j and attacks(m, n, act):
                out[i] |= 1 << j
    return out


def attacks(m: Norm, n: Norm, act: str) -> bool:
    """Whether ``m`` attacks ``n`` on this act: by naming it void, by prevailing over it by name, or by standing higher with an opposed effect."""
    if voids(m, n, act):
        return True
    if n.id in m.prevails_over and (opposed(m, n) or m.effect == "permit"):
        return True
    if m.id in n.prevails_over:
        return False
    return opposed(m, n) and m.rank > n.rank


def voids(m: Norm, n: Norm, act: str) -> bool:
    """Whether ``m`` makes ``n`` void on this act."""
    return any(s.matches(n, act) for s in m.voids)


def opposed(m: Norm, n: Norm) -> bool:
    """``require`` and ``forbid`` are opposed; a permit only to the effects it preempts."""
    return _OPPOSITE.get(m.effect) == n.effect or (m.effect == "permit" and n.effect in m.preempts)


def bits(mask: int) -> Iterator[int]:
    """The positions set in a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(indexes: Iterable[int]) -> int:
    """The mask with these positions set."""
    out = 0
    for i in indexes:
        out |= 1 << i
    return out
