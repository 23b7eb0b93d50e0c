"""What every request passes through: whose it is, where it comes from, how often, how large, and how it is refused."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from homerule.web import app, tables
from homerule.web.office import JsonLines
from homerule.web.operation import Operation

from .conftest import DECIDE, Browser, Site, record

ALL_ROLES = "admin+counsel+editor+auditor+approver+desk"
POSTS = [op for op in tables.operations() if op.method != "GET"]
PAGE_POSTS = [op for op in POSTS if op.kind == "page"]
API_POSTS = [op for op in POSTS if op.kind == "api"]


def address(op: Operation) -> str:
    return re.sub(r"\{\w+(?::\w+)?\}", "x", op.path)


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.as_(ALL_ROLES)


@pytest.mark.parametrize("op", PAGE_POSTS, ids=lambda op: op.path)
def test_no_form_is_taken_without_its_token(op: Operation, browser: Browser) -> None:
    assert browser.post(address(op), data={"csrf": "wrong"}).status_code == 403
    assert browser.post(address(op), data={}).status_code == 403
    assert browser.post(address(op), content=b"", headers={"content-type": ""}).status_code == 403


@pytest.mark.parametrize("op", API_POSTS, ids=lambda op: op.path)
def test_no_call_of_a_signed_in_browser_is_taken_without_its_token(op: Operation, browser: Browser) -> None:
    response = browser.post(address(op), json={})
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("op", POSTS, ids=lambda op: op.path)
def test_nothing_is_taken_from_another_site(op: Operation, browser: Browser) -> None:
    for headers in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}):
        given: dict[str, Any] = {"data": {"csrf": browser.csrf}} if op.kind == "page" else {"json": {}}
        response = browser.post(address(op), headers={**headers, "x-csrf-token": browser.csrf}, **given)
        assert response.status_code == 403, headers


def test_a_sign_in_from_another_site_is_refused_too(site: Site) -> None:
    assert site.as_("").post("/sign-in", data={"name": "x", "password": "y"}, headers={"origin": "https://elsewhere.example"}).status_code == 403


@pytest.mark.parametrize("op", [op for op in API_POSTS if op.body is not None and op.body.model_config.get("extra") == "forbid"], ids=lambda op: op.path)
def test_a_misspelt_member_is_refused(op: Operation, browser: Browser) -> None:
    response = browser.send_json(address(op), {"no_such_member": 1})
    assert response.status_code == 422, response.text
    assert "no_such_member" in response.text


@pytest.mark.parametrize("op", [op for op in tables.operations() if op.kind == "api" and op.query is not None], ids=lambda op: op.path)
def test_a_misspelt_question_is_refused(op: Operation, browser: Browser) -> None:
    assert browser.get(address(op), params={"no_such_name": "1"}).status_code == 422


def test_problems_have_their_shape(browser: Browser, site: Site) -> None:
    nobody = site.as_("")
    seen = {}
    for response in (
        nobody.get("/api/v1/records"), site.as_("viewer").get("/api/v1/records"), nobody.get("/api/v1/nothing"), nobody.get("/api/v1/law/norms/nothing"), nobody.put("/api/v1/decide"),
        nobody.post("/api/v1/decide", content=b"{", headers={"content-type": "application/json"}), nobody.post("/api/v1/decide", content=b"x=1", headers={"content-type": "application/x-www-form-urlencoded"}),
        nobody.post("/api/v1/decide", json={**DECIDE, "place": "Nowhere, ZZ"}), nobody.get("/api/v1/law/norms?limit=0"), nobody.get("/api/v1/law/norms?cursor=AAAA"), nobody.get("/api/v1/records", headers={"authorization": "Bearer hr_nothing"}),
    ):  # fmt: skip
        body = response.json()
        assert response.headers["content-type"] == "application/problem+json", response.url
        assert body["status"] == response.status_code
        assert body["type"] == "about:blank" and body["title"]
        assert not re.search(r"Traceback|File \"|pydantic|homerule\.", response.text)
        seen[response.status_code] = body
    assert set(seen) == {400, 401, 403, 404, 405, 415, 422}
    assert nobody.get("/api/v1/records").headers["www-authenticate"].startswith("Bearer")
    assert "GET" in nobody.put("/api/v1/decide").headers["allow"] or "POST" in nobody.put("/api/v1/decide").headers["allow"]


def test_an_unclear_place_names_its_candidates(site: Site) -> None:
    body = site.as_("").post("/api/v1/decide", json={**DECIDE, "place": "Springfield"}).json()
    assert body["status"] == 422 and {c["id"] for c in body["candidates"]} >= {"il/springfield"}


def headers_hold(response: Any) -> None:
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"]
    assert "server" not in response.headers or "python" not in response.headers["server"].lower()


def test_security_headers_are_on_every_answer(site: Site, browser: Browser) -> None:
    base = f"/static/{site.office.__dict__['static']}"
    for path in ("/", "/law", "/nothing", "/records", "/api/v1/health", "/api/v1/nothing", "/api/v1/records", f"{base}/homerule.css", f"{base}/nothing", "/decision", "/sign-in", "/accounts"):
        headers_hold(site.as_("").get(path))
        headers_hold(browser.get(path))
    headers_hold(browser.post("/sign-out", data={}))
    headers_hold(site.as_("").post("/api/v1/decide", content=b"{"))


def test_personal_pages_are_not_kept_by_the_browser(browser: Browser) -> None:
    for path in ("/records", "/accounts", "/account", "/api/v1/records"):
        assert browser.get(path).headers["cache-control"] == "no-store"


def test_behind_tls_cookies_are_bound_and_hsts_is_sent(new_site: Callable[..., Site]) -> None:
    site = new_site(url="https://homerule.example.gov", reading="signed_in")
    site.office.accounts.add("the-desk", "four unrelated words here", ["desk"])
    response = site.as_("").post("/sign-in", data={"name": "the-desk", "password": "four unrelated words here", "next": "/law"})
    assert response.status_code == 303, response.text
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-homerule=") and "Secure" in cookie and "HttpOnly" in cookie and re.search("samesite=lax", cookie, re.I) and "Domain" not in cookie
    assert "max-age=31536000" in response.headers["strict-transport-security"]


def test_too_many_requests(new_site: Callable[..., Site]) -> None:
    site = new_site(requests_a_minute=5, writes_a_minute=2)
    browser = site.as_("")
    codes = [browser.get("/api/v1/health").status_code for _ in range(8)]
    assert codes == [200] * 5 + [429] * 3
    refused = browser.get("/api/v1/health")
    assert 1 <= int(refused.headers["retry-after"]) <= 60 and refused.json()["status"] == 429
    assert browser.get("/law").status_code == 429
    desk = site.as_("desk")
    assert [desk.send_json("/api/v1/decide", DECIDE).status_code for _ in range(3)] == [200, 200, 429]
    assert desk.get("/api/v1/health").status_code == 200  # each caller has a share of its own


def test_large_bodies_are_refused(new_site: Callable[..., Site]) -> None:
    site = new_site(max_body=2000)
    browser = site.as_("")
    response = browser.post("/api/v1/decide", content=b"x" * 3000, headers={"content-type": "application/json"})
    assert response.status_code == 413 and response.json()["status"] == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100

    assert browser.post("/api/v1/decide", content=pieces(), headers={"content-type": "application/json"}).status_code == 413
    assert browser.post("/check", data={"draft": "x" * 3000}).status_code == 413


def test_what_takes_too_long_is_ended(new_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio
    from starlette.responses import Response

    async def slow(call: Any) -> Response:
        await anyio.sleep(30)
        return Response()

    real = tables.operations()
    monkeypatch.setattr(app, "operations", lambda: tuple(op._replace(handler=slow, blocking=False) if op.name in ("health", "law") else op for op in real))
    browser = new_site(timeout_seconds=0.05).as_("")
    assert browser.get("/api/v1/health").status_code == 504
    page = browser.get("/law")
    assert page.status_code == 504 and "<html" in page.text


def test_a_reader_does_not_wait_for_work_that_takes_too_long(new_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    answered, waited = threading.Event(), []

    def slow(call: Any) -> Any:
        waited.append(answered.wait(20))

    real = tables.operations()
    monkeypatch.setattr(app, "operations", lambda: tuple(op._replace(handler=slow) if op.name in ("law", "check") else op for op in real))
    site = new_site(timeout_seconds=0.2)
    assert site.as_("").get("/law").status_code == 504
    assert site.as_("").post("/api/v1/check", json={"draft": "x"}).status_code == 504
    answered.set()
    for thread in threading.enumerate():
        if "AnyIO" in thread.name:
            thread.join(0.5)
    assert waited == [True, True] or not waited, "the answer came before the work was done"


def test_a_fault_is_a_problem_and_tells_nothing(new_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "the-secret-of-a-body"

    def fails(call: Any) -> Any:
        raise RuntimeError(secret)

    real = tables.operations()
    monkeypatch.setattr(app, "operations", lambda: tuple(op._replace(handler=fails) if op.name in ("health", "law") else op for op in real))
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("homerule.web")
    log.addHandler(handler)
    try:
        browser = new_site().as_("")
        for path in ("/api/v1/health", "/law"):
            response = browser.get(path)
            assert response.status_code == 500
            assert secret not in response.text and "Traceback" not in response.text
    finally:
        log.removeHandler(handler)
    assert "RuntimeError" in out.getvalue() and secret not in out.getvalue()
    assert "test_gate.py" in out.getvalue(), "the log says where it happened"


# Idempotency


def test_the_same_write_twice_is_made_once(site: Site) -> None:
    desk = site.as_("desk", "idempotent-desk")
    body = {**DECIDE, "record": {"channel": "fax"}}
    before = site.office.log.size()
    first = desk.send_json("/api/v1/decide", body, **{"idempotency-key": "key-1"})
    again = desk.send_json("/api/v1/decide", body, **{"idempotency-key": "key-1"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert site.office.log.size() == before + 1
    other = desk.send_json("/api/v1/decide", {**body, "on": "2026-10-01"}, **{"idempotency-key": "key-1"})
    assert other.status_code == 422
    assert site.office.log.size() == before + 1


def test_a_key_belongs_to_an_account(site: Site) -> None:
    body = {"outcome": "released"}
    one, two = site.as_("desk", "desk-one"), site.as_("desk", "desk-two")
    a, b = record(one), record(two)
    assert one.send_json(f"/api/v1/records/{a}/outcome", body, **{"idempotency-key": "same"}).status_code == 201
    answered = two.send_json(f"/api/v1/records/{b}/outcome", body, **{"idempotency-key": "same"})
    assert answered.status_code == 201
    assert site.office.log.get(answered.json()["id"]).data()["of"] == b  # type: ignore[union-attr]


def test_a_refused_write_may_be_mended_under_its_key(site: Site) -> None:
    desk = site.as_("desk", "mending-desk")
    bad = desk.send_json("/api/v1/decide", {**DECIDE, "record": {"channel": "pigeon"}}, **{"idempotency-key": "mended"})
    assert bad.status_code == 422
    assert desk.send_json("/api/v1/decide", {**DECIDE, "record": {"channel": "fax"}}, **{"idempotency-key": "mended"}).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "k" * 81, "ein schlüssel".encode().decode("latin-1")])
def test_an_unusable_key_is_refused(site: Site, key: str) -> None:
    desk = site.as_("desk")
    response = desk.post("/api/v1/decide", json={**DECIDE, "record": {}}, headers={"x-csrf-token": desk.csrf.encode(), "idempotency-key": key.encode("latin-1")})
    assert response.status_code == 400


def test_a_caller_who_gives_up_does_not_stop_the_log(new_site: Callable[..., Site]) -> None:
    from homerule.records.entry import read_entry

    site = new_site()
    writer = site.office.writer

    def entry() -> Any:
        return read_entry({"kind": "certificate", "role": "desk", "period": ["2025-01-01", "2025-01-31"]})

    waiting = [writer.put(entry()) for _ in range(40)]
    gone = [f for f in waiting if f.cancel()]
    assert writer.put(entry()).result(20).new
    kept = [f.result(20) for f in waiting if f not in gone]
    assert site.office.log.size() == len(kept) + 1
