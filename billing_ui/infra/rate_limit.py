"""Token buckets in memory: how often one caller may knock at one process. Limits that must hold across replicas
live in the database instead."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Buckets:
    """One bucket per key, filled at `rate` per second up to `burst`. Forgets the keys that were quiet longest."""

    def __init__(self, rate: int, burst: int, steady: Callable[[], float], *, most: int = 10_000) -> None:
        self._rate, self._burst, self._steady, self._most = rate, burst, steady, most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> bool:
        """Whether the caller may go on; takes one token if so."""
        now = self._steady()
        with self._lock:
            level, since = self._levels.pop(key, (float(self._burst), now))
            level = min(float(self._burst), level + max(0.0, now - since) * self._rate)
            may = level >= 1
            self._levels[key] = (level - 1 if may else level, now)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return may

    def left(self, key: str) -> int:
        """How many tokens the caller had after it last took one."""
        with self._lock:
            level, _since = self._levels.get(key, (float(self._burst), 0.0))
        return int(level)
