"""What payers are written when a payment ends, once for each cause, and the line in its story that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.kit.amount import Amount
from billing_ui.models import Job, Payment
from billing_ui.queries.payment import payment_view
from billing_ui.rules.access import system
from billing_ui.rules.facts import Captured
from billing_ui.rules.payments import Happening
from billing_ui.services import looks, payment_mails, payments, topups
from tests.live_sandbox import Box
from tests.world import Crash, Customer, World


def queued(world: World) -> list[Any]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(Job).where(col(Job.kind) == "mail.send").order_by(col(Job.id))))


def templates(world: World) -> list[str]:
    return [job.args["template"] for job in queued(world)]


def fails(world: World, ref: str, reason: str = "INSUFFICIENT_BALANCE") -> Payment:
    payment = world.payment(ref)
    assert payment.id is not None
    payments.happened(world.env, system("test"), payment.id, "failed", reason)
    return payment


def captured(world: World, ref: str, amount: int = 50_000) -> Captured:
    payment = world.payment(ref)
    request_id = payment.gateway_request_id or ""
    return Captured("xendit", f"py-{ref}", request_id, payment.reference, Amount(amount, "IDR"), None)


def story(world: World, customer: Customer, ref: str) -> list[str]:
    with world.env.db.read() as tx:
        view = payment_view(tx, ref, customer.account_id)
    assert view is not None
    return [line.kind for line in view.timeline]


def test_a_failed_payment_is_written_about_once_with_its_reason_and_the_way_back(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    payment = fails(world, ref)
    fails(world, ref)
    (job,) = queued(world)
    assert job.key.startswith(f"mail:failed:{payment.public_id}:")
    world.work()
    (mail,) = box.inbox(customer.email)
    assert mail["subject"] == "Pembayaran Gagal - Makalah AI"
    for words in ("50.000", ref, f"/pay/{ref}/", "Saldo pada rekening atau e-wallet tidak cukup"):
        assert words in mail["text"]


def test_a_reason_we_have_no_words_for_is_left_out(world: World, box: Box) -> None:
    customer = world.customer()
    fails(world, world.wants(customer), "NEVER_HEARD_OF")
    world.work()
    (mail,) = box.inbox(customer.email)
    assert "NEVER_HEARD_OF" not in mail["text"]
    assert "pay.reason" not in mail["text"]


def test_a_payment_whose_time_is_over_is_written_about_once(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.later(hours=3)
    world.work()
    world.later(hours=3)
    world.work()
    assert world.payment(ref).status == "expired"
    (mail,) = box.inbox(customer.email)
    assert f"/pay/{ref}/" in mail["text"]
    assert templates(world) == ["payment_expired"]


def test_pushes_that_run_out_one_after_another_are_written_about_once(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone="+6281234567890")
    for _ in range(3):
        world.later(seconds=71)
        world.work()
        topups.retry(world.env, customer.actor, ref)
    assert templates(world) == ["payment_expired"]


@pytest.mark.parametrize("happening", ["failed", "expired"])
def test_an_attempt_that_another_one_replaced_is_not_written_about(world: World, happening: Happening) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    first = world.payment(ref)
    assert first.id is not None
    topups.retry(world.env, customer.actor, ref, "VA_BNI")
    assert world.payment(ref).id != first.id
    with world.env.db.begin() as tx:
        # The gateway had not let go of the old code when the method was changed.
        tx.execute(update(Payment).where(col(Payment.id) == first.id).values(status="pending"))
    assert payments.happened(world.env, system("test"), first.id, happening) == happening
    assert templates(world) == []


def test_a_payment_its_customer_canceled_is_not_written_about(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    topups.cancel(world.env, customer.actor, ref)
    fails(world, ref)
    world.later(hours=3)
    world.work()
    assert templates(world) == []


def test_a_purchase_whose_money_is_held_is_not_called_unpaid(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    first = world.payment(ref)
    topups.retry(world.env, customer.actor, ref, "VA_BNI")
    assert first.id is not None
    wrong = Captured("xendit", "py-wrong", first.gateway_request_id or "", first.reference, Amount(1, "IDR"), None)
    payments.settle(world.env, system("test"), first.id, wrong)
    fails(world, ref)
    assert templates(world) == ["payment_review"]


def test_money_that_comes_after_the_end_is_written_about_too(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    fails(world, ref)
    world.settle(ref, captured(world, ref))
    assert templates(world) == ["payment_failed", "payment_late"]


def test_money_that_comes_in_time_is_no_late_money(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    for _ in range(2):
        world.settle(ref, captured(world, ref))
    assert templates(world) == ["payment_success"]


def test_money_of_the_wrong_amount_is_written_about_once_with_what_came_and_until_when(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    for _ in range(2):
        world.settle(ref, captured(world, ref, 40_000))
    world.work()
    (mail,) = box.inbox(customer.email)
    assert mail["subject"] == "Pembayaran Sedang Kami Periksa - Makalah AI"
    for words in (
        "Rp\u00a040.000",
        "Rp\u00a050.000",
        ref,
        "aman",
        "24\u00a0Nov\u00a02026, 10.00\u00a0WIB",
        f"/pay/{ref}/",
    ):
        assert words in mail["text"]


def test_a_second_payment_of_one_purchase_is_written_about_as_extra(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    first = captured(world, ref)
    world.settle(ref, first)
    for number in (2, 3):
        world.settle(ref, replace(first, gateway_payment_id=f"py-{number}"))
    assert templates(world) == ["payment_success", "payment_review", "payment_review"]
    world.work()
    assert "sudah lunas" in box.inbox(customer.email)[0]["text"]


def test_money_sent_back_is_written_about_once_for_each_refund(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    payment = world.payment(ref)
    assert payment.id is not None
    for refund, amount, tokens in (("rfd_1", 20_000, 200_000), ("rfd_1", 20_000, 200_000), ("rfd_2", 30_000, 0)):
        with world.env.db.begin() as tx:
            held, topup = payments.locked(tx, payment.id)
            payment_mails.tell_refunded(tx, world.env, held, topup, amount, tokens, refund=refund)
    world.work()
    told = [mail["text"] for mail in box.inbox(customer.email) if mail["subject"].startswith("Dana Dikembalikan")]
    assert len(told) == 2
    assert sorted("200.000 token" in text for text in told) == [False, True]
    assert sorted("Rp\u00a030.000" in text for text in told) == [False, True]


def test_a_mail_that_was_handed_over_is_a_line_in_the_story_of_its_payment(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    world.signalled.clear()
    world.work()
    assert story(world, customer, ref) == ["asked", "shown", "captured", "credited", "mailed"]
    assert customer.account_id in world.signalled
    world.books_are_right()


def test_a_mail_that_was_not_handed_over_is_no_line_in_the_story(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    box.fault("500", gateway="resend")
    world.work()
    assert "mailed" not in story(world, customer, ref)


def test_a_mail_job_that_dies_after_handing_over_adds_its_line_once(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.settle(ref, captured(world, ref))
    (job,) = queued(world)
    for _ in range(2):
        with world.env.db.begin() as tx:
            tx.execute(
                update(Job)
                .where(col(Job.id) == job.id)
                .values(state="queued", due_at=world.clock.now() - timedelta(seconds=1), leased_until=None)
            )
        world.work()
    assert story(world, customer, ref).count("mailed") == 1
    assert len(box.inbox(customer.email)) == 1


def test_a_process_that_dies_while_a_payment_expires_still_writes_once(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.expire(ref)
    world.crashes.armed["db.before_commit"] = Crash()
    with pytest.raises(Crash):
        looks.check(world.env, customer.actor, ref)
    world.later(seconds=3)
    looks.check(world.env, customer.actor, ref)
    assert templates(world) == ["payment_expired"]
