"""Published studies, line by line, within the rounding of their sources."""

from __future__ import annotations

import re

import pytest

from homerule.capacity import costs
from homerule.capacity.sheets import Sheet
from homerule.capacity.studies import load_study, reproduce, studies
from homerule.errors import InputError

#: Figures as their sources print them, written down apart from the parameter files: study, line, figure, rounding.
PRINTED = [
    ("cap-2010", "apprehension", 158e9, 1e9), ("cap-2010", "detention", 29e9, 1e9), ("cap-2010", "legal", 7e9, 1e9), ("cap-2010", "transport", 6e9, 1e9),
    ("cap-2010", "total", 200e9, 1e9), ("cap-2010", "each", 23_482, 1), ("cap-2010", "five_years", 285e9, 1e9),
    ("aaf-2015", "removal_low", 103.9e9, 1e8), ("aaf-2015", "removal_high", 303.7e9, 1e8), ("aaf-2015", "total_low", 419.6e9, 1e8), ("aaf-2015", "total_high", 619.4e9, 1e8),
    ("aic-2024", "components", 87.7e9, 1e8), ("aic-2024", "total", 88e9, 1e9), ("aic-2024", "detention_cost", 66e9, 1e9), ("aic-2024", "programme", 967.9e9, 1e9),
    ("aic-2024", "beds_short", 137_000, 1000), ("aic-2024", "detention_short", 9.1e9, 1e8),
    ("pwbm-2025", "each", 70_236, 1), ("gao-18-343", "a_year", 62.05e6, 1e4), ("crs-r47637", "judges_then", 949, 1),
    ("reengineering-2026", "through", 414_000, 1000), ("ice-ratios", "people_for_million", 144_000, 1000), ("ice-ratios", "people_all_detained", 172_000, 1000),
]  # fmt: skip


@pytest.mark.parametrize(("study", "line", "figure", "to"), PRINTED)
def test_a_published_figure_is_reproduced(study: str, line: str, figure: float, to: float) -> None:
    value = next(r.value for r in reproduce(load_study(study)) if r.name == line)
    assert abs(value - figure) <= to / 2 * (1 + 1e-9)


@pytest.mark.parametrize("name", studies())
def test_every_line_that_prints_a_figure_agrees(name: str) -> None:
    lines = reproduce(load_study(name))
    assert [r.name for r in lines if not r.agrees] == []
    assert any(r.printed is not None for r in lines)


@pytest.mark.parametrize("name", studies())
def test_a_study_stands_on_its_own_inputs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No default of the cost module bears on a study."""
    before = [r.value for r in reproduce(load_study(name))]
    dear = costs.shipped_sheet()
    monkeypatch.setattr(costs, "shipped_sheet", lambda: Sheet(dear.name, tuple(i._replace(low=9.0, central=9.0, high=9.0) for i in dear.inputs), dear.lines))
    assert [r.value for r in reproduce(load_study(name))] == before


@pytest.mark.parametrize(("study", "field"), [("cap-2010", "detention_each"), ("aic-2024", "bed_day"), ("gao-18-343", "held"), ("aaf-2015", "legal"), ("pwbm-2025", "low")])
def test_a_changed_figure_is_noticed(study: str, field: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = studies()[study].read_text("utf-8")
    changed = re.sub(rf"(\[input\.{field}\]\nvalue = )([\d.e]+)", lambda m: f"{m[1]}{float(m[2]) * 1.1}", text)
    assert changed != text
    path = tmp_path / "changed.toml"
    path.write_text(changed)
    assert not all(r.agrees for r in reproduce(load_study(str(path))))


def test_the_models_prices_are_those_that_the_studies_give() -> None:
    prices = {i.name: i for i in costs.shipped_sheet().inputs}
    aaf = {r.name: r.value for r in reproduce(load_study("aaf-2015"))}
    aic = {r.name: r.value for r in reproduce(load_study("aic-2024"))}
    assert prices["arrest"].low == pytest.approx(aaf["arrest_each"], rel=0.01)
    assert prices["arrest"].central == pytest.approx(aic["arrest_each"])
    assert prices["legal"].central == pytest.approx(aaf["legal_each"], abs=1)
    assert prices["legal"].high == pytest.approx(aic["legal_each"])
    assert prices["transport"].high == pytest.approx(aic["transport_each"])


def test_the_backlog_falls_only_from_the_published_threshold() -> None:
    lines = {r.name: r.value for r in reproduce(load_study("crs-r47637"))}
    assert lines["growth_0"] > lines["growth_200"] > 0
    assert lines["growth_300"] <= 1e-6


@pytest.mark.parametrize("text", ["", "title = 'x'", "title = [", "title='t'\nsays='s'\nsource='s'\ndate=2026-01-01\ncertainty='c'\n[[line]]\nname='a'\nformula='b'\n"])
def test_a_study_that_cannot_be_read_is_a_sentence(text: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(InputError):
        reproduce(load_study(str(path)))
    with pytest.raises(InputError, match="cap-2010"):
        load_study("cap-2011")
