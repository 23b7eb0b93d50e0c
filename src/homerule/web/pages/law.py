"""The law as pages: search, one page a rule and an authority, one a place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from homerule.corpus.model import EFFECTS, Norm, Period
from homerule.errors import InputError
from homerule.places import PlaceError
from homerule.web.lawbook import DOES, Lawbook, lawbook, status_of
from homerule.web.operation import Operation, page
from homerule.web.pages import lawtime
from homerule.web.pages.frame import render, words
from homerule.web.problem import Problem, of_error

if TYPE_CHECKING:
    from homerule.corpus.model import Authority, Example
    from homerule.places import Place
    from homerule.web.call import Call

PAGE = 25
FEW = 12  # links shown before the rest is folded


def options(call: Call, *, what: str = "acts", none: str = "All") -> list[tuple[str, str]]:
    """Choices of a select: acts or actors with their words."""
    group = getattr(call.office.engine.corpus.vocabulary, what)
    return [("", none), *((w.name, w.words[0].upper() + w.words[1:]) for w in group.values())]


def given_day(call: Call, name: str = "on") -> dt.date:
    """The day in the address; today where none is given. Raises InputError."""
    from homerule.reasoning.decide import read_day

    return read_day(call.request.query_params.get(name) or None)


def from_number(call: Call) -> int:
    """Where the shown part of a list begins."""
    text = call.request.query_params.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


# Search


def search(call: Call) -> Response:
    """Rules and authorities that fit the words and filters in the address."""
    q = call.request.query_params
    book = lawbook(call.office)
    given = {name: q.get(name, "").strip()[:200] for name in ("q", "place", "act", "actor", "effect", "on")}
    errors: list[str] = []
    found: list[Norm] = []
    sources: list[Authority] = []
    asked = any(given.values())
    try:
        place = call.office.engine.find(given["place"]).id if given["place"] else ""
        on = given_day(call) if given["on"] else None
        if given["effect"] not in ("", *EFFECTS):
            raise InputError("there is no such effect", help="Choose one from the list")
        if asked:
            found = book.select(given["q"], place=place, act=given["act"], actor=given["actor"], effect=given["effect"], on=on)
            if given["q"] and not (given["act"] or given["actor"] or given["effect"]):
                sources = book.sources(given["q"], place=place)
    except InputError as error:
        errors.append(str(error))
    after = from_number(call)
    query = {k: v for k, v in given.items() if v}
    return render(
        call, "law.html", 422 if errors else 200, title="Law", given=given, errors=errors, asked=asked and not errors, found=found[after : after + PAGE], count=len(found), after=after, sources=sources if not after else [], book=book, DOES=DOES, status_of=status_of,
        acts=options(call), actors=options(call, what="actors"), effects=[("", "All"), *DOES.items()], tops=book.tops(), total=len(book.norms), authorities=len(book.authorities),
        earlier="/law?" + urlencode({**query, "after": max(0, after - PAGE)}) if after else "", later="/law?" + urlencode({**query, "after": after + PAGE}) if after + PAGE < len(found) else "",
    )  # fmt: skip


# One entry


def entry(call: Call, kind: str) -> Any:
    """The norm or authority in the path; the other kind is one step further."""
    book, id = lawbook(call.office), call.path["id"]
    found = (book.by_id if kind == "norm" else book.authorities).get(id)
    if found is not None:
        return found
    other = (book.authorities if kind == "norm" else book.by_id).get(id)
    if other is not None:
        return RedirectResponse(f"/law/{'authority' if kind == 'norm' else 'norm'}/{quote(id)}", 303)
    try:
        call.office.engine.corpus.find(id)
    except InputError as error:
        raise Problem(404, error.message + ".", help=error.help) from None
    raise Problem(404)


def timeline(periods: tuple[Period, ...], today: dt.date) -> list[dict[str, Any]]:
    """The history of a rule, a line a day on which something begins or ends."""
    out = []
    for p in periods:
        if p.sure:
            out.append((p.start, "may have begun: sources disagree until the day below" if p.start <= today else "may begin"))
            out.append((p.sure, "in force, whatever the first day was"))
        else:
            out.append((p.start, "began" if p.start <= today else "begins"))
        if p.end:
            out.append((p.end, "ended (the first day on which it no longer held)" if p.end <= today else "ends (the first day on which it no longer holds)"))
    return [{"day": d, "words": w, "ahead": d > today} for d, w in sorted(out)]


def force(periods: tuple[Period, ...], today: dt.date) -> str:
    """Whether a rule is in force today, in words."""
    now = next((p for p in periods if p.covers(today)), None)
    if now is not None:
        if now.sure and today < now.sure:
            return "possibly in force: its first day is doubtful"
        return f"in force since {words(now.start)}" + (f", until {words(now.end)}" if now.end else "")
    ahead = [p.start for p in periods if p.start > today]
    if ahead:
        return f"not yet in force: begins {words(min(ahead))}"
    past = [p.end for p in periods if p.end]
    return f"no longer in force: ended {words(max(past))}" if past else "not in force"


def selector_words(s: Any, book: Lawbook) -> str:
    """A class of rules that a rule makes void, in words."""
    kinds = {"require": "requirements", "forbid": "prohibitions", "permit": "permissions", "duty": "duties"}
    acts = book.engine.corpus.vocabulary.acts
    parts = [" and ".join(kinds.get(e, e) for e in s.effect) or "rules"]
    if s.level:
        parts.append("on the level " + " or ".join(x.replace("-", " ") for x in s.level))
    if s.kind:
        parts.append("made as " + " or ".join(x.replace("-", " ") for x in s.kind))
    if s.basis:
        parts.append("resting on " + " or ".join(x.replace("_", " ") for x in s.basis))
    if s.acts:
        parts.append("on " + ", ".join(acts[a].noun if a in acts else a for a in s.acts))
    if s.place:
        parts.append("in " + book.name(s.place))
    return " ".join(parts)


def shown_example(e: Example, book: Lawbook) -> dict[str, Any]:
    """A worked case as the page shows it: the question in words, the answer, and a link that asks it again."""
    v = book.words
    facts = [(v.facts[k].question if k in v.facts else k, v.facts[k].show(x) if k in v.facts else str(x)) for k, x in e.facts.items()]
    from homerule.vocabulary import plain

    told = {k: plain(x) for k, x in e.facts.items()}
    pairs = [("place", e.place), ("actor", e.actor), ("request", e.request), ("on", e.on.isoformat())]
    pairs += [("fact", f"{k}={','.join(x) if isinstance(x, list) else str(x).lower() if isinstance(x, bool) else x}") for k, x in told.items()]
    return {
        "who": v.actors[e.actor].words if e.actor in v.actors else e.actor, "place": book.name(e.place), "asked": v.asked(e.request).words if e.request in v.requests or e.request in v.acts else e.request,
        "on": e.on, "facts": facts, "expect": [(v.acts[a].noun if a in v.acts else a, verdict) for a, verdict in e.expect.items()], "link": "/decision?" + urlencode(pairs, safe=",:="), "note": e.note,
    }  # fmt: skip


def norm_page(call: Call) -> Response:
    """One rule with all that is known of it."""
    from homerule.survey.show import bound_words, links, norm_data

    n = entry(call, "norm")
    if isinstance(n, Response):
        return n
    book, corpus = lawbook(call.office), call.office.engine.corpus
    today = dt.date.today()
    data = book.keep(("norm", n.id), lambda: (norm_data(corpus, n, short=True), links(corpus, n), [e for e in corpus.all_examples() if n.id in (*e.because, *e.fell, *e.duties, *e.clash, *e.absent)]))
    told, (defeats, defeated), examples = data
    v = book.words
    bound = [v.actors[b].words if b in v.actors else b.replace("_", " ") for b in bound_words(corpus, n.actors)]
    return render(
        call, "norm.html", title=f"{n.authority.citation} {n.pinpoint}".strip(), n=n, a=n.authority, told=told, does=DOES[n.effect], state=status_of(n), force=force(n.periods, today), timeline=timeline(n.periods, today), today=today,
        bound=bound, actors=sorted(v.actors[a].words for a in n.actors if a in v.actors), acts=[(a, v.acts[a].words) for a in n.acts if a in v.acts], book=book, defeats=linked(defeats, book, v), defeated=linked(defeated, book, v), FEW=FEW,
        classes=[(selector_words(s, book), s.id) for s in n.voids if not s.id], named=[book.by_id[s.id] for s in n.voids if s.id in book.by_id], examples=[shown_example(e, book) for e in examples],
    )  # fmt: skip


def linked(found: list[Any], book: Lawbook, v: Any) -> list[dict[str, Any]]:
    """Rules that defeat or fall to a rule, those of the whole nation first."""
    rows = [{"n": book.by_id[x.norm], "acts": [v.acts[a].noun for a in x.acts if a in v.acts]} for x in found if x.norm in book.by_id]
    return sorted(rows, key=lambda r: (-r["n"].rank, r["n"].place, r["n"].id))


def authority_page(call: Call) -> Response:
    a = entry(call, "authority")
    if isinstance(a, Response):
        return a
    book, today = lawbook(call.office), dt.date.today()
    return render(
        call, "authority.html", title=a.citation, a=a, norms=[n for n in book.norms if n.authority.id == a.id], book=book, DOES=DOES, status_of=status_of, force=force(a.in_force, today) if a.in_force else "",
        timeline=timeline(a.in_force, today),
    )  # fmt: skip


# One place


def pick(call: Call) -> Response:
    """From a typed name to the place's page; back to the choice where it is not clear."""
    text = call.request.query_params.get("place", "").strip()
    to = call.request.query_params.get("on", "")
    if not text:
        return RedirectResponse("/law", 303)
    try:
        found = call.office.engine.find(text)
    except PlaceError as error:
        return render(call, "place_choice.html", 422, title="Which place?", text=text[:200], said=str(error), candidates=error.candidates)
    except InputError as error:
        return render(call, "place_choice.html", 422, title="Which place?", text=text[:200], said=str(error), candidates=())
    return RedirectResponse(f"/law/place/{quote(found.id)}" + (f"?{urlencode({'on': to})}" if to else ""), 303)


