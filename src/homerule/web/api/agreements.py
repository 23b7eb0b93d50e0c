"""The registry of agreements over HTTP: list, one with its history, the way out or in, what changed, the days to keep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from starlette.responses import Response

from homerule.web.api.answer import answer, encode, part, read_cursor, tagged
from homerule.web.api.models import Limit, Model, Text
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.web.call import Call


class Which(Model):
    """Query of the list."""

    state: Text | None = None
    place: Text | None = None
    kind: Text | None = None
    model: Text | None = None
    status: Text | None = None
    limit: Limit = 50
    cursor: Text | None = None


class Leaving(Model):
    """Which agreement, and the law of which day."""

    id: Text
    on: dt.date | None = None


class Joining(Model):
    """Which body, which model, and the law of which day."""

    place: Text
    model: Text
    on: dt.date | None = None


class Between(Model):
    """Two days."""

    start: dt.date
    end: dt.date
    state: Text | None = None


class Days(Model):
    """A place and a range of days."""

    place: Text = ""
    start: dt.date | None = None
    end: dt.date | None = None


def listed(call: Call) -> Response:
    from homerule.agreements import as_dict
    from homerule.web.pages.agreements import books

    q: Which = call.query
    columns = {k: v for k, v in (("state", q.state and q.state.lower()), ("kind", q.kind), ("model", q.model), ("status", q.status)) if v}
    if q.place:
        columns["place"] = call.office.engine.find(q.place).id
    return tagged(call.request, encode(part(books(call).agreements(**columns), q.limit, read_cursor(q.cursor, int) or 0, as_dict)))


def shown(call: Call) -> Response:
    from homerule.agreements import as_dict
    from homerule.errors import InputError
    from homerule.web.pages.agreements import books

    held = books(call)
    try:
        found = held.get(call.path["id"])
    except InputError as error:
        raise Problem(404, error.message + ".") from None
    return tagged(call.request, encode({"agreement": as_dict(found), "history": [c._asdict() for c in held.history(found.id)]}))


def leaving(call: Call) -> Response:
    from homerule.agreements.exit import exit_plan
    from homerule.web.pages.agreements import books

    return answer(exit_plan(books(call).get(call.query.id), on=call.query.on, use=call.office.engine).as_data())


def joining(call: Call) -> Response:
    from homerule.agreements.exit import join_plan

    return answer(join_plan(call.query.model, call.query.place, on=call.query.on, use=call.office.engine).as_data())


def changed(call: Call) -> Response:
    from homerule.agreements.changes import diff
    from homerule.reasoning.finding import as_data
    from homerule.web.pages.agreements import books

    held, q = books(call), call.query
    return answer(as_data(diff(held.agreements(**({"state": q.state.lower()} if q.state else {})), held.lists(), q.start, q.end)))


def days(call: Call) -> Response:
    from homerule.agreements.agenda import deadlines
    from homerule.web.registry import registry

    held = registry(call.office)
    return answer(deadlines(held.agreements() if held is not None else [], place=call.query.place, first=call.query.start, last=call.query.end, use=call.office.engine).as_data())


def operations() -> list[Operation]:
    obj = {"type": "object"}
    items = {"type": "object", "properties": {"items": {"type": "array", "items": obj}, "next": {"type": ["string", "null"]}}, "required": ["items", "next"]}
    return [
        api("GET", "/api/v1/agreements", "agreements_list", "read", listed, "Agreements in order of id.", tag="agreements", query=Which, answers={200: items, 304: None, 503: obj}, blocking=True),
        api("GET", "/api/v1/agreements/{id:path}", "agreements_show", "read", shown, "One agreement with its history.", tag="agreements", answers={200: obj, 304: None, 503: obj}, blocking=True),
        api("GET", "/api/v1/agreement-exit", "agreements_exit", "read", leaving, "The way out of an agreement: steps, earliest day, what the law says.", tag="agreements", query=Leaving, answers={200: obj, 503: obj}, blocking=True),
        api("GET", "/api/v1/agreement-entry", "agreements_entry", "read", joining, "The way into an agreement for a body without one.", tag="agreements", query=Joining, answers={200: obj}, blocking=True),
        api("GET", "/api/v1/agreement-changes", "agreements_diff", "read", changed, "Joined, no longer listed, switched, renewed between two days.", tag="agreements", query=Between, answers={200: obj, 503: obj}, blocking=True),
        api("GET", "/api/v1/agreement-deadlines", "agreements_days", "read", days, "Days to keep.", tag="agreements", query=Days, answers={200: obj}, blocking=True),
    ]  # fmt: skip
