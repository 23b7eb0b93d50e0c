"""``homerule law search``."""

from __future__ import annotations

import sys

from homerule.cli.law.printing import options, write_json
from homerule.cli.main import Parser


def run(arguments: list[str]) -> int:
    """Print what the words are found in, best first. Returns 0, also where nothing is found."""
    p = Parser(prog="homerule law search", description="Search citations, titles, notes and rules, best match first.")
    p.add_argument("words", nargs="+", metavar="WORDS", help="words to look for; all of them where possible")
    p.add_argument("--place", default="", metavar="ID", help="only this jurisdiction and its localities: us, tx …")
    p.add_argument("--limit", type=int, default=15, metavar="N", help="how many at most (15)")
    options(p)
    args = p.parse_args(arguments)
    from homerule.cli.text import wrap
    from homerule.corpus import load_corpus
    from homerule.survey.search import Index

    hits = Index(load_corpus(law=args.law)).search(" ".join(args.words), place=args.place, limit=max(1, min(args.limit, 500)))
    if args.json:
        write_json({"words": args.words, "hits": [h._asdict() for h in hits]})
        return 0
    for h in hits:
        sys.stdout.write(f"{h.id} ({h.entry}, {h.place})\n" + wrap(h.citation, "    ") + "\n" + (wrap(" ".join(h.snippet.split()), "    ") + "\n" if h.snippet.strip() else ""))
    sys.stdout.write(f"{len(hits)} found.\n" if hits else "Nothing found. Try fewer or other words.\n")
    return 0
