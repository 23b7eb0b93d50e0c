"""The draft warrant, and the command that shows a place and writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from homerule.cli.pardon.state import run
from homerule.documents import Bullets, Document, Paragraph, Signature, Table, to_text
from homerule.documents.model import PageBreak
from homerule.errors import InputError
from homerule.pardons.power import power, powers
from homerule.pardons.warrant import field_names, place_notes, points, warrant

pytest.importorskip("jinja2")
EVERY = powers("2026-11-24")


def parts(doc: Document) -> tuple[str, str]:
    """The text of the warrant itself, and that of the pages for the office, in one line each."""
    at = next(i for i, b in enumerate(doc.blocks) if isinstance(b, PageBreak))
    return tuple(" ".join(to_text(doc._replace(blocks=b, authorities=(), receipt=""), 10_000).split()) for b in (doc.blocks[:at], doc.blocks[at:]))  # type: ignore[return-value]


@pytest.mark.parametrize("place", sorted(EVERY))
def test_each_place_has_a_warrant_in_the_words_that_count(place: str) -> None:
    p = EVERY[place]
    doc = warrant(p)
    text, office = parts(doc)
    for words in ("full, complete, absolute and unconditional pardon", "every conviction listed", "subject to no condition", "firearms is not reserved", "habitual or repeat offender", "by itself", "certified copies", "nor to a class"):
        assert words in text, words
    assert all(p.authorities[a].citation in text for a in p.decision.more["cites"])
    assert tuple(b.office for b in doc.blocks if isinstance(b, Signature)) == p.signers
    assert "{{" not in text + office and "None" not in text
    for words in ("journey", "Controlled substances", "Firearms", "Domestic violence", "overstay", "four grounds", "certified copies", "every count, case number and court"):
        assert words in office, words
    for word in ("deport", "remov", "immigra"):
        assert word not in text.lower(), "the warrant itself says nothing federal"
    assert doc.draft and doc.kind == "order" and p.called in doc.receipt


def test_the_holder_follows_the_structure() -> None:
    def text(place: str, on: str = "2026-11-24") -> str:
        return parts(warrant(power(place, on)))[0]

    assert "The Board of Pardons and Paroles therefore grants" in text("CT") and "Governor" not in text("CT")
    assert "The Governor of Texas therefore grants" in text("TX") and "recommended the grant in writing" in text("TX")
    assert "The President of the United States therefore grants" in text("DC")
    assert "gave its advice and consent" in text("RI") and "The Senate" in text("RI")
    assert "The Governor voted for the grant" in text("NV")
    assert "was consulted" in text("OH")
    assert "Conn. Const." not in text("CT"), "the constitution leaves that board's power to statute"


def test_notes_follow_the_place() -> None:
    def notes(place: str, on: str = "2026-11-24") -> str:
        return " ".join(place_notes(power(place, on)))

    assert "later policy could turn" in notes("GA") and "later policy could turn" not in notes("TX")
    assert "without the governor's vote" in notes("NV") and "without the governor's vote" not in notes("NV", "2020-01-01")
    assert "several States" in notes("PR")
    assert "first-offender" in notes("LA")
    assert "recalled" in notes("TN") and "was recalled" not in notes("DE")


def test_nothing_personal_is_in_it_unless_given() -> None:
    p = power("PA")
    plain = warrant(p)
    assert "Jane" not in to_text(plain)
    named = warrant(p, fields={"person": "Jane *Q.* {{ 7 * 7 }} \\Roe", "convictions": "5", "advice_day": "1 May 2026"})
    text = to_text(named, 10_000)
    assert "Jane *Q.* {{ 7 * 7 }} \\Roe" in text and "1 May 2026" in text and "49" not in text
    table = next(b for b in named.blocks if isinstance(b, Table))
    assert len(table.rows) == 5 and all(len(r) == len(table.head) and not any(r[1:]) for r in table.rows)


@pytest.mark.parametrize("fields", [{"nmae": "x"}, {"convictions": "0"}, {"convictions": "many"}, {"convictions": "41"}])
def test_fields_that_cannot_be(fields: dict[str, str]) -> None:
    with pytest.raises(InputError):
        warrant(power("PA"), fields=fields)


def test_every_field_is_used() -> None:
    doc = {place: to_text(warrant(p, fields={n: f"given-{n}" for n in field_names()}), 10_000) for place, p in EVERY.items()}
    for name in field_names():
        assert any(f"given-{name}" in t for t in doc.values()), name


def test_each_point_has_its_authority_and_is_shown() -> None:
    doc = warrant(power("OH"))
    shown = " ".join(i for b in doc.blocks if isinstance(b, Bullets) for i in b.items)
    assert len(points()) >= 15 and len({p.id for p in points()}) == len(points())
    for p in points():
        assert p.authority and p.source and p.certainty in ("confirmed", "recalled") and p.says in shown
        assert all(any(line.startswith(a) for line in doc.authorities) for a in p.authority)
    assert not [b for b in doc.blocks if isinstance(b, Paragraph) and not b.text.strip()]


# ------------------------------------------------------------------ the command


def test_show_list_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["WA", "--on", "2026-06-01"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for words in ("Washington: The governor makes the final decision", "Ten years from conviction", "immigration status", "A track is not a grant", "Before signing", "What a pardon cannot reach", "app.leg.wa.gov"):
        assert words in text, words
    assert run(["--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 56
    assert run(["ga", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["policy_reversal"] is True and data["wait"][1]["for"] == "sex_offense" and data["points"] and data["warrant"] is None
    assert run(["--all", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 55


@pytest.mark.parametrize("ending", ["docx", "pdf", "html", "txt"])
def test_it_writes_the_warrant_in_each_form(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if ending in ("docx", "pdf"):
        pytest.importorskip("docxtpl" if ending == "docx" else "typst")
    path = tmp_path / f"warrant.{ending}"
    assert run(["ID", "--warrant", str(path), "--set", "convictions=2"]) == 0
    assert str(path) in capsys.readouterr().out
    start = path.read_bytes()[:15]
    assert start.startswith({"docx": b"PK", "pdf": b"%PDF", "html": b"<!DOCTYPE html>"}.get(ending, b"Commission") if ending != "txt" else start.lstrip()[:0])
    before = path.read_bytes()
    with pytest.raises(InputError, match="there already"):
        run(["ID", "--warrant", str(path)])
    assert path.read_bytes() == before
    assert run(["ID", "--warrant", str(path), "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--all"), (["TX", "--all"], "--all"), (["TX", "--set", "number=1"], "--warrant"), (["TX", "--warrant", "w.odt"], ".docx"), (["TX", "--warrant", "nowhere-at-all/w.txt"], "cannot be written"),
        (["TX", "--warrant", "w.txt", "--set", "number"], "FIELD=VALUE"), (["AS"], "no file"), (["TX", "--on", "1/2/2026"], "YYYY-MM-DD"), (["--all", "--warrant", "w.txt"], "one place"),
    ],
)  # fmt: skip
def test_errors_are_sentences(arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        run(arguments)
    assert not list(tmp_path.iterdir())
