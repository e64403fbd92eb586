"""How long a request is tried, and how long it rests in between. Pure but for the clock and the dice it is handed."""

from __future__ import annotations

from dataclasses import dataclass

from billing_ui.kit.clock import Clock
from billing_ui.kit.ids import Ids

_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempt_s` waits for one answer, `total_s` bounds all attempts and pauses together."""

    attempt_s: float = 5.0
    total_s: float = 10.0
    first_pause_s: float = 0.1
    longest_pause_s: float = 2.0


# Stands in front of an AI call: somebody is waiting.
BEFORE = Patience()
# The gateway of a payment is given ten seconds before the billing desk answers that it does not know yet.
PAYING = Patience(attempt_s=20.0, total_s=45.0)
# The call was made and has to be paid for: worth more time.
AFTERWARDS = Patience(total_s=30.0)
# What is set aside lets go of itself: not worth anybody's time.
LETTING_GO = Patience(attempt_s=2.0, total_s=2.0)


class Tries:
    """The attempts of one request."""

    def __init__(self, patience: Patience, clock: Clock, ids: Ids) -> None:
        self._patience = patience
        self._clock = clock
        self._ids = ids
        self._ends = clock.steady() + patience.total_s
        self._made = 0

    def attempt_s(self) -> float:
        """How long the next attempt may wait for its answer."""
        self._made += 1
        return max(min(self._patience.attempt_s, self._ends - self._clock.steady()), 0.001)

    def pause_s(self, told_s: float | None) -> float | None:
        """How long to rest before trying again, or None when that would come too late.

        Pauses double up to the longest and are spread, so that those who failed together do not come back together.
        What the billing desk asks for (`Retry-After`) is never undercut.
        """
        span = min(self._patience.first_pause_s * 2 ** min(self._made - 1, 20), self._patience.longest_pause_s)
        spread = self._ids.jitter(int(span * _MILLI) + 1) / _MILLI
        pause = told_s + spread if told_s else (span + spread) / 2
        return pause if self._clock.steady() + pause < self._ends else None
