"""The charts of a run, from its summary: only numbers that the summary shows; a hidden one is left out, and the chart says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from homerule.documents.charts import Chart, stacked, state_map
from homerule.documents.charts.look import COLOURS, UNKNOWN, WIDTH, altair, data, finish
from homerule.reasoning.resolve import VERDICTS
from homerule.replay.summary import HAPPENED

#: One colour a verdict in every chart, whichever of them occur.
COLOUR = dict(zip((*VERDICTS, "depends"), COLOURS))
#: What became of a request, in words for a legend.
BECAME = {"booked": "booked into federal custody", "declined": "declined by the agency", "lifted": "lifted", "other": "something else", "none": "nothing recorded"}
_MOST = 12
_OTHER = "open otherwise"
HIDDEN = "hidden"


def verdicts_of(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The verdicts that occur in these lines of a summary."""
    return [v for v in dict.fromkeys((*VERDICTS, "depends")) if any(v in x and x[v] != 0 for x in lines)]


def by_month(lines: Sequence[Mapping[str, Any]], act: str, source: str, on: str) -> Chart | None:
    """Columns of rows a month, in parts by verdict. None where fewer than two months show a number."""
    verdicts = verdicts_of(lines)
    shown = [(x, v, x[v]) for x in lines for v in verdicts if x.get(v)]
    shown += [(x, HIDDEN, rest) for x in lines if x["rows"] and (rest := x["rows"] - sum(x.get(v) or 0 for v in verdicts))]
    months = sorted({str(x["month"]) for x, _, _ in shown})
    if len(months) < 2:
        return None
    hidden = any(v == HIDDEN for _, v, _ in shown) or any(x["rows"] is None for x in lines)
    parts = [v for v in (*verdicts, HIDDEN) if any(p == v for _, p, _ in shown)]
    a = altair()
    rows = [{"month": dt.date.fromisoformat(f"{x['month']}-01"), "verdict": v, "rows": n, "order": parts.index(v)} for x, v, n in shown]
    span = (int(months[-1][:4]) - int(months[0][:4])) * 12 + int(months[-1][5:]) - int(months[0][5:]) + 1
    chart = a.Chart(data(rows)).mark_bar(width=min(28.0, (0.8 if span <= 60 else 1.0) * WIDTH / span)).encode(
        x=a.X("month:T", title=None, axis=a.Axis(format="%b %Y", tickCount=8, labelFlush=True)),
        y=a.Y("rows:Q", title="Requests a month", stack="zero", axis=a.Axis(format=",~f", tickCount=6)),
        color=a.Color("verdict:N", sort=parts, scale=a.Scale(domain=parts, range=[COLOUR.get(p, UNKNOWN) for p in parts]), legend=a.Legend(title=None, symbolType="square")),
        order="order:Q", tooltip=["month:T", "verdict:N", "rows:Q"],
    )  # fmt: skip
    totals = {p: sum(n for _, v, n in shown if v == p) for p in parts}
    said = "; ".join(f"{p} {n:,}" for p, n in totals.items())
    most = max((p for p in totals if p != HIDDEN), key=lambda p: totals[p], default=HIDDEN)
    return finish(
        chart.properties(width=WIDTH, height=240), title=f"{act}: month by month" + (f", most often {most}" if most != HIDDEN else ""), source=source, on=on,
        subtitle="Grey: numbers that are hidden because they are small, or would give a small one away." if hidden else "", alt=f"Columns of requests a month from {months[0]} to {months[-1]}. Numbers shown in all: {said}.",
    )  # fmt: skip


