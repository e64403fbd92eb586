"""What became of every mail: written with its cause, kept true by the sender and by what the provider tells us."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import select
from sqlmodel import col

from billing_ui.emails.base import Mail, MailRejected, MailUnavailable
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Job, MailLog, User
from billing_ui.rules.jobs import MAX_ATTEMPTS

News = Literal["sent", "delivered", "delayed", "bounced", "complained", "failed", "stopped"]

_LONGEST_DETAIL = 500
# News may come in any order and more than once: a mail only moves on, a bounce after its delivery included.
_RANK = {
    "queued": 0, "sent": 1, "delayed": 2, "failed": 3, "delivered": 4, "bounced": 5, "stopped": 5, "complained": 6,
}  # fmt: skip
STATUSES = tuple(_RANK)


def open_line(tx: Tx, env: Env, key: str, template: str, user: User, args: dict[str, Any]) -> None:
    """The line of a mail that was just queued. Nothing of what it says is kept here, so no link ever is."""
    now = env.clock.now()
    tx.add(
        MailLog(
            public_id=env.ids.public("mail"), key=key, template=template, user_id=user.id,
            payment=str(args.get("payment", "")), to_address=user.email, created_at=now, changed_at=now,
        )
    )  # fmt: skip
    tx.flush()


def tag(tx: Tx, key: str) -> str:
    """What the provider gives back with all news of this mail; it finds the line before we know the provider's id."""
    return tx.scalar(select(col(MailLog.public_id)).where(col(MailLog.key) == key)) or ""


def handed_over(tx: Tx, env: Env, mail: Mail, language: str, provider_id: str) -> None:
    """The provider has taken the mail; its id is empty when it took it before. News may have been faster than we are:
    then the status stands already."""
    line = _by_key(tx, mail.key)
    if line is None:
        return
    line.to_address, line.subject, line.language = mail.to, mail.subject, language
    line.provider_id = provider_id or line.provider_id
    line.sent_at = line.sent_at or env.clock.now()
    if line.status in {"queued", "failed"}:
        _move(env, line, "sent", "")


def stopped(tx: Tx, env: Env, key: str, address: str, why: str) -> None:
    """Nothing was sent: the address no longer takes our mail."""
    line = _by_key(tx, key)
    if line is not None and line.status in {"queued", "failed"}:
        line.to_address = address
        _move(env, line, "stopped", why)


def not_sent(env: Env, key: str, error: Exception) -> None:
    """A try that did not work. It is the end of the mail when the provider refused it, or when no try is left."""
    with env.db.begin() as tx:
        line = _by_key(tx, key)
        if line is None or line.status not in {"queued", "failed"}:
            return
        tries = tx.scalar(select(col(Job.attempts)).where(col(Job.key) == f"mail:{key}")) or 0
        is_over = isinstance(error, MailRejected) or tries >= MAX_ATTEMPTS
        _move(env, line, "failed" if is_over else line.status, _why(error))


def told(tx: Tx, env: Env, tag: str, provider_id: str, news: News, detail: str) -> MailLog | None:
    """What the provider says became of a mail of ours; None when it is none of ours."""
    line = _by_news(tx, tag, provider_id)
    if line is None:
        return None
    if _RANK[news] > _RANK[line.status]:
        _move(env, line, news, detail)
    return line


def _move(env: Env, line: MailLog, status: str, detail: str) -> None:
    line.status, line.detail, line.changed_at = status, detail[:_LONGEST_DETAIL], env.clock.now()


def _why(error: Exception) -> str:
    """Only what the provider said: other errors may quote what the mail says."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, MailRejected | MailUnavailable) else name


def _by_key(tx: Tx, key: str) -> MailLog | None:
    return tx.scalars(select(MailLog).where(col(MailLog.key) == key).with_for_update()).first()


def _by_news(tx: Tx, tag: str, provider_id: str) -> MailLog | None:
    for known, value in ((col(MailLog.public_id), tag), (col(MailLog.provider_id), provider_id)):
        if value:
            found = tx.scalars(select(MailLog).where(known == value).with_for_update()).first()
            if found is not None:
                return found
    return None
