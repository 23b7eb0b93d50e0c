"""Agreements: the list, one agreement with its way out, what changed between two days, the days to keep, and adding to the registry."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from homerule.agreements.kinds import kinds
from homerule.agreements.model import STATUSES
from homerule.errors import InputError
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render, said
from homerule.web.problem import Problem
from homerule.web.registry import registry

if TYPE_CHECKING:
    from homerule.agreements import Agreement, Registry
    from homerule.web.call import Call

PART = 100


def books(call: Call) -> Registry:
    """The registry. Raises a Problem where the packages for it are missing."""
    found = registry(call.office)
    if found is None:
        raise Problem(503, "The registry of agreements needs more packages: pip install 'homerule[agreements]'.")
    return found


def labels() -> list[tuple[str, str]]:
    """Kinds and models as one list to choose from."""
    known = kinds()
    return [(m, known.label("", m)) for m in known.models]


def state_names(call: Call) -> list[tuple[str, str]]:
    from homerule.places import Gazetteer

    return [(s.id, s.name) for s in Gazetteer().states()]


def chosen(call: Call, held: Registry) -> tuple[list[Agreement], dict[str, str]]:
    """The agreements that the filters leave."""
    q = {k: call.request.query_params.get(k, "").strip() for k in ("state", "model", "status", "place", "text")}
    columns = {k: q[k] for k in ("state", "model", "status") if q[k]}
    if q["place"]:
        columns["place"] = call.office.engine.find(q["place"]).id
    found = held.agreements(**columns)
    return ([a for a in found if q["text"].casefold() in a.agency.casefold()] if q["text"] else found), q


def listed(call: Call) -> Response:
    """The agreements that fit the filters in the address."""
    from homerule.agreements.stats import by_state, newest_day

    held, errors = books(call), []
    try:
        found, q = chosen(call, held)
    except InputError as error:
        found, q, errors = [], dict.fromkeys(("state", "model", "status", "place", "text"), ""), [said(error)]
    start = int(call.request.query_params.get("after", "0")) if call.request.query_params.get("after", "0").isdigit() else 0
    lists = held.lists()
    stats = by_state(found, lists) if lists else None
    picture = ""
    if stats is not None and stats.rows and not q["state"]:
        from homerule.agreements.picture import map_svg

        picture = map_svg(stats, source="Source: published lists of participating agencies.")
    return render(
        call, "agreements.html", 422 if errors else 200, title="Agreements", errors=errors, found=found[start : start + PART], total=len(found), start=start, more=start + PART if len(found) > start + PART else None, q=q,
        query=urlencode({k: v for k, v in q.items() if v}), label=kinds().label, models=labels(), states=state_names(call), statuses=STATUSES, newest=newest_day(lists), stats=stats, picture=Markup(picture), empty=not lists and not found,
    )  # fmt: skip


def shown(call: Call) -> Response:
    """One agreement."""
    from homerule.agreements.exit import exit_plan

    held = books(call)
    try:
        found = held.get(call.path["id"])
    except InputError as error:
        raise Problem(404, said(error)) from None
    on = call.request.query_params.get("on") or dt.date.today().isoformat()
    plan, doubt = None, ""
    try:
        plan = exit_plan(found, on=on, use=call.office.engine)
    except InputError as error:
        doubt = said(error)
    return render(call, "agreement.html", title=found.agency or found.id, a=found, plan=plan, doubt=doubt, label=kinds().label(found.kind, found.model), history=held.history(found.id), on=on)


def joining(call: Call) -> Response:
    """How a body without an agreement may enter one."""
    from homerule.agreements.exit import join_plan

    q = {k: call.request.query_params.get(k, "").strip() for k in ("place", "model", "on")}
    plan, errors = None, []
    if q["place"] and q["model"]:
        try:
            plan = join_plan(q["model"], q["place"], on=q["on"] or None, use=call.office.engine)
        except InputError as error:
            errors = [said(error)]
    return render(call, "agreement_join.html", 422 if errors else 200, title="Enter an agreement", plan=plan, errors=errors, q=q, models=labels(), today=dt.date.today().isoformat())


def changed(call: Call) -> Response:
    """What changed between two lists."""
    from homerule.agreements.changes import diff

    held = books(call)
    lists = held.lists()
    days = sorted({s.dated.on for s in lists if s.dated})
    given = call.request.query_params
    errors, made = [], None
    start, end = given.get("from") or (days[0].isoformat() if days else ""), given.get("to") or (days[-1].isoformat() if days else "")
    try:
        if start and end:
            made = diff(held.agreements(**({"state": given["state"]} if given.get("state") else {})), lists, dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    except (InputError, ValueError) as error:
        errors = [said(error) if isinstance(error, InputError) else "Give days as YYYY-MM-DD."]
    return render(call, "agreements_diff.html", 422 if errors else 200, title="What changed", errors=errors, diff=made, start=start, end=end, state=given.get("state", ""), states=state_names(call), label=kinds().label)


def agenda(call: Call) -> Any:
    from homerule.agreements.agenda import deadlines

    given = call.request.query_params
    held = registry(call.office)
    return deadlines(held.agreements() if held is not None else [], place=given.get("place", "").strip(), first=given.get("from") or None, last=given.get("to") or None, use=call.office.engine)


def deadlines_page(call: Call) -> Response:
    errors, made = [], None
    try:
        made = agenda(call)
    except InputError as error:
        errors = [said(error)]
    given = {k: call.request.query_params.get(k, "") for k in ("place", "from", "to")}
    return render(call, "agreements_deadlines.html", 422 if errors else 200, title="Days to keep", errors=errors, agenda=made, q=given, query=urlencode({k: v for k, v in given.items() if v}))


def feed(call: Call) -> Response:
    """The days as a calendar that can be subscribed to."""
    from homerule.agreements.agenda import calendar

    version = call.office.engine.corpus.version.replace(".", "-")
    try:
        corpus_day = dt.date.fromisoformat(version[:10])
    except ValueError:
        corpus_day = dt.date.today()
    made = calendar(agenda(call), corpus_day=corpus_day, name="Agreements with federal agencies")
    return Response(made, media_type="text/calendar; charset=utf-8", headers={"content-disposition": 'attachment; filename="agreements.ics"'})


def adding(call: Call, errors: list[str] | None = None, told: str = "", status: int = 200) -> Response:
    from homerule.agreements.records import FIELDS

    shown_first = ("signed", "effective", "ends", "term", "renewal", "local_notice_days", "federal_notice_days", "notice_to", "notice_how", "approvals", "costs", "federal_agency")
    fields = [(n, *FIELDS[n]) for n in shown_first if n in FIELDS]
    return render(call, "agreement_add.html", status, title="Add to the registry", errors=errors or [], told=told, fields=fields, kinds=[(k, kinds().label(k, "")) for k in kinds().kinds], models=labels(), states=state_names(call), given={k: v[0] for k, v in call.form.items() if v and k != "csrf"})


def add(call: Call) -> Response:
    """Take in a file (a published list, a signed agreement, a table), or record one agreement by hand."""
    from homerule.agreements import import_files
    from homerule.agreements.records import FIELDS, make_record
    from homerule.agreements.registry import now

    held, by = books(call), call.principal.role_for("agreements.write")
    try:
        if "file" in call.files:
            name, data = call.files["file"]
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / (Path(name).name or "upload")
                path.write_bytes(data)
                day = call.field("on")
                report = import_files([path], held, by=by, on=dt.date.fromisoformat(day) if day else None)
            call.office.accounts.note(call.principal.account, "agreements: import", path.name)
            return adding(call, told=f"{path.name} was taken in: {len(report.changed.new)} agreements are new, {len(report.changed.changed)} changed. " + " ".join(n.rstrip(".") + "." for f in report.files for n in f.notes))
        given: dict[str, object] = {f: v for f in FIELDS if (v := call.field(f).strip())}
        record = make_record({**given, **{k: call.field(k).strip() for k in ("agency", "state", "kind", "model")}}, source=call.field("source").strip(), at=now(), by=by)
        took = held.take(records=[record], by=by, source=call.field("source").strip())
        ids = [*took.new, *took.changed]
    except (InputError, ValueError) as error:
        return adding(call, [said(error) if isinstance(error, InputError) else "Give days as YYYY-MM-DD."], status=422)
    call.office.accounts.note(call.principal.account, "agreements: recorded", ids[0] if ids else "")
    return away(f"/agreements/item/{ids[0]}" if ids else "/agreements")


def operations() -> list[Operation]:
    return [
        page("GET", "/agreements", "agreements", "read", listed, "The list of agreements", blocking=True),
        page("GET", "/agreements/item/{id:path}", "agreement", "read", shown, "One agreement and its way out", blocking=True),
        page("GET", "/agreements/join", "agreement_join", "read", joining, "How to enter an agreement", blocking=True),
        page("GET", "/agreements/changes", "agreements_changes", "read", changed, "What changed between two days", blocking=True),
        page("GET", "/agreements/deadlines", "agreements_deadlines", "read", deadlines_page, "Days to keep", blocking=True),
        page("GET", "/agreements/deadlines.ics", "agreements_feed", "read", feed, "Days to keep, as a calendar", blocking=True),
        page("GET", "/agreements/add", "agreement_add_page", "agreements.write", adding, "Add to the registry", blocking=True),
        page("POST", "/agreements/add", "agreement_add", "agreements.write", add, "Add to the registry", blocking=True),
    ]
