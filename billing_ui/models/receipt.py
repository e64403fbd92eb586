"""Receipts: numbered without gaps, their content frozen on the day they are issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime


class Receipt(SQLModel, table=True):
    """One receipt for each sum of money that became tokens. `check_code` is printed on it, so that only who holds it
    can have it verified."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("series", "seq"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    number: str = Field(unique=True)
    series: str
    seq: int
    check_code: str
    account_id: int = Field(foreign_key="account.id", sa_type=BigId, index=True)
    payment_id: int = Field(foreign_key="payment.id", sa_type=BigId, index=True)
    capture_id: int = Field(foreign_key="capture.id", sa_type=BigId, unique=True)
    content: JsonMap = Field(default_factory=dict, sa_type=Json)
    issued_at: datetime = Field(sa_type=UtcDateTime)
