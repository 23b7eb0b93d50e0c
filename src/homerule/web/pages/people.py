"""Signing in and out, the first administrator, accounts, tokens, and the audit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from homerule.errors import InputError
from homerule.web.access import PERMISSIONS, ROLES
from homerule.web.accounts import SignInRefused
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render
from homerule.web.problem import Problem
from homerule.web.records_words import role_labels

if TYPE_CHECKING:
    from homerule.web.call import Call

REFUSED = "The name, the password or the code is not right, or the account may not sign in."


def address(call: Call) -> str:
    return call.request.client.host if call.request.client else ""


def with_session(call: Call, value: str, to: str) -> Response:
    """To another page, with the session's cookie: never readable by script, never sent from other sites' forms."""
    secure = call.office.settings.secure
    response = away(to)
    response.set_cookie("__Host-homerule" if secure else "homerule_session", value, httponly=True, secure=secure, samesite="lax", path="/")
    return response


def sign_in_page(call: Call) -> Response:
    office = call.office
    to = call.request.query_params.get("next", "/")
    if office.settings.sign_in == "oidc":
        return render(call, "sign_in_oidc.html", title="Sign in", next=to)
    if not office.accounts.any():
        return render(call, "sign_in_none.html", title="Sign in")
    return render(call, "sign_in.html", title="Sign in", next=to, errors=[], name="")


def sign_in(call: Call) -> Response:
    if call.office.settings.sign_in != "local":
        raise Problem(404, "Sign in at the office's identity provider.")
    name = call.field("name").strip().lower()
    try:
        value, _ = call.office.accounts.sign_in(name, call.field("password"), call.field("code"), address=address(call))
    except SignInRefused as refused:
        said = f"This account is locked. Try again in {max(1, round(refused.wait / 60))} minutes." if refused.wait else REFUSED
        return render(call, "sign_in.html", 403, title="Sign in", next=call.field("next", "/"), errors=[said], name=name[:80])
    return with_session(call, value, call.field("next", "/"))


def sign_out(call: Call) -> Response:
    if call.principal.session:
        call.office.accounts.sign_out(call.principal)
    response = away("/")
    for name in ("homerule_session", "__Host-homerule"):
        response.delete_cookie(name, path="/", secure=name.startswith("__"), httponly=True, samesite="lax")
    return response


def setup_page(call: Call) -> Response:
    secret = call.path["secret"]
    if not call.office.accounts.setup_good(secret):
        raise Problem(404, "This setup link was used, or has ended. Start the server again for a new one.")
    return render(call, "setup.html", title="Set up", errors=[], name="admin", secret=secret, **second_factor("admin"))


def second_factor(name: str, secret: str = "") -> dict[str, Any]:
    """A fresh secret for time-based codes, and its picture."""
    import io

    import pyotp
    import segno

    secret = secret or pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Homerule")
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=5, xmldecl=False, svgns=True, title="Code to scan with an authenticator")
    return {"totp": secret, "picture": out.getvalue().decode()}


def setup(call: Call) -> Response:
    """Make the first administrator, once."""
    import pyotp

    accounts, secret, name, totp = call.office.accounts, call.path["secret"], call.field("name").strip().lower(), call.field("totp")
    if not accounts.setup_good(secret):
        raise Problem(404, "This setup link was used, or has ended. Start the server again for a new one.")
    errors = []
    if call.field("password") != call.field("again"):
        errors.append("The two passwords differ.")
    if not totp.isalnum() or len(totp) != 32 or not pyotp.TOTP(totp).verify(call.field("code").strip(), valid_window=1):
        errors.append("The code from the authenticator does not fit. Scan the picture again and give the newest code.")
    if not errors:
        try:
            accounts._check_password(call.field("password"), name)
            if accounts.setup_use(secret):
                accounts.add(name, call.field("password"), ["admin"], totp=totp)
                value, _ = accounts.open_session(name, ("admin",), strong=True, address=address(call))
                return with_session(call, value, "/accounts")
            raise Problem(404, "This setup link was used a moment ago.")
        except InputError as error:
            errors.append(str(error))
    return render(call, "setup.html", 422, title="Set up", errors=errors, name=name[:80], secret=secret, **second_factor("admin", totp if totp.isalnum() and len(totp) == 32 else ""))


def account(call: Call) -> Response:
    if not call.principal.account:
        return RedirectResponse("/sign-in?next=/account", 303)
    return render(call, "account.html", title="Your account", errors=[], done="", permissions=[(p, w) for p, w in PERMISSIONS.items() if call.principal.may(p)], local=call.office.settings.sign_in == "local", **second_factor(call.principal.account))


def change_account(call: Call) -> Response:
    """Change one's own password or second factor; the old password and, where there is one, a code are needed."""
    import pyotp

    me, accounts = call.principal.account, call.office.accounts
    if not me or call.office.settings.sign_in != "local":
        raise Problem(403, "Sign in with an account of this server first.")
    errors = []
    try:
        accounts.sign_in(me, call.field("password"), call.field("code"), address=address(call))
        if call.field("new"):
            if call.field("new") != call.field("again"):
                errors.append("The two new passwords differ.")
            else:
                accounts.change(me, password=call.field("new"))
        elif call.field("totp"):
            if not pyotp.TOTP(call.field("totp")).verify(call.field("new_code").strip(), valid_window=1):
                errors.append("The new code does not fit. Scan the picture again.")
            else:
                accounts.change(me, totp=call.field("totp"))
    except SignInRefused:
        errors.append(REFUSED)
    except InputError as error:
        errors.append(str(error))
    if not errors:
        accounts.note(me, "changed own account", address=address(call))
        return away("/sign-in")
    return render(call, "account.html", 422, title="Your account", errors=errors, done="", permissions=[(p, w) for p, w in PERMISSIONS.items() if call.principal.may(p)], local=True, **second_factor(me))


