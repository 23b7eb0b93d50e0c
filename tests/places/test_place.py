"""What a place is: its chain, its counties, and who answers there."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from homerule.places import Place, actor_home, find, slug


@pytest.mark.parametrize(
    ("text", "kind", "chain", "counties"),
    [
        ("us", "nation", ("us",), ()),
        ("Texas", "state", ("us", "tx"), ()),
        ("DC", "state", ("us", "dc"), ()),
        ("Los Angeles County, CA", "county", ("us", "ca", "ca/los-angeles-county"), ("ca/los-angeles-county",)),
        ("Los Angeles, CA", "city", ("us", "ca", "ca/los-angeles-county", "ca/los-angeles"), ("ca/los-angeles-county",)),
        ("San Francisco, CA", "city-county", ("us", "ca", "ca/san-francisco"), ("ca/san-francisco",)),
        ("New Orleans, LA", "city", ("us", "la", "la/orleans-parish", "la/new-orleans"), ("la/orleans-parish",)),
        ("Orleans Parish, LA", "county", ("us", "la", "la/orleans-parish"), ("la/orleans-parish",)),
        ("Kings County, NY", "county", ("us", "ny", "ny/kings-county", "ny/new-york"), ("ny/kings-county",)),
        ("NYC", "city", ("us", "ny", "ny/new-york"), ("ny/new-york-county", "ny/kings-county", "ny/queens-county", "ny/bronx-county", "ny/richmond-county")),
        ("Kansas City, MO", "city", ("us", "mo", "mo/kansas-city"), ("mo/jackson-county", "mo/clay-county", "mo/platte-county")),
        ("Hartford, CT", "city", ("us", "ct", "ct/capitol-planning-region", "ct/hartford"), ("ct/capitol-planning-region",)),
        ("Nashville, TN", "city", ("us", "tn", "tn/davidson-county", "tn/nashville"), ("tn/davidson-county",)),
    ],
)  # fmt: skip
def test_kind_chain_and_counties(text: str, kind: str, chain: tuple[str, ...], counties: tuple[str, ...]) -> None:
    place = find(text)
    assert (place.kind, place.chain, place.county_ids) == (kind, chain, counties)


@pytest.mark.parametrize(
    ("text", "level", "home", "note"),
    [
        ("Austin, TX", "county", "tx/travis-county", "the sheriff answers for Travis County"),
        ("New Orleans, LA", "county", "la/orleans-parish", "the sheriff answers for Orleans Parish"),
        ("San Francisco, CA", "county", "ca/san-francisco", ""),
        ("NYC", "county", "ny/new-york", "New York lies in New York County, Kings County, Queens County, Bronx County and Richmond County: name the county whose law is asked for, where that matters"),
        ("Kings County, NY", "county", "ny/kings-county", ""),
        ("Gotham, NY", "county", "ny/gotham", "the county of Gotham is not known here: name the county, where its law matters"),
        ("Texas", "county", "tx", ""),
        ("Travis County, TX", "county", "tx/travis-county", ""),
        ("Austin, TX", "state", "tx", "the state answers for Texas"),
        ("Travis County, TX", "state", "tx", "the state answers for Texas"),
        ("Denver, CO", "state", "co", "the state answers for Colorado"),
        ("us", "state", "us", ""),
        ("DC", "state", "dc", ""),
        ("Austin, TX", "city", "tx/austin", ""),
        ("Travis County, TX", "city", "tx/travis-county", ""),
        ("Austin, TX", "any", "tx/austin", ""),
    ],
)  # fmt: skip
def test_actor_home(text: str, level: str, home: str, note: str) -> None:
    place, said = actor_home(find(text), level)
    assert (place.id, said) == (home, note)


def test_actor_home_names_who_is_asked() -> None:
    assert actor_home(find("Austin, TX"), "county", "the county board")[1] == "the county board answers for Travis County"
    assert actor_home(find("Austin, TX"), "state", "the governor")[1] == "the governor answers for Texas"


def test_a_place_cannot_be_changed() -> None:
    place = find("Austin, TX")
    with pytest.raises(AttributeError, match="cannot be changed"):
        place.name = "Dallas"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del place.name
    with pytest.raises(AttributeError):
        place.anything = 1


@pytest.mark.parametrize("text", ["us", "Texas", "Travis County, TX", "Kings County, NY", "NYC", "Gotham, NY", "San Francisco, CA"])
def test_a_place_can_be_copied_stored_and_compared(text: str) -> None:
    place = find(text)
    for other in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert other == place
        assert hash(other) == hash(place)
        assert other.chain == place.chain
    assert place != "tx"
    assert json.loads(json.dumps(place.as_dict()))["chain"] == list(place.chain)
    assert place.id in repr(place)


def test_known_shows_in_the_repr_only_where_false() -> None:
    assert repr(find("Gotham, NY")) == "Place('ny/gotham', 'Gotham, New York', 'city', known=False)"
    assert isinstance(find("Texas"), Place)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Los Angeles County", "los-angeles-county"), ("St. John the Baptist Parish", "st-john-the-baptist-parish"), ("Saint Paul", "saint-paul"),
        ("Cañon City", "canon-city"), ("Prince George's County", "prince-georges-county"), ("Winston-Salem", "winston-salem"), ("", ""), ("東京", ""),
    ],
)  # fmt: skip
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_an_error_can_be_stored() -> None:
    from homerule.places import PlaceError

    with pytest.raises(PlaceError) as caught:
        find("Springfield")
    other = pickle.loads(pickle.dumps(caught.value))
    assert str(other) == str(caught.value)
    assert other.candidates == caught.value.candidates
