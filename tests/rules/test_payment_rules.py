"""The status machine is total, money always wins, and the rhythm of looking never forgets a young payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.amount import Amount
from billing_ui.rules.payments import (
    HAPPENINGS,
    OPEN_PAGE,
    STATUSES,
    UNDECIDED,
    Happening,
    Status,
    Watch,
    looks_allowed,
    next_look,
    next_search,
    next_status,
    outcome_of,
    put_off,
    standing,
)

START = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_every_status_answers_every_happening(status: Status, happening: Happening) -> None:
    assert next_status(status, happening) in STATUSES


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_nothing_leaves_paid(happening: Happening) -> None:
    assert next_status("paid", happening) == "paid"


@pytest.mark.parametrize("status", STATUSES)
def test_money_pays_from_any_state(status: Status) -> None:
    assert next_status(status, "captured") == "paid"


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=12))
def test_money_anywhere_in_any_order_of_news_ends_in_paid(news: list[Happening]) -> None:
    status: Status = "created"
    for happening in [*news, "captured", *news]:
        status = next_status(status, happening)
    assert status == "paid"


@pytest.mark.parametrize("ended", ["failed", "expired", "canceled"])
def test_what_has_ended_is_not_opened_again_by_late_news(ended: Status) -> None:
    assert next_status(ended, "opened") == ended
    assert next_status(ended, "unsure") == ended


def test_silence_of_the_gateway_is_unknown_only_before_a_code_was_shown() -> None:
    assert next_status("created", "unsure") == "unknown"
    assert next_status("pending", "unsure") == "pending"
    assert next_status("unknown", "opened") == "pending"
    assert next_status("pending", "working") == "processing"


def test_the_first_right_capture_pays_a_further_one_is_extra_a_wrong_one_is_held() -> None:
    asked = Amount(50_000, "IDR")
    assert outcome_of("open", asked, asked) == "credited"
    assert outcome_of("review", asked, asked) == "credited"
    assert outcome_of("void", asked, asked) == "credited"
    assert outcome_of("paid", asked, asked) == "extra"
    assert outcome_of("open", asked, Amount(50_001, "IDR")) == "held"
    assert outcome_of("paid", asked, Amount(50_000, "USD")) == "held"


@given(st.integers(0, 48 * 3600), st.booleans())
def test_a_payment_is_looked_at_as_long_as_the_gateway_takes_money_for_it(age_s: int, is_open: bool) -> None:
    now = START + timedelta(seconds=age_s)
    due = next_look(Watch(START, None, is_open), now)
    assert due is not None
    assert now < due <= now + (OPEN_PAGE if is_open else timedelta(hours=1))


def test_after_two_days_nobody_looks_any_more() -> None:
    assert next_look(Watch(START, None, is_open_now=True), START + timedelta(hours=49)) is None


def test_a_young_unwatched_payment_is_seen_well_inside_a_minute() -> None:
    now = START + timedelta(minutes=30)
    due = next_look(Watch(START, None, is_open_now=False), now)
    assert due is not None
    assert due - now < timedelta(seconds=50)


def test_an_opened_page_is_looked_at_after_3_5_8_15_30_and_60_seconds() -> None:
    looks, at = [], START
    while (due := next_look(Watch(START, START, is_open_now=False), at)) is not None and due <= START + timedelta(
        seconds=60
    ):
        looks.append((due - START).total_seconds())
        at = due
    assert looks == [3, 5, 8, 15, 30, 60]


@given(st.sampled_from(STATUSES))
def test_undecided_is_what_may_still_be_canceled(status: Status) -> None:
    assert (next_status(status, "canceled") == "canceled") == (status in UNDECIDED or status == "canceled")


def test_the_older_a_payment_the_smaller_its_share_of_the_looks() -> None:
    ages = [timedelta(minutes=9), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=9)]
    assert [looks_allowed(30, age) for age in ages] == [30, 22, 15, 7, 7]


@given(st.integers(0, 1_000), st.timedeltas(timedelta(), timedelta(days=3)))
def test_every_payment_is_looked_at_when_nobody_else_is(budget: int, age: timedelta) -> None:
    assert 1 <= looks_allowed(budget, age) <= max(1, budget)


@given(st.timedeltas(timedelta(), timedelta(days=3)), st.timedeltas(timedelta(), timedelta(days=3)))
def test_of_two_looks_put_off_the_younger_payments_is_never_the_later(one: timedelta, other: timedelta) -> None:
    younger, older = sorted((one, other))
    assert START <= put_off(START, younger) <= put_off(START, older) <= START + timedelta(minutes=1)


def test_a_payment_that_waits_for_its_look_grows_younger() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert standing(day, timedelta(minutes=30)) == day
    assert standing(day, hour) == day
    assert standing(day, 2 * hour) == day / 2
    assert standing(3 * day, 3 * hour) == day


def test_a_request_whose_answer_was_lost_is_looked_for_ever_less_often_until_nobody_can_pay_it() -> None:
    ages = [timedelta(), timedelta(minutes=9), timedelta(minutes=10), timedelta(hours=5), timedelta(hours=6)]
    gaps = [found - START for age in ages if (found := next_search(START - age, START)) is not None]
    assert gaps == [timedelta(minutes=one) for one in (1, 1, 15, 15, 120)]
    assert next_search(START - timedelta(hours=49), START) is None
