"""Small agreements set here, of every template and of none, as text and as a scan."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

Make = Callable[..., Path]

HEADS = {
    "jail": "287(g) Jail Enforcement Model",
    "warrant_service": "Warrant Service Officer Program",
    "task_force": "287(g) Task Force Model",
    "": "",
}
CLAUSES = {
    "warrant": """This MOA becomes effective upon signature of both parties and will remain in effect until either party, upon 90-day written notice to the other party, provides notice of termination or suspension of the MOA. A termination or suspension notice by ICE shall be delivered personally or by certified or registered mail to the LEA and termination or suspension shall take effect 90-days after receipt of such notice, unless exigent circumstances involving public safety dictate otherwise. Notice of termination or suspension by the LEA shall be given to the FOD and termination or suspension shall take effect 90-days after receipt of such notice, unless exigent circumstances involving public safety dictate otherwise.""",
    "written": """This MOA becomes effective upon signature of both parties and will remain in effect until either party terminates or suspends the MOA. Termination by the LEA shall be provided, in writing, to the local Field Office.

If ICE decides to move from suspension to termination, ICE will provide the LEA a 90-day notice in advance of the partnership being terminated.""",
    "receipt": """This MOA will be in effect from the date of signing until it is terminated by either party. Either party, upon written notice to the other party, may terminate the MOA at any time. A termination notice shall be delivered personally or by certified or registered mail, and termination shall take effect immediately upon receipt of such notice. Either party, upon written or oral notice to the other party, may temporarily suspend activities under this MOA when resource constraints or competing priorities necessitate. Notice of termination or suspension by the LEA shall be given to the ICE Special Agent in Charge and the ICE Field Office Director.""",
}
BODIES = {
    "warrant_service": "The purpose of this collaboration is to promote public safety by facilitating the custodial transfer of specific aliens in LEA jail/correctional facilities to ICE after said individual has been released from LEA custody. Approved personnel may serve and execute warrants of arrest for immigration violations.",
    "jail": "The purpose of this collaboration is to enhance the safety and security of communities by focusing resources. ICE reserves the right to conduct an internal review of this MOA every three years.",
    "task_force": "Upon the LEA's agreement, participating LEA personnel performing immigration-related duties pursuant to this MOA will be assigned to various units, teams, or task forces designated by ICE. They shall contact an ICE supervisor at the time of exercising the authority in this MOA.",
    "": "The parties work together on the matters named in this paper. " * 4,
}


def source(
    *, agency: str = "Pike County Sheriff's Office", state: str = "Ohio", address: str = "Waverly, OH 45690", model: str = "warrant_service", title: str | None = None, clause: str = "warrant", text: str = "",
    section: str = "VIII", heading: str = "EFFECTIVE DATE AND TERMINATION OF THIS MOA", revised: str = "", local: str = "March 3, 2025", federal: str = "March 10, 2025", opening: str = "", style: str = "columns", body: str | None = None,
) -> str:  # fmt: skip
    """A small agreement as Typst markup. ``text`` stands for the clause where it is given; ``style``: `columns` (2025) or `federal first` (2019-20)."""

    def safe(words: str) -> str:
        return "".join(f"\\{c}" if c in "#$*_@<>[]\\`~" else c for c in words)

    opening = opening or (
        f"This Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and the {agency}, hereinafter the law enforcement agency (LEA), "
        "pursuant to which ICE delegates to nominated, trained, certified, and authorized LEA personnel the authority to perform certain immigration enforcement functions as specified herein. Section 287(g) of the Immigration and Nationality Act, 8 U.S.C. 1357(g), is the authority."
    )
    foot = f'[{safe(agency)} #h(1fr) #context counter(page).display() #h(1fr) {safe("Revised " + revised) if revised else ""}]'
    if style == "columns":
        block = f"#grid(columns: (1fr, 1fr), row-gutter: 14pt, [*For the LEA:*], [*For ICE:*], [Date: #h(6pt) {safe(local)}], [Date: #h(6pt) {safe(federal)}], [Signature:], [Signature:], [Title: Sheriff], [Title: Acting Director], [Agency: {safe(agency)}], [Agency: U.S. Immigration and Customs Enforcement])"
    else:
        block = f"#grid(columns: (1fr, 1fr), row-gutter: 8pt, [Date: {safe(federal)}], [Date: {safe(local)}], [A. Person], [B. Person], [Executive Associate Director], [Sheriff], [U.S. Immigration and Customs Enforcement], [{safe(agency)}], [Department of Homeland Security], [])"
    named = HEADS[model] if title is None else title
    return "\n\n".join([
        f"#set page(paper: \"us-letter\", margin: 1in, footer: {foot})", '#set text(size: 11pt, font: "Libertinus Serif")', "MEMORANDUM OF AGREEMENT", safe(named), "I. PARTIES", safe(opening), "II. PURPOSE", safe(BODIES[model] if body is None else body), "#pagebreak()",
        f"{section}. {safe(heading)}" if heading else "", safe(text or CLAUSES[clause]).replace("\n\n", "\n\n"),
        "This MOA does not, is not intended to, shall not be construed to, and may not be relied upon to create any rights, substantive or procedural, enforceable at law by any person in any matter.",
        "By signing this MOA, each party represents it is fully authorized to enter into this MOA, accepts the terms, responsibilities, obligations, and limitations of this MOA, and agrees to be bound thereto to the fullest extent allowed by law.",
        "#v(20pt)", block, "#pagebreak()", "APPENDIX A", "POINTS OF CONTACT", "For the LEA:", safe(agency), safe(f"1 Court Street, {address}"), safe(f"State of {state}"),
    ])  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Set a small agreement as PDF."""
    typst = pytest.importorskip("typst")

    def build(name: str = "copy.pdf", **words: object) -> Path:
        markup = tmp_path / "source.typ"
        markup.write_text(source(**words), encoding="utf-8")  # type: ignore[arg-type]
        path = tmp_path / name
        path.write_bytes(typst.compile(str(markup)))
        return path

    return build


@pytest.fixture
def scan() -> Callable[[Path], Path]:
    """A PDF of pictures of another's pages."""
    pdfium = pytest.importorskip("pypdfium2")
    pytest.importorskip("PIL")

    def build(path: Path) -> Path:
        with pdfium.PdfDocument(path) as document:
            pictures = [page.render(scale=2.0).to_pil().convert("RGB") for page in document]
        held = io.BytesIO()
        pictures[0].save(held, "PDF", save_all=True, append_images=pictures[1:], resolution=144)
        out = path.with_name("scan.pdf")
        out.write_bytes(held.getvalue())
        return out

    return build
