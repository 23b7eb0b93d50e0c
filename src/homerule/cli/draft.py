"""``homerule draft``: a letter, notice, resolution, ordinance or report, filled from what the law decides."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.cli.decide import read_facts
from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    from homerule.corpus import Corpus
    from homerule.documents import Document
    from homerule.reasoning.finding import Decision

FORMATS = ("docx", "pdf", "html", "text", "json")
_EPILOG = """\
examples:
  homerule draft --list
  homerule draft detainer-response "Los Angeles County, CA" --fact process=admin_warrant --fields
  homerule draft detainer-response "Cook County, IL" --fact process=admin_warrant --set reference=D-42 --set received=2026-11-20 --out answer.docx
  homerule draft end-agreement "Salt Lake County, UT" --set model=warrant_service --set signed=2025-03-01 --out notice.pdf
  homerule draft resolution "Bucks County, PA" --set action=review --set subject="the agreements of the sheriff" --set recital="The board has not seen them" --format text
  homerule draft ordinance --policy examples/policies/school-protocol.toml --out ordinance.docx
  homerule draft statutory-report "Cook County, IL" --log requests.csv --out report.pdf
  homerule draft --letterhead letter --out letter.docx      the Word template, to put your own letterhead into

What the law forbids is not drafted: the command says so, with the authority, and names what may be drafted instead.
Every document is a draft for counsel, lists its authorities and the corpus version.
Exit status: 0 drafted; 1 an ordinance drafted from a policy that its check found in conflict; 2 bad input, a missing value, or a document that may not be drafted.
"""


def parser() -> Parser:
    import argparse

    p = Parser(prog="homerule draft", description="Write a document that the law allows, from a decision, an agreement, a policy or a log.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("kind", nargs="?", metavar="KIND", help="which document (`--list` names them)")
    p.add_argument("place", nargs="?", metavar="PLACE", help='whose: "Cook County, IL", "Austin, TX", "Texas", or a FIPS code')
    p.add_argument("--list", action="store_true", help="list the kinds of documents, one a line, and stop")
    p.add_argument("--fields", action="store_true", help="list the fields of this document and where each value comes from, and stop")
    p.add_argument("--actor", default="", metavar="ACTOR", help="who writes: sheriff, jail, police, county_board … (by place and kind if not given)")
    p.add_argument("--request", default="", metavar="KIND", help="what is answered, where a document can answer several requests")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the date of the document, and of the law; today if not given")
    p.add_argument("--at", metavar="TIME", help="the time of release, for clock times: 14:30 or 2026-11-06T14:30")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact, as for `homerule decide` (repeatable)")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="values", help="a field of the document (repeatable)")
    p.add_argument("--values", metavar="FILE", dest="values_file", help="fields from a TOML file: an office's standing address, signer, contact; --set goes before it")
    p.add_argument("--agreement", metavar="ID", help="an agreement of the registry (`homerule agreements list`), whose terms fill the document")
    p.add_argument("--registry", metavar="FILE|URL", help="the registry of agreements, where it is not the usual one")
    p.add_argument("--policy", metavar="FILE", help="the TOML policy of an ordinance")
    p.add_argument("--log", metavar="FILE", help="the CSV or JSON Lines log of a statutory report")
    p.add_argument("--format", choices=FORMATS, help="the form; by the name of --out, else text")
    p.add_argument("--json", action="store_true", help="the same as --format json")
    p.add_argument("--out", metavar="FILE", help="write to this file; else to the terminal (text, html, json)")
    p.add_argument("--templates", action="append", default=[], metavar="DIR", help="a folder of your own templates and letterheads (repeatable; also HOMERULE_TEMPLATES)")
    p.add_argument("--letterhead", metavar="FORM", help="write the Word template of letter, memo, resolution, ordinance, report or card to --out, for you to edit, and stop")
    p.add_argument("--list-forms", action="store_true", help="list the forms of agreement whose exit clause is known, and stop")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    return p


def run(arguments: list[str]) -> int:
    """Draft and write. Returns 0, or 1 where a policy was found in conflict."""
    p = parser()
    args = p.parse_args(arguments)
    if args.letterhead:
        return _letterhead(args.letterhead, args.out)
    from homerule.reasoning.decide import engine

    chosen = engine(tuple(args.law))
    from homerule.advice.drafts import Order, draft, fields
    from homerule.advice.drafts.template import folders, kinds, template

    places = folders(chosen.corpus.folder, args.templates)
    if args.list:
        return _list(kinds(places), args.json)
    if args.list_forms:
        return _forms(args.json)
    if not args.kind:
        raise InputError("no kind of document is given", help="`homerule draft --list` names them")
    template(places, args.kind)
    agreement = _agreement(args.agreement, args.registry) if args.agreement else None
    order = Order(
        args.kind, args.place or "", args.actor, args.on, read_facts(args.fact), args.at, args.request, {**_file_values(args.values_file), **_pairs(args.values)}, agreement,
        Path(args.policy) if args.policy else None, Path(args.log) if args.log else None, tuple(Path(t) for t in args.templates),
    )  # fmt: skip
    if args.fields:
        return _fields(fields(chosen, order), args.json)
    form = _form(args)
    made = draft(chosen, order)
    if form == "json":
        import json

        data: str | bytes = json.dumps(made.as_data(), ensure_ascii=False, indent=2) + "\n"
    else:
        data = render(made.document, form, made.word)
    _write(data, args.out, form)
    for warning in made.warnings:
        sys.stderr.write(f"homerule: {warning[:1].upper()}{warning[1:].rstrip('.')}.\n")
    return 0 if made.clean else 1


def render(document: Document, form: str, word: Path | None = None) -> str | bytes:
    """``document`` in one of the forms; ``word`` is an office's own template for DOCX."""
    from homerule.documents import to_docx, to_html, to_pdf, to_text

    if form == "docx":
        return to_docx(document, word)
    return to_pdf(document) if form == "pdf" else to_html(document) if form == "html" else to_text(document)


