"""Whatever number a customer, a bank or a host app names, and the payments it belongs to. Unique indexes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, Member, Payment, Receipt, Refund, Topup, User
from billing_ui.rules.payment_lists import GATEWAYS

_ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Single payments, or everything of these accounts."""

    payments: tuple[int, ...] = ()
    accounts: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.payments or self.accounts)


def find(tx: Tx, words: str) -> Found:
    """Exactly what was named: a purchase's ref, an attempt's reference or id, a gateway's id of the request or of the
    money, a refund, a receipt number, an account, the host app's own id, an e-mail address."""
    if "@" in words:
        return Found(accounts=_ids(tx, _of_user(words.lower())))
    payments = {found for query in _of_payment(words) for found in _ids(tx, query)}
    if payments:
        return Found(payments=tuple(sorted(payments)))
    account = select(col(Account.id)).where((col(Account.public_id) == words) | (col(Account.external_id) == words))
    return Found(accounts=_ids(tx, account))


def _of_user(email: str) -> Select[Any]:
    return (
        select(col(Member.account_id)).join(User, col(User.id) == col(Member.user_id)).where(col(User.email) == email)
    )


def _of_payment(words: str) -> tuple[Select[Any], ...]:
    mine = select(col(Payment.id))
    here = col(Payment.gateway).in_(GATEWAYS)
    return (
        mine.join(Topup, col(Topup.id) == col(Payment.topup_id)).where(col(Topup.public_id) == words),
        mine.where(col(Payment.reference) == words),
        mine.where(col(Payment.public_id) == words),
        mine.where(here, col(Payment.gateway_request_id) == words),
        select(col(Capture.payment_id)).where(
            col(Capture.gateway).in_(GATEWAYS), col(Capture.gateway_payment_id) == words
        ),
        select(col(Capture.payment_id)).where(col(Capture.public_id) == words),
        select(col(Refund.payment_id)).where(col(Refund.public_id) == words),
        select(col(Receipt.payment_id)).where(col(Receipt.number) == words),
    )


def _ids(tx: Tx, query: Select[Any]) -> tuple[int, ...]:
    return tuple(tx.scalars(query.limit(_ENOUGH)))
