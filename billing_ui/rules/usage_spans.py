"""Which days a look back at use is about: a word, or days of one's own. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

from billing_ui.kit.period import add_months
from billing_ui.rules.errors import FieldInvalid

Range = Literal["today", "yesterday", "7d", "30d", "month", "last_month"]
RANGES: Final[tuple[Range, ...]] = ("today", "yesterday", "7d", "30d", "month", "last_month")
LONGEST_DAYS: Final = 366
# Sessions are read from the events themselves.
LONGEST_DAYS_BY_SESSION: Final = 31
_DAYS = {"today": 1, "7d": 7, "30d": 30}


def span(word: str, first_on: date | None, last_on: date | None, today: date, longest: int) -> tuple[date, date]:
    """Days of the account's calendar, both included. Without anything: the last thirty."""
    if word and (first_on or last_on):
        raise FieldInvalid(field="range", why="either_range_or_from_to")
    if first_on or last_on:
        first, last = _own(first_on, last_on, today)
    else:
        first, last = _named(word or "30d", today)
    if (last - first).days >= longest:
        raise FieldInvalid(field="from", why=f"at_most_{longest}_days")
    return first, last


def _own(first_on: date | None, last_on: date | None, today: date) -> tuple[date, date]:
    last = last_on or max(today, first_on or today)
    first = first_on or last - timedelta(days=29)
    if first > last:
        raise FieldInvalid(field="from", why="after_to")
    return first, last


def _named(word: str, today: date) -> tuple[date, date]:
    if word in _DAYS:
        return today - timedelta(days=_DAYS[word] - 1), today
    if word == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    if word == "month":
        return today.replace(day=1), today
    if word == "last_month":
        first = today.replace(day=1)
        return add_months(first, -1), first - timedelta(days=1)
    raise FieldInvalid(field="range", why="unknown")
