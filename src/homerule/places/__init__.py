"""Places: the nation, its circuits, states, counties and cities; their names, codes and ids.

    >>> from homerule.places import find
    >>> find("Cook County, IL").id
    'il/cook-county'
    >>> find("San Francisco County, CA").chain
    ('us', 'ca', 'ca/san-francisco')

`find` needs no corpus; a corpus hands its `place.toml` records to `Gazetteer`, which then knows its aliases too.
The tables come from the Census Bureau and GeoNames: see `data/SOURCES.md`.
"""

from __future__ import annotations

from homerule.places.gazetteer import Gazetteer
from homerule.places.names import slug
from homerule.places.place import Place, PlaceError

__all__ = ["Gazetteer", "Place", "PlaceError", "actor_home", "candidates", "find", "slug"]

_default: Gazetteer | None = None


def _gazetteer() -> Gazetteer:
    global _default
    if _default is None:
        _default = Gazetteer()
    return _default


def find(text: str) -> Place:
    """Return the one place that `text` names: a name, a FIPS code or an id.

    A text is read in this order: a code (`48`, `06037`, `06-037`), an id (`ca/san-francisco`), a name with its state
    (`Austin, TX`), a state, a name that means one place everywhere (`NYC`), a name alone that only one place has.
    "New York, NY", the boroughs and "Manhattan" mean the city; "New York County, NY" means the county.

    Raises `PlaceError` when the text names no place, or more than one.
    """
    return _gazetteer().find(text)


def candidates(text: str) -> list[Place]:
    """Return every place that `text` may mean, likeliest first; near names where none fits; else an empty list."""
    return _gazetteer().candidates(text)


def actor_home(place: Place, level: str, who: str = "the sheriff") -> tuple[Place, str]:
    """Return the place of the body that is asked at `place`, and a note for the reader (empty where nothing changes).

    A `county` actor asked for at a city answers for the city's county, if there is exactly one; a `state` actor for the
    state. `who` is named in the note; left out, a `state` actor is "the state".
    """
    from homerule.places.homes import home_of

    return home_of(_gazetteer(), place, level, "the state" if level == "state" and who == "the sheriff" else who)
