"""Which column of a table says which fact, and what its values mean. Names are matched without regard to case, blanks and dashes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from homerule.errors import HomeruleError
from homerule.pardons.case import CERTAINTIES, elements_of, sovereign
from homerule.pardons.load import Law
from homerule.vocabulary import Value

CHARGE = ("final_charge_section", "charge_section", "charged_grounds", "charged_ground", "removal_ground", "ground", "section", "charge", "final_charge", "charge_code")
CLASS = ("offence", "offense", "class", "statute_class", "conviction_class", "offence_class", "offense_class", "crime_class", "classes")
STATE = ("state", "convicting_state", "state_of_conviction", "state_code", "st")
OTHER: Mapping[str, tuple[str, ...]] = {
    "convicted_by": ("convicted_by", "sovereign"),
    "conviction_day": ("conviction_day", "plea_date", "conviction_date", "date_of_conviction", "day"),
    "sentence_imposed_days": ("sentence_imposed_days", "sentence_ordered_days", "sentence_days"),
    "max_sentence_days": ("max_sentence_days", "maximum_days"),
    "soon_after_admission": ("soon_after_admission", "within_five_years"),
    "cimt": ("cimt", "cimt_p"),
    "aggravated_felony": ("aggravated_felony", "af", "af_p"),
    "drug": ("drug", "cs", "controlled_substance"),
    "firearm": ("firearm", "firearms"),
    "domestic": ("domestic", "dv", "domestic_violence", "child"),
    "small_marijuana": ("small_marijuana", "marijuana_30g"),
    "status": ("status", "immigration_status"),
    "posture": ("posture", "stage"),
    "circuit": ("circuit",),
    "grantor": ("grantor", "pardon_grantor"),
    "full": ("full", "pardon_full"),
    "conditions": ("conditions", "pardon_conditions"),
    "individual": ("individual", "pardon_individual"),
    "certified": ("certified", "pardon_certified"),
    "revoked": ("revoked", "pardon_revoked"),
    "automatic": ("automatic", "pardon_automatic"),
}
_FLAGS: Mapping[str, tuple[str, Value]] = {"federal": ("convicted_by", "federal"), "firearms_reserved": ("full", False), "pardon_firearms_reserved": ("full", False)}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": {"other": "", "noncitizen": "", "green_card": "lpr", "resident": "lpr", "entry_without_inspection": "ewi", "visa_overstay": "overstay"},
    "posture": {"not_in_proceedings": "before_charge", "pending": "in_proceedings", "abroad": "visa"},
    "conditions": {"no": "none", "false": "none", "0": "none", "yes": "open", "true": "open", "1": "open"},
}
_YES, _NO = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")


class Use(NamedTuple):
    """One column that is used: as a charge, a class, a state, a flag, or the fact of this name."""

    column: str
    role: str
    fact: str = ""


def normal(name: str) -> str:
    """A column's name as it is matched."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def uses(columns: list[str], named: Mapping[str, str]) -> list[Use]:
    """The columns that are used; ``named`` says which one holds the charge, class or state where its name does not tell."""
    by_name = {normal(c): c for c in columns}
    out: list[Use] = []
    roles: tuple[tuple[str, tuple[str, ...]], ...] = (("charge", CHARGE), ("class", CLASS), ("state", STATE))
    for role, names in roles:
        column = named.get(role) or next((by_name[n] for n in names if n in by_name), "")
        if column:
            out.append(Use(column, role))
    taken = {u.column for u in out}
    for fact, names in OTHER.items():
        column = next((by_name[n] for n in names if n in by_name and by_name[n] not in taken), "")
        if column:
            out.append(Use(column, "fact", fact))
            taken.add(column)
    out += [Use(by_name[n], "flag", n) for n in _FLAGS if n in by_name]
    return out


def value_of(fact: str, raw: Any, law: Law) -> tuple[Value | None, bool]:
    """A cell as a value of a fact (None: not known), and whether it could be read."""
    if raw is None:
        return None, True
    if isinstance(raw, (dt.date, int)) and not isinstance(raw, bool) and law.facts[fact].type in ("date", "int"):
        return raw, True
    text = str(raw).strip()
    word = normal(text) if law.facts[fact].type == "enum" else text.lower()
    if text == "" or word in ("unknown", "null", "na", "n_a", "none_given", "?"):
        return None, True
    word = _WORDS.get(fact, {}).get(word, word)
    if word == "":
        return None, True
    if law.facts[fact].type == "bool":
        if word in _YES or word in _NO:
            return word in _YES, True
        if word in CERTAINTIES[1:] or _probability(word):
            return None, True
        return None, False
    try:
        if fact == "convicted_by":
            return sovereign(text, law)[0], True
        return law.facts[fact].parse(re.sub(r"(?<=\d)(st|nd|rd|th|d)$", "", word) if fact == "circuit" else word), True
    except HomeruleError:
        return None, False


def _probability(word: str) -> bool:
    try:
        return 0.0 < float(word) < 1.0
    except ValueError:
        return False


def flag(name: str, raw: Any) -> tuple[str, Value] | None:
    """The fact that a flag column sets where it says yes."""
    return _FLAGS[name] if str(raw).strip().lower() in _YES else None


def offence_of(raw: Any, law: Law) -> tuple[str, str] | None:
    """A cell as a class of offence and how sure it is; None where it names none."""
    name, _, sure = str(raw or "").partition(":")
    word = normal(name)
    if word in law.offences:
        return word, sure.strip() if sure.strip() in CERTAINTIES else "certain"
    return next(((o.id, "certain") for o in law.offences.values() if normal(o.title) == word), None)


def class_facts(offence: tuple[str, str], facts: Mapping[str, Value], law: Law) -> dict[str, Value]:
    """What a class says of a conviction whose other facts are ``facts``."""
    out: dict[str, Value] = {n: v for n, (v, _) in elements_of([offence], facts, law).items() if v is not None}
    if offence[1] == "certain":
        out["offence"] = offence[0]
        if len(law.offences[offence[0]].convicted_by) == 1:
            out["convicted_by"] = law.offences[offence[0]].convicted_by[0]
    return out
