"""What every form does alike: the order of the parts, the draft mark, and how wide a table's columns are."""

from __future__ import annotations

from typing import NamedTuple

from homerule.documents.marks import clean, plain
from homerule.documents.model import Block, Bullets, Document, Heading, Paragraph, Signature, Table
from homerule.errors import InputError, nearest

KINDS = ("letter", "memo", "resolution", "ordinance", "order", "report", "card")
DRAFT_MARK = "Draft for counsel: not issued, and not legal advice"


class Head(NamedTuple):
    """The head of a document, its letter parts taken out of ``fields``."""

    letterhead: tuple[str, ...]
    date: str
    to: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    mark: str
    author: str


def head(doc: Document) -> Head:
    """The head of ``doc``. Raises InputError for a kind of document that no form knows."""
    if doc.kind not in KINDS:
        raise InputError(f"no document is of the kind `{doc.kind}`", help=nearest(doc.kind, KINDS))
    letterhead = tuple(plain(line) for line in doc.letterhead if line.strip())
    date, to = "", tuple[str, ...]()
    rest: list[tuple[str, str]] = []
    for label, value in doc.fields:
        if doc.kind == "letter" and label == "Date":
            date = plain(value)
        elif doc.kind == "letter" and label == "To":
            to = tuple(plain(line) for line in clean(value, lines=True).split("\n") if line.strip())
        else:
            rest.append((plain(label), value))
    author = plain(doc.extra.get("author", "")) or (letterhead[0] if letterhead else "Homerule")
    return Head(letterhead, date, to, tuple(rest), plain(doc.extra.get("mark", DRAFT_MARK)) if doc.draft else "", author)


def title(doc: Document) -> str:
    """The title, which no document is without: readers announce it."""
    return doc.title if plain(doc.title).strip() else "Untitled"


def running(doc: Document, top: Head) -> str:
    """The running head of the later pages, in a few words: of a letter who writes and when, else the title."""
    if doc.kind == "letter" and top.letterhead and top.date:
        return f"{top.letterhead[0]}, {top.date}"
    words = plain(title(doc)).rstrip(".")
    return words if len(words) <= 42 else words[:41].rsplit(" ", 1)[0] + " …"


def body(doc: Document) -> tuple[Block, ...]:
    """The blocks of ``doc``, with the authorities and the receipt that every document ends with."""
    out = [b for b in doc.blocks if not isinstance(b, Heading) or plain(b.text).strip()]  # a heading without words helps nobody, and PDF/UA refuses it
    if doc.authorities:
        out += [Heading(doc.extra.get("authorities_heading", "Authorities")), Bullets(doc.authorities)]
    if doc.receipt:
        out.append(Paragraph(doc.receipt, "small"))
    return tuple(out)


def kept(blocks: tuple[Block, ...]) -> frozenset[int]:
    """The places of paragraphs that stay on the page of the signature after them: the close of a letter and the paragraph before it."""
    out = set()
    for i, block in enumerate(blocks):
        if isinstance(block, Signature):
            for k in (i - 1, i - 2):
                if k < 0 or not isinstance(blocks[k], Paragraph):
                    break
                out.add(k)
    return frozenset(out)


def weights(table: Table) -> tuple[float, ...]:
    """The share of the width that each column needs, summing to 1: by its longest word, and more slowly by how much it says."""
    raw = []
    for i in range(len(table.head)):
        cells = [plain(row[i]) if i < len(row) else "" for row in (table.head, *table.rows)]
        word = max((len(w) for c in cells for w in c.split()), default=1)
        mean = sum(map(len, cells)) / max(1, len(cells))
        raw.append(max(min(word, 24) + 2.0, min(mean, 120.0) ** 0.8 + 2.0, 5.0))
    total = sum(raw) or 1.0
    return tuple(x / total for x in raw)


def squared(table: Table) -> tuple[tuple[str, ...], ...]:
    """The rows, each as long as the head: a short row is filled up, a long one is refused."""
    width = len(table.head)
    for row in table.rows:
        if len(row) > width:
            raise InputError(f"a table row has {len(row)} cells under {width} column heads", help="Give the table as many heads as its longest row")
    return tuple(tuple(row) + ("",) * (width - len(row)) for row in table.rows)


def letters(start: int, count: int, form: str) -> tuple[str, ...]:
    """The marks of a numbered list: ``1. 2.`` or ``(a) (b)``, and ``(aa)`` after ``(z)``."""
    if form != "a":
        return tuple(f"{n}." for n in range(start, start + count))
    out = []
    for n in range(start, start + count):
        times, place = divmod(n - 1, 26)
        out.append(f"({chr(97 + place) * (times + 1)})")
    return tuple(out)
