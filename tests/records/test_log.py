"""The log: what goes in stays, verifies, and nothing personal goes in."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from homerule.errors import InputError
from homerule.records import keep, merkle
from homerule.records.entry import from_decision, read_entry
from homerule.records.export import export, restore, verify_export
from homerule.records.note import open_note
from homerule.records.store import Log
from homerule.records.verify import verify
from tests.records.conftest import decision


def test_what_is_recorded_is_there_and_the_log_verifies(log: Log) -> None:
    got = [log.append(decision(n)) for n in range(9)]
    assert [g.seq for g in got] == list(range(9))
    stored = log.get(got[4].id)
    assert stored is not None and stored.data()["asked"]["facts"]["sentence_years"] == 4
    report = verify(log)
    assert report.holds and report.size == 9
    proof = log.inclusion(got[4].id)
    head = open_note(proof["checkpoint"], log.signer.verifier)
    assert merkle.verify_inclusion(bytes.fromhex(got[4].leaf), 4, 9, [bytes.fromhex(p) for p in proof["proof"]], head.root)
    early = open_note(got[3].note, log.signer.verifier)
    grew = log.consistency(early.size)
    assert merkle.verify_consistency(early.size, 9, early.root, head.root, [bytes.fromhex(p) for p in grew["proof"]])


def test_a_batch_is_the_same_as_one_by_one(log: Log) -> None:
    log.append_many([(decision(n), None) for n in range(5)])
    log.append_many([(decision(n), None) for n in range(7)])
    assert verify(log).holds and log.size() == 12


def test_an_idempotency_key_records_once(log: Log) -> None:
    first = log.append(decision(1), idempotency="k")
    again = log.append(decision(1), idempotency="k")
    assert (again.id, again.new, log.size()) == (first.id, False, 1)
    with pytest.raises(InputError, match="another entry"):
        log.append(decision(2), idempotency="k")
    assert log.size() == 1


def test_many_writers_lose_nothing(place: str) -> None:
    Log(place).close()
    ids: list[str] = []

    def work(n: int) -> None:
        log = Log(place)
        ids.extend(log.append(decision(n)).id for _ in range(8))
        log.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    log = Log(place)
    assert log.size() == 32 and {e.id for e in log.entries()} == set(ids) and verify(log).holds
    log.close()


def test_outcomes_and_approvals_name_an_entry_that_exists(log: Log) -> None:
    first = log.append(decision())
    log.append(read_entry({"kind": "outcome", "role": "desk", "of": first.id, "outcome": "released", "happened": "2026-11-01T12:00-06:00"}))
    log.append(read_entry({"kind": "approval", "role": "approver", "of": first.id, "approved": True}))
    assert [e.data()["kind"] for e in log.about(first.id)] == ["outcome", "approval"]
    with pytest.raises(InputError, match="no entry"):
        log.append(read_entry({"kind": "outcome", "role": "desk", "of": "0" * 32, "outcome": "released"}))


def test_any_changed_byte_of_an_entry_is_found(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "log.sqlite"))
    log.append_many([(decision(n), k) for n, k in enumerate(("one", "two", "three"))])
    with log.engine.connect() as db:
        row = dict(db.execute(text("SELECT * FROM record_entry WHERE seq = 1")).mappings().one())
        for column, value in row.items():
            if column in ("seq", "of"):
                continue
            raw = value if isinstance(value, bytes) else value.encode()
            step = 1 if column != "body" else max(1, len(raw) // 60)
            for at in range(0, len(raw), step):
                bad = raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :]
                db.execute(text(f"UPDATE record_entry SET {column} = :v WHERE seq = 1"), {"v": bad if isinstance(value, bytes) else bad.decode()})
                assert not verify(log).holds, f"{column} at {at}"
            db.execute(text(f"UPDATE record_entry SET {column} = :v WHERE seq = 1"), {"v": value})
    assert verify(log).holds
    log.close()


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM record_entry WHERE seq = 2", "DELETE FROM record_entry WHERE seq = 5", "UPDATE record_entry SET body = NULL WHERE seq = 3",
        "UPDATE record_head SET size = 4", "DELETE FROM record_node WHERE level = 1 AND at = 0",
        "UPDATE record_checkpoint SET note = replace(note, 'homerule', 'Homerule')", "UPDATE record_head SET note = (SELECT note FROM record_checkpoint ORDER BY size LIMIT 1)",
        "UPDATE record_entry SET kind = 'access' WHERE seq = 0",
    ],
)  # fmt: skip
def test_tampering_with_the_tables_is_found(log: Log, harm: str) -> None:
    for n in range(6):
        log.append(decision(n))
    with log._writing() as db:
        db.execute(text(harm))
    assert not verify(log).holds


def test_an_export_is_checked_without_the_log(log: Log, tmp_path: Path) -> None:
    for n in range(7):
        log.append(decision(n))
    whole = tmp_path / "whole.jsonl"
    assert export(log, whole) == 7
    key = str(log.signer.verifier)
    assert verify_export(whole, verifier=key).holds
    today = dt.datetime.now(dt.UTC).date()
    part = tmp_path / "part.jsonl"
    export(log, part, start=today)
    assert verify_export(part, verifier=key).holds
    for path in (whole, part):
        lines = path.read_text("utf-8").splitlines()
        lines[4] = lines[4].replace("prohibited", "permitted")
        path.write_text("\n".join(lines), "utf-8")
        assert not verify_export(path, verifier=key).holds
    lines = [line for n, line in enumerate(part.read_text("utf-8").splitlines()) if n != 3]
    (tmp_path / "short.jsonl").write_text("\n".join(lines), "utf-8")
    other = Log(str(tmp_path / "other.sqlite"))
    export(log, whole)
    assert not verify_export(whole, verifier=str(other.signer.verifier)).holds
    other.close()


def test_a_backup_restores_to_the_same_tree(log: Log, tmp_path: Path) -> None:
    ids = [log.append(decision(n)).id for n in range(5)]
    keep.redact(log, ids[2], role="counsel", reason="retention_schedule")
    export(log, tmp_path / "b.jsonl")
    fresh = Log(str(tmp_path / "fresh.sqlite"))
    restore(tmp_path / "b.jsonl", fresh)
    assert verify(fresh).holds
    assert open_note(fresh.head(), fresh.signer.verifier)[1:] == open_note(log.head(), log.signer.verifier)[1:]
    fresh.append(decision(9))
    assert verify(fresh).holds
    with pytest.raises(InputError, match="not empty"):
        restore(tmp_path / "b.jsonl", fresh)
    fresh.close()


def test_a_hold_keeps_an_entry_until_it_is_released(log: Log) -> None:
    first = log.append(decision())
    today = dt.datetime.now(dt.UTC).date()
    held = keep.hold(log, role="counsel", period=(today - dt.timedelta(days=1), today + dt.timedelta(days=1)), reason="litigation")
    with pytest.raises(InputError, match="legal hold"):
        keep.redact(log, first.id, role="admin", reason="retention_schedule")
    assert log.get(first.id).body is not None  # type: ignore[union-attr]
    keep.release(log, held.id, role="counsel")
    keep.redact(log, first.id, role="admin", reason="retention_schedule")
    stored = log.get(first.id)
    assert stored is not None and stored.body is None
    report = verify(log)
    assert report.holds and report.redacted == 1


@pytest.mark.parametrize(
    "note",
    [
        "A 123 456 789 was served", "A123456789", "SSN 123-45-6789", "born 1/2/1990", "call 512-555-0101", "Mr. Smith asked", "detainee John Smith was told", "x@y.org wrote", "booking no. 4471123", "12 Main Street, upstairs",
    ],
)  # fmt: skip
def test_personal_text_is_refused_and_not_repeated(note: str) -> None:
    with pytest.raises(InputError) as error:
        read_entry(decision().model_dump(mode="json") | {"note": note}, free_text=True)
    assert note not in str(error.value)


@pytest.mark.parametrize("note", ["Two requests came on one day", "Referred under section 7", "Held 48 hours", "A judge's order of 2026-11-01 was shown", "Served 3 days later"])
def test_ordinary_text_is_kept_where_the_office_switched_it_on(note: str) -> None:
    data = decision().model_dump(mode="json") | {"note": note}
    assert read_entry(data, free_text=True).note == note
    with pytest.raises(InputError, match="no free text"):
        read_entry(data)


@pytest.mark.parametrize(
    "change, said",
    [({"role": "boss"}, "role"), ({"received": "2026-11-01T10:00"}, "offset"), ({"name": "x"}, "name"), ({"reference": "booking-12"}, "salted hash"), ({"findings": []}, "findings"), ({"kind": "outcome"}, "names the entry"),
     ({"asked": {"place": "x", "actor": "jail", "on": "2026-01-01", "facts": {"who": "Mr. Smith"}}}, "listed values")],
)  # fmt: skip
def test_a_bad_entry_is_said_in_a_sentence(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_entry(decision().model_dump(mode="json") | change)


def test_a_real_decision_becomes_an_entry(engine) -> None:  # type: ignore[no-untyped-def]
    from homerule.reasoning.decide import Request

    made = engine.decide(Request("Cook County, IL", "jail", "detainer", "2026-11-01", {"process": "admin_warrant"}))
    entry = from_decision(made, role="desk", received="2026-11-01T10:00-06:00")
    assert entry.asked is not None and entry.asked.place == "il/cook-county"
    assert [f.verdict for f in entry.findings] == [f.verdict for f in made.findings]
    assert json.loads(entry.canonical())["corpus"]["corpus"] == made.receipt.corpus
