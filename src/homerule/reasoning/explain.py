"""Sentences. One template serves every verdict, and none of them praises, blames or advises."""

from __future__ import annotations

import datetime as dt

from homerule.vocabulary import Act, Actor

_SAYS = {
    "required": "the law requires {who} to {act}",
    "prohibited": "the law prohibits {who} to {act}",
    "permitted": "the law permits {who} to {act}, and does not require it",
    "conflict": "two laws that nothing ranks order {who} opposite ways on whether to {act}",
    "depends": "whether {who} must, may or must not {act} depends on facts not yet given",
    "unsettled": "the law gives no settled answer on whether {who} must, may or must not {act}",
}


def long_date(day: dt.date) -> str:
    return f"{day.day} {day.strftime('%B')} {day.year}"


def sentence(verdict: str, basis: str, act: Act, actor: Actor, place: str, day: dt.date, reachable: tuple[str, ...], missing: tuple[str, ...]) -> str:
    """The answer in one plain sentence."""
    said = _SAYS[verdict].format(who=actor.words, act=act.words)
    text = f"{verdict.capitalize()}: on {long_date(day)}, in {place}, {said}"
    if verdict == "permitted" and basis == "silence":
        text += "; no statewide rule found that orders or forbids it"
    if verdict == "depends":
        text += f" ({listed(reachable, 'or')})"
    if basis == "not_in_corpus":
        text += f"; the law of {listed(tuple(m.upper() for m in missing), 'and')} is not in the corpus yet"
    if basis == "untranslated":
        text += "; a rule here needs a lawyer's eye"
    return text + "."


def listed(words: tuple[str, ...], last: str) -> str:
    """``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


VERDICT_PHRASE = {
    "required": "required",
    "prohibited": "prohibited",
    "permitted": "permitted",
    "conflict": "in conflict",
    "depends": "dependent on further facts",
    "unsettled": "unsettled",
}
