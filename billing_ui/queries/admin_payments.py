"""Payments of all customers as the operators' desk lists them: newest first, narrowed, paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, tuple_
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.models import Account, Capture, Dispute, Payment, Refund, Topup
from billing_ui.queries.admin_search import Found, find
from billing_ui.queries.captures import payments_that_wait
from billing_ui.queries.people import owners
from billing_ui.rules.payment_lists import LONG, PaymentWish
from billing_ui.rules.payments import UNDECIDED

# Flags of a payment beside its status, in the order they are shown.
FLAGS = ("needs_decision", "held", "extra", "late", "refunded", "partly_refunded", "disputed")


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One attempt to pay. `flags` say what its status does not."""

    id: str
    ref: str
    reference: str
    at: datetime
    account: str
    name: str
    email: str
    amount: int
    currency: str
    method: str
    gateway: str
    status: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentPage:
    rows: tuple[PaymentRow, ...]
    has_newer: bool = False
    has_older: bool = False


def listed(tx: Tx, wanted: PaymentWish, now: datetime, zone: str) -> PaymentPage:
    """One page. Each filter has an index that keeps the order, so a page costs the same in a long history."""
    found = find(tx, wanted.ask.q) if wanted.ask.q else None
    if found is not None and not found:
        return PaymentPage(())
    query = _narrowed(wanted, now, zone, found)
    edge = _edge(tx, wanted.before or wanted.after)
    key = tuple_(col(Payment.created_at), col(Payment.id))
    if edge is not None and wanted.before:
        upward = query.where(key > edge).order_by(col(Payment.created_at), col(Payment.id))
        rows = tx.execute(upward.limit(wanted.ask.per + 1)).all()
        return PaymentPage(_rows(tx, rows[: wanted.ask.per][::-1]), len(rows) > wanted.ask.per, has_older=True)
    downward = query.order_by(col(Payment.created_at).desc(), col(Payment.id).desc())
    if edge is not None:
        downward = downward.where(key < edge)
    rows = tx.execute(downward.limit(wanted.ask.per + 1)).all()
    return PaymentPage(_rows(tx, rows[: wanted.ask.per]), edge is not None, len(rows) > wanted.ask.per)


def in_group(group: str, now: datetime) -> ColumnElement[bool]:
    """What a group of the list means, also for whoever counts it."""
    is_open = col(Payment.status).in_(sorted(UNDECIDED))
    is_old = col(Payment.created_at) < now - LONG
    match group:
        case "decision":
            return col(Payment.id).in_(payments_that_wait())
        case "waiting":
            return is_open & is_old
        case "stuck":
            # A code that can still be paid is nobody's fault; one that ended without an end is.
            unanswered = (col(Payment.status) != "pending") & is_old
            return is_open & (unanswered | (col(Payment.expires_at) < now - timedelta(minutes=5)))
        case "late":
            return col(Payment.id).in_(select(col(Capture.payment_id)).where(col(Capture.is_late)))
        case "refunded":
            return col(Payment.id).in_(select(col(Refund.payment_id)).where(col(Refund.status) == "succeeded"))
        case "disputed":
            return col(Payment.id).in_(select(col(Dispute.payment_id)))
        case _:
            return col(Payment.status) == group


def _narrowed(wanted: PaymentWish, now: datetime, zone: str, found: Found | None) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Payment, col(Topup.public_id).label("ref"), col(Account.public_id).label("account"), col(Account.name))
        .join(Account, col(Account.id) == col(Payment.account_id))
        .outerjoin(Topup, col(Topup.id) == col(Payment.topup_id))
    )
    if found is not None:
        query = query.where(
            or_(
                col(Payment.id).in_(found.payments) if found.payments else false(),
                col(Payment.account_id).in_(found.accounts) if found.accounts else false(),
            )
        )
    if wanted.ask.status:
        query = query.where(in_group(wanted.ask.status, now))
    if wanted.ask.method:
        query = query.where(col(Payment.method) == wanted.ask.method)
    if wanted.gateway:
        query = query.where(col(Payment.gateway) == wanted.gateway)
    if wanted.ask.first_on:
        query = query.where(col(Payment.created_at) >= start_of_day(wanted.ask.first_on, zone))
    if wanted.ask.last_on:
        query = query.where(col(Payment.created_at) < start_of_day(wanted.ask.last_on + timedelta(days=1), zone))
    return query


def _edge(tx: Tx, payment: str) -> tuple[datetime, int] | None:
    query = select(col(Payment.created_at), col(Payment.id)).where(col(Payment.public_id) == payment)
    row = tx.execute(query).first() if payment else None
    return None if row is None else (row[0], row[1] or 0)


def _rows(tx: Tx, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[PaymentRow, ...]:
    flags = flags_of(tx, [row[0] for row in rows])
    emails = owners(tx, {row[0].account_id for row in rows})
    return tuple(
        PaymentRow(
            id=payment.public_id, ref=ref or "", reference=payment.reference, at=payment.created_at, account=account,
            name=name, email=emails.get(payment.account_id, ""), amount=payment.total_amount,
            currency=payment.currency, method=payment.method, gateway=payment.gateway, status=payment.status,
            flags=flags.get(payment.id, ()),
        )
        for payment, ref, account, name in rows
    )  # fmt: skip


def flags_of(tx: Tx, payments: Sequence[Payment]) -> dict[int, tuple[str, ...]]:
    """What stands beside the status of each of these payments."""
    ids = [payment.id or 0 for payment in payments]
    seen: dict[int, set[str]] = {}
    if not ids:
        return {}
    came, back = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    captures = select(col(Capture.payment_id), col(Capture.outcome), col(Capture.is_late), col(Capture.amount))
    for payment_id, outcome, is_late, amount in tx.execute(captures.where(col(Capture.payment_id).in_(ids))):
        came[payment_id] += amount
        marks = seen.setdefault(payment_id, set())
        marks |= ({"late"} if is_late else set()) | ({outcome} - {"credited"})
    for payment_id in tx.scalars(payments_that_wait().where(col(Capture.payment_id).in_(ids))):
        seen.setdefault(payment_id, set()).add("needs_decision")
    refunds = select(col(Refund.payment_id), col(Refund.amount)).where(col(Refund.status) == "succeeded")
    for payment_id, amount in tx.execute(refunds.where(col(Refund.payment_id).in_(ids))):
        back[payment_id] += amount
    for payment_id in (payment_id for payment_id in ids if back[payment_id]):
        # Of all the money that came: a second payment that went back leaves the first where it is.
        whole = back[payment_id] >= came[payment_id]
        seen.setdefault(payment_id, set()).add("refunded" if whole else "partly_refunded")
    for payment_id in tx.scalars(select(col(Dispute.payment_id)).where(col(Dispute.payment_id).in_(ids))):
        seen.setdefault(payment_id, set()).add("disputed")
    return {payment_id: tuple(flag for flag in FLAGS if flag in marks) for payment_id, marks in seen.items()}
