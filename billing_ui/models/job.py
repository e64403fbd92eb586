"""Work that must happen after a transaction, stored inside that transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime, one_of


class Job(SQLModel, table=True):
    """One piece of work. `key` says what it is for, so that asking twice is asking once."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", "queued", "done", "dead"),
        Index(None, "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: str
    key: str = Field(unique=True)
    args: JsonMap = Field(default_factory=dict, sa_type=Json)
    state: str = "queued"
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    leased_by: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
