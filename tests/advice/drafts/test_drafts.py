"""Every kind, in places that forbid, compel and leave open: what may be drafted is whole, and what may not is refused with its authority."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("docxtpl")
pytest.importorskip("typst")

from homerule.advice.drafts import Drafted, Order, draft, fields, folders, kinds, lawful
from homerule.advice.drafts.markup import armour, disarm, read_blocks
from homerule.documents import Bullets, Callout, Form, Heading, Numbered, Paragraph, Signature, Table, to_docx, to_html, to_pdf, to_text
from homerule.errors import CorpusError, InputError
from homerule.reasoning import engine as default_engine
from homerule.reasoning.decide import Request

ON = "2026-11-24"
PLACES = ("Los Angeles County, CA", "Cook County, IL", "Travis County, TX", "Miami-Dade County, FL", "Salt Lake County, UT", "Ramsey County, MN", "Austin, TX", "Illinois")
CUSTODY = {"process": "admin_warrant", "form_complete": "true", "claims_citizenship": "false"}
PAPER = {"reference": "D-17", "received": "2026-11-20", "signer": "Dana Example"}
#: kind, values, facts
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "detainer-response": (PAPER, CUSTODY),
    "detainer-acknowledgement": (PAPER, CUSTODY),
    "warrant-request": (PAPER, CUSTODY),
    "notice-to-person": ({"notice": "request", "received": "2026-11-20"}, CUSTODY),
    "notice-to-person interview": ({"notice": "interview", "received": "2026-11-20"}, {}),
    "records-response": ({**PAPER, "asked_for": "an address"}, {}),
    "subpoena-response": ({**PAPER, "asked_for": "an address", "return_day": "2026-12-04"}, {"process": "admin_subpoena"}),
    "end-agreement": ({"model": "warrant_service", "signed": "2025-03-01"}, {}),
    "non-renewal": ({"ends": "2027-02-28"}, {}),
    "end-detention-contract": ({"contract": "Agreement 70-19", "facility": "the jail", "clause_place": "Article XII", "clause_words": "Either side may end it by written notice", "notice_days": "120"}, {}),
    "request-agreement": ({"model": "jail", "officers": "6", "contact_person": "Captain, 555-0100"}, {}),
    "ag-opinion-request": ({"act": "sign_287g", "background": "An agreement has been offered"}, {}),
    "grant-reservation": ({"program": "A program", "award": "15P-1", "grantor": "An agency", "condition_place": "condition 52", "condition": "Access to the jail"}, {}),
    "staff-card": ({"contact_point": "the shift commander, 555-0100"}, {}),
    "resolution approve": ({"action": "approve-agreement", "subject": "the agreement", "recital": "it was offered"}, {}),
    "resolution decline": ({"action": "decline-agreement", "subject": "the agreement", "recital": "it was offered"}, {}),
    "resolution end": ({"action": "end-agreement", "subject": "the agreement", "recital": "it is under review"}, {}),
    "resolution approve contract": ({"action": "approve-contract", "subject": "the contract", "recital": "the jail has room"}, {}),
    "resolution decline contract": ({"action": "decline-contract", "subject": "the contract", "recital": "the jail has room"}, {}),
    "resolution end contract": ({"action": "end-contract", "subject": "the contract", "recital": "it is under review"}, {}),
    "resolution review": ({"action": "review", "subject": "the agreements", "recital": "they were not seen"}, {}),
}  # fmt: skip
#: What each may not do: the act, and the verdicts on it under which nothing may be drafted.
BARS = {
    "detainer-acknowledgement": ("hold", {"prohibited"}), "end-agreement": ("end_287g", {"prohibited"}), "non-renewal": ("end_287g", {"prohibited"}), "end-detention-contract": ("end_detention_contract", {"prohibited"}),
    "request-agreement": ("sign_287g", {"prohibited"}), "resolution approve": ("sign_287g", {"prohibited"}), "resolution decline": ("sign_287g", {"required"}), "resolution end": ("end_287g", {"prohibited"}),
    "resolution approve contract": ("contract_detention", {"prohibited"}), "resolution decline contract": ("contract_detention", {"required"}), "resolution end contract": ("end_detention_contract", {"prohibited"}),
}  # fmt: skip
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bTODO\b|Undefined|\[\]|\(\)|\( |,\s*,|\.\.(?!\.)|BODY|SUBJECT|OFFICER| \.")


def make(case: str, place: str, **more: object) -> Drafted:
    """The draft; where the law leaves a choice, each is declined if it may be, else done."""
    values, facts = CASES[case]
    order = Order(case.partition(" ")[0], place, on=ON, facts=facts, values=values)._replace(**more)
    open_acts = {f.name: "decline" if "decline" in f.values else f.values[0] for f in fields(default_engine(), order) if f.state == "needed" and set(f.values) & {"comply", "decline"}}
    return draft(default_engine(), order._replace(values={**open_acts, **order.values}))


def try_make(case: str, place: str) -> Drafted | InputError:
    try:
        return make(case, place)
    except InputError as error:
        return error


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", CASES)
def test_every_kind_is_whole_or_refused(case: str, place: str) -> None:
    made = try_make(case, place)
    if isinstance(made, InputError):
        assert "may not be drafted" in str(made) or "turns on facts" in str(made), made
        if "may not be drafted" in str(made):
            assert made.where and made.help and "(" in made.message, "an authority is named"
        return
    doc, text = made.document, to_text(made.document)
    assert not LEFT_OVER.search(text), LEFT_OVER.search(text)
    assert doc.draft and "Draft for counsel" in text and doc.authorities
    assert re.search(r"corpus \d{4}\.\d\d\.\d\d \(.*us [0-9a-f]{10}.*law as of November 24, 2026", " ".join(text.split()))
    flat = " ".join(text.split()).replace("’", "'").replace("“", '"').replace("”", '"')
    for decision in made.decisions:
        for finding in decision.findings:
            for n in finding.stands:
                commands = {"required": "require", "prohibited": "forbid"}.get(finding.verdict)
                if n.effect == commands and n.applies == "certain":
                    assert " ".join(n.cite.split()).replace("’", "'") in flat, n.cite
    if doc.kind in ("letter", "memo", "report", "order"):
        assert ("Date", "November 24, 2026") in doc.fields
    assert to_html(doc).startswith("<!DOCTYPE html>") and to_docx(doc)[:2] == b"PK" and to_pdf(doc).startswith(b"%PDF-")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", BARS)
def test_what_decide_prohibits_is_not_drafted(case: str, place: str) -> None:
    act, verdicts = BARS[case]
    made = try_make(case, place)
    if isinstance(made, Drafted):
        for decision in made.decisions:
            for f in decision.findings:
                assert f.act != act or f.verdict not in verdicts
        return
    order = Order(case.partition(" ")[0], place, on=ON, facts=CASES[case][1], values=CASES[case][0])
    assert not lawful(default_engine(), order) or "turns on facts" in str(made)


def test_the_two_directions() -> None:
    assert isinstance(try_make("end-agreement", "Miami-Dade County, FL"), InputError)
    assert isinstance(try_make("request-agreement", "Cook County, IL"), InputError)
    assert isinstance(try_make("warrant-request", "Travis County, TX"), InputError)
    assert isinstance(try_make("detainer-acknowledgement", "Cook County, IL"), InputError)
    florida = try_make("end-agreement", "Miami-Dade County, FL")
    assert isinstance(florida, InputError) and "908" in str(florida) and "request-agreement" in florida.help
    texas = make("request-agreement", "Travis County, TX")
    assert "requires" in to_text(texas.document) and "753" in to_text(texas.document)
    illinois = make("end-agreement", "Cook County, IL")
    assert "requires" in to_text(illinois.document)


def test_a_board_cannot_draft_around_a_duty_of_its_sheriff() -> None:
    """The county board is free under the letter of the act, and the sheriff is bound."""
    board = default_engine().decide(Request("Travis County, TX", "county_board", "sign_287g", ON))
    assert board["sign_287g"].verdict != "required"
    made = try_make("resolution decline", "Travis County, TX")
    assert isinstance(made, InputError) and "the sheriff" in str(made)


def test_a_choice_is_asked_for_and_a_command_is_not() -> None:
    e = default_engine()
    order = Order("detainer-response", "Salt Lake County, UT", on=ON, facts={**CUSTODY, "ut_hb226_case": "false"}, values=PAPER)
    with pytest.raises(InputError, match=r"hold \(.*comply or decline"):
        draft(e, order)
    with pytest.raises(InputError, match="may not be drafted"):
        draft(e, Order("detainer-response", "Cook County, IL", on=ON, facts=CUSTODY, values={**PAPER, "hold": "comply"}))
    with pytest.raises(InputError, match="may not be drafted"):
        draft(e, Order("detainer-response", "Travis County, TX", on=ON, facts=CUSTODY, values={**PAPER, "hold": "decline"}))
    for choice, words in (("comply", "Done as asked"), ("decline", "Declined")):
        assert words in to_text(draft(e, order._replace(values={**PAPER, "hold": choice, "transfer": choice, "notify_release": choice})).document)


def test_facts_that_decide_are_asked_for() -> None:
    with pytest.raises(InputError, match="turns on facts"):
        draft(default_engine(), Order("detainer-response", "Wake County, NC", on=ON, values=PAPER))


@pytest.mark.parametrize(
    ("form", "days", "words"),
    [("warrant-2025", "90", "February 22, 2027"), ("task-force-2025", "0", "no period of notice"), ("task-force-on-receipt", "0", "ends when this notice is received"), ("memorandum-2006", "60", "January 23, 2027")],
)
def test_one_exit_clause_a_form(form: str, days: str, words: str) -> None:
    values = {"model": "other", "model_words": "the signed model", "signed": "2025-03-01", "agreement_form": form}
    made = draft(default_engine(), Order("end-agreement", "Salt Lake County, UT", on=ON, values=values))
    assert words in " ".join(to_text(made.document).split())
    assert next(f.value for f in made.fields if f.name == "notice_days") == days


def test_the_signed_copy_prevails_over_the_form() -> None:
    signed = SimpleNamespace(
        id="ut/example", agency="Example Sheriff's Office", place="ut/salt-lake-county", state="ut", kind="deputation", model="warrant_service", signed=date(2025, 3, 1), template="warrant-2025",
        exit=SimpleNamespace(local_notice_days=30, to="the Director", how="by mail", words="Either side may leave on 30 days' notice.", certainty="recalled", doubt="page 2 is blurred"), doubts=("two copies disagree",),
    )  # fmt: skip
    made = draft(default_engine(), Order("end-agreement", on=ON, agreement=signed))
    text = " ".join(to_text(made.document).split())
    for words in ("Example Sheriff’s Office", "March 1, 2025", "30 days", "December 24, 2026", "the Director", "page 2 is blurred", "two copies disagree", "not read in the signed copy"):
        assert words in text, words
    unread = SimpleNamespace(id="ut/x", agency="X", place="ut/salt-lake-county", state="ut", kind="deputation", model="", signed=None, template="", exit=SimpleNamespace(local_notice_days=None, certainty="unread"), doubts=())
    with pytest.raises(InputError, match="notice_days"):
        draft(default_engine(), Order("end-agreement", on=ON, agreement=unread))


HOSTILE = ["{{ 7 * 7 }}", "{% for x in range(9) %}", "## Heading", "- item", "| a | b |", ":: Label :: value", "sign: Mallory | Judge", "> warning: X | y", "**strong** *em*", "a\n## b\n\n- c", "---", "#let x = 1", "<script>", "\ue123\ue13d", "1. one", "a) one"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_filled_value_is_text_and_nothing_else(value: str) -> None:
    case = "subpoena-response"
    plain = make(case, "Salt Lake County, UT")
    made = make(case, "Salt Lake County, UT", values={**CASES[case][0], "asked_for": value})
    assert [type(b) for b in made.document.blocks] == [type(b) for b in plain.document.blocks]
    shown = "".join(value.split()).replace("\ue123", "#").replace("\ue13d", "=")
    assert shown in "".join(to_text(made.document).split()) and "49" not in to_text(made.document)


def test_armour_and_markup() -> None:
    for value in HOSTILE:
        assert len(read_blocks(armour(value))) <= 1 and not isinstance(next(iter(read_blocks(armour(value))), Paragraph("")), (Heading, Table, Form, Signature, Bullets, Numbered, Callout))
        assert armour(disarm(armour("a.b"))) == armour("a.b") == armour(armour("a.b"))
    blocks = read_blocks("## H\n\n!> lead\n- a\n  more\n- b\n\n3. x\n4. y\n\na) p\n\n| h | i |\n|---|---|\n| 1 | 2 |\n:: L ::\n> warning: W | t\n> goes\non\n\n^ s\nsign: N | O\n---\n~ x\n~ y\n")
    assert [type(b).__name__ for b in blocks] == ["Heading", "Paragraph", "Bullets", "Numbered", "Numbered", "Table", "Form", "Callout", "Callout", "Paragraph", "Signature", "PageBreak", "Paragraph"]
    assert blocks[2] == Bullets(("a more", "b")) and blocks[3] == Numbered(("x", "y"), 3, "1") and blocks[4] == Numbered(("p",), 1, "a")


def test_an_office_overrides_a_template(tmp_path: Path) -> None:
    (tmp_path / "own-letter.toml").write_text('line = "own"\nform = "letter"\nactor = { county = "sheriff" }\nacts = ["end_287g"]\ntitle = "Own {{ end_287g.verdict }}"\nuses = ["signer"]\nbody = "Own words for {{ place }}."\n', "utf-8")
    (tmp_path / "_common.toml").write_text('[office]\nsheriff = { name = "Sheriff of Own", head = "High Sheriff", self = "we" }\n', "utf-8")
    (tmp_path / "letter.docx").write_bytes(b"x")
    made = draft(default_engine(), Order("own-letter", "Salt Lake County, UT", on=ON, templates=(tmp_path,)))
    assert made.document.title == "Own permitted" and made.document.letterhead == ("Salt Lake County", "Sheriff of Own") and made.word == tmp_path / "letter.docx"
    assert "own-letter" in kinds(folders(default_engine().corpus.folder, [tmp_path]))
    (tmp_path / "own-letter.toml").write_text('line = "own"\nform = "letter"\nactor = { county = "sheriff" }\ntitle = "{{ nothing_such }}"\nbody = ""\n', "utf-8")
    with pytest.raises(CorpusError, match="cannot be filled"):
        draft(default_engine(), Order("own-letter", "Salt Lake County, UT", on=ON, templates=(tmp_path,)))
    (tmp_path / "own-letter.toml").write_text('line = "own"\nfrom = "letter"\n', "utf-8")
    with pytest.raises(CorpusError, match=r"own-letter\.toml"):
        draft(default_engine(), Order("own-letter", "Salt Lake County, UT", on=ON, templates=(tmp_path,)))
    (tmp_path / "own-letter.toml").write_text('line = "own"\nform = "letter"\nactor = { county = "sheriff" }\ntitle = "{{ \'\'.__class__.__mro__ }}"\nbody = ""\n', "utf-8")
    with pytest.raises(CorpusError):
        draft(default_engine(), Order("own-letter", "Salt Lake County, UT", on=ON, templates=(tmp_path,)))
    with pytest.raises(InputError, match="not a folder"):
        folders("", [tmp_path / "none"])


@pytest.mark.parametrize("policy", sorted(Path("examples/policies").resolve().glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_policy_becomes_sections(policy: Path) -> None:
    made = draft(default_engine(), Order("ordinance", policy=policy, on=ON))
    heads = [b.text for b in made.document.blocks if isinstance(b, Heading) and b.text.startswith("Section ")]
    numbers = [int(re.match(r"Section (\d+)", h)[1]) for h in heads]  # type: ignore[index]
    assert numbers[0] == 1 and numbers == sorted(set(numbers)) and made.clean and made.document.authorities
    text = to_text(made.document)
    assert not re.search(r"\{\{|\bNone\b|`", text) and "Checked" in text


def test_what_the_check_finds_is_marked() -> None:
    policy = Path("examples/policies/nine-point-judicial-warrant.toml").resolve()
    made = draft(default_engine(), Order("ordinance", "Miami-Dade County, FL", policy=policy, on=ON))
    marks = [b for b in made.document.blocks if isinstance(b, Callout) and b.kind == "warning"]
    assert not made.clean and made.warnings and len(marks) > 5 and "Do not adopt" in marks[0].label
    assert any("908.103" in b.text for b in marks)
    with pytest.raises(InputError, match="policy"):
        draft(default_engine(), Order("ordinance", "Austin, TX"))


def _log(rows: list[dict[str, str]], path: Path) -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["received", "request", "channel", "bail_posted", "outcome", "happened", "handed_to", "name"])
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), "utf-8")
    return path


def test_a_report_counts_and_names_nobody(tmp_path: Path) -> None:
    e = default_engine()
    rows = [{"received": f"2025-0{i + 1}-05T09:15", "request": "detainer" if i % 2 else "admin_warrant", "outcome": "released", "happened": "2025-09-01", "name": "Jane Roe"} for i in range(5)]
    made = draft(e, Order("statutory-report", "Cook County, IL", on="2026-02-01", log=_log([*rows, {"received": "2024-12-31", "request": "detainer"}], tmp_path / "log.csv")))
    text = to_text(made.document)
    assert "Detainers received; Number: 2" in text and "warrants received; Number: 3" in text and "People released; Number: 5" in text
    assert "Jane" not in text and "Roe" not in text and "March 1, 2026" in text and any("name" in w for w in made.warnings)
    assert "805/25" in text
    none = draft(e, Order("statutory-report", "Cook County, IL", on="2026-02-01", log=_log([], tmp_path / "none.csv")))
    assert "None." in to_text(none.document)
    for bad, words in (({"received": "2025-01-05", "request": "Jane Roe"}, "row 2, column `request`"), ({"received": "soon"}, "column `received`"), ({"received": "", "request": "detainer"}, "have no day")):
        with pytest.raises(InputError) as error:
            draft(e, Order("statutory-report", "Cook County, IL", on="2026-02-01", log=_log([bad], tmp_path / "bad.csv")))
        assert words in str(error.value)
    with pytest.raises(InputError, match="--log"):
        draft(e, Order("statutory-report", "Cook County, IL", on="2026-02-01"))
    with pytest.raises(InputError, match="no `statutory-report`"):
        draft(e, Order("statutory-report", "Travis County, TX", on="2026-02-01", log=tmp_path / "none.csv"))


def test_a_report_from_a_decision_log_joins_outcomes(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    lines = [
        '{"format": "homerule-records/1", "size": 3}',
        '{"seq": 0, "body": "{\\"id\\": \\"a\\", \\"kind\\": \\"decision\\", \\"received\\": \\"2025-03-01T08:00:00Z\\", \\"asked\\": {\\"request\\": \\"detainer\\", \\"place\\": \\"x\\"}}"}',
        '{"seq": 1, "body": "{\\"id\\": \\"b\\", \\"kind\\": \\"outcome\\", \\"of\\": \\"a\\", \\"outcome\\": \\"transferred\\", \\"happened\\": \\"2025-03-02T08:00:00Z\\", \\"handed_to\\": \\"ero\\"}"}',
        '{"seq": 2, "id": "c", "redacted": true}',
    ]  # fmt: skip
    path.write_text("\n".join(lines), "utf-8")
    text = to_text(draft(default_engine(), Order("statutory-report", "Cook County, IL", on="2026-02-01", log=path)).document)
    assert "1 entry" in text and "handed over to a federal agency; Number: 1" in text and "March 2, 2025, 08:00 UTC" in text


def test_wrong_fields_are_said() -> None:
    e = default_engine()
    for values, words in (({"nothing": "x"}, "no field"), ({"received": "tomorrow"}, "no day"), ({**PAPER, "hold": "maybe"}, "no answer")):
        with pytest.raises(InputError, match=words):
            draft(e, Order("detainer-response", "Salt Lake County, UT", on=ON, facts=CUSTODY, values=values))
    with pytest.raises(InputError, match="no document is called"):
        draft(e, Order("detainer-respons", "Salt Lake County, UT"))
    with pytest.raises(InputError, match="does not answer"):
        draft(e, Order("detainer-response", "Salt Lake County, UT", request="entry_request"))
    with pytest.raises(InputError, match="several texts"):
        draft(e, Order("resolution", "Salt Lake County, UT"))
    with pytest.raises(InputError, match="no place"):
        draft(e, Order("end-agreement"))


def test_the_languages_are_those_that_the_law_names() -> None:
    text = to_text(make("notice-to-person interview", "Los Angeles County, CA").document)
    assert "Tagalog" in text and "qualified translator" in text
    assert "names languages" in to_text(make("notice-to-person interview", "Salt Lake County, UT").document)
    corpus = default_engine().corpus
    from homerule.advice.drafts.template import common

    for language in common(folders(corpus.folder)).language:
        assert corpus.find(language["norm"])


def test_variants_and_reports_name_norms_that_are_in_the_corpus() -> None:
    corpus = default_engine().corpus
    for kind, template in kinds(folders(corpus.folder)).items():
        assert template.line and template.title, kind
        for variant in template.variant:
            for norm in variant.norms:
                corpus.find(norm)
            for act in (*variant.acts, *variant.allowed):
                corpus.vocabulary.act(act)
        for act in (*template.acts, *(a for a in template.allowed if a != "any"), *template.answers):
            corpus.vocabulary.act(act)
        for actor in template.actor.values():
            corpus.vocabulary.actor(actor)
