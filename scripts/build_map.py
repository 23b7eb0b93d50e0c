"""Build the outlines of the states that `homerule law matrix --map` draws: `src/homerule/survey/data/outlines.json`.

    python scripts/build_map.py

| source | licence | what is taken |
|---|---|---|
| npm `us-atlas` 3.0.1, `states-albers-10m.json` | ISC; the shapes are the Census Bureau's cartographic boundaries of 2017 (public domain) | the outlines, in its equal-area projection with Alaska and Hawaii set in |

Every border is simplified once, so that neighbours still meet: points that span a small triangle go first (Visvalingam 1993). Islands under
`SPECK` square units are left out, unless a state has nothing larger, and so are those west of the field. Coordinates are whole numbers of half a unit (a unit is 1/975 of the
width). A label stands where the largest circle fits into the state; a state whose circle is small gets a box at the side instead.
Run it again when a source has a new release; nothing of it is needed at run time.
"""

from __future__ import annotations

import csv
import heapq
import json
import math
import subprocess
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/homerule/survey/data/outlines.json"
PACKAGE, MEMBER = "us-atlas@3.0.1", "package/states-albers-10m.json"
SIMPLER = 0.4  # a point goes if its triangle is smaller than this, in square units
SPECK = 3.0
ROOM = 14.0  # radius, in units, that a label needs inside a state
AWAY = {"hi": (-34.0, 16.0)}  # labels that stand beside their state, in the sea: steps from the middle


def topology() -> dict[str, Any]:
    """The TopoJSON file, through npm's ordinary client."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            file = archive.extractfile(MEMBER)
            if file is None:
                raise SystemExit(f"{PACKAGE} holds no {MEMBER}: look where the file went and mend MEMBER in this script.")
            return json.load(file)  # type: ignore[no-any-return]


def decoded(data: dict[str, Any]) -> list[list[Point]]:
    """The arcs in units."""
    (sx, sy), (tx, ty) = data["transform"]["scale"], data["transform"]["translate"]
    out = []
    for arc in data["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        out.append(points)
    return out


def triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(arc: list[Point]) -> list[Point]:
    """The arc without the points that matter least; its ends, and a ring's third point, stay."""
    n = len(arc)
    before, after, gone = list(range(-1, n - 1)), list(range(1, n + 1)), [False] * n
    heap = [(triangle(arc[i - 1], arc[i], arc[i + 1]), i) for i in range(1, n - 1)]
    heapq.heapify(heap)
    left, worst = n, 0.0
    while heap and left > 4:
        area, i = heapq.heappop(heap)
        if gone[i] or before[i] < 0 or after[i] >= n:
            continue
        now = triangle(arc[before[i]], arc[i], arc[after[i]])
        if now > area + 1e-12:
            heapq.heappush(heap, (now, i))
            continue
        worst = max(worst, now)
        if worst > SIMPLER:
            break
        gone[i] = True
        left -= 1
        a, b = before[i], after[i]
        after[a], before[b] = b, a
    return [p for i, p in enumerate(arc) if not gone[i]]


def ring_of(indexes: list[int], arcs: list[list[Point]]) -> list[Point]:
    out: list[Point] = []
    for i in indexes:
        arc = arcs[i] if i >= 0 else arcs[~i][::-1]
        out += arc if not out else arc[1:]
    return out


def area_of(ring: list[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def path_of(ring: list[Point]) -> str:
    """One closed ring as SVG path data in half units: an absolute start, then steps."""
    whole = [(round(x * 2), round(y * 2)) for x, y in ring[:-1]]
    x, y = whole[0]
    out = [f"M{x} {y}l"]
    for px, py in whole[1:]:
        if (px, py) != (x, y):
            step = f"{px - x} {py - y}"
            out.append(step if out[-1].endswith("l") or step.startswith("-") else f" {step}")
            x, y = px, py
    return "".join(out).replace(" -", "-") + "z"


def middle(rings: list[list[Point]]) -> tuple[Point, float]:
    """The centre and radius of the largest circle inside the largest ring, on a grid refined twice."""
    ring = max(rings, key=area_of)
    edges = list(pairwise(ring))

    def depth(p: Point) -> float:
        inside, near = False, math.inf
        for (ax, ay), (bx, by) in edges:
            if (ay > p[1]) != (by > p[1]) and p[0] < (bx - ax) * (p[1] - ay) / (by - ay) + ax:
                inside = not inside
            dx, dy = bx - ax, by - ay
            t = max(0.0, min(1.0, ((p[0] - ax) * dx + (p[1] - ay) * dy) / ((dx * dx + dy * dy) or 1)))
            near = min(near, math.hypot(p[0] - ax - t * dx, (p[1] - ay - t * dy) * 1.6))  # a label is wider than tall
        return near if inside else -near

    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    best = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    wide, high = (max(xs) - min(xs)) / 2, (max(ys) - min(ys)) / 2
    for _ in range(4):
        best = max(((best[0] + wide * i / 10, best[1] + high * j / 10) for i in range(-10, 11) for j in range(-10, 11)), key=depth)
        wide, high = wide / 6, high / 6
    return best, depth(best)


def main() -> None:
    with (ROOT / "src/homerule/places/data/states.csv").open(encoding="utf-8") as file:
        code_of = {row["fips"]: row["code"] for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    data = topology()
    arcs = [simplified(a) for a in decoded(data)]
    states: dict[str, Any] = {}
    for shape in data["objects"]["states"]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = sorted((ring_of(r, arcs) for polygon in polygons for r in polygon), key=area_of, reverse=True)
        kept = rings[:1] + [r for r in rings[1:] if area_of(r) >= SPECK and min(p[0] for p in r) >= 0]
        (x, y), radius = middle(kept)
        code = code_of[shape["id"]]
        if code in AWAY:
            x, y = x + AWAY[code][0], y + AWAY[code][1]
        states[code] = {"path": "".join(map(path_of, kept)), "label": [round(x * 2), round(y * 2)], "box": radius < ROOM and code not in AWAY}
    about = "Outlines in half units of a 975 by 610 field, written by scripts/build_map.py from the Census Bureau's cartographic boundaries of 2017 (npm us-atlas 3.0.1, ISC)"
    lines = ",\n".join(f"{json.dumps(code)}: {json.dumps(states[code])}" for code in sorted(states))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(f'{{"about": {json.dumps(about)},\n"size": [1950, 1220],\n"states": {{\n{lines}\n}}}}\n', encoding="utf-8")
    print(f"{OUT.relative_to(ROOT)}: {len(states)} outlines, {OUT.stat().st_size:,} bytes; boxes for {' '.join(sorted(c for c in states if states[c]['box']))}")


if __name__ == "__main__":
    main()
