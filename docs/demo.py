"""`make demo`: three real requests answered end to end, where state law forbids, where it compels, and where it leaves the choice."""

from __future__ import annotations

from homerule.cli.main import main

REQUESTS = [
    ("A state that forbids", ["--place", "Cook County, IL", "--actor", "jail", "--request", "hold", "--fact", "process=admin_warrant", "--fact", "form_complete=true", "--fact", "claims_citizenship=false"]),
    ("A state that compels", ["--place", "Travis County, TX", "--actor", "sheriff", "--request", "hold", "--at", "14:00", "--fact", "process=admin_warrant", "--fact", "form_complete=true", "--fact", "claims_citizenship=false"]),
    ("A state that leaves the choice", ["--place", "Salt Lake County, UT", "--actor", "jail", "--request", "hold", "--at", "14:00", "--fact", "process=admin_warrant", "--fact", "form_complete=true", "--fact", "claims_citizenship=false"]),
]
DAY = "2026-11-20"


def run() -> int:
    for title, args in REQUESTS:
        print(f"\n=== {title}\n$ homerule decide {' '.join(a if ' ' not in a else repr(a) for a in args)} --on {DAY}\n")
        if main(["decide", *args, "--on", DAY]):
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(run())
