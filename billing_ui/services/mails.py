"""Mails as jobs: queued with their cause under a key that is also the provider's, rendered when they are sent."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.emails.base import Mail, MailTaken
from billing_ui.emails.render import render
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import Job, Payment, User
from billing_ui.queries import receipts
from billing_ui.rules.access import Actor, require, system
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.services import audits, mail_log, mail_stops, outbox, timeline

KIND = "mail.send"
log = logging.getLogger(__name__)


def queue(tx: Tx, env: Env, template: str, key: str, user: User, args: dict[str, Any]) -> bool:
    """One mail to one user. The same key is the same mail, however often it is asked for."""
    told = {"key": key, "template": template, "user": user.id, "args": args}
    is_new = outbox.enqueue(tx, env, KIND, f"mail:{key}", told)
    if is_new:
        mail_log.open_line(tx, env, key, template, user, args)
    return is_new


def queue_welcome(tx: Tx, env: Env, user: User) -> bool:
    """Somebody has proven their address: they are greeted once, whichever link proved it."""
    link = env.catalogue.brand.host_app_url or env.config.url("/subscription/overview/")
    return queue(tx, env, "welcome", f"welcome:{user.public_id}", user, {"cta_link": link})


def send(env: Env, key: str, template: str, user_id: int, args: dict[str, Any]) -> str:
    """Hands the mail to the provider, once per key. Nothing goes to an address that no longer takes our mail."""
    if args.get("link") == "":
        # Sent before; the process died between forgetting the link and ending the job.
        return ""
    with env.db.read() as tx:
        user = tx.scalars(select(User).where(col(User.id) == user_id)).one()
        stop = mail_stops.active(tx, user.email)
        tag = mail_log.tag(tx, key)
    if stop is not None:
        with env.db.begin() as tx:
            _forget_link(tx, key, args)
            mail_log.stopped(tx, env, key, user.email, stop.why)
        return ""
    return _hand_over(env, key, template, user, args, tag)


def resend(env: Env, actor: Actor, key: str, reason: str) -> str:
    """The same mail once more, under a key of its own; answers that key. One that was not sent yet is sent now."""
    require(actor, "payments.recheck")
    with env.db.begin() as tx:
        job = tx.scalars(select(Job).where(col(Job.key) == f"mail:{key}").with_for_update()).first()
        if job is None or job.kind != KIND:
            raise NotFound(what="mail")
        told, sent_as = job.args, key
        if job.state == "done":
            if "link" in told["args"]:
                raise FieldInvalid(field="key", why="one_time_link")
            sent_as = _next_key(tx, key)
            user = tx.scalars(select(User).where(col(User.id) == told["user"])).one()
            queue(tx, env, told["template"], sent_as, user, told["args"])
        else:
            outbox.reschedule(tx, env, KIND, job.key, told, env.clock.now())
        audits.record(tx, env, actor, "mail.resent", key, reason, after={"key": sent_as})
    return sent_as


def _next_key(tx: Tx, key: str) -> str:
    """Whoever asks holds the lock of the first mail, so that two who ask at once do not take the same number."""
    again = (col(Job.key).startswith("mail:again:"), col(Job.key).endswith(f":{key}", autoescape=True))
    return f"again:{(tx.scalar(select(func.count()).select_from(Job).where(*again)) or 0) + 1}:{key}"


def _hand_over(env: Env, key: str, template: str, user: User, args: dict[str, Any], tag: str) -> str:
    """Rendered in the reader's language of this moment."""
    sent = ""
    try:
        facts = {
            "name": user.name,
            **args,
            **_receipt(env, template, user, args),
            "brand": brand_args(env, user.language),
        }
        rendered = render(template, user.language, facts)
        mail = Mail(user.email, rendered.subject, rendered.html, rendered.text, key, tag)
        sent = env.mailer.send(mail)
    except MailTaken:
        log.info("mail %s was taken before, in other words", key)
    except Exception as error:
        mail_log.not_sent(env, key, error)
        raise
    env.failpoint("mails.taken")
    with env.db.begin() as tx:
        if "payment" in args:
            _note_handed_over(tx, env, key, template, str(args["payment"]))
        _forget_link(tx, key, args)
        mail_log.handed_over(tx, env, mail, user.language, sent)
    return sent


def _receipt(env: Env, template: str, user: User, args: dict[str, Any]) -> dict[str, Any]:
    """Whoever paid is led to their receipt; it was issued in the transaction that queued the mail."""
    if template not in {"payment_success", "payment_late"}:
        return {}
    with env.db.read() as tx:
        own = args.get("capture")  # decided about by a person: the purchase may have been paid before
        found = receipts.for_capture(tx, own) if own else receipts.for_purchase(tx, str(args["ref"]))
    link = env.config.url(f"{found.pdf}?lang={user.language}") if found else ""
    return {"receipt": found.number, "receipt_link": link} if found else {}


def _note_handed_over(tx: Tx, env: Env, key: str, template: str, payment_id: str) -> None:
    """One line in the story of the payment for one mail, however often its job is tried."""
    told = {"mail": template, "key": key}
    payment = tx.scalars(select(Payment).where(col(Payment.public_id) == payment_id).with_for_update()).one()
    if told not in timeline.details(tx, payment, "mailed"):
        timeline.note(tx, env, system("mail"), payment, "mailed", told)
        after_commit(tx, lambda: env.signals.publish(payment.account_id))


def _forget_link(tx: Tx, key: str, args: dict[str, Any]) -> None:
    """A sent link opens a door; the job row that carried it keeps only that there was one."""
    if "link" not in args:
        return
    job = tx.scalars(select(Job).where(col(Job.key) == f"mail:{key}").with_for_update()).first()
    if job is not None:
        job.args = {**job.args, "args": {**job.args["args"], "link": ""}}


def brand_args(env: Env, language: str) -> dict[str, Any]:
    """What every mail says about the sender."""
    brand = env.catalogue.brand
    return {
        "name": brand.name,
        "support_email": brand.support_email,
        "url": env.config.public_url,
        "host_app_url": brand.host_app_url,
        "language": language,
        "cta": {name: words.said_in(language) for name, words in brand.mail_cta.items()},
    }
