"""Documents: one content, three forms. A `Document` is blocks of text; it is written as HTML, DOCX (a template library) or PDF (tagged, by Typst).

This room knows no law. Letters, memos, playbooks and reports are made of its blocks by the rooms below it.
"""

from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Heading, Numbered, PageBreak, Paragraph, Signature, Table

__all__ = ["Block", "Bullets", "Callout", "Document", "Figure", "Heading", "Numbered", "PageBreak", "Paragraph", "Signature", "Table"]
