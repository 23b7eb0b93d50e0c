"""When each side signed: dates beside the word "Date" in the signature block, told apart by the column they stand in.

Handwriting is not guessed. A date in figures that was recognised in an image may be handwriting and is marked doubtful; a month that is
spelt out, letters that are in the file as such, and a digital signature's own time are taken as read.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from homerule.agreements.clauses import read_date
from homerule.agreements.scan import Document, Piece
from homerule.agreements.templates import Shelf, best, fold

__all__ = ["Signed", "Signing", "block_pages", "read_signing"]

LOCAL, FEDERAL = "local", "federal"


class Signed(NamedTuple):
    """One side's date, or why there is none. `how`: typed, spelt out, figures (both recognised in an image), digital, or empty."""

    date: dt.date | None
    sure: bool
    doubt: str
    how: str = ""


class Signing(NamedTuple):
    """Both sides of one signature block, the page it is on, and the text of the local side's part."""

    local: Signed
    federal: Signed
    page: int
    local_text: str


class _Column(NamedTuple):
    side: str
    x: float
    y: float


_LABEL = re.compile(r"(?i)^\W{0,2}(?:date[ds]?|dato|dale)\b\s*[:;.=]?\s*(?P<rest>.*)$")
_DIGITAL = re.compile(r"(?i)digit\w{0,5}\s?signed|2\s?0\s?[12]\d\s?\.\s?[0-9DO]{2}\s?\.\s?\d\d")
_NOT_READ = "a date is written there that is not legible by machine (handwriting)"
_BLANK = "nothing is written where the date belongs"


def block_pages(pages: list[tuple[int, str]], shelf: Shelf) -> list[int]:
    """The pages that hold a signature block, in order."""
    out = []
    for number, text in pages:
        bare = fold(text)
        signing = best(shelf.parts["signing"][:1], bare, folded=True, cutoff=85)
        both = any(fold(p) in bare for p in shelf.parts["local_block"][:2]) and any(fold(p) in bare for p in shelf.parts["federal_block"][:3])
        dates = len(re.findall(r"(?im)(?:^|\s)date[ds]?\s*[:_]", text))
        titles = sum(fold(t) in bare for t in shelf.parts["federal_titles"])
        if signing or (both and dates >= 1 and "signature" in bare) or (dates >= 2 and titles >= 1 and "appendix" not in bare[:40]):
            out.append(number)
    return out


def read_signing(document: Document, number: int, pieces: list[Piece], shelf: Shelf, first: dt.date, last: dt.date) -> Signing:
    """Read one block. ``first`` and ``last``: days between which a signature can lie."""
    start = max((p.y1 for p in pieces if best(shelf.parts["signing"], p.text, cutoff=88) or best(("to the fullest extent allowed by law",), p.text, cutoff=85)), default=0.0)
    lower = sorted((p for p in pieces if p.y0 >= start - 2), key=lambda p: (p.y0, p.x0))
    columns = _columns(lower, shelf)
    sides: dict[str, list[Piece]] = {LOCAL: [], FEDERAL: []}
    loose: list[Piece] = []
    for p in lower:
        side = _side(p, columns)
        (sides[side] if side else loose).append(p)
    block_end = max((p.y1 for c in columns for p in sides[c.side] if _LABEL.match(p.text)), default=start + 220) + 90
    answers = {side: _date(document, number, sides[side], columns, side, first, last, block_end) for side in (LOCAL, FEDERAL)}
    if not columns:
        days = [d[0] for p in loose if (d := read_date(p.text)) and first <= d[0] <= last]
        doubt = "the two sides of the signature block could not be told apart" if days else _NOT_READ
        answers = {side: Signed(None, False, doubt) for side in answers}
    return Signing(answers[LOCAL], answers[FEDERAL], number, "\n".join(p.text for p in sides[LOCAL] if p.y1 < block_end))


def _columns(pieces: list[Piece], shelf: Shelf) -> list[_Column]:
    """Where each side's part begins: by its heading, else by the titles under the signatures."""
    found: dict[str, _Column] = {}
    for side, key in ((LOCAL, "local_block"), (FEDERAL, "federal_block")):
        for p in pieces:
            bare = fold(p.text)
            if side not in found and any(bare.startswith(fold(w)) and (len(fold(w)) > 5 or len(bare) < 40) for w in shelf.parts[key]):
                found[side] = _Column(side, p.x0, p.y0)
        if side in found:
            continue
        for p in pieces:  # a heading of both sides on one line
            for w in shelf.parts[key][:2]:
                at = p.text.lower().find(w.lower())
                if at > 0 and side not in found and len(p.text) < 90:
                    found[side] = _Column(side, p.x0 + (p.x1 - p.x0) * at / len(p.text), p.y0)
    if len(found) == 2:
        return sorted(found.values(), key=lambda c: c.x)
    marks: dict[str, list[Piece]] = {LOCAL: [], FEDERAL: []}
    for p in pieces:
        if any(best((t,), p.text, cutoff=88) for t in shelf.parts["federal_titles"]):
            marks[FEDERAL].append(p)
        elif re.match(rf"\W*(?:{'|'.join(map(re.escape, shelf.parts['local_titles']))})\b", p.text) or re.search(r"(?i)county|police dep|sheriff", p.text):
            marks[LOCAL].append(p)
    if marks[FEDERAL]:
        left = min(p.x0 for p in marks[FEDERAL])
        own = [p for p in marks[LOCAL] if abs(p.x0 - left) > 90 and p.y0 < max(q.y1 for q in marks[FEDERAL]) + 60]
        labels = [p.x0 for p in pieces if _LABEL.match(p.text) and not _DIGITAL.search(p.text) and abs(p.x0 - left) > 90 and not any(abs(p.y0 - d.y0) < 30 and 0 <= p.x0 - d.x0 < 25 for d in pieces if d is not p and _DIGITAL.search(d.text))]
        if own or labels:
            other = min(labels) if labels else min(p.x0 for p in own)
            top = min(p.y0 for p in pieces)
            return sorted([_Column(FEDERAL, left, top), _Column(LOCAL, other, top)], key=lambda c: c.x)
    return []


