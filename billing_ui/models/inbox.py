"""What gateways told us, byte by byte, before anybody believed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime


class InboxMessage(SQLModel, table=True):
    """One webhook as it came. `dedupe_key` makes its repetitions one row; `times` counts them."""

    __tablename__ = "inbox_message"
    __table_args__ = (UniqueConstraint("gateway", "dedupe_key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    gateway: str
    dedupe_key: str
    event: str
    headers: JsonMap = Field(default_factory=dict, sa_type=Json)
    body: bytes
    times: int = 1
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = ""
