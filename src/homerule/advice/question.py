"""Which lever a question for a vote means: by id, by act, or in plain words, with candidates where that is not clear."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from homerule.advice.lever import Book, Lever, Probe, Pull
from homerule.errors import InputError, shorten
from homerule.vocabulary import Vocabulary


def _words(text: str) -> list[str]:
    return text.split()


_WORD = re.compile(r"[a-z0-9]+(?:\([a-z0-9]\))?")
_SKIP = frozenset(
    _words("ice dhs hsi immigration immigrant immigrants federal agents agency government a an the of to for on in at with without or and our its their that this should shall we council board county city vote whether if into from by be is are it do does not no")
)
_ENDS = ("ations", "ation", "ments", "ment", "ings", "ing", "ers", "ies", "ed", "es", "s", "e", "y")
_CLEAR = 0.42  # the share of a question's words that the best lever must account for
_AHEAD = 1.12  # and how far it must be ahead of the next
#: Words that point to one side, where two levers speak of the same thing.
_LEANS = {
    "limiting": _words("end ends ending terminate leave withdraw exit cancel quit decline refuse reject stop limit restrict ban prohibit close bar only without sanctuary not no never"),
    "cooperating": _words("sign enter join make renew enlarge honor honour comply accept allow approve adopt cooperate help keep open lend give begin start apply let permit share use send notify tell"),
}


class Measure(NamedTuple):
    """What is voted on. ``lever`` is one of the book, or one made for a bare act."""

    lever: Lever
    asked: str


def measure(book: Book, words: Vocabulary, text: str) -> Measure:
    """The lever that ``text`` means. Raises InputError with candidates where none or several fit, and for what is a crime."""
    asked = " ".join(text.split())
    if not asked:
        raise InputError("there is no question", where="QUESTION", help='For instance "end the detention contract", L05 or end_287g')
    for lever in book.lever:
        if lever.id == asked.upper():
            return Measure(lever, asked)
    name = asked.lower().replace("-", "_").replace(" ", "_")
    if name in words.acts:
        if words.acts[name].crime:
            raise InputError(f"`{name}` is a crime under federal law: it is prohibited to everybody, and no memo is written for it", where="QUESTION", help=f"See `homerule decide --request {name}`")
        return Measure(_of_act(book, words, name), asked)
    ranked = candidates(book, asked)
    best = [r for r in ranked if r[0] >= _CLEAR * 0.6][:5]
    if ranked and ranked[0][0] >= _CLEAR and (len(ranked) == 1 or ranked[0][0] >= _AHEAD * ranked[1][0]):
        return Measure(ranked[0][1], asked)
    shown = "; ".join(f"{x.id} ({x.title})" for _, x in best)
    if shown:
        raise InputError(f"`{shorten(asked)}` may mean more than one thing", where="QUESTION", help=f"Name one by its id: {shown}")
    raise InputError(f"`{shorten(asked)}` is not understood as a step that the playbook knows", where="QUESTION", help="Name a lever (L01 to M24), an act (`homerule decide --words`), or plain words such as \"end the detention contract\"")


def _of_act(book: Book, words: Vocabulary, act: str) -> Lever:
    """The lever that does the act and nothing else; else one made for it, in the hands of whoever is asked."""
    plainly = [x for x in book.lever if x.probe and all(p.act == act and p.stance == "do" for p in x.probe)]
    if plainly:
        return max(plainly, key=lambda x: sum(len(p.by) for p in x.pull))
    kinds = [r.name for r in words.requests.values() if act in r.acts]
    title = words.acts[act].words
    return Lever(
        id=act, title=title[0].upper() + title[1:], side="both", topic=next(iter(book.topics)), says=f"The body decides to {title}.", requests=kinds,
        steps=["Get the request in writing, with its paper.", "Read the authorities named here with counsel.", "Answer in writing, and record it."],
        approvals="Whoever may act for the body on it; ask counsel.", time="By the time on the paper.", limits="As the authorities say.", counter="As the authorities say.",
        bases=[], probe=[Probe(act=act, stance="do", conduct="own")], pull=[Pull(by=list(words.actors), instrument=next(iter(book.instruments)))],
    )  # fmt: skip


def candidates(book: Book, text: str) -> list[tuple[float, Lever]]:
    """The levers by how much of ``text`` they account for (0 to about 1.3), best first."""
    asked = _tokens(text)
    spoken = [w for w in _WORD.findall(text.lower())]
    docs = {x.id: {**dict.fromkeys(_tokens(x.says), 0.35), **dict.fromkeys(_tokens(" ".join(x.keywords)), 0.9), **dict.fromkeys(_tokens(x.title), 1.0)} for x in book.lever}
    seen: dict[str, int] = {}
    for tokens in docs.values():
        for t in tokens:
            seen[t] = seen.get(t, 0) + 1
    weight = {t: math.log(1 + len(docs) / seen.get(t, 0.7)) for t in asked}
    whole = sum(weight.values())
    lean = {side: sum(w in marks for w in spoken) for side, marks in _LEANS.items()}
    out = []
    for x in book.lever:
        score = sum(weight[t] * docs[x.id].get(t, 0.0) for t in asked) / whole if whole else 0.0
        score += 0.1 * sum(1 for k in x.keywords if " " in k and k in text.lower())
        if x.side in lean and lean["limiting"] != lean["cooperating"]:
            score *= 1.2 if lean[x.side] == max(lean.values()) else 0.75
        if score > 0:
            out.append((score, x))
    return sorted(out, key=lambda row: (-row[0], row[1].id))


def _tokens(text: str) -> list[str]:
    return list(dict.fromkeys(_stem(w) for w in _WORD.findall(text.lower()) if w not in _SKIP))


def _stem(word: str) -> str:
    if word.startswith("287"):
        return "287g"
    for end in _ENDS:
        if word.endswith(end) and len(word) - len(end) >= 4:
            return word[: -len(end)]
    return word


def who_can(lever: Lever, words: Vocabulary) -> Iterable[str]:
    """Everybody who can pull a lever, in words."""
    return dict.fromkeys(words.actor(a).words for p in lever.pull for a in p.by)
