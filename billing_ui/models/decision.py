"""What a person decided about money that paid nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class CaptureDecision(SQLModel, table=True):
    """One decision per extra or held capture, for good: credited as tokens, refunded, or paid out by hand.

    `amount` is what was left of the capture then, `tokens` what it became.
    """

    __tablename__ = "capture_decision"
    __table_args__ = (one_of("decision", "credited", "refunded", "paid_out"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    capture_id: int = Field(foreign_key="capture.id", sa_type=BigId, unique=True)
    decision: str
    amount: int = Field(sa_type=BigInteger)
    tokens: int = Field(default=0, sa_type=BigInteger)
    reason: str
    detail: str = ""
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
    refund_id: int | None = Field(default=None, foreign_key="refund.id", sa_type=BigId)
