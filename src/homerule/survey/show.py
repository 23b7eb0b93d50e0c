"""One authority or norm with everything a reader asks of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from homerule.conditions.tree import TRUE
from homerule.conditions.words import in_words
from homerule.corpus import Corpus
from homerule.corpus.model import Authority, Example, Norm, Period
from homerule.reasoning import clock
from homerule.reasoning.resolve import attacks
from homerule.vocabulary import plain


class Link(NamedTuple):
    """A norm that this one defeats, or that defeats it, and on which acts."""

    norm: str
    citation: str
    acts: tuple[str, ...]


def show(corpus: Corpus, id: str) -> dict[str, Any]:
    """What the corpus holds under ``id``, as JSON data. Raises InputError with near ids."""
    found = corpus.find(id)
    return norm_data(corpus, found) if isinstance(found, Norm) else authority_data(corpus, found)


def authority_data(corpus: Corpus, a: Authority) -> dict[str, Any]:
    """An authority and the norms that it states."""
    norms = [n for n in corpus.all_norms() if n.authority.id == a.id]
    return {
        "kind_of_entry": "authority", "id": a.id, "citation": a.citation, "title": a.title, "kind": a.kind, "level": a.level, "weight": a.base_weight, "place": a.place,
        "in_force": [period_data(p) for p in a.in_force], "status": a.status, "lean": a.lean, "certainty": a.certainty, "source": a.source, "checked": a.checked.isoformat(),
        "note": a.note, "file": a.file, "norms": [norm_data(corpus, n, short=True) for n in norms],
    }  # fmt: skip


def norm_data(corpus: Corpus, n: Norm, *, short: bool = False) -> dict[str, Any]:
    """A norm; with links and examples unless ``short``."""
    vocabulary = corpus.vocabulary_for(("us", n.place))
    data: dict[str, Any] = {
        "kind_of_entry": "norm", "id": n.id, "authority": n.authority.id, "citation": n.authority.citation, "pinpoint": n.pinpoint, "effect": n.effect, "side": n.side, "says": n.says,
        "binds": bound_words(corpus, n.actors), "acts": list(n.acts), "when": n.when, "unless": n.unless,
        "applies": "always" if n.condition == TRUE else in_words(n.condition, vocabulary),
        "level": n.level, "place": n.place, "circuits": list(n.circuits), "places": list(n.places), "except_places": list(n.except_places),
        "in_force": [period_data(p) for p in n.periods], "status": "contested" if n.doubted else n.authority.status, "doubt": n.contested,
        "certainty": n.authority.certainty, "checked": n.authority.checked.isoformat(),
        "deadline": clock.in_words(n.deadline) if n.deadline else "", "approval": n.approval, "penalty": n.penalty, "reason": n.reason,
    }  # fmt: skip
    if not short:
        defeats, defeated = links(corpus, n)
        data |= {
            "defeats": [x._asdict() for x in defeats], "defeated_by": [x._asdict() for x in defeated],
            "examples": [example_data(e) for e in corpus.all_examples() if n.id in (*e.because, *e.fell, *e.duties, *e.clash, *e.absent)],
        }  # fmt: skip
    return data


def period_data(p: Period) -> dict[str, str | None]:
    return {"from": p.start.isoformat(), "to": p.end.isoformat() if p.end else None, "from_latest": p.sure.isoformat() if p.sure else None}


def example_data(e: Example) -> dict[str, Any]:
    return {
        "place": e.place, "actor": e.actor, "request": e.request, "on": e.on.isoformat(), "facts": {k: plain(v) for k, v in e.facts.items()}, "expect": dict(e.expect),
        "because": list(e.because), "fell": list(e.fell), "duties": list(e.duties), "file": e.file, "line": e.line,
    }  # fmt: skip


def bound_words(corpus: Corpus, actors: frozenset[str]) -> list[str]:
    """The actors, by the largest groups that they fill."""
    groups = sorted(corpus.vocabulary.groups.items(), key=lambda g: (-len(g[1]), g[0]))
    out, left = [], set(actors)
    for name, members in groups:
        if members <= actors and members & left:
            out.append(name)
            left -= members
    return out + sorted(left)


def links(corpus: Corpus, n: Norm) -> tuple[list[Link], list[Link]]:
    """The norms that ``n`` defeats where both apply, and those that defeat it."""
    defeats: dict[str, list[str]] = {}
    defeated: dict[str, list[str]] = {}
    cites = {}
    tops = {n.place.partition("/")[0]} - {"us"}
    for m in corpus.all_norms():
        if m.id == n.id or not (m.actors & n.actors) or not _can_meet(m, n, tops):
            continue
        for act in n.acts:
            if act in m.acts:
                if attacks(n, m, act):
                    defeats.setdefault(m.id, []).append(act)
                if attacks(m, n, act):
                    defeated.setdefault(m.id, []).append(act)
                cites[m.id] = m.authority.citation
    return [Link(i, cites[i], tuple(a)) for i, a in defeats.items()], [Link(i, cites[i], tuple(a)) for i, a in defeated.items()]


def _can_meet(m: Norm, n: Norm, tops: set[str]) -> bool:
    """Whether some body is under both: one place holds the other."""
    if "us" in (m.place, n.place):
        return True
    return m.place == n.place or m.place.startswith(n.place + "/") or n.place.startswith(m.place + "/")
