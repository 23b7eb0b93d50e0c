"""What the law says of a lever: one of eight statuses, worked out from verdicts by plain tables.

| status | meaning |
|---|---|
| `mandated` | the law orders this body to take the step |
| `available` | the law leaves the step to this body |
| `depends` | open in some cases and closed in others: the facts that decide are listed |
| `contested` | contested law decides, or two commands that nothing ranks |
| `already law` | the law already says what the lever would say |
| `barred` | the law orders the opposite, or forbids the step |
| `not in the corpus` | the corpus has no act or no law for it: nothing is computed |
| `not this body's to pull` | the step belongs to another body |
"""

from __future__ import annotations

from collections.abc import Iterable

MANDATED, AVAILABLE, DEPENDS, CONTESTED = "mandated", "available", "depends", "contested"
ALREADY, BARRED, UNKNOWN, OTHERS = "already law", "barred", "not in the corpus", "not this body's to pull"
#: In the order in which a reader wants them, with the heading of each.
STATUSES = {
    MANDATED: "Mandated", AVAILABLE: "Available", DEPENDS: "Open in part", CONTESTED: "Contested",
    ALREADY: "Already law", BARRED: "Barred", UNKNOWN: "Not in the corpus", OTHERS: "Not this body's to pull",
}  # fmt: skip
SAYS = {
    MANDATED: "The law orders the step.",
    AVAILABLE: "The law leaves the step to this body: it may take it or leave it.",
    DEPENDS: "The law leaves the step open in some cases and closes it in others.",
    CONTESTED: "The answer turns on contested law, or on commands that nothing ranks.",
    ALREADY: "The law already says what the step would say.",
    BARRED: "The law orders the opposite, or forbids the step.",
    UNKNOWN: "The corpus holds no rule that decides it: ask counsel.",
    OTHERS: "The step belongs to another body.",
}
#: The verdict that stands in the way of each stance, and the one that makes it the law already.
BLOCKS = {"do": "prohibited", "decline": "required"}
MAKES = {"do": "required", "decline": "prohibited"}
_STRICT = (BARRED, CONTESTED, UNKNOWN, DEPENDS, MANDATED, AVAILABLE, ALREADY)


def status_of(stance: str, rule: bool, verdict: str, reachable: Iterable[str], not_in_corpus: bool) -> str:
    """The status of one question.

    ``verdict``: on the standard case. ``reachable``: the verdicts of all the cases that the lever is about. ``rule``: the lever adopts a rule.
    """
    wide = set(reachable)
    blocks, makes = BLOCKS[stance], MAKES[stance]
    done = ALREADY if rule or stance == "decline" else MANDATED
    if verdict == "unsettled":
        return UNKNOWN if not_in_corpus else CONTESTED
    if verdict == "conflict":
        return CONTESTED
    if verdict == blocks:
        return BARRED
    if blocks in wide or "conflict" in wide:
        return DEPENDS
    if verdict == "depends":
        if "unsettled" in wide:
            return DEPENDS
        return done if wide == {makes} else AVAILABLE
    return done if verdict == makes else AVAILABLE


def strictest(statuses: Iterable[str]) -> str:
    """One status for several bodies whose conduct is the same step: what stands in the way of one stands in the way."""
    found = set(statuses)
    return next(s for s in _STRICT if s in found)


def together(statuses: Iterable[str]) -> str:
    """One status for the several acts of one lever, or its several bodies: where some are barred and others are open, it is open in part."""
    found = set(statuses)
    if BARRED in found:
        return DEPENDS if found & {AVAILABLE, MANDATED, DEPENDS, CONTESTED} else BARRED
    for s in (DEPENDS, CONTESTED, UNKNOWN, MANDATED, AVAILABLE):
        if s in found:
            return s
    return ALREADY


def with_adoption(conduct: str, adoption: str) -> str:
    """The status of a rule, from what the law says of its content and of the body's adopting it (``mandated`` where the law orders adoption)."""
    if conduct in (ALREADY, BARRED) or adoption == AVAILABLE:
        return conduct
    if adoption == BARRED:
        return CONTESTED if conduct == MANDATED else BARRED
    if adoption == MANDATED:
        return MANDATED if conduct == AVAILABLE else conduct
    return adoption if conduct in (AVAILABLE, MANDATED) else conduct
