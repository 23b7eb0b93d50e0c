"""The first page: what the law settles, what it leaves open, what is doubtful, the next dates, and the weightiest risks either way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from homerule.advice.reading import Reader
from homerule.advice.status import AVAILABLE, CONTESTED, DEPENDS, MANDATED, UNKNOWN
from homerule.errors import shorten
from homerule.places import Place
from homerule.reasoning.explain import listed, long_date
from homerule.reasoning.finding import Coming, NormRef, Risk

if TYPE_CHECKING:
    from homerule.advice.option import Option
    from homerule.advice.playbooks import Entry

_MOST = 3


class Point(NamedTuple):
    """One heading of the first page and the sentences under it."""

    title: str
    items: tuple[str, ...]


def in_short(reader: Reader, entries: Sequence[Entry], home: Place) -> tuple[Point, ...]:
    """Three to seven points. A point with nothing to say is left out, except what is settled and what is open."""
    points = [
        Point("What the law already settles", _settled(reader, entries) or ("Nothing that was asked here is compelled or forbidden on the standard case.",)),
        Point("What is open to choose", _open(entries) or ("No step that was asked here is open without doubt.",)),
        Point("Open in part, or contested", _doubtful(entries)),
        Point("Next dates", dates(o for e in entries for o in e.options)),
        Point("What is risked by acting on a request", _risks(entries, helping=True)),
        Point("What is risked by declining one", _risks(entries, helping=False)),
        Point("What is not in the corpus", _unknown(reader, entries, home)),
    ]
    return tuple(p for p in points if p.items)


def _settled(reader: Reader, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Each act that the law commands, once for each verdict, with those whom it binds and the first authority."""
    rows: dict[tuple[str, str], tuple[dict[str, None], dict[str, NormRef]]] = {}
    for e in entries:
        for o in e.options:
            for r in o.readings:
                if r.verdict in ("required", "prohibited") and r.authorities and not r.amends:
                    who, refs = rows.setdefault((r.verdict, r.act), ({}, {}))
                    who[r.who] = None
                    refs[r.authorities[0].norm] = r.authorities[0]
    acts = reader.engine.corpus.vocabulary.acts
    order = sorted(rows.items(), key=lambda row: (row[0][0] != "required", min(r.norm.startswith("us-") for r in row[1][1].values())))
    told: dict[tuple[str, tuple[str, ...]], list[tuple[str, NormRef]]] = {}
    for (verdict, act), (who, refs) in order:
        told.setdefault((verdict, tuple(who)), []).append((acts[act].words, next(iter(refs.values()))))
    out = []
    for (verdict, names), said in told.items():
        verb = {"required": "must", "prohibited": "must not"}[verdict]
        who_words = listed(names[:4], "and")
        more = f"; and {len(said) - _MOST} more" if len(said) > _MOST else ""
        cites = "; ".join(tuple(dict.fromkeys(_cite(r) for _, r in said[:_MOST]))[:2])
        out.append(f"{who_words[0].upper()}{who_words[1:]} {verb} {'; '.join(w for w, _ in said[:_MOST])}{more} ({cites}).")
    return _and_more(out, _MOST)


def _cite(r: NormRef) -> str:
    mark = {"confirmed": "", "conflict": "; sources disagree"}.get(r.certainty, f"; {r.certainty}")
    return f"{shorten(r.citation, 76)}{mark}"


def _open(entries: Iterable[Entry]) -> tuple[str, ...]:
    out = []
    rows = list(entries)
    for side, name in (("limiting", "To limit help"), ("cooperating", "To give help")):
        chosen = [e for e in rows if e.lever.side == side and e.status == AVAILABLE]
        ordered = [e for e in rows if e.lever.side == side and e.status == MANDATED]
        if ordered:
            out.append(f"{name}, ordered by law: " + "; ".join(f"{_lower(e.lever.title)} ({e.lever.id})" for e in ordered[:_MOST]) + ".")
        if chosen:
            more = f", and {len(chosen) - _MOST} more" if len(chosen) > _MOST else ""
            out.append(f"{name}, open: " + "; ".join(f"{_lower(e.lever.title)} ({e.lever.id})" for e in chosen[:_MOST]) + more + ".")
    return tuple(out)


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[0].lower() + text[1:]


def _doubtful(entries: Iterable[Entry]) -> tuple[str, ...]:
    rows = list(entries)
    out = []
    for status, name in ((CONTESTED, "Contested"), (DEPENDS, "Open in some cases, or for some bodies")):
        found = [f"{_lower(e.lever.title)} ({e.lever.id})" for e in rows if e.status == status]
        more = f", and {len(found) - _MOST} more" if len(found) > _MOST else ""
        if found:
            out.append(f"{name}: {'; '.join(found[:_MOST])}{more}.")
    return tuple(out)


def dates(options: Iterable[Option]) -> tuple[str, ...]:
    """The changes and deadlines ahead, soonest first, each once."""
    seen: dict[tuple[object, ...], Coming] = {}
    for o in options:
        for c in o.coming:
            seen.setdefault((c.date, c.norms), c)
    rows = sorted(seen.values(), key=lambda c: c.date)
    return tuple(dict.fromkeys(f"{long_date(c.date)}: {c.words}." for c in rows))[:3]


def _risks(entries: Iterable[Entry], *, helping: bool) -> tuple[str, ...]:
    """The weightiest exposures of helping, or of declining: a rule of the place's own state with a penalty first."""
    rows: dict[str, tuple[Risk, int]] = {}
    for e in entries:
        for o in e.options:
            for r in o.readings:
                limits = r.act in ("limit_cooperation", "end_287g", "end_detention_contract")
                for x in r.finding.exposure.doing if helping != limits else r.finding.exposure.declining:
                    if x.effect == "expose" and x.applies == "certain":
                        rows[x.norm] = (x, rows.get(x.norm, (x, 0))[1] + 1)
    best = sorted(rows.values(), key=lambda row: (row[0].norm.startswith("us-"), not row[0].penalty, -row[1], row[0].norm))
    out = [f"{x.says.split('. ')[0].rstrip('.')} ({x.citation})" for x, _ in best]
    few = 2 if sum(map(len, out[:2])) < 300 else 1
    return _and_more(out, few)


def _and_more(items: Sequence[str], most: int) -> tuple[str, ...]:
    """The first items; the last of them says how many are left for the pages below."""
    left = len(items) - most
    shown = [i if i.endswith(".") else i + "." for i in items[:most]]
    return tuple(shown) if left <= 0 else (*shown[:-1], f"{shown[-1]} And {left} more, below.")


def risk_words(x: Risk) -> str:
    """A risk or protection in one line."""
    penalty = f" Penalty: {x.penalty.rstrip('.')}." if x.penalty and x.penalty.rstrip(".").lower() not in x.says.lower() else ""
    limit = f" ({x.limit})" if x.limit else ""
    maybe = "" if x.applies == "certain" else "If the facts bring it in: "
    return f"{maybe}{x.says}{penalty}{limit} ({x.citation})"


def _unknown(reader: Reader, entries: Iterable[Entry], home: Place) -> tuple[str, ...]:
    out = []
    layer = reader.engine.corpus.layer(home.id)
    if "/" in home.id and layer is None:
        out.append(f"No ordinance or policy of {home.short} is in the corpus: check the local rules too.")
    ids = tuple(e.lever.id for e in entries if e.status == UNKNOWN)
    if ids:
        out.append(f"Steps on which the corpus holds nothing to compute: {listed(ids, 'and')}.")
    return (" ".join(out),) if out else ()
