"""Sections as people and databases write them, and the grounds that they name: ``237(a)(2)(A)(iii)``, ``237a2Aiii``, a Code section."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from homerule.errors import InputError, shorten
from homerule.pardons.model import Ground, Number

_ROMAN = re.compile(r"(?:x{0,3})(?:ix|iv|v?i{0,3})")
_SECTION = re.compile(r"(?<!\d)(\d{3,4})(?!\d)")
_PARTS = re.compile(r"[0-9]+|[A-Za-z]+")

_SHORTEST = 2  # levels that a number must at least have for a deeper one to be read as part of it

Parts = tuple[str, ...]
Row = tuple[Ground, Number]


class Found(NamedTuple):
    """The grounds that a section names, in the order of the file; ``exact`` where it is the number of a ground and no heading."""

    grounds: tuple[str, ...]
    exact: bool
    section: str


class Sections:
    """Looks up sections. ``sections`` says under which numbers the Act's sections stand in the Code."""

    def __init__(self, grounds: Iterable[Ground], sections: Iterable[Mapping[str, Any]]) -> None:
        self.grounds = tuple(grounds)
        self.codes = {s["ina"]: s["code"] for s in sections}
        self._ina = {other: s["ina"] for s in sections for other in (s["ina"], *s["also"])}
        self._rows = [(g, n) for g in self.grounds for n in g.numbers]
        self._known: dict[tuple[str, dt.date | None], Found] = {}

    def cite(self, code: str) -> str:
        """A section of the Act as the Code numbers it."""
        head, _, rest = code.partition("(")
        return f"{self.codes[head]}({rest}"

    def find(self, text: str, on: dt.date | None = None) -> Found:
        """The grounds that ``text`` names in a charge of the day ``on`` (any day if None). Raises InputError where it names none."""
        key = (text, on)
        found = self._known.get(key)
        if found is None:
            found = self._find(text, on)
            if len(self._known) < 10_000:
                self._known[key] = found
        return found

    def _find(self, text: str, on: dt.date | None) -> Found:
        section, readings = self._read(text)
        rows = [(g, n) for g, n in self._rows if n.parts[0] == section and (on is None or n.start <= on)]
        now = [(g, n) for g, n in rows if on is None or n.covers(on)]
        if ids := _same(now, readings):
            return Found(self._order(ids), True, section)
        # what today is a heading, or nothing, may have been a number of its own in an older law: both are named
        numbers, headings = _same(rows, readings), _above(now or rows, readings)
        if numbers or headings:
            return Found(self._order([*numbers, *headings]), not headings, section)
        for some in (now, rows):
            if ids := _within(some, readings):
                return Found(self._order(ids), True, section)
        if on is not None:
            return self._find(text, None)  # the number of another time than the one asked about
        raise InputError(f"`{shorten(text)}` names no ground of removal that is known", help="Write it like 237(a)(2)(A)(iii); `homerule pardon grounds` lists them")

    def _order(self, ids: Iterable[str]) -> tuple[str, ...]:
        wanted = set(ids)
        return tuple(g.id for g in self.grounds if g.id in wanted)

    def _read(self, text: str) -> tuple[str, list[Parts]]:
        """The section of the Act, and the ways of reading what follows it, likeliest first."""
        line = str(text)[:200]
        numbers = [m for m in _SECTION.finditer(line) if m.group(1) in self._ina]
        if not numbers:
            raise InputError(f"`{shorten(text)}` names no section of the immigration law that holds grounds of removal", help=f"Begin with {', '.join(self._ina)}")
        first = numbers[0]
        rest = line[first.end() :].partition(" of ")[0]
        if not _PARTS.search(rest):  # "(a)(2)(A)(iii) of section 237"
            rest = line[: first.start()]
            rest = rest[rest.find("(") :] if "(" in rest else ""
        return self._ina[first.group(1)], list(dict.fromkeys(_readings(rest)))


def _same(rows: list[Row], readings: list[Parts]) -> list[str]:
    """The grounds whose number it is, by the first reading that fits any."""
    return next((ids for parts in readings if (ids := [g.id for g, n in rows if n.parts[1:] == parts])), [])


def _above(rows: list[Row], readings: list[Parts]) -> list[str]:
    """The grounds that stand below it, where it is a heading."""
    return next((ids for parts in readings if (ids := [g.id for g, n in rows if n.parts[1 : len(parts) + 1] == parts and len(n.parts) > len(parts) + 1])), [])


def _within(rows: list[Row], readings: list[Parts]) -> list[str]:
    """The grounds that it is a part of."""
    for parts in readings:
        above = [(len(n.parts), g.id) for g, n in rows if parts[: len(n.parts) - 1] == n.parts[1:] and len(n.parts) > _SHORTEST]
        if above:
            longest = max(above)[0]
            return [i for size, i in above if size == longest]
    return []


def split_code(code: str) -> Parts:
    """``237(a)(2)(A)(iii)`` as ``("237", "a", "2", "A", "iii")``."""
    head, *rest = re.findall(r"[0-9A-Za-z]+", code)
    return (head, *rest)


def _readings(rest: str) -> Iterator[Parts]:
    """Ways of reading the levels below a section: letter, number, capital, small roman, capital roman."""
    if "(" in rest:
        parts = re.findall(r"\(\s*([0-9A-Za-z]+)\s*\)", rest)
        if parts:
            yield tuple(parts)
            yield tuple(_level(i, p) for i, p in enumerate(parts))
            return
    text = "".join(_PARTS.findall(rest))
    m = re.match(r"([A-Za-z])(\d*)([A-Za-z]*)(\d*)$", text)
    if not m or m.group(4):
        yield (text,)
        return
    head = [m.group(1).lower(), *([m.group(2)] if m.group(2) else [])]
    tail = m.group(3)
    if not tail:
        yield tuple(head)
        return
    head.append(tail[0].upper())
    roman = tail[1:]
    if not roman:
        yield tuple(head)
        return
    small = re.match(r"[ivx]*", roman)
    assert small
    cuts = [small.end()] if 0 < small.end() < len(roman) and roman[small.end() :].isupper() else []
    cuts += [len(roman), *range(len(roman) - 1, 0, -1)]
    for cut in cuts:
        first, last = roman[:cut].lower(), roman[cut:]
        if _ROMAN.fullmatch(first) and (not last or _ROMAN.fullmatch(last.lower())):
            yield (*head, first, *([last.upper()] if last else []))


def _level(index: int, part: str) -> str:
    """A part as its level is written, whatever case it was given in."""
    return part.lower() if index in (0, 3) else part.upper() if index in (2, 4) else part
