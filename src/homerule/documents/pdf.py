"""A document as a tagged PDF (PDF/UA-1), set by Typst on US Letter. The text travels as JSON data, so nothing in it can be read as markup."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from importlib.util import find_spec
from os.path import dirname, join
from typing import Any

from homerule.documents import shape
from homerule.documents.marks import clean, plain, runs
from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table
from homerule.documents.shape import body, head, squared, weights
from homerule.errors import InputError


def to_pdf(doc: Document) -> bytes:
    """``doc`` as PDF bytes, tagged to PDF/UA-1, with its fonts inside.

    Needs the extra ``documents``. Raises InputError without it, where a picture cannot be read, or where no font at hand has a character of the text.
    """
    typst = _typst()
    files: dict[str, Any] = {"main.typ": _look()}
    files["doc.json"] = json.dumps(_data(doc, files), ensure_ascii=False).encode("utf-8")
    stamp = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # the same content gives the same bytes
    for system in (False, True):  # the packaged letters first, so that a page looks alike everywhere; the machine's own for other scripts
        try:
            return bytes(typst.compile(files, format="pdf", pdf_standards=["ua-1"], font_paths=_fonts(system), timestamp=int(stamp.timestamp())))
        except typst.TypstError as error:
            failure = " ".join(str(error).split())
            if "glyph" not in failure and "font" not in failure and "codepoint" not in failure:
                raise InputError(f"the PDF cannot be set: {failure[:300]}", where=plain(doc.title)[:60], help="Mend the picture or text named, or write a DOCX instead") from None
    raise InputError("no font on this machine has some character of the text", where=plain(doc.title)[:60], help="Install a font for that script (for instance Noto), or write a DOCX or HTML instead")


def picture(svg: str, ppi: float = 200.0) -> bytes:
    """An SVG as PNG bytes, for forms that hold no SVG. Needs the extra ``documents``."""
    typst = _typst()
    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("f.svg")\n'
    try:
        return bytes(typst.compile({"main.typ": page, "f.svg": svg.encode("utf-8")}, format="png", ppi=ppi, font_paths=_fonts(False)))
    except typst.TypstError as error:
        raise InputError(f"the picture cannot be drawn: {' '.join(str(error).split())[:200]}", help="Give well-formed SVG") from None


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise InputError("a PDF needs the extra `documents`", help="Install it with `pip install 'homerule[documents]'`, or write HTML: it needs nothing more") from None
    return typst


@cache
def _look() -> bytes:
    with open(join(dirname(__file__), "data", "base.typ"), "rb") as file:
        return file.read()


@cache
def _fonts(system: bool) -> Any:
    spec = find_spec("font_lato")
    folders = [join(p, "files") for p in spec.submodule_search_locations or ()] if spec else []
    return _typst().Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=folders)


def _inline(text: str) -> list[dict[str, Any]]:
    return [{"t": r.text, "s": r.strong, "e": r.emphasis} for r in runs(text)]


def _lines(text: str) -> list[list[dict[str, Any]]]:
    return [_inline(line) for line in clean(text, lines=True).split("\n")]


def _data(doc: Document, files: dict[str, Any]) -> dict[str, Any]:
    top = head(doc)
    language, _, region = doc.language.partition("-")
    title = plain(shape.title(doc))
    english = language == "en"
    return {
        "kind": doc.kind, "title": title, "heading": _inline(shape.title(doc)), "author": top.author, "subtitle": _inline(doc.subtitle),
        "short": shape.running(doc, top),
        "lang": language.lower() if 2 <= len(language) <= 3 else "en", "region": region.upper() if len(region) == 2 else None,
        "letterhead": list(top.letterhead), "mark": top.mark, "date": top.date, "to": list(top.to), "re": "Re:",
        "page": "Page" if english else "", "of": "of" if english else "/", "dateword": "Date" if english else "",
        "fields": [{"label": label, "lines": _lines(value)} for label, value in top.fields],
        "blocks": _blocks(body(doc), files),
    }  # fmt: skip


def _blocks(blocks: tuple[Block, ...], files: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks as data; what stands before a signature stays with it."""
    return [{**_block(b, files), "keep": i in shape.kept(blocks)} for i, b in enumerate(blocks)]


def _block(block: Block, files: dict[str, Any]) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"type": "heading", "level": min(max(level, 1), 3) + 1, "text": _inline(text)}
        case Paragraph(text, "address"):
            return {"type": "address", "lines": _lines(text)}
        case Paragraph(text, style):
            return {"type": style if style in ("lead", "small") else "paragraph", "text": _inline(text)}
        case Bullets(items):
            return {"type": "bullets", "items": [_inline(i) for i in items]}
        case Numbered(items, start, form):
            return {"type": "numbered", "items": [_inline(i) for i in items], "start": start, "form": form}
        case Table(heads, _, caption, numeric):
            rows = [[_inline(c) for c in row] for row in squared(block)]
            return {"type": "table", "head": [_inline(h) for h in heads], "rows": rows, "caption": _inline(caption), "numeric": list(numeric), "weights": list(weights(block))}
        case Figure(image, alt, caption, width):
            name = f"figure{len(files)}.{'png' if isinstance(image, bytes) else 'svg'}"
            files[name] = image if isinstance(image, bytes) else image.encode("utf-8")
            return {"type": "figure", "file": name, "alt": plain(alt) or plain(caption) or "Figure", "caption": _inline(caption), "width": width}
        case Callout(label, text, kind):
            return {"type": "callout", "label": _inline(label), "text": _inline(text), "style": kind}
        case Signature(name, office, date):
            return {"type": "signature", "lines": [_inline(x) for x in (name, office) if x], "date": date}
        case Form(fields):
            return {"type": "form", "fields": [{"label": _inline(label + ":"), "value": _inline(value)} for label, value in fields]}
        case PageBreak():
            return {"type": "pagebreak"}
    raise TypeError(block)
