"""Keys of host apps: those that open the door now, and all of them for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import ApiKey
from billing_ui.rules.scopes import Scope


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key as the door needs it."""

    public_id: str
    secret_hash: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """A key as people see it: never its secret, only how it ends."""

    public_id: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def active_keys(tx: Tx) -> tuple[ActiveKey, ...]:
    """Those that were not revoked; whether one has run out is the clock's word."""
    query = select(ApiKey).where(col(ApiKey.revoked_at).is_(None)).order_by(col(ApiKey.id))
    return tuple(
        ActiveKey(row.public_id, row.secret_hash, tuple(row.scopes), row.expires_at) for row in tx.scalars(query)
    )


def api_keys(tx: Tx) -> tuple[ApiKeyView, ...]:
    """All there ever were, the newest first."""
    return tuple(key_view(row) for row in tx.scalars(select(ApiKey).order_by(col(ApiKey.id).desc())))


def key_view(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        row.public_id, row.name, row.hint, tuple(row.scopes), row.created_by, row.created_at, row.expires_at,
        row.revoked_at,
    )  # fmt: skip
