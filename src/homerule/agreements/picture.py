"""Counts as pictures: a map of the states, and a chart over time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from homerule import __version__
from homerule.agreements.kinds import kinds
from homerule.agreements.stats import Stats
from homerule.agreements.timeline import day
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.documents.charts import Chart

__all__ = ["chart", "map_svg", "save"]

_FONT = "Lato, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _EDGE = "#1a1a1a", "#444444", "#3c3c3c"
_NONE = "#f7f7f7"
#: One colour from light to dark, so that it survives a grey print; letters are white on the last three.
_STEPS = ("#dadaeb", "#bcbddc", "#9e9ac8", "#756bb1", "#54278f")
_BREAKS = (1, 5, 20, 50, 150)


def map_svg(stats: Stats, *, title: str = "", source: str = "") -> str:
    """The map of a day's counts as SVG: each state's number, darker for more. `source` is a sentence for the foot."""
    from homerule.places.tables import tables
    from homerule.survey.map import outlines

    counts = {r.state: r for r in stats.rows}
    total = sum(r.agreements for r in stats.rows)
    model = next(iter(stats.rows[0].models)) if stats.rows and len({m for r in stats.rows for m in r.models}) == 1 else ""
    what = kinds().label("", model) if model else kinds().kinds[next(iter(kinds().kinds))].label + "s"
    heading = title or f"{what} as listed on {day(stats.on) if stats.on else 'no day'}"
    shapes = outlines()
    parts: list[str] = []
    labels: list[str] = []
    top = 62

    def tip(code: str) -> str:
        r = counts.get(code)
        by = ", ".join((kinds().label("", m) or "model not stated") + f" {n}" for m, n in r.models.items()) if r else ""
        said = f"{r.agreements} agreements of {r.bodies} bodies ({by})" if r else "none listed"
        return f"<title>{escape(f'{tables().states[code].name}: {said}')}</title>"

    for code, shape in shapes.items():
        n = counts[code].agreements if code in counts else 0
        use = f'<use xlink:href="#{code}" transform="translate(6 {top - 8}) scale(0.5)"'
        parts.append(f'<g>{tip(code)}{use} fill="{_fill(n)}" stroke="#ffffff" stroke-width="2.2" stroke-linejoin="round"/>{use} fill="none" stroke="{_EDGE}" stroke-width="1.1" stroke-linejoin="round"/></g>')
        x, y = shape["label"]
        if not shape["box"]:
            labels.append(_label(6 + x / 2, top - 8 + y / 2, code.upper(), n))
    small = sorted((c for c in shapes if shapes[c]["box"]), key=lambda c: int(shapes[c]["label"][1]))
    apart = [c for c, row in tables().states.items() if c not in shapes and (c in counts or row.kind == "territory")]
    for x, codes in ((862, small), (936, apart)):
        y = top + 326
        for code in codes:
            n = counts[code].agreements if code in counts else 0
            parts.append(f'<g>{tip(code)}<rect x="{x}" y="{y}" width="30" height="19" fill="{_fill(n)}" stroke="{_EDGE}" stroke-width="0.8"/></g>')
            labels.append(f'<text x="{x + 15}" y="{y + 14}" font-size="12" text-anchor="middle" fill="{_letters(n)}">{n or ""}</text><text x="{x + 34}" y="{y + 14.5}" font-size="12.5" font-weight="bold">{code.upper()}</text>')
            y += 24
    y = top + 610
    legend = []
    names = ["none listed", *(f"{a} to {b - 1}" if b - 1 > a else str(a) for a, b in itertools.pairwise(_BREAKS)), f"{_BREAKS[-1]} or more"]
    tally = [sum(_step(counts[c].agreements if c in counts else 0) == i for c in {*shapes, *apart}) for i in range(len(names))]
    for i, name in enumerate(names):
        x = 20 + 158 * i
        legend.append(f'<rect x="{x}" y="{y}" width="30" height="19" fill="{(_NONE, *_STEPS)[i]}" stroke="{_EDGE}" stroke-width="0.8"/><text x="{x + 37}" y="{y + 14}" font-size="13">{name} ({tally[i]})</text>')
    foot = [f"{source} Counted by Homerule {__version__}. In parentheses: states, the District and territories. Outlines: US Census Bureau.".strip(), "A list shows what was published on its day; who is not on it may still have an agreement."]
    lines = [w for f in foot for w in wrap(f, 165)]
    height = y + 40 + 15 * len(lines)
    bodies = sum(r.bodies for r in stats.rows)
    subtitle = f"{total:,} agreements of {bodies:,} bodies in {len(stats.rows)} states and territories"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1000 {height}" width="1000" height="{height}" role="img" font-family="{_FONT}" fill="{_INK}">\n'
        f"<title>{escape(heading)}</title>\n<desc>{escape(subtitle)}</desc>\n<defs>" + "".join(f'<path id="{c}" d="{s["path"]}"/>' for c, s in shapes.items()) + "</defs>\n"
        f'<rect width="1000" height="{height}" fill="#ffffff"/>\n<text x="20" y="36" font-size="24" font-weight="bold">{escape(heading)}</text>\n<text x="20" y="58" font-size="14">{escape(subtitle)}</text>\n'
        + "\n".join([*parts, *labels, *legend])
        + "".join(f'\n<text x="20" y="{y + 44 + 15 * i}" font-size="11.5" fill="{_QUIET}">{escape(line)}</text>' for i, line in enumerate(lines)) + "\n</svg>\n"
    )  # fmt: skip


def _step(n: int) -> int:
    return sum(n >= b for b in _BREAKS)


def _fill(n: int) -> str:
    return (_NONE, *_STEPS)[_step(n)]


def _letters(n: int) -> str:
    return "#ffffff" if _step(n) >= 4 else _INK


def _label(x: float, y: float, code: str, n: int) -> str:
    ink, halo = _letters(n), _fill(n)
    edge = f'stroke="{halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke" pointer-events="none"'
    if not n:
        return f'<text x="{x:.1f}" y="{y + 4.5:.1f}" font-size="12" fill="#6b6b6b" text-anchor="middle" {edge}>{code}</text>'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" fill="{ink}" text-anchor="middle" {edge}>{code}</text><text x="{x:.1f}" y="{y + 13:.1f}" font-size="13" font-weight="bold" fill="{ink}" text-anchor="middle" {edge}>{n}</text>'


def chart(series: Sequence[tuple[date, dict[str, int]]], *, place: str = "", source: str = "") -> Chart:
    """The counts over time as a chart: a line a model, from list to list. `place` names what was counted. Needs the extra `charts`."""
    from homerule.documents.charts import lines

    models = [m for m in (*kinds().models, "") if any(c.get(m) for _, c in series)]
    if not models:
        raise InputError("there is nothing to draw", where="--chart", help="Import lists first, or ask for a place that is on one")
    names = {m: kinds().label("", m) or "model not stated" for m in models}
    first, last = sum(series[0][1].values()), sum(series[-1][1].values())
    where = f" in {place}" if place else ""
    title = f"Agreements listed{where}: {first:,} on {day(series[0][0])}, {last:,} on {day(series[-1][0])}"
    rows = [(on, names[m], c.get(m, 0)) for on, c in series for m in sorted(models, key=lambda m: -series[-1][1].get(m, 0))]
    return lines(rows, title=title, y="Agreements listed", subtitle=f"From {len(series)} published lists; between two lists nothing is known.", source=source, on=series[-1][0])


def save(svg: str, path: str) -> None:
    """Write a picture as .svg, or as .png with the extra `maps`. Raises InputError for another ending."""
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in (".svg", ".png"):
        raise InputError(f"a picture is written as .svg or .png, not as `{ending or path}`", where=path, help="Choose one of the two endings")
    if ending == ".png":
        from homerule.survey.map import png

        data = png(svg)
    else:
        data = svg.encode()
    try:
        target.write_bytes(data)
    except OSError as error:
        raise InputError(f"the picture cannot be written: {error.strerror}", where=path, help="Choose another place") from None
