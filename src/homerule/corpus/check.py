"""The checks that every law file must pass. ``homerule law check`` runs them all; the test suite does too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from homerule.corpus.citations import readable
from homerule.corpus.corpus import Corpus
from homerule.corpus.load import Problem
from homerule.corpus.model import COMMANDS, NO_COMMAND, Authority, Norm, Period

_NO_LAW = frozenset({"bill", "none", "event", "form", "guidance"})
_MAY_VOID_UP = frozenset({"order", "interim-order", "case", "constitution"})


def check(corpus: Corpus, tops: Iterable[str] | None = None) -> list[Problem]:
    """Every problem of the law of ``tops`` (all jurisdictions and outside folders if None), examples not included."""
    chosen = set(tops) if tops is not None else None
    out: list[Problem] = []
    for top in corpus.tops:
        if chosen is None or top in chosen:
            shard = corpus.shard(top)
            assert shard is not None
            out += [Problem(p["file"], p["line"], p["message"]) for p in shard.problems]
            if top not in shard.layers:
                out.append(Problem(f"{top}/place.toml", 1, "the folder has no place.toml that says what its silence means."))
    for shard in corpus.outside:
        out += [Problem(p["file"], p["line"], p["message"]) for p in shard.problems]
    norms, authorities = corpus.all_norms(), corpus.all_authorities()
    out += _ids(norms, authorities, corpus)
    out += _authorities(authorities, norms)
    out += _norms(norms, {n.id: n for n in norms})
    out += _circles(norms)
    if chosen is not None:
        out = [p for p in out if p.file.partition("/")[0] in chosen]
    return sorted(set(out))


def _at(item: Norm | Authority, message: str) -> Problem:
    file = item.file if isinstance(item, Authority) else item.authority.file
    return Problem(file, item.line, message, "lint")


def _ids(norms: list[Norm], authorities: list[Authority], corpus: Corpus) -> Iterable[Problem]:
    for kind, items in (("norm", norms), ("authority", authorities)):
        count = Counter(i.id for i in items)
        for item in items:
            if count[item.id] > 1:
                yield _at(item, f"the {kind} id {item.id} is used {count[item.id]} times.")
    norm_ids, authority_ids = {n.id for n in norms}, {a.id for a in authorities}
    for n in norms:
        for what, ids in (("prevails_over", n.prevails_over), ("upholds", n.upholds), ("voids", [s.id for s in n.voids if s.id])):
            for missing in sorted(set(ids) - norm_ids):
                hint = " (that is an authority; name its norms)" if missing in authority_ids else ""
                yield _at(n, f"{n.id}: {what} names {missing}, which is no norm{hint}.")
    for e in corpus.all_examples():
        for missing in sorted({*e.because, *e.fell, *e.duties, *e.clash, *e.absent} - norm_ids):
            yield Problem(e.file, e.line, f"the example names {missing}, which is no norm.", "lint")


def _authorities(authorities: list[Authority], norms: list[Norm]) -> Iterable[Problem]:
    by_authority: dict[str, list[Norm]] = defaultdict(list)
    for n in norms:
        by_authority[n.authority.id].append(n)
    voided = {n.id for m in norms for s in m.voids for n in norms if s.matches(n)}
    for a in authorities:
        if not readable(a.citation):
            yield _at(a, f"{a.id}: the citation {a.citation!r} cannot be read as one.")
        folder = a.file.rpartition("/")[0]
        if not a.file.startswith("+") and folder != a.place and folder.partition("/")[0] == a.place.partition("/")[0] and "/" in folder + a.place:
            yield _at(a, f"{a.id} is law of {a.place} but stands in the folder {folder}.")
        if a.status == "not_enacted" and by_authority[a.id]:
            yield _at(a, f"{a.id} is not enacted, so it can hold no norms.")
        if a.status == "enjoined" and by_authority[a.id] and not any(n.id in voided for n in by_authority[a.id]):
            yield _at(a, f"{a.id} is marked enjoined, but no order in the corpus voids any of its norms.")
        if a.certainty == "recalled" and a.source.strip() and "recall" not in a.source.lower() and "not looked up" in a.source.lower():
            yield _at(a, f"{a.id}: the source reads as none at all; say that it is recalled.")
        yield from _overlaps(a, a.in_force, a.id)


def _overlaps(item: Norm | Authority, periods: tuple[Period, ...], name: str) -> Iterable[Problem]:
    for first, second in pairwise(periods):
        if first.end is None or first.end > second.start:
            yield _at(item, f"{name}: the periods from {first.start} and from {second.start} overlap.")


def _norms(norms: list[Norm], by_id: dict[str, Norm]) -> Iterable[Problem]:
    for n in norms:
        if n.effect in COMMANDS and n.level in NO_COMMAND:
            yield _at(n, f"{n.id}: a norm on the level {n.level} cannot {n.effect}; such papers explain or expose.")
        if n.effect in COMMANDS and n.authority.kind in _NO_LAW and not n.level.startswith("federal-statute"):
            yield _at(n, f"{n.id}: an authority of kind {n.authority.kind} cannot {n.effect}.")
        if n.periods != n.authority.in_force:
            yield from _overlaps(n, n.periods, n.id)
        if n.authority.kind not in _MAY_VOID_UP:
            for over in sorted(n.prevails_over) + [s.id for s in n.voids if s.id]:
                if over in by_id and by_id[over].rank > n.rank:
                    yield _at(n, f"{n.id} ranks below {over} and cannot defeat it.")


def _circles(norms: list[Norm]) -> Iterable[Problem]:
    over = {n.id: set(n.prevails_over) for n in norms}
    for n in norms:
        seen, stack = set(), list(over[n.id])
        while stack:
            other = stack.pop()
            if other == n.id:
                yield _at(n, f"{n.id} prevails over itself in a circle.")
                break
            if other not in seen:
                seen.add(other)
                stack.extend(over.get(other, ()))
