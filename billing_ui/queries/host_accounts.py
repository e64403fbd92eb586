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
    whole = select(
        col(Account.id), col(Account.public_id), col(Account.external_id), col(Account.language), col(Account.zone)
    )
    return tuple(
        HostAccount(account_id, public_id, external_id, language, zone)
        for account_id, public_id, external_id, language, zone in tx.execute(whole.where(named))
        if account_id is not None
    )
