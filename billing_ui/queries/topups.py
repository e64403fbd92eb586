"""Purchases as customers meet them again: the method used last, what is not finished, what ended without money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Payment, Topup
from billing_ui.models.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A purchase without money and how its newest attempt stands."""

    ref: str
    at: datetime
    status: str
    method: str
    tokens: int
    total: int
    currency: str
    actor: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UnpaidWish:
    """Which of them: made within a span of time, beyond a place in the order, standing so, of certain refs."""

    first_at: datetime | None = None
    end_at: datetime | None = None
    beside: tuple[datetime, str] | None = None
    newest_first: bool = True
    statuses: tuple[str, ...] | None = None
    method: str = ""
    refs: tuple[str, ...] | None = None


def last_method(tx: Tx, account_id: int) -> str | None:
    """The method this account paid with last; None before its first payment."""
    query = (
        select(col(Payment.method))
        .where(col(Payment.account_id) == account_id, col(Payment.status) == "paid")
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    return tx.scalar(query)


def last_phone(tx: Tx, account_id: int) -> str | None:
    """The number this account was asked to pay with last, so that nobody types it twice."""
    query = (
        select(col(Payment.payer_phone))
        .where(col(Payment.account_id) == account_id, col(Payment.payer_phone).is_not(None))
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    return tx.scalar(query)


def unfinished(tx: Tx, account_id: int, now: datetime) -> str | None:
    """The ref of the newest purchase that can still be paid with the code already shown."""
    query = (
        select(col(Topup.public_id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(
            col(Topup.account_id) == account_id, col(Topup.status) == "open", col(Payment.status) == "pending",
            col(Payment.expires_at) > now,
        )
        .order_by(col(Payment.id).desc())
        .limit(1)
    )  # fmt: skip
    return tx.scalar(query)


def unpaid(tx: Tx, account_id: int, wish: UnpaidWish, limit: int) -> list[Unpaid]:
    """Purchases without money in the order of reading, along the index of those that are not paid."""
    later = aliased(Payment)
    newest = select(func.max(col(later.id))).where(col(later.topup_id) == col(Topup.id)).scalar_subquery()
    order = (col(Topup.created_at), col(Topup.id))
    query = (
        select(Topup, Payment)
        .join(Payment, col(Payment.id) == newest)
        .where(col(Topup.account_id) == account_id, col(Topup.status) != "paid", *_narrowed(wish))
        .order_by(*(column.desc() for column in order) if wish.newest_first else order)
        .limit(limit)
    )
    return [_shown(topup, payment) for topup, payment in tx.execute(query)]


def _narrowed(wish: UnpaidWish) -> list[ColumnElement[bool]]:
    made, found = col(Topup.created_at), []
    if wish.first_at is not None:
        found.append(made >= wish.first_at)
    if wish.end_at is not None:
        found.append(made < wish.end_at)
    if wish.beside is not None:
        found.append(_beyond(*wish.beside, newest_first=wish.newest_first))
    if wish.statuses is not None:
        found.append(col(Payment.status).in_(wish.statuses))
    if wish.method:
        found.append(col(Payment.method) == wish.method)
    if wish.refs is not None:
        found.append(col(Topup.public_id).in_(wish.refs))
    return found


def _beyond(at: datetime, ref: str, *, newest_first: bool) -> ColumnElement[bool]:
    """Beside a posting (no ref) every purchase of its instant is the older one."""
    made, instant = col(Topup.created_at), literal(at, UtcDateTime)
    if not ref:
        return made <= instant if newest_first else made > instant
    its_id = select(col(Topup.id)).where(col(Topup.public_id) == ref).correlate(None).scalar_subquery()
    if newest_first:
        return and_(made <= instant, or_(made < instant, col(Topup.id) < its_id))
    return and_(made >= instant, or_(made > instant, col(Topup.id) > its_id))


def _shown(topup: Topup, payment: Payment) -> Unpaid:
    return Unpaid(
        ref=topup.public_id, at=topup.created_at, status=payment.status, method=payment.method,
        tokens=topup.tokens + topup.bonus_tokens, total=topup.total_amount, currency=topup.currency,
        actor=topup.created_by, expires_at=payment.expires_at,
    )  # fmt: skip
