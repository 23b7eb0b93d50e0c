"""Errors that readers report in rules, and what editors answer. No personal data: what looks like it is refused."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, select, update

from homerule.errors import InputError
from homerule.records.screen import found_in
from homerule.web.schema import CORRECTION

if TYPE_CHECKING:
    from sqlalchemy import Engine

STATES = {"open": "Open", "accepted": "Accepted", "declined": "Declined"}
MOST_WORDS, MOST_OPEN = 3000, 2000
#: What reports about law hold and the screen would take for an identity number: addresses on the web, and session laws such as Act 2011-535.
_LAWFUL = re.compile(r"https?://\S+|\b(?:19|20)\d\d-\d{1,4}\b(?![-\d])")


class Correction(NamedTuple):
    """A reported error. Times are seconds since 1970, UTC."""

    id: str
    rule: str
    said: str
    source: str
    state: str
    answer: str
    made: float
    answered: float | None


def clean(text: str, where: str, *, most: int = MOST_WORDS) -> str:
    """``text``, if it is short enough and holds no personal data. Raises InputError, which does not repeat it."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise InputError(f"this is longer than {most:,} characters", where=where, help="Shorten it")
    if what := found_in(_LAWFUL.sub("", text)):
        raise InputError(f"this looks like {what}", where=where, help="Leave out whatever tells of a person: an error in a rule can be told without it")
    return text


class Corrections:
    """The reports kept in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def report(self, rule: str, words: str, source: str) -> str:
        """Keep a report; its id. Raises InputError where there is nothing to keep or too much is open."""
        words, source = clean(words, "said"), clean(source, "source", most=500)
        if len(words) < 10:
            raise InputError("say what is wrong, in a sentence", where="said", help="For instance what the source says, or from which day")
        id = secrets.token_hex(8)
        with self.engine.begin() as db:
            waiting = db.execute(select(func.count()).select_from(CORRECTION).where(CORRECTION.c.state == "open")).scalar_one()
            if waiting >= MOST_OPEN:
                raise InputError("too many reports wait for an answer", help="Try again another day, or write to the office that runs this server")
            db.execute(insert(CORRECTION).values(id=id, rule=rule, said=words, source=source, state="open", answer="", made=time.time(), answered=None))
        return id

    def answer(self, id: str, state: str, words: str) -> bool:
        """Answer a report; an answer may be changed. False where there is none of this id."""
        if state not in STATES:
            raise InputError("an answer accepts or declines the report, or opens it again", where="state", help="Choose one")
        words = clean(words, "answer")
        if state != "open" and len(words) < 3:
            raise InputError("an answer says why", where="answer", help="One sentence will do")
        with self.engine.begin() as db:
            return bool(db.execute(update(CORRECTION).where(CORRECTION.c.id == id).values(state=state, answer=words, answered=time.time() if state != "open" else None)).rowcount)

    def get(self, id: str) -> Correction | None:
        with self.engine.connect() as db:
            row = db.execute(select(CORRECTION).where(CORRECTION.c.id == id)).first()
        return Correction(**row._mapping) if row else None

    def all(self, *, state: str = "", rule: str = "", after: int = 0, limit: int = 50) -> list[Correction]:
        """Reports, newest first, from the one numbered ``after``."""
        query = select(CORRECTION).order_by(CORRECTION.c.made.desc(), CORRECTION.c.id).offset(after).limit(limit)
        for column, value in ((CORRECTION.c.state, state), (CORRECTION.c.rule, rule)):
            if value:
                query = query.where(column == value)
        with self.engine.connect() as db:
            return [Correction(**r._mapping) for r in db.execute(query)]

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        with self.engine.connect() as db:
            found = {str(s): int(n) for s, n in db.execute(select(CORRECTION.c.state, func.count()).group_by(CORRECTION.c.state)).all()}
        return {s: found.get(s, 0) for s in STATES}