def by_state(lines: Sequence[Mapping[str, Any]], open_: Sequence[Mapping[str, Any]], act: str, source: str, on: str) -> Chart | None:
    """Bars of a hundred per cent, one a state, the states with the most requests. ``open_``: what is possible where it depends.

    What is hidden of a state is grey. None where every request of every state has the same answer: then there is nothing to see.
    """
    verdicts = [v for v in verdicts_of(lines) if v != "depends"]
    named = [x for x in lines if x["state"] not in ("all", "")]
    possible: dict[str, dict[str, int | None]] = {}
    for y in open_:
        possible.setdefault(y["state"], {})[y["reachable"].replace(" | ", " or ")] = y["rows"]
    whole = sorted((x for x in named if x["rows"]), key=lambda x: -x["rows"])
    chosen = whole[:_MOST]
    split: dict[str, int] = {}
    for x in chosen:
        for words, n in possible.get(x["state"], {}).items():
            split[words] = split.get(words, 0) + (n or 0)
    kept = sorted((w for w in split if split[w]), key=lambda w: -split[w])[: max(0, len(COLOURS) - 1 - len(verdicts))]
    rows: list[tuple[str, str, int]] = []
    for x in chosen:
        bar = f"{x['state'].upper()} ({x['rows']:,})"
        rows += [(bar, v, x.get(v) or 0) for v in verdicts]
        here = {w: n for w in kept if (n := possible.get(x["state"], {}).get(w))}
        rows += [(bar, f"open: {w}", here.get(w, 0)) for w in kept]
        rest = x["rows"] - sum(x.get(v) or 0 for v in verdicts) - sum(here.values())
        told = x.get("depends", 0) is not None and all(x.get(v, 0) is not None for v in verdicts)
        rows += [(bar, _OTHER, rest if told else 0), (bar, HIDDEN, 0 if told else rest)]
    used = {part for _, part, n in rows if n}
    if len(used) < 2 or not chosen:
        return None
    notes = [f"The {len(chosen)} states with the most requests"] if len(named) > len(chosen) else []
    return _coloured(stacked([r for r in rows if r[1] in used], title=f"{act}: what the law says differs by state", value="requests", source=source, on=on, subtitle="; ".join(notes), share=True))


def _coloured(chart: Chart) -> Chart:
    """The same chart with one colour a verdict, and other colours for everything else."""

    def colours(domain: Sequence[str]) -> list[str]:
        fixed = {x: COLOUR[word] for x in domain if (word := x.partition(" (")[0]) in COLOUR}
        free = [c for c in (COLOURS[3], COLOURS[4], COLOURS[5], COLOURS[7], COLOURS[1], COLOURS[2], COLOURS[0]) if c not in fixed.values()]
        return [fixed.get(x) or (UNKNOWN if x.startswith(("unknown", HIDDEN)) else free.pop(0) if free else UNKNOWN) for x in domain]

    def mend(node: Any) -> Any:
        if isinstance(node, list):
            return [mend(x) for x in node]
        if isinstance(node, dict):
            if isinstance(node.get("domain"), list) and isinstance(node.get("range"), list) and all(isinstance(x, str) for x in node["domain"]):
                return node | {"range": colours(node["domain"])}
            return {k: mend(v) for k, v in node.items()}
        return node

    return Chart(mend(dict(chart.spec)), chart.alt)


def map_of(lines: Sequence[Mapping[str, Any]], act: str, source: str, on: str) -> Chart | None:
    """A map: the verdict of most requests in each state. A state where a hidden number could be the most is unknown.

    None where it is the same in every state.
    """
    verdicts = verdicts_of(lines)
    said: dict[str, str | None] = {}
    for x in lines:
        if x["state"] in ("all", "", "-") or not x["rows"]:
            continue
        known = {v: x[v] for v in verdicts if x.get(v)}
        rest = x["rows"] - sum(known.values())
        best = max(known, key=lambda v: known[v], default=None)
        said[x["state"]] = best if best is not None and (known[best] > rest or not any(x.get(v, 0) is None for v in verdicts)) else None
    order = [v for v in verdicts if v in said.values()]
    if len(order) < 2:
        return None
    return _coloured(state_map(said, title=f"{act}: the verdict that most requests of each state meet", legend="verdict (states)", source=source, on=on, order=order))


def agreement(lines: Sequence[Mapping[str, Any]], act: str, source: str, on: str) -> Chart | None:
    """What became of the requests under each verdict, as shares. None where the table says of nothing what became of it."""
    here = [x for x in lines if x["state"] == "all" and x["rows"]]
    rows: list[tuple[str, str, int]] = []
    for x in here:
        shown = {h: x.get(h) or 0 for h in HAPPENED}
        rows += [(f"{x['verdict']} ({x['rows']:,})", BECAME[h], n) for h, n in shown.items()]
        rows.append((f"{x['verdict']} ({x['rows']:,})", HIDDEN, x["rows"] - sum(shown.values())))
    if not any(n for _, part, n in rows if part not in (BECAME["none"], HIDDEN)):
        return None
    used = {part for _, part, n in rows if n}
    return _coloured(stacked([r for r in rows if r[1] in used], title=f"{act}: what was recorded of the requests under each verdict", value="requests", source=source, on=on, share=True))
