"""What falls through is picked up, and what has served its purpose goes; keys of money and mail stay."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.models import AuthAttempt, Job
from billing_ui.services import sweeps
from tests.live_sandbox import Box
from tests.world import Crash, World


def test_a_payment_whose_look_was_parked_is_looked_at_again(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    with world.env.db.begin() as tx:
        tx.execute(update(Job).where(col(Job.kind) == "payments.look").values(state="dead"))
    assert sweeps.sweep_payments(world.env) == 1
    world.later(seconds=4)
    world.work()
    assert world.balance(customer) == 500_000


def test_a_payment_whose_answer_was_lost_is_looked_for_again_when_its_look_was_parked(world: World, box: Box) -> None:
    customer = world.customer()
    world.crashes.armed["topup.asked"] = Crash()
    with pytest.raises(Crash):
        world.wants(customer, key="form-0001")
    world.later(seconds=21)
    world.work()
    ref = world.wants(customer, key="form-0001")
    assert world.payment(ref).status == "unknown"
    with world.env.db.begin() as tx:
        tx.execute(update(Job).where(col(Job.kind) == "payments.look").values(state="dead"))
    box.pay(ref, drop_webhook=True)
    assert sweeps.sweep_payments(world.env) == 1
    world.later(seconds=4)
    world.work()
    assert world.balance(customer) == 500_000


def test_a_payment_somebody_looks_at_already_is_left_alone(world: World) -> None:
    world.wants(world.customer())
    assert sweeps.sweep_payments(world.env) == 0


def test_a_payment_older_than_the_gateways_patience_is_left_alone(world: World) -> None:
    world.wants(world.customer())
    world.later(hours=50)
    with world.env.db.begin() as tx:
        tx.execute(update(Job).values(state="done"))
    assert sweeps.sweep_payments(world.env) == 0


def test_finished_looks_and_old_tries_go_and_mail_keys_stay(world: World) -> None:
    customer = world.customer()
    world.wants(customer)
    with world.env.db.begin() as tx:
        tx.add(AuthAttempt(subject="sign-in:ip:1", at=world.clock.now()))
        tx.add(Job(kind="mail.send", key="mail:paid:1", due_at=world.clock.now(), created_at=world.clock.now()))
        tx.flush()
        tx.execute(update(Job).values(state="done", finished_at=world.clock.now()))
    world.later(days=31)
    assert sweeps.purge(world.env) == 1
    with world.env.db.read() as tx:
        assert tx.scalars(select(col(Job.kind))).all() == ["mail.send"]
        assert tx.scalars(select(AuthAttempt)).all() == []
