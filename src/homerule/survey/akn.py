"""Authorities and norms as Akoma Ntoso 3.0 (OASIS LegalDocML): one document an authority, one numbered ``rule`` a norm.

A document is an expression of our own making and says so: its rules are paraphrases (``FRBRauthoritative`` is false, the content has the status ``edited``).
What the standard has no word for stands in elements of the namespace `OWN`: references between norms in ``otherAnalysis``, the rest in ``proprietary``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from homerule.conditions.tree import Test, read
from homerule.conditions.words import in_words
from homerule.corpus.model import Authority, Norm, Period, Selector
from homerule.survey.export import FORMAT, NOTICE, Selection, about
from homerule.vocabulary import Vocabulary, plain

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OWN = "urn:homerule:corpus:1.0"
_ACTS = frozenset({"constitution", "statute", "regulation", "ordinance"})
_JUDGMENTS = frozenset({"case", "order", "interim-order"})
#: Kinds whose text commands nobody; the others are prescriptive.
_TELLING = frozenset({"ag-opinion", "form", "guidance", "event", "none", "resolution"})
_BODY = {"act": ("preface", "body"), "judgment": ("header", "judgmentBody"), "doc": ("preface", "mainBody")}
_EFFECTS = {
    "require": "requires the act", "forbid": "forbids the act", "permit": "permits the act", "duty": "adds something to do", "expose": "adds a liability or a loss",
    "protect": "adds an immunity or a right", "define": "says what something is", "untranslated": "is not translated into a condition",
}  # fmt: skip
_SOURCE = "#homerule"
#: What XML 1.0 cannot hold.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document_kind(a: Authority) -> str:
    """``act``, ``judgment`` or ``doc``."""
    return "act" if a.kind in _ACTS else "judgment" if a.kind in _JUDGMENTS else "doc"


def work_day(a: Authority) -> tuple[dt.date, str]:
    """The day that names the work, and what it is: the first day in force, or for what never was in force the day it was last checked."""
    return (a.in_force[0].start, "inForce") if a.in_force else (a.checked, "checked")


def work_uri(a: Authority) -> str:
    """The name of the work: ``/akn/us/act/statute/ca/2018-01-01/ca-gov-7284-6``; the part after the kind is the jurisdiction."""
    return f"/akn/us/{document_kind(a)}/{a.kind}/{a.place.replace('/', '-')}/{work_day(a)[0].isoformat()}/{a.id}"


def rule_id(norm_id: str) -> str:
    """The eId of a norm: the same in every run and every version, for it is made of the norm's id alone."""
    return f"rule_{norm_id}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list, frozenset, set)):
        return " ".join(map(str, sorted(value) if isinstance(value, (frozenset, set)) else value))
    return _UNFIT.sub("\ufffd", "" if value is None else str(plain(value)))


def _el(tag: str, attributes: Mapping[str, Any] | None = None, *inner: ET.Element | None, text: str = "") -> ET.Element:
    """An element; attributes and children that are empty are left out."""
    out = ET.Element(tag, {k: t for k, v in (attributes or {}).items() if (t := _text(v))})
    out.text = _text(text) or None
    out.extend(i for i in inner if i is not None)
    return out


def _own(name: str, text: str) -> ET.Element | None:
    return _el(f"hr:{name}", text=text) if text else None


# ------------------------------------------------------------------ meta


def _identification(a: Authority) -> ET.Element:
    work, (day, what) = work_uri(a), work_day(a)
    expression = f"{work}/eng@{a.checked.isoformat()}/homerule"

    def level(name: str, uri: str, this: str, date: dt.date, named: str, author: str, *more: ET.Element) -> ET.Element:
        return _el(
            name, {}, _el("FRBRthis", {"value": this}), _el("FRBRuri", {"value": uri}), *([_el("FRBRalias", {"value": a.citation, "name": "citation"})] if name == "FRBRWork" else []),
            _el("FRBRdate", {"date": date, "name": named}), _el("FRBRauthor", {"href": author}), *more,
        )  # fmt: skip

    return _el(
        "identification", {"source": _SOURCE},
        level(
            "FRBRWork", work, f"{work}/!main", day, what, "#author", _el("FRBRcountry", {"value": "us"}), _el("FRBRsubtype", {"value": a.kind}), _el("FRBRnumber", {"value": a.id}),
            _el("FRBRname", {"value": a.title or a.citation}), _el("FRBRprescriptive", {"value": a.kind not in _TELLING}),
        ),
        level("FRBRExpression", expression, f"{expression}/!main", a.checked, "checked", _SOURCE, _el("FRBRauthoritative", {"value": False}), _el("FRBRlanguage", {"language": "eng"})),
        level("FRBRManifestation", f"{expression}.akn", f"{expression}/!main.akn", a.checked, "checked", _SOURCE, _el("FRBRformat", {"value": "application/akn+xml"})),
    )  # fmt: skip


def _event(day: dt.date) -> str:
    return f"evt_{day.isoformat()}"


def _group(periods: tuple[Period, ...]) -> str:
    return "tmpg_" + "__".join(p.start.isoformat() + (f"_{p.end.isoformat()}" if p.end else "") for p in periods)


