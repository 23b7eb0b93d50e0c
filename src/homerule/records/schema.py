"""The tables of the log. `body` is the entry's canonical bytes and the only thing that is hashed; the other columns are copies for searching, checked by `verify`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

TABLES = MetaData()
#: A rowid column on SQLite, a wide one elsewhere.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

ENTRY = Table(
    "record_entry", TABLES,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("recorded", String(32), nullable=False),
    Column("of", String(32), nullable=True, index=True),
    Column("place", String(200), nullable=False, default=""),
    Column("request", String(60), nullable=False, default=""),
    Column("idempotency", String(80), nullable=True, unique=True),
    Column("body", LargeBinary, nullable=True),  # empty once redacted; the leaf stays
    Index("record_entry_recorded", "recorded"),
)  # fmt: skip
NODE = Table("record_node", TABLES, Column("level", Integer, primary_key=True), Column("at", NUMBER, primary_key=True, autoincrement=False), Column("hash", LargeBinary(32), nullable=False))
CHECKPOINT = Table("record_checkpoint", TABLES, Column("size", NUMBER, primary_key=True, autoincrement=False), Column("made", String(32), nullable=False), Column("note", Text, nullable=False))
HEAD = Table("record_head", TABLES, Column("one", Integer, primary_key=True, autoincrement=False), Column("size", NUMBER, nullable=False), Column("note", Text, nullable=False), Column("origin", String(120), nullable=False))
SETTING = Table("record_setting", TABLES, Column("name", String(60), primary_key=True), Column("value", Text, nullable=False))
