"""The log on a database: append, read, prove. One transaction an append, and the entry is acknowledged only after it is on disk."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.errors import InputError
from homerule.records import merkle
from homerule.records.entry import Entry
from homerule.records.note import Checkpoint, Signer, open_note

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOCK = 0x686F6D65  # the advisory lock of the log on PostgreSQL
NODES_KEPT = 4096
KEEP_EVERY = dt.timedelta(hours=1)  # how often a checkpoint is kept beside the newest


def default_place() -> str:
    """Where the log is kept: ``HOMERULE_RECORDS`` (a file or a database URL), or a file in the user's data folder."""
    named = os.environ.get("HOMERULE_RECORDS")
    if named:
        return named
    base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "homerule", "records.sqlite")


class Stored(NamedTuple):
    """An entry with its place in the log. ``body`` is None where it was redacted."""

    seq: int
    id: str
    body: bytes | None

    def data(self) -> dict[str, Any]:
        return {"seq": self.seq, "id": self.id} | (json.loads(self.body) if self.body is not None else {"redacted": True})


class Receipt(NamedTuple):
    """What a writer gets back: the entry is in the log as number ``seq``, under the signed checkpoint ``note``. ``new`` is false where it was there already."""

    seq: int
    id: str
    leaf: str
    note: str
    new: bool = True


