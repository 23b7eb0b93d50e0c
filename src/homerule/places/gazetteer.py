"""From a text to a place: "Cook County, IL", "NYC", "06-037", "ca/san-francisco"."""

from __future__ import annotations

from homerule.places.names import close, fold, quote
from homerule.places.place import NATION, Place, PlaceError
from homerule.places.shelf import Record, Shelf, Sized
from homerule.places.tables import LARGE, Tables, tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Gazetteer"]

LONGEST = 200
SHOWN = 8
_KEEP = 4096
_NATION = ("us", "usa", "u s", "u s a", "united states", "united states of america", "the united states")
_OF = ("city and county of ", "consolidated city of ", "city of ", "village of ", "borough of ", "municipality of ", "municipio de ", "municipio of ")
_AFTER = (" city", " village", " borough", " municipality", " municipio", " cdp")
_CALLED = (" county", " parish", " census area", " planning region", " municipio")
_STATE_OF = ("state of ", "commonwealth of ", "territory of ", "the state of ", "the commonwealth of ", "the ")


class Gazetteer:
    """Finds places by name, code or id.

    `extra` holds what a corpus says of places, by any key: plain records with `id`, `name`, `kind`, `fips`, `counties`
    and `aliases` as in `place.toml`. A record that speaks of a place of the tables (same id, or for a county the same
    FIPS code) adds its aliases and codes to it; any other adds a place.

    Raises `PlaceError` where a record's id does not begin with a state.
    """

    def __init__(self, extra: Mapping[str, Mapping[str, object]] | None = None, *, source: Tables | None = None) -> None:
        self._tables = source or tables()
        self._shelves: dict[str, Shelf] = {}
        self._records: dict[str, list[Record]] = {}
        self._found: dict[str, Place] = {}
        self._names: dict[str, str] | None = None
        for record in (extra or {}).values():
            own = str(record.get("id", ""))
            code = own.partition("/")[0]
            if code != NATION and code not in self._tables.states:
                raise PlaceError(
                    f"A place record has the id {quote(own)}, which does not begin with a state's code",
                    help="Write the state's code of two letters, a slash and the name, as the folder of its law is called", text=own,
                )  # fmt: skip
            self._records.setdefault(code, []).append(dict(record))

    # ------------------------------------------------------------------ what is asked of it

    def find(self, text: str) -> Place:
        """Return the one place that `text` names.

        Raises `PlaceError` when it names none, or several; its message lists what may be meant. A city that is in no table
        is accepted when its state is given and no known name is close: then `known` is false.
        """
        place = self._found.get(text) if isinstance(text, str) and len(text) <= LONGEST else None
        if place is None:
            found, sure = self._match(self._checked(text))
            if len(found) == 1 and sure:
                place = found[0]
            elif found:
                raise self._several(text, found)
            else:
                raise self._none(text)
            if len(self._found) >= _KEEP:
                self._found.clear()
            self._found[text] = place
        return place

    def candidates(self, text: str) -> list[Place]:
        """Return every place that `text` may mean, likeliest first; near names where none fits; else an empty list."""
        try:
            found, _ = self._match(self._checked(text))
        except PlaceError as error:
            return list(error.candidates)
        return found or self._near(text)

    def get(self, place_id: str) -> Place | None:
        """Return the known place with this id, or None."""
        code, _, part = place_id.partition("/")
        if code == NATION:
            return self.nation if not part else None
        return self._shelf(code).get(part) if code in self._tables.states else None

    @property
    def nation(self) -> Place:
        """The United States."""
        return Place(NATION, "United States", "nation")

    def states(self) -> list[Place]:
        """Return the states, the District and the territories, in order of their names."""
        return [self._shelf(code).place for code in self._tables.states]

    def counties(self, state: str) -> list[Place]:
        """Return the counties of a state (by its code) and what stands for counties there, in order of their codes."""
        if state not in self._tables.states:
            raise PlaceError(f"{quote(state)} is no state's code", help="Write a code of two small letters", text=state)
        return list(self._shelf(state).counties.values())

    # ------------------------------------------------------------------ reading a text

    def _shelf(self, code: str) -> Shelf:
        shelf = self._shelves.get(code)
        if shelf is None:
            shelf = self._shelves[code] = Shelf(self._tables.states[code], self._tables, self._records.get(code, []))
        return shelf

    @property
    def _example(self) -> str:
        return self._tables.special.example

    def _state(self, key: str) -> str:
        """The code of the state that `key` names, or nothing."""
        if self._names is None:
            self._names = {fold(row.name): code for code, row in self._tables.states.items()}
            self._names.update(self._tables.special.states)
            for code, records in self._records.items():
                for record in records:
                    if record["id"] == code != NATION:
                        aliases = record.get("aliases")
                        self._names.update({fold(str(a)): code for a in (aliases if isinstance(aliases, (list, tuple)) else ())})
        if key in self._tables.states:
            return key
        if key in self._names:
            return self._names[key]
        for before in _STATE_OF:
            if key.startswith(before) and key[len(before) :] in self._names:
                return self._names[key[len(before) :]]
        return self._names.get(key[:-6], "") if key.endswith(" state") else ""

    def _match(self, text: str) -> tuple[list[Place], bool]:
        """The places that `text` names, and whether one of them alone may be taken for it."""
        digits = text.strip()
        digits = digits[:2] + digits[3:] if digits[2:3] == "-" else digits
        if digits.isascii() and digits.isdigit():
            return self._coded(text, digits), True
        if "/" in text and "," not in text:
            code, _, part = text.strip().partition("/")
            code = fold(code)
            if (code in self._tables.states) and fold(part):
                return [self._by_id(text, code, part)], True
        given = [part for part in text.split(",") if part.strip()]
        parts = [fold(part) for part in given]
        if "" in parts:
            raise self._none(text)
        if len(parts) > 1 and parts[-1] in _NATION:
            parts.pop()
        if not parts:
            raise self._none(text)
        if len(parts) == 1:
            return self._bare(text, parts[0])
        code = self._state(parts[-1])
        if not code:
            near = [self._shelf(c).place for c in self._close_states(parts[-1])]
            raise PlaceError(
                f"{quote(text)} ends in {quote(parts[-1])}, which is no state",
                help=_did_you_mean(near) or self._example, text=text,
            )  # fmt: skip
        shelf = self._shelf(code)
        if len(parts) == 2:
            return self._local(text, shelf, parts[0]), True
        if len(parts) == 3:
            counties = [p for p in self._known(shelf, parts[1]) if p.kind in ("county", "city-county")] or shelf.based(parts[1])
            if len(counties) == 1:
                self._plausible(text, parts[0])
                within = [p for key in _readings(parts[0], code not in self._tables.special.towns) for p in shelf.within(key, counties[0]) if p.known]
                if not within and not shelf.holds(parts[0]) and close(parts[0], shelf.large()):
                    raise self._none_in(text, shelf, parts[0])
                return within[:1] or shelf.within(_without_of(parts[0]), counties[0]), True
        raise PlaceError(f"{quote(text)} has too many parts, or its county is not of {shelf.row.name}", help=self._example, text=text)

    def _coded(self, text: str, digits: str) -> list[Place]:
        size = len(digits)
        digits = digits.zfill(2 if size == 1 else 5 if size == 4 else size)
        code = next((c for c, row in self._tables.states.items() if row.fips == digits[:2]), "")
        if code and len(digits) == 2:
            return [self._shelf(code).place]
        found = self._shelf(code).county(digits) if code and len(digits) == 5 else []
        if code and len(digits) == 7 and (city := self._shelf(code).coded(digits)):
            found = [city]
        if not found:
            what = {2: "state", 5: "county"}.get(len(digits), "place known here")
            raise PlaceError(
                f"No {what} has the FIPS code {quote(text)}",
                help='A state has two digits, a county five. ZIP codes are not places: write the city and its state', text=text,
            )  # fmt: skip
        return found

    def _by_id(self, text: str, code: str, part: str) -> Place:
        shelf = self._shelf(code)
        place = shelf.get(part.strip().lower())
        if place:
            return place
        key = fold(part)
        if " in " in key and (found := shelf.split(key)):
            return found[0]
        named = [p for _, p in shelf.exact(key)]
        if len(named) == 1:
            return named[0]
        if named:
            raise self._several(text, named)
        if self._county_like(shelf, key):
            raise self._none_in(text, shelf, key)
        self._plausible(text, key)
        return shelf.unknown(key)

    def _bare(self, text: str, key: str) -> tuple[list[Place], bool]:
        """Read a text without a comma: a state, a name known everywhere, a name with its state, or a name alone."""
        special = self._tables.special
        if key in _NATION:
            return [self.nation], True
        code = self._state(key)
        if code and not (code in special.ambiguous and key == fold(self._tables.states[code].name)):
            return [self._shelf(code).place], True
        if key in special.anywhere:
            place = self.get(special.anywhere[key])
            return ([place] if place else []), True
        words = key.split()
        tailed: list[Place] = []
        for size in range(1, min(6, len(words))):
            tail = self._state(" ".join(words[-size:]))
            if tail:
                tailed += [p for p in self._known(self._shelf(tail), " ".join(words[:-size])) if p not in tailed]
        if tailed and words[-1] != "co":
            return tailed, True
        for reading in _readings(key):
            sized, based = self._everywhere(reading)
            if sized or based:
                break
        places = [place for _, place in sized]
        state = [self._shelf(code).place] if code else []
        places = _once([*state, *tailed, *places, *based])
        alone = bool(tailed) or (bool(sized) and sized[0][0] >= LARGE)
        return places, alone

    def _everywhere(self, key: str) -> tuple[list[Sized], list[Place]]:
        """The places called `key` in any state, largest first; and the counties that would be with "County" added."""
        sized: list[Sized] = []
        based: list[Place] = []
        holders = dict.fromkeys(self._tables.holders(key))
        holders.update({code: None for code in self._records if code != NATION and self._shelf(code).has_alias(key)})
        for code in holders:
            shelf = self._shelf(code)
            sized += shelf.exact(key)
            based += [p for p in shelf.based(key) if p.id != code]
        return sorted(sized, key=lambda s: -s[0]), based

    def _known(self, shelf: Shelf, key: str) -> list[Place]:
        """The places of a state that `key` names, by the first reading that names any."""
        for reading in _readings(key, shelf.row.code not in self._tables.special.towns):
            found = shelf.exact(reading)
            if found:
                return _once(place for _, place in found)
        for called in _CALLED:
            if key.endswith(called):
                odd = [p for p in shelf.based(key[: -len(called)]) if p.kind == "county" and not p.short.endswith(called.title())]
                if odd:
                    return odd
        odd = [p for p in shelf.based(key) if p.kind == "county" and not fold(p.short).endswith((" county", " parish"))]
        if odd:
            return odd
        if key == fold(shelf.row.name):
            return [shelf.place]
        if key.endswith((" town", " township")):
            return []
        joined = key.replace(" ", "")
        same = [k for k in (*shelf.county_keys, *shelf.keys) if k.replace(" ", "") == joined]
        return _once(place for k in same for _, place in shelf.exact(k))

    def _county_like(self, shelf: Shelf, key: str) -> bool:
        """Whether `key` says that it is a county, or what is called so in this state."""
        if key.endswith((" county", " co")) or key.startswith("county of "):
            return True
        return any(key.endswith(c) and any(k.endswith(c) for k in shelf.county_keys) for c in (*_CALLED, " borough", " municipality"))

    def _local(self, text: str, shelf: Shelf, key: str) -> list[Place]:
        found = self._known(shelf, key)
        if found:
            return found
        if self._county_like(shelf, key) or shelf.based(key) or close(key, shelf.large()):
            raise self._none_in(text, shelf, key)
        self._plausible(text, key)
        return [shelf.unknown(_without_of(key))]

    # ------------------------------------------------------------------ what to say when it does not fit

    def _checked(self, text: object) -> str:
        if not isinstance(text, str):
            raise PlaceError(f"A place is given as text, not as {type(text).__name__}", help=self._example)
        if len(text) > LONGEST:
            raise PlaceError(f"This text of {len(text):,} characters is too long for a place: a name has at most {LONGEST}", help=self._example, text=text)
        return text

    def _plausible(self, text: str, key: str) -> None:
        """Refuse what can be no city's name."""
        words = key.split()
        if len(words) > 6 or len(key) > 50 or any(c.isdigit() for c in key) or " county " in key or max(map(len, words), default=0) < 2:
            raise PlaceError(f"{quote(text)} does not read as the name of a city", help=self._example, text=text)

    def _close_states(self, key: str) -> list[str]:
        self._state("")
        return list(dict.fromkeys(self._state(name) for name in close(key, list(self._names or ()))))

    def _near(self, text: str) -> list[Place]:
        """Places anywhere whose name is near `text`."""
        key = fold(text[:LONGEST])
        found = [self._shelf(code).place for code in self._close_states(key)]
        names: dict[str, list[str]] = {}
        for code, name in self._tables.large():
            names.setdefault(name, []).append(code)
        for name in close(key, list(names)):
            found += [place for code in names[name] for _, place in self._shelf(code).exact(name)]
        return _once(found)[:SHOWN]

    def _none(self, text: str) -> PlaceError:
        near = self._near(text)
        help = _did_you_mean(near) or self._example
        return PlaceError(f"No place is called {quote(text.strip())}", help=help, text=text, candidates=tuple(near))

    def _none_in(self, text: str, shelf: Shelf, key: str) -> PlaceError:
        if self._county_like(shelf, key):
            base = next((key[: -len(c)] for c in (*_CALLED, " borough", " co") if key.endswith(c)), key)
            near = shelf.based(base) or [p for name in close(key, shelf.county_keys) for p in shelf.named(name)]
            message = f"{shelf.row.name} has no county called {quote(text.split(',')[0].strip())}"
            help = _did_you_mean(_once(near)) or f"A county must be one that exists: look at the list of {shelf.row.name}'s counties"
        else:
            near = [p for name in close(key, shelf.large()) for _, p in shelf.exact(name)] + shelf.based(key)
            message = f"No city of {shelf.row.name} known here is called {quote(text.split(',')[0].strip())}"
            own = f"{shelf.row.code}/{key.replace(' ', '-')}"
            help = f'{_did_you_mean(_once(near))} If there is such a city, write "{own}"'
        return PlaceError(message, help=help, text=text, candidates=tuple(_once(near)[:SHOWN]))

    def _several(self, text: str, found: list[Place]) -> PlaceError:
        shown = found[:SHOWN]
        names = "; ".join(_said(place) for place in shown) + ("; and others" if len(found) > SHOWN else "")
        if len(found) == 1:
            message, help = f"{quote(text.strip())} alone is not clear", f"Did you mean {names}? Then write it so"
        else:
            message = f"{quote(text.strip())} may mean {len(found)} places"
            help = f"Write the one that you mean, with its state: {names}"
        return PlaceError(message, help=help, text=text, candidates=tuple(shown))


