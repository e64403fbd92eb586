"""Mails as jobs: queued with their cause under a key that is also the provider's, rendered when they are sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.emails.base import Mail
from billing_ui.emails.render import render
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import Job, Payment, User
from billing_ui.rules.access import system
from billing_ui.services import outbox, timeline

KIND = "mail.send"


def queue(tx: Tx, env: Env, template: str, key: str, user: User, args: dict[str, Any]) -> bool:
    """One mail to one user. The same key is the same mail, however often it is asked for."""
    return outbox.enqueue(
        tx, env, KIND, f"mail:{key}", {"key": key, "template": template, "user": user.id, "args": args}
    )


def queue_welcome(tx: Tx, env: Env, user: User) -> bool:
    """Somebody has proven their address: they are greeted once, whichever link proved it."""
    link = env.catalogue.brand.host_app_url or env.config.url("/subscription/overview/")
    return queue(tx, env, "welcome", f"welcome:{user.public_id}", user, {"cta_link": link})


def send(env: Env, key: str, template: str, user_id: int, args: dict[str, Any]) -> str:
    """Renders in the reader's language of this moment and hands it to the provider, once per key."""
    if args.get("link") == "":
        # Sent before; the process died between forgetting the link and ending the job.
        return ""
    with env.db.read() as tx:
        user = tx.scalars(select(User).where(col(User.id) == user_id)).one()
    facts = {"name": user.name, **args, "brand": brand_args(env, user.language)}
    rendered = render(template, user.language, facts)
    mail = Mail(to=user.email, subject=rendered.subject, html=rendered.html, text=rendered.text, key=key)
    sent = env.mailer.send(mail)
    if "payment" in args:
        _note_handed_over(env, key, template, str(args["payment"]))
    if "link" in args:
        _forget_link(env, key)
    return sent


def _note_handed_over(env: Env, key: str, template: str, payment_id: str) -> None:
    """One line in the story of the payment for one mail, however often its job is tried."""
    told = {"mail": template, "key": key}
    with env.db.begin() as tx:
        payment = tx.scalars(select(Payment).where(col(Payment.public_id) == payment_id).with_for_update()).one()
        if told not in timeline.details(tx, payment, "mailed"):
            timeline.note(tx, env, system("mail"), payment, "mailed", told)
            after_commit(tx, lambda: env.signals.publish(payment.account_id))


def _forget_link(env: Env, key: str) -> None:
    """A sent link opens a door; the job row that carried it keeps only that there was one."""
    with env.db.begin() as tx:
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
