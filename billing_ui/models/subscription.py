"""The plan an account is on: exactly one current row from its first second, free and prepaid plans included."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class Subscription(SQLModel, table=True):
    """One stay on one plan version. History is the closed rows."""

    __tablename__ = "subscription"
    __table_args__ = (
        one_of("status", "trialing", "active", "past_due", "unpaid", "canceled", "paused"),
        one_of("access", "open", "limited", "locked"),
        Index("uq_subscription_current", "account_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    plan_version_id: int = Field(foreign_key="plan_version.id", sa_type=BigId)
    status: str = "active"
    access: str = "open"
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    period_starts_at: datetime = Field(sa_type=UtcDateTime)
    period_ends_at: datetime = Field(sa_type=UtcDateTime)
    next_plan_version_id: int | None = Field(default=None, foreign_key="plan_version.id", sa_type=BigId)
