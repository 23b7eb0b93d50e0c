"""Exports that stand by themselves: anyone with the file and the log's public key can check it, offline.

A JSON Lines export begins with a header (origin, verifier key, signed checkpoints, range) and then has one entry a line, its exact
bytes as a string. An export of the whole log is checked by building the tree again; one of part of it carries a proof an entry.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homerule.errors import InputError, shorten
from homerule.records import merkle
from homerule.records.note import Checkpoint, open_note, read_verifier
from homerule.records.store import Log, copies
from homerule.records.verify import Report

FORMAT = "homerule-records/1"
COLUMNS = (
    "seq", "id", "kind", "recorded", "role", "office", "of", "place", "actor", "request", "on", "acts", "verdicts", "facts", "corpus", "received", "channel", "agency", "response", "bail_posted",
    "outcome", "happened", "handed_to", "approved", "period", "reference", "reason",
)  # fmt: skip


def lines(log: Log, *, start: dt.date | None = None, end: dt.date | None = None) -> Iterator[str]:
    """A JSON Lines export, line by line. Days are UTC, both within."""
    part = start is not None or end is not None
    notes = log.checkpoints()
    size = open_note(notes[-1], log.signer.verifier).size
    yield json.dumps({"format": FORMAT, "origin": log.origin, "verifier": str(log.signer.verifier), "size": size, "whole": not part, "from": start and start.isoformat(), "to": end and end.isoformat(), "checkpoints": notes}, ensure_ascii=False)
    with log.engine.connect() as db:
        for entry in log.entries(start=start, end=end):
            if entry.seq >= size:
                break
            line: dict[str, Any] = {"seq": entry.seq}
            if entry.body is None:
                line |= {"id": entry.id, "redacted": True, "leaf": log._node(db, 0, entry.seq).hex()}
            else:
                line["body"] = entry.body.decode()
            if part:
                line["proof"] = [p.hex() for p in merkle.inclusion(entry.seq, size, lambda level, at: log._node(db, level, at))]
            yield json.dumps(line, ensure_ascii=False)


def csv_rows(log: Log, *, start: dt.date | None = None, end: dt.date | None = None) -> Iterator[str]:
    """A CSV export for reading in a spreadsheet; it cannot be verified by itself. Cells that a spreadsheet would run are made plain."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def take() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    writer.writerow(COLUMNS)
    yield take()
    for entry in log.entries(start=start, end=end):
        data = entry.data()
        asked = data.get("asked") or {}
        flat = data | {
            "place": asked.get("place"), "actor": asked.get("actor"), "request": asked.get("request"), "on": asked.get("on"), "acts": " ".join(asked.get("acts", ())),
            "verdicts": " ".join(f"{f['act']}={f['verdict']}" for f in data.get("findings", ())),
            "facts": " ".join(f"{k}={','.join(v) if isinstance(v, list) else v}" for k, v in asked.get("facts", {}).items()),
            "corpus": (data.get("corpus") or {}).get("corpus"), "period": " to ".join(data.get("period") or ()),
        }  # fmt: skip
        writer.writerow([_cell(flat.get(name)) for name in COLUMNS])
        yield take()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return "'" + text if text[:1] in "=+-@\t\r" else text


def export(log: Log, path: Path, *, start: dt.date | None = None, end: dt.date | None = None) -> int:
    """Write an export to ``path`` (``.jsonl`` or ``.csv``), whole or not at all. Returns the number of entries."""
    made = csv_rows(log, start=start, end=end) if path.suffix.lower() == ".csv" else (f"{line}\n" for line in lines(log, start=start, end=end))
    part = path.with_name(path.name + ".part")
    count = -1
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            for text in made:
                file.write(text)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"the export cannot be written: {error.strerror}", where=str(path), help="Name a folder that this account may write to") from None
    return count


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    data = json.loads(line)
                    if not isinstance(data, dict):
                        raise ValueError
                except ValueError:
                    raise InputError(f"line {number} is not a JSON object: {shorten(line, 40)}", where=str(path), help="Give a file that `homerule records export` wrote, unchanged") from None
                yield data
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the export cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}", where=str(path), help="Check the path") from None


def _header(rows: Iterator[dict[str, Any]], path: Path) -> dict[str, Any]:
    head = next(rows, None)
    if head is None or head.get("format") != FORMAT or not isinstance(head.get("checkpoints"), list) or not head["checkpoints"]:
        raise InputError("this is not an export of a decision log", where=str(path), help="Give a JSON Lines file that `homerule records export` wrote")
    return head


