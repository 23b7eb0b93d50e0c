"""Capacity: scenarios, run as jobs with progress; tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.responses import Response

from homerule.errors import InputError
from homerule.web.jobs import jobs
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render
from homerule.web.problem import Problem
from homerule.web.simulation import simulate

if TYPE_CHECKING:
    from homerule.web.call import Call


def scenarios_page(call: Call) -> Response:
    from homerule.capacity import load_scenario, scenarios

    return render(call, "capacity.html", title="Capacity", scenarios=[(name, load_scenario(name)) for name in scenarios()], recent=jobs(call.office).recent("simulate"))


def start(call: Call) -> Response:
    """Begin a simulation."""
    from homerule.capacity import scenarios

    name = call.field("scenario")
    if name not in scenarios():
        raise InputError(f"there is no scenario `{name[:40]}`", help="Choose one of the list")
    years = call.field("years") or "1"
    if years not in ("1", "2", "3", "4"):
        raise InputError("a run has 1 to 4 years", where="years")
    id = jobs(call.office).put("simulate", {"scenario": name, "years": int(years), "draws": 200, "seed": 0}, simulate, call.principal.account)
    return away(f"/capacity/job/{id}")


def job(call: Call) -> Response:
    """How far a simulation is, or what came out. Without script the page loads itself again."""
    found = jobs(call.office).get(call.path["id"])
    response = render(call, "capacity_job.html", title="A simulation", job=found, report=Markup((found.result or {}).get("html", "")))
    if found.state in ("waiting", "running") and call.request.headers.get("hx-request") != "true":
        response.headers["refresh"] = "3"
    return response


def chart(call: Call) -> Response:
    """One chart of a result."""
    found = jobs(call.office).get(call.path["id"])
    number = call.path["number"]
    pictures = (found.result or {}).get("charts", [])
    if not number.isdigit() or int(number) >= len(pictures):
        raise Problem(404, "There is no such chart.")
    return Response(pictures[int(number)]["svg"], media_type="image/svg+xml", headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"})


def operations() -> list[Operation]:
    return [
        page("GET", "/capacity", "capacity", "read", scenarios_page, "Scenarios of the capacity model", blocking=True),
        page("POST", "/capacity", "capacity_start", "jobs.run", start, "Begin a simulation", blocking=True),
        page("GET", "/capacity/job/{id}", "capacity_job", "read", job, "A simulation and its result", blocking=True),
        page("GET", "/capacity/job/{id}/chart/{number}", "capacity_chart", "read", chart, "A chart of a simulation", blocking=True),
    ]
