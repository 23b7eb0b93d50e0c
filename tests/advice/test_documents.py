"""Playbook and memo as documents, and on the command line."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from homerule.advice import memo_document, playbook, playbook_document, vote_memo
from homerule.advice.playbooks import agreement_words
from homerule.cli.main import main
from homerule.documents import Bullets, Callout, Heading, PageBreak, Paragraph, Table, plain, to_html, to_text
from homerule.reasoning import Engine

DAY = "2026-11-23"
TWO = [("Cook County, IL", "M02"), ("Travis County, TX", "L01")]


@pytest.mark.parametrize("place", ["Cook County, IL", "Travis County, TX", "Salt Lake County, UT", "Fort Myers, FL", "Maryland"])
def test_the_first_page_comes_first_and_says_both_sides(engine: Engine, place: str) -> None:
    book = playbook(place, on=DAY, engine=engine)
    assert 3 <= len(book.short) <= 7
    doc = playbook_document(book)
    end = next(i for i, b in enumerate(doc.blocks) if isinstance(b, PageBreak))
    first = doc.blocks[:end]
    assert isinstance(first[0], Heading) and first[0].text == "In short"
    after = doc.blocks[end + 1]
    assert isinstance(after, Callout) and "obstruct" in after.text
    words = " ".join(" ".join(b.items) if isinstance(b, Bullets) else b.text for b in first if isinstance(b, (Bullets, Paragraph)))
    assert len(words.split()) < 520, "more than a page"
    assert "What is risked by acting on a request" in words and "What is risked by declining one" in words
    assert doc.draft and DAY in doc.receipt and doc.authorities
    assert any("not legal advice" in b.text for b in doc.blocks if isinstance(b, Paragraph))


@pytest.mark.parametrize(("place", "lever"), TWO)
def test_a_barred_lever_shows_its_authority(engine: Engine, place: str, lever: str) -> None:
    book = playbook(place, on=DAY, engine=engine)
    text = to_text(playbook_document(book), 4000)
    section = text[re.search(rf"^{lever}  ", text, re.M).start() :]  # type: ignore[union-attr]
    section = section[: section.index("\n\n", section.index("- "))]
    assert "Barred for" in section and "Authority." in section
    ours = {r.citation for o in book[lever].options for r in o.authorities if not r.norm.startswith("us-")}
    assert any(plain(c).replace("'", "\u2019") in section for c in ours)
    assert "Steps." not in section, "no steps are laid out for what is barred"


def test_every_lever_is_in_the_document(engine: Engine) -> None:
    book = playbook("King County, WA", on=DAY, engine=engine)
    text = to_html(playbook_document(book))
    for e in book.entries:
        assert f">{e.lever.id}" in text, e.lever.id


def test_both_directions_use_one_template(engine: Engine) -> None:
    """The sentence on a ban and the sentence on a mandate differ in the verb and in nothing else."""
    ban = next(o for o in playbook("Cook County, IL", "jail", on=DAY, engine=engine, elsewhere=False)["L01"].options).why
    order = next(o for o in playbook("Travis County, TX", "jail", on=DAY, engine=engine, elsewhere=False)["L01"].options).why
    assert ban.split(":")[0].replace("prohibits", "requires") == order.split(":")[0]


def test_memo_sets_the_named_side_first_and_both_beside_each_other(engine: Engine) -> None:
    for vote in ("yes", "no"):
        doc = memo_document(vote_memo("Ramsey County, MN", "M03", vote, on="2026-01-15", engine=engine))
        table = next(b for b in doc.blocks if isinstance(b, Table))
        assert table.head[1].endswith(vote) and len(table.head) == 3
        heads = [b.text for b in doc.blocks if isinstance(b, Heading)]
        assert next(h for h in heads if h.startswith("If the vote is")).endswith(vote)
        assert {"Procedure", "What would change the answer", "Authority and certainty", "Who decides"} <= set(heads)


def test_agreements_of_the_place_are_shown(engine: Engine) -> None:
    leave = SimpleNamespace(local_notice_days=90, certainty="confirmed")
    held = SimpleNamespace(place="ut/salt-lake-county", agency="Salt Lake County Sheriff", kind="287g", model="wso", status="listed", signed=date(2025, 5, 1), exit=leave)
    other = SimpleNamespace(place="ut/utah-county", agency="Utah County Sheriff", kind="287g", model="wso", status="listed", signed=None, exit=None)
    book = playbook("Salt Lake County, UT", on=DAY, engine=engine, agreements=[held, other], elsewhere=False)
    assert book.agreements == (held,)
    assert "90 days' notice to leave (confirmed)" in agreement_words(held)
    assert "Salt Lake County Sheriff" in to_text(playbook_document(book)) and "Utah County Sheriff" not in to_text(playbook_document(book))
    unread = SimpleNamespace(agency="X", kind="igsa", model="", status="listed", signed=None, exit=SimpleNamespace(local_notice_days=None, certainty="unread"))
    assert "exit clause not read" in agreement_words(unread)


def test_pdf_and_docx_are_made(engine: Engine, tmp_path: Path) -> None:
    pytest.importorskip("docx")
    pytest.importorskip("typst")
    for name, start in (("a.docx", b"PK"), ("a.pdf", b"%PDF")):
        assert main(["advise", "Cook County, IL", "--on", DAY, "--topic", "agreements", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_json_is_stable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", "Cook County, IL", "--on", DAY, "--topic", "detainers", "--json"]) == 0
    once = capsys.readouterr().out
    assert main(["advise", "Cook County, IL", "--on", DAY, "--topic", "detainers", "--format", "json"]) == 0
    assert capsys.readouterr().out == once
    data = json.loads(once)
    assert {"place", "on", "in_short", "levers", "counts", "not_advised", "receipt", "notice"} <= set(data)
    assert {"id", "status", "options", "steps", "bases", "neighbours"} <= set(data["levers"][0])
    assert sum(data["counts"].values()) == len(data["levers"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "place is missing"),
        (["Cook County, IL", "end_287g"], "--vote is missing"),
        (["Cook County, IL", "--vote", "yes"], "question is missing"),
        (["Cook County, IL", "--vote", "yes", "banana"], "not understood"),
        (["Cook County, IL", "--vote", "yes", "obstruct"], "crime"),
        (["Nowhere, ZZ"], "PLACE"),
        (["Cook County, IL", "--actor", "wizard"], "actor"),
        (["Cook County, IL", "--topic", "weather"], "topic"),
        (["Cook County, IL", "--fact", "nothing=1"], "fact"),
        (["Cook County, IL", "--on", "yesterday"], "no day"),
        (["Cook County, IL", "--registry", "/no/such/file.db"], "register"),
        (["us"], "state, a county or a city"),
        (["Cook County, IL", "--topic", "guard", "--out", "/no/such/folder/x.html"], "cannot be written"),
    ],
)
def test_bad_input_is_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(["advise", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("homerule: ") and said in error and "fault of the program" not in error


def test_terminal_tables_fit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 110):
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["advise", "Fort Myers, FL", "--on", "2025-03-17", "--vote", "no", "M03"]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= width
        assert "If the vote is no" in out and "If the vote is yes" in out


def test_levers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", "--levers"]) == 0
    out = capsys.readouterr().out
    assert "L01" in out and "M15" in out and "detainers" in out
