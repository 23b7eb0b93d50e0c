"""The law over HTTP: rules and authorities, what is in force, what changed, what is coming, and the matrix. Every answer has an ETag that changes with the corpus."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.responses import Response

from homerule import __version__
from homerule.errors import InputError
from homerule.vocabulary import plain
from homerule.web.api.answer import encode, part, read_cursor
from homerule.web.api.models import Limit, Model, Text
from homerule.web.lawbook import brief, lawbook
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.corpus.model import Authority, Norm
    from homerule.web.call import Call

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD, from 1990 to 2099")]
Words = Annotated[list[Text], Field(max_length=40)]
Effect = Literal["require", "forbid", "permit", "duty", "expose", "protect", "define", "untranslated"]


class Looking(Model):
    """Query of the list of norms. ``place``: that jurisdiction's own rules and those of the localities in it."""

    q: Annotated[str, Field(max_length=400)] | None = None
    place: Text | None = None
    act: Text | None = None
    actor: Text | None = None
    effect: Effect | None = None
    on: Day | None = None
    limit: Limit = 50
    cursor: Text | None = None


class PlaceQuery(Model):
    """A name, half-typed or whole, a FIPS code or an id."""

    q: Annotated[str, Field(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class At(Model):
    """A place on a day (today if not given), for some bodies and acts (all if none)."""

    place: Text
    on: Day | None = None
    actor: Words = Field(default_factory=list)
    act: Words = Field(default_factory=list)
    limit: Limit = 200
    cursor: Text | None = None


class Between(Model):
    """A place between two days."""

    place: Text
    first: Day = Field(alias="from")
    last: Day | None = Field(None, alias="to", description="today if not given")
    actor: Words = Field(default_factory=list)
    act: Words = Field(default_factory=list)


class Ahead(Model):
    """What is ahead: days after ``on``, at one place or anywhere."""

    place: Text | None = None
    on: Day | None = None
    days: Annotated[int, Field(ge=1, le=3660)] = 90
    limit: Limit = 50
    cursor: Text | None = None


class MatrixQuery(Model):
    """One day's matrix: a standard case, and some of its questions (all if none)."""

    on: Day | None = None
    profile: Text = "standard"
    question: Words = Field(default_factory=list)


def kept(call: Call, make: Callable[[], Any]) -> Response:
    """The answer ``make`` gives, with an ETag of corpus, program, day and question: a reader who has it is answered without making it again."""
    asked = f"{call.request.url.path}?{urlencode(sorted(call.request.query_params.multi_items()))}"
    tag = f'"{hashlib.sha256(f"{call.office.version} {__version__} {dt.date.today()} {asked}".encode()).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    had = [t.strip().removeprefix("W/") for t in call.request.headers.get("if-none-match", "").split(",")]
    if tag in had:
        return Response(status_code=304, headers=headers)
    return Response(encode(make()), 200, headers, "application/json")


def day_of(text: str | None) -> dt.date:
    from homerule.reasoning.decide import read_day

    return read_day(text)


def place_of(call: Call, text: str | None) -> str:
    """The id of a place that may be given in any form; empty where none is given."""
    return call.office.engine.find(text).id if text else ""


def norms(call: Call) -> Response:
    q: Looking = call.query
    after = read_cursor(q.cursor, int) or 0
    if q.q is not None and not q.q.strip():
        raise Problem(422, "q: name words to look for, or leave it out.")
    book = lawbook(call.office)
    return kept(call, lambda: part(book.select(q.q or "", place=place_of(call, q.place), act=q.act or "", actor=q.actor or "", effect=q.effect or "", on=day_of(q.on) if q.on else None), q.limit, max(0, after), brief))


def entry(call: Call, kind: str) -> Norm | Authority:
    """The norm or authority that the path names. Raises a Problem of status 404 with near ids."""
    from homerule.corpus.model import Norm

    book, id = lawbook(call.office), call.path["id"]
    found: Norm | Authority | None = book.by_id.get(id) if kind == "norm" else book.authorities.get(id)
    if found is None:
        try:
            other = call.office.engine.corpus.find(id)
            raise Problem(404, f"That is the id of {'a norm' if isinstance(other, Norm) else 'an authority'}.")
        except InputError as error:
            raise Problem(404, error.message + ".", help=error.help) from None
    return found


def norm(call: Call) -> Response:
    from homerule.survey.show import show

    found = entry(call, "norm")
    return kept(call, lambda: show(call.office.engine.corpus, found.id))


def authority(call: Call) -> Response:
    from homerule.survey.show import show

    found = entry(call, "authority")
    return kept(call, lambda: show(call.office.engine.corpus, found.id))


def places(call: Call) -> Response:
    from homerule.places import candidates

    q: PlaceQuery = call.query

    def make() -> Any:
        try:
            return {"items": [p.as_dict() for p in candidates(q.q)[: q.limit]]}
        except InputError:
            return {"items": []}

    return kept(call, make)


def in_force(call: Call) -> Response:
    from homerule.survey.timeline import in_force as found_in_force

    q: At = call.query
    after = read_cursor(q.cursor, int) or 0

    def make() -> Any:
        on = day_of(q.on)
        place, found = found_in_force(call.office.engine, q.place, on, q.actor, q.act)
        return {"place": place.id, "on": on.isoformat()} | part(found, q.limit, max(0, after), brief)

    return kept(call, make)


def diff(call: Call) -> Response:
    q: Between = call.query

    def make() -> Any:
        c = lawbook(call.office).change(q.place, day_of(q.first), day_of(q.last), tuple(q.actor), tuple(q.act))
        rows = [{"actor": m.actor, "act": m.act, "before": m.before, "after": m.after, "case": {k: plain(v) for k, v in m.facts.items()}} for m in c.moved]
        return {"place": c.place.id, "from": c.first.isoformat(), "to": c.last.isoformat(), "began": [brief(n) for n in c.began], "ended": [brief(n) for n in c.ended], "moved": rows}

    return kept(call, make)


def upcoming(call: Call) -> Response:
    q: Ahead = call.query
    after = read_cursor(q.cursor, int) or 0

    def make() -> Any:
        on = day_of(q.on)
        found = lawbook(call.office).upcoming(on, q.days, q.place or "")
        return {"on": on.isoformat(), "days": q.days} | part(found, q.limit, max(0, after), lambda e: {"date": e.date.isoformat(), "kind": e.kind} | brief(e.norm))

    return kept(call, make)


def matrix(call: Call) -> Response:
    q: MatrixQuery = call.query
    return kept(call, lambda: lawbook(call.office).matrix(day_of(q.on), q.profile, tuple(q.question)).as_data())


def coverage(call: Call) -> Response:
    return kept(call, lambda: lawbook(call.office).coverage().as_data())


def operations() -> list[Operation]:
    """The routes of the law, with the shapes of their answers."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    obj = {"type": "object"}
    short = {"type": "object", "properties": {**{k: text for k in ("norm", "authority", "citation", "pinpoint", "place", "level", "effect", "says", "status", "certainty", "checked")}, "acts": texts}, "required": ["norm", "authority", "citation", "effect", "acts", "says", "status", "certainty"]}
    following = {"type": ["string", "null"]}
    listed = {"type": "object", "properties": {"items": {"type": "array", "items": short}, "next": following}, "required": ["items", "next"]}
    events = {"type": "object", "properties": {"on": text, "days": {"type": "integer"}, "items": {"type": "array", "items": short}, "next": following}, "required": ["on", "days", "items", "next"]}
    here = {"type": "object", "properties": {"place": text, "on": text, "items": {"type": "array", "items": short}, "next": following}, "required": ["place", "on", "items", "next"]}
    changes = {"type": "object", "properties": {"place": text, "from": text, "to": text, "began": {"type": "array", "items": short}, "ended": {"type": "array", "items": short}, "moved": {"type": "array", "items": obj}}, "required": ["place", "from", "to", "began", "ended", "moved"]}
    one = {"type": "object", "properties": {"id": text, "citation": text, "status": text, "certainty": text, "checked": text}, "required": ["id", "citation", "status", "certainty", "checked"]}
    found = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {"id": text, "name": text, "kind": text}, "required": ["id", "name", "kind"]}}}, "required": ["items"]}
    table = {"type": "object", "properties": {"on": text, "columns": {"type": "array"}, "jurisdictions": {"type": "array"}}, "required": ["on", "columns", "jurisdictions"]}
    more: dict[str, Any] = {"tag": "law", "blocking": True}

    def answers(shape: Any) -> dict[int, Any]:
        return {200: shape, 304: None}

    return [
        api("GET", "/api/v1/law/norms", "law_norms", "read", norms, "Rules by words, place, act, body, effect or day.", query=Looking, answers=answers(listed), **more),
        api("GET", "/api/v1/law/norms/{id}", "law_norm", "read", norm, "One rule with all that is known of it.", answers=answers(one), **more),
        api("GET", "/api/v1/law/authorities/{id}", "law_authority", "read", authority, "One authority and its rules.", answers=answers(one), **more),
        api("GET", "/api/v1/law/places", "law_places", "read", places, "The places that a text may mean, likeliest first.", query=PlaceQuery, answers=answers(found), **more),
        api("GET", "/api/v1/law/in-force", "law_in_force", "read", in_force, "The rules in force for a place on a day, strongest first.", query=At, answers=answers(here), **more),
        api("GET", "/api/v1/law/diff", "law_diff", "read", diff, "What began and ended between two days at a place, and which verdicts moved.", query=Between, answers=answers(changes), **more),
        api("GET", "/api/v1/law/upcoming", "law_upcoming", "read", upcoming, "What begins, ends or falls due in the days ahead.", query=Ahead, answers=answers(events), **more),
        api("GET", "/api/v1/law/matrix", "law_matrix", "read", matrix, "Jurisdictions by standard questions on a day.", query=MatrixQuery, answers=answers(table), **more),
        api("GET", "/api/v1/law/coverage", "law_coverage", "read", coverage, "What the corpus holds of each place, and how sure it is.", answers=answers(obj), **more),
    ]  # fmt: skip
