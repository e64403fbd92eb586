"""The log of mails, what the provider's news does to it, and the addresses that get no further mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.models import Audit, InboxMessage, Job, MailLog, MailStop, PaymentEvent, User
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid, Forbidden, NotFound, SignInRequired, TooManyTries
from billing_ui.rules.jobs import MAX_ATTEMPTS
from billing_ui.services import identity, inbox, mail_log, mail_stops, mails
from tests.live_sandbox import Box
from tests.mail_news import BOUNCES, event, signed
from tests.services.people import EMAIL, PHONE, SignUp
from tests.world import Crash, Customer, World

DESK = Actor("cli:operator", trusted=True)


def queued(world: World, customer: Customer, key: str = "welcome:1", **args: Any) -> None:
    with world.env.db.begin() as tx:
        user = tx.scalars(select(User).where(col(User.id) == customer.actor.user_id)).one()
        mails.queue(tx, world.env, "welcome", key, user, {"cta_link": "https://makalah.example/", **args})


def line(world: World, key: str = "welcome:1") -> MailLog:
    with world.env.db.read() as tx:
        return tx.scalars(select(MailLog).where(col(MailLog.key) == key)).one()


def stop(world: World, address: str) -> MailStop | None:
    with world.env.db.read() as tx:
        return mail_stops.active(tx, address)


def tells(world: World, kind: str, customer: Customer, *, name: str = "", key: str = "welcome:1", **more: Any) -> str:
    """Resend delivers one event and its job runs. Answers what became of it."""
    told = line(world, key)
    body = event(kind, customer.email, world.clock.now(), tag=told.public_id, provider_id="em_1", **more)
    headers = signed(body, world.clock.now(), name or world.env.ids.public("msg"))
    inbox.receive(world.env, "resend", headers, body)
    world.work()
    with world.env.db.read() as tx:
        newest = select(InboxMessage).order_by(col(InboxMessage.id).desc()).limit(1)
        return tx.scalars(newest).one().outcome


def bounces(world: World, customer: Customer, which: str = "bounced", **more: Any) -> str:
    return tells(world, "email.bounced", customer, bounce=BOUNCES[which], **more)


def test_a_mail_has_a_line_from_the_transaction_that_queues_it(world: World, box: Box) -> None:
    customer = world.customer()
    world.crashes.armed["db.before_commit"] = Crash()
    with pytest.raises(Crash):
        queued(world, customer)
    with world.env.db.read() as tx:
        assert tx.scalars(select(MailLog)).all() == []
    queued(world, customer)
    queued(world, customer)
    told = line(world)
    assert (told.status, told.to_address, told.template, told.subject) == ("queued", customer.email, "welcome", "")
    world.work()
    told, (mail,) = line(world), box.inbox(customer.email)
    assert (told.status, told.provider_id, told.language) == ("sent", mail["id"], "id")
    assert told.subject == mail["subject"] == "Selamat datang - Makalah AI"
    assert told.sent_at == world.clock.now()


def test_a_mail_the_provider_refuses_is_failed_and_says_why(world: World, box: Box) -> None:
    customer = world.customer("sari@example.com")
    queued(world, customer)
    world.work()
    assert (line(world).status, line(world).detail) == ("failed", "MailRejected: 422 validation_error")


def test_a_mail_is_failed_only_after_its_last_try(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    box.fault("500", "send", "resend")
    world.work()
    assert (line(world).status, line(world).detail) == ("queued", "MailUnavailable: 500 application_error")
    with world.env.db.begin() as tx:
        tx.execute(update(Job).where(col(Job.kind) == mails.KIND).values(attempts=MAX_ATTEMPTS - 1))
    world.later(minutes=1)
    box.fault("500", "send", "resend")
    world.work()
    assert line(world).status == "failed"
    mails.resend(world.env, DESK, "welcome:1", "the provider is back")
    world.work()
    assert (line(world).status, line(world).detail) == ("sent", "")


def test_a_process_that_dies_after_the_provider_took_the_mail_sends_it_once(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.crashes.armed["mails.taken"] = Crash()
    with pytest.raises(Crash):
        world.work()
    assert line(world).status == "queued"
    world.later(minutes=2)
    world.work()
    assert line(world).status == "sent"
    assert len(box.inbox(customer.email)) == 1


def test_a_reader_who_changes_the_language_meanwhile_gets_one_mail_and_its_line_is_sent(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.crashes.armed["mails.taken"] = Crash()
    with pytest.raises(Crash):
        world.work()
    identity.set_language(world.env, customer.actor, "en")
    world.later(minutes=2)
    world.work()
    assert (line(world).status, line(world).provider_id) == ("sent", None)
    assert [mail["subject"] for mail in box.inbox(customer.email)] == ["Selamat datang - Makalah AI"]
    tells(world, "email.delivered", customer)
    assert line(world).status == "delivered"


def test_a_mail_that_was_stopped_is_no_line_in_the_story_of_its_payment(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    with world.env.db.begin() as tx:
        mail_stops.stop(tx, world.env, customer.email, "bounced", "", None)
    box.pay(ref)
    world.later(seconds=30)
    world.work()
    with world.env.db.read() as tx:
        assert tx.scalars(select(col(MailLog.status))).all() == ["stopped"]
        assert "mailed" not in tx.scalars(select(col(PaymentEvent.kind))).all()


def test_the_same_news_from_many_sides_at_once_stop_once(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    now, tag = world.clock.now(), line(world).public_id
    body = event("email.bounced", customer.email, now, tag=tag, bounce=BOUNCES["bounced"])

    def hears(number: int) -> bool:
        return inbox.receive(world.env, "resend", signed(body, now, f"msg_{number % 4}"), body)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(hears, range(16))) == 4
        with world.env.db.read() as tx:
            messages = tx.scalars(select(col(InboxMessage.id))).all()
        assert set(pool.map(lambda message: inbox.handle(world.env, message or 0), [*messages, *messages])) == {
            "bounced"
        }
    with world.env.db.read() as tx:
        assert len(tx.scalars(select(MailStop)).all()) == 1
        assert tx.scalars(select(col(InboxMessage.times))).all() == [4, 4, 4, 4]


def test_no_link_of_a_mail_stands_in_the_log(world: World) -> None:
    identity.sign_up(world.env, SignUp(EMAIL, "kata sandi yang panjang"), PHONE)
    world.work()
    with world.env.db.read() as tx:
        (told,) = tx.scalars(select(MailLog)).all()
        (job,) = tx.scalars(select(Job).where(col(Job.kind) == mails.KIND)).all()
    assert "token=" not in repr(told)
    assert (job.args["template"], told.template) == ("verify_email", "verify_email")


def test_news_move_a_mail_on_and_never_back(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    for kind, status in (
        ("email.delivery_delayed", "delayed"), ("email.delivered", "delivered"), ("email.sent", "delivered"),
        ("email.delivery_delayed", "delivered"), ("email.complained", "complained"), ("email.delivered", "complained"),
    ):  # fmt: skip
        tells(world, kind, customer)
        assert line(world).status == status


@pytest.mark.parametrize("order", list(permutations(["email.sent", "email.delivered", "email.complained"])))
def test_news_in_any_order_end_the_same(world: World, box: Box, order: tuple[str, ...]) -> None:
    customer = world.customer()
    queued(world, customer)
    for kind in order:
        tells(world, kind, customer)
    assert line(world).status == "complained"
    assert stop(world, customer.email) is not None


def test_news_faster_than_our_own_writing_is_not_lost(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    with world.env.db.begin() as tx:
        mail_log.told(tx, world.env, line(world).public_id, "em_early", "delivered", "")
    world.work()
    told = line(world)
    assert (told.status, told.subject) == ("delivered", "Selamat datang - Makalah AI")
    assert told.provider_id == box.inbox(customer.email)[0]["id"]


def test_news_find_their_mail_by_the_providers_id_too(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    body = event("email.delivered", customer.email, world.clock.now(), provider_id=line(world).provider_id or "")
    inbox.receive(world.env, "resend", signed(body, world.clock.now()), body)
    world.work()
    assert line(world).status == "delivered"


def test_an_address_that_bounced_for_good_gets_no_further_mail(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    world.signalled.clear()
    assert bounces(world, customer) == "bounced"
    assert customer.account_id in world.signalled
    held = stop(world, customer.email)
    assert held is not None
    assert (held.why, held.detail) == ("bounced", "Permanent / General / no such mailbox")
    queued(world, customer, "welcome:2")
    world.work()
    assert (line(world, "welcome:2").status, line(world, "welcome:2").detail) == ("stopped", "bounced")
    assert len(box.inbox(customer.email)) == 1
    with world.env.db.read() as tx:
        assert set(tx.scalars(select(col(Job.state)).where(col(Job.kind) == mails.KIND))) == {"done"}


@pytest.mark.parametrize("kind", ["email.complained", "email.suppressed"])
def test_a_complaint_or_a_suppression_stops_too(world: World, box: Box, kind: str) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    tells(world, kind, customer, suppressed={"type": "OnSuppressionList", "message": "x"})
    held = stop(world, customer.email)
    assert held is not None
    assert held.why == kind.removeprefix("email.")
    assert line(world).status == ("complained" if kind == "email.complained" else "stopped")


def test_a_full_mailbox_stops_nothing(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    assert bounces(world, customer, "full") == "bounced"
    assert "MailboxFull" in line(world).detail
    assert stop(world, customer.email) is None


def test_news_of_a_mail_that_is_not_ours_stops_nobody(world: World) -> None:
    customer = world.customer()
    body = event("email.complained", customer.email, world.clock.now(), tag="mail_strange", provider_id="em_strange")
    inbox.receive(world.env, "resend", signed(body, world.clock.now()), body)
    world.work()
    with world.env.db.read() as tx:
        assert tx.scalars(select(col(InboxMessage.outcome))).all() == ["unmatched"]
    assert stop(world, customer.email) is None


def test_whoever_owns_the_address_says_once_a_day_that_it_is_right(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    assert mail_stops.confirm(world.env, customer.actor) is False
    bounces(world, customer)
    world.later(minutes=5)
    assert mail_stops.confirm(world.env, customer.actor)
    assert mail_stops.confirm(world.env, customer.actor) is False
    assert stop(world, customer.email) is None
    world.later(minutes=5)
    queued(world, customer, "welcome:2")
    world.work()
    assert bounces(world, customer, key="welcome:2") == "bounced"
    assert stop(world, customer.email) is not None
    with pytest.raises(TooManyTries):
        mail_stops.confirm(world.env, customer.actor)
    world.later(hours=24)
    assert mail_stops.confirm(world.env, customer.actor)
    with world.env.db.read() as tx:
        lifted = tx.scalars(select(Audit).where(col(Audit.action) == "mail.stop_lifted")).all()
    assert [audit.actor for audit in lifted] == [customer.actor.name] * 2
    assert lifted[0].before["address"] == customer.email
    with pytest.raises(SignInRequired):
        mail_stops.confirm(world.env, DESK)


def test_old_news_told_again_stops_a_lifted_address_no_second_time(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    bounces(world, customer, name="msg_bounce")
    body = event(
        "email.bounced", customer.email, world.clock.now(), tag=line(world).public_id, bounce=BOUNCES["bounced"]
    )
    world.later(minutes=1)
    mail_stops.lift(world.env, DESK, customer.email.upper(), "the customer called")
    inbox.receive(world.env, "resend", signed(body, world.clock.now(), "msg_twin"), body)
    world.work()
    with world.env.db.read() as tx:
        messages = tx.scalars(select(col(InboxMessage.id))).all()
    for message in messages:
        inbox.replay(world.env, DESK, message)
    world.work()
    assert stop(world, customer.email) is None


def test_only_the_desk_lifts_the_stop_of_somebody_else_and_only_one_that_is_there(world: World) -> None:
    customer = world.customer()
    with pytest.raises(Forbidden):
        mail_stops.lift(world.env, customer.actor, customer.email, "please")
    with pytest.raises(NotFound):
        mail_stops.lift(world.env, DESK, customer.email, "typed wrongly")


def test_a_stop_of_one_address_leaves_others_alone(world: World, box: Box) -> None:
    customer, other = world.customer(), world.customer("budi@pelanggan.test")
    queued(world, customer)
    world.work()
    bounces(world, customer)
    queued(world, other, "welcome:2")
    world.work()
    assert line(world, "welcome:2").status == "sent"


def test_a_reset_is_asked_for_alike_and_not_mailed_to_a_stopped_address(world: World, box: Box) -> None:
    customer = world.customer()
    with world.env.db.begin() as tx:
        mail_stops.stop(tx, world.env, customer.email, "complained", "", None)
    identity.request_reset(world.env, customer.email, "10.0.0.7")
    world.work()
    assert box.inbox(customer.email) == []
    with world.env.db.read() as tx:
        (told,) = tx.scalars(select(MailLog)).all()
        (job,) = tx.scalars(select(Job).where(col(Job.kind) == mails.KIND)).all()
    assert (told.status, job.state, job.args["args"]["link"]) == ("stopped", "done", "")


def test_the_desk_sends_a_mail_again_under_a_key_of_its_own(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    world.work()
    world.later(hours=1)
    assert mails.resend(world.env, DESK, "welcome:1", "she deleted it") == "again:1:welcome:1"
    world.work()
    assert [mail["subject"] for mail in box.inbox(customer.email)] == ["Selamat datang - Makalah AI"] * 2
    assert mails.resend(world.env, DESK, "welcome:1", "once more") == "again:2:welcome:1"
    with pytest.raises(Forbidden):
        mails.resend(world.env, customer.actor, "welcome:1", "me too")
    with pytest.raises(NotFound):
        mails.resend(world.env, DESK, "welcome:9", "which")


def test_a_mail_that_still_waits_is_brought_forward_instead_of_doubled(world: World, box: Box) -> None:
    customer = world.customer()
    queued(world, customer)
    box.fault("500", "send", "resend")
    world.work()
    assert mails.resend(world.env, DESK, "welcome:1", "now please") == "welcome:1"
    world.work()
    assert len(box.inbox(customer.email)) == 1


def test_a_link_is_never_mailed_a_second_time(world: World, box: Box) -> None:
    customer = world.customer()
    identity.request_reset(world.env, customer.email, "10.0.0.7")
    world.work()
    with world.env.db.read() as tx:
        key = tx.scalars(select(col(MailLog.key))).one()
    with pytest.raises(FieldInvalid):
        mails.resend(world.env, DESK, key, "lost")
    assert len(box.inbox(customer.email)) == 1
