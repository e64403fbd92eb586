"""An operator asks the gateway about a payment now, whatever its state, and is told what it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.models import Capture, Payment
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import GatewayError, NotFound
from billing_ui.rules.payments import Status
from billing_ui.services import audits, budgets, read_backs

Heard = Literal["same", "moved", "money", "unasked", "later", "silent"]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What came of it: nothing new, another status, money that was new to us, nobody to ask, too many questions at
    once (`again_at`), or no answer."""

    heard: Heard
    before: Status
    after: Status
    captures: int = 0
    again_at: datetime | None = None


def recheck(env: Env, actor: Actor, payment_id: str) -> Rechecked:
    """One look at one attempt, by its public id. It draws on the same budget as all looks."""
    require(actor, "payments.recheck")
    with env.db.read() as tx:
        payment = tx.scalars(select(Payment).where(col(Payment.public_id) == payment_id)).first()
    if payment is None:
        raise NotFound(what="payment")
    done = _ask(env, actor, payment)
    with env.db.begin() as tx:
        audits.record(
            tx, env, actor, "payment.rechecked", payment.public_id, before={"status": done.before},
            after={"status": done.after, "heard": done.heard, "captures": done.captures},
        )  # fmt: skip
    return done


def _ask(env: Env, actor: Actor, payment: Payment) -> Rechecked:
    before = cast(Status, payment.status)
    if payment.gateway_request_id is None:
        return Rechecked("unasked", before, before)
    again_at = budgets.take(env, payment, is_awaited=True)
    if again_at is not None:
        return Rechecked("later", before, before, again_at=again_at)
    known = _captures(env, payment)
    try:
        after = read_backs.read_back(env, actor, payment, payment.gateway_request_id)
        if read_backs.search_is_due(env, payment) and read_backs.search(env, actor, payment):
            after = read_backs.status_of(env, payment)
    except GatewayError:
        # Nothing moved, and the next look asks again; the operator hears that it was silent.
        return Rechecked("silent", before, before)
    after, new = read_backs.status_of(env, payment), _captures(env, payment) - known
    return Rechecked("money" if new else "same" if after == before else "moved", before, after, new)


def _captures(env: Env, payment: Payment) -> int:
    with env.db.read() as tx:
        mine = select(func.count()).select_from(Capture).where(col(Capture.payment_id) == payment.id)
        return tx.scalar(mine) or 0
