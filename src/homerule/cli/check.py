"""``homerule check``: a draft ordinance or policy against the law above it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from homerule.cli.main import Parser

_EPILOG = """\
Exit status: 0 no conflict, contradiction or dead rule; 1 some; 2 bad input.
Each "no conflict" is exact over the finite cases, with cut points for numbers and dates; the report says how many cases were covered.
"""


def parser() -> Parser:
    import argparse

    p = Parser(prog="homerule check", description="Hold a draft ordinance or policy (a TOML file of norms) against the law above it.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("draft", metavar="DRAFT", help="the draft, in the corpus format")
    p.add_argument("--place", metavar="PLACE", help="whose law; the draft's own place if not given")
    p.add_argument("--actor", action="append", default=[], metavar="ACTOR", help="only this actor (repeatable); every actor that the draft binds if not given")
    p.add_argument("--request", action="append", default=[], metavar="KIND", help="the checklist for gaps (repeatable); the request kinds that the draft speaks of if not given")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day; today if not given")
    p.add_argument("--until", metavar="YYYY-MM-DD", help="look ahead to this day; a year if not given")
    p.add_argument("--compare", metavar="MODEL", help="a second draft to compare with")
    p.add_argument("--format", choices=("text", "json", "sarif", "markdown"), default="text", help="how to print (text)")
    p.add_argument("--json", action="store_true", help="the same as --format json")
    p.add_argument("--save-cases", metavar="DIR", help="write each smallest case as a request file that `decide` can be asked")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    return p


def run(arguments: list[str]) -> int:
    """Check and print. Returns 0 where the draft is clean, else 1."""
    args = parser().parse_args(arguments)
    from homerule.errors import InputError
    from homerule.proof.check import check
    from homerule.proof.draft import read_draft
    from homerule.proof.render import as_data, as_markdown, as_sarif
    from homerule.reasoning.decide import engine, read_day

    chosen = engine(tuple(args.law))
    corpus = chosen.corpus
    vocabulary = corpus.vocabulary
    for top in corpus.tops:
        vocabulary = vocabulary.with_facts(corpus.vocabulary_for((top,)).facts)
    draft = read_draft(Path(args.draft), vocabulary)
    model = read_draft(Path(args.compare), vocabulary) if args.compare else None
    on = read_day(args.on)
    until = read_day(args.until) if args.until else None
    if until and until <= on:
        raise InputError(f"the day {until} is not after {on}", where="--until", help="Give a later day")
    ahead = {"ahead": until - on} if until else {}
    report = check(chosen, draft, place=args.place or "", actors=args.actor, on=on, requests=args.request, model=model, **ahead)
    form = "json" if args.json else args.format
    if form == "json":
        sys.stdout.write(json.dumps(as_data(report), indent=2, ensure_ascii=False) + "\n")
    elif form == "sarif":
        sys.stdout.write(json.dumps(as_sarif(report, args.draft), indent=2, ensure_ascii=False) + "\n")
    elif form == "markdown":
        sys.stdout.write(as_markdown(report, vocabulary))
    else:
        from homerule.cli.check_text import report_text

        sys.stdout.write(report_text(report, vocabulary))
    if args.save_cases:
        _save(report, Path(args.save_cases), args.place or draft.place, on.isoformat())
    return 0 if report.clean else 1


def _save(report, folder: Path, place: str, on: str) -> None:  # type: ignore[no-untyped-def]
    from homerule.vocabulary import plain

    folder.mkdir(parents=True, exist_ok=True)
    for number, issue in enumerate(report.issues, 1):
        if issue.case:
            request = {"place": place, "actor": issue.actors[0], "request": issue.act, "on": on, "facts": {k: plain(v) for k, v in issue.case.items()}}
            (folder / f"{number:03}-{issue.kind}-{issue.act}.json").write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")
