"""Tables of the office: accounts, sessions, tokens, sign-ins, idempotency keys, jobs, reported errors. The decision log has tables of its own."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

TABLES = MetaData()
ACCOUNT = Table(
    "web_account", TABLES,
    Column("name", String(80), primary_key=True),  # a sign-in name; the log never holds it
    Column("roles", String(200), nullable=False),
    Column("password", String(200), nullable=False, default=""),
    Column("totp", String(64), nullable=False, default=""),
    Column("totp_last", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Float, nullable=False, default=0.0),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("made", Float, nullable=False),
)  # fmt: skip
SESSION = Table(
    "web_session", TABLES,
    Column("hash", String(64), primary_key=True), Column("account", String(80), nullable=False, index=True), Column("roles", String(200), nullable=False),
    Column("csrf", String(64), nullable=False), Column("strong", Boolean, nullable=False), Column("made", Float, nullable=False), Column("seen", Float, nullable=False),
)  # fmt: skip
TOKEN = Table(
    "web_token", TABLES,
    Column("hash", String(64), primary_key=True), Column("name", String(80), nullable=False), Column("roles", String(200), nullable=False), Column("made", Float, nullable=False),
    Column("expires", Float, nullable=False), Column("revoked", Boolean, nullable=False, default=False),
)  # fmt: skip
SETUP = Table("web_setup", TABLES, Column("hash", String(64), primary_key=True), Column("expires", Float, nullable=False))
AUDIT = Table(
    "web_audit", TABLES,
    Column("number", Integer, primary_key=True, autoincrement=True), Column("at", Float, nullable=False, index=True), Column("account", String(80), nullable=False), Column("what", String(60), nullable=False),
    Column("about", String(200), nullable=False, default=""), Column("address", String(60), nullable=False, default=""),
)  # fmt: skip
IDEMPOTENT = Table(
    "web_idempotent", TABLES,
    Column("key", String(64), primary_key=True), Column("request", String(64), nullable=False), Column("status", Integer, nullable=False), Column("type", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False), Column("made", Float, nullable=False),
)  # fmt: skip
JOB = Table(
    "web_job", TABLES,
    Column("id", String(32), primary_key=True), Column("kind", String(40), nullable=False), Column("asked", Text, nullable=False), Column("state", String(12), nullable=False), Column("done", Float, nullable=False, default=0.0),
    Column("said", Text, nullable=False, default=""), Column("result", LargeBinary, nullable=True), Column("made", Float, nullable=False), Column("ended", Float, nullable=True), Column("owner", String(80), nullable=False, default=""),
)  # fmt: skip
CORRECTION = Table(
    "web_correction", TABLES,
    Column("id", String(32), primary_key=True), Column("rule", String(120), nullable=False, index=True), Column("said", Text, nullable=False), Column("source", Text, nullable=False, default=""), Column("state", String(12), nullable=False),
    Column("answer", Text, nullable=False, default=""), Column("made", Float, nullable=False), Column("answered", Float, nullable=True),
)  # fmt: skip
