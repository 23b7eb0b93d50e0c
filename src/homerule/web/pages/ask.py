"""Ask: where and what, then one question a page, or all of them on one. The address holds the whole state, so that back, forward and bookmarks work, with or without script."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from homerule.errors import HomeruleError, InputError
from homerule.places import PlaceError
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render, said

if TYPE_CHECKING:
    from homerule.interview import Interview
    from homerule.web.call import Call

_OWN = ("tick", "ticked", "number", "numbered")
START = ("place", "actor", "request", "on", "at")


def begin(call: Call, errors: list[str] | None = None, status: int = 200, candidates: tuple[Any, ...] = ()) -> Response:
    """Where, who, what, when."""
    vocabulary, given = call.office.engine.corpus.vocabulary, call.request.query_params
    values = {name: given.get(name, "") for name in START}
    values["on"] = values["on"] or dt.date.today().isoformat()
    return render(
        call, "ask.html", status, title="Ask", errors=errors or [], values=values, candidates=candidates,
        actors=[("", "Choose …"), *((a.name, a.words[0].upper() + a.words[1:]) for a in vocabulary.actors.values())],
        requests=[("", "Choose …"), *((r.name, r.words[0].upper() + r.words[1:]) for r in vocabulary.requests.values())],
    )  # fmt: skip


def start(call: Call) -> Response:
    """Read the first form, and go to the first question, to the form with all of them, or back with what is wrong."""
    given = call.request.query_params
    missing = [words for name, words in (("place", "Name the place."), ("actor", "Say who is asked."), ("request", "Say what is asked.")) if not given.get(name, "").strip()]
    if missing:
        return begin(call, missing, 422)
    from homerule.interview import Interview

    try:
        interview = Interview(given["place"], given["actor"], given["request"], given.get("on") or None, at=given.get("at") or None, engine=call.office.engine)
    except PlaceError as error:
        return begin(call, [said(error)], 422, error.candidates)
    except InputError as error:
        return begin(call, [said(error)], 422)
    session = interview.session._replace(place=interview.case.place.id)
    return RedirectResponse(("/ask/form?" if given.get("how") == "form" else "/ask/q?") + session.to_url_query(), 303)


def read(call: Call) -> tuple[Interview, bool]:
    """The interview in the address, and whether the address held a fresh answer that must first be written down in it."""
    from homerule.interview import Interview
    from homerule.interview.session import Session

    pairs = call.request.query_params.multi_items()
    query = urlencode([(k, v) for k, v in pairs if k not in _OWN])
    given = call.request.query_params
    fresh = len(query) != len(urlencode(pairs))
    session = Session.from_url_query(query)
    if "ticked" in given:
        ticks = [v for k, v in pairs if k == "tick"]
        if not ticks:
            raise InputError("choose at least one answer, or say that you don't know", help="“None of these” is an answer too where it is offered")
        session = session._replace(answers=(*session.answers, (given["ticked"], ",".join(ticks))))
    if "numbered" in given:
        if not given.get("number", "").strip():
            raise InputError("give a number, or say that you don't know")
        session = session._replace(answers=(*session.answers, (given["numbered"], given["number"].strip())))
    return Interview.of(session, engine=call.office.engine), fresh


def question(call: Call) -> Response:
    """One question; or on to the decision, once nothing more can change it."""
    from homerule.interview import Interview
    from homerule.interview.session import Session

    try:
        interview, fresh = read(call)
    except HomeruleError as error:
        query = urlencode([(k, v) for k, v in call.request.query_params.multi_items() if k not in _OWN])
        try:
            interview, fresh = Interview.of(Session.from_url_query(query), engine=call.office.engine), False
        except HomeruleError:
            raise error from None
        return shown(call, interview, [said(error)], 422)
    if "done" in call.request.query_params or interview.finished:
        return RedirectResponse("/decision?" + decision_query(interview), 303)
    if fresh:
        return RedirectResponse("/ask/q?" + interview.to_url_query(), 303)
    return shown(call, interview)


def decision_query(interview: Interview) -> str:
    """The permanent address of the decision on what is known so far."""
    s = interview.session
    pairs = [("place", interview.case.place.id), ("actor", s.actor), ("request", s.request), ("on", s.on)] + [("act", a) for a in s.acts] + [("at", s.at)] * bool(s.at)
    told = dict(s.facts) | {n: v for n, v in s.answers if v is not None}
    return urlencode([*pairs, *(("fact", f"{n}={v}") for n, v in told.items())], safe=",:=")


def shown(call: Call, interview: Interview, errors: list[str] | None = None, status: int = 200) -> Response:
    """The page of one question."""
    q = interview.question
    assert q is not None
    vocabulary = interview.case.vocabulary
    answered = [
        {"fact": n, "question": vocabulary.fact(n).question, "words": "not known" if v is None else vocabulary.fact(n).show(interview.case.given[n]), "back": "/ask/q?" + interview.session._replace(answers=interview.session.answers[:i]).to_url_query()}
        for i, (n, v) in enumerate(interview.session.answers)
    ]  # fmt: skip
    from urllib.parse import parse_qsl

    return question_page(
        call, q, [{"value": text_of(c.value), "words": c.words} for c in q.choices], status, errors=errors or [], answered=answered, pairs=parse_qsl(interview.to_url_query(), keep_blank_values=True), action="/ask/q",
        about=f"{interview.case.place.name} · {vocabulary.actor(interview.session.actor).words} · {interview.case.request.words}", on=interview.session.on,
        back=answered[-1]["back"] if answered else "/ask?" + urlencode({k: v for k, v in (("place", interview.case.place.name), ("actor", interview.session.actor), ("request", interview.session.request), ("on", interview.session.on)) if v}),
        enough="/decision?" + decision_query(interview), all_on_one="/ask/form?" + interview.to_url_query(), decided=[(a, vocabulary.act(a).words, v[0]) for a, v in interview.verdicts.items() if len(v) == 1],
    )  # fmt: skip


def text_of(value: Any) -> str:
    """A value as it stands in an address."""
    from homerule.vocabulary import plain

    made = plain(value)
    return str(made).lower() if isinstance(value, bool) else str(made)


def question_page(call: Call, q: Any, choices: list[dict[str, str]], status: int = 200, **context: Any) -> Response:
    """One question on a page, of whichever interview."""
    return render(call, "question.html", status, title=q.question, q=q, choices=choices, number=len(context["answered"]) + 1, **context)


def form(call: Call) -> Response:
    """Every question that could matter, at once, for somebody who knows the case."""
    interview, _ = read(call)
    made = interview.form()
    return render(
        call, "form.html", title="All questions on one page", form=made, place=interview.case.place, actor=interview.case.vocabulary.actor(interview.session.actor), asked=interview.case.request, on=interview.session.on,
        session=interview.session, errors=[], one_by_one="/ask/q?" + interview.to_url_query(),
    )  # fmt: skip


def formed(call: Call) -> Response:
    """The one-page form, sent: on to the decision."""
    given = call.request.query_params
    pairs = [(k, v) for k, v in given.multi_items() if k in ("place", "actor", "request", "on", "at", "act", "fact")]
    names = dict.fromkeys(k[2:] for k in given if k.startswith("f."))
    for name in names:
        values = [v.strip() for v in given.getlist("f." + name) if v.strip()]
        if values:
            pairs.append(("fact", f"{name}={','.join(values)}"))
    return RedirectResponse("/decision?" + urlencode(pairs, safe=",:="), 303)


def places(call: Call) -> Response:
    """Places that a half-typed name could mean, for the list under the field."""
    from homerule.places import candidates

    text = call.request.query_params.get("place", "").strip()
    try:
        found = candidates(text)[:8] if len(text) > 2 else []
    except InputError:
        found = []
    return render(call, "places.html", title="Places", found=found)


def operations() -> list[Operation]:
    return [
        page("GET", "/ask", "ask", "read", begin, "Where, who, what, when"),
        page("GET", "/ask/start", "ask_start", "read", start, "Go to the first question", blocking=True),
        page("GET", "/ask/q", "ask_question", "read", question, "One question of the interview", blocking=True),
        page("GET", "/ask/form", "ask_form", "read", form, "All questions on one page", blocking=True),
        page("GET", "/ask/formed", "ask_formed", "read", formed, "The one-page form, sent"),
        page("GET", "/ask/places", "ask_places", "read", places, "Places that a name could mean"),
    ]
