"""``homerule law``: look into the law. One module a verb, imported only when it runs."""

from __future__ import annotations

from homerule.cli import verbs

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


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    return verbs.run("law", "Look into the law of the corpus.", VERBS, arguments)
