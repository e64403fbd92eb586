"""Who is billed (a person or a team), and which users belong to them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, JsonMap, UtcDateTime, one_of


class Account(SQLModel, table=True):
    """Who is billed. `external_id` is the host app's own user id."""

    __tablename__ = "account"
    __table_args__ = (one_of("kind", "person", "team"), one_of("language", "id", "en"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    external_id: str | None = Field(default=None, unique=True)
    kind: str = "person"
    name: str
    zone: str
    currency: str = Field(max_length=3)
    language: str
    billing_details: JsonMap = Field(default_factory=dict, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Member(SQLModel, table=True):
    """A user's place in an account."""

    __tablename__ = "member"
    __table_args__ = (one_of("role", "owner", "admin", "member"),)

    user_id: int = Field(primary_key=True, foreign_key="user_.id", sa_type=BigId)
    account_id: int = Field(primary_key=True, foreign_key="account.id", sa_type=BigId, index=True)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
