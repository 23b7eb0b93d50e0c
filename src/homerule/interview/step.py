"""One step of an interview as data: what the command line prints with ``--json``, and what the server answers."""

from __future__ import annotations

from typing import Any

from homerule.interview.form import assumed
from homerule.interview.interview import Interview
from homerule.reasoning.finding import as_data


def step(interview: Interview) -> dict[str, Any]:
    """One step as JSON data: where the interview stands, and the next question or the decision."""
    facts = interview.case.vocabulary.facts
    return {
        "session": interview.to_data(),
        "query": interview.to_url_query(),
        "finished": interview.finished,
        "question": as_data(interview.question),
        "answered": [
            {"fact": n, "value": as_data(interview.case.given.get(n)), "words": "not known" if v is None else facts[n].show(interview.case.given[n])}
            for n, v in interview.session.answers
        ],
        "assumed": as_data(assumed(interview)),
        "verdicts": as_data(interview.verdicts),
        "decision": interview.decision.as_data() if interview.finished else None,
        "notes": list(interview.notes),
    }  # fmt: skip
