"""The calendar: windows of an account's zone, clock changes included."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.period import Span, Window, add_months, local_day, local_instant, period, start_of_day, window

ZONES = ["Asia/Jakarta", "UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]
instants = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st adds UTC
kinds = st.sampled_from(["hour", "day", "week", "month", "total"])


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_the_day_turns_at_midnight_of_the_zone() -> None:
    assert local_day(utc(2026, 3, 1, 16, 59, 59), "Asia/Jakarta") == date(2026, 3, 1)
    assert local_day(utc(2026, 3, 1, 17), "Asia/Jakarta") == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "starts_at", "ends_at"),
    [
        ("hour", utc(2026, 3, 5, 20), utc(2026, 3, 5, 21)),
        ("day", utc(2026, 3, 5, 17), utc(2026, 3, 6, 17)),
        ("week", utc(2026, 3, 1, 17), utc(2026, 3, 8, 17)),
        ("month", utc(2026, 2, 28, 17), utc(2026, 3, 31, 17)),
    ],
)
def test_windows_follow_the_calendar_of_the_zone(kind: Window, starts_at: datetime, ends_at: datetime) -> None:
    assert window(kind, utc(2026, 3, 5, 20, 15), "Asia/Jakarta") == Span(starts_at, ends_at)


def test_a_total_window_never_ends() -> None:
    always = window("total", utc(2026, 3, 5), "UTC")
    assert always.ends_at is None
    assert always.holds(utc(9999, 1, 1))


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(utc(2026, 1, 1), utc(2026, 1, 2))
    assert span.holds(utc(2026, 1, 1))
    assert not span.holds(utc(2026, 1, 2))
    assert not span.holds(utc(2025, 12, 31, 23, 59, 59))


def test_a_day_without_midnight_starts_with_its_first_instant() -> None:
    assert start_of_day(date(2018, 11, 4), "America/Sao_Paulo") == utc(2018, 11, 4, 3)


def test_a_day_that_never_was_starts_where_the_next_one_does() -> None:
    assert start_of_day(date(2011, 12, 30), "Pacific/Apia") == utc(2011, 12, 30, 10)


def test_a_day_of_a_clock_change_has_23_or_25_hours() -> None:
    spring, autumn = (
        window("day", utc(2026, 3, 29, 12), "Europe/Berlin"),
        window("day", utc(2026, 10, 25, 12), "Europe/Berlin"),
    )
    assert spring.ends_at is not None
    assert autumn.ends_at is not None
    assert (spring.ends_at - spring.starts_at, autumn.ends_at - autumn.starts_at) == (
        timedelta(hours=23),
        timedelta(hours=25),
    )


@pytest.mark.parametrize(
    ("anchor", "months", "moved"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_keep_the_day_where_the_month_has_it(anchor: date, months: int, moved: date) -> None:
    assert add_months(anchor, months) == moved


@given(kinds, instants, st.sampled_from(ZONES))
def test_every_instant_lies_in_its_window_and_the_next_window_begins_where_it_ends(
    kind: Window, instant: datetime, zone: str
) -> None:
    span = window(kind, instant, zone)
    assert span.holds(instant)
    if span.ends_at is not None:
        assert window(kind, span.ends_at, zone).starts_at == span.ends_at
        assert window(kind, span.starts_at, zone) == span


@given(instants, st.sampled_from(ZONES))
def test_a_day_starts_on_that_day_and_the_instant_before_does_not(instant: datetime, zone: str) -> None:
    day = local_day(instant, zone)
    start = start_of_day(day, zone)
    assert start.astimezone(ZoneInfo(zone)).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < day


EVERY_ZONE = sorted(available_timezones() - {"localtime", "Factory"})
FIRST, AFTER = date(2026, 1, 1), date(2028, 1, 8)
# What rules/quotas.py takes for granted: instants of the same quarter of an hour share all their windows.
QUARTER_S = 900


def test_for_two_years_every_instant_of_every_zone_lies_in_exactly_one_day_week_and_month() -> None:
    for zone in EVERY_ZONE:
        days = [FIRST + timedelta(days=number) for number in range((AFTER - FIRST).days)]
        starts = [start_of_day(day, zone) for day in days]
        for (day, start), (_, end) in pairwise(zip(days, starts, strict=True)):
            assert start < end, (zone, day)
            assert window("day", start, zone) == Span(start, end), (zone, day)
            assert local_day(start, zone) == day == local_day(end - timedelta(microseconds=1), zone), (zone, day)
            assert start.timestamp() % QUARTER_S == 0, (zone, day)
            if end - start != timedelta(days=1):
                quarters = (start + timedelta(minutes=15 * step) for step in range(int((end - start).seconds / 900)))
                assert {local_day(instant, zone) for instant in quarters} == {day}, (zone, day)


@pytest.mark.parametrize("kind", ["hour", "week", "month"])
def test_longer_and_shorter_windows_follow_each_other_without_gap_or_overlap(kind: Window) -> None:
    for zone in EVERY_ZONE if kind != "hour" else ["Asia/Kathmandu", "Europe/Berlin"]:
        span, end = window(kind, start_of_day(FIRST, zone), zone), start_of_day(AFTER, zone)
        while span.ends_at is not None and span.ends_at < end:
            assert window(kind, span.starts_at, zone) == span, (zone, span)
            assert window(kind, span.ends_at - timedelta(microseconds=1), zone) == span, (zone, span)
            following = window(kind, span.ends_at, zone)
            assert following.starts_at == span.ends_at, (zone, span)
            span = following


@pytest.mark.parametrize(
    ("anchor", "months", "day", "first", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 27), date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 1, 31), 1, date(2026, 3, 30), date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 1, 31), 1, date(2026, 4, 30), date(2026, 4, 30), date(2026, 5, 31)),
        (date(2028, 1, 31), 1, date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 27), date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28), date(2029, 2, 28), date(2030, 2, 28)),
        (date(2028, 2, 29), 12, date(2032, 2, 29), date(2032, 2, 29), date(2033, 2, 28)),
        (date(2026, 3, 15), 1, date(2026, 3, 14), date(2026, 2, 15), date(2026, 3, 15)),
        (date(2026, 3, 15), 12, date(2024, 1, 1), date(2023, 3, 15), date(2024, 3, 15)),
    ],
)
def test_a_period_keeps_the_day_of_its_anchor(anchor: date, months: int, day: date, first: date, after: date) -> None:
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    expected = Span(start_of_day(first, "Asia/Jakarta"), start_of_day(after, "Asia/Jakarta"))
    assert period(anchor, months, noon, "Asia/Jakarta") == expected


@given(
    st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    st.sampled_from([1, 3, 12]),
    instants,
    st.sampled_from(EVERY_ZONE),
)
def test_every_instant_lies_in_one_period_whatever_the_anchor(
    anchor: date, months: int, instant: datetime, zone: str
) -> None:
    span = period(anchor, months, instant, zone)
    assert span.ends_at is not None
    assert span.holds(instant)
    assert period(anchor, months, span.starts_at, zone) == span
    assert period(anchor, months, span.ends_at - timedelta(microseconds=1), zone) == span
    assert period(anchor, months, span.ends_at, zone).starts_at == span.ends_at


def test_a_time_that_clocks_skip_is_read_as_before_the_change_and_one_shown_twice_as_the_first() -> None:
    assert local_instant(datetime(2026, 3, 29, 2, 30), "Europe/Berlin") == utc(2026, 3, 29, 1, 30)  # noqa: DTZ001
    assert local_instant(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == utc(2026, 10, 25, 0, 30)  # noqa: DTZ001
