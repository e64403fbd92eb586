"""Receipts: one per paid purchase, numbered without gaps inside the transaction that credits it, frozen for good."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hmac import compare_digest
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.models import Account, Payment, Receipt, Topup
from billing_ui.queries import receipts as stored
from billing_ui.queries.receipts import ReceiptView
from billing_ui.rules import receipts as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadCode, NotFound
from billing_ui.rules.refunds import Sold
from billing_ui.services import attempts, settings

_BATCH = 500
# Wrong codes from one address within a quarter of an hour; a right one does not count.
MOST_WRONG_CODES = 20


def issue(
    tx: Tx, env: Env, payment: Payment, topup: Topup, gateway_payment_id: str, sold: Sold | None = None
) -> Receipt:
    """The last step of a credit: whoever holds the counter waits for nothing any more. The same payment again gets the
    receipt it has. A transaction that dies takes its number back with it, so none is ever missing.

    `sold` is what was bought where that is not what was asked for: a wrong amount that was credited by decision."""
    tx.flush()
    take_turns(tx, "receipts")
    known = tx.scalars(select(Receipt).where(col(Receipt.payment_id) == payment.id)).first()
    if known is not None:
        return known
    now = env.clock.now()
    series = rules.series(now.astimezone(ZoneInfo(env.catalogue.zone)).year)
    last = tx.scalar(select(func.max(col(Receipt.seq))).where(col(Receipt.series) == series)) or 0
    row = Receipt(
        number=rules.number(series, last + 1), series=series, seq=last + 1, account_id=payment.account_id,
        payment_id=cast(int, payment.id), check_code=env.ids.code(rules.CHECK_CODE_LENGTH),
        content=_content(tx, env, payment, topup, gateway_payment_id, now) | _other_sum(tx, topup, sold), issued_at=now,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    env.failpoint("receipt.numbered")
    return row


def issue_missing(env: Env) -> int:
    """Gives every paid purchase of before its receipt, the oldest first, one transaction each. Safe to repeat."""
    with env.db.read() as tx:
        unreceipted = stored.unreceipted(tx, _BATCH)
    for payment_id, gateway_payment_id in unreceipted:
        with env.db.begin() as tx:
            payment = tx.scalars(select(Payment).where(col(Payment.id) == payment_id)).one()
            topup = tx.scalars(select(Topup).where(col(Topup.id) == payment.topup_id)).one()
            issue(tx, env, payment, topup, gateway_payment_id)
    return len(unreceipted)


def show(env: Env, actor: Actor, number: str) -> ReceiptView:
    """For members of its account, and for operators who may see accounts. All others are told that there is none."""
    with env.db.read() as tx:
        found = stored.by_number(tx, number) if rules.is_number(number) else None
    if found is None or not (actor.account_id == found.account_id or actor.may("accounts.read")):
        raise NotFound(what="receipt")
    return found


def check(env: Env, number: str, typed: str, address: str) -> ReceiptView:
    """`prove` for the public page. Wrong codes are counted by address: numbers follow each other, and anybody could
    try the next one."""
    tries = attempts.reserve(env, {attempts.subject("receipt", "ip", address): MOST_WRONG_CODES})
    found = prove(env, number, typed)
    with env.db.begin() as tx:
        attempts.forgive(tx, tries)
    return found


def prove(env: Env, number: str, typed: str) -> ReceiptView:
    """The receipt, for whoever holds its code. A wrong code and a number nobody has answer alike."""
    code = rules.check_code(typed)
    with env.db.read() as tx:
        found = stored.by_number(tx, number) if code and rules.is_number(number) else None
    if found is None or not compare_digest(found.check_code, code):
        raise BadCode
    return found


def _other_sum(tx: Tx, topup: Topup, sold: Sold | None) -> dict[str, Any]:
    if sold is None or sold.amount == topup.total_amount:
        return {}
    return {
        "tokens": sold.tokens, "bonus_tokens": 0, "amount": sold.price, "fee": sold.fee, "total": sold.amount,
        "tax": _tax(tx, sold.price + sold.fee, sold.tax),
    }  # fmt: skip


def _tax(tx: Tx, taxed: int, tax: int) -> dict[str, Any] | None:
    line = rules.tax_line(settings.get(tx, "tax.mode"), settings.get(tx, "tax.rate_per_10000"), taxed, tax)
    return None if line is None else asdict(line)


def _content(
    tx: Tx, env: Env, payment: Payment, topup: Topup, gateway_payment_id: str, now: datetime
) -> dict[str, Any]:
    """Everything that is printed, as it is today: a brand, a name or a rate that changes later changes no receipt."""
    account = tx.get_one(Account, payment.account_id)
    brand = env.catalogue.brand
    return {
        "brand": brand.name,
        "support": brand.support_email,
        "seller": {
            "name": settings.get(tx, "seller.name") or brand.name,
            "address": settings.get(tx, "seller.address"),
            "tax_id": settings.get(tx, "seller.tax_id"),
        },
        "buyer": {"name": account.name, "account": account.public_id},
        "ref": topup.public_id,
        "payment": payment.public_id,
        "method": payment.method,
        "gateway": payment.gateway,
        "gateway_payment_id": gateway_payment_id,
        "tokens": topup.tokens,
        "bonus_tokens": topup.bonus_tokens,
        "amount": topup.amount,
        "fee": topup.fee_amount,
        "tax": _tax(tx, topup.amount + topup.fee_amount, topup.tax_amount),
        "total": topup.total_amount,
        "currency": topup.currency,
        "paid_at": (topup.paid_at or now).isoformat(),
        "zone": account.zone,
    }
