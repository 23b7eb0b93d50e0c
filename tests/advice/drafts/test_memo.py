"""The decision memo: answer first, nothing lost, and short."""

from __future__ import annotations

import pytest

from homerule.advice.drafts import decision_document
from homerule.documents import Paragraph, to_docx, to_pdf, to_text
from homerule.reasoning import engine as default_engine
from homerule.reasoning.decide import Request

pytest.importorskip("typst")
pypdfium2 = pytest.importorskip("pypdfium2")

ON = "2026-11-24"
FACTS = {"process": "admin_warrant", "form_complete": "true", "claims_citizenship": "false"}


@pytest.mark.parametrize("place", ["Travis County, TX", "Cook County, IL", "Salt Lake County, UT", "Bernalillo County, NM"])
@pytest.mark.parametrize("request_", ["hold", "end_287g", "sign_287g", "share_status"])
def test_a_memo_answers_first_and_fits(place: str, request_: str) -> None:
    decision = default_engine().decide(Request(place, "sheriff", request_, ON, FACTS if request_ == "hold" else {}))
    doc = decision_document(decision)
    first = doc.blocks[0]
    assert isinstance(first, Paragraph) and first.style == "lead" and first.text.lower().startswith(f"**{decision.findings[0].verdict}")
    text = " ".join(to_text(doc).split()).replace("’", "'")
    for f in decision.findings:
        for n in f.stands:
            if n.effect in ("require", "forbid") and n.applies == "certain":
                assert n.cite.replace("’", "'") in text
        for u in f.unsettled:
            assert u.words[:40].replace("’", "'") in text.replace("“", '"').replace("”", '"') or u.words[:40] in text
        for d in f.duties:
            if f.verdict == "required":
                assert d.citation.replace("’", "'") in text
    assert decision.receipt.corpus in text and "not legal advice" in text.lower()
    assert len(pypdfium2.PdfDocument(to_pdf(doc))) <= 3
    assert to_docx(doc)[:2] == b"PK"


def test_several_acts_have_an_answer_each() -> None:
    decision = default_engine().decide(Request("Los Angeles County, CA", "sheriff", "detainer", ON, {"process": "admin_warrant"}))
    doc = decision_document(decision)
    assert [isinstance(b, Paragraph) and b.style == "lead" for b in doc.blocks[:3]] == [True] * 3
    assert len(to_text(decision_document(decision, full=True))) > len(to_text(doc))
