"""Reading a signed agreement: who, where, which model and template, when signed, and how its own words say that it may be left.

Every field of a `Reading` is a `Value` that says whether it is sure and, where it is not, why. What cannot be read is empty with a doubt,
never guessed; a file's name is offered as a hint and never as the truth.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from homerule.agreements import signing
from homerule.agreements.clauses import Clause, find_section, read_clause, read_date
from homerule.agreements.matching import Value, by_clause, exit_fields, recognise_model
from homerule.agreements.parties import check_place, find_agency, find_state, running
from homerule.agreements.scan import Document, Page, lines_of, ocr_present, open_pdf, worth
from homerule.agreements.templates import Shelf, best, fold, shelf

__all__ = ["Reading", "Value", "read_pdf"]

FIRST = dt.date(2002, 1, 1)  # before the first agreement of the kind
Progress = Callable[[int, int], None]


class Reading(NamedTuple):
    """One PDF.

    | field | value |
    |---|---|
    | `document` | `agreement`, `addendum` (a paper that only changes one) or `unknown` |
    | `agency`, `state` | the local body as the document names it; the state as two small letters |
    | `kind`, `model` | ids of `law/agreements/kinds.toml` |
    | `template` | id in `law/agreements/templates.toml`, or empty |
    | `revision` | the date of the form as ISO text, from the foot of its pages |
    | `signed_local`, `signed_federal` | dates |
    | `effective` | the later of the two where both are sure |
    | `ends` | a fixed end that the clause names, or None |
    | `section` | number of the section on the end of the agreement |
    | `local_notice_days`, `federal_notice_days` | days of notice each side owes; 0 where none is asked |
    | `counts` | `receipt` where the days run from receipt |
    | `to`, `how`, `federal_how` | to whom notice goes and in what form |
    | `clause` | the exit clause in our words |
    | `suspension` | in our words |
    | `name_hint` | the date in the file's name: a hint, always doubtful |
    | `page_notes` | each page: where its text comes from |
    """

    path: str
    sha256: str
    pages: int
    document: Value
    agency: Value
    state: Value
    kind: Value
    model: Value
    template: Value
    revision: Value
    signed_local: Value
    signed_federal: Value
    effective: Value
    ends: Value
    section: Value
    local_notice_days: Value
    federal_notice_days: Value
    counts: Value
    to: Value
    how: Value
    federal_how: Value
    clause: Value
    suspension: Value
    addenda: Value
    name_hint: Value
    page_notes: tuple[Page, ...]
    notes: tuple[str, ...] = ()

    @property
    def text_pages(self) -> tuple[int, ...]:
        """The pages whose text could be read, by text layer or OCR."""
        return tuple(p.number for p in self.page_notes if p.source in ("text", "ocr"))

    @property
    def unread_pages(self) -> tuple[int, ...]:
        """The pages that were not read."""
        return tuple(p.number for p in self.page_notes if p.source not in ("text", "ocr"))

    def values(self) -> dict[str, Value]:
        """The fields that are `Value`s, by name."""
        return {n: v for n, v in zip(self._fields, self) if isinstance(v, Value)}

    def as_data(self) -> dict[str, Any]:
        """The reading as JSON data; the text of the pages is left out."""
        out: dict[str, Any] = {"path": os.path.basename(self.path), "sha256": self.sha256, "pages": self.pages}
        for name, v in self.values().items():
            out[name] = {"value": v.value.isoformat() if isinstance(v.value, dt.date) else v.value, "sure": v.sure, "doubt": v.doubt, "page": v.page}
        return out | {"page_notes": [{"page": p.number, "source": p.source, "doubt": p.doubt} for p in self.page_notes], "notes": list(self.notes)}


def read_pdf(path: str | os.PathLike[str], *, ocr: bool | None = None, progress: Progress | None = None, today: dt.date | None = None) -> Reading:
    """Read one agreement.

    ``ocr``: recognise pages without text (default: where the extra is installed; True demands it). ``progress(done, of)`` is called
    as pages are read. ``today``: no signature is later; default the day of the call. Raises InputError where the file cannot be opened.
    """
    books = shelf()
    if ocr and not ocr_present():
        from homerule.errors import InputError

        raise InputError("recognising scanned pages needs a package that is not installed", help="Run: pip install 'homerule[ocr]'")
    with open_pdf(path) as document:
        recognise = ocr_present() if ocr is None else ocr
        pages = _pages(document, recognise, books, progress or (lambda done, of: None))
        return _read(document, pages, books, today or dt.date.today(), recognise)


# ---------------------------------------------------------------------- pages


def _pages(document: Document, ocr: bool, books: Shelf, progress: Progress) -> list[Page]:
    """Every page. Of pages without text only those are recognised that the fields need: the first, and on from the middle to clause and signatures."""
    count = document.pages
    out: dict[int, Page] = {}
    for n in range(1, count + 1):
        try:
            text = document.layer(n)
        except Exception as error:  # a damaged page does not take the others with it
            out[n] = Page(n, "", "none", f"the page is damaged ({type(error).__name__})")
            continue
        if worth(text) or ((worth(text, 1) or not text.strip()) and not document.pictured(n)):
            out[n] = Page(n, text, "text")
        else:
            out[n] = Page(n, text, "unread", "no readable text layer")
        progress(n, count)
    blank = [n for n in out if out[n].source == "unread"]
    if not blank:
        return [out[n] for n in sorted(out)]
    if not ocr:
        return [out[n] if n not in blank else out[n]._replace(source="none", doubt="no readable text layer, and no OCR at hand (extra `ocr`)") for n in sorted(out)]
    half = max(2, count // 2)
    wanted = [n for n in dict.fromkeys([1, *range(half, count + 1), *range(half - 1, 1, -1)]) if n in blank]
    for done, n in enumerate(wanted, 1):
        readable = [(p.number, p.text) for p in out.values() if p.source in ("text", "ocr")]
        if n > 1 and find_section(readable, books) and signing.block_pages(readable, books):
            break
        out[n] = _recognised(document, out[n])
        progress(done, len(wanted))
    for n in blank:
        if out[n].source == "unread":
            out[n] = out[n]._replace(text="", doubt="not recognised: the clause and the signatures were found without it")
    return [out[n] for n in sorted(out)]


def _recognised(document: Document, page: Page) -> Page:
    """A page read by OCR; one that is not legible says so."""
    try:
        pieces = document.recognise(page.number)
    except Exception as error:  # one page does not take the others with it
        return page._replace(source="none", text="", doubt=f"OCR failed ({type(error).__name__})")
    score = sum(p.score for p in pieces) / max(1, len(pieces))
    if not pieces or score < 0.6:
        return Page(page.number, "", "none", "not legible")
    return Page(page.number, lines_of(pieces), "ocr")


def _strip(pages: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Pages without page numbers, running lines and the date of the form."""
    feet = {fold(re.sub(r"\d", "", line)) for line in running(pages)}
    out = []
    for number, text in pages:
        lines = []
        for line in text.split("\n"):
            bare = fold(re.sub(r"(?i)rev(?:ised|\.)?\s*[\d/l]+", "", re.sub(r"\d", "", line)))
            if (bare and bare in feet) or not re.search(r"[A-Za-z]{2}", line) or re.match(r"(?i)^\W*rev(?:ised|\.)?\s*\d", line.strip()):
                continue
            lines.append(line)
        out.append((number, "\n".join(lines)))
    return out


