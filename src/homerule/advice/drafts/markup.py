"""The small markup of document templates, and the armour that keeps a filled value from being read as any of it.

| line | block |
|---|---|
| `## Words`, `### Words` | headings |
| `!> words` | the answer, first |
| `^ words` | small print |
| `- words`, `1. words`, `a) words` | lists |
| `| a | b |` | a table; its first row is the head |
| `> Label | words` | a boxed note; `> warning: Label | words` a warning |
| `:: Label :: value` | a form line; without a value a ruled line |
| `~ words` | a line of an address, kept as a line |
| `sign: Name | Office` | a line to sign on; `sign-nodate:` without a date |
| `---` | a new page |

Other lines are paragraphs, parted by empty lines. ``**strong**`` and ``*emphasis*`` as in `homerule.documents`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from string import punctuation
from typing import Any

from homerule.documents.marks import clean, literal
from homerule.documents.model import Block, Bullets, Callout, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table

_BASE = 0xE100  # private characters: a value's punctuation stands there while the template's own is read
_ARMOUR = {ord(c): _BASE + ord(c) for c in punctuation}
_OPEN = {v: chr(k) for k, v in _ARMOUR.items()}


class Marked(str):
    """Text whose marks are meant: it is made by the program, and filled in as it stands."""

    __slots__ = ()


def armour(value: Any) -> str:
    """A value as it may stand in a template: in one line, with nothing left that a line of markup could be made of. None is nothing."""
    if value is None:
        return ""
    if isinstance(value, Marked):
        return str(value)
    return " ".join(clean(str(value).translate(_OPEN)).split()).translate(_ARMOUR)  # opened first: a passage may be filled in twice


def disarm(text: str) -> str:
    """Text of a block, its values' own punctuation back in place; their stars stay stars."""
    out, at = [], 0
    for i, letter in enumerate(text):
        if ord(letter) in _OPEN:
            out.append(text[at:i])
            plain = _OPEN[ord(letter)]
            out.append(literal(plain) if plain in "*\\" else plain)
            at = i + 1
    return "".join(out) + text[at:]


def plain_disarm(text: str) -> str:
    """The same without marks: for titles and fields that are compared."""
    return text.translate(_OPEN)


_ITEM = re.compile(r"^(- |\d+\. |[a-z]\) )(.*)$")


def read_blocks(text: str) -> tuple[Block, ...]:
    """A rendered template as blocks. Every line is some block: nothing is refused."""
    blocks: list[Block] = []
    lines = text.split("\n")
    i = 0

    def take(same: Callable[[str], bool]) -> list[str]:
        nonlocal i
        out = []
        while i < len(lines) and same(lines[i]):
            out.append(lines[i])
            i += 1
        return out

    while i < len(lines):
        line = lines[i].strip()
        found = _ITEM.match(line)
        if not line:
            i += 1
        elif line == "---":
            blocks.append(PageBreak())
            i += 1
        elif line.startswith("## ") or line.startswith("### "):
            marks, _, words = line.partition(" ")
            blocks.append(Heading(disarm(words.strip()), len(marks) - 1))
            i += 1
        elif line.startswith("|"):
            blocks.append(_table(take(lambda x: x.strip().startswith("|"))))
        elif line.startswith(":: "):
            rows = [x.strip()[3:].partition("::") for x in take(lambda x: x.strip().startswith(":: "))]
            blocks.append(Form(tuple((disarm(label.strip()), disarm(value.strip())) for label, _, value in rows)))
        elif line.startswith("~ "):
            blocks.append(Paragraph("\n".join(disarm(x.strip()[2:]) for x in take(lambda x: x.strip().startswith("~ "))), "address"))
        elif line.startswith(("sign:", "sign-nodate:")):
            mark, _, words = line.partition(":")
            name, _, office = words.partition("|")
            blocks.append(Signature(disarm(name.strip()), disarm(office.strip()), mark == "sign"))
            i += 1
        elif line.startswith("> "):
            label, _, words = line[2:].partition("|")
            kind, mark, rest = label.strip().partition(":")
            warns = bool(mark) and kind.strip() == "warning"
            i += 1
            more = [words.strip(), *(x.strip() for x in take(_continues))]
            blocks.append(Callout(disarm((rest if warns else label).strip()), disarm(" ".join(m for m in more if m)), "warning" if warns else "note"))
        elif found:
            blocks.append(_list(found[1], lines, take))
        else:
            i += 1
            style = "lead" if line.startswith("!> ") else "small" if line.startswith("^ ") else ""
            first = line[3:] if style == "lead" else line[2:] if style == "small" else line
            blocks.append(Paragraph(disarm(" ".join([first, *(x.strip() for x in take(_continues))])), style))
    return tuple(blocks)


def _continues(line: str) -> bool:
    """Whether a line goes on with the paragraph above it."""
    line = line.strip()
    return bool(line) and line != "---" and not line.startswith(("## ", "### ", "|", ":: ", "~ ", "> ", "!> ", "^ ", "sign:", "sign-nodate:")) and not _ITEM.match(line)


def _list(first: str, lines: list[str], take: Callable[[Callable[[str], bool]], list[str]]) -> Block:
    kind = "bullet" if first == "- " else "a" if first[0].isalpha() else "1"

    def same(line: str) -> bool:
        found = _ITEM.match(line.strip())
        if found:
            return ("bullet" if found[1] == "- " else "a" if found[1][0].isalpha() else "1") == kind
        return line.startswith("  ") and _continues(line)

    items: list[str] = []
    for line in take(same):
        found = _ITEM.match(line.strip())
        if found:
            items.append(found[2].strip())
        elif items:
            items[-1] += " " + line.strip()
    done = tuple(disarm(x) for x in items)
    if kind == "bullet":
        return Bullets(done)
    start = ord(first[0]) - 96 if kind == "a" else int(first.partition(".")[0])
    return Numbered(done, start, kind)


def _table(rows: list[str]) -> Block:
    cells = [[disarm(c.strip()) for c in row.strip().strip("|").split("|")] for row in rows]
    cells = [row for row in cells if not all(set(c) <= {"-", ":"} for c in row)]
    head = tuple(cells[0]) if cells else ("",)
    body = tuple(tuple((row + [""] * len(head))[: len(head)]) for row in cells[1:])
    return Table(head, body)
