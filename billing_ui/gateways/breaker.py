"""Spares us a gateway that hangs: people and jobs that wait for it hold what others need."""

from __future__ import annotations

from threading import Lock

from billing_ui.kit.clock import Clock

HANGING_CALLS = 5
REST_S = 10.0


class Breaker:
    """After a few calls in a row that were not answered in time, nobody asks for a while; then one tries for all."""

    def __init__(self, clock: Clock, limit: int = HANGING_CALLS, rest_s: float = REST_S) -> None:
        self._clock, self._limit, self._rest_s = clock, limit, rest_s
        self._lock = Lock()
        self._in_a_row = 0
        self._since = 0.0

    def may_ask(self) -> bool:
        with self._lock:
            if self._in_a_row < self._limit:
                return True
            now = self._clock.steady()
            if now - self._since < self._rest_s:
                return False
            self._since = now
            return True

    def hear(self, *, is_hanging: bool) -> None:
        """What became of a call. Any answer counts, also a refusal: it does not hang."""
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if is_hanging else 0
            self._since = self._clock.steady()
