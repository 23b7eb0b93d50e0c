"""``homerule law matrix``: jurisdictions by acts, as a table, CSV, JSON or a map."""

from __future__ import annotations

import csv
import json
import sys
import textwrap
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from homerule.cli.decide import read_facts
from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    from homerule.reasoning.decide import Engine
    from homerule.survey.matrix import Cell, Matrix
    from homerule.survey.questions import Column

_EPILOG = """\
examples:
  homerule law matrix
  homerule law matrix --acts hold,notify_release --places ca,tx,"New York" --on 2025-01-01
  homerule law matrix --acts hold --actors sheriff,police,state_police --fact process=judicial_warrant
  homerule law matrix --profile serious-record --csv > matrix.csv
  homerule law matrix --map hold.svg --act hold

The questions, the standard facts and the weights of the index are data: law/matrix.toml.
Exit status: 0 answered, 2 bad input.
"""
_WIDTH = 110
_MARKS = {
    "required": "R", "required_federal": "r", "limits_barred": "B", "express": "P", "not_reached": "o", "silence": "·",
    "prohibited_federal": "x", "prohibited": "X", "conflict": "C", "depends": "D", "unsettled": "U", "not_in_corpus": "?",
}  # fmt: skip


def parser() -> Parser:
    import argparse

    about = "Every state, the District and the territories by the acts asked of their governments: the verdict of statewide law under stated standard facts."
    p = Parser(prog="homerule law matrix", description=about, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--acts", nargs="+", action="extend", default=[], metavar="ACT", help="the columns: acts, or other questions of law/matrix.toml; commas or spaces between them")
    p.add_argument("--actors", nargs="+", action="extend", default=[], metavar="ACTOR", help="ask these instead of the usual ones; without --acts, the questions that make sense to one of them")
    p.add_argument("--places", nargs="+", action="extend", default=[], metavar="PLACE", help="the rows: ca, TX, \"Puerto Rico\" …; all if not given")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--profile", default="standard", metavar="NAME", help="the standard case: standard, detainer-alone, judicial-warrant, serious-record")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact, in place of the profile's (repeatable); a fact of one state's law bears on that state alone")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    p.add_argument("--json", action="store_true", help="print JSON: every cell with its authorities, and an index a jurisdiction")
    p.add_argument("--csv", action="store_true", help="print CSV: a line a cell")
    p.add_argument("--map", metavar="FILE", help="draw one column as a map: FILE.svg, or FILE.png (needs the extra `maps`)")
    p.add_argument("--act", metavar="ACT", help="the column that the map shows; the first if not given")
    p.add_argument("--width", type=int, default=1600, metavar="PX", help="width of a PNG in pixels, 300 to 8000; 1600 if not given")
    return p


