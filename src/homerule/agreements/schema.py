"""The tables of the registry.

What was given is kept as given and never changed: files, lists, rows, sightings (which list shows which row), records, and the history of
changes. `agreement` and `alias` are worked out from these, in the same transaction, and may be worked out again at any time.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

TABLES = MetaData()
#: A rowid column on SQLite, a wide one elsewhere.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

FILE = Table(
    "agreement_file", TABLES,
    Column("key", String(80), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("bytes", NUMBER, nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
)  # fmt: skip
LIST = Table(
    "agreement_list", TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("key", String(80), ForeignKey("agreement_file.key"), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("modified", Date),
    Column("said_date", Date),
    Column("said_type", String(16), nullable=False),
    Column("said_whole", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    # worked out
    Column("type", String(16), nullable=False, default=""),
    Column("on", Date),
    Column("clock", String(32), nullable=False, default=""),
    Column("how", Text, nullable=False, default=""),
    Column("rows", Integer, nullable=False, default=0),
    Column("whole", Boolean, nullable=False, default=True),
    Column("doubts", Text, nullable=False, default="[]"),
    UniqueConstraint("key", "sheet"),
)  # fmt: skip
ROW = Table(
    "agreement_row", TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    *(Column(name, Text, nullable=False) for name in ("state", "agency", "body", "county", "support", "signed", "link_text", "link", "addendum_text", "addendum")),
)  # fmt: skip
SIGHTING = Table(
    "agreement_sighting", TABLES,
    Column("list", NUMBER, ForeignKey("agreement_list.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("row", NUMBER, ForeignKey("agreement_row.id"), nullable=False),
    Column("at_row", Integer, nullable=False),
)  # fmt: skip
RECORD = Table(
    "agreement_record", TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("agency", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("model", String(40), nullable=False),
    Column("number", Text, nullable=False),
    Column("facts", Text, nullable=False),
)  # fmt: skip
AGREEMENT = Table(
    "agreement", TABLES,
    Column("id", String(300), primary_key=True),
    Column("state", String(8), nullable=False, index=True),
    Column("place", String(200), index=True),
    Column("kind", String(40), nullable=False),
    Column("model", String(40), nullable=False),
    Column("status", String(40), nullable=False),
    Column("body", Text, nullable=False),
)  # fmt: skip
ALIAS = Table("agreement_alias", TABLES, Column("alias", String(300), primary_key=True), Column("id", String(300), nullable=False))
CHANGE = Table(
    "agreement_change", TABLES,
    Column("seq", NUMBER, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("agreement", String(300), nullable=False),
    Column("field", String(40), nullable=False),
    Column("old", Text),
    Column("new", Text),
    Index("agreement_change_agreement", "agreement"),
)  # fmt: skip
