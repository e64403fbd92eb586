"""What the host app may know: which account it means, and one purchase with the story of all its attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, Payment, PaymentEvent, Topup
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.queries.receipts import ReceiptView, for_purchase


@dataclass(frozen=True, slots=True)
class StoryLine:
    """`attempt` is the public id of the payment the line is about."""

    at: datetime
    kind: str
    status: str
    attempt: str


@dataclass(frozen=True, slots=True)
class HostPaymentView:
    """The purchase as its page shows it, with whose it is and everything that happened to it."""

    shown: PaymentView
    account: str
    external_id: str | None
    is_late: bool
    timeline: tuple[StoryLine, ...]
    receipt: ReceiptView | None


def account_id_of(tx: Tx, *, account: str | None, external_id: str | None) -> int | None:
    """The account with this public id, or with this id of the host app's own."""
    query = select(col(Account.id))
    if account is not None:
        return tx.scalar(query.where(col(Account.public_id) == account))
    return tx.scalar(query.where(col(Account.external_id) == external_id))


def host_payment(tx: Tx, public_id: str) -> HostPaymentView | None:
    """Found by the ref of the purchase or by the id of any of its attempts. None for an id nobody has."""
    attempt = exists().where(col(Payment.topup_id) == col(Topup.id), col(Payment.public_id) == public_id)
    query = (
        select(col(Topup.id), col(Topup.public_id), col(Account.id), col(Account.public_id), col(Account.external_id))
        .join(Account, col(Account.id) == col(Topup.account_id))
        .where(col(Topup.public_id) == public_id if public_id.startswith("top_") else attempt)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    topup_id, ref, account_id, account, external_id = row
    shown = payment_view(tx, ref, account_id)
    if shown is None:
        return None
    late = (
        select(col(Capture.is_late))
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .where(col(Payment.topup_id) == topup_id, col(Capture.outcome) == "credited")
    )
    return HostPaymentView(
        shown, account, external_id, bool(tx.scalar(late)), _story(tx, topup_id), for_purchase(tx, ref)
    )


def _story(tx: Tx, topup_id: int | None) -> tuple[StoryLine, ...]:
    query = (
        select(PaymentEvent, col(Payment.public_id))
        .join(Payment, col(Payment.id) == col(PaymentEvent.payment_id))
        .where(col(Payment.topup_id) == topup_id)
        .order_by(col(PaymentEvent.at), col(PaymentEvent.payment_id), col(PaymentEvent.seq))
    )
    return tuple(StoryLine(line.at, line.kind, line.status, attempt) for line, attempt in tx.execute(query))
