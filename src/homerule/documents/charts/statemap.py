"""One claim about the states as a map, with a legend that names what is not known. The outlines are the project's own: no request is made."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from homerule.documents.charts.look import COLOURS, INK, SEQUENCE, UNKNOWN, Chart, altair, data, finish
from homerule.documents.charts.plots import number
from homerule.errors import InputError, nearest
from homerule.survey.map import outlines

UNKNOWN_WORD = "unknown"
_FIELD = (1950.0, 1240.0)  # of the outlines, in their own units
_BOX = (46.0, 34.0)


@cache
def _shapes() -> Mapping[str, list[list[list[float]]]]:
    """Each state's outline as rings of points."""
    out = {}
    for code, shape in outlines().items():
        rings = []
        for part in re.findall(r"M([^Mz]*)z?", shape["path"]):
            start, _, rest = part.partition("l")
            x, y = (float(n) for n in start.split())
            ring = [[x, y]]
            steps = [float(n) for n in re.findall(r"-?[\d.]+", rest)]
            for dx, dy in zip(steps[::2], steps[1::2]):
                x, y = x + dx, y + dy
                ring.append([x, y])
            rings.append([*ring, ring[0]])
        out[code] = rings
    return out


def _box(x: float, y: float) -> list[list[list[float]]]:
    w, h = _BOX
    return [[[x, y], [x, y + h], [x + w, y + h], [x + w, y], [x, y]]]


def state_map(values: Mapping[str, float | str | None], *, title: str, legend: str, source: str = "", on: dt.date | str | None = None, subtitle: str = "", order: Sequence[str] = (), steps: Sequence[float] = ()) -> Chart:
    """A map of the states. ``values``: two-letter code to a number, a word, or None; a state not named, or None, is ``unknown``.

    Numbers fall into classes: at ``steps`` (their lower ends), or into about five of like size. Words are drawn in ``order`` (as they come, if not given).
    Raises InputError for a code that is no state or territory, or for more words than can be told apart.
    """
    known = {k.lower(): v for k, v in values.items() if v is not None}
    shapes = _shapes()
    apart = sorted({k.lower() for k in values} - set(shapes))
    for code in apart:
        if not re.fullmatch(r"[a-z]{2}", code):
            raise InputError(f"`{code}` is no state", help=nearest(code, list(shapes)))
    numeric = bool(known) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in known.values())
    if numeric and not all(math.isfinite(float(v)) for v in known.values()):
        raise InputError("the map has a number that is none", help="Give None for what is not known")
    classes, of = _classes({k: float(v) for k, v in known.items()}, steps) if numeric else _words({k: str(v) for k, v in known.items()}, order)
    colours = _ramp(len(classes)) if numeric else list(COLOURS[: len(classes)])
    a = altair()
    count = Counter(of.get(code, UNKNOWN_WORD) for code in [*shapes, *apart])
    labels = {c: f"{c} ({count[c]})" for c in [*classes, UNKNOWN_WORD]}
    domain, fill = [labels[c] for c in [*classes, UNKNOWN_WORD]], [*colours, UNKNOWN]
    dark = {labels[c] for c, colour in zip(classes, colours) if _luminance(colour) < 0.4}

    features, texts = [], []

    def add(code: str, rings: list[list[list[float]]], at: tuple[float, float], boxed: bool) -> None:
        group = labels[of.get(code, UNKNOWN_WORD)]
        value = known.get(code)
        said = UNKNOWN_WORD if value is None else number(float(value)) if numeric else str(value)
        features.append({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[r] for r in rings]}, "group": group, "state": code.upper(), "value": said})
        texts.append({"x": at[0], "y": at[1], "state": code.upper(), "ink": "#ffffff" if group in dark and not boxed else INK, "boxed": boxed})

    small = sorted((c for c, s in outlines().items() if s["box"]), key=lambda c: outlines()[c]["label"][1])
    for code, shape in outlines().items():
        if not shape["box"]:
            add(code, shapes[code], (shape["label"][0], shape["label"][1]), False)
        else:
            group = labels[of.get(code, UNKNOWN_WORD)]
            features.append({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[r] for r in shapes[code]]}, "group": group, "state": code.upper(), "value": ""})
    for column, codes in enumerate((small, apart)):
        for i, code in enumerate(codes):
            x, y = 1790.0 + 130 * column, 640.0 + 50 * i
            add(code, _box(x, y), (x + _BOX[0] + 12, y + _BOX[1] / 2), True)

    scale = 0.36
    plot = {"width": _FIELD[0] * scale + (60 if apart else 0), "height": _FIELD[1] * scale}
    project = {"type": "identity", "scale": scale, "translate": [0, 0]}
    ground = a.Chart(a.Data(values=features)).mark_geoshape(stroke="#ffffff", strokeWidth=1).encode(
        color=a.Color("group:N", sort=domain, scale=a.Scale(domain=domain, range=fill), legend=a.Legend(title=legend, columns=3, symbolType="square", symbolSize=220, symbolStrokeWidth=0.8, symbolStrokeColor="#888888")),
        tooltip=["state:N", "value:N"],
    ).project(**project)  # fmt: skip
    marks = [ground]
    for boxed in (False, True):
        for ink in ("#ffffff", INK):
            some = [t for t in texts if t["boxed"] is boxed and t["ink"] == ink]
            if some:
                where = {"x": a.X("x:Q", axis=None, scale=a.Scale(domain=[0, plot["width"] / scale], nice=False)), "y": a.Y("y:Q", axis=None, scale=a.Scale(domain=[plot["height"] / scale, 0], nice=False))}
                marks.append(a.Chart(data(some)).mark_text(fontSize=10.5, fontWeight="bold", color=ink, align="left" if boxed else "center", baseline="middle").encode(text="state:N", **where))
    by = {c: [k.upper() for k in [*shapes, *apart] if of.get(k, UNKNOWN_WORD) == c] for c in [*classes, UNKNOWN_WORD]}
    said = "; ".join(f"{c}: {', '.join(sorted(codes)) or 'none'}" for c, codes in by.items())
    return finish(a.layer(*marks).properties(**plot), title=title, subtitle=subtitle, alt=f"Map of the states by {legend}. {said}.", source=source, on=on)


