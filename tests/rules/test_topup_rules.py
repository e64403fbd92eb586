"""What a top-up costs: fee and tax by settings, never a fraction, never outside a method's limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import AmountOutOfRange, MethodUnavailable
from billing_ui.rules.jobs import backoff
from billing_ui.rules.methods import METHODS, Fee, obstacle
from billing_ui.rules.topups import FeePayer, Offer, Terms, custom_offer, fee, fee_of, quote, way

FIFTY = Offer(Amount(50_000, "IDR"), 500_000, bonus_tokens=5_000)


def test_by_default_the_customer_pays_the_price_and_nothing_else() -> None:
    asked = quote(FIFTY, Terms(), "QRIS")
    assert (asked.total, asked.tokens, asked.bonus_tokens) == (Amount(50_000, "IDR"), 500_000, 5_000)


def test_a_fee_the_customer_bears_and_added_tax_are_on_top() -> None:
    asked = quote(FIFTY, Terms("added", 1_100, "customer", 1_000), "QRIS")
    assert (asked.fee.quantity, asked.tax.quantity, asked.total.quantity) == (1_000, 5_610, 56_610)


def test_tax_included_in_the_price_adds_nothing() -> None:
    assert quote(FIFTY, Terms("included", 1_100), "QRIS").total.quantity == 50_000


FEES = st.builds(Fee, st.integers(0, 1_000_000), st.integers(0, 1_000))
PRICES = st.integers(1, 10**12)
CODES = st.sampled_from(list(METHODS))


@pytest.mark.parametrize(
    ("method", "price", "asked"),
    [
        ("QRIS", 50_000, 350),
        ("QRIS", 10_071, 70),
        ("QRIS", 10_072, 71),
        ("VA_BCA", 50_000, 4_000),
        ("VA_BSI", 5_000_000, 4_000),
        ("DANA", 25_000, 375),
        ("OVO", 25_033, 375),
        ("OVO", 25_034, 376),
        ("SHOPEEPAY", 25_000, 500),
        ("GIRO", 50_000, 0),
    ],
)
def test_each_method_asks_its_own_fee_and_a_half_goes_up(method: str, price: int, asked: int) -> None:
    assert fee(Amount(price, "IDR"), method, Terms(fee_payer="customer")).quantity == asked
    assert fee(Amount(price, "IDR"), method, Terms()).quantity == 0


def test_exactly_half_a_rupiah_goes_up() -> None:
    assert [Fee(0, 50).of(price) for price in (99, 100, 300)] == [0, 1, 2]


def test_a_fee_of_a_method_stands_before_the_one_for_all_and_that_before_the_table() -> None:
    own = {"QRIS": Fee(0, 0)}
    terms = Terms(fee_payer="customer", fee_amount=2_500, fees=own)
    assert [fee_of(method, terms) for method in ("QRIS", "VA_BCA")] == [Fee(0, 0), Fee(2_500)]
    terms = Terms(fee_payer="customer", fees=own)
    assert [fee_of(method, terms) for method in ("QRIS", "VA_BCA")] == [Fee(0, 0), METHODS["VA_BCA"].fee]


@given(CODES, PRICES, PRICES, FEES, st.sampled_from(["us", "customer"]), st.integers(0, 5_000))
def test_whoever_pays_more_never_pays_a_smaller_fee_tax_or_total(
    method: str, one: int, other: int, own: Fee, payer: FeePayer, rate: int
) -> None:
    terms = Terms("added", rate, payer, fees={method: own})
    less, more = (way(Amount(price, "IDR"), method, terms) for price in sorted((one, other)))
    for each, price in ((less, min(one, other)), (more, max(one, other))):
        assert each.fee.quantity >= 0
        assert each.total.quantity == price + each.fee.quantity + each.tax.quantity
    assert less.fee <= more.fee
    assert less.tax <= more.tax
    assert less.total <= more.total


@given(st.integers(1, 10_000_000), st.integers(0, 2_500), st.integers(0, 5_000))
def test_the_total_is_always_the_sum_of_its_parts(price: int, rate: int, fee: int) -> None:
    terms = Terms("added", rate, "customer", fee)
    offer = Offer(Amount(max(price, 10_000), "IDR"), 1)
    asked = quote(offer, terms, "VA_BCA")
    assert asked.total == asked.price + asked.fee + asked.tax


def test_a_total_beyond_what_the_method_takes_is_refused() -> None:
    with pytest.raises(MethodUnavailable) as refused:
        quote(Offer(Amount(10_000_000, "IDR"), 1), Terms(fee_payer="customer", fee_amount=1), "QRIS")
    assert refused.value.facts["why"] == "maximum"


def test_a_fee_can_lift_a_total_over_what_a_method_takes() -> None:
    price = Amount(9_950_000, "IDR")
    assert way(price, "QRIS", Terms()).why is None
    assert way(price, "QRIS", Terms(fee_payer="customer")).why == "maximum"


@pytest.mark.parametrize(
    ("method", "amount", "unit", "why"),
    [
        ("QRIS", 10_000_001, "IDR", "maximum"),
        ("VA_BCA", 9_999, "IDR", "minimum"),
        ("CARD", 50_000, "IDR", "closed"),
        ("QRIS", 50_000, "USD", "currency"),
        ("GIRO", 50_000, "IDR", "unknown"),
        ("QRIS", 1, "IDR", None),
        ("VA_BCA", 50_000_000, "IDR", None),
    ],
)
def test_a_method_says_why_it_cannot_take_an_amount(method: str, amount: int, unit: str, why: str | None) -> None:
    assert obstacle(method, Amount(amount, unit)) == why


def test_virtual_accounts_and_ovo_cannot_be_refunded_by_api() -> None:
    assert not any(method.refundable for method in METHODS.values() if method.group == "va")
    assert not METHODS["OVO"].refundable
    assert METHODS["QRIS"].refundable


@pytest.mark.parametrize("amount", [9_999, 10_001_000, 10_500])
def test_a_typed_amount_outside_the_bounds_or_between_the_steps_is_refused_with_both(amount: int) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        custom_offer(Amount(amount, "IDR"), 10_000, 10_000_000, 1_000, 10, 1)
    assert (refused.value.facts["minimum"], refused.value.facts["maximum"]) == (10_000, 10_000_000)


def test_a_typed_amount_buys_tokens_at_the_catalogue_rate() -> None:
    assert custom_offer(Amount(75_000, "IDR"), 10_000, 10_000_000, 1_000, 10, 1).tokens == 750_000


@given(st.integers(1, 40), st.integers(0, 40))
def test_failed_work_waits_longer_each_time_but_never_more_than_an_hour_and_a_bit(attempts: int, jitter: int) -> None:
    wait = backoff(attempts, jitter).total_seconds()
    assert min(3600, 2**attempts) * 0.8 <= wait <= min(3600, 2**attempts) * 1.2
