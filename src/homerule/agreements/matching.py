"""A document held against the templates: of what kind and model it is, and its exit clause, with a doubt wherever page and template differ."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from homerule.agreements.clauses import Clause, Section
from homerule.agreements.templates import Shelf, Template, fold, found

__all__ = ["Value", "by_clause", "exit_fields", "recognise_model"]


class Value(NamedTuple):
    """A field as read. `sure`: nothing speaks against it. `doubt`: why not, or why it is empty. `page`: where it stands, from 1."""

    value: Any
    sure: bool = True
    doubt: str = ""
    page: int | None = None


def recognise_model(pages: list[tuple[int, str]], revision: Value, books: Shelf) -> tuple[Value, Value, Template | None]:
    """Kind, model and template."""
    if not pages:
        empty = Value("", False, "not legible")
        return empty, empty, None
    head = "\n".join([line for line in pages[0][1].split("\n") if line.strip()][:14])
    bare = fold(head)
    title = None
    at = 0
    for t in books.titles:
        for phrase in t.phrases:
            if len(fold(phrase)) > at and found(phrase, bare, folded=True, cutoff=90):
                title, at = t, len(fold(phrase))
    whole = fold("\n".join(text for _, text in pages))
    scores: list[tuple[float, Template]] = []
    for form in books.templates:
        if title and (form.kind != title.kind or form.model != title.model):
            continue
        if any(found(u, bare, folded=True, cutoff=90) for u in form.unlike):
            continue
        hits = [found(p, whole, folded=True, cutoff=82) for p in (*form.phrases, *form.clause)]
        named = [found(p, bare, folded=True, cutoff=88) for p in form.titles]
        score = sum(hits) / (100 * max(1, len(hits))) + (0.3 if any(named) else -0.3 if form.titles else 0.0)
        if revision.value and form.revisions:
            score += 0.5 if revision.value in form.revisions else -0.15
        elif bool(revision.value) != bool(form.revisions):
            score -= 0.2
        clause = [h for h, p in zip(hits[len(form.phrases) :], form.clause)]
        if form.clause and not any(clause):
            score -= 0.5
        scores.append((score, form))
    scores.sort(key=lambda s: -s[0])
    top = scores[0] if scores and scores[0][0] >= 0.55 else None
    template = top[1] if top else None
    if title:
        kind = Value(title.kind, title.certainty == "confirmed", "" if title.certainty == "confirmed" else "its title is one that this file knows at second hand", pages[0][0])
        return kind, Value(title.model, kind.sure, kind.doubt, pages[0][0]), template
    if template and template.model:
        clear = top is not None and top[0] >= 0.7
        return Value(template.kind, True, "", pages[0][0]), Value(template.model, clear, "" if clear else "no title names the model; it is told from the wording", pages[0][0]), template
    if template:
        return Value(template.kind, False, "told from the wording"), Value("", False, "no title names a model"), template
    if "immigration" in whole and ("eiisf" in whole or "custom" in whole) and re.search(r"287|1357", whole.replace("o", "0")):
        return Value("deputation", False, "no title names the model; the text speaks of the statute for such agreements"), Value("", False, "no title names the model"), None
    return Value("", False, "no title or wording of a known kind"), Value("", False, "no title or wording of a known model"), None


def by_clause(text: str, books: Shelf, kind: Value, model: Value) -> Template | None:
    """A template whose model is known and whose clause stands in the section."""
    fits = [t for t in books.templates if t.kind == kind.value and t.model == model.value and t.clause and sum(bool(found(p, text, cutoff=85)) for p in t.clause) >= 2]
    return fits[-1] if len(fits) == 1 else None


def exit_fields(section: Section | None, clause: Clause, template: Template | None, legible: bool, revision: Value, year: int | None) -> dict[str, Value]:
    """The exit fields: what was read, held against the template where one is known."""
    page = section.page if section else None
    names = {"local": "local_notice_days", "federal": "federal_notice_days"}
    out: dict[str, Value] = {}
    if not section and not template:
        gone = Value(None, False, "the section on its end was not found" if legible else "not legible")
        none = Value("", False, gone.doubt)
        return {"section": none, "local_notice_days": gone, "federal_notice_days": gone, "counts": none, "to": none, "how": none, "federal_how": none, "clause": none, "suspension": none}
    from_template = "the clause itself was not legible: this is what its template says" if template else ""
    stranger = "" if template else "this is none of the templates known: the clause was read by its words alone, compare it with the page"
    strange = _strange(section, template, revision, year)
    for side, name in names.items():
        read = clause.local_days if side == "local" else clause.federal_days
        own = [d for d in clause.doubts if side in d or "working days" in d]
        known = getattr(template, name) if template else None
        if template is None:
            out[name] = Value(read, False, own[0] if own else stranger if read is not None else "the clause names no period that could be read for this side", page)
        elif read is None:
            anchored = section is not None and any(found(p, section.text, cutoff=90) for p in template.clause)
            out[name] = Value(known, False, from_template if not anchored else "this side's period was not legible: it is what the template says", page)
        elif known is None or read == known:
            why = own[0] if own else "the template is known at second hand" if template.certainty != "confirmed" else strange
            out[name] = Value(read, not why, why, page)
        else:
            out[name] = Value(read, False, f"the page seems to say {read} days, the template {template.label} has {known}: read the clause", page)
    agree = template is not None and all(out[n].value == getattr(template, n) for n in names.values())
    known_well = agree and section is not None and all(out[n].sure for n in names.values())
    why = "" if known_well else next((out[n].doubt for n in names.values() if out[n].doubt), stranger or from_template)
    out["section"] = _number(section, template, stranger)
    counts = clause.counts or (template.counts if template else "")
    same = template is not None and clause.counts == template.counts
    out["counts"] = Value(counts, same, "" if same else stranger or ("the template known does not say so: read the clause" if clause.counts else from_template), page)
    out["to"] = _to(clause, template if known_well or not clause.to else None, template, known_well, why, page)
    how = template.how if template and (agree or not clause.written) else "in writing" + (", delivered personally or by certified or registered mail" if clause.mail else "") if clause.written else ""
    out["how"] = Value(how, known_well, why, page)
    for name in ("federal_how", "suspension"):
        said = getattr(template, name) if agree else ""
        out[name] = Value(said, known_well, why if said else why or "the template says nothing of it", page)
    words = template.words if template and agree and template.certainty == "confirmed" else _words(clause, out)
    out["clause"] = Value(words, known_well, why, page)
    return out


def _number(section: Section | None, template: Template | None, stranger: str) -> Value:
    """The section's number as printed; the template's, with a doubt, only where the print was not legible."""
    number, page = (section.number, section.page) if section else ("", None)
    if template and template.section and not number:
        return Value(template.section, False, "the number printed was not legible: it is the template's", page)
    if template and template.section and number != template.section:
        return Value(number, False, f"the template has {template.section}: compare with the page", page)
    return Value(number, bool(number and template), "" if number and template else stranger if number else "the section has no number that could be read", page)


def _to(clause: Clause, use: Template | None, template: Template | None, sure: bool, why: str, page: int | None) -> Value:
    """To whom notice goes: the template's words with the office that the page names, else the page's own words."""
    place = re.search(r"(?i)\b(?:in|at)\s+(?:the\s+)?([A-Z][A-Za-z .]{2,30}?)(?:\s+Field Office)?(?:,?\s+[A-Z]{2})?$", clause.to)
    office = place[1].strip() if place and place[1].strip()[:1].isupper() and re.fullmatch(r"[A-Za-z. ]+", place[1]) and "charge" not in place[1].lower() else ""
    if use and use.to and not (use.certainty != "confirmed" and clause.to):
        doubt = why or ("the office's name was read from the page: check it" if office else "")
        return Value(use.to + (f" ({office})" if office else ""), sure and not doubt, doubt, page)
    return Value(clause.to, False, why or ("as the page says it, in its own abbreviations" if clause.to else "the clause does not say to whom notice goes, or it was not read"), page)


def _strange(section: Section | None, template: Template | None, revision: Value, year: int | None) -> str:
    """Why a copy of a known template is still to be read with care: a form of another date, or a clause whose wording is not the one known."""
    if template is None or section is None:
        return ""
    if revision.value and template.revisions and revision.value not in template.revisions:
        return f"the form is dated {revision.value}, and no copy of that date was read for the template: compare the clause with the page"
    if revision.value and revision.sure and not template.revisions:
        return f"the form is dated {revision.value}, and the template known has no such date: compare the clause with the page"
    if year is not None and template.years and year not in template.years:
        return f"no copy signed in {year} was read for the template: compare the clause with the page"
    hits = [bool(found(p, section.text, cutoff=88)) for p in template.clause]
    if hits and sum(hits) < 0.6 * len(hits):
        return "the wording of the clause is not the one known of the template: read it"
    return ""


def _words(clause: Clause, out: dict[str, Value]) -> str:
    """What a clause of no known template says, in words of our own."""
    local, federal = out["local_notice_days"].value, out["federal_notice_days"].value
    unit = "working days" if clause.unit == "business" else "days"
    form = "written notice" if clause.written else "notice"
    after = ", counted from its receipt" if clause.counts and local else "; it ends when the notice is received" if clause.on_receipt else ""
    if local is None and federal is None:
        return ""
    if local == federal:
        text = f"Either side may end it by {local} {unit}' {form}{after}." if local else f"Either side may end it by {form}; no period is named{after}."
    else:
        mine = "no period was read for the local body" if local is None else f"the local body owes {local} {unit}' {form}" if local else f"the local body ends it by {form}, without a period"
        theirs = "none was read for the federal side" if federal is None else f"the federal side owes {federal} {unit}" if federal else "the federal side ends it without a period"
        text = f"{mine[0].upper()}{mine[1:]}; {theirs}{after}."
    return text + (" It makes room for emergencies." if clause.exigent else "") + (f" It ends of itself on {clause.ends.isoformat()}." if clause.ends else "")
