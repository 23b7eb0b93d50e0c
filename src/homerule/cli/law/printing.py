"""What the `law` verbs share: options, and how a norm prints."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.corpus.model import Norm


def options(p: Parser, *, law: bool = True) -> None:
    """``--json`` and ``--law``, which every verb takes."""
    p.add_argument("--json", action="store_true", help="print JSON")
    if law:
        p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")


def write_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


def norm_brief(n: Norm) -> dict[str, Any]:
    """A norm as lists in JSON show it."""
    return {
        "norm": n.id, "authority": n.authority.id, "citation": n.authority.citation, "pinpoint": n.pinpoint, "place": n.place, "level": n.level, "effect": n.effect,
        "acts": list(n.acts), "says": n.says, "status": "contested" if n.doubted else n.authority.status, "certainty": n.authority.certainty, "checked": n.authority.checked.isoformat(),
    }  # fmt: skip


def acts_words(n: Norm) -> str:
    """The acts of a norm, cut where there are many."""
    return ", ".join(n.acts[:6]) + (f" and {len(n.acts) - 6} more" if len(n.acts) > 6 else "")


def day(text: str | None, default: dt.date | None = None) -> dt.date:
    """A day from an option. Raises InputError."""
    from homerule.reasoning.decide import read_day

    return default if text is None and default is not None else read_day(text)
