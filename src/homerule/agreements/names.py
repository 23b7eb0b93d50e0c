"""How a body's name is brought to one form, and which state a text means.

Nothing that tells one body from another is dropped here: "county", "city", "town" and a precinct's number stay. Only what is a
way of writing goes: case, points and apostrophes (not what follows them), abbreviations, a state added at the end, and slips in the
common words of such names.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from homerule.agreements.kinds import Reading, kinds
from homerule.errors import shorten
from homerule.places.names import close, distance, fold
from homerule.places.tables import tables

__all__ = ["Name", "clean", "read_name", "read_state"]

#: Whole words that stand for others.
_SHORT = {
    "pd": "police department", "dps": "department of public safety", "bocc": "board of county commissioners", "dept": "department", "pct": "precinct", "prec": "precinct",
    "so": "sheriffs office", "cso": "county sheriffs office", "univ": "university", "div": "division", "dist": "district", "comm": "commission", "offc": "office", "ofc": "office",
    "doc": "department of corrections", "sheriff": "sheriffs", "sherriffs": "sheriffs", "constable": "constables", "marshal": "marshals", "attorneys": "attorney", "das": "attorney",
    "boro": "borough", "counry": "county", "couny": "county", "conty": "county", "countey": "county", "cunty": "county", "coounty": "county", "countys": "county", "co": "county",
    "correctional": "corrections", "correction": "corrections", "depts": "department", "departments": "department", "prosecutors": "prosecutor", "aggricultural": "agricultural",
}  # fmt: skip
#: Common words long enough for a slip to be seen in them.
_COMMON = (
    "sheriffs", "police", "department", "constables", "corrections", "detention", "township", "borough", "precinct", "district", "division", "attorney", "highway", "commission",
    "public", "safety", "enforcement", "university", "college", "authority", "regional", "judicial", "criminal", "investigation", "national", "commissioners", "trustees", "office",
)  # fmt: skip
#: What kind of body the name speaks of, by the first of these words in it.
_CLASSES = (
    ("constable", "constables"), ("marshal", "marshals"), ("sheriff", "sheriffs"), ("prosecutor", "attorney prosecutor"), ("university", "university college school"),
    ("guard", "guard military"), ("police", "police"), ("jail", "jail corrections correction detention prison"), ("board", "commissioners bocc board"),
    ("patrol", "patrol trooper troopers"), ("safety", "safety"),
)  # fmt: skip
#: Words that one body is written with or without; only evidence from lists may join two names that differ by them.
_SOFT = frozenset(["city", "town", "village", "borough", "of", "the", "county", "parish", "department", "departments", "office", "services", "service", "division", "and", "state", "for"])
_STATE_BODY = frozenset(["department", "office", "division", "bureau", "national", "state", "highway", "attorney"])


class Name(NamedTuple):
    """A body's name in one form.

    `key` holds every word; `stem` only the words that are no common ones (`soft` words and the state's name left out);
    `cls` what kind of body the words speak of (`sheriff`, `police` … or `other`); `numbers` its precinct or district.
    """

    state: str
    key: str
    stem: str
    cls: str
    numbers: tuple[str, ...]


def clean(text: str) -> str:
    """`text` in one line, with plain apostrophes and without trailing marks."""
    line = " ".join(text.replace("\u2019", "'").replace("\u2018", "'").replace("\u00b4", "'").replace("\u00a0", " ").split())
    return line.rstrip(" ,;").replace(" ,", ",")


@cache
def read_state(text: str) -> Reading:
    """The code of the state that a list's cell means; empty where none is meant or near."""
    key = fold(text)
    names = _state_names()
    if key in names:
        return Reading(names[key])
    if not key:
        return Reading("", "no state is given")
    near = sorted({names[n] for n in close(key, [n for n in names if len(n) > 3])})
    if len(near) == 1:
        return Reading(near[0], f'the state "{shorten(text)}" was taken for {tables().states[near[0]].name}')
    return Reading("", f'"{shorten(text)}" is no state')


@cache
def _state_names() -> dict[str, str]:
    """States by folded name and code, with the misspellings that lists were seen to hold."""
    states = tables().states
    return {**{fold(row.name): code for code, row in states.items()}, **{code: code for code in states}, **tables().special.states, **{k: c for k, c in kinds().states.items() if c in states}}


@cache
def read_name(text: str, state: str) -> Name:
    """The one form of a body's name in a state (by its code, which may be empty)."""
    words = fold(clean(text)).split()
    if words and state and text.split()[0].lower().rstrip(".") == state:
        words[0] = state  # and not "mount" for MT
    row = tables().states.get(state)
    own = fold(row.name).split() if row else []
    # A state added at the end: "Arnaudville Police Department, LA".
    if len(words) > 2 and words[-1] == state and "," in text:
        words.pop()
    elif own and len(words) > len(own) + 1 and words[-len(own) :] == own and "," in text:
        words = words[: -len(own)]
    spread: list[str] = []
    for word in words:
        if word[:3] == "pct" and word[3:].isdigit():
            spread += ["precinct", word[3:]]
        elif word == "ofc" or word != "so" or spread[-1:] == ["county"] or word == words[-1]:
            spread += _SHORT.get(word, word).split()
        else:
            spread.append(word)
    words = [_mended(w, state) for w in spread]
    if words[:1] == [state] and len(words) > 1 and words[1] in _STATE_BODY:
        words = words[1:]
    if own and words[: len(own)] == own and len(words) > len(own) and words[len(own)] in _STATE_BODY:
        words = words[len(own) :]  # "Alaska Department of Corrections" is also listed without the state
    while len(words) > 2 and words[-1] == "department" and words[-2] in ("police", "patrol", "sheriffs"):
        words.pop()
    if words[-2:] == ["sheriffs", "office"]:
        words.pop()
    cls = next((name for name, marks in _CLASSES if set(marks.split()) & set(words)), "other")
    numbers = tuple(_number(w) for w in words if _number(w))
    stem = [w for w in words if w not in _SOFT and w not in own]
    return Name(state, " ".join(words), " ".join(stem), cls, numbers)


def _number(word: str) -> str:
    digits = word.rstrip("stndrh")
    return digits if digits.isdigit() else _ORDINALS.get(word, "")


_ORDINALS = {w: str(i) for i, w in enumerate(["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1)}


def _mended(word: str, state: str) -> str:
    """`word`, or the common word that it is a slip of; a word in a place's name there is never touched."""
    if len(word) < 5 or word in _COMMON:
        return word
    for common in _COMMON:
        most = 1 if len(common) < 9 else 2
        if abs(len(word) - len(common)) <= most and word[0] == common[0] and distance(word, common, most) <= most:
            return word if word in _place_words(state) else common
    return word


@cache
def _place_words(state: str) -> frozenset[str]:
    """Every word in the name of a known place of the state."""
    if state not in tables().states:
        return frozenset()
    from homerule.places import Gazetteer

    shelf = Gazetteer()._shelf(state)
    return frozenset(w for key in (*shelf.keys, *shelf.county_keys) for w in key.split())
