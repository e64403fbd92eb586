"""An operator asks the gateway again: what it says is acted on, told in one word, and written into the audit."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.models import Audit, InboxMessage, Job
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import Forbidden, NotFound, SignInRequired
from billing_ui.services import inbox, rechecks
from tests.live_sandbox import Box
from tests.world import World

SUPPORT = Actor("user:usr_support", user_id=1, role="support")


def audits(world: World, action: str) -> list[Audit]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(Audit).where(col(Audit.action) == action).order_by(col(Audit.id))))


def test_money_that_no_webhook_told_of_is_found_credited_and_said(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    payment = world.payment(ref)
    same = rechecks.recheck(world.env, SUPPORT, payment.public_id)
    assert (same.heard, same.before, same.after) == ("same", "pending", "pending")
    box.pay(ref)
    done = rechecks.recheck(world.env, SUPPORT, payment.public_id)
    assert (done.heard, done.before, done.after, done.captures) == ("money", "pending", "paid", 1)
    assert world.balance(customer) == 500_000
    again = rechecks.recheck(world.env, SUPPORT, payment.public_id)
    assert (again.heard, again.captures) == ("same", 0)
    assert world.balance(customer) == 500_000
    written = audits(world, "payment.rechecked")
    assert [(each.actor, each.subject, each.after["heard"]) for each in written] == [
        (SUPPORT.name, payment.public_id, heard) for heard in ("same", "money", "same")
    ]
    world.books_are_right()


def test_of_two_payments_for_one_code_without_webhooks_both_are_found(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, payments=2)
    done = rechecks.recheck(world.env, SUPPORT, world.payment(ref).public_id)
    assert (done.heard, done.after, done.captures) == ("money", "paid", 2)
    assert sorted(each.outcome for each in world.captures()) == ["credited", "extra"]
    assert world.balance(customer) == 500_000
    world.books_are_right()


def test_a_code_that_expired_at_the_gateway_is_said_to_have_moved(world: World, box: Box) -> None:
    ref = world.wants(world.customer())
    box.expire(ref)
    done = rechecks.recheck(world.env, SUPPORT, world.payment(ref).public_id)
    assert (done.heard, done.after) == ("moved", "expired")


def test_a_gateway_that_does_not_answer_changes_nothing_and_is_said_to_be_silent(world: World, box: Box) -> None:
    ref = world.wants(world.customer())
    box.reset()  # the gateway no longer knows the request
    done = rechecks.recheck(world.env, SUPPORT, world.payment(ref).public_id)
    assert (done.heard, done.before, done.after) == ("silent", "pending", "pending")
    assert len(audits(world, "payment.rechecked")) == 1


@pytest.mark.parametrize(
    ("actor", "refusal"), [(Actor("user:usr_x", user_id=7), Forbidden), (Actor("x"), SignInRequired)]
)
def test_nobody_but_operators_may_ask_or_replay(world: World, actor: Actor, refusal: type[Exception]) -> None:
    ref = world.wants(world.customer())
    with pytest.raises(refusal):
        rechecks.recheck(world.env, actor, world.payment(ref).public_id)
    with pytest.raises(refusal):
        inbox.replay(world.env, actor, 1)
    assert audits(world, "payment.rechecked") == audits(world, "webhook.replayed") == []


def test_unknown_payments_and_webhooks_are_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        rechecks.recheck(world.env, SUPPORT, "pay_nobody")
    with pytest.raises(NotFound):
        inbox.replay(world.env, SUPPORT, 404)


def test_a_replayed_webhook_is_acted_on_again_and_changes_nothing_that_is_done(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref)
    headers = {"x-callback-token": box.settings.callback_token, "webhook-id": "wh-1"}
    body = b'{"event":"payment.capture","data":{"reference_id":"%s","payment_request_id":"%s","payment_id":"py-x"}}' % (
        ref.encode(), (world.payment(ref).gateway_request_id or "").encode(),
    )  # fmt: skip
    assert inbox.receive(world.env, "xendit", headers, body)
    world.work()
    assert world.balance(customer) == 500_000
    with world.env.db.read() as tx:
        message = tx.scalars(select(InboxMessage)).one()
    assert message.id is not None
    inbox.replay(world.env, SUPPORT, message.id)
    inbox.replay(world.env, SUPPORT, message.id)
    with world.env.db.read() as tx:
        assert tx.scalars(select(col(Job.state)).where(col(Job.key) == f"inbox:{message.id}")).all() == ["queued"]
    world.work()
    assert world.balance(customer) == 500_000
    assert [each.subject for each in audits(world, "webhook.replayed")] == [f"inbox:{message.id}"] * 2
    world.books_are_right()
