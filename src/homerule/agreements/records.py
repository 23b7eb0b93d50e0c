"""What a person or a document says of an agreement: a record. Records add to what lists show, and are never overwritten.

One record speaks for one agreement, which it names by state, agency, kind and model (and a contract number where one body
holds several of a kind). Later records win over earlier ones, field by field; a person's record wins over a document's, and
both win over lists. Nothing is lost: each stays in the history.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from homerule.agreements.kinds import kinds
from homerule.agreements.names import clean, read_state
from homerule.errors import InputError, nearest, shorten

__all__ = ["FIELDS", "Record", "make_record", "read_records", "read_value"]

#: Every field that a record may set: what it holds, and how it is said to a reader.
FIELDS: Mapping[str, tuple[str, str]] = {
    "place": ("text", "Homerule's id of the body's place"),
    "county": ("text", "the county"),
    "federal_agency": ("text", "the federal party"),
    "parties": ("texts", "further parties"),
    "signed": ("date", "the newest signing date"),
    "signed_local": ("date", "when the local body signed"),
    "signed_federal": ("date", "when the federal agency signed"),
    "effective": ("date", "when it takes effect"),
    "ends": ("date", "when its term ends"),
    "ended": ("date", "when it was ended by a document"),
    "term": ("text", "its term, in words"),
    "renewal": ("text", "how it renews, in words"),
    "local_notice_days": ("days", "days of notice that the local body owes; 0 for none"),
    "federal_notice_days": ("days", "days of notice that the federal side owes; 0 for none"),
    "notice_to": ("text", "to whom notice is given"),
    "notice_how": ("text", "how notice is given"),
    "exit_words": ("text", "the exit clause as the document states it"),
    "exit_certainty": ("text", "confirmed, recalled or unread"),
    "exit_doubt": ("text", "what may be wrong with that reading"),
    "exit_source": ("text", "the document and page of the clause"),
    "link": ("text", "where the document is"),
    "document_hash": ("text", "SHA-256 of the document"),
    "template": ("text", "the template and revision of the document"),
    "approvals": ("approvals", "who approved it: `county board | 2025-03-04 | resolution 25-14`"),
    "costs": ("costs", "money: `bed rate | 95.50 | bed and day`"),
    "addenda": ("addenda", "papers added: `title | 2025-06-01 | https://…`"),
    "note": ("text", "a note"),
    "doubts": ("texts", "what could not be read or does not agree"),
}
_IDENTITY = ("state", "agency", "kind", "model", "number")
ALL = (*_IDENTITY, *FIELDS, "source")


class Record(NamedTuple):
    """One statement about one agreement. Immutable; `digest` is the same for the same content, whoever enters it and when.

    `origin` is `hand` or `document`; `facts` are (field, value) pairs in the order of `FIELDS`, values as plain JSON data (dates as
    ISO text); a value of None takes back what earlier records of the same origin said. `at` is the UTC time of entry in ISO form.
    """

    state: str
    agency: str
    kind: str
    model: str
    number: str
    facts: tuple[tuple[str, Any], ...]
    source: str
    origin: str
    at: str
    by: str

    @property
    def digest(self) -> str:
        """SHA-256 over everything but the time, the person and the source's name."""
        held = [self.state, self.agency, self.kind, self.model, self.number, list(self.facts), self.origin]
        return sha256(json.dumps(held, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def make_record(given: Mapping[str, object], *, source: str, at: str, by: str, origin: str = "hand", where: str = "") -> Record:
    """A record of the fields given, checked.

    `given` holds at least `agency`, `state` and `kind` (or a `model`), and any of `FIELDS`; texts are read as `read_value` says.
    Raises InputError naming the field and what would do.
    """
    known = kinds()
    lead = f"{where}, " if where else ""
    unknown = [k for k in given if k not in ALL]
    if unknown:
        raise InputError(f"there is no field `{shorten(unknown[0])}`", where=where, help=nearest(unknown[0], list(ALL)))
    agency = clean(str(given.get("agency") or ""))
    if not agency:
        raise InputError("the agreement has no agency", where=where, help="Give the local body's name in `agency`")
    state = read_state(str(given.get("state") or ""))
    if not state.value:
        raise InputError(f"the state is not clear: {state.doubt}", where=where, help="Give its name or two-letter code in `state`")
    kind, of_kind = known.kind(str(given["kind"]), f"{lead}kind") if given.get("kind") else ("", "")
    model = known.model(str(given.get("model") or ""), f"{lead}model") or of_kind
    if model and not kind:
        kind = known.kind(model)[0]
    if not kind:
        raise InputError("the agreement has no kind", where=where, help=f"Give one in `kind`: {', '.join(known.kinds)}")
    if model and known.kind(model)[0] != kind:
        raise InputError(f"the model `{model}` is not of the kind `{kind}`", where=f"{lead}model", help="Leave one of the two out")
    if known.kinds[kind].models and not model:
        raise InputError(f"an agreement of the kind `{kind}` needs a model", where=f"{lead}model", help=f"Give one: {', '.join(m.id for m in known.kinds[kind].models)}")
    facts = tuple((f, read_value(f, given[f], f"{lead}{f}")) for f in FIELDS if f in given and not (isinstance(given[f], str) and not str(given[f]).strip()))
    return Record(state.value, agency, kind, model, str(given.get("number") or "").strip(), facts, str(given.get("source") or source), origin, at, by)


def read_value(field: str, given: object, where: str = "") -> Any:
    """The value of a field as plain data. `none` or None takes it back. Raises InputError."""
    what = FIELDS[field][0]
    if given is None or (isinstance(given, str) and given.strip().lower() in ("none", "unknown")):
        return None
    if what == "date":
        return _day(given, where)
    if what == "days":
        text = str(given).strip()
        if not text.isascii() or not text.isdigit() or int(text) > 3660:
            raise InputError(f"`{shorten(text)}` is no number of days", where=where, help="Write whole days, such as 90; 0 where no notice is asked for")
        return int(text)
    if what == "texts":
        return [clean(t) for t in (given if isinstance(given, (list, tuple)) else str(given).split(";")) if str(t).strip()]
    if what in ("approvals", "costs", "addenda"):
        items = given if isinstance(given, (list, tuple)) else [t for t in str(given).split(";") if t.strip()]
        return [_item(what, i, where) for i in items]
    return " ".join(str(given).split()) if field != "exit_words" else str(given).strip()


def _day(given: object, where: str) -> str:
    if isinstance(given, date):
        return given.isoformat()[:10]
    try:
        return date.fromisoformat(str(given).strip()).isoformat()
    except ValueError:
        raise InputError(f"`{shorten(str(given))}` is no date", where=where, help="Write it as 2026-02-17") from None


def _item(what: str, given: object, where: str) -> dict[str, Any]:
    """An approval, cost or addendum, from a mapping or from `a | b | c`."""
    names = {"approvals": ("by", "on", "instrument"), "costs": ("what", "dollars", "per"), "addenda": ("title", "signed", "link")}[what]
    if isinstance(given, Mapping):
        unknown = [str(k) for k in given if k not in names]
        if unknown:
            raise InputError(f"there is no field `{shorten(unknown[0])}` here", where=where, help=f"Known: {', '.join(names)}")
        parts = {str(k): v for k, v in given.items()}
    else:
        texts = [t.strip() for t in str(given).split("|")]
        if len(texts) > len(names):
            raise InputError(f"`{shorten(str(given))}` has too many parts", where=where, help=f"Write {' | '.join(names)}")
        parts = dict(zip(names, texts, strict=False))
    out: dict[str, Any] = {n: parts.get(n) or None for n in names}
    for n in ("on", "signed"):
        if out.get(n) is not None:
            out[n] = _day(out[n], where)
    if out.get("dollars") is not None:
        try:
            out["dollars"] = float(str(out["dollars"]).replace("$", "").replace(",", ""))
        except ValueError:
            raise InputError(f"`{shorten(str(out['dollars']))}` is no amount of dollars", where=where, help="Write a number such as 95.50") from None
    if not out[names[0]]:
        raise InputError(f"an entry has no `{names[0]}`", where=where, help=f"Write {' | '.join(names)}")
    return out


def read_records(data: bytes, name: str, *, at: str, by: str) -> list[Record]:
    """The records of a TOML file (`[[agreement]]` tables) or of a CSV file whose first line names the fields.

    Raises InputError naming the file, the line or entry, and the field.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", where=name, help="Save it as UTF-8") from None
    if name.lower().endswith(".toml"):
        try:
            entries = tomllib.loads(text).get("agreement")
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"the file is not TOML: {error}", where=name, help="Mend the line named") from None
        if not isinstance(entries, list) or not entries:
            raise InputError("the file has no [[agreement]] table", where=name, help="Begin each agreement with a line [[agreement]]")
        return [make_record(e, source=name, at=at, by=by, where=f"{name}, agreement {i}") for i, e in enumerate(entries, 1)]
    rows = csv.DictReader(io.StringIO(text))
    fields = [(f or "").strip().lower().replace(" ", "_") for f in rows.fieldnames or ()]
    rows.fieldnames = fields
    out = []
    for row in rows:
        if None in row:
            raise InputError(f"line {rows.line_num} has more values than the first line has names", where=name, help="Put quotes around a value that holds a comma")
        given = {k: v for k, v in row.items() if k and (v or "").strip()}
        if given:
            out.append(make_record(given, source=f"{name}, line {rows.line_num}", at=at, by=by, where=f"{name}, line {rows.line_num}"))
    return out