def verify_export(path: Path, *, verifier: str | None = None, earlier: str | None = None) -> Report:
    """Check an export without the log. ``verifier`` is the office's public key, got by another way (else the one in the file is used, which shows only that
    the file agrees with itself); ``earlier`` is the text of a checkpoint kept from before, which the log must still extend."""
    rows = _read(path)
    head = _header(rows, path)
    key = read_verifier(verifier or str(head.get("verifier", "")))
    problems: list[str] = []
    notes: list[Checkpoint] = []
    for text in [*head["checkpoints"], *([earlier] if earlier else [])]:
        try:
            notes.append(open_note(str(text), key))
        except InputError as error:
            problems.append(error.message)
    newest = max(notes, key=lambda n: n.size, default=None)
    whole, tree, redacted, count, redactions, empty = bool(head.get("whole")), merkle.Tree(), 0, 0, set(), []
    for line in rows:
        seq, body = line.get("seq"), line.get("body")
        if not isinstance(seq, int):
            problems.append("a line has no number")
            continue
        if isinstance(body, str):
            leaf = merkle.leaf_hash(body.encode())
            try:
                data = json.loads(body)
                copies(body.encode())
            except (ValueError, KeyError, TypeError, AttributeError):
                problems.append(f"entry {seq} cannot be read")
                data = {}
            if data.get("kind") == "redaction":
                redactions.add(data.get("of"))
        else:
            redacted += 1
            empty.append((seq, line.get("id")))
            try:
                leaf = bytes.fromhex(str(line.get("leaf")))
            except ValueError:
                leaf = b""
        if whole:
            if seq != tree.size:
                problems.append(f"entry {tree.size} is missing")
                break
            tree.add(leaf)
        elif newest is not None:
            try:
                proof = [bytes.fromhex(p) for p in line.get("proof", [])]
            except (ValueError, TypeError):
                proof = []
            if not merkle.verify_inclusion(leaf, seq, newest.size, proof, newest.root):
                problems.append(f"entry {seq} is not the one that was signed")
        count += 1
    if whole:
        for note in notes:
            if note.size > tree.size:
                problems.append(f"a checkpoint of {note.size} entries was signed, and only {tree.size} are here")
            elif tree.root(note.size) != note.root:
                problems.append(f"the first {note.size} entries are not those that were signed")
        problems += [f"entry {seq} was emptied without a redaction on record" for seq, id in empty if id not in redactions]
        if newest is not None and newest.size < tree.size:
            problems.append(f"{tree.size - newest.size} entries stand after the newest checkpoint")
    return Report(newest.size if newest else count, redacted, len(notes), tuple(problems[:50]))


def restore(path: Path, log: Log) -> Report:
    """Build an empty ``log`` again from an export of the whole. The tree must come out the same. Raises InputError where the log is not empty or the export does not hold."""
    from sqlalchemy import insert, update

    from homerule.records.schema import ENTRY, HEAD, NODE

    report = verify_export(path)
    if not report.holds:
        raise InputError(f"the export does not verify: {report.problems[0]}", where=str(path), help="Restore from another backup")
    rows = _read(path)
    head = _header(rows, path)
    if not head.get("whole"):
        raise InputError("only an export of the whole log can be restored", where=str(path), help="Export without --from and --to")
    with log._writing() as db:
        if log._head(db)[0]:
            raise InputError("the log to restore into is not empty", where=log.where, help="Name a new file")
        tree = merkle.Tree()
        for line in rows:
            body = line["body"].encode() if isinstance(line.get("body"), str) else None
            leaf = merkle.leaf_hash(body) if body is not None else bytes.fromhex(line["leaf"])
            columns = copies(body) if body is not None else {"id": line["id"], "kind": "redacted", "recorded": "", "of": None, "idempotency": None, "place": "", "request": ""}
            db.execute(insert(ENTRY).values(seq=tree.size, body=body, **columns))
            for level, at, value in merkle.completed(tree.size, leaf, tree.fetch):
                tree.nodes[level, at] = value
                db.execute(insert(NODE).values(level=level, at=at, hash=value))
            tree.size += 1
        db.execute(update(HEAD).values(size=tree.size, note=log.signer.sign(Checkpoint(log.origin, tree.size, tree.root()))))
    return report
