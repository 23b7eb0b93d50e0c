"""Every page in a real browser: no console error, no accessibility violation, nothing wider than the screen, nothing asked of another server."""

from __future__ import annotations

from typing import Any

import pytest

from homerule.web.operation import Operation
from homerule.web.tables import operations

#: Values for the parameters in addresses of pages, and a query where a page needs one.
PARTS = {"rule": "il-805-15-a-hold"}
DECISION = "place=il%2Fcook-county&actor=jail&request=detainer&on=2026-11-01&fact=process=admin_warrant"
QUERIES = {
    "decision": DECISION, "ask_question": "place=il%2Fcook-county&actor=jail&request=detainer&on=2026-11-01", "ask_form": "place=il%2Fcook-county&actor=jail&request=detainer&on=2026-11-01",
    "ask_start": "place=Cook+County,+IL&actor=jail&request=detainer", "ask_formed": DECISION, "ask_places": "place=cook",
    "pardon_result": "charged=237(a)(2)(A)(iii)&convicted_by=state&state=ny&class=theft&instrument=pardon&grantor=governor&full=yes&unconditional=yes", "pardon_state": "state=ct", "playbook": "place=Cook+County,+IL",
}  # fmt: skip
#: Answered by a redirect, a file, a fragment or another system.
NOT_A_PAGE = {"ask_start", "ask_formed", "ask_places", "oidc_start", "oidc_back"}
FILES = ("/file", ".csv", ".ics", ".json")
WIDTHS = (390, 768, 1440)


def pages() -> list[Operation]:
    return [op for op in operations() if op.kind == "page" and op.method == "GET" and "{" not in op.path and op.name not in NOT_A_PAGE and not op.path.endswith(FILES)]


def role_for(op: Operation) -> str:
    """The least role that may see it; nobody where reading is open."""
    from homerule.web.access import ROLES

    return "" if op.permission in ("open", "read", "report") else next(r for r, may in ROLES.items() if op.permission in may)


def check(page: Any, axe: str, server: Any, where: str) -> None:
    """What must hold of any page."""
    page.evaluate(axe)  # by evaluation, which the page's policy against foreign scripts does not reach
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})")
    problems = [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}" for v in found["violations"]]
    assert not problems, f"{where}: {problems}"
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1] + 1, f"{where} is {width[0]} wide on a screen of {width[1]}"


@pytest.mark.parametrize("op", pages(), ids=lambda op: op.name)
def test_every_page_is_accessible_and_fits(op: Operation, browser: Any, server: Any, states: dict[str, Any], axe: str) -> None:
    context = browser.new_context(storage_state=states[role_for(op)])
    try:
        page = context.new_page()
        said: list[str] = []
        outside: list[str] = []
        page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((server.url, "data:", "blob:")) else None)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(f"{server.url}{op.path}" + (f"?{QUERIES[op.name]}" if op.name in QUERIES else ""))
            assert answer.status == 200, f"{op.path} answered {answer.status}"
            assert page.locator("h1").count() == 1
            check(page, axe, server, f"{op.path} at {width}")
        page.emulate_media(color_scheme="dark")
        check(page, axe, server, f"{op.path} in the dark")
        assert not said, f"{op.path}: {said}"
        assert not outside, f"{op.path} asks {outside}"
    finally:
        context.close()


def test_the_focus_is_seen_and_the_first_tab_skips_to_the_content(browser: Any, server: Any) -> None:
    page = browser.new_page()
    page.goto(server.url + "/ask")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")
    assert outline.startswith("solid") and not outline.endswith("0px")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()
