"""Attempts to pay a purchase, the money that arrived for them, and the story of each attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime, one_of


class Payment(SQLModel, table=True):
    """One attempt through one gateway. `reference` is what the gateway was told: the ref, then ref~2, ref~3."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("status", "created", "pending", "processing", "paid", "failed", "expired", "canceled", "unknown",
               "review"),
        CheckConstraint("(topup_id IS NULL) <> (invoice_id IS NULL)", name="one_purchase"),
        CheckConstraint("total_amount > 0", name="positive"),
        UniqueConstraint("gateway", "gateway_request_id"),
        # The operators' list, whole or narrowed, is read along one of these, newest first.
        Index(None, "status", "created_at"),
        Index(None, "method", "created_at"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    topup_id: int | None = Field(default=None, foreign_key="topup.id", sa_type=BigId, index=True)
    invoice_id: int | None = Field(default=None, sa_type=BigId)
    gateway: str
    method: str
    reference: str = Field(unique=True)
    gateway_request_id: str | None = None
    total_amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    status: str = "created"
    instruction: JsonMap = Field(default_factory=dict, sa_type=Json)
    failure_code: str | None = None
    payer_phone: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    watched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Capture(SQLModel, table=True):
    """Money that arrived, once per payment id of the gateway, whatever it turned out to be for."""

    __tablename__ = "capture"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_payment_id"),
        one_of("outcome", "credited", "extra", "held"),
        Index(None, "outcome"),
        # Few are late, and operators ask for these alone.
        Index("ix_capture_late", "payment_id", sqlite_where=text("is_late = 1"), postgresql_where=text("is_late")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigId, index=True)
    gateway: str
    gateway_payment_id: str
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    outcome: str
    is_late: bool = False
    captured_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class PaymentEvent(SQLModel, table=True):
    """One line of a payment's timeline: asked, shown, told by webhook, read back, credited, mailed."""

    __tablename__ = "payment_event"
    __table_args__ = (UniqueConstraint("payment_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigId)
    seq: int
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    status: str
    actor: str
    detail: JsonMap = Field(default_factory=dict, sa_type=Json)
