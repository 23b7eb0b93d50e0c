"""Looking back: no peeking, a known truth found, and the published numbers beaten where the data is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homerule.capacity.hindcast import RELEASE_LAG, Model, Months, baseline, months_from, predict, read_months, score
from homerule.errors import InputError


def made(n: int = 40, seed: int = 0) -> Months:
    """A record whose classes leave at constant hazards of 1/45 and 1/70 a day."""
    rng = np.random.default_rng(seed)
    names = tuple(f"{2018 + (m + 9) // 12}-{(m + 9) % 12 + 1:02d}" for m in range(n))
    days = np.full(n, 30.0)
    rate = np.stack([300 + 200 * np.sin(np.arange(n) / 6) + 20 * rng.random(n), 400 - 5.0 * np.arange(n)], 1)
    held = np.zeros((n, 2))
    held[0] = rate[0] * [45, 70]
    hazard = np.array([1 / 45, 1 / 70])
    for m in range(1, n):
        stay = np.exp(-hazard * 30)
        held[m] = held[m - 1] * stay + (rate[m - 1] + rate[m]) / 2 * (1 - stay) / hazard
    return Months(names, days, held, rate)


def test_a_constant_hazard_is_found() -> None:
    record = made()
    path = predict(record, record.months[30], 6)
    assert max(abs(e) for e in path.errors) < 0.05
    assert abs(baseline(record, 30, 6)[-1] / record.held[36].sum() - 1) < 0.01


def test_the_model_meets_every_month_that_it_knows() -> None:
    record = made()
    np.testing.assert_allclose(Model(record).stock.sum(1), record.held, rtol=1e-6)


def test_nothing_after_the_origin_is_used() -> None:
    record = made()
    o = 25
    spoilt = record._replace(held=np.where(np.arange(40)[:, None] > o, 1.0, record.held))
    a, b = (predict(r, record.months[o], 5, draws=50) for r in (record, spoilt))
    assert a.held == b.held
    spoilt_too = spoilt._replace(rate=np.where(np.arange(40)[:, None] > o, 9e5, record.rate))
    a, b = (predict(r, record.months[o], 5, later="held", draws=50) for r in (record, spoilt_too))
    assert a.held == b.held
    full = Model(record).ahead(o, 5)[:, 0]
    assert [x.p50 for x in predict(record, record.months[o], 5).held] == pytest.approx(full.tolist())


def row(metric: str, group: str, month: str, value: float, release: str) -> dict[str, str]:
    return {"metric": metric, "group": group, "month": month + "-01", "value": str(value), "from_release": release}


def test_a_part_month_is_put_on_the_days_that_it_covers() -> None:
    rows = []
    for month, release, share in (("2025-06", "2025-09-25", 1.0), ("2025-07", "2025-09-25", 1.0), ("2025-08", "2025-09-25", 1.0), ("2025-09", "2025-09-25", (25 - RELEASE_LAG) / 30)):
        days = {"2025-06": 30, "2025-09": 30}.get(month, 31)
        for k, g in enumerate(("ICE", "CBP")):
            rows += [row("adp", f"{g} Average", month, 1000 * (k + 1), release), row("book_ins", g, month, 10 * days * share, release)]
    record = months_from(rows)
    np.testing.assert_allclose(record.rate, 10.0)
    with pytest.raises(InputError, match="fewer than four"):
        months_from(rows[:8])
    with pytest.raises(InputError, match="holds"):
        months_from([{**rows[0], "value": "many"}])


def test_bad_requests_are_sentences(tmp_path: Path) -> None:
    record = made()
    for origin, months, later in (("1999-01", 3, "known"), (record.months[38], 6, "known"), (record.months[20], 0, "known"), (record.months[20], 3, "guessed"), (record.months[1], 3, "known")):
        with pytest.raises(InputError):
            predict(record, origin, months, later)
    with pytest.raises(InputError, match="no file"):
        read_months(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="lacks"):
        read_months(tmp_path / "x.csv")


@pytest.fixture(scope="module")
def record(data: Path) -> Months:
    path = data / "aggregates" / "national_detention_monthly.csv"
    if not path.is_file():
        pytest.skip("no monthly table")
    return read_months(path)


def test_october_to_march_is_within_eight_percent_from_september(record: Months) -> None:
    path = predict(record, "2025-09", 6)
    assert path.months == ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    assert np.mean(np.abs(path.errors)) <= 0.08
    assert np.mean(np.abs(predict(record, "2025-09", 6, later="held").errors)) <= 0.08  # even with the book-ins of September


def test_the_published_errors_are_beaten_on_the_same_months(record: Months) -> None:
    one, three, six = score(record, "2025-02", "2026-03")
    assert (one.targets, three.targets, six.targets) == (14, 14, 14)
    assert three.model <= 0.071 and six.model <= 0.107
    assert three.model <= three.hazard and six.model <= six.hazard
    assert one.model <= 0.05 and one.model < one.last and three.model < three.last and six.model < six.last


def test_the_bands_hold_what_they_say(record: Months) -> None:
    """Over the months on which nothing was chosen, and those on which it was."""
    found = [*score(record, "2019-06", "2025-01"), *score(record, "2025-02", "2026-03")]
    inside = sum(s.inside * s.targets for s in found) / sum(s.targets for s in found)
    assert 0.80 <= inside <= 0.97
