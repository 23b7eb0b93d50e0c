"""The registry keeps all or nothing, forgets nothing, and is the same whatever came first."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from homerule.agreements import Registry, as_dict, import_files, make_record
from homerule.agreements.database import default_place
from homerule.errors import InputError
from tests.agreements.conftest import HEAD, listing, row, workbook

AA, BB = row("Aa Police Department"), row("Bb Police Department")


def state(registry: Registry) -> list[dict[str, object]]:
    return [as_dict(a) for a in registry.agreements()]


def lists_in(folder: Path, days: int) -> list[Path]:
    """Workbooks of successive days in which agencies come and go."""
    folder.mkdir()
    out = []
    for n in range(days):
        day = datetime(2025, 7 + n // 28, 1 + n % 28)
        rows = [["TEXAS", f"{chr(65 + i)}ville Police Department", "Municipality", "", "Task Force Model", datetime(2025, 2, 10 + i % 5), "link pending"] for i in range(12) if (i + n) % 7]
        out.append(workbook(folder / f"participatingAgencies{day:%m%d%Y}am.xlsx", [HEAD, *rows]))
    return out


def test_files_in_any_order_give_the_same_registry(tmp_path: Path) -> None:
    files = lists_in(tmp_path / "lists", 9)
    states = []
    for seed in range(3):
        random.Random(seed).shuffle(files)
        with Registry(str(tmp_path / f"{seed}.sqlite")) as registry:
            for part in (files[:4], files[4:]):
                import_files(part, registry, by="test")
            states.append(state(registry))
    assert states[0] == states[1] == states[2] and len(states[0]) == 12


def test_importing_again_changes_nothing_not_even_the_history(tmp_path: Path, registry: Registry) -> None:
    files = lists_in(tmp_path / "lists", 5)
    import_files(files, registry, by="test")
    before = (state(registry), registry.history(), registry.lists())
    shutil.copy(files[0], tmp_path / "another name.xlsx")
    report = import_files([*files, tmp_path / "another name.xlsx"], registry, by="test")
    assert (state(registry), registry.history(), registry.lists()) == before
    assert all(f.known for f in report.files) and not report.changed.lines


def test_a_date_given_later_is_taken_and_stays_in_the_history(tmp_path: Path, registry: Registry) -> None:
    files = lists_in(tmp_path / "lists", 3)
    import_files(files, registry, by="test")
    from datetime import date

    import_files(files[:1], registry, by="test", on=date(2025, 6, 20))
    assert registry.lists()[0].dated is not None and registry.lists()[0].dated.on == date(2025, 6, 20)
    assert any(c.field == "listed_first" and c.new == "2025-06-20" for c in registry.history())


def test_the_history_tells_who_when_and_from_what(registry: Registry) -> None:
    registry.take(lists=[listing("2025-03-10", AA, BB)], files=_files(listing("2025-03-10", AA, BB)), by="ann", source="first.xlsx", at="2026-01-01T00:00:00Z")
    registry.take(lists=[listing("2025-05-10", BB)], files=_files(listing("2025-05-10", BB)), by="bob", source="second.xlsx", at="2026-01-02T00:00:00Z")
    lines = registry.history("tx/aa-police-department/task-force")
    assert (lines[0].by, lines[0].field, lines[0].new) == ("ann", "agreement", "listed")
    assert {(c.by, c.source, c.field, c.new) for c in lines} >= {("bob", "second.xlsx", "status", "no longer listed (observed)"), ("bob", "second.xlsx", "absent_from", "2025-05-10")}


def _files(*lists: object) -> list[object]:
    from homerule.agreements.registry import File

    return [File(s.key, s.name, "list", 0) for s in lists]  # type: ignore[attr-defined]


def test_found_by_id_by_another_spelling_and_by_name(registry: Registry) -> None:
    slip = row("Palmer County Sheriff's Office", county="Palmer County")
    held = [listing("2025-03-10", slip, AA), listing("2025-04-01", slip._replace(agency="Parmer County Sheriff's Office", county="Parmer County"), AA)]
    registry.take(lists=held, files=_files(*held), by="t", source="s")
    wanted = "tx/parmer-county-sheriffs-office/task-force"
    for text in (wanted, "tx/palmer-county-sheriffs-office/task-force", "tx/parmer-county-sheriffs-office", "Parmer County"):
        assert registry.get(text).id == wanted
    with pytest.raises(InputError, match="may mean 2"):
        registry.get("tx")
    with pytest.raises(InputError, match="has no agreement"):
        registry.get("Nowhere")


def test_a_bad_file_among_good_ones_imports_nothing_unless_told(tmp_path: Path, registry: Registry) -> None:
    files = lists_in(tmp_path / "lists", 2)
    bad = tmp_path / "lists" / "bad.xlsx"
    bad.write_bytes(b"<html>")
    with pytest.raises(InputError, match=r"1 of 3 files .*bad\.xlsx.*web page"):
        import_files([*files, bad], registry, by="t")
    assert registry.agreements() == [] and registry.lists() == []
    report = import_files([tmp_path / "lists"], registry, by="t", skip=True)
    assert len(report.changed.new) == 12 and [f.name for f in report.files if f.problem] == ["bad.xlsx"]


def test_records_from_files(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "a.toml").write_text('[[agreement]]\nagency = "Chase County Jail"\nstate = "KS"\nkind = "detention"\nsigned = 2024-07-01\nlocal_notice_days = 120\n[[agreement.costs]]\nwhat = "bed rate"\ndollars = 95.5\nper = "bed and day"\n')
    (tmp_path / "b.csv").write_text("agency,state,kind,signed,approvals\nAa County Jail,Kansas,IGSA,2023-01-02,county board | 2022-12-01 | resolution 9\n")
    report = import_files([tmp_path], registry, by="clerk")
    a, b = registry.agreements(kind="detention")
    assert report.agreements == 2 and (a.signed and a.signed.year, a.approvals[0].by) == (2023, "county board")
    assert (b.exit.local_notice_days, b.costs[0].dollars, b.place) == (120, 95.5, "ks/chase-county")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agency,state,kind,signed\nAa,KS,IGSA,2023-13-02\n", "line 2, signed: `2023-13-02` is no date"),
        ("agency,state,kind\nAa,KS,nonsense\n", "no kind of agreement"),
        ("agency,state,kind\nAa,ZZ,IGSA\n", "is no state"),
        ("agency,state,kind\n,KS,IGSA\n", "no agency"),
        ("agency,state,kind,colour\nAa,KS,IGSA,red\n", "no field `colour`"),
    ],
)
def test_a_record_that_is_wrong_says_where(text: str, said: str, tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        import_files([path], registry, by="t")


def test_setting_the_same_again_changes_nothing_and_taking_back_works(registry: Registry) -> None:
    def put(at: str, **fields: object) -> int:
        record = make_record({"agency": "Aa Police Department", "state": "TX", "kind": "deputation", "model": "task_force", **fields}, source="letter", at=at, by="c")
        return registry.take(records=[record], by="c", source="letter", at=at).lines

    assert put("2026-01-01T00:00:00Z", ended="2025-06-01") > 0
    assert put("2026-01-02T00:00:00Z", ended="2025-06-01") == 0
    assert put("2026-01-03T00:00:00Z", ended=None) > 0
    assert registry.agreements()[0].ends is None
    assert put("2026-01-04T00:00:00Z", ended="2025-06-01") > 0  # the same once more, after it was taken back
    assert str(registry.agreements()[0].ends) == "2025-06-01"


# ---------------------------------------------------------------------- the database


def test_an_empty_file_gets_its_tables_and_an_older_shape_is_brought_up(tmp_path: Path) -> None:
    where = tmp_path / "deep" / "er" / "a.sqlite"
    Registry(str(where)).close()
    db = sqlite3.connect(where)
    assert db.execute("select version_num from agreement_version").fetchone() == ("0001",)
    db.execute("update agreement_version set version_num = '9999'")
    db.commit()
    db.close()
    with pytest.raises(InputError, match="newer version"):
        Registry(str(where))


def test_the_tables_are_those_of_the_schema(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    from homerule.agreements.schema import TABLES

    Registry(str(tmp_path / "a.sqlite")).close()
    with create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}").connect() as db:
        found = compare_metadata(MigrationContext.configure(db), TABLES)
    assert [f for f in found if f[0] != "remove_table"] == []


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_text("not a database, but a letter of some length " * 30)
    with pytest.raises(InputError, match="cannot be opened"):
        Registry(str(path))
    assert path.read_text().startswith("not a database")


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HOMERULE_REGISTRY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_place() == str(tmp_path / "homerule" / "agreements.sqlite")
    monkeypatch.setenv("HOMERULE_REGISTRY", "postgresql://db/x")
    assert default_place() == "postgresql://db/x"


IMPORT = """
import sys
from homerule.agreements import Registry, import_files
with Registry(sys.argv[1]) as r:
    print("open", flush=True)
    import_files([sys.argv[2]], r, by="test", progress=lambda n, of, name: n == of and print("read", flush=True))
    print("done", flush=True)
