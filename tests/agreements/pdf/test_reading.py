"""Signed agreements made here: every template, altered ones, unknown ones, scans, and files that are no agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from homerule.agreements import Reading, read_pdf
from homerule.agreements.scan import ocr_present
from homerule.agreements.templates import shelf
from homerule.errors import InputError
from tests.agreements.pdf.conftest import Make

TODAY = dt.date(2026, 11, 24)

KNOWN = [
    ("warrant-2019", {"model": "warrant_service", "title": "", "clause": "warrant", "local": "October 1, 2019", "federal": "October 15, 2019", "style": "federal first"}, 90, 90, "VIII"),
    ("warrant-2020", {"model": "warrant_service", "clause": "warrant", "local": "September 8, 2020", "federal": "October 16, 2020", "style": "federal first"}, 90, 90, "VIII"),
    ("warrant-2025", {"model": "warrant_service", "clause": "warrant", "revised": "02/15/2025"}, 90, 90, "VIII"),
    ("task-force-2025", {"model": "task_force", "clause": "written", "section": "XVIII", "revised": "03/07/2025", "local": "March 13, 2025", "federal": "April 10, 2025"}, 0, 90, "XVIII"),
    ("jail-2020", {"model": "jail", "clause": "written", "local": "April 30, 2020", "federal": "June 9, 2020", "style": "federal first"}, 0, 90, "VIII"),
    ("jail-2025", {"model": "jail", "clause": "written", "revised": "02/15/2025"}, 0, 90, "VIII"),
    ("task-force-on-receipt", {"model": "task_force", "title": "", "clause": "receipt", "section": "XX", "local": "01/30/2025", "federal": "01/31/2025"}, 0, 0, "XX"),
]


@pytest.mark.parametrize(("template", "words", "local", "federal", "section"), KNOWN, ids=[k[0] for k in KNOWN])
def test_a_copy_of_each_template_is_read_and_sure(make: Make, template: str, words: dict[str, object], local: int, federal: int, section: str) -> None:
    r = read_pdf(make(**words), ocr=False, today=TODAY)
    form = shelf().template(template)
    assert form is not None
    assert (r.template.value, r.kind.value, r.model.value) == (template, form.kind, form.model)
    assert (r.local_notice_days[:2], r.federal_notice_days[:2], r.section[:2]) == ((local, True), (federal, True), (section, True))
    assert r.clause.value == form.words and r.clause.sure and r.clause.page == 2
    assert (r.agency.value, r.agency.sure, r.state.value, r.state.sure) == ("Pike County Sheriff's Office", True, "oh", True)
    assert r.signed_local.sure and r.signed_federal.sure and r.signed_local.value <= r.signed_federal.value == r.effective.value
    assert r.pages == 3 and r.text_pages == (1, 2, 3)
    assert len(r.sha256) == 64


def test_every_template_on_file_but_the_recalled_ones_is_tested() -> None:
    assert {t.id for t in shelf().templates if t.certainty == "confirmed"} == {k[0] for k in KNOWN}


@pytest.mark.parametrize(
    ("words", "local", "federal"),
    [
        ({"model": "warrant_service", "text": "This MOA will remain in effect until either party, upon 30-day written notice to the other party, provides notice of termination. Notice of termination by the LEA shall be given to the FOD and termination shall take effect 30-days after receipt of such notice."}, 30, 30),
        ({"model": "task_force", "section": "XVIII", "text": "This MOA will remain in effect until either party terminates or suspends the MOA. Termination by the LEA shall be provided, in writing, to the local Field Office at least sixty (60) days in advance. If ICE decides to move to termination, ICE will provide the LEA a 120-day notice in advance of the partnership being terminated."}, 60, 120),
    ],
)  # fmt: skip
def test_a_changed_clause_prevails_over_the_template_with_a_doubt(make: Make, words: dict[str, object], local: int, federal: int) -> None:
    r = read_pdf(make(revised="02/15/2025", **words), ocr=False, today=TODAY)
    assert (r.local_notice_days.value, r.federal_notice_days.value) == (local, federal)
    assert not r.local_notice_days.sure and "template" in r.local_notice_days.doubt
    assert not r.clause.sure and str(local) in r.clause.value


def test_a_form_of_a_later_date_is_read_with_a_doubt(make: Make) -> None:
    r = read_pdf(make(model="warrant_service", revised="01/20/2026", local="February 2, 2026", federal="February 9, 2026"), ocr=False, today=TODAY)
    assert r.revision[:2] == ("2026-01-20", True)
    assert r.local_notice_days.value == 90 and not r.local_notice_days.sure and "2026-01-20" in r.local_notice_days.doubt
    assert r.signed_federal[:2] == (dt.date(2026, 2, 9), True)


UNKNOWN = [
    ("Either party may terminate this Agreement upon sixty (60) days written notice to the other party.", 60, 60),
    ("This Agreement may be terminated by either party upon ninety days prior written notice.", 90, 90),
    ("The County may terminate this Agreement by giving the Government 120 days written notice. The Government may terminate this Agreement upon 30 days written notice to the County.", 120, 30),
    ("Either party may cancel this agreement at any time by written notice, effective upon receipt.", 0, 0),
    ("Either party may terminate upon one hundred eighty (180) days' written notice.", 180, 180),
]


@pytest.mark.parametrize(("text", "local", "federal"), UNKNOWN)
def test_a_clause_of_no_known_template_is_read_by_its_words_and_never_sure(make: Make, text: str, local: int, federal: int) -> None:
    r = read_pdf(make(model="", title="MUTUAL AID PAPER", text=text, section="XI", heading="DURATION AND TERMINATION", agency="Pike County"), ocr=False, today=TODAY)
    assert (r.local_notice_days.value, r.federal_notice_days.value) == (local, federal)
    assert not r.local_notice_days.sure and not r.federal_notice_days.sure and r.local_notice_days.doubt
    assert not r.template.value and not r.model.value


def test_an_old_memorandum_of_sixty_days(make: Make) -> None:
    r = read_pdf(
        make(
            agency="Mecklenburg County Sheriff's Office", state="North Carolina", address="Charlotte, NC 28202", model="", title="", section="XIX", heading="DURATION AND TERMINATION", local="February 27, 2006", federal="February 27, 2006",
            opening="This Memorandum of Understanding (MOU) constitutes an agreement between United States Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and the Mecklenburg County Sheriff's Office (MCSO), pursuant to which ICE authorizes trained personnel of the MCSO to perform certain immigration enforcement functions under section 287(g), 8 U.S.C. 1357(g).",
            text="This MOU shall be in effect from the date of signing until it is terminated by either party. Either party, upon sixty (60) days written notice to the other party, may terminate the MOU at any time. A termination notice shall be delivered personally or by certified or registered mail and termination shall take effect sixty (60) days after receipt of such notice. Notice of termination by the MCSO shall be given to the ICE Special Agent in Charge.",
        ), ocr=False, today=TODAY,
    )  # fmt: skip
    assert (r.agency.value, r.state.value, r.kind.value, r.model.value) == ("Mecklenburg County Sheriff's Office", "nc", "deputation", "")
    assert (r.local_notice_days.value, r.federal_notice_days.value, r.section.value, r.counts.value) == (60, 60, "XIX", "receipt")
    assert not any(v.sure for v in (r.local_notice_days, r.federal_notice_days, r.clause, r.to))
    assert (r.signed_local.value, r.signed_federal.value) == (dt.date(2006, 2, 27),) * 2 and "Special Agent" in r.to.value


def test_nothing_is_taken_from_a_template_whose_clause_was_changed(make: Make) -> None:
    text = "This MOA will remain in effect until either party terminates or suspends the MOA. The LEA shall provide the local Field Office with written notice of termination no less than thirty (30) calendar days prior to the effective date of termination. ICE may terminate this MOA immediately upon written notice."
    r = read_pdf(make(agency="City of Fort Pierce Police Department", state="Florida", address="Fort Pierce, FL 34950", model="task_force", section="XVIII", revised="01/15/2026", local="1/20/2026", federal="2/2/2026", text=text), ocr=False, today=TODAY)
    assert (r.local_notice_days.value, r.federal_notice_days.value) == (30, 0) and not r.federal_notice_days.sure
    assert r.federal_how.value == "" and r.suspension.value == "" and not r.to.sure and "30 days" in r.clause.value
    assert r.agency.value == "City of Fort Pierce Police Department" and r.agency.sure


def test_a_section_number_is_the_page_s_own(make: Make) -> None:
    r = read_pdf(make(agency="Arkansas National Guard", state="Arkansas", address="North Little Rock, AR 72199", model="task_force", clause="written", section="XIX", revised="03/07/2025"), ocr=False, today=TODAY)
    assert r.section.value == "XIX" and not r.section.sure and (r.agency.value, r.state.value) == ("Arkansas National Guard", "ar")


def test_figures_and_words_that_differ_and_months_are_doubted(make: Make) -> None:
    r = read_pdf(make(model="", title="", text="Either party may terminate this Agreement upon sixty (90) days written notice.", heading="TERMINATION"), ocr=False, today=TODAY)
    assert not r.local_notice_days.sure and "not clean" in r.local_notice_days.doubt
    r = read_pdf(make(model="", title="", text="Either party may terminate this Agreement upon six months written notice.", heading="TERMINATION"), ocr=False, today=TODAY)
    assert r.local_notice_days.value == 180 and "months" in r.local_notice_days.doubt


def test_a_fixed_end_is_read_with_a_doubt(make: Make) -> None:
    r = read_pdf(make(model="jail", text="This MOA shall remain in effect until June 30, 2019, unless extended. Termination by the LEA shall be provided, in writing, to the local Field Office."), ocr=False, today=TODAY)
    assert r.ends.value == dt.date(2019, 6, 30) and not r.ends.sure


def test_other_bodies_and_states(make: Make) -> None:
    for agency, state, address, code in (("Live Oak Police Department", "Florida", "Live Oak, FL 32064", "fl"), ("Virginia Department of Corrections", "Virginia", "Richmond, VA 23225", "va"), ("Texas Military Department", "Texas", "Austin, TX 78703", "tx"), ("St. Lucie County Sheriff's Office", "Florida", "Fort Pierce, FL 34981", "fl")):
        r = read_pdf(make(agency=agency, state=state, address=address, model="task_force", clause="written", section="XVIII", revised="02/12/2025"), ocr=False, today=TODAY)
        assert (r.agency.value, r.state.value) == (agency, code), (r.agency, r.state)


def test_nothing_is_stated_of_dates_that_are_not_there(make: Make) -> None:
    r = read_pdf(make(local="", federal="", name="OHIO__PikeCoOH_WSO_MOA_03.10.2025.pdf"), ocr=False, today=TODAY)
    assert r.signed_local.value is None and r.signed_federal.value is None and r.effective.value is None
    assert r.signed_local.doubt and r.name_hint.value == dt.date(2025, 3, 10) and not r.name_hint.sure


def test_a_date_that_cannot_be_is_not_stated(make: Make) -> None:
    r = read_pdf(make(local="March 3, 2097", federal="April 31, 2025"), ocr=False, today=TODAY)
    assert r.signed_local.value is None and r.signed_federal.value is None


def test_dates_far_apart_are_doubted(make: Make) -> None:
    r = read_pdf(make(local="March 3, 2019", federal="March 10, 2025"), ocr=False, today=TODAY)
    assert not r.signed_local.sure and not r.signed_federal.sure and "days apart" in r.signed_local.doubt


def test_a_scan_without_ocr_says_so_and_states_nothing(make: Make, scan: Callable[[Path], Path]) -> None:
    r = read_pdf(scan(make()), ocr=False, today=TODAY)
    assert r.text_pages == () and r.unread_pages == (1, 2, 3) and any("no page" in n for n in r.notes)
    for name, v in r.values().items():
        assert v.value in ("", None, 0, "unknown") or not v.sure, name


@pytest.mark.skipif(not ocr_present(), reason="the extra `ocr` is not installed")
def test_a_scan_with_ocr_is_read(make: Make, scan: Callable[[Path], Path]) -> None:
    seen: list[tuple[int, int]] = []
    r = read_pdf(scan(make(revised="02/15/2025")), ocr=True, today=TODAY, progress=lambda done, of: seen.append((done, of)))
    assert (r.model.value, r.local_notice_days.value, r.federal_notice_days.value, r.state.value) == ("warrant_service", 90, 90, "oh")
    assert r.agency.value == "Pike County Sheriff's Office"
    assert {p.source for p in r.page_notes} <= {"ocr", "unread", "none"} and seen
    for side, day in ((r.signed_local, dt.date(2025, 3, 3)), (r.signed_federal, dt.date(2025, 3, 10))):
        assert side.value in (day, None)


def test_files_that_are_no_readable_pdf_give_sentences(tmp_path: Path, make: Make) -> None:
    good = make().read_bytes()
    cases = {"web.pdf": b"<!DOCTYPE html><html>", "noise.pdf": bytes(range(256)) * 40, "empty.pdf": b"", "cut.pdf": good[:400], "head.pdf": b"%PDF-1.7\n" + b"x" * 500}
    for name, data in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError) as error:
            read_pdf(path, ocr=False)
        assert name in str(error.value) and error.value.help
    for path in (tmp_path / "missing.pdf", tmp_path):
        with pytest.raises(InputError):
            read_pdf(path, ocr=False)


def test_a_locked_pdf_gives_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(_locked())
    with pytest.raises(InputError, match=r"password|damaged"):
        read_pdf(path, ocr=False)


def _locked() -> bytes:
    """A PDF whose standard security handler wants a password nobody has."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    body += b"4 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -44/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    at = [body.index(f"{n} 0 obj".encode()) for n in range(1, 5)]
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(f"{a:010d} 00000 n \n".encode() for a in at)
    return body + table + b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<31><31>]>>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def test_a_pdf_that_is_no_agreement_states_no_model(tmp_path: Path) -> None:
    typst = pytest.importorskip("typst")
    source = tmp_path / "letter.typ"
    source.write_text("Dear reader,\n\n" + "The weather was fine and the meeting was long. " * 60, encoding="utf-8")
    path = tmp_path / "letter.pdf"
    path.write_bytes(typst.compile(str(source)))
    r = read_pdf(path, ocr=False, today=TODAY)
    assert r.document.value == "unknown" and not r.document.sure
    assert not (r.model.value or r.agency.value or r.state.value or r.clause.value or r.signed_local.value)


def test_the_json_of_a_reading_holds_every_field(make: Make) -> None:
    import json

    r = read_pdf(make(), ocr=False, today=TODAY)
    data = json.loads(json.dumps(r.as_data()))
    assert set(Reading._fields) - {"path"} <= set(data) and data["signed_local"] == {"value": "2025-03-03", "sure": True, "doubt": "", "page": 2}
