"""How long a balance lasts is told only where it says something."""

from billing_ui.rules.runway import runway_days


def test_a_balance_lasts_as_long_as_use_goes_on_as_it_has() -> None:
    assert runway_days(1_000, 300, 30) == 100
    assert runway_days(999, 1_000, 10) == 9


def test_one_busy_day_does_not_stand_for_all_days() -> None:
    assert runway_days(700, 100, 1) == 49


def test_nothing_is_told_without_balance_or_use_or_beyond_a_year() -> None:
    assert runway_days(0, 10, 30) is runway_days(-5, 10, 30) is runway_days(10, 0, 30) is None
    assert runway_days(365, 7, 7) == 365
    assert runway_days(366, 7, 7) is None
