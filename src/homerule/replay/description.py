"""What a table is, before it is run: its source, how its columns map, what they cover, what stays unknown, and what is refused."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

from homerule.errors import InputError
from homerule.reasoning.decide import Engine
from homerule.reasoning.decide import engine as shared_engine
from homerule.replay import privacy
from homerule.replay.facilities import Places
from homerule.replay.known import label
from homerule.replay.rows import EPOCH, NO_DAY, Reader
from homerule.replay.run import vocabulary_of
from homerule.replay.source import Mapped, recognise
from homerule.replay.tables import open_table
from homerule.replay.values import blank, redacted

_ROWS = 1 << 17


@dataclass(frozen=True)
class Description:
    """What was found. ``problem`` says why the table cannot be run, empty where it can; shares are of the rows looked at (``looked``)."""

    file: str
    form: str
    columns: int
    rows: int | None
    looked: int
    source: str
    title: str
    about: str
    roles: dict[str, str]
    says: tuple[dict[str, Any], ...]
    unknown: tuple[str, ...]
    days: tuple[str, str] | None
    without_day: int
    placed: int
    with_state: int
    bodies: dict[str, int]
    requests: dict[str, int]
    outcomes: dict[str, int]
    refused: tuple[str, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]
    problem: str = ""

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        from dataclasses import asdict

        return asdict(self)


def describe(path: str | os.PathLike[str], *, places: Any = None, law: tuple[str, ...] = ()) -> Description:
    """Look at a table: its header, and its first 131,072 rows. Raises InputError where it cannot be opened; one that no source describes
    is returned with its ``problem``."""
    from homerule.replay.run import _places

    name = os.fspath(path)
    engine = shared_engine(law)
    vocabulary = vocabulary_of(engine)
    table = open_table(name)
    sample = table.sample()
    refusals = privacy.screen(sample)
    nothing: dict[str, Any] = dict(
        file=name, form=table.form, columns=len(table.columns), rows=table.count(), looked=0, source="", title="", about="", roles={}, says=(), unknown=(), days=None,
        without_day=0, placed=0, with_state=0, bodies={}, requests={}, outcomes={}, refused=tuple(r.sentence for r in refusals), dropped=(), notes=tuple(table.notes),
    )  # fmt: skip
    try:
        mapped = recognise(table.columns, vocabulary)
    except InputError as error:
        return Description(**{**nothing, "problem": str(error)})
    source = mapped.source
    kept = privacy.screen(sample, source.pseudonyms)
    found = {
        **nothing, "source": source.id, "title": source.title, "about": source.about, "roles": dict(mapped.roles), "notes": tuple(dict.fromkeys(table.notes)),
        "refused": tuple(r.sentence for r in kept), "dropped": tuple(r.column for r in refusals if r not in kept),
        "says": tuple(_says(mapped, sample)), "unknown": tuple(_unknown(mapped, engine)), "problem": source.refused,
    }  # fmt: skip
    if not source.refused:
        found |= _look(table, mapped, engine, _places(places))
        found["notes"] = tuple(dict.fromkeys(table.notes))
    return Description(**found)


def _look(table: Any, mapped: Mapped, engine: Engine, given: Any) -> dict[str, Any]:
    reader = Reader(mapped, Places(engine, given), vocabulary_of(engine))
    batch = next(iter(table.batches(mapped.columns, _ROWS)), None)
    if batch is None:
        return {}
    b = reader.read(batch)
    where = Counter(b.where.tolist())
    bodies: Counter[str] = Counter()
    placed = with_state = 0
    for code, n in where.items():
        p = reader.placements[code]
        placed += n * p.placed
        with_state += n * bool(p.state)
        bodies[p.kind or "not placed"] += n
    import datetime as dt

    days = b.days[b.days != NO_DAY]
    span = tuple((EPOCH + dt.timedelta(days=int(d))).isoformat() for d in (days.min(), days.max())) if len(days) else None
    return {
        "looked": b.rows, "placed": placed, "with_state": with_state, "bodies": dict(bodies.most_common()), "days": span, "without_day": int((b.days == NO_DAY).sum()),
        "requests": {reader.request_kinds[c] or "not said": n for c, n in Counter(b.requests.tolist()).most_common()},
        "outcomes": {reader.outcomes[c]: n for c, n in Counter(b.happened.tolist()).most_common()},
    }  # fmt: skip


def _says(mapped: Mapped, sample: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """What each column says of a fact, and in what share of the sample it says anything."""
    out = []
    for says, column in mapped.facts:
        values = sample.get(column, []) if column else []
        filled = sum(not blank(v) and not redacted(v) for v in values)
        out.append({"fact": says.fact, "column": column, "filled": round(filled / len(values), 3) if values else None, "why": says.why, "always": _words(says.always)})
    return out


def _words(said: Any) -> str:
    if isinstance(said, dict):
        return "; ".join(f"{k.replace('_', ' ')} {', '.join(v)}" for k, v in said.items())
    return label(said) if said is not None else ""


def _unknown(mapped: Mapped, engine: Engine) -> list[str]:
    """Facts of the vocabulary on which some rule about the acts asked may turn, and of which no column says anything."""
    from homerule.conditions import facts as facts_of

    vocabulary = engine.corpus.vocabulary
    kinds = [mapped.source.request or "detainer", *(k for _, k, _ in mapped.source.requests)] if mapped.source.request or not mapped.source.own else ["detainer"]
    acts = {a for k in kinds for a in vocabulary.asked(k).acts}
    said = {s.fact for s, _ in mapped.facts}
    asked: Counter[str] = Counter()
    for norm in engine.corpus.all_norms():
        if acts.intersection(norm.acts) and norm.effect in ("require", "forbid", "permit"):
            asked.update(facts_of(norm.condition) - said)
    return [f for f, _ in asked.most_common()]
