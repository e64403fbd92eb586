"""How failed work is tried again: sooner first, then ever more patiently, and not for ever."""

from __future__ import annotations

from datetime import timedelta

MAX_ATTEMPTS = 20
LEASE = timedelta(seconds=60)
_LONGEST = 3600


def backoff(attempts: int, jitter_percent: int) -> timedelta:
    """The wait after so many attempts. `jitter_percent` from 0 to 40 spreads the herd around the middle."""
    seconds = min(_LONGEST, 2 ** min(attempts, 12))
    return timedelta(seconds=seconds * (80 + jitter_percent) / 100)
