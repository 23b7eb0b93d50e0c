"""Columns that may point to a person: found by their names and by what stands in them, before anything is written.

    >>> [r.column for r in screen({"Facility": ["COOK COUNTY JAIL"], "Last Name": ["DOE"], "Birth Date": ["(b)(6), (b)(7)(c)"]})]
    ['Last Name']

A column whose every value is redacted or empty names nobody and passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from homerule.errors import InputError, shorten
from homerule.replay.values import blank, normal, redacted

#: Of the values that are neither empty nor redacted, the share that must look like an identifier before a column is refused for its values.
_SHARE = 0.5
#: A single value of these kinds is one too many.
_ONE_IS_ENOUGH = frozenset({"alien number", "social security number"})


class Refusal(NamedTuple):
    """A column that is not to be read further. ``by`` says whether its name or its values gave it away."""

    column: str
    kind: str
    by: str

    @property
    def sentence(self) -> str:
        """Why, for a reader. No value is quoted."""
        how = f"its name says {_a(self.kind)}" if self.by == "name" else f"what stands in it looks like {_a(self.kind)}"
        return f"the column `{shorten(self.column)}` is not read: {how}"


def screen(columns: Mapping[str, Sequence[Any]], allowed: Iterable[str] = ()) -> list[Refusal]:
    """The columns that look as if they point to a person.

    ``columns``: column name → a sample of its values (a few hundred tell enough; more are looked at too). ``allowed``: names that a known
    published table gives to pseudonyms; they are still refused where the values show a real identifier.
    """
    known = {normal(a) for a in allowed}
    out = []
    for column, values in columns.items():
        filled = [v for v in values if not blank(v) and not redacted(v)]
        if not filled and len(values):
            continue
        kind = _by_value(column, filled)
        if kind:
            out.append(Refusal(column, kind, "values"))
        elif normal(column) not in known and (kind := _by_name(column, filled)):
            out.append(Refusal(column, kind, "name"))
    return out


def refuse(refusals: Sequence[Refusal], where: str = "") -> None:
    """Raise InputError where there is any refusal; its sentence names the columns and the way out."""
    if refusals:
        several = len(refusals) > 1
        named = "; ".join(f"`{shorten(r.column)}` ({r.kind}{'' if r.by == 'name' else ', by its values'})" for r in refusals[:8])
        more = f"; and {len(refusals) - 8} more" if len(refusals) > 8 else ""
        raise InputError(
            f"the table holds {len(refusals)} column{'s' if several else ''} that may point to a person: {named}{more}. Nothing was written",
            where=where, help=f"Take {'them' if several else 'it'} out of the table, or leave {'them' if several else 'it'} out here with --drop-private",
        )  # fmt: skip


# ------------------------------------------------------------------ by name

_NOT_A_PERSON = re.compile(
    r"facility|jail|prison|agency|county|city|state|country|court|office|program|operation|landmark|site|judge|statute|charge|citation|field|file_?name|sheet|column|duty|aor|port|act|policy|form|place|file_original|landmark"
)
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("birth date", re.compile(r"(^|_)(dob|d_o_b|birth_?(date|day|dt)|date_of_birth|born(_on)?)(_|$)")),
    ("social security number", re.compile(r"(^|_)(ssn|social_security(_(no|num|number))?|soc_sec\w*)(_|$)")),
    ("alien number", re.compile(r"(^|_)(a_?(num|number|no|file)|anumber|anum|afile(_no|_number)?|alien_?(file|registration|reg)?_?(no|num|number|id)|uscis_(no|number)|alien_number_unique_identifier)(_|$)")),
    ("phone number", re.compile(r"(^|_)(phone|telephone|mobile|cell(_?phone)?|fax)(_?(no|num|number))?(_|$)")),
    ("e-mail address", re.compile(r"(^|_)e_?mail(_|$)")),
    ("home address", re.compile(r"^((home|street|mailing|residential|residence|person|inmate|subject|defendant)_)?(address|addr|street)(_?(line)?_?\d)?$|(^|_)(residence|home)(_|$)")),
    ("identity number", re.compile(r"(^|_)(passport|driver_?s?_licen[cs]e|licen[cs]e|dl|id_card|national_id|fin|fbi|sid|fingerprint|icn|pcn|biometric)_?(no|num|number|id)$|(^|_)(passport|driver_?s?_licen[cs]e(_number)?)$")),
    (
        "case or booking number",
        re.compile(
            r"(^|_)(case|booking|book|docket|inmate|subject|person|civilian|event|arrest|warrant|citation|matter|incident|offender|defendant|prisoner|custody|jail|detainer|dta|employee|stay|cause|report|warrant)_?(no|nbr|num|number|id|identifier)(_\d+)?$"
            r"|^(id|unique_id|person|unique_identifier|anonymized_identifier|identifier|eid\w*_id|mni|perm_id|pin)$"
        ),
    ),
    ("person's name", re.compile(r"(^|_)(first|last|middle|sur|given|family|maiden|full|subject|inmate|person|defendant|detainee|prisoner|alien|officer|agent|respondent|petitioner|victim|applicant|beneficiary|grantee|clemency|alias)_?names?(_|$)|^(names?|lname|fname|mname|surname|alias(es)?|aka|a_k_a)$|(^|_)signature$")),
)  # fmt: skip


def _by_name(column: str, filled: Sequence[Any]) -> str:
    name = normal(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).replace("#", " number"))
    for kind, pattern in _NAMES:
        if pattern.search(name):
            if name.endswith(("_yes_no", "_flag")) or (kind == "person's name" and _NOT_A_PERSON.search(name)):
                continue
            if kind == "case or booking number" and filled and all(_word(v) for v in filled):
                continue  # `case` or `custody` with words in it is a status, not a number
            return kind
    return ""


def _word(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and not any(c.isdigit() for c in value))


# ------------------------------------------------------------------ by value

_STREET = r"(st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|way|pl|place|ter|terrace|hwy|highway|pkwy|cir|circle)"
_NAME_WORD = r"[A-Z](?:[a-z]+|[A-Z]+|['’][A-Z]?[a-zA-Z]+)(?:[- ][A-Z][a-zA-Z'’]+)?"
_CHECKS: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("alien number", re.compile(r"^A[- ]?(\d{8,9}|\d{2,3}[- ]\d{3}[- ]\d{3})$", re.I).match),
    ("social security number", re.compile(r"^(?!000|666|9\d\d)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}$").match),
    ("phone number", re.compile(r"^(\+?1[-. ]?)?(\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}( ?(x|ext\.?) ?\d+)?$").match),
    ("e-mail address", re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.I).match),
    ("home address", re.compile(rf"^\d{{1,6}}( [NSEW]\.?)?( [\w.'-]+){{1,4}} {_STREET}\.?(,? .*)?$", re.I).match),
    ("person's name", re.compile(rf"^{_NAME_WORD}, ?{_NAME_WORD}( [A-Z]\.?| {_NAME_WORD})?( (Jr|Sr|II|III)\.?)?$").match),
)
_PLACE_WORD = re.compile(r"\b(jail|prison|co|cnty|county|cty|corr\w*|det\w*|dept|police|sheriff|center|ctr|fac\w*|unit|city|inst\w*|c\.?f|c\.?i|hold|office|district|cc|sci|mcc|mdc|fci)\b", re.I)


def _by_value(column: str, filled: Sequence[Any]) -> str:
    texts = [v.strip() for v in filled if isinstance(v, str)]
    if not texts:
        return ""
    for kind, looks in _CHECKS:
        if kind in ("person's name", "home address"):
            name = normal(column)
            if _NOT_A_PERSON.search(name) or len(texts) < 3:
                continue
            hits = sum(bool(looks(t)) and not _PLACE_WORD.search(t) and t.rpartition(",")[2].strip().upper() not in _states() for t in texts)
            if len(set(texts)) < 0.5 * len(texts):
                continue  # names of people hardly repeat; labels do
        else:
            hits = sum(bool(looks(t)) for t in texts)
        if hits and (kind in _ONE_IS_ENOUGH or hits >= _SHARE * len(texts)):
            return kind
    return ""


@cache
def _states() -> frozenset[str]:
    """The states' names and codes: `AUSTIN, TX` is no person."""
    from homerule.places.tables import tables

    return frozenset(w for row in tables().states.values() for w in (row.code.upper(), row.name.upper()))


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
