"""The road to paid: whoever brings the news, and however often, one payment is one credit."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from billing_ui.gateways.base import Gateway
from billing_ui.kit.amount import Amount
from billing_ui.queries.history import recent
from billing_ui.queries.overview import head
from billing_ui.queries.payment import payment_view
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Captured
from billing_ui.services import looks
from tests.live_sandbox import Box
from tests.world import Crash, Customer, World


def captured(world: World, ref: str, payment_id: str = "py-0001", amount: int = 50_000) -> Captured:
    payment = world.payment(ref)
    return Captured("xendit", payment_id, payment.gateway_request_id or "", ref, Amount(amount, "IDR"), None)


def test_a_settled_capture_credits_the_tokens_and_moves_the_plan(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    settled = world.settle(ref, captured(world, ref))
    assert (settled.outcome, settled.status, settled.is_new) == ("credited", "paid", True)
    assert world.balance(customer) == 500_000
    with world.env.db.read() as tx:
        assert head(tx, customer.account_id).plan_slug == "bpp"
    world.books_are_right()


def test_the_same_capture_settled_again_credits_nothing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    assert world.settle(ref, captured(world, ref)).is_new is False
    assert world.balance(customer) == 500_000
    assert world.jobs("mail.send") == 1


def test_one_capture_settled_by_thirty_threads_at_once_is_credited_once(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    news = captured(world, ref)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(world.settle(ref, news))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answer.is_new for answer in answers) == 1
    assert len(answers) == 30
    assert world.balance(customer) == 500_000
    world.books_are_right()


def test_a_second_payment_of_one_purchase_is_extra_and_stays_in_clearing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    assert world.settle(ref, captured(world, ref, "py-0002")).outcome == "extra"
    assert world.balance(customer) == 500_000
    assert [each.outcome for each in world.captures()] == ["credited", "extra"]
    world.books_are_right()


@pytest.mark.parametrize("wrong", [Amount(49_999, "IDR"), Amount(50_001, "IDR"), Amount(50_000, "USD")])
def test_a_wrong_amount_or_currency_is_held_and_credits_nothing(world: World, wrong: Amount) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    settled = world.settle(ref, replace(captured(world, ref), amount=wrong))
    assert (settled.outcome, settled.status) == ("held", "review")
    assert world.balance(customer) == 0
    world.books_are_right()


def test_the_right_money_after_a_held_one_pays_the_purchase(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref, "py-0001", 40_000))
    assert world.settle(ref, captured(world, ref, "py-0002")).status == "paid"
    assert world.balance(customer) == 500_000


def test_money_that_arrives_after_the_deadline_is_credited_and_called_late(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.later(hours=3)
    world.work()
    assert world.payment(ref).status == "expired"
    world.settle(ref, captured(world, ref))
    assert world.balance(customer) == 500_000
    assert world.captures()[0].is_late


def test_a_lost_webhook_is_healed_by_looking(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    assert world.balance(customer) == 0
    world.later(seconds=55)
    world.work()
    assert world.balance(customer) == 500_000
    assert customer.account_id in world.signalled


def test_an_open_page_is_looked_at_within_ten_seconds(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    looks.watch(world.env, ref)
    box.pay(ref, drop_webhook=True)
    for _ in range(10):
        world.later(seconds=1)
        world.work()
    assert world.balance(customer) == 500_000


def test_check_now_credits_what_the_gateway_holds(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    assert looks.check(world.env, customer.actor, ref) == "paid"
    assert world.balance(customer) == 500_000


def test_two_payments_at_the_gateway_are_both_accounted_for(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True, payments=2)
    looks.check(world.env, customer.actor, ref)
    assert world.balance(customer) == 500_000
    world.later(minutes=1)
    world.work()
    assert sorted(each.outcome for each in world.captures()) == ["credited", "extra"]
    world.books_are_right()


def test_after_the_webhook_one_more_look_finds_what_no_webhook_told_of(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    told = box.pay(ref, drop_webhook=True, payments=2)["payment_ids"][1]
    world.settle(ref, captured(world, ref, told))
    world.later(minutes=1)
    world.work()
    assert sorted(each.outcome for each in world.captures()) == ["credited", "extra"]
    world.books_are_right()


class Listless:
    """The real gateway; its list of transactions cannot be read the first time."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.asked = 0

    def payments_under(self, reference: str) -> tuple[str, ...]:
        self.asked += 1
        if self.asked == 1:
            raise GatewayUnavailable(reason="RATE_LIMIT_EXCEEDED")
        return self._gateway.payments_under(reference)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def test_a_list_that_cannot_be_read_now_is_read_later_and_only_once(world: World, box: Box) -> None:
    gateway = Listless(world.env.gateways["xendit"])
    world = replace(world, env=replace(world.env, gateways={"xendit": gateway}))
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True, payments=2)
    world.later(minutes=1)
    world.work()
    assert [each.outcome for each in world.captures()] == ["credited"]
    world.later(minutes=11)
    world.work()
    assert sorted(each.outcome for each in world.captures()) == ["credited", "extra"]
    world.later(hours=2)
    world.work()
    assert gateway.asked == 2
    world.books_are_right()


@pytest.mark.parametrize("point", ["settle.stored", "settle.booked", "db.before_commit", "look.answered"])
def test_a_process_that_dies_while_settling_loses_nothing_and_doubles_nothing(
    world: World, box: Box, point: str
) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    world.crashes.armed[point] = Crash()
    with pytest.raises(Crash):
        looks.check(world.env, customer.actor, ref)
    world.later(seconds=3)
    looks.check(world.env, customer.actor, ref)
    assert world.balance(customer) == 500_000
    assert world.jobs("mail.send") == 1
    world.books_are_right()


def test_exactly_one_success_mail_is_sent(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    world.work()
    world.settle(ref, captured(world, ref))
    world.work()
    mails = box.inbox(customer.email)
    assert [mail["subject"] for mail in mails] == ["Pembayaran Berhasil - Makalah AI"]
    assert "500.000" in mails[0]["text"]
    assert ref in mails[0]["text"]


def test_a_member_sees_the_story_and_a_stranger_only_what_is_needed_to_pay(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    with world.env.db.read() as tx:
        own, foreign = payment_view(tx, ref, customer.account_id), payment_view(tx, ref, None)
    assert own is not None
    assert foreign is not None
    assert [line.kind for line in own.timeline] == ["asked", "shown", "captured", "credited"]
    assert own.balance == 500_000
    assert (foreign.timeline, foreign.balance, foreign.status) == ((), 0, "paid")


def test_history_shows_one_row_for_one_topup(world: World) -> None:
    customer: Customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    with world.env.db.read() as tx:
        rows = recent(tx, customer.account_id, 5)
    assert [(row.kind, row.tokens, row.balance_after, row.method) for row in rows] == [
        ("topup", 500_000, 500_000, "QRIS")
    ]
