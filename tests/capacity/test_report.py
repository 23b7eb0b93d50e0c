"""What comes out: tables as plain data, charts, the two-page report, the folder, and the job that the web runs."""

from __future__ import annotations

import csv
import json
import math

import pytest

from homerule.capacity import load_scenario
from homerule.capacity.findings import differences, tables
from homerule.capacity.job import Simulation, compute, simulate_job
from homerule.capacity.parameters import CERTAINTY
from homerule.capacity.scenario import Change
from homerule.capacity.sources import inputs
from homerule.capacity.worth import local_levers, pulled, worth
from homerule.errors import InputError


@pytest.fixture(scope="module")
def sim() -> Simulation:
    return compute("today", runs=20, weeks=4)


@pytest.fixture(scope="module")
def other() -> Simulation:
    return compute("most-limiting", runs=20, lp=False, levers=False)


def test_tables_are_plain_data_without_gaps(sim: Simulation, other: Simulation) -> None:
    data = tables([sim, other])
    back = json.loads(json.dumps(data, allow_nan=False))
    first = back["scenarios"][0]
    assert {h["name"] for h in first["headlines"]} >= {"removed", "removed_detention", "turned_back", "removed_not_detained", "detained", "refused"}
    assert {s["state"] for s in first["states"]} >= {"tx", "ca", "dc"}
    assert {p["constraint"] for p in first["prices"]} >= {"beds", "court", "seats", "jail_access"}
    for p in first["prices"]:
        assert set(p["worth"]) == set(p["predicted"]) == {"-10%", "+10%", "+50%"} and 0 <= p["weeks_binding"] <= p["weeks"] == 4
    assert first["levers"] and first["costs"]["lines"] and first["inputs"] and first["cannot_know"]


def test_the_three_streams_make_all_removals(sim: Simulation) -> None:
    means = {h["name"]: h["mean"] for h in tables([sim])["scenarios"][0]["headlines"]}
    assert math.isclose(means["removed"], means["removed_detention"] + means["turned_back"] + means["removed_not_detained"], rel_tol=1e-9)


def test_states_and_channels_add_up_to_the_nation(sim: Simulation) -> None:
    one = tables([sim])["scenarios"][0]
    means = {h["name"]: h["mean"] for h in one["headlines"]}
    assert math.isclose(sum(s["removed_through_detention"]["mean"] for s in one["states"]), means["removed_detention"], rel_tol=1e-6)
    assert math.isclose(sum(c["mean"] for c in one["channels"]), means["removed_detention"], rel_tol=1e-6)


def test_the_same_seed_gives_the_same_numbers_and_another_others() -> None:
    a, b, c = (compute("today", runs=6, seed=s, lp=False, levers=False) for s in (3, 3, 4))
    assert json.dumps(tables([a])) == json.dumps(tables([b]))
    assert a.result.headline("removed") != c.result.headline("removed")


def test_differences_are_taken_draw_by_draw(sim: Simulation, other: Simulation) -> None:
    row = next(d for d in differences([sim, other]) if d["name"] == "removed")
    gap = other.result.total("removed") - sim.result.total("removed")
    assert math.isclose(row["mean"], float(gap.mean()), rel_tol=1e-9) and row["p5"] <= row["p50"] <= row["p95"] < 0
    unpaired = next(d for d in differences([sim, compute("most-limiting", runs=5, lp=False, levers=False)]) if d["name"] == "removed")
    assert unpaired["p5"] is None  # no band where the draws are not the same


def test_every_input_has_source_date_and_certainty(sim: Simulation) -> None:
    used = inputs(load_scenario("act-2025"), sim.costs.sheet)
    assert {u.kind for u in used} == {"parameter", "lever", "beds", "table", "price"}
    for u in used:
        assert u.source and u.date and u.certainty in CERTAINTY, u.name


