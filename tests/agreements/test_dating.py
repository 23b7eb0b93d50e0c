"""File names lie about the day of a list; what is in the file, and the lists beside it, tell the truth."""

from __future__ import annotations

import random
from datetime import date

import pytest

from homerule.agreements.dating import date_lists
from homerule.agreements.listing import Listing, Row

WITH_COUNTY = ("state", "agency", "body", "county", "support", "signed", "link")
WAITING = ("state", "agency", "body", "county", "support")


def one(name: str, signed: str = "", *, saved: str = "", columns: tuple[str, ...] = WITH_COUNTY, rows: tuple[str, ...] = ("Aa",)) -> Listing:
    held = tuple(Row("TEXAS", f"{r} Police Department", support="Task Force Model", signed=signed) for r in rows)
    return Listing(name, name + "|" + saved, "Sheet1", columns, held, tuple(range(2, 2 + len(held))), date.fromisoformat(saved) if saved else None)


def dated(listing: Listing) -> tuple[str, bool]:
    found = date_lists([listing])[listing.key, listing.sheet]
    assert found is not None
    return found.on.isoformat(), bool(found.doubt)


@pytest.mark.parametrize(
    ("listing", "on", "doubtful"),
    [
        (one("participatingAgencies09052025am.xlsx", "2025-09-03", saved="2025-09-04"), "2025-09-05", False),
        (one("participatingAgencies09052025am.xlsx", "2025-09-03"), "2025-09-05", False),
        (one("participatingAgencies01052025pm.xlsx", "2025-12-18", saved="2026-01-05"), "2026-01-05", True),
        (one("participatingAgencies01052025pm.xlsx", "2025-12-18"), "2026-01-05", True),
        (one("pendingAgencies01052025pm.xlsx", saved="2026-01-05", columns=WAITING), "2026-01-05", True),
        (one("pendingAgencies01052025pm.xlsx", columns=WAITING), "2026-01-05", True),  # no list had a county column then
        (one("participatingAgencies090022025am.xlsx", "2025-08-29", saved="2025-09-02"), "2025-09-02", True),
        (one("participatingAgencies090022025am.xlsx", "2025-08-29"), "2025-09-02", True),
        (one("participatingAgencies08022025am.xlsx", "2025-08-28", saved="2025-09-02"), "2025-09-02", True),  # the month not turned over
        (one("ParticipatingEntities-20210113002027.xlsx", "2020-12-23", saved="2025-04-17", columns=WITH_COUNTY[:2]), "2021-01-13", False),
        (one("ParticipatingAgency091826am.xlsx", "2026-09-15"), "2026-09-18", False),
        (one("287gParticipatingAgencies091526pm.xlsx", "2026-09-15"), "2026-09-15", False),
        (one("participating_2026-05-18_with_urls.csv", "2026-05-17"), "2026-05-18", False),
        (one("participating_2021-01-13.csv", "2020-06-09"), "2021-01-13", False),  # with columns that somebody added
        (one("list.xlsx", "2026-05-17", saved="2026-05-18"), "2026-05-18", True),
        (one("list.xlsx", "2026-05-17"), "2026-05-17", True),
    ],
)
def test_the_day_of_a_list(listing: Listing, on: str, doubtful: bool) -> None:
    assert dated(listing) == (on, doubtful)


def test_a_list_that_nothing_dates_is_kept_out() -> None:
    assert date_lists([one("list.xlsx", columns=WAITING)])[("list.xlsx|", "Sheet1")] is None


def test_one_slip_does_not_move_a_large_list() -> None:
    rows = tuple(Row("TEXAS", f"A{i} Police Department", support="TFM", signed="2025-08-01" if i else "2025-12-01") for i in range(200))
    listing = Listing("participatingAgencies08152025am.xlsx", "x", "Sheet1", WITH_COUNTY, rows, tuple(range(200)))
    assert dated(listing) == ("2025-08-15", False)


def test_neighbours_date_a_pending_list_and_their_order_does_not_matter() -> None:
    before = one("pendingAgencies03172025am.xlsx", columns=WAITING, rows=("Aa", "Bb", "Cc"), saved="2025-03-17")
    after = one("pendingAgencies03202026am.xlsx", columns=WAITING, rows=("Xx", "Yy", "Zz"), saved="2026-03-20")
    lost = one("pendingAgencies03182025am.xlsx", columns=WAITING, rows=("Xx", "Yy", "Zz"))
    lists = [before, after, lost]
    answers = set()
    for seed in range(4):
        random.Random(seed).shuffle(lists)
        answers.add(date_lists(lists)[lost.key, "Sheet1"])
    (found,) = answers
    assert found is not None and found.on == date(2026, 3, 18) and found.doubt


def test_lists_of_one_day_stand_in_order() -> None:
    names = ["participatingAgencies09052025am.xlsx", "participatingAgencies09052025mid.xlsx", "participatingAgencies09052025pm.xlsx", "participatingAgencies09052025pmB.xlsx"]
    found = date_lists([one(n, "2025-09-03") for n in names])
    clocks = [d.clock for n in names if (d := found[n + "|", "Sheet1"])]
    assert clocks == sorted(clocks) and len(set(clocks)) == 4
