"""Who belongs to an account and hears about its money."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from billing_ui.infra.db import Tx
from billing_ui.models import Member, User


def payers(tx: Tx, account_id: int) -> Sequence[User]:
    """The people who are mailed about payments: the owner and admins of the account."""
    query = (
        select(User)
        .join(Member, Member.user_id == User.id)
        .where(Member.account_id == account_id, Member.role.in_(("owner", "admin")))
        .order_by(User.id)
    )
    return tx.scalars(query).all()
