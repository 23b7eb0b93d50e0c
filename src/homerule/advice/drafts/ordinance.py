"""A checked policy as the sections of an ordinance, with what the check found at each."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from homerule.advice.drafts.order import Order
from homerule.advice.drafts.view import View, us_date, view
from homerule.corpus.model import Norm
from homerule.errors import InputError
from homerule.proof import check, read_draft
from homerule.proof.check import Issue
from homerule.proof.render import KINDS, summary
from homerule.reasoning.decide import Engine, Request, read_day
from homerule.reasoning.explain import listed
from homerule.vocabulary import Vocabulary

_PIN = re.compile(r"^(?:\W+|[Ss]ec(?:tion|\.)\s*)?(\d+)(?:\s*\(?([a-z])\)?)?")
_MARKED = ("conflict", "contested", "contradiction", "dead", "gap")
_GRAVE = ("conflict", "adoption", "contradiction", "dead")


class Remark(NamedTuple):
    """What the check found, as the draft shows it."""

    label: str
    words: str


class Rule(NamedTuple):
    """One paragraph: its letter, what it says, whom it binds, and what the check found."""

    letter: str
    says: str
    who: str
    issues: tuple[Remark, ...]


class Section(NamedTuple):
    """One section, numbered as the policy numbers it, or in its order."""

    number: int
    heading: str
    paragraphs: tuple[Rule, ...]


class Policy(NamedTuple):
    """The whole policy for the template."""

    title: str
    kind_words: str
    sections: tuple[Section, ...]
    next: int
    summary: str
    issues: bool
    adoption: tuple[Remark, ...]
    other_issues: tuple[Remark, ...]
    effect: str


def read_policy(engine: Engine, order: Order) -> tuple[dict[str, Any], str, bool, list[str], str]:
    """The policy of ``order`` for the template, its place, whether the check is clean, warnings, and who writes it. Raises InputError without a policy."""
    if order.policy is None:
        raise InputError("an ordinance is drafted from a policy", where=f"draft {order.kind}", help="Give --policy FILE, a TOML file of norms: examples/policies holds several")
    vocabulary = engine.corpus.vocabulary
    for top in engine.corpus.tops:
        vocabulary = vocabulary.with_facts(engine.corpus.vocabulary_for((top,)).facts)
    text = read_draft(Path(order.policy), vocabulary)
    where = order.place or text.place
    report = check(engine, text, place=where, on=read_day(order.on), actors=())
    found = [i for i in report.issues if i.kind in _MARKED]
    sections = _sections(text.norms, found, vocabulary)
    placed = {n.id for n in text.norms}
    loose = tuple(dict.fromkeys(_remark(i, vocabulary) for i in report.issues if i.kind != "adoption" and (not set(i.norms) & placed or i.kind == "soon")))
    adoption = tuple(dict.fromkeys(_remark(i, vocabulary) for i in report.of_kind("adoption")))
    counts = [f"{len(report.of_kind(k))} under “{KINDS[k].lower()}”" for k in (*_GRAVE, "contested") if report.of_kind(k)]
    warnings = [f"the check of {text.name} found {listed(tuple(counts), 'and')}; each is marked in the draft"] if counts else []
    began = _begins(Path(order.policy))
    policy = Policy(
        text.title, "Ordinance" if text.level in ("county", "city") else "Policy", sections, max((s.number for s in sections), default=0) + 1, summary(report),
        bool(counts), adoption, loose, f"on {us_date(began)}" if began else "on adoption",
    )  # fmt: skip
    return {"policy": policy, "views": _above(engine, text.norms, where, order, vocabulary)}, where, report.clean, warnings, _writer(text.level, text.norms)


def _writer(level: str, norms: tuple[Norm, ...]) -> str:
    """Who makes an agency's own policy: the office that most of its rules bind. Nobody in particular for a law maker's text."""
    return Counter(a for n in norms for a in sorted(n.actors)).most_common(1)[0][0] if level == "agency-policy" else ""


def _above(engine: Engine, norms: tuple[Norm, ...], where: str, order: Order, vocabulary: Vocabulary) -> tuple[View, ...]:
    """What the law above says of each act that the policy speaks of, for the list of authorities."""
    out = []
    for act in dict.fromkeys(a for n in norms for a in n.acts):
        actor = min(a for n in norms if act in n.acts for a in n.actors)
        decision = engine.decide(Request(where, actor, act, order.on))
        out.append(view(decision.findings[0], vocabulary, engine.corpus, decision.receipt.as_of))
    return tuple(out)


def _begins(path: Path) -> Any:
    """The day on which the policy says that it begins, if it names one."""
    periods = tomllib.loads(path.read_text("utf-8")).get("authority", [{}])[0].get("in_force", [])
    return periods[0].get("from") if periods else None


def _sections(norms: tuple[Norm, ...], issues: list[Issue], vocabulary: Vocabulary) -> tuple[Section, ...]:
    groups: dict[int, list[tuple[str, Norm]]] = {}
    pins = [_PIN.match(n.pinpoint or "") for n in norms]
    numbered = all(pins)
    for place, (norm, pin) in enumerate(zip(norms, pins), 1):
        number, letter = (int(pin[1]), pin[2] or "") if numbered and pin else (place, "")
        groups.setdefault(number, []).append((letter, norm))
    out = []
    for number, rules in sorted(groups.items()):
        acts = list(dict.fromkeys(a for _, n in rules for a in n.acts))
        nouns = tuple(vocabulary.act(a).noun for a in acts[:3])
        heading = listed(nouns, "and") if len(acts) <= 3 else f"{', '.join(nouns)} and other acts"
        rows = []
        for letter, norm in rules:
            remarks = tuple(dict.fromkeys(_remark(i, vocabulary) for i in issues if norm.id in i.norms))
            rows.append(Rule(letter, norm.says, listed(_who(norm, vocabulary), "and"), remarks))
        out.append(Section(number, heading[:1].upper() + heading[1:], tuple(rows)))
    return tuple(out)


def _who(norm: Norm, vocabulary: Vocabulary) -> tuple[str, ...]:
    bound, said = set(norm.actors), []
    if bound == set(vocabulary.actors):
        return ("every office and officer",)
    for group, members in sorted(vocabulary.groups.items(), key=lambda g: -len(g[1])):
        if len(members) > 2 and members <= bound:
            said.append(f"every body of {group.replace('_', ' ')}")
            bound -= members
    return (*said, *(vocabulary.actor(a).words for a in vocabulary.actors if a in bound))


def _remark(issue: Issue, vocabulary: Vocabulary) -> Remark:
    words = re.sub(r"`([a-z_0-9]+)`", lambda m: vocabulary.acts[m[1]].noun if m[1] in vocabulary.acts else m[1], issue.words)
    if issue.kind == "adoption":
        words = re.sub(r"\b[a-z]+(?:_[a-z0-9]+)*\b(?=[,)])", lambda m: vocabulary.acts[m[0]].noun if m[0] in vocabulary.acts else m[0], words)
    return Remark(KINDS[issue.kind], words + (f" (smallest case: {', '.join(f'{k} = {_value(v)}' for k, v in sorted(issue.case.items()))})" if issue.case and issue.kind in _GRAVE else ""))


def _value(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value).replace("_", " ")
