"""The compiled corpus: each jurisdiction's law as JSON that loads without reading TOML or importing pydantic.

A compiled file says which files it was made from (names, sizes, times of change); where they differ it is made again, each
jurisdiction by itself. JSON, not pickle: a cache folder must not be able to run code.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from homerule import __version__
from homerule.conditions.tree import from_data, to_data
from homerule.corpus.model import Authority, Deadline, Example, Layer, Norm, Period, Selector
from homerule.errors import CorpusError

COMPILED = "6"  # shape of the compiled files
State = list[list[Any]]


def cache_folder() -> str:
    """Where compiled law is kept: ``HOMERULE_CACHE``, or the user's cache folder."""
    named = os.environ.get("HOMERULE_CACHE")
    if named:
        return named
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "homerule")


def state_of(folder: str) -> State:
    """Name, size and time of change of every TOML file below ``folder``, in order of name."""
    out: State = []
    stack = [folder]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for e in entries:
                if e.name.startswith((".", "_")):
                    continue
                if e.is_dir():
                    stack.append(e.path)
                elif e.name.endswith(".toml"):
                    s = e.stat()
                    out.append([e.path[len(folder) + 1 :], s.st_size, s.st_mtime_ns])
    out.sort()
    return out


def read_or_make(name: str, source: str, state: State, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The compiled data called ``name`` of the law at ``source`` in this ``state``, made and kept if it is not there.

    A cache that cannot be written is done without.
    """
    stamp = [COMPILED, __version__, source, state]
    path = os.path.join(cache_folder(), f"{name}-{crc32(source.encode()):08x}.json")
    try:
        with open(path, "rb") as file:
            kept = json.loads(file.read())
        if kept["stamp"] == stamp:
            return kept["data"]  # type: ignore[no-any-return]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    data = make()
    _keep(path, {"stamp": stamp, "data": data})
    return data


def _keep(path: str, data: dict[str, Any]) -> None:
    import tempfile

    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path), delete=False, encoding="utf-8", suffix=".tmp") as file:
            json.dump(data, file, separators=(",", ":"), ensure_ascii=False)
        os.replace(file.name, path)
    except OSError:
        pass


def content_hash(folder: str, state: State) -> str:
    """SHA-256 of the names and bytes of the law files, in order of name."""
    import hashlib

    digest = hashlib.sha256()
    for name, *_ in state:
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


# ------------------------------------------------------------------ objects to data and back


_PLAIN = (Authority, Period, Selector, Deadline, Layer, Example)


def pack(item: Any) -> Any:
    """A model object as JSON data, leaving out what has its default value."""
    if isinstance(item, Norm):
        data = {n: pack(v) for n, v in zip(item._fields, item) if n not in ("authority", "condition") and (n not in _NORM or v != _NORM[n])}
        return {**data, "authority": item.authority.id, "condition": to_data(item.condition)}
    if isinstance(item, _PLAIN):
        usual = item._field_defaults
        return {n: pack(v) for n, v in zip(item._fields, item) if n not in usual or v != usual[n]}
    if isinstance(item, dt.date):
        return item.isoformat()
    if isinstance(item, (frozenset, set)):
        return sorted(item)
    if isinstance(item, (tuple, list)):
        return [pack(i) for i in item]
    if isinstance(item, Mapping):
        return {k: pack(v) for k, v in item.items()}
    return item


_NORM = Norm._field_defaults


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _periods(data: list[dict[str, str]]) -> tuple[Period, ...]:
    return tuple(Period(dt.date.fromisoformat(p["start"]), _day(p.get("end")), _day(p.get("sure"))) for p in data)


def unpack_authority(data: dict[str, Any]) -> Authority:
    return Authority(**{**data, "in_force": _periods(data.get("in_force", ())), "checked": dt.date.fromisoformat(data["checked"])})


_TUPLES = ("acts", "circuits", "places", "except_places")
_SETS = ("prevails_over", "preempts", "upholds")


def unpack_norm(data: dict[str, Any], authority: Authority) -> Norm:
    """The norm that `pack` wrote."""
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
        d["voids"] = tuple(Selector(**_tuples(s)) for s in d["voids"])
    if "deadline" in d:
        d["deadline"] = Deadline(**{**d["deadline"], "by": _day(d["deadline"].get("by"))})
    return Norm(**d)


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def unpack_layer(data: dict[str, Any]) -> Layer:
    return Layer(**{**_tuples(data), "checked": _day(data.get("checked"))})


def unpack_example(data: dict[str, Any]) -> Example:
    return Example(**{**_tuples(data), "on": dt.date.fromisoformat(data["on"])})


class Shard:
    """One jurisdiction's compiled law. Norms are made into objects only when asked for."""

    def __init__(self, data: dict[str, Any], examples: Callable[[], dict[str, Any]]) -> None:
        self.problems: list[dict[str, Any]] = data["problems"]
        self.hash: str = data["hash"]
        self._authorities: dict[str, dict[str, Any]] = data["authorities"]
        self._norms: list[dict[str, Any]] = data["norms"]
        self.layers = {d["id"]: unpack_layer(d) for d in data["layers"]}
        self.facts: dict[str, dict[str, Any]] = data["facts"]
        self._read_examples = examples
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

    def norm(self, id: str) -> Norm | None:
        """The norm called ``id``."""
        for i, data in enumerate(self._norms):
            if data["id"] == id:
                return self._norm(i)
        return None

    @property
    def norms(self) -> list[Norm]:
        return [self._norm(i) for i in range(len(self._norms))]

    def norms_on(self, actor: str, act: str) -> list[Norm]:
        """The norms on this actor and act, whatever their time and place."""
        return [self._norm(i) for i, d in enumerate(self._norms) if act in d["acts"] and actor in d["actors"]]

    @property
    def examples(self) -> list[Example]:
        return [unpack_example(e) for e in self._read_examples()["examples"]]
