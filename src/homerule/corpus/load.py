"""TOML to typed objects, with file and line in every complaint."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from homerule.conditions.parse import parse
from homerule.conditions.tree import TRUE, Node, conj, negate
from homerule.corpus import format as shape
from homerule.corpus.model import Authority, Deadline, Example, Layer, Norm, Period, Selector
from homerule.errors import HomeruleError, InputError, shorten
from homerule.vocabulary import Fact, Vocabulary, fact_from_data

MAX_BYTES = 1_000_000
SPECIAL = frozenset({"vocabulary.toml", "corpus.toml", "place.toml", "facts.toml", "pardons.toml", "removal-grounds.toml", "pardon-effect.toml"})  # read by themselves, the last three by the room of pardons


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a law file."""

    file: str
    line: int
    message: str
    kind: str = "error"  # error: the file cannot be used; lint: it can, but a check fails

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Loaded:
    """Everything read from one law folder."""

    layers: list[Layer] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    authorities: list[Authority] = field(default_factory=list)
    norms: list[Norm] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Source:
    """The text of one file, able to say on which line a table or key stands."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"the file has {size:,} bytes; a law file has at most {MAX_BYTES:,}", where=name, help="Put one authority in a file")
        try:
            self.text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise InputError("the file is not UTF-8 text", where=name, help="Save it as UTF-8") from None

    def data(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise InputError(f"not readable as TOML: {error}", where=f"{self.name}:{line.group(1) if line else 1}", help="Mend the TOML") from None
        except RecursionError:
            raise InputError("nested too deeply to be a law file", where=self.name, help="Mend the TOML") from None

    def line(self, table: str = "", index: int = 0, key: str = "") -> int:
        """The line of the ``index``-th ``[[table]]``, or of ``key`` in it."""
        starts = [m.start() for m in re.finditer(rf"^[ \t]*\[+[ \t]*{re.escape(table)}[ \t]*\]+", self.text, re.M)] if table else [0]
        if index >= len(starts):
            return 1
        start = starts[index]
        if key:
            end = starts[index + 1] if index + 1 < len(starts) else len(self.text)
            found = re.compile(rf"^[ \t]*{re.escape(key)}[ \t]*=", re.M).search(self.text, start, end)
            start = found.start() if found else start
        return self.text.count("\n", 0, start) + 1


def law_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Every TOML file below ``root`` with its name relative to it, in a fixed order. Hidden files are passed over."""
    for path in sorted(root.rglob("*.toml")):
        name = path.relative_to(root)
        if not any(p.startswith((".", "_")) for p in name.parts):
            yield path, name.as_posix()


def load(folder: Path, vocabulary: Vocabulary, *, label: str, own: bool = True) -> Loaded:
    """Read the law files below ``folder``; ``label`` stands before their names in messages.

    Never raises for a bad file: each problem is recorded and its file left out. ``own`` = False for a folder from outside, where
    places need not stand in folders of their name.
    """
    out = Loaded()
    files = [(p, f"{label}/{name}") for p, name in law_files(folder)]
    for wanted in ("facts.toml", "place.toml", ""):
        for path, name in files:
            if path.name == wanted or (not wanted and path.name not in SPECIAL):
                _read_one(path, name, out, vocabulary.with_facts(out.facts) if out.facts else vocabulary, own)
    return out


def read_file(path: Path, name: str, vocabulary: Vocabulary) -> Loaded:
    """Read one law file by itself, such as a draft."""
    out = Loaded()
    _read_one(path, name, out, vocabulary, own=False)
    return out


def _read_one(path: Path, name: str, out: Loaded, vocabulary: Vocabulary, own: bool) -> None:
    try:
        source = Source(path, name)
        data = source.data()
    except HomeruleError as error:
        file, _, line = error.where.rpartition(":") if re.search(r":\d+$", error.where) else (error.where, "", "1")
        out.problems.append(Problem(file, int(line), f"{error.message}. {error.help}."))
        return
    except OSError as error:
        out.problems.append(Problem(name, 1, f"cannot be read: {error.strerror}."))
        return
    reader = _Reader(source, out, vocabulary)
    if path.name == "facts.toml":
        reader.facts(data, path.parent.name)
    elif path.name == "place.toml":
        reader.place(data, own)
    else:
        reader.law(data)


