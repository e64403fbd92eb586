"""Which accounts a host app means, many at a time, and in whose language they are spoken to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account


@dataclass(frozen=True, slots=True)
class HostAccount:
    """An account as a host app names it."""

    id: int
    public_id: str
    external_id: str | None
    language: str
    zone: str


def accounts_named(tx: Tx, public_ids: Collection[str], external_ids: Collection[str]) -> tuple[HostAccount, ...]:
    """Those that exist."""
    named = or_(col(Account.public_id).in_(public_ids), col(Account.external_id).in_(external_ids))
    rows = tx.scalars(select(Account).where(named))
    return tuple(
        HostAccount(row.id, row.public_id, row.external_id, row.language, row.zone)
        for row in rows
        if row.id is not None
    )
