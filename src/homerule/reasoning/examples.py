"""Worked cases run through the engine: each must come out as it says."""

from __future__ import annotations

from collections.abc import Iterable

from homerule.corpus.load import Problem
from homerule.corpus.model import Example
from homerule.errors import HomeruleError
from homerule.reasoning.decide import Engine, Request
from homerule.reasoning.finding import Decision


def run(engine: Engine, example: Example) -> Decision:
    """The decision on an example's request."""
    return engine.decide(Request(example.place, example.actor, example.request, example.on, example.facts))


def complaints(engine: Engine, example: Example) -> tuple[list[Problem], set[str]]:
    """What an example claims that does not come out, and the norms that its answer reached."""

    def problem(message: str) -> Problem:
        facts = ", ".join(f"{k}={v}" for k, v in example.facts.items()) or "no facts"
        return Problem(example.file, example.line, f"example {example.place} {example.actor} {example.request} {example.on} ({facts}): {message}", "example")

    try:
        decision = run(engine, example)
    except HomeruleError as error:
        return [problem(str(error))], set()
    except ValueError as error:
        return [problem(str(error))], set()
    out = []
    stands = {r.norm for f in decision.findings for r in f.stands}
    fell = {r.norm for f in decision.findings for r in f.fell}
    duties = {d.norm for f in decision.findings for d in f.duties}
    clash = {c.fallen for f in decision.findings for c in f.clash}
    for act, verdict in example.expect.items():
        try:
            finding = decision[act]
        except KeyError:
            out.append(problem(f"the request does not ask the act {act}."))
            continue
        if finding.verdict != verdict:
            why = ", ".join(r.norm for r in finding.stands if r.effect in ("require", "forbid", "untranslated")) or "no command stands"
            more = f"; depends on {', '.join(q.fact for q in finding.depends_on)} (reaches {', '.join(finding.reachable)})" if finding.verdict == "depends" else ""
            more += "; " + " ".join(u.words for u in finding.unsettled) if finding.unsettled else ""
            out.append(problem(f"{act} should be {verdict}, but is {finding.verdict} ({why}{more})."))
    for what, wanted, got in (("stand", example.because, stands), ("have fallen", example.fell, fell), ("be a duty", example.duties, duties), ("clash", example.clash, clash)):
        for id in wanted:
            if id not in got:
                out.append(problem(f"{id} should {what}, but does not."))
    for id in example.absent:
        if id in stands or id in duties:
            out.append(problem(f"{id} should not apply, but does."))
    for act, basis in example.basis.items():
        if act in decision.request["acts"] and decision[act].basis != basis:
            out.append(problem(f"{act} should rest on {basis}, but rests on {decision[act].basis}."))
    reached = {r.norm for f in decision.findings for r in (*f.stands, *f.fell) if r.applies == "certain"}
    return out, reached


def run_all(engine: Engine, tops: Iterable[str] | None = None) -> tuple[list[Problem], int]:
    """Problems of every example (of the jurisdictions ``tops``, all if None), norms that no example reaches, and the number run."""
    chosen = set(tops) if tops is not None else None
    out: list[Problem] = []
    reached: set[str] = set()
    count = 0
    for example in engine.corpus.all_examples():
        top = example.file.partition("/")[0]
        if chosen is None or top in chosen:
            count += 1
            found, got = complaints(engine, example)
            out += found
            reached |= got
    for norm in engine.corpus.all_norms():
        if norm.id not in reached and (chosen is None or norm.authority.file.partition("/")[0] in chosen):
            out.append(Problem(norm.authority.file, norm.line, f"no example reaches the norm {norm.id}.", "unreached"))
    return sorted(out), count
