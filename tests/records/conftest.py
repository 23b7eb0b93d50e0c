"""Every test of the log runs on SQLite and on PostgreSQL (where the package that carries a server is installed)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from homerule.records.entry import Entry, read_entry
from homerule.records.store import Log


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own."""
    pgserver = pytest.importorskip("pgserver")
    pytest.importorskip("psycopg")
    with tempfile.TemporaryDirectory(prefix="homerule-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where an empty log may be kept."""
    monkeypatch.setenv("HOMERULE_RECORDS_KEY", str(tmp_path / "pg.key"))
    if request.param == "sqlite":
        yield str(tmp_path / "log.sqlite")
        return
    import psycopg

    base = request.getfixturevalue("postgres")
    name = "t" + tmp_path.name.replace("-", "_").lower()[-50:]
    with psycopg.connect(base, autocommit=True) as db:
        db.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        db.execute(f'CREATE DATABASE "{name}"')
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(base)
    yield urlunsplit(parts._replace(path="/" + name))
    with psycopg.connect(base, autocommit=True) as db:
        db.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def log(place: str) -> Iterator[Log]:
    made = Log(place)
    yield made
    made.close()


def decision(n: int = 0, **more: object) -> Entry:
    """A made-up entry."""
    return read_entry(
        {
            "kind": "decision", "role": "desk", "asked": {"place": "il/cook-county", "actor": "jail", "request": "detainer", "acts": ["hold"], "on": "2026-11-01", "facts": {"process": "admin_warrant", "sentence_years": n}},
            "findings": [{"act": "hold", "verdict": "prohibited", "norms": ["n1", "n2"]}], **more,
        }
    )  # fmt: skip
