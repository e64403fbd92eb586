"""How many calls a minute: the counter behind the Rate-Limit headers."""

from datetime import datetime


class Counter:
    """Fixed windows of a minute for each key and endpoint."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._used: dict[tuple[str, str], tuple[int, int]] = {}

    def take(self, key: str, endpoint: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether the call may go on, and the headers that say how many more there are."""
        second = int(now.timestamp())
        window = second // 60
        started, used = self._used.get((key, endpoint), (window, 0))
        used = used + 1 if started == window else 1
        self._used[key, endpoint] = (window, used)
        headers = {
            "Rate-Limit-Limit": str(self.per_minute),
            "Rate-Limit-Remaining": str(max(self.per_minute - used, 0)),
            "Rate-Limit-Reset": str(60 - second % 60),
        }
        return used <= self.per_minute, headers
