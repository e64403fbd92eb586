"""Signed-in devices: opened at sign-in, looked up for each request and event, ended by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.ids import digest
from billing_ui.models import AuthSession
from billing_ui.queries.viewers import AccountView, UserView, Viewer, by_secret
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound, SignInRequired
from billing_ui.services import audits

__all__ = [
    "AccountView", "Device", "UserView", "Viewer", "end_sessions", "find_session", "open_session", "sign_out",
    "sign_out_device", "sign_out_everywhere",
]  # fmt: skip

LIVES = timedelta(days=30)
_TOUCH_EVERY = timedelta(minutes=5)
_MAX_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from: the address and what the browser calls itself."""

    ip: str = ""
    name: str = ""


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
        found = by_secret(tx, digest(secret), now)
    if found is None:
        return None
    viewer, seen_at = found
    if now - seen_at >= _TOUCH_EVERY:
        with env.db.begin() as tx:
            mine = col(AuthSession.public_id) == viewer.session_id
            tx.execute(update(AuthSession).where(mine).values(seen_at=now))
    return viewer


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
