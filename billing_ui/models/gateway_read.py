"""How often we have asked a gateway of late, so that all processes together stay within its patience."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime


class GatewayRead(SQLModel, table=True):
    """One read-back that nobody called us for. Rows live for a minute."""

    __tablename__ = "gateway_read"
    __table_args__ = (Index(None, "gateway", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    gateway: str
    at: datetime = Field(sa_type=UtcDateTime)
