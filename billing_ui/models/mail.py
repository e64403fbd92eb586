"""The mail log, and the addresses that no longer want or take our mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class MailLog(SQLModel, table=True):
    """One mail: whom it went to, under which key, and what the provider said became of it."""

    __tablename__ = "mail_log"
    __table_args__ = (
        one_of("status", "queued", "sent", "delivered", "delayed", "bounced", "complained", "failed", "stopped"),
        Index(None, "user_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    key: str = Field(unique=True)
    template: str
    user_id: int | None = Field(default=None, foreign_key="user_.id", sa_type=BigId)
    payment: str = Field(default="", index=True)
    to_address: str
    language: str = ""
    subject: str = ""
    status: str = "queued"
    detail: str = ""
    provider_id: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class MailStop(SQLModel, table=True):
    """An address that bounced or complained. Nothing goes there until the stop is lifted."""

    __tablename__ = "mail_stop"
    __table_args__ = (one_of("why", "bounced", "complained", "suppressed"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    address: str = Field(unique=True)
    why: str
    detail: str = ""
    since_at: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: str = ""
