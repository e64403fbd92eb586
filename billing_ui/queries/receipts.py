"""Receipts as they were issued, with what became of their money since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, Dispute, Payment, Receipt, Refund, Topup
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
    """The first receipt of one attempt; None if it brought no money that became tokens."""
    return _one(tx, _receipts().where(col(Receipt.payment_id) == payment_id).order_by(col(Receipt.id)))


def for_capture(tx: Tx, capture: str) -> ReceiptView | None:
    """The receipt of one sum of money, by its public id."""
    of_capture = select(col(Capture.id)).where(col(Capture.public_id) == capture).scalar_subquery()
    return _one(tx, _receipts().where(col(Receipt.capture_id) == of_capture))


def for_purchase(tx: Tx, ref: str) -> ReceiptView | None:
    """The receipt of the money that paid a purchase, whichever of its attempts brought it."""
    return next(iter(all_for_purchase(tx, ref)), None)


def all_for_purchase(tx: Tx, ref: str) -> list[ReceiptView]:
    """The one of the money that paid, then those of money that came on top and was credited too."""
    attempts = select(col(Payment.id)).join(Topup, col(Topup.id) == col(Payment.topup_id))
    mine = col(Receipt.payment_id).in_(attempts.where(col(Topup.public_id) == ref))
    found = tx.execute(_receipts().where(mine).order_by(col(Receipt.id)))
    return [_view(tx, row, language) for row, language in found]


def number_for(tx: Tx, topup_id: int) -> str:
    """The number of the receipt of the money that paid a purchase; empty while there is none."""
    query = select(col(Receipt.number)).join(Payment, col(Payment.id) == col(Receipt.payment_id))
    return tx.scalar(query.where(col(Payment.topup_id) == topup_id).order_by(col(Receipt.id)).limit(1)) or ""


def newest(tx: Tx, limit: int) -> list[ReceiptView]:
    found = tx.execute(_receipts().order_by(col(Receipt.id).desc()).limit(limit))
    return [_view(tx, row, language) for row, language in found]


def _receipts() -> Select[Receipt, str]:
    return select(Receipt, col(Account.language)).join(Account, col(Account.id) == col(Receipt.account_id))


def _one(tx: Tx, query: Select[Receipt, str]) -> ReceiptView | None:
    found = tx.execute(query).first()
    return None if found is None else _view(tx, found[0], found[1])


def _view(tx: Tx, row: Receipt, language: str) -> ReceiptView:
    said: dict[str, Any] = row.content
    return ReceiptView(
        number=row.number, check_code=row.check_code, account_id=row.account_id, language=language,
        brand=said["brand"], support=said["support"], seller=Party(**said["seller"]), buyer=Party(**said["buyer"]),
        ref=said["ref"], payment=said["payment"], method=said["method"],
        gateway_payment_id=said["gateway_payment_id"], tokens=said["tokens"], bonus_tokens=said["bonus_tokens"],
        amount=said["amount"], fee=said["fee"], tax=TaxLine(**said["tax"]) if said["tax"] else None,
        total=said["total"], currency=said["currency"], paid_at=datetime.fromisoformat(said["paid_at"]),
        issued_at=row.issued_at, zone=said["zone"], refunded=_gone(tx, row.capture_id, said["total"]),
    )  # fmt: skip


def _gone(tx: Tx, capture_id: int, total: int) -> int:
    """What went back of the money of a receipt; what had gone before it became tokens is not on the receipt."""
    refunds = select(func.coalesce(func.sum(col(Refund.amount)), 0)).where(
        col(Refund.capture_id) == capture_id, col(Refund.status) == "succeeded"
    )
    lost = select(func.coalesce(func.sum(col(Dispute.booked_amount)), 0)).where(col(Dispute.capture_id) == capture_id)
    arrived = select(col(Capture.amount)).where(col(Capture.id) == capture_id)
    early = tx.scalars(arrived).one() - total
    return max(int(tx.scalar(refunds) or 0) + int(tx.scalar(lost) or 0) - early, 0)
