"""What one decision costs, beside other engines given the same norms, in one run.

    python benchmarks/decide.py [--place "…"] [--actor …] [--act …] [--on …] [--cases N] [--json FILE]

(a) the verdict with the applying norms; (b) the full decision with reasons, p50 and p99, warm; (c) compiling a regime; (d) the same norms in
peer engines, whose answers are compared with ours; (e) a whole process beside a bare interpreter. Times move with the machine: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from typing import Any

from peers import PEERS, plain

from homerule.conditions import facts as facts_of
from homerule.corpus import load_corpus
from homerule.reasoning import Engine, Request, oracle
from homerule.reasoning.regime import Regimes


def per_call(call: Any, cases: list[Any], seconds: float = 0.6) -> float:
    """Seconds a call over ``cases``: the median of several rounds."""
    rounds = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(rounds) < 3:
        begun = time.perf_counter()
        for case in cases:
            call(case)
        rounds.append((time.perf_counter() - begun) / len(cases))
    return statistics.median(rounds)


def quantiles(call: Any, cases: list[Any]) -> tuple[float, float]:
    """p50 and p99 of single calls."""
    took = []
    for _ in range(5):
        for case in cases:
            begun = time.perf_counter()
            call(case)
            took.append(time.perf_counter() - begun)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99)]


def process_time(command: list[str], runs: int) -> list[float]:
    """Wall seconds of whole processes. Bytecode is kept between runs, as on a user's machine."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    out = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        out.append(time.perf_counter() - begun)
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--place", default="Los Angeles County, CA")
    p.add_argument("--actor", default="sheriff")
    p.add_argument("--act", default="hold")
    p.add_argument("--on", default="2026-11-01")
    p.add_argument("--cases", type=int, default=400)
    p.add_argument("--runs", type=int, default=11, help="whole-process runs")
    p.add_argument("--json", metavar="FILE")
    args = p.parse_args()
    chance = random.Random(7)
    engine = Engine(load_corpus())
    case = engine.read(Request(args.place, args.actor, args.act, args.on))
    regime = engine.regime(case, args.act)
    used = sorted({f for n in regime.norms for f in facts_of(n.condition)})
    values = {f: list(oracle.values(regime.fact_types[f], regime.norms)) for f in used}
    facts = [{f: chance.choice(values[f]) for f in used} for _ in range(args.cases)]
    result: dict[str, Any] = {"place": args.place, "act": args.act, "norms": len(regime.norms), "facts": len(used)}
    print(f"{args.place}, {args.actor}, {args.act}, {args.on}: {len(regime.norms)} norms over {len(used)} facts; {args.cases} random requests\n")

    for f in facts:
        mask = oracle.applying(regime.norms, f)
        assert regime.decide(f) == (regime.contest.resolve(mask).verdict, mask), "the diagram differs from the oracle"
    a = per_call(regime.decide, facts)
    result["a_us"] = a * 1e6
    print(f"(a) verdict with the applying norms      {a * 1e6:9.2f} us")

    requests = [Request(args.place, args.actor, "detainer" if args.act == "hold" else args.act, args.on, {k: plain({k: v})[k] for k, v in f.items()}) for f in facts]
    for r in requests:
        engine.decide(r)
    p50, p99 = quantiles(engine.decide, requests)
    result |= {"b_p50_us": p50 * 1e6, "b_p99_us": p99 * 1e6}
    acts = len(engine.decide(requests[0]).findings)
    print(f"(b) full decision of {acts} act(s), warm     p50 {p50 * 1e6:9.1f} us   p99 {p99 * 1e6:9.1f} us")
    cold = Engine(engine.corpus)
    cold.decide(requests[0])
    first = []
    for r in requests[1:]:
        begun = time.perf_counter()
        cold.decide(r)
        first.append(time.perf_counter() - begun)
    first.sort()
    result["b_first_p50_us"] = first[len(first) // 2] * 1e6
    print(f"    the first time each set of facts is asked    p50 {first[len(first) // 2] * 1e6:9.1f} us")

    took = []
    for act in (args.act, "notify_release", "transfer"):
        for _ in range(15):
            fresh = Regimes(engine.corpus)
            norms = engine.corpus.norms_in_reach(case.reach, args.actor, act)
            fresh.line(case.reach, args.actor, act)
            begun = time.perf_counter()
            made = fresh.regime(case.reach, args.actor, act, case.on)
            _ = made._walks, made.verdicts
            took.append(time.perf_counter() - begun)
            assert norms
    took.sort()
    result |= {"c_p50_ms": took[len(took) // 2] * 1e3, "c_max_ms": took[-1] * 1e3}
    print(f"(c) compiling a regime                   p50 {took[len(took) // 2] * 1e3:9.2f} ms   max {took[-1] * 1e3:6.2f} ms")

    print("(d) the same norms in other engines")
    result["peers"] = {}
    for peer_class in PEERS:
        try:
            peer = peer_class(regime.norms, regime.fact_types, used)
            inputs = [plain(f) for f in facts]
            wrong = sum(peer.applying(i) != regime.applying(f) for i, f in zip(inputs, facts))
            took_peer = per_call(peer.applying, inputs[: 400 if peer_class is not PEERS[-1] else 40])
        except Exception as error:  # a peer that is not installed, or cannot say this law
            print(f"    {peer_class.name:<28} not measured: {str(error).splitlines()[0][:90] if str(error) else type(error).__name__}")
            continue
        result["peers"][peer_class.name] = {"us": took_peer * 1e6, "times_ours": took_peer / a, "wrong": wrong}
        print(f"    {peer_class.name:<28} {took_peer * 1e6:9.1f} us   {took_peer / a:7.1f} times ours   {wrong} of {len(facts)} answers differ")

    command = [sys.executable, "-m", "homerule", "decide", "--place", args.place, "--actor", args.actor, "--request", "detainer", "--on", args.on, "--fact", "process=admin_warrant"]
    bare = [sys.executable, "-c", "pass"]
    process_time(command, 2)
    pairs = list(zip(process_time(bare, args.runs), process_time(command, args.runs)))
    ratio = statistics.median(b / x for x, b in pairs)
    result |= {"e_bare_ms": statistics.median(x for x, _ in pairs) * 1e3, "e_decide_ms": statistics.median(b for _, b in pairs) * 1e3, "e_ratio": ratio}
    print(f"(e) whole process                        {result['e_decide_ms']:9.1f} ms   bare interpreter {result['e_bare_ms']:.1f} ms   ratio {ratio:.2f}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2)


if __name__ == "__main__":
    main()
