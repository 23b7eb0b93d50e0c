"""The checks of the pardon files: their shape, what they refer to, their dates and their examples, each complaint with file and line."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from homerule.corpus.load import Problem, Source
from homerule.errors import HomeruleError, nearest, shorten
from homerule.pardons.format_power import PowerFile
from homerule.pardons.power import TABLES, Fact, facts_of, file_state, in_force


def read_files(folder: str) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """The data of every pardon file that has the right shape, by place id, and the problems of those that do not."""
    out: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for name, *_ in file_state(folder):
        source, data, found = _read(folder, name)
        problems += found
        if source is not None and data is not None:
            out[name.partition("/")[0]] = data
    return out, problems


def check_files(folder: str) -> list[Problem]:
    """Every problem of the pardon files, in order of file and line."""
    problems: list[Problem] = []
    read: dict[str, tuple[Source, dict[str, Any]]] = {}
    for name, *_ in file_state(folder):
        source, data, found = _read(folder, name)
        problems += found
        if source is not None and data is not None:
            read[name.partition("/")[0]] = (source, data)
    shared = {s["key"] for s in read["us"][1]["source"]} if "us" in read else set()
    for place, (source, data) in read.items():
        problems += _Checker(place, source, data, shared).run()
    return sorted(set(problems))


def _read(folder: str, name: str) -> tuple[Source | None, dict[str, Any] | None, list[Problem]]:
    try:
        source = Source(Path(os.path.join(folder, name)), name)
        raw = source.data()
    except HomeruleError as error:
        file, _, line = error.where.rpartition(":") if re.search(r":\d+$", error.where) else (error.where, "", "1")
        return None, None, [Problem(file, int(line), f"{error.message}. {error.help}.")]
    except OSError as error:
        return None, None, [Problem(name, 1, f"cannot be read: {error.strerror}.")]
    try:
        return source, PowerFile.model_validate(raw).model_dump(mode="json"), []
    except ValidationError as error:
        return source, None, [_shape(source, item) for item in error.errors()[:20]]


def _shape(source: Source, item: Any) -> Problem:
    place = [p for p in item["loc"]]
    table = str(place[0]) if place else ""
    index = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    keys = [str(p) for p in place[1:] if not isinstance(p, int)]
    given = "" if item["type"] in ("missing", "extra_forbidden") else f" (given: {shorten(str(item['input']))})"
    return Problem(source.name, source.line(table, index, keys[0] if keys else ""), f"{'.'.join(keys) or table}: {item['msg'].removeprefix('Value error, ')}{given}.")


class _Checker:
    def __init__(self, place: str, source: Source, data: dict[str, Any], shared: set[str]) -> None:
        self.place, self.source, self.data = place, source, data
        self.facts = facts_of(data)
        self.keys = shared | {s["key"] for s in data["source"]}
        self.authorities = {a["id"]: a for a in data["authority"]}

    def problem(self, message: str, table: str = "", index: int = 0, key: str = "") -> Problem:
        return Problem(self.source.name, self.source.line(table, index, key), message)

    def run(self) -> Iterator[Problem]:
        yield from self.references()
        yield from self.dates()
        yield from self.examples()

    def references(self) -> Iterator[Problem]:
        if self.data["power"]["place"] != self.place:
            yield self.problem(f"the place is {self.data['power']['place']} but the file stands in the folder {self.place}.", "power", 0, "place")
        for i, a in enumerate(self.data["authority"]):
            if not a["id"].startswith(f"{self.place}-"):
                yield self.problem(f"the id {a['id']} must begin with {self.place}-.", "authority", i, "id")
            yield from self.known(a["source"], "authority", i)
        for table in ("authority", "class_pardon", "track", "lesser"):
            seen: set[str] = set()
            for i, row in enumerate(self.data[table]):
                if row["id"] in seen:
                    yield self.problem(f"the id {row['id']} is used twice.", table, i, "id")
                seen.add(row["id"])
        for table in TABLES:
            for i, row in enumerate(self.data[table]):
                yield from self.known(row["source"], table, i)
                for a in row["authority"]:
                    if a not in self.authorities:
                        yield self.problem(f"there is no authority {a} in this file. {nearest(a, list(self.authorities))}.", table, i, "authority")
        for i, row in enumerate(self.data["structure"]):
            if loose := [a for a in row["cites"] if a not in row["authority"]]:
                yield self.problem(f"cites names {', '.join(loose)}, which the entry's authority does not list.", "structure", i, "cites")
        for i, c in enumerate(self.data["conflict"]):
            for reading in c["reading"]:
                yield from self.known(reading["source"], "conflict", i)

    def known(self, keys: list[str], table: str, index: int) -> Iterator[Problem]:
        for key in keys:
            if key not in self.keys:
                yield self.problem(f"there is no source with the key {key}. {nearest(key, sorted(self.keys))}.", table, index, "source")

    def dates(self) -> Iterator[Problem]:
        days = {d for f in self.facts for d in (f.begins, f.ends) if d} | {dt.date.fromisoformat(self.data["power"]["checked"]), dt.date(1990, 1, 1)}
        for day in sorted(days | {d - dt.timedelta(days=1) for d in days}):
            holding = [f for f in self.facts if f.table == "structure" and f.holds(day)]
            if len(holding) != 1:
                yield self.problem(f"{'no structure holds' if not holding else f'{len(holding)} structures hold'} on {day}; exactly one must.", "structure")
                break
            for table in ("instrument", "wait", "duty"):
                kinds = [f.kind for f in self.facts if f.table == table and f.holds(day)]
                if double := {k for k in kinds if kinds.count(k) > 1}:
                    yield self.problem(f"on {day} two entries of {table} speak of {', '.join(sorted(double))}.", table)
        for i, row in enumerate(self.data["wait"]):
            if row["years_to"] is not None and (row["years"] is None or row["years_to"] <= row["years"]):
                yield self.problem("years_to must be more than years.", "wait", i, "years_to")
        if not any(r["kind"] == "conditional" for r in self.data["instrument"]):
            yield self.problem("no instrument entry says whether a pardon can be conditional (possible = \"unknown\" where nothing was found).", "instrument")
        checked = self.data["power"]["checked"]
        for table in TABLES:
            for i, row in enumerate(self.data[table]):
                if row["as_of"] > checked:
                    yield self.problem(f"as_of is {row['as_of']}, later than the check on {checked}.", table, i, "as_of")

    def examples(self) -> Iterator[Problem]:
        exercised: set[str] = set()
        for i, e in enumerate(self.data["example"]):
            day = dt.date.fromisoformat(e["on"])
            carried: set[str] = set()
            for key, wanted in e["expect"].items():
                got, by = answer(self.data, self.facts, key, day)
                carried |= by
                if got is _UNKNOWN:
                    yield self.problem(f"`{key}` is nothing that an example can ask.", "example", i, "expect")
                elif not (wanted.lower() in str(got).lower() if key == "apply" and isinstance(wanted, str) else got == wanted and isinstance(got, bool) == isinstance(wanted, bool)):
                    yield self.problem(f"{key} on {day}: expected {_said(wanted)}, got {_said(got)}.", "example", i, "expect")
            for a in e["because"]:
                if a not in self.authorities:
                    yield self.problem(f"there is no authority {a} in this file.", "example", i, "because")
                elif a not in carried:
                    yield self.problem(f"{a} carries none of the answers of this example.", "example", i, "because")
            exercised |= set(e["because"])
        for i, a in enumerate(self.data["authority"]):
            if a["id"] not in exercised:
                yield self.problem(f"no example rests on the authority {a['id']}.", "authority", i, "id")


_UNKNOWN = object()


def answer(data: Mapping[str, Any], facts: tuple[Fact, ...], key: str, day: dt.date) -> tuple[Any, set[str]]:
    """What a file answers to an example's question on a day, and the authorities that carry the answer."""
    now = in_force(facts, day)
    word, _, rest = key.partition(".")
    structure = next((f for f in now if f.table == "structure"), None)
    if word == "structure" or (structure and word in ("holder", "executive", "supreme", "by_governor", "policy_reversal")):
        value = None if structure is None else structure.more["kind" if word == "structure" else word]
        return "depends" if value is None else value, set(structure.authority) if structure else set()
    if word == "territory":
        return data["power"]["territory"], set(structure.authority) if structure else set()
    if word == "conflict":
        return any(c["about"] == rest for c in data["conflict"]), set()
    table = {"class": "class_pardon", "removal": "class_pardon", "conditions": "instrument", "waivable": "wait", "wait_to": "wait"}.get(word, word)
    if table not in TABLES:
        return _UNKNOWN, set()
    wanted = "conditional" if word == "conditions" else rest
    rows = [f for f in facts if f.table == table and (not wanted or wanted in (f.more.get("id"), f.kind))]
    held = [f for f in rows if f in now]
    carried = {a for f in (held or rows) for a in f.authority}
    first = held[0].more if held else None
    if word in ("track", "local", "special"):
        return bool(held), carried
    if word == "duty":
        return bool(first and first["required"]), carried
    if first is None:
        return "not in force" if rows else "not found", carried
    if word in ("wait", "wait_to"):
        years = first["years" if word == "wait" else "years_to"]
        return "none" if years is None else years, carried
    if word == "apply":
        return "; ".join(f.more["to"] for f in held), carried
    own = {"class": "ruling", "removal": "removal", "waivable": "waivable", "conditions": "possible", "instrument": "possible", "lesser": "federal"}.get(word, "kind")
    value = first[own]
    return "depends" if value is None else value, carried


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else shorten(str(value))