"""


def test_killed_at_any_moment_the_registry_is_the_old_or_the_new(tmp_path: Path) -> None:
    """A real SIGKILL at many moments of one import of a thousand lists: afterwards all of them are there, or none."""
    from hashlib import sha256

    base = tmp_path / "base.sqlite"
    with Registry(str(base)) as registry:
        import_files(lists_in(tmp_path / "first", 2), registry, by="test")
        old = state(registry)
    folder = tmp_path / "thousand"
    folder.mkdir()
    for n in range(1000):
        day = datetime.fromordinal(datetime(2025, 8, 1).toordinal() + n // 2)
        names = [f"{a}{b}ville" for a in "ABCDEFGH" for b in "aeiou" if (ord(a) + ord(b) + n) % 9]
        lines = [f"TEXAS,{name} Police Department,Task Force Model,2025-03-{1 + n % 28:02d}" for name in names]
        (folder / f"participatingAgencies{day:%m%d%Y}{'am' if n % 2 else 'pm'}.csv").write_text("\n".join(["State,Agency,Model,Signed", *lines]))
    whole = tmp_path / "whole.sqlite"
    shutil.copy(base, whole)
    started = time.monotonic()
    run = subprocess.run([sys.executable, "-c", IMPORT, str(whole), str(folder)], capture_output=True, text=True, check=True)
    assert "done" in run.stdout
    took = time.monotonic() - started
    with Registry(str(whole)) as registry:
        new = state(registry)
        assert len(registry.lists()) == 1002
    assert new != old
    seen = set()
    moments = [("open", 0.3), ("read", 0.0), ("read", 0.1), ("read", 0.2), ("read", 0.35)]
    for n, (word, share) in enumerate(moments):
        where = tmp_path / f"killed{n}.sqlite"
        shutil.copy(base, where)
        child = subprocess.Popen([sys.executable, "-c", IMPORT, str(where), str(folder)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        while (line := child.stdout.readline()) and line.strip() != word:
            pass
        time.sleep(share * took)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        with Registry(str(where)) as registry:
            found = state(registry)
            kept = len(registry.lists())
        assert (found, kept) in ((old, 2), (new, 1002)), f"killed {share:.0%} of the way after `{word}`"
        seen.add(kept)
        assert sha256(where.read_bytes()).hexdigest()  # the file can be read as a whole
    with Registry(str(tmp_path / "killed1.sqlite")) as registry:  # and afterwards the import can be done again
        import_files([folder], registry, by="test")
        assert state(registry) == new
    assert 2 in seen


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL server of this test's own; skipped where there is none."""
    if url := os.environ.get("HOMERULE_TEST_POSTGRES"):
        return url
    pytest.skip("no PostgreSQL server is named in HOMERULE_TEST_POSTGRES")


def test_postgresql_holds_the_same_as_sqlite(postgres: str, tmp_path: Path, registry: Registry) -> None:
    files = lists_in(tmp_path / "lists", 6)
    with Registry(postgres) as other:
        import_files(files, other, by="t")
        import_files(files, registry, by="t")
        assert state(other) == state(registry)
        assert not import_files(files, other, by="t").changed.lines
