"""Opening the registry's database and bringing its tables up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["connect", "default_place", "reading", "writing"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = "agreement_version"
_LOCK = 0x686F6D66  # the advisory lock of writers on PostgreSQL


def default_place() -> str:
    """Where the registry is kept: `HOMERULE_REGISTRY` (a file or a database URL), or a file in the user's data folder."""
    named = os.environ.get("HOMERULE_REGISTRY")
    if named:
        return named
    base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "homerule", "agreements.sqlite")


def connect(where: str) -> Engine:
    """An engine for a file or a database URL, its tables made or brought up to date.

    Raises InputError where a package is missing, the database cannot be opened, or it was made by a newer Homerule.
    """
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise InputError("the registry needs the extra `agreements`", help="Install it with `pip install 'homerule[agreements]'`") from None
    url = where if "://" in where else f"sqlite:///{os.path.abspath(os.path.expanduser(where))}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    shown = where.rpartition("@")[2]
    try:
        if url.startswith("sqlite"):
            if "://" not in where:
                Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, connect_args={"timeout": 60})

            @event.listens_for(engine, "connect")
            def _settings(connection: Any, _: Any) -> None:
                connection.isolation_level = None  # transactions are begun by hand, so that a writer holds the lock from its first read
                for line in ("PRAGMA journal_mode=DELETE", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"):
                    connection.execute(line)

        else:
            engine = create_engine(url, pool_pre_ping=True)
        _migrate(engine, shown)
    except ModuleNotFoundError as error:
        raise InputError(f"this database needs the package `{error.name}`", where=shown, help="Install it with `pip install 'homerule[postgres]'`") from None
    except (SQLAlchemyError, OSError) as error:
        what = str(getattr(error, "orig", None) or error).splitlines()[0][:160]
        raise InputError(f"the registry cannot be opened: {what}", where=shown, help="Check the path or address, and that this account may write there") from None
    return engine


def _migrate(engine: Engine, shown: str) -> None:
    """Bring the tables to the newest shape; where they have it, Alembic is not even imported."""
    from sqlalchemy import inspect, text

    wanted = max(p.name.split("_")[0] for p in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
    with engine.connect() as db:
        held = db.execute(text(f"SELECT version_num FROM {_VERSION}")).scalar() if inspect(db).has_table(_VERSION) else None
    if held == wanted:
        return
    if held is not None and held > wanted:
        raise InputError("the registry was made by a newer version of Homerule", where=shown, help="Install that version or a later one; nothing was changed")
    try:
        from alembic import command
        from alembic.config import Config
    except ImportError:
        raise InputError("the registry needs the extra `agreements`", help="Install it with `pip install 'homerule[agreements]'`") from None
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer can be inside; all of it is kept or none."""
    with engine.connect() as db:
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            from sqlalchemy import text

            db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the registry."""
    with engine.connect() as db:
        if db.dialect.name == "sqlite":
            db.exec_driver_sql("BEGIN")
        yield db
        db.rollback()
