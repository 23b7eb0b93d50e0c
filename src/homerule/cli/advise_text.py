"""Playbook and memo in a terminal: the document as text, with its tables set in columns."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homerule.documents.model import Document, Table

_GAP = 2


def document_text(doc: Document, width: int) -> str:
    """``doc`` as text, ``width`` characters wide."""
    from homerule.documents import Paragraph, Table, literal, to_text

    blocks = tuple(Paragraph(literal(columns(b, width)), "address") if isinstance(b, Table) else b for b in doc.blocks)
    return to_text(doc._replace(blocks=blocks), width)


def columns(table: Table, width: int) -> str:
    """A table as lines: heads, a rule, then the cells beside each other, broken at spaces."""
    from homerule.documents import plain

    rows = [[plain(c) for c in row] for row in (table.head, *table.rows)]
    wide = _widths([max(len(r[i]) for r in rows) for i in range(len(table.head))], [max(len(w) for r in rows for w in [*r[i].split(), ""]) for i in range(len(table.head))], width)
    gap = " " * _GAP
    out: list[str] = []
    tall = False
    for number, row in enumerate(rows):
        cells = [wrap(c, w) or [""] for c, w in zip(row, wide)]
        lines = [gap.join((c[k] if k < len(c) else "").ljust(w) for c, w in zip(cells, wide)).rstrip() for k in range(max(map(len, cells)))]
        tall = tall or (number > 0 and len(lines) > 1)
        out += lines
        out.append(gap.join("-" * w for w in wide) if number == 0 else "\0")
    text = "\n".join(out).rstrip("\0\n")
    return text.replace("\0", "") if tall else text.replace("\n\0", "")


def _widths(natural: list[int], least: list[int], width: int) -> list[int]:
    """Column widths: narrow columns get what they need, the rest share what is left."""
    left = width - _GAP * (len(natural) - 1)
    out = list(natural)
    open_ = set(range(len(natural)))
    while open_ and sum(out) > left:
        share = (left - sum(out[i] for i in range(len(out)) if i not in open_)) // len(open_)
        narrow = {i for i in open_ if natural[i] <= share}
        if not narrow:
            for i in open_:
                out[i] = max(6, share, min(least[i], 14))
            break
        open_ -= narrow
    return out
