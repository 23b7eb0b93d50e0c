"""``homerule ask``: an interview that asks only what can change the answer."""

from __future__ import annotations

import os
import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from homerule.interview import Interview, Question

_EPILOG = """\
examples:
  homerule ask --place "Travis County, TX" --actor sheriff --request detainer
  homerule ask --place "Cook County, IL" --actor jail --request detainer --all-on-one-page
  homerule ask --place "Cook County, IL" --actor jail --request detainer --json --answers "process=judicial_warrant&criminal_warrant"

Answer with the number or the word of a choice; where several may apply, with several numbers: 1,3. At any question: ? for help,
why, d (I don't know), back, q (stop; what is printed then takes the interview up again).
With --json one step is printed: the next question, or the decision once nothing more can change it. An answer without = is "I don't know".
Exit status: 0 answered or stopped, 2 bad input.
"""
_KEYS = "Type the number or word of an answer; d: I don't know; ?: help; why: which rules turn on this; back: the question before; q: stop."


def parser() -> Parser:
    import argparse

    p = Parser(
        prog="homerule ask", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Answer one federal request by an interview: one question at a time, and only those whose answer can change the verdict on an act.",
    )  # fmt: skip
    p.add_argument("--place", metavar="PLACE", help='whose law: "Cook County, IL", "Austin, TX", "Texas", or a FIPS code')
    p.add_argument("--actor", metavar="ACTOR", help="who is asked: sheriff, jail, police, school, governor … (`homerule decide --words` lists all)")
    p.add_argument("--request", metavar="KIND", help="what is asked: detainer, interview_request, agreement_287g …, or a single act")
    p.add_argument("--act", action="append", default=[], metavar="ACT", help="only this act of the request (repeatable)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--at", metavar="TIME", help="the time of release, for clock times: 14:30 or 2026-11-06T14:30")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact that is known already, and is not asked (repeatable)")
    p.add_argument("--answers", default="", metavar="TEXT", help="answers in the order they were given, as in a web address: process=none&form_complete")
    p.add_argument("--session", metavar="TEXT", help="take up the interview that printed this; replaces the options above")
    p.add_argument("--ask-assumed", action="store_true", help="also ask what is otherwise taken at its ordinary value")
    p.add_argument("--thorough", action="store_true", help="also ask what changes the norms, duties or risks, and not only what changes a verdict")
    p.add_argument("--all-on-one-page", action="store_true", help="print every question that could matter, as a form")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    p.add_argument("--full", action="store_true", help="in the decision, list every authority")
    p.add_argument("--json", action="store_true", help="print one step, or the form, as JSON")
    return p


