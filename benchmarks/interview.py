"""How many questions an interview asks, over every regime of a request in the corpus, and what a step costs.

    python benchmarks/interview.py [--request detainer] [--on …] [--actor …] [--thorough] [--list] [--json FILE]

A regime here is the law of all the request's acts for one body; bodies with the same law count once. Counts are exact: each class of a
fact's values is equally likely, and the whole tree of interviews is followed. They are compared with asking every fact that any norm of
the request asks for, and with asking the facts in a fixed order, passing over those that no longer matter. The last part measures one
step of an interview, and all smallest changes of a decision. Times move with the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from homerule.corpus import load_corpus
from homerule.errors import HomeruleError
from homerule.interview import Interview
from homerule.interview.cases import Cases, State
from homerule.interview.plan import EXACT, Plan
from homerule.reasoning import Engine, change, oracle

ACTORS = ("sheriff", "jail", "police")


class Count:
    """Expected and worst number of questions, and expected cost, of an order of questions."""

    def __init__(self, cases: Cases, choose: Callable[[State], int]) -> None:
        self.cases, self.choose = cases, choose
        self.memo: dict[State, tuple[float, int, float]] = {}

    def of(self, state: State) -> tuple[float, int, float]:
        if not self.cases.support(state):
            return 0.0, 0, 0.0
        if state not in self.memo:
            level = self.choose(state)
            mean, worst, cost = 1.0, 0, float(max(1, self.cases.facts[level].fact.cost))
            for chance, choice in self.cases.groups(state, level):
                more, most, dearer = self.of(self.cases.after(state, level, choice))
                mean, worst, cost = mean + chance * more, max(worst, most), cost + chance * dearer
            self.memo[state] = mean, worst + 1, cost
        return self.memo[state]


def bodies(engine: Engine, request: str, on: str, actors: tuple[str, ...], thorough: bool) -> dict[Any, Interview]:
    """An interview for each different law of the request: every state, and every place that has law of its own."""
    found: dict[Any, Interview] = {}
    places = sorted({*engine.corpus.layers, *(t for t in engine.corpus.tops if t != "us")} - {"us"})
    for i, place in enumerate(places):
        if sys.stderr.isatty():
            print(f"\r{i + 1} of {len(places)} places", end="", file=sys.stderr)
        for actor in actors:
            try:
                interview = Interview(place if "/" in place else place.upper(), actor, request, on, engine=engine, thorough=thorough)
            except HomeruleError:
                continue  # no such body here
            law = tuple(tuple((n.id, n.id in r.persuasive, n.id in r.doubtful) for n in r.norms) for r in interview.plan.cases.regimes)
            found.setdefault(law, interview)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return found


def quantiles(took: list[float]) -> dict[str, float]:
    took = sorted(took)
    return {"p50_us": took[len(took) // 2] * 1e6, "p99_us": took[int(len(took) * 0.99)] * 1e6, "max_us": took[-1] * 1e6}


def one_walk(interview: Interview, chance: random.Random, took: list[float]) -> None:
    """Answer at random to the end; the time of each step (answer and next question) after the first."""
    while (question := interview.question) is not None:
        value: Any = chance.choice(question.choices).value
        begun = time.perf_counter()
        interview = interview.answer([value] if question.several else value)
        _ = interview.question
        took.append(time.perf_counter() - begun)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--request", default="detainer")
    p.add_argument("--on", default="2026-11-01")
    p.add_argument("--actor", action="append", default=[])
    p.add_argument("--thorough", action="store_true", help="count what stands as part of the finding, and not only the verdicts")
    p.add_argument("--list", action="store_true", help="a line a regime")
    p.add_argument("--json", metavar="FILE")
    args = p.parse_args()
    chance = random.Random(4)
    engine = Engine(load_corpus())
    found = bodies(engine, args.request, args.on, tuple(args.actor) or ACTORS, args.thorough)
    rows: list[dict[str, Any]] = []
    first, steps, changes = [], [], []
    for interview in found.values():
        cases, plan, start = interview.plan.cases, interview.plan, interview.state
        begun = time.perf_counter()
        plan.next(start, start)
        first.append(time.perf_counter() - begun)
        greedy = Plan(cases, most_states=0)
        asked = Count(cases, lambda s, p=plan, b=start: p.next(b, s).level).of(start)  # type: ignore[union-attr, misc]
        hasty = Count(cases, lambda s, g=greedy, b=start: g.next(b, s).level).of(start)  # type: ignore[union-attr, misc]
        fixed = Count(cases, lambda s, c=cases: (c.support(s) & -c.support(s)).bit_length() - 1).of(start)  # type: ignore[misc]
        facts = {f for r in cases.regimes for f in r.facts}
        exact = not cases.support(start) or plan.next(start, start).how == EXACT  # type: ignore[union-attr]
        rows.append(
            {
                "place": interview.case.place.id, "actor": interview.case.actor, "facts": len(facts), "asked_at_all": len(interview.open_facts), "exact": exact,
                "mean": asked[0], "worst": asked[1], "cost": asked[2], "cost_of_all": sum(interview.case.vocabulary.facts[f].cost for f in facts),
                "greedy_mean": hasty[0], "greedy_cost": hasty[2], "fixed_mean": fixed[0], "fixed_worst": fixed[1], "fixed_cost": fixed[2],
            }
        )  # fmt: skip
        for _ in range(6):
            one_walk(Interview.of(interview.session, engine=engine), chance, steps)
        for regime in cases.regimes:
            values = {f: list(oracle.values(regime.fact_types[f], regime.norms)) for f in regime.facts}
            for _ in range(4):
                known = {f: chance.choice(v) for f, v in values.items()}
                for record in (False, True):  # the first call compiles
                    begun = time.perf_counter()
                    got = change.changes(regime, known)
                    if record and (not got or len(got[0].facts) == 1):
                        changes.append(time.perf_counter() - begun)

    def mean(key: str) -> float:
        return statistics.fmean(r[key] for r in rows)

    open_rows = [r for r in rows if r["facts"]]
    share = statistics.fmean(r["mean"] / r["facts"] for r in open_rows)
    exact_rows = [r for r in rows if r["exact"]]
    total_exact, total_greedy = sum(r["cost"] for r in exact_rows), sum(r["greedy_cost"] for r in exact_rows)
    apart = [r for r in exact_rows if r["greedy_cost"] > r["cost"] + 1e-9]
    result = {
        "request": args.request, "on": args.on, "thorough": args.thorough, "regimes": len(rows), "exact": len(exact_rows), "facts": mean("facts"),
        "questions": mean("mean"), "worst": max(r["worst"] for r in rows), "mean_worst": mean("worst"), "share": share,
        "fixed": mean("fixed_mean"), "fixed_worst": max(r["fixed_worst"] for r in rows), "greedy": mean("greedy_mean"),
        "cost": mean("cost"), "cost_of_all": mean("cost_of_all"), "fixed_cost": mean("fixed_cost"), "greedy_cost": mean("greedy_cost"),
        "greedy_over_optimum": total_greedy / total_exact - 1 if total_exact else 0.0, "greedy_apart": len(apart),
        "greedy_worst": max((r["greedy_cost"] / r["cost"] - 1 for r in apart), default=0.0),
        "first": quantiles(first), "step": quantiles(steps), "changes": quantiles(changes), "rows": rows,
    }  # fmt: skip
    if args.list:
        print(f"{'place':<28}{'actor':<10}{'facts':>6}{'mean':>8}{'worst':>6}{'fixed':>8}{'greedy':>8}{'cost':>8}  order")
        for r in sorted(rows, key=lambda r: -r["mean"]):
            print(f"{r['place']:<28}{r['actor']:<10}{r['facts']:>6}{r['mean']:>8.2f}{r['worst']:>6}{r['fixed_mean']:>8.2f}{r['greedy_mean']:>8.2f}{r['cost']:>8.2f}  {'exact' if r['exact'] else 'greedy'}")
        print()
    us = "{p50_us:.0f} us p50, {p99_us:.0f} p99, {max_us:.0f} at most"
    print(f"{args.request} on {args.on}: {len(rows)} different regimes of all its acts, {mean('facts'):.2f} facts in each on average{', thorough' if args.thorough else ''}")
    print(f"questions asked              mean {mean('mean'):.2f}   worst {result['worst']} (mean of the worst {mean('worst'):.2f})   {share:.0%} of the facts")
    print(f"fixed order, passing over    mean {mean('fixed_mean'):.2f}   worst {result['fixed_worst']}")
    print(f"greedy order                 mean {mean('greedy_mean'):.2f}")
    print(f"cost (1 on the paper … 3 to be looked up): {mean('cost'):.2f} against {mean('cost_of_all'):.2f} for every fact, {mean('fixed_cost'):.2f} in the fixed order, {mean('greedy_cost'):.2f} greedy")
    print(f"exact order in {len(exact_rows)} of {len(rows)} regimes; the greedy one is {result['greedy_over_optimum']:.2%} dearer there, apart in {len(apart)}, by {result['greedy_worst']:.1%} at most")
    print(f"planning the first question  {us.format(**result['first'])}")
    print(f"a step after the first       {us.format(**result['step'])}")
    print(f"all one-fact changes         {us.format(**result['changes'])}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2)


if __name__ == "__main__":
    main()
