"""The law in time and over places: what changed, what is coming, the matrix with its map, and what the corpus holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import Response

from homerule.errors import InputError
from homerule.web.lawbook import DOES, Lawbook, lawbook, status_of
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render, words

if TYPE_CHECKING:
    from homerule.web.call import Call

#: First and last day of the slider.
FIRST, AHEAD = dt.date(2015, 1, 1), 730
PAGE = 60
#: The categories of the matrix with a sign, so that colour is never alone.
SIGNS = {
    "required": "■", "required_federal": "□", "limits_barred": "▣", "express": "○", "not_reached": "◌", "silence": "·", "prohibited_federal": "☓", "prohibited": "✕",
    "conflict": "≠", "depends": "?", "unsettled": "~", "not_in_corpus": "–",
}  # fmt: skip


def day(text: str, usual: dt.date | None = None) -> dt.date:
    from homerule.reasoning.decide import read_day

    return usual if not text and usual is not None else read_day(text or None)


def diff(call: Call) -> Response:
    """What began and ended between two days at a place, and which answers moved."""
    q, book = call.request.query_params, lawbook(call.office)
    today = dt.date.today()
    given = {"place": q.get("place", "").strip()[:200], "from": q.get("from", "") or today.replace(year=today.year - 1, day=min(today.day, 28)).isoformat(), "to": q.get("to", "") or today.isoformat()}
    errors: list[str] = []
    change, groups = None, []
    if given["place"]:
        try:
            change = book.change(given["place"], day(given["from"]), day(given["to"]))
            groups = moved_groups(book, change.moved, change.place.id)
        except InputError as error:
            errors.append(str(error))
    telling = ("require", "forbid", "permit", "duty", "untranslated")
    return render(
        call, "diff.html", 422 if errors else 200, title="What changed", given=given, errors=errors, change=change, groups=groups, book=book, DOES=DOES, status_of=status_of, telling=telling,
        parts=[] if change is None else [("Began", change.began), ("Ended", change.ended)],
    )  # fmt: skip


def moved_groups(book: Lawbook, moved: Any, place: str) -> list[dict[str, Any]]:
    """Verdicts that moved: one line an act and pair of verdicts, with whom it concerns and the shortest case."""
    from homerule.conditions.words import given

    v = book.engine.corpus.vocabulary_for(("us", place))
    found: dict[tuple[str, str, str], list[Any]] = {}
    for m in moved:
        found.setdefault((m.act, m.before, m.after), []).append(m)
    out = []
    for (act, before, after), rows in found.items():
        case = min((m.facts for m in rows), key=len)
        out.append({"act": v.acts[act].noun, "before": before, "after": after, "actors": list(dict.fromkeys(v.actors[m.actor].words for m in rows)), "case": "; ".join(given(v.facts[k], x) for k, x in case.items() if k in v.facts)})
    return out


def upcoming(call: Call) -> Response:
    """What begins, ends or falls due in the days ahead, by month."""
    q, book = call.request.query_params, lawbook(call.office)
    given = {"place": q.get("place", "").strip()[:200], "days": q.get("days", "") or "90", "on": q.get("on", "") or dt.date.today().isoformat()}
    errors: list[str] = []
    found: list[Any] = []
    name = ""
    try:
        if not (given["days"].isascii() and given["days"].isdigit() and 1 <= int(given["days"][:5]) <= 3660):
            raise InputError("the number of days is not from 1 to 3660", help="Give a whole number")
        on = day(given["on"])
        name = call.office.engine.find(given["place"]).name if given["place"] else ""
        found = book.upcoming(on, int(given["days"]), given["place"])
    except InputError as error:
        errors.append(str(error))
    months: dict[str, list[Any]] = {}
    for e in found:
        months.setdefault(f"{e.date:%B %Y}", []).append(e)
    return render(call, "upcoming.html", 422 if errors else 200, title="Upcoming", given=given, errors=errors, months=months, count=len(found), book=book, name=name, status_of=status_of)


def matrix(call: Call) -> Response:
    """One question for every jurisdiction as map and table, or all questions as one table."""
    from homerule.survey.map import draw
    from homerule.survey.matrix import CATEGORIES
    from homerule.survey.questions import read_questions

    q, book = call.request.query_params, lawbook(call.office)
    questions = book.keep("questions", lambda: read_questions(call.office.engine.corpus))
    today = dt.date.today()
    errors: list[str] = []
    try:
        on = day(q.get("on", ""))
    except InputError as error:
        errors.append(str(error))
        on = today
    profile = q.get("profile", "standard")
    if profile not in questions.profiles:
        errors.append("There is no such standard case. Choose one from the list.")
        profile = "standard"
    asked = questions.profiles[profile].questions
    question = q.get("question", "") or asked[0]
    if question not in (*asked, "all"):
        errors.append("There is no such question. Choose one from the list.")
        question = asked[0]
    made = book.matrix(on, profile, () if question == "all" else (question,))
    known = call.office.engine.corpus.vocabulary_for(("us",))
    svg = "" if question == "all" else book.keep(("map", on, profile, question), lambda: draw(made, 0, known))
    counts: dict[str, list[str]] = {}
    if question != "all":
        for r in made.rows:
            counts.setdefault(r.cells[0].category, []).append(r.place.name)
    last = today + dt.timedelta(days=AHEAD)
    facts = [(known.facts[k].question, known.facts[k].show(v)) for k, v in {**made.facts, **({k: known.facts[k].parse(x) for k, x in made.columns[0].question.facts.items() if k in known.facts} if question != "all" else {})}.items() if k in known.facts]
    return render(
        call, "matrix.html", 422 if errors else 200, title="Matrix and map", errors=errors, m=made, on=on, profile=profile, question=question, CATEGORIES=CATEGORIES, SIGNS=SIGNS, svg=svg, counts=sorted(counts.items(), key=lambda c: list(CATEGORIES).index(c[0])), facts=facts, book=book,
        heads=[(c, words_of_head(c)) for c in made.columns], profiles=[(p.id, p.title[0].upper() + p.title[1:]) for p in questions.profiles.values()],
        choices=[*((x, questions.questions[x].text) for x in asked), ("all", "All questions, as one table")], first=FIRST, span=(last - FIRST).days, at=min(max(0, (on - FIRST).days), (last - FIRST).days),
        json="/api/v1/law/matrix?" + urlencode({"on": on.isoformat(), "profile": profile} | ({} if question == "all" else {"question": question})),
        alternative=f"Map of the United States: {made.columns[0].text} The law on {words(on)}. The table below says the same in words." if svg else "",
    )  # fmt: skip


def words_of_head(column: Any) -> str:
    return " ".join(column.question.head)


def coverage(call: Call) -> Response:
    found = lawbook(call.office).coverage()
    return render(call, "coverage.html", title="What the corpus holds", c=found, only=call.request.query_params.get("only", ""))


def operations() -> list[Operation]:
    more: dict[str, Any] = {"blocking": True}
    return [
        page("GET", "/law/diff", "law_diff_page", "read", diff, "What changed between two days", **more),
        page("GET", "/law/upcoming", "law_upcoming_page", "read", upcoming, "What is coming", **more),
        page("GET", "/law/matrix", "law_matrix_page", "read", matrix, "Jurisdictions by questions, and the map", **more),
        page("GET", "/law/coverage", "law_coverage_page", "read", coverage, "What the corpus holds", **more),
    ]
