"""Checking a draft over page and API: the same findings as the command's, beside the lines they are about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homerule.errors import InputError
from homerule.proof import check, read_draft
from homerule.proof.render import as_data
from homerule.reasoning.decide import Engine
from homerule.web.api.check import EXAMPLE
from homerule.web.checking import MOST_NORMS, MOST_TEXT
from homerule.web.lawbook import Lawbook

from .conftest import Browser, Site, Words, words

POLICIES = Path(__file__).parents[2] / "examples" / "policies"
POLICY = (POLICIES / "jail-voluntary-cooperation.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.as_("")


def expected(engine: Engine, name: str, place: str) -> dict[str, Any]:
    draft = read_draft(POLICIES / name, Lawbook(engine).words)
    import datetime as dt

    return json.loads(json.dumps(as_data(check(engine, draft, place=place, on=dt.date(2026, 11, 1))), default=str))  # type: ignore[no-any-return]


@pytest.mark.parametrize("place", ["ky/boone-county", "il/cook-county"])
def test_the_api_finds_what_the_command_finds(browser: Browser, engine: Engine, place: str) -> None:
    response = browser.post("/api/v1/check", json={"draft": POLICY, "place": place, "on": "2026-11-01"})
    assert response.status_code == 200, response.text
    got, want = response.json(), expected(engine, "jail-voluntary-cooperation.toml", place)
    got["draft"].pop("file")
    want["draft"].pop("file")
    assert got == want
    assert got["clean"] == (place == "ky/boone-county")


def test_the_page_shows_findings_at_their_lines(browser: Browser, engine: Engine) -> None:
    page = browser.post("/check", data={"draft": POLICY.replace("\n", "\r\n"), "place": "Cook County, IL", "on": "2026-11-01"})
    assert page.status_code == 200
    text, issues = words(page), expected(engine, "jail-voluntary-cooperation.toml", "il/cook-county")["issues"]
    parsed = Words(page.text)
    assert issues
    for issue in issues:
        if issue["line"]:
            assert f"#line-{issue['line']}" in parsed.links and f"line-{issue['line']}" in parsed.ids
            assert POLICY.split("\n")[issue["line"] - 1] in page.text.replace("&#39;", "'").replace("&#34;", '"')
        for norm in issue["against"][:5]:
            assert f"/law/norm/{norm}" in parsed.links
    assert "Error" in text and "What to do" in text and "A smallest case" in text
    case = next(link for link in parsed.links if link.startswith("/decision?"))
    assert browser.get(case).status_code == 200, "the smallest case can be asked"


def test_a_file_is_taken_as_well_as_text(browser: Browser) -> None:
    page = browser.post("/check", data={"draft": "", "place": "", "on": "2026-11-01"}, files={"file": ("ours.toml", EXAMPLE.encode(), "application/toml")})
    assert page.status_code == 200 and "Draft policy on detainers" in words(page)
    part = browser.post("/check", data={"draft": ""}, files={"file": ("ours.toml", ("\ufeff" + EXAMPLE).replace("\n", "\r\n").encode())}, headers={"hx-request": "true"})
    assert part.status_code == 200 and "<html" not in part.text and "Draft policy on detainers" in part.text
    assert browser.post("/check", data={"draft": ""}, files={"file": ("ours.bin", b"\xff\xfe\x00", "application/octet-stream")}).status_code == 415


@pytest.mark.parametrize(("draft", "said"), [
    ("", "there is no draft"), ("this is not TOML", "line 1"), (EXAMPLE.replace("'judicial_warrant'", "'judical_warrant'"), "judical_warrant"), (EXAMPLE.replace('acts = ["hold"]', 'acts = ["fly"]'), "fly"),
    (EXAMPLE.replace('level = "agency-policy"', 'level = "federal-statute"'), "no law above it"), (EXAMPLE.partition("[[norm]]")[0], "no norms"), (EXAMPLE + "# " + "x" * MOST_TEXT, "characters"),
])  # fmt: skip
def test_a_draft_that_cannot_be_used_says_why(browser: Browser, draft: str, said: str) -> None:
    page = browser.post("/check", data={"draft": draft, "on": "2026-11-01"})
    assert page.status_code == 422
    assert said in words(page), words(page)[:600]
    api = browser.post("/api/v1/check", json={"draft": draft})
    assert api.status_code == 422 and api.headers["content-type"] == "application/problem+json"


def test_too_many_rules_are_refused(browser: Browser) -> None:
    head, _, norm = EXAMPLE.partition("[[norm]]")
    many = head + "".join(("[[norm]]" + norm).replace('"our-hold"', f'"our-hold-{n}"') for n in range(MOST_NORMS + 1))
    assert browser.post("/api/v1/check", json={"draft": many}).status_code == 422


def endless() -> str:
    """A draft whose check would take hours."""
    import random

    draw = random.Random(1)
    from homerule.reasoning import engine

    facts = tuple(f.name for f in engine().corpus.vocabulary.facts.values() if f.type == "bool")
    head, _, norm = EXAMPLE.partition("[[norm]]")
    out = head
    for n in range(60):
        when = " or ".join("(" + " and ".join(draw.choice(("", "not ")) + draw.choice(facts) for _ in range(4)) + ")" for _ in range(5))
        out += ("[[norm]]" + norm).replace('"our-hold"', f'"our-hold-{n}"').replace("unless = \"process in ['judicial_warrant', 'court_order']\"", f'when = "{when}"').replace('"forbid"', draw.choice(('"forbid"', '"require"')))
    return out


def test_a_draft_that_would_take_for_ever_is_ended(new_site: Callable[..., Site]) -> None:
    import multiprocessing

    site = new_site(timeout_seconds=5)
    response = site.as_("").post("/api/v1/check", json={"draft": endless()})
    assert response.status_code == 422 and "too many facts" in response.json()["detail"]
    page = site.as_("").post("/check", data={"draft": endless(), "on": "2026-11-01"})
    assert page.status_code == 422 and "too many facts" in words(page)
    assert not multiprocessing.active_children(), "what was ended is gone"
    assert site.as_("").post("/api/v1/check", json={"draft": EXAMPLE}).status_code == 200


def test_a_check_apart_says_the_same(engine: Engine) -> None:
    import datetime as dt

    from homerule.web.checking import apart, read_text

    how = {"place": "il/cook-county", "on": dt.date(2026, 11, 1)}
    assert as_data(apart((), POLICY, "", how, 60)) == as_data(check(engine, read_text(POLICY, "draft.toml", Lawbook(engine).words), **how))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no actor"):
        apart((), POLICY, "", {**how, "actors": ("wizard",)}, 60)


def test_what_is_typed_is_shown_and_never_run(browser: Browser) -> None:
    page = browser.post("/check", data={"draft": EXAMPLE.replace("Draft policy on detainers", "<script>alert(1)</script>").replace('pinpoint = "1"', 'pinpoint = "<img src=x onerror=alert(2)>"'), "place": "Texas", "on": "2026-11-01"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_the_report_can_be_kept(browser: Browser) -> None:
    form = {"draft": POLICY, "place": "il/cook-county", "on": "2026-11-01"}
    data = browser.post("/check/file.json", data=form)
    assert data.headers["content-disposition"] == 'attachment; filename="draft-check.json"' and data.json()["clean"] is False
    memo = browser.post("/check/file.md", data=form)
    assert memo.text.startswith("# ") and "Conflicts with superior law" in memo.text
    assert browser.post("/check/file.exe", data=form).status_code == 404


def test_two_drafts_are_compared(browser: Browser) -> None:
    same = browser.post("/api/v1/check", json={"draft": EXAMPLE, "compare": EXAMPLE}).json()
    assert same["equivalent"] is True
    other = browser.post("/api/v1/check", json={"draft": EXAMPLE, "compare": EXAMPLE.replace('effect = "forbid"', 'effect = "permit"')}).json()
    assert other["equivalent"] is False and other["differences"]
    assert "Compared with the second draft" in words(browser.post("/check", data={"draft": EXAMPLE, "compare": EXAMPLE, "on": "2026-11-01"}))


def test_nothing_of_a_draft_is_kept(site: Site, browser: Browser) -> None:
    import tempfile

    before = set(Path(tempfile.gettempdir()).glob("homerule-draft-*"))
    browser.post("/api/v1/check", json={"draft": EXAMPLE.replace("Draft policy", "Unmistakable title")})
    browser.post("/api/v1/check", json={"draft": "broken ["})
    assert set(Path(tempfile.gettempdir()).glob("homerule-draft-*")) <= before
    for path in site.settings.folder.rglob("*"):
        if path.is_file():
            assert b"Unmistakable title" not in path.read_bytes(), path
