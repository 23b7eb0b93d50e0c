"""What a playbook and a memo cost, beside one bare decision of the same engine, in one run.

    python benchmarks/advice.py [--rounds 5]

Cold: a new engine, so that every regime is compiled. Warm: the same engine again. `asked` is the number of questions put to `decide`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from homerule.advice import memo_document, playbook, playbook_document, vote_memo
from homerule.documents import to_html
from homerule.reasoning import Engine, Request

DAY = "2026-11-23"
PLACES = ["Cook County, IL", "Travis County, TX", "New York City", "Maryland", "Fort Myers, FL"]


def timed(call: Any, rounds: int) -> float:
    """The median of ``rounds`` calls, in seconds."""
    out = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        out.append(time.perf_counter() - start)
    return statistics.median(out)


def main() -> None:
    """Print one line a place."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rounds", type=int, default=5)
    rounds = p.parse_args().rounds
    print(f"{'place':<20}{'asked':>6}{'decide ms':>11}{'playbook cold':>15}{'warm ms':>9}{'warm/decide':>13}{'a question':>12}{'memo ms':>9}{'html ms':>9}")
    for place in PLACES:
        request = Request(place, "police", "hold", DAY, {"process": "admin_warrant", "form_complete": True, "claims_citizenship": False})
        engine = Engine()
        bare_cold = timed(lambda e=engine, r=request: e.decide(r), 1)
        bare = timed(lambda e=engine, r=request: e.decide(r), 50)
        cold = timed(lambda x=place: playbook(x, on=DAY, engine=Engine()), 1)
        warm = timed(lambda x=place, e=engine: playbook(x, on=DAY, engine=e), rounds)
        book = playbook(place, on=DAY, engine=engine)
        asked = sum(len(o.readings) for e in book.entries for o in e.options) + sum(len(v) for e in book.entries if e.neighbours for rows in (e.neighbours.states, e.neighbours.places) for v in rows.values())
        memo = timed(lambda x=place, e=engine: memo_document(vote_memo(x, "M03", on=DAY, engine=e)), rounds)
        html = timed(lambda b=book: to_html(playbook_document(b)), rounds)
        print(f"{place:<20}{asked:>6}{bare * 1e3:>11.3f}{cold * 1e3:>15.0f}{warm * 1e3:>9.1f}{warm / bare:>12.0f}x{warm / bare / max(asked, 1):>11.2f}x{memo * 1e3:>9.1f}{html * 1e3:>9.0f}   (decide cold {bare_cold * 1e3:.0f} ms)")


if __name__ == "__main__":
    main()
