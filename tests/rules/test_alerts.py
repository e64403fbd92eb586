"""Alerts are raised when use brings a balance or a limit to its end, the worst one alone, and for nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing_ui.rules import quotas
from billing_ui.rules.alerts import raised
from billing_ui.rules.plans import UNLIMITED, Limit
from billing_ui.rules.quotas import Calendar
from billing_ui.rules.usage import Standing, Terms
from billing_ui.rules.usage_warnings import Thresholds

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
CALENDAR = Calendar("Asia/Jakarta", date(2026, 11, 1))
LIMITS = (Limit("tokens", "day", 100), Limit("tokens", "month", 1_000), Limit("calls", "day", 0),
          Limit("files", "day", UNLIMITED))  # fmt: skip


def names(used: int = 0, before: int = 0, balance: int = 0, *, overage: bool = False) -> list[str]:
    windows = quotas.count({}, "tokens", used, NOW, NOW, CALENDAR)
    standing = Standing("open", Terms("p", "tokens", LIMITS, 0, overage, 1), CALENDAR, windows, balance)
    found = raised(standing, before, balance, Thresholds(80, 50, 10), NOW + timedelta(seconds=1))
    return [":".join(alert.name.split(":")[:3]) for alert in found]


@pytest.mark.parametrize(("before", "balance", "told"), [
    (50, 49, "balance_low"), (60, 9, "balance_critical"), (49, 10, None), (49, 9, "balance_critical"), (9, 0, None),
    (100, 50, None), (10, 60, None), (0, 0, None),
])  # fmt: skip
def test_a_balance_alerts_when_it_falls_through_a_threshold(before: int, balance: int, told: str | None) -> None:
    assert names(before=before, balance=balance) == ([f"{told}::"] if told else [])
    assert names(before=before, balance=balance, overage=True) == []


@pytest.mark.parametrize(("used", "told"), [
    (79, []), (80, ["quota_near:tokens:day"]), (99, ["quota_near:tokens:day"]), (100, ["quota_reached:tokens:day"]),
    (800, ["quota_reached:tokens:day", "quota_near:tokens:month"]),
])  # fmt: skip
def test_each_limit_alerts_for_itself(used: int, told: list[str]) -> None:
    assert names(used=used) == told


def test_the_same_alert_has_the_same_name_until_its_window_is_over() -> None:
    windows = quotas.count({}, "tokens", 90, NOW, NOW, CALENDAR)
    standing = Standing("open", Terms("p", "tokens", LIMITS, 0, False, 1), CALENDAR, windows, 0)
    first, later = (
        [alert.name for alert in raised(standing, 0, 0, Thresholds(80, 50, 10), at)]
        for at in (NOW, NOW + timedelta(hours=13))
    )
    assert first == [f"quota_near:tokens:day:{int(datetime(2026, 11, 20, 17, tzinfo=UTC).timestamp())}"]
    assert later == first
