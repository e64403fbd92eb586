"""The order in which lots burn: pure, total, and exact."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.lots import OpenLot, burn, burn_order

START = datetime(2026, 3, 1, 5, tzinfo=UTC)

lots = st.lists(
    st.builds(
        OpenLot,
        id=st.integers(1, 10**6),
        public_id=st.just("lot"),
        priority=st.integers(0, 3),
        expires_at=st.none() | st.integers(-5, 5).map(lambda hours: START + timedelta(hours=hours)),
        remaining=st.integers(0, 50),
        is_frozen=st.booleans(),
    ),
    unique_by=lambda lot: lot.id,
)


@given(lots)
def test_a_lot_burns_or_its_time_is_up_or_it_is_frozen_and_never_two_of_them(given_lots: list[OpenLot]) -> None:
    for lot in given_lots:
        assert [lot.burns(START), lot.is_due(START), lot.is_frozen].count(True) == 1


@given(lots)
def test_frozen_and_expired_lots_never_burn(given_lots: list[OpenLot]) -> None:
    ordered = burn_order(given_lots, START)
    assert not any(lot.is_frozen or (lot.expires_at and lot.expires_at <= START) for lot in ordered)
    assert len(ordered) == sum(lot.burns(START) for lot in given_lots)


@given(lots, st.randoms(use_true_random=False))
def test_the_order_depends_on_the_lots_alone(given_lots: list[OpenLot], dice: Random) -> None:
    shuffled = dice.sample(given_lots, len(given_lots))
    assert burn_order(shuffled, START) == burn_order(given_lots, START)


@given(lots)
def test_each_lot_stands_behind_those_that_burn_before_it(given_lots: list[OpenLot]) -> None:
    ordered = burn_order(given_lots, START)
    for earlier, later in pairwise(ordered):
        assert earlier.priority <= later.priority
        if earlier.priority == later.priority:
            assert earlier.expires_at is not None or later.expires_at is None
            if earlier.expires_at and later.expires_at:
                assert earlier.expires_at <= later.expires_at
            if earlier.expires_at == later.expires_at:
                assert earlier.id < later.id


@given(lots, st.integers(0, 500))
def test_a_burn_takes_exactly_what_is_asked_and_never_more_than_a_lot_holds(
    given_lots: list[OpenLot], quantity: int
) -> None:
    ordered = burn_order(given_lots, START)
    draws = burn(ordered, quantity)
    held = {lot.id: lot.remaining for lot in ordered}
    assert sum(draw.quantity for draw in draws) == quantity
    assert all(0 < draw.quantity <= held[draw.lot_id] for draw in draws if draw.lot_id is not None)
    uncovered = sum(draw.quantity for draw in draws if draw.lot_id is None)
    assert uncovered == max(quantity - sum(held.values()), 0)
    assert [draw.lot_id for draw in draws[:-1]].count(None) == 0
