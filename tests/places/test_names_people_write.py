"""The ways in which people name a place, and the place that each means."""

from __future__ import annotations

import pytest

from homerule.places import Gazetteer, candidates, find

SAME = {
    "us": ["us", "US", "USA", "United States", "the United States", "U.S."],
    "tx": ["Texas", "TX", "tx", "texas", "48", "State of Texas", "Tex.", "Texas, USA", "Texas, TX"],
    "wa": ["WA", "Washington state", "State of Washington", "53", "wa"],
    "ny": ["New York", "NY", "N.Y.", "New York State", "36"],
    "dc": ["District of Columbia", "DC", "D.C.", "Washington, DC", "Washington DC", "washington, d.c.", "11", "11001", "Adams Morgan, DC"],
    "pr": ["Puerto Rico", "PR", "Commonwealth of Puerto Rico", "72"],
    "gu": ["Guam", "GU", "66", "66010", "Hagåtña, GU", "Guam, GU"],
    "vi": ["Virgin Islands", "US Virgin Islands", "U.S. Virgin Islands", "USVI", "VI", "78"],
    "as": ["American Samoa", "AS", "60"],
    "mp": ["Northern Mariana Islands", "CNMI", "MP", "69"],
    "ca/los-angeles-county": ["Los Angeles County, CA", "los angeles co., ca", "County of Los Angeles, California", "06037", "06-037", "6037", "ca/los-angeles-county"],
    "ca/los-angeles": ["Los Angeles, CA", "Los Angeles, California", "Los Angeles CA", "City of Los Angeles, CA", "Los Angeles city, CA", "Van Nuys, CA"],
    "il/cook-county": ["Cook County, IL", "Cook County, Illinois", "Cook County Illinois", "Cook Co IL"],
    "tx/austin": ["Austin, TX", "  austin ,  tx ", "AUSTIN TX", "Austin, Travis County, TX", "Austin, Texas, United States"],
    "la/orleans-parish": ["Orleans Parish, LA", "Orleans County, LA", "Parish of Orleans, LA", "22071"],
    "la/new-orleans": ["New Orleans, LA", "New Orleans", "NOLA"],
    "mo/st-louis": ["St. Louis, MO", "Saint Louis, MO", "St. Louis city, MO", "St Louis MO", "St.Louis, MO", "29510", "mo/saint-louis"],
    "mo/st-louis-county": ["St. Louis County, MO", "Saint Louis County, MO", "29189"],
    "mn/saint-paul": ["St. Paul, MN", "Saint Paul, MN", "mn/st-paul"],
    "md/baltimore": ["Baltimore, MD", "Baltimore city, MD", "24510"],
    "md/baltimore-county": ["Baltimore County, MD", "24005"],
    "md/prince-georges-county": ["Prince George's County, MD", "prince georges county, md"],
    "il/dupage-county": ["DuPage County, IL", "Du Page County, IL"],
    "nm/dona-ana-county": ["Doña Ana County, NM", "Dona Ana County, NM"],
    "fl/miami-dade-county": ["Miami-Dade County, FL", "Miami Dade County, FL", "Dade County, FL", "12086", "12025"],
    # one body that is both city and county
    "ca/san-francisco": ["San Francisco, CA", "San Francisco County, CA", "City and County of San Francisco, CA", "San Francisco", "06075", "ca/san-francisco", "ca/san-francisco-county"],
    "co/denver": ["Denver, CO", "Denver County, CO", "08031"],
    "pa/philadelphia": ["Philadelphia, PA", "Philadelphia County, PA", "42101", "Philadelphia, Philadelphia County, PA"],
    "nv/carson-city": ["Carson City, NV", "32510"],
    "va/richmond": ["Richmond city, VA", "Richmond, VA", "City of Richmond, VA", "51760"],
    "va/richmond-county": ["Richmond County, VA", "51159"],
    "va/fairfax": ["Fairfax, VA", "Fairfax City, VA"],
    "va/fairfax-county": ["Fairfax County, VA"],
    "va/arlington-county": ["Arlington County, VA", "Arlington, VA"],
    "va/james-city-county": ["James City County, VA"],
    "va/bedford": ["Bedford, VA", "Bedford city, VA"],
    "va/bedford-county": ["Bedford County, VA", "51515"],
    # two bodies on one land
    "tn/nashville": ["Nashville, TN", "Nashville-Davidson, TN", "Antioch, TN"],
    "tn/davidson-county": ["Davidson County, TN"],
    "in/indianapolis": ["Indianapolis, IN", "Indianapolis"],
    "fl/jacksonville": ["Jacksonville, FL"],
    "ky/louisville": ["Louisville, KY", "Louisville Metro, KY"],
    "hi/honolulu": ["Honolulu, HI", "City and County of Honolulu, HI"],
    # New York City
    "ny/new-york": ["New York City", "NYC", "New York, NY", "New York City, NY", "Brooklyn, NY", "Brooklyn", "Manhattan", "Manhattan, NY", "Queens, NY", "The Bronx", "Bronx, NY", "Staten Island, NY", "Flushing, NY", "3651000", "ny/new-york"],
    "ny/new-york-county": ["New York County, NY", "36061"],
    "ny/kings-county": ["Kings County, NY", "36047"],
    "ks/manhattan": ["Manhattan, KS"],
    # Alaska
    "ak/anchorage": ["Anchorage, AK", "Anchorage Municipality, AK", "Municipality of Anchorage, AK", "02020", "Girdwood, AK"],
    "ak/juneau": ["Juneau, AK", "Juneau City and Borough, AK"],
    "ak/ketchikan-gateway-borough": ["Ketchikan Gateway Borough, AK", "Ketchikan Gateway, AK"],
    "ak/nome-census-area": ["Nome Census Area, AK"],
    "ak/nome": ["Nome, AK"],
    "ak/kusilvak-census-area": ["Kusilvak Census Area, AK", "Wade Hampton Census Area, AK", "02158", "02270"],
    # Connecticut, both ways
    "ct/capitol-planning-region": ["Capitol Planning Region, CT", "09110"],
    "ct/hartford-county": ["Hartford County, CT", "09003"],
    "ct/hartford": ["Hartford, CT"],
    # islands
    "pr/san-juan-municipio": ["San Juan, PR", "San Juan Municipio, PR", "72127", "San Juan Municipio, Puerto Rico"],
    "pr/mayaguez-municipio": ["Mayagüez, PR", "Mayaguez Municipio, PR"],
    "vi/st-croix-island": ["St. Croix, VI", "Saint Croix Island, US Virgin Islands", "78010"],
    "mp/saipan-municipality": ["Saipan, MP"],
    "sd/oglala-lakota-county": ["Oglala Lakota County, SD", "Shannon County, SD", "46113"],
    "tx/fort-worth": ["Fort Worth, TX", "Ft. Worth, TX", "Ft Worth Texas"],
    "ny/mount-vernon": ["Mount Vernon, NY", "Mt. Vernon, NY"],
    "nc/winston-salem": ["Winston-Salem, NC", "Winston Salem NC"],
    "nc/elizabeth-city": ["Elizabeth City, NC"],
    "tx/travis-county": ["Travis County, TX", "Travis County"],
}  # fmt: skip


