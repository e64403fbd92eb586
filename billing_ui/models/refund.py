"""Money that went back, and money that somebody disputes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class Refund(SQLModel, table=True):
    """Money on its way back to the payer. `reference` is ours and unique, given to the gateway so that asking twice is
    asking once; one that the gateway started by itself has none. A manual one is a transfer a person makes; the bank's
    number for it is `bank_reference`."""

    __tablename__ = "refund"
    __table_args__ = (
        one_of("kind", "gateway", "manual"),
        one_of("status", "asked", "pending", "succeeded", "failed", "canceled", "unknown"),
        CheckConstraint("amount > 0 AND tokens >= 0", name="positive"),
        UniqueConstraint("gateway", "gateway_refund_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigId, index=True)
    capture_id: int | None = Field(default=None, foreign_key="capture.id", sa_type=BigId)
    kind: str
    gateway: str
    gateway_refund_id: str | None = None
    reference: str | None = Field(default=None, unique=True)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    tokens: int = Field(default=0, sa_type=BigInteger)
    status: str
    reason: str = ""
    bank_reference: str = ""
    failure_code: str | None = None
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class Dispute(SQLModel, table=True):
    """The payer's bank asks for money back. While it is open the tokens it bought are frozen.

    `told` is what the gateway last said of its end; `status` ends when that may be believed. `booked_amount` is the
    money a lost one took, `tokens` what left with it.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        one_of("status", "open", "won", "lost"),
        one_of("told", "", "won", "lost"),
        UniqueConstraint("gateway", "gateway_dispute_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigId, index=True)
    capture_id: int | None = Field(default=None, foreign_key="capture.id", sa_type=BigId)
    gateway: str
    gateway_dispute_id: str
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    status: str = "open"
    told: str = ""
    freezes: int = 0
    booked_amount: int = Field(default=0, sa_type=BigInteger)
    tokens: int = Field(default=0, sa_type=BigInteger)
    reason: str = ""
    concluded_by: str = ""
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
