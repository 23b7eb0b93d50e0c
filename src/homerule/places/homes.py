"""Which body's place is asked: the sheriff asked for in a city answers for its county."""

from __future__ import annotations

from homerule.places.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from homerule.places.gazetteer import Gazetteer

__all__ = ["home_of"]


def home_of(gazetteer: Gazetteer, place: Place, level: str, who: str) -> tuple[Place, str]:
    """Return the place of the body that is asked at `place`, and a note (empty where nothing changes).

    `level` is the actor's level in `law/vocabulary.toml`: `county`, `city`, `state` or `any`.
    """
    if level == "state" and place.kind in ("county", "city", "city-county"):
        state = gazetteer.get(place.state)
        if state:
            return state, f"{who} answers for {state.name}"
    if level == "county" and place.kind == "city":
        if len(place.county_ids) == 1:
            county = gazetteer.get(place.county_ids[0])
            if county:
                return county, f"{who} answers for {county.short}"
        elif len(place.county_ids) > 1:
            counties = [c.short for i in place.county_ids if (c := gazetteer.get(i))]
            return place, f"{place.short} lies in {_listed(counties)}: name the county whose law is asked for, where that matters"
        else:
            return place, f"the county of {place.short} is not known here: name the county, where its law matters"
    return place, ""


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
