"""``homerule agreements``: the registry of what was signed with federal agencies. One module a verb, imported only when it runs."""

from __future__ import annotations

from homerule.cli import verbs

VERBS = {
    "import": "take in published lists (.xlsx, .csv), signed PDFs, and files of records",
    "add": "record an agreement by hand, for instance a detention contract",
    "set": "record a fact of an agreement: an end date, a notice period, an approval",
    "list": "the agreements of a state, place, model or status, on a day",
    "show": "all that is known of one agreement, with the source of each fact",
    "lists": "the lists that are held, how each was dated, and doubts",
    "diff": "who joined, left, switched and renewed between two days",
    "stats": "counts by state, model and date, as table, chart and map",
    "exit": "the way out of an agreement: steps, earliest date, who must approve",
    "deadlines": "notice dates, reviews and statutory deadlines ahead",
}
#: Modules whose name is not the verb's, because that is a word of the language.
_MODULES = {"import": "take_in", "list": "select", "set": "set_facts"}


def run(arguments: list[str]) -> int:
    """Run one verb. Returns the exit status."""
    return verbs.run("agreements", "The registry of agreements with federal agencies.", VERBS, arguments, _MODULES)
