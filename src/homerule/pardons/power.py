"""Who holds the pardon power in a place, on a day, and how it is used: read from ``law/<place>/pardons.toml``.

    >>> from homerule.pardons.power import power
    >>> power("Connecticut", "2026-11-01").structure
    'independent_board'

The files are checked when they are compiled and read from the compiled form after that; `homerule.pardons.power_check` holds the checks.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.errors import CorpusError, InputError, shorten

if TYPE_CHECKING:
    from homerule.corpus.load import Problem

FILE = "pardons.toml"
#: The tables whose rows are entries, in the order in which a reader wants them.
TABLES = ("structure", "special", "instrument", "wait", "apply", "duty", "frequency", "class_pardon", "track", "lesser", "local", "federal")
_COMMON = ("says", "authority", "certainty", "source", "as_of", "in_force", "note")


class Citation(NamedTuple):
    """A source of law on which an entry rests."""

    id: str
    citation: str
    kind: str
    certainty: str
    source: tuple[str, ...]
    says: str
    status: str
    begins: dt.date | None
    ends: dt.date | None
    note: str


class Fact(NamedTuple):
    """One entry of a pardon file. ``table`` names its table, ``more`` holds that table's own keys; ``ends`` is the first day no longer."""

    table: str
    says: str
    authority: tuple[str, ...]
    certainty: str
    source: tuple[str, ...]
    as_of: str
    begins: dt.date | None
    begins_latest: dt.date | None
    ends: dt.date | None
    note: str
    more: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The entry's kind, or what it is called by."""
        return str(self.more.get("kind") or self.more.get("for_") or self.more.get("holder") or self.more.get("id") or self.more.get("to") or "")

    def holds(self, on: dt.date) -> bool:
        """Whether the entry is in force on a day (counting from the first day on which it may have begun)."""
        return (self.begins is None or self.begins <= on) and (self.ends is None or on < self.ends)

    def unsure(self, on: dt.date) -> bool:
        """Whether the day lies where sources leave open if the entry had begun."""
        return self.begins is not None and self.begins_latest is not None and self.begins <= on < self.begins_latest


class Conflict(NamedTuple):
    """Sources that disagree: what about, what is made of it here, and each reading with its sources."""

    about: str
    says: str
    readings: tuple[tuple[str, tuple[str, ...]], ...]


class Power(NamedTuple):
    """The pardon power of one place on one day. ``called`` is its name as it stands in a sentence.

    ``executive``, ``supreme`` and ``by_governor`` are None where it is not known, or where it turns on the single grant. ``facts`` are the
    entries in force on the day, ``all_facts`` every entry; ``doubts`` are sentences for the reader. ``sources`` gives title and address of each key.
    """

    place: str
    name: str
    called: str
    on: dt.date
    checked: dt.date
    structure: str
    holder: str
    office: str
    body: str
    signers: tuple[str, ...]
    governor: str
    board: str
    executive: bool | None
    supreme: bool | None
    by_governor: bool | None
    policy_reversal: bool
    territory: bool
    decision: Fact
    facts: tuple[Fact, ...]
    all_facts: tuple[Fact, ...]
    authorities: Mapping[str, Citation]
    conflicts: tuple[Conflict, ...]
    not_found: tuple[str, ...]
    doubts: tuple[str, ...]
    sources: Mapping[str, tuple[str, str]]

    def of(self, table: str, kind: str = "") -> tuple[Fact, ...]:
        """The entries of one table in force on the day, all or of one kind."""
        return tuple(f for f in self.facts if f.table == table and (not kind or f.kind == kind))

    def one(self, table: str, kind: str = "") -> Fact | None:
        """The first of `of`, or None."""
        return next(iter(self.of(table, kind)), None)

    @property
    def certainty(self) -> str:
        """How sure the structure is: confirmed, recalled or conflict."""
        return self.decision.certainty

    @property
    def frequency(self) -> str:
        """frequent, sparing, uneven or rare, as last classed by the day asked about; empty where no list was found."""
        found = self.one("frequency")
        return found.kind if found else ""

    @property
    def conditions(self) -> str:
        """Whether a pardon can be conditional: yes, likely, unlikely, no or unknown."""
        found = self.one("instrument", "conditional")
        return str(found.more["possible"]) if found else "unknown"

    @property
    def reports(self) -> bool:
        """Whether the grantor must report grants to the legislature (to the governor, where a board decides)."""
        found = self.one("duty", "report")
        return bool(found and found.more["required"])

    def cited(self, fact: Fact) -> tuple[Citation, ...]:
        """The authorities of an entry."""
        return tuple(self.authorities[a] for a in fact.authority)


