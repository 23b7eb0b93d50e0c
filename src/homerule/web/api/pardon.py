"""What a pardon does, over HTTP: assess a case, who may pardon."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import Field
from starlette.responses import Response

from homerule.web.api.answer import answer, encode, tagged
from homerule.web.api.models import Model
from homerule.web.operation import Operation, api

if TYPE_CHECKING:
    from homerule.web.call import Call


class CaseBody(Model):
    """A case, with the keys of docs/how-to/pardons.md."""

    case: dict[str, Any] = Field(max_length=60)


class OnDay(Model):
    """The law of which day."""

    on: dt.date | None = None


def assessed(call: Call) -> Response:
    from homerule.pardons import assess

    return answer(assess(call.body.case).as_data())


def state(call: Call) -> Response:
    from homerule.pardons.power import as_data, power

    return tagged(call.request, encode(as_data(power(call.path["state"], call.query.on))))


def operations() -> list[Operation]:
    obj = {"type": "object"}
    example = {"case": {"charges": ["237(a)(2)(A)(iii)"], "conviction": [{"convicted_by": "ny", "classes": ["theft"]}], "instrument": [{"kind": "pardon", "grantor": "governor", "full": True, "unconditional": True}]}}
    return [
        api("POST", "/api/v1/pardon/assess", "pardon_assess", "read", assessed, "What an instrument of clemency does to each ground of removal.", tag="pardons", body=CaseBody, answers={200: obj}, blocking=True, example=example),
        api("GET", "/api/v1/pardon/powers/{state}", "pardon_power", "read", state, "Who may pardon in a state.", tag="pardons", query=OnDay, answers={200: obj, 304: None}, blocking=True),
    ]