def _readings(key: str, town: bool = True) -> Iterable[str]:
    """The ways in which a name may be meant, likeliest first.

    A township is never read as the city of its name, which is often another body in another county; nor is a town, if not `town`.
    """
    yield key
    if key.endswith(" co"):
        yield key[:-3] + " county"
    if key.startswith(("county of ", "parish of ")):
        yield key[10:] + " " + key[:6]
    short = _without_of(key)
    if short != key:
        yield short
    if town and short.endswith(" town"):
        yield short[:-5]
    for after in _AFTER:
        if short.endswith(after):
            yield short[: -len(after)]
            break


def _without_of(key: str) -> str:
    """The name without "city of" and the like; "town of" and "township of" go to its end."""
    for before in ("the ", *_OF):
        if key.startswith(before):
            return _without_of(key[len(before) :])
    for called in (" town", " township"):
        if key.startswith(f"{called[1:]} of "):
            return key[len(called) + 3 :] + called
    return key


def _once(places: Iterable[Place]) -> list[Place]:
    return list({place.id: place for place in places}.values())


def _said(place: Place) -> str:
    """How to write a place so that it is found again: `Live Oak, Sutter County, CA`."""
    if "/" not in place.id:
        return f"{place.name} (write {place.id.upper()})" if place.state else place.name
    return f"{place.name.rpartition(', ')[0]}, {place.state.upper()}"


def _did_you_mean(places: list[Place]) -> str:
    names = [_said(place) for place in places[:SHOWN]]
    return f"Did you mean {' or '.join(names)}?" if names else ""
