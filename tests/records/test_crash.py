"""Killed at any moment, the log has every entry that was acknowledged, and verifies."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from homerule.records.store import Log
from homerule.records.verify import verify
from tests.records.conftest import decision

#: How often the writer is killed, on each database.
KILLS = int(os.environ.get("HOMERULE_KILLS", "200"))
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a writer to kill")


def write_until_killed(place: str, out: int) -> None:
    """Record entries as fast as possible, some one by one and some in batches, and tell each id once it was acknowledged."""
    log, n = Log(place), 0
    os.write(out, b"\n")
    while True:
        batch = [(decision(n + i), None) for i in range(1 + n % 4)]
        n += len(batch)
        os.write(out, "".join(got.id + "\n" for got in log.append_many(batch)).encode())


def test_killed_at_random_moments_the_log_loses_nothing(place: str) -> None:
    Log(place).close()
    chance, acknowledged, interrupted = random.Random(7), set[str](), 0
    for n in range(KILLS):
        source, out = os.pipe()
        child = os.fork()
        if not child:
            try:
                write_until_killed(place, out)
            finally:
                os._exit(1)
        os.close(out)
        assert os.read(source, 1) == b"\n"  # open, and about to write
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told = b""
        while part := os.read(source, 65536):
            told += part
        os.close(source)
        lines = told.decode().split("\n")[:-1]  # what follows the last line's end was cut short
        interrupted += bool(lines)
        acknowledged |= set(lines)
        if n % 40 == 39 or n == KILLS - 1:
            log = Log(place)
            assert acknowledged <= {e.id for e in log.entries()}
            report = verify(log)
            assert report.holds, report.problems
            assert report.size >= len(acknowledged)
            log.close()
    assert interrupted > KILLS // 4  # most were killed while writing
