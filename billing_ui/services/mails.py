"""Mails as jobs: queued with their cause under a key that is also the provider's, rendered when they are sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.emails.base import Mail
from billing_ui.emails.render import render
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Job, User
from billing_ui.services import outbox

KIND = "mail.send"


def queue(tx: Tx, env: Env, template: str, key: str, user: User, args: dict[str, Any]) -> bool:
    """One mail to one user. The same key is the same mail, however often it is asked for."""
    return outbox.enqueue(
        tx, env, KIND, f"mail:{key}", {"key": key, "template": template, "user": user.id, "args": args}
    )


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
    if "link" in args:
        _forget_link(env, key)
    return sent


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