def run(arguments: list[str]) -> int:
    """Interview and print. Returns 0."""
    args = parser().parse_args(arguments)
    interview = _begin(args)
    if args.json:
        import json

        from homerule.interview.step import step

        json.dump(_form_data(interview) if args.all_on_one_page else step(interview), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    if args.all_on_one_page:
        sys.stdout.write(_form_text(interview))
        return 0
    ended = _talk(interview)
    if ended is None:
        return 0
    from homerule.cli.text import decision_text

    sys.stdout.write("\n" + decision_text(ended.decision, ended.engine.corpus, full=args.full))
    return 0


def _begin(args: Any) -> Interview:
    """The interview that the arguments name."""
    from homerule.cli.decide import read_facts
    from homerule.interview import Interview, Session
    from homerule.interview.session import read_said
    from homerule.reasoning import engine

    chosen = engine(tuple(args.law))
    if args.session is not None:
        if args.place or args.actor or args.request or args.fact or args.answers:
            raise InputError("--session already says place, actor, request, facts and answers", where="--session", help="Give it alone")
        return Interview.of(Session.from_url_query(args.session), engine=chosen)
    if not args.request and len(args.act) == 1:
        args.request, args.act = args.act[0], []
    for name in ("place", "actor", "request"):
        if not getattr(args, name):
            raise InputError(f"--{name} is missing", help="See `homerule ask --help`")
    interview = Interview(
        args.place, args.actor, args.request, args.on, read_facts(args.fact), acts=args.act, at=args.at,
        ask_assumed=args.ask_assumed, thorough=args.thorough, engine=chosen,
    )  # fmt: skip
    if args.answers:
        answers = read_said([part for part in args.answers.split("&") if part])
        interview = Interview.of(interview.session._replace(answers=answers), engine=chosen)
    return interview


# ------------------------------------------------------------------ for programs


def _form_data(interview: Interview) -> dict[str, Any]:
    from homerule.reasoning.finding import as_data

    return {"session": interview.to_data(), "query": interview.to_url_query(), **as_data(interview.form())}


# ------------------------------------------------------------------ one question at a time


def _talk(interview: Interview) -> Interview | None:
    """The interview at its end; None where the reader stopped it. Raises InputError where the answers end before it does."""
    import gc

    from homerule.cli.text import wrap

    gc.enable()
    say = sys.stdout.write
    actor = interview.case.vocabulary.actor(interview.case.actor).words
    say(wrap(f"{actor[0].upper()}{actor[1:]}, {interview.case.place.name}: {interview.case.request.words}, asked as of {interview.case.on.isoformat()}.", "") + "\n")
    for note in interview.notes:
        say(wrap(f"{note[0].upper()}{note[1:]}.", "Note: ", "      ") + "\n")
    if interview.assumptions:
        from homerule.interview.form import assumed

        taken = "; ".join(f"{a.words} [{a.fact}]" for a in assumed(interview))
        say(wrap(f"Taken as usual, unless you type `FACT=VALUE` at a question: {taken}.", "") + "\n")
    shown = False
    while question := interview.question:
        if not shown:
            say(_question_text(question, len(interview.session.answers) + 1))
        shown = True
        say("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            say(line if line.endswith("\n") else line + "\n")
        if not line:
            raise InputError("the answers ended before the interview did", help=f"Go on with: homerule ask --session '{interview.to_url_query()}'")
        word = line.strip()
        try:
            if word.lower() in ("q", "quit", "exit"):
                say(f"Stopped. Go on with: homerule ask --session '{interview.to_url_query()}'\n")
                return None
            if word in ("?", "help", "h"):
                say(wrap(question.help or "There is no further help on this question.", "  ") + "\n" + wrap(_KEYS, "  ") + "\n")
            elif word.lower() == "why":
                say(_why_text(question))
            elif word.lower() in ("b", "back"):
                interview, shown = interview.back(), False
            elif word:
                interview, shown = _answer(interview, question, word), False
        except InputError as error:
            say(wrap(str(error), "  ") + "\n")
    return interview


def _answer(interview: Interview, question: Question, word: str) -> Interview:
    """The interview after what was typed. Raises InputError where that is no answer."""
    if word.lower() in ("d", "don't know", "dont know", "i don't know", "unknown") and word not in [c.value for c in question.choices]:
        return interview.dont_know()
    name, mark, value = word.partition("=")
    if mark and name.strip().replace("_", "").isalnum():
        return interview.change(name.strip(), value.strip())
    if question.type in ("int", "date"):
        return interview.answer(word.split()[0])
    parts = [p.strip() for p in word.replace("+", ",").split(",") if p.strip()] if question.several else [word]
    chosen = [_choice(question, p) for p in parts]
    return interview.answer(chosen if question.several else chosen[0])


def _choice(question: Question, word: str) -> Any:
    """The value of the choice that a number or word names; the word itself where none fits, to be refused by its fact."""
    if word.isascii() and word.isdigit():
        if not 1 <= int(word[:6]) <= len(question.choices):
            raise InputError(f"there is no answer {word[:6]}", help=f"Type a number from 1 to {len(question.choices)}, or ? for help")
        return question.choices[int(word) - 1].value
    for c in question.choices:
        if word.lower() in (str(c.value).lower(), c.words.lower()) or (question.type == "bool" and word.lower() == c.words[0]):
            return c.value
    return word


def _question_text(question: Question, number: int) -> str:
    from homerule.cli.text import wrap

    left = f"at most {question.at_most} left" if question.at_most > 1 else "the last one"
    lines = ["", strong(wrap(f"{number}. {question.question} ({left})", "", "   "))]
    if question.because:
        lines.append(wrap(f"Asked because {question.because}.", "   "))
    if question.type in ("int", "date"):
        lines.append(wrap(f"What matters here: {'; '.join(c.words for c in question.choices)}.", "   "))
        lines.append("   " + (f"Type a whole number of {question.unit or 'units'}." if question.type == "int" else "Type a day as YYYY-MM-DD."))
    else:
        rows = [(i, c) for i, c in enumerate(question.choices, 1)]
        lines += [wrap(c.words, f"   {i:>2}  ", "       ") for i, c in rows if c.matters]
        if rest := [f"{i} {c.words}" for i, c in rows if not c.matters]:
            lines.append(wrap(f"Also, without bearing here: {', '.join(rest)}", "       "))
        if question.several:
            lines.append("   Name all that apply: 2,5")
    return "\n".join(lines) + "\n"


def _why_text(question: Question) -> str:
    from homerule.cli.text import wrap
    from homerule.reasoning.explain import VERDICT_PHRASE, listed

    lines = [wrap(f"{w.words}.", "  - ", "    ") for w in question.why] or ["  No single rule can be named."]
    for c in question.choices:
        if leads := {act: v for act, v in c.leads.items() if act in question.acts}:
            lines.append(wrap(f"{c.words}: " + "; ".join(f"{act} {listed(tuple(VERDICT_PHRASE[v] for v in vs), 'or')}" for act, vs in leads.items()), "  - ", "    "))
    return "\n".join(lines) + "\n"


def _form_text(interview: Interview) -> str:
    """The form for one page."""
    from homerule.cli.text import wrap

    actor = interview.case.vocabulary.actor(interview.case.actor).words
    lines = [wrap(f"{actor[0].upper()}{actor[1:]}, {interview.case.place.name}: {interview.case.request.words}, asked as of {interview.case.on.isoformat()}", "")]
    page = interview.form()
    if not page.groups:
        lines += ["", "No question can change the answer."]
    for group in page.groups:
        lines += ["", strong(group.title)]
        for q in group.questions:
            bears = f"bears on {', '.join(q.acts)}" if q.acts else "bears on what stands"
            lines += ["", wrap(f"{q.question} [{q.fact}] ({bears})", "  ", "    ")]
            if q.because:
                lines.append(wrap(f"{q.because}.", "    "))
            if q.type in ("int", "date"):
                lines.append(wrap(f"____ {q.unit or 'YYYY-MM-DD'} (what matters: {'; '.join(c.words for c in q.choices)})", "    "))
            else:
                mark = "[ ]" if q.several else "( )"
                lines += [wrap(f"{c.words} ({_typed(c.value)})" if c.words != _typed(c.value) else c.words, f"    {mark} ", "        ") for c in q.choices if c.matters]
                if rest := [_typed(c.value) for c in q.choices if not c.matters]:
                    lines.append(wrap(f"also, without bearing here: {', '.join(rest)}", "        "))
    if page.assumed:
        lines += ["", strong("Taken as usual, unless you say otherwise"), *[wrap(f"{a.words} [{a.fact}]", "  - ", "    ") for a in page.assumed]]
    lines += ["", wrap("Give the answers as --fact NAME=VALUE to `homerule decide`, or to `homerule ask` to see what is left.", "")]
    return "\n".join(lines) + "\n"


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def strong(text: str) -> str:
    """``text`` in bold where the output is a terminal."""
    return f"\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text
