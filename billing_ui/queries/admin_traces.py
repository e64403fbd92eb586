"""What a payment left elsewhere: in the books, the mail log, the inbox, the job table and the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import entry
from billing_ui.models import Audit, InboxMessage, Job, MailLog

_ENOUGH = 100


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One transfer of the books."""

    seq: int
    key: str
    at: datetime
    unit: str
    debit: str
    credit: str
    quantity: int
    balance_after: int
    actor: str


@dataclass(frozen=True, slots=True)
class MailLine:
    id: str
    at: datetime
    template: str
    to: str
    subject: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One delivery without its body, which is for fewer eyes."""

    id: int
    at: datetime
    gateway: str
    event: str
    times: int
    outcome: str
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobLine:
    key: str
    kind: str
    state: str
    due_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


def entries(tx: Tx, account_id: int, keys: Sequence[str]) -> tuple[EntryLine, ...]:
    """By key, because the books of an account are long and only keys are indexed."""
    query = (
        select(entry)
        .where(entry.c.account_id == account_id, entry.c.key.in_(keys))
        .order_by(entry.c.seq)
        .limit(_ENOUGH)
    )
    return tuple(
        EntryLine(
            line.seq, line.key, line.recorded_at, line.unit, line.debit, line.credit, line.quantity,
            line.balance_after, line.actor,
        )
        for line in (tx.execute(query) if keys else ())
    )  # fmt: skip


def mails(tx: Tx, payments: Sequence[str]) -> tuple[MailLine, ...]:
    query = select(MailLog).where(col(MailLog.payment).in_(payments)).order_by(col(MailLog.id)).limit(_ENOUGH)
    return tuple(
        MailLine(
            mail.public_id, mail.created_at, mail.template, mail.to_address, mail.subject, mail.status, mail.detail
        )
        for mail in tx.scalars(query)
    )


def webhooks(tx: Tx, messages: Sequence[int]) -> tuple[WebhookLine, ...]:
    query = select(InboxMessage).where(col(InboxMessage.id).in_(messages)).order_by(col(InboxMessage.id))
    return tuple(webhook(each) for each in tx.scalars(query.limit(_ENOUGH))) if messages else ()


def webhook(message: InboxMessage) -> WebhookLine:
    assert message.id is not None
    return WebhookLine(
        message.id, message.received_at, message.gateway, message.event, message.times, message.outcome,
        message.handled_at,
    )  # fmt: skip


def jobs(tx: Tx, keys: Sequence[str]) -> tuple[JobLine, ...]:
    query = select(Job).where(col(Job.key).in_(keys)).order_by(col(Job.id)).limit(_ENOUGH)
    return tuple(
        JobLine(job.key, job.kind, job.state, job.due_at, job.attempts, job.last_error)
        for job in (tx.scalars(query) if keys else ())
    )


def audits(tx: Tx, subjects: Sequence[str]) -> tuple[AuditLine, ...]:
    query = select(Audit).where(col(Audit.subject).in_(subjects)).order_by(col(Audit.id)).limit(_ENOUGH)
    return tuple(
        AuditLine(each.id or 0, each.at, each.actor, each.action, each.subject, each.reason, each.before, each.after)
        for each in (tx.scalars(query) if subjects else ())
    )
