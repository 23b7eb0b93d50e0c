"""The shipped scenarios: what they say of themselves, how they stand to one another, and to figures that they were not set with."""

from __future__ import annotations

import pytest

from homerule.capacity import load_scenario, run, scenarios
from homerule.capacity.heldout import Figure, compare, held_out, read
from homerule.capacity.sources import inputs
from homerule.errors import InputError

SHIPPED = ["fy2019", "fy2024", "fy2025", "today", "one-million", "most-limiting", "most-compelling", "no-local-beds", "no-deputation", "more-judges", "act-2025"]


def test_all_are_shipped() -> None:
    assert set(SHIPPED) <= set(scenarios())


@pytest.mark.parametrize("name", scenarios())
def test_each_says_what_it_is_and_where_its_inputs_come_from(name: str) -> None:
    s = load_scenario(name)
    assert s.name == name and s.title and s.says
    assert not s.forecast
    for used in inputs(s):
        assert used.source and used.says, used.name
        assert used.date is not None
    unsourced = [u.name for u in inputs(s) if u.source.startswith("set by the scenario") and u.kind != "parameter"]
    assert unsourced == []
    assert s.is_not


def removed(name: str, draws: int = 24):  # type: ignore[no-untyped-def]
    return run(load_scenario(name), draws=draws).total("removed")


def test_more_help_means_more_removals_draw_by_draw() -> None:
    today, limiting, compelling = (removed(n) for n in ("today", "most-limiting", "most-compelling"))
    assert (limiting < today).all()
    assert (compelling > today).all()


def test_each_thing_taken_away_lowers_removals() -> None:
    today = removed("today")
    for name in ("no-local-beds", "no-deputation"):
        assert (removed(name) <= today + 1).all(), name


def test_one_million_is_about_one_million() -> None:
    assert 0.9e6 <= run(load_scenario("one-million"), draws=40).headline("removed").p50 <= 1.1e6


def test_more_judges_bind_less() -> None:
    def waiting(name: str) -> float:
        return next(b.people_a_day for b in run(load_scenario(name), draws=24).binding() if b.constraint == "court")

    assert waiting("more-judges") < waiting("today") or waiting("today") == 0


def test_published_figures_held_out_lie_in_the_bands() -> None:
    """Figures that no parameter was set with: at least eight of ten inside the 80% bands, and not by bands so wide that they say nothing."""
    compared = [c for name in dict.fromkeys(f.scenario for f in held_out()) for c in compare(run(load_scenario(name), draws=150))]
    assert len(compared) == len(held_out()) >= 15
    inside = sum(c.inside for c in compared)
    assert inside >= 0.8 * len(compared), [(c.figure.what, c.p10, c.figure.value, c.p90) for c in compared if not c.inside]
    widths = sorted((c.p90 - c.p10) / c.figure.value for c in compared)
    assert widths[len(widths) // 2] < 0.35


def test_the_figures_held_out_are_not_among_those_set() -> None:
    import datetime as dt

    for figure in held_out():
        assert figure.series not in ("book_ins",) and isinstance(figure.date, dt.date)
        if figure.series == "detained":
            assert figure.date.month in (3, 6, 9, 12)  # the months that the stays were not fitted to


def test_a_figure_beyond_the_run_is_refused() -> None:
    import datetime as dt

    with pytest.raises(InputError):
        read(run(load_scenario("today"), draws=1), Figure("today", "next year", 1.0, "removed", (0, 400), dt.date(2027, 1, 1)))
