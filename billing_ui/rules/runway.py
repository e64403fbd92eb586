"""How long a balance lasts if it goes on as it has. Pure."""

from __future__ import annotations

# Over a shorter time one busy day would say too much; beyond a year nobody knows.
_LEAST_DAYS = 7
_MOST_DAYS = 365


def runway_days(balance: int, charged: int, days: int) -> int | None:
    """Whole days that a balance lasts, when so much left it in so many days. None where that says nothing: no balance,
    no use, or so little use that it would last longer than anybody can foresee."""
    if balance <= 0 or charged <= 0:
        return None
    left = balance * max(days, _LEAST_DAYS) // charged
    return left if left <= _MOST_DAYS else None
