"""The tables of places, read from `data/` only as far as a question needs them.

`states.csv` and `special.csv` are small and read whole; of `counties.csv` and
`cities.csv`, which stand in order of state, only the slice of one state is
split. What each file holds is said in its first lines and in `data/SOURCES.md`;
`scripts/build_places.py` writes them.
"""

from __future__ import annotations

from os.path import dirname, join

from homerule.places.names import fold, fold_lines

__all__ = ["LARGE", "CountyRow", "Special", "StateRow", "Tables", "tables"]


#: A city's size is ten times the logarithm of its people; from 5,000 people on its name is taken to be well known.
LARGE = 37


#: The last word of what a county or its equivalent is called, and what may stand before that word.
BEFORE = {
    "County": "", "Parish": "", "Borough": " City and", "Area": " Census", "Region": " Planning", "Municipality": "",
    "Municipio": "", "District": "", "Island": "", "city": "",
}  # fmt: skip


class StateRow:
    """One line of `states.csv`: a state, the District or a territory."""

    __slots__ = ("circuit", "code", "fips", "kind", "name")

    def __init__(self, code: str, name: str, fips: str, kind: str, circuit: str) -> None:
        self.code, self.name, self.fips, self.kind, self.circuit = code, name, fips, kind, int(circuit)


class CountyRow:
    """One line of `counties.csv`.

    `name` is the Census name; `same_as` the short name of the city that is also this
    county, or the code of the state that is; `until` and `heirs` say when a county
    went and which counties (codes) hold its land now.
    """

    __slots__ = ("fips", "heirs", "name", "same_as", "until")

    def __init__(self, line: str) -> None:
        self.fips, _, self.name, self.same_as, self.until, heirs = line.split(",")
        self.heirs = heirs.split()

    @property
    def base(self) -> str:
        """The name without what the county is called: `Los Angeles`, `Orleans`."""
        head, _, last = self.name.rpartition(" ")
        return head.removesuffix(BEFORE[last]) if head and last in BEFORE else self.name


class Special:
    """`special.csv` as far as it is needed at run time: other names, and places that fit no rule."""

    __slots__ = ("ambiguous", "anywhere", "codes", "example", "inside", "local", "states", "towns")

    def __init__(self, text: str) -> None:
        self.example = ""
        self.towns: frozenset[str] = frozenset()
        self.states: dict[str, str] = {}
        self.ambiguous: set[str] = set()
        self.inside: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.local: dict[str, dict[str, str]] = {}
        self.anywhere: dict[str, str] = {}
        for line in text.split("\n"):
            verb, _, rest = line.partition(",")
            if verb == "alias" or verb == "alias-anywhere":
                target, _, names = rest.partition(",")
                local = self.local.setdefault(target.partition("/")[0], {})
                for name in names.split(","):
                    key = fold(name)
                    local[key] = target
                    if verb == "alias-anywhere":
                        self.anywhere[key] = target
            elif verb == "state-alias":
                code, _, names = rest.partition(",")
                for name in names.split(","):
                    self.states[fold(name)] = code
            elif verb == "place-code":
                target, _, code = rest.partition(",")
                self.codes[target] = code
            elif verb == "inside":
                fips, _, target = rest.partition(",")
                self.inside[fips] = target
            elif verb == "ambiguous":
                self.ambiguous.add(rest)
            elif verb == "towns":
                self.towns = frozenset(rest.split())
            elif verb == "example":
                self.example = f"Write for instance {rest}"


class Tables:
    """The tables of one folder; each is read when it is first asked for."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._texts: dict[str, bytes] = {}
        self._states: dict[str, StateRow] | None = None
        self._special: Special | None = None
        self._cities: dict[str, str] | None = None
        self._counties = ""
        self._large: list[tuple[str, str]] | None = None

    def _text(self, name: str) -> bytes:
        """A file as it stands: bytes are searched and cut faster than text, and only the slice wanted is decoded."""
        text = self._texts.get(name)
        if text is None:
            with open(join(self._folder, name), "rb") as file:
                text = self._texts[name] = file.read()
        return text

    @property
    def states(self) -> dict[str, StateRow]:
        """Every state by its code in lower case, in alphabetical order of names."""
        if self._states is None:
            lines = self._text("states.csv").decode().split("\n")
            rows = [StateRow(*line.split(",")) for line in lines if line and line[0] != "#" and not line.startswith("code,")]
            self._states = {row.code: row for row in rows}
        return self._states

    @property
    def special(self) -> Special:
        """What `special.csv` says."""
        if self._special is None:
            self._special = Special(self._text("special.csv").decode())
        return self._special

    def counties(self, state: StateRow) -> list[CountyRow]:
        """Every county of a state, those that are no more included."""
        text, mark = self._text("counties.csv"), b"\n" + state.fips.encode()
        start = text.find(mark)
        if start < 0:
            return []
        end = text.find(b"\n", text.rfind(mark) + 1)
        return [CountyRow(line) for line in text[start + 1 : end].decode().split("\n")]

    def cities(self, code: str) -> list[str]:
        """The city lines of a state, unsplit: `name|county codes|size`, or `name|>place that it is part of|`."""
        text = self._text("cities.csv")
        start = text.find(f"\n[{code}]\n".encode())
        if start < 0:
            return []
        end = text.find(b"\n[", start + 1)
        return [line for line in text[start + 6 : end if end > 0 else None].decode().split("\n") if line]

    def holders(self, key: str) -> list[str]:
        """The states whose tables may hold the folded name `key`: all that do, and few others."""
        if self._cities is None:
            self._cities = {code: "\n" + "\n".join(self._city_keys(code)) + "\n" for code in self.states}
            self._counties = " ".join(fold_lines(self._text("counties.csv").decode().split("\n")))
        county = f" {key} " in self._counties
        local = self.special.local
        return [code for code, names in self._cities.items() if f"\n{key}\n" in names or key in local.get(code, ()) or (county and f" {code} {key} " in self._counties)]

    def large(self) -> list[tuple[str, str]]:
        """State and folded name of every county, and of every city with at least 5,000 people."""
        if self._large is None:
            lines = [line.split(",") for line in self._text("counties.csv").decode().split("\n") if line[:1].isdigit()]
            self._large = list(zip([words[1] for words in lines], fold_lines([words[2] for words in lines]), strict=True))
            for code in self.states:
                kept = [line for line in self.cities(code) if line[-3:-2] == "|" and line[-2:] >= str(LARGE)]
                self._large += [(code, key) for key in fold_lines([line.partition("|")[0] for line in kept])]
        return self._large

    def _city_keys(self, code: str) -> list[str]:
        return fold_lines([line.partition("|")[0] for line in self.cities(code)])


_tables: Tables | None = None


def tables() -> Tables:
    """Return the tables that come with the package, always the same object."""
    global _tables
    if _tables is None:
        _tables = Tables(join(dirname(__file__), "data"))
    return _tables
