"""Clocks: the machine's, and the one that tests move."""

from datetime import UTC, datetime, timedelta, timezone

from billing_ui.kit.clock import ManualClock, SystemClock

JAKARTA = timezone(timedelta(hours=7))


def test_the_machines_clock_tells_aware_utc_and_moves_on() -> None:
    clock = SystemClock()
    first, steady = clock.now(), clock.steady()
    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert clock.steady() >= steady


def test_a_manual_clock_stands_still_until_it_is_told_to_move() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 7, tzinfo=JAKARTA))
    start = datetime(2026, 3, 1, 0, tzinfo=UTC)
    assert clock.now() == clock.now() == start
    assert clock.advance(timedelta(seconds=90)) == clock.now() == start + timedelta(seconds=90)
    assert clock.steady() == start.timestamp() + 90
    clock.set(datetime(2027, 1, 1, tzinfo=JAKARTA))
    assert clock.now() == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
