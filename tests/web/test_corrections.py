"""Errors reported in rules: who may report and answer, what is refused, what is public."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homerule.web.corrections import Corrections

from .conftest import Site, Words, words

RULE = "il-805-15-a-hold"
SAID = "The first day seems to be another one: the act says that it takes effect upon becoming law."


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    return new_site()


def report(site: Site, said: str = SAID, rule: str = RULE, source: str = "", who: str = ""):  # type: ignore[no-untyped-def]
    return site.as_(who).send_form("/corrections/new", {"rule": rule, "said": said, "source": source})


def test_a_report_is_kept_answered_and_public(site: Site) -> None:
    nobody, editor = site.as_(""), site.as_("editor")
    assert "Report an error" in words(nobody.get(f"/law/norm/{RULE}"))
    made = report(site, source="Public Act 100-463")
    assert made.status_code == 303
    id = made.headers["location"].rpartition("=")[2]
    assert f"the report is kept under the number {id}" in words(nobody.get(made.headers["location"]))
    assert SAID not in words(nobody.get("/corrections")), "the words of a report that nobody has read are not published"
    assert SAID in words(editor.get("/corrections"))
    assert editor.send_form(f"/corrections/{id}", {"state": "declined", "answer": ""}).status_code == 422, "an answer says why"
    assert editor.send_form(f"/corrections/{id}", {"state": "accepted", "answer": "Right; the day was mended."}).status_code == 303
    public = words(nobody.get("/corrections?state=accepted"))
    for said in (SAID, "Right; the day was mended.", "Accepted", "answered", "5 ILCS 805/15", "Public Act 100-463"):
        assert said in public, said
    assert "None in this state" in words(nobody.get("/corrections?state=open"))
    assert f"/law/norm/{RULE}" in Words(nobody.get("/corrections").text).links
    assert editor.send_form(f"/corrections/{id}", {"state": "open", "answer": ""}).status_code == 303
    assert SAID not in words(nobody.get("/corrections"))
    assert "correction accepted" in words(site.as_("auditor").get("/audit"))


def test_an_authority_can_be_reported_too(site: Site) -> None:
    assert report(site, rule="il-805-15-a").status_code == 303


@pytest.mark.parametrize("said", ["My client Mr Gonzalez was held under it", "See A 123 456 789 in the file", "Born 04/05/1980 and held", "Write to me at jane@example.org about this", "Call 312-555-0100 about this rule", "", "wrong", "x" * 3001])
def test_no_person_and_no_empty_report_is_kept(site: Site, said: str) -> None:
    response = report(site, said)
    assert response.status_code == 422
    assert Corrections(site.office.accounts.engine).all() == []


def test_citations_and_links_are_not_taken_for_people(site: Site) -> None:
    said = "Compare 8 U.S.C. 1357(g)(10), 521 U.S. 898, 925-35 (1997) and Act 2011-535: the pinpoint should be subsection (b), from 2019-07-01."
    assert report(site, said, source="https://www.courtlistener.com/docket/68123456/united-states-v-illinois/").status_code == 303


def test_a_rule_that_is_not_there_is_told(site: Site) -> None:
    response = report(site, rule="il-805-15-a-holdd")
    assert response.status_code == 422 and RULE in words(response)
    assert report(site, rule="").status_code == 422
    assert report(site, rule="<script>alert(1)</script>").status_code == 422


def test_what_is_reported_is_shown_and_never_run(site: Site) -> None:
    id = report(site, "<script>alert(1)</script> is not a rule of law").headers["location"].rpartition("=")[2]
    page = site.as_("editor").get("/corrections").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert id in page


def test_reports_are_limited(site: Site) -> None:
    codes = [report(site).status_code for _ in range(12)]
    assert codes[:10] == [303] * 10 and codes[10:] == [429] * 2


def test_answers_are_screened_and_states_known(site: Site) -> None:
    id = report(site).headers["location"].rpartition("=")[2]
    editor = site.as_("editor")
    assert editor.send_form(f"/corrections/{id}", {"state": "accepted", "answer": "Thanks to Mr Smith for this"}).status_code == 422
    assert editor.send_form(f"/corrections/{id}", {"state": "burnt", "answer": "no"}).status_code == 422
    assert editor.send_form("/corrections/nothing", {"state": "accepted", "answer": "yes, mended"}).status_code == 404
    assert site.as_("counsel").send_form(f"/corrections/{id}", {"state": "accepted", "answer": "yes, mended"}).status_code == 403


def test_a_long_list_goes_on(site: Site) -> None:
    kept = Corrections(site.office.accounts.engine)
    ids = {kept.report(RULE, SAID, "") for _ in range(55)}
    first = site.as_("").get("/corrections")
    (later,) = [link for link in Words(first.text).links if "after=" in link]
    shown = {i.removeprefix("c-") for page in (first, site.as_("").get(later)) for i in Words(page.text).ids if i.startswith("c-")}
    assert shown == ids
    assert kept.counts() == {"open": 55, "accepted": 0, "declined": 0}
