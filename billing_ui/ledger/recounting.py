"""One account's use, counted anew from its events and open holds: what rollups and counters should say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from billing_ui.kit.period import local_day
from billing_ui.ledger.counting import Sums
from billing_ui.ledger.kept import kept_draws
from billing_ui.rules.quotas import KINDS, Calendar, Frame, Windows, own_period
from billing_ui.rules.usage import Cover

Cell = tuple[date, str, str, str]
MonthCell = tuple[date, str]
Slot = tuple[str, str]
_AnyCell = TypeVar("_AnyCell", bound=tuple[object, ...])
NOTHING = Sums(0, 0, 0, 0, 0, 0, 0)


class KeptEvent(NamedTuple):
    """An event as it is kept, and when it was written down."""

    account_id: int
    seq: int
    model: str
    operation: str
    input: int
    output: int
    draws: Mapping[str, int] | None
    allowance: int
    from_lots: int
    overage: int
    uncovered: int
    occurred_at: datetime
    recorded_at: datetime

    @property
    def paid_quantity(self) -> int:
        return self.allowance + self.from_lots + self.overage + self.uncovered

    def drawn(self, paid: str | None) -> Mapping[str, int]:
        return kept_draws(self.draws, Cover(self.allowance, self.from_lots, self.overage, self.uncovered), paid)


class KeptHold(NamedTuple):
    """An open hold as it is kept."""

    account_id: int
    draws: Mapping[str, int]
    allowance: int
    held_at: datetime


class Recount:
    """Counts what it is shown. `kept` are the counters as they stand: which window each of them counts is taken from
    there, so that they are held against the events of that very window; without it, the windows that run at `now`."""

    def __init__(self, calendar: Calendar, paid: str | None, now: datetime, kept: Windows | None = None) -> None:
        self.days: dict[Cell, Sums] = {}
        self.months: dict[MonthCell, Sums] = {}
        self.used: dict[Slot, int] = {}
        self.included: dict[int, int] = {}
        self._calendar = calendar
        self._paid = paid
        self._running: dict[str, int] = {kind: frame.starts for kind, frame in calendar.windows(now).items()}
        self._kept = kept or {}

    def starts(self, meter: str, kind: str) -> int:
        """The second at which the window begins that this counter counts."""
        told = self._kept.get(meter, {}).get(kind)
        return self._running[kind] if told is None else told[0]

    def event(self, event: KeptEvent) -> None:
        day = local_day(event.occurred_at, self._calendar.zone)
        draws = event.drawn(self._paid)
        for meter, quantity in draws.items():
            paying = (event.from_lots, event.overage, event.uncovered) if meter == self._paid else (0, 0, 0)
            sums = Sums(1, event.input, event.output, quantity, *paying)
            what = (meter, event.model, event.operation)
            add(self.days, (day, *what), sums)
            add(self.months, (day.replace(day=1), meter), sums)
        self._count(draws, event.allowance, event.occurred_at, event.recorded_at)

    def hold(self, hold: KeptHold) -> None:
        self._count(hold.draws, hold.allowance, hold.held_at, hold.held_at)

    def _count(self, draws: Mapping[str, int], allowance: int, at: datetime, recorded_at: datetime) -> None:
        second = int(at.timestamp())
        for meter, quantity in draws.items():
            for kind in KINDS:
                counted = quantity if second >= self.starts(meter, kind) else 0
                self.used[meter, kind] = self.used.get((meter, kind), 0) + counted
        if allowance:
            period = own_period(at, recorded_at, self._calendar).starts
            self.included[period] = self.included.get(period, 0) + allowance

    def windows(self, now: datetime) -> Windows:
        """The counters of all windows and periods that run now, and of the period before."""
        counters: dict[str, dict[str, tuple[int, int]]] = {}
        for (meter, kind), used in self.used.items():
            counters.setdefault(meter, {})[kind] = (self._running[kind], used)
        if self._paid is not None and self.included:
            running = self._calendar.period(now)
            earlier = before(self._calendar, running)
            counters.setdefault(self._paid, {})["period"] = (running.starts, self.included.get(running.starts, 0))
            counters[self._paid]["before"] = (earlier.starts, self.included.get(earlier.starts, 0))
        return counters


def before(calendar: Calendar, frame: Frame) -> Frame:
    """The period that ends where another one begins."""
    return calendar.period(datetime.fromtimestamp(frame.starts - 1, tz=frame.starts_at.tzinfo))


def add(rows: dict[_AnyCell, Sums], key: _AnyCell, sums: Sums) -> None:
    """Adds to a cell, which begins with nothing."""
    rows[key] = Sums(*(a + b for a, b in zip(rows.get(key, NOTHING), sums, strict=True)))
