"""Charts: a thin layer on Altair with one look. The title states the finding, the axes carry units, the foot names source and day.

Each function returns a `Chart`; `save` writes it as SVG, PNG or a self-contained HTML page, and `figure` puts it into a document.
"""

from homerule.documents.charts.look import Chart, figure, html, png, save, svg
from homerule.documents.charts.plots import bands, bars, lines, stacked, tornado
from homerule.documents.charts.statemap import state_map

__all__ = ["Chart", "bands", "bars", "figure", "html", "lines", "png", "save", "stacked", "state_map", "svg", "tornado"]
