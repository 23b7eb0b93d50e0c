"""Bars, lines, bands, stacks and tornadoes. Values are plain rows; nothing is guessed, a missing value is left out and said."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from homerule.documents.charts.look import COLOURS, DASHES, QUIET, WIDTH, Chart, altair, data, finish
from homerule.errors import InputError

X = dt.date | int | float | str
_LIST_ALL = 12  # rows that an alternative text names one by one


def number(value: float) -> str:
    """A number as a reader sees it: thousands set apart, at most two decimals."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.01 else f"{value:.2g}"


def _finite(value: object, what: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"the chart has no number for `{what}`", help="Leave out what is not known, and say so in the title or the source line")
    return float(value)


def _some(rows: Sequence[Any]) -> None:
    if not rows:
        raise InputError("the chart has no rows", help="Give it at least one")


def bars(rows: Mapping[str, float] | Iterable[tuple[str, float]], *, title: str, value: str, source: str = "", on: dt.date | str | None = None, subtitle: str = "", sort: bool = True) -> Chart:
    """Level bars, longest first unless ``sort`` is off. ``value``: what is counted, with its unit."""
    pairs = [(str(k), _finite(v, k)) for k, v in (rows.items() if isinstance(rows, Mapping) else rows)]
    _some(pairs)
    if sort:
        pairs.sort(key=lambda p: -p[1])
    a = altair()
    values = [{"label": k, "value": v, "text": number(v)} for k, v in pairs]
    y = a.Y("label:N", sort=None, title=None, axis=a.Axis(ticks=False, domain=False))
    base = a.Chart(data(values)).encode(y=y, x=a.X("value:Q", title=value, axis=a.Axis(format=",~f", tickCount=6)))
    chart = base.mark_bar(color=COLOURS[0], height={"band": 0.72}) + base.mark_text(align="left", dx=5).encode(text="text:N")
    said = "; ".join(f"{k}: {number(v)}" for k, v in pairs[:_LIST_ALL]) + ("" if len(pairs) <= _LIST_ALL else f"; and {len(pairs) - _LIST_ALL} more, down to {number(min(v for _, v in pairs))}")
    return finish(chart.properties(width=WIDTH, height=max(60, 26 * len(pairs))), title=title, subtitle=subtitle, alt=f"Bar chart of {value}. {said}.", source=source, on=on)


def _x(a: Any, rows: Sequence[tuple[Any, ...]], label: str) -> Any:
    first = rows[0][0]
    kind = "T" if isinstance(first, dt.date) else "Q" if isinstance(first, (int, float)) else "O"
    title = label or None
    if kind == "O":
        return a.X("x:O", sort=None, title=title, axis=a.Axis(labelAngle=0))
    return a.X(f"x:{kind}", title=title, axis=a.Axis(format="%Y-%m-%d" if _days(rows) < 150 else "%b %Y", tickCount=6, labelFlush=True) if kind == "T" else a.Axis(tickCount=8, format="d" if _years(rows) else ",~f"))


def _days(rows: Sequence[tuple[Any, ...]]) -> int:
    days = [r[0] for r in rows]
    return int((max(days) - min(days)).days)


def _years(rows: Sequence[tuple[Any, ...]]) -> bool:
    return all(isinstance(r[0], int) and 1900 <= r[0] <= 2100 for r in rows)


def _said(rows: Sequence[tuple[Any, ...]], at: int) -> str:
    """Each series' first and last value, and its highest."""
    out = []
    for name, group in groupby(sorted(rows, key=lambda r: str(r[1])), key=lambda r: r[1]):
        row = sorted(group, key=lambda r: r[0])
        top = max(row, key=lambda r: r[at])
        out.append(f"{name}: from {number(row[0][at])} at {row[0][0]} to {number(row[-1][at])} at {row[-1][0]}, highest {number(top[at])} at {top[0]}")
    return "; ".join(out)


