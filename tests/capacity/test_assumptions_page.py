"""The page of assumptions is what the program assumes."""

from __future__ import annotations

from pathlib import Path

from homerule.capacity import load_scenario
from homerule.capacity.costs import shipped_sheet
from homerule.capacity.sources import LIMITS, inputs, label, markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "capacity-assumptions.md"


def test_the_page_is_up_to_date() -> None:
    """Mend with: homerule simulate --assumptions today --markdown > docs/reference/capacity-assumptions.md"""
    assert PAGE.read_text("utf-8") == markdown(inputs(load_scenario("today"), shipped_sheet()))


def test_the_page_names_every_parameter_and_limit() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"`{name}`" in text for name in load_scenario("today").assumptions())
    assert all(limit in text for limit in LIMITS)


def test_every_parameter_that_varies_has_a_short_name() -> None:
    for name, p in load_scenario("today").assumptions().items():
        if p.low < p.high:
            assert 3 < len(label(name)) < 36