def run(arguments: list[str]) -> int:
    """Make the matrix and print or draw it. Returns 0."""
    args = parser().parse_args(arguments)
    if args.json and args.csv:
        raise InputError("--json and --csv cannot both be printed", help="Choose one")
    if args.map and not args.map.lower().endswith((".svg", ".png")):
        raise InputError(f"`{shorten(args.map)}` is neither an .svg nor a .png file", where="--map", help="The name's end says the kind: hold.svg, hold.png")
    if args.act and not args.map:
        raise InputError("--act says what a map shows", help="Give --map FILE too, or choose columns with --acts")
    if not 300 <= args.width <= 8000:
        raise InputError(f"{args.width} is too small or too large for a picture", where="--width", help="Give 300 to 8000 pixels")
    from homerule.reasoning.decide import engine
    from homerule.survey.matrix import matrix

    chosen = engine(tuple(args.law))
    acts = _words(args.acts) or ([args.act] if args.act else [])
    progress = _Progress()
    made = matrix(
        chosen, on=args.on, profile=args.profile, acts=acts, actors=_words(args.actors), facts=read_facts(args.fact), places=_words(args.places), tick=progress,
    )  # fmt: skip
    progress.end()
    if args.map:
        _map(made, chosen, args.map, args.act, args.width, sys.stderr if args.json or args.csv else sys.stdout)
    if args.json:
        json.dump(made.as_data(), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    elif args.csv:
        _csv(made)
    elif not args.map:
        sys.stdout.write(table(made, chosen))
    return 0


def _words(given: Sequence[str]) -> list[str]:
    return [w.strip() for g in given for w in g.split(",") if w.strip()]


class _Progress:
    """A line on a terminal's standard error, once two seconds have gone."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.shown = False

    def __call__(self, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.begun > 2:
            filled = 30 * done // of
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {of}")
            sys.stderr.flush()
            self.shown = True

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * 60 + "\r")


def _map(made: Matrix, chosen: Engine, file: str, act: str | None, width: int, out: object) -> None:
    from homerule.errors import nearest
    from homerule.survey.map import draw, png

    ids = [c.question.id for c in made.columns]
    if act and act not in ids:
        raise InputError(f"`{shorten(act)}` is no column of this matrix", where="--act", help=nearest(act, ids))
    column = ids.index(act) if act else 0
    if ids.count(ids[column]) > 1:
        raise InputError(f"several actors are asked `{ids[column]}`", where="--actors", help="A map shows one: name one actor")
    svg = draw(made, column, chosen.corpus.vocabulary_for(("us",)))
    data = png(svg, width) if file.lower().endswith(".png") else svg.encode()
    try:
        with open(file, "wb") as target:
            target.write(data)
    except OSError as error:
        raise InputError(f"`{shorten(file)}` cannot be written: {error.strerror}", where="--map", help="Name a file in a folder that exists") from None
    out.write(f"Wrote {file}: {made.columns[column].text} ({len(data):,} bytes)\n")  # type: ignore[attr-defined]


_COLUMNS = (
    "place", "name", "question", "act", "actor", "verdict", "basis", "decided_by", "authorities", "reachable", "depends_on", "unsettled", "value", "weight", "direction",
    "index", "on", "profile", "corpus",
)  # fmt: skip


def _csv(made: Matrix) -> None:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for row in made.rows:
        for column, c in zip(made.columns, row.cells):
            doubt = " ".join(d.words for d in c.unsettled)
            rows.writerow([
                row.place.id, row.place.name, c.question, c.act, c.actor, c.verdict, c.basis, c.decided_by, " ".join(c.authorities), " ".join(c.reachable), " ".join(c.depends_on),
                doubt, _number(c.value), column.question.weight, column.question.direction, _number(row.score), made.on.isoformat(), made.profile.id, made.corpus,
            ])  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


# ---------------------------------------------------------------- the table


def table(made: Matrix, chosen: Engine) -> str:
    """The matrix for a terminal, at most 110 columns wide."""
    from homerule.reasoning.explain import long_date
    from homerule.reasoning.finding import NOTICE
    from homerule.survey.matrix import CATEGORIES

    words = chosen.corpus.vocabulary.actors
    bear = {f for names in made.turns_on for f in names}
    facts = {**{k: v for k, v in made.profile.facts.items() if k in bear and k not in made.given}, **made.given}
    out = [_wrap(f"Statewide law on {long_date(made.on)}: {made.profile.title}."), _wrap(made.profile.says)]
    out += [_wrap(f"Facts that a rule somewhere turns on: {_facts(facts) or 'none'}."), ""]
    heads = [_head(c) for c in made.columns]
    for group in _groups(heads, 10):
        out += _block(made, heads, group, last=group[-1] == len(heads) - 1)
        out.append("")
    used = {c.category for r in made.rows for c in r.cells}
    out += [f"  {_MARKS[k]}  {w}" for k, w in CATEGORIES.items() if k in used]
    out += ["", "Columns"]
    wide = max(len(" ".join(head)) for head in heads) + 2
    for column, head in zip(made.columns, heads):
        adds = _facts(column.question.facts)
        out.append(_wrap(f"{column.text} Asked: {words[column.actor].words}{f'; {adds}' if adds else ''}.", f"  {' '.join(head):<{wide}}", " " * (wide + 2)))
    elsewhere: dict[tuple[str, str], list[str]] = {}
    for r in made.rows:
        for column, c in zip(made.columns, r.cells):
            if c.actor != column.actor and r.place.id.upper() not in elsewhere.setdefault((column.actor, c.actor), []):
                elsewhere[column.actor, c.actor].append(r.place.id.upper())
    out += [_wrap(f"In {', '.join(places)} {words[actor].words} is asked instead of {words[usual].words}.", "  ") for (usual, actor), places in elsewhere.items()]
    if own := [f"{r.place.id.upper()} {_facts(r.facts)}" for r in made.rows if r.facts]:
        out += ["", _wrap(f"Facts that one state's law adds: {'; '.join(own)}.")]
    if notes := _notes(made, heads):
        out += ["", "Notes (`homerule law show ID` says more)", *notes]
    out += ["", _wrap(_INDEX), _wrap(f"Corpus {made.corpus}. {NOTICE}")]
    return "\n".join(out) + "\n"


_INDEX = (
    "Index: how far the law of the state compels (+1) or forbids (-1) help with federal enforcement: the weighted mean of required +1, prohibited -1, permitted 0, "
    "turned round where doing the act limits help; open answers count as the mean of what they may be, federal law alone as 0, what is not in the corpus not at all."
)


def _facts(facts: Mapping[str, object]) -> str:
    """As ``--fact`` takes them."""
    return ", ".join(f"{k}={_plain(v)}" for k, v in facts.items())


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return "+".join(sorted(map(str, value)))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wrap(text: str, indent: str = "", hang: str | None = None) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent if hang is None else hang, break_long_words=False, break_on_hyphens=False)


def _head(column: Column) -> tuple[str, ...]:
    return column.question.head if column.standing else (*column.question.head, column.actor[:9])


def _groups(heads: Sequence[Sequence[str]], taken: int) -> list[list[int]]:
    """Columns that fit beside each other."""
    groups: list[list[int]] = [[]]
    width = taken
    for i, head in enumerate(heads):
        wide = max(map(len, head)) + 1
        if groups[-1] and width + wide > _WIDTH:
            groups.append([])
            width = taken
        groups[-1].append(i)
        width += wide
    return groups


def _block(made: Matrix, heads: Sequence[Sequence[str]], group: Sequence[int], *, last: bool) -> list[str]:
    widths = {i: max(map(len, heads[i])) for i in group}
    tall = max(len(heads[i]) for i in group)
    names = max((len(r.place.name) for r in made.rows), default=0) + 1
    label = names if 3 + names + sum(w + 1 for w in widths.values()) + 7 <= _WIDTH else 0
    out = []
    for k in range(tall):
        cells = "".join(f" {heads[i][k - tall] if len(heads[i]) >= tall - k else '':^{widths[i]}}" for i in group)
        out.append(f"   {'':<{label}}{cells}{'  index' if last and k == tall - 1 else ''}".rstrip())
    for r in made.rows:
        cells = "".join(f" {_MARKS[r.cells[i].category]:^{widths[i]}}" for i in group)
        index = ("    n/a" if r.score is None else f"  {r.score:+.2f}" if r.score else "   0.00") if last else ""
        out.append(f"{r.place.id.upper():<3}{r.place.name if label else '':<{label}}{cells}{index}".rstrip())
    return out


def _notes(made: Matrix, heads: Sequence[Sequence[str]]) -> list[str]:
    out = []
    missing = []
    for r in made.rows:
        said: dict[str, list[str]] = {}
        for head, c in zip(heads, r.cells):
            for note in _note(c):
                said.setdefault(note, []).append(" ".join(head))
        if any(c.basis == "not_in_corpus" for c in r.cells):
            missing.append(r.place.id.upper())
        out += [_wrap(f"{', '.join(columns)}: {note}", f"  {r.place.id.upper():<4}", " " * 6) for note, columns in said.items()]
    return [*out, _wrap(f"Not in the corpus: the law of {', '.join(missing)}.", "  ")] if missing else out


def _note(c: Cell) -> Iterable[str]:
    if c.verdict == "depends":
        yield f"{' or '.join(c.reachable)}, by {', '.join(c.depends_on)}"
    readings: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for d in c.unsettled:
        if d.reason == "contested":
            readings.setdefault((d.authorities, d.if_stands), []).append(d.if_falls)
        elif d.reason == "untranslated":
            yield f"{' and '.join(d.authorities)} needs a lawyer's eye"
    for (authorities, stands), falls in readings.items():
        yield f"if {' and '.join(authorities)} {'stands' if len(authorities) == 1 else 'stand'}: {stands}; if not: {' or '.join(dict.fromkeys(falls))}"
