"""What a run is going to do, how long each part should take, and when it must be over."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

QUICK_MINUTES, FULL_MINUTES = 3.0, 25.0
BOOKS = "books"
# These share books of ten million events, made once on each database.
NEEDS_BOOKS = {"reads", "rollups", "flat"}
_BAR, _LEAST_ROUNDS = 24, 3
# Seconds that a short and a full run of it take on two quiet cores, in the order in which they run: what needs large
# books comes after all that does not, and what watches a browser comes last.
_EXPECTED_S = {
    ("one_caller", "pg"): (17, 70),
    ("many_accounts", "pg"): (20, 120),
    ("hot_account", "pg"): (26, 115),
    ("sqlite_callers", "sqlite"): (8, 40),
    ("posting", "pg"): (6, 35),
    ("http_doors", "pg"): (19, 60),
    ("event_bytes", "pg"): (5, 45),
    ("event_bytes", "sqlite"): (4, 45),
    ("webhooks", ""): (9, 12),
    ("durability", "pg"): (8, 30),
    ("durability", "sqlite"): (4, 20),
    (BOOKS, ""): (9, 230),
    ("reads", "pg"): (8, 62),
    ("reads", "sqlite"): (8, 62),
    ("rollups", "pg"): (2, 10),
    ("rollups", "sqlite"): (2, 50),
    ("flat", "pg"): (6, 35),
    ("flat", "sqlite"): (5, 35),
    ("live_push", ""): (200, 200),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One scenario on one database, or the large books that several of them share."""

    name: str
    db: str
    expected_s: int

    @property
    def told(self) -> str:
        return f"{self.name} on {self.db}" if self.db else self.name


def steps(wanted: Iterable[str], db: str | None, *, quick: bool, done: Iterable[tuple[str, str]] = ()) -> list[Step]:
    """Those that are wanted and not done yet, in their order. `db` leaves out the other database, and whatever brings
    one of its own."""
    chosen, ready = set(wanted), set(done)
    found = [
        Step(name, where, expected[0 if quick else 1])
        for (name, where), expected in _EXPECTED_S.items()
        if (name in chosen or name == BOOKS) and (name, where) not in ready and (db in {None, where} or name == BOOKS)
    ]
    return found if any(step.name in NEEDS_BOOKS for step in found) else [each for each in found if each.name != BOOKS]


class Clock:
    """How much of a run's time is left, beside what its later steps will take."""

    def __init__(self, minutes: float, planned: Sequence[Step]) -> None:
        self.began = time.monotonic()
        self._ends, self._ahead, self._left = self.began + minutes * 60, list(planned), 1.0

    def fits(self, step: Step) -> bool:
        """Whether there is time for this one, which is the next."""
        left_s, wanted_s = self._ends - time.monotonic(), sum(each.expected_s for each in self._ahead)
        self._left = left_s / wanted_s if wanted_s else 1.0
        self._ahead.remove(step)
        return step.expected_s <= left_s

    def rounds(self, wanted: int) -> int:
        """On a machine that is behind the plan every scenario has fewer rounds, rather than the last ones none."""
        return max(min(wanted, _LEAST_ROUNDS), min(wanted, int(wanted * self._left)))

    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def spare_s(self) -> float:
        """What may be spent on more rounds, if what is ahead takes a little longer than it should."""
        return self._ends - time.monotonic() - 1.1 * sum(step.expected_s for step in self._ahead)

    def share(self) -> float:
        gone, left = time.monotonic() - self.began, sum(step.expected_s for step in self._ahead)
        return gone / (gone + left) if gone + left else 1.0


def told(planned: Sequence[Step], minutes: float) -> Iterator[str]:
    for step in planned:
        yield f"  {step.told:<28}{step.expected_s / 60:>6.1f} min"
    whole = sum(step.expected_s for step in planned) / 60
    yield f"  {'together, on two quiet cores':<28}{whole:>6.1f} min, and {minutes:g} at most"


def show(clock: Clock, words: str) -> None:
    """A bar where somebody looks on."""
    if sys.stderr.isatty():
        filled = round(clock.share() * _BAR)
        print(f"\r\033[K[{'█' * filled}{'·' * (_BAR - filled)}] {words}", end="", file=sys.stderr, flush=True)


def hide() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