def _side(p: Piece, columns: list[_Column]) -> str:
    if len(columns) != 2 or p.y1 < min(c.y for c in columns) - 25:
        return ""
    a, b = columns
    if b.x - a.x < 60:  # one under the other
        upper, under = sorted(columns, key=lambda c: c.y)
        return under.side if p.y0 >= under.y - 4 else upper.side
    if p.x0 < a.x - 45:
        return ""  # a note in the margin
    return b.side if p.x0 >= b.x - max(22.0, 0.2 * (b.x - a.x)) else a.side


def _date(document: Document, number: int, pieces: list[Piece], columns: list[_Column], side: str, first: dt.date, last: dt.date, end: float) -> Signed:
    pieces = [p for p in pieces if p.y0 < end]
    labels = [p for p in pieces if _LABEL.match(p.text) and not re.search(r"(?i)dated?\W*20\d\d\.", p.text)]
    digital = [p for p in pieces if _DIGITAL.search(p.text)]
    day, how, typed = _digital(pieces, digital)
    if labels:
        label = min(labels, key=lambda p: p.y0)
        opened = _LABEL.match(label.text)
        rest = opened["rest"] if opened else ""
        height = max(8.0, label.y1 - label.y0)
        beside = [p for p in pieces if p is not label and p not in digital and p.x0 >= label.x0 - 4 and label.y0 - 2.6 * height < (p.y0 + p.y1) / 2 < label.y1 + 0.9 * height]
        near = [(label, rest), *((p, p.text) for p in beside)]
        dates = [(d, p) for p, text in near if (d := read_date(text))]
        good = [(d, p) for d, p in dates if first <= d[0] <= last]
        good = [g for g in good if g[1].typed] or good
        if len({d[0] for d, _ in good}) > 1:
            return Signed(None, False, "two dates stand there, one over the other: " + " and ".join(sorted({d[0].isoformat() for d, _ in good})))
        if good:
            (value, spelt), piece = good[0]
            others = [p for p in beside if p is not piece and len(re.sub(r"\W|_", "", p.text)) >= 3 and (read_date(p.text) is None) and re.search(r"\d", p.text) and p.y1 > piece.y0 and p.y0 < piece.y1]
            if day and value != day:
                return Signed(value, False, f"the digital signature says {day.isoformat()}")
            if others and not day:
                return Signed(value, False, f"other figures stand beside it ({others[0].text[:30]})")
            if piece.typed or day or (spelt and 0.93 <= piece.score < 1):
                return Signed(value, True, "", "typed" if piece.typed else "spelt out")
            if spelt:
                return Signed(value, False, "recognised in an image: compare with the page", "spelt out")
            return Signed(value, False, "recognised from figures in an image, which may be handwriting: compare with the page", "figures")
        if day:
            return Signed(day, typed, "" if typed else "the digital signature's time was recognised from an image", how)
        if dates:
            return Signed(None, False, "what was recognised as the date is no day on which this can have been signed")
        box = (label.x0 + 30, label.y0 - 1.3 * height, label.x0 + 170, label.y1 - 2)
        written = re.search(r"[A-Za-z0-9]{2}", rest.replace("_", "")) or any(re.search(r"[A-Za-z0-9]", p.text) for p in beside) or document.ink(number, *box) > 0.012
        return Signed(None, False, _NOT_READ if written else _BLANK)
    if day:
        return Signed(day, typed, "" if typed else "the digital signature's time was recognised from an image", how)
    spelt_out = [(d, p) for p in pieces if (d := read_date(p.text)) and first <= d[0] <= last and (d[1] or p.typed)]
    if len({d[0] for d, _ in spelt_out}) == 1:
        return Signed(spelt_out[0][0][0], False, "it stands in this side's part without the word Date beside it", "typed")
    return Signed(None, False, _NOT_READ)


def _digital(pieces: list[Piece], marks: list[Piece]) -> tuple[dt.date | None, str, bool]:
    """The day in a digital signature's picture; whether the letters are the file's own."""
    if not marks:
        return None, "", False
    days = set()
    typed = True
    for p in pieces:
        if not any(abs(p.y0 - m.y0) < 45 and p.x1 > m.x0 - 200 and p.x0 < m.x1 + 200 for m in marks):
            continue
        for m in re.finditer(r"(?<!\d)(20[12]\d)\s?\.\s?([0-9DO]{2})\s?\.\s?(\d\d)", p.text):
            try:
                days.add(dt.date(int(m[1]), int(m[2].replace("D", "0").replace("O", "0")), int(m[3])))
                typed = typed and (p.typed or (bool(re.search(r"\d\d:\d\d:\d\d", p.text)) and m[2].isdigit()))
            except ValueError:
                continue
    return (days.pop(), "digital", typed) if len(days) == 1 else (None, "", False)
