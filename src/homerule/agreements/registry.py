"""The registry: what was imported and recorded, and the agreements worked out from it, in one database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.agreements.database import connect, default_place, reading, writing
from homerule.agreements.dating import Dated
from homerule.agreements.listing import Listing, Row
from homerule.agreements.model import Agreement
from homerule.agreements.plain import as_dict, from_dict
from homerule.agreements.records import Record
from homerule.agreements.resolving import ListFacts, Resolved, resolve
from homerule.errors import InputError, nearest, shorten
from homerule.places.names import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Change", "Changed", "File", "Registry", "now"]

_BATCH = 5000
#: Parts of an agreement whose change is written into the history.
_TOLD = tuple(f for f in Agreement._fields if f not in ("id", "facts", "events", "periods"))


def now() -> str:
    """The time in UTC, to the second, in ISO form."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class File(NamedTuple):
    """A file that was given: its kind is `list`, `records` or `document`.

    `key` is its SHA-256; of a list whose name holds a day, with that day behind an `@`.
    """

    key: str
    name: str
    kind: str
    bytes: int


class Change(NamedTuple):
    """One line of the history. `field` is `agreement` where one appeared (`new` is its status) or went (`new` is None: it became another id)."""

    at: str
    by: str
    source: str
    agreement: str
    field: str
    old: str | None
    new: str | None


class Changed(NamedTuple):
    """What an import did: ids that are new, ids with changes, and how many history lines were written."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    lines: int


class Registry:
    """The registry at `where`: a file, or a SQLAlchemy URL. Left out, `HOMERULE_REGISTRY` or a file in the user's data folder.

    Raises InputError where it cannot be opened. Close it, or use it in a `with` statement.
    """

    def __init__(self, where: str | None = None) -> None:
        self.where = where or default_place()
        self._engine = connect(self.where)

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    # ------------------------------------------------------------------ what is asked of it

    def agreements(self, **columns: str) -> list[Agreement]:
        """Every agreement in order of id; `state`, `place`, `kind`, `model` or `status` keep those of one value."""
        from sqlalchemy import select

        from homerule.agreements.schema import AGREEMENT

        query = select(AGREEMENT.c.body).order_by(AGREEMENT.c.id)
        for name, value in columns.items():
            query = query.where(AGREEMENT.c[name] == value)
        with reading(self._engine) as db:
            return [from_dict(json.loads(body)) for body in db.execute(query).scalars()]

    def get(self, text: str) -> Agreement:
        """The agreement of an id, of an id under another spelling, or of an agency's name where it holds only one.

        Raises InputError naming the ids that may be meant.
        """
        from sqlalchemy import select

        from homerule.agreements.schema import AGREEMENT, ALIAS

        wanted = text.strip().lower()
        with reading(self._engine) as db:
            ids = [str(i) for i in db.execute(select(AGREEMENT.c.id).order_by(AGREEMENT.c.id)).scalars()]
            other = db.execute(select(ALIAS.c.id).where(ALIAS.c.alias == wanted)).scalar()
            found = [wanted] if wanted in ids else [str(other)] if other else [i for i in ids if i.startswith(wanted + "/") or i.startswith(wanted + "-")]
            if not found:
                key = fold(text)
                found = [i for i in ids if key and key in fold(i)]
            if len(found) == 1:
                body = db.execute(select(AGREEMENT.c.body).where(AGREEMENT.c.id == found[0])).scalar_one()
                return from_dict(json.loads(body))
        if found:
            raise InputError(f"`{shorten(text)}` may mean {len(found)} agreements", help="Write one of them: " + ", ".join(found[:8]) + (" …" if len(found) > 8 else ""))
        raise InputError(f"the registry has no agreement `{shorten(text)}`", where=self.where.rpartition("@")[2], help="It is empty: import lists first" if not ids else close if (close := nearest(wanted, ids)).startswith("Did") else "Look for it with `homerule agreements list`")

    def lists(self) -> list[ListFacts]:
        """The lists held, in order of time."""
        from sqlalchemy import select

        from homerule.agreements.schema import LIST

        c = LIST.c
        query = select(c.key, c.sheet, c.name, c.type, c.on, c.clock, c.how, c.rows, c.whole, c.doubts).order_by(c.on, c.clock, c.key, c.sheet)
        with reading(self._engine) as db:
            return [
                ListFacts(r.key, r.sheet, r.name, r.type, Dated(r.on, r.clock, r.how) if r.on else None, r.rows, r.whole, tuple(json.loads(r.doubts))) for r in db.execute(query)
            ]  # fmt: skip

    def history(self, agreement: str = "") -> list[Change]:
        """The history, oldest first: of one agreement (by its id), or the whole."""
        from sqlalchemy import select

        from homerule.agreements.schema import CHANGE

        c = CHANGE.c
        query = select(c.at, c.by, c.source, c.agreement, c.field, c.old, c.new).order_by(c.seq)
        if agreement:
            query = query.where(c.agreement == agreement)
        with reading(self._engine) as db:
            return [Change(*row) for row in db.execute(query)]

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those keys whose files are held already. A bare SHA-256 is held too where the same content is held with a day."""
        from sqlalchemy import select

        from homerule.agreements.schema import FILE

        with reading(self._engine) as db:
            held = set(db.execute(select(FILE.c.key)).scalars())
        held |= {k.partition("@")[0] for k in held}
        return held.intersection(keys)

    # ------------------------------------------------------------------ what is given to it

    def take(self, *, files: Sequence[File] = (), lists: Sequence[Listing] = (), records: Sequence[Record] = (), by: str, source: str, at: str = "") -> Changed:
        """Add files, their lists and records in one transaction: afterwards the registry holds all of it, or, if anything fails, none.

        What is held already is passed over. A list that is held may be given again with another stated date or type: then that is changed.
        `by` and `source` go into the history.
        """
        with writing(self._engine) as db:
            before = _bodies(db)
            _keep(db, files, lists, records, by, at or now())
            resolved = resolve(_lists(db), _records(db))
            return _settle(db, before, resolved, by, source, at or now())

    def refresh(self, *, by: str, source: str = "worked out again") -> Changed:
        """Work out every agreement again, for instance after a newer Homerule reads lists better."""
        return self.take(by=by, source=source)


