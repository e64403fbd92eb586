"""Puts a meter, its limits and their ends into the shapes of the document."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from billing_ui.rules.meters import MeterState
from billing_ui.rules.quotas import LimitState
from billing_ui.rules.usage import Standing


def meter_told(standing: Standing, state: MeterState, now: datetime) -> dict[str, Any]:
    """The tightest limit of a meter, and all of them. A meter nobody limits tells the use of the month."""
    told = [_limit(one) for one in state.limits]
    if not told:
        return {**_unlimited(standing, state.meter, now), "limits": []}
    tightest = state.tightest
    at = 0 if tightest is None else state.limits.index(tightest)
    return {**told[at], "limits": told}


def _unlimited(standing: Standing, meter: str, now: datetime) -> dict[str, Any]:
    """A paid meter without limits is unlimited; a counted one without any is not in the plan."""
    is_paid = meter == standing.terms.paid
    month = standing.calendar.windows(now)["month"]
    kept = standing.windows.get(meter, {}).get("month")
    return {
        "limit": None if is_paid else 0, "used": kept[1] if kept is not None and kept[0] == month.starts else 0,
        "remaining": None if is_paid else 0, "percent": 0 if is_paid else 100, "unlimited": is_paid,
        "window": "month", "resets_at": _boundary(month.ends_at),
    }  # fmt: skip


def _limit(one: LimitState) -> dict[str, Any]:
    left = one.remaining
    return {
        "limit": None if left is None else one.limit.quantity, "used": one.used, "remaining": left,
        "percent": one.percent, "unlimited": left is None, "window": one.limit.window,
        "resets_at": _boundary(one.resets_at),
    }  # fmt: skip


def instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


@lru_cache(4096)
def _boundary(at: datetime | None) -> str | None:
    """Where windows end is where they end for everybody."""
    return instant(at)
