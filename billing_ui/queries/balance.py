"""What an account holds: its balance now and then, its lifetime figures, and the lots that are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlmodel import col

from billing_ui.infra.db import Database, Tx
from billing_ui.ledger import balance_as_of
from billing_ui.ledger.tables import account_head, lot
from billing_ui.models import Account, Member, PlanVersion, User


@dataclass(frozen=True, slots=True)
class LotView:
    """Tokens that came in together, as far as they are left."""

    id: str
    source: str
    quantity: int
    remaining: int
    expires_at: datetime | None
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class BalanceView:
    """An account's books in short. `debt` is what was taken back after it had been spent."""

    account: str
    external_id: str | None
    name: str
    zone: str
    plan: str
    access: str
    balance: int
    held: int
    debt: int
    bought: int
    granted: int
    used: int
    expired: int
    refunded: int
    lots: tuple[LotView, ...]


def balance(tx: Tx, account: str) -> BalanceView | None:
    """The books of one account by its public id."""
    found = tx.execute(_head().where(col(Account.public_id) == account)).one_or_none()
    return None if found is None else _view(tx, found)


def account_of(tx: Tx, account_id: int) -> tuple[str, str]:
    """The public id and the time zone of an account."""
    account = tx.get_one(Account, account_id)
    return account.public_id, account.zone


@dataclass(frozen=True, slots=True)
class BalanceThen:
    """The balance as it stood in the books at an instant."""

    account: str
    external_id: str | None
    at: datetime
    balance: int


def as_of(tx: Tx, account_id: int, at: datetime) -> BalanceThen:
    """A look back. An instant before the account, or before its first entry, held nothing."""
    account = tx.get_one(Account, account_id)
    return BalanceThen(account.public_id, account.external_id, at, balance_as_of(tx, account_id, at))


def accounts_called(db: Database, reference: str) -> tuple[BalanceView, ...]:
    """Every account that a public id, the host's own user id or a member's e-mail address may mean."""
    members = select(col(Member.account_id)).join(User, col(User.id) == col(Member.user_id))
    mailed = members.where(col(User.email) == reference.strip().lower())
    named = or_(col(Account.public_id) == reference, col(Account.external_id) == reference, col(Account.id).in_(mailed))
    with db.read() as tx:
        rows = tx.execute(_head().where(named).order_by(col(Account.id))).all()
        return tuple(_view(tx, row) for row in rows)


def balance_of(tx: Tx, account: str) -> int:
    """The balance alone, by the account's public id; nothing for an account nobody has."""
    query = select(account_head.c.balance).join(Account, col(Account.id) == account_head.c.account_id)
    return tx.scalar(query.where(col(Account.public_id) == account)) or 0


def _head() -> Select[Any]:
    return (
        select(Account, col(PlanVersion.slug).label("plan"), *account_head.c)
        .join(account_head, account_head.c.account_id == col(Account.id))
        .join(PlanVersion, col(PlanVersion.id) == account_head.c.plan_version_id)
    )


def _view(tx: Tx, row: Row[Any]) -> BalanceView:
    account: Account = row.Account
    lots = _lots(tx, row.account_id)
    return BalanceView(
        account=account.public_id, external_id=account.external_id, name=account.name, zone=account.zone,
        plan=row.plan, access=row.access, balance=row.balance, held=row.held,
        debt=sum(view.remaining for view in lots) - row.balance, bought=row.bought, granted=row.granted,
        used=row.used, expired=row.expired, refunded=row.refunded, lots=lots,
    )  # fmt: skip


def _lots(tx: Tx, account_id: int) -> tuple[LotView, ...]:
    in_order = (lot.c.priority, lot.c.expires_at.is_(None), lot.c.expires_at, lot.c.id)
    columns = (lot.c.public_id, lot.c.source, lot.c.quantity, lot.c.remaining, lot.c.expires_at, lot.c.is_frozen)
    query = select(*columns).where(lot.c.account_id == account_id, lot.c.is_open).order_by(*in_order)
    return tuple(LotView(*row) for row in tx.execute(query))
