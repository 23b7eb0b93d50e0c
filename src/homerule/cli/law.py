"""``homerule law``: look into the law."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser
from homerule.errors import InputError


def parser() -> Parser:
    p = Parser(prog="homerule law", description="Look into the law of the corpus.")
    sub = p.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    c = sub.add_parser("check", help="run every check and every example", description="Check every law file and run every worked example. Exit status 0 clean, 1 problems found, 2 bad input.")
    c.add_argument("--place", action="append", default=[], metavar="ID", help="only this jurisdiction's files: us, tx … (repeatable)")
    c.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    c.add_argument("--json", action="store_true", help="print JSON")
    m = sub.add_parser("compile", help="compile the corpus, so that the first answer is as fast as the next", description="Compile the corpus and keep it in the cache folder.")
    m.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files")
    return p


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    p = parser()
    args = p.parse_args(arguments)
    if args.verb is None:
        sys.stdout.write(p.format_help())
        return 0
    return check(args) if args.verb == "check" else compile_(args)


def check(args) -> int:  # type: ignore[no-untyped-def]
    from homerule.corpus.check import check as check_files
    from homerule.corpus import load_corpus
    from homerule.reasoning.decide import Engine
    from homerule.reasoning.examples import run_all

    corpus = load_corpus(law=args.law, lenient=True)
    chosen = Engine(corpus)
    for place in args.place:
        if place.partition("/")[0] not in corpus.tops:
            raise InputError(f"no jurisdiction of the corpus is called `{place[:40]}`", where="--place", help=f"There are: {', '.join(corpus.tops)}")
    tops = sorted({p.partition("/")[0] for p in args.place}) or None
    problems = check_files(corpus, tops)
    failed, count = run_all(chosen, tops)
    problems = sorted({*problems, *failed})
    if args.json:
        import json

        json.dump({"problems": [{"file": x.file, "line": x.line, "kind": x.kind, "message": x.message} for x in problems], "examples": count}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        for problem in problems:
            sys.stdout.write(f"{problem}\n")
        shards = [s for t in (tops or corpus.tops) if (s := corpus.shard(t))] + list(corpus.outside)
        sys.stdout.write(
            f"{sum(len(s.authorities) for s in shards)} authorities, {sum(len(s.norms) for s in shards)} norms, {count} examples: "
            f"{'no problem' if not problems else f'{len(problems)} problem' + 's' * (len(problems) > 1)}.\n"
        )
    return 1 if problems else 0


def compile_(args) -> int:  # type: ignore[no-untyped-def]
    from homerule.corpus import load_corpus

    corpus = load_corpus(law=args.law)
    shards = corpus.all_shards()
    sys.stdout.write(f"Corpus {corpus.version}: {len(shards)} jurisdictions, {sum(len(s.norms) for s in shards)} norms compiled.\n")
    return 0
