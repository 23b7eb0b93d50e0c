"""Sections in every spelling."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.errors import InputError
from homerule.pardons.load import Law, pardon_law

LAW = pardon_law()
NUMBERS = [(g.id, n) for g in LAW.grounds.values() for n in g.numbers]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NUMBERS), st.sampled_from(["{c}", "INA {c}", "INA § {c}", "section {c}", "Section {c} of the Act", " {c} ", "8 U.S.C. § {u}", "8 USC {u}", "{s}"]), st.booleans())
def test_every_number_is_found_however_it_is_written(row: tuple[str, object], form: str, spaced: bool) -> None:
    ground, number = row
    code = number.code  # type: ignore[attr-defined]
    usc = LAW.sections.cite(code).rpartition("§ ")[2]
    text = form.format(c=code.replace("(", " (") if spaced and "{s}" not in form else code, u=usc, s=code.replace("(", "").replace(")", ""))
    assert ground in LAW.sections.find(text, number.start).grounds  # type: ignore[attr-defined]


@given(st.text(max_size=60))
def test_any_text_is_found_or_refused_with_a_sentence(text: str) -> None:
    try:
        assert LAW.sections.find(text).grounds
    except InputError as error:
        assert str(error).endswith(".")


def test_capitals_alone_are_read(law: Law) -> None:
    today = law.checked
    for text in ("237A2AIII", "237a2aiii", "237a2Aiii"):
        assert law.sections.find(text, today).grounds == ("aggravated-felony",)
    assert law.sections.find("212a2AiII", today).grounds == ("bar-drug",)


def test_a_number_means_what_it_meant_on_the_day(law: Law) -> None:
    assert law.sections.find("241(a)(5)", dt.date(1993, 1, 1)).grounds == ("public-charge",)
    assert "registration-crime" in law.sections.find("241(a)(5)", dt.date(1975, 1, 1)).grounds
    assert law.sections.find("212(a)(6)(B)", dt.date(1995, 1, 1)).grounds == ("removed-earlier",)
    assert law.sections.find("212(a)(6)(B)", dt.date(2020, 1, 1)).grounds == ("failed-to-attend",)


@pytest.mark.parametrize("code", ["241a4", "241a2", "212a9"])
def test_a_number_of_two_laws_is_kept_ambiguous(law: Law, code: str) -> None:
    found = law.sections.find(code, dt.date(2017, 1, 1))
    assert len(found.grounds) > 1 and not found.exact
    assert len({law.grounds[g].family == "conduct" for g in found.grounds}) == 2


def test_a_ground_shows_the_number_of_the_day(law: Law) -> None:
    ground = law.grounds["cimt"]
    shown = [ground.number(dt.date(y, 5, 1)).code for y in (1960, 1993, 2020)]
    assert shown == ["241(a)(4)", "241(a)(2)(A)(i)", "237(a)(2)(A)(i)"]
    assert [law.clause(dt.date(y, 5, 1)).ina for y in (1960, 1993, 2000, 2020)] == ["INA 241(b)(1)", "INA 241(a)(2)(A)(iv)", "INA 237(a)(2)(A)(v)", "INA 237(a)(2)(A)(vi)"]
