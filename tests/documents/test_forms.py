"""Every form holds everything that the document says, and nothing that somebody typed is read as markup."""

from __future__ import annotations

import io
import itertools
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.documents import Document, Paragraph, Table, base_template, literal, plain, to_docx, to_html, to_pdf, to_text
from homerule.documents.marks import runs
from homerule.documents.shape import KINDS, letters, weights
from homerule.errors import InputError
from tests.documents.conftest import whole

docx = pytest.importorskip("docx")
pypdfium2 = pytest.importorskip("pypdfium2")

HOSTILE = [
    '#let x = read("/etc/passwd"); #x', "#panic[stop]", "$ sum_(i=0)^n i $", "@label <label>", "`raw` ```rust fn```", "= Heading", "- item + item / term: words", "\\ \\u{41} \\#", "#import \"x.typ\": *", "*/ /* // comment",
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "&amp; &#x41; ]]>", "{{ 7 * 7 }} {% for x in y %} {# c #}", "{{ cycler.__init__.__globals__ }}", "<w:p/>", "a\x00b\x0bc\x1fd\ufffe\ud800e", "\u202ereversed", "**unclosed *marks",
]  # fmt: skip


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _html(doc: Document) -> _Text:
    page = _Text()
    page.feed(to_html(doc))
    return page


def _squash(text: str) -> str:
    return "".join(text.split()).replace("\xad", "").replace("\ufffe", "").replace("\u2010", "-")


def _pdf_text(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def _docx_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(n.text or "" for n in ElementTree.fromstring(archive.read("word/document.xml")).iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_in_each_form_says_everything(kind: str) -> None:
    doc = whole(kind, "Gov't Code § 12, \"quoted\"")
    said = [_squash("".join(_html(doc).said)), _squash(_docx_text(to_docx(doc))), _squash(_pdf_text(to_pdf(doc))), _squash(to_text(doc))]
    for text in said:
        for words in (doc.title, doc.authorities[0], doc.authorities[1], doc.receipt, "Case number", "Head two", "Label", "second", "November 25, 2026" if kind == "letter" else "Reference", "Draft for counsel"):
            assert _squash(plain(words)) in text, (kind, words)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_is_read_as_markup(text: str) -> None:
    doc = whole("memo", literal(text))
    shown = _squash(plain(literal(text)))
    page = _html(doc)
    assert shown in _squash("".join(page.said))
    assert not [t for t, a in page.tags if t in ("script", "iframe") or any(k.startswith("on") for k in a)]
    assert shown in _squash(_docx_text(to_docx(doc)))
    assert shown in _squash(_pdf_text(to_pdf(doc))).replace("\r", "")
    assert "49" not in plain(literal("{{ 7 * 7 }}"))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_valid_files(text: str) -> None:
    doc = Document(text, (Paragraph(text), Table((text, "b"), ((text, text),))), fields=(("Label", text),), letterhead=(text, text), authorities=(text,))
    assert docx.Document(io.BytesIO(to_docx(doc))).core_properties.title == (plain(text) if plain(text).strip() else "Untitled")[:255]
    _html(doc)
    to_text(doc)
    try:
        assert to_pdf(doc).startswith(b"%PDF-")
    except InputError as error:  # a script for which this machine has no font is said, and never set as boxes
        assert "no font" in str(error)


@given(st.text(alphabet="ab *\\", max_size=30))
def test_marks_lose_no_letter(text: str) -> None:
    shown = plain(text)
    assert [c for c in shown if c in "ab"] == [c for c in text if c in "ab"]
    assert plain(literal(text)) == " ".join(text.split(" ")), "a literal shows every star"
    assert not any(r.strong or r.emphasis for r in runs(literal(text)))


def test_marks() -> None:
    assert [(r.text, r.strong, r.emphasis) for r in runs("a **b** *c* 2 * 3 \\*d\\* **open")] == [("a ", False, False), ("b", True, False), (" ", False, False), ("c", False, True), (" 2 * 3 *d* **open", False, False)]
    assert plain("the agency's \"may\"") == "the agency\u2019s \u201cmay\u201d"


def test_html_asks_for_nothing_from_outside(document: Document) -> None:
    page = _html(document)
    for _tag, attributes in page.tags:
        for name in ("src", "href", "action", "data"):
            assert not (attributes.get(name) or "").startswith(("http", "//"))
    source = to_html(document)
    assert "@import" not in source and "url(" not in source
    assert dict(page.tags)["html"] == {"lang": "en-US"}
    assert [a.get("scope") for t, a in page.tags if t == "th"] == ["col", "col"]
    assert all(a.get("alt") for t, a in page.tags if t == "img")
    assert "prefers-color-scheme:dark" in source and "@media print" in source
    levels = [int(t[1]) for t, _ in page.tags if t in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_docx_has_real_structure(document: Document) -> None:
    word = docx.Document(io.BytesIO(to_docx(document)))
    assert (word.core_properties.title, word.core_properties.language) == ("Title Plain words", "en-US")
    styles = [p.style.name for p in word.paragraphs]
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "List Number", "Lead", "Small", "Letterhead"} <= set(styles)
    xml = word.element.xml
    assert xml.count("<w:tblHeader/>") == 1 and "w:cantSplit" in xml
    assert 'descr="Alt Plain words"' in xml
    assert 'w:lang w:val="en-US"' in word.styles.element.xml
    numbered = {p._element.pPr.numPr.numId.val for p in word.paragraphs if p.style.name == "List Number"}
    assert len(numbered) == 2, "each list counts for itself"
    footer = word.sections[0].footer._element.xml
    assert "PAGE" in footer and "NUMPAGES" in footer and "Draft for counsel" in footer
    assert not any("body" in p.text and "homerule" in p.text for p in word.paragraphs)


def test_an_office_uses_its_own_word_template(tmp_path) -> None:  # type: ignore[no-untyped-def]
    own = docx.Document(io.BytesIO(base_template("letter")))
    own.sections[0].footer.paragraphs[0].add_run(" Office of Own Words")
    own.save(tmp_path / "letter.docx")
    made = docx.Document(io.BytesIO(to_docx(whole("letter"), tmp_path / "letter.docx")))
    assert "Office of Own Words" in made.sections[0].footer.paragraphs[0].text
    bare = docx.Document()
    bare.add_paragraph("{{ title }}")
    bare.save(tmp_path / "bare.docx")
    with pytest.raises(InputError, match="no paragraph"):
        to_docx(whole(), tmp_path / "bare.docx")
    bare.add_paragraph("{{ ''.__class__.__mro__ }}")
    bare.save(tmp_path / "bad.docx")
    with pytest.raises(InputError, match="cannot be filled"):
        to_docx(whole(), tmp_path / "bad.docx")
    (tmp_path / "not.docx").write_bytes(b"words")
    with pytest.raises(InputError):
        to_docx(whole(), tmp_path / "not.docx")


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="kind"):
        to_html(whole("poster"))
    with pytest.raises(InputError, match="3 cells under 2"):
        to_pdf(Document("t", (Table(("a", "b"), (("1", "2", "3"),)),)))
    assert letters(25, 3, "a") == ("(y)", "(z)", "(aa)")
    assert weights(Table(("a", "words"), (("1", "a much longer cell that says more"),))) == pytest.approx(weights(Table(("a", "words"), (("1", "a much longer cell that says more"),))))
    assert sum(weights(Table(("a", "b"), ()))) == pytest.approx(1)
