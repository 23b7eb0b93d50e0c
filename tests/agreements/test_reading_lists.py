"""Workbooks and CSV files of every shape become rows, with their links; what is no list says why."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from homerule.agreements.importing import read_file
from homerule.agreements.kinds import kinds
from homerule.agreements.listing import read_signed
from homerule.agreements.sheet import plain_link
from homerule.errors import InputError
from tests.agreements.conftest import HEAD, LINK, SAFE, workbook

ERAS = {
    "a": (("STATE", "LAW ENFORCEMENT AGENCY", "SUPPORT TYPE", "SIGNED", "MOA"), ("MARYLAND", "Cecil County Sheriff's Office", "Jail Enforcement Model", "2020-03-09", LINK + "a.pdf")),
    "b": (("STATE", "LAW ENFORCEMENT AGENCY", "TYPE", "SUPPORT TYPE", "SIGNED", "MOA"), ("MARYLAND", "Cecil County Sheriff's Office", "County", "Jail Enforcement Model", datetime(2020, 3, 9), "link")),
    "c": (("STATE", "LAW ENFORCEMENT AGENCY ", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA"), ("MARYLAND", "Cecil County Sheriff's Office ", "County ", "Cecil County ", "Jail Enforcement Model ", datetime(2020, 3, 9), "link ")),
    "d": (HEAD, ("MARYLAND", "Cecil County Sheriff's Office", "County", "Cecil County", "Jail Enforcement Model", date(2020, 3, 9), "link", "link")),
    "unseen": (("No.", "State/Territory", "Agency Name", "Agency Type", "County/Parish", "Program Model", "Date Signed", "Link to MOA"), (1, "Maryland", "Cecil County Sheriff’s Office", "County", "Cecil County", "JEM", "March 9, 2020", "link")),
}  # fmt: skip


@pytest.mark.parametrize("era", ERAS)
def test_every_era_gives_the_same_row(era: str, tmp_path: Path) -> None:
    head, values = ERAS[era]
    at = f"{'ABCDEFGHIJ'[len(head) - (2 if era == 'd' else 1)]}2"
    path = workbook(tmp_path / "participatingAgencies09052025am.xlsx", [head, values], links={} if era == "a" else {at: LINK + "a.pdf"})
    (found,) = read_file(path, by="test").lists
    (r,) = found.rows
    assert (r.agency, kinds().support(r.support)[1], read_signed(r.signed)[0], r.link) == ("Cecil County Sheriff's Office", "jail", date(2020, 3, 9), LINK + "a.pdf")
    assert found.type == "participating" and found.at_rows == (2,)
    assert r.county == ("" if era in "ab" else "Cecil County")


def test_headings_below_a_title_rows_out_to_column_m_and_trailing_blanks(tmp_path: Path) -> None:
    rows = [["Participating agencies"], [], HEAD, ["TEXAS", "Smith County Sheriff's Office", "County", "Smith County", "Task Force Model", datetime(2025, 2, 18), "link pending", *[None] * 6]]
    path = workbook(tmp_path / "participatingAgencies09052025am.xlsx", rows, blank_tail=9)
    (found,) = read_file(path, by="test").lists
    assert len(found.rows) == 1 and found.at_rows == (4,) and found.rows[0].link == ""


def test_links_of_cells_ranges_formulas_and_safe_links(tmp_path: Path) -> None:
    rows = [HEAD[:7], *(["TEXAS", f"{n} Police Department", "Municipality", "", "Task Force Model", datetime(2025, 3, 3), "link"] for n in ("Aa", "Bb", "Cc", "Dd"))]
    rows[4][6] = f'=HYPERLINK("{LINK}formula.pdf","link")'
    path = workbook(tmp_path / "participatingAgencies09052025am.xlsx", rows, links={"G2": LINK + "one.pdf", "G3": SAFE})
    (found,) = read_file(path, by="test").lists
    assert [r.link.removeprefix(LINK) for r in found.rows] == ["one.pdf", "safe_TFM.pdf", "", "formula.pdf"]


def test_a_link_out_of_an_archive_and_what_is_no_address() -> None:
    assert plain_link("https://web.archive.org/web/20210113002027/https://example.gov/a b.pdf") == "https://example.gov/a b.pdf"
    assert plain_link("mailto:a@example.gov") == "" and plain_link("file:///C:/x.pdf") == "" and plain_link("link") == ""


def test_a_second_sheet_of_totals_is_left_out_and_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "participatingAgencies03022026am.xlsx", [HEAD, ["TEXAS", "Aa Police Department", "Municipality", "", "Task Force Model", datetime(2025, 3, 3), "link"]], second=[["Total", None, "JEM"], ["ALABAMA", None, "ALABAMA"]])
    given = read_file(path, by="test")
    assert len(given.lists) == 1 and "Sheet2" in given.notes[0]


def test_a_list_of_pending_agreements_under_the_other_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "participatingAgencies09222025pm.xlsx", [HEAD[:5], ["TEXAS", "Aa Police Department", "Municipality", "", "Task Force Model"]])
    (found,) = read_file(path, by="test").lists
    assert found.type == "pending" and "named as a participating list" in found.type_doubt


def test_states_as_headings_between_the_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list-2026-09-18.xlsx", [["Law Enforcement Agency", "Support Type", "Signed"], ["Texas"], ["Aa Police Department", "TFM", "3/3/2025"], ["Utah"], ["Bb Police Department", "WSO", "3/4/2025"]])
    (found,) = read_file(path, by="test").lists
    assert [r.state for r in found.rows] == ["Texas", "Utah"]


def test_a_column_with_an_unknown_heading_is_found_by_what_it_holds(tmp_path: Path) -> None:
    rows = [["Where", "Agency", "What"], *([s, f"{s} Police Department", "Task Force Model"] for s in ("TEXAS", "UTAH", "OHIO", "IOWA"))]
    (found,) = read_file(workbook(tmp_path / "list-2026-09-18.xlsx", rows), by="test").lists
    assert found.rows[3].state == "IOWA" and found.rows[0].support == "Task Force Model"


def test_a_list_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "participating_2026-05-18.csv"
    path.write_text("sheet_row,state,law_enforcement_agency,type,county,support_type,signed,moa_text,moa_url,addendum_text,addendum_url\n7,TEXAS,Aa Police Department,Municipality,#NA,Task Force Model,2025-03-03,link,https://example.gov/a.pdf,link,https://example.gov/b.pdf\n")
    (found,) = read_file(path, by="test").lists
    r = found.rows[0]
    assert (r.link, r.addendum, r.county, found.at_rows) == ("https://example.gov/a.pdf", "https://example.gov/b.pdf", "", (7,))


@pytest.mark.parametrize(
    ("text", "day"),
    [("2025-03-03", date(2025, 3, 3)), ("3/3/2025", date(2025, 3, 3)), ("3/3/25", date(2025, 3, 3)), ("7/72025", date(2025, 7, 7)), ("8/282025", date(2025, 8, 28)), ("05/082025", date(2025, 5, 8)), ("45719", date(2025, 3, 3)), ("5025-07-07", None), ("soon", None), ("#N/A", None)],
)  # fmt: skip
def test_signing_dates(text: str, day: date | None) -> None:
    found, doubt = read_signed(text)
    assert found == day
    assert bool(doubt) == (text in ("7/72025", "8/282025", "05/082025", "5025-07-07", "soon"))


def test_a_date_after_the_list_is_doubted() -> None:
    found, doubt = read_signed("2026-08-01", date(2025, 9, 5))
    assert found is None and "cannot be right" in doubt


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"<!DOCTYPE html><html>", "web page"),
        ("a.xlsx", b"PK\x03\x04 broken", "cut off"),
        ("a.csv", b"x,y\n1,2\n", "no row with headings"),
        ("a.docx", b"PK\x03\x04", "ZIP archive"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "binary workbook"),
    ],
)
def test_what_is_no_list_says_why(name: str, body: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(InputError, match=said):
        read_file(path, by="test")


def test_every_real_list_has_its_rows_type_and_links(data: Path) -> None:
    """Rows, type and day of each real workbook, against the table made when they were gathered."""
    import csv

    from homerule.agreements.dating import date_lists

    with (data / "snapshots.csv").open(encoding="utf-8") as file:
        truth = {r["sha256"]: r for r in csv.DictReader(file)}
    lists = [s for p in sorted((data / "sheets").glob("*.xlsx")) for s in read_file(p, by="test").lists]
    days = date_lists(lists)
    assert len(lists) >= 31
    for s in lists:
        t = truth[s.key.partition("@")[0]]
        on = days[s.key, s.sheet]
        assert on is not None and (str(on.on), s.type, len(s.rows)) == (t["list_date"], t["list_type"], int(t["rows"])), s.name


def test_the_newest_real_list_cell_by_cell(data: Path) -> None:
    """Every field of the newest workbook against the table of its cells."""
    import csv

    (found,) = read_file(data / "sheets" / "participatingAgencies05182026am.xlsx", by="test").lists
    with (data / "participating_2026-05-18_with_urls.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    assert len(truth) == len(found.rows)

    def plain(text: str) -> str:
        return " ".join(text.replace("’", "'").split()).rstrip(" ,")

    wrong = []
    for at, r, t in zip(found.at_rows, found.rows, truth, strict=True):
        county = "" if kinds().is_nothing(t["county"]) else t["county"]
        pairs = [(str(at), t["sheet_row"]), (r.state, t["state"]), (r.agency, t["law_enforcement_agency"]), (r.body, t["type"]), (r.county, county), (r.support, t["support_type"]), (r.signed, t["signed"]), (r.link, plain_link(t["moa_url"])), (r.addendum, plain_link(t["addendum_url"]))]
        wrong += [(a, b) for a, b in pairs if plain(a) != plain(b)]
    assert len(wrong) <= 0.005 * 9 * len(truth), wrong[:10]


def test_the_real_files_are_read_and_not_changed(data: Path) -> None:
    path = data / "sheets" / "participatingAgencies05182026am.xlsx"
    before = sha256(path.read_bytes()).hexdigest()
    assert read_file(path, by="test").file.key.partition("@")[0] == before == sha256(path.read_bytes()).hexdigest()