def power(state: str, on: dt.date | str | None = None, *, folder: str | os.PathLike[str] | None = None) -> Power:
    """The pardon power of a state, the District, a territory or the United States on a day (today, where none is given).

    ``state`` is a name, a code or an id; a county or a city stands for its state. Raises `InputError` for a place or day that cannot be
    read and for a place without a pardon file, `CorpusError` where a pardon file is broken.
    """
    from homerule.places import find

    place = find(state)
    top = place.chain[1] if len(place.chain) > 1 else place.chain[0]
    day = _day(on)
    files = _files(_folder(folder))
    if top not in files:
        raise InputError(f"no file says who holds the pardon power in {find(top).name}", where="the state", help=f"There are: {', '.join(sorted(files)).upper()}")
    return _power(top, find(top).name, files, day)


def powers(on: dt.date | str | None = None, *, folder: str | os.PathLike[str] | None = None) -> dict[str, Power]:
    """Every jurisdiction's pardon power on a day, by place id, in order of id."""
    from homerule.places import find

    files = _files(_folder(folder))
    day = _day(on)
    return {top: _power(top, find(top).name, files, day) for top in sorted(files)}


def check(folder: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Every problem of the pardon files below a law folder: shape, references, dates, examples. Empty where all is well."""
    from homerule.pardons.power_check import check_files

    return check_files(_folder(folder))


def as_data(p: Power) -> dict[str, Any]:
    """A pardon power as JSON data; ``docs/reference/pardon-format.md`` documents the keys."""
    out: dict[str, Any] = {
        "place": p.place, "name": p.name, "called": p.called, "on": p.on.isoformat(), "checked": p.checked.isoformat(), "structure": p.structure, "holder": p.holder, "office": p.office, "body": p.body,
        "signers": list(p.signers), "governor": p.governor, "board": p.board, "executive": p.executive, "supreme": p.supreme, "by_governor": p.by_governor,
        "policy_reversal": p.policy_reversal, "territory": p.territory, "certainty": p.certainty, "frequency": p.frequency, "conditions": p.conditions, "reports": p.reports,
    }  # fmt: skip
    for table in TABLES:
        out[table] = [_fact_data(f) for f in p.of(table)]
    out["authorities"] = [{**a._asdict(), "source": list(a.source), "begins": _iso(a.begins), "ends": _iso(a.ends)} for a in p.authorities.values()]
    out["conflicts"] = [{"about": c.about, "says": c.says, "readings": [{"says": s, "source": list(k)} for s, k in c.readings]} for c in p.conflicts]
    out["not_found"], out["doubts"] = list(p.not_found), list(p.doubts)
    used = sorted({k for f in p.facts for k in f.source} | {k for a in p.authorities.values() for k in a.source} | {k for c in p.conflicts for _, keys in c.readings for k in keys})
    out["sources"] = [{"key": k, "title": p.sources[k][0], "where": p.sources[k][1]} for k in used]
    return out


def _fact_data(f: Fact) -> dict[str, Any]:
    own = {k.rstrip("_"): v for k, v in f.more.items()}
    common = {"says": f.says, "authority": list(f.authority), "certainty": f.certainty, "source": list(f.source), "as_of": f.as_of, "begins": _iso(f.begins), "begins_latest": _iso(f.begins_latest), "ends": _iso(f.ends), "note": f.note}
    return {**own, **common}


# ------------------------------------------------------------------ from the files to the answer


def _power(top: str, name: str, files: Mapping[str, dict[str, Any]], on: dt.date) -> Power:
    data = files[top]
    every = facts_of(data)
    now = in_force(every, on)
    decision = next((f for f in now if f.table == "structure"), None)
    if decision is None:
        raise CorpusError(f"no structure holds on {on}", where=f"{top}/{FILE}", help="Run `homerule law check` and mend the file")
    own = decision.more
    shared = {k: (s["title"], s["where"]) for f in (files.get("us", {}), data) for k, s in ((s["key"], s) for s in f.get("source", []))}
    return Power(
        place=top, name=name, called=data["power"]["called"], on=on, checked=dt.date.fromisoformat(data["power"]["checked"]), structure=own["kind"], holder=own["holder"], office=own["office"], body=own["body"],
        signers=tuple(own["signers"]), governor=own["governor"], board=own["board"], executive=own["executive"], supreme=own["supreme"], by_governor=own["by_governor"],
        policy_reversal=own["policy_reversal"], territory=data["power"]["territory"], decision=decision, facts=now, all_facts=every, authorities=_citations(data),
        conflicts=tuple(Conflict(c["about"], c["says"], tuple((r["says"], tuple(r["source"])) for r in c["reading"])) for c in data.get("conflict", [])),
        not_found=tuple(data["power"]["not_found"]), doubts=tuple(_doubts(data, every, now, on)), sources=shared,
    )  # fmt: skip


def facts_of(data: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Every entry of a file's checked data."""
    return tuple(_fact(table, row) for table in TABLES for row in data.get(table, []))


def _fact(table: str, row: Mapping[str, Any]) -> Fact:
    when = row["in_force"] or {}
    more = {k: v for k, v in row.items() if k not in _COMMON}
    return Fact(
        table, row["says"], tuple(row["authority"]), row["certainty"], tuple(row["source"]), row["as_of"],
        _date(when.get("from_")), _date(when.get("from_latest")), _date(when.get("to")), row["note"], more,
    )  # fmt: skip


def in_force(facts: Iterable[Fact], on: dt.date) -> tuple[Fact, ...]:
    """The entries in force on a day; of the frequency classes only the last one published by then (the first, where all are later)."""
    every = tuple(facts)
    classes = sorted((f for f in every if f.table == "frequency"), key=lambda f: f.as_of)
    published = [f for f in classes if f.as_of <= on.isoformat()]
    frequency = published[-1:] or classes[:1]
    return tuple(f for f in every if (f in frequency if f.table == "frequency" else f.holds(on)))


def _doubts(data: Mapping[str, Any], every: tuple[Fact, ...], now: tuple[Fact, ...], on: dt.date) -> list[str]:
    out = []
    for f in now:
        if f.unsure(on):
            assert f.begins and f.begins_latest
            out.append(f"The day lies between {f.begins} and {f.begins_latest}, on one of which this began, and the sources read do not say which: {f.says}")
        if f.table == "structure" and f.certainty == "conflict":
            out.append(f"Sources conflict on who decides. {f.note}".strip())
        if f.table == "frequency" and f.as_of > on.isoformat():
            out.append(f"How often pardons are granted is known only for {f.as_of}, which is later than the day asked about.")
    if any(f.begins is not None and f.table in ("wait", "structure", "track") and on < f.begins for f in every):
        out.append("Some of what is on file began only after the day asked about, and is left out.")
    if on > dt.date.fromisoformat(data["power"]["checked"]):
        out.append(f"The file was last gone through on {data['power']['checked']}; what changed after that is not in it.")
    return out


def _citations(data: Mapping[str, Any]) -> dict[str, Citation]:
    out = {}
    for a in data["authority"]:
        when = a["in_force"] or {}
        out[a["id"]] = Citation(a["id"], a["citation"], a["kind"], a["certainty"], tuple(a["source"]), a["says"], a["status"], _date(when.get("from_")), _date(when.get("to")), a["note"])
    return out


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(on: dt.date | str | None) -> dt.date:
    if on is None:
        return dt.datetime.now(dt.UTC).date()
    if isinstance(on, dt.date):
        return on
    try:
        return dt.date.fromisoformat(on)
    except ValueError:
        raise InputError(f"`{shorten(on)}` is not a day", where="--on", help="Write it as YYYY-MM-DD") from None


def _folder(folder: str | os.PathLike[str] | None) -> str:
    if folder is not None:
        return os.path.realpath(folder)
    from homerule.corpus import law_folder

    return law_folder()


@lru_cache(maxsize=4)
def _files(folder: str) -> dict[str, dict[str, Any]]:
    """The checked data of every pardon file below ``folder``, by place id."""
    from homerule.corpus.compiled import read_or_make

    def make() -> dict[str, Any]:
        from homerule.pardons.power_check import read_files

        files, problems = read_files(folder)
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            first = problems[0]
            raise CorpusError(f"{first.message.rstrip('.')}{more}", where=f"{first.file}:{first.line}", help="Run `homerule law check` and mend the file", problems=tuple(map(str, problems)))
        return files

    return read_or_make("pardon-powers", folder, file_state(folder), make)


def file_state(folder: str) -> list[list[Any]]:
    """Name, size and time of change of every pardon file, in order of name."""
    out: list[list[Any]] = []
    with os.scandir(folder) as entries:
        for e in sorted((e for e in entries if e.is_dir() and len(e.name) == 2), key=lambda e: e.name):
            try:
                s = os.stat(os.path.join(e.path, FILE))
            except OSError:
                continue
            out.append([f"{e.name}/{FILE}", s.st_size, s.st_mtime_ns])
    return out


