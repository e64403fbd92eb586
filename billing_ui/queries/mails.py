"""Mails as operators list them, and whether somebody's own address still takes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import MailLog, MailStop, User


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail: for whom, what for, and what became of it."""

    key: str
    template: str
    to: str
    language: str
    subject: str
    status: str
    detail: str
    payment: str
    provider_id: str
    created_at: datetime
    sent_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StopView:
    """An address that gets no mail at present, and why."""

    address: str
    why: str
    detail: str
    since_at: datetime


def mails(tx: Tx, *, status: str = "", to: str = "", limit: int = 100) -> tuple[MailView, ...]:
    """The newest first; `to` is a whole address or the beginning of one."""
    query: Select[MailLog] = select(MailLog).order_by(col(MailLog.id).desc()).limit(limit)
    if status:
        query = query.where(col(MailLog.status) == status)
    if to:
        query = query.where(col(MailLog.to_address).startswith(to.lower(), autoescape=True))
    return tuple(_view(line) for line in tx.scalars(query))


def mail(tx: Tx, key: str) -> MailView | None:
    line = tx.scalars(select(MailLog).where(col(MailLog.key) == key)).first()
    return None if line is None else _view(line)


def stops(tx: Tx, limit: int = 100) -> tuple[StopView, ...]:
    """The addresses that are stopped now, the latest first."""
    query = select(MailStop).where(col(MailStop.lifted_at).is_(None)).order_by(col(MailStop.since_at).desc())
    return tuple(StopView(one.address, one.why, one.detail, one.since_at) for one in tx.scalars(query.limit(limit)))


def own_stop(tx: Tx, user_id: int) -> str:
    """Why nothing is sent to this user's address; empty while mail goes there."""
    query = (
        select(col(MailStop.why))
        .join(User, col(User.email) == col(MailStop.address))
        .where(col(User.id) == user_id, col(MailStop.lifted_at).is_(None))
    )
    return tx.scalar(query) or ""


def _view(line: MailLog) -> MailView:
    return MailView(
        key=line.key, template=line.template, to=line.to_address, language=line.language, subject=line.subject,
        status=line.status, detail=line.detail, payment=line.payment, provider_id=line.provider_id or "",
        created_at=line.created_at, sent_at=line.sent_at, changed_at=line.changed_at,
    )  # fmt: skip
