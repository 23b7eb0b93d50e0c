"""Entries, tree nodes, checkpoints, head and settings."""

from alembic import op

from homerule.records.schema import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    TABLES.create_all(op.get_bind())
