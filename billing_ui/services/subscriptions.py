"""The plan an account is on: opened with the account, moved up by the first paid top-up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.period import add_months, local_day, start_of_day
from billing_ui.models import Account, PlanVersion, Subscription
from billing_ui.rules.access import Actor
from billing_ui.services import audits


def open_first(tx: Tx, env: Env, account: Account, plan: PlanVersion) -> Subscription:
    """The row every account has from its first second. Free and prepaid plans run on the calendar month."""
    assert account.id is not None and plan.id is not None
    now = env.clock.now()
    starts_at, ends_at = _month(now, account.zone)
    row = Subscription(
        public_id=env.ids.public("sub"), account_id=account.id, plan_version_id=plan.id, started_at=now,
        period_starts_at=starts_at, period_ends_at=ends_at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def current(tx: Tx, account_id: int) -> Subscription:
    query = select(Subscription).where(col(Subscription.account_id) == account_id, col(Subscription.ended_at).is_(None))
    return tx.scalars(query).one()


def move_up(tx: Tx, env: Env, actor: Actor, account_id: int, plan: PlanVersion) -> bool:
    """From a free plan to the prepaid one just paid for. Any other plan stays as it is."""
    old = current(tx, account_id)
    old_plan = tx.get_one(PlanVersion, old.plan_version_id)
    if old_plan.kind != "free" or plan.kind != "prepaid":
        return False
    account = tx.get_one(Account, account_id)
    old.ended_at = env.clock.now()
    tx.flush()
    new = open_first(tx, env, account, plan)
    ledger.set_plan(tx, account_id, new.plan_version_id, local_day(new.period_starts_at, account.zone))
    audits.record(
        tx, env, actor, "subscription.moved", account.public_id,
        before={"plan": old_plan.slug}, after={"plan": plan.slug},
    )  # fmt: skip
    return True


def expiry(env: Env, validity_days: int | None) -> datetime | None:
    return None if validity_days is None else env.clock.now() + timedelta(days=validity_days)


def _month(now: datetime, zone: str) -> tuple[datetime, datetime]:
    first = local_day(now, zone).replace(day=1)
    return start_of_day(first, zone), start_of_day(add_months(first, 1), zone)
