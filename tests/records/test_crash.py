"""Killed at any moment, the log has every entry that was acknowledged, and verifies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from homerule.records.store import Log
from homerule.records.verify import verify

ROOT = Path(__file__).parents[2]
#: Kills a database; `HOMERULE_KILLS` asks for more.
KILLS = int(os.environ.get("HOMERULE_KILLS", "12"))


def test_killed_at_random_moments_the_log_loses_nothing(place: str) -> None:
    Log(place).close()
    chance, acknowledged = random.Random(7), set()
    for _ in range(KILLS):
        child = subprocess.Popen([sys.executable, "-m", "tests.records.writer", place], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.15))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        lines = rest.split("\n")
        acknowledged |= set(lines[:-1])  # the last may be cut short
        log = Log(place)
        assert acknowledged <= {e.id for e in log.entries()}
        log.close()
    log = Log(place)
    report = verify(log)
    assert report.holds, report.problems
    assert report.size >= len(acknowledged) > 0
    log.close()