def lines(rows: Iterable[tuple[X, str, float]], *, title: str, y: str, x: str = "", source: str = "", on: dt.date | str | None = None, subtitle: str = "", zero: bool = True) -> Chart:
    """Lines over days, numbers or ordered labels: rows ``(x, series, value)``. ``zero`` begins the upright axis at nought. Series differ by colour and dash."""
    given = [(at, str(name), _finite(v, name)) for at, name, v in rows]
    _some(given)
    a = altair()
    names = list(dict.fromkeys(r[1] for r in given))
    if len(names) > len(COLOURS):
        raise InputError(f"{len(names)} lines cannot be told apart", help=f"Draw at most {len(COLOURS)}, and gather the rest")
    values = [{"x": at, "series": name, "value": v} for at, name, v in given]
    shown = a.Legend(title=None, symbolType="stroke") if len(names) > 1 else None
    base = a.Chart(data(values)).encode(
        x=_x(a, given, x), y=a.Y("value:Q", title=y, scale=a.Scale(zero=zero), axis=a.Axis(tickCount=6, format=",~f")),
        color=a.Color("series:N", sort=names, scale=a.Scale(domain=names, range=list(COLOURS[: len(names)])), legend=shown),
        strokeDash=a.StrokeDash("series:N", sort=names, scale=a.Scale(domain=names, range=list(DASHES[: len(names)])), legend=shown),
    )  # fmt: skip
    few = len(given) <= 40 * len(names)
    return finish(base.mark_line(point={"size": 28} if few and len(given) < 60 else False).properties(width=WIDTH, height=320), title=title, subtitle=subtitle, alt=f"Line chart of {y}. {_said(given, 2)}.", source=source, on=on)


def bands(rows: Iterable[tuple[X, str, float, float, float]], *, title: str, y: str, x: str = "", source: str = "", on: dt.date | str | None = None, subtitle: str = "", zero: bool = True) -> Chart:
    """Middle lines within bands: rows ``(x, series, p5, p50, p95)``. The foot says what the band is."""
    given = [(at, str(name), _finite(low, name), _finite(mid, name), _finite(high, name)) for at, name, low, mid, high in rows]
    _some(given)
    for row in given:
        if not row[2] <= row[3] <= row[4]:
            raise InputError(f"the band at `{row[0]}` of `{row[1]}` is not in order", help="Give the 5th, 50th and 95th percentile, each no smaller than the one before")
    a = altair()
    names = list(dict.fromkeys(r[1] for r in given))
    values = [{"x": r[0], "series": r[1], "p5": r[2], "p50": r[3], "p95": r[4]} for r in given]
    colour = a.Color("series:N", sort=names, scale=a.Scale(domain=names, range=list(COLOURS[: len(names)])), legend=a.Legend(title=None, symbolType="stroke") if len(names) > 1 else None)
    dash = a.StrokeDash("series:N", sort=names, scale=a.Scale(domain=names, range=list(DASHES[: len(names)])), legend=a.Legend(title=None) if len(names) > 1 else None)
    base = a.Chart(data(values)).encode(x=_x(a, given, x))
    middle = base.mark_line().encode(y=a.Y("p50:Q", title=y, scale=a.Scale(zero=zero), axis=a.Axis(tickCount=6, format=",~f")), color=colour, strokeDash=dash)
    chart = base.mark_area(opacity=0.22).encode(y=a.Y("p5:Q", title=y), y2="p95:Q", color=colour) + middle
    last: list[Any] = [max(group, key=lambda r: r[0]) for _, group in groupby(sorted(given, key=lambda r: r[1]), key=lambda r: r[1])]
    ends = "; ".join(f"{r[1]} ends at {number(r[3])}, between {number(r[2])} and {number(r[4])}" for r in last)
    note = f"{source.rstrip('.')}. Line: median; band: 5th to 95th percentile" if source else "Line: median; band: 5th to 95th percentile"
    return finish(chart.properties(width=WIDTH, height=320), title=title, subtitle=subtitle, alt=f"Line chart with bands of {y}. {ends}. The bands run from the 5th to the 95th percentile.", source=note, on=on)


