"""``homerule pardon state``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from homerule.cli.main import Parser
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.documents import Document
    from homerule.pardons.power import Fact, Power
    from homerule.pardons.warrant import Point

STRUCTURE = {
    "independent_board": "an independent board decides", "governor_on_board": "a board with the governor on it decides", "gatekeeper": "the governor, but only on a recommendation or with consent",
    "mandatory_consultation": "the governor, who must consult a board first", "permissive_consultation": "the governor, who may ask for advice or not", "no_process": "the governor, with no advice in statute",
    "president": "the President",
}  # fmt: skip
FORMS = {"conditional": "conditional pardon", "full": "full pardon", "reprieve": "reprieve", "commutation": "commutation", "remission": "remission of fines or forfeitures"}
RULING = {
    "used": "used", "upheld": "upheld by a court", "barred": "held unlawful by a court", "needs_consent": "used, with a council's consent", "by_application": "by application, one by one",
    "reviewed_individually": "each case is looked at singly", "automatic_only": "automatic only",
}  # fmt: skip
WORTH = {"none": "for removal: worth nothing", "unsettled": "for removal: unsettled", "does_not_arise": "for removal: the ground may not arise"}
CERTAINTY = {"confirmed": "", "recalled": "; recalled", "conflict": "; sources conflict"}


def run(arguments: list[str]) -> int:
    """Show who holds the pardon power in a place, and how it is used. Returns 0."""
    p = Parser(
        prog="homerule pardon state", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Who holds the pardon power in a state, the District, a territory or the United States: who decides and how, how often, where to apply, the time of waiting,\n"
        "whether a whole class can be pardoned and what that would be worth against removal, and what a granting office must know.",
        epilog="examples:\n  homerule pardon state CT\n  homerule pardon state NV --on 2020-06-17\n  homerule pardon state --all --json\n"
        "  homerule pardon state PA --warrant warrant.pdf --set convictions=2",
    )  # fmt: skip
    p.add_argument("state", nargs="?", metavar="ST", help="a code or name: CT, Connecticut, DC, PR, US")
    p.add_argument("--all", action="store_true", help="one line for each jurisdiction")
    p.add_argument("--on", metavar="DAY", help="the law as of this day, YYYY-MM-DD (today)")
    p.add_argument("--warrant", metavar="FILE", help="write a draft warrant of pardon: .docx, .pdf, .html or .txt")
    p.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="fill in a blank of the warrant (repeatable); `convictions=N` rules N lines. Nothing is asked for, and nothing is kept")
    p.add_argument("--force", action="store_true", help="write over a file that is there")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.pardons.power import as_data, power, powers
    from homerule.pardons.warrant import place_notes, points

    if args.all == bool(args.state):
        raise InputError("give one place, or --all", help="For example `homerule pardon state CT`")
    if args.set and not args.warrant:
        raise InputError("--set fills in a warrant, and none is asked for", where="--set", help="Add --warrant FILE.docx")
    if args.all:
        if args.warrant:
            raise InputError("a warrant is for one place", where="--warrant", help="Name the place instead of --all")
        every = powers(args.on)
        sys.stdout.write(json.dumps([as_data(x) for x in every.values()], indent=2, ensure_ascii=False) + "\n" if args.json else _list(list(every.values())))
        return 0
    found = power(args.state, args.on)
    written = _write(found, args.warrant, _fields(args.set), args.force) if args.warrant else ""
    if args.json:
        data = as_data(found)
        data["place_notes"] = list(place_notes(found))
        data["points"] = [{**x._asdict(), "authority": list(x.authority)} for x in points()]
        data["warrant"] = written or None
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    elif written:
        sys.stdout.write(f"A draft warrant of pardon for the {found.office} is in {written}. It is a draft for counsel: read its last page before use.\n")
    else:
        sys.stdout.write("\n".join(_text(found, place_notes(found), points())) + "\n")
    return 0


def _fields(pairs: list[str]) -> dict[str, str]:
    out = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found or not name.strip():
            raise InputError(f"`{pair[:60]}` is not FIELD=VALUE", where="--set", help="For example --set convictions=2")
        out[name.strip()] = value.strip()
    return out


def _write(found: Power, path: str, fields: dict[str, str], force: bool) -> str:
    from homerule.pardons.warrant import warrant

    ending = os.path.splitext(path)[1].lower()
    if ending not in (".docx", ".pdf", ".html", ".txt"):
        raise InputError(f"the form of `{path[-60:]}` is not known", where="--warrant", help="End the name in .docx, .pdf, .html or .txt")
    if os.path.exists(path) and not force:
        raise InputError(f"the file {path[-80:]} is there already", where="--warrant", help="Choose another name, or add --force to write over it")
    data = _form(warrant(found, fields=fields), ending)
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        raise InputError(f"{path[-80:]} cannot be written: {error.strerror}", where="--warrant", help="Choose a folder that exists and can be written") from None
    return path


def _form(doc: Document, ending: str) -> bytes:
    from homerule import documents

    if ending == ".docx":
        return documents.to_docx(doc)
    if ending == ".pdf":
        return documents.to_pdf(doc)
    return (documents.to_html(doc) if ending == ".html" else documents.to_text(doc)).encode("utf-8")


def _list(every: list[Power]) -> str:
    from homerule.cli.text import wrap

    width = max(len(x.name) for x in every)
    lines = [f"{x.place.upper()}  {x.name:<{width}}  {x.frequency or '-':<9} {STRUCTURE[x.structure]}{' (sources conflict)' if x.certainty == 'conflict' else ''}" for x in every]
    day = every[0].on.isoformat()
    return "\n".join(wrap(line, "", " " * (width + 18)) if "  " not in line else line for line in lines) + f"\n{len(every)} jurisdictions, as of {day}. `homerule pardon state ST` shows one.\n"


def _text(p: Power, notes: tuple[str, ...], points: tuple[Point, ...]) -> list[str]:
    from homerule.cli.text import wrap

    def item(text: str) -> str:
        return wrap(text, "    - ", "      ")

    def block(title: str, lines: list[str]) -> None:
        if lines:
            out.append(f"  {title}")
            out.extend(item(x) for x in lines)

    out = [wrap(f"{p.called[:1].upper()}{p.called[1:]}: {p.decision.says} {_mark(p.decision)}", "")]
    out += [wrap(d, "  Doubt: ", "         ") for d in p.doubts]
    block("Who decides", _who(p))
    block("How often", [f"{f.says} {_mark(f)}" for f in p.of("frequency")] or ["No published list classes this place."])
    block("How to apply", [f"{f.says} {_mark(f)}" for f in p.of("apply")] or ["Not found."])
    block("How long to wait", [f"{f.says} {_mark(f)}" for f in p.of("wait")] or ["Not found."])
    block("What can be granted", _forms(p))
    block("Looks like a pardon, and is not, or not surely, one that counts federally", [f"{f.says} {_mark(f)}" for f in p.of("lesser")])
    block("Notice and reports", [f"{f.says} {_mark(f)}" for f in p.of("duty")] or ["No duty to report grants was found."])
    block("A whole class at once", _classes(p))
    block("Being heard sooner, and removal", [f"{f.says} {_mark(f)}" for f in p.of("track")] + (["A track is not a grant, and a grant reaches four grounds only."] if p.of("track") else ["No track was found."]))
    block("Where sources disagree", [f"{c.about.capitalize()}: {' '.join(f'({i}) {s} [{_keys(k)}]' for i, (s, k) in enumerate(c.readings, 1))} {c.says}" for c in p.conflicts])
    shown = {f.says for table in ("lesser", "class_pardon", "duty") for f in p.of(table)}
    block("What the granting office must know here", [n for n in notes if n.removesuffix(" (recalled)") not in shown])
    block("Before signing: the federal tests in plain words", [f"{x.says} ({'; '.join(x.authority)}{', recalled' if x.certainty == 'recalled' else ''})" for x in points if x.group == "before"])
    block("What a pardon cannot reach", [f"{x.says} ({'; '.join(x.authority)}{', recalled' if x.certainty == 'recalled' else ''})" for x in points if x.group == "limits"])
    block("Not found", list(p.not_found))
    block("Authorities", [_authority(a) for a in p.authorities.values()])
    used = sorted({k for f in p.facts for k in f.source if k != "recalled"} | {k for a in p.authorities.values() for k in a.source if k != "recalled"} | {k for c in p.conflicts for _, keys in c.readings for k in keys if k != "recalled"})
    block("Sources", [f"{k}: {p.sources[k][0]}{' (' + p.sources[k][1] + ')' if p.sources[k][1] else ''}" for k in used])
    out += ["", wrap(f"As of {p.on.isoformat()}; the file was last gone through on {p.checked.isoformat()}, and only what is marked confirmed was compared with a source. A draft warrant: `homerule pardon state {p.place.upper()} --warrant warrant.docx`. Not legal advice.", "")]
    return out


def _who(p: Power) -> list[str]:
    out = [f"The class: {STRUCTURE[p.structure]}.", f"The governor: {p.governor}", f"The board or council: {p.board}"]
    said = {True: "yes", False: "no", None: "it depends on the single grant"}
    out.append(f"An act of the executive: {said[p.executive]}; by the highest pardoning authority: {said[p.supreme]}; by the governor's own decision or vote: {said[p.by_governor]}.")
    if p.decision.note:
        out.append(p.decision.note)
    return out


def _forms(p: Power) -> list[str]:
    own = [f for f in p.of("instrument") if f.kind in ("full", "conditional")]
    other = [f for f in p.of("instrument") if f not in own]
    out = [f"{f.says} {_mark(f)}" for f in own]
    if other:
        out.append(f"Also: {', '.join(FORMS.get(f.kind, f.kind) + CERTAINTY[f.certainty].replace('; ', ' (') + (')' if CERTAINTY[f.certainty] else '') for f in other)}. None of these is a pardon.")
    return out


def _classes(p: Power) -> list[str]:
    rows = [f"{f.says} [{RULING[f.more['ruling']]}; {WORTH[f.more['removal']]}{CERTAINTY[f.certainty]}; {_keys(f.source)}]" for f in p.of("class_pardon")]
    rows = rows or ["No pardon of a class, and no ruling on one, was found."]
    return [*rows, "Whether a pardon of a class counts federally has not been decided. A state's pardon of drug possession waives nothing in any case; one of old thefts or frauds would be the test."]


def _mark(f: Fact) -> str:
    when = f"; as of {f.as_of}" if f.as_of else ""
    since = f"; from {f.begins}" if f.begins else ""
    until = f"; until {f.ends}, that day not included" if f.ends else ""
    note = f" {f.note}" if f.note and f.table != "structure" else ""
    return f"[{f.certainty}{when}{since}{until}{'; ' + _keys(f.source) if f.certainty != 'recalled' else ''}]{note}"


def _keys(keys: Any) -> str:
    return ", ".join(k for k in keys if k != "recalled") or "recalled"


def _authority(a: Any) -> str:
    when = f"; from {a.begins}" if a.begins else ""
    return f"{a.citation}: {a.says} [{a.certainty}{when}{'; ' + a.status if a.status != 'settled' else ''}]{' ' + a.note if a.note else ''}"

