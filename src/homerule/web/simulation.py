"""A simulation as a job: the report of `homerule simulate` as a part of a page, and its charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homerule.web.jobs import Progress


def simulate(asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Run one scenario. ``asked``: scenario, draws, years, seed. Returns its title, the report as HTML, the charts as SVG with words, and all tables."""
    from homerule.capacity import load_scenario
    from homerule.capacity.figures import pictures
    from homerule.capacity.findings import tables
    from homerule.capacity.job import compute
    from homerule.capacity.report import report
    from homerule.documents.charts import svg
    from homerule.documents.html import fragment

    scenario = load_scenario(str(asked["scenario"]))
    done = compute(scenario, int(asked.get("draws", 200)), int(asked.get("years", 1)), int(asked.get("seed", 0)), progress=lambda share, what: progress(0.85 * share, what))
    progress(0.9, "charts")
    drawn = pictures([done])
    words = report([done], drawn)
    charts = [{"name": name, "svg": svg(chart), "alt": chart.alt} for name, chart in drawn.items()]
    return {"title": scenario.title, "says": scenario.says, "forecast": scenario.forecast, "html": fragment(words), "charts": charts, "tables": tables([done])}
