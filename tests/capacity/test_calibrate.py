"""Calibration: what was put in is found again, real months are met, and bad tables are refused in a sentence."""

from __future__ import annotations

import calendar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.capacity import run
from homerule.capacity.calibrate import Fit, calibrate, scenario_toml
from homerule.capacity.monthly import read_table
from homerule.capacity.scenario import read_scenario
from homerule.errors import InputError


def made(stay: float, cbp_stay: float, months: int = 14, fast: float = 0.75, ratio: float = 5.2, jump: float = 1.6) -> str:
    """A table from daily steps of two tracks a class: an independent reckoning of what `calibrate.held` has in closed form."""
    rows = ["month,held_ice,held_cbp,book_ins_ice,book_ins_cbp,book_outs,removed,removals,from_jail"]
    stays, rates = (stay, cbp_stay), [1000.0, 150.0]
    tau = [[s / (fast + (1 - fast) * ratio) * (ratio if slow else 1) for slow in (0, 1)] for s in stays]
    stock = [[rates[c] * (fast, 1 - fast)[k] * tau[c][k] for k in (0, 1)] for c in (0, 1)]
    y, m = 2024, 1
    for i in range(months):
        days = calendar.monthrange(y, m)[1]
        now = [r * (jump if i >= 3 else 1.0) * (1 + 0.1 * np.sin(i)) for r in rates]
        held = [0.0, 0.0]
        outs = 0.0
        for _ in range(days * 24):
            for c in (0, 1):
                for k in (0, 1):
                    gone = stock[c][k] * (1 - np.exp(-1 / 24 / tau[c][k]))
                    stock[c][k] += now[c] * (fast, 1 - fast)[k] / 24 - gone
                    outs += gone
                held[c] += sum(stock[c]) / days / 24
        rows.append(f"{y}-{m:02d},{held[0]:.1f},{held[1]:.1f},{now[0] * days:.0f},{now[1] * days:.0f},{outs:.0f},{outs * 0.8:.0f},{outs:.0f},{now[0] * days * 0.4:.0f}")
        y, m = (y + 1, 1) if m == 12 else (y, m + 1)
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    path = tmp_path_factory.mktemp("fit") / "months.csv"
    path.write_text(made(40, 90))
    return calibrate(str(path), forward=False)


def test_known_stays_are_found_again(fit: Fit) -> None:
    assert fit.parameters["ice_stay"][1] == pytest.approx(40, rel=0.05)
    assert fit.parameters["cbp_stay"][1] == pytest.approx(90, rel=0.10)
    assert fit.error < 0.01 < fit.constant
    assert fit.parameters["removal_share"][1] == pytest.approx(0.8, rel=0.01)
    assert fit.parameters["jail_share"][1] == pytest.approx(0.4, rel=0.01)


def test_ranges_are_in_order_and_hold_the_truth(fit: Fit) -> None:
    for low, central, high, words in fit.parameters.values():
        assert low <= central <= high and words
    assert fit.parameters["ice_stay"][0] <= 40 <= fit.parameters["ice_stay"][2]


def test_months_left_out_are_told_apart(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "m.csv"
    path.write_text(made(50, 80))
    fit = calibrate(str(path), hold_out=2, without=("2024-05",))
    assert [m.month for m in fit.months if not m.used] == ["2024-05", "2025-01", "2025-02"]
    assert fit.error_out is not None and fit.error_out < 0.03
    assert fit.last == "2024-12"


@pytest.mark.parametrize("forward", [True, False])
def test_the_scenario_written_can_be_run_and_meets_the_months(fit: Fit, forward: bool) -> None:
    s = read_scenario(scenario_toml(fit, "mine", forward=forward), "mine.toml")
    assert "calibrated on months.csv" in s.assumptions()["ice_stay"].source
    assert fit.digest[:16] in s.assumptions()["ice_stay"].source
    if not forward:
        result = run(s.changed(beds_over_average=5.0, holding_rooms=1e5, judges=1e5, flights=1e3, detained_docket=1.0), draws=8)
        start = 0
        for month in fit.months[:12]:
            days = calendar.monthrange(int(month.month[:4]), int(month.month[5:]))[1]
            held = float(np.median(result.series("detained")[start : start + days].mean(0)))
            assert held == pytest.approx(month.held, rel=0.10), month.month
            start += days


def test_real_months_are_met_better_than_by_the_baselines(data) -> None:  # type: ignore[no-untyped-def]
    """Fitted in sample: the published baselines of a steady two-class stay, 2019, 2024 and 2025."""
    path = data / "aggregates" / "national_detention_monthly.csv"
    if not path.is_file():
        pytest.skip("no monthly table")
    for first, last, baseline in (("2018-10", "2019-09", 0.108), ("2023-10", "2024-09", 0.070), ("2024-10", "2025-08", 0.073)):
        fit = calibrate(str(path), first, last)
        assert fit.error < baseline, (first, fit.error)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column"), ("month,held\n2024-01,5\n", "book_ins"), ("month,held,book_ins\n2024-13,5,5\n", "no month"), ("month,held,book_ins\n2024-01,x,5\n", "no number"),
        ("month,held,book_ins\n2024-01,-5,5\n", "no count"), ("month,held,book_ins\n2024-01,5,5\n2024-01,5,5\n", "twice"), ("month,held,book_ins\n2024-01,0,5\n", "nobody"),
        ("month,held,book_ins\n2024-01,5,\n", "empty"), ("month,held,book_ins\n2024-01,5,5\n2024-02,5,5\n", "at least four"),
        ("month,held,book_ins\n2024-01,5,5\n2024-02,5,5\n2024-03,5,5\n2024-05,5,5\n2024-06,5,5\n", "missing"), ("month,held,book_ins,days\n2024-02,5,5,31\n", "days"),
        ("metric,group,month,value\nadp,ICE Average,2024-01,5\n", "both classes"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_a_sentence(text: str, says: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        calibrate(str(path))


def test_files_that_are_none() -> None:
    with pytest.raises(InputError):
        calibrate("nowhere.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: ("month,held,book_ins\n" + t).encode("utf-8", "replace")))
def test_no_bytes_bring_it_down(tmp_path, raw: bytes) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "any.csv"
    path.write_bytes(raw)
    try:
        table = read_table(str(path))
    except InputError:
        return
    assert len(table.months) == len(table.held) == len(table.book_ins)
