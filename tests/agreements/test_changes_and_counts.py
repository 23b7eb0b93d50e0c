"""What changed between two days, and counts; on samples, and on the real lists, whose changes were read by hand."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from homerule.agreements import Agreement, ListFacts, by_date, by_model, by_state, diff, listed_on, resolve
from homerule.agreements.importing import read_file
from homerule.agreements.listing import Listing, Row
from tests.agreements.conftest import listing, row

AA, BB, CC = (row(f"{n} Police Department") for n in ("Aa", "Bb", "Cc"))


def made(*lists: Listing) -> tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]:
    r = resolve(lists)
    return r.agreements, r.lists


def test_joined_left_renewed_and_back() -> None:
    held = made(listing("2025-03-10", AA, BB), listing("2025-04-01", BB, CC), listing("2025-05-01", AA, CC._replace(signed="2025-04-20")))
    d = diff(*held, date(2025, 3, 31), date(2025, 12, 31))
    assert (d.start, d.end, d.lists) == (date(2025, 3, 10), date(2025, 5, 1), 2)
    assert [(m.agency, m.on) for m in d.joined] == [("Cc Police Department", date(2025, 4, 1))]
    assert [(m.agency, m.last_listed, m.absent_from) for m in d.left] == [("Bb Police Department", date(2025, 4, 1), date(2025, 5, 1))]
    assert [m.agency for m in d.renewed] == ["Cc Police Department"] and [m.agency for m in d.back] == ["Aa Police Department"]


def test_who_came_and_went_between_the_two_days_is_in_both() -> None:
    d = diff(*made(listing("2025-03-10", AA), listing("2025-04-01", AA, BB), listing("2025-05-01", AA)), date(2025, 3, 15), date(2025, 6, 1))
    assert [m.agency for m in d.joined] == [m.agency for m in d.left] == ["Bb Police Department"]


def test_a_switch_is_not_also_a_leaving() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-05-20")
    d = diff(*made(listing("2025-03-10", AA, BB), listing("2025-06-01", jail, BB)), date(2025, 3, 10), date(2025, 6, 1))
    assert [m.model for m in d.switched] == ["jail"] and not d.left and not d.joined


def test_two_switches_do_not_hide_a_leaving() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-05-20")
    d = diff(*made(listing("2025-03-10", AA, BB, CC), listing("2025-06-01", jail, CC)), date(2025, 3, 10), date(2025, 6, 1))
    assert [m.agency for m in d.left] == ["Bb Police Department"]


def test_days_without_a_list_are_said() -> None:
    held = made(listing("2025-03-10", AA), listing("2025-06-01", AA))
    assert "No list as old" in diff(*held, date(2024, 1, 1), date(2025, 7, 1)).note
    assert "No list stands between" in diff(*held, date(2025, 4, 1), date(2025, 4, 2)).note
    assert diff((), (), date(2025, 1, 1), date(2025, 2, 1)).note == "no list is held"


def test_counts() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-05-20")
    held = made(listing("2025-03-10", AA, BB), listing("2025-06-01", AA, jail), listing("2025-07-01", AA, jail, BB))
    stats = by_state(*held)
    assert (stats.on, stats.rows[0].agreements, stats.rows[0].bodies, stats.rows[0].models) == (date(2025, 7, 1), 3, 2, {"jail": 1, "task_force": 2})
    assert by_model(*held, on=date(2025, 6, 15)) == {"jail": 1, "task_force": 1}
    assert [(d.isoformat(), sum(c.values())) for d, c in by_date(*held)] == [("2025-03-10", 2), ("2025-06-01", 2), ("2025-07-01", 3)]
    assert by_state(*held, on=date(2025, 1, 1)).on is None


def test_the_map_and_the_chart_show_the_counts() -> None:
    from homerule.agreements.picture import chart, map_svg

    held = made(listing("2025-03-10", AA, BB), listing("2025-06-01", AA))
    svg = map_svg(by_state(*held))
    assert "Texas: 1 agreements of 1 bodies" in svg and "1 June 2025" in svg
    pytest.importorskip("altair")
    assert "2 on 10 March 2025, 1 on 1 June 2025" in chart(by_date(*held)).alt


# ---------------------------------------------------------------------- the real lists


@pytest.fixture(scope="module")
def real(data: Path) -> tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]:
    lists = [s for p in sorted((data / "sheets").glob("*.xlsx")) for s in read_file(p, by="test").lists]
    return made(*lists)


@pytest.fixture(scope="module")
def every_list(data: Path) -> tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]:
    """Some states on all 1,132 lists, put together again from the first and last list of each distinct row."""
    import duckdb

    with (data / "snapshots.csv").open(encoding="utf-8") as file:
        days = sorted({(r["list_type"], r["list_date"]) for r in csv.DictReader(file)})
    rows = duckdb.sql(f"select list_type, state, law_enforcement_agency, type, county, support_type, signed, first_seen, last_seen from '{data / 'listing_rows_2021_2026.parquet'}' where state in ('MARYLAND', 'MAINE', 'DELAWARE')").fetchall()
    held: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for kind, state, agency, body, county, support, signed, first, last in rows:
        for k, d in days:
            if k == kind and first.isoformat() <= d <= last.isoformat():
                held[k, d].append(Row(state, agency, body or "", county or "", support or "", signed or ""))
    rest = Row("TEXAS", "Zz Police Department", support="Task Force Model", signed="2020-01-01")  # so that no list is empty
    return made(*(listing(d, rest, *held[k, d], pending=k == "pending") for k, d in days))


MARYLAND = {  # read by hand in the table of all lists: last listed
    "allegany-county": "2026-03-03", "harford-county": "2026-02-17", "wicomico-county": "2026-02-17", "carroll-county": "2026-02-17",
    "st-marys-county": "2026-02-17", "cecil-county": "2026-02-17", "frederick-county": "2026-02-13",
}  # fmt: skip


def test_the_exits_of_maryland_maine_and_delaware(every_list: tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]) -> None:
    d = diff(*every_list, date(2025, 1, 1), date(2026, 3, 31))
    left = {m.place: m for m in d.left}
    for county, last in MARYLAND.items():
        assert str(left[f"md/{county}"].last_listed) == last, county
        assert left[f"md/{county}"].absent_from and left[f"md/{county}"].absent_from <= date(2026, 3, 10)
    assert left["me/wells"].last_listed == date(2025, 10, 23)
    assert left["de/camden"].last_listed == date(2025, 5, 2)
    camden = next(m for m in d.joined if m.place == "de/camden")
    assert camden.on == date(2025, 5, 2) or camden.on <= date(2025, 5, 2)
    assert not {m.place for m in d.left} & {"md/garrett-county", "md/washington-county"}  # listed until May


def test_the_same_exits_on_the_workbooks_at_hand(real: tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]) -> None:
    d = diff(*real, date(2025, 1, 4), date(2026, 5, 18))
    left = {m.place: (str(m.last_listed), str(m.absent_from)) for m in d.left}
    for county in MARYLAND:
        assert left[f"md/{county}"] == (("2026-03-02", "2026-04-01") if county == "allegany-county" else ("2026-02-02", "2026-03-02")), county
    assert left["me/wells"] == ("2025-10-14", "2025-11-14")
    assert left["md/garrett-county"] == ("2026-04-01", "2026-05-18")


def test_the_surges_of_florida_and_texas(real: tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]) -> None:
    agreements, lists = real
    counts = {day: {r.state: r.agreements for r in by_state(agreements, lists, date.fromisoformat(day)).rows} for day in ("2025-01-04", "2025-03-06", "2025-06-20", "2026-01-05", "2026-05-18")}
    assert counts["2025-01-04"]["fl"] == 48 and counts["2025-03-06"]["fl"] > 3 * 48
    assert counts["2026-05-18"]["tx"] > 1.4 * counts["2026-01-05"]["tx"] > 1.4 * 2 * counts["2025-06-20"]["tx"]
    d = diff(agreements, lists, date(2025, 2, 21), date(2025, 3, 6))
    florida = [m for m in d.joined if m.state == "fl"]
    assert len(florida) > 100 and all(date(2025, 2, 21) < m.on <= date(2025, 3, 6) for m in florida)


def test_every_row_of_the_newest_list_is_an_agreement_listed_that_day(real: tuple[tuple[Agreement, ...], tuple[ListFacts, ...]], data: Path) -> None:
    """State, model and signing date of each row against the table of cells."""
    agreements, _ = real
    held = sorted((a.state, a.model, str(a.signed)) for a in agreements if listed_on(a, date(2026, 5, 18)))
    from homerule.agreements.kinds import kinds
    from homerule.agreements.names import read_state

    with (data / "participating_2026-05-18_with_urls.csv").open(encoding="utf-8") as file:
        truth = sorted((read_state(r["state"]).value, kinds().support(r["support_type"])[1], r["signed"]) for r in csv.DictReader(file))
    wrong = sum(a != b for a, b in zip(held, truth, strict=False)) + abs(len(held) - len(truth))
    assert wrong <= 0.005 * len(truth)


def test_no_agreement_of_the_real_lists_ends_without_a_document(real: tuple[tuple[Agreement, ...], tuple[ListFacts, ...]]) -> None:
    assert all(a.ends is None and not any(e.what == "ended" for e in a.events) for a in real[0])
