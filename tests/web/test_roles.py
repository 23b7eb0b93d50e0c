"""Every operation of the server asked by every role and by nobody, in both reading modes: allowed exactly where the table says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, Response

from homerule.web import access, app, tables
from homerule.web.access import ANYONE, PERMISSIONS, ROLES, Principal
from homerule.web.call import Call
from homerule.web.operation import Operation

from .conftest import WHO, Browser, Site

#: Who may what, written out a second time: a change of the table is then a change that somebody meant.
MAY = {
    "viewer": "open read report",
    "desk": "open read report record records.read",
    "counsel": "open read report record records.read records.export records.hold agreements.write jobs.run",
    "approver": "open read report records.read approve",
    "editor": "open read report law.answer jobs.run",
    "auditor": "open read report records.read records.export audit",
    "admin": "open read report people records.redact",
}


#: What needs no account where reading is open (on this machine only, unless an office says so): nothing of the log, and nothing that changes the office.
WITHOUT_ACCOUNT = {"read", "report", "jobs.run"}


def test_the_table_of_roles() -> None:
    assert {role: set(may.split()) for role, may in MAY.items()} == {role: set(may) for role, may in ROLES.items()}
    assert set().union(*ROLES.values()) == set(PERMISSIONS)


def test_deciding_approving_and_running_stay_apart() -> None:
    for role, may in ROLES.items():
        assert not {"record", "approve"} <= may, role
        if "people" in may:
            assert not {"record", "approve", "records.read"} & may, role


def handled(call: Call) -> Response:
    return PlainTextResponse("handled", 200, {"x-handled": call.operation.name})


@pytest.fixture(scope="module", params=["open", "signed_in"])
def stubs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, Browser]]]:
    """The server with its real gate and no handlers behind it, so that a 403 is the gate's."""
    real = tables.operations()
    patch = pytest.MonkeyPatch()
    patch.setattr(app, "operations", lambda: tuple(op._replace(handler=handled, blocking=False) for op in real))
    site = Site(tmp_path_factory.mktemp("stubs"), reading=request.param)
    yield site, {who: site.as_(who) for who in WHO}
    patch.undo()
    site.close()


OPERATIONS = tables.operations()


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: f"{op.method} {op.path}")
def test_every_operation_for_every_role(op: Operation, stubs: tuple[Site, dict[str, Browser]]) -> None:
    site, browsers = stubs
    path = re.sub(r"\{\w+(?::\w+)?\}", "x", op.path)
    for who, browser in browsers.items():
        allowed = op.permission == "open" or op.permission in MAY.get(who, "").split() or (op.permission in WITHOUT_ACCOUNT and site.settings.open_reading)
        principal = Principal("somebody", (who,)) if who else ANYONE
        assert allowed == access.may(principal, op.permission, open_reading=site.settings.open_reading)
        if op.kind == "page" and op.method == "POST":
            response = browser.send_form(path)
        elif op.method == "GET":
            response = browser.get(path)
        else:
            response = browser.request(op.method, path, json={}, headers={"x-csrf-token": browser.csrf})
        asked = f"{who or 'nobody'}: {op.method} {path}"
        if allowed:
            assert response.status_code not in (401, 403), asked
            assert not response.headers.get("location", "").startswith("/sign-in"), asked
            assert response.headers.get("x-handled", op.name) == op.name, asked
        elif who:
            assert response.status_code == 403, asked
        elif op.kind == "page" and op.method == "GET":
            assert response.status_code == 303, asked
            assert response.headers["location"].startswith("/sign-in?next="), asked
        else:
            assert response.status_code == 401, asked
        assert allowed or "x-handled" not in response.headers, asked


def test_a_token_may_what_its_role_may(stubs: tuple[Site, dict[str, Browser]]) -> None:
    site, _ = stubs
    browser = site.as_("")
    for role in ROLES:
        token = site.token(role)
        for op in OPERATIONS:
            if op.kind == "api" and op.method == "GET":
                response = browser.get(re.sub(r"\{\w+(?::\w+)?\}", "x", op.path), headers={"authorization": f"Bearer {token}"})
                allowed = op.permission in MAY[role].split()
                assert (response.status_code not in (401, 403)) == allowed, (role, op.path)


def test_every_page_is_linked_or_asks_for_a_permission_that_is_known() -> None:
    for op in OPERATIONS:
        assert op.permission in PERMISSIONS, op.path
        assert op.write == (op.method != "GET") or op.permission in ("read", "open"), f"{op.method} {op.path} changes something without being a write"


def test_static_files_are_open_and_stay_in_their_folder(site: Site) -> None:
    base = f"/static/{site.office.__dict__['static']}"
    browser = site.as_("")
    assert browser.get(f"{base}/homerule.css").status_code == 200
    for path in ("/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/....//app.py"):
        assert "import" not in browser.get(base + path).text, path
    assert not [p for p in (Path(tables.FOLDER) / "static").rglob("*") if p.suffix in (".py", ".html")]
