"""One column of the matrix as a map of the states: SVG by hand, PNG by an extra.

Colour and pattern both say the category, so that neither is needed: the colours are a purple-to-orange scale that the common kinds of
colour blindness tell apart, and the patterns survive a grey print. Outlines come from ``data/outlines.json`` (``scripts/build_map.py``);
states too small for a label, and the territories, are boxes at the side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from os.path import dirname, join
from textwrap import wrap
from typing import Any, NamedTuple

from homerule import __version__
from homerule.conditions.words import given
from homerule.errors import InputError
from homerule.reasoning.explain import listed, long_date
from homerule.survey.matrix import CATEGORIES, Cell, Matrix, Row
from homerule.vocabulary import Vocabulary

WIDTH = 1000  # of the drawing, in its own units
_MARGIN = 20
_FONT = "Lato, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_INK, _QUIET, _EDGE = "#1a1a1a", "#444444", "#3c3c3c"


class Hatch(NamedTuple):
    """Parallel lines: ``slope`` 0 level, 1 rising, -1 falling, 9 upright; ``gap`` units apart, every other one moved by ``shift`` along itself."""

    colour: str
    width: float
    slope: int
    gap: float
    dash: str = ""
    shift: float = 0


class Look(NamedTuple):
    """How a category is drawn: its ground, and the lines over it."""

    ground: str
    hatches: tuple[Hatch, ...] = ()


LOOKS: Mapping[str, Look] = {
    "required": Look("#b35806", (Hatch("#fff3e0", 1.2, 1, 8),)),
    "required_federal": Look("#fdc58a", (Hatch("#8a4503", 1.0, 1, 8),)),
    "limits_barred": Look("#fde3c0", (Hatch("#b35806", 2.8, 0, 5, "0 10", 5),)),
    "express": Look("#d4d4d4"),
    "not_reached": Look("#efefef", (Hatch("#808080", 1.1, 0, 6, "4 6", 5),)),
    "silence": Look("#f7f7f7"),
    "prohibited_federal": Look("#c9c3e0", (Hatch("#542788", 1.0, -1, 8),)),
    "prohibited": Look("#542788", (Hatch("#e6dff2", 1.2, -1, 8),)),
    "conflict": Look("#ffffff", (Hatch("#1a1a1a", 5, 0, 5, "5 5", 5),)),
    "depends": Look("#9fd8d0", (Hatch("#01665e", 1.0, 0, 8), Hatch("#01665e", 1.0, 9, 8))),
    "unsettled": Look("#ffffff", (Hatch("#666666", 2.2, 9, 6),)),
    "not_in_corpus": Look("#ffffff", (Hatch("#8c8c8c", 2.0, 0, 8, "0 16", 8),)),
}


@cache
def outlines() -> Mapping[str, Any]:
    """The outlines by code, in half units of a 975 by 610 field: ``path``, the place of the ``label``, and ``box`` where none fits."""
    with open(join(dirname(__file__), "data", "outlines.json"), encoding="utf-8") as file:
        return json.load(file)["states"]  # type: ignore[no-any-return]


def draw(matrix: Matrix, column: int, vocabulary: Vocabulary) -> str:
    """The map of one column as SVG text. ``vocabulary`` gives the words of the facts."""
    return _Drawing(matrix, column, vocabulary).svg()


def png(svg: str, width: int = 1600) -> bytes:
    """The picture of ``svg``, ``width`` pixels wide. Needs the extra ``maps``; raises InputError without it."""
    from importlib import import_module
    from importlib.util import find_spec

    try:
        render: Any = import_module("resvg_py")
    except ImportError:
        raise InputError("a PNG needs the extra `maps`", where="--map", help="Install it with `pip install 'homerule[maps]'`, or write an SVG: it needs nothing more") from None
    fonts = find_spec("font_lato")  # the same letters on every machine; without it those of the system
    folders = [join(p, "files") for p in fonts.submodule_search_locations or ()] if fonts else []
    return bytes(render.svg_to_bytes(svg_string=svg, width=width, font_dirs=folders or None, skip_system_fonts=bool(folders), font_family="Lato" if folders else None))


class _Drawing:
    def __init__(self, matrix: Matrix, column: int, vocabulary: Vocabulary) -> None:
        self.matrix, self.column, self.vocabulary = matrix, matrix.columns[column], vocabulary
        self.cells: dict[str, tuple[Row, Cell]] = {r.place.id: (r, r.cells[column]) for r in matrix.rows}
        self.turns_on = matrix.turns_on[column]
        self.grounds: list[str] = []  # drawn in this order: grounds, hatches, halos, edges, texts
        self.halos: list[str] = []
        self.edges: list[str] = []
        self.texts: list[str] = []
        self.clips: dict[str, list[str]] = {}  # the shapes of each category, over which its lines are drawn once
        self.y = 0.0

    def svg(self) -> str:
        """The whole drawing."""
        self.head()
        top = self.y
        self.states(top)
        self.boxes(top)
        self.y = top + 598
        self.legend()
        self.foot()
        height = round(self.y + _MARGIN)
        clips = "".join(f'<clipPath id="c-{name}">{"".join(shapes)}</clipPath>\n' for name, shapes in self.clips.items() if LOOKS[name].hatches)
        hatches = [self.hatch(name, top, height) for name in self.clips if LOOKS[name].hatches]
        body = [*self.grounds, *hatches, *self.halos, *self.edges, *self.texts]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="{_FONT}" fill="{_INK}">\n'
            f"<title>{escape(self.column.text)}</title>\n<desc>{escape(self.subtitle())} {escape(self.facts())}</desc>\n<defs>\n"
            + "".join(f'<path id="{code}" d="{shape["path"]}"/>\n' for code, shape in outlines().items())
            + f'{clips}</defs>\n<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
            + "\n".join(body) + "\n</svg>\n"
        )  # fmt: skip

    # ------------------------------------------------------------------ words

    def text(self, lines: Iterable[str], size: float, *, colour: str = _INK, bold: bool = False, lead: float = 1.35) -> None:
        """Lines of text from the margin down."""
        for line in lines:
            self.y += size * lead
            weight = ' font-weight="bold"' if bold else ""
            self.texts.append(f'<text x="{_MARGIN}" y="{self.y:.1f}" font-size="{size}"{weight} fill="{colour}">{escape(line)}</text>')

    def subtitle(self) -> str:
        """Day, case, and who is asked."""
        words = self.vocabulary.actors
        others: dict[str, list[str]] = {}
        for code, (_, cell) in self.cells.items():
            if cell.actor != self.column.actor:
                others.setdefault(cell.actor, []).append(code.upper())
        also = "".join(f"; in {listed(tuple(sorted(codes)), 'and')}, {words[actor].words}" for actor, codes in others.items())
        return f"The law on {long_date(self.matrix.on)}, for {self.matrix.profile.title}. Asked: {words[self.column.actor].words}{also}."

    def facts(self) -> str:
        """The facts that some rule of the column turns on, in words."""
        known = self.vocabulary.facts
        values = {k: known[k].parse(v) for k, v in {**self.matrix.facts, **self.column.question.facts, **self.matrix.given}.items() if k in known}
        said = [given(known[f], values[f]) for f in self.turns_on]
        more = [f"{k} = {v}" for k, v in self.matrix.given.items() if k not in self.turns_on]
        return f"Facts that a rule somewhere turns on: {'; '.join([*said, *more])}." if said or more else "No rule turns on a fact."

    def head(self) -> None:
        self.y = 12
        self.text(wrap(self.column.text, 64), 24, bold=True, lead=1.25)
        self.y += 4
        self.text(wrap(self.subtitle(), 122), 14)
        self.y += 3
        self.text(wrap(self.facts(), 146), 12, colour=_QUIET)

    def foot(self) -> None:
        m = self.matrix
        short = sha256(m.corpus_hash.encode()).hexdigest()[:10]
        lines = [
            f"Source: Homerule, corpus {m.corpus} ({short}), engine {__version__}; statewide rules only. Outlines: US Census Bureau.",
            "States the law as the corpus holds it. Not legal advice: look at the authorities of a cell (`homerule law matrix --json`) before relying on it.",
        ]
        self.y += 6
        self.text([w for line in lines for w in wrap(line, 150)], 11.5, colour=_QUIET)

    # ------------------------------------------------------------------ shapes

    def shape(self, category: str, svg: str, tip: str = "", scale: float = 1) -> None:
        """One shape (``<use…`` or ``<rect…``, left open) of a category; an empty one is a place that was not asked."""
        look = LOOKS[category] if category else Look("#ffffff")
        self.grounds.append(f'{svg} fill="{look.ground}"/>')
        if look.hatches:
            self.clips.setdefault(category, []).append(svg + "/>")
        dash = f' stroke-dasharray="{3 / scale:g} {2 / scale:g}"' if category in ("", "not_in_corpus") else ""
        # the edge lies on top and takes the pointer
        self.edges.append(f'<g>{tip}{svg} fill="#ffffff" fill-opacity="0" stroke="{_EDGE}" stroke-width="{0.8 / scale:g}" stroke-linejoin="round"{dash}/></g>')

    def hatch(self, category: str, top: float, height: float) -> str:
        """The lines of a category over the whole drawing, cut to its shapes."""
        out = []
        for h in LOOKS[category].hatches:
            dash = f' stroke-dasharray="{h.dash}"' + (' stroke-linecap="round"' if h.dash.startswith("0 ") else "") if h.dash else ""
            out.append(f'<path d="{_lines(h, top - 20, height)}" stroke="{h.colour}" stroke-width="{h.width}" fill="none"{dash}/>')
        return f'<g clip-path="url(#c-{category})">{"".join(out)}</g>'

    def category(self, code: str) -> str:
        return self.cells[code][1].category if code in self.cells else ""

    def tip(self, code: str) -> str:
        """What a pointer over the state shows."""
        if code not in self.cells:
            return ""
        row, cell = self.cells[code]
        by = f" ({', '.join(cell.authorities[:4])}{' …' if len(cell.authorities) > 4 else ''})" if cell.authorities else ""
        return f"<title>{escape(f'{row.place.name}: {CATEGORIES[cell.category]}{by}')}</title>"

    def states(self, top: float) -> None:
        x0, y0 = 6.0, top - 8
        for code, shape in outlines().items():
            use = f'<use xlink:href="#{code}" transform="translate({x0:g} {y0:.1f}) scale(0.5)"'
            self.shape(self.category(code), use, self.tip(code), 0.5)
            self.halos.append(f'{use} fill="none" stroke="#ffffff" stroke-width="4.4" stroke-linejoin="round"/>')  # a border shows between dark neighbours too
            x, y = shape["label"]
            if not shape["box"]:
                self.texts.append(_label(x0 + x / 2, y0 + y / 2 + 4.5, code.upper()))

    def boxes(self, top: float) -> None:
        """Small states and the territories, a box each."""
        shapes = outlines()
        small = sorted((c for c in shapes if shapes[c]["box"]), key=lambda c: int(shapes[c]["label"][1]))  # down the coast
        apart = [c for c in self.cells if c not in shapes]
        for x, codes in ((876, small), (938, apart)):
            y = top + 352
            for code in codes:
                self.shape(self.category(code), f'<rect x="{x}" y="{y:.1f}" width="27" height="19"', self.tip(code))
                self.texts.append(f'<text x="{x + 32}" y="{y + 14.5:.1f}" font-size="13" font-weight="bold">{code.upper()}</text>')
                y += 25

    def legend(self) -> None:
        count = dict.fromkeys(CATEGORIES, 0)
        for _, cell in self.cells.values():
            count[cell.category] += 1
        shown = [c for c in CATEGORIES if count[c] or c in ("required", "prohibited", "silence", "depends", "unsettled", "not_in_corpus")]
        rows = -(-len(shown) // 3)
        for i, name in enumerate(shown):
            x, y = _MARGIN + 322 * (i // rows), self.y + 4 + 27 * (i % rows)
            self.shape(name, f'<rect x="{x}" y="{y:.1f}" width="34" height="20"')
            words = wrap(f"{CATEGORIES[name]} ({count[name]})", 41)
            for k, line in enumerate(words):
                self.texts.append(f'<text x="{x + 42}" y="{y + (14.5 if len(words) == 1 else 8.5 + 13 * k):.1f}" font-size="13">{escape(line)}</text>')
        self.y += 27 * rows + 4


def _lines(h: Hatch, top: float, bottom: float) -> str:
    """The lines of a hatch between two heights, as path data."""
    out = []
    if h.slope == 9:
        out = [f"M{x:g} {top:.0f}V{bottom:.0f}" for x in _steps(0, WIDTH, h.gap)]
    elif h.slope == 0:
        out = [f"M{h.shift * (k % 2) - 20:g} {y:g}H{WIDTH}" for k, y in enumerate(_steps(top, bottom, h.gap))]
    else:
        step = h.gap * 2**0.5
        tall = bottom - top
        starts = _steps(-tall, WIDTH, step)
        out = [f"M{x:.1f} {bottom if h.slope > 0 else top:.0f}l{tall:.0f} {-h.slope * tall:.0f}" for x in starts]
    return "".join(out)


def _steps(start: float, end: float, gap: float) -> list[float]:
    return [round(start) + gap * i for i in range(int((end - start) / gap) + 1)]


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" font-weight="bold" text-anchor="middle" stroke="#ffffff" stroke-width="3.4" stroke-linejoin="round" paint-order="stroke" pointer-events="none">{text}</text>'
