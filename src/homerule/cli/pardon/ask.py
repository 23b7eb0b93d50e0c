"""``homerule pardon ask``: the interview of `homerule ask`, on a pardon."""

from __future__ import annotations

import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from homerule.pardons.ask import PardonInterview

_EPILOG = """\
examples:
  homerule pardon ask
  homerule pardon ask --fact status=lpr --fact convicted_by=state
  homerule pardon ask --json --answers "status=lpr&offence=drug_possession&full"

One conviction and one instrument; `homerule pardon assess --case FILE` takes several. Answer with the number or the word of a choice.
At any question: ? for help, why, d (I don't know), back, q (stop; what is printed then takes the interview up again).
With --json one step is printed: the next question, or the assessment once nothing more can change it. An answer without = is "I don't know".
Exit status: 0 answered or stopped, 2 bad input. Not legal advice.
"""
_KEYS = "Type the number or word of an answer; d: I don't know; ?: help; why: which rules turn on this; back: the question before; q: stop."


def parser() -> Parser:
    import argparse

    p = Parser(
        prog="homerule pardon ask", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="What a pardon does to each ground of removal, by an interview: one question at a time, and only those whose answer can change an outcome.",
    )  # fmt: skip
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact that is known already, and is not asked (repeatable)")
    p.add_argument("--answers", default="", metavar="TEXT", help="answers in the order they were given: status=lpr&offence=theft&full")
    p.add_argument("--ask-assumed", action="store_true", help="also ask what is otherwise taken at its ordinary value")
    p.add_argument("--full-text", action="store_true", help="in the assessment, list every test and ground")
    p.add_argument("--json", action="store_true", help="print one step as JSON")
    return p


def run(arguments: list[str]) -> int:
    """Interview and print. Returns 0."""
    args = parser().parse_args(arguments)
    import datetime as dt

    from homerule.interview.session import read_said
    from homerule.pardons.ask import PardonInterview
    from homerule.pardons.load import pardon_law

    law = pardon_law()
    try:
        on = dt.date.fromisoformat(args.on) if args.on else dt.date.today()
    except ValueError:
        raise InputError(f"`{shorten(args.on)}` is no day", where="--on", help="Give it as YYYY-MM-DD") from None
    told: dict[str, str] = {}
    for name, value in read_said(args.fact):
        if value is None:
            raise InputError(f"`{shorten(name)}` has no value", where="--fact", help="Write NAME=VALUE")
        told[name] = value
    answers = read_said([part for part in args.answers.split("&") if part])
    interview = PardonInterview(law, on, told, answers, ask_assumed=args.ask_assumed)
    if args.json:
        import json

        json.dump(step(interview), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    ended = _talk(interview, args)
    if ended is not None:
        from homerule.cli.pardon.text import assessment_text

        sys.stdout.write("\n" + assessment_text(ended.assessment, law, full=args.full_text))
    return 0


def step(interview: PardonInterview) -> dict[str, Any]:
    """One step as JSON data."""
    from homerule.reasoning.finding import as_data

    return {
        "on": interview.on.isoformat(), "answers": interview.text, "finished": interview.finished, "question": as_data(interview.question),
        "outcomes": as_data(interview.outcomes), "assessment": interview.assessment.as_data() if interview.finished else None,
    }  # fmt: skip


def _resume(interview: PardonInterview, args: Any) -> str:
    facts = "".join(f" --fact '{f}'" for f in args.fact)
    return f"homerule pardon ask --on {interview.on.isoformat()}{facts}{' --ask-assumed' if args.ask_assumed else ''} --answers '{interview.text}'"


def _talk(interview: PardonInterview, args: Any) -> PardonInterview | None:
    """The interview at its end; None where the reader stopped it. Raises InputError where the answers end before it does."""
    from homerule.cli.ask import _answer, _question_text  # the same questions and answers as `homerule ask`
    from homerule.cli.text import wrap

    say = sys.stdout.write
    say(wrap(f"What an instrument of clemency does to the grounds of removal that one conviction brings, asked as of {interview.on.isoformat()}. Give no names.", "") + "\n")
    usual = [f"{f.words if f.assumed is True else f.words_no or f'{f.words}: {f.show(f.assumed)}'} [{n}]" for n, f in interview.law.facts.items() if f.assumed is not None and n not in interview.given]
    if not args.ask_assumed:
        say(wrap(f"Taken as usual, unless you type FACT=VALUE at a question: {'; '.join(usual)}.", "") + "\n")
    shown = False
    while question := interview.question:
        if not shown:
            say(_question_text(question, len(interview.answers) + 1))
        shown = True
        say("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            say(line if line.endswith("\n") else line + "\n")
        if not line:
            raise InputError("the answers ended before the interview did", help=f"Go on with: {_resume(interview, args)}")
        word = line.strip()
        try:
            if word.lower() in ("q", "quit", "exit"):
                say(f"Stopped. Go on with: {_resume(interview, args)}\n")
                return None
            if word in ("?", "help", "h"):
                say(wrap(question.help or "There is no further help on this question.", "  ") + "\n" + wrap(_KEYS, "  ") + "\n")
            elif word.lower() == "why":
                say("\n".join(wrap(f"{w.words}.", "  - ", "    ") for w in question.why) + "\n")
            elif word.lower() in ("b", "back"):
                interview, shown = interview.back(), False
            elif word:
                interview, shown = _answer(interview, question, word), False  # type: ignore[arg-type, assignment]
        except InputError as error:
            say(wrap(str(error), "  ") + "\n")
    return interview
