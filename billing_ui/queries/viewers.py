"""Somebody signed in, found by the digest of their cookie: who they are, for which account, in which role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, AuthSession, Member, Operator, User
from billing_ui.rules.access import Actor


@dataclass(frozen=True, slots=True)
class UserView:
    public_id: str
    email: str
    name: str
    language: str
    theme: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    public_id: str
    name: str
    zone: str
    currency: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in: as whom they act, who they are, and for which account."""

    actor: Actor
    session_id: str
    user: UserView
    account: AccountView


def by_secret(tx: Tx, secret_digest: str, now: datetime) -> tuple[Viewer, datetime] | None:
    """Who holds the secret, and when they were last seen; None when it opens nothing any more."""
    query: Any = (
        select(
            col(AuthSession.public_id).label("session_id"),
            col(AuthSession.seen_at),
            col(User.id).label("user_row"),
            col(User.public_id).label("user_id"),
            col(User.email),
            col(User.name),
            col(User.language),
            col(User.theme),
            col(User.email_verified_at),
            col(Operator.role),
            col(Account.id).label("account_row"),
            col(Account.public_id).label("account_id"),
            col(Account.name).label("account_name"),
            col(Account.zone),
            col(Account.currency),
            col(Account.external_id),
        )
        .join(User, col(User.id) == col(AuthSession.user_id))
        .join(Member, col(Member.user_id) == col(User.id))
        .join(Account, col(Account.id) == col(Member.account_id))
        .outerjoin(Operator, col(Operator.user_id) == col(User.id))
        .where(col(AuthSession.secret_digest) == secret_digest)
        .where(col(AuthSession.revoked_at).is_(None), col(AuthSession.expires_at) > now)
        .where(col(User.disabled_at).is_(None))
        .where(col(Member.role) == "owner", col(Account.kind) == "person")
        .order_by(col(Account.id))
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    viewer = Viewer(
        actor=Actor(f"user:{row.user_id}", user_id=row.user_row, account_id=row.account_row, role=row.role),
        session_id=row.session_id,
        user=UserView(row.user_id, row.email, row.name, row.language, row.theme, row.email_verified_at is not None),
        account=AccountView(row.account_id, row.account_name, row.zone, row.currency, row.external_id),
    )
    return viewer, row.seen_at
