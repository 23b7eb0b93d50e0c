"""The words that an entry may use, from ``law/records.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from homerule.corpus.corpus import law_folder
from homerule.errors import InputError, nearest


@cache
def words() -> dict[str, dict[str, str]]:
    """Lists of words: ``channels``, ``agencies``, ``responses``, ``outcomes``, ``roles``; each maps a key to its label."""
    with (Path(law_folder()) / "records.toml").open("rb") as file:
        return tomllib.load(file)


def one_of(group: str, value: str) -> str:
    """``value``, if it is one of the words of ``group``. Raises InputError naming the nearest."""
    known = words()[group]
    if value not in known:
        raise InputError(f"`{value[:40]}` is not one of the {group}: {', '.join(known)}", help=nearest(value, list(known)))
    return value
