"""Limits: how often, how large, how long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

KEPT = 10_000  # callers remembered at once


class Bucket:
    """A token bucket a caller: ``rate`` tokens a minute, at most a minute's worth saved up. In memory: each worker counts its own share."""

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.clock = float(rate), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float:
        """Take a token. Returns 0, or the seconds until there is one."""
        now = self.clock()
        left, then = self._left.pop(caller, (self.rate, now))
        left = min(self.rate, left + (now - then) * self.rate / 60)
        wait = 0.0 if left >= 1 else (1 - left) * 60 / self.rate
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > KEPT:
            self._left.popitem(last=False)
        return wait
