"""Random law: norms with conditions over a handful of facts, and requests to try them on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from homerule.conditions.tree import All, Node, Not, Some, Test
from homerule.corpus import load_corpus
from homerule.corpus.model import LEVELS, Authority, Norm, Period, Selector
from homerule.reasoning.oracle import values
from homerule.reasoning.regime import Regime
from homerule.vocabulary import Fact, Vocabulary, fact_from_data

DAY = dt.date(2026, 1, 1)
FACTS: dict[str, Fact] = {
    "paper": fact_from_data("paper", {"type": "enum", "values": ["none", "admin", "judge"], "question": "What paper?"}),
    "sure": fact_from_data("sure", {"type": "bool", "question": "Sure?"}),
    "told": fact_from_data("told", {"type": "bool", "question": "Told?"}),
    "hours": fact_from_data("hours", {"type": "int", "unit": "hours", "min": 0, "max": 100, "question": "How long?"}),
    "record": fact_from_data(
        "record",
        {"type": "set", "values": ["none", "minor", "major", "grave", "other"], "implies": {"grave": ["major"]}, "question": "What record?"},
    ),
}
VOCABULARY: Vocabulary = Vocabulary({}, {}, {}, {}, FACTS)

_LEAVES = st.one_of(
    st.builds(Test, st.just("paper"), st.just("in"), st.sampled_from([("none",), ("admin",), ("judge",), ("admin", "judge")])),
    st.builds(Test, st.sampled_from(["sure", "told"]), st.just("is"), st.just(True)),
    st.builds(Test, st.just("hours"), st.sampled_from(["lt", "le"]), st.sampled_from([0, 12, 48, 100])),
    st.builds(Test, st.just("record"), st.just("has"), st.sampled_from(["none", "minor", "major", "grave", "other"])),
)
conditions: st.SearchStrategy[Node] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: All(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Some(tuple(items))),
    ),
    max_leaves=5,
)


def make_norm(id: str, effect: str, level: str, condition: Node, **more: Any) -> Norm:
    """A norm with an authority of its own."""
    authority = Authority(id + "-a", "Test Code § 1", "", "statute", level, "us", (Period(dt.date.min),), more.pop("status", "settled"), "confirmed", "a test", DAY)
    fields: dict[str, Any] = dict(
        id=id, authority=authority, pinpoint="", actors=frozenset({"sheriff"}), acts=("hold",), effect=effect, condition=condition, when="", unless="",
        says="A rule.", level=level, place="us", periods=(Period(dt.date.min),),
    )  # fmt: skip
    return Norm(**{**fields, **more})


@st.composite
def laws(draw: st.DrawFn, most: int = 7) -> list[Norm]:
    """A few norms of every effect and level, some contested, voiding or prevailing over others."""
    count = draw(st.integers(1, most))
    ids = [f"n{i}" for i in range(count)]
    out = []
    for i, id in enumerate(ids):
        effect = draw(st.sampled_from(["require", "forbid", "forbid", "require", "permit", "expose", "protect", "duty", "define"]))
        more: dict[str, Any] = {"status": draw(st.sampled_from(["settled", "settled", "settled", "contested"]))}
        if draw(st.integers(0, 3)) == 0:
            more["voids"] = (Selector(id=draw(st.sampled_from(ids))),)
        if i and draw(st.integers(0, 3)) == 0:
            more["prevails_over"] = frozenset({draw(st.sampled_from(ids[:i]))})
        if effect == "permit" and draw(st.booleans()):
            more["preempts"] = frozenset({"forbid"})
        if effect in ("protect", "define") and draw(st.integers(0, 4)) == 0:
            more["upholds"] = frozenset({draw(st.sampled_from(ids))})
        out.append(make_norm(id, effect, draw(st.sampled_from(list(LEVELS)[:8])), draw(conditions), **more))
    return out


def regime(norms: list[Norm], **more: Any) -> Regime:
    return Regime(norms, "hold", VOCABULARY, start=dt.date.min, end=None, **more)


def value_of(name: str, norms: list[Norm]) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(values(FACTS[name], norms)))


@st.composite
def facts_for(draw: st.DrawFn, norms: list[Norm], *, complete: bool) -> dict[str, Any]:
    """Values for the facts, all of them or only some."""
    return {name: draw(value_of(name, norms)) for name in FACTS if complete or draw(st.booleans())}


def real_vocabulary() -> Vocabulary:
    return load_corpus().vocabulary
