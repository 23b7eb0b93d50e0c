"""The law over pages and API: what is found, how lists go on, and answers that a reader has already."""

from __future__ import annotations

import re
from typing import Any

import pytest

from homerule.reasoning.decide import Engine
from homerule.web.lawbook import Lawbook

from .conftest import Browser, Site, Words, words


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.as_("")


def all_of(browser: Browser, path: str, **asked: Any) -> list[dict[str, Any]]:
    """Every item of a list, part by part."""
    out: list[dict[str, Any]] = []
    cursor = None
    for _ in range(500):
        body = browser.get(path, params={**asked, **({"cursor": cursor} if cursor else {})}).json()
        out += body["items"]
        cursor = body["next"]
        if cursor is None:
            return out
    raise AssertionError("the list does not end")


def test_a_list_goes_on_to_its_end(browser: Browser, engine: Engine) -> None:
    got = [n["norm"] for n in all_of(browser, "/api/v1/law/norms", limit=200)]
    assert len(got) == len(set(got)) == len(engine.corpus.all_norms())
    assert got == [n["norm"] for n in all_of(browser, "/api/v1/law/norms", limit=97)]


@pytest.mark.parametrize("asked", [{"act": "hold"}, {"place": "il"}, {"place": "Illinois", "act": "hold", "actor": "jail"}, {"effect": "require", "place": "tx"}, {"on": "2010-01-01"}, {"q": "detainer", "place": "ca"}])
def test_filters_keep_what_fits_and_all_of_it(browser: Browser, engine: Engine, asked: dict[str, str]) -> None:
    import datetime as dt

    got = {n["norm"] for n in all_of(browser, "/api/v1/law/norms", limit=200, **asked)}
    place = engine.find(asked["place"]).id if "place" in asked else ""
    fits = {
        n.id for n in engine.corpus.all_norms()
        if ("act" not in asked or asked["act"] in n.acts) and ("actor" not in asked or asked["actor"] in n.actors) and ("effect" not in asked or n.effect == asked["effect"])
        and (not place or n.place == place or n.place.startswith(place + "/")) and ("on" not in asked or n.period_on(dt.date.fromisoformat(asked["on"])))
    }  # fmt: skip
    assert got
    assert got <= fits if "q" in asked else got == fits


def test_an_answer_that_the_reader_has_is_not_sent_again(browser: Browser) -> None:
    for path in (
        "/api/v1/law/norms?act=hold", "/api/v1/law/norms/il-805-15-a-hold", "/api/v1/law/authorities/il-805-15-a", "/api/v1/law/places?q=Cook", "/api/v1/law/in-force?place=il&act=hold", "/api/v1/law/upcoming",
        "/api/v1/law/diff?place=tx&from=2025-01-01&act=sign_287g", "/api/v1/law/matrix?question=hold", "/api/v1/law/coverage", "/api/v1/openapi.json",
    ):  # fmt: skip
        first = browser.get(path)
        assert first.status_code == 200, first.text
        tag = first.headers["etag"]
        again = browser.get(path, headers={"if-none-match": f'"another", {tag}'})
        assert again.status_code == 304 and not again.content and again.headers["etag"] == tag, path
        assert browser.get(path, headers={"if-none-match": '"another"'}).status_code == 200


