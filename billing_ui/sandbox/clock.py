"""The sandbox's own clock: real time, moved ahead by hand, so that a retry of tomorrow can be had now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    return datetime.now(UTC)


class VirtualClock:
    """Runs as fast as the clock under it and never goes back, until everything starts anew."""

    def __init__(self, base: Clock = real_clock) -> None:
        self._base = base
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._base() + self._ahead

    @property
    def ahead_s(self) -> int:
        return round(self._ahead.total_seconds())

    def move_to(self, moment: datetime) -> None:
        self._ahead = max(self._ahead, moment - self._base())

    def reset(self) -> None:
        self._ahead = timedelta()


def wire_time(moment: datetime) -> str:
    """An instant the way both look-alikes write it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
