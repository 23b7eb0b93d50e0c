"""Check a draft: pasted or uploaded, held against the law above it, with the findings beside the lines they are about."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from markupsafe import Markup, escape
from starlette.responses import Response

from homerule.errors import CorpusError, HomeruleError
from homerule.vocabulary import plain
from homerule.web.api.check import EXAMPLE
from homerule.web.checking import check_text
from homerule.web.lawbook import Lawbook, lawbook
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render, said
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.proof.check import Issue, Report
    from homerule.web.call import Call

#: How grave each kind of finding is: key, word and sign.
SEVERITY = {"error": ("Error", "✕"), "warning": ("Warning", "!"), "note": ("Note", "i")}
GRAVE = {"conflict": "error", "adoption": "error", "contradiction": "error", "contested": "warning", "dead": "warning", "gap": "note", "soon": "note"}
#: What can be done about each kind.
FIX = {
    "conflict": "Leave these cases out of the rule (an `unless` that names them), or take the rule out: the law above decides them.",
    "adoption": "Keep the draft no wider than the law above, or take the question whether it may be adopted to counsel.",
    "contested": "Settle with counsel which reading to stand on. A clause that gives way where the law above applies holds on both.",
    "contradiction": "Say which rule prevails (`prevails_over`), or take the common cases out of one of them.",
    "dead": "Take the rule out, or mend its condition.",
    "gap": "Say what holds in these cases, or leave them to the official's choice on purpose.",
    "soon": "Note the day, and look at the rule again before it.",
}
_FIELDS = ("draft", "place", "on", "compare")


def form(call: Call) -> Response:
    q = call.request.query_params
    draft = EXAMPLE if q.get("example") else ""
    return shown(call, {"draft": draft, "place": q.get("place", "")[:200], "on": q.get("on", "") or dt.date.today().isoformat(), "compare": ""})


def shown(call: Call, given: dict[str, str], *, status: int = 200, errors: list[str] | None = None, report: Report | None = None) -> Response:
    from homerule.proof.render import KINDS

    book = lawbook(call.office)
    groups = [] if report is None else [(title, SEVERITY[GRAVE[kind]], GRAVE[kind], FIX[kind], [found(i, given, report, book) for i in report.of_kind(kind)]) for kind, title in KINDS.items() if report.of_kind(kind)]
    hits = {i["line"] for _, _, _, _, items in groups for i in items}
    return render(
        call, "check.html", status, title="Check a draft", given=given, errors=errors or [], report=report, groups=groups, coded=coded, place_name=book.name(report.place) if report else "",
        lines=[(n, text, n in hits) for n, text in enumerate(given["draft"].replace("\r\n", "\n").split("\n"), 1)] if report else [], slack=slack(report, book) if report else [], words=book.words,
    )  # fmt: skip


def coded(text: str) -> Markup:
    """A sentence in which what stands between back quotes is code."""
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(re.split(r"`([^`]*)`", text)))


def found(i: Issue, given: dict[str, str], report: Report, book: Lawbook) -> dict[str, Any]:
    """One finding, as the page shows it."""
    from homerule.conditions.words import given as phrase

    acts = book.words.acts
    case = [phrase(book.words.facts[n], v) for n, v in sorted(i.case.items()) if n in book.words.facts]
    pairs = [("place", report.place), ("actor", i.actors[0] if i.actors else ""), ("request", i.act), ("on", report.on.isoformat())]
    for name, value in i.case.items():
        made = plain(value)
        pairs.append(("fact", f"{name}={','.join(made) if isinstance(made, list) else str(made).lower() if isinstance(made, bool) else made}"))
    sentence = i.words
    for name, act in acts.items():
        sentence = sentence.replace(f"`{name}`", act.noun)
    return {
        "act": acts[i.act].noun if i.act in acts else i.act, "words": sentence[0].upper() + sentence[1:], "line": i.line, "sections": [s for s in i.sections if s], "norms": i.norms, "actors": [book.words.actors[a].words for a in i.actors if a in book.words.actors],
        "cases": i.cases, "of": i.of, "case": case, "link": "/decision?" + urlencode(pairs, safe=",:=") if i.case else "", "against": [book.by_id[n] for n in i.against if n in book.by_id],
    }  # fmt: skip


def slack(report: Report, book: Lawbook) -> list[dict[str, Any]]:
    """Where the law leaves a choice: what the draft says of each act, for whom, in how many cases."""
    stance = {"required": "requires it", "prohibited": "forbids it", "permitted": "permits it", "conflict": "contradicts itself", "silent": "is silent"}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for s in report.slack:
        if s.law == "permitted":
            row = rows.setdefault((s.act, s.draft), {"act": book.words.acts[s.act].noun, "says": stance[s.draft], "cases": 0, "actors": []})
            row["cases"] += s.cases
            row["actors"].append(book.words.actors[s.actor].words)
    return list(rows.values())


def read(call: Call) -> dict[str, str]:
    """The fields of the form. A chosen file goes before the text."""
    given = {name: call.field(name) for name in _FIELDS}
    for name, file in (("draft", "file"), ("compare", "compare_file")):
        if file in call.files and file not in call.form:
            raise Problem(415, "The file is not UTF-8 text.")
        if call.field(file).strip():
            given[name] = call.field(file)
    given |= {"place": given["place"].strip()[:200], "on": given["on"].strip()}
    return given


def made(call: Call, given: dict[str, str]) -> Report:
    return check_text(call.office, given["draft"], place=given["place"], on=given["on"] or None, compare=given["compare"])


def check(call: Call) -> Response:
    given = read(call)
    try:
        return shown(call, given, report=made(call, given))
    except CorpusError as error:
        return shown(call, given, status=422, errors=[*error.problems[:40]] or [said(error)])
    except HomeruleError as error:
        return shown(call, given, status=422, errors=[said(error)])


def download(call: Call) -> Response:
    """The report as a file."""
    from homerule.proof.render import as_data, as_markdown

    form = call.path["form"]
    if form not in ("json", "md"):
        raise Problem(404, "A report can be had as json or md.")
    report = made(call, read(call))
    body = json.dumps(as_data(report), indent=2, ensure_ascii=False) + "\n" if form == "json" else as_markdown(report, lawbook(call.office).words)
    return Response(body, media_type="application/json" if form == "json" else "text/markdown; charset=utf-8", headers={"content-disposition": f'attachment; filename="draft-check.{form}"'})


def operations() -> list[Operation]:
    return [
        page("GET", "/check", "check_page", "read", form, "Check a draft", blocking=True),
        page("POST", "/check", "check_draft", "read", check, "Check a draft", blocking=True),
        page("POST", "/check/file.{form}", "check_file", "read", download, "The report on a draft as a file", blocking=True),
    ]
