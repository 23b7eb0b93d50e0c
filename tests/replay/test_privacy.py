"""Columns that may point to a person are found by name and by value; places, statuses and redactions are not taken for them."""

from __future__ import annotations

import pytest

from homerule.errors import InputError
from homerule.replay.privacy import refuse, screen
from homerule.replay.values import day_of, redacted

PRIVATE = {
    "Last Name": ["Doe", "Roe"], "FIRST_NAME": ["A"], "LastName": ["Doe"], "Subject Name": ["x"], "name": ["q"], "DOB": ["1/2/1980"], "Date of Birth": ["1980-01-02"], "A Number": ["7"],
    "Alien File Number": ["q"], "SSN": ["1"], "Phone": ["5"], "Home Address": ["x"], "Booking Number": ["77"], "Case ID": ["9"], "Inmate #": ["4"], "booking_no": ["8"], "Email": ["x"], "Docket Number": ["5"],
}  # fmt: skip
NOT_PRIVATE = {
    "Detention Facility": ["BAY CO. JAIL, BAY CTY,MI."], "Case Status": ["ACTIVE", "8-Excluded/Removed - Inadmissibility"], "Case Category": ["[2A] Deportable"], "Facility City": ["AUSTIN"],
    "Detention Facility Code": ["CHELAWA"], "Birth Country": ["MEXICO"], "Birth Year": [1980], "Apprehension Site Landmark": ["KENT CO., GRAND RAPIDS"], "Return by Fax Yes No": ["YES"],
    "Agency Name": ["Sheriff"], "Final Order Yes No": ["NO"], "row_original": [4], "EO Gang Flag": ["Y"], "where": ["Chicago, IL", "Austin, TX", "Reno, NV"], "County Name": ["Cook"],
    "custody": ["pretrial"], "date": ["2015-01-01"],
}  # fmt: skip


@pytest.mark.parametrize("column", PRIVATE)
def test_private_by_name(column: str) -> None:
    found = screen({column: PRIVATE[column]})
    assert [r.column for r in found] == [column]
    assert column in found[0].sentence


@pytest.mark.parametrize("column", NOT_PRIVATE)
def test_not_private(column: str) -> None:
    assert screen({column: NOT_PRIVATE[column]}) == []


@pytest.mark.parametrize(
    "values",
    [
        ["A012345678", "none"], ["A 12-345-678", "x", "y"], ["078-05-1120", "a", "b", "c"], ["312-555-1212", "(312) 555-1212"], ["a.b@example.org", "c@example.org"],
        ["12 Main St", "4 N Oak Ave", "77 Elm Street, Reno"], ["Doe, Jane", "Roe, Richard", "Smith-Jones, Al B."],
    ],
)  # fmt: skip
def test_private_by_value_whatever_the_name(values: list[str]) -> None:
    assert [r.by for r in screen({"notes": values}, allowed=["notes"])] == ["values"]


@pytest.mark.parametrize("text", ["b(6), b(7)c", "b(6), b(7)C", "(b)(6), (b)(7)(c)", "(B)(6);(B)(7)(C) ", "(B)(7)(E) ", "[removed]", "REDACTED", "b6", "XXXX"])
def test_redactions_are_seen_and_name_nobody(text: str) -> None:
    assert redacted(text)
    assert screen({"Birth Date": [text, None, ""], "Last Name": [text]}) == []


@pytest.mark.parametrize("text", ["BAY CO. JAIL", "B", "Booked into Detention", "6", "b & e", "Bed 6", "2 Pending Criminal Charges"])
def test_what_only_looks_redacted(text: str) -> None:
    assert not redacted(text)


def test_one_value_among_redactions_is_enough() -> None:
    assert [r.kind for r in screen({"Birth Date": ["(b)(6)", "1/2/1980", "(b)(6)"]})] == ["birth date"]


def test_pseudonyms_of_a_known_table_pass_by_name_only() -> None:
    assert screen({"Unique Identifier": ["9f8e7d"]}, allowed=["unique_identifier"]) == []
    assert screen({"Unique Identifier": ["9f8e7d"]})


def test_the_refusal_is_a_sentence_that_quotes_no_value() -> None:
    with pytest.raises(InputError) as caught:
        refuse(screen({"Last Name": ["Doe"], "notes": ["A012345678"]}), "x.csv")
    said = str(caught.value)
    assert "Last Name" in said and "--drop-private" in said and "Nothing was written" in said
    assert "Doe" not in said and "012345678" not in said


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10/1/2015", "2015-10-01"), ("10/01/15", "2015-10-01"), ("2015-10-01 00:00:00", "2015-10-01"), ("2015-10-01T05:00:00Z", "2015-10-01"), ("01-OCT-15", "2015-10-01"), ("42278", "2015-10-01"),
        (42278, "2015-10-01"), ("Oct 1, 2015", "2015-10-01"), ("13/45/2015", "None"), ("(b)(6)", "None"), ("", "None"), (None, "None"), (7, "None"), ("12", "None"),
    ],
)  # fmt: skip
def test_days_in_every_spelling(text: object, day: str) -> None:
    assert str(day_of(text)) == day