def place_page(call: Call) -> Response:
    """The law of a place on a day: its layers, open points, rules by act, and what is coming."""
    book, engine = lawbook(call.office), call.office.engine
    try:
        place = engine.find(call.path["id"])
    except InputError as error:
        problem = of_error(error)
        raise Problem(404, problem.detail, **{k: v for k, v in problem.extra.items() if k == "help"}) from None
    if place.id != call.path["id"]:
        return RedirectResponse(f"/law/place/{quote(place.id)}", 303)
    on = given_day(call)
    q = call.request.query_params
    act, actor = q.get("act", ""), q.get("actor", "")
    vocabulary = engine.corpus.vocabulary
    if act:
        vocabulary.act(act)
    rows = by_act(book, place, on, actor)
    chosen = [n for n in rows["norms"] if act in n.acts] if act else []
    return render(
        call, "place.html", title=place.name, place=place, on=on, act=act, actor=actor, book=book, DOES=DOES, status_of=status_of, layers=layers(call, place), actors=options(call, what="actors", none="Every body of this place"),
        acts=rows["acts"], count=len(rows["norms"]), own=[n for n in rows["norms"] if n.place == place.id and "/" in place.id], chosen=chosen, act_words=vocabulary.act(act).words if act else "", upcoming=book.upcoming(on, 90, place.id)[:40],
        under=[(i, x.name) for i, x in sorted(engine.corpus.layers.items()) if i.startswith(place.id + "/")] if "/" not in place.id and place.id != "us" else [],
    )  # fmt: skip


