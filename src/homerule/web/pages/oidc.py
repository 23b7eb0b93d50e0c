"""Sign-in at the office's identity provider: OpenID Connect, authorization code with PKCE, by Authlib.

The state of a sign-in that is under way lies in a signed cookie of ten minutes; nobody is signed in until the provider's answer was checked
(signature, issuer, audience, nonce, expiry, and `amr` where the office demands a second factor).
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from homerule.web.accounts import check_roles
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away
from homerule.web.pages.people import address, with_session
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.web.call import Call
    from homerule.web.settings import Oidc

COOKIE, MINUTES = "homerule_sign_in", 10


def provider(call: Call) -> Oidc:
    found = call.office.settings.oidc
    if call.office.settings.sign_in != "oidc" or found is None:
        raise Problem(404, "This server signs people in by itself.")
    return found


async def metadata(call: Call, oidc: Oidc) -> dict[str, Any]:
    """The provider's own description, read once an hour."""
    import httpx

    kept = call.office.__dict__.get("oidc_metadata")
    if kept is not None and time.time() - kept[0] < 3600:
        return dict(kept[1])
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            found = (await client.get(oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")).raise_for_status().json()
            found["keys"] = (await client.get(found["jwks_uri"])).raise_for_status().json()
    except (httpx.HTTPError, KeyError, ValueError):
        raise Problem(503, "The identity provider does not answer. Try again in a moment.") from None
    if found.get("issuer") != oidc.issuer:
        raise Problem(503, "The identity provider names another issuer than the settings do.")
    call.office.__dict__["oidc_metadata"] = (time.time(), found)
    return dict(found)


def back_to(call: Call) -> str:
    base = call.office.settings.url.rstrip("/") or str(call.request.base_url).rstrip("/")
    return f"{base}/sign-in/back"


def sealer(call: Call) -> Any:
    """What seals the cookie of a sign-in that is under way; its key is made once and kept in the office's folder."""
    from itsdangerous import URLSafeTimedSerializer

    secret = call.office.settings.folder / "sign-in.key"
    if not secret.exists():
        import os

        try:
            with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
    return URLSafeTimedSerializer(secret.read_text("ascii"), salt="sign-in")


async def start(call: Call) -> Response:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    oidc = provider(call)
    found = await metadata(call, oidc)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    client = AsyncOAuth2Client(oidc.client_id, oidc.client_secret, scope="openid", redirect_uri=back_to(call), code_challenge_method="S256")
    url, state = client.create_authorization_url(found["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    response = RedirectResponse(url, 303)
    sealed = sealer(call).dumps({"state": state, "verifier": verifier, "nonce": nonce, "next": call.request.query_params.get("next", "/")[:500]})
    response.set_cookie(COOKIE, sealed, max_age=60 * MINUTES, httponly=True, secure=call.office.settings.secure, samesite="lax", path="/sign-in")
    return response


async def back(call: Call) -> Response:
    import httpx
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from itsdangerous import BadSignature

    oidc = provider(call)
    refused = Problem(403, "The sign-in was not completed, or took too long. Begin again.")
    try:
        kept = sealer(call).loads(call.request.cookies.get(COOKIE, ""), max_age=60 * MINUTES)
    except BadSignature:
        raise refused from None
    if not secrets.compare_digest(call.request.query_params.get("state", ""), kept["state"]) or "code" not in call.request.query_params:
        raise refused
    found = await metadata(call, oidc)
    client = AsyncOAuth2Client(oidc.client_id, oidc.client_secret, redirect_uri=back_to(call), timeout=10)
    try:
        token = await client.fetch_token(found["token_endpoint"], code=call.request.query_params["code"], code_verifier=kept["verifier"], grant_type="authorization_code")
    except (OAuthError, httpx.HTTPError, json.JSONDecodeError):
        raise refused from None
    claims = checked(str(token.get("id_token", "")), found, oidc, kept["nonce"])
    named = claims.get(oidc.claim, [])
    roles = sorted({oidc.roles[v] for v in ([named] if isinstance(named, str) else named) if isinstance(v, str) and v in oidc.roles})
    if not roles:
        raise Problem(403, "Your account at the identity provider has no role here. Ask an administrator of this office.")
    account = f"oidc:{claims['sub']}"[:80]
    value, _ = await run_in_threadpool(lambda: call.office.accounts.open_session(account, check_roles(roles), strong=bool(claims.get("amr")), address=address(call)))
    response = with_session(call, value, str(kept["next"]))
    response.delete_cookie(COOKIE, path="/sign-in")
    return response


def checked(id_token: str, found: dict[str, Any], oidc: Oidc, nonce: str) -> dict[str, Any]:
    """The claims of an identity token, once everything about it holds. Raises a Problem."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        token = jwt.decode(id_token, KeySet.import_key_set(found["keys"]), algorithms=["RS256", "ES256", "PS256", "EdDSA"])
        rules = jwt.JWTClaimsRegistry(leeway=60, iss={"essential": True, "value": oidc.issuer}, exp={"essential": True}, sub={"essential": True}, nonce={"essential": True, "value": nonce})
        rules.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise Problem(403, "The identity provider's answer does not hold.") from None
    claims = dict(token.claims)
    audience = claims.get("aud")
    if oidc.client_id not in ([audience] if isinstance(audience, str) else audience or []):
        raise Problem(403, "The identity provider's answer is for another service.")
    if oidc.require_amr and not set(oidc.require_amr) & set(claims.get("amr") or ()):
        raise Problem(403, "This office asks for a second factor at sign-in.")
    return claims


def signed_out(call: Call) -> Response:
    return away("/")


def operations() -> list[Operation]:
    return [
        page("GET", "/sign-in/start", "oidc_start", "open", start, "Go to the identity provider"),
        page("GET", "/sign-in/back", "oidc_back", "open", back, "Come back from the identity provider"),
    ]