def stacked(rows: Iterable[tuple[str, str, float]], *, title: str, value: str, source: str = "", on: dt.date | str | None = None, subtitle: str = "", share: bool = False) -> Chart:
    """Level bars in parts: rows ``(bar, part, value)``, none below nought. ``share`` draws each bar as a hundred per cent."""
    given = [(str(bar), str(part), _finite(v, f"{bar}, {part}")) for bar, part, v in rows]
    _some(given)
    if any(v < 0 for *_, v in given):
        raise InputError("a stacked bar cannot show a value below nought", help="Draw it with `bars`")
    a = altair()
    parts, order = list(dict.fromkeys(r[1] for r in given)), list(dict.fromkeys(r[0] for r in given))
    values = [{"bar": b, "part": p, "value": v, "order": parts.index(p)} for b, p, v in given]
    chart = a.Chart(data(values)).mark_bar(stroke="#ffffff", strokeWidth=1.2, height={"band": 0.74}).encode(
        y=a.Y("bar:N", sort=order, title=None, axis=a.Axis(ticks=False, domain=False)),
        x=a.X("value:Q", stack="normalize" if share else "zero", title=f"Share of {value}" if share else value, axis=a.Axis(format=".0%" if share else ",~f", tickCount=6)),
        color=a.Color("part:N", sort=parts, scale=a.Scale(domain=parts, range=[COLOURS[i % len(COLOURS)] for i in range(len(parts))]), legend=a.Legend(title=None, columns=4)),
        order="order:Q", tooltip=["bar:N", "part:N", "value:Q"],
    )  # fmt: skip
    said = "; ".join(f"{b}: " + ", ".join(f"{p} {number(v)}" for x, p, v in given if x == b) for b in order[:_LIST_ALL])
    return finish(chart.properties(width=WIDTH, height=max(60, 30 * len(order))), title=title, subtitle=subtitle, alt=f"Stacked bar chart of {value}. {said}.", source=source, on=on)


def tornado(rows: Iterable[tuple[str, float, float]], *, base: float, title: str, value: str, source: str = "", on: dt.date | str | None = None, subtitle: str = "", low: str = "low value", high: str = "high value") -> Chart:
    """How far each input moves a result: rows ``(input, result at its low, result at its high)`` around ``base``, the widest on top."""
    given = [(str(name), _finite(lo, name), _finite(hi, name)) for name, lo, hi in rows]
    _some(given)
    given.sort(key=lambda r: -abs(r[2] - r[1]))
    middle = _finite(base, "base")
    a = altair()
    values = [{"input": name, "side": side, "from": middle, "to": v, "text": number(v), "right": v >= middle} for name, lo, hi in given for side, v in ((low, lo), (high, hi))]
    every = [middle, *(v for _, lo, hi in given for v in (lo, hi))]
    room = (max(every) - min(every)) * 0.1 or 1.0
    y = a.Y("input:N", sort=None, title=None, axis=a.Axis(ticks=False, domain=False))
    x = a.X("to:Q", title=value, scale=a.Scale(domain=[min(every) - room, max(every) + room], nice=False, zero=False), axis=a.Axis(tickCount=6, format=",~f"))
    rects = a.Chart(data(values)).mark_bar(height={"band": 0.7}).encode(y=y, x=x, x2="from:Q", color=a.Color("side:N", sort=[low, high], scale=a.Scale(domain=[low, high], range=[COLOURS[1], COLOURS[0]]), legend=a.Legend(title="Result with the input at its")))
    left = a.Chart(data([v for v in values if not v["right"]])).mark_text(align="right", dx=-4).encode(y=y, x=x, text="text:N")
    right = a.Chart(data([v for v in values if v["right"] and v["to"] != middle])).mark_text(align="left", dx=4).encode(y=y, x=x, text="text:N")
    line = a.Chart(data([{"base": middle}])).mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x=a.X("base:Q"))
    said = "; ".join(f"{name}: {number(lo)} to {number(hi)}" for name, lo, hi in given[:_LIST_ALL])
    return finish((rects + left + right + line).properties(width=WIDTH, height=max(60, 32 * len(given))), title=title, subtitle=subtitle, alt=f"Tornado chart of {value} around {number(middle)}. {said}.", source=source, on=on)
