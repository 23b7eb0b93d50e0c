"""Any spelling of a name gives the same place; any text gives a place or a sentence."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.places import Place, PlaceError, candidates, find
from homerule.places.names import close, distance, fold, fold_lines, quote

NAMES = [
    "Los Angeles County, CA", "Austin, TX", "St. Louis, MO", "San Francisco, California", "Orleans Parish, LA", "Doña Ana County, NM", "New York City",
    "Richmond city, VA", "Prince George's County, MD", "Winston-Salem, NC", "Gotham, NY", "District of Columbia", "Mayagüez, PR", "La Cañada Flintridge, CA",
]  # fmt: skip
MARKS = "\u0301\u0303\u0308\u0327"


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(NAMES))
    out = []
    for letter in name:
        letter = draw(st.sampled_from([letter, letter.upper(), letter.lower()]))
        if letter.isalpha() and draw(st.booleans()):
            letter = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), letter + draw(st.sampled_from(MARKS)))
        if letter in " ,":
            letter += " " * draw(st.integers(0, 2)) + draw(st.sampled_from(["", "\t", "\u00a0"]))
        out.append(letter)
    return name, "  " * draw(st.integers(0, 2)) + "".join(out) + " " * draw(st.integers(0, 2))


@given(spellings())
@settings(deadline=None)
def test_case_accents_and_spaces_make_no_difference(pair: tuple[str, str]) -> None:
    name, spelt = pair
    assert find(spelt) == find(name)


@given(st.sampled_from(["St. ", "Saint ", "ST ", "saint  ", "St "]), st.sampled_from(["Louis, MO", "Louis County, MO", "Paul, MN", "Tammany Parish, LA"]))
@settings(deadline=None)
def test_saint_in_any_spelling(saint: str, rest: str) -> None:
    assert find(saint + rest) == find("St. " + rest)


@given(st.text(max_size=260))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_place_or_a_sentence(text: str) -> None:
    start = time.perf_counter()
    try:
        place = find(text)
    except PlaceError as error:
        assert str(error).strip()
        assert "\n" not in str(error)
        str(error).encode()
    else:
        assert isinstance(place, Place)
        assert place.chain[0] == "us"
        assert find(place.id).id == place.id
    assert all(isinstance(p, Place) for p in candidates(text))
    assert time.perf_counter() - start < 5


@given(st.text(alphabet="abcdefgilmnorstuy .-'/", min_size=1, max_size=40), st.sampled_from(["TX", "CA", "New York", "pr", "VA"]))
@settings(max_examples=300, deadline=None)
def test_any_text_with_a_state_stays_in_that_state(text: str, state: str) -> None:
    code = find(state if state != "New York" else "NY").id
    try:
        place = find(f"{text}, {state}")
    except PlaceError:
        return
    assert place.state == code
    assert place.chain[1] == code
    assert find(place.id).id == place.id


@given(st.text(max_size=80))
@settings(deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once.isascii()
    assert "  " not in once


@given(st.text(alphabet="abcd", max_size=9), st.text(alphabet="abcd", max_size=9), st.integers(0, 3))
@settings(deadline=None)
def test_distance_is_symmetric_and_zero_only_for_equals(a: str, b: str, most: int) -> None:
    slips = distance(a, b, most)
    assert slips == distance(b, a, most) or min(slips, distance(b, a, most)) > most
    assert (slips == 0) == (a == b)


@pytest.mark.parametrize(("a", "b", "slips"), [("austn", "austin", 1), ("houstno", "houston", 1), ("", "ab", 2), ("abc", "abd", 1), ("abc", "xyz", 3)])
def test_distance(a: str, b: str, slips: int) -> None:
    assert distance(a, b, 3) == slips


def test_close_puts_the_nearest_first() -> None:
    assert close("los angelas", ["los angeles", "los alamitos", "los angelass"]) == ["los angelass", "los angeles"]
    assert close("ab", ["ac"]) == []


def test_lines_are_folded_as_single_names_are() -> None:
    lines = ["St. Louis", "Cañon City", "O'Fallon", "Saint Paul", "Winston-Salem", "'Āhuimanu"]
    assert fold_lines(lines) == [fold(line) for line in lines]


def test_quote_is_one_printable_line() -> None:
    assert quote("a\nb\x00c") == '"a b c"'
    assert quote("x" * 100) == '"' + "x" * 60 + '…"'
