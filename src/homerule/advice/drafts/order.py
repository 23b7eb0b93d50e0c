"""What a draft is asked for, and what comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from homerule.documents.model import Document
from homerule.reasoning.finding import Decision
from homerule.vocabulary import NOTHING


class Order(NamedTuple):
    """One document asked for.

    ``place``, ``actor``, ``on``, ``facts``, ``at`` and ``request`` are those of a decision; what is not given comes from the template, the agreement or the policy.
    ``values`` fill the template's fields. ``agreement`` is an `homerule.agreements.Agreement` or anything with its fields; ``policy`` a TOML file of norms;
    ``log`` a CSV or JSON Lines file; ``templates`` folders that go before the law folder's own.
    """

    kind: str
    place: str = ""
    actor: str = ""
    on: dt.date | str | None = None
    facts: Mapping[str, Any] = NOTHING
    at: str | None = None
    request: str = ""
    values: Mapping[str, str] = NOTHING
    agreement: Any = None
    policy: Path | None = None
    log: Path | None = None
    templates: tuple[Path, ...] = ()


class Blank(NamedTuple):
    """A field of a document, as `homerule draft KIND --fields` lists it. ``state``: given, filled, needed, optional or by hand."""

    name: str
    question: str
    state: str
    value: str
    values: tuple[str, ...]


class Drafted(NamedTuple):
    """A finished draft. ``word`` is the office's own Word template where it has one; ``warnings`` are what its reader must not miss."""

    kind: str
    document: Document
    word: Path | None
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...]
    fields: tuple[Blank, ...]
    clean: bool = True

    def as_data(self) -> dict[str, Any]:
        """The draft as JSON data: the document's parts as they stand, and the decisions it rests on."""
        d = self.document
        return {
            "kind": self.kind, "title": d.title, "form": d.kind, "language": d.language, "letterhead": list(d.letterhead), "fields": [list(f) for f in d.fields],
            "blocks": [{"type": type(b).__name__.lower(), **{k: _plain(v) for k, v in b._asdict().items()}} for b in d.blocks],
            "authorities": list(d.authorities), "receipt": d.receipt, "warnings": list(self.warnings), "clean": self.clean,
            "filled": {f.name: f.value for f in self.fields if f.value}, "decisions": [x.as_data() for x in self.decisions],
        }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value if not isinstance(value, bytes) else f"{len(value)} bytes"
