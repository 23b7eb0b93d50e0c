"""The map: every jurisdiction drawn once, told apart without colour, and rendered."""

from __future__ import annotations

import re
import struct
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest

from homerule.cli.main import main
from homerule.errors import InputError
from homerule.places import Gazetteer
from homerule.reasoning import Engine
from homerule.survey import map as maps
from homerule.survey.map import LOOKS, draw, outlines, png
from homerule.survey.matrix import CATEGORIES, Matrix, matrix

SVG = "{http://www.w3.org/2000/svg}"
DAY = "2026-11-23"


@pytest.fixture(scope="module")
def made(engine: Engine) -> Matrix:
    return matrix(engine, on=DAY, acts=["hold", "arrest_civil"])


def drawn(engine: Engine, m: Matrix, column: int = 0) -> tuple[str, ET.Element]:
    text = draw(m, column, engine.corpus.vocabulary_for(("us",)))
    return text, ET.fromstring(text)


def test_every_jurisdiction_is_drawn_labelled_and_explained(engine: Engine, made: Matrix) -> None:
    _, root = drawn(engine, made)
    labels = [t.text for t in root.iter(f"{SVG}text")]
    tips = [t.text or "" for t in root.iter(f"{SVG}title")]
    for r in made.rows:
        assert labels.count(r.place.id.upper()) == 1, r.place.id
        words = f"{r.place.name}: {CATEGORIES[r.cells[0].category]}"
        # a small state is explained on its outline and on its box
        assert len([t for t in tips if t.startswith(words)]) == 1 + (r.place.id in outlines() and outlines()[r.place.id]["box"]), r.place.id


def test_outlines_and_boxes_are_filled_with_the_cells_category(engine: Engine, made: Matrix) -> None:
    _, root = drawn(engine, made)
    href = "{http://www.w3.org/1999/xlink}href"
    ground = {u.get(href): u.get("fill") for u in root.findall(f"{SVG}use") if u.get("fill") != "none"}
    clipped = {u.get(href): c.get("id") for c in root.iter(f"{SVG}clipPath") for u in c}
    for r in made.rows:
        if r.place.id in outlines():
            look = LOOKS[r.cells[0].category]
            assert ground[f"#{r.place.id}"] == look.ground
            assert clipped.get(f"#{r.place.id}") == (f"c-{r.cells[0].category}" if look.hatches else None)


def test_title_day_facts_legend_and_source_are_on_it(engine: Engine, made: Matrix) -> None:
    _, root = drawn(engine, made)
    text = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    for wanted in ("May a jail hold a person past release", "23 November 2026", "administrative warrant", f"corpus {made.corpus}", "Source:", "Not legal advice", "Asked: the sheriff"):
        assert wanted in text, wanted
    for name in ("required", "prohibited", "silence", "depends", "unsettled", "not_in_corpus"):
        assert f"{CATEGORIES[name]} (" in text
    counted = [int(n) for w in CATEGORIES.values() for n in re.findall(rf"{re.escape(w)} \((\d+)\)", text)]
    assert sum(counted) == len(made.rows)


def test_places_that_were_not_asked_stay_blank(engine: Engine) -> None:
    m = matrix(engine, on=DAY, acts=["hold"], places=["ca", "gu"])
    text, root = drawn(engine, m)
    assert text.count("California:") == text.count("Guam:") == 1 and "Texas:" not in text
    assert "GU" in [t.text for t in root.iter(f"{SVG}text")]


def test_markup_in_words_is_escaped(engine: Engine, made: Matrix) -> None:
    odd = made._replace(profile=made.profile._replace(title='<script> & "quotes"'), corpus="<1>")
    text, root = drawn(engine, odd)
    assert "<script>" not in text and any("<script> &" in (t.text or "") for t in root.iter(f"{SVG}text"))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for w, p in zip((0.2126, 0.7152, 0.0722), parts))


@pytest.mark.parametrize(("one", "two"), list(combinations(LOOKS, 2)))
def test_categories_are_told_apart_without_colour(one: str, two: str) -> None:
    """Either the pattern differs, or the ground is clearly lighter."""

    def pattern(name: str) -> list[tuple[object, ...]]:
        return [(h.slope, h.gap, h.dash) for h in LOOKS[name].hatches]

    assert pattern(one) != pattern(two) or abs(luminance(LOOKS[one].ground) - luminance(LOOKS[two].ground)) > 0.2


def test_a_pattern_shows_on_its_ground() -> None:
    for name, look in LOOKS.items():
        for h in look.hatches:
            light, dark = sorted((luminance(look.ground), luminance(h.colour)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 2.5, name
    assert set(LOOKS) == set(CATEGORIES)


def test_the_outlines_are_small_and_whole() -> None:
    path = Path(maps.__file__).parent / "data" / "outlines.json"
    assert path.stat().st_size < 150_000
    kinds = {p.id for p in Gazetteer().states()}
    assert set(outlines()) < kinds and len(kinds - set(outlines())) == 5  # the territories are boxes
    for code, shape in outlines().items():
        x, y = shape["label"]
        assert 0 <= x <= 1950 and 0 <= y <= 1220 and shape["path"].startswith("M") and shape["path"].endswith("z"), code


def test_an_svg_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hold.svg"
    assert main(["law", "matrix", "--map", str(file), "--act", "hold", "--on", DAY]) == 0
    assert f"Wrote {file}" in capsys.readouterr().out
    assert ET.parse(file).getroot().get("role") == "img"


@pytest.mark.parametrize("width", [500, 1600])
def test_a_png_has_the_width_asked_for(engine: Engine, made: Matrix, width: int) -> None:
    pytest.importorskip("resvg_py")
    svg, root = drawn(engine, made)
    data = png(svg, width)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    wide, tall = struct.unpack(">II", data[16:24])
    assert wide == width and tall == pytest.approx(width * float(root.get("height", "0")) / 1000, abs=2)


def test_without_the_extra_a_png_is_refused_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(InputError, match=r"homerule\[maps\]"):
        png("<svg/>")
