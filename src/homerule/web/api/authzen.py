"""Decisions in the shape of the AuthZEN Authorization API 1.0, for systems that speak it.

``decision`` is true only where the law requires or permits the act; the six-valued verdict, and why, are in ``context``. What is not in the corpus is never true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from homerule.errors import HomeruleError
from homerule.web.api.answer import answer
from homerule.web.api.decide import brief, decided
from homerule.web.api.models import Asking
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem, of_error

if TYPE_CHECKING:
    from homerule.web.call import Call
    from homerule.web.office import Office

ALLOWED = ("required", "permitted")


class Entity(BaseModel):
    """A subject (the body that is asked) or a resource (what it is asked for)."""

    model_config = ConfigDict(extra="ignore")
    type: str = Field(max_length=200)
    id: str = Field(max_length=200)
    properties: dict[str, Any] = Field(default_factory=dict)


class Action(BaseModel):
    """What is asked for: a request kind or an act."""

    model_config = ConfigDict(extra="ignore")
    name: str = Field(max_length=200)
    properties: dict[str, Any] = Field(default_factory=dict)


class Evaluation(BaseModel):
    """One access evaluation: ``subject`` {type: actor, id: place}, ``action`` {name: request kind or act}, ``resource`` {type: act, id: act}, ``context`` {on, at, facts}."""

    model_config = ConfigDict(extra="ignore")
    subject: Entity
    action: Action
    resource: Entity | None = None
    context: dict[str, Any] = Field(default_factory=dict)


class Options(BaseModel):
    """How several evaluations are worked through."""

    model_config = ConfigDict(extra="ignore")
    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = "execute_all"


class Evaluations(BaseModel):
    """Several at once; the members beside ``evaluations`` are defaults."""

    model_config = ConfigDict(extra="ignore")
    subject: Entity | None = None
    action: Action | None = None
    resource: Entity | None = None
    context: dict[str, Any] = Field(default_factory=dict)
    evaluations: list[dict[str, Any]] = Field(default_factory=list, max_length=500)
    options: Options = Field(default_factory=Options)


def evaluated(office: Office, asked: Evaluation) -> dict[str, Any]:
    """The AuthZEN reply. Where a request asks several acts, ``decision`` is true only if every one of them may be done."""
    acts = office.engine.corpus.vocabulary.acts
    act = asked.resource.id if asked.resource is not None and asked.resource.id in acts else None
    context = asked.context
    try:
        wanted = Asking.model_validate({"place": asked.subject.id, "actor": asked.subject.type, "request": asked.action.name, "on": context.get("on"), "at": context.get("at"), "acts": [act] if act and act != asked.action.name else [], "facts": context.get("facts", {})})
    except ValidationError as error:
        first = error.errors()[0]
        raise Problem(422, f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}.") from None
    decision, _ = decided(office, wanted, "verdicts")
    shown = brief(decision)
    verdicts = [f.verdict for f in decision.findings]
    return {
        "decision": all(v in ALLOWED for v in verdicts),
        "context": {"id": decision.receipt.corpus_hash[:24], "reason_admin": {"en": " ".join(f.answer for f in decision.findings)}, "outcome": verdicts[0] if len(set(verdicts)) == 1 else "mixed", "findings": shown["findings"], "receipt": shown["receipt"]},
    }  # fmt: skip


def evaluation(call: Call) -> Response:
    return replied(call, evaluated(call.office, call.body))


def evaluations(call: Call) -> Response:
    """Several evaluations; one that cannot be read is denied, with the reason in its place."""
    body: Evaluations = call.body
    defaults = {k: v for k, v in {"subject": body.subject, "action": body.action, "resource": body.resource}.items() if v is not None}
    if not body.evaluations:
        try:
            return replied(call, evaluated(call.office, Evaluation.model_validate({k: v.model_dump() for k, v in defaults.items()} | {"context": body.context})))
        except ValidationError:
            raise Problem(422, "evaluations: give a list of evaluations, or one subject and action.") from None
    out: list[dict[str, Any]] = []
    for given in body.evaluations:
        try:
            merged = {k: v.model_dump() for k, v in defaults.items()} | {"context": body.context} | given
            reply = evaluated(call.office, Evaluation.model_validate(merged))
        except ValidationError as error:
            reply = {"decision": False, "context": {"error": Problem(422, str(error.errors()[0]["msg"])).body()}}
        except HomeruleError as error:
            reply = {"decision": False, "context": {"error": of_error(error).body()}}
        except Problem as problem:
            reply = {"decision": False, "context": {"error": problem.body()}}
        out.append(reply)
        stop = {"deny_on_first_deny": False, "permit_on_first_permit": True}.get(body.options.evaluations_semantic)
        if reply["decision"] is stop:
            break
    return replied(call, {"evaluations": out})


def replied(call: Call, data: dict[str, Any]) -> Response:
    given = call.request.headers.get("x-request-id", "")
    headers = {"x-request-id": given} if given and given.isascii() and given.isprintable() and len(given) <= 200 else {}
    return answer(data, headers=headers)


def known(call: Call) -> Response:
    """The metadata that AuthZEN clients look for."""
    base = call.office.settings.url or str(call.request.base_url).rstrip("/")
    return answer({"policy_decision_point": base, "access_evaluation_endpoint": f"{base}/access/v1/evaluation", "access_evaluations_endpoint": f"{base}/access/v1/evaluations"})


def operations() -> list[Operation]:
    reply = {"type": "object", "properties": {"decision": {"type": "boolean"}, "context": {"type": "object"}}, "required": ["decision"]}
    many = {"anyOf": [{"type": "object", "properties": {"evaluations": {"type": "array", "items": reply}}, "required": ["evaluations"]}, reply]}
    example = {"subject": {"type": "jail", "id": "Cook County, IL"}, "action": {"name": "detainer"}, "resource": {"type": "act", "id": "hold"}, "context": {"on": "2026-11-01", "facts": {"process": "admin_warrant"}}}
    return [
        api("POST", "/access/v1/evaluation", "authzen_evaluation", "read", evaluation, "One decision in AuthZEN's shape.", tag="authzen", body=Evaluation, answers={200: reply}, example=example),
        api("POST", "/access/v1/evaluations", "authzen_evaluations", "read", evaluations, "Several decisions in AuthZEN's shape.", tag="authzen", body=Evaluations, answers={200: many}, blocking=True, example={"evaluations": [example]}),
        api("GET", "/.well-known/authzen-configuration", "authzen_configuration", "open", known, "Where the evaluation endpoints are.", tag="authzen", answers={200: {"type": "object"}}),
    ]  # fmt: skip
