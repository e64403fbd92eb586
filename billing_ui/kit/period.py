"""The calendar: which local day, week, month or hour an instant belongs to, and when that window ends."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Window = Literal["hour", "day", "week", "month", "total"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant up to, but not including, another. `ends_at` is None for a window that never ends."""

    starts_at: datetime
    ends_at: datetime | None

    def holds(self, instant: datetime) -> bool:
        return self.starts_at <= instant and (self.ends_at is None or instant < self.ends_at)


def local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a local day; where a clock change skips midnight, the first instant that exists."""
    # A midnight that does not exist is read with the offset before the change, which lands right behind the gap.
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_instant(wall: datetime, zone: str) -> datetime:
    """The instant at which clocks of the zone show this; where they skip it, as if they had not yet been put forward,
    and where they show it twice, the first time."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def window(kind: Window, instant: datetime, zone: str) -> Span:
    """The window of this kind that the instant falls into, on the calendar of the zone."""
    if kind == "total":
        return Span(_EPOCH, None)
    if kind == "hour":
        start = instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return Span(start, start + timedelta(hours=1))
    day = local_day(instant, zone)
    if kind == "day":
        first, after = day, day + timedelta(days=1)
    elif kind == "week":
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = add_months(first, 1)
    return Span(start_of_day(first, zone), start_of_day(after, zone))


def add_months(anchor: date, months: int) -> date:
    """The anchor moved by whole months, its day kept where the month has it: 31 Jan, 28 Feb, 31 Mar."""
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def period(anchor: date, months: int, instant: datetime, zone: str) -> Span:
    """The stretch of so many whole months, counted from the anchor in both directions, that the instant falls into."""
    day = local_day(instant, zone)
    turns = ((day.year - anchor.year) * 12 + day.month - anchor.month) // months
    if add_months(anchor, turns * months) > day:
        turns -= 1
    first, after = add_months(anchor, turns * months), add_months(anchor, (turns + 1) * months)
    return Span(start_of_day(first, zone), start_of_day(after, zone))
