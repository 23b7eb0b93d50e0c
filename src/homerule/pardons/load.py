"""Reads the two federal pardon files. Kept compiled beside the corpus, so that a command neither parses TOML nor imports pydantic."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.conditions.parse import parse
from homerule.conditions.tree import FALSE, TRUE, Node, Not, Test, conj
from homerule.corpus.compiled import content_hash, pack, read_or_make
from homerule.corpus.corpus import law_folder
from homerule.errors import CorpusError, InputError
from homerule.pardons.model import Cap, Clause, Clock, Ground, Ideal, Number, Offence, Question, Rule, Source
from homerule.pardons.sections import Sections, split_code
from homerule.vocabulary import Fact, Vocabulary, fact_from_data

FOLDER = "us"
GROUNDS, EFFECT = "removal-grounds.toml", "pardon-effect.toml"
FILES = (GROUNDS, EFFECT)


class Law(NamedTuple):
    """Both files, read. ``rules``: each list of rules by the name of what it decides. ``about``: whose fact each fact is."""

    facts: Mapping[str, Fact]
    about: Mapping[str, str]
    changeable: tuple[str, ...]
    sources: Mapping[str, Source]
    tests: Mapping[str, str]
    rules: Mapping[str, tuple[Rule, ...]]
    questions: tuple[Question, ...]
    grounds: Mapping[str, Ground]
    offences: Mapping[str, Offence]
    sections: Sections
    clauses: tuple[Clause, ...]
    sides: Mapping[str, Node]
    kinds: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, str]
    clocks: tuple[Clock, ...]
    caps: Mapping[str, Cap]
    ideals: tuple[Ideal, ...]
    untouched: str
    first_day: dt.date
    checked: dt.date
    hash: str
    data: Mapping[str, Any]  # both files as they stand, for the examples

    @property
    def vocabulary(self) -> Vocabulary:
        """The facts, as the condition language and its words take them."""
        return vocabulary(self.facts)

    def rule(self, name: str) -> Rule:
        """The rule called ``name``."""
        return next(r for rules in self.rules.values() for r in rules if r.id == name)

    def clause(self, day: dt.date) -> Clause:
        """The pardon clause as it was numbered on ``day``."""
        return next(c for c in self.clauses if c.start <= day and (c.end is None or day < c.end))


def vocabulary(facts: Mapping[str, Fact]) -> Vocabulary:
    """A vocabulary of nothing but these facts."""
    return Vocabulary({}, {}, {}, {}, facts)


@lru_cache(maxsize=4)
def pardon_law(folder: str = "") -> Law:
    """The law of pardons of ``folder`` (the law that comes with the package if empty). Raises CorpusError where a file cannot be used."""
    home = os.path.join(os.path.realpath(folder or law_folder()), FOLDER)
    state = []
    for name in FILES:
        try:
            s = os.stat(os.path.join(home, name))
        except OSError:
            raise CorpusError(f"the law folder has no {FOLDER}/{name}", help="Install the package again") from None
        state.append([name, s.st_size, s.st_mtime_ns])

    def make() -> dict[str, Any]:
        out = {name: read_toml(os.path.join(home, name), f"{FOLDER}/{name}") for name in FILES}
        return {"files": pack({n: validated(d, n) for n, d in out.items()}), "hash": content_hash(home, state)}

    made = read_or_make("pardons", home, state, make)
    return build(made["files"], made["hash"])


def read_toml(path: str, name: str) -> dict[str, Any]:
    """One file as data. Raises CorpusError naming the line."""
    from pathlib import Path

    from homerule.corpus.load import Source as Text
    from homerule.errors import HomeruleError

    try:
        return Text(Path(path), name).data()
    except HomeruleError as error:
        raise CorpusError(error.message, where=error.where, help=error.help) from None
    except OSError as error:
        raise CorpusError(f"cannot be read: {error.strerror}", where=name) from None


def validated(data: dict[str, Any], name: str) -> dict[str, Any]:
    """``data`` with its shape checked. Raises CorpusError listing what is wrong."""
    from pydantic import ValidationError

    from homerule.pardons.format import EffectFile, GroundsFile

    model = GroundsFile if name == GROUNDS else EffectFile
    try:
        return model.model_validate(data).model_dump(by_alias=True)
    except ValidationError as error:
        found = tuple(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:10])
        raise CorpusError("; ".join(found), where=f"{FOLDER}/{name}", help="Mend the file", problems=found) from None


# ------------------------------------------------------------------ building


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _sure(text: Any) -> dt.date:
    return dt.date.fromisoformat(text)


class _Builder:
    def __init__(self, files: Mapping[str, Any]) -> None:
        self.grounds, self.effect = files[GROUNDS], files[EFFECT]
        raw = {**self.effect["facts"], **self.grounds["facts"]}
        self.about = {name: f["about"] for name, f in raw.items()}
        self.changeable = tuple(name for name, f in raw.items() if f["change"])
        self.facts: dict[str, Fact] = {}
        for name, f in raw.items():
            data = {k: v for k, v in f.items() if k not in ("about", "change")}
            if name == "offence":
                data["values"] = [c["id"] for c in self.grounds["class"]]
                data["labels"] = {c["id"]: c["title"] for c in self.grounds["class"]}
            self.facts[name] = fact_from_data(name, data)
        self.words = vocabulary(self.facts)

    def condition(self, text: str, where: str) -> Node:
        if not text.strip():
            return TRUE
        try:
            return parse(text, self.words)
        except InputError as error:
            raise CorpusError(error.message, where=where, help=error.help) from None

    def rule(self, r: Mapping[str, Any], index: int) -> Rule:
        when = [self.condition(r["when"], f"{FOLDER}/{EFFECT}: {r['id']}")]
        if r["from"]:
            when.insert(0, Not(Test("on", "lt", _sure(r["from"]))))
        if r["to"]:
            when.insert(0, Test("on", "lt", _sure(r["to"])))
        return Rule(r["id"], r["of"], r["result"], r["lean"], conj(*when), r["says"], tuple(r["readings"]), tuple(r["authority"]), r["certainty"], index)

    def ground(self, g: Mapping[str, Any], index: int) -> Ground:
        where = f"{FOLDER}/{GROUNDS}: {g['id']}"
        numbers = tuple(Number(n["code"], split_code(n["code"]), _sure(n["from"]), _day(n["to"])) for n in g["numbers"])
        return Ground(
            g["id"], g["title"], g["side"], g["family"], g["needs"], self.condition(g["arises"], where) if g["arises"] else None,
            self.condition(g["fails_when"], where) if g["fails_when"] else FALSE, g["count"], tuple(g["convicted_by"]), numbers, tuple(g["authority"]), g["certainty"], g["note"], index,
        )  # fmt: skip

    def offence(self, c: Mapping[str, Any], index: int) -> Offence:
        elements = [n for n, a in self.about.items() if a == "element"]
        sets: dict[str, Node | None] = {}
        for name in elements:
            value = c["sets"].get(name, False)
            if isinstance(value, bool):
                sets[name] = TRUE if value else FALSE
            elif value == "unknown":
                sets[name] = None
            else:
                text = self.grounds["shared"][value[1:]] if value.startswith("@") else value
                sets[name] = self.condition(text, f"{FOLDER}/{GROUNDS}: {c['id']}")
        for name in set(c["sets"]) - set(elements):
            raise CorpusError(f"the class {c['id']} sets `{name}`, which is no element", where=f"{FOLDER}/{GROUNDS}")
        return Offence(c["id"], c["title"], tuple(c["convicted_by"]), sets, index)


def build(files: Mapping[str, Any], digest: str = "") -> Law:
    """The law of both files, as `validated` gives them (days as text). Raises CorpusError on a condition that cannot be read."""
    b = _Builder(files)
    e, g = b.effect, b.grounds
    rules: dict[str, list[Rule]] = {}
    for i, r in enumerate(e["rule"]):
        rules.setdefault(r["of"], []).append(b.rule(r, i))
    grounds = {x["id"]: b.ground(x, i) for i, x in enumerate(g["ground"])}
    return Law(
        facts=b.facts, about=b.about, changeable=b.changeable,
        sources={a["id"]: Source(**a) for a in (*g["authority"], *e["authority"])},
        tests={t["id"]: t["name"] for t in e["test"]}, rules={k: tuple(v) for k, v in rules.items()},
        questions=tuple(Question(q["id"], q["stage"], q["name"], b.condition(q["relevant"], f"{FOLDER}/{EFFECT}: {q['id']}")) for q in e["question"]),
        grounds=grounds, offences={c["id"]: b.offence(c, i) for i, c in enumerate(g["class"])},
        sections=Sections(grounds.values(), g["section"]),
        clauses=tuple(Clause(_sure(c["from"]), _day(c["to"]), c["cite"], c["ina"], c["certainty"]) for c in e["clause"]),
        sides={side: b.condition(text, f"{FOLDER}/{GROUNDS}: sides") for side, text in g["sides"].items()},
        kinds=e["kinds"], steps={s["posture"]: s["says"] for s in e["step"]},
        clocks=tuple(Clock(c["id"], c["from"], c["days"], c["says"], tuple(c["authority"]), c["certainty"]) for c in e["clock"]),
        caps={c["state"]: Cap(c["state"], _sure(c["from"]), _day(c["doubtful_from"]), c["certainty"]) for c in e["cap"]},
        ideals=tuple(Ideal(i["words"], b.condition(i["when"], f"{FOLDER}/{EFFECT}: ideal"), _values(i["suppose"], b.facts), _values(i["facts"], b.facts)) for i in e["ideal"]),
        untouched=e["untouched"]["says"], first_day=_sure(e["first_day"]), checked=_sure(e["checked"]), hash=digest, data=files,
    )  # fmt: skip


def _values(given: Mapping[str, Any], facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: facts[name].parse(value) for name, value in given.items()}


def names_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The ids of some rules, each once."""
    return tuple(dict.fromkeys(r.id for r in rules))
