"""Simulations over HTTP, as jobs with progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from starlette.responses import Response

from homerule.errors import InputError
from homerule.web.api.answer import answer, encode, tagged
from homerule.web.api.models import Model, Text
from homerule.web.jobs import jobs
from homerule.web.operation import Operation, api
from homerule.web.simulation import simulate

if TYPE_CHECKING:
    from homerule.web.call import Call


class RunBody(Model):
    """Which scenario, over how many years and draws."""

    scenario: Text
    years: int = Field(1, ge=1, le=4)
    draws: int = Field(200, ge=10, le=2000)
    seed: int = Field(0, ge=0, le=2**31)


def listed(call: Call) -> Response:
    from homerule.capacity import load_scenario, scenarios

    return tagged(call.request, encode({"items": [{"name": n, "title": (s := load_scenario(n)).title, "says": s.says, "forecast": s.forecast} for n in scenarios()]}))


def start(call: Call) -> Response:
    """Begin a simulation; its address is in Location."""
    from homerule.capacity import scenarios

    body: RunBody = call.body
    if body.scenario not in scenarios():
        raise InputError(f"there is no scenario `{body.scenario[:40]}`", where="scenario", help="GET /api/v1/simulate/scenarios lists them")
    id = jobs(call.office).put("simulate", body.model_dump(), simulate, call.principal.account)
    return answer({"id": id, "state": "waiting"}, 202, {"location": f"/api/v1/jobs/{id}"})


def job(call: Call) -> Response:
    return answer(jobs(call.office).get(call.path["id"])._asdict())


def operations() -> list[Operation]:
    obj = {"type": "object"}
    return [
        api("GET", "/api/v1/simulate/scenarios", "simulate_scenarios", "read", listed, "The scenarios that are shipped.", tag="capacity", answers={200: obj, 304: None}, blocking=True),
        api("POST", "/api/v1/simulate", "simulate_start", "jobs.run", start, "Begin a simulation as a job.", tag="capacity", body=RunBody, write=True, answers={202: obj}, blocking=True, example={"scenario": "today"}),
        api("GET", "/api/v1/jobs/{id}", "job", "read", job, "A job: how far it is, and its result.", tag="capacity", answers={200: obj}, blocking=True),
    ]