def _keep(db: Connection, files: Sequence[File], lists: Sequence[Listing], records: Sequence[Record], by: str, at: str) -> None:
    """Write what is new among files, lists, rows and records."""
    from sqlalchemy import insert, select, update

    from homerule.agreements.schema import FILE, LIST, RECORD, ROW, SIGHTING

    held = set(db.execute(select(FILE.c.key)).scalars())
    fresh = {f.key: f for f in files if f.key not in held}
    if fresh:
        db.execute(insert(FILE), [{**f._asdict(), "at": at, "by": by} for f in fresh.values()])
    had: dict[tuple[str, str], int] = {(r.key, r.sheet): r.id for r in db.execute(select(LIST.c.id, LIST.c.key, LIST.c.sheet))}
    next_list = max(had.values(), default=0) + 1
    rows: dict[str, int] = {r.digest: r.id for r in db.execute(select(ROW.c.id, ROW.c.digest))}
    next_row = max(rows.values(), default=0) + 1
    new_lists: list[dict[str, Any]] = []
    new_rows: list[dict[str, Any]] = []
    sightings: list[dict[str, Any]] = []
    digests: dict[Row, int] = {}
    for s in lists:
        at_id = had.get((s.key, s.sheet))
        if at_id is not None:
            said = {k: v for k, v in (("said_date", s.said_date), ("said_type", s.said_type)) if v}
            if said or not s.whole:
                db.execute(update(LIST).where(LIST.c.id == at_id).values(**said, said_whole=s.whole))
            continue
        had[s.key, s.sheet] = next_list
        new_lists.append({
            "id": next_list, "key": s.key, "sheet": s.sheet, "name": s.name, "columns": json.dumps(s.columns), "modified": s.modified, "said_date": s.said_date,
            "said_type": s.said_type, "said_whole": s.whole, "notes": json.dumps(s.notes, ensure_ascii=False),
        })  # fmt: skip
        for position, (row, at_row) in enumerate(zip(s.rows, s.at_rows, strict=True)):
            row_id = digests.get(row)
            if row_id is None:
                digest = row.digest
                row_id = rows.get(digest)
                if row_id is None:
                    row_id = rows[digest] = next_row
                    new_rows.append({"id": row_id, "digest": digest, **row._asdict()})
                    next_row += 1
                digests[row] = row_id
            sightings.append({"list": next_list, "position": position, "row": row_id, "at_row": at_row})
        next_list += 1
    for table, values in ((LIST, new_lists), (ROW, new_rows), (SIGHTING, sightings)):
        for i in range(0, len(values), _BATCH):
            db.execute(insert(table), values[i : i + _BATCH])
    if records:
        db.execute(insert(RECORD), [{**r._asdict(), "facts": json.dumps(r.facts, ensure_ascii=False)} for r in records])


