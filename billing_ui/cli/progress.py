"""A line at the terminal that tells how far a long act is, how fast it goes and when it will be done."""

from __future__ import annotations

import sys
import time

_EVERY_S = 0.1
_CELLS = 24


class Progress:
    """Draws on standard error, and nothing at all where nobody looks: in a pipe, a file, a job's log."""

    def __init__(self, what: str, whole: int, done: int) -> None:
        self._what, self._whole, self._begun_with = what, max(whole, 1), done
        self._began = self._drawn = time.monotonic()
        self._is_seen = sys.stderr.isatty()

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self._began, 0.001)

    def tell(self, done: int, count: int) -> None:
        """So much of the whole is done; `count` things since the beginning of this run."""
        now = time.monotonic()
        if self._is_seen and now - self._drawn >= _EVERY_S:
            self._drawn = now
            print(f"\r\033[K{self._line(done, count)}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._is_seen:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _line(self, done: int, count: int) -> str:
        share = min(done * 100 // self._whole, 100)
        filled = share * _CELLS // 100
        moved = max(done - self._begun_with, 1)
        left = int((self._whole - done) * self.seconds / moved)
        bar = "█" * filled + "░" * (_CELLS - filled)
        return f"{self._what} {bar} {share:>3} %  {int(count / self.seconds):,}/s  {left // 60}:{left % 60:02} left"
