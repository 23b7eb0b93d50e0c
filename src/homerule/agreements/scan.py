"""The text of a PDF with its places on the page: the text layer by pypdfium2, and OCR where a page has none and the extra is present.

Form fields, comments and signature appearances are flattened into the page first (in memory), so that what a reader sees is what is read.
"""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from homerule.errors import InputError

__all__ = ["Document", "Page", "Piece", "ocr_present", "open_pdf"]

#: Below this many letters and digits a page is held to carry no text of its own (a scanner's footer, a page number).
FEW = 200
LARGEST = 200_000_000
MOST_PAGES = 1000
_SCALE = 2.2
_INVISIBLE = 3  # the text render mode in which a scanner hides what it recognised


class Piece(NamedTuple):
    """A run of text on one line: its box in points from the top left of the page.

    `typed` is true where the letters were set by a machine and are in the file as such; false where software recognised them in an image.
    `score` is the recogniser's own confidence from 0 to 1 (1 for a text layer).
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    typed: bool = True
    score: float = 1.0


class Page(NamedTuple):
    """A page as read. `source` is `text` (its text layer), `ocr`, `none` (no text found) or `unread` (not needed, or no OCR at hand)."""

    number: int
    text: str
    source: str
    doubt: str = ""


class Document:
    """An open PDF. Pages are numbered from 1. Use it in a `with` statement."""

    def __init__(self, path: Path, pdf: Any, sha256: str) -> None:
        self.path, self.sha256, self._pdf = path, sha256, pdf
        self.pages = len(pdf)
        self._flat: dict[int, Any] = {}
        self._seen: dict[int, list[Piece]] = {}

    def __enter__(self) -> Document:
        return self

    def __exit__(self, *_: object) -> None:
        for page in self._flat.values():
            page.close()
        self._pdf.close()

    def _page(self, number: int) -> Any:
        if number not in self._flat:
            import pypdfium2.raw as raw

            page = self._pdf[number - 1]
            if raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
                page.close()
                page = self._pdf[number - 1]
            self._flat[number] = page
        return self._flat[number]

    def layer(self, number: int) -> str:
        """The text layer of a page, lines parted by newlines."""
        layer = self._page(number).get_textpage()
        try:
            text = str(layer.get_text_range())
        finally:
            layer.close()
        # a soft hyphen or pdfium's own mark at a broken word
        text = text.replace("￾", "-").replace("\xad", "-").replace("\x02", "-").replace("\r", "")
        return "\n".join(unshift(line) for line in text.split("\n"))

    def pieces(self, number: int) -> list[Piece]:
        """The text layer of a page in runs, split where a line has a wide gap."""
        import ctypes

        import pypdfium2.raw as raw

        page = self._page(number)
        height = page.get_height()
        layer = page.get_textpage()
        box = [ctypes.c_double() for _ in range(4)]
        out: list[Piece] = []
        run: list[tuple[str, float, float, float, float, bool]] = []

        def close() -> None:
            text = unshift("".join(c[0] for c in run)).strip()
            solid = [c for c in run if c[0].strip()]
            if text and solid:
                out.append(Piece(text, min(c[1] for c in solid), height - max(c[4] for c in solid), max(c[2] for c in solid), height - min(c[3] for c in solid), all(c[5] for c in solid)))
            run.clear()

        try:
            for i in range(layer.count_chars()):
                code = raw.FPDFText_GetUnicode(layer.raw, i)
                char = chr(code) if 0 < code < 0x110000 else ""
                if char in "\r\n" or not char:
                    close()
                    continue
                raw.FPDFText_GetCharBox(layer.raw, i, box[0], box[1], box[2], box[3])
                left, right, low, high = (v.value for v in box)
                if char.isspace() or right <= left:
                    if run:
                        run.append((" ", run[-1][2], run[-1][2], run[-1][3], run[-1][4], True))
                    continue
                if run:
                    size = max(4.0, run[-1][4] - run[-1][3])
                    if left - run[-1][2] > 1.6 * size or left < run[-1][1] - size or low > run[-1][4] + size or high < run[-1][3] - size:
                        close()
                thing = raw.FPDFText_GetTextObject(layer.raw, i)
                typed = not thing or raw.FPDFTextObj_GetTextRenderMode(thing) != _INVISIBLE
                run.append((char, left, right, low, high, typed))
            close()
        finally:
            layer.close()
        return out

    def recognise(self, number: int) -> list[Piece]:
        """A page read by OCR, from top to bottom. Raises InputError where the extra is missing."""
        if number in self._seen:
            return self._seen[number]
        engine = _engine()
        bitmap = self._page(number).render(scale=_SCALE)
        found, _ = engine(bitmap.to_numpy(), use_cls=False)
        out = []
        for corners, text, score in found or []:
            xs, ys = [c[0] / _SCALE for c in corners], [c[1] / _SCALE for c in corners]
            out.append(Piece(str(text).translate(_WIDE), min(xs), min(ys), max(xs), max(ys), False, float(score)))
        self._seen[number] = out
        return out

    def ink(self, number: int, x0: float, y0: float, x1: float, y1: float) -> float:
        """The share of dark dots, 0 to 1, in a box of the page (points from the top left)."""
        page = self._page(number)
        width, height = page.get_width(), page.get_height()
        crop = (max(0.0, x0), max(0.0, height - y1), max(0.0, width - x1), max(0.0, y0))
        if x1 - x0 < 4 or y1 - y0 < 2 or crop[0] + crop[2] >= width or crop[1] + crop[3] >= height:
            return 0.0
        bitmap = page.render(scale=2, crop=crop, grayscale=True)
        data = bytes(bitmap.buffer)
        rows = [data[r * bitmap.stride : r * bitmap.stride + bitmap.width] for r in range(bitmap.height)]
        rows = [r for r in rows if sum(b < 140 for b in r) < 0.6 * bitmap.width]  # the ruled line itself
        return sum(b < 140 for r in rows for b in r) / max(1, sum(len(r) for r in rows))

    def pictured(self, number: int) -> bool:
        """Whether a page holds a picture, in which there may be words that its text layer does not have."""
        import pypdfium2.raw as raw

        return any(o.type == raw.FPDF_PAGEOBJ_IMAGE for o in self._page(number).get_objects(max_depth=4))

    def signed_at(self) -> list[str]:
        """The signing times that digital signatures in the file carry, as `YYYY-MM-DD`."""
        import ctypes

        import pypdfium2.raw as raw

        out = []
        for i in range(max(0, raw.FPDF_GetSignatureCount(self._pdf.raw))):
            mark = raw.FPDF_GetSignatureObject(self._pdf.raw, i)
            size = raw.FPDFSignatureObj_GetTime(mark, None, 0)
            buffer = ctypes.create_string_buffer(max(1, size))
            raw.FPDFSignatureObj_GetTime(mark, buffer, size)
            text = buffer.value.decode("ascii", "replace")
            if text.startswith("D:") and text[2:10].isdigit():
                out.append(f"{text[2:6]}-{text[6:8]}-{text[8:10]}")
        return out


def open_pdf(path: str | os.PathLike[str]) -> Document:
    """Open a PDF. Raises InputError, saying what to do, where the file is missing, no PDF, locked or damaged."""
    file = Path(path)
    where = str(path)
    if not file.exists():
        raise InputError("there is no such file", where=where, help="Check the path")
    if not file.is_file():
        raise InputError("this is not a file", where=where, help="Name one PDF")
    if find_spec("pypdfium2") is None:
        raise InputError("reading a PDF needs a package that is not installed", where=where, help="Run: pip install 'homerule[agreements]'")
    try:
        size = file.stat().st_size
        if size > LARGEST:
            raise InputError(f"the file has {size // 1_000_000} MB, more than an agreement has", where=where, help=f"Give a PDF of at most {LARGEST // 1_000_000} MB")
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror or error})", where=where, help="Check its permissions") from None
    if not data:
        raise InputError("the file is empty", where=where, help="Download it again")
    if b"%PDF-" not in data[:1024]:
        looks = "a web page" if data.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")) else "something else"
        raise InputError(f"this is not a PDF but {looks}", where=where, help="Download the document itself, not the page that shows it" if looks == "a web page" else "Give the agreement as a PDF")
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
        pages = len(pdf)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError("the PDF is locked with a password", where=where, help="Save a copy without one and give that") from None
        raise InputError("the PDF is damaged and cannot be opened", where=where, help="Download it again, or print it to a new PDF") from None
    if not 1 <= pages <= MOST_PAGES:
        pdf.close()
        raise InputError(f"the PDF has {pages} pages", where=where, help=f"Give a PDF of 1 to {MOST_PAGES} pages")
    pdf.init_forms()
    return Document(file, pdf, hashlib.sha256(data).hexdigest())


def ocr_present() -> bool:
    """Whether pages without text can be recognised."""
    return find_spec("rapidocr_onnxruntime") is not None and find_spec("numpy") is not None


_ENGINE: list[Any] = []


def _engine() -> Any:
    if not _ENGINE:
        if not ocr_present():
            raise InputError("recognising scanned pages needs a package that is not installed", help="Run: pip install 'homerule[ocr]'")
        import logging

        from rapidocr_onnxruntime import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        _ENGINE.append(RapidOCR())
    return _ENGINE[0]


def letters(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(c.isalnum() for c in text)


def worth(text: str, few: int = FEW) -> bool:
    """Whether a page's own text layer can be read: enough of it, and most of its words are words."""
    if letters(text) < few:
        return False
    words = text.split()
    sound = sum(1 for w in words if (bare := w.strip(".,;:()[]\"'“”’")) and (bare.isalpha() and (bare.islower() or bare.istitle() or bare.isupper()) and any(v in bare.lower() for v in "aeiouy")))
    return sound >= 0.55 * len(words)