class Log:
    """An append-only log at ``where`` (a file, or a database URL). ``origin`` names it in its checkpoints; its key lies beside the file or at ``key``."""

    def __init__(self, where: str | None = None, *, origin: str = "homerule/records", key: Path | None = None) -> None:
        from homerule.records.open import connect

        self.where = where or default_place()
        self.engine, self.url = connect(self.where)
        self.origin = origin
        if key is None:
            key = Path(self.where + ".key") if "://" not in self.where else Path(os.environ.get("HOMERULE_RECORDS_KEY", default_place() + ".key"))
        self.signer = Signer.open(key, origin)
        self._nodes: OrderedDict[tuple[int, int], bytes] = OrderedDict()  # complete nodes never change, so that what was read once stays true
        self._kept: dt.datetime | None = None  # when a checkpoint was last kept

    def close(self) -> None:
        self.engine.dispose()

    # Writing

    def append(self, entry: Entry, *, idempotency: str | None = None) -> Receipt:
        """Add one entry. Returns once it is on disk."""
        return self.append_many([(entry, idempotency)])[0]

    def append_many(self, entries: Sequence[tuple[Entry, str | None]]) -> list[Receipt]:
        """Add entries in one transaction. An ``idempotency`` key seen before gives back the first entry's receipt; the same key with another body is an InputError."""
        with self._writing() as db:
            size, _ = self._head(db)
            out: list[tuple[int, str, bytes, bool]] = []
            fresh: dict[tuple[int, int], bytes] = {}

            def fetch(level: int, at: int) -> bytes:
                return fresh[level, at] if (level, at) in fresh else self._node(db, level, at)

            rows: list[dict[str, Any]] = []
            seen: dict[str, tuple[int, str, bytes]] = {}
            for entry, key in entries:
                entry = entry if key is None else entry.model_copy(update={"key": key})
                body = entry.canonical()
                if key is not None and (before := seen.get(key) or self._by_key(db, key)) is not None:
                    if _content(before[2]) != _content(body):
                        raise InputError("this idempotency key was used for another entry", where=key[:80], help="Use a fresh key for a new entry")
                    out.append((before[0], before[1], merkle.leaf_hash(before[2]), False))
                    continue
                self._may_follow(db, entry, {r["id"] for r in rows})
                leaf = merkle.leaf_hash(body)
                for level, at, value in merkle.completed(size, leaf, fetch):
                    fresh[level, at] = value
                rows.append(_columns(size, entry, body, key))
                if key is not None:
                    seen[key] = (size, entry.id, body)
                out.append((size, entry.id, leaf, True))
                size += 1
            note = self._write(db, rows, fresh, size, fetch)
        self._remember(fresh)  # only now that they are on disk
        return [Receipt(seq, id, leaf.hex(), note, new) for seq, id, leaf, new in out]

    def _write(self, db: Connection, rows: list[dict[str, Any]], fresh: dict[tuple[int, int], bytes], size: int, fetch: merkle.Fetch) -> str:
        from sqlalchemy import insert, select, update
        from sqlalchemy.exc import IntegrityError

        from homerule.records.schema import CHECKPOINT, ENTRY, HEAD, NODE

        if not rows:
            return str(db.execute(select(HEAD.c.note)).scalar_one())
        try:
            db.execute(insert(ENTRY), rows)
        except IntegrityError:
            raise InputError("an entry with this id is in the log already", help="Leave the id out to have one made") from None
        db.execute(insert(NODE), [{"level": level, "at": at, "hash": value} for (level, at), value in fresh.items()])
        note = self.signer.sign(Checkpoint(self.origin, size, merkle.root(size, fetch)))
        db.execute(update(HEAD).values(size=size, note=note))
        now = dt.datetime.now(dt.UTC)
        if self._kept is None or now - self._kept >= KEEP_EVERY:
            last = db.execute(select(CHECKPOINT.c.made).order_by(CHECKPOINT.c.size.desc()).limit(1)).scalar()
            self._kept = now if last is None else dt.datetime.fromisoformat(last)
            if last is None or now - self._kept >= KEEP_EVERY:
                db.execute(insert(CHECKPOINT).values(size=size, made=now.isoformat(), note=note))
                self._kept = now
        return note

    def _may_follow(self, db: Connection, entry: Entry, batch: set[str]) -> None:
        if entry.of is not None and entry.of not in batch and self._by_id(db, entry.of) is None:
            raise InputError(f"the log has no entry {entry.of}", where="of", help="Give the id that was returned when the entry was recorded")
        if entry.id in batch:
            raise InputError(f"the entry {entry.id} is in the log already", help="Leave the id out to have one made")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that no other writer can be inside."""
        from sqlalchemy import text

        with self.engine.connect() as db:
            if self.engine.dialect.name == "sqlite":
                db.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                db.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK})
            try:
                yield db
                db.commit()
            except BaseException:
                db.rollback()
                raise

    # Reading

    def _head(self, db: Connection) -> tuple[int, str]:
        from sqlalchemy import insert, select

        from homerule.records.schema import CHECKPOINT, HEAD

        row = db.execute(select(HEAD.c.size, HEAD.c.note, HEAD.c.origin)).first()
        if row is None:
            note = self.signer.sign(Checkpoint(self.origin, 0, merkle.EMPTY))
            db.execute(insert(HEAD).values(one=1, size=0, note=note, origin=self.origin))
            db.execute(insert(CHECKPOINT).values(size=0, made=dt.datetime.now(dt.UTC).isoformat(), note=note))
            return 0, note
        if row.origin != self.origin:
            raise InputError(f"this log is called {row.origin}, not {self.origin}", where=self.where, help="Open it under its own name")
        return int(row.size), str(row.note)

    def _node(self, db: Connection, level: int, at: int) -> bytes:
        kept = self._nodes.get((level, at))
        if kept is not None:
            self._nodes.move_to_end((level, at))
            return kept
        from sqlalchemy import select

        from homerule.records.schema import NODE

        found = db.execute(select(NODE.c.hash).where(NODE.c.level == level, NODE.c.at == at)).scalar()
        if found is None:
            raise InputError(f"the log is damaged: tree node {level}/{at} is missing", where=self.where, help="Run `homerule records verify`, and restore the newest backup that verifies")
        self._remember({(level, at): bytes(found)})
        return bytes(found)

    def _remember(self, nodes: dict[tuple[int, int], bytes]) -> None:
        self._nodes.update(nodes)
        while len(self._nodes) > NODES_KEPT:
            self._nodes.popitem(last=False)

    def _by_key(self, db: Connection, key: str) -> tuple[int, str, bytes] | None:
        from sqlalchemy import select

        from homerule.records.schema import ENTRY

        row = db.execute(select(ENTRY.c.seq, ENTRY.c.id, ENTRY.c.body).where(ENTRY.c.idempotency == key)).first()
        return (int(row.seq), str(row.id), bytes(row.body or b"")) if row else None

    def _by_id(self, db: Connection, id: str) -> Stored | None:
        from sqlalchemy import select

        from homerule.records.schema import ENTRY

        row = db.execute(select(ENTRY.c.seq, ENTRY.c.id, ENTRY.c.body).where(ENTRY.c.id == id)).first()
        return Stored(int(row.seq), str(row.id), bytes(row.body) if row.body is not None else None) if row else None

    def get(self, id: str) -> Stored | None:
        """The entry with this id."""
        with self.engine.connect() as db:
            return self._by_id(db, id)

    def about(self, id: str) -> list[Stored]:
        """The entries that name ``id``: its approvals, outcomes, corrections, in order."""
        return list(self.entries(of=id))

    def entries(self, *, start: dt.date | None = None, end: dt.date | None = None, kind: str | None = None, place: str | None = None, of: str | None = None, after: int = -1, limit: int | None = None) -> Iterator[Stored]:
        """Entries in order of number, streamed. ``start`` and ``end`` are days in UTC, both within; ``after`` is a cursor (a number already seen)."""
        from sqlalchemy import select

        from homerule.records.schema import ENTRY

        query = select(ENTRY.c.seq, ENTRY.c.id, ENTRY.c.body).where(ENTRY.c.seq > after).order_by(ENTRY.c.seq)
        if start is not None:
            query = query.where(ENTRY.c.recorded >= start.isoformat())
        if end is not None:
            query = query.where(ENTRY.c.recorded < (end + dt.timedelta(days=1)).isoformat())
        for column, value in ((ENTRY.c.kind, kind), (ENTRY.c.place, place), (ENTRY.c.of, of)):
            if value is not None:
                query = query.where(column == value)
        if limit is not None:
            query = query.limit(limit)
        with self.engine.connect().execution_options(yield_per=500) as db:
            for row in db.execute(query):
                yield Stored(int(row.seq), str(row.id), bytes(row.body) if row.body is not None else None)

    def head(self) -> str:
        """The newest signed checkpoint."""
        with self._writing() as db:
            return self._head(db)[1]

    def size(self) -> int:
        """How many entries the log holds."""
        return open_note(self.head(), self.signer.verifier).size

    def checkpoints(self) -> list[str]:
        """The checkpoints that were kept, oldest first, and the newest."""
        from sqlalchemy import select

        from homerule.records.schema import CHECKPOINT

        head = self.head()
        with self.engine.connect() as db:
            kept = [str(n) for n in db.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)).scalars()]
        return kept if kept and kept[-1] == head else [*kept, head]

    # Proofs

    def inclusion(self, id: str) -> dict[str, Any]:
        """The proof that entry ``id`` is in the log as its newest checkpoint has it."""
        with self._writing() as db:
            size, note = self._head(db)
            found = self._by_id(db, id)
            if found is None:
                raise InputError(f"the log has no entry {id[:40]}", help="List them with `homerule records list`")
            proof = merkle.inclusion(found.seq, size, lambda level, at: self._node(db, level, at))
            leaf = self._node(db, 0, found.seq)
        return {"id": found.id, "index": found.seq, "size": size, "leaf": leaf.hex(), "proof": [p.hex() for p in proof], "checkpoint": note}

    def consistency(self, old: int, new: int | None = None) -> dict[str, Any]:
        """The proof that the log of ``old`` entries is a beginning of the log of ``new`` (now, if not given)."""
        with self._writing() as db:
            size, note = self._head(db)
            new = size if new is None else new
            if not 0 <= old <= new <= size:
                raise InputError(f"the log has {size} entries; there is no proof from {old} to {new}", help="Give sizes in order, no larger than the log")
            proof = merkle.consistency(old, new, lambda level, at: self._node(db, level, at))
        return {"old": old, "new": new, "proof": [p.hex() for p in proof], "checkpoint": note}

    # Settings

    def setting(self, name: str, default: str = "") -> str:
        """An office's setting, such as whether free text is kept."""
        from sqlalchemy import select

        from homerule.records.schema import SETTING

        with self.engine.connect() as db:
            value = db.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()
        return default if value is None else str(value)

    def set(self, name: str, value: str) -> None:
        """Change a setting."""
        from sqlalchemy import delete, insert

        from homerule.records.schema import SETTING

        with self._writing() as db:
            db.execute(delete(SETTING).where(SETTING.c.name == name))
            db.execute(insert(SETTING).values(name=name, value=value))


def _content(body: bytes) -> dict[str, Any]:
    """What an entry says, without what each attempt makes anew."""
    data = json.loads(body or b"{}")
    return {k: v for k, v in data.items() if k not in ("id", "recorded")}


def _columns(seq: int, entry: Entry, body: bytes, key: str | None) -> dict[str, Any]:
    asked = entry.asked
    return {
        "seq": seq, "id": entry.id, "kind": entry.kind, "recorded": json.loads(body)["recorded"], "of": entry.of, "place": asked.place if asked else "", "request": asked.request if asked else "",
        "idempotency": key, "body": body,
    }  # fmt: skip


def copies(body: bytes) -> dict[str, Any]:
    """The columns beside the body as they must be, for checking."""
    data = json.loads(body)
    asked = data.get("asked") or {}
    return {"id": data["id"], "kind": data["kind"], "recorded": data["recorded"], "of": data.get("of"), "idempotency": data.get("key"), "place": asked.get("place", ""), "request": asked.get("request", "")}


