"""The PDF is tagged as PDF/UA asks, and the same content gives the same bytes."""

from __future__ import annotations

import io
from typing import Any

import pytest

from homerule.documents import to_pdf
from homerule.documents.shape import KINDS
from tests.documents.conftest import whole

pikepdf = pytest.importorskip("pikepdf")


def _elements(node: Any, seen: set[Any] | None = None) -> list[Any]:
    seen = set() if seen is None else seen
    out = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and kid.objgen not in seen:
            seen.add(kid.objgen)
            out += [kid, *_elements(kid, seen)]
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_the_pdf_is_tagged(kind: str) -> None:
    with pikepdf.open(io.BytesIO(to_pdf(whole(kind)))) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked) and str(root.Lang) == "en-US" and bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == "Title Plain words" and meta["pdfuaid:part"] == "1"
        assert str(pdf.docinfo["/Title"]) == "Title Plain words"
        found = _elements(root.StructTreeRoot)
        kinds = [str(e.S) for e in found]
        assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(kinds)
        assert kinds.count("/TH") == 2 and kinds.count("/H1") == 1
        assert all("Alt Plain words" in str(e.Alt) for e in found if str(e.S) == "/Figure" and "/Alt" in e) and any("/Alt" in e for e in found if str(e.S) == "/Figure")
        assert root.Outlines, "headings are bookmarks"
        for page in pdf.pages:
            assert str(page.get("/Tabs")) == "/S"
            wide, high = (float(x) for x in page.mediabox[2:])
            assert (round(wide), round(high)) == ((396, 612) if kind == "card" else (612, 792))
        fonts = [f for page in pdf.pages for f in page.resources.get("/Font", {}).values()]
        assert fonts and all("/ToUnicode" in f and any(k in f.DescendantFonts[0].FontDescriptor for k in ("/FontFile2", "/FontFile3")) for f in fonts), "letters travel inside"


def test_the_same_content_gives_the_same_bytes() -> None:
    assert to_pdf(whole("letter")) == to_pdf(whole("letter"))
    assert to_pdf(whole("letter")) != to_pdf(whole("letter", "other words"))


def test_another_language_is_tagged() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(whole("order", "Aviso a la persona", "es-US")))) as pdf:
        assert str(pdf.Root.Lang) == "es-US"


def test_a_packaged_checker_finds_no_error(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Where `outloud` (a PDF/UA and WCAG checker) is installed."""
    import shutil
    import subprocess

    tool = shutil.which("outloud")
    if tool is None:
        pytest.skip("outloud is not installed")
    for kind in KINDS:
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(to_pdf(whole(kind)))
        done = subprocess.run([tool, str(path), "-q", "--layer", "conformance"], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout
