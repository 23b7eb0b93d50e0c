"""A real server and a real browser. Where no Chromium is present the tests say so and are left out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
ROLES = ("viewer", "desk", "counsel", "approver", "editor", "auditor", "admin")
PASSWORD = "correct lantern orbit velvet"


def pytest_report_header() -> str:
    return f"browser: {CHROMIUM or 'none found; the browser tests are left out (install Chromium to run them)'}"


class Server:
    """A running server: its address, and the one-time setup link that it printed."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        env = os.environ | {"HOMERULE_DATA_FOLDER": folder, "PYTHONUNBUFFERED": "1"}
        begun = time.perf_counter()
        self.process = subprocess.Popen([sys.executable, "-m", "homerule", "serve", "--port", "0"], env=env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(2)]
        self.url = re.search(r"http://[\d.:]+", lines[0]).group()  # type: ignore[union-attr]
        found = re.search(r"http://\S+/setup/\S+", lines[1])
        self.setup = found.group() if found else ""
        self.seconds = time.perf_counter() - begun

    def accounts(self) -> Any:
        from homerule.web.accounts import Accounts
        from homerule.web.settings import Settings

        return Accounts(Settings(folder=Path(self.folder)))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="homerule-browser-", ignore_cleanup_errors=True) as folder:
        made = Server(folder)
        accounts = made.accounts()
        for role in ROLES:
            accounts.add(f"{role}-office", PASSWORD, [role])
        accounts.close()
        yield made
        made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as p:
        made = p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, as a package carries it."""
    package = pytest.importorskip("axe_playwright_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text("utf-8")


def sign_in(page: Any, server: Server, role: str) -> None:
    """Sign in through the page, as a person does."""
    page.goto(server.url + "/sign-in")
    page.get_by_label("Account").fill(f"{role}-office")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(server.url + "/")


@pytest.fixture(scope="session")
def states(browser: Any, server: Server) -> dict[str, Any]:
    """Signed-in storage of each role."""
    out: dict[str, Any] = {"": None}
    for role in ROLES:
        context = browser.new_context()
        sign_in(context.new_page(), server, role)
        out[role] = context.storage_state()
        context.close()
    return out
