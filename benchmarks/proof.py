"""What a proof costs, beside two SMT solvers on the same question, in one run.

    python benchmarks/proof.py [--cases 100000] [--all]

(a) one act in one regime, diagram against z3 and cvc5; (b) a 40-norm draft against one state's whole law; (c) with --all, against every
jurisdiction; (d) sampled cases on which enumeration, solver, diagram and plain resolution must agree.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from homerule.conditions.tree import facts, read
from homerule.corpus import load_corpus
from homerule.places import Gazetteer
from homerule.proof import check, read_draft
from homerule.proof.check import _above, _of
from homerule.proof.matter import Matter
from homerule.proof.solver import Terms, applying_sets
from homerule.reasoning import Engine, Request, oracle

DAY = dt.date(2026, 11, 23)
ACTS = ["hold", "notify_release", "transfer", "allow_interview", "ask_status", "share_personal_data", "join_operation", "arrest_civil", "sign_287g", "contract_detention"]
CONDITIONS = [
    "process in ['none', 'detainer_only']", "process == 'admin_warrant' and form_complete", "'felony' in charge_class", "'violent_felony' in conviction_class or 'registry' in conviction_class",
    "hours_past_release > 24", "not written_consent and process != 'judicial_warrant'", "info_public", "agreement_model == 'wso' and officer_certified", "primary_purpose_immigration", "claims_citizenship",
]  # fmt: skip
HEAD = """[[authority]]
id = "draft"
citation = "Draft policy 1"
kind = "policy"
level = "agency-policy"
place = "{place}"
in_force = [{{ from = 2026-01-01 }}]
status = "settled"
certainty = "confirmed"
source = "a draft"
checked = 2026-11-23
"""


def draft_text(place: str, norms: int, seed: int) -> str:
    chance = random.Random(seed)
    text = HEAD.format(place=place)
    for i in range(norms):
        when = chance.choice(CONDITIONS)
        text += f'\n[[norm]]\nid = "d-{i}"\nauthority = "draft"\npinpoint = "{i + 1}"\nbinds = ["sheriff"]\nacts = ["{ACTS[i % len(ACTS)]}"]\neffect = "{chance.choice(["forbid", "require", "permit"])}"\n'
        text += f'when = "{when}"\nsays = "A rule."\n'
    return text


def timed(call: Any, rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def with_cvc5(matter: Matter) -> int:
    """The number of applying sets, by cvc5's z3-like interface."""
    import cvc5.pythonic as solver_module

    terms = Terms.__new__(Terms)
    terms.z3 = solver_module
    # the same construction as for z3, over cvc5's own terms
    names = sorted(set().union(*(facts(n.condition) for n in matter.norms)))
    original = Terms.__init__.__globals__["_z3"]
    Terms.__init__.__globals__["_z3"] = lambda: solver_module
    try:
        terms = Terms(names, matter.law.fact_types)
    finally:
        Terms.__init__.__globals__["_z3"] = original
    s = solver_module.Solver()
    s.add(*terms.limits)
    flags = [solver_module.Bool(f"norm {i}") for i in range(len(matter.norms))]
    for flag, norm in zip(flags, matter.norms):
        s.add(flag == read(norm.condition, terms))
    count = 0
    while s.check() == solver_module.sat:
        model = s.model()
        held = [str(model[f]) == "True" for f in flags]
        count += 1
        s.add(solver_module.Or(*[f != h for f, h in zip(flags, held)]))
    return count


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--place", default="Travis County, TX")
    p.add_argument("--cases", type=int, default=20_000)
    p.add_argument("--all", action="store_true", help="also against every jurisdiction")
    args = p.parse_args()
    engine = Engine(load_corpus())
    folder = Path(tempfile.mkdtemp())
    place = engine.find(args.place)

    def draft(where: str, norms: int = 40) -> Any:
        path = folder / f"{where.replace('/', '-')}.toml"
        path.write_text(draft_text(where, norms, 3), encoding="utf-8")
        return read_draft(path, engine.corpus.vocabulary)

    mine = draft(place.id)
    case = engine.read(Request(args.place, "sheriff", "hold", DAY))
    law, rules = _above(engine, case, "sheriff", "hold", DAY, mine.rank), _of(mine, "sheriff", "hold")

    def one() -> int:
        matter = Matter(law, rules)
        return sum(matter.opposed(m, i) != "" for m, _, _ in matter.all_leaves for i in range(len(rules)))

    matter = Matter(law, rules)
    a = timed(one, 9)
    print(f"(a) one act in one regime ({len(matter.norms)} norms, {matter.cases:,} cases, {len(matter.all_leaves)} applying sets): {a * 1e3:.1f} ms")
    z = timed(lambda: applying_sets([n.condition for n in matter.norms], law.fact_types), 3)
    print(f"    z3 lists the same sets in   {z * 1e3:8.1f} ms   {z / a:6.1f} times ours")
    assert set(applying_sets([n.condition for n in matter.norms], law.fact_types)) == {m for m, _, _ in matter.all_leaves}
    try:
        assert with_cvc5(matter) == len(matter.all_leaves)
        c = timed(lambda: with_cvc5(matter), 3)
        print(f"    cvc5 lists the same sets in {c * 1e3:8.1f} ms   {c / a:6.1f} times ours")
    except ImportError:
        print("    cvc5 is not installed")

    b = timed(lambda: check(engine, mine, on=DAY), 3)
    report = check(engine, mine, on=DAY)
    print(f"(b) a 40-norm draft against the law of {place.name}: {b * 1e3:.0f} ms, {len(report.issues)} findings, exact over {report.cases:,} cases")

    if args.all:
        begun = time.perf_counter()
        states = Gazetteer().states()
        for i, state in enumerate(states, 1):
            found = check(engine, draft(state.id), on=DAY)
            if sys.stderr.isatty():
                print(f"\r    {i}/{len(states)} {state.name}: {len(found.issues)} findings          ", end="", file=sys.stderr)
        print(f"\n(c) against all {len(states)} jurisdictions: {time.perf_counter() - begun:.1f} s")

    chance = random.Random(11)
    places = ["Travis County, TX", "Cook County, IL", "Los Angeles County, CA", "Salt Lake County, UT", "Wake County, NC", "King County, WA"]
    differ = done = 0
    while done < args.cases:
        where = engine.find(chance.choice(places))
        rules_here = draft(where.id)
        for act in ACTS:
            case = engine.read(Request(where.id, "sheriff", act, DAY))
            matter = Matter(_above(engine, case, "sheriff", act, DAY, mine.rank), _of(rules_here, "sheriff", act))
            sets = {m for m, _, _ in matter.all_leaves}
            solved = set(applying_sets([n.condition for n in matter.norms], matter.law.fact_types)) if len(sets) < 400 else sets
            differ += sets != solved
            values = {f: list(oracle.values(matter.law.fact_types[f], matter.norms)) for f in {v.fact for v in matter.builder.order}}
            whole = matter.law
            for _ in range(200):
                given = {f: chance.choice(v) for f, v in values.items()}
                mask = oracle.applying(matter.norms, given)
                full = {**{f: chance.choice(list(oracle.values(whole.fact_types[f], whole.norms))) for f in whole.facts}, **given}
                differ += mask not in sets or matter.verdict(mask) != whole.decide(full)[0]
                done += 1
    print(f"(d) {done:,} sampled cases: enumeration, solver, diagram and plain resolution differ in {differ}")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
