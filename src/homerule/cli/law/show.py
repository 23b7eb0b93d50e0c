"""``homerule law show``."""

from __future__ import annotations

import sys
from typing import Any

from homerule.cli.law.printing import options, write_json
from homerule.cli.main import Parser


def run(arguments: list[str]) -> int:
    """Print one authority or norm. Returns 0."""
    p = Parser(prog="homerule law show", description="Show an authority or a norm: the rule in plain words, when it applies, its history, whom it binds, what it defeats and what defeats it, and its examples.")
    p.add_argument("id", metavar="ID", help="the id of an authority or a norm, as answers and `search` show it")
    options(p)
    args = p.parse_args(arguments)
    from homerule.corpus import load_corpus
    from homerule.survey.show import show

    data = show(load_corpus(law=args.law), args.id)
    if args.json:
        write_json(data)
    else:
        sys.stdout.write("\n".join(_authority(data) if data["kind_of_entry"] == "authority" else _norm(data)) + "\n")
    return 0


def _authority(a: dict[str, Any]) -> list[str]:
    from homerule.cli.text import wrap

    out = [f"{a['citation']}" + (f" ({a['title']})" if a["title"] else ""), f"  {a['id']}: {a['weight']}, level {a['level']}, {a['place']}", f"  In force: {_periods(a['in_force'])}"]
    out.append(f"  Status: {a['status']}. Certainty: {a['certainty']}. Checked {a['checked']}.")
    out.append(wrap(f"Source: {a['source']}", "  "))
    if a["note"]:
        out.append(wrap(a["note"], "  Note: ", "        "))
    out.append(f"  Norms: {len(a['norms'])}")
    for n in a["norms"]:
        out.append(wrap(f"{n['id']} {n['pinpoint']} [{n['effect']}]: {n['says']}", "    - ", "      "))
    return out


def _norm(n: dict[str, Any]) -> list[str]:
    from homerule.cli.text import wrap

    out = [wrap(f"{n['says']}", "")]
    out.append(wrap(f"{n['citation']}{', at ' + n['pinpoint'] if n['pinpoint'] else ''} ({n['id']})", "  "))
    out.append(wrap(f"Effect: {n['effect']}{', on ' + n['side'] + ' it' if n['side'] else ''}. Level: {n['level']}. Place: {n['place']}{_reach(n)}.", "  "))
    out.append(wrap(f"Binds: {', '.join(n['binds'])}. Acts: {', '.join(n['acts'])}.", "  "))
    out.append(wrap(f"Applies: {n['applies'] if n['applies'] == 'always' else 'when ' + n['applies']}.", "  "))
    out.append(f"  In force: {_periods(n['in_force'])}")
    out.append(f"  Status: {n['status']}. Certainty: {n['certainty']}. Checked {n['checked']}.")
    for title, key in (("Doubt", "doubt"), ("Deadline", "deadline"), ("Approval", "approval"), ("Penalty", "penalty"), ("Not translated", "reason")):
        if n[key]:
            out.append(wrap(f"{title}: {n[key]}", "  ", "    "))
    for title, key in (("Defeats", "defeats"), ("Defeated by", "defeated_by")):
        if n[key]:
            out.append(f"  {title}, where both apply")
            out += [wrap(f"{x['norm']} ({x['citation']}) on {', '.join(x['acts'][:6])}{' …' if len(x['acts']) > 6 else ''}", "    - ", "      ") for x in n[key][:12]]
            if len(n[key]) > 12:
                out.append(f"    - and {len(n[key]) - 12} more (--json lists them)")
    if n["examples"]:
        out.append("  Examples")
        for e in n["examples"][:8]:
            facts = ", ".join(f"{k}={'+'.join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v}" for k, v in e["facts"].items()) or "no facts"
            expect = ", ".join(f"{k} {v}" for k, v in e["expect"].items()) or "see the file"
            out.append(wrap(f"{e['place']} {e['actor']}, {e['request']}, {e['on']} ({facts}): {expect}", "    - ", "      "))
    return out


def _periods(periods: list[dict[str, Any]]) -> str:
    parts = []
    for p in periods:
        start = p["from"] + (f" (at the latest {p['from_latest']})" if p["from_latest"] else "")
        parts.append(f"from {start}" + (f" to {p['to']}, that day not included" if p["to"] else ""))
    return "; ".join(parts) or "never"


def _reach(n: dict[str, Any]) -> str:
    bits = []
    if n["circuits"]:
        bits.append(f"circuit {', '.join(map(str, n['circuits']))}")
    if n["places"]:
        bits.append(f"only {', '.join(n['places'])}")
    if n["except_places"]:
        bits.append(f"except {', '.join(n['except_places'])}")
    return f" ({'; '.join(bits)})" if bits else ""