def test_tags_differ_with_the_question_and_the_corpus(browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v1/law/norms?act=hold"
    tag = browser.get(path).headers["etag"]
    assert browser.get(path + "&limit=1").headers["etag"] != tag
    monkeypatch.setitem(site.office.__dict__, "version", "another corpus")
    assert browser.get(path, headers={"if-none-match": tag}).status_code == 200


def test_a_rule_is_told_in_full(browser: Browser) -> None:
    data = browser.get("/api/v1/law/norms/il-805-15-a-hold").json()
    assert data["effect"] == "forbid" and data["examples"] and data["certainty"] in ("confirmed", "recalled")
    page = browser.get("/law/norm/il-805-15-a-hold")
    text = words(page)
    for said in (data["citation"], data["says"], data["applies"], "last compared with a source", data["status"], data["certainty"], "Worked cases", "Whom it binds", "the sheriff"):
        assert said in text, said
    assert "/corrections/new?rule=il-805-15-a-hold" in Words(page.text).links
    assert any(link.startswith("/decision?") for link in Words(page.text).links)


def test_every_kind_of_rule_has_a_page(browser: Browser, engine: Engine) -> None:
    """One rule of each effect, status and certainty, one with each thing that few have, and a sample of all."""
    norms = engine.corpus.all_norms()
    chosen: dict[Any, str] = {}
    for n in norms:
        for key in ((n.effect,), (n.level,), (n.authority.status, n.authority.certainty), ("voids", bool(n.voids)), ("circuits", bool(n.circuits)), ("places", bool(n.places)), ("sure", any(p.sure for p in n.periods)), ("ended", any(p.end for p in n.periods)), ("deadline", bool(n.deadline)), ("many", len(n.acts) > 8), ("reason", bool(n.reason)), ("named", any(s.id for s in n.voids))):
            chosen.setdefault(key, n.id)
    for id in dict.fromkeys([*chosen.values(), *(n.id for n in norms[::97])]):
        response = browser.get(f"/law/norm/{id}")
        assert response.status_code == 200, id
        found = next(n for n in norms if n.id == id)
        assert " ".join(found.says.split()) in words(response), id


def test_every_kind_of_authority_has_a_page(browser: Browser, engine: Engine) -> None:
    every = engine.corpus.all_authorities()
    chosen: dict[Any, str] = {}
    for a in every:
        for key in ((a.kind,), (a.status,), (a.certainty,), ("note", bool(a.note)), ("ends", any(p.end for p in a.in_force))):
            chosen.setdefault(key, a.id)
    for id in dict.fromkeys([*chosen.values(), *(a.id for a in every[::61])]):
        assert browser.get(f"/law/authority/{id}").status_code == 200, id


def test_the_id_of_the_other_kind_leads_there(browser: Browser) -> None:
    assert browser.get("/law/norm/il-805-15-a").headers["location"] == "/law/authority/il-805-15-a"
    assert browser.get("/law/authority/il-805-15-a-hold").headers["location"] == "/law/norm/il-805-15-a-hold"
    assert browser.get("/api/v1/law/norms/il-805-15-a").status_code == 404


@pytest.mark.parametrize("id", ["us", "il", "il/cook-county", "il/chicago", "ca/san-francisco", "ny/new-york", "dc", "pr", "gu", "wy/teton-county", "ut/salt-lake-county"])
def test_a_place_has_a_page(browser: Browser, engine: Engine, id: str) -> None:
    response = browser.get(f"/law/place/{id}")
    assert response.status_code == 200
    text = words(response)
    place = engine.find(id)
    assert place.name in text
    for above in place.chain:
        assert engine.find(above).name in text
    layer = engine.corpus.layer(id)
    for point in layer.open_points if layer else ():
        assert " ".join(point.split()) in text


def test_a_place_by_act_and_day(browser: Browser) -> None:
    now = words(browser.get("/law/place/il/cook-county?act=hold&on=2026-11-01"))
    before = words(browser.get("/law/place/il/cook-county?act=hold&on=2016-01-01"))
    assert "5 ILCS 805/15(a)-(d), (a)" in now and "5 ILCS 805/15(a)-(d), (a)" not in before
    assert "Cook County Code" in before
    assert browser.get("/law/place/il/cook-county?act=fly").status_code == 422
    assert browser.get("/law/place/il/cook-county?on=1900-01-01").status_code == 422
    assert browser.get("/law/place/il/cook-county?on=yesterday").status_code == 422


def test_a_place_by_any_of_its_names(browser: Browser) -> None:
    assert browser.get("/law/place?place=Cook County, IL").headers["location"] == "/law/place/il/cook-county"
    assert browser.get("/law/place/17031").headers["location"] == "/law/place/il/cook-county"
    unclear = browser.get("/law/place?place=Springfield")
    assert unclear.status_code == 422 and "/law/place/il/springfield" in Words(unclear.text).links
    assert browser.get("/law/place?place=Atlantis").status_code == 422
    assert browser.get("/law/place/zz/nowhere").status_code == 404


def test_what_changed_between_two_days(browser: Browser, engine: Engine) -> None:
    data = browser.get("/api/v1/law/diff?place=il&from=2017-01-01&to=2018-01-01&act=hold").json()
    assert "il-805-15-a-hold" in [n["norm"] for n in data["began"]]
    assert {m["before"] for m in data["moved"]} and all(m["before"] != m["after"] for m in data["moved"])
    page = words(browser.get("/law/diff?place=il&from=2017-01-01&to=2018-01-01"))
    assert "5 ILCS 805/15" in page and "Began" in page
    backwards = browser.get("/law/diff?place=il&from=2018-01-01&to=2017-01-01")
    assert backwards.status_code == 422 and "Give the earlier day first" in words(backwards)


def test_what_is_coming(browser: Browser, engine: Engine) -> None:
    items = all_of(browser, "/api/v1/law/upcoming", on="2024-12-01", days=400, limit=20)
    assert items and items == sorted(items, key=lambda e: e["date"])
    assert all("2024-12-01" < e["date"] <= "2026-01-05" for e in items)
    here = all_of(browser, "/api/v1/law/upcoming", on="2024-12-01", days=400, place="Texas")
    assert 0 < len(here) < len(items) and {e["place"].partition("/")[0] for e in here} <= {"us", "tx"}
    page = words(browser.get("/law/upcoming?on=2024-12-01&days=400"))
    assert items[0]["citation"] in page
    assert browser.get("/law/upcoming?days=0").status_code == 422
    assert browser.get("/law/upcoming?on=2099-12-31&days=3660").status_code == 200


def test_the_matrix_and_its_map_say_the_same(browser: Browser, engine: Engine) -> None:
    from homerule.survey.matrix import CATEGORIES, matrix
    from homerule.web.pages.lawtime import SIGNS

    made = matrix(engine, on="2026-11-01", acts=["hold"])
    page = browser.get("/law/matrix?question=hold&on=2026-11-01")
    text = words(page)
    assert page.text.count("<svg") == 1 and 'role="img"' in page.text
    for r in made.rows:
        category = r.cells[0].category
        assert re.search(re.escape(f"{r.place.name}{SIGNS[category]} {CATEGORIES[category]}"), text), r.place.name
    whole = browser.get("/law/matrix?question=all&on=2026-11-01")
    assert whole.text.count("<tr>") == len(made.rows) + 1
    assert browser.get("/law/matrix?question=fly").status_code == 422
    assert browser.get("/law/matrix?on=soon").status_code == 422
    assert browser.get("/api/v1/law/matrix?question=fly").status_code == 422


def test_the_slider_is_a_help_and_the_date_field_the_thing_itself(browser: Browser) -> None:
    page = Words(browser.get("/law/matrix").text)
    slider = next(c for c in page.controls if c.get("type") == "range")
    field = next(c for c in page.controls if c.get("id") == slider["data-show"])
    assert field["type"] == "date" and field["name"] == "on" and "name" not in slider


def test_coverage_counts_what_there_is(browser: Browser, engine: Engine) -> None:
    data = browser.get("/api/v1/law/coverage").json()
    assert data["totals"]["norms"] == len(engine.corpus.all_norms())
    assert f"{len(engine.corpus.all_norms()):,} rules" in words(browser.get("/law/coverage"))


def test_what_takes_long_is_made_once(engine: Engine) -> None:
    import threading

    book, made = Lawbook(engine), []
    gate = threading.Event()

    def make() -> int:
        gate.wait(5)
        made.append(1)
        return len(made)

    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(book.keep("key", make))) for _ in range(8)]
    for t in threads:
        t.start()
    gate.set()
    for t in threads:
        t.join()
    assert got == [1] * 8

    def fails() -> int:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            book.keep("broken", fails)
    assert book.keep("broken", lambda: 3) == 3
    for n in range(200):
        book.keep(n, lambda n=n: n)
    assert len(book._kept) <= 48
