"""The drafts with seeded faults: the faults are really there, and the checker finds those and no others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from homerule.conditions import evaluate
from homerule.conditions.parse import parse
from homerule.conditions.tree import FALSE, TRUE, Node
from homerule.corpus import load_corpus
from homerule.corpus.model import Norm
from homerule.proof import Report, check, read_draft
from homerule.proof.draft import Draft
from homerule.reasoning import Engine, Request, engine, oracle
from homerule.reasoning.resolve import voids
from homerule.vocabulary import Value, Vocabulary

FILES = sorted((Path(__file__).parent / "faulty").glob("*.toml"))
DAY = dt.date(2026, 11, 23)
KINDS = ("conflict", "gap", "contradiction", "dead")
ADOPTING = ("limit_cooperation", "mandate_cooperation")
SPEAKS = ("require", "forbid", "permit")
OPPOSITE = {"required": "forbid", "prohibited": "require"}
_LINE = re.compile(r"^# fault: kind=(\w+); act=(\w+); norms=([\w,-]*); where=(.*)$", re.M)

each = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)


class Fault(NamedTuple):
    """One seeded fault. ``where`` is TRUE for all cases, FALSE for a rule that can never apply, None for one that never decides."""

    kind: str
    act: str
    norms: tuple[str, ...]
    where: Node | None


@cache
def vocabulary() -> Vocabulary:
    corpus = load_corpus()
    words = corpus.vocabulary
    for top in corpus.tops:
        words = words.with_facts(corpus.vocabulary_for((top,)).facts)
    return words


def faults(path: Path) -> list[Fault]:
    text = path.read_text("utf-8")
    plain: dict[str, Node | None] = {"always": TRUE, "never": FALSE, "never decides": None}
    found = [Fault(k, a, tuple(filter(None, n.split(","))), plain[w] if w in plain else parse(w, vocabulary())) for k, a, n, w in _LINE.findall(text)]
    assert len(found) == text.count("# fault:") > 0
    return found


@cache
def draft_of(path: Path) -> Draft:
    return read_draft(path, vocabulary())


@cache
def report_of(path: Path) -> Report:
    return check(engine(), draft_of(path), on=DAY)


def cases(path: Path, actor: str, act: str, where: Node | None) -> Iterator[tuple[Mapping[str, Value], str, set[str]]]:
    """Every case that the law above and the draft tell apart, with what the law above says in it and which rules of the draft it makes void."""
    e: Engine = engine()
    regime = e.regime(e.read(Request(draft_of(path).place, actor, act, DAY)), act)
    mine = speaking(path, actor, act)
    law = [n for i, n in enumerate(regime.norms) if regime.contest.core >> i & 1 or n.voids]
    probe = draft_of(path).norms[0]._replace(id="probe", condition=where or TRUE)  # so that the facts of `where` vary too
    for facts in oracle.completions([*law, *mine, probe], {}, vocabulary().facts):
        mask = sum(1 << i for i, n in enumerate(regime.norms) if regime.contest.core >> i & 1 and evaluate(n.condition, facts))
        yield facts, regime.outcome(mask).verdict, {n.id for n in mine for m in law if not m.doubted and voids(m, n, act) and evaluate(m.condition, facts)}


def speaking(path: Path, actor: str, act: str) -> list[Norm]:
    return [n for n in draft_of(path).norms if actor in n.actors and act in n.acts]


def test_there_is_a_draft_for_each_kind_of_fault() -> None:
    assert {f.kind for p in FILES for f in faults(p)} == set(KINDS)
    assert len(FILES) >= 5


@each
def test_the_faults_are_where_they_are_said_to_be(path: Path) -> None:
    """By trying every case, without the checker."""
    draft = draft_of(path)
    by_id = {n.id: n for n in draft.norms}
    for fault in faults(path):
        norms = [by_id[n] for n in fault.norms]
        assert all(fault.act in n.acts for n in norms) or fault.act in ADOPTING
        actors = sorted({a for n in (norms or draft.norms) for a in n.actors})
        for actor in actors:
            if fault.act in ADOPTING:
                assert engine().decide(Request(draft.place, actor, fault.act, DAY, {"limits_status_sharing": False}))[fault.act].verdict == "prohibited"
                continue
            hits = 0
            for facts, verdict, void in cases(path, actor, fault.act, fault.where):
                holds = {n.id for n in speaking(path, actor, fault.act) if evaluate(n.condition, facts)}
                hits += faulty(fault, norms, holds, verdict, void, by_id)
                if fault.where is not None and fault.kind != "dead":
                    assert faulty(fault, norms, holds, verdict, void, by_id) == bool(evaluate(fault.where, facts)), (fault, facts)
            assert bool(hits) == (fault.where is not FALSE)


def faulty(fault: Fault, norms: list[Norm], holds: set[str], verdict: str, void: set[str], by_id: Mapping[str, Norm]) -> bool:
    if fault.kind == "conflict":
        return norms[0].id in holds and (norms[0].id in void or OPPOSITE.get(verdict) == norms[0].effect)
    if fault.kind == "contradiction":
        return {n.id for n in norms} <= holds
    if fault.kind == "gap":
        return verdict == "permitted" and not any(by_id[n].effect in SPEAKS for n in holds)
    if fault.where is None and norms[0].id in holds:  # another rule of the same effect always stands beside it
        assert any(by_id[n].effect == norms[0].effect for n in holds - {norms[0].id})
    return norms[0].id in holds


@each
def test_the_checker_finds_those_faults_and_no_others(path: Path) -> None:
    found: set[Any] = {("conflict" if i.kind == "adoption" else i.kind, i.act, frozenset(i.norms) if i.act not in ADOPTING else frozenset()) for i in report_of(path).issues if i.kind != "soon"}
    seeded = {(f.kind, f.act, frozenset(f.norms) if f.act not in ADOPTING else frozenset()) for f in faults(path)}
    assert found == seeded


@each
def test_the_checker_shows_a_right_example_and_counts_right(path: Path) -> None:
    for fault in faults(path):
        if fault.kind == "dead" or fault.act in ADOPTING:
            continue
        (issue,) = [i for i in report_of(path).issues if i.kind == fault.kind and i.act == fault.act]
        assert fault.where is not None and evaluate(fault.where, issue.case) is True
        assert (issue.cases == issue.of) == (fault.where == TRUE)
