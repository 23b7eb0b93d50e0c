"""What the verbs of ``homerule replay`` share: numbers, tables and the bar."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any


def count(n: int | None) -> str:
    """A number with thousands parted; a hidden one as a dot."""
    return "·" if n is None else f"{n:,}"


def share(part: int | None, whole: int | None) -> str:
    return f"{100 * part / whole:.1f}%" if part is not None and whole else "-"


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows in columns: the first to the left, the others to the right."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join(indent + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip() for r in rows)


def write_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


class Bar:
    """A line on a terminal's standard error that says how far a run is; nothing elsewhere."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.shown = False

    def __call__(self, done: int, total: int | None) -> None:
        if not sys.stderr.isatty():
            return
        seconds = time.monotonic() - self.begun
        if total:
            filled = min(30, 30 * done // total)
            left = f", {max(0.0, seconds * (total - done) / done):.0f} s left" if done and seconds > 2 else ""
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done:,} of {total:,} rows{left}   ")
        else:
            sys.stderr.write(f"\r{done:,} rows, {seconds:.0f} s   ")
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * 78 + "\r")
