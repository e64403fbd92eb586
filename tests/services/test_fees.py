"""Each method has its fee: asked where the customer bears it, frozen with the purchase, told alike everywhere."""

from __future__ import annotations

import pytest

from billing_ui.queries.payment import payment_view
from billing_ui.rules.errors import FieldInvalid
from billing_ui.services import settings, topups
from tests.live_sandbox import Box
from tests.refunding import pockets
from tests.services.test_papers import words
from tests.services.test_receipts import choose, news, of
from tests.world import World


@pytest.fixture(autouse=True)
def borne(world: World) -> None:
    choose(world, "fee.payer", "customer")


def sums(world: World, ref: str) -> tuple[int, int, int]:
    with world.env.db.read() as tx:
        shown = payment_view(tx, ref, None)
    assert shown is not None
    return shown.amount, shown.fee, shown.total


@pytest.mark.parametrize(("method", "fee"), [("QRIS", 350), ("VA_BCA", 4_000), ("DANA", 750), ("SHOPEEPAY", 1_000)])
def test_the_gateway_collects_price_and_fee_and_the_receipt_tells_both(
    world: World, box: Box, method: str, fee: int
) -> None:
    customer = world.customer()
    ref = world.wants(customer, method=method)
    assert box.payment(ref)["amount"] == 50_000 + fee
    box.pay(ref)
    world.later(seconds=40)
    world.work()
    assert [(money.amount, money.outcome) for money in world.captures()] == [(50_000 + fee, "credited")]
    assert world.balance(customer) == 500_000
    assert pockets(world, customer.account_id)["IDR", "fee"] == fee
    receipt = of(world, ref)
    assert (receipt.amount, receipt.fee, receipt.total) == (50_000, fee, 50_000 + fee)
    spelled = f"{fee:,}".replace(",", ".")
    assert f"Biaya layanan Rp {spelled}" in words(world, receipt, "id")
    world.books_are_right()


def test_the_price_without_its_fee_pays_nothing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="VA_BCA")
    world.settle(ref, news(world, ref, amount=50_000))
    assert (world.payment(ref).status, world.balance(customer)) == ("review", 0)


def test_an_open_purchase_keeps_the_fee_of_its_day_whatever_is_chosen_later(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="VA_BCA")
    choose(world, "fee.methods", {"VA_BCA": {"flat": 6_500, "per_10000": 0}})
    assert sums(world, ref) == (50_000, 4_000, 54_000)
    topups.retry(world.env, customer.actor, ref, "QRIS")
    assert box.payment(f"{ref}~2")["amount"] == 54_000
    world.settle(ref, news(world, ref, amount=54_000))
    assert (world.payment(ref).status, of(world, ref).fee) == ("paid", 4_000)


def test_the_same_wish_at_another_fee_is_another_purchase(world: World) -> None:
    customer = world.customer()
    first = world.wants(customer, method="VA_BCA")
    assert world.wants(customer, method="VA_BCA") == first
    choose(world, "fee.methods", {"VA_BCA": {"flat": 2_500, "per_10000": 0}})
    second = world.wants(customer, method="VA_BCA")
    assert second != first
    assert sums(world, second) == (50_000, 2_500, 52_500)


def test_one_flat_fee_for_all_goes_on_meaning_what_it_meant(world: World) -> None:
    choose(world, "fee.amount", 3_000)
    customer = world.customer()
    assert [sums(world, world.wants(customer, method=method))[1] for method in ("QRIS", "VA_BCA")] == [3_000, 3_000]
    choose(world, "fee.methods", {"QRIS": {"flat": 0, "per_10000": 0}})
    assert [sums(world, world.wants(customer, method=method))[1] for method in ("QRIS", "VA_BCA")] == [0, 3_000]


def test_nobody_pays_a_fee_that_is_ours(world: World) -> None:
    choose(world, "fee.payer", "us")
    choose(world, "fee.methods", {"QRIS": {"flat": 500, "per_10000": 0}})
    assert sums(world, world.wants(world.customer())) == (50_000, 0, 50_000)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"GIRO": {"flat": 0, "per_10000": 70}}, "method"),
        ({"QRIS": {"flat": 0, "per_10000": 2_000}}, "maximum"),
        ({"QRIS": {"flat": -1, "per_10000": 0}}, "minimum"),
        ({"QRIS": {"flat": 0}}, "type"),
        ({"QRIS": {"flat": 0.5, "per_10000": 0}}, "type"),
        (70, "type"),
    ],
)
def test_a_fee_that_makes_no_sense_is_refused_and_the_old_one_stands(world: World, value: object, why: str) -> None:
    choose(world, "fee.methods", {"QRIS": {"flat": 0, "per_10000": 63}})
    with pytest.raises(FieldInvalid) as refused:
        choose(world, "fee.methods", value)
    assert refused.value.facts["why"] == why
    with world.env.db.read() as tx:
        assert settings.get(tx, "fee.methods")["QRIS"].per_10000 == 63
