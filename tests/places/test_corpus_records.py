"""What a corpus says of places: aliases, codes, counties, and places of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from homerule.places import Gazetteer, PlaceError

LAW = Path(__file__).parents[2] / "law"

RECORDS: dict[str, dict[str, object]] = {
    "tx/austin": {"id": "tx/austin", "name": "Austin", "kind": "city", "fips": "4805000", "counties": ["48453", "48491"], "aliases": ["ATX", "Austin Police Department"]},
    "ca/san-francisco": {"id": "ca/san-francisco", "name": "San Francisco", "kind": "city-county", "fips": "06075", "aliases": ["SF"]},
    "il/cook-county": {"id": "il/cook-county", "name": "Cook County, Illinois", "kind": "county", "fips": "17031", "aliases": ["Cook County"]},
    "ny/gotham": {"id": "ny/gotham", "name": "Gotham", "kind": "city", "counties": ["36029"], "aliases": ["Gotham City"]},
    "ny": {"id": "ny", "name": "New York", "kind": "state", "aliases": ["Empire State"]},
    "us": {"id": "us", "name": "United States", "kind": "nation"},
    "mn/st-paul": {"id": "mn/st-paul", "name": "St. Paul, Minnesota", "kind": "city", "counties": ("27123",)},
    "ca/live-oak": {"id": "ca/live-oak", "name": "Live Oak", "kind": "city", "counties": ["06101"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Gazetteer:
    return Gazetteer(RECORDS)


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("ATX, TX", "tx/austin"), ("ATX", "tx/austin"), ("Austin, TX", "tx/austin"), ("Austin Police Department, TX", "tx/austin"), ("4805000", "tx/austin"),
        ("SF", "ca/san-francisco"), ("SF, CA", "ca/san-francisco"), ("San Francisco County, CA", "ca/san-francisco"),
        ("Gotham, NY", "ny/gotham"), ("Gotham City, NY", "ny/gotham"), ("ny/gotham", "ny/gotham"),
        ("Empire State", "ny"), ("New York, NY", "ny/new-york"), ("Buffalo, Empire State", "ny/buffalo"),
        ("Saint Paul, MN", "mn/st-paul"), ("mn/saint-paul", "mn/st-paul"), ("Cook County, IL", "il/cook-county"),
        ("ca/live-oak", "ca/live-oak"), ("Live Oak, Sutter County, CA", "ca/live-oak"),
    ],
)  # fmt: skip
def test_records_are_found(known: Gazetteer, text: str, place_id: str) -> None:
    place = known.find(text)
    assert place.id == place_id
    assert place.known


def test_a_record_adds_its_code_and_counties(known: Gazetteer) -> None:
    austin = known.find("Austin, TX")
    assert (austin.fips, austin.county_ids, austin.name) == ("4805000", ("tx/travis-county", "tx/williamson-county"), "Austin, Texas")
    gotham = known.find("Gotham, NY")
    assert (gotham.name, gotham.chain) == ("Gotham, New York", ("us", "ny", "ny/erie-county", "ny/gotham"))


def test_an_alias_never_hides_other_places_of_that_name(known: Gazetteer) -> None:
    with pytest.raises(PlaceError, match="may mean 3 places"):
        known.find("Cook County")
    with pytest.raises(PlaceError, match="may mean 2 places"):
        known.find("Live Oak, CA")


def test_a_county_may_have_an_id_of_its_own() -> None:
    gazetteer = Gazetteer({"x": {"id": "tx/travis", "name": "Travis County", "kind": "county", "fips": "48453"}})
    county = gazetteer.find("Travis County, TX")
    assert county.id == "tx/travis"
    assert gazetteer.get("tx/travis") == county == gazetteer.find("48453")
    assert gazetteer.find("Austin, TX").county_ids == ("tx/travis",)


@pytest.mark.parametrize("bad", ["austin", "zz/austin", "", "TX/austin"])
def test_a_record_must_say_its_state(bad: str) -> None:
    with pytest.raises(PlaceError, match="does not begin with a state's code"):
        Gazetteer({"x": {"id": bad, "name": "X", "kind": "city"}})


def test_the_default_knows_nothing_of_records() -> None:
    from homerule.places import find

    assert not find("Gotham, NY").known


@pytest.mark.skipif(not LAW.is_dir(), reason="the corpus is not here")
def test_every_place_of_the_corpus_is_known_by_the_tables() -> None:
    records = {}
    for path in LAW.rglob("place.toml"):
        record = tomllib.loads(path.read_text(encoding="utf-8"))["place"]
        records[record["id"]] = record
    gazetteer, tables = Gazetteer(records), Gazetteer()
    for own, record in records.items():
        place = gazetteer.get(own)
        assert place is not None, own
        assert (place.id, place.kind) == (own, record["kind"])
        assert gazetteer.find(own) == place
        without = tables.get(own)
        assert without is not None, f"{own} is in no table"
        assert without.name == place.name
        if "/" in own:
            assert gazetteer.find(place.name) == place
