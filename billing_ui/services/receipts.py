"""Receipts: one for each sum that became tokens, numbered without gaps where it is credited, frozen for good."""

from __future__ import annotations

from dataclasses import asdict
from hmac import compare_digest
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.models import Account, Capture, Payment, Receipt, Topup
from billing_ui.queries import receipts as stored
from billing_ui.queries.receipts import ReceiptView
from billing_ui.rules import receipts as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadCode, NotFound
from billing_ui.rules.refunds import Sold
from billing_ui.services import attempts, settings

# Wrong codes from one address within a quarter of an hour; a right one does not count.
MOST_WRONG_CODES = 20


def issue(tx: Tx, env: Env, payment: Payment, topup: Topup, gateway_payment_id: str, sold: Sold) -> Receipt:
    """The last step of a credit: whoever holds the counter waits for nothing any more. The same money again gets the
    receipt it has. A transaction that dies takes its number back with it, so none is ever missing."""
    tx.flush()
    capture = tx.scalars(
        select(Capture).where(
            col(Capture.gateway) == payment.gateway, col(Capture.gateway_payment_id) == gateway_payment_id
        )
    ).one()
    take_turns(tx, "receipts")
    known = tx.scalars(select(Receipt).where(col(Receipt.capture_id) == capture.id)).first()
    if known is not None:
        return known
    now = env.clock.now()
    series = rules.series(now.astimezone(ZoneInfo(env.catalogue.zone)).year)
    last = tx.scalar(select(func.max(col(Receipt.seq))).where(col(Receipt.series) == series)) or 0
    row = Receipt(
        number=rules.number(series, last + 1), series=series, seq=last + 1, account_id=payment.account_id,
        payment_id=cast(int, payment.id), capture_id=cast(int, capture.id),
        check_code=env.ids.code(rules.CHECK_CODE_LENGTH), content=_content(tx, env, payment, topup, capture, sold),
        issued_at=now,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    env.failpoint("receipt.numbered")
    return row


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


def _content(tx: Tx, env: Env, payment: Payment, topup: Topup, capture: Capture, sold: Sold) -> dict[str, Any]:
    """Everything that is printed, as it is today: a brand, a name or a rate that changes later changes no receipt."""
    account = tx.get_one(Account, payment.account_id)
    # The price was agreed on under the tax of that day.
    mode, rate = (settings.get_as_of(tx, key, topup.created_at) for key in ("tax.mode", "tax.rate_per_10000"))
    tax = rules.tax_line(mode, rate, sold.price + sold.fee, sold.tax)
    # Another sum than the one asked for buys its share; then nobody can say which of the tokens are the bonus.
    bonus = topup.bonus_tokens if sold.tokens == topup.tokens + topup.bonus_tokens else 0
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
        "gateway": capture.gateway,
        "gateway_payment_id": capture.gateway_payment_id,
        "tokens": sold.tokens - bonus,
        "bonus_tokens": bonus,
        "amount": sold.price,
        "fee": sold.fee,
        "tax": None if tax is None else asdict(tax),
        "total": sold.amount,
        "currency": topup.currency,
        "paid_at": (capture.captured_at or capture.recorded_at).isoformat(),
        "zone": account.zone,
    }
