"""``homerule law``: look into the law. One module a verb, imported only when it runs."""

from __future__ import annotations

import sys
from importlib import import_module

from homerule.errors import nearest

VERBS = {
    "show": "an authority or a norm: the rule, its conditions, history, examples, what it defeats",
    "search": "full text over citations, titles and rules",
    "in-force": "the norms in force for a place, an actor and an act on a day",
    "diff": "what began, ended and changed between two days, and which verdicts moved",
    "upcoming": "effective dates, sunsets and deadlines ahead",
    "matrix": "jurisdictions by acts, as table, CSV or map",
    "coverage": "what the corpus holds of each jurisdiction",
    "check": "run every check and every example",
    "export": "the corpus as JSON, CSV or Akoma Ntoso",
    "compile": "compile the corpus, so that the first answer is as fast as the next",
}


def usage() -> str:
    width = max(map(len, VERBS))
    lines = [f"  {name:<{width}}  {line}" for name, line in VERBS.items()]
    return "usage: homerule law VERB [options]\n\nLook into the law of the corpus.\n\n" + "\n".join(lines) + "\n\n`homerule law VERB --help` explains each.\n"


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        sys.stderr.write(f"homerule: `law` has no verb `{verb[:60]}`. {nearest(verb, list(VERBS))}\n")
        return 2
    return int(import_module(f"homerule.cli.law.{verb.replace('-', '_')}").run(arguments[1:]))