# ---------------------------------------------------------------------- fields

_REVISED = re.compile(r"(?i)rev(?:ised|ision|\.)?\s*[:.]?\s*(?P<date>[\dlIO]{1,2}\s?/\s?[\dlIO]{1,4}\s?/?\s?[\dlIO]{2,4})")


def _read(document: Document, notes: list[Page], books: Shelf, today: dt.date, ocr: bool) -> Reading:
    legible = [(p.number, p.text) for p in notes if p.source in ("text", "ocr")]
    typed = {p.number for p in notes if p.source == "text"}
    main, extra = _addenda(legible, books)
    body = _strip(main or legible)
    name_hint, state_hint = _hints(document.path.as_posix())
    last = min(today, dt.date(2100, 1, 1))
    revision = _revision(main or legible, last)
    blocks = signing.block_pages(main or legible, books)
    sign: signing.Signing | None = None
    for n in blocks:
        try:
            one = _signatures(document, n, notes[n - 1].source, ocr, books, dt.date.fromisoformat(revision.value) if revision.sure else FIRST, last)
        except Exception:  # a block that cannot be read leaves its dates unread
            continue
        sign = one if sign is None else _both(sign, one)
    start = (main or legible)[0][0] if legible else 0
    opening = lines_of(document.pieces(start)) if start in typed else ""
    agency, states = find_agency(main or legible, [(sign.page, sign.local_text)] if sign else [], books, typed, opening)
    state = find_state(legible, agency.value, states, books, state_hint)
    for n in [p.number for p in reversed(notes) if ocr and p.source == "unread"][:3]:
        if state.sure:
            break
        more = _recognised(document, notes[n - 1])  # addresses stand in the appendices
        notes[n - 1] = more
        if more.source == "ocr":
            legible = sorted([*legible, (n, more.text)])
            state = find_state(legible, agency.value, states, books, state_hint)
    agency = check_place(agency, state.value)
    kind, model, template = recognise_model(main or legible, revision, books)
    section = find_section(body, books)
    clause = read_clause(section.text, books, agency.value) if section else Clause()
    if not template:
        template = by_clause(section.text if section else "", books, kind, model)
    local, federal = _dates(sign, document, last)
    exit_ = exit_fields(section, clause, template, bool(legible), revision, (federal.value or local.value).year if federal.value or local.value else None)
    signed = [x.value for x in (local, federal) if x.sure and x.value]
    if signed and revision.value and revision.value > max(signed).isoformat():  # a form cannot be younger than its signatures
        revision = _revision(main or legible, max(signed))._replace(sure=False, doubt="the date of the form was not clean on most pages")
    both = local.sure and federal.sure and local.value and federal.value
    effective = Value(max(local.value, federal.value), True, "", local.page) if both else Value(None, False, "both signature dates are needed for it, and not both are sure")
    remarks = []
    unread = [p.number for p in notes if p.source not in ("text", "ocr")]
    if unread:
        remarks.append(f"not read: page{'s' if len(unread) > 1 else ''} {', '.join(map(str, unread))} of {document.pages}")
    if not legible:
        remarks.append("no page of this file can be read; nothing is stated from it")
    what = "addendum" if legible and not main and extra else "agreement" if section or template or blocks else "unknown"
    kind_of = Value(what, what != "unknown", "" if what != "unknown" else "neither a clause on its end nor a signature block was found")
    return Reading(
        str(document.path), document.sha256, document.pages, kind_of,
        Value(agency.value, agency.sure and bool(agency.value), agency.doubt, agency.page), Value(state.value, state.sure and bool(state.value), state.doubt, state.page),
        kind, model, Value(template.id if template else "", bool(template), "" if template else "this is none of the templates known", None), revision,
        local, federal, effective,
        Value(clause.ends, False, "a fixed end named in the clause: read it there", section.page) if clause.ends and section else Value(None, True, ""),
        **exit_,
        addenda=Value(len(extra), True, "", extra[0] if extra else None), name_hint=name_hint, page_notes=tuple(notes), notes=tuple(remarks),
    )  # fmt: skip


