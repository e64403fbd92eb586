"""Who changed what, and why, with the values before and after."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime


class Audit(SQLModel, table=True):
    """One act. Written in the transaction of the act itself, so that neither stands without the other."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str = Field(index=True)
    subject: str = Field(index=True)
    reason: str = ""
    before: JsonMap = Field(default_factory=dict, sa_type=Json)
    after: JsonMap = Field(default_factory=dict, sa_type=Json)
    request_id: str = ""
