"""The look that all charts share, and the forms they are written in."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from homerule.documents.marks import plain
from homerule.documents.model import Figure
from homerule.errors import InputError

#: Okabe and Ito's colours, which the common kinds of colour blindness tell apart, the darker ones first. Lines and bars also differ by dash or label.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#56b4e9", "#cc79a7", "#e69f00", "#4d4d4d", "#7a3b9d")
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 4], [1, 3], [6, 2, 2, 2, 2, 2])
SEQUENCE = ("#dbe9f6", "#a6cbe3", "#63a3cc", "#2b74b1", "#08427e")  # light to dark, one hue: also readable in grey
UNKNOWN, INK, QUIET, GRID = "#e4e4e4", "#1a1a1a", "#4a4a4a", "#dddddd"
FONT = "Lato, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
WIDTH = 620  # pixels of the plot; with axis labels about 16 cm in a document
_VEGA_LITE = "6.4"
_LESS = "\ue0c0"
_OWN = {"color": "independent", "strokeDash": "independent"}


class Chart(NamedTuple):
    """A chart: its Vega-Lite specification (plain data) and the words that stand for it where it is not seen."""

    spec: Mapping[str, Any]
    alt: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"image/svg+xml": svg(self), "text/plain": self.alt}


def altair() -> Any:
    """The ``altair`` module. Raises InputError naming the extra where it is missing."""
    try:
        import altair as module
    except ImportError:
        raise InputError("a chart needs the extra `charts`", help="Install it with `pip install 'homerule[charts]'`") from None
    return module


def _convert() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise InputError("writing a chart needs the extra `charts`", help="Install it with `pip install 'homerule[charts]'`") from None
    _letters(vl_convert)
    return vl_convert


@cache
def _letters(module: Any) -> None:
    spec = find_spec("font_lato")  # the same letters on every machine
    for folder in spec.submodule_search_locations or () if spec else ():
        module.register_font_directory(os.path.join(folder, "files"))


def data(rows: Sequence[Mapping[str, Any]]) -> Any:
    """``rows`` as inline data; days become ISO text."""
    return altair().Data(values=[{k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()} for row in rows])


def finish(chart: Any, *, title: str, alt: str, source: str, on: dt.date | str | None, subtitle: str = "") -> Chart:
    """``chart`` under its title, with the source line at its foot, in the project's look."""
    if not title.strip():
        raise InputError("a chart has no title", help="Say in one sentence what the chart shows")
    alt_module = altair()
    head = alt_module.TitleParams(text=wrap(plain(title), 74), subtitle=wrap(plain(subtitle), 100) if subtitle else [], anchor="start", frame="group", offset=14)
    day = on.isoformat() if isinstance(on, dt.date) else on or ""
    foot = ". ".join(x for x in (f"Source: {plain(source).rstrip('.')}" if source else "", f"As of {day}" if day else "") if x)
    whole = alt_module.vconcat(chart).resolve_scale(**_OWN).properties(title=head)  # a step of its own, so that the title stands above the legend
    if foot:
        whole = alt_module.vconcat(whole).resolve_scale(**_OWN).properties(title=alt_module.TitleParams(text=wrap(foot + ".", 110), orient="bottom", anchor="start", fontSize=11, fontWeight="normal", color=QUIET, offset=12))
    whole = whole.configure(**_config())
    spec = whole.to_dict()
    words = f"{plain(title).rstrip('.')}. {alt}".strip()
    spec["description"] = words
    return Chart(spec, words)


def _config() -> dict[str, Any]:
    text = {"labelFontSize": 12.5, "titleFontSize": 12.5, "labelColor": INK, "titleColor": INK, "titleFontWeight": "normal"}
    return {
        "font": FONT, "background": "#ffffff", "padding": 14, "view": {"stroke": None},
        "axis": {**text, "gridColor": GRID, "domainColor": QUIET, "tickColor": QUIET, "labelLimit": 260, "titlePadding": 10},
        "legend": {**text, "orient": "top", "symbolStrokeWidth": 2.5, "symbolSize": 130, "labelLimit": 300, "titleAnchor": "start"},
        "title": {"fontSize": 17, "fontWeight": "bold", "color": INK, "subtitleFontSize": 13, "subtitleColor": QUIET, "lineHeight": 21, "subtitleLineHeight": 17},
        "range": {"category": list(COLOURS)},
        "line": {"strokeWidth": 2.5}, "text": {"fontSize": 12.5, "color": INK},
    }  # fmt: skip


# ------------------------------------------------------------------ forms


def svg(chart: Chart) -> str:
    """The chart as SVG text, with its words as title for assistive technology. Needs the extra ``charts``."""
    text = str(_convert().vegalite_to_svg(vl_spec=dict(chart.spec), vl_version=_VEGA_LITE))
    head, mark, rest = text.partition(">")
    if not head.startswith("<svg"):
        raise InputError("the chart could not be drawn", help="Report it with the numbers that it was made of")
    return f'{head} role="img" aria-label="{escape(chart.alt)}">{f"<title>{escape(chart.alt)}</title>" if mark else ""}{rest}'


def png(chart: Chart, ppi: float = 200.0) -> bytes:
    """The chart as PNG bytes at ``ppi`` dots an inch. Needs the extra ``charts``."""
    return bytes(_convert().vegalite_to_png(vl_spec=dict(chart.spec), vl_version=_VEGA_LITE, ppi=ppi, scale=1))


def html(chart: Chart) -> str:
    """The chart as one HTML page with tooltips, its script inside: no request to anywhere. Needs the extra ``charts``."""
    quiet = {**chart.spec, "usermeta": {"embedOptions": {"actions": False}}}  # no menu, whose links lead elsewhere
    guarded = json.loads(json.dumps(quiet, ensure_ascii=False).replace("<", _LESS))  # the page holds it in a script, which a `</script>` in a label would end
    page = str(_convert().vegalite_to_html(vl_spec=guarded, vl_version=_VEGA_LITE, bundle=True, renderer="svg")).replace(_LESS, "\\u003c")
    title = escape(chart.alt.split(". ")[0])
    page = page.replace("<html>", '<html lang="en-US">', 1)
    page = page.replace("<head>", f'<head>\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>', 1)
    before, end, after = page.rpartition("</body>")  # the last one: the script speaks of others
    return f'{before}<p style="max-width:46rem;font:15px/1.5 sans-serif;color:{QUIET}">{escape(chart.alt)}</p>\n{end}{after}'


def save(chart: Chart, path: str | os.PathLike[str]) -> None:
    """Write the chart as its name's ending says: ``.svg``, ``.png``, ``.html``, or ``.json`` (the Vega-Lite specification).

    Raises InputError for another ending, or where the file cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in (".svg", ".png", ".html", ".json"):
        raise InputError(f"a chart cannot be written as `{ending or target.name}`", where=str(path), help="Give a name that ends in .svg, .png, .html or .json")
    out = png(chart) if ending == ".png" else {".svg": svg, ".html": html}.get(ending, lambda c: json.dumps(c.spec, ensure_ascii=False, indent=1))(chart).encode("utf-8")
    try:
        target.write_bytes(out)
    except OSError as error:
        raise InputError(f"the chart cannot be written: {error.strerror}", where=str(path), help="Name a file in a folder that exists") from None


def figure(chart: Chart, caption: str = "", width_cm: float = 16.0) -> Figure:
    """The chart as a block of a document."""
    return Figure(svg(chart), chart.alt, caption, width_cm)
