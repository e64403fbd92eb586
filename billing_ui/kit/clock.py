"""The only place that reads the time. Everything else is handed a Clock, so that a test can move the days."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Tells the instant (aware, UTC) and a steady count of seconds for measuring durations."""

    def now(self) -> datetime: ...

    def steady(self) -> float: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to move: for tests and for seeding history."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def steady(self) -> float:
        return self.now().timestamp()

    def advance(self, step: timedelta) -> datetime:
        with self._lock:
            self._now += step
            return self._now

    def set(self, instant: datetime) -> None:
        with self._lock:
            self._now = instant.astimezone(UTC)
