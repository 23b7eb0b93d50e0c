"""Sign-in at an identity provider that runs beside the test: the good answer, and every answer that must be refused."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from .conftest import Site, words

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider:
    """A small identity provider on the loopback address. ``change`` alters the claims of the next token; ``key`` signs it."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.change: Callable[[dict[str, Any]], Any] = lambda claims: None
        self.key, self.unsigned, self.down, self.issuer_said = KEY, False, False, ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def say(self, data: Any, status: int = 200) -> None:
                body = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                if provider.down:
                    return self.say({}, 500)
                at = provider.issuer
                if self.path == "/.well-known/openid-configuration":
                    return self.say({"issuer": provider.issuer_said or at, "authorization_endpoint": at + "/authorize", "token_endpoint": at + "/token", "jwks_uri": at + "/keys"})
                return self.say({"keys": [KEY.as_dict(private=False)]} if self.path == "/keys" else {}, 200 if self.path == "/keys" else 404)

            def do_POST(self) -> None:
                form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()}
                asked = provider.codes.pop(form.get("code", ""), None)
                made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
                if asked is None or made != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
                    return self.say({"error": "invalid_grant"}, 400)
                now = int(time.time())
                claims = {"iss": provider.issuer, "aud": "homerule", "sub": "person-1", "nonce": asked["nonce"], "iat": now, "exp": now + 300, "groups": ["jail-desk"], "amr": ["mfa"]}
                provider.change(claims)
                if provider.unsigned:
                    parts = [base64.urlsafe_b64encode(json.dumps(x).encode()).decode().rstrip("=") for x in ({"alg": "none"}, claims)]
                    return self.say({"access_token": "at", "token_type": "Bearer", "id_token": ".".join(parts) + "."})
                return self.say({"access_token": "at", "token_type": "Bearer", "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, provider.key)})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, url: str) -> str:
        """What a person does at the provider: consents, and is sent back with a code. Returns the path and query to come back to."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and asked["client_id"] == "homerule"
        code = f"code-{len(self.codes)}-{time.time_ns()}"
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


def office(new_site: Callable[..., Site], provider: Provider, **more: Any) -> Site:
    return new_site(sign_in="oidc", reading="signed_in", oidc={"issuer": provider.issuer, "client_id": "homerule", "client_secret": "a-client-secret", "roles": {"jail-desk": "desk", "county-counsel": "counsel", "undersheriff": "approver"}, **more})


def signed_in(site: Site, provider: Provider, to: str = "/records") -> Any:
    browser = site.as_("")
    start = browser.get("/sign-in/start", params={"next": to})
    assert start.status_code == 303, start.text
    return browser, browser.get(provider.authorize(start.headers["location"]))


def test_a_good_sign_in(new_site: Callable[..., Site], provider: Provider) -> None:
    site = office(new_site, provider)
    assert site.as_("").get("/law").headers["location"].startswith("/sign-in?next=")
    browser, back = signed_in(site, provider)
    assert back.status_code == 303 and back.headers["location"] == "/records"
    assert browser.get("/records").status_code == 200
    assert "desk" in words(browser.get("/account"))
    assert browser.get("/accounts").status_code == 403
    assert "person-1" not in site.office.log.head()


@pytest.mark.parametrize("to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
def test_the_way_back_is_on_this_server(new_site: Callable[..., Site], provider: Provider, to: str) -> None:
    _, back = signed_in(office(new_site, provider), provider, to)
    assert back.headers["location"] == "/"


REFUSED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "wrong nonce": lambda c: c.update(nonce="another"),
    "no nonce": lambda c: c.pop("nonce"),
    "wrong audience": lambda c: c.update(aud="another-service"),
    "no audience": lambda c: c.pop("aud"),
    "among audiences, but for another party": lambda c: c.update(aud=["other-1", "other-2"]),
    "wrong issuer": lambda c: c.update(iss="https://elsewhere.example"),
    "no issuer": lambda c: c.pop("iss"),
    "expired": lambda c: c.update(exp=int(time.time()) - 3600),
    "no end": lambda c: c.pop("exp"),
    "not yet": lambda c: c.update(nbf=int(time.time()) + 3600),
    "nobody": lambda c: c.pop("sub"),
    "no role": lambda c: c.update(groups=["gardeners"]),
    "no groups": lambda c: c.pop("groups"),
    "groups of an odd shape": lambda c: c.update(groups=[{"jail-desk": 1}, 7]),
    "desk and approver together": lambda c: c.update(groups=["jail-desk", "undersheriff"]),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_answer_that_does_not_hold_is_refused(new_site: Callable[..., Site], provider: Provider, why: str) -> None:
    provider.change = REFUSED[why]
    site = office(new_site, provider)
    browser, back = signed_in(site, provider)
    assert back.status_code in (403, 422), (why, back.status_code)
    assert "homerule_session" not in browser.cookies
    assert browser.get("/records").status_code == 303


def test_a_second_factor_can_be_asked_for(new_site: Callable[..., Site], provider: Provider) -> None:
    site = office(new_site, provider, require_amr=("mfa", "hwk"))
    provider.change = lambda c: c.pop("amr")
    assert signed_in(site, provider)[1].status_code == 403
    provider.change = lambda c: c.update(amr=["pwd"])
    assert signed_in(site, provider)[1].status_code == 403
    provider.change = lambda c: c.update(amr=["pwd", "hwk"])
    assert signed_in(site, provider)[1].status_code == 303


def test_another_key_does_not_sign(new_site: Callable[..., Site], provider: Provider) -> None:
    provider.key = OTHER
    assert signed_in(office(new_site, provider), provider)[1].status_code == 403
    provider.key, provider.unsigned = KEY, True
    assert signed_in(office(new_site, provider), provider)[1].status_code == 403


def test_state_and_cookie_must_fit(new_site: Callable[..., Site], provider: Provider) -> None:
    site = office(new_site, provider)
    browser = site.as_("")
    way = provider.authorize(browser.get("/sign-in/start").headers["location"])
    assert browser.get(way.rpartition("&state=")[0] + "&state=another").status_code == 403
    assert site.as_("").get(way).status_code == 403, "another browser than began it"
    assert browser.get("/sign-in/back").status_code == 403
    assert browser.get("/sign-in/back?error=access_denied&state=x").status_code == 403


def test_a_code_is_not_taken_twice(new_site: Callable[..., Site], provider: Provider) -> None:
    site = office(new_site, provider)
    browser = site.as_("")
    way = provider.authorize(browser.get("/sign-in/start").headers["location"])
    assert browser.get(way).status_code == 303
    assert browser.get(way).status_code == 403


def test_a_provider_that_is_down_or_another_is_said_so(new_site: Callable[..., Site], provider: Provider) -> None:
    provider.down = True
    site = office(new_site, provider)
    assert site.as_("").get("/sign-in/start").status_code == 503
    provider.down, provider.issuer_said = False, "https://elsewhere.example"
    assert site.as_("").get("/sign-in/start").status_code == 503


def test_no_password_is_taken_where_the_provider_signs_in(new_site: Callable[..., Site], provider: Provider) -> None:
    site = office(new_site, provider)
    site.office.accounts.add("the-desk", "four unrelated words here", ["desk"])
    assert site.as_("").post("/sign-in", data={"name": "the-desk", "password": "four unrelated words here"}).status_code == 404
    assert "password" not in site.as_("").get("/sign-in").text.lower()
