"""Sources as data: how a published table's columns map to place, actor, day, request, outcome and facts.

One TOML file in `sources/` describes a release; `shared.toml` holds what releases have in common. A table is recognised by its columns.
What no column says stays unknown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from homerule.errors import InputError
from homerule.replay.known import Known, Partly, partly
from homerule.replay.values import blank, normal, plain_text, redacted
from homerule.vocabulary import Fact, Vocabulary

FOLDER = Path(__file__).parent / "sources"
ROLES = ("date", "place", "facility", "facility_code", "city", "county", "state", "area", "actor", "request", "outcome", "disposition")
#: Roles that place a row.
WHERE = ("place", "facility", "city", "county", "state", "area", "actor", "facility_code")


class Says(NamedTuple):
    """What columns say of one fact. ``values`` and ``patterns`` turn a value into knowledge; ``always`` holds of every row."""

    fact: str
    columns: tuple[str, ...]
    values: Mapping[str, Mapping[str, Any] | Any]
    patterns: tuple[tuple[re.Pattern[str], Any], ...]
    otherwise: Any
    always: Any
    why: str
    group: str
    requests: tuple[str, ...] = ()

    def every(self, request: str, fact: Fact) -> Known:
        """What every row that asks ``request`` says; None where that is nothing."""
        return _knowledge(self.always, fact) if self.always is not None and (not self.requests or request in self.requests) else None

    def of(self, value: Any, fact: Fact) -> Known:
        """What one cell says; None where it says nothing."""
        if blank(value) or redacted(value):
            return None
        text = plain_text(str(value))
        if text in self.values:
            return _knowledge(self.values[text], fact)
        for pattern, says in self.patterns:
            if pattern.search(text):
                return _knowledge(says, fact)
        return _knowledge(self.otherwise, fact) if self.otherwise is not None else None


def _knowledge(said: Any, fact: Fact) -> Known:
    return partly(fact, **said) if isinstance(said, Mapping) else fact.parse(said)


class Source(NamedTuple):
    """One published table, as its file describes it."""

    id: str
    title: str
    kind: str
    about: str
    request: str
    needs: tuple[str, ...]
    marks: tuple[str, ...]
    any_marks: tuple[str, ...]
    facts: tuple[Says, ...]
    columns: Mapping[str, tuple[str, ...]]
    outcomes: Mapping[str, str]
    requests: tuple[tuple[re.Pattern[str], str, str], ...]
    pseudonyms: tuple[str, ...] = ()
    keep: Mapping[str, Any] | None = None
    refused: str = ""
    not_marks: tuple[str, ...] = ()
    own: bool = False  # a body's own table: columns called as facts are facts

    def request_of(self, value: Any, known: Iterable[str]) -> str:
        """The request kind of a row; empty where its text is none of those known."""
        if blank(value) or redacted(value):
            return self.request
        text = plain_text(str(value))
        if self.own and text.replace(" ", "_") in known:
            return text.replace(" ", "_")
        return next((kind for pattern, kind, _ in self.requests if pattern.search(text)), "")

    def outcome_of(self, value: Any) -> str:
        """booked, declined, lifted or other; ``none`` where nothing is recorded, which is not a refusal."""
        return "none" if blank(value) or redacted(value) else self.outcomes.get(plain_text(str(value)), "other")


class Mapped(NamedTuple):
    """A recognised table: the source, the column of each role, and the columns that say something of facts."""

    source: Source
    roles: Mapping[str, str]
    facts: tuple[tuple[Says, str], ...]  # (what it says, the column as the file calls it)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that is read."""
        return tuple(dict.fromkeys([*self.roles.values(), *(c for _, c in self.facts if c)]))


@cache
def sources() -> tuple[Source, ...]:
    """Every source, those with the most telling columns first."""
    shared = tomllib.loads((FOLDER / "shared.toml").read_text("utf-8"))
    says = tuple(_says(f) for f in shared["fact"])
    requests = tuple((re.compile(r["text"]), r["kind"], r["words"]) for r in shared["request"])
    out = []
    for path in sorted(FOLDER.glob("*.toml")):
        if path.name == "shared.toml":
            continue
        d = tomllib.loads(path.read_text("utf-8"))
        columns = {k: tuple(v) for k, v in {**shared["roles"], **d.get("columns", {})}.items()}
        out.append(
            Source(
                d["id"], d["title"], d["kind"], d["about"], d["request"], tuple(d["needs"]), tuple(d["marks"]), tuple(d.get("any_marks", ())),
                tuple(s for s in says if s.group in d["facts"]), columns, {**shared["outcomes"], **d.get("outcomes", {})}, requests,
                tuple(d.get("pseudonyms", ())), d.get("keep"), d.get("refused", ""), tuple(d.get("not_marks", ())), d.get("own", False),
            )
        )  # fmt: skip
    return tuple(sorted(out, key=lambda s: (s.own, -len(s.marks), s.id)))


@cache
def outcome_words() -> Mapping[str, str]:
    """What each recorded outcome means, in words."""
    return dict(tomllib.loads((FOLDER / "shared.toml").read_text("utf-8"))["outcome_words"])


def _says(d: Mapping[str, Any]) -> Says:
    patterns = tuple((re.compile(p), v) for p, v in d.get("patterns", {}).items())
    return Says(d["fact"], tuple(d.get("columns", ())), d.get("values", {}), patterns, d.get("otherwise"), d.get("always"), d["why"], d.get("group", ""), tuple(d.get("requests", ())))


