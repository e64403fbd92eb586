"""One purchase as its page shows it: what a stranger with the link may see, and what a member sees besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.amount import Amount
from billing_ui.ledger.tables import account_head
from billing_ui.models import Account, Capture, Payment, PaymentEvent, Topup
from billing_ui.queries.aftermath import Aftermath, after
from billing_ui.queries.receipts import number_for
from billing_ui.rules.refunds import Standing


@dataclass(frozen=True, slots=True)
class TimelineLine:
    at: datetime
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class PaymentView:
    """`balance`, `phone`, `timeline`, `receipt` and what went back are for members only; a stranger sees what is
    needed to pay.

    `refunded` is what went back of the money that bought tokens, `returned` what went back of money that did not,
    `kept` what waits for a decision, each a sum per currency. `standing` says it in one word, empty where there is
    nothing to add to `status`.
    """

    ref: str
    account_id: int
    status: str
    method: str
    instruction_kind: str
    instruction_value: str
    deeplink: str
    amount: int
    fee: int
    tax: int
    total: int
    currency: str
    tokens: int
    expires_at: datetime
    created_at: datetime
    paid_at: datetime | None
    failure_code: str
    is_late: bool
    zone: str
    is_member: bool
    balance: int = 0
    payment: str = ""
    phone: str = ""
    timeline: tuple[TimelineLine, ...] = ()
    receipt: str = ""
    refunded: int = 0
    returned: tuple[Amount, ...] = ()
    kept: tuple[Amount, ...] = ()
    is_disputed: bool = False
    standing: Standing = ""


def payment_view(tx: Tx, ref: str, account_id: int | None) -> PaymentView | None:
    """The newest attempt of the purchase with this ref. None for a ref nobody has."""
    query = (
        select(Topup, Payment, col(Account.zone), account_head.c.balance)
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .join(Account, col(Account.id) == col(Topup.account_id))
        .join(account_head, account_head.c.account_id == col(Topup.account_id))
        .where(col(Topup.public_id) == ref)
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    row = tx.execute(query).first() if ref.isprintable() else None
    return None if row is None else _view(tx, row, account_id)


def _view(tx: Tx, row: Row[Topup, Payment, str, int], account_id: int | None) -> PaymentView:
    topup, payment, zone, balance = row
    is_member = account_id is not None and account_id == topup.account_id
    shown = payment.instruction
    # An older attempt may have been paid while a newer one is open: the purchase is what counts.
    status = "paid" if topup.status == "paid" else payment.status
    aftermath = after(tx, topup) if is_member else Aftermath()
    late = select(col(Capture.is_late)).where(col(Capture.payment_id) == payment.id, col(Capture.outcome) == "credited")
    return PaymentView(
        ref=topup.public_id, account_id=topup.account_id, status=status, method=payment.method,
        instruction_kind=str(shown.get("kind", "none")), instruction_value=str(shown.get("value", "")),
        deeplink=str(shown.get("deeplink", "")), amount=topup.amount, fee=topup.fee_amount, tax=topup.tax_amount,
        total=topup.total_amount, currency=topup.currency, tokens=topup.tokens + topup.bonus_tokens,
        expires_at=payment.expires_at, created_at=topup.created_at, paid_at=topup.paid_at,
        failure_code=payment.failure_code or "", is_late=bool(tx.scalar(late)), zone=zone, is_member=is_member,
        balance=balance if is_member else 0, payment=payment.public_id,
        phone=(payment.payer_phone or "") if is_member else "",
        timeline=_timeline(tx, payment) if is_member else (),
        receipt=number_for(tx, topup.id) if is_member and topup.id is not None else "",
        refunded=aftermath.refunded, returned=aftermath.returned, kept=aftermath.kept,
        is_disputed=aftermath.is_disputed, standing=aftermath.standing,
    )  # fmt: skip


def _timeline(tx: Tx, payment: Payment) -> tuple[TimelineLine, ...]:
    query = select(PaymentEvent).where(col(PaymentEvent.payment_id) == payment.id).order_by(col(PaymentEvent.seq))
    return tuple(TimelineLine(line.at, line.kind, line.status) for line in tx.scalars(query))
