"""Asking for a top-up: the intent first, then the gateway, then its answer."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from billing_ui.kit.amount import Amount
from billing_ui.rules.access import ANONYMOUS
from billing_ui.rules.errors import (
    FieldInvalid,
    KeyReused,
    MethodUnavailable,
    NotCancelable,
    NotFound,
    NotPayable,
    SignInRequired,
    TooManyTries,
)
from billing_ui.rules.facts import Captured
from billing_ui.services import asking, looks, topups
from billing_ui.services.topups import RequestTopup
from tests.live_sandbox import Box
from tests.world import Crash, World, open_world


def test_a_qris_topup_is_payable_at_once(world: World, box: Box) -> None:
    ref = world.wants(world.customer())
    payment = world.payment(ref)
    assert payment.status == "pending"
    assert payment.instruction["kind"] == "qr"
    assert payment.instruction["value"].startswith("000201")
    assert box.payment(ref)["amount"] == 50_000


def test_a_bca_virtual_account_topup_shows_a_number(world: World, box: Box) -> None:
    ref = world.wants(world.customer(), method="VA_BCA")
    payment = world.payment(ref)
    assert payment.instruction["kind"] == "va"
    assert payment.instruction["value"].isdecimal()


def test_the_same_form_sent_twice_is_one_purchase(world: World) -> None:
    customer = world.customer()
    assert world.wants(customer, key="form-0001") == world.wants(customer, key="form-0001")


def test_the_same_form_sent_by_twenty_clicks_at_once_asks_the_gateway_once(world: World, box: Box) -> None:
    customer = world.customer()
    refs: list[str] = []
    threads = [threading.Thread(target=lambda: refs.append(world.wants(customer, key="form-0001"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refs) == 20
    assert len(set(refs)) == 1
    assert len(box.payment(refs[0])["payment_ids"]) == 0
    assert world.payment(refs[0]).status == "pending"


def test_the_same_form_with_another_amount_is_refused(world: World) -> None:
    customer = world.customer()
    world.wants(customer, key="form-0001")
    with pytest.raises(KeyReused):
        world.wants(customer, amount=25_000, key="form-0001")


def test_two_tabs_that_want_the_same_get_the_same_open_purchase(world: World) -> None:
    customer = world.customer()
    assert world.wants(customer, key="form-0001") == world.wants(customer, key="form-0002")


def test_the_same_wish_after_a_quarter_of_an_hour_is_a_new_purchase(world: World) -> None:
    customer = world.customer()
    first = world.wants(customer)
    world.later(minutes=16)
    assert world.wants(customer) != first


def test_a_stranger_cannot_buy(world: World) -> None:
    with pytest.raises(SignInRequired):
        topups.request(world.env, ANONYMOUS, RequestTopup(50_000, "QRIS", "form-0001"))


def test_a_form_without_a_key_is_refused(world: World) -> None:
    with pytest.raises(FieldInvalid):
        topups.request(world.env, world.customer().actor, RequestTopup(50_000, "QRIS", ""))


def test_a_method_outside_its_limits_names_the_reason(world: World) -> None:
    with pytest.raises(MethodUnavailable) as refused:
        world.wants(world.customer(), method="CARD")
    assert refused.value.facts["why"] == "closed"


def test_a_gateway_out_of_reach_leaves_the_outcome_unknown_and_a_retry_uses_a_new_reference(world: World) -> None:
    customer = world.customer()
    with open_world(world.env.db) as away:
        ref = topups.request(away.env, customer.actor, RequestTopup(50_000, "QRIS", "form-0001"))
        assert away.payment(ref).status == "unknown"
    topups.retry(world.env, customer.actor, ref)
    assert world.payment(ref).reference == f"{ref}~2"
    assert world.payment(ref).status == "pending"


def test_a_process_that_dies_before_asking_leaves_a_purchase_that_can_be_retried(world: World) -> None:
    customer = world.customer()
    world.crashes.armed["topup.stored"] = Crash()
    with pytest.raises(Crash):
        world.wants(customer, key="form-0001")
    ref = world.wants(customer, key="form-0001")
    assert world.payment(ref).status == "created"
    world.later(seconds=21)
    world.work()
    assert world.payment(ref).status == "unknown"
    topups.retry(world.env, customer.actor, ref)
    assert world.payment(ref).status == "pending"


def test_money_for_a_request_whose_answer_was_never_stored_is_still_credited(world: World, box: Box) -> None:
    customer = world.customer()
    world.crashes.armed["topup.asked"] = Crash()
    with pytest.raises(Crash):
        world.wants(customer, key="form-0001")
    ref = world.wants(customer, key="form-0001")
    assert world.payment(ref).gateway_request_id is None
    told = box.pay(ref, drop_webhook=True)
    assert told["status"] == "SUCCEEDED"
    world.later(seconds=21)
    world.work()
    assert (world.payment(ref).status, world.balance(customer)) == ("paid", 500_000)
    world.books_are_right()


def test_i_have_paid_finds_a_request_whose_answer_was_lost(world: World, box: Box) -> None:
    customer = world.customer()
    world.crashes.armed["topup.asked"] = Crash()
    with pytest.raises(Crash):
        world.wants(customer, key="form-0001")
    ref = world.wants(customer, key="form-0001")
    world.later(seconds=21)
    world.work()
    assert world.payment(ref).status == "unknown"
    assert looks.check(world.env, customer.actor, ref) == "unknown"
    box.pay(ref, drop_webhook=True)
    world.later(seconds=3)
    assert looks.check(world.env, customer.actor, ref) == "paid"
    assert world.balance(customer) == 500_000


def test_a_lost_request_nobody_paid_is_looked_for_ever_more_seldom_and_not_for_ever(world: World) -> None:
    world.crashes.armed["topup.asked"] = Crash()
    with pytest.raises(Crash):
        world.wants(world.customer(), key="form-0001")
    created_at, gaps = world.clock.now(), []
    world.later(seconds=21)
    while (due := looks.look(world.env, 1)) is not None:
        gaps.append(due - world.clock.now())
        world.clock.set(due)
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(minutes=1)
    assert timedelta(hours=48) < world.clock.now() - created_at < timedelta(hours=52)


def test_a_canceled_purchase_can_be_tried_again(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    topups.cancel(world.env, customer.actor, ref)
    assert world.payment(ref).status == "canceled"
    topups.retry(world.env, customer.actor, ref)
    assert world.payment(ref).status == "pending"


def test_a_paid_purchase_cannot_be_canceled(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    with pytest.raises(NotCancelable):
        topups.cancel(world.env, customer.actor, ref)
    assert world.balance(customer) == 500_000


def test_a_foreign_purchase_answers_like_an_unknown_one(world: World) -> None:
    ref = world.wants(world.customer())
    other = world.customer("lain@pelanggan.test")
    for unknown in (ref, "top_00000000000000000000000000"):
        with pytest.raises(NotFound):
            topups.cancel(world.env, other.actor, unknown)
    with pytest.raises(NotFound):
        looks.check(world.env, other.actor, "top_00000000000000000000000000")


def test_an_account_cannot_ask_for_codes_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_UNPAID_PER_HOUR", 3)
    customer = world.customer()
    paid, *_ = [world.wants(customer, amount) for amount in (25_000, 50_000, 100_000)]
    with pytest.raises(TooManyTries):
        world.wants(customer, method="VA_BCA")
    world.settle(paid, Captured("xendit", "py-1", "", paid, Amount(25_000, "IDR"), None))
    world.wants(customer, method="VA_BCA")
    with pytest.raises(TooManyTries):
        world.wants(customer, 25_000)
    world.later(minutes=61)
    world.wants(customer, 25_000)


def test_terms_of_long_ago_cannot_be_paid_anew(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    topups.cancel(world.env, customer.actor, ref)
    world.later(days=6)
    topups.retry(world.env, customer.actor, ref)
    topups.cancel(world.env, customer.actor, ref)
    world.later(days=2)
    with pytest.raises(NotPayable):
        topups.retry(world.env, customer.actor, ref)
