"""What the registry speaks of: an agreement of a body with a federal agency, and what is known of it.

Every value here is immutable. Where a thing is not known it is None or empty, never a guess;
`Fact` keeps where each field comes from.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

__all__ = ["ENDED", "GONE", "LISTED", "PENDING", "RECORDED", "STATUSES", "Addendum", "Agreement", "Approval", "Cost", "Event", "Exit", "Fact", "Period"]

#: The status words. Absence from a list is an observation and never the end of an agreement: only a document ends one.
LISTED = "listed"
GONE = "no longer listed (observed)"
ENDED = "ended (document)"
PENDING = "pending"
#: Known from a document or by hand, and never seen on a list.
RECORDED = "recorded"
STATUSES = (LISTED, GONE, ENDED, PENDING, RECORDED)


class Exit(NamedTuple):
    """How one document says that it may be left.

    | field | |
    |---|---|
    | `local_notice_days` | days of notice that the local body owes; 0 where the document asks for none; None where it was not read |
    | `federal_notice_days` | the same for the federal side |
    | `to`, `how` | to whom notice goes and in what form (`in writing`, `certified mail`); empty where not stated |
    | `words` | the clause as this document states it; empty where not legible |
    | `certainty` | `confirmed` (read in this document), `recalled` (known of its template only), or `unread` |
    | `doubt` | what may be wrong with the reading, in a sentence; empty where nothing is |
    | `source` | the document and page, template or person it comes from |
    """

    local_notice_days: int | None = None
    federal_notice_days: int | None = None
    to: str = ""
    how: str = ""
    words: str = ""
    certainty: str = "unread"
    doubt: str = ""
    source: str = ""


class Fact(NamedTuple):
    """Where the value of one field comes from: `said` is the value as the source prints it, `on` the date that the source speaks for."""

    field: str
    said: str
    source: str
    on: date | None = None


class Event(NamedTuple):
    """Something that befell an agreement, or was seen of it.

    `what` is one of `pending`, `listed`, `signed`, `addition`, `renewal`, `switch`, `re-signed`, `addendum`, `last listed`,
    `not listed`, `listed again`, `ended`, `recorded`. `on` is the day that the source gives; for what is only seen on lists it
    is the date of the list. `observed` is true where a list's date, and no act of a body, gives the day.
    """

    on: date
    what: str
    text: str
    source: str
    observed: bool = False


class Period(NamedTuple):
    """A span under one signature. `start` is the signing or effective date, else the first list that shows it.

    `end` is given only by a document; `last_seen` and `absent_from` are the dates of lists.
    """

    start: date | None
    end: date | None
    signed: date | None
    last_seen: date | None
    absent_from: date | None
    source: str


class Approval(NamedTuple):
    """A vote, signature or order by which a body approved the agreement, as recorded."""

    by: str
    on: date | None = None
    instrument: str = ""
    source: str = ""


class Cost(NamedTuple):
    """Money that the document speaks of, in US dollars; `per` is a unit such as `bed and day`, `year`, or empty."""

    what: str
    dollars: float | None = None
    per: str = ""
    source: str = ""


class Addendum(NamedTuple):
    """A paper added to the agreement."""

    title: str
    link: str = ""
    signed: date | None = None
    document_hash: str = ""
    source: str = ""


class Agreement(NamedTuple):
    """One agreement, as everything that has been imported or recorded lets it be known.

    | field | |
    |---|---|
    | `id` | stable: made from state, agency, kind and model, and a number where the same are held twice (`md/frederick-county-sheriff/jail`) |
    | `agency` | the local body, spelt as its newest source spells it |
    | `place` | Homerule's place id, or None where the body could not be placed |
    | `state` | two small letters; empty where unknown |
    | `kind`, `model` | ids of `law/agreements/kinds.toml`; `model` is empty for kinds that have none |
    | `status` | one of `STATUSES` |
    | `signed` | the newest signing date that a source gives |
    | `effective`, `ends` | as a document or a person says; None otherwise |
    | `term`, `renewal` | in words |
    | `exit` | how this agreement's own document says it may be left |
    | `listed_first`, `listed_last` | dates of the first and the last list that show it in force |
    | `absent_from` | date of the first later list that does not show it; None while the newest list does |
    | `pending_first`, `pending_last` | the same for lists of agreements not yet in force |
    | `link` | where the document is said to be; `link pending` is an empty link |
    | `document_hash` | SHA-256 of the document read, or empty |
    | `approvals`, `costs`, `addenda` | as recorded |
    | `periods`, `events` | oldest first |
    | `facts` | the source of each field |
    | `doubts` | sentences on what does not agree or could not be read |
    """

    id: str
    agency: str
    place: str | None
    state: str
    kind: str
    model: str = ""
    status: str = RECORDED
    signed: date | None = None
    effective: date | None = None
    ends: date | None = None
    term: str = ""
    renewal: str = ""
    exit: Exit = Exit()
    listed_first: date | None = None
    listed_last: date | None = None
    absent_from: date | None = None
    pending_first: date | None = None
    pending_last: date | None = None
    link: str = ""
    document_hash: str = ""
    approvals: tuple[Approval, ...] = ()
    costs: tuple[Cost, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    periods: tuple[Period, ...] = ()
    events: tuple[Event, ...] = ()
    facts: tuple[Fact, ...] = ()
    doubts: tuple[str, ...] = ()
    federal_agency: str = ""
    county: str = ""
    support: str = ""
    parties: tuple[str, ...] = ()
    template: str = ""
    note: str = ""
    body: str = ""

    def in_force(self, on: date) -> bool | None:
        """Whether the agreement stood on a day: true, false, or None where the sources do not say.

        Between the last list that shows it and the first that does not, and after that list, nothing is known unless a
        document ends it: the answer is then None.
        """
        if self.ends is not None and on >= self.ends:
            return False
        began = min((p.start for p in self.periods if p.start), default=None) or self.effective or self.signed or self.listed_first
        if began is None or on < began:
            return None if began is None else False
        if self.status == PENDING:
            return False
        if self.listed_last is not None and self.absent_from is not None and on > self.listed_last:
            return None
        return True
