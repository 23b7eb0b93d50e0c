"""Facilities to counties and bodies: the traps of published names."""

from __future__ import annotations

from typing import Any

import pytest

from homerule.replay.facilities import Body, Places, read_table, words

#: (facility, city, state) → (county, bodies as actor@place)
TRAPS = [
    (("BAY CO. JAIL, BAY CTY,MI.", "BAY CITY", "MICHIGAN"), "mi/bay-county", ["jail@mi/bay-county"]),
    (("MINN.C.F.,ST.CLOUD", "ST. CLOUD", "MINNESOTA"), "", ["corrections@mn"]),  # the city lies in three counties; the body is the state's
    (("STERNS CO. JAIL", "ST. CLOUD", "MINNESOTA"), "mn/stearns-county", ["jail@mn/stearns-county"]),
    (("PRINCE GEORGE'S CO DET CTR", "UPPER MARLBORO", "MARYLAND"), "md/prince-georges-county", ["jail@md/prince-georges-county"]),  # an apostrophe splits no word
    (("HUDSON COUNTY JAIL", "KEARNEY", "NEW JERSEY"), "nj/hudson-county", ["jail@nj/hudson-county"]),  # a state of two words, in any case; a slip in the city
    (("Hudson County Jail", "Kearny", "New Jersey"), "nj/hudson-county", ["jail@nj/hudson-county"]),
    (("HUDSON COUNTY JAIL", "KEARNY", "NJ"), "nj/hudson-county", ["jail@nj/hudson-county"]),
    (("CHARLESTON COUNTY CORRECT", "NORTH CHARLESTO", "SOUTH CAROLINA"), "sc/charleston-county", ["jail@sc/charleston-county"]),  # a name cut short
    (("GLENDALE POLICE DEPT", "GELNDALE", "CALIFORNIA"), "ca/los-angeles-county", ["police@ca/glendale"]),
    (("NASSAU COUNTY POLICE DEPT", "MINEOLA", "NEW YORK"), "ny/nassau-county", ["police@ny/nassau-county"]),  # county, police and city are no filler words
    (("LOS ANGELES CITY JAIL", "LOS ANGELES", "CALIFORNIA"), "ca/los-angeles-county", ["jail@ca/los-angeles"]),
    (("LOS ANGELES COUNTY JAIL-TWIN TOWER", "LOS ANGELES", "CALIFORNIA"), "ca/los-angeles-county", ["jail@ca/los-angeles-county"]),
    (("RIVERSIDE COUNTY SHERIFF", "RIVERSIDE", "CALIFORNIA"), "ca/riverside-county", ["sheriff@ca/riverside-county"]),
    (("OKLAHOMA COUNTY JAIL", "OKLAHOMA CITY", "OKLAHOMA"), "ok/oklahoma-county", ["jail@ok/oklahoma-county"]),  # a city in several counties, one of them named
    (("CARROLLTON POLICE DEPT.", "CARROLLTON", "TEXAS"), "", ["police@tx/carrollton"]),
    (("RIKERS ISLAND, QUEENS, NY", "ELMHURST", "NEW YORK"), "ny/new-york", ["jail@ny/new-york", "corrections@ny", "police@ny/new-york"]),
    (("ASPC ALHAMBRA", "PHOENIX", "ARIZONA"), "az/maricopa-county", ["corrections@az"]),
    (("DC DEPT OF CORRECTIONS", "WASHINGTON", "DISTRICT OF COLUMBIA"), "dc", ["corrections@dc"]),
    (("BRIDGEPORT CORR CENTER", "BRIDGEPORT", "CONNECTICUT"), "ct/greater-bridgeport-planning-region", ["corrections@ct"]),
    (("NAPA COUNTYY DEPT OF CORR", "NAPA", "CALIFORNIA"), "ca/napa-county", ["jail@ca/napa-county"]),
    (("ORLEANS PARISH SHERIFF", "NEW ORLEANS", "LOUISIANA"), "la/orleans-parish", ["sheriff@la/orleans-parish"]),
    (("VISTA DETENTION FACILITY", "VISTA", "CALIFORNIA"), "ca/san-diego-county", ["jail@ca/san-diego-county", "jail@ca/vista"]),  # what the name leaves open stays open
    (("US MARSHALS, S. DIST.,TX", "LAREDO", "TEXAS"), "tx/webb-county", []),
    (("F.C.I. HERLONG", "HERLONG", "CALIFORNIA"), "ca/lassen-county", []),
    (("MOSHANNON VALLEY CORRECTIONAL", "PHILIPSBURG", "PENNSYLVANIA"), "pa/centre-county", []),
    (("LEWISBURG U.S. PEN.", "LEWISBURG", "PENNSYLVANIA"), "pa/union-county", []),
    (("OTHER-OTHER FACILITY", "", ""), "", []),
    (("OTHER-OTHER FACILITY", "", "TEXAS"), "", []),
    (("JAIL", "NO SUCH TOWN", "TEXAS"), "", []),
    (("SOME JAIL", "PARIS", "ONTARIO"), "", []),
    (("", "", ""), "", []),
]


