"""An agreement as templates see it: from the registry's value, or from nothing. Only its fields are read, so that anything with them will do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from homerule.advice.drafts.view import us_date
from homerule.vocabulary import NOTHING


class Terms(NamedTuple):
    """What is known of an agreement; every field is empty where it is not. ``notice_days`` is text, so that 0 is not nothing."""

    id: str = ""
    agency: str = ""
    place: str = ""
    kind: str = ""
    model: str = ""
    label: str = ""
    federal_agency: str = ""
    signed: str = ""
    effective: str = ""
    ends: str = ""
    term: str = ""
    renewal: str = ""
    notice_days: str = ""
    notice_to: str = ""
    notice_how: str = ""
    clause: str = ""
    clause_certainty: str = ""
    template: str = ""
    status: str = ""
    approvals: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    actor: str = ""
    facts: Mapping[str, Any] = NOTHING

    @property
    def known(self) -> bool:
        return bool(self.id or self.agency)


def read(value: Any, models: Mapping[str, str] = NOTHING, agencies: Mapping[str, str] = NOTHING) -> Terms:
    """``value`` (an `homerule.agreements.Agreement`, or None) for templates. ``models``: the registry's models as the corpus's facts name them;
    ``agencies``: words of an agency's name, and the actor that they tell."""
    if value is None:
        return Terms()
    out = getattr(value, "exit", None)
    days = getattr(out, "local_notice_days", None)
    model = str(getattr(value, "model", "") or "")
    kind = str(getattr(value, "kind", "") or "")
    doubts = [f"{d.rstrip('.')}." for d in getattr(value, "doubts", ()) or ()]
    certainty = str(getattr(out, "certainty", "") or "")
    if doubt := str(getattr(out, "doubt", "") or ""):
        doubts.append(f"Exit clause: {doubt.rstrip('.')}.")
    if certainty == "recalled":
        doubts.append("The exit clause is that of the template, not read in the signed copy: compare it before this is sent.")
    facts = {"agreement_model": models[model]} if model in models else {}
    return Terms(
        id=_text(value, "id"), agency=_text(value, "agency"), place=_text(value, "place") or _text(value, "state"), kind=kind, model=model, label=label(kind, model),
        federal_agency=_text(value, "federal_agency"), signed=_day(value, "signed"), effective=_day(value, "effective"), ends=_day(value, "ends"), term=_text(value, "term"), renewal=_text(value, "renewal"),
        notice_days="" if days is None else str(days), notice_to=str(getattr(out, "to", "") or ""), notice_how=str(getattr(out, "how", "") or ""), clause=str(getattr(out, "words", "") or ""), clause_certainty=certainty,
        template=_text(value, "template"), status=_text(value, "status"),
        approvals=tuple(f"{a.by}{', ' + us_date(a.on) if a.on else ''}{', ' + a.instrument if a.instrument else ''}" for a in getattr(value, "approvals", ()) or ()), doubts=tuple(doubts), facts=facts,
        actor=next((actor for word, actor in agencies.items() if word in _text(value, "agency").lower()), ""),
    )  # fmt: skip


def _text(value: Any, name: str) -> str:
    return str(getattr(value, name, "") or "")


def _day(value: Any, name: str) -> str:
    day = getattr(value, name, None)
    return day.isoformat() if isinstance(day, dt.date) else ""


def label(kind: str, model: str) -> str:
    try:
        from homerule.agreements.kinds import kinds

        return kinds().label(kind, model)
    except (ImportError, KeyError, ValueError):
        return ""


def clause(template: str, kind: str, model: str, year: int | None) -> Mapping[str, str]:
    """The exit clause of a known form of agreement: by the form's id, else by kind, model and year. Empty where none is known."""
    from homerule.agreements.templates import shelf

    known = shelf()
    found = known.template(template) or known.template(template.replace(",", " ").split()[0]) if template else known.for_model(kind, model, year) if model else None
    if found is None:
        return {}
    return {
        "id": found.id, "label": found.label, "section": found.section, "days": "" if found.local_notice_days is None else str(found.local_notice_days), "to": found.to, "how": found.how,
        "words": found.words, "certainty": found.certainty, "source": found.source, "counts": found.counts,
    }  # fmt: skip


def forms() -> tuple[str, ...]:
    """The ids of the forms of agreement whose exit clause is known."""
    from homerule.agreements.templates import shelf

    return tuple(t.id for t in shelf().templates)


def _read_day(text: str) -> dt.date | None:
    for form in ("%Y-%m-%d", "%B %d, %Y"):
        try:
            return dt.datetime.strptime(text, form).date()
        except (ValueError, TypeError):
            continue
    return None


def us(text: str) -> str:
    """A day, written either way, as American letters write it; nothing where it is none."""
    return us_date(_read_day(text))


def after(day: str, days: str) -> str:
    """The day so many days after, as ISO text; nothing where either is not known."""
    start = _read_day(day)
    return (start + dt.timedelta(days=int(days))).isoformat() if start and str(days).isdigit() else ""


def form_of(kind: str, model: str, signed: str) -> str:
    """The id of the form that an agreement of this model, signed on that day, most likely has."""
    day = _read_day(signed)
    return clause("", kind, model, day.year if day else None).get("id", "") if model else ""
