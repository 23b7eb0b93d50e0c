"""What the pardon file of a state says of a grantor: whether a board is the last word, whether the governor holds the power."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from homerule.errors import InputError
from homerule.vocabulary import Value


def holder_facts(state: str, facts: Mapping[str, Value], on: dt.date, notes: list[str]) -> dict[str, Value]:
    """Facts about the grantor that the state's file settles; ``notes`` gets what a reader should know. Empty where there is no file."""
    if facts.get("instrument") not in ("pardon", "restoration"):
        return {}
    from homerule.pardons.power import power

    try:
        held = power(state, on)
    except InputError:
        return {}
    out: dict[str, Value] = {}
    grantor = facts.get("grantor")
    if grantor == "board":
        decides = held.structure in ("independent_board", "governor_on_board")
        supreme = bool(held.supreme) if decides and held.supreme is not None else None if decides else False
        if supreme is not None:
            out["supreme_authority"] = supreme
            notes.append(f"{held.called}: the board {'decides on pardons' if supreme else 'only advises'} ({held.certainty}; `homerule pardon state {state}`)")
    elif grantor == "governor" and held.by_governor is False and held.supreme:
        out["governor_lacks_power"] = True
        notes.append(f"{held.called}: a board and not the governor holds the power to pardon ({held.certainty}; `homerule pardon state {state}`)")
    if held.policy_reversal and grantor in ("board", "governor"):
        notes.append(f"{held.called} is one of the states whose board pardons count by precedent and by a policy that the federal government could reverse, and has reversed before")
    return out


def grantor_of(state: str, on: dt.date) -> str:
    """Who grants pardons in ``state``, as the fact `grantor` has it: a board that decides alone, else the governor (or the President)."""
    from homerule.pardons.power import power

    try:
        held = power(state, on)
    except InputError:
        return "governor"
    if held.holder == "president":
        return "president"
    return {"independent_board": "board", "governor_on_board": "governor_with_board", "gatekeeper": "governor_with_board"}.get(held.structure, "governor")
