"""Keys that let a host app in. Only the digest of the secret is kept; the secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from billing_ui.models.types import BigId, Json, UtcDateTime


class ApiKey(SQLModel, table=True):
    """One key of a host app. `hint` is the end of the secret, by which people tell keys apart."""

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    public_id: str = Field(unique=True)
    name: str
    secret_hash: str = Field(unique=True)
    hint: str
    scopes: list[Any] = Field(sa_type=Json)
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
