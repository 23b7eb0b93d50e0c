"""What the same question gets in neighbouring states and in other places of the state whose own rules are in the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from homerule.advice.reading import Reader
from homerule.errors import HomeruleError
from homerule.places import Place
from homerule.reasoning.explain import VERDICT_PHRASE, listed

MOST_PLACES = 8


class Neighbours(NamedTuple):
    """Verdicts of one question elsewhere: ``states`` by verdict, and ``places`` of the same state by verdict; names in each."""

    act: str
    states: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]]

    @property
    def words(self) -> str:
        """Both in one or two sentences; empty where there is nothing to say."""
        out = []
        for title, rows in (("Neighbouring states", self.states), ("In this state, with rules of their own in the corpus", self.places)):
            if rows:
                out.append(f"{title}: " + "; ".join(f"{VERDICT_PHRASE[v]} in {listed(names, 'and')}" for v, names in rows.items()) + ".")
        return " ".join(out)

    def as_data(self) -> dict[str, Any]:
        return {"act": self.act, "states": {k: list(v) for k, v in self.states.items()}, "places": {k: list(v) for k, v in self.places.items()}}


@cache
def adjacent() -> Mapping[str, tuple[str, ...]]:
    """The codes of the states that border on each: ``{"mn": ("ia", "nd", …)}``."""
    text = (files("homerule.advice") / "data" / "adjacent.csv").read_text("utf-8")
    rows = (line.split(",", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {code: tuple(others.split()) for code, others in rows}


def neighbours(reader: Reader, home: Place, actor: str, act: str, facts: Mapping[str, Any]) -> Neighbours:
    """The verdict of the standard case on the same question elsewhere. A place whose law cannot be asked is left out."""
    corpus = reader.engine.corpus
    states = [c for c in adjacent().get(home.state, ()) if c in corpus.tops]
    shard = corpus.shard(home.state)
    kinds = ("county", "city-county") if home.kind == "county" else ("city", "city-county")
    local = [] if home.kind in ("state", "nation") or shard is None else [i for i, x in shard.layers.items() if "/" in i and i != home.id and x.kind in kinds and shard_speaks(reader, i)][:MOST_PLACES]
    return Neighbours(act, _by_verdict(reader, states, actor, act, facts), _by_verdict(reader, local, actor, act, facts))


def shard_speaks(reader: Reader, id: str) -> bool:
    """Whether the corpus holds a norm of the place itself."""
    shard = reader.engine.corpus.shard(id.partition("/")[0])
    return shard is not None and any(n.place == id for n in shard.norms)


def _by_verdict(reader: Reader, places: Iterable[str], actor: str, act: str, facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for id in places:
        state = id.partition("/")[0]
        who = reader.questions.actors_at.get(state, {}).get(actor, actor) if "/" not in id else actor
        try:
            place, *_ = reader.engine.body(id, who)
            verdict = reader.verdict(id, who, act, reader.standard(state, facts))
        except HomeruleError:
            continue
        found.setdefault(verdict, []).append(place.short)
    order = list(VERDICT_PHRASE)
    return {v: tuple(found[v]) for v in sorted(found, key=order.index)}
