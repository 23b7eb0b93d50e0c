"""What people do, from end to end."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest

from tests.browser.conftest import PASSWORD, Server


def interview(page: Any, server: Server) -> list[str]:
    """Ask about a detainer in Cook County and answer until the decision. Returns the questions asked."""
    page.goto(server.url + "/ask")
    page.get_by_label("Place").fill("Cook County, IL")
    page.get_by_label("Who is asked").select_option("jail")
    page.get_by_label("What is asked").select_option("detainer")
    page.get_by_label("On which day").fill("2026-11-01")
    page.get_by_role("button", name="one question at a time").click()
    asked = []
    for _ in range(20):
        if "/decision" in page.url:
            return asked
        asked.append(page.locator("h1").inner_text())
        if page.get_by_label("An administrative warrant").count():
            page.get_by_label("An administrative warrant").check()
            page.get_by_role("button", name="Go on").click()
        else:
            page.get_by_role("button", name="I don’t know").click()
    raise AssertionError("the interview did not end")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_interview_leads_to_an_answer(script: bool, browser: Any, server: Server) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    asked = interview(page, server)
    assert asked and len(asked) == len(set(asked))
    assert "prohibits the jail to hold" in page.locator("main").inner_text()
    address = page.url
    page.go_back()
    assert page.locator("h1").inner_text() == asked[-1]  # the browser's own way back works
    page.goto(address)
    assert "prohibits the jail to hold" in page.locator("main").inner_text()
    context.close()


def test_a_place_that_several_have_is_asked_again(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.goto(server.url + "/ask")
    page.get_by_label("Place").fill("Springfield")
    page.get_by_label("Who is asked").select_option("police")
    page.get_by_label("What is asked").select_option("detainer")
    page.get_by_role("button", name="one question at a time").click()
    assert page.get_by_role("heading", name="There is a problem").count() == 1
    page.get_by_role("link", name="Springfield, Illinois").click()
    assert page.get_by_label("Place").input_value() == "il/springfield"
    page.close()


def test_the_expert_form_answers_at_once(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.goto(server.url + "/ask?place=Cook+County,+IL&actor=jail&request=detainer&on=2026-11-01")
    page.get_by_role("button", name="All questions on one page").click()
    page.locator("select[name='f.process']").select_option("admin_warrant")
    page.get_by_role("button", name="Answer").click()
    assert "prohibits the jail to hold" in page.locator("main").inner_text()
    page.close()


def test_a_decision_is_recorded_approved_by_another_and_found_again(browser: Any, server: Server, states: dict[str, Any]) -> None:
    desk = browser.new_context(storage_state=states["desk"])
    page = desk.new_page()
    page.goto(server.url + "/decision?place=il%2Fcook-county&actor=jail&request=detainer&on=2026-11-01&fact=process=admin_warrant")
    page.get_by_label("How it was answered").select_option("declined")
    page.get_by_role("button", name="Record").click()
    page.wait_for_url(server.url + "/records/*")
    address = page.url
    assert "prohibited" in page.locator("main").inner_text().lower()
    assert page.get_by_role("button", name="Approve", exact=True).count() == 0  # a desk does not approve
    desk.close()
    approver = browser.new_context(storage_state=states["approver"])
    page = approver.new_page()
    page.goto(address)
    page.get_by_role("button", name="Approve", exact=True).click()
    assert "approv" in page.locator("main").inner_text().lower()
    approver.close()


def test_the_first_start_makes_an_administrator_once(browser: Any) -> None:
    import pyotp

    with tempfile.TemporaryDirectory(prefix="homerule-first-", ignore_cleanup_errors=True) as folder:
        fresh = Server(folder)
        try:
            page = browser.new_page()
            page.goto(fresh.setup)
            secret = page.locator("input[name=totp]").get_attribute("value")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_label("The password again").fill(PASSWORD)
            page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
            page.get_by_role("button", name="Make the account").click()
            assert page.locator("h1").inner_text() == "Accounts"
            assert page.goto(fresh.setup).status == 404
            page.close()
        finally:
            fresh.stop()
