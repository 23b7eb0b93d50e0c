"""The corpus, or some places of it, as data for other programs: one JSON document, or tables. Akoma Ntoso is in ``akn``.

The keys are those of the law files (``docs/reference/corpus-format.md``), with groups of actors unfolded and conditions as text, as words and as a tree.
Nothing here says when it was written, so the same corpus gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from homerule import __version__
from homerule.conditions.tree import All, Const, Node, Not, Some, Test, facts, read
from homerule.conditions.words import in_words
from homerule.corpus import Corpus
from homerule.corpus.model import Authority, Deadline, Example, Layer, Norm, Period, Selector
from homerule.errors import CorpusError, InputError, shorten
from homerule.places import Gazetteer
from homerule.vocabulary import Fact, Vocabulary, plain

FORMAT = "1.0"
NOTICE = (
    "The rules are paraphrases in Homerule's own words. They are not the official text of any authority and not legal advice: "
    "read the authority itself before relying on one."
)


class Place(NamedTuple):
    """A place that the export speaks of. ``coverage``: ``encoded``, ``partial``, or empty where the corpus holds no law of its own."""

    id: str
    name: str
    kind: str
    state: str = ""
    fips: str = ""
    circuit: int = 0
    county_ids: tuple[str, ...] = ()
    coverage: str = ""
    checked: dt.date | None = None
    open_points: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Selection(NamedTuple):
    """What is exported. ``asked``: the places chosen, none for all. An example is named after its authority: ``ca-truth-act#2``."""

    version: str
    hash: str
    asked: tuple[str, ...]
    vocabulary: Vocabulary
    places: tuple[Place, ...]
    authorities: tuple[Authority, ...]
    norms: tuple[Norm, ...]
    examples: tuple[tuple[str, Example], ...]


def _within(place: str, asked: Sequence[str]) -> bool:
    return not asked or any(place == a or place.startswith(a + "/") for a in asked)


def gazetteer(corpus: Corpus) -> Gazetteer:
    """The place tables with what the corpus adds to them."""
    return Gazetteer({i: {n: getattr(x, n) for n in ("id", "name", "kind", "fips", "counties", "aliases")} for i, x in corpus.layers.items()})


def chosen(corpus: Corpus, texts: Iterable[str]) -> tuple[str, ...]:
    """The ids of the places that ``texts`` name, in order. Raises InputError for one whose law the corpus does not hold."""
    table, out = gazetteer(corpus), []
    held = set(corpus.layers) | {a.place for a in corpus.all_authorities()}
    for text in texts:
        if text not in held:
            found = table.find(text)
            if found.id not in held:
                raise InputError(f"the corpus holds no law of {found.name}", where="--place", help="`homerule law coverage` lists the places that it holds")
            text = found.id
        out.append(text)
    return tuple(dict.fromkeys(out))


def select(corpus: Corpus, asked: Sequence[str] = ()) -> Selection:
    """The law of the places ``asked`` and of the places inside them (``us`` is the federal law alone); of all if none is given.

    Raises CorpusError where a law file cannot be read or an id stands for two things.
    """
    shards = corpus.all_shards()
    for s in shards:
        s.refuse_problems()
    authorities = sorted((a for s in shards for a in s.authorities if _within(a.place, asked)), key=lambda a: (a.place, a.id))
    norms = sorted((n for s in shards for n in s.norms if _within(n.authority.place, asked)), key=lambda n: (n.authority.place, n.authority.id, n.line, n.id))
    for what, ids in (("authority", [a.id for a in authorities]), ("norm", [n.id for n in norms])):
        twice = [i for i, k in Counter(ids).items() if k > 1]
        if twice:
            raise CorpusError(f"the {what} id `{twice[0]}` stands for two things", help="Run `homerule law check` and give one of them another id")
    by_file = {a.file: a.id for a in authorities}
    examples: list[tuple[str, Example]] = []
    count: Counter[str] = Counter()
    for e in sorted((e for s in shards for e in s.examples if e.file in by_file), key=lambda e: (e.file, e.line)):
        owner = by_file[e.file]
        count[owner] += 1
        examples.append((f"{owner}#{count[owner]}", e))
    everything = corpus.vocabulary_for(corpus.tops)
    tops = {"us", *(a.place.partition("/")[0] for a in authorities)}
    used = {f for n in norms for f in facts(n.condition)} | {f for _, e in examples for f in e.facts}
    vocabulary = everything._replace(facts={n: f for n, f in everything.facts.items() if f.place in tops or n in used})
    return Selection(
        corpus.version, corpus.hash_of(tops) if asked else corpus.hash, tuple(asked), vocabulary, _places(corpus, asked, authorities, norms, examples),
        tuple(authorities), tuple(norms), tuple(examples),
    )  # fmt: skip


