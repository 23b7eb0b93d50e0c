"""The Word template of each kind of document, made with python-docx. An office takes it, puts in its own letterhead and styles, and keeps the fields.

The fields are docxtpl's: ``{{ letterhead_name }}``, ``{{ mark }}``, ``{{ date }}``, ``{{ title }}`` …, and ``{{ body }}``, a paragraph of its own
where the text goes. The writer uses the paragraph styles named in `STYLES`; a template may restyle them, and what it lacks falls back to Normal.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from homerule.documents.shape import KINDS
from homerule.errors import InputError, nearest

#: The paragraph styles beside Word's own, and what each is for.
STYLES = ("Letterhead", "Letterhead Line", "Draft Mark", "Field", "Address", "Lead", "Small", "Callout", "Form Line", "Signature Line", "Authority")
_INK, _QUIET, _MARK, _RULE = "1A1A1A", "4A4A4A", "7A3B00", "8A8A8A"
_CENTRED = ("resolution", "ordinance")


def require_docx() -> Any:
    """The ``docx`` module. Raises InputError naming the extra where it is missing."""
    try:
        import docx
        import docxtpl  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise InputError("a DOCX needs the extra `documents`", help="Install it with `pip install 'homerule[documents]'`, or write HTML: it needs nothing more") from None
    return docx


@lru_cache(maxsize=16)
def base_template(kind: str) -> bytes:
    """The packaged Word template of documents of ``kind``, as DOCX bytes: what an office edits to make its own.

    Raises InputError for an unknown kind, and where the extra ``documents`` is missing.
    """
    if kind not in KINDS:
        raise InputError(f"no document is of the kind `{kind}`", help=nearest(kind, KINDS))
    docx = require_docx()
    doc = docx.Document()
    _page(doc, kind)
    _styles(doc, kind)
    table_style(doc)
    _frame(doc, kind)
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def _page(doc: Any, kind: str) -> None:
    from docx.shared import Inches

    section = doc.sections[0]
    section.page_width, section.page_height = (Inches(5.5), Inches(8.5)) if kind == "card" else (Inches(8.5), Inches(11))
    side = Inches(0.55) if kind == "card" else Inches(1.05)
    section.left_margin = section.right_margin = side
    section.top_margin = section.bottom_margin = Inches(0.6) if kind == "card" else Inches(1)
    section.header_distance = section.footer_distance = Inches(0.35 if kind == "card" else 0.5)
    section.different_first_page_header_footer = True


def _styles(doc: Any, kind: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    card = kind == "card"
    sans = "Arial" if card else "Times New Roman"
    size = {"card": 9, "letter": 11.5}.get(kind, 11)
    normal = doc.styles["Normal"]
    _font(normal, sans, size)
    normal.paragraph_format.space_after = Pt(4 if card else 8)
    normal.paragraph_format.line_spacing = 1.1
    normal.paragraph_format.widow_control = True
    head_font = "Times New Roman" if kind == "letter" or kind in _CENTRED else "Arial"
    for name, points, before, after in (
        ("Title", 13 if card else size if kind == "letter" else 17, 6, 8),
        ("Heading 1", 10.5 if card else 12.5 if kind != "letter" else size, 12, 4),
        ("Heading 2", size, 10, 4),
        ("Heading 3", size, 8, 3),
    ):
        style = doc.styles[name]
        _font(style, head_font, points)
        style.font.bold, style.font.italic = True, name == "Heading 3"
        style.font.color.rgb = RGBColor.from_string(_INK)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.line_spacing = 1.05
        if name == "Title":
            _borders(style.element.get_or_add_pPr(), {})
            if kind in _CENTRED:
                style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption = doc.styles["Caption"]
    _font(caption, "Arial", 9)
    caption.font.bold, caption.font.color.rgb = True, RGBColor.from_string(_INK)
    caption.paragraph_format.keep_with_next = True
    for name in ("List Bullet", "List Number"):
        doc.styles[name].paragraph_format.space_after = Pt(3)
    for name in STYLES:
        style = doc.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.quick_style = True
    s = doc.styles
    side = WD_ALIGN_PARAGRAPH.LEFT if card else WD_ALIGN_PARAGRAPH.CENTER
    _font(s["Letterhead"], "Arial", 10.5 if card else 15)
    s["Letterhead"].font.bold = True
    s["Letterhead"].paragraph_format.alignment, s["Letterhead"].paragraph_format.space_after = side, Pt(1)
    _font(s["Letterhead Line"], "Arial", 9)
    s["Letterhead Line"].font.color.rgb = RGBColor.from_string(_QUIET)
    s["Letterhead Line"].paragraph_format.alignment, s["Letterhead Line"].paragraph_format.space_after = side, Pt(0)
    _font(s["Draft Mark"], "Arial", 9)
    s["Draft Mark"].font.bold, s["Draft Mark"].font.color.rgb = True, RGBColor.from_string(_MARK)
    s["Draft Mark"].paragraph_format.space_before, s["Draft Mark"].paragraph_format.space_after = Pt(8), Pt(8)
    s["Field"].paragraph_format.space_after = Pt(2)
    s["Field"].paragraph_format.left_indent, s["Field"].paragraph_format.first_line_indent = Pt(80), Pt(-80)
    s["Field"].paragraph_format.tab_stops.add_tab_stop(Pt(80))
    s["Address"].paragraph_format.space_after = Pt(8)
    s["Lead"].font.size = Pt(size * 1.1)
    s["Small"].font.size = Pt(8.5)
    s["Small"].font.color.rgb = RGBColor.from_string(_QUIET)
    s["Small"].paragraph_format.space_before = Pt(8)
    s["Form Line"].paragraph_format.space_before = s["Form Line"].paragraph_format.space_after = Pt(5)
    s["Signature Line"].paragraph_format.space_after = Pt(0)
    s["Authority"].font.size = Pt(size - 0.7)
    pcall = s["Callout"].element.get_or_add_pPr()
    _borders(pcall, {"left": (24, _RULE, 8)})
    s["Callout"].paragraph_format.left_indent = Pt(12)
    s["Callout"].paragraph_format.space_before = s["Callout"].paragraph_format.space_after = Pt(8)
    pcall.append(_element("w:shd", val="clear", color="auto", fill="F5F5F3"))
    s["Callout"].paragraph_format.keep_together = True


def _font(style: Any, name: str, points: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = name, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), name)


def _element(tag: str, **attributes: Any) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _borders(properties: Any, sides: dict[str, tuple[int, str, int]]) -> None:
    """Paragraph borders: side to (eighths of a point, colour, distance). Replaces those there are."""
    from docx.oxml.ns import qn

    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if sides:
        edge = _element("w:pBdr")
        for side in ("top", "left", "bottom", "right"):
            if side in sides:
                width, colour, space = sides[side]
                edge.append(_element(f"w:{side}", val="single", sz=width, space=space, color=colour))
        properties.insert_element_before(edge, *_AFTER_BORDERS)


_AFTER_BORDERS = tuple(
    f"w:{t}"
    for t in ("shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing",
              "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange")
)  # fmt: skip


def table_style(doc: Any) -> str:
    """The name of the table style, added to ``doc`` where it is missing: thin rules, a shaded head row that is also marked as one."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    name = "Homerule Table"
    if name not in [s.name for s in doc.styles]:
        doc.styles.element.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="HomeruleTable"><w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
                '<w:pPr><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="19"/></w:rPr>'
                f'<w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8" w:color="{_INK}"/><w:bottom w:val="single" w:sz="8" w:color="{_INK}"/><w:insideH w:val="single" w:sz="4" w:color="{_RULE}"/></w:tblBorders>'
                '<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="90" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar></w:tblPr>'
                f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="8" w:color="{_INK}"/></w:tcBorders><w:shd w:val="clear" w:color="auto" w:fill="F1F1EF"/></w:tcPr></w:tblStylePr></w:style>'
            )
        )
    return name


