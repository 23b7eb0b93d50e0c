"""The tables of the registry. A later change of shape comes as a further file here and leaves this one alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agreement_file", sa.Column("key", sa.String(80), primary_key=True), sa.Column("name", sa.Text, nullable=False), sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("bytes", _NUMBER, nullable=False), sa.Column("at", sa.String(32), nullable=False), sa.Column("by", sa.Text, nullable=False),
    )  # fmt: skip
    op.create_table(
        "agreement_list", sa.Column("id", _NUMBER, primary_key=True), sa.Column("key", sa.String(80), sa.ForeignKey("agreement_file.key"), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False), sa.Column("name", sa.Text, nullable=False), sa.Column("columns", sa.Text, nullable=False), sa.Column("modified", sa.Date),
        sa.Column("said_date", sa.Date), sa.Column("said_type", sa.String(16), nullable=False), sa.Column("said_whole", sa.Boolean, nullable=False), sa.Column("notes", sa.Text, nullable=False),
        sa.Column("type", sa.String(16), nullable=False), sa.Column("on", sa.Date), sa.Column("clock", sa.String(32), nullable=False), sa.Column("how", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False), sa.Column("whole", sa.Boolean, nullable=False), sa.Column("doubts", sa.Text, nullable=False), sa.UniqueConstraint("key", "sheet"),
    )  # fmt: skip
    texts = ("state", "agency", "body", "county", "support", "signed", "link_text", "link", "addendum_text", "addendum")
    op.create_table("agreement_row", sa.Column("id", _NUMBER, primary_key=True), sa.Column("digest", sa.String(64), nullable=False, unique=True), *(sa.Column(t, sa.Text, nullable=False) for t in texts))
    op.create_table(
        "agreement_sighting", sa.Column("list", _NUMBER, sa.ForeignKey("agreement_list.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False), sa.Column("row", _NUMBER, sa.ForeignKey("agreement_row.id"), nullable=False), sa.Column("at_row", sa.Integer, nullable=False),
    )  # fmt: skip
    op.create_table(
        "agreement_record", sa.Column("id", _NUMBER, primary_key=True), sa.Column("at", sa.String(32), nullable=False), sa.Column("by", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False), sa.Column("source", sa.Text, nullable=False), sa.Column("state", sa.String(8), nullable=False), sa.Column("agency", sa.Text, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False), sa.Column("model", sa.String(40), nullable=False), sa.Column("number", sa.Text, nullable=False), sa.Column("facts", sa.Text, nullable=False),
    )  # fmt: skip
    op.create_table(
        "agreement", sa.Column("id", sa.String(300), primary_key=True), sa.Column("state", sa.String(8), nullable=False, index=True), sa.Column("place", sa.String(200), index=True),
        sa.Column("kind", sa.String(40), nullable=False), sa.Column("model", sa.String(40), nullable=False), sa.Column("status", sa.String(40), nullable=False), sa.Column("body", sa.Text, nullable=False),
    )  # fmt: skip
    op.create_table("agreement_alias", sa.Column("alias", sa.String(300), primary_key=True), sa.Column("id", sa.String(300), nullable=False))
    op.create_table(
        "agreement_change", sa.Column("seq", _NUMBER, primary_key=True), sa.Column("at", sa.String(32), nullable=False), sa.Column("by", sa.Text, nullable=False), sa.Column("source", sa.Text, nullable=False),
        sa.Column("agreement", sa.String(300), nullable=False), sa.Column("field", sa.String(40), nullable=False), sa.Column("old", sa.Text), sa.Column("new", sa.Text),
    )  # fmt: skip
    op.create_index("agreement_change_agreement", "agreement_change", ["agreement"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("agreement_change", "agreement_alias", "agreement", "agreement_record", "agreement_sighting", "agreement_row", "agreement_list", "agreement_file"):
        op.drop_table(name)
