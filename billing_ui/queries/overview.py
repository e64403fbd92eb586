"""The first page of a customer: balance, plan, what waits, what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.json_types import JsonMap
from billing_ui.ledger.tables import account_head
from billing_ui.models import Account, PlanVersion, Subscription
from billing_ui.queries.history import HistoryRow, recent, waiting


@dataclass(frozen=True, slots=True)
class HeadView:
    """The numbers that follow a customer across all pages."""

    account: str
    balance: int
    held: int
    bought: int
    granted: int
    used: int
    access: str
    plan_slug: str
    plan_kind: str
    plan_name: JsonMap
    period_ends_at: datetime
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class OverviewView:
    head: HeadView
    waiting: tuple[HistoryRow, ...]
    recent: tuple[HistoryRow, ...]


def head(tx: Tx, account_id: int) -> HeadView:
    query = (
        select(Account, account_head, PlanVersion, Subscription)
        .join(account_head, account_head.c.account_id == col(Account.id))
        .join(Subscription, (col(Subscription.account_id) == col(Account.id)) & col(Subscription.ended_at).is_(None))
        .join(PlanVersion, col(PlanVersion.id) == col(Subscription.plan_version_id))
        .where(col(Account.id) == account_id)
    )
    row = tx.execute(query).one()
    account, plan, subscription = row.Account, row.PlanVersion, row.Subscription
    return HeadView(
        account=account.public_id, balance=row.balance, held=row.held, bought=row.bought, granted=row.granted,
        used=row.used, access=row.access, plan_slug=plan.slug, plan_kind=plan.kind, plan_name=plan.terms["name"],
        period_ends_at=subscription.period_ends_at, zone=account.zone, currency=account.currency,
    )  # fmt: skip


def overview(tx: Tx, account_id: int) -> OverviewView:
    return OverviewView(
        head=head(tx, account_id),
        waiting=waiting(tx, account_id, 10),
        recent=recent(tx, account_id, 5),
    )
