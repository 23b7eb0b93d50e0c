"""What an answer is made of. Every class turns into plain JSON data with `as_data`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from homerule.vocabulary import Value, plain

NOTICE = (
    "Homerule states the law as its corpus holds it on the day asked about. It is not legal advice, and it may be incomplete or out of date: "
    "check the authorities named before acting, and take doubtful questions to counsel."
)


@dataclass(frozen=True, slots=True)
class NormRef:
    """A norm as an answer shows it. ``applies``: certain, or possible where a fact not yet given decides."""

    norm: str
    authority: str
    citation: str
    pinpoint: str
    effect: str
    says: str
    level: str
    weight: str
    status: str
    certainty: str
    checked: dt.date
    applies: str = "certain"
    felled_by: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def cite(self) -> str:
        """Citation with pinpoint."""
        return f"{self.citation} {self.pinpoint}".strip() if self.pinpoint and self.pinpoint not in self.citation else self.citation


@dataclass(frozen=True, slots=True)
class Clash:
    """A command that fell to a higher, opposed command."""

    fallen: str
    prevails: str
    words: str
    applies: str = "certain"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: in words, and as clock times when its starting moment is known. ``cap``: an outer limit, not a thing to do."""

    words: str
    at: str = ""
    cap: bool = False
    earliest: bool = False
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something else to do when the question comes up, or the deadline or approval of the act itself."""

    norm: str
    authority: str
    citation: str
    pinpoint: str
    says: str
    deadline: Due | None = None
    approval: str = ""
    applies: str = "certain"


@dataclass(frozen=True, slots=True)
class Risk:
    """Liability, loss, or protection, on one side of the choice. ``limit``: what a protection does not reach."""

    norm: str
    authority: str
    citation: str
    pinpoint: str
    effect: str
    says: str
    penalty: str = ""
    applies: str = "certain"
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact that was not given and was taken at its ordinary value; ``otherwise``: the verdicts that another value could lead to."""

    fact: str
    value: Value
    words: str
    question: str
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an open question, and the verdicts that then remain reachable."""

    value: Value
    words: str
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact that the verdict turns on."""

    fact: str
    question: str
    help: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Why the law gives no settled answer. ``reason``: contested, not_in_corpus or untranslated."""

    reason: str
    authorities: tuple[str, ...]
    norms: tuple[str, ...]
    if_stands: str
    if_falls: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change of facts that leads to another verdict."""

    facts: Mapping[str, Value]
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A change of the law, or a deadline, within ninety days after the day asked about. ``verdict``: what the act would then be."""

    date: dt.date
    kind: str
    norms: tuple[str, ...]
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is risked, and what protects, on both sides."""

    doing: tuple[Risk, ...] = ()
    declining: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer on one act."""

    act: str
    verdict: str
    basis: str
    answer: str
    reachable: tuple[str, ...]
    stands: tuple[NormRef, ...]
    fell: tuple[NormRef, ...]
    clash: tuple[Clash, ...]
    duties: tuple[Duty, ...]
    exposure: Exposure
    assumed: tuple[Assumption, ...]
    depends_on: tuple[Question, ...]
    unsettled: tuple[Unsettled, ...]
    would_change: tuple[Change, ...]
    coming: tuple[Coming, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answer can be reproduced from: engine, corpus, both dates, and the norms it rests on."""

    engine: str
    corpus: str
    corpus_hash: str
    format: str
    as_of: dt.date
    as_known: str
    norms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one request: a finding an act."""

    request: Mapping[str, Any]
    findings: tuple[Finding, ...]
    receipt: Receipt
    notes: tuple[str, ...] = ()
    notice: str = field(default=NOTICE)

    def __getitem__(self, act: str) -> Finding:
        """The finding on ``act``. Raises KeyError where the request does not ask it."""
        for finding in self.findings:
            if finding.act == act:
                return finding
        raise KeyError(act)

    def as_data(self) -> dict[str, Any]:
        """The decision as JSON data, as ``docs/reference/decision.schema.json`` describes it."""
        return as_data(self)


def as_data(item: Any) -> Any:
    """Any part of an answer as JSON data."""
    if hasattr(item, "__dataclass_fields__"):
        return {f.name: as_data(getattr(item, f.name)) for f in fields(item)}
    if isinstance(item, tuple | list):
        return [as_data(i) for i in item]
    if isinstance(item, Mapping):
        return {k: as_data(v) for k, v in item.items()}
    return plain(item)