class _Reader:
    def __init__(self, source: Source, out: Loaded, vocabulary: Vocabulary) -> None:
        self.source, self.out, self.vocabulary = source, out, vocabulary

    def problem(self, message: str, table: str = "", index: int = 0, key: str = "") -> None:
        self.out.problems.append(Problem(self.source.name, self.source.line(table, index, key), message))

    def validate(self, model: type[BaseModel], data: dict[str, Any]) -> Any:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for item in error.errors()[:10]:
                place = [p for p in item["loc"] if p not in ("str", "SelectorModel")]
                table = str(place[0]) if place else ""
                index = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
                key = str(place[2]) if len(place) > 2 else ""
                path = ".".join(str(p) for p in place[2:]) or table
                given = "" if item["type"] in ("missing", "extra_forbidden") else f" (given: {shorten(str(item['input']))})"
                self.problem(f"{path}: {item['msg'].removeprefix('Value error, ')}{given}.", table, index, key)
            return None

    def facts(self, data: dict[str, Any], place: str) -> None:
        read = self.validate(shape.FactsFile, data)
        for name, fact in (read.facts if read else {}).items():
            if name in self.vocabulary.facts:
                self.problem(f"the fact {name} is already declared.", f"facts.{name}")
                continue
            try:
                self.out.facts[name] = fact_from_data(name, fact.model_dump(exclude_unset=True), place)
            except InputError as error:
                self.problem(str(error), f"facts.{name}")

    def place(self, data: dict[str, Any], own: bool) -> None:
        read = self.validate(shape.PlaceFile, data)
        if read:
            p = read.place
            folder = self.source.name.rpartition("/")[0]
            if own and folder != p.id:
                self.problem(f"the place is called {p.id} but stands in the folder {folder}.", "place", 0, "id")
            self.out.layers.append(Layer(p.id, p.name, p.kind, p.coverage, p.checked, tuple(p.open_points), p.fips, tuple(p.counties), tuple(p.aliases)))

    def law(self, data: dict[str, Any]) -> None:
        read = self.validate(shape.LawFile, data)
        if not read:
            return
        a = read.authority[0]
        authority = Authority(
            id=a.id, citation=a.citation, title=a.title, kind=a.kind, level=a.level, place=a.place, in_force=_periods(a.in_force), status=a.status,
            certainty=a.certainty, source=a.source, checked=a.checked, weight=a.weight, note=a.note, lean=a.lean, file=self.source.name, line=self.source.line("authority"),
        )  # fmt: skip
        if a.status != "not_enacted" and not a.in_force and read.norm:
            self.problem(f"the authority {a.id} has norms but no in_force period.", "authority")
        self.out.authorities.append(authority)
        for i, n in enumerate(read.norm):
            self.norm(authority, a, n, "norm", i)
        for i, u in enumerate(read.untranslated):
            self.norm(authority, a, u, "untranslated", i)
        for i, e in enumerate(read.example):
            self.example(e, i)

    def norm(self, authority: Authority, a: Any, n: Any, table: str, index: int) -> None:
        if n.authority != authority.id:
            self.problem(f"the norm {n.id} names the authority {n.authority}, but this file holds {authority.id}.", table, index, "authority")
            return
        try:
            actors = self.vocabulary.bound(n.binds)
        except InputError as error:
            return self.problem(str(error), table, index, "binds")
        acts: list[str] = []
        for act in n.acts:
            if act == "all":
                acts.extend(self.vocabulary.acts)
            elif act in self.vocabulary.acts:
                acts.append(act)
            else:
                try:
                    self.vocabulary.act(act)
                except InputError as error:
                    return self.problem(str(error), table, index, "acts")
        when = self.condition(n.when, table, index, "when")
        unless = self.condition(getattr(n, "unless", ""), table, index, "unless")
        if when is None or unless is None:
            return
        extra: dict[str, Any] = {}
        if table == "norm":
            extra = dict(
                voids=tuple(_selector(v) for v in n.voids), prevails_over=frozenset(n.prevails_over), preempts=frozenset(n.preempts),
                upholds=frozenset(n.upholds), basis=n.basis, side=n.side, contested=n.contested, approval=n.approval, penalty=n.penalty,
                deadline=_deadline(n.deadline),
            )  # fmt: skip
        else:
            extra = dict(reason=n.reason)
        self.out.norms.append(
            Norm(
                id=n.id, authority=authority, pinpoint=n.pinpoint, actors=actors, acts=tuple(dict.fromkeys(acts)),
                effect=n.effect if table == "norm" else "untranslated",
                condition=conj(when, negate(unless)) if getattr(n, "unless", "") else when, when=n.when, unless=getattr(n, "unless", ""), says=n.says,
                level=authority.level, place=authority.place, periods=_periods(n.in_force) or authority.in_force,
                circuits=tuple(n.circuits or a.circuits), places=tuple(n.places or a.places), except_places=tuple([*a.except_places, *n.except_places]),
                persuasive_elsewhere=a.persuasive_elsewhere, line=self.source.line(table, index), **extra,
            )
        )

    def condition(self, text: str, table: str, index: int, key: str) -> Node | None:
        if not text.strip():
            return TRUE
        try:
            return parse(text, self.vocabulary)
        except InputError as error:
            self.problem(str(error), table, index, key)
            return None

    def example(self, e: Any, index: int) -> None:
        self.out.examples.append(
            Example(
                e.place, e.actor, e.request, e.on, e.facts, e.expect, tuple(e.because), tuple(e.fell), tuple(e.duties), tuple(e.clash),
                tuple(e.absent), e.basis, e.note, self.source.name, self.source.line("example", index),
            )
        )


def _periods(models: list[Any]) -> tuple[Period, ...]:
    return tuple(sorted((Period(p.from_, p.to, p.from_latest) for p in models), key=lambda p: p.start))


def _selector(v: Any) -> Selector:
    if isinstance(v, str):
        return Selector(id=v)

    def many(x: Any) -> tuple[str, ...]:
        return (x,) if isinstance(x, str) else tuple(x)

    return Selector("", many(v.effect), many(v.level), many(v.acts), many(v.kind), many(v.basis), v.place)


def _deadline(d: Any) -> Deadline | None:
    return None if d is None else Deadline(d.hours, d.days, d.counts, d.from_, d.by, d.cap, d.words)
