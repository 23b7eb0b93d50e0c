"""``homerule agreements import``."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from homerule.cli.agreements.printing import by_option, day, parser, progress, who, write_json

if TYPE_CHECKING:
    from homerule.agreements.importing import FileReport, Report
    from homerule.agreements.resolving import ListFacts

EXAMPLES = """  homerule agreements import participatingAgencies05182026am.xlsx
  homerule agreements import lists/                     every file in a folder
  homerule agreements import list.xlsx --date 2026-05-18
  homerule agreements import contract.pdf records.toml"""


def run(arguments: list[str]) -> int:
    """Import files. Returns 0."""
    p = parser("import", "Take published lists (.xlsx, .xls, .csv), signed agreements (.pdf) and files of records (.csv, .toml) into the registry, all in one transaction. A file that is held already changes nothing; the order of files does not matter.", EXAMPLES)
    p.add_argument("files", nargs="+", metavar="FILE", help="files, or folders of files")
    p.add_argument("--date", metavar="DATE", help="the day of the list, where its name is wrong or has none (one list at a time)")
    p.add_argument("--type", choices=("participating", "pending"), default="", help="what the list shows, where it is taken for the other")
    p.add_argument("--part", action="store_true", help="the list is not whole: conclude nothing from what it does not show")
    p.add_argument("--skip", action="store_true", help="leave out files that cannot be read instead of importing nothing")
    p.add_argument("--no-ocr", action="store_true", help="do not recognise scanned pages of a PDF, which takes seconds a page")
    p.add_argument("--json", action="store_true", help="print JSON")
    by_option(p)
    args = p.parse_args(arguments)
    from homerule.agreements import Registry, import_files

    with Registry(args.registry) as registry:
        report = import_files(args.files, registry, by=who(args.by), on=day(args.date), type=args.type, part=args.part, skip=args.skip, ocr=False if args.no_ocr else None, progress=progress)
        where = registry.where.rpartition("@")[2]
    if args.json:
        write_json(_data(report))
    else:
        sys.stdout.write("\n".join(_text(report, where)) + "\n")
    return 0


def _text(r: Report, where: str) -> list[str]:
    from homerule.cli.text import wrap

    out: list[str] = []
    known = [f for f in r.files if f.known and f.kind == ""]
    shown = [f for f in r.files if not (f.known and f.kind == "")]
    for f in shown if len(shown) <= 40 else [f for f in shown if f.problem or any(s.doubts for s in f.lists)]:
        out.append(_file(f))
        notes = [f"left out: {f.problem}"] if f.problem else [*f.notes, *(d for s in f.lists for d in s.doubts)]
        out += [wrap(n[0].upper() + n[1:].rstrip(".") + ".", "    ", "    ") for n in notes]
    if len(shown) > 40:
        out.append(f"{len(shown)} files were read; those without a doubt are not shown.")
    if known:
        out.append(f"{len(known)} file{'s were' if len(known) > 1 else ' was'} held already.")
    changed = [i for i in r.changed.changed if i not in r.changed.new]
    out += ["", f"{len(r.changed.new):,} agreements are new, {len(changed):,} changed; {r.agreements:,} are held in {where}."]
    if r.agreements:
        out.append(f"{r.placed:,} of {r.agreements:,} are placed ({r.placed / r.agreements:.1%}).")
    if r.unplaced:
        out.append(wrap(f"Without a place: {', '.join(r.unplaced[:6])}{' …' if len(r.unplaced) > 6 else ''}. Give one with `homerule agreements set ID place=…`.", "", "  "))
    return out


def _file(f: FileReport) -> str:
    if f.problem:
        return f.name
    if f.lists:
        return "\n".join(f"{f.name}: {s.type} list of {s.dated.on if s.dated else 'an unknown day'}, {s.rows:,} rows{_how(s)}" for s in f.lists)
    return f"{f.name}: {f.records} record{'s' if f.records != 1 else ''}" + (" from a document" if f.kind == "document" else "")


def _how(s: ListFacts) -> str:
    """How a list was dated, where that is worth saying."""
    if s.dated is None:
        return " (not dated, and therefore not used)"
    return "" if s.dated.how.startswith(("the date in the file's name", "the time of capture")) else f" ({s.dated.how})"


def _data(r: Report) -> dict[str, Any]:
    files = [
        {
            "name": f.name, "kind": f.kind, "held_already": f.known, "problem": f.problem or None, "records": f.records, "notes": list(f.notes),
            "lists": [{"sheet": s.sheet, "type": s.type, "date": s.dated.on if s.dated else None, "dated_by": s.dated.how if s.dated else None, "rows": s.rows, "whole": s.whole, "doubts": list(s.doubts)} for s in f.lists],
        }
        for f in r.files
    ]  # fmt: skip
    return {
        "files": files, "new": list(r.changed.new), "changed": list(r.changed.changed), "agreements": r.agreements, "placed": r.placed, "unplaced": list(r.unplaced),
        "by_kind": dict(Counter(f.kind or "held already" for f in r.files)),
    }  # fmt: skip
