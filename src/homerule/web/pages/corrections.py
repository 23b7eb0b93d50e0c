"""Corrections: report an error in a rule, the public list, and the editors' answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import Response

from homerule.corpus.model import Norm
from homerule.errors import InputError, nearest
from homerule.web.corrections import STATES, Correction, Corrections
from homerule.web.lawbook import lawbook
from homerule.web.limits import Bucket
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render, said
from homerule.web.pages.law import from_number
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.corpus.model import Authority
    from homerule.web.call import Call

PAGE = 50
A_MINUTE = 10  # reports of one caller


def kept(call: Call) -> Corrections:
    return Corrections(call.office.accounts.engine)


def rule_of(call: Call, id: str) -> Norm | Authority | None:
    book = lawbook(call.office)
    return book.by_id.get(id) or book.authorities.get(id)


def row(call: Call, c: Correction) -> dict[str, Any]:
    """One report as the list shows it. The words of one that nobody has read yet are for editors only."""
    found = rule_of(call, c.rule)
    norm = isinstance(found, Norm)
    return {
        "c": c, "citation": (found.authority.citation if isinstance(found, Norm) else found.citation) if found else c.rule, "href": f"/law/{'norm' if norm else 'authority'}/{c.rule}" if found else "",
        "says": found.says if isinstance(found, Norm) else "", "made": dt.datetime.fromtimestamp(c.made, dt.UTC).date(), "answered": dt.datetime.fromtimestamp(c.answered, dt.UTC).date() if c.answered else None,
        "shown": c.state != "open" or call.principal.may("law.answer"),
    }  # fmt: skip


def listed(call: Call, errors: list[str] | None = None, status: int = 200) -> Response:
    q = call.request.query_params
    state, rule, after = q.get("state", ""), q.get("rule", "")[:120], from_number(call)
    if state not in STATES:
        state = ""
    found = kept(call).all(state=state, rule=rule, after=after, limit=PAGE + 1)
    query = {k: v for k, v in (("state", state), ("rule", rule)) if v}
    return render(
        call, "corrections.html", status, title="Corrections", errors=errors or [], rows=[row(call, c) for c in found[:PAGE]], state=state, rule=rule, counts=kept(call).counts(), STATES=STATES, may_answer=call.principal.may("law.answer"), new=q.get("new", ""),
        later="/corrections?" + urlencode({**query, "after": after + PAGE}) if len(found) > PAGE else "", earlier="/corrections?" + urlencode({**query, "after": max(0, after - PAGE)}) if after else "",
    )  # fmt: skip


def new(call: Call) -> Response:
    return form(call, {"rule": call.request.query_params.get("rule", "")[:120], "said": "", "source": ""})


def form(call: Call, given: dict[str, str], errors: list[str] | None = None, status: int = 200) -> Response:
    found = rule_of(call, given["rule"])
    return render(call, "correction_new.html", status, title="Report an error", given=given, errors=errors or [], found=found, citation=(found.authority.citation if isinstance(found, Norm) else found.citation) if found else "", says=found.says if isinstance(found, Norm) else "", norm=isinstance(found, Norm))


def report(call: Call) -> Response:
    """Keep a report of an error, or show the form again with what is wrong."""
    given = {name: call.field(name)[:4000].strip() for name in ("rule", "said", "source")}
    bucket: Bucket = call.office.__dict__.setdefault("corrections", Bucket(A_MINUTE))
    wait = bucket.take(call.principal.account or (call.request.client.host if call.request.client else ""))
    if wait:
        raise Problem(429, f"Several reports came from here. Try again in {max(1, round(wait))} seconds.", headers={"Retry-After": str(max(1, round(wait)))})
    if rule_of(call, given["rule"]) is None:
        book = lawbook(call.office)
        return form(call, given, [f"Nothing in the corpus has this id. {nearest(given['rule'], [*book.by_id, *book.authorities])}" if given["rule"] else "Name the rule by its id; its page shows it."], 422)
    try:
        id = kept(call).report(given["rule"], given["said"], given["source"])
    except InputError as error:
        return form(call, given, [{"said": "What is wrong: ", "source": "Source: "}.get(error.where, "") + said(error)], 422)
    return away(f"/corrections?{urlencode({'new': id})}")


def answer(call: Call) -> Response:
    id, state = call.path["id"], call.field("state")
    try:
        if not kept(call).answer(id, state, call.field("answer")):
            raise Problem(404, "There is no such report.")
    except InputError as error:
        return listed(call, [said(error)], 422)
    call.office.accounts.note(call.principal.account, f"correction {state}", id)
    return away(f"/corrections#c-{id}")


def operations() -> list[Operation]:
    return [
        page("GET", "/corrections", "corrections", "read", listed, "Reported errors and their answers", blocking=True),
        page("GET", "/corrections/new", "correction_new", "read", new, "Report an error in a rule", blocking=True),
        page("POST", "/corrections/new", "correction_report", "report", report, "Report an error in a rule", blocking=True),
        page("POST", "/corrections/{id}", "correction_answer", "law.answer", answer, "Answer a reported error", blocking=True),
    ]
