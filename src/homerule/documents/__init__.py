"""Documents: one content, three forms. A `Document` is blocks of text; it is written as HTML, DOCX (a template library) or PDF (tagged, by Typst).

This room knows no law. Letters, memos, playbooks and reports are made of its blocks by the rooms below it.
"""

from homerule.documents.docx import base_template, to_docx
from homerule.documents.html import to_html
from homerule.documents.marks import literal, plain
from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table
from homerule.documents.pdf import to_pdf
from homerule.documents.text import to_text

__all__ = [
    "Block", "Bullets", "Callout", "Document", "Figure", "Form", "Heading", "Numbered", "PageBreak", "Paragraph", "Signature", "Table",
    "base_template", "literal", "plain", "to_docx", "to_html", "to_pdf", "to_text",
]  # fmt: skip