def _places(corpus: Corpus, asked: Sequence[str], authorities: Iterable[Authority], norms: Iterable[Norm], examples: Iterable[tuple[str, Example]]) -> tuple[Place, ...]:
    ids = {i for i in corpus.layers if _within(i, asked)} | {a.place for a in authorities} | {e.place for _, e in examples}
    for n in norms:
        ids.update(n.places, n.except_places)
    table, out = gazetteer(corpus), []
    for id in sorted(ids):
        known, layer = table.get(id), corpus.layer(id) or Layer(id, "", "", "")
        name, kind = (known.name, known.kind) if known else (layer.name or id, layer.kind)
        where = (known.state, known.fips, known.circuit, known.county_ids) if known else (id.partition("/")[0], layer.fips, 0, ())
        out.append(Place(id, name, kind, *where, layer.coverage, layer.checked, layer.open_points, layer.aliases))
    return tuple(out)


# ------------------------------------------------------------------ as data


class _Tree:
    """A condition as nested objects: ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}``, ``{"fact", "op", "value"}``, true or false."""

    def test(self, node: Test) -> Any:
        return {"fact": node.fact, "op": node.op, "value": list(node.value) if isinstance(node.value, tuple) else plain(node.value)}

    def all(self, items: list[Any]) -> Any:
        return {"all": items}

    def some(self, items: list[Any]) -> Any:
        return {"any": items}

    def negate(self, item: Any) -> Any:
        return {"not": item}

    def const(self, value: bool) -> Any:
        return value


def tree_data(node: Node) -> Any:
    """A condition as nested JSON objects."""
    return read(node, _Tree())


def tree_from_data(data: Any, vocabulary: Vocabulary) -> Node:
    """The condition that `tree_data` wrote; the vocabulary says which values are days."""
    if isinstance(data, bool):
        return Const(data)
    if "all" in data or "any" in data:
        items = tuple(tree_from_data(d, vocabulary) for d in data.get("all", data.get("any")))
        return All(items) if "all" in data else Some(items)
    if "not" in data:
        return Not(tree_from_data(data["not"], vocabulary))
    value = data["value"]
    if vocabulary.facts[data["fact"]].type == "date":
        value = dt.date.fromisoformat(value)
    return Test(data["fact"], data["op"], tuple(value) if isinstance(value, list) else value)


