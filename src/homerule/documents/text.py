"""A document as plain text: for a terminal, a mail, or a comparison of two versions."""

from __future__ import annotations

from textwrap import fill

from homerule.documents import shape
from homerule.documents.marks import clean, plain, runs
from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table
from homerule.documents.shape import body, head, letters, squared


def to_text(doc: Document, width: int = 88) -> str:
    """``doc`` as text, ``width`` characters wide. The marks fall away."""
    top = head(doc)
    out = [line.center(width).rstrip() for line in top.letterhead]
    if top.mark:
        out += ["", f"[{top.mark}]"]
    if top.date:
        out += ["", top.date]
    if top.to:
        out += ["", *top.to]
    out += ["", fill(("Re: " if doc.kind == "letter" else "") + plain(shape.title(doc)), width)]
    if doc.subtitle:
        out.append(fill(plain(doc.subtitle), width))
    if top.fields:
        out += ["", *(fill(f"{label}: {plain(value)}", width, subsequent_indent="    ") for label, value in top.fields)]
    for block in body(doc):
        out += ["", *_block(block, width)]
    return "\n".join(line.rstrip() for line in out).strip("\n").replace("\u00a0", " ") + "\n"


def _block(block: Block, width: int) -> list[str]:
    match block:
        case Heading(text, level):
            line = plain(text)
            return [line, {1: "=", 2: "-"}.get(level, "") * min(len(line), width)] if level < 3 else [line]
        case Paragraph(text, "address"):
            return ["".join(r.text for r in runs(line)) for line in clean(text, lines=True).split("\n")]
        case Paragraph(text):
            return [fill(plain(text), width)]
        case Bullets(items):
            return [fill(plain(i), width, initial_indent="  - ", subsequent_indent="    ") for i in items]
        case Numbered(items, start, form):
            marks = letters(start, len(items), form)
            wide = max(map(len, marks), default=2)
            return [fill(plain(i), width, initial_indent=f"  {m:<{wide}} ", subsequent_indent=" " * (wide + 3)) for m, i in zip(marks, items)]
        case Table(heads, _, caption):
            out = [plain(caption), ""] if caption else []
            for row in squared(block):
                cells = [f"{plain(h)}: {plain(c)}" for h, c in zip(heads, row) if c]
                out += [fill("; ".join(cells), width, initial_indent="  - ", subsequent_indent="    ")]
            return out
        case Figure(_, alt, caption):
            return [fill(f"[Figure: {plain(alt)}]", width), *([fill(plain(caption), width)] if caption else [])]
        case Callout(label, text):
            return [fill(f"{plain(label)}: {plain(text)}", width, initial_indent="| ", subsequent_indent="| ")]
        case Signature(name, office, date):
            return ["_" * 36 + ("    Date: " + "_" * 16 if date else ""), *[plain(x) for x in (name, office) if x]]
        case Form(fields):
            return [f"{plain(label)}: {plain(value) or '_' * 32}" for label, value in fields]
        case PageBreak():
            return ["-" * width]
    raise TypeError(block)
