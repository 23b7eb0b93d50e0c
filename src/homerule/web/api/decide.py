"""Decide, decide many, and one step of the interview."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError
from starlette.responses import Response

from homerule.errors import HomeruleError
from homerule.reasoning.schema import decision_schema
from homerule.web.access import may
from homerule.web.api.answer import answer, encode
from homerule.web.api.models import Asking, BatchBody, DecideBody, Facts, Model, RecordAs, Text, Value
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem, of_error

if TYPE_CHECKING:
    from homerule.reasoning.finding import Decision
    from homerule.web.call import Call
    from homerule.web.office import Office

KEEP_BYTES = 48_000_000


class Answers:
    """Answers as bytes, so that a question that is asked again costs a look-up. Bounded by size; what was asked longest ago goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], tuple[Decision, bytes]] = OrderedDict()
        self._size = 0

    def find(self, key: tuple[Any, ...]) -> tuple[Decision, bytes] | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[Any, ...], decision: Decision, body: bytes) -> None:
        self._kept[key] = (decision, body)
        self._size += len(body)
        while self._size > KEEP_BYTES and self._kept:
            _, (_, old) = self._kept.popitem(last=False)
            self._size -= len(old)


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (type(value).__name__, value)


def decided(office: Office, asked: Asking, detail: str) -> tuple[Decision, bytes]:
    """The decision and its JSON bytes."""
    from homerule.reasoning.decide import Request, read_day

    answers: Answers = office.__dict__.setdefault("answers", Answers())
    day = read_day(asked.on)
    key = (asked.place, asked.actor, asked.request, day, asked.at, tuple(asked.acts), tuple(sorted((k, frozen(v)) for k, v in asked.facts.items())), detail)
    found = answers.find(key)
    if found is None:
        decision = office.engine.decide(Request(asked.place, asked.actor, asked.request, day, asked.facts, asked.at, tuple(asked.acts)))
        found = decision, encode(decision.as_data() if detail == "full" else brief(decision))
        answers.keep(key, *found)
    return found


def brief(decision: Decision) -> dict[str, Any]:
    """A decision without its chain: verdicts, sentences, what is missing, and the receipt."""
    from homerule.reasoning.finding import as_data

    return {
        "request": as_data(decision.request),
        "findings": [{"act": f.act, "verdict": f.verdict, "basis": f.basis, "answer": f.answer, "reachable": list(f.reachable), "missing": [q.fact for q in f.depends_on], "norms": [n.norm for n in f.stands]} for f in decision.findings],
        "receipt": as_data(decision.receipt._replace(norms=())),
        "notice": decision.notice,
    }  # fmt: skip


def decide(call: Call) -> Any:
    body: DecideBody = call.body
    decision, made = decided(call.office, body, body.detail)
    if body.record is None:
        return answer(made)
    if not may(call.principal, "record", open_reading=False):
        raise Problem(401 if not call.principal.account else 403, "Recording a decision needs a role that may record.")
    return recorded(call, decision, made, body.record)


async def recorded(call: Call, decision: Decision, made: bytes, how: RecordAs) -> Response:
    """Record the decision; answered only once the entry is on disk."""
    import asyncio

    from homerule.records.entry import from_decision

    office = call.office
    if not office.settings.logging:
        raise Problem(409, "This office does not record decisions.")
    given = {k: v for k, v in how.model_dump().items() if v is not None}
    if "note" in given and not office.settings.free_text:
        raise Problem(422, "This office keeps no free text. Leave `note` out.", where="record.note")
    entry = from_decision(decision, role=call.principal.role_for("record"), **given)
    receipt = await asyncio.wrap_future(office.writer.put(entry, call.request.headers.get("idempotency-key"), call.principal.account))
    return answer(made[:-1] + b',"record":' + encode(receipt._asdict()) + b"}", 201)


def batch(call: Call) -> Response:
    """Many decisions; one request that cannot be read does not keep the others from being answered."""
    body: BatchBody = call.body
    out: list[Any] = []
    for number, given in enumerate(body.requests):
        try:
            asked = Asking.model_validate(body.defaults | given)
            out.append({"index": number, "decision": decided(call.office, asked, body.detail)[1]})
        except ValidationError as error:
            first = error.errors()[0]
            out.append({"index": number, "problem": Problem(422, f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}.").body()})
        except HomeruleError as error:
            out.append({"index": number, "problem": of_error(error).body()})
    parts = [b'{"index":%d,"decision":%b}' % (o["index"], o["decision"]) if "decision" in o else encode(o) for o in out]
    return answer(b'{"results":[' + b",".join(parts) + b"]}")


class Told(Model):
    """An answer of the interview; a null value is "I don't know"."""

    fact: Text
    value: Value | None = None


class StepBody(Model):
    """The session of an interview, as the step before gave it, with the new answer at the end of ``answers``."""

    place: Text
    actor: Text
    request: Text
    on: Text | None = None
    at: Text | None = None
    acts: list[Text] = Field(default_factory=list, max_length=40)
    facts: Facts = Field(default_factory=dict)
    answers: list[Told] = Field(default_factory=list, max_length=300)
    ask_assumed: bool = False
    thorough: bool = False
    corpus: Text | None = None


def step(call: Call) -> Response:
    from homerule.interview import Interview
    from homerule.interview.step import step as one
    from homerule.reasoning.decide import read_day

    data = call.body.model_dump()
    data["on"] = read_day(data["on"]).isoformat()
    return answer(one(Interview.from_data(data, engine=call.office.engine)))


def operations() -> list[Operation]:
    full = decision_schema()
    example = {"place": "Cook County, IL", "actor": "jail", "request": "detainer", "on": "2026-11-01", "facts": {"process": "admin_warrant"}}
    listed = {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}, "required": ["results"]}
    open_object = {"type": "object"}
    return [
        api("POST", "/api/v1/decide", "decide", "read", decide, "Answer one request: for each act it asks, whether the law requires, prohibits or permits it, and why.", tag="decide", body=DecideBody, write=True,
            answers={200: {"anyOf": [full, open_object]}, 201: open_object}, example=example),
        api("POST", "/api/v1/decide/batch", "decide_batch", "read", batch, "Answer up to 500 requests; one that cannot be read has a problem in its place.", tag="decide", body=BatchBody, answers={200: listed}, blocking=True,
            example={"defaults": {"actor": "jail", "request": "detainer"}, "requests": [{"place": "Cook County, IL"}, {"place": "Travis County, TX"}]}),
        api("POST", "/api/v1/ask/step", "ask_step", "read", step, "The next question of the interview, or that no further fact can change the answer.", tag="decide", body=StepBody, answers={200: open_object}, blocking=True, example=example),
    ]  # fmt: skip
