"""The file of one payment: everything the product knows of it, for operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import account_head
from billing_ui.models import Account, Capture, CaptureDecision, Dispute, Payment, PaymentEvent, Receipt, Refund, Topup
from billing_ui.queries import admin_traces as traces
from billing_ui.queries.admin_payments import flags_of
from billing_ui.queries.captures import payments_that_wait
from billing_ui.queries.people import owners


@dataclass(frozen=True, slots=True)
class AttemptLine:
    id: str
    reference: str
    at: datetime
    method: str
    status: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """Money that arrived. `decision` is empty while an extra or held one waits for a person."""

    id: str
    payment: str
    gateway_payment_id: str
    at: datetime
    amount: int
    currency: str
    outcome: str
    is_late: bool
    decision: str
    reason: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundLine:
    id: str
    at: datetime
    kind: str
    amount: int
    currency: str
    tokens: int
    status: str
    gateway_refund_id: str
    reason: str
    failure: str
    by: str


@dataclass(frozen=True, slots=True)
class DisputeLine:
    id: str
    at: datetime
    amount: int
    currency: str
    status: str
    told: str
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    at: datetime
    kind: str
    status: str
    actor: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """One payment in full. Nothing here opens a door: no codes of mails, no bodies of webhooks."""

    account_id: int
    facts: dict[str, Any]
    flags: tuple[str, ...]
    attempts: tuple[AttemptLine, ...]
    captures: tuple[CaptureLine, ...]
    refunds: tuple[RefundLine, ...]
    disputes: tuple[DisputeLine, ...]
    story: tuple[StoryLine, ...]
    entries: tuple[traces.EntryLine, ...]
    mails: tuple[traces.MailLine, ...]
    webhooks: tuple[traces.WebhookLine, ...]
    jobs: tuple[traces.JobLine, ...]
    audits: tuple[traces.AuditLine, ...]
    waits: tuple[str, ...]


def payment_file(tx: Tx, payment_id: str) -> PaymentFile | None:
    """By the payment's public id. None for one that nobody has."""
    query = select(Payment).where(col(Payment.public_id) == payment_id)
    payment = tx.scalars(query).first() if payment_id.isprintable() else None
    if payment is None:
        return None
    topup = tx.get(Topup, payment.topup_id) if payment.topup_id is not None else None
    attempts = _attempts(tx, payment)
    captures, refunds, disputes = _captures(tx, attempts), _refunds(tx, attempts), _disputes(tx, attempts)
    story = _story(tx, payment)
    messages = tuple(line.detail["message"] for line in story if isinstance(line.detail.get("message"), int))
    waiting = payments_that_wait().with_only_columns(col(Capture.public_id))
    subjects = [*_names(attempts), *_names(captures), *_names(refunds), *_names(disputes)]
    subjects += [topup.public_id] if topup is not None else []
    return PaymentFile(
        account_id=payment.account_id, facts=_facts(tx, payment, topup),
        flags=flags_of(tx, [payment]).get(payment.id or 0, ()),
        attempts=tuple(_attempt(each) for each in attempts),
        captures=_capture_lines(tx, attempts, captures),
        refunds=tuple(_refund(each) for each in refunds),
        disputes=tuple(_dispute(each) for each in disputes), story=story,
        entries=traces.entries(tx, payment.account_id, _keys(captures, refunds, disputes)),
        mails=traces.mails(tx, _names(attempts)), webhooks=traces.webhooks(tx, messages),
        jobs=traces.jobs(tx, [*(f"look:{each.public_id}" for each in attempts), *(f"inbox:{one}" for one in messages),
                             *(f"refund:{each.public_id}" for each in refunds)]),
        audits=traces.audits(tx, [*subjects, *(f"inbox:{one}" for one in messages)]),
        waits=tuple(tx.scalars(waiting.where(col(Capture.payment_id).in_([each.id for each in attempts])))),
    )  # fmt: skip


def _names(rows: Sequence[Payment | Capture | Refund | Dispute]) -> list[str]:
    return [row.public_id for row in rows]


def _keys(captures: list[Capture], refunds: list[Refund], disputes: list[Dispute]) -> list[str]:
    """The keys under which money of this purchase is posted."""
    keys = [f"{kind}:{one.gateway}:{one.gateway_payment_id}" for one in captures for kind in ("topup", "capture")]
    keys += [f"refund:{one.gateway}:{one.gateway_refund_id}" for one in refunds if one.gateway_refund_id]
    keys += [f"refund:manual:{one.public_id}" for one in refunds]
    return [*keys, *(f"dispute:{one.gateway}:{one.gateway_dispute_id}" for one in disputes)]


