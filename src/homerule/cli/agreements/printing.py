"""What the `agreements` verbs share: options, the registry, and how an agreement prints."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import getpass
import json
import os
import sys
from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Any

from homerule.agreements.model import ENDED, GONE, LISTED, PENDING, Agreement
from homerule.cli.main import Parser
from homerule.errors import InputError


def parser(verb: str, about: str, examples: str) -> Parser:
    """The parser of a verb, with its examples and ``--registry``."""
    p = Parser(prog=f"homerule agreements {verb}", description=fill(about, 92), epilog=f"examples:\n{examples}", formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--registry", metavar="FILE|URL", help="where the registry is kept: a file, or postgresql://… (default: HOMERULE_REGISTRY, else a file in your data folder)")
    return p


def by_option(p: Parser) -> None:
    """``--by``, for verbs that write."""
    p.add_argument("--by", default="", metavar="NAME", help="who does this, for the history (default: HOMERULE_BY, else your login name)")


def who(given: str) -> str:
    """The name for the history."""
    if given or os.environ.get("HOMERULE_BY"):
        return given or os.environ["HOMERULE_BY"]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def day(text: str | None) -> dt.date | None:
    """A day from an option. Raises InputError."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"`{text[:40]}` is no date", help="Write it as 2026-02-17") from None


def write_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(header)
    out.writerows(["" if v is None else v for v in row] for row in rows)


def table(header: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table; columns whose numbers are in ``right`` stand to the right."""
    texts = [[str("" if v is None else v) for v in row] for row in [list(header), *rows]]
    widths = [max(len(r[i]) for r in texts) for i in range(len(header))]
    return ["  ".join(t.rjust(w) if i in right else t.ljust(w) for i, (t, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in texts]


def standing(a: Agreement) -> str:
    """Where an agreement stands, in a sentence with its dates."""
    if a.status == ENDED:
        return f"ended on {a.ends} (document)"
    if a.status == LISTED:
        return f"listed, last on {a.listed_last}"
    if a.status == GONE:
        last = a.listed_last or a.pending_last
        return f"no longer listed (observed): last listed {last}, not listed from {a.absent_from}"
    if a.status == PENDING:
        return f"pending: on the pending list of {a.pending_last}"
    return "recorded; on no list held here"


def progress(done: int, total: int, name: str) -> None:
    """A line on a terminal that says how far a long run is; nothing where the output is no terminal, or there is little to do."""
    if total < 8 or not sys.stderr.isatty():
        return
    if done >= total:
        sys.stderr.write("\r\x1b[K")
    else:
        filled = 24 * done // total
        sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (24 - filled)}] {done}/{total} {name[:40]}")
    sys.stderr.flush()