def _words(values: Mapping[str, str], order: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    names = list(dict.fromkeys([*order, *values.values()]))
    names = [n for n in names if n != UNKNOWN_WORD]
    if len(names) > len(COLOURS):
        raise InputError(f"{len(names)} kinds of states cannot be told apart on a map", help=f"Gather them into at most {len(COLOURS)}")
    return names, dict(values)


def _classes(values: Mapping[str, float], steps: Sequence[float]) -> tuple[list[str], dict[str, str]]:
    """Classes by their lower ends: given, or such that each holds about as many states. Nought is a class of its own."""
    lows = sorted(set(float(s) for s in steps))
    whole = all(v == int(v) for v in values.values())
    if not lows:
        some = sorted(v for v in values.values() if v != 0)
        lows = sorted({some[int(len(some) * i / 4)] for i in range(4)}) if some else []
        if 0.0 in values.values():
            lows = sorted({0.0, *lows})
    elif values and min(values.values()) < lows[0]:
        lows = [min(values.values()), *lows]
    if len(lows) > 7:
        raise InputError(f"{len(lows)} classes cannot be told apart on a map", help="Give at most seven steps")
    names = []
    for i, low in enumerate(lows):
        last = max([v for v in values.values() if v >= low and (i + 1 == len(lows) or v < lows[i + 1])], default=low)
        top = last if i + 1 == len(lows) else lows[i + 1] - 1 if whole and all(x == int(x) for x in lows) else lows[i + 1]
        names.append(number(low) if top == low or (low == 0 and last == 0) else f"{number(low)} to {number(top)}" if whole or i + 1 == len(lows) else f"{number(low)} to under {number(top)}")
    of = {code: names[max(i for i, low in enumerate(lows) if v >= low)] for code, v in values.items()}
    return names, of


def _ramp(count: int) -> list[str]:
    """``count`` colours from light to dark."""
    if count <= 1:
        return [SEQUENCE[3]] * count
    out = []
    for i in range(count):
        at = i * (len(SEQUENCE) - 1) / (count - 1)
        low, part = int(at), at - int(at)
        a, b = (_rgb(SEQUENCE[min(k, len(SEQUENCE) - 1)]) for k in (low, low + 1))
        out.append("#" + "".join(f"{round(x + (y - x) * part):02x}" for x, y in zip(a, b)))
    return out


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _luminance(colour: str) -> float:
    r, g, b = (c / 255 for c in _rgb(colour))
    return 0.299 * r + 0.587 * g + 0.114 * b


def table_of(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The map's values as rows for the table that stands under it."""
    return [(k.upper(), UNKNOWN_WORD if v is None else number(float(v)) if isinstance(v, (int, float)) else str(v)) for k, v in sorted(values.items())]
