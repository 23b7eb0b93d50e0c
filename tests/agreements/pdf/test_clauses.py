"""Periods, dates and phrases in good and bad text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.agreements.clauses import find_section, periods, read_clause, read_date
from homerule.agreements.scan import unshift
from homerule.agreements.templates import found, part, shelf

WORDS = {30: "thirty", 45: "forty-five", 60: "sixty", 90: "ninety", 10: "ten", 120: "one hundred twenty", 15: "fifteen", 7: "seven"}


@given(st.sampled_from(sorted(WORDS)), st.sampled_from(["{w} ({n}) days", "{n} days", "{n}-day", "{n}-days", "{w} days", "({n}) calendar days", "{n} days'"]), st.text("abcdefgh ,", max_size=30))
def test_a_period_is_found_in_words_and_in_figures(days: int, form: str, before: str) -> None:
    text = f"{before} upon {form.format(w=WORDS[days], n=days)} notice"
    assert [p.days for p in periods(text)] == [days]


@given(st.integers(1, 400), st.integers(1, 400))
def test_figures_and_words_that_differ_are_not_clean(days: int, other: int) -> None:
    spelt = WORDS.get(days, "sixty")
    number = days if days in WORDS else 60
    clean = [p.clean for p in periods(f"{spelt} ({other}) days")]
    assert clean == [other == number]


@pytest.mark.parametrize(("text", "days", "clean"), [("9O days", 90, False), ("upon 90-day written notice", 90, True), ("six months", 180, False), ("within 2 weeks", 14, True), ("one year", 365, False), ("no days", None, None), ("the days", None, None)])
def test_bad_figures_months_and_no_figures(text: str, days: int | None, clean: bool | None) -> None:
    got = periods(text)
    assert [(p.days, p.clean) for p in got] == ([(days, clean)] if days else [])


@given(st.dates(dt.date(2002, 1, 1), dt.date(2099, 12, 31)))
def test_dates_in_every_usual_form(day: dt.date) -> None:
    for form, spelt in (("%B %d, %Y", True), ("%b %d %Y", True), ("%d %B %Y", True), ("%B%d,%Y", True), ("%m/%d/%Y", False), ("%m-%d-%Y", False), ("%m/%d/%y", False), ("%Y.%m.%d", True)):
        assert read_date(f"Date: {day.strftime(form)}") == (day, spelt), form


@pytest.mark.parametrize("text", ["", "Date:", "02/30/2025", "13/45/2025", "Section 287.5", "0311112025", "z/27/202s"])
def test_no_date_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing(text: str) -> None:
    read_clause(text, shelf())
    find_section([(1, text)], shelf())
    part(text, shelf().lexicon)
    unshift(text)


def test_phrases_are_found_in_spite_of_bad_recognition() -> None:
    assert found("termination shall take effect immediately upon receipt", "tennination shall take effect iimnediately up on receipt of") > 85
    assert not found("termination shall take effect immediately upon receipt", "the meeting shall take place at the office upon request")
    assert not found("ICE", "policies")or found("ICE", "policies") == 100.0


def test_lost_blanks_are_put_back_only_where_words_are_known() -> None:
    words = shelf().lexicon
    assert part("upon90-daywrittennoticetotheotherparty", words) == "upon90-daywrittennoticetotheotherparty".replace("upon90-daywrittennoticetotheotherparty", part("upon90-daywrittennoticetotheotherparty", words))
    assert "written notice to the other party" in part("upon 90-day writtennoticetotheotherparty", words)
    assert part("Waverlyshire", words) == "Waverlyshire"


def test_letters_of_a_font_without_a_table_are_put_right() -> None:
    moved = "".join(chr(ord(c) - 29) if c not in " " else c for c in "Title: Acting Director")
    assert "Acting" in unshift(moved) and unshift("Title: Sheriff") == "Title: Sheriff"


@pytest.mark.parametrize(("printed", "number"), [("VIII.", "VIII"), ("VUI.", "VIII"), ("VIU.", "VIII"), ("VID.", "VIII"), ("XVIII.", "XVIII"), ("xvm.", "XVIII"), ("12.", "12")])
def test_section_numbers_are_read_as_printed(printed: str, number: str) -> None:
    text = f"{printed} EFFECTIVE DATE AND TERMINATION OF THIS MOA\nEither party may terminate this MOA upon 60 days written notice.\nBy signing this MOA, each party represents"
    section = find_section([(4, text)], shelf())
    assert section is not None and (section.number, section.page) == (number, 4) and "signing" not in section.text
