"""Every page that can be opened: it answers, says something, and keeps the rules that a browser's checker would hold it to."""

from __future__ import annotations

import re

import pytest

from homerule.web import tables
from homerule.web.operation import Operation

from .conftest import Browser, Site, Words, record

EVERYTHING = "admin+counsel+editor+auditor"
#: An address for each page whose path or question needs one.
ADDRESSES = {
    "/ask/start": "/ask/start?place=Cook+County,+IL&actor=jail&request=detainer&on=2026-11-01",
    "/ask/q": "/ask/q?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01",
    "/ask/form": "/ask/form?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01",
    "/ask/formed": "/ask/formed?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01&f.process=admin_warrant",
    "/decision": "/decision?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01&fact=process=admin_warrant",
    "/decision/file.{form}": "/decision/file.json?place=il/cook-county&actor=jail&request=detainer&on=2026-11-01",
    "/law": "/law?q=detainer",
    "/law/norm/{id}": "/law/norm/il-805-15-a-hold",
    "/law/authority/{id}": "/law/authority/il-805-15-a",
    "/law/place": "/law/place?place=Cook+County,+IL",
    "/law/place/{id:path}": "/law/place/il/cook-county?act=hold",
    "/law/diff": "/law/diff?place=tx&from=2024-01-01&to=2026-11-01",
    "/corrections/new": "/corrections/new?rule=il-805-15-a-hold",
}
#: Pages with nothing of their own to show here.
ELSEWHERE = {"/sign-in/start", "/sign-in/back", "/setup/{secret}"}
PAGES = [op for op in tables.operations() if op.kind == "page" and op.method == "GET" and op.path not in ELSEWHERE and ("{" not in op.path or op.path in ADDRESSES or op.path == "/records/{id}")]
OURS = [op for op in PAGES if op.path.startswith(("/law", "/check", "/records", "/corrections", "/ask", "/decision"))]


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.as_(EVERYTHING)


@pytest.mark.parametrize("op", PAGES, ids=lambda op: op.path)
def test_every_page_answers(op: Operation, site: Site, browser: Browser) -> None:
    address = ADDRESSES.get(op.path, op.path)
    if op.path == "/records/{id}":
        address = f"/records/{record(browser)}"
    response = browser.get(address)
    needs_more = op not in OURS and response.status_code == 422  # a page that says what it needs to be asked
    assert response.status_code in (200, 303) or needs_more, f"{address}: {response.status_code} {response.text[-300:]}"
    assert response.headers["content-security-policy"]
    if response.status_code == 303:
        assert response.headers["location"].startswith("/") and not response.headers["location"].startswith("//")
        return
    if "text/html" not in response.headers["content-type"]:
        assert response.content
        return
    page = Words(response.text)
    if "<html" not in response.text:
        return  # a part for the list under a field
    assert page.heads[:1] == [1] or 1 in page.heads, "a page has a heading of its own"
    assert page.heads.count(1) == 1, page.heads
    assert len(page.text.split()) > 40, address
    assert not page.inline, f"{address} has inline {page.inline[:4]}"
    assert len(page.ids) == len(set(page.ids)), f"{address}: ids twice: {sorted({i for i in page.ids if page.ids.count(i) > 1})}"
    for control in page.controls:
        assert control.get("id") in page.labels or control.get("aria-label") or control.get("aria-labelledby"), f"{address}: a control without a label: {control}"
    steps = [b - a for a, b in zip(page.heads, page.heads[1:])]
    assert max(steps, default=0) <= 1, f"{address}: a heading's level is skipped: {page.heads}"
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", response.text), "nothing is loaded or linked from elsewhere"


@pytest.mark.parametrize("op", OURS, ids=lambda op: op.path)
def test_links_of_a_page_lead_somewhere(op: Operation, site: Site, browser: Browser) -> None:
    """Every link of a page goes to an address that the server has."""
    from starlette.routing import Match

    address = ADDRESSES.get(op.path, op.path)
    if op.path == "/records/{id}":
        address = f"/records/{record(browser)}"
    response = browser.get(address)
    if "text/html" not in response.headers.get("content-type", ""):
        return
    routes = site.app.app.routes  # type: ignore[attr-defined]
    later = ("/playbook", "/agreements", "/pardons", "/capacity", "/replay")  # pages of other parts
    for link in set(Words(response.text).links):
        path = link.partition("?")[0].partition("#")[0]
        if not path or path.startswith(later) or not path.startswith("/"):
            continue
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        assert any(r.matches(scope)[0] is Match.FULL for r in routes), f"{address} links to {link}"


def test_a_page_works_in_part_for_htmx(browser: Browser) -> None:
    whole = browser.get("/law?q=detainer")
    part = browser.get("/law?q=detainer", headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text and part.text.strip() in whole.text
    assert whole.headers["vary"] == part.headers["vary"] == "hx-request"
    assert "detain" in part.text
    assert "<html" in browser.get("/law?q=detainer", headers={"hx-request": "true", "hx-history-restore-request": "true"}).text, "going back needs the whole page"


def test_an_unknown_address_is_a_page_with_a_way_back(browser: Browser) -> None:
    response = browser.get("/nothing/here")
    assert response.status_code == 404
    assert 'href="/"' in response.text
    assert browser.get("/law/norm/il-805-15-a-holdd").status_code == 404
    assert "il-805-15-a-hold" in browser.get("/law/norm/il-805-15-a-holdd").text  # a near id is offered
    assert browser.post("/law", data={"csrf": browser.csrf}).status_code == 405
