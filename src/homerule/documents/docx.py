"""A document as DOCX: docxtpl fills an office's Word template (or the packaged one), python-docx writes the text in the template's own styles."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homerule.documents import shape
from homerule.documents.marks import clean, plain, runs
from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Form, Heading, Numbered, PageBreak, Paragraph, Signature, Table
from homerule.documents.office import _borders, _element, base_template, require_docx, table_style
from homerule.documents.shape import body, head, squared, weights
from homerule.errors import InputError

__all__ = ["base_template", "to_docx"]

_HERE = "\ue0b0homerule-body\ue0b1"  # private characters that no text may hold: where docxtpl leaves room for the blocks
_EDGE = {"warning": "B35806", "draft": "7A3B00"}


def to_docx(doc: Document, template: str | os.PathLike[str] | bytes | None = None) -> bytes:
    """``doc`` as DOCX bytes. ``template``: an office's own Word template (a file, or its bytes) with the fields of `base_template`.

    Needs the extra ``documents``. Raises InputError without it, or where the template cannot be used.
    """
    require_docx()
    import jinja2
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]
    from jinja2.sandbox import SandboxedEnvironment

    top = head(doc)
    given = base_template(doc.kind) if template is None else template if isinstance(template, bytes) else _read(Path(template))
    where = "template" if template is None or isinstance(template, bytes) else str(template)
    title = plain(shape.title(doc))
    fields = [{"label": label, "value": "\n".join(plain(line) for line in clean(value, lines=True).split("\n"))} for label, value in top.fields]
    context: dict[str, Any] = {
        "letterhead_name": top.letterhead[0] if top.letterhead else "", "letterhead_lines": list(top.letterhead[1:]), "mark": top.mark, "date": top.date,
        "to": "\n".join(top.to), "title": title, "subtitle": plain(doc.subtitle), "fields": fields, "receipt": plain(doc.receipt),
        "short": shape.running(doc, top), "body": _HERE,
    }  # fmt: skip
    try:
        frame = DocxTemplate(io.BytesIO(given))
        frame.render(context, jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    except (jinja2.TemplateError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(f"the Word template cannot be filled: {' '.join(str(error).split())[:200]}", where=where, help="Start from the packaged one: `homerule draft --letterhead letter --out letter.docx`") from None
    _Writer(frame.docx, where).write(doc)
    _properties(frame.docx, doc, title, top.author)
    out = io.BytesIO()
    frame.docx.save(out)
    return out.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"the Word template cannot be read: {error.strerror}", where=str(path), help="Name a .docx file") from None


def _properties(word: Any, doc: Document, title: str, author: str) -> None:
    from docx.oxml.ns import qn

    core = word.core_properties
    core.title, core.author, core.language, core.subject = title[:255], author[:255], doc.language, plain(doc.subtitle)[:255]
    core.keywords, core.comments, core.last_modified_by = "", "", ""
    run = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if run is not None:
        for old in run.findall(qn("w:lang")):
            run.remove(old)
        run.append(_element("w:lang", val=doc.language, eastAsia="en-US", bidi="ar-SA"))


class _Writer:
    """Writes blocks where the template left room for them."""

    def __init__(self, word: Any, where: str) -> None:
        self.word = word
        found = [p for p in word.paragraphs if _HERE in p.text]
        if not found:
            raise InputError("the Word template has no paragraph `{{ body }}`", where=where, help="Put the field {{ body }} in a paragraph of its own, outside tables")
        self.mark = found[0]
        self.styles = {s.name for s in word.styles}
        self.break_next = False
        self.last: Any = None

    def write(self, doc: Document) -> None:
        """All blocks, in order; then the room itself goes."""
        blocks = body(doc)
        stay = shape.kept(blocks)
        for place, block in enumerate(blocks):
            self.block(block)
            if place in stay:
                self.last.paragraph_format.keep_with_next = True
        element = self.mark._element
        element.getparent().remove(element)

    # ------------------------------------------------------------------ pieces

    def paragraph(self, text: str = "", style: str = "Normal", *, lines: bool = False) -> Any:
        new = self.mark.insert_paragraph_before("", style=style if style in self.styles else "Normal")
        if self.break_next:
            new.paragraph_format.page_break_before, self.break_next = True, False
        self.inline(new, text, lines=lines)
        self.last = new
        return new

    def inline(self, paragraph: Any, text: str, *, lines: bool = False, bold: bool = False) -> None:
        for run in runs(text, lines):
            new = paragraph.add_run(run.text)  # a line break in the text becomes one in Word
            if run.strong or bold:
                new.bold = True
            if run.emphasis:
                new.italic = True

    def numbering(self, form: str, start: int) -> int:
        """A new list, numbered from ``start``: its number in the numbering part."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls, qn

        part = self.word.part.numbering_part.element
        abstract = max((int(a.get(qn("w:abstractNumId"))) for a in part.findall(qn("w:abstractNum"))), default=-1) + 1
        kind, text = {"bullet": ("bullet", "•"), "a": ("lowerLetter", "(%1)")}.get(form, ("decimal", "%1."))
        new = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{abstract}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="460" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
        )
        nums = part.findall(qn("w:num"))
        nums[0].addprevious(new) if nums else part.append(new)
        num = max((int(n.get(qn("w:numId"))) for n in nums), default=0) + 1
        part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{num}"><w:abstractNumId w:val="{abstract}"/></w:num>'))
        return num

    def items(self, items: tuple[str, ...], style: str, form: str, start: int = 1) -> None:
        number = self.numbering(form, start)
        for item in items:
            new = self.paragraph(item, style)
            properties = new._element.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, number

    # ------------------------------------------------------------------ blocks

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.paragraph(text, f"Heading {min(max(level, 1), 3)}")
            case Paragraph(text, style):
                self.paragraph(text, {"lead": "Lead", "small": "Small", "address": "Address"}.get(style, "Normal"), lines=style == "address")
            case Bullets(items):
                self.items(items, "List Bullet", "bullet")
            case Numbered(items, start, form):
                self.items(items, "List Number", form, start)
            case Table():
                self.table(block)
            case Figure():
                self.figure(block)
            case Callout(label, text, kind):
                new = self.paragraph("", "Callout")
                self.inline(new, label.rstrip(".:") + ". ", bold=True)
                self.inline(new, text)
                if kind in _EDGE:
                    _borders(new._element.get_or_add_pPr(), {"left": (24, _EDGE[kind], 8)})
            case Signature():
                self.signature(block)
            case Form(fields):
                self.form(fields)
            case PageBreak():
                self.break_next = True

    def form(self, fields: tuple[tuple[str, str], ...]) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

        for label, value in fields:
            new = self.paragraph("", "Form Line")
            self.inline(new, f"{label}: ", bold=True)
            if value:
                self.inline(new, value)
            else:
                new.paragraph_format.tab_stops.add_tab_stop(self.width(), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
                new.add_run("\t")

    def signature(self, block: Signature) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

        line = self.paragraph("", "Signature Line")
        line.paragraph_format.space_before, line.paragraph_format.keep_with_next = 457200, True
        stops = line.paragraph_format.tab_stops
        wide = self.width()
        stops.add_tab_stop(int(wide * 0.6), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
        if block.date:
            stops.add_tab_stop(int(wide * 0.68))
            stops.add_tab_stop(wide, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
        line.add_run("\t\t\t" if block.date else "\t")
        who = [x for x in (block.name, block.office) if x]
        below = self.paragraph("", "Signature Line")
        if block.date:
            below.paragraph_format.tab_stops.add_tab_stop(int(wide * 0.68))
        self.inline(below, who[0] if who else "Signature")
        if block.date:
            below.add_run("\tDate")
        for more in who[1:]:
            self.paragraph(more, "Signature Line")
        self.paragraph("")

    def width(self) -> int:
        section = self.word.sections[0]
        return int(section.page_width - section.left_margin - section.right_margin)

    def figure(self, block: Figure) -> None:
        from docx.shared import Cm

        from homerule.documents.pdf import picture

        data = block.image if isinstance(block.image, bytes) else picture(block.image)
        new = self.paragraph("")
        new.paragraph_format.keep_with_next = bool(block.caption)
        try:
            shape = new.add_run().add_picture(io.BytesIO(data), width=min(Cm(block.width_cm), self.width()))
        except Exception as error:  # python-docx names a dozen errors for a broken picture
            raise InputError(f"a picture cannot be read: {type(error).__name__}", help="Give PNG bytes or SVG text") from None
        properties = shape._inline.docPr
        properties.set("descr", plain(block.alt) or plain(block.caption) or "Figure")
        properties.set("title", plain(block.caption)[:250])
        if block.caption:
            self.paragraph(block.caption, "Caption")

    def table(self, block: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        if block.caption:
            self.paragraph(block.caption, "Caption")
        elif self.break_next:
            self.paragraph("")
        rows = squared(block)
        table = self.word.add_table(rows=1 + len(rows), cols=len(block.head))
        table.style = table_style(self.word)
        table.autofit = False
        self.mark._element.addprevious(table._element)
        widths = [int(w * self.width()) for w in weights(block)]
        for row, texts in zip(_rows(table), (block.head, *rows)):
            for i, text in enumerate(texts):
                cell = row[i]
                cell.width = widths[i]
                self.inline(cell.paragraphs[0], text, bold=texts is block.head)
                if i in block.numeric:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
                cell.paragraphs[0].paragraph_format.space_after = 0
        for column, width in zip(table.columns, widths):
            column.width = width
        for i, tr in enumerate(table._tbl.tr_lst):
            properties = tr.get_or_add_trPr()
            properties.append(_element("w:cantSplit"))
            if i == 0:
                properties.append(_element("w:tblHeader"))
        look = table._tbl.tblPr
        if block.caption:
            look.append(_element("w:tblCaption", val=plain(block.caption)[:250]))
        self.paragraph("").paragraph_format.space_after = 0


def _rows(table: Any) -> Iterator[list[Any]]:
    """The cells row by row; python-docx finds them all again for each row that is asked for."""
    cells, wide = table._cells, len(table.columns)
    for i in range(0, len(cells), wide):
        yield cells[i : i + wide]
