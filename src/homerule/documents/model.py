"""The content of a document, before it has a form.

Text is plain Unicode with two marks and no others: ``**strong**`` and ``*emphasis*``; a backslash before a star keeps the star.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Heading(NamedTuple):
    """A heading; ``level`` 1 to 3 below the document's own title."""

    text: str
    level: int = 1


class Paragraph(NamedTuple):
    """Running text. ``style`` is ``""``, ``"lead"`` (the answer first), ``"small"`` (notes) or ``"address"`` (line breaks kept)."""

    text: str
    style: str = ""


class Bullets(NamedTuple):
    """An unordered list."""

    items: tuple[str, ...]


class Numbered(NamedTuple):
    """An ordered list; ``start`` is its first number, ``form`` ``"1"`` or ``"a"``."""

    items: tuple[str, ...]
    start: int = 1
    form: str = "1"


class Table(NamedTuple):
    """A table with one row of column heads. ``numeric`` gives the indexes of columns to be set flush right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numeric: tuple[int, ...] = ()


class Figure(NamedTuple):
    """A picture: SVG text or PNG bytes, with words for those who do not see it."""

    image: str | bytes
    alt: str
    caption: str = ""
    width_cm: float = 16.0


class Callout(NamedTuple):
    """A boxed remark. ``kind`` is ``"note"``, ``"warning"`` or ``"draft"``; the label is always printed, so colour is never alone."""

    label: str
    text: str
    kind: str = "note"


class Signature(NamedTuple):
    """A line to sign on, with name and office below it (blank where not known)."""

    name: str = ""
    office: str = ""
    date: bool = True


class Form(NamedTuple):
    """Labels with values. An empty value is a ruled line to write on: only for what nobody could know beforehand."""

    fields: tuple[tuple[str, str], ...]


class PageBreak(NamedTuple):
    """Begin a new page (no effect in HTML but a rule)."""


Block = Heading | Paragraph | Bullets | Numbered | Table | Figure | Callout | Signature | Form | PageBreak


class Document(NamedTuple):
    """A whole document.

    ``kind`` names the form it takes (``letter``, ``memo``, ``resolution``, ``ordinance``, ``order``, ``report``, ``card``); a form decides margins, numbering and letterhead.
    ``letterhead`` is the issuing body's lines; ``fields`` are label and value pairs printed at the head (``To``, ``From``, ``Date``, ``Re``).
    ``authorities`` is the list of citations that every document ends with; ``receipt`` names the corpus version and the day the law was read for.
    ``draft`` marks it as a draft for counsel on every page. ``language`` is a BCP 47 tag, needed for a tagged PDF.
    In a letter the fields ``Date`` and ``To`` (line breaks kept) stand where a letter has them, and the title is its subject line.
    ``extra`` may hold ``author`` (metadata), ``mark`` (the words of the draft mark) and ``authorities_heading``.
    """

    title: str
    blocks: tuple[Block, ...]
    kind: str = "memo"
    subtitle: str = ""
    letterhead: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    authorities: tuple[str, ...] = ()
    receipt: str = ""
    draft: bool = True
    language: str = "en-US"
    extra: Mapping[str, str] = {}