def by_act(book: Lawbook, place: Place, on: dt.date, actor: str) -> dict[str, Any]:
    """The norms in force at a place, and for each act how many of them require, forbid and permit it."""
    from homerule.survey.timeline import in_force

    def make() -> dict[str, Any]:
        _, norms = in_force(book.engine, place.id, on, [actor] if actor else [])
        acts = []
        for a in book.engine.corpus.vocabulary.acts.values():
            here = [n for n in norms if a.name in n.acts]
            if here:
                acts.append({"name": a.name, "words": a.words[0].upper() + a.words[1:], "noun": a.noun, "counts": {e: sum(n.effect == e for n in here) for e in ("require", "forbid", "permit")}, "all": len(here)})
        return {"norms": norms, "acts": acts}

    made: dict[str, Any] = book.keep(("place", place.id, on, actor), make)
    return made


def layers(call: Call, place: Place) -> list[dict[str, Any]]:
    """The chain of places whose law reaches this one, from broad to narrow, with what the corpus holds of each."""
    out = []
    corpus, book = call.office.engine.corpus, lawbook(call.office)
    for id in place.chain:
        layer = corpus.layer(id)
        own = [n for n in book.norms if n.place == id]
        out.append({
            "id": id, "name": book.name(id), "coverage": layer.coverage if layer else "partial" if own else "none", "norms": len(own), "checked": layer.checked if layer else None,
            "open_points": layer.open_points if layer else (),
        })  # fmt: skip
    return out


def operations() -> list[Operation]:
    more: dict[str, Any] = {"blocking": True}
    return [
        page("GET", "/law", "law", "read", search, "Search the law", **more),
        page("GET", "/law/norm/{id}", "law_norm_page", "read", norm_page, "One rule", **more),
        page("GET", "/law/authority/{id}", "law_authority_page", "read", authority_page, "One authority", **more),
        page("GET", "/law/place", "law_pick", "read", pick, "Go to a place", **more),
        page("GET", "/law/place/{id:path}", "law_place", "read", place_page, "The law of a place", **more),
        *lawtime.operations(),
    ]