def _lifecycle(a: Authority, spans: Iterable[tuple[Period, ...]]) -> ET.Element | None:
    """Every day on which the authority or one of its norms begins or ends."""
    days = {d for periods in spans for p in periods for d in (p.start, p.end) if d}
    first = a.in_force[0].start if a.in_force else None
    last = a.in_force[-1].end if a.in_force else None
    kinds = {d: "generation" if d == first else "repeal" if d == last else "amendment" for d in sorted(days)}
    return _el("lifecycle", {"source": _SOURCE}, *(_el("eventRef", {"eId": _event(d), "date": d, "source": _SOURCE, "type": kind}) for d, kind in kinds.items())) if days else None


def _temporal(spans: Iterable[tuple[Period, ...]]) -> ET.Element | None:
    groups = [
        _el(
            "temporalGroup", {"eId": _group(periods)},
            *(_el("timeInterval", {"start": f"#{_event(p.start)}", "end": p.end and f"#{_event(p.end)}", "refersTo": "#inForce"}) for p in periods),
        )
        for periods in spans
    ]  # fmt: skip
    return _el("temporalData", {"source": _SOURCE}, *groups) if groups else None


def _references(a: Authority, norms: list[Norm], vocabulary: Vocabulary, place: str) -> ET.Element:
    def one(tag: str, id: str, path: str, words: str) -> ET.Element:
        return _el(tag, {"eId": id, "href": f"/akn/ontology/{path}", "showAs": words})

    acts = sorted({act for n in norms for act in n.acts})
    actors = sorted({actor for n in norms for actor in n.actors})
    return _el(
        "references", {"source": _SOURCE},
        one("TLCOrganization", "homerule", "organization/us/homerule", "Homerule"),
        one("TLCOrganization", "author", f"organization/us/{a.place.replace('/', '-')}", place),
        one("TLCConcept", "inForce", "concept/us/in-force", "in force"),
        *(one("TLCConcept", f"effect_{e}", f"concept/us/effect/{e}", _EFFECTS[e]) for e in sorted({n.effect for n in norms})),
        *(one("TLCConcept", f"act_{x}", f"concept/us/act/{x}", vocabulary.acts[x].words) for x in acts),
        *(one("TLCRole", f"actor_{x}", f"role/us/{x}", vocabulary.actors[x].words) for x in actors),
    )  # fmt: skip


def _analysis(norms: list[Norm], by_id: Mapping[str, Norm]) -> ET.Element | None:
    """Which norms each norm defeats or settles: by name, or for a class of norms by its marks."""

    def at(name: str, n: Norm, other: str) -> ET.Element:
        target = by_id.get(other)
        uri = "" if target and target.authority.id == n.authority.id else work_uri(target.authority) if target else None
        return _el(f"hr:{name}", {"source": f"#{rule_id(n.id)}", "href": f"{uri}#{rule_id(other)}" if uri is not None else None, "norm": other})

    def class_of(n: Norm, s: Selector) -> ET.Element:
        marks = {k: v for k, v in s._asdict().items() if k not in ("id", "acts")}
        return _el("hr:voids", {"source": f"#{rule_id(n.id)}", **marks, "acts": s.acts or n.acts})

    found = []
    for n in norms:
        found += [at("voids", n, s.id) if s.id else class_of(n, s) for s in n.voids]
        found += [at("prevailsOver", n, i) for i in sorted(n.prevails_over)] + [at("upholds", n, i) for i in sorted(n.upholds)]
    return _el("analysis", {"source": _SOURCE}, _el("otherAnalysis", {"source": _SOURCE}, *found)) if found else None


# ------------------------------------------------------------------ what the standard has no word for


class _Tree:
    """A condition as elements."""

    def test(self, node: Test) -> ET.Element:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        return _el("hr:test", {"fact": node.fact, "op": node.op}, *(_el("hr:value", text=_text(v)) for v in values))

    def all(self, items: list[ET.Element]) -> ET.Element:
        return _el("hr:all", {}, *items)

    def some(self, items: list[ET.Element]) -> ET.Element:
        return _el("hr:any", {}, *items)

    def negate(self, item: ET.Element) -> ET.Element:
        return _el("hr:not", {}, item)

    def const(self, value: bool) -> ET.Element:
        return _el("hr:const", {"value": value})


def _periods(periods: tuple[Period, ...]) -> list[ET.Element]:
    return [_el("hr:inForce", {"from": p.start, "to": p.end, "fromLatest": p.sure}) for p in periods]


