"""Opening the log's database and bringing its tables up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Engine


LOG = (Path(__file__).parent / "migrations", "record_version")


def connect(where: str, tables: tuple[Path, str] = LOG, *, durable: bool = True) -> tuple[Engine, str]:
    """An engine for a file or a database URL, with tables brought up to date by the migrations at ``tables`` (folder, version table).

    ``durable`` waits for the disk at every commit. Raises InputError where the database cannot be opened.
    """
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise InputError("a database needs SQLAlchemy and Alembic", help="pip install 'homerule[records]'") from None
    url = where if "://" in where else f"sqlite:///{os.path.abspath(where)}"
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        if url.startswith("sqlite"):
            if "://" not in where:
                Path(where).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

            @event.listens_for(engine, "connect")
            def _settings(connection: Any, _: Any) -> None:
                # transactions are begun by hand, so that a writer holds the lock from its first read
                connection.isolation_level = None
                for line in ("PRAGMA journal_mode=WAL", f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
                    connection.execute(line)

        else:
            engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        migrate(engine, *tables)
    except ModuleNotFoundError as error:
        raise InputError(f"this database needs the package `{error.name}`", help="pip install 'homerule[postgres]'") from None
    except (SQLAlchemyError, OSError) as error:
        what = str(getattr(error, "orig", None) or error).splitlines()[0][:160]
        raise InputError(f"the database cannot be opened: {what}", where=where.rpartition("@")[2], help="Check the path or address, and that this account may write there") from None
    return engine, url


def migrate(engine: Engine, folder: Path, version: str) -> None:
    """Bring the tables to the newest shape (Alembic); nothing is done where they have it."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import inspect, text

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as db:
        if inspect(db).has_table(version) and db.execute(text(f"SELECT version_num FROM {version}")).scalar() == wanted:
            return
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
