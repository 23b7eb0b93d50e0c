"""Comparing two runs: every row that changed, and no other; the norms that make the difference; nothing small given away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from homerule.cli.main import main
from homerule.errors import InputError
from homerule.replay import replay
from homerule.replay.compare import Comparison, compare
from tests.replay.test_run import own_table, read
from tests.replay.test_spark import POLICY, many

LABEL = "nine-point-judicial-warrant"

DAYS = ("2015-03-01", "2026-06-01")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    rows = [[r[0], "pa/erie-county", "jail", *r[3:]] if i % 4 == 0 else r for i, r in enumerate(many(400, 8))]  # the body that the draft binds
    table = own_table(folder / "t.csv", rows)
    for name, day in zip("ab", DAYS):
        replay([table], folder / name, as_of=day, acts=["hold"], policies=[POLICY / f"{LABEL}.toml"])
    (folder / "other").mkdir()
    replay([own_table(folder / "other" / "t.csv", many(400, 9))], folder / "c", as_of=DAYS[0], acts=["hold"])
    replay([table], folder / "d", as_of=DAYS[0], acts=["transfer"])
    return folder


def said(row: dict[str, Any], column: str = "hold") -> Any:
    return (row[column], row[f"{column}_reachable"]) if row[column] else None


def check(found: Comparison, one: list[dict[str, Any]], two: list[dict[str, Any]], columns: tuple[str, str], file: Path) -> None:
    """Against a plain loop over the rows."""
    rows = {r["row"]: r for r in pq.read_table(file).to_pylist()}
    want = {x["row"] for x, y in zip(one, two) if said(x, columns[0]) != said(y, columns[1])}
    assert want and rows.keys() == want
    assert found.changed["hold"] == len(want) and found.matched == len(one)
    assert sum(x["rows"] for x in found.changes if x["state"] == "all" and x["from"] != "all") == len(want)
    assert sum(x["rows"] for x in found.changes if x["state"] != "all" and x["from"] == "all") == len(want)


def outcomes(folder: Path) -> dict[Any, Any]:
    return {o["outcome"]: o for o in pq.read_table(folder / "outcomes.parquet").to_pylist()}


def test_every_row_that_changed_and_by_which_norms(runs: Path, tmp_path: Path, engine: Any) -> None:
    of = {n.id: n.authority.id for n in engine.corpus.all_norms()}
    file = tmp_path / "changed.parquet"
    found = compare(runs / "a", runs / "b", out=file, min_cell=1)
    one, two = read(runs / "a"), read(runs / "b")
    check(found, one, two, ("hold", "hold"), file)
    assert found.settings["as_of"] == DAYS
    before, after = outcomes(runs / "a"), outcomes(runs / "b")
    causes: dict[tuple[str, str], int] = {}
    for row in pq.read_table(file).to_pylist():
        x, y = before[one[row["row"] - 1]["hold_outcome"]], after[two[row["row"] - 1]["hold_outcome"]]
        first, second = {*x["stands"], *x["may_stand"]}, {*y["stands"], *y["may_stand"]}
        assert set(row["gone"] or ()) == first - second and set(row["new"] or ()) == second - first
        assert set(row["authorities"]) == {of[n] for n in [*(row["gone"] or ()), *(row["new"] or ()), *(row["open"] or ())]}
        for side in ("gone", "new"):
            for n in row[side] or ():
                causes[n, side] = causes.get((n, side), 0) + 1
    assert {(x["norm"], x["side"]): x["rows"] for x in found.by if x["side"] != "open"} == causes


def test_the_law_and_a_draft_of_one_run(runs: Path, tmp_path: Path) -> None:
    file = tmp_path / "changed.parquet"
    label = LABEL
    found = compare(runs / "b", runs / "b", policies=("", label), out=file, min_cell=1)
    rows = read(runs / "b")
    check(found, rows, rows, ("hold", f"hold@{label}"), file)
    assert {x["side"] for x in found.by} >= {"new"}


def test_small_numbers_are_hidden(runs: Path) -> None:
    open_, closed = (compare(runs / "a", runs / "b", min_cell=n) for n in (1, 40))
    full = {(x["act"], x["state"], x["from"], x["to"]): x["rows"] for x in open_.changes}
    shown = {(x["act"], x["state"], x["from"], x["to"]): x["rows"] for x in closed.changes}
    assert full.keys() == shown.keys()
    assert all(n is None or n == full[k] for k, n in shown.items())
    assert all(shown[k] is None for k, n in full.items() if n < 40)
    assert any(n is not None for n in shown.values())
    assert all(x["rows"] is None or x["rows"] >= 40 for x in closed.by)


def test_what_cannot_be_compared_says_why(runs: Path, tmp_path: Path) -> None:
    for pair, words in ((("a", "c"), "different content"), (("a", "d"), "no act in common"), (("a", "a"), "with itself"), (("a", "nowhere"), "no finished run")):
        with pytest.raises(InputError, match=words):
            compare(runs / pair[0], runs / pair[1])
    with pytest.raises(InputError, match="no draft"):
        compare(runs / "a", runs / "b", policies=("", "nine-point"))
    with pytest.raises(InputError, match="no such folder"):
        compare(runs / "a", runs / "b", out=tmp_path / "no" / "x.parquet")


def test_on_the_command_line(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "compare", str(runs / "a"), str(runs / "b"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["matched"] == 400 and data["differs"]["as_of"] == list(DAYS)
    assert main(["replay", "compare", str(runs / "a"), str(runs / "b")]) == 0
    text = capsys.readouterr().out
    assert "hold:" in text and "By which authority" in text and DAYS[0] in text
    assert main(["replay", "compare", str(runs / "a")]) == 2
