"""People who sign in, and which of them operate the desk."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, UtcDateTime, one_of


class User(SQLModel, table=True):
    """Somebody who signs in. `email` is stored lower-cased."""

    __tablename__ = "user_"
    __table_args__ = (one_of("language", "id", "en"), one_of("theme", "system", "light", "dark"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    email: str = Field(unique=True)
    name: str
    password_hash: str | None = None
    language: str
    theme: str = "system"
    created_at: datetime = Field(sa_type=UtcDateTime)
    email_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Operator(SQLModel, table=True):
    """A user who works at the desk. Never an account role: a customer can never grow into one by joining a team."""

    __tablename__ = "operator"
    __table_args__ = (one_of("role", "support", "finance", "admin", "owner"),)

    user_id: int = Field(primary_key=True, foreign_key="user_.id", sa_type=BigId)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
