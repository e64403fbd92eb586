"""Signed-in devices: opened at sign-in, looked up for each request and event, ended by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.ids import digest
from billing_ui.models import Account, AuthSession, Member, Operator, User
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound, SignInRequired
from billing_ui.services import audits

LIVES = timedelta(days=30)
_TOUCH_EVERY = timedelta(minutes=5)
_MAX_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from: the address and what the browser calls itself."""

    ip: str = ""
    name: str = ""


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


def open_session(tx: Tx, env: Env, user_id: int, device: Device) -> str:
    """A new signed-in device; answers the secret for its cookie, which is stored nowhere."""
    now, secret = env.clock.now(), env.ids.secret()
    tx.add(
        AuthSession(
            public_id=env.ids.public("ses"), user_id=user_id, secret_digest=digest(secret), ip=device.ip[:64],
            device=device.name[:_MAX_DEVICE], created_at=now, seen_at=now, expires_at=now + LIVES,
        )
    )  # fmt: skip
    return secret


def find_session(env: Env, secret: str) -> Viewer | None:
    """Who holds this secret, their role and account as they are at this moment; None when it opens nothing."""
    now = env.clock.now()
    with env.db.read() as tx:
        row = tx.execute(_find(digest(secret), now)).first()
    if row is None:
        return None
    if now - row.seen_at >= _TOUCH_EVERY:
        with env.db.begin() as tx:
            tx.execute(update(AuthSession).where(col(AuthSession.id) == row.session_row).values(seen_at=now))
    return _viewer(row)


def _find(secret_digest: str, now: datetime) -> Any:
    return (
        select(
            col(AuthSession.id).label("session_row"),
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


def _viewer(row: Row[Any]) -> Viewer:
    return Viewer(
        actor=Actor(f"user:{row.user_id}", user_id=row.user_row, account_id=row.account_row, role=row.role),
        session_id=row.session_id,
        user=UserView(row.user_id, row.email, row.name, row.language, row.theme, row.email_verified_at is not None),
        account=AccountView(row.account_id, row.account_name, row.zone, row.currency, row.external_id),
    )


def sign_out(env: Env, secret: str) -> None:
    """Ends the session of this device. Signing out twice is signing out once."""
    with env.db.begin() as tx:
        tx.execute(
            update(AuthSession)
            .where(col(AuthSession.secret_digest) == digest(secret), col(AuthSession.revoked_at).is_(None))
            .values(revoked_at=env.clock.now())
        )


def sign_out_everywhere(env: Env, actor: Actor, keep: str | None = None) -> int:
    """Ends all sessions of the actor, but the one with the public id `keep`; answers how many it ended."""
    if actor.user_id is None:
        raise SignInRequired
    with env.db.begin() as tx:
        ended = end_sessions(tx, env, actor.user_id, keep)
        audits.record(tx, env, actor, "session.ended_all", actor.name.removeprefix("user:"), after={"ended": ended})
    return ended


def sign_out_device(env: Env, actor: Actor, session_public_id: str) -> None:
    """Ends one session of the actor's own."""
    if actor.user_id is None:
        raise SignInRequired
    with env.db.begin() as tx:
        ended = tx.execute(
            update(AuthSession)
            .where(
                col(AuthSession.public_id) == session_public_id, col(AuthSession.user_id) == actor.user_id,
                col(AuthSession.revoked_at).is_(None),
            )
            .values(revoked_at=env.clock.now())
            .returning(col(AuthSession.id))
        ).first()  # fmt: skip
        if ended is None:
            raise NotFound(what="session")
        audits.record(tx, env, actor, "session.ended", session_public_id)


def end_sessions(tx: Tx, env: Env, user_id: int, keep: str | None = None) -> int:
    """Ends a user's sessions inside a larger change: a new password, a changed role, a closed account."""
    ended = tx.execute(
        update(AuthSession)
        .where(
            col(AuthSession.user_id) == user_id,
            col(AuthSession.revoked_at).is_(None),
            col(AuthSession.public_id) != (keep or ""),
        )
        .values(revoked_at=env.clock.now())
        .returning(col(AuthSession.id))
    )
    return len(ended.all())
