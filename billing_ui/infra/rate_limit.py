"""Token buckets in memory: how often one caller may knock at one process. Limits that must hold across replicas
live in the database instead."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Buckets:
    """One bucket per key, filled at `rate` per second up to `burst`. Forgets the keys that were quiet longest."""

    def __init__(self, rate: int, burst: int, steady: Callable[[], float], *, most: int = 10_000) -> None:
        self._rate, self._burst, self._steady, self._most = rate, float(burst), steady, most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> bool:
        """Whether the caller may go on; takes one token if so."""
        return self.left_after(key) is not None

    def left_after(self, key: str) -> int | None:
        """Takes one token and tells how many are left; nothing when there was none to take."""
        now = self._steady()
        with self._lock:
            kept = self._levels.get(key)
            if kept is None:
                level = self._burst
                if len(self._levels) >= self._most:
                    self._levels.popitem(last=False)
            else:
                level = min(self._burst, kept[0] + max(0.0, now - kept[1]) * self._rate)
                self._levels.move_to_end(key)
            may = level >= 1
            self._levels[key] = (level - 1 if may else level, now)
        return int(level - 1) if may else None