@pytest.mark.parametrize(("place_id", "text"), [(i, t) for i, texts in SAME.items() for t in texts])
def test_text_names_place(place_id: str, text: str) -> None:
    place = find(text)
    assert place.id == place_id
    assert place.known
    assert [p.id for p in candidates(text)] == [place_id]


def test_every_state_by_name_code_and_fips(gazetteer: Gazetteer) -> None:
    states = gazetteer.states()
    assert len(states) == 56
    for state in states:
        assert state.kind == "state"
        assert gazetteer.find(state.id) == gazetteer.find(state.id.upper()) == gazetteer.find(state.fips) == state
        assert gazetteer.find(f"State of {state.name}") == state
        if state.id != "wa":  # said alone, this name may mean the capital
            assert gazetteer.find(state.name) == state
        assert 0 <= state.circuit <= 12
        assert (state.circuit == 0) == (state.id == "as")


def test_circuits(gazetteer: Gazetteer) -> None:
    sizes = [sum(s.circuit == n for s in gazetteer.states()) for n in range(1, 13)]
    assert sizes == [5, 3, 4, 5, 3, 4, 3, 7, 11, 6, 3, 1]


def test_every_county_by_name_and_code(gazetteer: Gazetteer) -> None:
    count = 0
    for state in gazetteer.states():
        for county in gazetteer.counties(state.id):
            count += 1
            if county.kind == "state":
                assert county.id in ("dc", "gu")
                continue
            assert county.fips.startswith(state.fips)
            assert county.kind in ("county", "city-county")
            assert county.county_ids == (county.id,)
            assert gazetteer.find(county.fips) == county
            assert gazetteer.find(f"{county.fips[:2]}-{county.fips[2:]}") == county
            assert gazetteer.find(county.id) == county
            assert gazetteer.find(county.name) == county
            assert gazetteer.find(f"{county.short}, {state.id.upper()}") == county
            assert county.chain[:3] == ("us", state.id, county.id)
            assert county.circuit == state.circuit
    assert count == 3243


def test_county_ids_say_what_the_county_is_called(gazetteer: Gazetteer) -> None:
    endings = ("-county", "-parish", "-borough", "-census-area", "-planning-region", "-municipio", "-municipality", "-island", "-district")
    for state in gazetteer.states():
        for county in gazetteer.counties(state.id):
            assert county.id.endswith(endings) == (county.kind == "county"), county


def test_nothing_but_plain_ascii_in_ids_and_no_id_twice(gazetteer: Gazetteer) -> None:
    import re

    seen: set[str] = set()
    for state in gazetteer.states():
        shelf = gazetteer._shelf(state.id)
        ids = [p.id for p in gazetteer.counties(state.id) if p.kind != "state"]
        ids += [city.id for n, line in enumerate(shelf._lines if shelf.keys else []) if "|>" not in line and (city := shelf._city(n))]
        for own in [state.id, *ids]:
            assert re.fullmatch(r"[a-z]{2}(/[a-z0-9]+(-[a-z0-9]+)*)?", own), own
            assert own not in seen, own
            seen.add(own)
    assert len(seen) > 36_000


def test_every_city_is_found_by_its_id_and_by_its_name(gazetteer: Gazetteer) -> None:
    for state in gazetteer.states():
        shelf = gazetteer._shelf(state.id)
        for number in range(len(shelf.keys)):
            city = shelf._city(number)
            assert city is not None, shelf._lines[number]
            assert gazetteer.get(city.id) == city
            assert gazetteer.find(city.id) == city
            if city.kind == "city":
                assert gazetteer.find(f"{city.name.rpartition(', ')[0]}, {state.id}") == city
