"""The compiled corpus: each jurisdiction's law as JSON that loads without reading TOML or importing pydantic.

A compiled file is named by a signature of the files it came from, so a changed law file is compiled again by itself and an unchanged
one never is. JSON, not pickle: a cache folder must not be able to run code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

from homerule import __version__
from homerule.conditions.tree import from_data, to_data
from homerule.corpus.model import Authority, Deadline, Example, Layer, Norm, Period, Selector
from homerule.errors import CorpusError

COMPILED = "3"  # shape of the compiled files


def cache_folder() -> Path:
    """Where compiled law is kept: ``HOMERULE_CACHE``, or the user's cache folder."""
    named = os.environ.get("HOMERULE_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "homerule"


def signature(files: list[tuple[str, int, int]], *salt: str) -> str:
    """A name for the state of these files: (name, bytes, time of change)."""
    state = json.dumps([COMPILED, __version__, sorted(files), salt])
    return hashlib.sha256(state.encode()).hexdigest()[:20]


def stat_files(folder: str) -> list[tuple[str, int, int]]:
    """Name, size and time of change of every TOML file below ``folder``."""
    out: list[tuple[str, int, int]] = []
    stack = [folder]
    while stack:
        here = stack.pop()
        with os.scandir(here) as entries:
            for e in entries:
                if e.name.startswith((".", "_")):
                    continue
                if e.is_dir():
                    stack.append(e.path)
                elif e.name.endswith(".toml"):
                    s = e.stat()
                    out.append((e.path[len(folder) :], s.st_size, s.st_mtime_ns))
    return out


def read_or_make(name: str, sign: str, make: Any) -> dict[str, Any]:
    """The compiled file ``name`` of signature ``sign``, made and kept if it is not there. A cache that cannot be written is done without."""
    path = cache_folder() / f"{name}-{sign}.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        pass
    data = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", suffix=".tmp") as file:
            json.dump(data, file, separators=(",", ":"), ensure_ascii=False)
        os.replace(file.name, path)
        for old in path.parent.glob(f"{name}-*.json"):
            if old != path and len(old.stem) == len(path.stem):
                old.unlink(missing_ok=True)
    except OSError:
        pass
    return data


def content_hash(folder: Path, files: list[tuple[str, int, int]]) -> str:
    """SHA-256 of the names and bytes of the law files, in order of name."""
    digest = hashlib.sha256()
    for name in sorted(f[0] for f in files):
        data = Path(f"{folder}{name}").read_bytes()
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


# ------------------------------------------------------------------ objects to data and back


@cache
def _spec(cls: type) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.default if f.default is not MISSING else f.default_factory() if f.default_factory is not MISSING else MISSING) for f in fields(cls))


def pack(item: Any) -> Any:
    """A model object as JSON data, leaving out what has its default value."""
    if isinstance(item, dt.date):
        return item.isoformat()
    if isinstance(item, (frozenset, set)):
        return sorted(item)
    if isinstance(item, (tuple, list)):
        return [pack(i) for i in item]
    if isinstance(item, Mapping):
        return {k: pack(v) for k, v in item.items()}
    if isinstance(item, Authority) or type(item) in (Period, Selector, Deadline, Layer, Example):
        return {n: pack(getattr(item, n)) for n, d in _spec(type(item)) if getattr(item, n) != d}
    if isinstance(item, Norm):
        data = {n: pack(getattr(item, n)) for n, d in _spec(Norm) if n not in ("authority", "condition") and getattr(item, n) != d}
        return {**data, "authority": item.authority.id, "condition": to_data(item.condition)}
    return item


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _periods(data: list[dict[str, str]]) -> tuple[Period, ...]:
    return tuple(Period(dt.date.fromisoformat(p["start"]), _day(p.get("end")), _day(p.get("sure"))) for p in data)


def unpack_authority(data: dict[str, Any]) -> Authority:
    return Authority(**{**data, "in_force": _periods(data.get("in_force", ())), "checked": dt.date.fromisoformat(data["checked"])})


_TUPLES = ("acts", "circuits", "places", "except_places")
_SETS = ("prevails_over", "preempts", "upholds")


def unpack_norm(data: dict[str, Any], authority: Authority) -> Norm:
    d = dict(data)
    d["authority"] = authority
    d["actors"] = frozenset(d["actors"])
    d["condition"] = from_data(d["condition"])
    d["periods"] = _periods(d.get("periods", ()))
    for key in _TUPLES:
        if key in d:
            d[key] = tuple(d[key])
    for key in _SETS:
        if key in d:
            d[key] = frozenset(d[key])
    if "voids" in d:
        d["voids"] = tuple(Selector(**{k: tuple(v) if isinstance(v, list) else v for k, v in s.items()}) for s in d["voids"])
    if "deadline" in d:
        d["deadline"] = Deadline(**{**d["deadline"], "by": _day(d["deadline"].get("by"))})
    return Norm(**d)


def unpack_layer(data: dict[str, Any]) -> Layer:
    d = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Layer(**{**d, "checked": _day(d.get("checked"))})


def unpack_example(data: dict[str, Any]) -> Example:
    d = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Example(**{**d, "on": dt.date.fromisoformat(d["on"])})


class Shard:
    """One jurisdiction's compiled law. Norms are made into objects only when asked for."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.problems: list[dict[str, Any]] = data["problems"]
        self.hash: str = data["hash"]
        self._authorities: dict[str, dict[str, Any]] = data["authorities"]
        self._norms: list[dict[str, Any]] = data["norms"]
        self.layers = {d["id"]: unpack_layer(d) for d in data["layers"]}
        self.facts: dict[str, dict[str, Any]] = data["facts"]
        self._examples: list[dict[str, Any]] = data["examples"]
        self._made: dict[int, Norm] = {}
        self._made_authorities: dict[str, Authority] = {}

    def refuse_problems(self) -> None:
        """Law that cannot be read must not be passed over in silence."""
        if self.problems:
            listed = tuple(f"{p['file']}:{p['line']}: {p['message']}" for p in self.problems)
            more = f" (and {len(listed) - 1} more)" if len(listed) > 1 else ""
            raise CorpusError(f"{self.problems[0]['message'].rstrip('.')}{more}", where=f"{self.problems[0]['file']}:{self.problems[0]['line']}", help="Run `homerule law check` and mend the file", problems=listed)

    def authority(self, id: str) -> Authority | None:
        if id not in self._made_authorities and id in self._authorities:
            self._made_authorities[id] = unpack_authority(self._authorities[id])
        return self._made_authorities.get(id)

    @property
    def authorities(self) -> list[Authority]:
        return [a for id in self._authorities if (a := self.authority(id))]

    def _norm(self, index: int) -> Norm:
        if index not in self._made:
            data = self._norms[index]
            authority = self.authority(data["authority"])
            assert authority is not None
            self._made[index] = unpack_norm(data, authority)
        return self._made[index]

    @property
    def norms(self) -> list[Norm]:
        return [self._norm(i) for i in range(len(self._norms))]

    def norms_on(self, actor: str, act: str) -> list[Norm]:
        """The norms on this actor and act, whatever their time and place."""
        return [self._norm(i) for i, d in enumerate(self._norms) if act in d["acts"] and actor in d["actors"]]

    @property
    def examples(self) -> list[Example]:
        return [unpack_example(e) for e in self._examples]