@pytest.mark.parametrize(("named", "county", "bodies"), TRAPS, ids=[t[0][0] + ", " + t[0][2] for t in TRAPS])
def test_traps(places: Places, named: tuple[str, str, str], county: str, bodies: list[str]) -> None:
    found = places.place(*named)
    assert found.county == county
    assert [f"{b.actor}@{b.place}" for b in found.bodies] == bodies
    assert bool(found.why) == (not county or not bodies)


def test_a_landmark_without_a_state(places: Places) -> None:
    by_area = places.place("MONMOUTH COUNTY JAIL", area="Newark Area of Responsibility")
    assert by_area.county == "nj/monmouth-county"
    assert places.place("STUART", area="Miami Area of Responsibility").county == ""  # an office, not the city's police
    assert places.place("LRD GENERAL AREA, NON-SPECIFIC", area="San Antonio Area of Responsibility").why
    assert places.place("ADAMS COUNTY JAIL", area="Chicago Area of Responsibility").county == ""  # three states there have one
    assert places.place("HARRIS COUNTY JAIL, HOUSTON, TX", area="Houston Area of Responsibility").county == "tx/harris-county"
    assert places.place("TRAVIS COUNTY JAIL, AUSTIN, TEXAS - TX2270000", area="San Antonio Area of Responsibility").county == "tx/travis-county"
    assert places.place("CHELAN CO. REGIONAL JAIL", facility_code="CHELAWA").county == "wa/chelan-county"
    assert places.place("CALIPATRIA STATE", facility_code="CASPCAL").county == ""  # whose last letters are not its state


def test_a_users_own_table_comes_first(engine: Any) -> None:
    table = read_table([{"Facility": "Other-Other Facility", "Place": "Cook County, IL", "Actor": "sheriff"}, {"Facility": "x jail", "Place": "Nowhere At All", "Actor": ""}], "t.csv")
    own = Places(engine, table)
    assert own.place("OTHER-OTHER FACILITY").bodies == (Body("il/cook-county", "sheriff"),)
    assert own.place("X JAIL", "AUSTIN", "TEXAS").why
    assert own.place("TRAVIS CTY JAIL", "AUSTIN", "TEXAS").county == "tx/travis-county"


def test_initials_and_apostrophes_become_words() -> None:
    assert words("MINN.C.F.,ST.CLOUD") == "minn cf st cloud"
    assert words("PRINCE GEORGE'S CO.") == "prince georges co"
    assert words("FED.CORR.INST.") == "fed corr inst"


def test_the_real_detainers_of_2015(places: Places, data: Any) -> None:
    import duckdb

    path = data / "ice_rows" / "detainers_fy2015ytd.parquet"
    rows = duckdb.sql(f"SELECT detainer_detention_facility, city, state, count(*) FROM '{path}' GROUP BY ALL").fetchall()
    named = [(places.place(f or "", c or "", s or ""), n) for f, c, s, n in rows if s]
    whole = sum(n for _, n in named)
    assert whole == 70033
    assert sum(n for p, n in named if p.placed) / whole >= 0.95
    lost = [(f, n) for f, c, s, n in rows if not places.place(f or "", c or "", s or "").placed]
    assert dict(lost)["OTHER-OTHER FACILITY"] == 9014
