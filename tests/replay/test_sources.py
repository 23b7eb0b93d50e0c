"""Tables are recognised by their columns; what is missing is said; preambles, sheets, separators and redactions are survived."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from homerule.errors import InputError
from homerule.replay import describe
from homerule.replay.known import Partly
from homerule.replay.source import attempts, meet, recognise, sources
from homerule.replay.tables import open_table

HEAD_2025 = ["Detainer Prepare Date", "Facility State", "Facility AOR", "Detainer Prepared Criminality", "Detention Facility", "Detention Facility Code", "Facility City", "Birth Date", "Felon", "Final Order Yes No", "Detainer Lift Reason", "Detainer Type", "Final Order Yes No", "Unique Identifier"]
ROW_2025 = ["2/3/2025", "WASHINGTON", "Seattle Area of Responsibility", "1 Convicted Criminal", "CHELAN CO. REGIONAL JAIL", "CHELAWA", "WENATCHEE", "(b)(6), (b)(7)(c)", "Drugs", "NO", "", "I247A", "YES", "9f8e7d6c"]
HEAD_2026 = ["Detainer Prepare Date", "Facility State", "Facility AOR", "Detainer Criminality", "Detainer Facility", "Detainer Facility Code", "Facility City", "MSC Charge", "Detainer Lift Reason", "Detainer Type", "Anonymized Identifier"]


@pytest.fixture
def vocabulary(engine: Any) -> Any:
    return engine.corpus.vocabulary


def write_csv(path: Path, rows: list[list[str]], separator: str = ",", above: int = 0) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        for i in range(above):
            file.write(f'"Preamble {i}"' + separator * 3 + "\n")
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def test_every_published_release_is_recognised_or_refused_with_a_reason(data: Path, vocabulary: Any) -> None:
    releases: dict[tuple[str, str], list[str]] = {}
    with (data / "ddp" / "published_columns.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            releases.setdefault((row["table"], row["release"]), []).append(row["column_as_published_by_ice"])
    found = {}
    for (table, release), columns in releases.items():
        try:
            found[table, release[:12]] = recognise(columns, vocabulary).source.id
        except InputError as error:
            assert "nearest" in str(error) and "no column" in str(error)
    assert found["detainers", "FY2015 YTD ("] == "ice-detainers-fy2015"
    assert found["detainers", "FY17-FY25YTD"] == "ice-detainers-fy2017-2025"
    assert found["detainers", "August 2025 "] == "ice-detainers-2025"
    assert found["detainers", "March 2026 ("] == "ice-detainers-2026-03"
    assert found["encounters", "FY2016-FY201"] == "ice-encounters-fy2016-2019"
    assert found["arrests", "FY2016-FY201"] == "ice-arrests-fy2016-2019"
    assert found["arrests", "March 2026 ("] == "ice-arrests-later"
    assert not [t for t, _ in found if t.startswith(("removals", "detention", "risk"))]


@pytest.mark.parametrize(
    ("columns", "source"),
    [
        (["Prepare.Date", "Detainer.Lift.Reason", "Detainer.Detention.Facility", "City", "State", "Detainer.Type", "Osc.Served.Yes.No"], "ice-detainers-fy2008-2017"),
        (["PREPARE DATE", "DETENTION FACILITY", "LIFT", "AREA OF RESPONSIBILITY"], "ice-detainers-fy2008-2017"),
        ([h.lower().replace(" ", "_") for h in HEAD_2025[:-2]] + ["file_original", "sheet_original", "row_original", "duplicate_likely"], "ddp-detainers"),
        (["Date", "County", "State", "process"], "county-table"),
        (["date", "place", "request"], "county-table"),
    ],
)  # fmt: skip
def test_spellings(columns: list[str], source: str, vocabulary: Any) -> None:
    assert recognise(columns, vocabulary).source.id == source


def test_an_unknown_table_hears_exactly_what_is_missing(vocabulary: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recognise(["when", "who"], vocabulary)
    assert "`when`" in str(caught.value) and "no column" in str(caught.value)
    nearly = [h for h in HEAD_2026 if h != "Facility State"]
    assert "facility_state" in str(attempts(nearly, vocabulary)[0].missing)
    d = describe(write_csv(tmp_path / "x.csv", [["when", "who"], ["1", "2"]]))
    assert d.problem and not d.source


@pytest.mark.parametrize(("separator", "above", "name"), [(",", 0, "a.csv"), ("\t", 0, "a.csv"), ("|", 5, "a.txt"), (";", 6, "a.csv"), (",", 7, "a.csv.gz")])
def test_separators_preambles_and_gzip(tmp_path: Path, separator: str, above: int, name: str) -> None:
    plain = write_csv(tmp_path / "plain", [HEAD_2025, ROW_2025, ROW_2025], separator, above)
    path = tmp_path / name
    path.write_bytes(gzip.compress(plain.read_bytes()) if name.endswith(".gz") else plain.read_bytes())
    table = open_table(str(path))
    assert len(table.columns) == len(HEAD_2025)
    assert table.columns[9] == "Final Order Yes No" and table.columns[12] == "Final Order Yes No (2)"
    rows = [r for b in table.batches(["Detainer Prepare Date", "Facility City", "Final Order Yes No (2)"], 10) for r in b.to_pylist()]
    assert rows == [{"Detainer Prepare Date": "2/3/2025", "Facility City": "WENATCHEE", "Final Order Yes No (2)": "YES"}] * 2


def test_a_workbook_with_preamble_and_a_sheet_that_goes_on(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["For official use only"])
    first = book.create_sheet("Detainers ")
    for i in range(6):
        first.append([f"line {i}"])
    first.append(HEAD_2026)
    row = ["2026-01-05", "OHIO", "Detroit Area of Responsibility", "2 Pending Criminal Charges", "FRANKLIN COUNTY JAIL", "FRANKOH", "COLUMBUS", None, None, "I247A", "q"]
    for _ in range(3):
        first.append(row)
    more = book.create_sheet("Detainers 2")
    for _ in range(2):
        more.append(row)
    book.create_sheet("Empty")
    path = tmp_path / "book.xlsx"
    book.save(path)
    table = open_table(str(path))
    assert sum(b.num_rows for b in table.batches(["Facility City"], 2)) == 5
    assert [b.num_rows for b in table.batches(["Facility City"], 2, start=1)] == [2, 2]
    assert any("continues" in n for n in table.notes)
    d = describe(path)
    assert (d.source, d.looked, d.placed) == ("ice-detainers-2026-03", 5, 5)


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    for name, content in (("a.parquet", b"version https://git-lfs.github.com/spec/v1\n"), ("b.csv", b""), ("c.xls", b"\xd0\xcf\x11\xe0" + b"0" * 99), ("d.bin", b"ab\0cd" * 9), ("e.parquet", b"PAR1 broken"), ("f.xlsx", b"PK\x03\x04 broken"), ("g.arrow", b"ARROW1 broken")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            table = open_table(str(path))
            table.columns  # noqa: B018
            table.sample()
        assert name in str(caught.value)


def test_what_a_column_does_not_say_stays_unknown(engine: Any) -> None:
    source = next(s for s in sources() if s.id == "ice-detainers-2025")
    facts = engine.corpus.vocabulary.facts
    says = {s.columns[0]: s for s in source.facts if s.columns}
    criminal = next(s for s in source.facts if s.fact == "conviction_class" and "detainer_criminality" in s.columns)
    convicted = criminal.of("1 Convicted Criminal", facts["conviction_class"])
    assert isinstance(convicted, Partly) and "none" in convicted.lacks and not convicted.has
    for value in ("3 Other Immigration Violator", "2 Pending Criminal Charges", "(b)(7)(E)", None, "", "something new"):
        assert criminal.of(value, facts["conviction_class"]) is None
    assert says["felon"].of("Not an Aggravated Felon", facts["conviction_class"]) is None
    assert says["felon"].of("Drugs", facts["conviction_class"]).has == frozenset({"aggravated_felony"})  # type: ignore[union-attr]
    assert source.outcome_of(None) == source.outcome_of("(b)(5)") == "none"
    assert source.outcome_of("Detainer Declined by LEA") == "declined"
    assert source.request_of("I247N - Immigration Advisal - Request for Notification", ()) == "notification_request"
    assert source.request_of("Form 12", ()) == ""


def test_two_columns_together(engine: Any) -> None:
    fact = engine.corpus.vocabulary.facts["conviction_class"]
    has, lacks = Partly(has=frozenset({"dui"}), lacks=frozenset({"none"})), Partly(lacks=frozenset({"none", "gang"}))
    assert meet(has, lacks, fact) == Partly(has=frozenset({"dui"}), lacks=frozenset({"none", "gang"}))
    assert meet(has, Partly(lacks=frozenset({"dui"})), fact) is None
    assert meet(has, None, fact) == has
    assert meet(frozenset({"none"}), has, fact) is None
    assert meet(frozenset({"dui", "gang"}), has, fact) == frozenset({"dui", "gang"})


def test_every_source_is_sound(engine: Any) -> None:
    vocabulary = engine.corpus.vocabulary_for(engine.corpus.tops)
    assert len(sources()) >= 10
    for s in sources():
        assert not s.request or vocabulary.asked(s.request)
        for _, kind, _ in s.requests:
            assert vocabulary.asked(kind)
        assert set(s.outcomes.values()) <= {"booked", "declined", "lifted", "other"}
        for says in s.facts:
            fact = vocabulary.facts[says.fact]
            for value in says.values:
                assert says.of(value, fact) is not None
            if says.always is not None:
                assert says.every("detainer", fact) is not None
