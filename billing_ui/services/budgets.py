"""The look budget: half of what a gateway lets us read in a minute, shared by all processes through the database.

The other half is left to webhooks and to what a customer does with a payment: these never wait for a look.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import take_turns
from billing_ui.models import GatewayRead, Payment
from billing_ui.rules.payments import looks_allowed, put_off, standing

WINDOW = timedelta(minutes=1)
log = logging.getLogger(__name__)


def take(env: Env, payment: Payment, *, is_awaited: bool) -> datetime | None:
    """None when the gateway may be asked now, which is then counted; else when to try again.

    A payment that somebody is waiting for counts as one just made.
    """
    now, gateway = env.clock.now(), payment.gateway
    since_look = now - (payment.looked_at or payment.created_at)
    age = timedelta() if is_awaited else standing(now - payment.created_at, since_look)
    allowed = looks_allowed(env.gateways[gateway].reads_per_minute // 2, age)
    recent = (col(GatewayRead.gateway) == gateway) & (col(GatewayRead.at) > now - WINDOW)
    with env.db.begin() as tx:
        take_turns(tx, f"looks at {gateway}")
        tx.execute(delete(GatewayRead).where(col(GatewayRead.gateway) == gateway, col(GatewayRead.at) <= now - WINDOW))
        used = tx.scalar(select(func.count()).select_from(GatewayRead).where(recent)) or 0
        if used < allowed:
            tx.add(GatewayRead(gateway=gateway, at=now))
            return None
        # When this one has left the window there is room for one more of this age.
        blocking = select(col(GatewayRead.at)).where(recent).order_by(col(GatewayRead.at)).offset(used - allowed)
        free_at = tx.scalars(blocking.limit(1)).one() + WINDOW
    due = put_off(free_at, age)
    log.info("look at %s put off to %s: %s of %s looks taken", payment.public_id, due.isoformat(), used, allowed)
    return due
