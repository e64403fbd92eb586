"""What an account may use now: plan, limits, allowance and balance, in one read of its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, cast, func, or_, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.deciding import HoldRow, without
from billing_ui.ledger.tables import account_head, hold, lot
from billing_ui.ledger.terms import PlanTerms
from billing_ui.models import Account, PlanVersion
from billing_ui.models.types import JsonMap
from billing_ui.rules.meters import MeterState, meters
from billing_ui.rules.quotas import Calendar
from billing_ui.rules.usage import Standing


@dataclass(frozen=True, slots=True)
class CurrentLimits:
    """An account at one instant, as the next ask for use would find it. Where nothing but time has passed it is the
    same: an open page is told nothing."""

    at: datetime = field(compare=False)
    account: str
    external_id: str | None
    zone: str
    language: str
    plan: str
    plan_name: JsonMap
    plan_kind: str
    balance: int
    held: int
    standing: Standing
    meters: Mapping[str, MeterState]
    period_starts_at: datetime
    period_ends_at: datetime

    @property
    def access(self) -> str:
        return self.standing.access

    @property
    def spendable(self) -> int:
        """What lots and overdraft would still pay; less than nothing is debt."""
        return self.standing.spendable

    @property
    def included(self) -> int:
        return self.standing.terms.included

    @property
    def allowance_left(self) -> int:
        return self.standing.allowance_left(self.at, self.at)


def user_current_limits(tx: Tx, terms: PlanTerms, account_id: int, now: datetime) -> CurrentLimits:
    """Raises NoResultFound for an account without books. Of tokens and holds past their time nothing counts any more,
    whether or not somebody has taken them out of the books yet."""
    # Frozen or past their time: in the balance, and open to nobody.
    idle = select(cast(func.coalesce(func.sum(lot.c.remaining), 0), BigInteger)).where(
        lot.c.account_id == account_head.c.account_id, lot.c.is_open, or_(lot.c.is_frozen, lot.c.expires_at <= now)
    )
    query = (
        select(
            col(Account.public_id), col(Account.external_id), col(Account.language), col(PlanVersion.kind),
            col(PlanVersion.terms).label("words"), idle.scalar_subquery().label("idle"), *account_head.c,
        )
        .join(account_head, account_head.c.account_id == col(Account.id))
        .join(PlanVersion, col(PlanVersion.id) == account_head.c.plan_version_id)
        .where(col(Account.id) == account_id)
    )  # fmt: skip
    return _limits(tx, terms, tx.execute(query).one(), now)


def _limits(tx: Tx, terms: PlanTerms, head: Row[Any], now: datetime) -> CurrentLimits:
    promised = terms[head.plan_version_id]
    calendar = Calendar(head.zone, head.period_on, promised.months)
    held, windows = head.held, head.windows
    if head.release_at is not None and head.release_at <= now:
        for due in _due_holds(tx, head.account_id, now):
            held, windows = held - due.quantity, without(windows, due, promised, calendar, now)
    spendable = head.balance - head.idle - held - head.floor
    owed = max(head.floor - head.balance, 0)
    standing = Standing(head.access, promised, calendar, windows, spendable, owed)
    period = calendar.period(now)
    assert period.ends_at is not None
    return CurrentLimits(
        at=now, account=head.public_id, external_id=head.external_id, zone=head.zone, language=head.language,
        plan=promised.plan, plan_name=head.words["name"], plan_kind=head.kind, balance=head.balance, held=held,
        standing=standing, meters=meters(standing, now), period_starts_at=period.starts_at,
        period_ends_at=period.ends_at,
    )  # fmt: skip


def _due_holds(tx: Tx, account_id: int, now: datetime) -> Sequence[HoldRow]:
    columns = (
        hold.c.id, hold.c.key, hold.c.quantity, hold.c.draws, hold.c.allowance, hold.c.held_at, hold.c.expires_at,
        hold.c.state, hold.c.request_hash,
    )  # fmt: skip
    mine = (hold.c.account_id == account_id, hold.c.state == "open", hold.c.expires_at <= now)
    return [HoldRow(*row) for row in tx.execute(select(*columns).where(*mine))]
