"""What follows for other questions (naturalisation, travel, detention …), and what other relief could do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from homerule.conditions import evaluate
from homerule.pardons.effect import Effect
from homerule.pardons.model import Question
from homerule.vocabulary import Value


class Matter(NamedTuple):
    """A question beside the grounds. ``result``: effect, no_effect, limited, unsettled or warning; None where facts are missing."""

    id: str
    name: str
    result: str | None
    results: tuple[str, ...]
    lean: str
    says: tuple[str, ...]
    readings: tuple[str, ...]
    authorities: tuple[str, ...]
    certainty: str
    depends_on: tuple[str, ...]
    rules: tuple[str, ...]


Adjacent = Matter


def _matter(effect: Effect, question: Question, some: Sequence[Mapping[str, Value]], more: Mapping[str, Value]) -> Matter | None:
    """The answer over all the facts under which the question is asked; None where it is not asked."""
    asked = [facts for f in some if evaluate(question.relevant, facts := {**f, **more}) is True]
    if not asked:
        return None
    rules = effect.question(question.id)
    found = list(dict.fromkeys(r for facts in asked for r in rules.possible(facts)))
    results = tuple(dict.fromkeys(r.result for r in found))
    open_ = tuple(dict.fromkeys(n for facts in asked for n in rules.deciding(facts))) if len(results) > 1 else ()
    return Matter(
        question.id, question.name, results[0] if len(results) == 1 else None, results, next((r.lean for r in found if r.lean), ""), tuple(r.says for r in found),
        tuple(x for r in found for x in r.readings), tuple(dict.fromkeys(a for r in found for a in r.authority)),
        "recalled" if any(r.certainty == "recalled" for r in found) else "confirmed", open_, tuple(r.id for r in found),
    )  # fmt: skip


def _stage(effect: Effect, stage: str, some: Sequence[Mapping[str, Value]], more: Mapping[str, Value]) -> tuple[Matter, ...]:
    made = (_matter(effect, q, some, more) for q in effect.law.questions if q.stage == stage)
    return tuple(m for m in made if m)


def matters(effect: Effect, some: Sequence[Mapping[str, Value]], more: Mapping[str, Value]) -> tuple[Matter, ...]:
    """What the instruments do to other questions. ``some``: the facts of each conviction under each instrument."""
    return _stage(effect, "relief", some, more)


def adjacent(effect: Effect, some: Sequence[Mapping[str, Value]], more: Mapping[str, Value]) -> tuple[Matter, ...]:
    """What other relief could do."""
    return _stage(effect, "adjacent", some, more)