@cache
def known_names() -> frozenset[str]:
    """Every column name that some source knows: by these a header row is found."""
    out: set[str] = set()
    for s in sources():
        out.update(s.marks, s.any_marks, s.pseudonyms, *(n for n in s.columns.values()), *(says.columns for says in s.facts))
    return frozenset(out)


class Attempt(NamedTuple):
    """How near a table comes to a source: what is missing, and how many of the telling columns are there."""

    source: Source
    missing: tuple[str, ...]
    score: float


def attempts(columns: Sequence[str], vocabulary: Vocabulary) -> list[Attempt]:
    """Every source with what the table lacks of it, the best first."""
    there = {normal(c) for c in columns}
    out = []
    for s in sources():
        missing: list[str] = []
        told: set[str] = set()
        for need in s.needs:
            names = s.columns.get(need, ())
            if need == "where":
                if not _places(s, there):
                    missing.append("place, or state with county, city or facility")
            elif not there.intersection(names):
                missing.append(" or ".join(names[:3]) or need)
                told.update(names)
        missing += [m for m in s.marks if m not in there and m not in told]
        if s.any_marks and not there.intersection(s.any_marks):
            missing.append("any of " + ", ".join(s.any_marks[:4]))
        missing += [f"(and too many: {n})" for n in s.not_marks if n in there]
        roles = sum(bool(there.intersection(s.columns.get(r, ()))) for r in ROLES)
        out.append(Attempt(s, tuple(missing), roles + sum(m in there for m in (*s.marks, *s.any_marks)) - 2 * len(missing)))
    return sorted(out, key=lambda a: (bool(a.missing), a.source.own and not a.missing, 0 if a.missing else -len(a.source.marks), -a.score))


def _places(source: Source, there: set[str]) -> bool:
    """Whether a body's own table says where: its place, or its state with something in it."""
    has = {r: bool(there.intersection(source.columns.get(r, ()))) for r in WHERE}
    return has["place"] or (has["state"] and (has["county"] or has["city"] or has["facility"]))


def recognise(columns: Sequence[str], vocabulary: Vocabulary, where: str = "") -> Mapped:
    """The source of a table with these columns, and its mapping.

    Raises InputError naming the nearest source and what is missing for it.
    """
    tried = attempts(columns, vocabulary)
    best = tried[0]
    if best.missing:
        lacks = "; ".join(m if m.startswith("(") else f"`{m}`" for m in best.missing[:6])
        shown = ", ".join(f"`{c}`" for c in list(columns)[:12]) + (" …" if len(columns) > 12 else "")
        raise InputError(
            f"no source describes a table with the columns {shown}. The nearest is {best.source.id} ({best.source.title}), for which there is no column {lacks}",
            where=where, help="Rename the columns, or write a table with the columns date, place (or state with county, city or facility) and, if wanted, actor, request and outcome",
        )  # fmt: skip
    return mapping(best.source, columns, vocabulary)


def mapping(source: Source, columns: Sequence[str], vocabulary: Vocabulary) -> Mapped:
    """The columns of a table in their roles. Of two columns with one name the first is taken."""
    by_name: dict[str, str] = {}
    for c in columns:
        by_name.setdefault(normal(c), c)
    roles = {role: by_name[n] for role in ROLES for n in source.columns.get(role, ())[::-1] if n in by_name}
    facts: list[tuple[Says, str]] = []
    for says in source.facts:
        if says.fact not in vocabulary.facts:
            continue  # a law folder of one's own may know fewer facts
        if says.always is not None:
            facts.append((says, ""))
        facts += [(says, by_name[n]) for n in says.columns if n in by_name and by_name[n] not in roles.values()]
    if source.own:
        for name, column in by_name.items():
            if name in vocabulary.facts and column not in roles.values():
                facts = [f for f in facts if f[0].fact != name]
                facts.append((Says(name, (name,), {}, (), None, None, "given", "own"), column))
    return Mapped(source, roles, tuple(facts))


def said_of(says: Says, value: Any, fact: Fact) -> tuple[Known, bool]:
    """What a cell says of a fact, and whether it could be read (a body's own table may hold what is no value of the fact)."""
    if says.group != "own":
        return says.of(value, fact), True
    if blank(value) or redacted(value):
        return None, True
    try:
        text = value if not isinstance(value, str) else value.strip()
        if fact.type in ("enum", "set") and isinstance(text, str):
            text = text.replace(";", ",").lower().replace(" ", "_" if "," not in text else "") if text not in fact.values else text
        if fact.type == "int" and isinstance(text, (str, float)) and float(text) == int(float(text)):
            text = int(float(text))
        return fact.parse(text), True
    except (InputError, ValueError, OverflowError):
        return None, False


def meet(a: Known, b: Known, fact: Fact) -> Known:
    """What two columns say together; where they contradict each other, nothing is known."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, Partly) and isinstance(b, Partly):
        if fact.type == "set":
            if (a.has | b.has) & (a.lacks | b.lacks):
                return None
            return Partly(has=fact.close(a.has | b.has), lacks=a.lacks | b.lacks)
        both = tuple(v for v in a.one_of if v in b.one_of)
        return Partly(one_of=both) if both else None
    if isinstance(a, Partly) or isinstance(b, Partly):
        whole, part = (b, a) if isinstance(a, Partly) else (a, b)
        from homerule.replay.known import agrees

        return whole if agrees(part, whole) else None  # type: ignore[arg-type]
    return a if a == b else None
