"""Comparisons of the gateway's own list with our payments and books, and what did not match."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime, one_of


class ReconcileRun(SQLModel, table=True):
    """One comparison over a span of time: how much there was on each side, and how much of it matched."""

    __tablename__ = "reconcile_run"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    gateway: str
    from_at: datetime = Field(sa_type=UtcDateTime)
    to_at: datetime = Field(sa_type=UtcDateTime)
    totals: JsonMap = Field(default_factory=dict, sa_type=Json)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Difference(SQLModel, table=True):
    """Something one side has and another has not, or not alike. It stays one row from its first day to its end."""

    __tablename__ = "difference"
    __table_args__ = (
        one_of("bucket", "gateway_only", "ours_only", "amount", "ledger"),
        one_of("kind", "payment", "refund"),
        UniqueConstraint("gateway", "gateway_payment_id", "bucket"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    run_id: int = Field(foreign_key="reconcile_run.id", sa_type=BigId)
    gateway: str
    bucket: str
    kind: str = "payment"
    gateway_payment_id: str
    reference: str = ""
    payment_id: int | None = Field(default=None, foreign_key="payment.id", sa_type=BigId)
    gateway_amount: int | None = Field(default=None, sa_type=BigInteger)
    our_amount: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(max_length=3)
    happened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: str = ""
    resolution: str = ""
