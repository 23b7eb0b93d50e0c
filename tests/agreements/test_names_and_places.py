"""Spellings become one name where they mean one body, and only there; bodies find their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from homerule.agreements.kinds import kinds
from homerule.agreements.names import clean, read_name, read_state
from homerule.agreements.placing import county_of, place_of


@pytest.mark.parametrize(
    ("text", "code"),
    [("PENNSLYVANIA", "pa"), ("UTAHJ", "ut"), ("UTAh", "ut"), ("NEW JERSEY", "nj"), ("New Jersey", "nj"), ("WEST VIRIGINIA", "wv"), ("West Virgina", "wv"), ("WESt VIRGINIA", "wv"), ("MCHIGAN", "mi"), ("NORTHERN MARIANA ISLANDS", "mp"), ("AlABAMA", "al"), ("tx", "tx"), ("TENNESEE", "tn")],
)  # fmt: skip
def test_states_however_they_are_spelt(text: str, code: str) -> None:
    assert read_state(text).value == code


def test_a_state_that_was_mended_says_so_and_what_is_none_stays_none() -> None:
    assert read_state("TENNESEE").doubt and not read_state("UTAHJ").doubt
    assert read_state("STUART").value == "" and read_state("").value == "" and read_state("Atlantis").value == ""


@pytest.mark.parametrize(
    ("text", "model", "doubtful"),
    [("Task Force Officer", "task_force", False), ("Warrant Services Officer", "warrant_service", False), ("Jail Enforcment Model", "jail", False), ("JEM", "jail", False), ("Taskforce Model", "task_force", True), ("Warant Service Officer", "warrant_service", True), ("287(g) Task Force Model (TFM)", "task_force", True), ("", "", True), ("Something else", "", True)],
)  # fmt: skip
def test_models_however_they_are_spelt(text: str, model: str, doubtful: bool) -> None:
    _, found, doubt = kinds().support(text)
    assert (found, bool(doubt)) == (model, doubtful)


def test_a_missing_model_is_taken_from_the_name_of_the_document_and_said() -> None:
    _, model, doubt = kinds().support("", "https://example.gov/AaPD_WSO_MOA_1.pdf")
    assert model == "warrant_service" and "linked document" in doubt


def test_every_entry_of_the_vocabulary_has_a_source_and_a_certainty() -> None:
    import tomllib

    from homerule.corpus.corpus import law_folder

    data = tomllib.loads((Path(law_folder()) / "agreements" / "kinds.toml").read_text("utf-8"))
    entries = [*data["kind"], *(m for k in data["kind"] for m in k.get("model", ())), *data["era"]]
    assert all(e["source"] and e["certainty"] in ("confirmed", "recalled") for e in entries)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Gulfport PD", "Gulfport Police Department"), ("Panama City Police Dept.", "Panama City Police Department"), ("New Port Richey Polce Department", "New Port Richey Police Department"),
        ("St. Johns County Sheriff's Office", "Saint Johns County Sheriff’s Office"), ("Pasco County BOCC", "Pasco County Board of County Commissioners"),
        ("Arnaudville Police Department, LA", "Arnaudville Police Department"), ("Louisiana Department of Wildlife & Fisheries", "Department of Wildlife and Fisheries"),
        ("Aa County Sheriff's Office", "Aa County Sheriffs Office"), ("Arkansas State Police", "Arkansas State Police Department"), ("Galveston County Constable's Office Pct.1", "Galveston County Constables Office Precinct 1"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_one_name(a: str, b: str) -> None:
    state = "la" if "Louisiana" in a or ", LA" in a else "fl"
    assert read_name(a, state).key == read_name(b, state).key


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Nassau County Police Department", "Nassau Police Department"), ("Fairfax County Police Department", "Fairfax City Police Department"), ("Kansas City Police Department", "Kansas Police Department"),
        ("Oklahoma City Police Department", "Oklahoma Police Department"), ("Liberty County Constable Precinct 2", "Liberty County Constable Precinct 6"), ("Nassau County Sheriff's Office", "Nassau County Police Department"),
        ("Prince George's County Sheriff's Office", "Prince County Sheriff's Office"), ("St. Mary's County Sheriff's Office", "St. Mary County Police"), ("Greene Township Constable", "Greene County Constable"),
        ("Polk County Sheriff's Office", "Polk County Jail"),
    ],
)  # fmt: skip
def test_county_city_township_and_number_are_never_filler(a: str, b: str) -> None:
    assert read_name(a, "tx").key != read_name(b, "tx").key


def test_an_apostrophe_does_not_cut_a_name() -> None:
    assert read_name("St. Mary's County Sheriff’s Office", "md").key == "st marys county sheriffs"
    assert "georges" in read_name("Prince George's County Police", "md").key.split()
    assert clean(" Autauga County Sheriff’s Office , ") == "Autauga County Sheriff's Office"


@pytest.mark.parametrize(
    ("agency", "state", "county", "body", "place"),
    [
        ("St. Mary's County Sheriff's Office", "md", "St. Mary's County", "County", "md/st-marys-county"),
        ("Wells Police Department", "me", "", "Municipality", "me/wells"),
        ("Haines City Police Department", "fl", "", "Municipality", "fl/haines-city"),
        ("Lake City Police Department", "fl", "", "Municipality", "fl/lake-city"),
        ("Stuart Police Department", "fl", "", "Municipality", "fl/stuart"),
        ("Wicomico County Corrections Center", "md", "Wicomico County", "State", "md/wicomico-county"),
        ("Florida Department of Law Enforcement", "fl", "#NA", "State Agency", "fl"),
        ("Department of Corrections", "ak", "", "State Agency", "ak"),
        ("Plaquemines Parish Sheriff's Office", "la", "Plaquemines Parish", "County", "la/plaquemines-parish"),
        ("Bunnell Police Department", "fl", "Flagere County", "Municipality", "fl/bunnell"),
        ("Galveston County Constable's Office Pct.1", "tx", "Galveston County", "Municipality", "tx/galveston-county"),
        ("Lancaster County District Attorney's Office", "pa", "", "County", "pa/lancaster-county"),
        ("Marlow Heights Special Police Department", "md", "Prince George's County", "Municipality", "md/marlow-heights"),
        ("Nassau County Police Department", "ny", "Nassau County", "County", "ny/nassau-county"),
    ],
)  # fmt: skip
def test_where_a_body_belongs(agency: str, state: str, county: str, body: str, place: str) -> None:
    found = place_of(agency, state, county, body)
    if agency.startswith("Marlow"):
        assert found.id in (place, "md/prince-georges-county")
    else:
        assert found.id == place


def test_who_cannot_be_placed_is_not_guessed() -> None:
    for agency, state, county in (("Crow Wing County Sheriff's Office", "ma", "Crow Wing County"), ("Albemarle District Jail", "nc", "Albemarle County"), ("COMET Task Force", "mo", "")):
        found = place_of(agency, state, county, "County")
        assert found.id is None and found.doubt


def test_two_townships_of_one_name_go_to_their_counties() -> None:
    a, b = (place_of("Manor Township Police Department", "pa", c, "Municipality").id for c in ("Lancaster County", "Armstrong County"))
    assert a != b and a is not None and b is not None


def test_a_county_is_mended_only_to_one_that_begins_like_it() -> None:
    assert county_of("Berrian County", "mi")[0] == "mi/berrien-county" and county_of("Berrian County", "mi")[1]
    assert county_of("North County", "mo")[0] is None


def test_almost_every_agency_of_the_real_lists_is_placed(data: Path) -> None:
    import duckdb

    rows = duckdb.sql(f"select distinct state, law_enforcement_agency, coalesce(county, ''), coalesce(type, '') from '{data / 'listing_rows_2021_2026.parquet'}'").fetchall()
    unread = [r[0] for r in rows if not read_state(r[0]).value]
    placed = [place_of(a, read_state(s).value, c, b) for s, a, c, b in rows]
    assert not unread
    assert sum(p.known for p in placed) >= 0.97 * len(rows)
