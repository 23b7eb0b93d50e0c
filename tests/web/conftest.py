"""An office to test: the whole server in this process, an account of every role, and browsers signed in to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx")

from starlette.testclient import TestClient

from homerule.web.access import ROLES
from homerule.web.app import build
from homerule.web.office import Office
from homerule.web.settings import Settings

#: Every role by itself, and nobody.
WHO = (*ROLES, "")
PASSWORD = "four unrelated words here"


class Site:
    """A running office. ``as_(role)`` is a browser of an account with that role; ``as_("")`` one that is not signed in."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        given = {"folder": folder, "requests_a_minute": 1_000_000, "writes_a_minute": 1_000_000, **settings}
        self.settings = Settings(**given)
        self.app = build(self.settings)
        self.office: Office = self.app.app.state.office  # type: ignore[attr-defined]
        self._clients: list[TestClient] = []

    def as_(self, role: str, account: str = "") -> Browser:
        browser = Browser(self.app, base_url=self.settings.url or "http://127.0.0.1")
        if role:
            roles = tuple(role.split("+"))
            value, principal = self.office.accounts.open_session(account or f"the-{role.replace('+', '-')}", roles, strong=True)
            name = "__Host-homerule" if self.settings.secure else "homerule_session"
            browser.cookies.set(name, value)
            browser.csrf = principal.csrf
        return browser

    def token(self, role: str) -> str:
        """A bearer token with one role."""
        return self.office.accounts.new_token(f"program-{role}", [role], 30)

    def close(self) -> None:
        self.office.close()


class Browser(TestClient):
    """A client that keeps cookies and knows its CSRF token."""

    csrf = ""

    def __init__(self, app: Any, base_url: str) -> None:
        super().__init__(app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False)

    def send_form(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """A page's form, with its token."""
        return self.post(path, data={"csrf": self.csrf, **(data or {})}, **more)

    def send_json(self, path: str, data: Any, **headers: str) -> Any:
        """An API call from a signed-in browser."""
        return self.post(path, json=data, headers={"x-csrf-token": self.csrf, **headers})


class Words(HTMLParser):
    """What a page says, and its parts that tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.heads: list[int] = []
        self.inline: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._deep = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if a.get("id"):
            self.ids.append(str(a["id"]))
        if tag == "label" and a.get("for"):
            self.labels.add(str(a["for"]))
        if tag in ("input", "select", "textarea") and a.get("type") != "hidden":
            self.controls.append(a)
        if re.fullmatch(r"h[1-6]", tag):
            self.heads.append(int(tag[1]))
        if tag == "a" and a.get("href"):
            self.links.append(str(a["href"]))
        self.inline += [f"{tag} {k}" for k in a if k == "style" or k.startswith("on") or k.startswith("hx-on")]
        if tag in ("script", "style"):
            self._deep += 1
            if tag == "style" or not a.get("src"):
                self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._deep -= 1

    def handle_data(self, data: str) -> None:
        if not self._deep:
            self.text += data


def words(response: Any) -> str:
    """The text of a page, blanks run together."""
    return " ".join(Words(response.text).text.split())


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One office for tests that do not mind what others did in it."""
    made = Site(tmp_path_factory.mktemp("office"))
    yield made
    made.close()


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes offices of a test's own."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        made.append(Site(tmp_path / f"office{len(made)}", **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


DECIDE = {"place": "Cook County, IL", "actor": "jail", "request": "detainer", "on": "2026-11-01", "facts": {"process": "admin_warrant"}}


def record(browser: Browser, **more: Any) -> str:
    """Record a decision; its id."""
    response = browser.send_json("/api/v1/decide", {**DECIDE, "record": {"received": "2026-11-01T09:30-06:00", "channel": "fax", "agency": "ero", "response": "declined", **more}})
    assert response.status_code == 201, response.text
    return str(response.json()["record"]["id"])
