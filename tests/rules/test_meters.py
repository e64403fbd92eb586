"""Of several limits the one that leaves least is told, and -1 is no limit at all."""

from datetime import UTC, date, datetime

from billing_ui.kit.period import Window
from billing_ui.rules.meters import MeterState, meters
from billing_ui.rules.plans import UNLIMITED, Limit, Quantity
from billing_ui.rules.quotas import Calendar, LimitState
from billing_ui.rules.usage import Standing, Terms

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def limit(window: Window, quantity: Quantity, used: int) -> LimitState:
    return LimitState(Limit("tokens", window, quantity), used, NOW)


def test_the_tightest_limit_leaves_least() -> None:
    day, month = limit("day", 100, 90), limit("month", 1000, 995)
    assert MeterState("tokens", (day, month)).tightest == month


def test_of_limits_that_leave_as_much_the_longest_is_told() -> None:
    day, month = limit("day", 100, 100), limit("month", 1000, 1000)
    assert MeterState("tokens", (month, day)).tightest == month
    assert MeterState("tokens", (day, month)).tightest == month


def test_a_meter_without_a_number_is_unlimited() -> None:
    state = MeterState("tokens", (limit("day", UNLIMITED, 7),))
    assert state.tightest is None and state.is_unlimited
    assert not MeterState("tokens", (limit("day", 0, 0),)).is_unlimited


def test_all_meters_of_the_plan_are_told_the_paid_one_first() -> None:
    terms = Terms("any", "tokens", (Limit("minutes", "month", 5), Limit("tokens", "day", 9)), 0, False, 1)
    standing = Standing("open", terms, Calendar("UTC", date(2026, 1, 1)), {}, 0)
    assert list(meters(standing, NOW)) == ["tokens", "minutes"]
    assert list(meters(standing, NOW, ["minutes"])) == ["minutes"]
