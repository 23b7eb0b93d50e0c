"""Charts say what they show in words too, ask for nothing from outside, and refuse what they cannot show honestly."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

import itertools

from homerule.documents import Document, charts, to_docx, to_pdf
from homerule.documents.charts import look
from homerule.documents.charts.statemap import _shapes, table_of
from homerule.errors import InputError

DAY = dt.date(2026, 11, 20)
ROWS = [(dt.date(2025, 1, 1) + dt.timedelta(days=31 * i), s, 10.0 + i * k) for s, k in (("Jail", 1), ("Task force", 3)) for i in range(6)]


def _all() -> dict[str, charts.Chart]:
    more = {"source": "The lists", "on": DAY}
    return {
        "bars": charts.bars({"North": 12, "South": 1234.5}, title="South leads <North> & all", value="Agreements (number)", **more),
        "lines": charts.lines(ROWS, title="Task forces grow", y="Agreements (number)", **more),
        "bands": charts.bands([(2020 + i, "With", i, i + 1, i + 3) for i in range(5)], title="Fewer", y="People", **more),
        "stacked": charts.stacked([("A", "x", 1), ("A", "y", 2), ("B", "x", 3)], title="Mostly x", value="agreements", share=True, **more),
        "tornado": charts.tornado([("Beds", 9, 12), ("Courts", 4, 20)], base=10, title="Courts matter", value="People", **more),
        "map": charts.state_map({"tx": 5, "fl": 0, "pr": 2, "gu": None}, title="Texas leads", legend="Agreements", **more),
    }


@pytest.mark.parametrize("name", ["bars", "lines", "bands", "stacked", "tornado", "map"])
def test_each_chart_in_each_form(name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    chart = _all()[name]
    for ending in ("svg", "png", "html", "json"):
        charts.save(chart, tmp_path / f"c.{ending}")
    drawn = ElementTree.fromstring((tmp_path / "c.svg").read_text("utf-8"))
    assert drawn.attrib["role"] == "img" and drawn.attrib["aria-label"] == chart.alt
    said = "".join(drawn.itertext())
    assert "Source: The lists" in said and "2026-11-20" in said
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "c.html").read_text("utf-8")
    around = re.sub(r"(?s)(<script[^>]*>).*?</script>", r"\1", page)
    assert 'lang="en-US"' in page and not re.search(r"(?:src|href)\s*=", around)
    assert "jsdelivr" not in page and "unpkg" not in page
    assert chart.spec["description"] == chart.alt


def test_a_label_cannot_end_the_script() -> None:
    label = "</script><img src=x onerror=alert(1)>"
    page = charts.html(charts.bars({label: 1}, title=label, value="v"))
    plain = charts.html(charts.bars({"a": 1}, title="t", value="v"))
    assert page.count("</script>") == plain.count("</script>") and "<img src=x" not in page
    assert page.rstrip().endswith("</html>")


def test_words_name_the_numbers() -> None:
    made = _all()
    assert "South: 1,234.5; North: 12" in made["bars"].alt and made["bars"].alt.startswith("South leads")
    assert "Task force: from 10 at 2025-01-01 to 25 at 2025-06-05" in made["lines"].alt
    assert "unknown: AK, AL" in made["map"].alt and "GU" in made["map"].alt.partition("unknown: ")[2]
    assert "5th to the 95th" in made["bands"].alt


def test_the_map_shows_every_state_once() -> None:
    assert len(_shapes()) == 51 and all(ring[0] == ring[-1] for rings in _shapes().values() for ring in rings)
    assert "unknown (51)" in str(charts.state_map({}, title="Nothing known", legend="x").spec)
    words = charts.state_map({"ca": "prohibited", "tx": "required"}, title="t", legend="Verdict", order=("required", "prohibited"))
    assert "required: TX; prohibited: CA" in words.alt
    assert table_of({"ca": 1200, "tx": None}) == [("CA", "1,200"), ("TX", "unknown")]


def test_classes_hold_every_number() -> None:
    chart = charts.state_map({"ca": 0, "tx": 3, "fl": 10, "ga": 11, "ny": 400}, title="t", legend="n", steps=(1, 10, 100))
    assert "0: CA; 1 to 9: TX; 10 to 99: FL, GA; 100 to 400: NY" in chart.alt or "400: NY" in chart.alt


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.bars({}, title="t", value="v"),
        lambda: charts.bars({"a": float("nan")}, title="t", value="v"),
        lambda: charts.bars({"a": 1}, title=" ", value="v"),
        lambda: charts.bands([(1, "a", 3, 2, 4)], title="t", y="y"),
        lambda: charts.stacked([("a", "b", -1)], title="t", value="v"),
        lambda: charts.lines([(1, str(i), 1) for i in range(9)], title="t", y="y"),
        lambda: charts.state_map({"texas": 1}, title="t", legend="l"),
        lambda: charts.state_map({c: str(i) for i, c in enumerate(list(_shapes())[:9])}, title="t", legend="l"),
        lambda: charts.save(charts.bars({"a": 1}, title="t", value="v"), "x.gif"),
        lambda: charts.save(charts.bars({"a": 1}, title="t", value="v"), "/nowhere/x.svg"),
    ],
)
def test_what_cannot_be_shown_is_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError):
        make()


def test_a_chart_goes_into_a_document() -> None:
    chart = _all()["bars"]
    doc = Document("Report", (charts.figure(chart, "A caption"),), kind="report")
    assert to_pdf(doc).startswith(b"%PDF-") and len(to_docx(doc)) > 10_000


def test_colours_are_apart_in_grey() -> None:
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in (bytes.fromhex(c[1:]) for c in look.SEQUENCE)]
    assert all(a - b > 20 for a, b in itertools.pairwise(grey))
