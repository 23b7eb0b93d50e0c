"""``homerule law check``."""

from __future__ import annotations

import json
import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError


def run(arguments: list[str]) -> int:
    """Check the law files and run the examples. Returns 0 where nothing is wrong, else 1."""
    p = Parser(prog="homerule law check", description="Check every law file and run every worked example. Exit status 0 clean, 1 problems found, 2 bad input.")
    p.add_argument("--place", action="append", default=[], metavar="ID", help="only this jurisdiction's files: us, tx … (repeatable)")
    p.add_argument("--mutate", action="store_true", help="also remove each norm in turn, and report those that no example notices")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.corpus import load_corpus
    from homerule.corpus.check import check
    from homerule.pardons.check import check_special
    from homerule.reasoning.decide import Engine
    from homerule.reasoning.examples import run_all

    engine = Engine(load_corpus(law=args.law, lenient=True))
    corpus = engine.corpus
    for place in args.place:
        if place.partition("/")[0] not in corpus.tops:
            raise InputError(f"no jurisdiction of the corpus is called `{place[:40]}`", where="--place", help=f"There are: {', '.join(corpus.tops)}")
    tops = sorted({p.partition("/")[0] for p in args.place}) or None
    failed, count = run_all(engine, tops)
    problems = sorted({*check(corpus, tops), *failed, *check_special(corpus.folder, tops)})
    shards = [s for t in (tops or corpus.tops) if (s := corpus.shard(t))] + list(corpus.outside)
    result: dict[str, Any] = {
        "authorities": sum(len(s.authorities) for s in shards), "norms": sum(len(s.norms) for s in shards), "examples": count,
        "problems": [{"file": x.file, "line": x.line, "kind": x.kind, "message": x.message} for x in problems],
    }  # fmt: skip
    if args.mutate:
        from homerule.reasoning.mutate import unnoticed

        result["unnoticed"] = unnoticed(engine, tops)
    if args.json:
        sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_text(result))
    return 1 if problems else 0


def _text(r: dict[str, Any]) -> str:
    lines = [f"{x['file']}:{x['line']}: {x['message']}" for x in r["problems"]]
    n = len(r["problems"])
    lines.append(f"{r['authorities']} authorities, {r['norms']} norms, {r['examples']} examples: {'no problem' if not n else f'{n} problem' + 's' * (n > 1)}.")
    if "unnoticed" in r:
        lines += [f"{x}: removed, and no example noticed." for x in r["unnoticed"]]
        share = 100 * len(r["unnoticed"]) / max(1, r["norms"])
        lines.append(f"{len(r['unnoticed'])} of {r['norms']} norms removed unnoticed ({share:.1f}%).")
    return "\n".join(lines) + "\n"