def lines_of(pieces: list[Piece]) -> str:
    """Pieces as text: those at one height on one line, from top to bottom."""
    rows: list[list[Piece]] = []
    for p in sorted(pieces, key=lambda p: ((p.y0 + p.y1) / 2, p.x0)):
        middle = (p.y0 + p.y1) / 2
        if rows and abs(middle - sum((q.y0 + q.y1) / 2 for q in rows[-1]) / len(rows[-1])) < 0.5 * max(5.0, p.y1 - p.y0):
            rows[-1].append(p)
        else:
            rows.append([p])
    return "\n".join("  ".join(p.text for p in sorted(r, key=lambda p: p.x0)) for r in rows)


_WIDE = str.maketrans("（）：；，。’‘“”", "():;,.''\"\"")  # marks that the recogniser sets in their wide form

_KNOWN = ("the ", "for ", "date", "title", "signature", "name", "agency", "director", "sheriff", "office", "and ")


def unshift(line: str) -> str:
    """A line whose font has lost its letter table, every letter moved by 29, put back; any other line as it is."""
    if len(line) < 4:
        return line
    if any(w in line.lower() for w in _KNOWN):
        return line
    moved = "".join(chr(ord(c) + 29) if 3 <= ord(c) <= 97 and c != " " else c for c in line)
    return moved if sum(w in moved.lower() for w in _KNOWN) and sum(c.isalpha() or c in " _,.:'" for c in moved) > 0.8 * len(moved) else line
