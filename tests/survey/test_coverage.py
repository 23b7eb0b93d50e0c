"""The coverage says what is in the corpus and how sure it is, place by place, and its page is the one that is kept."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from homerule import load_corpus
from homerule.cli.main import main
from homerule.corpus import Corpus
from homerule.errors import CorpusError
from homerule.places import Gazetteer
from homerule.survey import coverage
from homerule.survey.coverage import Coverage, Row, markdown, survey, table
from tests.survey.test_export import made_up

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    return survey(made_up(tmp_path_factory.mktemp("law")))


@pytest.fixture(scope="module")
def real() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def found(real: Corpus) -> Coverage:
    return survey(real)


def row(c: Coverage, place: str) -> Row:
    return next(r for r in c.rows if r.place == place)


def test_every_state_the_district_and_every_territory_has_a_row(made: Coverage) -> None:
    places = [r.place for r in made.upper]
    assert places == ["us", *(s.id for s in Gazetteer().states())]
    assert {r.place for r in made.upper if r.law != "none"} == {"us", "ca", "tx", "ny", "il"}
    assert {r.place for r in made.local} == {"ca/los-angeles-county", "ca/los-angeles"}
    assert [r.place for r in made.rows if r.place.startswith("ca")] == ["ca", "ca/los-angeles", "ca/los-angeles-county"], "after their state, by name"


def test_a_place_that_is_not_in_the_corpus_says_so(made: Coverage) -> None:
    guam = row(made, "gu")
    assert guam.law == "none" and guam.authorities == guam.norms == guam.examples == 0
    assert guam.newest is None and guam.share_confirmed is None and guam.as_data()["in_corpus"] is False


def test_a_row_counts_the_law_of_its_own_place(made: Coverage) -> None:
    state, county, nation = row(made, "ca"), row(made, "ca/los-angeles-county"), row(made, "us")
    assert (state.authorities, state.norms, state.examples) == (2, 2, 2)
    assert (state.recalled, state.confirmed, state.contested, state.not_enacted) == (1, 1, 1, 1)
    assert state.share_confirmed == 0.5 and state.share_words == "50%"
    assert (state.newest, state.oldest) == (dt.date(2026, 3, 4), dt.date(2026, 1, 1))
    assert (county.authorities, county.norms, county.untranslated, county.conflict, county.enjoined) == (1, 3, 1, 1, 1)
    assert county.law == "partial" and county.open_points == ("The *rest* was not read.",)
    assert (nation.authorities, nation.confirmed, nation.contested_norms, nation.examples) == (3, 3, 1, 1)
    assert row(made, "ca/los-angeles").law == "encoded" and row(made, "ca/los-angeles").authorities == 0


def test_the_total_is_the_sum_of_the_rows(made: Coverage, found: Coverage, real: Corpus) -> None:
    for c in (made, found):
        for field in ("authorities", "norms", "examples", "confirmed", "recalled", "conflict", "settled", "contested", "enjoined", "pending", "not_enacted", "repealed", "untranslated"):
            assert getattr(c.total, field) == sum(getattr(r, field) for r in c.rows), field
        assert c.total.authorities == c.total.confirmed + c.total.recalled + c.total.conflict
        assert c.total.authorities == sum(getattr(c.total, s) for s in ("settled", "contested", "enjoined", "pending", "not_enacted", "repealed"))
    assert (made.total.newest, made.total.oldest) == (dt.date(2026, 3, 4), dt.date(2026, 1, 1))
    assert found.total.authorities == len(real.all_authorities()) and found.total.norms == len(real.all_norms()) and found.total.examples == len(real.all_examples())
    assert found.total.untranslated == sum(n.effect == "untranslated" for n in real.all_norms())
    assert found.total.newest == max(a.checked for a in real.all_authorities())


def test_the_corpus_that_comes_with_the_package_covers_what_it_should(found: Coverage) -> None:
    for place in ("us", "ca", "tx", "il", "ut", "ca/los-angeles-county", "il/cook-county"):
        r = row(found, place)
        assert r.law in ("encoded", "partial") and r.authorities and r.examples, place
    assert row(found, "il/cook-county").name == "Cook County, Illinois"


def test_law_that_cannot_be_read_is_not_left_out_of_the_count(tmp_path: Path) -> None:
    corpus = made_up(tmp_path)
    (tmp_path / "tx" / "bad.toml").write_text("[[authority]]\n")
    with pytest.raises(CorpusError, match=r"tx/bad\.toml"):
        survey(corpus)


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert Row("x", "X", "state", "encoded", authorities=300, confirmed=299).share_words == "99%"
    assert Row("x", "X", "state", "encoded", authorities=300, confirmed=300).share_words == "100%"
    assert Row("x", "X", "state", "none").share_words == ""


# ------------------------------------------------------------------ as table, JSON and page


def test_the_table_fits_and_has_a_line_a_place(made: Coverage, found: Coverage) -> None:
    for c in (made, found):
        lines = table(c).splitlines()
        assert max(map(len, lines)) <= 110
        assert len([x for x in lines[1:] if re.match(r" {0,2}\S.*(encoded|partial|none)\b", x)]) >= len(c.rows)
    wide = Row("x", "A name that is much too long for its column", "state", "encoded", *[9999] * 6, dt.date(2026, 1, 1), dt.date(2026, 1, 1), *[999] * 9, ("p",) * 999)
    assert len(table(Coverage("2026.01.01", "", (wide,), wide)).splitlines()[1]) <= 110


def test_the_table_tells_nothing_apart_from_none(made: Coverage) -> None:
    lines = table(made).splitlines()
    assert next(x for x in lines if x.startswith("Guam")).split() == ["Guam", "none"]
    assert next(x for x in lines if x.strip().startswith("Los Angeles  ")).split() == ["Los", "Angeles", "encoded", "0", "0", "0"]


def test_json_holds_every_row_and_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "coverage", "--json"]) == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    utah = next(p for p in data["places"] if p["place"] == "ut")
    assert utah["in_corpus"] is True and utah["newest"] >= utah["oldest"] and isinstance(utah["open_points"], list)
    assert 0 <= utah["share_confirmed"] <= 1
    assert set(data) == {"version", "hash", "totals", "places"}
    assert data["totals"]["authorities"] == sum(p["authorities"] for p in data["places"])
    assert data["totals"]["open_points"] == sum(len(p["open_points"]) for p in data["places"])


def test_the_page_lists_every_open_point_as_it_is_written(made: Coverage, found: Coverage) -> None:
    assert "- The \\*rest\\* was not read.\n" in markdown(made)
    page = markdown(found)
    for r in found.rows:
        for point in r.open_points:
            assert f"- {coverage._escaped(point)}\n" in page


def test_every_link_of_the_page_leads_to_a_heading(found: Coverage) -> None:
    page = markdown(found)
    headings = {coverage._anchor(x.lstrip("# ").replace("\\", "")) for x in page.splitlines() if x.startswith("#")}
    links = re.findall(r"\]\(#([^)]*)\)", page)
    assert links and set(links) <= headings


def test_the_tables_of_the_page_are_well_formed(found: Coverage) -> None:
    block: list[str] = []
    for line in [*markdown(found).splitlines(), ""]:
        if line.startswith("|"):
            block.append(line)
        elif block:
            assert len({len(re.findall(r"(?<!\\)\|", x)) for x in block}) == 1, block[0]
            block = []


def test_the_page_says_what_is_missing(made: Coverage) -> None:
    page = markdown(made)
    assert "- **The law of Alabama, Alaska, " in page and "Wisconsin and Wyoming.**" in page
    rest = made._replace(rows=tuple(r._replace(law="partial" if r.place == "tx" else "encoded") for r in made.rows))
    assert "**The law of " not in markdown(rest) and "- **Part of the law of Texas.**" in markdown(rest)


def test_the_page_that_is_kept_is_a_generated_one(found: Coverage) -> None:
    """The same shape, prose and places as `make docs` writes; its numbers are those of the day on which it was written."""
    kept, fresh = (DOCS / "corpus.md").read_text("utf-8"), markdown(found)

    def heads(page: str) -> list[str]:
        return [x for x in page.splitlines() if re.match(r"#{1,2} |### (What|How)", x)]

    assert heads(kept) == heads(fresh), "run `make docs`"
    for prose in (coverage.PROSE_IN, coverage.PROSE_OUT, coverage.PROSE_DOUBT):
        assert prose in kept, "run `make docs`"
    columns = [x for x in fresh.splitlines() if x.startswith("| place |")]
    assert [x for x in kept.splitlines() if x.startswith("| place |")] == columns
    for r in found.upper:
        assert f"\n| {r.name} | " in kept, r.name
    assert 'HERE / "corpus.md": coverage.markdown(' in (DOCS / "generate.py").read_text("utf-8")


def test_markdown_prints_the_page(capsys: pytest.CaptureFixture[str], found: Coverage) -> None:
    assert main(["law", "coverage", "--markdown"]) == 0
    assert capsys.readouterr().out == markdown(found)


def test_only_one_way_of_printing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["law", "coverage", "--markdown", "--json"])
    assert stop.value.code == 2 and "not allowed with" in capsys.readouterr().err
