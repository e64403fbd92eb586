"""The calculator: the cheapest plan for a month's need, with the sum that a customer would really pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.estimates import AnyAmount, Estimate, Need, Offered, Pack, cheapest, dial_step, month_of
from billing_ui.rules.plans import UNLIMITED, Limit, Ratio

OWN = AnyAmount(minimum=10_000, maximum=5_000_000, step=1_000, tokens_num=10, tokens_den=1)


def plan(slug: str = "plan", **terms: object) -> Offered:
    nothing = {
        "kind": "subscription", "price_amount": 0, "interval": "month", "included_tokens": 0, "limits": (),
        "overage": None, "packs": (),
    }  # fmt: skip
    return Offered(slug=slug, **{**nothing, **terms})  # type: ignore[arg-type]


FREE = plan("free", kind="free", included_tokens=500)
PRO = plan("pro", price_amount=299_000, included_tokens=50_000, overage=Ratio(10, 1_000))
BIG = plan("big", price_amount=999_000, included_tokens=500_000, overage=Ratio(10, 1_000))
PREPAID = plan("prepaid", kind="prepaid", price_amount=25_000, packs=(Pack(25_000, 250_000), Pack(90_000, 1_000_000)))


def tokens(quantity: int) -> Need:
    return Need("tokens", quantity, is_paid=True)


@pytest.mark.parametrize(
    ("quantity", "wanted"),
    [(500, Estimate("free", 0)), (501, Estimate("pro", 299_000)), (50_000, Estimate("pro", 299_000)),
     (51_000, Estimate("pro", 299_010)), (1_000_000, Estimate("pro", 308_500))],
)  # fmt: skip
def test_overage_is_part_of_the_sum(quantity: int, wanted: Estimate) -> None:
    assert cheapest(tokens(quantity), [FREE, PRO, BIG]) == wanted


@pytest.mark.parametrize(
    ("quantity", "amount"), [(1, 25_000), (250_000, 25_000), (250_001, 50_000), (1_000_000, 90_000)]
)
def test_a_prepaid_plan_costs_its_cheapest_packages_and_nothing_for_being_chosen(quantity: int, amount: int) -> None:
    assert month_of(PREPAID, tokens(quantity)) == amount


def test_an_amount_of_ones_own_is_taken_where_it_is_cheaper_and_rounded_up_to_its_step() -> None:
    assert month_of(PREPAID, tokens(260_001), OWN) == 27_000
    assert month_of(PREPAID, tokens(1), OWN) == 10_000
    assert month_of(plan(kind="prepaid"), tokens(50_000_001), OWN) is None


def test_a_plan_that_sells_nothing_more_ends_where_it_ends() -> None:
    assert month_of(FREE, tokens(501)) is None
    assert month_of(plan(kind="prepaid"), tokens(1)) is None
    assert cheapest(tokens(501), [FREE]) is None


def test_a_yearly_price_counts_as_a_twelfth() -> None:
    assert month_of(plan(price_amount=1_200, interval="year"), tokens(0)) == 100


def test_a_counted_meter_needs_a_cap_that_is_high_enough() -> None:
    small = plan("small", price_amount=3_000, limits=(Limit("minutes", "month", 300), Limit("minutes", "day", 1)))
    open_ended = plan("open", price_amount=9_000, limits=(Limit("minutes", "month", UNLIMITED),))
    silent = plan("silent")
    need = [Need("minutes", quantity, is_paid=False) for quantity in (300, 301)]
    assert [cheapest(each, [silent, small, open_ended]) for each in need] == [
        Estimate("small", 3_000),
        Estimate("open", 9_000),
    ]


def test_a_cap_on_a_paid_meter_rules_a_plan_out() -> None:
    capped = plan(included_tokens=1_000, limits=(Limit("tokens", "month", 100),))
    assert month_of(capped, tokens(100)) == 0
    assert month_of(capped, tokens(101)) is None


def test_of_two_alike_the_first_is_named() -> None:
    assert cheapest(tokens(1), [plan("a", included_tokens=1), plan("b", included_tokens=1)]) == Estimate("a", 0)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_needing_more_never_costs_less(one: int, other: int) -> None:
    less, more = sorted((one, other))
    sums = [cheapest(tokens(quantity), [FREE, PRO, BIG, PREPAID], OWN) for quantity in (less, more)]
    assert sums[0] is not None and sums[1] is not None
    assert sums[0].amount <= sums[1].amount


@given(st.integers(1, 10**12))
def test_a_dial_has_round_steps_and_at_most_sixty_of_them(maximum: int) -> None:
    step = dial_step(maximum)
    assert step * 60 >= maximum
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert step == 1 or dial_step(maximum) * 24 <= maximum * 2
