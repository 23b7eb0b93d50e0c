"""A draft that came over the web: its text held against the law above it, as `homerule check` does with a file.

Proving is exact, and a draft can be written so that it takes for ever. What is not plainly small is therefore checked in a process of its own, which is ended when its time is over.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.errors import HomeruleError, InputError
from homerule.web.lawbook import lawbook

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from homerule.proof import Draft, Report
    from homerule.reasoning.decide import Engine
    from homerule.vocabulary import Vocabulary
    from homerule.web.office import Office

MOST_TEXT = 200_000  # characters of a draft
MOST_NORMS = 200
SMALL = 8_000  # rules times the cases that they can tell apart on one act, up to which a draft is checked at once
MEMORY = 3 << 30  # bytes that the process of a large one may take
_PROCESSES = threading.BoundedSemaphore(2)


def read_text(text: str, name: str, vocabulary: Vocabulary) -> Draft:
    """The draft in ``text``; ``name`` is what its lines are named by. Raises InputError, or CorpusError listing every problem."""
    from homerule.proof import read_draft

    if not text.strip():
        raise InputError("there is no draft", where=name, help="Paste the rules as TOML, or choose a file")
    if len(text) > MOST_TEXT:
        raise InputError(f"the draft has {len(text):,} characters; at most {MOST_TEXT:,} are taken here", where=name, help="Check it with `homerule check` on the command line, or in parts")
    with tempfile.TemporaryDirectory(prefix="homerule-draft-") as folder:
        path = Path(folder) / name
        try:
            path.write_text(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), "utf-8")
        except UnicodeEncodeError:
            raise InputError("the draft is not readable text", where=name, help="Save it as UTF-8") from None
        draft = read_draft(path, vocabulary)
    if len(draft.norms) > MOST_NORMS:
        raise InputError(f"the draft has {len(draft.norms)} rules; at most {MOST_NORMS} are taken here", where=name, help="Check it with `homerule check` on the command line, or in parts")
    return draft


def size(*drafts: Draft | None) -> int:
    """Rules times the cases that those on one act could tell apart: how hard a check may get."""
    from homerule.conditions.tree import tests

    asked: dict[str, set[Any]] = {}
    norms = [n for draft in drafts if draft for n in draft.norms]
    for n in norms:
        for act in n.acts:
            asked.setdefault(act, set()).update(tests(n.condition))
    return int(len(norms) * 2 ** min(40, max((len(f) for f in asked.values()), default=0)))


def check_text(office: Office, text: str, *, place: str = "", on: str | None = None, actors: tuple[str, ...] = (), requests: tuple[str, ...] = (), compare: str = "", until: str | None = None) -> Report:
    """The report on a draft. Raises InputError (also where it takes too long) or CorpusError."""
    from homerule.reasoning.decide import read_day

    words = lawbook(office).words
    draft = read_text(text, "draft.toml", words)
    model = read_text(compare, "model.toml", words) if compare.strip() else None
    day = read_day(on)
    where = office.engine.find(place or draft.place).id
    ahead: dict[str, Any] = {}
    if until:
        last = read_day(until)
        if last <= day:
            raise InputError(f"the day {last} is not after {day}", where="until", help="Give a later day")
        ahead = {"ahead": last - day}
    how: dict[str, Any] = {"place": where, "actors": actors, "on": day, "requests": requests, **ahead}
    if size(draft, model) <= SMALL:
        return _check(office.engine, draft, model, how)
    return apart(office.settings.law, text, compare, how, office.settings.timeout_seconds * 0.8)


def _check(engine: Engine, draft: Draft, model: Draft | None, how: dict[str, Any]) -> Report:
    from homerule.proof import check

    return check(engine, draft, model=model, **how)


def apart(law: tuple[str, ...], text: str, compare: str, how: dict[str, Any], seconds: float) -> Report:
    """The report, made in a process that is ended after ``seconds``. Raises InputError where it was, or where too many are at work."""
    if not _PROCESSES.acquire(timeout=seconds / 2):
        raise InputError("other large drafts are being checked", help="Try again in a minute")
    try:
        begun = dt.datetime.now(dt.UTC)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(theirs, law, text, compare, how), daemon=True)
        process.start()
        theirs.close()
        try:
            got = ours.recv() if ours.poll(seconds) else None
        except EOFError:  # it ended without a word: out of memory
            got = None
        finally:
            process.kill()
            process.join()
            ours.close()
    finally:
        _PROCESSES.release()
    if got is None:
        spent = (dt.datetime.now(dt.UTC) - begun).total_seconds()
        raise InputError(f"the draft asks too many facts at once to be checked here ({spent:.0f} seconds were not enough)", where="draft", help="Check it in parts, or with `homerule check` on the command line")
    if isinstance(got, HomeruleError):
        raise got
    report: Report = got
    return report


def _work(out: Connection, law: tuple[str, ...], text: str, compare: str, how: dict[str, Any]) -> None:
    """What the process does: checks, and sends the report or what is wrong."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):  # not on every system
        pass
    from homerule.reasoning.decide import engine
    from homerule.web.lawbook import Lawbook

    try:
        chosen = engine(law)
        words = Lawbook(chosen).words
        out.send(_check(chosen, read_text(text, "draft.toml", words), read_text(compare, "model.toml", words) if compare.strip() else None, how))
    except HomeruleError as error:
        out.send(_Sent(error.message, error.where, error.help))
    except MemoryError:
        pass


class _Sent(InputError):
    """An error on its way between processes."""

    def __init__(self, message: str, where: str = "", help: str = "") -> None:
        super().__init__(message, where=where, help=help)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Sent, (self.message, self.where, self.help)