def accounts_page(call: Call, errors: list[str] | None = None, token: str = "", status: int = 200) -> Response:
    people = call.office.accounts
    return render(call, "accounts.html", status, title="Accounts", accounts=people.all(), tokens=people.tokens(), now=time.time(), roles_known=[(r, role_labels()[r]) for r in ROLES], errors=errors or [], token=token)


def change_accounts(call: Call) -> Response:
    """Do what the form of the accounts page says."""
    people, what = call.office.accounts, call.field("do")
    roles = call.form.get("roles", [])
    token = ""
    try:
        name = call.field("name").strip().lower()
        if what == "add":
            people.add(name, call.field("password"), roles)
        elif what == "roles":
            people.change(name, roles=roles)
        elif what == "password":
            people.change(name, password=call.field("password"), totp="")
        elif what in ("disable", "enable"):
            people.change(name, disabled=what == "disable")
        elif what == "token":
            token = people.new_token(name, roles, int(call.field("days") or 0) if call.field("days").isdigit() else 0)
        elif what == "revoke":
            people.revoke(call.field("id"))
        else:
            raise Problem(400, "The form does not say what to do.")
    except InputError as error:
        return accounts_page(call, [str(error)], status=422)
    people.note(call.principal.account, f"accounts: {what}", name or call.field("id"), address(call))
    return accounts_page(call, token=token) if token else away("/accounts")


def audit(call: Call) -> Response:
    after = call.request.query_params.get("after", "0")
    found = call.office.accounts.audit(after=int(after) if after.isdigit() else 0, limit=201)
    stamps = [{**line, "at": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(line["at"]))} for line in found[:200]]
    return render(call, "audit.html", title="Audit", lines=stamps, more=found[199]["number"] if len(found) > 200 else None)


def operations() -> list[Operation]:
    """The routes of signing in and of accounts."""
    return [
        page("GET", "/sign-in", "sign_in_page", "open", sign_in_page, "Sign in"),
        page("POST", "/sign-in", "sign_in", "open", sign_in, "Sign in", blocking=True),
        page("POST", "/sign-out", "sign_out", "open", sign_out, "Sign out", blocking=True),
        page("GET", "/setup/{secret}", "setup_page", "open", setup_page, "Make the first administrator", blocking=True),
        page("POST", "/setup/{secret}", "setup", "open", setup, "Make the first administrator", blocking=True),
        page("GET", "/account", "account", "open", account, "Your own account", blocking=True),
        page("POST", "/account", "change_account", "open", change_account, "Change your own password or second factor", blocking=True),
        page("GET", "/accounts", "accounts", "people", accounts_page, "Accounts and tokens", blocking=True),
        page("POST", "/accounts", "change_accounts", "people", change_accounts, "Change accounts and tokens", blocking=True),
        page("GET", "/audit", "audit", "audit", audit, "Sign-ins and reads of records", blocking=True),
    ]
