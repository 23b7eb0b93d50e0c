"""``homerule pardon``: what a pardon can and cannot do. One module a verb, imported only when it runs."""

from __future__ import annotations

import sys
from importlib import import_module

from homerule.errors import nearest

VERBS = {
    "assess": "what an instrument of clemency does to each ground of removal",
    "ask": "the same by an interview that asks only what matters",
    "batch": "how many convictions or removal charges a pardon would reach",
    "grounds": "the grounds of removal, and what each one needs",
    "state": "who may pardon in a state, how to apply, and a draft warrant",
}


def usage() -> str:
    width = max(map(len, VERBS))
    lines = [f"  {name:<{width}}  {line}" for name, line in VERBS.items()]
    return "usage: homerule pardon VERB [options]\n\nWhat a pardon can and cannot do against removal. Not legal advice.\n\n" + "\n".join(lines) + "\n\n`homerule pardon VERB --help` explains each.\n"


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        sys.stderr.write(f"homerule: `pardon` has no verb `{verb[:60]}`. {nearest(verb, list(VERBS))}\n")
        return 2
    return int(import_module(f"homerule.cli.pardon.{verb}").run(arguments[1:]))
