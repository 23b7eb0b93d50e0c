"""``homerule replay report DIR``."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from homerule.cli.main import Parser
from homerule.errors import InputError

EXAMPLES = """examples:
  homerule replay report out                          out/report.html and out/report.pdf
  homerule replay report out --to hold.pdf --acts hold
  homerule replay report out --to page.html --no-charts

The report holds only numbers that the summary shows: what the run hid (--min-cell) stays hidden.
"""


def run(arguments: list[str]) -> int:
    """Write the report of a run. Returns 0."""
    p = Parser(prog="homerule replay report", description="The report of a run, as HTML and PDF: tables, charts, receipt.", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", metavar="DIR", help="the folder that `homerule replay --out` wrote")
    p.add_argument("--to", action="append", default=[], metavar="FILE", help="a name ending in .html, .pdf or .docx (repeatable; default DIR/report.html and DIR/report.pdf)")
    p.add_argument("--acts", action="append", default=[], metavar="ACT", help="only these acts, separated by commas")
    p.add_argument("--no-charts", action="store_true", help="tables only")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of law to add (repeatable)")
    args = p.parse_args(arguments)
    targets = [Path(t) for t in args.to]
    for t in targets:
        if t.suffix.lower() not in (".html", ".pdf", ".docx"):
            raise InputError(f"a report cannot be written as `{t.name}`", where="--to", help="Give a name that ends in .html, .pdf or .docx")
        if not t.parent.is_dir():
            raise InputError("there is no such folder", where=str(t.parent), help="Make it first, or name another")
    notes = []
    charts = not args.no_charts
    if charts and (find_spec("altair") is None or find_spec("vl_convert") is None):
        charts = False
        notes.append("Without charts: they need `pip install 'homerule[charts]'`.")
    if not targets:
        targets = [Path(args.run) / "report.html"]
        if find_spec("typst") is not None:
            targets.append(Path(args.run) / "report.pdf")
        else:
            notes.append("Without PDF: it needs `pip install 'homerule[documents]'`.")
    gc.enable()
    from homerule import documents
    from homerule.replay.report import report

    made = report(args.run, acts=[a.strip() for x in args.acts for a in x.split(",") if a.strip()], charts=charts, law=args.law)
    for t in targets:
        kind = t.suffix.lower()
        content = documents.to_html(made).encode("utf-8") if kind == ".html" else documents.to_pdf(made) if kind == ".pdf" else documents.to_docx(made)
        part = t.with_name(t.name + ".part")
        try:
            part.write_bytes(content)
            os.replace(part, t)
        except OSError as error:
            raise InputError(f"the report cannot be written: {error.strerror}", where=str(t), help="Name a file in a folder that you may write to") from None
        sys.stdout.write(f"{t}\n")
    for n in notes:
        sys.stdout.write(n + "\n")
    return 0
