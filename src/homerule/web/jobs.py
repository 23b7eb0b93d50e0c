"""Long work as jobs with progress: one at a time a worker, the result kept in the office's database."""

from __future__ import annotations

import json
import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from homerule.errors import HomeruleError
from homerule.web.problem import Problem
from homerule.web.schema import JOB

if TYPE_CHECKING:
    from homerule.web.office import Office

KEPT_DAYS, WAITING = 30, 20
Progress = Callable[[float, str], None]
#: What a job is: its arguments and a way to tell how far it is, to a result that is plain JSON data.
Work = Callable[[Mapping[str, Any], Progress], dict[str, Any]]


class Job(NamedTuple):
    """A job as it may be shown. ``done`` is 0 to 1."""

    id: str
    kind: str
    asked: dict[str, Any]
    state: str  # waiting, running, done, failed
    done: float
    said: str
    result: dict[str, Any] | None


class Jobs:
    """The jobs of one worker. A job that a stopped worker left is told as failed."""

    def __init__(self, office: Office) -> None:
        self.engine, self.logger = office.accounts.engine, office.logger
        self._queue: queue.SimpleQueue[tuple[str, Work, Mapping[str, Any]]] = queue.SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, kind: str, asked: Mapping[str, Any], work: Work, owner: str = "") -> str:
        """Hand over a job. Returns its id at once. Raises a Problem where too many wait."""
        with self._lock:
            if self._waiting >= WAITING:
                raise Problem(429, "Too many jobs are waiting. Try again when some are done.", headers={"Retry-After": "30"})
            self._waiting += 1
        id = secrets.token_hex(16)
        with self.engine.begin() as db:
            db.execute(delete(JOB).where(JOB.c.made < time.time() - 86400 * KEPT_DAYS))
            db.execute(insert(JOB).values(id=id, kind=kind, asked=json.dumps(dict(asked)), state="waiting", done=0.0, said="", made=time.time(), owner=owner))
        self._queue.put((id, work, asked))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()
        return id

    def get(self, id: str) -> Job:
        """A job. Raises a Problem where there is none."""
        with self.engine.connect() as db:
            row = db.execute(select(JOB).where(JOB.c.id == id)).first()
        if row is None:
            raise Problem(404, "There is no such job; jobs are kept for a month.")
        return Job(row.id, row.kind, json.loads(row.asked), row.state, row.done, row.said, json.loads(row.result) if row.result else None)

    def recent(self, kind: str, limit: int = 20) -> list[Job]:
        """The newest jobs of a kind, without their results."""
        with self.engine.connect() as db:
            rows = db.execute(select(JOB).where(JOB.c.kind == kind).order_by(JOB.c.made.desc()).limit(limit)).all()
        return [Job(r.id, r.kind, json.loads(r.asked), r.state, r.done, r.said, None) for r in rows]

    def _set(self, id: str, **values: Any) -> None:
        with self.engine.begin() as db:
            db.execute(update(JOB).where(JOB.c.id == id).values(**values))

    def _run(self) -> None:
        while True:
            id, work, asked = self._queue.get()
            with self._lock:
                self._waiting -= 1
            told: list[Any] = [0.0, ""]

            def progress(done: float, said: str, id: str = id, told: list[Any] = told) -> None:
                if time.monotonic() - told[0] > 0.5 or said != told[1]:  # seldom enough to cost nothing
                    told[:] = time.monotonic(), said
                    self._set(id, done=min(max(done, 0.0), 1.0), said=said[:200])

            try:
                self._set(id, state="running")
                made = work(asked, progress)
                self._set(id, state="done", done=1.0, said="", result=json.dumps(made, ensure_ascii=False).encode(), ended=time.time())
            except HomeruleError as error:
                self._set(id, state="failed", said=str(error)[:400], ended=time.time())
            except Exception as error:
                self.logger.error("fault in a job", extra={"more": {"job": id, "error": type(error).__name__, "said": str(error)[:200]}})
                self._set(id, state="failed", said="A fault of the program itself; it is in the server's log.", ended=time.time())


def jobs(office: Office) -> Jobs:
    """The jobs of this worker."""
    found: Jobs | None = office.__dict__.get("jobs")
    if found is None:
        found = office.__dict__["jobs"] = Jobs(office)
    return found