def _both(a: signing.Signing, b: signing.Signing) -> signing.Signing:
    """Two signature blocks of one document: the fuller one, with a doubt on a side that they date differently."""
    top, other = (b, a) if _weight(b) > _weight(a) else (a, b)
    out = []
    for mine, its in ((top.local, other.local), (top.federal, other.federal)):
        if mine.date and its.date and mine.date != its.date:
            mine = mine._replace(sure=False, doubt=f"page {other.page} has another signature of this side, dated {its.date.isoformat()}")
        out.append(mine)
    return top._replace(local=out[0], federal=out[1])


def _weight(s: signing.Signing) -> int:
    return sum(2 * bool(x.date) + x.sure for x in (s.local, s.federal)) + bool(s.local_text)


def _signatures(document: Document, number: int, source: str, ocr: bool, books: Shelf, first: dt.date, last: dt.date) -> signing.Signing:
    """One signature block: by the page's own letters, and by OCR of the page where these leave a date open."""
    layer = [p for p in document.pieces(number) if p.text.strip("_ ")]
    by_layer = signing.read_signing(document, number, layer, books, first, last) if source == "text" else None
    if by_layer and (not ocr or (by_layer.local.sure and by_layer.federal.sure)):
        return by_layer
    if not ocr:
        return signing.read_signing(document, number, layer, books, first, last)
    seen = document.recognise(number)
    by_ocr = signing.read_signing(document, number, [*seen, *(p for p in layer if p.typed)], books, first, last)
    if by_layer is None:
        return by_ocr
    return signing.Signing(_better(by_layer.local, by_ocr.local), _better(by_layer.federal, by_ocr.federal), number, by_layer.local_text + "\n" + by_ocr.local_text)


