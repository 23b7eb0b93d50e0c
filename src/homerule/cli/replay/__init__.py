"""``homerule replay``: many requests under the law of any day, or under a draft. ``run`` is the verb where none is named."""

from __future__ import annotations

import sys
from importlib import import_module

from homerule.cli.verbs import listed

#: Each verb and its line; its module in this folder is imported only when it runs.
VERBS = {
    "run": "run tables of requests through the law (the verb may be left out: homerule replay FILE …)",
    "describe": "what a table is: its source, how its columns map, what stays unknown, what is refused",
    "compare": "which rows changed verdict between two runs, and by which authority",
    "report": "the report of a run as HTML and PDF: tables, charts, receipt",
    "sample": "make synthetic requests from published rates",
}
#: A verb whose module is called otherwise: a module `run` would hide the function `run` below.
MODULES = {"run": "execute"}


def usage() -> str:
    return (
        "usage: homerule replay FILE … --out DIR [options]\n       homerule replay VERB [options]\n\nMany requests under the law of any day, or under a draft.\n\n"
        + listed(VERBS)
        + "\n\n`homerule replay run --help` explains the options; `homerule replay VERB --help` each verb.\n"
    )


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    verb = arguments[0] if arguments[0] in VERBS else "run"
    return int(import_module(f"homerule.cli.replay.{MODULES.get(verb, verb)}").run(arguments[1:] if arguments[0] in VERBS else arguments))
