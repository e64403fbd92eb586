"""E-wallets: a push to the payer's phone, an address to open, an app with a code for other devices."""

from __future__ import annotations

import pytest

from billing_ui.queries.topups import last_phone
from billing_ui.rules.errors import FieldInvalid, KeyReused, NotPayable, TooManyTries
from billing_ui.services import asking, looks, topups
from tests.live_sandbox import Box
from tests.world import World

PHONE, SAME_PHONE, OTHER_PHONE = "+6281234567890", "0812 3456 7890", "0857-1111-2222"


@pytest.mark.parametrize(
    ("method", "kind"),
    [("OVO", "push"), ("DANA", "redirect"), ("LINKAJA", "redirect"), ("GOPAY", "redirect"), ("SHOPEEPAY", "app")],
)
def test_each_wallet_is_payable_at_once_and_its_money_is_credited(
    world: World, box: Box, method: str, kind: str
) -> None:
    customer = world.customer()
    ref = world.wants(customer, method=method, phone=PHONE)
    assert (world.payment(ref).status, world.payment(ref).instruction["kind"]) == ("pending", kind)
    box.pay(ref, drop_webhook=True)
    world.later(seconds=31)
    world.work()
    assert (world.payment(ref).status, world.balance(customer)) == ("paid", 500_000)
    world.books_are_right()


def test_a_push_goes_to_the_number_in_the_gateways_own_spelling(world: World) -> None:
    ref = world.wants(world.customer(), method="OVO", phone=SAME_PHONE)
    assert world.payment(ref).payer_phone == PHONE


def test_a_push_without_a_number_is_refused_before_anything_is_stored(world: World) -> None:
    with pytest.raises(FieldInvalid) as refused:
        world.wants(world.customer(), method="OVO")
    assert refused.value.facts["field"] == "phone"
    assert world.jobs("payments.look") == 0


def test_the_same_form_with_the_number_written_otherwise_is_one_purchase_and_another_number_is_none(
    world: World,
) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE, key="form-0001")
    assert world.wants(customer, method="OVO", phone=SAME_PHONE, key="form-0001") == ref
    with pytest.raises(KeyReused):
        world.wants(customer, method="OVO", phone=OTHER_PHONE, key="form-0001")


def test_the_same_wish_from_another_tab_is_one_push_and_another_number_is_another(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    assert world.wants(customer, method="OVO", phone=PHONE) == ref
    assert world.wants(customer, method="OVO", phone=OTHER_PHONE) != ref


def test_the_number_asked_last_is_remembered_for_its_account_alone(world: World) -> None:
    customer, stranger = world.customer(), world.customer("lain@pelanggan.test")
    world.wants(customer, method="OVO", phone=PHONE)
    world.wants(customer)
    with world.env.db.read() as tx:
        assert last_phone(tx, customer.account_id) == PHONE
        assert last_phone(tx, stranger.account_id) is None


def test_changing_to_a_push_uses_the_remembered_number_or_asks_for_one(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    with pytest.raises(FieldInvalid):
        topups.retry(world.env, customer.actor, ref, "OVO")
    topups.retry(world.env, customer.actor, ref, "OVO", OTHER_PHONE)
    assert world.payment(ref).payer_phone == "+6285711112222"
    again = world.wants(customer, amount=25_000)
    topups.retry(world.env, customer.actor, again, "OVO")
    assert world.payment(again).payer_phone == "+6285711112222"


def test_the_gateway_is_asked_after_seventy_seconds_and_only_then_a_push_is_called_off(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    for _ in range(69):
        world.later(seconds=1)
        world.work()
    assert world.payment(ref).status == "pending"
    box.pay(ref, drop_webhook=True)
    world.later(seconds=1)
    world.work()
    assert world.payment(ref).status == "paid"


def test_a_push_nobody_approved_has_run_out_after_seventy_seconds_and_can_be_sent_again(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    world.later(seconds=70)
    world.work()
    assert world.payment(ref).status == "expired"
    topups.retry(world.env, customer.actor, ref)
    again = world.payment(ref)
    assert (again.status, again.reference, again.payer_phone) == ("pending", f"{ref}~2", PHONE)
    box.pay(f"{ref}~2", drop_webhook=True)
    looks.check(world.env, customer.actor, ref)
    assert world.balance(customer) == 500_000


def test_a_declined_push_says_why_and_goes_out_again(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    box.fail(ref, code="USER_DECLINED_PAYMENT")
    looks.check(world.env, customer.actor, ref)
    assert (world.payment(ref).status, world.payment(ref).failure_code) == ("failed", "USER_DECLINED_PAYMENT")
    topups.retry(world.env, customer.actor, ref)
    assert world.payment(ref).status == "pending"


def test_sending_again_while_the_push_still_runs_sends_nothing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    topups.retry(world.env, customer.actor, ref)
    topups.retry(world.env, customer.actor, ref, "OVO", SAME_PHONE)
    assert world.payment(ref).reference == ref


def test_another_number_closes_the_first_push_before_there_is_a_second(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    topups.retry(world.env, customer.actor, ref, None, OTHER_PHONE)
    assert box.payment(ref)["reference"] == f"{ref}~2"
    assert world.payment(ref).payer_phone == "+6285711112222"


def test_a_push_approved_a_moment_ago_is_paid_and_not_sent_again(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone=PHONE)
    box.pay(ref, drop_webhook=True)
    with pytest.raises(NotPayable):
        topups.retry(world.env, customer.actor, ref, None, OTHER_PHONE)
    assert (world.payment(ref).status, world.payment(ref).reference) == ("paid", ref)
    assert world.balance(customer) == 500_000


def test_a_phone_is_not_made_to_ring_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_PUSHES_PER_HOUR", 2)
    customer, other = world.customer(), world.customer("lain@pelanggan.test")
    world.wants(customer, method="OVO", phone=PHONE, amount=25_000)
    world.wants(other, method="OVO", phone=PHONE)
    with pytest.raises(TooManyTries):
        world.wants(customer, method="OVO", phone=PHONE)
    world.wants(customer, method="DANA")
    world.later(hours=1, seconds=1)
    world.wants(customer, method="OVO", phone=PHONE)
