"""Signed-in devices as their owner sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import AuthSession


def is_live(tx: Tx, session_public_id: str, now: datetime) -> bool:
    """Whether this session still opens anything."""
    query = select(col(AuthSession.id)).where(
        col(AuthSession.public_id) == session_public_id,
        col(AuthSession.revoked_at).is_(None),
        col(AuthSession.expires_at) > now,
    )
    return tx.scalar(query) is not None
