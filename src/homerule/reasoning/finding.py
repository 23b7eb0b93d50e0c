"""What an answer is made of. Every class turns into plain JSON data with `as_data`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from homerule.vocabulary import Value, plain

NOTICE = (
    "Homerule states the law as its corpus holds it on the day asked about. It is not legal advice, and it may be incomplete or out of date: "
    "check the authorities named before acting, and take doubtful questions to counsel."
)


def cite(citation: str, pinpoint: str) -> str:
    """Citation with pinpoint."""
    return f"{citation}, at {pinpoint}" if pinpoint and pinpoint not in citation else citation


class NormRef(NamedTuple):
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
        return cite(self.citation, self.pinpoint)


class Clash(NamedTuple):
    """A command that fell to a higher, opposed command."""

    fallen: str
    prevails: str
    words: str
    applies: str = "certain"


class Due(NamedTuple):
    """A deadline: in words, and as clock times when its starting moment is known. ``cap``: an outer limit, not a thing to do."""

    words: str
    at: str = ""
    cap: bool = False
    earliest: bool = False
    skipped: tuple[str, ...] = ()


class Duty(NamedTuple):
    """Something else to do when the question comes up, or the deadline or approval of the act itself."""

    norm: str
    authority: str
    citation: str
    pinpoint: str
    says: str
    deadline: Due | None = None
    approval: str = ""
    applies: str = "certain"


class Risk(NamedTuple):
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


class Assumption(NamedTuple):
    """A fact that was not given and was taken at its ordinary value; ``otherwise``: the verdicts that another value could lead to."""

    fact: str
    value: Value
    words: str
    question: str
    otherwise: tuple[str, ...] = ()


class Answer(NamedTuple):
    """One answer to an open question, and the verdicts that then remain reachable."""

    value: Value
    words: str
    verdicts: tuple[str, ...]


class Question(NamedTuple):
    """An unknown fact that the verdict turns on."""

    fact: str
    question: str
    help: str
    answers: tuple[Answer, ...]


class Unsettled(NamedTuple):
    """Why the law gives no settled answer. ``reason``: contested, not_in_corpus or untranslated."""

    reason: str
    authorities: tuple[str, ...]
    norms: tuple[str, ...]
    if_stands: str
    if_falls: str
    words: str


class Change(NamedTuple):
    """The smallest change of facts that leads to another verdict."""

    facts: Mapping[str, Value]
    verdict: str
    words: str


class Coming(NamedTuple):
    """A change of the law, or a deadline, within ninety days after the day asked about. ``verdict``: what the act would then be."""

    date: dt.date
    kind: str
    norms: tuple[str, ...]
    verdict: str
    words: str


class Exposure(NamedTuple):
    """What is risked, and what protects, on both sides."""

    doing: tuple[Risk, ...] = ()
    declining: tuple[Risk, ...] = ()


class Finding(NamedTuple):
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


class Receipt(NamedTuple):
    """What the answer can be reproduced from: engine, corpus, both dates, and the norms it rests on."""

    engine: str
    corpus: str
    corpus_hash: str
    format: str
    as_of: dt.date
    as_known: str
    norms: tuple[str, ...]


class Decision:
    """The answer to one request: a finding an act. ``decision["hold"]`` is the finding on that act."""

    __slots__ = ("findings", "notes", "notice", "receipt", "request")

    def __init__(self, request: Mapping[str, Any], findings: tuple[Finding, ...], receipt: Receipt, notes: tuple[str, ...] = (), notice: str = NOTICE) -> None:
        self.request = request
        self.findings = findings
        self.receipt = receipt
        self.notes = notes
        self.notice = notice

    def __getitem__(self, act: str) -> Finding:
        """The finding on ``act``. Raises KeyError where the request does not ask it."""
        for finding in self.findings:
            if finding.act == act:
                return finding
        raise KeyError(act)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self.as_data() == other.as_data()

    def __hash__(self) -> int:
        return hash((self.findings, self.receipt))

    def __repr__(self) -> str:
        return f"Decision({', '.join(f'{f.act}={f.verdict}' for f in self.findings)})"

    def as_data(self) -> dict[str, Any]:
        """The decision as JSON data, as ``docs/reference/decision.schema.json`` describes it."""
        return {name: as_data(getattr(self, name)) for name in ("request", "findings", "receipt", "notes", "notice")}


def as_data(item: Any) -> Any:
    """Any part of an answer as JSON data."""
    if isinstance(item, tuple):
        return {n: as_data(v) for n, v in zip(item._fields, item)} if hasattr(item, "_fields") else [as_data(i) for i in item]
    if isinstance(item, list):
        return [as_data(i) for i in item]
    if isinstance(item, Mapping):
        return {k: as_data(v) for k, v in item.items()}
    return plain(item)
