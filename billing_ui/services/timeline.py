"""The story of a payment, line by line: what customers read in words and operators in full."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Payment, PaymentEvent
from billing_ui.models.types import JsonMap
from billing_ui.rules.access import Actor


def details(tx: Tx, payment: Payment, kind: str) -> list[JsonMap]:
    """What the lines of one kind say."""
    mine = (col(PaymentEvent.payment_id) == payment.id, col(PaymentEvent.kind) == kind)
    return list(tx.scalars(select(col(PaymentEvent.detail)).where(*mine)))


def note(tx: Tx, env: Env, actor: Actor, payment: Payment, kind: str, detail: JsonMap | None = None) -> None:
    """Adds a line. The caller holds the payment's lock, so numbers follow each other without gaps."""
    tx.flush()
    assert payment.id is not None
    last = tx.scalar(select(func.max(col(PaymentEvent.seq))).where(col(PaymentEvent.payment_id) == payment.id)) or 0
    tx.add(
        PaymentEvent(
            payment_id=payment.id, seq=last + 1, at=env.clock.now(), kind=kind, status=payment.status,
            actor=actor.name, detail=detail or {},
        )
    )  # fmt: skip
    tx.flush()
