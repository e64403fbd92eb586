"""Counters of what an account has used: by meter and window, and of what its plan includes by period. Pure.

Only what runs now is kept: a counter whose window has ended is nothing, so nobody has to reset it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from billing_ui.kit.period import Span, Window, period, window
from billing_ui.rules.plans import Limit

KINDS: tuple[Window, ...] = ("hour", "day", "week", "month", "total")
# Two counters beside the windows: what was taken out of the plan's included quantity in the running period, and in
# the one before it, where events that come late may still belong.
_PERIOD, _BEFORE = "period", "before"
# Every boundary of every zone falls on a quarter of an hour, so all instants of a quarter share their windows.
_QUARTER_S = 900

# meter -> window -> (second at which it began, used); lists once they come back from the database
Windows = Mapping[str, Mapping[str, tuple[int, int]]]


class Frame(NamedTuple):
    """A window as whole seconds: from one up to, but not including, another. None: it never ends."""

    starts: int
    ends: int | None

    @property
    def starts_at(self) -> datetime:
        return _instant(self.starts)

    @property
    def ends_at(self) -> datetime | None:
        return None if self.ends is None else _instant(self.ends)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose days and months count. Periods are so many whole months each, counted from the anchor."""

    zone: str
    anchor_on: date
    months: int = 1

    def windows(self, instant: datetime) -> Mapping[Window, Frame]:
        return _windows(self.zone, _quarter(instant))

    def period(self, instant: datetime) -> Frame:
        return _period(self.anchor_on, self.months, self.zone, _quarter(instant))


@dataclass(slots=True)
class LimitState:
    """One limit and how far it is used up, at one instant."""

    limit: Limit
    used: int
    resets_at: datetime | None

    @property
    def remaining(self) -> int | None:
        quantity = self.limit.quantity
        return max(quantity - self.used, 0) if isinstance(quantity, int) else None

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means that nothing is left."""
        quantity = self.limit.quantity
        if not isinstance(quantity, int):
            return 0
        return 100 if quantity == 0 else min(self.used * 100 // quantity, 100)


def used(windows: Windows, meter: str, kind: str, frame: Frame) -> int:
    """What the counter of a window says, if the window it counted is this one."""
    counters = windows.get(meter)
    kept = counters.get(kind) if counters else None
    return kept[1] if kept is not None and kept[0] == frame.starts else 0


def count(windows: Windows, meter: str, quantity: int, at: datetime, now: datetime, calendar: Calendar) -> Windows:
    """The counters once `quantity` was used at an instant. A negative one takes back what was counted at `at`.

    A window that has ended by now is not counted any more, and one that began since starts from nothing.
    """
    running, then = calendar.windows(now), calendar.windows(at)
    counters = dict(windows.get(meter, {}))
    for kind, frame in running.items():
        starts, belongs = frame.starts, then is running or then[kind].starts == frame.starts
        kept = counters.get(kind)
        before = kept[1] if kept is not None and kept[0] == starts else 0
        counters[kind] = (starts, max(before + quantity, 0) if belongs else before)
    return {**windows, meter: counters}


def included_used(windows: Windows, meter: str, at: datetime, now: datetime, calendar: Calendar) -> int:
    """What was taken out of the included quantity of the period that an instant belongs to."""
    return _taken(windows, meter, own_period(at, now, calendar))


def take_included(
    windows: Windows, meter: str, quantity: int, at: datetime, now: datetime, calendar: Calendar
) -> Windows:
    """The counters once `quantity` was taken out of what the plan includes in the period of an instant."""
    running, own = calendar.period(now), own_period(at, now, calendar)
    slot = _PERIOD if own.starts == running.starts else _BEFORE
    turned = _turned(windows, meter, running)
    taken = _taken(turned, meter, own) + quantity
    return {**turned, meter: {**turned.get(meter, {}), slot: (own.starts, taken)}}


def give_back_included(
    windows: Windows, meter: str, quantity: int, at: datetime, now: datetime, calendar: Calendar
) -> Windows:
    """Takes back what was taken for an instant, unless its period is too long over for anybody to count."""
    turned, frame = _turned(windows, meter, calendar.period(now)), calendar.period(at)
    for slot, (starts, taken) in turned.get(meter, {}).items():
        if slot in (_PERIOD, _BEFORE) and starts == frame.starts:
            return {**turned, meter: {**turned[meter], slot: (starts, max(taken - quantity, 0))}}
    return turned


def state(windows: Windows, limit: Limit, now: datetime, calendar: Calendar) -> LimitState:
    return states(windows, (limit,), now, calendar)[0]


def states(windows: Windows, limits: Iterable[Limit], now: datetime, calendar: Calendar) -> tuple[LimitState, ...]:
    running = calendar.windows(now)
    return tuple([
        LimitState(limit, used(windows, limit.meter, limit.window, frame := running[limit.window]), frame.ends_at)
        for limit in limits
    ])  # fmt: skip


def own_period(at: datetime, now: datetime, calendar: Calendar) -> Frame:
    """The period an instant belongs to: its own if that runs or has just ended, else the running one."""
    running = calendar.period(now)
    own = running if at is now else calendar.period(at)
    is_known = running.starts in (own.starts, own.ends)
    return own if is_known else running


def _taken(windows: Windows, meter: str, frame: Frame) -> int:
    return max(used(windows, meter, slot, frame) for slot in (_PERIOD, _BEFORE))


def _turned(windows: Windows, meter: str, running: Frame) -> Windows:
    """Once a period is over, what it took stays known as the period before."""
    kept = windows.get(meter, {}).get(_PERIOD)
    if kept is None or kept[0] == running.starts:
        return windows
    return {**windows, meter: {**windows[meter], _BEFORE: (kept[0], kept[1]), _PERIOD: (running.starts, 0)}}


def _quarter(instant: datetime) -> int:
    return int(instant.timestamp()) // _QUARTER_S


@lru_cache(8192)
def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _at(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * _QUARTER_S, UTC)


def _frame(span: Span) -> Frame:
    return Frame(int(span.starts_at.timestamp()), None if span.ends_at is None else int(span.ends_at.timestamp()))


@lru_cache(8192)
def _windows(zone: str, quarter: int) -> Mapping[Window, Frame]:
    return {kind: _frame(window(kind, _at(quarter), zone)) for kind in KINDS}


@lru_cache(8192)
def _period(anchor_on: date, months: int, zone: str, quarter: int) -> Frame:
    return _frame(period(anchor_on, months, _at(quarter), zone))
