"""Runs the migrations of the registry in one transaction; a writer that starts at the same moment waits."""

from alembic import context
from sqlalchemy import text

engine = context.config.attributes["engine"]
with engine.connect() as db:
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        db.execute(text("SELECT pg_advisory_xact_lock(1752130918)"))
    context.configure(connection=db, version_table="agreement_version", transactional_ddl=False)
    context.run_migrations()
    db.commit()
