"""Keys for host apps: made by an admin, shown once, good for some scopes, and dead within seconds of being revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.kit.ids import digest
from billing_ui.models import ApiKey
from billing_ui.queries.api_keys import ApiKeyView, key_view
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import FieldInvalid, NotFound, TooManyKeys
from billing_ui.rules.scopes import MOST_ACTIVE, PREFIX, scopes
from billing_ui.services import audits

LONGEST_NAME = 80
SHORTEST_REASON = 3
_HINT = 4


@dataclass(frozen=True, slots=True)
class NewKey:
    """The only moment at which the secret is known to us."""

    key: ApiKeyView
    secret: str


def create(
    env: Env, actor: Actor, name: str, wanted: Sequence[str], expires_at: datetime | None = None, reason: str = ""
) -> NewKey:
    """A key of its own for each host app or change-over; two may be active, so that one can be changed for another."""
    require(actor, "keys.manage")
    now = env.clock.now()
    plain = name.strip()
    if not 0 < len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise FieldInvalid(field="name", why="format")
    if expires_at is not None and expires_at <= now:
        raise FieldInvalid(field="expires_at", why="past")
    secret = PREFIX + env.ids.secret()
    row = ApiKey(
        public_id=env.ids.public("key"), name=plain, secret_hash=digest(secret), hint=secret[-_HINT:],
        scopes=list(scopes(wanted)), created_by=actor.name, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    with env.db.begin() as tx:
        take_turns(tx, "api_keys")
        if _active(tx, now) >= MOST_ACTIVE:
            raise TooManyKeys(most=MOST_ACTIVE)
        tx.add(row)
        audits.record(tx, env, actor, "key.created", row.public_id, reason.strip(), after=_told(row))
    return NewKey(key_view(row), secret)


def revoke(env: Env, actor: Actor, public_id: str, reason: str) -> ApiKeyView:
    """Nothing brings it back; another one can be made. Revoking it twice is revoking it once."""
    require(actor, "keys.manage")
    if len(reason.strip()) < SHORTEST_REASON:
        raise FieldInvalid(field="reason", why="required")
    with env.db.begin() as tx:
        row = tx.scalars(select(ApiKey).where(col(ApiKey.public_id) == public_id).with_for_update()).first()
        if row is None:
            raise NotFound(what="key")
        if row.revoked_at is None:
            row.revoked_at = env.clock.now()
            audits.record(tx, env, actor, "key.revoked", public_id, reason.strip(), before=_told(row))
        return key_view(row)


def _active(tx: Tx, now: datetime) -> int:
    lives = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > now)
    return tx.scalar(select(func.count()).select_from(ApiKey).where(col(ApiKey.revoked_at).is_(None), lives)) or 0


def _told(row: ApiKey) -> dict[str, object]:
    until = row.expires_at.isoformat() if row.expires_at else None
    return {"name": row.name, "hint": row.hint, "scopes": row.scopes, "expires_at": until}