def _better(a: signing.Signed, b: signing.Signed) -> signing.Signed:
    """One side's date out of the text layer and out of OCR: both agreeing, the one that is sure, or a doubt that names both."""
    if a.date and b.date and a.date != b.date:
        if a.sure != b.sure:
            return a if a.sure else b
        return a._replace(sure=False, doubt=f"the text layer and OCR differ: {a.date.isoformat()} and {b.date.isoformat()}")
    if a.date and b.date:
        if a.how == b.how == "spelt out":
            return a._replace(sure=True, doubt="")  # two programs read the same words
        return a if a.sure else b
    if a.date or b.date:
        return a if a.date else b
    return b if b.doubt and not a.doubt else a


def _addenda(pages: list[tuple[int, str]], books: Shelf) -> tuple[list[tuple[int, str]], list[int]]:
    """The pages of the agreement itself, and the first pages of addenda bound in behind or standing alone."""
    cut = len(pages)
    starts = []
    for i, (number, text) in enumerate(pages):
        head = "\n".join([line for line in text.split("\n") if line.strip()][:6])
        if best(books.addendum[:-1], head, cutoff=88) or re.search(r"(?m)^\W{0,3}ADDENDUM\b", head):
            cut = min(cut, i)
            starts.append(number)
    return pages[:cut], starts


def _hints(path: str) -> tuple[Value, str]:
    """The date and the state in a file's name or folder. Hints only."""
    from homerule.places.tables import tables

    name = os.path.basename(path)
    day = None
    if m := re.search(r"(20\d\d)[-_.](\d\d)[-_.](\d\d)", name):
        parts = (m[1], m[2], m[3])
    elif m := re.search(r"(?<!\d)(\d\d)[-_.]?(\d\d)[-_.]?(20\d\d|\d\d)(?!\d)", name):
        parts = (m[3] if len(m[3]) == 4 else "20" + m[3], m[1], m[2])
    else:
        parts = ("", "", "")
    try:
        day = dt.date(*(int(p) for p in parts)) if parts[0] else None
    except ValueError:
        day = None
    state = ""
    near = [p.upper().replace("_", " ") for p in [re.split(r"__", name)[0], *path.split("/")[-3:-1]]]
    for code, row in tables().states.items():
        if any(row.name.upper() == p.strip() for p in near):
            state = code
    if not state and (m := re.search(r"(?:Co|County|Dept|Office|SO|PD)([A-Z][A-Za-z])(?=[_\d-]|20\d\d)", name)) and m[1].lower() in tables().states:
        state = m[1].lower()
    return Value(day, False, "from the file's name: it may be either side's date, or another" if day else "the file's name has no date"), state


def _revision(pages: list[tuple[int, str]], last: dt.date) -> Value:
    """The date of the form, as most pages print it; a reading that few pages give is a slip of recognition."""
    seen: Counter[dt.date] = Counter()
    where: dict[dt.date, int] = {}
    for number, text in pages:
        for m in _REVISED.finditer(text):
            raw = m["date"].replace(" ", "").translate(str.maketrans("lIO", "110"))
            raw = re.sub(r"^(\d\d)/(\d\d)1(\d{4})$", r"\1/\2/\3", raw)
            found_day = read_date(raw)
            if found_day and FIRST <= found_day[0] <= last:
                seen[found_day[0]] += 1
                where.setdefault(found_day[0], number)
    if not seen:
        return Value("", False, "no date of the form is printed, or it is not legible")
    (day, count), *others = seen.most_common()
    rival = others[0][1] if others else 0
    sure = count >= 2 and count >= 3 * rival
    return Value(day.isoformat(), sure, "" if sure else "pages give different dates of the form" if rival else "read on one page only", where[day])


def _dates(sign: signing.Signing | None, document: Document, last: dt.date) -> tuple[Value, Value]:
    if sign is None:
        missing = Value(None, False, "no signature block was found, or its page is not legible")
        return missing, missing
    out = []
    for s in (sign.local, sign.federal):
        out.append(Value(s.date, s.sure, s.doubt, sign.page))
    local, federal = out
    if local.value and federal.value and not -60 <= (federal.value - local.value).days <= 400:
        doubt = f"the two dates lie {abs((federal.value - local.value).days)} days apart"
        local, federal = local._replace(sure=False, doubt=local.doubt or doubt), federal._replace(sure=False, doubt=federal.doubt or doubt)
    stamps = document.signed_at()
    if len(stamps) == 1 and not federal.value and not local.value:
        federal = Value(dt.date.fromisoformat(stamps[0]), False, "the time of a digital signature in the file, whose side is not clear", sign.page)
    return local, federal
