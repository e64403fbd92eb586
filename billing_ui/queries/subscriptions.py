"""The plan an account is on, as it was sold to it, and how the subscription stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import PlanVersion, Subscription
from billing_ui.queries.plans import PlanCardView, plan_by_version


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """`next_plan` is the slug of what is scheduled to follow."""

    id: str
    plan: PlanCardView
    status: str
    access: str
    started_at: datetime
    period_starts_at: datetime
    period_ends_at: datetime
    next_plan: str | None


def subscription_of(tx: Tx, account_id: int) -> SubscriptionView:
    """Every account has exactly one."""
    scheduled = aliased(PlanVersion)
    query = (
        select(Subscription, col(scheduled.slug))
        .outerjoin(scheduled, col(scheduled.id) == col(Subscription.next_plan_version_id))
        .where(col(Subscription.account_id) == account_id, col(Subscription.ended_at).is_(None))
    )
    row, next_plan = tx.execute(query).one()
    plan = plan_by_version(tx, row.plan_version_id)
    assert plan is not None  # a version is never deleted
    return SubscriptionView(
        row.public_id, plan, row.status, row.access, row.started_at, row.period_starts_at, row.period_ends_at, next_plan
    )
