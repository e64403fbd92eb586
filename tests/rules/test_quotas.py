"""Counters of use: what runs now is counted, what is over is nothing, and the period before is still known."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.period import period, window
from billing_ui.rules import quotas
from billing_ui.rules.plans import UNLIMITED, Limit
from billing_ui.rules.quotas import KINDS, Calendar, Windows

JAKARTA = Calendar("Asia/Jakarta", date(2026, 1, 31))
NOON = datetime(2026, 3, 10, 5, tzinfo=UTC)  # a Tuesday, noon in Jakarta
DAY = timedelta(days=1)

zones = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st adds UTC
anchors = st.dates(date(2024, 1, 1), date(2028, 1, 1))
calendars = st.builds(Calendar, zones, anchors, st.sampled_from([1, 12]))


def used(windows: Windows, at: datetime, calendar: Calendar = JAKARTA) -> dict[str, int]:
    return {kind: quotas.used(windows, "tokens", kind, calendar.windows(at)[kind]) for kind in KINDS}


@given(calendars, instants)
def test_frames_are_the_windows_and_periods_of_the_calendar(calendar: Calendar, instant: datetime) -> None:
    for kind, frame in calendar.windows(instant).items():
        span = window(kind, instant, calendar.zone)
        assert (frame.starts, frame.ends_at) == (span.starts_at.timestamp(), span.ends_at)
    own, frame = period(calendar.anchor_on, calendar.months, instant, calendar.zone), calendar.period(instant)
    assert (frame.starts, frame.ends_at) == (own.starts_at.timestamp(), own.ends_at)


def test_use_counts_in_every_window_that_runs() -> None:
    windows = quotas.count({}, "tokens", 70, NOON, NOON, JAKARTA)
    windows = quotas.count(windows, "tokens", 5, NOON, NOON, JAKARTA)
    assert used(windows, NOON) == dict.fromkeys(KINDS, 75)


def test_a_window_that_has_ended_is_nothing_without_anybody_resetting_it() -> None:
    windows = quotas.count({}, "tokens", 70, NOON, NOON, JAKARTA)
    assert used(windows, NOON + DAY) == {"hour": 0, "day": 0, "week": 70, "month": 70, "total": 70}
    assert used(windows, NOON + 31 * DAY) == {"hour": 0, "day": 0, "week": 0, "month": 0, "total": 70}


def test_an_event_that_comes_late_counts_where_it_happened_and_in_nothing_that_began_since() -> None:
    windows = quotas.count({}, "tokens", 70, NOON - DAY, NOON, JAKARTA)
    assert used(windows, NOON) == {"hour": 0, "day": 0, "week": 70, "month": 70, "total": 70}


def test_what_is_taken_back_was_never_counted_and_nothing_falls_below_zero() -> None:
    windows = quotas.count({}, "tokens", 70, NOON, NOON, JAKARTA)
    tomorrow = NOON + DAY
    windows = quotas.count(windows, "tokens", 5, tomorrow, tomorrow, JAKARTA)
    windows = quotas.count(windows, "tokens", -70, NOON, tomorrow, JAKARTA)
    assert used(windows, tomorrow) == dict.fromkeys(KINDS, 5)
    assert used(quotas.count(windows, "tokens", -90, tomorrow, tomorrow, JAKARTA), tomorrow) == dict.fromkeys(KINDS, 0)


events = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 40 * 24 * 60)), max_size=30)


@given(events, calendars, instants)
def test_counters_equal_what_happened_inside_each_window_that_runs(
    told: list[tuple[int, int]], calendar: Calendar, began: datetime
) -> None:
    now, windows = began, dict[str, object]()
    happened = []
    for quantity, late in told:
        now += timedelta(minutes=late % 977)
        at = now - timedelta(minutes=late)
        happened.append((quantity, at))
        windows = quotas.count(windows, "tokens", quantity, at, now, calendar)  # type: ignore[arg-type,assignment]
    for kind in KINDS:
        span = window(kind, now, calendar.zone)
        inside = sum(quantity for quantity, at in happened if span.holds(at))
        assert quotas.used(windows, "tokens", kind, calendar.windows(now)[kind]) == inside  # type: ignore[arg-type]


@given(events, calendars, instants)
def test_what_the_plan_includes_is_counted_by_the_period_of_each_event(
    told: list[tuple[int, int]], calendar: Calendar, began: datetime
) -> None:
    """Of the running period and the one before it; older events count in the running one."""
    now: datetime = began
    windows: Windows = {}
    taken: dict[int, int] = {}
    for quantity, late in told:
        now += timedelta(minutes=late % 977)
        at = now - timedelta(minutes=late)
        running, own = calendar.period(now), calendar.period(at)
        counted_in = own if running.starts in (own.starts, own.ends) else running
        taken[counted_in.starts] = taken.get(counted_in.starts, 0) + quantity
        windows = quotas.take_included(windows, "tokens", quantity, at, now, calendar)
        assert quotas.included_used(windows, "tokens", at, now, calendar) == taken[counted_in.starts]
    running = calendar.period(now)
    before = datetime.fromtimestamp(running.starts - 1, UTC)
    assert quotas.included_used(windows, "tokens", now, now, calendar) == taken.get(running.starts, 0)
    assert quotas.included_used(windows, "tokens", before, now, calendar) == taken.get(
        calendar.period(before).starts, 0
    )


@given(calendars, instants, st.integers(0, 10**9), st.integers(0, 100))
def test_what_is_given_back_is_there_again_also_in_the_next_period(
    calendar: Calendar, at: datetime, quantity: int, days: int
) -> None:
    now = at + days * DAY
    windows = quotas.take_included({}, "tokens", 7, at, at, calendar)
    windows = quotas.take_included(windows, "tokens", quantity, at, at, calendar)
    windows = quotas.give_back_included(windows, "tokens", quantity, at, now, calendar)
    left = 7 if calendar.period(now).starts in (calendar.period(at).starts, calendar.period(at).ends) else 0
    assert quotas.included_used(windows, "tokens", at, now, calendar) == left


def test_a_period_that_is_long_over_gives_nothing_back() -> None:
    windows = quotas.take_included({}, "tokens", 7, NOON, NOON, JAKARTA)
    later = NOON + 70 * DAY
    windows = quotas.take_included(windows, "tokens", 3, later, later, JAKARTA)
    assert quotas.give_back_included(windows, "tokens", 7, NOON - 70 * DAY, later, JAKARTA) == windows


def test_a_limit_tells_how_far_it_is_used_and_when_it_begins_anew() -> None:
    windows = quotas.count({}, "tokens", 70, NOON, NOON, JAKARTA)
    state = quotas.state(windows, Limit("tokens", "day", 90), NOON, JAKARTA)
    assert (state.used, state.remaining, state.percent) == (70, 20, 77)
    assert state.resets_at == datetime(2026, 3, 10, 17, tzinfo=UTC)


def test_a_limit_that_is_overrun_has_nothing_left_and_is_full() -> None:
    windows = quotas.count({}, "tokens", 700, NOON, NOON, JAKARTA)
    state = quotas.state(windows, Limit("tokens", "day", 90), NOON, JAKARTA)
    assert (state.remaining, state.percent) == (0, 100)


def test_a_limit_of_nothing_is_full_and_no_limit_never_is() -> None:
    assert quotas.state({}, Limit("tokens", "day", 0), NOON, JAKARTA).percent == 100
    endless = quotas.state({}, Limit("tokens", "total", UNLIMITED), NOON, JAKARTA)
    assert (endless.remaining, endless.percent, endless.resets_at) == (None, 0, None)