def _frame(doc: Any, kind: str) -> None:
    """The paragraphs with docxtpl fields, and the headers and footers."""
    for paragraph in list(doc.paragraphs):
        paragraph._element.getparent().remove(paragraph._element)

    def add(text: str, style: str = "Normal") -> Any:
        return doc.add_paragraph(text, style=style)

    add("{%p if letterhead_name %}")
    add("{{ letterhead_name }}", "Letterhead")
    add("{%p for line in letterhead_lines %}")
    add("{{ line }}", "Letterhead Line")
    add("{%p endfor %}")
    rule = add("", "Letterhead Line")
    _borders(rule._element.get_or_add_pPr(), {"bottom": (10, _INK, 1)})
    add("{%p endif %}")
    add("{%p if mark %}")
    add("{{ mark }}", "Draft Mark")
    add("{%p endif %}")
    if kind == "letter":
        add("{%p if date %}")
        add("{{ date }}")
        add("{%p endif %}")
        add("{%p if to %}")
        add("{{ to }}", "Address")
        add("{%p endif %}")
        add("Re:  {{ title }}", "Title")
    else:
        add("{{ title }}", "Title")
    add("{%p if subtitle %}")
    subtitle = add("{{ subtitle }}", "Small")
    if kind in _CENTRED:
        subtitle.alignment = 1
    add("{%p endif %}")
    add("{%p for field in fields %}")
    field = add("", "Field")
    field.add_run("{{ field.label }}:").bold = True
    field.add_run("\t{{ field.value }}")
    add("{%p endfor %}")
    if kind != "letter":
        add("{%p if fields %}")
        rule = add("", "Field")
        _borders(rule._element.get_or_add_pPr(), {"top": (4, _RULE, 1)})
        add("{%p endif %}")
    add("{{ body }}")
    section = doc.sections[0]
    for part, first in ((section.header, False), (section.first_page_header, True)):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        if not first:
            paragraph.style = doc.styles["Header"]
            paragraph.add_run("{{ short }}")
            _borders(paragraph._element.get_or_add_pPr(), {"bottom": (4, _RULE, 2)})
    from docx.shared import Inches

    wide = section.page_width - section.left_margin - section.right_margin
    for part in (section.footer, section.first_page_footer):
        part.is_linked_to_previous = False
        paragraph = part.paragraphs[0]
        paragraph.style = doc.styles["Footer"]
        tabs = _element("w:tabs")
        for place, how in ((4680, "clear"), (4320, "clear"), (9360, "clear"), (8640, "clear"), (int(wide / Inches(1) * 1440), "right")):
            tabs.append(_element("w:tab", val=how, pos=place))
        paragraph._element.get_or_add_pPr().append(tabs)
        paragraph.add_run("{{ mark }}\tPage ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" of ")
        _field(paragraph, "NUMPAGES")
    for name in ("Header", "Footer"):
        _font(doc.styles[name], "Arial", 8.5)


def _field(paragraph: Any, code: str) -> None:
    """A field that Word fills in, such as the page number."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            run._element.append(_element("w:fldChar", fldCharType=kind))
        elif text == code:
            instruction = _element("w:instrText")
            instruction.text = f" {code} "
            run._element.append(instruction)
        else:
            run.text = text
