"""Check a draft over HTTP: its text in, the report of `homerule check --json` out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import Response

from homerule.errors import CorpusError
from homerule.web.api.answer import answer
from homerule.web.api.law import Day, Words
from homerule.web.api.models import Model, Text
from homerule.web.checking import MOST_TEXT, check_text
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem, of_error

if TYPE_CHECKING:
    from homerule.web.call import Call

EXAMPLE = """[[authority]]
id = "our-policy"
citation = "Draft policy on detainers"
kind = "policy"
level = "agency-policy"
place = "ut/salt-lake-county"
in_force = [{ from = 2026-01-01 }]
status = "settled"
certainty = "confirmed"
source = "our own draft"
checked = 2026-01-01

[[norm]]
id = "our-hold"
authority = "our-policy"
pinpoint = "1"
binds = ["jail"]
acts = ["hold"]
effect = "forbid"
unless = "process in ['judicial_warrant', 'court_order']"
says = "Nobody is kept past release without a judge's paper."
"""


class CheckBody(Model):
    """A draft in the corpus format (TOML text). ``place`` is whose law it is held against, the draft's own if not given; ``compare`` is a second draft."""

    draft: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    place: Text | None = None
    on: Day | None = None
    until: Day | None = None
    actors: Words = Field(default_factory=list)
    requests: Words = Field(default_factory=list)
    compare: Annotated[str, Field(max_length=MOST_TEXT)] | None = None


def checked(call: Call) -> Response:
    from homerule.proof.render import as_data

    b: CheckBody = call.body
    try:
        report = check_text(call.office, b.draft, place=b.place or "", on=b.on, until=b.until, actors=tuple(b.actors), requests=tuple(b.requests), compare=b.compare or "")
    except CorpusError as error:
        said = of_error(error)
        raise Problem(said.status, said.detail, **said.extra, problems=list(error.problems)) from None
    return answer(as_data(report))


def operations() -> list[Operation]:
    shape = {"type": "object", "properties": {"clean": {"type": "boolean"}, "counts": {"type": "object"}, "cases_covered": {"type": "integer"}, "issues": {"type": "array", "items": {"type": "object"}}}, "required": ["clean", "counts", "cases_covered", "issues"]}
    return [api("POST", "/api/v1/check", "check", "read", checked, "Hold a draft ordinance or policy against the law above it.", tag="check", body=CheckBody, answers={200: shape}, blocking=True, example={"draft": EXAMPLE})]
