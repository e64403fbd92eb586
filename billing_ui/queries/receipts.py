"""Receipts as they were issued, with what became of their money since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, Payment, Receipt, Refund, Topup
from billing_ui.rules.receipts import TaxLine, pdf_path, verify_path

Standing = Literal["valid", "partly_refunded", "refunded"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who sold, or who bought; what is not known is empty."""

    name: str
    address: str = ""
    tax_id: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt, word for word as on the day it was issued; only `refunded` knows of later days."""

    number: str
    check_code: str
    account_id: int
    language: str
    brand: str
    support: str
    seller: Party
    buyer: Party
    ref: str
    payment: str
    method: str
    gateway_payment_id: str
    tokens: int
    bonus_tokens: int
    amount: int
    fee: int
    tax: TaxLine | None
    total: int
    currency: str
    paid_at: datetime
    issued_at: datetime
    zone: str
    refunded: int

    @property
    def standing(self) -> Standing:
        if self.refunded >= self.total:
            return "refunded"
        return "partly_refunded" if self.refunded > 0 else "valid"

    @property
    def pdf(self) -> str:
        """The address of the paper, for members of the account."""
        return pdf_path(self.number)

    @property
    def proof(self) -> str:
        """The public address that proves it, with its code."""
        return verify_path(self.number, self.check_code)


def by_number(tx: Tx, number: str) -> ReceiptView | None:
    return _one(tx, _receipts().where(col(Receipt.number) == number))


def for_payment(tx: Tx, payment_id: int) -> ReceiptView | None:
    """The receipt of one attempt, if that is the one that paid."""
    return _one(tx, _receipts().where(col(Receipt.payment_id) == payment_id))


def for_purchase(tx: Tx, ref: str) -> ReceiptView | None:
    """The receipt of a purchase, whichever of its attempts paid it."""
    purchase = select(col(Payment.id)).join(Topup, col(Topup.id) == col(Payment.topup_id))
    attempts = purchase.where(col(Topup.public_id) == ref)
    return _one(tx, _receipts().where(col(Receipt.payment_id).in_(attempts)))


def number_for(tx: Tx, topup_id: int) -> str:
    """The number of a purchase's receipt; empty while there is none."""
    query = select(col(Receipt.number)).join(Payment, col(Payment.id) == col(Receipt.payment_id))
    return tx.scalar(query.where(col(Payment.topup_id) == topup_id)) or ""


def newest(tx: Tx, limit: int) -> list[ReceiptView]:
    return [_view(tx, row, language) for row, language in tx.execute(_receipts().limit(limit))]


def unreceipted(tx: Tx, limit: int) -> list[tuple[int, str]]:
    """Payments that paid their purchase and have no receipt yet: (id, the gateway's payment id), the oldest first."""
    query = (
        select(col(Payment.id), func.min(col(Capture.gateway_payment_id)))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .join(Capture, col(Capture.payment_id) == col(Payment.id))
        .outerjoin(Receipt, col(Receipt.payment_id) == col(Payment.id))
        .where(col(Topup.status) == "paid", col(Capture.outcome) == "credited", col(Receipt.id).is_(None))
        .group_by(col(Payment.id), col(Topup.paid_at))
        .order_by(col(Topup.paid_at), col(Payment.id))
        .limit(limit)
    )
    return [(payment_id, told) for payment_id, told in tx.execute(query) if payment_id is not None]


def _receipts() -> Select[Receipt, str]:
    return (
        select(Receipt, col(Account.language))
        .join(Account, col(Account.id) == col(Receipt.account_id))
        .order_by(col(Receipt.id).desc())
    )


def _one(tx: Tx, query: Select[Receipt, str]) -> ReceiptView | None:
    found = tx.execute(query).first()
    return None if found is None else _view(tx, found[0], found[1])


def _view(tx: Tx, row: Receipt, language: str) -> ReceiptView:
    said: dict[str, Any] = row.content
    refunded = select(func.sum(col(Refund.amount))).where(
        col(Refund.payment_id) == row.payment_id, col(Refund.status) == "succeeded",
        col(Refund.currency) == said["currency"],
    )  # fmt: skip
    return ReceiptView(
        number=row.number, check_code=row.check_code, account_id=row.account_id, language=language,
        brand=said["brand"], support=said["support"], seller=Party(**said["seller"]), buyer=Party(**said["buyer"]),
        ref=said["ref"], payment=said["payment"], method=said["method"],
        gateway_payment_id=said["gateway_payment_id"], tokens=said["tokens"], bonus_tokens=said["bonus_tokens"],
        amount=said["amount"], fee=said["fee"], tax=TaxLine(**said["tax"]) if said["tax"] else None,
        total=said["total"], currency=said["currency"], paid_at=datetime.fromisoformat(said["paid_at"]),
        issued_at=row.issued_at, zone=said["zone"], refunded=int(tx.scalar(refunded) or 0),
    )  # fmt: skip
