"""The playbook of one government, and the memo for a vote."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from homerule.errors import InputError
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render, said
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.documents.model import Document
    from homerule.web.call import Call

FORMS = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "html": "text/html", "json": "application/json"}
ASKED = ("place", "actor", "on", "side", "topic", "question", "vote")
SIDES = [("both", "Both sides"), ("limiting", "Limiting cooperation"), ("cooperating", "Cooperating")]


def given(call: Call) -> dict[str, str]:
    """What the address says, without empty parts."""
    return {k: v for k in ASKED if (v := call.request.query_params.get(k, "").strip())}


def held(call: Call, place: str) -> list[Any]:
    """Agreements of the registry at a place, where the office keeps one."""
    from homerule.web.registry import registry

    found = registry(call.office)
    return found.agreements(place=place) if found is not None else []


def made(call: Call, asked: dict[str, str]) -> tuple[Any, Document]:
    """The playbook or memo, and its document."""
    from homerule.advice import memo_document, playbook, playbook_document, vote_memo

    engine = call.office.engine
    agreements = held(call, engine.find(asked["place"]).id)
    if "question" in asked:
        memo = vote_memo(asked["place"], asked["question"], asked.get("vote", "yes"), asked.get("actor"), asked.get("on"), engine, agreements=agreements)
        return memo, memo_document(memo)
    book = playbook(asked["place"], asked.get("actor"), asked.get("topic"), asked.get("on"), engine, side=asked.get("side", "both"), agreements=agreements)
    return book, playbook_document(book)


def shown(call: Call) -> Response:
    """The playbook of one place."""
    asked, errors, document = given(call), [], None
    if "place" in asked:
        try:
            _, document = made(call, asked)
        except InputError as error:
            errors = [said(error)]
    vocabulary = call.office.engine.corpus.vocabulary
    from homerule.documents.html import fragment

    return render(
        call, "playbook.html", 422 if errors else 200, title=document.title if document else "Playbook", errors=errors, asked={k: asked.get(k, "") for k in ASKED}, today=dt.date.today().isoformat(), sides=SIDES,
        actors=[("", "Every body there"), *((a.name, a.words[0].upper() + a.words[1:]) for a in vocabulary.actors.values())], content=Markup(fragment(document)) if document else "", document=document,
        query=urlencode(asked), levers=[(lever.id, lever.title) for lever in levers(call)],
    )  # fmt: skip


def levers(call: Call) -> tuple[Any, ...]:
    from homerule.advice import levers as book

    return tuple(book(call.office.engine.corpus).lever)


def download(call: Call) -> Response:
    form, asked = call.path["form"], given(call)
    if form not in FORMS or "place" not in asked:
        raise Problem(404, "A playbook can be had as pdf, docx, html or json, for a place.")
    value, document = made(call, asked)
    import homerule.documents as documents
    from homerule.web.api.answer import encode

    body = encode(value.as_data()) if form == "json" else documents.to_pdf(document) if form == "pdf" else documents.to_docx(document) if form == "docx" else documents.to_html(document).encode()
    return Response(body, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="{"memo" if "question" in asked else "playbook"}.{form}"'})


def operations() -> list[Operation]:
    return [
        page("GET", "/playbook", "playbook", "read", shown, "The playbook of one government", blocking=True),
        page("GET", "/playbook/file.{form}", "playbook_file", "read", download, "A playbook or memo as a file", blocking=True),
    ]
