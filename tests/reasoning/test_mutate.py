"""Removing a norm in turn finds the norms that no example would miss."""

from __future__ import annotations

from pathlib import Path

from homerule.corpus import Corpus
from homerule.reasoning import Engine
from homerule.reasoning.examples import run_all
from homerule.reasoning.mutate import unnoticed
from tests.conformance.build import corpus, table


def test_a_norm_that_no_example_misses_is_found(tmp_path: Path) -> None:
    corpus(
        tmp_path,
        [{"id": "x-st", "level": "state-statute", "place": "ca"}],
        [
            {"id": "t-seen", "authority": "x-st", "effect": "forbid", "binds": ["sheriff"]},
            {"id": "t-double", "authority": "x-st", "effect": "forbid", "binds": ["sheriff"]},
            {"id": "t-named", "authority": "x-st", "effect": "duty", "binds": ["sheriff"]},
        ],
    )
    path = tmp_path / "ca" / "x-st.toml"
    example = {"place": "ca", "actor": "sheriff", "request": "hold", "on": "2026-01-01", "expect": {"hold": "prohibited"}, "duties": ["t-named"]}
    path.write_text(path.read_text() + table("example", example))
    engine = Engine(Corpus(tmp_path))
    assert run_all(engine)[0] == []
    assert unnoticed(engine) == ["t-double", "t-seen"]  # each covers for the other
    path.write_text(path.read_text() + table("example", {**example, "because": ["t-seen"]}))
    assert unnoticed(Engine(Corpus(tmp_path))) == ["t-double"]