def _norm(n: Norm, vocabulary: Vocabulary) -> ET.Element:
    a, d = n.authority, n.deadline
    reach = {"circuits": n.circuits, "places": n.places, "exceptPlaces": n.except_places, "persuasiveElsewhere": n.persuasive_elsewhere or None}
    clock = d and {"hours": d.hours, "days": d.days, "counts": d.counts, "from": d.since if d.by is None else None, "by": d.by, "cap": d.cap or None}
    return _el(
        "hr:norm",
        {
            "href": f"#{rule_id(n.id)}", "id": n.id, "effect": n.effect, "level": n.level, "place": n.place, "binds": n.actors, "acts": n.acts, "basis": n.basis, "side": n.side,
            "preempts": n.preempts, "status": "contested" if n.doubted else a.status, "certainty": a.certainty,
        },
        *_periods(n.periods),
        _el(
            "hr:condition", {}, _own("when", n.when), _own("unless", n.unless), _own("words", in_words(n.condition, vocabulary)),
            _el("hr:tree", {}, read(n.condition, _Tree())),
        ),
        _el("hr:reach", reach) if any(reach.values()) else None,
        _el("hr:deadline", clock, text=d.words) if d and clock else None,
        _own("approval", n.approval), _own("penalty", n.penalty), _own("contested", n.contested), _own("reason", n.reason),
    )  # fmt: skip


def _proprietary(a: Authority, norms: list[Norm], vocabulary: Vocabulary) -> ET.Element:
    about_it = {"id": a.id, "kind": a.kind, "level": a.level, "place": a.place, "status": a.status, "certainty": a.certainty, "checked": a.checked, "weight": a.base_weight, "lean": a.lean, "file": a.file}
    authority = _el("hr:authority", about_it, _own("citation", a.citation), _own("title", a.title), *_periods(a.in_force), _own("source", a.source), _own("note", a.note))
    return _el("proprietary", {"source": _SOURCE}, _own("notice", NOTICE), authority, *(_norm(n, vocabulary) for n in norms))


# ------------------------------------------------------------------ the text


def _rule(n: Norm, number: int) -> ET.Element:
    id = rule_id(n.id)
    num = _el("num", text=n.pinpoint) if n.pinpoint else _el("num", {"status": "editorial"}, text=f"[{number}]")
    refers = [f"#effect_{n.effect}", *(f"#act_{act}" for act in n.acts)]
    return _el("rule", {"eId": id, "refersTo": refers, "period": f"#{_group(n.periods)}" if n.periods else None}, num, _el("content", {"eId": f"{id}__content", "status": "edited"}, _el("p", text=n.says)))


def _front(tag: str, a: Authority) -> ET.Element:
    return _el(
        tag, {}, _el("p", {}, _el("docTitle", text=a.title or a.citation)), _el("p", {}, _el("docNumber", text=a.citation)),
        _el("p", {"class": "notice", "status": "editorial"}, text=NOTICE),
    )  # fmt: skip


def document(a: Authority, norms: list[Norm], vocabulary: Vocabulary, by_id: Mapping[str, Norm], place: str) -> bytes:
    """One authority and its norms as an Akoma Ntoso document. ``by_id`` holds every norm that these may name, ``place`` is the name of the authority's place."""
    kind = document_kind(a)
    front, body = _BODY[kind]
    # periods that differ in nothing but how sure their first day is are one group
    spans = [periods for _, periods in sorted({_group(s): s for s in (a.in_force, *(n.periods for n in norms)) if s}.items())]
    rules = [_rule(n, i) for i, n in enumerate(norms, 1)]
    if not rules:
        rules = [_el("hcontainer", {"eId": "hcontainer_1", "name": "none"}, _el("content", {"eId": "hcontainer_1__content", "status": "editorial"}, _el("p", text="The corpus states no rule of this authority.")))]
    if kind == "judgment":
        rules = [_el("decision", {}, *rules)]
    meta = _el(
        "meta", {}, _identification(a), _lifecycle(a, spans), _analysis(norms, by_id), _temporal(spans), _references(a, norms, vocabulary, place), _proprietary(a, norms, vocabulary),
    )  # fmt: skip
    versions = "multipleVersions" if len({n.periods for n in norms}) > 1 else "singleVersion"
    root = _el(
        "akomaNtoso", {"xmlns": AKN, "xmlns:hr": OWN},
        _el(kind, {"name": a.kind, "contains": versions}, meta, _front(front, a), _el(body, {"period": f"#{_group(a.in_force)}" if a.in_force else None}, *rules)),
    )  # fmt: skip
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def as_documents(s: Selection, norms: Iterable[Norm] = ()) -> dict[str, bytes]:
    """The selection as files by name, ``ca/los-angeles/ca-la-….xml``, with an ``index.json`` of them.

    ``norms`` are all that the corpus holds, so that a reference to one outside the selection still names its work.
    """
    by_id = {n.id: n for n in (*norms, *s.norms)}
    mine: dict[str, list[Norm]] = {a.id: [] for a in s.authorities}
    for n in s.norms:
        mine[n.authority.id].append(n)
    names = {p.id: p.name for p in s.places}
    out: dict[str, bytes] = {}
    listed = []
    for a in s.authorities:
        file = f"{a.place}/{a.id}.xml"
        out[file] = document(a, mine[a.id], s.vocabulary, by_id, names.get(a.place, a.place))
        listed.append({"file": file, "uri": work_uri(a), "authority": a.id, "citation": a.citation})
    index = about(s) | {"format": "homerule-akn", "format_version": FORMAT, "documents": listed}
    out["index.json"] = (json.dumps(index, indent=1, ensure_ascii=False) + "\n").encode()
    return out
