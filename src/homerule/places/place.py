"""A place whose law may be asked for, and the error that says why a text names none.

`Place` is written by hand and not with `dataclasses`, whose import costs more
than resolving a name does.
"""

from __future__ import annotations

from homerule.errors import InputError

__all__ = ["Place", "PlaceError"]

NATION = "us"


class PlaceError(InputError):
    """A text that names no place, or more than one; its message says what to write instead.

    `text` is what was given (cut when long) and `candidates` are the places it may mean.
    """

    def __init__(self, message: str, *, where: str = "", help: str = "", text: str = "", candidates: tuple[Place, ...] = ()) -> None:
        self.text = text[:200]
        self.candidates = candidates
        super().__init__(message, where=where, help=help)

    def __str__(self) -> str:
        text = super().__str__()
        return text[:-1] if text.endswith("?.") else text


class Place:
    """The nation, a state, a county or a city. Immutable; equal when all fields are.

    | field | |
    |---|---|
    | `id` | `us`, `ca`, `ca/los-angeles-county`, `ca/los-angeles` |
    | `name` | with its state: `Los Angeles County, California` |
    | `kind` | `nation`, `state`, `county`, `city`, or `city-county` (one body that is both) |
    | `state` | the state's code in lower case; empty for the nation |
    | `fips` | 2 digits for a state, 5 for a county, 7 for a city where known; else empty |
    | `county_ids` | a city's county or counties, a county itself; empty where not known |
    | `circuit` | federal circuit 1 to 11, 12 for the D.C. Circuit, 0 where there is none |
    | `known` | false for a city that is in no table and was taken at its word |
    | `chain` | ids at which law for this place may stand, from broad to narrow |

    A city that lies in several counties has none of them in its chain: no one of them governs it as a whole.
    """

    __slots__ = ("_chain", "circuit", "county_ids", "fips", "id", "kind", "known", "name", "state")

    id: str
    name: str
    kind: str
    state: str
    fips: str
    county_ids: tuple[str, ...]
    circuit: int
    known: bool

    def __init__(
        self,
        id: str,
        name: str,
        kind: str,
        state: str = "",
        fips: str = "",
        county_ids: tuple[str, ...] = (),
        circuit: int = 0,
        known: bool = True,
        inside: str = "",
    ) -> None:
        """`inside` is the city whose law governs a county within it."""
        chain = [NATION]
        if state:
            chain.append(state)
        if kind == "city" and len(county_ids) == 1:
            chain.append(county_ids[0])
        if id not in chain:
            chain.append(id)
        if inside:
            chain.append(inside)
        put = object.__setattr__
        put(self, "id", id)
        put(self, "name", name)
        put(self, "kind", kind)
        put(self, "state", state)
        put(self, "fips", fips)
        put(self, "county_ids", county_ids)
        put(self, "circuit", circuit)
        put(self, "known", known)
        put(self, "_chain", tuple(chain))

    @property
    def chain(self) -> tuple[str, ...]:
        """Ids at which law for this place may stand, from broad to narrow."""
        return self._chain  # type: ignore[no-any-return, attr-defined]

    @property
    def short(self) -> str:
        """The name without the state: `Los Angeles County`."""
        return self.name.split(",", 1)[0]

    def as_dict(self) -> dict[str, object]:
        """Return the fields and the chain as plain data, ready for JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "state": self.state,
            "fips": self.fips,
            "county_ids": list(self.county_ids),
            "circuit": self.circuit,
            "known": self.known,
            "chain": list(self.chain),
        }

    def _key(self) -> tuple[object, ...]:
        return (self.id, self.name, self.kind, self.fips, self.county_ids, self.circuit, self.known, self.chain)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self.id)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A Place cannot be changed: {name!r} of {self.id!r} was to be set.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A Place cannot be changed: {name!r} of {self.id!r} was to be deleted.")

    def __reduce__(self) -> tuple[object, ...]:
        inside = self.chain[-1] if self.kind == "county" and self.chain[-1] != self.id else ""
        return type(self), (self.id, self.name, self.kind, self.state, self.fips, self.county_ids, self.circuit, self.known, inside)

    def __repr__(self) -> str:
        known = "" if self.known else ", known=False"
        return f"Place({self.id!r}, {self.name!r}, {self.kind!r}{known})"
