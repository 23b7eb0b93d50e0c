"""Accounts, sessions, tokens, audit, idempotency keys, jobs, corrections."""

from alembic import op

from homerule.web.schema import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    TABLES.create_all(op.get_bind())
