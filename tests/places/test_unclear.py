"""Texts that name no place, or more than one, and what the error says."""

from __future__ import annotations

import time

import pytest

from homerule.errors import InputError
from homerule.places import PlaceError, candidates, find


def message(text: str) -> str:
    with pytest.raises(PlaceError) as caught:
        find(text)
    assert isinstance(caught.value, InputError)
    said = str(caught.value)
    assert len(said) < 700
    assert "\n" not in said
    return said


@pytest.mark.parametrize("text", ["Los Angeles", "Springfield", "Washington", "Orange County", "Cook County", "Baltimore", "Philadelphia", "Austin"])
def test_ambiguous_names_list_at_most_eight_places(text: str) -> None:
    said = message(text)
    assert f'"{text}" may mean' in said
    assert "with its state: " in said
    with pytest.raises(PlaceError) as caught:
        find(text)
    shown = caught.value.candidates
    assert 2 <= len(shown) <= 8
    assert len(candidates(text)) >= len(shown)
    for place in shown:
        if "/" in place.id:
            written = f"{place.name.rpartition(', ')[0]}, {place.state.upper()}"
            assert written in said
            assert find(written) == place


def test_larger_places_come_first() -> None:
    assert {p.id for p in candidates("Springfield")[:2]} == {"ma/springfield", "mo/springfield"}
    assert candidates("Los Angeles")[0].id == "ca/los-angeles"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Austn, TX", "Austin, TX"), ("Los Angelas County, CA", "Los Angeles County, CA"), ("Los Angelas, CA", "Los Angeles, CA"),
        ("Houstno, TX", "Houston, TX"), ("Travis, TX", "Travis County, TX"), ("Alexandria County, VA", "Alexandria, VA"),
        ("Austin, Texs", "Texas"), ("Chicgo", "Chicago, IL"), ("Texsa", "Texas"), ("Travis", "Travis County, TX"),
        ("Mariocpa County", "Maricopa County, AZ"),
    ],
)  # fmt: skip
def test_slips_are_answered_with_what_was_meant(text: str, meant: str) -> None:
    said = message(text)
    assert "Did you mean" in said
    assert meant in said
    assert not said.endswith("?.")


def test_a_slip_can_be_insisted_on_by_id() -> None:
    assert '"tx/austn"' in message("Austn, TX")
    place = find("tx/austn")
    assert (place.id, place.name, place.known) == ("tx/austn", "Austn, Texas", False)


@pytest.mark.parametrize("text", ["Gotham, NY", "gotham , new york", "City of Gotham, NY", "ny/gotham", "the Village of Gotham, New York"])
def test_a_city_in_no_table_is_taken_at_its_word(text: str) -> None:
    place = find(text)
    assert (place.id, place.name, place.kind, place.known) == ("ny/gotham", "Gotham, New York", "city", False)
    assert (place.county_ids, place.chain, place.circuit) == ((), ("us", "ny", "ny/gotham"), 2)


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("Middletown Township, PA", "pa/middletown-township"), ("Township of Edison, NJ", "nj/edison-township"), ("Wallkill Town, NY", "ny/wallkill-town"),
        ("Town of Chester, NY", "ny/chester-town"), ("Green Twp, OH", "oh/green-township"),
    ],
)  # fmt: skip
def test_a_township_is_not_the_city_of_its_name(text: str, place_id: str) -> None:
    place = find(text)
    assert (place.id, place.known, place.county_ids) == (place_id, False, ())
    assert find(place_id) == place


def test_elsewhere_a_town_is_the_place_of_its_name() -> None:
    assert find("Town of Gilbert, AZ") == find("Gilbert town, AZ") == find("Gilbert, AZ")


def test_a_city_in_no_table_may_name_its_county() -> None:
    place = find("Gotham, Erie County, NY")
    assert (place.id, place.county_ids, place.known) == ("ny/gotham", ("ny/erie-county",), False)
    assert place.chain == ("us", "ny", "ny/erie-county", "ny/gotham")


@pytest.mark.parametrize("text", ["Gotham County, NY", "Gotham Co., NY", "ny/gotham-county", "Gotham Parish, LA", "Gotham Borough, AK", "County of Gotham, NY", "Gotham Municipio, PR"])
def test_a_county_must_exist(text: str) -> None:
    assert "no county called" in message(text)


def test_a_name_that_stands_twice_in_a_state_needs_its_county() -> None:
    assert "Live Oak, Sutter County, CA" in message("Live Oak, CA")
    place = find("Live Oak, Sutter County, CA")
    assert place.id == "ca/live-oak-in-sutter"
    assert place == find("ca/live-oak-in-sutter")
    assert place.chain == ("us", "ca", "ca/sutter-county", "ca/live-oak-in-sutter")
    assert "may mean 2" in message("ca/live-oak")


def test_a_county_that_was_split_is_ambiguous() -> None:
    for text in ("02261", "Valdez-Cordova Census Area, AK", "ak/valdez-cordova-census-area"):
        assert "Chugach Census Area, AK; Copper River Census Area, AK" in message(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ",", "???", "東京, TX", "Zyxwvut Qwerty", "78701", "99", "00000", "123456", "1" * 30, "Austin, Ruritania", "12 Main Street, TX",
        "hold this person for two days please, TX", "a, TX", "Austin, Travis County, Somewhere, TX", "/", "zz/austin", "xx/", "\x00", "\ud800", "Only",
        "Wyandotte County Kansas City, KS",
    ],
)  # fmt: skip
def test_texts_that_name_no_place(text: str) -> None:
    assert message(text)


@pytest.mark.parametrize("text", [None, 48, 6037.0, b"Texas", ["TX"], object()])
def test_only_text_is_a_place(text: object) -> None:
    with pytest.raises(PlaceError, match="given as text"):
        find(text)  # type: ignore[arg-type]


def test_long_text_is_refused_at_once() -> None:
    junk = "Austin, TX " * 1_000_000
    start = time.perf_counter()
    assert "too long for a place" in message(junk)
    assert candidates(junk) == []
    assert time.perf_counter() - start < 0.5


def test_candidates_of_an_unknown_text_are_near_names_or_none() -> None:
    assert candidates("Chicgo")[0].id == "il/chicago"
    assert candidates("Austn, TX")[0].id == "tx/austin"
    assert candidates("zyxwvut qwerty") == []
