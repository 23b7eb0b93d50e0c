"""Does the log say what it said? Every stored byte is held against its leaf, every leaf against the tree, the tree against every signed checkpoint."""

from __future__ import annotations

import json
from typing import NamedTuple

from homerule.errors import InputError
from homerule.records import merkle
from homerule.records.note import open_note
from homerule.records.store import Log, copies


class Report(NamedTuple):
    """What verifying found. ``problems`` is empty where all holds; each names the entry it is about."""

    size: int
    redacted: int
    checkpoints: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


def verify(log: Log, *, limit: int = 50) -> Report:
    """Check the whole log. Stops collecting after ``limit`` problems."""
    from sqlalchemy import func, select

    from homerule.records.schema import ENTRY, HEAD, NODE

    problems: list[str] = []
    tree, redacted, seen_redactions = merkle.Tree(), 0, set()
    empty: list[tuple[int, str]] = []
    with log.engine.connect().execution_options(yield_per=500) as db:
        head = db.execute(select(HEAD.c.size, HEAD.c.note)).first()
        size = int(head.size) if head else 0
        for row in db.execute(select(ENTRY).where(ENTRY.c.seq < size).order_by(ENTRY.c.seq)):
            if row.seq != tree.size:
                problems.append(f"entry {tree.size} is missing")
                break
            stored = log._node(db, 0, row.seq) if row.body is None else None
            if row.body is None:
                redacted += 1
                if (row.kind, row.recorded, row.of, row.idempotency, row.place, row.request) != ("redacted", "", None, None, "", ""):
                    problems.append(f"entry {row.seq} is redacted, and its columns are not empty")
                empty.append((row.seq, row.id))
                tree.add(stored or b"")
                continue
            body = bytes(row.body)
            tree.add(merkle.leaf_hash(body))
            try:
                wrong = [k for k, v in copies(body).items() if getattr(row, k) != v]
                data = json.loads(body)
            except (ValueError, KeyError, TypeError):
                problems.append(f"entry {row.seq} cannot be read")
                continue
            if wrong:
                problems.append(f"entry {row.seq}: the column {', '.join(wrong)} differs from the entry")
            if data.get("kind") == "redaction":
                seen_redactions.add(data.get("of"))
            if len(problems) >= limit:
                break
        for level, at, value in db.execute(select(NODE.c.level, NODE.c.at, NODE.c.hash).order_by(NODE.c.level, NODE.c.at)):
            if (at + 1) << level > size:
                continue
            if tree.nodes.get((level, at)) != bytes(value):
                problems.append(f"entry {at} was changed" if level == 0 else f"the tree differs at node {level}/{at}")
                if len(problems) >= limit:
                    break
        nodes = db.execute(select(func.count()).select_from(NODE)).scalar_one()
        if not problems and nodes != len(tree.nodes):
            problems.append(f"the tree has {nodes} nodes where {len(tree.nodes)} belong")
        more = db.execute(select(func.count()).select_from(ENTRY).where(ENTRY.c.seq >= size)).scalar_one()
        if more:
            problems.append(f"{more} entries stand after the end of the log")
    problems += [f"entry {seq} was emptied without a redaction on record" for seq, id in empty if id not in seen_redactions]
    notes = log.checkpoints() if size or head else []
    for note in notes:
        problems += check_note(note, tree, log)
    if notes and open_note_size(notes[-1], log) != size:
        problems.append("the newest checkpoint has another size than the log")
    return Report(size, redacted, len(notes), tuple(problems[:limit]))


def open_note_size(note: str, log: Log) -> int:
    """Size in a checkpoint; -1 where it does not open."""
    try:
        return open_note(note, log.signer.verifier).size
    except InputError:
        return -1


def check_note(note: str, tree: merkle.Tree, log: Log) -> list[str]:
    """What is wrong with one checkpoint, held against the tree."""
    try:
        found = open_note(note, log.signer.verifier)
    except InputError as error:
        return [error.message]
    if found.size > tree.size:
        return [f"a checkpoint of {found.size} entries was signed, and only {tree.size} are here: entries were cut off"]
    if tree.root(found.size) != found.root:
        return [f"the first {found.size} entries are not those that were signed"]
    return []
