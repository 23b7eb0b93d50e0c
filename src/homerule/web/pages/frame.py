"""The frame around every page: templates, navigation, the signed-in account, and errors as pages."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

from homerule import __version__
from homerule.web import access
from homerule.web.access import ANYONE, Principal
from homerule.web.tables import FOLDER

if TYPE_CHECKING:
    from starlette.requests import Request

    from homerule.errors import HomeruleError
    from homerule.web.call import Call
    from homerule.web.office import Office
    from homerule.web.problem import Problem

#: Address, label and the permission that the link needs.
NAVIGATION = (
    ("/ask", "Ask", "read"), ("/law", "Law", "read"), ("/playbook", "Playbook", "read"), ("/agreements", "Agreements", "read"), ("/check", "Check a draft", "read"),
    ("/pardons", "Pardons", "read"), ("/capacity", "Capacity", "read"), ("/replay", "Replay", "read"), ("/records", "Records", "records.read"), ("/corrections", "Corrections", "read"),
)  # fmt: skip
#: The six verdicts in words and with a sign, so that colour is never alone.
VERDICTS = {
    "required": ("Required", "■"), "prohibited": ("Prohibited", "✕"), "permitted": ("Permitted", "○"), "conflict": ("Conflict", "≠"), "depends": ("Depends", "?"), "unsettled": ("Unsettled", "~"),
}  # fmt: skip


def words(day: dt.date | str) -> str:
    """A day as it is read: November 24, 2026."""
    made = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{made:%B} {made.day}, {made.year}"


@cache
def environment(*, part: bool = False) -> Environment:
    """Templates. Everything that is put into one is escaped; a name that is missing is an error. Where only a ``part`` is wanted the frame is the block of that name."""
    files = FileSystemLoader(FOLDER / "templates")
    loader: BaseLoader = ChoiceLoader([DictLoader({"base.html": "{% block part %}{% endblock %}"}), files]) if part else files
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"] = words
    made.globals |= {"VERDICTS": VERDICTS, "version": __version__}
    return made


def frame(office: Office, request: Request, principal: Principal) -> dict[str, Any]:
    """What every page knows."""
    links = [(href, label, request.url.path == href or request.url.path.startswith(href + "/")) for href, label, need in NAVIGATION if access.may(principal, need, open_reading=office.settings.open_reading)]
    return {
        "static": f"/static/{office.__dict__['static']}", "links": links, "account": principal.account, "roles": principal.roles, "csrf": principal.csrf, "corpus_version": office.engine.corpus.version,
        "may": lambda permission: access.may(principal, permission, open_reading=office.settings.open_reading), "office_name": office.settings.office, "path": request.url.path, "sign_in": office.settings.sign_in,
    }  # fmt: skip


def render(call: Call, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. Only a part of it (the template's block ``part``) where htmx asked for a part."""
    known = frame(call.office, call.request, call.principal) | context
    page = environment().get_template(template)
    headers = call.request.headers
    if headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true" and "part" in page.blocks:
        page = environment(part=True).get_template(template)
    made = page.render(known)
    return HTMLResponse(made, status, {"vary": "hx-request"})


def problem_page(office: Office, request: Request, problem: Problem) -> HTMLResponse:
    """An error, said on a page with what to do."""
    value = request.cookies.get("__Host-homerule" if office.settings.secure else "homerule_session")
    principal = (office.accounts.session(value) if value else None) or ANYONE
    made = environment().get_template("problem.html").render(frame(office, request, principal) | {"problem": problem, "title": problem.title, "help": problem.extra.get("help", ""), "where": problem.extra.get("where", "")})
    return HTMLResponse(made, problem.status, problem.headers)


def said(error: HomeruleError) -> str:
    """What is wrong and what to do, without the option of the command line that it would name there."""
    return f"{error.message}. {error.help}." if error.help else f"{error.message}."


def away(to: str) -> RedirectResponse:
    """To another page of this server after a form; never to another server."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(c) < 32 for c in to):
        to = "/"
    return RedirectResponse(to, 303)
