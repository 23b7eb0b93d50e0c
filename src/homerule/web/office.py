"""The services of one running office, each opened when first needed."""

from __future__ import annotations

import hashlib
import json
import logging
import queue
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from homerule.records.store import Log, Receipt
from homerule.web.accounts import Accounts
from homerule.web.settings import Settings

if TYPE_CHECKING:
    from homerule.reasoning.decide import Engine
    from homerule.records.entry import Entry


class Waiting(NamedTuple):
    """An entry on its way to the log."""

    entry: Entry
    key: str | None
    account: str
    out: Future[Receipt]


class Writer:
    """Appends to the log from one thread, many entries a transaction where many wait. A caller goes on only after its entry is on disk."""

    MOST = 64

    def __init__(self, log: Log, accounts: Accounts) -> None:
        self.log, self.accounts = log, accounts
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def put(self, entry: Entry, key: str | None = None, account: str = "") -> Future[Receipt]:
        """Hand over one entry. The future gives its receipt, or the error that kept it out. Which ``account`` recorded it is noted outside the log."""
        out: Future[Receipt] = Future()
        if not self._thread.is_alive():
            raise RuntimeError("the log is closed")
        if key is not None and account:  # a key belongs to whoever made it
            key = hashlib.sha256(f"{account}\n{key}".encode()).hexdigest()[:40]
        self._queue.put(Waiting(entry, key, account, out))
        return out

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(10)

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch, last = [first], False
            while len(batch) < self.MOST and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    last = True
                    break
                batch.append(more)
            # one whose caller has given up is left out; from here on nobody can give up any more
            batch = [w for w in batch if w.out.set_running_or_notify_cancel()]
            if batch:
                self._write(batch)
            if last:
                return

    def _write(self, batch: list[Waiting]) -> None:
        try:
            got = self.log.append_many([(w.entry, w.key) for w in batch])
            self.accounts.recorded([(w.account, receipt.id) for w, receipt in zip(batch, got, strict=True) if w.account and receipt.new])
        except Exception as error:
            if len(batch) == 1:
                batch[0].out.set_exception(error)
                return
            for one in batch:  # one bad entry must not keep out its neighbours
                self._write([one])
            return
        for w, receipt in zip(batch, got, strict=True):
            w.out.set_result(receipt)


class JsonLines(logging.Formatter):
    """Log lines as JSON, for machines. No secret and no body is ever logged."""

    def format(self, record: logging.LogRecord) -> str:
        data = {"at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z", "level": record.levelname.lower(), "message": record.getMessage()}
        return json.dumps(data | getattr(record, "more", {}), ensure_ascii=False)


def logger() -> logging.Logger:
    """The server's log, to standard error."""
    log = logging.getLogger("homerule.web")
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False
    return log


class Office:
    """What handlers may use. Shared by all requests of one worker."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if "://" not in settings.place("database"):
            settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.accounts = Accounts(settings)
        self.counts: Counter[tuple[str, int]] = Counter()
        self.seconds: dict[str, float] = {}
        self.started = time.time()
        self.logger = logger()

    @cached_property
    def engine(self) -> Engine:
        """The engine over the corpus and the office's own law."""
        from homerule.reasoning.decide import engine

        return engine(self.settings.law)

    @cached_property
    def log(self) -> Log:
        """The decision log."""
        place = self.settings.place("records")
        return Log(place, origin=self.settings.origin, key=self.settings.folder / "records.key")

    @cached_property
    def writer(self) -> Writer:
        return Writer(self.log, self.accounts)

    @cached_property
    def version(self) -> str:
        """What the corpus holds, in a word: part of every ETag."""
        return f"{self.engine.corpus.version}-{self.engine.corpus.hash[:16]}"

    def close(self) -> None:
        for name in ("writer", "log"):  # opened again where a server is started again
            if name in self.__dict__:
                self.__dict__.pop(name).close()
        self.accounts.close()