def _lists(db: Connection) -> list[Listing]:
    from sqlalchemy import select

    from homerule.agreements.schema import LIST, ROW, SIGHTING

    rows = {r[0]: Row(*r[1:]) for r in db.execute(select(ROW.c.id, *(ROW.c[f] for f in Row._fields)))}
    shown: dict[int, tuple[list[Row], list[int]]] = {}
    for list_id, row, at_row in db.execute(select(SIGHTING.c.list, SIGHTING.c.row, SIGHTING.c.at_row).order_by(SIGHTING.c.list, SIGHTING.c.position)):
        held = shown.setdefault(list_id, ([], []))
        held[0].append(rows[row])
        held[1].append(at_row)
    out = []
    for r in db.execute(select(LIST)):
        own = shown.get(r.id, ([], []))
        out.append(Listing(r.name, r.key, r.sheet, tuple(json.loads(r.columns)), tuple(own[0]), tuple(own[1]), r.modified, r.said_date, r.said_type, r.said_whole, tuple(json.loads(r.notes))))
    return out


def _records(db: Connection) -> list[Record]:
    from sqlalchemy import select

    from homerule.agreements.schema import RECORD

    return [
        Record(r.state, r.agency, r.kind, r.model, r.number, tuple((f, v) for f, v in json.loads(r.facts)), r.source, r.origin, r.at, r.by) for r in db.execute(select(RECORD).order_by(RECORD.c.id))
    ]  # fmt: skip


def _bodies(db: Connection) -> dict[str, dict[str, Any]]:
    from sqlalchemy import select

    from homerule.agreements.schema import AGREEMENT

    return {i: json.loads(body) for i, body in db.execute(select(AGREEMENT.c.id, AGREEMENT.c.body))}


def _settle(db: Connection, before: dict[str, dict[str, Any]], resolved: Resolved, by: str, source: str, at: str) -> Changed:
    """Write the agreements as worked out, and the history of what that changed."""
    from sqlalchemy import delete, insert, update

    from homerule.agreements.schema import AGREEMENT, ALIAS, CHANGE, LIST

    after = {a.id: as_dict(a) for a in resolved.agreements}
    lines: list[dict[str, Any]] = []

    def line(agreement: str, field: str, old: Any, new: Any) -> None:
        lines.append({"at": at, "by": by, "source": source, "agreement": agreement, "field": field, "old": _text(old), "new": _text(new)})

    new, changed = [], []
    for i, body in after.items():
        old = before.get(i)
        if old is None:
            new.append(i)
            line(i, "agreement", None, body["status"])
            continue
        fields = [f for f in _TOLD if old.get(f) != body[f]]
        for f in fields:
            line(i, f, old.get(f), body[f])
        if old != body:
            changed.append(i)
    for i in before.keys() - after.keys():
        line(i, "agreement", before[i]["status"], None)
    touched = {*new, *changed}
    gone = [*(before.keys() - after.keys()), *changed]
    for k in range(0, len(gone), 500):
        db.execute(delete(AGREEMENT).where(AGREEMENT.c.id.in_(gone[k : k + 500])))
    values = [{k: after[i][k] for k in ("id", "state", "place", "kind", "model", "status")} | {"body": json.dumps(after[i], ensure_ascii=False)} for i in sorted(touched)]
    db.execute(delete(ALIAS))
    for table, rows in ((AGREEMENT, values), (ALIAS, [{"alias": a, "id": i} for a, i in resolved.aliases.items()]), (CHANGE, lines)):
        for k in range(0, len(rows), _BATCH):
            db.execute(insert(table), rows[k : k + _BATCH])
    for s in resolved.lists:
        d = s.dated
        db.execute(update(LIST).where(LIST.c.key == s.key, LIST.c.sheet == s.sheet).values(
            type=s.type, on=d.on if d else None, clock=d.clock if d else "", how=d.how if d else "", rows=s.rows, whole=s.whole, doubts=json.dumps(s.doubts, ensure_ascii=False),
        ))  # fmt: skip
    return Changed(tuple(new), tuple(sorted(changed)), len(lines))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
