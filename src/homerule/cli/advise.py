"""``homerule advise``: the playbook of one government, and the memo for a vote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    from homerule.documents.model import Document

FORMATS = ("text", "html", "docx", "pdf", "json")
_ENDINGS = {".html": "html", ".htm": "html", ".docx": "docx", ".pdf": "pdf", ".json": "json", ".txt": "text"}
_EPILOG = """\
examples:
  homerule advise "Ramsey County, MN"
  homerule advise "Salt Lake County, UT" --actor sheriff --topic detainers
  homerule advise Maryland --on 2026-03-01 --side limiting --out maryland.docx
  homerule advise "Fort Myers, FL" --on 2025-03-17 --vote no "sign a 287(g) agreement"
  homerule advise "Ramsey County, MN" --actor sheriff --vote yes sign_287g --fact approved_by_governing_body=false
  homerule advise --levers

A playbook lists every lever, of both sides, with what the law says of it here: mandated, available, open in part, contested, already law, barred,
not in the corpus, or not this body's to pull. `--vote` gives the memo for one question; both sides are in it, the one named first.
Exit status: 0 answered, 2 bad input.
"""


def parser() -> Parser:
    import argparse

    p = Parser(prog="homerule advise", description="What the law lets one government do, on either side, as of a day; with --vote, the consequences of yes and of no.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("place", nargs="?", metavar="PLACE", help='whose playbook: "Cook County, IL", "Austin, TX", "Texas", or a FIPS code')
    p.add_argument("question", nargs="?", metavar="QUESTION", help="with --vote: a lever (L05), an act (sign_287g) or plain words")
    p.add_argument("--vote", choices=("yes", "no"), help="the memo for a vote on QUESTION; the side to set out first")
    p.add_argument("--actor", metavar="ACTOR", help="only this body: county_board, sheriff, council, governor …")
    p.add_argument("--topic", metavar="TOPIC", help="only this topic (`--levers` lists them)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--side", choices=("limiting", "cooperating", "both"), default="both", help="only one side's levers (both if not given)")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact in place of the standard case's (repeatable)")
    p.add_argument("--format", choices=FORMATS, help="text (usual), html, docx, pdf or json; by the ending of --out where not given")
    p.add_argument("--json", action="store_true", help="the same as --format json")
    p.add_argument("--out", metavar="FILE", help="write to a file")
    p.add_argument("--registry", metavar="FILE|URL", help="show the place's agreements in this register (`homerule agreements`)")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    p.add_argument("--levers", action="store_true", help="list levers and topics, and stop")
    return p


def run(arguments: list[str]) -> int:
    """Compute and print or write. Returns 0."""
    args = parser().parse_intermixed_args(arguments)
    from homerule.cli.decide import read_facts
    from homerule.reasoning.decide import engine

    chosen = engine(tuple(args.law))
    if args.levers:
        sys.stdout.write(_levers(chosen))
        return 0
    if not args.place:
        raise InputError("the place is missing", where="PLACE", help='For instance `homerule advise "Cook County, IL"`')
    if args.question and not args.vote:
        raise InputError(f"`{shorten(args.question)}` is a question, and --vote is missing", where="QUESTION", help="Say --vote yes or --vote no, or name the place alone")
    if args.vote and not args.question:
        raise InputError("the question is missing", where="--vote", help='For instance --vote no "sign a 287(g) agreement"')
    form = _form(args)
    facts, agreements = read_facts(args.fact), _agreements(args.registry)
    made: Any
    if args.vote:
        from homerule.advice.vote import vote_memo

        made = vote_memo(args.place, args.question, args.vote, args.actor, args.on, chosen, facts=facts, agreements=agreements)
    else:
        from homerule.advice.playbooks import playbook

        made = playbook(args.place, args.actor, args.topic, args.on, chosen, side=args.side, facts=facts, agreements=agreements)
    content = _content(made, form, memo=bool(args.vote))
    if args.out:
        _write(Path(args.out), content)
        sys.stderr.write(f"Written: {args.out}\n")
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)
    return 0


def _form(args: Any) -> str:
    ending = Path(args.out).suffix.lower() if args.out else ""
    form = "json" if args.json else args.format or _ENDINGS.get(ending, "text")
    if form in ("docx", "pdf") and not args.out and sys.stdout.isatty():
        raise InputError(f"a {form.upper()} file is not written to a terminal", where="--format", help="Name a file with --out")
    return str(form)


def _content(made: Any, form: str, *, memo: bool) -> str | bytes:
    if form == "json":
        import json

        return json.dumps(made.as_data(), ensure_ascii=False, indent=2) + "\n"
    from homerule.advice.report import memo_document, playbook_document

    doc: Document = memo_document(made) if memo else playbook_document(made)
    if form == "text":
        from homerule.cli.advise_text import document_text
        from homerule.cli.text import _width

        return document_text(doc, _width())
    if form == "html":
        from homerule.documents import to_html

        return to_html(doc)
    if form == "docx":
        from homerule.documents import to_docx

        return to_docx(doc)
    from homerule.documents import to_pdf

    return to_pdf(doc)


def _write(path: Path, content: str | bytes) -> None:
    try:
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(f"`{path}` cannot be written: {error.strerror or error}", where="--out", help="Name a file in a folder that exists") from None


def _agreements(registry: str | None) -> tuple[Any, ...]:
    """Every agreement of a register; the engine keeps those of the place."""
    if not registry:
        return ()
    if "://" not in registry and not Path(registry).is_file():
        raise InputError(f"there is no register `{shorten(registry)}`", where="--registry", help="Make one with `homerule agreements import`")
    from homerule.agreements.registry import Registry

    with Registry(registry) as opened:
        return tuple(opened.agreements())


def _levers(chosen: Any) -> str:
    from homerule.advice.lever import levers
    from homerule.cli.text import wrap

    book = levers(chosen.corpus)
    out = ["Topics", *(f"  {name:<12} {words}" for name, words in book.topics.items())]
    for side, title in (("limiting", "Levers that limit help"), ("cooperating", "Levers that give help"), ("both", "Either way")):
        out += ["", title, *(wrap(f"{x.title} [{x.topic}]", f"  {x.id}  ", "       ") for x in book.lever if x.side == side)]
    return "\n".join(out) + "\n"
