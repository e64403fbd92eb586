"""Who belongs to an account and hears about its money."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Member, User


def payers(tx: Tx, account_id: int) -> Sequence[User]:
    """The people who are mailed about payments: the owner and admins of the account."""
    query = (
        select(User)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(col(Member.account_id) == account_id, col(Member.role).in_(("owner", "admin")))
        .order_by(col(User.id))
    )
    return tx.scalars(query).all()
