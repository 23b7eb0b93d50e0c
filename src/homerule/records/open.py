"""Opening the log's database and bringing its tables up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Engine


def connect(where: str) -> tuple[Engine, str]:
    """An engine for a file or a database URL, with the tables of the log in it. Raises InputError where it cannot be opened."""
    try:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise InputError("the decision log needs SQLAlchemy", help="pip install 'homerule[records]'") from None
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
                for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"):
                    connection.execute(line)

        else:
            engine = create_engine(url, pool_pre_ping=True)
        migrate(engine)
    except ModuleNotFoundError as error:
        raise InputError(f"this database needs the package `{error.name}`", help="pip install 'homerule[postgres]'") from None
    except (SQLAlchemyError, OSError) as error:
        what = str(getattr(error, "orig", None) or error).splitlines()[0][:160]
        raise InputError(f"the log cannot be opened: {what}", where=where.rpartition("@")[2], help="Check the path or address, and that this account may write there") from None
    return engine, url


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest shape (Alembic); nothing is done where they have it."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import inspect, text

    folder = Path(__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as db:
        if inspect(db).has_table("record_version") and db.execute(text("SELECT version_num FROM record_version")).scalar() == wanted:
            return
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
