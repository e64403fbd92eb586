"""Whatever the parts money goes back in, they add up to exactly what it had bought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.methods import METHODS
from billing_ui.rules.refunds import Sold, bought_by, going_back, next_look, no_way_back, refundable, standing

START = datetime(2026, 11, 21, tzinfo=UTC)
PLAIN = Sold(50_000, 0, 0, 500_000)


@st.composite
def sales(draw: st.DrawFn) -> Sold:
    amount = draw(st.integers(1, 10**9))
    fee = draw(st.integers(0, amount))
    return Sold(amount, fee, draw(st.integers(0, amount - fee)), draw(st.integers(0, 10**12)))


@given(sales(), st.lists(st.integers(1, 10**9), max_size=8))
def test_any_way_of_parts_adds_up_to_the_whole(sold: Sold, wishes: list[int]) -> None:
    before, parts = 0, []
    for wish in [*wishes, sold.amount]:
        amount = min(wish, sold.amount - before)
        parts.append(going_back(sold, before, amount))
        before += amount
    assert sum(part.amount for part in parts) == sold.amount
    assert sum(part.price for part in parts) == sold.price
    assert sum(part.fee for part in parts) == sold.fee
    assert sum(part.tax for part in parts) == sold.tax
    assert sum(part.tokens for part in parts) == sold.tokens
    assert all(min(part.fee, part.tax, part.tokens) >= 0 for part in parts)
    assert all(part.price >= -1 for part in parts)


def test_a_half_token_is_rounded_up_and_made_up_for_by_the_next_part() -> None:
    odd = Sold(4, 0, 0, 2)
    assert [going_back(odd, before, 1).tokens for before in range(4)] == [1, 0, 1, 0]


@pytest.mark.parametrize(("before", "amount"), [(0, 50_001), (50_000, 1), (-1, 1), (10, -1)])
def test_more_than_came_cannot_go_back(before: int, amount: int) -> None:
    with pytest.raises(ValueError, match="more cannot go back"):
        going_back(PLAIN, before, amount)


@given(sales())
def test_the_whole_sum_buys_exactly_what_was_sold(sold: Sold) -> None:
    assert bought_by(sold.amount, sold) == sold


@given(sales(), st.integers(1, 10**9))
def test_no_sum_buys_more_than_its_share(sold: Sold, arrived: int) -> None:
    got = bought_by(arrived, sold)
    assert got.amount == arrived
    assert got.tokens * sold.amount <= sold.tokens * arrived


@given(sales(), st.data())
def test_the_most_that_may_go_back_takes_unspent_tokens_only(sold: Sold, data: st.DataObject) -> None:
    before = data.draw(st.integers(0, sold.amount))
    unspent = data.draw(st.integers(0, max(sold.tokens, 1)))
    most = refundable(sold, before, unspent)
    assert 0 <= most <= sold.amount - before
    assert going_back(sold, before, most).tokens <= unspent
    if most < sold.amount - before:
        assert going_back(sold, before, most + 1).tokens > unspent


@pytest.mark.parametrize(
    ("credited", "refunded", "is_disputed", "said"),
    [
        (50_000, 0, False, ""),
        (50_000, 1, False, "partly_refunded"),
        (50_000, 50_000, False, "refunded"),
        (50_000, 50_000, True, "disputed"),
        (0, 0, False, ""),
    ],
)
def test_what_is_said_of_a_paid_purchase(credited: int, refunded: int, is_disputed: bool, said: str) -> None:
    assert standing(credited, refunded, is_disputed=is_disputed) == said


@pytest.mark.parametrize(
    ("age", "gap"),
    [(timedelta(), timedelta(minutes=1)), (timedelta(minutes=10), timedelta(minutes=30)),
     (timedelta(hours=6), timedelta(hours=6)), (timedelta(days=14), None)],
)  # fmt: skip
def test_a_refund_is_looked_at_ever_less_and_then_by_a_person(age: timedelta, gap: timedelta | None) -> None:
    now = START + age
    assert next_look(START, now) == (None if gap is None else now + gap)


@pytest.mark.parametrize(
    ("method", "amount", "why"),
    [
        ("QRIS", 50_000, None),
        ("QRIS", 1, None),
        ("VA_BCA", 50_000, "method"),
        ("OVO", 1, "method"),
        ("LINKAJA", 50_000, None),
        ("LINKAJA", 49_999, "whole"),
    ],
)
def test_what_a_gateway_cannot_give_back_has_a_reason(method: str, amount: int, why: str | None) -> None:
    assert no_way_back(METHODS[method], amount, 50_000) == why