def write_memo(decision: Decision, corpus: Corpus, out: str, *, full: bool = False) -> None:
    """A decision as a memo in the form that the name ``out`` asks for."""
    import json

    from homerule.advice.drafts.memo import decision_document

    form = form_of(out)
    _write(json.dumps(decision.as_data(), ensure_ascii=False, indent=2) + "\n" if form == "json" else render(decision_document(decision, corpus, full=full), form), out, form)


def form_of(path: str) -> str:
    """The form that a file name asks for. Raises InputError for a name that asks for none."""
    ending = os.path.splitext(path)[1].lower().removeprefix(".")
    form = {"txt": "text", "htm": "html"}.get(ending, ending)
    if form not in FORMATS:
        raise InputError(f"`{shorten(os.path.basename(path))}` does not say which form to write", where="--out", help="End the name in .docx, .pdf, .html, .txt or .json, or give --format")
    return form


def _form(args: Any) -> str:
    form = "json" if args.json else args.format or (form_of(args.out) if args.out else "text")
    if form in ("docx", "pdf") and not args.out:
        raise InputError(f"a {form.upper()} is not written to a terminal", where="--format", help=f"Give --out FILE.{form}")
    return str(form)


def _write(data: str | bytes, out: str | None, form: str) -> None:
    if not out:
        sys.stdout.write(data if isinstance(data, str) else data.decode("utf-8"))
        return
    path = Path(out)
    part = path.with_name(f".{path.name}.part")  # so that a half-written letter never stands under the name
    try:
        part.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"cannot be written: {error.strerror}", where=out, help="Name a file in a folder that exists and that you may write to") from None


def _pairs(pairs: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip():
            raise InputError(f"`{shorten(pair)}` is not of the form NAME=VALUE", where="--set", help="For instance --set reference=D-42")
        if name.strip() in out:
            raise InputError(f"the field `{shorten(name.strip())}` is given twice", where="--set", help="Give it once")
        out[name.strip()] = value
    return out


def _file_values(path: str | None) -> dict[str, str]:
    if not path:
        return {}
    import tomllib

    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot be read: {getattr(error, 'strerror', None) or error}", where=path, help='Give a TOML file with lines such as signer = "A. Example"') from None
    bad = [k for k, v in data.items() if isinstance(v, (dict, list))]
    if bad:
        raise InputError(f"`{shorten(bad[0])}` is not a plain value", where=path, help='Give lines such as signer = "A. Example"')
    return {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in data.items()}


def _agreement(name: str, where: str | None) -> Any:
    """An agreement of the registry. Raises InputError where there is none of that name."""
    from homerule.agreements import Registry

    with Registry(where) as registry:
        return registry.get(name)


def _list(found: dict[str, Any], as_json: bool) -> int:
    if as_json:
        import json

        sys.stdout.write(json.dumps([{"kind": k, "line": t.line, "form": t.form, "texts": [{"name": v.name, "line": v.line, "place": v.place} for v in t.variant]} for k, t in found.items()], ensure_ascii=False, indent=2) + "\n")
        return 0
    width = max(map(len, found))
    sys.stdout.write("".join(f"{kind:<{width}}  {t.line}\n" for kind, t in found.items()))
    return 0


def _forms(as_json: bool) -> int:
    from homerule.agreements.templates import shelf

    known = shelf().templates
    if as_json:
        import json

        sys.stdout.write(json.dumps([{"form": t.id, "label": t.label, "local_notice_days": t.local_notice_days, "certainty": t.certainty} for t in known], ensure_ascii=False, indent=2) + "\n")
        return 0
    for t in known:
        sys.stdout.write(f"{t.id:<22}  {t.label}; notice: {'not known' if t.local_notice_days is None else f'{t.local_notice_days} days'} [{t.certainty}]\n")
    return 0


def _fields(found: tuple[Any, ...], as_json: bool) -> int:
    if as_json:
        import json

        sys.stdout.write(json.dumps([f._asdict() for f in found], ensure_ascii=False, indent=2) + "\n")
        return 0
    from homerule.cli.text import wrap

    width = max((len(f.name) for f in found), default=4)
    for f in found:
        value = f" = {f.value}" if f.value else f" ({' or '.join(f.values)})" if f.values else ""
        sys.stdout.write(wrap(f"{f.question.rstrip('.')}{value}", f"{f.name:<{width}}  {f.state:<8}  ", " " * (width + 12)) + "\n")
    return 0


def _letterhead(form: str, out: str | None) -> int:
    from homerule.documents import base_template

    if not out:
        raise InputError("a Word template is not written to a terminal", where="--letterhead", help=f"Give --out {form}.docx")
    _write(base_template(form), out, "docx")
    sys.stderr.write(f"homerule: {out} is written. Put in your letterhead and styles, keep the fields in double braces, and name its folder with --templates.\n")
    return 0