def _data(value: Any) -> Any:
    """A value of the model as JSON data: days as ISO text, sets sorted, periods under the names that the law files give them."""
    if isinstance(value, Period):
        return {"from": _data(value.start), "to": _data(value.end), "from_latest": _data(value.sure)}
    if isinstance(value, Deadline):
        return {"from" if k == "since" else k: _data(v) for k, v in value._asdict().items()}
    if isinstance(value, Selector):
        return {k: _data(v) for k, v in value._asdict().items() if v}
    if isinstance(value, (tuple, list)):
        return [_data(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _data(v) for k, v in value.items()}
    return plain(value)


def authority_data(a: Authority) -> dict[str, Any]:
    """One authority; ``weight`` is what it weighs, whether stated or following from its kind."""
    return {k: _data(v) for k, v in a._asdict().items() if k != "line"} | {"weight": a.base_weight}


def norm_data(n: Norm, vocabulary: Vocabulary) -> dict[str, Any]:
    """One norm; ``binds`` are single actors, ``level`` and ``place`` those of its authority."""
    condition = {"when": n.when, "unless": n.unless, "words": in_words(n.condition, vocabulary), "tree": tree_data(n.condition)}
    out: dict[str, Any] = {"id": n.id, "authority": n.authority.id, "pinpoint": n.pinpoint, "effect": n.effect, "binds": sorted(n.actors), "acts": list(n.acts), "condition": condition}
    skip = {"authority", "actors", "periods", "when", "unless", "line", *out}
    return out | {"in_force": _data(n.periods)} | {k: _data(v) for k, v in n._asdict().items() if k not in skip}


def example_data(id: str, e: Example) -> dict[str, Any]:
    """One worked case under its id."""
    return {"id": id, "authority": id.rpartition("#")[0]} | {k: _data(v) for k, v in e._asdict().items() if k != "line"}


def _fact_data(f: Fact) -> dict[str, Any]:
    usual = Fact._field_defaults
    kept = {k: v for k, v in f._asdict().items() if k not in ("name", "min", "max") and (k in ("question", "type", "place") or v != usual[k])}
    if f.type == "int":
        kept |= {"min": f.min, "max": f.max}
    return {k: _data(v) for k, v in kept.items()}


def vocabulary_data(v: Vocabulary) -> dict[str, Any]:
    """The words, in the shape of ``vocabulary.toml``."""
    return {
        "actors": {a.name: {"words": a.words, "level": a.level} for a in v.actors.values()},
        "groups": {g: sorted(members) for g, members in v.groups.items() if g != "all"},
        "acts": {a.name: {"words": a.words, "noun": a.noun, "crime": a.crime} for a in v.acts.values()},
        "requests": {r.name: {"words": r.words, "acts": list(r.acts)} for r in v.requests.values()},
        "facts": {f.name: _fact_data(f) for f in v.facts.values()},
    }


def about(s: Selection) -> dict[str, Any]:
    """What an export says of itself."""
    return {"format": "homerule-export", "format_version": FORMAT, "engine": __version__, "version": s.version, "hash": s.hash, "asked": list(s.asked), "notice": NOTICE}


def document(s: Selection) -> dict[str, Any]:
    """The whole selection as one JSON document."""
    return about(s) | {
        "counts": {"places": len(s.places), "authorities": len(s.authorities), "norms": len(s.norms), "examples": len(s.examples)},
        "vocabulary": vocabulary_data(s.vocabulary),
        "places": [_data(p._asdict()) for p in s.places],
        "authorities": [authority_data(a) for a in s.authorities],
        "norms": [norm_data(n, s.vocabulary) for n in s.norms],
        "examples": [example_data(i, e) for i, e in s.examples],
    }


def as_json(s: Selection) -> bytes:
    """The document as UTF-8 text."""
    return (json.dumps(document(s), indent=1, ensure_ascii=False) + "\n").encode()


# ------------------------------------------------------------------ and back


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _periods(data: list[dict[str, Any]]) -> tuple[Period, ...]:
    return tuple(Period(dt.date.fromisoformat(p["from"]), _day(p["to"]), _day(p["from_latest"])) for p in data)


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


def _norm(data: Mapping[str, Any], authority: Authority, vocabulary: Vocabulary) -> Norm:
    d = _tuples(data)
    condition, binds = d.pop("condition"), d.pop("binds")
    d |= {k: frozenset(d[k]) for k in ("prevails_over", "preempts", "upholds")}
    d["voids"] = tuple(Selector(**_tuples(v)) for v in d["voids"])
    if d["deadline"]:
        clock = {"since" if k == "from" else k: v for k, v in d["deadline"].items()}
        d["deadline"] = Deadline(**{**clock, "by": _day(clock["by"])})
    tree, periods = tree_from_data(condition["tree"], vocabulary), _periods(d.pop("in_force"))
    return Norm(**{**d, "authority": authority, "actors": frozenset(binds), "condition": tree, "when": condition["when"], "unless": condition["unless"], "periods": periods})


def _example(data: Mapping[str, Any]) -> Example:
    d = {k: v for k, v in _tuples(data).items() if k not in ("id", "authority")}
    return Example(**{**d, "on": dt.date.fromisoformat(d["on"])})


def read_back(text: str | bytes) -> Selection:
    """The selection that `as_json` wrote, without line numbers. Raises InputError where it is no such document."""
    try:
        data = json.loads(text)
        if data["format"] != "homerule-export" or data["format_version"] != FORMAT:
            raise InputError(f"this is an export of the format {shorten(str(data['format_version']))}, not {FORMAT}", help="Export it again with this version")
        vocabulary = Vocabulary.from_data(data["vocabulary"])
        places = tuple(Place(**{**_tuples(p), "checked": _day(p["checked"])}) for p in data["places"])
        authorities = {a["id"]: Authority(**{**a, "in_force": _periods(a["in_force"]), "checked": dt.date.fromisoformat(a["checked"])}) for a in data["authorities"]}
        norms = tuple(_norm(n, authorities[n["authority"]], vocabulary) for n in data["norms"])
        examples = tuple((e["id"], _example(e)) for e in data["examples"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"this is no export of Homerule ({shorten(str(error))})", help="Give a file that `homerule law export --format json` wrote") from None
    return Selection(data["version"], data["hash"], tuple(data["asked"]), vocabulary, places, tuple(authorities.values()), norms, examples)


# ------------------------------------------------------------------ as tables


_LINES = frozenset({"open_points", "aliases"})


def _cell(value: Any, column: str) -> str:
    """A list of words is joined by semicolons, one of names or sentences by line ends; what has parts of its own is JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(v, (str, int)) for v in value):
        return ("\n" if column in _LINES else ";").join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """Periods as ISO 8601 intervals, ``2018-01-01/2021-08-02;2022-01-01/..``, and beside them the last day on which each may have begun."""
    out = dict(row)
    out["in_force"] = [f"{p['from']}/{p['to'] or '..'}" for p in row["in_force"]]
    latest = [p["from_latest"] or "" for p in row["in_force"]]
    return out | {"from_latest": latest if any(latest) else []}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    condition = row["condition"]
    flat = {"when": condition["when"], "unless": condition["unless"], "condition_words": condition["words"], "condition_tree": json.dumps(condition["tree"], ensure_ascii=False)}
    return _dated({k: v for key, value in row.items() for k, v in (flat.items() if key == "condition" else ((key, value),))})


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows([_cell(r[c], c) for c in columns] for r in rows)
    return out.getvalue().encode()


_AUTHORITY = "id citation title kind level place in_force from_latest status certainty source checked weight note lean file"
_NORM = (
    "id authority pinpoint effect binds acts when unless condition_words condition_tree says level place in_force from_latest circuits places except_places persuasive_elsewhere "
    "voids prevails_over preempts upholds basis side contested deadline approval penalty reason"
)
_EXAMPLE = "id authority place actor request on facts expect because fell duties clash absent basis note file"


def as_tables(s: Selection) -> dict[str, bytes]:
    """The selection as CSV files (RFC 4180, UTF-8), by name."""
    head = about(s)
    return {
        "about.csv": _table([head], list(head)),
        "places.csv": _table([_data(p._asdict()) for p in s.places], Place._fields),
        "authorities.csv": _table([_dated(authority_data(a)) for a in s.authorities], _AUTHORITY.split()),
        "norms.csv": _table([_flat(norm_data(n, s.vocabulary)) for n in s.norms], _NORM.split()),
        "examples.csv": _table([example_data(i, e) for i, e in s.examples], _EXAMPLE.split()),
    }