def test_a_lever_that_changes_nothing_is_worth_nothing_and_ends_are_as_said() -> None:
    import numpy as np

    s = load_scenario("today")
    found = {w.lever.id: w for w in worth(s, draws=6)}
    assert set(found) == {x.id for x in local_levers()}
    assert found["officers"].less.p50 == 0 < found["officers"].more.p50
    for name in ("jail_holds", "task_forces", "prisons", "dedicated_beds"):
        assert found[name].less.p50 < 0, name
    from homerule.capacity.levers import Levers

    out = pulled(pulled(Levers.neutral(), Change(beds={"local": 0.0})), Change(beds={"digsa": 1.5}))
    from homerule.capacity.tables import read_tables

    kinds = list(read_tables().kinds)
    assert (out.beds[kinds.index("digsa")] == 1.5).all() and (out.beds[kinds.index("igsa")] == 0).all()
    assert (pulled(Levers.neutral(), Change(theta=0.3)).theta == 0.3).all()
    assert np.isnan(Levers.neutral().theta).all()


def test_the_job_tells_its_progress_and_never_goes_back() -> None:
    told: list[float] = []
    out = simulate_job("more-judges", runs=4, weeks=3, progress=lambda x, what: told.append(x), charts=False)
    assert told == sorted(told) and told[-1] == 1.0 and all(0 <= x <= 1 for x in told)
    assert out["scenarios"][0]["scenario"]["name"] == "more-judges" and json.dumps(out)


def test_charts_say_unit_source_and_day(sim: Simulation, other: Simulation) -> None:
    pytest.importorskip("altair")
    from homerule.capacity.figures import pictures

    for sims in ([sim], [sim, other]):
        drawn = pictures(sims)
        assert {"removals", "held", "stages", "channels", "costs", "levers", "map"} <= set(drawn)
        for name, chart in drawn.items():
            text = json.dumps(chart.spec)
            assert "Source: Homerule" in text and "As of 2026-04-02" in text and chart.alt, name
    with pytest.raises(InputError, match=r"six|6"):
        pictures([sim] * 7)


@pytest.mark.parametrize("several", [False, True])
def test_the_report_has_two_pages(sim: Simulation, other: Simulation, several: bool) -> None:
    pytest.importorskip("typst")
    pytest.importorskip("altair")
    pdfium = pytest.importorskip("pypdfium2")
    from homerule.capacity.figures import pictures
    from homerule.capacity.report import report
    from homerule.documents import to_html, to_pdf

    sims = [sim, other] if several else [sim]
    doc = report(sims, pictures(sims))
    pages = pdfium.PdfDocument(to_pdf(doc))
    assert len(pages) == 2
    text = " ".join(" ".join(pages[i].get_textpage().get_text_range() for i in range(2)).split())
    assert "Not a forecast" in text and "What this cannot know" in text and "All federal" in text
    assert "<svg" in to_html(doc) or "<img" in to_html(doc)


def test_the_folder_holds_every_table(sim: Simulation, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from homerule.capacity.writing import write

    files = {p.relative_to(tmp_path).as_posix() for p in write([sim], str(tmp_path))}
    assert {"results.json", "weeks.csv", "headlines.csv", "states.csv", "prices.csv", "levers.csv", "costs.csv", "inputs.csv", "report.html"} <= files
    with (tmp_path / "inputs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows and all(r["source"] and r["date"] and r["certainty"] for r in rows)
    with (tmp_path / "weeks.csv").open(encoding="utf-8") as file:
        weeks = [r for r in csv.DictReader(file) if r["series"] == "detained"]
    assert len(weeks) == 53 and float(weeks[0]["p5"]) <= float(weeks[0]["p50"]) <= float(weeks[0]["p95"])
    if "weeks.parquet" in files:
        import pyarrow.parquet as pq

        assert pq.read_table(tmp_path / "weeks.parquet").num_rows == sum(1 for _ in (tmp_path / "weeks.csv").open()) - 1
    taken = tmp_path / "file"
    taken.write_text("x")
    with pytest.raises(InputError):
        write([sim], str(taken / "below"))


def test_the_bound_is_never_below_the_run(sim: Simulation) -> None:
    assert sim.bound is not None
    assert sim.bound.removals >= sim.bound.fluid * (1 - 1e-6)
