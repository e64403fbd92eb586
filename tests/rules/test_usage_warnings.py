"""What is shown beside an answer: the worst of each kind, and nothing while there is nothing to say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from billing_ui.rules.meters import meters
from billing_ui.rules.plans import UNLIMITED, Limit, Quantity
from billing_ui.rules.quotas import Calendar
from billing_ui.rules.usage import Standing, Terms
from billing_ui.rules.usage_warnings import Thresholds, warnings

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
CALENDAR = Calendar("Asia/Jakarta", date(2026, 11, 1))
THRESHOLDS = Thresholds(warning_percent=80, low_tokens=50_000, critical_tokens=10_000)


def told(
    *, used: int = 0, taken: int = 0, included: int = 0, spendable: int = 10**6, balance: int | None = None,
    quantity: Quantity = 1_000, has_overage: bool = False, access: str = "open", paid: str | None = "tokens",
) -> list[tuple[str, str, int | None]]:  # fmt: skip
    limits = (Limit("tokens", "day", quantity), Limit("tokens", "month", UNLIMITED))
    day, period = CALENDAR.windows(NOW)["day"].starts, CALENDAR.period(NOW).starts
    windows = {"tokens": {"day": (day, used), "period": (period, taken)}}
    terms = Terms("plan", paid, limits, included, has_overage, 1)
    standing = Standing(access, terms, CALENDAR, windows, spendable)
    states = meters(standing, NOW).values()
    found = warnings(
        standing, spendable if balance is None else balance, standing.allowance_left(NOW, NOW), states, THRESHOLDS
    )
    return [(each.level, each.code, each.percent) for each in found]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"used": 799}, []),
        ({"used": 800}, [("warning", "quota_near", 80)]),
        ({"used": 1_000}, [("critical", "quota_reached", 100)]),
        ({"used": 5, "quantity": 0}, []),
        ({"used": 10**9, "quantity": UNLIMITED}, []),
        ({"access": "limited"}, [("critical", "limited", None)]),
        ({"access": "locked"}, [("critical", "soft_locked", None)]),
        ({"spendable": 49_999}, [("warning", "balance_low", None)]),
        ({"spendable": 50_000}, []),
        ({"spendable": 9_999}, [("critical", "balance_critical", None)]),
        ({"spendable": 0}, [("critical", "balance_empty", None)]),
        ({"spendable": -7, "balance": -7}, [("critical", "debt", None)]),
        ({"spendable": 0, "included": 100}, []),
        ({"spendable": 0, "included": 100, "taken": 79}, []),
        ({"spendable": 0, "included": 100, "taken": 80}, [("warning", "allowance_low", 80)]),
        ({"spendable": 1, "included": 100, "taken": 99}, [("info", "allowance_low", 99)]),
        ({"spendable": 0, "included": 100, "taken": 90, "has_overage": True}, [("info", "allowance_low", 90)]),
        ({"spendable": 0, "included": 100, "taken": 100, "has_overage": True}, [("info", "overage", 100)]),
        ({"spendable": 0, "included": 100, "taken": 100}, [("critical", "balance_empty", None)]),
        ({"spendable": 0, "paid": None}, []),
    ],
)  # fmt: skip
def test_what_is_shown(facts: dict[str, object], expected: list[tuple[str, str, int | None]]) -> None:
    assert told(**facts) == expected  # type: ignore[arg-type]


def test_what_stops_somebody_first_is_told_first() -> None:
    assert [code for _level, code, _percent in told(used=1_000, spendable=0, access="limited")] == [
        "limited", "quota_reached", "balance_empty",
    ]  # fmt: skip
