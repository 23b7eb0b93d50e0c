"""``homerule law compile``."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser


def run(arguments: list[str]) -> int:
    """Compile every jurisdiction and keep it in the cache folder. Returns 0."""
    p = Parser(prog="homerule law compile", description="Compile the corpus and keep it in the cache folder, so that the first answer is as fast as the next.")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    args = p.parse_args(arguments)
    from homerule.corpus import load_corpus

    corpus = load_corpus(law=args.law)
    shards = corpus.all_shards()
    sys.stdout.write(f"Corpus {corpus.version}: {len(shards)} jurisdictions, {sum(len(s.norms) for s in shards)} norms compiled.\n")
    return 0
