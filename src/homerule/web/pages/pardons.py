"""Pardons: what an instrument of clemency does to each ground of removal, by interview or by form; who may pardon in each state."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from homerule.errors import InputError
from homerule.web.operation import Operation, page
from homerule.web.pages.ask import question_page, text_of
from homerule.web.pages.frame import render, said
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.pardons.ask import PardonInterview
    from homerule.pardons.load import Law
    from homerule.web.call import Call

#: Fields of the form: where each goes in a case.
CASE = ("status", "posture", "circuit", "place", "final_order_day", "on")
CONVICTION = ("convicted_by", "day", "sentence_imposed_days", "max_sentence_days")
INSTRUMENT = {"instrument": "kind", "grantor": "grantor", "granted": "day", "full": "full", "unconditional": "unconditional"}


def law() -> Law:
    from homerule.pardons.load import pardon_law

    return pardon_law()


def options(known: Law, fact: str) -> list[tuple[str, str]]:
    """The values of a fact, to choose from."""
    found = known.facts[fact]
    return [("", "Not known"), *((v, found.label(v)[0].upper() + found.label(v)[1:]) for v in found.values)]


def start(call: Call, errors: list[str] | None = None, status: int = 200) -> Response:
    known = law()
    names = {n: options(known, n) for n in ("convicted_by", "instrument", "grantor", "status", "posture", "circuit") if n in known.facts and known.facts[n].values}
    classes = [("", "Not known"), *((o.id, o.id.replace("_", " ")) for o in known.offences.values())]
    from homerule.places import Gazetteer

    given = {k: v for k, v in call.request.query_params.items()}
    return render(call, "pardons.html", status, title="Pardons", errors=errors or [], names=names, classes=classes, states=[(s.id, s.name) for s in Gazetteer().states()], given=given, today=dt.date.today().isoformat())


def case_of(call: Call) -> dict[str, Any]:
    """The case that the form gives."""
    q = call.request.query_params
    text = {k: v.strip() for k, v in q.items()}
    data: dict[str, Any] = {k: text[k] for k in CASE if text.get(k)}
    conviction: dict[str, Any] = {k: text[k] for k in CONVICTION if text.get(k)}
    if text.get("state") and text.get("convicted_by") in ("state", ""):
        conviction["convicted_by"] = text["state"]
    if classes := [c for c in q.getlist("class") if c]:
        conviction["classes"] = classes
    instrument: dict[str, Any] = {to: text[k] for k, to in INSTRUMENT.items() if text.get(k)}
    if text.get("state") and instrument.get("grantor") in ("governor", "board", "governor_with_board", "state"):
        instrument["state"] = text["state"]
    if conviction:
        data["conviction"] = [conviction]
    if instrument:
        data["instrument"] = [instrument]
    if charges := [c.strip() for c in text.get("charged", "").split(";") if c.strip()]:
        data["charges"] = charges
    return data


def result(call: Call) -> Response:
    from homerule.pardons import assess

    data = case_of(call)
    if not data.get("charges") and not data.get("conviction"):
        return start(call, ["Give a conviction or a ground that is charged."], 422)
    try:
        found = assess(data)
    except InputError as error:
        return start(call, [said(error)], 422)
    return assessed(call, found, back="/pardons?" + call.request.url.query)


def assessed(call: Call, found: Any, back: str) -> Response:
    known = law()
    return render(call, "pardon_result.html", title="What the instrument does", a=found, back=back, json="/pardons/result.json?" + call.request.url.query, facts=known.facts, outcome=OUTCOMES)


#: Outcomes in words.
OUTCOMES = {
    "WAIVED": "Waived", "NOT_WAIVED": "Not waived", "UNSETTLED": "Unsettled", "NOTHING_TO_ACT_ON": "Nothing for a pardon to act on",
    "NOT_A_QUALIFYING_PARDON": "Not a qualifying pardon", "NOT_A_CONVICTION": "No conviction is left",
}  # fmt: skip


def as_json(call: Call) -> Response:
    from homerule.pardons import assess
    from homerule.web.api.answer import encode

    return Response(encode(assess(case_of(call)).as_data()), media_type="application/json", headers={"content-disposition": 'attachment; filename="pardon.json"'})


def read(call: Call) -> PardonInterview:
    """The interview in the address."""
    from homerule.interview.session import read_said
    from homerule.pardons.ask import PardonInterview

    q = call.request.query_params
    try:
        on = dt.date.fromisoformat(q["on"]) if q.get("on") else dt.date.today()
    except ValueError:
        raise InputError("the day is not a date", help="Write it as 2026-11-01") from None
    answers = list(read_said(q.getlist("answer")))
    if "ticked" in q:
        answers.append((q["ticked"], ",".join(q.getlist("tick")) or None))
    if "numbered" in q:
        answers.append((q["numbered"], q.get("number", "").strip() or None))
    return PardonInterview(law(), on, {}, tuple(answers))


def query_of(interview: PardonInterview, count: int | None = None) -> str:
    answers = interview.answers if count is None else interview.answers[:count]
    return urlencode([("on", interview.on.isoformat()), *(("answer", n if v is None else f"{n}={v}") for n, v in answers)], safe=",:=")


def question(call: Call) -> Response:
    """One question of the interview, or the result."""
    interview = read(call)
    if "done" in call.request.query_params or interview.finished:
        return RedirectResponse("/pardons/answered?" + query_of(interview), 303)
    if {"ticked", "numbered"} & set(call.request.query_params):
        return RedirectResponse("/pardons/q?" + query_of(interview), 303)
    q, facts = interview.question, interview.law.facts
    assert q is not None
    answered = [
        {"fact": n, "question": facts[n].question, "words": "not known" if v is None else facts[n].show(interview.given[n]), "back": "/pardons/q?" + query_of(interview, i)} for i, (n, v) in enumerate(interview.answers)
    ]  # fmt: skip
    return question_page(
        call, q, [{"value": text_of(c.value), "words": c.words} for c in q.choices], errors=[], answered=answered, action="/pardons/q", about="What an instrument of clemency does", on=interview.on.isoformat(),
        pairs=[("on", interview.on.isoformat()), *(("answer", n if v is None else f"{n}={v}") for n, v in interview.answers)],
        back=answered[-1]["back"] if answered else "/pardons", enough="/pardons/answered?" + query_of(interview), all_on_one="", decided=[],
    )  # fmt: skip


def answered(call: Call) -> Response:
    interview = read(call)
    return assessed(call, interview.assessment, back="/pardons/q?" + query_of(interview, max(0, len(interview.answers) - 1)))


def state_page(call: Call) -> Response:
    """Who may pardon in one state."""
    from homerule.pardons.power import power

    given = call.request.query_params
    state = given.get("state", "").strip()
    if not state:
        return RedirectResponse("/pardons", 303)
    try:
        found = power(state, given.get("on") or None)
    except InputError as error:
        return start(call, [said(error)], 422)
    return render(call, "pardon_state.html", title=f"Who may pardon: {found.name}", p=found, state=state, on=given.get("on", ""))


def warrant_file(call: Call) -> Response:
    """The draft warrant of pardon of a state."""
    import homerule.documents as documents
    from homerule.pardons.power import power
    from homerule.pardons.warrant import warrant
    from homerule.web.pages.decision import FORMS

    form = call.path["form"]
    if form not in ("pdf", "docx", "html"):
        raise Problem(404, "A warrant can be had as pdf, docx or html.")
    document = warrant(power(call.request.query_params.get("state", ""), None))
    made = documents.to_pdf(document) if form == "pdf" else documents.to_docx(document) if form == "docx" else documents.to_html(document).encode()
    return Response(made, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="warrant.{form}"'})


def operations() -> list[Operation]:
    return [
        page("GET", "/pardons", "pardons", "read", start, "What a pardon can and cannot do", blocking=True),
        page("GET", "/pardons/q", "pardon_question", "read", question, "One question of the interview", blocking=True),
        page("GET", "/pardons/answered", "pardon_answered", "read", answered, "What the instrument does, after the interview", blocking=True),
        page("GET", "/pardons/result", "pardon_result", "read", result, "What the instrument does, after the form", blocking=True),
        page("GET", "/pardons/result.json", "pardon_json", "read", as_json, "The assessment as JSON", blocking=True),
        page("GET", "/pardons/state", "pardon_state", "read", state_page, "Who may pardon in a state", blocking=True),
        page("GET", "/pardons/warrant.{form}", "pardon_warrant", "read", warrant_file, "A draft warrant of pardon", blocking=True),
    ]
