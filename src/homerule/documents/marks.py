"""Text and its two marks: ``**strong**`` and ``*emphasis*``. Every form reads them here, and escapes for itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

#: What XML 1.0 cannot hold, what a page cannot show (lone surrogates, private characters, non-characters), and the two controls that reverse what a reader sees.
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff\u202d\u202e\ufeff]")
_TOKEN = re.compile(r"\\[*\\]|\*\*|\*|[^*\\]+|\\")
_SIGN = re.compile(r"(\u00a7) (?=\d)")
_OPENS = re.compile(r"(^|[\s(\[{\u2014\u2013/])([\"'])")


class Run(NamedTuple):
    """A stretch of text in one style."""

    text: str
    strong: bool = False
    emphasis: bool = False


def clean(text: str, *, lines: bool = False) -> str:
    """``text`` without what no form can hold; one line, unless ``lines`` keeps its line breaks."""
    text = _BAD.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n"))
    if not lines:
        return " ".join(text.split(" ")).replace("\n", " ").replace("\t", " ")
    return text.replace("\t", " ")


def curly(text: str) -> str:
    """Straight quotation marks as typeset ones."""
    text = _SIGN.sub("\\1\u00a0", text)  # a section sign stays with its number
    if '"' not in text and "'" not in text:
        return text
    text = _OPENS.sub(lambda m: m[1] + ("\u201c" if m[2] == '"' else "\u2018"), text)
    text = text.replace("\u201c'", "\u201c\u2018")
    return text.replace('"', "\u201d").replace("'", "\u2019")


@lru_cache(maxsize=4096)
def runs(text: str, lines: bool = False) -> tuple[Run, ...]:
    """``text`` as runs. A mark that is never closed, or that stands beside a space, is an ordinary star."""
    tokens = _TOKEN.findall(curly(clean(text, lines=lines)))
    last: dict[str, int] = {}  # where each mark can close for the last time
    for i, token in enumerate(tokens):
        if token in ("*", "**") and i and not tokens[i - 1][-1].isspace():
            last[token] = i
    out: list[Run] = []
    on = {"*": False, "**": False}

    def add(piece: str) -> None:
        style = (on["**"], on["*"])
        if out and out[-1][1:] == style:
            out[-1] = Run(out[-1].text + piece, *style)
        else:
            out.append(Run(piece, *style))

    for i, token in enumerate(tokens):
        if token not in on:
            add(token[1] if len(token) == 2 and token[0] == "\\" else token)
        elif (on[token] and not tokens[i - 1][-1].isspace()) or (not on[token] and last.get(token, -1) > i + 1 and not tokens[i + 1][0].isspace()):
            on[token] = not on[token]
        else:
            add(token)
    return tuple(out)


def plain(text: str) -> str:
    """``text`` without its marks, in one line: for titles, alternative text and metadata."""
    return "".join(r.text for r in runs(text))


def literal(text: str) -> str:
    """``text`` with its stars kept as stars: for values that somebody typed."""
    return str(text).replace("\\", "\\\\").replace("*", "\\*")