def _facts(tx: Tx, payment: Payment, topup: Topup | None) -> dict[str, Any]:
    account = tx.get_one(Account, payment.account_id)
    balance = tx.scalar(select(account_head.c.balance).where(account_head.c.account_id == payment.account_id))
    receipt = tx.scalar(select(col(Receipt.number)).where(col(Receipt.payment_id) == payment.id))
    sold = {} if topup is None else {
        "ref": topup.public_id, "purchase": topup.status, "tokens": topup.tokens + topup.bonus_tokens,
        "amount": topup.amount, "fee": topup.fee_amount, "tax": topup.tax_amount, "paid_at": topup.paid_at,
        "asked_by": topup.created_by,
    }  # fmt: skip
    return {
        "id": payment.public_id, "reference": payment.reference, "status": payment.status, "method": payment.method,
        "gateway": payment.gateway, "request_id": payment.gateway_request_id or "", "total": payment.total_amount,
        "currency": payment.currency, "failure": payment.failure_code or "", "at": payment.created_at,
        "expires_at": payment.expires_at, "changed_at": payment.changed_at, "looked_at": payment.looked_at,
        "account": account.public_id, "name": account.name, "external_id": account.external_id or "",
        "email": owners(tx, {payment.account_id}).get(payment.account_id, ""), "balance": balance or 0,
        "receipt": receipt or "", "ref": "", "purchase": "", "tokens": 0, "amount": 0, "fee": 0, "tax": 0,
        "paid_at": None, "asked_by": "", **sold,
    }  # fmt: skip


def _attempts(tx: Tx, payment: Payment) -> list[Payment]:
    if payment.topup_id is None:
        return [payment]
    query = select(Payment).where(col(Payment.topup_id) == payment.topup_id).order_by(col(Payment.id))
    return list(tx.scalars(query))


def _attempt(payment: Payment) -> AttemptLine:
    return AttemptLine(
        payment.public_id, payment.reference, payment.created_at, payment.method, payment.status,
        payment.total_amount, payment.currency,
    )  # fmt: skip


def _captures(tx: Tx, attempts: list[Payment]) -> list[Capture]:
    mine = col(Capture.payment_id).in_([each.id for each in attempts])
    return list(tx.scalars(select(Capture).where(mine).order_by(col(Capture.id))))


def _capture_lines(tx: Tx, attempts: list[Payment], captures: list[Capture]) -> tuple[CaptureLine, ...]:
    names = {each.id: each.public_id for each in attempts}
    about = select(CaptureDecision).where(col(CaptureDecision.capture_id).in_([each.id for each in captures]))
    decided = {each.capture_id: each for each in tx.scalars(about)} if captures else {}
    return tuple(_capture(each, names[each.payment_id], decided.get(each.id or 0)) for each in captures)


def _capture(capture: Capture, payment: str, decided: CaptureDecision | None) -> CaptureLine:
    return CaptureLine(
        id=capture.public_id, payment=payment, gateway_payment_id=capture.gateway_payment_id,
        at=capture.captured_at or capture.recorded_at, amount=capture.amount, currency=capture.currency,
        outcome=capture.outcome, is_late=capture.is_late, decision=decided.decision if decided else "",
        reason=decided.reason if decided else "", decided_by=decided.decided_by if decided else "",
        decided_at=decided.decided_at if decided else None,
    )  # fmt: skip


def _refunds(tx: Tx, attempts: list[Payment]) -> list[Refund]:
    mine = col(Refund.payment_id).in_([each.id for each in attempts])
    return list(tx.scalars(select(Refund).where(mine).order_by(col(Refund.id))))


def _refund(refund: Refund) -> RefundLine:
    return RefundLine(
        refund.public_id, refund.created_at, refund.kind, refund.amount, refund.currency, refund.tokens,
        refund.status, refund.gateway_refund_id or "", refund.reason, refund.failure_code or "", refund.created_by,
    )  # fmt: skip


def _disputes(tx: Tx, attempts: list[Payment]) -> list[Dispute]:
    mine = col(Dispute.payment_id).in_([each.id for each in attempts])
    return list(tx.scalars(select(Dispute).where(mine).order_by(col(Dispute.id))))


def _dispute(dispute: Dispute) -> DisputeLine:
    return DisputeLine(
        dispute.public_id, dispute.created_at, dispute.amount, dispute.currency, dispute.status, dispute.told,
        dispute.reason, dispute.due_at,
    )  # fmt: skip


def _story(tx: Tx, payment: Payment) -> tuple[StoryLine, ...]:
    query = select(PaymentEvent).where(col(PaymentEvent.payment_id) == payment.id).order_by(col(PaymentEvent.seq))
    return tuple(StoryLine(line.at, line.kind, line.status, line.actor, line.detail) for line in tx.scalars(query))
