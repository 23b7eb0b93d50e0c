"""Entries of the decision log. What is recorded later about a decision (approval, outcome, correction) is an entry of its own that names it.

An entry holds offices and roles, never people. Its canonical bytes (UTF-8 JSON, sorted keys, no blanks) are what the log hashes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from homerule.errors import InputError
from homerule.records.screen import found_in
from homerule.records.words import words

FORMAT = 1
Kind = Literal["decision", "approval", "outcome", "certificate", "correction", "redaction", "hold", "release_hold", "access"]
Short = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
#: Values that a salted hash made on the agency's own side may have; anything a person could read is refused.
REFERENCE = re.compile(r"^(?:sha256:)?[0-9a-f]{32,64}$")
MAX_BYTES = 64_000
_RECEIPT = ("engine", "corpus", "corpus_hash", "format", "as_of", "as_known")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _word(group: str) -> Any:
    def check(value: str | None) -> str | None:
        if value is not None and value not in words()[group]:
            raise ValueError(f"is not one of {', '.join(words()[group])}")
        return value

    return check


class Found(_Strict):
    """One finding, as far as the log needs it."""

    act: Short
    verdict: Literal["required", "prohibited", "permitted", "conflict", "depends", "unsettled"]
    norms: tuple[Short, ...] = ()
    reachable: tuple[Short, ...] = ()


class Asked(_Strict):
    """What was asked, of whom, and on which facts."""

    place: Short
    actor: Short
    request: Short = ""
    acts: tuple[Short, ...] = ()
    on: dt.date
    facts: dict[str, bool | int | str | tuple[str, ...]] = {}

    @field_validator("facts")
    @classmethod
    def _no_person(cls, value: dict[str, Any]) -> dict[str, Any]:
        for key, item in value.items():
            if isinstance(item, str) and (len(item) > 60 or (not re.match(r"^\d{4}-\d\d-\d\d", item) and found_in(item))):
                raise ValueError(f"the fact `{key[:40]}` is not one of its listed values")
        return value


class Entry(_Strict):
    """One entry. Times are UTC with an offset of zero; ``received`` and ``bail_posted`` keep the offset of the place they happened in."""

    format: Literal[1] = 1
    id: Id = Field(default_factory=lambda: secrets.token_hex(16))
    kind: Kind = "decision"
    recorded: dt.datetime = Field(default_factory=lambda: dt.datetime.now(dt.UTC))
    role: str
    office: Annotated[str, Field(max_length=120)] = ""
    of: Id | None = None  # the entry that this one is about
    asked: Asked | None = None
    findings: tuple[Found, ...] = ()
    corpus: dict[str, str] = {}
    received: dt.datetime | None = None
    channel: str | None = None
    agency: str | None = None
    response: str | None = None
    bail_posted: dt.datetime | None = None
    outcome: str | None = None
    happened: dt.datetime | None = None
    handed_to: str | None = None
    approved: bool | None = None
    period: tuple[dt.date, dt.date] | None = None
    reference: str | None = None
    key: Annotated[str, Field(max_length=80)] | None = None  # the writer's idempotency key
    reason: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""

    _role = field_validator("role")(_word("roles"))
    _channel = field_validator("channel")(_word("channels"))
    _agency = field_validator("agency", "handed_to")(_word("agencies"))
    _response = field_validator("response")(_word("responses"))
    _outcome = field_validator("outcome")(_word("outcomes"))

    @field_validator("recorded")
    @classmethod
    def _utc(cls, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            raise ValueError("needs an offset from UTC")
        return value.astimezone(dt.UTC)

    @field_validator("received", "bail_posted", "happened")
    @classmethod
    def _offset(cls, value: dt.datetime | None) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs an offset from UTC, as in 2026-11-01T14:00-06:00")
        return value

    @field_validator("reference")
    @classmethod
    def _hash(cls, value: str | None) -> str | None:
        if value is not None and not REFERENCE.match(value):
            raise ValueError("must be a salted hash (32 to 64 hexadecimal digits) made on your own side, never a case or booking number")
        return value

    @field_validator("reason", "note", "office")
    @classmethod
    def _screened(cls, value: str, info: ValidationInfo) -> str:
        if value and (what := found_in(value)):
            raise ValueError(f"looks like {what}, which the log does not keep")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Entry:
        if self.kind == "decision" and (self.asked is None or not self.findings):
            raise ValueError("a decision needs what was asked and its findings")
        if self.kind in ("approval", "outcome", "correction", "redaction", "hold", "release_hold") and self.of is None and self.period is None:
            raise ValueError(f"a {self.kind} names the entry it is about in `of`, or a period")
        if self.kind == "approval" and self.approved is None:
            raise ValueError("an approval says `approved`: true or false")
        if self.kind == "outcome" and self.outcome is None:
            raise ValueError("an outcome says what became of the request in `outcome`")
        if self.kind == "certificate" and self.period is None:
            raise ValueError("a certificate that none was received names its period")
        if self.period and self.period[0] > self.period[1]:
            raise ValueError("the period ends before it begins")
        return self

    def canonical(self) -> bytes:
        """The bytes that are hashed and stored. Values that were not given are left out."""
        return canonical(self.model_dump(mode="json", exclude_defaults=True) | {"format": FORMAT, "id": self.id, "kind": self.kind, "recorded": _stamp(self.recorded), "role": self.role})


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(data: dict[str, Any]) -> bytes:
    """``data`` as bytes that are the same for equal data."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_entry(data: Any, *, free_text: bool = False, where: str = "entry") -> Entry:
    """An entry from JSON data. Raises InputError in a sentence; free text is refused unless the office switched it on."""
    try:
        entry = Entry.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(p) for p in first["loc"]) or where
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{path}: {said}", where=where if path != where else "", help="See `homerule records --help` for the fields of an entry") from None
    if entry.note and not free_text:
        raise InputError("this log keeps no free text", where="note", help="Leave the note out, or have an administrator switch free text on")
    if len(entry.canonical()) > MAX_BYTES:
        raise InputError(f"an entry may have at most {MAX_BYTES:,} bytes", where=where)
    return entry


def from_decision(decision: Any, *, role: str, **more: Any) -> Entry:
    """The entry of a `Decision` (or of its ``as_data()``): request, facts, findings, corpus version. ``more`` are further fields of `Entry`."""
    if isinstance(decision, dict):
        try:
            asked, receipt = decision["request"], decision["receipt"]
            findings = [{"act": f["act"], "verdict": f["verdict"], "norms": [n["norm"] for n in f["stands"]], "reachable": f["reachable"]} for f in decision["findings"]]
            corpus = {k: str(receipt[k]) for k in _RECEIPT}
            place = asked["place"]["id"]
        except (KeyError, TypeError):
            raise InputError("this is not a decision", help="Give what `homerule decide --json` prints") from None
    else:
        asked, place = decision.request, decision.request["place"]["id"]
        findings = [{"act": f.act, "verdict": f.verdict, "norms": [n.norm for n in f.stands], "reachable": f.reachable} for f in decision.findings]
        corpus = {k: str(getattr(decision.receipt, k)) for k in _RECEIPT}
    told = {"place": place, "actor": asked["actor"], "request": asked["request"] or "", "acts": asked["acts"], "on": asked["on"], "facts": {k: tuple(v) if isinstance(v, list) else v for k, v in asked["facts"].items()}}
    return read_entry({"kind": "decision", "role": role, "findings": findings, "asked": told, "corpus": corpus} | more, free_text=True)
