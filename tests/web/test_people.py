"""Signing in: locks, codes, sessions, the first administrator, redirects, and that no secret is ever logged."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable

import pyotp
import pytest

from homerule.web.office import JsonLines

from .conftest import PASSWORD, Site, record, words


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    return new_site()


def sign_in(site: Site, name: str, password: str, code: str = "", to: str = "/"):  # type: ignore[no-untyped-def]
    return site.as_("").post("/sign-in", data={"name": name, "password": password, "code": code, "next": to})


def test_a_session_begins_and_ends(site: Site) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    browser = site.as_("")
    assert browser.post("/sign-in", data={"name": "the-desk", "password": PASSWORD, "next": "/records"}).headers["location"] == "/records"
    assert browser.get("/records").status_code == 200
    page = browser.get("/account").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    old = browser.cookies["homerule_session"]
    assert browser.post("/sign-out", data={"csrf": token}).status_code == 303
    browser.cookies.set("homerule_session", old)
    assert browser.get("/records").status_code == 303, "a session that was ended stays ended"


def test_idle_and_old_sessions_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    browser = site.as_("desk")
    assert browser.get("/records").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 29 * 60)
    assert browser.get("/records").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 29 * 60 + 31 * 60)
    assert browser.get("/records").status_code == 303, "idle for more than half an hour"
    busy = site.as_("desk", "busy-desk")
    begun = time.time()
    for minutes in range(0, 12 * 60, 20):
        monkeypatch.setattr(time, "time", lambda at=begun + minutes * 60: at)
        assert busy.get("/api/v1/records").status_code == 200, minutes
    monkeypatch.setattr(time, "time", lambda: begun + 12 * 3600 + 60)
    assert busy.get("/api/v1/records").status_code == 401, "older than twelve hours, busy or not"


def test_an_account_locks_and_opens_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    for _ in range(5):
        assert sign_in(site, "the-desk", "not the password").status_code == 403
    locked = sign_in(site, "the-desk", PASSWORD)
    assert locked.status_code == 403 and "locked" in words(locked)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 16 * 60)
    assert sign_in(site, "the-desk", PASSWORD).status_code == 303


def test_what_is_wrong_is_not_said(site: Site) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    site.office.accounts.add("gone", PASSWORD, ["desk"])
    site.office.accounts.change("gone", disabled=True)
    answers = {words(sign_in(site, name, password)).replace(name, "") for name, password in (("the-desk", "wrong password here"), ("nobody-here", PASSWORD), ("gone", PASSWORD))}
    assert len(answers) == 1


def test_a_code_counts_once(site: Site) -> None:
    secret = pyotp.random_base32()
    site.office.accounts.add("the-admin", PASSWORD, ["admin"], totp=secret)
    code = pyotp.TOTP(secret).now()
    assert sign_in(site, "the-admin", PASSWORD).status_code == 403, "without a code"
    assert sign_in(site, "the-admin", PASSWORD, "000000" if code != "000000" else "111111").status_code == 403
    assert sign_in(site, "the-admin", PASSWORD, code).status_code == 303
    assert sign_in(site, "the-admin", PASSWORD, code).status_code == 403, "the same code a second time"


def test_an_old_code_does_not_count(site: Site) -> None:
    secret = pyotp.random_base32()
    site.office.accounts.add("the-admin", PASSWORD, ["admin"], totp=secret)
    assert sign_in(site, "the-admin", PASSWORD, pyotp.TOTP(secret).at(int(time.time()) - 300)).status_code == 403


def test_the_setup_link_works_once(site: Site) -> None:
    link = site.office.accounts.setup_secret()
    browser = site.as_("")
    page = browser.get(f"/setup/{link}")
    assert page.status_code == 200
    totp = page.text.split('name="totp" value="')[1].split('"')[0]
    form = {"name": "the-admin", "password": PASSWORD, "again": PASSWORD, "totp": totp}
    assert browser.post(f"/setup/{link}", data={**form, "code": "12"}).status_code == 422
    assert browser.post(f"/setup/{link}", data={**form, "again": "other words than those", "code": pyotp.TOTP(totp).now()}).status_code == 422
    assert browser.post(f"/setup/{link}", data={**form, "password": "short", "again": "short", "code": pyotp.TOTP(totp).now()}).status_code == 422
    assert not site.office.accounts.any()
    done = browser.post(f"/setup/{link}", data={**form, "code": pyotp.TOTP(totp).now()})
    assert done.status_code == 303 and done.headers["location"] == "/accounts"
    assert browser.get("/accounts").status_code == 200
    other = site.as_("")
    assert other.get(f"/setup/{link}").status_code == 404
    assert other.post(f"/setup/{link}", data={**form, "name": "second", "code": pyotp.TOTP(totp).now()}).status_code == 404
    assert [a.name for a in site.office.accounts.all()] == ["the-admin"]
    assert other.get("/setup/guessed").status_code == 404


def test_a_setup_link_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    link, now = site.office.accounts.setup_secret(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert site.as_("").get(f"/setup/{link}").status_code == 404


@pytest.mark.parametrize("to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example", "/\t/elsewhere.example", "javascript:alert(1)", "/law\r\nset-cookie: a=b", "", "law"])
def test_a_sign_in_leads_to_this_server_only(site: Site, to: str) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    response = sign_in(site, "the-desk", PASSWORD, to=to)
    assert response.status_code == 303
    location = response.headers["location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\")) and "elsewhere" not in location and "\n" not in location
    assert "a=b" not in response.headers.get("set-cookie", "")


def test_a_way_back_is_kept_through_the_sign_in(site: Site) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    asked = site.as_("").get("/records?kind=decision&place=il")
    assert asked.status_code == 303
    page = site.as_("").get(asked.headers["location"])
    assert 'name="next" value="/records?kind=decision&amp;place=il"' in page.text
    assert sign_in(site, "the-desk", PASSWORD, to="/records?kind=decision&place=il").headers["location"] == "/records?kind=decision&place=il"


def test_no_secret_is_ever_logged(new_site: Callable[..., Site], capfd: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root, log = logging.getLogger(), logging.getLogger("homerule.web")
    for one in (root, log):
        one.addHandler(handler)
    level, root.level = root.level, logging.DEBUG
    try:
        site = new_site()
        secret = pyotp.random_base32()
        site.office.accounts.add("the-admin", PASSWORD, ["admin"], totp=secret)
        code = pyotp.TOTP(secret).now()
        wrong = "a wrong password that is long"
        cookie = sign_in(site, "the-admin", PASSWORD, code).cookies["homerule_session"]
        sign_in(site, "the-admin", wrong, code)
        link = site.office.accounts.setup_secret()
        site.as_("").get(f"/setup/{link}")
        token = site.token("desk")
        browser = site.as_("")
        browser.get("/api/v1/records", headers={"authorization": f"Bearer {token}"})
        browser.get("/api/v1/records", headers={"authorization": "Bearer hr_wrong-token-value"})
        record(site.as_("desk"), reference="a" * 64)
        site.as_("").post("/corrections/new", data={"rule": "il-805-15-a-hold", "said": "The words of a reader, kept in the table alone"})
        said = out.getvalue() + "".join(capfd.readouterr())
        for hidden in (PASSWORD, wrong, secret, code, cookie, link, token, "hr_wrong-token-value", "a" * 64, "words of a reader"):
            assert hidden not in said, hidden
        with site.office.accounts.engine.connect() as db:
            tables = " ".join(str(r) for t in ("web_account", "web_session", "web_token", "web_setup", "web_audit") for r in db.exec_driver_sql(f"select * from {t}"))
        for hidden in (PASSWORD, wrong, cookie, link, token):
            assert hidden not in tables, "kept in the clear"
    finally:
        root.level = level
        for one in (root, log):
            one.removeHandler(handler)


def test_tokens_end_and_are_revoked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, people = site.as_(""), site.office.accounts
    token = site.token("desk")
    given = {"authorization": f"Bearer {token}"}
    assert browser.get("/api/v1/records", headers=given).status_code == 200
    assert browser.get("/api/v1/records", headers={"authorization": f"Basic {token}"}).status_code == 401
    people.revoke(people.tokens()[0]["id"])
    assert browser.get("/api/v1/records", headers=given).status_code == 401
    fresh = {"authorization": f"Bearer {people.new_token('another', ['desk'], 1)}"}
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86401)
    assert browser.get("/api/v1/records", headers=fresh).status_code == 401


def test_a_changed_account_is_signed_out(site: Site) -> None:
    people = site.office.accounts
    people.add("the-desk", PASSWORD, ["desk"])
    browser = site.as_("desk", "the-desk")
    assert browser.get("/records").status_code == 200
    admin = site.as_("admin")
    assert admin.send_form("/accounts", {"do": "disable", "name": "the-desk"}).status_code == 303
    assert browser.get("/records").status_code == 303


def test_nobody_records_and_approves(site: Site) -> None:
    admin = site.as_("admin")
    response = admin.send_form("/accounts", {"do": "add", "name": "both", "password": PASSWORD, "roles": ["desk", "approver"]})
    assert response.status_code == 422 and "approver" in words(response)


def test_reads_and_sign_ins_are_in_the_audit(site: Site) -> None:
    site.office.accounts.add("the-desk", PASSWORD, ["desk"])
    sign_in(site, "the-desk", "wrong password here")
    sign_in(site, "the-desk", PASSWORD)
    desk = site.as_("desk", "the-desk")
    id = record(desk)
    desk.get(f"/records/{id}")
    desk.get("/records")
    desk.get(f"/api/v1/records/{id}")
    page = words(site.as_("auditor").get("/audit"))
    for what in ("sign-in refused", "signed in", "read a record", "read records", "recorded", id):
        assert what in page, what
