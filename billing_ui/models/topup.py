"""A purchase of tokens: what was sold and at what terms, frozen. How it is paid stands in `payment`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class Topup(SQLModel, table=True):
    """One purchase. `public_id` is the ref of /pay/{ref}; `form_key` makes a second click the same purchase."""

    __tablename__ = "topup"
    __table_args__ = (
        UniqueConstraint("account_id", "form_key"),
        one_of("status", "open", "paid", "review", "void"),
        CheckConstraint("amount > 0 AND tokens > 0 AND bonus_tokens >= 0", name="positive"),
        CheckConstraint("total_amount = amount + fee_amount + tax_amount", name="total"),
        # Histories list what waits or ended without money; a purchase leaves this index once, when it is paid.
        Index("ix_topup_unpaid", "account_id", "created_at", "id", sqlite_where=text("status <> 'paid'"),
              postgresql_where=text("status <> 'paid'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    plan_version_id: int = Field(foreign_key="plan_version.id", sa_type=BigId)
    token_package_id: int | None = Field(default=None, foreign_key="token_package.id", sa_type=BigId)
    form_key: str = Field(index=True)
    form_hash: str
    tokens: int = Field(sa_type=BigInteger)
    bonus_tokens: int = Field(default=0, sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
    fee_amount: int = Field(default=0, sa_type=BigInteger)
    tax_amount: int = Field(default=0, sa_type=BigInteger)
    total_amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    validity_days: int | None = None
    status: str = "open"
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    paid_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
