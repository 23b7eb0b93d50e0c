"""The report of a run: what the summary shows, nothing that it hides, and always whether the requests were made up."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from homerule.cli.main import main
from homerule.documents import Figure, Table, to_html, to_text
from homerule.errors import InputError
from homerule.replay import charts, load, replay, sample
from homerule.replay.report import report
from tests.replay.test_run import own_table
from tests.replay.test_spark import many


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    replay([sample(700, 2, folder / "s.parquet")], folder / "out", acts=["hold"], suppose={"process": "admin_warrant"})
    return folder / "out"


def test_every_number_is_one_of_the_summary(out: Path) -> None:
    doc = report(out, charts=False)
    shown = {int(n.replace(",", "")) for block in doc.blocks if isinstance(block, Table) for row in block.rows for i, c in enumerate(row) if i in block.numeric for n in re.findall(r"^[\d,]+$", c)}
    known: set[int] = set()

    def gather(node: Any) -> None:
        if isinstance(node, dict):
            for v in node.values():
                gather(v)
        elif isinstance(node, list):
            for v in node:
                gather(v)
        elif isinstance(node, int):
            known.add(node)

    gather(json.loads((out / "summary.json").read_text("utf-8")))
    assert len(shown) > 10 and shown <= known
    assert not shown & set(range(1, 11))
    assert any(c == "hidden" for b in doc.blocks if isinstance(b, Table) for row in b.rows for c in row)


def test_it_says_what_it_rests_on(out: Path) -> None:
    doc = report(out, charts=False)
    text = " ".join(to_text(doc).split())
    run_ = load(str(out)).run
    assert "Synthetic" in text and "say nothing about the world" in text
    assert run_["corpus"] in doc.receipt and run_["tables"][0]["fingerprint"] in doc.receipt
    assert "process = admin_warrant" in text and "not legal advice" in text
    assert "on one machine" in text
    with pytest.raises(InputError, match="not in the run"):
        report(out, acts=["transfer"])
    with pytest.raises(InputError, match="no finished run"):
        report(out / "rows")


def test_no_word_of_synthetic_where_rows_are_real(tmp_path: Path) -> None:
    replay([own_table(tmp_path / "t.csv", many(60, 1))], tmp_path / "out", as_of="2026-06-01", acts=["hold"])
    assert "ynthetic" not in to_html(report(tmp_path / "out", charts=False))


def test_charts_draw_only_what_is_shown(out: Path) -> None:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    figures = [b for b in report(out).blocks if isinstance(b, Figure)]
    assert figures and all("SYNTHETIC" in str(f.image) and f.alt for f in figures)
    lines = [x for x in load(str(out)).tables["by_state"] if x["act"] == "hold"]
    drawn = charts.by_state(lines, [], "Hold", "made up", "2026-06-01")
    assert drawn is not None
    values = [v for d in drawn.spec["datasets"].values() for v in d] if "datasets" in drawn.spec else []
    parts = {(v["bar"][:2].lower(), v["part"]): v["value"] for v in values if "bar" in v}
    for x in lines:
        for v in ("required", "prohibited", "permitted", "unsettled"):
            if x["state"] != "all" and (x["state"], v) in parts:
                assert parts[x["state"], v] == (x.get(v) or 0)


def test_on_the_command_line(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "r.html"
    assert main(["replay", "report", str(out), "--to", str(page), "--no-charts"]) == 0
    assert "<h1>" in page.read_text("utf-8") and not list(tmp_path.glob("*.part"))
    capsys.readouterr()
    assert main(["replay", "report", str(out), "--to", str(tmp_path / "r.txt")]) == 2
    assert main(["replay", "report", str(tmp_path)]) == 2
    assert "no finished run" in capsys.readouterr().err
