"""``homerule law coverage``."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser

_EPILOG = """\
A row counts a place's own law, not that of the counties and cities in it. `--json` prints version, hash, totals, and for each place:
place, name, kind, in_corpus, law (encoded, partial, none), authorities, norms, examples, share_confirmed and the numbers of authorities that are
confirmed, recalled, in conflict, settled, contested, enjoined, pending, not_enacted, repealed; no_rule_found (records that a search found no rule),
contested_norms, untranslated (rules), newest and oldest (days of checking), and open_points.
"""


def run(arguments: list[str]) -> int:
    """Print what the corpus holds of each jurisdiction. Returns 0."""
    import argparse

    p = Parser(
        prog="homerule law coverage", description="What the corpus holds of each state, the District, each territory, and each county and city with law: how much, how sure, how doubtful, how fresh.",
        epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    how = p.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print JSON")
    how.add_argument("--markdown", action="store_true", help="print the page docs/corpus.md, with the open points")
    args = p.parse_args(arguments)
    from homerule.corpus import load_corpus
    from homerule.survey.coverage import markdown, survey, table

    found = survey(load_corpus(law=args.law))
    if args.json:
        import json

        sys.stdout.write(json.dumps(found.as_data(), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(markdown(found) if args.markdown else table(found))
    return 0
