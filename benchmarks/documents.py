"""What a draft costs in each form, beside the bare decision that it rests on, in one run.

    python benchmarks/documents.py [--rounds 20]

Cold: the first document of a process, with the libraries imported. Warm: the same again. `x decide` is the ratio to one warm decision.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from homerule.advice.drafts import Order, decision_document, draft
from homerule.documents import to_docx, to_html, to_pdf, to_text
from homerule.reasoning import Request, engine

ORDER = Order(
    "detainer-response", "Cook County, IL", on="2026-11-24", facts={"process": "admin_warrant", "form_complete": "true", "claims_citizenship": "false"}, values={"reference": "D-17", "received": "2026-11-20"}
)  # fmt: skip
COLD = "import time; t = time.perf_counter(); from benchmarks.documents import *; d = draft(engine(), ORDER).document; {call}; print(time.perf_counter() - t)"


def median(call: Callable[[], Any], rounds: int) -> float:
    """The median of ``rounds`` calls, in milliseconds."""
    out = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        out.append(1000 * (time.perf_counter() - start))
    return statistics.median(out)


def cold(call: str) -> float:
    """One document in a new process, in milliseconds, the start of Python left out."""
    done = subprocess.run([sys.executable, "-c", COLD.format(call=call)], capture_output=True, text=True, check=True)
    return 1000 * float(done.stdout)


def main() -> None:
    """Print one line a form."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rounds", type=int, default=20)
    rounds = p.parse_args().rounds
    chosen = engine()
    request = Request(ORDER.place, "sheriff", "detainer", ORDER.on, ORDER.facts)
    document = draft(chosen, ORDER).document
    base = median(lambda: chosen.decide(request), rounds * 10)
    memo = decision_document(chosen.decide(request))
    rows: list[tuple[str, Callable[[], Any], str, int]] = [
        ("decide", lambda: chosen.decide(request), "0", 0),
        ("fill the template", lambda: draft(chosen, ORDER), "0", 0),
        ("text", lambda: to_text(document), "to_text(d)", len(to_text(document))),
        ("html", lambda: to_html(document), "to_html(d)", len(to_html(document))),
        ("docx", lambda: to_docx(document), "to_docx(d)", len(to_docx(document))),
        ("pdf, tagged", lambda: to_pdf(document), "to_pdf(d)", len(to_pdf(document))),
        ("memo as pdf", lambda: to_pdf(memo), "to_pdf(decision_document(engine().decide(Request('il', 'jail', 'hold', ORDER.on))))", len(to_pdf(memo))),
    ]
    print(f"{'':<20}{'warm ms':>9}{'x decide':>10}{'cold ms':>9}{'bytes':>9}")
    for name, call, code, size in rows:
        warm = base if name == "decide" else median(call, rounds)
        print(f"{name:<20}{warm:>9.2f}{warm / base:>10.0f}{cold(code):>9.0f}{size or '':>9}")


if __name__ == "__main__":
    main()
