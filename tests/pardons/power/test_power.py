"""The pardon files: the published lists they must reproduce, the days on which the law changed, and every file for itself."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.errors import InputError
from homerule.pardons.power import TABLES, Power, as_data, check, power, powers

TODAY = dt.date(2026, 11, 24)

# Transcribed from the published lists, not from our files.
STRUCTURE_2017 = {
    "independent_board": "AL CT GA ID SC UT",
    "governor_on_board": "FL MN NE NV",
    "gatekeeper": "AZ DE LA MA NH OK PA RI SD TX",
    "mandatory_consultation": "AK AR CA KS MI MO MT OH",
    "permissive_consultation": "CO HI IL IN IA KY MD MS NJ NM NY NC ND TN VT VA WA WV WY",
    "no_process": "DC US ME OR WI",
}
FREQUENCY_2024 = {
    "frequent": "AL AR CT DE GA ID IL LA MO NE NV OK PA SC SD VA WI",
    "sparing": "FL IA MN OH TX UT WA",
    "uneven": "CA CO HI IN KY ME MD MA NM NY OR TN WY US",
    "rare": "AK AZ KS MI MS MT NH NJ NC ND RI VT WV DC",
}
FREQUENCY_2023 = {
    "frequent": "AL AR CT DE GA ID IL LA MO NE NV OK PA SC SD UT",
    "sparing": "FL IA MN OH TX WA",
    "uneven": "CA CO HI IN KY ME MD NM NY OR TN VA WI WY US",
    "rare": "AK AZ DC KS MA MI MS MT NH NJ NC ND RI VT WV",
}
REPORTING_2017 = "AL AZ AR CA CO DE FL GA IN IA KS KY MD MA MI MN MT NV NJ NY OH OK OR SD TN VA WA WV WI WY"
#: Where our files do not say what the list of 2017 says, and why: a conflict of that name stands in the file, or the kind has a name of its own here.
STRUCTURE_DIFFERS = {"CA": "permissive_consultation", "DC": "president", "US": "president"}


@pytest.fixture(scope="module")
def every() -> dict[str, Power]:
    return powers(TODAY)


def unfolded(lists: dict[str, str]) -> dict[str, str]:
    return {place: kind for kind, places in lists.items() for place in places.split()}


def test_the_files_have_no_problem() -> None:
    assert check() == []


def test_every_jurisdiction_is_there(every: dict[str, Power]) -> None:
    wanted = {p.lower() for p in unfolded(FREQUENCY_2024)} | {"pr", "gu", "vi"}
    assert len(wanted) == 55
    assert set(every) == wanted


def test_the_published_structures_are_reproduced(every: dict[str, Power]) -> None:
    published = unfolded(STRUCTURE_2017)
    differs = {place: every[place.lower()].structure for place, kind in published.items() if every[place.lower()].structure != kind}
    assert differs == STRUCTURE_DIFFERS
    for place in ("CA", "DC"):
        assert "structure" in {c.about for c in every[place.lower()].conflicts}
    assert every["sd"].certainty == "conflict" and "structure" in {c.about for c in every["sd"].conflicts}
    assert "structure" in {c.about for c in every["me"].conflicts}
    assert [p.place for p in every.values() if p.certainty == "conflict"] == ["sd"]


@pytest.mark.parametrize(("on", "lists"), [(dt.date(2024, 7, 31), FREQUENCY_2024), (TODAY, FREQUENCY_2024)])
def test_the_published_frequencies_are_reproduced(on: dt.date, lists: dict[str, str]) -> None:
    assert {place: power(place, on).frequency for place in unfolded(lists)} == unfolded(lists)


def test_the_older_frequencies_are_reproduced_where_they_changed() -> None:
    now, then = unfolded(FREQUENCY_2024), unfolded(FREQUENCY_2023)
    changed = {place for place in now if now[place] != then[place]}
    assert changed == {"UT", "VA", "WI", "MA"}
    assert {place: power(place, "2024-06-30").frequency for place in changed} == {place: then[place] for place in changed}


def test_the_published_reporting_duties_are_reproduced(every: dict[str, Power]) -> None:
    assert {p.place.upper() for p in every.values() if p.reports} == set(REPORTING_2017.split())


def test_boards_that_decide_alone_carry_the_risk_flag(every: dict[str, Power]) -> None:
    boards = {p.place for p in every.values() if p.structure == "independent_board"}
    assert {p.place for p in every.values() if p.policy_reversal} == boards == {"al", "ct", "ga", "id", "sc", "ut"}
    for place in boards:
        p = every[place]
        assert (p.holder, p.executive, p.supreme, p.by_governor) == ("board", True, True, False)


def test_territories_are_flagged_and_the_district_is_the_presidents(every: dict[str, Power]) -> None:
    assert {p.place for p in every.values() if p.territory} == {"pr", "gu", "vi"}
    assert {p.place for p in every.values() if p.holder == "president"} == {"dc", "us"}
    assert all(every[p].of("federal", "untested") for p in ("pr", "gu", "vi"))


@pytest.mark.parametrize(
    ("place", "day", "before", "after"),
    [
        ("NV", "2020-11-03", True, None),
        ("WA", "2026-01-01", False, True),
        ("CA", "2019-01-01", False, True),
        ("NJ", "2024-06-19", False, True),
        ("MN", "2023-05-19", "All three members had to agree.", "At least one"),
        ("MT", "2015-10-01", "gatekeeper", "mandatory_consultation"),
        ("CT", "2021-03-23", "refused", "accepted"),
        ("MA", "2023-10-31", 10.0, None),
    ],
)
def test_the_law_changes_on_its_day(place: str, day: str, before: object, after: object) -> None:
    on = dt.date.fromisoformat(day)

    def told(p: Power) -> object:
        felony = p.one("wait", "felony")
        return {
            "NV": p.by_governor, "MN": p.board, "MT": p.structure, "CT": (f := p.one("federal")) and f.kind, "MA": felony and felony.more["years"],
        }.get(place, any(t.more["expedited"] for t in p.of("track")))  # fmt: skip

    old, new = told(power(place, on - dt.timedelta(days=1))), told(power(place, on))
    assert old == before
    assert new == after or str(new).startswith(str(after))


def test_a_day_that_sources_leave_open_is_doubted() -> None:
    assert any("2020-11-24" in d for d in power("NV", "2020-11-10").doubts)
    assert not any("2020-11-24" in d for d in power("NV", "2020-11-24").doubts)
    assert any("later than the day asked about" in d for d in power("TX", "2019-01-01").doubts)
    assert any("last gone through" in d for d in power("TX", "2030-01-01").doubts)


def test_no_known_class_pardon_is_worth_anything_for_drugs(every: dict[str, Power]) -> None:
    rows = [(p, f) for p in every.values() for f in p.of("class_pardon")]
    assert len(rows) > 15
    for p, f in rows:
        if f.more["offences"] == "controlled_substance":
            assert f.more["removal"] == ("unsettled" if p.holder == "president" else "none"), p.place
    assert {p.place for p, f in rows if f.more["ruling"] == "barred"} == {"va"}
    assert {p.place for p, f in rows if f.more["ruling"] == "upheld"} == {"il", "ms", "or"}


def test_instruments_that_do_not_count_are_told(every: dict[str, Power]) -> None:
    assert [f.more["federal"] for f in every["la"].of("lesser", "automatic")] == ["no"]
    assert every["tx"].of("lesser", "conditional") and every["ca"].of("lesser", "certificate")
    assert all(f.more["federal"] in ("no", "unsettled") for p in every.values() for f in p.of("lesser"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(powers(TODAY))), st.dates(dt.date(1990, 1, 1), dt.date(2035, 12, 31)))
def test_any_place_has_one_answer_on_any_day(place: str, on: dt.date) -> None:
    p = power(place, on)
    assert len(p.of("structure")) == 1 and p.decision.kind == p.structure
    assert all(f.holds(on) for f in p.facts if f.table != "frequency") and len(p.of("frequency")) <= 1
    for f in p.all_facts:
        assert f.says and f.authority and f.source and f.certainty in ("confirmed", "recalled", "conflict") and f.table in TABLES
        assert all(a in p.authorities for a in f.authority) and all(k in p.sources for k in f.source)
        assert f.certainty != "confirmed" or f.source != ("recalled",)
    data = as_data(p)
    assert data["on"] == on.isoformat() and {s["key"] for s in data["sources"]} >= set(p.decision.source)


def test_a_place_may_be_named_in_many_ways() -> None:
    assert {power(n).place for n in ("CT", "ct", "Connecticut", "Hartford, CT", "Hartford County, CT")} == {"ct"}
    assert power("US").holder == "president"


@pytest.mark.parametrize(("place", "on", "said"), [("AS", None, "no file"), ("Narnia", None, "Narnia"), ("TX", "soon", "YYYY-MM-DD")])
def test_errors_are_sentences(place: str, on: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        power(place, on)
