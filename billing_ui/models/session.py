"""Signed-in devices, single-use mail links, and the tries that rate limits count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class AuthSession(SQLModel, table=True):
    """One signed-in device. Only the digest of the cookie is stored."""

    __tablename__ = "auth_session"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    user_id: int = Field(foreign_key="user_.id", sa_type=BigId, index=True)
    secret_digest: str = Field(unique=True)
    ip: str = ""
    device: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuthToken(SQLModel, table=True):
    """A single-use link sent by mail: to verify an address or to set a new password."""

    __tablename__ = "auth_token"
    __table_args__ = (one_of("purpose", "verify", "reset"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    user_id: int = Field(foreign_key="user_.id", sa_type=BigId, index=True)
    purpose: str
    email: str
    secret_digest: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuthAttempt(SQLModel, table=True):
    """One try at a guarded door. `subject` names what is limited, such as `sign-in:email:…` or `sign-in:ip:…`."""

    __tablename__ = "auth_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    subject: str
    at: datetime = Field(sa_type=UtcDateTime)
