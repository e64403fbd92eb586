"""Gives money that became tokens before receipts existed the ones it lacks."""

from __future__ import annotations

import logging

from sqlalchemy import or_, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, CaptureDecision, Payment, Receipt
from billing_ui.rules.refunds import bought_by
from billing_ui.services import receipts
from billing_ui.services.payments import locked, terms_of

_BATCH = 500
log = logging.getLogger(__name__)


def issue_missing(env: Env) -> int:
    """The oldest money first, one transaction each, so that a broken one holds no other up. Safe to repeat; answers
    how many it looked after."""
    with env.db.read() as tx:
        captures = _unreceipted(tx)
    issued = 0
    for capture_id in captures:
        try:
            _issue(env, capture_id)
            issued += 1
        except Exception:
            log.exception("the receipt of capture %s could not be issued", capture_id)
    return issued


def _unreceipted(tx: Tx) -> list[int]:
    """Captures that became tokens and have no receipt yet, the oldest first."""
    query = (
        select(col(Capture.id))
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .outerjoin(CaptureDecision, col(CaptureDecision.capture_id) == col(Capture.id))
        .outerjoin(Receipt, col(Receipt.capture_id) == col(Capture.id))
        .where(
            col(Payment.topup_id).is_not(None),
            or_(col(Capture.outcome) == "credited", col(CaptureDecision.decision) == "credited"),
            col(Receipt.id).is_(None),
        )
        .order_by(col(Capture.id))
        .limit(_BATCH)
    )
    return [capture_id for capture_id in tx.scalars(query) if capture_id is not None]


def _issue(env: Env, capture_id: int) -> None:
    with env.db.begin() as tx:
        capture = tx.get_one(Capture, capture_id)
        # Before the counter, as for every credit: whoever credits more of this payment now goes first or comes after.
        payment, topup = locked(tx, capture.payment_id)
        sold = terms_of(topup)
        if capture.outcome != "credited":
            amount = select(col(CaptureDecision.amount)).where(col(CaptureDecision.capture_id) == capture_id)
            sold = bought_by(tx.scalars(amount).one(), sold)
        receipts.issue(tx, env, payment, topup, capture.gateway_payment_id, sold)
