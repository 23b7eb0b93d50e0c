"""``homerule pardon``: what a pardon can and cannot do. One module a verb, imported only when it runs."""

from __future__ import annotations

from homerule.cli import verbs

VERBS = {
    "assess": "what an instrument of clemency does to each ground of removal",
    "ask": "the same by an interview that asks only what matters",
    "batch": "how many convictions or removal charges a pardon would reach",
    "grounds": "the grounds of removal, and what each one needs",
    "state": "who may pardon in a state, how to apply, and a draft warrant",
}


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    return verbs.run("pardon", "What a pardon can and cannot do against removal. Not legal advice.", VERBS, arguments)
