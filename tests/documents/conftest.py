"""A document that uses every block."""

from __future__ import annotations

import pytest

from homerule.documents import Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><rect width="200" height="60" fill="#ddd"/><text x="8" y="34" font-size="16">A &amp; B</text></svg>'


def whole(kind: str = "memo", text: str = "Plain words", language: str = "en-US") -> Document:
    """Every block, with ``text`` in each of its places."""
    return Document(
        title=f"Title {text}", kind=kind, subtitle=text, language=language, letterhead=("Example County", text), fields=(("Date", "November 25, 2026"), ("To", f"First line\n{text}"), ("Reference", text)),
        blocks=(
            Paragraph(text, "lead"), Heading(text, 1), Paragraph(text), Heading(text, 2), Paragraph(f"one\n{text}", "address"), Bullets((text, "second")), Numbered((text, "second"), 3), Numbered((text,), 1, "a"),
            Table(("Head one", "Head two"), ((text, "1"), ("short",)), f"Caption {text}", (1,)), Figure(SVG, f"Alt {text}", text, 8), Callout("Label", text, "warning"), Form((("Known", text), ("Case number", ""))),
            PageBreak(), Heading(text, 3), Paragraph(text, "small"), Paragraph("Respectfully,"), Signature("", "Sheriff"),
        ),
        authorities=(f"Authority {text}", "Second authority"), receipt=f"Corpus 1, law as of {text}",
    )  # fmt: skip


@pytest.fixture
def document() -> Document:
    return whole()
