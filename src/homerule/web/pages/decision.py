"""The decision: answer first, then why, what to do, what would change it, what is risked either way, and the chain. Its address is permanent and holds no personal data."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import Response

from homerule.errors import InputError
from homerule.reasoning.decide import Request
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render, said
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.reasoning.finding import Decision, Finding
    from homerule.web.call import Call

FORMS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "html": "text/html",
}


def asked(given: Any) -> Request:
    """The request in an address or a form."""
    facts: dict[str, str] = {}
    for pair in given.getlist("fact"):
        name, mark, value = pair.partition("=")
        if not mark:
            raise InputError(f"`{pair[:40]}` is not of the form NAME=VALUE", where="fact", help="Begin again at Ask")
        facts[name] = value
    for name in ("place", "actor", "request"):
        if not given.get(name):
            raise InputError(f"the address does not say `{name}`", help="Begin again at Ask")
    return Request(given["place"], given["actor"], given["request"], given.get("on") or dt.date.today(), facts, given.get("at") or None, tuple(given.getlist("act")))


def query_of(decision: Decision) -> str:
    """The permanent address's query, in the same order whoever made it."""
    r = decision.request
    pairs = [("place", r["place"]["id"]), ("actor", r["actor"]), ("request", r["request"]), ("on", r["on"])] + [("at", r["at"])] * bool(r["at"])
    pairs += [("fact", f"{k}={','.join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v}") for k, v in r["facts"].items()]
    return urlencode(pairs, safe=",:=")


def shown(call: Call) -> Response:
    decision = call.office.engine.decide(asked(call.request.query_params))
    return decision_page(call, decision)


def decision_page(call: Call, decision: Decision, *, status: int = 200, recorded: str = "", errors: list[str] | None = None) -> Response:
    vocabulary = call.office.engine.corpus.vocabulary
    r = decision.request
    known = call.office.engine.body(r["place"]["id"], r["actor"])[2]
    query = query_of(decision)
    return render(
        call, "decision.html", status, title=f"{vocabulary.asked(r['request']).words}, {r['place']['name']}", d=decision, r=r, actor=vocabulary.actor(r["actor"]), asked=vocabulary.asked(r["request"]), query=query,
        ask="/ask/q?" + urlencode([("place", r["place"]["id"]), ("actor", r["actor"]), ("request", r["request"]), ("on", r["on"])] + [("fact", f"{k}={','.join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v}") for k, v in r["facts"].items()]),
        findings=[laid_out(f, call) for f in decision.findings], acts={f.act: vocabulary.act(f.act).words for f in decision.findings}, recorded=recorded, errors=errors or [], words=log_words(), can_record=call.office.settings.logging and call.principal.may("record"),
        facts=[(known.fact(n).question, n, v) for n, v in r["facts"].items()], said={n: known.fact(n).show(known.fact(n).parse(v)) for n, v in r["facts"].items()}, free_text=call.office.settings.free_text,
    )  # fmt: skip


def log_words() -> dict[str, dict[str, str]]:
    from homerule.records.words import words

    return words()


def laid_out(f: Finding, call: Call) -> dict[str, Any]:
    """What the page shows of a finding, in the order it is read."""
    own = ("state", "county", "city", "agency", "agreement")
    deciding = [n for n in f.stands if n.effect in ("require", "forbid", "untranslated") or (n.effect == "permit" and n.level.startswith(own) and f.verdict in ("permitted", "depends", "unsettled"))]
    duties = [d for d in f.duties if f.verdict != "prohibited" or not (d.deadline and d.deadline.cap)]
    from homerule.corpus.model import Norm

    def citation(norm: str) -> str:
        found = call.office.engine.corpus.find(norm)
        return (found.authority if isinstance(found, Norm) else found).citation

    answer = f.answer.partition(": ")[2] or f.answer
    return {
        "f": f, "answer": answer[0].upper() + answer[1:], "deciding": deciding, "rest": [n for n in f.stands if n not in deciding and n.effect in ("protect", "define", "permit", "require", "forbid") and n.applies == "certain"],
        "possible": [n for n in f.stands if n not in deciding and n.applies != "certain"],
        "duties": sorted(duties, key=lambda d: (d.deadline is None, d.deadline.at if d.deadline else "", d.norm)), "approvals": [d for d in duties if d.approval],
        "fell": [(n, [citation(i) for i in n.felled_by[:3]]) for n in f.fell], "doing": ranked(f.exposure.doing), "declining": ranked(f.exposure.declining),
        "matter": [a for a in f.assumed if a.otherwise], "other_assumed": [a.words for a in f.assumed if not a.otherwise],
        "questions": [(q, [a for a in q.answers if set(a.verdicts) != set(f.reachable)]) for q in f.depends_on],
    }  # fmt: skip


def ranked(risks: tuple[Any, ...]) -> list[Any]:
    return sorted(risks, key=lambda x: (x.effect != "expose", x.applies))


def download(call: Call) -> Response:
    """The memo, as the office keeps it."""
    form = call.path["form"]
    if form not in FORMS:
        raise Problem(404, "A decision can be had as pdf, docx, json or html.")
    decision = call.office.engine.decide(asked(call.request.query_params))
    if form == "json":
        from homerule.web.api.answer import encode

        made = encode(decision.as_data())
    else:
        import homerule.documents as documents
        from homerule.advice.drafts.memo import decision_document

        document = decision_document(decision)
        made = documents.to_pdf(document) if form == "pdf" else documents.to_docx(document) if form == "docx" else documents.to_html(document).encode()
    name = f"{decision.request['place']['id'].replace('/', '-')}-{decision.request['request']}-{decision.request['on']}.{form}"
    return Response(made, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="{name}"'})


async def record(call: Call) -> Response:
    """Record the decision in the log."""
    import asyncio

    from starlette.concurrency import run_in_threadpool
    from starlette.datastructures import QueryParams

    from homerule.records.entry import from_decision

    if not call.office.settings.logging:
        raise Problem(409, "This office does not record decisions.")
    given = QueryParams(call.field("query"))
    decision = call.office.engine.decide(asked(given))
    more = {k: call.field(k).strip() for k in ("channel", "agency", "response", "office", "reference", "note") if call.field(k).strip()}
    for name in ("received", "bail_posted"):
        if call.field(name + "_day"):
            more[name] = f"{call.field(name + '_day')}T{call.field(name + '_time') or '00:00'}{call.field('offset') or '+00:00'}"
    if "note" in more and not call.office.settings.free_text:
        raise Problem(422, "This office keeps no free text.")
    try:
        entry = from_decision(decision, role=call.principal.role_for("record"), **more)
    except InputError as error:
        wrong = [said(error)]
        return await run_in_threadpool(lambda: decision_page(call, decision, status=422, errors=wrong))
    receipt = await asyncio.wrap_future(call.office.writer.put(entry, call.field("once") or None, call.principal.account))
    return away(f"/records/{receipt.id}")


def operations() -> list[Operation]:
    return [
        page("GET", "/decision", "decision", "read", shown, "A decision", blocking=True),
        page("GET", "/decision/file.{form}", "decision_file", "read", download, "A decision as a file", blocking=True),
        page("POST", "/decision/record", "decision_record", "record", record, "Record a decision"),
    ]
