"""People as they see themselves (their devices) and as the command line lists them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, AuthSession, Member, Operator, User
from billing_ui.rules.identity import device_name

_PERSON = "user:"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One signed-in device. `name` is a browser and a system, such as "Firefox, Android"."""

    public_id: str
    name: str
    ip: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who may sign in, in one line."""

    public_id: str
    email: str
    name: str
    role: str | None
    account_id: str
    is_verified: bool
    is_disabled: bool


def people_behind(tx: Tx, actors: Collection[str]) -> dict[str, str]:
    """The addresses of those actors that are people, by the name that audit rows and keys keep."""
    public_ids = [name.removeprefix(_PERSON) for name in actors if name.startswith(_PERSON)]
    found = tx.execute(select(col(User.public_id), col(User.email)).where(col(User.public_id).in_(public_ids)))
    return {f"{_PERSON}{public_id}": email for public_id, email in found}


def devices(tx: Tx, user_id: int, now: datetime) -> tuple[DeviceView, ...]:
    """Where somebody is signed in, the latest used first."""
    query = (
        select(
            col(AuthSession.public_id),
            col(AuthSession.device),
            col(AuthSession.ip),
            col(AuthSession.created_at),
            col(AuthSession.seen_at),
        )
        .where(col(AuthSession.user_id) == user_id)
        .where(col(AuthSession.revoked_at).is_(None), col(AuthSession.expires_at) > now)
        .order_by(col(AuthSession.seen_at).desc(), col(AuthSession.id).desc())
        .limit(100)
    )
    return tuple(
        DeviceView(public_id, device_name(device), ip, created_at, seen_at)
        for public_id, device, ip, created_at, seen_at in tx.execute(query)
    )


def owners(tx: Tx, accounts: Collection[int]) -> dict[int, str]:
    """Account → the e-mail address of who owns it."""
    query = (
        select(col(Member.account_id), col(User.email))
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(Member.account_id).in_(accounts), col(Member.role) == "owner")
        .order_by(col(User.id).desc())
    )
    return {row.account_id: row.email for row in tx.execute(query)} if accounts else {}


def people(tx: Tx, *, operators_only: bool = False, limit: int = 500) -> tuple[PersonView, ...]:
    """Everybody who may sign in, oldest first."""
    query = (
        select(
            col(User.public_id),
            col(User.email),
            col(User.name),
            col(Operator.role),
            col(Account.public_id),
            col(User.email_verified_at),
            col(User.disabled_at),
        )
        .join(Member, col(Member.user_id) == col(User.id))
        .join(Account, col(Account.id) == col(Member.account_id))
        .outerjoin(Operator, col(Operator.user_id) == col(User.id))
        .where(col(Account.kind) == "person", col(Member.role) == "owner")
        .order_by(col(User.id))
        .limit(limit)
    )
    if operators_only:
        query = query.where(col(Operator.role).is_not(None))
    return tuple(
        PersonView(public_id, email, name, role, account_id, verified is not None, disabled is not None)
        for public_id, email, name, role, account_id, verified, disabled in tx.execute(query)
    )
